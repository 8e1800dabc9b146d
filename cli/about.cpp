// nabla functions, limits, explain: what the program knows about itself.
#include <algorithm>
#include <string>
#include <vector>

#include "cli/arguments.h"
#include "cli/columns.h"
#include "cli/command_list.h"
#include "cli/console.h"
#include "cli/error_examples.h"
#include "cli/function_help.h"
#include "expr/diagnostic.h"
#include "expr/limits.h"
#include "parser/nearest.h"
#include "parser/unicode.h"

namespace nabla::cli {
namespace {

struct LimitRow {
  const char* name;
  uint64_t Limits::*value;
  const char* meaning;
};

constexpr LimitRow kLimits[] = {
    {"input_bytes", &Limits::input_bytes, "bytes of one source text"},
    {"tokens", &Limits::tokens, "tokens of one source text"},
    {"arguments", &Limits::arguments, "arguments of one call or list in text"},
    {"nodes", &Limits::nodes, "nodes of all expressions at one time"},
    {"nesting", &Limits::nesting, "nesting of brackets, calls and operators in text"},
    {"integer_bits", &Limits::integer_bits, "bits of an exact number"},
    {"folded_bits", &Limits::folded_bits,
     "bits up to which constant powers and factorials are multiplied out"},
    {"literal_digits", &Limits::literal_digits, "digits of a number in text, written out"},
    {"derivative_order", &Limits::derivative_order, "order of a derivative"},
    {"expanded_terms", &Limits::expanded_terms, "terms of a sum that is multiplied out"},
    {"simplify_steps", &Limits::simplify_steps, "steps of one simplification; then the lightest form so far"},
    {"printed_characters", &Limits::printed_characters, "characters of one printed result"},
    {"steps", &Limits::steps, "steps of one statement"},
};

// One function: its row, in words.
void describe(Console& console, const FunctionHelp& f) {
  console.result(f.usage);
  console.result(entry("", f.meaning, 16));
  for (const auto& [title, text] : f.facts)
    console.result(entry(title, text, 16, std::string_view(title) == "values" ? ';' : ' '));
  const Format format = console.format() == Format::unicode ? Format::unicode : Format::ascii;
  if (!f.example.empty()) console.result(entry("example", example_run(f.example, format), 16));
}

}  // namespace

int run_functions(const Options& options) {
  Console console(options);
  const std::vector<FunctionHelp> functions = function_helps();
  if (options.arguments.empty()) {
    for (const FunctionHelp& f : functions) console.result(entry(f.usage, f.meaning, 24));
    return console.status();
  }
  const std::string& name = options.arguments[0];
  std::vector<std::string_view> names;
  for (const FunctionHelp& f : functions) {
    if (f.name == name) {
      describe(console, f);
      return console.status();
    }
    names.push_back(f.name);
  }
  const std::string close = did_you_mean(name, names);
  console.error({Code::unknown_function,
                 "unknown function '" + name + "'",
                 {},
                 false,
                 {},
                 close.empty() ? "nabla functions lists them all" : close},
                nullptr);
  return console.status();
}

int run_limits(const Options& options) {
  Console console(options);
  const Limits limits;
  for (const LimitRow& row : kLimits) {
    const std::string limit = padded(row.name, 20) + std::to_string(limits.*row.value);
    console.result(entry(limit, row.meaning, 32));
  }
  return console.status();
}

static std::string indented(std::string_view lines) {
  std::string text;
  while (!lines.empty()) {
    const size_t end = std::min(lines.find('\n'), lines.size());
    text += "  " + std::string(lines.substr(0, end)) + "\n";
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
  return text;
}

int run_explain(const Options& options) {
  Console console(options);
  const CodeInfo* code = find_code(options.arguments[0]);
  if (code == nullptr) {
    throw UsageError{"'" + options.arguments[0] + "' is no error code",
                     "the codes run from " + spelling(code_at(0).code) + " to " +
                         spelling(code_at(code_count() - 1).code)};
  }
  console.result(spelling(code->code) + ": " + std::string(code->title) + "\n\n" +
                 paragraphs(code->explanation));
  if (const ErrorExample* example = error_example(code->code)) {
    const bool shell = example->wrong.substr(0, 2) == "$ ";
    console.result("\nThis gives it:\n\n" + indented(example->wrong) +
                   (shell ? "" : "\n" + indented(first_error(example->wrong))));
    console.text("This does not:\n\n" + indented(example->right));
  } else {
    console.result("\nThere is no example: " + std::string(why_no_example(code->code)) + ".");
  }
  return console.status();
}

}  // namespace nabla::cli
