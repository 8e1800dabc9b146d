// The prompt: statements and commands as they are typed, until the input ends or :quit.
//
// Answers are numbered; $3 is the third one and ans the last. What is remembered of a statement is its text,
// for :save, and what was known before it, for :undo. Invariant: a statement that fails leaves the names, the
// numbers and the texts as they were.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/runner.h"
#include "prompt/complete.h"
#include "prompt/line_source.h"

namespace nabla::cli {

struct AnswerView;

class Prompt {
 public:
  Prompt(const Options& options, Console& console, Runner& runner);

  void run(prompt::LineSource& lines);
  // Statements and commands, one after the other, as if they had been typed.
  void run_lines(std::string_view text);

  // ---- what the commands work with (cli/prompt_commands.cpp) ----

  // An answer that can be printed again. Its Refs are pinned.
  struct Remembered {
    AnswerKind kind = AnswerKind::nothing;
    Numbers numbers;
    std::string text;
    std::optional<Context::Pin> value;
    std::vector<Context::Pin> conditions;
    std::vector<std::string> notes;
    std::vector<std::string> lines;  // as it was shown, unfolded
  };
  // A statement that worked.
  struct Done {
    std::string text;
    uint32_t known_names = 0;  // Names::now() before it
    size_t answers = 0;        // the number of answers before it
  };

  Runner& runner() { return runner_; }
  Console& console() { return console_; }
  Options& settings() { return settings_; }
  void apply_settings();
  std::vector<Remembered>& answers() { return answers_; }
  std::vector<Done>& done() { return done_; }
  void leave() { left_ = true; }
  bool show_times = false;

 private:
  void run_each(std::string_view text);
  void run_chunk(const std::string& text);
  void run_command(std::string_view text);
  bool run_statement(const std::shared_ptr<const ParsedText>& text, const Statement& statement);
  bool show(const std::shared_ptr<const ParsedText>& text, const Statement& statement, uint32_t known_names,
            Outcome& outcome);
  bool show_view(const AnswerView& view, bool numbered);
  void remember(const std::shared_ptr<const ParsedText>& text, const Statement& statement,
                const Answer& answer);

  Options settings_;
  Console& console_;
  Runner& runner_;
  bool drawn_;              // answers are shown in the form of AnswerView
  uint32_t next_line_ = 1;  // diagnostics count the lines of the whole session
  std::vector<Remembered> answers_;
  std::vector<Done> done_;
  int nesting_ = 0;           // of run_lines()
  bool interrupted_ = false;  // by the key: the rest of what was typed is dropped
  bool left_ = false;
};

// ":vars", "?sin": runs a command of the prompt. Throws UsageError.
void run_prompt_command(Prompt& prompt, std::string_view text);
// How each command is written, ":save FILE", and what it does.
std::vector<std::pair<std::string_view, std::string_view>> prompt_command_usages();
// The command that a statement which failed was probably meant to be: ":help sin" for "help sin"; else empty.
std::string command_meant(std::string_view statement);
// The names of the commands, with their colons.
std::vector<std::string> prompt_command_names();
// What :set takes, for completion.
std::vector<prompt::Setting> prompt_settings();

}  // namespace nabla::cli
