#include "expr/table_text.h"

#include "parser/elaborate.h"
#include "parser/parse.h"

namespace nabla {

Ref placeholder(Context& ctx, std::string_view name) {
  Symbol s;
  s.name = name;
  s.role = Role::placeholder;
  return ctx.symbol(s);
}

Ref parse_table_text(Context& ctx, std::string_view text) {
  Names names(ctx);
  for (const char* name : {"x", "y", "z", "f", "dx", "dy", "dz"}) {
    names.declare_symbol(name, placeholder(ctx, name));
  }
  return elaborate(ctx, names, text);
}

Ref parse_table_text(Context& ctx, std::string_view text,
                     std::span<const std::pair<std::string_view, Ref>> bound) {
  Names names(ctx);
  for (const auto& [name, value] : bound) names.declare_value(name, value, true);
  return elaborate(ctx, names, text);
}

}  // namespace nabla
