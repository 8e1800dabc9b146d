#include "parser/tree_builder.h"

#include <algorithm>

#include "expr/large_pages.h"
#include "expr/name_spelling.h"
#include "parser/token.h"
#include "parser/unicode.h"

namespace nabla {
namespace {

constexpr size_t first_slots = 256;
constexpr size_t most_operands = (size_t{1} << 24) - 1;  // SyntaxNode has 24 bits for their number

bool is_ascii(std::string_view s) {
  return std::all_of(s.begin(), s.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

}  // namespace

TreeBuilder::TreeBuilder(SyntaxTree& tree, const Limits& limits)
    : tree_(tree), node_limit_(std::min<uint64_t>(limits.nodes, no_node)), slots_(first_slots) {
  // A dense text has a node for every two bytes. Memory that is not touched costs nothing.
  const size_t expected = tree.source().text.size() / 8 * 5 + 64;
  tree_.nodes_.reserve(expected);
  tree_.operands_.reserve(expected);
  prefer_large_pages(tree_.nodes_.data(), expected * sizeof(SyntaxNode));
  prefer_large_pages(tree_.operands_.data(), expected * sizeof(Operand));
}

NodeId TreeBuilder::inner(SyntaxKind kind, Span span, std::span<const Operand> operands) {
  if (operands.size() > most_operands) {
    throw Failure(Code::too_many_arguments, span, "more than 16777215 operands in one list");
  }
  const auto first = static_cast<uint32_t>(tree_.operands_.size());
  for (const Operand& o : operands) tree_.operands_.push_back(o);
  return leaf(kind, span, first, static_cast<uint32_t>(operands.size()));
}

void TreeBuilder::too_many_nodes(Span span) const {
  throw Failure(Code::node_limit, span,
                "the text has more than " + std::to_string(node_limit_) + " syntax nodes");
}

NameId TreeBuilder::intern(Span span) {
  const std::string_view written = tree_.text(span);
  const uint64_t key = key_of(written);
  const Slot& slot = find(written, key);
  if (!slot.written.empty()) return slot.id;
  if (is_ascii(written)) return intern(written);
  const std::string& text = tree_.source().text;
  return intern_other(written, key, span.end < text.size() && text[span.end] == '(');
}

NameId TreeBuilder::intern(std::string_view name) {
  const uint64_t key = key_of(name);
  if (const Slot& slot = find(name, key); !slot.written.empty()) return slot.id;
  const auto id = static_cast<NameId>(tree_.names_.size());
  tree_.names_.push_back(name);
  insert(name, key, id);
  return id;
}

NameId TreeBuilder::intern_other(std::string_view written, uint64_t key, bool before_parenthesis) {
  const bool sum = written == "\u03A3";
  const bool product = written == "\u03A0";
  if (written == "\u2211" || (sum && before_parenthesis)) return intern("sum");
  if (written == "\u220F" || (product && before_parenthesis)) return intern("prod");
  std::string name = ascii_name(normalize(written));
  NameId id = 0;
  if (const Slot& slot = find(name, key_of(name)); !slot.written.empty()) {
    id = slot.id;
  } else {
    tree_.spelled_.push_back(std::make_unique<std::string>(std::move(name)));
    id = intern(*tree_.spelled_.back());
  }
  // The letters Σ and Π are looked at anew each time, because of what may follow.
  if (!sum && !product) {
    if (const Slot& slot = find(written, key); slot.written.empty()) insert(written, key, id);
  }
  return id;
}

void TreeBuilder::insert(std::string_view written, uint64_t key, NameId id) {
  if (used_ * 2 >= slots_.size()) grow();
  find(written, key) = {key, written, id};
  ++used_;
}

uint64_t TreeBuilder::key_of(std::string_view written) {
  uint64_t key = 0;
  if (written.size() <= 8) {
    for (const char c : written) key = key << 8 | static_cast<unsigned char>(c);
    return key;
  }
  key = 14695981039346656037u;  // FNV-1a
  for (const char c : written) key = (key ^ static_cast<unsigned char>(c)) * 1099511628211u;
  return key;
}

TreeBuilder::Slot& TreeBuilder::find(std::string_view written, uint64_t key) {
  size_t i = static_cast<size_t>(key * 0x9e3779b97f4a7c15u >> 32) & (slots_.size() - 1);
  while (!slots_[i].written.empty()) {
    const Slot& slot = slots_[i];
    const bool same = slot.key == key && slot.written.size() == written.size();
    if (same && (written.size() <= 8 || slot.written == written)) break;
    i = (i + 1) & (slots_.size() - 1);
  }
  return slots_[i];
}

void TreeBuilder::grow() {
  std::vector<Slot> old(slots_.size() * 2);
  old.swap(slots_);
  for (const Slot& slot : old) {
    if (!slot.written.empty()) find(slot.written, slot.key) = slot;
  }
}

// ---- the tree itself ----

Span SyntaxTree::operator_span(Operand o) const {
  if (o.op() == Op::juxtaposed) return {o.at, o.at};
  Lexer lexer(source_->text);
  lexer.rewind(o.at);
  return lexer.next().span;
}

}  // namespace nabla
