// What went wrong, where, and what to do about it: the one error value of the library.
//
// A Diagnostic names a row of codes.def, a span of the source text (byte offsets) and a message.
// Inside the library it travels as a Failure exception; `session` catches it once and hands it on as
// a value. Nothing in the library prints it: rendering is parser/render.h.
#pragma once

#include <cstdint>
#include <exception>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nabla {

// Half-open range of byte offsets in a source text.
struct Span {
  uint32_t begin = 0;
  uint32_t end = 0;
  friend bool operator==(Span, Span) = default;
};

// One enumerator per row of codes.def, e.g. Code::unknown_name is NB0201.
enum class Code : uint16_t {
#define NB(number, name, exit_status, title, explanation) name,
#include "expr/codes.def"
#undef NB
};

struct CodeInfo {
  Code code;
  uint16_t number;               // 201 for NB0201
  std::string_view name;         // "unknown_name"
  int exit_status;               // 1, 4, 70 or 74; see cli.md
  std::string_view title;        // one line
  std::string_view explanation;  // what `nabla explain` prints: cause, example, remedy
};

const CodeInfo& info(Code code);
const CodeInfo* find_code(std::string_view spelled);  // "NB0201" or "0201"; nullptr if there is none
std::string spelling(Code code);                      // "NB0201"
size_t code_count();
const CodeInfo& code_at(size_t index);

// A second place that belongs to the message, such as the other operand of a shape conflict.
struct Note {
  std::string message;
  Span span;
  bool has_span = false;
};

struct Diagnostic {
  Code code{};
  std::string message;
  Span span;
  bool has_span = false;
  std::vector<Note> notes;
  std::string help;

  int exit_status() const { return info(code).exit_status; }
};

class Failure : public std::exception {
 public:
  explicit Failure(Diagnostic d) : diagnostic(std::move(d)) {}
  Failure(Code code, std::string message, std::string help = {})
      : diagnostic{code, std::move(message), {}, false, {}, std::move(help)} {}
  Failure(Code code, Span span, std::string message, std::string help = {})
      : diagnostic{code, std::move(message), span, true, {}, std::move(help)} {}
  const char* what() const noexcept override { return diagnostic.message.c_str(); }

  Diagnostic diagnostic;
};

}  // namespace nabla
