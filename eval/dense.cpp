#include "eval/dense.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <type_traits>
#include <unordered_map>

#include "eval/dense_entry.h"
#include "eval/dense_extents.h"
#include "eval/dense_function.h"
#include "eval/dense_order.h"
#include "eval/dense_product.h"
#include "eval/dense_reduce.h"
#include "eval/dense_tensor.h"
#include "eval/place_set.h"
#include "eval/tape.h"
#include "expr/diagnostic.h"
#include "expr/indexed.h"
#include "expr/shape_text.h"

namespace nabla {

using dense::real_value;

template <class T>
class DenseEvaluator<T>::Impl {
 public:
  using Array = DenseArray<T>;

  explicit Impl(Context& ctx) : ctx_(ctx), dims_(ctx) {}

  void set(Ref name, Array value) {
    computed_.clear();
    order_.clear();
    place_.clear();
    users_.clear();
    checked_ = false;
    const Shape shape = ctx_.shape_of(name);
    if (shape.order() != value.extents.size()) {
      throw Failure(Code::bad_value, text(name) + " has " + std::to_string(shape.order()) +
                                         " axes, and its value " + std::to_string(value.extents.size()));
    }
    if (count(value.extents) != value.entries.size()) {
      throw Failure(Code::bad_value, "the value of " + text(name) + " has " +
                                         std::to_string(value.entries.size()) + " entries and not " +
                                         std::to_string(count(value.extents)));
    }
    for (size_t a = 0; a < shape.order(); ++a) {
      if (ctx_.kind(shape.extents[a]) == Kind::symbol) {
        dims_.learn(shape.extents[a], value.extents[a], name);
      } else {
        pending_.push_back({name, a});
      }
    }
    const bool is_extent = ctx_.kind(name) == Kind::symbol && ctx_.symbol(name).role == Role::extent;
    if (is_extent) dims_.learn(name, std::llround(real_value(value.entries.at(0))), name);
    given_[name] = std::move(value);
  }

  // Changes are followed in the order of evaluation, which is the same again: it depends on numbers only.
  void vary(Ref name, Array value) {
    if (users_.empty()) find_users();
    given_[name] = std::move(value);
    const auto start = place_.find(name);
    if (start == place_.end()) return;
    PlaceSet waiting(order_.size());
    waiting.insert(start->second);
    while (const auto k = waiting.take_least()) {
      if (!compute_again(order_[*k])) continue;
      for (size_t user : users_[*k]) waiting.insert(user);
    }
  }

  const Array& evaluate(Ref root) {
    if (!checked_) check_extents();
    return compute(root);
  }

  const Array* computed(Ref r) const {
    const auto found = computed_.find(r);
    return found == computed_.end() ? nullptr : &found->second;
  }

 private:
  // --- sizes -------------------------------------------------------------------------------------------
  std::string text(Ref r) const { return "'" + short_text(ctx_, r) + "'"; }

  size_t count(const std::vector<int64_t>& extents) const { return dense::count_entries(extents); }

  // Extents that are no plain dim are compared once everything is known.
  void check_extents() {
    for (const auto& [name, axis] : pending_) {
      const Ref e = ctx_.shape_of(name).extents[axis];
      compute(e);
      const int64_t wanted = extent(e), found = given_.at(name).extents[axis];
      if (wanted == found) continue;
      throw Failure(Code::bad_value, text(name) + " is declared with extent " + extent_text(ctx_, e) + " = " +
                                         std::to_string(wanted) + ", its value has " + std::to_string(found));
    }
    checked_ = true;
  }

  int64_t integer(const T& v, Ref e) const {
    const double x = real_value(v);
    if (x == std::floor(x) && std::abs(x) < 0x1p53) return static_cast<int64_t>(x);
    throw Failure(Code::bad_value, text(e) + " stands for a position or a size, and is no integer");
  }
  int64_t extent(Ref e) const {
    if (ctx_.is_number(e)) {
      if (const auto n = ctx_.value(e).as_int()) return *n;
    }
    return integer(of(e).entries[0], e);
  }
  std::vector<int64_t> extents_of(ShapeId shape) const {
    std::vector<int64_t> list;
    for (Ref e : ctx_.shape(shape).extents) list.push_back(std::max<int64_t>(extent(e), 0));
    return list;
  }

  // --- the order of evaluation ---------------------------------------------------------------------------
  const Array& of(Ref r) const { return computed_.at(r); }
  bool is_done(Ref r) const { return computed_.count(r) != 0; }

  // Whether that gives another value.
  bool compute_again(Ref r) {
    ctx_.budget().spend();
    Array again = node(r);
    Array& old = computed_.at(r);
    if (same(again.entries, old.entries)) return false;
    ctx_.budget().spend(again.entries.size() / 8);
    old = std::move(again);
    return true;
  }

  // By the order of evaluation: the places there of what each node is a part of.
  void find_users() {
    std::vector<Ref> needed;
    users_.resize(order_.size());
    const auto truth = [this](Ref condition) {
      return std::optional<double>(real_value(of(condition).entries[0]));
    };
    for (Ref r : order_) {
      needed.clear();
      if (given_.count(r) == 0) dense::operands_needed(ctx_, r, truth, needed);
      const size_t k = place_.size();
      for (Ref o : needed) users_[place_.at(o)].push_back(k);
      place_.emplace(r, k);
    }
  }

  static bool same(const std::vector<T>& a, const std::vector<T>& b) {
    static_assert(std::is_trivially_copyable_v<T>);
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0;
  }

  // Depth first from an explicit stack, so that of a branch only the side that is taken is visited.
  const Array& compute(Ref root) {
    std::vector<Ref> stack{root};
    std::vector<Ref> needed;
    const auto truth = [this](Ref condition) -> std::optional<double> {
      if (!is_done(condition)) return std::nullopt;
      return real_value(of(condition).entries[0]);
    };
    while (!stack.empty()) {
      const Ref r = stack.back();
      if (is_done(r)) {
        stack.pop_back();
        continue;
      }
      ctx_.budget().spend();
      needed.clear();
      if (given_.count(r) == 0) dense::operands_needed(ctx_, r, truth, needed);
      const size_t before = stack.size();
      for (size_t k = needed.size(); k-- > 0;) {
        if (!is_done(needed[k])) stack.push_back(needed[k]);
      }
      if (stack.size() > before) continue;
      Array value = node(r);
      ctx_.budget().spend(value.entries.size() / 8);
      computed_.emplace(r, std::move(value));
      order_.push_back(r);
      stack.pop_back();
    }
    return of(root);
  }

  // --- nodes -----------------------------------------------------------------------------------------------
  [[noreturn]] void refuse(Ref r, const std::string& why) const { dense::refuse_value(ctx_, r, why); }

  static Array scalar(const T& v) { return {{}, {v}}; }

  Array node(Ref r) {
    const Node& n = ctx_[r];
    if (const auto found = given_.find(r); found != given_.end()) return found->second;
    switch (n.kind) {
      case Kind::number:
        return scalar(T(ctx_.value(r).to_double()));
      case Kind::truth:
        return scalar(T(static_cast<double>(n.tag)));
      case Kind::constant:
        return scalar(dense::constant<T>(ctx_, r));
      case Kind::symbol:
      case Kind::let:
        return name(r);
      case Kind::fill: {
        auto extents = extents_of(n.shape);
        const size_t size = count(extents);
        return {std::move(extents), std::vector<T>(size, of(n.operand(0)).entries[0])};
      }
      case Kind::array:
        return array(r);
      case Kind::entry:
        return entry(r);
      case Kind::structural:
        return structural(r);
      case Kind::indexed:
        return indexed(r);
      case Kind::reduce:
        return reduced(r);
      case Kind::matpow:
        return square_power(r);
      case Kind::reshape:
        return reshaped(r);
      case Kind::gather:
        return gathered(r);
      case Kind::function:
        if (row(static_cast<Fn>(n.tag)).shape != ShapeRule::elementwise) return function(r);
        return entrywise(r);
      case Kind::select:
        return branch(r);
      case Kind::opaque:
        refuse(r, "'" + ctx_.symbol(r).name + "' is an opaque function");
      case Kind::operation:
        refuse(r, "it is an operator that was not carried out");
      default:
        return entrywise(r);
    }
  }

  Array name(Ref r) const {
    if (const auto n = dims_.find(r)) return scalar(T(static_cast<double>(*n)));
    throw Failure(Code::missing_value, text(r) + " has no value", "give it a value");
  }

  Array array(Ref r) const {
    Array a;
    for (Ref e : ctx_.shape_of(r).extents) a.extents.push_back(*ctx_.value(e).as_int());
    for (Ref e : ctx_.operands(r)) a.entries.push_back(of(e).entries[0]);
    return a;
  }

  Array entry(Ref r) const {
    const auto operands = ctx_.operands(r);
    const Array& a = of(operands[0]);
    int64_t at = 0;
    for (size_t k = 1; k < operands.size(); ++k) {
      const int64_t i = extent(operands[k]), n = a.extents[k - 1];
      if (i < 1 || i > n) {
        throw Failure(Code::bad_value, "entry " + std::to_string(i) + " of " + text(operands[0]) +
                                           " is asked for, which has extent " + std::to_string(n));
      }
      at = at * n + i - 1;
    }
    return scalar(a.entries[static_cast<size_t>(at)]);
  }

  // --- entry by entry --------------------------------------------------------------------------------------

  Array entrywise(Ref r) const {
    std::vector<const Array*> parts;
    for (Ref o : ctx_.operands(r)) parts.push_back(&of(o));
    return dense::entrywise<T>(ctx_, r, parts);
  }

  Array branch(Ref r) const {
    const Node& n = ctx_[r];
    if (ctx_[n.operand(0)].shape != scalar_shape) return entrywise(r);
    const double c = real_value(of(n.operand(0)).entries[0]);
    Array result = std::isnan(c) ? scalar(T(dense::nan)) : of(n.operand(c == 1 ? 1 : 2));
    if (n.shape != scalar_shape && result.extents.empty()) {
      const T v = result.entries[0];
      result.extents = extents_of(n.shape);
      result.entries.assign(count(result.extents), v);
    }
    return result;
  }

  // --- products over labels --------------------------------------------------------------------------------

  dense::Condition condition(Ref f, const std::vector<Label>& labels) const {
    const Node& n = ctx_[f];
    return dense::position_condition(labels, n.count == 0 ? 0 : extent(n.operand(0)));
  }

  struct Loops {
    IndexedView view;
    std::vector<int64_t> extents;
    std::vector<dense::Condition> conditions;
  };

  Loops loops_of(Ref r) const {
    Loops l{view_indexed(ctx_, r), {}, {}};
    for (Ref e : l.view.extents) l.extents.push_back(std::max<int64_t>(extent(e), 0));
    for (size_t g = 0; g < l.view.offsets.size(); ++g) {
      const Guard& guard = l.view.labelling->guards[g];
      l.conditions.push_back({guard.relation, guard.terms, extent(l.view.offsets[g])});
    }
    return l;
  }

  std::vector<int64_t> output_extents(const Loops& l) const {
    const auto axes = static_cast<ptrdiff_t>(l.view.labelling->output.size());
    std::vector<int64_t> list(l.extents.begin(), l.extents.begin() + axes);
    count(list);
    return list;
  }

  dense::Operand<T> operand(Ref r, Ref f, const std::vector<Label>& labels, const Loops& l) const {
    const Array& a = of(f);
    for (size_t k = 0; k < labels.size(); ++k) {
      if (a.extents[k] == l.extents[labels[k]]) continue;
      throw Failure(Code::bad_value, "the parts of " + text(r) + " have different sizes: " + text(f) +
                                         " has extent " + std::to_string(a.extents[k]) + " where " +
                                         std::to_string(l.extents[labels[k]]) + " is needed");
    }
    // The computed arrays stay where they are as long as this product is made.
    std::shared_ptr<const std::vector<T>> entries(std::shared_ptr<void>(), &a.entries);
    return dense::make_operand(std::move(entries), labels, l.extents, l.extents.size());
  }

  Array indexed(Ref r) const {
    Loops l = loops_of(r);
    const std::vector<int64_t> extents = output_extents(l);
    dense::Contraction<T> product(ctx_.budget(), l.extents, extents.size());
    T coefficient(1.0);
    for (size_t k = 0; k < l.view.factors.size(); ++k) {
      const Ref f = l.view.factors[k];
      const auto& labels = l.view.labelling->factors[k];
      if (dense::is_condition(ctx_, f)) {
        product.add(condition(f, labels));
      } else if (labels.empty()) {
        coefficient *= of(f).entries[0];
      } else {
        product.add(operand(r, f, labels, l));
      }
    }
    for (dense::Condition& c : l.conditions) product.add(std::move(c));
    Array result{extents, product.run()};
    if (!dense::is_zero(coefficient - T(1.0))) {
      for (T& e : result.entries) e *= coefficient;
    }
    return result;
  }

  Array reduced(Ref r) const {
    const Loops l = loops_of(r);
    const auto op = static_cast<Reduction>(ctx_[r].tag);
    if (dense::IsComplex<T>::value && op != Reduction::prod) {
      for (const T& e : of(l.view.factors[0]).entries) {
        if (!dense::is_real(e)) refuse(r, "complex numbers have no order");
      }
    }
    const Ref body = l.view.factors[0];
    const bool whole = ctx_[body].shape != scalar_shape;
    const auto source = operand(r, body, whole ? l.view.labelling->factors[0] : std::vector<Label>(), l);
    Array result{output_extents(l), {}};
    bool complete = true;
    result.entries =
        dense::reduced(op, source, l.extents, result.extents.size(), l.conditions, ctx_.budget(), complete);
    if (op != Reduction::prod && !complete) {
      throw Failure(Code::empty_reduction, "the largest or smallest of nothing has no value: " + text(r));
    }
    return result;
  }

  // --- the other tensors -----------------------------------------------------------------------------------
  Array structural(Ref r) const {
    const Node& n = ctx_[r];
    const int64_t c = n.count == 0 ? 0 : extent(n.operand(0));
    auto extents = extents_of(n.shape);
    count(extents);
    return dense::structural<T>(static_cast<Structural>(n.tag), c, std::move(extents));
  }

  Array square_power(Ref r) const {
    const auto operands = ctx_.operands(r);
    const Array& a = of(operands[0]);
    spend_on_square(a.extents[0]);
    const Array& exponents = of(operands[1]);
    if (exponents.extents.empty()) return dense::matrix_power(a, exponents.entries[0]);
    // One matrix for each exponent: their axes, then those of the matrix.
    Array result{exponents.extents, {}};
    result.extents.insert(result.extents.end(), a.extents.begin(), a.extents.end());
    for (const T& k : exponents.entries) {
      spend_on_square(a.extents[0]);
      const Array power = dense::matrix_power(a, k);
      result.entries.insert(result.entries.end(), power.entries.begin(), power.entries.end());
    }
    return result;
  }

  void spend_on_square(int64_t n) const {
    const auto k = static_cast<uint64_t>(n);
    if (k > 100'000) count({n, n});
    ctx_.budget().spend(k * k * k);
  }

  // Axes are fused and split in column-major order, as vec stacks columns.
  Array reshaped(Ref r) const {
    const Array& from = of(ctx_.operands(r)[0]);
    Array result{extents_of(ctx_[r].shape), {}};
    const size_t size = count(result.extents);
    if (size != from.entries.size()) {
      throw Failure(Code::bad_value, "the sizes of " + text(r) +
                                         " do not fit: " + std::to_string(from.entries.size()) +
                                         " entries become " + std::to_string(size));
    }
    return dense::reshaped(from, std::move(result.extents));
  }

  Array gathered(Ref r) const {
    const Node& n = ctx_[r];
    const Array &a = of(n.operand(0)), &at = of(n.operand(1));
    const int64_t length = a.extents[n.tag];
    DenseArray<int64_t> positions{at.extents, {}};
    for (const T& p : at.entries) {
      const int64_t k = integer(p, n.operand(1));
      if (k < 1 || k > length) {
        throw Failure(Code::bad_value, text(n.operand(1)) + " has the entry " + std::to_string(k) +
                                           ", no position in 1:" + std::to_string(length));
      }
      positions.entries.push_back(k);
    }
    Array result = dense::gathered(a, n.tag, positions);
    count(result.extents);
    return result;
  }

  Array function(Ref r) const {
    std::vector<dense::Argument<T>> arguments;
    uint64_t work = 0;
    for (Ref o : ctx_.operands(r)) {
      dense::Argument<T> a;
      if (ctx_.kind(o) == Kind::symbol && ctx_.symbol(o).role == Role::function) {
        a.name = ctx_.symbol(o).name;
      } else {
        a.array = &of(o);
        a.row = ctx_.shape_of(o).row;
        work += a.array->entries.size();
      }
      arguments.push_back(a);
    }
    spend_on_square(static_cast<int64_t>(std::sqrt(static_cast<double>(work))) + 1);
    return dense::matrix_function<T>(ctx_.function_of(r), arguments);
  }

  Context& ctx_;
  std::unordered_map<Ref, Array> given_, computed_;
  std::vector<Ref> order_;                 // in which they were computed
  std::unordered_map<Ref, size_t> place_;  // in the order; see find_users
  std::vector<std::vector<size_t>> users_;
  dense::KnownExtents dims_;
  std::vector<std::pair<Ref, size_t>> pending_;  // axes whose extents are to be compared
  bool checked_ = false;
};

template <class T>
DenseEvaluator<T>::DenseEvaluator(Context& ctx) : impl_(std::make_unique<Impl>(ctx)) {}
template <class T>
DenseEvaluator<T>::~DenseEvaluator() = default;
template <class T>
void DenseEvaluator<T>::set(Ref name, DenseArray<T> value) {
  impl_->set(name, std::move(value));
}
template <class T>
void DenseEvaluator<T>::vary(Ref name, DenseArray<T> value) {
  impl_->vary(name, std::move(value));
}
template <class T>
const DenseArray<T>& DenseEvaluator<T>::operator()(Ref e) {
  return impl_->evaluate(e);
}
template <class T>
const DenseArray<T>* DenseEvaluator<T>::computed(Ref part) const {
  return impl_->computed(part);
}

template class DenseEvaluator<double>;
template class DenseEvaluator<Complex>;
template class DenseEvaluator<Jet<double>>;
template class DenseEvaluator<Jet<Complex>>;
template class DenseEvaluator<Jet<Jet<double>>>;

}  // namespace nabla
