// Diagnostics as docs/cli.md shows them.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <random>
#include <string>

#include "parser/parse.h"
#include "parser/render.h"
#include "parser/unicode.h"

using namespace nabla;

namespace {

std::string first_error(const std::string& text, const RenderOptions& options = {}) {
  const ParsedText p = parse_statements(make_source("m.nabla", text));
  REQUIRE(!p.errors.empty());
  return render(&p.tree.source(), p.errors[0], options);
}

Diagnostic at(uint32_t begin, uint32_t end, std::string message = "wrong") {
  return {Code::unknown_name, std::move(message), {begin, end}, true, {}, {}};
}

std::string shown(const std::string& text, uint32_t begin, uint32_t end, uint32_t width = 100) {
  const Source source{"f", text};
  std::string out = render(&source, at(begin, end), {false, width});
  return out.substr(out.find('\n') + 1);
}

}  // namespace

TEST_CASE("a diagnostic has its place, line, carets and help") {
  const Source source{"model.nabla", "var x\n\n2*lamda + 1\n"};
  Diagnostic d = at(9, 14, "unknown name 'lamda'");
  d.help = "did you mean 'lambda'?";
  CHECK(render(&source, d) ==
        "model.nabla:3:3: error: unknown name 'lamda' [NB0201]\n"
        "  2*lamda + 1\n"
        "    ^^^^^\n"
        "help: did you mean 'lambda'?\n");
  CHECK(first_error("x = sin(y\n+ (2)\n") ==
        "m.nabla:2:6: error: expected ')' before the end of the text [NB0303]\n"
        "  + (2)\n"
        "       ^\n"
        "note: this '(' is not closed, at 1:8\n"
        "  x = sin(y\n"
        "         ^\n"
        "help: write + (2))\n");
  CHECK(first_error("x = sin(y\n") ==
        "m.nabla:1:10: error: expected ')' before the end of the text [NB0303]\n"
        "  x = sin(y\n"
        "         - ^\n"
        "note: this '(' is not closed, at 1:8\n"
        "help: write x = sin(y)\n");
  CHECK(render(nullptr, Diagnostic{Code::cannot_read, "cannot read 'a'", {}, false, {}, {}}) ==
        "nabla: error: cannot read 'a' [NB0801]\n");
  CHECK(render(&source, Diagnostic{Code::input_too_large, "big", {}, false, {}, {}}) ==
        "model.nabla: error: big [NB0607]\n");
}

TEST_CASE("on a terminal lines break between words") {
  CHECK(wrapped("one two three", 0, 0, 0) == "one two three");
  CHECK(wrapped("one two three", 0, 2, 7) == "one two\n  three");
  CHECK(wrapped("one two three", 4, 2, 7) == "one\n  two\n  three");
  CHECK(wrapped("λλλλ λλ", 0, 0, 7) == "λλλλ λλ");
  CHECK(wrapped("unbreakable", 0, 2, 5) == "unbreakable");
  CHECK(wrapped("a unbreakable b", 0, 2, 5) == "a\n  unbreakable\n  b");
  CHECK(wrapped("", 3, 3, 10) == "");
  const Source source{"m", "x*y"};
  Diagnostic d = at(1, 2, "the product of two columns is none");
  d.help = "write x'*y for the scalar product";
  RenderOptions options;
  options.columns = 30;
  CHECK(render(&source, d, options) ==
        "m:1:2: error: the product of\n"
        "    two columns is none\n"
        "    [NB0201]\n"
        "  x*y\n"
        "   ^\n"
        "help: write x'*y for the\n"
        "      scalar product\n");
}

TEST_CASE("carets stand under wide characters, tabs and marks") {
  CHECK(shown("a + b", 4, 5) == "  a + b\n      ^\n");
  CHECK(shown("\tx + y", 5, 6) == "      x + y\n          ^\n");
  CHECK(shown("变量 + y", 9, 10) == "  变量 + y\n         ^\n");  // two columns each
  CHECK(shown("变量 + y", 0, 6) == "  变量 + y\n  ^^^^\n");
  CHECK(shown("e\u0301 + y", 6, 7) == "  e\u0301 + y\n      ^\n");  // a combining mark has none
  CHECK(shown("λ + y", 0, 2) == "  λ + y\n  ^\n");
  CHECK(shown("x +", 3, 3) == "  x +\n     ^\n");          // behind the end
  CHECK(shown("x + y\nz", 4, 7) == "  x + y\n      ^\n");  // to the end of its line
  CHECK(shown("a\xff + b", 1, 2) == "  a\uFFFD + b\n   ^\n");
  CHECK(shown(std::string("a\0b\x1b", 4), 1, 2) == "  a\uFFFDb\uFFFD\n   ^\n");
  CHECK(shown("", 0, 0) == "");
}

TEST_CASE("positions count code points and know all line ends") {
  const std::string text =
      "\xEF\xBB\xBF"
      "a\nλb\r\nc\rd";
  const LineIndex lines(text);
  CHECK(lines.line_count() == 4);
  CHECK(lines.position(3) == Position{1, 1});
  CHECK(lines.position(0) == Position{1, 1});
  CHECK(lines.position(7) == Position{2, 2});
  CHECK(lines.position(10) == Position{3, 1});
  CHECK(lines.position(12) == Position{4, 1});
  CHECK(lines.position(13) == Position{4, 2});
  CHECK(lines.line_span(2) == Span{5, 8});
}

TEST_CASE("of a long line a window is shown") {
  std::string text = "x0";
  for (int i = 1; i < 200'000; ++i) text += " + x" + std::to_string(i % 10);
  const auto middle = static_cast<uint32_t>(text.find('x', 500'000));
  const std::string out = shown(text, middle, middle + 2);
  CHECK(out.size() < 300);
  CHECK(out.substr(0, 5) == "  …");
  const size_t line_end = out.find('\n');
  const std::string carets = out.substr(line_end + 1);
  const size_t caret = carets.find('^');
  // '…' is one column but three bytes.
  CHECK(out.substr(caret + 2, 2) == text.substr(middle, 2));
  CHECK(shown(text, middle, middle + 100'000).size() < 400);
  CHECK(shown(text, 0, 2).substr(0, 4) == "  x0");
  const std::string wide(90, 'a');
  CHECK(shown(wide, 89, 90) == "  " + wide + "\n" + std::string(91, ' ') + "^\n");
}

TEST_CASE("a window is no wider than was asked for") {
  const std::string text = "0123456789abcdefghij";
  CHECK(shown(text, 10, 11, 20) == "  0123456789abcdefghij\n            ^\n");
  CHECK(shown(text, 3, 4, 18) == "  0123456789abcdefgh…\n     ^\n");
  CHECK(shown(text, 10, 11, 18) == "  …123456789abcdefghi…\n            ^\n");
  CHECK(shown(text, 19, 20, 18) == "  …abcdefghij\n            ^\n");
}

TEST_CASE("colour marks the same text") {
  const std::string plain = first_error("1/2x");
  std::string colored = first_error("1/2x", {true, 100});
  CHECK(colored.find("\x1b[1;31merror: \x1b[0m") != std::string::npos);
  for (size_t i; (i = colored.find('\x1b')) != std::string::npos;) {
    colored.erase(i, colored.find('m', i) - i + 1);
  }
  CHECK(colored == plain);
}

TEST_CASE("json lines") {
  const Source source{"m", "λ + lamda\n"};
  Diagnostic d = at(5, 10, "unknown name 'lamda'");
  d.help = "did you mean 'lambda'?";
  CHECK(failure_line(1, &source, d) ==
        "{\"line\":1,\"ok\":false,\"error\":{\"code\":\"NB0201\",\"message\":\"unknown name 'lamda'\","
        "\"line\":1,\"column\":5,\"length\":5,\"help\":\"did you mean 'lambda'?\"}}");
  d.notes.push_back({"here", {0, 2}, true});
  CHECK(diagnostic_line(&source, d) ==
        "{\"file\":\"m\",\"code\":\"NB0201\",\"message\":\"unknown name 'lamda'\",\"line\":1,\"column\":5,"
        "\"length\":5,\"help\":\"did you mean 'lambda'?\",\"notes\":[{\"message\":\"here\",\"line\":1,"
        "\"column\":1,\"length\":1}]}");
}

TEST_CASE("whatever the source holds, the output is valid and plain") {
  std::mt19937 random(3);
  for (int round = 0; round < 3000; ++round) {
    std::string text;
    const size_t length = random() % 60;
    for (size_t i = 0; i < length; ++i) text += static_cast<char>(random() % 256);
    const auto begin = static_cast<uint32_t>(random() % (length + 1));
    const auto end = begin + static_cast<uint32_t>(random() % (length - begin + 1));
    const Source source{text.substr(0, 5), text};
    const std::string out = render(&source, at(begin, end, text), {false, 20});
    REQUIRE(valid_utf8(out) == out);
    for (const char c : out) REQUIRE((c == '\n' || static_cast<unsigned char>(c) >= 0x20));
    CHECK_NOTHROW(nlohmann::json::parse(diagnostic_line(&source, at(begin, end, text))));
  }
}
