#include "session/steps.h"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "expr/diagnostic.h"
#include "expr/function.h"
#include "session/simplification.h"

namespace nabla {
namespace {

struct RuleText {
  StepRule rule;
  std::string_view name;
  std::string_view formula;
};

constexpr std::array<RuleText, 15> rule_texts = {{
    {StepRule::constant_factor, "constant factor", "(c*u)' = c*u'"},
    {StepRule::sum, "sum rule", "(u + v)' = u' + v'"},
    {StepRule::product, "product rule", "(u*v)' = u'*v + u*v'"},
    {StepRule::power, "power rule", "(u^n)' = n*u^(n - 1)*u'"},
    {StepRule::exponential, "power rule, exponent", "(a^u)' = a^u*log(a)*u'"},
    {StepRule::general_power, "power rule, base and exponent", "(u^v)' = v*u^(v - 1)*u' + u^v*log(u)*v'"},
    {StepRule::function, "chain rule", ""},
    {StepRule::logarithm, "logarithm of a product", "log(u*v)' = u'/u + v'/v"},
    {StepRule::opaque, "chain rule", "g(u)' = g'(u)*u'"},
    {StepRule::branch, "branch by branch", "(if c then u else v)' = if c then u' else v'"},
    {StepRule::linear, "product rule, linear in each factor", "(U*V)' = U'*V + U*V'"},
    {StepRule::reduction, "rule of the reduction", ""},
    {StepRule::matrix_power, "matrix power rule", "(U^-1)' = -U^-1*U'*U^-1"},
    {StepRule::structural, "entry by entry", ""},
    {StepRule::variable, "all uses together", ""},
}};

const RuleText& text_of(StepRule rule) {
  return *std::find_if(rule_texts.begin(), rule_texts.end(),
                       [&](const RuleText& t) { return t.rule == rule; });
}

class Writer {
 public:
  Writer(Context& ctx, const StatementTrace& trace, const StepsOptions& options)
      : ctx_(ctx), trace_(trace), options_(options) {
    print_.format = options.format;
  }

  std::string write(Ref answer) {
    for (const Derivation& d : trace_.derivation.derivations()) {
      d.way == Way::backward ? backward(d) : forward(d);
      if (d.in_space) line(1, printed_with_equals(d.in_space), "in the space of " + printed(d.by));
    }
    simplification(answer);
    if (options_.html) to_depth(0);
    return latex() ? "\\begin{aligned}\n" + out_ + "\\end{aligned}\n" : out_;
  }

 private:
  struct Todo {
    Ref part;
    size_t depth;
  };

  bool latex() const { return options_.format == Format::latex; }
  bool unicode() const { return options_.format == Format::unicode; }
  std::string printed(Ref e) { return print(ctx_, e, print_); }
  std::string printed_with_equals(Ref e) { return "= " + printed(e); }

  // What stands under a ∂ or d: in parentheses if it is more than a name or a call.
  std::string operand(Ref e) {
    const Kind k = ctx_.kind(e);
    const bool alone = k == Kind::symbol || k == Kind::function || k == Kind::opaque || k == Kind::entry;
    const std::string text = printed(e);
    if (latex()) return alone ? text : "\\left(" + text + "\\right)";
    return alone ? text : "(" + text + ")";
  }

  std::string derivative_of(const std::string& of, const std::string& by) const {
    if (latex()) return "\\frac{\\partial}{\\partial " + by + "} " + of;
    return (unicode() ? "∂" : "d") + of + (unicode() ? "/∂" : "/d") + by;
  }

  void line(size_t depth, const std::string& text, const std::string& why) {
    if (out_.size() + text.size() > ctx_.limits().printed_characters) {
      throw Failure(
          Code::result_too_long,
          "the steps have more than " + std::to_string(ctx_.limits().printed_characters) + " characters",
          "differentiate a part of the expression");
    }
    if (options_.html) return html_line(depth, text, why);
    if (latex()) {
      std::string indent;
      for (size_t i = 0; i < depth; ++i) indent += "\\quad ";
      out_ += "&" + indent + text + (why.empty() ? "" : " && \\text{" + why + "}") + " \\\\\n";
      return;
    }
    out_ += std::string(2 * depth, ' ') + text + (why.empty() ? "" : "  [" + why + "]") + "\n";
  }

  // One list for each depth.
  void html_line(size_t depth, const std::string& text, const std::string& why) {
    to_depth(depth + 1);
    out_ += "<li><code>" + escaped(text) + "</code>";
    if (!why.empty()) out_ += " <span class=\"rule\">" + escaped(why) + "</span>";
    out_ += "</li>\n";
  }

  void to_depth(size_t depth) {
    for (; html_depth_ < depth; ++html_depth_)
      out_ += html_depth_ == 0 ? "<ul class=\"steps\">\n" : "<li><ul>\n";
    for (; html_depth_ > depth; --html_depth_) out_ += html_depth_ == 1 ? "</ul>\n" : "</ul></li>\n";
  }

  static std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
      if (c == '<')
        out += "&lt;";
      else if (c == '>')
        out += "&gt;";
      else if (c == '&')
        out += "&amp;";
      else
        out += c;
    }
    return out;
  }

  // "chain rule, sin" · in full "chain rule, sin: d sin(x) = cos(x).*dx"
  std::string why(const Step& step, bool with_formula) {
    std::string text(rule_name(step.rule));
    std::string formula(rule_formula(step.rule));
    if (step.rule == StepRule::function) {
      const Function& f = row(ctx_.function_of(step.part));
      text += ", " + std::string(f.name);
      formula =
          "d" + std::string(f.name) + " = " + std::string(ctx_.differential(ctx_.function_of(step.part)));
    }
    if (step.rule == StepRule::opaque) text += ", " + ctx_.symbol(step.part).name;
    if (!with_formula || formula.empty()) return text;
    return latex() ? text : text + ": " + formula;
  }

  // What u and v are, for the reader of the formula.
  std::string letters(const Step& step) {
    static constexpr std::string_view names[] = {"u", "v", "w"};
    std::string text;
    if (step.uses.empty() || step.uses.size() > 3) return text;
    for (size_t i = 0; i < step.uses.size(); ++i)
      text += (i > 0 ? ", " : "with ") + std::string(names[i]) + " = " + printed(step.uses[i]);
    return text;
  }

  // From the whole down to its parts, each once.
  void forward(const Derivation& d) {
    const auto moved = [&](Ref part, const std::string& by) {
      if (d.way == Way::forward) return derivative_of(operand(part), by);
      return (latex() ? "\\mathrm{d}" : "d") + operand(part);
    };
    for (size_t i = 0; i < d.steps.size(); ++i) steps_[{key(d.by, d.steps[i].part)}] = &d.steps[i];
    const std::string by = printed(d.by);
    if (d.steps.empty()) return line(0, moved(d.of, by) + " = " + printed(d.value), "");
    std::vector<Todo> todo{{d.of, 0}};
    while (!todo.empty()) {
      const Todo now = todo.back();
      todo.pop_back();
      const auto found = steps_.find(key(d.by, now.part));
      if (found == steps_.end()) continue;  // the variable itself
      const Step& step = *found->second;
      const bool again = !shown_.insert({key(d.by, now.part), true}).second;
      ctx_.budget().spend();
      line(now.depth, moved(now.part, by) + " = " + printed(step.derivative),
           again ? "as above" : why(step, options_.full));
      if (again) continue;
      if (options_.full && !latex()) {
        if (const std::string text = letters(step); !text.empty()) line(now.depth + 1, text, "");
      }
      for (size_t i = step.uses.size(); i-- > 0;) todo.push_back({step.uses[i], now.depth + 1});
    }
  }

  // From the whole to the variable: the derivatives of f by its parts.
  void backward(const Derivation& d) {
    const std::string f = "f";
    line(0, f + " = " + printed(d.of), "");
    std::unordered_map<Ref, const Step*> steps;
    for (const Step& step : d.steps) steps[step.part] = &step;
    for (const Step& step : d.steps) {
      ctx_.budget().spend();
      if (step.part == d.of) continue;
      std::string rules;
      std::vector<std::string> said;
      for (const Ref parent : step.uses) {
        const auto found = steps.find(parent);
        if (found == steps.end()) continue;
        std::string rule = why(*found->second, options_.full);
        if (std::find(said.begin(), said.end(), rule) != said.end()) continue;
        rules += (rules.empty() ? "" : "; ") + rule;
        said.push_back(std::move(rule));
      }
      line(1, derivative_of(f, operand(step.part)) + " = " + printed(step.derivative), rules);
    }
    if (d.steps.empty()) line(1, derivative_of(f, printed(d.by)) + " = " + printed(d.value), "");
  }

  // From the raw form of the derivative to the answer.
  void simplification(Ref answer) {
    const std::vector<FormStep> forms = simplification_of(ctx_, trace_, answer, options_.full);
    const bool shown = !trace_.derivation.derivations().empty() &&
                       trace_.derivation.derivations().size() == 1 &&
                       trace_.derivation.derivations()[0].value == trace_.raw;
    if (trace_.derivation.derivations().empty()) {
      line(0, printed(trace_.raw), "");
    } else if (forms.empty() || !shown) {
      line(0, printed_with_equals(forms.empty() ? answer : trace_.raw), "");
    }
    Ref before = trace_.raw;
    for (const FormStep& form : forms) {
      ctx_.budget().spend();
      const SimplifyStep& only = form.steps[0];
      const bool whole = form.steps.size() == 1 && only.from == before && only.to == form.form;
      before = form.form;
      if (!options_.full || latex()) {
        line(0, printed_with_equals(form.form), names_of(form));
        continue;
      }
      line(0, printed_with_equals(form.form), whole ? formula_of(only) : "");
      for (const SimplifyStep& step : form.steps) {
        if (!whole) line(1, printed(step.from) + " = " + printed(step.to), formula_of(step));
      }
    }
  }

  static std::string names_of(const FormStep& form) {
    std::string text;
    std::vector<std::string> said;
    for (const SimplifyStep& step : form.steps) {
      std::string name = step_name(step);
      if (std::find(said.begin(), said.end(), name) != said.end()) continue;
      text += (text.empty() ? "" : ", ") + name;
      said.push_back(std::move(name));
    }
    return text;
  }

  // "rule sin_over_cos: sin(a)/cos(a) = tan(a) with a = x"
  std::string formula_of(const SimplifyStep& step) {
    if (step.rule == nullptr) return std::string(step.pass);
    std::string text =
        step_name(step) + ": " + std::string(step.rule->from) + " = " + std::string(step.rule->to);
    if (!step.rule->when.empty()) text += " where " + std::string(step.rule->when);
    for (size_t i = 0; i < step.letters.size(); ++i)
      text += (i > 0 ? ", " : " with ") + step.letters[i].first + " = " + printed(step.letters[i].second);
    return text;
  }

  static uint64_t key(Ref by, Ref part) { return (uint64_t{by.id} << 32) | part.id; }

  Context& ctx_;
  const StatementTrace& trace_;
  StepsOptions options_;
  PrintOptions print_;
  std::string out_;
  size_t html_depth_ = 0;                            // lists that are open
  std::unordered_map<uint64_t, const Step*> steps_;  // of all derivations so far: later ones go on from them
  std::unordered_map<uint64_t, bool> shown_;
};

}  // namespace

std::string_view rule_name(StepRule rule) { return text_of(rule).name; }
std::string_view rule_formula(StepRule rule) { return text_of(rule).formula; }

std::string steps_text(Context& ctx, const StatementTrace& trace, Ref answer, const StepsOptions& options) {
  return Writer(ctx, trace, options).write(answer);
}

}  // namespace nabla
