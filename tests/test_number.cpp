// Exact rationals: expected values are mathematics (powers of two, factorials, Bezout), 128-bit integer
// arithmetic of the compiler, and strtod of the C library, which is correctly rounded.
#include <catch2/catch.hpp>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "expr/diagnostic.h"
#include "expr/number.h"
#include "tests/processor_clock.h"

using nabla::Rational;

namespace {

constexpr int64_t lo = std::numeric_limits<int64_t>::min();
constexpr int64_t hi = std::numeric_limits<int64_t>::max();

Rational number(const std::string& text) {
  const bool negative = text[0] == '-';
  const auto r = Rational::parse(negative ? text.substr(1) : text, 100000);
  REQUIRE(r.has_value());
  return negative ? -*r : *r;
}

Rational two_to(int64_t e) { return *Rational(2).pow(e, Rational::max_bits); }

std::string text_of(__int128 n) {
  if (n == 0) return "0";
  const bool negative = n < 0;
  std::string s;
  for (; n != 0; n /= 10)
    s.insert(s.begin(), static_cast<char>('0' + static_cast<int>(n % 10 < 0 ? -(n % 10) : n % 10)));
  return negative ? "-" + s : s;
}

// Integers near the places where representations change, and fractions of them.
std::vector<Rational> border_numbers() {
  const std::vector<int64_t> ints = {
      0, 1, -1, 2, -3, 7, hi, lo, hi - 1, lo + 1, int64_t{1} << 32, -(int64_t{1} << 31)};
  std::vector<Rational> all;
  for (const int64_t n : ints) {
    all.emplace_back(n);
    for (const int64_t d : ints) {
      if (d != 0) all.push_back(Rational::fraction(n, d));
    }
  }
  for (const int64_t e : {62, 63, 64, 65, 127, 128, 200}) {
    all.push_back(two_to(e));
    all.push_back(-two_to(e));
    all.push_back(two_to(e) + 1);
    all.push_back(Rational(3) / two_to(e));
  }
  return all;
}

}  // namespace

TEST_CASE("number: promotion and demotion at 64 bits", "[number]") {
  CHECK((Rational(hi) + 1).to_string() == "9223372036854775808");
  CHECK((Rational(lo) - 1).to_string() == "-9223372036854775809");
  CHECK((Rational(lo) * -1).to_string() == "9223372036854775808");
  CHECK((-Rational(lo)).to_string() == "9223372036854775808");
  CHECK(Rational(lo).abs().to_string() == "9223372036854775808");
  CHECK((Rational(lo) / -1).to_string() == "9223372036854775808");
  CHECK((Rational(1) / lo).to_string() == "-1/9223372036854775808");
  CHECK((Rational(lo) * lo).to_string() == "85070591730234615865843651857942052864");
  CHECK((Rational(hi) * hi).to_string() == "85070591730234615847396907784232501249");
  CHECK(Rational::fraction(lo, lo).is_one());
  CHECK(Rational::fraction(lo, -1).to_string() == "9223372036854775808");
  CHECK(Rational::fraction(-6, -4).to_string() == "3/2");
  CHECK(Rational::fraction(hi, lo).to_string() == "-9223372036854775807/9223372036854775808");

  const Rational back = Rational(hi) + 1 - 1;
  CHECK(back.is_small());
  CHECK(back == Rational(hi));
  CHECK(back.hash() == Rational(hi).hash());
  CHECK((-(Rational(hi) + 1)).as_int() == lo);
  CHECK((two_to(200) / two_to(199)).as_int() == 2);
  CHECK_FALSE((Rational(hi) + 1).as_int().has_value());
}

TEST_CASE("number: agrees with 128-bit integers", "[number]") {
  std::mt19937_64 random(7);
  const auto draw = [&] { return static_cast<int64_t>(random()) >> (random() % 64); };
  for (int i = 0; i < 20000; ++i) {
    const int64_t a = draw();
    const int64_t b = draw();
    REQUIRE((Rational(a) + b).to_string() == text_of(static_cast<__int128>(a) + b));
    REQUIRE((Rational(a) - b).to_string() == text_of(static_cast<__int128>(a) - b));
    REQUIRE((Rational(a) * b).to_string() == text_of(static_cast<__int128>(a) * b));
    REQUIRE((Rational(a) < Rational(b)) == (a < b));
    const int64_t c = static_cast<int32_t>(draw());
    const int64_t d = static_cast<int32_t>(draw()) | 1;
    const int64_t e = static_cast<int32_t>(draw()) | 1;
    const Rational x = Rational::fraction(c, d);
    const Rational y = Rational::fraction(static_cast<int32_t>(a), e);
    REQUIRE((x < y) == ((x - y).sign() < 0));
    // c/d + a/e = (c e + a d) / (d e), all within 128 bits
    const __int128 n = static_cast<__int128>(c) * e + static_cast<__int128>(static_cast<int32_t>(a)) * d;
    REQUIRE((x + y) * d * e == number(text_of(n)));
    const __int128 floor = static_cast<__int128>(c) / d - ((c % d != 0 && (c < 0) != (d < 0)) ? 1 : 0);
    REQUIRE(x.floor().to_string() == text_of(floor));
  }
}

TEST_CASE("number: field laws and one representation", "[number]") {
  const std::vector<Rational> all = border_numbers();
  for (const Rational& a : all) {
    REQUIRE((a.is_small() ? a.bits() <= 127 : a.bits() >= 64));
    REQUIRE(a - a == Rational(0));
    REQUIRE(-(-a) == a);
    REQUIRE(a.numerator() / a.denominator() == a);
    for (const Rational& b : all) {
      const Rational sum = a + b;
      REQUIRE(sum - b == a);
      REQUIRE((sum - b).hash() == a.hash());
      REQUIRE((sum - b).is_small() == a.is_small());
      REQUIRE(sum == b + a);
      REQUIRE((a <=> b) == ((a - b).sign() <=> 0));
      REQUIRE((a == b) == (a - b).is_zero());
      const Rational& c = all[(static_cast<size_t>(&a - all.data()) * 31 + 7) % all.size()];
      REQUIRE((a + b) * c == a * c + b * c);
      if (b.is_zero()) continue;
      REQUIRE(a / b * b == a);
      REQUIRE((a / b * b).hash() == a.hash());
    }
  }
}

TEST_CASE("number: parity, floor, gcd, factorial", "[number]") {
  CHECK(Rational(lo).is_even());
  CHECK_FALSE(Rational(hi).is_even());
  CHECK(two_to(100).is_even());
  CHECK_FALSE((two_to(100) + 1).is_even());
  CHECK(((two_to(100) + 1) / 2).floor() == two_to(99));
  CHECK((-(two_to(100) + 1) / 2).floor() == -two_to(99) - 1);
  CHECK(Rational::fraction(-1, hi).floor() == Rational(-1));
  CHECK(nabla::gcd(lo, 0).to_string() == "9223372036854775808");
  CHECK(nabla::gcd(-12, 18) == Rational(6));
  CHECK(nabla::gcd(two_to(90) * 15, two_to(80) * 21) == two_to(80) * 3);

  const uint64_t bits = Rational::max_bits;
  CHECK(nabla::factorial(0, bits) == Rational(1));
  CHECK(nabla::factorial(20, bits)->to_string() == "2432902008176640000");
  CHECK(nabla::factorial(30, bits)->to_string() == "265252859812191058636308480000000");  // OEIS A000142
  CHECK_FALSE(nabla::factorial(-1, bits).has_value());
  CHECK_FALSE(nabla::factorial(hi, bits).has_value());
  CHECK_FALSE(nabla::factorial(100000, bits).has_value());  // 1,516,705 bits
  CHECK(nabla::factorial(50000, bits).has_value());         // 708,244 bits
  CHECK(nabla::factorial(30, 108)->bits() == 108);
  CHECK_FALSE(nabla::factorial(30, 107).has_value());
}

TEST_CASE("number: literals", "[number]") {
  const auto parsed = [](const char* text) {
    const auto r = Rational::parse(text, 10000);
    return r ? r->to_string() : "none";
  };
  CHECK(parsed("0") == "0");
  CHECK(parsed("007") == "7");
  CHECK(parsed("0.1") == "1/10");
  CHECK(parsed("1e-3") == "1/1000");
  CHECK(parsed("2.50E+1") == "25");
  CHECK(parsed("0.000e999999999999999999999999") == "0");
  CHECK(parsed("18446744073709551616") == "18446744073709551616");
  CHECK(parsed("9223372036854775808e-1") == "4611686018427387904/5");
  CHECK(parsed("1e20") == "100000000000000000000");
  for (const char* bad : {"", ".5", "1.", "1e", "1e+", "-1", "1x", "1.2.3", " 1", "1e5.0"})
    CHECK(parsed(bad) == "none");

  const auto start = nabla::test::ProcessorClock::now();
  CHECK(parsed("1e999999999999") == "none");
  CHECK(parsed("1e-999999999999") == "none");
  CHECK(parsed("0.5e99999999999999999999999999999999") == "none");
  CHECK(nabla::test::ProcessorClock::now() - start < std::chrono::milliseconds(50));

  CHECK(Rational::parse("1e9999", 10000).has_value());
  CHECK_FALSE(Rational::parse("1e10000", 10000).has_value());
  CHECK(Rational::parse("1e-10000", 10000).has_value());
  CHECK_FALSE(Rational::parse("1e-10001", 10000).has_value());
  CHECK(Rational::parse(std::string(10000, '9'), 10000).has_value());
  CHECK_FALSE(Rational::parse(std::string(10001, '9'), 10000).has_value());
  CHECK(Rational::parse(std::string(20000, '0') + "1", 10000) == Rational(1));
  CHECK_FALSE(Rational::parse("1e999999", 10000000).has_value());  // digits allowed, bits not
}

TEST_CASE("number: powers are bounded before they are computed", "[number]") {
  const uint64_t bits = Rational::max_bits;
  CHECK(Rational(0).pow(0, bits) == Rational(1));
  CHECK(Rational(0).pow(5, bits) == Rational(0));
  CHECK_FALSE(Rational(0).pow(-1, bits).has_value());
  CHECK(Rational(-1).pow(lo, bits) == Rational(1));
  CHECK(Rational(-1).pow(hi, bits) == Rational(-1));
  CHECK(Rational(-2).pow(63, bits)->as_int() == lo);
  CHECK(Rational(-2).pow(-63, bits)->to_string() == "-1/9223372036854775808");
  CHECK(Rational::fraction(-2, 3).pow(-3, bits)->to_string() == "-27/8");
  CHECK(Rational(10).pow(25, bits)->to_string() == "10000000000000000000000000");
  CHECK(Rational(lo).pow(-1, bits)->to_string() == "-1/9223372036854775808");
  CHECK((Rational(hi) + 1).pow(-2, bits)->to_string() == "1/85070591730234615865843651857942052864");
  CHECK(Rational(2).pow(4095, 4096)->bits() == 4096);
  CHECK_FALSE(Rational(2).pow(4096, 4096).has_value());
  CHECK(Rational(2).pow(static_cast<int64_t>(bits) - 1, bits)->bits() == bits);

  const auto start = nabla::test::ProcessorClock::now();
  CHECK_FALSE(Rational(2).pow(static_cast<int64_t>(bits), bits).has_value());
  CHECK_FALSE(Rational(2).pow(hi, ~uint64_t{0}).has_value());
  CHECK_FALSE(Rational(3).pow(lo, bits).has_value());
  CHECK_FALSE(Rational::fraction(13, 10).pow(6472416997, bits).has_value());
  CHECK(nabla::test::ProcessorClock::now() - start < std::chrono::milliseconds(50));
}

TEST_CASE("number: size limit is a Failure and not an abort", "[number]") {
  const Rational half_size = two_to(static_cast<int64_t>(Rational::max_bits / 2));
  CHECK((half_size * (half_size / 4)).bits() == Rational::max_bits - 1);
  CHECK((half_size * (half_size / 2)).bits() == Rational::max_bits);
  const Rational largest = half_size * (half_size / 2) - 1 + half_size * (half_size / 2);  // 2^max_bits - 1
  CHECK(largest.bits() == Rational::max_bits);
  const auto code_of = [](auto&& f) {
    try {
      f();
    } catch (const nabla::Failure& failure) {
      return failure.diagnostic.code == nabla::Code::number_too_large;
    }
    return false;
  };
  CHECK(code_of([&] { (void)(half_size * half_size); }));
  CHECK(code_of([&] { (void)(largest + 1); }));
  CHECK(code_of([&] { (void)(largest / (half_size + 3)); }));
  CHECK(code_of([&] { (void)(Rational(1) / half_size / half_size); }));
  CHECK((largest * Rational::fraction(1, 3)).is_integer());  // 3 divides 4^k - 1
  CHECK_THROWS_AS(Rational(1) / Rational(0), std::domain_error);
}

TEST_CASE("number: roots and extracted powers", "[number]") {
  CHECK(Rational(0).root(3) == Rational(0));
  CHECK(Rational(1).root(hi) == Rational(1));
  CHECK(Rational(7).root(1) == Rational(7));
  CHECK(Rational::fraction(4, 9).root(2) == Rational::fraction(2, 3));
  CHECK_FALSE(Rational::fraction(4, 3).root(2).has_value());
  CHECK_FALSE(Rational(-8).root(3).has_value());
  CHECK(two_to(300).root(100) == Rational(8));
  CHECK_FALSE(two_to(301).root(100).has_value());
  CHECK_FALSE(Rational(2).root(~uint64_t{0}).has_value());

  const auto split = [](const Rational& n, uint64_t k) {
    const auto [outside, inside] = n.extract_power(k);
    return outside.to_string() + " " + inside.to_string();
  };
  CHECK(split(1, 2) == "1 1");
  CHECK(split(72, 2) == "6 2");
  CHECK(split(72, 3) == "2 9");
  CHECK(split(997 * 997, 2) == "997 1");
  CHECK(split(1009 * 1009, 2) == "1009 1");
  CHECK(split(int64_t{2} * 1009 * 1009, 2) == "1009 2");
  CHECK(split(int64_t{1009} * 1009 * 1009, 2) == "1009 1009");
  CHECK(split(two_to(101), 2) == "1125899906842624 2");
  CHECK(split(Rational(1000003) * 1000033, 2) == "1 1000036000099");
  CHECK(split(5, ~uint64_t{0}) == "1 5");
  CHECK(two_to(1000001).extract_power(2) == std::pair(two_to(500000), Rational(2)));

  std::mt19937_64 random(3);
  for (int i = 0; i < 2000; ++i) {
    const Rational n(static_cast<int64_t>(random() >> (1 + random() % 60)) + 1);
    const uint64_t k = 2 + random() % 5;
    const auto [outside, inside] = n.extract_power(k);
    REQUIRE(*outside.pow(static_cast<int64_t>(k), Rational::max_bits) * inside == n);
    REQUIRE((inside.is_one() || !inside.root(k).has_value()));
    for (const int64_t p : {2, 3, 5, 7, 11, 13}) {
      REQUIRE_FALSE((inside / *Rational(p).pow(static_cast<int64_t>(k), Rational::max_bits)).is_integer());
    }
  }
}

TEST_CASE("number: doubles are rounded once, correctly", "[number]") {
  CHECK(Rational(hi).to_double() == 0x1p63);
  CHECK(Rational(lo).to_double() == -0x1p63);
  CHECK(Rational((int64_t{1} << 53) + 1).to_double() == 0x1p53);  // tie to even
  CHECK((two_to(1024) - two_to(970)).to_double() == std::numeric_limits<double>::infinity());
  CHECK((two_to(1024) - two_to(970) - 1).to_double() == std::numeric_limits<double>::max());
  CHECK((-two_to(2000)).to_double() == -std::numeric_limits<double>::infinity());
  CHECK((Rational(1) / two_to(1074)).to_double() == std::numeric_limits<double>::denorm_min());
  CHECK((Rational(1) / two_to(1075)).to_double() == 0.0);  // tie to even
  CHECK((Rational(1) / two_to(1075) + Rational(1) / two_to(3000)).to_double() ==
        std::numeric_limits<double>::denorm_min());
  CHECK((Rational(3) / two_to(1075)).to_double() == 0x1p-1073);  // 1.5 units: tie to even
  CHECK((Rational(1) / two_to(500000)).to_double() == 0.0);
  CHECK(((two_to(5000) + 1) / two_to(4999)).to_double() == 2.0);

  std::mt19937_64 random(11);
  const auto check = [](const std::string& text) {
    CAPTURE(text);
    REQUIRE(number(text).to_double() == std::strtod(text.c_str(), nullptr));
  };
  check("2.2250738585072011e-308");
  check("2.4703282292062327208e-324");
  check("1.7976931348623158079e308");
  check("9007199254740993e0");
  for (int i = 0; i < 3000; ++i) {
    const auto digits = std::to_string(random() >> (random() % 60));
    const int exponent = static_cast<int>(random() % 720) - 360;
    check(digits + "e" + std::to_string(exponent));
    check("-" + digits + "." + std::to_string(random()) + "e" + std::to_string(exponent / 8));
  }
  // Ratios of 64-bit integers against extended precision, away from its own ties.
  for (int i = 0; i < 3000; ++i) {
    const auto n = static_cast<int64_t>(random() >> 1);
    const auto d = static_cast<int64_t>(random() >> 1) | 1;
    const double got = Rational::fraction(n, d).to_double();
    const long double exact = static_cast<long double>(n) / static_cast<long double>(d);
    REQUIRE(std::fabs(static_cast<long double>(got) - exact) <=
            0.5005L * static_cast<long double>(std::nextafter(got, HUGE_VAL) - got));
  }
}

TEST_CASE("number: hash is fixed", "[number]") {
  // 0 is the fixed point of the finaliser; distinct values scatter.
  CHECK(Rational(0).hash() == 0);
  std::vector<Rational> values;
  std::vector<uint64_t> seen;
  for (const Rational& a : border_numbers()) {
    for (const Rational& b : {a, a / 3, a * 5 + 1}) {
      values.push_back(b);
      seen.push_back(b.hash());
    }
  }
  for (size_t i = 0; i < values.size(); ++i) {
    for (size_t j = 0; j < i; ++j) REQUIRE((values[i] == values[j]) == (seen[i] == seen[j]));
  }
}
