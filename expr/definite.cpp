#include "expr/definite.h"

#include <algorithm>

#include "expr/indexed.h"
#include "expr/symmetry.h"

namespace nabla {
namespace {

// Horn and Johnson, Matrix Analysis, 2nd edition, 2013, chapter 7.
enum class Definite : uint8_t { unknown, semidefinite, definite };

Definite least(Definite a, Definite b) { return a < b ? a : b; }

// B'*B and B*B'.
bool is_gram_matrix(const Context& ctx, Ref a) {
  if (ctx.kind(a) != Kind::indexed || (ctx[a].facts & complex_valued)) return false;
  const IndexedView v = view_indexed(ctx, a);
  const Labelling& l = *v.labelling;
  if (v.factors.size() != 2 || v.factors[0] != v.factors[1] || !l.guards.empty()) return false;
  const auto &p = l.factors[0], &q = l.factors[1];
  if (p.size() == 1) return l.output.size() == 2 && p != q;  // x*x'
  if (p.size() != 2 || l.output.size() != 2) return false;
  return (p[0] == q[0] && l.is_bound(p[0]) && p[1] != q[1]) ||
         (p[1] == q[1] && l.is_bound(p[1]) && p[0] != q[0]);
}

// Of a node that is no sum, product with a number, or power.
Definite of_atom(const Context& ctx, Ref a) {
  if (is_structural(ctx, a, Structural::delta)) return Definite::definite;
  if (ctx.kind(a) == Kind::symbol) {
    const Structure s = ctx.symbol(a).structure;
    return s == Structure::spd   ? Definite::definite
           : s == Structure::psd ? Definite::semidefinite
                                 : Definite::unknown;
  }
  // Its eigenvalues are the exponentials of real numbers.
  if (ctx.is_function(a, Fn::expm) && is_symmetric(ctx, ctx.operands(a)[0]) &&
      !(ctx[a].facts & complex_valued))
    return Definite::definite;
  if (ctx.kind(a) == Kind::fill &&
      is_square(ctx, ctx[a].shape))  // c*ones(n, n) has the eigenvalues c*n and 0
    return ctx[a].facts & nonnegative ? Definite::semidefinite : Definite::unknown;
  return is_gram_matrix(ctx, a) ? Definite::semidefinite : Definite::unknown;
}

// S^k of a real symmetric S: the eigenvalues are even powers of real numbers; where k < 0, none is 0.
bool is_even_power(const Context& ctx, Ref a) {
  if (ctx.kind(a) != Kind::matpow) return false;
  const Ref base = ctx.operands(a)[0], k = ctx.operands(a)[1];
  return ctx.is_number(k) && ctx.value(k).is_integer() && ctx.value(k).is_even() && is_symmetric(ctx, base) &&
         !(ctx[base].facts & complex_valued);
}

// c*X, X^k, sqrtm(X) and products of a positive scalar with one matrix are looked through.
Definite definiteness(const Context& ctx, Ref a) {
  Definite most = Definite::definite;
  constexpr size_t deepest = 32;
  for (size_t depth = 0; depth < deepest; ++depth) {
    const Node& n = ctx[a];
    if (n.kind == Kind::product && n.count == 2 && n.shape != scalar_shape && ctx.is_number(n.operand(0))) {
      if (ctx.value(n.operand(0)).sign() < 0) return Definite::unknown;
      a = n.operand(1);
    } else if (is_even_power(ctx, a)) {
      const bool regular = ctx.value(n.operand(1)).sign() < 0 || is_positive_definite(ctx, n.operand(0));
      return least(most, regular ? Definite::definite : Definite::semidefinite);
    } else if (n.kind == Kind::matpow && (ctx[n.operand(1)].facts & integer_valued) &&
               ctx[n.operand(1)].shape == scalar_shape) {
      a = n.operand(0);
    } else if (ctx.is_function(a, Fn::sqrtm)) {  // the principal one
      a = n.operand(0);
    } else if (n.kind == Kind::indexed && view_indexed(ctx, a).factors.size() == 2) {
      const IndexedView v = view_indexed(ctx, a);
      const size_t scalar = v.labelling->factors[0].empty() ? 0 : 1;
      if (!v.labelling->factors[scalar].empty() || !v.labelling->guards.empty() ||
          v.labelling->factors[1 - scalar].size() != 2 || v.labelling->label_count != 2)
        break;
      const Facts f = ctx[v.factors[scalar]].facts;
      if (!(f & nonnegative) || (f & complex_valued)) return Definite::unknown;
      if (!(f & nonzero)) most = Definite::semidefinite;
      a = v.factors[1 - scalar];
    } else {
      break;
    }
  }
  return least(most, of_atom(ctx, a));
}

}  // namespace

// A semidefinite matrix plus a definite one is definite.
static Definite definiteness_of_sum(const Context& ctx, Ref a) {
  const Node& n = ctx[a];
  if (n.kind != Kind::sum) return definiteness(ctx, a);
  Definite sum = Definite::semidefinite;
  for (size_t i = 0; i < n.count; i += 2) {
    const Definite d = definiteness(ctx, n.operand(i + 1));
    if (d == Definite::unknown || ctx.value(n.operand(i)).sign() < 0) return Definite::unknown;
    sum = std::max(sum, d);
  }
  return sum;
}

bool is_positive_definite(const Context& ctx, Ref a) {
  return definiteness_of_sum(ctx, a) == Definite::definite;
}

bool is_positive_semidefinite(const Context& ctx, Ref a) {
  return definiteness_of_sum(ctx, a) != Definite::unknown;
}

bool is_invertible(const Context& ctx, Ref a) {
  const bool orthogonal = ctx.is_function(a, Fn::eigvecs) ||
                          (ctx.kind(a) == Kind::symbol && ctx.symbol(a).structure == Structure::orthogonal);
  if (orthogonal || is_positive_definite(ctx, a)) return true;
  const std::vector<Ref> factors = square_factors(ctx, a);
  return !factors.empty() && std::all_of(factors.begin(), factors.end(), [&](Ref f) {
    return ctx[f].shape == scalar_shape ? (ctx[f].facts & nonzero) != 0 : f != a && is_invertible(ctx, f);
  });
}

std::vector<Ref> square_factors(const Context& ctx, Ref a) {
  const Node& n = ctx[a];
  if (n.kind == Kind::product && n.shape != scalar_shape) return {n.operands().begin(), n.operands().end()};
  if (n.kind != Kind::indexed || ctx.shape_of(a).order() != 2) return {};
  const IndexedView v = view_indexed(ctx, a);
  const Labelling& l = *v.labelling;
  if (!l.guards.empty()) return {};
  std::vector<size_t> uses(l.label_count);
  for (size_t f = 0; f < v.factors.size(); ++f) {
    if (l.factors[f].size() != 2 && !l.factors[f].empty()) return {};
    if (ctx.kind(v.factors[f]) == Kind::structural) return {};
    for (Label k : l.factors[f]) ++uses[k];
  }
  // A chain: each end once, each label between two factors twice.
  for (Label k = 0; k < l.label_count; ++k) {
    if (uses[k] != (l.is_bound(k) ? 2u : 1u) || v.extents[k] != v.extents[0]) return {};
  }
  return {v.factors.begin(), v.factors.end()};
}

}  // namespace nabla
