// A model as code generation takes it: the names of a file and what is to be derived, with every operator
// (grad, diff, …) already carried out.
//
// Invariants: all Refs belong to one Context; every symbol of a body is a parameter of its function or one of
// `declared`; `written` has the same value as `body` wherever it is defined, and nothing in it was folded, so
// that it is what the check differentiates automatically.
#pragma once

#include <string>
#include <vector>

#include "expr/diagnostic.h"
#include "expr/node.h"
#include "parser/syntax.h"

namespace nabla {

struct ModelFunction {
  std::string name;
  std::vector<Ref> parameters;  // symbols, in the order written
  Ref body;                     // canonical; a scalar, or an array of constant size
  Ref written;                  // as written
  std::string text;             // "f(x, y) = x*sin(y)", as in the file
  Span span;                    // of the definition in Model::source
};

// derive f wrt x, y : value, grad, batch(x)
struct ModelRequest {
  size_t function = 0;                 // index in Model::functions
  std::vector<Ref> variables;          // never empty: without wrt, every var in the body
  std::vector<DerivedOutput> outputs;  // in the order written, each once
  std::vector<Ref> points;             // of batch(x): what differs from point to point; none: everything
  Span span;
};

struct Model {
  std::string file;                      // as it was named on the command line
  std::shared_ptr<const Source> source;  // for diagnostics
  std::vector<Ref> declared;             // symbols of dim, param and var, in the order of declaration
  std::vector<ModelFunction> functions;  // in the order of definition
  std::vector<ModelRequest> requests;
  // Forms that lose less stand for what was written, and derivatives of norms have a value where the norm is
  // 0.
  bool stable = true;
};

}  // namespace nabla
