#include <cmath>

#include "bench/hand/hand.h"

namespace nabla::bench::NABLA_HAND {
namespace {

// One observation: its two errors, and their derivatives by the camera (11), the point (3) and the weight.
// The point is turned by Rodrigues' formula, y = a X + b r x X + g r (r'X) with a = cos t, b = sin t/t,
// g = (1 - cos t)/t^2.
inline void observe(const double* camera, const double* point, double weight, const double* seen,
                    double* error, double* rows) {
  const double r[3] = {camera[0], camera[1], camera[2]};
  const double X[3] = {point[0] - camera[3], point[1] - camera[4], point[2] - camera[5]};
  const double focal = camera[6], k1 = camera[9], k2 = camera[10];
  const double square = r[0] * r[0] + r[1] * r[1] + r[2] * r[2];
  double a = 1, b = 1, g = 0.5, db = -1.0 / 3, dg = -1.0 / 12;  // db, dg: derivatives by t, over t
  if (square > 0) {
    const double t = std::sqrt(square), inverse = 1 / square;
    a = std::cos(t);
    b = std::sin(t) / t;
    g = (1 - a) * inverse;
    db = (a - b) * inverse;
    dg = (b - 2 * g) * inverse;
  }
  const double along = r[0] * X[0] + r[1] * X[1] + r[2] * X[2];
  const double turn[3] = {r[1] * X[2] - r[2] * X[1], r[2] * X[0] - r[0] * X[2], r[0] * X[1] - r[1] * X[0]};
  double y[3], slope[3];  // slope: what t adds to the derivative by r
  for (int i = 0; i < 3; ++i) {
    y[i] = a * X[i] + b * turn[i] + g * along * r[i];
    slope[i] = db * turn[i] + dg * along * r[i] - b * X[i];
  }
  const double inverse = 1 / y[2], u = y[0] * inverse, v = y[1] * inverse;
  const double r2 = u * u + v * v, L = 1 + r2 * (k1 + k2 * r2), bend = 2 * (k1 + 2 * k2 * r2);
  const double place[2] = {u, v};
  for (int i = 0; i < 2; ++i) {
    double* const row = rows + 15 * i;
    const double scaled = weight * focal * inverse, cross = scaled * bend * u * v;
    const double p = i == 0 ? scaled * (L + bend * u * u) : cross,
                 q = i == 0 ? cross : scaled * (L + bend * v * v);
    const double w[3] = {p, q, -(p * u + q * v)};  // by the turned point
    const double wr = w[0] * r[0] + w[1] * r[1] + w[2] * r[2];
    const double ws = w[0] * slope[0] + w[1] * slope[1] + w[2] * slope[2];
    const double Xw[3] = {X[1] * w[2] - X[2] * w[1], X[2] * w[0] - X[0] * w[2], X[0] * w[1] - X[1] * w[0]};
    const double rw[3] = {w[1] * r[2] - w[2] * r[1], w[2] * r[0] - w[0] * r[2], w[0] * r[1] - w[1] * r[0]};
    for (int j = 0; j < 3; ++j) {
      row[j] = ws * r[j] + b * Xw[j] + g * (along * w[j] + wr * X[j]);
      const double by_point = a * w[j] + b * rw[j] + g * wr * r[j];
      row[3 + j] = -by_point;
      row[11 + j] = by_point;
    }
    row[6] = weight * L * place[i];
    row[7] = i == 0 ? weight : 0;
    row[8] = i == 0 ? 0 : weight;
    row[9] = weight * focal * r2 * place[i];
    row[10] = row[9] * r2;
    row[14] = focal * L * place[i] + camera[7 + i] - seen[i];
    error[i] = weight * row[14];
  }
}

}  // namespace

void bundle(const Bundle& b, const double* cameras, const double* points, const double* weights,
            double* errors, CompressedRows& J) {
  const std::size_t n = b.observations.size(), first_weight = 11 * b.cameras + 3 * b.points;
  J.starts.clear();
  J.columns.clear();
  J.values.clear();
  J.starts.push_back(0);
  for (std::size_t i = 0; i < n; ++i) {
    const Observation& o = b.observations[i];
    double rows[30];
    observe(cameras + 11 * o.camera, points + 3 * o.point, weights[i], o.at, errors + 2 * i, rows);
    for (int row = 0; row < 2; ++row) {
      J.starts.push_back(J.starts.back() + 15);
      for (std::size_t j = 0; j < 11; ++j) J.columns.push_back(static_cast<int>(11 * o.camera + j));
      for (std::size_t j = 0; j < 3; ++j)
        J.columns.push_back(static_cast<int>(11 * b.cameras + 3 * o.point + j));
      J.columns.push_back(static_cast<int>(first_weight + i));
      for (int j = 0; j < 15; ++j) J.values.push_back(rows[15 * row + j]);
    }
  }
  for (std::size_t i = 0; i < n; ++i) {
    errors[2 * n + i] = 1 - weights[i] * weights[i];
    J.starts.push_back(J.starts.back() + 1);
    J.columns.push_back(static_cast<int>(first_weight + i));
    J.values.push_back(-2 * weights[i]);
  }
}

void bundle_values(const Bundle& b, const double* cameras, const double* points, const double* weights,
                   double* errors, double* values) {
  const std::size_t n = b.observations.size();
  for (std::size_t i = 0; i < n; ++i) {
    const Observation& o = b.observations[i];
    observe(cameras + 11 * o.camera, points + 3 * o.point, weights[i], o.at, errors + 2 * i, values + 30 * i);
  }
  for (std::size_t i = 0; i < n; ++i) {
    errors[2 * n + i] = 1 - weights[i] * weights[i];
    values[30 * n + i] = -2 * weights[i];
  }
}

}  // namespace nabla::bench::NABLA_HAND
