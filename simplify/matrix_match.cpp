#include "simplify/matrix_match.h"

#include <algorithm>

#include "expr/definite.h"
#include "expr/indexed.h"
#include "expr/symmetry.h"
#include "expr/tensor.h"

namespace nabla {

std::optional<OpenChain> open_chain(const Context& ctx, Ref e) {
  if (ctx.kind(e) != Kind::indexed) return std::nullopt;
  const IndexedView v = view_indexed(ctx, e);
  const Labelling& l = *v.labelling;
  if (l.output.size() > 2 || !l.guards.empty()) return std::nullopt;
  std::vector<size_t> uses(l.label_count, 0);
  OpenChain chain;
  std::vector<bool> used(v.factors.size(), false);
  std::vector<size_t> vectors;
  for (size_t f = 0; f < used.size(); ++f) {
    const auto& axes = l.factors[f];
    if (axes.size() > 2 || (axes.size() == 2 && axes[0] == axes[1])) return std::nullopt;
    for (Label a : axes) ++uses[a];
    if (axes.empty()) chain.scalar = v.factors[f], used[f] = true;
    if (axes.size() == 1) vectors.push_back(f);
  }
  for (Label a : l.output) ++uses[a];
  if (!std::all_of(uses.begin(), uses.end(), [](size_t n) { return n == 2; })) return std::nullopt;
  // The links from a label on; a vector at the end, or none.
  const auto walk = [&](Label at, std::vector<ChainLink>& links) {
    for (;;) {
      const auto next = [&](size_t f) {
        const auto& axes = l.factors[f];
        return !used[f] && std::find(axes.begin(), axes.end(), at) != axes.end();
      };
      size_t f = 0;
      while (f < used.size() && !next(f)) ++f;
      if (f == used.size()) return Ref{};
      used[f] = true;
      const auto& axes = l.factors[f];
      if (axes.size() == 1) return v.factors[f];
      links.push_back({v.factors[f], axes[0] != at});
      at = axes[0] == at ? axes[1] : axes[0];
    }
  };
  Label at = 0;
  if (l.output.empty()) {
    if (vectors.empty()) return std::nullopt;
    chain.first = v.factors[vectors[0]];
    used[vectors[0]] = true;
    at = l.factors[vectors[0]][0];
  }
  chain.last = walk(at, chain.links);
  if (l.output.size() == 2 && chain.last) {  // A*x*y'*B: a column, then a row
    chain.links.push_back({chain.last, false});
    std::vector<ChainLink> back;
    const Ref row = walk(1, back);
    if (!row) return std::nullopt;
    chain.links.push_back({row, true});
    std::reverse(back.begin(), back.end());
    for (ChainLink& link : back) chain.links.push_back({link.matrix, !link.transposed});
    chain.last = {};
  }
  if (!std::all_of(used.begin(), used.end(), [](bool u) { return u; })) return std::nullopt;
  return chain;
}

std::vector<Ref> factors_of(Context& ctx, const OpenChain& chain) {
  std::vector<Ref> factors;
  if (chain.first) factors.push_back(as_row(ctx, chain.first));
  for (const ChainLink& l : chain.links)
    factors.push_back(l.transposed ? transpose(ctx, l.matrix) : l.matrix);
  if (chain.last) factors.push_back(as_column(ctx, chain.last));
  return factors;
}

// Of one factor, over all of its axes.
static bool is_full_sum(const Labelling& l) {
  return l.factors.size() == 1 && l.output.empty() && l.guards.empty() &&
         l.label_count == l.factors[0].size();
}

Ref MatrixMatcher::product(const std::vector<ChainLink>& links, size_t from, size_t to) {
  Ref result;
  for (size_t i = from; i < to; ++i) {
    const Ref m = links[i].transposed ? transpose(ctx_, links[i].matrix) : links[i].matrix;
    result = result ? matrix_product(ctx_, result, m) : m;
  }
  return result;
}

// Binds a letter or an extent, or compares with what it stands for.
bool MatrixMatcher::letter(Ref pattern, Ref subject, const Accept& accept) {
  const auto known =
      std::find_if(values_.begin(), values_.end(), [&](const auto& v) { return v.first == pattern; });
  if (known != values_.end()) return known->second == subject && accept();
  if (ctx_[subject].facts & (complex_valued | has_operation)) return false;
  const Structure structure = ctx_.symbol(pattern).structure;
  if (structure == Structure::spd && !is_positive_definite(ctx_, subject)) return false;
  if (structure == Structure::symmetric && !is_symmetric(ctx_, subject)) return false;
  const size_t before = values_.size();
  values_.push_back({pattern, subject});
  if (extents(pattern, subject, accept)) return true;
  values_.resize(before);
  return false;
}

bool MatrixMatcher::extents(Ref pattern, Ref subject, const Accept& accept) {
  const Shape p = ctx_.shape_of(pattern), s = ctx_.shape_of(subject);
  if (p.order() != s.order() || p.row != s.row) return false;
  if (p.order() == 0) return accept();
  const size_t before = values_.size();
  for (size_t i = 0; i < p.order(); ++i) {
    if (ctx_.kind(p.extents[i]) != Kind::symbol) continue;
    if (!letter(p.extents[i], s.extents[i], [] { return true; })) {
      values_.resize(before);
      return false;
    }
  }
  if (accept()) return true;
  values_.resize(before);
  return false;
}

void MatrixMatcher::turn(OpenChain& chain) {
  std::swap(chain.first, chain.last);
  std::reverse(chain.links.begin(), chain.links.end());
  for (ChainLink& l : chain.links) l.transposed = !l.transposed;
}

// But for the scalar before them.
bool MatrixMatcher::chains(const OpenChain& pattern, const OpenChain& subject, const Accept& accept) {
  const auto ends = [&](size_t to) {
    const size_t all = subject.links.size();
    if (to != all && !(pattern.last && !pattern.first && subject.last)) return false;
    // A vector at the end may be the rest of the chain.
    Ref rest = subject.last;
    if (to != all) rest = matrix_product(ctx_, product(subject.links, to, all), rest);
    const Accept last = [&] { return !pattern.last || whole(pattern.last, rest, false, accept); };
    if (!pattern.last) return accept();
    return pattern.first ? whole(pattern.first, subject.first, false, last) : last();
  };
  return links(pattern.links, 0, subject.links, 0, ends);
}

// A product of two factors with the same axes, in either order: diag(x) is x(i)*delta(i, j).
bool MatrixMatcher::two_factors(Ref pattern, Ref subject, const Accept& accept) {
  const Labelling l = ctx_.labelling(pattern), m = ctx_.labelling(subject);
  if (l.output != m.output || l.label_count != m.label_count || !l.guards.empty() || !m.guards.empty())
    return false;
  const Node p = ctx_[pattern], s = ctx_[subject];
  for (const size_t first : {size_t{0}, size_t{1}}) {
    if (l.factors[0] != m.factors[first] || l.factors[1] != m.factors[1 - first]) continue;
    const auto second = [&] { return whole(p.operand(1), s.operand(1 - first), false, accept); };
    if (whole(p.operand(0), s.operand(first), false, second)) return true;
  }
  return false;
}

bool MatrixMatcher::whole(Ref pattern, Ref subject, bool transposed, const Accept& accept) {
  ctx_.budget().spend();
  const Node p = ctx_[pattern], s = ctx_[subject];
  if (p.kind == Kind::symbol) {
    return letter(pattern, transposed ? transpose(ctx_, subject) : subject, accept);
  }
  if (p.kind == Kind::indexed) {
    const auto of_pattern = open_chain(ctx_, pattern);
    auto of_subject = open_chain(ctx_, subject);
    if (!of_pattern) {  // the sum of all entries, a trace, a diagonal
      if (s.kind != Kind::indexed) return false;
      const Labelling &l = ctx_.labelling(pattern), &m = ctx_.labelling(subject);
      if (l.factors.size() == 2 && m.factors.size() == 2) return two_factors(pattern, subject, accept);
      const bool alike = l.factors.size() == 1 && (l == m || (is_full_sum(l) && is_full_sum(m)));
      return alike && whole(p.operand(0), s.operand(0), false, accept);
    }
    if (!of_subject || bool(of_pattern->first) != bool(of_subject->first) ||
        bool(of_pattern->last) != bool(of_subject->last))
      return false;
    if (transposed && of_subject->last) return false;
    if (transposed) turn(*of_subject);
    const auto chain_matches = [&] {
      if (chains(*of_pattern, *of_subject, accept)) return true;
      if (!of_pattern->first) return false;
      turn(*of_subject);  // a scalar is its own transpose
      return chains(*of_pattern, *of_subject, accept);
    };
    if (of_pattern->scalar == one) return of_subject->scalar == one && chain_matches();
    return whole(of_pattern->scalar, of_subject->scalar, false, chain_matches);
  }
  if (p.kind != s.kind || p.tag != s.tag) return false;
  switch (p.kind) {
    case Kind::structural:
      return p.count == 0 && extents(pattern, subject, accept);
    case Kind::fill:
      return extents(pattern, subject, [&] { return whole(p.operand(0), s.operand(0), false, accept); });
    case Kind::number:
      return pattern == subject && accept();
    case Kind::matpow:
    case Kind::power:
      return operands(p, s, 0, transposed, accept);
    case Kind::function: {
      const Orientation orientation = row(static_cast<Fn>(p.tag)).orientation;
      if (transposed && orientation != Orientation::follows) return false;
      if (p.count != s.count) return false;
      if (operands(p, s, 0, transposed, accept)) return true;
      return orientation == Orientation::invariant && operands(p, s, 0, true, accept);
    }
    case Kind::product:  // a number and a matrix
      return p.count == s.count && operands(p, s, 0, transposed, accept);
    case Kind::sum: {
      std::vector<Term> of_pattern, of_subject;
      ctx_.append_terms(pattern, of_pattern);
      ctx_.append_terms(subject, of_subject);
      if (of_pattern.size() > of_subject.size()) return false;
      std::vector<size_t> taken;
      const auto all = [&](const std::vector<size_t>& list, const Rational& times) {
        return list.size() == of_subject.size() && times.is_one() && accept();
      };
      return terms(of_pattern, of_subject, 0, transposed, taken, Rational(1), all);
    }
    default:
      return pattern == subject && accept();
  }
}

bool MatrixMatcher::operands(const Node& p, const Node& s, size_t at, bool transposed, const Accept& accept) {
  if (at == p.count) return accept();
  const bool turns = transposed && ctx_[p.operand(at)].shape != scalar_shape;
  return whole(p.operand(at), s.operand(at), turns,
               [&] { return operands(p, s, at + 1, transposed, accept); });
}

bool MatrixMatcher::terms(const std::vector<Term>& pattern, const std::vector<Term>& subject, size_t at,
                          bool transposed, std::vector<size_t>& taken, std::optional<Rational> times,
                          const AcceptTerms& accept) {
  if (at == pattern.size()) return accept(taken, *times);
  for (size_t j = 0; j < subject.size(); ++j) {
    if (std::find(taken.begin(), taken.end(), j) != taken.end()) continue;
    const Rational ratio = ctx_.value(subject[j].coefficient) / ctx_.value(pattern[at].coefficient);
    if (times && !(*times == ratio)) continue;
    taken.push_back(j);
    const bool found = whole(pattern[at].body, subject[j].body, transposed, [&] {
      return terms(pattern, subject, at + 1, transposed, taken, ratio, accept);
    });
    if (found) return true;
    taken.pop_back();
  }
  return false;
}

bool MatrixMatcher::some_terms(Ref pattern, const std::vector<Term>& subject, bool transposed,
                               const AcceptTerms& accept) {
  std::vector<Term> of_pattern;
  ctx_.append_terms(pattern, of_pattern);
  // The largest part first: it says most about the letters.
  std::stable_sort(of_pattern.begin(), of_pattern.end(),
                   [&](const Term& a, const Term& b) { return ctx_[a.body].count > ctx_[b.body].count; });
  std::vector<size_t> taken;
  return terms(of_pattern, subject, 0, transposed, taken, std::nullopt, accept);
}

bool MatrixMatcher::run(Ref pattern, const std::vector<ChainLink>& subject, size_t from,
                        const AcceptRun& accept) {
  const auto chain = open_chain(ctx_, pattern);
  return chain && links(chain->links, 0, subject, from, accept);
}

bool MatrixMatcher::links(const std::vector<ChainLink>& pattern, size_t at,
                          const std::vector<ChainLink>& subject, size_t from, const AcceptRun& accept) {
  if (at == pattern.size()) return accept(from);
  if (from == subject.size()) return false;
  const ChainLink& p = pattern[at];
  const bool turned = p.transposed != subject[from].transposed;
  const auto next = [&] { return links(pattern, at + 1, subject, from + 1, accept); };
  if (whole(p.matrix, subject[from].matrix, turned, next)) return true;
  if (ctx_.kind(p.matrix) != Kind::symbol) return false;
  const auto may_follow = [&](size_t to) {  // looks one link ahead: products are dear
    if (at + 1 == pattern.size()) return true;
    if (to == subject.size()) return false;
    const Node &wanted = ctx_[pattern[at + 1].matrix], &next = ctx_[subject[to].matrix];
    return wanted.kind == Kind::symbol || (wanted.kind == next.kind && wanted.tag == next.tag);
  };
  for (size_t to = from + 2; to <= subject.size(); ++to) {  // several neighbours together
    if (!may_follow(to)) continue;
    Ref several = product(subject, from, to);
    if (p.transposed) several = transpose(ctx_, several);
    if (letter(p.matrix, several, [&] { return links(pattern, at + 1, subject, to, accept); })) return true;
  }
  return false;
}

}  // namespace nabla
