#include "expr/coprime.h"

#include <algorithm>

namespace nabla {
namespace {

using Residue = Modulus::Residue;
using Univariate = std::vector<Residue>;  // coefficients, the lowest first; the last is not 0

constexpr uint64_t most_degree = 64;

uint64_t degree(const ImagePolynomial& p, size_t variable, size_t variables) {
  uint64_t most = 0;
  for (size_t i = variable; i < p.exponents.size(); i += variables) most = std::max(most, p.exponents[i]);
  return most;
}

// With residues for the other variables. Empty: the highest coefficient vanishes.
Univariate image(const ImagePolynomial& p, size_t variable, uint64_t degree,
                 const std::vector<Residue>& point) {
  const Modulus& m = image_modulus;
  const size_t variables = point.size();
  Univariate result(degree + 1);
  for (size_t t = 0; t < p.coefficients.size(); ++t) {
    Residue c = p.coefficients[t];
    for (size_t v = 0; v < variables; ++v) {
      const uint64_t e = p.exponents[t * variables + v];
      if (v != variable && e != 0) c = m.multiply(c, e == 1 ? point[v] : m.power(point[v], e));
    }
    Residue& sum = result[p.exponents[t * variables + variable]];
    sum = m.add(sum, c);
  }
  if (result.back() == 0) result.clear();
  return result;
}

// By Euclid's algorithm, up to units.
bool have_constant_gcd(Univariate a, Univariate b) {
  const Modulus& m = image_modulus;
  if (a.size() < b.size()) a.swap(b);
  while (b.size() > 1) {
    const Residue inverse = m.inverse(b.back());
    while (a.size() >= b.size()) {
      const Residue q = m.multiply(a.back(), inverse);
      const size_t shift = a.size() - b.size();
      for (size_t i = 0; i < b.size(); ++i) a[i + shift] = m.subtract(a[i + shift], m.multiply(q, b[i]));
      while (!a.empty() && a.back() == 0) a.pop_back();
    }
    a.swap(b);
  }
  return b.size() == 1;
}

}  // namespace

// A common factor that contains a variable v has its degree in v in the image, too, where the highest
// coefficient of a or of b does not vanish, because its own one divides both; and it divides both images.
bool are_coprime(const ImagePolynomial& a, const ImagePolynomial& b, size_t variables) {
  std::vector<Residue> point(variables);
  for (size_t v = 0; v < variables; ++v)
    point[v] = image_modulus.from(0x9e3779b97f4a7c15u * (2 * uint64_t{v} + 1));
  for (size_t v = 0; v < variables; ++v) {
    const uint64_t of_a = degree(a, v, variables), of_b = degree(b, v, variables);
    if (of_a == 0 || of_b == 0) continue;
    if (of_a > most_degree || of_b > most_degree) return false;
    Univariate x = image(a, v, of_a, point), y = image(b, v, of_b, point);
    if (x.empty() || y.empty() || !have_constant_gcd(std::move(x), std::move(y))) return false;
  }
  return true;
}

}  // namespace nabla
