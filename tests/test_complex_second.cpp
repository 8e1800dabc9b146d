// Second derivatives, vjp, hvp, Laplacian and divergence by complex variables. Closed forms are worked out by
// hand from the definitions (Kreutz-Delgado, The complex gradient operator and the CR-calculus, 2009, section
// 6; Hjørungnes, Complex-Valued Matrix Derivatives, 2011, chapter 5).
#include <catch2/catch.hpp>
#include <string>

#include "tests/complex.h"

using namespace nabla;
using nabla::test::check_proved;
using nabla::test::ComplexWork;

TEST_CASE("Hessians by complex variables", "[complex]") {
  check_proved("hess(abs(z)^2, z)", "2 + 0*z");
  check_proved("hess(abs(z)^4, z)", "8*z*conj(z)");
  check_proved("hess(abs(z)^4, conj(z))", "4*z^2");
  check_proved("hess(real(exp(z)), conj(z))", "exp(conj(z))");
  check_proved("hess(abs(z + x)^2, real(z))", "2 + 0*x");
  check_proved("hess(real(uᴴ*A*u), u)", "A + Aᴴ");
  check_proved("hess(real(uᴴ*A*u), conj(u))", "0*A");
  check_proved("hess(real(u'*A*u), u)", "0*A");
  check_proved("hess(real(u'*A*u), conj(u))", "conj(A + A')");
  check_proved("hess(norm2(A*u - b)^2, u)", "2*Aᴴ*A");
  check_proved("hess(norm2(u), u)", "eye(n)/norm2(u) - u*uᴴ/(2*norm2(u)^3)");
  check_proved("hess(norm2(u), conj(u))", "-u*u'/(2*norm2(u)^3)");
  check_proved("hess(log(1 + norm2(u)^2), u)", "2*eye(n)/(1 + uᴴ*u) - 2*u*uᴴ/(1 + uᴴ*u)^2");
  check_proved("hess(log(1 + norm2(u)^2), conj(u))", "-2*u*u'/(1 + uᴴ*u)^2");
  check_proved("hess(normF(Z)^2, Z)",
               "[2*delta(i, k)*delta(j, l) for i in 1:n, j in 1:m, k in 1:n, l in 1:m]");
  check_proved("hess(abs(z)^2*abs(w)^2, z, w)", "[2*abs(w)^2, 2*z*conj(w); 2*w*conj(z), 2*abs(z)^2]");
}

TEST_CASE("repeated derivatives by complex variables", "[complex]") {
  check_proved("diff(diff(z^2*conj(z)^3, z), conj(z))", "6*z*conj(z)^2");
  check_proved("diff(diff(uᴴ*A*u, u), conj(u))", "A'");
  check_proved("diff(diff(uᴴ*A*u, conj(u)), u)", "A");
  check_proved("diff(uᴴ*A*u, u, conj(u))", "A'");
  check_proved("diff(diff(tr(A*Xᴴ*B*X), X), conj(X))",
               "[B[k, i]*A[j, l] for i in 1:n, j in 1:n, k in 1:n, l in 1:n]");
  check_proved("diff(diff(X*Xᴴ*b, X), conj(X))",
               "[delta(i, j)*delta(k, q)*b[p] for i in 1:n, j in 1:n, k in 1:n, p in 1:n, q in 1:n]");
}

TEST_CASE("directions by complex variables", "[complex]") {
  check_proved("hvp(abs(z)^4, z, w)", "8*z*conj(z)*w + 4*z^2*conj(w)");
  check_proved("hvp(norm2(A*u - b)^2, u, v)", "2*Aᴴ*A*v");
  check_proved("hvp(real(u'*A*u), u, v)", "conj(A + A')*conj(v)");
  check_proved("hvp(log(1 + norm2(u)^2), u, v)", "2*v/(1 + uᴴ*u) - 2*u*(uᴴ*v + vᴴ*u)/(1 + uᴴ*u)^2");
  check_proved("vjp(A*u, u, b)", "Aᴴ*b");
  check_proved("vjp(conj(A*u), u, b)", "Aᴴ*conj(b)");
  check_proved("vjp(z^2, z, w)", "2*conj(z)*w");
  check_proved("vjp(abs(z)^2, z, x)", "2*x*z");
  check_proved("vjp(x*z, x, w)", "real(conj(w)*z)");
  check_proved("vjp(A*X*B, X, A)", "Aᴴ*A*Bᴴ");
  check_proved("vjp(u, u, u)", "u");  // the direction does not move
}

TEST_CASE("Laplacians and divergences by complex variables", "[complex]") {
  check_proved("laplacian(abs(z)^4, z)", "16*z*conj(z)");
  check_proved("laplacian(log(abs(z)), z)", "0*z");  // harmonic
  check_proved("laplacian(z^3, z)", "0*z");
  check_proved("laplacian(real(exp(z)), z)", "0*z");
  check_proved("laplacian(norm2(u)^2, u)", "4*n");
  check_proved("laplacian(abs(z + x)^2, x)", "2 + 0*x");
  check_proved("div(A*u, u)", "2*real(tr(A))");
  check_proved("div(conj(u), u)", "0*n");
  check_proved("div(grad(norm2(u)^4, u), u)", "laplacian(norm2(u)^4, u)");
  ComplexWork work("var z : scalar complex; var p : vector[3]; var e : vector[3] complex");
  CHECK(work.answer("equal(curl([0*z; abs(z + p[1])^2; 0*z], p), [0*z; 0*z; 2*real(z) + 2*p[1]])") ==
        "proved");
  CHECK(work.answer("laplacian(z, conj(z))").find("not by its conjugate") != std::string::npos);
  CHECK(work.answer("hvp(abs(z)^2, conj(z), z)").find("not by its conjugate") != std::string::npos);
  CHECK(work.answer("hess(z^2, z)").find("not known to be real") != std::string::npos);
}

TEST_CASE("the answer says what a second derivative by a complex variable is", "[complex]") {
  ComplexWork work;
  const auto note = [&](const char* text) {
    const Outcome out = work.run(text);
    REQUIRE(!out.error);
    return out.answer.notes.empty() ? std::string() : out.answer.notes[0];
  };
  CHECK(note("hess(abs(z)^2, z)").find("hess(f, z)*dz + hess(f, conj(z))*conj(dz)") != std::string::npos);
  CHECK(note("vjp(A*u, u, b)").find("gradient of real(uᴴ*f)") != std::string::npos);
  CHECK(note("laplacian(norm2(u)^2, u)").find("real and imaginary parts") != std::string::npos);
  CHECK(work.run("laplacian(norm2(u)^2, u)").answer.notes.size() == 1);
  CHECK(work.run("laplacian(norm2(u)^2, u)").answer.conditions.empty());  // and no "u is not 0"
}
