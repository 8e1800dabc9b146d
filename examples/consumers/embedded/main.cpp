#include <cstdio>

#include "controller.h"

int main() {
  const float target[2] = {1, 1}, links[2] = {1, 1};
  float joints[2] = {0.3F, 1.2F};
  joints_for(target, links, joints);
  // By the law of cosines: the links meet at a right angle, the first along the axis.
  std::printf("q1 = %.5f, known 0\n", static_cast<double>(joints[0]));
  std::printf("q2 = %.5f, known 1.57080\n", static_cast<double>(joints[1]));
}
