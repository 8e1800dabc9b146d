#include <cmath>

#include "bench/codegen/workload.h"

namespace nabla::bench::codegen {

// The sum of twelve numbers of [0, 1) has deviation 1.
double Random::normal() {
  double sum = -6;
  for (int i = 0; i < 12; ++i) sum += next();
  return sum;
}

std::vector<double> uniform(Random& random, std::size_t n, double from, double to) {
  std::vector<double> v(n);
  for (double& x : v) x = random.uniform(from, to);
  return v;
}

std::vector<double> normal(Random& random, std::size_t n, double deviation) {
  std::vector<double> v(n);
  for (double& x : v) x = deviation * random.normal();
  return v;
}

}  // namespace nabla::bench::codegen
