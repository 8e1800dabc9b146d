// The expression store: an arena of immutable, hash-consed nodes and the constructors that keep them
// canonical (sum.cpp, product.cpp, power.cpp, function_node.cpp).
//
// Invariants: see node.h. The constructors fold numbers, flatten, order by structural hash and collect,
// in O(n log n), and never expand; what they return depends on the content of their arguments only, so
// the same input gives the same expression in a fresh context and after a thousand other statements.
// A Context belongs to one thread at a time; distinct Contexts are independent.
#pragma once

#include <deque>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "expr/budget.h"
#include "expr/function.h"
#include "expr/labelling.h"
#include "expr/limits.h"
#include "expr/node.h"
#include "expr/number.h"
#include "expr/shape.h"
#include "expr/symbol.h"

namespace nabla {

// A sum or product with more operands than this is a tree of shared parts.
inline constexpr size_t flat_operands = 32;

class Context {
 public:
  explicit Context(const Limits& limits = {});
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  const Limits& limits() const { return limits_; }
  Budget& budget() { return budget_; }

  // --- reading -------------------------------------------------------------------------------------
  const Node& operator[](Ref r) const { return chunks_[r.id >> chunk_bits][r.id & (chunk_size - 1)]; }
  std::span<const Ref> operands(Ref r) const { return (*this)[r].operands(); }
  Kind kind(Ref r) const { return (*this)[r].kind; }
  bool is_number(Ref r) const { return kind(r) == Kind::number; }
  const Rational& value(Ref number) const { return numbers_[(*this)[number].payload]; }
  const Symbol& symbol(Ref r) const { return symbols_[(*this)[r].payload]; }  // of a symbol or opaque call
  const Shape& shape(ShapeId id) const { return shapes_[id]; }
  const Shape& shape_of(Ref r) const { return shapes_[(*this)[r].shape]; }
  bool is_function(Ref r, Fn f) const {
    return kind(r) == Kind::function && (*this)[r].tag == static_cast<uint16_t>(f);
  }
  Fn function_of(Ref r) const { return static_cast<Fn>((*this)[r].tag); }
  uint32_t size() const { return size_; }  // nodes alive; every Ref is below it
  size_t bytes() const;

  // Structural order: by hash, ties by structure. A fixed function of content.
  int compare_structure(Ref a, Ref b) const;

  // --- atoms ---------------------------------------------------------------------------------------
  Ref number(const Rational& v);
  Ref number(int64_t v) { return number(Rational(v)); }
  Ref constant(Constant c);
  Ref symbol(const Symbol& s);
  Ref variable(std::string name);  // a real scalar variable
  Ref let(uint32_t index, ShapeId shape = scalar_shape, Facts facts = no_facts);
  Ref truth(bool v);

  // --- scalar algebra ------------------------------------------------------------------------------
  Ref sum(std::span<const Term> terms, ShapeId shape = scalar_shape);
  Ref collect_sum(std::span<const Term> terms, ShapeId shape);  // without the orientation of matrices
  Ref sum(std::span<const Ref> terms);
  Ref add(Ref a, Ref b);
  Ref subtract(Ref a, Ref b);
  Ref negate(Ref a) { return scale(minus_one, a); }
  Ref scale(Ref number, Ref a);
  Ref product(std::span<const Ref> factors);
  Ref product(Ref coefficient, std::span<const Ref> factors);
  // The same as coefficient and body, for a sum to take in: a product that only a sum needs is never made.
  Term product_term(Ref coefficient, std::span<const Ref> factors);
  Ref multiply(Ref a, Ref b);
  Ref divide(Ref a, Ref b) { return multiply(a, power(b, minus_one)); }
  Ref power(Ref base, Ref exponent);
  Ref power(Ref base, int64_t exponent) { return power(base, number(exponent)); }
  Ref sqrt(Ref a);
  Ref function(Fn f, std::span<const Ref> arguments);
  Ref function(Fn f, std::initializer_list<Ref> arguments) {
    return function(f, std::span<const Ref>(arguments.begin(), arguments.size()));
  }
  Ref compare(Relation relation, Ref a, Ref b);
  Ref negation(Ref condition);
  Ref conjunction(Ref a, Ref b);
  Ref disjunction(Ref a, Ref b);
  Ref select(Ref condition, Ref then, Ref otherwise);

  // A call of an opaque function, differentiated `orders[k]` times in argument k. One of scalars takes
  // tensors of one shape too and is applied entry by entry; tensor_opaque (expr/tensor.h) brings these into
  // one form.
  Ref opaque(Ref function, std::span<const uint16_t> orders, std::span<const Ref> arguments);
  std::span<const uint16_t> orders(Ref opaque) const { return orders_[(*this)[opaque].tag]; }
  Ref opaque_function(Ref opaque) const;   // the symbol that is called
  bool is_of_scalars(Ref function) const;  // of an opaque function or a call: scalars to a scalar

  // --- the pieces of sums and products, tree or not ---------------------------------------------------
  Term split_coefficient(Ref e);       // e = coefficient * body
  Factor split_exponent(Ref e) const;  // e = base ^ exponent
  // Appends the terms of a sum (any e is the sum of itself), looking through long sums.
  void append_terms(Ref e, std::vector<Term>& out);
  // Appends the factors of a product, the coefficient (if not 1) first, looking through long products.
  void append_factors(Ref e, std::vector<Ref>& out) const;

  // --- any node ------------------------------------------------------------------------------------
  // Finds or makes the node with this content. The caller guarantees canonical form.
  Ref intern(Kind kind, uint16_t tag, uint32_t payload, uint64_t payload_hash, ShapeId shape,
             std::span<const Ref> operands, Facts facts = no_facts);
  // The same node with other operands, through the constructor of its kind: the step of a substitution.
  Ref rebuild(Ref e, std::span<const Ref> operands);
  Ref written(Written op, std::span<const Ref> operands);
  Ref written_function(Fn f, std::span<const Ref> arguments);
  // Branches that are equal stay two: what the condition needs is asked for.
  Ref written_select(Ref condition, Ref then, Ref otherwise);
  Ref zeros(ShapeId shape) { return shape == scalar_shape ? zero : fill(zero, shape); }
  Ref fill(Ref scalar, ShapeId shape);
  Ref array(std::span<const Ref> entries, ShapeId shape);
  Ref entry(Ref tensor, std::span<const Ref> indices);
  uint32_t labelling_id(const Labelling& labelling);
  const Labelling& labelling(Ref r) const { return labellings_[(*this)[r].payload]; }  // of indexed, reduce
  ShapeId shape_id(const Shape& shape);

  // --- memory --------------------------------------------------------------------------------------
  // keep() drops every node made since the mark except those below `roots` and below pinned nodes, and
  // rewrites `roots` in place. Symbols, shapes and pinned nodes survive.
  uint32_t mark() const { return size_; }
  void keep(uint32_t mark, std::span<Ref*> roots);
  // A pin holds a Ref across keep(); caches of parsed table texts live in pins.
  using Pin = uint32_t;
  Pin pin(Ref r);
  Ref pinned(Pin p) const { return pins_[p]; }

  // Another text for a function's differential than its row has (for checking the checks).
  void set_differential(Fn f, std::string text) {
    differentials_[f] = std::move(text);
    ++differentials_version_;
  }
  std::string_view differential(Fn f) const;
  uint32_t differentials_version() const { return differentials_version_; }
  // Caches of higher layers, keyed by a text they choose; the values are pins.
  std::unordered_map<std::string, Pin>& cache() { return cache_; }

 private:
  static constexpr uint32_t chunk_bits = 14;
  static constexpr uint32_t chunk_size = 1u << chunk_bits;
  static constexpr size_t pool_block = size_t{1} << 16;

  struct PoolBlock {
    std::unique_ptr<Ref[]> data;
    size_t capacity;
    size_t used;
  };

  Ref* pool_allocate(size_t n);
  void grow_table();
  template <class Same>
  uint32_t find(uint64_t hash, Same same) const;
  Ref insert(uint64_t hash, const Node& content, std::span<const Ref> operands);
  void truncate(uint32_t mark);
  uint64_t content_hash(Kind kind, uint16_t tag, uint64_t payload_hash, ShapeId shape,
                        std::span<const Ref> operands) const;
  ShapeId opaque_shape(Ref function, std::span<const uint16_t> orders, std::span<const Ref> arguments);
  uint32_t orders_id(std::span<const uint16_t> orders);
  Ref exact_value(Fn f, Ref argument);
  Ref fold_function(Fn f, std::span<const Ref> arguments);

  Limits limits_;
  Budget budget_;
  std::vector<std::unique_ptr<Node[]>> chunks_;
  uint32_t size_ = 0;
  std::vector<PoolBlock> pool_;
  std::vector<uint64_t> table_;  // high 32 bits: of the hash; low 32: id; 0 is free
  std::vector<Rational> numbers_;
  // Deques, so that references to their elements stay valid when more are added.
  std::deque<Symbol> symbols_;
  std::deque<Shape> shapes_;
  std::vector<uint64_t> shape_hashes_;
  std::unordered_multimap<uint64_t, ShapeId> shape_index_;
  std::deque<Labelling> labellings_;
  std::unordered_multimap<uint64_t, uint32_t> labelling_index_;
  std::unordered_multimap<uint64_t, uint32_t> symbol_index_;
  std::vector<std::vector<uint16_t>> orders_;
  std::vector<Ref> pins_;
  std::unordered_map<Fn, std::string> differentials_;
  uint32_t differentials_version_ = 0;
  std::unordered_map<std::string, Pin> cache_;
  // Exact values (argument, value) of each function, read from its row on first use.
  std::unordered_map<Fn, std::vector<std::pair<Pin, Pin>>> exact_;
};

}  // namespace nabla
