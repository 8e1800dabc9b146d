// Runs statements with a trace, for tests of derivations.
#pragma once

#include <memory>
#include <string>

#include "session/session.h"

namespace nabla::test {

struct Derived {
  std::shared_ptr<const ParsedText> text;
  Outcome outcome;
};

inline Derived derive(Session& s, const std::string& text, StatementTrace* trace) {
  OperatorOptions options = s.operator_options();
  options.trace = trace;
  s.set_operator_options(options);
  Derived d;
  d.text = s.parse("<expr>", text);
  for (const Statement& statement : d.text->statements) d.outcome = s.run(d.text, statement);
  options.trace = nullptr;
  s.set_operator_options(options);
  return d;
}

// Refs of a trace stay valid.
inline SessionOptions keeping() {
  SessionOptions options;
  options.keep_everything = true;
  return options;
}

}  // namespace nabla::test
