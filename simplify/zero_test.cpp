#include "simplify/zero_test.h"

#include <algorithm>
#include <optional>

#include "expr/walk.h"
#include "simplify/elementary.h"
#include "simplify/kernel_field.h"
#include "simplify/real_points.h"

namespace nabla {
namespace {

constexpr int most_restarts = 24;
constexpr uint64_t seed = 1;
constexpr size_t most_nodes = 20'000;

// The conditions of a proof; none: not proved.
std::optional<std::vector<Ref>> zero_where(Context& ctx, Ref e, std::span<const Ref> given, Reading reading) {
  FieldSize size;
  for (int i = 0; i < most_restarts; ++i) {
    try {
      return KernelField(ctx, reading, size).zero_where(e, given);
    } catch (const KernelField::Restart&) {
    } catch (const KernelField::Undecided&) {
      return std::nullopt;
    } catch (const KernelField::NoRealPoint&) {
      return std::nullopt;
    } catch (const TooLarge&) {
      return std::nullopt;
    }
  }
  return std::nullopt;
}

bool can_be_tested(Context& ctx, Ref e) {
  if (ctx[e].shape != scalar_shape) return false;
  const std::vector<Ref> nodes = nodes_below(ctx, e);
  return nodes.size() <= most_nodes && std::none_of(nodes.begin(), nodes.end(), [&](Ref r) {
           return (ctx[r].facts & (complex_valued | has_operation)) != 0;
         });
}

}  // namespace

ZeroTest test_zero(Context& ctx, Ref e, std::span<const Ref> given) {
  if (e == zero) return {ZeroTest::Answer::proved, {}, false};
  if (!can_be_tested(ctx, e)) return {};
  const RealPoint real = find_real_point(ctx, e, given, seed);
  if (real == RealPoint::not_zero) return {ZeroTest::Answer::not_zero, {}, false};
  const Ref elementary = by_elementary_functions(ctx, e);
  std::optional<std::vector<Ref>> where;
  if (real == RealPoint::found) where = zero_where(ctx, elementary, given, Reading::real);
  if (where && where->empty()) return {ZeroTest::Answer::proved, {}, false};
  auto principal = zero_where(ctx, elementary, given, Reading::principal);
  const bool complex = real != RealPoint::found;
  if (principal && (complex || principal->empty())) {
    return {ZeroTest::Answer::proved, std::move(*principal), complex};
  }
  if (!where) return {};
  std::vector<Ref> region(*where);
  region.insert(region.end(), given.begin(), given.end());
  if (find_real_point(ctx, e, region, seed) != RealPoint::found) return {};
  return {ZeroTest::Answer::proved, std::move(*where), false};
}

bool proved_zero(Context& ctx, Ref e) {
  const ZeroTest test = test_zero(ctx, e);
  return test.answer == ZeroTest::Answer::proved && test.where.empty();
}

}  // namespace nabla
