#include "diff/conjugates.h"

#include <algorithm>
#include <string>

#include "diff/cotangents.h"
#include "diff/tangents.h"
#include "expr/conjugate.h"
#include "expr/diagnostic.h"
#include "expr/facts.h"
#include "expr/indexed.h"
#include "expr/substitute.h"
#include "expr/tensor.h"
#include "expr/walk.h"
#include "expr/zero_branch.h"

namespace nabla {
namespace {

bool is_complex(const Context& ctx, Ref r) { return (ctx[r].facts & complex_valued) != 0; }

[[noreturn]] void not_analytic(const std::string& what) {
  throw Failure(Code::cannot_differentiate, "no derivative of " + what + " of complex values is known",
                "real, imag, abs, conj, norm2 of a vector, normF and analytic functions have one");
}

std::string name_of(Fn f) { return "'" + std::string(row(f).name) + "'"; }

// The root of the sum of the squared moduli.
bool is_euclidean(const Context& ctx, Ref r) {
  if (ctx.is_function(r, Fn::normF)) return true;
  return ctx.is_function(r, Fn::norm2) && ctx[r].count == 1 && ctx.shape_of(ctx.operands(r)[0]).order() <= 1;
}

// Functions with branch cuts whose derivative has none.
bool has_plain_derivative(Fn f) { return f == Fn::logdet || f == Fn::logsumexp || f == Fn::log_softmax; }

}  // namespace

Conjugates::Conjugates(Partials& partials, std::span<const Ref> variables)
    : ctx_(partials.context()),
      partials_(partials),
      rules_(partials),
      variables_(variables.begin(), variables.end()) {}

Ref Conjugates::twin(Ref variable) {
  if (ctx_.kind(variable) == Kind::entry) {
    std::vector<Ref> list(ctx_.operands(variable).begin(), ctx_.operands(variable).end());
    list[0] = twin(list[0]);
    return ctx_.entry(list[0], std::span<const Ref>(list).subspan(1));
  }
  for (const auto& [symbol, name] : twins_) {
    if (symbol == variable) return name;
  }
  Symbol s = ctx_.symbol(variable);
  s.name = "conj(" + s.name + ")";
  s.role = Role::placeholder;
  twins_.emplace_back(variable, ctx_.symbol(s));
  return twins_.back().second;
}

Ref Conjugates::join(Ref e) {
  std::vector<std::pair<Ref, Ref>> pairs;
  for (const auto& [symbol, name] : twins_) pairs.emplace_back(name, conjugate(ctx_, symbol));
  for (const Value& v : values_) pairs.emplace_back(v.name, v.value);
  return substitute(ctx_, e, pairs);
}

// ---- splitting ----

Ref Conjugates::image(Ref r) const {
  const auto it = images_.find(r);
  return it == images_.end() ? r : it->second.image;
}

Ref Conjugates::mirror(Ref r) {
  const auto it = images_.find(r);
  return it == images_.end() ? conjugate(ctx_, r) : it->second.mirror;
}

void Conjugates::find(Ref e) {
  uint64_t names = 0;
  for (Ref v : variables_) names |= ctx_[v].names;
  order_ = nodes_below(ctx_, {&e, 1}, [&](Ref r) { return (ctx_[r].names & names) != 0; });
  needed_.clear();
  for (Ref r : order_) {
    const auto list = ctx_.operands(r);
    const bool variable = std::find(variables_.begin(), variables_.end(), r) != variables_.end();
    if (variable || std::any_of(list.begin(), list.end(), [&](Ref c) { return needed_.count(c) > 0; })) {
      needed_[r] = false;
    }
  }
}

// Downwards: which expressions are needed with their conjugates.
void Conjugates::need_conjugates() {
  for (size_t i = order_.size(); i-- > 0;) {
    const Ref r = order_[i];
    const auto it = needed_.find(r);
    if (it == needed_.end()) continue;
    const Kind kind = ctx_.kind(r);
    const bool splits = kind == Kind::function && (ctx_.is_function(r, Fn::conj) || !is_complex(ctx_, r));
    for (Ref c : ctx_.operands(r)) {
      const auto child = needed_.find(c);
      if (child != needed_.end() && is_complex(ctx_, c)) child->second |= it->second || splits;
    }
  }
}

Ref Conjugates::split(Ref e) {
  find(e);
  need_conjugates();
  for (Ref r : order_) {
    const auto it = needed_.find(r);
    if (it == needed_.end() || images_.count(r)) continue;
    ctx_.budget().spend();
    images_[r] = make(r, it->second);
  }
  return image(e);
}

Conjugates::Image Conjugates::make(Ref r, bool conjugated) {
  const Node n = ctx_[r];
  switch (n.kind) {
    case Kind::symbol:
      return {r, n.facts & complex_valued ? twin(r) : r};
    case Kind::function:
      return function(r, conjugated);
    case Kind::power: {
      const bool passes =
          (ctx_[n.operand(1)].facts & integer_valued) || is_positive(ctx_[n.operand(0)].facts);
      if (passes || !conjugated || !is_complex(ctx_, r)) break;
      const Image i = rebuilt(r, false);
      return {i.image, conjugate_of_cut(r)};
    }
    case Kind::matpow:
      if (conjugated && !(ctx_[n.operand(1)].facts & integer_valued)) {
        not_analytic("the conjugate of a matrix power that is no integer one");
      }
      break;
    case Kind::reduce:
      if (n.tag != static_cast<uint16_t>(Reduction::prod) && is_complex(ctx_, r))
        not_analytic("'max' or 'min'");
      break;
    case Kind::opaque:
      if (conjugated && is_complex(ctx_, r)) {
        not_analytic("the conjugate of the function '" + ctx_.symbol(ctx_.opaque_function(r)).name + "'");
      }
      break;
    case Kind::operation:
      throw_no_rule("an operator that was not evaluated");
    case Kind::written:
      throw_no_rule("a written form");
    default:
      break;
  }
  return rebuilt(r, conjugated && is_complex(ctx_, r));
}

Conjugates::Image Conjugates::rebuilt(Ref r, bool conjugated) {
  const std::vector<Ref> operands(ctx_.operands(r).begin(), ctx_.operands(r).end());
  std::vector<Ref> list;
  for (Ref c : operands) list.push_back(image(c));
  Image result{ctx_.rebuild(r, list), {}};
  if (!conjugated) {
    if (!is_complex(ctx_, r)) result.mirror = result.image;
    return result;
  }
  for (size_t k = 0; k < operands.size(); ++k) list[k] = mirror(operands[k]);
  result.mirror = ctx_.rebuild(r, list);
  return result;
}

Conjugates::Image Conjugates::function(Ref r, bool conjugated) {
  const Node n = ctx_[r];
  const Fn f = static_cast<Fn>(n.tag);
  const Ref u = n.operand(0);
  const auto list = n.operands();
  const bool complex = std::any_of(list.begin(), list.end(), [&](Ref c) { return is_complex(ctx_, c); });
  if (!complex) return rebuilt(r, false);
  const Ref im = ctx_.constant(Constant::im), half = ctx_.number(Rational::fraction(1, 2));
  if (f == Fn::conj) return {mirror(u), image(u)};
  if (f == Fn::real || f == Fn::imag) {
    const Ref by = f == Fn::real ? half : ctx_.scale(ctx_.negate(half), im);
    const Ref v = real_value(r, by, conjugate(ctx_, by), u);
    return {v, v};
  }
  if (f == Fn::abs || is_euclidean(ctx_, r)) {
    const Ref by = elementwise_product(ctx_, ctx_.scale(half, ctx_.power(r, minus_one)), conjugate(ctx_, u));
    const Ref v = real_value(r, by, conjugate(ctx_, by), u);
    return {v, v};
  }
  if (row(f).analytic == Analytic::no || is_real_valued(f)) not_analytic(name_of(f));
  if (row(f).analytic == Analytic::everywhere || !conjugated) return rebuilt(r, conjugated);
  return {rebuilt(r, false).image, conjugate_of_cut(r)};
}

// A name for what is no analytic function.
Ref Conjugates::named(Ref value, bool never_negative) {
  Symbol s;
  s.name = "value " + std::to_string(values_.size() + 1);
  s.role = Role::placeholder;
  s.shape = ctx_[value].shape;
  s.complex = is_complex(ctx_, value);
  if (never_negative) s.domain.lower = zero;
  values_.push_back({ctx_.symbol(s), value, {}});
  return values_.back().name;
}

Ref Conjugates::real_value(Ref r, Ref by_image, Ref by_mirror, Ref u) {
  const Ref name = named(r, (ctx_[r].facts & nonnegative) != 0);
  values_.back().parts = {{image(u), by_image}, {mirror(u), by_mirror}};
  return name;
}

// conj(f(u)) where f has a branch cut.
Ref Conjugates::conjugate_of_cut(Ref r) {
  const Ref value = conjugate(ctx_, r);
  const std::vector<Ref> list(ctx_.operands(r).begin(), ctx_.operands(r).end());
  std::vector<Part> parts;
  if (ctx_.kind(r) == Kind::function && row(ctx_.function_of(r)).shape != ShapeRule::elementwise) {
    if (!has_plain_derivative(ctx_.function_of(r))) {
      not_analytic("the conjugate of " + name_of(ctx_.function_of(r)));
    }
    std::vector<Ref> mirrored;
    for (Ref c : list) mirrored.push_back(mirror(c));
    parts.push_back({ctx_.rebuild(r, mirrored), one});
  } else {
    for (size_t k = 0; k < list.size(); ++k) {
      if (!depends(list[k])) continue;
      parts.push_back({mirror(list[k]), conjugate(ctx_, rules_.entrywise(r, k))});
    }
  }
  const Ref name = named(value, false);
  values_.back().parts = std::move(parts);
  return name;
}

// ---- derivatives ----

void Conjugates::append_joined(std::vector<Step>& steps, const Trace& trace) {
  for (const Derivation& d : trace.derivations()) {
    for (const Step& s : d.steps) {
      Step step;
      step.part = join(s.part);
      const bool known =
          std::any_of(steps.begin(), steps.end(), [&](const Step& other) { return other.part == step.part; });
      if (known) continue;
      step.derivative = join(s.derivative);
      step.rule = s.rule;
      for (const Ref use : s.uses) step.uses.push_back(join(use));
      steps.push_back(std::move(step));
    }
  }
}

Ref Conjugates::tangent(Ref e, std::vector<std::pair<Ref, Ref>> directions, bool symmetric, Ref by) {
  Trace* const told = partials_.trace();
  if (told == nullptr || !by) {
    const WithoutTrace quiet(partials_);
    return moved(e, std::move(directions), symmetric, nullptr);
  }
  std::vector<Step> steps;
  const Ref result = moved(e, std::move(directions), symmetric, &steps);
  told->begin(join(e), by, Way::forward);
  for (Step& step : steps) told->add(std::move(step));
  told->finish(result);
  return result;
}

Ref Conjugates::pushed(Ref e, std::span<const std::pair<Ref, Ref>> directions, std::vector<Step>* steps) {
  Trace* const outer = partials_.trace();
  Trace trace;
  if (steps != nullptr) partials_.set_trace(&trace);
  const Ref t = join(Tangents(partials_, directions).push_forward(e));
  partials_.set_trace(outer);
  if (steps != nullptr) append_joined(*steps, trace);
  return t;
}

Ref Conjugates::moved(Ref e, std::vector<std::pair<Ref, Ref>> directions, bool symmetric,
                      std::vector<Step>* steps) {
  for (const Value& v : values_) {
    std::vector<Ref> terms;
    const bool real = symmetric && !is_complex(ctx_, v.value);
    for (const Part& p : v.parts) {
      const Ref t = pushed(p.root, directions, steps);
      if (is_zero(ctx_, t)) continue;
      const bool sums = ctx_[v.name].shape == scalar_shape && ctx_[t].shape != scalar_shape;
      const Ref change = sums ? dot(ctx_, p.local, t) : elementwise_product(ctx_, p.local, t);
      if (real) {  // the other part is the conjugate of this one
        terms = {real_part(ctx_, ctx_.scale(ctx_.number(2), change))};
        break;
      }
      terms.push_back(change);
    }
    if (terms.empty()) continue;
    directions.emplace_back(v.name, ctx_.sum(terms));
    if (steps == nullptr) continue;
    Step step;
    step.part = v.value;
    step.derivative = join(directions.back().second);
    step.rule = ctx_.kind(v.value) == Kind::function ? StepRule::function : StepRule::structural;
    for (const Part& p : v.parts) step.uses.push_back(join(p.root));
    steps->push_back(std::move(step));
  }
  return pushed(e, directions, steps);
}

void Conjugates::tell_joined(Trace& told, const Derivation& d, Ref value) {
  told.begin(join(d.of), join(d.by), d.way);
  for (Step step : d.steps) {
    step.part = join(step.part);
    step.derivative = join(step.derivative);
    for (Ref& use : step.uses) use = join(use);
    for (auto& [part, derivative] : step.passed) {
      part = join(part);
      derivative = join(derivative);
    }
    told.add(std::move(step));
  }
  told.finish(value);
}

// The cotangent of the part, from that of the value.
Ref Conjugates::seeded(Ref g, std::span<const Ref> leading, const Part& part, Ref name) {
  const std::vector<Ref> own = ctx_.shape_of(name).extents, axes = ctx_.shape_of(part.root).extents;
  if (leading.empty() && own.empty() && axes.empty()) return ctx_.multiply(g, part.local);
  IndexedBuilder b(ctx_);
  std::vector<Label> of_g, output, of_value, of_root;
  for (Ref extent : leading) of_g.push_back(b.label(extent));
  output = of_g;
  for (Ref extent : own) of_value.push_back(b.label(extent));
  of_g.insert(of_g.end(), of_value.begin(), of_value.end());
  if (axes == own) of_root = of_value;
  if (own.empty()) {
    for (Ref extent : axes) of_root.push_back(b.label(extent));
  }
  output.insert(output.end(), of_root.begin(), of_root.end());
  b.factor(g, of_g);
  const size_t order = ctx_.shape_of(part.local).order();
  b.factor(part.local, std::span<const Label>(own.empty() ? of_root : of_value).last(order));
  return b.build(output);
}

std::vector<Ref> Conjugates::cotangents(Ref e, Ref seed, std::span<const Ref> leading,
                                        std::span<const Ref> targets) {
  // Several pulled back one after the other are no derivation that can be read.
  Trace* const told = values_.empty() && targets.size() == 1 ? partials_.trace() : nullptr;
  Trace trace;
  const WithoutTrace quiet(partials_);
  if (told != nullptr) partials_.set_trace(&trace);
  const std::vector<Ref> first(leading.begin(), leading.end());
  std::vector<Ref> names(targets.begin(), targets.end());
  for (const Value& v : values_) names.push_back(v.name);
  std::vector<Ref> total = Cotangents(partials_, first).pull_back(e, seed, names);
  for (size_t i = values_.size(); i-- > 0;) {
    const Ref g = total[targets.size() + i];
    if (is_zero(ctx_, g)) continue;
    for (const Part& p : values_[i].parts) {
      const Ref s = seeded(g, leading, p, values_[i].name);
      const auto below = std::span<const Ref>(names).first(targets.size() + i);
      const std::vector<Ref> more = Cotangents(partials_, first).pull_back(p.root, s, below);
      for (size_t k = 0; k < more.size(); ++k) total[k] = ctx_.add(total[k], more[k]);
    }
  }
  total.resize(targets.size());
  for (Ref& g : total) g = join(g);
  if (told != nullptr) tell_joined(*told, trace.derivations()[0], total[0]);
  return total;
}

}  // namespace nabla
