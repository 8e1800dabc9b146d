#include "session/differentials.h"

#include <algorithm>
#include <string>

#include "expr/diagnostic.h"
#include "expr/indexed.h"
#include "expr/print.h"
#include "expr/tensor.h"
#include "simplify/expand_tensor.h"
#include "simplify/rebuilt.h"

namespace nabla {
namespace {

class Reader {
 public:
  Reader(Context& ctx, const Derivation& d) : ctx_(ctx), derivation_(d) {}

  Differentials run() {
    if (derivation_.steps.empty()) return {};
    const Step& first = derivation_.steps[0];
    axes_ = ctx_.shape_of(first.derivative).order() - ctx_.shape_of(first.part).order();
    open_ = {{first.part, first.derivative}};
    result_.of = total();
    shape_ = ctx_[result_.of].shape;
    for (const Step& step : derivation_.steps) {
      if (step.rule == StepRule::variable) continue;
      ctx_.budget().spend();
      const auto at =
          std::find_if(open_.begin(), open_.end(), [&](const auto& o) { return o.first == step.part; });
      if (at != open_.end()) open_.erase(at);
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
    if (open_.empty()) return ctx_.zeros(shape_);  // of sign(x), which passes nothing on
    std::vector<Term> terms;
    for (const auto& [part, derivative] : open_) terms.push_back({one, paired(derivative, part)});
    const ShapeId shape = ctx_[terms[0].body].shape;
    if (shape == scalar_shape) return ctx_.sum(terms);
    const Ref whole = tensor_sum(ctx_, terms, shape);
    return axes_ > 1 ? shorter(whole) : whole;
  }

  // Of a matrix the terms may have matrix notation one by one: dX*X' + X*dX'.
  Ref shorter(Ref whole) {
    try {
      const Ref terms = expand_tensor(ctx_, whole, Holds::where_given);
      return print(ctx_, terms).size() < print(ctx_, whole).size() ? terms : whole;
    } catch (const Failure& failure) {
      if (!has_no_value(failure)) throw;
      return whole;
    }
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
  ShapeId shape_ = scalar_shape;           // of the differential
  std::vector<std::pair<Ref, Ref>> open_;  // parts, and the derivative by each as it is passed on to them
  Differentials result_;
};

}  // namespace

Differentials differentials_of(Context& ctx, const Derivation& backward) {
  return Reader(ctx, backward).run();
}

}  // namespace nabla
