#include "expr/polynomial.h"

#include <flint/fmpq_mpoly.h>

#include <string>

namespace nabla {
namespace {

constexpr uint64_t most_term_products = 400'000;
constexpr uint64_t most_terms_of_gcd = 3'000;
constexpr uint64_t most_degree = uint64_t{1} << 20;
constexpr uint64_t most_bits = uint64_t{1} << 14;  // of a coefficient

struct Fraction {
  Fraction() { fmpq_init(q); }
  ~Fraction() { fmpq_clear(q); }
  Fraction(const Fraction&) = delete;
  Fraction& operator=(const Fraction&) = delete;
  fmpq_t q{};
};

}  // namespace

struct PolynomialRing::Impl {
  explicit Impl(size_t n) { fmpq_mpoly_ctx_init(ctx, static_cast<slong>(n), ORD_LEX); }
  ~Impl() { fmpq_mpoly_ctx_clear(ctx); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  fmpq_mpoly_ctx_t ctx{};
};

struct Polynomial::Value {
  explicit Value(std::shared_ptr<const PolynomialRing::Impl> r) : ring(std::move(r)) {
    fmpq_mpoly_init(p, ring->ctx);
  }
  ~Value() { fmpq_mpoly_clear(p, ring->ctx); }
  Value(const Value&) = delete;
  Value& operator=(const Value&) = delete;
  std::shared_ptr<const PolynomialRing::Impl> ring;
  fmpq_mpoly_t p{};
};

PolynomialRing::PolynomialRing(size_t variables) : impl_(std::make_shared<const Impl>(variables)) {}
PolynomialRing::~PolynomialRing() = default;

Polynomial PolynomialRing::constant(const Rational& c) const {
  if (c.bits() > most_bits) throw TooLarge{};
  Polynomial result(impl_);
  Fraction f;
  fmpq_set_str(f.q, c.to_string().c_str(), 10);
  fmpq_mpoly_set_fmpq(result.value_->p, f.q, impl_->ctx);
  return result;
}

Polynomial PolynomialRing::variable(size_t index) const {
  Polynomial result(impl_);
  fmpq_mpoly_gen(result.value_->p, static_cast<slong>(index), impl_->ctx);
  return result;
}

Polynomial::Polynomial(std::shared_ptr<const PolynomialRing::Impl> ring)
    : value_(std::make_unique<Value>(std::move(ring))) {}
Polynomial::Polynomial(const Polynomial& other) : Polynomial(other.value_->ring) {
  fmpq_mpoly_set(value_->p, other.value_->p, value_->ring->ctx);
}
Polynomial::Polynomial(Polynomial&& other) noexcept = default;
Polynomial& Polynomial::operator=(Polynomial other) noexcept {
  value_ = std::move(other.value_);
  return *this;
}
Polynomial::~Polynomial() = default;

size_t Polynomial::terms() const {
  return static_cast<size_t>(fmpq_mpoly_length(value_->p, value_->ring->ctx));
}
bool Polynomial::is_zero() const { return fmpq_mpoly_is_zero(value_->p, value_->ring->ctx) != 0; }
bool Polynomial::is_one() const { return fmpq_mpoly_is_one(value_->p, value_->ring->ctx) != 0; }

Polynomial operator+(const Polynomial& a, const Polynomial& b) {
  Polynomial r(a.value_->ring);
  fmpq_mpoly_add(r.value_->p, a.value_->p, b.value_->p, a.value_->ring->ctx);
  return r;
}

Polynomial operator-(const Polynomial& a, const Polynomial& b) {
  Polynomial r(a.value_->ring);
  fmpq_mpoly_sub(r.value_->p, a.value_->p, b.value_->p, a.value_->ring->ctx);
  return r;
}

Polynomial operator*(const Polynomial& a, const Polynomial& b) {
  if (a.terms() * b.terms() > most_term_products) throw TooLarge{};
  Polynomial r(a.value_->ring);
  fmpq_mpoly_mul(r.value_->p, a.value_->p, b.value_->p, a.value_->ring->ctx);
  return r;
}

// By squaring, so that each step is bounded as a product is.
Polynomial Polynomial::pow(uint64_t n) const {
  if (n > most_degree) throw TooLarge{};
  Polynomial r(value_->ring), base = *this;
  fmpq_mpoly_one(r.value_->p, value_->ring->ctx);
  for (; n != 0; n >>= 1) {
    if ((n & 1) != 0) r = r * base;
    if (n > 1) base = base * base;
  }
  return r;
}

Polynomial gcd(const Polynomial& a, const Polynomial& b) {
  Polynomial r(a.value_->ring);
  const auto& ctx = a.value_->ring->ctx;
  const bool small = a.terms() + b.terms() <= most_terms_of_gcd;
  if (!small || fmpq_mpoly_gcd(r.value_->p, a.value_->p, b.value_->p, ctx) == 0) {
    fmpq_mpoly_one(r.value_->p, ctx);
  }
  return r;
}

Polynomial Polynomial::exact_quotient(const Polynomial& divisor) const {
  Polynomial r(value_->ring);
  fmpq_mpoly_divides(r.value_->p, value_->p, divisor.value_->p, value_->ring->ctx);
  return r;
}

std::vector<std::pair<uint64_t, Polynomial>> Polynomial::coefficients(size_t variable) const {
  const auto& ctx = value_->ring->ctx;
  fmpq_mpoly_univar_t u;
  fmpq_mpoly_univar_init(u, ctx);
  fmpq_mpoly_to_univar(u, value_->p, static_cast<slong>(variable), ctx);
  std::vector<std::pair<uint64_t, Polynomial>> list;
  const slong n = fmpq_mpoly_univar_length(u, ctx);
  for (slong i = 0; i < n; ++i) {
    Polynomial c(value_->ring);
    fmpq_mpoly_univar_get_term_coeff(c.value_->p, u, i, ctx);
    list.emplace_back(static_cast<uint64_t>(fmpq_mpoly_univar_get_term_exp_si(u, i, ctx)), std::move(c));
  }
  fmpq_mpoly_univar_clear(u, ctx);
  return list;
}

}  // namespace nabla
