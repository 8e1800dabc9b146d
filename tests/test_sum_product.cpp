// Sums and products in which equal parts are one node, also after their contents changed.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "codegen/known_forms.h"
#include "codegen/sum_product.h"

using namespace nabla;

namespace {

struct Leaves {
  Context ctx;
  Coefficients coefficients{ctx};
  SumProduct form{coefficients};
  std::vector<FormId> x;

  explicit Leaves(uint32_t n) {
    for (uint32_t i = 0; i < n; ++i)
      x.push_back(form.leaf({PlanOp::input, 0, i, 0, ctx.variable("x" + std::to_string(i))}, {}));
  }
  Ref number(int64_t v) { return ctx.number(v); }
  FormTerm sum(std::vector<FormTerm> terms) { return form.sum(terms); }
  FormTerm product(std::vector<FormPower> powers) { return form.product(one, powers); }
};

}  // namespace

TEST_CASE("equal contents in any order are one node", "[sharing]") {
  Leaves l(3);
  CHECK(l.form.leaf({PlanOp::input, 0, 1, 0, l.ctx.variable("x1")}, {}) == l.x[1]);
  CHECK(l.sum({{one, l.x[0]}, {l.number(5), l.x[1]}}).node ==
        l.sum({{l.number(5), l.x[1]}, {one, l.x[0]}}).node);
  CHECK(l.sum({{one, l.x[0]}, {l.number(5), l.x[1]}}).node !=
        l.sum({{one, l.x[0]}, {l.number(6), l.x[1]}}).node);
  CHECK(l.product({{l.x[0], 2}, {l.x[1], -4}}).node == l.product({{l.x[1], -4}, {l.x[0], 2}}).node);
  CHECK(l.product({{l.x[0], 2}, {l.x[1], 2}}).node != l.sum({{one, l.x[0]}, {one, l.x[1]}}).node);
  // 4*x0 - 4*x1 is 4*(x0 - x1); of 3*x0 + 5*x1 + 5*x2 most terms have 5.
  const FormTerm four = l.sum({{l.number(4), l.x[0]}, {l.number(-4), l.x[1]}});
  CHECK(four.coefficient == l.number(4));
  CHECK(l.form.term_of(four.node, l.x[1]).coefficient == minus_one);
  CHECK(l.sum({{l.number(3), l.x[0]}, {l.number(5), l.x[1]}, {l.number(5), l.x[2]}}).coefficient ==
        l.number(5));
  CHECK(l.sum({{one, l.x[0]}, {minus_one, l.x[0]}}).coefficient == zero);
}

TEST_CASE("a node with other contents is found by them", "[sharing]") {
  constexpr uint32_t n = 200;
  Leaves l(n);
  std::vector<FormTerm> all;
  for (FormId x : l.x) all.push_back({one, x});
  const FormId sum = l.sum(all).node;
  // Neighbours become pairs, one after another.
  std::vector<FormTerm> pairs;
  for (uint32_t i = 0; i < n; i += 2) {
    const FormTerm pair = l.sum({{one, l.x[i]}, {one, l.x[i + 1]}});
    l.form.replace_pair(sum, l.x[i], l.x[i + 1], pair);
    pairs.push_back(pair);
    CHECK(l.form.terms(sum).size() == n - i / 2 - 1);
  }
  CHECK(l.sum(pairs).node == sum);
  CHECK(l.sum(all).node != sum);
  for (size_t k = 1; k < pairs.size(); ++k) CHECK(pairs[k - 1].node != pairs[k].node);

  const FormId product = l.product({{l.x[0], 2}, {l.x[1], 2}, {l.x[2], 2}}).node;
  std::vector<FormPower> other{{l.x[3], 2}, {l.x[2], 2}};
  l.form.replace_powers(product, other);
  CHECK(l.product({{l.x[2], 2}, {l.x[3], 2}}).node == product);
  CHECK(l.product({{l.x[0], 2}, {l.x[1], 2}, {l.x[2], 2}}).node != product);
}

TEST_CASE("a pair that its sum has already joins it", "[sharing]") {
  Leaves l(4);
  const FormTerm pair = l.sum({{one, l.x[0]}, {one, l.x[1]}});
  const FormTerm twice = l.sum({{one, l.x[0]}, {one, l.x[1]}, {one, l.x[2]}, {one, pair.node}});
  l.form.replace_pair(twice.node, l.x[0], l.x[1], pair);
  CHECK(l.form.terms(twice.node).size() == 2);
  CHECK(l.form.term_of(twice.node, pair.node).coefficient == l.number(2));
  CHECK(l.sum({{one, l.x[2]}, {l.number(2), pair.node}}).node == twice.node);

  // x0 + x1 - (x0 + x1): nothing is left, and the plan has a 0 there.
  const FormTerm none = l.sum({{one, l.x[0]}, {one, l.x[1]}, {minus_one, pair.node}});
  l.form.replace_pair(none.node, l.x[0], l.x[1], pair);
  CHECK(l.form.terms(none.node).empty());
  l.form.outputs = {{none, {one, l.x[3]}}};
  const Plan plan = l.form.plan();
  const PlanStep& step = plan.steps[plan.outputs[0][0]];
  CHECK(step.op == PlanOp::number);
  CHECK(step.atom == zero);
}

TEST_CASE("a form that is known becomes what it became", "[sharing]") {
  Leaves l(4);
  const FormTerm u = l.sum({{one, l.x[0]}, {one, l.x[1]}, {one, l.x[2]}});
  const FormTerm v = l.sum({{one, l.x[0]}, {one, l.x[1]}, {one, l.x[3]}});
  l.form.outputs = {{u, v}};
  SumProduct other = l.form;
  other.outputs = {{v, u}};
  CHECK(l.form.hash() != other.hash());
  CHECK_FALSE(l.form == other);

  KnownForms known(l.coefficients);
  size_t first = 1000, again = 1000, none = 0;
  CHECK_FALSE(known.share(l.form, none).complete);
  const KnownForms::Shared made = known.share(l.form, first), found = known.share(l.form, again);
  CHECK(made.complete);
  CHECK(found.complete);
  CHECK(first < 1000);
  CHECK(again == first);
  CHECK(cost_of(made.plan).weighted == 3);  // of 4
  CHECK(found.plan.outputs == made.plan.outputs);
  CHECK(found.plan.steps.size() == made.plan.steps.size());
  CHECK_FALSE(known.share(l.form, none).complete);
}
