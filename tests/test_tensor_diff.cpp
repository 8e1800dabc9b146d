// Derivatives of whole vectors and matrices, computed by labelled products, against automatic differentiation
// of the entries as they were written, which shares no code with them; and against the closed forms of the
// literature (Petersen and Pedersen, The Matrix Cookbook, 2012; Magnus and Neudecker, 2019).
#include <algorithm>
#include <catch2/catch.hpp>

#include "diff/tensor_operators.h"
#include "eval/compare.h"
#include "expr/scalarize.h"
#include "expr/substitute.h"
#include "simplify/common_factors.h"
#include "tests/tensor_texts.h"
#include "tests/texts.h"

using namespace nabla;
using namespace nabla::test;

namespace {

// The claims of `claimed`, outputs by inputs, against the derivative of `written`.
void check_jacobian(Texts& t, const char* text, const char* variable, Ref claimed) {
  const Ref v = t.names.find(variable)->value;
  const std::vector<Ref> outputs = entries(t.ctx, t.written(text)), by = entries(t.ctx, v);
  const std::vector<Ref> list = entries(t.ctx, claimed);
  REQUIRE(list.size() == outputs.size() * by.size());
  std::vector<Ref> all = outputs;
  all.insert(all.end(), list.begin(), list.end());
  all.insert(all.end(), by.begin(), by.end());
  const auto inputs = inputs_of(t.ctx, all);
  std::vector<uint32_t> positions;
  for (Ref b : by) {
    positions.push_back(static_cast<uint32_t>(std::find(inputs.begin(), inputs.end(), b) - inputs.begin()));
  }
  const Tape reference = compile(t.ctx, outputs, inputs);
  const auto report =
      compare_derivatives(t.ctx, reference, compile(t.ctx, list, inputs),
                          jacobian_claims(outputs.size(), positions), draw_points(t.ctx, reference, 8));
  INFO("entry " << report.claim << ": " << report.claimed << ", expected " << report.expected);
  CHECK(report.agreement == Agreement::yes);
}

}  // namespace

TEST_CASE("derivatives of tensors agree with automatic differentiation of the entries", "[tensor][diff]") {
  for (const char* text : tensor_texts) {
    for (const char* variable : {"u", "w", "M", "A", "x"}) {
      Texts t;
      t.run(tensor_names);
      const Ref e = t(text), v = t.names.find(variable)->value;
      if (!contains(t.ctx, e, v)) continue;
      INFO(text << " by " << variable);
      Partials partials(t.ctx);
      CHECK_NOTHROW(check_jacobian(t, text, variable, TensorOperators(partials).jacobian(e, v)));
    }
  }
}

TEST_CASE("Hessians of tensors agree with automatic differentiation of the entries", "[tensor][diff]") {
  const char* const scalars[] = {"w'*A'*A*w",
                                 "exp(-w'*w/2)",
                                 "sum(log1p(exp(-u .* (A*w))))",
                                 "logsumexp(A*w)",
                                 "norm2(w)",
                                 "prod(w)",
                                 "u'*inv(M)*u",
                                 "logdet(M*M' + eye(2))",
                                 "det(M)",
                                 "tr(M^3)",
                                 "normF(A - u*w')^2",
                                 "tr(M*N*M')",
                                 "tr(kron(M, M))",
                                 "sum(A.^3)",
                                 "norm2(A*w)^3",
                                 "sum(w[i]^2*w[j] for i in 1:3, j in 1:i)",
                                 "sum(softmax(w) .* w)",
                                 "(w'*w)^2*tr(M)",
                                 "tr(inv(M))",
                                 "sum([if w[i] > 0 then w[i]^3 else exp(w[i]) for i in 1:3])"};
  for (const char* text : scalars) {
    for (const char* variable : {"u", "w", "M", "A"}) {
      Texts t;
      t.run(tensor_names);
      const Ref e = t(text), v = t.names.find(variable)->value;
      if (!contains(t.ctx, e, v)) continue;
      INFO(text << " by " << variable);
      Partials partials(t.ctx);
      const std::vector<Ref> list = entries(t.ctx, TensorOperators(partials).hessian(e, v)),
                             outputs = entries(t.ctx, t.written(text)), by = entries(t.ctx, v);
      REQUIRE(list.size() == by.size() * by.size());
      std::vector<Ref> all = outputs;
      for (const auto* part : {&list, &by}) all.insert(all.end(), part->begin(), part->end());
      const auto inputs = inputs_of(t.ctx, all);
      std::vector<uint32_t> positions;
      for (Ref b : by) {
        positions.push_back(
            static_cast<uint32_t>(std::find(inputs.begin(), inputs.end(), b) - inputs.begin()));
      }
      const Tape reference = compile(t.ctx, outputs, inputs);
      const auto report = compare_derivatives(t.ctx, reference, compile(t.ctx, list, inputs),
                                              hessian_claims(0, positions), draw_points(t.ctx, reference, 8));
      INFO("entry " << report.claim << ": " << report.claimed << ", expected " << report.expected);
      CHECK(report.agreement == Agreement::yes);
    }
  }
}

// Expected: mathematics. A' = A is known of what was made from symmetric parts.
TEST_CASE("symmetry propagates", "[tensor]") {
  Texts t;
  t.run("dim n, m; var A : matrix[n, n]; var S : matrix[n, n] symmetric; var X : matrix[n, m]");
  for (const char* text :
       {"S", "inv(S)", "S^3", "A + A'", "A'*A", "A*A'", "X'*S*X", "inv(X'*S*X)", "2*S - eye(n)", "exp(S)",
        "expm(A + A')", "S .* S", "inv(A*A' + eye(n))*S*inv(A*A' + eye(n))"}) {
    INFO(text);
    CHECK(t(text) == t(std::string("(") + text + ")'"));
  }
  for (const char* text : {"A", "A*S", "S*inv(A)", "A - A'", "X*X'*S"}) {
    INFO(text);
    CHECK(t(text) != t(std::string("(") + text + ")'"));
  }
}

// Expected: Petersen and Pedersen, The Matrix Cookbook, 2012, by equation number; Magnus and Neudecker, 2019.
TEST_CASE("closed forms of the literature are the same expressions", "[tensor][diff]") {
  struct Row {
    const char *function, *variable, *expected;
  };
  const Row rows[] = {
      {"a'*inv(X)*b", "X", "-inv(X)'*a*b'*inv(X)'"},                      // 61
      {"det(X^k)", "X", "k*det(X^k)*inv(X)'"},                            // 58
      {"a'*X^k*b", "X", "sum((X^r)'*a*b'*(X^(k-1-r))' for r in 0:k-1)"},  // 91
      {"tr(X^k)", "X", "k*(X^(k-1))'"},                                   // 121
      {"tr(A*X^k)", "X", "sum((X^r)'*A'*(X^(k-1-r))' for r in 0:k-1)"},   // 122, r and k-1-r changed
      {"x'*A*x", "x", "(A + A')*x"},                                      // 81
      {"(X*a + b)'*A*(X*a + b)", "X", "(A + A')*(X*a + b)*a'"},           // 83
      {"tr(sinm(X))", "X", "cosm(X)'"},                                   // 128
      {"norm2(x)^2", "x", "2*x"},                                         // 131
      {"normF(X)^2", "X", "2*X"},                                         // 132
      {"det(expm(X))", "X", "exp(tr(X))*eye(n)"},                         // 502
      {"tr(X'*S*X)", "X", "2*S*X"},                                       // 108
      {"det(X'*S*X)", "X", "2*det(X'*S*X)*S*X*inv(X'*S*X)"},              // 53
      {"log(det(X))", "X", "inv(X)'"},                                    // 57
      {"X[u, v]", "X[i, j]", "delta(u, i)*delta(v, j)"},                  // 32
      {"inv(X)[u, v]", "X[i, j]", "-inv(X)[u, i]*inv(X)[j, v]"},          // 60
      {"(X'*A*X)[u, v]", "X[i, j]", "delta(v, j)*(X'*A)[u, i] + delta(u, j)*(A*X)[i, v]"},  // 79
      {"expm(s*A)", "s", "A*expm(s*A)"},                                                    // 500
  };
  for (const Row& row : rows) {
    INFO(row.function << " by " << row.variable);
    Texts t;
    t.run(
        "dim n; var X : matrix[n, n]; var x : vector[n]; var s; param a, b : vector[n]\n"
        "param A : matrix[n, n]; param S : matrix[n, n] symmetric; param k : scalar integer >= 1\n"
        "param i, j, u, v : scalar integer in [1, n]");
    Partials partials(t.ctx);
    const Ref f = t(row.function), x = t(row.variable);
    const Ref d = TensorOperators(partials).repeated(f, {&x, 1});
    Weight weight(t.ctx);
    CHECK(take_out_common_factors(t.ctx, weight, d) == t(row.expected));
  }
}

// Expected: mathematics. The place of the largest entry is locally constant.
TEST_CASE("positions do not move", "[tensor][diff]") {
  Texts t;
  t.run("dim n, m; var A : matrix[n, m]; param U, V : matrix[n, m]; var x : vector[n]; param v : vector[n]");
  Partials partials(t.ctx);
  TensorOperators whole(partials);
  const auto twice = [&](const char* f, const char* x, const char* v) {
    return whole.jvp(whole.jvp(t(f), t(x), t(v)), t(x), t(v));
  };
  CHECK(twice("max(x)", "x", "v") == zero);
  CHECK(twice("max(A)", "A", "V") == zero);
  CHECK(twice("min(A, dim = 1)", "A", "V") == t("zeros(m)'"));
  CHECK(twice("max(A, dim = 2)", "A", "V") == t("zeros(n)"));
  CHECK(whole.gradient(t("argmax(x)*sum(x)"), t("x")) == t("argmax(x)*ones(n)"));
  CHECK(twice("norminf(A, dim = 1)", "A", "V") == t("zeros(m)'"));
}
