// Expressions from texts, for tests: undeclared single letters are real scalars.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "expr/context.h"
#include "parser/elaborate.h"
#include "parser/names.h"
#include "parser/parse.h"

namespace nabla::test {

struct Texts {
  Context ctx;
  Names names{ctx, true};

  Texts() = default;
  explicit Texts(const Limits& limits) : ctx(limits), names(ctx, true) {}
  Ref operator()(std::string_view text) { return elaborate(ctx, names, text); }
  Ref written(std::string_view text) { return elaborate(ctx, names, text, Mode::written); }

  // Declarations and definitions.
  void run(std::string text) {
    const auto parsed = std::make_shared<const ParsedText>(
        parse_statements(make_source("<test>", std::move(text)), ctx.limits()));
    for (const Statement& s : parsed->statements) elaborate_statement(ctx, names, parsed, s);
  }

  // A scalar in (lower, infinity), or with any domain.
  Ref declare(std::string name, Domain domain) {
    Symbol s;
    s.name = name;
    s.domain = domain;
    const Ref r = ctx.symbol(s);
    names.declare_symbol(name, r);
    return r;
  }
  Ref declare_positive(std::string name) {
    Domain d;
    d.lower = zero;
    d.lower_open = true;
    return declare(std::move(name), d);
  }
  // An opaque scalar function of `arity` scalars.
  void declare_function(std::string name, size_t arity) {
    Symbol s;
    s.name = name;
    s.role = Role::function;
    s.parameters.assign(arity, scalar_shape);
    names.declare_opaque(name, ctx.symbol(s));
  }
};

}  // namespace nabla::test
