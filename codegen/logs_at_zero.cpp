#include "codegen/logs_at_zero.h"

#include <algorithm>
#include <functional>
#include <unordered_map>
#include <vector>

#include "codegen/rewritten.h"
#include "expr/indexed.h"
#include "expr/tensor.h"
#include "expr/walk.h"

namespace nabla {
namespace {

// What a let names; other nodes are themselves.
using Value = std::function<Ref(Ref)>;

// The factors of an unsummed product that have all its axes, in their order.
std::vector<Ref> factors_of(const Context& ctx, Ref product) {
  std::vector<Ref> out;
  if (ctx.kind(product) == Kind::indexed) {
    const IndexedView v = view_indexed(ctx, product);
    const Labelling& l = *v.labelling;
    if (!l.guards.empty() || l.label_count != l.output.size()) return {};
    for (size_t k = 0; k < v.factors.size(); ++k) {
      if (l.factors[k] == l.output) out.push_back(v.factors[k]);
    }
  } else {
    ctx.append_factors(product, out);
  }
  return out;
}

// What the value vanishes with: it, the bases of its factors with positive exponents.
std::vector<Ref> zeros_of(const Context& ctx, Ref e, const Value& value) {
  constexpr size_t most = 64;
  std::vector<Ref> todo{e}, zeros;
  for (size_t i = 0; i < todo.size() && i < most; ++i) {  // `todo` grows
    const Ref r = value(todo[i]);
    const Kind k = ctx.kind(r);
    if (k == Kind::power) {
      const Ref exponent = ctx.operands(r)[1];
      if (ctx.is_number(exponent) && ctx.value(exponent).sign() > 0) todo.push_back(ctx.operands(r)[0]);
    } else if (k == Kind::product || k == Kind::indexed) {
      const std::vector<Ref> factors = factors_of(ctx, r);
      todo.insert(todo.end(), factors.begin(), factors.end());
    }
    if (!ctx.is_number(r)) zeros.push_back(todo[i]);
  }
  return zeros;
}

Ref argument(const Context& ctx, Ref log) { return ctx.operands(log)[0]; }

// The logarithm, 0 where `zero_with` is.
Ref guarded(Context& ctx, Ref log, Ref zero_with) {
  const ShapeId shape = ctx[log].shape;
  if (shape == scalar_shape) return ctx.select(ctx.compare(Relation::equal, zero_with, zero), zero, log);
  return tensor_select(ctx, tensor_compare(ctx, Relation::equal, zero_with, zero), ctx.zeros(shape), log);
}

// The common zero of a logarithm's argument and of one of the others; Ref{} if there is none.
Ref common_zero(const Context& ctx, Ref log, const std::vector<Ref>& others, const Value& value) {
  const std::vector<Ref> own = zeros_of(ctx, argument(ctx, log), value);
  for (Ref o : others) {
    for (Ref z : zeros_of(ctx, o, value)) {
      const bool may_be = !(ctx[z].facts & nonzero) && std::find(own.begin(), own.end(), z) != own.end();
      if (may_be) return z;
    }
  }
  return {};
}

Ref itself(Ref r) { return r; }

Ref in_product(Context& ctx, Ref product) {
  std::vector<Ref> factors;
  ctx.append_factors(product, factors);
  bool changed = false;
  for (size_t k = 0; k < factors.size(); ++k) {
    if (!ctx.is_function(factors[k], Fn::log)) continue;
    std::vector<Ref> others = factors;
    others.erase(others.begin() + static_cast<ptrdiff_t>(k));
    const Ref z = common_zero(ctx, factors[k], others, itself);
    if (!z) continue;
    factors[k] = guarded(ctx, factors[k], z);
    changed = true;
  }
  return changed ? ctx.product(factors) : product;
}

Ref in_indexed(Context& ctx, Ref product) {
  std::vector<Ref> operands(ctx.operands(product).begin(), ctx.operands(product).end());
  const std::vector<std::vector<Label>> labels = ctx.labelling(product).factors;
  bool changed = false;
  for (size_t k = 0; k < labels.size(); ++k) {
    if (!ctx.is_function(operands[k], Fn::log)) continue;
    std::vector<Ref> others;
    for (size_t j = 0; j < labels.size(); ++j) {
      if (j != k && labels[j] == labels[k]) others.push_back(operands[j]);
    }
    const Ref z = common_zero(ctx, operands[k], others, itself);
    if (!z || ctx[z].shape != ctx[operands[k]].shape) continue;
    operands[k] = guarded(ctx, operands[k], z);
    changed = true;
  }
  return changed ? rebuild_indexed(ctx, product, operands) : product;
}

}  // namespace

Ref with_logs_at_zero(Context& ctx, Ref e) {
  const std::vector<Ref> nodes = nodes_below(ctx, e);
  if (std::none_of(nodes.begin(), nodes.end(), [&](Ref r) { return ctx.is_function(r, Fn::log); })) return e;
  RefMap<Ref> image(e.id);
  std::vector<Ref> operands;
  for (Ref r : nodes) {
    operands.clear();
    bool same = true;
    for (Ref o : ctx.operands(r)) {
      operands.push_back(image[o]);
      same = same && image[o] == o;
    }
    image[r] = same ? r : ctx.rebuild(r, operands);
    if (ctx.kind(image[r]) == Kind::product) image[r] = in_product(ctx, image[r]);
    if (ctx.kind(image[r]) == Kind::indexed) image[r] = in_indexed(ctx, image[r]);
  }
  return image[e];
}

Program with_logs_at_zero(Context& ctx, Program program) {
  const Value value = [&](Ref r) {
    return ctx.kind(r) == Kind::let ? program.lets[ctx[r].payload].value : r;
  };
  // By let that is a product: the logarithm among its factors, and what it is 0 with.
  std::unordered_map<Ref, std::pair<Ref, Ref>> found;
  for (const Let& l : program.lets) {
    if (ctx.kind(l.value) != Kind::product) continue;
    const std::vector<Ref> factors(ctx.operands(l.value).begin(), ctx.operands(l.value).end());
    for (Ref f : factors) {
      if (!ctx.is_function(value(f), Fn::log)) continue;
      std::vector<Ref> others;
      std::copy_if(factors.begin(), factors.end(), std::back_inserter(others), [&](Ref o) { return o != f; });
      const Ref z = common_zero(ctx, value(f), others, value);
      if (z) found.try_emplace(l.name, f, z);
    }
  }
  if (found.empty()) return program;
  return rewritten(ctx, std::move(program), [&](const Let& l, const MovedLets& moved, Lowering& lowering) {
    const auto product = found.find(l.name);
    std::vector<Ref> operands;
    for (Ref o : ctx.operands(l.value)) {
      const bool is_log = product != found.end() && o == product->second.first;
      operands.push_back(is_log ? lowering.lower(guarded(ctx, moved(o), moved(product->second.second)))
                                : moved(o));
    }
    return lowering.lower(ctx.rebuild(l.value, operands));
  });
}

}  // namespace nabla
