#include "cli/runner.h"

#include <algorithm>

#include "cli/present.h"
#include "cli/report.h"
#include "parser/render.h"

namespace nabla::cli {
namespace {

SessionOptions session_options(const Options& options, Strictness strictness, bool keep_everything) {
  SessionOptions out;
  out.implicit_scalars = strictness == Strictness::letters;
  out.free_entries = options.free_entries;
  out.raw = options.raw;
  out.seed = options.seed;
  out.keep_everything = keep_everything;
  return out;
}

}  // namespace

Runner::Runner(const Options& options, Console& console, Strictness strictness, bool keep_everything)
    : options_(options),
      console_(console),
      session_(session_options(options, strictness, keep_everything)),
      interrupt_(session_, options.timeout),
      batch_((options.keep_going || keep_everything) && !options.interactive) {}

bool Runner::declare_let() {
  bool good = true;
  for (const std::string& text : options_.let) good = good && run_text("<let>", text);
  return good;
}

bool Runner::run_text(const std::string& file, std::string text, uint32_t first_line) {
  std::shared_ptr<const ParsedText> parsed;
  const auto error = session_.caught([&] { parsed = session_.parse(file, std::move(text), first_line); });
  if (error) {
    show_error(*error, nullptr, 1);
    return false;
  }
  return run(parsed);
}

bool Runner::run(const std::shared_ptr<const ParsedText>& text) {
  bool good = true;
  for (const Statement& statement : text->statements) {
    if (timed([&] { return session_.run(text, statement); })) continue;
    good = false;
    if (!options_.keep_going) break;
  }
  return good;
}

uint32_t Runner::line_of(const Outcome& outcome) {
  if (outcome.source != counted_source_ || outcome.span.begin < counted_offset_) {
    counted_source_ = outcome.source;
    counted_offset_ = 0;
    counted_line_ = outcome.source->first_line;
  }
  const std::string_view text = outcome.source->text;
  const uint32_t end = std::min(outcome.span.begin, static_cast<uint32_t>(text.size()));
  const std::string_view passed = text.substr(counted_offset_, end - counted_offset_);
  counted_line_ += static_cast<uint32_t>(std::count(passed.begin(), passed.end(), '\n'));
  counted_offset_ = end;
  return counted_line_;
}

bool Runner::show(Outcome& outcome) {
  const Format format = console_.format();
  if (!outcome.error && outcome.answer.kind != AnswerKind::nothing) {
    std::string line, conditions;
    outcome.error = session_.caught([&] {
      if (format == Format::json) {
        line = bare_numbers_ && outcome.answer.kind == AnswerKind::numbers
                   ? numbers_json(outcome.answer.numbers)
                   : answer_json(session_, outcome.answer, line_of(outcome));
      } else {
        line = answer_text(session_, outcome.answer, format);
        conditions = conditions_text(session_, outcome.answer, format);
      }
    });
    if (!outcome.error) {
      console_.result(line);
      if (!conditions.empty()) console_.note(conditions);
      if (format != Format::json) {
        for (const std::string& note : outcome.answer.notes) console_.note(note);
      }
    }
  }
  if (!outcome.error && outcome.answer.kind == AnswerKind::nothing && format != Format::json) {
    std::string conditions;  // of an assertion
    outcome.error = session_.caught([&] { conditions = conditions_text(session_, outcome.answer, format); });
    if (!conditions.empty()) console_.note(conditions);
  }
  if (!outcome.error) return console_.status() != exit_files;
  if (!outcome.error->has_span && outcome.source) {
    outcome.error->span = outcome.span;
    outcome.error->has_span = true;
  }
  show_error(*outcome.error, outcome.source.get(), outcome.source ? line_of(outcome) : 1);
  return false;
}

void Runner::show_error(Diagnostic diagnostic, const Source* source, uint32_t line) {
  if (diagnostic.code == Code::internal_error) save_report(diagnostic, source);
  if (console_.format() == Format::json) console_.result(failure_line(line, source, diagnostic));
  if (said_before(diagnostic)) {
    console_.fail(diagnostic.exit_status());
  } else {
    console_.error(diagnostic, source);
  }
}

// A definition that failed is mentioned once where it is missed: "'f' is not known: the definition of 'f' in
// line 3 failed". The other statements that need it fail without a word; in a model file all of them do, so
// that a build ends with what is to be mended.
bool Runner::said_before(const Diagnostic& diagnostic) {
  if (!batch_ || (diagnostic.code != Code::unknown_name && diagnostic.code != Code::unknown_function))
    return false;
  const size_t reason = diagnostic.message.find(" is not known: ");
  if (reason == std::string::npos) return false;
  return session_.options().keep_everything || !said_.insert(diagnostic.message.substr(reason)).second;
}

}  // namespace nabla::cli
