#include "simplify/kernel_field.h"

#include <algorithm>

#include "expr/walk.h"

namespace nabla {
namespace {

constexpr int64_t most_shift = 30;

uint64_t call_key(Fn fn) { return static_cast<uint64_t>(fn) << 1; }

bool is_scalar(const Context& ctx, Ref r) { return ctx[r].shape == scalar_shape; }

// A call whose value follows from the values of its arguments.
bool is_call(const Context& ctx, Ref r) {
  const Node& n = ctx[r];
  return (n.kind == Kind::function || n.kind == Kind::opaque) &&
         std::all_of(n.operands().begin(), n.operands().end(), [&](Ref o) { return is_scalar(ctx, o); });
}

}  // namespace

KernelField::KernelField(Context& ctx, Reading reading, FieldSize& size)
    : ctx_(ctx), reading_(reading), size_(size), ring_(size.kernels) {}

std::optional<std::vector<Ref>> KernelField::zero_where(Ref e, std::span<const Ref> given) {
  for (Ref comparison : given) assume(comparison);
  evaluate_domains(e);
  evaluate(e);
  refuse_contradictions();
  Polynomial p = without_known_signs(reduced(values_.at(e).n));
  if (!p.is_zero() && reading_ == Reading::real) p = without_dependent_inverses(p, e, given);
  if (!p.is_zero()) return std::nullopt;
  return conditions_;
}

// The radicands and arguments of logarithms first, so that the signs they demand are known when a power with
// a symbolic exponent would have to assume one; not those that such powers are part of.
void KernelField::evaluate_domains(Ref e) {
  const std::vector<Ref> nodes = nodes_below(ctx_, e);
  RefMap<bool> symbolic(e.id);
  for (Ref r : nodes) {
    const Node& n = ctx_[r];
    const bool is_power = n.kind == Kind::power;
    symbolic[r] = is_power && !ctx_.is_number(n.operand(1));
    for (Ref o : n.operands()) symbolic[r] = symbolic[r] || symbolic[o];
    const bool demands = (is_power && ctx_.is_number(n.operand(1))) || ctx_.is_function(r, Fn::log);
    if (demands && n.shape == scalar_shape && !symbolic[r]) evaluate(r);
  }
}

// a < b and a <= b say a sign; what is 0 is as much of no account as the other points of a boundary.
void KernelField::assume(Ref comparison) {
  const Node n = ctx_[comparison];
  if (n.kind != Kind::compare) return;
  const auto relation = static_cast<Relation>(n.tag);
  if (relation != Relation::less && relation != Relation::less_equal) return;
  const Ref difference = ctx_.subtract(n.operand(1), n.operand(0));
  evaluate(difference);
  const RationalFunction a = values_.at(difference);
  if (is_zero(a)) return;
  const Factors f = factors_of(a);
  if (f.real) require_positive(f.signs);
}

// ---- values of nodes ----

void KernelField::parts(Ref r, std::vector<Ref>& list) const {
  const Node& n = ctx_[r];
  switch (n.kind) {
    case Kind::sum:
    case Kind::long_sum:
    case Kind::product:
    case Kind::long_product:
    case Kind::power:
      list.insert(list.end(), n.operands().begin(), n.operands().end());
      return;
    default:
      if (is_call(ctx_, r)) list.insert(list.end(), n.operands().begin(), n.operands().end());
  }
}

void KernelField::evaluate(Ref e) {
  std::unordered_map<Ref, bool> entered;
  std::vector<Ref> stack{e}, list;
  while (!stack.empty()) {
    const Ref r = stack.back();
    if (values_.count(r) != 0) {
      stack.pop_back();
      continue;
    }
    if (!entered.try_emplace(r, true).second) {
      stack.pop_back();
      const RationalFunction q = value(r);
      size_.work += q.n.terms() + q.d.terms();
      if (size_.work > size_.most_work) throw TooLarge{};
      ctx_.budget().spend(1 + q.n.terms() + q.d.terms());
      values_.emplace(r, q);
      continue;
    }
    list.clear();
    parts(r, list);
    stack.insert(stack.end(), list.rbegin(), list.rend());
  }
}

RationalFunction KernelField::value(Ref r) {
  const Node n = ctx_[r];
  switch (n.kind) {
    case Kind::number:
      return constant(ctx_.value(r));
    case Kind::sum: {
      RationalFunction total = constant(0);
      for (size_t i = 0; i < n.count; i += 2) {
        total = total + scaled(values_.at(n.operand(i + 1)), ctx_.value(n.operand(i)));
      }
      return total;
    }
    case Kind::long_sum: {
      RationalFunction total = constant(0);
      for (Ref o : n.operands()) total = total + values_.at(o);
      return total;
    }
    case Kind::product:
    case Kind::long_product: {
      RationalFunction total = constant(1);
      for (Ref o : n.operands()) total = total * values_.at(o);
      return total;
    }
    case Kind::power:
      return power_value(r);
    case Kind::constant:
      if (static_cast<Constant>(n.tag) == Constant::e) return exponential(constant(1));
      break;
    default:
      if (is_call(ctx_, r)) return function_value(r);
  }
  Kernel k;
  k.meaning = r;
  k.sign = n.kind == Kind::constant || (n.facts & nonnegative) ? 1 : (n.facts & nonpositive) ? -1 : 0;
  return variable(add_kernel(k));
}

std::optional<Rational> KernelField::number(const RationalFunction& a) {
  if (a.n.is_zero()) return Rational(0);
  if (!a.n.is_constant() || !a.d.is_constant()) return std::nullopt;
  return a.n.coefficient(0) / a.d.coefficient(0);
}

RationalFunction KernelField::integer_power(const RationalFunction& a, const Rational& exponent) {
  const auto k = exponent.as_int();
  if (!k) throw TooLarge{};
  if (*k < 0 && is_zero(a)) throw Undecided{};
  return pow(a, *k);
}

RationalFunction KernelField::power_value(Ref r) {
  const Ref base = ctx_.operands(r)[0], exponent = ctx_.operands(r)[1];
  const RationalFunction a = values_.at(base), e = values_.at(exponent);
  if (const auto q = number(e)) return q->is_integer() ? integer_power(a, *q) : rational_power(a, *q);
  if (is_zero(a)) throw Undecided{};
  const bool integer = (ctx_[exponent].facts & integer_valued) != 0;
  return exponential(e * logarithm(a, integer ? Purpose::integer_power : Purpose::real_power, base));
}

RationalFunction KernelField::function_value(Ref r) {
  if (ctx_.kind(r) == Kind::opaque) {
    return call_value(r, (uint64_t{ctx_[r].payload} << 32) | (uint64_t{ctx_[r].tag} << 8) | 1);
  }
  const Fn fn = ctx_.function_of(r);
  const RationalFunction a = values_.at(ctx_.operands(r)[0]);
  switch (fn) {
    case Fn::exp:
      return exponential(a);
    case Fn::log:
      if (is_zero(a)) throw Undecided{};
      return logarithm(a, Purpose::logarithm, r);
    case Fn::sin:
      return sine_and_cosine(a).first;
    case Fn::cos:
      return sine_and_cosine(a).second;
    case Fn::tan:
      return tangent(a);
    case Fn::abs:
    case Fn::sign:
    case Fn::cbrt: {
      if (is_zero(a)) return constant(0);
      const Factors f = factors_of(a);
      if (!f.real) break;
      RationalFunction s = sign_value(f.signs);
      if (fn == Fn::sign) {  // not continuous at 0
        const Ref u = ctx_.operands(r)[0];
        if ((ctx_[u].facts & nonzero) == 0) conditions_.push_back(ctx_.compare(Relation::not_equal, u, zero));
        return s;
      }
      if (fn == Fn::abs) return s * a;
      return s * modulus(f.powers, Rational::fraction(1, 3));
    }
    case Fn::gamma:
    case Fn::digamma:
      if (const auto shifted = shifted_call(fn, a)) return *shifted;
      break;
    default:
      break;
  }
  return call_value(r, call_key(fn));
}

// gamma(u + 1) = u*gamma(u), digamma(u + 1) = digamma(u) + 1/u, where u + k or u - k was met before.
std::optional<RationalFunction> KernelField::shifted_call(Fn fn, const RationalFunction& a) {
  for (const Call& c : calls_[call_key(fn)]) {
    const auto difference = number(a - c.arguments[0]);
    const auto k = difference ? difference->as_int() : std::nullopt;
    if (!k || *k < -most_shift || *k > most_shift) continue;
    const RationalFunction& lower = *k >= 0 ? c.arguments[0] : a;
    const RationalFunction known = variable(c.kernel);
    RationalFunction steps = constant(fn == Fn::gamma ? 1 : 0);
    for (int64_t i = 0; i < (*k < 0 ? -*k : *k); ++i) {
      const RationalFunction u = lower + constant(i);
      steps = fn == Fn::gamma ? steps * u : steps + integer_power(u, -1);
    }
    if (fn == Fn::gamma) return *k >= 0 ? known * steps : known * integer_power(steps, -1);
    return *k >= 0 ? known + steps : known - steps;
  }
  return std::nullopt;
}

bool KernelField::same(const RationalFunction& a, const RationalFunction& b) {
  return reduced(a.n * b.d - b.n * a.d).is_zero();
}

// One kernel for arguments of one value; f(-u) = f(u) or -f(u) of even and odd functions.
RationalFunction KernelField::call_value(Ref r, uint64_t function) {
  std::vector<RationalFunction> arguments;
  for (Ref o : ctx_.operands(r)) arguments.push_back(values_.at(o));
  std::vector<Call>& known = calls_[function];
  const bool named = ctx_.kind(r) == Kind::function;
  const Parity parity = named ? row(ctx_.function_of(r)).parity : Parity::none;
  for (const Call& c : known) {
    if (c.arguments.size() != arguments.size()) continue;
    bool equal = true;
    for (size_t i = 0; i < arguments.size() && equal; ++i) equal = same(c.arguments[i], arguments[i]);
    if (equal) return variable(c.kernel);
    if (parity == Parity::none || !same(c.arguments[0], scaled(arguments[0], -1))) continue;
    return scaled(variable(c.kernel), parity == Parity::odd ? -1 : 1);
  }
  Kernel k;
  k.meaning = r;
  k.sign = (ctx_[r].facts & nonnegative) ? 1 : (ctx_[r].facts & nonpositive) ? -1 : 0;
  if (reading_ == Reading::principal) {
    k.real = named && row(ctx_.function_of(r)).domain.empty();
    for (const RationalFunction& a : arguments) k.real = k.real && is_real(a.n) && is_real(a.d);
    if (!k.real) k.sign = 0;
  }
  const size_t kernel = add_kernel(k);
  known.push_back({std::move(arguments), kernel});
  return variable(kernel);
}

}  // namespace nabla
