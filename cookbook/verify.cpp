#include "cookbook/verify.h"

#include <chrono>

#include "cookbook/size.h"
#include "expr/diagnostic.h"
#include "expr/print.h"
#include "parser/elaborate.h"
#include "parser/parse.h"
#include "session/equality.h"
#include "session/operators.h"
#include "simplify/proved_equal.h"

namespace nabla {
namespace {

// A text of several lines as one.
std::string one_line(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '\n') c = ' ';
    if (c == ' ' && !out.empty() && out.back() == ' ') continue;
    out += c;
  }
  return out;
}

// Without the parentheses that only allow a line to be broken.
std::string unwrapped(std::string text) {
  while (text.size() > 1 && text.front() == '(' && text.back() == ')') {
    int depth = 0;
    for (size_t i = 0; i + 1 < text.size(); ++i) {
      depth += text[i] == '(' ? 1 : text[i] == ')' ? -1 : 0;
      if (depth == 0) return text;
    }
    text = text.substr(1, text.size() - 2);
    text.erase(0, text.find_first_not_of(' '));
  }
  return text;
}

class Verifier {
 public:
  Verifier(const BookRow& row, uint64_t seed) : row_(row), seed_(seed), work_(row, seed) {
    report_.row = &row;
  }

  RowReport run() {
    if (!row_.definition.empty()) {
      report_.standing = Standing::definition;
      report_.stated = row_.definition;
      return report_;
    }
    if (work_.assertion == nullptr) return refused(work_.error.empty() ? "no assertion" : work_.error);
    const SyntaxTree& tree = work_.text->tree;
    report_.question = one_line(tree.text(work_.left()));
    report_.stated = unwrapped(one_line(tree.text(work_.right())));
    measure_stated(tree);
    if (!derive()) return report_;
    compare();
    return report_;
  }

 private:
  Session& session() { return *work_.session; }
  Context& ctx() { return session().context(); }

  RowReport refused(const std::string& why) {
    report_.standing = Standing::refused;
    report_.message = why;
    return report_;
  }

  void measure_stated(const SyntaxTree& tree) {
    for (const Statement& s : work_.text->statements) {
      if (s.kind != StatementKind::definition) continue;
      const Definition& d = work_.text->definitions[s.detail];
      size_.define(tree, s.root, std::string(tree.spelling(d.name.name)));
    }
    report_.stated_nodes = size_.dag_nodes(tree, work_.right());
  }

  bool derive() {
    const auto start = std::chrono::steady_clock::now();
    Answer answer;
    auto error = session().guarded([&] {
      const SyntaxTree& tree = work_.text->tree;
      question_ = elaborate(ctx(), session().names(), tree, work_.left());
      session().answer(question_, {}, answer);
    });
    report_.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (!error && answer.kind != AnswerKind::expression) return refused("the answer is no expression"), false;
    if (error) return refused(error->message), false;
    derived_ = answer.value;
    report_.notes = answer.notes;
    error = session().caught([&] { show(); });
    if (error) return refused("the result cannot be printed: " + error->message), false;
    return true;
  }

  void show() {
    PrintOptions options;
    options.share = false;
    report_.derived = print(ctx(), derived_, options);
    const ParsedText parsed = parse_expression(report_.derived);
    report_.derived_nodes = size_.dag_nodes(parsed.tree, parsed.statements.at(0).root);
    options.format = Format::latex;
    report_.derived_latex = print(ctx(), derived_, options);
    report_.question_latex = question_latex(options);
  }

  // Of one operator; empty for anything else.
  std::string question_latex(const PrintOptions& options) {
    if (ctx().kind(question_) != Kind::operation) return {};
    const auto operands = ctx().operands(question_);
    if (has_operations(ctx(), operands[0])) return {};
    const std::string f = "\\left(" + print(ctx(), operands[0], options) + "\\right)";
    if (operands.size() == 1) return "\\mathrm{d}" + f;
    const std::string x = print(ctx(), operands[1], options);
    const bool hessian = static_cast<Operator>(ctx()[question_].tag) == Operator::hess;
    return (hessian ? "\\frac{\\partial^2}{\\partial " + x + "\\,\\partial " + x + "^\\top}"
                    : "\\frac{\\partial}{\\partial " + x + "}") +
           f;
  }

  void compare() {
    Answer answer;
    auto error = session().caught([&] {
      const Ref said = elaborate(ctx(), session().names(), work_.text->tree, work_.right());
      session().answer(said, {}, answer);
    });
    if (error) {
      refused("the stated form: " + error->message);
      return;
    }
    const Ref stated = answer.value;
    if (ctx()[derived_].shape != ctx()[stated].shape) {
      report_.standing = Standing::refuted;
      report_.message = "the shapes differ";
      return;
    }
    report_.same = derived_ == stated;
    bool proved = report_.same;
    // In normal form as wholes; those of constant size also entry by entry.
    if (!proved) {
      error = session().caught([&] {
        proved = proved_equal(ctx(), derived_, stated);
        if (proved) return;
        const Verdict verdict = compare_values(ctx(), derived_, stated, seed_);
        proved = verdict.kind == Verdict::Kind::proved && verdict.where.empty() && !verdict.complex_values;
      });
    }
    check(stated, proved);
  }

  // What the numbers say where nothing is proved, and whether the derived form agrees with them anyway.
  void check(Ref stated, bool proved) {
    report_.standing = proved ? Standing::proved : Standing::undecided;
    const auto error = session().caught([&] {
      report_.numeric = compare_numerically(ctx(), question_, derived_, stated, row_.free_entries, seed_);
    });
    if (error) report_.numeric.why = error->message;
    const NumericReport& n = report_.numeric;
    if (!proved && n.evaluated) {
      report_.standing = n.difference > numeric_tolerance ? Standing::refuted : Standing::equal_numbers;
      if (report_.standing == Standing::refuted) report_.message = "the two differ at " + n.point;
    }
    if (n.differentiated && n.error > numeric_tolerance) {
      report_.standing = Standing::wrong;
      report_.message = "the derived form differs from automatic differentiation";
    }
    if (report_.message.empty() && report_.standing == Standing::undecided) report_.message = n.why;
  }

  const BookRow& row_;
  uint64_t seed_;
  RowSession work_;
  RowReport report_;
  SyntaxSize size_;
  Ref question_, derived_;
};

}  // namespace

std::string_view standing_name(Standing s) {
  constexpr std::string_view names[] = {"proved",    "numerically equal", "refuted",   "wrong",
                                        "undecided", "refused",           "definition"};
  return names[static_cast<size_t>(s)];
}

RowSession::RowSession(const BookRow& row, uint64_t seed) {
  SessionOptions options;
  options.implicit_scalars = false;
  options.free_entries = row.free_entries;
  options.seed = seed;
  options.keep_everything = true;
  session = std::make_unique<Session>(options);
  text = session->parse(row.file, row.statements);
  size_t before = 0;
  for (const Statement& s : text->statements) {
    if (s.kind == StatementKind::assertion) {
      if (before++ < row.assertion) continue;
      assertion = &s;
      break;
    }
    const Outcome out = session->run(text, s);
    if (out.error) {
      error = out.error->message;
      return;
    }
  }
  if (assertion == nullptr && !text->errors.empty()) error = text->errors[0].message;
}

std::optional<Diagnostic> RowSession::answer_left(StatementTrace& trace, Answer& answer) {
  OperatorOptions with_trace = session->operator_options();
  with_trace.trace = &trace;
  session->set_operator_options(with_trace);
  return session->guarded([&] {
    session->answer(elaborate(session->context(), session->names(), text->tree, left()), {}, answer);
  });
}

RowReport verify_row(const BookRow& row, uint64_t seed) { return Verifier(row, seed).run(); }

}  // namespace nabla
