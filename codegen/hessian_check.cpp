#include "codegen/hessian_check.h"

#include <vector>

#include "codegen/hessian_pattern.h"

namespace nabla {
namespace {

// What is compared of a Hessian, by groups of its rows.
struct Grouped {
  std::vector<Ref> entries;
  std::vector<Claim> claims;  // of each entry
  std::vector<size_t> place;  // of each entry, in the whole matrix
};

// `length`: the input that holds the length of the units in a direction. Nothing where something other than 0
// is claimed of variables that never meet.
std::optional<Grouped> grouped(const HessianPattern& pattern,
                               const std::vector<std::vector<uint32_t>>& groups, std::span<const Ref> whole,
                               std::span<const uint32_t> variables, uint32_t length) {
  const size_t n = variables.size();
  Grouped out;
  for (const std::vector<uint32_t>& group : groups) {
    Claim claim{2, {}, {}, {}};
    for (uint32_t i : group) claim.v.parts.emplace_back(variables[i], length);
    for (uint32_t i : group) {
      for (size_t j = 0; j < n; ++j) {
        const size_t place = i * n + j;
        if (pattern.meets(i, j)) {
          claim.w.unit = variables[j];
          out.entries.push_back(whole[place]);
          out.claims.push_back(claim);
          out.place.push_back(place);
        } else if (whole[place] != zero) {
          return std::nullopt;
        }
      }
    }
  }
  return out;
}

// An input that is 1 at every point.
Ref one_input(Context& ctx) {
  Symbol s;
  s.name = "1";  // no name of a model
  s.role = Role::placeholder;
  return ctx.symbol(s);
}

}  // namespace

std::optional<CheckReport> compare_hessian_by_groups(Context& ctx, std::span<const Ref> written,
                                                     Program claimed, std::span<const Claim> claims,
                                                     std::span<const uint32_t> variables, PointSet points) {
  const auto length = static_cast<uint32_t>(claimed.inputs.size());
  claimed.inputs.push_back(one_input(ctx));
  points.columns.emplace_back(points.count, 1.0);
  const Tape formula = compile(ctx, written, claimed.inputs);
  const std::optional<HessianPattern> pattern = HessianPattern::of(ctx.budget(), formula, variables);
  if (!pattern) return std::nullopt;
  const std::vector<std::vector<uint32_t>> groups = pattern->groups();
  if (2 * groups.size() > variables.size()) return std::nullopt;
  ProgramOutput& hess = claimed.outputs.back();
  const std::optional<Grouped> rows = grouped(*pattern, groups, hess.entries, variables, length);
  if (!rows) return std::nullopt;
  const size_t before = claims.size() - hess.entries.size();  // values and gradient
  std::vector<Claim> some(claims.begin(), claims.begin() + static_cast<ptrdiff_t>(before));
  some.insert(some.end(), rows->claims.begin(), rows->claims.end());
  if (some.empty()) return std::nullopt;  // a Hessian of zeros alone
  hess.entries = rows->entries;
  CheckReport report = compare_derivatives(ctx, formula, compile(ctx, claimed), some, points);
  if (report.agreement != Agreement::yes || report.singular > 0) return std::nullopt;
  if (report.claim >= before) report.claim = before + rows->place[report.claim - before];
  if (!report.point.empty()) report.point.pop_back();
  report.compared = claims.size() * report.points;
  return report;
}

}  // namespace nabla
