#include "codegen/emit.h"

#include <algorithm>
#include <span>
#include <unordered_map>

#include "codegen/call_groups.h"
#include "codegen/cpp_expr.h"
#include "codegen/runtime_blocks.h"
#include "codegen/scopes.h"
#include "expr/print.h"

namespace nabla {
namespace {

// A statement stays readable, and quick to compile, below this many operators and columns.
constexpr uint32_t most_operators = 24;
constexpr uint32_t most_inlined = 10;
constexpr size_t most_columns = 160;

// Whether the first parenthesis closes at the end: clang warns of a second pair around a comparison.
bool in_parentheses(const std::string& text) {
  int depth = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    depth += text[i] == '(' ? 1 : text[i] == ')' ? -1 : 0;
    if (depth == 0) return i > 0 && i + 1 == text.size();
  }
  return false;
}

class Emitter {
 public:
  Emitter(const Plan& plan, Context& ctx, const EmitNames& names, const std::vector<EmitTarget>& targets)
      : plan_(plan),
        ctx_(ctx),
        names_(names),
        writer_(plan, ctx, names),
        targets_(targets),
        scopes_(plan, target_steps(targets), names.lane.empty() ? deepest_scope : 0),
        pieces_(plan.steps.size()),
        budget_(plan.steps.size()),
        lines_(scopes_.scope_count()),
        temporaries_(names.temporaries) {
    for (size_t k = 0; k < targets.size(); ++k) {
      if (targets[k].at_once) at_once_targets_[targets[k].step].push_back(k);
    }
  }

  Emitted run() {
    if (names_.calls_at_once) {
      in_groups();
    } else {
      for (StepId s = 0; s < plan_.steps.size(); ++s) {
        if (scopes_.uses(s) > 0) step(s);
      }
    }
    for (const EmitTarget& t : targets_) {
      if (!t.at_once) assign(t);
    }
    Emitted out;
    out.std_functions = writer_.std_functions();
    out.runtime = writer_.runtime_functions();
    const bool any_type = names_.is_template && names_.lane.empty();
    if (names_.language == EmitLanguage::cpp)
      out.usings = using_line(out.std_functions, names_.indent, any_type ? names_.runtime : "", out.runtime);
    for (const Line& l : lines_[0]) {
      append_wrapped(out.text, names_.indent + std::string(2 * l.depth, ' '), l.text);
    }
    for (const std::string& f : at_once_) out.runtime.insert(f + "_each");
    out.at_once = std::move(at_once_);
    out.on_lanes = writer_.on_lanes();
    out.inputs = writer_.inputs_read();
    out.temporaries = temporaries_;
    return out;
  }

 private:
  struct Line {
    uint32_t depth;
    std::string text;
  };

  static std::vector<StepId> target_steps(const std::vector<EmitTarget>& targets) {
    std::vector<StepId> out;
    for (const EmitTarget& t : targets) out.push_back(t.step);
    return out;
  }

  void assign(const EmitTarget& t) { line(0, t.left + take(t.step).whole() + t.right + ";"); }
  void assign_at_once(StepId s) {
    const auto found = at_once_targets_.find(s);
    if (found == at_once_targets_.end()) return;
    for (size_t k : found->second) assign(targets_[k]);
  }

  void line(ScopeId scope, std::string text) { lines_[scope].push_back({0, std::move(text)}); }

  // The text of a step for one of its uses.
  CppText take(StepId s) {
    const bool atom = scopes_.uses(s) > 1 || pieces_[s].is_name;
    return atom ? pieces_[s] : std::move(pieces_[s]);
  }

  void in_groups() {
    const CallGroups groups = call_groups(plan_, scopes_);
    for (size_t k = 0; k < groups.order.size(); ++k) {
      const size_t n = groups.size[groups.order[k]];
      if (n == 0) {
        step(groups.order[k]);
      } else {
        calls({groups.order.data() + k, n});
        k += n - 1;
      }
    }
  }

  // const auto [t1, t2, t3, t4] = rt::sin_each<T>(x, y, z, w);
  void calls(std::span<const StepId> group) {
    const std::string f = math_function(plan_.steps[group[0]]);
    at_once_.insert(f);
    std::string left, right;
    for (StepId s : group) {
      right += (right.empty() ? "" : ", ") + take(plan_.operands(s)[0].step).whole();
      const std::string name = new_name(s);
      left += (left.empty() ? "" : ", ") + name;
      pieces_[s] = CppText::name(name, false);
    }
    line(0, "const auto [" + left + "] = " + names_.runtime + "::" + f + "_each<" + names_.scalar + ">(" +
                right + ");");
    for (StepId s : group) assign_at_once(s);
  }

  void step(StepId s) {
    define(s);
    assign_at_once(s);
  }

  void define(StepId s) {
    const PlanStep& step = plan_.steps[s];
    std::vector<CppText> operands;
    for (const PlanOperand& o : plan_.operands(s)) operands.push_back(take(o.step));
    if (step.op == PlanOp::select &&
        !(lines_[scopes_.then_scope(s)].empty() && lines_[scopes_.else_scope(s)].empty()) &&
        scopes_.then_scope(s) != scopes_.scope(s)) {
      branch(s, operands);
      return;
    }
    CppText p = writer_.write(s, std::move(operands));
    if (!must_name(s, p)) {
      pieces_[s] = std::move(p);
      return;
    }
    const std::string name = new_name(s);
    std::string text = "const " + type(p) + " " + name + " = " + p.whole() + ";";
    const std::string note = remark(s);  // where it stays on the line
    const size_t deepest = scopes_.scope(s) == 0 ? 0 : 2 * deepest_scope;
    if (names_.indent.size() + deepest + text.size() + note.size() <= 100) text += note;
    line(scopes_.scope(s), std::move(text));
    pieces_[s] = CppText::name(name, p.is_truth);
  }

  bool must_name(StepId s, const CppText& p) {
    const PlanOp op = plan_.steps[s].op;
    if (op == PlanOp::constant || has_user_name(s)) return true;
    if (p.is_name) return false;
    if (op == PlanOp::number) return false;
    if (scopes_.uses(s) > 1) return true;
    if (p.operators > most_inlined || p.size() > most_columns) return !scopes_.is_target(s);
    const StepId user = scopes_.user(s);
    if (scopes_.is_target(s)) return false;
    if (budget_[user] + p.operators + 1 > most_operators) return true;
    budget_[user] += p.operators + 1;
    return false;
  }

  bool has_user_name(StepId s) const { return s < names_.steps.size() && !names_.steps[s].empty(); }
  std::string new_name(StepId s) {
    const PlanStep& step = plan_.steps[s];
    if (has_user_name(s)) return names_.steps[s];
    if (step.op == PlanOp::constant && ctx_.kind(step.atom) == Kind::constant)
      return static_cast<Constant>(step.tag) == Constant::pi ? names_.pi : names_.e;
    return "t" + std::to_string(++temporaries_);
  }
  // What a number stands for, where that is short.
  std::string remark(StepId s) const {
    const PlanStep& step = plan_.steps[s];
    if (step.op != PlanOp::constant || ctx_.kind(step.atom) == Kind::constant) return {};
    const std::string text = print(ctx_, step.atom);
    return text.size() <= 24 ? "  // " + text : std::string();
  }
  std::string type(const CppText& p) const {
    if (!p.is_truth) return names_.scalar;
    return names_.lane.empty() ? "bool" : "auto";
  }

  // A conditional whose sides need statements of their own.
  void branch(StepId s, std::vector<CppText>& operands) {
    const bool truth = operands[1].is_truth;
    const std::string name = new_name(s);
    const ScopeId scope = scopes_.scope(s), then = scopes_.then_scope(s), otherwise = scopes_.else_scope(s);
    line(then, name + " = " + operands[1].whole() + ";");
    line(otherwise, name + " = " + operands[2].whole() + ";");
    line(scope, (truth ? "bool " : names_.scalar + " ") + name + ";");
    const std::string condition = operands[0].whole();
    line(scope, "if " + (in_parentheses(condition) ? condition : "(" + condition + ")") + " {");
    splice(scope, then);
    line(scope, "} else {");
    splice(scope, otherwise);
    line(scope, "}");
    pieces_[s] = CppText::name(name, truth);
  }

  void splice(ScopeId to, ScopeId from) {
    for (Line& l : lines_[from]) lines_[to].push_back({l.depth + 1, std::move(l.text)});
    lines_[from].clear();
  }

  const Plan& plan_;
  Context& ctx_;
  const EmitNames& names_;
  CppWriter writer_;
  const std::vector<EmitTarget>& targets_;
  Scopes scopes_;
  std::vector<CppText> pieces_;
  std::vector<uint32_t> budget_;
  std::vector<std::vector<Line>> lines_;
  size_t temporaries_;
  std::set<std::string> at_once_;
  std::unordered_map<StepId, std::vector<size_t>> at_once_targets_;  // by step: the targets
};

}  // namespace

Emitted emit(const Plan& plan, Context& ctx, const EmitNames& names, const std::vector<EmitTarget>& targets) {
  return Emitter(plan, ctx, names, targets).run();
}

std::string using_line(const std::set<std::string>& functions, const std::string& indent,
                       const std::string& any_type, std::set<std::string>& runtime) {
  std::string list, out;
  for (const std::string& f : functions) {
    const bool of_class = f == "fabs" && !any_type.empty();
    if (of_class) runtime.insert(fabs_of_class);
    list += (list.empty() ? "using " : ", ") + (of_class ? any_type : "std") + "::" + f;
  }
  if (!list.empty()) append_wrapped(out, indent, list + ";");
  return out;
}

void append_wrapped(std::string& out, std::string_view indent, std::string_view text, size_t width) {
  std::string_view more;
  while (indent.size() + more.size() + text.size() > width) {
    const size_t room = width - std::min(width - 20, indent.size() + more.size());
    size_t cut = text.rfind(' ', room);
    if (cut == std::string_view::npos || cut == 0) cut = text.find(' ', 1);
    if (cut == std::string_view::npos) break;
    out.append(indent).append(more).append(text.substr(0, cut)).append("\n");
    text.remove_prefix(cut + 1);
    more = "    ";
  }
  out.append(indent).append(more).append(text).append("\n");
}

}  // namespace nabla
