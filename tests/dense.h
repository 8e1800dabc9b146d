// Names with extents that are symbols, and comparison of arrays of numbers.
#pragma once

#include <algorithm>
#include <cctype>
#include <cmath>
#include <initializer_list>
#include <string>
#include <vector>

#include "expr/substitute.h"
#include "tests/texts.h"

namespace nabla::test {

// Declares "S matrix n n symmetric" and the like: extents are numbers or names of dims.
inline Ref declare(Texts& t, const char* name, std::initializer_list<const char*> extents,
                   Structure structure = Structure::none, bool positive = false) {
  Symbol s;
  s.name = name;
  s.structure = structure;
  if (positive) {
    s.domain.lower = zero;
    s.domain.lower_open = true;
  }
  Shape shape;
  for (const char* e : extents) {
    if (std::isdigit(static_cast<unsigned char>(e[0]))) {
      shape.extents.push_back(t(e));
      continue;
    }
    Symbol dim;
    dim.name = e;
    dim.role = Role::extent;
    dim.domain.lower = one;
    dim.domain.integer = true;
    const Ref d = t.ctx.symbol(dim);
    t.names.declare_symbol(e, d);
    shape.extents.push_back(d);
  }
  s.shape = t.ctx.shape_id(shape);
  const Ref r = t.ctx.symbol(s);
  t.names.declare_symbol(name, r);
  return r;
}

inline std::vector<Ref> names_in(Texts& t, std::initializer_list<Ref> list) {
  std::vector<Ref> names;
  for (Ref e : list) {
    for (Ref s : symbols_of(t.ctx, e)) names.push_back(s);
  }
  return names;
}

inline bool close(double a, double b, double tolerance, double scale = 0) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  return std::abs(a - b) <= tolerance * std::max({std::abs(a), std::abs(b), scale});
}

// Empty if equal, else a description.
inline std::string difference(const std::vector<double>& a, const std::vector<double>& b, double tolerance) {
  if (a.size() != b.size()) return std::to_string(a.size()) + " entries, not " + std::to_string(b.size());
  double scale = 1e-4;  // what cancels is not compared relatively
  for (double v : b) scale = std::max(scale, std::abs(v));
  for (size_t i = 0; i < a.size(); ++i) {
    if (close(a[i], b[i], tolerance, scale)) continue;
    return "entry " + std::to_string(i) + " is " + std::to_string(a[i]) + ", not " + std::to_string(b[i]);
  }
  return {};
}

}  // namespace nabla::test
