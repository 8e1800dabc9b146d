#include "expr/scalarize.h"

#include <algorithm>
#include <numeric>
#include <string>

#include "expr/diagnostic.h"
#include "expr/indexed.h"
#include "expr/scalarize_function.h"
#include "expr/shape_text.h"
#include "expr/walk.h"

namespace nabla {
namespace {

// Runs through the index tuples of some extents, the last index fastest.
class Tuples {
 public:
  explicit Tuples(std::vector<int64_t> extents) : extents_(std::move(extents)), index_(extents_.size()) {
    done_ = std::any_of(extents_.begin(), extents_.end(), [](int64_t n) { return n <= 0; });
  }
  bool done() const { return done_; }
  const std::vector<int64_t>& index() const { return index_; }  // 0-based
  void next() {
    for (size_t k = extents_.size(); k-- > 0;) {
      if (++index_[k] < extents_[k]) return;
      index_[k] = 0;
    }
    done_ = true;
  }

 private:
  std::vector<int64_t> extents_;
  std::vector<int64_t> index_;
  bool done_ = false;
};

class Scalarizer {
 public:
  explicit Scalarizer(Context& ctx) : ctx_(ctx) {}

  Entries run(Ref root) {
    for (Ref r : nodes_below(ctx_, root)) done_.emplace(r, node(r));
    return of(root);
  }

 private:
  // --- sizes -------------------------------------------------------------------------------------------
  std::vector<int64_t> extents_of(Ref r) {
    const auto extents = constant_extents(ctx_, ctx_[r].shape);
    if (!extents) refuse_symbolic(ctx_[r].shape);
    return *extents;
  }

  [[noreturn]] void refuse_symbolic(ShapeId shape) {
    throw Failure(Code::not_yet_available,
                  "an expression of shape " + shape_text(ctx_, shape) +
                      " is not taken entry by entry: its size is symbolic",
                  "give the sizes as numbers, as in vector[3]");
  }

  int64_t extent(Ref e) {
    const auto n = ctx_.is_number(e) ? ctx_.value(e).as_int() : std::nullopt;
    if (!n) {
      throw Failure(
          Code::not_yet_available,
          "a sum over 1:" + extent_text(ctx_, e) + " is not taken term by term: its size is symbolic",
          "give the sizes as numbers, as in vector[3]");
    }
    return *n;
  }

  static size_t count(const std::vector<int64_t>& extents) {
    return std::accumulate(extents.begin(), extents.end(), size_t{1}, [](size_t n, int64_t e) {
      return n * static_cast<size_t>(std::max<int64_t>(e, 0));
    });
  }

  [[noreturn]] void refuse(std::string_view what) {
    throw Failure(Code::not_yet_available, std::string(what) + " is not taken entry by entry yet");
  }

  // --- nodes -------------------------------------------------------------------------------------------
  const Entries& of(Ref r) {
    const Entries& e = done_.at(r);
    if (e.empty()) extents_of(r);  // refuses a symbolic size
    return e;
  }
  Ref scalar(Ref r) { return of(r)[0]; }

  Entries node(Ref r) {
    const Node& n = ctx_[r];
    ctx_.budget().spend();
    switch (n.kind) {
      case Kind::symbol:
        return symbol(r);
      case Kind::entry:
        return {r};
      case Kind::fill:
        return Entries(count(extents_of(r)), scalar(n.operand(0)));
      case Kind::array:
        return flattened(n.operands());
      case Kind::structural:
        return structural(r);
      case Kind::indexed:
        return indexed(r);
      case Kind::reduce:
        return reduced(r);
      case Kind::matpow:
        return matrix_power(r);
      case Kind::reshape:
        return reshaped(r);
      case Kind::gather:
        return gathered(r);
      case Kind::function:
        return function(r);
      case Kind::operation:
        refuse("an operator that was not evaluated");
      default:
        return elementwise(r);
    }
  }

  Entries symbol(Ref r) {
    if (ctx_[r].shape == scalar_shape) return {r};
    if (!constant_extents(ctx_, ctx_[r].shape)) return {};  // refused where its entries are needed
    Entries list;
    for (Tuples t(extents_of(r)); !t.done(); t.next()) {
      Entries indices;
      for (int64_t i : t.index()) indices.push_back(ctx_.number(i + 1));
      list.push_back(ctx_.entry(r, indices));
    }
    return list;
  }

  Entries flattened(std::span<const Ref> parts) {
    Entries list;
    for (Ref p : parts) list.push_back(scalar(p));
    return list;
  }

  // Sums, coefficients, powers, branches: operand by operand, scalars standing for every entry.
  Entries elementwise(Ref r) {
    const auto operands = ctx_.operands(r);
    if (ctx_[r].shape == scalar_shape) {
      if (operands.empty()) return {r};
      Entries list;
      for (Ref c : operands) list.push_back(scalar(c));
      return {ctx_.rebuild(r, list)};
    }
    const size_t size = count(extents_of(r));
    Entries result, list(operands.size());
    for (size_t i = 0; i < size; ++i) {
      for (size_t k = 0; k < operands.size(); ++k) {
        const Entries& e = of(operands[k]);
        list[k] = e.size() == 1 ? e[0] : e[i];
      }
      result.push_back(scalar_node(r, list));
    }
    return result;
  }

  // The node r with scalar operands.
  Ref scalar_node(Ref r, const Entries& list) {
    const Node& n = ctx_[r];
    switch (n.kind) {
      case Kind::sum: {
        std::vector<Term> terms;
        for (size_t k = 0; k < list.size(); k += 2) terms.push_back({list[k], list[k + 1]});
        return ctx_.sum(terms);
      }
      case Kind::long_sum:
        return ctx_.sum(std::span<const Ref>(list));
      case Kind::product:
      case Kind::long_product:
        return ctx_.product(list);
      case Kind::power:
        return ctx_.power(list[0], list[1]);
      case Kind::function:
        return ctx_.function(static_cast<Fn>(n.tag), list);
      case Kind::compare:
        return ctx_.compare(static_cast<Relation>(n.tag), list[0], list[1]);
      case Kind::connective:
        return list.size() == 1                                          ? ctx_.negation(list[0])
               : n.tag == static_cast<uint16_t>(Connective::conjunction) ? ctx_.conjunction(list[0], list[1])
                                                                         : ctx_.disjunction(list[0], list[1]);
      case Kind::select:
        return ctx_.select(list[0], list[1], list[2]);
      case Kind::written:
        return ctx_.written(static_cast<Written>(n.tag), list);
      default:
        refuse("this expression");
    }
  }

  Entries structural(Ref r) {
    const Node& n = ctx_[r];
    Entries list;
    const bool computed = n.count == 1 && !ctx_.is_number(scalar(n.operand(0)));
    if (computed && n.tag == static_cast<uint16_t>(Structural::unit)) return computed_unit(r);
    const int64_t c = n.count == 0 ? 0 : extent(scalar(n.operand(0)));
    for (Tuples t(extents_of(r)); !t.done(); t.next()) {
      const auto& i = t.index();
      switch (static_cast<Structural>(n.tag)) {
        case Structural::delta:
          list.push_back(i[0] == i[1] ? one : zero);
          break;
        case Structural::iota:
          list.push_back(ctx_.number(i[0] + 1));
          break;
        case Structural::shift:
          list.push_back(i[1] == i[0] + c ? one : zero);
          break;
        case Structural::unit:
          list.push_back(i[0] + 1 == c ? one : zero);
          break;
      }
    }
    return list;
  }

  Entries computed_unit(Ref r) {
    Entries list;
    const Ref k = scalar(ctx_[r].operand(0));
    for (Tuples t(extents_of(r)); !t.done(); t.next()) {
      list.push_back(ctx_.select(ctx_.compare(Relation::equal, k, ctx_.number(t.index()[0] + 1)), one, zero));
    }
    return list;
  }

  // --- products over labels ----------------------------------------------------------------------------
  struct Factors {
    IndexedView view;
    std::vector<int64_t> extents;               // of each label
    std::vector<std::vector<int64_t>> strides;  // of each factor's axes
    std::vector<int64_t> offsets;               // of each guard
  };

  Factors factors_of(Ref r) {
    Factors f{view_indexed(ctx_, r), {}, {}, {}};
    for (Ref e : f.view.extents) f.extents.push_back(extent(scalar(e)));
    for (Ref o : f.view.offsets) f.offsets.push_back(extent(scalar(o)));
    for (Ref x : f.view.factors) {
      const auto sizes = extents_of(x);
      std::vector<int64_t> strides(sizes.size(), 1);
      for (size_t k = sizes.size(); k-- > 1;) strides[k - 1] = strides[k] * sizes[k];
      f.strides.push_back(std::move(strides));
    }
    return f;
  }

  Ref factor_at(const Factors& f, size_t k, const std::vector<int64_t>& label) {
    const auto& labels = f.view.labelling->factors[k];
    int64_t at = 0;
    for (size_t axis = 0; axis < labels.size(); ++axis) at += label[labels[axis]] * f.strides[k][axis];
    return of(f.view.factors[k])[static_cast<size_t>(at)];
  }

  static bool admits(const Factors& f, const std::vector<int64_t>& label) {
    for (size_t g = 0; g < f.offsets.size(); ++g) {
      const Guard& guard = f.view.labelling->guards[g];
      int64_t v = f.offsets[g];
      for (const auto& [l, c] : guard.terms) v += c * (label[l] + 1);
      const bool holds = guard.relation == Relation::less         ? v < 0
                         : guard.relation == Relation::less_equal ? v <= 0
                         : guard.relation == Relation::equal      ? v == 0
                                                                  : v != 0;
      if (!holds) return false;
    }
    return true;
  }

  // Calls `use(labels)` for each assignment of the bound labels, the output labels being given.
  template <class Use>
  void for_bound(const Factors& f, const std::vector<int64_t>& output, Use use) {
    const size_t fixed = output.size();
    const std::vector<int64_t> bound(f.extents.begin() + static_cast<ptrdiff_t>(fixed), f.extents.end());
    std::vector<int64_t> label(f.extents.size());
    std::copy(output.begin(), output.end(), label.begin());
    for (Tuples t(bound); !t.done(); t.next()) {
      ctx_.budget().spend();
      std::copy(t.index().begin(), t.index().end(), label.begin() + static_cast<ptrdiff_t>(fixed));
      if (admits(f, label)) use(label);
    }
  }

  Tuples outputs(const Factors& f) {
    const size_t axes = f.view.labelling->output.size();
    return Tuples({f.extents.begin(), f.extents.begin() + static_cast<ptrdiff_t>(axes)});
  }

  Entries indexed(Ref r) {
    const Factors f = factors_of(r);
    Entries list;
    Entries factors;
    for (Tuples t = outputs(f); !t.done(); t.next()) {
      Entries terms;
      for_bound(f, t.index(), [&](const std::vector<int64_t>& label) {
        factors.clear();
        for (size_t k = 0; k < f.view.factors.size(); ++k) {
          factors.push_back(factor_at(f, k, label));
          if (factors.back() == zero) return;
        }
        terms.push_back(ctx_.product(factors));
      });
      list.push_back(ctx_.sum(std::span<const Ref>(terms)));
    }
    return list;
  }

  Entries reduced(Ref r) {
    const Factors f = factors_of(r);
    const auto op = static_cast<Reduction>(ctx_[r].tag);
    Entries list;
    for (Tuples t = outputs(f); !t.done(); t.next()) {
      Entries items;
      for_bound(f, t.index(),
                [&](const std::vector<int64_t>& label) { items.push_back(factor_at(f, 0, label)); });
      list.push_back(fold(op, items));
    }
    return list;
  }

  Ref fold(Reduction op, const Entries& items) {
    if (op == Reduction::prod) return ctx_.product(items);
    if (items.empty()) {
      throw Failure(Code::empty_reduction, "the largest or smallest of nothing has no value");
    }
    const Fn fn = op == Reduction::max ? Fn::max : Fn::min;
    Ref best = items[0];
    for (size_t k = 1; k < items.size(); ++k) best = ctx_.function(fn, {best, items[k]});
    return best;
  }

  // --- matrices ----------------------------------------------------------------------------------------
  Entries multiplied(const Entries& a, const Entries& b, size_t n) {
    Entries result;
    for (size_t i = 0; i < n; ++i) {
      for (size_t j = 0; j < n; ++j) {
        Entries terms;
        for (size_t k = 0; k < n; ++k) terms.push_back(ctx_.multiply(a[i * n + k], b[k * n + j]));
        result.push_back(ctx_.sum(std::span<const Ref>(terms)));
      }
    }
    return result;
  }

  Entries matrix_power(Ref r) {
    Entries result;
    for (Ref exponent : of(ctx_[r].operand(1))) {
      const Entries power = matrix_power(r, exponent);
      result.insert(result.end(), power.begin(), power.end());
    }
    return result;
  }

  Entries matrix_power(Ref r, Ref exponent) {
    const auto n = static_cast<size_t>(extents_of(r).back());
    const auto k = ctx_.is_number(exponent) ? ctx_.value(exponent).as_int() : std::nullopt;
    if (!k || *k < -64 || *k > 64) refuse("a matrix power with this exponent");
    Entries base = of(ctx_[r].operand(0));
    if (*k < 0) base = inverse_entries(ctx_, base, n);
    Entries result(n * n, zero);
    for (size_t i = 0; i < n; ++i) result[i * n + i] = one;
    for (int64_t left = *k < 0 ? -*k : *k; left > 0; left /= 2) {
      if (left % 2 == 1) result = multiplied(result, base, n);
      if (left > 1) base = multiplied(base, base, n);
    }
    return result;
  }

  // Axes are fused and split in column-major order, as vec stacks columns.
  Entries reshaped(Ref r) {
    const Ref from = ctx_[r].operand(0);
    const auto source = extents_of(from), target = extents_of(r);
    auto column_major = [](const std::vector<int64_t>& sizes, const std::vector<int64_t>& index) {
      int64_t at = 0;
      for (size_t k = sizes.size(); k-- > 0;) at = at * sizes[k] + index[k];
      return static_cast<size_t>(at);
    };
    Entries by_column(of(from).size());
    size_t position = 0;
    for (Tuples t(source); !t.done(); t.next())
      by_column[column_major(source, t.index())] = of(from)[position++];
    Entries result;
    for (Tuples t(target); !t.done(); t.next()) result.push_back(by_column[column_major(target, t.index())]);
    return result;
  }

  Entries gathered(Ref) { refuse("an entry chosen by integer data"); }

  // --- functions of whole vectors and matrices ---------------------------------------------------------
  Entries function(Ref r) {
    const Fn fn = ctx_.function_of(r);
    if (row(fn).shape == ShapeRule::elementwise) return elementwise(r);
    std::vector<EntryArray> arguments;
    for (Ref c : ctx_.operands(r)) {
      EntryArray a{of(c), extents_of(c), ctx_.shape_of(c).row};
      arguments.push_back(std::move(a));
    }
    return function_entries(ctx_, fn, arguments);
  }

  Context& ctx_;
  std::unordered_map<Ref, Entries> done_;
};

}  // namespace

std::vector<Ref> entries(Context& ctx, Ref e) {
  // Without a tensor below, an expression is its own and only entry.
  const Node& n = ctx[e];
  if (n.shape == scalar_shape) {
    bool scalars = true;
    nodes_below(ctx, {&e, 1}, [&](Ref r) {
      const Kind k = ctx.kind(r);
      scalars = scalars && ctx[r].shape == scalar_shape && k != Kind::indexed && k != Kind::reduce;
      return scalars && k != Kind::entry;
    });
    if (scalars) return {e};
  }
  return Scalarizer(ctx).run(e);
}

}  // namespace nabla
