// The derivatives of the tensor engine, at random matrices of random sizes, against dual numbers through the
// algorithms of linear algebra: nothing is shared but the expression.
#include <catch2/catch.hpp>

#include "diff/partials.h"
#include "diff/tensor_operators.h"
#include "eval/dense.h"
#include "eval/dense_points.h"
#include "expr/diagnostic.h"
#include "expr/walk.h"
#include "tests/dense.h"

using namespace nabla;
using namespace nabla::test;

namespace {

// A formula, its variables with extents and structure, by which it is differentiated.
struct Declaration {
  const char* name;
  std::initializer_list<const char*> extents;
  Structure structure = Structure::none;
  bool positive = false;
};

void declare_symbolic(Texts& t) {
  const Declaration list[] = {
      {"X", {"n", "n"}},
      {"Y", {"n", "n"}},
      {"Z", {"n", "m"}},
      {"W", {"m", "m"}},
      {"A", {"m", "n"}},
      {"S", {"n", "n"}, Structure::symmetric},
      {"P", {"n", "n"}, Structure::spd},
      {"L", {"n", "n"}, Structure::lower},
      {"D", {"n", "n"}, Structure::diagonal},
      {"K", {"n", "n"}, Structure::skew},
      {"Q", {"n", "n"}, Structure::orthogonal},
      {"T", {"n", "n"}, Structure::toeplitz},
      {"a", {"n"}},
      {"b", {"n"}},
      {"c", {"m"}},
      {"x", {}, Structure::none, true},
  };
  for (const Declaration& d : list) declare(t, d.name, d.extents, d.structure, d.positive);
}

// Each function of matrices, and what differs in its rows: with one argument and two, of matrix and vector,
// square and not.
const char* const matrix_texts[] = {
    "det(X)",
    "det(P)",
    "logdet(P)",
    "logdet(X*X' + eye(n))",
    "adj(X)",
    "inv(X)",
    "X^-2",
    "X^3",
    "tr(X^4)",
    "pinv(A)",
    "pinv(Z)",
    "pinv(X)",
    "expm(X)",
    "expm(S)",
    "tr(expm(X*Y))",
    "logm(expm(X/3))",
    "logm(P)",
    "logm(eye(n) + X/8)",
    "sqrtm(P)",
    "sqrtm(eye(n) + X/8)",
    "sinm(X)",
    "cosm(X)",
    "a'*expm(X)*b",
    "cosm(S)*sinm(S)",
    "frechet(expm, X, Y)",
    "frechet(expm, Y, X)",
    "frechet(logm, P, X)",
    "frechet(sqrtm, P, X)",
    "frechet(sinm, X, Y)",
    "frechet(cosm, X, Y)",
    "frechet(expm, X, Y, S)",
    "frechet(logm, P, X, Y)",
    "frechet(sinm, X, Y, Y)",
    "a'*frechet(expm, X, Y, Y, S)*b",
    "sylvester(P, W*W' + eye(m), Z)",
    "sylvester(X + 4*eye(n), W*W' + eye(m), Z)",
    "sylvester(X + 4*eye(n), X*X' + eye(n), Y)",
    "chol(P)",
    "chol(X*X' + eye(n))",
    "sum(chol(P).^2)",
    "eigvals(S)",
    "eigval(S, 1)",
    "eigval(S, 2)",
    "eigmax(S)",
    "eigmin(S)",
    "eigmax(X'*X)",
    "eigvec(S, 1)",
    "eigvec(S, n)",
    "eigvecs(S)",
    "eigvals(X + X')",
    "singval(X)",
    "svdu(X)",
    "svdv(X)",
    "singval(A)",
    "svdu(A)",
    "svdv(A)",
    "polar(X)",
    "polar(A)",
    "normnuc(A)",
    "normnuc(X)",
    "norm2(X)",
    "norm2(A)",
    "normF(A)",
    "norm1(a)",
    "norm2(a)",
    "norminf(a)",
    "norm1(A, dim = 1)",
    "norm1(A, dim = 2)",
    "norm2(A, dim = 1)",
    "norm2(A, dim = 2)",
    "logsumexp(a)",
    "logsumexp(A, dim = 1)",
    "logsumexp(A, dim = 2)",
    "softmax(a)",
    "softmax(A, dim = 1)",
    "softmax(A, dim = 2)",
    "log_softmax(a)",
    "log_softmax(A, dim = 1)",
    "log_softmax(A, dim = 2)",
    "a'*softmax(b)",
    "sum(softmax(A*a))",
    "argmax(a)*a",
    "toeplitz(a)",
    "toeplitz(a, c)",
    "toepsum(X)",
    "hcat(X, Y)",
    "hcat(a, X)",
    "vcat(A, a')",
    "vcat(a, c)",
    "blockdiag(X, A)",
    "[X, Z; A, W]",
    // products, powers, shapes
    "A*a",
    "a'*X*b",
    "X*Y*X'",
    "tr(X*Y)",
    "kron(A, X)",
    "vec(A)",
    "vec(A')",
    "diag(X)",
    "A*diag(a)",
    "tril(X)",
    "triu(X)*Y",
    "sym(X)",
    "skew(X)",
    "cumsum(a)",
    "cumsum(A, dim = 1)",
    "prod(a)",
    "prod(A, dim = 2)",
    "max(a)",
    "min(A, dim = 1)",
    "sum(max(X[i, j]*a[j] for j in 1:i) for i in 1:n)",
    "[min(X[i, j] + a[k] for j in i:n, k in 1:j) for i in 1:n]",
    "max(X[i, j] for i in 1:n, j in 1:i)",
    "[max(A[i, j]*X[j, k]*Z[l, i] for j in 1:n, l in 1:n) for i in 1:m, k in 1:n]",
    "mean(a)",
    "A .* A",
    "a .* A'",
    "exp(A*a)",
    "x.^a",
    "a.^3",
    "sum(a[i]*a[j] for i in 1:n, j in 1:n if j != i)",
    "[sum(X[i, k]*Y[k, j]*Y[l, k]/(a[k] - a[l]) for k in 1:n, l in 1:n if k != l) for i in 1:n, j in 1:n]",
    "[a[i] - a[i+1] for i in 1:n-1]",
    "a[2:n]",
    "sum(1/(i + a[i]^2) for i in 1:n)",
    "[sum(a[j] for j in 1:i) for i in 1:n]",
    "A[1, :]*a",
    "X[:, 2]",
    "(X*a .- x)'*(X*a .- x)",
    "sigmoid(A*a)",
    "sum(log1p(exp(-c .* (A*a))))",
    "relu(A*a)",
    "max(a, b)",
    "atan2(a, b)",
    "if x > 0 then a else X*b",
    // structure
    "tr(S*X)",
    "a'*S*a",
    "inv(S)",
    "inv(P)",
    "P*X*P",
    "logdet(S*S + eye(n))",
    "tr(L*L')",
    "L*a",
    "det(L + 3*eye(n))",
    "D*a",
    "a'*inv(D)*a",
    "K*a",
    "a'*K*b",
    "Q*a",
    "tr(Q*X)",
    "T*a",
    "tr(T*T)",
};

constexpr const char* variables[] = {"X", "Y", "Z", "W", "A", "S", "P", "L",
                                     "D", "K", "Q", "T", "a", "b", "c", "x"};

// A name of the shape of `v`, for a direction.
Ref declare_direction(Texts& t, const char* name, Ref v) {
  Symbol s;
  s.name = name;
  s.shape = t.ctx[v].shape;
  return t.ctx.symbol(s);
}

const DenseBinding& binding(const DensePoint& point, Ref name) {
  return *std::find_if(point.begin(), point.end(), [&](const auto& b) { return b.name == name; });
}

struct Tally {
  size_t compared = 0, refused = 0;
};

// Refused by name is no error; anything else is.
template <class Make>
Ref made(Tally& tally, Make make) {
  try {
    return make();
  } catch (const Failure& f) {
    const Code code = f.diagnostic.code;
    if (code != Code::cannot_differentiate && code != Code::not_yet_available) FAIL_CHECK(f.what());
    ++tally.refused;
    return {};
  }
}

// Whether a condition or a position in e depends on v: of what is piecewise only the first order is compared.
bool is_piecewise(Context& ctx, Ref e, Ref v) {
  for (Ref r : nodes_below(ctx, e)) {
    const Kind k = ctx.kind(r);
    const bool position = k == Kind::entry || k == Kind::structural || ctx.is_function(r, Fn::argmax);
    if (!position && k != Kind::compare) continue;
    for (Ref i : ctx.operands(r).subspan(k == Kind::entry ? 1 : 0)) {
      if (contains(ctx, i, v)) return true;
    }
  }
  return false;
}

// The derivative of e by v along directions inside the space of v, of first and second order.
void check_directions(Texts& t, Ref e, Ref v, uint64_t seed, Tally& tally) {
  const Ref along = declare_direction(t, "V", v), then = declare_direction(t, "U", v);
  Partials partials(t.ctx);
  TensorOperators operators(partials);
  const Ref first = made(tally, [&] { return operators.jvp(e, v, along); });
  if (!first) return;
  Ref second;
  if (!is_piecewise(t.ctx, first, v)) second = made(tally, [&] { return operators.jvp(first, v, then); });
  DensePoint point = random_point(t.ctx, names_in(t, {e, v}), {}, seed);
  const DenseArray<double>& at = binding(point, v).value;
  const DenseBinding d{v, random_direction(t.ctx, v, at, seed, true)};
  const DenseBinding d2{v, random_direction(t.ctx, v, at, seed + 100, true)};
  DensePoint all = point;
  all.push_back({along, d.value});
  all.push_back({then, d2.value});
  const auto expected = directional_derivative(t.ctx, e, point, {&d, 1});
  CHECK(difference(dense_value(t.ctx, first, all).entries, expected.entries, 1e-8) == "");
  ++tally.compared;
  if (!second || t.ctx.symbol(v).structure == Structure::orthogonal) return;
  const auto curvature = second_derivative(t.ctx, e, point, {&d, 1}, {&d2, 1});
  CHECK(difference(dense_value(t.ctx, second, all).entries, curvature.entries, 1e-7) == "");
  ++tally.compared;
}

void check_jacobian(Texts& t, Ref e, Ref v, uint64_t seed, Tally& tally) {
  if (t.ctx.symbol(v).structure != Structure::none) return;
  Partials partials(t.ctx);
  const Ref claimed = made(tally, [&] { return TensorOperators(partials).jacobian(e, v); });
  if (!claimed) return;
  const DensePoint point = random_point(t.ctx, names_in(t, {e, claimed}), {}, seed);
  const auto expected = jacobian(t.ctx, e, point, v);
  CHECK(difference(dense_value(t.ctx, claimed, point).entries, expected.entries, 1e-8) == "");
  ++tally.compared;
}

}  // namespace

TEST_CASE("derivatives of tensors agree with dual numbers, for any size", "[dense][diff]") {
  Tally tally;
  for (const char* text : matrix_texts) {
    for (const char* variable : variables) {
      for (const uint64_t seed : {1u, 2u}) {
        Texts t;
        declare_symbolic(t);
        const Ref e = t(text), v = t.names.find(variable)->value;
        if (!contains(t.ctx, e, v)) continue;
        INFO(text << " by " << variable << ", seed " << seed);
        CHECK_NOTHROW(check_directions(t, e, v, seed, tally));
        CHECK_NOTHROW(check_jacobian(t, e, v, seed, tally));
      }
    }
  }
  INFO(tally.compared << " compared, " << tally.refused << " refused");
  CHECK(tally.compared >= 1200);
  CHECK(tally.refused <= 4);
}
