// Frames and values: how constructions that have ended become nodes.
#include "parser/expression_parser.h"

namespace nabla {

ExpressionParser::Frame& ExpressionParser::push(FrameKind kind, Level level, size_t base, Span begin) {
  const bool bracket = level == Level::bracket;
  // Chains and ranges add no nesting of their own: between two brackets there is one of each level.
  if (bracket || kind >= FrameKind::power) {
    if (++depth_ > limits_.nesting) {
      throw Failure(Code::nesting_too_deep, begin,
                    "the text is nested deeper than " + std::to_string(limits_.nesting) + " levels",
                    "name inner parts in statements of their own");
    }
  }
  Frame& frame = frames_.emplace_back();
  frame.kind = kind;
  frame.level = level;
  frame.base = static_cast<uint32_t>(base);
  frame.begin = begin;
  frame.inside_bars = bars_open_;
  if (bracket) {
    ++open_;
    if (kind <= FrameKind::array) bars_open_ = false;
  }
  return frame;
}

void ExpressionParser::pop() {
  const Frame& frame = frames_.back();
  if (frame.level == Level::bracket) {
    --open_;
    bars_open_ = frame.inside_bars;
    if (frame.kind == FrameKind::index) --indices_;
  }
  if (frame.level == Level::bracket || frame.kind >= FrameKind::power ||
      frame.kind == FrameKind::else_value) {
    --depth_;
  }
  frames_.pop_back();
}

void ExpressionParser::reduce(SyntaxKind kind, uint32_t begin) {
  const uint32_t base = frames_.back().base;
  const NodeId node =
      tree_.inner(kind, {begin, tokens_.previous().span.end}, std::span(values_).subspan(base));
  pop();
  values_.resize(base);
  push_value(node);
}

void ExpressionParser::join_last() {
  const Frame& frame = frames_.back();
  Operand& last = values_.back();
  last = {last.node, frame.at & 0x7ffffff, static_cast<uint32_t>(frame.pending) & 31};
}

void ExpressionParser::end_frame() {
  const Frame& frame = frames_.back();
  switch (frame.kind) {
    case FrameKind::chain:
    case FrameKind::power: {
      const SyntaxKind node = frame.node;
      join_last();
      return reduce(node, first_begin());
    }
    case FrameKind::range:
      return reduce(SyntaxKind::range, first_begin());
    case FrameKind::where:
      return reduce(SyntaxKind::where, first_begin());
    case FrameKind::keyword:
      return reduce(SyntaxKind::keyword_argument, first_begin());
    case FrameKind::prefix_call:
      return reduce(SyntaxKind::call, frame.begin.begin);
    case FrameKind::negate:
      return reduce(SyntaxKind::negate, frame.begin.begin);
    case FrameKind::logical_not:
      return reduce(SyntaxKind::logical_not, frame.begin.begin);
    case FrameKind::else_value:
      return reduce(SyntaxKind::conditional, frame.begin.begin);
    case FrameKind::unary_plus:
      tree_.set_span(values_.back().node, {frame.begin.begin, last_span().end});
      return pop();
    default:
      unclosed();  // a bracket, which only its closing token ends
  }
}

}  // namespace nabla
