// The names and types of a generated header: one pool of identifiers for all of it.
//
// Arrays are std::array, matrices arrays of rows. A gradient has the type of its variable if there is just
// one and it is an array, and is a flat array otherwise; v has the type of the gradient, u that of the value;
// hess and jac are arrays of rows.
#pragma once

#include <string>
#include <vector>

#include "codegen/batch_signature.h"
#include "codegen/entry.h"
#include "codegen/identifiers.h"
#include "codegen/layout.h"

namespace nabla {

using Extents = std::vector<size_t>;

// T, std::array<T, 3>, std::array<std::array<T, 4>, 3>
std::string array_type(const std::string& scalar, const Extents& extents);
// "[1][2]" for entry number `index`, row-major.
std::string array_index(const Extents& extents, size_t index);
size_t entry_count(const Extents& extents);

struct ResultMember {
  std::string name;  // "grad"
  Extents extents;
  std::string comment;      // "by S, K"
  SparsityPattern pattern;  // of what is written
};

struct Parameter {
  std::string name;
  Extents extents;
};

// What one entry point looks like from outside.
struct Signature {
  std::string name;       // "price_grad"
  std::string structure;  // "PriceGrad"; empty if the value is returned
  std::string parts;      // "price_grad_parts": a namespace for the parts of a long function
  // "price_hess_csr_pattern": a namespace for the places of a compressed matrix; of BatchSignature::pattern a
  // function, beside that of `nonzeros`.
  std::string pattern, nonzeros;
  std::vector<Parameter> parameters;
  std::vector<ResultMember> results;  // as Program::outputs; of a value, one without a name
  std::vector<std::string> inputs;    // the spelling of each input of the Program
  BatchSignature batch;               // of an entry point over many points, instead of all else but the name
};

struct HeaderNames {
  std::string scalar;  // "T", or the type itself where there is no template
  bool is_template = true;
  std::string runtime, result, row, pi, e, guard;
  std::string places;  // the array that passes values between parts
  BatchNames batch;
  std::vector<Signature> signatures;  // by entry point
};

// `scalar` is "template", "double" or "float".
HeaderNames header_names(Context& ctx, const std::vector<EntryPoint>& entries, const std::string& scalar);

}  // namespace nabla
