// Runs statements in a session under the clock and shows what comes of them.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "cli/console.h"
#include "cli/interrupt.h"
#include "cli/options.h"
#include "session/session.h"

namespace nabla::cli {

enum class Strictness : uint8_t {
  letters,   // undeclared single letters are scalars
  declared,  // every name must be declared, as in files
};

class Runner {
 public:
  // `keep_everything`: for models, whose Refs outlive statements.
  Runner(const Options& options, Console& console, Strictness strictness, bool keep_everything = false);

  Session& session() { return session_; }
  Console& console() { return console_; }
  Interrupt& interrupt() { return interrupt_; }
  const Options& options() const { return options_; }

  // In JSON, numbers stand alone: 1.5, [1, 2], [[1, 0], [0, 1]].
  void show_bare_numbers() { bare_numbers_ = true; }

  // The declarations of --let. False after an error.
  bool declare_let();
  // The statements of a text, as far as they go; their results are shown. False if it stopped at an error.
  bool run_text(const std::string& file, std::string text, uint32_t first_line = 1);
  bool run(const std::shared_ptr<const ParsedText>& text);

  // Runs `work`, which returns an Outcome, under the clock and shows the Outcome. False after an error.
  template <class Work>
  bool timed(Work work) {
    return timed(work, [this](Outcome& outcome) { return show(outcome); });
  }
  // The same with another way of showing it.
  template <class Work, class Show>
  bool timed(Work work, Show shown) {
    interrupt_.start();
    Outcome outcome = work();
    const bool good = shown(outcome);
    interrupt_.stop();
    return good;
  }
  // Shows a result, or an error with its source.
  bool show(Outcome& outcome);
  void show_error(Diagnostic diagnostic, const Source* source, uint32_t line);

 private:
  uint32_t line_of(const Outcome& outcome);
  bool said_before(const Diagnostic& diagnostic);

  const Options& options_;
  Console& console_;
  Session session_;
  Interrupt interrupt_;
  bool bare_numbers_ = false;
  bool batch_;                  // goes on after an error with nobody to ask
  std::set<std::string> said_;  // definitions that failed and of which a later use has been reported
  // The line counted to last, so that a long script is read once.
  std::shared_ptr<const Source> counted_source_;
  uint32_t counted_offset_ = 0;
  uint32_t counted_line_ = 1;
};

}  // namespace nabla::cli
