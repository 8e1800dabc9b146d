// Doubles as text, the same on every machine and in every locale.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace nabla {

// The shortest text that reads back as the same double: "0.1", "1e+100".
std::string decimal(double v);

// 17 significant digits, without trailing zeros: "0.10000000000000001".
std::string decimal17(double v);

// A number, a vector, a matrix, a tensor of doubles, row-major.
struct Numbers {
  std::vector<uint64_t> extents;
  bool row = false;  // of one axis
  std::vector<double> entries;
  std::vector<double> imaginary = {};  // parts of the entries; empty: all are real
};

// As Nabla writes it: "0.5", "1 - 2*im", "[1; 2]", "[1, 2; 3, 4]". Of more than two axes, nested as in JSON.
std::string numbers_text(const Numbers& numbers);

// A number, an array, or an array of rows, with 17 significant digits; complex numbers as {"re": 1, "im":
// -2}. There is no JSON for values that are not finite; they do not occur, as an undefined value is an error.
std::string numbers_json(const Numbers& numbers);

}  // namespace nabla
