#include "nabla/model_header.h"

namespace nabla::engine {
namespace {

CodeRequest code_request(const v0::GenerateOptions& options) {
  CodeRequest request;
  request.language = options.language == v0::Language::c ? "c" : "cpp";
  request.storage = options.storage == v0::Storage::array   ? "array"
                    : options.storage == v0::Storage::span  ? "span"
                    : options.storage == v0::Storage::eigen ? "eigen"
                                                            : "";
  request.functions = options.functions;
  request.derive = options.derive;
  return request;
}

HeaderOptions header_options(const v0::GenerateOptions& options) {
  HeaderOptions out;
  out.name_space = options.name_space;
  if (options.scalar == v0::Scalar::floating_template) out.scalar = "template";
  if (options.scalar == v0::Scalar::double_) out.scalar = "double";
  if (options.scalar == v0::Scalar::float_) out.scalar = "float";
  return out;
}

Problem templates_are_not_there(const v0::GenerateOptions& options) {
  const bool whole_arrays = options.language == v0::Language::c || options.storage == v0::Storage::eigen;
  if (options.scalar != v0::Scalar::floating_template || !whole_arrays) return std::nullopt;
  return nabla::Diagnostic{
      Codes::wrong_argument,   "templates in C and with Eigen's arrays are not there", {}, false, {},
      "choose double or float"};
}

}  // namespace

ModelHeader model_header(Session& session, const std::shared_ptr<const ParsedText>& text,
                         const v0::GenerateOptions& options,
                         const std::function<void(nabla::Model&)>& adjust) {
  if (Problem p = templates_are_not_there(options)) return {"", std::move(p), nullptr};
  ModelLoader loader(session, text);
  for (const nabla::Statement& statement : text->statements) {
    const Outcome out = loader.run(statement, false);
    if (out.error) return {"", out.error, out.source};
  }
  nabla::Model model = loader.model();
  ModelHeader made{"", std::nullopt, model.source};
  made.problem = session.guarded([&] {
    if (adjust) adjust(model);
    nabla::ModelCode code(session, model, code_request(options));
    code.find_entries();
    made.text = code.code(header_options(options));
    (void)code.check();
  });
  return made;
}

ModelHeader model_header(std::string_view name, std::string_view text, const v0::GenerateOptions& options) {
  nabla::SessionOptions strict;
  strict.implicit_scalars = false;
  strict.keep_everything = true;
  Session session(strict);
  std::shared_ptr<const ParsedText> parsed;
  if (Problem p = session.caught([&] { parsed = session.parse(std::string(name), std::string(text)); }))
    return {"", std::move(p), nullptr};
  return model_header(session, parsed, options);
}

}  // namespace nabla::engine
