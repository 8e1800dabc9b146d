#include "cookbook/details.h"

#include "cookbook/verify.h"
#include "expr/diagnostic.h"
#include "session/whole_code.h"

namespace nabla {

namespace {

std::string code_name(const BookRow& row) {
  std::string name = "cookbook_" + row.number;
  for (char& c : name) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!plain) c = '_';
  }
  return name;
}

}  // namespace

RowDetails details_of(const BookRow& row, const StepsOptions& options, uint64_t seed) {
  RowDetails details;
  RowSession work(row, seed);
  if (work.assertion == nullptr) return details;
  Session& session = *work.session;
  StatementTrace trace;
  Answer answer;
  auto error = work.answer_left(trace, answer);
  if (!error && !trace.derivation.derivations().empty())
    error =
        session.caught([&] { details.steps = steps_text(session.context(), trace, answer.value, options); });
  if (error || answer.kind != AnswerKind::expression) return details;
  const auto no_code =
      session.caught([&] { details.code = whole_code(session.context(), answer.value, code_name(row)); });
  if (no_code) details.no_code = no_code->message;
  return details;
}

}  // namespace nabla
