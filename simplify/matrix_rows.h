// The rows about matrices as patterns of one Context, each read when an expression has all the functions that
// it speaks of. Not to be used across Context::keep.
#pragma once

#include <optional>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "expr/context.h"
#include "simplify/matrix_match.h"
#include "simplify/rule.h"

namespace nabla {

// What the letters of the rows stand for: matrices A, B, C of n by n, S a positive definite and T a symmetric
// one, D, E of m by m, P of n by m, Q of m by n, vectors x, y of n entries, scalars a, b, extents n and m.
// Symbols of no user.
std::vector<std::pair<std::string_view, Ref>> matrix_letters(Context& ctx);

struct MatrixRow {
  Ref from, to;
  Ref left, right;  // of the condition, if there is one
  Kind kind;
  uint16_t tag;
  std::optional<OpenChain> chain;  // of `from`
  const RuleText* text;
};

class MatrixRows {
 public:
  MatrixRows(Context& ctx, std::span<const RuleText> texts);
  // Those that may be met at e, in the order of the table: all of their functions, and the inverses of sums
  // and of products, stand at or below e, and sums are met at sums.
  std::vector<const MatrixRow*> about(Ref e);

 private:
  struct Needs {
    uint64_t calls = 0;  // a bit each
    bool sum = false;    // it is a sum itself
  };

  MatrixRow read(const RuleText& text);
  Ref pattern(std::string_view text);
  uint64_t calls_below(Ref e);
  static Needs needs(std::string_view from);

  Context& ctx_;
  std::span<const RuleText> texts_;
  std::vector<Needs> needs_;  // of each row
  std::vector<std::optional<MatrixRow>> rows_;
  std::unordered_map<Ref, uint64_t> calls_;
};

}  // namespace nabla
