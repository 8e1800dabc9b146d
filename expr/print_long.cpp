// Long sums and products.
//
// The store keeps f + sin(f) as a tree of runs of its terms, which says nothing to a reader. Where a long sum
// is another one of the same expression with a few terms more, and these use that other one, it is printed
// as f + sin(f): a chain of such steps is then a chain of short parts. The choice depends on content alone.
#include <algorithm>

#include "expr/operand_tree.h"
#include "expr/print_form.h"

namespace nabla {
namespace {

constexpr size_t most_added = 8;       // terms
constexpr size_t most_candidates = 4;  // sums of about the same length
constexpr size_t most_visited = 64;    // nodes of a term in which its use is looked for

bool is_long(Kind k) { return k == Kind::long_sum || k == Kind::long_product; }

}  // namespace

bool Forms::is_used_by(Ref part, Ref term) const {
  std::vector<Ref> open{term};
  for (size_t i = 0; i < open.size() && i < most_visited; ++i) {
    if (open[i] == part) return true;
    if (open[i] < part || is_long(ctx_.kind(open[i]))) continue;
    const auto children = ctx_.operands(open[i]);
    open.insert(open.end(), children.begin(), children.end());
  }
  return false;
}

void Forms::find_prefixes(std::span<const Ref> order, std::span<const Ref> roots) {
  struct Whole {
    Ref node;
    uint64_t count = 0;  // of its terms or factors
    bool operand = false;
  };
  std::unordered_map<Ref, Whole> all;
  const auto use = [&](Ref r, Kind parent) {
    if (!is_long(ctx_.kind(r)) || ctx_.kind(r) == parent) return;
    all[r].operand = true;
  };
  for (const Ref r : order) {
    const Kind kind = ctx_.kind(r);
    for (const Ref c : ctx_.operands(r)) use(c, kind);
    if (!is_long(kind)) continue;
    Whole w{r, 0, false};
    for (const Ref c : ctx_.operands(r)) {
      const Node& n = ctx_[c];
      w.count += n.kind == kind ? all[c].count : n.kind == Kind::sum ? n.count / 2 : n.count;
    }
    all[r] = w;
  }
  for (const Ref r : roots) use(r, Kind::none);
  for (const bool product : {false, true}) {
    std::vector<Whole> wholes;
    for (const auto& [r, w] : all) {
      if (w.operand && (ctx_.kind(r) == Kind::long_product) == product) wholes.push_back(w);
    }
    std::sort(wholes.begin(), wholes.end(), [&](const Whole& a, const Whole& b) {
      return a.count != b.count ? a.count < b.count : ctx_.compare_structure(a.node, b.node) < 0;
    });
    for (size_t i = 1; i < wholes.size(); ++i) {
      const Ref r = wholes[i].node;
      for (size_t back = 1; back <= std::min(i, most_candidates); ++back) {
        const Ref base = wholes[i - back].node;
        if (ctx_[base].shape != ctx_[r].shape) continue;
        OperandTree tree(ctx_, product, ctx_[r].shape);
        const auto more = tree.beyond(r, base, most_added);
        if (!more || more->empty()) continue;
        Prefix p{base, {}};
        bool used = false;
        for (const KeyedOperand& o : *more) {
          used = used || is_used_by(base, o.key);
          p.more.push_back(product ? o.factor : ctx_.scale(o.value, o.key));
        }
        if (!used) continue;
        prefixes_.emplace(r, std::move(p));
        break;
      }
    }
  }
}

// A summand or factor by itself.
Edge Forms::long_part(Ref item, bool product) {
  const Node& n = ctx_[item];
  bool marked = false;
  if (product) {
    const FormId form = long_factor(item, marked);
    return {form, marked};
  }
  if (n.kind == Kind::number) return {number(ctx_.value(item).abs()), ctx_.value(item).sign() < 0};
  if (n.kind == Kind::product && ctx_.is_number(n.operand(0))) {
    const Rational& v = ctx_.value(n.operand(0));
    return {ratio(v.abs(), n.operands().subspan(1)), v.sign() < 0};
  }
  return {operand(item), false};
}

FormId Forms::make_long(Ref r) {
  const Node& n = ctx_[r];
  const bool product = n.kind == Kind::long_product;
  std::vector<Edge> parts;
  if (const auto it = prefixes_.find(r); it != prefixes_.end()) {
    parts.emplace_back(operand(it->second.base), false);
    for (const Ref t : it->second.more) parts.push_back(long_part(t, product));
  } else {
    for (const Ref c : n.operands()) {
      const Node& m = ctx_[c];
      if (m.kind == Kind::sum || m.kind == n.kind) {
        parts.emplace_back(operand(c), false);
      } else if (product && m.kind == Kind::product) {
        std::vector<Edge> factors;
        for (const Ref f : m.operands()) factors.push_back(long_part(f, true));
        parts.emplace_back(intern(FormKind::factors, Binding::product, factors), false);
      } else {
        parts.push_back(long_part(c, product));
      }
    }
  }
  return product ? intern(FormKind::long_product, Binding::product, parts)
                 : intern(FormKind::long_sum, Binding::sum, parts);
}

}  // namespace nabla
