// A tape over whole columns of points: input k is a column of n numbers, output k too.
//
// Invariant: what a column holds at point i depends on point i alone. Undefined values are NaN. Memory is
// (values alive at once) * (points of a block), whatever the length of the tape.
#pragma once

#include <span>
#include <vector>

#include "eval/registers.h"
#include "eval/tape.h"

namespace nabla {

class Columns {
 public:
  explicit Columns(const Tape& tape);  // the tape must outlive it

  // out[k][i] = output k where input j has the value in[j][i]. `out` columns are distinct from `in` columns.
  void evaluate(std::span<const double* const> in, std::span<double* const> out, size_t n);
  // The same with columns that it makes: out[k], n numbers each.
  std::vector<std::vector<double>> evaluate(const std::vector<std::vector<double>>& in, size_t n);
  size_t bytes() const { return storage_.size() * sizeof(double); }

 private:
  void run(const Instruction& i, const double* const* x, double* out, size_t n) const;

  const Tape& tape_;
  Registers registers_;
  size_t length_ = 0;                 // points of a block
  std::vector<double> storage_;       // registers, one block each
  std::vector<const double*> where_;  // what a register holds: its block, or part of an input column
  std::vector<std::pair<uint32_t, uint32_t>> outputs_;  // instruction, output; ascending
};

// The value of every instruction at one point, in the order of the tape.
std::vector<double> values_at(const Tape& tape, std::span<const double> point);

// Why the instruction `i` is undefined (or infinite) there: an instruction that is so while its operands are
// numbers, and on which i depends (of a select, only through the branch taken).
uint32_t undefined_part(const Tape& tape, std::span<const double> values, uint32_t i);

}  // namespace nabla
