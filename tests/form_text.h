// The form of a text: what a reader sees of it when the order of terms and factors is nothing to him.
//
// Two texts have one form exactly if their syntax trees are equal after these steps and no others:
//   - sums and products in parentheses join the sum or product that they stand in; a product with '/' is one
//     fraction, of the product above and the product below;
//   - the minus signs of a product are one sign, and that of a term is how the term is joined to its sum;
//   - terms are sorted, and factors: those of '.*', and those of '*' that contain no vector or matrix, which
//     go first; the others keep their order.
// Nothing is computed, collected, cancelled or distributed: 2*x + x, x/1, x^-1, x^(1/2), sqrt(x), (x - 1)^2
// and (1 - x)^2 are forms of their own.
#pragma once

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "parser/parse.h"

namespace nabla::test {

class FormText {
 public:
  // `arrays`: the names that are declared as vectors, rows, matrices or tensors.
  explicit FormText(std::set<std::string, std::less<>> arrays) : arrays_(std::move(arrays)) {}

  std::string operator()(std::string_view text) const {
    const ParsedText p = parse_expression(text);
    const Signed s = form(p.tree, p.statements.at(0).root);
    return (s.negative ? "-" : "") + s.text;
  }

 private:
  // A text without its sign. Of a product: its factors above and below the line.
  struct Signed {
    bool negative = false;
    std::string text;
    bool array = false;  // contains the name of one
    bool is_fraction = false;
    std::vector<Signed> above, below;
    std::vector<std::string> terms;  // of a sum, each with its sign
  };

  static std::string joined(const char* kind, const std::vector<std::string>& parts) {
    std::string text = std::string("(") + kind;
    for (const std::string& p : parts) text += " " + p;
    return text + ")";
  }
  static std::string spelled(const Signed& s) { return s.negative ? "-" + s.text : s.text; }

  Signed form(const SyntaxTree& t, NodeId n) const {
    switch (t.kind(n)) {
      case SyntaxKind::name: {
        Signed s{false, std::string(t.name(n)), arrays_.count(t.name(n)) != 0, false, {}, {}, {}};
        return s;
      }
      case SyntaxKind::sum:
        return sum(t, n);
      case SyntaxKind::product:
        return product(t, n);
      case SyntaxKind::negate: {
        Signed s = form(t, t.operand(n, 0));
        s.terms.clear();  // -(a + b) is not -a - b
        s.negative = !s.negative;
        return s;
      }
      default:
        return other(t, n);
    }
  }

  Signed other(const SyntaxTree& t, NodeId n) const {
    Signed s;
    if (t.operands(n).empty()) {
      s.text = std::string(t.text(n));
      return s;
    }
    std::vector<std::string> parts;
    for (const Operand& o : t.operands(n)) {
      const Signed part = form(t, o.node);
      s.array = s.array || part.array;
      parts.push_back(std::to_string(static_cast<int>(o.op())) + ":" + spelled(part));
    }
    s.text = joined(std::to_string(static_cast<int>(t.kind(n))).c_str(), parts);
    return s;
  }

  Signed sum(const SyntaxTree& t, NodeId n) const {
    Signed s;
    for (const Operand& o : t.operands(n)) {
      const bool minus = o.op() == Op::minus || o.op() == Op::dot_minus;
      const bool dotted = o.op() == Op::dot_plus || o.op() == Op::dot_minus;
      Signed term = form(t, o.node);
      s.array = s.array || term.array;
      if (term.terms.empty()) term.terms = {std::string(term.negative ? "-" : "+") + term.text};
      for (std::string& each : term.terms) {
        if (minus) each[0] = each[0] == '-' ? '+' : '-';
        s.terms.push_back(dotted ? each + "." : each);
      }
    }
    std::sort(s.terms.begin(), s.terms.end());
    s.text = joined("sum", s.terms);
    return s;
  }

  Signed product(const SyntaxTree& t, NodeId n) const {
    const auto operands = t.operands(n);
    const auto one_of = [&](std::initializer_list<Op> list) {
      return std::all_of(operands.begin() + 1, operands.end(), [&](const Operand& o) {
        return std::find(list.begin(), list.end(), o.op()) != list.end();
      });
    };
    if (one_of({Op::times, Op::juxtaposed, Op::divide})) return fraction(t, n);
    if (!one_of({Op::dot_times})) return other(t, n);
    Signed s;
    std::vector<std::string> factors;
    for (const Operand& o : operands) {
      const Signed f = form(t, o.node);
      s.negative = s.negative != f.negative;
      s.array = s.array || f.array;
      factors.push_back(f.text);
    }
    std::sort(factors.begin(), factors.end());
    s.text = joined("entrywise", factors);
    return s;
  }

  Signed fraction(const SyntaxTree& t, NodeId n) const {
    Signed s;
    s.is_fraction = true;
    for (const Operand& o : t.operands(n)) {
      Signed f = form(t, o.node);
      s.negative = s.negative != f.negative;
      s.array = s.array || f.array;
      f.negative = false;
      const bool under = o.op() == Op::divide;
      if (f.is_fraction && (!under || f.below.empty())) {
        auto& above = under ? s.below : s.above;
        above.insert(above.end(), f.above.begin(), f.above.end());
        s.below.insert(s.below.end(), f.below.begin(), f.below.end());
      } else {
        (under ? s.below : s.above).push_back(std::move(f));
      }
    }
    s.text = joined("over", {factors(s.above), factors(s.below)});
    return s;
  }

  static std::string factors(std::vector<Signed>& list) {
    std::stable_sort(list.begin(), list.end(), [](const Signed& a, const Signed& b) {
      if (a.array || b.array) return !a.array && b.array;
      return a.text < b.text;
    });
    std::vector<std::string> texts;
    for (const Signed& f : list) texts.push_back(f.text);
    return joined("of", texts);
  }

  std::set<std::string, std::less<>> arrays_;
};

}  // namespace nabla::test
