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

}  // namespace

std::string saved_text(const std::vector<Prompt::Done>& statements) {
  std::set<size_t> spoken_of;
  std::vector<std::string> texts;
  for (const Prompt::Done& s : statements) {
    std::string text;
    size_t copied = 0;
    Lexer lexer(s.text);
    for (Token t = lexer.next(); t.kind != TokenKind::end_of_text; t = lexer.next()) {
      const size_t number = answer_named(s.text, t, s.answers);
      if (number == 0) continue;
      spoken_of.insert(number);
      text += s.text.substr(copied, t.span.begin - copied) + answer_name_in_script(number);
      copied = t.span.end;
    }
    texts.push_back(text + s.text.substr(copied));
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
