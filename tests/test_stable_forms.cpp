// Forms that lose less in generated code: those of the table of functions, what is left alone, and what the
// code then computes where the formula as written overflows or cancels. Expected values come from the series
// and limits of the functions.
#include <catch2/catch.hpp>

#include "codegen/stable_forms.h"
#include "codegen/tensor_generate.h"
#include "expr/function.h"
#include "tests/batch_program.h"
#include "tests/codegen_model.h"

using namespace nabla;
using namespace nabla::test;

namespace {

// The forms of f and g, made in one context.
bool becomes(const std::string& from, const std::string& to) {
  LoadedModel m("dim n\nvar x, y : scalar > 0\nvar z\nvar u, v : vector[n]\nf(x, y, z, u, v) = " + from +
                "\ng(x, y, z, u, v) = " + to + "\n");
  return StableForms(m.ctx)(m.model.functions[0].body) == m.model.functions[1].body;
}

std::string header_of(const std::string& text, bool stable = true) {
  LoadedModel model(text);
  model.model.stable = stable;
  GenerateOptions options;
  options.name_space = "m";
  (void)model.check();
  return model.header(options);
}

}  // namespace

TEST_CASE("stable forms: every one of the table", "[codegen][stable]") {
  for (size_t k = 0; k < function_count(); ++k) {
    const Function& f = row(function_at(k));
    const size_t arrow = f.stable.find(" -> ");
    if (arrow == std::string_view::npos) continue;
    INFO(f.stable);
    CHECK(becomes(std::string(f.stable.substr(0, arrow)), std::string(f.stable.substr(arrow + 4))));
  }
}

TEST_CASE("stable forms: scaled, powers, entry by entry", "[codegen][stable]") {
  const std::pair<const char*, const char*> forms[] = {{"3 - 3*exp(2*z)", "-3*expm1(2*z)"},
                                                       {"cos(z)/2 - 1/2", "-sin(z/2)^2"},
                                                       {"1 + erf(z)", "erfc(-z)"},
                                                       {"exp(z)/(1 + exp(z))", "sigmoid(z)"},
                                                       {"(1 + exp(z))^(-2)", "sigmoid(-z)^2"},
                                                       {"(x^2 + z^2)^(-3/2)", "hypot(x, z)^-3"},
                                                       {"y*sin(2*z)/z", "2*y*sinc(2*z)"},
                                                       {"log(1 + x^2 + z^2)", "log1p(x^2 + z^2)"},
                                                       {"log(1 - x)", "log1p(-x)"},
                                                       {"log(1 .+ exp(u))", "softplus(u)"},
                                                       {"sum(exp(-u .* v) .- 1)", "sum(expm1(-u .* v))"},
                                                       {"log(sum(exp(u)))", "logsumexp(u)"},
                                                       {"log(softmax(u))", "log_softmax(u)"}};
  for (const auto& [from, to] : forms) {
    INFO(from);
    CHECK(becomes(from, to));
  }
}

// What stands beside could cancel first, or the form has values where the formula has none.
TEST_CASE("stable forms: what is left alone", "[codegen][stable]") {
  for (const char* f : {"exp(z) - 1 + y", "log(1 + x - y)", "log(gamma(z))", "2*exp(z) - 1", "exp(z) + 1",
                        "log(2 + z)", "sqrt(x^2 + y^2 + z^2)", "sin(z)/y", "1 - tanh(z)"}) {
    INFO(f);
    CHECK(becomes(f, f));
  }
}

// x*log(x) tends to 0, its derivative log(x) + 1 to -infinity; x*log(x/y) tends to 0 too. Entry by entry, in
// loops and in a batch.
TEST_CASE("stable forms: x*log(x) at 0", "[codegen][stable][batch]") {
  const std::string scalars = header_of(
      "var x\nvar y : scalar > 0\na(x) = x*log(x)\nb(x, y) = x^2*y*log(x/y) + y*log(y)\n"
      "derive a : grad, batch\nderive b : grad\n");
  CHECK(scalars.find("y == T(0)") == std::string::npos);  // it is positive
  LoadedModel whole(
      "dim n\nvar p : vector[n]\nparam q : vector[n]\nc(p) = sum(p .* log(p ./ q))\nderive c : grad\n");
  GenerateOptions options;
  options.name_space = "w";
  const std::string loops = generate_tensors(
      whole.ctx, whole.model, tensor_entry_points(whole.ctx, whole.model), TensorTarget::span, options);
  check_program("logs", scalars + loops.substr(loops.find('\n')), R"code(
void same(const char* what, double got, double wanted) { expect(what, 0, got, wanted, 0.0); }
int main() {
  const double infinity = std::numeric_limits<double>::infinity();
  const auto a = m::a_grad(0.0);
  same("x*log(x)", a.value, 0);
  same("its derivative", a.grad[0], -infinity);
  if (!(m::a_grad(-1.0).value != m::a_grad(-1.0).value)) ++wrong;
  const auto b = m::b_grad(0.0, 2.0);
  same("x^2*y*log(x/y)", b.value, 2 * std::log(2.0));
  same("by y", b.grad[1], 1 + std::log(2.0));
  const double x[9] = {0, 1, 0, 2, 0, 0, 3, 0, 0.5}, q[9] = {1, 1, 1, 2, 1, 1, 1, 1, 1};
  double value[9], by[9], sum = 0;
  m::a_grad_batch(9, x, value, by);
  for (int i = 0; i < 9; ++i) {
    same("in a batch", value[i], x[i] > 0 ? x[i] * std::log(x[i]) : 0);
    same("its derivative", by[i], std::log(x[i]) + 1);
    sum += x[i] > 0 ? x[i] * std::log(x[i] / q[i]) : 0;
  }
  same("in a loop", w::c_grad<double>(9, x, q, by), sum);
  for (int i = 0; i < 9; ++i) {
    if (x[i] > 0) same("by p", by[i], std::log(x[i] / q[i]) + 1);
  }
  return wrong == 0 ? 0 : 1;
}
)code",
                {"-O1"});
}

TEST_CASE("stable forms: computed, said, and turned off", "[codegen][stable][batch]") {
  const std::string text =
      "var x, y\n"
      "a(x) = log(1 + x)\nb(x) = exp(x) - 1\nc(x, y) = log(exp(x) + exp(y))\nd(x) = log(1 + exp(x))\n"
      "e(x) = 1/(1 + exp(-x))\nf(x, y) = sqrt(x^2 + y^2)\ng(x) = sin(x)/x\nh(x) = 1 - cos(x)\n"
      "i(x) = sigmoid(x)\n"
      "derive i : hess, batch\n"
      "derive a : value, batch\nderive b : value\nderive c : grad, batch\nderive d : grad, batch\n"
      "derive e : grad\nderive f : grad\nderive g : value\nderive h : grad\n";
  const std::string code = header_of(text), plain = header_of(text, false);
  CHECK(code.find("it computes log1p(x) for log(1 + x)") != std::string::npos);
  CHECK(code.find("To lose less") != std::string::npos);
  CHECK(plain.find("To lose less") == std::string::npos);
  CHECK(plain.find("log1p") == std::string::npos);
  check_program("stable", code, R"code(
void same(const char* what, double got, double wanted) { expect(what, 0, got, wanted, 0.0); }
int main() {
  same("log(1 + x)",
                m::a(1e-20), 1e-20);
  same("exp(x) - 1", m::b(1e-20), 1e-20);
  const auto c = m::c_grad(1000.0, 1000.0);
  same("log(exp(x) + exp(y))", c.value, 1000.6931471805599453);
  same("by x", c.grad[0], 0.5);
  const auto d = m::d_grad(1000.0), low = m::d_grad(-1000.0);
  same("log(1 + exp(x))", d.value, 1000);
  same("its derivative", d.grad[0], 1);
  same("log(1 + exp(-x))", low.value, 0);
  const auto e = m::e_grad(-1000.0);
  same("1/(1 + exp(x))", e.value, 0);
  same("its derivative", e.grad[0], 0);
  const auto f = m::f_grad(3e200, -4e200);
  same("sqrt(x^2 + y^2)", f.value, 5e200);
  same("by y", f.grad[1], -0.8);
  same("sin(0)/0", m::g(0.0), 1);
  const auto h = m::h_grad(1e-9);
  same("1 - cos(x)", h.value, 5e-19);
  same("its derivative", h.grad[0], 1e-9);
  const double x[3] = {1000, -1000, 1e-20}, y[3] = {1000, -1001, 0};
  double value[3], dx[3], dy[3];
  m::c_grad_batch(3, x, y, value, dx, dy);
  same("in a batch", value[0], 1000.6931471805599453);
  same("in a batch", dx[1], 1 / (1 + std::exp(-1.0)));
  m::d_grad_batch(3, x, value, dx);
  same("in a batch", value[0], 1000);
  same("in a batch", dx[0], 1);
  // The slope of sigmoid at 40 is exp(-40)/(1 + exp(-40))^2.
  const auto i = m::i_hess(40.0);
  same("slope of sigmoid", i.grad[0], 4.248354255291589e-18);
  same("its slope", i.hess[0][0], -4.248354255291589e-18);
  const double z[2] = {40, -1};
  double slope[2], curvature[2];
  m::i_hess_batch(2, z, value, slope, curvature);
  same("slope of sigmoid in a batch", slope[0], 4.248354255291589e-18);
  return wrong == 0 ? 0 : 1;
}
)code",
                {"-O1"});
}
