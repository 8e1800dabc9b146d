// Inverse kinematics by Newton's method for a small controller: float, fixed sizes, no heap, no exceptions.
#include "controller.h"

#include "arm.h"

void joints_for(const float target[2], const float links[2], float joints[2]) {
  std::array<float, 2> q = {joints[0], joints[1]};
  const std::array<float, 2> l = {links[0], links[1]};
  for (int step = 0; step < 20; ++step) {
    const auto hand = arm::hand_jac(q, l);
    const float dx = target[0] - hand.value[0], dy = target[1] - hand.value[1];
    const auto& J = hand.jac;
    const float det = J[0][0] * J[1][1] - J[0][1] * J[1][0];
    q[0] += (J[1][1] * dx - J[0][1] * dy) / det;
    q[1] += (J[0][0] * dy - J[1][0] * dx) / det;
  }
  joints[0] = q[0];
  joints[1] = q[1];
}
