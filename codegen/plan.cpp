#include "codegen/plan.h"

#include <algorithm>

#include "codegen/step_table.h"
#include "expr/diagnostic.h"

namespace nabla {
namespace {

// Powers up to this one are products by repeated squaring: two roundings a bit at most.
constexpr int64_t largest_product_power = 1024;

// A step or its negative.
constexpr StepId no_step = ~StepId{0};
struct Value {
  StepId step = no_step;
  bool negative = false;
};

// Which reciprocals of a base the program has anyway, so that its other negative powers are products.
enum Reciprocals : uint8_t { of_base = 1, of_root = 2 };

class Planner {
 public:
  Planner(Context& ctx, const Program& program) : ctx_(ctx), program_(program) {}

  Plan run() {
    for (size_t i = 0; i < program_.inputs.size(); ++i) {
      const Ref r = program_.inputs[i];
      value_of(r) = {make({PlanOp::input, 0, static_cast<uint32_t>(i), 0, r}, {})};
    }
    for (const Let& l : program_.lets) {
      note_reciprocals(l.value);
      for (Ref r : ctx_.operands(l.value)) ++use_of(r);
    }
    for (const ProgramOutput& o : program_.outputs) {
      for (Ref r : o.entries) ++use_of(r);
    }
    for (const Let& l : program_.lets) {
      const Value v = convert(l.value);
      value_of(l.name) = v;
    }
    for (const ProgramOutput& o : program_.outputs) {
      std::vector<StepId> entries;
      entries.reserve(o.entries.size());
      for (Ref e : o.entries) entries.push_back(plain(convert(e)));
      plan_.outputs.push_back(std::move(entries));
    }
    return std::move(plan_);
  }

 private:
  void note_reciprocals(Ref value) {
    if (ctx_.kind(value) != Kind::power || !ctx_.is_number(ctx_.operands(value)[1])) return;
    const Rational& q = ctx_.value(ctx_.operands(value)[1]);
    if (q.is_minus_one()) reciprocals_[ctx_.operands(value)[0]] |= of_base;
    if (q == Rational::fraction(-1, 2)) reciprocals_[ctx_.operands(value)[0]] |= of_root;
  }

  bool is_known(Ref r) const { return r.id < values_.size() && values_[r.id].step != no_step; }
  Value& value_of(Ref r) { return at(values_, r); }
  uint32_t& use_of(Ref r) { return at(uses_, r); }
  template <class T>
  static T& at(std::vector<T>& list, Ref r) {
    if (r.id >= list.size()) list.resize(std::max<size_t>(r.id + 1, list.size() + list.size() / 2));
    return list[r.id];
  }

  // The value of a small expression over lets.
  Value convert(Ref e) {
    std::vector<Ref> todo{e};
    while (!todo.empty()) {
      const Ref r = todo.back();
      const size_t before = todo.size();
      if (!is_known(r) && ctx_.kind(r) != Kind::entry) {
        for (Ref c : ctx_.operands(r)) {
          if (!is_known(c)) todo.push_back(c);
        }
      }
      if (todo.size() > before) continue;
      todo.pop_back();
      if (is_known(r)) continue;
      const Value v = node(r);
      value_of(r) = v;
    }
    return value_of(e);
  }

  Value node(Ref r) {
    const Node& n = ctx_[r];
    const auto list = n.operands();
    switch (n.kind) {
      case Kind::number:
        return number(ctx_.value(r));
      case Kind::constant:
        if (static_cast<Constant>(n.tag) == Constant::im) break;
        return {make({PlanOp::constant, n.tag, 0, 0, r}, {})};
      case Kind::symbol:
      case Kind::entry:
        throw Failure(Code::internal_error, "a program uses a name that is not an input");
      case Kind::truth:
        return {make({PlanOp::truth, n.tag, 0, 0, {}}, {})};
      case Kind::sum: {
        std::vector<PlanOperand> terms;
        for (size_t i = 0; i < list.size(); i += 2) {
          const Value v = times(list.subspan(i, 2));
          terms.push_back({v.step, v.negative});
        }
        return sum(std::move(terms));
      }
      case Kind::long_sum: {
        std::vector<PlanOperand> terms;
        for (Ref c : list) terms.push_back({value_of(c).step, value_of(c).negative});
        return sum(std::move(terms));
      }
      case Kind::product:
      case Kind::long_product:
        return times(list);
      case Kind::power:
        return power(list[0], list[1]);
      case Kind::function:
        return call(r);
      case Kind::compare:
        return {make({PlanOp::compare, n.tag, 0, 0, {}}, plain_all(list))};
      case Kind::connective: {
        constexpr PlanOp ops[] = {PlanOp::negation, PlanOp::conjunction, PlanOp::disjunction};
        return {make({ops[n.tag], 0, 0, 0, {}}, plain_all(list))};
      }
      case Kind::select:
        return select(list);
      default:
        break;
    }
    refuse(r);
  }

  [[noreturn]] void refuse(Ref r) const {
    switch (ctx_.kind(r)) {
      case Kind::opaque:
        throw Failure(Code::cannot_emit,
                      "no code for the function '" + ctx_.symbol(r).name + "', which has no formula",
                      "write it as a definition, " + ctx_.symbol(r).name + "(x) = …");
      case Kind::constant:
        throw Failure(Code::cannot_emit, "no code for complex values yet");
      case Kind::operation:
        throw Failure(Code::cannot_emit, "an operator that was not carried out has no code");
      default:
        throw Failure(Code::cannot_emit, "no code for vectors and matrices of symbolic size yet");
    }
  }

  Value number(const Rational& v) {
    return {make({PlanOp::number, 0, 0, 0, ctx_.number(v.abs())}, {}), v.sign() < 0};
  }
  Value integer(int64_t v) { return number(Rational(v)); }

  // A step with the sign carried out.
  StepId plain(Value v) {
    if (!v.negative) return v.step;
    return make({PlanOp::sum, 0, 0, 0, {}}, {{v.step, true}});
  }
  std::vector<PlanOperand> plain_all(std::span<const Ref> list) {
    std::vector<PlanOperand> out;
    for (Ref c : list) out.push_back({plain(value_of(c))});
    return out;
  }

  bool is_number(StepId s) const { return plan_.steps[s].op == PlanOp::number; }
  bool is_one(StepId s) const { return is_number(s) && plan_.steps[s].atom == one; }

  Value sum(std::vector<PlanOperand> terms) {
    std::sort(terms.begin(), terms.end(), [&](const PlanOperand& a, const PlanOperand& b) {
      return is_number(a.step) != is_number(b.step) ? is_number(b.step) : a.step < b.step;
    });
    const bool negative =
        std::all_of(terms.begin(), terms.end(), [](const PlanOperand& t) { return t.inverted; });
    if (negative) {
      for (PlanOperand& t : terms) t.inverted = false;
    }
    if (terms.size() == 1) return {terms[0].step, negative};
    return {make({PlanOp::sum, 0, 0, 0, {}}, terms), negative};
  }

  // Numbers are gathered in one, also those of products that only this one uses.
  Value times(std::span<const Ref> factors) {
    bool negative = false;
    Rational coefficient(1);
    std::vector<PlanOperand> list;
    for (Ref f : factors) {
      const Value v = value_of(f);
      negative ^= v.negative;
      const PlanOperand alone{v.step};
      const bool open = use_of(f) == 1 && plan_.steps[v.step].op == PlanOp::product && has_number(v.step);
      const auto inner = open ? plan_.operands(v.step) : std::span(&alone, 1);
      for (const PlanOperand& o : inner) {
        if (is_number(o.step) && !o.inverted) {
          coefficient = coefficient * ctx_.value(plan_.steps[o.step].atom);
        } else {
          list.push_back(o);
        }
      }
    }
    if (coefficient.is_zero()) return number(0);
    if (!coefficient.is_one()) list.push_back({number(coefficient).step});
    return {product(std::move(list)), negative};
  }

  bool has_number(StepId product) const {
    const auto list = plan_.operands(product);
    return std::any_of(list.begin(), list.end(),
                       [&](const PlanOperand& o) { return is_number(o.step) && !o.inverted; });
  }

  StepId product(std::vector<PlanOperand> list) {
    if (list.empty()) return integer(1).step;
    if (list.size() == 1 && !list[0].inverted) return list[0].step;
    std::sort(list.begin(), list.end(), [&](const PlanOperand& a, const PlanOperand& b) {
      return is_number(a.step) != is_number(b.step) ? is_number(a.step) : a.step < b.step;
    });
    return make({PlanOp::product, 0, 0, 0, {}}, list);
  }
  StepId reciprocal(StepId s) { return is_one(s) ? s : product({{s, true}}); }

  // s^n for n >= 1, sharing squares.
  StepId repeated(StepId s, int64_t n) {
    if (n == 1 || is_one(s)) return s;
    if (n % 2 != 0) return product({{repeated(s, n - 1)}, {s}});  // at most 20 levels
    const StepId half = repeated(s, n / 2);
    return product({{half}, {half}});
  }

  Value power(Ref base, Ref exponent) {
    const Value b = value_of(base);
    if (ctx_.is_number(exponent)) {
      const Rational& q = ctx_.value(exponent);
      if (const auto n = q.as_int(); n && std::abs(*n) <= largest_product_power)
        return integer_power(base, b, *n);
      const auto twice = (q + q).as_int();
      if (twice && std::abs(*twice) <= largest_product_power) return {half_power(base, plain(b), *twice)};
    }
    return call(Fn::pow, {{plain(b)}, {plain(value_of(exponent))}});
  }

  uint8_t reciprocals_of(Ref base) const {
    const auto it = reciprocals_.find(base);
    return it == reciprocals_.end() ? uint8_t{0} : it->second;
  }

  Value integer_power(Ref base, Value b, int64_t n) {
    const bool negative = b.negative && n % 2 != 0;
    if (n >= 0) return {n == 0 ? integer(1).step : repeated(b.step, n), negative};
    if (reciprocals_of(base) & of_base) return {repeated(reciprocal(b.step), -n), negative};
    return {reciprocal(repeated(b.step, -n)), negative};
  }

  // b^(n/2), n odd.
  StepId half_power(Ref base, StepId b, int64_t n) {
    const StepId root = call(Fn::sqrt, {{b}}).step;
    if (n < 0 && (reciprocals_of(base) & of_root)) return repeated(reciprocal(root), -n);
    const int64_t whole = (std::abs(n) - 1) / 2;
    const StepId positive = whole == 0 ? root : product({{repeated(b, whole)}, {root}});
    return n > 0 ? positive : reciprocal(positive);
  }

  Value call(Fn f, const std::vector<PlanOperand>& arguments) {
    return {make({PlanOp::call, static_cast<uint16_t>(f), 0, 0, {}}, arguments)};
  }
  Value call(Ref r) {
    const Fn f = ctx_.function_of(r);
    if (row(f).cpp.empty()) {
      throw Failure(Code::cannot_emit, "no code for the function '" + std::string(row(f).name) + "' yet");
    }
    return call(f, plain_all(ctx_.operands(r)));
  }

  Value select(std::span<const Ref> list) {
    const Value a = value_of(list[1]), b = value_of(list[2]);
    const bool negative = a.negative && b.negative;
    const StepId then = negative ? a.step : plain(a), otherwise = negative ? b.step : plain(b);
    return {make({PlanOp::select, 0, 0, 0, {}}, {{plain(value_of(list[0]))}, {then}, {otherwise}}), negative};
  }

  StepId make(PlanStep step, const std::vector<PlanOperand>& operands) {
    const size_t before = plan_.steps.size();
    const StepId s = table_.add(plan_, step, operands);
    if (plan_.steps.size() > before) ctx_.budget().spend(1 + operands.size());
    return s;
  }

  Context& ctx_;
  const Program& program_;
  Plan plan_;
  std::unordered_map<Ref, uint8_t> reciprocals_;
  std::vector<uint32_t> uses_;  // of lets, by Ref
  std::vector<Value> values_;   // by Ref
  StepTable table_;
};

// Not an input or a constant.
bool is_work(const Plan& plan, StepId s) {
  const PlanOp op = plan.steps[s].op;
  return op == PlanOp::sum || op == PlanOp::product || op == PlanOp::call;
}

}  // namespace

Plan make_plan(Context& ctx, const Program& program) { return Planner(ctx, program).run(); }

Cost cost_of(const Plan& plan) {
  std::vector<bool> wanted(plan.steps.size());
  for (const auto& o : plan.outputs) {
    for (StepId s : o) wanted[s] = true;
  }
  Cost cost;
  for (StepId s = static_cast<StepId>(plan.steps.size()); s-- > 0;) {
    if (!wanted[s]) continue;
    const auto list = plan.operands(s);
    for (const PlanOperand& o : list) wanted[o.step] = true;
    const PlanStep& step = plan.steps[s];
    uint64_t operations = 0, weighted = 0;
    const auto divisions =
        static_cast<uint64_t>(std::count_if(list.begin(), list.end(), [](auto o) { return o.inverted; }));
    switch (step.op) {
      case PlanOp::sum:
        operations = weighted = std::max<uint64_t>(list.size() - 1, 1);
        break;
      case PlanOp::product:
        operations = list.size() == 1 ? 1 : list.size() - 1;
        weighted = divisions > 0 ? operations - 1 + 4 : operations;
        break;
      case PlanOp::call:
        operations = 1;
        weighted = static_cast<Fn>(step.tag) == Fn::sqrt ? 4 : row(static_cast<Fn>(step.tag)).weight;
        break;
      case PlanOp::compare:
        operations = weighted = 1;
        break;
      case PlanOp::select:
        cost.has_branches = cost.has_branches || std::any_of(list.begin() + 1, list.end(),
                                                             [&](auto o) { return is_work(plan, o.step); });
        break;
      default:
        break;
    }
    cost.operations += operations;
    cost.weighted += weighted;
    cost.functions += step.op == PlanOp::call;
  }
  return cost;
}

}  // namespace nabla
