#include "fuzz/statements.h"

#include <array>
#include <cstdio>
#include <cstdlib>

#include "expr/print.h"
#include "parser/render.h"
#include "parser/unicode.h"
#include "session/session.h"

namespace nabla::fuzz {
namespace {

// Small, so that an input that runs into a limit does so at once.
SessionOptions small_limits() {
  SessionOptions options;
  options.limits.steps = 3'000'000;
  options.limits.nodes = 1'000'000;
  options.limits.printed_characters = 100'000;
  options.limits.nesting = 500;
  return options;
}

bool at_character_edge(std::string_view text, uint32_t offset) {
  return offset >= text.size() || (static_cast<unsigned char>(text[offset]) & 0xc0) != 0x80;
}

std::string complaint_about(const Source* source, const Diagnostic& d) {
  constexpr std::array<std::string_view, 6> cpp_names = {"nabla::",  "std::", "basic_string",
                                                         "vector::", "_M_",   "0x0000"};
  if (d.message.empty()) return "an empty message";
  if (d.code == Code::internal_error) return d.message;
  for (const std::string_view name : cpp_names) {
    const bool written = source != nullptr && source->text.find(name) != std::string::npos;
    if (!written && (d.message + d.help).find(name) != std::string::npos) return "a C++ name: " + d.message;
  }
  const std::string text = render(source, d);
  if (valid_utf8(text) != text) return "a rendered diagnostic that is not UTF-8: " + d.message;
  if (source == nullptr || !d.has_span) return {};
  if (d.span.begin > d.span.end || d.span.end > source->text.size())
    return "a span outside its text: " + text;
  // Of a text that is not valid UTF-8 single bytes are shown.
  const bool valid = valid_utf8(source->text) == source->text;
  if (valid &&
      !(at_character_edge(source->text, d.span.begin) && at_character_edge(source->text, d.span.end))) {
    return "a span that cuts a character: " + text;
  }
  return {};
}

std::string complaint_about(Session& session, Outcome& outcome) {
  if (!outcome.error && outcome.answer.kind == AnswerKind::expression) {
    outcome.error = session.caught([&] {
      for (const Format format : {Format::ascii, Format::unicode, Format::latex}) {
        const std::string text = print(session.context(), outcome.answer.value, {format, true});
        if (valid_utf8(text) != text) throw Failure(Code::internal_error, "a result that is not UTF-8");
      }
      for (const Ref c : outcome.answer.conditions) print(session.context(), c);
    });
  }
  if (!outcome.error) return {};
  return complaint_about(outcome.source.get(), *outcome.error);
}

}  // namespace

std::string complaint(std::string_view script) {
  Session session(small_limits());
  std::shared_ptr<const ParsedText> parsed;
  const auto error = session.caught([&] { parsed = session.parse("<fuzz>", std::string(script)); });
  if (error) return complaint_about(nullptr, *error);
  for (const Statement& statement : parsed->statements) {
    if (statement.kind == StatementKind::import) continue;  // reads no files
    Outcome outcome = session.run(parsed, statement);
    std::string wrong = complaint_about(session, outcome);
    if (!wrong.empty()) return wrong;
  }
  parsed = session.parse("<fuzz>", "1 + 1");
  const Outcome last = session.run(parsed, parsed->statements[0]);
  if (last.error || print(session.context(), last.answer.value) != "2") return "1 + 1 is no longer 2";
  return {};
}

}  // namespace nabla::fuzz

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, size_t size) {
  const std::string_view script(reinterpret_cast<const char*>(data), size);
  const std::string wrong = nabla::fuzz::complaint(script);
  if (wrong.empty()) return 0;
  std::fprintf(stderr, "nabla-fuzz: %s\n", wrong.c_str());
  std::abort();
}
