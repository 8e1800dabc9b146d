// Functions that generated code needs and <cmath> lacks, for T = float, double and long double.
//
// No heap, no globals, no exceptions, no macros, no other header than <cmath>, <cstddef> and <limits>.
// Outside its domain a function returns NaN, at a pole NaN or an infinity; NaN arguments give NaN.
//
// Generated code carries only the functions that it uses. For that the files below, and those of
// nabla_lanes*.h and nabla_products.h, are cut at marker lines: a line `// @function NAME lanes needs A B …`
// (`needs …` is left out when there is nothing) opens the block of the function NAME and a line `// @end`
// closes it. `lanes` stands where T can be a vector of numbers too: the function has no branch that depends
// on one. A block uses nothing but these headers and the blocks that it names, which stand above it in the
// same file or in one before it. The text between the markers is to be copied as it is into one namespace.
#pragma once

#include "nabla_elementary.h"
#include "nabla_matrix.h"
#include "nabla_special.h"
