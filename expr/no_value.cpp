#include "expr/no_value.h"

#include <string>

#include "expr/array_domain.h"
#include "expr/diagnostic.h"
#include "expr/print.h"

namespace nabla {

static std::string quoted(Context& ctx, Ref part) {
  constexpr size_t most_characters = 80;
  const std::string text = print(ctx, part);
  return text.size() > most_characters ? "a part of it" : "'" + text + "'";
}

void refuse_without_value(Context& ctx, Ref part) {
  const Node n = ctx[part];
  if (n.kind == Kind::truth)
    throw Failure(Code::outside_domain, "this has no value: what a part of it needs holds nowhere");
  if (n.kind == Kind::written && n.tag == static_cast<uint16_t>(Written::divide)) {
    const Ref divisor = n.operand(1);
    const std::string why = divisor == zero ? "" : ": " + quoted(ctx, divisor) + " is 0";
    throw Failure(Code::division_by_zero, "division by zero" + why);
  }
  if (n.kind == Kind::matpow)
    throw Failure(Code::division_by_zero, quoted(ctx, part) + " has no value: the matrix is singular");
  std::string needs = "a real power x^y needs x >= 0 or an integer y";
  std::string help = n.kind == Kind::power
                         ? "a real cube root is cbrt(x); declare names complex for complex values"
                         : "functions are real; declare names complex for complex values";
  if (n.kind == Kind::function) {
    const Function& f = row(static_cast<Fn>(n.tag));
    if (f.analytic != Analytic::with_cuts && f.fn != Fn::sqrt && f.fn != Fn::acosh) help.clear();
    const std::string_view domain =
        f.array_domain == ArrayDomain::everywhere ? f.domain : array_domain_text(f.array_domain);
    needs = std::string(f.name) + (n.count == 1 ? "(x)" : "(x, y)") + " needs " + std::string(domain);
  }
  throw Failure(Code::outside_domain, quoted(ctx, part) + " has no value: " + needs, std::move(help));
}

}  // namespace nabla
