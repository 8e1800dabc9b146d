// The check before anything is written, as `nabla gen` runs it: what it lets through and what it refuses.
#include "codegen/check.h"

#include <catch2/catch.hpp>

#include "expr/function.h"
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
