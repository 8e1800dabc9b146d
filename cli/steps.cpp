#include "cli/steps.h"

#include "cli/arguments.h"
#include "cli/command_list.h"
#include "diff/operators.h"
#include "parser/parse.h"
#include "session/request.h"
#include "session/steps.h"

namespace nabla::cli {
namespace {

// Whether the text itself says what is done, as grad(f, x) does.
bool differentiates(const std::string& text) {
  const ParsedText parsed = parse_statements(make_source("<expr>", text));
  const SyntaxTree& tree = parsed.tree;
  for (NodeId n = 0; n < tree.size(); ++n) {
    if (tree.kind(n) != SyntaxKind::call || tree.kind(tree.operand(n, 0)) != SyntaxKind::name) continue;
    const auto op = find_operator(tree.name(tree.operand(n, 0)));
    if (op && (is_differential_operator(*op) || *op == Operator::simplify)) return true;
  }
  return false;
}

}  // namespace

std::string derivation_text(Session& session, const StatementTrace& trace, const Answer& answer,
                            Format format, bool full) {
  if (answer.kind != AnswerKind::expression || (trace.derivation.derivations().empty() && !trace.raw)) {
    throw Failure(
        Code::not_yet_available,
        "there are no steps to show: this is no derivative, or one by complex arrays that are taken apart",
        "steps are those of diff, grad, jac, hess and their kin as the outermost operator");
  }
  StepsOptions options;
  options.html = format == Format::html;
  options.format = format == Format::unicode || options.html ? nabla::Format::unicode
                   : format == Format::latex                 ? nabla::Format::latex
                                                             : nabla::Format::ascii;
  options.full = full;
  return steps_text(session.context(), trace, answer.value, options);
}

int run_steps(const Options& options) {
  Console console(options);
  const Format format = console.format();
  if (format == Format::json || format == Format::cpp || format == Format::python)
    throw UsageError{"steps are written in unicode, ascii, latex or html", "leave --format out"};
  Runner runner(options, console, Strictness::letters);
  if (!runner.declare_let()) return console.status();
  const std::string& text = options.arguments[0];
  ExpressionRequest request;
  request.variables = options.wrt;
  if (!options.wrt.empty() || !differentiates(text)) request.operation = "diff";
  (void)show_steps(runner, options.full,
                   [&] { return run_request(runner.session(), "<expr>", text, request); });
  return console.status();
}

}  // namespace nabla::cli
