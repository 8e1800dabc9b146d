// nabla steps and :steps.
#pragma once

#include <string>

#include "cli/runner.h"
#include "session/operators.h"

namespace nabla::cli {

// Runs `work`, which returns an Outcome, with a trace and shows the derivation instead of the answer. False
// after an error.
template <class Work>
bool show_steps(Runner& runner, bool full, Work work);

// The derivation of an answer as lines. Throws Failure.
std::string derivation_text(Session& session, const StatementTrace& trace, const Answer& answer,
                            Format format, bool full);

template <class Work>
bool show_steps(Runner& runner, bool full, Work work) {
  StatementTrace trace;
  Session& session = runner.session();
  OperatorOptions options = session.operator_options();
  options.trace = &trace;
  session.set_operator_options(options);
  const bool good = runner.timed(work, [&](Outcome& outcome) {
    std::string text;
    if (!outcome.error) {
      outcome.error = session.caught(
          [&] { text = derivation_text(session, trace, outcome.answer, runner.console().format(), full); });
    }
    if (outcome.error) return runner.show(outcome);
    runner.console().text(text);
    return true;
  });
  options.trace = nullptr;
  session.set_operator_options(options);
  return good;
}

}  // namespace nabla::cli
