// How many operations the comment of a function on whole arrays says, beside what a type that counts counts
// when the same header runs with it.
#include <catch2/catch.hpp>

#include "tests/counted_model.h"

using namespace nabla;
using namespace nabla::test;

TEST_CASE("operations: one loop, counted exactly", "[codegen][counts]") {
  Counts counts(
      "dim n\nvar x : vector[n]\nparam a : scalar\nf(x, a) = sum(x .* sin(a*x)) + exp(a)\nderive f wrt x : "
      "value, grad, hvp, hess(csr)\n");
  const auto found = ran("loop", counts.header(), R"(
  for (std::ptrdiff_t n : {64, 128}) {
    auto x = numbers(n), v = numbers(n), g = numbers(n), h = numbers(n), work = numbers(10 * n);
    const Counted a(0.7);
    count("value", n, [&] { (void)m::f<Counted>(n, x.data(), a); });
    count("grad", n, [&] { (void)m::f_grad<Counted>(n, x.data(), a, g.data()); });
    count("hvp", n, [&] { m::f_hvp<Counted>(n, x.data(), a, v.data(), g.data()); });
    count("hess", n, [&] { (void)m::f_hess_csr<Counted>(n, x.data(), a, g.data(), h.data(), work.data()); });
  }
)");
  const std::vector<std::string> names = {"value", "grad", "hvp", "hess"};
  for (size_t i = 0; i < names.size(); ++i) {
    INFO(names[i]);
    CHECK(!counts.at_most(i));
    const Count first = counts.at(i, {{"n", 64}}), second = counts.at(i, {{"n", 128}});
    const Count &small = found.at({names[i], 64}), &large = found.at({names[i], 128});
    CHECK(small.operations >= first.operations);
    CHECK(small.operations <= first.operations + ends_of_sum);
    CHECK(large.operations - small.operations == second.operations - first.operations);
    CHECK(small.functions == first.functions);
    CHECK(large.functions == second.functions);
  }
  CHECK(has(counts.report(0), "\n  4*n + 2 operations, n + 1 of them functions.\n"));
}

TEST_CASE("operations: loops that conditions narrow", "[codegen][counts]") {
  Counts counts(
      "dim n >= 2\nvar x : vector[n]\nf(x) = sum(100*(x[i+1] - x[i]^2)^2 + (1 - x[i])^2 for i in 1:n-1)\n"
      "g(x) = sum(exp(x[i]*x[j]) for i in 1:n, j in 1:i)\nh(x) = sum(x[i]*x[j] for i in 1:n, j in i+2:n)\n"
      "k(x) = sum(x[i]*x[j] for i in 1:n, j in 1:i-1)\n"
      "derive f : value, grad, hess(csr)\nderive g : value, grad\nderive h : value\nderive k : value\n");
  const auto found = ran("narrowed", counts.header(), R"(
  for (std::ptrdiff_t n : {64, 128}) {
    auto x = numbers(n), g = numbers(n), h = numbers(3 * n), work = numbers(2 * n * n + 100 * n);
    count("f", n, [&] { (void)m::f<Counted>(n, x.data()); });
    count("f_grad", n, [&] { (void)m::f_grad<Counted>(n, x.data(), g.data()); });
    count("f_hess", n, [&] { (void)m::f_hess_csr<Counted>(n, x.data(), g.data(), h.data()); });
    count("g", n, [&] { (void)m::g<Counted>(n, x.data()); });
    count("g_grad", n, [&] { (void)m::g_grad<Counted>(n, x.data(), g.data(), work.data()); });
    count("h", n, [&] { (void)m::h<Counted>(n, x.data()); });
    count("k", n, [&] { (void)m::k<Counted>(n, x.data()); });
  }
)");
  const std::vector<std::string> names = {"f", "f_grad", "f_hess", "g", "g_grad", "h", "k"};
  for (size_t i = 0; i < names.size(); ++i) {
    for (int n : {64, 128}) {
      INFO(names[i] << " " << n);
      const Count formula = counts.at(i, {{"n", n}}), &counted = found.at({names[i], n});
      const double sums = names[i] == "g_grad" ? 2 * n + 2 : 1;
      CHECK(counted.operations <= formula.operations + sums * ends_of_sum);
      // Conditions spare terms.
      CHECK(counted.operations >= formula.operations - (counts.at_most(i) ? 0.1 * formula.operations : 0));
      CHECK(counted.functions == formula.functions);
    }
  }
  CHECK(has(counts.report(0), "\n  8*n - 8 operations.\n"));
  CHECK(has(counts.report(3), "\n  3*(n^2 + n)/2 operations, (n^2 + n)/2 of them functions.\n"));
  CHECK(has(counts.report(5), "\n  n^2 - 3*n + 2 operations.\n"));
  CHECK(has(counts.report(6), "\n  n^2 - n operations.\n"));
  CHECK(has(counts.header(), "\n// at most 18*n operations; 2.3 times the 8*n - 8 of f for large sizes.\n"));
}

TEST_CASE("operations: products of matrices, and blocks along an axis", "[codegen][counts]") {
  Counts counts(
      "dim n, d\nparam X : matrix[n, d]\nvar w : vector[d]\nparam B : matrix[d, d]\n"
      "f(w) = sum(exp(X*w)) + w'*w\ng(w) = sum(tanh(X*B*B) * w)\nderive f wrt w : value, grad, hess, hvp\n"
      "derive g wrt w : value, grad\n");
  const auto found = ran("products", counts.header(), R"(
  for (std::ptrdiff_t k : {1, 2}) {
    const std::ptrdiff_t n = 96 * k, d = 128 * k;
    auto X = numbers(n * d), w = numbers(d), B = numbers(d * d), v = numbers(d), g = numbers(d),
         h = numbers(d * d), work = numbers(4 * (n + d) * (n + d));
    for (Counted& x : X) x.v *= 1e-3;
    count("f", k, [&] { (void)m::f<Counted>(n, d, w.data(), X.data(), work.data()); });
    count("f_grad", k, [&] { (void)m::f_grad<Counted>(n, d, w.data(), X.data(), g.data(), work.data()); });
    count("f_hess", k, [&] { (void)m::f_hess<Counted>(n, d, w.data(), X.data(), g.data(), h.data(), work.data()); });
    count("f_hvp", k, [&] { m::f_hvp<Counted>(n, d, w.data(), X.data(), v.data(), g.data(), work.data()); });
    count("g", k, [&] { (void)m::g<Counted>(n, d, w.data(), X.data(), B.data(), work.data()); });
    count("g_grad", k, [&] { (void)m::g_grad<Counted>(n, d, w.data(), X.data(), B.data(), g.data(), work.data()); });
  }
)");
  const std::vector<std::string> names = {"f", "f_grad", "f_hess", "f_hvp", "g", "g_grad"};
  for (size_t i = 0; i < names.size(); ++i) {
    for (int k : {1, 2}) {
      INFO(names[i] << " " << k);
      const Count formula = counts.at(i, {{"n", 96 * k}, {"d", 128 * k}}), &counted = found.at({names[i], k});
      CHECK(counted.operations >= formula.operations);
      CHECK(counted.operations <= 1.05 * formula.operations + ends_of_sum);
      CHECK(counted.functions == formula.functions);
    }
  }
}

TEST_CASE("operations: over many points, for each of them", "[codegen][counts]") {
  Counts counts(
      "dim d\nvar w : vector[d]\nparam x : vector[d]\nparam c : vector[d]\nf(w, x, c) = exp(w'*x) + "
      "sum(x.*sin(c))\nderive f wrt w : grad, batch(x)\nderive f wrt x : grad, batch(x)\n");
  const auto found = ran("batch", counts.header(), R"(
  const std::ptrdiff_t d = 24;
  for (std::ptrdiff_t points : {100, 200}) {
    auto w = numbers(d), c = numbers(d), x = numbers(d * points), v = numbers(points), g = numbers(d * points),
         work = numbers(100 * d);
    count("w", points, [&] { (void)m::f_grad_batch<Counted>(points, d, w.data(), x.data(), c.data(), g.data(), work.data()); });
    count("x", points, [&] { m::f_grad_batch_x<Counted>(points, d, w.data(), x.data(), c.data(), v.data(), g.data(), work.data()); });
  }
)");
  for (const size_t i : {1U, 3U}) {
    const std::string name = i == 1 ? "w" : "x";
    INFO(name);
    const Count formula = counts.at(i, {{"d", 24}});
    const Count &small = found.at({name, 100}), &large = found.at({name, 200});
    CHECK(large.operations - small.operations == 100 * formula.operations);
    CHECK(large.functions - small.functions == 100 * formula.functions);
  }
  CHECK(has(counts.report(1), "  a point: "));
  CHECK(has(counts.report(1), "once for all points: d operations, d of them functions."));
}

TEST_CASE("operations: in Eigen", "[codegen][counts]") {
  Counts counts(
      "dim n, d\nparam X : matrix[n, d]\nparam a : scalar\nvar w : vector[d]\nf(w, a) = sum(exp(X*w)) + "
      "a/2*w'*w\nderive f wrt w : value, grad, hess, hvp\n",
      TensorTarget::eigen);
  const auto found = ran("eigen", counts.eigen_header(), R"(
  for (int k : {1, 2}) {
    const int n = 96 * k, d = 128 * k;
    const Eigen::Matrix<Counted, -1, -1> X = Eigen::MatrixXd::Constant(n, d, 1e-3).cast<Counted>();
    const Eigen::Matrix<Counted, -1, 1> w = Eigen::VectorXd::Constant(d, 0.3).cast<Counted>();
    Eigen::Matrix<Counted, -1, 1> g(d);
    Eigen::Matrix<Counted, -1, -1> h(d, d);
    const Counted a(0.7);
    count("f", k, [&] { (void)m::f(w, a, X); });
    count("f_grad", k, [&] { (void)m::f_grad(w, a, X, g); });
    count("f_hess", k, [&] { (void)m::f_hess(w, a, X, g, h); });
    count("f_hvp", k, [&] { m::f_hvp(w, a, X, w, g); });
  }
)");
  const std::vector<std::string> names = {"f", "f_grad", "f_hess", "f_hvp"};
  for (size_t i = 0; i < names.size(); ++i) {
    for (int k : {1, 2}) {
      INFO(names[i] << " " << k);
      const Count formula = counts.at(i, {{"n", 96 * k}, {"d", 128 * k}}), &counted = found.at({names[i], k});
      // Eigen's products multiply by a factor that is 1.
      CHECK(counted.operations == Approx(formula.operations).epsilon(0.07));
      CHECK(counted.functions == formula.functions);
    }
  }
}

TEST_CASE("operations: where nothing is computed", "[codegen][counts]") {
  const std::string nothing = "nothing to compute, each number is a constant or an argument.\n";
  Counts counts(
      "dim n\nvar x : vector[n]\nparam A : matrix[n, n] symmetric\nf(x) = x'*A*x/2\nderive f wrt x : "
      "hess(only), "
      "hess\n");
  CHECK(has(counts.report(0), "\n  " + nothing));
  CHECK(!has(counts.report(1), nothing));
  CHECK(has(counts.header(), "\n// " + nothing));
  LoadedModel written("var x, y : scalar\nf(x, y) = 3*x^2 + x*y\nderive f wrt x, y : grad, hess(only)\n");
  const std::string header = written.header();
  CHECK(has(header, "\n// " + nothing));
  CHECK(header.find(nothing) == header.rfind(nothing));
  CHECK(!has(header, " 0.0 times"));
}
