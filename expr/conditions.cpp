#include "expr/conditions.h"

#include <algorithm>
#include <string>
#include <unordered_set>

#include "expr/array_domain.h"
#include "expr/bounds.h"
#include "expr/condition_form.h"
#include "expr/definite.h"
#include "expr/diagnostic.h"
#include "expr/differentiable.h"
#include "expr/implied_conditions.h"
#include "expr/indexed.h"
#include "expr/labelling.h"
#include "expr/no_value.h"
#include "expr/operator.h"
#include "expr/smooth_powers.h"
#include "expr/substitute.h"
#include "expr/symbolic_powers.h"
#include "expr/tensor.h"
#include "expr/walk.h"
#include "expr/written_value.h"

namespace nabla {
namespace {

bool is_negative(Facts f) { return (f & nonpositive) && (f & nonzero); }

// Collects what must hold so that an expression has a value. What the answer, which was looked at before,
// asks for by its powers and other parts is left out; of the answer itself (`answer` is null) the symbolic
// powers are collected and nothing is said of them. A condition that holds nowhere is a Failure if `refuse`.
class Collector {
 public:
  Collector(Context& ctx, bool refuse, const Collector* answer)
      : ctx_(ctx), refuse_(refuse), answer_(answer), powers_(ctx), values_(ctx) {}

  std::vector<Ref> run(Ref root) {
    whole_ = root;
    push({root, {}, 0, 0});
    while (!todo_.empty()) {
      const Part part = todo_.back();
      todo_.pop_back();
      visit(part);
    }
    return std::move(found_);
  }

 private:
  struct Part {
    Ref root;
    Ref guard;           // the condition of the branch it stands in, or Ref{}
    uint64_t variables;  // names by which it is differentiated
    size_t order;        // how often
    size_t move = 0;     // of moves_, from 1: where the whole takes it; 0: as it stands
    friend bool operator==(const Part&, const Part&) = default;
  };
  struct PartHash {
    size_t operator()(const Part& p) const noexcept {
      return mix(mix(p.root.id, p.guard.id), mix(p.variables, mix(p.order, p.move)));
    }
  };

  // What is taken at other values, in a branch of what is around it.
  struct Move {
    std::vector<std::pair<Ref, Ref>> values;
    Ref guard;
    size_t outer;  // the move of what is around it
  };

  void push(const Part& part) {
    if (met_.insert(part).second) todo_.push_back(part);
  }

  // Operators and branches are parts of their own.
  void visit(const Part& part) {
    guard_ = part.guard;
    order_ = part.order;
    move_ = part.move;
    if (is_part(part.root)) return queue(part.root, part);
    std::vector<Ref> parts;
    const auto order = nodes_below(ctx_, {&part.root, 1}, [&](Ref r) {
      if (takes_some_entries(ctx_, r) && !(ctx_[r].facts & has_operation)) {
        nodes_.insert(r);
        return false;
      }
      if (!is_part(r)) return true;
      if (std::find(parts.begin(), parts.end(), r) == parts.end()) parts.push_back(r);
      return false;
    });
    for (Ref r : parts) queue(r, part);
    if (part.variables != 0) {
      const auto all = nodes_below(ctx_, {&part.root, 1}, [&](Ref r) { return !is_part(r); });
      smooth_ = smooth_in_powers(ctx_, all, part.order);
      ask_differentiable(all, part.variables);
      for (Ref r : all) {
        if (!std::binary_search(order.begin(), order.end(), r)) ask_slope(r, part.variables);
      }
    }
    for (Ref r : order) ask(r, part.variables);
    nodes_.insert(order.begin(), order.end());
  }

  // Functions entry by entry of which some entries are taken: a slope is asked for in all.
  void ask_slope(Ref r, uint64_t variables) {
    const Node& n = ctx_[r];
    if (n.kind != Kind::function || !(n.names & variables) || smooth_.count(r) > 0) return;
    const Fn fn = static_cast<Fn>(n.tag);
    if (row(fn).shape != ShapeRule::elementwise || (n.facts & complex_valued)) return;
    std::vector<Ref> arguments;
    for (Ref a : n.operands()) arguments.push_back(values_.of(a));
    required_ = false;
    state_text(row(fn).where, arguments);
  }

  // Functions of arrays, those of some entries as well.
  void ask_differentiable(std::span<const Ref> nodes, uint64_t variables) {
    required_ = false;
    for (Ref r : nodes) {
      const bool norm1 = ctx_.is_function(r, Fn::norm1);
      if (smooth_.count(r) > 0 || (!norm1 && differentiable_words(ctx_, r).empty())) continue;
      const Ref call = values_.of(r), of = ctx_.operands(call).empty() ? call : ctx_.operands(call)[0];
      if (!(ctx_[of].names & variables)) continue;
      if (norm1) {
        state(condition(ctx_, Relation::not_equal, of, zero));
      } else if (!differentiable_words(ctx_, call).empty()) {
        state(differentiable(ctx_, call));
      }
    }
  }

  bool is_part(Ref r) const {
    const Node& n = ctx_[r];
    return n.kind == Kind::operation || n.kind == Kind::select || is_written(n, Written::needs);
  }

  static bool is_written(const Node& n, Written op) {
    return n.kind == Kind::written && n.tag == static_cast<uint16_t>(op);
  }

  // Where the answer has the value, it has what the value needs; what it was made of may have been lost.
  // Where it is differentiated is a question to the value.
  void queue_needs(Ref r, const Part& part) {
    const std::vector<Ref> list(ctx_.operands(r).begin(), ctx_.operands(r).end());
    const bool in_answer = answer_ && move_ == 0 && answer_->nodes_.count(list[0]);
    for (Ref c : std::span(list).subspan(1)) {
      const Kind k = ctx_.kind(c);
      const bool of_value = c == list[0] || (k >= Kind::truth && k <= Kind::connective);
      if (of_value && in_answer) continue;
      if (k < Kind::truth || k > Kind::connective) {
        push({c, part.guard, part.variables, part.order, part.move});
      } else {
        required_ = true;
        asking_ = list[0];
        state(moved_condition(ctx_, c, [&](Ref side) { return values_.of(side); }));
      }
    }
    if (part.variables != 0) push({list[0], part.guard, part.variables, part.order, part.move});
  }

  void queue(Ref r, const Part& part) {
    if (ctx_.kind(r) == Kind::written) return queue_needs(r, part);
    const auto list = ctx_.operands(r);
    if (ctx_.kind(r) == Kind::operation) {
      const auto op = static_cast<Operator>(ctx_[r].tag);
      if (op == Operator::limit) return;
      if (op == Operator::subs) return queue_moved(list[0], list.subspan(1), part);
      if (op == Operator::eval) {  // a statement that is nothing else evaluates what was written itself
        if (r != whole_) queue_moved(list[0], list.subspan(2), part);
        return;
      }
      uint64_t variables = 0;
      size_t order = 0;
      if (is_differential_operator(op)) {
        const bool directions = op == Operator::jvp || op == Operator::vjp || op == Operator::hvp;
        const auto by = directions ? list.subspan(1, 1) : list.subspan(1);
        for (Ref v : by) variables |= ctx_[v].names;
        if (op == Operator::differential) variables = ctx_[list[0]].names;
        const bool second = op == Operator::hess || op == Operator::hvp || op == Operator::laplacian;
        order = second ? 2 : op == Operator::diff ? list.size() - 1 : 1;
      }
      push({list[0], part.guard, part.variables | variables, part.order + order, part.move});
      return;
    }
    if (part.variables != 0) ask_border(r, part.variables);
    if (!answer_) branches_met_.push_back(r);
    push({list[0], part.guard, part.variables, part.order, part.move});
    if (list[1] == list[2]) return push({list[1], part.guard, part.variables, part.order, part.move});
    // Beyond this many branches a condition is stated as if its branch were always taken.
    const bool many = ++branches_ > most_branches;
    const Ref yes = list[1], no = list[2], c = values_.of(list[0]), other = not_condition(ctx_, c);
    const auto within = [&](Ref condition) {
      return many ? Ref{} : part.guard ? and_conditions(ctx_, part.guard, condition) : condition;
    };
    push({no, within(other), part.variables, part.order, part.move});
    push({yes, within(c), part.variables, part.order, part.move});
  }

  // The branches of what is differentiated may meet with a step or a corner: it has a derivative at the
  // border if they agree there, and so do those of the answer, which are their derivatives. Each comparison
  // of the condition has its border.
  void ask_border(Ref select, uint64_t variables) {
    const auto list = ctx_.operands(select);
    const Ref all = values_.of(list[0]), yes = values_.of(list[1]), no = values_.of(list[2]);
    if (yes == no) return;
    for (Ref c : comparisons_of(ctx_, all)) {
      const auto relation = static_cast<Relation>(ctx_[c].tag);
      if ((ctx_[c].names & variables) == 0 || relation == Relation::equal || relation == Relation::not_equal)
        continue;
      asking_ = select;
      required_ = false;
      if (order_ > 1 || !agree_at_border(ctx_, c, yes, no) || !answer_agrees(c))
        state(condition(ctx_, Relation::not_equal, ctx_[c].operand(0), ctx_[c].operand(1)));
    }
  }

  bool answer_agrees(Ref c) {
    if (!answer_) return true;
    return std::all_of(answer_->branches_met_.begin(), answer_->branches_met_.end(), [&](Ref s) {
      const auto list = ctx_.operands(s);
      const std::vector<Ref> all = comparisons_of(ctx_, list[0]);
      return std::find(all.begin(), all.end(), c) == all.end() || agree_at_border(ctx_, c, list[1], list[2]);
    });
  }

  // What is written is taken at the point; of operators that stand below, what they ask for is.
  void queue_moved(Ref e, std::span<const Ref> pairs, const Part& part) {
    std::vector<std::pair<Ref, Ref>> values;
    for (size_t i = 0; i + 1 < pairs.size(); i += 2) values.push_back({pairs[i], pairs[i + 1]});
    if (ctx_[e].facts & has_operation) {
      moves_.push_back({std::move(values), part.guard, part.move});
      push({e, {}, part.variables, part.order, moves_.size()});
    } else {
      push({substitute(ctx_, e, values), part.guard, part.variables, part.order, part.move});
    }
  }

  // --- what a node asks for ------------------------------------------------------------------------------
  void ask(Ref r, uint64_t variables) {
    const Node& n = ctx_[r];
    asking_ = r;
    required_ = true;
    const bool differentiated = (n.names & variables) != 0;
    if (is_written(n, Written::divide)) {
      return state(condition(ctx_, Relation::not_equal, values_.of(n.operand(1)), zero));
    }
    if (n.kind == Kind::power || is_written(n, Written::power)) {
      return ask_power(values_.of(n.operand(0)), values_.of(n.operand(1)), differentiated);
    }
    if (n.kind == Kind::matpow) return ask_matrix_power(n.operand(0), n.operand(1));
    if (n.kind == Kind::reduce) return ask_entries(r);
    if (n.kind != Kind::function) return;
    const Fn fn = static_cast<Fn>(n.tag);
    if (row(fn).array_domain != ArrayDomain::everywhere) return ask_array_function(r);
    if (row(fn).shape != ShapeRule::elementwise) return;
    std::vector<Ref> arguments;
    for (Ref a : n.operands()) {
      arguments.push_back(values_.of(a));
      if (ctx_[arguments.back()].facts & complex_valued) return ask_complex(fn, arguments);
    }
    if (fn == Fn::pow) return ask_power(arguments[0], arguments[1], differentiated);
    if (fn == Fn::sqrt) return ask_power(arguments[0], ctx_.number(Rational::fraction(1, 2)), differentiated);
    state_text(row(fn).domain, arguments);
    required_ = false;  // nothing may vary here
    if (differentiated && smooth_.count(r) == 0) state_text(row(fn).where, arguments);
    if (differentiated && order_ > 1) state_text(row(fn).where_again, arguments);
  }

  // The texts are about real arguments; of complex ones the poles of the commonest functions are stated.
  void ask_complex(Fn fn, std::span<const Ref> arguments) {
    const bool circular = fn == Fn::tan || fn == Fn::sec || fn == Fn::cot || fn == Fn::csc;
    if (circular) state_text(row(fn).domain, arguments);
    if (fn == Fn::log) state(condition(ctx_, Relation::not_equal, arguments[0], zero));
  }

  void ask_array_function(Ref r) {
    std::vector<Ref> arguments;
    for (Ref a : std::vector<Ref>(ctx_.operands(r).begin(), ctx_.operands(r).end()))
      arguments.push_back(values_.of(a));
    for (Ref c : array_domain(ctx_, static_cast<Fn>(ctx_[r].tag), arguments)) state(c);
  }

  // There is no largest or least of no numbers.
  void ask_entries(Ref r) {
    const IndexedView v = view_indexed(ctx_, r);
    if (static_cast<Reduction>(ctx_[r].tag) == Reduction::prod || !v.labelling->guards.empty()) return;
    const auto bound = v.extents.subspan(v.labelling->output.size());
    for (Ref extent : std::vector<Ref>(bound.begin(), bound.end())) {
      for (Ref c : has_entries(ctx_, extent)) state(c);
    }
  }

  // det(A) != 0 for a negative power; with a symbolic exponent as for scalars.
  void ask_matrix_power(Ref base, Ref exponent) {
    if (is_invertible(ctx_, base)) return;
    if (!ctx_.is_number(exponent)) {
      if (!answer_) powers_.add(base, exponent, guard_);
      if (!answer_ || never_negative(ctx_, exponent)) return;
      if (move_ == 0 && answer_->powers_.have(base, exponent, guard_)) return;
    } else if (ctx_.value(exponent).sign() >= 0) {
      return;
    }
    for (Ref c : not_singular(ctx_, base)) state(c);
  }

  void ask_power(Ref base, Ref exponent, bool differentiated) {
    if (!ctx_.is_number(exponent)) return ask_symbolic_power(base, exponent, differentiated);
    const Rational& q = ctx_.value(exponent);
    // A root of max(0, u) is constant where u is negative; at u = 0 the condition of max leaves out.
    const bool of_max =
        ctx_.is_function(base, Fn::max) && (ctx_[base].operand(0) == zero || ctx_[base].operand(1) == zero);
    const bool flat = q.sign() > 0 && (of_max || ctx_.is_function(base, Fn::relu));
    if (q.is_integer() || (ctx_[base].facts & complex_valued)) {
      if (q.sign() < 0) state(condition(ctx_, Relation::not_equal, base, zero));
      return;
    }
    state(condition(ctx_, q.sign() < 0 ? Relation::less : Relation::less_equal, zero, base));
    required_ = false;
    if (differentiated && q < Rational(1) && !flat && !has_slope_at_zero(base, q))
      state(condition(ctx_, Relation::less, zero, base));
  }

  // sqrt(u^3) has the slope 0 where u is 0.
  bool has_slope_at_zero(Ref base, const Rational& q) const {
    if (order_ > 1 || ctx_.kind(base) != Kind::power || !ctx_.is_number(ctx_[base].operand(1))) return false;
    return ctx_.value(ctx_[base].operand(1)) * q > Rational(1);
  }

  // States the simple sufficient condition instead of the exact one: base > 0, or base != 0 if the exponent
  // is an integer; with an exponent that is never negative, base >= 0 or nothing.
  void ask_symbolic_power(Ref base, Ref exponent, bool differentiated) {
    const bool integer = (ctx_[exponent].facts & integer_valued) != 0;
    const bool complex = ((ctx_[base].facts | ctx_[exponent].facts) & complex_valued) != 0;
    if (is_positive(ctx_[base].facts) || (complex && !integer)) return;
    const Ref canonical_power = tensor_power(ctx_, base, exponent);
    if (ctx_.kind(canonical_power) == Kind::power) {
      base = ctx_[canonical_power].operand(0);
      exponent = ctx_[canonical_power].operand(1);
    }
    if (!answer_) powers_.add(base, exponent, guard_);
    if (!answer_ || (move_ == 0 && answer_->powers_.have(base, exponent, guard_))) return;
    if (move_ == 0 && answer_->powers_.have_inverse(base, exponent, guard_))
      return state(condition(ctx_, Relation::not_equal, base, zero));
    if (base == zero || is_negative(ctx_[base].facts)) return ask_power_of(base, exponent, differentiated);
    const bool from_zero =
        never_negative(ctx_, exponent) ||
        (guard_ && guard_implies(guard_, condition(ctx_, Relation::less_equal, zero, exponent)));
    if (integer) {
      if (!from_zero) state(condition(ctx_, Relation::not_equal, base, zero));
    } else {
      state(condition(ctx_, from_zero ? Relation::less_equal : Relation::less, zero, base));
    }
  }

  // 0^y is 0 for y > 0 and 1 at 0; a power of a negative number needs an integer.
  void ask_power_of(Ref base, Ref exponent, bool differentiated) {
    if (base == zero) {
      state(condition(ctx_, differentiated ? Relation::less : Relation::less_equal, zero, exponent));
    } else if (!(ctx_[exponent].facts & integer_valued)) {
      state(condition(ctx_, Relation::equal, exponent, ctx_.function(Fn::floor, {exponent})));
    }
  }

  void state_text(std::string_view text, std::span<const Ref> arguments) {
    if (!text.empty()) state(condition_of_text(ctx_, text, arguments));
  }

  // Splits conjunctions, brings comparisons with 0 to the simplest base, keeps each once.
  void state(Ref condition) {
    std::vector<Ref> parts{condition};
    std::unordered_set<Ref> met;  // some are turned to and fro
    while (!parts.empty()) {
      const Ref c = parts.back();
      parts.pop_back();
      const bool again = !met.insert(c).second;
      const Node& n = ctx_[c];
      if (n.kind == Kind::truth && (n.tag != 0 || !required_)) continue;
      if (n.kind == Kind::truth && refuse_ && !guard_) refuse_without_value(ctx_, asking_);
      const bool not_zero = n.kind == Kind::compare && static_cast<Relation>(n.tag) == Relation::not_equal;
      if (not_zero &&
          (ctx_.kind(n.operand(0)) == Kind::constant || ctx_.kind(n.operand(1)) == Kind::constant) &&
          (n.operand(0) == zero || n.operand(1) == zero))
        continue;
      if (n.kind == Kind::connective && n.tag == static_cast<uint16_t>(Connective::conjunction)) {
        parts.push_back(n.operand(1));
        parts.push_back(n.operand(0));
        continue;
      }
      const auto of_power = [&](Ref base, Ref exponent) {
        if (move_ != 0) return PowerNotZero::base;
        return answer_ ? answer_->powers_.not_zero(base, exponent, guard_)
                       : powers_.state_not_zero(base, exponent, guard_);
      };
      if (n.kind == Kind::compare && !again && append_simpler(ctx_, c, of_power, parts)) continue;
      if (const Ref stated = guard_ ? guarded(guard_, c) : c) state_moved(stated);
    }
  }

  // Where the whole takes it.
  void state_moved(Ref c) {
    Ref moved = c;
    for (size_t m = move_; m != 0 && moved; m = moves_[m - 1].outer) {
      moved = moved_condition(
          ctx_, moved, [&](Ref side) { return values_.of(substitute(ctx_, side, moves_[m - 1].values)); });
      std::vector<Ref> simpler;
      const auto base = [](Ref, Ref) { return PowerNotZero::base; };
      const bool compared = ctx_.kind(moved) == Kind::compare;
      if (compared && append_simpler(ctx_, moved, base, simpler) && simpler.size() == 1) moved = simpler[0];
      if (moves_[m - 1].guard) moved = guarded(moves_[m - 1].guard, moved);
    }
    const bool truth = moved && ctx_.kind(moved) == Kind::truth;
    if (!moved || (truth && ctx_[moved].tag != 0)) return;
    if (truth && required_ && refuse_) refuse_without_value(ctx_, asking_);
    if (truth) moved = c;  // in the names of what is moved
    if (std::find(found_.begin(), found_.end(), moved) == found_.end()) found_.push_back(moved);
  }

  bool guard_implies(Ref guard, Ref c) {
    std::vector<Ref> todo{guard};
    while (!todo.empty()) {
      const Ref g = todo.back();
      todo.pop_back();
      if (implies(ctx_, g, c)) return true;
      const Node& n = ctx_[g];
      if (n.kind != Kind::connective || n.tag != static_cast<uint16_t>(Connective::conjunction)) continue;
      todo.push_back(n.operand(0));
      todo.push_back(n.operand(1));
    }
    return false;
  }

  Ref guarded(Ref guard, Ref c) {
    if (guard_implies(guard, c)) return {};
    const Ref r = or_conditions(ctx_, not_condition(ctx_, guard), c);
    return ctx_.kind(r) == Kind::truth && ctx_[r].tag != 0 ? Ref{} : r;
  }

  Context& ctx_;
  bool refuse_;
  const Collector* answer_;
  Ref asking_;             // the node that is looked at
  bool required_ = true;   // for a value, not only for a derivative
  SymbolicPowers powers_;  // of the answer
  Ref guard_;
  Ref whole_;
  std::vector<Part> todo_;
  std::vector<Ref> found_;
  std::unordered_set<Part, PartHash> met_;
  std::unordered_set<Ref> nodes_;  // all that were looked at
  WrittenValues values_;
  std::unordered_set<Ref> smooth_;  // of the part
  std::vector<Ref> branches_met_;
  size_t order_ = 0, move_ = 0;
  std::vector<Move> moves_;
  static constexpr size_t most_branches = 1000;
  size_t branches_ = 0;
};

}  // namespace

std::vector<Ref> conditions(Context& ctx, Ref written, Ref answer, bool refuse) {
  Collector of_answer(ctx, refuse, nullptr);
  const std::vector<Ref> own = joined_conditions(ctx, of_answer.run(answer));
  const std::vector<Ref> wanted =
      stated_once(ctx, joined_conditions(ctx, Collector(ctx, refuse, &of_answer).run(written)), own);
  std::vector<Ref> result, stated = wanted;
  stated.insert(stated.end(), own.begin(), own.end());
  for (size_t i = 0; i < wanted.size(); ++i) {
    const Ref c = wanted[i];
    bool known = std::any_of(own.begin(), own.end(), [&](Ref a) { return implies(ctx, a, c); });
    for (size_t k = 0; k < wanted.size() && !known; ++k) {
      // Of two that say the same the first stays.
      known = k != i && implies(ctx, wanted[k], c) && (k < i || !implies(ctx, c, wanted[k]));
    }
    if (!known && !implied_by_factors(ctx, c, stated)) result.push_back(c);
  }
  return result;
}

}  // namespace nabla
