// Functions of matrices in numbers, against the decompositions of Eigen 3 and the identities that define
// them.
#include <Eigen/Eigenvalues>
#include <Eigen/SVD>
#include <catch2/catch.hpp>
#include <complex>

#include "eval/dense.h"
#include "eval/dense_points.h"
#include "eval/points.h"
#include "expr/diagnostic.h"
#include "tests/dense.h"

using namespace nabla;
using namespace nabla::test;

namespace {

using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

RowMajor random_matrix(Random& random, int n, int m) {
  RowMajor a(n, m);
  for (int i = 0; i < a.size(); ++i) a.data()[i] = random.uniform(-1, 1);
  return a;
}

DenseArray<double> array_of(const RowMajor& a) {
  return {{a.rows(), a.cols()}, {a.data(), a.data() + a.size()}};
}

// Names A, B, C for matrices, and a for the columns of a matrix with one.
struct Matrices {
  Texts t;
  DensePoint point;

  Matrices& with(const char* name, const RowMajor& a, Structure structure = Structure::none) {
    const std::string rows = std::to_string(a.rows()), columns = std::to_string(a.cols());
    point.push_back({declare(t, name, {rows.c_str(), columns.c_str()}, structure), array_of(a)});
    return *this;
  }
  RowMajor operator()(const char* text) {
    const DenseArray<double> v = dense_value(t.ctx, t(text), point);
    const int64_t rows = v.extents.empty() ? 1 : v.extents[0],
                  columns = v.extents.size() < 2 ? 1 : v.extents[1];
    return Eigen::Map<const RowMajor>(v.entries.data(), rows, columns);
  }
};

// f(a) by the eigenvalues of a, which are different.
RowMajor by_eigenvalues(const RowMajor& a, Complex (*f)(const Complex&)) {
  const Eigen::EigenSolver<RowMajor> solver(a);
  Eigen::VectorXcd values = solver.eigenvalues();
  for (Complex& v : values) v = f(v);
  const Eigen::MatrixXcd vectors = solver.eigenvectors();
  return (vectors * values.asDiagonal() * vectors.inverse()).real();
}

Complex exponential(const Complex& x) { return std::exp(x); }
Complex logarithm(const Complex& x) { return std::log(x); }
Complex root(const Complex& x) { return std::sqrt(x); }
Complex sine(const Complex& x) { return std::sin(x); }
Complex cosine(const Complex& x) { return std::cos(x); }

double distance(const RowMajor& a, const RowMajor& b) {
  if (a.rows() != b.rows() || a.cols() != b.cols()) return HUGE_VAL;
  const double d = (a - b).norm() / std::max(1.0, b.norm());
  return std::isnan(d) ? HUGE_VAL : d;
}

}  // namespace

TEST_CASE("functions of matrices agree with Eigen", "[dense]") {
  Random random(7);
  for (int n = 1; n <= 6; ++n) {
    const RowMajor a = random_matrix(random, n, n), one = RowMajor::Identity(n, n);
    const RowMajor positive = a * a.transpose() + 0.3 * one, near = 3 * one + a;
    const RowMajor symmetric = a + a.transpose();
    Matrices m;
    m.with("A", a)
        .with("B", near)
        .with("P", positive, Structure::spd)
        .with("S", symmetric, Structure::symmetric);
    INFO("n = " << n);
    CHECK(distance(m("expm(A)"), by_eigenvalues(a, exponential)) < 1e-12);
    CHECK(distance(m("expm(10*A)"), by_eigenvalues(10 * a, exponential)) < 1e-10);
    CHECK(distance(m("sinm(A)"), by_eigenvalues(a, sine)) < 1e-12);
    CHECK(distance(m("cosm(3*A)"), by_eigenvalues(3 * a, cosine)) < 1e-11);
    CHECK(distance(m("logm(B)"), by_eigenvalues(near, logarithm)) < 1e-12);
    CHECK(distance(m("sqrtm(B)"), by_eigenvalues(near, root)) < 1e-12);
    CHECK(distance(m("logm(P)"), by_eigenvalues(positive, logarithm)) < 1e-11);
    CHECK(distance(m("det(A)"), RowMajor::Constant(1, 1, a.determinant())) < 1e-13);
    CHECK(distance(m("logdet(P)"), RowMajor::Constant(1, 1, std::log(positive.determinant()))) < 1e-13);
    CHECK(distance(m("adj(B)"), near.inverse() * near.determinant()) < 1e-12);
    CHECK(distance(m("B^-3"), near.inverse() * near.inverse() * near.inverse()) < 1e-12);
    CHECK(distance(m("chol(P)"), positive.llt().matrixL().toDenseMatrix()) < 1e-13);
    Eigen::SelfAdjointEigenSolver<RowMajor> solver(symmetric);
    CHECK(distance(m("eigvals(S)"), solver.eigenvalues()) < 1e-13);
    CHECK(distance(m("eigmax(S)"), solver.eigenvalues().tail(1)) < 1e-13);
    Eigen::JacobiSVD<RowMajor> svd(a);
    CHECK(distance(m("singval(A)"), svd.singularValues()) < 1e-13);
    CHECK(distance(m("norm2(A)"), svd.singularValues().head(1)) < 1e-13);
    CHECK(distance(m("normnuc(A)"), RowMajor::Constant(1, 1, svd.singularValues().sum())) < 1e-13);
  }
}

TEST_CASE("functions of matrices satisfy what defines them", "[dense]") {
  Random random(11);
  for (int n = 1; n <= 5; ++n) {
    const int k = n % 3 + 1;
    const RowMajor a = random_matrix(random, n, n), c = random_matrix(random, n, k),
                   one = RowMajor::Identity(n, n);
    const RowMajor b = random_matrix(random, k, k) + 3 * RowMajor::Identity(k, k);
    Matrices m;
    m.with("A", a).with("B", b).with("C", c).with("Z", 2 * one + a);
    m.with("S", a + a.transpose(), Structure::symmetric);
    INFO("n = " << n);
    CHECK(distance(m("expm(logm(Z))"), 2 * one + a) < 1e-12);
    CHECK(distance(m("logm(expm(A/2))"), a / 2) < 1e-12);
    CHECK(distance(m("sqrtm(Z)*sqrtm(Z)"), 2 * one + a) < 1e-13);
    CHECK(distance(m("sinm(A)^2 + cosm(A)^2"), one) < 1e-13);
    CHECK(distance(m("Z*sylvester(Z, B, C) + sylvester(Z, B, C)*B"), c) < 1e-13);
    CHECK(distance(m("eigvecs(S)*diag(eigvals(S))*eigvecs(S)'"), a + a.transpose()) < 1e-13);
    CHECK(distance(m("eigvecs(S)'*eigvecs(S)"), one) < 1e-13);
    CHECK(distance(m("S*eigvec(S, 1) - eigval(S, 1)*eigvec(S, 1)"), RowMajor::Zero(n, 1)) < 1e-13);
    CHECK(distance(m("svdu(A)*diag(singval(A))*svdv(A)'"), a) < 1e-13);
    CHECK(distance(m("svdu(A)'*svdu(A)"), one) < 1e-12);
    CHECK(distance(m("polar(A)'*polar(A)"), one) < 1e-13);
    CHECK(distance(m("polar(A)"), m("svdu(A)*svdv(A)'")) < 1e-12);
    CHECK(distance(m("A*adj(A)"), a.determinant() * one) < 1e-13);
    // The four conditions of Penrose, at full rank and at rank 1.
    for (const std::string x : {"C", "C'", "(C*C')", "(C[:, 1]*C[:, 1]')"}) {
      const std::string p = "pinv(" + x + ")";
      CHECK(distance(m((x + "*" + p + "*" + x).c_str()), m((x + "*1").c_str())) < 1e-11);
      CHECK(distance(m((p + "*" + x + "*" + p).c_str()), m(p.c_str())) < 1e-11);
      CHECK(distance(m((x + "*" + p).c_str()), m(("(" + x + "*" + p + ")'").c_str())) < 1e-11);
      CHECK(distance(m((p + "*" + x).c_str()), m(("(" + p + "*" + x + ")'").c_str())) < 1e-11);
    }
  }
}

TEST_CASE("Fréchet derivatives of matrix functions", "[dense]") {
  // Of the exponential: the integral of expm((1-s)X) E expm(sX) over s in [0, 1] (Higham, 2008, (10.15)), by
  // Gauss and Legendre with five nodes on each of eight parts.
  Random random(5);
  const RowMajor x = random_matrix(random, 3, 3), e = random_matrix(random, 3, 3);
  Matrices m;
  m.with("X", x).with("E", e);
  const double node[] = {0, 0.5384693101056831, 0.9061798459386640},
               weight[] = {0.5688888888888889, 0.4786286704993665, 0.2369268850561891};
  RowMajor integral = RowMajor::Zero(3, 3);
  for (int part = 0; part < 8; ++part) {
    for (int k = -2; k <= 2; ++k) {
      const double s = (part + 0.5 + (k < 0 ? -0.5 : 0.5) * node[std::abs(k)]) / 8;
      integral += weight[std::abs(k)] / 16 * by_eigenvalues((1 - s) * x, exponential) * e *
                  by_eigenvalues(s * x, exponential);
    }
  }
  CHECK(distance(m("frechet(expm, X, E)"), integral) < 1e-12);
  // Of the square root: the solution of a Sylvester equation.
  CHECK(distance(m("frechet(sqrtm, X*X' + eye(3), E)"),
                 m("sylvester(sqrtm(X*X' + eye(3)), sqrtm(X*X' + eye(3)), E)")) < 1e-12);
  // The logarithm inverts the exponential.
  CHECK(distance(m("frechet(logm, expm(X/2), frechet(expm, X/2, E))"), e) < 1e-11);
}

// Higham and Relton, Higher order Fréchet derivatives of matrix functions, 2014.
TEST_CASE("Fréchet derivatives of higher order", "[dense]") {
  Random random(6);
  Matrices m;
  for (const char* name : {"X", "E", "F", "G"}) m.with(name, random_matrix(random, 3, 3));
  const auto same = [&](const std::string& a, const std::string& b) {
    INFO(a << " and " << b);
    CHECK(distance(m(a.c_str()), m(b.c_str())) < 1e-11);
  };
  // In commuting directions a product with the derivative of the scalar function.
  same("frechet(expm, X, 2*X, X)", "2*X^2*expm(X)");
  same("frechet(expm, X, X, X, X^2)", "X^4*expm(X)");
  same("frechet(sinm, X, X, X, X, eye(3))", "X^3*sinm(X)");
  // S^2 = Y differentiated twice: S L2 + L2 S = -(L(E) L(F) + L(F) L(E)).
  const std::string y = "(X*X' + eye(3))", l = "frechet(sqrtm, " + y + ", ";
  same(l + "E, F)",
       "sylvester(sqrtm" + y + ", sqrtm" + y + ", -" + l + "E)*" + l + "F) - " + l + "F)*" + l + "E))");
  // expm(logm(Y)) = Y differentiated twice.
  const std::string g = "logm" + y, d = "frechet(logm, " + y + ", ";
  same("frechet(expm, " + g + ", " + d + "E, F))", "-frechet(expm, " + g + ", " + d + "E), " + d + "F))");
  // Symmetric in the directions, and h(X') = h(X)'.
  same("frechet(expm, X, E, F, G)", "frechet(expm, X, G, E, F)");
  same("frechet(cosm, X', E', F')", "frechet(cosm, X, F, E)'");
}

// <g, D dx> = <D*g, dx> in each of the directions.
TEST_CASE("the transposed Fréchet derivative", "[dense]") {
  Random random(7);
  Matrices m;
  for (const char* name : {"X", "E", "F", "G"}) m.with(name, random_matrix(random, 3, 3));
  CHECK(distance(m("[sum(G .* frechet(expm, X, E))]"), m("[sum(frechet(expm, X', G) .* E)]")) < 1e-12);
  for (const char* other : {"[sum(frechet(expm, X', G, F') .* E)]", "[sum(frechet(expm, X', E', G) .* F)]"}) {
    CHECK(distance(m("[sum(G .* frechet(expm, X, E, F))]"), m(other)) < 1e-12);
  }
}

TEST_CASE("matrices without the value that is asked for", "[dense]") {
  Matrices m;
  m.with("A", (RowMajor(2, 2) << 1, 2, 2, 4).finished())
      .with("B", (RowMajor(2, 2) << -1, 0, 0, -2).finished(), Structure::symmetric);
  m.with("I", RowMajor::Identity(3, 3), Structure::symmetric);
  const auto undefined = [&](const char* text) { return std::isnan(m(text).sum()); };
  CHECK(undefined("inv(A)"));
  CHECK(undefined("chol(B)"));
  CHECK(undefined("logm(B)"));
  CHECK(undefined("sqrtm(B)"));
  CHECK(undefined("logdet(A - 5*eye(2))"));
  CHECK(m("det(A)")(0) == 0);
  // The Hilbert matrix of 8 rows: 2.737...e-33 (Choi, Tricks or treats with the Hilbert matrix, 1983).
  RowMajor hilbert(8, 8);
  for (int i = 0; i < 8; ++i) {
    for (int j = 0; j < 8; ++j) hilbert(i, j) = 1.0 / (i + j + 1);
  }
  m.with("H", hilbert);
  CHECK(m("det(H)")(0) == Approx(2.73705e-33).epsilon(1e-4));
  CHECK(distance(m("adj(A)"), (RowMajor(2, 2) << 4, -2, -2, 1).finished()) < 1e-15);
  CHECK(distance(m("eigvals(I)"), RowMajor::Constant(3, 1, 1)) == 0);
  // det(A) has a derivative where A is singular, a repeated eigenvalue has none.
  CHECK(difference(jacobian(m.t.ctx, m.t("det(A)"), m.point, m.point[0].name).entries, {4, -2, -2, 1},
                   1e-14) == "");
  const DensePoint point{m.point[2]};
  const DenseBinding d{point[0].name, {{3, 3}, {0, 1, 0, 1, 0, 0, 0, 0, 0}}};
  CHECK(std::isnan(directional_derivative(m.t.ctx, m.t("eigval(I, 1)"), point, {&d, 1}).entries[0]));
}
