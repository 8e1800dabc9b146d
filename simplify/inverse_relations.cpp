#include "simplify/inverse_relations.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "expr/indexed.h"
#include "expr/symmetry.h"
#include "expr/tensor.h"
#include "simplify/expand_tensor.h"
#include "simplify/matrix_match.h"

namespace nabla {
namespace {

constexpr size_t most_terms = 256;

// scalar times links, one after the other; no links: the identity.
struct Word {
  Ref scalar;
  std::vector<ChainLink> links;
};
using Words = std::vector<Word>;

bool same(const ChainLink& a, const ChainLink& b) {
  return a.matrix == b.matrix && a.transposed == b.transposed;
}

class Relations {
 public:
  Relations(Context& ctx, StepOrder order) : ctx_(ctx), order_(order) {}

  Ref step(Ref e) {
    const auto words = read(e);
    if (!words || words->size() > most_terms) return {};
    const auto ends = multiplied(*words);
    if (ends && order_.ends_first) return written(*ends, e);
    for (size_t w = 0; w < words->size(); ++w) {
      if (auto parts = reduced((*words)[w])) {
        Words all = *words;
        all.erase(all.begin() + static_cast<ptrdiff_t>(w));
        all.insert(all.end(), parts->begin(), parts->end());
        return written(all, e);
      }
    }
    return ends ? written(*ends, e) : Ref{};
  }

 private:
  // The sum whose transpose this is, which is how a sum may be stored; Ref{} for anything else.
  Ref stored_transposed(Ref e) const {
    if (ctx_.kind(e) != Kind::indexed) return {};
    const Labelling& l = ctx_.labelling(e);
    const Ref factor = ctx_.operands(e)[0];
    const bool alone = l.factors.size() == 1 && l.output.size() == 2 && l.guards.empty();
    const bool turned = alone && l.factors[0] == std::vector<Label>{l.output[1], l.output[0]};
    return turned && ctx_.kind(factor) == Kind::sum ? factor : Ref{};
  }

  void transpose_all(Words& words) const {
    for (Word& w : words) {
      std::reverse(w.links.begin(), w.links.end());
      for (ChainLink& l : w.links) l.transposed = !l.transposed && !is_symmetric(ctx_, l.matrix);
    }
  }

  // The terms as words; none if one of them is anything else.
  std::optional<Words> read(Ref e) {
    if (const Ref stored = stored_transposed(e)) {
      auto words = read(stored);
      if (words) transpose_all(*words);
      return words;
    }
    Words words;
    std::vector<Term> terms;
    ctx_.append_terms(e, terms);
    for (const Term& t : terms) {
      Word w{t.coefficient, {}};
      if (ctx_.kind(t.body) == Kind::indexed) {
        const auto chain = open_chain(ctx_, t.body);
        if (!chain || chain->first) return std::nullopt;
        w.scalar = ctx_.multiply(w.scalar, chain->scalar);
        w.links = chain->links;
        if (chain->last) w.links.push_back({chain->last, false});
      } else {
        w.links = {{t.body, false}};
      }
      w.links.erase(std::remove_if(
                        w.links.begin(), w.links.end(),
                        [&](const ChainLink& l) { return is_structural(ctx_, l.matrix, Structural::delta); }),
                    w.links.end());
      for (ChainLink& l : w.links) l.transposed = l.transposed && !is_symmetric(ctx_, l.matrix);
      words.push_back(std::move(w));
    }
    return words;
  }

  // The summands of K for a link inv(K).
  std::optional<Words> inverted_sum(const ChainLink& link) {
    const Node n = ctx_[link.matrix];
    if (n.kind != Kind::matpow || n.operand(1) != minus_one || ctx_.kind(n.operand(0)) != Kind::sum)
      return std::nullopt;
    auto words = read(expand_tensor(ctx_, n.operand(0)));
    if (words && link.transposed) transpose_all(*words);
    return words;
  }

  // The longest summand without symbols before it; nullptr: there is none but the identity.
  const Word* leading(const Words& sum) const {
    const Word* best = nullptr;
    for (const Word& w : sum) {
      if (w.links.empty() || !ctx_.is_number(w.scalar)) continue;
      const size_t longest = best ? best->links.size() : 0;
      if (w.links.size() > longest || (w.links.size() == longest && order_.last_summand)) best = &w;
    }
    return best;
  }

  // A word with the leading summand of K beside inv(K), by K*inv(K) = inv(K)*K = eye(n).
  std::optional<Words> reduced(const Word& word) {
    for (size_t at = 0; at < word.links.size(); ++at) {
      const auto sum = inverted_sum(word.links[at]);
      const Word* lead = sum ? leading(*sum) : nullptr;
      if (!lead) continue;
      const size_t length = lead->links.size();
      const auto matches = [&](size_t from) {
        return from + length <= word.links.size() &&
               std::equal(lead->links.begin(), lead->links.end(),
                          word.links.begin() + static_cast<ptrdiff_t>(from), same);
      };
      const bool before = at >= length && matches(at - length), after = !before && matches(at + 1);
      if (!before && !after) continue;
      const size_t first = before ? at - length : at;
      const std::vector<ChainLink> head(word.links.begin(),
                                        word.links.begin() + static_cast<ptrdiff_t>(first)),
          tail(word.links.begin() + static_cast<ptrdiff_t>(first + length + 1), word.links.end());
      const Ref scale = ctx_.multiply(word.scalar, ctx_.power(lead->scalar, minus_one));
      Words parts;
      const auto add = [&](Ref scalar, std::vector<ChainLink> middle) {
        Word w{scalar, head};
        w.links.insert(w.links.end(), middle.begin(), middle.end());
        w.links.insert(w.links.end(), tail.begin(), tail.end());
        parts.push_back(std::move(w));
      };
      add(scale, {});
      for (const Word& other : *sum) {
        if (&other == lead) continue;
        std::vector<ChainLink> middle = other.links;
        middle.insert(before ? middle.end() : middle.begin(), word.links[at]);
        add(ctx_.negate(ctx_.multiply(scale, other.scalar)), std::move(middle));
      }
      return parts;
    }
    return std::nullopt;
  }

  // The words multiplied by the K of an inv(K) at the left or right end of one of them.
  std::optional<Words> multiplied(const Words& words) {
    auto all = multiplied(words, true);
    return all ? all : multiplied(words, false);
  }

  std::optional<Words> multiplied(const Words& words, bool left) {
    const auto end = [&](const Word& w) { return left ? w.links.front() : w.links.back(); };
    for (const Word& w : words) {
      const auto sum = w.links.empty() ? std::nullopt : inverted_sum(end(w));
      if (!sum || sum->size() * words.size() > most_terms) continue;
      const ChainLink inverse = end(w);
      Words all;
      for (const Word& term : words) {
        if (!term.links.empty() && same(end(term), inverse)) {
          Word rest = term;
          rest.links.erase(left ? rest.links.begin() : rest.links.end() - 1);
          all.push_back(std::move(rest));
          continue;
        }
        for (const Word& k : *sum) {
          Word product{ctx_.multiply(term.scalar, k.scalar), left ? k.links : term.links};
          const auto& more = left ? term.links : k.links;
          product.links.insert(product.links.end(), more.begin(), more.end());
          all.push_back(std::move(product));
        }
      }
      return all;
    }
    return std::nullopt;
  }

  Ref written(const Words& words, Ref like) {
    const ShapeId shape = ctx_[like].shape;
    std::vector<Term> terms;
    for (const Word& w : words) {
      Ref product;
      for (const ChainLink& l : w.links) {
        const Ref m = l.transposed ? transpose(ctx_, l.matrix) : l.matrix;
        product = product ? matrix_product(ctx_, product, m) : m;
      }
      if (!product) product = delta(ctx_, ctx_.shape(shape).extents[0]);
      terms.push_back({one, elementwise_product(ctx_, w.scalar, product)});
    }
    return expand_tensor(ctx_, tensor_sum(ctx_, terms, shape));
  }

  Context& ctx_;
  StepOrder order_;
};

}  // namespace

Ref with_inverses_multiplied_out(Context& ctx, Ref normal, StepOrder order) {
  const Shape s = ctx.shape_of(normal);
  if (s.order() == 0 || s.order() > 2 || s.row) return {};
  return Relations(ctx, order).step(normal);
}

}  // namespace nabla
