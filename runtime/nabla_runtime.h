// Functions that generated code needs and <cmath> lacks, for T = float, double and long double, and for many
// numbers at once.
//
// No heap, no globals, no exceptions, no macros, no other headers than those of the language's library.
// Outside its domain a function returns NaN, at a pole NaN or an infinity; NaN arguments give NaN.
//
// Generated code carries only the functions that it uses, or with --use-runtime includes this file. For the
// former the files below are cut at marker lines: a line `// @function NAME lanes needs A B …` (`needs …` is
// left out when there is nothing) opens the block of the function NAME and a line `// @end` closes it.
// `lanes` stands where T can be a vector of numbers too: the function has no branch that depends on one. A
// block uses nothing but these headers and the blocks that it names, which stand above it in the same file or
// in one before it. The text between the markers is to be copied as it is into one namespace, with the names
// of nabla_cmath.h that it calls.
//
// Files of one program that include it are compiled for the same processor (-march=…), and all with
// NABLA_NO_VECTOR_MATH or none: they share its functions.
#pragma once

#include "nabla_calls.h"
#include "nabla_elementary.h"
#include "nabla_lanes.h"
#include "nabla_lanes_exp.h"
#include "nabla_lanes_matrix.h"
#include "nabla_lanes_points.h"
#include "nabla_lanes_trig.h"
#include "nabla_matrix.h"
#include "nabla_products.h"
#include "nabla_special.h"
