#include "cli/saved.h"

#include <set>

#include "parser/token.h"

namespace nabla::cli {
namespace {

// The answer that a token names in a statement before which there were `answers`; 0: none.
size_t answer_named(std::string_view text, const Token& token, size_t answers) {
  if (token.kind != TokenKind::name) return 0;
  const std::string_view name = text.substr(token.span.begin, token.span.end - token.span.begin);
  if (name == "ans") return answers;
  if (name[0] != '$') return 0;
  size_t number = 0;
  for (const char c : name.substr(1)) number = number * 10 + static_cast<size_t>(c - '0');
  return number;
}

std::string answer_name_in_script(size_t number) { return "answer_" + std::to_string(number); }

// The text with `name(number)` for each answer that it names.
template <class Name>
std::string renamed(const Prompt::Done& statement, Name name) {
  const std::string& whole = statement.text;
  std::string text;
  size_t copied = 0;
  Lexer lexer(whole);
  for (Token t = lexer.next(); t.kind != TokenKind::end_of_text; t = lexer.next()) {
    const size_t number = answer_named(whole, t, statement.answers);
    if (number == 0) continue;
    text += whole.substr(copied, t.span.begin - copied) + name(number);
    copied = t.span.end;
  }
  return text + whole.substr(copied);
}

}  // namespace

std::string with_numbered_answers(const Prompt::Done& statement) {
  return renamed(statement, [](size_t number) { return "$" + std::to_string(number); });
}

std::string saved_text(const std::vector<Prompt::Done>& statements) {
  std::set<size_t> spoken_of;
  std::vector<std::string> texts;
  for (const Prompt::Done& s : statements) {
    texts.push_back(renamed(s, [&](size_t number) {
      spoken_of.insert(number);
      return answer_name_in_script(number);
    }));
  }
  std::string script;
  for (size_t i = 0; i < texts.size(); ++i) {
    const size_t after = i + 1 < texts.size() ? statements[i + 1].answers : statements[i].answers + 1;
    const bool named = after > statements[i].answers && spoken_of.count(after) != 0;
    if (named) script += answer_name_in_script(after) + " = ";
    script += texts[i] + "\n";
    if (named) script += answer_name_in_script(after) + "\n";
  }
  return script;
}

}  // namespace nabla::cli
