// Passes that write logarithms and powers in another way, asked for by name.
//
// Invariant: what is returned equals e wherever e has a value; it has one at no fewer points. Each pass looks
// at every node once, parts first, so it ends. What no domain proves stays as it is.
#pragma once

#include "expr/context.h"

namespace nabla {

// log(p*q) is log(p) + log(q), log(p^k) is k*log(p) and log(12) is 2*log(2) + log(3), where a factor is
// proved to be positive. Here and below likewise log2 and log10.
Ref expand_logs(Context& ctx, Ref e);
// a*log(p) - log(q) is log(p^a/q), where all but one are of what is proved to be positive; of those that are
// multiplied by the same, too.
Ref contract_logs(Context& ctx, Ref e);

// Of a scalar with several logarithms of numbers, those by logarithms of primes: log(8)/log(2) is 3. Others
// stay.
Ref logs_of_primes(Context& ctx, Ref e);

// sqrt(p*q) is sqrt(p)*sqrt(q) and exp(a + b) is exp(a)*exp(b).
Ref expand_powers(Context& ctx, Ref e);
// sqrt(p)*sqrt(q) is sqrt(p*q), p^a*q^a is (p*q)^a, exp(a)*exp(b)^2 is exp(a + 2*b) and 8*2^a is 2^(a + 3).
Ref combine_powers(Context& ctx, Ref e);

// A product of square roots, some in the denominator, as one where the quotient under it is a polynomial:
// sqrt(x)*sqrt(y)/sqrt(x*y) is 1, because each radicand is positive wherever the product has a value. Others
// stay.
Ref quotient_of_roots(Context& ctx, Ref e);

// The lightest of e and what the two passes about logarithms, or about powers, make of it.
Ref lightest_logs(Context& ctx, Ref e);
Ref lightest_powers(Context& ctx, Ref e);

}  // namespace nabla
