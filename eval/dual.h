// Forward mode: dual numbers over a tape, and hyper-dual numbers for second derivatives (Fike and Alonso,
// AIAA 2011-886): value + v-derivative + w-derivative + mixed vw-derivative. In doubles and in balls.
//
// Invariant: a direction along which an instruction does not move contributes 0, also through a partial that
// is undefined there, so a branch that is not taken never poisons.
#pragma once

#include <span>
#include <vector>

#include "eval/arithmetic.h"
#include "eval/tape.h"

namespace nabla {

// Derivatives of one value f: along v, along w, and of second order along v and w.
template <class T>
struct Dual {
  T value{};
  T v{};
  T w{};
  T vw{};
};

// Every output of the tape at `point`, with its derivatives along v and, unless empty, along w. One number
// per input in each. An empty v gives values only.
std::vector<Dual<double>> forward(const Tape& tape, std::span<const double> point, std::span<const double> v,
                                  std::span<const double> w = {});
// The same in balls at `precision` bits. Second derivatives of table functions enclose the truth by a
// difference estimate, see second_differences().
std::vector<Dual<Ball>> forward(const Tape& tape, std::span<const Ball> point, std::span<const Ball> v,
                                std::span<const Ball> w, long precision);

}  // namespace nabla
