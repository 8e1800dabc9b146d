// Complex values: conjugates, real and imaginary parts, adjoints, and Wirtinger calculus. Closed forms are
// those of the literature (Petersen and Pedersen, The Matrix Cookbook, 2012, section 4; Hjørungnes and
// Gesbert, Complex-valued matrix differentiation, 2007).
#include <catch2/catch.hpp>
#include <string>

#include "session/values.h"
#include "tests/command.h"
#include "tests/complex.h"
#include "tests/paths.h"

using namespace nabla;
using nabla::test::check_proved;
using nabla::test::ComplexWork;

TEST_CASE("conjugates go down to the names", "[complex]") {
  ComplexWork work;
  const auto same = [&](const char* a, const char* b) {
    INFO(a << " and " << b);
    CHECK(work.value(a) == work.value(b));
  };
  same("conj(conj(z))", "z");
  same("conj(x)", "x");
  same("conj(z + w*x - 3*im)", "conj(z) + conj(w)*x + 3*im");
  same("conj(z^3/w)", "conj(z)^3/conj(w)");
  same("conj(exp(z)*sin(w))", "exp(conj(z))*sin(conj(w))");
  same("conj(x^z)", "conj(x^z)");
  same("conj(2^z)", "2^conj(z)");
  same("conj(A*u)", "conj(A)*conj(u)");
  same("conj(A)'", "conj(A')");
  same("(A*B)ᴴ", "Bᴴ*Aᴴ");
  same("ctranspose(A)", "Aᴴ");
  same("uᴴᴴ", "u");
  same("zᴴ", "conj(z)");
  same("rᴴ", "r'");
  same("conj(inv(A))", "inv(conj(A))");
  same("conj(det(A))", "det(conj(A))");
  same("det(Aᴴ)", "conj(det(A))");
  same("conj(tr(A*B))", "tr(conj(A)*conj(B))");
  same("conj(expm(A))", "expm(conj(A))");
  same("conj(real(z) + abs(w))", "real(z) + abs(w)");
  same("conj(u)[2]", "conj(u[2])");
  same("[conj(A[i, j]) for i in 1:n, j in 1:n]", "conj(A)");
  same("sum(conj(u[i])*v[i] for i in 1:n)", "uᴴ*v");
  same("conj(if x > 0 then z else w)", "if x > 0 then conj(z) else conj(w)");
}

TEST_CASE("on a branch cut the conjugate stays outside", "[complex]") {
  ComplexWork work;
  // conj(log(-1)) = -im*pi, log(conj(-1)) = im*pi
  CHECK(work.answer("eval(conj(log(z)), z = -1)") == "-3.141592653589793*im");
  CHECK(work.answer("eval(log(conj(z)), z = -1)") == "3.141592653589793*im");
  for (const char* f : {"log(z)", "sqrt(z)", "z^(1/3)", "asin(z)", "atan(z)", "acos(z)", "z^w", "log1p(z)"}) {
    const std::string name = f;
    INFO(f);
    const Ref outside = work.value("conj(" + name + ")");
    CHECK(work.session.context().is_function(outside, Fn::conj));
  }
}

TEST_CASE("real and imaginary parts are linear over the reals", "[complex]") {
  ComplexWork work;
  const auto same = [&](const char* a, const char* b) {
    INFO(a << " and " << b);
    CHECK(work.value(a) == work.value(b));
  };
  same("real(2*x*z + y)", "2*x*real(z) + y");
  same("imag(2*x*z + y)", "2*x*imag(z)");
  same("real(im*z)", "-imag(z)");
  same("imag(im*z)", "real(z)");
  same("real(3 + 4*im)", "3");
  same("imag(3 + 4*im)", "4");
  same("real(conj(z))", "real(z)");
  same("imag(conj(z))", "-imag(z)");
  same("real(real(z)*w)", "real(z)*real(w)");
  same("imag(z*conj(z))", "0");
  same("real(z - conj(z))", "0");
  same("imag(uᴴ*u)", "0");
  same("real(uᴴ*u)", "uᴴ*u");
  same("real(x)", "x");
  same("imag(r)", "zeros(n)");
  same("real(A')", "real(A)'");
  same("real(im*A)", "-imag(A)");
  same("real(z*R)", "real(z)*R");
  same("abs(-2*im*z)", "2*abs(z)");
  same("abs(conj(z))", "abs(z)");
  same("im^2", "-1");
  same("(2*im)^3", "-8*im");
  same("1/im", "-im");
  CHECK(work.answer("abs(z)^2") == "abs(z)^2");  // z^2 it is only of real z
  CHECK(work.answer("norm2(u)^2") == "norm2(u)^2");
}

TEST_CASE("equality of complex expressions", "[complex]") {
  check_proved("real(z) + im*imag(z)", "z");
  check_proved("abs(z)^2", "z*conj(z)");
  check_proved("abs(z)^2", "real(z)^2 + imag(z)^2");
  check_proved("abs(z*w)^2", "abs(z)^2*abs(w)^2");
  check_proved("norm2(u)^2", "uᴴ*u");
  check_proved("normF(Z)^2", "tr(Z*Zᴴ)");
  check_proved("norm2(A*u - b)^2", "(A*u - b)ᴴ*(A*u - b)");
  check_proved("real(uᴴ*v)", "(uᴴ*v + vᴴ*u)/2");
  check_proved("(z + im)*(z - im)", "z^2 + 1");
  // Abramowitz and Stegun 4.3.47, 4.5.7 to 4.5.8
  check_proved("cos(z)", "(exp(im*z) + exp(-im*z))/2");
  check_proved("exp(im*z)", "cos(z) + im*sin(z)");
  check_proved("sinh(z)", "-im*sin(im*z)");
  check_proved("cosh(z)", "cos(im*z)");
  ComplexWork work;
  // log(z*w) is not log(z) + log(w), nor logdet of a product a sum, off the positive numbers.
  for (const char* text : {"equal(log(z*w), log(z) + log(w))", "equal(logdet(A*B), logdet(A) + logdet(B))",
                           "equal(sqrt(z^2), z)", "equal(conj(log(z)), log(conj(z)))", "equal(z, conj(z))"}) {
    INFO(text);
    const Outcome out = work.run(text);
    CHECK((out.error || out.answer.text.substr(0, 7) == "refuted"));
  }
}

TEST_CASE("closed forms of Wirtinger calculus", "[complex]") {
  check_proved("diff(z^2*conj(z), z)", "2*z*conj(z)");
  check_proved("diff(z^2*conj(z), conj(z))", "z^2");
  check_proved("diff(exp(z), conj(z))", "0*z");
  check_proved("diff(real(z), z)", "1/2 + 0*z");
  check_proved("diff(real(z), conj(z))", "1/2 + 0*z");
  check_proved("diff(imag(z), z)", "-im/2 + 0*z");
  check_proved("diff(imag(z), conj(z))", "im/2 + 0*z");
  check_proved("diff(abs(z), z)", "conj(z)/(2*abs(z))");
  check_proved("diff(abs(z), conj(z))", "z/(2*abs(z))");
  check_proved("diff(imag(log(z)), z)", "1/(2*im*z)");  // the argument of z
  check_proved("diff(imag(log(z)), conj(z))", "-1/(2*im*conj(z))");
  check_proved("diff(log(abs(z)), z)", "1/(2*z)");
  check_proved("diff(conj(z), real(z))", "1 + 0*z");
  check_proved("diff(conj(z), imag(z))", "-im + 0*z");
  check_proved("diff(diff(z*conj(z), z), conj(z))", "1 + 0*z");
  check_proved("diff(abs(z)^4, z, conj(z))", "4*abs(z)^2");  // a quarter of the Laplacian 16 r^2
  check_proved("diff(exp(im*x), x)", "im*exp(im*x)");
  check_proved("diff(real(exp(im*x)), x)", "-imag(exp(im*x))");
  check_proved("diff(abs(z + x)^2, x)", "2*real(z) + 2*x");
  // vectors and matrices
  check_proved("grad(uᴴ*A*u + uᴴ*Aᴴ*u, u)", "2*(A + Aᴴ)*u");
  check_proved("grad(real(bᴴ*u), u)", "b");
  check_proved("diff(bᴴ*u, u)", "conj(b)");
  check_proved("diff(uᴴ*b, conj(u))", "b");
  check_proved("grad(norm2(A*u - b)^2, u)", "2*Aᴴ*(A*u - b)");
  check_proved("grad(norm2(u), u)", "u/norm2(u)");
  check_proved("grad(normF(Z)^2, Z)", "2*Z");
  check_proved("grad(abs(bᴴ*u)^2, u)", "2*b*(bᴴ*u)");
  check_proved("grad(sum(abs(u).^2), u)", "2*u");
  check_proved("grad(sum(real(u)), u)", "ones(n)");
  check_proved("grad(sum(imag(u)), u)", "im*ones(n)");
  check_proved("grad(real(logdet(X)), X)", "inv(X)ᴴ");
  check_proved("grad(real(tr(A*X)), X)", "Aᴴ");
  check_proved("diff(tr(A*Xᴴ*B*X), X)", "B'*conj(X)*A'");
  check_proved("diff(tr(A*Xᴴ*B*X), conj(X))", "B*X*A");
  check_proved("diff(tr(X*Xᴴ*X*Xᴴ), conj(X))", "2*X*Xᴴ*X");
  check_proved("diff(det(X), X)", "det(X)*inv(X)'");
  check_proved("diff(det(Xᴴ), conj(X))", "conj(det(X))*inv(X)ᴴ");
  check_proved("differential(Zᴴ*Z)", "dZᴴ*Z + Zᴴ*dZ");
  check_proved("differential(inv(X)ᴴ)", "-inv(X)ᴴ*dXᴴ*inv(X)ᴴ");
  check_proved("differential(real(z))", "real(dz)");
  check_proved("differential(differential(zᴴ*z))", "2*dz*conj(dz) + ddz*conj(z) + z*conj(ddz)");
  check_proved("jac(A*u, u)", "A");
  check_proved("jac(A*conj(u), u)", "zeros(n, n)*A");
  check_proved("jac(A*conj(u), conj(u))", "A");
  check_proved("jac(A*u, imag(u))", "im*A");
  check_proved("jvp(abs(z)^2, z, w)", "2*real(conj(z)*w)");
  check_proved("jvp(conj(A*u), u, b)", "conj(A*b)");
  check_proved("hess(abs(z + x)^2, x)", "2 + 0*x");
}

TEST_CASE("what has no meaning is refused by name", "[complex]") {
  ComplexWork work;
  const auto refused = [&](const char* text, const char* part) {
    const std::string got = work.answer(text);
    INFO(text << ": " << got);
    CHECK(got.substr(0, 2) == "NB");
    CHECK(got.find(part) != std::string::npos);
  };
  refused("grad(z^2, z)", "not known to be real");
  refused("grad(uᴴ*A*u, u)", "not known to be real");
  refused("grad(abs(z), conj(z))", "not by its conjugate");
  refused("diff(norm1(u), u)", "'norm1' of complex values");
  refused("diff(normnuc(X), X)", "'normnuc' of complex values");
  refused("diff(sum(pinv(Z)), Z)", "'pinv' of complex values");
  refused("diff(conj(logm(X))[1, 1], X)", "'logm' of complex values");
  refused("diff(z^2, abs(z))", "abs(z)");
  refused("floor(z)", "'floor'");
  refused("max(z, w)", "complex");
  refused("if z < 1 then 1 else 2", "complex");
  work.run("var S : matrix[n, n] symmetric complex; fun g(scalar) : scalar");
  refused("diff(tr(S*S), S)", "complex and declared symmetric");
  refused("diff(conj(g(z)), z)", "the function 'g'");
  CHECK(work.answer("diff(g(z), z)") == "g'(z)");
  CHECK(work.answer("diff(g(z), conj(z))") == "0");
}

TEST_CASE("complex numbers", "[complex]") {
  ComplexWork work;
  CHECK(work.answer("eval(z^2, z = 1 + 2*im)") == "-3 + 4*im");
  CHECK(work.answer("eval(conj(z)*z, z = 1 + 2*im)") == "5");
  CHECK(work.answer("eval(diff(abs(z), z), z = 8*im)") == "-0.5*im");
  CHECK(work.answer("eval(sqrt(-z), z = 4)") == "2*im");  // on the cut, from above
  CHECK(work.answer("eval(real(z) - imag(z), z = 1/2 - im)") == "1.5");
  CHECK(work.answer("eval(abs(z), z = 3 + 4*im)") == "5");
  CHECK(work.answer("eval(u*im, u = [1; 2 - im])") == "[im; 1 + 2*im]");
  CHECK(work.answer("eval(Z*Zᴴ, Z = [1, im; 2, 1 + im])") == "[2, 3 + im; 3 - im, 6]");
  CHECK(work.answer("eval(x, x = im)").substr(0, 2) == "NB");  // x is real
}

TEST_CASE("complex values on the command line", "[complex]") {
  const command::Folder folder;
  const std::string declared = "var z : scalar complex\n";
  const auto nabla = [](std::vector<std::string> words) {
    words.insert(words.begin(), paths::binary);
    return command::run(words);
  };
  CHECK(nabla({"diff", "z*conj(z)", "--let", declared, "--wrt", "conj(z)"}).out == "z\n");
  CHECK(nabla({"grad", "abs(z)^2", "--let", declared, "--at", "z=1-im"}).out == "2 - 2*im\n");
  const std::string values = folder.write("v.json", R"({"z": {"re": 3, "im": -4}})");
  const std::string model = folder.write("m.nabla", declared + "f(z) = z^2\n");
  CHECK(nabla({"eval", model, "f(z)", "--at", values}).out == "-7 - 24*im\n");
  CHECK(nabla({"eval", model, "abs(z)", "--at", values}).out == "5\n");
  for (const char* f : {"abs(z)^2", "real(z)", "z^2", "1 + 0*z"}) {  // no code, by name
    const std::string bad =
        folder.write("g.nabla", declared + "g(z) = " + f + "\nderive g wrt z : value, grad\n");
    const command::Result r = nabla({"gen", bad, "-o", folder.path("g.h")});
    INFO(f << ": " << r.err);
    CHECK(r.status == 4);
    CHECK(r.err.find("code for the complex 'z'") != std::string::npos);
    CHECK_FALSE(folder.has("g.h"));
  }
}

TEST_CASE("complex numbers in values and results", "[complex]") {
  const std::vector<Value> values =
      values_from_json(R"({"z": {"re": 1, "im": -2}, "u": [1, {"re": 0, "im": 0.5}, 3], "x": 2})");
  REQUIRE(values.size() == 3);
  for (const Value& v : values) {
    if (v.name == "z") CHECK((v.entries == std::vector<double>{1} && v.imaginary == std::vector<double>{-2}));
    if (v.name == "u") {
      CHECK(v.entries == std::vector<double>{1, 0, 3});
      CHECK(v.imaginary == std::vector<double>{0, 0.5, 0});
    }
    if (v.name == "x") CHECK(v.imaginary.empty());
  }
  for (const char* bad :
       {R"({"z": {"re": 1}})", R"({"z": {"re": 1, "im": "2"}})", R"({"z": {"re": 1, "im": 2, "x": 3}})"}) {
    CHECK_THROWS(values_from_json(bad));
  }
  Numbers numbers{{2}, false, {1, 2}, {-1, 0}};
  CHECK(numbers_text(numbers) == "[1 - im; 2]");
  CHECK(numbers_json(numbers) == R"([{"re": 1, "im": -1}, {"re": 2, "im": 0}])");
}
