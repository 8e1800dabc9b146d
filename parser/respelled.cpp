#include "parser/respelled.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "expr/function.h"
#include "expr/name_spelling.h"
#include "parser/elaborator.h"
#include "parser/mended_line.h"
#include "parser/nearest.h"
#include "parser/token.h"
#include "parser/unicode.h"

namespace nabla {
namespace {

using Pair = std::pair<std::string_view, std::string_view>;

constexpr std::array<Pair, 54> operators = {{
    {"&&", "and"},
    {"&", "and"},
    {"~", "not"},
    {":=", "="},
    {"<>", "!="},
    {"~=", "!="},
    {"===", "=="},
    {"=>", ">="},
    {"=<", "<="},
    {".==", "=="},
    {".!=", "!="},
    {".<", "<"},
    {".>", ">"},
    {".<=", "<="},
    {".>=", ">="},
    {".**", ".^"},
    {"@", "*"},
    {"{", "("},
    {"}", ")"},
    {"..", ":"},
    {".'", "'"},
    {".T", "'"},
    {".t", "'"},
    {".H", "ᴴ"},
    // characters that look like one of the language
    {"\u2010", "-"},
    {"\u2011", "-"},
    {"\u2012", "-"},
    {"\u2013", "-"},
    {"\u2014", "-"},
    {"\u2015", "-"},
    {"\uFE63", "-"},
    {"\u00AD", "-"},
    {"\u2018", "'"},
    {"\u2019", "'"},
    {"\u201B", "'"},
    {"\u00B4", "'"},
    {"\u2033", "''"},
    {"\u2034", "'''"},
    {"\u201C", "\""},
    {"\u201D", "\""},
    {"\u201E", "\""},
    {"\u00AB", "\""},
    {"\u00BB", "\""},
    {"\u00F7", "/"},
    {"\u2215", "/"},
    {"\u2044", "/"},
    {"\u2223", "|"},
    {"\u2236", ":"},
    {"\u02C6", "^"},
    {"\u22C6", "*"},
    {"\u2254", "="},
    {"\u27E8", "("},
    {"\u27E9", ")"},
    {"\u207F", "^n"},
}};

constexpr std::array<std::string_view, 20> modules = {
    "np",    "numpy", "jnp",    "jax",     "torch", "tf", "math", "cmath", "Math", "sp",
    "sympy", "scipy", "linalg", "special", "nn",    "F",  "K",    "cp",    "ca",   "LinearAlgebra"};

// Commands of LaTeX that are more than a name after a backslash.
constexpr std::array<Pair, 14> latex = {{
    {"left", ""},
    {"right", ""},
    {"cdot", "*"},
    {"times", "*"},
    {"leq", "<="},
    {"geq", ">="},
    {"neq", "!="},
    {"le", "<="},
    {"ge", ">="},
    {"ne", "!="},
    {"ln", "log"},
    {"frac", ""},
    {"nabla", "∇"},
    {"partial", "∂"},
}};

template <size_t n>
const Pair* find(const std::array<Pair, n>& rows, std::string_view key) {
  const auto at = std::find_if(rows.begin(), rows.end(), [&](const Pair& row) { return row.first == key; });
  return at == rows.end() ? nullptr : &*at;
}

bool is_part(std::string_view written) {  // ".dot"
  const char c = written.size() > 1 && written[0] == '.' ? written[1] : ' ';
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_known(std::string_view name) { return find_builtin(name) != nullptr || name == "pi" || name == "e"; }

std::string usual(std::string_view name) {
  const std::string_view ours = usual_name(name);
  return std::string(ours.empty() ? name : ours);
}

// One line, token by token. Each step writes what stands for the tokens that it takes.
class Respelling {
 public:
  explicit Respelling(std::string line) : line_(std::move(line)) { tokens_ = tokens_of(line_); }

  std::string result() {
    while (next_ < tokens_.size()) {
      const Token t = tokens_[next_];
      const bool blanks = next_ > 0 && !end_after_blanks_;
      if (blanks) out_ += line_.substr(end_, t.span.begin - end_);
      end_after_blanks_ = false;
      const size_t taken = t.kind == TokenKind::name        ? take_parts()
                           : t.kind == TokenKind::comma     ? take_range()
                           : t.kind == TokenKind::backslash ? take_latex()
                           : t.kind == TokenKind::invalid   ? take_foreign()
                                                            : 0;
      if (failed_) return {};
      if (taken == 0) out_ += text(next_);
      changed_ = changed_ || taken > 0;
      next_ += std::max<size_t>(taken, 1);
      end_ = tokens_[next_ - 1].span.end;
    }
    return changed_ ? out_ : std::string();
  }

 private:
  std::string_view text(size_t i) const {
    if (i >= tokens_.size()) return {};
    return std::string_view(line_).substr(tokens_[i].span.begin, tokens_[i].span.end - tokens_[i].span.begin);
  }
  bool adjacent(size_t i) const {  // to the token before
    return i < tokens_.size() && tokens_[i].span.begin == tokens_[i - 1].span.end;
  }

  // np.linalg.norm and A.sum(): a name and the parts behind it.
  size_t take_parts() {
    size_t count = 1;
    while (adjacent(next_ + count) && is_part(text(next_ + count))) ++count;
    const std::string_view last = text(next_ + count - 1);
    if (count == 1 || last == ".T" || last == ".t" || last == ".H") return 0;
    const std::string name(text(next_));
    const std::string function = usual(last.substr(1));
    const bool module = std::find(modules.begin(), modules.end(), name) != modules.end();
    if (!is_known(function)) return fail();
    if (module) {
      out_ += function;
      return count;
    }
    if (count > 2 || text(next_ + 2) != "(") return fail();
    const bool alone = text(next_ + 3) == ")";
    if (alone && function == "transpose") {
      out_ += name + "'";
      return 4;
    }
    out_ += function + "(" + name + (alone ? "" : ", ");
    return 3;
  }

  // sum(a[i], i = 1..n): the range becomes that of a 'for'.
  size_t take_range() {
    const bool range = next_ + 4 < tokens_.size() && tokens_[next_ + 1].kind == TokenKind::name &&
                       tokens_[next_ + 2].kind == TokenKind::assign &&
                       tokens_[next_ + 3].kind == TokenKind::number && text(next_ + 4) == ".";
    if (!range) return 0;
    out_ += " for " + std::string(text(next_ + 1)) + " in ";
    end_after_blanks_ = true;
    return 3;
  }

  // x^{2}, sqrt{x}, w{1}, x_{1}; a set of numbers has no spelling.
  size_t take_brace() {
    int depth = 0;
    for (size_t i = next_; i < tokens_.size(); ++i) {
      if (text(i) == "{") ++depth;
      if (text(i) == "}") --depth;
      if (depth == 0) break;
      if (tokens_[i].kind == TokenKind::comma) return fail();
    }
    const bool latex_name = next_ > 1 && tokens_[next_ - 2].kind == TokenKind::backslash;
    const bool name =
        next_ > 0 && tokens_[next_ - 1].kind == TokenKind::name && adjacent(next_) && !latex_name;
    const std::string_view before = name ? text(next_ - 1) : std::string_view();
    const bool subscript = name && before.back() == '_', function = name && find_function(before).has_value();
    closers_.push_back(subscript ? "" : name && !function ? "]" : ")");
    out_ += subscript ? "" : name && !function ? "[" : "(";
    return 1;
  }

  // \sin and \frac; '\' after an operand is a division.
  size_t take_latex() {
    const bool command = adjacent(next_ + 1) && tokens_[next_ + 1].kind == TokenKind::name;
    const Pair* known = command ? find(latex, text(next_ + 1)) : nullptr;
    const bool divides = next_ > 0 && is_operand_end(tokens_[next_ - 1].kind);
    if (!command || (divides && known == nullptr)) return 0;
    if (known == nullptr && !is_known(text(next_ + 1)) && greek_letter(text(next_ + 1)).empty())
      return fail();
    out_ += known != nullptr ? known->second : text(next_ + 1);
    return 2;
  }

  size_t take_foreign() {
    const std::string_view written = text(next_);
    if (written == "{") return take_brace();
    if (written == "}") {
      if (closers_.empty()) return fail();
      out_ += closers_.back();
      closers_.pop_back();
      if (text(next_ + 1) == "{") out_ += "/";  // \frac{1}{2}
      return 1;
    }
    const bool formula = line_.front() == '$' && line_.back() == '$' && line_.size() > 1;  // of TeX
    if (written == "$") return formula ? 1 : fail();
    if (written == "." && text(next_ + 1).substr(0, 1) == ".") {  // 1..n
      out_ += ":" + std::string(text(next_ + 1).substr(1));
      return 2;
    }
    const bool value = next_ > 0 && tokens_[next_ - 1].kind == TokenKind::name && text(0) == "subs";
    if (written == "->" && next_ > 0 && (text(next_ - 1) == ")" || value)) {
      out_ += "=";
      return 1;
    }
    if (written.size() > 1 && written[0] == '.' && written[1] >= '0' && written[1] <= '9') {
      if (next_ > 0 && tokens_[next_ - 1].kind == TokenKind::number && adjacent(next_)) return fail();
      out_ += "0" + std::string(written);
      return 1;
    }
    const std::string_view plain = operator_respelled(written);
    const bool after_operand = next_ > 0 && is_operand_end(tokens_[next_ - 1].kind);
    const bool quote = plain == "\"" && line_.rfind("import", 0) != 0;
    if (plain.empty() || quote || (plain == "'" && !after_operand)) return fail();
    const bool word = plain == "and" || plain == "not";
    if (word && !out_.empty() && out_.back() != ' ') out_ += ' ';
    out_ += plain;
    if (word && tokens_.size() > next_ + 1 && adjacent(next_ + 1)) out_ += ' ';
    return 1;
  }

  size_t fail() {
    failed_ = true;
    return 1;
  }

  std::string line_, out_;
  std::vector<Token> tokens_;
  size_t next_ = 0;
  uint32_t end_ = 0;                       // of the last token that was taken
  std::vector<std::string_view> closers_;  // for the braces that are open
  bool changed_ = false, failed_ = false;
  bool end_after_blanks_ = false;  // the blanks before the next token are left out
};

}  // namespace

std::string respelled_line(std::string_view text, uint32_t offset) {
  const Span line = line_around(text, offset);
  if (line.end - line.begin > longest_mended_line) return {};
  return Respelling(std::string(text.substr(line.begin, line.end - line.begin))).result();
}

std::string_view operator_respelled(std::string_view written) {
  const Pair* row = find(operators, written);
  if (row != nullptr) return row->second;
  const CodePoint c = decode(written.data(), written.data() + written.size());
  constexpr std::string_view ascii =
      "!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~";
  if (c.valid && c.length == written.size() && c.value >= 0xFF01 && c.value <= 0xFF5E)
    return ascii.substr(c.value - 0xFF01, 1);  // full-width forms
  return {};
}

std::string latin_look_alike(std::string_view name) {
  constexpr std::array<std::pair<char32_t, char>, 36> letters = {{
      {0x0430, 'a'}, {0x0435, 'e'}, {0x043E, 'o'}, {0x0440, 'p'}, {0x0441, 'c'}, {0x0443, 'y'},
      {0x0445, 'x'}, {0x0455, 's'}, {0x0456, 'i'}, {0x0458, 'j'}, {0x0410, 'A'}, {0x0412, 'B'},
      {0x0415, 'E'}, {0x041A, 'K'}, {0x041C, 'M'}, {0x041D, 'H'}, {0x041E, 'O'}, {0x0420, 'P'},
      {0x0421, 'C'}, {0x0422, 'T'}, {0x0425, 'X'}, {0x0391, 'A'}, {0x0392, 'B'}, {0x0395, 'E'},
      {0x0396, 'Z'}, {0x0397, 'H'}, {0x0399, 'I'}, {0x039A, 'K'}, {0x039C, 'M'}, {0x039D, 'N'},
      {0x039F, 'O'}, {0x03A1, 'P'}, {0x03A4, 'T'}, {0x03A5, 'Y'}, {0x03A7, 'X'}, {0x03BF, 'o'},
  }};
  std::string latin;
  bool any = false;
  const char* const end = name.data() + name.size();
  for (const char* p = name.data(); p < end;) {
    const CodePoint c = decode(p, end);
    p += c.length;
    const auto row =
        std::find_if(letters.begin(), letters.end(), [&](auto& r) { return r.first == c.value; });
    if (row == letters.end() && c.value >= 0x80) return {};
    any = any || row != letters.end();
    latin += row != letters.end() ? row->second : static_cast<char>(c.value);
  }
  return any ? latin : std::string();
}

}  // namespace nabla
