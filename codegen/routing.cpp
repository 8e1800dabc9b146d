#include "codegen/routing.h"

#include <algorithm>

#include "codegen/loops_call.h"
#include "codegen/storage.h"
#include "codegen/tensor_names.h"
#include "expr/indexed.h"
#include "expr/walk.h"

namespace nabla {
namespace {

// Measured with vectors of 8 numbers (docs/performance.md); the rest of a loop runs one by one.
constexpr uint64_t lane_count = 16, vector_gain = 4, start_of_loop = 20, end_of_sum = 20;
// Products of all but one factor run in lanes from so many factors on, in few and in many
// (runtime/nabla_matrix.h).
constexpr uint64_t factors_in_few = 16, factors_in_many = 128;
// A workspace on the stack.
constexpr int64_t most_work = 65'536;

uint64_t number_of(const Context& ctx, Ref e) {
  const auto n = ctx.is_number(e) ? ctx.value(e).as_int() : std::nullopt;
  return n && *n > 0 ? static_cast<uint64_t>(*n) : 1;
}

uint64_t entries_of(const Context& ctx, ShapeId shape) {
  uint64_t n = 1;
  for (Ref e : ctx.shape(shape).extents) n *= number_of(ctx, e);
  return n;
}

// One pass along a loop of n turns, as many times one operation.
uint64_t passed(uint64_t n) {
  return n < lane_count ? n : n / lane_count * lane_count / vector_gain + n % lane_count;
}

void add_nest(Context& ctx, const Nest& nest, LoopCost& cost) {
  const uint64_t operations =
      std::max<uint64_t>(operations_of(ctx, nest), 1) + (nest.gathering == Gathering::entry ? 0 : 1);
  uint64_t turns = 1, longest = 1;
  for (Ref e : nest.extents) {
    const uint64_t n = number_of(ctx, e);
    turns *= n;
    longest = std::max(longest, n);
  }
  cost.unrolled += turns * operations;
  cost.looped += turns / longest * passed(longest) * operations;
  if (nest.gathering != Gathering::entry) cost.looped += end_of_sum;
}

void add_step(Context& ctx, const LoopStep& s, LoopCost& cost) {
  if (s.nest) return add_nest(ctx, *s.nest, cost);
  if (s.without) {
    const uint64_t n = entries_of(ctx, ctx[s.without].shape);
    cost.unrolled += 3 * n;
    cost.looped += n < factors_in_few ? 3 * n : n < factors_in_many ? 2 * n : n;
    return;
  }
  uint64_t n = entries_of(ctx, ctx[s.name].shape);
  for (Ref o : ctx.operands(s.value)) n = std::max(n, entries_of(ctx, ctx[o].shape));
  const Ref scratch = call_scratch(ctx, s.value);
  uint64_t side = 1;  // functions of a matrix take as many operations as its side to the third power
  while (scratch != zero && side * side < n) ++side;
  cost.unrolled += n * side;
  cost.looped += n * side;
}

bool fits_array(Context& ctx, const TensorEntry& e) {
  if (!e.dims.empty() || e.arguments.empty()) return false;
  const bool whole = e.kind == Output::jac || e.kind == Output::hess;
  if (whole && e.wrt.size() != 1) return false;
  return std::none_of(e.arguments.begin(), e.arguments.end(), [&](Ref s) {
    const auto& extents = ctx.shape_of(s).extents;
    return is_integer_data(ctx, e, s) || ctx.symbol(s).structure != Structure::none ||
           std::any_of(extents.begin(), extents.end(), [&](Ref n) { return !ctx.is_number(n); });
  });
}

Ref workspace(Context& ctx, const TensorEntry& e, const LoopProgram& loops) {
  return place_arrays(ctx, loops, e.program.outputs, [&](Ref v) { return call_scratch(ctx, v); }).work;
}

// How often the body of a product or reduction is met. A delta, shift or unit settles its last label.
uint64_t turns_of(const Context& ctx, Ref node) {
  const IndexedView v = view_indexed(ctx, node);
  std::vector<bool> settled(v.extents.size());
  for (size_t k = 0; k < v.factors.size(); ++k) {
    const bool position =
        ctx.kind(v.factors[k]) == Kind::structural && !is_structural(ctx, v.factors[k], Structural::iota);
    if (position) settled[v.labelling->factors[k].back()] = true;
  }
  uint64_t n = 1;
  for (size_t l = 0; l < settled.size(); ++l) n *= settled[l] ? 1 : number_of(ctx, v.extents[l]);
  return n;
}

// The entries that the nodes of a formula have, together.
uint64_t size_of(Context& ctx, Ref body) {
  uint64_t n = 0;
  for (Ref r : nodes_below(ctx, body)) {
    if (ctx.kind(r) == Kind::symbol || ctx.kind(r) == Kind::structural) continue;
    uint64_t turns = entries_of(ctx, ctx[r].shape);
    if (ctx.kind(r) == Kind::indexed || ctx.kind(r) == Kind::reduce) turns = turns_of(ctx, r);
    n += turns;
  }
  return n;
}

}  // namespace

LoopCost cost_of_loops(Context& ctx, const LoopProgram& loops) {
  LoopCost cost;
  for (const LoopStage& stage : loops.stages) {
    for (const LoopGroup& group : stage.groups) {
      for (const LoopStep& s : group.steps) add_step(ctx, s, cost);
      cost.looped += start_of_loop;
    }
  }
  return cost;
}

std::optional<LoopRoad> loop_road(Context& ctx, const Model& model, const OutputRequest& request) {
  const size_t nodes = nodes_below(ctx, request.function->body).size();
  const uint64_t size = size_of(ctx, request.function->body);
  if (request.batch || size <= nodes + lane_count) return std::nullopt;
  try {
    LoopRoad road{tensor_entry(ctx, model, request), {}, size > most_unrolled};
    if (!fits_array(ctx, road.entry)) return std::nullopt;
    const LoopProgram loops = plan_loops(ctx, road.entry.program);
    road.cost = cost_of_loops(ctx, loops);
    const Ref work = workspace(ctx, road.entry, loops);
    const bool fits = ctx.is_number(work) && ctx.value(work) <= Rational(most_work);
    if (!fits || road.cost.unrolled <= most_always_unrolled) return std::nullopt;
    return road;
  } catch (const Failure& failure) {  // not as loops
    const Code c = failure.diagnostic.code;
    if (c != Code::cannot_emit && c != Code::not_yet_available && c != Code::cannot_differentiate) throw;
    return std::nullopt;
  }
}

}  // namespace nabla
