// Names declared by Nabla's own text, and expressions over them.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "parser/elaborate.h"
#include "parser/parse.h"

namespace nabla::test {

struct World {
  Context ctx;
  nabla::Names names{ctx};

  explicit World(std::string_view declarations) { run(declarations); }
  void run(std::string_view text) {
    const auto parsed = std::make_shared<const ParsedText>(
        parse_statements(make_source("<test>", std::string(text)), ctx.limits()));
    for (const Statement& s : parsed->statements) elaborate_statement(ctx, names, parsed, s);
  }
  Ref operator()(std::string_view text, Mode mode = Mode::canonical) {
    return elaborate(ctx, names, text, mode);
  }
};

}  // namespace nabla::test
