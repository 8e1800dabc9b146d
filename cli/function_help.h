// The functions of the language in words: the rows of the function table, what the grammar builds itself (tr,
// inv, sum, …) and the operators. `nabla functions`, `?sin` and docs/functions.md say the same.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/options.h"

namespace nabla::cli {

enum class FunctionKind : uint8_t { of_numbers, of_arrays, operators };

struct FunctionHelp {
  FunctionKind kind = FunctionKind::of_numbers;
  std::string name, usage;  // "atan2", "atan2(x, y)"
  std::string meaning;
  std::vector<std::pair<const char*, std::string>> facts;  // "differential", "cos(x) .* dx"
  std::string example;                                     // "sin(pi/6)"
};

std::vector<FunctionHelp> function_helps();

// The example, worked out now: "sin(pi/6) = 1/2"; where there is nothing to work out, its derivative or
// number.
std::string example_run(const std::string& example, Format format);

}  // namespace nabla::cli
