// What a command line asks of one expression: an operator, names to differentiate by, values to put in.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "session/session.h"
#include "session/values.h"

namespace nabla {

struct ExpressionRequest {
  std::string operation;  // "diff", "grad", …; empty: the expression itself
  std::string variables;  // "x,y" or "x[1],x[2]"; empty: every var of the expression
  std::string order;      // of diff; empty: 1
  // Values for numbers instead of a formula; `has_values` as there may be none to give.
  std::vector<Value> values;
  bool has_values = false;
};

// Parses `text`, applies the operation, and puts the values in. Spans of errors lie in `text`.
Outcome run_request(Session& session, const std::string& file, const std::string& text,
                    const ExpressionRequest& request);

// The symbols of all declared names, for the fit of values.
std::vector<Ref> declared_symbols(const Names& names);

// "x=1, y=2/3, w=[1;2]": constant expressions, evaluated. Throws Failure, with spans in `text`.
std::vector<Value> values_from_assignments(Session& session, std::string_view text);

}  // namespace nabla
