// The residual of a camera with radial distortion against rotation by the quaternion product q X q*/|q|^2,
// and its Jacobian against ADOL-C of both.
#include "reprojection.h"

#include "consumer.h"

namespace {

template <class T>
std::array<T, 4> multiply(const std::array<T, 4>& a, const std::array<T, 4>& b) {
  return {T(a[0] * b[0] - a[1] * b[1] - a[2] * b[2] - a[3] * b[3]),
          T(a[0] * b[1] + a[1] * b[0] + a[2] * b[3] - a[3] * b[2]),
          T(a[0] * b[2] - a[1] * b[3] + a[2] * b[0] + a[3] * b[1]),
          T(a[0] * b[3] + a[1] * b[2] - a[2] * b[1] + a[3] * b[0])};
}

constexpr double f = 520, k1 = -0.11, k2 = 0.013;
constexpr std::array<double, 2> c = {318, 242}, seen = {401, 199};

// x: q, t, X.
template <class T>
std::array<T, 2> residual(const T* x) {
  const std::array<T, 4> q = {x[0], x[1], x[2], x[3]}, conjugate = {x[0], T(-x[1]), T(-x[2]), T(-x[3])};
  const std::array<T, 4> turned = multiply(multiply(q, {T(0.0), x[7], x[8], x[9]}), conjugate);
  const T norm = x[0] * x[0] + x[1] * x[1] + x[2] * x[2] + x[3] * x[3];
  const T z = turned[3] / norm + x[6];
  const T u = (turned[1] / norm + x[4]) / z, v = (turned[2] / norm + x[5]) / z;
  const T r2 = u * u + v * v;
  const T distortion = 1.0 + k1 * r2 + k2 * r2 * r2;
  return {T(f * distortion * u + c[0] - seen[0]), T(f * distortion * v + c[1] - seen[1])};
}

std::array<adouble, 2> generated(const adouble* x) {
  const std::array<adouble, 2> centre = {adouble(c[0]), adouble(c[1])},
                               observed = {adouble(seen[0]), adouble(seen[1])};
  return reprojection::residual<adouble>(array_at<4>(x), array_at<3>(x + 4), array_at<3>(x + 7), f, k1, k2,
                                         centre, observed);
}

}  // namespace

int main() {
  const Rows points = {{0.9, 0.1, -0.3, 0.2, 0.4, -0.2, 3.1, 0.7, 0.5, 1.9},
                       {-2, 0.5, 1.4, 0.3, -0.6, 0.1, 5, 1, -2, 0.5}};
  for (const Point& x : points) {
    const auto q = array_at<4>(x.data());
    const auto t = array_at<3>(x.data() + 4), X = array_at<3>(x.data() + 7);
    const auto r = residual(x.data());
    expect("residual", reprojection::residual(q, t, X, f, k1, k2, c, seen), r);
    const auto result = reprojection::residual_jac(q, t, X, f, k1, k2, c, seen);
    expect("residual with Jacobian", result.value, r);
    const Rows J = adolc_jacobian(x, [](const adouble* a) { return residual(a); });
    expect("Jacobian, quaternion product", result.jac, J);
    expect("Jacobian", result.jac, adolc_jacobian(x, generated));
    const std::array<double, 2> u = {0.3, -1.7};
    Rows transposed(10, std::vector<double>(2));
    for (std::size_t i = 0; i < 2; ++i) {
      for (std::size_t j = 0; j < 10; ++j) transposed[j][i] = J[i][j];
    }
    const auto back = reprojection::residual_vjp(q, t, X, f, k1, k2, c, seen, u);
    expect("value with vjp", back.value, r);
    expect("vjp", back.vjp, times(transposed, {u[0], u[1]}));
  }
  return failures;
}
