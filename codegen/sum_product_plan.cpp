// Plans read as sums and products, and written again.
#include <algorithm>

#include "codegen/step_table.h"
#include "codegen/sum_product.h"

namespace nabla {

// --- from a plan
// ---------------------------------------------------------------------------------------------

namespace {

class PlanReader {
 public:
  PlanReader(SumProduct& form, const Plan& plan, OpenParts open)
      : form_(form), ctx_(form.context()), plan_(plan), open_(open) {}

  void run() {
    count_uses();
    values_.resize(plan_.steps.size());
    for (StepId s = 0; s < plan_.steps.size(); ++s) {
      if (live_[s]) values_[s] = value(s);
    }
    for (const auto& o : plan_.outputs) {
      form_.outputs.emplace_back();
      for (StepId s : o) form_.outputs.back().push_back(values_[s]);
    }
  }

 private:
  // A multiple of a step, -x or 2*x, is that step in its users.
  void count_uses() {
    const size_t n = plan_.steps.size();
    live_.assign(n, false);
    for (const auto& o : plan_.outputs) {
      for (StepId s : o) live_[s] = true;
    }
    for (StepId s = static_cast<StepId>(n); s-- > 0;) {
      if (!live_[s]) continue;
      for (const PlanOperand& o : plan_.operands(s)) live_[o.step] = true;
    }
    base_.resize(n);
    constant_.assign(n, false);
    for (StepId s = 0; s < n; ++s) {
      constant_[s] = is_constant(s);
      base_[s] = multiple_of(s);
    }
    uses_.assign(n, 0);
    for (const auto& o : plan_.outputs) {
      for (StepId s : o) ++uses_[base_[s]];
    }
    for (StepId s = 0; s < n; ++s) {
      if (!live_[s] || base_[s] != s) continue;
      for (const PlanOperand& o : plan_.operands(s)) ++uses_[base_[o.step]];
    }
  }

  bool is_constant(StepId s) const {
    const PlanOp op = plan_.steps[s].op;
    if (op == PlanOp::number || op == PlanOp::constant) return true;
    if (op != PlanOp::sum && op != PlanOp::product && op != PlanOp::call) return false;
    const auto list = plan_.operands(s);
    return std::all_of(list.begin(), list.end(), [&](const PlanOperand& o) { return constant_[o.step]; });
  }

  StepId multiple_of(StepId s) const {
    const PlanOp op = plan_.steps[s].op;
    if (op != PlanOp::sum && op != PlanOp::product) return s;
    StepId only = s;
    size_t others = 0;
    for (const PlanOperand& o : plan_.operands(s)) {
      if (constant_[o.step] && op == PlanOp::product) continue;
      if (o.inverted && op == PlanOp::product) return s;
      only = o.step;
      ++others;
    }
    return others == 1 ? base_[only] : s;
  }

  bool is_open(StepId s) const { return uses_[base_[s]] == 1; }

  FormTerm value(StepId s) {
    const PlanStep& step = plan_.steps[s];
    switch (step.op) {
      case PlanOp::number:
      case PlanOp::constant:
        return {step.atom, 0};
      case PlanOp::sum:
        return sum(s);
      case PlanOp::product:
        return product(s);
      case PlanOp::call:
        return call(s);
      default:
        return leaf(s);
    }
  }

  FormTerm leaf(StepId s) {
    std::vector<FormId> arguments;
    for (const PlanOperand& o : plan_.operands(s)) arguments.push_back(form_.holding(values_[o.step]));
    return {one, form_.leaf(plan_.steps[s], arguments)};
  }

  FormTerm sum(StepId s) {
    std::vector<FormTerm>& terms = scratch_terms_;
    terms.clear();
    for (const PlanOperand& o : plan_.operands(s)) {
      FormTerm v = values_[o.step];
      if (o.inverted) v.coefficient = ctx_.negate(v.coefficient);
      const auto inner = form_.terms(v.node);
      if (!inner.empty() && (is_open(o.step) || inner.size() <= open_.terms)) {
        for (const FormTerm& t : inner) terms.push_back({times(v.coefficient, t.coefficient), t.node});
      } else {
        terms.push_back(v);
      }
    }
    return form_.sum(terms);
  }

  Ref times(Ref a, Ref b) { return a == one ? b : b == one ? a : ctx_.multiply(a, b); }

  FormTerm product(StepId s) {
    Ref coefficient = one;
    std::vector<FormPower>& powers = scratch_powers_;
    powers.clear();
    for (const PlanOperand& o : plan_.operands(s)) {
      const FormTerm v = values_[o.step];
      if (o.inverted && v.coefficient == zero) return leaf(s);
      if (v.coefficient != one)
        coefficient =
            o.inverted ? ctx_.divide(coefficient, v.coefficient) : times(coefficient, v.coefficient);
      const auto inner = form_.powers(v.node);
      const int32_t sign = o.inverted ? -1 : 1;
      const size_t most = std::max(open_.factors, o.inverted ? size_t{2} : size_t{0});  // 1/(a/b) is b/a
      if (!inner.empty() && (is_open(o.step) || inner.size() <= most)) {
        for (const FormPower& p : inner) powers.push_back({p.base, sign * p.halves});
      } else {
        powers.push_back({v.node, 2 * sign});
      }
    }
    return form_.product(coefficient, powers);
  }

  FormTerm call(StepId s) {
    const auto list = plan_.operands(s);
    const Fn fn = static_cast<Fn>(plan_.steps[s].tag);
    const auto is_constant = [&](const PlanOperand& o) { return values_[o.step].node == 0; };
    if (std::all_of(list.begin(), list.end(), is_constant)) {
      std::vector<Ref> arguments;
      for (const PlanOperand& o : list) arguments.push_back(values_[o.step].coefficient);
      const Ref folded = ctx_.function(fn, arguments);
      if (form_.coefficients().has_value(folded)) return {folded, 0};
    }
    if (fn != Fn::sqrt) return leaf(s);
    std::vector<FormPower> root{{form_.holding(values_[list[0].step]), 1}};
    return form_.product(one, root);
  }

  SumProduct& form_;
  Context& ctx_;
  const Plan& plan_;
  OpenParts open_;
  std::vector<bool> live_, constant_;
  std::vector<StepId> base_;    // of a multiple: the step
  std::vector<uint32_t> uses_;  // of a base, by itself or a multiple
  std::vector<FormTerm> values_;
  std::vector<FormTerm> scratch_terms_;
  std::vector<FormPower> scratch_powers_;
};

}  // namespace

SumProduct::SumProduct(Coefficients& coefficients, const Plan& plan, OpenParts open)
    : SumProduct(coefficients) {
  PlanReader(*this, plan, open).run();
}

// --- to a plan
// -----------------------------------------------------------------------------------------------

namespace {

// Invariant: a step or its negative.
struct Signed {
  StepId step = 0;
  bool negative = false;
};

class PlanWriter {
 public:
  explicit PlanWriter(const SumProduct& form)
      : form_(form), ctx_(form.context()), values_(form.size()), done_(form.size()) {
    const std::vector<bool> alive = form.live();
    uses_ = form.uses(alive);
    leaning_.resize(form.size());
    roots_.resize(form.size());
    for (FormId i = 0; i < form.size(); ++i) {
      if (alive[i]) lean(form_.terms(i));
    }
    for (const auto& list : form.outputs) lean(list);
    divisors_.resize(form.size());
    for (FormId i = 0; i < form.size(); ++i) {
      if (!alive[i]) continue;
      for (const FormPower& p : form_.powers(i)) {
        if (p.halves >= 0) continue;
        ++divisors_[p.base];
        if (p.halves % 2 != 0) roots_[p.base] = true;
      }
    }
  }

  Plan run() {
    for (const auto& list : form_.outputs) {
      std::vector<StepId> entries;
      for (const FormTerm& t : list) {
        compute(t.node);
        entries.push_back(plain(scaled(t)));
      }
      plan_.outputs.push_back(std::move(entries));
    }
    return std::move(plan_);
  }

 private:
  void lean(std::span<const FormTerm> terms) {
    for (const FormTerm& t : terms)
      leaning_[t.node] += form_.coefficients().has_minus(t.coefficient) ? -1 : 1;
  }

  // Operands before what uses them.
  void compute(FormId root) {
    std::vector<FormId> todo{root};
    while (!todo.empty()) {
      const FormId i = todo.back();
      const size_t before = todo.size();
      if (!done_[i]) {
        form_.for_operands(i, [&](FormId o) {
          if (!done_[o]) todo.push_back(o);
        });
        std::reverse(todo.begin() + static_cast<ptrdiff_t>(before), todo.end());
      }
      if (todo.size() > before) continue;
      todo.pop_back();
      if (done_[i]) continue;
      values_[i] = node(i);
      done_[i] = true;
    }
  }

  Signed node(FormId i) {
    const FormNode& n = form_[i];
    if (n.kind == FormNode::Kind::sum) return sum(form_.terms(i), leaning_[i] < 0);
    if (n.kind == FormNode::Kind::product) return product({}, form_.powers(i));
    std::vector<PlanOperand> arguments;
    for (FormId a : form_.arguments(i)) arguments.push_back({plain(values_[a])});
    return {make(n.step, arguments)};
  }

  // b - a and its sign, where a - b is subtracted more often than added.
  Signed sum(std::span<const FormTerm> terms, bool flipped) {
    if (terms.empty()) return number(zero);
    if (terms.size() == 1) return scaled(terms[0]);
    std::vector<PlanOperand> list;
    for (const FormTerm& t : terms) {
      const Signed v = scaled(t);
      list.push_back({v.step, v.negative != flipped});
    }
    const auto last = [&](const PlanOperand& o) { return is_number(o.step); };
    std::stable_partition(list.begin(), list.end(), [&](const PlanOperand& o) { return !last(o); });
    const bool negative = std::all_of(list.begin(), list.end(), [](const auto& o) { return o.inverted; });
    if (negative) {
      for (PlanOperand& o : list) o.inverted = false;
    }
    return {make({PlanOp::sum, 0, 0, 0, {}}, list), negative != flipped};
  }

  bool is_number(StepId s) const {
    return plan_.steps[s].op == PlanOp::number || plan_.steps[s].op == PlanOp::constant;
  }

  // The value of a term; a product that only this term uses takes the number in.
  Signed scaled(const FormTerm& t) {
    const Signed v = values_[t.node];
    if (t.coefficient == one) return v;
    if (t.coefficient == minus_one) return {v.step, !v.negative};
    const Signed c = number(t.coefficient);
    if (t.node == 0) return c;
    const bool open = uses_[t.node] == 1 && form_[t.node].kind == FormNode::Kind::product;
    const Signed p = open ? product({{c.step}}, form_.powers(t.node))
                          : Signed{make({PlanOp::product, 0, 0, 0, {}}, {{c.step}, {v.step}}), v.negative};
    return {p.step, p.negative != c.negative};
  }

  Signed number(Ref c) {
    const bool negative = form_.coefficients().is_below_zero(c);
    if (ctx_.is_number(c)) {
      return {make({PlanOp::number, 0, 0, 0, negative ? ctx_.negate(c) : c}, {}), negative};
    }
    const Ref positive = negative ? ctx_.negate(c) : c;
    const uint16_t tag = ctx_.kind(positive) == Kind::constant ? ctx_[positive].tag : uint16_t{0};
    return {make({PlanOp::constant, tag, 0, 0, positive}, {}), negative};
  }

  StepId plain(const Signed& v) {
    return v.negative ? make({PlanOp::sum, 0, 0, 0, {}}, {{v.step, true}}) : v.step;
  }

  Signed product(std::vector<PlanOperand> list, std::span<const FormPower> powers) {
    bool negative = false;
    for (const FormPower& p : powers) {
      const Signed v = values_[p.base];
      const bool whole = p.halves % 2 == 0;
      append_power(list, p, whole ? v.step : plain(v));
      negative ^= v.negative && whole && p.halves / 2 % 2 != 0;
    }
    std::stable_partition(list.begin(), list.end(), [](const PlanOperand& o) { return !o.inverted; });
    if (list.empty()) return number(one);
    if (list.size() == 1 && !list[0].inverted) return {list[0].step, negative};
    return {make({PlanOp::product, 0, 0, 0, {}}, list), negative};
  }

  // What is divided by more than once has its reciprocal computed once.
  void append_power(std::vector<PlanOperand>& list, const FormPower& p, StepId base) {
    const bool below = p.halves < 0;
    const int32_t n = std::abs(p.halves);
    if (below && divisors_[p.base] > 1) {
      const StepId root =
          roots_[p.base] ? make({PlanOp::product, 0, 0, 0, {}}, {{square_root(base), true}}) : 0;
      if (roots_[p.base]) return list.push_back({repeated(root, n)});
      return list.push_back({repeated(make({PlanOp::product, 0, 0, 0, {}}, {{base, true}}), n / 2)});
    }
    if (n >= 2) list.push_back({repeated(base, n / 2), below});
    if (n % 2 != 0) list.push_back({square_root(base), below});
  }

  StepId square_root(StepId s) {
    return make({PlanOp::call, static_cast<uint16_t>(Fn::sqrt), 0, 0, {}}, {{s}});
  }

  // s^n for n >= 1, sharing squares.
  StepId repeated(StepId s, int32_t n) {
    if (n == 1) return s;
    if (n % 2 != 0) return make({PlanOp::product, 0, 0, 0, {}}, {{repeated(s, n - 1)}, {s}});
    const StepId half = repeated(s, n / 2);  // at most 32 levels
    return make({PlanOp::product, 0, 0, 0, {}}, {{half}, {half}});
  }

  StepId make(const PlanStep& step, const std::vector<PlanOperand>& operands) {
    return table_.add(plan_, step, operands);
  }
  StepId make(const PlanStep& step, std::initializer_list<PlanOperand> operands) {
    return table_.add(plan_, step, {operands.begin(), operands.size()});
  }

  const SumProduct& form_;
  Context& ctx_;
  std::vector<uint32_t> uses_;
  std::vector<Signed> values_;
  std::vector<bool> done_;
  std::vector<int> leaning_;        // of a node: how often it is added, less how often subtracted
  std::vector<bool> roots_;         // of a base: divided by its square root
  std::vector<uint32_t> divisors_;  // of a base: products that divide by it
  Plan plan_;
  StepTable table_;
};

}  // namespace

Plan SumProduct::plan() const { return PlanWriter(*this).run(); }

}  // namespace nabla
