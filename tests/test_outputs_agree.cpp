// One function in every output: arrays of constant size in double and float, C99, plain loops, Eigen, batches
// entry by entry and in loops. The numbers of all are compared with ADOL-C run on the formula written by
// hand, under the address and undefined behaviour sanitizers, at odd addresses, with inputs that share
// memory, at sizes 1 and 4, and for 0 and more points.
#include <catch2/catch.hpp>

#include "codegen/c_generate.h"
#include "codegen/tensor_generate.h"
#include "tests/codegen_model.h"
#include "tests/compile.h"
#include "tests/paths.h"

using namespace nabla;
using namespace nabla::test;

namespace {

std::string model_text(const std::string& n, const std::string& batch) {
  return (n == "n" ? "dim n\n" : "") + std::string("var x : vector[") + n + "]\nvar t\nparam A : matrix[" +
         n + ", " + n + "]\nf(x, t, A) = log(1 + (A*x)'*(A*x)) + t*sum(sin(x .* x)) + norm(x)\n" +
         "derive f wrt x : grad, hess" + batch + "\n";
}

GenerateOptions named(const std::string& name, const std::string& scalar = "template") {
  GenerateOptions options;
  options.name_space = name;
  options.scalar = scalar;
  return options;
}

std::string loops_of(const std::string& text, TensorTarget target, const std::string& name) {
  LoadedModel m(text);
  return generate_tensors(m.ctx, m.model, tensor_entry_points(m.ctx, m.model), target, named(name));
}

// Room for n numbers at an odd address, and a call with workspace where the header asks for it.
std::string with_work(const std::string& header, const std::string& function, const std::string& sizes) {
  return header.find(" " + function + "_work(") == std::string::npos
             ? std::string()
             : ", Room(loops::" + function + "_work(" + sizes + ")).data()";
}

const std::string program = R"code(
// Numbers that begin one place after the allocation, and end with it.
struct Room {
  explicit Room(std::size_t n) : all(n + 1, 7.0) {}
  double* data() { return all.data() + 1; }
  Numbers numbers() const { return {all.begin() + 1, all.end()}; }
  Numbers all;
};

template <class T>
T formula(std::size_t n, const T* x, double t, const Numbers& A) {
  using std::log, std::sin, std::sqrt;
  T inside = 1, waves = 0, squares = 0;
  for (std::size_t i = 0; i < n; ++i) {
    T row = 0;
    for (std::size_t j = 0; j < n; ++j) row += A[i * n + j] * x[j];
    inside += row * row;
    waves += sin(x[i] * x[i]);
    squares += x[i] * x[i];
  }
  return log(inside) + t * waves + sqrt(squares);
}

struct Wanted {
  double value;
  Numbers grad, hess;
};

Wanted by_adolc(const Numbers& x, double t, const Numbers& A) {
  const auto f = [&](const adouble* a) { return std::vector<adouble>{formula(x.size(), a, t, A)}; };
  Wanted w{formula(x.size(), x.data(), t, A), adolc_jacobian(x, f)[0], {}};
  for (const auto& row : adolc_hessian(x, f)) w.hess = joined(w.hess, row);
  return w;
}

template <class G>
void check_all(const char* what, double value, const G& grad, const std::vector<double>& hess, const Wanted& w,
           double tolerance = 1e-11) {
  expect(what, Numbers{value}, Numbers{w.value}, tolerance);
  expect(what, grad, w.grad, tolerance);
  expect(what, hess, w.hess, tolerance);
}

template <class T>
void arrays(const Numbers& x, double t, const Numbers& A, const Wanted& w, double tolerance) {
  std::array<T, 4> xs;
  std::array<std::array<T, 4>, 4> as;
  for (std::size_t i = 0; i < 4; ++i) {
    xs[i] = static_cast<T>(x[i]);
    for (std::size_t j = 0; j < 4; ++j) as[i][j] = static_cast<T>(A[4 * i + j]);
  }
  const auto r = array::f_hess<T>(xs, static_cast<T>(t), as);
  std::vector<double> hess;
  flatten(r.hess, hess);
  check_all("arrays", static_cast<double>(r.value), r.grad, hess, w, tolerance);
  xs = array::f_grad<T>(xs, static_cast<T>(t), as).grad;  // a result may go where an argument is
  expect("into the argument", xs, w.grad, tolerance);
}

void whole(std::ptrdiff_t n, const Numbers& x, double t, const Numbers& A, const Wanted& w) {
  const std::size_t m = size(n);
  Room at(m), matrix_at(m * m), grad(m), hess(m * m);
  std::copy(x.begin(), x.end(), at.data());
  std::copy(A.begin(), A.end(), matrix_at.data());
  const double value = LOOPS_HESS;
  check_all("loops", value, grad.numbers(), hess.numbers(), w);
  Eigen::VectorXd g(n);
  Eigen::MatrixXd h(n, n);
  const double again = eigen::f_hess(vector(x), t, matrix(A, n, n), g, h);
  check_all("Eigen", again, rows_of(g), rows_of(h), w);
}

// Points x, 2x, 3x, …
void batches(std::ptrdiff_t n, std::ptrdiff_t points, const Numbers& x, double t, const Numbers& A) {
  const std::size_t m = size(n), k = size(points);
  Room xs(m * k), ts(k), matrix_at(m * m), value(k), grad(m * k), hess(m * m * k);
  std::copy(A.begin(), A.end(), matrix_at.data());
  for (std::size_t p = 0; p < k; ++p) {
    ts.data()[p] = t;
    for (std::size_t i = 0; i < m; ++i) xs.data()[i * k + p] = static_cast<double>(p + 1) * x[i];
  }
  const auto compare = [&](const char* what) {
    for (std::size_t p = 0; p < k; ++p) {
      Numbers at, g, h;
      for (std::size_t i = 0; i < m; ++i) at.push_back(xs.data()[i * k + p]);
      for (std::size_t i = 0; i < m; ++i) g.push_back(grad.data()[i * k + p]);
      for (std::size_t i = 0; i < m * m; ++i) h.push_back(hess.data()[i * k + p]);
      check_all(what, value.data()[p], g, h, by_adolc(at, t, A), 1e-10);
    }
  };
  if (n == 4) {
    batch::f_hess_batch(points, xs.data(), ts.data(), matrix_at.data(), value.data(), grad.data(), hess.data());
    compare("batch");
    call_c_batch(points, xs.data(), ts.data(), matrix_at.data(), value.data(), grad.data(), hess.data());
    compare("batch in C");
  }
  using Points = Eigen::MatrixXd;  // a row for each point
  const auto columns = [&](Room& r) { return Eigen::Map<Points>(r.data(), points, static_cast<Eigen::Index>(r.numbers().size()) / std::max<std::ptrdiff_t>(points, 1)); };
  if (points > 0) {
    std::fill(value.all.begin(), value.all.end(), 7.0);
    Eigen::VectorXd values(points);
    eigen_batch::f_hess_batch(columns(xs), Eigen::Map<Eigen::VectorXd>(ts.data(), points), matrix(A, n, n), values,
                              columns(grad), columns(hess));
    std::copy(values.begin(), values.end(), value.data());
    compare("batch in Eigen");
    // Blocks of larger matrices, with gaps between columns.
    Points wide_x = Points::Constant(points + 2, static_cast<Eigen::Index>(m), 9.0), wide_grad = wide_x,
           wide_hess = Points::Constant(points + 2, static_cast<Eigen::Index>(m * m), 9.0);
    wide_x.middleRows(1, points) = columns(xs);
    eigen_batch::f_hess_batch(wide_x.middleRows(1, points), Eigen::Map<Eigen::VectorXd>(ts.data(), points), matrix(A, n, n),
                              values, wide_grad.middleRows(1, points), wide_hess.middleRows(1, points), 2);
    columns(grad) = wide_grad.middleRows(1, points);
    columns(hess) = wide_hess.middleRows(1, points);
    compare("blocks in Eigen");
    expect("beside the block", Numbers{wide_grad(0, 0), wide_hess(points + 1, 0)}, Numbers{9, 9});
    // The same function by the matrix that the points share: sums.
    Eigen::MatrixXd by_A(n, n), all = Eigen::MatrixXd::Zero(n, n), one(n, n);
    const double sum = eigen_batch::f_grad_batch_A(columns(xs), Eigen::Map<Eigen::VectorXd>(ts.data(), points), matrix(A, n, n), by_A);
    double wanted = 0;
    for (std::ptrdiff_t p = 0; p < points; ++p) {
      wanted += eigen_batch::f_grad_A(columns(xs).row(p).transpose(), t, matrix(A, n, n), one);
      all += one;
    }
    expect("sum in Eigen", Numbers{sum}, Numbers{wanted});
    expect("its derivative", rows_of(by_A), rows_of(all));
  }
  Room work(loops::f_hess_batch_work(n));
  loops::f_hess_batch(points, n, xs.data(), ts.data(), matrix_at.data(), value.data(), grad.data(), hess.data(),
                      work.data());
  compare("batch of loops");
}

int main() {
  const double t = 0.7;
  for (const std::ptrdiff_t n : {1, 4}) {
    const Numbers x = numbers(n, 2), A = numbers(n * n, 3);
    const Wanted w = by_adolc(x, t, A);
    whole(n, x, t, A, w);
    for (const std::ptrdiff_t points : {0, 1, 5}) batches(n, points, x, t, A);
    if (n == 1) {  // two inputs in one place
      Room grad(1), hess(1);
      Room at(1);
      Room matrix_at(0);
      *at.data() = x[0];
      double* const both = at.data();
      const Wanted same = by_adolc(x, t, x);
      const double value = LOOPS_SHARED;
      check_all("one place for both", value, grad.numbers(), hess.numbers(), same);
      continue;
    }
    arrays<double>(x, t, A, w, 1e-11);
    arrays<float>(x, t, A, w, 1e-4);
    double value, grad[4], hess[16];
    call_c(x.data(), t, A.data(), &value, grad, hess);
    double by_w, wanted = 0, slope = 0;
    for (double v : x) wanted += std::exp(t * v), slope += v * std::exp(t * v);
    expect("sum in C", Numbers{call_c_sums(4, t, x.data(), &by_w)}, Numbers{wanted});
    expect("its derivative", Numbers{by_w}, Numbers{slope});
    check_all("C", value, Numbers(grad, grad + 4), Numbers(hess, hess + 16), w);
  }
  return failures;
}
)code";

}  // namespace

TEST_CASE("outputs: all agree with ADOL-C, under sanitizers", "[codegen][batch][whole]") {
  const auto folder = fresh_folder("outputs");
  LoadedModel fixed(model_text("4", "")), c_model(model_text("4", "")),
      many(model_text("4", ", batch(x, t)")), c_many(model_text("4", ", batch(x, t)")),
      sums("var w, x\ng(w, x) = exp(w*x)\nderive g wrt w : grad, batch(x)\n");
  write_file(folder / "array.h", fixed.header(named("array")));
  write_file(folder / "batch.h", many.header(named("batch")));
  write_file(folder / "c.h", generate_c(c_model.ctx, c_model.model, entry_points(c_model.ctx, c_model.model),
                                        named("c", "double")));
  write_file(
      folder / "c_batch.h",
      generate_c(c_many.ctx, c_many.model, entry_points(c_many.ctx, c_many.model), named("many", "double")));
  write_file(folder / "c_sums.h",
             generate_c(sums.ctx, sums.model, entry_points(sums.ctx, sums.model), named("sums", "double")));
  const std::string loops = loops_of(model_text("n", ", batch(x, t)"), TensorTarget::span, "loops");
  write_file(folder / "loops.h", loops);
  write_file(folder / "eigen.h", loops_of(model_text("n", ""), TensorTarget::eigen, "eigen"));
  write_file(folder / "eigen_batch.h",
             loops_of(model_text("n", ", batch(x, t)") + "derive f wrt A : grad, batch(x, t)\n",
                      TensorTarget::eigen, "eigen_batch"));
  write_file(folder / "c.c", R"(#include "c.h"
#include "c_batch.h"
#include "c_sums.h"
void call_c(const double* x, double t, const double* A, double* v, double* g, double* h);
void call_c(const double* x, double t, const double* A, double* v, double* g, double* h) {
  c_f_hess(x, t, A, v, g, h);
}
void call_c_batch(ptrdiff_t n, const double* x, const double* t, const double* A, double* v, double* g, double* h);
void call_c_batch(ptrdiff_t n, const double* x, const double* t, const double* A, double* v, double* g, double* h) {
  many_f_hess_batch(n, x, t, A, v, g, h);
}
double call_c_sums(ptrdiff_t n, double w, const double* x, double* g);
double call_c_sums(ptrdiff_t n, double w, const double* x, double* g) { return sums_g_grad_batch(n, w, x, g); }
)");
  const std::string tail = ", grad.data(), hess.data()" + with_work(loops, "f_hess", "n") + ")";
  write_file(
      folder / "main.cpp",
      "#include \"array.h\"\n#include \"batch.h\"\n#include \"loops.h\"\n#include \"eigen.h\"\n#include "
      "\"eigen_batch.h\"\n"
      "#include \"whole.h\"\n#define LOOPS_HESS loops::f_hess(n, at.data(), t, matrix_at.data()" +
          tail + "\n#define LOOPS_SHARED loops::f_hess(n, both, t, both" + tail +
          "\nextern \"C\" void call_c(const double*, double, const double*, double*, double*, double*);\n"
          "extern \"C\" void call_c_batch(std::ptrdiff_t, const double*, const double*, const double*, "
          "double*, double*, double*);\n"
          "extern \"C\" double call_c_sums(std::ptrdiff_t, double, const double*, double*);\n" +
          program);
  const std::string sanitized = " -O0 -fsanitize=address,undefined -fno-sanitize-recover=all ";
  const Ran c =
      run("'" + std::string(paths::gxx) + "' -x c -std=c99 -Wall -Wextra -Wconversion -Werror" + sanitized +
              "-c '" + (folder / "c.c").string() + "' -o '" + (folder / "c.o").string() + "'",
          folder);
  INFO(c.output);
  REQUIRE(c.status == 0);
  const std::string binary = (folder / "main").string();
  const Ran built =
      run("'" + std::string(paths::gxx) + "'" + std::string(strict) + sanitized + "-isystem '" +
              std::string(paths::eigen) + "' -I'" + std::string(paths::source) + "/tests/consumers' -I'" +
              folder.string() + "' '" + (folder / "main.cpp").string() + "' '" + (folder / "c.o").string() +
              "' -o '" + binary + "' -ladolc",
          folder);
  INFO(built.output.substr(0, 4000));
  REQUIRE(built.status == 0);
  const Ran ran = run("ASAN_OPTIONS=detect_leaks=0 '" + binary + "'", folder);  // ADOL-C keeps its tapes
  INFO(ran.output.substr(0, 4000));
  CHECK(ran.status == 0);
}

// Jets have no fabs.
TEST_CASE("outputs: numbers may be Jets of Ceres", "[codegen]") {
  LoadedModel m("var x\nf(x) = sigmoid(x) + abs(x)*softplus(x)\nderive f : value, grad\n");
  const auto folder = fresh_folder("jets");
  write_file(folder / "model.h", m.header(named("m")));
  write_file(folder / "main.cpp", R"(#include <ceres/jet.h>
#include "model.h"
int main() {
  using Jet = ceres::Jet<double, 1>;
  const Jet y = m::f(Jet(-0.7, 0));
  const auto g = m::f_grad(-0.7);
  return std::fabs(y.a - g.value) < 1e-14 && std::fabs(y.v[0] - g.grad[0]) < 1e-14 ? 0 : 1;
}
)");
  const std::string binary = (folder / "main").string();
  const Ran built =
      run("'" + std::string(paths::gxx) + "'" + std::string(strict) + "-O0 -isystem '" +
              std::string(paths::eigen) + "' '" + (folder / "main.cpp").string() + "' -o '" + binary + "'",
          folder);
  INFO(built.output.substr(0, 4000));
  REQUIRE(built.status == 0);
  CHECK(run("'" + binary + "'", folder).status == 0);
}

TEST_CASE("outputs: the same bytes from a fresh context, each of them", "[codegen][batch][whole]") {
  const auto all = [] {
    LoadedModel m(model_text("4", ", hess(lower, csr), batch(x, t)"));
    std::string text = m.header(named("a"));
    LoadedModel c(model_text("4", ", hess(csc)"));
    text += generate_c(c.ctx, c.model, entry_points(c.ctx, c.model), named("c", "float"));
    text += loops_of(model_text("n", ", hvp, batch(x, t)"), TensorTarget::span, "b");
    return text + loops_of(model_text("n", ", hvp"), TensorTarget::eigen, "e");
  };
  const std::string first = all();
  LoadedModel other("var a, b, c\nf(a, b, c) = exp(a)*sin(b + c)\nderive f : hess\n");
  (void)other.header();
  CHECK(all() == first);
}
