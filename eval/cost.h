// What a tape costs: its operations, weighted or one each.
//
// Weights: + - * neg abs, comparisons and branches 1; max min 2; / and sqrt 4; other functions as their row
// says (elementary 10, pow, atan2, erf and the gamma family 20). An n-ary operation counts n - 1 times; an
// integer power counts its multiplications; reading an input or a number is free.
#pragma once

#include "eval/tape.h"

namespace nabla {

double weighted_cost(const Tape& tape);
double unit_cost(const Tape& tape);  // every operation 1

}  // namespace nabla
