#include "codegen/cpp_expr.h"

#include <algorithm>

#include "codegen/cpp_number.h"
#include "codegen/emit.h"
#include "codegen/runtime_blocks.h"
#include "expr/diagnostic.h"

namespace nabla {

CppText CppText::name(std::string text, bool is_truth) {
  CppText p;
  p.text = std::move(text);
  p.is_name = true;
  p.is_truth = is_truth;
  return p;
}

std::string CppText::whole() const {
  if (divisor.empty()) return text;
  return text + " / " + (divisor_is_product ? "(" + divisor + ")" : divisor);
}

std::string CppText::at(Precedence least) const {
  const Precedence own = divisor.empty() ? precedence : Precedence::product;
  return own >= least ? whole() : "(" + whole() + ")";
}

namespace {

uint32_t count_operators(const std::vector<CppText>& operands) {
  uint32_t n = 0;
  for (const CppText& p : operands) n += p.operators;
  return n;
}

CppText computed(std::string text, Precedence precedence, uint32_t operators) {
  CppText p;
  p.text = std::move(text);
  p.precedence = precedence;
  p.is_scalar = false;
  p.operators = operators;
  return p;
}

// A product under construction: what stands above the line and below it.
class ProductText {
 public:
  void multiply(const CppText& p, const std::string& unit) {
    if (p.divisor.empty() || p.text != unit) {  // the 1 of a reciprocal is dropped
      const bool bare = p.precedence > Precedence::product ||
                        (p.precedence == Precedence::product && (above_.empty() || !p.starts_with_fraction));
      if (above_.empty()) starts_with_fraction_ = p.starts_with_fraction;
      join(above_, bare ? p.text : "(" + p.text + ")");
      factors_ += p.precedence == Precedence::product ? 2 : 1;
    }
    if (!p.divisor.empty()) join_below(p.divisor, p.divisor_is_product);
  }
  void divide(const CppText& p) {
    if (p.divisor.empty() && !p.starts_with_fraction && p.precedence >= Precedence::product) {
      join_below(p.text, p.precedence == Precedence::product);
    } else {
      join_below("(" + p.whole() + ")", false);
    }
  }
  CppText finish(const std::string& unit, uint32_t operators) const {
    const bool no_factor = above_.empty();
    CppText p = computed(no_factor ? unit : above_, factors_ > 1 ? Precedence::product : Precedence::primary,
                         operators);
    p.divisor = below_;
    p.divisor_is_product = below_is_product_;
    p.starts_with_fraction = starts_with_fraction_;
    return p;
  }

 private:
  static void join(std::string& list, const std::string& text) { list += (list.empty() ? "" : " * ") + text; }
  void join_below(const std::string& text, bool is_product) {
    below_is_product_ = is_product || !below_.empty();
    join(below_, text);
  }

  std::string above_, below_;
  size_t factors_ = 0;
  bool below_is_product_ = false;
  bool starts_with_fraction_ = false;
};

}  // namespace

CppWriter::CppWriter(const Plan& plan, Context& ctx, const EmitNames& names)
    : plan_(plan), ctx_(ctx), names_(names), inputs_read_(names.inputs.size()) {}

CppText CppWriter::write(StepId s, std::vector<CppText> operands) {
  const PlanStep& step = plan_.steps[s];
  switch (step.op) {
    case PlanOp::input:
      inputs_read_[step.first] = true;
      return CppText::name(names_.inputs[step.first], false);
    case PlanOp::number: {
      const CppNumber n = cpp_number(ctx_.value(step.atom), names_.scalar);
      CppText p = computed(n.text, n.is_fraction ? Precedence::product : Precedence::primary, 0);
      p.is_scalar = !n.is_fraction;
      p.starts_with_fraction = n.is_fraction;
      return p;
    }
    case PlanOp::constant:
      return constant(step.atom);
    case PlanOp::truth:
      return CppText::name(step.tag ? "true" : "false", true);
    case PlanOp::sum:
      return sum(s, operands);
    case PlanOp::product:
      return product(s, operands);
    case PlanOp::call:
      return call(static_cast<Fn>(step.tag), operands);
    case PlanOp::compare:
      return compare(s, operands);
    case PlanOp::select:
      return select(operands);
    default:
      break;
  }
  const uint32_t n = count_operators(operands) + 1;
  CppText p;
  if (step.op == PlanOp::negation) {
    // A compiler warns of !a & b.
    p = computed("!" + operands[0].at(Precedence::unary),
                 names_.lane.empty() ? Precedence::unary : Precedence::logical, n);
  } else {
    const bool both = step.op == PlanOp::conjunction, lanes = !names_.lane.empty();
    const char* op = lanes ? (both ? " & " : " | ") : both ? " && " : " || ";
    const Precedence least = lanes ? Precedence::unary : Precedence::comparison;
    p = computed(operands[0].at(least) + op + operands[1].at(least), Precedence::logical, n);
  }
  p.is_truth = true;
  return p;
}

CppText CppWriter::constant(Ref c) const {
  const CppNumber n = cpp_constant(ctx_, c, names_.scalar);
  const bool in_two_parts = n.text.front() == '(';
  return in_two_parts ? computed(n.text.substr(1, n.text.size() - 2), Precedence::sum, 1)
                      : computed(n.text, n.is_fraction ? Precedence::product : Precedence::primary, 0);
}

namespace {

// A processor works on several short sums at once, and on a long one term by term.
size_t group_count(size_t terms) { return terms < 6 ? 1 : terms < 16 ? 2 : 4; }

// A positive term first.
std::string sum_text(const std::vector<size_t>& terms, std::span<const PlanOperand> signs,
                     const std::vector<CppText>& operands, bool flipped) {
  const auto is_minus = [&](size_t k) { return signs[k].inverted != flipped; };
  auto lead = std::find_if_not(terms.begin(), terms.end(), is_minus);
  if (lead == terms.end()) lead = terms.begin();
  std::string text = (is_minus(*lead) ? "-" : "") +
                     operands[*lead].at(is_minus(*lead) ? Precedence::product : Precedence::sum);
  for (const size_t k : terms) {
    if (k == *lead) continue;
    text += is_minus(k) ? " - " : " + ";
    text += operands[k].at(Precedence::product);
  }
  return text;
}

}  // namespace

CppText CppWriter::sum(StepId s, const std::vector<CppText>& operands) const {
  const auto signs = plan_.operands(s);
  const auto n = static_cast<uint32_t>(operands.size());
  if (n == 1)
    return computed("-" + operands[0].at(Precedence::product), Precedence::sum, operands[0].operators + 1);
  const size_t groups = group_count(n);
  if (groups == 1) {
    std::vector<size_t> all(n);
    for (size_t k = 0; k < n; ++k) all[k] = k;
    return computed(sum_text(all, signs, operands, false), Precedence::sum,
                    count_operators(operands) + n - 1);
  }
  std::string text;
  for (size_t g = 0; g < groups; ++g) {
    std::vector<size_t> group;
    for (size_t k = n * g / groups; k < n * (g + 1) / groups; ++k) group.push_back(k);
    const bool flipped = std::all_of(group.begin(), group.end(), [&](size_t k) { return signs[k].inverted; });
    text += (g == 0    ? (flipped ? "-(" : "(")
             : flipped ? " - ("
                       : " + (") +
            sum_text(group, signs, operands, flipped) + ")";
  }
  return computed(std::move(text), Precedence::sum, count_operators(operands) + n - 1);
}

CppText CppWriter::product(StepId s, const std::vector<CppText>& operands) const {
  const auto list = plan_.operands(s);
  const std::string unit = cpp_number(1, names_.scalar).text;
  ProductText text;
  for (size_t k = 0; k < operands.size(); ++k) {
    if (list[k].inverted) {
      text.divide(operands[k]);
    } else {
      text.multiply(operands[k], unit);
    }
  }
  return text.finish(unit, count_operators(operands) + static_cast<uint32_t>(operands.size()));
}

CppText CppWriter::call(Fn fn, const std::vector<CppText>& operands) {
  const std::string_view spelled = row(fn).cpp;
  const size_t colons = spelled.find("::");
  const bool from_runtime = spelled.substr(0, colons) == "rt";
  const bool in_c = names_.language == EmitLanguage::c;
  std::string name(spelled.substr(colons + 2));
  std::string text;
  const bool lanes = !names_.lane.empty();
  if (from_runtime && lanes) {
    text = lane_call(name);
  } else if (from_runtime) {
    runtime_functions_.insert(name);
    text =
        in_c ? names_.runtime + "__" + name + "(" : names_.runtime + "::" + name + "<" + names_.scalar + ">(";
  } else {
    if (name == "abs") name = "fabs";  // ::abs is of integers, and unqualified calls may find it
    (lanes ? on_lanes_ : std_functions_).insert(name);
    text = name + (in_c && names_.scalar == "float" ? "f(" : "(");
  }
  for (size_t k = 0; k < operands.size(); ++k) text += (k > 0 ? ", " : "") + operands[k].whole();
  CppText p = computed(text + ")", Precedence::primary, count_operators(operands) + 1);
  p.is_scalar = from_runtime;
  return p;
}

// "rt::sigmoid<L>(", or the function lane by lane.
std::string CppWriter::lane_call(const std::string& function) {
  if (runs_on_lanes(function)) {
    on_lanes_.insert(function);
    return names_.runtime + "::" + function + "<" + names_.scalar + ">(";
  }
  runtime_functions_.insert(function);
  return names_.runtime + "::each([](auto... v) { return " + names_.runtime + "::" + function + "<" +
         names_.lane + ">(v...); }, ";
}

CppText CppWriter::compare(StepId s, const std::vector<CppText>& operands) const {
  const auto list = plan_.operands(s);
  const bool swap = plan_.steps[list[0].step].op == PlanOp::number;  // x > 0 rather than 0 < x
  const CppText &a = operands[swap ? 1 : 0], &b = operands[swap ? 0 : 1];
  const char* op = nullptr;
  switch (static_cast<Relation>(plan_.steps[s].tag)) {
    case Relation::less:
      op = swap ? " > " : " < ";
      break;
    case Relation::less_equal:
      op = swap ? " >= " : " <= ";
      break;
    case Relation::equal:
      op = " == ";
      break;
    case Relation::not_equal:
      op = " != ";
      break;
  }
  CppText p = computed(a.at(Precedence::sum) + op + b.at(Precedence::sum), Precedence::comparison,
                       count_operators(operands) + 1);
  p.is_truth = true;
  return p;
}

CppText CppWriter::select(const std::vector<CppText>& operands) {
  if (!names_.lane.empty()) {
    const uint32_t n = count_operators(operands) + 1;
    if (operands[1].is_truth) {
      const std::string c = operands[0].at(Precedence::unary);
      CppText p = computed("(" + c + " & " + operands[1].at(Precedence::unary) + ") | ((!" + c + ") & " +
                               operands[2].at(Precedence::unary) + ")",
                           Precedence::logical, n + operands[0].operators + 3);
      p.is_truth = true;
      return p;
    }
    on_lanes_.insert("select");
    return computed(names_.runtime + "::select<" + names_.scalar + ">(" + operands[0].whole() + ", " +
                        operands[1].whole() + ", " + operands[2].whole() + ")",
                    Precedence::primary, n);
  }
  const auto side = [&](const CppText& p) {
    return p.is_scalar || p.is_truth || !names_.is_template ? p.at(Precedence::logical)
                                                            : names_.scalar + "(" + p.whole() + ")";
  };
  CppText p =
      computed(operands[0].at(Precedence::comparison) + " ? " + side(operands[1]) + " : " + side(operands[2]),
               Precedence::conditional, count_operators(operands) + 1);
  p.is_truth = operands[1].is_truth;
  p.is_scalar = true;
  return p;
}

}  // namespace nabla
