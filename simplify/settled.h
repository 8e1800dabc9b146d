// A named pass carried out until it changes nothing, so that a second call gives the same.
//
// What a pass writes can fold when it is made, or factors can come in another order, so that the pass finds
// something again: usually once. Where it goes round in a circle, all forms of the circle are as good, and
// the lightest is taken, of these the first by structure: from any of them the same.
#pragma once

#include <algorithm>
#include <vector>

#include "expr/context.h"
#include "simplify/weight.h"

namespace nabla {

// What has not come to rest after eight calls, or grows, stays as the first call left it.
template <class Pass>
Ref settled(Context& ctx, Ref e, Pass pass) {
  constexpr size_t most_calls = 8;
  Weight weight(ctx);
  std::vector<Ref> forms{pass(e)};
  if (forms.front() == e) return e;
  while (forms.size() < most_calls) {
    const Ref next = pass(forms.back());
    if (weight(next) > 2 * weight(forms.front())) break;
    const auto circle = std::find(forms.begin(), forms.end(), next);
    if (circle == forms.end()) {
      forms.push_back(next);
      continue;
    }
    return *std::min_element(circle, forms.end(), [&](Ref a, Ref b) {
      const uint64_t x = weight(a), y = weight(b);
      return x != y ? x < y : ctx.compare_structure(a, b) < 0;
    });
  }
  return forms.front();
}

}  // namespace nabla
