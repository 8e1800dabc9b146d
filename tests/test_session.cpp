// Sessions: statements, operators, errors as values, and what a long script leaves behind.
#include <catch2/catch.hpp>
#include <string>
#include <thread>

#include "expr/print.h"
#include "session/session.h"

using namespace nabla;

namespace {

// The outcome of the last statement of a text.
Outcome run(Session& session, const std::string& text) {
  const auto parsed = session.parse("<test>", text);
  Outcome last;
  for (const Statement& s : parsed->statements) last = session.run(parsed, s);
  return last;
}

std::string answer(Session& session, const std::string& text) {
  const Outcome out = run(session, text);
  if (out.error) return spelling(out.error->code) + " " + out.error->message;
  if (out.answer.kind == AnswerKind::expression) return print(session.context(), out.answer.value);
  return out.answer.kind == AnswerKind::numbers ? numbers_text(out.answer.numbers) : out.answer.text;
}

std::string answer(const std::string& text) {
  Session session;
  return answer(session, text);
}

Code code_of(const std::string& text) {
  Session session;
  const Outcome out = run(session, text);
  REQUIRE(out.error);
  CHECK(out.error->has_span);
  return out.error->code;
}

}  // namespace

TEST_CASE("operators are carried out inside out", "[session]") {
  CHECK(answer("equal(diff(sin(x)^2, x), 2*sin(x)*cos(x))") == "proved");
  CHECK(answer("diff(diff(x^4, x), x)") == "12*x^2");
  CHECK(answer("subs(diff(x^3, x), x = 2)") == "12");
  CHECK(answer("diff(x^3, x, 2) + x") == "7*x");
  CHECK(answer("subs(x^2*y, x = y, y = x)") == "x*y^2");  // all at once
  CHECK(answer("simplify(x + x)") == "2*x");
  CHECK(answer("equal(diff(log(x), x), 1/x)") == "proved");
}

TEST_CASE("directions where scalars are taken together", "[session]") {
  // J = [y, x; 1, 1], H = [2y, 2x; 2x, 0], by hand.
  CHECK(answer("equal(jvp([x*y; x + y], [x; y], [3; 5]), [3*y + 5*x; 8])") == "proved");
  CHECK(answer("equal(vjp([x*y; x + y], [x; y], [3; 5]), [3*y + 5; 3*x + 5])") == "proved");
  CHECK(answer("equal(hvp(x^2*y, [x; y], [3; 5]), [6*y + 10*x; 6*x])") == "proved");
  const std::string u = "var u : vector[2]\n";
  CHECK(answer(u + "equal(hvp(x^2*y, [x; y], u), hess(x^2*y, [x; y])*u)") == "proved");
  CHECK(answer(u + "equal(jvp(u*x*y, [x; y], u), jac(u*x*y, [x; y])*u)") == "proved");
  CHECK(answer(u + "equal(vjp(u*x*y, [x; y], u), jac(u*x*y, [x; y])'*u)") == "proved");
  CHECK(code_of("dim n; var v : vector[n]\njvp(sum(v)*x*y, [x; y], [1; 2])") == Code::not_yet_available);
  CHECK(code_of("var z, w complex\nhvp(z*w, [z; w], [1; 2])") == Code::not_yet_available);
}

// x[k] may be x[1]: of one variable it is not, though both are entries.
TEST_CASE("an entry that data chooses", "[session]") {
  const std::string x = "var x : vector[3]; param k : scalar integer in [1, 3]\n";
  CHECK(answer(x + "grad(x[k]^2, x)") == "2*x[k]*unit(3, k)");
  CHECK(answer(x + "grad(logsumexp(x) - x[k], x)") == "softmax(x) - unit(3, k)");
  CHECK(answer(x + "diff(x[k]^2, x[1])") == "2*x[k]*delta(k, 1)");
  // x1*xk^2 by x2 twice is 2*x1 for k = 2; for k = 1 it is x1^3, whose Hessian is 6*x1.
  CHECK(answer(x + "eval(hess(x[k]^2*x[1], x), k = 2, x = [3; 5; 7])") ==
        answer("[0, 10, 0; 10, 6, 0; 0, 0, 0]"));
  CHECK(answer(x + "eval(hess(x[k]^2*x[1], x), k = 1, x = [3; 5; 7])") ==
        answer("[18, 0, 0; 0, 0, 0; 0, 0, 0]"));
  CHECK(answer(x + "eval(jac([x[k]; x[1]], x), k = 3, x = [3; 5; 7])") == answer("[0, 0, 1; 1, 0, 0]"));
  CHECK(answer("var x : vector[3]; param k : vector[2] integer in [1, 3]\neval(grad(x[k[1]]^2*x[k[2]], x), "
               "k = [2; 1], x = [3; 5; 7])") == answer("[25; 30; 0]"));
  CHECK(code_of(x + "jvp(x[k]^2*x[1], [x[1]; x[2]], [1; 2])") == Code::not_yet_available);
  CHECK(answer(x + "equal(x[k]^2 - 1, (x[k] - 1)*(x[k] + 1))") == "proved");
  CHECK(answer(x + "equal(diff(x[k]^2, x[1]), 2*x[1]*delta(k, 1))") == "proved");
  CHECK(answer(x + "equal(x[k], x[1])").substr(0, 10) == "refuted at");
  CHECK(code_of(x + "equal(x[k], sum(delta(k, i)*x[i] for i in 1:3))") == Code::undecided);  // it is true
  // By what chooses there is no derivative.
  for (const std::string e : {"diff(x[k]^2, k)", "jac(x*x[k], k)", "hess(k*x[k], k)"}) {
    CHECK(code_of(x + e) == Code::not_yet_available);
    CHECK(code_of("dim n; var x : vector[n]; param k : scalar integer in [1, n]\n" + e) ==
          Code::cannot_differentiate);
  }
  CHECK(code_of("dim n; var x : vector[n]; param k : vector[n] integer in [1, n]\ngrad(sum(x[k]), k)") ==
        Code::cannot_differentiate);
}

TEST_CASE("equality is refuted only where both sides are defined and declared", "[session]") {
  // sqrt(x)^2 is abs(x) wherever it is defined; a symmetric matrix has S[1, 2] = S[2, 1].
  CHECK(answer("equal(sqrt(x)^2, abs(x))") == "proved");
  CHECK(answer("equal([sqrt(x)^2; x], [abs(x); x])") == "proved");
  CHECK(answer("equal(sqrt(x)^2, x + 1)").substr(0, 10) == "refuted at");
  CHECK(answer("var S : matrix[2, 2] symmetric; equal(S[1, 2], S[2, 1])") == "proved");
  CHECK(code_of("var S : matrix[2, 2] skew; equal(S[1, 1], 0)") == Code::undecided);
  CHECK(answer("param k : scalar integer in (0, 3); equal(min(k, 1), 1)") == "proved");  // where k > 1
  CHECK(code_of("param k : scalar integer in [1/2, 3/2]; equal(k, 1)") == Code::undecided);
  CHECK(answer("var k : scalar in [-2, 2] != 0; equal(k/k, sign(k)^2)") == "proved");
  CHECK(code_of("param a > 0; param b : scalar in (0, a); equal(max(a, b), a)") == Code::undecided);
  CHECK(answer("param k : scalar integer in [1, 5]; equal(k^2, k)").substr(0, 12) == "refuted at k");
}

// Each is false on a half-line that begins far away; the last one beyond all points that are tried.
TEST_CASE("branches that begin far away are looked into", "[session]") {
  for (const char* e : {"relu(x - 100), 0", "max(x, 1e9), 1e9", "if x > 1e9 then 5 else x, x",
                        "min(x, y, -1e5), -1e5", "if x < -1e6 then 0 else x, x"}) {
    INFO(e);
    CHECK(answer("equal(" + std::string(e) + ")").substr(0, 10) == "refuted at");
  }
  CHECK(code_of("assert relu(x - 100) == 0") == Code::assertion_failed);
  CHECK(code_of("assert relu(x - 1e40) == 0") == Code::undecided);
  CHECK(answer("assert relu(x^2) == x^2; 1") == "1");
}

TEST_CASE("a function defined by a derivative can be called", "[session]") {
  CHECK(answer("g(x) = diff(x^3, x); g(2)") == "12");
  CHECK(answer("g(x) = diff(x^3, x); diff(g(y^2), y)") == "12*y^3");
  CHECK(answer("d = diff(x^3, x); d + 1") == "3*x^2 + 1");
}

TEST_CASE("a derivative by a structured variable stays in its space", "[session]") {
  // The gradient of x'*S*y in symmetric S is (x*y' + y*x')/2, not x*y'.
  CHECK(
      answer(
          "var S : matrix[2, 2] symmetric; var x, y : vector[2]; equal(grad(x'*S*y, S), (x*y' + y*x')/2)") ==
      "proved");
  CHECK(code_of("var S : matrix[2, 2] skew; diff(S[1, 2]^2, S[1, 2])") == Code::cannot_differentiate);
  CHECK(answer("var S : matrix[2, 2] symmetric; var x : vector[2]; grad(tr(S)*x[1], x)") ==
        "[S[1, 1] + S[2, 2]; 0]");
}

TEST_CASE("eval gives numbers", "[session]") {
  CHECK(answer("eval(x^2 + y, x = 3, y = 1/2)") == "9.5");
  CHECK(answer("eval(sqrt(x), x = 2)") == "1.4142135623730951");
  // pi to 30 digits, rounded: 3.14159265358979323846264338327950288…
  CHECK(answer("eval(pi, digits = 30)") == "3.14159265358979323846264338328");
  CHECK(code_of("eval(x + y, x = 1)") == Code::missing_value);
  CHECK(code_of("eval(log(x), x = -1)") == Code::undefined_value);
  CHECK(code_of("eval(1/x, x = 0)") == Code::undefined_value);
}

TEST_CASE("equality is proved, refuted or unknown", "[session]") {
  CHECK(answer("equal(x + x, 2*x)") == "proved");
  CHECK(answer("equal(x, y)").substr(0, 10) == "refuted at");
  CHECK(answer("equal(1/3, 0.3333333333)") == "refuted");
  CHECK(answer("equal(exp(1), e)") == "proved");
  // pi - 355/113 is about -2.7e-7
  CHECK(answer("equal(pi, 355/113)") == "refuted");
  CHECK(code_of("fun g(scalar) : scalar; equal(g(x), g(y))") == Code::undecided);
  CHECK(answer("assert x + x == 2*x; 1") == "1");
  CHECK(code_of("assert x == 2*x") == Code::assertion_failed);
  CHECK(code_of("assert x^2 < 0") == Code::assertion_failed);
  CHECK(code_of("var x > 0; assert log(x) <= x - 1") == Code::undecided);
  CHECK(code_of("assert x == x and x == y") == Code::assertion_failed);
}

// Each is true or false by the declarations alone.
TEST_CASE("assertions at the bounds of declared domains", "[session]") {
  const std::string names = "dim n; param q in [0, 1]; param p > 0; var a; var x : vector[n]; assert ";
  const auto outcome = [&](const char* text) {
    INFO(text);
    Session session;
    const Outcome out = run(session, names + text);
    return out.error ? std::optional(out.error->code) : std::nullopt;
  };
  for (const char* text : {"q <= 1", "n >= 1", "2*q + n <= n + 2", "q < 3/2", "p + n > 1", "q - 2 != 0",
                           "x'*x >= 0", "x'*x + p > 0", "q + p > 0"}) {
    INFO(text);
    CHECK(!outcome(text));
  }
  for (const char* text :
       {"a^2 > 0", "abs(a) > 0", "a != 0", "q < 1", "n > 1", "q > 0", "x'*x < 1", "norm2(x) <= sum(x)"}) {
    INFO(text);
    CHECK(outcome(text) == Code::assertion_failed);
  }
  for (const char* text :
       {"x'*x > 0", "x'*x/norm2(x) > 0", "exp(-a^2) > 0 - exp(a)*q", "norm2(x) <= norm1(x)"}) {
    INFO(text);
    CHECK(outcome(text) != Code::assertion_failed);
    CHECK(outcome(text) != Code::not_yet_available);
  }
}

TEST_CASE("what is not taken entry by entry is differentiated as a whole", "[session]") {
  const std::string names = "var x : vector[3]; param k : vector[2] integer in [1, 3]; ";
  CHECK(answer(names + "eval(grad(max(x[k]), x), x = [1; 2; 3], k = [1; 3])") == "[0; 0; 1]");
  CHECK(answer(names + "eval(grad(x[3]*x[1]*sum(x[k].^2), x), x = [1; 2; 3], k = [1; 3])") == "[36; 0; 28]");
  // Where neither is possible, what the whole lacks is said.
  CHECK(code_of("var A : matrix[2, 2]; diff(expm(A), A, A)") == Code::cannot_differentiate);
}

TEST_CASE("the refuting point lies inside the declared domain", "[session]") {
  Session session;
  const Outcome out = run(session, "param a > 0; var u in (2, 3); equal(a*u, abs(a)*u + 1)");
  REQUIRE(out.answer.kind == AnswerKind::verdict);
  const std::string text = out.answer.text;
  INFO(text);
  CHECK(text.find("a = -") == std::string::npos);
  CHECK(text.find("u = ") != std::string::npos);
  // Where both sides agree on the domain it is not refuted.
  CHECK(answer("param a > 0; equal(sqrt(a^2), a)") == "proved");
}

TEST_CASE("errors are values and the session stays usable", "[session]") {
  Session session;
  CHECK(run(session, "1/0").error->code == Code::division_by_zero);
  CHECK(run(session, "sni(x)").error->code == Code::unknown_function);
  CHECK(answer(session, "f(x) = x^2; f(3)") == "9");
  CHECK(run(session, "f(x, x) = 1").error->code == Code::duplicate_name);
  CHECK(answer(session, "f(4)") == "16");
  CHECK(run(session, "taylor(sin(x), x = 0, 3)").error->code == Code::not_yet_available);
  CHECK(run(session, "diff(x^2, x, 65)").error->code == Code::order_too_large);
  CHECK(answer(session, "f(5)") == "25");
}

TEST_CASE("what was thrown becomes a value", "[session]") {
  Session session;
  const auto thrown = [&](auto error) { return session.caught([&] { throw error; }); };
  CHECK(thrown(std::bad_alloc())->code == Code::memory_limit);
  CHECK(thrown(std::runtime_error("oops"))->code == Code::internal_error);
  CHECK(thrown(std::runtime_error("oops"))->exit_status() == 70);
  CHECK(thrown(Failure(Code::undecided, "who knows"))->exit_status() == 4);
  CHECK_FALSE(session.caught([] {}));
  CHECK(answer(session, "1 + 1") == "2");
}

TEST_CASE("a cancelled statement ends, and the next one runs", "[session]") {
  Session session;
  session.cancel(Cancellation::time);
  CHECK(run(session, "diff(sin(x), x)").error->code == Code::time_limit);
  CHECK(answer(session, "diff(sin(x), x)") == "cos(x)");
  session.cancel(Cancellation::user);
  CHECK(run(session, "diff(sin(x), x)").error->code == Code::cancelled);
  std::thread clock([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    session.cancel(Cancellation::time);
  });
  const Outcome out = run(session, "diff(exp(sin(x*y)*cos(x^2*y))/(1 + tan(x*y)^3), x, 60)");
  clock.join();
  REQUIRE(out.error);
  CHECK(out.error->code == Code::time_limit);
}

TEST_CASE("the steps of a statement are limited", "[session]") {
  SessionOptions options;
  options.limits.steps = 1000;
  Session session(options);
  CHECK(run(session, "diff(exp(sin(x*y))/(1 + x^2), x, 12)").error->code == Code::step_limit);
  CHECK(answer(session, "diff(x^2, x)") == "2*x");
}

TEST_CASE("a long script leaves no garbage behind", "[session]") {
  Session session;
  REQUIRE_FALSE(run(session, "var x, y; f(x) = sin(x)^2/(1 + x^2)").error);
  uint32_t most = 0;
  for (int i = 0; i < 800; ++i) {
    const Outcome out = run(session, "diff(f(x*y + " + std::to_string(i) + "), x, 4)");
    REQUIRE_FALSE(out.error);
    most = std::max(most, session.context().size());
  }
  // Each statement makes thousands of nodes, all of them millions; half a million is what may wait to be
  // collected.
  CHECK(most < 1'000'000);
  CHECK(answer(session, "f(0)") == "0");
  CHECK(answer(session, "diff(f(x), x)") == answer("f(x) = sin(x)^2/(1 + x^2); diff(f(x), x)"));
}

TEST_CASE("sessions of their own run in threads of their own", "[session]") {
  std::vector<std::string> results(4);
  std::vector<std::thread> threads;
  for (std::string& result : results) {
    threads.emplace_back([&result] { result = answer("diff(exp(sin(x))*x^5/(1 + x^2), x, 5)"); });
  }
  for (std::thread& t : threads) t.join();
  for (const std::string& result : results) CHECK(result == results[0]);
}

TEST_CASE("file mode wants declarations", "[session]") {
  SessionOptions options;
  options.implicit_scalars = false;
  Session session(options);
  CHECK(run(session, "x + 1").error->code == Code::unknown_name);
  CHECK(answer(session, "var x; x + 1") == "x + 1");
}

TEST_CASE("a name whose definition failed is reported as that", "[session]") {
  Session session;
  const std::string why = " is not known: the definition of 'f' in line 1 failed";
  CHECK(run(session, "f(x) = 1/").error->code == Code::missing_operand);
  CHECK(answer(session, "f(2)") == "NB0202 'f'" + why);
  CHECK(answer(session, "g(x) = f(x) + 1") == "NB0202 'f'" + why);
  CHECK(answer(session, "g(2)") == "NB0202 'g'" + why);  // the one that is to be mended
  CHECK(answer(session, "derive f wrt x : grad") == "NB0202 'f'" + why);
  CHECK(answer(session, "f(x) = 1/x; f(2)") == "1/2");
  CHECK(answer(session, "f(x) = 2*; f(2)") == "1/2");  // the older definition stays
  CHECK(answer("\nr = [1, 2]*[3, 4]; r + 1") ==
        "NB0201 'r' is not known: the definition of 'r' in line 2 failed");
  CHECK(answer("var v, w : vecto[2]; 2*w") ==
        "NB0201 'w' is not known: the definition of 'v' in line 1 failed");
  CHECK(answer("f(x) == 1/; r + 1") == "r + 1");  // no definition
  CHECK(run(session, "x = 1/").error->code == Code::missing_operand);
  CHECK(answer(session, "x + 1") == "NB0201 'x' is not known: the definition of 'x' in line 1 failed");
  session.names().release_letters();
  CHECK(answer(session, "x + 1") == "x + 1");
}
