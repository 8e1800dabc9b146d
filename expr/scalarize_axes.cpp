// Entries of what joins, moves or mixes axes: products over labels, reductions, reshapes, matrix powers.
#include <algorithm>

#include "expr/diagnostic.h"
#include "expr/relation.h"
#include "expr/scalarizer.h"
#include "expr/shape_text.h"

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

}  // namespace

std::vector<int64_t> unravel(const std::vector<int64_t>& extents, size_t at) {
  std::vector<int64_t> index(extents.size());
  for (size_t k = extents.size(); k-- > 0;) {
    index[k] = static_cast<int64_t>(at % static_cast<size_t>(extents[k]));
    at /= static_cast<size_t>(extents[k]);
  }
  return index;
}

size_t ravel(const std::vector<int64_t>& extents, const std::vector<int64_t>& index) {
  size_t at = 0;
  for (size_t k = 0; k < extents.size(); ++k) {
    at = at * static_cast<size_t>(extents[k]) + static_cast<size_t>(index[k]);
  }
  return at;
}

// ---- products over labels ----

const Scalarizer::Factors* Scalarizer::factors_of(Ref r) {
  if (const auto it = factors_.find(r); it != factors_.end()) return &it->second;
  const IndexedView v = view_indexed(ctx_, r);
  Factors f{*v.labelling, {v.factors.begin(), v.factors.end()}, {}, {}, {}};
  const std::vector<Ref> extents(v.extents.begin(), v.extents.end());
  const std::vector<Ref> offsets(v.offsets.begin(), v.offsets.end());
  for (Ref e : extents) f.extents.push_back(integer(e, "a sum over 1:").value_or(0));
  for (Ref o : offsets) f.offsets.push_back(integer(o, "a condition with ").value_or(0));
  if (!missing_.empty()) return nullptr;
  for (Ref x : f.factors) {
    const auto sizes = extents_of(x);
    std::vector<int64_t> strides(sizes.size(), 1);
    for (size_t k = sizes.size(); k-- > 1;) strides[k - 1] = strides[k] * sizes[k];
    f.strides.push_back(std::move(strides));
  }
  return &factors_.emplace(r, std::move(f)).first->second;
}

Ref Scalarizer::factor_at(const Factors& f, size_t k, const std::vector<int64_t>& label) {
  const auto& labels = f.labelling.factors[k];
  int64_t at = 0;
  for (size_t axis = 0; axis < labels.size(); ++axis) at += label[labels[axis]] * f.strides[k][axis];
  return need(f.factors[k], static_cast<size_t>(at));
}

// Calls `use(labels)` for each assignment of the bound labels that the guards admit, for one entry.
template <class Use>
void Scalarizer::for_bound(const Factors& f, size_t at, Use use) {
  const auto middle = f.extents.begin() + static_cast<ptrdiff_t>(f.labelling.output.size());
  std::vector<int64_t> label = unravel({f.extents.begin(), middle}, at);
  const size_t fixed = label.size();
  label.resize(f.extents.size());
  const auto admits = [&] {
    for (size_t g = 0; g < f.offsets.size(); ++g) {
      const Guard& guard = f.labelling.guards[g];
      int64_t v = f.offsets[g];
      for (const auto& [l, c] : guard.terms) v += c * (label[l] + 1);
      if (!relation_holds(guard.relation, v, int64_t{0})) return false;
    }
    return true;
  };
  for (Tuples t(std::vector<int64_t>(middle, f.extents.end())); !t.done(); t.next()) {
    ctx_.budget().spend();
    std::copy(t.index().begin(), t.index().end(), label.begin() + static_cast<ptrdiff_t>(fixed));
    if (admits()) use(label);
  }
}

Ref Scalarizer::indexed(Ref r, size_t at) {
  const Factors* f = factors_of(r);
  if (!f) return {};
  Entries terms, list, conditions;
  for_bound(*f, at, [&](const std::vector<int64_t>& label) {
    list.clear();
    conditions.clear();
    // A delta, shift or unit chooses what is multiplied: where it is 0 nothing else is looked at. A unit
    // whose place only data knows is a condition, as 0 times what is not chosen need not be 0.
    for (const bool choice : {true, false}) {
      for (size_t k = 0; k < f->factors.size(); ++k) {
        if ((ctx_.kind(f->factors[k]) == Kind::structural) != choice) continue;
        const Ref e = factor_at(*f, k, label);
        if (choice && e == zero) return;
        const bool is_condition = choice && e && ctx_.kind(e) == Kind::select;
        (is_condition ? conditions : list).push_back(is_condition ? ctx_.operands(e)[0] : e);
      }
    }
    if (!missing_.empty()) return;
    Ref term = ctx_.product(list);
    for (Ref c : conditions) term = ctx_.select(c, term, zero);
    terms.push_back(term);
  });
  return missing_.empty() ? ctx_.sum(std::span<const Ref>(terms)) : Ref{};
}

Ref Scalarizer::reduced(Ref r, size_t at) {
  const Factors* f = factors_of(r);
  if (!f) return {};
  Entries items;
  for_bound(*f, at, [&](const std::vector<int64_t>& label) { items.push_back(factor_at(*f, 0, label)); });
  return missing_.empty() ? fold(static_cast<Reduction>(ctx_[r].tag), items) : Ref{};
}

Ref Scalarizer::fold(Reduction op, const Entries& items) {
  if (op == Reduction::prod) return ctx_.product(items);
  if (items.empty()) {
    throw Failure(Code::empty_reduction, "the largest or smallest of nothing has no value",
                  "let the index run over at least one value");
  }
  const Fn fn = op == Reduction::max ? Fn::max : Fn::min;
  Ref best = items[0];
  for (size_t k = 1; k < items.size(); ++k) best = ctx_.function(fn, {best, items[k]});
  return best;
}

// ---- axes ----

// Axes are fused and split in column-major order, as vec stacks columns.
Ref Scalarizer::reshaped(Ref r, size_t at) {
  const Ref from = ctx_[r].operand(0);
  const auto source = extents_of(from), target = extents_of(r);
  const auto index = unravel(target, at);
  int64_t by_column = 0;
  for (size_t k = target.size(); k-- > 0;) by_column = by_column * target[k] + index[k];
  std::vector<int64_t> place(source.size());
  for (size_t k = 0; k < source.size(); ++k) {
    place[k] = by_column % source[k];
    by_column /= source[k];
  }
  return need(from, ravel(source, place));
}

// The axis of the tensor in `tag` is replaced by the axes of the positions.
Ref Scalarizer::gathered(Ref r, size_t at) {
  const Node n = ctx_[r];
  const Ref tensor = n.operand(0), positions = n.operand(1);
  const auto source = extents_of(tensor), chosen = extents_of(positions);
  const auto index = unravel(extents_of(r), at);
  const auto first = index.begin() + n.tag, last = first + static_cast<ptrdiff_t>(chosen.size());
  const Ref e = need(positions, ravel(chosen, {first, last}));
  if (!e) return {};
  const auto k = ctx_.is_number(e) ? ctx_.value(e).as_int() : std::nullopt;
  if (!k || *k < 1 || *k > source[n.tag]) refuse("an entry chosen by integer data");
  std::vector<int64_t> place(index.begin(), first);
  place.push_back(*k - 1);
  place.insert(place.end(), last, index.end());
  return need(tensor, ravel(source, place));
}

// ---- matrices ----

Entries Scalarizer::multiplied(const Entries& a, const Entries& b, size_t n) {
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

// The axes of the exponent, if it has any, come first.
bool Scalarizer::matrix_power(Ref r, Entries& result) {
  Entries base, exponents;
  const bool known = need_all(ctx_[r].operand(0), base);
  if (!need_all(ctx_[r].operand(1), exponents) || !known) return false;
  for (Ref exponent : exponents) {
    const Entries power = powered(base, static_cast<size_t>(extents_of(r).back()), exponent);
    result.insert(result.end(), power.begin(), power.end());
  }
  return true;
}

Entries Scalarizer::powered(Entries base, size_t n, Ref exponent) {
  const auto k = ctx_.is_number(exponent) ? ctx_.value(exponent).as_int() : std::nullopt;
  if (!k || *k < -64 || *k > 64) refuse("a matrix power with this exponent");
  if (*k < 0) base = inverse_entries(ctx_, base, n);
  Entries result(n * n, zero);
  for (size_t i = 0; i < n; ++i) result[i * n + i] = one;
  for (int64_t left = *k < 0 ? -*k : *k; left > 0; left /= 2) {
    if (left % 2 == 1) result = multiplied(result, base, n);
    if (left > 1) base = multiplied(base, base, n);
  }
  return result;
}

bool Scalarizer::whole_function(Ref r, Entries& result) {
  std::vector<EntryArray> arguments;
  bool known = true;
  for (Ref c : std::vector<Ref>(ctx_.operands(r).begin(), ctx_.operands(r).end())) {
    EntryArray a{{}, extents_of(c), ctx_.shape_of(c).row};
    known = need_all(c, a.entries) && known;
    arguments.push_back(std::move(a));
  }
  if (known) result = function_entries(ctx_, ctx_.function_of(r), arguments);
  return known;
}

}  // namespace nabla
