#include "simplify/zero_test.h"

#include <algorithm>
#include <optional>

#include "expr/walk.h"
#include "simplify/elementary.h"
#include "simplify/kernel_field.h"
#include "simplify/real_points.h"
#include "simplify/residue_test.h"

namespace nabla {
namespace {

constexpr int most_restarts = 64;
constexpr uint64_t seed = 1;
constexpr size_t most_nodes = 20'000;
constexpr int most_splits = 3;

struct Proof {
  bool proved = false;
  bool empty = false;      // of proved: the signs contradict each other, there is no such point
  std::vector<Ref> where;  // of proved
  std::vector<Ref> unknown_signs;
};

Proof prove(Context& ctx, Ref e, std::span<const Ref> given, Reading reading, FieldSize& size) {
  Proof proof;
  for (int i = 0; i < most_restarts; ++i) {
    try {
      KernelField field(ctx, reading, size);
      auto where = field.zero_where(e, given);
      proof.proved = where.has_value();
      if (where) proof.where = std::move(*where);
      if (!where) proof.unknown_signs = field.unknown_signs();
      return proof;
    } catch (const KernelField::Restart&) {
    } catch (const KernelField::NoRealPoint&) {
      proof.proved = proof.empty = true;
      return proof;
    } catch (const KernelField::Undecided&) {
      return proof;
    } catch (const TooLarge&) {
      return proof;
    }
  }
  return proof;
}

// Of all attempts together, in terms of values.
struct Work {
  uint64_t done = 0, most = 0;
};

Proof prove(Context& ctx, Ref e, std::span<const Ref> given, Reading reading, Work& work) {
  FieldSize size;
  size.work = work.done;
  size.most_work = work.most;
  Proof proof = prove(ctx, e, given, reading, size);
  work.done = size.work;
  return proof;
}

// Where no proof holds for all signs at once, one for either sign of a quantity may.
Proof prove_by_regions(Context& ctx, Ref e, std::vector<Ref>& given, Reading reading, Work& work, int depth) {
  Proof whole = prove(ctx, e, given, reading, work);
  if (whole.proved || depth == 0 || whole.unknown_signs.empty()) return whole;
  const Ref u = by_elementary_functions(ctx, whole.unknown_signs.front());
  const Ref sides[2] = {ctx.compare(Relation::less, zero, u), ctx.compare(Relation::less, u, zero)};
  Proof regions[2];
  for (int i = 0; i < 2; ++i) {
    if (ctx.kind(sides[i]) == Kind::truth) return whole;
    given.push_back(sides[i]);
    regions[i] = prove_by_regions(ctx, e, given, reading, work, depth - 1);
    given.pop_back();
  }
  for (int i = 0; i < 2; ++i) {
    if (regions[i].proved && regions[i].empty) return regions[1 - i];
  }
  for (int i = 0; i < 2; ++i) {
    if (!regions[i].proved) continue;
    if (!regions[1 - i].proved) regions[i].where.push_back(sides[i]);
    if (!regions[1 - i].proved || regions[i].where == regions[1 - i].where) return regions[i];
    regions[i].where.push_back(sides[i]);
    return regions[i];
  }
  return whole;
}

bool can_be_tested(Context& ctx, Ref e) {
  if (ctx[e].shape != scalar_shape) return false;
  const std::vector<Ref> nodes = nodes_below(ctx, e);
  return nodes.size() <= most_nodes && std::none_of(nodes.begin(), nodes.end(), [&](Ref r) {
           return (ctx[r].facts & (complex_valued | has_operation)) != 0;
         });
}

}  // namespace

static ZeroTest test_zero(Context& ctx, Ref e, std::span<const Ref> given, uint64_t most_work) {
  if (e == zero) return {ZeroTest::Answer::proved, {}, false};
  if (!can_be_tested(ctx, e)) return {};
  const RealPoint real = find_real_point(ctx, e, given, seed);
  if (real == RealPoint::not_zero) return {ZeroTest::Answer::not_zero, {}, false};
  if (differs_by_residues(ctx, e)) return {};  // there is no proof
  const Ref elementary = by_elementary_functions(ctx, e);
  std::vector<Ref> region(given.begin(), given.end());
  for (Ref& c : region) c = by_elementary_functions(ctx, c);
  Work work{0, most_work};
  Proof proof;
  if (real == RealPoint::found)
    proof = prove_by_regions(ctx, elementary, region, Reading::real, work, most_splits);
  if (proof.proved && !proof.empty && proof.where.empty()) return {ZeroTest::Answer::proved, {}, false};
  const bool complex = real != RealPoint::found;
  Proof principal = complex ? prove_by_regions(ctx, elementary, region, Reading::principal, work, most_splits)
                            : prove(ctx, elementary, region, Reading::principal, work);
  if (principal.proved && !principal.empty && principal.where.empty()) {
    return {ZeroTest::Answer::proved, {}, complex};
  }
  if (complex) proof = std::move(principal);
  if (!proof.proved || proof.empty) return {};
  // A proof where there is no point says nothing.
  region.assign(given.begin(), given.end());
  region.insert(region.end(), proof.where.begin(), proof.where.end());
  if (find_real_point(ctx, complex ? one : e, region, seed) != RealPoint::found) return {};
  return {ZeroTest::Answer::proved, std::move(proof.where), complex};
}

ZeroTest test_zero(Context& ctx, Ref e, std::span<const Ref> given) {
  return test_zero(ctx, e, given, most_zero_work);
}

bool proved_zero(Context& ctx, Ref e, uint64_t most_work) {
  if (e != zero && can_be_tested(ctx, e) && differs_by_residues(ctx, e)) return false;
  const ZeroTest test = test_zero(ctx, e, {}, most_work);
  return test.answer == ZeroTest::Answer::proved && test.where.empty();
}

}  // namespace nabla
