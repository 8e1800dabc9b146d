// A Plan as C++17 statements: `const T t3 = …;` for what is used more than once, readable expressions of
// bounded size for the rest, and the results put where the caller says.
//
// What only one branch of a conditional needs is computed inside that branch, so that the other side costs
// nothing and raises nothing. Functions are called unqualified after `using std::sin;`, so that types with
// functions of their own (automatic differentiation) work; those of the runtime are called as `rt::name`.
// Nothing recurses on the depth of the plan.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "codegen/identifiers.h"
#include "codegen/plan.h"
#include "codegen/spelling.h"

namespace nabla {

// What the emitted text calls things.
struct EmitNames {
  std::string scalar;       // the type, "T"
  bool is_template = true;  // it is the parameter of a template; else a type of C++
  std::string runtime;      // the namespace of copied functions, "rt"; in C what their names begin with
  std::vector<std::string> inputs;  // by Program::inputs: "S", "x[0]"
  std::vector<std::string> steps;   // by step: a name that the user gave it, or empty; may be shorter
  std::string pi, e;                // constants
  std::string indent = "  ";
  EmitLanguage language = EmitLanguage::cpp;
  size_t temporaries = 0;      // so many of t1, t2, … are taken
  bool calls_at_once = false;  // by functions of the runtime (codegen/call_groups.h)
  // Not empty: the type is one of lanes, vectors of this type of numbers. Both sides of a conditional are
  // computed, and a select takes the numbers that count; functions with branches are called lane by lane.
  std::string lane;
};

// One assignment: `left` is "result.grad[0] = " or "return ".
struct EmitTarget {
  std::string left;
  StepId step{};
  std::string right{};   // after the expression, before the semicolon
  bool at_once = false;  // where the value is known, else at the end
};

struct Emitted {
  std::string usings;                   // a line of using declarations, or empty
  std::set<std::string> std_functions;  // what it declares: functions of <cmath>
  std::string text;                     // the statements
  std::set<std::string> runtime;        // functions of the runtime that are called
  std::set<std::string> at_once;        // functions of <cmath> of which several calls are made at once
  std::set<std::string> on_lanes;       // functions of <cmath> and the runtime that are called with lanes
  std::vector<bool> inputs;             // which are read
  size_t temporaries = 0;               // how many of t1, t2, … are taken now
};

Emitted emit(const Plan& plan, Context& ctx, const EmitNames& names, const std::vector<EmitTarget>& targets);

// "using std::exp, std::log;" in lines, or nothing. `any_type`: the runtime where numbers may be of a class,
// else empty; it has their fabs, which `runtime` then names.
std::string using_line(const std::set<std::string>& functions, const std::string& indent,
                       const std::string& any_type, std::set<std::string>& runtime);

// `text` in lines of at most `width` columns, broken at blanks, continuation lines indented by four more.
void append_wrapped(std::string& out, std::string_view indent, std::string_view text, size_t width = 100);

}  // namespace nabla
