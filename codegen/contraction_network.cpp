#include "codegen/contraction_network.h"

#include <algorithm>
#include <bit>
#include <map>

#include "codegen/contraction_builder.h"

namespace nabla {
namespace {

using LabelSet = ContractionNetwork::LabelSet;
using Subset = ContractionNetwork::Subset;

LabelSet set_of(const std::vector<Label>& list) {
  LabelSet s = 0;
  for (Label l : list) s |= LabelSet{1} << l;
  return s;
}

bool is_single(Subset s) { return std::has_single_bit(s); }

}  // namespace

const ContractionNetwork::Split* ContractionNetwork::Tree::split_of(Subset whole) const {
  const auto at =
      std::find_if(splits.begin(), splits.end(), [&](const Split& s) { return s.whole == whole; });
  return at == splits.end() ? nullptr : &*at;
}

ContractionNetwork::ContractionNetwork(Context& ctx, Contraction c)
    : c_(std::move(c)), sizes_(ctx, c_.extents), in_pairs_(cheapest_pairs(ctx.budget(), c_, sizes_)) {
  if (in_pairs_.steps.size() == in_pairs_.alone || c_.extents.size() > most_labels) return;
  find_leaves();
  if (leaves_.size() > most_groups) return;
  find_labels();
  searched_ = find_tree();
}

// The groups that are left when what is summed alone is summed, and the conditions that are still to be met.
void ContractionNetwork::find_leaves() {
  ContractionGroups groups(c_);
  std::vector<std::vector<size_t>> factors = groups.first_factors();  // of each group, by its number
  for (size_t k = 0; k < in_pairs_.alone; ++k) {
    const ContractionStep& s = in_pairs_.steps[k];
    groups.take(s);
    std::vector<size_t> all;
    for (size_t p : s.parts) all.insert(all.end(), factors[p].begin(), factors[p].end());
    factors.push_back(std::move(all));
  }
  for (const ContractionGroups::Group& g : groups.live()) {
    LabelSet labels = 0;
    for (Label l = 0; l < g.labels.size(); ++l) labels |= g.labels[l] ? LabelSet{1} << l : 0;
    leaves_.push_back({g.number, factors[g.number], labels});
  }
  next_ = groups.next();
  for (const ContractionGroups::Condition& c : groups.conditions()) {
    if (!c.done) conditions_.push_back(set_of(c.labels));
  }
  for (Label l = 0; l < c_.outputs; ++l) outputs_ |= LabelSet{1} << l;
}

void ContractionNetwork::find_labels() {
  kept_.resize(size_t{1} << size());
  for (Subset s = 1; s <= all(); ++s) {
    LabelSet own = 0, needed = outputs_;
    for (size_t k = 0; k < size(); ++k) ((s >> k & 1) != 0 ? own : needed) |= leaves_[k].labels;
    for (LabelSet c : conditions_) needed |= (c & ~own) != 0 ? c : 0;
    kept_[s] = own & needed;
  }
}

// The pairs as a tree. False: a part has no labels.
bool ContractionNetwork::find_tree() {
  std::map<size_t, Subset> subsets;
  for (size_t k = 0; k < size(); ++k) subsets[leaves_[k].number] = Subset{1} << k;
  size_t number = next_;
  for (size_t k = in_pairs_.alone; k < in_pairs_.steps.size(); ++k, ++number) {
    const auto& parts = in_pairs_.steps[k].parts;
    const auto a = subsets.extract(parts[0]), b = subsets.extract(parts[1]);
    if (a.empty() || b.empty()) return false;
    const Subset whole = a.mapped() | b.mapped();
    if (kept_[whole] == 0 && whole != all()) return false;
    pairs_.splits.push_back({whole, a.mapped(), b.mapped()});
    subsets[number] = whole;
  }
  for (const auto& s : subsets) pairs_.last.push_back(s.second);
  // What is read together in the last nest and summed there is made there.
  for (size_t k = 0; k < pairs_.last.size();) {
    const Split* s = pairs_.split_of(pairs_.last[k]);
    if (s == nullptr || kept_[s->a] != kept_[s->b] || kept_[s->a] == kept_[s->whole]) {
      ++k;
      continue;
    }
    const Split split = *s;
    pairs_.splits.erase(pairs_.splits.begin() + (s - pairs_.splits.data()));
    pairs_.last[k] = split.a;
    pairs_.last.push_back(split.b);
  }
  return true;
}

// ---- costs ----

double ContractionNetwork::turns(LabelSet labels, size_t point) const {
  double n = 1;
  for (; labels != 0; labels &= labels - 1)
    n *= sizes_.size(point, static_cast<Label>(std::countr_zero(labels)));
  return n;
}

double ContractionNetwork::turns(const std::vector<LabelSet>& nests, size_t point) const {
  double n = 0;
  for (LabelSet l : nests) n += turns(l, point);
  return n;
}

Ref ContractionNetwork::turns(Context& ctx, const std::vector<LabelSet>& nests) const {
  Ref n = zero;
  for (LabelSet labels : nests) {
    std::vector<Ref> extents;
    for (; labels != 0; labels &= labels - 1)
      extents.push_back(c_.extents[static_cast<size_t>(std::countr_zero(labels))]);
    n = ctx.add(n, ctx.product(extents));
  }
  return n;
}

std::vector<Subset> ContractionNetwork::uses(const Tree& tree, const Help& help) const {
  std::vector<Subset> found, todo = tree.last;
  while (!todo.empty()) {
    const Subset s = todo.back();
    todo.pop_back();
    if (is_single(s)) continue;
    found.push_back(s);
    if (help.makes(s)) continue;
    const Split* split = tree.split_of(s);
    todo.push_back(split->b);
    todo.push_back(split->a);
  }
  std::reverse(found.begin(), found.end());
  return found;
}

std::vector<LabelSet> ContractionNetwork::nests(const Tree& tree, const Help& help) const {
  std::vector<LabelSet> out;
  for (Subset s : uses(tree, help)) {
    const Split* split = tree.split_of(s);
    if (!help.makes(s) && !is_read_together(*split)) out.push_back(kept_[split->a] | kept_[split->b]);
  }
  LabelSet last = 0;
  for (Subset s : tree.last) last |= kept_[s];
  out.push_back(last);
  return out;
}

double ContractionNetwork::stored(const Tree& tree, const Help& help) const {
  double n = 0;
  for (Subset s : uses(tree, help)) {
    if (!help.makes(s) && !is_read_together(*tree.split_of(s))) n += turns(kept_[s], 0);
  }
  return n;
}

bool ContractionNetwork::is_better(const Tree& a, const Tree& b, const Help& help) const {
  const std::vector<LabelSet> of_a = nests(a, help), of_b = nests(b, help);
  bool fewer = false;
  for (size_t p = 0; p < sizes_.points().size(); ++p) {
    const double m = turns(of_a, p), n = turns(of_b, p);
    if (m > n) return false;
    if (m < n && p == 0) return true;
    fewer = fewer || m < n;
  }
  return fewer || stored(a, help) < stored(b, help);
}

// ---- steps ----

std::vector<ContractionStep> ContractionNetwork::steps(const Tree& tree, const Sharing& sharing) const {
  std::map<Subset, ContractionStep> wanted;
  std::vector<Subset> todo = tree.last;
  while (!todo.empty()) {
    const Subset s = todo.back();
    todo.pop_back();
    if (is_single(s)) continue;
    const Split* split = tree.split_of(s);
    ContractionStep step;
    step.joins = is_read_together(*split);
    const bool made = !step.joins && sharing(s, step);
    if (!made) todo.insert(todo.end(), {split->a, split->b});
    wanted.emplace(s, std::move(step));
  }
  std::vector<ContractionStep> out(in_pairs_.steps.begin(),
                                   in_pairs_.steps.begin() + static_cast<ptrdiff_t>(in_pairs_.alone));
  std::map<Subset, size_t> numbers;
  for (size_t k = 0; k < size(); ++k) numbers[Subset{1} << k] = leaves_[k].number;
  size_t number = next_;
  for (const Split& s : tree.splits) {
    const auto at = wanted.find(s.whole);
    if (at == wanted.end()) continue;
    if (numbers.count(s.a) != 0 && numbers.count(s.b) != 0) {
      at->second.parts = {numbers.at(s.a), numbers.at(s.b)};
    } else {  // its parts are not made, since it is
      for (size_t k = 0; k < size(); ++k) {
        if ((s.whole >> k & 1) != 0) at->second.parts.push_back(leaves_[k].number);
      }
    }
    out.push_back(std::move(at->second));
    numbers[s.whole] = number++;
  }
  return out;
}

// ---- subsets as expressions ----

bool ContractionNetwork::is_connected(Subset s) const {
  Subset reached = s & (~s + 1);
  for (Subset before = 0; before != reached;) {
    before = reached;
    LabelSet labels = 0;
    for (size_t k = 0; k < size(); ++k) labels |= (reached >> k & 1) != 0 ? leaves_[k].labels : 0;
    for (size_t k = 0; k < size(); ++k) {
      if ((s >> k & 1) != 0 && (leaves_[k].labels & labels) != 0) reached |= Subset{1} << k;
    }
  }
  return reached == s;
}

std::vector<ContractionFactor> ContractionNetwork::factors(Subset s) const {
  std::vector<ContractionFactor> out;
  for (size_t k = 0; k < size(); ++k) {
    if ((s >> k & 1) == 0) continue;
    for (size_t f : leaves_[k].factors) out.push_back(c_.factors[f]);
  }
  return out;
}

std::vector<Label> ContractionNetwork::axes(Subset s) const {
  std::vector<Label> out;
  for (LabelSet l = kept_[s]; l != 0; l &= l - 1) out.push_back(static_cast<Label>(std::countr_zero(l)));
  return out;
}

Ref ContractionNetwork::expression(Context& ctx, Subset s, bool reversed) const {
  ContractionBuilder builder(ctx, c_.extents);
  LabelSet labels = 0;
  for (const ContractionFactor& f : factors(s)) {
    builder.factor(f);
    labels |= set_of(f.labels);
  }
  const auto meet = [&](const std::vector<Label>& list, size_t k) {
    if (!list.empty() && (set_of(list) & ~labels) == 0) builder.condition(c_, k);
  };
  for (size_t k = 0; k < c_.guards.size(); ++k) {
    std::vector<Label> list;
    for (const auto& t : c_.guards[k].terms) list.push_back(t.first);
    meet(list, k);
  }
  for (size_t k = 0; k < c_.positions.size(); ++k) meet(c_.positions[k].labels, c_.guards.size() + k);
  std::vector<Label> out = axes(s);
  if (reversed) std::reverse(out.begin(), out.end());
  return builder.build(out);
}

}  // namespace nabla
