#include "simplify/kernel_field.h"

#include <algorithm>
#include <numeric>

namespace nabla {
namespace {

constexpr size_t most_kernels = 100;
constexpr uint64_t most_denominator = 64;

// A family of exponentials of e, and one of angles; any other base is a node of its own.
constexpr Ref exponentials{}, angles = one;

bool is_exponential(const Context& ctx, Ref r) {
  return ctx.is_function(r, Fn::exp) ||
         (ctx.kind(r) == Kind::constant && static_cast<Constant>(ctx[r].tag) == Constant::e);
}

bool is_angle_function(const Context& ctx, Ref r) {
  return ctx.is_function(r, Fn::sin) || ctx.is_function(r, Fn::cos);
}

bool has_number_exponent(const Context& ctx, Ref power) { return ctx.is_number(ctx.operands(power)[1]); }

uint64_t small_denominator(const Rational& q) {
  const auto d = q.denominator().as_int();
  if (!d || static_cast<uint64_t>(*d) > most_denominator) throw TooLarge{};
  return static_cast<uint64_t>(*d);
}

int64_t small_integer(const Rational& q) {
  const auto n = q.as_int();
  if (!n) throw TooLarge{};
  return *n;
}

}  // namespace

KernelField::KernelField(Context& ctx, Ref root) : ctx_(ctx), root_(root) {
  collect(root);
  number_kernels();
}

bool KernelField::is_zero() {
  for (Ref r : order_) {
    ctx_.budget().spend();
    values_.emplace(r, value(r));
  }
  return reduced(values_.at(root_).n).is_zero();
}

// ---- finding the kernels ----

// The parts whose values the value of r is made of.
void KernelField::needs(Ref r, std::vector<Ref>& list) const {
  const Node& n = ctx_[r];
  switch (n.kind) {
    case Kind::sum:
    case Kind::long_sum:
    case Kind::product:
    case Kind::long_product:
      list.insert(list.end(), n.operands().begin(), n.operands().end());
      return;
    case Kind::power:
      list.push_back(n.operand(0));
      return;
    case Kind::function:
      if (ctx_.is_function(r, Fn::abs)) list.push_back(n.operand(0));
      return;
    default:
      return;
  }
}

void KernelField::collect(Ref root) {
  std::unordered_map<Ref, bool> entered;  // true: done
  std::vector<Ref> stack{root}, parts;
  while (!stack.empty()) {
    const Ref r = stack.back();
    parts.clear();
    if (const auto [at, fresh] = entered.try_emplace(r, false); !fresh) {
      stack.pop_back();
      if (at->second) continue;
      at->second = true;
      order_.push_back(r);
      continue;
    }
    ctx_.budget().spend();
    needs(r, parts);
    for (Ref p : parts) {
      if (entered.count(p) == 0) stack.push_back(p);
    }
    if (is_exponential(ctx_, r)) {
      collect_exponent(exponentials, ctx_.kind(r) == Kind::constant ? one : ctx_.operands(r)[0]);
    } else if (is_angle_function(ctx_, r)) {
      collect_exponent(angles, ctx_.operands(r)[0]);
    } else if (ctx_.kind(r) == Kind::power) {
      const Ref base = is_exponential(ctx_, ctx_.operands(r)[0]) ? exponentials : ctx_.operands(r)[0];
      if (base || has_number_exponent(ctx_, r)) collect_exponent(base, ctx_.operands(r)[1]);
    }
  }
}

void KernelField::collect_exponent(Ref base, Ref exponent) {
  std::vector<Term> terms;
  ctx_.append_terms(exponent, terms);
  for (const Term& t : terms) {
    const uint64_t d = small_denominator(ctx_.value(t.coefficient));
    if (t.body == one && base != exponentials && base != angles) {  // u^(3/2), the part 3/2 of u^(n + 3/2)
      uint64_t& degree = roots_.try_emplace(base, 1).first->second;
      degree = std::lcm(degree, d);
    } else {
      Family& f = families_[{base, t.body}];
      f.denominator = std::lcm(f.denominator, d);
    }
  }
}

size_t KernelField::add_kernel(Kernel k) {
  if (kernels_.size() == most_kernels) throw TooLarge{};
  kernels_.push_back(k);
  return kernels_.size() - 1;
}

void KernelField::number_kernels() {
  for (const auto& [base, degree] : roots_) degree_ = std::lcm(degree_, degree);
  if (degree_ > most_denominator) throw TooLarge{};
  for (auto& [key, family] : families_) {
    family.kernel = add_kernel({key.first == angles ? Kernel::Sort::sine : Kernel::Sort::plain, 0, {}});
    if (key.first == angles) add_kernel({});
  }
  std::vector<Ref> parts;
  for (Ref r : order_) {
    parts.clear();
    needs(r, parts);
    if (const auto root = roots_.find(r); root != roots_.end() && root->second > 1) {
      root_of_[r] = add_kernel({Kernel::Sort::root, degree_, r});
    }
    if (ctx_.is_function(r, Fn::abs)) {
      kernel_of_[r] = add_kernel({Kernel::Sort::modulus, 2, ctx_.operands(r)[0]});
    } else if (parts.empty() && !ctx_.is_number(r) && !is_exponential(ctx_, r) &&
               !is_angle_function(ctx_, r)) {
      kernel_of_[r] = add_kernel({});
    }
  }
  ring_.emplace(std::max<size_t>(kernels_.size(), 1));
}

// ---- values ----

Quotient KernelField::constant(const Rational& c) const { return {ring_->constant(c), ring_->constant(1)}; }
Quotient KernelField::variable(size_t kernel) const { return {ring_->variable(kernel), ring_->constant(1)}; }

Quotient KernelField::sum(const Quotient& a, const Quotient& b) const {
  if (a.n.is_zero()) return b;
  if (b.n.is_zero()) return a;
  const Polynomial g = gcd(a.d, b.d), x = a.d.exact_quotient(g), y = b.d.exact_quotient(g);
  const Polynomial n = a.n * y + b.n * x, d = a.d * y;
  if (g.is_one()) return {n, d};
  const Polynomial common = gcd(n, g);
  return {n.exact_quotient(common), d.exact_quotient(common)};
}

Quotient KernelField::product(const Quotient& a, const Quotient& b) const {
  const Polynomial g = gcd(a.n, b.d), h = gcd(b.n, a.d);
  return {a.n.exact_quotient(g) * b.n.exact_quotient(h), a.d.exact_quotient(h) * b.d.exact_quotient(g)};
}

Quotient KernelField::power(const Quotient& a, const Rational& integer) {
  const int64_t k = small_integer(integer);
  const auto size = static_cast<uint64_t>(k < 0 ? -k : k);
  if (k >= 0) return {a.n.pow(size), a.d.pow(size)};
  if (reduced(a.n).is_zero()) throw Undecided{};
  return {a.d.pow(size), a.n.pow(size)};
}

Quotient KernelField::value(Ref r) {
  const Node n = ctx_[r];
  switch (n.kind) {
    case Kind::number:
      return constant(ctx_.value(r));
    case Kind::sum: {
      Quotient total = constant(0);
      for (size_t i = 0; i < n.count; i += 2) {
        total = sum(total, product(constant(ctx_.value(n.operand(i))), values_.at(n.operand(i + 1))));
      }
      return total;
    }
    case Kind::long_sum: {
      Quotient total = constant(0);
      for (Ref o : n.operands()) total = sum(total, values_.at(o));
      return total;
    }
    case Kind::product:
    case Kind::long_product: {
      Quotient total = constant(1);
      for (Ref o : n.operands()) total = product(total, values_.at(o));
      return total;
    }
    case Kind::power:
      return power_value(r);
    default:
      return function_value(r);
  }
}

Quotient KernelField::function_value(Ref r) {
  if (ctx_.kind(r) == Kind::constant && is_exponential(ctx_, r)) return exponential(exponentials, one);
  if (ctx_.is_function(r, Fn::exp)) return exponential(exponentials, ctx_.operands(r)[0]);
  if (ctx_.is_function(r, Fn::sin)) return sine_and_cosine(ctx_.operands(r)[0]).first;
  if (ctx_.is_function(r, Fn::cos)) return sine_and_cosine(ctx_.operands(r)[0]).second;
  return variable(kernel_of_.at(r));
}

Quotient KernelField::power_value(Ref r) {
  const Ref base = ctx_.operands(r)[0], exponent = ctx_.operands(r)[1];
  if (has_number_exponent(ctx_, r) && ctx_.value(exponent).is_integer()) {
    return power(values_.at(base), ctx_.value(exponent));
  }
  if (is_exponential(ctx_, base)) {
    if (!has_number_exponent(ctx_, r)) throw Undecided{};
    // e^q; exp(u)^q is exp(q*u) for real u.
    const Ref u = ctx_.kind(base) == Kind::constant ? one : ctx_.operands(base)[0];
    if (ctx_.kind(base) != Kind::constant) throw Undecided{};
    return exponential(exponentials, ctx_.multiply(exponent, u));
  }
  return exponential(base, exponent);
}

// base^(c1*b1 + c2*b2 + …) is the product of the powers of its kernels.
Quotient KernelField::exponential(Ref base, Ref exponent) {
  std::vector<Term> terms;
  ctx_.append_terms(exponent, terms);
  Quotient total = constant(1);
  for (const Term& t : terms) {
    const Rational& c = ctx_.value(t.coefficient);
    if (t.body != one || base == exponentials) {
      total = product(total, of_family({base, t.body}, c));
      continue;
    }
    total = product(total, roots_.at(base) == 1 ? power(values_.at(base), c) : root_power(base, c));
  }
  return total;
}

// Bases of one value have one root: that of sec(x)^2 is that of 1 + tan(x)^2.
Quotient KernelField::root_power(Ref base, const Rational& exponent) {
  const auto [known, fresh] = same_root_.try_emplace(base, root_of_.at(base));
  if (fresh) {
    const Quotient& b = values_.at(base);
    for (size_t k : root_kernels_) {
      const Quotient& other = values_.at(kernels_[k].base);
      if (!reduced(b.n * other.d - other.n * b.d).is_zero()) continue;
      known->second = k;
      break;
    }
    if (known->second == root_of_.at(base)) root_kernels_.push_back(known->second);
  }
  return power(variable(known->second), exponent * Rational(static_cast<int64_t>(degree_)));
}

Quotient KernelField::of_family(const Key& key, const Rational& coefficient) {
  const Family& f = families_.at(key);
  return power(variable(f.kernel), coefficient * Rational(static_cast<int64_t>(f.denominator)));
}

// By the addition theorems, angle by angle, each a multiple of its kernel's.
std::pair<Quotient, Quotient> KernelField::sine_and_cosine(Ref angle) {
  std::vector<Term> terms;
  ctx_.append_terms(angle, terms);
  Quotient s = constant(0), c = constant(1);
  const auto turn = [&](const Quotient& s1, const Quotient& c1) {
    Quotient next = sum(product(s, c1), product(c, s1));
    c = sum(product(c, c1), product(constant(-1), product(s, s1)));
    s = std::move(next);
  };
  for (const Term& t : terms) {
    const Family& f = families_.at({angles, t.body});
    const int64_t k =
        small_integer(ctx_.value(t.coefficient) * Rational(static_cast<int64_t>(f.denominator)));
    if (k > static_cast<int64_t>(most_denominator) || k < -static_cast<int64_t>(most_denominator))
      throw TooLarge{};
    const Quotient sine = product(constant(k < 0 ? -1 : 1), variable(f.kernel)),
                   cosine = variable(f.kernel + 1);
    for (int64_t i = 0; i < (k < 0 ? -k : k); ++i) turn(sine, cosine);
  }
  return {std::move(s), std::move(c)};
}

// ---- relations ----

// The same up to a factor that is not 0, with low powers of the kernels that satisfy a relation.
Polynomial KernelField::reduced(Polynomial p) {
  for (size_t k = kernels_.size(); k-- > 0;) {
    const Kernel& kernel = kernels_[k];
    if (kernel.sort == Kernel::Sort::plain) continue;
    const auto coefficients = p.coefficients(k);
    if (coefficients.empty()) return p;
    const uint64_t degree = kernel.sort == Kernel::Sort::root ? kernel.degree : 2;
    const uint64_t most = coefficients.front().first / degree;
    if (most == 0) continue;
    Quotient square = constant(1);
    if (kernel.sort == Kernel::Sort::sine) {
      square.n = ring_->constant(1) - ring_->variable(k + 1).pow(2);
    } else {
      square = kernel.sort == Kernel::Sort::root ? values_.at(kernel.base)
                                                 : power(values_.at(kernel.base), Rational(2));
    }
    Polynomial total = ring_->constant(0);
    for (const auto& [exponent, c] : coefficients) {
      const uint64_t q = exponent / degree;
      total =
          total + c * ring_->variable(k).pow(exponent % degree) * square.n.pow(q) * square.d.pow(most - q);
    }
    p = std::move(total);
  }
  return p;
}

}  // namespace nabla
