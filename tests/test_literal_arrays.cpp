// Arrays that are written out are worked out. Expected numbers: by the definitions of the operations; the
// inverse of Hilbert's matrix and the determinants of Vandermonde, Cauchy and of the matrix with 2 on the
// diagonal and 1 beside it as in Knuth, The Art of Computer Programming 1, 3rd edition 1997, 1.2.3 (ex. 37,
// 38, 45) and Strang, Introduction to Linear Algebra, 5th edition 2016, 5.2; the sums as in Graham, Knuth and
// Patashnik, Concrete Mathematics, 2nd edition 1994, 2.5 and 6.3.
#include <catch2/catch.hpp>
#include <string>

#include "expr/number_matrix.h"
#include "expr/print.h"
#include "expr/substitute.h"
#include "session/session.h"
#include "simplify/passes.h"
#include "simplify/simplify.h"
#include "simplify/weight.h"
#include "tests/world.h"

using namespace nabla;
using namespace nabla::test;

namespace {

struct Row {
  const char *from, *to;
};

constexpr const char* names =
    "dim n; param u : scalar integer; param v : scalar integer >= 0; param a, b, c, d, f, g, h, p, q, s, t; "
    "var x : vector[2]; var X : matrix[2, 2]; "
    "var A : matrix[1, 2]; var B : matrix[2, 1]; var y : vector[n]";

void check_forms(std::initializer_list<Row> rows) {
  for (const Row& row : rows) {
    World w(names);
    INFO(row.from);
    const Ref e = w(row.from), form = simplify(w.ctx, e);
    CHECK(print(w.ctx, form) == row.to);
    CHECK(simplify(w.ctx, form) == form);
    Weight weight(w.ctx);
    CHECK(weight(form) <= weight(e));
  }
}

}  // namespace

TEST_CASE("arrays of numbers are worked out", "[simplify][literal]") {
  check_forms({
      {"[1, 2; 3, 4]*[1; 1]", "[3; 7]"},
      {"[1, 2; 3, 4]'", "[1, 3; 2, 4]"},
      {"2*[1, 2; 3, 4] + [1, 1; 1, 1]", "[3, 5; 7, 9]"},
      {"[1, 2; 3, 4] - 2*[1, 2; 3, 4]", "[-1, -2; -3, -4]"},
      {"[1, 2; 3, 4] + eye(2)", "[2, 2; 3, 5]"},
      {"det([1, 2; 3, 4])", "-2"},
      {"tr([1, 2; 3, 4])", "5"},
      {"inv([1, 2; 3, 4])", "[-2, 1; 3/2, -1/2]"},
      {"[1, 2; 3, 4]^(-2)", "[11/2, -5/2; -15/4, 7/4]"},
      {"[1, 2; 3, 4]^3", "[37, 54; 81, 118]"},
      {"[1, 2; 3, 4].^2", "[1, 4; 9, 16]"},
      {"[1, 2; 3, 4]\\[1; 1]", "[-1; 1]"},
      {"[1; 2]'*[3; 4]", "11"},
      {"[1; 2]*[3; 4]'", "[3, 4; 6, 8]"},
      {"[1; 2]*[3, 4]", "[3, 4; 6, 8]"},
      {"[1; 2] .* [3; 4]", "[3; 8]"},
      {"norm([3; 4])", "5"},
      {"norm2([1; 2])", "sqrt(5)"},
      {"sum([1, 2, 3])", "6"},
      {"sum([1, 2; 3, 4], dim = 1)", "[4; 6]'"},
      {"max([3; 7; 5])", "7"},
      {"diag([1, 2; 3, 4])", "[1; 4]"},
      {"diag([1; 2])", "[1, 0; 0, 2]"},
      {"tril([1, 2; 3, 4])", "[1, 0; 3, 4]"},
      {"cumsum([1; 2; 3])", "[1; 3; 6]"},
      {"vec([1, 2; 3, 4])", "[1; 3; 2; 4]"},
      {"adj([1, 2; 3, 4])", "[4, -2; -3, 1]"},
      {"kron([1, 2; 3, 4], eye(2))", "[1, 0, 2, 0; 0, 1, 0, 2; 3, 0, 4, 0; 0, 3, 0, 4]"},
      {"exp([0; 1])", "[1; e]"},
      // n + 1, and beyond the sizes of which determinants are written out
      {"det([2, 1, 0, 0, 0; 1, 2, 1, 0, 0; 0, 1, 2, 1, 0; 0, 0, 1, 2, 1; 0, 0, 0, 1, 2])", "6"},
      {"inv([1, 1/2, 1/3; 1/2, 1/3, 1/4; 1/3, 1/4, 1/5])", "[9, -36, 30; -36, 192, -180; 30, -180, 180]"},
      {"det([1, 2, 4, 8; 1, 3, 9, 27; 1, 5, 25, 125; 1, 7, 49, 343])", "240"},  // 1*3*5*2*4*2
      {"det([1/2, 1/3; 1/3, 1/4])", "1/72"},
  });
}

TEST_CASE("sums and products over ranges of numbers are worked out", "[simplify][literal]") {
  check_forms({
      {"sum(k^2 for k in 1:10)", "385"},
      {"sum(k^3 for k in 1:100)", "25502500"},  // (100*101/2)^2
      {"sum(1/k for k in 1:10)", "7381/2520"},
      {"prod(k for k in 1:5)", "120"},
      {"prod(1 + 1/k for k in 1:9)", "10"},
      {"sum(i*j for i in 1:3, j in 1:4)", "60"},
      {"sum(i for i in 1:3, j in 1:3 if i < j)", "4"},
      {"[1, 2; 3, 4][2, 1]", "3"},
      {"sum([1; 2; 3][k]*k for k in 1:3)", "14"},
  });
}

TEST_CASE("arrays of scalars are worked out where it is lighter", "[simplify][literal]") {
  check_forms({
      {"det([a, b; c, d])", "a*d - b*c"},
      {"inv([a, b; c, d])", "[d, -b; -c, a]/(a*d - b*c)"},
      {"[a, b; c, d]*[s; t]", "[a*s + b*t; c*s + d*t]"},
      {"[a, b; c, d]*[f, g; p, q]", "[a*f + b*p, a*g + b*q; c*f + d*p, c*g + d*q]"},
      {"[a, b; c, d]'", "[a, c; b, d]"},
      {"[s; t] + [1; 2]", "[s + 1; t + 2]"},
      {"exp([s; t])", "[exp(s); exp(t)]"},
      {"tr([a, b; c, d]^2)", "a^2 + 2*b*c + d^2"},
      {"det([cos(t), -sin(t); sin(t), cos(t)])", "1"},
      {"inv([cos(t), -sin(t); sin(t), cos(t)])", "[cos(t), sin(t); -sin(t), cos(t)]"},
      {"[cos(t), -sin(t); sin(t), cos(t)]'*[cos(t), -sin(t); sin(t), cos(t)]", "[1, 0; 0, 1]"},
      {"norm([s; t])", "sqrt(s^2 + t^2)"},
      {"max([s; t])", "max(s, t)"},
      // As lines and planes are written.
      {"[1; 2] + t*[3; 4]", "t*[3; 4] + [1; 2]"},
      {"logsumexp([s; t])", "logsumexp([s; t])"},
  });
}

TEST_CASE("beside names of arrays the rest is worked out", "[simplify][literal]") {
  check_forms({
      {"[1, 2; 3, 4]*x + 2*[1; 2] - [0; 1]", "[1, 2; 3, 4]*x + [2; 3]"},
      {"X + [1, 2; 3, 4] + eye(2)", "X + [2, 2; 3, 5]"},
      {"[1, 2; 3, 4]*[5, 6; 7, 8]*x", "[19, 22; 43, 50]*x"},
      {"x'*[1, 2; 3, 4]*[1; 2]", "x'*[5; 11]"},
      {"[1, 2; 3, 4]*x", "[1, 2; 3, 4]*x"},
      {"eye(3)", "eye(3)"},
      {"2*eye(3)", "2*eye(3)"},
      {"ones(2, 2)*X", "ones(2)*sum(X, dim = 1)"},
      {"sum(k*y[k] for k in 1:n)", "y'*[i for i in 1:n]"},
  });
}

TEST_CASE("what has no value or is too large stays", "[simplify][literal]") {
  World w(names);
  // The determinant is 0 for all a, b.
  const Ref singular = w("inv([a, b; 2*a, 2*b])");
  CHECK(simplify(w.ctx, singular) == singular);
  std::string large = "[";
  for (int i = 1; i <= 300; ++i) large += std::to_string(i) + (i < 300 ? "; " : "]");
  const Ref sum = w("2*" + large);
  CHECK(simplify(w.ctx, sum) == sum);
  const Ref many = w("sum(k^(1/2) for k in 1:1000)");
  CHECK(simplify(w.ctx, many) == many);
}

TEST_CASE("sums over a range of any size have closed forms", "[simplify][literal]") {
  check_forms({
      {"sum(k for k in 1:n)", "n*(n + 1)/2"},
      {"sum(k^2 for k in 1:n)", "n*(n + 1)*(2*n + 1)/6"},
      {"sum(k^3 for k in 1:n)", "n^2*(n + 1)^2/4"},
      {"sum(2*k - 1 for k in 1:n)", "n^2"},
      {"sum(k*(k + 1) for k in 1:n)", "n*(n + 1)*(n + 2)/3"},
      {"sum(2^k for k in 1:n)", "2*2^n - 2"},
      {"sum(k for k in 1:n-1)", "n*(n - 1)/2"},
      {"prod(k for k in 1:n)", "factorial(n)"},
      {"sum(s^k for k in 1:n)", "sum(pow(s, [i for i in 1:n]))"},  // not that quotient for s = 1
  });
  // Of an empty range 0, where the closed form is not.
  check_forms({
      {"sum(2*k - 1 for k in 1:n-5)", "sum(2*[i for i in 1:n - 5] - ones(n - 5))"},
      {"prod(k for k in 1:n-5)", "prod([i for i in 1:n - 5])"},
      {"sum(2*k - 1 for k in 1:u)", "sum(2*[i for i in 1:u] - ones(u))"},
      {"sum(2*k - 1 for k in 1:v)", "v^2"},
  });
  // Against the sums themselves: 0 for n = 0, as in sum(k^p for k in 1:n-1) with n = 1.
  for (int p = 1; p <= 8; ++p) {
    World w("dim n");
    const Ref closed = simplify(w.ctx, w("sum(k^" + std::to_string(p) + " for k in 1:n-1)"));
    INFO(print(w.ctx, closed));
    Rational sum;
    for (int64_t n = 1; n <= 6; ++n) {
      const std::pair<Ref, Ref> value{w("n"), w.ctx.number(n)};
      const Ref at = simplify(w.ctx, substitute(w.ctx, closed, {&value, 1}));
      REQUIRE(w.ctx.is_number(at));
      CHECK(w.ctx.value(at) == sum);
      sum = sum + *Rational(n).pow(p, 100);
    }
  }
}

TEST_CASE("expand works every array out", "[simplify][literal]") {
  World w(names);
  const auto expanded = [&](const char* text) { return print(w.ctx, expand(w.ctx, w(text))); };
  CHECK(expanded("a*[1; 2]") == "[a; 2*a]");
  CHECK(expanded("[a, b; c, d]^2") == "[a^2 + b*c, a*b + b*d; a*c + c*d, b*c + d^2]");
  CHECK(expanded("sum(s^k for k in 1:4)") == "s^4 + s^3 + s^2 + s");
}

TEST_CASE("what is asked for as it is comes with its arrays worked out", "[session][literal]") {
  const auto answer = [](const char* text) {
    Session session;
    const auto parsed = session.parse("<test>", text);
    const Outcome out = session.run(parsed, parsed->statements.front());
    REQUIRE(!out.error);
    return print(session.context(), out.answer.value);
  };
  CHECK(answer("det([1, 2; 3, 4])") == "-2");
  CHECK(answer("[k^2 for k in 1:3]") == "[1; 4; 9]");
  CHECK(answer("[1/(i + j - 1) for i in 1:2, j in 1:2]") == "[1, 1/2; 1/2, 1/3]");
  CHECK(answer("simplify([k^2 for k in 1:3])") == "[1; 4; 9]");
  CHECK(answer("eye(3)") == "eye(3)");
  CHECK(answer("subs(det([a, 1; 2, 3]), a = 5)") == "13");
}

TEST_CASE("a column by a matrix of one row is the matrix of all products", "[tensor]") {
  World w(names);
  CHECK(print(w.ctx, w("x*A")) == "x*sum(A, dim = 1)");
  CHECK(print(w.ctx, w("B*x'")) == "sum(B, dim = 2)*x'");
  CHECK(w.ctx[w("B*y'")].shape == w.ctx[w("sum(B, dim = 2)*y'")].shape);
  CHECK(w("sum(y)*[3]*y'") != Ref{});
}

TEST_CASE("what is known of the entries is known of an array", "[tensor]") {
  World w("param a, b; param p > 0; var z : scalar complex");
  const auto facts = [&](const char* text) { return w.ctx[w(text)].facts; };
  CHECK(is_positive(facts("[1, p; 2, 3]")));
  CHECK_FALSE(is_positive(facts("[1, a]")));
  CHECK((facts("[0; 2]") & (nonnegative | integer_valued | nonzero)) == (nonnegative | integer_valued));
  CHECK((facts("[1, z; z, 2]") & (symmetric_value | complex_valued)) == (symmetric_value | complex_valued));
  CHECK((facts("[1, z; z, 2]") & (nonnegative | integer_valued)) == 0);
  CHECK(w("[a, b; b, p]'") == w("[a, b; b, p]"));
  CHECK(w("[a, b; p, a]'") != w("[a, b; p, a]"));
  CHECK_NOTHROW(w("chol([4, 2; 2, 3])"));
  CHECK_THROWS_AS(w("chol([4, 2; 1, 3])"), Failure);
}

// An empty sum is 0, an empty product 1, the determinant of no rows 1, and nothing has no largest entry.
TEST_CASE("ranges that can be empty are counted as such", "[tensor]") {
  World w("dim n; param m integer; param a; var x : vector[n]");
  const auto text = [&](const char* e) { return print(w.ctx, w(e)); };
  CHECK(text("sum(1 for i in 2:n)") == "n - 1");
  CHECK(text("sum(1 for i in 3:n)") == "max(n - 2, 0)");
  CHECK(text("sum(1 for k in 1:m)") == "max(m, 0)");
  CHECK(text("sum(1 for i in 1:n-1, j in 2:i if j == i)") == "max(n - 2, 0)");
  CHECK(text("prod(a*ones(n - 3))") == "a^max(n - 3, 0)");
  CHECK(text("max(a*ones(n))") == "a");
  CHECK(text("max(a*ones(n - 1))") == "max(a*ones(n - 1))");
  const auto simple = [&](const char* e) { return print(w.ctx, simplify(w.ctx, w(e))); };
  CHECK(simple("det(zeros(n, n))") == "0");
  CHECK(simple("det(zeros(n - 1, n - 1))") == "det(zeros(n - 1, n - 1))");
  CHECK(simple("sum(softmax(x))") == "1");
  CHECK(simple("sum(softmax(x[2:n]))") == "sum(softmax(x[2:n]))");
}

TEST_CASE("a singular matrix of numbers has no inverse beside names either", "[session][literal]") {
  const auto failure = [](const char* text) {
    Session session;
    const auto parsed =
        session.parse("<test>", std::string("var X : matrix[2, 2]; param m integer; ") + text);
    Outcome out;
    for (const auto& statement : parsed->statements) out = session.run(parsed, statement);
    return out.error ? out.error->message : "";
  };
  CHECK(failure("simplify(X*[1, 2; 2, 4]*inv([1, 2; 2, 4]))") ==
        "'inv([1, 2; 2, 4])' has no value: the matrix is singular");
  CHECK(failure("simplify(X*[1, 2; 2, 5]*inv([1, 2; 2, 5]))").empty());
  CHECK(failure("subs(sum(k for k in 1:m) + m, m = 2)") ==
        "'m' is a size or the end of a range here, which 'subs' does not replace");
  CHECK(failure("subs(m^2, m = 3)").empty());
}

TEST_CASE("matrices of numbers are inverted exactly", "[number]") {
  const Rational half = Rational::fraction(1, 2);
  const std::vector<Rational> swap{0, 1, 1, 0}, singular{1, 2, half, 1};
  CHECK(determinant_of_numbers(swap, 2) == Rational(-1));
  CHECK(inverse_of_numbers(swap, 2) == swap);
  CHECK(determinant_of_numbers(singular, 2) == Rational(0));
  CHECK(!inverse_of_numbers(singular, 2));
  CHECK(determinant_of_numbers({}, 0) == Rational(1));
}
