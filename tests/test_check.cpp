// The check before anything is written, as `nabla gen` runs it: what it lets through and what it refuses.
#include "codegen/check.h"

#include <catch2/catch.hpp>
#include <set>

#include "codegen/hessian_pattern.h"
#include "expr/function.h"
#include "expr/scalarize.h"
#include "tests/codegen_model.h"

using namespace nabla;
using namespace nabla::test;

namespace {

// The call of a row with plain arguments: "hypot(x, y)".
std::string call_of(const Function& r) {
  const char* arguments = r.not_differentiable == 1 ? "(2, x)" : r.max_args == 1 ? "(x)" : "(x, y)";
  return std::string(r.name) + arguments;
}

std::string model_of(const Function& r, const std::string& outputs) {
  const std::string parameters = r.max_args == 1 || r.not_differentiable == 1 ? "(x)" : "(x, y)";
  return "var x, y\nf" + parameters + " = " + call_of(r) + "\nderive f : " + outputs + "\n";
}

std::string replaced(std::string text, size_t at, size_t length, const std::string& by) {
  return text.replace(at, length, by);
}

// The differential with a wrong sign: of the whole, and of each dx and dy alone. The derivative of a step
// function is 0, which has no sign; there dx stands in its place.
std::vector<std::string> planted(const Function& r) {
  const std::string right(r.differential);
  if (right == "0 .* dx") return {"dx"};
  std::vector<std::string> out = {"-(" + right + ")"};
  for (const std::string& d : {std::string("dx"), std::string("dy")}) {
    for (size_t at = right.find(d); at != std::string::npos; at = right.find(d, at + 1)) {
      out.push_back(replaced(right, at, d.size(), "(-" + d + ")"));
    }
  }
  return out;
}

bool is_power(Fn fn) { return fn == Fn::sqrt || fn == Fn::pow; }  // no function nodes; see the table

Agreement agreement(Context& ctx, const EntryPoint& e) { return check_entry(ctx, e).report.agreement; }

// The program with another output entry k.
EntryPoint with_entry(Context& ctx, EntryPoint e, size_t output, size_t k, Ref value) {
  e.program.outputs[output].entries[k] = value;
  e.plan = make_plan(ctx, e.program);
  return e;
}

// The program with output entry k negated.
EntryPoint with_wrong_sign(Context& ctx, EntryPoint e, size_t output, size_t k) {
  Ref& entry = e.program.outputs[output].entries[k];
  const Ref name = ctx.let(static_cast<uint32_t>(e.program.lets.size()));
  e.program.lets.push_back({name, ctx.negate(entry)});
  entry = name;
  e.plan = make_plan(ctx, e.program);
  return e;
}

}  // namespace

TEST_CASE("check: every row of the function table passes", "[codegen][check]") {
  for (size_t i = 0; i < function_count(); ++i) {
    const Function& r = row(function_at(i));
    if (r.value == nullptr) continue;
    INFO(r.name);
    LoadedModel m(model_of(r, "value, grad, hess, jac, jvp, vjp, hvp"));
    const std::vector<EntryPoint> entries = entry_points(m.ctx, m.model);
    CHECK(entries.size() == 7);
    for (const EntryPoint& e : entries) {
      INFO(output_name(e.kind));
      CHECK(agreement(m.ctx, e) == Agreement::yes);
    }
  }
}

TEST_CASE("check: a wrong sign in any row of the function table is refused", "[codegen][check]") {
  size_t refused = 0;
  for (size_t i = 0; i < function_count(); ++i) {
    const Function& r = row(function_at(i));
    if (r.value == nullptr || is_power(r.fn)) continue;
    for (const std::string& wrong : planted(r)) {
      INFO(r.name << ": " << wrong);
      LoadedModel m(model_of(r, "value, grad, hess, jac, jvp, vjp"));
      m.ctx.set_differential(r.fn, wrong);
      const std::vector<EntryPoint> entries = entry_points(m.ctx, m.model);
      for (const EntryPoint& e : entries) {
        INFO(output_name(e.kind));
        CHECK(agreement(m.ctx, e) == (e.kind == Output::value ? Agreement::yes : Agreement::no));
        refused += e.kind != Output::value;
      }
      try {
        check_entries(m.ctx, entries);
        FAIL_CHECK("no refusal");
      } catch (const Failure& failure) {
        CHECK(failure.diagnostic.code == Code::check_failed);
        CHECK(failure.diagnostic.message.find("is wrong") != std::string::npos);
        CHECK(failure.diagnostic.notes.size() == 1);
      }
    }
  }
  CHECK(refused > 600);
}

TEST_CASE("check: a wrong sign in any output is refused", "[codegen][check]") {
  for (const char* formula :
       {"sqrt(x)*y", "x^y", "x^3*y^2 + sin(x*y)", "if x < y then x^2*y else exp(x)*y^2"}) {
    LoadedModel m("var x > 0\nvar y > 0\nf(x, y) = " + std::string(formula) +
                  "\nderive f : value, grad, hess, jac, jvp, vjp, hvp\n");
    size_t wrong = 0;
    for (const EntryPoint& e : entry_points(m.ctx, m.model)) {
      REQUIRE(agreement(m.ctx, e) == Agreement::yes);
      for (size_t o = 0; o < e.program.outputs.size(); ++o) {
        for (size_t k = 0; k < e.program.outputs[o].entries.size(); ++k) {
          if (e.program.outputs[o].entries[k] == zero) continue;
          INFO(formula << ", " << e.program.outputs[o].name << " of " << output_name(e.kind) << ", " << k);
          CHECK(agreement(m.ctx, with_wrong_sign(m.ctx, e, o, k)) == Agreement::no);
          ++wrong;
        }
      }
    }
    CHECK(wrong >= 20);
  }
}

// In a chain of n variables there are 3 groups of such that meet none in common.
TEST_CASE("check: a sparse Hessian by few products with it", "[codegen][check]") {
  constexpr size_t n = 8;
  LoadedModel m("var x : vector[8]\nf(x) = sum(exp(x[i]*x[i+1]) for i in 1:7)\nderive f : hess\n");
  const EntryPoint e = entry_points(m.ctx, m.model)[0];
  const CheckReport all = check_entry(m.ctx, e).report;
  CHECK(all.agreement == Agreement::yes);
  CHECK(all.points == 64);
  CHECK(all.compared == 64 * (1 + n + n * n));
  const std::vector<Ref> written = entries(m.ctx, e.function->body);
  const std::vector<uint32_t> variables = {0, 1, 2, 3, 4, 5, 6, 7};
  const auto groups =
      HessianPattern::of(m.ctx.budget(), compile(m.ctx, written, e.program.inputs), variables);
  CHECK(groups->groups().size() == 3);
  size_t wrong = 0;
  for (size_t k = 0; k < n * n; ++k) {
    INFO(k);
    const bool meet = k / n == k % n || k / n + 1 == k % n || k / n == k % n + 1;
    const Ref entry = e.program.outputs[2].entries[k];
    REQUIRE((entry != zero) == meet);
    const Ref other = meet ? zero : e.program.outputs[1].entries[0];
    const CheckReport r = check_entry(m.ctx, with_entry(m.ctx, e, 2, k, other)).report;
    CHECK(r.agreement == Agreement::no);
    CHECK(r.claim == 1 + n + k);
    wrong += agreement(m.ctx, with_entry(m.ctx, e, 2, k, e.program.outputs[0].entries[0])) == Agreement::no;
  }
  CHECK(wrong == n * n);
}

TEST_CASE("check: variables that meet in an operation that is not linear", "[codegen][check]") {
  LoadedModel m(
      "var x : vector[9]\n"
      "f(x) = x[1]*x[2] + sin(x[3]) + x[4]/x[5] + 3*x[6] + (if x[7] > 0 then x[8] else x[9])^2\n"
      "derive f : value\n");
  const std::vector<Ref> written = entries(m.ctx, m.model.functions[0].written);
  const Tape tape = compile(m.ctx, written, entry_points(m.ctx, m.model)[0].program.inputs);
  const std::vector<uint32_t> variables = {0, 1, 2, 3, 4, 5, 6, 7, 8};
  const auto pattern = HessianPattern::of(m.ctx.budget(), tape, variables);
  const std::set<std::pair<size_t, size_t>> meeting = {{1, 2}, {3, 3}, {4, 5}, {5, 5},
                                                       {8, 8}, {8, 9}, {9, 9}};
  for (size_t i = 1; i <= 9; ++i) {
    for (size_t j = i; j <= 9; ++j) {
      INFO(i << ", " << j);
      CHECK(pattern->meets(i - 1, j - 1) == (meeting.count({i, j}) > 0));
      CHECK(pattern->meets(j - 1, i - 1) == pattern->meets(i - 1, j - 1));
    }
  }
  using Group = std::vector<uint32_t>;
  CHECK(pattern->groups() == std::vector<Group>{{0, 1, 2, 3, 5, 6, 7}, {4, 8}});
}
