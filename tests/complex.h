// A session with complex names, for tests.
#pragma once

#include <catch2/catch.hpp>
#include <string>

#include "expr/print.h"
#include "session/session.h"

namespace nabla::test {

inline const char* const complex_declarations =
    "dim n, m; var z, w : scalar complex; var u, v : vector[n] complex; var X : matrix[n, n] complex; "
    "var Z : matrix[n, m] complex; param A, B : matrix[n, n] complex; param b : vector[n] complex; "
    "var x, y : scalar; var r : vector[n]; param R : matrix[n, n]; param k : scalar integer";

struct ComplexWork {
  explicit ComplexWork(const char* declarations = complex_declarations) : session(options()) {
    run(declarations);
  }

  static SessionOptions options() {
    SessionOptions o;
    o.implicit_scalars = false;
    o.keep_everything = true;
    return o;
  }

  Outcome run(const std::string& text) {
    const auto parsed = session.parse("<test>", text);
    Outcome last;
    for (const Statement& s : parsed->statements) last = session.run(parsed, s);
    return last;
  }

  std::string answer(const std::string& text) {
    const Outcome out = run(text);
    if (out.error) return spelling(out.error->code) + " " + out.error->message;
    if (out.answer.kind == AnswerKind::numbers) return numbers_text(out.answer.numbers);
    return out.answer.kind == AnswerKind::expression ? print(session.context(), out.answer.value, ascii())
                                                     : out.answer.text;
  }

  Ref value(const std::string& text) {
    const Outcome out = run(text);
    INFO(text);
    if (out.error) INFO(out.error->message);
    REQUIRE(!out.error);
    return out.answer.value;
  }

  static PrintOptions ascii() {
    PrintOptions options;
    options.share = false;
    return options;
  }

  // The text reads back as the expression it was printed from.
  void check_round_trip(Ref e) {
    for (const Format format : {Format::ascii, Format::unicode}) {
      PrintOptions options = ascii();
      options.format = format;
      const std::string text = print(session.context(), e, options);
      INFO(text);
      CHECK(value(text) == e);
    }
  }

  Session session;
};

inline void check_proved(const std::string& left, const std::string& right) {
  ComplexWork work;
  INFO(left << " == " << right);
  CHECK(work.answer("equal(" + left + ", " + right + ")") == "proved");
}

}  // namespace nabla::test
