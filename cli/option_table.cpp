#include "cli/option_table.h"

#include <charconv>

#include "cli/arguments.h"
#include "cli/commands.h"

namespace nabla::cli {
namespace {

[[noreturn]] void bad_value(const char* option, const std::string& value, const char* allowed) {
  throw UsageError{std::string("'") + value + "' is no value of " + option, std::string("write ") + allowed};
}

template <class T>
T number(const char* option, const std::string& text, T least, const char* allowed) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !(value >= least)) {
    bad_value(option, text, allowed);
  }
  return value;
}

void store_format(Options& o, const std::string& text) {
  constexpr std::pair<const char*, Format> formats[] = {
      {"unicode", Format::unicode}, {"ascii", Format::ascii}, {"latex", Format::latex},
      {"json", Format::json},       {"cpp", Format::cpp},     {"python", Format::python},
      {"html", Format::html}};
  for (const auto& [name, format] : formats) {
    if (text == name) {
      o.format = format;
      return;
    }
  }
  bad_value("--format", text, "unicode, ascii, latex, json, cpp or python; of steps also html");
}

void store_color(Options& o, const std::string& text) {
  if (text == "auto")
    o.color = Color::automatic;
  else if (text == "always")
    o.color = Color::always;
  else if (text == "never")
    o.color = Color::never;
  else
    bad_value("--color", text, "auto, always or never");
}

void store_diagnostics(Options& o, const std::string& text) {
  if (text != "text" && text != "json") bad_value("--diagnostics", text, "text or json");
  o.json_diagnostics = text == "json";
}

void store_language(Options& o, const std::string& text) {
  if (text != "cpp" && text != "c" && text != "python") bad_value("--lang", text, "cpp or c");
  o.language = text;
}

constexpr double longest_timeout = 1e6;

void store_timeout(Options& o, const std::string& text) {
  constexpr const char* allowed = "a number of seconds, above 0 and at most 1000000";
  o.timeout = number<double>("--timeout", text, 0.0, allowed);
  if (o.timeout == 0 || o.timeout > longest_timeout) bad_value("--timeout", text, allowed);
}

constexpr OptionRow kOptions[] = {
    {"-e", "STATEMENT", nullptr, accepts_statements, "run a statement and print its result; may be repeated",
     [](Options& o, const std::string& t) { o.statements.push_back(t); }, true},
    {"-i", nullptr, nullptr, accepts_statements, "then stay at the prompt",
     [](Options& o, const std::string&) { o.interactive = true; }},
    {"--keep-going", nullptr, nullptr, accepts_keep_going, "go on after a statement that fails",
     [](Options& o, const std::string&) { o.keep_going = true; }},
    {"--wrt", "NAMES", nullptr, accepts_wrt, "differentiate by these names: x,y",
     [](Options& o, const std::string& t) { o.wrt = t; }},
    {"--order", "N", nullptr, accepts_order, "order of the derivative",
     [](Options& o, const std::string& t) { o.order = number<uint32_t>("--order", t, 0, "a whole number"); }},
    {"--at", "VALUES", nullptr, accepts_at, "x=1,y=2 or the name of a .json file",
     [](Options& o, const std::string& t) { o.at.push_back(t); }, true},
    {"--full", nullptr, nullptr, accepts_full, "each rule with its formula",
     [](Options& o, const std::string&) { o.full = true; }},
    {"-o,--output", "OUT", nullptr, accepts_gen, "the file to write; '-' is standard output",
     [](Options& o, const std::string& t) { o.output = t; }},
    {"--check", nullptr, nullptr, accepts_check, "write nothing; exit status 3 if the file is out of date",
     [](Options& o, const std::string&) { o.check = true; }},
    {"--lang", "LANGUAGE", "cpp c", accepts_gen, "language of the code: cpp or c", store_language},
    {"--depfile", "FILE", nullptr, accepts_gen, "write the files read, as a rule for make and ninja",
     [](Options& o, const std::string& t) { o.depfile = t; }},
    {"--stamp", "FILE", nullptr, accepts_gen, "write this file when all went well",
     [](Options& o, const std::string& t) { o.stamp = t; }},
    {"--namespace", "NAME", nullptr, accepts_gen, "namespace of the code: my::models",
     [](Options& o, const std::string& t) { o.name_space = t; }},
    {"--scalar", "TYPE", "template double float", accepts_gen, "scalar type: template, double or float",
     [](Options& o, const std::string& t) { o.scalar = t; }},
    {"--storage", "KIND", "array span eigen", accepts_gen, "how arrays are passed: array, span or eigen",
     [](Options& o, const std::string& t) { o.storage = t; }},
    {"--derive", "OUTPUTS", nullptr, accepts_gen, "outputs instead of those of the file: value,grad,hess",
     [](Options& o, const std::string& t) { o.derive = t; }},
    {"--functions", "NAMES", nullptr, accepts_gen, "only these functions: f,g",
     [](Options& o, const std::string& t) { o.functions = t; }},
    {"--no-stable", nullptr, nullptr, accepts_gen, "do not replace formulas by numerically stable ones",
     [](Options& o, const std::string&) { o.no_stable = true; }},
    {"--report", nullptr, nullptr, accepts_gen, "say what was generated and how it was checked",
     [](Options& o, const std::string&) { o.report = true; }},
    {"--use-runtime", nullptr, nullptr, accepts_gen, "include nabla_runtime.h instead of copying from it",
     [](Options& o, const std::string&) { o.use_runtime = true; }},
    {"--format", "FORM", "unicode ascii latex json cpp python", 0,
     "unicode, ascii, latex, json, cpp or python", store_format},
    {"--let", "DECLARATIONS", nullptr, 0, "declarations before the expression: \"var x; param a > 0\"",
     [](Options& o, const std::string& t) { o.let.push_back(t); }, true},
    {"--raw", nullptr, nullptr, 0, "do not simplify", [](Options& o, const std::string&) { o.raw = true; }},
    {"--free-entries", nullptr, nullptr, 0, "derivatives by the independent entries of structured variables",
     [](Options& o, const std::string&) { o.free_entries = true; }},
    {"--timeout", "SECONDS", nullptr, 0, "time for each statement", store_timeout},
    {"--seed", "N", nullptr, 0, "seed of the random points of checks",
     [](Options& o, const std::string& t) { o.seed = number<uint64_t>("--seed", t, 0, "a whole number"); }},
    {"--diagnostics", "FORM", "text json", 0, "text or json", store_diagnostics},
    {"--color", "WHEN", "auto always never", 0, "auto, always or never", store_color},
    {"--quiet", nullptr, nullptr, 0, "no notes about layout and conditions",
     [](Options& o, const std::string&) { o.quiet = true; }},
};

constexpr ExitRow kExits[] = {
    {exit_done, "done"},
    {exit_wrong_input, "wrong input"},
    {exit_wrong_usage, "wrong command line"},
    {exit_out_of_date, "out of date (--check)"},
    {exit_cannot, "cannot"},
    {exit_internal, "internal error"},
    {exit_files, "a file cannot be read or written"},
};

}  // namespace

std::span<const OptionRow> option_rows() { return kOptions; }

std::string long_name(const OptionRow& row) {
  const std::string names = row.names;
  const size_t comma = names.find(',');
  return comma == std::string::npos ? names : names.substr(comma + 1);
}

bool accepts(const Command* command, const OptionRow& row) {
  if (row.belongs == 0) return true;
  const uint32_t accepted = command == nullptr ? accepts_statements | accepts_keep_going : command->accepts;
  return (accepted & row.belongs) != 0;
}

std::span<const ExitRow> exit_rows() { return kExits; }

}  // namespace nabla::cli
