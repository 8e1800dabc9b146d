#include <cmath>

#include "bench/hand/hand.h"

namespace nabla::bench::NABLA_HAND {

void reprojection(const double* camera, const double* x, double* out) {
  const double focal = camera[0], k1 = camera[1], k2 = camera[2];
  const double q0 = x[0], q1 = x[1], q2 = x[2], q3 = x[3];
  const double X = x[7], Y = x[8], Z = x[9];
  const double s = 1 / (q0 * q0 + q1 * q1 + q2 * q2 + q3 * q3), s2 = 2 * s;

  // The rotation by a quaternion of any length, and its point.
  const double R[3][3] = {{1 - s2 * (q2 * q2 + q3 * q3), s2 * (q1 * q2 - q0 * q3), s2 * (q1 * q3 + q0 * q2)},
                          {s2 * (q1 * q2 + q0 * q3), 1 - s2 * (q1 * q1 + q3 * q3), s2 * (q2 * q3 - q0 * q1)},
                          {s2 * (q1 * q3 - q0 * q2), s2 * (q2 * q3 + q0 * q1), 1 - s2 * (q1 * q1 + q2 * q2)}};
  const double turned[3] = {R[0][0] * X + R[0][1] * Y + R[0][2] * Z, R[1][0] * X + R[1][1] * Y + R[1][2] * Z,
                            R[2][0] * X + R[2][1] * Y + R[2][2] * Z};
  const double inverse = 1 / (turned[2] + x[6]);
  const double u = (turned[0] + x[4]) * inverse, v = (turned[1] + x[5]) * inverse;

  const double r2 = u * u + v * v, L = 1 + r2 * (k1 + k2 * r2), slope = 2 * (k1 + 2 * k2 * r2);
  out[0] = focal * L * u + camera[3] - camera[5];
  out[1] = focal * L * v + camera[4] - camera[6];

  // By (u, v), then by the point in the frame of the camera.
  const double across = focal * slope * u * v;
  const double A[2][2] = {{focal * (L + slope * u * u), across}, {across, focal * (L + slope * v * v)}};
  for (int i = 0; i < 2; ++i) {
    const double a = A[i][0] * inverse, b = A[i][1] * inverse, c = -(a * u + b * v);
    double* const row = out + 2 + 10 * i;
    // By q: that of the quadratic form of q, minus 2 q times the point, over the square of the length.
    const double along = a * turned[0] + b * turned[1] + c * turned[2];
    const double aX = a * X + b * Y + c * Z, bX = b * X - a * Y, cX = c * X - a * Z, cY = c * Y - b * Z;
    row[0] = s2 * (q0 * aX + q3 * bX - q2 * cX + q1 * cY - q0 * along);
    row[1] = s2 * (q1 * (a * X - b * Y - c * Z) + q2 * (b * X + a * Y) + q3 * (c * X + a * Z) + q0 * cY -
                   q1 * along);
    row[2] = s2 * (q2 * (b * Y - a * X - c * Z) + q1 * (b * X + a * Y) + q3 * (c * Y + b * Z) - q0 * cX -
                   q2 * along);
    row[3] = s2 * (q3 * (c * Z - a * X - b * Y) + q1 * (c * X + a * Z) + q2 * (c * Y + b * Z) + q0 * bX -
                   q3 * along);
    row[4] = a;
    row[5] = b;
    row[6] = c;
    for (int j = 0; j < 3; ++j) row[7 + j] = a * R[0][j] + b * R[1][j] + c * R[2][j];
  }
}

}  // namespace nabla::bench::NABLA_HAND
