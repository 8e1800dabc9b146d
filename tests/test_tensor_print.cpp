// Printing tensor expressions: what is printed is read back as the same node, and index notation is what a
// person would write.
#include <catch2/catch.hpp>
#include <string>

#include "expr/diagnostic.h"
#include "expr/print.h"
#include "tests/random_tensor_text.h"
#include "tests/world.h"

using namespace nabla;
using nabla::test::World;

TEST_CASE("tensor expressions read back what they print", "[print][random]") {
  size_t read = 0, refused = 0, shared = 0;
  for (uint64_t seed = 0; seed < 3000; ++seed) {
    test::RandomTensorText random(seed);
    const int depth = static_cast<int>(seed % 12 == 0 ? 6 : 1 + seed % 4);
    const std::string text = seed % 100 == 50 ? random.make_shared(2) : random.make(depth);
    World w((seed % 2 ? "const n = 4\nconst m = 3\n" : "dim n >= 3\ndim m >= 3\n") +
            std::string(test::RandomTensorText::declarations));
    Ref r;
    try {
      r = w(text);
    } catch (const Failure& f) {
      INFO("seed " << seed << ": " << text << ": " << f.diagnostic.message);
      const Code code = f.diagnostic.code;
      CHECK((code == Code::not_yet_available || code == Code::division_by_zero ||
             code == Code::index_out_of_range || code == Code::empty_reduction));
      ++refused;
      continue;
    }
    for (const Format format : {Format::ascii, Format::unicode}) {
      const std::string printed = print(w.ctx, r, {format, true});
      INFO("seed " << seed << ": " << text << "\nprints as " << printed);
      Ref again;
      try {
        again = w(printed);
      } catch (const Failure& f) {
        FAIL_CHECK(f.diagnostic.message);
      }
      if (again == r) continue;
      INFO("and then as " << (again ? print(w.ctx, again) : ""));
      CHECK(again == r);
    }
    shared += print(w.ctx, r).find(" where ") != std::string::npos;
    CHECK_FALSE(print(w.ctx, r, {Format::latex, true}).empty());
    ++read;
  }
  CHECK(read > 2500);
  INFO(read << " read, " << refused << " refused, " << shared << " shared");
  CHECK(refused < 400);
  CHECK(shared > 20);
}

TEST_CASE("index notation is what a person would write", "[print]") {
  struct Row {
    const char *input, *printed;
  };
  const Row rows[] = {
      {"sum(1/(i - j) for i in 1:n, j in 1:n if j != i)", "sum(1/(j - i) for i in 1:n, j in 1:n if i != j)"},
      {"sum(sin(x[i]*y[j]) for i in 1:n, j in 1:n if i < j)",
       "sum(sin(x[j]*y[i]) for i in 1:n, j in 1:n if j < i)"},
      {"prod(1 + x[i]^2 for i in 1:n if i != 3)", "prod(x[i]^2 + 1 for i in 1:n if i != 3)"},
      {"[exp(-x[i]/y[j]) for i in 1:n, j in 1:n if i != j]",
       "[exp(-x[i]/y[j]) for i in 1:n, j in 1:n if i != j]"},
      {"[x[i]*x[i+1] for i in 1:n-1]", "x[1:n-1] .* x[2:n]"},
      {"sum(x[i]*T[i, i+1, 2] for i in 1:n-1)", "sum(T[i, i + 1, 2]*x[i] for i in 1:n - 1)"},
      {"[if x[i] > 0 then x[i] else y[i] for i in 1:n]", "[if x[i] > 0 then x[i] else y[i] for i in 1:n]"},
      {"sum(x[i] for i in 1:n if i <= n)", "sum(x)"},
      {"sum(x[i] for i in 1:n if i < 1)", "0"},
      {"sin(x*ones(n)')", "sin(x)*ones(n)'"},
  };
  for (const Row& row : rows) {
    World w("dim n >= 3\ndim m >= 3\n" + std::string(test::RandomTensorText::declarations));
    const Ref r = w(row.input);
    INFO(row.input);
    CHECK(print(w.ctx, r) == row.printed);
    CHECK(w(row.printed) == r);
  }
}

TEST_CASE("entrywise quotients, roots and diagonal matrices are what a person would write", "[print]") {
  const std::pair<const char*, const char*> rows[] = {
      {"x .* y.^(-1)", "x ./ y"},
      {"y.^(-1)", "1 ./ y"},
      {"y.^(-2)", "1 ./ y.^2"},
      {"y.^(1/2)", "sqrt(y)"},
      {"x .* y.^(-1/2)", "x ./ sqrt(y)"},
      {"3*y.^(-1)", "3 ./ y"},
      {"-1/2*y.^(-1)", "-1 ./ (2*y)"},
      {"x .* y.^(-1)/2", "x ./ (2*y)"},
      {"x .* (y + z).^(-1)/2", "(x/2) ./ (y + z)"},
      {"x.^(-1)*y'", "(1 ./ x)*y'"},
      {"A'*diag(x)*A", "A'*diag(x)*A"},  // not diag(x)'
  };
  for (const auto& [input, printed] : rows) {
    World w("dim n >= 3\nvar x, y, z : vector[n]; param A : matrix[n, n]");
    const Ref r = w(input);
    INFO(input);
    CHECK(print(w.ctx, r) == printed);
    CHECK(w(printed) == r);
  }
}

TEST_CASE("axes have one order and no axis is carried in vain", "[tensor]") {
  World w("dim n >= 3\ndim m >= 3\n" + std::string(test::RandomTensorText::declarations));
  const auto same = [&](const char* a, const char* b) {
    INFO(a << "  and  " << b);
    CHECK(w(a) == w(b));
  };
  same("exp(x*y')'", "exp(y*x')");
  same("(x*y' + y*z')'", "y*x' + z*y'");
  same("inv(A*B)'", "inv(B'*A')");
  same("det(A*B)", "det((A*B)')");
  same("sin(A*B)'", "sin(B'*A')");
  same("sum(sin(x[i]*y[j])*z[i] for i in 1:n, j in 1:n if i < j)",
       "sum(sin(y[p]*x[q])*z[q] for p in 1:n, q in 1:n if q < p)");
  same("max(x[i]*u[j] for i in 1:n, j in 1:m)", "max(u[q]*x[p] for q in 1:m, p in 1:n)");
  same("sum(exp(x[i]*y[j]*z[l]) for i in 1:n, j in 1:n, l in 1:n if i != j)",
       "sum(exp(z[i]*y[l]*x[j]) for i in 1:n, j in 1:n, l in 1:n if j != l)");
  same("x*ones(n)' + y*ones(n)'", "(x + y)*ones(n)'");
  same("sin(x)*ones(m)'", "sin(x*ones(m)')");
  same("x + 2*a*ones(n) + b*ones(n)", "x .+ (2*a + b)");
  same("2*(x*y' + y*z')'", "2*y*x' + 2*z*y'");
  same("sum(x[i] for i in 1:n if i < 2 and i < 2)", "sum(x[i] for i in 1:n if i < 2)");
  same("max(2*x[i] for i in 1:n)", "2*max(x)");
}
