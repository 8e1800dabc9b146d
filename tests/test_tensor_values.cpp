// Tensor nodes keep the value of what was written. The oracle is the written form, which works entry by entry
// by the definitions of linear algebra and does not use the tensor nodes.
#include <catch2/catch.hpp>

#include "eval/compare.h"
#include "expr/scalarize.h"
#include "tests/texts.h"

using namespace nabla;
using nabla::test::Texts;

namespace {

const char* const expressions[] = {
    "A*A'*u",
    "u'*A*w",
    "tr(A*A')",
    "tr(M)",
    "M^2",
    "M^3*u",
    "M*M'",
    "(A*B)'",
    "B'*A'",
    "A[1, :]",
    "A[:, 2]",
    "A[1, 2:3]",
    "sum(A[1, :])",
    "w[2:3]",
    "w[2:end]",
    "M[1, :]*M",
    "A[:, 1]'*u",
    "[A; A]",
    "[A, u]",
    "[u; w]",
    "u*w'",
    "w*w'",
    "w .* w",
    "w ./ (1 .+ w.^2)",
    "w.^2",
    "sin(w)",
    "abs(w)",
    "1 .+ A",
    "A .* A",
    "u .* A",
    "A .* w'",
    "sum(A)",
    "sum(A, dim = 1)",
    "sum(A, dim = 2)",
    "mean(w)",
    "prod(w)",
    "max(w)",
    "min(w)",
    "cumsum(w)",
    "diag(M)",
    "diag(w)",
    "diag(u)*A",
    "eye(2) + M",
    "M - 2*eye(2)",
    "ones(2, 3) + A",
    "zeros(3) + w",
    "tril(M)",
    "triu(M)",
    "sym(M)",
    "skew(M)",
    "vec(A)",
    "unvec(vec(A), 2, 3)",
    "kron(M, A)",
    "kron(u, w)",
    "commut(2, 3)*vec(A)",
    "vec(A')",
    "dot(w, w)",
    "w'*w",
    "cross(w, [1; 2; 3])",
    "norm2(w)",
    "norm1(w)",
    "norminf(w)",
    "normF(A)",
    "softmax(w)",
    "log_softmax(w)",
    "logsumexp(w)",
    "det(M)",
    "inv(M)",
    "M^-1*u",
    "solve(M, u)",
    "M\\u",
    "u'/M",
    "sum(w[i]*i for i in 1:3)",
    "sum(A[i, j]*u[i]*w[j] for i in 1:2, j in 1:3)",
    "sum(w[i+1]*w[i]^2 for i in 1:2)",
    "sum(w[i]*w[j] for i in 1:3, j in 1:i)",
    "sum(w[i]*w[j] for i in 1:3, j in 1:3 if j != i)",
    "prod(1 + w[i]^2 for i in 1:3)",
    "max(w[i]*i for i in 1:3)",
    "[w[i]*u[j] for i in 1:3, j in 1:2]",
    "[w[i]^i for i in 1:3]",
    "[sum(w[j] for j in 1:i) for i in 1:3]",
    "sum(sin(w[i]*u[j]) for i in 1:3, j in 1:2)",
    "sum(1 for i in 1:3)",
    "sum(i*j for i in 1:3, j in 1:2)",
    "sum(x for i in 1:3)",
    "sum(w[i] for i in 1:3)*sum(w[i] for i in 1:3)",
    "sum(delta(i, j)*w[i] for i in 1:3, j in 1:3)",
    "unit(3, 2)'*w",
    "unit(3, 1)'*unit(3, 2)",
    "single(1, 2, 2, 3) .* A",
    "if x > 0 then u else -u",
    "x*A - A*x",
    "sum((w - mean(w)*ones(3)).^2)",
    "w'*(A'*A)*w",
    "(A*w)'*u",
    "tr(w*w')",
    "M*inv(M)",
    "exp(-w'*w/2)",
    "sum(A*w)",
    "ones(2)'*A*ones(3)",
    "-A",
    "2*A + 3*A",
    "A - A",
    "[1, 2; 3, 4]*M",
    "M*[x, y; y, x]",
    "hadamard(A, A)",
    "blockdiag(M, A)",
    "B*u",
    "sum(B .* A')",
    "prod(A)",
    "max(A)",
    "w .- x",
    "x ./ (w.^2 .+ 1)",
};

}  // namespace

TEST_CASE("tensor expressions keep the value of what was written", "[tensor]") {
  for (const char* text : expressions) {
    DYNAMIC_SECTION(text) {
      Texts t;
      auto tensor = [&](const char* name, std::initializer_list<int64_t> extents) {
        Symbol s;
        s.name = name;
        Shape shape;
        for (int64_t e : extents) shape.extents.push_back(t.ctx.number(e));
        s.shape = t.ctx.shape_id(shape);
        t.names.declare_symbol(name, t.ctx.symbol(s));
      };
      tensor("u", {2});
      tensor("w", {3});
      tensor("M", {2, 2});
      tensor("A", {2, 3});
      tensor("B", {3, 2});
      const std::vector<Ref> folded = entries(t.ctx, t(text)), written = entries(t.ctx, t.written(text));
      REQUIRE(folded.size() == written.size());
      std::vector<Ref> all = folded;
      all.insert(all.end(), written.begin(), written.end());
      const auto inputs = inputs_of(t.ctx, all);
      const Tape reference = compile(t.ctx, written, inputs);
      const auto report = compare_derivatives(t.ctx, reference, compile(t.ctx, folded, inputs),
                                              value_claims(folded.size()), draw_points(t.ctx, reference, 16));
      INFO("entry " << report.claim << ": " << report.claimed << ", expected " << report.expected);
      CHECK(report.agreement == Agreement::yes);
    }
  }
}
