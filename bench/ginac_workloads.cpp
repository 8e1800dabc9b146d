// The same workloads in GiNaC 1.8.6, written as its tutorial writes them.
#include <ginac/ginac.h>

#include <cmath>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "bench/term_sum.h"
#include "bench/workloads.h"

namespace nabla::bench::ginac {
namespace {

using GiNaC::ex;
using GiNaC::symbol;

std::vector<symbol> variables(size_t n) {
  std::vector<symbol> list;
  for (size_t i = 1; i <= n; ++i) list.emplace_back("x" + std::to_string(i));
  return list;
}

ex parse(const std::string& text, const std::vector<symbol>& x) {
  GiNaC::symtab table;
  for (const symbol& s : x) table[s.get_name()] = s;
  GiNaC::parser reader(table, true);
  return reader(text);
}

double number(const ex& e) { return GiNaC::ex_to<GiNaC::numeric>(e.evalf()).to_double(); }

double value(const ex& e, const std::vector<symbol>& x) {
  GiNaC::exmap at;
  for (size_t i = 0; i < x.size(); ++i) at[x[i]] = TermSum::at(i + 1);
  return number(e.subs(at));
}

template <class Build>
void chain_gradient(Run& run, size_t depth, Build build) {
  const symbol x("x");
  ex f = x, d;
  run.time([&] {
    for (size_t k = 0; k < depth; ++k) f = build(f);
    d = f.diff(x);
  });
  run.expect(!d.is_zero(), "derivative of the chain");
}

}  // namespace

void parse_terms(Run& run, size_t terms) {
  const TermSum expected(terms);
  const std::vector<symbol> x = variables(TermSum::variables);
  ex f;
  run.time([&] { f = parse(expected.text(), x); });
  run.expect_near(value(f, x), expected.value(), expected.value_scale(), 1e-12, "value of the sum");
}

void gradient_of_terms(Run& run, size_t terms) {
  const TermSum expected(terms);
  const std::vector<symbol> x = variables(TermSum::variables);
  const ex f = parse(expected.text(), x);
  std::vector<ex> g;
  run.time([&] {
    for (const symbol& s : x) g.push_back(f.diff(s));
  });
  run.expect_near(value(g[0], x), expected.gradient(1), expected.gradient_scale(1), 1e-12,
                  "derivative by x1");
}

void deep_chain(Run& run, size_t depth) {
  const symbol x("x");
  ex f = x, d;
  for (size_t k = 0; k < depth; ++k) f = sin(f) * f + x;
  run.time([&] { d = f.diff(x); });
  run.expect(!d.is_zero(), "derivative of the chain");
}

void sum_chain(Run& run, size_t depth) {
  chain_gradient(run, depth, [](const ex& f) { return f + sin(f); });
}

void product_chain(Run& run, size_t depth) {
  chain_gradient(run, depth, [](const ex& f) { return f * sin(f); });
}

void append_terms(Run& run, size_t terms) {
  const symbol x("x");
  ex s = 0;
  run.time([&] {
    for (size_t i = 0; i < terms; ++i) s = s + sin(static_cast<long>(i + 2) * x);
  });
  run.expect(s.nops() == terms, "number of terms");
}

void product_gradient(Run& run, size_t n) {
  const std::vector<symbol> x = variables(n);
  std::vector<ex> g;
  run.time([&] {
    ex f = 1;
    for (const symbol& s : x) f *= s;
    for (const symbol& s : x) g.push_back(f.diff(s));
  });
  run.expect(g[0].nops() == n - 1, "derivative of the product");
}

void rosenbrock(Run& run, size_t n) {
  const std::vector<symbol> x = variables(n);
  GiNaC::exvector terms;
  for (size_t i = 0; i + 1 < n; i += 2) {
    terms.push_back(100 * pow(x[i + 1] - pow(x[i], 2), 2));
    terms.push_back(pow(1 - x[i], 2));
  }
  const ex f = GiNaC::add(terms);
  std::vector<ex> g, h;
  run.time([&] {
    for (const symbol& s : x) g.push_back(f.diff(s));
    for (size_t i = 0; i < n; ++i) {  // by the two variables that it contains
      const size_t pair = i / 2 * 2;
      h.push_back(g[i].diff(x[pair]));
      h.push_back(g[i].diff(x[pair + 1]));
    }
  });
  const ex corner = 1200 * pow(x[0], 2) - 400 * x[1] + 2;
  run.expect((h[0] - corner).expand().is_zero(), "first entry of the Hessian");
}

void high_order(Run& run, size_t order) {
  const symbol x("x");
  const ex f = exp(sin(x)) * pow(x, 5) / (1 + pow(x, 2));
  ex d;
  run.time([&] { d = f.diff(x, static_cast<unsigned>(order)); });
  const double expected = high_order_value(order);
  run.expect_near(number(d.subs(x == 0.7)), expected, std::abs(expected), 1e-8, "derivative at 7/10");
}

void expanded(Run& run, size_t power) {
  const symbol x("x"), y("y"), z("z");
  const ex sum = pow(x + y + z + 1, static_cast<unsigned>(power)), e = sum * (sum + 1);
  ex result;
  run.time([&] { result = e.expand(); });
  run.expect(result.nops() == (2 * power + 3) * (2 * power + 2) * (2 * power + 1) / 6, "terms");
}

void nested_calls(Run& run, size_t depth) {
  const std::string text = nested_text(depth);
  const std::vector<symbol> x(1, symbol("x"));
  std::string printed;
  run.time([&] {
    const ex d = parse(text, x).diff(x[0]);
    std::ostringstream out;
    out << d;
    printed = out.str();
  });
  run.expect(printed.find("cos(x)") != std::string::npos, "printed derivative");
}

}  // namespace nabla::bench::ginac
