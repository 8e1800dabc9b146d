#include "codegen/stable_forms.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "codegen/rewritten.h"
#include "expr/indexed.h"
#include "expr/tensor.h"
#include "expr/walk.h"

namespace nabla {
namespace {

bool is_real(const Context& ctx, Ref e) { return (ctx[e].facts & complex_valued) == 0; }

Ref argument(const Context& ctx, Ref e) { return ctx.operands(e)[0]; }

bool is_square(const Context& ctx, Ref e) {
  return ctx.kind(e) == Kind::power && ctx.is_number(ctx.operands(e)[1]) &&
         ctx.value(ctx.operands(e)[1]) == Rational(2);
}

// All entries of exp(x), summed up.
Ref summed_exponent(const Context& ctx, Ref e) {
  if (ctx.kind(e) != Kind::indexed || ctx[e].shape != scalar_shape) return {};
  const IndexedView v = view_indexed(ctx, e);
  const bool plain = v.factors.size() == 1 && v.labelling->guards.empty() && v.offsets.empty() &&
                     ctx.is_function(v.factors[0], Fn::exp) && ctx.shape_of(v.factors[0]).order() == 1;
  return plain ? argument(ctx, v.factors[0]) : Ref{};
}

// The roots with step(r) for each r below, made of what step gave for its operands.
template <class Step>
std::vector<Ref> rebuilt(Context& ctx, std::span<const Ref> roots, Step step) {
  const std::vector<Ref> nodes = nodes_below(ctx, roots);
  RefMap<Ref> image(nodes.empty() ? 0 : nodes.back().id);
  std::vector<Ref> list, out;
  for (Ref r : nodes) {
    list.clear();
    bool same = true;
    for (Ref c : ctx.operands(r)) {
      list.push_back(image[c]);
      same = same && image[c] == c;
    }
    image[r] = step(same ? r : ctx.rebuild(r, list));
  }
  for (Ref r : roots) out.push_back(image[r]);
  return out;
}

}  // namespace

std::vector<Ref> StableForms::operator()(std::span<const Ref> roots) {
  return rebuilt(ctx_, roots, [this](Ref r) { return is_real(ctx_, r) ? better(r) : r; });
}

std::string forms_note(const std::set<std::string>& forms) {
  if (forms.empty()) return {};
  std::string list;
  for (const std::string& f : forms) list += (list.empty() ? "" : ", ") + f;
  return "To lose less it computes " + list + "; --no-stable turns that off.";
}

// The terms of a sum without its number.
struct StableForms::Parts {
  struct Part {
    Rational coefficient;
    Ref body;
  };
  Rational number;
  std::vector<Part> others;
  bool all_known = true;  // their coefficients are numbers

  // The only other term.
  const Part* other() const { return others.size() == 1 ? &others[0] : nullptr; }
};

StableForms::Parts StableForms::parts_of(Ref sum) {
  std::vector<Term> terms;
  ctx_.append_terms(sum, terms);
  Parts out;
  for (const Term& t : terms) {
    if (!ctx_.is_number(t.coefficient)) {
      out.all_known = false;
    } else if (is_one(t.body)) {
      out.number = out.number + ctx_.value(t.coefficient);
    } else {
      out.others.push_back({ctx_.value(t.coefficient), t.body});
    }
  }
  return out;
}

bool StableForms::is_one(Ref body) const {
  return body == one || (ctx_.kind(body) == Kind::fill && argument(ctx_, body) == one);
}

Ref StableForms::call(Fn f, std::initializer_list<Ref> arguments) {
  const std::vector<Ref> list(arguments);
  const bool scalars =
      std::all_of(list.begin(), list.end(), [&](Ref a) { return ctx_[a].shape == scalar_shape; });
  return scalars ? ctx_.function(f, list) : tensor_function(ctx_, f, list);
}

Ref StableForms::scaled(const Rational& k, Ref e) {
  if (k.is_one()) return e;
  const Term term{ctx_.number(k), e};
  return ctx_[e].shape == scalar_shape ? ctx_.multiply(term.coefficient, e)
                                       : tensor_sum(ctx_, {&term, 1}, ctx_[e].shape);
}

Ref StableForms::noted(const char* form, Ref e) {
  found_.insert(form);
  return e;
}

Ref StableForms::better(Ref e) {
  switch (ctx_.kind(e)) {
    case Kind::function:
      return ctx_.function_of(e) == Fn::log ? logarithm(e) : e;
    case Kind::sum:
      return sum_with_number(e);
    case Kind::power:
      return power_of_sum(e);
    case Kind::product:
      return product(e);
    default:
      return e;
  }
}

Ref StableForms::logarithm(Ref log) {
  const Ref x = argument(ctx_, log);
  if (ctx_.kind(x) == Kind::sum) return logarithm_of_sum(log, x);
  if (const Ref v = summed_exponent(ctx_, x))
    return noted("logsumexp(x) for log(sum(exp(x)))", matrix_function(ctx_, Fn::logsumexp, {&v, 1}));
  if (ctx_.is_function(x, Fn::softmax)) {
    const std::vector<Ref> list(ctx_.operands(x).begin(), ctx_.operands(x).end());
    return noted("log_softmax(x) for log(softmax(x))", matrix_function(ctx_, Fn::log_softmax, list));
  }
  if (ctx_.is_function(x, Fn::gamma) && is_positive(ctx_[argument(ctx_, x)].facts))
    return noted("lgamma(x) for log(gamma(x))", call(Fn::lgamma, {argument(ctx_, x)}));
  if (ctx_.kind(x) != Kind::product) return log;
  std::vector<Ref> factors;
  ctx_.append_factors(x, factors);
  for (size_t k = 0; factors.size() == 2 && k < 2; ++k) {
    const Ref rest = ctx_.power(ctx_.subtract(one, factors[k]), minus_one);
    if (rest == factors[1 - k]) return noted("logit(x) for log(x/(1 - x))", call(Fn::logit, {factors[k]}));
  }
  return log;
}

Ref StableForms::logarithm_of_sum(Ref log, Ref sum) {
  const Parts p = parts_of(sum);
  if (!p.all_known) return log;
  const auto is_exp = [&](const Parts::Part& t) {
    return t.coefficient.is_one() && ctx_.is_function(t.body, Fn::exp);
  };
  if (p.number == Rational(0)) {
    if (p.others.size() != 2 || !is_exp(p.others[0]) || !is_exp(p.others[1])) return log;
    return noted("logaddexp(x, y) for log(exp(x) + exp(y))",
                 call(Fn::logaddexp, {argument(ctx_, p.others[0].body), argument(ctx_, p.others[1].body)}));
  }
  if (!p.number.is_one()) return log;
  const Parts::Part* other = p.other();
  if (other != nullptr && is_exp(*other))
    return noted("softplus(x) for log(1 + exp(x))", call(Fn::softplus, {argument(ctx_, other->body)}));
  // Of more terms the sum with 1 may cancel before they do.
  const bool grows = std::all_of(p.others.begin(), p.others.end(), [&](const Parts::Part& t) {
    return t.coefficient.sign() > 0 && (ctx_[t.body].facts & nonnegative) != 0;
  });
  if (other == nullptr && !grows) return log;
  std::vector<Term> terms;
  for (const Parts::Part& t : p.others) terms.push_back({ctx_.number(t.coefficient), t.body});
  const ShapeId shape = ctx_[sum].shape;
  const Ref rest = shape == scalar_shape ? ctx_.sum(terms) : tensor_sum(ctx_, terms, shape);
  return noted("log1p(x) for log(1 + x)", call(Fn::log1p, {rest}));
}

Ref StableForms::complement(const Parts& p, Ref sigmoid) {
  const Ref v = argument(ctx_, sigmoid);
  return noted("sigmoid(-x) for 1 - sigmoid(x)",
               scaled(p.number, call(Fn::sigmoid, {scaled(Rational(-1), v)})));
}

std::vector<Ref> StableForms::in_derivatives(std::span<const Ref> roots,
                                             const std::function<Ref(Ref)>& value) {
  return rebuilt(ctx_, roots, [&](Ref r) {
    if (ctx_.kind(r) != Kind::sum) return r;
    const Parts p = parts_of(r);
    if (!p.all_known || p.other() == nullptr) return r;
    const Ref f = value(p.other()->body);
    const bool differ = p.number + p.other()->coefficient == Rational(0) && p.number != Rational(0);
    return differ && ctx_.is_function(f, Fn::sigmoid) && is_real(ctx_, f) ? complement(p, f) : r;
  });
}

Ref StableForms::sum_with_number(Ref sum) {
  const Parts p = parts_of(sum);
  const Parts::Part* other = p.other();
  if (!p.all_known || other == nullptr || p.number == Rational(0) || ctx_.kind(other->body) != Kind::function)
    return sum;
  const Ref f = other->body, v = argument(ctx_, f);
  const bool differ = p.number + other->coefficient == Rational(0);
  if (!differ && p.number != other->coefficient) return sum;
  if (ctx_.function_of(f) == Fn::erf)
    return noted("erfc(x) for 1 - erf(x)",
                 scaled(p.number, call(Fn::erfc, {differ ? v : scaled(Rational(-1), v)})));
  if (!differ) return sum;
  switch (ctx_.function_of(f)) {
    case Fn::exp:
      return noted("expm1(x) for exp(x) - 1", scaled(other->coefficient, call(Fn::expm1, {v})));
    case Fn::sigmoid:
      return complement(p, f);
    case Fn::cos: {
      const Ref half = call(Fn::sin, {scaled(Rational::fraction(1, 2), v)}), two = ctx_.number(2);
      const Ref square =
          ctx_[half].shape == scalar_shape ? ctx_.power(half, two) : tensor_power(ctx_, half, two);
      return noted("2*sin(x/2)^2 for 1 - cos(x)", scaled(Rational(2) * p.number, square));
    }
    default:
      return sum;
  }
}

Ref StableForms::power_of_sum(Ref power) {
  const Ref base = ctx_.operands(power)[0], e = ctx_.operands(power)[1];
  if (ctx_.kind(base) != Kind::sum || !ctx_.is_number(e)) return power;
  const Parts p = parts_of(base);
  const Rational exponent = ctx_.value(e);
  const auto to = [&](Ref x, const Rational& k) {
    if (k.is_one()) return x;
    return ctx_[x].shape == scalar_shape ? ctx_.power(x, ctx_.number(k))
                                         : tensor_power(ctx_, x, ctx_.number(k));
  };
  if (!p.all_known) return power;
  if (p.number.is_one() && p.other() != nullptr && p.other()->coefficient.is_one() &&
      ctx_.is_function(p.other()->body, Fn::exp) && exponent.is_integer() && exponent.sign() < 0) {
    const Ref v = argument(ctx_, p.other()->body);
    return noted("sigmoid(x) for 1/(1 + exp(-x))",
                 to(call(Fn::sigmoid, {scaled(Rational(-1), v)}), Rational(-1) * exponent));
  }
  const Rational twice = exponent * Rational(2);
  const bool root = twice.is_integer() && !exponent.is_integer();
  if (!root || p.number != Rational(0) || p.others.size() != 2) return power;
  for (const Parts::Part& t : p.others) {
    if (!t.coefficient.is_one() || !is_square(ctx_, t.body)) return power;
  }
  Ref a = argument(ctx_, p.others[0].body), b = argument(ctx_, p.others[1].body);
  const bool names = ctx_.kind(a) == Kind::symbol && ctx_.kind(b) == Kind::symbol;
  if (names && ctx_.symbol(b).name < ctx_.symbol(a).name) std::swap(a, b);  // hypot(x, y), for people
  const Ref length = call(Fn::hypot, {a, b});
  return noted("hypot(x, y) for sqrt(x^2 + y^2)", to(length, twice));
}

// exp(x)*sigmoid(-x) as sigmoid(x), sin(x)/x as sinc(x).
Ref StableForms::product(Ref e) {
  std::vector<Ref> factors;
  ctx_.append_factors(e, factors);
  for (size_t k = 0; k < factors.size(); ++k) {
    if (ctx_.is_function(factors[k], Fn::exp)) {
      const Ref v = argument(ctx_, factors[k]), other = call(Fn::sigmoid, {ctx_.negate(v)});
      const auto at = std::find(factors.begin(), factors.end(), other);
      if (at == factors.end()) continue;
      *at = call(Fn::sigmoid, {v});
      factors.erase(factors.begin() + static_cast<ptrdiff_t>(k));
      return ctx_.product(factors);
    }
    if (ctx_.is_function(factors[k], Fn::sin)) {
      if (const Ref quotient = quotient_sinc(factors[k], factors)) return quotient;
    }
  }
  return e;
}

// The product with sinc(x) in place of sin(x) and 1/x, if it is divided by x.
Ref StableForms::quotient_sinc(Ref sine, std::span<const Ref> factors) {
  std::vector<Ref> divisors, rest(factors.begin(), factors.end());
  const Ref x = argument(ctx_, sine);
  ctx_.append_factors(ctx_.power(x, minus_one), divisors);
  Ref scale = one;
  for (Ref d : divisors) {
    if (ctx_.is_number(d)) {
      scale = ctx_.power(d, minus_one);
      continue;
    }
    const auto at = std::find(rest.begin(), rest.end(), d);
    if (at == rest.end()) return {};
    rest.erase(at);
  }
  *std::find(rest.begin(), rest.end(), sine) = call(Fn::sinc, {x});
  rest.push_back(scale);
  return noted("sinc(x) for sin(x)/x", ctx_.product(rest));
}

Program with_small_slopes(Context& ctx, Program program, std::set<std::string>& found) {
  StableForms forms(ctx);
  const auto value = [&](Ref r) { return ctx.kind(r) == Kind::let ? program.lets[ctx[r].payload].value : r; };
  std::unordered_map<Ref, Ref> better;
  std::vector<Ref> values;
  for (const Let& l : program.lets) values.push_back(l.value);
  const std::vector<Ref> images = forms.in_derivatives(values, value);
  for (size_t i = 0; i < values.size(); ++i) {
    if (images[i] != values[i]) better.emplace(program.lets[i].name, images[i]);
  }
  if (better.empty()) return program;
  found.insert(forms.found().begin(), forms.found().end());
  return rewritten(ctx, std::move(program), [&](const Let& l, const MovedLets& moved, Lowering& lowering) {
    const auto at = better.find(l.name);
    return lowering.lower(moved(at == better.end() ? l.value : at->second));
  });
}

}  // namespace nabla
