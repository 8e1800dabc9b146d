#include "codegen/storage.h"

#include <algorithm>

#include "expr/walk.h"

namespace nabla {
namespace {

class Placer {
 public:
  Placer(Context& ctx, const TensorProgram& program, const std::function<Ref(Ref)>& scratch_size)
      : ctx_(ctx), program_(program), scratch_size_(scratch_size) {}

  Storage run() {
    choose_direct();
    find_last_uses();
    out_.work = zero;
    for (size_t i = 0; i < program_.lets.size(); ++i) {
      const Let& l = program_.lets[i];
      const bool in_work = ctx_[l.name].shape != scalar_shape && out_.places.count(l.name) == 0;
      if (in_work) out_.places[l.name] = {true, 0, take(entry_count(ctx_, ctx_[l.name].shape))};
      if (const Ref size = scratch_size_(l.value); size != zero) {
        const Ref at = take(size);
        out_.scratch[l.name] = at;
        free_.push_back({size, at});
      }
      for (Ref gone : ends_[i])
        free_.push_back({entry_count(ctx_, ctx_[gone].shape), out_.places[gone].offset});
    }
    return std::move(out_);
  }

 private:
  struct Slot {
    Ref size, offset;
  };

  void choose_direct() {
    for (size_t o = 0; o < program_.outputs.size(); ++o) {
      const TensorOutput& output = program_.outputs[o];
      const bool can = ctx_.kind(output.value) == Kind::let && output.shape != scalar_shape &&
                       out_.places.count(output.value) == 0;
      out_.direct.push_back(can);
      if (can) out_.places[output.value] = {false, o, zero};
    }
  }

  void find_last_uses() {
    std::unordered_map<Ref, size_t> last;
    for (size_t i = 0; i < program_.lets.size(); ++i) {
      last[program_.lets[i].name] = i;
      for (Ref r : nodes_below(ctx_, program_.lets[i].value)) {
        if (ctx_.kind(r) == Kind::let) last[r] = i;
      }
    }
    for (const TensorOutput& o : program_.outputs) last[o.value] = program_.lets.size();
    ends_.resize(program_.lets.size() + 1);
    for (const Let& l : program_.lets) {
      if (ctx_[l.name].shape != scalar_shape && out_.places.count(l.name) == 0)
        ends_[last[l.name]].push_back(l.name);
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
  const TensorProgram& program_;
  const std::function<Ref(Ref)>& scratch_size_;
  Storage out_;
  std::vector<std::vector<Ref>> ends_;  // by let: the arrays that it reads last
  std::vector<Slot> free_;
};

}  // namespace

Ref entry_count(Context& ctx, ShapeId shape) {
  return ctx.product(std::vector<Ref>(ctx.shape(shape).extents));
}

Storage place_arrays(Context& ctx, const TensorProgram& program,
                     const std::function<Ref(Ref)>& scratch_size) {
  return Placer(ctx, program, scratch_size).run();
}

}  // namespace nabla
