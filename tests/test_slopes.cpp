// Derivatives where a quotient in the rule that gives them has no value. Expected values by hand from
// calculus.
#include <catch2/catch.hpp>

#include "eval/dense.h"
#include "expr/print.h"
#include "session/session.h"

using namespace nabla;

namespace {

constexpr const char* names =
    "dim n\ndim m\nvar x : vector[n]\nvar y : scalar\nvar A : matrix[n, m]\nparam c : vector[n + 1]\n"
    "var w : vector[n - 1]\n";

using Numbers_ = std::vector<double>;

class Work {
 public:
  Work() { last(names); }

  std::string text(const std::string& statement) { return print(session_.context(), last(statement)); }

  // At n = 3, m = 2.
  Numbers_ value(const std::string& statement, double y, const Numbers_& x) {
    const auto name = [&](const char* spelled) {
      return elaborate(session_.context(), session_.names(), spelled);
    };
    const Ref r = last(statement);
    const DensePoint point{{name("n"), {{}, {3}}},
                           {name("m"), {{}, {2}}},
                           {name("x"), {{3}, x}},
                           {name("y"), {{}, {y}}},
                           {name("c"), {{4}, {2, 3, 4, 5}}},
                           {name("A"), {{3, 2}, {1, 2, 3, 4, 5, 6}}},
                           {name("w"), {{2}, {7, 11}}}};
    return dense_value(session_.context(), r, point).entries;
  }

 private:
  Ref last(const std::string& text) {
    Ref value;
    const auto parsed = session_.parse("<expr>", text);
    for (const Statement& s : parsed->statements) {
      const Outcome o = session_.run(parsed, s);
      INFO(text << (o.error ? ": " + o.error->message : ""));
      REQUIRE_FALSE(o.error);
      value = o.answer.value;
    }
    return value;
  }

  Session session_;
};

}  // namespace

TEST_CASE("the slope of x^0 is 0 also at 0", "[diff][tensor]") {
  Work w;
  const Numbers_ zero(3, 0.0);
  // 1 + y + y^2 + y^3
  CHECK(w.value("diff(sum(y^i for i in 0:n), y)", 0, zero) == Numbers_{1});
  CHECK(w.value("diff(sum(y^i for i in 0:n), y)", 2, zero) == Numbers_{17});
  CHECK(w.value("diff(sum(y^i for i in 0:n), y, 2)", 0, zero) == Numbers_{2});
  CHECK(w.value("diff(sum(y^i for i in 0:n), y, 2)", 1, zero) == Numbers_{8});
  // 2*y^2 + 3*y + 4
  CHECK(w.value("diff(sum(c[i]*y^(n - i) for i in 1:n), y)", 0, zero) == Numbers_{3});
  CHECK(w.value("diff(sum(c[i]*y^(n - i) for i in 1:n), y)", 2, zero) == Numbers_{11});
  CHECK(w.value("diff(sum(c[i + 1]*y^(2*i) for i in 0:n), y)", 0, zero) == Numbers_{0});
  CHECK(w.value("diff(sum(c[i + 1]*y^(2*i) for i in 0:n), y)", 1, zero) == Numbers_{3 * 2 + 4 * 4 + 5 * 6});
  // 1 + x2 + x3^2
  CHECK(w.value("grad(sum(x[i]^(i - 1) for i in 1:n), x)", 0, zero) == Numbers_{0, 1, 0});
  CHECK(w.value("grad(sum(x[i]^(i - 1) for i in 1:n), x)", 0, {5, 6, 7}) == Numbers_{0, 1, 14});
  // A's second column sums to 12
  CHECK(w.value("diff(sum(A[i, j]*y^(j - 1) for i in 1:n, j in 1:m), y)", 0, zero) == Numbers_{12});
  CHECK(w.value("grad(sum(A[i, j]*x[i]^(j - 1) for i in 1:n, j in 1:m), x)", 0, zero) == Numbers_{2, 4, 6});
}

TEST_CASE("powers of a norm join what stands beside them", "[diff][tensor]") {
  Work w;
  const Numbers_ zero(3, 0.0);
  CHECK(w.text("grad(norm2(x)^3, x)") == "3*norm2(x)*x");
  CHECK(w.text("grad(norm2(x)*x'*x, x)") == "3*norm2(x)*x");
  CHECK(w.text("x'*x/norm2(x)") == "norm2(x)");
  CHECK(w.text("norm2(x)*(x'*x)") == "norm2(x)^3");
  CHECK(w.text("(x'*x)^2/norm2(x)^3") == "norm2(x)");
  CHECK(w.text("x'*x/norm2(x)^4") == "1/(x'*x)");
  CHECK(w.text("sum(A .* A)/normF(A)") == "normF(A)");
  CHECK(w.text("y^2/abs(y)") == "abs(y)");
  CHECK(w.text("y^4/abs(y)^3") == "abs(y)");
  CHECK(w.text("y*abs(y)") == "y*abs(y)");
  CHECK(w.value("grad(norm2(x)^3, x)", 0, zero) == zero);
  CHECK(w.value("grad(norm2(x)^5, x)", 0, zero) == zero);
  CHECK(w.value("grad(normF(x*x')^3, x)", 0, zero) == zero);
  CHECK(w.value("grad(norm2(x)^3, x)", 0, {3, 0, 4}) == Numbers_{45, 0, 60});
}

TEST_CASE("a shift beyond the end of an axis is no slice", "[print][tensor]") {
  Work w;
  CHECK(w.text("x'*eye(n, n - 1)*w") == "x'*eye(n, n - 1)*w");
  CHECK(w.value("x'*eye(n, n - 1)*w", 0, {1, 2, 3}) == Numbers_{29});
  CHECK(w.text("x[2:n][1:n - 1]") == "x[2:n]");
  CHECK(w.text("sum(c[2:n][2:n - 1])") == "sum(c[3:n])");
  CHECK(w.value("sum(c[2:n][2:n - 1])", 0, {1, 2, 3}) == Numbers_{4});
  CHECK(w.text("x[2:n - 1]") == "x[2:n-1]");
  // n = 1: a derived extent may be 0.
  CHECK(w.text("eye(1 - 1, 1)*[5]").substr(0, 2) != "NB");
}
