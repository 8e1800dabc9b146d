#include "nabla/model_header.h"
#include "nabla/nabla.h"

using nabla::engine::Codes;
using nabla::engine::Outcome;
using nabla::engine::Problem;
using nabla::engine::Session;

struct nabla_context {
  Session session;
};

struct nabla_result {
  int code = 0;
  std::string text, conditions, message, help;
  size_t line = 0, column = 0;
};

namespace {

constexpr int out_of_memory = 613;
constexpr const char* refused_memory = "the machine refused more memory";

// Hands on what `work` makes; nothing is thrown into C.
template <class Work>
nabla_result* guarded(Work work) noexcept {
  try {
    return new nabla_result(work());
  } catch (...) {
    return nullptr;
  }
}

nabla_result failed(const nabla::Diagnostic& d, const nabla::engine::Source* source) {
  nabla_result r;
  r.code = info(d.code).number;
  r.message = d.message;
  r.help = d.help;
  r.text = nabla::render(source, d);
  while (!r.text.empty() && r.text.back() == '\n') r.text.pop_back();
  if (source != nullptr && d.has_span) {
    const auto [line, column] = nabla::LineIndex(source->text).position(d.span.begin);
    r.line = line;
    r.column = column;
  }
  return r;
}

nabla_result wrong(std::string message, std::string help = {}) {
  return failed({Codes::wrong_argument, std::move(message), {}, false, {}, std::move(help)}, nullptr);
}

// An answer as text, with the conditions under which it holds.
nabla_result shown(Session& session, const Outcome& out, nabla::Format format) {
  nabla_result r;
  const nabla::PrintOptions options{format, true};
  const Problem p = session.caught([&] {
    if (out.answer.kind == nabla::AnswerKind::expression)
      r.text = nabla::print(session.context(), out.answer.value, options);
    else
      r.text = out.answer.kind == nabla::AnswerKind::numbers ? nabla::numbers_text(out.answer.numbers)
                                                             : out.answer.text;
    for (const nabla::Ref c : out.answer.conditions) {
      r.conditions += r.conditions.empty() ? "" : ", ";
      r.conditions += nabla::condition_text(session.context(), c, options);
    }
  });
  return p ? failed(*p, nullptr) : r;
}

nabla_result run(Session& session, const char* statements, nabla::Format format) {
  std::shared_ptr<const nabla::engine::ParsedText> parsed;
  if (const Problem p = session.caught([&] { parsed = session.parse("<text>", statements); }))
    return failed(*p, nullptr);
  nabla_result last;
  for (const nabla::Statement& statement : parsed->statements) {
    const Outcome out = session.run(parsed, statement);
    if (out.error) return failed(*out.error, out.source.get());
    if (out.answer.kind == nabla::AnswerKind::nothing) continue;
    last = shown(session, out, format);
    if (last.code != 0) return last;
  }
  return last;
}

nabla_result* run_guarded(nabla_context* context, const char* statements, nabla::Format format) {
  return guarded([&] {
    if (context == nullptr || statements == nullptr) return wrong("a context and statements are needed");
    nabla_result r = run(context->session, statements, format);
    context->session.clear_cancellation();  // what came too late was meant for these statements
    return r;
  });
}

// Sets the option; false if there is no such option or value.
bool set_option(nabla::v0::GenerateOptions& o, std::string_view name, std::string_view value) {
  using namespace nabla::v0;
  const auto one_of = [&](auto& option, auto choices) {
    for (const auto& [spelling, choice] : choices) {
      if (value != spelling) continue;
      option = choice;
      return true;
    }
    return false;
  };
  using Languages = std::initializer_list<std::pair<std::string_view, Language>>;
  using Scalars = std::initializer_list<std::pair<std::string_view, Scalar>>;
  using Storages = std::initializer_list<std::pair<std::string_view, Storage>>;
  if (name == "lang") return one_of(o.language, Languages{{"cpp", Language::cpp}, {"c", Language::c}});
  if (name == "scalar")
    return one_of(o.scalar, Scalars{{"template", Scalar::floating_template},
                                    {"double", Scalar::double_},
                                    {"float", Scalar::float_}});
  if (name == "storage")
    return one_of(o.storage,
                  Storages{{"array", Storage::array}, {"span", Storage::span}, {"eigen", Storage::eigen}});
  if (name == "namespace") return o.name_space = value, true;
  if (name == "functions") return o.functions = value, true;
  if (name == "derive") return o.derive = value, true;
  return false;
}

nabla_result generate(const char* name, const char* text, const char* const* options) {
  if (name == nullptr || text == nullptr) return wrong("a name and a text are needed");
  nabla::v0::GenerateOptions chosen;
  for (; options != nullptr && options[0] != nullptr; options += 2) {
    const std::string option = options[0];
    if (options[1] == nullptr) return wrong("the option '" + option + "' has no value");
    if (!set_option(chosen, option, options[1]))
      return wrong("there is no option '" + option + "' with the value '" + options[1] + "'",
                   "the options are lang, scalar, storage, namespace, functions and derive");
  }
  nabla::engine::ModelHeader made = nabla::engine::model_header(name, text, chosen);
  if (made.problem) return failed(*made.problem, made.source.get());
  nabla_result r;
  r.text = std::move(made.text);
  return r;
}

}  // namespace

extern "C" {

int nabla_c_api(void) { return NABLA_C_API; }
const char* nabla_version(void) { return NABLA_VERSION; }

nabla_context* nabla_open(void) {
  try {
    return new nabla_context;
  } catch (...) {
    return nullptr;
  }
}
void nabla_close(nabla_context* context) { delete context; }
void nabla_cancel(nabla_context* context) {
  if (context != nullptr) context->session.cancel(nabla::Cancellation::user);
}

nabla_result* nabla_run(nabla_context* context, const char* statements) {
  return run_guarded(context, statements, nabla::Format::ascii);
}
nabla_result* nabla_run_latex(nabla_context* context, const char* statements) {
  return run_guarded(context, statements, nabla::Format::latex);
}
nabla_result* nabla_generate(const char* name, const char* text, const char* const* options) {
  return guarded([&] { return generate(name, text, options); });
}

int nabla_code(const nabla_result* result) { return result == nullptr ? out_of_memory : result->code; }
const char* nabla_text(const nabla_result* result) {
  return result == nullptr ? refused_memory : result->text.c_str();
}
const char* nabla_message(const nabla_result* result) {
  return result == nullptr ? refused_memory : result->message.c_str();
}
const char* nabla_help(const nabla_result* result) { return result == nullptr ? "" : result->help.c_str(); }
const char* nabla_conditions(const nabla_result* result) {
  return result == nullptr ? "" : result->conditions.c_str();
}
size_t nabla_line(const nabla_result* result) { return result == nullptr ? 0 : result->line; }
size_t nabla_column(const nabla_result* result) { return result == nullptr ? 0 : result->column; }
void nabla_free(nabla_result* result) { delete result; }
}
