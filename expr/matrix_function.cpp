// The shapes of functions_matrix.def, and what is known of their values.
#include <algorithm>

#include "expr/axis_order.h"
#include "expr/definite.h"
#include "expr/diagnostic.h"
#include "expr/facts.h"
#include "expr/kronecker.h"
#include "expr/scaling.h"
#include "expr/shape_text.h"
#include "expr/symmetry.h"
#include "expr/tensor.h"
#include "expr/walk.h"

namespace nabla {
namespace {

class Shaper {
 public:
  Shaper(Context& ctx, Fn f, std::span<const Ref> arguments, std::span<const std::string> operands)
      : ctx_(ctx), f_(f), arguments_(arguments), operands_(operands) {}

  ShapeId result();

 private:
  std::string name() const { return "'" + std::string(row(f_).name) + "'"; }
  std::string operand(size_t i) const {
    return i < operands_.size() ? operands_[i] : "argument " + std::to_string(i + 1);
  }
  // The same without quotes, where it is written out whole.
  std::string bare(size_t i, const char* otherwise) const {
    const bool whole =
        i < operands_.size() && operands_[i].size() > 2 && operands_[i].find("…") == std::string::npos;
    return whole ? operands_[i].substr(1, operands_[i].size() - 2) : otherwise;
  }
  std::string described(size_t i) const {
    return operand(i) + " is " + shape_text(ctx_, ctx_[arguments_[i]].shape);
  }
  const Shape& shape(size_t i) const { return ctx_.shape_of(arguments_[i]); }

  [[noreturn]] void fail(Code code, size_t i, const std::string& wanted, std::string help = {}) const {
    throw Failure(code, name() + " needs " + wanted + ", but " + described(i), std::move(help));
  }
  void matrix(size_t i) const {
    if (shape(i).order() != 2) fail(Code::not_a_matrix, i, "a matrix");
  }
  Ref square(size_t i) const {
    if (shape(i).order() != 2) fail(Code::not_a_matrix, i, "a square matrix");
    if (shape(i).extents[0] != shape(i).extents[1]) fail(Code::not_square, i, "a square matrix");
    return shape(i).extents[0];
  }
  Ref shorter(size_t i) const {
    matrix(i);
    return ctx_.function(Fn::min, {shape(i).extents[0], shape(i).extents[1]});
  }
  // Of a matrix, or of several in one tensor: the first axes count them.
  std::vector<Ref> last_axes(size_t i) const {
    if (shape(i).order() < 2) fail(Code::not_a_matrix, i, "a matrix");
    return {shape(i).extents.end() - 2, shape(i).extents.end()};
  }
  Ref symmetric(size_t i) const {
    const Ref n = square(i);
    if (is_symmetric(ctx_, arguments_[i]) || is_as_written(arguments_[i])) return n;
    if (transpose(ctx_, arguments_[i]) == arguments_[i]) return n;
    throw Failure(
        Code::not_symmetric,
        name() + " needs a symmetric matrix, and " + operand(i) + " is not known to be one",
        "declare it symmetric, or write " + std::string(row(f_).name) + "(sym(" + bare(i, "…") + "))");
  }
  // Nothing is known of what nothing folded, or of the name of a result; the folded form was asked before.
  bool is_as_written(Ref r) const {
    const std::vector<Ref> parts = nodes_below(ctx_, r);
    return std::any_of(parts.begin(), parts.end(),
                       [&](Ref p) { return ctx_.kind(p) == Kind::written || ctx_.kind(p) == Kind::let; });
  }
  bool has_dim() const { return arguments_.size() == 2; }
  bool down() const { return arguments_[1] == one; }  // dim = 1
  ShapeId along_to_scalar();
  ShapeId along();
  ShapeId directions();
  ShapeId concatenated(bool beside);

  Context& ctx_;
  Fn f_;
  std::span<const Ref> arguments_;
  std::span<const std::string> operands_;
};

ShapeId Shaper::along_to_scalar() {
  const Shape s = shape(0);
  if (s.order() <= 1 && !has_dim()) return scalar_shape;
  if (s.order() != 2) fail(Code::not_a_vector, 0, has_dim() ? "a matrix" : "a vector or a matrix");
  if (!has_dim()) {
    const std::string f(row(f_).name), a = bare(0, "A");
    throw Failure(Code::dim_required, name() + " of a matrix needs its axis, and " + described(0),
                  "write " + f + "(" + a + ", dim = 1) down the columns or " + f + "(" + a +
                      ", dim = 2) along the rows");
  }
  return down() ? row_shape(ctx_, s.extents[1]) : vector_shape(ctx_, s.extents[0]);
}

ShapeId Shaper::along() {
  along_to_scalar();
  return ctx_[arguments_[0]].shape;
}

// Matrices of one shape; one of the directions may be several.
ShapeId Shaper::directions() {
  square(1);
  ShapeId result = ctx_[arguments_[1]].shape;
  bool several = false;
  for (size_t i = 2; i < arguments_.size(); ++i) {
    if (last_axes(i) != shape(1).extents) fail(Code::shape_mismatch, i, "matrices of one shape");
    if (shape(i).order() == 2) continue;
    if (several) fail(Code::shape_mismatch, i, "one direction at most that is several matrices");
    several = true;
    result = ctx_[arguments_[i]].shape;
  }
  return result;
}

// Side by side: equal heights, widths add. One below the other: the other way round.
ShapeId Shaper::concatenated(bool beside) {
  Ref across, along = zero;
  bool plain = true;  // all are rows beside each other, or all columns below each other
  size_t first = 0;
  for (size_t i = 0; i < arguments_.size(); ++i) {
    const Shape& s = shape(i);
    Ref rows = one, columns = one;
    if (s.order() > 2) fail(Code::not_a_matrix, i, "matrices and vectors");
    if (s.order() == 2) rows = s.extents[0], columns = s.extents[1];
    if (s.order() == 1) (s.row ? columns : rows) = s.extents[0];
    plain = plain && (s.order() == 0 || (s.order() == 1 && s.row == beside));
    const Ref here = beside ? rows : columns;
    if (!across) {
      across = here;
      first = i;
    } else if (across != here) {
      throw Failure(Code::shape_mismatch, std::string("blocks of different ") +
                                              (beside ? "height" : "width") + ": " + described(first) + ", " +
                                              described(i));
    }
    along = ctx_.add(along, beside ? columns : rows);
  }
  if (plain && across == one) return beside ? row_shape(ctx_, along) : vector_shape(ctx_, along);
  return beside ? matrix_shape(ctx_, across, along) : matrix_shape(ctx_, along, across);
}

ShapeId Shaper::result() {
  const ShapeId same = ctx_[arguments_[0]].shape;
  switch (row(f_).shape) {
    case ShapeRule::elementwise:
      return same;
    case ShapeRule::square_to_scalar:
      return square(0), scalar_shape;
    case ShapeRule::square:
      return square(0), same;
    case ShapeRule::transposed: {
      matrix(0);
      const Shape s = shape(0);
      return matrix_shape(ctx_, s.extents[1], s.extents[0]);
    }
    case ShapeRule::frechet:
      return directions();
    case ShapeRule::sylvester: {
      const Ref n = square(0), m = square(1);
      if (last_axes(2) != std::vector<Ref>{n, m}) {
        fail(Code::shape_mismatch, 2, "a right side of shape " + shape_text(ctx_, matrix_shape(ctx_, n, m)));
      }
      return ctx_[arguments_[2]].shape;
    }
    case ShapeRule::symmetric:
      return symmetric(0), same;
    case ShapeRule::symmetric_to_vector:
      return vector_shape(ctx_, symmetric(0));
    case ShapeRule::symmetric_to_scalar:
      return symmetric(0), scalar_shape;
    case ShapeRule::matrix:
      return matrix(0), same;
    case ShapeRule::singular_values:
      return vector_shape(ctx_, shorter(0));
    case ShapeRule::singular_left:
    case ShapeRule::singular_right: {
      const Ref k = shorter(0);
      return matrix_shape(ctx_, shape(0).extents[row(f_).shape == ShapeRule::singular_left ? 0 : 1], k);
    }
    case ShapeRule::array_to_scalar:
      return scalar_shape;
    case ShapeRule::matrix_to_scalar:
      return matrix(0), scalar_shape;
    case ShapeRule::norm:
      return has_dim() || shape(0).order() > 2 ? along_to_scalar() : scalar_shape;
    case ShapeRule::along_to_scalar:
      return along_to_scalar();
    case ShapeRule::along:
      return along();
    case ShapeRule::toeplitz: {
      for (size_t i = 0; i < arguments_.size(); ++i) {
        if (shape(i).order() != 1) fail(Code::not_a_vector, i, "vectors");
      }
      const Ref n = shape(0).extents[0];
      return matrix_shape(ctx_, n, arguments_.size() == 2 ? shape(1).extents[0] : n);
    }
    case ShapeRule::toepsum: {
      const Ref twice = ctx_.scale(ctx_.number(2), square(0));
      return vector_shape(ctx_, ctx_.subtract(twice, one));
    }
    case ShapeRule::hcat:
      return concatenated(true);
    case ShapeRule::vcat:
      return concatenated(false);
    case ShapeRule::blockdiag: {
      Ref rows = zero, columns = zero;
      for (size_t i = 0; i < arguments_.size(); ++i) {
        matrix(i);
        rows = ctx_.add(rows, shape(i).extents[0]);
        columns = ctx_.add(columns, shape(i).extents[1]);
      }
      return matrix_shape(ctx_, rows, columns);
    }
  }
  return same;
}

}  // namespace

// det(A^k) = det(A)^k; of the logarithm only where the sign of det(A^k) is known to be that of det(A).
static Ref folded_log_determinant(Context& ctx, Ref a) {
  const Node n = ctx[a];
  if (n.facts & complex_valued) return {};
  if (ctx.is_function(a, Fn::expm)) return trace(ctx, n.operand(0));
  if (n.kind != Kind::matpow) return log_determinant_of_parts(ctx, a);
  const Ref base = n.operand(0), exponent = n.operand(1);
  if (!(ctx[exponent].facts & integer_valued)) return {};
  const auto k = ctx.is_number(exponent) ? ctx.value(exponent).as_int() : std::nullopt;
  const bool odd = k && *k % 2 != 0;  // det(A)^2 is positive where det(A) is not
  if (!odd && !is_positive_definite(ctx, base)) return {};
  return ctx.multiply(exponent, matrix_function(ctx, Fn::logdet, {&base, 1}));
}

// det(c*A) = c^n*det(A), det(A^k) = det(A)^k, det(expm(A)) = exp(tr(A)).
static Ref folded_determinant(Context& ctx, Fn f, Ref a) {
  if (f == Fn::logdet) return folded_log_determinant(ctx, a);
  const Node n = ctx[a];
  if (n.kind == Kind::matpow && (ctx[n.operand(1)].facts & integer_valued)) {
    const Ref base = n.operand(0), exponent = n.operand(1);
    return ctx.power(matrix_function(ctx, f, {&base, 1}), exponent);
  }
  if (ctx.is_function(a, Fn::expm)) return ctx.function(Fn::exp, {trace(ctx, n.operand(0))});
  const Ref extent = ctx.shape(n.shape).extents[0];
  if (const Scaled s = split_scalars(ctx, a); s.scalar != one) {
    return ctx.multiply(ctx.power(s.scalar, extent), matrix_function(ctx, f, {&s.rest, 1}));
  }
  return determinant_of_parts(ctx, a);
}

// adj(c*A) = c^(n - 1)*adj(A): of 1 by 1 it is 1 for every c.
static Ref folded_adjugate(Context& ctx, Ref a) {
  const Scaled s = split_scalars(ctx, a);
  if (s.scalar == one) return {};
  const Ref less = ctx.subtract(ctx.shape_of(a).extents[0], one);
  return elementwise_product(ctx, ctx.power(s.scalar, less), matrix_function(ctx, Fn::adj, {&s.rest, 1}));
}

// pinv(A) = inv(A) where A has an inverse, pinv(kron(A, B)) = kron(pinv(A), pinv(B)).
static Ref folded_pseudoinverse(Context& ctx, Ref a) {
  if (is_invertible(ctx, a)) return matpow(ctx, a, minus_one);
  if (const auto factors = kron_factors(ctx, a)) {
    const auto [p, q] = *factors;
    if (ctx.kind(p) == Kind::reshape || ctx.kind(q) == Kind::reshape) return {};
    return kron(ctx, matrix_function(ctx, Fn::pinv, {&p, 1}), matrix_function(ctx, Fn::pinv, {&q, 1}));
  }
  return {};
}

// softmax(x + c*ones(n)) = softmax(x), and the logarithm of the sum moves by c.
static Ref shifted_exponentials(Context& ctx, Fn f, Ref a) {
  if (ctx.kind(a) != Kind::sum || ctx.shape_of(a).order() != 1) return {};
  std::vector<Term> terms;
  ctx.append_terms(a, terms);
  const auto shift =
      std::find_if(terms.begin(), terms.end(), [&](const Term& t) { return ctx.kind(t.body) == Kind::fill; });
  if (shift == terms.end()) return {};
  const Ref by = ctx.multiply(shift->coefficient, ctx.operands(shift->body)[0]);
  terms.erase(shift);
  const Ref rest = tensor_sum(ctx, terms, ctx[a].shape);
  const Ref value = matrix_function(ctx, f, {&rest, 1});
  return f == Fn::logsumexp ? ctx.add(by, value) : value;
}

// c, B and k of c*B^k; an identity is a power of anything.
struct ScaledPower {
  Ref scalar, base, exponent;
};
static ScaledPower scaled_power(Context& ctx, Ref a) {
  const Scaled s = split_scalars(ctx, a);
  if (ctx.kind(s.rest) != Kind::matpow) return {s.scalar, s.rest, one};
  return {s.scalar, ctx.operands(s.rest)[0], ctx.operands(s.rest)[1]};
}

// h'(X)*E where E is a power of X: frechet(h, X, E) for matrices that commute. Ref{}: they may not.
static Ref commuting_frechet(Context& ctx, std::span<const Ref> arguments) {
  if (arguments.size() != 3) return {};
  const Ref x = arguments[1], e = arguments[2];
  const ScaledPower p = scaled_power(ctx, x), q = scaled_power(ctx, e);
  const bool identity = is_structural(ctx, q.base, Structural::delta);
  if (!identity && p.base != q.base) return {};
  const auto h = find_function(ctx.symbol(arguments[0]).name);
  if (!h) return {};
  const auto of_x = [&](Fn f) { return matrix_function(ctx, f, {&x, 1}); };
  Ref derivative;
  switch (*h) {
    case Fn::expm:
      derivative = of_x(Fn::expm);
      break;
    case Fn::sinm:
      derivative = of_x(Fn::cosm);
      break;
    case Fn::cosm:
      derivative = ctx.negate(of_x(Fn::sinm));
      break;
    case Fn::logm:
      derivative = matpow(ctx, x, minus_one);
      break;
    case Fn::sqrtm:
      derivative = ctx.scale(ctx.number(Rational::fraction(1, 2)), matpow(ctx, of_x(Fn::sqrtm), minus_one));
      break;
    default:
      return {};
  }
  return matrix_product(ctx, e, derivative);
}

Ref matrix_function(Context& ctx, Fn f, std::span<const Ref> given, std::span<const std::string> operands) {
  std::vector<Ref> arguments(given.begin(), given.end());
  const ShapeId shape = Shaper(ctx, f, arguments, operands).result();
  const Ref a = arguments[0];
  if (const Ref r = scaled_function(ctx, f, arguments, false)) return r;
  switch (f) {
    case Fn::det:
    case Fn::logdet:
      if (is_structural(ctx, a, Structural::delta)) return f == Fn::det ? one : zero;
      if (const Ref r = folded_determinant(ctx, f, a)) return r;
      break;
    case Fn::adj:
      if (const Ref r = folded_adjugate(ctx, a)) return r;
      break;
    case Fn::pinv:
      if (const Ref r = folded_pseudoinverse(ctx, a)) return r;
      break;
    case Fn::frechet:
      if (const Ref r = commuting_frechet(ctx, arguments)) return r;
      // Symmetric in its directions (Higham and Relton, 2014, section 2); several matrices stand last.
      std::sort(arguments.begin() + 2, arguments.end(), [&](Ref p, Ref q) {
        const size_t m = ctx.shape_of(p).order(), n = ctx.shape_of(q).order();
        return m != n ? m < n : ctx.compare_structure(p, q) < 0;
      });
      break;
    case Fn::hcat:
    case Fn::vcat:
    case Fn::blockdiag:
      if (arguments.size() == 1) return a;
      break;
    case Fn::norm1:
    case Fn::norm2:
    case Fn::norminf:
    case Fn::normF:
      if (ctx[a].shape == scalar_shape) return ctx.function(Fn::abs, {a});
      if (shape == scalar_shape && ctx.kind(a) == Kind::fill && ctx.operands(a)[0] == zero) return zero;
      if (arguments.size() == 1 && ctx.shape_of(a).row) {
        const Ref column = as_column(ctx, a);
        return matrix_function(ctx, f, {&column, 1});
      }
      if (const auto factors = f == Fn::normF ? kron_factors(ctx, a) : std::nullopt) {
        return ctx.multiply(ctx.function(f, {factors->first}), ctx.function(f, {factors->second}));
      }
      break;
    case Fn::softmax:
    case Fn::log_softmax:
      if (ctx.shape_of(a).row) {
        const Ref column = as_column(ctx, a);
        return as_row(ctx, matrix_function(ctx, f, {&column, 1}));
      }
      if (arguments.size() > 1) break;
      if (const Ref r = shifted_exponentials(ctx, f, a)) return r;
      break;
    case Fn::logsumexp:
    case Fn::argmax:
      if (ctx[a].shape == scalar_shape) return f == Fn::argmax ? one : a;
      if (ctx.shape_of(a).row) arguments[0] = as_column(ctx, a);
      if (f == Fn::argmax || arguments.size() > 1) break;
      if (const Ref r = shifted_exponentials(ctx, f, arguments[0])) return r;
      break;
    default:
      break;
  }
  const Orientation o = row(f).orientation;  // one form is stored
  if (o != Orientation::none && arguments.size() == 1) {
    std::vector<Ref> turned;
    if (const AxisOrder order = best_order(ctx, arguments, turned); !order.empty()) {
      const Ref r = matrix_function(ctx, f, turned);
      return o == Orientation::invariant ? r : transpose(ctx, r);
    }
  }
  return ctx.intern(Kind::function, static_cast<uint16_t>(f), 0, 0, shape, arguments,
                    function_facts(ctx, f, arguments));
}

}  // namespace nabla
