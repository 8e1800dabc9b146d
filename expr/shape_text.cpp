#include "expr/shape_text.h"

#include "expr/scratch.h"

namespace nabla {
namespace {

// An extent is small: a number, a name, or a sum or product of these. `depth` bounds the recursion.
std::string text_of(const Context& ctx, Ref e, int depth, bool factor) {
  const Node& n = ctx[e];
  if (depth > 8) return "...";
  switch (n.kind) {
    case Kind::number: {
      const std::string s = ctx.value(e).to_string();
      return factor && s.find('/') != std::string::npos ? "(" + s + ")" : s;
    }
    case Kind::symbol:
      return ctx.symbol(e).name;
    case Kind::sum: {
      std::string positive, negative, constant;
      const auto list = n.operands();
      for (size_t i = 0; i < list.size(); i += 2) {
        const Rational& c = ctx.value(list[i]);
        const std::string size = c.abs().to_string();
        const bool alone = list[i + 1] == one;
        std::string term = alone ? size : c.abs().is_one() ? "" : size + "*";
        if (!alone) term += text_of(ctx, list[i + 1], depth + 1, true);
        std::string& side = alone ? constant : c.sign() < 0 ? negative : positive;
        if (c.sign() < 0) {
          side += "-" + term;
        } else {
          side += (side.empty() && !alone ? "" : "+") + term;
        }
      }
      std::string s = positive + negative + constant;
      if (!s.empty() && s[0] == '+') s.erase(0, 1);
      return factor ? "(" + s + ")" : s;
    }
    case Kind::product: {
      std::string s;
      for (Ref f : n.operands()) s += (s.empty() ? "" : "*") + text_of(ctx, f, depth + 1, true);
      return s;
    }
    case Kind::power:
      return text_of(ctx, n.few[0], depth + 1, true) + "^" + text_of(ctx, n.few[1], depth + 1, true);
    case Kind::function: {  // min(n, m)
      std::string s(row(static_cast<Fn>(n.tag)).name);
      for (size_t k = 0; k < n.count; ++k)
        s += (k ? ", " : "(") + text_of(ctx, n.operand(k), depth + 1, false);
      return s + ")";
    }
    default:
      return "...";
  }
}

}  // namespace

std::string extent_text(const Context& ctx, Ref extent) { return text_of(ctx, extent, 0, false); }

std::string shape_text(const Context& ctx, ShapeId id) {
  const Shape& s = ctx.shape(id);
  static constexpr const char* words[] = {"scalar", "vector", "matrix"};
  std::string text = s.row ? "row" : s.order() < 3 ? words[s.order()] : "tensor";
  for (size_t i = 0; i < s.order(); ++i) text += (i ? ", " : "[") + extent_text(ctx, s.extents[i]);
  return s.order() ? text + "]" : text;
}

std::optional<std::vector<int64_t>> constant_extents(const Context& ctx, ShapeId shape) {
  std::vector<int64_t> extents;
  for (Ref r : ctx.shape(shape).extents) {
    const auto n = ctx.is_number(r) ? ctx.value(r).as_int() : std::nullopt;
    if (!n) return std::nullopt;
    extents.push_back(*n);
  }
  return extents;
}

ShapeId vector_shape(Context& ctx, Ref n) { return ctx.shape_id({{n}, false}); }
ShapeId row_shape(Context& ctx, Ref n) { return ctx.shape_id({{n}, true}); }
ShapeId matrix_shape(Context& ctx, Ref n, Ref m) { return ctx.shape_id({{n, m}, false}); }
ShapeId tensor_shape(Context& ctx, std::span<const Ref> extents) {
  return ctx.shape_id({{extents.begin(), extents.end()}, false});
}

}  // namespace nabla
