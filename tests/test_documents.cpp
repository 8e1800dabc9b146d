// What the documents name is there: the files and folders of the map. What they show at the prompt and in the
// shell is run by scripts/pages.
#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

#include "tests/command.h"
#include "tests/paths.h"

namespace {

const std::filesystem::path source = paths::source;

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// Nor what a reader need not see: comments of models, and names that may be unused.
std::string without_spaces(const std::string& text) {
  return std::regex_replace(text, std::regex("#[^\\n]*|\\[\\[maybe_unused\\]\\]|\\s+"), "");
}

// The text of the first block of code from `at` on.
std::string block_after(const std::string& text, size_t at) {
  const size_t begin = text.find('\n', text.find("```", at)) + 1;
  return text.substr(begin, text.find("```", begin) - begin);
}

}  // namespace

// "`nabla gen MODEL -o FILE …` writes" is followed by declarations: each begins a function of that header.
TEST_CASE("documents: generated functions are declared as they say", "[documents]") {
  const std::string text = text_of(source / "docs/generated-code.md");
  const std::regex writes("`nabla (gen examples/[^`]*)`\\swrites");
  int declarations = 0;
  for (std::sregex_iterator it(text.begin(), text.end(), writes), end; it != end; ++it) {
    command::Folder folder;
    std::istringstream words((*it)[1].str());
    std::vector<std::string> arguments;
    for (std::string word; words >> word;) {
      const bool model = word.rfind("examples/", 0) == 0,
                 header = !arguments.empty() && arguments.back() == "-o";
      arguments.push_back(model ? (source / word).string() : header ? folder.path(word) : word);
    }
    INFO(it->str());
    REQUIRE(command::nabla(arguments).status == 0);
    std::string header;
    for (const auto& file : std::filesystem::directory_iterator(folder.path()))
      header += text_of(file.path());
    std::istringstream block(block_after(text, static_cast<size_t>(it->position())));
    for (std::string declaration; std::getline(block, declaration, ';');) {
      const std::string wanted = without_spaces(declaration);
      if (wanted.empty()) continue;
      INFO(declaration);
      CHECK(without_spaces(header).find(wanted + "{") != std::string::npos);
      ++declarations;
    }
  }
  CHECK(declarations == 6);
}

TEST_CASE("documents: the models that they show are the examples", "[documents]") {
  const std::string text = text_of(source / "docs/generated-code.md");
  const std::regex shown("\n`(examples/[a-z_0-9]*\\.nabla)`:\n");
  int models = 0;
  for (std::sregex_iterator it(text.begin(), text.end(), shown), end; it != end; ++it, ++models) {
    INFO((*it)[1].str());
    const std::string shown_text = block_after(text, static_cast<size_t>(it->position()));
    CHECK(without_spaces(text_of(source / (*it)[1].str())) == without_spaces(shown_text));
  }
  CHECK(models > 0);
}

TEST_CASE("documents: the files that they name are there", "[documents]") {
  std::vector<std::filesystem::path> documents = {source / "README.md"};
  for (const auto& entry : std::filesystem::directory_iterator(source / "docs"))
    documents.push_back(entry.path());
  const std::regex name("(docs|examples|scripts|tests|codegen|cmake|expr|eval)/[a-zA-Z0-9_.-]*[a-zA-Z0-9]");
  for (const auto& document : documents) {
    const std::string text = text_of(document);
    for (std::sregex_iterator it(text.begin(), text.end(), name), end; it != end; ++it) {
      if (it->suffix().str().substr(0, 1) == "*") continue;  // a pattern
      INFO(document.filename().string() << ": " << it->str());
      CHECK(std::filesystem::exists(source / it->str()));
    }
  }
  // The map of the repository in the README: a row for each folder.
  const std::string readme = text_of(source / "README.md");
  const std::regex row("\\n\\| `([^|]*)` \\|");
  for (std::sregex_iterator it(readme.begin(), readme.end(), row), end; it != end; ++it) {
    std::istringstream folders((*it)[1].str());
    for (std::string folder; folders >> folder;) {
      INFO(folder);
      CHECK(std::filesystem::is_directory(source / folder));
    }
  }
}
