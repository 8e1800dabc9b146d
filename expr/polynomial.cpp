#include "expr/polynomial.h"

#include <flint/fmpq_mpoly.h>
#include <flint/fmpq_mpoly_factor.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "expr/coprime.h"

namespace nabla {
namespace {

// Measured on one core of 2020: beyond these FLINT 2.9 takes more than about 50 ms.
constexpr uint64_t most_term_products = 400'000;
constexpr uint64_t most_dense_products = uint64_t{1} << 24;  // where the result is stored densely
constexpr uint64_t most_terms_of_gcd = 3'000;
constexpr uint64_t most_terms_of_power = 100'000;
constexpr uint64_t most_terms_to_factor = 1'500;
constexpr uint64_t most_degree = uint64_t{1} << 20;
constexpr uint64_t most_bits = uint64_t{1} << 14;  // of a coefficient
constexpr uint64_t most_bits_to_factor = 1'000;

struct Fraction {
  Fraction() { fmpq_init(q); }
  ~Fraction() { fmpq_clear(q); }
  Fraction(const Fraction&) = delete;
  Fraction& operator=(const Fraction&) = delete;
  fmpq_t q{};
};

void assign(Fraction& f, const Rational& c) {
  if (c.is_small()) {
    fmpz_set_si(fmpq_numref(f.q), c.small_num());
    fmpz_set_si(fmpq_denref(f.q), c.small_den());
    return;
  }
  if (c.bits() > most_bits) throw TooLarge{};
  fmpq_set_str(f.q, c.to_string().c_str(), 10);
}

Rational integer(const fmpz_t v) {
  if (fmpz_fits_si(v)) return fmpz_get_si(v);
  std::string digits(fmpz_sizeinbase(v, 10) + 2, '\0');
  fmpz_get_str(digits.data(), 10, v);
  digits.resize(digits.find('\0'));
  const bool negative = digits[0] == '-';
  const auto magnitude = Rational::parse(std::string_view(digits).substr(negative ? 1 : 0), digits.size());
  return negative ? -*magnitude : *magnitude;
}

Rational rational(const fmpq_t q) {
  const Rational over = integer(fmpq_numref(q));
  return fmpz_is_one(fmpq_denref(q)) != 0 ? over : over / integer(fmpq_denref(q));
}

// The degrees of a polynomial, or of a product: how many terms there can be.
class Box {
 public:
  Box(const fmpq_mpoly_t p, const fmpq_mpoly_ctx_t ctx) : degrees_(degrees(p, ctx)) {}
  Box(const fmpq_mpoly_t a, const fmpq_mpoly_t b, const fmpq_mpoly_ctx_t ctx) : Box(a, ctx) {
    const std::vector<slong> more = degrees(b, ctx);
    for (size_t i = 0; i < more.size(); ++i) degrees_[i] += more[i];
  }

  Box common(const Box& other) const {
    Box least = *this;
    for (size_t i = 0; i < degrees_.size(); ++i) least.degrees_[i] = std::min(degrees_[i], other.degrees_[i]);
    return least;
  }
  // FLINT multiplies such polynomials densely if they have many terms.
  bool is_dense() const { return volume() <= (variables() == 2 ? 48e3 : 140e3); }
  bool has_quick_gcd() const { return volume() <= 50e3 || (variables() > 1 && total() <= 60); }
  bool is_quick_to_factor() const {
    switch (variables()) {
      case 1:
        return volume() <= 151;
      case 2:
        return volume() <= 1'600;
      default:
        return total() <= 100 && volume() <= 1e6;
    }
  }

 private:
  static std::vector<slong> degrees(const fmpq_mpoly_t p, const fmpq_mpoly_ctx_t ctx) {
    std::vector<slong> list(static_cast<size_t>(fmpq_mpoly_ctx_nvars(ctx)));
    if (fmpq_mpoly_is_zero(p, ctx) == 0) fmpq_mpoly_degrees_si(list.data(), p, ctx);
    return list;
  }
  double volume() const {
    double v = 1;
    for (slong d : degrees_) v *= static_cast<double>(d + 1);
    return v;
  }
  slong total() const { return std::accumulate(degrees_.begin(), degrees_.end(), slong{0}); }
  size_t variables() const {
    return static_cast<size_t>(
        std::count_if(degrees_.begin(), degrees_.end(), [](slong d) { return d > 0; }));
  }

  std::vector<slong> degrees_;
};

uint64_t bits_of(const fmpq_mpoly_t p) {
  const slong b = fmpz_mpoly_max_bits(p->zpoly);
  return static_cast<uint64_t>(b < 0 ? -b : b) + fmpz_bits(fmpq_numref(p->content)) +
         fmpz_bits(fmpq_denref(p->content));
}

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
  Polynomial result(impl_);
  Fraction f;
  assign(f, c);
  fmpq_mpoly_set_fmpq(result.value_->p, f.q, impl_->ctx);
  return result;
}

Polynomial PolynomialRing::variable(size_t index) const {
  Polynomial result(impl_);
  fmpq_mpoly_gen(result.value_->p, static_cast<slong>(index), impl_->ctx);
  return result;
}

Polynomial PolynomialRing::from_terms(std::span<const PolynomialTerm> terms) const {
  Polynomial result(impl_);
  Fraction f;
  for (const PolynomialTerm& t : terms) {
    assign(f, t.coefficient);
    if (std::any_of(t.exponents.begin(), t.exponents.end(), [](uint64_t e) { return e > most_degree; }))
      throw TooLarge{};
    fmpq_mpoly_push_term_fmpq_ui(result.value_->p, f.q, t.exponents.data(), impl_->ctx);
  }
  fmpq_mpoly_sort_terms(result.value_->p, impl_->ctx);
  fmpq_mpoly_combine_like_terms(result.value_->p, impl_->ctx);
  return result;
}

size_t PolynomialRing::variables() const { return static_cast<size_t>(fmpq_mpoly_ctx_nvars(impl_->ctx)); }

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
bool Polynomial::is_constant() const { return fmpq_mpoly_is_fmpq(value_->p, value_->ring->ctx) != 0; }

bool operator==(const Polynomial& a, const Polynomial& b) {
  return fmpq_mpoly_equal(a.value_->p, b.value_->p, a.value_->ring->ctx) != 0;
}

uint64_t Polynomial::degree(size_t variable) const {
  const slong d = fmpq_mpoly_degree_si(value_->p, static_cast<slong>(variable), value_->ring->ctx);
  return d > 0 ? static_cast<uint64_t>(d) : 0;
}

uint64_t Polynomial::total_degree() const {
  const slong d = fmpq_mpoly_total_degree_si(value_->p, value_->ring->ctx);
  return d > 0 ? static_cast<uint64_t>(d) : 0;
}

Rational Polynomial::coefficient(size_t term) const {
  Fraction f;
  fmpq_mpoly_get_term_coeff_fmpq(f.q, value_->p, static_cast<slong>(term), value_->ring->ctx);
  return rational(f.q);
}

void Polynomial::exponents(size_t term, std::span<uint64_t> list) const {
  static_assert(sizeof(ulong) == sizeof(uint64_t));
  fmpq_mpoly_get_term_exp_ui(list.data(), value_->p, static_cast<slong>(term), value_->ring->ctx);
}

Rational Polynomial::content() const {
  if (is_zero()) return 0;
  return rational(value_->p->content);  // the rest is primitive, its first coefficient positive
}

Polynomial Polynomial::times(const Rational& c) const {
  Polynomial r(value_->ring);
  Fraction f;
  assign(f, c);
  fmpq_mpoly_scalar_mul_fmpq(r.value_->p, value_->p, f.q, value_->ring->ctx);
  return r;
}

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
  const auto& ctx = a.value_->ring->ctx;
  Polynomial r(a.value_->ring);
  if (a.terms() > 1 && b.terms() > 1) {
    const uint64_t products = a.terms() * b.terms();
    const Box box(a.value_->p, b.value_->p, ctx);
    if (products > (box.is_dense() ? most_dense_products : most_term_products)) throw TooLarge{};
  }
  if (bits_of(a.value_->p) + bits_of(b.value_->p) > most_bits) throw TooLarge{};
  fmpq_mpoly_mul(r.value_->p, a.value_->p, b.value_->p, ctx);
  return r;
}

bool are_in_other_variables(const Polynomial& a, const Polynomial& b) {
  const auto& ctx = a.value_->ring->ctx;
  const auto variables = static_cast<size_t>(fmpq_mpoly_ctx_nvars(ctx));
  std::vector<int> in_a(variables), in_b(variables);
  fmpq_mpoly_used_vars(in_a.data(), a.value_->p, ctx);
  fmpq_mpoly_used_vars(in_b.data(), b.value_->p, ctx);
  for (size_t k = 0; k < variables; ++k) {
    if (in_a[k] != 0 && in_b[k] != 0) return false;
  }
  return true;
}

// A power of t terms has at most C(n + t - 1, t - 1) of them.
static double most_terms(size_t terms, uint64_t n) {
  double count = 1;
  for (size_t k = 1; k < terms && count < 1e18; ++k)
    count *= (static_cast<double>(n) + static_cast<double>(k)) / static_cast<double>(k);
  return count;
}

Polynomial Polynomial::pow(uint64_t n) const {
  const auto& ctx = value_->ring->ctx;
  Polynomial r(value_->ring);
  if (n <= 1) return n == 0 ? (fmpq_mpoly_one(r.value_->p, ctx), std::move(r)) : *this;
  const auto highest = std::max<slong>(fmpq_mpoly_total_degree_si(value_->p, ctx), 1);
  if (n > most_degree / static_cast<uint64_t>(highest)) throw TooLarge{};
  const double size = most_terms(terms(), n);
  const uint64_t bits = n * (bits_of(value_->p) + static_cast<uint64_t>(std::log2(terms() + 1)));
  if (size > most_terms_of_power || bits > most_bits || size * static_cast<double>(bits) > 64e6)
    throw TooLarge{};
  if (fmpq_mpoly_pow_ui(r.value_->p, value_->p, n, ctx) == 0) throw TooLarge{};
  return r;
}

static ImagePolynomial image_of(const fmpq_mpoly_struct* p, const fmpq_mpoly_ctx_struct* ctx) {
  const auto terms = static_cast<size_t>(fmpq_mpoly_length(p, ctx));
  const auto variables = static_cast<size_t>(fmpq_mpoly_ctx_nvars(ctx));
  ImagePolynomial result;
  result.exponents.resize(terms * variables);
  for (size_t t = 0; t < terms; ++t) {
    result.coefficients.push_back(
        image_modulus.from(fmpz_fdiv_ui(p->zpoly->coeffs + t, image_modulus.value())));
    fmpz_mpoly_get_term_exp_ui(result.exponents.data() + t * variables, p->zpoly, static_cast<slong>(t),
                               ctx->zctx);
  }
  return result;
}

Polynomial gcd(const Polynomial& a, const Polynomial& b) {
  constexpr size_t most_terms_of_image = 500;
  Polynomial r(a.value_->ring);
  const auto& ctx = a.value_->ring->ctx;
  const bool monomial = a.terms() <= 1 || b.terms() <= 1;
  if (!a.is_zero() && !b.is_zero()) {
    bool coprime = a.is_constant() || b.is_constant();
    if (!coprime && !monomial && a.terms() + b.terms() <= most_terms_of_image) {
      const auto variables = static_cast<size_t>(fmpq_mpoly_ctx_nvars(ctx));
      coprime = are_coprime(image_of(a.value_->p, ctx), image_of(b.value_->p, ctx), variables);
    }
    if (coprime) return fmpq_mpoly_one(r.value_->p, ctx), r;
  }
  const bool small = monomial || (a.terms() + b.terms() <= most_terms_of_gcd &&
                                  Box(a.value_->p, ctx).common(Box(b.value_->p, ctx)).has_quick_gcd());
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

std::optional<Polynomial> Polynomial::quotient(const Polynomial& divisor) const {
  if (divisor.is_zero()) return {};  // FLINT aborts
  Polynomial r(value_->ring);
  if (fmpq_mpoly_divides(r.value_->p, value_->p, divisor.value_->p, value_->ring->ctx) == 0) return {};
  return r;
}

std::pair<Polynomial, Polynomial> Polynomial::divided(const Polynomial& divisor) const {
  const auto& ctx = value_->ring->ctx;
  if (divisor.is_constant()) return {times(Rational(1) / divisor.coefficient(0)), Polynomial(value_->ring)};
  // Each step of the division may add the divisor's terms.
  if (terms() * divisor.terms() > most_terms_of_gcd) throw TooLarge{};
  Polynomial q(value_->ring), r(value_->ring);
  fmpq_mpoly_divrem(q.value_->p, r.value_->p, value_->p, divisor.value_->p, ctx);
  return {std::move(q), std::move(r)};
}

// ---- factors ----

// Whether a monomial times an irreducible polynomial is seen at once: one that is linear in a variable, with
// a coefficient of one term, or with one term without it, so that what divides both is a monomial; or x^m -
// c*y^n where no number divides all exponents.
static bool is_clearly_irreducible(const std::vector<std::vector<uint64_t>>& exponents,
                                   const std::vector<uint64_t>& least) {
  uint64_t common = 0;
  for (size_t k = 0; k < least.size(); ++k) {
    size_t with = 0;
    uint64_t degree = 0;
    for (const auto& e : exponents) {
      with += e[k] > least[k];
      degree = std::max(degree, e[k] - least[k]);
    }
    if (degree == 1 && (with == 1 || with + 1 == exponents.size())) return true;
    common = std::gcd(common, degree);
  }
  return exponents.size() == 2 && common == 1;
}

std::optional<Polynomial::Factored> Polynomial::factored_at_once() const {
  constexpr size_t most_looked_at = 64;
  if (terms() == 0 || terms() > most_looked_at) return std::nullopt;
  const auto variables = static_cast<size_t>(fmpq_mpoly_ctx_nvars(value_->ring->ctx));
  std::vector<std::vector<uint64_t>> list(terms(), std::vector<uint64_t>(variables));
  std::vector<uint64_t> least(variables, UINT64_MAX);
  for (size_t i = 0; i < list.size(); ++i) {
    exponents(i, list[i]);
    for (size_t k = 0; k < variables; ++k) least[k] = std::min(least[k], list[i][k]);
  }
  if (list.size() > 1 && !is_clearly_irreducible(list, least)) return std::nullopt;
  Factored result{content(), {}};
  Polynomial rest = times(Rational(1) / result.constant);
  for (size_t k = 0; k < variables; ++k) {
    if (least[k] == 0) continue;
    Polynomial v(value_->ring);
    fmpq_mpoly_gen(v.value_->p, static_cast<slong>(k), value_->ring->ctx);
    rest = rest.exact_quotient(v.pow(least[k]));
    result.factors.emplace_back(std::move(v), least[k]);
  }
  if (list.size() > 1) result.factors.emplace_back(std::move(rest), 1);
  return result;
}

Polynomial::Factored Polynomial::factored_to(bool irreducible) const {
  if (auto result = factored_at_once()) return *std::move(result);
  const auto& ctx = value_->ring->ctx;
  const bool small = terms() <= most_terms_to_factor && bits_of(value_->p) <= most_bits_to_factor &&
                     Box(value_->p, ctx).is_quick_to_factor();
  if (terms() > 1 && !small) throw TooLarge{};
  struct List {
    explicit List(const fmpq_mpoly_ctx_struct* c) : ctx(c) { fmpq_mpoly_factor_init(f, ctx); }
    ~List() { fmpq_mpoly_factor_clear(f, ctx); }
    List(const List&) = delete;
    List& operator=(const List&) = delete;
    const fmpq_mpoly_ctx_struct* ctx;
    fmpq_mpoly_factor_t f{};
  } list(ctx);
  const auto factor = irreducible ? fmpq_mpoly_factor : fmpq_mpoly_factor_squarefree;
  if (factor(list.f, value_->p, ctx) == 0) throw TooLarge{};
  Factored result{rational(list.f->constant), {}};
  for (slong i = 0; i < fmpq_mpoly_factor_length(list.f, ctx); ++i) {
    Polynomial p(value_->ring);
    fmpq_mpoly_factor_swap_base(p.value_->p, list.f, i, ctx);
    const auto n = static_cast<uint64_t>(fmpq_mpoly_factor_get_exp_si(list.f, i, ctx));
    const Rational c = p.content();
    result.constant = result.constant * *c.pow(static_cast<int64_t>(n), Rational::max_bits);
    result.factors.emplace_back(p.times(Rational(1) / c), n);
  }
  return result;
}

Polynomial::Factored Polynomial::factored() const { return factored_to(true); }
Polynomial::Factored Polynomial::squarefree_factored() const { return factored_to(false); }

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
