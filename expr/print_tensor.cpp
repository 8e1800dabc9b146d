// The printed forms of tensor nodes.
#include <algorithm>

#include "expr/kronecker.h"
#include "expr/operator.h"
#include "expr/print_form.h"
#include "expr/print_matrix.h"
#include "expr/shape_text.h"
#include "expr/symmetry.h"

namespace nabla {
namespace {

FormId named_call(Forms& forms, std::string_view name, std::initializer_list<FormId> arguments) {
  return forms.call(name, std::span<const FormId>(arguments.begin(), arguments.size()));
}

// f(A, dim = 1)
FormId call_with_dim(Forms& forms, std::string_view name, FormId argument, size_t dim) {
  const std::string open = std::string(name) + "(", latex = "\\operatorname{" + std::string(name) + "}(";
  const std::string close = ", dim = " + std::to_string(dim) + ")";
  const Piece list[3] = {Piece::text(open, open, latex), Piece::form(argument, Binding::conditional),
                         Piece::text(close)};
  return forms.pieces(list, Binding::atom, 2);
}

FormId function_form(Forms& forms, Ref r) {
  Context& ctx = forms.context();
  const Node n = ctx[r];
  const Fn f = static_cast<Fn>(n.tag);
  const ShapeRule rule = row(f).shape;
  const bool takes_dim =
      rule == ShapeRule::along || rule == ShapeRule::along_to_scalar || rule == ShapeRule::norm;
  if (takes_dim && n.count == 2) {
    return call_with_dim(forms, row(f).name, forms.of(n.operand(0)), n.operand(1) == one ? 1 : 2);
  }
  std::vector<FormId> arguments;
  for (Ref a : n.operands()) arguments.push_back(forms.of(a));
  const bool either = f == Fn::det || f == Fn::logdet || f == Fn::normF || f == Fn::normnuc;
  if (const FormId other = either ? shorter_transposed(forms, n.operand(0)) : 0) arguments[0] = other;
  return forms.call(row(f).name, arguments, n.tag + uint32_t{1});
}

FormId reduction_form(Forms& forms, Ref r) {
  Context& ctx = forms.context();
  const IndexedView v = view_indexed(ctx, r);
  const Labelling& l = *v.labelling;
  static constexpr const char* names[] = {"prod", "max", "min"};
  const char* name = names[ctx[r].tag];
  const size_t order = ctx.shape_of(v.factors[0]).order();
  const bool all_axes = l.guards.empty() && l.label_count == order && l.factors[0].size() == order;
  if (!all_axes) return comprehension_form(forms, r);
  if (l.output.empty()) return named_call(forms, name, {forms.of(v.factors[0])});
  if (order != 2 || l.output.size() != 1) return comprehension_form(forms, r);
  const bool down = l.factors[0][1] == l.output[0];
  const FormId f = call_with_dim(forms, name, forms.of(v.factors[0]), down ? 1 : 2);
  return down ? MatrixForm::link_form(forms, {f, true, {}}) : f;
}

// (A' + B*C)' as A + C'*B'; 0 for anything else.
FormId transposed_sum(Forms& forms, Ref r) {
  Context& ctx = forms.context();
  const IndexedView v = view_indexed(ctx, r);
  const std::vector<Label> turned{1, 0};
  if (v.factors.size() != 1 || v.labelling->output.size() != 2 || v.labelling->factors[0] != turned ||
      ctx.kind(v.factors[0]) != Kind::sum || !v.labelling->guards.empty()) {
    return 0;
  }
  return transposed_terms(forms, v.factors[0]);
}

FormId matpow_form(Forms& forms, Ref r) {
  Context& ctx = forms.context();
  const Ref base = ctx[r].operand(0), exponent = ctx[r].operand(1);
  if (exponent == minus_one) return named_call(forms, "inv", {forms.of(base)});
  const Piece list[4] = {Piece::form(forms.operand(base), Binding::postfix), Piece::text("^", "^", "^{"),
                         Piece::form(forms.of(exponent), Binding::sign), Piece::text("", "", "}")};
  return forms.pieces(list, Binding::power);
}

// kron(A, B); 0 for anything else, and where A or B stands nowhere below and is no product of what does.
FormId kron_form(Forms& forms, Ref r) {
  Context& ctx = forms.context();
  const auto factors = kron_factors(ctx, r);
  if (!factors) return 0;
  const auto form = [&](Ref f) {
    return ctx.kind(f) == Kind::indexed ? MatrixForm(forms, f).form() : forms.of(f);
  };
  const FormId a = form(factors->first), b = form(factors->second);
  return a && b ? named_call(forms, "kron", {a, b}) : 0;
}

FormId reshape_form(Forms& forms, Ref r) {
  Context& ctx = forms.context();
  const Ref source = ctx[r].operand(0);
  const Shape shape = ctx.shape_of(r);
  if (shape.order() == 1) return named_call(forms, "vec", {forms.of(source)});
  if (shape.order() == 2) {
    if (const FormId k = kron_form(forms, r)) return k;
  }
  FormId inner = forms.of(source);
  if (ctx.shape_of(source).order() != 1) inner = named_call(forms, "vec", {inner});
  std::vector<FormId> arguments{inner};
  for (Ref e : shape.extents) arguments.push_back(forms.of(e));
  return forms.call("unvec", arguments);
}

FormId structural_form(Forms& forms, Ref r) {
  Context& ctx = forms.context();
  const Node n = ctx[r];
  const Shape shape = ctx.shape(n.shape);
  const FormId size = forms.of(shape.extents[0]);
  switch (static_cast<Structural>(n.tag)) {
    case Structural::delta:
      return named_call(forms, "eye", {size});
    case Structural::unit:
      return named_call(forms, "unit", {size, forms.of(n.operand(0))});
    case Structural::iota: {
      const FormId i = forms.local_name("i");
      const Piece list[5] = {Piece::text("["), Piece::form(i, Binding::atom),
                             Piece::text(" for i in 1:", " for i in 1:", " \\text{ for } i \\in 1{:}"),
                             Piece::form(size, Binding::sum), Piece::text("]")};
      return forms.pieces(list, Binding::atom, 2, true);
    }
    case Structural::shift:
      break;
  }
  const FormId columns = forms.of(shape.extents[1]);
  if (n.operand(0) == zero) return named_call(forms, "eye", {size, columns});
  const Ref first = ctx.add(n.operand(0), one), last = ctx.add(n.operand(0), shape.extents[0]);
  const std::string range = extent_text(ctx, first) + ":" + extent_text(ctx, last);
  const Piece p = Piece::text(range), all = Piece::text(":");
  const FormId indices[2] = {forms.pieces({&p, 1}, Binding::range, 0),
                             forms.pieces({&all, 1}, Binding::atom, 0)};
  return forms.index(named_call(forms, "eye", {columns}), indices);
}

FormId gather_form(Forms& forms, Ref r) {
  Context& ctx = forms.context();
  const Ref tensor = ctx[r].operand(0);
  std::vector<FormId> indices;
  const Piece all = Piece::text(":");
  for (size_t a = 0; a < ctx.shape_of(tensor).order(); ++a) {
    indices.push_back(a == ctx[r].tag ? forms.of(ctx[r].operand(1))
                                      : forms.pieces({&all, 1}, Binding::atom, 0));
  }
  return forms.index(forms.operand(tensor), indices);
}

FormId operation_form(Forms& forms, Ref r) {
  Context& ctx = forms.context();
  const Node n = ctx[r];
  const auto op = static_cast<Operator>(n.tag);
  const std::string name(operator_name(op));
  const std::string open = name + "(", latex = "\\operatorname{" + name + "}(";
  std::vector<Piece> list{Piece::text(open, open, latex),
                          Piece::form(forms.of(n.operand(0)), Binding::conditional)};
  const auto add = [&](Ref v) {
    list.push_back(Piece::text(", "));
    list.push_back(Piece::form(forms.of(v), Binding::conditional));
  };
  std::vector<std::string> texts(n.count);
  const auto pair = [&](size_t i) {
    add(n.operand(i));
    list.push_back(Piece::text(" = "));
    list.push_back(Piece::form(forms.of(n.operand(i + 1)), Binding::conditional));
  };
  switch (op) {
    case Operator::diff:
      for (size_t i = 1; i < n.count;) {
        size_t end = i + 1;
        while (end < n.count && n.operand(end) == n.operand(i)) ++end;
        add(n.operand(i));
        if (end - i > 1) {
          texts[i] = ", " + std::to_string(end - i);
          list.push_back(Piece::text(texts[i]));
        }
        i = end;
      }
      break;
    case Operator::subs:
      for (size_t i = 1; i + 1 < n.count; i += 2) pair(i);
      break;
    case Operator::eval:
      for (size_t i = 2; i + 1 < n.count; i += 2) pair(i);
      if (n.operand(1) != zero) {
        list.push_back(Piece::text(", digits = "));
        list.push_back(Piece::form(forms.of(n.operand(1)), Binding::conditional));
      }
      break;
    case Operator::taylor:
      pair(1);
      add(n.operand(3));
      break;
    case Operator::limit:
      pair(1);
      if (n.operand(3) != zero) list.push_back(Piece::text(n.operand(3) == one ? ", right" : ", left"));
      break;
    default:
      for (size_t i = 1; i < n.count; ++i) add(n.operand(i));
  }
  list.push_back(Piece::text(")"));
  return forms.pieces(list, Binding::atom, n.count);
}

}  // namespace

FormId tensor_form(Forms& forms, Ref node) {
  const Context& ctx = forms.context();
  switch (ctx.kind(node)) {
    case Kind::indexed: {
      const FormId f = MatrixForm(forms, node).form(), sum = transposed_sum(forms, node);
      if (sum && forms[sum].nodes <= forms[f].nodes) return sum;
      return f ? f : comprehension_form(forms, node);
    }
    case Kind::reduce:
      return reduction_form(forms, node);
    case Kind::matpow:
      return matpow_form(forms, node);
    case Kind::reshape:
      return reshape_form(forms, node);
    case Kind::structural:
      return structural_form(forms, node);
    case Kind::gather:
      return gather_form(forms, node);
    case Kind::operation:
      return operation_form(forms, node);
    case Kind::function:
      return function_form(forms, node);
    default:
      return entrywise_form(forms, node);
  }
}

}  // namespace nabla
