// The functions of <cmath> by their bare names; see nabla_runtime.h.
//
// A call without `std::` also finds the function of this name that goes with its argument: that of lanes
// (nabla_lanes.h), or of a type for automatic differentiation.
#pragma once

#include <cmath>

namespace nabla::rt {

using std::acos;
using std::acosh;
using std::asin;
using std::asinh;
using std::atan;
using std::atan2;
using std::atanh;
using std::cbrt;
using std::ceil;
using std::copysign;
using std::cos;
using std::cosh;
using std::erf;
using std::erfc;
using std::exp;
using std::expm1;
using std::fabs;
using std::floor;
using std::fma;
using std::fmod;
using std::hypot;
using std::lgamma;
using std::log;
using std::log10;
using std::log1p;
using std::log2;
using std::pow;
using std::round;
using std::sin;
using std::sinh;
using std::sqrt;
using std::tan;
using std::tanh;
using std::tgamma;

}  // namespace nabla::rt
