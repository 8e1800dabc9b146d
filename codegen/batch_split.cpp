#include "codegen/batch_split.h"

#include <algorithm>

#include "codegen/batch_signature.h"
#include "codegen/nest.h"
#include "codegen/point_choices.h"
#include "expr/substitute.h"
#include "expr/walk.h"

namespace nabla {
namespace {

constexpr uint32_t first_lifted = (uint32_t{1} << 29) + (uint32_t{1} << 28);  // numbers of lets made here

class Splitter {
 public:
  Splitter(Context& ctx, const TensorEntry& entry) : ctx_(ctx), entry_(entry) {}

  BatchSplit run() {
    find_varying();
    out_.shared = out_.by_point = entry_;
    out_.shared.program = out_.by_point.program = {};
    out_.shared.matrix = out_.by_point.matrix = {};  // diagonals are arrays as others
    for (const Let& l : entry_.program.lets) {
      if (varies(l.value)) {
        varying_lets_.insert(l.name);
        add(l.name, choices_(l.value));
      } else {
        out_.shared.program.lets.push_back(l);
        shared_lets_.insert(l.name);
      }
    }
    for (TensorOutput o : entry_.program.outputs) {
      o.value = renamed(choices_(o.value));
      o.is_diagonal = false;
      out_.by_point.program.outputs.push_back(std::move(o));
    }
    return std::move(out_);
  }

 private:
  // A direction is by point where its variable is; u where the value is.
  void find_varying() {
    out_.varying.insert(entry_.points.begin(), entry_.points.end());
    for (size_t k = 0; k < entry_.directions.size(); ++k) {
      const bool moves = entry_.kind == Output::vjp ? !is_summed(entry_.wrt, entry_.points)
                                                    : out_.varying.count(entry_.wrt[k]) != 0;
      if (moves) out_.varying.insert(entry_.directions[k]);
    }
  }

  bool varies(Ref value) const {
    for (Ref r : nodes_below(ctx_, value)) {
      if (out_.varying.count(r) != 0 || varying_lets_.count(r) != 0) return true;
    }
    return false;
  }

  void add(Ref let, Ref value) { out_.by_point.program.lets.push_back({let, renamed(lifted(value))}); }

  Ref fresh(Ref value) { return ctx_.let(first_lifted + made_++, ctx_[value].shape); }

  // A let of the part by point.
  Ref named(Ref value) {
    const Ref let = fresh(value);
    varying_lets_.insert(let);
    add(let, value);
    return let;
  }

  // With lets in the place of functions of what is shared.
  Ref lifted(Ref value) {
    std::vector<std::pair<Ref, Ref>> names;
    std::unordered_set<Ref> covered;
    const std::vector<Ref> nodes = nodes_below(ctx_, value);
    for (size_t k = nodes.size(); k-- > 0;) {  // the largest first
      const Ref r = nodes[k];
      if (covered.count(r) != 0 || ctx_.kind(r) != Kind::function || varies(r)) continue;
      for (Ref below : nodes_below(ctx_, r)) covered.insert(below);
      const auto [it, is_new] = lifted_.try_emplace(r);
      if (is_new) {
        it->second = fresh(r);
        out_.shared.program.lets.push_back({it->second, r});
        shared_lets_.insert(it->second);
      }
      names.emplace_back(r, it->second);
    }
    return names.empty() ? value : substitute(ctx_, value, names);
  }

  // With symbols in the place of shared lets, each of which becomes an output of the shared part.
  Ref renamed(Ref value) {
    std::vector<std::pair<Ref, Ref>> names;
    for (Ref r : nodes_below(ctx_, value)) {
      if (shared_lets_.count(r) != 0) names.emplace_back(r, symbol(r));
    }
    return names.empty() ? value : substitute(ctx_, value, names);
  }

  Ref symbol(Ref let) {
    const auto [it, is_new] = symbols_.try_emplace(let);
    if (!is_new) return it->second;
    Symbol s;
    s.name = "shared " + std::to_string(out_.symbols.size() + 1);
    s.role = Role::placeholder;
    s.shape = ctx_[let].shape;
    it->second = ctx_.symbol(s);
    out_.symbols.push_back(it->second);
    out_.shared.program.outputs.push_back({"shared", {}, ctx_[let].shape, let});
    return it->second;
  }

  Context& ctx_;
  const TensorEntry& entry_;
  BatchSplit out_;
  std::unordered_set<Ref> varying_lets_, shared_lets_;
  std::unordered_map<Ref, Ref> symbols_, lifted_;
  uint32_t made_ = 0;  // lets made here
  PointChoices choices_{ctx_, [this](Ref r) { return varies(r); }, [this](Ref r) { return named(r); }};
};

}  // namespace

BatchSplit split_by_point(Context& ctx, const TensorEntry& entry) { return Splitter(ctx, entry).run(); }

bool is_only_added(Context& ctx, const BatchSplit& split, size_t output) {
  const TensorProgram& program = split.by_point.program;
  const Ref let = program.outputs[output].value;
  if (ctx.kind(let) != Kind::let) return false;
  const auto same = [&](const TensorOutput& o) { return o.value == let; };
  if (std::count_if(program.outputs.begin(), program.outputs.end(), same) > 1) return false;
  return std::none_of(program.lets.begin(), program.lets.end(), [&](const Let& l) {
    return l.name == let ? !make_nest(ctx, l.value) : contains(ctx, l.value, let);
  });
}

}  // namespace nabla
