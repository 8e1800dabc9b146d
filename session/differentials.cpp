#include "session/differentials.h"

#include <algorithm>
#include <string>

#include "expr/indexed.h"
#include "expr/tensor.h"

namespace nabla {
namespace {

class Reader {
 public:
  Reader(Context& ctx, const Derivation& d) : ctx_(ctx), derivation_(d) {}

  Differentials run() {
    if (derivation_.steps.empty()) return {};
    const Step& first = derivation_.steps[0];
    axes_ = ctx_.shape_of(first.derivative).order() - ctx_.shape_of(first.part).order();
    if (first.part != derivation_.of || axes_ > 1) return {};
    open_ = {{first.part, first.derivative}};
    result_.of = total();
    for (const Step& step : derivation_.steps) {
      if (step.passed.empty()) continue;  // the variable
      ctx_.budget().spend();
      open_.erase(
          std::find_if(open_.begin(), open_.end(), [&](const auto& o) { return o.first == step.part; }));
      for (const auto& [part, derivative] : step.passed) pass(part, derivative);
      result_.lines.push_back({total(), &step});
    }
    return std::move(result_);
  }

 private:
  void pass(Ref part, Ref derivative) {
    const auto known =
        std::find_if(open_.begin(), open_.end(), [&](const auto& o) { return o.first == part; });
    if (known == open_.end())
      open_.emplace_back(part, derivative);
    else
      known->second = derivative;
  }

  // The differential of a part as a name of its own. The names are alike in length, so that none is part of
  // another where one is replaced by what it stands for in a printed text.
  Ref differential(Ref part) {
    for (const auto& [known, name] : result_.names) {
      if (known == part) return name;
    }
    Symbol s;
    s.name = "zqaaaa";
    size_t n = result_.names.size();
    for (size_t i = s.name.size(); i-- > 2; n /= 26) s.name[i] = static_cast<char>('a' + n % 26);
    s.role = Role::differential;
    s.shape = ctx_[part].shape;
    s.complex = (ctx_[part].facts & complex_valued) != 0;
    result_.names.emplace_back(part, ctx_.symbol(s));
    return result_.names.back().second;
  }

  Ref total() {
    std::vector<Term> terms;
    for (const auto& [part, derivative] : open_) terms.push_back({one, paired(derivative, part)});
    const ShapeId shape = ctx_[terms[0].body].shape;
    return shape == scalar_shape ? ctx_.sum(terms) : tensor_sum(ctx_, terms, shape);
  }

  // The derivative by a part, contracted with its differential.
  Ref paired(Ref derivative, Ref part) {
    const Ref name = differential(part);
    const std::vector<Ref> extents = ctx_.shape_of(derivative).extents;
    IndexedBuilder b(ctx_);
    std::vector<Label> labels;
    for (const Ref e : extents) labels.push_back(b.label(e));
    b.factor(derivative, labels);
    b.factor(name, std::span(labels).subspan(axes_));
    return b.build(std::span(labels).first(axes_));
  }

  Context& ctx_;
  const Derivation& derivation_;
  size_t axes_ = 0;                        // of f
  std::vector<std::pair<Ref, Ref>> open_;  // parts, and the derivative by each as it is passed on to them
  Differentials result_;
};

}  // namespace

Differentials differentials_of(Context& ctx, const Derivation& backward) {
  return Reader(ctx, backward).run();
}

}  // namespace nabla
