#include "expr/scalarize.h"

#include <algorithm>
#include <numeric>
#include <string>

#include "expr/diagnostic.h"
#include "expr/scalarizer.h"
#include "expr/shape_text.h"
#include "expr/walk.h"

namespace nabla {

static size_t entry_count(const std::vector<int64_t>& extents) {
  return std::accumulate(extents.begin(), extents.end(), size_t{1}, [](size_t n, int64_t e) {
    return n * static_cast<size_t>(std::max<int64_t>(e, 0));
  });
}

// Two entries are two variables only where it is known that they are two: x[k] may be x[1].
static bool has_known_place(const Context& ctx, Ref entry) {
  const auto indices = ctx.operands(entry).subspan(1);
  return std::all_of(indices.begin(), indices.end(), [&](Ref i) { return ctx.is_number(i); });
}

Entries Scalarizer::run(Ref root) {
  Entries& list = cells(root);
  std::vector<Cell> todo;
  for (size_t i = list.size(); i-- > 0;) todo.push_back({root, i});
  while (!todo.empty()) {
    const Cell c = todo.back();
    if (cells(c.node)[c.at]) {
      todo.pop_back();
      continue;
    }
    ctx_.budget().spend();
    missing_.clear();
    const Ref value = compute(c);
    if (missing_.empty()) {
      if (value) cells(c.node)[c.at] = value;
      todo.pop_back();
    } else {
      todo.insert(todo.end(), missing_.rbegin(), missing_.rend());
    }
  }
  return cells(root);
}

std::vector<int64_t> Scalarizer::extents_of(Ref r) {
  const auto extents = constant_extents(ctx_, ctx_[r].shape);
  if (extents) return *extents;
  throw Failure(Code::not_yet_available,
                "an expression of shape " + shape_text(ctx_, ctx_[r].shape) +
                    " is not taken entry by entry: its size is symbolic",
                "give the sizes as numbers, as in vector[3]");
}

void Scalarizer::refuse(std::string_view what) const {
  throw Failure(Code::not_yet_available, std::string(what) + " is not taken entry by entry yet");
}

Entries& Scalarizer::cells(Ref r) {
  const auto it = cells_.find(r);
  return it != cells_.end() ? it->second
                            : cells_.emplace(r, Entries(entry_count(extents_of(r)))).first->second;
}

Ref Scalarizer::need(Ref r, size_t at) {
  const Ref known = cells(r)[at];
  if (!known) missing_.push_back({r, at});
  return known;
}

bool Scalarizer::need_all(Ref r, Entries& list) {
  const size_t before = missing_.size();
  for (size_t i = 0, n = cells(r).size(); i < n; ++i) list.push_back(need(r, i));
  return missing_.size() == before;
}

std::optional<int64_t> Scalarizer::integer(Ref scalar, const char* what) {
  const Ref e = need(scalar);
  if (!e) return std::nullopt;
  if (const auto n = ctx_.is_number(e) ? ctx_.value(e).as_int() : std::nullopt) return n;
  throw Failure(Code::not_yet_available,
                std::string(what) + extent_text(ctx_, e) + " is not taken term by term: its size is symbolic",
                "give the sizes as numbers, as in vector[3]");
}

Ref Scalarizer::compute(Cell c) {
  const Node& n = ctx_[c.node];
  switch (n.kind) {
    case Kind::symbol:
      return symbol(c.node, c.at);
    case Kind::entry:
      if (!has_known_place(ctx_, c.node)) refuse("an entry chosen by integer data");
      return c.node;
    case Kind::fill:
      return need(n.operand(0));
    case Kind::array:
      return need(n.operand(c.at));
    case Kind::structural:
      return structural(c.node, c.at);
    case Kind::indexed:
      return indexed(c.node, c.at);
    case Kind::reduce:
      return reduced(c.node, c.at);
    case Kind::reshape:
      return reshaped(c.node, c.at);
    case Kind::gather:
      return gathered(c.node, c.at);
    case Kind::select:
      return selected(c.node, c.at);
    case Kind::operation:
      refuse("an operator that was not evaluated");
    case Kind::matpow:
    case Kind::function: {
      const bool matrix = n.kind == Kind::matpow;
      if (!matrix && row(ctx_.function_of(c.node)).shape == ShapeRule::elementwise) break;
      Entries all;
      if (matrix ? matrix_power(c.node, all) : whole_function(c.node, all)) cells(c.node) = std::move(all);
      return {};
    }
    default:
      break;
  }
  return elementwise(c.node, c.at);
}

Ref Scalarizer::symbol(Ref r, size_t at) {
  if (ctx_[r].shape == scalar_shape) return r;
  Entries indices;
  for (int64_t i : unravel(extents_of(r), at)) indices.push_back(ctx_.number(i + 1));
  return ctx_.entry(r, indices);
}

Ref Scalarizer::structural(Ref r, size_t at) {
  const Node n = ctx_[r];
  const auto i = unravel(extents_of(r), at);
  std::optional<int64_t> c = 0;
  if (is_structural(ctx_, r, Structural::unit)) {
    const Ref k = need(n.operand(0));
    return k ? ctx_.select(ctx_.compare(Relation::equal, k, ctx_.number(i[0] + 1)), one, zero) : k;
  }
  if (n.count > 0) c = integer(n.operand(0), "a range at ");
  if (!c) return {};
  switch (static_cast<Structural>(n.tag)) {
    case Structural::delta:
      return i[0] == i[1] ? one : zero;
    case Structural::iota:
      return ctx_.number(i[0] + 1);
    case Structural::shift:
      return i[1] == i[0] + *c ? one : zero;
    case Structural::unit:
      break;
  }
  return {};
}

// ---- entry by entry ----

// The operand's entry at this place; a scalar stands for every entry.
static size_t place(const Context& ctx, Ref operand, size_t at) {
  return ctx[operand].shape == scalar_shape ? 0 : at;
}

// Only the branch that is taken, where that is known.
Ref Scalarizer::selected(Ref r, size_t at) {
  const Node n = ctx_[r];
  const Ref condition = need(n.operand(0), place(ctx_, n.operand(0), at));
  if (!condition) return {};
  const bool known = ctx_.kind(condition) == Kind::truth;
  Ref values[2];
  for (size_t k = 0; k < 2; ++k) {
    const Ref o = n.operand(k + 1);
    const bool taken = !known || (ctx_[condition].tag != 0) == (k == 0);
    if (taken) values[k] = need(o, place(ctx_, o, at));
  }
  if (!missing_.empty()) return {};
  if (known) return ctx_[condition].tag ? values[0] : values[1];
  return ctx_.select(condition, values[0], values[1]);
}

Ref Scalarizer::elementwise(Ref r, size_t at) {
  const std::vector<Ref> operands(ctx_.operands(r).begin(), ctx_.operands(r).end());
  if (operands.empty()) return r;
  Entries list;
  for (Ref o : operands) list.push_back(need(o, place(ctx_, o, at)));
  if (!missing_.empty()) return {};
  return ctx_[r].shape == scalar_shape ? ctx_.rebuild(r, list) : scalar_node(r, list);
}

// The node r with scalar operands.
Ref Scalarizer::scalar_node(Ref r, const Entries& list) {
  const Node& n = ctx_[r];
  switch (n.kind) {
    case Kind::sum: {
      std::vector<Term> terms;
      for (size_t k = 0; k < list.size(); k += 2) terms.push_back({list[k], list[k + 1]});
      return ctx_.sum(terms);
    }
    case Kind::long_sum:
      return ctx_.sum(std::span<const Ref>(list));
    case Kind::product:
    case Kind::long_product:
      return ctx_.product(list);
    case Kind::power:
      return ctx_.power(list[0], list[1]);
    case Kind::function:
      return ctx_.function(static_cast<Fn>(n.tag), list);
    case Kind::opaque: {
      if (!ctx_.is_of_scalars(r)) refuse("a call of an opaque function");
      const std::vector<uint16_t> orders(ctx_.orders(r).begin(), ctx_.orders(r).end());
      return ctx_.opaque(ctx_.opaque_function(r), orders, list);
    }
    case Kind::compare:
      return ctx_.compare(static_cast<Relation>(n.tag), list[0], list[1]);
    case Kind::connective:
      if (n.tag == static_cast<uint16_t>(Connective::negation)) return ctx_.negation(list[0]);
      return n.tag == static_cast<uint16_t>(Connective::conjunction) ? ctx_.conjunction(list[0], list[1])
                                                                     : ctx_.disjunction(list[0], list[1]);
    case Kind::written:
      return ctx_.written(static_cast<Written>(n.tag), list);
    default:
      refuse("this expression");
  }
}

std::vector<Ref> entries(Context& ctx, Ref e) {
  // Without a tensor below, an expression is its own and only entry.
  const Node& n = ctx[e];
  if (n.shape == scalar_shape) {
    bool scalars = true;
    nodes_below(ctx, {&e, 1}, [&](Ref r) {
      const Kind k = ctx.kind(r);
      scalars = scalars && ctx[r].shape == scalar_shape && k != Kind::indexed && k != Kind::reduce &&
                (k != Kind::entry || has_known_place(ctx, r));
      return scalars && k != Kind::entry;
    });
    if (scalars) return {e};
  }
  return Scalarizer(ctx).run(e);
}

}  // namespace nabla
