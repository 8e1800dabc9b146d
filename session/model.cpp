#include "session/model.h"

#include <algorithm>

#include "expr/diagnostic.h"
#include "expr/shape_text.h"
#include "expr/substitute.h"
#include "session/operators.h"

namespace nabla {

namespace {

bool has_symbolic_size(Context& ctx, const ModelFunction& f) {
  std::vector<Ref> parts = symbols_of(ctx, f.body);
  parts.insert(parts.end(), f.parameters.begin(), f.parameters.end());
  parts.push_back(f.body);
  return std::any_of(parts.begin(), parts.end(), [&](Ref r) { return !constant_extents(ctx, ctx[r].shape); });
}

}  // namespace

ModelLoader::ModelLoader(Session& session, std::shared_ptr<const ParsedText> text)
    : session_(session), text_(std::move(text)) {}

Outcome ModelLoader::run(const Statement& statement, bool decide_assertions) {
  Outcome out = session_.run(text_, statement, decide_assertions);
  if (out.error) return out;
  if (statement.kind == StatementKind::definition) {
    const Definition& d = text_->definitions.at(statement.detail);
    if (!d.is_function) return out;
    out.error =
        session_.caught([&] { function(std::string(text_->tree.spelling(d.name.name)), statement.span); });
  } else if (statement.kind == StatementKind::derive) {
    out.error = session_.caught([&] { add_request(out); });
  }
  return out;
}

// The function as it is defined now; a new one unless the last of this name has this definition.
size_t ModelLoader::function(const std::string& name, Span span) {
  Context& ctx = session_.context();
  const Defined& defined = *session_.names().definition(name);
  for (size_t i = functions_.size(); i-- > 0;) {
    const ModelFunction& f = functions_[i];
    if (f.name == name && f.body == defined.body && f.parameters == defined.parameters) return i;
  }
  ModelFunction f;
  f.name = name;
  f.parameters = defined.parameters;
  f.body = defined.body;
  f.span = span;
  f.text = std::string(defined.text->tree.text(defined.statement.span));
  // Arrays of symbolic size have no untouched form.
  f.written = f.body;
  if (!has_symbolic_size(ctx, f)) {
    try {
      f.written = written_body(ctx, session_.names(), defined);
    } catch (const Failure& failure) {  // a function of matrices that is not written entry by entry
      if (failure.diagnostic.code != Code::not_yet_available) throw;
    }
  }
  // Operators are carried out on canonical expressions only.
  if (has_operations(ctx, f.written)) f.written = f.body;
  functions_.push_back(std::move(f));
  return functions_.size() - 1;
}

void ModelLoader::add_request(const Outcome& outcome) {
  const DeriveRequest& said = outcome.derive;
  ModelRequest request;
  request.function = function(said.function, outcome.span);
  request.variables = said.variables;
  request.points = said.points;
  request.span = outcome.span;
  for (const DerivedOutput& o : said.outputs) {
    if (std::find(request.outputs.begin(), request.outputs.end(), o) == request.outputs.end()) {
      request.outputs.push_back(o);
    }
  }
  requests_.push_back(std::move(request));
}

Model ModelLoader::model() const {
  Model model;
  model.source = text_->tree.shared_source();
  model.file = model.source->file;
  model.functions = functions_;
  model.requests = requests_;
  for (const NameEntry* entry : session_.names().entries()) {
    if (entry->kind == NameKind::symbol && !entry->is_implicit) model.declared.push_back(entry->value);
  }
  return model;
}

}  // namespace nabla
