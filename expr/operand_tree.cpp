#include "expr/operand_tree.h"

#include <algorithm>
#include <bit>

#include "expr/facts.h"
#include "expr/scratch.h"
#include "expr/symmetry.h"

namespace nabla {

// Cuts after one operand in four at each level: short runs keep the path that one insertion copies cheap.
int OperandTree::level(uint64_t hash) { return std::min(std::countr_zero(mix(hash, 0x51ed27)) / 2, 30); }

Ref OperandTree::leaf(std::span<const KeyedOperand> operands) {
  Scratch<Ref, 2 * flat_operands> list;
  if (product_) {
    for (const KeyedOperand& o : operands) list.push_back(o.factor);
    if (list.size() == 1) return list[0];
    return ctx_.intern(Kind::product, 0, 0, 0, scalar_shape, list, product_facts(ctx_, list));
  }
  if (operands.size() == 1) return ctx_.scale(operands[0].value, operands[0].key);
  for (const KeyedOperand& o : operands) {
    list.push_back(o.value);
    list.push_back(o.key);
  }
  const bool symmetric = is_square(ctx_, shape_) && is_symmetric_sum(ctx_, list);
  return ctx_.intern(Kind::sum, 0, 0, 0, shape_, list,
                     sum_facts(ctx_, list) | (symmetric ? symmetric_value : no_facts));
}

Ref OperandTree::inner(int level, std::span<const Ref> children) {
  if (children.size() == 1) return children[0];
  const Kind kind = product_ ? Kind::long_product : Kind::long_sum;
  const Facts facts = product_ ? product_facts(ctx_, children) : summands_facts(ctx_, children);
  return ctx_.intern(kind, static_cast<uint16_t>(level), last_hash(children.back()), 0, shape_, children,
                     facts);
}

Ref OperandTree::build(std::span<const KeyedOperand> operands) {
  if (operands.size() <= flat_operands) return leaf(operands);
  struct Run {
    Ref node;
    int last_level;
  };
  std::vector<Run> runs;
  for (size_t first = 0; first < operands.size();) {
    size_t end = first;
    while (end + 1 < operands.size() && level(operands[end].hash) < 1) ++end;
    ++end;
    runs.push_back({leaf(operands.subspan(first, end - first)), level(operands[end - 1].hash)});
    first = end;
  }
  std::vector<Ref> children;
  for (int l = 1; runs.size() > 1; ++l) {
    std::vector<Run> next;
    for (size_t first = 0; first < runs.size();) {
      children.clear();
      size_t end = first;
      do {
        children.push_back(runs[end].node);
      } while (runs[end++].last_level < l + 1 && end < runs.size());
      next.push_back({inner(l, children), runs[end - 1].last_level});
      first = end;
    }
    runs.swap(next);
  }
  return runs[0].node;
}

KeyedOperand OperandTree::operand_of(Ref item) {
  if (product_) {
    const Factor f = ctx_.split_exponent(item);
    return {ctx_[f.base].hash, f.base, f.exponent, item};
  }
  const Term t = ctx_.split_coefficient(item);
  return {ctx_[t.body].hash, t.body, t.coefficient};
}

void OperandTree::leaf_operands(Ref leaf, std::vector<KeyedOperand>& out) {
  const Node& n = ctx_[leaf];
  if (!product_ && n.kind == Kind::sum) {
    const auto list = n.operands();
    for (size_t i = 0; i < list.size(); i += 2) out.push_back({ctx_[list[i + 1]].hash, list[i + 1], list[i]});
  } else if (product_ && n.kind == Kind::product) {
    for (Ref f : n.operands()) out.push_back(operand_of(f));
  } else {
    out.push_back(operand_of(leaf));
  }
}

void OperandTree::append(Ref root, std::vector<KeyedOperand>& out) {
  std::vector<Ref> todo{root};
  while (!todo.empty()) {
    const Ref r = todo.back();
    todo.pop_back();
    if (!is_inner(r)) {
      leaf_operands(r, out);
      continue;
    }
    const auto children = ctx_.operands(r);
    todo.insert(todo.end(), children.rbegin(), children.rend());
  }
}

KeyedOperand OperandTree::last(Ref r) {
  while (is_inner(r)) r = ctx_.operands(r).back();
  const Node& n = ctx_[r];
  if (!product_ && n.kind == Kind::sum) {
    const auto list = n.operands();
    return {ctx_[list.back()].hash, list.back(), list[list.size() - 2]};
  }
  return operand_of(product_ && n.kind == Kind::product ? n.operands().back() : r);
}

uint32_t OperandTree::last_hash(Ref r) {
  return is_inner(r) ? ctx_[r].payload : static_cast<uint32_t>(last(r).hash >> 32);
}

bool OperandTree::ends_before(Ref r, const KeyedOperand& item) {
  const uint32_t end = last_hash(r), own = static_cast<uint32_t>(item.hash >> 32);
  return end != own ? end < own : before(last(r), item);
}

// The recursion is on the level, which is at most 30.
std::optional<OperandTree::Parts> OperandTree::insert_at(Ref node, int l, const KeyedOperand& item) {
  if (l == 0) {
    std::vector<KeyedOperand> items;
    leaf_operands(node, items);
    const auto at =
        std::lower_bound(items.begin(), items.end(), item,
                         [&](const KeyedOperand& a, const KeyedOperand& b) { return before(a, b); });
    if (at != items.end() && at->key == item.key) return std::nullopt;
    size_t cut = static_cast<size_t>(at - items.begin()) + 1;
    items.insert(at, item);
    // Behind the last operand of all a new run begins if that operand closes its run.
    if (cut == items.size() && level(items[cut - 2].hash) >= 1) --cut;
    const int cut_level = level(items[cut - 1].hash);
    if (cut_level < 1 || cut == items.size()) return Parts{leaf(items), {}, 0};
    const std::span<const KeyedOperand> all(items);
    return Parts{leaf(all.first(cut)), leaf(all.subspan(cut)), cut_level};
  }
  Scratch<Ref, 32> children;
  if (level_of(node) == l) {
    children.append(ctx_.operands(node));
  } else {
    children.push_back(node);  // a run of one node is that node
  }
  size_t low = 0, high = children.size() - 1;
  while (low < high) {  // the first child whose last operand is not before the item, else the last
    const size_t middle = (low + high) / 2;
    if (ends_before(children[middle], item)) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  const auto parts = insert_at(children[low], l - 1, item);
  if (!parts) return std::nullopt;
  Scratch<Ref, 32> list;
  list.append(std::span<const Ref>(children).first(low));
  list.push_back(parts->left);
  if (parts->right && parts->cut_level >= l + 1) {
    Scratch<Ref, 32> rest;
    rest.push_back(parts->right);
    rest.append(children.from(low + 1));
    return Parts{inner(l, list), inner(l, rest), parts->cut_level};
  }
  if (parts->right) list.push_back(parts->right);
  list.append(children.from(low + 1));
  return Parts{inner(l, list), {}, 0};
}

std::optional<Ref> OperandTree::insert(Ref root, std::span<const KeyedOperand> more) {
  for (const KeyedOperand& item : more) {
    const int top = level_of(root);
    const auto parts = insert_at(root, top, item);
    if (!parts) return std::nullopt;
    if (parts->right) {
      const Ref both[2] = {parts->left, parts->right};
      root = inner(parts->cut_level, both);
    } else {
      root = parts->left;
    }
  }
  return root;
}

namespace {

// Drops what two lists share at both ends.
void strip(std::vector<Ref>& a, std::vector<Ref>& b) {
  size_t tail = 0;
  while (tail < a.size() && tail < b.size() && a[a.size() - 1 - tail] == b[b.size() - 1 - tail]) ++tail;
  a.resize(a.size() - tail);
  b.resize(b.size() - tail);
  size_t head = 0;
  while (head < a.size() && head < b.size() && a[head] == b[head]) ++head;
  a.erase(a.begin(), a.begin() + static_cast<ptrdiff_t>(head));
  b.erase(b.begin(), b.begin() + static_cast<ptrdiff_t>(head));
}

}  // namespace

std::optional<std::vector<KeyedOperand>> OperandTree::beyond(Ref larger, Ref smaller, size_t most) {
  std::vector<Ref> a{larger}, b{smaller};
  for (;;) {
    strip(a, b);
    if (a.size() > 256 || b.size() > 256) return std::nullopt;
    int top = 0;
    for (Ref r : a) top = std::max(top, level_of(r));
    for (Ref r : b) top = std::max(top, level_of(r));
    if (top == 0) break;
    for (std::vector<Ref>* list : {&a, &b}) {
      std::vector<Ref> opened;
      for (Ref r : *list) {
        if (level_of(r) != top) {
          opened.push_back(r);
          continue;
        }
        const auto children = ctx_.operands(r);
        opened.insert(opened.end(), children.begin(), children.end());
      }
      list->swap(opened);
    }
  }
  std::vector<KeyedOperand> items, base, more;
  for (Ref r : a) leaf_operands(r, items);
  for (Ref r : b) leaf_operands(r, base);
  size_t j = 0;
  for (const KeyedOperand& o : items) {
    if (j < base.size() && base[j].key == o.key && base[j].value == o.value) {
      ++j;
    } else {
      more.push_back(o);
    }
  }
  if (j < base.size() || more.size() > most) return std::nullopt;
  return more;
}

}  // namespace nabla
