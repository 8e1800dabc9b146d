// Values of expressions and programs, in doubles or in residues, to check what was measured. Written for
// this alone: it shares nothing with eval/ or diff/.
#pragma once

#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <vector>

#include "expr/program.h"
#include "expr/walk.h"

namespace nabla::bench {

// Integers modulo the prime 2^61 - 1: exact, and never too large. Here sin is a polynomial and cos its
// derivative; a derivative that uses (sin u)' = cos(u) u' and the rules of arithmetic alone is right for
// these as well, so a wrong one shows at a random point with probability 1 - 10^-12 or better.
class Residue {
 public:
  static constexpr uint64_t modulus = (uint64_t{1} << 61) - 1;

  Residue() = default;
  Residue(int64_t n)
      : n_(n >= 0 ? static_cast<uint64_t>(n) % modulus : modulus - static_cast<uint64_t>(-n)) {}  // NOLINT
  friend bool operator==(Residue, Residue) = default;
  friend Residue operator+(Residue a, Residue b) { return raw((a.n_ + b.n_) % modulus); }
  friend Residue operator-(Residue a, Residue b) { return raw((a.n_ + modulus - b.n_) % modulus); }
  friend Residue operator*(Residue a, Residue b) {
    return raw(static_cast<uint64_t>(static_cast<unsigned __int128>(a.n_) * b.n_ % modulus));
  }
  friend Residue power(Residue a, int64_t k) {
    uint64_t e =
        k >= 0 ? static_cast<uint64_t>(k) : static_cast<uint64_t>(k + static_cast<int64_t>(modulus - 1));
    Residue result = 1;
    for (; e != 0; e /= 2, a = a * a) {
      if (e % 2 == 1) result = result * a;
    }
    return result;
  }
  friend Residue sin(Residue a) { return a * (a * (a + 12) + 345); }
  friend Residue cos(Residue a) { return a * (3 * a + 24) + 345; }
  friend Residue exp(Residue) { throw std::logic_error("exp has no value modulo a prime"); }

 private:
  static Residue raw(uint64_t n) {
    Residue r;
    r.n_ = n;
    return r;
  }
  uint64_t n_ = 0;
};

inline double power(double a, int64_t k) { return std::pow(a, static_cast<double>(k)); }

// Of an integer of any size.
template <class T>
T digits(std::string_view text) {
  T result = 0;
  for (char c : text) {
    if (c != '-') result = 10 * result + T(c - '0');
  }
  return text[0] == '-' ? -1 * result : result;
}

// The value of one operation; `of(r)` is that of an operand.
template <class T, class Of>
T operation(const Context& ctx, Ref r, Of of) {
  using std::cos, std::exp, std::sin;
  const auto list = ctx.operands(r);
  T result = 0;
  switch (ctx.kind(r)) {
    case Kind::number: {
      const Rational& v = ctx.value(r);
      if constexpr (std::is_same_v<T, double>) return v.to_double();
      if (v.is_integer()) return digits<T>(v.to_string());
      if (!v.is_small()) break;
      return T(v.small_num()) * power(T(v.small_den()), -1);
    }
    case Kind::sum:
      for (size_t i = 0; i < list.size(); i += 2) result = result + of(list[i]) * of(list[i + 1]);
      return result;
    case Kind::long_sum:
      for (Ref c : list) result = result + of(c);
      return result;
    case Kind::product:
    case Kind::long_product:
      result = 1;
      for (Ref c : list) result = result * of(c);
      return result;
    case Kind::power:
      if (!ctx.is_number(list[1]) || !ctx.value(list[1]).as_int()) break;
      return power(of(list[0]), *ctx.value(list[1]).as_int());
    case Kind::function:
      if (ctx.is_function(r, Fn::sin)) return sin(of(list[0]));
      if (ctx.is_function(r, Fn::cos)) return cos(of(list[0]));
      if (ctx.is_function(r, Fn::exp)) return exp(of(list[0]));
      break;
    default:
      break;
  }
  throw std::logic_error("an operation that no workload has");
}

template <class T>
using Point = std::unordered_map<Ref, T>;

template <class T>
std::vector<T> evaluate(Context& ctx, std::span<const Ref> roots, const Point<T>& point) {
  RefMap<T> values(ctx.size());
  for (Ref r : nodes_below(ctx, roots)) {
    values[r] =
        ctx.kind(r) == Kind::symbol ? point.at(r) : operation<T>(ctx, r, [&](Ref c) { return values[c]; });
  }
  std::vector<T> result;
  for (Ref r : roots) result.push_back(values[r]);
  return result;
}

template <class T>
class ProgramValues {
 public:
  ProgramValues(Context& ctx, const Program& program, const Point<T>& point) : ctx_(ctx), point_(point) {
    for (const Let& let : program.lets) lets_.push_back(expression(let.value));
  }
  T operator()(Ref atom) const {
    if (ctx_.kind(atom) == Kind::let) return lets_[ctx_[atom].payload];
    if (ctx_.kind(atom) == Kind::symbol) return point_.at(atom);
    return operation<T>(ctx_, atom, *this);
  }

 private:
  // A let is one operation; a product or sum may have powers or products of lets as operands.
  T expression(Ref value) const {
    if (is_atom(ctx_, value)) return (*this)(value);
    return operation<T>(ctx_, value, [&](Ref c) { return expression(c); });
  }

  Context& ctx_;
  const Point<T>& point_;
  std::vector<T> lets_;
};

}  // namespace nabla::bench
