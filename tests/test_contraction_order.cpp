// The order in which products of several arrays are contracted: compared with all orders, written out here;
// the example of the literature; what several products share; what the report says.
#include <algorithm>
#include <catch2/catch.hpp>
#include <random>

#include "codegen/contraction_parts.h"
#include "codegen/loop_report.h"
#include "tests/codegen_model.h"

using namespace nabla;
using namespace nabla::test;

namespace {

using Labels = std::vector<bool>;

// ---- all orders, by trying each ----

struct AllOrders {
  std::vector<double> sizes;
  size_t outputs;

  double turns(const Labels& labels) const {
    double n = 1;
    for (size_t l = 0; l < labels.size(); ++l) n *= labels[l] ? sizes[l] : 1;
    return n;
  }
  static Labels either(Labels a, const Labels& b) {
    for (size_t l = 0; l < a.size(); ++l) a[l] = a[l] || b[l];
    return a;
  }

  // The least turns of any order of these tensors.
  double least(const std::vector<Labels>& tensors) const {
    Labels all(sizes.size());
    bool sums = false;
    for (const Labels& t : tensors) {
      all = either(all, t);
      for (size_t l = outputs; l < t.size(); ++l) sums = sums || t[l];
    }
    double best = tensors.size() <= 2 || !sums ? turns(all) : 1e300;
    if (tensors.size() <= 2) return best;
    for (size_t a = 0; a < tensors.size(); ++a) {
      for (size_t b = a + 1; b < tensors.size(); ++b) {
        std::vector<Labels> rest;
        for (size_t k = 0; k < tensors.size(); ++k) {
          if (k != a && k != b) rest.push_back(tensors[k]);
        }
        const Labels joined = either(tensors[a], tensors[b]);
        Labels result = joined;
        for (size_t l = outputs; l < result.size(); ++l) {
          result[l] =
              result[l] && std::any_of(rest.begin(), rest.end(), [&](const Labels& t) { return t[l]; });
        }
        const bool together = tensors[a] == tensors[b] && result == joined;
        rest.push_back(result);
        best = std::min(best, (together ? 0 : turns(joined)) + least(rest));
      }
    }
    return best;
  }
};

bool connected(const std::vector<Labels>& tensors) {
  Labels reached = tensors[0];
  for (size_t k = 0; k < tensors.size(); ++k) {
    for (const Labels& t : tensors) {
      const auto meets = [&](size_t l) { return t[l] && reached[l]; };
      bool any = false;
      for (size_t l = 0; l < t.size(); ++l) any = any || meets(l);
      if (any) reached = AllOrders::either(reached, t);
    }
  }
  return std::all_of(tensors.begin(), tensors.end(), [&](const Labels& t) {
    for (size_t l = 0; l < t.size(); ++l) {
      if (t[l] && !reached[l]) return false;
    }
    return true;
  });
}

struct Problem {
  Contraction product;
  AllOrders orders;
  std::vector<Labels> tensors;
};

// A connected network with different sets of labels, each label of which is an axis or in several factors.
std::optional<Problem> random_problem(Context& ctx, std::mt19937_64& random) {
  const auto below = [&](size_t n) { return static_cast<size_t>(random() % n); };
  const size_t count = 3 + below(4), labels = 3 + below(4);
  Problem p;
  p.orders.outputs = below(3);
  for (size_t l = 0; l < labels; ++l) {
    p.orders.sizes.push_back(static_cast<double>(1 + below(9)));
    p.product.extents.push_back(ctx.number(static_cast<int64_t>(p.orders.sizes.back())));
  }
  p.product.outputs = p.orders.outputs;
  std::vector<size_t> uses(labels);
  for (size_t k = 0; k < count; ++k) {
    Labels t(labels);
    for (size_t n = 1 + below(3); n > 0; --n) t[below(labels)] = true;
    std::vector<Label> list;
    std::vector<Ref> extents;
    for (size_t l = 0; l < labels; ++l) {
      if (!t[l]) continue;
      ++uses[l];
      list.push_back(static_cast<Label>(l));
      extents.push_back(p.product.extents[l]);
    }
    if (std::find(p.tensors.begin(), p.tensors.end(), t) != p.tensors.end()) return {};
    p.tensors.push_back(t);
    Symbol s;
    s.name = "T" + std::to_string(k);
    s.shape = ctx.shape_id({extents, false});
    p.product.factors.push_back({ctx.symbol(s), list});
  }
  bool sums = false;
  for (size_t l = 0; l < labels; ++l) {
    if (l >= p.orders.outputs && uses[l] == 1) return {};
    sums = sums || (l >= p.orders.outputs && uses[l] > 0);
  }
  if (!sums || !connected(p.tensors)) return {};
  return p;
}

double least_by_search(Context& ctx, const ContractionNetwork& network) {
  const auto tree = network.search(ctx.budget(), {});
  REQUIRE(tree);
  return network.turns(network.nests(*tree, {}), 0);
}

// ---- models ----

std::vector<std::string> report(const std::string& text) {
  LoadedModel model(text);
  std::vector<std::string> lines;
  for (const TensorEntry& e : tensor_entry_points(model.ctx, model.model)) {
    for (const std::string& line : loop_report(model.ctx, e)) lines.push_back(line);
  }
  return lines;
}

bool says(const std::vector<std::string>& lines, const std::string& text) {
  return std::any_of(lines.begin(), lines.end(),
                     [&](const std::string& l) { return l.find(text) != std::string::npos; });
}

size_t turns_of(const std::vector<std::string>& lines, const std::string& turns) {
  return static_cast<size_t>(std::count_if(lines.begin(), lines.end(), [&](const std::string& l) {
    return l.find(" = ") != std::string::npos && l.find(": " + turns + " turns") != std::string::npos;
  }));
}

}  // namespace

TEST_CASE("contraction: the search finds the least of all orders", "[codegen][contraction]") {
  Context ctx;
  std::mt19937_64 random(20140317);
  size_t problems = 0, better = 0;
  while (problems < 400) {
    const auto p = random_problem(ctx, random);
    if (!p) continue;
    ++problems;
    const ContractionNetwork network(ctx, p->product);
    REQUIRE(network.is_searched());
    const double least = p->orders.least(p->tensors);
    CHECK(least_by_search(ctx, network) == least);
    const double pairs = network.turns(network.nests(network.cheapest_first(), {}), 0);
    CHECK(pairs >= least);
    better += pairs > least;
  }
  CHECK(better > 20);  // the cheapest pair first is not always best
}

// Cormen, Leiserson, Rivest and Stein, Introduction to Algorithms, 3rd ed., sec. 15.2.
TEST_CASE("contraction: the chain of six matrices of the textbook", "[codegen][contraction]") {
  const std::string text =
      "var A : matrix[30, 35]\nvar B : matrix[35, 15]\nvar C : matrix[15, 5]\nvar D : matrix[5, 10]\n"
      "var E : matrix[10, 20]\nvar F : matrix[20, 25]\nf(A) = A*B*C*D*E*F\nderive f wrt A : value\n";
  LoadedModel model(text);
  const ContractionNetwork network(model.ctx, product_parts(model.ctx, model.model.functions.at(0).body));
  CHECK(least_by_search(model.ctx, network) == 15125);
  CHECK(says(report(text), "(A*(B*C))*((D*E)*F): 15125 turns of loops, in one nest 393750000"));
}

TEST_CASE("contraction: the report writes the order and its turns", "[codegen][contraction]") {
  const std::string dims = "dim m, n, p\nparam A : matrix[m, n]\nparam B : matrix[n, p]\n";
  CHECK(says(report(dims + "var x : vector[p]\nf(x) = A*B*x\nderive f : value\n"),
             "A*(B*x): m*n + n*p turns of loops, in one nest m*n*p"));
  // It depends on the sizes.
  const auto lines = report(dims + "dim q\nvar C : matrix[p, q]\nf(C) = A*B*C\nderive f : value\n");
  CHECK(says(lines, "turns of loops, in one nest m*n*p*q; where "));
  CHECK(says(lines, " would be less, "));
}

TEST_CASE("contraction: bounds of dims count", "[codegen][contraction]") {
  const auto order = [](const std::string& dims) {
    return report(dims +
                  "param A : matrix[m, n]\nparam B : matrix[n, p]\nvar C : matrix[p, q]\nf(C) = A*B*C\n"
                  "derive f : value\n");
  };
  CHECK(says(order("dim m, n, p\ndim q <= 4\n"), "A*(B*C): "));
  CHECK(says(order("dim n, p, q\ndim m <= 4\n"), "(A*B)*C: "));
  CHECK(says(order("dim m, p, q\ndim n >= 1000\n"), "(A*B)*C: "));  // m n p + m p q
  CHECK(says(order("dim m, n, q\ndim p >= 1000\n"), "A*(B*C): "));
  CHECK(says(order("dim m, n, q\ndim p >= 1000\n"), "orders compared at m = 64, n = 64, p = 1000, q = 64"));
  CHECK(says(order("dim n, p, q\ndim m <= 4\n"), "orders compared at m = 4, n = 64, p = 64, q = 64"));
}

// inv(S)*R'*R*inv(S) by way of R*inv(S) takes 2 d^2 n turns, by way of R'*R d^2 n and what n is not in.
TEST_CASE("contraction: the covariance of many points", "[codegen][contraction]") {
  const auto gradient = [](const std::string& dims) {
    return report(dims +
                  "param R : matrix[n, d]\nvar S : matrix[d, d] spd\nf(S) = tr(inv(S)*R'*R)/2\n"
                  "derive f wrt S : grad\n");
  };
  CHECK(turns_of(gradient("dim n, d\n"), "d^2*n") == 2);
  CHECK(turns_of(gradient("dim d\ndim n >= 1000\n"), "d^2*n") == 1);
}

// A*(B*X) and A*(B*Y) take 4 n^3 turns, with A*B once it is 3 n^3.
TEST_CASE("contraction: what two products share is computed once", "[codegen][contraction]") {
  const std::string text =
      "dim n\nparam A, B : matrix[n, n]\nvar X, Y : matrix[n, n]\n"
      "f(X, Y) = sum((A*B*X).^2) + sum((A*B*Y).^2)\nderive f : value\n"
      "g(X, Y) = sum((A*B*X).^2) + sum((Y*B'*A').^2)\nderive g : value\n"
      "h(X, Y) = sum((A*B*X*Y).^2) + sum((B*X).^2)\nderive h : value\n";
  LoadedModel model(text);
  for (const TensorEntry& e : tensor_entry_points(model.ctx, model.model)) {
    INFO(e.function->name);
    const std::vector<std::string> lines = loop_report(model.ctx, e);
    CHECK(turns_of(lines, "n^3") == 3);
  }
  // In vectors A*(B*x) is less, however many there are.
  const auto lines = report(
      "dim n\nparam A, B : matrix[n, n]\nvar x, y : vector[n]\n"
      "f(x, y) = sum((A*B*x).^2) + sum((A*B*y).^2)\nderive f : value\n");
  CHECK(turns_of(lines, "n^2") == 4);
}

// d^2/dw^2 of the sum of a^2*b over a = X*w, b = Y*w: 2*(X'*diag(b)*X + A + A') with A = X'*diag(a)*Y.
TEST_CASE("contraction: the transpose of a product is read from it", "[codegen][contraction]") {
  const auto lines = report(
      "dim m, n\nparam X, Y : matrix[m, n]\nvar w : vector[n]\n"
      "f(w) = sum((X*w).^2 .* (Y*w))\nderive f wrt w : hess\n");
  CHECK(turns_of(lines, "m*n^2") == 2);
}

// Neither eye(m)[k, :] nor its product with a matrix or a vector is made: no loops over m and n together.
TEST_CASE("contraction: what data choose is read and added where it is", "[codegen][contraction]") {
  const auto lines = report(
      "dim m, n\nparam k : vector[n] integer in [1, m]\nparam x : vector[n]\nvar y : vector[m]\n"
      "f(y) = sum(y[k[i]]^2*x[i] for i in 1:n)\nderive f wrt y : value, grad\n");
  CHECK(says(lines, "grad_y = "));
  CHECK_FALSE(says(lines, "m^2"));
  CHECK_FALSE(says(lines, "m*n"));
  const auto rows = report(
      "dim m, n, d\nparam k : vector[n] integer in [1, m]\nvar E : matrix[m, d]\nvar w : vector[d]\n"
      "f(E, w) = sum(sigmoid(sum(E[k[i], j]*w[j] for j in 1:d)) for i in 1:n)\nderive f wrt E, w : grad\n");
  CHECK(says(rows, "grad_E = "));
  CHECK_FALSE(says(rows, "m^2"));
  CHECK_FALSE(says(rows, "m*n"));
}

TEST_CASE("contraction: very long products are contracted in pairs", "[codegen][contraction]") {
  std::string text = "dim n\nvar x : vector[n]\nparam ", product;
  for (char c = 'A'; c <= 'L'; ++c) {
    text += std::string(c == 'A' ? "" : ", ") + c;
    product += std::string(1, c) + "*";
  }
  text += " : matrix[n, n]\nf(x) = " + product + "x\nderive f : value\n";
  const auto lines = report(text);
  CHECK(says(lines, "a product of 13 arrays, too long for a search, in pairs: 12*n^2 turns of loops"));
  CHECK(turns_of(lines, "n^2") == 12);
}
