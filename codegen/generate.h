// A self-contained C++17 header for the entry points of a model.
//
// It includes <array>, <cmath>, <type_traits> and, where the runtime's functions need them, <cstddef>,
// <cstring>, <limits> and <utility>; it has no heap, no globals, no macros and no licence. Everything in it
// is a function of the model's text and the options: the same bytes on any machine, locale and day. Nothing
// that the user wrote reaches it unencoded: names through codegen/identifiers.h, formulas through the
// printer, the file's name stripped to printable characters.
#pragma once

#include <string>
#include <vector>

#include "codegen/entry.h"

namespace nabla {

struct GenerateOptions {
  std::string name_space;    // "a::b"; empty: from the name of the model's file
  std::string scalar;        // "template", "double" or "float"; empty: a template, double for long functions
  std::string header;        // what the usage example includes; empty: the namespace with .h
  bool use_runtime = false;  // include nabla_runtime.h instead of copying from it
};

// A header with a function of more steps is for double, unless it is asked for a template: compilers keep a
// template beside what becomes of it, which takes half as much memory again.
inline constexpr size_t most_template_steps = 20'000;

// Whether calls that do not wait for each other are written as one of several (codegen/call_groups.h): that
// is for double.
bool may_call_at_once(const GenerateOptions& options);

// Failure: wrong_argument for options that cannot be, cannot_emit for what has no code.
std::string generate(Context& ctx, const Model& model, const std::vector<EntryPoint>& entries,
                     const GenerateOptions& options = {});

}  // namespace nabla
