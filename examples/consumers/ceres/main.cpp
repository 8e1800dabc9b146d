// Least squares by Ceres, with the Jacobian that Nabla generated.
#include <ceres/problem.h>
#include <ceres/sized_cost_function.h>
#include <ceres/solver.h>

#include <algorithm>
#include <cstdio>

#include "misra.h"

namespace {

class Residual : public ceres::SizedCostFunction<1, 2> {
 public:
  Residual(double x, double y) : x_(x), y_(y) {}

  bool Evaluate(double const* const* parameters, double* residuals, double** jacobians) const override {
    const auto r = misra::residual_grad(std::array<double, 2>{parameters[0][0], parameters[0][1]}, x_, y_);
    residuals[0] = r.value;
    if (jacobians != nullptr && jacobians[0] != nullptr)
      std::copy(r.grad.begin(), r.grad.end(), jacobians[0]);
    return true;
  }

 private:
  double x_, y_;
};

// x and y of NIST's file.
constexpr double data[14][2] = {{77.6, 10.07},  {114.9, 14.73}, {141.1, 17.94}, {190.8, 23.93},
                                {239.9, 29.61}, {289.0, 35.18}, {332.8, 40.02}, {378.4, 44.82},
                                {434.8, 50.76}, {477.3, 55.05}, {536.8, 61.01}, {593.1, 66.40},
                                {689.1, 75.47}, {760.0, 81.78}};

}  // namespace

int main() {
  double b[2] = {500, 0.0001};
  ceres::Problem problem;
  for (const auto& [x, y] : data) problem.AddResidualBlock(new Residual(x, y), nullptr, b);
  ceres::Solver::Options options;
  options.function_tolerance = options.parameter_tolerance = options.gradient_tolerance = 1e-14;
  options.max_num_iterations = 200;
  options.logging_type = ceres::SILENT;
  ceres::Solver::Summary summary;
  ceres::Solve(options, &problem, &summary);
  // Certified values: https://www.itl.nist.gov/div898/strd/nls/data/misra1a.shtml
  std::printf("b1 = %.10e, known 2.3894212918e+02\n", b[0]);
  std::printf("b2 = %.10e, known 5.5015643181e-04\n", b[1]);
  std::printf("sum = %.10e, known 1.2455138894e-01\n", 2 * summary.final_cost);
}
