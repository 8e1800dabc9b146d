#include "codegen/nest_inline.h"

#include <algorithm>

#include "codegen/tensor_program.h"
#include "expr/substitute.h"
#include "expr/tensor.h"

namespace nabla {
namespace {

// The least or largest value of a product of dims, if that is known to be a number.
std::optional<Rational> bound_of(Context& ctx, Ref body, bool upper) {
  std::vector<Ref> factors;
  ctx.append_factors(body, factors);
  Rational product(1);
  for (Ref f : factors) {
    if (ctx.is_number(f) && ctx.value(f).sign() > 0) {
      product = product * ctx.value(f);
      continue;
    }
    if (ctx.kind(f) != Kind::symbol) return std::nullopt;
    const Symbol& s = ctx.symbol(f);
    const Ref bound = upper ? s.domain.upper : s.domain.lower;
    if (bound && ctx.is_number(bound) && ctx.value(bound).sign() >= 0) {
      product = product * ctx.value(bound);
    } else if (s.role != Role::extent || upper) {
      return std::nullopt;
    }
  }
  return product;
}

// The range of a condition's left side.
struct Range {
  Ref least, largest;
};

Range range_of(Context& ctx, const NestCondition& c, const std::vector<Ref>& extents) {
  Range r{c.offset, c.offset};
  for (const auto& [l, k] : c.guard.terms) {
    const Ref first = ctx.number(k), last = ctx.multiply(first, extents[l]);
    r.least = ctx.add(r.least, k > 0 ? first : last);
    r.largest = ctx.add(r.largest, k > 0 ? last : first);
  }
  return r;
}

// Whether a condition always or never holds.
std::optional<bool> decided(Context& ctx, const NestCondition& c, const std::vector<Ref>& extents) {
  if (!is_index(ctx, c.offset)) return std::nullopt;
  const Range r = range_of(ctx, c, extents);
  const auto nonnegative = [&](Ref e) { return is_surely_nonnegative(ctx, e); };
  const auto positive = [&](Ref e) { return nonnegative(ctx.subtract(e, one)); };
  const auto minus = [&](Ref e) { return ctx.subtract(zero, e); };
  switch (c.guard.relation) {
    case Relation::less_equal:
      if (nonnegative(minus(r.largest))) return true;
      if (positive(r.least)) return false;
      return std::nullopt;
    case Relation::less:
      if (positive(minus(r.largest))) return true;
      if (nonnegative(r.least)) return false;
      return std::nullopt;
    default:
      break;
  }
  const bool equal = c.guard.relation == Relation::equal;
  if (positive(r.least) || positive(minus(r.largest))) return !equal;
  if (r.least == zero && r.largest == zero) return equal;
  return std::nullopt;
}

// The condition with places for its labels.
NestCondition moved(Context& ctx, const NestCondition& c, const std::vector<Place>& places) {
  NestCondition out{{c.guard.relation, {}}, c.offset};
  std::map<Label, int64_t> terms;
  for (const auto& [l, k] : c.guard.terms) {
    const Place& p = places[l];
    Ref offset = p.offset;  // positions count from 0, labels of conditions from 1
    if (p.label == no_label) {
      offset = ctx.add(offset, one);
    } else {
      terms[p.label] += k;
    }
    out.offset = ctx.add(out.offset, ctx.multiply(ctx.number(k), offset));
  }
  for (const auto& [l, k] : terms) {
    if (k != 0) out.guard.terms.emplace_back(l, k);
  }
  return out;
}

Place moved(Context& ctx, const Place& p, const std::vector<Place>& places) {
  if (p.label == no_label) return p;
  const Place& to = places[p.label];
  return {to.label, ctx.add(to.offset, p.offset)};
}

bool defines(const Nest& nest, Ref placeholder) {
  return std::any_of(nest.locals.begin(), nest.locals.end(),
                     [&](const NestLocal& l) { return l.of.placeholder == placeholder; });
}

void add_access(Nest& nest, const Access& a) {
  const bool known = std::any_of(nest.accesses.begin(), nest.accesses.end(),
                                 [&](const Access& b) { return b.placeholder == a.placeholder; });
  if (!known && !defines(nest, a.placeholder)) nest.accesses.push_back(a);
}

void add_test(Nest& nest, const NestTest& t) {
  const bool known = std::any_of(nest.tests.begin(), nest.tests.end(),
                                 [&](const NestTest& u) { return u.placeholder == t.placeholder; });
  if (!known) nest.tests.push_back(t);
}

// The bound label that an equation gives as another label plus an offset, or as an offset.
std::optional<std::pair<Label, Place>> solved(Context& ctx, const NestCondition& c, size_t outputs) {
  const auto& terms = c.guard.terms;
  if (c.guard.relation != Relation::equal || terms.empty() || terms.size() > 2) return std::nullopt;
  if (!is_index(ctx, c.offset)) return std::nullopt;
  for (size_t k = terms.size(); k-- > 0;) {
    const auto& [l, own] = terms[k];
    if (l < outputs || (own != 1 && own != -1)) continue;
    const Ref rest = own == 1 ? ctx.subtract(zero, c.offset) : c.offset;  // own*label1 + rest' = 0
    if (terms.size() == 1) return std::pair(l, Place{no_label, ctx.subtract(rest, one)});
    if (terms[1 - k].second == -own) return std::pair(l, Place{terms[1 - k].first, rest});
  }
  return std::nullopt;
}

}  // namespace

bool is_surely_nonnegative(Context& ctx, Ref index) {
  if (ctx.is_number(index)) return ctx.value(index).sign() >= 0;
  std::vector<Term> terms;
  ctx.append_terms(index, terms);
  Rational least(0);
  for (const Term& t : terms) {
    const Rational& c = ctx.value(t.coefficient);
    if (t.body == one) {
      least = least + c;
      continue;
    }
    const auto bound = bound_of(ctx, t.body, c.sign() < 0);
    if (!bound) return false;
    least = least + c * *bound;
  }
  return least.sign() >= 0;
}

bool is_surely_inside(Context& ctx, const Nest& nest, const Place& place, Ref extent) {
  if (!is_index(ctx, place.offset)) return false;
  const Ref last = place.label == no_label
                       ? place.offset
                       : ctx.add(place.offset, ctx.subtract(nest.extents[place.label], one));
  return is_surely_nonnegative(ctx, place.offset) &&
         is_surely_nonnegative(ctx, ctx.subtract(ctx.subtract(extent, one), last));
}

Nest at_places(Context& ctx, NestAtoms& atoms, const Nest& nest, const std::vector<Place>& places,
               const std::vector<Ref>& extents) {
  Nest out;
  out.extents = extents;
  out.outputs = nest.outputs;
  out.gathering = nest.gathering;
  std::vector<std::pair<Ref, Ref>> names;
  const auto access = [&](const Access& a) {
    Access b{a.array, {}, {}};
    for (const Place& p : a.at) b.at.push_back(moved(ctx, p, places));
    b.placeholder = atoms.entry(ctx, b.array, b.at);
    names.emplace_back(a.placeholder, b.placeholder);
    return b;
  };
  for (const Access& a : nest.accesses) add_access(out, access(a));
  for (const NestTest& t : nest.tests) {
    NestTest u{moved(ctx, t.condition, places), {}};
    if (const auto known = decided(ctx, u.condition, extents)) {
      names.emplace_back(t.placeholder, ctx.truth(*known));
      continue;
    }
    u.placeholder = atoms.test(ctx, u.condition);
    names.emplace_back(t.placeholder, u.placeholder);
    add_test(out, u);
  }
  for (const NestLocal& l : nest.locals) {
    const Access of = access(l.of);
    out.locals.push_back({of, substitute(ctx, l.value, names)});
  }
  for (const NestCondition& c : nest.conditions) out.conditions.push_back(moved(ctx, c, places));
  out.body = substitute(ctx, nest.body, names);
  return out;
}

void resolve_conditions(Context& ctx, NestAtoms& atoms, Nest& nest) {
  while (nest.gathering == Gathering::sum) {
    size_t k = 0;
    std::optional<std::pair<Label, Place>> found;
    while (k < nest.conditions.size() && !(found = solved(ctx, nest.conditions[k], nest.outputs))) ++k;
    if (!found) break;
    const auto [gone, place] = *found;
    const Ref extent = nest.extents[gone];
    nest.conditions.erase(nest.conditions.begin() + static_cast<ptrdiff_t>(k));
    // What is left of the range of the label: 1 <= label <= extent.
    NestCondition lower{{Relation::less_equal, {{gone, -1}}}, one};
    NestCondition upper{{Relation::less_equal, {{gone, 1}}}, ctx.subtract(zero, extent)};
    nest.conditions.push_back(lower);
    nest.conditions.push_back(upper);
    std::vector<Ref> extents;
    std::vector<Place> places;
    for (Label l = 0; l < nest.extents.size(); ++l) {
      places.push_back({static_cast<Label>(l < gone ? l : l - 1), zero});
      if (l != gone) extents.push_back(nest.extents[l]);
    }
    places[gone] = place.label == no_label
                       ? place
                       : Place{place.label < gone ? place.label : place.label - 1, place.offset};
    nest = at_places(ctx, atoms, nest, places, extents);
    std::vector<NestCondition> kept;
    for (const NestCondition& c : nest.conditions) {
      if (decided(ctx, c, nest.extents) != std::optional(true)) kept.push_back(c);
    }
    nest.conditions = std::move(kept);
    if (nest.extents.size() == nest.outputs) nest.gathering = Gathering::entry;
  }
  if (nest.gathering != Gathering::entry) return;
  for (const NestCondition& c : nest.conditions) {
    const Ref placeholder = atoms.test(ctx, c);
    add_test(nest, {c, placeholder});
    nest.body = ctx.select(placeholder, nest.body, zero);
  }
  nest.conditions.clear();
}

void inline_entry(Context& ctx, NestAtoms& atoms, Nest& user, size_t index, const Nest& nest) {
  const Access access = user.accesses[index];
  user.accesses.erase(user.accesses.begin() + static_cast<ptrdiff_t>(index));
  Nest part = at_places(ctx, atoms, nest, access.at, user.extents);
  const auto defined_anew = [&](const NestLocal& old) { return defines(part, old.of.placeholder); };
  user.locals.erase(std::remove_if(user.locals.begin(), user.locals.end(), defined_anew), user.locals.end());
  const bool is_product = ctx.kind(part.body) == Kind::product && ctx.kind(user.body) == Kind::product;
  if (is_product || is_atom(ctx, part.body)) {  // it becomes part of the formula: nothing is computed twice
    const std::pair<Ref, Ref> names{access.placeholder, part.body};
    user.body = substitute(ctx, user.body, {&names, 1});
    for (NestLocal& l : user.locals) l.value = substitute(ctx, l.value, {&names, 1});
  } else {
    part.locals.push_back({access, part.body});
  }
  const auto computed = [&](const Access& a) { return defines(part, a.placeholder); };
  user.accesses.erase(std::remove_if(user.accesses.begin(), user.accesses.end(), computed),
                      user.accesses.end());
  user.locals.insert(user.locals.begin(), part.locals.begin(), part.locals.end());
  for (const Access& a : part.accesses) add_access(user, a);
  for (const NestTest& t : part.tests) add_test(user, t);
}

}  // namespace nabla
