// The syntax tree: what a text says, before names and shapes are looked at.
//
// Nodes lie in one vector in the order in which they were completed, so that operands have smaller ids than
// the node they belong to, and the nodes of a statement are the contiguous range [first_node, root]. Sums
// and products are one node with any number of operands. Invariants: every node but the roots is the
// operand of exactly one node; every span lies inside the source text and includes the parentheses around
// the node. A node costs 16 bytes and its entry in an operand list 8.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "expr/diagnostic.h"

namespace nabla {

// One text and the name under which diagnostics cite it: a path, "<stdin>" or "<expr>".
struct Source {
  std::string file;
  std::string text;
  uint32_t first_line = 1;  // the number of its first line: a prompt reads a session piece by piece
};

using NodeId = uint32_t;
using NameId = uint32_t;
inline constexpr NodeId no_node = 0xffffffff;

enum class SyntaxKind : uint8_t {
  // leaves
  name,         // x                       SyntaxTree::name()
  primed_name,  // g' of g'(x)             name(); prime_count(); only as the callee of a call
  number,       // 1.5                     literal(): its text
  integer,      // the 2 of x²             value()
  all,          // the ':' of A[:, 1]
  end,          // the last index of an axis, in x[end]
  // operators; `op` of each operand but the first says how it is joined to what stands left of it
  sum,         // a + b - c, .+ .-         left to right, any number
  product,     // a*b/c, \ .* ./ ⊗ · ×     left to right, any number; juxtaposed: 2x
  power,       // base, exponent           Op::power or Op::dot_power
  negate,      // -x
  transpose,   // x'
  ctranspose,  // xᴴ
  bars,        // |x|                      (‖x‖ is a call of norm2)
  range,       // first, last
  compare,     // a < b <= c               any number
  logical_not,
  logical_and,  // any number
  logical_or,   // any number
  conditional,  // condition, value, other value
  where,        // value, then pairs: name, its value
  // lists
  call,              // callee (name, primed_name or call), arguments; √ ∛ ∇ ! ‖‖ are calls by name
  keyword_argument,  // name, value        only as an argument of a call
  index,             // base, indices
  array,             // entries; Op::new_row marks those that begin a row
  comprehension,     // body, then pairs: name (Op::index), range; last perhaps a guard (Op::guard)
  partial,           // ∂e/∂x∂y: e, then names, as often as they are differentiated by
};

enum class Op : uint8_t {
  none,
  // sum
  plus,
  minus,
  dot_plus,
  dot_minus,
  // product
  times,        // *
  juxtaposed,   // 2x
  divide,       // /
  left_divide,  // a \ b
  dot_times,    // .* ⊙
  dot_divide,   // ./
  kron,         // ⊗
  cdot,         // ·
  cross,        // ×
  // power
  power,
  dot_power,
  // compare
  less,
  less_equal,
  equal,
  not_equal,
  greater,
  greater_equal,
  // lists
  new_row,
  index,
  guard,
};

struct SyntaxNode {
  uint32_t kind_and_count;  // kind in the low 8 bits
  uint32_t begin, end;      // span
  uint32_t first;           // index of the first operand, or the payload of a leaf
};

// One entry of an operand list. `at` is where the operator stands in the text; for an operand without
// operator it has no meaning.
struct Operand {
  NodeId node;
  uint32_t at : 27;
  uint32_t op_bits : 5;
  Op op() const { return static_cast<Op>(op_bits); }
};

class SyntaxTree {
 public:
  explicit SyntaxTree(std::shared_ptr<const Source> source) : source_(std::move(source)) {}

  const Source& source() const { return *source_; }
  const std::shared_ptr<const Source>& shared_source() const { return source_; }
  std::string_view text(Span s) const {
    return std::string_view(source_->text).substr(s.begin, s.end - s.begin);
  }

  size_t size() const { return nodes_.size(); }
  SyntaxKind kind(NodeId n) const { return static_cast<SyntaxKind>(nodes_[n].kind_and_count & 0xff); }
  Span span(NodeId n) const { return {nodes_[n].begin, nodes_[n].end}; }
  std::string_view text(NodeId n) const { return text(span(n)); }
  uint32_t operand_count(NodeId n) const;  // 0 for leaves
  std::span<const Operand> operands(NodeId n) const {
    return {operands_.data() + nodes_[n].first, operand_count(n)};
  }
  NodeId operand(NodeId n, size_t i) const { return operands_[nodes_[n].first + i].node; }
  Span operator_span(Operand o) const;  // of the operator of `o`; empty, between factors, for 2x

  // Leaves.
  NameId name_id(NodeId n) const { return nodes_[n].first; }  // of name and primed_name
  std::string_view name(NodeId n) const { return spelling(name_id(n)); }
  uint32_t prime_count(NodeId n) const { return nodes_[n].kind_and_count >> 8; }
  std::string_view literal(NodeId n) const { return text({nodes_[n].first, literal_end(n)}); }
  uint32_t value(NodeId n) const { return nodes_[n].first; }  // of integer

  // Names: NFC-normalised, in ASCII spelling where they have one (expr/name_spelling.h).
  size_t name_count() const { return names_.size(); }
  std::string_view spelling(NameId id) const { return names_[id]; }

 private:
  friend class TreeBuilder;
  uint32_t literal_end(NodeId n) const { return nodes_[n].first + (nodes_[n].kind_and_count >> 8); }

  std::shared_ptr<const Source> source_;
  std::vector<SyntaxNode> nodes_;
  std::vector<Operand> operands_;
  std::vector<std::string_view> names_;  // into the source text or `spelled_`
  std::vector<std::unique_ptr<std::string>> spelled_;
};

inline uint32_t SyntaxTree::operand_count(NodeId n) const {
  return kind(n) < SyntaxKind::sum ? 0 : nodes_[n].kind_and_count >> 8;
}

// ---- statements ----

enum class ShapeWord : uint8_t { none, scalar, vector, row, matrix, tensor };

// `vector[d]`. ShapeWord::none: no shape was written.
struct ShapeSyntax {
  ShapeWord word = ShapeWord::none;
  std::vector<NodeId> extents;  // 0, 1, 1, 2 or any number of expressions
  Span span;
};

enum class PropertyKind : uint8_t {
  structure,      // `word`: symmetric skew diagonal lower upper spd psd orthogonal toeplitz symtoeplitz
  greater,        // > low
  greater_equal,  // >= low
  less,           // < high
  less_equal,     // <= high
  not_equal,      // != low
  interval,       // in (low, high], with the two flags for the ends
  integer,
  complex,
};

struct PropertySyntax {
  PropertyKind kind{};
  Span span;
  std::string_view word;  // of structure
  NodeId low = no_node, high = no_node;
  bool low_open = false, high_open = false;
};

struct TypeSyntax {
  ShapeSyntax shape;
  std::vector<PropertySyntax> properties;
};

struct DeclaredName {
  NameId name{};
  Span span;
};

enum class StatementKind : uint8_t {
  invalid,      // detail: index in ParsedText::errors
  expression,   // root
  declaration,  // detail: index in declarations
  function,     // fun; detail: index in functions
  definition,   // f(x) = …, r = …, const c = …; root: the body; detail: index in definitions
  import,       // detail: index in imports
  derive,       // detail: index in derives
  assertion,    // root: the condition
};

struct Statement {
  StatementKind kind = StatementKind::invalid;
  Span span;
  NodeId first_node = 0;  // of all nodes of the statement
  NodeId root = no_node;
  uint32_t detail = 0;
  bool has_binders = false;  // contains a where or a comprehension, whose body precedes its names
};

enum class DeclarationWord : uint8_t { dim, param, var };

// param k, l : vector[d] integer in [1, d]
struct Declaration {
  DeclarationWord word{};
  std::vector<DeclaredName> names;
  TypeSyntax type;  // of dim: a lower bound at most
};

// fun h(scalar, vector[n]) : scalar
struct FunctionSyntax {
  DeclaredName name;
  std::vector<ShapeSyntax> parameters;
  ShapeSyntax result;
};

struct ParameterSyntax {
  DeclaredName name;
  TypeSyntax type;  // shape none: as the name is declared
};

struct Definition {
  DeclaredName name;
  bool is_const = false;
  bool is_function = false;  // has a parameter list
  std::vector<ParameterSyntax> parameters;
};

struct ImportSyntax {
  std::string path;
  Span span;  // of the quoted text
};

enum class Output : uint8_t { value, grad, hess, jac, jvp, vjp, hvp, batch };

enum class Sparsity : uint8_t { dense, csr, csc };

// What stands in the parentheses after an output: hess(lower, csr), grad(only).
struct OutputLayout {
  Sparsity sparsity = Sparsity::dense;
  bool lower = false;  // the lower half of a Hessian, with its diagonal
  bool only = false;   // without the value, and a Hessian without the gradient

  bool operator==(const OutputLayout&) const = default;
};

struct DerivedOutput {
  DerivedOutput(Output k = Output::value, OutputLayout l = {}) : kind(k), layout(l) {}
  bool operator==(const DerivedOutput&) const = default;

  Output kind;
  OutputLayout layout;
};

struct OutputSyntax {
  DerivedOutput output;
  Span span;
};

// derive f wrt w, x : value, grad, hess(lower, csr), batch(x)
struct DeriveSyntax {
  DeclaredName function;
  std::vector<DeclaredName> variables;  // empty: no wrt
  std::vector<DeclaredName> points;     // in the parentheses of batch; empty: it has none
  std::vector<OutputSyntax> outputs;
};

// All statements of a text. A statement that could not be read is StatementKind::invalid, and its nodes
// belong to nothing.
struct ParsedText {
  explicit ParsedText(std::shared_ptr<const Source> source) : tree(std::move(source)) {}

  SyntaxTree tree;
  std::vector<Statement> statements;
  std::vector<Declaration> declarations;
  std::vector<FunctionSyntax> functions;
  std::vector<Definition> definitions;
  std::vector<ImportSyntax> imports;
  std::vector<DeriveSyntax> derives;
  std::vector<Diagnostic> errors;
  bool incomplete = false;  // the only error is that the text ends inside brackets, bars or a comment
};

}  // namespace nabla
