// Numbers for names: the contents of a values.json, and their fit to the declared shapes.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "eval/dense.h"
#include "expr/context.h"

namespace nabla {

// A number (no extents), an array or an array of rows, row-major.
struct Value {
  std::string name;
  std::vector<uint64_t> extents;
  std::vector<double> entries;
  std::vector<double> imaginary = {};  // parts of the entries; empty: all are real
};

// Failure(bad_value) where an array lacks the structure that its name is declared with: of a symmetric matrix
// one triangle alone would be read, and in silence the wrong one.
void check_structure(const Symbol& symbol, const DenseArray<double>& value);

// {"x": 1.5, "w": [1, 2, 3], "A": [[1, 0], [0, 1]], "z": {"re": 1, "im": -2}}. Failure(malformed_values): no
// JSON of this form, a name twice, rows of different length, a number beyond the range of a double.
std::vector<Value> values_from_json(std::string_view text);

// The number of every dim that the shapes of the values determine, and of those given themselves. Extents are
// checked against each other. Failure(bad_value).
std::vector<std::pair<std::string, uint64_t>> extents_of_values(Context& ctx, std::span<const Value> values,
                                                                std::span<const Ref> known);

// What the tape evaluators take: a number for each of `inputs` (scalar symbols and entries of tensors), in
// their order. Extents are taken from the data and checked against the declared shapes and against each
// other, numbers against the declared domains. Failure: missing_value, bad_value, and unknown_name for a name
// that is no symbol of `known` (there may be more values than inputs).
std::vector<double> bind_values(Context& ctx, std::span<const Value> values, std::span<const Ref> inputs,
                                std::span<const Ref> known);

}  // namespace nabla
