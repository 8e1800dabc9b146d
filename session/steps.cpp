#include "session/steps.h"

#include <algorithm>
#include <unordered_map>

#include "expr/diagnostic.h"
#include "expr/function.h"
#include "session/differentials.h"
#include "session/simplification.h"
#include "session/step_rules.h"

namespace nabla {
namespace {

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

  std::string moved(const std::string& of) const { return (latex() ? "\\mathrm{d}" : "d") + of; }

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

  // A form of the whole: no part of the tree.
  void form_line(const std::string& text, const std::string& why) {
    if (!options_.html) return line(0, text, why);
    to_depth(0);
    out_ += "<p><code>" + escaped(text) + "</code>";
    if (!why.empty()) out_ += " <span class=\"rule\">" + escaped(why) + "</span>";
    out_ += "</p>\n";
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

  // In code points.
  static size_t text_width_of(std::string_view text) {
    return static_cast<size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
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

  // "chain rule, sin" · in full "chain rule, sin: d sin(x) = cos(x) .* dx"
  std::string why(const Step& step, bool with_formula, bool of_variable = false) {
    std::string text(rule_name(step.rule));
    std::string formula(rule_formula(step.rule));
    if (step.rule == StepRule::function) {
      const std::string name(row(ctx_.function_of(step.part)).name);
      text = of_variable ? "derivative of " + name : text + ", " + name;
      formula = differential_formula(ctx_, step.part);
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
    const auto of_part = [&](Ref part, const std::string& by) {
      return d.way == Way::forward ? derivative_of(operand(part), by) : moved(operand(part));
    };
    for (size_t i = 0; i < d.steps.size(); ++i) steps_[{key(d.by, d.steps[i].part)}] = &d.steps[i];
    const std::string by = printed(d.by);
    if (d.steps.empty()) return line(0, of_part(d.of, by) + " = " + printed(d.value), "");
    std::vector<Todo> todo{{d.of, 0}};
    while (!todo.empty()) {
      const Todo now = todo.back();
      todo.pop_back();
      const auto found = steps_.find(key(d.by, now.part));
      if (found == steps_.end()) continue;  // the variable itself
      const Step& step = *found->second;
      const bool again = !shown_.insert({key(d.by, now.part), true}).second;
      ctx_.budget().spend();
      line(now.depth, of_part(now.part, by) + " = " + printed(step.derivative),
           again ? "as above" : why(step, options_.full, step.uses.size() == 1 && step.uses[0] == d.by));
      if (again) continue;
      if (options_.full && !latex()) {
        if (const std::string text = letters(step); !text.empty()) line(now.depth + 1, text, "");
      }
      for (size_t i = step.uses.size(); i-- > 0;) todo.push_back({step.uses[i], now.depth + 1});
    }
  }

  // From the whole to the variable: as differentials, and in full the derivatives of f by its parts.
  void backward(const Derivation& d) {
    const std::string f(1, "fgh"[std::min<size_t>(functions_++, 2)]);
    line(0, f + " = " + printed(d.of), "");
    const Differentials form = differentials_of(ctx_, d);
    if (!form.lines.empty()) differentials(form, f);
    const size_t axes = ctx_.shape_of(d.of).order();
    const bool same = !form.lines.empty() && ctx_.shape_of(form.of).order() == axes;
    const std::string_view name = !same ? "" : axes == 0 ? "gradient" : "Jacobian";
    line(1, derivative_of(f, printed(d.by)) + " = " + printed(d.value), std::string(name));
  }

  void differentials(const Differentials& form, const std::string& f) {
    std::vector<std::pair<std::string, std::string>> names;
    for (const auto& [part, name] : form.names)
      names.emplace_back(printed(name), moved(part == form.names[0].first ? f : operand(part)));
    const auto with_names = [&](Ref e) {
      std::string text = printed(e);
      for (const auto& [from, to] : names) {
        for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
          text.replace(at, from.size(), to);
      }
      return text;
    };
    std::string left = with_names(form.of) + " = ";
    for (const DifferentialLine& l : form.lines) {
      ctx_.budget().spend();
      line(1, left + with_names(l.value), why(*l.step, options_.full));
      if (!latex() && !options_.html) left = std::string(text_width_of(left) - 2, ' ') + "= ";
      if (!options_.full) continue;
      for (const auto& [part, derivative] : l.step->passed) {
        if (ctx_.kind(part) == Kind::symbol) continue;
        line(2, derivative_of(f, operand(part)) + " = " + printed(derivative), "");
      }
    }
  }

  // From the raw form of the derivative to the answer.
  void simplification(Ref answer) {
    const std::vector<FormStep> forms = simplification_of(ctx_, trace_, answer, options_.full);
    const bool shown = !trace_.derivation.derivations().empty() &&
                       trace_.derivation.derivations().size() == 1 &&
                       trace_.derivation.derivations()[0].value == trace_.raw;
    if (trace_.derivation.derivations().empty()) {
      form_line(printed(trace_.raw), "");
    } else if (forms.empty() || !shown) {
      form_line(printed_with_equals(forms.empty() ? answer : trace_.raw),
                twice_conjugate() ? "gradient, twice that" : "");
    }
    Ref before = trace_.raw;
    for (const FormStep& form : forms) {
      ctx_.budget().spend();
      const SimplifyStep& only = form.steps[0];
      const bool whole = form.steps.size() == 1 && only.from == before && only.to == form.form;
      before = form.form;
      if (!options_.full || latex()) {
        form_line(printed_with_equals(form.form), names_of(form));
        continue;
      }
      form_line(printed_with_equals(form.form), whole ? formula_of(only) : "");
      for (const SimplifyStep& step : form.steps) {
        if (!whole) line(1, printed(step.from) + " = " + printed(step.to), formula_of(step));
        for (const SimplifyStep& one : step.inside)
          line(whole ? 1 : 2, printed(one.from) + " = " + printed(one.to), formula_of(one));
      }
    }
  }

  // The gradient by a complex variable is twice the derivative by its conjugate.
  bool twice_conjugate() {
    const Derivation& d = trace_.derivation.derivations().back();
    return ctx_.is_function(d.by, Fn::conj) && trace_.raw == ctx_.scale(ctx_.number(2), d.value) &&
           d.value != trace_.raw;  // both are 0
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
  size_t functions_ = 0;                             // that have got a letter
  size_t html_depth_ = 0;                            // lists that are open
  std::unordered_map<uint64_t, const Step*> steps_;  // of all derivations so far: later ones go on from them
  std::unordered_map<uint64_t, bool> shown_;
};

}  // namespace

std::string steps_text(Context& ctx, const StatementTrace& trace, Ref answer, const StepsOptions& options) {
  return Writer(ctx, trace, options).write(answer);
}

}  // namespace nabla
