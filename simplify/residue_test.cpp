#include "simplify/residue_test.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "expr/walk.h"
#include "simplify/residues.h"

namespace nabla {
namespace {

using namespace residues;

constexpr size_t most_nodes = 5'000, most_visits = 100'000;  // in all draws together
constexpr int draws_wanted = 2;
// Roots of sums may have signs that no radicand shows, as those of perfect squares.
constexpr int draws_wanted_with_roots = 16;
constexpr int most_draws = 200;

// What a node is made of here, and whether the relations of its kind are all known.
enum class Sort : uint8_t { arithmetic, power, root, exponential, angle, logarithm, call, free, unsure };

Sort sort_of(const Context& ctx, Ref r) {
  const Node& n = ctx[r];
  if (n.shape != scalar_shape) return Sort::free;
  switch (n.kind) {
    case Kind::number:
    case Kind::sum:
    case Kind::long_sum:
    case Kind::product:
    case Kind::long_product:
      return Sort::arithmetic;
    case Kind::power:
      if (!ctx.is_number(n.operand(1))) return Sort::power;
      return ctx.value(n.operand(1)).is_integer() ? Sort::arithmetic : Sort::root;
    case Kind::function:
    case Kind::opaque:
      break;
    default:
      return Sort::free;
  }
  for (const Ref o : n.operands()) {
    if (ctx[o].shape != scalar_shape) return Sort::free;
  }
  if (n.kind == Kind::opaque) return Sort::call;
  switch (ctx.function_of(r)) {
    case Fn::exp:
    case Fn::sinh:
    case Fn::cosh:
    case Fn::tanh:
    case Fn::coth:
    case Fn::sech:
    case Fn::csch:
    case Fn::sigmoid:
    case Fn::expm1:
      return Sort::exponential;
    case Fn::sin:
    case Fn::cos:
    case Fn::tan:
    case Fn::cot:
    case Fn::sec:
    case Fn::csc:
      return Sort::angle;
    case Fn::log:
      return Sort::logarithm;
    case Fn::erf:
    case Fn::erfc:
    case Fn::erfi:
    case Fn::gamma:
    case Fn::digamma:
    case Fn::polygamma:
    case Fn::asin:
    case Fn::atan:
      return Sort::call;
    default:
      return Sort::unsure;
  }
}

uint64_t hash_of(std::string_view text) {
  uint64_t h = text.size();
  for (const char c : text) h = mix(h, static_cast<unsigned char>(c));
  return h;
}

class ResidueTest {
 public:
  ResidueTest(Context& ctx, Ref e)
      : ctx_(ctx), order_(nodes_below(ctx, {&e, 1}, [&](Ref r) { return is_entered(r); })), place_(e.id) {}

  bool run() {
    if (order_.size() > most_nodes || !relations_are_known()) return false;
    for (size_t l = 0; l < levels; ++l) values_[l].resize(order_.size());
    const int wanted = has_root_of_sum_ ? draws_wanted_with_roots : draws_wanted;
    const size_t most = std::min<size_t>(most_draws, 1 + most_visits / order_.size());
    int found = 0;
    for (size_t i = 0; i < most && found < wanted; ++i) {
      seed_ = mix(seed_, i);
      if (!draw()) continue;
      if (values_[outer].back() == 0) return false;
      ++found;
    }
    return found == wanted;
  }

 private:
  // Below a kernel of its own, such as the norm of a vector, nothing is looked at.
  bool is_entered(Ref r) const { return ctx_[r].shape == scalar_shape; }

  // Where the values of each node are needed; false: there may be relations that the residues do not keep.
  bool relations_are_known() {
    needed_.assign(order_.size(), 0);
    for (size_t i = 0; i < order_.size(); ++i) {
      place_[order_[i]] = static_cast<uint32_t>(i);
      sorts_.push_back(sort_of(ctx_, order_[i]));
    }
    needed_.back() = 1u << outer;
    for (size_t i = order_.size(); i-- > 0;) {
      for (size_t l = 0; l < levels; ++l) {
        if (needed_[i] >> l & 1 && !needs(order_[i], static_cast<Level>(l))) return false;
      }
    }
    const bool logs_alone = logs_ <= 1 && !has_powers_;
    return (sums_of_logs_ == 0 || logs_alone) && deep_ <= 1 && gammas_ <= 1 &&
           (inverses_ == 0 || (inverses_ == 1 && !has_pi_)) && (!has_root_of_sum_ || numbers_are_positive());
  }

  // Whether positive numbers are squares: sqrt(4*u) is 2*sqrt(u).
  bool numbers_are_positive() const {
    for (size_t i = 0; i < order_.size(); ++i) {
      if (!ctx_.is_number(order_[i])) continue;
      for (size_t l = 0; l < levels; ++l) {
        if ((needed_[i] >> l & 1) == 0) continue;
        const auto size = number(ctx_.value(order_[i]).abs(), moduli[l]);
        if (!size || !moduli[l].is_square(*size)) return false;
      }
    }
    return true;
  }

  bool need(Ref part, Level l) {
    if (l == no_level) return false;
    needed_[place_[part]] |= static_cast<uint8_t>(1u << l);
    return true;
  }

  bool needs(Ref r, Level l) {
    const Node& n = ctx_[r];
    Level of_parts = l;
    switch (sort(r)) {
      case Sort::unsure:
        return false;
      case Sort::free: {
        const bool pi = n.kind == Kind::constant && static_cast<Constant>(n.tag) == Constant::pi;
        has_pi_ = has_pi_ || pi;
        const bool e = n.kind == Kind::constant && !pi;
        return !(pi && l == angles) && !(e && level_of_exponent(l) == no_level);
      }
      case Sort::arithmetic:
        if (n.kind != Kind::power) break;
        return need(n.operand(0), l);
      case Sort::power:
        has_powers_ = true;
        return need(n.operand(0), l) && need(n.operand(1), level_of_exponent(l));
      case Sort::root:
        return radicand(n.operand(0)) && need(n.operand(0), l);
      case Sort::exponential:
        has_powers_ = true;
        of_parts = level_of_exponent(l);
        break;
      case Sort::angle:
        of_parts = level_of_angle(l);
        break;
      case Sort::logarithm:
        if (l == exponents || l == inner) return false;  // exp(2*log(x)) is x^2
        ++logs_;
        sums_of_logs_ += ctx_.kind(n.operand(0)) != Kind::symbol;
        break;
      case Sort::call:
        if (l == angles && is_inverse(r)) return false;  // cos(2*asin(x))
        count_call(r);
        break;
    }
    if (of_parts == no_level) {  // a function of its own, if it is the only one there
      ++deep_;
      of_parts = l;
    }
    for (const Ref o : n.operands()) need(o, of_parts);
    return true;
  }

  bool is_inverse(Ref r) const { return ctx_.is_function(r, Fn::asin) || ctx_.is_function(r, Fn::atan); }

  void count_call(Ref r) {
    const Node& n = ctx_[r];
    gammas_ += ctx_.is_function(r, Fn::gamma) || ctx_.is_function(r, Fn::digamma);
    if (is_inverse(r)) inverses_ += ctx_[n.operand(0)].names == 0 ? 2 : 1;
  }

  // Roots of sums with roots may be sums of roots.
  bool radicand(Ref base) {
    if (ctx_.kind(base) == Kind::symbol || ctx_.is_number(base)) return true;
    has_root_of_sum_ = true;
    const std::vector<Ref> below = nodes_below(ctx_, {&base, 1}, [&](Ref r) { return is_entered(r); });
    return std::none_of(below.begin(), below.end(), [&](Ref r) { return sort(r) == Sort::root; });
  }

  // ---- one point ----

  // False: some part has no value there.
  bool draw() {
    ctx_.budget().spend(order_.size());
    for (size_t i = 0; i < order_.size(); ++i) {
      for (size_t l = 0; l < levels; ++l) {
        if ((needed_[i] >> l & 1) == 0) continue;
        const auto v = value(order_[i], static_cast<Level>(l));
        if (!v) return false;
        values_[l][i] = *v;
      }
    }
    return true;
  }

  Sort sort(Ref r) const { return sorts_[place_[r]]; }
  Residue at(Ref r, Level l) const { return values_[l][place_[r]]; }

  std::optional<Residue> value(Ref r, Level l) {
    const Modulus& m = moduli[l];
    const Node& n = ctx_[r];
    switch (sort(r)) {
      case Sort::arithmetic:
        return arithmetic(r, l);
      case Sort::power: {
        const Residue base = at(n.operand(0), l);
        const Level of_exponent = level_of_exponent(l);
        if (base == 0 || !m.is_square(base)) return std::nullopt;
        return m.power(base, moduli[of_exponent].plain(at(n.operand(1), of_exponent)));
      }
      case Sort::root:
        return root(at(n.operand(0), l), ctx_.value(n.operand(1)), l);
      case Sort::exponential:
        if (level_of_exponent(l) == no_level) return random(r, l);
        return exponential(ctx_.function_of(r), at(n.operand(0), level_of_exponent(l)), l);
      case Sort::angle:
        if (level_of_angle(l) == no_level) return random(r, l);
        return circular(ctx_.function_of(r), at(n.operand(0), angles), l);
      case Sort::logarithm:
        if (at(n.operand(0), l) == m.from(uint64_t{1})) return Residue{0};
        return random(r, l);
      default:
        return random(r, l);
    }
  }

  // A random function of the arguments; squares where it is not negative.
  std::optional<Residue> random(Ref r, Level l) {
    const Modulus& m = moduli[l];
    const Node& n = ctx_[r];
    if (sort(r) == Sort::free) {
      if (n.kind == Kind::constant && static_cast<Constant>(n.tag) == Constant::e)
        return exponential(Fn::exp, moduli[level_of_exponent(l)].from(uint64_t{1}), l);
      return signed_as(m.from(mix(mix(seed_, l), r.id)), n.facts, m);
    }
    if (ctx_.is_function(r, Fn::erfc)) {
      const auto erf = random_call(r, Fn::erf, l);
      return m.subtract(m.from(uint64_t{1}), erf);
    }
    return n.kind == Kind::function ? random_call(r, ctx_.function_of(r), l) : random_opaque(r, l);
  }

  // The same for opaque functions of one name and one derivative.
  Residue random_opaque(Ref r, Level l) {
    uint64_t h = mix(mix(seed_, l), hash_of(ctx_.symbol(r).name));
    for (const uint16_t order : ctx_.orders(r)) h = mix(h, order);
    for (const Ref o : ctx_.operands(r)) h = mix(h, at(o, l));
    return moduli[l].from(h);
  }

  Residue random_call(Ref r, Fn fn, Level l) {
    const Modulus& m = moduli[l];
    const Node& n = ctx_[r];
    uint64_t h = mix(mix(seed_, l), static_cast<uint64_t>(fn));
    const Parity parity = row(fn).parity;
    bool turned = false;
    for (const Ref o : n.operands()) {
      Residue a = at(o, l);
      if (parity != Parity::none && m.plain(a) > m.value() / 2) {
        turned = true;
        a = m.negate(a);
      }
      if (a == 0 && parity == Parity::odd) return Residue{0};
      h = mix(h, a);
    }
    const Residue v = m.from(h);
    if (parity == Parity::odd) return turned ? m.negate(v) : v;
    return signed_as(v, n.facts, m);
  }

  static Residue signed_as(Residue v, Facts facts, const Modulus& m) {
    if (facts & nonnegative) return m.multiply(v, v);
    return facts & nonpositive ? m.negate(m.multiply(v, v)) : v;
  }

  std::optional<Residue> arithmetic(Ref r, Level l) {
    const Modulus& m = moduli[l];
    const Node& n = ctx_[r];
    switch (n.kind) {
      case Kind::number:
        return number(ctx_.value(r), m);
      case Kind::sum: {
        Residue total = 0;
        for (size_t i = 0; i < n.count; i += 2)
          total = m.add(total, m.multiply(at(n.operand(i), l), at(n.operand(i + 1), l)));
        return total;
      }
      case Kind::long_sum: {
        Residue total = 0;
        for (const Ref o : n.operands()) total = m.add(total, at(o, l));
        return total;
      }
      case Kind::power: {
        const auto k = ctx_.value(n.operand(1)).as_int();
        if (!k) return std::nullopt;
        const Residue base = at(n.operand(0), l);
        if (*k >= 0) return m.power(base, static_cast<uint64_t>(*k));
        if (base == 0) return std::nullopt;
        return m.power(m.inverse(base), uint64_t{0} - static_cast<uint64_t>(*k));
      }
      default: {
        Residue total = m.from(uint64_t{1});
        for (const Ref o : n.operands()) total = m.multiply(total, at(o, l));
        return total;
      }
    }
  }

  Context& ctx_;
  std::vector<Ref> order_;
  RefMap<uint32_t> place_;  // in the order
  std::vector<Sort> sorts_;
  std::vector<uint8_t> needed_;
  std::array<std::vector<Residue>, levels> values_;
  uint64_t seed_ = 1;
  bool has_powers_ = false, has_pi_ = false, has_root_of_sum_ = false;
  int logs_ = 0, sums_of_logs_ = 0, deep_ = 0, gammas_ = 0, inverses_ = 0;
};

}  // namespace

bool differs_by_residues(Context& ctx, Ref e) { return ResidueTest(ctx, e).run(); }

}  // namespace nabla
