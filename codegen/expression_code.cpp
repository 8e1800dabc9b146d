#include "codegen/expression_code.h"

#include <algorithm>
#include <vector>

#include "codegen/identifiers.h"
#include "codegen/plan.h"
#include "eval/tape.h"
#include "expr/diagnostic.h"
#include "expr/function.h"
#include "expr/program.h"
#include "expr/scalarize.h"
#include "expr/shape_text.h"
#include "expr/substitute.h"

namespace nabla {
namespace {

// How tightly an operator binds, the same order in both languages.
enum class Level : uint8_t {
  conditional,
  disjunction,
  conjunction,
  negation,
  comparison,
  sum,
  product,
  unary,
  atom
};

struct Text {
  std::string text;
  Level level = Level::atom;
  std::string at(Level least) const { return level >= least ? text : "(" + text + ")"; }
};

class Writer {
 public:
  Writer(Context& ctx, const Plan& plan, const Program& program, const Identifiers& identifiers,
         CodeLanguage language)
      : ctx_(ctx),
        plan_(plan),
        program_(program),
        identifiers_(identifiers),
        python_(language == CodeLanguage::python) {}

  // The texts of all outputs, in order.
  std::vector<std::string> run() {
    texts_.resize(plan_.steps.size());
    for (StepId s = 0; s < plan_.steps.size(); ++s) {
      ctx_.budget().spend();
      texts_[s] = write(s);
      length_ += texts_[s].text.size();
      const uint64_t limit = ctx_.limits().printed_characters;
      // The sum of all lengths bounds the memory; few results are ten times shorter than the sum of their
      // parts.
      if (texts_[s].text.size() > limit || length_ > 100 * limit) {
        throw Failure(Code::result_too_long,
                      "the code is longer than the limit of " + std::to_string(limit) + " characters",
                      "nabla gen writes code that computes shared parts once");
      }
    }
    std::vector<std::string> outputs;
    for (StepId s : plan_.outputs[0]) outputs.push_back(texts_[s].text);
    return outputs;
  }

 private:
  Text write(StepId s) const {
    const PlanStep& step = plan_.steps[s];
    switch (step.op) {
      case PlanOp::input:
        return {input(program_.inputs[step.first])};
      case PlanOp::number:
        return number(ctx_.value(step.atom));
      case PlanOp::constant:
        return constant(static_cast<Constant>(step.tag));
      case PlanOp::truth:
        return {python_ ? (step.tag != 0 ? "True" : "False") : (step.tag != 0 ? "true" : "false")};
      case PlanOp::sum:
        return chain(s, Level::sum, " + ", " - ", "-");
      case PlanOp::product:
        return chain(s, Level::product, "*", "/", python_ ? "1/" : "1.0/");
      case PlanOp::call:
        return call(s);
      case PlanOp::compare:
        return compare(s);
      case PlanOp::negation:
        return {(python_ ? "not " : "!") + operand(s, 0).at(Level::unary), Level::negation};
      case PlanOp::conjunction:
        return logical(s, Level::conjunction, python_ ? " and " : " && ");
      case PlanOp::disjunction:
        return logical(s, Level::disjunction, python_ ? " or " : " || ");
      case PlanOp::select:
        return select(s);
    }
    throw Failure(Code::cannot_emit, "this operation has no code");
  }

  const Text& operand(StepId s, size_t i) const { return texts_[plan_.operands(s)[i].step]; }

  static bool is_python_word(std::string_view name) {
    for (std::string_view word :
         {"and",    "as",   "assert", "async",  "await",    "break", "class", "continue", "def",
          "del",    "elif", "else",   "except", "finally",  "for",   "from",  "global",   "if",
          "import", "in",   "is",     "lambda", "nonlocal", "not",   "or",    "pass",     "raise",
          "return", "try",  "while",  "with",   "yield",    "None",  "True",  "False"}) {
      if (name == word) return true;
    }
    return false;
  }

  // x, or x[0][2] for x[1, 3].
  std::string input(Ref e) const {
    if (ctx_.kind(e) == Kind::symbol) return spelled(ctx_.symbol(e).name);
    const auto parts = ctx_.operands(e);
    std::string text = spelled(ctx_.symbol(parts[0]).name);
    for (Ref index : parts.subspan(1)) text += "[" + (ctx_.value(index) - Rational(1)).to_string() + "]";
    return text;
  }
  std::string spelled(const std::string& name) const {
    const std::string& safe = identifiers_.of(name);
    return python_ && is_python_word(safe) ? safe + "_" : safe;
  }

  Text number(const Rational& v) const {
    if (python_) return v.is_integer() ? Text{v.to_string()} : Text{v.to_string(), Level::product};
    if (v.is_integer()) return {v.to_string() + ".0"};
    return {v.numerator().to_string() + ".0/" + v.denominator().to_string() + ".0", Level::product};
  }

  Text constant(Constant c) const {
    if (c == Constant::im) throw Failure(Code::cannot_emit, "'im' has no code");
    if (python_) return {c == Constant::pi ? "math.pi" : "math.e"};
    return {c == Constant::pi ? "3.141592653589793" : "2.718281828459045"};
  }

  // a + b - c, a*b/c; the first operand is not inverted if another is not.
  Text chain(StepId s, Level level, const char* join, const char* inverse, const char* first_inverse) const {
    std::vector<PlanOperand> list(plan_.operands(s).begin(), plan_.operands(s).end());
    for (size_t i = 0; i < list.size(); ++i) {
      if (list[i].inverted) continue;
      if (i > 0)
        std::rotate(list.begin(), list.begin() + static_cast<ptrdiff_t>(i),
                    list.begin() + static_cast<ptrdiff_t>(i) + 1);
      break;
    }
    const Level tighter = level == Level::sum ? Level::product : Level::unary;
    std::string text;
    for (size_t i = 0; i < list.size(); ++i) {
      text += i > 0 ? (list[i].inverted ? inverse : join) : list[i].inverted ? first_inverse : "";
      text += texts_[list[i].step].at(i == 0 && !list[i].inverted ? level : tighter);
    }
    const bool sign_only = level == Level::sum && list.size() == 1;
    return {text, sign_only ? Level::unary : level};
  }

  Text call(StepId s) const {
    const Function& f = row(static_cast<Fn>(plan_.steps[s].tag));
    std::string text = callee(f) + "(";
    for (size_t i = 0; i < plan_.operands(s).size(); ++i) {
      text += (i == 0 ? "" : ", ") + operand(s, i).at(Level::conditional);
    }
    return {text + ")"};
  }

  std::string callee(const Function& f) const {
    const std::string name(f.cpp);
    if (!python_) return name.substr(0, 4) == "rt::" ? "nabla::" + name : name;
    if (f.name == "abs" || f.name == "min" || f.name == "max") return std::string(f.name);
    if (f.name == "gamma") return "math.gamma";
    // Python's round() takes halves to even.
    if (name.substr(0, 5) == "std::" && f.name != "round") return "math." + name.substr(5);
    throw Failure(Code::cannot_emit, "'" + std::string(f.name) + "' has no name in Python");
  }

  Text compare(StepId s) const {
    constexpr const char* signs[] = {" < ", " <= ", " == ", " != "};
    return {operand(s, 0).at(Level::sum) + signs[plan_.steps[s].tag] + operand(s, 1).at(Level::sum),
            Level::comparison};
  }

  Text logical(StepId s, Level level, const char* word) const {
    std::string text;
    for (size_t i = 0; i < plan_.operands(s).size(); ++i)
      text += (i > 0 ? word : "") + operand(s, i).at(level);
    return {text, level};
  }

  Text select(StepId s) const {
    const std::string c = operand(s, 0).at(Level::disjunction), a = operand(s, 1).at(Level::disjunction);
    const std::string b = operand(s, 2).at(Level::conditional);
    return {python_ ? a + " if " + c + " else " + b : c + " ? " + a + " : " + b, Level::conditional};
  }

  Context& ctx_;
  const Plan& plan_;
  const Program& program_;
  const Identifiers& identifiers_;
  bool python_;
  std::vector<Text> texts_;
  uint64_t length_ = 0;
};

std::string nested(const std::vector<std::string>& entries, const std::vector<int64_t>& extents,
                   bool python) {
  std::string text;
  for (size_t i = 0; i < entries.size(); ++i) {
    size_t opened = 0, closed = 0, block = 1;
    for (size_t axis = extents.size(); axis-- > 0;) {
      block *= static_cast<size_t>(extents[axis]);
      opened += i % block == 0;
      closed += (i + 1) % block == 0;
    }
    text += i > 0 ? ", " : "";
    text.append(opened, python ? '[' : '{').append(entries[i]).append(closed, python ? ']' : '}');
  }
  return text;
}

}  // namespace

std::string expression_code(Context& ctx, Ref e, CodeLanguage language) {
  const std::vector<Ref> list = entries(ctx, e);
  Program program;
  program.inputs = inputs_of(ctx, list);
  Lowering lowering(ctx, program);
  ProgramOutput output;
  output.entries = lowering.lower_all(list);
  program.outputs.push_back(output);
  const Plan plan = make_plan(ctx, program);
  std::vector<std::string> names;
  for (Ref symbol : symbols_of(ctx, list)) names.push_back(ctx.symbol(symbol).name);
  const Identifiers identifiers(names);
  const std::vector<std::string> texts = Writer(ctx, plan, program, identifiers, language).run();
  const auto extents = constant_extents(ctx, ctx[e].shape);
  return nested(texts, extents.value_or(std::vector<int64_t>{}), language == CodeLanguage::python);
}

}  // namespace nabla
