#include "cookbook/size.h"

#include <algorithm>
#include <set>

namespace nabla {
namespace {

// The operators of a product besides '/', which are one each, and whether it is one.
bool is_division(Op op) { return op == Op::divide || op == Op::left_divide || op == Op::dot_divide; }

uint32_t operators_of(const SyntaxTree& tree, NodeId n) {
  const SyntaxKind kind = tree.kind(n);
  if (kind == SyntaxKind::array || kind == SyntaxKind::keyword_argument) return 1;
  if (kind != SyntaxKind::product) return 1;
  std::set<Op> kinds;
  uint32_t divisions = 0;
  bool first = true;
  for (const Operand o : tree.operands(n)) {
    if (!first && is_division(o.op())) ++divisions;
    if (!first && !is_division(o.op())) kinds.insert(o.op() == Op::juxtaposed ? Op::times : o.op());
    first = false;
  }
  return divisions + static_cast<uint32_t>(kinds.size());
}

}  // namespace

SyntaxSize::Part SyntaxSize::number_part(std::vector<uint64_t> content) {
  const auto [at, added] = numbers_.emplace(std::move(content), static_cast<Part>(nodes_.size()));
  if (added) nodes_.emplace_back();
  return at->second;
}

// Operands have smaller ids than the node they belong to, so that one ascending loop does.
SyntaxSize::Part SyntaxSize::part(const SyntaxTree& tree, NodeId root) {
  std::vector<bool> wanted(root + 1, false);
  wanted[root] = true;
  for (NodeId n = root + 1; n-- > 0;) {
    if (!wanted[n]) continue;
    for (const Operand o : tree.operands(n)) {
      if (o.node != no_node) wanted[o.node] = true;
    }
  }
  std::vector<Part> parts(root + 1, 0);
  for (NodeId n = 0; n <= root; ++n) {
    if (!wanted[n]) continue;
    const SyntaxKind kind = tree.kind(n);
    if (kind == SyntaxKind::name) {
      const auto defined = definitions_.find(std::string(tree.name(n)));
      if (defined != definitions_.end()) {
        parts[n] = defined->second;
        continue;
      }
    }
    std::vector<uint64_t> content{static_cast<uint64_t>(kind)};
    if (tree.operand_count(n) == 0) {
      const std::string word(kind == SyntaxKind::name || kind == SyntaxKind::primed_name ? tree.name(n)
                                                                                         : tree.text(n));
      const uint64_t primes = kind == SyntaxKind::primed_name ? tree.prime_count(n) : 0;
      content.insert(content.end(), {words_.emplace(word, words_.size()).first->second, primes});
    }
    bool first = true;
    std::vector<Part> below;
    for (const Operand o : tree.operands(n)) {
      const uint64_t op = first && kind != SyntaxKind::array ? 0 : static_cast<uint64_t>(o.op());
      const Part p = o.node == no_node ? 0 : parts[o.node];
      content.insert(content.end(), {op, p});
      if (p != 0) below.push_back(p);
      first = false;
    }
    // The name that is called is no leaf of its own.
    if (kind == SyntaxKind::call && !below.empty() && tree.kind(tree.operand(n, 0)) != SyntaxKind::call)
      below.erase(below.begin());
    parts[n] = number_part(std::move(content));
    nodes_[parts[n]] = {std::move(below), kind == SyntaxKind::negate ? 1u : operators_of(tree, n)};
  }
  return parts[root];
}

void SyntaxSize::define(const SyntaxTree& tree, NodeId body, const std::string& name) {
  definitions_[name] = part(tree, body);
}

size_t SyntaxSize::dag_nodes(const SyntaxTree& tree, NodeId root) {
  const Part top = part(tree, root);
  std::vector<bool> reached(top + 1, false);
  reached[top] = true;
  size_t count = 0;
  for (Part p = top + 1; p-- > 1;) {
    if (!reached[p]) continue;
    count += nodes_[p].operators;
    for (Part below : nodes_[p].below) reached[below] = true;
  }
  return count;
}

}  // namespace nabla
