// Derivations as people read them: lines, trees, differentials, LaTeX. That each step is right is tested in
// test_steps_replayed.cpp.
#include <catch2/catch.hpp>
#include <string>

#include "command.h"
#include "session/steps.h"
#include "tests/derived.h"

using namespace nabla;
using namespace nabla::test;

namespace {

std::string steps_of(const std::string& text, StepsOptions options = {}) {
  Session s(keeping());
  StatementTrace trace;
  const Derived d = derive(s, text, &trace);
  return d.outcome.error ? d.outcome.error->message
                         : steps_text(s.context(), trace, d.outcome.answer.value, options);
}

}  // namespace

TEST_CASE("a derivation by a complex variable", "[steps]") {
  const std::string z = "var z : scalar complex; ";
  CHECK(steps_of(z + "diff(abs(z), z)") ==
        "dabs(z)/dz = conj(z)/(2*abs(z))  [chain rule, abs]\n"
        "= conj(z)/(2*abs(z))\n");
  CHECK(steps_of(z + "grad(abs(z)^2, z)") ==
        "d(abs(z)^2)/dconj(z) = z  [power rule]\n"
        "  dabs(z)/dconj(z) = z/(2*abs(z))  [chain rule, abs]\n"
        "= 2*z  [gradient, twice that]\n");
  CHECK(steps_of("dim n; var u, v : vector[n] complex; jac(conj(v) .* u, conj(u))") ==
        "f = u .* conj(v)\n"
        "  df/dconj(u) = zeros(n, n)\n"
        "= zeros(n, n)\n");
  CHECK(steps_of(z + "diff(exp(z)/z, z)") ==
        "d(exp(z)/z)/dz = exp(z)/z - exp(z)/z^2  [quotient rule]\n"
        "  dexp(z)/dz = exp(z)  [derivative of exp]\n"
        "= exp(z)*(z - 1)/z^2  [common factor]\n");
}

TEST_CASE("a derivation as a tree", "[steps]") {
  CHECK(steps_of("diff(x^2*sin(x), x)") ==
        "d(x^2*sin(x))/dx = x^2*cos(x) + 2*x*sin(x)  [product rule]\n"
        "  dsin(x)/dx = cos(x)  [derivative of sin]\n"
        "  d(x^2)/dx = 2*x  [power rule]\n"
        "= x*(x*cos(x) + 2*sin(x))  [common factor]\n");
  CHECK(steps_of("diff(sin(x)/cos(x), x)") ==
        "d(sin(x)/cos(x))/dx = sin(x)^2/cos(x)^2 + 1  [quotient rule]\n"
        "  dsin(x)/dx = cos(x)  [derivative of sin]\n"
        "  dcos(x)/dx = -sin(x)  [derivative of cos]\n"
        "= tan(x)^2 + 1  [rule sin_over_cos]\n"
        "= sec(x)^2  [rule one_plus_tan2]\n");
  CHECK(steps_of("diff(a*x/(x^2 + 1)^2, x)") ==
        "d(a*x/(x^2 + 1)^2)/dx = a/(x^2 + 1)^2 - 4*a*x^2/(x^2 + 1)^3  [quotient rule]\n"
        "  d(a*x)/dx = a  [constant factor]\n"
        "  d((x^2 + 1)^2)/dx = 4*x*(x^2 + 1)  [power rule]\n"
        "    d(x^2 + 1)/dx = 2*x  [sum rule]\n"
        "      d(x^2)/dx = 2*x  [power rule]\n"
        "= (a - 3*a*x^2)/(x^2 + 1)^3  [one fraction]\n");
  CHECK(steps_of("diff(exp(2*x), x)", {Format::unicode, true}) ==
        "∂exp(2*x)/∂x = 2*exp(2*x)  [chain rule, exp: d exp(x) = exp(x) .* dx]\n"
        "  with u = 2*x\n"
        "  ∂(2*x)/∂x = 2  [constant factor: (c*u)' = c*u']\n"
        "    with u = x\n"
        "= 2*exp(2*x)\n");
  CHECK(steps_of("diff(7, x)") == "d(7)/dx = 0\n= 0\n");
  CHECK(steps_of("diff(sin(x), x)^2 - 1") ==
        "dsin(x)/dx = cos(x)  [derivative of sin]\n"
        "= cos(x)^2 - 1\n"
        "= -sin(x)^2  [rule one_minus_cos2]\n");
  CHECK(steps_of("simplify(log(2*x) - log(x))", {Format::ascii, true}) ==
        "log(2*x) - log(x)\n"
        "= log(2)  [rule difference_of_logs_of_one_sign: log(a) - log(b) = log(a/b) where a/b > 0 with a = "
        "2*x, b = x]\n");
  const std::string latex = steps_of("diff(sin(x^2), x)", {Format::latex, false});
  CHECK(latex.substr(0, 16) == "\\begin{aligned}\n");
  CHECK(command::contains(latex, "&& \\text{chain rule, sin}"));
}

TEST_CASE("derivations of vectors and matrices as differentials", "[steps]") {
  const std::string names = "dim n; var X, A, W, V : matrix[n, n]; var x, b : vector[n]; ";
  CHECK(steps_of("dim n; var X, A : matrix[n, n]; differential(tr(A*sin(X)))") ==
        "d(tr(A*sin(X))) = tr(sin(X)*dA) + tr(A .* cos(X)'*dX)  [trace rule]\n"
        "  dsin(X) = cos(X) .* dX  [derivative of sin]\n"
        "= tr(sin(X)*dA) + tr(A .* cos(X)'*dX)\n");
  CHECK(steps_of("var x : vector[2]; grad(x[1]*sin(x[2]), x)") ==
        "d(x[1]*sin(x[2]))/dx[1] = sin(x[2])  [constant factor]\n"
        "d(x[1]*sin(x[2]))/dx[2] = x[1]*cos(x[2])  [constant factor]\n"
        "  dsin(x[2])/dx[2] = cos(x[2])  [derivative of sin]\n"
        "= [sin(x[2]); x[1]*cos(x[2])]\n");
  CHECK(steps_of(names + "grad(tr(A*X), X)") ==
        "f = tr(A*X)\n"
        "  df = tr(A*dX)  [trace rule]\n"
        "  df/dX = A'  [gradient]\n"
        "= A'\n");
  CHECK(steps_of(names + "grad(logdet(X), X)", {Format::ascii, true}) ==
        "f = logdet(X)\n"
        "  df = tr(inv(X)*dX)  [chain rule, logdet: d logdet(X) = tr(inv(X)*dX)]\n"
        "  df/dX = inv(X)'  [gradient]\n"
        "= inv(X)'\n");
  CHECK(steps_of(names + "grad(x'*A*x, x)") ==
        "f = x'*A*x\n"
        "  df = (A*x + A'*x)'*dx  [matrix product rule]\n"
        "  df/dx = A*x + A'*x  [gradient]\n"
        "= (A + A')*x  [common factor]\n");
  CHECK(steps_of(names + "grad(tr(A*inv(X)), X)") ==
        "f = tr(A*inv(X))\n"
        "  df = tr(A*d(inv(X)))  [trace rule]\n"
        "     = -tr(inv(X)*A*inv(X)*dX)  [inverse rule]\n"
        "  df/dX = -inv(X)'*A'*inv(X)'  [gradient]\n"
        "= -inv(X)'*A'*inv(X)'\n");
  CHECK(steps_of(names + "grad(norm2(V*tanh(W*x) - b)^2, W)") ==
        "f = (V*tanh(W*x) - b)'*(V*tanh(W*x) - b)\n"
        "  df = sum(d((V*tanh(W*x) - b).^2))  [sum of entries]\n"
        "     = 2*(V*tanh(W*x) - b)'*d(V*tanh(W*x) - b)  [power rule]\n"
        "     = 2*(V*tanh(W*x) - b)'*d(V*tanh(W*x))  [sum rule]\n"
        "     = 2*(V*tanh(W*x) - b)'*V*dtanh(W*x)  [matrix product rule]\n"
        "     = 2*(V*tanh(W*x) - b)'*V*((ones(n) - tanh(W*x).^2) .* d(W*x))  [chain rule, tanh]\n"
        "     = 2*((ones(n) - tanh(W*x).^2) .* (V'*(V*tanh(W*x) - b)))'*dW*x  [matrix product rule]\n"
        "  df/dW = 2*(ones(n) - tanh(W*x).^2) .* (V'*(V*tanh(W*x) - b))*x'  [gradient]\n"
        "= 2*sech(W*x).^2 .* (V'*(V*tanh(W*x) - b))*x'  [entry by entry: rule one_minus_tanh2]\n");
  CHECK(steps_of(names + "jac(sin(A*x), x)") ==
        "f = sin(A*x)\n"
        "  df = cos(A*x) .* d(A*x)  [chain rule, sin]\n"
        "     = cos(A*x) .* (A*dx)  [matrix product rule]\n"
        "  df/dx = diag(cos(A*x))*A  [Jacobian]\n"
        "= diag(cos(A*x))*A\n");
  CHECK(steps_of("dim n; var S : matrix[n, n] spd; param A : matrix[n, n]; grad(tr(A*S), S)") ==
        "f = tr(A*S)\n"
        "  df = tr(A*dS)  [trace rule]\n"
        "  df/dS = A'  [gradient]\n"
        "  = (A + A')/2  [in the space of S]\n"
        "= (A + A')/2\n");
}

TEST_CASE("derivations of matrices by arrays, and formulas of entries", "[steps]") {
  const std::string names = "dim n, m; var X, A, B : matrix[n, n]; var x : vector[n]; ";
  const auto begins = [](const std::string& text, const std::string& begin) {
    INFO(text);
    CHECK(text.substr(0, begin.size()) == begin);
  };
  begins(steps_of(names + "jac(inv(A*X)*B, X)"),
         "f = inv(A*X)*B\n"
         "  df = d(inv(X'*A'))'*B  [matrix product rule]\n"
         "     = -inv(A*X)*d(X'*A')'*inv(A*X)*B  [inverse rule]\n"
         "     = -inv(A*X)*A*dX*inv(A*X)*B  [matrix product rule]\n"
         "  df/dX = ");
  begins(steps_of(names + "jac(X*X', X)"),
         "f = X*X'\n"
         "  df = X*dX' + dX*X'  [matrix product rule]\n"
         "  df/dX = ");
  begins(steps_of(names + "jac(sin(X), X)"),
         "f = sin(X)\n"
         "  df = cos(X) .* dX  [chain rule, sin]\n"
         "  df/dX = ");
  // What became of one entry.
  CHECK(command::contains(steps_of(names + "grad(sum(tanh(A*x)), x)"),
                          "[entry by entry: rule one_minus_tanh2]"));
  CHECK(command::contains(steps_of(names + "grad(sum(tanh(A*x)), x)", {Format::ascii, true}),
                          "[rule one_minus_tanh2: 1 - tanh(a)^2 = sech(a)^2 with a = A*x]"));
}
