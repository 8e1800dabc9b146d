#include "codegen/storage.h"

#include <algorithm>
#include <unordered_set>

#include "codegen/solves.h"
#include "expr/walk.h"

namespace nabla {
namespace {

class Placer {
 public:
  Placer(Context& ctx, const LoopProgram& loops, const std::vector<TensorOutput>& outputs,
         const std::function<Ref(Ref)>& scratch_size)
      : ctx_(ctx), loops_(loops), outputs_(outputs), scratch_size_(scratch_size) {}

  Storage run() {
    number_groups();
    choose_direct();
    find_last_uses();
    out_.work = zero;
    size_t g = 0;
    for (const LoopStage& stage : loops_.stages) {
      for (const LoopGroup& group : stage.groups) {  // what outlives a block has a place of its own
        for (const LoopStep& s : group.steps) {
          if (stage.extent && lies_in_work(s) && !in_blocks(s)) place(s);
        }
      }
      for (const LoopGroup& group : stage.groups) {
        for (const LoopStep& s : group.steps) {
          if (lies_in_work(s)) place(s);
          if (!s.nest) take_scratch(s);
        }
        for (Ref gone : ends_[g]) free_.push_back({size_of(gone), out_.places[gone].offset});
        ++g;
      }
    }
    return std::move(out_);
  }

 private:
  struct Slot {
    Ref size, offset;
  };

  bool lies_in_work(const LoopStep& s) const {
    return ctx_[s.name].shape != scalar_shape && !s.is_local && out_.places.count(s.name) == 0;
  }

  void take_scratch(const LoopStep& s) {
    if (is_inverse(ctx_, s.value)) eliminated_.insert(ctx_.operands(s.value)[0]);
    if (s.is_factored || s.solve || is_found(s.value)) return;
    const Ref size = scratch_size_(s.value);
    if (size == zero) return;
    const Ref at = take(size);
    out_.scratch[s.name] = at;
    free_.push_back({size, at});
  }

  // A log-determinant that an inverse has found already.
  bool is_found(Ref value) const {
    return value && ctx_.kind(value) == Kind::function && ctx_.function_of(value) == Fn::logdet &&
           eliminated_.count(ctx_.operands(value)[0]) != 0;
  }

  bool in_blocks(const LoopStep& s) const { return out_.blocks.count(s.name) != 0; }

  void place(const LoopStep& s) { out_.places[s.name] = {true, 0, take(size_of(s.name))}; }

  // Of what lies along a cut axis and is read in its stage alone: that of a block.
  Ref size_of(Ref let) {
    const Ref all = entry_count(ctx_, ctx_[let].shape);
    if (factored_.count(let) != 0)
      return ctx_.add(all, ctx_.shape_of(let).extents[0]);  // and exchanges of rows
    const auto cut = out_.blocks.find(let);
    if (cut == out_.blocks.end()) return all;
    std::vector<Ref> extents = ctx_.shape_of(let).extents;
    for (Ref& e : extents) {
      if (e == cut->second) e = ctx_.number(block_turns);
    }
    return ctx_.product(extents);
  }

  // The stage of each let, and which of them lie in blocks.
  void number_groups() {
    std::unordered_map<Ref, const LoopStage*> stage_of;
    for (const LoopStage& stage : loops_.stages) {
      for (const LoopGroup& group : stage.groups) {
        ++groups_;
        for (const LoopStep& s : group.steps) {
          stage_of[s.name] = &stage;
          if (s.is_factored) factored_.insert(s.name);
          if (stage.extent && !s.is_local && lies_along(ctx_, s, stage.extent))
            out_.blocks[s.name] = stage.extent;
        }
      }
    }
    for (const TensorOutput& o : outputs_) out_.blocks.erase(o.value);
    for (const LoopStage& stage : loops_.stages) {
      for (const LoopGroup& group : stage.groups) {
        for (const LoopStep& s : group.steps) {
          for (Ref r : lets_read(ctx_, s)) {
            if (stage_of.at(r) != &stage) out_.blocks.erase(r);
          }
        }
      }
    }
  }

  void choose_direct() {
    for (size_t o = 0; o < outputs_.size(); ++o) {
      const TensorOutput& output = outputs_[o];
      const bool can = ctx_.kind(output.value) == Kind::let && output.shape != scalar_shape &&
                       out_.places.count(output.value) == 0;
      out_.direct.push_back(can);
      if (can) out_.places[output.value] = {false, o, zero};
    }
  }

  // What does not lie in blocks lives to the end of the stage in which it is read.
  void find_last_uses() {
    std::unordered_map<Ref, size_t> last;
    size_t g = 0;
    for (const LoopStage& stage : loops_.stages) {
      const size_t end = g + stage.groups.size() - 1;
      for (const LoopGroup& group : stage.groups) {
        const auto use = [&](Ref r) {
          const bool long_lived = stage.extent && out_.blocks.count(r) == 0;
          last[r] = std::max(last[r], long_lived ? end : g);
        };
        for (const LoopStep& s : group.steps) {
          use(s.name);
          for (Ref r : lets_read(ctx_, s)) use(r);
        }
        ++g;
      }
    }
    for (const TensorOutput& o : outputs_) last[o.value] = groups_;
    ends_.resize(groups_ + 1);
    for (const LoopStage& stage : loops_.stages) {
      for (const LoopGroup& group : stage.groups) {
        for (const LoopStep& s : group.steps) {
          if (lies_in_work(s)) ends_[last[s.name]].push_back(s.name);
        }
      }
    }
  }

  Ref take(Ref size) {
    for (size_t k = 0; k < free_.size(); ++k) {
      if (free_[k].size != size) continue;
      const Ref at = free_[k].offset;
      free_.erase(free_.begin() + static_cast<ptrdiff_t>(k));
      return at;
    }
    const Ref at = out_.work;
    out_.work = ctx_.add(out_.work, size);
    return at;
  }

  Context& ctx_;
  const LoopProgram& loops_;
  const std::vector<TensorOutput>& outputs_;
  const std::function<Ref(Ref)>& scratch_size_;
  Storage out_;
  std::vector<std::vector<Ref>> ends_;  // by group: the arrays that it reads last
  std::vector<Slot> free_;
  std::unordered_set<Ref> factored_, eliminated_;
  size_t groups_ = 0;
};

}  // namespace

Ref entry_count(Context& ctx, ShapeId shape) {
  return ctx.product(std::vector<Ref>(ctx.shape(shape).extents));
}

Storage place_arrays(Context& ctx, const LoopProgram& loops, const std::vector<TensorOutput>& outputs,
                     const std::function<Ref(Ref)>& scratch_size) {
  return Placer(ctx, loops, outputs, scratch_size).run();
}

}  // namespace nabla
