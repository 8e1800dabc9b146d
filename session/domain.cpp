#include "session/domain.h"

#include <vector>

#include "eval/certify.h"
#include "eval/tape.h"
#include "expr/ball.h"
#include "expr/diagnostic.h"
#include "expr/walk.h"

namespace nabla {
namespace {

constexpr auto written_power = static_cast<uint16_t>(Written::power);

bool is_undefined(Context& ctx, Ref constant) {
  constexpr long bits = 16, most_bits = 128;
  const Tape tape = compile(ctx, {&constant, 1}, {});
  return certify(ctx.budget(), tape, 0, {}, {}, {}, bits, most_bits).is_undefined();
}

[[noreturn]] void refuse(Context& ctx, Ref constant) {
  const bool power = ctx.kind(constant) != Kind::function;
  throw Failure(Code::outside_domain, "'" + short_text(ctx, constant) + "' has no real value",
                power ? "a power of a negative number needs an integer exponent; cbrt is the real cube root"
                      : "functions are real; declare names complex for complex values");
}

}  // namespace

void refuse_undefined_constants(Context& ctx, Ref e) {
  std::vector<Ref> constants;
  for (Ref r : nodes_below(ctx, {&e, 1}, [&](Ref r) { return ctx.kind(r) != Kind::select; })) {
    const Node& n = ctx[r];
    const bool power = n.kind == Kind::power || (n.kind == Kind::written && n.tag == written_power);
    const bool partial = power || n.kind == Kind::function;
    if (partial && n.names == 0 && n.shape == scalar_shape && !(n.facts & (complex_valued | has_operation)))
      constants.push_back(r);
  }
  if (constants.empty()) return;
  try {
    // As a rule all have values, and then their sum has one.
    if (!is_undefined(ctx, ctx.sum(constants))) return;
    for (Ref r : constants) {
      if (is_undefined(ctx, r)) refuse(ctx, r);
    }
  } catch (const Failure& failure) {
    // Complex parts, matrix functions: there are no real numbers to look at.
    if (failure.diagnostic.code != Code::cannot_evaluate) throw;
  }
}

}  // namespace nabla
