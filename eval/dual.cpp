#include "eval/dual.h"

#include <cmath>

#include "eval/registers.h"

namespace nabla {
namespace {

template <class T>
bool moves(const Dual<T>& x) {
  return !is_zero(x.v) || !is_zero(x.w) || !is_zero(x.vw);
}

Dual<double> chosen(const Dual<double>* const* x) {
  const double c = x[0]->value;
  if (std::isnan(c)) return {c, c, c, c};
  return c == 1 ? *x[1] : *x[2];
}

Dual<Ball> chosen(const Dual<Ball>* const* x) {
  const Ball& c = x[0]->value;
  if (c.is_undefined()) return {c, c, c, c};
  const Truth t = !c.is_finite() ? Truth::unknown : c.is_zero() ? Truth::no : Truth::yes;
  const Dual<Ball>&a = *x[1], &b = *x[2];
  return {select(t, a.value, b.value), select(t, a.v, b.v), select(t, a.w, b.w), select(t, a.vw, b.vw)};
}

// A minimum is the one or the other argument with all its derivatives. In balls, two arguments that cannot be
// told apart are united: where they are equal everywhere, so are their derivatives.
Dual<double> extreme(bool smaller, const Dual<double>& a, const Dual<double>& b) {
  if (std::isnan(a.value)) return a;
  if (std::isnan(b.value)) return b;
  return (smaller ? a.value <= b.value : a.value >= b.value) ? a : b;
}

Dual<Ball> extreme(bool smaller, const Dual<Ball>& a, const Dual<Ball>& b) {
  if (a.value.is_undefined()) return a;
  if (b.value.is_undefined()) return b;
  const Truth t = smaller ? a.value <= b.value : b.value <= a.value;
  return {select(t, a.value, b.value), select(t, a.v, b.v), select(t, a.w, b.w), select(t, a.vw, b.vw)};
}

template <class T>
class Sweep {
 public:
  Sweep(const Tape& tape, const Arithmetic<T>& arithmetic) : tape_(tape), arithmetic_(arithmetic) {}

  std::vector<Dual<T>> run(std::span<const T> point, std::span<const T> v, std::span<const T> w) {
    const Registers registers = allocate_registers(tape_);
    std::vector<Dual<T>> at(registers.count), results(tape_.outputs().size());
    const auto wanted = outputs_by_instruction();
    for (uint32_t i = 0; i < tape_.size(); ++i) {
      const Instruction& c = tape_[i];
      const Dual<T>* x[max_operands] = {};
      for (size_t k = 0; k < c.count; ++k) x[k] = &at[registers.of[c.operand(k)]];
      Dual<T>& result = at[registers.of[i]];  // none of its operands
      if (c.op == TapeOp::input) {
        result = {};
        result.value = point[c.a];
        if (!v.empty()) result.v = v[c.a];
        if (!w.empty()) result.w = w[c.a];
      } else if (v.empty()) {
        for (size_t k = 0; k < c.count; ++k) values_[k] = x[k]->value;
        result.value = arithmetic_.value(c, values_);
      } else {
        result = step(c, x, !w.empty());
      }
      if (slot_[i] != 0) {
        for (uint32_t k : wanted[slot_[i] - 1]) results[k] = result;
      }
    }
    return results;
  }

 private:
  std::vector<std::vector<uint32_t>> outputs_by_instruction() {
    slot_.assign(tape_.size(), 0);
    std::vector<std::vector<uint32_t>> wanted;
    for (uint32_t k = 0; k < tape_.outputs().size(); ++k) {
      uint32_t& slot = slot_[tape_.outputs()[k]];
      if (slot == 0) {
        wanted.emplace_back();
        slot = static_cast<uint32_t>(wanted.size());
      }
      wanted[slot - 1].push_back(k);
    }
    return wanted;
  }

  Dual<T> step(const Instruction& c, const Dual<T>* const* x, bool second) {
    if (c.op == TapeOp::select) return chosen(x);
    if (c.op == TapeOp::function && (c.fn() == Fn::min || c.fn() == Fn::max))
      return extreme(c.fn() == Fn::min, *x[0], *x[1]);
    bool moving = false;
    for (size_t k = 0; k < c.count; ++k) {
      values_[k] = x[k]->value;
      moving |= moves(*x[k]);
    }
    Dual<T> f;
    f.value = arithmetic_.value(c, values_);
    if (!moving) return f;
    T first[max_operands];
    partials(arithmetic_, c, values_, f.value, first);
    bool curved = false;
    for (size_t k = 0; k < c.count; ++k) {
      f.v = f.v + annihilating_product(first[k], x[k]->v);
      if (!second) continue;
      f.w = f.w + annihilating_product(first[k], x[k]->w);
      f.vw = f.vw + annihilating_product(first[k], x[k]->vw);
      for (size_t l = 0; l < c.count; ++l) curved |= !is_zero(x[k]->v) && !is_zero(x[l]->w);
    }
    if (curved && !is_linear(c.op)) add_curvature(c, x, f);
    return f;
  }

  void add_curvature(const Instruction& c, const Dual<T>* const* x, Dual<T>& f) const {
    Second<T> seconds;
    second_partials(arithmetic_, c, values_, f.value, seconds);
    for (size_t k = 0; k < c.count; ++k) {
      for (size_t l = 0; l < c.count; ++l) {
        const T vw = annihilating_product(x[k]->v, x[l]->w);
        f.vw = f.vw + annihilating_product(seconds.at[k][l], vw);
      }
    }
  }

  const Tape& tape_;
  const Arithmetic<T>& arithmetic_;
  T values_[max_operands];      // of the operands
  std::vector<uint32_t> slot_;  // of an instruction that is an output: its place in `wanted`, plus 1
};

}  // namespace

std::vector<Dual<double>> forward(const Tape& tape, std::span<const double> point, std::span<const double> v,
                                  std::span<const double> w) {
  const Arithmetic<double> arithmetic(tape);
  return Sweep<double>(tape, arithmetic).run(point, v, w);
}

std::vector<Dual<Ball>> forward(const Tape& tape, std::span<const Ball> point, std::span<const Ball> v,
                                std::span<const Ball> w, long precision) {
  const Arithmetic<Ball> arithmetic(tape, precision);
  return Sweep<Ball>(tape, arithmetic).run(point, v, w);
}

}  // namespace nabla
