// How the cost of a gradient, of generating it and of compiling it grows with the function.
#pragma once

namespace nabla::bench::codegen {

// Straight-line functions of 10 to 100,000 operations, generated and compiled with -O2 in the current folder,
// and a sum of a million operations as a loop. Prints a line for each.
void growth_table();

}  // namespace nabla::bench::codegen
