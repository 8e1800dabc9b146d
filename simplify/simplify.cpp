#include "simplify/simplify.h"

#include <unordered_map>
#include <vector>

#include "expr/walk.h"
#include "simplify/common_factors.h"
#include "simplify/common_monomial.h"
#include "simplify/weight.h"
#include "simplify/zero_test.h"

namespace nabla {
namespace {

constexpr int most_rounds = 8;
class Simplifier {
 public:
  explicit Simplifier(Context& ctx) : ctx_(ctx), weight_(ctx) {}

  Ref run(Ref e) {
    for (int i = 0; i < most_rounds; ++i) {
      const Ref next = round(e);
      if (next == e || weight_(next) >= weight_(e)) break;
      e = next;
    }
    return e;
  }

 private:
  Ref round(Ref e) {
    RefMap<Ref> image(e.id + 1);
    std::vector<Ref> operands;
    for (const Ref r : nodes_below(ctx_, e)) {
      operands.clear();
      bool same = true;
      for (const Ref o : ctx_.operands(r)) {
        operands.push_back(image[o]);
        same = same && image[o] == o;
      }
      image[r] = lightest(same ? r : ctx_.rebuild(r, operands));
    }
    return image[e];
  }

  // Of the forms of one node whose operands are simplified already.
  Ref lightest(Ref r) {
    const auto known = lightest_.find(r);
    if (known != lightest_.end()) return known->second;
    Ref best = r;
    if (ctx_[r].shape == scalar_shape) {
      switch (ctx_.kind(r)) {
        case Kind::sum:
        case Kind::long_sum:
          best = sum(r);
          break;
        default:
          break;
      }
    }
    lightest_.emplace(r, best);
    return best;
  }

  Ref sum(Ref r) {
    Ref best = r;
    best = lighter(best, take_out_monomials(ctx_, weight_, r));
    return best;
  }

  Ref lighter(Ref a, Ref b) { return weight_(b) < weight_(a) ? b : a; }

  Context& ctx_;
  Weight weight_;
  std::unordered_map<Ref, Ref> lightest_;
};

}  // namespace

Ref simplify(Context& ctx, Ref e) {
  if (ctx[e].facts & has_operation) return e;
  if (proved_zero(ctx, e)) return zero;
  return Simplifier(ctx).run(take_out_common_factors(ctx, e));
}

}  // namespace nabla
