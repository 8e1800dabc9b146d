// Derivatives by matrices with structure, at exact rational points: the derivative by each independent entry
// is the free gradient of the same formula of an unstructured matrix, summed over the places of that entry
// (the chain rule), and the gradient in the space of the matrices has the same products with all its
// directions and lies in it.
#include <catch2/catch.hpp>

#include "diff/derivative.h"
#include "diff/tensor_operators.h"
#include "expr/scalarize.h"
#include "expr/substitute.h"
#include "tests/texts.h"

using namespace nabla;
using nabla::test::Texts;

namespace {

constexpr size_t n = 3;

Ref declare(Texts& t, const char* name, Structure structure) {
  Symbol s;
  s.name = name;
  s.structure = structure;
  Shape shape;
  shape.extents = {t.ctx.number(n), t.ctx.number(n)};
  s.shape = t.ctx.shape_id(shape);
  const Ref r = t.ctx.symbol(s);
  t.names.declare_symbol(name, r);
  return r;
}

struct Place {
  size_t i, j;
  int sign;
};

// The places of each independent entry.
std::vector<std::vector<Place>> independent(Structure s) {
  std::vector<std::vector<Place>> list;
  switch (s) {
    case Structure::symmetric:
    case Structure::skew:
      for (size_t i = 0; i < n; ++i) {
        for (size_t j = 0; j < i; ++j) list.push_back({{i, j, 1}, {j, i, s == Structure::skew ? -1 : 1}});
        if (s == Structure::symmetric) list.push_back({{i, i, 1}});
      }
      break;
    case Structure::diagonal:
      for (size_t i = 0; i < n; ++i) list.push_back({{i, i, 1}});
      break;
    case Structure::lower:
    case Structure::upper:
      for (size_t i = 0; i < n; ++i) {
        for (size_t j = 0; j <= i; ++j)
          list.push_back({s == Structure::lower ? Place{i, j, 1} : Place{j, i, 1}});
      }
      break;
    default: {
      const bool both = s == Structure::symtoeplitz;
      for (int d = both ? 0 : 1 - static_cast<int>(n); d < static_cast<int>(n); ++d) {
        std::vector<Place> places;
        for (size_t i = 0; i < n; ++i) {
          for (size_t j = 0; j < n; ++j) {
            const int here = static_cast<int>(j) - static_cast<int>(i);
            if (here == d || (both && here == -d)) places.push_back({i, j, 1});
          }
        }
        list.push_back(std::move(places));
      }
    }
  }
  return list;
}

void check(Structure structure, const char* text, const std::string& unstructured) {
  INFO(text << ", structure " << static_cast<int>(structure));
  Texts t;
  declare(t, "A", Structure::none);
  declare(t, "B", Structure::none);
  const Ref w = declare(t, "W", Structure::none), x = declare(t, "X", structure);
  // Small distinct rationals.
  std::vector<std::pair<Ref, Ref>> point;
  int64_t k = 1;
  for (const char* name : {"A", "B"}) {
    for (Ref e : entries(t.ctx, t.names.find(name)->value)) {
      point.emplace_back(e, t.ctx.number(Rational::fraction(7 * k % 11 - 5, 1 + k % 3)));
      ++k;
    }
  }
  const auto places = independent(structure);
  std::vector<Ref> values(n * n, zero);
  for (const auto& entry : places) {
    const Rational v = Rational::fraction(5 * ++k % 13 - 4, 2);
    for (const Place& p : entry) values[p.i * n + p.j] = t.ctx.number(p.sign < 0 ? -v : v);
  }
  const std::vector<Ref> xs = entries(t.ctx, x), ws = entries(t.ctx, w);
  for (size_t i = 0; i < n * n; ++i) {
    point.emplace_back(xs[i], values[i]);
    point.emplace_back(ws[i], values[i]);
  }
  const auto number = [&](Ref e) {
    const Ref r = substitute(t.ctx, e, point);
    REQUIRE(t.ctx.is_number(r));
    return t.ctx.value(r);
  };
  std::vector<Rational> free_gradient, by_entry, projected;
  const Ref scalar = scalarize(t.ctx, t(unstructured.c_str()));
  for (Ref v : ws) free_gradient.push_back(number(diff(t.ctx, scalar, v)));
  Partials partials(t.ctx);
  const Ref f = t(text);
  for (Ref e : entries(t.ctx, TensorOperators(partials, true).gradient(f, x))) by_entry.push_back(number(e));
  for (Ref e : entries(t.ctx, TensorOperators(partials).gradient(f, x))) projected.push_back(number(e));
  std::vector<bool> inside(n * n);
  for (const auto& entry : places) {
    Rational wanted(0), product(0);
    for (const Place& p : entry) {
      const size_t at = p.i * n + p.j;
      inside[at] = true;
      wanted = wanted + (p.sign < 0 ? -free_gradient[at] : free_gradient[at]);
      product = product + (p.sign < 0 ? -projected[at] : projected[at]);
    }
    CHECK(product == wanted);
    for (const Place& p : entry) {
      const size_t at = p.i * n + p.j, first = entry[0].i * n + entry[0].j;
      CHECK(by_entry[at] == (p.sign < 0 ? -wanted : wanted));
      CHECK(projected[at] == (p.sign < 0 ? -projected[first] : projected[first]));
    }
  }
  for (size_t i = 0; i < n * n; ++i) {
    if (!inside[i]) CHECK((projected[i] == Rational(0) && by_entry[i] == Rational(0)));
  }
}

}  // namespace

TEST_CASE("derivatives by matrices with structure", "[tensor][diff]") {
  const std::string formulas[] = {"tr(A*@)",      "tr(A*@*B*@)", "sum(A .* @)^2",
                                  "tr(@'*A*@*B)", "sum(@*@*A)",  "tr(@^3)"};
  for (const Structure s : {Structure::symmetric, Structure::skew, Structure::diagonal, Structure::lower,
                            Structure::upper, Structure::toeplitz, Structure::symtoeplitz}) {
    for (const std::string& formula : formulas) {
      std::string with = formula, without = formula;
      for (size_t at; (at = with.find('@')) != std::string::npos;) with[at] = 'X', without[at] = 'W';
      check(s, with.c_str(), without);
    }
  }
}
