// Shapes: results of every operation, and the error for every operation that does not fit, with both
// operands.
#include <catch2/catch.hpp>

#include "expr/shape_text.h"
#include "tests/world.h"

namespace nabla {
namespace {

struct World : test::World {
  World()
      : test::World(R"(dim n, m
var x, y : vector[n]
var z : vector[m]
var r : row[n]
var A, B : matrix[n, n]
var C : matrix[n, m]
var S : matrix[n, n] symmetric
var T : tensor[n, m, 3]
var v, w : vector[3]
var a, b
param k : vector[m] integer in [1, n]
param l : scalar integer in [1, n]
fun F(matrix[n, n]) : matrix[n, n])") {}
};

TEST_CASE("shapes: of every operation") {
  World w;
  const std::pair<const char*, const char*> rows[] = {
      {"x + y", "vector[n]"},
      {"r + x'", "row[n]"},
      {"A + B'", "matrix[n, n]"},
      {"A .+ 1", "matrix[n, n]"},
      {"C .+ x", "matrix[n, m]"},
      {"C .- z'", "matrix[n, m]"},
      {"2*A", "matrix[n, n]"},
      {"A*x", "vector[n]"},
      {"x'*A", "row[n]"},
      {"r*x", "scalar"},
      {"x*r", "matrix[n, n]"},
      {"x*z'", "matrix[n, m]"},
      {"C'*A*C", "matrix[m, m]"},
      {"x'*C*z", "scalar"},
      {"A\\C", "matrix[n, m]"},
      {"A\\x", "vector[n]"},
      {"C'/A", "matrix[m, n]"},
      {"x/a", "vector[n]"},
      {"A .* x", "matrix[n, n]"},
      {"x ./ y", "vector[n]"},
      {"2 .^ x", "vector[n]"},
      {"x.^2", "vector[n]"},
      {"A^2", "matrix[n, n]"},
      {"A^-1", "matrix[n, n]"},
      {"A^l", "matrix[n, n]"},
      {"C'", "matrix[m, n]"},
      {"x'", "row[n]"},
      {"r'", "vector[n]"},
      {"sin(C)", "matrix[n, m]"},
      {"exp(r)", "row[n]"},
      {"max(x, 0)", "vector[n]"},
      {"hypot(x, y)", "vector[n]"},
      {"x · y", "scalar"},
      {"v × w", "vector[3]"},
      {"A ⊗ C", "matrix[n^2, n*m]"},
      {"x ⊗ z", "vector[n*m]"},
      {"x[1]", "scalar"},
      {"x[end]", "scalar"},
      {"x[2:n]", "vector[n-1]"},
      {"x[2:end-1]", "vector[n-2]"},
      {"C[1, :]", "row[m]"},
      {"C[:, 1]", "vector[n]"},
      {"C[:, :]", "matrix[n, m]"},
      {"C[2:n, 1:2]", "matrix[n-1, 2]"},
      {"T[1, :, :]", "matrix[m, 3]"},
      {"T[1, 1, :]", "vector[3]"},
      {"x[k]", "vector[m]"},
      {"x[l]", "scalar"},
      {"C[k, :]", "matrix[m, m]"},
      {"r[2:n]", "row[n-1]"},
      {"[1, 2]", "matrix[1, 2]"},
      {"[1; 2]", "vector[2]"},
      {"[1, 2; 3, 4]", "matrix[2, 2]"},
      {"[A, C]", "matrix[n, n+m]"},
      {"[x; z]", "vector[n+m]"},
      {"[x, y]", "matrix[n, 2]"},
      {"[A, x; x', a]", "matrix[n+1, n+1]"},
      {"[x'; y']", "matrix[2, n]"},
      {"[x', z']", "row[n+m]"},
      {"sum(A)", "scalar"},
      {"sum(C, dim = 1)", "row[m]"},
      {"mean(C, dim = 2)", "vector[n]"},
      {"max(C, dim = 1)", "row[m]"},
      {"logsumexp(C, dim = 2)", "vector[n]"},
      {"softmax(C, dim = 2)", "matrix[n, m]"},
      {"softmax(x)", "vector[n]"},
      {"cumsum(x)", "vector[n]"},
      {"norm(x)", "scalar"},
      {"norm2(A)", "scalar"},
      {"norm1(C, dim = 1)", "row[m]"},
      {"normF(C)", "scalar"},
      {"tr(A)", "scalar"},
      {"det(A)", "scalar"},
      {"logdet(A)", "scalar"},
      {"inv(A)", "matrix[n, n]"},
      {"pinv(C)", "matrix[m, n]"},
      {"adj(A)", "matrix[n, n]"},
      {"diag(A)", "vector[n]"},
      {"diag(x)", "matrix[n, n]"},
      {"vec(C)", "vector[n*m]"},
      {"unvec(vec(C), m, n)", "matrix[m, n]"},
      {"kron(C, A)", "matrix[n^2, n*m]"},
      {"hadamard(A, B)", "matrix[n, n]"},
      {"eye(n)", "matrix[n, n]"},
      {"eye(n, m)", "matrix[n, m]"},
      {"zeros(n)", "vector[n]"},
      {"ones(n, m, 2)", "tensor[n, m, 2]"},
      {"unit(n, 1)", "vector[n]"},
      {"single(1, 2, n, m)", "matrix[n, m]"},
      {"commut(n, m)", "matrix[n*m, n*m]"},
      {"expm(A)", "matrix[n, n]"},
      {"frechet(expm, A, B)", "matrix[n, n]"},
      {"sylvester(A, C'*C, C)", "matrix[n, m]"},
      {"sym(A)", "matrix[n, n]"},
      {"tril(C)", "matrix[n, m]"},
      {"toeplitz(x)", "matrix[n, n]"},
      {"toepsum(A)", "vector[2*n-1]"},
      {"hcat(x, A)", "matrix[n, n+1]"},
      {"blockdiag(A, C)", "matrix[2*n, n+m]"},
      {"chol(S)", "matrix[n, n]"},
      {"solve(A, C)", "matrix[n, m]"},
      {"eigvals(S)", "vector[n]"},
      {"eigval(S, 1)", "scalar"},
      {"eigvecs(S)", "matrix[n, n]"},
      {"eigvals(A'*A)", "vector[n]"},
      {"singval(A)", "vector[n]"},
      {"singval(C)", "vector[min(n, m)]"},
      {"svdu(C)", "matrix[n, min(n, m)]"},
      {"svdv(C)", "matrix[m, min(n, m)]"},
      {"polar(C)", "matrix[n, m]"},
      {"frechet(expm, A, B, A)", "matrix[n, n]"},
      {"argmax(x)", "scalar"},
      {"sum(x[i]*C[i, :] for i in 1:n)", "row[m]"},
      {"sum(C[i, :]'*C[i, :] for i in 1:n)", "matrix[m, m]"},
      {"[C[i, j]*x[i] for j in 1:m, i in 1:n]", "matrix[m, n]"},
      {"[i*j for i in 1:2, j in 1:3, p in 1:n]", "tensor[2, 3, n]"},
      {"prod(x[i] for i in 1:n)", "scalar"},
      {"if a > 0 then A else B", "matrix[n, n]"},
      {"F(A)", "matrix[n, n]"},
      {"t*A where t = 2", "matrix[n, n]"},
  };
  for (const auto& [text, shape] : rows) {
    INFO(text);
    CHECK(shape_text(w.ctx, w.ctx[elaborate(w.ctx, w.names, text)].shape) == shape);
  }
}

struct Wrong {
  const char* text;
  Code code;
  const char* at;       // the text under the caret
  const char* message;  // a part of it
  const char* help;     // a part of it, or ""
};

TEST_CASE("shapes: every mismatch names both operands and both shapes") {
  World w;
  const Wrong rows[] = {
      {"x + z", Code::shape_mismatch, "z", "'x' is vector[n], 'z' is vector[m]", ""},
      {"a + x", Code::scalar_plus_matrix, "x", "'a' is scalar, 'x' is vector[n]", "a .+ x"},
      {"A + 1", Code::scalar_plus_matrix, "1", "'A' is matrix[n, n], '1' is scalar",
       "A .+ 1 for every entry, or A + 1*eye(n)"},
      {"x + y'", Code::shape_mismatch, "y'", "'x' is vector[n], 'y'' is row[n]", "transpose"},
      {"x .+ y'", Code::row_with_column, "y'", "'x' is vector[n], 'y'' is row[n]", "outer product"},
      {"x .* r", Code::row_with_column, "r", "row and a column", "write x*r"},
      {"C .* x'", Code::shape_mismatch, "x'", "'C' is matrix[n, m], 'x'' is row[n]", ""},
      {"x*y", Code::product_of_vectors, "y", "'x' is vector[n], 'y' is vector[n]",
       "x'*y (a scalar), x*y' (a matrix) or x .* y"},
      {"C*x", Code::shape_mismatch, "x", "'C' is matrix[n, m], 'x' is vector[n]", "C'*x"},
      {"x*C", Code::shape_mismatch, "C", "'x' is vector[n], 'C' is matrix[n, m]", "x'*C"},
      {"C*C", Code::shape_mismatch, "C", "", "C*C'"},
      {"2*x*A", Code::shape_mismatch, "A", "'2*x' is vector[n], 'A' is matrix[n, n]", "(2*x)'*A"},
      {"1/A", Code::division_by_array, "A", "'1' is scalar, 'A' is matrix[n, n]",
       "inv(A) for the inverse or 1 ./ A"},
      {"A/x", Code::division_by_array, "x", "", "A ./ x"},
      {"x/A", Code::division_by_array, "A", "", "A\\x"},
      {"A/C", Code::not_square, "C", "'C' is matrix[n, m]", ""},
      {"C\\x", Code::not_square, "x", "'C' is matrix[n, m]", ""},
      {"A\\z", Code::shape_mismatch, "z", "'z' is vector[m]", ""},
      {"x^2", Code::power_of_vector, "x", "'x' is vector[n]", "x'*x (a scalar) or x.^2"},
      {"C^2", Code::not_square, "C", "'C' is matrix[n, m]", "C .^ 2"},
      {"A^(1/2)", Code::not_an_integer, "(1/2)", "", "sqrtm(A)"},
      {"2^A", Code::not_a_scalar, "A", "'A' is matrix[n, n]", "expm"},
      {"|A|", Code::bars_of_matrix, "|A|", "'A' is matrix[n, n]", "det(A) or abs(A)"},
      {"det(C)", Code::not_square, "det(C)", "'C' is matrix[n, m]", ""},
      {"tr(x)", Code::not_a_matrix, "x", "'x' is vector[n]", ""},
      {"eigvals(A)", Code::not_symmetric, "eigvals(A)", "'A'", "sym"},
      {"softmax(A)", Code::dim_required, "softmax(A)", "'A' is matrix[n, n]", "softmax(A, dim = 1)"},
      {"cumsum(C)", Code::dim_required, "cumsum(C)", "'C' is matrix[n, m]", "dim = 2"},
      {"sum(A, dim = 3)", Code::wrong_argument, "dim = 3", "dim is 1", ""},
      {"sum(A, dims = 1)", Code::unknown_keyword, "dims = 1", "'dims'", "did you mean 'dim'?"},
      {"x[n+1]", Code::index_out_of_range, "n+1", "index n+1 is outside 'x', whose indices run from 1 to n",
       ""},
      {"x[0]", Code::index_out_of_range, "0", "", ""},
      {"v[4]", Code::index_out_of_range, "4", "from 1 to 3", ""},
      {"x[1/2]", Code::not_an_integer, "1/2", "", ""},
      {"x[a]", Code::not_an_integer, "a", "'a' is not known to be one", "integer"},
      {"A[1]", Code::wrong_index_count, "A[1]", "'A' is matrix[n, n] and takes 2 indices, not 1", ""},
      {"a[1]", Code::wrong_index_count, "a[1]", "'a' is a scalar", ""},
      {"sum(x[i+1] for i in 1:n)", Code::index_out_of_range, "i+1", "'i+1' runs to n+1",
       "the last valid range is i in 1:n-1"},
      {"sum(x[i-1] for i in 1:n)", Code::index_out_of_range, "i-1", "begins at 0",
       "the last valid range is i in 2:n"},
      {"sum(x[i] for i in 1:m)", Code::index_out_of_range, "i", "'i' runs to m", "i in 1:n"},
      {"sum(x[i+j] for i in 1:n, j in 1:n)", Code::index_out_of_range, "i+j", "runs to 2*n", ""},
      {"sum(x[i] for i in z)", Code::not_an_index, "z", "", ""},
      {"sum(x[i] for i in 1:n, i in 1:n)", Code::duplicate_name, "i", "", ""},
      {"[1, 2; 3]", Code::ragged_array, "3", "the first has 2 entries, this one 1", ""},
      {"[A, z]", Code::shape_mismatch, "A, z", "'A' is matrix[n, n], 'z' is vector[m]", ""},
      {"if a > 0 then x else z", Code::shape_mismatch, "z", "'x' is vector[n], 'z' is vector[m]", ""},
      {"if x > 0 then 1 else 2", Code::not_a_scalar, "x", "'x' is vector[n]", ""},
      {"hypot(x, z)", Code::shape_mismatch, "z", "'x' is vector[n], 'z' is vector[m]", ""},
      {"F(C)", Code::shape_mismatch, "C", "'F' is matrix[n, n], but 'C' is matrix[n, m]", ""},
      {"x · z", Code::shape_mismatch, "z", "'x' is vector[n], 'z' is vector[m]", ""},
      {"x × y", Code::not_a_vector, "y", "3 entries", ""},
      {"eye(1/2)", Code::bad_extent, "1/2", "", ""},
      {"unvec(x, n, m)", Code::shape_mismatch, "unvec(x, n, m)", "n entries", ""},
      {"(T)'", Code::not_a_matrix, "(T)'", "tensor[n, m, 3]", ""},
      {"sum(x[1:i]*2 for i in 1:n)", Code::not_yet_available, "1:i", "", ""},
      {"T*x", Code::shape_mismatch, "x", "tensor[n, m, 3]", "indices"},
      {"mean(x[i] for i in 1:n)", Code::malformed_comprehension, "x[i] for i in 1:n", "", "/n"},
      {"sum(sum(x[i] for i in 1:n) for i in 1:n) + i", Code::unknown_name, "i", "", ""},
  };
  for (const Wrong& r : rows) {
    INFO(r.text);
    try {
      elaborate(w.ctx, w.names, r.text);
      FAIL("no error");
    } catch (const Failure& f) {
      const Diagnostic& d = f.diagnostic;
      INFO(d.message << " / " << d.help);
      CHECK(spelling(d.code) == spelling(r.code));
      CHECK(std::string(r.text).substr(d.span.begin, d.span.end - d.span.begin) == r.at);
      CHECK(d.message.find(r.message) != std::string::npos);
      CHECK(d.help.find(r.help) != std::string::npos);
    }
  }
}

TEST_CASE("shapes: the untouched form of tensors is entry by entry, without tensor nodes") {
  Context ctx;
  Names names(ctx);
  const char* text = "var x, y : vector[2]\nvar A : matrix[2, 2]\nvar a";
  const auto parsed =
      std::make_shared<const ParsedText>(parse_statements(make_source("<test>", text), ctx.limits()));
  for (const Statement& s : parsed->statements) elaborate_statement(ctx, names, parsed, s);
  const auto written = [&](const char* t) { return elaborate(ctx, names, t, Mode::written); };
  CHECK(written("x'*y") == written("x[1]*y[1] + x[2]*y[2]"));
  CHECK(written("A*x") == written("[A[1,1]*x[1] + A[1,2]*x[2]; A[2,1]*x[1] + A[2,2]*x[2]]"));
  CHECK(written("sum(i*x[i] for i in 1:2)") == written("1*x[1] + 2*x[2]"));
  CHECK(written("sum(x[i]*y[j] for i in 1:2, j in 1:i)") == written("x[1]*y[1] + x[2]*y[1] + x[2]*y[2]"));
  CHECK(written("sum(x[i]/(i - j) for i in 1:2, j in 1:2 if i != j)") ==
        written("x[1]/(1 - 2) + x[2]/(2 - 1)"));
  CHECK(written("[A[j,i] for i in 1:2, j in 1:2]") == written("A'"));
  CHECK(written("det(A)") == written("A[1,1]*A[2,2] - A[1,2]*A[2,1]"));
  CHECK(written("x - x") == written("[x[1] - x[1]; x[2] - x[2]]"));
  CHECK(written("tr(A)") == written("A[1,1] + A[2,2]"));
  CHECK(written("x[end]") == written("x[2]"));
  CHECK(written("sum(x[i+1] for i in 1:1)") == written("x[2]"));
}

}  // namespace
}  // namespace nabla
