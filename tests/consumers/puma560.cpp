// The position of the PUMA 560 against the product of its six homogeneous matrices, and its Jacobian against
// ADOL-C of both.
#include "puma560.h"

#include "consumer.h"

namespace {

// The last column of prod_k Rz(theta_k) Tz(d_k) Tx(a_k) Rx(alpha_k), with Denavit-Hartenberg's parameters.
template <class T>
std::array<T, 3> product_of_matrices(const T* theta) {
  const double a[6] = {0, 0.4318, 0.0203, 0, 0, 0};
  const double d[6] = {0.67183, 0.13970, 0, 0.4318, 0, 0.0565};
  const double half_pi = std::acos(0.0);
  const double alpha[6] = {half_pi, 0, -half_pi, half_pi, -half_pi, 0};
  std::array<std::array<T, 4>, 4> m;
  for (std::size_t i = 0; i < 4; ++i) {
    for (std::size_t j = 0; j < 4; ++j) m[i][j] = i == j ? 1.0 : 0.0;
  }
  for (std::size_t k = 0; k < 6; ++k) {
    const T c = cos(theta[k]), s = sin(theta[k]);
    const double ca = std::cos(alpha[k]), sa = std::sin(alpha[k]);
    const T link[4][4] = {{c, T(-s * ca), T(s * sa), T(c * a[k])},
                          {s, T(c * ca), T(-c * sa), T(s * a[k])},
                          {T(0.0), T(sa), T(ca), T(d[k])},
                          {T(0.0), T(0.0), T(0.0), T(1.0)}};
    std::array<std::array<T, 4>, 4> next;
    for (std::size_t i = 0; i < 4; ++i) {
      for (std::size_t j = 0; j < 4; ++j) {
        T sum = 0.0;
        for (std::size_t l = 0; l < 4; ++l) sum += m[i][l] * link[l][j];
        next[i][j] = sum;
      }
    }
    m = next;
  }
  return {m[0][3], m[1][3], m[2][3]};
}

}  // namespace

int main() {
  for (double shift : {0.1, -1.3, 2.9}) {
    Point x;
    for (int k = 0; k < 6; ++k) x.push_back(shift + 0.7 * k * (k % 2 == 0 ? 1 : -1));
    const auto theta = array_at<6>(x.data());
    const auto p = product_of_matrices(x.data());
    const auto result = puma560::position_jac(theta);
    expect("position", puma560::position(theta), p);
    expect("position with Jacobian", result.value, p);
    expect("Jacobian, matrices", result.jac,
           adolc_jacobian(x, [](const adouble* t) { return product_of_matrices(t); }));
    expect("Jacobian", result.jac,
           adolc_jacobian(x, [](const adouble* t) { return puma560::position<adouble>(array_at<6>(t)); }));
    std::array<float, 6> narrow{};
    std::array<long double, 6> wide{};
    for (std::size_t i = 0; i < 6; ++i) {
      narrow[i] = static_cast<float>(x[i]);
      wide[i] = x[i];
    }
    expect("float", puma560::position_jac(narrow).jac, result.jac, 1e-3);
    expect("long double", puma560::position_jac(wide).jac, result.jac, 1e-12);
  }
  return failures;
}
