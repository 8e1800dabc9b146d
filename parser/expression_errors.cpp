// What to say when an expression cannot be read, and what was probably meant.
#include "expr/decimal.h"
#include "expr/function.h"
#include "parser/expression_parser.h"

namespace nabla {
namespace {

bool is_end(TokenKind kind) { return kind == TokenKind::end_of_text || kind == TokenKind::newline; }

bool is_closer(TokenKind kind) {
  return kind == TokenKind::right_paren || kind == TokenKind::right_bracket || kind == TokenKind::comma ||
         kind == TokenKind::semicolon;
}

Failure failure(Code code, Span span, std::string message, std::string help, std::string note,
                Span note_span) {
  Failure f(code, span, std::move(message), std::move(help));
  f.diagnostic.notes.push_back({std::move(note), note_span, true});
  return f;
}

}  // namespace

bool ExpressionParser::is_function(NodeId n) const {
  const SyntaxTree& tree = tree_.tree();
  return tree.kind(n) == SyntaxKind::name && !parenthesised(n) && find_function(tree.name(n)).has_value();
}

size_t ExpressionParser::frame_below_signs() const {
  size_t i = frames_.size();
  while (i > 0 && frames_[i - 1].kind == FrameKind::negate) --i;
  return i;
}

void ExpressionParser::check_number(Span span) const {
  const std::string_view text = tokens_.text(span);
  const bool plain = text.size() <= limits_.literal_digits && text.find_first_of("eE") == text.npos;
  if (plain) return;
  const Decimal d = *scan_decimal(text);
  const uint64_t digits = d.whole.size() + d.decimals.size();
  const uint64_t up = d.scale > 0 ? static_cast<uint64_t>(d.scale) : 0;
  const uint64_t down = d.scale < 0 ? static_cast<uint64_t>(-d.scale) : 0;
  if (digits == 0 || std::max(digits + up, down) <= limits_.literal_digits) return;
  throw Failure(Code::literal_too_long, span,
                "a number with more than " + std::to_string(limits_.literal_digits) + " digits",
                "write a power, such as 10^100000");
}

// ---- operands ----

void ExpressionParser::missing_operand() const {
  const Token& now = tokens_.now();
  const Token& before = tokens_.previous();
  const bool first = before.kind == TokenKind::end_of_text || before.kind == TokenKind::newline ||
                     before.kind == TokenKind::semicolon;
  if (is_end(now.kind)) {
    if (open_ > 0 && now.kind == TokenKind::end_of_text) unclosed();
    if (first) throw Failure(Code::missing_operand, now.span, "expected an expression");
    throw Failure(Code::missing_operand, before.span, "an operand is missing after " + called(before),
                  "a statement goes on over the end of a line only inside brackets");
  }
  if (is_closer(now.kind)) missing_before_closer();
  const bool names_it = is_reserved(before.kind) && now.kind == TokenKind::assign;  // if = 3
  const bool named = first && is_reserved(now.kind) && tokens_.peek().kind == TokenKind::assign;
  if (names_it || named) {
    const Token& word = named ? now : before;
    throw Failure(Code::reserved_word, word.span, called(word) + " is a reserved word and cannot be a name",
                  "choose another name");
  }
  switch (now.kind) {
    case TokenKind::kw_let:
      throw Failure(Code::reserved_word, now.span, "'let' is a reserved word");
    case TokenKind::kw_for:
    case TokenKind::kw_in:
    case TokenKind::kw_wrt:
      misplaced_word({});
    case TokenKind::string:
      throw Failure(Code::unexpected_token, now.span, "a quoted text stands only after 'import'");
    case TokenKind::bang:
      throw Failure(Code::foreign_spelling, now.span, "'!' stands after its operand", "write not x");
    case TokenKind::assign:
      if (before.kind == TokenKind::assign) {
        throw Failure(Code::missing_operand, now.span, "an operand is missing before '='",
                      "write '==' without a blank for equality");
      }
      if (!first) break;
      throw Failure(Code::malformed_definition, now.span, "a name is missing before '='");
    default:
      break;
  }
  throw Failure(Code::missing_operand, now.span, "an operand is missing before " + called(now));
}

void ExpressionParser::missing_before_closer() const {
  const Token& now = tokens_.now();
  const Token& before = tokens_.previous();
  const bool closes = now.kind == TokenKind::right_paren || now.kind == TokenKind::right_bracket;
  const Span both{before.span.begin, now.span.end};
  if (open_ == 0 && closes && frames_.empty()) {
    throw Failure(Code::unexpected_closing, now.span, called(now) + " closes nothing",
                  "remove it, or open the bracket before");
  }
  if (before.kind == TokenKind::left_paren && now.kind == TokenKind::right_paren) {
    const bool call = top_is(FrameKind::call);
    throw Failure(Code::missing_operand, both, call ? "a call without arguments" : "empty parentheses",
                  call ? "write the arguments, or the name alone" : "write an expression inside");
  }
  if (before.kind == TokenKind::left_bracket && now.kind == TokenKind::right_bracket) {
    if (top_is(FrameKind::index)) throw Failure(Code::missing_operand, both, "an index without a value");
    throw Failure(Code::empty_brackets, both, "an array has at least one entry");
  }
  const bool separated = before.kind == TokenKind::comma || before.kind == TokenKind::semicolon;
  if (separated && open_ > 0 && now.kind != TokenKind::comma) {
    throw Failure(Code::trailing_comma, before.span, called(before) + " with nothing after it",
                  "remove the " + called(before));
  }
  const bool binary =
      binary_operator(before.kind).level != Level::bracket || before.kind == TokenKind::assign;
  if (binary) {
    throw Failure(Code::missing_operand, before.span, "an operand is missing after " + called(before));
  }
  throw Failure(Code::missing_operand, now.span, "an operand is missing before " + called(now));
}

// ---- operators ----

void ExpressionParser::check_function_power() const {
  const SyntaxTree& tree = tree_.tree();
  const size_t i = frame_below_signs();
  NodeId base = values_.back().node;
  if (i > 0 && frames_[i - 1].kind == FrameKind::power) base = values_[frames_[i - 1].base].node;
  if (tree.kind(base) == SyntaxKind::power) base = tree.operand(base, 0);  // sin²
  if (!is_function(base)) return;
  const std::string name = shown(tree.span(base));
  const bool power = base != values_.back().node;
  const uint32_t end = tokens_.previous().span.end;
  const std::string exponent = power ? shown({tree.span(base).end, end}) : "";
  throw Failure(Code::call_without_parentheses, Span{tree.span(base).begin, end},
                "the argument of '" + name + "' needs parentheses",
                "write " + name + "(" + (tokens_.is(TokenKind::name) ? shown(tokens_.now().span) : "x") +
                    ")" + exponent);
}

void ExpressionParser::missing_operator() const {
  const Token& now = tokens_.now();
  const Token& before = tokens_.previous();
  if (now.kind == TokenKind::string) {
    throw Failure(Code::unexpected_token, now.span, "a quoted text stands only after 'import'");
  }
  check_function_power();
  const bool in_array = top_is(FrameKind::array);
  const bool names = before.kind == TokenKind::name || before.kind == TokenKind::number;
  std::string help = "write '*' for a product";
  if (names && (now.kind == TokenKind::name || now.kind == TokenKind::number)) {
    help = "write " + shown(before.span) + "*" + shown(now.span) + " for a product";
  }
  if (in_array) help = "separate entries by ','";
  throw Failure(Code::missing_operator, now.span,
                "an operator is missing between " + called(before) + " and " + called(now), std::move(help));
}

void ExpressionParser::unexpected() const {
  const Token& now = tokens_.now();
  switch (now.kind) {
    case TokenKind::right_paren:
    case TokenKind::right_bracket:
      throw Failure(Code::unexpected_closing, now.span, called(now) + " closes nothing",
                    "remove it, or open the bracket before");
    case TokenKind::comma:
      throw Failure(Code::unexpected_token, now.span, "a ',' outside of a list",
                    "write [a; b] for a vector, and statements on lines of their own");
    case TokenKind::bar:
    case TokenKind::double_bar:
      malformed_bars("no bar was opened here");
    case TokenKind::assign:
      misplaced_assign();
    case TokenKind::kw_for:
      misplaced_for();
    case TokenKind::kw_in:
      misplaced_in();
    default:
      break;
  }
  if (is_reserved(now.kind)) misplaced_word({});
  missing_operator();
}

// 1/2x and 2^3x: the two readings, as far as the text goes.
void ExpressionParser::ambiguous_product(bool after_power) const {
  const Frame& frame = frames_[frame_below_signs() - 1];
  const Span number = tokens_.previous().span;
  std::string factor = "(…)";
  if (tokens_.is(TokenKind::name)) {
    factor = shown(tokens_.now().span);
    if (tokens_.peek().kind == TokenKind::left_paren) factor += "(…)";
  }
  Span left{};  // up to the operator, and it included
  if (frame.kind == FrameKind::prefix_call) {
    left = frame.begin;
  } else {
    const NodeId base = values_[after_power ? frame.base : values_.size() - 2].node;
    const Operand op{base, frame.at & 0x7ffffff, static_cast<uint32_t>(frame.pending) & 31};
    left = {tree_.tree().span(base).begin, tree_.tree().operator_span(op).end};
    if (after_power) check_function_power();
  }
  const std::string_view text = tree_.tree().source().text;
  uint32_t sign = left.end - 1;  // the last character: '/', '^' or a root
  while (sign > left.begin && (static_cast<unsigned char>(text[sign]) & 0xc0) == 0x80) --sign;
  const std::string before = shown(left);
  const std::string digits = shown({left.end, number.end});
  throw Failure(
      Code::ambiguous_product, Span{left.begin, tokens_.now().span.end},
      "it is not clear how far " + called({TokenKind::name, {sign, left.end}}) + " reaches",
      "write " + before + digits + "*" + factor + " or " + before + "(" + digits + "*" + factor + ")");
}

void ExpressionParser::prime_after_number() const {
  const size_t i = frame_below_signs();
  std::string help = "a number is its own transpose";
  if (i > 0 && frames_[i - 1].kind == FrameKind::power) {
    const Span base = tree_.tree().span(values_[frames_[i - 1].base].node);
    help = "write (" + shown({base.begin, tokens_.previous().span.end}) + ")'";
  }
  throw Failure(Code::prime_after_number, tokens_.now().span,
                "the ' would transpose the number " + called(tokens_.previous()), std::move(help));
}

// ---- brackets and bars ----

void ExpressionParser::unclosed() const {
  size_t i = frames_.size() - 1;
  while (i > 0 && (frames_[i].kind == FrameKind::comprehension || frames_[i].level != Level::bracket)) --i;
  const Frame& frame = frames_[i];
  const Token& now = tokens_.now();
  const uint32_t after = tokens_.previous().span.end;
  const Span here = is_end(now.kind) || tokens_.after_line_break() ? Span{after, after} : now.span;
  switch (frame.kind) {
    case FrameKind::bars:
    case FrameKind::double_bars:
      throw Failure(Code::malformed_bars, frame.begin, "this bar is not closed");
    case FrameKind::condition:
    case FrameKind::then_value: {
      const std::string word = frame.kind == FrameKind::condition ? "'then'" : "'else'";
      throw failure(Code::unexpected_end, here, "expected " + word, "write if c then a else b",
                    "for this 'if'", frame.begin);
    }
    default:
      break;
  }
  const bool round = frame.kind == FrameKind::group || frame.kind == FrameKind::call;
  throw failure(Code::unclosed_bracket, here,
                std::string("expected ") + (round ? "')'" : "']'") + " before " + called(now), {},
                std::string("this ") + (round ? "'('" : "'['") + " is not closed", frame.begin);
}

void ExpressionParser::wrong_closer() const {
  const Frame& frame = frames_.back();
  const Token& now = tokens_.now();
  if (frame.kind == FrameKind::group && now.kind == TokenKind::comma) {
    throw Failure(Code::unexpected_token, now.span, "a ',' inside parentheses, which hold one expression",
                  "write [a; b] for a vector");
  }
  if (frame.kind == FrameKind::comprehension) {
    const bool guard = frame.pending == Op::guard;
    throw Failure(Code::malformed_comprehension, now.span,
                  guard ? "the guard comes last" : called(now) + " inside a 'for'",
                  "write (e for i in 1:n, j in 1:m if c)");
  }
  if (frame.kind == FrameKind::condition || frame.kind == FrameKind::then_value) {
    const std::string word = frame.kind == FrameKind::condition ? "'then'" : "'else'";
    throw failure(Code::unexpected_token, now.span, "expected " + word + " before " + called(now),
                  "write if c then a else b", "for this 'if'", frame.begin);
  }
  unclosed();
}

void ExpressionParser::malformed_bars(std::string_view message) const {
  const Span span = tokens_.now().span;
  const bool adjacent = span.begin > 0 && tokens_.text()[span.begin - 1] == '|';
  const bool doubled = adjacent || tokens_.peek().kind == TokenKind::bar;
  std::string help = "write abs(x), or parentheses around the inner bars";
  if (doubled) help = expecting_operand_ ? "write norm2(x) or ‖x‖ for the norm" : "write 'or' for a choice";
  throw Failure(Code::malformed_bars, span, std::string(message), std::move(help));
}

// ---- words ----

void ExpressionParser::misplaced_for() const {
  const Span span = tokens_.now().span;
  std::string message = "'for' belongs to the call or the brackets around it";
  std::string help = "write sum(… for i in 1:n) or [… for i in 1:n]";
  if (top_is(FrameKind::comprehension)) {
    message = "one 'for' takes all indices";
    help = "write … for i in 1:n, j in 1:m";
  } else if (top_is(FrameKind::call) || top_is(FrameKind::array)) {
    message = "'for' wants exactly one expression before it";
  }
  throw Failure(Code::malformed_comprehension, span, std::move(message), std::move(help));
}

void ExpressionParser::misplaced_in() const {
  const SyntaxTree& tree = tree_.tree();
  if (top_is(FrameKind::call) && argument_count() == 2 &&
      tree.kind(values_.back().node) == SyntaxKind::name) {
    const std::string callee = shown(tree.span(values_[frames_.back().base].node));
    const std::string index = shown(last_span());
    throw Failure(Code::index_before_body, Span{last_span().begin, tokens_.now().span.end},
                  "the index stands before the body of '" + callee + "'",
                  "write " + callee + "(… for " + index + " in …)");
  }
  misplaced_word("it stands after 'for' and in declarations");
}

void ExpressionParser::misplaced_assign() const {
  throw Failure(Code::assignment_for_equality, tokens_.now().span, "'=' defines a name; it does not compare",
                "write '==' for equality");
}

void ExpressionParser::misplaced_word(std::string_view help) const {
  const Token& now = tokens_.now();
  if (now.kind == TokenKind::kw_let) {
    throw Failure(Code::reserved_word, now.span, "'let' is a reserved word");
  }
  throw Failure(Code::misplaced_word, now.span, called(now) + " cannot stand here", std::string(help));
}

}  // namespace nabla
