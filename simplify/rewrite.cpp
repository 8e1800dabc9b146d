#include "simplify/rewrite.h"

#include <unordered_map>
#include <vector>

#include "expr/diagnostic.h"
#include "expr/scratch.h"
#include "expr/walk.h"
#include "simplify/rule.h"
#include "simplify/rule_step.h"

namespace nabla {
namespace {

class Rewriter {
 public:
  Rewriter(Context& ctx, Weight& weight, const RuleSet& rules, MatrixRows* matrix_rows, SimplifyTrace* trace,
           Ref e)
      : ctx_(ctx), trace_(trace), step_(ctx, weight, rules, matrix_rows, trace), old_(e.id), limit_(e) {}

  Ref operator()(Ref e) {
    // What stands below an operator is written to be differentiated, evaluated, …, not to be read.
    const auto order = nodes_below(ctx_, {&e, 1}, [&](Ref r) { return ctx_.kind(r) != Kind::operation; });
    if (order.empty()) return e;
    for (Ref r : order) settle(r);
    return image(e);
  }

 private:
  // What became of a node; the nodes that were there at the beginning have a table of their own.
  Ref image(Ref r) const {
    if (r <= limit_) return old_[r];
    const auto it = new_.find(r);
    return it == new_.end() ? Ref{} : it->second;
  }
  void set_image(Ref r, Ref to) {
    if (r <= limit_) {
      old_[r] = to;
    } else {
      new_[r] = to;
    }
  }

  // Gives r its image. A step makes nodes that are to be settled first.
  void settle(Ref root) {
    todo_.push_back({root, {}});
    while (!todo_.empty()) {
      const auto [r, next] = todo_.back();
      if (image(r)) {
        todo_.pop_back();
        continue;
      }
      if (next) {  // r was replaced by `next`, which has its image now
        set_image(r, image(next));
        todo_.pop_back();
        continue;
      }
      const size_t before = todo_.size();
      for (Ref c : ctx_.operands(r)) {
        if (ctx_.kind(c) == Kind::operation) set_image(c, c);
        if (!image(c)) todo_.push_back({c, {}});
      }
      if (todo_.size() != before) continue;
      ctx_.budget().spend();
      const Ref lighter = rebuilt(r);
      const Ref replaced = lighter ? lighter : step_(r);
      if (!replaced) {
        set_image(r, r);
        todo_.pop_back();
        continue;
      }
      todo_.back().second = replaced;
      if (!image(replaced)) todo_.push_back({replaced, {}});
    }
  }

  // r with the images of its parts, if that is lighter.
  Ref rebuilt(Ref r) {
    Scratch<Ref, 64> list;
    for (Ref c : ctx_.operands(r)) list.push_back(image(c));
    const Ref other = nabla::rebuilt(ctx_, r, {list.begin(), list.size()});
    if (!step_.lighter(other, r)) return {};
    if (trace_ != nullptr) trace_->by_parts(r, other, {list.begin(), list.size()});
    return other;
  }

  Context& ctx_;
  SimplifyTrace* trace_;
  RuleStep step_;
  RefMap<Ref> old_;
  Ref limit_;
  std::unordered_map<Ref, Ref> new_;
  std::vector<std::pair<Ref, Ref>> todo_;
};

}  // namespace

Ref rewrite_by_rules(Context& ctx, Weight& weight, const RuleSet& rules, Ref e) {
  return Rewriter(ctx, weight, rules, nullptr, nullptr, e)(e);
}

Ref rewrite_by_rules(Context& ctx, Weight& weight, MatrixRows& matrix_rows, Ref e, SimplifyTrace* trace) {
  return Rewriter(ctx, weight, standard_rules(), &matrix_rows, trace, e)(e);
}

Ref rewrite_by_rules(Context& ctx, Weight& weight, Ref e) {
  return rewrite_by_rules(ctx, weight, standard_rules(), e);
}

Ref rewrite_by_rules(Context& ctx, Ref e) {
  Weight weight(ctx);
  return rewrite_by_rules(ctx, weight, e);
}

}  // namespace nabla
