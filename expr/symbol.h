// A declared name: its shape, role and what is promised of its value. Two declarations with the same
// content are the same symbol.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "expr/node.h"

namespace nabla {

enum class Role : uint8_t {
  variable,      // var: differentiated by default
  parameter,     // param: data
  extent,        // dim
  function,      // fun: opaque; `arity` arguments
  placeholder,   // argument of a table text or of a bound definition
  differential,  // dX, the differential of a variable; data to everything else
};

enum class Structure : uint8_t {
  none,
  symmetric,
  skew,
  diagonal,
  lower,
  upper,
  spd,
  psd,
  orthogonal,
  toeplitz,
  symtoeplitz,
};

// The words of the language for them, in this order.
inline constexpr const char* structure_words[] = {"",           "symmetric", "skew",       "diagonal",
                                                  "lower",      "upper",     "spd",        "psd",
                                                  "orthogonal", "toeplitz",  "symtoeplitz"};

// The set a scalar (or each entry) lies in. A bound is a scalar expression, or Ref{} for none.
struct Domain {
  Ref lower, upper;
  bool lower_open = false, upper_open = false;
  bool not_zero = false;
  bool integer = false;
  bool any() const { return lower || upper || not_zero || integer; }
  friend bool operator==(const Domain&, const Domain&) = default;
};

struct Symbol {
  std::string name;
  Role role = Role::variable;
  ShapeId shape = scalar_shape;  // of a fun: of its result
  Structure structure = Structure::none;
  Domain domain;
  bool complex = false;
  std::vector<ShapeId> parameters;  // of a fun: the shapes of its arguments
  friend bool operator==(const Symbol&, const Symbol&) = default;
};

}  // namespace nabla
