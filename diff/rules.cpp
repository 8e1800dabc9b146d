#include "diff/rules.h"

#include <string>
#include <vector>

#include "diff/counted_powers.h"
#include "expr/affine_positions.h"
#include "expr/diagnostic.h"
#include "expr/facts.h"
#include "expr/indexed.h"
#include "expr/shape_text.h"
#include "expr/table_text.h"
#include "expr/tensor.h"

namespace nabla {
namespace {

std::vector<Label> labels_for(IndexedBuilder& b, std::span<const Ref> extents) {
  std::vector<Label> labels;
  for (Ref e : extents) labels.push_back(b.label(e));
  return labels;
}

[[noreturn]] void refuse_several(Fn f) {
  throw_no_rule("'" + std::string(row(f).name) + "' of several matrices at once");
}

}  // namespace

std::string_view differential_text(Context& ctx, Fn f, std::span<const Ref> arguments) {
  const Function& r = row(f);
  const bool along =
      r.shape == ShapeRule::along || r.shape == ShapeRule::along_to_scalar || r.shape == ShapeRule::norm;
  if (arguments.size() == 2 && (along || !r.differential_of_two.empty())) return r.differential_of_two;
  if (r.differential_of_matrix.empty()) return ctx.differential(f);
  const Shape& s = ctx.shape_of(arguments[0]);
  const bool other = s.order() == 2 && (r.shape == ShapeRule::norm || s.extents[0] != s.extents[1]);
  return other ? r.differential_of_matrix : ctx.differential(f);
}

// A sum may be stored with its axes in another order.
Ref reshaped_terms(Context& ctx, Ref tensor, ShapeId shape) {
  std::vector<Term> terms;
  const bool indexed = ctx.kind(tensor) == Kind::indexed;
  const std::vector<Ref> operands(ctx.operands(tensor).begin(), ctx.operands(tensor).end());
  if (indexed && ctx.labelling(tensor).factors.size() == 1) {
    ctx.append_terms(operands[0], terms);
    for (Term& t : terms) {
      std::vector<Ref> moved = operands;
      moved[0] = t.body;
      t.body = rebuild_indexed(ctx, tensor, moved);
    }
  } else {
    ctx.append_terms(tensor, terms);
  }
  for (Term& t : terms) t.body = reshape(ctx, t.body, shape);
  return shape == scalar_shape ? ctx.sum(terms) : tensor_sum(ctx, terms, shape);
}

void throw_no_rule(const std::string& what) {
  throw Failure(Code::cannot_differentiate, "no derivative of " + what + " is known");
}

Ref Rules::differential(Ref operation, size_t k, Ref d) {
  const Node n = ctx_[operation];
  switch (n.kind) {
    case Kind::power:
      return elementwise_product(ctx_, entrywise(operation, k), d);
    case Kind::function:
      if (row(static_cast<Fn>(n.tag)).shape != ShapeRule::elementwise)
        return matrix_function(operation, k, d);
      return elementwise_product(ctx_, entrywise(operation, k), d);
    case Kind::opaque:  // of scalars, entry by entry
      return elementwise_product(ctx_, entrywise(operation, k), d);
    case Kind::matpow:
      return matrix_power(operation, k, d);
    case Kind::reduce:
      return reduction(operation, d);
    default:
      throw_no_rule("this operation");
  }
}

// ---- entry by entry ----

Ref Rules::entrywise(Ref operation, size_t k) {
  const Node n = ctx_[operation];
  if (n.kind == Kind::power) return k == 0 ? power_rule(operation) : exponent_rule(operation);
  if (n.kind == Kind::opaque) return opaque(operation, k);
  if (static_cast<Fn>(n.tag) == Fn::pow && k == 0) {
    if (const Ref slopes = counted_slopes(ctx_, n.operand(0), n.operand(1))) return slopes;
  }
  return partials_(static_cast<Fn>(n.tag), k, n.operands(), operation);
}

Ref Rules::power_rule(Ref power) {
  const Node n = ctx_[power];
  const Ref lowered = tensor_power(ctx_, n.operand(0), ctx_.subtract(n.operand(1), one));
  return elementwise_product(ctx_, n.operand(1), lowered);
}

Ref Rules::of_norm_power(Ref operation) {
  const Node n = ctx_[operation];
  if (n.kind != Kind::power || n.shape != scalar_shape) return {};
  const Ref norm = n.operand(0), exponent = n.operand(1), two = ctx_.number(2);
  if (!is_euclidean_norm(ctx_, norm)) return {};
  if ((ctx_[ctx_.operands(norm)[0]].facts & complex_valued) || !ctx_.is_number(exponent)) return {};
  if (!(ctx_.value(two) < ctx_.value(exponent))) return {};
  return ctx_.multiply(exponent, ctx_.power(norm, ctx_.subtract(exponent, two)));
}

Ref Rules::exponent_rule(Ref power) {
  const Ref base = ctx_[power].operand(0);
  const Ref log =
      ctx_[base].shape == scalar_shape ? log_of_base(ctx_, base) : tensor_function(ctx_, Fn::log, {&base, 1});
  return elementwise_product(ctx_, power, log);
}

// ---- opaque functions ----

Ref Rules::opaque(Ref operation, size_t k) {
  const std::vector<Ref> list(ctx_.operands(operation).begin(), ctx_.operands(operation).end());
  std::vector<uint16_t> orders(ctx_.orders(operation).begin(), ctx_.orders(operation).end());
  ++orders[k];
  return tensor_opaque(ctx_, ctx_.opaque_function(operation), orders, list);
}

// The axes of the value, then those of the first argument once for each derivative by it, and so on.
std::vector<Label> Rules::opaque_axes(Ref operation, size_t k, std::span<const Label> own,
                                      std::span<const Label> inner) const {
  const auto orders = ctx_.orders(operation);
  const auto list = ctx_.operands(operation);
  size_t after = 0;  // axes of the arguments behind the k-th
  for (size_t i = k + 1; i < list.size(); ++i) after += orders[i] * ctx_.shape_of(list[i]).order();
  std::vector<Label> axes(own.begin(), own.end());
  axes.insert(axes.end() - static_cast<ptrdiff_t>(after), inner.begin(), inner.end());
  return axes;
}

// ---- matrix functions: the texts of the table ----

Ref Rules::matrix_function(Ref operation, size_t k, Ref d) {
  const Node n = ctx_[operation];
  const Fn f = static_cast<Fn>(n.tag);
  std::vector<Ref> arguments(n.operands().begin(), n.operands().end());
  refuse_complex_arguments(ctx_, f, arguments);
  if (f == Fn::hcat || f == Fn::vcat || f == Fn::blockdiag) return blocks(operation, k, d);
  if ((row(f).linear_in >> k & 1) != 0) {
    arguments[k] = d;
    return nabla::matrix_function(ctx_, f, arguments);
  }
  if (f == Fn::frechet && k == 1 && arguments.size() < row(f).max_args) {  // the next order
    arguments.push_back(d);
    return nabla::matrix_function(ctx_, f, arguments);
  }
  if (f == Fn::sylvester && ctx_.shape_of(operation).order() > 2) refuse_several(f);
  if (f == Fn::norminf && arguments.size() == 2) return largest_along(arguments, d);
  const std::string_view text = differential_text(ctx_, f, arguments);
  if (text.empty() || (row(f).not_differentiable >> k & 1) != 0) {
    throw_no_rule("'" + std::string(row(f).name) + "'" +
                  (arguments.size() > 1 ? " in argument " + std::to_string(k + 1) : ""));
  }
  constexpr std::string_view names[] = {"X", "Y", "Z"}, differentials[] = {"dX", "dY", "dZ"};
  std::vector<std::pair<std::string_view, Ref>> bound{{"f", operation}};
  for (size_t i = 0; i < arguments.size() && i < std::size(names); ++i) {
    bound.emplace_back(names[i], arguments[i]);
    bound.emplace_back(differentials[i], i == k ? d : ctx_.zeros(ctx_[arguments[i]].shape));
  }
  const std::vector<Ref> extents = ctx_.shape_of(arguments[0]).extents;
  if (!extents.empty()) bound.emplace_back("n", extents[0]);
  if (extents.size() > 1) bound.emplace_back("m", extents[1]);
  if (arguments.size() > 1 && ctx_.shape_of(arguments[1]).order() > 0) {
    bound.emplace_back("l", ctx_.shape_of(arguments[1]).extents[0]);
  }
  return parse_table_text(ctx_, text, bound);
}

Ref Rules::transposed(Ref operation, size_t k, Ref g) {
  const Node n = ctx_[operation];
  const Fn f = static_cast<Fn>(n.tag);
  if (n.kind != Kind::function || (row(f).linear_in >> k & 1) == 0) return {};
  std::vector<Ref> arguments(n.operands().begin(), n.operands().end());
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (i != k && ctx_.shape_of(arguments[i]).order() > 2) refuse_several(f);
    arguments[i] = i == k                                     ? g
                   : ctx_.shape_of(arguments[i]).order() == 2 ? transpose(ctx_, arguments[i])
                                                              : arguments[i];
  }
  return nabla::matrix_function(ctx_, f, arguments);
}

// [A, B; …]: an argument is moved to its place by shifts.
Ref Rules::blocks(Ref operation, size_t k, Ref d) {
  const Node n = ctx_[operation];
  const Fn f = static_cast<Fn>(n.tag);
  const auto size = [&](Ref a, size_t axis) {  // as a matrix
    const Shape& s = ctx_.shape_of(a);
    if (s.order() == 2) return s.extents[axis];
    return s.order() == 1 && s.row == (axis == 1) ? s.extents[0] : one;
  };
  Ref before[2] = {zero, zero};
  for (size_t i = 0; i < k; ++i) {
    if (f != Fn::hcat) before[0] = ctx_.add(before[0], size(n.operand(i), 0));
    if (f != Fn::vcat) before[1] = ctx_.add(before[1], size(n.operand(i), 1));
  }
  IndexedBuilder b(ctx_);
  const Shape out = ctx_.shape_of(operation), in = ctx_.shape_of(n.operand(k));
  const std::vector<Label> output = labels_for(b, out.extents), labels = labels_for(b, in.extents);
  b.factor(d, labels);
  for (size_t a = 0; a < output.size(); ++a) {
    const size_t axis = out.order() == 2 ? a : out.row ? 1 : 0;
    const Ref total = out.extents[a], part = size(n.operand(k), axis);
    const bool has = in.order() == 2 || (in.order() == 1 && in.row == (axis == 1));
    if (!has) {
      b.factor(unit(ctx_, total, ctx_.add(before[axis], one)), {output[a]});
    } else {  // output = position + before
      b.factor(shift(ctx_, part, total, before[axis]), {labels[in.order() == 2 ? axis : 0], output[a]});
    }
  }
  return b.build(output, out.row);
}

// d(A^p) = sum over r of A^r dA A^(p-1-r), and the same with inverses: d(A^-1) = -A^-1 dA A^-1.
Ref Rules::matrix_power(Ref power, size_t k, Ref d) {
  const Ref base = ctx_[power].operand(0), exponent = ctx_[power].operand(1);
  const auto p = ctx_.is_number(exponent) ? ctx_.value(exponent).as_int() : std::nullopt;
  constexpr int64_t most_terms = 64;
  if (k != 0) throw_no_rule("a matrix power in its exponent");
  if (!p) return symbolic_power(power, d);
  if (*p > most_terms || *p < -most_terms) {
    throw Failure(Code::cannot_differentiate, "no derivative of a matrix power with this exponent is known",
                  "an exponent between -64 and 64 has one, and a symbolic integer");
  }
  const int64_t first = *p > 0 ? 0 : -1, count = *p > 0 ? *p : -*p;
  std::vector<Term> terms;
  for (int64_t r = 0; r < count; ++r) {
    const int64_t left = *p > 0 ? first + r : first - r, right = *p - 1 - left;
    const Ref before = matrix_product(ctx_, matpow(ctx_, base, ctx_.number(left)), d);
    terms.push_back(
        {*p > 0 ? one : minus_one, matrix_product(ctx_, before, matpow(ctx_, base, ctx_.number(right)))});
  }
  return tensor_sum(ctx_, terms, ctx_[power].shape);
}

// A^e for each entry e = a*k + c of a vector: sum(A^(r-1)*dA*A^(e-r) for r in 1:e).
Ref Rules::powers(Ref power, Ref d) {
  const Ref base = ctx_[power].operand(0), exponents = ctx_[power].operand(1);
  const Shape s = ctx_.shape_of(exponents);
  const auto e = s.order() == 1 ? affine_positions(ctx_, exponents) : std::nullopt;
  constexpr Facts wanted = integer_valued | nonnegative;
  const Ref least = e ? ctx_.add(ctx_.number(e->slopes[0]), e->offset) : zero;
  if (!e || e->slopes[0] < 1 || (ctx_[least].facts & wanted) != wanted) {
    throw Failure(Code::cannot_differentiate, "no derivative of a matrix power with this exponent is known",
                  "an exponent that grows with the index and is not negative has one: X^k for k in 1:n");
  }
  const Ref count = s.extents[0], n = ctx_.shape_of(base).extents[0];
  const Ref most = ctx_.add(ctx_.scale(ctx_.number(e->slopes[0]), count), e->offset);
  IndexedBuilder b(ctx_);
  const Label k = b.label(count), r = b.label(most), i = b.label(n), p = b.label(n), q = b.label(n),
              j = b.label(n);
  b.factor(matpow(ctx_, base, positions_tensor(ctx_, {{1}, minus_one}, {most})), {r, i, p});
  b.factor(d, {p, q});
  b.factor(matpow(ctx_, base, positions_tensor(ctx_, {{e->slopes[0], -1}, e->offset}, {count, most})),
           {k, r, q, j});
  const std::pair<Label, int64_t> terms[2] = {{r, 1}, {k, -e->slopes[0]}};
  b.guard(Relation::less_equal, terms, ctx_.negate(e->offset));
  return b.build({k, i, j});
}

// sum(A^(r-1)*dA*A^(k-r) for r in 1:k)
Ref Rules::symbolic_power(Ref power, Ref d) {
  const Ref base = ctx_[power].operand(0), k = ctx_[power].operand(1);
  if (ctx_[k].shape != scalar_shape) return powers(power, d);
  constexpr Facts wanted = integer_valued | nonnegative;
  if ((ctx_[k].facts & wanted) != wanted) {
    throw Failure(Code::cannot_differentiate, "no derivative of a matrix power with this exponent is known",
                  "declare the exponent as an integer that is not negative: param k : scalar integer >= 0");
  }
  const ShapeId shape = vector_shape(ctx_, k);
  const Ref numbers = iota(ctx_, k), ones = ctx_.fill(one, shape), all = ctx_.fill(k, shape);
  const Term before[2] = {{one, numbers}, {minus_one, ones}}, after[2] = {{one, all}, {minus_one, numbers}};
  IndexedBuilder b(ctx_);
  const Ref n = ctx_.shape_of(base).extents[0];
  const Label r = b.label(k), i = b.label(n), p = b.label(n), q = b.label(n), j = b.label(n);
  b.factor(matpow(ctx_, base, tensor_sum(ctx_, before, shape)), {r, i, p});
  b.factor(d, {p, q});
  b.factor(matpow(ctx_, base, tensor_sum(ctx_, after, shape)), {r, q, j});
  return b.build({i, j});
}

// ---- reductions over labels ----

bool is_piecewise_constant(const Context& ctx, Ref r) { return ctx.is_function(r, Fn::argmax); }

// ---- conditions ----

Ref broadcast_condition(Context& ctx, Ref condition, ShapeId shape) {
  const Node n = ctx[condition];
  if (n.shape == scalar_shape || n.shape == shape) return condition;
  std::vector<Ref> parts;
  for (Ref p : n.operands()) {
    if (n.kind == Kind::connective) {  // as deep as the text that wrote it
      parts.push_back(broadcast_condition(ctx, p, shape));
      continue;
    }
    IndexedBuilder b(ctx);
    const Shape s = ctx.shape_of(p);
    const std::vector<Label> labels = labels_for(b, ctx.shape(shape).extents);
    if (s.order() == 0) {
      parts.push_back(p);
      continue;
    }
    b.factor(p, std::span(labels).last(s.order()));
    parts.push_back(b.build(labels));
  }
  if (n.kind == Kind::compare) return tensor_compare(ctx, static_cast<Relation>(n.tag), parts[0], parts[1]);
  return tensor_connective(ctx, static_cast<Connective>(n.tag), parts);
}

Ref negated(Context& ctx, Ref condition) {
  const Node n = ctx[condition];
  if (n.shape == scalar_shape) return ctx.negation(condition);
  const std::vector<Ref> list(n.operands().begin(), n.operands().end());
  if (n.kind == Kind::compare) {
    switch (static_cast<Relation>(n.tag)) {
      case Relation::less:
        return tensor_compare(ctx, Relation::less_equal, list[1], list[0]);
      case Relation::less_equal:
        return tensor_compare(ctx, Relation::less, list[1], list[0]);
      case Relation::equal:
        return tensor_compare(ctx, Relation::not_equal, list[0], list[1]);
      case Relation::not_equal:
        return tensor_compare(ctx, Relation::equal, list[0], list[1]);
    }
  }
  const bool negation = n.kind == Kind::connective && n.tag == static_cast<uint16_t>(Connective::negation);
  return negation ? list[0] : tensor_connective(ctx, Connective::negation, {&condition, 1});
}

Ref both(Context& ctx, Ref a, Ref b) {
  if (!a) return b;
  if (ctx[a].shape == scalar_shape && ctx[b].shape == scalar_shape) return ctx.conjunction(a, b);
  const Ref pair[2] = {a, b};
  return a == b ? a : tensor_connective(ctx, Connective::conjunction, pair);
}

}  // namespace nabla
