// The rows about matrices: each is sound at random and at special matrices of one to four rows, each fires on
// its left side and lowers the weight; wrong rows are found.
#include <catch2/catch.hpp>
#include <cmath>
#include <string>

#include "eval/dense.h"
#include "eval/dense_points.h"
#include "expr/print.h"
#include "expr/substitute.h"
#include "expr/tensor.h"
#include "simplify/matrix_rule_step.h"
#include "simplify/rewrite.h"
#include "simplify/rule_step.h"
#include "simplify/simplify.h"
#include "tests/world.h"

using namespace nabla;
using namespace nabla::test;

namespace {

struct Verdict {
  std::string wrong, narrow, wide;
  size_t agreed = 0;
};

// The letters as a user declares them.
std::string declared(const RuleText& rule) {
  const bool cholesky = rule.from.find("chol(T)") != std::string_view::npos;
  return "dim n, m; var A : matrix[n, n]" + std::string(rule.when.empty() ? "" : " orthogonal") +
         "; var B, C : matrix[n, n]; var S : matrix[n, n] spd; var T : matrix[n, n] " +
         (cholesky ? "spd" : "symmetric") +
         "; var D, E : matrix[m, m]; var P : matrix[n, m]; var Q : matrix[m, n]; var x, y : vector[n]; "
         "var a, b";
}

bool is_finite(const DenseArray<double>& a) {
  return std::all_of(a.entries.begin(), a.entries.end(), [](double v) { return std::isfinite(v); });
}

double distance(const DenseArray<double>& a, const DenseArray<double>& b) {
  double most = 0, size = 1;
  for (size_t i = 0; i < a.entries.size(); ++i) {
    most = std::max(most, std::abs(a.entries[i] - b.entries[i]));
    size = std::max(size, std::abs(a.entries[i]));
  }
  return most / size;
}

Verdict check(const RuleText& rule) {
  Verdict v;
  for (uint64_t seed = 1; seed <= 120; ++seed) {
    World world(declared(rule));
    Context& ctx = world.ctx;
    const Ref from = world(rule.from), to = world(rule.to);
    const Ref both[] = {from, to};
    std::vector<Ref> names;
    for (Ref s : symbols_of(ctx, both)) {
      if (ctx.symbol(s).role != Role::extent) names.push_back(s);
    }
    const std::pair<Ref, int64_t> dims[] = {{world("n"), 1 + static_cast<int64_t>(seed % 4)},
                                            {world("m"), 1 + static_cast<int64_t>(seed / 4 % 4)}};
    // P*Q of more rows than P has columns is singular, though rounding may hide it.
    if (rule.from.find("inv(P*Q)") != std::string_view::npos && dims[0].second > dims[1].second) continue;
    DensePoint point = random_point(ctx, names, dims, seed);
    if (seed % 5 == 0) {  // one of the matrices is 0, or the others are, or all entries are 1
      for (DenseBinding& b : point) {
        if (b.value.extents.size() != 2 || ctx.symbol(b.name).structure != Structure::none) continue;
        const bool first = ctx.symbol(b.name).name == "A";
        if ((seed / 5 % 3 == 0 && first) || (seed / 5 % 3 == 1 && !first) || seed / 5 % 3 == 2) {
          std::fill(b.value.entries.begin(), b.value.entries.end(), seed / 5 % 3 == 2 ? 1.0 : 0.0);
        }
      }
    }
    const DenseArray<double> left = dense_value(ctx, from, point), right = dense_value(ctx, to, point);
    const std::string where = "seed " + std::to_string(seed);
    const double apart = distance(left, right);
    // Rounding makes numbers of what is singular: then a small step changes everything.
    for (DenseBinding& b : point) {
      if (b.value.extents.empty() || ctx.symbol(b.name).structure != Structure::none) continue;
      for (double& entry : b.value.entries)
        entry *= 1 + 1e-9 * static_cast<double>(&entry - b.value.entries.data() + 1);
    }
    if (is_finite(left) && !(distance(left, dense_value(ctx, from, point)) <= 1e-4)) continue;
    if (is_finite(left) && is_finite(right)) {
      if (apart > 1e-6 && apart < 1e9) v.wrong = where;
      v.agreed += apart <= 1e-6;
    } else if (is_finite(left)) {
      v.narrow = where;
    } else if (is_finite(right)) {
      v.wide = where;
    }
  }
  return v;
}

}  // namespace

TEST_CASE("every rule of matrices is sound", "[rules]") {
  for (const RuleText& rule : matrix_rules()) {
    INFO(rule.name << ": " << rule.from << " -> " << rule.to);
    const Verdict v = check(rule);
    CHECK(v.wrong == "");
    CHECK(v.narrow == "");
    CHECK(v.agreed >= 20);
    CHECK((v.wide == "" || rule.domains == Domains::wider));
  }
}

TEST_CASE("wrong rules of matrices are found", "[rules]") {
  const RuleText planted[] = {
      {"inverse_of_product", "inv(A*B)*B", "inv(A)", "", Domains::wider, ""},
      {"product_commutes", "A*B*inv(A)", "B", "", Domains::wider, ""},
      {"determinant_of_sum", "det(A + B)", "det(A) + det(B)", "", Domains::wider, ""},
      {"expm_of_sum", "expm(A)*expm(B)", "expm(A + B)", "", Domains::wider, ""},
      {"push_through_turned", "P*inv(eye(m) + Q*P)*Q", "inv(eye(n) + P*Q)", "", Domains::wider, ""},
      {"woodbury_sign", "inv(A) - inv(A)*P*inv(eye(m) + Q*inv(A)*P)*Q*inv(A)", "inv(A - P*Q)", "",
       Domains::wider, ""},
      {"cholesky_turned", "chol(S)'*chol(S)", "S", "", Domains::wider, ""},
      {"logm_of_expm", "logm(expm(6*A))", "6*A", "", Domains::same, ""},
      {"orthogonal_determinant", "det(A)", "1", "A'*A == eye(n)", Domains::same, ""},
      {"parallel_sum", "A*inv(A + B)*B", "inv(inv(A) + inv(B))", "", Domains::wider, ""},
      {"trace_of_product", "tr(A*B)", "tr(A)*tr(B)", "", Domains::wider, ""},
      {"sherman_morrison_turned", "inv(A) - inv(A)*x*y'*inv(A)/(1 + x'*inv(A)*y)", "inv(A + x*y')", "",
       Domains::wider, ""},
      {"determinant_lemma_sign", "det(A)*(1 - y'*inv(A)*x)", "det(A + x*y')", "", Domains::wider, ""},
      {"logdet_of_product", "logdet(A*B)", "logdet(A) + logdet(B)", "", Domains::wider, ""},
      {"determinant_of_blocks", "det([A, P; Q, D])", "det(A)*det(D)", "", Domains::wider, ""},
      {"adjugate_backwards", "adj(A)", "det(A)*inv(A)", "", Domains::wider, ""},
      {"expm_of_sum_of_scaled", "expm(a*A)*expm(b*B)", "expm(a*A + b*B)", "", Domains::wider, ""},
      {"pinv_of_product", "pinv(P*Q)", "pinv(Q)*pinv(P)", "", Domains::wider, ""},
      {"diagonal_form_turned", "eigvecs(T)*T*eigvecs(T)'", "diag(eigvals(T))", "", Domains::wider, ""},
      {"norm_of_sum", "norm1(x + y)", "norm1(x) + norm1(y)", "", Domains::wider, ""},
  };
  for (const RuleText& rule : planted) {
    INFO(rule.name << ": " << rule.from << " -> " << rule.to);
    const Verdict v = check(rule);
    CHECK((v.wrong != "" || v.narrow != "" || (v.wide != "" && rule.domains == Domains::same)));
  }
}

TEST_CASE("every rule of matrices fires on its left side", "[rules]") {
  for (const RuleText& rule : matrix_rules()) {
    INFO(rule.name << ": " << rule.from << " -> " << rule.to);
    World world(declared(rule));
    Weight weight(world.ctx);
    RuleStep step(world.ctx, weight, standard_rules());
    MatrixRows rows(world.ctx, {&rule, 1});
    MatrixRuleStep alone(world.ctx, rows, [&](Ref a, Ref b) { return step.lighter(a, b); });
    const Ref from = world(rule.from), to = world(rule.to);
    INFO(print(world.ctx, from));
    CHECK(step.lighter(to, from));
    Ref stepped = alone(from);
    // A sum may stand as the transpose of the node that is stored.
    if (!stepped && world.ctx.shape_of(from).order() == 2) {
      if (const Ref turned = alone(transpose(world.ctx, from))) stepped = transpose(world.ctx, turned);
    }
    REQUIRE(stepped);
    CHECK_FALSE(step.lighter(to, stepped));
    CHECK_FALSE(step.lighter(from, rewrite_by_rules(world.ctx, weight, from)));
  }
}

TEST_CASE("a rule that is met in a row gives a row", "[rules]") {
  World world("dim n; var A, B, C : matrix[n, n]; var x, y : vector[n]");
  const std::pair<const char*, const char*> rows[] = {
      {"x'*inv(A*B)*A", "x'*inv(B)"},
      {"x'*(B*inv(A*B))'", "(inv(A)*x)'"},
      {"x'*B*inv(A*B)*C", "x'*inv(A)*C"},
      {"x'*vcat(B, C)'*hcat(A, A)'", "x'*(B + C)'*A'"},
      {"x'*A*inv(A + B) + x'*B*inv(A + B)", "x'"},
  };
  for (const auto& [given, form] : rows) {
    INFO(given);
    const Ref simpler = simplify(world.ctx, world(given));
    CHECK(simpler == simplify(world.ctx, world(form)));
    CHECK(world.ctx[simpler].shape == world.ctx[world(given)].shape);
  }
}

TEST_CASE("rules find chains within products and terms within sums", "[rules]") {
  World world(
      "dim n, d; var A, B, C : matrix[n, n]; var X : matrix[n, d]; var W : matrix[n, n] orthogonal; "
      "var x, y : vector[n]; var v : vector[d]; var a");
  const std::pair<const char*, const char*> rows[] = {
      {"C*inv(A*B)*A*C", "C*inv(B)*C"},
      {"x'*inv(A*B)*A*y", "x'*inv(B)*y"},
      {"a*inv(A*B*C)*A*B", "a*inv(C)"},
      {"A'*inv(B'*A')", "inv(B)'"},
      {"2*B - 2*B*inv(B + C)*B + A", "A + 2*B*inv(B + C)*C"},
      {"inv(A) - inv(A)*X*inv(eye(d) + X'*inv(A)*X)*X'*inv(A)", "inv(A + X*X')"},
      {"norm2(W*A*x)", "norm2(A*x)"},
      {"a*sum(softmax(x))", "a"},
      {"A*B", "A*B"},
      {"inv(A*B)*C", "inv(A*B)*C"},
  };
  for (const auto& [from, to] : rows) {
    INFO(from);
    const Ref result = rewrite_by_rules(world.ctx, world(from));
    CHECK(print(world.ctx, result) == print(world.ctx, world(to)));
  }
}
