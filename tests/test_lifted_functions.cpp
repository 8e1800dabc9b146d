// Functions of a vector or a matrix that depends on an index, against sums that are written out.
#include <catch2/catch.hpp>
#include <string>
#include <utility>

#include "eval/dense_points.h"
#include "expr/diagnostic.h"
#include "expr/print.h"
#include "expr/substitute.h"
#include "tests/dense.h"
#include "tests/world.h"

using namespace nabla;

namespace {

constexpr const char* declarations =
    "dim n, d\nparam X : matrix[n, d]\nparam T : tensor[n, n, d]\nvar x : vector[d]\nvar B : matrix[d, d]";

std::vector<double> value(Context& ctx, Ref e, const DensePoint& point) {
  return dense_value(ctx, e, point).entries;
}

}  // namespace

// Expected: the definitions of the norms, of softmax and logsumexp.
TEST_CASE("a function of what depends on an index is taken for each of its values", "[tensor]") {
  const std::pair<const char*, const char*> rows[] = {
      {"[norm2(x - X[j, :]') for j in 1:n]", "[sqrt(sum((x[k] - X[j, k])^2 for k in 1:d)) for j in 1:n]"},
      {"sum(norm2(X[j, :]')^3 for j in 1:n)", "sum(sum(X[j, k]^2 for k in 1:d)^(3/2) for j in 1:n)"},
      {"[norm1(j*x) for j in 1:n]", "[sum(abs(j*x[k]) for k in 1:d) for j in 1:n]"},
      {"sum(logsumexp(X[j, :]') for j in 1:n)", "sum(log(sum(exp(X[j, k]) for k in 1:d)) for j in 1:n)"},
      {"[softmax(j*x)[l] for j in 1:n, l in 1:d]",
       "[exp(j*x[l])/sum(exp(j*x[k]) for k in 1:d) for j in 1:n, l in 1:d]"},
      {"[norm2(T[i, j, :]) for i in 1:n, j in 1:n]",
       "[sqrt(sum(T[i, j, k]^2 for k in 1:d)) for i in 1:n, j in 1:n]"},
      {"sum(normF(j*B) for j in 1:n)", "sum(j*sqrt(sum(B[k, l]^2 for k in 1:d, l in 1:d)) for j in 1:n)"},
  };
  for (const auto& [text, written_out] : rows) {
    INFO(text);
    test::World w(declarations);
    const Ref e = w(text), wanted = w(written_out);
    const std::vector<Ref> names{w("X"), w("T"), w("x"), w("B")};
    const DensePoint point = random_point(w.ctx, names, {}, 5);
    CHECK(test::difference(value(w.ctx, e, point), value(w.ctx, wanted, point), 1e-13).empty());
    CHECK(w(print(w.ctx, e)) == e);
  }
  test::World w(declarations);
  CHECK_THROWS_AS(w("sum(det(j*B + eye(d)) for j in 1:n)"), Failure);
}
