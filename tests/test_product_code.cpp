// Products of matrices and vectors in generated loops: compiled by g++ and clang++ for several processors, at
// sizes around those of vectors and blocks, at odd addresses and with infinities, and compared with sums.
#include <catch2/catch.hpp>

#include "codegen/tensor_generate.h"
#include "tests/batch_program.h"
#include "tests/codegen_model.h"

using namespace nabla;
using namespace nabla::test;

namespace {

std::string header_of(const std::string& text) {
  LoadedModel model(text);
  GenerateOptions options;
  options.name_space = "m";
  return generate_tensors(model.ctx, model.model, tensor_entry_points(model.ctx, model.model),
                          TensorTarget::span, options);
}

bool calls(const std::string& text, const std::string& function) {
  return header_of(text).find("rt::" + function + "<T>(") != std::string::npos;
}

}  // namespace

TEST_CASE("products: at all sizes, as sums", "[codegen][whole]") {
  const std::string header = header_of(
      "dim m, n, k\nvar A : matrix[m, k]\nvar B : matrix[k, n]\nvar C : matrix[k, m]\nvar x : vector[k]\nvar "
      "z "
      ": vector[m]\nAB(A, B) = A*B\nCB(C, B) = C'*B\nAx(A, x) = A*x\nAz(A, z) = A'*z\n"
      "derive AB wrt A, B : value\nderive CB wrt C, B : value\nderive Ax wrt A, x : value\n"
      "derive Az wrt A, z : value\n");
  REQUIRE(header.find("rt::matrix_product<T>(m, k, n, A, k, 1, B, n, value, n, false)") != std::string::npos);
  REQUIRE(header.find("rt::matrix_product<T>(m, k, n, C, 1, m, B, n, value, n, false)") != std::string::npos);
  REQUIRE(header.find("rt::column_product<T>(m, k, A, k, x, value, false)") != std::string::npos);
  REQUIRE(header.find("rt::row_product<T>(m, k, z, A, k, value, false)") != std::string::npos);
  const std::string code = R"(
using Size = std::ptrdiff_t;
template <class T, class F>
void check(const char* what, Size rows, Size columns, Points<T>& got, F entry) {
  got.check(what);
  for (Size i = 0; i < rows; ++i) {
    for (Size j = 0; j < columns; ++j) {
      const T wanted = entry(i, j);
      if (got[i * columns + j] == wanted || (wanted != wanted && got[i * columns + j] != got[i * columns + j])) continue;
      std::printf("%s, %td by %td: entry %td, %td is %.9g, not %.9g\n", what, rows, columns, i, j,
                  static_cast<double>(got[i * columns + j]), static_cast<double>(wanted));
      ++wrong;
    }
  }
}
// Whole numbers, so that sums are exact in any order; one infinity.
template <class T>
void run(Size m, Size n, Size k) {
  Points<T> A(m * k), B(k * n), C(k * m), x(k), z(m), AB(m * n), CB(m * n), Ax(m), Az(k);
  for (Size i = 0; i < m * k; ++i) A[i] = static_cast<T>(i * 7 % 13 - 6);
  for (Size i = 0; i < k * n; ++i) B[i] = static_cast<T>(i * 5 % 11 - 5);
  for (Size i = 0; i < k; ++i) x[i] = static_cast<T>(i % 5 - 2);
  for (Size i = 0; i < m; ++i) z[i] = static_cast<T>(i % 7 - 3);
  if (m + k > 20) A[(m - 1) * k + k / 2] = std::numeric_limits<T>::infinity();
  for (Size i = 0; i < m; ++i) {
    for (Size l = 0; l < k; ++l) C[l * m + i] = A[i * k + l];
  }
  m::AB(m, n, k, A.data(), B.data(), AB.data());
  m::CB(m, n, k, C.data(), B.data(), CB.data());
  m::Ax(m, k, A.data(), x.data(), Ax.data());
  m::Az(m, k, A.data(), z.data(), Az.data());
  const auto product = [&](Size i, Size j) {
    T sum = 0;
    for (Size l = 0; l < k; ++l) sum += A[i * k + l] * B[l * n + j];
    return sum;
  };
  check("A*B", m, n, AB, product);
  check("C'*B", m, n, CB, product);
  check("A*x", m, Size(1), Ax, [&](Size i, Size) {
    T sum = 0;
    for (Size l = 0; l < k; ++l) sum += A[i * k + l] * x[l];
    return sum;
  });
  check("A'*z", Size(1), k, Az, [&](Size, Size l) {
    T sum = 0;
    for (Size i = 0; i < m; ++i) sum += A[i * k + l] * z[i];
    return sum;
  });
}
// An entry is the same number whatever is computed beside it.
template <class T>
void alone(Size m, Size n, Size k) {
  Points<T> A(m * k), B(k * n), x(k), AB(m * n), Ax(m), row(n), column(m), one(k);
  for (Size i = 0; i < m * k; ++i) A[i] = static_cast<T>(1) / static_cast<T>(i % 17 + 3);
  for (Size i = 0; i < k * n; ++i) B[i] = static_cast<T>(1) / static_cast<T>(i % 23 + 7);
  for (Size i = 0; i < k; ++i) x[i] = static_cast<T>(1) / static_cast<T>(i % 5 + 3);
  m::AB(m, n, k, A.data(), B.data(), AB.data());
  m::Ax(m, k, A.data(), x.data(), Ax.data());
  for (Size i = 0; i < m; ++i) {
    T entry;
    m::AB(1, n, k, &A[i * k], B.data(), row.data());
    m::Ax(1, k, &A[i * k], x.data(), &entry);
    if (entry != Ax[i]) std::printf("A*x: entry %td of %td, %td terms\n", i, m, k), ++wrong;
    for (Size j = 0; j < n; ++j) {
      if (row[j] != AB[i * n + j]) std::printf("A*B: entry %td, %td\n", i, j), ++wrong;
    }
  }
}
int main() {
  constexpr Size around[] = {1, 2, 3, 7, 8, 9, 16, 17, 20, 33};
  for (Size m : around) {
    for (Size n : around) {
      for (Size k : around) {
        run<double>(m, n, k);
        run<float>(m, n, k);
      }
    }
    run<long double>(m, 5, 9);
    alone<double>(m, 21, 37);
    alone<float>(m, 39, 37);
  }
  return wrong == 0 ? 0 : 1;
}
)";
  check_program("products", header, code,
                {"-O2", "-O3 -march=native", "-O2 -mavx2 -mfma", "-DNABLA_NO_VECTOR_MATH"});
}

TEST_CASE("products: which sums are calls", "[codegen][whole]") {
  const std::string A = "dim n, k\nvar A : matrix[n, k]\nvar x : vector[k]\n";
  CHECK(calls(A + "f(A, x) = A*x\nderive f wrt A, x : value\n", "column_product"));
  CHECK(calls(A + "f(A, x) = sum((A*x).^2)\nderive f wrt x : grad\n", "row_product"));
  CHECK(calls(A + "f(A, x) = A'*A\nderive f wrt A, x : value\n", "matrix_product"));
  CHECK_FALSE(calls(A + "f(A, x) = A.^2*x\nderive f wrt A, x : value\n", "column_product"));
  CHECK_FALSE(
      calls("dim n\nvar A : matrix[n, 3]\nvar x : vector[3]\nf(A, x) = A*x\nderive f wrt A, x : value\n",
            "column_product"));
  CHECK_FALSE(
      calls(A + "param q : vector[k] integer\nf(A, x) = A*q\nderive f wrt A : value\n", "column_product"));
}
