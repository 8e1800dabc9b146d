// A session: names, and the statements that are run with them. It evaluates the operators (grad, subs, eval,
// equal, …), adds the conditions of an answer, keeps the budget and drops the garbage of each statement.
//
// Invariants: run() never throws; what went wrong is a Diagnostic in the Outcome, and the session stays
// usable. The Refs of an Outcome are valid until the next call of run(). Answers depend on the names and the
// statement only, not on what ran before. The session never prints; of files it reads only those that are
// imported.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "expr/context.h"
#include "parser/elaborate.h"
#include "parser/names.h"
#include "parser/syntax.h"
#include "session/numbers.h"
#include "session/operators.h"

namespace nabla {

struct SessionOptions {
  Limits limits;
  bool implicit_scalars = true;  // undeclared single letters are scalars; false for model files
  bool free_entries = false;     // derivatives by the independent entries of structured variables
  bool raw = false;              // derivatives as the chain rule leaves them
  uint64_t seed = 1;             // of the random points that equal() tries
  bool keep_everything = false;  // Refs stay valid as long as the session; garbage is not collected
};

enum class AnswerKind : uint8_t {
  nothing,     // a declaration, or an assertion that was proved where the conditions hold
  expression,  // value
  numbers,     // numbers, of eval(…)
  digits,      // text: a number to as many digits as were asked for
  verdict,     // text: what equal(…) found out
};

struct Answer {
  AnswerKind kind = AnswerKind::nothing;
  Ref value;
  Numbers numbers;
  std::string text;
  std::vector<Ref> conditions;     // truth values: the answer holds where all of them do
  std::vector<std::string> notes;  // layout and the meaning of structure, one sentence each
};

struct Outcome {
  std::shared_ptr<const Source> source;  // what the spans of the error belong to
  Span span;                             // of the statement; of no meaning if `source` was imported
  Answer answer;
  DeriveRequest derive;  // of a derive statement
  std::optional<Diagnostic> error;
};

enum class Cancellation : uint8_t { none, time, user };

class Session {
 public:
  explicit Session(const SessionOptions& options = {});

  Context& context() { return context_; }
  Names& names() { return names_; }
  const SessionOptions& options() const { return options_; }

  // The statements of a text; its errors are invalid statements, which run() reports in their turn. Throws
  // Failure only for limits of the whole text.
  std::shared_ptr<const ParsedText> parse(std::string file, std::string text, uint32_t first_line = 1) const;
  // Runs one statement. Assertions are decided only if `decide_assertions`.
  Outcome run(const std::shared_ptr<const ParsedText>& text, const Statement& statement,
              bool decide_assertions = true);
  void set_operator_options(const OperatorOptions& options) {
    options_.seed = options.seed;
    options_.free_entries = options.free_entries;
    options_.raw = options.raw;
    trace_ = options.trace;
  }
  // Carries out the operators in `e`. `written` is the untouched form of the text that it came from, which
  // gives the conditions. Throws Failure: to be called within guarded().
  OperatorOptions operator_options() const;
  void answer(Ref e, const WrittenForm& written, Answer& out);
  WrittenForm written_form(const ParsedText& text, const Statement& statement);
  WrittenForm written_form(const Defined& definition);

  // Does `work` as a statement of its own, within a fresh budget, and turns what it throws into a Diagnostic.
  template <class Work>
  std::optional<Diagnostic> guarded(Work work) {
    return caught([&] {
      begin();
      work();
    });
  }
  // The same within what is left of the budget of the last statement, whose Refs stay valid: for printing.
  template <class Work>
  std::optional<Diagnostic> caught(Work work);

  // Stops the running statement; safe in a signal handler. Between statements it stops the next one.
  void cancel(Cancellation why) noexcept {
    cancelled_.store(why, std::memory_order_relaxed);
    context_.budget().cancel();
  }
  void clear_cancellation() noexcept { cancelled_.store(Cancellation::none, std::memory_order_relaxed); }
  // The files that were imported, as they were opened, each once, in order.
  const std::vector<std::string>& files_read() const { return files_read_; }

 private:
  void run_statement(const std::shared_ptr<const ParsedText>& text, const Statement& statement,
                     bool decide_assertions, Outcome& out);
  void run_assertion(const ParsedText& text, const Statement& statement, const Elaborated& said, Answer& out);
  Elaborated written_assertion(const ParsedText& text, const Statement& statement, Mode mode);
  template <class Elaborate>
  WrittenForm written_form_by(Elaborate elaborated);
  void close_definition(std::string_view name);
  void import(const std::shared_ptr<const ParsedText>& text, const Statement& statement, Outcome& out);
  void begin();
  std::optional<Diagnostic> current_failure();
  void collect_garbage();
  void note_failed_names(const ParsedText& text, const Statement& statement, const Diagnostic& error);
  uint32_t line_of(const std::shared_ptr<const Source>& source, uint32_t offset);

  SessionOptions options_;
  StatementTrace* trace_ = nullptr;
  Context context_;
  Names names_;
  std::atomic<Cancellation> cancelled_{Cancellation::none};
  std::vector<std::string> files_read_;
  // The line counted to last, so that a long text with many errors is read once.
  std::shared_ptr<const Source> counted_source_;
  uint32_t counted_offset_ = 0, counted_line_ = 1;
  uint32_t mark_ = 0;  // what is below it survived the last collection
};

template <class Work>
std::optional<Diagnostic> Session::caught(Work work) {
  try {
    work();
  } catch (...) {
    return current_failure();
  }
  return std::nullopt;
}

}  // namespace nabla
