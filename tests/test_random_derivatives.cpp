// Derivatives of random formulas of vectors and matrices of symbolic size, along random directions inside the
// structure of the variable, against dual numbers that run through the formula itself.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "diff/operators.h"
#include "diff/tensor_operators.h"
#include "eval/dense_points.h"
#include "expr/print.h"
#include "expr/substitute.h"
#include "expr/walk.h"
#include "simplify/simplify.h"
#include "tests/random_matrix_formula.h"
#include "tests/world.h"

using namespace nabla;

namespace {

constexpr double tolerance = 1e-8;

struct Tally {
  size_t formulas = 0, compared = 0, undefined = 0, rounding = 0, second = 0, refused = 0;
  std::map<std::string, size_t> refusals;
};

// What stands against the two: apart, relative to the largest term that was added up.
struct Contraction {
  std::vector<double> sums;
  double scale = 0;
};

bool is_finite(const std::vector<double>& v) {
  return std::all_of(v.begin(), v.end(), [](double x) { return std::abs(x) < 1e12; });
}

Contraction contract(const std::vector<double>& derivative, const std::vector<double>& direction) {
  Contraction c;
  for (size_t i = 0; i + direction.size() <= derivative.size(); i += direction.size()) {
    double sum = 0, size = 0;
    for (size_t j = 0; j < direction.size(); ++j) {
      sum += derivative[i + j] * direction[j];
      size += std::abs(derivative[i + j] * direction[j]);
    }
    c.sums.push_back(sum);
    c.scale = std::max(c.scale, size);
  }
  return c;
}

enum class Outcome { undefined, agree, differ };

struct Problem {
  Context& ctx;
  Ref e, x;
  Ref derivative;  // of e by x, or the second one
  std::vector<Ref> names;
};

// With the names of `sizes`, whose shape has all dims.
Problem problem(Context& ctx, Ref e, Ref x, Ref derivative, Ref sizes) {
  Problem p{ctx, e, x, derivative, {}};
  for (Ref root : {e, derivative, sizes}) {
    for (Ref r : symbols_of(ctx, root)) {
      const Role role = ctx.symbol(r).role;
      if (role == Role::extent || role == Role::function) continue;
      if (std::find(p.names.begin(), p.names.end(), r) == p.names.end()) p.names.push_back(r);
    }
  }
  return p;
}

const DenseArray<double>& value_of(const DensePoint& point, Ref x) {
  return std::find_if(point.begin(), point.end(), [&](const DenseBinding& b) { return b.name == x; })->value;
}

// Claimed minus expected at one point, and what it is measured by. Empty: one of them is undefined.
struct Deviation {
  std::vector<double> entries;
  double scale = 0;
  bool is_small() const {
    return std::all_of(entries.begin(), entries.end(),
                       [this](double d) { return std::abs(d) <= tolerance * std::max(scale, 1e-3); });
  }
};

Deviation deviation(const Contraction& claimed, double scale, const std::vector<double>& expected) {
  if (!is_finite(claimed.sums) || !is_finite(expected)) return {};
  REQUIRE(claimed.sums.size() == expected.size());
  Deviation d{{}, std::max(scale, claimed.scale)};
  for (size_t i = 0; i < expected.size(); ++i) {
    d.entries.push_back(claimed.sums[i] - expected[i]);
    d.scale = std::max(d.scale, std::abs(expected[i]));
  }
  return d;
}

using Compare = Deviation(const Problem&, const DensePoint&, uint64_t seed);

Deviation first_order(const Problem& p, const DensePoint& point, uint64_t seed) {
  const DenseArray<double> v = random_direction(p.ctx, p.x, value_of(point, p.x), seed + 7, true);
  const Contraction claimed = contract(dense_value(p.ctx, p.derivative, point).entries, v.entries);
  const std::vector<DenseBinding> direction{{p.x, v}};
  return deviation(claimed, 0, directional_derivative(p.ctx, p.e, point, direction).entries);
}

Deviation second_order(const Problem& p, const DensePoint& point, uint64_t seed) {
  const DenseArray<double>& at = value_of(point, p.x);
  const DenseArray<double> v = random_direction(p.ctx, p.x, at, seed + 7, true),
                           w = random_direction(p.ctx, p.x, at, seed + 8, true);
  const Contraction once = contract(dense_value(p.ctx, p.derivative, point).entries, v.entries);
  const std::vector<DenseBinding> along_v{{p.x, v}}, along_w{{p.x, w}};
  return deviation(contract(once.sums, w.entries), once.scale,
                   second_derivative(p.ctx, p.e, point, along_v, along_w).entries);
}

// A wrong derivative is as wrong a little beside the point; what rounding does to a right one is different
// there. Structures survive a factor.
bool is_rounding(const Problem& p, Compare compare, DensePoint point, uint64_t seed) {
  double least = 1, most = -1;
  for (int k = 0; k < 8; ++k) {
    for (size_t b = 0; b < point.size(); ++b) {
      if (p.ctx.symbol(point[b].name).role == Role::extent) continue;
      const double factor =
          1 + 1e-9 * static_cast<double>((seed + b * 7 + static_cast<uint64_t>(k) * 13) % 11);
      for (double& v : point[b].value.entries) v *= factor;
    }
    const Deviation d = compare(p, point, seed);
    if (d.entries.empty()) return true;
    const auto worst = std::max_element(d.entries.begin(), d.entries.end(),
                                        [](double a, double b) { return std::abs(a) < std::abs(b); });
    if (k == 0) least = most = *worst;
    least = std::min(least, *worst);
    most = std::max(most, *worst);
  }
  return most - least > 0.1 * std::max(std::abs(most), std::abs(least));
}

// The inverse of a singular matrix is made of rounding errors.
bool is_regular(const Problem& p, const DensePoint& point) {
  for (Ref r : nodes_below(p.ctx, p.derivative)) {
    if (p.ctx.kind(r) != Kind::matpow || p.ctx.operands(r)[1] != minus_one) continue;
    for (double v : dense_value(p.ctx, r, point).entries) {
      if (!(std::abs(v) < 1e9)) return false;
    }
  }
  return true;
}

Outcome outcome(const Problem& p, Compare compare, uint64_t seed, Tally& tally) {
  try {
    const DensePoint point = random_point(p.ctx, p.names, {}, seed);
    const Deviation d = compare(p, point, seed);
    if (d.entries.empty()) return Outcome::undefined;
    if (d.is_small()) return Outcome::agree;
    if (!is_regular(p, point)) return Outcome::undefined;
    if (!is_rounding(p, compare, point, seed)) return Outcome::differ;
    ++tally.rounding;
    return Outcome::undefined;
  } catch (const Failure& f) {
    // A place in data that is undefined is no position, which is an error.
    if (f.diagnostic.code != Code::bad_value) throw;
    return Outcome::undefined;
  }
}

// At up to 12 points, until two of them agree.
Outcome at_points(const Problem& p, Compare compare, uint64_t seed, Tally& tally) {
  size_t agree = 0;
  for (uint64_t i = 0; i < 12 && agree < 2; ++i) {
    const Outcome o = outcome(p, compare, seed * 100 + i, tally);
    if (o == Outcome::differ) return o;
    agree += o == Outcome::agree;
  }
  return agree == 0 ? Outcome::undefined : Outcome::agree;
}

struct Question {
  std::string text, variable;
};

// Names of the formula that are there, in the order of the list.
std::optional<Question> question(uint64_t seed) {
  test::RandomMatrixFormula random(seed);
  const std::string text = random.make(static_cast<int>(1 + seed % 8));
  test::World w(test::RandomMatrixFormula::declarations);
  Ref e;
  try {
    e = w(text);
  } catch (const Failure&) {  // 1/0 and the like
    return std::nullopt;
  }
  std::vector<std::string> present;
  for (const char* name : test::RandomMatrixFormula::names) {
    if (contains(w.ctx, e, w(name))) present.push_back(name);
  }
  if (present.empty()) return std::nullopt;
  return Question{text, present[seed / 8 % present.size()]};
}

// The second derivative along the orthogonal matrices is not that along their tangents.
bool is_flat(const Context& ctx, Ref x) { return ctx.symbol(x).structure != Structure::orthogonal; }

void check(uint64_t seed, Tally& tally) {
  const auto asked = question(seed);
  if (!asked) return;
  INFO("seed " << seed << ": " << asked->text << "  by " << asked->variable);
  test::World w(test::RandomMatrixFormula::declarations);
  const Ref e = w(asked->text), x = w(asked->variable), sizes = w("D");
  ++tally.formulas;
  try {
    Partials partials(w.ctx);
    TensorOperators operators(partials);
    const Ref derivative = simplify(w.ctx, operators.jacobian(e, x));
    const Outcome first = at_points(problem(w.ctx, e, x, derivative, sizes), first_order, seed, tally);
    INFO("derivative " << print(w.ctx, derivative));
    CHECK(first != Outcome::differ);
    tally.compared += first == Outcome::agree;
    tally.undefined += first == Outcome::undefined;
    if (seed % 4 != 0 || w.ctx.shape_of(e).order() != 0 || !is_flat(w.ctx, x)) return;
    const Ref hessian = operators.hessian(e, x);
    const Outcome second = at_points(problem(w.ctx, e, x, hessian, sizes), second_order, seed, tally);
    INFO("hessian " << print(w.ctx, hessian));
    CHECK(second != Outcome::differ);
    tally.second += second == Outcome::agree;
  } catch (const Failure& f) {
    ++tally.refused;
    ++tally.refusals[f.diagnostic.message];
  }
}

void run(uint64_t seeds) {
  Tally tally;
  for (uint64_t seed = 0; seed < seeds; ++seed) check(seed, tally);
  std::string list;
  for (const auto& [message, n] : tally.refusals) list += "\n  " + std::to_string(n) + "  " + message;
  INFO(tally.formulas << " formulas, " << tally.compared << " derivatives and " << tally.second
                      << " Hessians agree, " << tally.undefined << " undefined at all points, "
                      << tally.rounding << " points spoilt by rounding, " << tally.refused
                      << " refused:" << list);
  CHECK(tally.refused * 100 < tally.formulas);
  CHECK(tally.compared * 10 > tally.formulas * 8);
}

}  // namespace

// Whose Jacobians need a function of several matrices at once, or differences of spectra.
TEST_CASE("derivatives of matrix functions agree with dual numbers", "[tensor][diff]") {
  const std::pair<const char*, const char*> rows[] = {
      {"expm(A)", "A"},
      {"expm(A)*x", "A"},
      {"sqrtm(P)*B", "P"},
      {"[expm(A), A*D]", "A"},
      {"frechet(sinm, A, B*A)", "B"},
      {"sylvester(P, P + A*A', A*B)", "A"},
      {"sylvester(P, A*A' + P, D*D')*x", "P"},
      {"polar(A)", "A"},
      {"tr(polar(A)*B)", "A"},
      {"svdu(A)", "A"},
      {"svdv(A)*x", "A"},
      {"eigvecs(S)", "S"},
      {"sum(eigvecs(sym(A)).^3)", "A"},
      {"chol(P)", "P"},
      {"sum(norm2(x - B[j, :]')*w[j] for j in 1:n)", "x"},
      {"[logsumexp(B[j, :]' .* x) for j in 1:n]", "B"},
  };
  Tally tally;
  for (const auto& [text, variable] : rows) {
    INFO(text << " by " << variable);
    test::World w(test::RandomMatrixFormula::declarations);
    const Ref e = w(text), x = w(variable);
    Partials partials(w.ctx);
    const Ref derivative = TensorOperators(partials).jacobian(e, x);
    CHECK(at_points(problem(w.ctx, e, x, derivative, w("D")), first_order, 3, tally) == Outcome::agree);
    CHECK(w(print(w.ctx, derivative)) == derivative);
  }
}

// What multiplies a branch or stands under a guard has no value elsewhere, and is not asked for one.
TEST_CASE("derivatives stay inside their branches and guards", "[tensor][diff]") {
  const char* const texts[] = {
      "sum(if x[i] > 0 then log(x[i])*x[i] else 0 for i in 1:n)",
      "sum(if x[i] > 0 then sqrt(x[i])*x[i]^2 else x[i] for i in 1:n)",
      "sum(if x[i] > 0 then w[i]*log(x[i])*y[i] else x[i]*y[i] for i in 1:n)",
      "[if x[i] > 0 then x[i]^a*x[i] else 0 for i in 1:n]",
      "sum(1/(x[i] - x[j]) for i in 1:n, j in 1:n if i != j)",
      "sum(w[i]*w[j]*log(abs(x[i] - x[j])) for i in 1:n, j in 1:n if i < j)",
      "sum(if i == j then x[i] else x[i]/(i - j) for i in 1:n, j in 1:n)",
  };
  Tally tally;
  for (const char* text : texts) {
    INFO(text);
    test::World w(test::RandomMatrixFormula::declarations);
    const Ref e = w(text), x = w("x");
    Partials partials(w.ctx);
    TensorOperators operators(partials);
    const Ref derivative = simplify(w.ctx, operators.jacobian(e, x));
    CHECK(at_points(problem(w.ctx, e, x, derivative, w("D")), first_order, 3, tally) == Outcome::agree);
    if (w.ctx.shape_of(e).order() != 0) continue;
    const Ref hessian = simplify(w.ctx, operators.hessian(e, x));
    CHECK(at_points(problem(w.ctx, e, x, hessian, w("D")), second_order, 3, tally) == Outcome::agree);
  }
}

// Expected: the printed text is the same expression again.
TEST_CASE("Jacobians of what changes its shape read back", "[tensor][print]") {
  const std::pair<const char*, const char*> rows[] = {
      {"kron(A, D)", "A"}, {"unvec(A*x, n, 1)", "x"}, {"commut(n, n)*vec(A)", "A"},
      {"vec(A*D)", "D"},   {"kron(x, y)", "x"},       {"unvec(vec(A*B), n^2, 1)", "B"}};
  for (const auto& [text, variable] : rows) {
    INFO(text << " by " << variable);
    test::World w(test::RandomMatrixFormula::declarations);
    Partials partials(w.ctx);
    const Ref derivative = TensorOperators(partials).jacobian(w(text), w(variable));
    INFO(print(w.ctx, derivative));
    CHECK(w(print(w.ctx, derivative)) == derivative);
  }
}

TEST_CASE("derivatives of random matrix formulas agree with dual numbers", "[random][diff]") { run(12'500); }
