// Derives what a row of the cookbook states, with the engine alone, and compares the two.
//
// Proved: both are the same expression, or their difference is 0 in normal form (simplify/expand_tensor.h).
// Numerically equal: neither proved nor refuted, and equal to rounding at random points of small sizes.
// Refuted: the two differ at a point. Wrong: the derived form differs from automatic differentiation, which
// is a fault of the engine. Refused: the engine says that it cannot.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cookbook/book.h"
#include "cookbook/numeric.h"
#include "session/session.h"

namespace nabla {

enum class Standing : uint8_t { proved, equal_numbers, refuted, wrong, undecided, refused, definition };
std::string_view standing_name(Standing s);  // "proved", "numerically equal", …

struct RowReport {
  const BookRow* row = nullptr;
  Standing standing = Standing::refused;
  bool same = false;           // of proved: derived and stated form are one expression as they stand
  std::string message;         // of refused: why; of refuted: where
  std::string question;        // "grad(tr(X), X)", as the file has it
  std::string stated;          // likewise
  std::string derived;         // as Nabla prints it, ASCII; empty if there is none
  std::string question_latex;  // the function, its variable and the layout
  std::string derived_latex;
  std::vector<std::string> conditions;  // ASCII
  std::vector<std::string> notes;       // layout and structure
  size_t derived_nodes = 0;             // DAG nodes of the two texts (size.h); 0: there is none
  size_t stated_nodes = 0;
  NumericReport numeric;
  double seconds = 0;  // of the derivation
};

// The session that a row is worked out in: its declarations have been carried out.
struct RowSession {
  explicit RowSession(const BookRow& row, uint64_t seed);
  std::unique_ptr<Session> session;
  std::shared_ptr<const ParsedText> text;
  const Statement* assertion = nullptr;  // null: there is none
  std::string error;                     // of the declarations
  NodeId left() const { return text->tree.operand(assertion->root, 0); }
  NodeId right() const { return text->tree.operand(assertion->root, 1); }
  // Works the left side of the assertion out, and writes the steps to the trace; an error if it cannot.
  std::optional<Diagnostic> answer_left(StatementTrace& trace, Answer& answer);
};

RowReport verify_row(const BookRow& row, uint64_t seed = 1);

}  // namespace nabla
