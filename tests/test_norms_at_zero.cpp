// Derivatives of norms where the norm is 0: the subgradient 0, on all roads, and away from 0 what they were.
#include <catch2/catch.hpp>

#include "codegen/c_generate.h"
#include "codegen/norms_at_zero.h"
#include "codegen/tensor_generate.h"
#include "tests/batch_program.h"
#include "tests/codegen_model.h"

using namespace nabla;
using namespace nabla::test;

namespace {

std::string loops_of(const std::string& text, bool stable = true) {
  LoadedModel model(text);
  model.model.stable = stable;
  GenerateOptions options;
  options.name_space = "m";
  return generate_tensors(model.ctx, model.model, tensor_entry_points(model.ctx, model.model),
                          TensorTarget::span, options);
}

std::string scalars_of(const std::string& text, bool stable = true) {
  LoadedModel model(text);
  model.model.stable = stable;
  GenerateOptions options;
  options.name_space = "m";
  return model.header(options);
}

bool has_note(const std::string& header) { return header.find(norms_note) != std::string::npos; }

}  // namespace

TEST_CASE("norms at zero: loops", "[codegen][batch][whole]") {
  const std::string header = loops_of(
      "dim n\nvar z : vector[n]\nvar X : matrix[n, n]\n"
      "f(z) = norm(z)\ng(z) = logsumexp(z) + norm(z) + max(z)\ns(z) = logsumexp(z) + norm(z)\nh(z) = "
      "sqrt(z'*z)\n"
      "r(X) = sum(norm2(X, dim = 2))\np(z) = log(norm(z))\nq(z) = 1/norm(z)\n"
      "derive f wrt z : grad, hess, hvp, batch(z)\nderive g wrt z : grad\nderive s wrt z : grad, "
      "batch(z)\nderive h wrt z : grad, "
      "hvp\n"
      "derive r wrt X : grad\nderive p wrt z : grad\nderive q wrt z : grad\n");
  CHECK(has_note(header));
  check_program("norm-loops", header, R"(
int main() {
  const double zero[] = {0, 0}, z[] = {3, 4}, v[] = {1, 2}, nan = std::numeric_limits<double>::quiet_NaN();
  double g[4], h[4], value;
  std::vector<double> room(4000);
  double* work = room.data();
  const auto all = [&](const char* what, const double* got, std::vector<double> wanted) {
    for (std::size_t i = 0; i < wanted.size(); ++i) expect(what, 1, got[i], wanted[i], 1.0);
  };
  m::f_grad(2, zero, g), all("f at 0", g, {0, 0});
  m::f_grad(2, z, g), all("f", g, {0.6, 0.8});
  m::f_hvp(2, zero, v, g), all("hvp at 0", g, {0, 0});
  m::f_hvp(2, z, v, g), all("hvp", g, {(1 - 11 * 3.0 / 25) / 5, (2 - 11 * 4.0 / 25) / 5});
  m::f_hess(2, zero, g, h), all("hess at 0", h, {0, 0, 0, 0});
  m::f_hess(2, z, g, h), all("hess", h, {16 / 125.0, -12 / 125.0, -12 / 125.0, 9 / 125.0});
  const double pair[] = {nan, 1};
  m::f_grad(2, pair, g), all("f at NaN", g, {nan, nan});
  const double points[] = {0, 3, 0, 4};
  double values[2];
  m::f_grad_batch(2, 2, points, values, g, work), all("batch", g, {0, 0.6, 0, 0.8});
  const double along[] = {1, 1, 2, 2};
  m::f_hvp_batch(2, 2, points, along, g, work);
  all("hvp, batch", g, {0, (1 - 11 * 3.0 / 25) / 5, 0, (2 - 11 * 4.0 / 25) / 5});
  m::g_grad(2, zero, g, work), all("three", g, {1.5, 0.5});
  m::s_grad_batch(1, 2, zero, &value, g, work), all("two, batch", g, {0.5, 0.5});
  m::h_grad(2, zero, g), all("root at 0", g, {0, 0});
  m::h_grad(2, z, g), all("root", g, {0.6, 0.8});
  m::h_hvp(2, zero, v, g), all("hvp of the root", g, {0, 0});
  const double X[] = {0, 0, 3, 4};
  m::r_grad(2, X, g, work), all("rows", g, {0, 0, 0.6, 0.8});
  m::p_grad(2, zero, g);
  if (std::isfinite(g[0])) std::printf("log\n"), ++wrong;
  m::q_grad(2, zero, g);
  if (std::isfinite(g[0])) std::printf("reciprocal\n"), ++wrong;
  return wrong == 0 ? 0 : 1;
}
)",
                {"-O1", "-O3 -march=native"});
}

TEST_CASE("norms at zero: entry by entry", "[codegen][batch]") {
  const std::string header = scalars_of(
      "var z : vector[2]\nvar x, y\nf(z) = norm(z)\ng(x, y) = exp(sqrt(x^2 + 4*y^2))\nh(x, y) = hypot(x, y)\n"
      "p(x, y) = log(sqrt(x^2 + y^2))\nq(x, y) = 1/sqrt(x^2 + y^2)\n"
      "derive f wrt z : grad, hess, hvp, batch\nderive g : grad\nderive h : grad, hess\nderive p : "
      "grad\nderive q : "
      "grad\n");
  CHECK(has_note(header));
  check_program("norm-scalars", header, R"(
int main() {
  const auto both = [](const char* what, const auto& got, double a, double b) {
    expect(what, 1, got[0], a, 1.0), expect(what, 2, got[1], b, 1.0);
  };
  const std::array<double, 2> zero{}, z{3, 4}, v{1, 2};
  both("f at 0", m::f_grad(zero).grad, 0, 0), both("f", m::f_grad(z).grad, 0.6, 0.8);
  both("hvp at 0", m::f_hvp(zero, v).hvp, 0, 0);
  both("hvp", m::f_hvp(z, v).hvp, (1 - 11 * 3.0 / 25) / 5, (2 - 11 * 4.0 / 25) / 5);
  both("hess at 0", m::f_hess(zero).hess[0], 0, 0), both("hess", m::f_hess(z).hess[0], 16 / 125.0, -12 / 125.0);
  both("g at 0", m::g_grad(0.0, 0.0).grad, 0, 0);
  both("g", m::g_grad(3.0, 2.0).grad, std::exp(5.0) * 0.6, std::exp(5.0) * 1.6);
  both("hypot at 0", m::h_grad(0.0, 0.0).grad, 0, 0), both("hypot", m::h_grad(3.0, 4.0).grad, 0.6, 0.8);
  both("hess of hypot at 0", m::h_hess(0.0, 0.0).hess[0], 0, 0);
  if (std::isfinite(m::p_grad(0.0, 0.0).grad[0])) std::printf("log\n"), ++wrong;
  if (std::isfinite(m::q_grad(0.0, 0.0).grad[0])) std::printf("reciprocal\n"), ++wrong;
  const double points[] = {0, 3, 0, 4};
  double values[2], g[4];
  m::f_grad_batch(2, points, values, g);
  const double wanted[] = {0, 0.6, 0, 0.8};
  for (int i = 0; i < 4; ++i) expect("batch", i, g[i], wanted[i], 1.0);
  return wrong == 0 ? 0 : 1;
}
)",
                {"-O1", "-O3 -march=native"});
}

TEST_CASE("norms at zero: reported, and turned off", "[codegen]") {
  const std::string whole = "dim n\nvar z : vector[n]\nf(z) = norm(z)\nderive f wrt z : grad\n";
  CHECK_FALSE(has_note(loops_of(whole, false)));
  const std::string entries = "var x, y\nf(x, y) = sqrt(x^2 + y^2)\nderive f : grad\n";
  CHECK_FALSE(has_note(scalars_of(entries, false)));
  // Never 0, not a norm, or no slope at 0 anyway.
  for (const char* body :
       {"sqrt(x^2 + y^2 + 1)", "sqrt(x + y)", "sqrt(x^2 - y^2)", "(x^2 + y^2)^(1/4)", "x^2 + y^2"}) {
    INFO(body);
    CHECK_FALSE(has_note(scalars_of("var x, y\nf(x, y) = " + std::string(body) + "\nderive f : grad\n")));
  }
  LoadedModel model(entries);
  CHECK(has_note(generate_c(model.ctx, model.model, entry_points(model.ctx, model.model))));
}
