// The prompt in a real terminal. Expected screens are written by hand from docs/cli.md and mathematics.
#include <catch2/catch.hpp>
#include <chrono>
#include <string>

#include "terminal.h"
#include "tests/paths.h"

using command::contains;
using command::Folder;
using terminal::Terminal;

namespace {

struct Session {
  explicit Session(int columns = 60, int rows = 20, const std::string& more = "")
      : folder(),
        screen(columns, rows, std::string(paths::binary) + more,
               {"NABLA_HISTORY=" + folder.path("history"), "NO_COLOR=1"}) {
    start = screen.shows("nabla>");
  }
  void type_tab(const std::string& text) {
    screen.type(text);
    screen.key("Tab");
  }
  Folder folder;
  Terminal screen;
  std::string start;
};

size_t count(const std::string& text, const std::string& part) {
  size_t n = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
  return n;
}

}  // namespace

TEST_CASE("answers are numbered and can be spoken of", "[prompt]") {
  Session s;
  s.screen.enter("diff(x^3, x)");
  s.screen.enter("$1 + 1");
  s.screen.enter("2*ans");
  s.screen.enter("$4");
  const std::string wanted =
      "nabla> diff(x^3, x)\n"
      "[1] ∂(x^3)/∂x = 3*x²\n"
      "    real: x\n"
      "nabla> $1 + 1\n"
      "[2] 3*x² + 1\n"
      "nabla> 2*ans\n"
      "[3] 6*x² + 2\n"
      "nabla> $4\n"
      "<stdin>:4:1: error: there is no answer '$4' [NB0201]\n"
      "  $4\n"
      "  ^^\n"
      "help: the prompt numbers its answers: [1] is $1\n"
      "nabla>\n";
  CHECK(s.screen.settled(wanted) == wanted);
}

TEST_CASE("a definition that failed leaves its letter as it was", "[prompt]") {
  Session s;
  s.screen.enter("diff(x^2, x)");
  s.screen.enter("x = y = 2");
  s.screen.enter("x + 1");
  s.screen.enter("width = 1/");
  s.screen.enter("width + 1");
  CHECK(contains(s.screen.shows("mend that"), "nabla> x + 1\n[2] x + 1\n"));
  // Not so in lines that are pasted together: they were not written by someone who saw the first one fail.
  s.screen.paste("z = 1/\nz + 1");
  s.screen.key("Enter");
  CHECK(contains(s.screen.shows("'z' is not known"), "'z' is not known: the definition"));
}

TEST_CASE("an answer keeps its conditions", "[prompt]") {
  Session s;
  s.screen.enter("x/x");
  s.screen.enter("$1 + y/y");
  const std::string wanted =
      "nabla> x/x\n"
      "[1] 1\n"
      "    where x ≠ 0 · real: x\n"
      "nabla> $1 + y/y\n"
      "[2] 2\n"
      "    where x ≠ 0, y ≠ 0 · real: y\n"
      "nabla>\n";
  CHECK(s.screen.settled(wanted) == wanted);
}

TEST_CASE("a statement goes on until it is whole", "[prompt]") {
  Session s;
  s.screen.enter("[1, 2;");
  s.screen.enter("x, y]");
  const std::string wanted =
      "nabla> [1, 2;\n"
      "  ...> x, y]\n"
      "[1] ⎡ 1  2 ⎤\n"
      "    ⎣ x  y ⎦\n"
      "    matrix[2, 2] · real: x, y\n"
      "nabla>\n";
  CHECK(s.screen.settled(wanted) == wanted);
  s.screen.key("Up");  // comes back as a whole
  CHECK(contains(s.screen.shows("nabla> [1, 2;\n  ...> x, y]\n"), "nabla> [1, 2;\n  ...> x, y]\n"));
  CHECK(contains(s.folder.read("history"), "[1, 2;\\nx, y]\n"));
  s.screen.key("C-c");
  s.screen.enter("diff(sin(");
  s.screen.enter("2*x");
  s.screen.enter(" ), x)");
  CHECK(contains(s.screen.shows("[2] "), "[2] ∂sin(2*x)/∂x = 2*cos(2*x)\n"));
}

TEST_CASE("long lines wrap and are edited in place", "[prompt]") {
  Session s(20, 12);
  s.screen.type("aaaaaaaaaabbbbbbbbbb");
  CHECK(s.screen.settled("nabla> aaaaaaaaaabbb\nbbbbbbb\n") == "nabla> aaaaaaaaaabbb\nbbbbbbb\n");
  CHECK(s.screen.cursor() == "1 7");
  s.screen.key("C-a");
  s.screen.type("12");
  CHECK(s.screen.settled("nabla> 12aaaaaaaaaab\nbbbbbbbbb\n") == "nabla> 12aaaaaaaaaab\nbbbbbbbbb\n");
  CHECK(s.screen.cursor() == "0 9");
  s.screen.key("C-k");
  CHECK(s.screen.settled("nabla> 12\n") == "nabla> 12\n");
  s.screen.key("C-y");
  s.screen.key("C-w");
  CHECK(s.screen.settled("nabla>\n") == "nabla>\n");
  // A line that ends where the screen does has its cursor in the next row.
  s.screen.type("1234567890123");
  CHECK(s.screen.settled("nabla> 1234567890123\n") == "nabla> 1234567890123\n");
  CHECK(s.screen.cursor() == "1 0");
  s.screen.key("Enter");  // and the answer stands there
  const std::string answered = "nabla> 1234567890123\n[1] 1234567890123\nnabla>\n";
  CHECK(s.screen.settled(answered) == answered);
  s.screen.type("1234567890123");
  s.screen.key("C-c");
  CHECK(contains(s.screen.shows("^C"), "nabla> 1234567890123\n^C\nnabla>\n"));
}

TEST_CASE("messages break between words, and not where they go into a file", "[prompt]") {
  Session s(50, 20);
  s.screen.enter("var u, v : vector[3]");
  s.screen.enter("u*v");
  const std::string wanted =
      "nabla> var u, v : vector[3]\n"
      "nabla> u*v\n"
      "<stdin>:2:3: error: '*' is the matrix product,\n"
      "    which two columns do not have: 'u' is\n"
      "    vector[3], 'v' is vector[3] [NB0406]\n"
      "  u*v\n"
      "  - ^\n"
      "help: write u'*v (a scalar), u*v' (a matrix) or u\n"
      "      .* v (entry by entry)\n"
      "nabla>\n";
  CHECK(s.screen.settled(wanted) == wanted);
}

TEST_CASE("wide and combining characters take the columns that they take", "[prompt]") {
  Session s(20, 6);
  s.screen.type("λ + 字");  // one column and two
  CHECK(contains(s.screen.shows("λ + 字"), "nabla> λ + 字\n"));
  CHECK(s.screen.cursor() == "0 13");
  s.screen.key("BSpace");
  s.screen.type("e\xCC\x81x");  // e with a combining acute accent: one column
  CHECK(contains(s.screen.shows("x"), "nabla> λ + e\xCC\x81x\n"));
  CHECK(s.screen.cursor() == "0 13");
  s.screen.key("BSpace");
  s.screen.key("BSpace");
  CHECK(s.screen.settled("nabla> λ +\n") == "nabla> λ +\n");
  CHECK(s.screen.cursor() == "0 11");
  // A wide character without room in the last column goes to the next row.
  s.screen.type("12345678字");
  CHECK(s.screen.settled("nabla> λ + 12345678\n字\n") == "nabla> λ + 12345678\n字\n");
}

TEST_CASE("Tab completes names, functions, commands and symbols", "[prompt]") {
  Session s;
  s.screen.enter("var weight : vector[3]");
  s.type_tab("softp");
  s.type_tab("wei");
  CHECK(contains(s.screen.shows("softplus(weight"), "nabla> softplus(weight\n"));
  s.screen.key("C-u");
  s.type_tab("\\alph");
  s.type_tab(" \\le");
  CHECK(contains(s.screen.shows("α ≤"), "nabla> α ≤\n"));
  s.screen.key("C-u");
  s.type_tab(":va");
  CHECK(contains(s.screen.shows(":vars"), "nabla> :vars\n"));
  s.screen.key("C-u");
  s.type_tab("asi");
  CHECK(contains(s.screen.shows("asin"), "nabla> asin\n"));
  s.screen.key("Tab");  // what it may be
  CHECK(contains(s.screen.shows("asinh("), "nabla> asin\nasin(   asinh(\n"));
  s.screen.type("h");  // the list goes
  CHECK(contains(s.screen.settled("nabla> var weight : vector[3]\nnabla> asinh\n"), "nabla> asinh\n"));
}

TEST_CASE("Tab completes settings, codes and the names of files", "[prompt]") {
  Session s;
  s.folder.write("lagrange.nabla", "3 + 4\n");
  s.type_tab(":set fo");
  s.type_tab(" l");
  CHECK(contains(s.screen.shows(":set format latex"), "nabla> :set format latex\n"));
  s.screen.key("C-u");
  s.type_tab(":set quiet ");
  s.screen.key("Tab");  // what it may be
  CHECK(contains(s.screen.shows("off  on"), "nabla> :set quiet o\noff  on\n"));
  s.screen.key("C-u");
  s.type_tab(":explain NB04");
  s.screen.key("Tab");
  CHECK(contains(s.screen.shows("NB0411"), "NB0411"));
  s.screen.key("C-u");
  s.type_tab(":load " + s.folder.path("lag"));
  s.screen.key("Enter");
  CHECK(contains(s.screen.shows("[1] 7"), "[1] 7\n"));
}

TEST_CASE("Ctrl-C drops a line, stops a computation and keeps the session", "[prompt]") {
  Session s;
  s.screen.enter("a = 7");
  s.screen.type("no matter what");
  s.screen.key("C-c");
  CHECK(contains(s.screen.shows("^C"), "nabla> no matter what^C\n"));
  const double before = s.screen.cpu_seconds();
  s.screen.enter("diff(exp(sin(x*y)*cos(x^2*y))/(1 + tan(x*y)^3), x, 64)");
  s.screen.works(before, 0.1);
  const double begin = s.screen.cpu_seconds();
  CHECK(begin - before < 5);  // it has been seen at work
  s.screen.key("C-c");
  const std::string stopped = s.screen.shows("[NB0604]");
  INFO(stopped);
  CHECK(contains(stopped, "[NB0604]"));
  // In a tenth of a second; what it did before the key came through is counted too.
  CHECK(s.screen.cpu_seconds() - begin < 1);
  s.screen.enter("a + 1");
  CHECK(contains(s.screen.shows("[1] 8"), "[1] 8\n"));
  s.screen.key("C-d");
  CHECK(s.screen.exit_status() == "4");  // of the statement that was stopped
}

TEST_CASE("Ctrl-R searches what was typed before", "[prompt]") {
  Session s;
  s.screen.enter("sin(1)");
  s.screen.enter("cos(2)");
  s.screen.enter("sin(3)");
  s.screen.shows("[3]");
  s.screen.key("C-r");
  s.screen.type("sin");
  CHECK(contains(s.screen.shows("(search) 'sin': sin(3)"), "(search) 'sin': sin(3)"));
  s.screen.key("C-r");
  CHECK(contains(s.screen.shows("(search) 'sin': sin(1)"), "(search) 'sin': sin(1)"));
  s.screen.key("Enter");
  CHECK(contains(s.screen.shows("[4] sin(1)"), "[4] sin(1)"));
  s.screen.key("C-r");
  s.screen.type("none");
  CHECK(contains(s.screen.shows("(no such entry) 'none': "), "(no such entry) 'none'"));
  s.screen.key("C-g");
  s.screen.enter("5");
  CHECK(contains(s.screen.shows("[5] 5"), "[5] 5"));
  // Another session finds them.
  CHECK(s.folder.read("history") == "sin(1)\ncos(2)\nsin(3)\nsin(1)\n5\n");
}

TEST_CASE("the line follows the size of the terminal", "[prompt]") {
  Session s(40, 10);
  s.screen.type("1 + 2 + 3 + 4 + 5 + 6 + 7");
  s.screen.shows("+ 7");
  s.screen.resize(20, 10);
  CHECK(s.screen.settled("nabla> 1 + 2 + 3 + 4\n + 5 + 6 + 7\n") == "nabla> 1 + 2 + 3 + 4\n + 5 + 6 + 7\n");
  s.screen.resize(50, 10);
  CHECK(s.screen.settled("nabla> 1 + 2 + 3 + 4 + 5 + 6 + 7\n") == "nabla> 1 + 2 + 3 + 4 + 5 + 6 + 7\n");
  s.screen.key("Enter");
  CHECK(contains(s.screen.shows("[1] 28"), "[1] 28"));
}

TEST_CASE("a thousand lines are pasted at once", "[prompt]") {
  Session s(60, 20);
  std::string text;
  for (int i = 1; i <= 1000; ++i) text += "a" + std::to_string(i) + " = " + std::to_string(i) + "*x\n";
  s.screen.paste(text);
  s.screen.shows("a1000 = 1000*x");
  s.screen.key("Enter");
  s.screen.enter("a1000 + a1");
  CHECK(contains(s.screen.shows("[1] 1001*x", 60), "[1] 1001*x\n"));
  CHECK(s.folder.read("history").substr(0, 20) == "a1 = 1*x\\na2 = 2*x\\n");
}

TEST_CASE("text that is typed while the engine works is kept", "[prompt]") {
  Session s;
  s.screen.enter("sum(sin(k*x) for k in 1:3)\n1+1\n2+2");
  CHECK(contains(s.screen.shows("[3] 4"), "[2] 2\n"));
  CHECK(count(s.screen.screen(), "nabla> 1+1") == 1);
}

TEST_CASE("Ctrl-Z goes to the shell, and fg comes back to the line", "[prompt]") {
  const Folder folder;
  Terminal screen(60, 12, "PS1='shell> ' bash --norc");
  screen.shows("shell>");
  screen.enter(std::string(paths::binary));
  screen.shows("nabla>");
  screen.type("1 + 41");
  screen.key("C-z");
  screen.shows("Stopped");
  screen.enter("fg");
  screen.key("Enter");
  CHECK(contains(screen.shows("[1] 42"), "[1] 42\n"));
}

TEST_CASE("plain lines where the terminal can do no more", "[prompt]") {
  const Folder folder;
  Terminal screen(60, 12, "TERM=dumb " + std::string(paths::binary));
  screen.shows("nabla>");
  screen.enter("x + x");
  CHECK(contains(screen.shows("[1] 2*x"), "[1] 2*x"));
  screen.type("lost");
  screen.key("C-c");
  screen.enter("(1 +");
  screen.enter("2)");
  CHECK(contains(screen.shows("[2] 3"), "[2] 3"));
  screen.key("C-d");
  CHECK(screen.exit_status() == "0");
}

TEST_CASE("commands of the prompt", "[prompt]") {
  Session s(70, 40);
  SECTION("names come and go") {
    s.screen.enter("var S : matrix[2, 2] spd; param p > 0; dim n >= 2; fun g(scalar) : scalar");
    s.screen.enter("f(t) = t^2 + 1");
    s.screen.enter("f(3)");
    s.screen.enter(":undo");
    s.screen.enter(":undo");
    s.screen.enter(":vars");
    const std::string wanted =
        "[1] 10\n"
        "nabla> :undo\n"
        "    undone: f(3)\n"
        "nabla> :undo\n"
        "    undone: f(t) = t^2 + 1\n"
        "nabla> :vars\n"
        "var S : matrix[2, 2] spd\n"
        "param p > 0\n"
        "dim n >= 2\n"
        "fun g(scalar) : scalar\n"
        "nabla>\n";
    CHECK(contains(s.screen.shows(wanted), wanted));
    s.screen.enter("f(3)");
    CHECK(contains(s.screen.shows("unknown function 'f'"), "unknown function 'f'"));
    s.screen.enter("1 + 1");
    CHECK(contains(s.screen.shows("[1] 2"), "[1] 2\n"));
  }
  SECTION("the last answer in other forms") {
    s.screen.enter("diff(sqrt(x), x)");
    for (const char* command : {":latex", ":cpp", ":ascii", ":json"}) s.screen.enter(command);
    const std::string shown = s.screen.shows("\"line\"");
    CHECK(contains(shown, "nabla> :latex\n\\frac{1}{2 \\sqrt{x}}\n"));
    CHECK(contains(shown, "std::sqrt(x)"));
    CHECK(contains(shown, "nabla> :ascii\n1/(2*sqrt(x))\n"));
    CHECK(contains(shown, "\"ok\":true,\"kind\":\"expr\""));
  }
  SECTION("what was said is saved and read again") {
    const std::string file = s.folder.path("saved.nabla");
    s.screen.enter("diff(x^3, x)");
    s.screen.enter("wrong wrong");
    s.screen.enter("$1 + ans");
    s.screen.enter(":save " + file);
    CHECK(contains(s.screen.shows("2 statements in"), "2 statements in"));
    CHECK(s.folder.read("saved.nabla") == "answer_1 = diff(x^3, x)\nanswer_1\nanswer_1 + answer_1\n");
    s.screen.enter(":load " + file);
    CHECK(contains(s.screen.shows("[4]"), "[4] 6*x²\n"));
  }
  SECTION("steps of the last answer, and of a statement") {
    s.screen.enter("x^2");
    s.screen.enter("diff(ans^2, x)");
    s.screen.enter(":steps");
    const std::string wanted =
        "nabla> :steps\n"
        "∂(x⁴)/∂x = 4*x³  [power rule]\n"
        "= 4*x³\n"
        "nabla>\n";
    CHECK(contains(s.screen.shows(wanted), wanted));
    s.screen.enter(":steps full diff(cos(x), x)");
    CHECK(contains(s.screen.shows("∂cos"),
                   "∂cos(x)/∂x = -sin(x)  [derivative of cos: d cos(x) = -sin(x) .* dx]\n"));
  }
  SECTION("a file that loads itself") {
    const std::string file =
        s.folder.write("circle.nabla", "1 + 1\n:load " + s.folder.path("circle.nabla") + "\n");
    s.screen.enter(":set quiet on");
    s.screen.enter(":load " + file);
    CHECK(contains(s.screen.shows("deep"), "error: commands inside of commands, more than 20 deep\n"));
    s.screen.enter("2 + 2");
    CHECK(contains(s.screen.shows("] 4"), "] 4\n"));
  }
  SECTION("help") {
    s.screen.enter("?sin");
    s.screen.enter(":help grad");
    s.screen.enter("h(t) = t^2");
    s.screen.enter("?h");
    s.screen.enter(":help :cookbook");
    s.screen.enter(":hlep");
    const std::string shown = s.screen.shows("did you mean");
    CHECK(contains(shown, "nabla> ?sin\nsin(x)\n"));
    CHECK(contains(shown, "grad(e, x)\n"));
    CHECK(contains(shown, "nabla> ?h\nh(t) = t^2\n"));
    CHECK(contains(shown, "\n:cookbook [NUMBER | WORDS | FORMULA]\n" + std::string(28, ' ') + "identities"));
    CHECK(contains(shown, "error: unknown command ':hlep'\nhelp: did you mean ':help'?\n"));
  }
  SECTION("settings") {
    s.screen.enter(":set format latex");
    s.screen.enter("x^2/2");
    CHECK(contains(s.screen.shows("\\frac"), "\n\\frac{x^{2}}{2}\n"));
    s.screen.enter(":set format ascii");
    s.screen.enter(":set timeout 0.2");
    s.screen.enter("diff(exp(sin(x*y)*cos(x^2*y))/(1 + tan(x*y)^3), x, 64)");
    CHECK(contains(s.screen.shows("[NB0605]"), "the time limit was reached"));
    s.screen.enter(":set timeout off");
    s.screen.enter("diff(x^2, x)");
    CHECK(contains(s.screen.shows("[2]"), "[2] d(x^2)/dx = 2*x\n"));
    s.screen.enter(":quit");
    CHECK(s.screen.exit_status() == "4");
  }
}

TEST_CASE("long answers are folded", "[prompt]") {
  Session s(40, 30);
  s.screen.enter("expand((x + y + z)^24)");
  const std::string shown = s.screen.shows("(:more)");
  CHECK(contains(shown, " more characters (:more)\n"));
  CHECK(count(shown, "\n") < 24);
  s.screen.enter(":more");
  s.screen.shows("nabla>");
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  CHECK(contains(s.screen.history(), "z²⁴"));
}
