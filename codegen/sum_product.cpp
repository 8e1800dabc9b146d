#include "codegen/sum_product.h"

#include <algorithm>

namespace nabla {
namespace {

constexpr FormId none = ~FormId{0};

uint64_t hash_of(const FormTerm& t) { return mix(uint64_t{t.coefficient.id} << 32 | t.node, 1); }
uint64_t hash_of(const FormPower& p) {
  return mix(uint64_t{p.base} << 32 | static_cast<uint32_t>(p.halves), 2);
}

// Of sums and products that of a set, so that it can follow a change of some terms.
template <class Content>
uint64_t hash_of(const FormNode& n, std::span<const Content> list) {
  uint64_t h = mix(static_cast<uint64_t>(n.kind), 0);
  if constexpr (std::is_same_v<Content, FormId>) {
    h = mix(h, static_cast<uint64_t>(n.step.op) << 16 | n.step.tag);
    h = mix(h, uint64_t{n.step.atom.id} << 32 | (n.step.op == PlanOp::input ? n.step.first : 0));
    for (FormId a : list) h = mix(h, a);
  } else {
    for (const Content& c : list) h += hash_of(c);
  }
  return h;
}

bool same_step(const PlanStep& a, const PlanStep& b) {
  return a.op == b.op && a.tag == b.tag && a.atom == b.atom && (a.op != PlanOp::input || a.first == b.first);
}

}  // namespace

SumProduct::SumProduct(Coefficients& coefficients)
    : coefficients_(coefficients), ctx_(coefficients.context()) {
  leaf({PlanOp::number, 0, 0, 0, one}, {});
}

// --- equal nodes -------------------------------------------------------------------------------------------

template <class Content>
FormId SumProduct::find(const FormNode& node, std::span<const Content> list,
                        const std::vector<Content>& pool) const {
  if (slots_.empty()) return none;
  for (size_t at = node.hash & (slots_.size() - 1); slots_[at] != none; at = (at + 1) & (slots_.size() - 1)) {
    const FormNode& known = nodes_[slots_[at]];
    if (known.hash != node.hash || known.kind != node.kind || !same_step(known.step, node.step)) continue;
    const auto theirs = contents(slots_[at], node.kind, pool);
    if (std::equal(theirs.begin(), theirs.end(), list.begin(), list.end())) return slots_[at];
  }
  return none;
}

void SumProduct::remember(FormId node) {
  const auto insert = [this](FormId i) {
    size_t at = nodes_[i].hash & (slots_.size() - 1);
    while (slots_[at] != none) at = (at + 1) & (slots_.size() - 1);
    slots_[at] = i;
    ++taken_;
  };
  if (2 * (taken_ + 1) > slots_.size()) {
    size_t size = 64;
    while (size < 4 * nodes_.size()) size *= 2;
    slots_.assign(size, none);
    taken_ = 0;
    for (FormId i = 0; i < node; ++i) insert(i);
    for (FormId i = node + 1; i < nodes_.size(); ++i) insert(i);
  }
  insert(node);
}

template <class Content>
FormId SumProduct::intern(FormNode node, std::span<const Content> list, std::vector<Content>& pool) {
  node.hash = hash_of(node, list);
  if (const FormId known = find(node, list, pool); known != none) return known;
  ctx_.budget().spend(1 + list.size());
  node.first = static_cast<uint32_t>(pool.size());
  node.count = static_cast<uint32_t>(list.size());
  pool.insert(pool.end(), list.begin(), list.end());
  nodes_.push_back(node);
  remember(static_cast<FormId>(nodes_.size() - 1));
  return static_cast<FormId>(nodes_.size() - 1);
}

template <class Content>
void SumProduct::replace(FormId node, std::span<const Content> list, std::vector<Content>& pool) {
  FormNode& n = nodes_[node];
  if (list.size() > n.count) {
    n.first = static_cast<uint32_t>(pool.size());
    pool.resize(pool.size() + list.size());
  }
  n.count = static_cast<uint32_t>(list.size());
  std::copy(list.begin(), list.end(), pool.begin() + n.first);
  n.hash = hash_of(n, list);
  if (find(n, list, pool) == none) remember(node);
}

FormId SumProduct::leaf(const PlanStep& step, std::span<const FormId> arguments) {
  FormNode n;
  n.step = step;
  return intern(n, arguments, arguments_);
}

FormId SumProduct::holding(const FormTerm& t) {
  if (t.coefficient == one) return t.node;
  if (t.node == 0) {
    const bool number = ctx_.is_number(t.coefficient) && ctx_.value(t.coefficient).sign() >= 0;
    if (number) return leaf({PlanOp::number, 0, 0, 0, t.coefficient}, {});
  }
  FormNode n;
  n.kind = FormNode::Kind::sum;
  return intern(n, std::span<const FormTerm>(&t, 1), terms_);
}

// --- order -------------------------------------------------------------------------------------------------

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

// --- sums and products -------------------------------------------------------------------------------------

// Unless some terms have none, the coefficient that most have; the first among equals.
Ref SumProduct::common_coefficient(const std::vector<FormTerm>& terms) const {
  std::vector<std::pair<Ref, size_t>> list;
  for (const FormTerm& t : terms) {
    const Ref c = coefficients_.magnitude(t.coefficient);
    if (c == one) return one;
    list.emplace_back(c, list.size());
  }
  std::sort(list.begin(), list.end());
  Ref unit = one;
  size_t most = 1, place = 0;
  for (size_t i = 0, next = 0; i < list.size(); i = next) {
    while (next < list.size() && list[next].first == list[i].first) ++next;
    const size_t count = next - i;
    if (count > most || (count == most && count > 1 && list[i].second < place)) {
      unit = list[i].first;
      most = count;
      place = list[i].second;
    }
  }
  return unit;
}

FormTerm SumProduct::sum(std::vector<FormTerm>& terms) {
  sort_terms(terms);
  if (terms.empty()) return {zero, 0};
  if (terms.size() == 1) return terms[0];
  Ref unit = common_coefficient(terms);
  if (coefficients_.has_minus(terms[0].coefficient)) unit = ctx_.negate(unit);
  if (unit != one) {
    const Ref inverse = ctx_.power(unit, minus_one);
    for (FormTerm& t : terms) t.coefficient = ctx_.multiply(t.coefficient, inverse);
  }
  FormNode n;
  n.kind = FormNode::Kind::sum;
  return {unit, intern(n, std::span<const FormTerm>(terms), terms_)};
}

FormTerm SumProduct::product(Ref coefficient, std::vector<FormPower>& powers) {
  sort_powers(powers);
  if (coefficient == zero || powers.empty()) return {coefficient, 0};
  if (powers.size() == 1 && powers[0].halves == 2) return {coefficient, powers[0].base};
  FormNode n;
  n.kind = FormNode::Kind::product;
  return {coefficient, intern(n, std::span<const FormPower>(powers), powers_)};
}

void SumProduct::replace_terms(FormId node, std::vector<FormTerm>& terms) {
  sort_terms(terms);
  replace(node, std::span<const FormTerm>(terms), terms_);
}

void SumProduct::replace_powers(FormId node, std::vector<FormPower>& powers) {
  sort_powers(powers);
  replace(node, std::span<const FormPower>(powers), powers_);
}

FormTerm SumProduct::term_of(FormId sum, FormId node) const {
  const auto list = terms(sum);
  const auto it = std::lower_bound(list.begin(), list.end(), node,
                                   [](const FormTerm& t, FormId wanted) { return t.node < wanted; });
  return it == list.end() || it->node != node ? FormTerm{zero, node} : *it;
}

// Long sums have many pairs: the others are moved, not sorted.
void SumProduct::replace_pair(FormId node, FormId a, FormId b, const FormTerm& pair) {
  FormNode& n = nodes_[node];
  FormTerm put = pair;
  const FormTerm before = term_of(node, pair.node);
  const bool had = before.coefficient != zero && pair.node != a && pair.node != b;
  if (had) put.coefficient = ctx_.add(before.coefficient, pair.coefficient);
  FormTerm* const list = terms_.data() + n.first;
  FormTerm* const end = std::remove_if(list, list + n.count, [&](const FormTerm& t) {
    const bool goes = t.node == a || t.node == b || (had && t.node == pair.node);
    if (goes) n.hash -= hash_of(t);
    return goes;
  });
  n.count = static_cast<uint32_t>(end - list);
  if (put.coefficient != zero) {
    FormTerm* const at = std::lower_bound(list, end, put.node,
                                          [](const FormTerm& t, FormId wanted) { return t.node < wanted; });
    std::move_backward(at, end, end + 1);
    *at = put;
    n.hash += hash_of(put);
    ++n.count;
  }
  const auto contents = terms(node);
  if (find(n, contents, terms_) == none) remember(node);
}

// --- equal forms -------------------------------------------------------------------------------------------

bool operator==(const SumProduct& a, const SumProduct& b) {
  const auto same_node = [](const FormNode& n, const FormNode& m) {
    return n.hash == m.hash && n.kind == m.kind && n.first == m.first && n.count == m.count &&
           same_step(n.step, m.step);
  };
  return std::equal(a.nodes_.begin(), a.nodes_.end(), b.nodes_.begin(), b.nodes_.end(), same_node) &&
         a.terms_ == b.terms_ && a.powers_ == b.powers_ && a.arguments_ == b.arguments_ &&
         a.slots_ == b.slots_ && a.outputs == b.outputs;
}

uint64_t SumProduct::hash() const {
  uint64_t h = 0;
  for (const FormNode& n : nodes_) h = mix(h, n.hash);
  for (const auto& list : outputs) {
    for (const FormTerm& t : list) h = mix(h, hash_of(t));
  }
  return h;
}

// --- uses --------------------------------------------------------------------------------------------------

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
    for_operands(i, reach);
  }
  return seen;
}

std::vector<uint32_t> SumProduct::uses(const std::vector<bool>& live) const {
  std::vector<uint32_t> count(nodes_.size());
  for (FormId i = 0; i < nodes_.size(); ++i) {
    if (live[i]) for_operands(i, [&](FormId o) { ++count[o]; });
  }
  for (const auto& list : outputs) {
    for (const FormTerm& t : list) ++count[t.node];
  }
  return count;
}

}  // namespace nabla
