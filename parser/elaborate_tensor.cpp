// Arithmetic of vectors, matrices and tensors: the shapes of operands, then the algebra.
#include "expr/shape_text.h"
#include "parser/elaborator.h"

namespace nabla {
namespace {

bool is_minus(Op op) { return op == Op::minus || op == Op::dot_minus; }
bool is_dotted(Op op) { return op == Op::dot_plus || op == Op::dot_minus; }

}  // namespace

// ---- messages ----

std::string Elaborator::quoted(Span s) const {
  std::string text(tree_->text(s));
  for (char& c : text) c = c == '\n' ? ' ' : c;
  if (text.size() <= 40) return "'" + text + "'";
  size_t cut = 36;
  while ((text[cut] & 0xc0) == 0x80) --cut;  // not inside a character
  return "'" + text.substr(0, cut) + " …'";
}

std::string Elaborator::quoted(NodeId n) const { return quoted(tree_->span(n)); }
std::string Elaborator::shape(Ref r) const { return shape_text(ctx_, ctx_[r].shape); }

void Elaborator::misfit(Code code, const Part& a, const Part& b, const std::string& why,
                        std::string help) const {
  Diagnostic d{code, {}, b.span, true, {}, std::move(help)};
  d.message =
      why + ": " + quoted(a.span) + " is " + shape(a.value) + ", " + quoted(b.span) + " is " + shape(b.value);
  d.notes.push_back({"", a.span, true});
  throw Failure(std::move(d));
}

Elaborator::Part Elaborator::part(NodeId n) { return {number_value(n), tree_->span(n)}; }

// The text of an operand inside another expression: in parentheses unless it is a name, a number or a call.
std::string Elaborator::inner_text(Span s) const {
  std::string text(tree_->text(s));
  if (text.size() > 30) return "(…)";
  for (const char c : text) {
    if (c == ' ' || c == '+' || c == '-' || c == '*' || c == '/' || c == '^') {
      return text.front() == '(' && text.back() == ')' ? text : "(" + text + ")";
    }
  }
  return text;
}

// ---- sums ----

// Whether an operand without axes of its own fits the other entry by entry, and the shape of the result.
ShapeId Elaborator::common_shape(const Part& a, const Part& b, std::string_view operation) const {
  const ShapeId s = ctx_[a.value].shape, t = ctx_[b.value].shape;
  if (s == t || t == scalar_shape) return s;
  if (s == scalar_shape) return t;
  const Shape &p = ctx_.shape(s), &q = ctx_.shape(t);
  const std::string what = "no elementwise " + std::string(operation);
  if (p.order() == 1 && q.order() == 1 && p.row != q.row) {
    const Part& column = p.row ? b : a;
    const Part& line = p.row ? a : b;
    misfit(Code::row_with_column, a, b, what + " of a row and a column",
           "write " + inner_text(column.span) + "*" + inner_text(line.span) + " for the outer product");
  }
  const bool first = p.order() == 2 && q.order() == 1, second = p.order() == 1 && q.order() == 2;
  if (first || second) {
    const Shape &m = first ? p : q, &v = first ? q : p;
    if (m.extents[v.row ? 1 : 0] == v.extents[0]) return first ? s : t;
  }
  misfit(Code::shape_mismatch, a, b, what + " of different shapes");
}

Ref Elaborator::tensor_sum(NodeId n) {
  const auto list = operands(n);
  std::vector<Term> terms;
  Part left{number_value(list[0].node), tree_->span(list[0].node)};
  terms.push_back({one, left.value});
  ShapeId shape_now = ctx_[left.value].shape;
  for (const Operand& o : list.subspan(1)) {
    const Part right = part(o.node);
    const ShapeId s = ctx_[right.value].shape;
    const Part before{terms[0].body, {tree_->span(list[0].node).begin, left.span.end}};
    if (s != shape_now) {
      if (!is_dotted(o.op())) refuse_sum(before, right, is_minus(o.op()));
      const ShapeId common = common_shape(before, right, is_minus(o.op()) ? "difference" : "sum");
      for (Term& t : terms) t.body = algebra().broadcast(t.body, common);
      shape_now = common;
    }
    terms.push_back({is_minus(o.op()) ? minus_one : one, algebra().broadcast(right.value, shape_now)});
    left.span.end = right.span.end;
  }
  return algebra().sum(terms, shape_now);
}

void Elaborator::refuse_sum(const Part& a, const Part& b, bool minus) const {
  const bool scalar_first = is_scalar(a.value), scalar_second = is_scalar(b.value);
  const std::string op = minus ? "-" : "+", x = inner_text(a.span), y = inner_text(b.span);
  if (scalar_first || scalar_second) {
    const Ref array = scalar_first ? b.value : a.value;
    const Shape& s = ctx_.shape_of(array);
    std::string help = "write " + x + " ." + op + " " + y + " for every entry";
    if (s.order() == 2 && s.extents[0] == s.extents[1]) {
      const std::string identity = "*eye(" + extent_text(ctx_, s.extents[0]) + ")";
      help += ", or " +
              (scalar_first ? x + identity + " " + op + " " + y : x + " " + op + " " + y + identity) +
              " for the diagonal";
    }
    misfit(Code::scalar_plus_matrix, a, b,
           minus ? "a difference of a scalar and an array" : "a sum of a scalar and an array", help);
  }
  const Shape &p = ctx_.shape_of(a.value), &q = ctx_.shape_of(b.value);
  std::string help;
  const bool vectors = p.order() == 1 && q.order() == 1 && p.row != q.row && p.extents == q.extents;
  const bool matrices =
      p.order() == 2 && q.order() == 2 && p.extents[0] == q.extents[1] && p.extents[1] == q.extents[0];
  if (vectors || matrices) {
    const bool primed = y.size() > 1 && y.back() == '\'';
    help = "transpose one of them: " + x + " " + op + " " + (primed ? y.substr(0, y.size() - 1) : y + "'");
  } else if (p.order() + q.order() == 3) {
    const Shape &m = p.order() == 2 ? p : q, &v = p.order() == 2 ? q : p;
    if (m.extents[v.row ? 1 : 0] == v.extents[0])
      help = "write " + x + " ." + op + " " + y + " to combine every " + (v.row ? "row" : "column");
  }
  misfit(Code::shape_mismatch, a, b, minus ? "a difference of different shapes" : "a sum of different shapes",
         help);
}

Ref Elaborator::tensor_negate(NodeId n) { return algebra().negate(value(operand(n, 0))); }

// ---- products ----

Ref Elaborator::tensor_product(NodeId n) {
  const auto list = operands(n);
  Part left = part(list[0].node);
  for (const Operand& o : list.subspan(1)) {
    const Part right = part(o.node);
    const bool by_scalar = o.op() == Op::divide && is_scalar(right.value) && !written();
    left.value = by_scalar ? algebra().entry_product(left.value, inverse(right.value, o))
                           : multiply(o.op(), left, right);
    left.span.end = right.span.end;
  }
  return left.value;
}

Ref Elaborator::scalar_inverse(const Part& p) {
  if (p.value == zero) {
    const std::string why = tree_->text(p.span) == "0" ? "" : ": " + quoted(p.span) + " is 0";
    throw Failure(Code::division_by_zero, p.span, "division by zero" + why);
  }
  return written() ? written2(Written::divide, one, p.value) : ctx_.power(p.value, minus_one);
}

Ref Elaborator::multiply(Op op, const Part& a, const Part& b) {
  const bool scalar_a = is_scalar(a.value), scalar_b = is_scalar(b.value);
  switch (op) {
    case Op::dot_times:
    case Op::dot_divide: {
      const ShapeId s = common_shape(a, b, op == Op::dot_times ? "product" : "quotient");
      const Ref x = scalar_a ? a.value : algebra().broadcast(a.value, s);
      const Ref y = scalar_b ? b.value : algebra().broadcast(b.value, s);
      return op == Op::dot_times ? algebra().entry_product(x, y) : algebra().entry_quotient(x, y);
    }
    case Op::divide:
      return divide(a, b);
    case Op::left_divide:
      return solve(a, b);
    case Op::kron:
      if (scalar_a || scalar_b) return algebra().entry_product(a.value, b.value);
      if (ctx_.shape_of(a.value).order() > 2 || ctx_.shape_of(b.value).order() > 2) {
        misfit(Code::not_a_matrix, a, b, "a Kronecker product is of matrices and vectors");
      }
      return algebra().kron(a.value, b.value);
    case Op::cdot:
      if (scalar_a || scalar_b) return algebra().entry_product(a.value, b.value);
      return dot_product(a, b);
    case Op::cross:
      if (scalar_a || scalar_b) return algebra().entry_product(a.value, b.value);
      return cross_product(a, b);
    default:
      break;
  }
  if (scalar_a || scalar_b) return algebra().entry_product(a.value, b.value);
  check_product(a, b);
  return algebra().matrix_product(a.value, b.value);
}

void Elaborator::check_product(const Part& a, const Part& b) const {
  const Shape &s = ctx_.shape_of(a.value), &t = ctx_.shape_of(b.value);
  const std::string x = inner_text(a.span), y = inner_text(b.span);
  if (s.order() > 2 || t.order() > 2) {
    misfit(Code::shape_mismatch, a, b, "'*' multiplies vectors and matrices",
           "write the product with indices: [sum(… for k in …) for i in …]");
  }
  const bool column_a = s.order() == 1 && !s.row, column_b = t.order() == 1 && !t.row;
  if (column_a && column_b && s.extents != t.extents) {
    misfit(Code::product_of_vectors, a, b, "'*' is the matrix product, which two columns do not have",
           "write " + x + "*" + y + "' for the matrix of all products");
  }
  if (column_a && column_b) {
    misfit(Code::product_of_vectors, a, b, "'*' is the matrix product, which two columns do not have",
           "write " + x + "'*" + y + " (a scalar), " + x + "*" + y + "' (a matrix) or " + x + " .* " + y +
               " (entry by entry)");
  }
  if (column_a && t.order() == 1) return;  // the outer product
  const Ref inner_a = column_a ? one : s.extents.back(), inner_b = s.order() && t.row ? one : t.extents[0];
  if (inner_a == inner_b) return;
  std::string help;
  if (s.order() == 1 && t.order() == 1 && s.row && t.row && s.extents == t.extents)
    help = "write " + x + "*" + (y.back() == '\'' ? y.substr(0, y.size() - 1) : y + "'") + " (a scalar)";
  if (column_a && t.order() == 2 && s.extents[0] == t.extents[0]) help = "write " + x + "'*" + y;
  if (s.order() == 2 && t.order() == 2) {
    if (s.extents[0] == t.extents[0]) help = "the shapes fit " + x + "'*" + y;
    if (s.extents[1] == t.extents[1]) help = "the shapes fit " + x + "*" + y + "'";
  }
  if (s.order() == 2 && t.order() == 1 && s.extents[0] == t.extents[0])
    help = "the shapes fit " + x + "'*" + y;
  if (s.extents == t.extents) help += (help.empty() ? "write " : "; entry by entry it is ") + x + " .* " + y;
  misfit(Code::shape_mismatch, a, b, "no product of these shapes", help);
}

Ref Elaborator::divide(const Part& a, const Part& b) {
  if (is_scalar(b.value)) {
    if (written()) return algebra().entry_quotient(a.value, b.value);
    return algebra().entry_product(a.value, scalar_inverse(b));
  }
  const Shape &s = ctx_.shape_of(a.value), &t = ctx_.shape_of(b.value);
  const std::string x = inner_text(a.span), y = inner_text(b.span);
  if (t.order() != 2) {
    misfit(Code::division_by_array, a, b, "a division by an array",
           "write " + x + " ./ " + y + " to divide by each entry");
  }
  if (is_scalar(a.value)) {
    const std::string times = tree_->text(a.span) == "1" ? "" : x + "*";
    misfit(Code::division_by_array, a, b, "a division by a matrix",
           "write " + times + "inv(" + std::string(tree_->text(b.span)) + ") for the inverse or " + x +
               " ./ " + y + " to divide by each entry");
  }
  if (t.extents[0] != t.extents[1]) misfit(Code::not_square, a, b, "the divisor must be square");
  const bool row = s.order() == 1 && s.row;
  if (s.order() > 2 || (s.order() == 1 && !row) || s.extents.back() != t.extents[0]) {
    const bool fits = s.order() >= 1 && s.order() <= 2 && s.extents[0] == t.extents[0];
    misfit(Code::division_by_array, a, b, "A/B is A*inv(B), and these shapes do not fit",
           fits ? "write " + y + "\\" + x + " for inv(" + y + ")*" + x : "");
  }
  return algebra().matrix_product(a.value, algebra().matpow(b.value, minus_one));
}

// a\b is inv(a)*b.
Ref Elaborator::solve(const Part& a, const Part& b) {
  if (is_scalar(a.value)) return divide(b, a);
  const Shape &s = ctx_.shape_of(a.value), &t = ctx_.shape_of(b.value);
  if (s.order() != 2)
    misfit(Code::division_by_array, a, b, "a left division is by a matrix",
           "write " + inner_text(b.span) + " ./ " + inner_text(a.span) + " to divide by each entry");
  if (s.extents[0] != s.extents[1])
    misfit(Code::not_square, a, b, "the matrix of a linear system must be square",
           "write pinv(" + std::string(tree_->text(a.span)) + ")*" + inner_text(b.span) +
               " for the least squares solution");
  if (t.order() == 0 || t.order() > 2 || t.row || t.extents[0] != s.extents[0]) {
    misfit(Code::shape_mismatch, a, b, "the right side does not fit the matrix");
  }
  return algebra().matrix_product(algebra().matpow(a.value, minus_one), b.value);
}

Ref Elaborator::dot_product(const Part& a, const Part& b) {
  const Shape &s = ctx_.shape_of(a.value), &t = ctx_.shape_of(b.value);
  if (s.order() != 1 || t.order() != 1) {
    const bool product = s.order() == 2 && t.order() >= 1 && s.extents[1] == t.extents[0];
    const std::string x = inner_text(a.span), y = inner_text(b.span);
    misfit(Code::not_a_vector, a, b, "a dot product is of two vectors",
           product ? "write " + x + "*" + y + " for the product of matrices" : "");
  }
  if (s.extents != t.extents) misfit(Code::shape_mismatch, a, b, "a dot product of different lengths");
  return algebra().dot(a.value, b.value);
}

Ref Elaborator::cross_product(const Part& a, const Part& b) {
  const Ref three = ctx_.number(3);
  for (const Part* p : {&a, &b}) {
    const Shape& s = ctx_.shape_of(p->value);
    if (s.order() != 1 || s.extents[0] != three) {
      misfit(Code::not_a_vector, a, b, "a cross product is of two vectors with 3 entries");
    }
  }
  const auto entry = [&](const Part& p, int64_t i) {
    const Slice at{Slice::Kind::index, ctx_.number(i), {}};
    return algebra().slice(p.value, {&at, 1});
  };
  std::vector<Ref> result;
  for (int64_t i = 0; i < 3; ++i) {
    const int64_t j = (i + 1) % 3 + 1, k = (i + 2) % 3 + 1;
    const Ref plus = algebra().scalar_product(entry(a, j), entry(b, k));
    const Ref minus = algebra().scalar_product(entry(a, k), entry(b, j));
    result.push_back(algebra().subtract(plus, minus));
  }
  return ctx_.array(result, vector_shape(ctx_, three));
}

// ---- powers ----

Ref Elaborator::tensor_power(NodeId n) {
  const auto list = operands(n);
  const Part base = part(list[0].node);
  Part exponent = part(list[1].node);
  const std::string x = inner_text(base.span), k = inner_text(exponent.span);
  if (list[1].op() != Op::dot_power && is_scalar(exponent.value)) exponent.value = settled(exponent.value);
  if (list[1].op() == Op::dot_power) {
    const ShapeId s = common_shape(base, exponent, "power");
    const Ref b =
        is_scalar(base.value) && !is_scalar(exponent.value) ? base.value : algebra().broadcast(base.value, s);
    const Ref e = is_scalar(exponent.value) ? exponent.value : algebra().broadcast(exponent.value, s);
    return algebra().power(b, e);
  }
  if (!is_scalar(exponent.value)) {
    const bool square = ctx_.shape_of(exponent.value).order() == 2 && is_scalar(base.value);
    misfit(Code::not_a_scalar, base, exponent, "an exponent is a scalar",
           "write " + x + " .^ " + k + " for each entry" +
               (square ? ", or expm(…) for the matrix exponential" : ""));
  }
  const Shape& s = ctx_.shape_of(base.value);
  if (s.order() != 2) {
    std::string help = "write " + x + " .^ " + k + " for each entry";
    if (exponent.value == ctx_.number(2) && s.order() == 1)
      help = "write " + x + "'*" + x + " (a scalar) or " + x + ".^2 (entry by entry)";
    misfit(Code::power_of_vector, exponent, base, "'^' is a power of a scalar or square matrix", help);
  }
  if (s.extents[0] != s.extents[1]) {
    misfit(Code::not_square, exponent, base, "a matrix power needs a square matrix",
           "write " + x + " .^ " + k + " for each entry");
  }
  if (!(ctx_[exponent.value].facts & integer_valued)) {
    const bool half = exponent.value == ctx_.number(Rational::fraction(1, 2));
    misfit(Code::not_an_integer, base, exponent, "the exponent of a matrix power is an integer",
           half ? "write sqrtm(" + x + ")"
                : "write expm(" + k + "*logm(" + x + ")), or " + x + " .^ " + k + " for each entry");
  }
  return algebra().matpow(base.value, exponent.value);
}

// ---- the rest ----

Ref Elaborator::tensor_conditional(NodeId n) {
  return algebra().select(value(operand(n, 0)), value(operand(n, 1)), value(operand(n, 2)));
}

Ref Elaborator::tensor_elementwise(NodeId call, Fn fn, std::span<const Ref> arguments) {
  const auto list = operands(call);
  Part shaped;
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (is_scalar(arguments[i])) continue;
    const Part here{arguments[i], i + 1 < list.size() ? tree_->span(list[i + 1].node) : tree_->span(call)};
    if (shaped.value && ctx_[shaped.value].shape != ctx_[here.value].shape) {
      misfit(Code::shape_mismatch, shaped, here,
             "the arguments of '" + std::string(row(fn).name) + "' differ in shape");
    }
    shaped = here;
  }
  return algebra().elementwise(fn, arguments, ctx_[shaped.value].shape);
}

Ref Elaborator::transpose(NodeId n) {
  const Ref r = number_value(operand(n, 0));
  const Part p{r, tree_->span(operand(n, 0))};
  if (ctx_.shape_of(r).order() > 2) {
    throw failure(Code::not_a_matrix, n,
                  "a transpose is of a matrix or vector, but " + quoted(p.span) + " is " + shape(r),
                  "name the axes: [T[i,j,k] for k in …, j in …, i in …]");
  }
  const Ref x = kind(n) == SyntaxKind::ctranspose ? conjugated(n, r) : r;
  return is_scalar(x) ? x : algebra().transpose(x);
}

Ref Elaborator::conjugated(NodeId n, Ref r) {
  return ctx_[r].facts & complex_valued ? elementwise(n, Fn::conj, {&r, 1}) : r;
}

Ref Elaborator::bars(NodeId n) {
  const NodeId inside = operand(n, 0);
  const Ref r = number_value(inside);
  const std::string x(tree_->text(inside));
  if (ctx_.shape_of(r).order() == 2) {
    throw failure(Code::bars_of_matrix, n,
                  "|" + x + "| of a matrix may be its determinant or its absolute values: " + quoted(inside) +
                      " is " + shape(r),
                  "write det(" + x + ") or abs(" + x + ")");
  }
  if (!is_scalar(r)) {
    throw failure(Code::bars_of_matrix, n,
                  "|" + x + "| may be the norm or the absolute values: " + quoted(inside) + " is " + shape(r),
                  "write norm2(" + x + ") or abs(" + x + ")");
  }
  return elementwise(n, Fn::abs, {&r, 1});
}

Algebra& Elaborator::algebra() {
  if (!algebra_) {
    algebra_ = mode_ == Mode::written ? written_algebra(ctx_)
               : mode_ == Mode::whole ? whole_algebra(ctx_)
                                      : canonical_algebra(ctx_);
  }
  return *algebra_;
}

}  // namespace nabla
