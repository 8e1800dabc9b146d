#include "codegen/loop_program.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "codegen/loop_groups.h"
#include "codegen/loop_stages.h"
#include "codegen/nest_inline.h"
#include "codegen/shared_calls.h"
#include "codegen/solves.h"
#include "expr/walk.h"

namespace nabla {
namespace {

constexpr uint64_t most_repeated = 16;     // operations that may be done again for another place
constexpr uint64_t most_operations = 160;  // in one formula that others are taken into

uint64_t operations(Context& ctx, Ref e) {
  uint64_t n = 0;
  for (Ref r : nodes_below(ctx, e)) {
    switch (ctx.kind(r)) {
      case Kind::sum:
        for (size_t k = 0; k < ctx[r].count; k += 2)
          n += ctx.operands(r)[k] == one || ctx.operands(r)[k] == minus_one ? 1u : 2u;
        n -= 1;
        break;
      case Kind::product:
        n += ctx[r].count - 1;
        break;
      case Kind::function:
        n += row(ctx.function_of(r)).weight;
        break;
      case Kind::power:
        n += ctx.is_number(ctx.operands(r)[1]) &&
                     ctx.value(ctx.operands(r)[1]).as_int() == std::optional<int64_t>(2)
                 ? 1u
                 : 20u;
        break;
      default:
        n += is_atom(ctx, r) ? 0u : 1u;
        break;
    }
  }
  return n;
}

bool calls_functions(Context& ctx, const Nest& nest) {
  for (Ref r : nodes_below(ctx, nest.body)) {
    if (ctx.kind(r) == Kind::function) return true;
  }
  return false;
}

class Inliner {
 public:
  Inliner(Context& ctx, NestAtoms& atoms, std::vector<LoopStep>& steps, const TensorProgram& program)
      : ctx_(ctx), atoms_(atoms), steps_(steps), outputs_(lets_of_outputs(ctx, program)) {}

  // Users are settled before what they read.
  void run(LoopProgram& out) {
    for (size_t i = steps_.size(); i-- > 0;) {
      if (wanted(i)) inline_everywhere(i);
    }
    std::unordered_set<Ref> alive(outputs_.begin(), outputs_.end());
    for (size_t i = steps_.size(); i-- > 0;) {
      if (alive.count(steps_[i].name) == 0) continue;
      for (Ref r : lets_read(ctx_, steps_[i])) alive.insert(r);
    }
    std::vector<LoopStep> kept;
    for (LoopStep& s : steps_) {
      if (alive.count(s.name) != 0) {
        kept.push_back(std::move(s));
      } else {
        out.inlined.emplace_back(s.name, s.value);
      }
    }
    steps_ = std::move(kept);
  }

 private:
  template <class Use>
  void each_use(size_t i, Use use) {
    for (size_t u = i + 1; u < steps_.size(); ++u) {
      if (!steps_[u].nest) continue;
      for (size_t a = 0; a < steps_[u].nest->accesses.size(); ++a) {
        if (steps_[u].nest->accesses[a].array == steps_[i].name && use(u, a)) --a;
      }
    }
  }

  // As many entries are computed where it is used as would be stored, or fewer.
  static bool repeats(const Nest& user, const Nest& nest) { return user.extents.size() > nest.outputs; }

  // A factor of a product that has fewer labels can leave the loops over the others.
  bool is_cheap_factor(const Nest& nest) const {
    if (ctx_.kind(nest.body) != Kind::product) return is_atom(ctx_, nest.body) && nest.tests.empty();
    size_t whole = 0;
    for (const Access& a : nest.accesses) whole += a.at.size() >= nest.outputs;
    return whole <= 1 && nest.tests.empty();
  }

  bool wanted(size_t i) {
    const LoopStep& s = steps_[i];
    if (!s.nest || s.nest->gathering != Gathering::entry || s.nest->outputs == 0) return false;
    const uint64_t cost = operations_of(ctx_, *s.nest);
    const bool trivial = cost <= 1, calls = calls_functions(ctx_, *s.nest);
    size_t uses = 0, misaligned = 0, repeated = 0, flat = 0;
    bool too_long = false;
    each_use(i, [&](size_t u, size_t) {
      const Nest& user = *steps_[u].nest;
      ++uses;
      const bool fusable = is_flat(user) && user.extents == s.nest->extents;
      flat += fusable;
      misaligned += !fusable || !reads_aligned(ctx_, steps_[u], s.name);
      repeated += repeats(user, *s.nest);
      too_long = too_long || operations_of(ctx_, user) + cost > most_operations;
      return false;
    });
    if (uses == 0 || too_long) return false;
    if (repeated > 0) return repeated == uses && is_cheap_factor(*s.nest) && cost <= 1;
    if (trivial) return true;
    if (misaligned == 0) return false;  // the same loop computes it
    return uses == 1 || (!calls && cost <= most_repeated);
  }

  void inline_everywhere(size_t i) {
    const Nest nest = *steps_[i].nest;
    each_use(i, [&](size_t u, size_t a) {
      inline_entry(ctx_, atoms_, *steps_[u].nest, a, nest);
      return true;
    });
  }

  Context& ctx_;
  NestAtoms& atoms_;
  std::vector<LoopStep>& steps_;
  std::unordered_set<Ref> outputs_;
};

}  // namespace

uint64_t operations_of(Context& ctx, const Nest& nest) {
  uint64_t n = operations(ctx, nest.body);
  for (const NestLocal& l : nest.locals) n += operations(ctx, l.value);
  return n;
}

std::unordered_set<Ref> lets_of_outputs(Context& ctx, const TensorProgram& program) {
  std::unordered_set<Ref> lets;
  for (const TensorOutput& o : program.outputs) {
    for (Ref r : nodes_below(ctx, o.value)) {
      if (ctx.kind(r) == Kind::let) lets.insert(r);
    }
  }
  return lets;
}

std::vector<Ref> lets_read(Context& ctx, const LoopStep& step) {
  std::vector<Ref> roots;
  if (!step.nest) {
    if (step.solve) {
      roots = {step.solve->inverse, step.solve->right};
    } else {
      roots.push_back(step.without ? step.without : step.value);
    }
  } else {
    const Nest& n = *step.nest;
    for (const Access& a : n.accesses) {
      roots.push_back(a.array);
      for (const Place& p : a.at) roots.push_back(p.offset);
    }
    for (const NestCondition& c : n.conditions) roots.push_back(c.offset);
    for (const NestTest& t : n.tests) roots.push_back(t.condition.offset);
    roots.insert(roots.end(), n.extents.begin(), n.extents.end());
  }
  std::vector<Ref> lets;
  for (Ref r : nodes_below(ctx, roots)) {
    if (ctx.kind(r) == Kind::let) lets.push_back(r);
  }
  return lets;
}

bool reads_aligned(Context& ctx, const LoopStep& user, Ref let) {
  if (!user.nest) return false;
  for (const Access& a : user.nest->accesses) {
    if (a.array != let) {
      if (ctx.kind(a.array) == Kind::entry && ctx.operands(a.array)[0] == let) return false;
      continue;
    }
    if (a.at.size() != user.nest->extents.size()) return false;
    for (Label l = 0; l < a.at.size(); ++l) {
      if (a.at[l] != Place{l, zero}) return false;
    }
  }
  return true;
}

LoopProgram plan_loops(Context& ctx, const TensorProgram& program, bool solves) {
  LoopProgram out;
  NestAtoms atoms;
  std::vector<LoopStep> steps;
  ExtraLets extra(ctx);
  for (const Let& l : program.lets) {
    LoopStep s{l.name, l.value, make_nest(ctx, atoms, l.value)};
    if (s.nest) resolve_conditions(ctx, atoms, *s.nest);
    steps.push_back(std::move(s));
  }
  for (int round = 0; round < 2; ++round) {  // what is taken in may bring factors that can be taken out
    split_sums(ctx, atoms, extra, steps);
    Inliner(ctx, atoms, steps, program).run(out);
  }
  if (solves) solve_products(ctx, atoms, extra, program, steps);
  share_eliminations(ctx, steps);
  share_products(ctx, atoms, extra, steps);
  pack_operands(ctx, atoms, extra, steps);
  out.stages = stage_loops(ctx, atoms, std::move(steps), program);
  return out;
}

}  // namespace nabla
