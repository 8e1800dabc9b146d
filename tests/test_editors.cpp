// The syntax files for Vim and VS Code know the words of the language: no fewer, and no others.
#include <catch2/catch.hpp>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "parser/elaborator.h"
#include "parser/token_stream.h"
#include "session/session.h"
#include "tests/paths.h"

namespace {

using Words = std::set<std::string>;

std::string text_of(const std::string& name) {
  std::ifstream file(std::string(paths::source) + "/editors/" + name, std::ios::binary);
  REQUIRE(file);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

Words split(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '|' || c == '\\'; }, ' ');
  std::istringstream in(text);
  Words words;
  for (std::string word; in >> word;) words.insert(word);
  return words;
}

// The words after `syntax keyword GROUP`, on its lines.
Words vim_words(const std::string& group) {
  std::istringstream lines(text_of("vim/syntax/nabla.vim"));
  const std::string head = "syntax keyword " + group + " ";
  Words words;
  bool inside = false;
  for (std::string line; std::getline(lines, line);) {
    const bool begins = line.substr(0, head.size()) == head;
    inside = begins || (inside && line.find_first_not_of(' ') != std::string::npos &&
                        line[line.find_first_not_of(' ')] == '\\');
    if (inside) words.merge(split(begins ? line.substr(head.size()) : line));
  }
  return words;
}

// The words of the pattern with this scope: those in its first brackets.
Words code_words(const std::string& scope) {
  const auto grammar = nlohmann::json::parse(text_of("vscode/syntaxes/nabla.tmLanguage.json"));
  for (const auto& pattern : grammar.at("patterns")) {
    if (pattern.at("name") != scope) continue;
    const std::string match = pattern.at("match");
    const size_t open = match.find("\\b(") == std::string::npos ? match.rfind('(') : match.find("\\b(") + 2;
    return split(match.substr(open + 1, match.find(')', open) - open - 1));
  }
  return {};
}

bool runs(const std::string& text) {
  nabla::SessionOptions options;
  options.implicit_scalars = false;
  nabla::Session session(options);
  const auto parsed = session.parse("<test>", text);
  return std::all_of(parsed->statements.begin(), parsed->statements.end(),
                     [&](const nabla::Statement& s) { return !session.run(parsed, s).error; });
}

}  // namespace

TEST_CASE("editors: functions", "[editors]") {
  Words known;
  for (const std::string_view name : nabla::builtin_names()) known.emplace(name);
  CHECK(vim_words("nablaFunction") == known);
  CHECK(code_words("support.function.nabla") == known);
}

TEST_CASE("editors: reserved words", "[editors]") {
  // docs/language.md: no name can be one of them; and every other word of the language can.
  const Words reserved = {"for", "in", "if", "then", "else", "and", "or", "not", "where", "wrt", "let"};
  for (const std::string& word : reserved) CHECK_FALSE(runs("var " + word));
  CHECK(vim_words("nablaReserved") == reserved);
  CHECK(code_words("keyword.control.nabla") == reserved);
}

TEST_CASE("editors: statements", "[editors]") {
  const Words statements = code_words("keyword.other.statement.nabla");
  CHECK(statements.size() == 8);
  for (const std::string& word : statements) {
    INFO(word);
    CHECK(nabla::statement_word(word) != nabla::StatementWord::none);
  }
  const std::string vim = text_of("vim/syntax/nabla.vim");
  const size_t begin = vim.find("\\zs\\(") + 5, end = vim.find("\\)\\>", begin);
  CHECK(split(vim.substr(begin, end - begin)) == statements);
}

TEST_CASE("editors: shapes, structures and constants", "[editors]") {
  const Words shapes = vim_words("nablaType"), properties = vim_words("nablaProperty");
  CHECK(shapes == code_words("storage.type.nabla"));
  CHECK(properties == code_words("storage.modifier.nabla"));
  CHECK(shapes == Words{"scalar", "vector", "row", "matrix", "tensor"});
  for (const std::string& word : properties) {
    INFO(word);
    CHECK(runs("var A : matrix[2, 2] " + word));
  }
  CHECK(properties.size() == 12);  // ten structures, integer, complex
  CHECK_FALSE(runs("var A : matrix[2, 2] nonsense"));
  for (const std::string& word : vim_words("nablaConstant")) CHECK(runs(word));
  CHECK(vim_words("nablaConstant") == code_words("constant.language.nabla"));
}
