#include "codegen/loop_stages.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "codegen/loop_groups.h"
#include "expr/substitute.h"

namespace nabla {
namespace {

// How often an extent is an axis; nullopt: another axis depends on it.
std::optional<size_t> axes_of(Context& ctx, const std::vector<Ref>& extents, Ref extent) {
  size_t n = 0;
  for (Ref e : extents) {
    if (e == extent) {
      ++n;
    } else if (!ctx.is_number(e) && contains(ctx, e, extent)) {
      return std::nullopt;
    }
  }
  return n;
}

bool has_label(const NestCondition& c, Label l) {
  return std::any_of(c.guard.terms.begin(), c.guard.terms.end(), [&](const auto& t) { return t.first == l; });
}

class Cutter {
 public:
  Cutter(Context& ctx, const std::vector<LoopStep>& steps, Ref extent)
      : ctx_(ctx), steps_(steps), extent_(extent) {}

  // By step the stage in which it runs, even where it has not the axis; empty: the axis cannot be cut.
  std::vector<size_t> run() {
    for (const LoopStep& s : steps_) {
      const std::optional<bool> along = meets(s);
      if (!along) return {};
      size_t stage = *along ? 1 : 0;
      for (Ref r : lets_read(ctx_, s)) {
        const size_t before = stage_of_.at(r);
        const bool same = before % 2 == 0 || lies_along(ctx_, *by_name_.at(r), extent_);
        const size_t least = same ? before : before + 1;
        stage = std::max(stage, least % 2 == 1 || !*along ? least : least + 1);
      }
      if (!*along && stage % 2 == 1) return {};
      stage_of_[s.name] = stage;
      by_name_[s.name] = &s;
      stages_.push_back(stage);
    }
    return stages_;
  }

 private:
  // Whether the step has the axis; nullopt: in a way that cannot be cut.
  std::optional<bool> meets(const LoopStep& s) const {
    if (!s.nest) return meets_call(s);
    const Nest& n = *s.nest;
    const auto count = axes_of(ctx_, n.extents, extent_);
    if (!count || *count > 1) return std::nullopt;
    const auto at = std::find(n.extents.begin(), n.extents.end(), extent_);
    const auto own = *count == 0 ? no_label : static_cast<Label>(at - n.extents.begin());
    for (const Access& a : n.accesses) {
      if (!meets_at(a, own)) return std::nullopt;
    }
    if (own == no_label) return mentions(n) ? std::nullopt : std::optional(false);
    for (const NestTest& t : n.tests) {
      if (has_label(t.condition, own)) return std::nullopt;
    }
    for (const NestCondition& c : n.conditions) {
      if (has_label(c, own)) return std::nullopt;
    }
    if (mentions(n) || (own >= n.outputs && n.gathering != Gathering::sum)) return std::nullopt;
    return true;
  }

  bool mentions(const Nest& n) const {
    const auto in = [&](Ref e) { return contains(ctx_, e, extent_) && !ctx_.is_number(extent_); };
    for (const NestTest& t : n.tests) {
      if (in(t.condition.offset)) return true;
    }
    for (const NestCondition& c : n.conditions) {
      if (in(c.offset)) return true;
    }
    for (const Access& a : n.accesses) {
      for (const Place& p : a.at) {
        if (in(p.offset)) return true;
      }
    }
    return false;
  }

  bool meets_at(const Access& a, Label own) const {
    Ref array = a.array;
    if (ctx_.kind(array) == Kind::entry) {
      array = ctx_.operands(array)[0];
      return axes_of(ctx_, ctx_.shape_of(array).extents, extent_) == std::optional<size_t>(0);
    }
    const std::vector<Ref>& extents = ctx_.shape_of(array).extents;
    const auto count = axes_of(ctx_, extents, extent_);
    if (!count || *count > 1) return false;
    const bool is_let = ctx_.kind(array) == Kind::let || ctx_.kind(array) == Kind::symbol;
    for (size_t k = 0; k < a.at.size(); ++k) {
      const bool axis = extents[k] == extent_;
      if (a.at[k].label == own && own != no_label && (!axis || !is_let)) return false;
      if (axis && (own == no_label || a.at[k] != Place{own, zero})) return false;
    }
    return true;
  }

  // Functions of the rows or the columns of an array that was computed here.
  std::optional<bool> meets_call(const LoopStep& s) const {
    if (s.without)
      return axes_of(ctx_, ctx_.shape_of(s.name).extents, extent_) == std::optional<size_t>(0)
                 ? std::optional(false)
                 : std::nullopt;
    if (s.solve) {
      for (Ref r : {s.name, s.solve->inverse}) {
        if (axes_of(ctx_, ctx_.shape_of(r).extents, extent_) != std::optional<size_t>(0)) return std::nullopt;
      }
      return false;
    }
    std::vector<Ref> all{s.name};
    all.insert(all.end(), ctx_.operands(s.value).begin(), ctx_.operands(s.value).end());
    bool meets = false;
    for (Ref r : all) {
      const auto count = axes_of(ctx_, ctx_.shape_of(r).extents, extent_);
      if (!count || *count > 1) return std::nullopt;
      meets = meets || *count == 1;
    }
    if (!meets) return false;
    if (ctx_.kind(s.value) != Kind::function) return std::nullopt;
    const Fn f = ctx_.function_of(s.value);
    const bool of_lines = f == Fn::logsumexp || f == Fn::softmax || f == Fn::log_softmax || f == Fn::norm1 ||
                          f == Fn::norm2 || f == Fn::norminf;
    if (!of_lines || ctx_[s.value].count != 2) return std::nullopt;
    const Ref array = ctx_.operands(s.value)[0];
    const bool columns = ctx_.value(ctx_.operands(s.value)[1]).is_one();
    if (ctx_.kind(array) != Kind::let || ctx_.shape_of(array).extents[columns ? 1 : 0] != extent_)
      return std::nullopt;
    return true;
  }

  Context& ctx_;
  const std::vector<LoopStep>& steps_;
  Ref extent_;
  std::unordered_map<Ref, size_t> stage_of_;
  std::unordered_map<Ref, const LoopStep*> by_name_;
  std::vector<size_t> stages_;
};

std::vector<LoopStage> in_stages(Context& ctx, NestAtoms& atoms, const std::vector<LoopStep>& steps,
                                 const std::vector<size_t>& stage_of, Ref extent,
                                 const TensorProgram& program) {
  std::unordered_set<Ref> needed;
  needed.merge(lets_of_outputs(ctx, program));
  std::unordered_map<Ref, size_t> where;
  for (size_t k = 0; k < steps.size(); ++k) where[steps[k].name] = stage_of[k];
  for (size_t k = 0; k < steps.size(); ++k) {
    for (Ref r : lets_read(ctx, steps[k])) {
      if (where.at(r) != stage_of[k]) needed.insert(r);
    }
  }
  std::vector<LoopStage> stages;
  for (size_t s = 0; s <= *std::max_element(stage_of.begin(), stage_of.end()); ++s) {
    std::vector<LoopStep> own;
    for (size_t k = 0; k < steps.size(); ++k) {
      if (stage_of[k] == s) own.push_back(steps[k]);
    }
    if (own.empty()) continue;
    stages.push_back({s % 2 == 1 ? extent : Ref{}, group_loops(ctx, atoms, std::move(own), needed)});
  }
  return stages;
}

// Whether blocks leave arrays along the axis that are no longer stored whole; and no call reads or makes one
// that is.
bool is_worth_it(Context& ctx, const std::vector<LoopStage>& stages, Ref extent,
                 const TensorProgram& program) {
  std::unordered_set<Ref> whole;
  whole.merge(lets_of_outputs(ctx, program));
  std::unordered_map<Ref, size_t> made;
  for (size_t s = 0; s < stages.size(); ++s) {
    for (const LoopGroup& g : stages[s].groups) {
      for (const LoopStep& l : g.steps) {
        made[l.name] = s;
        for (Ref r : lets_read(ctx, l)) {
          if (made.at(r) != s) whole.insert(r);
        }
      }
    }
  }
  bool saves = false;
  for (const LoopStage& stage : stages) {
    if (!stage.extent) continue;
    for (const LoopGroup& g : stage.groups) {
      for (const LoopStep& l : g.steps) {
        const bool along = lies_along(ctx, l, extent);
        if (!l.nest && (whole.count(l.name) != 0 || whole.count(ctx.operands(l.value)[0]) != 0)) return false;
        saves = saves || (along && !l.is_local && whole.count(l.name) == 0);
      }
    }
  }
  return saves;
}

}  // namespace

bool lies_along(const Context& ctx, const LoopStep& step, Ref extent) {
  const std::vector<Ref>& extents = ctx.shape_of(step.name).extents;
  return std::find(extents.begin(), extents.end(), extent) != extents.end();
}

bool sums_along(const Context& ctx, const LoopStep& step, Ref extent) {
  return step.nest && !lies_along(ctx, step, extent) &&
         std::find(step.nest->extents.begin(), step.nest->extents.end(), extent) != step.nest->extents.end();
}

std::vector<LoopStage> stage_loops(Context& ctx, NestAtoms& atoms, std::vector<LoopStep> steps,
                                   const TensorProgram& program) {
  std::vector<Ref> candidates;
  for (const LoopStep& s : steps) {
    for (Ref e : ctx.shape_of(s.name).extents) {
      const bool is_dim = ctx.kind(e) == Kind::symbol && ctx.symbol(e).role == Role::extent;
      if (is_dim && std::find(candidates.begin(), candidates.end(), e) == candidates.end())
        candidates.push_back(e);
    }
  }
  std::vector<LoopStage> best;
  size_t most = 0, least = 0;  // arrays along the axis, stages
  for (Ref extent : candidates) {
    const std::vector<size_t> stage_of = Cutter(ctx, steps, extent).run();
    if (stage_of.empty()) continue;
    const auto arrays = static_cast<size_t>(std::count_if(
        steps.begin(), steps.end(), [&](const LoopStep& s) { return lies_along(ctx, s, extent); }));
    std::vector<LoopStage> stages = in_stages(ctx, atoms, steps, stage_of, extent, program);
    const bool better = best.empty() || stages.size() < least || (stages.size() == least && arrays > most);
    if (!better || !is_worth_it(ctx, stages, extent, program)) continue;
    least = stages.size();
    best = std::move(stages);
    most = arrays;
  }
  if (!best.empty()) return best;
  return {{Ref{}, group_loops(ctx, atoms, std::move(steps), lets_of_outputs(ctx, program))}};
}

}  // namespace nabla
