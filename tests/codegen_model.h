// A model from a text, by the parser alone, and what the tests of generated code do with it.
#pragma once

#include <memory>
#include <string>

#include "codegen/check.h"
#include "codegen/generate.h"
#include "expr/diagnostic.h"
#include "expr/shape_text.h"
#include "expr/substitute.h"
#include "parser/elaborate.h"
#include "parser/parse.h"

namespace nabla::test {

class LoadedModel {
 public:
  explicit LoadedModel(const std::string& text, const std::string& file = "model.nabla") : names_(ctx) {
    model.file = file;
    model.source = make_source(file, text);
    text_ = std::make_shared<const ParsedText>(parse_statements(model.source));
    for (const Statement& s : text_->statements) run(s);
  }

  std::string header(const GenerateOptions& options = {}) {
    return generate(ctx, model, entry_points(ctx, model), options);
  }
  std::vector<EntryCheck> check() { return check_entries(ctx, entry_points(ctx, model)); }

  Context ctx;
  Model model;

 private:
  void run(const Statement& s) {
    const Elaborated said = elaborate_statement(ctx, names_, text_, s);
    if (s.kind == StatementKind::declaration) {
      for (const std::string& n : said.declared) model.declared.push_back(names_.find(n)->value);
    } else if (s.kind == StatementKind::definition) {
      for (const std::string& n : said.declared) define(n, s.span);
    } else if (s.kind == StatementKind::derive) {
      for (size_t i = model.functions.size(); i-- > 0;) {
        if (model.functions[i].name != said.derive.function) continue;
        model.requests.push_back({i, said.derive.variables, said.derive.outputs, said.derive.points, s.span});
        break;
      }
    }
  }

  void define(const std::string& name, Span span) {
    if (names_.find(name)->kind != NameKind::defined) return;
    const Defined d = *names_.definition(name);
    model.functions.push_back({name, d.parameters, d.body, written(d), "", span});
  }

  // Arrays of symbolic size and functions of large matrices have no form that nothing folded.
  Ref written(const Defined& d) {
    for (Ref r : symbols_of(ctx, d.body)) {
      if (!constant_extents(ctx, ctx[r].shape)) return d.body;
    }
    return written_body(ctx, names_, d);
  }

  Names names_;
  std::shared_ptr<const ParsedText> text_;
};

}  // namespace nabla::test
