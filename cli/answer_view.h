// An answer as the prompt shows it: what it is the value of, the value, in two dimensions if it is a matrix,
// and under it in one dim line its shape, its layout and where it holds.
//
//   [3] ∂f/∂x = A*x + A'*x
//       vector[n] · gradient, in the shape of x
//
// Invariant: what is shown is the printed form of the answer and nothing that was computed for the view.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cli/options.h"
#include "session/session.h"

namespace nabla::cli {

struct AnswerView {
  std::vector<std::string> lines;  // of the value, without the number of the answer
  std::string remarks;             // the dim line; empty: there is nothing to say
};

// `known_names` is what Names::now() was before the statement. Throws Failure where the answer cannot be
// printed.
AnswerView view_answer(Session& session, const ParsedText& text, const Statement& statement,
                       const Answer& answer, Format format, uint32_t known_names, size_t width);

// What the value of a statement is called: "∂f/∂x" of grad(f, x), "r" of r; empty: it has no short name.
std::string value_name(const SyntaxTree& tree, NodeId root, Format format);

// The part of `line` that fills `columns` columns.
std::string_view first_columns(std::string_view line, size_t columns);

}  // namespace nabla::cli
