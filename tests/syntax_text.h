// The syntax tree as text, for the tests of the parser.
#pragma once

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "parser/parse.h"

namespace nabla::test {

inline const char* op_text(Op op) {
  switch (op) {
    case Op::plus:
      return "+";
    case Op::minus:
      return "-";
    case Op::dot_plus:
      return ".+";
    case Op::dot_minus:
      return ".-";
    case Op::times:
      return "*";
    case Op::juxtaposed:
      return "_";
    case Op::divide:
      return "/";
    case Op::left_divide:
      return "\\";
    case Op::dot_times:
      return ".*";
    case Op::dot_divide:
      return "./";
    case Op::kron:
      return "kron";
    case Op::cdot:
      return "dot";
    case Op::cross:
      return "cross";
    case Op::power:
      return "^";
    case Op::dot_power:
      return ".^";
    case Op::less:
      return "<";
    case Op::less_equal:
      return "<=";
    case Op::equal:
      return "==";
    case Op::not_equal:
      return "!=";
    case Op::greater:
      return ">";
    case Op::greater_equal:
      return ">=";
    case Op::new_row:
      return ";";
    case Op::index:
      return "for";
    case Op::guard:
      return "if";
    default:
      return "";
  }
}

inline const char* kind_text(SyntaxKind kind) {
  switch (kind) {
    case SyntaxKind::sum:
      return "sum";
    case SyntaxKind::product:
      return "product";
    case SyntaxKind::power:
      return "power";
    case SyntaxKind::negate:
      return "neg";
    case SyntaxKind::transpose:
      return "t";
    case SyntaxKind::ctranspose:
      return "h";
    case SyntaxKind::bars:
      return "bars";
    case SyntaxKind::range:
      return "range";
    case SyntaxKind::compare:
      return "compare";
    case SyntaxKind::logical_not:
      return "not";
    case SyntaxKind::logical_and:
      return "and";
    case SyntaxKind::logical_or:
      return "or";
    case SyntaxKind::conditional:
      return "if";
    case SyntaxKind::where:
      return "where";
    case SyntaxKind::call:
      return "call";
    case SyntaxKind::keyword_argument:
      return "key";
    case SyntaxKind::index:
      return "index";
    case SyntaxKind::array:
      return "array";
    case SyntaxKind::comprehension:
      return "for";
    case SyntaxKind::partial:
      return "partial";
    default:
      return "?";
  }
}

inline std::string show(const SyntaxTree& t, NodeId n) {
  switch (t.kind(n)) {
    case SyntaxKind::name:
      return std::string(t.name(n));
    case SyntaxKind::primed_name:
      return std::string(t.name(n)) + std::string(t.prime_count(n), '\'');
    case SyntaxKind::number:
      return std::string(t.literal(n));
    case SyntaxKind::integer:
      return "#" + std::to_string(t.value(n));
    case SyntaxKind::all:
      return ":";
    case SyntaxKind::end:
      return "end";
    default:
      break;
  }
  std::string out = std::string("(") + kind_text(t.kind(n));
  for (const Operand& o : t.operands(n)) out += std::string(" ") + op_text(o.op()) + show(t, o.node);
  return out + ")";
}

inline std::string tree(const std::string& text) {
  const ParsedText p = parse_expression(text);
  return show(p.tree, p.statements.at(0).root);
}

inline ParsedText statements(const std::string& text, const Limits& limits = {}) {
  return parse_statements(make_source("t.nabla", text), limits);
}

// Every node is the operand of one node or a root, after its operands, with a span around theirs.
inline void check_tree(const ParsedText& p) {
  const SyntaxTree& t = p.tree;
  for (const Statement& s : p.statements) {
    REQUIRE(s.span.begin <= s.span.end);
    REQUIRE(s.span.end <= t.source().text.size());
    if (s.kind == StatementKind::invalid || s.root == no_node) continue;
    std::vector<int> used(s.root + 1, 0);
    for (NodeId n = s.first_node; n <= s.root; ++n) {
      REQUIRE(t.span(n).begin < t.span(n).end);
      REQUIRE(t.span(n).end <= s.span.end);
      REQUIRE(t.span(n).begin >= s.span.begin);
      for (const Operand& o : t.operands(n)) {
        REQUIRE(o.node < n);
        ++used[o.node];
        REQUIRE(t.span(o.node).begin >= t.span(n).begin);
        REQUIRE(t.span(o.node).end <= t.span(n).end);
      }
    }
    if (s.kind != StatementKind::expression) continue;
    for (NodeId n = s.first_node; n < s.root; ++n) REQUIRE(used[n] == 1);
  }
}

}  // namespace nabla::test
