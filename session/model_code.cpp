#include "session/model_code.h"

#include <algorithm>

#include "codegen/c_generate.h"
#include "codegen/c_header.h"
#include "codegen/call_groups.h"
#include "codegen/check.h"
#include "codegen/loop_report.h"
#include "codegen/requests.h"
#include "codegen/tensor_check.h"
#include "codegen/tensor_generate.h"
#include "expr/substitute.h"
#include "parser/nearest.h"
#include "session/operators.h"

namespace nabla {
namespace {

std::vector<std::string> words(const std::string& list) {
  std::vector<std::string> out(1);
  for (char c : list) {
    if (c == ',')
      out.emplace_back();
    else if (c != ' ')
      out.back() += c;
  }
  return out;
}

}  // namespace

ModelCode::ModelCode(Session& session, Model model, CodeRequest request)
    : session_(session), model_(std::move(model)), request_(std::move(request)) {}

void ModelCode::find_entries() {
  if (!request_.functions.empty()) choose_functions(words(request_.functions));
  if (!request_.derive.empty()) choose_outputs(request_.derive);
  if (request_.storage == "span" || request_.storage == "eigen") return find_tensor_entries();
  try {
    entries_ = entry_points(context(), model_, request_.language == "cpp");
    for (const EntryPoint& entry : entries_) {
      if (entry.kind != Output::value) refuse_structured(entry);
    }
  } catch (const Failure& failure) {  // what is not taken entry by entry is taken as a whole
    if (failure.diagnostic.code != Code::not_yet_available) throw;
    if (request_.storage == "array") refuse_whole(failure.diagnostic);
    entries_.clear();
    find_tensor_entries();
  }
}

std::string ModelCode::code(const GenerateOptions& options) {
  const bool in_c = request_.language == "c";
  if (in_c && request_.storage == "eigen")
    throw Failure(Code::not_yet_available, "--storage eigen with --lang c is not yet available",
                  "leave --storage out, or generate C++");
  if (!whole_)
    return in_c ? generate_c(context(), model_, entries_, options)
                : generate(context(), model_, entries_, options);
  const TensorTarget target = in_c                          ? TensorTarget::c
                              : request_.storage == "eigen" ? TensorTarget::eigen
                                                            : TensorTarget::span;
  return generate_tensors(context(), model_, tensors_, target, options);
}

std::vector<std::string> ModelCode::choices(const GenerateOptions& options) const {
  const bool at_once = request_.language == "cpp" && may_call_at_once(options);
  std::vector<std::string> lines;
  for (const EntryPoint& e : entries_) {
    for (std::string& line : choice_lines(e)) lines.push_back(std::move(line));
    if (!at_once || e.batch || e.loops) continue;
    if (const std::string calls = calls_at_once(e.plan); !calls.empty())
      lines.push_back("  at once: " + calls);
  }
  return lines;
}

std::vector<std::string> ModelCode::plan(const GenerateOptions& options) {
  const bool in_c = request_.language == "c";
  std::vector<std::string> lines;
  const auto append = [&](const TensorEntry& e) {
    for (std::string& line :
         in_c ? loop_report_in_c(context(), e, c_prefix(model_, options)) : loop_report(context(), e))
      lines.push_back(std::move(line));
  };
  for (const EntryPoint& e : entries_) {
    if (e.loops) append(*e.loops);
  }
  if (!whole_) return lines;
  for (const TensorEntry& e : tensors_) {
    if (request_.storage == "eigen") {
      for (std::string& line : eigen_report(context(), e)) lines.push_back(std::move(line));
    } else {
      append(e);
    }
  }
  return lines;
}

std::vector<std::string> ModelCode::check() {
  Context& ctx = context();
  std::vector<std::string> lines;
  if (whole_) {
    for (const TensorCheck& c : check_tensor_entries(ctx, tensors_, request_.seed))
      lines.push_back(check_line(tensors_[c.entry], c));
  } else {
    for (const EntryCheck& c : check_entries(ctx, entries_, request_.seed))
      lines.push_back(check_line(ctx, entries_[c.entry], c));
  }
  return lines;
}

void ModelCode::find_tensor_entries() {
  whole_ = true;
  tensors_ = tensor_entry_points(context(), model_);
  if (!request_.free_entries) return;
  for (const TensorEntry& entry : tensors_) refuse_structured(entry);
}

// What only code for whole arrays takes, with the remedy that there is such code.
void ModelCode::refuse_whole(Diagnostic reason) const {
  reason.help +=
      (reason.help.empty() ? "" : ", or ") + std::string("use --storage span, which takes whole arrays");
  throw Failure(std::move(reason));
}

template <class Entry>
void ModelCode::refuse_structured(const Entry& entry) {
  placed(entry.function->span, [&] { refuse_structure(context(), entry.wrt); });
}

const ModelFunction& ModelCode::function(const std::string& name) const {
  for (const ModelFunction& f : model_.functions) {
    if (f.name == name) return f;
  }
  std::vector<std::string_view> names;
  for (const ModelFunction& f : model_.functions) names.push_back(f.name);
  throw Failure(Code::unknown_function, "--functions: the model has no function '" + name + "'",
                did_you_mean(name, names));
}

void ModelCode::choose_functions(const std::vector<std::string>& names) {
  for (const std::string& name : names) (void)function(name);
  const auto chosen = [&](const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  std::vector<ModelFunction> functions;
  std::vector<size_t> moved(model_.functions.size());
  for (size_t i = 0; i < model_.functions.size(); ++i) {
    moved[i] = functions.size();
    if (chosen(model_.functions[i].name)) functions.push_back(model_.functions[i]);
  }
  std::vector<ModelRequest> requests;
  for (ModelRequest request : model_.requests) {
    if (!chosen(model_.functions[request.function].name)) continue;
    request.function = moved[request.function];
    requests.push_back(std::move(request));
  }
  model_.functions = std::move(functions);
  model_.requests = std::move(requests);
}

// --derive 'value,hess(lower)': these outputs in place of those of the file.
void ModelCode::choose_outputs(const std::string& list) {
  std::shared_ptr<const ParsedText> text;
  auto error = session_.caught([&] { text = session_.parse("--derive", "derive f : " + list); });
  if (!error && !text->errors.empty()) error = text->errors[0];
  if (error) throw Failure(error->code, "--derive: " + error->message, error->help);
  if (text->statements.size() != 1 || text->derives.size() != 1)
    throw Failure(Code::unknown_output, "--derive: '" + list + "' is no list of outputs", "value,grad,hess");
  if (!text->derives[0].points.empty())
    throw Failure(Code::wrong_argument, "--derive: batch takes no names here", "write batch");
  std::vector<DerivedOutput> outputs;
  for (const OutputSyntax& o : text->derives[0].outputs) {
    if (std::find(outputs.begin(), outputs.end(), o.output) == outputs.end()) outputs.push_back(o.output);
  }
  if (model_.requests.empty()) {
    for (size_t i = 0; i < model_.functions.size(); ++i) model_.requests.push_back(request_of(i));
  }
  for (ModelRequest& request : model_.requests) request.outputs = outputs;
}

// By every var of the body, as a derive statement without wrt.
ModelRequest ModelCode::request_of(size_t function) {
  ModelRequest request;
  request.function = function;
  request.span = model_.functions[function].span;
  for (Ref r : symbols_of(context(), model_.functions[function].body)) {
    if (context().symbol(r).role == Role::variable) request.variables.push_back(r);
  }
  return request;
}

}  // namespace nabla
