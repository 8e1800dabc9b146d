// Every line of bad_input.txt is an input that must fail with the stated code, column and message.
//
// Columns, separated by tabs: code, column (in code points, of the line the error is on), message, input. In
// the input \n is a newline, \t a tab, \\ a backslash, \xHH a byte, and \{text*N} is N times the text.
#include <catch2/catch.hpp>
#include <chrono>
#include <fstream>
#include <sstream>

#include "parser/render.h"
#include "session/session.h"
#include "tests/paths.h"

using namespace nabla;

namespace {

struct Row {
  int line = 0;
  std::string code, column, message, input;
};

std::string unescaped(const std::string& text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      out += text[i];
      continue;
    }
    const char c = text[++i];
    if (c == 'n') out += '\n';
    if (c == 't') out += '\t';
    if (c == '\\') out += '\\';
    if (c == 'x') {
      out += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16));
      i += 2;
    }
    if (c == '{') {
      const size_t star = text.find('*', i + (text[i + 1] == '*' ? 2 : 1)), end = text.find('}', star);
      const int times = std::stoi(text.substr(star + 1, end - star - 1));
      for (int k = 0; k < times; ++k) out += text.substr(i + 1, star - i - 1);
      i = end;
    }
  }
  return out;
}

std::vector<Row> rows() {
  std::ifstream file(std::string(paths::source) + "/tests/bad_input.txt");
  std::vector<Row> list;
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    if (line.empty() || line[0] == '#') continue;
    Row r;
    r.line = number;
    std::istringstream cells(line);
    std::getline(cells, r.code, '\t');
    std::getline(cells, r.column, '\t');
    std::getline(cells, r.message, '\t');
    std::getline(cells, r.input);
    list.push_back(r);
  }
  return list;
}

constexpr const char* preamble =
    "dim n, m; var u, v : vector[n]; var w : vector[3]; var A : matrix[n, m]; var M : matrix[n, n]\n"
    "var S : matrix[n, n] symmetric; param k : scalar integer; fun g(scalar) : scalar; f(x) = x^2\n";

std::optional<Diagnostic> first_error(Session& session, const std::shared_ptr<const ParsedText>& text) {
  for (const Statement& s : text->statements) {
    const Outcome o = session.run(text, s);
    if (o.error) return o.error;
  }
  return std::nullopt;
}

}  // namespace

TEST_CASE("bad input fails with the stated message, code and column", "[bad_input]") {
  const auto list = rows();
  CHECK(list.size() >= 150);
  for (const Row& r : list) {
    INFO("bad_input.txt:" << r.line << ": " << r.input.substr(0, 200));
    Session session;
    REQUIRE_FALSE(first_error(session, session.parse("<preamble>", preamble)));
    const auto start = std::chrono::steady_clock::now();
    const auto text = session.parse("<expr>", unescaped(r.input));
    const auto error = first_error(session, text);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    REQUIRE(error);
    CHECK(spelling(error->code).substr(2) == r.code);
    CHECK(error->message == r.message);
    CHECK(error->exit_status() != 0);
    const Position place = LineIndex(text->tree.source().text).position(error->span.begin);
    CHECK(std::to_string(place.column) == r.column);
    CHECK(seconds < 5);  // a hang, not a measurement
    // The session is as usable as before.
    CHECK_FALSE(first_error(session, session.parse("<expr>", "M*u + v")));
  }
}
