// The table of operations of the runtime's functions, beside what a type that counts counts in them, for
// matrices that take every branch: then the formulas are exact. And the headers that say them.
#include <catch2/catch.hpp>
#include <set>

#include "codegen/runtime_counts.h"
#include "expr/substitute.h"
#include "tests/counted_model.h"

using namespace nabla;
using namespace nabla::test;

namespace {

// Matrices: `worst` exchanges the last row into its place at every step of an elimination, all its pivots are
// negative and no multiplier is 0; `definite` is symmetric and positive definite. `compared`: how many
// comparisons show that `worst` is not, of entries that should be equal or of its first pivot.
const std::string matrices = R"(
std::vector<Counted> worst(std::ptrdiff_t n) {
  const auto size = static_cast<std::size_t>(n);
  std::vector<double> a(size * size);
  const auto lower = [&](std::size_t i, std::size_t k) { return i == k ? 1.0 : 0.2 + 0.6 / double(1 + i + 2 * k); };
  const auto upper = [&](std::size_t k, std::size_t j) { return k == j ? -1.0 - 0.1 * double(k) : 0.3 / double(1 + j - k); };
  for (std::size_t i = 0; i < size; ++i)
    for (std::size_t j = 0; j < size; ++j)
      for (std::size_t k = 0; k <= i && k <= j; ++k) a[i * size + j] += lower(i, k) * upper(k, j);
  for (std::size_t k = size - 1; k-- > 0;)
    for (std::size_t j = 0; j < size; ++j) std::swap(a[k * size + j], a[(size - 1) * size + j]);
  return {a.begin(), a.end()};
}
std::vector<Counted> definite(std::ptrdiff_t n) {
  std::vector<Counted> a(static_cast<std::size_t>(n * n));
  for (std::ptrdiff_t i = 0; i < n; ++i)
    for (std::ptrdiff_t j = 0; j < n; ++j)
      a[std::size_t(i * n + j)].v = 1.0 / double(1 + (i > j ? i - j : j - i)) + (i == j ? double(n) : 0);
  return a;
}
long compared(std::ptrdiff_t n, const std::vector<Counted>& a) {
  long out = 0;
  for (std::ptrdiff_t i = 0; i < n; ++i)
    for (std::ptrdiff_t j = 0; j < i; ++j) {
      ++out;
      if (a[std::size_t(i * n + j)].v != a[std::size_t(j * n + i)].v) return out;
    }
  return out + 1;
}
)";

const std::string calls = R"(
  using namespace nabla::rt;
  using C = Counted;
  for (std::ptrdiff_t n : {1, 2, 3, 4, 7, 8, 9, 16, 19, 24}) {
    const std::vector<C> a = worst(n), s = definite(n);
    std::vector<C> x = numbers(n * n), w = numbers(2 * n * n), f = numbers(n * n + n), b = numbers(5 * n), y = b;
    operations = compared(n, a);
    std::printf("compared %td %ld 0\n", n, operations);
    count("determinant", n, [&] { determinant<C>(n, a.data(), w.data()); });
    count("log_determinant", n, [&] { log_determinant<C>(n, a.data(), w.data()); });
    count("inverse", n, [&] { inverse<C>(n, a.data(), x.data(), w.data()); });
    count("log_of_pivots", n, [&] { log_of_pivots<C>(n, w.data(), C(1)); });
    count("inverse_log_determinant", n, [&] { inverse_log_determinant<C>(n, a.data(), x.data(), w.data()); });
    count("inverse_log_determinant:definite", n, [&] { inverse_log_determinant<C>(n, s.data(), x.data(), w.data()); });
    count("factors", n, [&] { factors<C>(n, a.data(), f.data()); });
    for (const bool turned : {false, true}) {
      const std::string what = turned ? "'" : "";
      count(("solve" + what).c_str(), n, [&] { solve<C>(n, f.data(), turned, b.data(), y.data()); });
      count(("solve_columns" + what).c_str(), n, [&] { solve_columns<C>(n, f.data(), turned, 5, b.data(), y.data()); });
    }
    count("factors:definite", n, [&] { factors<C>(n, s.data(), f.data()); });
    for (const bool turned : {false, true}) {
      const std::string what = turned ? ":definite'" : ":definite";
      count(("solve" + what).c_str(), n, [&] { solve<C>(n, f.data(), turned, b.data(), y.data()); });
      count(("solve_columns" + what).c_str(), n, [&] { solve_columns<C>(n, f.data(), turned, 5, b.data(), y.data()); });
    }
    for (int k : {-5, -1, 0, 1, 2, 7, 12}) {
      const std::string power = "matrix_power^" + std::to_string(k), lanes = "lane_" + power;
      count(power.c_str(), n, [&] { matrix_power<C>(n, a.data(), k, x.data(), w.data()); });
      count(lanes.c_str(), n, [&] { lane_matrix_power<C>(n, a.data(), k, x.data(), w.data()); });
    }
    count("adjugate", n, [&] { adjugate<C>(n, a.data(), x.data(), w.data()); });
    count("cholesky", n, [&] { cholesky<C>(n, s.data(), x.data()); });
    count("lane_determinant", n, [&] { lane_determinant<C>(n, s.data(), w.data()); });
    count("lane_log_determinant", n, [&] { lane_log_determinant<C>(n, s.data(), w.data()); });
    count("lane_inverse", n, [&] { lane_inverse<C>(n, s.data(), x.data(), w.data()); });
    count("lane_inverse_log_determinant", n, [&] { lane_inverse_log_determinant<C>(n, s.data(), x.data(), w.data()); });
  }
  for (std::ptrdiff_t n : {1, 2, 3, 15, 16, 17, 127, 128, 131}) {
    const std::vector<C> x = numbers(n);
    std::vector<C> y = x;
    count("argmax", n, [&] { argmax<C>(n, x.data(), 1); });
    count("lane_argmax", n, [&] { lane_argmax<C>(n, x.data(), 1); });
    count("norm1", n, [&] { norm1<C>(n, x.data(), 1); });
    count("norm2", n, [&] { norm2<C>(n, x.data(), 1); });
    count("norminf", n, [&] { norminf<C>(n, x.data(), 1); });
    count("logsumexp", n, [&] { logsumexp<C>(n, x.data(), 1); });
    count("softmax", n, [&] { softmax<C>(n, x.data(), 1, y.data()); });
    count("log_softmax", n, [&] { log_softmax<C>(n, x.data(), 1, y.data()); });
    count("products_one_by_one", n, [&] { products_one_by_one<C>(n, x.data(), y.data()); });
    count("products_without", n, [&] { products_without<C>(n, x.data(), y.data()); });
  }
)";

struct Called {
  std::string function;
  bool definite = false;
  std::vector<int64_t> more;
};

// "solve_columns:definite'" with five columns, "matrix_power^-5".
Called called(const std::string& name) {
  Called c{name.substr(0, name.find_first_of(":^'")), name.find(":definite") != std::string::npos, {}};
  if (c.function == "solve_columns") c.more = {5};
  if (const size_t at = name.find('^'); at != std::string::npos) c.more = {std::stoll(name.substr(at + 1))};
  return c;
}

class Formulas {
 public:
  // As numbers, or with symbols that get the numbers afterwards.
  CallCount of(const Called& c, int64_t n) {
    std::vector<Ref> sizes{ctx_.number(n)};
    for (int64_t m : c.more) sizes.push_back(ctx_.number(m));
    const auto count = runtime_count(ctx_, c.function, sizes, c.definite);
    REQUIRE(count);
    return *count;
  }
  Count by_symbol(const Called& c, int64_t n, bool& at_most) {
    const Ref size = ctx_.variable("n");
    std::vector<Ref> sizes{size};
    for (int64_t m : c.more) sizes.push_back(ctx_.number(m));
    const CallCount count = *runtime_count(ctx_, c.function, sizes, c.definite);
    at_most = count.elimination.at_most;
    const auto at = [&](Ref formula) {
      return number(substitute(ctx_, formula, std::vector<std::pair<Ref, Ref>>{{size, ctx_.number(n)}}));
    };
    return {at(count.elimination.operations), at(count.elimination.functions)};
  }
  double number(Ref r) {
    REQUIRE(ctx_.is_number(r));
    return ctx_.value(r).to_double();
  }

 private:
  Context ctx_;
};

}  // namespace

TEST_CASE("operations: of the runtime's functions, counted as they run", "[codegen][counts]") {
  const std::string folder = std::string(paths::source) + "/runtime/";
  const auto found =
      ran("runtime",
          "#include <string>\n#include <utility>\n#include \"" + folder + "nabla_products.h\"\n#include \"" +
              folder + "nabla_lanes_matrix.h\"\n" + matrices,
          calls);
  Formulas formulas;
  std::set<std::string> functions;
  for (const auto& [key, counted] : found) {
    const auto& [name, n] = key;
    if (name == "compared") continue;
    INFO(name << " " << n);
    const Called c = called(name);
    functions.insert(c.function);
    const Tally formula = formulas.of(c, n).elimination;
    double expected = formulas.number(formula.operations);
    // The first entries of `worst` that should be equal are not.
    if (!c.definite && (c.function == "factors" || c.function == "inverse_log_determinant"))
      expected += found.at({"compared", n}).operations - (n * (n - 1) / 2 + 1);
    // The chains of sums of a row, four of them, are added up.
    if (c.definite && c.function == "inverse_log_determinant") expected += 3 * n * (n - 1) / 2;
    CHECK(counted.operations == expected);
    CHECK(counted.functions == formulas.number(formula.functions));
    bool at_most = false;
    const Count general = formulas.by_symbol(c, n, at_most);
    CHECK(general.functions == counted.functions);
    if (at_most && !formula.at_most) {
      CHECK(general.operations >= formulas.number(formula.operations));
    } else {
      CHECK(general.operations == formulas.number(formula.operations));
    }
  }
  CHECK(functions.size() == 26);
}

// Of functions of an n-by-n matrix: two of a matrix that is positive definite, two of one that is not
// symmetric.
static void check(Counts& counts, const std::map<std::pair<std::string, int>, Count>& found, int n,
                  double relative, bool functions) {
  for (size_t i = 0; i < 4; ++i) {
    const std::string name = std::vector<std::string>{"f", "f_grad", "q", "q_grad"}[i];
    INFO(name);
    const Factoring way = i < 2 ? Factoring::cholesky : Factoring::elimination;
    const Count formula = counts.at(i, {{"n", n}}, way), &counted = found.at({name, n});
    CHECK(counted.operations == Approx(formula.operations).epsilon(relative));
    if (functions) CHECK(counted.functions == formula.functions);
  }
}

static const std::string factored_model =
    "dim n\nparam x, y : vector[n]\nvar l, s : scalar > 0\nK = [exp(-(x[i] - x[j])^2/(2*l^2)) + "
    "s^2*delta(i, j) for i in 1:n, j in 1:n]\nf(l, s) = -y'*inv(K)*y/2 - logdet(K)/2\nparam A : matrix[n, "
    "n]\n"
    "var b : vector[n]\nq(b) = b'*inv(A)*b + logdet(A)\nderive f wrt l, s : value, grad\nderive q wrt b : "
    "value, grad\n";

static const std::string factored_data = R"(
  auto x = numbers(n), y = numbers(n), A = numbers(n * n), b = numbers(n), g = numbers(n), work = numbers(9 * n * n);
  for (std::ptrdiff_t i = 0; i < n * n; ++i) A[i].v = 1 / (1.7 + i % 97) + (i % (n + 1) == 0 ? 20 : 0);
  Counted by_l, by_s;
)";

TEST_CASE("operations: of factors, by Cholesky's method and by elimination", "[codegen][counts]") {
  Counts counts(factored_model);
  const auto found = ran("factors", counts.header(), "const std::ptrdiff_t n = 64;" + factored_data + R"(
  count("f", n, [&] { (void)m::f<Counted>(n, 1.3, 0.9, x.data(), y.data(), work.data()); });
  count("f_grad", n, [&] { (void)m::f_grad<Counted>(n, 1.3, 0.9, x.data(), y.data(), &by_l, &by_s, work.data()); });
  count("q", n, [&] { (void)m::q<Counted>(n, b.data(), A.data(), work.data()); });
  count("q_grad", n, [&] { (void)m::q_grad<Counted>(n, b.data(), A.data(), g.data(), work.data()); });
)");
  check(counts, found, 64, 0.04, true);
  const std::string report = counts.report(1);
  CHECK(has(report,
            "\n  by Cholesky's method, where matrices are found to be positive definite, at most "
            "4*n^3/3 + 23*n^2 + 158*n/3 + 16 operations, n^2 + 2*n of them functions; 4.0 times the "
            "n^3/3 + 8*n^2 + 20*n/3 + 11 of f for large sizes.\n"));
  CHECK(has(report,
            "\n  by elimination at most 8*n^3/3 + 15*n^2 + 25*n/3 + 16 operations, 2*n^2 + n of them "
            "functions; 4.0 times the at most 2*n^3/3 + 19*n^2/2 + 29*n/6 + 11 of f for large sizes.\n"));
  CHECK(has(counts.header(), "\n// by elimination at most 8*n^3/3 + "));
}

// Eigen's own algorithms add what blocks need, which textbooks do not count.
TEST_CASE("operations: of factors in Eigen", "[codegen][counts]") {
  Counts counts(factored_model, TensorTarget::eigen);
  const auto found =
      ran("eigen-factors", counts.eigen_header(), "const std::ptrdiff_t n = 256;" + factored_data + R"(
  using M = Eigen::Matrix<Counted, -1, -1>;
  using V = Eigen::Matrix<Counted, -1, 1>;
  const V u = Eigen::Map<V>(x.data(), n), v = Eigen::Map<V>(y.data(), n), w = Eigen::Map<V>(b.data(), n);
  const M B = Eigen::Map<M>(A.data(), n, n);
  V r(n);
  count("f", n, [&] { (void)m::f(1.3, 0.9, u, v); });
  count("f_grad", n, [&] { (void)m::f_grad(1.3, 0.9, u, v, by_l, by_s); });
  count("q", n, [&] { (void)m::q(w, B); });
  count("q_grad", n, [&] { (void)m::q_grad(w, B, r); });
)");
  check(counts, found, 256, 0.12, false);
  Counts small(
      "dim n\nparam B : matrix[n, n]\nvar u : vector[n]\nh(u, B) = u'*inv(B)*u + logdet(B)\nderive h wrt u : "
      "value\n",
      TensorTarget::eigen);
  CHECK(small.at(0, {{"n", 4}}).operations == 16 + 34 + 32 + 16 + 8 + 1);  // compared, eliminated, solved, …
}

// What is declared to be positive definite has one way; what iterates is named, and then there is no ratio.
TEST_CASE("operations: what is said of calls", "[codegen][counts]") {
  const std::string sizes = "dim n, m\n";
  Counts declared(sizes +
                  "param S : matrix[n, n] spd\nvar b : vector[n]\nf(b) = b'*inv(S)*b\n"
                  "derive f wrt b : value\n");
  CHECK(has(declared.report(0), "\n  n^3/3 + 3*n^2 + 20*n/3 + 2 operations, 2*n of them functions.\n"));
  Counts lines(sizes +
               "var A : matrix[n, m]\nf(A) = sum(logsumexp(A, dim = 2))\nderive f wrt A : value, grad\n");
  CHECK(has(lines.report(0), "\n  5*m*n + n operations, m*n + n of them functions.\n"));
  CHECK(has(lines.report(1), "; 2.4 times the 5*m*n + n of f for large sizes.\n"));
  Counts power(sizes +
               "var A : matrix[n, n]\nparam k : scalar integer\nf(A, k) = sum(A^k)\ng(A) = "
               "tr(A^3)*tr(A^5)\nderive f wrt A "
               ": value\nderive g wrt A : value\n");
  CHECK(has(power.report(0),
            "\n  n^2 operations, and those of rt::matrix_power, which depend on the numbers.\n"));
  CHECK(!has(power.report(1), "which depend"));
  Counts values(sizes +
                    "var S : matrix[n, n] symmetric\nf(S) = eigmax(S) + sum(eigvals(S))\n"
                    "derive f wrt S : value, grad\n",
                TensorTarget::eigen);
  CHECK(has(values.header(), "operations, and those of eigmax, which depend on the numbers.\n"));
  CHECK(!has(values.header(), " times the "));
}
