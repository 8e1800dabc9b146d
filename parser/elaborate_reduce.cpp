// Reductions and the vector and matrix functions that are made of products, sums and powers.
#include "expr/comprehension.h"
#include "expr/shape_text.h"
#include "expr/substitute.h"
#include "parser/elaborator.h"

namespace nabla {

// ---- arguments ----

std::vector<NodeId> Elaborator::positional(NodeId call) const {
  std::vector<NodeId> list;
  for (const Operand& o : operands(call).subspan(1)) {
    if (kind(o.node) != SyntaxKind::keyword_argument) list.push_back(o.node);
  }
  return list;
}

NodeId Elaborator::keyword(NodeId call, std::string_view name) const {
  for (const Operand& o : operands(call).subspan(1)) {
    if (kind(o.node) == SyntaxKind::keyword_argument && tree_->name(operand(o.node, 0)) == name)
      return o.node;
  }
  return no_node;
}

// The axis of dim = 1 or dim = 2, if given.
std::optional<size_t> Elaborator::axis(NodeId call) {
  const NodeId k = keyword(call, "dim");
  if (k == no_node) return std::nullopt;
  const Ref v = number_value(operand(k, 1));
  if (v == one) return 0;
  if (v == ctx_.number(2)) return 1;
  throw failure(Code::wrong_argument, k, "dim is 1 (down the columns) or 2 (along the rows)");
}

const Shape& Elaborator::matrix_shape_of(NodeId n, std::string_view function) {
  const Ref r = number_value(n);
  const Shape& s = ctx_.shape_of(r);
  if (s.order() == 2) return s;
  throw failure(Code::not_a_matrix, n,
                "'" + std::string(function) + "' needs a matrix, but " + quoted(n) + " is " + shape(r));
}

void Elaborator::require_square(NodeId n, std::string_view function) {
  const Shape& s = matrix_shape_of(n, function);
  if (s.extents[0] == s.extents[1]) return;
  throw failure(
      Code::not_square, n,
      "'" + std::string(function) + "' needs a square matrix, but " + quoted(n) + " is " + shape(value(n)));
}

Ref Elaborator::extent_argument(NodeId n) {
  const Ref e = settled(scalar(n));
  const bool number = ctx_.is_number(e);
  const bool bad = number && (!ctx_.value(e).is_integer() || ctx_.value(e).sign() < 0);
  if (bad || !(ctx_[e].facts & integer_valued)) {
    throw failure(Code::bad_extent, n, "an extent is an integer of at least 0, but this is " + quoted(n));
  }
  if (number && (!ctx_.value(e).as_int() || *ctx_.value(e).as_int() > int64_t{0x7fffffff})) {
    throw failure(Code::bad_extent, n, "an extent is less than 2^31");
  }
  return e;
}

// ---- reductions ----

Ref Elaborator::reduction(NodeId n) {
  const std::string_view name = tree_->name(operand(n, 0));
  const std::vector<NodeId> arguments = positional(n);
  const bool is_max = name == "max", is_min = name == "min";
  if (kind(arguments[0]) == SyntaxKind::comprehension) {
    if (name == "mean") {
      throw failure(Code::malformed_comprehension, arguments[0], "'mean' takes no 'for'",
                    "write sum(… for i in 1:n)/n");
    }
    const Binder b = is_max           ? Binder::max
                     : is_min         ? Binder::min
                     : name == "prod" ? Binder::prod
                                      : Binder::sum;
    return close(arguments[0], b);
  }
  if (arguments.size() > 1) {
    if (!is_max && !is_min) wrong_count(n, name, 1, 1, arguments.size());
    Ref r = number_value(arguments[0]);
    for (size_t i = 1; i < arguments.size(); ++i) {
      const Ref pair[2] = {r, number_value(arguments[i])};
      r = elementwise(n, is_max ? Fn::max : Fn::min, pair);
    }
    return r;
  }
  const Ref a = number_value(arguments[0]);
  const auto along = axis(n);
  if (along && ctx_.shape_of(a).order() != 2) matrix_shape_of(arguments[0], name);
  if (is_scalar(a)) return a;
  if (is_max || is_min) {
    refuse_complex(n, is_max ? Fn::max : Fn::min, {&a, 1});
    for (Ref e : ctx_.shape_of(a).extents) {
      if (e == zero)
        throw failure(Code::empty_reduction, n, "'" + std::string(name) + "' of an empty array has no value");
    }
  }
  if (name == "sum" || name == "mean") {
    const Ref total = along ? algebra().sum_axis(a, *along) : algebra().sum_entries(a);
    if (name == "sum") return total;
    Ref count = one;
    const Shape& s = ctx_.shape_of(a);
    for (size_t k = 0; k < s.order(); ++k) {
      if (!along || k == *along) count = ctx_.multiply(count, s.extents[k]);
    }
    return algebra().entry_quotient(total, count);
  }
  const Reduction op = is_max ? Reduction::max : is_min ? Reduction::min : Reduction::prod;
  return along ? algebra().reduce_axis(op, a, *along) : algebra().reduce_entries(op, a);
}

Ref Elaborator::cumulative(NodeId n) {
  const NodeId a = positional(n)[0];
  const Ref x = number_value(a);
  const auto along = axis(n);
  const Shape& s = ctx_.shape_of(x);
  if (along) matrix_shape_of(a, "cumsum");
  if (s.order() == 0 || s.order() > 2) {
    throw failure(Code::not_a_vector, a, "'cumsum' needs a vector, but " + quoted(a) + " is " + shape(x));
  }
  if (s.order() == 2 && !along) {
    throw failure(Code::dim_required, n,
                  "'cumsum' of a matrix needs its axis, and " + quoted(a) + " is " + shape(x),
                  "write cumsum(" + std::string(tree_->text(a)) + ", dim = 1) down the columns or cumsum(" +
                      std::string(tree_->text(a)) + ", dim = 2) along the rows");
  }
  return algebra().cumsum(x, along.value_or(0));
}

// ---- functions of the table of matrices ----

Ref Elaborator::matrix_call(NodeId n) {
  std::string_view name = tree_->name(operand(n, 0));
  if (name == "norm") name = "norm2";
  const Fn f = *find_function(name);
  std::vector<Ref> arguments;
  std::vector<std::string> texts;
  for (const NodeId a : positional(n)) {
    refuse_keyword(a, name);
    if (f == Fn::frechet && arguments.empty()) {
      arguments.push_back(matrix_function_name(a));
    } else {
      arguments.push_back(number_value(a));
    }
    texts.push_back(quoted(a));
  }
  if (const auto along = axis(n)) {
    const bool takes_dim = row(f).shape == ShapeRule::along || row(f).shape == ShapeRule::along_to_scalar ||
                           row(f).shape == ShapeRule::norm;
    if (takes_dim) arguments.push_back(ctx_.number(static_cast<int64_t>(*along) + 1));
  }
  return algebra().matrix_function(f, arguments, texts);
}

// The h of frechet(h, X, E), as the symbol of a function.
Ref Elaborator::matrix_function_name(NodeId n) {
  if (kind(n) == SyntaxKind::name) {
    const auto f = find_function(tree_->name(n));
    if (f && row(*f).shape == ShapeRule::square) {
      Symbol s;
      s.name = row(*f).name;
      s.role = Role::function;
      return ctx_.symbol(s);
    }
  }
  throw failure(Code::wrong_argument, n,
                "the first argument of 'frechet' is the name of a matrix function, not " + quoted(n),
                "write frechet(expm, X, E)");
}

// ---- made of products ----

Ref Elaborator::matrix_builtin(NodeId n) {
  const std::string name(tree_->name(operand(n, 0)));
  const std::vector<NodeId> a = positional(n);
  for (NodeId x : a) refuse_keyword(x, name);
  if (name == "tr") {
    require_square(a[0], name);
    return algebra().trace(value(a[0]));
  }
  if (name == "inv") {
    if (is_scalar(number_value(a[0]))) return scalar_inverse(part(a[0]));
    require_square(a[0], name);
    return algebra().matpow(value(a[0]), minus_one);
  }
  if (name == "sym" || name == "skew") {
    require_square(a[0], name);
    const Ref x = value(a[0]), t = algebra().transpose(x);
    const Ref twice = name == "sym" ? algebra().add(x, t) : algebra().subtract(x, t);
    return algebra().entry_quotient(twice, ctx_.number(2));
  }
  if (name == "tril" || name == "triu") {
    matrix_shape_of(a[0], name);
    return algebra().triangle(value(a[0]), name == "tril");
  }
  if (name == "transpose" || name == "ctranspose") {
    Ref x = number_value(a[0]);
    if (ctx_.shape_of(x).order() > 2) matrix_shape_of(a[0], name);
    if (name == "ctranspose") x = conjugated(n, x);
    return is_scalar(x) ? x : algebra().transpose(x);
  }
  if (name == "diag") {
    const Ref x = number_value(a[0]);
    if (ctx_.shape_of(x).order() == 1) return algebra().diagonal_matrix(x);
    require_square(a[0], name);
    return algebra().diagonal(x);
  }
  if (name == "solve") {
    const Ref f = number_value(a[0]), x = number_value(a[1]);
    const bool roots = is_scalar(f) && f != x && ctx_.kind(x) == Kind::symbol && contains(ctx_, f, x);
    if (roots) {  // solve(x^2 - 1, x) of other systems
      throw failure(Code::wrong_argument, n,
                    "solve(a, b) is inv(a)*b: there are no roots of equations in Nabla",
                    "write " + std::string(tree_->text(a[1])) + "/(" + std::string(tree_->text(a[0])) +
                        ") for the quotient");
    }
    return solve(part(a[0]), part(a[1]));
  }
  if (name == "dot") return dot_product(part(a[0]), part(a[1]));
  if (name == "cross") return cross_product(part(a[0]), part(a[1]));
  if (name == "kron") return multiply(Op::kron, part(a[0]), part(a[1]));
  return multiply(Op::dot_times, part(a[0]), part(a[1]));  // hadamard
}

Ref Elaborator::reshaping(NodeId n) {
  const bool back = tree_->name(operand(n, 0)) == "unvec";
  const std::vector<NodeId> a = positional(n);
  const Ref x = number_value(a[0]);
  if (is_scalar(x)) matrix_shape_of(a[0], back ? "unvec" : "vec");
  Ref count = one;
  for (Ref e : ctx_.shape_of(x).extents) count = ctx_.multiply(count, e);
  if (!back) return algebra().reshape(x, vector_shape(ctx_, count));
  std::vector<Ref> extents;
  Ref wanted = one;
  for (size_t k = 1; k < a.size(); ++k) {
    extents.push_back(extent_argument(a[k]));
    wanted = ctx_.multiply(wanted, extents.back());
  }
  const ShapeId shape = tensor_shape(ctx_, extents);
  if (wanted != count) {
    throw failure(Code::shape_mismatch, n,
                  quoted(a[0]) + " has " + extent_text(ctx_, count) + " entries, a " +
                      shape_text(ctx_, shape) + " has " + extent_text(ctx_, wanted));
  }
  return algebra().reshape(x, shape);
}

// ---- constant arrays ----

Ref Elaborator::constant_array(NodeId n) {
  const std::string name(tree_->name(operand(n, 0)));
  const std::vector<NodeId> a = positional(n);
  for (NodeId x : a) refuse_keyword(x, name);
  if (name == "zeros" || name == "ones") {
    Shape s;
    for (NodeId x : a) s.extents.push_back(extent_argument(x));
    return ctx_.fill(name == "ones" ? one : zero, ctx_.shape_id(s));
  }
  if (name == "eye") {
    const Ref rows = extent_argument(a[0]);
    const Ref extents[2] = {rows, a.size() == 2 ? extent_argument(a[1]) : rows};
    return algebra().structural(Structural::delta, extents, {});
  }
  const auto unit_at = [&](NodeId extent, NodeId at) {
    const Ref size = extent_argument(extent), k = position(at);
    check_range(at, extent, k, size);
    return algebra().structural(Structural::unit, {&size, 1}, k);
  };
  if (name == "unit") return unit_at(a[0], a[1]);
  if (name == "single") {
    const Ref i = unit_at(a[2], a[0]), j = unit_at(a[3], a[1]);
    return algebra().matrix_product(i, algebra().transpose(j));
  }
  const Ref rows = extent_argument(a[0]), columns = extent_argument(a[1]);  // commut
  return algebra().commutation(rows, columns);
}

// delta(i, j) of indices: 1 where they are equal.
Ref Elaborator::kronecker_delta(NodeId n) {
  const std::vector<NodeId> a = positional(n);
  const Ref i = position(a[0]), j = position(a[1]);
  if (is_index_placeholder(ctx_, i) && is_index_placeholder(ctx_, j) && i != j) {
    const Domain &p = ctx_.symbol(i).domain, &q = ctx_.symbol(j).domain;
    if (p.lower == one && q.lower == one && p.upper == q.upper) {
      const Ref both[2] = {i, j};
      return element(ctx_, delta(ctx_, p.upper), both);
    }
  }
  return ctx_.select(ctx_.compare(Relation::equal, i, j), one, zero);
}

Ref Elaborator::complex_part(NodeId n) {
  const std::string name(tree_->name(operand(n, 0)));
  const Ref x = number_value(positional(n)[0]);
  if (ctx_[x].facts & complex_valued) return elementwise(n, *find_function(name), {&x, 1});
  if (name != "imag") return x;
  return ctx_.zeros(ctx_[x].shape);
}

}  // namespace nabla
