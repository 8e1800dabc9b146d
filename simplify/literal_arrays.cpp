#include "simplify/literal_arrays.h"

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "expr/diagnostic.h"
#include "expr/indexed.h"
#include "expr/scalarize.h"
#include "expr/scalarize_function.h"
#include "expr/scaling.h"
#include "expr/shape_text.h"
#include "expr/tensor.h"
#include "expr/walk.h"
#include "simplify/matrix_match.h"
#include "simplify/rebuilt.h"

namespace nabla {
namespace {

constexpr int64_t most_entries = 256;         // of an operand and of a result
constexpr int64_t most_symbolic_entries = 9;  // of a matrix that is inverted or raised to a power
constexpr int64_t most_symbolic_power = 3;
constexpr int64_t most_of_range = 36;     // that is written out
constexpr int64_t most_products = 4'096;  // of entries, in one step
constexpr uint64_t most_bits = 16'384;    // of the numbers in one operand
constexpr uint64_t most_weight = 400 * Weight::of_node;

class LiteralArrays {
 public:
  // Without a weight every form is taken.
  LiteralArrays(Context& ctx, Weight* weight) : ctx_(ctx), weight_(weight) {}

  Ref run(Ref e) {
    RefMap<Ref> image(e.id + 1);
    std::vector<Ref> operands;
    const std::vector<Ref> nodes =
        nodes_below(ctx_, {&e, 1}, [&](Ref r) { return ctx_.kind(r) != Kind::operation; });
    find_rows(nodes);
    for (const Ref r : nodes) {
      operands.clear();
      for (const Ref o : ctx_.operands(r)) operands.push_back(image[o] ? image[o] : o);
      const Ref same = rebuilt(ctx_, r, operands);
      image[r] = rows_.count(r) > 0 ? same : step(same);
    }
    return image[e] ? image[e] : e;
  }

  // Numbers that are computed from ranges alone.
  Ref written_out(Ref e) {
    const Parts parts = parts_of(e);
    const auto entry_count = count(ctx_[e].shape);
    const bool open = is_operation(e) || is_structural(ctx_, e, Structural::iota);
    const bool asked = open && parts.literal && parts.numbers && parts.ranges && !parts.written;
    if (!asked || ctx_.shape_of(e).order() > 2 || *entry_count > most_of_range || !is_small(e, parts))
      return e;
    try {
      const std::vector<Ref> list = entries(ctx_, e);
      const bool numbers = std::all_of(list.begin(), list.end(), [&](Ref r) { return ctx_.is_number(r); });
      return numbers ? array(ctx_[e].shape, list) : e;
    } catch (const Failure& f) {
      if (!has_no_value(f)) throw;
      return e;
    }
  }

 private:
  // What a part is made of.
  struct Parts {
    bool literal = false;  // nothing but arrays that are known entry by entry, and scalars
    bool written = false;  // of them one at least was written down
    bool numbers = false;  // all scalars are numbers
    bool ranges = false;   // such as 1:3 is one of them
    uint64_t bits = 0;     // of the numbers
  };

  // The rows of a matrix made of blocks are written with it, and worked out with it.
  void find_rows(std::span<const Ref> nodes) {
    for (const Ref r : nodes) {
      if (!ctx_.is_function(r, Fn::vcat)) continue;
      for (const Ref o : ctx_.operands(r)) {
        if (ctx_.is_function(o, Fn::hcat)) rows_.insert(o);
      }
    }
  }

  Ref step(Ref r) {
    if (!is_operation(r)) return r;
    ctx_.budget().spend();
    try {
      const Ref form = worked_out(r);
      return form && (weight_ == nullptr || (*weight_)(form) < (*weight_)(r)) ? form : r;
    } catch (const Failure& f) {
      if (!has_no_value(f)) throw;
      return r;
    }
  }

  // Whether r computes with the entries of an array.
  bool is_operation(Ref r) const {
    const Node& n = ctx_[r];
    switch (n.kind) {
      case Kind::indexed:
      case Kind::reduce:
        return true;
      case Kind::array:
      case Kind::fill:
      case Kind::entry:
      case Kind::structural:
      case Kind::written:
      case Kind::operation:
        return false;
      case Kind::function:
        return !has_stable_call(ctx_.function_of(r)) && has_tensor(n.operands());
      default:
        return has_tensor(n.operands());
    }
  }
  bool has_tensor(std::span<const Ref> operands) const {
    return std::any_of(operands.begin(), operands.end(),
                       [&](Ref o) { return ctx_[o].shape != scalar_shape; });
  }
  // Entry by entry these would be nested calls that nobody writes.
  static bool has_stable_call(Fn f) {
    return f == Fn::logsumexp || f == Fn::softmax || f == Fn::log_softmax || f == Fn::argmax;
  }

  // Ref{}: it stays.
  Ref worked_out(Ref r) {
    if (weight_ != nullptr && (*weight_)(r) > most_weight) return {};
    const Parts parts = parts_of(r);
    if (ctx_.shape_of(r).order() > 2) return {};  // which has no notation as an array
    if (!parts.literal) return ctx_.kind(r) == Kind::indexed ? neighbours(r) : some_terms(r);
    if (!is_small(r, parts)) return {};
    if (ctx_[r].shape == scalar_shape) return scalarize(ctx_, r);
    return parts.written ? array_of(r, parts) : Ref{};
  }

  // ---- what may be computed ----

  const Parts& parts_of(Ref r) {
    for (const Ref n : nodes_below(ctx_, {&r, 1}, [&](Ref x) { return parts_.count(x) == 0; }))
      parts_.emplace(n, made_of(n));
    return parts_.at(r);
  }
  Parts made_of(Ref r) const {
    const Node& n = ctx_[r];
    const bool scalar = n.shape == scalar_shape;
    if (!scalar && !count(n.shape)) return {};
    switch (n.kind) {
      case Kind::number:
        return {true, false, true, false, ctx_.value(r).bits()};
      case Kind::symbol:
      case Kind::constant:
      case Kind::truth:
        return {scalar};
      case Kind::let:
      case Kind::operation:
      case Kind::written:
      case Kind::gather:
        return {};
      case Kind::entry: {
        const auto at = n.operands().subspan(1);
        return {std::all_of(at.begin(), at.end(), [&](Ref i) { return ctx_.is_number(i); })};
      }
      default:
        break;
    }
    Parts all{true, n.kind == Kind::array, true, is_structural(ctx_, r, Structural::iota), 0};
    for (const Ref o : n.operands()) {
      const Parts& p = parts_.at(o);
      all.literal = all.literal && p.literal;
      all.written = all.written || p.written;
      all.numbers = all.numbers && p.numbers;
      all.ranges = all.ranges || p.ranges;
      all.bits = std::min(all.bits + p.bits, most_bits + 1);
    }
    return all;
  }

  // Of a constant shape that is not too large.
  std::optional<int64_t> count(ShapeId shape) const {
    const auto extents = constant_extents(ctx_, shape);
    if (!extents) return std::nullopt;
    int64_t all = 1;
    for (const int64_t n : *extents) {
      if (n < 1 || n > most_entries) return std::nullopt;
      all *= n;
      if (all > most_entries) return std::nullopt;
    }
    return all;
  }

  bool is_small(Ref r, const Parts& parts) const {
    if (parts.bits > most_bits) return false;
    const Node& n = ctx_[r];
    if (n.kind == Kind::indexed || n.kind == Kind::reduce) {
      int64_t products = 1;
      for (const Ref extent : view_indexed(ctx_, r).extents) {
        const auto size = ctx_.is_number(extent) ? ctx_.value(extent).as_int() : std::nullopt;
        if (!size || *size < 0 || *size > most_products) return false;
        products *= std::max<int64_t>(*size, 1);
        if (products > most_products) return false;
      }
      return true;
    }
    if (parts.numbers) return true;
    if (n.kind == Kind::matpow) {
      const auto k = ctx_.is_number(n.operand(1)) ? ctx_.value(n.operand(1)).as_int() : std::nullopt;
      return k && std::abs(*k) <= most_symbolic_power && *count(n.shape) <= most_symbolic_entries;
    }
    return n.kind != Kind::function || row(ctx_.function_of(r)).shape == ShapeRule::elementwise ||
           *count(ctx_[n.operand(0)].shape) <= most_symbolic_entries || !is_of_square(ctx_.function_of(r));
  }
  static bool is_of_square(Fn f) { return f == Fn::det || f == Fn::logdet || f == Fn::adj; }

  // ---- arrays ----

  Ref array_of(Ref r, const Parts& parts) {
    if (const Ref inverse = parts.numbers ? Ref{} : inverse_over_determinant(r)) return inverse;
    if (weight_ != nullptr) {  // a*[1; 2] stays, and so does what is [1; 2] by a*[1, 2; 3, 4]
      const Scaled s = split_scalars(ctx_, r);
      if (!ctx_.is_number(s.scalar)) {
        const Ref rest = is_operation(s.rest) ? array(ctx_[s.rest].shape, entries(ctx_, s.rest)) : s.rest;
        return elementwise_product(ctx_, s.scalar, rest);
      }
    }
    return array(ctx_[r].shape, entries(ctx_, r));
  }
  Ref array(ShapeId shape, std::span<const Ref> list) {
    const Shape& s = ctx_.shape(shape);
    if (!s.row) return ctx_.array(list, shape);
    return as_row(ctx_, ctx_.array(list, vector_shape(ctx_, s.extents[0])));
  }

  // By Cramer's rule; Ref{}: r is no inverse.
  Ref inverse_over_determinant(Ref r) {
    if (ctx_.kind(r) != Kind::matpow || ctx_.operands(r)[1] != minus_one) return {};
    const Ref matrix = ctx_.operands(r)[0];
    const EntryArray given{entries(ctx_, matrix), *constant_extents(ctx_, ctx_[matrix].shape)};
    const Ref det = determinant_entries(ctx_, given.entries, static_cast<size_t>(given.extents[0]));
    const Ref adjugate = ctx_.array(function_entries(ctx_, Fn::adj, {&given, 1}), ctx_[r].shape);
    return elementwise_product(ctx_, ctx_.power(det, minus_one), adjugate);
  }

  // ---- beside names of arrays ----

  bool is_known_array(Ref r) {
    const Parts& p = parts_of(r);
    const Kind k = ctx_.kind(r);
    return p.literal && ctx_[r].shape != scalar_shape &&
           (k == Kind::array || k == Kind::fill || is_structural(ctx_, r, Structural::delta));
  }

  // [1, 2; 3, 4]*[5, 6; 7, 8]*x: neighbours of a product of which one was written down.
  Ref neighbours(Ref r) {
    const auto chain = open_chain(ctx_, r);
    if (!chain) return {};
    const std::vector<Ref> factors = factors_of(ctx_, *chain);
    std::vector<Ref> left;
    for (const Ref f : factors) {
      const Ref product = left.empty() ? Ref{} : product_of_known(left.back(), f);
      if (product) {
        left.back() = product;
      } else {
        left.push_back(f);
      }
    }
    if (left.size() == factors.size()) return {};
    Ref result = left[0];
    for (size_t i = 1; i < left.size(); ++i) result = matrix_product(ctx_, result, left[i]);
    result = elementwise_product(ctx_, chain->scalar, result);
    if (ctx_.shape_of(r).row) result = as_row(ctx_, result);
    return ctx_[result].shape == ctx_[r].shape ? result : Ref{};
  }
  Ref product_of_known(Ref a, Ref b) {
    const Parts p = parts_of(a), q = parts_of(b);
    if (!p.literal || !q.literal || !(p.written || q.written) || !p.numbers || !q.numbers) return {};
    const Ref product = matrix_product(ctx_, a, b);
    if (ctx_[product].shape == scalar_shape) return {};
    const Parts all = parts_of(product);
    return is_operation(product) && is_small(product, all) ? array_of(product, all) : Ref{};
  }

  // X + 2*[1, 2; 3, 4] + eye(2): the terms that are known, as one array.
  Ref some_terms(Ref r) {
    if (ctx_.kind(r) != Kind::sum || ctx_[r].shape == scalar_shape) return {};
    std::vector<Term> terms, known, left;
    ctx_.append_terms(r, terms);
    bool written = false;
    for (const Term& t : terms) {
      const bool is_known = is_known_array(t.body);
      written = written || (is_known && parts_of(t.body).written);
      (is_known ? known : left).push_back(t);
    }
    if (!written || (known.size() == 1 && known[0].coefficient == one)) return {};
    const Ref together = tensor_sum(ctx_, known, ctx_[r].shape);
    left.push_back({one, array(ctx_[r].shape, entries(ctx_, together))});
    return tensor_sum(ctx_, left, ctx_[r].shape);
  }

  Context& ctx_;
  Weight* weight_;
  std::unordered_map<Ref, Parts> parts_;
  std::unordered_set<Ref> rows_;
};

}  // namespace

Ref with_literal_arrays(Context& ctx, Weight& weight, Ref e) { return LiteralArrays(ctx, &weight).run(e); }

Ref every_literal_array(Context& ctx, Ref e) { return LiteralArrays(ctx, nullptr).run(e); }

Ref value_of_literal_arrays(Context& ctx, Ref e) {
  Weight weight(ctx);
  LiteralArrays arrays(ctx, &weight);
  const Ref form = arrays.run(e);
  return ctx[form].shape == scalar_shape ? form : arrays.written_out(form);
}

}  // namespace nabla
