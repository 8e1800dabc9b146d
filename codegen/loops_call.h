// Functions of whole vectors and matrices in plain loops: calls of runtime/nabla_matrix.h.
#pragma once

#include <functional>
#include <string>

#include "codegen/nest_code.h"

namespace nabla {

struct CallText {
  const NestStyle& style;
  CodeNeeds& needs;
  std::function<std::string(Ref array)> pointer;  // to the first entry of a symbol or let
  std::string log_determinant;                    // of an inverse: a number that the call declares; or empty
};

// How many entries of workspace the computation of `value` needs.
Ref call_scratch(Context& ctx, Ref value);

// Statements that compute `value` into the array or the scalar `target`.
std::string call_code(Context& ctx, Ref value, const std::string& target, const std::string& scratch,
                      const CallText& text, const std::string& indent);

}  // namespace nabla
