// Formulas of the sizes of arrays, and operations counted by them.
#pragma once

#include <cmath>
#include <optional>

#include "codegen/operation_count.h"
#include "expr/context.h"

namespace nabla {

// A size of a call, a number or not, to compute with as with numbers.
class Size {
 public:
  Size(Context& ctx, Ref value) : ctx_(&ctx), value_(value) {}
  Ref ref() const { return value_; }

  Size whole(int64_t n) const { return {*ctx_, ctx_->number(n)}; }  // a number

  std::optional<int64_t> number() const {
    constexpr double largest = 1e15;
    const double n = ctx_->is_number(value_) ? ctx_->value(value_).to_double() : 2 * largest;
    return std::abs(n) < largest ? std::optional(static_cast<int64_t>(n)) : std::nullopt;
  }

  friend Size operator+(const Size& a, const Size& b) { return {*a.ctx_, a.ctx_->add(a.value_, b.value_)}; }
  friend Size operator-(const Size& a, const Size& b) {
    return {*a.ctx_, a.ctx_->subtract(a.value_, b.value_)};
  }
  friend Size operator*(const Size& a, const Size& b) {
    return {*a.ctx_, a.ctx_->multiply(a.value_, b.value_)};
  }
  friend Size operator+(const Size& a, int64_t b) { return a + a.whole(b); }
  friend Size operator-(const Size& a, int64_t b) { return a - a.whole(b); }
  friend Size operator*(int64_t a, const Size& b) { return b.whole(a) * b; }
  friend Size operator/(const Size& a, int64_t b) {
    return {*a.ctx_, a.ctx_->divide(a.value_, a.whole(b).value_)};
  }

 private:
  Context* ctx_;
  Ref value_;
};

// What a call, or a part of one, runs.
struct Work {
  Size operations, functions;
  bool at_most = false;
  bool is_counted = true;

  explicit Work(const Size& all) : operations(all), functions(all.whole(0)) {}
  Work(const Size& all, const Size& calls, bool bound = false)
      : operations(all), functions(calls), at_most(bound) {}

  friend Work operator+(const Work& a, const Work& b) {
    Work sum(a.operations + b.operations, a.functions + b.functions, a.at_most || b.at_most);
    sum.is_counted = a.is_counted && b.is_counted;
    return sum;
  }
  Work bounded() const { return {operations, functions, true}; }
  Tally tally() const { return {operations.ref(), functions.ref(), at_most}; }
};

}  // namespace nabla
