// Postfix operators, brackets with their lists, comprehensions and where.
#include <limits>

#include "parser/expression_parser.h"

namespace nabla {

// ---- postfix operators ----

bool ExpressionParser::read_postfix() {
  const Span span = tokens_.now().span;
  switch (tokens_.now().kind) {
    case TokenKind::left_paren:
      return read_call();
    case TokenKind::left_bracket:
      return read_index();
    case TokenKind::prime:
      read_prime();
      return true;
    case TokenKind::superscript:
      read_superscript();
      return true;
    case TokenKind::transpose:
    case TokenKind::conjugate_transpose: {
      const bool conjugate = tokens_.is(TokenKind::conjugate_transpose);
      const Operand value = values_.back();
      values_.back().node = tree_.inner(conjugate ? SyntaxKind::ctranspose : SyntaxKind::transpose,
                                        {last_span().begin, span.end}, {&value, 1});
      tokens_.advance();
      return true;
    }
    case TokenKind::bang:
      wrap_call("factorial", span);
      tokens_.advance();
      return true;
    default:
      return false;
  }
}

void ExpressionParser::wrap_call(std::string_view name, Span name_span) {
  const NodeId callee = tree_.leaf(SyntaxKind::name, name_span, tree_.intern(name));
  const Operand operands[] = {{callee, 0, 0}, {values_.back().node, 0, 0}};
  values_.back().node = tree_.inner(SyntaxKind::call, {last_span().begin, tokens_.now().span.end}, operands);
}

// g'(x) is a derivative, x' a transpose: a name with '(' after its primes can only be a function.
void ExpressionParser::read_prime() {
  if (tokens_.previous().kind == TokenKind::number) prime_after_number();
  const bool name = tokens_.previous().kind == TokenKind::name;
  const Span written = last_span();
  uint32_t count = 0;
  while (tokens_.is(TokenKind::prime)) {
    if (++count == (1u << 24) - 1) break;
    if (!name) {
      const Operand value = values_.back();
      values_.back().node =
          tree_.inner(SyntaxKind::transpose, {written.begin, tokens_.now().span.end}, {&value, 1});
    }
    tokens_.advance();
  }
  if (!name) return;
  const uint32_t end = tokens_.previous().span.end;
  const NodeId node = values_.back().node;
  if (tokens_.is(TokenKind::left_paren) && tree_.tree().kind(node) == SyntaxKind::name) {
    tree_.set_primes(node, count);
    tree_.set_span(node, {written.begin, end});
    return open(FrameKind::call, values_.size() - 1);
  }
  for (; count > 0; --count) {
    const Operand value = values_.back();
    values_.back().node = tree_.inner(SyntaxKind::transpose, {written.begin, end}, {&value, 1});
  }
}

uint32_t ExpressionParser::superscript_value(Span span) const {
  // ¹ ² ³ are C2 B9, B2, B3; ⁰ and ⁴ … ⁹ are E2 81 B0 … B9.
  const std::string_view text = tokens_.text(span);
  uint64_t value = 0;
  for (size_t i = 0; i < text.size();) {
    const bool two_bytes = text[i] == '\xC2';
    const auto last = static_cast<unsigned char>(text[i + (two_bytes ? 1 : 2)]);
    i += two_bytes ? 2 : 3;
    if (!two_bytes && last == 0xBB) continue;  // ⁻
    value = value * 10 + (last == 0xB9 && two_bytes ? 1u : last & 0x0fu);
    if (value > std::numeric_limits<int32_t>::max()) {
      throw Failure(Code::literal_too_long, span, "a superscript beyond 2147483647", "write x^(…) instead");
    }
  }
  return static_cast<uint32_t>(value);
}

void ExpressionParser::read_superscript() {
  const Span span = tokens_.now().span;
  NodeId exponent = tree_.leaf(SyntaxKind::integer, span, superscript_value(span));
  if (tokens_.text(span).substr(0, 3) == "\u207B") {
    const Operand value{exponent, 0, 0};
    exponent = tree_.inner(SyntaxKind::negate, span, {&value, 1});
  }
  const Operand operands[] = {{values_.back().node, 0, 0},
                              {exponent, span.begin & 0x7ffffff, static_cast<uint32_t>(Op::power)}};
  values_.back().node = tree_.inner(SyntaxKind::power, {last_span().begin, span.end}, operands);
  tokens_.advance();
}

// A call, if the value can be one's callee: a name, or a call as in D(g,1,2)(x,y).
bool ExpressionParser::read_call() {
  const NodeId node = values_.back().node;
  const SyntaxKind kind = tree_.tree().kind(node);
  const TokenKind before = tokens_.previous().kind;
  const bool name = before == TokenKind::name && kind == SyntaxKind::name;
  const bool call = before == TokenKind::right_paren && kind == SyntaxKind::call && !parenthesised(node);
  if (!name && !call) {
    const bool number =
        before == TokenKind::number && tokens_.previous().span.end == tokens_.now().span.begin;
    if (number) return false;
    missing_operator();
  }
  open(FrameKind::call, values_.size() - 1);
  return true;
}

bool ExpressionParser::read_index() {
  if (tokens_.previous().kind == TokenKind::number) missing_operator();
  open(FrameKind::index, values_.size() - 1);
  ++indices_;
  return true;
}

// ---- brackets ----

void ExpressionParser::open(FrameKind kind, size_t base) {
  Frame& frame = push(kind, Level::bracket, base, tokens_.now().span);
  if (kind == FrameKind::array) frame.pending = Op::new_row;
  tokens_.open_bracket();
  expecting_operand_ = true;
}

void ExpressionParser::open_bars() {
  if (bars_open_) {
    malformed_bars(tokens_.previous().kind == TokenKind::bar ? "two bars open here"
                                                             : "a bar opens inside bars");
  }
  const bool single = tokens_.is(TokenKind::bar);
  Frame& frame = push(single ? FrameKind::bars : FrameKind::double_bars, Level::bracket, values_.size(),
                      tokens_.now().span);
  if (!single) push_value(tree_.leaf(SyntaxKind::name, frame.begin, tree_.intern("norm2")));
  bars_open_ = true;
  tokens_.advance();
}

void ExpressionParser::close_bars() {
  end_tighter(Level::bracket);
  const bool single = tokens_.is(TokenKind::bar);
  const uint32_t begin = frames_.back().begin.begin;
  if (!top_is(single ? FrameKind::bars : FrameKind::double_bars)) {
    malformed_bars("no bar was opened here");
  }
  tokens_.advance();
  reduce(single ? SyntaxKind::bars : SyntaxKind::call, begin);
}

void ExpressionParser::close() {
  end_tighter(Level::bracket);
  if (top_is(FrameKind::comprehension)) end_comprehension();
  const FrameKind kind = frames_.back().kind;
  const bool paren = tokens_.is(TokenKind::right_paren);
  const bool fits = paren ? kind == FrameKind::group || kind == FrameKind::call
                          : kind == FrameKind::index || kind == FrameKind::array;
  if (!fits) wrong_closer();
  const uint32_t begin = frames_.back().begin.begin;
  if (kind == FrameKind::call) check_arguments();
  if (kind == FrameKind::array) join_last();
  tokens_.close_bracket();
  switch (kind) {
    case FrameKind::group:
      tree_.set_span(values_.back().node, {begin, tokens_.previous().span.end});
      return pop();
    case FrameKind::call:
      return reduce(SyntaxKind::call, first_begin());
    case FrameKind::index:
      return reduce(SyntaxKind::index, first_begin());
    default:
      return reduce(SyntaxKind::array, begin);
  }
}

bool ExpressionParser::read_separator() {
  const bool comma = tokens_.is(TokenKind::comma);
  if (open_ == 0 && lowest_ > Level::where) return false;
  end_tighter(comma ? Level::where : Level::bracket);
  if (top_is(FrameKind::where)) {
    if (binding_follows()) {
      tokens_.advance();
      read_binding();
      return true;
    }
  }
  end_tighter(Level::bracket);
  if (open_ == 0) return false;
  const FrameKind kind = frames_.back().kind;
  if (kind == FrameKind::comprehension && comma && frames_.back().pending != Op::guard) {
    tokens_.advance();
    read_index_name();
    return true;
  }
  const bool list =
      kind == FrameKind::array || (comma && (kind == FrameKind::call || kind == FrameKind::index));
  if (!list) wrong_closer();
  if (argument_count() >= limits_.arguments + (kind == FrameKind::array ? 0 : 1)) {
    throw Failure(Code::too_many_arguments, tokens_.now().span,
                  "more than " + std::to_string(limits_.arguments) + " values in one list",
                  "divide them among several lists");
  }
  if (kind == FrameKind::call) check_arguments();
  if (kind == FrameKind::array) {
    join_last();
    frames_.back().pending = comma ? Op::none : Op::new_row;
  }
  tokens_.advance();
  expecting_operand_ = true;
  return true;
}

// After each argument of a call: none without a name stands behind one with a name.
void ExpressionParser::check_arguments() {
  if (argument_count() < 3) return;
  const SyntaxTree& tree = tree_.tree();
  const auto named = [&](size_t from_end) {
    return tree.kind(values_[values_.size() - from_end].node) == SyntaxKind::keyword_argument;
  };
  if (named(1) || !named(2)) return;
  const NodeId callee = values_[frames_.back().base].node;
  if (tree.kind(callee) == SyntaxKind::name) {
    if (tree.name(callee) == "taylor" || tree.name(callee) == "limit") return;
  }
  throw Failure(Code::positional_after_keyword, last_span(), "an argument without a name after a named one",
                "arguments with '=' come last");
}

// ---- comprehensions ----

void ExpressionParser::begin_comprehension() {
  if (open_ == 0) misplaced_for();
  end_tighter(Level::bracket);
  const size_t expected = top_is(FrameKind::call) ? 2 : 1;
  const bool fits = (top_is(FrameKind::call) || top_is(FrameKind::array)) && argument_count() == expected &&
                    tree_.tree().kind(values_.back().node) != SyntaxKind::keyword_argument;
  if (!fits) misplaced_for();
  has_binders = true;
  push(FrameKind::comprehension, Level::bracket, values_.size() - 1, tokens_.now().span);
  tokens_.advance();
  read_index_name();
}

void ExpressionParser::read_index_name() {
  const Token name = tokens_.now();
  if (name.kind != TokenKind::name) {
    const bool guard = name.kind == TokenKind::kw_if && tokens_.peek().kind != TokenKind::kw_in;
    throw Failure(guard                    ? Code::malformed_comprehension
                  : is_reserved(name.kind) ? Code::reserved_word
                                           : Code::not_an_index,
                  name.span, "expected the name of an index, found " + called(name),
                  guard ? "no comma stands before the guard: for i in 1:n if c" : "write for i in 1:n");
  }
  if (argument_count() > 2 * limits_.arguments) {
    throw Failure(Code::too_many_arguments, name.span,
                  "more than " + std::to_string(limits_.arguments) + " indices");
  }
  push_value(tree_.name(name.span), Op::index, name.span.begin);
  tokens_.advance();
  if (!tokens_.is(TokenKind::kw_in)) {
    throw Failure(Code::not_an_index, tokens_.now().span, "expected 'in' after the index " + called(name),
                  "write for " + shown(name.span) + " in 1:n");
  }
  tokens_.advance();
  expecting_operand_ = true;
}

void ExpressionParser::end_comprehension() {
  if (frames_.back().pending == Op::guard) join_last();
  reduce(SyntaxKind::comprehension, first_begin());
}

// ---- where and named arguments ----

bool ExpressionParser::read_where() {
  if (open_ == 0 && lowest_ > Level::where) return false;
  end_tighter(Level::where);
  if (top_is(FrameKind::where)) end_frame();
  has_binders = true;
  push(FrameKind::where, Level::where, values_.size() - 1, tokens_.now().span);
  tokens_.advance();
  read_binding();
  return true;
}

void ExpressionParser::read_binding() {
  const Token name = tokens_.now();
  if (name.kind != TokenKind::name) {
    throw Failure(is_reserved(name.kind) ? Code::reserved_word : Code::unexpected_token, name.span,
                  "expected a name after 'where', found " + called(name), "write e where t = …");
  }
  push_value(tree_.name(name.span));
  tokens_.advance();
  if (!tokens_.is(TokenKind::assign)) {
    throw Failure(Code::unexpected_token, tokens_.now().span, "expected '=' after " + called(name),
                  "write e where " + shown(name.span) + " = …");
  }
  tokens_.advance();
  expecting_operand_ = true;
}

// In the arguments of a call `name =` after a comma is a named argument, elsewhere one more binding.
bool ExpressionParser::binding_follows() const {
  const size_t outer = frames_.size() - 1;
  if (outer > 0) {
    const FrameKind kind = frames_[outer - 1].kind;
    if (kind == FrameKind::call || kind == FrameKind::keyword) return false;
  }
  Lexer ahead = tokens_.ahead();
  const auto next = [&] {
    Token t = ahead.next();
    while (t.kind == TokenKind::newline && open_ > 0) t = ahead.next();
    return t.kind;
  };
  return next() == TokenKind::name && next() == TokenKind::assign;
}

bool ExpressionParser::read_assign() {
  if (open_ == 0) return false;
  const bool argument = top_is(FrameKind::call) && tokens_.previous().kind == TokenKind::name &&
                        tree_.tree().kind(values_.back().node) == SyntaxKind::name && argument_count() >= 2;
  if (!argument) misplaced_assign();
  push(FrameKind::keyword, Level::keyword, values_.size() - 1, tokens_.now().span);
  tokens_.advance();
  expecting_operand_ = true;
  return true;
}

}  // namespace nabla
