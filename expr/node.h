// What the store holds: a node is its kind, a small tag, a payload and its operands, all immutable.
//
// Invariants: operands were created before the node, so a Ref is greater than the Refs it is made of and
// ascending order is a topological order; structurally equal nodes are one node, so Ref equality is
// structural equality; `hash` is a fixed function of content, never of address, age or seed.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

namespace nabla {

// A node of one Context. Ref{} is no node.
struct Ref {
  uint32_t id = 0;
  explicit operator bool() const { return id != 0; }
  friend bool operator==(Ref, Ref) = default;
  friend auto operator<=>(Ref, Ref) = default;  // age: a topological order
};

// The first nodes of every Context.
inline constexpr Ref zero{1};
inline constexpr Ref one{2};
inline constexpr Ref minus_one{3};

using ShapeId = uint32_t;
inline constexpr ShapeId scalar_shape = 0;

enum class Kind : uint8_t {
  none,
  // atoms
  number,    // payload: index of the Rational
  constant,  // tag: Constant
  symbol,    // payload: index of the Symbol (a declared name or a dim)
  let,       // payload: number of a let of a Program; opaque to the constructors
  // scalar algebra; sum and product also hold tensors (see sum.h and product.h)
  sum,           // pairs: coefficient (a number), term, …; at most `flat_operands` pairs
  long_sum,      // sub-sums; the shape of the tree is a function of the set of terms
  product,       // [coefficient,] factors
  long_product,  // sub-products, likewise
  power,         // base, exponent
  function,      // tag: Fn; arguments
  opaque,        // payload: index of the Symbol of a `fun`; tag: derivative (see opaque.h); arguments
  // truth values
  truth,       // tag: 0 or 1
  compare,     // tag: Relation; two scalars
  connective,  // tag: Connective; one or two truth values
  select,      // condition, value where it holds, value elsewhere
  // the written form, which nothing folds
  written,  // tag: Written; operands
  // tensors
  fill,        // one scalar; shape: the tensor that has it in every entry
  array,       // the entries, row-major; a constant shape
  entry,       // a tensor and one constant 1-based index per axis: an entry used as a scalar variable
  indexed,     // payload: index of the Labelling; factors, extents, guard offsets (see indexed.h)
  reduce,      // tag: Reduction; payload: Labelling; body, extents
  matpow,      // square matrix, exponent
  reshape,     // tensor; the shape says the rest, axes fused and split in column-major order
  structural,  // tag: Structural; constant factors of an indexed product (delta, iota, shift)
  gather,      // tensor, one integer tensor per gathered axis
  // an operator such as grad(f, x) that `session` evaluates; tag: Operator
  operation,
};

enum class Constant : uint16_t { pi, e, im };
enum class Relation : uint16_t { less, less_equal, equal, not_equal };
enum class Connective : uint16_t { negation, conjunction, disjunction };
// needs: a value, and what asks for something that the value may have lost: written forms; the value itself,
// where it asks for something; and truth values, which hold wherever the value is found.
enum class Written : uint16_t { add, subtract, multiply, divide, negate, power, needs };

// What is known of a scalar's value, from the declared domains upward. A missing bit says nothing.
enum Facts : uint8_t {
  no_facts = 0,
  nonnegative = 1,
  nonpositive = 2,
  nonzero = 4,
  integer_valued = 8,
  complex_valued = 16,
  // Of no value, but known of each node all the same: there is a Kind::operation at or below it.
  has_operation = 32,
  symmetric_value = 64,  // of a square matrix: A' = A
};
constexpr Facts operator|(Facts a, Facts b) { return static_cast<Facts>(int{a} | int{b}); }
constexpr Facts operator&(Facts a, Facts b) { return static_cast<Facts>(int{a} & int{b}); }
constexpr bool is_positive(Facts f) { return (f & nonnegative) && (f & nonzero); }

// Nodes with at most so many operands hold them themselves: a node is then one line of cache.
inline constexpr size_t operands_inside = 8;

struct alignas(64) Node {
  uint64_t hash = 0;
  uint64_t names = 0;  // Bloom filter of the symbols and lets below: a bit that is 0 proves absence
  union {
    Ref few[operands_inside];
    const Ref* list;
  };
  uint32_t count = 0;
  ShapeId shape = scalar_shape;
  uint32_t payload = 0;
  Kind kind = Kind::none;
  Facts facts = no_facts;
  uint16_t tag = 0;

  Node() : few{} {}
  std::span<const Ref> operands() const { return {count <= operands_inside ? few : list, count}; }
  Ref operand(size_t i) const { return operands()[i]; }
};

static_assert(sizeof(Node) == 64);

// A coefficient (a number node) and what it multiplies: one summand.
struct Term {
  Ref coefficient;
  Ref body;
};

// A base and its exponent: one factor.
struct Factor {
  Ref base;
  Ref exponent;
};

inline uint64_t mix(uint64_t a, uint64_t b) {  // a 128-bit multiply folded to 64
  const __uint128_t p = static_cast<__uint128_t>(a ^ 0x9e3779b97f4a7c15u) * (b ^ 0xd6e8feb86659fd93u);
  return static_cast<uint64_t>(p) ^ static_cast<uint64_t>(p >> 64);
}

}  // namespace nabla

template <>
struct std::hash<nabla::Ref> {
  size_t operator()(nabla::Ref r) const noexcept { return nabla::mix(r.id, 1); }
};
