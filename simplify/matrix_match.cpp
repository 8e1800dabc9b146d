#include "simplify/matrix_match.h"

#include <algorithm>

#include "expr/indexed.h"
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
  Label at = 0;
  if (l.output.empty()) {
    if (vectors.empty()) return std::nullopt;
    chain.first = v.factors[vectors[0]];
    used[vectors[0]] = true;
    at = l.factors[vectors[0]][0];
  }
  for (;;) {
    const auto next = [&](size_t f) {
      const auto& axes = l.factors[f];
      return !used[f] && std::find(axes.begin(), axes.end(), at) != axes.end();
    };
    size_t f = 0;
    while (f < used.size() && !next(f)) ++f;
    if (f == used.size()) break;
    used[f] = true;
    const auto& axes = l.factors[f];
    if (axes.size() == 1) {
      chain.last = v.factors[f];
      break;
    }
    chain.links.push_back({v.factors[f], axes[0] != at});
    at = axes[0] == at ? axes[1] : axes[0];
  }
  if (!std::all_of(used.begin(), used.end(), [](bool u) { return u; })) return std::nullopt;
  return chain;
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

bool MatrixMatcher::whole(Ref pattern, Ref subject, bool transposed, const Accept& accept) {
  ctx_.budget().spend();
  const Node p = ctx_[pattern], s = ctx_[subject];
  if (p.kind == Kind::symbol) {
    return letter(pattern, transposed ? transpose(ctx_, subject) : subject, accept);
  }
  if (p.kind == Kind::indexed) {
    const auto of_pattern = open_chain(ctx_, pattern);
    auto of_subject = open_chain(ctx_, subject);
    if (!of_pattern) {  // the sum of the entries of a vector
      const bool alike = s.kind == Kind::indexed && ctx_.labelling(pattern) == ctx_.labelling(subject) &&
                         ctx_.labelling(pattern).factors.size() == 1;
      return alike && whole(p.operand(0), s.operand(0), false, accept);
    }
    if (!of_subject || of_subject->scalar != one || bool(of_pattern->first) != bool(of_subject->first) ||
        bool(of_pattern->last) != bool(of_subject->last))
      return false;
    if (transposed) {
      if (of_subject->last) return false;
      std::reverse(of_subject->links.begin(), of_subject->links.end());
      for (ChainLink& l : of_subject->links) l.transposed = !l.transposed;
    }
    const auto ends = [&](size_t to) {
      const size_t all = of_subject->links.size();
      if (to != all && !(of_pattern->last && !of_pattern->first && of_subject->last)) return false;
      // A vector at the end may be the rest of the chain.
      Ref rest = of_subject->last;
      if (to != all) rest = matrix_product(ctx_, product(of_subject->links, to, all), rest);
      const Accept last = [&] { return !of_pattern->last || whole(of_pattern->last, rest, false, accept); };
      if (!of_pattern->last) return accept();
      return of_pattern->first ? whole(of_pattern->first, of_subject->first, false, last) : last();
    };
    return links(of_pattern->links, 0, of_subject->links, 0, ends);
  }
  if (p.kind != s.kind || p.tag != s.tag) return false;
  switch (p.kind) {
    case Kind::structural:
      return p.count == 0 && extents(pattern, subject, accept);
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
  for (size_t to = from + 2; to <= subject.size(); ++to) {  // several neighbours together
    Ref several = product(subject, from, to);
    if (p.transposed) several = transpose(ctx_, several);
    if (letter(p.matrix, several, [&] { return links(pattern, at + 1, subject, to, accept); })) return true;
  }
  return false;
}

}  // namespace nabla
