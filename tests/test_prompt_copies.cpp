// What a person copies out of the terminal is what the language reads: answers are selected on the screen and
// pasted at the prompt again.
#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "terminal.h"
#include "tests/paths.h"

using command::contains;
using command::Folder;
using terminal::Terminal;

namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

bool begins(const std::string& line, const std::string& with) { return line.rfind(with, 0) == 0; }

std::string number(int n) { return "[" + std::to_string(n) + "] "; }

// Of a matrix in two dimensions, which stands where its first row begins.
std::string at_the_margin(std::string text) {
  for (size_t at = text.find("\n "); at != std::string::npos; at = text.find("\n ")) text.erase(at + 1, 1);
  return text;
}

struct Session {
  explicit Session(int columns = 50, const std::string& environment = "NO_COLOR=1",
                   const std::string& before = "")
      : screen(columns, 40, before + paths::binary,
               {"NABLA_HISTORY=" + folder.path("history"), environment}) {
    screen.shows("nabla>");
  }

  // Types a statement and waits for its answer and the next prompt.
  void enter(int n, const std::string& text) {
    screen.enter(text);
    wait(number(n));
  }
  // Waits for a line that begins so, `times` times, and a prompt below it.
  void wait(const std::string& beginning, int times = 1) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (std::chrono::steady_clock::now() < end) {
      int seen = 0;
      for (const std::string& line : lines_of(screen.copied())) {
        if (seen >= times && begins(line, "nabla>")) return;
        seen += begins(line, beginning);
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    FAIL("no '" << beginning << "' in\n" << screen.copied());
  }

  // From the first character of a value, behind "[3] ∂f/∂x = ", to its last: not the lines about it.
  std::string selected(int n, const std::string& name = "") {
    std::string value;
    bool open = false;
    for (const std::string& line : lines_of(screen.copied())) {
      if (begins(line, number(n) + name))  // the last time that it is shown: after :more
        value = line.substr(number(n).size() + name.size());
      else if (open)
        value += "\n" + line;
      const std::string last = value.size() < 3 ? "" : value.substr(value.size() - 3);
      open = last == "⎤" || last == "⎥" || (!value.empty() && value.back() == ';');
    }
    return value;
  }

  // Copies the answer n and pastes it. It gives the next answer, which is the same and looks the same.
  void round_trip(int n, const std::string& name = "", const std::string& wanted = "") {
    const std::string copied = selected(n, name);
    INFO(copied);
    REQUIRE(!copied.empty());
    if (!wanted.empty()) CHECK(copied == wanted);
    for (const std::string& line : lines_of(copied)) CHECK(line.back() != ' ');
    screen.type(function + "(");
    screen.paste(copied);
    screen.enter(")");
    wait(number(n + 1));
    if (contains(screen.screen(), "(:more)")) {
      screen.enter(":more");
      wait(number(n + 1), 2);
    }
    CHECK(at_the_margin(selected(n + 1)) == at_the_margin(copied));
    screen.type("equal($" + std::to_string(n) + ", ");
    screen.paste(copied);
    screen.enter(")");
    wait("proved", ++proofs);
  }

  std::string function;  // that the copy is pasted into
  int proofs = 0;
  Folder folder;
  Terminal screen;
};

}  // namespace

TEST_CASE("answers that wrap are copied as one line", "[prompt]") {
  Session s;
  s.screen.enter("fun q(scalar, scalar) : scalar; fun g(scalar) : scalar; var lambda");
  s.enter(1, "diff(expand((x + y)^6)*sin(lambda), x)");
  s.round_trip(1, "∂(expand((x + y)^6)*sin(lambda))/∂x = ");
  s.enter(3, "diff(sqrt(x)*x^-2*π^x*(lambda + 1), x)");
  s.round_trip(3, "∂(sqrt(x)*x^-2*π^x*(lambda + 1))/∂x = ");
  s.enter(5, "diff(q(g(x)^2, x), x, 2)");
  s.round_trip(5, "∂²q(g(x)^2, x)/∂x² = ");
  s.enter(7, "diff(if x <= 1 and y != 2 then x^2 else sqrt(x + y), x)");
  s.round_trip(7, "∂(…)/∂x = ", "if x ≤ 1 and y ≠ 2 then 2*x else 1/(2*√(x + y))");
}

TEST_CASE("vectors and matrices are copied", "[prompt]") {
  Session s;
  s.screen.enter("dim n; var u, v : vector[n]; param A : matrix[n, n]; var Z : matrix[2, 2] complex");
  s.enter(1, "grad(x^2*y + exp(x*y), [x; y])");
  s.round_trip(1, "", "[y*(2*x + exp(x*y)); x*(x + exp(x*y))]");
  s.enter(3, "grad(norm(A*u)/norm(v) + v'*A^-1*u, u)");
  s.round_trip(3, "∂(norm(A*u)/norm(v) + v'*A^-1*u)/∂u = ");
  s.enter(5, "[sin(u[i])*v[n + 1 - i] for i in 1:n if i != 2]");
  s.round_trip(5);
  s.enter(7, "Zᴴ*[im; 1 - im]");
  s.round_trip(7);
  s.enter(9, "[x, y + 1]");
  s.round_trip(9, "", "[x, y + 1]");
}

TEST_CASE("matrices in two dimensions are copied", "[prompt]") {
  Session s;
  s.enter(1, "hess(x^2*y + exp(y), x, y)");
  s.round_trip(1, "∂²(x^2*y + exp(y))/∂(x, y)² = ",
               "⎡ 2*y  2*x    ⎤\n"
               "                                  ⎣ 2*x  exp(y) ⎦");
  s.enter(3, "jac([x; x*y - 1; y^2 + x], x, y)");
  s.round_trip(3, "∂([x; x*y - 1; y^2 + x])/∂(x, y) = ");
  s.screen.enter(":set format ascii");
  s.enter(5, "[x + 1, 22; sin(x)*cos(y), y]");
  s.round_trip(5, "", "[x + 1,         22;\n     cos(y)*sin(x), y]");
  s.enter(7, "[1; 22]*[3, 4]");
  s.round_trip(7, "", "[3,  4;\n     66, 88]");
}

TEST_CASE("a matrix is drawn where its rows fit behind the number", "[prompt]") {
  Session s(20);
  s.enter(1, "[111111, 2222; 3, 4]");
  CHECK(s.selected(1) == "⎡ 111111  2222 ⎤\n    ⎣ 3       4    ⎦");
  s.enter(2, "[1111111, 2222; 3, 4]");
  CHECK(s.selected(2) == "[1111111, 2222; 3, 4]");
}

TEST_CASE("numbers are copied", "[prompt]") {
  Session s;
  s.function = "eval";
  s.enter(1, "eval([1 + im, -2.5; 1/3, 4e-9])");
  s.round_trip(1, "", "⎡ 1 + im              -2.5  ⎤\n    ⎣ 0.3333333333333333  4e-09 ⎦");
  s.enter(3, "eval(exp([1; 100]))");
  s.round_trip(3);
}

TEST_CASE("what was folded is copied from :more", "[prompt]") {
  Session s;
  s.enter(1, "expand((x + y + z)^20)");
  s.wait("    … ");
  s.screen.enter(":more");
  s.wait(number(1), 2);
  s.round_trip(1);
}

TEST_CASE("copies are read line by line where the terminal can do no more", "[prompt]") {
  Session s(50, "NO_COLOR=1", "TERM=dumb ");
  s.enter(1, "[1, x; y, 4]");
  s.round_trip(1, "", "⎡ 1  x ⎤\n    ⎣ y  4 ⎦");
}

TEST_CASE("answers in other forms have no colours and no line ends of their own", "[prompt]") {
  Session s(50, "COLORTERM=yes");
  s.enter(1, "[x/(x + 1), expand((x + y)^8)]");
  for (const char* command : {":ascii", ":unicode", ":latex", ":cpp", ":python", ":json"}) {
    INFO(command);
    const auto asked_below = [&](bool colors) {
      std::vector<std::string> lines = lines_of(s.screen.copied(colors));
      while (lines.back().empty()) lines.pop_back();
      return lines;
    };
    const size_t before = asked_below(false).size();
    s.screen.enter(command);
    s.wait("nabla> " + std::string(command));
    const std::vector<std::string> plain = asked_below(false);
    std::vector<std::string> colored = asked_below(true);
    if (begins(colored[colored.size() - 2], "\x1b[39m"))
      colored[colored.size() - 2].erase(0, 5);  // of the line above
    CHECK(plain.size() == before + 2);          // the answer, and a prompt
    CHECK(plain[plain.size() - 2] == colored[colored.size() - 2]);
    CHECK(plain[plain.size() - 2].size() > 100);
    CHECK(contains(colored.back(), "\x1b["));  // of the prompt
  }
}
