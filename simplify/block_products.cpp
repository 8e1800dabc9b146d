#include "simplify/block_products.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "expr/tensor.h"
#include "expr/walk.h"
#include "simplify/matrix_match.h"
#include "simplify/rebuilt.h"

namespace nabla {
namespace {

constexpr int most_rounds = 16;  // each carries out one step everywhere

using Blocks = std::vector<Ref>;

bool is_block(const Context& ctx, Ref r) {
  return ctx.is_function(r, Fn::hcat) || ctx.is_function(r, Fn::vcat);
}

class BlockProducts {
 public:
  explicit BlockProducts(Context& ctx) : ctx_(ctx) {}

  Ref run(Ref e) {
    for (int i = 0; i < most_rounds && count_blocks(ctx_, e) > 0; ++i) {
      const Ref next = round(e);
      if (next == e) break;
      e = next;
    }
    return e;
  }

 private:
  Ref round(Ref e) {
    RefMap<Ref> image(e.id + 1);
    std::vector<Ref> operands;
    for (const Ref r : nodes_below(ctx_, e)) {
      operands.clear();
      for (const Ref o : ctx_.operands(r)) operands.push_back(image[o]);
      const Ref same = rebuilt(ctx_, r, operands);
      ctx_.budget().spend();
      const Ref next = step(same);
      image[r] = next ? next : same;
    }
    return image[e];
  }

  Ref step(Ref r) {
    if (ctx_.shape_of(r).order() > 2) return {};
    switch (ctx_.kind(r)) {
      case Kind::indexed:
        return product(r);
      case Kind::product:
      case Kind::sum:
        return ctx_[r].shape == scalar_shape ? Ref{} : sum(r);
      case Kind::function:
        return is_block(ctx_, r) ? call(r) : Ref{};
      default:
        return {};
    }
  }

  // ---- what a factor is made of ----

  // Blocks one beside the other; none if r is not made so. Entries that are scalars stay where they are.
  std::optional<Blocks> beside(Ref r) { return parts(r, Fn::hcat, Fn::vcat); }
  // Blocks one above the other.
  std::optional<Blocks> above(Ref r) { return parts(r, Fn::vcat, Fn::hcat); }

  std::optional<Blocks> parts(Ref r, Fn direct, Fn turned) {
    const bool transposed = !ctx_.is_function(r, direct);
    const Ref blocks = transposed ? untransposed(r, turned) : r;
    if (!blocks) return std::nullopt;
    Blocks list(ctx_.operands(blocks).begin(), ctx_.operands(blocks).end());
    for (Ref& b : list) {
      if (ctx_[b].shape == scalar_shape) return std::nullopt;
      if (transposed) b = transpose(ctx_, b);
    }
    return list;
  }
  // The call of f whose transpose r is.
  Ref untransposed(Ref r, Fn f) {
    if (ctx_.kind(r) != Kind::indexed) return {};
    const Ref t = transpose(ctx_, r);
    return ctx_.is_function(t, f) ? t : Ref{};
  }

  // How many rows or columns; a vector is a column.
  Ref rows(Ref r) const {
    const Shape& s = ctx_.shape_of(r);
    return s.order() == 0 || s.row ? one : s.extents[0];
  }
  Ref columns(Ref r) const {
    const Shape& s = ctx_.shape_of(r);
    return s.order() == 2 ? s.extents[1] : s.row ? s.extents[0] : one;
  }
  bool fit(const Blocks& left, const Blocks& right) const {
    return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                      [&](Ref a, Ref b) { return columns(a) == rows(b); });
  }
  bool same_rows(const Blocks& a, const Blocks& b) const {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [&](Ref x, Ref y) { return rows(x) == rows(y); });
  }

  // ---- products ----

  Ref product(Ref r) {
    if (ctx_.shape_of(r).order() == 2) {  // a sum of matrices may stand as its transpose
      const Ref turned = transpose(ctx_, r);
      const Ref form = ctx_.kind(turned) == Kind::sum ? sum(turned) : Ref{};
      if (form) return transpose(ctx_, form);
    }
    const auto chain = open_chain(ctx_, r);
    if (!chain) return {};
    const std::vector<Ref> factors = factors_of(ctx_, *chain);
    Ref result;
    for (size_t i = 0; i + 1 < factors.size() && !result; ++i) result = inner(factors, i);
    if (result && chain->scalar != one) result = elementwise_product(ctx_, chain->scalar, result);
    if (!result && ctx_.shape_of(r).order() > 0) result = outer(factors, chain->scalar);
    if (result && ctx_.shape_of(r).row) result = as_row(ctx_, result);
    return result && ctx_[result].shape == ctx_[r].shape ? result : Ref{};
  }

  Ref multiplied(const std::vector<Ref>& factors, size_t from, size_t to, Ref first) {
    Ref result = first;
    for (size_t i = from; i < to; ++i)
      result = result ? matrix_product(ctx_, result, factors[i]) : factors[i];
    return result;
  }

  // The product with factors i and i + 1 as the sum of the products of their blocks.
  Ref inner(const std::vector<Ref>& factors, size_t i) {
    const auto left = beside(factors[i]), right = left ? above(factors[i + 1]) : std::nullopt;
    if (!left || !right || !fit(*left, *right)) return {};
    std::vector<Term> terms;
    for (size_t k = 0; k < left->size(); ++k) {
      const Ref part = matrix_product(ctx_, (*left)[k], (*right)[k]);
      const Ref all = multiplied(factors, 0, i, {});
      terms.push_back(
          {one, multiplied(factors, i + 2, factors.size(), all ? matrix_product(ctx_, all, part) : part)});
    }
    const ShapeId shape = ctx_[terms[0].body].shape;
    return shape == scalar_shape ? ctx_.sum(terms) : tensor_sum(ctx_, terms, shape);
  }

  // The blocks of the first or last factor by the scalar and the rest.
  Ref outer(const std::vector<Ref>& factors, Ref scalar) {
    if (const auto blocks = above(factors.front())) {
      Blocks products;
      for (const Ref b : *blocks) {
        products.push_back(multiplied(factors, 1, factors.size(), times(scalar, b)));
        if (ctx_[products.back()].shape == scalar_shape) return {};  // a row by a vector
      }
      return matrix_function(ctx_, Fn::vcat, products);
    }
    if (const auto blocks = beside(factors.back())) {
      Blocks products;
      const Ref rest = multiplied(factors, 0, factors.size() - 1, {});
      for (const Ref b : *blocks) {
        products.push_back(rest ? matrix_product(ctx_, rest, times(scalar, b)) : times(scalar, b));
        if (ctx_[products.back()].shape == scalar_shape) return {};
      }
      return matrix_function(ctx_, Fn::hcat, products);
    }
    return {};
  }

  Ref times(Ref scalar, Ref block) {
    return scalar == one ? block : elementwise_product(ctx_, scalar, block);
  }

  bool is_zeros(Ref r) { return r == ctx_.zeros(ctx_[r].shape); }

  // ---- sums and multiples ----

  // Block by block, where all terms are made of blocks in the same way.
  Ref sum(Ref r) {
    std::vector<Term> terms;
    ctx_.append_terms(r, terms);
    for (const Fn f : {Fn::vcat, Fn::hcat}) {
      if (const Ref whole = sum_of(f, terms)) return whole;
    }
    return {};
  }
  Ref sum_of(Fn f, const std::vector<Term>& terms) {
    const auto size = [&](Ref b) { return f == Fn::vcat ? rows(b) : columns(b); };
    Blocks first;
    std::vector<std::vector<Term>> sums;
    for (const Term& t : terms) {
      if (!ctx_.is_function(t.body, f)) return {};
      const Blocks blocks(ctx_.operands(t.body).begin(), ctx_.operands(t.body).end());
      if (first.empty()) {
        first = blocks;
        sums.resize(first.size());
      }
      const bool alike =
          std::equal(blocks.begin(), blocks.end(), first.begin(), first.end(), [&](Ref a, Ref b) {
            return ctx_[a].shape == ctx_[b].shape && ctx_[a].shape != scalar_shape && size(a) == size(b);
          });
      if (!alike) return {};
      for (size_t k = 0; k < blocks.size(); ++k) sums[k].push_back({t.coefficient, blocks[k]});
    }
    Blocks blocks;
    for (size_t k = 0; k < sums.size(); ++k)
      blocks.push_back(tensor_sum(ctx_, sums[k], ctx_[first[k]].shape));
    return matrix_function(ctx_, f, blocks);
  }

  Ref call(Ref r) {
    const auto blocks = ctx_.operands(r);
    if (std::all_of(blocks.begin(), blocks.end(), [&](Ref b) { return is_zeros(b); }))
      return ctx_.zeros(ctx_[r].shape);
    return ctx_.is_function(r, Fn::hcat) ? columns_of_rows(r) : Ref{};
  }

  // [[A; C], [B; D]] with rows outside: [A, B; C, D].
  Ref columns_of_rows(Ref r) {
    std::vector<Blocks> all;
    for (const Ref c : ctx_.operands(r)) {
      if (!ctx_.is_function(c, Fn::vcat)) return {};
      all.emplace_back(ctx_.operands(c).begin(), ctx_.operands(c).end());
      if (!same_rows(all.front(), all.back())) return {};
    }
    Blocks rows;
    for (size_t k = 0; k < all.front().size(); ++k) {
      Blocks row;
      for (const Blocks& column : all) row.push_back(column[k]);
      rows.push_back(matrix_function(ctx_, Fn::hcat, row));
    }
    return matrix_function(ctx_, Fn::vcat, rows);
  }

  Context& ctx_;
};

}  // namespace

int64_t count_blocks(Context& ctx, Ref e) {
  const std::vector<Ref> nodes = nodes_below(ctx, e);
  return std::count_if(nodes.begin(), nodes.end(), [&](Ref r) { return is_block(ctx, r); });
}

Ref with_blocks_multiplied(Context& ctx, Ref e) { return BlockProducts(ctx).run(e); }

}  // namespace nabla
