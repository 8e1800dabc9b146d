// Where derivatives of functions of vectors and matrices exist. Expected: Magnus and Neudecker, Matrix
// Differential Calculus, 3rd edition, 2019, 8.5-8.9, and the definitions of the norms.
#include <algorithm>
#include <catch2/catch.hpp>

#include "diff/differentiable.h"
#include "tests/world.h"

using namespace nabla;

TEST_CASE("what differentiability asks for is said", "[diff][tensor]") {
  const std::pair<const char*, std::vector<std::string>> rows[] = {
      {"eigmax(S)", {"where the largest eigenvalue of S is simple"}},
      {"eigvals(S)'*x", {"where the eigenvalues of S are simple"}},
      {"pinv(A)", {"where the rank of A does not change"}},
      {"norm2(S)", {"where the largest singular value of S is simple"}},
      {"polar(S)", {"where S has full rank"}},
      {"norm2(S*x) + normF(S)", {"where S is not 0", "where S*x is not 0"}},
      {"tr(S*S) + norm2(x)", {}},  // norm2(x) does not depend on S
      {"eigmax(S)^2 - eigmax(S)", {"where the largest eigenvalue of S is simple"}},
  };
  for (const auto& [text, expected] : rows) {
    INFO(text);
    test::World w("dim n, m\nvar S : matrix[n, n] symmetric\nvar A : matrix[n, m]\nvar x : vector[n]");
    const Ref variables[2] = {w("S"), w("A")};
    std::vector<std::string> found = differentiable_where(w.ctx, w(text), variables);
    std::sort(found.begin(), found.end());
    CHECK(found == expected);
  }
}
