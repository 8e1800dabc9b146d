// The runtime header: accuracy in float and long double (double is tested with the function table), the
// edges, and the markers by which it is cut.
#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <random>
#include <set>
#include <sstream>
#include <string>

#include "expr/ball.h"
#include "expr/function.h"
#include "runtime/nabla_products.h"
#include "runtime/nabla_runtime.h"
#include "tests/paths.h"

using namespace nabla;

namespace {

struct Real {
  const char* name;
  float (*single)(float);
  long double (*extended)(long double);
  double low, high;  // where it is drawn
  double ulps;       // allowed error in units of epsilon, of the value and of x*f'(x) together
};

#define NABLA_REAL(f, low, high, ulps) {#f, rt::f<float>, rt::f<long double>, low, high, ulps},
const Real reals[] = {
    NABLA_REAL(sec, -20, 20, 4) NABLA_REAL(csc, -20, 20, 4) NABLA_REAL(cot, -20, 20, 4) NABLA_REAL(
        asec, 1, 40, 8) NABLA_REAL(acsc, 1, 40, 8) NABLA_REAL(acot, -20, 20, 4) NABLA_REAL(sech, -20, 20, 6)
        NABLA_REAL(csch, -20, 20, 6) NABLA_REAL(coth, -20, 20, 6) NABLA_REAL(asech, 0, 1, 8)
            NABLA_REAL(acsch, -20, 20, 8) NABLA_REAL(acoth, 1, 20, 8) NABLA_REAL(sinc, -20, 20, 4)
                NABLA_REAL(sigmoid, -30, 30, 5) NABLA_REAL(softplus, -30, 30, 5) NABLA_REAL(logit, 0, 1, 6)
                    NABLA_REAL(elu, -20, 20, 4) NABLA_REAL(silu, -30, 30, 6) NABLA_REAL(gelu, -8, 8, 8)
                        NABLA_REAL(factorial, -5, 30, 20) NABLA_REAL(digamma, -9, 40, 25) NABLA_REAL(
                            trigamma, -9, 40, 25) NABLA_REAL(erfi, -8, 8, 40) NABLA_REAL(Si, -60, 60, 12)
                            NABLA_REAL(Ci, 0, 60, 25) NABLA_REAL(Ei, -60, 60, 60) NABLA_REAL(li, 0, 90, 60)};
#undef NABLA_REAL

// The value as a long double, to about 106 bits of which it keeps 64.
long double extended(const Ball& b) {
  const double high = b.midpoint();
  return static_cast<long double>(high) + static_cast<long double>((b - Ball(high, 400)).midpoint());
}

Ball exactly(long double x) {
  const auto high = static_cast<double>(x);
  return Ball(high, 400) + Ball(static_cast<double>(x - static_cast<long double>(high)), 400);
}

// The blocks of a header: name, what it needs, text.
struct Block {
  std::set<std::string> needs;
  std::string text;
};

void add_blocks(const std::string& header, std::map<std::string, Block>& found) {
  std::ifstream file(std::string(paths::source) + "/runtime/" + header);
  REQUIRE(file);
  Block* open = nullptr;
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("// @function ", 0) == 0) {
      REQUIRE(open == nullptr);
      std::istringstream words(line.substr(13));
      std::string name, word;
      words >> name >> word;
      if (word == "lanes") word.clear();
      if (word.empty()) words >> word;
      REQUIRE((word.empty() || word == "needs"));
      REQUIRE(found.count(name) == 0);
      open = &found[name];
      while (words >> word) {
        INFO(name << " needs " << word);
        REQUIRE(found.count(word) == 1);  // defined above
        open->needs.insert(word);
      }
      REQUIRE((line.find(" needs") == std::string::npos || !open->needs.empty()));
    } else if (line == "// @end") {
      REQUIRE(open != nullptr);
      open = nullptr;
    } else if (open != nullptr) {
      open->text += line.substr(0, line.find("//")) + "\n";
    }
  }
  REQUIRE(open == nullptr);
}

std::map<std::string, Block> blocks() {
  std::map<std::string, Block> found;
  add_blocks("nabla_elementary.h", found);
  add_blocks("nabla_matrix.h", found);
  add_blocks("nabla_special.h", found);
  return found;
}

bool is_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

// Whether `text` calls `name` without a qualifier, perhaps with one template argument.
bool calls(const std::string& text, const std::string& name) {
  for (size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + 1)) {
    const char before = at > 0 ? text[at - 1] : ' ';
    size_t end = at + name.size();
    if (text.compare(end, 1, "<") == 0) {
      ++end;
      while (end < text.size() && is_name(text[end])) ++end;
      if (text.compare(end, 1, ">") == 0) ++end;
    }
    if (!is_name(before) && before != ':' && text.compare(end, 1, "(") == 0) return true;
  }
  return false;
}

template <class T>
void check_edges() {
  const T nan = std::numeric_limits<T>::quiet_NaN(), inf = std::numeric_limits<T>::infinity();
  for (const T x : {T(0), T(-1), T(-7), T(-1e9)}) {
    CHECK(std::isnan(rt::digamma(x)));
    CHECK(std::isnan(rt::trigamma(x)));
    CHECK(std::isnan(rt::polygamma(T(3), x)));
  }
  CHECK(std::isnan(rt::polygamma(T(-1), T(2))));
  CHECK(std::isnan(rt::polygamma(T(1.5), T(2))));
  CHECK(rt::polygamma(T(0), T(2)) == rt::digamma(T(2)));
  CHECK(std::isnan(rt::Ci(T(-1))));
  CHECK(std::isinf(rt::Ci(T(0))));
  CHECK(rt::Ci(inf) == T(0));
  CHECK(rt::Si(inf) == T(1.57079632679489661923132169163975144L));
  CHECK(rt::Si(T(0)) == T(0));
  CHECK(rt::Ei(T(0)) == -inf);
  CHECK(rt::Ei(-inf) == T(0));
  CHECK(rt::Ei(inf) == inf);
  CHECK(std::isnan(rt::li(T(-1))));
  CHECK(rt::li(T(1)) == -inf);
  CHECK(rt::erfi(inf) == inf);
  CHECK(rt::erfi(-inf) == -inf);
  CHECK(rt::digamma(inf) == inf);
  CHECK(rt::trigamma(inf) == T(0));
  CHECK(std::isnan(rt::asec(T(0.5))));
  CHECK(std::isnan(rt::acsc(T(-0.5))));
  CHECK(std::isnan(rt::asech(T(2))));
  CHECK(std::isnan(rt::acoth(T(0.5))));
  CHECK(rt::asec(T(1)) == T(0));
  CHECK(rt::acsc(T(-1)) == T(-1.57079632679489661923132169163975144L));
  CHECK(rt::acot(T(0)) == T(1.57079632679489661923132169163975144L));
  CHECK(std::isnan(rt::logit(T(2))));
  CHECK(std::isnan(rt::mod(T(1), T(0))));
  CHECK(rt::sigmoid(inf) == T(1));
  CHECK(rt::sigmoid(-inf) == T(0));
  CHECK(rt::softplus(-inf) == T(0));
  CHECK(rt::logaddexp(-inf, T(3)) == T(3));
  CHECK(rt::logaddexp(-inf, -inf) == -inf);
  CHECK(rt::logaddexp(inf, inf) == inf);
  CHECK(std::isnan(rt::beta(T(-2), T(0.5))));
  CHECK(rt::beta(T(-0.5), T(-1.5)) == T(0));
  CHECK(rt::beta(T(1), T(1)) == Approx(1));
  for (const auto f :
       {rt::sign<T>, rt::step<T>,    rt::relu<T>,     rt::elu<T>,   rt::gelu<T>,    rt::silu<T>,
        rt::sinc<T>, rt::sigmoid<T>, rt::softplus<T>, rt::logit<T>, rt::digamma<T>, rt::trigamma<T>,
        rt::erfi<T>, rt::Si<T>,      rt::Ci<T>,       rt::Ei<T>,    rt::li<T>,      rt::asec<T>,
        rt::acsc<T>, rt::acot<T>,    rt::asech<T>,    rt::acsch<T>, rt::acoth<T>,   rt::factorial<T>}) {
    CHECK(std::isnan(f(nan)));
  }
  for (const auto f :
       {rt::max<T>, rt::min<T>, rt::mod<T>, rt::logaddexp<T>, rt::beta<T>, rt::leaky_relu<T>}) {
    CHECK(std::isnan(f(nan, T(2))));
    CHECK((std::isnan(f(T(-2), nan))));
  }
  CHECK(std::isnan(rt::polygamma(T(2), nan)));
  CHECK(std::isnan(rt::polygamma(nan, T(2))));
}

}  // namespace

TEST_CASE("the runtime in float and long double", "[runtime]") {
  std::mt19937_64 random(3);
  for (const Real& r : reals) {
    const Function& f = row(*find_function(r.name));
    for (int i = 0; i < 300; ++i) {
      const double u = static_cast<double>(random() >> 11) * 0x1p-53;
      const auto single = static_cast<float>(r.low + (r.high - r.low) * u);
      const long double wide = static_cast<long double>(single) * (1 + 0x1p-55L);
      INFO(r.name << " at " << single);
      const auto check = [&](long double value, const Ball& x, long double epsilon, long double smallest) {
        const Ball b = f.ball(&x, 400);
        if (!b.is_finite()) return;
        Ball slope;
        f.ball_partials(&x, b, &slope, 400);
        const long double expected = extended(b);
        const long double size = std::abs(expected) + std::abs(extended(x * slope));
        CHECK(std::abs(value - expected) <= static_cast<long double>(r.ulps) * epsilon * size + smallest);
      };
      check(static_cast<long double>(r.single(single)), Ball(static_cast<double>(single), 400),
            std::numeric_limits<float>::epsilon(), std::numeric_limits<float>::min());
      check(r.extended(wide), exactly(wide), std::numeric_limits<long double>::epsilon(), 0);
    }
  }
}

TEST_CASE("poles, infinities and NaN", "[runtime]") {
  check_edges<float>();
  check_edges<double>();
  check_edges<long double>();
  const double infinity = std::numeric_limits<double>::infinity();
  CHECK(rt::silu(-infinity) == 0);
  CHECK(rt::gelu(-infinity) == 0);
  CHECK(rt::silu(infinity) == infinity);
  CHECK(rt::gelu(infinity) == infinity);
  CHECK(rt::softplus(-infinity) == 0);
  CHECK(rt::softplus(infinity) == infinity);
  CHECK(rt::sigmoid(-infinity) == 0);
  CHECK(rt::sigmoid(infinity) == 1);
}

TEST_CASE("integer powers multiply", "[runtime]") {
  CHECK(rt::ipow(3.0, 0) == 1);
  CHECK(rt::ipow(3.0, 5) == 243);
  CHECK(rt::ipow(-2.0, 3) == -8);
  CHECK(rt::ipow(2.0, -3) == 0.125);
  CHECK(rt::ipow(0.0, 0) == 1);
  CHECK(rt::ipow(10.0, 22) == 1e22);
  static_assert(rt::ipow(2.0, 10) == 1024);
}

TEST_CASE("factorials are accurate", "[runtime]") {
  double product = 1;
  for (int n = 1; n <= 18; ++n) {
    product *= n;
    CHECK(rt::factorial(static_cast<double>(n)) == Approx(product).epsilon(2 * 0x1p-52).margin(0));
  }
  // x + 1 rounds at a power of two, which gamma magnifies by x*digamma(x) = 620
  for (int i = 0; i < 64; ++i) {
    const double x = 127 + i / 64.0 + 0x1p-46;
    const double exact = gamma(Ball(x, 200) + 1).midpoint();
    CHECK(rt::factorial(x) == Approx(exact).epsilon(12 * 0x1p-52).margin(0));
  }
}

TEST_CASE("each block of the header names what it needs", "[runtime]") {
  const auto all = blocks();
  CHECK(all.size() > 40);
  for (const auto& [name, block] : all) {
    INFO(name);
    CHECK(calls(block.text, name));
    CHECK(block.text.find('#') == std::string::npos);
    CHECK(block.text.find("rt::") == std::string::npos);
    for (const auto& [other, unused] : all) {
      if (other == name) continue;
      INFO(other);
      CHECK(calls(block.text, other) == (block.needs.count(other) == 1));
    }
  }
}

// A call of <cmath> whose name is not brought in would take the function for double of <math.h>.
TEST_CASE("the functions of <cmath> that the runtime calls are brought in", "[runtime]") {
  const auto text_of = [](const std::filesystem::path& path) {
    std::ifstream file(path);
    std::string text;
    for (std::string line; std::getline(file, line);) text += line.substr(0, line.find("//")) + "\n";
    return text;
  };
  const std::filesystem::path folder = std::string(paths::source) + "/runtime";
  const std::string names = text_of(folder / "nabla_cmath.h");
  size_t called = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    const std::string text = text_of(file.path());
    for (const char* name :
         {"abs",       "acos",   "acosh",      "asin",       "asinh",     "atan",  "atan2",  "atanh",
          "cbrt",      "ceil",   "copysign",   "cos",        "cosh",      "erf",   "erfc",   "exp",
          "exp2",      "expm1",  "fabs",       "fdim",       "floor",     "fma",   "fmax",   "fmin",
          "fmod",      "frexp",  "hypot",      "ilogb",      "isfinite",  "isinf", "isnan",  "ldexp",
          "lgamma",    "llrint", "llround",    "log",        "log10",     "log1p", "log2",   "logb",
          "lrint",     "lround", "modf",       "nan",        "nearbyint", "pow",   "remquo", "nextafter",
          "remainder", "rint",   "round",      "scalbn",     "signbit",   "sin",   "sinh",   "sqrt",
          "tan",       "tanh",   "nexttoward", "fpclassify", "tgamma",    "trunc", "scalbln"}) {
      INFO(file.path() << ": " << name);
      CHECK(text.find(std::string("std::") + name + "(") == std::string::npos);
      const bool of_class = std::string(name) == "abs" && text.find("fabs_of_class") != std::string::npos;
      if (!calls(text, name) || of_class) continue;
      ++called;
      CHECK(names.find(std::string("using std::") + name + ";") != std::string::npos);
    }
  }
  CHECK(called > 40);
}

TEST_CASE("the function table spells runtime functions that exist", "[runtime]") {
  const auto all = blocks();
  for (size_t i = 0; i < function_count(); ++i) {
    const std::string_view cpp = row(function_at(i)).cpp;
    INFO(cpp);
    if (cpp.substr(0, 4) == "rt::") CHECK(all.count(std::string(cpp.substr(4))) == 1);
  }
}

TEST_CASE("products of all numbers but one", "[runtime]") {
  for (const std::ptrdiff_t n : {1, 2, 20, 127, 128, 131, 300}) {
    INFO(n);
    std::vector<double> x, y(static_cast<size_t>(n), 7.0);
    for (std::ptrdiff_t i = 0; i < n; ++i) x.push_back(1 + 0.01 * static_cast<double>(i % 7 - 3));
    for (const int zeros : {0, 1, 2}) {
      if (zeros > 0) x[static_cast<size_t>(n - 1)] = 0;
      if (zeros > 1) x[0] = 0;
      rt::products_without(n, x.data(), y.data());
      for (size_t i = 0; i < x.size(); ++i) {
        double product = 1;
        for (size_t j = 0; j < x.size(); ++j) product *= j == i ? 1 : x[j];
        if (!(std::abs(y[i] - product) <= 1e-13 * std::abs(product))) FAIL_CHECK(i << ": " << y[i]);
      }
    }
  }
}

TEST_CASE("an inverse with its log-determinant", "[runtime]") {
  for (const std::ptrdiff_t n : {1, 2, 5, 40}) {
    INFO(n);
    const auto size = static_cast<size_t>(n * n);
    for (const int kind : {0, 1, 2}) {  // positive definite, symmetric only, neither
      std::vector<double> a(size), x(size), work(size);
      for (std::ptrdiff_t i = 0; i < n; ++i) {
        for (std::ptrdiff_t j = 0; j < n; ++j) {
          double v = std::cos(static_cast<double>(i * j)) + (i == j ? static_cast<double>(2 * n) : 0.0);
          if (kind == 1 && i == j && i % 2 == 0) v = -v;
          if (kind == 2 && i < j) v *= 2;
          a[static_cast<size_t>(i * n + j)] = v;
        }
      }
      const double got = rt::inverse_log_determinant(n, a.data(), x.data(), work.data());
      const double wanted = rt::log_determinant(n, a.data(), work.data());
      CHECK((std::isnan(wanted) ? std::isnan(got)
                                : std::abs(got - wanted) <= 1e-12 * std::abs(wanted) + 1e-14));
      double worst = 0;
      for (std::ptrdiff_t i = 0; i < n; ++i) {
        for (std::ptrdiff_t j = 0; j < n; ++j) {
          double sum = i == j ? -1 : 0;
          for (std::ptrdiff_t k = 0; k < n; ++k)
            sum += a[static_cast<size_t>(i * n + k)] * x[static_cast<size_t>(k * n + j)];
          worst = std::max(worst, std::abs(sum));
        }
      }
      CHECK(worst < 1e-12);
    }
  }
}

// By identities of linear algebra; the matrices are well conditioned.
TEST_CASE("the functions of matrices", "[runtime]") {
  const std::ptrdiff_t n = 4;
  // Rows must be exchanged: the first pivot is 0.
  const std::vector<double> a = {0, 2, 1, -1, 3, 0, 1, 2, 1, -1, 4, 0, 2, 1, 0, 5};
  std::vector<double> x(16), y(16), work(32);
  const auto product = [&](const std::vector<double>& p, const std::vector<double>& q) {
    std::vector<double> r(16);
    for (size_t i = 0; i < 4; ++i) {
      for (size_t j = 0; j < 4; ++j) {
        for (size_t k = 0; k < 4; ++k) r[i * 4 + j] += p[i * 4 + k] * q[k * 4 + j];
      }
    }
    return r;
  };
  const auto near = [](const std::vector<double>& p, const std::vector<double>& q) {
    for (size_t i = 0; i < p.size(); ++i) {
      if (!(std::abs(p[i] - q[i]) <= 1e-12)) return false;
    }
    return true;
  };
  std::vector<double> unit(16);
  for (size_t i = 0; i < 4; ++i) unit[i * 5] = 1;
  rt::inverse(n, a.data(), x.data(), work.data());
  CHECK(near(product(a, x), unit));
  const double logarithm = rt::factors(n, a.data(), work.data());
  CHECK(std::isnan(logarithm));  // the determinant is negative
  rt::solve_columns(n, work.data(), false, n, unit.data(), y.data());
  CHECK(near(x, y));
  rt::solve_columns(n, work.data(), true, n, unit.data(), y.data());
  for (size_t i = 0; i < 16; ++i) CHECK(std::abs(y[i] - x[i % 4 * 4 + i / 4]) < 1e-14);
  const double det = rt::determinant(n, a.data(), work.data());
  CHECK(det == Approx(-96));
  rt::adjugate(n, a.data(), y.data(), work.data());
  for (double& v : x) v *= det;
  CHECK(near(x, y));
  CHECK(std::isnan(rt::log_determinant(n, a.data(), work.data())) == (det < 0));
  CHECK(std::abs(rt::log_determinant(n, product(a, a).data(), work.data()) - 2 * std::log(std::abs(det))) <
        1e-12);
  rt::matrix_power<double>(n, a.data(), 3, y.data(), work.data());
  CHECK(near(y, product(a, product(a, a))));
  rt::matrix_power<double>(n, a.data(), -2, x.data(), work.data());
  CHECK(near(product(product(a, a), x), unit));
  rt::matrix_power<double>(n, a.data(), 0, x.data(), work.data());
  CHECK(near(x, unit));
  std::vector<double> l = {2, 0, 0, 0, 1, 3, 0, 0, -1, 2, 1, 0, 0.5, 0, 1, 2}, transposed(16);
  for (size_t i = 0; i < 16; ++i) transposed[i] = l[i % 4 * 4 + i / 4];
  rt::cholesky(n, product(l, transposed).data(), x.data());
  CHECK(near(x, l));
  rt::cholesky(n, a.data(), x.data());
  CHECK(std::isnan(x[15]));
  const double v[] = {3, 9, -4, 9, 12, 9};  // every second: 3, -4, 12
  CHECK(rt::norm2<double>(3, v, 2) == Approx(13));
  CHECK(rt::norm1<double>(3, v, 2) == Approx(19));
  CHECK(rt::norminf<double>(3, v, 2) == 12);
  CHECK(rt::argmax<double>(6, v, 1) == 5);
  const double large[] = {1000, 1000}, huge[] = {3e200, 4e200};
  CHECK(rt::logsumexp<double>(2, large, 1) == Approx(1000 + std::log(2.0)));
  CHECK(rt::norm2<double>(2, huge, 1) == Approx(5e200));
  double s[2];
  rt::softmax<double>(2, large, 1, s);
  CHECK(s[0] == Approx(0.5));
  rt::log_softmax<double>(2, large, 1, s);
  CHECK(s[1] == Approx(-std::log(2.0)));
}
