#include "simplify/polynomial_form.h"

#include <algorithm>
#include <numeric>

#include "expr/diagnostic.h"

namespace nabla {
namespace {

constexpr size_t most_kernels = 500;
constexpr size_t most_nodes = 100'000;  // each has a value
constexpr size_t large = 1'000;         // terms of a value that is dropped when it is used up
constexpr uint64_t most_denominator = 64;
constexpr int64_t most_exponent = int64_t{1} << 20;

bool is_constant_of(const Context& ctx, Ref r, Constant c) {
  return ctx.kind(r) == Kind::constant && static_cast<Constant>(ctx[r].tag) == c;
}

int64_t small_integer(const Rational& q) {
  const auto n = q.as_int();
  if (!n || *n > most_exponent || *n < -most_exponent) throw TooLarge{};
  return *n;
}

[[noreturn]] void division_by_zero() {
  throw Failure(Code::division_by_zero, "division by zero: a denominator is 0 wherever it has a value");
}

}  // namespace

PolynomialForm::PolynomialForm(Context& ctx, Ref e, Denominators denominators, const Images* images,
                               PolynomialWork work)
    : ctx_(ctx), root_(e), denominators_(denominators), images_(images), work_(work) {
  visit(e);
  number_kernels();
}

RationalFunction PolynomialForm::value() {
  for (Ref r : order_) {
    ctx_.budget().spend();
    RationalFunction v = compute(r);
    check_size(v);
    values_.emplace(r, std::move(v));
    drop_used(r);
  }
  const RationalFunction& f = values_.at(root_);
  return denominators_ == Denominators::divided ? lowest(reduced(f)) : reduced(f);
}

// ---- finding the kernels ----

Ref PolynomialForm::image(Ref r) const {
  if (images_ == nullptr) return r;
  const auto found = images_->find(r);
  return found == images_->end() ? r : found->second;
}

// The parts whose values the value of r is made of.
void PolynomialForm::append_needs(Ref r, std::vector<Ref>& list) const {
  const Node& n = ctx_[r];
  switch (n.kind) {
    case Kind::sum:
      for (size_t i = 1; i < n.count; i += 2) list.push_back(n.operand(i));
      return;
    case Kind::long_sum:
    case Kind::product:
    case Kind::long_product:
      list.insert(list.end(), n.operands().begin(), n.operands().end());
      return;
    case Kind::power:
      r = n.operand(0);
      if (is_scalar_algebra(ctx_, r)) list.push_back(r);
      [[fallthrough]];
    default:
      // |u|^k is reduced by |u|^2 = u^2 if |u| has a relation, which another part may give it.
      if (ctx_.is_function(r, Fn::abs) && image(r) == r) list.push_back(ctx_.operands(r)[0]);
      return;
  }
}

void PolynomialForm::visit(Ref root) {
  std::unordered_map<Ref, bool> entered;  // true: done
  std::vector<Ref> stack{root}, parts;
  while (!stack.empty()) {
    const Ref r = stack.back();
    if (const auto [at, fresh] = entered.try_emplace(r, false); !fresh) {
      stack.pop_back();
      if (at->second) continue;
      at->second = true;
      order_.push_back(r);
      continue;
    }
    ctx_.budget().spend();
    if (entered.size() > most_nodes) throw TooLarge{};
    parts.clear();
    append_needs(r, parts);
    for (Ref p : parts) {
      ++uses_[p];
      if (entered.count(p) == 0) stack.push_back(p);
    }
    find_kernels(r);
  }
}

void PolynomialForm::find_kernels(Ref r) {
  if (ctx_.kind(r) == Kind::power) {
    const Factor p = power_of(r);
    return add_power(p.base, p.exponent);
  }
  if (is_scalar_algebra(ctx_, r)) return;
  const Ref a = image(r);
  if (ctx_.is_number(a)) return;
  if (ctx_.is_function(a, Fn::exp)) return add_power(ctx_.constant(Constant::e), ctx_.operands(a)[0]);
  add_family(a, {one, 1}, is_constant_of(ctx_, a, Constant::im) || (a == r && ctx_.is_function(a, Fn::abs)));
}

// Base and exponent of a power; exp(u)^n is e^(n*u).
Factor PolynomialForm::power_of(Ref r) {
  const Ref base = ctx_.operands(r)[0], exponent = image(ctx_.operands(r)[1]);
  const Ref e = is_scalar_algebra(ctx_, base) ? base : image(base);
  const bool integer = (ctx_[exponent].facts & integer_valued) != 0;
  if (!ctx_.is_function(e, Fn::exp) || (!integer && (ctx_[e].facts & complex_valued)))
    return {base, exponent};
  return {ctx_.constant(Constant::e), ctx_.multiply(exponent, ctx_.operands(e)[0])};
}

void PolynomialForm::add_power(Ref base, Ref exponent) {
  for (const Part& p : parts_of(base, exponent)) {
    const bool divided = denominators_ == Denominators::divided || p.coefficient.sign() > 0;
    const bool of_value =
        p.body == one && is_scalar_algebra(ctx_, base) && p.coefficient.is_integer() && divided;
    if (!of_value)
      add_family(is_scalar_algebra(ctx_, base) ? base : image(base), p,
                 p.body == one && (is_scalar_algebra(ctx_, base) || ctx_.is_number(base)));
  }
}

// base^exponent as a product of powers whose exponents have one term.
std::vector<PolynomialForm::Part> PolynomialForm::parts_of(Ref base, Ref exponent) {
  if (ctx_.is_number(exponent)) return {{one, ctx_.value(exponent)}};
  std::vector<Term> terms;
  ctx_.append_terms(exponent, terms);
  const Facts facts = ctx_[base].facts;
  const bool exponential = is_constant_of(ctx_, base, Constant::e);
  const bool integer = std::all_of(terms.begin(), terms.end(), [&](const Term& t) {
    return t.body == one || (ctx_.value(t.coefficient).is_integer() && (ctx_[t.body].facts & integer_valued));
  });
  // Powers of a kernel are put together again when they are written, so that 0 is no exception; but those of
  // the number 0 would be worked out.
  const bool rejoined = base != zero && (!is_scalar_algebra(ctx_, base) || (facts & nonzero));
  const bool splits = exponential || (rejoined && ((facts & nonnegative) || integer));
  std::vector<Part> parts;
  std::vector<Term> rest;
  for (const Term& t : terms) {
    const Rational& c = ctx_.value(t.coefficient);
    const Rational whole = splits ? c : rejoined && t.body == one ? c.floor() : Rational(0);
    if (!whole.is_zero()) parts.push_back({t.body, whole});
    if (whole != c) rest.push_back({ctx_.number(c - whole), t.body});
  }
  if (!rest.empty()) {
    const Rational first = ctx_.value(rest[0].coefficient);
    const Ref body = ctx_.scale(ctx_.number(Rational(1) / first), ctx_.sum(rest));
    parts.push_back({body, first});
  }
  // 0^(-n) has a value for n < 0, where 0^n has none: two kernels.
  for (Part& p : parts) {
    const bool apart = !exponential && !(facts & nonzero) && p.body != one && p.coefficient.sign() < 0;
    if (apart) p = {ctx_.negate(p.body), -p.coefficient};
  }
  return parts;
}

void PolynomialForm::add_family(Ref base, const Part& part, bool related) {
  Family& f = families_[{base, part.body}];
  const auto over = part.coefficient.numerator().abs().as_int(),
             under = part.coefficient.denominator().as_int();
  if (!over || !under) throw TooLarge{};
  // x^n has a value wherever x^(2*n) has one if x >= 0 or n is an integer.
  const bool splits = is_constant_of(ctx_, base, Constant::e) || (ctx_[base].facts & nonnegative) ||
                      (ctx_[part.body].facts & integer_valued);
  f.over = splits ? 1 : std::gcd(f.over, static_cast<uint64_t>(*over));
  f.under = std::lcm(f.under, static_cast<uint64_t>(*under));
  f.related = f.related || related;
  if (f.under > most_denominator || families_.size() > most_kernels) throw TooLarge{};
}

void PolynomialForm::number_kernels() {
  // By name and structure, not by age, which the keys are ordered by. The first kernel is the main variable.
  std::vector<std::pair<const Key, Family>*> list;
  for (auto& entry : families_) list.push_back(&entry);
  const auto rank = [&](Ref r) {
    if (ctx_.kind(r) == Kind::symbol) return 0;
    return ctx_.is_number(r) || ctx_.kind(r) == Kind::constant ? 2 : 1;
  };
  std::sort(list.begin(), list.end(), [&](const auto* a, const auto* b) {
    const Ref x = a->first.first, y = b->first.first;
    if (rank(x) != rank(y)) return rank(x) < rank(y);
    if (rank(x) == 0 && x != y) return ctx_.symbol(x).name < ctx_.symbol(y).name;
    const int order = ctx_.compare_structure(x, y);
    return order != 0 ? order < 0 : ctx_.compare_structure(a->first.second, b->first.second) < 0;
  });
  for (auto* entry : list) {
    const auto& [base, body] = entry->first;
    Family& f = entry->second;
    f.kernel = kernels_.size();
    const Rational unit = Rational::fraction(static_cast<int64_t>(f.over), static_cast<int64_t>(f.under));
    Kernel k;
    k.base = base;
    k.body = body;
    k.unit = ctx_.scale(ctx_.number(unit), body);
    if (body == one && !f.related) k.root = f.under;
    if (f.related) {
      k.degree = f.under;
      if (is_constant_of(ctx_, base, Constant::im)) k.degree *= 2;
      if (ctx_.is_function(base, Fn::abs)) {
        k.square_of = ctx_.operands(base)[0];
        k.degree = ctx_[k.square_of].facts & complex_valued ? 0 : 2 * f.under;
      }
      if (k.degree > 0) related_.push_back(f.kernel);
    }
    kernels_.push_back(k);
  }
  std::sort(related_.begin(), related_.end(),
            [&](size_t a, size_t b) { return kernels_[a].base > kernels_[b].base; });
  ring_.emplace(std::max<size_t>(kernels_.size(), 1));
  powers_.resize(kernels_.size());
  for (const Kernel& k : kernels_) {
    written_bases_.push_back(images_ && is_scalar_algebra(ctx_, k.base) ? with_images(ctx_, k.base, *images_)
                                                                        : k.base);
  }
}

// ---- values ----

RationalFunction PolynomialForm::constant(const Rational& c) const {
  return {ring_->constant(c), ring_->constant(1)};
}

size_t PolynomialForm::most_terms() const {
  return std::min<size_t>(work_.most_terms, ctx_.limits().expanded_terms);
}

void PolynomialForm::check_size(const RationalFunction& f) {
  const size_t terms = std::max(f.n.terms(), f.d.terms());
  if (terms > most_terms()) throw TooLarge{};
  // Without gcds it is about five times faster.
  spend(f.d.is_one() ? f.n.terms() / 5 : f.n.terms() + f.d.terms());
}

void PolynomialForm::spend(size_t terms) {
  ctx_.budget().spend(terms);
  work_.terms += terms * (1 + kernels_.size() / 16);  // long monomials cost more
  work_.is_spent = work_.terms > work_.most_values * most_terms();
  if (work_.is_spent) throw TooLarge{};
}

// Of a long chain only the last values are kept, and what relations need.
void PolynomialForm::drop_used(Ref r) {
  std::vector<Ref> parts;
  append_needs(r, parts);
  for (Ref p : parts) {
    if (--uses_.at(p) > 0) continue;
    const auto value = values_.find(p);
    if (value->second.n.terms() + value->second.d.terms() < large) continue;
    const bool needed = std::any_of(related_.begin(), related_.end(), [&](size_t k) {
      return kernels_[k].base == p || kernels_[k].square_of == p;
    });
    if (!needed) values_.erase(value);
  }
}

const RationalFunction* PolynomialForm::value_of(Ref node) const {
  const auto found = values_.find(node);
  return found == values_.end() ? nullptr : &found->second;
}

RationalFunction PolynomialForm::compute(Ref r) {
  const Node& n = ctx_[r];
  std::vector<RationalFunction> list;
  switch (n.kind) {
    case Kind::number:
      return constant(ctx_.value(r));
    case Kind::sum:
      for (size_t i = 0; i < n.count; i += 2) {
        const RationalFunction& v = values_.at(n.operand(i + 1));
        list.push_back({v.n.times(ctx_.value(n.operand(i))), v.d});
      }
      return sum_of(std::move(list));
    case Kind::long_sum:
      for (Ref o : n.operands()) list.push_back(values_.at(o));
      return sum_of(std::move(list));
    case Kind::product:
    case Kind::long_product:
      for (Ref o : n.operands()) list.push_back(values_.at(o));
      return product_of(std::move(list), most_terms());
    case Kind::power: {
      const Factor p = power_of(r);
      return power_value(p.base, p.exponent);
    }
    default:
      break;
  }
  const Ref a = image(r);
  if (ctx_.is_number(a)) return constant(ctx_.value(a));
  if (ctx_.is_function(a, Fn::exp)) return power_value(ctx_.constant(Constant::e), ctx_.operands(a)[0]);
  const Family& f = families_.at({a, one});
  return kernel_power(f.kernel, Rational(static_cast<int64_t>(f.under)));
}

RationalFunction PolynomialForm::power_value(Ref base, Ref exponent) {
  RationalFunction total = constant(1);
  for (const Part& p : parts_of(base, exponent)) {
    const bool negative = p.coefficient.sign() < 0;
    if (p.body == one && is_scalar_algebra(ctx_, base)) {
      const RationalFunction& b = values_.at(base);
      if (negative && reduced(b).n.is_zero()) division_by_zero();
      if (p.coefficient.is_integer() && (!negative || denominators_ == Denominators::divided)) {
        total = total * pow(b, small_integer(p.coefficient));
        continue;
      }
    }
    const Family& f = families_.at({is_scalar_algebra(ctx_, base) ? base : image(base), p.body});
    const Rational unit = Rational::fraction(static_cast<int64_t>(f.over), static_cast<int64_t>(f.under));
    total = total * kernel_power(f.kernel, p.coefficient / unit);
  }
  return total;
}

RationalFunction PolynomialForm::kernel_power(size_t kernel, const Rational& exponent) const {
  const int64_t e = small_integer(exponent);
  const Polynomial p = ring_->variable(kernel).pow(static_cast<uint64_t>(e < 0 ? -e : e));
  return e < 0 ? RationalFunction{ring_->constant(1), p} : RationalFunction{p, ring_->constant(1)};
}

// ---- relations ----

// The value of kernel^degree.
RationalFunction PolynomialForm::relation(const Kernel& k) {
  if (k.square_of) return pow(values_.at(k.square_of), 2);
  if (is_constant_of(ctx_, k.base, Constant::im)) return constant(-1);
  if (ctx_.is_number(k.base)) return constant(ctx_.value(k.base));
  return values_.at(k.base);
}

// p, where powers of the kernel beyond `down` are reduced.
RationalFunction PolynomialForm::reduced_by(size_t kernel, const Polynomial& p, uint64_t down) {
  const Kernel& k = kernels_[kernel];
  if (p.degree(kernel) < down + k.degree) return {p, ring_->constant(1)};
  const RationalFunction value = relation(k);
  std::vector<RationalFunction> list;
  for (const auto& [e, c] : p.coefficients(kernel)) {
    const uint64_t times = e < down ? 0 : (e - down) / k.degree;
    const Polynomial rest = c * ring_->variable(kernel).pow(e - times * k.degree);
    list.push_back({rest * value.n.pow(times), value.d.pow(times)});
    check_size(list.back());
  }
  return sum_of(std::move(list));
}

RationalFunction PolynomialForm::reduced(const RationalFunction& f) {
  RationalFunction r = f;
  for (size_t k : related_) {
    const bool monomials = denominators_ == Denominators::kept;
    if (r.n.degree(k) < kernels_[k].degree && r.d.degree(k) < kernels_[k].degree) continue;
    const RationalFunction n = reduced_by(k, r.n, monomials ? r.d.degree(k) : 0);
    const RationalFunction d = monomials ? RationalFunction{r.d, ring_->constant(1)} : reduced_by(k, r.d, 0);
    if (d.n.is_zero()) division_by_zero();
    r = n * RationalFunction{d.d, d.n};
  }
  return r;
}

RationalFunction PolynomialForm::lowest(const RationalFunction& f) {
  RationalFunction r = f;
  for (size_t k : related_) {
    const uint64_t degree = kernels_[k].degree;
    const RationalFunction u = relation(kernels_[k]);
    if (degree < 2 || !u.d.is_one()) continue;
    const auto lowest_power = [&](const Polynomial& p) {
      const auto list = p.coefficients(k);
      return list.empty() ? 0 : list.back().first;
    };
    const Polynomial root = ring_->variable(k);
    if (const uint64_t j = lowest_power(r.d); j > 0) {  // n*u/r^j is n*r^(degree - j)
      if (const auto n = r.n.quotient(u.n)) r = {*n * root.pow(degree - j), r.d.exact_quotient(root.pow(j))};
    } else if (const uint64_t i = lowest_power(r.n);
               i > 0 && !u.n.is_constant()) {  // r^i/u is 1/r^(degree - i)
      if (const auto d = r.d.quotient(u.n)) r = {r.n.exact_quotient(root.pow(i)), *d * root.pow(degree - i)};
    }
    for (Polynomial* p : {&r.n, &r.d}) {  // u*r is r^(degree + 1): (x + 1)^(3/2)
      if (u.n.is_constant() || lowest_power(*p) == 0) continue;
      for (auto q = p->quotient(u.n); q; q = p->quotient(u.n)) *p = *q * root.pow(degree);
    }
  }
  return r;
}

// ---- writing ----

Ref PolynomialForm::power(size_t kernel, int64_t exponent) {
  Ref& known = powers_[kernel][exponent];
  if (!known) {
    const Ref e = ctx_.scale(ctx_.number(exponent), kernels_[kernel].unit);
    known = ctx_.power(written_bases_[kernel], e);
  }
  return known;
}

// c times the powers of the kernels; exp(x)*exp(y) as exp(x + y).
Term PolynomialForm::term(const Rational& c, std::span<const int64_t> exponents) {
  std::vector<Ref> factors;
  std::vector<Term> exponent;
  for (size_t k = 0; k < kernels_.size(); ++k) {
    if (exponents[k] == 0) continue;
    if (is_constant_of(ctx_, kernels_[k].base, Constant::e)) {
      exponent.push_back({ctx_.number(exponents[k]), kernels_[k].unit});
    } else {
      factors.push_back(power(k, exponents[k]));
    }
  }
  if (!exponent.empty()) factors.push_back(ctx_.function(Fn::exp, {ctx_.sum(exponent)}));
  const Term t = ctx_.product_term(one, factors);
  return {t.coefficient == one ? ctx_.number(c) : ctx_.number(c * ctx_.value(t.coefficient)), t.body};
}

Ref PolynomialForm::monomial(const Rational& c, std::span<const int64_t> exponents) {
  const Term t = term(c, exponents);
  return ctx_.scale(t.coefficient, t.body);
}

Ref PolynomialForm::expression(const Polynomial& p, const Polynomial& d) {
  const size_t n = ring_->variables();
  std::vector<uint64_t> up(n), down(n);
  std::vector<int64_t> exponents(n);
  d.exponents(0, down);
  const Rational divisor = d.coefficient(0);
  std::vector<Term> terms;
  terms.reserve(p.terms());
  spend(p.terms());
  for (size_t i = 0; i < p.terms(); ++i) {
    p.exponents(i, up);
    for (size_t k = 0; k < n; ++k) exponents[k] = static_cast<int64_t>(up[k]) - static_cast<int64_t>(down[k]);
    const Rational c = p.coefficient(i);
    terms.push_back(term(divisor.is_one() ? c : c / divisor, exponents));
  }
  return ctx_.sum(terms, scalar_shape);
}

Ref PolynomialForm::expression(const Polynomial& p) { return expression(p, ring_->constant(1)); }

}  // namespace nabla
