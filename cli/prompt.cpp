#include "cli/prompt.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>

#include "cli/answer_view.h"
#include "cli/arguments.h"
#include "parser/unicode.h"
#include "session/answer_name.h"

namespace nabla::cli {
namespace {

constexpr size_t folded_rows = 15;  // of the terminal, that a long answer takes before :more is asked for

constexpr int most_nested = 20;  // :load in a file that :load reads, and the like

constexpr std::string_view blanks = " \t\r\n";

bool is_command(std::string_view text) {
  const size_t first = text.find_first_not_of(blanks);
  return first != std::string_view::npos && (text[first] == ':' || text[first] == '?');
}

std::string milliseconds(std::chrono::steady_clock::duration time) {
  char text[32];
  (void)std::snprintf(text, sizeof text, "%.2f ms", std::chrono::duration<double, std::milli>(time).count());
  return text;
}

std::string count_text(size_t n) {
  std::string digits = std::to_string(n);
  for (size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, ",");
  return digits;
}

// What stands in front of an answer.
std::string number_text(size_t number) { return "[" + std::to_string(number) + "] "; }

// Cuts what would take more than folded_rows rows of the terminal. Returns the number of characters left out.
size_t fold(std::vector<std::string>& lines, size_t width) {
  size_t rows = 0, left_out = 0;
  for (size_t i = 0; i < lines.size(); ++i) {
    const size_t room = folded_rows - rows;
    const size_t needed = std::max<size_t>(1, (display_width(lines[i]) + width - 1) / width);
    if (needed <= room) {
      rows += needed;
      continue;
    }
    const std::string_view kept = first_columns(lines[i], room * width);
    left_out += display_width(lines[i]) - display_width(kept);
    for (size_t k = i + 1; k < lines.size(); ++k) left_out += display_width(lines[k]);
    lines[i] = std::string(kept);
    lines.resize(room == 0 ? i : i + 1);
    break;
  }
  return left_out;
}

}  // namespace

Prompt::Prompt(const Options& options, Console& console, Runner& runner)
    : settings_(options), console_(console), runner_(runner), drawn_(::isatty(STDOUT_FILENO) != 0) {}

void Prompt::apply_settings() {
  if (settings_.format) console_.set_format(*settings_.format);
  console_.set_quiet(settings_.quiet);
  runner_.interrupt().set_seconds(settings_.timeout);
  runner_.session().set_operator_options({settings_.seed, settings_.free_entries, settings_.raw});
}

void Prompt::run(prompt::LineSource& lines) {
  while (!left_) {
    std::string text;
    const prompt::Event event = lines.read("nabla> ", text);
    if (event == prompt::Event::end) return;
    runner_.session().names().release_letters();
    if (event == prompt::Event::text) run_lines(text);
    if (interrupted_) lines.drop_typed();
    interrupted_ = false;
  }
}

void Prompt::run_lines(std::string_view text) {
  if (nesting_ >= most_nested) throw UsageError{"commands inside of commands, more than 20 deep", ""};
  ++nesting_;
  try {
    run_each(text);
  } catch (...) {
    --nesting_;
    throw;
  }
  --nesting_;
}

void Prompt::run_each(std::string_view text) {
  interrupted_ = false;
  std::string chunk;
  while (!text.empty() && !left_ && !interrupted_) {
    const size_t end = std::min(text.find('\n'), text.size());
    chunk += std::string(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    bool whole = text.empty() || is_command(chunk);
    if (!whole) {
      (void)runner_.session().caught([&] { whole = !runner_.session().parse("<stdin>", chunk)->incomplete; });
    }
    if (whole) {
      is_command(chunk) ? run_command(chunk) : run_chunk(chunk);
      chunk.clear();
    } else {
      chunk += '\n';
    }
  }
}

void Prompt::run_chunk(const std::string& text) {
  std::shared_ptr<const ParsedText> parsed;
  const auto error =
      runner_.session().caught([&] { parsed = runner_.session().parse("<stdin>", text, next_line_); });
  next_line_ += 1 + static_cast<uint32_t>(std::count(text.begin(), text.end(), '\n'));
  if (error) return runner_.show_error(*error, nullptr, 1);
  for (const Statement& statement : parsed->statements) {
    if (!run_statement(parsed, statement)) return;
  }
}

void Prompt::run_command(std::string_view text) {
  const size_t begin = text.find_first_not_of(blanks), end = text.find_last_not_of(blanks);
  ++next_line_;
  try {
    run_prompt_command(*this, text.substr(begin, end - begin + 1));
  } catch (const UsageError& error) {
    console_.usage_error(error.message, error.help);
  } catch (const Failure& failure) {  // of files
    console_.error(failure.diagnostic, nullptr);
  }
}

bool Prompt::run_statement(const std::shared_ptr<const ParsedText>& text, const Statement& statement) {
  Names& names = runner_.session().names();
  Done done{std::string(text->tree.text(statement.span)), names.now(), answers_.size()};
  const auto begin = std::chrono::steady_clock::now();
  const bool good = runner_.timed([&] { return runner_.session().run(text, statement); },
                                  [&](Outcome& outcome) {
                                    const auto time = std::chrono::steady_clock::now() - begin;
                                    const bool shown = show(text, statement, done.known_names, outcome);
                                    if (shown && show_times) console_.remark("    " + milliseconds(time));
                                    return shown;
                                  });
  if (good)
    done_.push_back(std::move(done));
  else
    names.forget_since(done.known_names);
  return good;
}

bool Prompt::show(const std::shared_ptr<const ParsedText>& text, const Statement& statement,
                  uint32_t known_names, Outcome& outcome) {
  if (outcome.error || outcome.answer.kind == AnswerKind::nothing) {
    interrupted_ = outcome.error && outcome.error->code == Code::cancelled;
    const std::string command = outcome.error ? command_meant(text->tree.text(statement.span)) : "";
    if (!command.empty()) outcome.error->help = "commands begin with ':': write " + command;
    return runner_.show(outcome);
  }
  const Format format = console_.format();
  const bool drawn = drawn_ && (format == Format::unicode || format == Format::ascii);
  AnswerView view;
  const size_t before = answers_.size();
  outcome.error = runner_.session().caught([&] {
    if (drawn) {
      view = view_answer(runner_.session(), *text, statement, outcome.answer, format, known_names,
                         terminal_width(STDOUT_FILENO) - number_text(before + 1).size());
    }
    remember(text, statement, outcome.answer);
  });
  const bool good =
      outcome.error || !drawn ? runner_.show(outcome) : show_view(view, answers_.size() > before);
  if (!good) answers_.resize(before);
  return good;
}

bool Prompt::show_view(const AnswerView& view, bool numbered) {
  const std::string number = numbered ? number_text(answers_.size()) : "";
  std::vector<std::string> lines = view.lines;
  for (size_t i = 0; i < lines.size(); ++i)
    lines[i].insert(0, i == 0 ? number : std::string(number.size(), ' '));
  if (numbered) answers_.back().lines = lines;
  const size_t left_out = numbered ? fold(lines, terminal_width(STDOUT_FILENO)) : 0;
  for (const std::string& line : lines) console_.result(line);
  if (left_out > 0) {
    const std::string dots = console_.format() == Format::unicode ? "…" : "...";
    console_.remark("    " + dots + " " + count_text(left_out) + " more characters (:more)");
  }
  if (!view.remarks.empty()) console_.remark("    " + view.remarks);
  return console_.status() != exit_files;
}

void Prompt::remember(const std::shared_ptr<const ParsedText>& text, const Statement& statement,
                      const Answer& answer) {
  Session& session = runner_.session();
  const std::string number = "$" + std::to_string(answers_.size() + 1);
  if (!name_answer(session, number, text, statement, answer)) return;
  name_answer(session, "ans", text, statement, answer);
  Remembered one;
  one.kind = answer.kind;
  one.numbers = answer.numbers;
  one.text = answer.text;
  one.notes = answer.notes;
  if (answer.value) one.value = session.context().pin(answer.value);
  for (const Ref condition : answer.conditions) one.conditions.push_back(session.context().pin(condition));
  answers_.push_back(std::move(one));
}

}  // namespace nabla::cli
