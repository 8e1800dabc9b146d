#include "simplify/scalar_forms.h"

#include "simplify/common_monomial.h"
#include "simplify/logs_and_powers.h"
#include "simplify/multiple_angles.h"
#include "simplify/passes.h"
#include "simplify/radicals.h"
#include "simplify/trigonometry.h"

namespace nabla {

Ref by_logs_of_primes(Context& ctx, Ref e) {
  const Ref logs = logs_of_primes(ctx, e);
  return logs == e ? e : cancel(ctx, logs);
}

std::span<const NamedForm> other_forms() {
  static constexpr NamedForm forms[] = {
      {"multiple angles", to_multiple_angles},
      {"squares of sines by those of cosines",
       [](Context& ctx, Ref e) { return by_pythagoras(ctx, e, Pythagoras::sine_by_cosine); }},
      {"squares of cosines by those of sines",
       [](Context& ctx, Ref e) { return by_pythagoras(ctx, e, Pythagoras::cosine_by_sine); }},
      {"logarithms of primes", by_logs_of_primes},
      {"quotient of roots", quotient_of_roots},
      {"product of roots", roots_of_numbers_together},
      {"factors into roots", factors_into_roots},
  };
  return forms;
}

}  // namespace nabla
