#include "codegen/shared_calls.h"

#include <algorithm>

#include "codegen/nest_inline.h"
#include "codegen/solves.h"

namespace nabla {
namespace {

// Of prod(… for j if j != i) for i, where nothing but the condition has i.
bool leaves_one_out(const Nest& n) {
  if (n.gathering != Gathering::product || n.outputs != 1 || n.extents.size() != 2) return false;
  if (n.extents[0] != n.extents[1] || n.conditions.size() != 1 || !n.tests.empty() || !n.locals.empty())
    return false;
  const NestCondition& c = n.conditions[0];
  const auto& terms = c.guard.terms;
  if (c.guard.relation != Relation::not_equal || c.offset != zero || terms.size() != 2) return false;
  if (terms[0].second + terms[1].second != 0 || std::abs(terms[0].second) != 1) return false;
  return std::all_of(n.accesses.begin(), n.accesses.end(), [](const Access& a) {
    return std::none_of(a.at.begin(), a.at.end(), [](const Place& p) { return p.label == 0; });
  });
}

// The whole array that the formula is an entry of.
Ref whole_array(const Context& ctx, const Nest& n, Label l) {
  if (n.accesses.size() != 1 || n.accesses[0].placeholder != n.body) return {};
  const Access& a = n.accesses[0];
  const bool whole =
      a.at.size() == 1 && a.at[0] == Place{l, zero} && ctx.shape_of(a.array).extents[0] == n.extents[l];
  const Kind k = ctx.kind(a.array);
  return whole && (k == Kind::let || (k == Kind::symbol && !ctx.symbol(a.array).domain.integer)) ? a.array
                                                                                                 : Ref{};
}

}  // namespace

void share_eliminations(const Context& ctx, std::vector<LoopStep>& steps) {
  for (size_t i = 0; i < steps.size(); ++i) {
    const LoopStep& s = steps[i];
    const bool is_logdet =
        !s.nest && s.value && ctx.kind(s.value) == Kind::function && ctx.function_of(s.value) == Fn::logdet;
    if (!is_logdet) continue;
    const Ref matrix = ctx.operands(s.value)[0];
    const auto later =
        std::find_if(steps.begin() + static_cast<ptrdiff_t>(i), steps.end(), [&](const LoopStep& l) {
          return !l.nest && is_inverse(ctx, l.value) && ctx.operands(l.value)[0] == matrix;
        });
    if (later != steps.end()) std::rotate(steps.begin() + static_cast<ptrdiff_t>(i), later, later + 1);
  }
}

void share_products(Context& ctx, NestAtoms& atoms, ExtraLets& extra, std::vector<LoopStep>& steps) {
  for (size_t i = 0; i < steps.size(); ++i) {
    if (!steps[i].nest || !leaves_one_out(*steps[i].nest)) continue;
    const Nest n = *steps[i].nest;
    Ref array = whole_array(ctx, n, 1);
    if (!array) {
      LoopStep factors{extra.make({n.extents[1]}), {}, {}};
      factors.nest = at_places(ctx, atoms, n, {{0, zero}, {0, zero}}, {n.extents[1]});
      factors.nest->gathering = Gathering::entry;
      factors.nest->conditions.clear();
      array = factors.name;
      steps.insert(steps.begin() + static_cast<ptrdiff_t>(i++), std::move(factors));
    }
    steps[i].nest.reset();
    steps[i].without = array;
    const Ref rest = steps[i].name;
    // The product of all, where it is of the same array.
    for (size_t k = 0; k < i; ++k) {
      const auto& m = steps[k].nest;
      const bool all = m && m->gathering == Gathering::product && m->outputs == 0 && m->extents.size() == 1 &&
                       m->conditions.empty() && m->tests.empty() && whole_array(ctx, *m, 0) == array;
      if (!all) continue;
      const std::vector<Place> first{{no_label, zero}};
      Nest product;
      for (Ref r : {array, rest}) product.accesses.push_back({r, first, atoms.entry(ctx, r, first)});
      product.body = ctx.multiply(product.accesses[0].placeholder, product.accesses[1].placeholder);
      steps[k].nest = std::move(product);
      std::rotate(steps.begin() + static_cast<ptrdiff_t>(k), steps.begin() + static_cast<ptrdiff_t>(i),
                  steps.begin() + static_cast<ptrdiff_t>(i) + 1);
      break;
    }
  }
}

}  // namespace nabla
