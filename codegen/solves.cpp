#include "codegen/solves.h"

#include <algorithm>

#include "codegen/nest_inline.h"
#include "expr/substitute.h"

namespace nabla {
namespace {

// Whether the formula of b is an entry of a whole array as it lies in memory.
Ref whole_array(const Context& ctx, const Nest& n, const InverseProduct& p, Ref right) {
  for (const Access& a : n.accesses) {
    if (a.placeholder != right) continue;
    std::vector<Place> wanted{{static_cast<Label>(n.outputs), zero}};
    if (n.outputs == 2) wanted.push_back({1, zero});
    const Kind k = ctx.kind(a.array);
    const bool numbers = k == Kind::let || (k == Kind::symbol && !ctx.symbol(a.array).domain.integer);
    if (numbers && a.at == wanted && &a != &n.accesses[p.inverse]) return a.array;
  }
  return {};
}

// The factors of the body without the inverse.
Ref right_side(Context& ctx, const Nest& n, const InverseProduct& p) {
  std::vector<Ref> factors;
  ctx.append_factors(n.body, factors);
  const auto own = std::find(factors.begin(), factors.end(), n.accesses[p.inverse].placeholder);
  factors.erase(own);
  return ctx.product(factors);
}

bool is_output(const TensorProgram& program, Ref let) {
  return std::any_of(program.outputs.begin(), program.outputs.end(),
                     [&](const TensorOutput& o) { return o.value == let; });
}

class Solver {
 public:
  Solver(Context& ctx, NestAtoms& atoms, ExtraLets& extra, std::vector<LoopStep>& steps)
      : ctx_(ctx), atoms_(atoms), extra_(extra), steps_(steps) {}

  void inverse(size_t i) {
    const Ref name = steps_[i].name;
    std::vector<size_t> users;
    for (size_t u = i + 1; u < steps_.size(); ++u) {
      const std::vector<Ref> lets = lets_read(ctx_, steps_[u]);
      if (std::find(lets.begin(), lets.end(), name) == lets.end()) continue;
      if (!steps_[u].nest || !inverse_product(ctx_, *steps_[u].nest, name)) return;
      users.push_back(u);
    }
    steps_[i].is_factored = true;
    for (size_t k = users.size(); k-- > 0;) make_solve(users[k], name);
  }

 private:
  void make_solve(size_t u, Ref inverse) {
    const Nest n = *steps_[u].nest;
    const InverseProduct p = *inverse_product(ctx_, n, inverse);
    const Ref right = right_side(ctx_, n, p);
    Ref array = whole_array(ctx_, n, p, right);
    steps_[u].nest.reset();
    if (!array) {
      std::vector<Ref> extents{n.extents[n.outputs]};
      if (n.outputs == 2) extents.push_back(n.extents[1]);
      LoopStep b{extra_.make(extents), {}, {}};
      Nest entry = n;
      entry.accesses.erase(entry.accesses.begin() + static_cast<ptrdiff_t>(p.inverse));
      entry.body = right;
      entry.gathering = Gathering::entry;
      std::vector<Place> places(n.extents.size());
      places[n.outputs] = {0, zero};
      if (n.outputs == 2) places[1] = {1, zero};
      b.nest = at_places(ctx_, atoms_, entry, places, extents);
      b.nest->outputs = extents.size();
      array = b.name;
      steps_[u].solve = SolveStep{inverse, array, p.transposed};
      steps_.insert(steps_.begin() + static_cast<ptrdiff_t>(u), std::move(b));
      return;
    }
    steps_[u].solve = SolveStep{inverse, array, p.transposed};
  }

  Context& ctx_;
  NestAtoms& atoms_;
  ExtraLets& extra_;
  std::vector<LoopStep>& steps_;
};

}  // namespace

bool is_inverse(const Context& ctx, Ref value) {
  return value && ctx.kind(value) == Kind::matpow && ctx.operands(value)[1] == minus_one;
}

bool is_declared_definite(const Context& ctx, Ref matrix) {
  return ctx.kind(matrix) == Kind::symbol && ctx.symbol(matrix).structure == Structure::spd;
}

std::optional<InverseProduct> inverse_product(Context& ctx, const Nest& n, Ref inverse) {
  const bool plain = n.gathering == Gathering::sum && n.conditions.empty() && n.tests.empty() &&
                     n.locals.empty() && (n.outputs == 1 || n.outputs == 2) &&
                     n.extents.size() == n.outputs + 1 && ctx.kind(n.body) == Kind::product;
  if (!plain) return std::nullopt;
  const Place row{0, zero}, summed{static_cast<Label>(n.outputs), zero};
  std::optional<InverseProduct> found;
  for (size_t k = 0; k < n.accesses.size(); ++k) {
    const Access& a = n.accesses[k];
    const bool in_row = std::any_of(a.at.begin(), a.at.end(), [&](const Place& p) { return p.label == 0; });
    if (a.array != inverse) {
      if (in_row || contains(ctx, a.array, inverse)) return std::nullopt;
      continue;
    }
    const bool straight = a.at == std::vector<Place>{row, summed};
    if (found || (!straight && a.at != std::vector<Place>{summed, row})) return std::nullopt;
    found = InverseProduct{k, !straight};
  }
  if (!found) return std::nullopt;
  std::vector<Ref> factors;
  ctx.append_factors(n.body, factors);
  const Ref own = n.accesses[found->inverse].placeholder;
  // As a factor of its own, not inside another.
  const bool alone =
      std::all_of(factors.begin(), factors.end(), [&](Ref f) { return f == own || !contains(ctx, f, own); });
  return alone && std::count(factors.begin(), factors.end(), own) == 1 ? found : std::nullopt;
}

void solve_products(Context& ctx, NestAtoms& atoms, ExtraLets& extra, const TensorProgram& program,
                    std::vector<LoopStep>& steps) {
  Solver solver(ctx, atoms, extra, steps);
  for (size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].nest || !is_inverse(ctx, steps[i].value) || is_output(program, steps[i].name)) continue;
    solver.inverse(i);
  }
}

Solves solves_of(Context& ctx, const TensorProgram& program) {
  Solves out;
  for (const Let& x : program.lets) {
    if (!is_inverse(ctx, x.value) || is_output(program, x.name)) continue;
    std::vector<std::pair<Ref, SolveStep>> products;
    const bool only = std::all_of(program.lets.begin(), program.lets.end(), [&](const Let& l) {
      if (!contains(ctx, l.value, x.name)) return true;
      const auto nest = make_nest(ctx, l.value);
      const auto p = nest ? inverse_product(ctx, *nest, x.name) : std::nullopt;
      const Ref right = p ? whole_array(ctx, *nest, *p, right_side(ctx, *nest, *p)) : Ref{};
      if (right) products.emplace_back(l.name, SolveStep{x.name, right, p->transposed});
      return static_cast<bool>(right);
    });
    if (!only) continue;
    out.factored.insert(x.name);
    out.products.insert(products.begin(), products.end());
  }
  return out;
}

}  // namespace nabla
