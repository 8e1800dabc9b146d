#include "simplify/expand_tensor.h"

#include <algorithm>
#include <optional>

#include "expr/conjugate.h"
#include "expr/definite.h"
#include "expr/indexed.h"
#include "expr/scaling.h"
#include "expr/shape_text.h"
#include "expr/substitute.h"
#include "expr/symmetry.h"
#include "expr/tensor.h"
#include "expr/walk.h"
#include "simplify/expand_determinant.h"
#include "simplify/indexed_steps.h"
#include "simplify/matrix_chain.h"
#include "simplify/similar_matrix.h"

namespace nabla {
namespace {

using Terms = std::vector<Term>;
constexpr int64_t most_exponent = 8;  // of powers that are multiplied out

bool is_sum(const Context& ctx, Ref e) { return ctx.kind(e) == Kind::sum || ctx.kind(e) == Kind::long_sum; }

Terms terms_of(Context& ctx, Ref sum) {
  Terms terms;
  ctx.append_terms(sum, terms);
  return terms;
}

// The exponent of a power that is a number of factors to multiply, or nullopt.
std::optional<int64_t> small_exponent(const Context& ctx, Ref exponent) {
  if (!ctx.is_number(exponent)) return std::nullopt;
  const auto n = ctx.value(exponent).as_int();
  return n && *n >= -most_exponent && *n <= most_exponent ? n : std::nullopt;
}

// One step of multiplying out.
class Expander {
 public:
  Expander(Context& ctx, Holds holds) : ctx_(ctx), holds_(holds) {}

  // The normal form of a node whose operands are in normal form.
  Ref normal(Ref e) {
    Terms pending{{one, e}}, done;
    const ShapeId shape = ctx_[e].shape;
    bool changed = false;
    while (!pending.empty()) {
      const Term t = pending.back();
      pending.pop_back();
      const Terms parts = in_parts(t);
      if (parts.size() == 1) {
        changed = changed || parts[0].body != t.body;
        done.push_back(parts[0]);
        continue;
      }
      changed = true;
      pending.insert(pending.end(), parts.begin(), parts.end());
      if (pending.size() + done.size() > most_expanded_terms) return e;
    }
    if (!changed) return e;
    return shape == scalar_shape ? ctx_.sum(done) : tensor_sum(ctx_, done, shape);
  }

 private:
  // The terms that a term is the sum of; one: its normal form. Turning matrices over can come back to where
  // it began, as inv(K*W) does for a skew K: of such a circle the form that is first in the structural order.
  Terms in_parts(const Term& t) {
    constexpr size_t most_forms = 100;
    Terms forms{t};
    while (forms.size() < most_forms) {
      ctx_.budget().spend();
      std::optional<Terms> parts = step(forms.back().body);
      if (!parts) return {forms.back()};
      for (Term& p : *parts) p.coefficient = ctx_.multiply(forms.back().coefficient, p.coefficient);
      if (parts->size() != 1) return std::move(*parts);
      const Term& next = (*parts)[0];
      const auto seen =
          std::find_if(forms.begin(), forms.end(), [&](const Term& f) { return f.body == next.body; });
      if (seen != forms.end()) {
        return {*std::min_element(seen, forms.end(), [&](const Term& a, const Term& b) {
          return ctx_.compare_structure(a.body, b.body) < 0;
        })};
      }
      forms.push_back(next);
    }
    return {t};
  }

  // The terms that a term is the sum of, or none if it is in normal form.
  std::optional<Terms> step(Ref e) {
    switch (ctx_.kind(e)) {
      case Kind::sum:
      case Kind::long_sum:
        return terms_of(ctx_, e);
      case Kind::product:
      case Kind::long_product:
        return ctx_.shape_of(e).order() == 0 ? scalar_product(e) : scaled(e);
      case Kind::power:
        return power(e);
      case Kind::indexed:
        return indexed(e);
      case Kind::matpow:
        return matrix_power(e);
      case Kind::reshape:
      case Kind::fill:
        return linear(e);
      case Kind::function:
        return function(e);
      default:
        return std::nullopt;
    }
  }

  // A number and a tensor.
  std::optional<Terms> scaled(Ref e) {
    const Term t = ctx_.split_coefficient(e);
    if (t.body == e) return std::nullopt;
    return Terms{t};
  }

  // What a factor is the sum of.
  std::optional<Terms> parts_of(Ref factor) {
    if (is_sum(ctx_, factor)) return terms_of(ctx_, factor);
    return step(factor);
  }

  std::optional<Terms> scalar_product(Ref e) {
    std::vector<Ref> factors;
    ctx_.append_factors(e, factors);
    if (drop_signs(factors) || join_equal_names(ctx_, factors)) return Terms{{one, ctx_.product(factors)}};
    for (size_t i = 0; i < factors.size(); ++i) {
      if (ctx_.is_number(factors[i])) continue;
      std::optional<Terms> parts = parts_of(factors[i]);
      if (!parts) continue;
      Terms out;
      for (const Term& p : *parts) {
        factors[i] = p.body;
        out.push_back({p.coefficient, ctx_.product(factors)});
      }
      return out;
    }
    return std::nullopt;
  }

  // sign(u)/abs(u) = 1/u
  bool drop_signs(std::vector<Ref>& factors) {
    for (Ref& s : factors) {
      if (!ctx_.is_function(s, Fn::sign)) continue;
      const Ref u = ctx_.operands(s)[0], reciprocal = ctx_.power(ctx_.function(Fn::abs, {u}), minus_one);
      const auto other = std::find(factors.begin(), factors.end(), reciprocal);
      if (other == factors.end()) continue;
      *other = ctx_.power(u, minus_one);
      s = one;
      return true;
    }
    return false;
  }

  // (a + b)^2, of a scalar or in each entry; (a*b)^2 and a^2*b^2 are the same node of scalars already.
  std::optional<Terms> power(Ref e) {
    const Ref base = ctx_.operands(e)[0];
    const Ref exponent = ctx_.operands(e)[1];
    const auto n = small_exponent(ctx_, exponent);
    const bool scalar = ctx_.shape_of(e).order() == 0;
    // (a*b)^(3/2) = a*b*(a*b)^(1/2): roots of products stay together, and what is no root comes out.
    if (!n && scalar && ctx_.is_number(exponent) && ctx_.kind(base) == Kind::product) {
      const Rational whole = ctx_.value(exponent).floor();
      if (whole.is_zero()) return std::nullopt;
      const Ref root = ctx_.power(base, ctx_.number(ctx_.value(exponent) - whole));
      const Ref product = ctx_.multiply(ctx_.power(base, ctx_.number(whole)), root);
      if (product == e) return std::nullopt;
      return Terms{{one, product}};
    }
    if (n && scalar && *n != 1 && is_euclidean(base)) {
      const Ref x = ctx_.operands(base)[0];
      return squared_norm(e, base, dot(ctx_, conjugate(ctx_, x), x), *n);
    }
    if (n && *n != 1 && is_modulus(base)) {
      const Ref x = ctx_.operands(base)[0];
      const Ref square = elementwise_product(ctx_, conjugate(ctx_, x), x);
      if (scalar) return squared_norm(e, base, square, *n);
      if (*n >= 2 && *n % 2 == 0) return Terms{{one, tensor_power(ctx_, square, ctx_.number(*n / 2))}};
    }
    if (n && *n < 0 && scalar && ctx_.kind(base) == Kind::sum) return without_content(base, *n);
    if (!n || *n < 2 || !is_sum(ctx_, base)) return std::nullopt;
    Terms out;
    const Ref rest = scalar ? ctx_.power(base, *n - 1) : tensor_power(ctx_, base, ctx_.number(*n - 1));
    for (const Term& t : terms_of(ctx_, base)) {
      out.push_back(
          {t.coefficient, scalar ? ctx_.multiply(t.body, rest) : elementwise_product(ctx_, t.body, rest)});
    }
    return out;
  }

  // 1/(2*a - 2*b) and -1/(b - a) are 1/(a - b) with a number before it: the first term gets the
  // coefficient 1.
  std::optional<Terms> without_content(Ref sum, int64_t n) {
    const Ref first = ctx_.operands(sum)[0];
    if (first == one) return std::nullopt;
    const Ref rest = ctx_.scale(ctx_.power(first, minus_one), sum);
    return Terms{{ctx_.power(first, n), ctx_.power(rest, n)}};
  }

  bool is_euclidean(Ref e) const {
    if (ctx_.is_function(e, Fn::normF)) return true;
    return ctx_.is_function(e, Fn::norm2) && ctx_.operands(e).size() == 1 &&
           ctx_.shape_of(ctx_.operands(e)[0]).order() == 1;
  }

  // abs(z)^2 = conj(z)*z
  bool is_modulus(Ref e) const {
    return ctx_.is_function(e, Fn::abs) && (ctx_[ctx_.operands(e)[0]].facts & complex_valued);
  }

  // norm(x)^3 = x'*x*norm(x), norm(x)^-1 = norm(x)/(x'*x)
  std::optional<Terms> squared_norm(Ref e, Ref norm, Ref of_square, int64_t n) {
    const int64_t half = n >= 0 ? n / 2 : (n - 1) / 2;
    const Ref square = normal(of_square);
    const Ref result = ctx_.multiply(ctx_.power(square, half), n - 2 * half == 0 ? one : norm);
    if (result == e) return std::nullopt;
    return Terms{{one, result}};
  }

  std::optional<Terms> indexed(Ref e) {
    const size_t factors = ctx_.labelling(e).factors.size();
    std::vector<Ref> operands(ctx_.operands(e).begin(), ctx_.operands(e).end());
    for (size_t f = 0; f < factors; ++f) {
      std::optional<Terms> parts = parts_of(operands[f]);
      if (!parts) continue;
      Terms out;
      for (const Term& p : *parts) {
        operands[f] = p.body;
        out.push_back({p.coefficient, rebuild_indexed(ctx_, e, operands)});
      }
      return out;
    }
    if (const Ref joined = joined_by_deltas(ctx_, e)) return Terms{{one, joined}};
    if (const Term t = with_skew_turned(ctx_, e); t.body != e || t.coefficient != one) {
      return t.coefficient == zero ? Terms{} : Terms{t};
    }
    return turned(e);
  }

  // Whether a tensor of positions is made of 1, 2, …, n and constants alone.
  bool is_affine(Ref positions) {
    for (const Term& t : terms_of_any(positions)) {
      if (ctx_.kind(t.body) != Kind::fill && !is_structural(ctx_, t.body, Structural::iota)) return false;
    }
    return true;
  }
  Terms terms_of_any(Ref e) { return is_sum(ctx_, e) ? terms_of(ctx_, e) : Terms{ctx_.split_coefficient(e)}; }

  // sum(A^r*B*A^(k - 1 - r) for r in 0:k - 1) is the same backwards: of the two, the one that is first in the
  // structural order.
  std::optional<Terms> turned(Ref e) {
    const Labelling l = ctx_.labelling(e);
    if (!l.guards.empty()) return std::nullopt;
    for (Label r = static_cast<Label>(l.output.size()); r < l.label_count; ++r) {
      std::vector<Ref> operands(ctx_.operands(e).begin(), ctx_.operands(e).end());
      const Ref n = operands[l.factors.size() + r];
      const ShapeId shape = vector_shape(ctx_, n);
      const Term back[] = {{one, ctx_.fill(ctx_.add(n, one), shape)}, {minus_one, iota(ctx_, n)}};
      const std::pair<Ref, Ref> turn[] = {{iota(ctx_, n), tensor_sum(ctx_, back, shape)}};
      bool good = true;
      for (size_t f = 0; f < l.factors.size() && good; ++f) {
        const auto& axes = l.factors[f];
        if (std::find(axes.begin(), axes.end(), r) == axes.end()) continue;
        const Node node = ctx_[operands[f]];
        const Ref positions = node.kind == Kind::matpow ? node.operand(1) : operands[f];
        good = ctx_.shape_of(positions).order() == 1 && axes[0] == r && is_affine(positions) &&
               std::count(axes.begin(), axes.end(), r) == 1;
        if (!good) break;
        const Ref turned = substitute(ctx_, positions, turn);
        operands[f] = node.kind == Kind::matpow ? matpow(ctx_, node.operand(0), turned) : turned;
      }
      if (!good) continue;
      const Ref other = rebuild_indexed(ctx_, e, operands);
      if (other != e && ctx_.compare_structure(other, e) < 0) return Terms{{one, other}};
    }
    return std::nullopt;
  }

  Ref oriented(const ChainLink& link, Ref matrix) {
    return link.transposed ? transpose(ctx_, matrix) : matrix;
  }

  // Of a product of matrices and its transpose, the one that is first in the structural order.
  Ref turned_base(Ref a) {
    if (ctx_.kind(a) != Kind::indexed || ctx_.shape_of(a).order() != 2) return a;
    if (ctx_.labelling(a).factors.size() < 2) return a;
    constexpr int deepest = 16;  // inverses within inverses
    if (depth_ >= deepest) return a;
    ++depth_;
    const Ref other = normal(transpose(ctx_, a));
    --depth_;
    // Without their coefficients, which come out: det(-A) is (-1)^n*det(A), for a skew A turned over again.
    const Ref x = ctx_.split_coefficient(other).body, y = ctx_.split_coefficient(a).body;
    return x != y && ctx_.compare_structure(x, y) < 0 ? other : a;
  }

  // (A*B)^2 = A*B*A*B, (A*B)^-1 = B^-1*A^-1 and (A + B)^2 = A*(A + B) + B*(A + B) for square A and B.
  std::optional<Terms> matrix_power(Ref e) {
    const Ref base = ctx_.operands(e)[0];
    const auto n = small_exponent(ctx_, ctx_.operands(e)[1]);
    if (const Ref other = turned_base(base); other != base) {
      return Terms{{one, transpose(ctx_, matpow(ctx_, other, ctx_.operands(e)[1]))}};
    }
    if (!n) return std::nullopt;
    if (*n >= 2 && is_sum(ctx_, base)) {
      const Ref rest = matpow(ctx_, base, ctx_.number(*n - 1));
      Terms out;
      for (const Term& t : terms_of(ctx_, base)) {
        out.push_back({t.coefficient, matrix_product(ctx_, t.body, rest)});
      }
      return out;
    }
    Ref factor = base;
    if (*n < 0) {
      const auto chain = square_chain(ctx_, base);
      if (!chain) return std::nullopt;
      factor = ctx_.power(chain->scalar, minus_one);
      for (auto link = chain->links.rbegin(); link != chain->links.rend(); ++link) {
        factor = matrix_product(ctx_, factor, oriented(*link, matpow(ctx_, link->matrix, minus_one)));
      }
    } else if (ctx_.kind(base) != Kind::indexed) {
      return std::nullopt;
    }
    Ref result = factor;
    for (int64_t i = 1; i < std::abs(*n); ++i) result = matrix_product(ctx_, result, factor);
    if (result == e) return std::nullopt;
    return Terms{{one, result}};
  }

  // f(a + b) = f(a) + f(b) for a function of one operand.
  std::optional<Terms> linear(Ref e) {
    const Ref operand = ctx_.operands(e)[0];
    if (ctx_.kind(operand) == Kind::indexed) {
      // Of a sum with its axes in another order too.
      const bool sum = ctx_.labelling(operand).factors.size() == 1 && is_sum(ctx_, ctx_.operands(operand)[0]);
      std::optional<Terms> parts = sum ? indexed(operand) : std::nullopt;
      if (!parts) return std::nullopt;
      for (Term& t : *parts) t.body = ctx_.rebuild(e, {{t.body}});
      return parts;
    }
    if (!is_sum(ctx_, operand)) return std::nullopt;
    Terms out;
    for (const Term& t : terms_of(ctx_, operand)) out.push_back({t.coefficient, ctx_.rebuild(e, {{t.body}})});
    return out;
  }

  std::optional<Terms> function(Ref e) {
    const Ref a = ctx_.operands(e)[0];
    switch (ctx_.function_of(e)) {
      case Fn::adj: {
        if (holds_ == Holds::where_given) return std::nullopt;
        const Ref inverse = matpow(ctx_, a, minus_one);
        return Terms{{one, matrix_product(ctx_, ctx_.function(Fn::det, {a}), inverse)}};
      }
      case Fn::det:
        if (const Ref other = turned_base(a); other != a)
          return Terms{{one, matrix_function(ctx_, Fn::det, {&other, 1})}};
        return expand_determinant(ctx_, a, holds_);
      case Fn::logdet:
        return ctx_[a].facts & complex_valued ? std::nullopt : expand_log_determinant(ctx_, a, holds_);
      case Fn::real:
        return Terms{{half(), a}, {half(), conjugate(ctx_, a)}};
      case Fn::imag: {
        const Ref im = ctx_.constant(Constant::im);
        return Terms{{ctx_.negate(half()), elementwise_product(ctx_, im, a)},
                     {half(), elementwise_product(ctx_, im, conjugate(ctx_, a))}};
      }
      case Fn::toepsum:
        return Terms{{one, diagonal_sums(ctx_, a)}};
      case Fn::expm:
      case Fn::sinm:
      case Fn::cosm:
      case Fn::sqrtm:
      case Fn::logm:
        if (const Ref r = function_of_similar(ctx_, ctx_.function_of(e), a)) return Terms{{one, r}};
        break;
      default:
        break;
    }
    if (row(ctx_.function_of(e)).scaling == Scaling::none) return std::nullopt;
    const std::vector<Ref> arguments(ctx_.operands(e).begin(), ctx_.operands(e).end());
    const Ref scaled =
        scaled_function(ctx_, ctx_.function_of(e), arguments, true);  // norm(c*x) = |c|*norm(x)
    return scaled ? std::optional(Terms{{one, scaled}}) : std::nullopt;
  }

  Ref half() { return ctx_.number(Rational::fraction(1, 2)); }

  Context& ctx_;
  Holds holds_;
  int depth_ = 0;
};

// pinv(X) is inv(X'*X)*X' where that inverse is spoken of elsewhere in the expression: X has full column rank
// where the expression is defined.
std::vector<Ref> inverses_below(Context& ctx, Ref e) {
  std::vector<Ref> found;
  for (Ref r : nodes_below(ctx, e)) {
    if (ctx.kind(r) == Kind::matpow && ctx.operands(r)[1] == minus_one) found.push_back(r);
  }
  return found;
}

std::optional<Ref> by_gram_matrix(Context& ctx, Ref pinv, std::span<const Ref> inverses) {
  const Ref x = ctx.operands(pinv)[0], t = transpose(ctx, x);
  const Ref columns = matpow(ctx, matrix_product(ctx, t, x), minus_one);
  if (std::find(inverses.begin(), inverses.end(), columns) != inverses.end())
    return matrix_product(ctx, columns, t);
  const Ref rows = matpow(ctx, matrix_product(ctx, x, t), minus_one);
  if (std::find(inverses.begin(), inverses.end(), rows) != inverses.end())
    return matrix_product(ctx, t, rows);
  return std::nullopt;
}

}  // namespace

Ref expand_tensor(Context& ctx, Ref e, Holds holds) {
  Expander expander(ctx, holds);
  const std::vector<Ref> inverses = inverses_below(ctx, e);
  RefMap<Ref> values(e.id + 1);
  std::vector<Ref> operands;
  for (Ref r : nodes_below(ctx, e)) {
    operands.clear();
    for (Ref o : ctx.operands(r)) operands.push_back(values[o]);
    Ref value = operands.empty() ? r : ctx.rebuild(r, operands);
    if (ctx.is_function(value, Fn::pinv)) value = by_gram_matrix(ctx, value, inverses).value_or(value);
    values[r] = expander.normal(value);
  }
  return values[e];
}

}  // namespace nabla
