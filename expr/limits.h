// Every limit of the engine in one place. A limit is tested at its value and one past it; `nabla limits`
// prints this table. Beyond a limit the answer is a Diagnostic that names the limit, and the Context
// stays usable.
#pragma once

#include <cstdint>

namespace nabla {

struct Limits {
  uint64_t input_bytes = uint64_t{64} << 20;  // one source text
  uint64_t tokens = 20'000'000;               // of one source text
  uint64_t arguments = 1'000'000;             // of one call, array or list of names in text
  uint64_t nodes = 50'000'000;                // alive in one Context
  uint64_t nesting = 10'000;                  // brackets, calls, unary chains in text; unlimited in the API
  uint64_t integer_bits = uint64_t{1} << 20;  // numerator and denominator together
  uint64_t folded_bits = 4096;                // constant powers and factorials fold exactly up to this size
  uint64_t literal_digits = 10'000;           // of a number literal, written out
  uint64_t derivative_order = 64;
  uint64_t expanded_terms = 100'000;        // of a sum that is multiplied out
  uint64_t simplify_steps = 400'000;        // of one call of simplify; about a tenth of a second
  uint64_t printed_characters = 1'000'000;  // of one printed result
  uint64_t steps = 4'000'000'000;           // of one statement; about a minute of work
};

}  // namespace nabla
