#include "diff/reverse.h"

#include <algorithm>
#include <string>

#include "diff/branches.h"
#include "diff/local.h"
#include "expr/diagnostic.h"
#include "expr/scratch.h"
#include "expr/walk.h"

namespace nabla {
namespace {

class Reverse {
 public:
  Reverse(Lowering& lowering, Partials& partials)
      : lowering_(lowering), ctx_(lowering.context()), local_(lowering, partials), branches_(lowering) {}

  std::vector<Ref> run(std::span<const std::pair<Ref, Ref>> seeds, std::span<const Ref> variables) {
    const size_t count = lowering_.program().lets.size();
    find_active(count, variables);
    std::vector<Ref> outputs;
    for (const auto& [output, adjoint] : seeds) outputs.push_back(output);
    branches_.find(outputs, active_);
    first_.assign(count, none);
    for (const auto& [output, adjoint] : seeds) give(output, {one, adjoint});
    for (size_t i = count; i-- > 0;) {
      if (first_[i] == none || !active_[i]) continue;
      const Term adjoint = collect(first_[i]);
      if (adjoint.coefficient == zero) continue;
      ctx_.budget().spend();
      user_ = i;
      spread(Let(lowering_.program().lets[i]), adjoint);
    }
    std::vector<Ref> result;
    for (Ref x : variables) {
      const auto it = variable_index_.find(x);
      const Term t = collect(leaf_first_[it->second]);
      result.push_back(lowering_.name(ctx_.scale(t.coefficient, t.body)));
    }
    return result;
  }

 private:
  static constexpr uint32_t none = ~uint32_t{0};
  struct Contribution {
    Term term;
    uint32_t next;
  };

  void find_active(size_t count, std::span<const Ref> variables) {
    for (size_t k = 0; k < variables.size(); ++k) variable_index_.emplace(variables[k], k);
    leaf_first_.assign(variables.size(), none);
    active_.assign(count, false);
    for (size_t i = 0; i < count; ++i) {
      const auto operands = ctx_.operands(lowering_.program().lets[i].value);
      active_[i] = std::any_of(operands.begin(), operands.end(), [&](Ref r) { return is_active(r); });
    }
  }

  bool is_active(Ref r) const {
    const Node& n = ctx_[r];
    if (n.kind == Kind::let) return n.payload < active_.size() && active_[n.payload];
    if (n.kind != Kind::symbol && n.kind != Kind::entry) return false;
    return variable_index_.count(r) != 0;
  }

  // A term from a let of a branch, for an operand that lives elsewhere too, is 0 where the branch is not
  // taken.
  void give_from_user(Ref to, const Term& term) {
    const Ref where = branches_.leaving(user_, to);
    if (!where) return give(to, term);
    give(to, {one, select(where, true, lowering_.name(ctx_.scale(term.coefficient, term.body)))});
  }

  Ref select(Ref condition, bool side, Ref value) {
    return lowering_.lower(side ? ctx_.select(condition, value, zero) : ctx_.select(condition, zero, value));
  }

  void give(Ref to, const Term& term) {
    const Node& n = ctx_[to];
    uint32_t* head = nullptr;
    if (n.kind == Kind::let) {
      head = &first_[n.payload];
    } else if (const auto it = variable_index_.find(to); it != variable_index_.end()) {
      head = &leaf_first_[it->second];
    }
    if (!head) return;
    contributions_.push_back({term, *head});
    *head = static_cast<uint32_t>(contributions_.size() - 1);
  }

  // The sum of the contributions; a number may stay a coefficient only when there is one of them.
  Term collect(uint32_t first) {
    if (first == none) return {zero, one};
    if (contributions_[first].next == none) return contributions_[first].term;
    Scratch<Term, 40> terms;
    for (uint32_t c = first; c != none; c = contributions_[c].next) terms.push_back(contributions_[c].term);
    const Term t = ctx_.split_coefficient(ctx_.sum(terms));
    return {t.coefficient, lowering_.lower(t.body)};
  }

  // adjoint * (c * d), the coefficients gathered
  Term chain(const Term& adjoint, Ref coefficient, Ref d) {
    Term t = local_.times(adjoint.body, d);
    t.coefficient = scale(t.coefficient, scale(adjoint.coefficient, coefficient));
    return t;
  }
  Ref scale(Ref a, Ref b) { return a == one ? b : ctx_.scale(a, b); }

  void spread(const Let& let, const Term& adjoint) {
    const Node& n = ctx_[let.value];
    const auto list = n.operands();
    switch (n.kind) {
      case Kind::sum:
        for (size_t i = 0; i < list.size(); i += 2) {
          if (is_active(list[i + 1]))
            give_from_user(list[i + 1], {scale(adjoint.coefficient, list[i]), adjoint.body});
        }
        return;
      case Kind::long_sum:
        for (Ref r : list) {
          if (is_active(r)) give_from_user(r, adjoint);
        }
        return;
      case Kind::product:
      case Kind::long_product:
        return spread_product(list, adjoint);
      case Kind::select:
        return spread_select(list, adjoint);
      case Kind::compare:
      case Kind::connective:
        return;
      case Kind::power:
      case Kind::function:
      case Kind::opaque:
        for (size_t k = 0; k < list.size(); ++k) {
          if (!is_active(list[k])) continue;
          const Term d = local_.local(let, k);
          give_from_user(list[k], chain(adjoint, d.coefficient, d.body));
        }
        return;
      default:
        throw Failure(Code::cannot_differentiate, "reverse mode does not know this operation yet");
    }
  }

  // c * f1 … fn: factor k gets the product of the others, by prefix and suffix products.
  void spread_product(std::span<const Ref> list, Term adjoint) {
    if (ctx_.is_number(list[0])) {
      adjoint.coefficient = scale(adjoint.coefficient, list[0]);
      list = list.subspan(1);
    }
    const size_t n = list.size();
    size_t first = n, last = 0;
    for (size_t k = 0; k < n; ++k) {
      if (!is_active(list[k])) continue;
      first = std::min(first, k);
      last = k;
    }
    std::vector<Term> suffix(n + 1, Term{one, one});
    for (size_t k = n; k-- > first + 1;) suffix[k] = join(Term{one, list[k]}, suffix[k + 1]);
    Term prefix = adjoint;
    for (size_t k = 0; k <= last; ++k) {
      if (is_active(list[k])) give_from_user(list[k], join(prefix, suffix[k + 1]));
      if (k < last) prefix = join(prefix, Term{one, list[k]});
    }
  }

  Term join(const Term& a, const Term& b) {
    Term t = local_.times(a.body, b.body);
    t.coefficient = scale(t.coefficient, scale(a.coefficient, b.coefficient));
    return t;
  }

  void spread_select(std::span<const Ref> list, const Term& adjoint) {
    const Ref a = lowering_.name(ctx_.scale(adjoint.coefficient, adjoint.body));
    if (is_active(list[0])) refuse_equality(list[0]);
    for (const bool side : {true, false}) {
      const Ref branch = list[side ? 1 : 2];
      if (!is_active(branch)) continue;
      if (branches_.lives_in(branch, user_, list[0], side)) {
        give(branch, adjoint);
      } else {
        give_from_user(branch, {one, select(list[0], side, a)});
      }
    }
  }

  void refuse_equality(Ref condition) {
    std::vector<Ref> todo{condition};
    while (!todo.empty()) {
      Ref r = todo.back();
      todo.pop_back();
      if (ctx_.kind(r) == Kind::let) r = lowering_.program().lets[ctx_[r].payload].value;
      const Node& n = ctx_[r];
      if (n.kind == Kind::connective) {
        for (Ref c : n.operands()) {
          if (is_active(c)) todo.push_back(c);
        }
      }
      const auto relation = static_cast<Relation>(n.tag);
      if (n.kind == Kind::compare && (relation == Relation::equal || relation == Relation::not_equal)) {
        throw_equality_condition();
      }
    }
  }

  Lowering& lowering_;
  Context& ctx_;
  LocalDerivatives local_;
  Branches branches_;
  size_t user_ = 0;  // the let whose adjoint is being spread
  std::unordered_map<Ref, size_t> variable_index_;
  std::vector<bool> active_;
  std::vector<uint32_t> first_;       // of each let: its last contribution
  std::vector<uint32_t> leaf_first_;  // of each variable
  std::vector<Contribution> contributions_;
};

}  // namespace

std::vector<Ref> reverse(Lowering& lowering, Partials& partials, std::span<const std::pair<Ref, Ref>> seeds,
                         std::span<const Ref> variables) {
  return Reverse(lowering, partials).run(seeds, variables);
}

Program gradient_program(Context& ctx, Ref e, std::span<const Ref> variables) {
  Program program;
  program.inputs.assign(variables.begin(), variables.end());
  Lowering lowering(ctx, program);
  Partials partials(ctx);
  const Ref value = lowering.lower(e);
  const std::pair<Ref, Ref> seed{value, one};
  std::vector<Ref> adjoints = reverse(lowering, partials, {&seed, 1}, variables);
  program.outputs.push_back({"value", scalar_shape, {value}});
  program.outputs.push_back({"grad", scalar_shape, std::move(adjoints)});
  drop_dead_lets(ctx, program);
  return program;
}

}  // namespace nabla
