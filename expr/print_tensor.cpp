// The printed forms of tensor nodes.
#include "expr/operator.h"
#include "expr/print_form.h"

namespace nabla {

FormId tensor_form(Forms& forms, Ref node) {
  Context& ctx = forms.context();
  std::vector<FormId> parts;
  for (Ref r : ctx.operands(node)) parts.push_back(forms.of(r));
  std::string_view name = "tensor";
  if (ctx.kind(node) == Kind::operation) name = operator_name(static_cast<Operator>(ctx[node].tag));
  return forms.call(name, parts);
}

}  // namespace nabla
