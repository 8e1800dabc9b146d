// What stands around the functions of a header of C99.
#pragma once

#include <set>
#include <string>

#include "codegen/generate.h"

namespace nabla {

// With what all names of the header begin. Failure: wrong_argument for options that C has not.
std::string c_prefix(const Model& model, const GenerateOptions& options);

// "double" (also for "template") or "float".
std::string c_scalar(const GenerateOptions& options);

// `banner`: the comment at the top; `functions`: of the runtime, that the body calls.
std::string c_header(const std::string& prefix, const std::string& scalar,
                     const std::set<std::string>& functions, const std::string& banner,
                     const std::string& body);

// The functions of the runtime that a text needs, as C: `static inline double PREFIX__sigmoid(double x)`.
std::string runtime_in_c(const std::set<std::string>& functions, const std::string& prefix,
                         const std::string& scalar);

}  // namespace nabla
