#include "eval/reverse.h"

#include <algorithm>

namespace nabla {

Reverse::Reverse(const Tape& tape)
    : tape_(tape), arithmetic_(tape), first_(tape.size()), values_(tape.size()) {
  uint32_t total = 0;
  for (size_t i = 0; i < tape.size(); ++i) {
    first_[i] = total;
    total += tape[i].count;
  }
  partials_.resize(total);
}

void Reverse::load(uint32_t i, double* x) const {
  for (size_t k = 0; k < tape_[i].count; ++k) x[k] = values_[tape_[i].operand(k)];
}

void Reverse::move_to(std::span<const double> point) {
  seconds_.clear();
  for (uint32_t i = 0; i < tape_.size(); ++i) {
    const Instruction& c = tape_[i];
    if (c.op == TapeOp::input) {
      values_[i] = point[c.a];
      continue;
    }
    double x[max_operands] = {}, out[max_operands] = {};
    load(i, x);
    values_[i] = arithmetic_.value(c, x);
    partials(arithmetic_, c, x, values_[i], out);
    std::copy_n(out, c.count, partials_.data() + first_[i]);
  }
}

void Reverse::seed(std::span<const double> weights) {
  adjoints_.assign(tape_.size(), 0);
  for (size_t k = 0; k < weights.size(); ++k) adjoints_[tape_.outputs()[k]] += weights[k];
}

void Reverse::gradient(std::span<const double> weights, std::span<double> gradient) {
  seed(weights);
  std::fill(gradient.begin(), gradient.end(), 0.0);
  for (uint32_t i = static_cast<uint32_t>(tape_.size()); i-- > 0;) {
    const double adjoint = adjoints_[i];
    if (adjoint == 0) continue;
    const Instruction& c = tape_[i];
    if (c.op == TapeOp::input) gradient[c.a] += adjoint;
    const double* p = partials_of(i);
    for (size_t k = 0; k < c.count; ++k) adjoints_[c.operand(k)] += annihilating_product(p[k], adjoint);
  }
}

const Second<double>& Reverse::seconds_of(uint32_t i) {
  const Instruction& c = tape_[i];
  double x[max_operands] = {};
  load(i, x);
  if (c.op != TapeOp::function) {
    second_partials(arithmetic_, c, x, values_[i], elementary_);
    return elementary_;
  }
  const auto [place, fresh] = seconds_.try_emplace(i);
  if (fresh) second_partials(arithmetic_, c, x, values_[i], place->second);
  return place->second;
}

void Reverse::push_tangents(std::span<const double> direction) {
  tangents_.assign(tape_.size(), 0);
  for (uint32_t i = 0; i < tape_.size(); ++i) {
    const Instruction& c = tape_[i];
    if (c.op == TapeOp::input) tangents_[i] = direction[c.a];
    const double* p = partials_of(i);
    for (size_t k = 0; k < c.count; ++k) tangents_[i] += annihilating_product(p[k], tangents_[c.operand(k)]);
  }
}

void Reverse::hessian_vector(std::span<const double> weights, std::span<const double> direction,
                             std::span<double> result) {
  push_tangents(direction);
  seed(weights);
  adjoint_tangents_.assign(tape_.size(), 0);
  std::fill(result.begin(), result.end(), 0.0);
  for (uint32_t i = static_cast<uint32_t>(tape_.size()); i-- > 0;) {
    const double adjoint = adjoints_[i], moving = adjoint_tangents_[i];
    if (adjoint == 0 && moving == 0) continue;
    const Instruction& c = tape_[i];
    if (c.op == TapeOp::input) result[c.a] += moving;
    const double* p = partials_of(i);
    for (size_t k = 0; k < c.count; ++k) {
      adjoints_[c.operand(k)] += annihilating_product(p[k], adjoint);
      adjoint_tangents_[c.operand(k)] += annihilating_product(p[k], moving);
    }
    bool curved = false;
    for (size_t k = 0; k < c.count; ++k) curved |= tangents_[c.operand(k)] != 0;
    if (!curved || adjoint == 0 || is_linear(c.op) || c.op == TapeOp::select) continue;
    const Second<double>& s = seconds_of(i);
    for (size_t k = 0; k < c.count; ++k) {
      double slope = 0;  // of the partial in operand k
      for (size_t l = 0; l < c.count; ++l) slope += annihilating_product(s.at[k][l], tangents_[c.operand(l)]);
      adjoint_tangents_[c.operand(k)] += annihilating_product(slope, adjoint);
    }
  }
}

void Reverse::gradient(size_t output, std::span<double> gradient) {
  std::vector<double> weights(tape_.outputs().size());
  weights[output] = 1;
  this->gradient(weights, gradient);
}

void Reverse::hessian_vector(size_t output, std::span<const double> direction, std::span<double> result) {
  std::vector<double> weights(tape_.outputs().size());
  weights[output] = 1;
  hessian_vector(weights, direction, result);
}

}  // namespace nabla
