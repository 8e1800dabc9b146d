#include "parser/expression_parser.h"
#include "parser/mended_line.h"

#include <array>

namespace nabla {
namespace {

constexpr size_t token_kinds = 64;

bool may_be_postfix(TokenKind kind) {
  constexpr auto bit = [](TokenKind k) { return uint64_t{1} << static_cast<unsigned>(k); };
  constexpr uint64_t set = bit(TokenKind::left_paren) | bit(TokenKind::left_bracket) | bit(TokenKind::prime) |
                           bit(TokenKind::superscript) | bit(TokenKind::transpose) |
                           bit(TokenKind::conjugate_transpose) | bit(TokenKind::bang);
  return (set & bit(kind)) != 0;
}

}  // namespace

const ExpressionParser::Binary& ExpressionParser::binary_operator(TokenKind kind) {
  using T = TokenKind;
  using S = SyntaxKind;
  static constexpr auto table = [] {
    std::array<Binary, token_kinds> t{};
    t.fill({Level::bracket, S::name, Op::none});
    const auto set = [&](T token, Level level, S node, Op op) {
      t[static_cast<size_t>(token)] = {level, node, op};
    };
    set(T::plus, Level::sum, S::sum, Op::plus);
    set(T::minus, Level::sum, S::sum, Op::minus);
    set(T::dot_plus, Level::sum, S::sum, Op::dot_plus);
    set(T::dot_minus, Level::sum, S::sum, Op::dot_minus);
    set(T::star, Level::product, S::product, Op::times);
    set(T::slash, Level::product, S::product, Op::divide);
    set(T::backslash, Level::product, S::product, Op::left_divide);
    set(T::dot_star, Level::product, S::product, Op::dot_times);
    set(T::dot_slash, Level::product, S::product, Op::dot_divide);
    set(T::kron, Level::product, S::product, Op::kron);
    set(T::cdot, Level::product, S::product, Op::cdot);
    set(T::times, Level::product, S::product, Op::cross);
    set(T::caret, Level::power, S::power, Op::power);
    set(T::dot_caret, Level::power, S::power, Op::dot_power);
    set(T::colon, Level::range, S::range, Op::none);
    set(T::less, Level::comparison, S::compare, Op::less);
    set(T::less_equal, Level::comparison, S::compare, Op::less_equal);
    set(T::equal, Level::comparison, S::compare, Op::equal);
    set(T::not_equal, Level::comparison, S::compare, Op::not_equal);
    set(T::greater, Level::comparison, S::compare, Op::greater);
    set(T::greater_equal, Level::comparison, S::compare, Op::greater_equal);
    set(T::kw_and, Level::conjunction, S::logical_and, Op::none);
    set(T::kw_or, Level::disjunction, S::logical_or, Op::none);
    return t;
  }();
  static_assert(static_cast<size_t>(T::kw_let) < token_kinds);
  return table[static_cast<size_t>(kind)];
}

NodeId ExpressionParser::parse(Level lowest) {
  values_.clear();
  frames_.clear();
  lowest_ = lowest;
  expecting_operand_ = true;
  depth_ = 0;
  open_ = indices_ = 0;
  bars_open_ = false;
  while (true) {
    if (expecting_operand_) {
      read_operand();
    } else if (!read_operator()) {
      break;
    }
  }
  while (!frames_.empty()) end_frame();
  return values_.back().node;
}

// ---- where an operand may begin ----

void ExpressionParser::read_operand() {
  switch (tokens_.now().kind) {
    case TokenKind::number:
      return read_number();
    case TokenKind::name:
      return read_name();
    case TokenKind::left_paren:
      return open(FrameKind::group, values_.size());
    case TokenKind::left_bracket:
      return open(FrameKind::array, values_.size());
    case TokenKind::bar:
    case TokenKind::double_bar:
      return open_bars();
    case TokenKind::minus:
      return read_prefix(FrameKind::negate, Level::prefix);
    case TokenKind::plus:
      return read_prefix(FrameKind::unary_plus, Level::prefix);
    case TokenKind::kw_not:
      return read_prefix(FrameKind::logical_not, Level::negation);
    case TokenKind::root:
      return read_prefix_call("sqrt");
    case TokenKind::cube_root:
      return read_prefix_call("cbrt");
    case TokenKind::nabla:
      return read_nabla();
    case TokenKind::partial:
      return read_partial();
    case TokenKind::kw_if:
      return read_if();
    case TokenKind::colon:
      return read_colon();
    default:
      missing_operand();
  }
}

void ExpressionParser::read_number() {
  const Span span = tokens_.now().span;
  const bool short_enough = span.end - span.begin <= 3 && limits_.literal_digits >= 1000;
  if (!short_enough) check_number(span);
  push_value(tree_.number(span));
  tokens_.advance();
  expecting_operand_ = false;
}

void ExpressionParser::read_name() {
  const Span span = tokens_.now().span;
  if (span.end - span.begin == 3 && tokens_.text(span) == "end") {
    if (indices_ == 0) {
      throw Failure(Code::misplaced_end, span, "'end' has a meaning only inside an index",
                    "write x[end] for the last entry of x");
    }
    push_value(tree_.leaf(SyntaxKind::end, span, 0));
  } else {
    push_value(tree_.name(span));
  }
  tokens_.advance();
  expecting_operand_ = false;
}

void ExpressionParser::read_colon() {
  if (!top_is(FrameKind::index)) missing_operand();
  const Span span = tokens_.now().span;
  tokens_.advance();
  if (!tokens_.is(TokenKind::comma) && !tokens_.is(TokenKind::right_bracket)) {
    const bool end_follows = tokens_.is(TokenKind::number) || tokens_.is(TokenKind::name);
    throw Failure(Code::missing_operand, span, "the range has no beginning",
                  end_follows ? "write " + line_with(tokens_.text(), span, "1:")
                              : "write 1:n for a range, or ':' alone for the whole axis");
  }
  push_value(tree_.leaf(SyntaxKind::all, span, 0));
  expecting_operand_ = false;
}

void ExpressionParser::read_prefix(FrameKind kind, Level level) {
  const bool too_tight =
      top_level() == Level::derivative || (kind == FrameKind::logical_not && top_level() > Level::negation);
  if (too_tight) misplaced_word("put it in parentheses");
  push(kind, level, values_.size(), tokens_.now().span);
  tokens_.advance();
}

void ExpressionParser::read_prefix_call(std::string_view name) {
  if (top_level() == Level::derivative) misplaced_word("put it in parentheses");
  const Span span = tokens_.now().span;
  push(FrameKind::prefix_call, Level::prefix, values_.size(), span);
  push_value(tree_.leaf(SyntaxKind::name, span, tree_.intern(name)));
  tokens_.advance();
}

// ∇f is grad(f), ∇²f is hess(f), ∇·F is div(F), ∇×F is curl(F).
void ExpressionParser::read_nabla() {
  if (top_level() == Level::derivative) misplaced_word("put it in parentheses");
  Span span = tokens_.now().span;
  push(FrameKind::prefix_call, Level::derivative, values_.size(), span);
  tokens_.advance();
  std::string_view name = "grad";
  if (tokens_.is(TokenKind::cdot)) name = "div";
  if (tokens_.is(TokenKind::times)) name = "curl";
  if (tokens_.is(TokenKind::superscript)) {
    name = "hess";
    if (tokens_.text(tokens_.now().span) != "\u00B2") {
      throw Failure(Code::unexpected_token, tokens_.now().span, "only ∇² has a meaning, the Hessian",
                    "write diff(f, x, 3) for higher derivatives");
    }
  }
  if (name != "grad") {
    span.end = tokens_.now().span.end;
    tokens_.advance();
  }
  push_value(tree_.leaf(SyntaxKind::name, span, tree_.intern(name)));
}

void ExpressionParser::read_if() {
  if (top_level() > Level::conditional) misplaced_word("put 'if … then … else …' in parentheses");
  push(FrameKind::condition, Level::bracket, values_.size(), tokens_.now().span);
  tokens_.advance();
}

// ∂f/∂x, ∂²f/∂x∂y: between the first ∂ and the '/' stands an operand with its postfix operators.
void ExpressionParser::read_partial() {
  if (top_level() == Level::derivative) misplaced_word("put it in parentheses");
  const Span span = tokens_.now().span;
  tokens_.advance();
  Frame& frame = push(FrameKind::partial, Level::derivative, values_.size(), span);
  frame.at = 1;
  if (tokens_.is(TokenKind::superscript)) {
    frame.at = superscript_value(tokens_.now().span);
    tokens_.advance();
  }
}

void ExpressionParser::finish_partial() {
  const Span begin = frames_.back().begin;
  if (!tokens_.is(TokenKind::slash) || tokens_.peek().kind != TokenKind::partial) {
    throw Failure(Code::unexpected_token, tokens_.now().span,
                  "expected '/∂' and a name to end this derivative",
                  "write ∂f/∂x or diff(f, x); a compound f needs parentheses");
  }
  tokens_.advance();
  uint64_t order = 0;
  while (tokens_.is(TokenKind::partial)) {
    tokens_.advance();
    if (!tokens_.is(TokenKind::name)) {
      throw Failure(Code::unexpected_token, tokens_.now().span, "expected a name after '∂'");
    }
    const Span name = tokens_.now().span;
    tokens_.advance();
    uint64_t times = 1;
    if (tokens_.is(TokenKind::superscript)) {
      times = superscript_value(tokens_.now().span);
      tokens_.advance();
    }
    order += times;
    if (order > limits_.derivative_order) {
      throw Failure(Code::order_too_large, Span{begin.begin, tokens_.previous().span.end},
                    "derivatives go to order " + std::to_string(limits_.derivative_order));
    }
    for (; times > 0; --times) push_value(tree_.name(name));
  }
  if (order != frames_.back().at) {
    throw Failure(Code::unexpected_token, Span{begin.begin, tokens_.previous().span.end},
                  "the order above the line is " + std::to_string(frames_.back().at) + ", below it " +
                      std::to_string(order),
                  "both are the same: ∂²f/∂x², ∂²f/∂x∂y");
  }
  reduce(SyntaxKind::partial, begin.begin);
}

// ---- where an operator may stand ----

bool ExpressionParser::read_operator() {
  while (may_be_postfix(tokens_.now().kind) && read_postfix()) {
    if (expecting_operand_) return true;  // a bracket was opened
  }
  if (top_is(FrameKind::partial)) {
    finish_partial();
    return true;
  }
  if (tokens_.previous().kind == TokenKind::number && read_juxtaposed()) return true;
  const TokenKind kind = tokens_.now().kind;
  const Binary& binary = binary_operator(kind);
  if (binary.level != Level::bracket) {
    if (open_ == 0 && binary.level < lowest_) return false;
    read_binary(binary, binary.op, tokens_.now().span.begin);
    tokens_.advance();
    expecting_operand_ = true;
    return true;
  }
  switch (kind) {
    case TokenKind::comma:
    case TokenKind::semicolon:
      return read_separator();
    case TokenKind::right_paren:
    case TokenKind::right_bracket:
      if (open_ == 0) return false;
      close();
      return true;
    case TokenKind::bar:
    case TokenKind::double_bar:
      if (open_ == 0) return false;
      close_bars();
      return true;
    case TokenKind::assign:
      return read_assign();
    case TokenKind::end_of_text:
    case TokenKind::newline:
      if (open_ > 0) unclosed();
      return false;
    default:
      if (is_reserved(kind)) return read_word();
      if (open_ == 0) {
        check_function_power();
        return false;
      }
      if (tokens_.after_line_break()) unclosed();
      missing_operator();
  }
}

bool ExpressionParser::read_word() {
  const TokenKind kind = tokens_.now().kind;
  if (kind == TokenKind::kw_where) return read_where();
  if (kind == TokenKind::kw_in || kind == TokenKind::kw_wrt || kind == TokenKind::kw_let) {
    if (open_ == 0) return false;
    if (kind == TokenKind::kw_in) misplaced_in();
    misplaced_word(kind == TokenKind::kw_wrt ? "write derive f wrt x : grad" : "");
  }
  if (kind == TokenKind::kw_for) {
    begin_comprehension();
    return true;
  }
  end_tighter(Level::bracket);
  if (kind == TokenKind::kw_if && top_is(FrameKind::comprehension) && frames_.back().pending != Op::guard) {
    frames_.back().pending = Op::guard;
    frames_.back().at = tokens_.now().span.begin;
  } else if (kind == TokenKind::kw_then && top_is(FrameKind::condition)) {
    frames_.back().kind = FrameKind::then_value;
  } else if (kind == TokenKind::kw_else && top_is(FrameKind::then_value)) {
    frames_.back().kind = FrameKind::else_value;
    frames_.back().level = Level::conditional;
    --open_;
  } else {
    misplaced_word("write if c then a else b");
  }
  tokens_.advance();
  expecting_operand_ = true;
  return true;
}

void ExpressionParser::read_binary(const Binary& binary, Op op, uint32_t at) {
  end_tighter(binary.level);
  const bool goes_on = top_is(FrameKind::chain) && frames_.back().level == binary.level;
  if (goes_on) {
    join_last();
  } else if (binary.level == Level::range) {
    if (top_is(FrameKind::range)) {
      throw Failure(Code::unexpected_token, tokens_.now().span, "a range has two ends and step 1",
                    "write [f(i) for i in a:b] for other steps");
    }
    push(FrameKind::range, Level::range, values_.size() - 1, tokens_.now().span);
  } else {
    const bool power = binary.level == Level::power;
    push(power ? FrameKind::power : FrameKind::chain, binary.level, values_.size() - 1, tokens_.now().span)
        .node = binary.node;
  }
  frames_.back().pending = op;
  frames_.back().at = at;
}

// 2x and 3(x+1): a number directly before a name or a parenthesis.
bool ExpressionParser::read_juxtaposed() {
  const Span number = tokens_.previous().span;
  if (tokens_.now().span.begin != number.end) return false;
  switch (tokens_.now().kind) {
    case TokenKind::name:
    case TokenKind::left_paren:
    case TokenKind::root:
    case TokenKind::cube_root:
    case TokenKind::nabla:
    case TokenKind::partial:
      break;
    default:
      return false;
  }
  if (open_ == 0 && Level::product < lowest_) return false;
  const size_t i = frame_below_signs();
  if (i > 0 && (frames_[i - 1].kind == FrameKind::power || frames_[i - 1].kind == FrameKind::prefix_call)) {
    ambiguous_product(true);
  }
  if (i > 0 && frames_[i - 1].kind == FrameKind::chain && frames_[i - 1].level == Level::product) {
    const Op op = frames_[i - 1].pending;
    if (op == Op::divide || op == Op::left_divide || op == Op::dot_divide) ambiguous_product(false);
  }
  read_binary({Level::product, SyntaxKind::product, Op::juxtaposed}, Op::juxtaposed, number.end);
  expecting_operand_ = true;
  return true;
}

}  // namespace nabla
