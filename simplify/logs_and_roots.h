// Passes that write logarithms, powers and roots in another way, asked for by name.
//
// Invariant: what is returned equals e wherever e has a value; it has one at no fewer points. Each pass looks
// at every node once, parts first, so it ends. What no domain proves stays as it is.
#pragma once

#include "expr/context.h"

namespace nabla {

// log(p*q) is log(p) + log(q) and log(p^k) is k*log(p), where a factor is proved to be positive.
Ref expand_logs(Context& ctx, Ref e);
// 2*log(p) - log(q) is log(p^2/q), for all logs of a sum that are multiplied by the same, where all but one
// are of what is proved to be positive.
Ref contract_logs(Context& ctx, Ref e);

// sqrt(p*q) is sqrt(p)*sqrt(q) and exp(a + b) is exp(a)*exp(b).
Ref expand_powers(Context& ctx, Ref e);
// sqrt(p)*sqrt(q) is sqrt(p*q) and exp(a)*exp(b)^2 is exp(a + 2*b).
Ref combine_powers(Context& ctx, Ref e);

// sqrt(3 + 2*sqrt(2)) is 1 + sqrt(2), and 1/(1 + sqrt(2)) is sqrt(2) - 1.
Ref take_roots_apart(Context& ctx, Ref e);

}  // namespace nabla
