#include "codegen/operation_text.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include "expr/print.h"
#include "expr/substitute.h"
#include "simplify/passes.h"

namespace nabla {
namespace {

// The exponents of the sizes in a term, after its degree.
std::vector<int64_t> exponents(Context& ctx, Ref term, const std::vector<Ref>& sizes) {
  std::vector<int64_t> out(sizes.size() + 1);
  std::vector<Ref> factors;
  ctx.append_factors(term, factors);
  for (Ref f : factors) {
    if (ctx.is_number(f)) continue;
    const bool is_power = ctx.kind(f) == Kind::power && ctx.is_number(ctx.operands(f)[1]);
    const Ref base = is_power ? ctx.operands(f)[0] : f;
    const int64_t n = is_power ? std::llround(ctx.value(ctx.operands(f)[1]).to_double()) : 1;
    out[0] += n;
    const auto at = std::find(sizes.begin(), sizes.end(), base);
    if (at != sizes.end()) out[static_cast<size_t>(at - sizes.begin()) + 1] += n;
  }
  return out;
}

// A polynomial, expanded; with fractions term by term, so that it begins with what grows most: 4*n^3/3 + n^2.
std::string polynomial_text(Context& ctx, Ref count) {
  const Ref expanded = expand(ctx, count);
  std::vector<Term> terms;
  ctx.append_terms(expanded, terms);
  const bool whole = std::all_of(terms.begin(), terms.end(),
                                 [&](const Term& t) { return ctx.value(t.coefficient).is_integer(); });
  if (whole || terms.size() <= 2) return print(ctx, expanded);
  std::vector<Ref> sizes = symbols_of(ctx, expanded);
  std::sort(sizes.begin(), sizes.end(),
            [&](Ref a, Ref b) { return ctx.symbol(a).name < ctx.symbol(b).name; });
  std::vector<std::pair<std::vector<int64_t>, Ref>> ordered;
  for (const Term& t : terms)
    ordered.emplace_back(exponents(ctx, t.body, sizes), ctx.multiply(t.coefficient, t.body));
  std::stable_sort(ordered.begin(), ordered.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  std::string out;
  for (const auto& [key, term] : ordered) {
    const std::string text = print(ctx, term);
    const bool negative = text[0] == '-';
    out += out.empty() ? text : (negative ? " - " : " + ") + text.substr(negative ? 1 : 0);
  }
  return out;
}

std::string counted(Context& ctx, Ref count, const std::string& what) {
  return polynomial_text(ctx, count) + " " + what + (expand(ctx, count) == one ? "" : "s");
}

std::string listed(const std::set<std::string>& calls) {
  std::string out;
  size_t left = calls.size();
  for (const std::string& c : calls) out += c + (--left > 1 ? ", " : left == 1 ? " and " : "");
  return out;
}

bool is_known(const OperationCount& count) { return count.calls().empty(); }

std::string tally_text(Context& ctx, const OperationCount& count, Factoring f) {
  const Tally& t = count.tally(f);
  const std::string rest =
      is_known(count) ? "" : "those of " + listed(count.calls()) + ", which depend on the numbers";
  if (t.operations == zero) return rest.empty() ? nothing_to_compute : rest;
  const Ref functions = expand(ctx, t.functions);
  std::string out = (t.at_most ? "at most " : "") + counted(ctx, t.operations, "operation");
  if (functions != zero)
    out += ", " + polynomial_text(ctx, functions) +
           (functions == one ? " of them a function" : " of them functions");
  return out + (rest.empty() ? "" : ", and " + rest);
}

std::optional<double> value_at(Context& ctx, Ref count, int64_t size) {
  std::vector<std::pair<Ref, Ref>> sizes;
  for (Ref s : symbols_of(ctx, count)) sizes.emplace_back(s, ctx.number(size));
  const Ref value = substitute(ctx, count, sizes);
  if (!ctx.is_number(value)) return std::nullopt;
  return ctx.value(value).to_double();
}

// "2.3 times the 4*n of f for large sizes", all being as large; of what grows faster than the value, at a
// size.
std::string ratio_text(Context& ctx, const Tally& count, const Tally& value, const std::string& function) {
  constexpr int64_t large = 1'000'000, larger = 100'000'000, nominal = 100;
  if (value.operations == zero) return {};
  const auto ratio = [&](int64_t size) -> std::optional<double> {
    const auto a = value_at(ctx, count.operations, size), b = value_at(ctx, value.operations, size);
    return a && b && *b > 0 ? std::optional(*a / *b) : std::nullopt;
  };
  const auto first = ratio(large), second = ratio(larger), middle = ratio(nominal);
  if (!first || !second || !middle) return {};
  const bool settled = std::abs(*first - *second) <= 0.001 * *second,
             is_number =
                 symbols_of(ctx, count.operations).empty() && symbols_of(ctx, value.operations).empty();
  const auto tenths = static_cast<uint64_t>(std::llround(10 * (settled ? *second : *middle)));
  const std::string times = std::to_string(tenths / 10) + "." + std::to_string(tenths % 10);
  const std::string where = is_number ? ""
                            : settled ? " for large sizes"
                                      : " where sizes are " + std::to_string(nominal);
  return times + " times the " + (value.at_most ? "at most " : "") + polynomial_text(ctx, value.operations) +
         " of " + function + where;
}

std::string compared(Context& ctx, const OperationCount& count, const std::optional<OperationCount>& value,
                     const std::string& function, Factoring f) {
  std::string text = tally_text(ctx, count, f);
  if (!value || !is_known(count) || !is_known(*value) || count.tally(f).operations == zero) return text;
  const std::string ratio = ratio_text(ctx, count.tally(f), value->tally(f), function);
  if (ratio.empty()) return text;
  if (count.depends_on_factoring() || !value->depends_on_factoring()) return text + "; " + ratio;
  // The function alone has two ways.
  return text + "; " + ratio + " by elimination, " +
         ratio_text(ctx, count.tally(f), value->tally(Factoring::cholesky), function) +
         " by Cholesky's method";
}

// For each way of factoring, where it makes a difference.
std::vector<std::string> for_each_way(bool differs, const std::function<std::string(Factoring)>& text) {
  if (!differs) return {text(Factoring::elimination) + "."};
  return {"by Cholesky's method, where matrices are found to be positive definite, " +
              text(Factoring::cholesky) + ".",
          "by elimination " + text(Factoring::elimination) + "."};
}

}  // namespace

std::vector<std::string> operations_text(Context& ctx, const OperationCount& count,
                                         const std::optional<OperationCount>& value,
                                         const std::string& function) {
  return for_each_way(count.depends_on_factoring(),
                      [&](Factoring f) { return compared(ctx, count, value, function, f); });
}

std::vector<std::string> operations_text(Context& ctx, const OperationCount& point,
                                         const OperationCount& once,
                                         const std::optional<OperationCount>& value,
                                         const std::string& function) {
  const bool shared = once.tally(Factoring::elimination).operations != zero || !is_known(once);
  return for_each_way(point.depends_on_factoring() || once.depends_on_factoring(), [&](Factoring f) {
    return "a point: " + compared(ctx, point, value, function, f) +
           (shared ? "; once for all points: " + tally_text(ctx, once, f) : "");
  });
}

}  // namespace nabla
