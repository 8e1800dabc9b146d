// Matrices made of blocks, and facts about matrices that equal and simplify decide: block products by the
// definition (Golub and Van Loan, Matrix Computations, 2013, 1.3), functions of matrices by Higham, Functions
// of Matrices, 2008.
#include <catch2/catch.hpp>
#include <string>

#include "eval/dense_points.h"
#include "expr/print.h"
#include "expr/substitute.h"
#include "simplify/block_products.h"
#include "simplify/proved_equal.h"
#include "simplify/simplify.h"
#include "tests/world.h"

using namespace nabla;
using namespace nabla::test;

namespace {

constexpr const char* names =
    "dim n, m; var A, B, C, D : matrix[n, n]; var S : matrix[n, n] symmetric; var R : matrix[n, n] spd; "
    "var W : matrix[n, n] orthogonal; var P, X : matrix[n, m]; var Q : matrix[m, n]; var E, F : matrix[m, "
    "m]; "
    "var x, y : vector[n]; var u : vector[m]; param s; param l > 0";

struct Row {
  const char *left, *right;
};

constexpr Row block_identities[] = {
    {"[A, B]*[C; D]", "A*C + B*D"},
    {"[A, P]*[B; Q]", "A*B + P*Q"},
    {"[A, P; Q, E]*[x; u]", "[A*x + P*u; Q*x + E*u]"},
    {"[A, B; C, D]*[B, A; D, C]", "[A*B + B*D, A^2 + B*C; C*B + D^2, C*A + D*C]"},
    {"[A, P; Q, E]'", "[A', Q'; P', E']"},
    {"[x'; y']'", "[x, y]"},
    {"[x, y]*[x'; y']", "x*x' + y*y'"},
    {"[x'; y']*A", "[x'*A; y'*A]"},
    {"A*[x, y]", "[A*x, A*y]"},
    {"[x; u]'*[A, P; Q, E]*[x; u]", "x'*A*x + x'*P*u + u'*Q*x + u'*E*u"},
    {"[A, P] + [B, X]", "[A + B, P + X]"},
    {"3*[A; Q] - s*[B; Q]", "[3*A - s*B; (3 - s)*Q]"},
    {"[A, P] - [A, P]", "zeros(n, n + m)"},
    {"[A, P]*[A, P]'", "A*A' + P*P'"},
    {"tr([A, P; Q, E])", "tr(A) + tr(E)"},
    {"blockdiag(A, E)'", "blockdiag(A', E')"},
    {"inv([A, zeros(n, m); zeros(m, n), E])", "blockdiag(inv(A), inv(E))"},
};

constexpr Row facts[] = {
    {"A*expm(A)", "expm(A)*A"},
    {"A*inv(A + B)*B", "B*inv(A + B)*A"},
    {"norm2(P')", "norm2(P)"},
    {"norm2(W*A)", "norm2(A)"},
    {"normnuc(A*W)", "normnuc(A)"},
    {"eigvals(W*S*W')", "eigvals(S)"},
    {"eigmax(W*S*W')", "eigmax(S)"},
    {"tr(expm(W*A*W'))", "tr(expm(A))"},
    {"expm(W*S*W')", "W*expm(S)*W'"},
    {"expm(-2*W*A*B*W')", "W*expm(-2*A*B)*W'"},
    {"sinm(A*B*inv(A))", "A*sinm(B)*inv(A)"},
    {"expm(s*eye(n))", "exp(s)*eye(n)"},
    {"cosm(-eye(n))", "cos(1)*eye(n)"},
    {"sqrtm(R^2)", "R"},
    {"chol(l*eye(n))", "sqrt(l)*eye(n)"},
    {"expm(zeros(n, n))", "eye(n)"},
    {"det(zeros(n, n))", "0"},
    {"eigvals(eye(n))", "ones(n)"},
};

// Both sides at random matrices, in doubles.
void check_numbers(World& world, Ref a, Ref b) {
  const Ref sides[] = {a, b, world("D*P")};
  std::vector<Ref> inputs;
  for (const Ref r : symbols_of(world.ctx, sides)) {
    if (world.ctx.symbol(r).role != Role::extent) inputs.push_back(r);
  }
  for (uint64_t seed = 0; seed < 3; ++seed) {
    const DensePoint point = random_point(world.ctx, inputs, {}, seed);
    const auto x = dense_value(world.ctx, a, point), y = dense_value(world.ctx, b, point);
    REQUIRE(x.entries.size() == y.entries.size());
    for (size_t i = 0; i < x.entries.size(); ++i)
      CHECK(x.entries[i] == Approx(y.entries[i]).epsilon(1e-8).margin(1e-8));
  }
}

// Returns the left side.
Ref check_proved(World& world, const Row& row) {
  INFO(row.left << " = " << row.right);
  const Ref left = world(row.left), right = world(row.right);
  check_numbers(world, left, right);
  CHECK(proved_equal(world.ctx, left, right));
  return left;
}

}  // namespace

TEST_CASE("equal decides products of block matrices", "[matrix][blocks]") {
  for (const Row& row : block_identities) {
    World world(names);
    const Ref left = check_proved(world, row);
    check_numbers(world, left, with_blocks_multiplied(world.ctx, left));
  }
}

TEST_CASE("blocks that do not fit stay", "[matrix][blocks]") {
  for (const char* text :
       {"[A, P]*[Q; B]'' ", "[P, A]*[B; Q]", "[A, B; C, D]*[P; X]", "[s; x]", "[A; x']*P"}) {
    World world(names);
    INFO(text);
    Ref e;
    try {
      e = world(text);
    } catch (const Failure&) {
      continue;  // sizes differ
    }
    check_numbers(world, e, with_blocks_multiplied(world.ctx, e));
  }
  World world(names);
  CHECK_FALSE(proved_equal(world.ctx, world("[A, B]*[C; D]"), world("A*D + B*C")));
  CHECK_FALSE(proved_equal(world.ctx, world("[A, B; C, D]'"), world("[A', B'; C', D']")));
}

TEST_CASE("facts about matrices", "[matrix]") {
  for (const Row& row : facts) {
    World world(names);
    check_proved(world, row);
  }
}

TEST_CASE("simplify multiplies blocks where nothing gets longer", "[matrix][blocks]") {
  const Row rows[] = {
      {"[A, B]*[C; D]", "A*C + B*D"},
      {"[x, y]*[x'; y']", "x*x' + y*y'"},
      {"[A, zeros(n, m); zeros(m, n), E]", "blockdiag(A, E)"},
      {"A*inv(A + B)*B - B*inv(A + B)*A", "zeros(n, n)"},
      {"det([A, P; zeros(m, n), E])", "det(A)*det(E)"},
      {"[A, P; Q, E]*[x; u]", "vcat(hcat(A, P), hcat(Q, E))*vcat(x, u)"},
  };
  for (const Row& row : rows) {
    World world(names);
    INFO(row.left);
    CHECK(print(world.ctx, simplify(world.ctx, world(row.left))) == row.right);
  }
}
