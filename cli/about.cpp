// nabla functions, limits, explain: what the program knows about itself.
#include <string>
#include <vector>

#include "cli/arguments.h"
#include "cli/command_list.h"
#include "cli/console.h"
#include "cli/present.h"
#include "expr/function.h"
#include "expr/limits.h"
#include "expr/operator.h"
#include "parser/nearest.h"
#include "session/session.h"

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

struct OperatorRow {
  Operator op;
  const char* usage;
  const char* help;
};

constexpr OperatorRow kOperators[] = {
    {Operator::diff, "diff(e, x)", "derivative; diff(e, x, 3) of order three, diff(e, x, y) mixed"},
    {Operator::grad, "grad(e, x)", "gradient, in the shape of x; without x by every var"},
    {Operator::jac, "jac(e, x)", "Jacobian, outputs by inputs"},
    {Operator::hess, "hess(e, x)", "Hessian, inputs by inputs"},
    {Operator::jvp, "jvp(e, x, v)", "Jacobian times v"},
    {Operator::vjp, "vjp(e, x, u)", "u times Jacobian"},
    {Operator::hvp, "hvp(e, x, v)", "Hessian times v"},
    {Operator::differential, "differential(e)", "the differential, in dX for each name X"},
    {Operator::laplacian, "laplacian(e, x)", "sum of the second derivatives"},
    {Operator::div, "div(e, x)", "divergence"},
    {Operator::curl, "curl(e, x)", "rotation of a field in three dimensions"},
    {Operator::taylor, "taylor(e, x = a, n)", "Taylor polynomial of degree n"},
    {Operator::limit, "limit(e, x = a)", "limit; limit(e, x = a, left) from below"},
    {Operator::simplify, "simplify(e)", "a simpler form of the same value"},
    {Operator::expand, "expand(e)", "products of sums multiplied out"},
    {Operator::factor, "factor(e)", "a product of irreducible factors"},
    {Operator::collect, "collect(e, x)", "ordered by powers of x"},
    {Operator::together, "together(e)", "over one denominator"},
    {Operator::cancel, "cancel(e)", "one fraction in lowest terms, multiplied out"},
    {Operator::apart, "apart(e, x)", "partial fractions in x"},
    {Operator::subs, "subs(e, x = a, y = b)", "a and b put in place of x and y, all at once"},
    {Operator::stable, "stable(e)", "a form that loses less to rounding"},
    {Operator::equal, "equal(a, b)", "whether a and b are equal: proved, refuted or unknown"},
    {Operator::eval, "eval(e, x = 1.5)", "a number; eval(e, digits = 30) to so many certified digits"},
    {Operator::trig, "trig(e)", "the lightest form by identities of sines, cosines, sinh and cosh"},
    {Operator::trigexpand, "trigexpand(e)", "sin(x + y) and sin(2*x) by sines and cosines of x and y"},
    {Operator::trigreduce, "trigreduce(e)", "products of sines and cosines as sums: sin(x)^2 by cos(2*x)"},
    {Operator::trigtoexp, "trigtoexp(e)", "sin, cos, sinh, cosh, … by exp"},
    {Operator::exptotrig, "exptotrig(e)", "exp by cosh and sinh, exp(im*x) by cos and sin"},
    {Operator::powers, "powers(e)", "the lighter of powexpand(e) and powcombine(e), or e"},
    {Operator::powexpand, "powexpand(e)", "powers of products as products, exp of a sum as a product"},
    {Operator::powcombine, "powcombine(e)", "products of powers with one exponent, and of exp, as one"},
    {Operator::logs, "logs(e)", "the lighter of logexpand(e) and logcombine(e), or e"},
    {Operator::logexpand, "logexpand(e)", "log of a product of positive factors as a sum"},
    {Operator::logcombine, "logcombine(e)", "sums of logs as one log"},
    {Operator::radicals, "radicals(e)", "nested square roots apart, and none in denominators"},
};
static_assert(std::size(kOperators) == std::size(operator_names));

std::string padded(std::string_view text, size_t width) {
  std::string out(text);
  out.append(out.size() < width ? width - out.size() : 1, ' ');
  return out;
}

std::string signature(const Function& f) {
  constexpr const char* names[] = {"x", "y", "z"};
  std::string text(f.name);
  text += '(';
  for (size_t i = 0; i < f.min_args; ++i) {
    if (i > 0) text += ", ";
    text += i < 3 ? names[i] : "…";
  }
  return text + ")";
}

struct Example {
  std::string ascii, text;  // the answer; empty: there is none
  bool has_x = false;
};

Example answer_to(const std::string& statement, Format format) {
  Session session;
  const auto parsed = session.parse("<example>", statement);
  const Outcome outcome = session.run(parsed, parsed->statements.at(0));
  Example e;
  if (outcome.error) return e;
  (void)session.caught([&] {
    e.ascii = answer_text(session, outcome.answer, Format::ascii);
    e.text = answer_text(session, outcome.answer, format);
  });
  e.has_x = session.names().find("x") != nullptr;
  return e;
}

// The example of a row, run now: "sin(pi/6) = 1/2"; where there is nothing to work out, its derivative.
std::string example_run(const Console& console, const std::string& example) {
  const Format format = console.format() == Format::unicode ? Format::unicode : Format::ascii;
  const Example value = answer_to(example, format);
  if (value.ascii != example && !value.text.empty()) return example + " = " + value.text;
  const std::string derivative = "diff(" + example + ", x)";
  const std::string slope = value.has_x ? answer_to(derivative, format).text : "";
  return slope.empty() ? example : derivative + " = " + slope;
}

// One function: its row, in words.
void describe(Console& console, const Function& f) {
  const auto line = [&console](const char* title, std::string_view text) {
    if (!text.empty()) console.result(padded(title, 16) + std::string(text));
  };
  console.result(signature(f));
  line("", f.help);
  line("differential", f.differential);
  line("where", f.where);
  line("defined for", f.domain);
  line("values", f.exact);
  line("computed as", f.stable);
  line("in C++", f.cpp);
  if (!f.example.empty()) line("example", example_run(console, std::string(f.example)));
}

}  // namespace

int run_functions(const Options& options) {
  Console console(options);
  if (options.arguments.empty()) {
    for (size_t i = 0; i < function_count(); ++i) {
      const Function& f = row(function_at(i));
      console.result(padded(signature(f), 24) + std::string(f.help));
    }
    for (const OperatorRow& op : kOperators) console.result(padded(op.usage, 24) + op.help);
    return console.status();
  }
  const std::string& name = options.arguments[0];
  if (const auto fn = find_function(name)) {
    describe(console, row(*fn));
    return console.status();
  }
  for (const OperatorRow& op : kOperators) {
    if (operator_name(op.op) != name) continue;
    console.result(op.usage);
    console.result(padded("", 16) + op.help);
    return console.status();
  }
  std::vector<std::string_view> names(std::begin(operator_names), std::end(operator_names));
  for (size_t i = 0; i < function_count(); ++i) names.push_back(row(function_at(i)).name);
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
    console.result(padded(row.name, 20) + padded(std::to_string(limits.*row.value), 12) + row.meaning);
  }
  return console.status();
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
                 std::string(code->explanation));
  return console.status();
}

}  // namespace nabla::cli
