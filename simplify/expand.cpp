#include <algorithm>
#include <optional>

#include "expr/walk.h"
#include "simplify/distribute.h"
#include "simplify/literal_arrays.h"
#include "simplify/passes.h"
#include "simplify/polynomial_form.h"
#include "simplify/scalar_regions.h"

namespace nabla {
namespace {

bool is_sum(const Context& ctx, Ref r) {
  return (ctx.kind(r) == Kind::sum || ctx.kind(r) == Kind::long_sum) && ctx[r].shape == scalar_shape;
}

// A sum, or a power of one that is more than the sum itself.
bool is_multiplied_out(const Context& ctx, Ref factor) {
  if (is_sum(ctx, factor)) return true;
  if (ctx.kind(factor) != Kind::power || !is_scalar_algebra(ctx, ctx.operands(factor)[0])) return false;
  const Ref exponent = ctx.operands(factor)[1];
  return !ctx.is_number(exponent) || ctx.value(exponent) > Rational(1);
}

// Whether something may be multiplied out.
bool has_products_of_sums(Context& ctx, Ref e) {
  const std::vector<Ref> nodes = nodes_below(ctx, e);
  return std::any_of(nodes.begin(), nodes.end(), [&](Ref r) {
    if (!is_scalar_algebra(ctx, r)) return false;
    const auto list = ctx.operands(r);
    switch (ctx.kind(r)) {
      case Kind::sum:  // with a number times a long sum
        for (size_t i = 0; i < list.size(); i += 2) {
          if (list[i] != one && ctx.kind(list[i + 1]) == Kind::long_sum) return true;
        }
        return false;
      case Kind::long_sum:
        return false;
      case Kind::product:
      case Kind::long_product:
        return std::any_of(list.begin(), list.end(), [&](Ref f) { return is_multiplied_out(ctx, f); });
      default:
        return is_multiplied_out(ctx, r);
    }
  });
}

class Expansion {
 public:
  Expansion(Context& ctx, Notes* notes, size_t most_terms) : ctx_(ctx), notes_(notes) {
    work_.most_terms = most_terms;
  }

  Ref region(Ref r, const Images& images) {
    std::vector<Term> terms{{one, r}};
    if (is_sum(ctx_, r)) {
      terms.clear();
      ctx_.append_terms(r, terms);
    }
    if (std::none_of(terms.begin(), terms.end(), [&](const Term& t) { return is_open(t.body); }))
      return with_images(ctx_, r, images);
    if (const Ref whole = expanded(r, images)) return whole;
    for (Term& t : terms) {
      const Ref part = is_open(t.body) ? expanded(t.body, images) : with_images(ctx_, t.body, images);
      t.body = part ? part : kept(t.body, images);
    }
    return ctx_.sum(terms, scalar_shape);
  }

  bool has_kept() const { return has_kept_; }
  bool is_spent() const { return work_.is_spent; }

 private:
  // Whether there is something to multiply out in a term; a long sum times a number is one.
  bool is_open(Ref term) {
    std::vector<Ref> factors;
    ctx_.append_factors(term, factors);
    return std::any_of(factors.begin(), factors.end(), [&](Ref f) { return is_multiplied_out(ctx_, f); });
  }

  // None: too large.
  Ref expanded(Ref r, const Images& images) {
    std::optional<PolynomialForm> form;
    Ref result{};
    if (work_.is_spent) return result;
    try {
      form.emplace(ctx_, r, Denominators::kept, &images, work_);
      const RationalFunction f = form->value();
      result = form->expression(f.n, f.d);
    } catch (const TooLarge&) {
    }
    if (form) work_ = form->work();
    return result;
  }

  Ref kept(Ref r, const Images& images) {
    note_too_large(ctx_, notes_, terms_of_power(r));
    has_kept_ = true;
    return with_images(ctx_, r, images);
  }

  // (t1 + … + tk)^n has C(n + k - 1, k - 1) terms; nothing for what is no such power.
  std::string terms_of_power(Ref r) {
    constexpr size_t most_sum = 16;
    if (ctx_.kind(r) != Kind::power || !ctx_.is_number(ctx_.operands(r)[1])) return {};
    std::vector<Term> terms;
    ctx_.append_terms(ctx_.operands(r)[0], terms);
    const Rational& n = ctx_.value(ctx_.operands(r)[1]);
    if (terms.size() > most_sum || !n.is_integer() || n.sign() < 0) return {};
    Rational count(1);
    for (size_t k = 1; k < terms.size(); ++k) {
      const Rational i(static_cast<int64_t>(k));
      count = count * (n + i) / i;
    }
    return count.to_string();
  }

  Context& ctx_;
  Notes* notes_;
  PolynomialWork work_;  // of all regions
  bool has_kept_ = false;
};

Ref expanded(Context& ctx, Ref e, Notes* notes, size_t most_terms) {
  constexpr int most_rounds = 4;  // what is multiplied out can make functions fold, so that there is more
  constexpr size_t most_tensor_terms = 4'096;  // each with labels of its own
  Expansion expansion(ctx, notes, most_terms);
  const Ref given = e;
  for (int i = 0; i < most_rounds; ++i) {
    Ref next = e;
    if (has_products_of_sums(ctx, next)) {
      next = rewrite_regions(ctx, next, Levels::all,
                             [&](Ref r, const Images& images) { return expansion.region(r, images); });
    }
    if (has_tensor_products_of_sums(ctx, next)) {
      bool too_large = false;
      next = distribute(ctx, next, std::min(most_tensor_terms, most_terms), too_large);
      if (too_large) note_too_large(ctx, notes);
    }
    if (expansion.is_spent()) return given;  // rather than what happened to come first
    const bool done = next == e || expansion.has_kept();
    e = next;
    if (done) break;
  }
  return e;
}

}  // namespace

void note_too_large(const Context& ctx, Notes* notes, const std::string& terms) {
  if (notes == nullptr) return;
  const std::string size =
      terms.empty() ? "its polynomials are too large" : "too large, up to " + terms + " terms";
  const std::string text = "a part stays as it is: " + size +
                           " (limit expanded_terms: " + std::to_string(ctx.limits().expanded_terms) +
                           ", and about 50 ms for a product, gcd or factoring)";
  if (std::find(notes->begin(), notes->end(), text) == notes->end()) notes->push_back(text);
}

Ref expand(Context& ctx, Ref e, Notes* notes) {
  return expanded(ctx, every_literal_array(ctx, e), notes, ctx.limits().expanded_terms);
}

Ref expand_within(Context& ctx, Ref e, size_t most_terms) {
  return expanded(ctx, e, nullptr, std::min<size_t>(most_terms, ctx.limits().expanded_terms));
}

}  // namespace nabla
