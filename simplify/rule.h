// Rewrite rules as rows of text in Nabla's own language: `sin(a)^2 + cos(a)^2 -> 1`.
//
// The rows stand in rules_scalar.def and rules_matrix.def; matching, `nabla rules`, the tests and the
// documents read them, and adding a rule is adding a row. In a row lower-case letters stand for any real
// scalars and capital letters for matrices. A rule fires only where `when` is proved. The texts are read by
// the parser and kept as patterns: the canonical form of the text, with its letters as holes, so that a
// pattern looks as the expressions look that it is to meet.
//
// Invariant: a RuleSet does not change and belongs to no Context.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "expr/function.h"
#include "expr/node.h"
#include "expr/number.h"

namespace nabla {

// What a rule does to the set on which the expression has a value. Where both sides have one it is the same.
enum class Domains : uint8_t {
  same,   // each side has a value where the other has
  wider,  // the right side may have values where the left has none, never the other way round
};

struct RuleText {
  std::string_view name;
  std::string_view from, to;
  std::string_view when;  // a condition on the letters; empty: none
  Domains domains = Domains::same;
  std::string_view help;  // one line: the identity, or its source
};

// The rows of the tables.
std::span<const RuleText> scalar_rules();
std::span<const RuleText> matrix_rules();
const RuleText* find_rule(std::string_view name);

// The letters of the rows about scalars, as the holes of their patterns are numbered.
std::span<const std::string_view> rule_letters();

using PatternId = uint16_t;

// A node of the canonical form of a text, with holes.
struct Pattern {
  Kind kind{};                    // symbol: a hole, its number in `tag`
  uint16_t tag = 0;               // as in Node
  uint32_t weight = 0;            // nodes, each letter one
  uint32_t holes = 0;             // bit k: hole k stands at or below
  Rational value;                 // of a number; the coefficient of a product
  std::vector<PatternId> parts;   // operands; terms of a sum, factors of a product, without their numbers
  std::vector<Rational> numbers;  // of the terms of a sum
};

struct Rule {
  const RuleText* text = nullptr;
  PatternId from = 0, to = 0;
  PatternId when = 0;  // 0: no condition
  // What decides quickly that a rule about a product or sum does not apply. Of a product: the heads of its
  // factors (a bit each, see RuleSet::head_bit). Of a sum: for each later term, by how much its heads differ
  // from those of the first one (RuleSet::head_weight, times its exponent_weight); none: not known.
  uint64_t heads = 0;
  std::vector<uint64_t> steps;
};

// Rules in the order of their rows, and where to look for those that a part of an expression may begin.
class RuleSet {
 public:
  // Throws Failure when a text cannot be read, or is of a kind that cannot be matched.
  explicit RuleSet(std::span<const RuleText> rows);

  const Pattern& operator[](PatternId p) const { return patterns_[p]; }
  const Rule& rule(size_t i) const { return rules_[i]; }
  size_t size() const { return rules_.size(); }

  // What a factor is by its head: a function, or one of a few kinds.
  using Key = uint16_t;
  static constexpr Key sum_key = 0, symbolic_power_key = 1, number_power_key = 2, other_key = 3,
                       first_function_key = 4;
  static Key function_key(Fn f) { return static_cast<Key>(first_function_key + static_cast<uint16_t>(f)); }

  static uint64_t head_bit(Key k) { return k == other_key ? 0 : uint64_t{1} << (k % 64); }
  static uint64_t head_weight(Key k) { return mix(k, 0x5eed); }
  // Exponents are counted in 840ths, exact for denominators up to 8; nothing is said of others.
  static uint64_t exponent_weight(const Rational& e) {
    constexpr int64_t parts = 840;
    if (!e.is_small() || parts % e.small_den() != 0) return mix(e.hash(), 1);
    return static_cast<uint64_t>(e.small_num()) * static_cast<uint64_t>(parts / e.small_den());
  }

  // Rules whose left side is a sum, with a term that has a factor of this kind; the term comes first in the
  // pattern, and that factor first in the term.
  std::span<const uint16_t> sums(Key factor) const { return sums_[factor]; }
  // Rules whose left side is a product or a power with a number for exponent, likewise.
  std::span<const uint16_t> products(Key factor) const { return products_[factor]; }
  // Those among them with a number before the product.
  std::span<const uint16_t> numbered_products(Key factor) const { return numbered_[factor]; }
  // Rules about a whole node: a call, a power with a symbolic exponent, a branch.
  std::span<const uint16_t> wholes(Key head) const { return wholes_[head]; }

 private:
  friend class RuleCompiler;
  Key key(PatternId factor) const;
  void index(uint16_t rule);
  void summarize(Rule& rule) const;
  std::optional<uint64_t> heads_of(PatternId product) const;

  std::vector<Pattern> patterns_;
  std::vector<Rule> rules_;
  std::vector<std::vector<uint16_t>> sums_, products_, numbered_, wholes_;
};

// The rows of the tables, read on first use.
const RuleSet& standard_rules();

}  // namespace nabla
