#include "parser/format.h"

#include <algorithm>
#include <string_view>

#include "parser/parse.h"
#include "parser/token.h"
#include "parser/unicode.h"

namespace nabla {
namespace {

using T = TokenKind;

constexpr int most_blank_lines = 2;
constexpr size_t comment_gap = 2;

std::string_view canonical(T kind, std::string_view written) {
  switch (kind) {
    case T::caret:
      return "^";
    case T::minus:
      return "-";
    case T::star:
      return "*";
    case T::cdot:
      return "·";
    case T::double_bar:
      return "‖";
    case T::prime:
      return "'";
    case T::left_bracket:  // of a matrix that the prompt has drawn, as are the next three
      return "[";
    case T::right_bracket:
      return "]";
    case T::comma:
      return ",";
    case T::semicolon:
      return ";";
    default:
      return written;
  }
}

bool opens(T kind) { return kind == T::left_paren || kind == T::left_bracket; }
bool closes(T kind) { return kind == T::right_paren || kind == T::right_bracket; }
bool is_prefix(T kind) {
  return kind == T::root || kind == T::cube_root || kind == T::nabla || kind == T::partial;
}
bool is_postfix(T kind) {
  return kind == T::prime || kind == T::transpose || kind == T::conjugate_transpose || kind == T::bang ||
         kind == T::superscript;
}
bool is_sum(T kind) {
  return kind == T::plus || kind == T::minus || kind == T::dot_plus || kind == T::dot_minus;
}
bool is_product(T kind) { return kind >= T::star && kind <= T::times; }
bool is_power(T kind) { return kind == T::caret || kind == T::dot_caret; }
bool is_relation(T kind) { return kind >= T::assign && kind <= T::greater_equal; }

// What the layout needs to know of a token beyond its kind.
struct Piece {
  T kind{};
  std::string_view text;
  Span span;
  bool unary = false;  // + - in front of an operand
  bool word = false;   // `assert` at the beginning of a statement
  bool bar_opens = false;
  bool spaced = false;  // a binary operator with blanks on both sides
  bool colon_spaced = false;
  bool colon_of_parameter = false;
};

class Formatter {
 public:
  explicit Formatter(const ParsedText& parsed) : parsed_(parsed), text_(parsed.tree.source().text) {
    Lexer lexer(text_, true);
    for (Token t = lexer.next(); t.kind != T::end_of_text; t = lexer.next()) {
      Piece piece;
      piece.kind = t.kind;
      piece.span = t.span;
      piece.text = canonical(t.kind, text_.substr(t.span.begin, t.span.end - t.span.begin));
      pieces_.push_back(piece);
    }
  }

  std::string run() {
    classify();
    lay_out();
    align_comments();
    return join();
  }

 private:
  struct Line {
    std::string code;
    std::string_view comment;  // behind the code
  };
  struct Bracket {
    bool index = false;
    bool parameters = false;
    bool range = false;  // between the `in` of a comprehension and what ends it
  };

  void classify();
  void classify_operator(size_t i, bool after_operand, const Statement* statement);
  void classify_colon(Piece& piece, const Statement* statement) const;
  bool blank_before(size_t i) const {
    if (i == 0 || i >= pieces_.size()) return false;
    const auto blank = [](T kind) { return kind == T::comment || kind == T::newline; };
    return pieces_[i].span.begin > pieces_[i - 1].span.end || blank(pieces_[i].kind) ||
           blank(pieces_[i - 1].kind);
  }
  bool space_between(const Piece& a, const Piece& b) const;
  void lay_out();
  void end_line();
  void align_comments();
  std::string join() const;

  const ParsedText& parsed_;
  std::string_view text_;
  std::vector<Piece> pieces_;
  std::vector<Bracket> brackets_;
  std::vector<Line> lines_;
  Line line_;
  int blank_lines_ = 0;
};

void Formatter::classify_colon(Piece& piece, const Statement* statement) const {
  if (statement == nullptr) return;
  if (brackets_.empty()) {
    piece.colon_spaced = statement->kind == StatementKind::declaration ||
                         statement->kind == StatementKind::function ||
                         statement->kind == StatementKind::derive;
  } else {
    piece.colon_of_parameter = brackets_.size() == 1 && brackets_[0].parameters;
  }
}

void Formatter::classify_operator(size_t i, bool after_operand, const Statement* statement) {
  Piece& piece = pieces_[i];
  if (piece.kind == T::bar || piece.kind == T::double_bar) piece.bar_opens = !after_operand;
  if (piece.kind == T::colon) classify_colon(piece, statement);
  if (is_sum(piece.kind)) {
    piece.unary = !after_operand;
    const bool tight = !brackets_.empty() && (brackets_.back().index || brackets_.back().range);
    piece.spaced = !piece.unary && !tight;
  }
  if (is_product(piece.kind)) piece.spaced = blank_before(i) || blank_before(i + 1);
  if (is_relation(piece.kind)) piece.spaced = true;
}

void Formatter::classify() {
  bool after_operand = false;
  size_t next_statement = 0;
  const Statement* statement = nullptr;
  for (size_t i = 0; i < pieces_.size(); ++i) {
    Piece& piece = pieces_[i];
    if (piece.kind == T::comment || (piece.kind == T::newline && !brackets_.empty())) continue;
    const auto& all = parsed_.statements;
    if (next_statement < all.size() && piece.span.begin >= all[next_statement].span.begin) {
      statement = &all[next_statement++];
    }
    classify_operator(i, after_operand, statement);
    if (opens(piece.kind)) {
      Bracket bracket;
      bracket.index = piece.kind == T::left_bracket && after_operand;
      const bool definition = statement != nullptr && statement->kind == StatementKind::definition &&
                              parsed_.definitions[statement->detail].is_function;
      bracket.parameters = definition && brackets_.empty() && i > 0 &&
                           piece.span.begin < parsed_.tree.span(statement->root).begin;
      brackets_.push_back(bracket);
    } else if (closes(piece.kind) && !brackets_.empty()) {
      brackets_.pop_back();
    } else if (!brackets_.empty() &&
               (piece.kind == T::kw_in || piece.kind == T::kw_if || piece.kind == T::comma)) {
      brackets_.back().range = piece.kind == T::kw_in;
    }
    piece.word = statement != nullptr && statement->kind == StatementKind::assertion &&
                 piece.kind == T::name && piece.span.begin == statement->span.begin;
    const bool word = piece.word || is_reserved(piece.kind);
    const bool operand = piece.kind == T::name || piece.kind == T::number || piece.kind == T::string;
    const bool closing_bar = (piece.kind == T::bar || piece.kind == T::double_bar) && !piece.bar_opens;
    after_operand = !word && (operand || closes(piece.kind) || is_postfix(piece.kind) || closing_bar);
  }
}

bool Formatter::space_between(const Piece& a, const Piece& b) const {
  if (b.kind == T::comma || b.kind == T::semicolon || closes(b.kind)) return false;
  if (opens(a.kind)) return false;
  if (a.kind == T::comma || a.kind == T::semicolon) return true;
  if (a.kind == T::comment || b.kind == T::comment) return true;
  if (is_postfix(b.kind)) return a.kind == T::superscript && b.kind == T::superscript;
  if (b.kind == T::colon) return b.colon_spaced;
  if (a.kind == T::colon) return a.colon_spaced || a.colon_of_parameter;
  const bool b_bar = b.kind == T::bar || b.kind == T::double_bar;
  const bool a_bar = a.kind == T::bar || a.kind == T::double_bar;
  if (b_bar && !b.bar_opens) return false;
  if (a_bar && a.bar_opens) return false;
  if (a.unary || is_prefix(a.kind)) return false;
  if (a.word || is_reserved(a.kind) || is_reserved(b.kind)) return true;
  const auto binary = [](const Piece& p) {
    return (is_sum(p.kind) && !p.unary) || is_product(p.kind) || is_power(p.kind) || is_relation(p.kind);
  };
  if (binary(a)) return a.spaced;
  if (binary(b)) return b.spaced;
  if (opens(b.kind)) return false;
  // Juxtaposed operands: 2x has no blank in the source, `var x` has one.
  return b.span.begin > a.span.end;
}

void Formatter::end_line() {
  while (!line_.code.empty() && line_.code.back() == ' ') line_.code.pop_back();
  if (line_.code.empty() && line_.comment.empty()) {
    if (!lines_.empty() && ++blank_lines_ <= most_blank_lines) lines_.emplace_back();
  } else {
    blank_lines_ = 0;
    lines_.push_back(line_);
  }
  line_ = {};
}

void Formatter::lay_out() {
  size_t depth = 0;
  bool first = true;  // on its line
  for (size_t i = 0; i < pieces_.size(); ++i) {
    const Piece& piece = pieces_[i];
    if (piece.kind == T::newline) {
      end_line();
      first = true;
      continue;
    }
    if (closes(piece.kind) && depth > 0) --depth;
    const bool hash = piece.kind == T::comment && piece.text[0] == '#';
    if (first) {
      line_.code.append(2 * depth, ' ');
    } else if (!hash && space_between(pieces_[i - 1], piece)) {
      line_.code += ' ';
    }
    std::string_view text = piece.text;
    while (hash && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    if (hash && !first) {
      line_.comment = text;
    } else {
      line_.code += text;
    }
    first = false;
    if (opens(piece.kind)) ++depth;
  }
  end_line();
  while (!lines_.empty() && lines_.back().code.empty() && lines_.back().comment.empty()) lines_.pop_back();
}

void Formatter::align_comments() {
  for (size_t i = 0; i < lines_.size();) {
    size_t end = i;
    size_t width = 0;
    while (end < lines_.size() && !lines_[end].comment.empty()) {
      width = std::max(width, display_width(lines_[end++].code));
    }
    for (; i < end; ++i) {
      Line& line = lines_[i];
      line.code.append(width + comment_gap - display_width(line.code), ' ');
      line.code += line.comment;
    }
    ++i;
  }
}

std::string Formatter::join() const {
  std::string out;
  for (const Line& line : lines_) out += line.code + "\n";
  return out;
}

// The tokens that carry meaning: no comments, one newline between statements and none inside brackets.
std::vector<std::pair<T, std::string_view>> meaning(std::string_view text) {
  std::vector<std::pair<T, std::string_view>> out;
  Lexer lexer(text);
  size_t depth = 0;
  for (Token t = lexer.next(); t.kind != T::end_of_text; t = lexer.next()) {
    if (opens(t.kind)) ++depth;
    if (closes(t.kind) && depth > 0) --depth;
    const bool newline = t.kind == T::newline;
    if (newline && (depth > 0 || out.empty() || out.back().first == T::newline)) continue;
    const std::string_view written = text.substr(t.span.begin, t.span.end - t.span.begin);
    out.emplace_back(t.kind, newline ? std::string_view() : canonical(t.kind, written));
  }
  while (!out.empty() && out.back().first == T::newline) out.pop_back();
  return out;
}

}  // namespace

Formatted format(std::shared_ptr<const Source> source, const Limits& limits) {
  const ParsedText parsed = parse_statements(std::move(source), limits);
  if (!parsed.errors.empty()) return {{}, parsed.errors};
  std::string text = Formatter(parsed).run();
  if (meaning(text) != meaning(parsed.tree.source().text)) {
    Diagnostic d{Code::internal_error, "formatting would change the tokens of this text", {}, false, {}, {}};
    return {{}, {std::move(d)}};
  }
  return {std::move(text), {}};
}

}  // namespace nabla
