// Newton's method with Eigen: how the failures of O-rings depend on the temperature at launch.
#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <cstdio>

#include "logistic.h"

int main() {
  // Dalal, Fowlkes and Hoadley, Risk Analysis of the Space Shuttle, JASA 84 (1989): degrees Fahrenheit, and
  // whether an O-ring failed.
  constexpr double flights[23][2] = {{66, 0}, {70, 1}, {69, 0}, {68, 0}, {67, 0}, {72, 0}, {73, 0}, {70, 0},
                                     {57, 1}, {63, 1}, {70, 1}, {78, 0}, {67, 0}, {53, 1}, {67, 0}, {75, 0},
                                     {70, 0}, {81, 0}, {76, 0}, {79, 0}, {75, 1}, {76, 0}, {58, 1}};
  Eigen::MatrixXd X(23, 2);
  Eigen::VectorXd y(23);
  for (int i = 0; i < 23; ++i) {
    X(i, 0) = 1;
    X(i, 1) = flights[i][0];
    y(i) = flights[i][1] > 0 ? 1 : -1;
  }
  Eigen::VectorXd w = Eigen::VectorXd::Zero(2), grad(2);
  Eigen::MatrixXd hess(2, 2);
  for (int step = 0; step < 20; ++step) {
    logistic::loss_hess(w, X, y, grad, hess);
    w -= hess.ldlt().solve(grad);
  }
  // The coefficients that glm(failed ~ temperature, binomial) of R prints.
  std::printf("intercept = %.4f, known 15.0429\n", w(0));
  std::printf("temperature = %.4f, known -0.2322\n", w(1));
}
