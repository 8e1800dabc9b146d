// Nabla as a library, from C++ and C: values, errors as values, code. Expected values: mathematics.
#include <catch2/catch.hpp>

#include <chrono>
#include <thread>

#include "nabla/nabla.h"
#include "nabla/nabla.hpp"

using nabla::Code;
using nabla::Context;
using nabla::Error;
using nabla::Expr;

namespace {

using Texts = std::vector<std::string>;

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("library: expressions and derivatives", "[library]") {
  Context ctx;
  const Expr x = ctx.var("x"), y = ctx.var("y", "> 0");
  CHECK(diff(pow(x, 2) * sin(y), x).text() == "2*x*sin(y)");
  CHECK(diff(pow(x, 5), x, 3).text() == "60*x^2");
  CHECK(sqrt(y * y).text() == "y");
  CHECK((2 - x / 3 + 1).text() == "3 - x/3");
  CHECK((-x - 1).text() == "-x - 1");
  CHECK((x * std::uint64_t{18446744073709551615u}).text() == "18446744073709551615*x");
  CHECK((pow(x, -2) * -3).text() == "-3/x^2");
  CHECK(nabla::apply("atan2", {y, x}).text() == "atan2(y, x)");
  CHECK(simplify(pow(sin(x), 2) + pow(cos(x), 2)).text() == "1");
  CHECK((x * x).text(nabla::Form::latex) == "x^{2}");
  CHECK(diff(exp(log(y)), y).text() == "1");
  CHECK(diff(tan(x), x).text() == "sec(x)^2");
}

TEST_CASE("library: where a result holds goes on with it", "[library]") {
  Context ctx;
  const Expr x = ctx.var("x");
  CHECK((x / x).conditions() == Texts{"x != 0"});
  CHECK((x / x + 1).conditions() == Texts{"x != 0"});
  CHECK((2 * diff(abs(x), x)).conditions() == Texts{"x != 0"});
  CHECK((x + 1).conditions().empty());
}

TEST_CASE("library: matrices of any size", "[library]") {
  Context ctx;
  REQUIRE_FALSE(ctx.declare("dim n; var A : matrix[n, n]; var v : vector[n]"));
  const Expr A = ctx.parse("A"), v = ctx.parse("v"), f = ctx.parse("v'*A*v");
  CHECK(grad(f, v).text() == "(A + A')*v");
  CHECK(hess(f, v).text() == "A + A'");
  CHECK(jac(A * v, v).text() == "A");
  const Code code = generate("f", f, {v}, {"value", "grad"});
  REQUIRE(code);
  CHECK(contains(code.text(), "f_grad(std::ptrdiff_t n, const T* v, const T* A"));
}

TEST_CASE("library: errors are values, and the first goes on", "[library]") {
  Context ctx;
  const Expr x = ctx.var("x");
  const Expr z = ctx.parse("2*z");
  CHECK_FALSE(z);
  CHECK(z.error().code == 201);
  CHECK(z.error().line == 1);
  CHECK(z.error().column == 3);
  const Expr later = simplify(diff(z + x, x));
  CHECK_FALSE(later);
  CHECK(later.error().text() == z.error().text());
  CHECK(later.text() == z.error().text());
  CHECK((x / 0).error().code == 501);
  CHECK(contains((x * x / (x - x)).error().message, "'0'"));
  CHECK(Expr().error().code == 213);
  CHECK((Expr() + x).error().code == 213);
  Context other;
  CHECK((other.var("x") + x).error().message == "the operands belong to two contexts");
  CHECK_FALSE(ctx.var("x"));         // again
  CHECK_FALSE(ctx.var("p; var q"));  // no name
  CHECK_FALSE(ctx.parse("x; x"));
  CHECK_FALSE(ctx.parse("var t"));
  CHECK_FALSE(ctx.parse(""));
  CHECK_FALSE(nabla::apply("equal", {x, x}));  // a verdict
  CHECK_FALSE(nabla::apply("sin", {}));
  CHECK_FALSE(nabla::apply("sin(x) + cos", {x}));
  const Error e = ctx.declare("var w\nvar u, 3");
  CHECK(e);
  CHECK(e.line == 2);
  CHECK(ctx.parse("w + x"));  // what stood before it
}

TEST_CASE("library: code", "[library]") {
  Context ctx;
  const Expr x = ctx.var("x"), y = ctx.var("y");
  const Code code = generate("area", x * y, {x, y}, {"value", "hess"});
  REQUIRE(code);
  CHECK(contains(code.text(), "namespace area {"));
  CHECK(contains(code.text(), "// area(x, y) = x*y\n"));
  (void)simplify(x);  // which changes nothing of it
  CHECK(generate("area", x * y, {x, y}, {"value", "hess"}).text() == code.text());
  CHECK_FALSE(generate("area", x * y, {x, y}, {"nonsense"}));
  CHECK_FALSE(generate("area", x * y, {x, y}, {"value\nvar q"}));
  CHECK_FALSE(generate("no name", x * y, {x, y}, {"value"}));
  CHECK_FALSE(generate("area", x * y, {x * y}, {"value"}));
  CHECK_FALSE(generate("area", x * y, {}, {"value"}));
  nabla::GenerateOptions options;
  options.language = nabla::Language::c;
  options.scalar = nabla::Scalar::float_;
  const std::string model = "var x\nf(x) = x^2\nderive f : value, grad\n";
  CHECK(contains(generate_model("m.nabla", model, options).text(), "m_f_grad(float x, float* value"));
  options.scalar = nabla::Scalar::floating_template;
  CHECK(generate_model("m.nabla", model, options).error().code == 213);
  const Code wrong = nabla::generate_model("m.nabla", "var x\nf(x) = x +\n");
  CHECK(wrong.error().line == 2);
  CHECK(wrong.error().column == 10);
}

TEST_CASE("library: from C", "[library]") {
  CHECK(nabla_c_api() == NABLA_C_API);
  CHECK(std::string(nabla_version()) == "0.1.0");
  nabla_context* c = nabla_open();
  REQUIRE(c != nullptr);
  const auto run = [&](const char* text) {
    nabla_result* r = nabla_run(c, text);
    std::string out = std::to_string(nabla_code(r)) + ": " + nabla_text(r);
    if (*nabla_conditions(r) != '\0') out += std::string(" where ") + nabla_conditions(r);
    nabla_free(r);
    return out;
  };
  CHECK(run("var x; diff(x^3, x)") == "0: 3*x^2");
  CHECK(run("x/x") == "0: 1 where x != 0");
  CHECK(run("equal(sin(x)^2 + cos(x)^2, 1)") == "0: proved");
  CHECK(run("var u") == "0: ");
  CHECK(run("zz*x").substr(0, 4) == "201:");
  nabla_result* r = nabla_run(c, "1 +\n2 + zz");
  CHECK(nabla_code(r) == 301);
  CHECK(nabla_line(r) == 1);
  CHECK(nabla_column(r) == 3);
  nabla_free(r);
  r = nabla_run_latex(c, "x^2");
  CHECK(std::string(nabla_text(r)) == "x^{2}");
  nabla_free(r);
  nabla_close(c);
  nabla_close(nullptr);

  const char* const model = "var x\nf(x) = x^2\nderive f : value, grad\n";
  const auto generate = [&](const char* text, std::vector<const char*> options) {
    options.push_back(nullptr);
    nabla_result* made = nabla_generate("m.nabla", text, options.data());
    std::string out = std::to_string(nabla_code(made)) + ": " + nabla_text(made);
    nabla_free(made);
    return out;
  };
  CHECK(contains(generate(model, {"lang", "c", "scalar", "float"}), "0: // Generated by nabla"));
  CHECK(contains(generate(model, {"lang", "c"}), "m_f_grad(double x"));
  CHECK(generate(model, {"lang", "cobol"}).substr(0, 4) == "213:");
  CHECK(generate(model, {"lang"}).substr(0, 4) == "213:");
  CHECK(
      generate("var x\nf(x) = y\n", {}) ==
      "201: m.nabla:2:8: error: unknown name 'y' [NB0201]\n  f(x) = y\n         ^\nhelp: declare it: var y");
  nabla_result* missing = nabla_generate("m.nabla", "var x\nf(x) = y\n", nullptr);
  CHECK(nabla_message(missing) == std::string("unknown name 'y'"));
  CHECK(nabla_help(missing) == std::string("declare it: var y"));
  CHECK(nabla_line(missing) == 2);
  CHECK(nabla_column(missing) == 8);
  nabla_free(missing);
  for (const char* name : {"", "***.nabla", ".nabla", "a/_.nabla"}) {
    nabla_result* nameless = nabla_generate(name, model, nullptr);
    CHECK(nabla_code(nameless) == 213);
    CHECK(contains(nabla_message(nameless), "gives the code no name"));
    nabla_free(nameless);
    const char* const named[] = {"namespace", "n", nullptr};
    nabla_result* made = nabla_generate(name, model, named);
    CHECK(nabla_code(made) == 0);
    nabla_free(made);
  }
  CHECK(nabla_code(nullptr) == 613);
  CHECK(nabla_message(nullptr) == std::string("the machine refused more memory"));
  CHECK(nabla_help(nullptr) == std::string());
  nabla_free(nullptr);
  nabla_result* nothing = nabla_run(nullptr, "1");
  CHECK(nabla_code(nothing) == 213);
  nabla_free(nothing);
}

TEST_CASE("library: from C, cancelled by another thread", "[library]") {
  nabla_context* c = nabla_open();
  REQUIRE(c != nullptr);
  std::thread other([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    nabla_cancel(c);
  });
  nabla_result* r = nabla_run(c, "var x, y; diff(exp(sin(x*y)*cos(x^2*y))/(1 + tan(x*y)^3), x, 64); 1 + 1");
  other.join();
  CHECK(nabla_code(r) == 604);
  nabla_free(r);
  r = nabla_run(c, "x + x");  // usable, and nothing of it is left
  CHECK(nabla_text(r) == std::string("2*x"));
  nabla_free(r);
  nabla_cancel(c);  // what runs next
  r = nabla_run(c, "x + x");
  CHECK(nabla_code(r) == 604);
  nabla_free(r);
  nabla_cancel(nullptr);
  nabla_close(c);
}
