#include "session/answer_name.h"

namespace nabla {
namespace {

void declare(Names& names, std::string_view name, const std::shared_ptr<const ParsedText>& text,
             const Statement& statement, Ref value, bool computed, const std::vector<Ref>& conditions) {
  Defined how;
  how.name = name;
  how.text = text;
  how.statement = statement;
  how.body = value;
  how.computed = computed;
  if (computed) how.conditions = conditions;
  how.as_of = names.now();
  names.declare_value(name, value, false, std::move(how));
}

}  // namespace

bool name_answer(Session& session, std::string_view name, const std::shared_ptr<const ParsedText>& text,
                 const Statement& statement, const Answer& answer) {
  Context& ctx = session.context();
  Names& names = session.names();
  switch (answer.kind) {
    case AnswerKind::nothing:
    case AnswerKind::verdict:
      return false;
    case AnswerKind::expression: {
      const bool computed = elaborate(ctx, names, *text, statement) != answer.value;
      declare(names, name, text, statement, answer.value, computed, answer.conditions);
      return true;
    }
    case AnswerKind::numbers:
    case AnswerKind::digits: {
      const auto printed = session.parse(
          "<answer>", answer.kind == AnswerKind::digits ? answer.text : numbers_text(answer.numbers));
      const Statement& number = printed->statements.front();
      if (number.kind != StatementKind::expression) return false;  // as a tensor, printed as lists of lists
      declare(names, name, printed, number, elaborate(ctx, names, *printed, number), false, {});
      return true;
    }
  }
  return false;
}

}  // namespace nabla
