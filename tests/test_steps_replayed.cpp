// Every step of a derivation, from the first rule to the last form, is replayed by other code than that which
// took it: by dual numbers of whole arrays, at complex points for Wirtinger's derivatives, and of scalars in
// certified balls; declared functions have formulas for that. The answer with steps is the answer without.
#include <catch2/catch.hpp>
#include <string>

#include "cookbook/verify.h"
#include "expr/function.h"
#include "tests/certified_steps.h"
#include "tests/complex_steps.h"
#include "tests/derived.h"
#include "tests/gallery_rows.h"
#include "tests/paths.h"
#include "tests/step_replay.h"
#include "tests/textbook.h"

using namespace nabla;
using namespace nabla::test;

namespace {

struct Replayed {
  size_t steps = 0;      // in doubles
  size_t certified = 0;  // in balls
};

// 0 where there are no numbers for a function of matrices.
template <class Work>
size_t counted(Session& s, Work work) {
  size_t count = 0;
  const auto error = s.caught([&] { count = work(); });
  if (error && error->code != Code::not_yet_available) FAIL_CHECK(error->message);
  return count;
}

// All that a trace tells.
Replayed replayed(Session& s, const StatementTrace& trace, Ref answer, Sizes sizes = Sizes::n_above_m) {
  Replayed count;
  const bool complex = is_complex_trace(s.context(), trace);
  CertifiedReplay certified(s.context());
  ComplexReplay at_complex_points(s.context(), sizes);
  for (const Derivation& d : trace.derivation.derivations()) {
    if (!d.steps.empty() && d.way != Way::backward) CHECK(d.steps.back().derivative == d.value);
    count.steps += counted(s, [&] { return complex ? at_complex_points(d) : Replay(s, sizes)(d); });
    if (!complex) count.certified += counted(s, [&] { return certified(d); });
  }
  count.steps += counted(
      s, [&] { return complex ? at_complex_points(trace, answer) : Replay(s, sizes)(trace, answer); });
  if (!complex) count.certified += counted(s, [&] { return certified(trace, answer); });
  return count;
}

Replayed replayed(const std::string& text) {
  Session s(keeping());
  StatementTrace trace;
  const Derived with = derive(s, text, &trace);
  INFO(text);
  if (with.outcome.error || trace.derivation.derivations().empty()) return {};
  const Derived without = derive(s, text, nullptr);
  CHECK(with.outcome.answer.value == without.outcome.answer.value);
  return replayed(s, trace, with.outcome.answer.value);
}

// Of what a row of the cookbook asks for.
Replayed replayed(const BookRow& row, Sizes sizes) {
  RowSession work(row, 1);
  if (work.assertion == nullptr) return {};
  StatementTrace trace;
  Answer answer;
  const auto error = work.answer_left(trace, answer);
  return error ? Replayed{} : replayed(*work.session, trace, answer.value, sizes);
}

}  // namespace

TEST_CASE("each step of a derivation is replayed", "[steps]") {
  const std::string arrays =
      "dim n, m; var x, y : vector[n]; var X, A, B : matrix[n, n]; param M : matrix[m, n]; "
      "param b : vector[m]; ";
  for (const char* text :
       {"diff(x^2*sin(x), x)", "diff(log(x^2 + 1)/x, x)", "diff(x^x, x)", "diff(3^x*atan(x), x)",
        "diff(if x > 1 then x^3 else exp(x), x)", "diff(log(x*exp(x)*y), x)", "diff(x^2*sin(x), x, 3)",
        "grad(x^2*y + exp(x*y), x, y)", "hess(x*sin(y), x, y)", "diff(atan2(x, y)*hypot(x, y), x)"}) {
    INFO(text);
    const Replayed count = replayed(text);
    CHECK(count.steps > 0);
    CHECK(count.certified > 0);
    if (std::string(text).substr(0, 4) == "diff") CHECK(count.certified == count.steps);  // of scalars
  }
  for (const char* text : {"grad(x'*X*x, x)",
                           "grad(tr(A*X*B), X)",
                           "grad(logdet(X*X' + eye(n)), X)",
                           "grad(tr(inv(X)*A), X)",
                           "grad(sum(exp(M*x - b)), x)",
                           "grad(log(sum(exp(x))), x)",
                           "grad(norm2(M*x - b)^2, x)",
                           "jac(X*x, x)",
                           "jac(softmax(x), x)",
                           "jac(sin(M*x), x)",
                           "hess(sum(log1p(exp(M*x))), x)",
                           "grad(det(X), X)",
                           "grad(sum(x[i]^2*y[i] for i in 1:n), x)",
                           "grad(tr(X^3), X)",
                           "grad(prod(x), x)",
                           "grad(max(x), x)",
                           "jac(A*X*B, X)",
                           "jac(inv(X), X)",
                           "jac(X*X', X)",
                           "jac(sin(X), X)",
                           "jac(x*x', x)",
                           "jac(inv(A*X)*B, X)",
                           "jac(diag(x), x)",
                           "grad(sum(log(x))/n - log(sum(x)/n), x)",
                           "jac(tanh(X*A), X)"}) {
    INFO(text);
    CHECK(replayed(arrays + text).steps > 0);
  }
}

TEST_CASE("the derivations of the books are replayed", "[steps]") {
  size_t rows = 0, steps = 0, certified = 0;
  for (const test::TextbookRow& row :
       test::textbook_rows(std::string(paths::source) + "/tests/golden/textbook.tsv")) {
    INFO(row.id);
    const Replayed n = replayed(row.declarations + "\n" + row.input);
    rows += n.steps > 0;
    steps += n.steps;
    certified += n.certified;
  }
  CHECK(rows > 200);
  CHECK(steps > 900);
  CHECK(certified > 900);
}

TEST_CASE("the derivations of all functions of scalars are replayed", "[steps]") {
  size_t functions = 0, certified = 0;
  for (size_t i = 0; i < function_count(); ++i) {
    const Function& f = row(function_at(i));
    if (f.shape != ShapeRule::elementwise) continue;
    std::string arguments = "x^2/2 + y/3";
    for (size_t k = 1; k < f.min_args; ++k) arguments += ", x*y + 1/" + std::to_string(k + 1);
    const std::string text = std::string(f.name) + "(" + arguments + ")";
    const Replayed n = replayed("diff(" + text + ", x)");
    functions += n.steps > 0;
    certified += n.steps > 0 && n.certified == n.steps;
    replayed("diff(x^2*" + text + "/(1 + " + text + ")^2, x)");
  }
  CHECK(functions > 60);
  CHECK(certified > 60);
}

TEST_CASE("the derivations of the cookbook are replayed", "[steps]") {
  size_t rows = 0;
  for (const BookRow& row : single_assertions(read_book())) {
    INFO(row.number);
    rows += replayed(row, Sizes::n_above_m).steps > 0;
  }
  CHECK(rows > 80);
}

TEST_CASE("the derivations of the gallery are replayed", "[steps]") {
  size_t rows = 0;
  for (const BookRow& row : single_assertions(gallery())) {
    INFO(row.file << ": " << row.number);
    rows += replayed(row, Sizes::m_above_n).steps > 0;
  }
  CHECK(rows > 80);
}

TEST_CASE("derivations through declared functions are replayed", "[steps]") {
  const std::string scalars = "fun g(scalar) : scalar; fun q(scalar, scalar) : scalar; ";
  for (const char* text :
       {"diff(g(x^2), x)", "diff(g(g(x)*y), x)", "diff(g(x)^3/g(2*x), x)", "diff(q(x*y, x^2), x)",
        "diff(q(x, g(x)), x, 2)", "diff(g'(x)*q(x, y), x, 2)", "diff(D(q, 1, 2)(x, x^2)*x, x)",
        "diff(log(g(x))*x^g(y), x)", "diff(if x > 1 then g(x) else q(x, x), x)", "diff(q(x, x)^g(x), x)"}) {
    INFO(text);
    const Replayed count = replayed(scalars + text);
    CHECK(count.steps > 0);
    CHECK(count.certified == count.steps);
  }
  const std::string arrays =
      scalars +
      "dim n, m; var x, y : vector[n]; var t; var X, A : matrix[n, n]; param M : "
      "matrix[m, n]; fun F(vector[n]) : vector[m]; fun r(vector[n]) : scalar; fun "
      "s(vector[n], scalar) : scalar; fun H(matrix[n, n]) : matrix[n, n]; fun "
      "C(scalar) : matrix[n, n]; fun v(vector[n]) : vector[n]; fun w(vector[n], vector[m]) : scalar; ";
  for (const char* text : {"grad(g(x'*x), x)",
                           "hess(g(norm2(x)^2), x)",
                           "jac(F(A*x), x)",
                           "grad(norm(F(x))^2, x)",
                           "grad(r(A*x)^2, x)",
                           "hess(r(A*x), x)",
                           "jac(g(M*x), x)",
                           "grad(sum(q(x, y)), x)",
                           "grad(sum(q(x[i], x[j])*y[j] for i in 1:n, j in 1:n), x)",
                           "grad(s(x, r(x)), x)",
                           "hess(s(v(x), x'*y), x)",
                           "grad(r(v(v(x))), x)",
                           "jac(v(g(x) .* y), x)",
                           "grad(tr(H(X)*A), X)",
                           "grad(tr(H(X*A)'*H(X)), X)",
                           "grad(logdet(C(t)'*C(t)), t)",
                           "diff(F(t*x), t)",
                           "diff(C(t)*x, t)",
                           "diff(r(C(t)*x), t, 2)",
                           "hess(w(x, M*x), x)",
                           "jac(H(X)*x, x)"}) {
    INFO(text);
    CHECK(replayed(arrays + text).steps > 0);
  }
}

TEST_CASE("derivations by complex variables are replayed at complex points", "[steps]") {
  const std::string names = "var z, w : scalar complex; var x : scalar; var u, v : vector[3] complex; ";
  for (const char* text : {"diff(abs(z), z)",
                           "diff(abs(z)^2, conj(z))",
                           "grad(abs(z)^2, z)",
                           "diff(exp(z)/z, z)",
                           "diff(z^3*conj(z)^2, z)",
                           "diff(z^3*conj(z)^2, conj(z))",
                           "diff(sin(z*conj(w)), z)",
                           "diff(real(z)*imag(z), z)",
                           "diff(real(exp(z)), z)",
                           "diff(imag(z^2*w), conj(z))",
                           "diff(abs(z*w + x), z)",
                           "diff(abs(z*w + x), x)",
                           "grad(log(abs(z - w)), z)",
                           "diff(abs(z)^3, real(z))",
                           "diff(abs(z)*z, imag(z))",
                           "diff(sqrt(z)*log(z), z)",
                           "diff(conj(sqrt(z)), conj(z))",
                           "diff(z^w, z)",
                           "diff(z^w, w)",
                           "diff(tanh(z)/(1 + z^2), z)",
                           "diff(z^4, z, 2)",
                           "diff(abs(z)^2, z, conj(z))",
                           "diff(abs(u[1]*v[2]), u[1])",
                           "diff(norm2([z; w]), z)"}) {
    INFO(text);
    CHECK(replayed(names + text).steps > 0);
  }
}

TEST_CASE("derivations of complex arrays are replayed at complex points", "[steps]") {
  const std::string names =
      "dim n, m; var z : scalar complex; var t; var u, v : vector[n] complex; var x : vector[n]; var Z, B : "
      "matrix[n, n] complex; var C : matrix[m, n] complex; fun g(scalar) : scalar; fun F(vector[n]) : "
      "vector[m]; ";
  for (const char* text : {"jac(C*u, u)",
                           "jac(C*x, x)",
                           "jac(Z*u, Z)",
                           "jac(u .* conj(u), u)",
                           "jac(u .* conj(u), conj(u))",
                           "jac(u*u'*v, u)",
                           "jac(u*(conj(v)'*u), u)",
                           "jac(exp(C*u), u)",
                           "jac(softmax(u), u)",
                           "jac(inv(Z), Z)",
                           "jac(B*inv(Z)*u, Z)",
                           "jac(F(B*u), u)",
                           "hess(norm2(C*u)^2, u)",
                           "diff(z*u, z)",
                           "diff(abs(z)*u, z)",
                           "diff(conj(z)*z*u, conj(z))",
                           "diff(norm2(z*u + v), z)",
                           "diff(norm2(z*u + v)^2, real(z))",
                           "diff(norm2(t*u)^2, t)",
                           "diff(exp(z*Z), z)",
                           "diff(inv(z*Z + B)*u, z)",
                           "diff(det(z*Z + B), z)",
                           "diff(g(z^2*u), z)",
                           "diff(Z[1, 2]*Z[2, 1]^2*conj(Z[2, 1]), Z[2, 1])",
                           "differential(Z*B)",
                           "differential(inv(Z)*u)",
                           "differential(exp(C*u))"}) {
    INFO(text);
    CHECK(replayed(names + text).steps > 0);
  }
}
