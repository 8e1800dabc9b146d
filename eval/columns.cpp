#include "eval/columns.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "eval/arithmetic.h"

namespace nabla {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

template <class F>
void map(const double* a, double* out, size_t n, F f) {
  for (size_t i = 0; i < n; ++i) out[i] = f(a[i]);
}

template <class F>
void zip(const double* a, const double* b, double* out, size_t n, F f) {
  for (size_t i = 0; i < n; ++i) out[i] = f(a[i], b[i]);
}

void powers(const double* a, int32_t k, double* out, size_t n) {
  switch (k) {
    case 2:
      return map(a, out, n, [](double x) { return x * x; });
    case 3:
      return map(a, out, n, [](double x) { return x * x * x; });
    case -1:
      return map(a, out, n, [](double x) { return divide_defined(1, x); });
    default:
      return map(a, out, n, [k](double x) { return integer_power(x, k); });
  }
}

void select(const double* c, const double* a, const double* b, double* out, size_t n) {
  for (size_t i = 0; i < n; ++i) out[i] = c[i] == 1 ? a[i] : c[i] == 0 ? b[i] : nan;
}

}  // namespace

Columns::Columns(const Tape& tape) : tape_(tape), registers_(allocate_registers(tape)) {
  constexpr size_t cache = size_t{1} << 15;  // doubles: 256 KiB
  length_ = std::clamp<size_t>(cache / std::max(1u, registers_.count), 16, 512) & ~size_t{7};
  storage_.resize(length_ * registers_.count);
  where_.resize(registers_.count);
  for (uint32_t k = 0; k < tape.outputs().size(); ++k) outputs_.emplace_back(tape.outputs()[k], k);
  std::sort(outputs_.begin(), outputs_.end());
}

void Columns::evaluate(std::span<const double* const> in, std::span<double* const> out, size_t n) {
  for (size_t from = 0; from < n; from += length_) {
    const size_t m = std::min(length_, n - from);
    auto next = outputs_.begin();
    for (uint32_t i = 0; i < tape_.size(); ++i) {
      const Instruction& c = tape_[i];
      const uint32_t r = registers_.of[i];
      if (c.op == TapeOp::input) {
        where_[r] = in[c.a] + from;
      } else {
        double* result = storage_.data() + r * length_;
        const double* x[max_operands] = {};
        for (size_t k = 0; k < c.count; ++k) x[k] = where_[registers_.of[c.operand(k)]];
        run(c, x, result, m);
        where_[r] = result;
      }
      for (; next != outputs_.end() && next->first == i; ++next) {
        std::copy_n(where_[r], m, out[next->second] + from);
      }
    }
  }
}

std::vector<std::vector<double>> Columns::evaluate(const std::vector<std::vector<double>>& in, size_t n) {
  std::vector<std::vector<double>> out(tape_.outputs().size(), std::vector<double>(n));
  std::vector<const double*> from(in.size());
  std::vector<double*> to(out.size());
  for (size_t k = 0; k < in.size(); ++k) from[k] = in[k].data();
  for (size_t k = 0; k < out.size(); ++k) to[k] = out[k].data();
  evaluate(from, to, n);
  return out;
}

void Columns::run(const Instruction& i, const double* const* x, double* out, size_t n) const {
  const auto number = [&](uint32_t k) { return tape_.number(k); };
  switch (i.op) {
    case TapeOp::add:
      return zip(x[0], x[1], out, n, [](double a, double b) { return a + b; });
    case TapeOp::subtract:
      return zip(x[0], x[1], out, n, [](double a, double b) { return a - b; });
    case TapeOp::multiply:
      return zip(x[0], x[1], out, n, [](double a, double b) { return a * b; });
    case TapeOp::divide:
      return zip(x[0], x[1], out, n, divide_defined);
    case TapeOp::negate:
      return map(x[0], out, n, [](double a) { return -a; });
    case TapeOp::scale:
      return map(x[0], out, n, [c = number(i.b)](double a) { return c * a; });
    case TapeOp::shift:
      return map(x[0], out, n, [c = number(i.b)](double a) { return a + c; });
    case TapeOp::power_integer:
      return powers(x[0], i.exponent(), out, n);
    case TapeOp::power_half:
      return map(x[0], out, n, [k = i.exponent()](double a) { return half_power(a, k); });
    case TapeOp::power:
      return zip(x[0], x[1], out, n, real_power);
    case TapeOp::function:
      return row(i.fn()).column(x, out, n);
    case TapeOp::compare:
      return zip(x[0], x[1], out, n,
                 [r = i.relation()](double a, double b) { return compare_values(r, a, b); });
    case TapeOp::select:
      return select(x[0], x[1], x[2], out, n);
    case TapeOp::input:
      return;
    case TapeOp::number:
    case TapeOp::constant:
      std::fill_n(out, n, Arithmetic<double>(tape_).value(i, nullptr));
      return;
    case TapeOp::negation:
    case TapeOp::conjunction:
    case TapeOp::disjunction: {
      const Arithmetic<double> arithmetic(tape_);
      for (size_t p = 0; p < n; ++p) {
        const double at[2] = {x[0][p], i.count > 1 ? x[1][p] : 0};
        out[p] = arithmetic.value(i, at);
      }
    }
  }
}

std::vector<double> values_at(const Tape& tape, std::span<const double> point) {
  const Arithmetic<double> arithmetic(tape);
  std::vector<double> values(tape.size());
  for (size_t i = 0; i < tape.size(); ++i) {
    const Instruction& c = tape[i];
    double x[max_operands] = {};
    for (size_t k = 0; k < c.count; ++k) x[k] = values[c.operand(k)];
    values[i] = c.op == TapeOp::input ? point[c.a] : arithmetic.value(c, x);
  }
  return values;
}

uint32_t undefined_part(const Tape& tape, std::span<const double> values, uint32_t i) {
  for (;;) {
    const Instruction& c = tape[i];
    const auto bad = [&](size_t k) { return !std::isfinite(values[c.operand(k)]); };
    size_t k = 0;
    while (k < c.count && !bad(k)) ++k;
    if (c.op == TapeOp::select && !bad(0)) k = values[c.a] == 1 ? 1 : 2;
    if (k == c.count || !bad(k)) return i;
    i = c.operand(k);
  }
}

}  // namespace nabla
