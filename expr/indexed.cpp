#include "expr/indexed.h"

#include <algorithm>
#include <unordered_map>

#include "expr/bounds.h"
#include "expr/facts.h"
#include "expr/guards.h"
#include "expr/shape_text.h"
#include "expr/symmetry.h"
#include "expr/tensor.h"

namespace nabla {

// ---- constant factors ----

static Ref structural(Context& ctx, Structural s, ShapeId shape, std::span<const Ref> operands) {
  Facts facts = nonnegative | integer_valued;
  if (s == Structural::iota) facts = facts | nonzero;  // 1, 2, …
  return ctx.intern(Kind::structural, static_cast<uint16_t>(s), 0, 0, shape, operands, facts);
}

Ref delta(Context& ctx, Ref n) { return structural(ctx, Structural::delta, matrix_shape(ctx, n, n), {}); }
Ref iota(Context& ctx, Ref n) { return structural(ctx, Structural::iota, vector_shape(ctx, n), {}); }
Ref shift(Context& ctx, Ref m, Ref n, Ref offset) {
  if (offset == zero && m == n) return delta(ctx, n);
  return structural(ctx, Structural::shift, matrix_shape(ctx, m, n), {&offset, 1});
}
Ref unit(Context& ctx, Ref n, Ref k) {
  return structural(ctx, Structural::unit, vector_shape(ctx, n), {&k, 1});
}

IndexedView view_indexed(const Context& ctx, Ref node) {
  const Labelling& l = ctx.labelling(node);
  const auto all = ctx.operands(node);
  const size_t n = l.factors.size();
  return {&l, all.first(n), all.subspan(n, l.label_count), all.subspan(n + l.label_count)};
}

// ---- collecting ----

Label IndexedBuilder::label(Ref extent) {
  extents_.push_back(extent);
  parent_.push_back(static_cast<Label>(parent_.size()));
  return parent_.back();
}

void IndexedBuilder::factor(Ref e, std::span<const Label> labels) { open(e, {labels.begin(), labels.end()}); }

void IndexedBuilder::guard(Relation relation, std::span<const std::pair<Label, int64_t>> terms, Ref offset) {
  guards_.push_back({{relation, {terms.begin(), terms.end()}}, offset});
}

// Products are looked into: one level is enough, since the factors of a node are never products themselves.
void IndexedBuilder::open(Ref e, std::vector<Label> labels) {
  const Node& n = ctx_[e];
  ctx_.budget().spend();
  if (labels.empty()) {
    scalars_.push_back(e);
    return;
  }
  switch (n.kind) {
    case Kind::product:  // a number and a tensor
      scalars_.push_back(n.operand(0));
      return open(n.operand(1), std::move(labels));
    case Kind::fill:
      scalars_.push_back(n.operand(0));
      return;
    case Kind::sum: {  // (2 A - 2 B) x is 2 (A - B) x
      const Rational content = sum_content(ctx_, e);
      if (content.is_one()) break;
      scalars_.push_back(ctx_.number(content));
      items_.push_back({ctx_.scale(ctx_.number(Rational(1) / content), e), std::move(labels)});
      return;
    }
    case Kind::structural:
      if (n.tag == static_cast<uint16_t>(Structural::delta)) {
        deltas_.push_back({e, std::move(labels)});
        return;
      }
      break;
    case Kind::indexed: {
      const IndexedView v = view_indexed(ctx_, e);
      std::vector<Label> here(v.labelling->label_count);
      for (Label l = 0; l < here.size(); ++l) {
        here[l] = v.labelling->is_bound(l) ? label(v.extents[l]) : labels[l];
      }
      for (size_t f = 0; f < v.factors.size(); ++f) {
        std::vector<Label> axes = v.labelling->factors[f];
        for (Label& a : axes) a = here[a];
        const Ref factor = v.factors[f];
        if (axes.empty()) {
          scalars_.push_back(factor);
        } else if (is_structural(ctx_, factor, Structural::delta)) {
          deltas_.push_back({factor, std::move(axes)});
        } else {
          items_.push_back({factor, std::move(axes)});
        }
      }
      for (size_t g = 0; g < v.labelling->guards.size(); ++g) {
        Guard guard = v.labelling->guards[g];
        for (auto& t : guard.terms) t.first = here[t.first];
        guards_.push_back({std::move(guard), v.offsets[g]});
      }
      return;
    }
    default:
      break;
  }
  items_.push_back({e, std::move(labels)});
}

// ---- simplifying ----

// A delta renames; only deltas between labels of the output stay.
void IndexedBuilder::merge_deltas(std::span<const Label> output) {
  std::vector<size_t> position(parent_.size(), output.size());
  for (size_t i = 0; i < output.size(); ++i) position[output[i]] = i;
  const auto is_delta = [&](const Item& i) { return is_structural(ctx_, i.factor, Structural::delta); };
  items_.erase(std::remove_if(items_.begin(), items_.end(), is_delta), items_.end());  // they are made anew
  for (const Item& d : deltas_) {
    const Label a = find(d.labels[0]), b = find(d.labels[1]);
    if (a == b) continue;
    // The representative is the first label of the output, if there is one.
    const bool first = position[a] <= position[b];
    parent_[first ? b : a] = first ? a : b;
  }
  deltas_.clear();
  for (Label o : output) {
    const Label r = find(o);
    if (r != o) items_.push_back({delta(ctx_, extents_[o]), {r, o}});
  }
  for (Item& item : items_) {
    if (is_delta(item)) continue;
    for (Label& l : item.labels) l = find(l);
  }
}

bool IndexedBuilder::settle_guards() {
  std::unordered_map<Label, Ref> places;  // where the 1 of a unit is, all else is 0
  for (const Item& i : items_) {
    if (is_structural(ctx_, i.factor, Structural::unit))
      places.emplace(i.labels[0], ctx_.operands(i.factor)[0]);
  }
  for (Condition& c : guards_) {
    for (auto& t : c.guard.terms) t.first = find(t.first);
    Condition placed = c;
    for (auto& t : placed.guard.terms) {
      const auto place = places.find(t.first);
      if (place == places.end()) continue;
      placed.offset = ctx_.add(placed.offset, ctx_.scale(ctx_.number(t.second), place->second));
      t.second = 0;
    }
    // A condition on extents alone is kept as one on the label.
    const bool any = std::any_of(placed.guard.terms.begin(), placed.guard.terms.end(),
                                 [](const auto& t) { return t.second != 0; });
    if (any || ctx_.is_number(placed.offset)) c = std::move(placed);
  }
  std::vector<GuardCondition> all;
  for (Condition& c : guards_) all.push_back({std::move(c.guard), c.offset});
  const bool possible = nabla::settle_guards(ctx_, all, extents_);
  guards_.clear();
  for (GuardCondition& c : all) guards_.push_back({std::move(c.guard), c.offset});
  return possible;
}

// conj(x), real(x), imag(x) of a name.
static bool is_part_of_name(const Context& ctx, Ref e) {
  const bool part =
      ctx.is_function(e, Fn::conj) || ctx.is_function(e, Fn::real) || ctx.is_function(e, Fn::imag);
  return part && ctx.kind(ctx.operands(e)[0]) == Kind::symbol;
}

// Labels that are equal are one. False: a guard never holds.
bool IndexedBuilder::settle_labels(std::span<const Label> output) {
  do {
    merge_deltas(output);
    if (!settle_guards()) return false;
  } while (equal_labels());
  split_units();
  return true;
}

// x(i) unit_k(i) is the entry x[k]. A label that carries a unit is split, so that each factor has its own.
void IndexedBuilder::split_units() {
  std::vector<Item> units;
  for (size_t i = 0; i < items_.size();) {
    if (is_structural(ctx_, items_[i].factor, Structural::unit)) {
      units.push_back(std::move(items_[i]));
      items_.erase(items_.begin() + static_cast<ptrdiff_t>(i));
    } else {
      ++i;
    }
  }
  if (units.empty()) return;
  std::vector<Ref> unit_of(parent_.size());
  std::vector<bool> output(parent_.size()), guarded(parent_.size());
  for (const Item& u : units) {
    const Label l = u.labels[0];
    if (!unit_of[l]) {
      unit_of[l] = u.factor;
    } else if (unit_of[l] != u.factor) {  // 1 at a and at b: nothing unless a is b
      const Ref a = ctx_.operands(unit_of[l])[0], b = ctx_.operands(u.factor)[0];
      scalars_.push_back(ctx_.select(ctx_.compare(Relation::equal, a, b), one, zero));
    }
  }
  for (Label o : output_) output[o] = true;
  for (const Condition& c : guards_) {
    for (const auto& t : c.guard.terms) guarded[t.first] = true;
  }
  std::vector<bool> kept(parent_.size());
  for (const Item& u : units) {  // the entries of a unit add up to 1
    if (!output[u.labels[0]] && !guarded[u.labels[0]]) gone_.push_back(u.labels[0]);
  }
  const size_t count = items_.size();
  for (size_t i = 0; i < count; ++i) {
    const Kind kind = ctx_.kind(items_[i].factor);
    if (is_structural(ctx_, items_[i].factor, Structural::delta)) continue;
    bool all = kind == Kind::symbol || kind == Kind::let || kind == Kind::array ||
               is_structural(ctx_, items_[i].factor, Structural::iota) ||
               is_part_of_name(ctx_, items_[i].factor);
    for (Label l : items_[i].labels) {
      all = all && unit_of[l] && (kind != Kind::array || ctx_.is_number(ctx_.operands(unit_of[l])[0]));
    }
    if (all) {
      std::vector<Ref> indices;
      for (Label l : items_[i].labels) indices.push_back(ctx_.operands(unit_of[l])[0]);
      scalars_.push_back(element(ctx_, items_[i].factor, indices));
      items_[i].labels.clear();
      continue;
    }
    for (size_t a = 0; a < items_[i].labels.size(); ++a) {
      const Label l = items_[i].labels[a];
      const Ref u = unit_of[l];
      if (!u || output[l] || guarded[l]) continue;
      const Label own = label(extents_[l]);
      items_[i].labels[a] = own;
      items_.push_back({u, {own}});
    }
  }
  items_.erase(std::remove_if(items_.begin(), items_.end(), [](const Item& i) { return i.labels.empty(); }),
               items_.end());
  for (const Item& u : units) {  // on a label of the output or of a guard the unit itself stays
    const Label l = u.labels[0];
    if (unit_of[l] != u.factor || kept[l]) continue;
    kept[l] = true;
    if (output[l] || guarded[l]) {
      items_.push_back(u);
    } else {
      gone_.push_back(l);
    }
  }
}

// A bound label in no factor counts its extent.
void IndexedBuilder::drop_unused(std::span<const Label> output) {
  std::vector<bool> used(parent_.size());
  // A shift whose rows lie inside its columns has a single 1 in each row: it is 1 summed over the columns.
  std::vector<size_t> uses(parent_.size());
  for (const Item& i : items_) {
    for (Label l : i.labels) ++uses[l];
  }
  for (const Condition& c : guards_) {
    for (const auto& t : c.guard.terms) ++uses[t.first];
  }
  const auto is_summed = [&](const Item& i) {
    if (!is_structural(ctx_, i.factor, Structural::shift)) return false;
    const Label l = i.labels[1];
    const Ref c = ctx_.operands(i.factor)[0];
    if (uses[l] != 1 || std::find(output.begin(), output.end(), l) != output.end()) return false;
    if (!ctx_.is_number(c) || ctx_.value(c).sign() < 0) return false;
    return never_negative(ctx_, ctx_.subtract(extents_[l], ctx_.add(extents_[i.labels[0]], c)));
  };
  for (size_t k = items_.size(); k-- > 0;) {
    if (!is_summed(items_[k])) continue;
    gone_.push_back(items_[k].labels[1]);
    items_.erase(items_.begin() + static_cast<ptrdiff_t>(k));
  }
  for (const Item& i : items_) {
    for (Label l : i.labels) used[l] = true;
  }
  for (const Condition& c : guards_) {
    for (const auto& t : c.guard.terms) used[t.first] = true;
  }
  for (Label o : output) used[o] = true;
  for (Label l = 0; l < parent_.size(); ++l) {
    const bool gone = std::find(gone_.begin(), gone_.end(), l) != gone_.end();
    if (find(l) == l && !used[l] && !gone) scalars_.push_back(count_of(ctx_, extents_[l]));
  }
}

// Components that no label of the output reaches are scalars.
void IndexedBuilder::split_components(std::span<const Label> output) {
  std::vector<Label> group(parent_.size());
  for (Label l = 0; l < group.size(); ++l) group[l] = l;
  const auto root = [&](Label l) {
    while (group[l] != l) l = group[l] = group[group[l]];
    return l;
  };
  for (const Item& i : items_) {
    for (Label l : i.labels) group[root(l)] = root(i.labels[0]);
  }
  for (const Condition& c : guards_) {
    for (const auto& t : c.guard.terms) group[root(t.first)] = root(c.guard.terms[0].first);
  }
  std::vector<bool> reached(parent_.size());
  for (Label o : output) reached[root(o)] = true;
  std::vector<Item> inside;
  std::vector<Condition> inside_guards;
  std::vector<std::pair<Label, std::vector<Item>>> outside;
  std::vector<std::pair<Label, std::vector<Condition>>> outside_guards;
  const auto at = [](auto& list, Label l) -> auto& {
    for (auto& [key, value] : list) {
      if (key == l) return value;
    }
    list.push_back({l, {}});
    return list.back().second;
  };
  for (Item& i : items_) {
    const Label r = root(i.labels[0]);
    reached[r] ? inside.push_back(std::move(i)) : at(outside, r).push_back(std::move(i));
  }
  for (Condition& c : guards_) {
    if (c.guard.terms.empty()) {  // of no label: a condition on extents
      inside_guards.push_back(std::move(c));
      continue;
    }
    const Label r = root(c.guard.terms[0].first);
    if (reached[r]) {
      inside_guards.push_back(std::move(c));
    } else {
      at(outside, r);
      at(outside_guards, r).push_back(std::move(c));
    }
  }
  if (!outside.empty()) {  // a condition on extents alone goes with the first component
    auto& first = at(outside_guards, outside[0].first);
    for (Condition& c : inside_guards) {
      if (c.guard.terms.empty()) first.push_back(c);
    }
    inside_guards.erase(std::remove_if(inside_guards.begin(), inside_guards.end(),
                                       [](const Condition& c) { return c.guard.terms.empty(); }),
                        inside_guards.end());
  }
  for (auto& [r, list] : outside) {
    auto& conditions = at(outside_guards, r);
    if (list.size() == 1 && conditions.empty()) {
      if (const Ref named = named_sum(list[0])) {
        scalars_.push_back(named);
        continue;
      }
    }
    scalars_.push_back(finish(std::move(list), std::move(conditions), {}, scalar_shape));
  }
  items_ = std::move(inside);
  guards_ = std::move(inside_guards);
}

// ---- the node ----

Ref IndexedBuilder::finish(std::vector<Item> items, std::vector<Condition> guards,
                           std::span<const Label> output, ShapeId shape) {
  IndexedParts parts;
  std::vector<Label> number(parent_.size(), ~Label{0});
  const auto renamed = [&](Label l) {
    if (number[l] == ~Label{0}) {
      number[l] = static_cast<Label>(parts.extents.size());
      parts.extents.push_back(extents_[l]);
    }
    return number[l];
  };
  for (Label o : output) parts.labelling.output.push_back(renamed(o));
  for (Item& i : items) {
    for (Label& l : i.labels) l = renamed(l);
    parts.factors.push_back(i.factor);
    parts.labelling.factors.push_back(std::move(i.labels));
  }
  for (Condition& c : guards) {
    for (auto& t : c.guard.terms) t.first = renamed(t.first);
    parts.labelling.guards.push_back(std::move(c.guard));
    parts.offsets.push_back(c.offset);
  }
  parts.labelling.label_count = static_cast<uint32_t>(parts.extents.size());
  IndexedParts turned;
  const bool square = is_square(ctx_, shape);
  if (square) {
    turned = parts;
    std::swap(turned.labelling.output[0], turned.labelling.output[1]);
    canonical_labelling(ctx_, turned);
  }
  canonical_labelling(ctx_, parts);
  Facts facts = indexed_facts(ctx_, parts.factors, parts.extents, !parts.offsets.empty());
  if (square && turned == parts) facts = facts | symmetric_value;
  std::vector<Ref> operands = parts.factors;
  operands.insert(operands.end(), parts.extents.begin(), parts.extents.end());
  operands.insert(operands.end(), parts.offsets.begin(), parts.offsets.end());
  const uint32_t id = ctx_.labelling_id(parts.labelling);
  return ctx_.intern(Kind::indexed, 0, id, parts.labelling.hash(), shape, operands, facts);
}

// Whether the product of one factor is that factor.
bool IndexedBuilder::is_itself(const Item& item, std::span<const Label> output, ShapeId shape) const {
  if (ctx_[item.factor].shape != shape || item.labels.size() != output.size()) return false;
  if (std::equal(output.begin(), output.end(), item.labels.begin())) return true;
  return is_symmetric(ctx_, item.factor) && item.labels[0] == output[1] && item.labels[1] == output[0];
}

Ref IndexedBuilder::build(std::span<const Label> output, bool row) {
  Shape s;
  for (Label o : output) s.extents.push_back(extents_[o]);
  s.row = row && output.size() == 1;
  const ShapeId shape = ctx_.shape_id(s);
  output_.assign(output.begin(), output.end());
  if (!settle_labels(output)) return ctx_.zeros(shape);
  if (const Ref r = build_split(output, shape)) return r;
  do {
    do {
      for (collect_powers(); combine_matrix_powers() || cancel_orthogonal(); collect_powers()) {
        // An identity makes labels one: those of guards, and of two units.
        if (!deltas_.empty() && !settle_labels(output)) return ctx_.zeros(shape);
      }
    } while (collect_branches());
    if (!solve_guards()) break;
    if (!settle_labels(output)) return ctx_.zeros(shape);
  } while (true);
  while (absorb_into_branch()) {
  }
  count_guarded();
  place_units();
  drop_unused(output);
  split_components(output);
  const Ref scalar = ctx_.product(scalars_);
  if (output.empty()) {
    Ref r = scalar;
    for (const Condition& c : guards_)
      r = ctx_.select(ctx_.compare(c.guard.relation, c.offset, zero), r, zero);
    return r;
  }
  if (scalar == zero) return ctx_.zeros(shape);
  if (items_.empty() && guards_.empty()) return ctx_.fill(scalar, shape);
  const Term t = ctx_.split_coefficient(scalar);
  if (t.body == one && items_.size() == 1 && guards_.empty() && is_itself(items_[0], output, shape)) {
    return ctx_.scale(t.coefficient, items_[0].factor);
  }
  std::vector<Item> items = std::move(items_);
  if (t.body != one) items.push_back({t.body, {}});
  return ctx_.scale(t.coefficient, finish(std::move(items), std::move(guards_), output, shape));
}

}  // namespace nabla
