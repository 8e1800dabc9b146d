// Matrices in a chain of products as they are, transposed, or as adjoints, whichever is shorter.
#include "expr/print_matrix.h"
#include "expr/symmetry.h"

namespace nabla {
namespace {

// The inverse in an inverse in an inverse is left as it is: nothing recurses on the depth of an expression.
constexpr int most_turning = 2;

FormId turned(Forms& forms, Ref e) {
  if (forms.turning() >= most_turning) return 0;
  ++forms.turning();
  const FormId f = MatrixForm(forms, e, true).form();
  --forms.turning();
  return f;
}

// Of a product or a sum.
FormId turned_operand(Forms& forms, Ref e) {
  const Kind kind = forms.context().kind(e);
  if (kind == Kind::indexed) return turned(forms, e);
  if (kind != Kind::sum || forms.turning() >= most_turning) return 0;
  ++forms.turning();
  const FormId f = transposed_terms(forms, e);
  --forms.turning();
  return f;
}

}  // namespace

Link MatrixForm::link_of(Forms& forms, Ref factor, bool transposed) {
  const Context& ctx = forms.context();
  Link link{forms.operand(factor), transposed, {}, is_symmetric(ctx, factor)};
  link.node = factor;
  if (ctx.is_function(factor, Fn::conj)) link.conjugate_of = forms.operand(ctx.operands(factor)[0]);
  return link;
}

FormId MatrixForm::link_form(Forms& forms, const Link& link) {
  if (link.symmetric) return link.form;
  if (!link.transposed) {
    const bool inverse = link.node && forms.context().kind(link.node) == Kind::matpow;
    const FormId other = inverse ? transposed_link(forms, link.node) : 0;
    if (!other) return link.form;
    const FormId primed = link_form(forms, {other, true, {}});  // inv(B'*A)' for inv(A'*B)
    return forms[primed].nodes < forms[link.form].nodes ? primed : link.form;
  }
  if (link.conjugate_of) {
    const Piece list[3] = {Piece::text("ctranspose(", "", ""),
                           Piece::form(link.conjugate_of, Binding::postfix),
                           Piece::text(")", "\u1d34", "^{\\mathsf{H}}")};
    return forms.pieces(list, Binding::postfix);
  }
  const Piece list[2] = {Piece::form(link.form, Binding::postfix), Piece::text("'", "'", "^{\\top}")};
  const FormId plain = forms.pieces(list, Binding::postfix);
  const FormId other = link.node ? transposed_link(forms, link.node) : 0;
  return other && forms[other].nodes < forms[plain].nodes ? other : plain;
}

// (A' + B)' is A + B', inv(A'*B)' is inv(B'*A), inv(eye(n) + B'*A')' is inv(eye(n) + A*B).
FormId MatrixForm::transposed_link(Forms& forms, Ref node) {
  const Context& ctx = forms.context();
  const Node n = ctx[node];
  if (n.kind == Kind::sum) return transposed_terms(forms, node);
  if (n.kind != Kind::matpow || n.operand(1) != minus_one) return 0;
  const FormId base = turned_operand(forms, n.operand(0));
  return base ? forms.call("inv", {&base, 1}) : 0;
}

FormId shorter_transposed(Forms& forms, Ref e) {
  if (forms.context().shape_of(e).order() != 2) return 0;
  const FormId other = turned_operand(forms, e);
  return other && forms[other].nodes < forms[forms.of(e)].nodes ? other : 0;
}

FormId transposed_terms(Forms& forms, Ref sum) {
  Context& ctx = forms.context();
  std::vector<std::pair<Rational, FormId>> terms;
  const std::vector<Ref> list(ctx.operands(sum).begin(), ctx.operands(sum).end());
  for (size_t i = 0; i < list.size(); i += 2) {
    const Ref body = list[i + 1];
    if (ctx.kind(body) == Kind::fill || ctx.shape_of(body).order() != 2) return 0;
    const FormId f = ctx.kind(body) == Kind::indexed
                         ? turned(forms, body)
                         : MatrixForm::link_form(forms, MatrixForm::link_of(forms, body, true));
    if (!f) return 0;
    terms.emplace_back(ctx.value(list[i]), f);
  }
  return forms.weighted_sum(terms);
}

}  // namespace nabla
