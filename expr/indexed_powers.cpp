// What an indexed product collects: equal factors, neighbours with one base, isomorphic branches.
#include <algorithm>

#include "expr/indexed.h"
#include "expr/shape_text.h"
#include "expr/symmetry.h"
#include "expr/tensor.h"

namespace nabla {

// Equal factors on the same labels are one power.
void IndexedBuilder::collect_powers() {
  std::vector<Item> old = std::move(items_);
  items_.clear();
  for (Item& i : old) {
    if (is_symmetric(ctx_, i.factor)) std::sort(i.labels.begin(), i.labels.end());
  }
  const auto base = [&](Ref f) { return ctx_.split_exponent(f).base; };
  std::stable_sort(old.begin(), old.end(), [&](const Item& a, const Item& b) {
    const Ref x = base(a.factor), y = base(b.factor);
    return x != y ? x < y : a.labels < b.labels;  // grouping only; the order is settled later
  });
  for (size_t i = 0; i < old.size();) {
    const Ref b = base(old[i].factor);
    Ref exponent = ctx_.split_exponent(old[i].factor).exponent;
    size_t end = i + 1;
    bool same_shape = ctx_[exponent].shape == scalar_shape;
    for (; end < old.size() && base(old[end].factor) == b && old[end].labels == old[i].labels; ++end) {
      same_shape = same_shape && ctx_[ctx_.split_exponent(old[end].factor).exponent].shape == scalar_shape;
      if (same_shape) exponent = ctx_.add(exponent, ctx_.split_exponent(old[end].factor).exponent);
    }
    const bool idempotent = is_structural(ctx_, b, Structural::shift) ||
                            is_structural(ctx_, b, Structural::unit) ||
                            is_structural(ctx_, b, Structural::delta);
    if (end == i + 1 || idempotent) {
      items_.push_back(std::move(old[i]));
    } else if (same_shape) {
      open(tensor_power(ctx_, b, exponent), old[i].labels);
    } else {
      for (size_t k = i; k < end; ++k) items_.push_back(std::move(old[k]));
    }
    i = end;
  }
}

// Neighbours with one base, X(i, j) Y(j, k) and j nowhere else: their exponents add.
bool IndexedBuilder::combine_matrix_powers() {
  std::vector<uint32_t> uses(parent_.size());
  for (const Item& i : items_) {
    for (Label l : i.labels) ++uses[l];
  }
  for (Label o : output_) uses[o] += 2;
  for (const Condition& c : guards_) {
    for (const auto& t : c.guard.terms) uses[t.first] += 2;
  }
  // A matrix may come in several powers, one for each value of the labels before its own two.
  struct Side {
    Ref base, exponent;
    std::vector<Label> powers;
  };
  const auto side = [&](const Item& i) -> Side {
    const Node& n = ctx_[i.factor];
    if (n.kind == Kind::structural || (i.labels.size() != 2 && n.kind != Kind::matpow)) return {};
    const auto& extents = ctx_.shape(n.shape).extents;
    if (extents[extents.size() - 2] != extents.back()) return {};
    if (n.kind != Kind::matpow) return {i.factor, one, {}};
    return {n.operand(0), n.operand(1), {i.labels.begin(), i.labels.end() - 2}};
  };
  // The sum of the exponents, for each value of some labels.
  const auto added = [&](const Side& x, const Side& y, const std::vector<Label>& all) {
    if (all.empty()) return ctx_.add(x.exponent, y.exponent);
    std::vector<Ref> extents;
    for (Label l : all) extents.push_back(extents_[l]);
    const auto spread = [&](const Side& s) {
      if (s.powers == all) return s.exponent;
      IndexedBuilder b(ctx_);
      std::vector<Label> output, axes;
      for (Ref n : extents) output.push_back(b.label(n));
      for (Label l : s.powers) {
        axes.push_back(output[static_cast<size_t>(std::find(all.begin(), all.end(), l) - all.begin())]);
      }
      b.factor(s.exponent, axes);
      return b.build(output);
    };
    const Term terms[2] = {{one, spread(x)}, {one, spread(y)}};
    return tensor_sum(ctx_, terms, tensor_shape(ctx_, extents));
  };
  const auto together = [](const Side& x, const Side& y) {
    std::vector<Label> all = x.powers;
    for (Label l : y.powers) {
      if (std::find(all.begin(), all.end(), l) == all.end()) all.push_back(l);
    }
    return all;
  };
  for (size_t a = 0; a < items_.size(); ++a) {
    const Side x = side(items_[a]);
    if (!x.base) continue;
    const bool symmetric = is_symmetric(ctx_, items_[a].factor) && is_symmetric(ctx_, x.base);
    for (size_t b = 0; b < items_.size(); ++b) {
      if (a == b) continue;
      const Side y = side(items_[b]);
      if (y.base != x.base) continue;
      for (const size_t p : {size_t{1}, size_t{0}}) {
        for (const size_t q : {size_t{0}, size_t{1}}) {
          if ((p != 1 || q != 0) && !symmetric) continue;
          const size_t first = x.powers.size(), second = y.powers.size();  // where the matrix's labels begin
          const Label j = items_[a].labels[first + p];
          if (items_[b].labels[second + q] != j || uses[j] != 2) continue;
          const bool integers = (ctx_[x.exponent].facts & ctx_[y.exponent].facts & integer_valued) != 0;
          if (!integers) continue;
          const std::vector<Label> all = together(x, y);
          std::vector<Label> ends = all;
          ends.push_back(items_[a].labels[first + 1 - p]);
          ends.push_back(items_[b].labels[second + 1 - q]);
          items_.erase(items_.begin() + static_cast<ptrdiff_t>(std::max(a, b)));
          items_.erase(items_.begin() + static_cast<ptrdiff_t>(std::min(a, b)));
          gone_.push_back(j);
          open(matpow(ctx_, x.base, added(x, y, all)), ends);
          return true;
        }
      }
    }
  }
  return false;
}

// Q(k, i) Q(k, j) and k nowhere else is an identity on i and j, and so is Q(i, k) Q(j, k).
bool IndexedBuilder::cancel_orthogonal() {
  const auto is_orthogonal = [&](Ref e) {
    return ctx_.is_function(e, Fn::eigvecs) ||
           (ctx_.kind(e) == Kind::symbol && ctx_.symbol(e).structure == Structure::orthogonal);
  };
  std::vector<uint32_t> uses(parent_.size());
  for (const Item& i : items_) {
    for (Label l : i.labels) ++uses[l];
  }
  for (Label o : output_) uses[o] += 2;
  for (const Condition& c : guards_) {
    for (const auto& t : c.guard.terms) uses[t.first] += 2;
  }
  for (size_t a = 0; a < items_.size(); ++a) {
    if (items_[a].labels.size() != 2 || !is_orthogonal(items_[a].factor)) continue;
    for (size_t b = a + 1; b < items_.size(); ++b) {
      if (items_[b].factor != items_[a].factor) continue;
      for (const size_t axis : {size_t{0}, size_t{1}}) {
        const Label k = items_[a].labels[axis];
        if (items_[b].labels[axis] != k || uses[k] != 2) continue;
        const std::vector<Label> ends{items_[a].labels[1 - axis], items_[b].labels[1 - axis]};
        items_.erase(items_.begin() + static_cast<ptrdiff_t>(b));
        items_.erase(items_.begin() + static_cast<ptrdiff_t>(a));
        gone_.push_back(k);
        open(delta(ctx_, extents_[ends[0]]), ends);
        return true;
      }
    }
  }
  return false;
}

// Isomorphic branches are a power: A(i,j) x(j) A(i,k) x(k) is ((A x)(i))^2. A branch hangs on the labels of
// the output and at most one bound label; removing those cuts it off.
bool IndexedBuilder::collect_branches() {
  if (items_.size() < 2 || items_.size() > most_branch_factors) return false;
  std::vector<Ref> bases;
  for (const Item& i : items_) bases.push_back(i.factor);
  std::sort(bases.begin(), bases.end());
  const bool powers = std::any_of(bases.begin(), bases.end(), [&](Ref r) {
    return ctx_.kind(r) == Kind::power && ctx_.kind(ctx_.operands(r)[0]) == Kind::indexed;
  });
  if (!powers && std::adjacent_find(bases.begin(), bases.end()) == bases.end()) return false;
  if (cut_branches(~Label{0})) return true;
  std::vector<bool> tried(parent_.size());
  for (const Item& i : std::vector<Item>(items_)) {
    for (Label l : i.labels) {
      if (tried[l] || std::find(output_.begin(), output_.end(), l) != output_.end()) continue;
      tried[l] = true;
      if (cut_branches(l)) return true;
    }
  }
  return false;
}

bool IndexedBuilder::cut_branches(Label cut) {
  const auto is_cut = [&](Label l) {
    return l == cut || std::find(output_.begin(), output_.end(), l) != output_.end();
  };
  std::vector<Label> group(parent_.size());
  for (Label l = 0; l < group.size(); ++l) group[l] = l;
  const auto root = [&](Label l) {
    while (group[l] != l) l = group[l] = group[group[l]];
    return l;
  };
  std::vector<bool> guarded(parent_.size());
  for (const Condition& c : guards_) {
    for (const auto& t : c.guard.terms) guarded[t.first] = true;
  }
  for (const Item& i : items_) {
    Label first = ~Label{0};
    for (Label l : i.labels) {
      if (is_cut(l)) continue;
      if (first == ~Label{0}) first = l;
      group[root(l)] = root(first);
    }
  }
  struct Branch {
    Label root;
    std::vector<size_t> items;
    std::vector<Label> ends;  // the cut labels it hangs on
    bool closed = true;       // no guard reaches inside
    std::vector<Ref> factors;
    Ref value;
  };
  std::vector<Branch> branches;
  for (size_t k = 0; k < items_.size(); ++k) {
    Label inner = ~Label{0};
    for (Label l : items_[k].labels) inner = is_cut(l) ? inner : root(l);
    if (inner == ~Label{0}) continue;
    auto b = std::find_if(branches.begin(), branches.end(), [&](const Branch& x) { return x.root == inner; });
    if (b == branches.end()) b = branches.insert(b, Branch{inner, {}, {}, true, {}, {}});
    b->items.push_back(k);
    for (Label l : items_[k].labels) {
      if (is_cut(l)) {
        if (std::find(b->ends.begin(), b->ends.end(), l) == b->ends.end()) b->ends.push_back(l);
      } else if (guarded[l]) {
        b->closed = false;
      }
    }
  }
  if (branches.size() < 2 && items_.size() == (branches.empty() ? 0 : branches[0].items.size())) return false;
  for (Branch& b : branches) {
    std::sort(b.ends.begin(), b.ends.end());
    for (size_t k : b.items) b.factors.push_back(items_[k].factor);
    std::sort(b.factors.begin(), b.factors.end());
  }
  // What can be equal has the same factors; the power of a branch that was found before has its ends.
  const auto has_equal = [&](const Branch& b) {
    const auto equal = [&](const Branch& o) {
      return &o != &b && o.closed && o.ends == b.ends && o.factors == b.factors;
    };
    const auto power = [&](const Item& i) {
      const Ref base = ctx_.split_exponent(i.factor).base;
      return base != i.factor && ctx_.kind(base) == Kind::indexed && i.labels == b.ends;
    };
    return std::any_of(branches.begin(), branches.end(), equal) ||
           std::any_of(items_.begin(), items_.end(), power);
  };
  for (Branch& b : branches) {
    if (!b.closed || b.ends.empty() || !has_equal(b)) continue;
    IndexedBuilder sub(ctx_);  // of fewer factors, since there are other branches
    sub.extents_ = extents_;
    sub.parent_.resize(parent_.size());
    for (Label l = 0; l < parent_.size(); ++l) sub.parent_[l] = l;
    std::vector<bool> mine(parent_.size());
    for (size_t k : b.items) {
      sub.items_.push_back(items_[k]);
      for (Label l : items_[k].labels) mine[l] = true;
    }
    for (Label l = 0; l < parent_.size(); ++l) {
      if (!mine[l]) sub.gone_.push_back(l);
    }
    b.value = sub.build(b.ends);
  }
  for (size_t x = 0; x < branches.size(); ++x) {
    if (!branches[x].value || ctx_.kind(branches[x].value) != Kind::indexed) continue;
    std::vector<size_t> removed = branches[x].items;
    int64_t times = 1;
    for (size_t y = x + 1; y < branches.size(); ++y) {
      if (branches[y].value != branches[x].value || branches[y].ends != branches[x].ends) continue;
      ++times;
      removed.insert(removed.end(), branches[y].items.begin(), branches[y].items.end());
    }
    Ref exponent = ctx_.number(times);
    for (size_t k = 0; k < items_.size(); ++k) {  // a power of the branch that was found before
      const Factor f = ctx_.split_exponent(items_[k].factor);
      if (f.base != branches[x].value || items_[k].labels != branches[x].ends) continue;
      if (ctx_[f.exponent].shape != scalar_shape) continue;
      exponent = ctx_.add(exponent, f.exponent);
      removed.push_back(k);
    }
    if (exponent == one) continue;
    std::sort(removed.begin(), removed.end());
    for (size_t k : removed) {
      for (Label l : items_[k].labels) {
        if (!is_cut(l)) gone_.push_back(l);
      }
    }
    for (size_t k = removed.size(); k-- > 0;)
      items_.erase(items_.begin() + static_cast<ptrdiff_t>(removed[k]));
    open(tensor_power(ctx_, branches[x].value, exponent), branches[x].ends);
    return true;
  }
  return false;
}

}  // namespace nabla
