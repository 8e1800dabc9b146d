#include "codegen/tensor_program.h"

#include <algorithm>

#include "codegen/contraction_parts.h"
#include "codegen/scatter.h"
#include "expr/diagnostic.h"
#include "expr/substitute.h"
#include "expr/tensor.h"
#include "expr/walk.h"

namespace nabla {
namespace {

bool is_truth(const Context& ctx, Ref r) {
  const Kind k = ctx.kind(r);
  return k == Kind::truth || k == Kind::compare || k == Kind::connective;
}

bool is_leaf(const Context& ctx, Ref r) { return is_atom(ctx, r) || ctx.kind(r) == Kind::structural; }

// A product whose labels are all axes of the result, without a condition on them.
bool is_unsummed(const Context& ctx, Ref r) {
  if (ctx.kind(r) != Kind::indexed) return false;
  const IndexedView v = view_indexed(ctx, r);
  return v.labelling->label_count == v.labelling->output.size() && v.labelling->guards.empty() &&
         std::none_of(v.factors.begin(), v.factors.end(), [&](Ref f) { return is_position(ctx, f); });
}

// Another order or a choice of the axes of one array: reading it costs nothing.
bool is_view(const Context& ctx, Ref r) {
  if (!is_unsummed(ctx, r)) return false;
  const IndexedView v = view_indexed(ctx, r);
  return v.factors.size() == 1 && is_atom(ctx, v.factors[0]);
}

// Whether a nest over the labels of `node` meets each entry of factor k once.
bool covers(const Context& ctx, Ref node, size_t k) {
  const IndexedView v = view_indexed(ctx, node);
  std::vector<Label> labels = v.labelling->factors[k];
  std::sort(labels.begin(), labels.end());
  labels.erase(std::unique(labels.begin(), labels.end()), labels.end());
  return labels.size() == v.labelling->label_count;
}

}  // namespace

bool is_position(const Context& ctx, Ref factor) {
  return ctx.kind(factor) == Kind::structural && !is_structural(ctx, factor, Structural::iota);
}

bool is_entrywise(const Context& ctx, Ref r) {
  switch (ctx.kind(r)) {
    case Kind::sum:
    case Kind::long_sum:
    case Kind::product:
    case Kind::long_product:
    case Kind::power:
    case Kind::compare:
    case Kind::connective:
    case Kind::select:
    case Kind::fill:
    case Kind::structural:
      return true;
    case Kind::function:
      return row(ctx.function_of(r)).shape == ShapeRule::elementwise;
    default:
      return is_unsummed(ctx, r);
  }
}

bool is_index(const Context& ctx, Ref e) {
  std::vector<Ref> todo{e};
  while (!todo.empty()) {
    const Ref r = todo.back();
    todo.pop_back();
    switch (ctx.kind(r)) {
      case Kind::number:
        break;
      case Kind::symbol:
        if (ctx.symbol(r).role != Role::extent &&
            !(ctx.symbol(r).role == Role::parameter && ctx.symbol(r).domain.integer))
          return false;
        break;
      case Kind::power:
        if (!ctx.is_number(ctx.operands(r)[1]) || !ctx.value(ctx.operands(r)[1]).as_int() ||
            ctx.value(ctx.operands(r)[1]).sign() < 0)
          return false;
        todo.push_back(ctx.operands(r)[0]);
        break;
      case Kind::sum:
      case Kind::product:
        for (Ref c : ctx.operands(r)) todo.push_back(c);
        break;
      default:
        return false;
    }
  }
  return true;
}

// ---- which nodes become lets ----

// Users stand above their operands: a node whose users are all computed in one nest, once an entry, is too.
void TensorLowering::use(Ref user, Ref operand, bool inside) {
  const auto of_user = homes_.find(user);
  const Ref kernel = of_user == homes_.end() ? user : of_user->second.kernel;
  Home& h = homes_[operand];
  const Ref wanted = inside && is_entrywise(ctx_, operand) ? kernel : operand;
  if (!h.seen) {
    h.kernel = wanted;
  } else if (h.kernel != wanted) {
    h.kernel = operand;
  }
  h.seen = true;
}

void TensorLowering::use_operands(Ref r) {
  const Node& n = ctx_[r];
  if (n.kind == Kind::indexed || n.kind == Kind::reduce) {
    const IndexedView v = view_indexed(ctx_, r);
    const bool pairs = n.kind == Kind::indexed && group_count(contraction_of(ctx_, r)) > 2;
    for (size_t k = 0; k < v.factors.size(); ++k) {
      const bool scalar = ctx_[v.factors[k]].shape == scalar_shape;
      use(r, v.factors[k], !scalar && !pairs && covers(ctx_, r, k));
    }
    for (Ref o : v.offsets) use(r, o, false);
    return;
  }
  const bool entrywise = is_entrywise(ctx_, r);
  for (Ref o : n.operands()) use(r, o, entrywise && ctx_[o].shape == n.shape);
}

void TensorLowering::find_homes(const std::vector<Ref>& order, std::span<const Ref> roots) {
  homes_.clear();
  for (Ref r : roots) homes_[r] = {r, true};
  for (size_t i = order.size(); i-- > 0;) {
    const Ref r = order[i];
    if (homes_.count(r) == 0 || forms_.count(r) != 0) continue;  // an extent only, or known
    if (!is_leaf(ctx_, r)) use_operands(r);
  }
}

// Chooses the orders of all products that will be built.
void TensorLowering::plan_contractions(const std::vector<Ref>& order, const Homes& homes, Ref unnamed) {
  std::vector<std::pair<Ref, Contraction>> products;
  std::vector<Ref> lets;
  for (Ref r : order) {
    const auto h = homes.find(r);
    if (ctx_.kind(r) != Kind::indexed || h == homes.end() || forms_.count(r) != 0 || meanings_.count(r) != 0)
      continue;
    Contraction c = product_parts(ctx_, r);
    if (group_count(c) > 2) {
      if (!plan_.knows(r)) products.emplace_back(r, std::move(c));
    } else if (r != unnamed && h->second.kernel == r && !is_entrywise(ctx_, r)) {
      lets.push_back(r);
    }
  }
  if (products.empty()) return;
  products_.insert(lets.begin(), lets.end());
  for (const auto& p : products) {
    if (p.first != unnamed) products_.insert(p.first);
  }
  plan_.add(std::move(products), lets);
}

// Gives all nodes below the roots a form, operands first; `unnamed` stays a formula.
void TensorLowering::visit(std::span<const Ref> roots, Ref unnamed) {
  const std::vector<Ref> order =
      nodes_below(ctx_, roots, [&](Ref r) { return r == unnamed || forms_.count(r) == 0; });
  find_homes(order, roots);
  const Homes homes = std::move(homes_);
  plan_contractions(order, homes, unnamed);
  for (Ref r : order) {
    const auto h = homes.find(r);
    if (h == homes.end() || forms_.count(r) != 0) continue;
    if (const auto m = meanings_.find(r); m != meanings_.end()) {
      forms_[r] = is_view(ctx_, form(m->second)) ? form(m->second) : atom(m->second);
      continue;
    }
    const Ref v = build(r);
    const bool reads = h->second.kernel != r || is_truth(ctx_, r) || is_leaf(ctx_, v) ||
                       ctx_.kind(v) == Kind::fill || is_view(ctx_, v);
    const bool inside = r == unnamed || (reads && !scatter_of(ctx_, v));
    forms_[r] = inside ? v : name(v);
  }
}

// A value that was made of forms, once more: its parts get lets where they need them.
Ref TensorLowering::process(Ref value) {
  const auto known = forms_.find(value);
  const Ref before = known == forms_.end() ? Ref{} : known->second;
  forms_.erase(value);
  visit({&value, 1}, value);
  const Ref made = forms_.at(value);
  if (before) {
    forms_[value] = before;
  } else {
    forms_.erase(value);
  }
  return made;
}

// ---- building ----

Ref TensorLowering::form(Ref r) {
  const auto f = forms_.find(r);
  return f == forms_.end() ? r : f->second;
}

Ref TensorLowering::atom(Ref r) {
  const Ref f = form(r);
  return is_atom(ctx_, f) ? f : name(f);
}

Ref TensorLowering::index(Ref e) { return is_index(ctx_, e) ? e : atom(e); }

Ref TensorLowering::build(Ref r) {
  const Node n = ctx_[r];
  const std::vector<Ref> list(n.operands().begin(), n.operands().end());
  std::vector<Ref> operands;
  switch (n.kind) {
    case Kind::number:
    case Kind::constant:
    case Kind::symbol:
    case Kind::let:
    case Kind::truth:
      return r;
    case Kind::entry:
      operands = {atom(list[0])};
      for (size_t k = 1; k < list.size(); ++k) operands.push_back(index(list[k]));
      return ctx_.rebuild(r, operands);
    case Kind::indexed:
      if (const Ref turned = known_transpose(r)) return turned;
      if (const Ref rows = as_gather(ctx_, r)) return lower(rows);
      if (const Ref sum = as_scatter(ctx_, r, [this](Ref e) { return lower(e); })) return sum;
      return contract(r);
    case Kind::reduce:
      return reduction(r);
    case Kind::structural:
      for (Ref o : list) operands.push_back(index(o));
      return ctx_.rebuild(r, operands);
    case Kind::opaque:
      throw Failure(Code::cannot_emit,
                    "no code for the function '" + ctx_.symbol(r).name + "', which has no formula",
                    "write it as a definition, " + ctx_.symbol(r).name + "(x) = …");
    case Kind::operation:
      throw Failure(Code::cannot_emit, "an operator that was not carried out has no code");
    case Kind::written:
      throw Failure(Code::internal_error, "a written form is not lowered");
    default:
      break;
  }
  const bool entrywise = is_entrywise(ctx_, r);
  for (Ref o : list) {
    const bool scalar_in_array = n.shape != scalar_shape && ctx_[o].shape == scalar_shape;
    const bool is_name = ctx_.kind(o) == Kind::symbol && ctx_.symbol(o).role == Role::function;
    const bool inside = is_name || (entrywise && (!scalar_in_array || is_truth(ctx_, o)));
    operands.push_back(inside ? form(o) : atom(o));
  }
  return ctx_.rebuild(r, operands);
}

// A matrix that is summed over an index and whose transpose is a let, read from that: in A + A', as Hessians
// have it, A is computed once.
Ref TensorLowering::known_transpose(Ref r) {
  if (ctx_.shape_of(r).order() != 2 || is_unsummed(ctx_, r)) return {};
  const Ref turned = transpose(ctx_, r);
  const auto known = turned == r ? forms_.end() : forms_.find(turned);
  return known != forms_.end() && is_atom(ctx_, known->second) ? transpose(ctx_, known->second) : Ref{};
}

Ref TensorLowering::contract(Ref r) {
  Contraction c = product_parts(ctx_, r);
  for (ContractionFactor& f : c.factors) f.factor = form(f.factor);
  for (ContractionFactor& p : c.positions) p.factor = form(p.factor);
  for (Ref& s : c.scalars) s = atom(s);
  for (Ref& o : c.offsets) o = index(o);
  ContractionNames names;
  names.name = [this](Ref e) { return lower(e); };
  const auto is_made = [this](Ref e) { return intermediate_.count(e) != 0 || products_.count(e) != 0; };
  names.known = [&, this](Ref e) {
    const auto at = intermediate_.find(e);
    return at != intermediate_.end() ? at->second : is_made(e) ? lower(e) : Ref{};
  };
  names.learn = [this](Ref e, Ref held) { intermediate_.emplace(e, held); };
  if (!plan_.knows(r)) {
    const std::vector<ContractionStep> steps = sums_alone(ctx_.budget(), c);
    return nabla::contract(ctx_, std::move(c), steps, names);
  }
  program_.contracted.push_back({plan_.network(r), plan_.tree(r), plan_.help(r, is_made)});
  return nabla::contract(ctx_, std::move(c), plan_.steps(r, is_made), names);
}

Ref TensorLowering::reduction(Ref r) {
  const IndexedView v = view_indexed(ctx_, r);
  const Labelling labelling = *v.labelling;
  const std::vector<Ref> extents(v.extents.begin(), v.extents.end());
  std::vector<Ref> offsets(v.offsets.begin(), v.offsets.end());
  const Ref body = form(v.factors[0]);
  for (Ref& o : offsets) o = index(o);
  return reduce(ctx_, static_cast<Reduction>(ctx_[r].tag), body, labelling, extents, offsets);
}

// ---- naming ----

// Entry by entry over leaves.
bool TensorLowering::is_kernel(Ref value) const {
  std::vector<Ref> todo{value};
  while (!todo.empty()) {
    const Ref r = todo.back();
    todo.pop_back();
    if (is_leaf(ctx_, r)) continue;
    if (!is_entrywise(ctx_, r)) return false;
    if (ctx_.kind(r) == Kind::indexed) {
      const IndexedView v = view_indexed(ctx_, r);
      todo.insert(todo.end(), v.factors.begin(), v.factors.end());
    } else {
      const auto list = ctx_.operands(r);
      todo.insert(todo.end(), list.begin(), list.end());
    }
  }
  return true;
}

bool TensorLowering::conforms(Ref value) const {
  const Node& n = ctx_[value];
  if (n.kind == Kind::indexed) {
    if (scatter_of(ctx_, value)) return true;
    const IndexedView v = view_indexed(ctx_, value);
    if (v.labelling->label_count > v.labelling->output.size() && group_count(contraction_of(ctx_, value)) > 2)
      return false;
    return std::all_of(
               v.factors.begin(), v.factors.end(),
               [&](Ref f) { return ctx_[f].shape == scalar_shape ? is_atom(ctx_, f) : is_kernel(f); }) &&
           std::all_of(v.offsets.begin(), v.offsets.end(),
                       [&](Ref o) { return is_index(ctx_, o) || is_atom(ctx_, o); });
  }
  if (n.kind == Kind::reduce) {
    const IndexedView v = view_indexed(ctx_, value);
    return is_kernel(v.factors[0]) && std::all_of(v.offsets.begin(), v.offsets.end(), [&](Ref o) {
             return is_index(ctx_, o) || is_atom(ctx_, o);
           });
  }
  if (is_entrywise(ctx_, value)) return is_kernel(value);
  const auto list = n.operands();
  return std::all_of(list.begin(), list.end(), [&](Ref o) { return is_atom(ctx_, o); });
}

Ref TensorLowering::name(Ref value) {
  constexpr int most_rounds = 16;  // constructors may have taken a product apart
  for (int round = 0; !is_atom(ctx_, value) && !conforms(value); ++round) {
    if (round == most_rounds)
      throw Failure(Code::internal_error, "a product cannot be put in order for code");
    value = process(value);
  }
  if (is_atom(ctx_, value)) return value;
  if (const auto known = lets_.find(value); known != lets_.end()) return known->second;
  const Node& n = ctx_[value];
  const Ref let = ctx_.let(static_cast<uint32_t>(program_.lets.size()), n.shape, n.facts);
  program_.lets.push_back({let, value});
  return lets_[value] = let;
}

Ref TensorLowering::lower(Ref e) {
  if (forms_.count(e) == 0) visit({&e, 1}, {});
  return atom(e);
}

std::vector<Ref> TensorLowering::lower_all(std::span<const Ref> roots) {
  // In one pass with the roots, so that what they share with a let is seen as shared.
  std::vector<Ref> all(roots.begin(), roots.end());
  for (const auto& m : meanings_) all.push_back(m.second);
  visit(all, {});
  std::vector<Ref> atoms;
  for (Ref r : roots) {
    const Ref held = atom(r);
    if (!is_atom(ctx_, r)) forms_[r] = held;
    atoms.push_back(held);
  }
  return atoms;
}

void drop_dead_lets(Context& ctx, TensorProgram& program) {
  std::vector<bool> alive(program.lets.size());
  const auto reach = [&](Ref root) {
    for (Ref r : nodes_below(ctx, root)) {
      if (ctx.kind(r) == Kind::let && ctx[r].payload < alive.size()) alive[ctx[r].payload] = true;
    }
  };
  for (const TensorOutput& o : program.outputs) reach(o.value);
  for (size_t i = program.lets.size(); i-- > 0;) {
    if (alive[i]) reach(program.lets[i].value);
  }
  std::vector<Let> lets;
  for (size_t i = 0; i < program.lets.size(); ++i) {
    if (alive[i]) lets.push_back(program.lets[i]);
  }
  program.lets = std::move(lets);
}

}  // namespace nabla
