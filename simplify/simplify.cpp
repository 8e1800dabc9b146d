#include "simplify/simplify.h"

#include <algorithm>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "expr/diagnostic.h"
#include "expr/walk.h"
#include "simplify/block_products.h"
#include "simplify/common_factors.h"
#include "simplify/common_monomial.h"
#include "simplify/content.h"
#include "simplify/entrywise.h"
#include "simplify/expand_tensor.h"
#include "simplify/literal_arrays.h"
#include "simplify/logs_and_powers.h"
#include "simplify/matrix_rows.h"
#include "simplify/normal_quotient.h"
#include "simplify/passes.h"
#include "simplify/proved_equal.h"
#include "simplify/quotient_forms.h"
#include "simplify/radicals.h"
#include "simplify/range_sums.h"
#include "simplify/rebuilt.h"
#include "simplify/rewrite.h"
#include "simplify/scalar_forms.h"
#include "simplify/scalar_regions.h"
#include "simplify/simplify_trace.h"
#include "simplify/weight.h"
#include "simplify/zero_test.h"

namespace nabla {
namespace {

constexpr int most_rounds = 8;
// Of a part that is given to the passes, whose time grows faster than its size.
constexpr uint64_t most_weight = 400 * Weight::of_node;
// Of a whole sum or product that is written as one quotient.
constexpr uint64_t most_quotient_weight = 10'000 * Weight::of_node;
constexpr uint64_t least_quotient_weight = 40 * Weight::of_node;
constexpr int most_quotient_names = 10;
constexpr uint64_t most_multiplied_out = 100 * Weight::of_node;

// Three times the work of the longest proof among the derivatives of 600 integrals.
constexpr uint64_t most_zero_test = 20'000;

// A form that is heavier so many times is left: further steps do not make up for that.
constexpr uint64_t most_growth = 3;

bool has_arrays(Context& ctx, Ref e) {
  const std::vector<Ref> nodes = nodes_below(ctx, e);
  return std::any_of(nodes.begin(), nodes.end(), [&](Ref r) { return ctx[r].shape != scalar_shape; });
}

class Simplifier {
 public:
  Simplifier(Context& ctx, SimplifyTrace* trace)
      : ctx_(ctx),
        trace_(trace),
        weight_(ctx),
        matrix_rows_(ctx, matrix_rules()),
        entrywise_(ctx, weight_, trace),
        start_(ctx.budget().spent()) {}

  Ref run(Ref given) {
    tensors_ = has_arrays(ctx_, given);
    Ref best = rewritten(given);
    for (bool first = true;; first = false) {
      const Ref e = opened(best);
      if (e == best && !first) return best;
      const Ref next = rounds(rewritten(e));
      if (weight_(next) >= weight_(best)) return best;
      best = next;
    }
  }

  // Whether there were any in what was given.
  bool had_arrays() const { return tensors_; }

  // Whether the work has reached its bound: passes are no longer tried.
  bool spent() const { return ctx_.budget().spent() - start_ > ctx_.limits().simplify_steps; }

 private:
  Ref rewritten(Ref e) {
    e = rewrite_by_rules(ctx_, weight_, matrix_rows_, e, trace_);
    if (!tensors_) return e;
    e = rewritten_as(e, with_literal_arrays(ctx_, weight_, e), "arrays worked out");
    e = rewritten_as(e, with_range_sums(ctx_, weight_, e), "sums of powers");
    const Ref blocks = with_blocks_multiplied(ctx_, e);
    if (blocks == e || weight_(e) < weight_(blocks)) return e;
    if (weight_(blocks) == weight_(e) && count_blocks(ctx_, e) <= count_blocks(ctx_, blocks)) return e;
    return rewrite_by_rules(ctx_, weight_, matrix_rows_, noted(e, blocks, "block by block"), trace_);
  }

  // The form, if it is lighter, rewritten once more.
  Ref rewritten_as(Ref e, Ref form, std::string_view pass) {
    if (weight_(form) >= weight_(e)) return e;
    return rewrite_by_rules(ctx_, weight_, matrix_rows_, noted(e, form, pass), trace_);
  }

  // A form that a pass made, with a word about it for the trace.
  Ref noted(Ref from, Ref form, std::string_view pass) {
    if (trace_ != nullptr) trace_->by_pass(from, form, pass);
    return form;
  }
  Ref with_parts(Ref r, std::span<const Ref> parts) {
    const Ref other = rebuilt(ctx_, r, parts);
    if (trace_ != nullptr) trace_->by_parts(r, other, parts);
    return other;
  }
  Ref take_out(Ref e) { return noted(e, take_out_common_factors(ctx_, weight_, e), "common factor"); }
  Ref take_out_of_terms(Ref e) { return noted(e, take_out_monomials(ctx_, weight_, e), "common factor"); }

  // What only wholes show: factors common to sums of tensors, and large parts as quotients.
  Ref opened(Ref e) { return quotients(take_out(e)); }

  Ref rounds(Ref e) {
    for (int i = 0; i < most_rounds; ++i) {
      const Ref other = round(e);
      if (other == e) break;
      const Ref next = rewritten(other);
      if (weight_(next) >= weight_(e)) break;
      e = next;
    }
    return e;
  }

  // What is too large for the passes as one quotient each.
  Ref quotients(Ref e) {
    const std::vector<Ref> nodes = nodes_below(ctx_, e);
    find_outermost(nodes);
    if (inside_large_.empty()) return e;
    RefMap<Ref> image(e.id + 1);
    std::vector<Ref> operands;
    for (const Ref r : nodes) {
      operands.clear();
      for (const Ref o : ctx_.operands(r)) operands.push_back(image[o]);
      image[r] = with_parts(r, operands);
      if (outermost_.count(r) > 0 && weight_(r) > most_weight) image[r] = as_quotient(image[r]);
    }
    return image[e];
  }

  Ref round(Ref e) {
    RefMap<Ref> image(e.id + 1);
    std::vector<Ref> operands;
    const std::vector<Ref> nodes = nodes_below(ctx_, e);
    find_outermost(nodes);
    const std::unordered_set<Ref> entrywise = outermost_entrywise(nodes);
    for (const Ref r : nodes) {
      operands.clear();
      for (const Ref o : ctx_.operands(r)) operands.push_back(image[o]);
      image[r] = lighter(lightest(with_parts(r, operands)), lightest(r));
      if (outermost_.count(r) > 0) image[r] = as_quotient(image[r]);
      if (entrywise.count(r) > 0 && !spent()) image[r] = entrywise_(image[r]);
    }
    return tensors_ ? multiplied_out(image[e]) : image[e];
  }

  // What is no part of a formula of entries, and is or has such a formula.
  std::unordered_set<Ref> outermost_entrywise(std::span<const Ref> nodes) const {
    std::unordered_set<Ref> outermost;
    if (!tensors_) return outermost;
    outermost.insert(nodes.back());
    for (const Ref r : nodes) {
      for (const Ref o : ctx_.operands(r)) {
        const bool inside = ctx_[o].shape == ctx_[r].shape && entrywise_.is_computed(r, ctx_[r].shape) &&
                            entrywise_.is_computed(o, ctx_[o].shape);
        if (!inside) outermost.insert(o);
      }
    }
    return outermost;
  }

  // A part may be one that a function takes only as it was, such as a matrix that is known to be symmetric.
  Ref expanded_tensor(Ref e) {
    try {
      return expand_tensor(ctx_, e, Holds::where_given);
    } catch (const Failure& f) {
      if (!has_no_value(f)) throw;
      return e;
    }
  }

  // Whether a sum stands inside, or the inverse or a function of a product: what may be multiplied out.
  bool may_multiply_out(Ref e) {
    const std::vector<Ref> nodes = nodes_below(ctx_, e);
    return std::any_of(nodes.begin(), nodes.end(), [&](Ref r) {
      if (is_sum(r)) return r != e;
      const Kind k = ctx_.kind(r);
      return (k == Kind::matpow || k == Kind::function) && ctx_.kind(ctx_.operands(r)[0]) == Kind::indexed;
    });
  }

  // With products of sums of tensors multiplied out, where less is left: x'*(A - A')*x is 0.
  Ref multiplied_out(Ref e) {
    if (weight_(e) > most_multiplied_out || spent()) return e;
    const auto [known, fresh] = multiplied_out_.try_emplace(e, e);
    if (fresh && may_multiply_out(e)) {
      const Ref expanded = noted(e, expanded_tensor(e), "multiplied out");
      // What got much heavier by it seldom gets so light again.
      if (expanded != e && weight_(expanded) <= 2 * weight_(e)) {
        const Ref form = take_out(rewritten(expanded));
        // A little less is not worth losing the factors; a sum has none.
        const bool less =
            is_sum(e) ? weight_(form) * 6 <= weight_(e) * 5 : weight_(form) < weight_(e) / 4 * 3;
        if (less) multiplied_out_[e] = form;
      }
    }
    return multiplied_out_[e];
  }

  // The operands that r computes with by the rules of algebra: all but an exponent.
  std::span<const Ref> algebraic_parts(Ref r) const {
    return ctx_.operands(r).first(ctx_.kind(r) == Kind::power ? 1 : ctx_.operands(r).size());
  }

  // The sums, products and powers that are no part of another, and the parts of those that are too large for
  // the passes.
  void find_outermost(std::span<const Ref> nodes) {
    outermost_ = {nodes.back()};
    inside_large_.clear();
    for (size_t i = nodes.size(); i-- > 0;) {
      const Ref r = nodes[i];
      if (!is_scalar_algebra(ctx_, r)) {
        for (const Ref o : ctx_.operands(r)) outermost_.insert(o);
        continue;
      }
      if (ctx_.kind(r) == Kind::power) outermost_.insert(ctx_.operands(r)[1]);
      const bool large = inside_large_.count(r) > 0 || (outermost_.count(r) > 0 && weight_(r) > most_weight);
      if (!large) continue;
      for (const Ref o : algebraic_parts(r)) inside_large_.insert(o);
    }
  }

  // Of the forms of one node whose operands are simplified already.
  Ref lightest(Ref r) {
    auto& memo = inside_large_.count(r) > 0 ? lightest_inside_large_ : lightest_;
    if (const auto known = memo.find(r); known != memo.end()) return known->second;
    Ref best = r;
    if (may_change(r)) {
      best = lightest_form(r);
    } else if (ctx_[r].shape == scalar_shape && ctx_.kind(r) == Kind::power) {
      best = lightest_power(r);
    } else if (ctx_[r].shape == scalar_shape && ctx_.kind(r) == Kind::product) {
      best = lightest_product(r);
    } else if (ctx_.is_function(r, Fn::cbrt)) {
      best = lighter(r, noted(r, cube_root_apart(ctx_, r), "nested root"));
      best = with_number_before(r, best);
    } else if (ctx_.kind(r) == Kind::sum) {
      best = noted(r, take_out_of_sum(ctx_, weight_, r), "common factor");
      best = multiplied_out(best);
    } else if (ctx_.kind(r) == Kind::product && tensors_) {
      best = noted(r, with_minus_inside(ctx_, weight_, r), "minus taken in");
    }
    if (best != r && !may_change(r) && !may_change(best)) memo.emplace(best, best);  // no step is left
    memo.emplace(r, best);
    return best;
  }

  bool is_sum(Ref r) const { return ctx_.kind(r) == Kind::sum || ctx_.kind(r) == Kind::long_sum; }

  // A sum, or a product in which a sum or an angle can change the form.
  bool may_change(Ref r) const {
    if (ctx_[r].shape != scalar_shape) return false;
    if (ctx_.kind(r) != Kind::product) return is_sum(r);
    const auto factors = ctx_.operands(r);
    return std::any_of(factors.begin(), factors.end(), [&](Ref f) {
      const Factor p = ctx_.split_exponent(f);
      return is_sum(p.base) || ctx_.is_function(p.base, Fn::sin);
    });
  }

  bool is_root(Ref exponent) const { return ctx_.is_number(exponent) && !ctx_.value(exponent).is_integer(); }

  // With a symbolic exponent: a*(a/x)^(b - 1)/x^2 is a^b/x^(b + 1).
  bool has_power_of_product(Ref product) const {
    const auto factors = ctx_.operands(product);
    return std::any_of(factors.begin(), factors.end(), [&](Ref f) {
      return ctx_.kind(f) == Kind::power && ctx_.kind(ctx_.operands(f)[0]) == Kind::product &&
             !ctx_.is_number(ctx_.operands(f)[1]);
    });
  }

  // A product without sums: logarithms and roots that cancel.
  Ref lightest_product(Ref r) {
    if (weight_(r) > most_weight || spent()) return r;
    Ref best = lighter(r, noted(r, by_logs_of_primes(ctx_, r), "logarithms of primes"));
    best = lighter(best, noted(r, quotient_of_roots(ctx_, r), "quotient of roots"));
    if (has_power_of_product(r))
      best = lighter(best, rewritten(noted(r, expand_powers(ctx_, r), "powers of products")));
    return tensors_ ? lighter(best, noted(best, with_minus_inside(ctx_, weight_, best), "minus taken in"))
                    : best;
  }

  Ref with_number_before(Ref root, Ref best) {
    for (const Ref form : with_content_before_root(ctx_, root))
      best = lighter(best, noted(root, form, "common number"));
    return best;
  }

  // Whether a term of the sum has a divisor, as exp(-x) has exp(x).
  bool has_denominator(Ref sum) const {
    const auto list = ctx_.operands(sum);
    for (size_t i = 1; i < list.size(); i += 2) {
      const bool product = ctx_.kind(list[i]) == Kind::product;
      const auto factors = product ? ctx_.operands(list[i]) : list.subspan(i, 1);
      if (std::any_of(factors.begin(), factors.end(), [&](Ref f) { return divides(f); })) return true;
    }
    return false;
  }
  bool divides(Ref factor) const {
    if (!ctx_.is_function(factor, Fn::exp)) return is_negative_number(ctx_.split_exponent(factor).exponent);
    return is_negative_number(ctx_.split_coefficient(ctx_.operands(factor)[0]).coefficient);
  }
  bool is_negative_number(Ref e) const { return ctx_.is_number(e) && ctx_.value(e).sign() < 0; }

  // Of a power of a sum with divisors: 1/(1/x + 1) is x/(x + 1).
  Ref lightest_quotient(Ref r, Ref best) {
    for (const Ref form : quotient_forms(ctx_, r, most_growth * weight_(r) / Weight::of_node))
      try_form(noted(r, form, quotient_pass(ctx_, form)), r, best);
    return best;
  }

  // A power of a sum: roots out of roots and denominators, and even powers out of roots.
  Ref lightest_power(Ref r) {
    const Ref base = ctx_.operands(r)[0], exponent = ctx_.operands(r)[1];
    if (ctx_.kind(base) != Kind::sum || !ctx_.is_number(exponent)) return r;
    if (weight_(r) > most_weight || spent()) return r;
    Ref best = lighter(r, noted(r, root_apart(ctx_, r), "roots taken apart"));
    best = with_number_before(r, best);
    if (!is_root(exponent) && has_denominator(base)) best = lightest_quotient(r, best);
    if (best != r || !is_root(exponent)) return best;
    const Ref factors = factor(ctx_, base);
    if (factors == base) return r;
    return lighter(r, rewritten(noted(r, ctx_.power(factors, exponent), "factored under the root")));
  }

  Ref lightest_form(Ref r) {
    Ref best = lighter(take_out_of_terms(r), noted(r, without_content(ctx_, r), "common number"));
    best = lighter(best, noted(r, clear_radicands(ctx_, weight_, r), "one denominator under the root"));
    const uint64_t weight = weight_(r);
    if (weight > most_weight || inside_large_.count(r) > 0) return best;
    if (spent()) return best;
    // Of forms of one weight the first stays.
    for (const Ref form : quotient_forms(ctx_, r, most_growth * weight / Weight::of_node))
      try_form(noted(r, form, quotient_pass(ctx_, form)), r, best);
    if (has_indexed_below(r) && !spent()) try_form(noted(r, expand(ctx_, r), "multiplied out"), r, best);
    for (const NamedForm& pass : other_forms()) {
      if (!spent()) try_form(noted(r, pass.form(ctx_, r), pass.name), r, best);
    }
    return best;
  }

  // Such as products of vectors and matrices, which are multiplied out, too.
  bool has_indexed_below(Ref r) {
    const std::vector<Ref> nodes = nodes_below(ctx_, r);
    return std::any_of(nodes.begin(), nodes.end(), [&](Ref n) { return ctx_.kind(n) == Kind::indexed; });
  }

  void try_form(Ref form, Ref r, Ref& best) {
    if (form == r || weight_(form) > most_growth * weight_(r)) return;
    best = lighter(best, take_out_of_terms(rewritten(form)));
  }

  // Where that is lighter by a sixteenth: a little less is not worth the time of another round.
  Ref as_quotient(Ref r) {
    if (!may_change(r) || weight_(r) <= least_quotient_weight || weight_(r) > most_quotient_weight ||
        spent() || has_many_names(r))
      return r;
    const auto [known, fresh] = quotients_.try_emplace(r);
    if (fresh) {
      const Ref form = rewritten(noted(r, normal_quotient(ctx_, weight_, r), "one fraction"));
      known->second = weight_(form) < weight_(r) / 16 * 15 ? form : r;
    }
    return known->second;
  }

  // Dense polynomials in so many variables are too large to be worth their time.
  bool has_many_names(Ref r) {
    const std::vector<Ref> nodes = nodes_below(ctx_, r);
    const auto is_name = [&](Ref n) { return ctx_.kind(n) == Kind::symbol || ctx_.kind(n) == Kind::entry; };
    return std::count_if(nodes.begin(), nodes.end(), is_name) > most_quotient_names;
  }

  Ref lighter(Ref a, Ref b) { return weight_(b) < weight_(a) ? b : a; }

  Context& ctx_;
  SimplifyTrace* trace_;
  Weight weight_;
  MatrixRows matrix_rows_;
  EntrywiseForms entrywise_;
  uint64_t start_;
  bool tensors_ = false;  // whether there are any
  std::unordered_map<Ref, Ref> lightest_, lightest_inside_large_, quotients_, multiplied_out_;
  std::unordered_set<Ref> outermost_, inside_large_;
};

}  // namespace

Ref simplify(Context& ctx, Ref e, Notes* notes, SimplifyTrace* trace) {
  if (ctx[e].facts & has_operation) return e;
  const auto is_zero = [&](Ref form) {
    if (!proved_zero(ctx, form, most_zero_test)) return false;
    if (trace != nullptr) trace->by_pass(form, zero, "zero in normal form");
    return true;
  };
  if (is_zero(e)) return zero;
  Simplifier simplifier(ctx, trace);
  const Ref form = simplifier.run(e);
  if (simplifier.spent()) note_spent(ctx, notes);
  if (is_vanishing_exchange(ctx, form)) {
    const Ref none = ctx.zeros(ctx[form].shape);
    if (trace != nullptr) trace->by_pass(form, none, "zero in normal form");
    return none;
  }
  if (form == e) return form;
  // Branches that have become one formula, and numbers that were found from arrays, are a new question.
  const bool is_new = ctx.kind(e) == Kind::select || (simplifier.had_arrays() && !has_arrays(ctx, form));
  return is_new && is_zero(form) ? zero : form;
}

void note_spent(const Context& ctx, Notes* notes) {
  if (notes == nullptr) return;
  const std::string text = "the lightest form within the work of one call (limit simplify_steps: " +
                           std::to_string(ctx.limits().simplify_steps) +
                           "); parts that are simplified by themselves may get lighter";
  if (std::find(notes->begin(), notes->end(), text) == notes->end()) notes->push_back(text);
}

}  // namespace nabla
