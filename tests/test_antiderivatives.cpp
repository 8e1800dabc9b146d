// The 300 integrals of the Rubi test suites (data/antiderivatives_300.tsv, sources in its last column): the
// derivative of the antiderivative is the integrand, at real points where every sub-term is real.
#include <catch2/catch.hpp>
#include <fstream>
#include <set>
#include <sstream>

#include "diff/derivative.h"
#include "eval/columns.h"
#include "eval/compare.h"
#include "expr/diagnostic.h"
#include "simplify/zero_test.h"
#include "tests/texts.h"

using namespace nabla;
using nabla::test::Texts;

namespace {

struct Row {
  int number;
  std::string integrand, variable, antiderivative;
};

std::vector<Row> rows() {
  std::ifstream file(std::string(NABLA_SOURCE_DIR) + "/tests/data/antiderivatives_300.tsv");
  std::vector<Row> list;
  std::string line;
  while (std::getline(file, line)) {
    std::istringstream cells(line);
    Row r;
    r.number = static_cast<int>(list.size()) + 1;
    std::getline(cells, r.integrand, '\t');
    std::getline(cells, r.variable, '\t');
    std::getline(cells, r.antiderivative, '\t');
    list.push_back(r);
  }
  return list;
}

// Every name that is not called is a real scalar there, also e, i, f and F.
void declare_names(Texts& t, const std::string& text) {
  for (size_t i = 0; i < text.size();) {
    if (!std::isalpha(static_cast<unsigned char>(text[i]))) {
      ++i;
      continue;
    }
    size_t end = i;
    while (end < text.size() && std::isalnum(static_cast<unsigned char>(text[end]))) ++end;
    const std::string name = text.substr(i, end - i);
    if ((end == text.size() || text[end] != '(') && name != "pi") t.declare(name, {});
    i = end;
  }
}

// Points of several kinds, since many integrands are real only in a corner: all small, some parameters
// large, signs mixed.
std::vector<double> random_point(Random& random, size_t n, int kind) {
  std::vector<double> p;
  for (size_t k = 0; k < n; ++k) {
    switch (kind % 4) {
      case 0:
        p.push_back(random.uniform(0.1, 3));
        break;
      case 1:
        p.push_back(random.real());
        break;
      case 2:
        p.push_back(random.uniform(0.02, 0.98));
        break;
      default:
        p.push_back(random.uniform(-4, 4));
    }
  }
  return p;
}

}  // namespace

TEST_CASE("the derivative of each antiderivative is its integrand", "[antiderivatives]") {
  // In these rows no real point has all sub-terms real.
  const std::set<int> complex_rows = {23,  99,  101, 110, 207, 214, 218, 247,
                                      253, 262, 273, 275, 278, 280, 287, 293};
  int compared_rows = 0;
  for (const Row& r : rows()) {
    Texts t;
    declare_names(t, r.integrand);
    declare_names(t, r.antiderivative);
    const Ref f = t(r.integrand), antiderivative = t(r.antiderivative);
    const Ref written = t.written(r.antiderivative), x = t(r.variable);
    const Ref derivative = diff(t.ctx, antiderivative, x);
    const Ref all[] = {f, antiderivative, derivative, written};
    const std::vector<Ref> inputs = inputs_of(t.ctx, all);
    const Tape reference = compile(t.ctx, {&f, 1}, inputs);
    const Tape claimed = compile(t.ctx, {&derivative, 1}, inputs);
    const Tape domain = compile(t.ctx, {&written, 1}, inputs);
    PointSet points;
    points.columns.resize(inputs.size());
    Random random(static_cast<uint64_t>(r.number));
    for (int draw = 0; draw < 20'000 && points.count < 8; ++draw) {
      const auto p = random_point(random, inputs.size(), draw);
      bool real = true;
      for (const Tape* tape : {&reference, &claimed, &domain}) {
        for (double v : values_at(*tape, p)) real = real && std::isfinite(v);
      }
      if (!real) continue;
      for (size_t k = 0; k < p.size(); ++k) points.columns[k].push_back(p[k]);
      ++points.count;
    }
    INFO("row " << r.number << ": " << r.integrand);
    if (points.count == 0) {
      CHECK(complex_rows.count(r.number) == 1);
      continue;
    }
    const auto report = compare_derivatives(t.ctx, reference, claimed, value_claims(1), points);
    INFO("claimed " << report.claimed << ", expected " << report.expected);
    CHECK(report.agreement == Agreement::yes);
    ++compared_rows;
  }
  CHECK(compared_rows >= 284);
}

// Measured beside it: Maxima 273 of 300, giac 257, SymPy 228, GiNaC 166, SymEngine 50.
TEST_CASE("the derivative minus the integrand is proved to be 0", "[antiderivatives][equality]") {
  size_t proved = 0;
  for (const Row& r : rows()) {
    Texts t;
    declare_names(t, r.integrand);
    declare_names(t, r.antiderivative);
    const Ref f = t(r.integrand), derivative = diff(t.ctx, t(r.antiderivative), t(r.variable));
    proved += proved_zero(t.ctx, t.ctx.subtract(derivative, f));
    const Ref other = t.ctx.scale(t.ctx.number(Rational::fraction(10001, 10000)), derivative);
    INFO("row " << r.number << ", antiderivative times 10001/10000");
    CHECK_FALSE(proved_zero(t.ctx, t.ctx.subtract(other, f)));
  }
  INFO(proved << " of 300 proved");
  CHECK(proved >= 260);
}
