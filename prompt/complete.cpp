#include "prompt/complete.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <utility>

#include "expr/name_spelling.h"
#include "prompt/text_buffer.h"

namespace nabla::prompt {
namespace {

// The names that LaTeX has for the symbols of the language.
constexpr std::array<std::pair<std::string_view, std::string_view>, 34> symbols = {{
    {"nabla", "∇"}, {"partial", "∂"}, {"sum", "∑"},  {"prod", "∏"},      {"sqrt", "√"},       {"cbrt", "∛"},
    {"cdot", "·"},  {"times", "×"},   {"odot", "⊙"}, {"oslash", "⊘"},    {"otimes", "⊗"},     {"le", "≤"},
    {"leq", "≤"},   {"ge", "≥"},      {"geq", "≥"},  {"ne", "≠"},        {"neq", "≠"},        {"in", "∈"},
    {"and", "∧"},   {"wedge", "∧"},   {"or", "∨"},   {"vee", "∨"},       {"not", "¬"},        {"neg", "¬"},
    {"norm", "‖"},  {"Vert", "‖"},    {"top", "ᵀ"},  {"transpose", "ᵀ"}, {"ctranspose", "ᴴ"}, {"inv", "⁻¹"},
    {"^2", "²"},    {"^3", "³"},      {"^-1", "⁻¹"}, {"minus", "−"},
}};

constexpr std::array<std::string_view, 52> greek_names = {
    "alpha", "beta",    "gamma",   "delta",      "epsilon", "zeta",     "eta",   "theta",   "iota",
    "kappa", "lambda",  "mu",      "nu",         "xi",      "omicron",  "pi",    "rho",     "sigma",
    "tau",   "upsilon", "phi",     "chi",        "psi",     "omega",    "Alpha", "Beta",    "Gamma",
    "Delta", "Epsilon", "Zeta",    "Eta",        "Theta",   "Iota",     "Kappa", "Lambda",  "Mu",
    "Nu",    "Xi",      "Omicron", "Pi",         "Rho",     "Sigma",    "Tau",   "Upsilon", "Phi",
    "Chi",   "Psi",     "Omega",   "varepsilon", "varphi",  "vartheta", "varrho"};

constexpr std::array<std::string_view, 10> subscripts = {"₀", "₁", "₂", "₃", "₄", "₅", "₆", "₇", "₈", "₉"};

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
         (static_cast<unsigned char>(c) & 0x80u) != 0;
}

size_t word_begin(std::string_view text, size_t cursor) {
  while (cursor > 0 && is_word(text[cursor - 1])) --cursor;
  return cursor;
}

bool begins(std::string_view text, std::string_view with) { return text.substr(0, with.size()) == with; }

void finish(Completion& c) {
  std::sort(c.choices.begin(), c.choices.end());
  c.choices.erase(std::unique(c.choices.begin(), c.choices.end()), c.choices.end());
  if (c.choices.empty()) return;
  const std::string &first = c.choices.front(), &last = c.choices.back();
  size_t n = 0;
  while (n < first.size() && n < last.size() && first[n] == last[n]) ++n;
  while (n > 0 && n < first.size() && (static_cast<unsigned char>(first[n]) & 0xc0u) == 0x80u) --n;
  c.common = first.substr(0, n);
}

// `\alp`, `\^2`, `\_1`: from the backslash on.
Completion complete_symbol(std::string_view text, size_t backslash, size_t cursor) {
  Completion c;
  c.begin = backslash;
  const std::string_view name = text.substr(backslash + 1, cursor - backslash - 1);
  if (const std::string_view symbol = symbol_named(name); !symbol.empty()) {
    c.choices.emplace_back(symbol);
  } else {
    const auto offer = [&](std::string_view known) {
      if (begins(known, name)) c.choices.push_back("\\" + std::string(known));
    };
    for (const auto& row : symbols) offer(row.first);
    for (const std::string_view known : greek_names) offer(known);
    if (c.choices.size() == 1)
      c.choices.front() = symbol_named(std::string_view(c.choices.front()).substr(1));
  }
  finish(c);
  return c;
}

// What follows the name of a command. Empty choices: it takes what statements are made of.
Completion complete_argument(const std::string& text, size_t cursor, const Vocabulary& words) {
  Completion c;
  const std::string command = text.substr(0, text.find(' '));
  size_t begin = cursor;
  while (begin > command.size() && text[begin - 1] != ' ') --begin;
  c.begin = begin;
  const std::string word = text.substr(begin, cursor - begin);
  const auto offer = [&](const std::string& known) {
    if (begins(known, word)) c.choices.push_back(known);
  };
  if (command == ":load" || command == ":save") {
    c.choices = files_named(word);
  } else if (command == ":explain") {
    for (const std::string& code : words.codes) offer(code);
  } else if (command == ":set") {
    const size_t first = text.find_first_not_of(' ', command.size());
    const std::string name = text.substr(std::min(first, text.size()), text.find(' ', first) - first);
    for (const Setting& setting : words.settings) {
      if (begin <= first) offer(setting.name);
      if (begin > first && setting.name == name)
        std::for_each(setting.values.begin(), setting.values.end(), offer);
    }
  }
  finish(c);
  return c;
}

}  // namespace

std::vector<std::string> files_named(const std::string& begin) {
  namespace fs = std::filesystem;
  const size_t slash = begin.rfind('/');
  const std::string folder = slash == std::string::npos ? "" : begin.substr(0, slash + 1);
  const std::string name = begin.substr(folder.size());
  std::vector<std::string> list;
  std::error_code failed;  // what cannot be read has no names
  for (fs::directory_iterator at(folder.empty() ? "." : folder, failed), end; !failed && at != end;
       at.increment(failed)) {
    const std::string known = at->path().filename().string();
    if (!begins(known, name) || (name.empty() && known[0] == '.')) continue;
    list.push_back(folder + known + (at->is_directory(failed) ? "/" : ""));
  }
  return list;
}

std::string_view symbol_named(std::string_view name) {
  for (const auto& [known, symbol] : symbols) {
    if (known == name) return symbol;
  }
  if (name.size() == 2 && name[0] == '_' && name[1] >= '0' && name[1] <= '9')
    return subscripts[static_cast<size_t>(name[1] - '0')];
  return greek_letter(name);
}

Completion complete(const std::string& text, size_t cursor, const Vocabulary& words) {
  Completion c;
  size_t begin = word_begin(text, cursor);
  while (begin > 0 && (text[begin - 1] == '^' || text[begin - 1] == '-') &&
         text.rfind('\\', begin) != std::string::npos && begin - text.rfind('\\', begin) <= 3)
    --begin;
  if (begin > 0 && text[begin - 1] == '\\') return complete_symbol(text, begin - 1, cursor);
  const std::string_view word = std::string_view(text).substr(begin, cursor - begin);
  c.begin = begin;
  const auto offer = [&](const std::vector<std::string>& list, std::string_view ending) {
    for (const std::string& known : list) {
      if (begins(known, word)) c.choices.push_back(known + std::string(ending));
    }
  };
  const bool command = text[0] == ':' || text[0] == '?';
  if (text[0] == ':' && text.find(' ') < cursor) {
    Completion argument = complete_argument(text, cursor, words);
    if (!argument.choices.empty()) return argument;
  }
  if (command && begin == 1 && text[0] == ':') {
    c.begin = 0;
    for (const std::string& known : words.commands) {
      if (begins(known, std::string_view(text).substr(0, cursor))) c.choices.push_back(known);
    }
  } else if (!word.empty()) {
    const bool called = cursor < text.size() && text[cursor] == '(';
    offer(words.names, "");
    offer(words.functions, command || called ? "" : "(");
  }
  finish(c);
  return c;
}

}  // namespace nabla::prompt
