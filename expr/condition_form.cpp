#include "expr/condition_form.h"

#include <algorithm>
#include <iterator>
#include <unordered_map>
#include <unordered_set>

#include "expr/array_domain.h"
#include "expr/definite.h"
#include "expr/diagnostic.h"
#include "expr/differentiable.h"
#include "expr/indexed.h"
#include "expr/substitute.h"
#include "expr/table_text.h"
#include "expr/tensor.h"
#include "expr/walk.h"

namespace nabla {
namespace {

bool is_array(const Context& ctx, Ref r) { return ctx[r].shape != scalar_shape; }

// A comparison with its axes renamed or broadcast says the same of every entry.
Ref without_axes(const Context& ctx, Ref c) {
  while (ctx.kind(c) == Kind::indexed) {
    const IndexedView v = view_indexed(ctx, c);
    const Kind k = v.factors.size() == 1 ? ctx.kind(v.factors[0]) : Kind::none;
    if (k != Kind::compare && k != Kind::connective) break;
    c = v.factors[0];
  }
  return c;
}

// Whether a RELATION 0 or 0 RELATION a is known of every entry.
bool is_known(Facts f, Relation relation, bool left) {
  switch (relation) {
    case Relation::less:
      return (f & (left ? nonpositive : nonnegative)) && (f & nonzero);
    case Relation::less_equal:
      return f & (left ? nonpositive : nonnegative);
    case Relation::not_equal:
      return f & nonzero;
    case Relation::equal:
      return (f & nonpositive) && (f & nonnegative);
  }
  return false;
}

// The factors of an entry by entry product; empty if it is none, or has factors that are no data.
std::vector<Ref> factors_of_entries(const Context& ctx, Ref u) {
  if (ctx.kind(u) != Kind::indexed) return {};
  const IndexedView v = view_indexed(ctx, u);
  const Labelling& l = *v.labelling;
  if (l.label_count != l.output.size() || !l.guards.empty()) return {};
  for (Ref f : v.factors) {
    if (ctx.kind(f) == Kind::structural && !is_structural(ctx, f, Structural::iota)) return {};
  }
  for (const auto& labels : l.factors) {  // a diagonal is not the whole matrix
    for (size_t k = 1; k < labels.size(); ++k) {
      if (std::find(labels.begin(), labels.begin() + static_cast<ptrdiff_t>(k), labels[k]) !=
          labels.begin() + static_cast<ptrdiff_t>(k))
        return {};
    }
  }
  return {v.factors.begin(), v.factors.end()};
}

// x'*x as the only thing that is 0 where x is; Ref{} for anything but a norm.
Ref square_of_norm(Context& ctx, Ref u) {
  const bool norm = ctx.is_function(u, Fn::norm2) || ctx.is_function(u, Fn::normF);
  if (!norm || ctx[u].shape != scalar_shape) return {};
  const Ref square = ctx.power(u, int64_t{2});
  return ctx.kind(square) == Kind::power ? Ref{} : square;
}

class Simpler {
 public:
  Simpler(Context& ctx, Ref comparison, std::vector<Ref>& parts)
      : ctx_(ctx), relation_(static_cast<Relation>(ctx[comparison].tag)), parts_(parts) {
    a_ = ctx[comparison].operand(0);
    b_ = ctx[comparison].operand(1);
    left_ = b_ == zero;
    known_ = left_ || a_ == zero;
    u_ = left_ ? a_ : b_;
  }

  bool run(const std::function<PowerNotZero(Ref, Ref)>& of_power) {
    if (!known_) return inverse_is_not();
    if (shifted()) return true;
    const Node n = ctx_[u_];
    if (n.kind == Kind::sum) {  // 4*x - 4*y against 0 is x - y against 0
      const Rational content = sum_content(ctx_, u_).abs();
      if (!content.is_one()) return sides(ctx_.scale(ctx_.number(Rational(1) / content), u_), zero, left_);
    }
    const bool positive = relation_ == Relation::less && !left_;
    const bool nothing = relation_ == Relation::not_equal;
    if (positive || nothing) {
      if (ctx_.is_function(u_, Fn::abs)) return put(condition(ctx_, Relation::not_equal, n.operand(0), zero));
      if (const Ref square = square_of_norm(ctx_, u_))
        return put(condition(ctx_, Relation::not_equal, square, zero));
    }
    if (nothing && ctx_.is_function(u_, Fn::exp)) return true;  // of complex numbers too
    if (nothing && without_inverse()) return true;
    if (nothing) return factors_not_zero(of_power);
    if (relation_ == Relation::equal) return false;
    const bool whole =
        n.kind == Kind::power && ctx_.is_number(n.operand(1)) && ctx_.value(n.operand(1)).is_integer();
    if (whole && positive && ctx_.value(n.operand(1)).is_even())
      return put(condition(ctx_, Relation::not_equal, n.operand(0), zero));
    if (n.kind == Kind::product && without_positive_factors()) return true;
    if (n.kind == Kind::product && ctx_.is_number(n.operand(0))) {
      const Term t = ctx_.split_coefficient(u_);
      return sides(t.body, zero, left_ == (ctx_.value(t.coefficient).sign() > 0));
    }
    const bool odd = whole && !ctx_.value(n.operand(1)).is_even();
    return odd && sides(n.operand(0), zero, left_);
  }

 private:
  bool put(Ref c) {
    parts_.push_back(c);
    return true;
  }
  // term REL bound, or turned around
  bool sides(Ref term, Ref bound, bool same) {
    return put(same ? condition(ctx_, relation_, term, bound) : condition(ctx_, relation_, bound, term));
  }
  bool is_one(Ref body) const {
    return body == one || (ctx_.kind(body) == Kind::fill && ctx_[body].operand(0) == one);
  }

  // 1/x != c is x != 1/c
  bool inverse_is_not() {
    if (relation_ != Relation::not_equal) return false;
    const Ref c = ctx_.is_number(a_) ? a_ : b_, inverse = c == a_ ? b_ : a_;
    const Factor p = ctx_.split_exponent(inverse);
    if (!ctx_.is_number(c) || p.exponent != minus_one) return false;
    const Ref bound = ctx_.number(Rational(1) / ctx_.value(c));
    return put(condition(ctx_, relation_, ctx_.subtract(p.base, bound), zero));
  }

  // cos(asin(x)) != 0 is x != -1 and x != 1, and cos(acos(x)) != 0 is x != 0, as is sin(atan(x)) != 0.
  bool without_inverse() {
    const bool cos = ctx_.is_function(u_, Fn::cos), sin = ctx_.is_function(u_, Fn::sin);
    if (!cos && !sin) return false;
    const Ref angle = ctx_.operands(u_)[0];
    const auto is_angle = [&](Fn inverse) { return ctx_.is_function(angle, inverse); };
    if (is_angle(cos ? Fn::asin : Fn::acos))
      return put(condition(ctx_, relation_, ctx_.operands(angle)[0], minus_one)) &&
             put(condition(ctx_, relation_, ctx_.operands(angle)[0], one));
    const bool same = cos ? is_angle(Fn::acos) : is_angle(Fn::asin) || is_angle(Fn::atan);
    return same && put(condition(ctx_, relation_, ctx_.operands(angle)[0], zero));
  }

  // c + k*t against 0 is t against -c/k
  bool shifted() {
    const Node n = ctx_[u_];
    if (n.kind != Kind::sum || n.count != 4) return false;
    const bool first = is_one(n.operand(1));
    if (!first && !is_one(n.operand(3))) return false;
    const size_t k = first ? 2 : 0;
    const Rational &slope = ctx_.value(n.operand(k)), &offset = ctx_.value(n.operand(2 - k));
    const Ref bound = ctx_.number(-offset / slope), term = n.operand(k + 1);
    return sides(term, bound, left_ == (slope.sign() > 0) || relation_ == Relation::equal);
  }

  // exp(x)*y^2 > 0 is y^2 > 0
  bool without_positive_factors() {
    std::vector<Ref> rest;
    const auto factors = ctx_.operands(u_);
    std::copy_if(factors.begin(), factors.end(), std::back_inserter(rest),
                 [&](Ref f) { return ctx_.is_number(f) || !is_positive(ctx_[f].facts); });
    return rest.size() < factors.size() && sides(ctx_.product(rest), zero, left_);
  }

  bool factors_not_zero(const std::function<PowerNotZero(Ref, Ref)>& of_power) {
    const Node n = ctx_[u_];
    if (n.kind == Kind::power) {
      const PowerNotZero said = of_power(n.operand(0), n.operand(1));
      if (said == PowerNotZero::base) put(condition(ctx_, relation_, n.operand(0), zero));
      return said != PowerNotZero::as_it_is;
    }
    const bool product = n.kind == Kind::product || n.kind == Kind::long_product;
    std::vector<Ref> factors = factors_of_entries(ctx_, u_);
    if (product) factors.assign(n.operands().begin(), n.operands().end());
    if (factors.empty() || (factors.size() == 1 && factors[0] == u_)) return false;
    for (Ref f : factors) put(condition(ctx_, relation_, f, zero));
    return true;
  }

  Context& ctx_;
  Relation relation_;
  std::vector<Ref>& parts_;
  Ref a_, b_;  // the sides
  Ref u_;      // the one that is not 0
  bool left_ = false, known_ = false;
};

}  // namespace

Ref condition(Context& ctx, Relation relation, Ref a, Ref b) {
  if (!is_array(ctx, a) && !is_array(ctx, b)) return ctx.compare(relation, a, b);
  if (b == zero && is_known(ctx[a].facts, relation, true)) return ctx.truth(true);
  if (a == zero && is_known(ctx[b].facts, relation, false)) return ctx.truth(true);
  return without_axes(ctx, tensor_compare(ctx, relation, a, b));
}

Ref not_condition(Context& ctx, Ref c) {
  if (!is_array(ctx, c)) return ctx.negation(c);
  const Node n = ctx[c];
  if (n.kind != Kind::compare)
    return without_axes(ctx, tensor_connective(ctx, Connective::negation, {&c, 1}));
  const Ref a = n.operand(0), b = n.operand(1);
  switch (static_cast<Relation>(n.tag)) {
    case Relation::less:
      return condition(ctx, Relation::less_equal, b, a);
    case Relation::less_equal:
      return condition(ctx, Relation::less, b, a);
    case Relation::equal:
      return condition(ctx, Relation::not_equal, a, b);
    case Relation::not_equal:
      break;
  }
  return condition(ctx, Relation::equal, a, b);
}

static Ref combined(Context& ctx, Connective c, Ref a, Ref b) {
  const bool truth = ctx.kind(a) == Kind::truth || ctx.kind(b) == Kind::truth || a == b;
  if (truth || (!is_array(ctx, a) && !is_array(ctx, b)))
    return c == Connective::conjunction ? ctx.conjunction(a, b) : ctx.disjunction(a, b);
  const Ref pair[2] = {a, b};
  return without_axes(ctx, tensor_connective(ctx, c, pair));
}

Ref and_conditions(Context& ctx, Ref a, Ref b) { return combined(ctx, Connective::conjunction, a, b); }
Ref or_conditions(Context& ctx, Ref a, Ref b) { return combined(ctx, Connective::disjunction, a, b); }

static Ref moved_comparison(Context& ctx, Ref c, const std::function<Ref(Ref)>& moved) {
  if (const Ref call = call_with_value(ctx, c)) return has_value(ctx, moved(call));
  if (const Ref call = differentiable_call(ctx, c)) {
    const Ref other = moved(call);
    return differentiable_words(ctx, other).empty() ? c : differentiable(ctx, other);
  }
  const Node n = ctx[c];
  return condition(ctx, static_cast<Relation>(n.tag), moved(n.operand(0)), moved(n.operand(1)));
}

Ref moved_condition(Context& ctx, Ref c, const std::function<Ref(Ref)>& moved) {
  std::unordered_map<Ref, Ref> image;
  const auto is_truth = [&](Ref r) { return ctx.kind(r) >= Kind::truth && ctx.kind(r) <= Kind::connective; };
  for (Ref r : nodes_below(ctx, {&c, 1}, is_truth)) {
    const Node n = ctx[r];
    if (n.kind != Kind::connective) {
      image[r] = n.kind == Kind::truth ? r : moved_comparison(ctx, r, moved);
    } else if (n.count == 1) {
      image[r] = not_condition(ctx, image.at(n.operand(0)));
    } else {
      image[r] =
          combined(ctx, static_cast<Connective>(n.tag), image.at(n.operand(0)), image.at(n.operand(1)));
    }
  }
  return image.count(c) != 0 ? image.at(c) : moved(c);  // entry by entry, with other axes
}

Ref condition_of_text(Context& ctx, std::string_view text, std::span<const Ref> arguments) {
  const std::string key = "condition " + std::string(text);
  auto it = ctx.cache().find(key);
  if (it == ctx.cache().end()) it = ctx.cache().emplace(key, ctx.pin(parse_table_text(ctx, text))).first;
  constexpr std::string_view names[] = {"x", "y", "z"};
  std::unordered_map<Ref, Ref> values;
  for (size_t k = 0; k < arguments.size(); ++k) values[placeholder(ctx, names[k])] = arguments[k];
  const Ref root = ctx.pinned(it->second);
  for (Ref r : nodes_below(ctx, root)) {
    if (values.count(r)) continue;
    std::vector<Ref> list;
    bool array = false;
    for (Ref c : ctx.operands(r)) {
      list.push_back(values.at(c));
      array = array || is_array(ctx, list.back());
    }
    const Node n = ctx[r];
    if (n.kind == Kind::compare) {
      values[r] = condition(ctx, static_cast<Relation>(n.tag), list[0], list[1]);
    } else if (n.kind == Kind::connective) {
      values[r] = n.count == 1 ? not_condition(ctx, list[0])
                               : combined(ctx, static_cast<Connective>(n.tag), list[0], list[1]);
    } else {
      values[r] = array ? apply_entrywise(ctx, r, list) : list.empty() ? r : ctx.rebuild(r, list);
    }
  }
  return values.at(root);
}

std::vector<Ref> comparisons_of(Context& ctx, Ref truth) {
  const auto enter = [&](Ref r) { return ctx.kind(r) == Kind::compare || ctx.kind(r) == Kind::connective; };
  std::vector<Ref> list;
  for (Ref r : nodes_below(ctx, {&truth, 1}, enter)) {
    if (ctx.kind(r) == Kind::compare) list.push_back(r);
  }
  return list;
}

bool append_simpler(Context& ctx, Ref comparison,
                    const std::function<PowerNotZero(Ref base, Ref exponent)>& of_power,
                    std::vector<Ref>& parts) {
  return Simpler(ctx, comparison, parts).run(of_power);
}

bool agree_at_border(Context& ctx, Ref comparison, Ref yes, Ref no) {
  Ref a = ctx.operands(comparison)[0], b = ctx.operands(comparison)[1];
  if (ctx.kind(a) != Kind::symbol) std::swap(a, b);
  if (ctx.kind(a) != Kind::symbol || contains(ctx, b, a)) return false;
  const std::pair<Ref, Ref> border{a, b};
  try {
    return substitute(ctx, yes, {&border, 1}) == substitute(ctx, no, {&border, 1});
  } catch (const Failure& failure) {
    if (failure.diagnostic.code == Code::step_limit || failure.diagnostic.code == Code::cancelled) throw;
    return false;  // one of them has no value there
  }
}

// x != 0 of a vector as if the vector were one number.
static Ref as_one(Context& ctx, Ref c) {
  std::unordered_map<Ref, Ref> values;
  const auto enter = [&](Ref r) { return ctx.kind(r) >= Kind::truth && ctx.kind(r) <= Kind::connective; };
  for (Ref r : nodes_below(ctx, {&c, 1}, enter)) {
    const Node n = ctx[r];
    if (n.kind == Kind::truth) {
      values[r] = r;
    } else if (n.kind == Kind::compare) {
      values[r] = ctx.compare(static_cast<Relation>(n.tag), n.operand(0), n.operand(1));
    } else if (n.count == 1) {
      values[r] = ctx.negation(values.at(n.operand(0)));
    } else {
      const Ref a = values.at(n.operand(0)), b = values.at(n.operand(1));
      const bool conjunction = n.tag == static_cast<uint16_t>(Connective::conjunction);
      values[r] = conjunction ? ctx.conjunction(a, b) : ctx.disjunction(a, b);
    }
  }
  return values.at(c);
}

// "sqrtm(A) has a value", "the largest eigenvalue of S is simple"; empty of a condition that is a formula.
static std::string condition_words(Context& ctx, Ref c, const PrintOptions& options) {
  constexpr size_t most_characters = 60;
  const auto words = [&](std::string_view text) {
    return options.format == Format::latex && !text.empty() ? "\\text{" + std::string(text) + "}"
                                                            : std::string(text);
  };
  if (const Ref call = call_with_value(ctx, c)) return print(ctx, call, options) + words(" has a value");
  const Ref call = differentiable_call(ctx, c);
  if (!call) return {};
  const std::string_view text = differentiable_words(ctx, call);
  const size_t at = text.find('#');
  if (at == std::string_view::npos) return words(text);
  const std::string argument = print(ctx, ctx.operands(call)[0], options);
  return words(text.substr(0, at)) + (argument.size() > most_characters ? words("its argument") : argument) +
         words(text.substr(at + 1));
}

std::string condition_text(Context& ctx, Ref c, const PrintOptions& options) {
  const bool latex = options.format == Format::latex;
  if (std::string words = condition_words(ctx, c, options); !words.empty()) return words;
  if (is_array(ctx, c))
    return print(ctx, as_one(ctx, c), options) + (latex ? "\\text{ in every entry}" : " in every entry");
  const Node n = ctx[c];
  const bool either = n.kind == Kind::connective && n.tag == static_cast<uint16_t>(Connective::disjunction);
  const std::string words = either ? condition_words(ctx, n.operand(1), options) : "";
  if (words.empty()) return print(ctx, c, options);
  return print(ctx, n.operand(0), options) + (latex ? "\\text{ or }" : " or ") + words;
}

}  // namespace nabla
