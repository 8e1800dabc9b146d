#include "codegen/sum_steps.h"

#include <algorithm>

#include "codegen/loop_groups.h"
#include "codegen/nest_inline.h"
#include "codegen/sum_code.h"
#include "expr/substitute.h"

namespace nabla {
namespace {

bool is_summed(const Nest& nest, const Place& p) { return p.label != no_label && p.label >= nest.outputs; }

// Whether a factor of the body changes with a summed label.
bool changes_inside(Context& ctx, const Nest& nest, Ref factor) {
  if (!nest.tests.empty()) return true;
  for (const Access& a : nest.accesses) {
    const bool summed =
        std::any_of(a.at.begin(), a.at.end(), [&](const Place& p) { return is_summed(nest, p); });
    if (summed && contains(ctx, factor, a.placeholder)) return true;
  }
  return std::any_of(nest.locals.begin(), nest.locals.end(),
                     [&](const NestLocal& l) { return contains(ctx, factor, l.of.placeholder); });
}

std::vector<bool> labels_met(const Nest& nest) {
  std::vector<bool> met(nest.extents.size());
  for (const Access& a : nest.accesses) {
    for (const Place& p : a.at) {
      if (p.label != no_label) met[p.label] = true;
    }
  }
  const auto meet = [&](const NestCondition& c) {
    for (const auto& term : c.guard.terms) met[term.first] = true;
  };
  for (const NestCondition& c : nest.conditions) meet(c);
  for (const NestTest& t : nest.tests) meet(t.condition);
  return met;
}

class Splitter {
 public:
  Splitter(Context& ctx, NestAtoms& atoms, ExtraLets& extra) : ctx_(ctx), atoms_(atoms), extra_(extra) {}

  // The sum alone, and the step again as an entry of it; nothing where there is nothing to take out.
  std::optional<std::pair<LoopStep, LoopStep>> operator()(const LoopStep& s) {
    if (!s.nest || s.nest->gathering != Gathering::sum) return std::nullopt;
    std::vector<Ref> inside, outside;
    if (ctx_.kind(s.nest->body) == Kind::product) {
      std::vector<Ref> factors;
      ctx_.append_factors(s.nest->body, factors);
      for (Ref f : factors) (changes_inside(ctx_, *s.nest, f) ? inside : outside).push_back(f);
    }
    if (inside.empty()) {
      inside = {s.nest->body};
      outside.clear();
    }
    Nest sum = *s.nest;
    sum.body = ctx_.product(inside);
    keep_used(ctx_, sum);
    const std::vector<bool> met = labels_met(sum);
    std::vector<Place> own,
        at;  // where the labels of the step are in the sum; where its entry is in the step
    std::vector<Ref> extents;
    for (Label l = 0; l < sum.extents.size(); ++l) {
      if (l < sum.outputs && !met[l]) {
        own.push_back({});
        continue;
      }
      own.push_back({static_cast<Label>(extents.size()), zero});
      extents.push_back(sum.extents[l]);
      if (l < sum.outputs) at.push_back({l, zero});
    }
    if (outside.empty() && at.size() == sum.outputs) return std::nullopt;
    LoopStep part{
        extra_.make({extents.begin(), extents.begin() + static_cast<ptrdiff_t>(at.size())}), {}, {}};
    part.nest = at_places(ctx_, atoms_, sum, own, extents);
    part.nest->outputs = at.size();
    LoopStep whole = s;
    Nest& n = *whole.nest;
    const Access access{part.name, at, atoms_.entry(ctx_, part.name, at)};
    outside.push_back(access.placeholder);
    n.extents.resize(n.outputs);
    n.conditions.clear();
    n.locals.clear();
    n.tests.clear();
    n.gathering = Gathering::entry;
    n.body = ctx_.product(outside);
    n.accesses.push_back(access);
    keep_used(ctx_, n);
    return std::pair(std::move(part), std::move(whole));
  }

 private:
  Context& ctx_;
  NestAtoms& atoms_;
  ExtraLets& extra_;
};

}  // namespace

Ref ExtraLets::make(const std::vector<Ref>& extents) {
  return ctx_.let(next_++, extents.empty() ? scalar_shape : ctx_.shape_id({extents, false}));
}

void split_sums(Context& ctx, NestAtoms& atoms, ExtraLets& extra, std::vector<LoopStep>& steps) {
  Splitter split(ctx, atoms, extra);
  std::vector<LoopStep> out;
  for (LoopStep& s : steps) {
    if (auto parts = split(s)) {
      out.push_back(std::move(parts->first));
      out.push_back(std::move(parts->second));
    } else {
      out.push_back(std::move(s));
    }
  }
  steps = std::move(out);
}

void pack_operands(Context& ctx, NestAtoms& atoms, ExtraLets& extra, std::vector<LoopStep>& steps) {
  std::vector<LoopStep> out;
  for (LoopStep& s : steps) {
    const bool product = s.nest && s.nest->gathering == Gathering::sum && s.nest->outputs >= 2 &&
                         s.nest->tests.empty() && s.nest->locals.empty();
    if (!product || innermost_label(*s.nest, false).label < s.nest->outputs) {
      out.push_back(std::move(s));
      continue;
    }
    Nest& n = *s.nest;
    const auto axis = static_cast<Label>(n.outputs - 1);
    const auto in_condition = [&](const NestCondition& c) {
      return std::any_of(c.guard.terms.begin(), c.guard.terms.end(),
                         [&](const auto& t) { return t.first == axis; });
    };
    const bool conditional = std::any_of(n.conditions.begin(), n.conditions.end(), in_condition);
    for (Access& a : n.accesses) {
      const bool across = a.at.size() == 2 && a.at[0] == Place{axis, zero} && a.at[1].label != axis &&
                          a.at[1].label != no_label && a.at[1].offset == zero;
      if (!across || conditional) continue;
      const std::vector<Ref> extents{n.extents[a.at[1].label], n.extents[axis]};
      LoopStep copy{extra.make(extents), {}, Nest{}};
      const std::vector<Place> from{{1, zero}, {0, zero}};
      copy.nest->extents = extents;
      copy.nest->outputs = 2;
      copy.nest->accesses = {{a.array, from, atoms.entry(ctx, a.array, from)}};
      copy.nest->body = copy.nest->accesses[0].placeholder;
      const std::vector<Place> at{a.at[1], a.at[0]};
      const Ref placeholder = atoms.entry(ctx, copy.name, at);
      const std::pair<Ref, Ref> names{a.placeholder, placeholder};
      n.body = substitute(ctx, n.body, {&names, 1});
      a = {copy.name, at, placeholder};
      out.push_back(std::move(copy));
    }
    out.push_back(std::move(s));
  }
  steps = std::move(out);
}

}  // namespace nabla
