#include "session/simplification.h"

#include <algorithm>

#include "expr/diagnostic.h"
#include "expr/substitute.h"
#include "simplify/rebuilt.h"

namespace nabla {
namespace {

// A part that is replaced alone may leave a form without a value, as 1/(a - b) where b became a.
Ref replaced(Context& ctx, Ref whole, const SimplifyStep& step) {
  const std::pair<Ref, Ref> part{step.from, step.to};
  try {
    return substitute(ctx, whole, {&part, 1});
  } catch (const Failure& f) {
    if (!has_no_value(f)) throw;
    return whole;
  }
}

std::string own_name(const SimplifyStep& step) {
  return step.rule != nullptr ? "rule " + std::string(step.rule->name) : std::string(step.pass);
}

bool same_name(const FormStep& a, const FormStep& b) {
  return std::all_of(b.steps.begin(), b.steps.end(), [&](const SimplifyStep& s) {
    return s.rule == a.steps.back().rule && s.pass == a.steps.back().pass;
  });
}

}  // namespace

std::string step_name(const SimplifyStep& step) {
  std::string name = own_name(step);
  std::vector<std::string> said;
  for (const SimplifyStep& one : step.inside) {
    const std::string inner = own_name(one);
    if (std::find(said.begin(), said.end(), inner) != said.end()) continue;
    name += (said.empty() ? ": " : ", ") + inner;
    said.push_back(inner);
  }
  return name;
}

std::vector<FormStep> simplification_of(Context& ctx, const StatementTrace& trace, Ref answer, bool each) {
  std::vector<FormStep> lines;
  if (!trace.raw || trace.raw == answer) return lines;
  Ref whole = trace.raw;
  // What is not seen in the whole yet: the part stands in a form that a later step makes.
  std::vector<SimplifyStep> waiting;
  for (SimplifyStep& step : trace.simplification.way(ctx, trace.raw, answer)) {
    const Ref next = whole == answer ? whole : replaced(ctx, whole, step);
    waiting.push_back(std::move(step));
    if (next == whole) continue;
    lines.push_back({whole = next, std::move(waiting)});
    waiting.clear();
  }
  if (whole != answer) {
    if (waiting.empty()) waiting.push_back({whole, answer, nullptr, "put together", {}, {}, {}});
    lines.push_back({answer, std::move(waiting)});
  }
  if (each) return lines;
  std::vector<FormStep> brief;
  for (FormStep& line : lines) {
    if (brief.empty() || !same_name(brief.back(), line)) {
      brief.push_back(std::move(line));
      continue;
    }
    brief.back().form = line.form;
    brief.back().steps.insert(brief.back().steps.end(), line.steps.begin(), line.steps.end());
  }
  return brief;
}

}  // namespace nabla
