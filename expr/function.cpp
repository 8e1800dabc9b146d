#include "expr/function.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "expr/ball.h"
#include "runtime/nabla_runtime.h"

namespace nabla {
namespace {
namespace kernel {

// What the columns PARTIALS call when T is double; for T = Ball the same names are found by argument.
using rt::digamma, rt::polygamma, rt::sign, rt::sinc;
using std::abs, std::cos, std::cosh, std::erfc, std::exp, std::floor, std::log, std::pow, std::sin, std::sinh,
    std::sqrt, std::tanh;

double constant(int n, double) { return n; }
Ball constant(int n, const Ball& x) { return Ball(n).with_precision(x.precision()); }
double pi(double) { return 3.14159265358979323846; }
Ball pi(const Ball& x) { return Ball::pi(x.precision()); }
double select(bool condition, double a, double b) { return condition ? a : b; }

template <class T>
T not_differentiable();
template <>
double not_differentiable<double>() {
  return std::numeric_limits<double>::quiet_NaN();
}
template <>
Ball not_differentiable<Ball>() {
  return Ball::undefined();
}

template <class T, size_t arguments>
void store(std::array<T, arguments> values, T* out) {
  std::move(values.begin(), values.end(), out);
}

Ball at(const Ball& x, long precision) { return x.with_precision(precision); }

#define VALUE(...) __VA_ARGS__
#define BALL(...) __VA_ARGS__
#define PARTIALS(...) \
  { __VA_ARGS__ }
#define FN(name, arguments, value_code, ball_code, partials_code, ...)                            \
  struct name##_row {                                                                             \
    static double of([[maybe_unused]] double x, [[maybe_unused]] double y) { return value_code; } \
    static double value(const double* args) { return of(args[0], args[arguments - 1]); }          \
    static void column(const double* const* args, double* out, size_t n) {                        \
      for (size_t i = 0; i < n; ++i) out[i] = of(args[0][i], args[arguments - 1][i]);             \
    }                                                                                             \
    static Ball ball(const Ball* args, long precision) {                                          \
      const Ball x = at(args[0], precision);                                                      \
      [[maybe_unused]] const Ball y = at(args[arguments - 1], precision);                         \
      return x.is_finite() && y.is_finite() ? Ball(ball_code) : without_value(x, y);              \
    }                                                                                             \
    template <class T>                                                                            \
    static void partials_of([[maybe_unused]] const T& x, [[maybe_unused]] const T& y,             \
                            [[maybe_unused]] const T& f, T* out) {                                \
      store(std::array<T, arguments> partials_code, out);                                         \
    }                                                                                             \
    static void partials(const double* args, double f, double* out) {                             \
      partials_of<double>(args[0], args[arguments - 1], f, out);                                  \
    }                                                                                             \
    static void ball_partials(const Ball* args, const Ball& f, Ball* out, long precision) {       \
      partials_of<Ball>(at(args[0], precision), at(args[arguments - 1], precision), f, out);      \
    }                                                                                             \
  };
#define MFN(name, min_arguments, max_arguments, ...)

Ball without_value(const Ball& x, const Ball& y) {
  return x.is_undefined() || y.is_undefined() ? Ball::undefined() : Ball::unknown();
}

#include "expr/functions.def"
#undef VALUE
#undef BALL
#undef PARTIALS

}  // namespace kernel

constexpr Function table[] = {
#define FN(id, arguments, value_code, ball_code, partials_code, ...) \
  {.fn = Fn::id,                                                     \
   .name = #id,                                                      \
   .min_args = arguments,                                            \
   .max_args = arguments,                                            \
   .value = kernel::id##_row::value,                                 \
   .column = kernel::id##_row::column,                               \
   .ball = kernel::id##_row::ball,                                   \
   .partials = kernel::id##_row::partials,                           \
   .ball_partials = kernel::id##_row::ball_partials,                 \
   __VA_ARGS__},
#define MFN(id, min_arguments, max_arguments, ...) \
  {.fn = Fn::id, .name = #id, .min_args = min_arguments, .max_args = max_arguments, __VA_ARGS__},
#include "expr/functions.def"
};

constexpr size_t row_count = std::size(table);

// The rows in the order of their names.
constexpr std::array<Fn, row_count> by_name = [] {
  std::array<Fn, row_count> order{};
  for (size_t i = 0; i < row_count; ++i) order[i] = table[i].fn;
  std::sort(order.begin(), order.end(), [](Fn a, Fn b) {
    return table[static_cast<size_t>(a)].name < table[static_cast<size_t>(b)].name;
  });
  return order;
}();

}  // namespace

const Function& row(Fn fn) { return table[static_cast<size_t>(fn)]; }

std::optional<Fn> find_function(std::string_view name) {
  const auto it = std::lower_bound(by_name.begin(), by_name.end(), name,
                                   [](Fn fn, std::string_view text) { return row(fn).name < text; });
  if (it == by_name.end() || row(*it).name != name) return std::nullopt;
  return *it;
}

size_t function_count() { return row_count; }

}  // namespace nabla
