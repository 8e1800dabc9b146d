// Operator precedence parsing with a stack of its own.
//
// Each frame is something that has begun and not ended: a bracket, a prefix operator, or a chain of
// operators of one level. `values_` holds the operands that are complete; those of a frame begin at its
// `base`. An operator or closing token first ends the frames that bind tighter than it does. Invariant:
// the frames above a bracket have levels that never decrease, so their number is bounded by the nesting.
#pragma once

#include <string>
#include <vector>

#include "expr/limits.h"
#include "parser/token_stream.h"
#include "parser/tree_builder.h"

namespace nabla {

// How tightly a construction binds; see docs/language.md.
enum class Level : uint8_t {
  bracket,
  keyword,  // the value of a keyword argument
  where,
  conditional,
  disjunction,
  conjunction,
  negation,
  comparison,
  range,
  sum,
  product,
  prefix,
  power,
  derivative,  // ∇ ∂
};

class ExpressionParser {
 public:
  ExpressionParser(TokenStream& tokens, TreeBuilder& tree, const Limits& limits)
      : tokens_(tokens), tree_(tree), limits_(limits) {}

  // Reads the longest expression that begins at the current token, up to an operator that binds less than
  // `lowest` or a token that cannot go on with it. Throws Failure.
  NodeId parse(Level lowest = Level::where);

  bool has_binders = false;  // a where or a comprehension was read

  // The error for the current token where the text should have ended.
  [[noreturn]] void unexpected() const;

 private:
  enum class FrameKind : uint8_t {
    // brackets
    group,
    call,
    index,
    array,
    bars,
    double_bars,
    condition,   // between if and then
    then_value,  // between then and else
    comprehension,
    // operators
    else_value,
    keyword,
    where,
    chain,  // sum, product, compare, and, or
    range,
    power,
    negate,
    unary_plus,
    logical_not,
    prefix_call,  // √ ∛ ∇
    partial,
  };
  static bool is_round(FrameKind kind) { return kind == FrameKind::group || kind == FrameKind::call; }
  struct Frame {
    FrameKind kind{};
    Level level{};
    SyntaxKind node{};         // of a chain
    Op pending = Op::none;     // joins the next operand
    bool inside_bars = false;  // of brackets: whether bars were open outside
    uint32_t base = 0;         // first operand in values_
    Span begin;                // the token that began it
    uint32_t at = 0;           // where the pending operator stands; of partial: the order
  };
  struct Binary {
    Level level;
    SyntaxKind node;
    Op op;
  };
  static const Binary& binary_operator(TokenKind kind);

  // expression_parser.cpp: operands and operators
  void read_operand();
  bool read_operator();  // false: the expression ends here
  bool read_word();      // of the reserved words in operator position
  void read_binary(const Binary& binary, Op op, uint32_t at);
  bool read_juxtaposed();
  void read_number();
  void read_name();
  void read_colon();
  void read_prefix(FrameKind kind, Level level);
  void read_prefix_call(std::string_view name);
  void read_nabla();
  void read_if();
  void read_partial();
  void finish_partial();

  // expression_stack.cpp: frames and values
  void push_value(NodeId node) { values_.push_back({node, 0, 0}); }
  void push_value(NodeId node, Op op, uint32_t at) {
    values_.push_back({node, at & 0x7ffffff, static_cast<uint32_t>(op) & 31});
  }
  Frame& push(FrameKind kind, Level level, size_t base, Span begin);
  void pop();
  void reduce(SyntaxKind kind, uint32_t begin);  // the operands of the innermost frame become one
  void end_frame();
  void end_tighter(Level level) {  // ends the frames that bind tighter
    while (!frames_.empty() && frames_.back().level > level) end_frame();
  }
  void join_last();  // gives the last operand its operator
  bool top_is(FrameKind kind) const { return !frames_.empty() && frames_.back().kind == kind; }
  Level top_level() const { return frames_.empty() ? Level::bracket : frames_.back().level; }
  Span last_span() const { return tree_.tree().span(values_.back().node); }
  uint32_t first_begin() const { return tree_.tree().span(values_[frames_.back().base].node).begin; }
  bool parenthesised(NodeId n) const { return tokens_.text()[tree_.tree().span(n).begin] == '('; }
  size_t argument_count() const { return values_.size() - frames_.back().base; }

  // expression_lists.cpp: postfix operators, brackets, comprehensions, where
  bool read_postfix();
  void read_prime();
  void read_superscript();
  uint32_t superscript_value(Span span) const;
  bool read_call();
  bool read_index();
  void open(FrameKind kind, size_t base);
  void open_bars();
  void close();  // ')' or ']'
  void close_bars();
  bool read_separator();  // ',' or ';'
  void check_arguments();
  void begin_comprehension();
  void read_index_name();
  void end_comprehension();
  bool read_where();
  void read_binding();
  bool binding_follows() const;
  bool read_assign();
  void wrap_call(std::string_view name, Span name_span);

  // expression_errors.cpp, and the help in expression_help.cpp
  [[noreturn]] void missing_operand() const;
  [[noreturn]] void missing_before_closer() const;
  [[noreturn]] void missing_then() const;
  [[noreturn]] void quoted_text(Span span) const;
  [[noreturn]] void latex(Span span) const;
  [[noreturn]] void closes_nothing() const;
  [[noreturn]] void misplaced_comma() const;
  std::string argument_text() const;
  std::string operator_help() const;
  std::string closing_help(Span here) const;
  std::string norm_help() const;
  [[noreturn]] void missing_operator() const;
  [[noreturn]] void unclosed() const;
  [[noreturn]] void wrong_closer() const;
  [[noreturn]] void ambiguous_product(bool after_power) const;
  [[noreturn]] void prime_after_number() const;
  [[noreturn]] void malformed_bars(std::string_view message) const;
  [[noreturn]] void misplaced_for() const;
  [[noreturn]] void misplaced_in() const;
  [[noreturn]] void misplaced_assign() const;
  [[noreturn]] void misplaced_word(std::string_view help) const;
  void check_number(Span span) const;
  void check_function_power() const;  // throws where sin^2(x) or sin x was meant
  bool is_function(NodeId n) const;
  size_t frame_below_signs() const;  // index + 1 of the frame under the unary minuses
  std::string shown(Span span) const { return excerpt(tokens_.text(span)); }
  std::string called(const Token& token) const { return token_in_message(tokens_.text(), token); }

  TokenStream& tokens_;
  TreeBuilder& tree_;
  const Limits& limits_;
  std::vector<Operand> values_;
  std::vector<Frame> frames_;
  Level lowest_ = Level::where;
  bool expecting_operand_ = true;
  uint64_t depth_ = 0;
  uint32_t open_ = 0;       // frames of brackets
  uint32_t indices_ = 0;    // brackets of an index that are open: 'end' is allowed
  bool bars_open_ = false;  // since the innermost bracket
};

}  // namespace nabla
