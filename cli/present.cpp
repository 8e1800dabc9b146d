#include "cli/present.h"

#include <nlohmann/json.hpp>

#include "codegen/expression_code.h"
#include "expr/condition_form.h"
#include "expr/diagnostic.h"
#include "expr/print.h"

namespace nabla::cli {
namespace {

using nlohmann::ordered_json;

PrintOptions print_options(Format format) {
  PrintOptions options;
  options.format = format == Format::unicode ? nabla::Format::unicode
                   : format == Format::latex ? nabla::Format::latex
                                             : nabla::Format::ascii;
  return options;
}

// Bytes that are no UTF-8 (from a text that is wrong for that reason) are replaced, not refused.
std::string dump(const ordered_json& object) {
  return object.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

ordered_json extents_json(const std::vector<uint64_t>& extents) {
  ordered_json list = ordered_json::array();
  for (uint64_t e : extents) list.push_back(std::to_string(e));
  return list;
}

}  // namespace

std::string answer_text(Session& session, const Answer& answer, Format format) {
  switch (answer.kind) {
    case AnswerKind::nothing:
      return {};
    case AnswerKind::numbers:
      return numbers_text(answer.numbers);
    case AnswerKind::digits:
    case AnswerKind::verdict:
      return answer.text;
    case AnswerKind::expression:
      break;
  }
  Context& ctx = session.context();
  if (format == Format::cpp) return expression_code(ctx, answer.value, CodeLanguage::cpp);
  if (format == Format::python) return expression_code(ctx, answer.value, CodeLanguage::python);
  return print(ctx, answer.value, print_options(format));
}

std::string conditions_text(Session& session, const Answer& answer, Format format) {
  std::string text;
  for (Ref condition : answer.conditions) {
    text += text.empty() ? "where " : ", ";
    text += condition_text(session.context(), condition, print_options(format));
  }
  return text;
}

std::string answer_json(Session& session, const Answer& answer, uint32_t line) {
  ordered_json object;
  object["line"] = line;
  object["ok"] = true;
  if (answer.kind == AnswerKind::expression) {
    const Printed printed = describe(session.context(), answer.value);
    object["kind"] = "expr";
    object["shape"] = printed.shape;
    object["text"] = printed.text;
    object["latex"] = printed.latex;
    object["nodes"] = printed.nodes;
    object["dag_nodes"] = printed.dag_nodes;
  } else if (answer.kind == AnswerKind::verdict) {
    object["kind"] = "verdict";
    object["text"] = answer.text;
  } else {
    object["kind"] = "number";
    object["shape"] = extents_json(answer.numbers.extents);
    object["text"] = answer_text(session, answer, Format::ascii);
  }
  ordered_json conditions = ordered_json::array();
  for (Ref condition : answer.conditions) conditions.push_back(condition_text(session.context(), condition));
  object["conditions"] = conditions;
  if (!answer.notes.empty()) object["notes"] = answer.notes;
  return dump(object);
}

}  // namespace nabla::cli
