#include "expr/conditions.h"

#include <algorithm>
#include <string>

#include "expr/diagnostic.h"
#include "expr/operator.h"
#include "expr/print.h"
#include "expr/scratch.h"
#include "expr/substitute.h"
#include "expr/table_text.h"
#include "expr/walk.h"

namespace nabla {
namespace {

bool differentiates(Operator op) {
  switch (op) {
    case Operator::diff:
    case Operator::grad:
    case Operator::jac:
    case Operator::hess:
    case Operator::jvp:
    case Operator::vjp:
    case Operator::hvp:
    case Operator::differential:
    case Operator::laplacian:
    case Operator::div:
    case Operator::curl:
      return true;
    default:
      return false;
  }
}

bool is_negative(Facts f) { return (f & nonpositive) && (f & nonzero); }

std::string quoted(Context& ctx, Ref part) {
  constexpr size_t most_characters = 80;
  const std::string text = print(ctx, part);
  return text.size() > most_characters ? "a part of it" : "'" + text + "'";
}

// Whether comparison a implies comparison b: of the same sides, or stronger by the bound 0.
bool implies(Context& ctx, Ref a, Ref b) {
  if (a == b) return true;
  if (ctx.kind(a) != Kind::compare || ctx.kind(b) != Kind::compare) return false;
  const Node &m = ctx[a], &n = ctx[b];
  if (static_cast<Relation>(m.tag) != Relation::less) return false;
  const bool same = m.operand(0) == n.operand(0) && m.operand(1) == n.operand(1);
  const bool swapped = m.operand(0) == n.operand(1) && m.operand(1) == n.operand(0);
  const auto weaker = static_cast<Relation>(n.tag);
  return (same && weaker == Relation::less_equal) || ((same || swapped) && weaker == Relation::not_equal);
}

// A power with a symbolic exponent: it has a value where the base is positive, where the base is not 0 and
// the exponent an integer, and where the base is 0 and the exponent is not negative.
struct SymbolicPower {
  Ref base, exponent;
  Ref guard;
};

// Rational lower bound 0 of c + c1*k1 + c2*k2 + … by the declared bounds of the k.
bool never_negative(const Context& ctx, Ref e) {
  if (ctx[e].facts & nonnegative) return true;
  const Node& n = ctx[e];
  if (n.kind != Kind::sum || n.shape != scalar_shape) return false;
  Rational least = 0;
  for (size_t i = 0; i < n.count; i += 2) {
    const Rational& c = ctx.value(n.operand(i));
    const Ref body = n.operand(i + 1);
    if (body == one) {
      least = least + c;
      continue;
    }
    if (ctx.kind(body) != Kind::symbol) return false;
    const Domain& d = ctx.symbol(body).domain;
    const bool extent = ctx.symbol(body).role == Role::extent;
    const Ref bound = c.sign() < 0 ? d.upper : !d.lower && extent ? one : d.lower;
    if (!bound || !ctx.is_number(bound)) return false;
    least = least + c * ctx.value(bound);
  }
  return least.sign() >= 0;
}

// Collects what must hold so that an expression has a value. What the powers of the answer ask for is left
// out; with the answer itself (`known` is null) its symbolic powers are collected and nothing is said of
// them. A condition that holds nowhere is a Failure if `refuse`.
class Collector {
 public:
  Collector(Context& ctx, bool refuse, const std::vector<SymbolicPower>* known)
      : ctx_(ctx), refuse_(refuse), known_(known) {}

  const std::vector<SymbolicPower>& powers() const { return powers_; }

  std::vector<Ref> run(Ref root) {
    whole_ = root;
    todo_.push_back({root, {}, 0});
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
  };

  // Operators and branches are parts of their own.
  void visit(const Part& part) {
    guard_ = part.guard;
    if (is_part(part.root)) return queue(part.root, part);
    std::vector<Ref> parts;
    const auto order = nodes_below(ctx_, {&part.root, 1}, [&](Ref r) {
      if (!is_part(r)) return true;
      if (std::find(parts.begin(), parts.end(), r) == parts.end()) parts.push_back(r);
      return false;
    });
    for (Ref r : parts) queue(r, part);
    for (Ref r : order) ask(r, part.variables);
  }

  bool is_part(Ref r) const { return ctx_.kind(r) == Kind::operation || ctx_.kind(r) == Kind::select; }

  void queue(Ref r, const Part& part) {
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
      if (differentiates(op)) {
        for (Ref v : list.subspan(1)) variables |= ctx_[v].names;
      }
      todo_.push_back({list[0], part.guard, variables});
      return;
    }
    todo_.push_back({list[0], part.guard, part.variables});
    // Beyond this many branches a condition is stated as if its branch were always taken.
    const bool many = ++branches_ > most_branches;
    const Ref c = canonical(list[0]), other = ctx_.negation(c);
    const auto within = [&](Ref condition) {
      return many ? Ref{} : part.guard ? ctx_.conjunction(part.guard, condition) : condition;
    };
    todo_.push_back({list[2], within(other), part.variables});
    todo_.push_back({list[1], within(c), part.variables});
  }

  // What is written is taken at the point. Where operators stand below, their conventions hold there.
  void queue_moved(Ref e, std::span<const Ref> pairs, const Part& part) {
    if (ctx_[e].facts & has_operation) return;
    std::vector<std::pair<Ref, Ref>> values;
    for (size_t i = 0; i + 1 < pairs.size(); i += 2) {
      if (ctx_[pairs[i]].shape != scalar_shape) return;
      values.push_back({pairs[i], pairs[i + 1]});
    }
    todo_.push_back({substitute(ctx_, e, values), part.guard, part.variables});
  }

  // --- canonical images -----------------------------------------------------------------------------------
  Ref canonical(Ref root) {
    for (Ref r : nodes_below(ctx_, root)) {
      if (!image_.count(r)) image_[r] = fold(r);
    }
    return image_.at(root);
  }

  Ref image(Ref r) {
    const auto it = image_.find(r);
    return it != image_.end() ? it->second : canonical(r);
  }

  Ref fold(Ref r) {
    const Node& n = ctx_[r];
    if (n.kind == Kind::operation || n.count == 0) return r;
    std::vector<Ref> list;
    for (Ref c : n.operands()) list.push_back(image_.at(c));
    if (n.kind == Kind::function && n.shape == scalar_shape)
      return ctx_.function(static_cast<Fn>(n.tag), list);
    if (n.kind != Kind::written) return ctx_.rebuild(r, list);
    switch (static_cast<Written>(n.tag)) {
      case Written::add:
        return ctx_.add(list[0], list[1]);
      case Written::subtract:
        return ctx_.subtract(list[0], list[1]);
      case Written::multiply:
        return ctx_.multiply(list[0], list[1]);
      case Written::divide:
        return list[1] == zero ? r : ctx_.divide(list[0], list[1]);
      case Written::negate:
        return ctx_.negate(list[0]);
      case Written::power:
        break;
    }
    const bool pole = list[0] == zero && ctx_.is_number(list[1]) && ctx_.value(list[1]).sign() < 0;
    return pole ? r : ctx_.power(list[0], list[1]);
  }

  // --- what a node asks for
  // ---------------------------------------------------------------------------------
  void ask(Ref r, uint64_t variables) {
    const Node& n = ctx_[r];
    if (n.shape != scalar_shape) return;
    asking_ = r;
    required_ = true;
    if (n.kind == Kind::written && n.tag == static_cast<uint16_t>(Written::divide)) {
      state(ctx_.compare(Relation::not_equal, image(n.operand(1)), zero));
    }
    if (n.kind == Kind::power ||
        (n.kind == Kind::written && n.tag == static_cast<uint16_t>(Written::power))) {
      ask_power(image(n.operand(0)), image(n.operand(1)), (ctx_[r].names & variables) != 0);
    }
    if (n.kind != Kind::function) return;
    const Fn fn = static_cast<Fn>(n.tag);
    if (row(fn).shape != ShapeRule::elementwise) return;
    std::vector<Ref> arguments;
    for (Ref a : n.operands()) {
      if (ctx_[a].shape != scalar_shape) return;
      arguments.push_back(image(a));
      if (ctx_[arguments.back()].facts & complex_valued) return;  // the texts are about real arguments
    }
    if (fn == Fn::pow) return ask_power(arguments[0], arguments[1], (ctx_[r].names & variables) != 0);
    state_text(row(fn).domain, arguments);
    required_ = false;  // nothing may vary here
    if ((n.names & variables) != 0) state_text(row(fn).where, arguments);
  }

  void ask_power(Ref base, Ref exponent, bool differentiated) {
    if (!ctx_.is_number(exponent)) return ask_symbolic_power(base, exponent, differentiated);
    const Rational& q = ctx_.value(exponent);
    const bool below_one = differentiated && q < Rational(1) && !q.is_integer();
    required_ = !below_one;
    if (q.is_integer()) {
      if (q.sign() < 0) state(ctx_.compare(Relation::not_equal, base, zero));
    } else if (!(ctx_[base].facts & complex_valued)) {
      state(ctx_.compare(q.sign() < 0 || below_one ? Relation::less : Relation::less_equal, zero, base));
    }
  }

  // States the simple sufficient condition instead of the exact one: base > 0, or base != 0 if the exponent
  // is an integer; with an exponent that is never negative, base >= 0 or nothing.
  void ask_symbolic_power(Ref base, Ref exponent, bool differentiated) {
    const bool integer = (ctx_[exponent].facts & integer_valued) != 0;
    const bool complex = ((ctx_[base].facts | ctx_[exponent].facts) & complex_valued) != 0;
    if (is_positive(ctx_[base].facts) || (complex && !integer)) return;
    const Ref canonical_power = ctx_.power(base, exponent);
    if (ctx_.kind(canonical_power) == Kind::power) {
      base = ctx_[canonical_power].operand(0);
      exponent = ctx_[canonical_power].operand(1);
    }
    if (!known_) powers_.push_back({base, exponent, guard_});
    if (!known_ || answer_has(base, exponent)) return;
    if (base == zero || is_negative(ctx_[base].facts)) return ask_power_of(base, exponent, differentiated);
    const bool from_zero = never_negative(ctx_, exponent) ||
                           (guard_ && guard_implies(ctx_.compare(Relation::less_equal, zero, exponent)));
    if (integer) {
      if (!from_zero) state(ctx_.compare(Relation::not_equal, base, zero));
    } else {
      state(ctx_.compare(from_zero ? Relation::less_equal : Relation::less, zero, base));
    }
  }

  // 0^y is 0 for y > 0 and 1 at 0; a power of a negative number needs an integer.
  void ask_power_of(Ref base, Ref exponent, bool differentiated) {
    if (base == zero) {
      state(ctx_.compare(differentiated ? Relation::less : Relation::less_equal, zero, exponent));
    } else if (!(ctx_[exponent].facts & integer_valued)) {
      state(ctx_.compare(Relation::equal, exponent, ctx_.function(Fn::floor, {exponent})));
    }
  }

  // Where base^(e - n) has a value for some n = 0, 1, … so has base^e; and where 1/base^e is written, base^e.
  bool answer_has(Ref base, Ref exponent) {
    return known_ && std::any_of(known_->begin(), known_->end(), [&](const SymbolicPower& p) {
             if (p.base != base || (p.guard && p.guard != guard_)) return false;
             const Ref n = ctx_.subtract(exponent, p.exponent);
             if (ctx_.is_number(n) && ctx_.value(n).is_integer() && ctx_.value(n).sign() >= 0) return true;
             const bool in_denominator =
                 ctx_.value(ctx_.split_coefficient(p.exponent).coefficient).sign() < 0;
             return in_denominator && exponent == ctx_.negate(p.exponent);
           });
  }

  void state_text(std::string_view text, std::span<const Ref> arguments) {
    if (text.empty()) return;
    const std::string key = "condition " + std::string(text);
    auto it = ctx_.cache().find(key);
    if (it == ctx_.cache().end())
      it = ctx_.cache().emplace(key, ctx_.pin(parse_table_text(ctx_, text))).first;
    std::vector<std::pair<Ref, Ref>> values;
    constexpr std::string_view names[] = {"x", "y", "z"};
    for (size_t k = 0; k < arguments.size(); ++k)
      values.push_back({placeholder(ctx_, names[k]), arguments[k]});
    state(substitute(ctx_, ctx_.pinned(it->second), values));
  }

  // Splits conjunctions, brings comparisons with 0 to the simplest base, keeps each once.
  void state(Ref condition) {
    std::vector<Ref> parts{condition};
    while (!parts.empty()) {
      const Ref c = parts.back();
      parts.pop_back();
      const Node& n = ctx_[c];
      if (n.kind == Kind::truth && (n.tag != 0 || !required_)) continue;
      if (n.kind == Kind::truth && refuse_ && !guard_) undefined();
      if (n.kind == Kind::connective && n.tag == static_cast<uint16_t>(Connective::conjunction)) {
        parts.push_back(n.operand(1));
        parts.push_back(n.operand(0));
        continue;
      }
      if (n.kind == Kind::compare && simpler(c, parts)) continue;
      const Ref stated = guard_ ? guarded(c) : c;
      if (stated && std::find(found_.begin(), found_.end(), stated) == found_.end()) found_.push_back(stated);
    }
  }

  [[noreturn]] void undefined() {
    const Node& n = ctx_[asking_];
    if (n.kind == Kind::written && n.tag == static_cast<uint16_t>(Written::divide)) {
      const Ref divisor = n.operand(1);
      const std::string why = divisor == zero ? "" : ": " + quoted(ctx_, divisor) + " is 0";
      throw Failure(Code::division_by_zero, "division by zero" + why);
    }
    std::string needs = "a real power x^y needs x >= 0 or an integer y";
    if (n.kind == Kind::function) {
      const Function& f = row(static_cast<Fn>(n.tag));
      needs = std::string(f.name) + (n.count == 1 ? "(x)" : "(x, y)") + " needs " + std::string(f.domain);
    }
    throw Failure(Code::outside_domain, quoted(ctx_, asking_) + " has no value: " + needs,
                  "functions are real; declare names complex for complex values");
  }

  bool guard_implies(Ref c) {
    std::vector<Ref> todo{guard_};
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

  Ref guarded(Ref c) {
    if (guard_implies(c)) return {};
    const Ref r = ctx_.disjunction(ctx_.negation(guard_), c);
    return ctx_.kind(r) == Kind::truth && ctx_[r].tag != 0 ? Ref{} : r;
  }

  // u^n != 0 asks for u != 0, u*v != 0 for both; 3*u > 0 for u > 0, u^-1 > 0 for u > 0.
  bool simpler(Ref c, std::vector<Ref>& parts) {
    const auto relation = static_cast<Relation>(ctx_[c].tag);
    Ref a = ctx_[c].operand(0), b = ctx_[c].operand(1);
    if (a != zero && b != zero) return false;
    const bool left = b == zero;  // u REL 0, else 0 REL u
    const Ref u = left ? a : b;
    const Node& n = ctx_[u];
    const auto sides = [&](Ref term, Ref bound, bool same) {  // term REL bound, or turned around
      parts.push_back(same ? ctx_.compare(relation, term, bound) : ctx_.compare(relation, bound, term));
      return true;
    };
    // c + k*t against 0 is t against -c/k
    if (n.kind == Kind::sum && n.count == 4 && (n.operand(1) == one || n.operand(3) == one)) {
      const size_t k = n.operand(1) == one ? 2 : 0;
      const Rational &slope = ctx_.value(n.operand(k)), &offset = ctx_.value(n.operand(2 - k));
      const Ref bound = ctx_.number(-offset / slope), term = n.operand(k + 1);
      return sides(term, bound, left == (slope.sign() > 0) || relation == Relation::equal);
    }
    const bool positive = relation == Relation::less && !left;
    if (ctx_.is_function(u, Fn::abs) && (positive || relation == Relation::not_equal)) {
      parts.push_back(ctx_.compare(Relation::not_equal, n.operand(0), zero));
      return true;
    }
    if (relation == Relation::not_equal) {
      if (n.kind == Kind::product || n.kind == Kind::long_product) {
        for (Ref f : n.operands()) parts.push_back(ctx_.compare(relation, f, zero));
        return true;
      }
      if (n.kind == Kind::power) {
        if (!answer_has(n.operand(0), n.operand(1)))
          parts.push_back(ctx_.compare(relation, n.operand(0), zero));
        return true;
      }
      return false;
    }
    if (relation == Relation::equal) return false;
    if (n.kind == Kind::product && ctx_.is_number(n.operand(0))) {
      const Term t = ctx_.split_coefficient(u);
      return sides(t.body, zero, left == (ctx_.value(t.coefficient).sign() > 0));
    }
    const bool odd = n.kind == Kind::power && ctx_.is_number(n.operand(1)) &&
                     ctx_.value(n.operand(1)).is_integer() && !ctx_.value(n.operand(1)).is_even();
    return odd && sides(n.operand(0), zero, left);
  }

  Context& ctx_;
  bool refuse_;
  const std::vector<SymbolicPower>* known_;
  Ref asking_;            // the node that is looked at
  bool required_ = true;  // for a value, not only for a derivative
  std::vector<SymbolicPower> powers_;
  Ref guard_;
  Ref whole_;
  std::vector<Part> todo_;
  std::vector<Ref> found_;
  std::unordered_map<Ref, Ref> image_;
  static constexpr size_t most_branches = 1000;
  size_t branches_ = 0;
};

// x >= 0 and x != 0 is x > 0.
std::vector<Ref> joined(Context& ctx, std::vector<Ref> list) {
  for (Ref& c : list) {
    const Node& n = ctx[c];
    if (n.kind != Kind::compare || static_cast<Relation>(n.tag) != Relation::less_equal) continue;
    const Ref a = n.operand(0), b = n.operand(1);
    const Ref different = ctx.compare(Relation::not_equal, a, b);
    if (std::find(list.begin(), list.end(), different) != list.end()) c = ctx.compare(Relation::less, a, b);
  }
  return list;
}

}  // namespace

std::vector<Ref> conditions(Context& ctx, Ref written, Ref answer, bool refuse) {
  Collector of_answer(ctx, refuse, nullptr);
  const std::vector<Ref> own = joined(ctx, of_answer.run(answer));
  const std::vector<Ref> wanted = joined(ctx, Collector(ctx, refuse, &of_answer.powers()).run(written));
  std::vector<Ref> result;
  for (size_t i = 0; i < wanted.size(); ++i) {
    const Ref c = wanted[i];
    bool known = std::any_of(own.begin(), own.end(), [&](Ref a) { return implies(ctx, a, c); });
    for (size_t k = 0; k < wanted.size() && !known; ++k) {
      known = wanted[k] == c ? k < i : implies(ctx, wanted[k], c);
    }
    if (!known) result.push_back(c);
  }
  return result;
}

}  // namespace nabla
