// The printed form: what a text says, as a DAG of operators and leaves, before it is spelled in ASCII,
// Unicode or LaTeX. Internal to the printers and to what counts nodes; print_tensor.cpp adds the forms of
// tensor nodes.
//
// The canonical store knows sums with coefficients and products of powers; a form knows x/(2*y), sqrt(6),
// 2*(x + y) and the order in which a person writes terms. Invariants: equal forms are one form, so a form is
// a function of what is printed alone, never of the age of the Context; the parts of a form have smaller ids.
// What a form says, read back, is the same Ref (LaTeX is not read back).
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "expr/context.h"
#include "expr/walk.h"

namespace nabla {

using FormId = uint32_t;  // 0: none

// How tightly a form binds, loosest first, by the table of docs/language.md.
enum class Binding : uint8_t {
  conditional,
  disjunction,
  conjunction,
  negation,
  comparison,
  range,
  sum,
  product,
  sign,
  power,
  postfix,
  atom,
};

enum class FormKind : uint8_t {
  none,
  number,        // an integer; text
  name,          // text
  sum,           // terms; a marked one is subtracted
  product,       // factors
  quotient,      // dividend, divisor
  power,         // base, exponent
  dot_power,     // the same entry by entry
  negate,        // one operand; tag 1: written so, and never opened
  root,          // sqrt of one operand
  call,          // text; arguments. tag: the row of the function table, + 1
  long_sum,      // parts: long_sum, sum and single terms
  long_product,  // parts: long_product, factors and single factors; a marked one divides
  factors,       // a part of a long_product
  compare,       // tag: Relation, or `greater` and `greater_equal` below; two sides
  logical_not,
  logical_and,
  logical_or,
  conditional,  // condition, value, other value
  index,        // x[1, 2]: base, indices
  array,        // entries, row-major; tag: entries in a row (0: a column vector)
  mix,          // anything else: texts and parts alternating (Forms::pieces)
};
inline constexpr uint32_t differential_tag = 3;  // of a name
inline constexpr uint32_t greater_tag = 4, greater_equal_tag = 5;

struct Edge {
  uint32_t bits = 0;
  Edge() = default;
  Edge(FormId id, bool marked) : bits((id << 1) | marked) {}  // NOLINT: a pair
  FormId id() const { return bits >> 1; }
  bool marked() const { return (bits & 1) != 0; }
};

// The first bytes of what is compared when people's order is asked for; see print_order.cpp.
using Head = std::array<unsigned char, 24>;

struct Form {
  uint64_t hash = 0;
  uint64_t nodes = 0;  // tree nodes as language.md counts them; saturates
  Head head{};
  float degree = 0;               // as a polynomial in its symbols, roughly
  uint32_t first = 0, count = 0;  // edges
  uint32_t text = 0;
  uint32_t tag = 0;
  FormKind kind{};
  Binding binding = Binding::atom;
  bool numeric : 1 = false;         // contains no symbol
  bool rational : 1 = false;        // a number, or a quotient of numbers
  bool leading_minus : 1 = false;   // its text begins with '-'
  bool leading_number : 1 = false;  // its text begins with digits
  bool local : 1 = false;           // mentions the index of a comprehension outside, so it cannot be moved
};

// A piece of Forms::pieces: a text in the three spellings, or a part that needs parentheses below `least`.
struct Piece {
  FormId part = 0;
  Binding least = Binding::conditional;
  std::string_view ascii, unicode, latex;  // unicode, latex: without data for "the same as ascii"
  static Piece text(std::string_view ascii, std::string_view unicode = {}, std::string_view latex = {}) {
    return {0, Binding::atom, ascii, unicode, latex};
  }
  static Piece form(FormId part, Binding least) { return {part, least, {}, {}, {}}; }
};

class Forms {
 public:
  explicit Forms(Context& ctx);

  Context& context() { return ctx_; }
  // The forms of some expressions, each as it stands alone.
  std::vector<FormId> build(std::span<const Ref> roots);

  const Form& operator[](FormId f) const { return forms_[f]; }
  FormId size() const { return static_cast<FormId>(forms_.size()); }
  std::span<const Edge> edges(FormId f) const { return {edges_.data() + forms_[f].first, forms_[f].count}; }
  const std::string& text(FormId f) const { return texts_[forms_[f].text]; }
  // The first of "t", "s", … such that no symbol of the expressions is that letter and a number.
  std::string free_prefix(std::string_view letters) const;

  // --- for print_tensor.cpp: the form of an operand that is built already, and the makers of forms --------
  // As it stands alone; a flat sum may have its content drawn out, 2*(x + y).
  FormId of(Ref r);
  // As a factor, base or operand, where a sum must stay as it is.
  FormId operand(Ref r) const { return (*refs_)[r]; }
  // The form, as it stands alone, of an expression that was made while forms are built. Its placeholders
  // (symbol "#i") are printed as the indices that they stand for.
  FormId add(Ref r);
  FormId number(const Rational& v);  // of an integer a leaf, else a quotient
  FormId name(std::string_view ascii, bool numeric = false);
  FormId local_name(std::string_view ascii);    // an index of a comprehension
  FormId differential(std::string_view ascii);  // dX, which stands behind other factors
  FormId call(std::string_view name, std::span<const FormId> arguments, uint32_t tag = 0);
  FormId index(FormId base, std::span<const FormId> indices);
  FormId array(std::span<const FormId> entries, size_t row_length);
  FormId weighted_sum(
      std::span<const std::pair<Rational, FormId>> terms);  // coefficients and what they multiply
  // Counts `operators` nodes besides its parts. `binds`: local names below are bound here.
  FormId pieces(std::span<const Piece> list, Binding binding, uint64_t operators = 1, bool binds = false) {
    return pieces(list, binding, operators, binds, false);
  }
  FormId chain(std::span<const Piece> list);  // a matrix product, a*b*c
  // What a scalar has above and below the bar; 0 for 1.
  std::pair<FormId, FormId> over_and_under(Ref scalar);
  FormId divided(FormId dividend, FormId divisor);

  FormId entrywise_quotient(FormId dividend, FormId divisor);  // a ./ b
  std::pair<FormId, FormId> entrywise_parts(FormId f) const;   // the a and b of a ./ b, or zeros
  FormId reciprocal_of(FormId f) const;                        // the x of 1 ./ x, or 0

  // How many matrices within matrices are being tried in another orientation.
  int& turning() { return turning_; }

  // --- for the printers ------------------------------------------------------------------------------------
  struct MixText {
    std::string ascii, unicode, latex;
  };
  struct MixPiece {
    bool part = false;
    Binding least{};
    uint32_t text = 0;  // in mix_texts
  };
  struct Mix {
    std::vector<MixPiece> pieces;
    uint64_t operators;
    bool binds;
    bool chain;
  };
  const Mix& mix_of(FormId f) const { return mixes_.find(forms_[f].text)->second; }
  const MixText& mix_text(uint32_t i) const { return mix_texts_[i]; }
  // Terms and factors in the order for people; the signs of the terms decide which stands first.
  void order_terms(std::vector<Edge>& terms) const;
  void order_factors(std::vector<Edge>& factors) const;
  bool precedes(FormId a, FormId b) const { return before(a, b); }
  // Whether a part is no sub-expression by itself, which could have a name: the dividend of a*b/c, and the
  // 2*(x + y) under a bar, which is divided by factor by factor.
  bool is_inline(FormId parent, size_t i) const;
  // Whether a part is a piece of the long sum or product that it stands in, or the matrix product after a
  // number.
  bool is_piece(FormId parent, Edge part) const;
  uint64_t operators(FormId f) const;  // its own tree nodes

 private:
  // print_build.cpp: from the nodes of the store
  FormId make(Ref r);
  FormId make_symbol(Ref r);
  FormId make_sum(Ref r);
  FormId make_long(Ref r);
  void find_prefixes(std::span<const Ref> order, std::span<const Ref> roots);
  bool is_used_by(Ref part, Ref term) const;
  Edge long_part(Ref item, bool product);
  FormId make_function(Ref r);
  FormId make_opaque(Ref r);
  FormId make_entry(Ref r);
  FormId make_fill(Ref r);
  FormId make_array(Ref r);
  FormId make_compare(Ref r);
  FormId make_written(Ref r);
  FormId content_form(Ref sum);
  FormId term(const Rational& coefficient, Ref body);  // coefficient > 0

  // print_ratio.cpp: products and powers
  struct Factors {
    std::vector<Edge> over, under;
    struct Radical {
      Rational exponent, base;
      bool large = false;  // contains a base that is no prime below 1000
    };
    std::vector<Radical> radicals;
    std::vector<Ref> roots_over, roots_under;  // u of sqrt(u): sqrt(2)*sqrt(a) is written sqrt(2*a)
  };
  FormId ratio(const Rational& coefficient, std::span<const Ref> factors);
  void add_factor(Factors& list, Ref factor);
  void add_radical(Factors& list, const Rational& base, const Rational& exponent);
  void place_roots(std::vector<Ref>& roots, Rational number, std::vector<Edge>& edges);
  void place_radicals(Factors& list, Rational& coefficient);
  bool place_root_of_quotient(Factors& list, const Rational& over, const Rational& under);
  FormId assemble(Rational coefficient, Factors& list);
  FormId entrywise_power(Ref base, Ref exponent);
  FormId positive_power(Ref base, const Rational& exponent);
  bool is_negated(Ref exponent) const;
  FormId negated_exponent(Ref exponent);
  FormId long_factor(Ref factor, bool& divides);

  // print_form.cpp: makers
  FormId pieces(std::span<const Piece> list, Binding binding, uint64_t operators, bool binds, bool chain);
  FormId intern(FormKind kind, Binding binding, std::span<const Edge> edges, uint32_t text = 0,
                uint32_t tag = 0);
  bool same(FormId f, const Form& form, std::span<const Edge> edges) const;
  void describe(Form& form, std::span<const Edge> edges);
  uint32_t text_id(std::string_view text);
  FormId integer(const Rational& v);
  FormId sum(std::vector<Edge>& terms);
  FormId negate(FormId f, bool strict = false);
  bool begins_with_sum(FormId f) const;
  FormId product(std::span<const Edge> factors);
  FormId quotient(FormId dividend, FormId divisor);
  FormId power(FormId base, FormId exponent, double value, bool dotted = false);  // value: NaN if symbolic
  FormId root(FormId argument);
  FormId infix(FormKind kind, Binding binding, FormId a, FormId b, uint32_t tag = 0);

  // print_order.cpp: what stands first
  void set_head(Form& form, std::span<const Edge> edges) const;
  void set_power_head(Form& form, std::span<const Edge> edges) const;
  int rank(FormId f) const;
  bool before(FormId a, FormId b) const;

  Context& ctx_;
  std::vector<Form> forms_;
  std::vector<Edge> edges_;
  std::vector<FormId> table_;
  std::vector<std::string> texts_;
  std::unordered_map<std::string, uint32_t> text_index_;
  std::unordered_set<std::string> symbols_;
  std::unordered_map<uint32_t, Mix> mixes_;  // by text
  std::vector<MixText> mix_texts_;
  std::unique_ptr<RefMap<FormId>> refs_, alone_;
  size_t mapped_ = 0;  // Refs that these have room for
  // Of long sums and products that are f + t with a term t in f: that f and the terms t.
  struct Prefix {
    Ref base;
    std::vector<Ref> more;
  };
  std::unordered_map<Ref, Prefix> prefixes_;
  std::string let_prefix_ = "v";
  double exponent_ = 1;  // of the power that is being made
  int turning_ = 0;
};

// The form of a tensor node: indexed, reduce, matpow, reshape, structural, gather, operation. Its operands
// have forms already (Forms::of, Forms::operand). Defined in print_tensor.cpp.
FormId tensor_form(Forms& forms, Ref node);

}  // namespace nabla
