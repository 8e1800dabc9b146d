#include "simplify/matrix_rule_step.h"

#include <algorithm>

#include "expr/bounds.h"
#include "expr/indexed.h"
#include "expr/substitute.h"
#include "expr/tensor.h"
#include "expr/walk.h"

namespace nabla {

// A power or a function, or a product with one: every row speaks of some.
static bool has_call(const Context& ctx, Ref e) {
  const auto is_call = [&](Ref r) {
    const Kind k = ctx.kind(r);
    return k == Kind::matpow || k == Kind::function || k == Kind::power || k == Kind::fill;
  };
  if (ctx.kind(e) != Kind::indexed) return is_call(e);
  const auto parts = ctx.operands(e);
  return std::any_of(parts.begin(), parts.end(), is_call);
}

bool MatrixRuleStep::may_apply(const Context& ctx, Ref e) {
  const Node& n = ctx[e];
  const auto of_tensor = [&](Ref r) {
    return ctx.kind(r) == Kind::indexed ||
           (ctx.kind(r) == Kind::function && ctx[ctx.operands(r)[0]].shape != scalar_shape);
  };
  if (n.shape == scalar_shape && n.kind != Kind::indexed) {
    // det(A)*exp(-logdet(B)): it may be two calls, powers or products down.
    const auto is_part = [&](Ref r) {
      const Kind k = ctx.kind(r);
      if (of_tensor(r)) return true;
      const auto parts = ctx.operands(r);
      return (k == Kind::power || k == Kind::product) && std::any_of(parts.begin(), parts.end(), of_tensor);
    };
    const auto parts = n.operands();
    return of_tensor(e) || (n.kind != Kind::long_sum && std::any_of(parts.begin(), parts.end(), is_part));
  }
  if (n.kind != Kind::sum) return n.kind == Kind::long_sum || has_call(ctx, e);
  const auto parts = n.operands();
  return std::any_of(parts.begin(), parts.end(), [&](Ref r) { return has_call(ctx, r); });
}

// Identity matrices and the like have extents in their shapes, which are no operands.
Ref MatrixRuleStep::value(Ref text) {
  std::vector<std::pair<Ref, Ref>> values = matcher_.values();
  const auto met = [&](Ref r) { return substitute(ctx_, r, matcher_.values()); };
  for (const Ref r : nodes_below(ctx_, text)) {
    if (ctx_[r].shape == scalar_shape) continue;
    const bool identity = is_structural(ctx_, r, Structural::delta);
    if (!identity && ctx_.kind(r) != Kind::fill) continue;
    Shape shape = ctx_.shape_of(r);
    for (Ref& extent : shape.extents) extent = met(extent);
    values.emplace_back(r, identity ? delta(ctx_, shape.extents[0])
                                    : ctx_.fill(met(ctx_.operands(r)[0]), ctx_.shape_id(shape)));
  }
  return substitute(ctx_, text, values);
}

// The letters of the rows have sizes of at least 1; what is met may be of size n - 1.
bool MatrixRuleStep::have_entries() {
  const auto some = [&](Ref extent) { return never_negative(ctx_, ctx_.subtract(extent, one)); };
  for (const auto& [letter, value] : matcher_.values()) {
    const std::vector<Ref> extents = ctx_.shape_of(value).extents;
    if (ctx_.symbol(letter).role == Role::extent && !some(value)) return false;
    if (!std::all_of(extents.begin(), extents.end(), some)) return false;
  }
  return true;
}

// A condition about matrices is an equation, which the constructors see: A'*A is eye(n) for an orthogonal A.
bool MatrixRuleStep::holds(const MatrixRow& row) {
  tried_ = row.text;
  if (ctx_.is_number(row.to) && !have_entries()) return false;  // det(zeros(0, 0)) is 1
  return !row.left || value(row.left) == value(row.right);
}

bool MatrixRuleStep::consider(Ref candidate) {
  // The chain of a row is read as that of a column.
  if (ctx_[candidate].shape != ctx_[best_].shape) candidate = transpose(ctx_, candidate);
  if (ctx_[candidate].shape != ctx_[best_].shape) return false;
  if (!lighter_(candidate, best_)) return false;
  best_ = candidate;
  made_by_ = tried_;
  if (traced_) note_letters();
  return false;
}

void MatrixRuleStep::note_letters() {
  letters_.clear();
  for (const auto& [letter, value] : matcher_.values()) {
    if (ctx_.symbol(letter).role != Role::extent) letters_.emplace_back(ctx_.symbol(letter).name, value);
  }
}

Ref MatrixRuleStep::operator()(Ref e) {
  best_ = e;
  rows_ = all_.about(e);
  const Node n = ctx_[e];
  if (n.kind == Kind::indexed) chains(e);
  if (n.kind == Kind::sum) sums(e);
  if (n.kind == Kind::product && n.shape == scalar_shape) products(e);
  for (const MatrixRow* at : rows_) {
    const MatrixRow& row = *at;
    if (row.kind != n.kind || row.tag != n.tag || n.kind == Kind::sum || n.kind == Kind::product) continue;
    matcher_.clear();
    matcher_.whole(row.from, e, false, [&] { return holds(row) && consider(value(row.to)); });
  }
  return best_ == e ? Ref{} : best_;
}

// Of factors in any order, some are those of a row.
bool MatrixRuleStep::some_factors(std::span<const Ref> pattern, std::vector<Ref>& subject,
                                  const MatrixMatcher::Accept& accept) {
  if (pattern.empty()) return accept();
  for (size_t i = 0; i < subject.size(); ++i) {
    const Ref taken = subject[i];
    const bool found = matcher_.whole(pattern[0], taken, false, [&] {
      subject[i] = one;
      const bool all = some_factors(pattern.subspan(1), subject, accept);
      subject[i] = taken;
      return all;
    });
    if (found) return true;
  }
  return false;
}

void MatrixRuleStep::products(Ref e) {
  std::vector<Ref> factors(ctx_.operands(e).begin(), ctx_.operands(e).end());
  for (const MatrixRow* at : rows_) {
    const MatrixRow& row = *at;
    if (row.kind != Kind::product || ctx_[row.from].shape != scalar_shape) continue;
    const std::vector<Ref> pattern(ctx_.operands(row.from).begin(), ctx_.operands(row.from).end());
    if (pattern.size() > factors.size()) continue;
    matcher_.clear();
    some_factors(pattern, factors, [&] {
      if (!holds(row)) return false;
      std::vector<Ref> left = factors;
      left.push_back(value(row.to));
      return consider(ctx_.product(left));
    });
  }
}

void MatrixRuleStep::chains(Ref e) {
  auto chain = open_chain(ctx_, e);
  if (!chain || (chain->links.empty() && chain->scalar == one)) return;
  chains(*chain, false);
  if (ctx_.shape_of(e).order() != 2) return;
  MatrixMatcher::turn(*chain);  // in a sum it may stand as its transpose
  chains(*chain, true);
}

void MatrixRuleStep::chains(const OpenChain& chain, bool turned) {
  std::vector<Ref> scalars{chain.scalar};
  if (ctx_.kind(chain.scalar) == Kind::product) {
    scalars.assign(ctx_.operands(chain.scalar).begin(), ctx_.operands(chain.scalar).end());
  }
  for (const MatrixRow* at : rows_) {
    const MatrixRow& row = *at;
    if (!row.chain || row.chain->first) continue;
    const std::span<const Ref> pattern(&row.chain->scalar, row.chain->scalar == one ? 0 : 1);
    const size_t ends = chain.links.size() + (row.chain->links.empty() ? 1 : 0);
    for (size_t from = 0; from < ends; ++from) {
      matcher_.clear();
      some_factors(pattern, scalars, [&] {
        return matcher_.run(row.from, chain.links, from, [&](size_t to) {
          const auto replaced = [&] {
            if (!holds(row)) return false;
            const Ref product = spliced(chain, scalars, row, from, to);
            return consider(turned ? transpose(ctx_, product) : product);
          };
          if (!row.chain->last) return replaced();
          return to == chain.links.size() && chain.last &&
                 matcher_.whole(row.chain->last, chain.last, false, replaced);
        });
      });
    }
  }
}

// The chain with the right side of a row for its links from..to, and for the vector at its end if the row has
// one.
Ref MatrixRuleStep::spliced(const OpenChain& chain, std::span<const Ref> scalars, const MatrixRow& row,
                            size_t from, size_t to) {
  const auto oriented = [&](const ChainLink& l) {
    return l.transposed ? transpose(ctx_, l.matrix) : l.matrix;
  };
  std::vector<Ref> parts;
  if (chain.first) parts.push_back(as_row(ctx_, chain.first));
  for (size_t i = 0; i < from; ++i) parts.push_back(oriented(chain.links[i]));
  parts.push_back(value(row.to));
  for (size_t i = to; i < chain.links.size(); ++i) parts.push_back(oriented(chain.links[i]));
  if (chain.last && ctx_.shape_of(row.from).order() != 1) parts.push_back(chain.last);
  Ref product = parts[0];
  for (size_t i = 1; i < parts.size(); ++i) product = matrix_product(ctx_, product, parts[i]);
  return elementwise_product(ctx_, ctx_.product(scalars), product);
}

void MatrixRuleStep::sums(Ref e) {
  std::vector<Term> terms;
  ctx_.append_terms(e, terms);
  const ShapeId shape = ctx_[e].shape;
  for (const MatrixRow* at : rows_) {
    const MatrixRow& row = *at;
    if (row.kind != Kind::sum) continue;
    for (const bool transposed : {false, true}) {
      const auto replaced = [&](const std::vector<size_t>& taken, const Rational& times) {
        if (!holds(row)) return false;
        std::vector<Term> changed;
        for (size_t i = 0; i < terms.size(); ++i) {
          if (std::find(taken.begin(), taken.end(), i) == taken.end()) changed.push_back(terms[i]);
        }
        const Ref to = value(row.to);
        changed.push_back({ctx_.number(times), transposed ? transpose(ctx_, to) : to});
        return consider(shape == scalar_shape ? ctx_.sum(changed) : tensor_sum(ctx_, changed, shape));
      };
      matcher_.clear();
      matcher_.some_terms(row.from, terms, transposed, replaced);
    }
  }
}

}  // namespace nabla
