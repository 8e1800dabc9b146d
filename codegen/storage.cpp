#include "codegen/storage.h"

#include <algorithm>

#include "expr/walk.h"

namespace nabla {
namespace {

class Placer {
 public:
  Placer(Context& ctx, const LoopProgram& loops, const std::vector<TensorOutput>& outputs,
         const std::function<Ref(Ref)>& scratch_size)
      : ctx_(ctx), loops_(loops), outputs_(outputs), scratch_size_(scratch_size) {}

  Storage run() {
    choose_direct();
    find_last_uses();
    out_.work = zero;
    for (size_t g = 0; g < loops_.groups.size(); ++g) {
      for (const LoopStep& s : loops_.groups[g].steps) {
        if (lies_in_work(s)) out_.places[s.name] = {true, 0, take(entry_count(ctx_, ctx_[s.name].shape))};
        const Ref size = s.nest ? zero : scratch_size_(s.value);
        if (size == zero) continue;
        const Ref at = take(size);
        out_.scratch[s.name] = at;
        free_.push_back({size, at});
      }
      for (Ref gone : ends_[g])
        free_.push_back({entry_count(ctx_, ctx_[gone].shape), out_.places[gone].offset});
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

  void choose_direct() {
    for (size_t o = 0; o < outputs_.size(); ++o) {
      const TensorOutput& output = outputs_[o];
      const bool can = ctx_.kind(output.value) == Kind::let && output.shape != scalar_shape &&
                       out_.places.count(output.value) == 0;
      out_.direct.push_back(can);
      if (can) out_.places[output.value] = {false, o, zero};
    }
  }

  void find_last_uses() {
    std::unordered_map<Ref, size_t> last;
    for (size_t g = 0; g < loops_.groups.size(); ++g) {
      for (const LoopStep& s : loops_.groups[g].steps) {
        last[s.name] = std::max(last[s.name], g);
        for (Ref r : lets_read(ctx_, s)) last[r] = g;
      }
    }
    for (const TensorOutput& o : outputs_) last[o.value] = loops_.groups.size();
    ends_.resize(loops_.groups.size() + 1);
    for (const LoopGroup& group : loops_.groups) {
      for (const LoopStep& s : group.steps) {
        if (lies_in_work(s)) ends_[last[s.name]].push_back(s.name);
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
