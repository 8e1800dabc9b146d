#include "session/whole_code.h"

#include <vector>

#include "codegen/eigen_generate.h"
#include "codegen/tensor_entry.h"
#include "expr/diagnostic.h"
#include "expr/print.h"
#include "expr/substitute.h"
#include "parser/parse.h"

namespace nabla {
namespace {

Model model_of(Context& ctx, Ref value, std::string_view name) {
  Model model;
  model.file = "<stdin>";
  ModelFunction function;
  function.name = std::string(name);
  function.body = function.written = value;
  function.text = print(ctx, value);
  for (const Ref symbol : symbols_of(ctx, value)) {
    model.declared.push_back(symbol);
    if (ctx.symbol(symbol).role != Role::extent) function.parameters.push_back(symbol);
  }
  if (function.parameters.empty())
    throw Failure(Code::not_yet_available, "there is no function: the value depends on no name");
  model.source = make_source(model.file, function.text);
  ModelRequest request;
  request.variables = {function.parameters.front()};
  request.outputs = {Output::value};
  model.functions.push_back(std::move(function));
  model.requests.push_back(std::move(request));
  return model;
}

}  // namespace

std::string whole_code(Context& ctx, Ref value, std::string_view name) {
  constexpr std::string_view name_space = "code";
  const Model model = model_of(ctx, value, name);
  GenerateOptions options;
  options.name_space = std::string(name_space);
  options.scalar = "double";
  std::string text = generate_eigen(ctx, model, tensor_entry_points(ctx, model), options);
  const std::string open = "namespace " + std::string(name_space) + " {\n\n";
  const size_t begin = text.find(open), end = text.rfind("\n}  // namespace");
  if (begin == std::string::npos || end == std::string::npos) return text;
  return text.substr(begin + open.size(), end - begin - open.size());
}

}  // namespace nabla
