#include "generated/bundle.h"

#include <algorithm>
#include <memory>

#include "bench/codegen/formula.h"
#include "bench/hand/hand.h"

namespace nabla::bench::codegen {
namespace {

constexpr std::size_t cameras = 49, points = 7776, n = 31843;  // those of ADBench's first problem
constexpr std::size_t columns = 15, values = 3 * n, nonzeros = 2 * columns * n + n;

struct Data {
  Bundle bundle;
  std::vector<std::array<double, 11>> camera;
  std::vector<std::array<double, 3>> point;
  std::vector<double> weight;
};

// x: camera, point, weight
struct Formula {
  template <class T, class S>
  static void residual(const T* x, const S& seen_x, const S& seen_y, T* y) {
    using std::cos, std::sin, std::sqrt;
    const T p[3] = {x[11] - x[3], x[12] - x[4], x[13] - x[5]};
    const T square = x[0] * x[0] + x[1] * x[1] + x[2] * x[2], t = sqrt(square);  // not 0 here
    const T c = cos(t), s = sin(t), inverse = 1.0 / t;
    const T w[3] = {x[0] * inverse, x[1] * inverse, x[2] * inverse};
    const T along = (w[0] * p[0] + w[1] * p[1] + w[2] * p[2]) * (1.0 - c);
    const T X = p[0] * c + (w[1] * p[2] - w[2] * p[1]) * s + w[0] * along;
    const T Y = p[1] * c + (w[2] * p[0] - w[0] * p[2]) * s + w[1] * along;
    const T Z = p[2] * c + (w[0] * p[1] - w[1] * p[0]) * s + w[2] * along;
    const T u = X / Z, v = Y / Z, r2 = u * u + v * v;
    const T scale = x[6] * (1.0 + x[9] * r2 + x[10] * r2 * r2);
    y[0] = x[14] * (scale * u + x[7] - seen_x);
    y[1] = x[14] * (scale * v + x[8] - seen_y);
  }
  // With the observed point as two more inputs, so that one tape serves all observations.
  template <class T>
  void operator()(const T* x, T* y) const {
    residual(x, x[columns], x[columns + 1], y);
  }
};

std::shared_ptr<const Data> data_of_bundle() {
  Random random;
  Data data{{cameras, points, {}}, {}, {}, {}};
  for (std::size_t i = 0; i < cameras; ++i) {
    std::array<double, 11> c;
    for (std::size_t j = 0; j < 6; ++j) c[j] = random.uniform(-0.3, 0.3);
    c[6] = random.uniform(400, 600);
    c[7] = c[8] = random.uniform(-5, 5);
    c[9] = random.uniform(-0.1, 0.1);
    c[10] = random.uniform(-0.01, 0.01);
    data.camera.push_back(c);
  }
  for (std::size_t i = 0; i < points; ++i) {
    data.point.push_back({random.uniform(-1, 1), random.uniform(-1, 1), random.uniform(3, 6)});
  }
  data.weight = uniform(random, n, 0.5, 1);
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t camera = random.below(cameras), point = random.below(points);
    const double x = random.uniform(-100, 100), y = random.uniform(-100, 100);
    data.bundle.observations.push_back({camera, point, {x, y}});
  }
  return std::make_shared<const Data>(std::move(data));
}

// evaluate(i, residuals of observation i, two rows of 15) for all, then the weights' own.
template <class F>
void for_all(const Data& data, double* out, const F& evaluate) {
  double* const J = out + values;
  for (std::size_t i = 0; i < n; ++i) evaluate(i, out + 2 * i, J + 2 * columns * i);
  for (std::size_t i = 0; i < n; ++i) {
    out[2 * n + i] = 1 - data.weight[i] * data.weight[i];
    J[2 * columns * n + i] = -2 * data.weight[i];
  }
}

std::array<double, columns + 2> inputs(const Data& data, std::size_t i) {
  const Observation& o = data.bundle.observations[i];
  std::array<double, columns + 2> x;
  std::copy(data.camera[o.camera].begin(), data.camera[o.camera].end(), x.begin());
  std::copy(data.point[o.point].begin(), data.point[o.point].end(), x.begin() + 11);
  x[14] = data.weight[i];
  x[15] = o.at[0];
  x[16] = o.at[1];
  return x;
}

namespace pattern = ::bundle::f_jac_csr_pattern;  // of two rows; two of their entries are always 0

// Blocks of observations, whose cameras and points are gathered first: entry k for observation p at
// [k*block + p], as the functions over many points take them.
struct Generated {
  std::shared_ptr<const Data> data;
  std::shared_ptr<std::vector<double>> numbers =
      std::make_shared<std::vector<double>>(std::size_t{pattern::nonzeros} * n + n);

  void operator()(double* out) const {
    constexpr std::size_t most = 128;
    double camera[11 * most], point[3 * most], seen[2 * most];
    double* const J = numbers->data();
    for (std::size_t first = 0; first < n; first += most) {
      const std::size_t block = std::min(most, n - first);
      for (std::size_t p = 0; p < block; ++p) {
        const Observation& o = data->bundle.observations[first + p];
        for (std::size_t k = 0; k < 11; ++k) camera[k * block + p] = data->camera[o.camera][k];
        for (std::size_t k = 0; k < 3; ++k) point[k * block + p] = data->point[o.point][k];
        for (std::size_t k = 0; k < 2; ++k) seen[k * block + p] = o.at[k];
      }
      ::bundle::f_jac_csr_batch(signed_size(block), camera, point, data->weight.data() + first, seen,
                                out + 2 * first, J + std::size_t{pattern::nonzeros} * first);
    }
    ::bundle::regular_jac_csr_batch(signed_size(n), data->weight.data(), out + 2 * n,
                                    J + std::size_t{pattern::nonzeros} * n);
  }

  // The numbers to where they are in rows of 15.
  void deliver(double* out) const {
    double* const J = out + values;
    std::fill_n(J, 2 * columns * n, 0.0);
    const double* next = numbers->data();
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t row = 0; row < 2; ++row) {
        for (int k = pattern::row_ptr[row]; k < pattern::row_ptr[row + 1]; ++k)
          J[columns * (2 * i + row) +
            static_cast<std::size_t>(pattern::col_idx[static_cast<std::size_t>(k)])] = *next++;
      }
    }
    std::copy_n(next, n, J + 2 * columns * n);
  }
};

void by_adolc(const Data& data, const Tape& tape, double* out) {
  for_all(data, out, [&](std::size_t i, double* y, double* rows) {
    double all[2 + 2 * (columns + 2)];
    tape.jacobian(inputs(data, i).data(), all);
    for (std::size_t k = 0; k < 2; ++k) {
      y[k] = all[k];
      std::copy_n(all + 2 + (columns + 2) * k, columns, rows + columns * k);
    }
  });
}

void by_jets(const Data& data, double* out) {
  using Jet = ceres::Jet<double, columns>;
  for_all(data, out, [&](std::size_t i, double* y, double* rows) {
    const auto point = inputs(data, i);
    Jet x[columns], result[2];
    for (std::size_t j = 0; j < columns; ++j) x[j] = Jet(point[j], static_cast<int>(j));
    Formula::residual(x, point[15], point[16], result);
    for (std::size_t k = 0; k < 2; ++k) {
      y[k] = result[k].a;
      for (std::size_t j = 0; j < columns; ++j) rows[columns * k + j] = result[k].v[static_cast<int>(j)];
    }
  });
}

void function_alone(const Data& data, double* out) {
  for (std::size_t i = 0; i < n; ++i) {
    const auto x = inputs(data, i);
    Formula{}(x.data(), out + 2 * i);
    out[2 * n + i] = 1 - data.weight[i] * data.weight[i];
  }
}

}  // namespace

Workload bundle() {
  const std::shared_ptr<const Data> data = data_of_bundle();
  const double *const c = data->camera[0].data(), *const p = data->point[0].data();
  const auto J = std::make_shared<CompressedRows>();
  Workload w{.what =
                 "bundle adjustment (ADBench BA), 31,843 residuals: Jacobian into fixed CSR (by hand: rows "
                 "appended; fast: "
                 "fixed CSR)",
             .values = values,
             .outputs = values + nonzeros,
             .target = 0.5,
             .baseline = By::hand,
             .adolc_over = 984 / 8.36,
             .others = "CasADi 0.82, Tapenade 2.3, CppAD 8.8",
             .remark = "without the two entries in 30 of an observation that are always 0"};
  const Generated generated{data};
  w.add(By::nabla, generated);
  w.candidates.back().deliver = [generated](double* out) { generated.deliver(out); };
  w.add(By::hand,
        [data, c, p, J](double* out) { hand::bundle(data->bundle, c, p, data->weight.data(), out, *J); });
  w.candidates.back().deliver = [J](double* out) {
    std::copy(J->values.begin(), J->values.end(), out + values);
  };
  w.add(By::hand_fast, [data, c, p](double* out) {
    hand_fast::bundle_values(data->bundle, c, p, data->weight.data(), out, out + values);
  });
  const auto first = inputs(*data, 0);
  w.add(By::adolc, [data, tape = Tape({first.begin(), first.end()}, 2, Formula{})](double* out) {
    by_adolc(*data, tape, out);
  });
  w.add(By::jets, [data](double* out) { by_jets(*data, out); });
  w.add(By::function, [data](double* out) { function_alone(*data, out); });
  return w;
}

}  // namespace nabla::bench::codegen
