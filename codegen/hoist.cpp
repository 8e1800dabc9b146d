#include "codegen/hoist.h"

#include <algorithm>
#include <unordered_set>

#include "expr/program.h"
#include "expr/walk.h"

namespace nabla {
namespace {

// The nodes that are computed whatever a branch decides.
std::unordered_set<Ref> always_computed(Context& ctx, Ref root) {
  std::unordered_set<Ref> seen{root};
  std::vector<Ref> todo{root};
  while (!todo.empty()) {
    const Ref r = todo.back();
    todo.pop_back();
    const auto list = ctx.operands(r);
    const size_t n = ctx.kind(r) == Kind::select ? 1 : list.size();
    for (size_t k = 0; k < n; ++k) {
      if (seen.insert(list[k]).second) todo.push_back(list[k]);
    }
  }
  return seen;
}

}  // namespace

size_t Hoister::depth(Ref formula) {
  if (const auto known = depths_.find(formula); known != depths_.end()) return known->second;
  for (Ref r : nodes_below(ctx_, {&formula, 1}, [&](Ref r) { return depths_.count(r) == 0; })) {
    size_t most = 0;
    for (Ref o : ctx_.operands(r)) most = std::max(most, depths_.at(o));
    depths_.emplace(r, most);
  }
  return depths_.at(formula);
}

Ref Hoister::take_out(Ref part) {
  if (is_atom(ctx_, part)) return part;
  for (const Hoisted& h : hoisted_) {
    if (h.value == part) return h.placeholder;
  }
  Symbol s;
  s.name = "outside " + std::to_string(hoisted_.size() + 1);
  s.role = Role::placeholder;
  const Ref placeholder = ctx_.symbol(s);
  const size_t at = depth(part);
  hoisted_.push_back({placeholder, part, at});
  depths_[placeholder] = at;
  return placeholder;
}

// The factors of least depth first, those of one depth as one part.
Ref Hoister::shallow_product(std::span<const Ref> factors) {
  size_t most = 0;
  for (Ref f : factors) most = std::max(most, depth(f));
  std::vector<Ref> own;
  Ref outer = one;
  for (size_t level = 0; level <= most; ++level) {
    std::vector<Ref> list;
    for (Ref f : factors) {
      if (depth(f) == level) list.push_back(f);
    }
    if (list.empty()) continue;
    if (outer != one) list.push_back(outer);
    if (level == most) {
      own = std::move(list);
    } else {
      const Ref product = ctx_.product(list);
      outer = ctx_.is_number(product) ? product : take_out(product);
    }
  }
  return ctx_.product(own);
}

Ref Hoister::shallow_sum(Ref r, std::vector<Ref> operands) {
  size_t most = 0;
  for (size_t k = 1; k < operands.size(); k += 2) most = std::max(most, depth(operands[k]));
  std::vector<Term> own;
  Ref outer = zero;
  for (size_t level = 0; level <= most; ++level) {
    std::vector<Term> list;
    for (size_t k = 0; k < operands.size(); k += 2) {
      if (depth(operands[k + 1]) == level) list.push_back({operands[k], operands[k + 1]});
    }
    if (list.empty()) continue;
    if (outer != zero) list.push_back({one, outer});
    if (level == most) {
      own.insert(own.end(), list.begin(), list.end());
    } else {
      const Ref sum = ctx_.sum(list);
      const bool sign_only = list.size() == 1 && list[0].coefficient == minus_one;
      if (sign_only) {  // a - b is as good as a + (-b)
        own.push_back(list[0]);
      } else {
        outer = ctx_.is_number(sum) ? sum : take_out(sum);
      }
    }
  }
  // A coefficient goes with what is outside: 2*s*x is (2*s)*x.
  for (Term& t : own) {
    if (t.coefficient == one || ctx_.kind(t.body) != Kind::product) continue;
    const std::vector<Ref> factors(ctx_.operands(t.body).begin(), ctx_.operands(t.body).end());
    for (Ref f : factors) {
      const auto h = std::find_if(hoisted_.begin(), hoisted_.end(),
                                  [&](const Hoisted& x) { return x.placeholder == f; });
      if (h == hoisted_.end()) continue;
      std::vector<Ref> rest{take_out(ctx_.multiply(t.coefficient, h->value))};
      for (Ref g : factors) {
        if (g != f) rest.push_back(g);
      }
      t = {one, ctx_.product(rest)};
      break;
    }
  }
  return own.empty() ? r : ctx_.sum(own);
}

Ref Hoister::rebuilt(Ref r, bool everywhere) {
  const Node n = ctx_[r];
  std::vector<Ref> list;
  for (Ref o : n.operands()) list.push_back(forms_.at(o));
  if (everywhere && n.kind == Kind::sum) return shallow_sum(r, std::move(list));
  if (everywhere && n.kind == Kind::product) return shallow_product(list);
  if (everywhere) {
    const size_t own = depth(r);
    for (size_t k = 0; k < (n.kind == Kind::select ? size_t{1} : list.size()); ++k) {
      if (depth(list[k]) < own) list[k] = take_out(list[k]);
    }
  }
  return ctx_.rebuild(r, list);
}

Ref Hoister::operator()(Ref formula) {
  if (is_atom(ctx_, formula)) return formula;
  const std::unordered_set<Ref> always = always_computed(ctx_, formula);
  forms_.clear();
  (void)depth(formula);
  for (Ref r : nodes_below(ctx_, formula))
    forms_[r] = is_atom(ctx_, r) ? r : rebuilt(r, always.count(r) != 0);
  return forms_.at(formula);
}

}  // namespace nabla
