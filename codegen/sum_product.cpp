#include "codegen/sum_product.h"

#include <algorithm>

namespace nabla {
bool has_minus(Context& ctx, Ref c) { return ctx.value(ctx.split_coefficient(c).coefficient).sign() < 0; }
Ref magnitude(Context& ctx, Ref c) { return has_minus(ctx, c) ? ctx.negate(c) : c; }

SumProduct::SumProduct(Context& ctx) : ctx_(ctx) { leaf({PlanOp::number, 0, 0, 0, one}, {}); }

std::u32string SumProduct::key(const FormNode& n) {
  std::u32string key{static_cast<char32_t>(n.kind)};
  if (n.kind == FormNode::Kind::leaf) {
    key += {static_cast<char32_t>(n.step.op), n.step.tag, n.step.op == PlanOp::input ? n.step.first : 0,
            n.step.atom.id};
    key.append(n.arguments.begin(), n.arguments.end());
  }
  for (const FormTerm& t : n.terms) key += {t.coefficient.id, t.node};
  for (const FormPower& p : n.powers) key += {p.base, static_cast<char32_t>(p.halves)};
  return key;
}

FormId SumProduct::intern(FormNode node) {
  const auto [it, is_new] = known_.try_emplace(key(node), static_cast<FormId>(nodes_.size()));
  if (!is_new) return it->second;
  ctx_.budget().spend(1 + node.arguments.size() + node.terms.size() + node.powers.size());
  nodes_.push_back(std::move(node));
  return it->second;
}

void SumProduct::forget(FormId node) {
  const auto it = known_.find(key(nodes_[node]));
  if (it != known_.end() && it->second == node) known_.erase(it);
}
void SumProduct::remember(FormId node) { known_.try_emplace(key(nodes_[node]), node); }

FormId SumProduct::leaf(const PlanStep& step, std::vector<FormId> arguments) {
  FormNode n;
  n.step = step;
  n.arguments = std::move(arguments);
  return intern(std::move(n));
}

FormId SumProduct::holding(const FormTerm& t) {
  if (t.coefficient == one) return t.node;
  if (t.node == 0) {
    const bool number = ctx_.is_number(t.coefficient) && ctx_.value(t.coefficient).sign() >= 0;
    if (number) return leaf({PlanOp::number, 0, 0, 0, t.coefficient}, {});
  }
  FormNode n;
  n.kind = FormNode::Kind::sum;
  n.terms = {t};
  return intern(std::move(n));
}

// Equal nodes in one term, without zeros.
void SumProduct::sort_terms(std::vector<FormTerm>& terms) const {
  std::stable_sort(terms.begin(), terms.end(),
                   [](const FormTerm& a, const FormTerm& b) { return a.node < b.node; });
  size_t kept = 0;
  for (size_t i = 0; i < terms.size();) {
    FormTerm t = terms[i++];
    while (i < terms.size() && terms[i].node == t.node)
      t.coefficient = ctx_.add(t.coefficient, terms[i++].coefficient);
    if (t.coefficient != zero) terms[kept++] = t;
  }
  terms.resize(kept);
}

// Equal bases in one power.
void SumProduct::sort_powers(std::vector<FormPower>& powers) {
  std::sort(powers.begin(), powers.end(),
            [](const FormPower& a, const FormPower& b) { return a.base < b.base; });
  size_t kept = 0;
  for (size_t i = 0; i < powers.size();) {
    FormPower p = powers[i++];
    while (i < powers.size() && powers[i].base == p.base) p.halves += powers[i++].halves;
    if (p.halves != 0 && p.base != 0) powers[kept++] = p;
  }
  powers.resize(kept);
}

// Unless some terms have none, the coefficient that most have is taken out.
FormTerm SumProduct::sum(std::vector<FormTerm> terms) {
  sort_terms(terms);
  if (terms.empty()) return {zero, 0};
  if (terms.size() == 1) return terms[0];
  Ref unit = one;
  size_t most = 1;
  std::vector<std::pair<Ref, size_t>> counts;
  for (const FormTerm& t : terms) {
    const Ref c = magnitude(ctx_, t.coefficient);
    auto it = std::find_if(counts.begin(), counts.end(), [&](const auto& k) { return k.first == c; });
    if (it == counts.end()) it = counts.insert(counts.end(), {c, 0});
    ++it->second;
  }
  for (const auto& [c, n] : counts) {
    if (n > most) {
      unit = c;
      most = n;
    }
  }
  if (std::any_of(counts.begin(), counts.end(), [](const auto& k) { return k.first == one; })) unit = one;
  if (has_minus(ctx_, terms[0].coefficient)) unit = ctx_.negate(unit);
  if (unit != one) {
    const Ref inverse = ctx_.power(unit, minus_one);
    for (FormTerm& t : terms) t.coefficient = ctx_.multiply(t.coefficient, inverse);
  }
  FormNode n;
  n.kind = FormNode::Kind::sum;
  n.terms = std::move(terms);
  return {unit, intern(std::move(n))};
}

FormTerm SumProduct::product(Ref coefficient, std::vector<FormPower> powers) {
  sort_powers(powers);
  if (coefficient == zero || powers.empty()) return {coefficient, 0};
  if (powers.size() == 1 && powers[0].halves == 2) return {coefficient, powers[0].base};
  FormNode n;
  n.kind = FormNode::Kind::product;
  n.powers = std::move(powers);
  return {coefficient, intern(std::move(n))};
}

void SumProduct::replace_terms(FormId node, std::vector<FormTerm> terms) {
  forget(node);
  sort_terms(terms);
  nodes_[node].terms = std::move(terms);
  remember(node);
}

void SumProduct::replace_powers(FormId node, std::vector<FormPower> powers) {
  forget(node);
  sort_powers(powers);
  nodes_[node].powers = std::move(powers);
  remember(node);
}

std::vector<bool> SumProduct::live() const {
  std::vector<bool> seen(nodes_.size());
  std::vector<FormId> todo;
  const auto reach = [&](FormId i) {
    if (seen[i]) return;
    seen[i] = true;
    todo.push_back(i);
  };
  for (const auto& list : outputs) {
    for (const FormTerm& t : list) reach(t.node);
  }
  while (!todo.empty()) {
    const FormId i = todo.back();
    todo.pop_back();
    for_operands(nodes_[i], reach);
  }
  return seen;
}

std::vector<uint32_t> SumProduct::uses() const {
  const std::vector<bool> alive = live();
  std::vector<uint32_t> count(nodes_.size());
  for (FormId i = 0; i < nodes_.size(); ++i) {
    if (alive[i]) for_operands(nodes_[i], [&](FormId o) { ++count[o]; });
  }
  for (const auto& list : outputs) {
    for (const FormTerm& t : list) ++count[t.node];
  }
  return count;
}

}  // namespace nabla
