// Syntax tree to expression: resolves names, checks every shape, and builds the nodes.
//
// Mode::canonical builds with the folding constructors of Context. Mode::written builds what the user wrote
// and nothing else: + - * / ^ and unary minus are nodes of Kind::written with the operands in their order
// (a sum of n terms is a left-associated chain of binary nodes), calls are written_function, and tensors,
// whose extents must be constant then, are arrays of such entries. Mode::whole is the same for scalars and
// leaves arrays whole, of any size: values together with what they ask for, from which the conditions of an
// answer are found (whole_algebra.h). Numbers are exact in all of them.
//
// Every error is a Failure with a code, a span and a message that names the operands and their shapes.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "expr/context.h"
#include "parser/names.h"
#include "parser/syntax.h"

namespace nabla {

enum class Mode : uint8_t { canonical, written, whole };

// The value of a node; that of a statement is the value of its root. A name of a defined function alone
// means its body.
Ref elaborate(Context& ctx, Names& names, const SyntaxTree& tree, NodeId node, Mode mode = Mode::canonical);
Ref elaborate(Context& ctx, Names& names, const ParsedText& text, const Statement& statement,
              Mode mode = Mode::canonical);
// Parses and elaborates one expression.
Ref elaborate(Context& ctx, Names& names, std::string_view text, Mode mode = Mode::canonical);

// ---- statements ----

struct Comparison {
  Relation relation{};
  Ref left, right;
};

// derive f wrt x : value, grad
struct DeriveRequest {
  std::string function;
  Ref value;                    // canonical body
  std::vector<Ref> parameters;  // of the function; empty for an abbreviation
  std::vector<Ref> variables;   // as named; none named: every var among the names of the body, by name
  std::vector<DerivedOutput> outputs;
  std::vector<Ref> points;  // of batch(x): what differs from point to point
  std::vector<Span> variable_spans, output_spans;
  Span function_span;
};

// What a statement said. Which members are set follows from `kind`.
struct Elaborated {
  StatementKind kind{};
  Ref value;                            // expression: its value; definition: its body
  std::vector<std::string> declared;    // declaration, function, definition: the names
  std::vector<Comparison> comparisons;  // assertion a == b, a < b <= c, …; of any shape where ==
  Ref condition;                        // any other assertion: a truth value
  DeriveRequest derive;
};

// Called for an import statement. It reads the file and elaborates its statements with the same Names.
using Importer = std::function<void(const ImportSyntax&)>;

// Elaborates one statement: declarations and definitions change `names`. The text is kept as long as a
// definition in it is. An invalid statement throws its error.
Elaborated elaborate_statement(Context& ctx, Names& names, const std::shared_ptr<const ParsedText>& text,
                               const Statement& statement, const Importer& importer = {});

// What an assertion says in one of the modes: `comparisons` or `condition`.
Elaborated elaborate_assertion(Context& ctx, Names& names, const ParsedText& text, const Statement& statement,
                               Mode mode);

// The untouched form of f(x, y) = … or r = … in its own parameters.
Ref written_body(Context& ctx, Names& names, const Defined& definition, Mode mode = Mode::written);

}  // namespace nabla
