// Appends nodes to a SyntaxTree and interns its names.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "expr/limits.h"
#include "parser/syntax.h"

namespace nabla {

class TreeBuilder {
 public:
  TreeBuilder(SyntaxTree& tree, const Limits& limits);

  const SyntaxTree& tree() const { return tree_; }
  NodeId leaf(SyntaxKind kind, Span span, uint32_t payload, uint32_t extra = 0) {
    if (tree_.nodes_.size() >= node_limit_) too_many_nodes(span);
    const auto id = static_cast<NodeId>(tree_.nodes_.size());
    tree_.nodes_.push_back({static_cast<uint32_t>(kind) | extra << 8, span.begin, span.end, payload});
    return id;
  }
  NodeId number(Span span) { return leaf(SyntaxKind::number, span, span.begin, span.end - span.begin); }
  NodeId name(Span span) { return leaf(SyntaxKind::name, span, intern(span)); }
  NodeId inner(SyntaxKind kind, Span span, std::span<const Operand> operands);

  void set_span(NodeId n, Span span) {
    tree_.nodes_[n].begin = span.begin;
    tree_.nodes_[n].end = span.end;
  }
  void set_primes(NodeId name, uint32_t count) {  // makes a name a primed_name
    tree_.nodes_[name].kind_and_count = static_cast<uint32_t>(SyntaxKind::primed_name) | count << 8;
  }
  NameId intern(Span span);              // of a name in the source text
  NameId intern(std::string_view name);  // canonical already; must outlive the tree

 private:
  struct Slot {
    uint64_t key = 0;          // the bytes of a name of at most 8, a hash of a longer one
    std::string_view written;  // empty: a free slot
    NameId id = 0;
  };
  static uint64_t key_of(std::string_view written);
  Slot& find(std::string_view written, uint64_t key);
  NameId intern_other(std::string_view written, uint64_t key, bool before_parenthesis);
  void insert(std::string_view written, uint64_t key, NameId id);
  void grow();
  [[noreturn]] void too_many_nodes(Span span) const;

  SyntaxTree& tree_;
  uint64_t node_limit_;
  std::vector<Slot> slots_;  // open addressing; a name may stand here in several spellings
  size_t used_ = 0;
};

}  // namespace nabla
