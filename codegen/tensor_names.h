// What a generated header of whole arrays calls things: one pool of identifiers for all of it.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "codegen/batch_signature.h"
#include "codegen/nest_code.h"
#include "codegen/tensor_entry.h"

namespace nabla {

struct TensorSignature {
  std::string name;  // "f_grad"
  // Of a compressed matrix: the function that computes its diagonals, and the parameter of the function of
  // `name` instead of them.
  std::string diagonals, matrix;
  std::string pattern, nonzeros, starts, indices;  // the functions of the pattern, and their parameters
  bool has_pattern = false;          // which are its own, not those of the function of one point
  std::string pattern_of_points;     // the function that makes the matrix of all points for Eigen
  std::vector<std::string> next;     // where the next number goes, by CompressedMatrix::lines
  std::vector<std::string> outputs;  // by TensorProgram::outputs: the parameter; empty: it is returned
  std::vector<bool> added = {};      // which of them are sums, to which each assignment adds; empty: none
};

struct TensorNames {
  Spelling spelling;
  std::string scalar;  // "T", or the type itself where there is no template
  bool is_template = true;
  std::string runtime, algebra, pi, e, guard, work, sum, value, found, block, lane, lane_sums, start, count;
  std::string wide, turn;
  std::vector<std::string> labels;               // loop variables
  std::unordered_map<Ref, std::string> symbols;  // dims, arguments, directions
  std::vector<TensorSignature> signatures;       // by entry point
  BatchNames batch;
  std::string lanes_of;                      // not empty: the scalars are lanes of these
  std::vector<std::string> arrays, scalars;  // of lets: m1, m2, …; s1, s2, …
  std::vector<std::string> parts;            // the lanes of sums: parts1, parts2, …
};

// What nests of loops are spelled with, but for atoms and entries.
NestStyle nest_style(const TensorNames& names);

// Of integer data, which is passed as int.
bool is_integer_data(const Context& ctx, const TensorEntry& entry, Ref symbol);

// `scalar` is "template", "double" or "float".
TensorNames tensor_names(Context& ctx, const std::vector<TensorEntry>& entries, const std::string& scalar);
// Names of C, which begin with `prefix`, that of the model; `scalar` is "double" or "float".
TensorNames tensor_names_in_c(Context& ctx, const std::vector<TensorEntry>& entries,
                              const std::string& prefix, const std::string& scalar);

}  // namespace nabla
