// The command as a user meets it: the built binary, its exit status, its two channels, its files.
// Expected values: docs/cli.md, and mathematics.
#include <catch2/catch.hpp>
#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "command.h"
#include "tests/paths.h"

using command::contains;
using command::Folder;
using command::nabla;
using command::Result;
using nlohmann::json;

namespace {

Result evaluate(const std::string& statement) { return nabla({"-e", statement}); }

std::vector<json> json_lines(const std::string& text) {
  std::vector<json> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(json::parse(line));
  return lines;
}

constexpr const char* small_model = "var x, y\nf(x, y) = x^2*sin(y)\nderive f wrt x, y : value, grad\n";

}  // namespace

TEST_CASE("a statement prints one line and exits with 0", "[cli]") {
  const Result r = evaluate("diff(x^3 + sin(x), x)");
  CHECK(r.status == 0);
  CHECK(r.out == "3*x^2 + cos(x)\n");
  CHECK(r.err.empty());
  const Result several = nabla({"-e", "var q; param a", "-e", "f(t) = t^2", "-e", "f(a + q)", "-e", "a*q"});
  CHECK(several.status == 0);
  CHECK(several.out == "(a + q)^2\na*q\n");
}

TEST_CASE("what is raised in LaTeX stands in braces and parentheses", "[cli]") {
  const std::string let = "dim n; var A, B : matrix[n, n]";
  const Result r = nabla({"--format", "latex", "--let", let, "-e", "pinv(A + B)", "-e", "pinv(A)'"});
  CHECK(r.out == "{\\left(A + B\\right)^{+}}\n{A^{+}}^{\\top}\n");
}

TEST_CASE("each class of failure has its exit status", "[cli]") {
  SECTION("1: wrong input") {
    for (const char* text : {"x +", "lamda*2", "sni(x)", "1/0", "x*", "var in", "diff()"}) {
      const Result r = evaluate(text);
      INFO(text);
      CHECK(r.status == 1);
      CHECK(r.out.empty());
      CHECK(r.err.substr(0, 7) == "<expr>:");
      CHECK(contains(r.err, ": error: "));
    }
  }
  SECTION("2: wrong command line") {
    const std::vector<std::vector<std::string>> wrong = {{"frob"},
                                                         {"--bogus"},
                                                         {"-e"},
                                                         {"diff"},
                                                         {"diff", "x", "y"},
                                                         {"-e", "x", "--format", "xml"},
                                                         {"limits", "--wrt", "x"},
                                                         {"-e", "x", "--timeout", "-1"},
                                                         {"gen", "m.nabla"},
                                                         {"explain", "NB9999"},
                                                         {"diff", "x", "--order", "two"},
                                                         {"-e", "x", "--wrt", "x"},
                                                         {"diff", "x", "--wrt", "x", "--wrt", "y"}};
    for (const auto& arguments : wrong) {
      const Result r = nabla(arguments);
      INFO(arguments.back());
      CHECK(r.status == 2);
      CHECK(r.out.empty());
      CHECK(r.err.substr(0, 14) == "nabla: error: ");
    }
  }
  SECTION("4: an honest cannot") {
    const std::vector<std::vector<std::string>> cannot = {
        {"taylor", "sin(x)", "--wrt", "x", "--at", "0", "--order", "5"},
        {"limit", "sin(x)/x", "--wrt", "x", "--at", "0"},
        {"minimize", "m.nabla", "--method", "bfgs"},
        {"plot", "sin(x)"},
        {"trace", "m.nabla", "--at", "v.json"},
        {"-e", "taylor(sin(x), x = 0, 3)"},
        {"-e", "limit(sin(x)/x, x = 0)"},
        {"-e", "stable(log(1 + x))"}};
    for (const auto& arguments : cannot) {
      const Result r = nabla(arguments);
      INFO(arguments[0] << " " << arguments.back());
      CHECK(r.status == 4);
      CHECK(r.out.empty());
      CHECK(contains(r.err, "not yet available [NB0702]"));
    }
  }
  SECTION("74: files") {
    CHECK(nabla({"run", "/nonexistent/file.nabla"}).status == 74);
    CHECK(nabla({"run", "/"}).status == 74);
    CHECK(nabla({"check", "/nonexistent/file.nabla"}).status == 74);
    const Folder folder;
    const std::string model = folder.write("m.nabla", small_model);
    CHECK(nabla({"gen", model, "-o", "/nonexistent/folder/m.h"}).status == 74);
    CHECK(nabla({"-e", "import \"/nonexistent.nabla\""}).status == 74);
  }
}

TEST_CASE("a standard output that is full is an error", "[cli]") {
  const std::string shell = std::string(paths::binary) + " -e 'x + 1' > /dev/full";
  const Result r = command::run({"/bin/sh", "-c", shell});
  CHECK(r.status == 74);
  CHECK(contains(r.err, "[NB0802]"));
  const Folder folder;
  const std::string model = folder.write("m.nabla", small_model), out = folder.path("m.h");
  const std::string closed = std::string(paths::binary) + " gen " + model + " -o " + out + " --report >&-";
  CHECK(command::run({"/bin/sh", "-c", closed}).status == 74);
  CHECK_FALSE(contains(folder.read("m.h"), "numbers at"));
}

TEST_CASE("a script stops at the first error, or goes on when told to", "[cli]") {
  const std::string script = "x + 1\n1/0\ny + 2\n";
  const Result stops = nabla({}, script);
  CHECK(stops.status == 1);
  CHECK(stops.out == "x + 1\n");
  CHECK(contains(stops.err, "<stdin>:2:3: error:"));
  const Result goes = nabla({"run", "-", "--keep-going"}, script);
  CHECK(goes.status == 1);
  CHECK(goes.out == "x + 1\ny + 2\n");
  const Folder folder;
  const std::string file = folder.write("s.nabla", script);
  const Result named = nabla({"run", file});
  CHECK(named.status == 1);
  CHECK(contains(named.err, file + ":2:3: error:"));
  CHECK(nabla({}, "").status == 0);
  CHECK(nabla({}, "# nothing\n\n").out.empty());
}

TEST_CASE("a definition that failed is mentioned once", "[cli]") {
  const std::string script = "f(x) = 1/\nf(1)\ng(x) = f(x)\ng(2)\nf(3)\n1 + 1\n";
  const Result r = nabla({"run", "-", "--keep-going"}, script);
  CHECK(r.status == 1);
  CHECK(r.out == "2\n");
  size_t errors = 0;
  for (size_t at = r.err.find(": error: "); at != std::string::npos; at = r.err.find(": error: ", at + 1))
    ++errors;
  CHECK(errors == 2);
  CHECK(contains(r.err, "<stdin>:2:1: error: 'f' is not known: the definition of 'f' in line 1 failed"));
  const Result lines = nabla({"run", "-", "--keep-going", "--format", "json"}, script);
  CHECK(json_lines(lines.out).size() == 6);  // one for each statement
}

TEST_CASE("columns count code points", "[cli]") {
  const Result r = evaluate("λ + ∂x + lamda");
  CHECK(r.status == 1);
  const Result second = evaluate("α*β + 1/0");
  CHECK(contains(second.err, "<expr>:1:9: error:"));
}

TEST_CASE("each -e is a line of its own", "[cli]") {
  const Result r = nabla({"-e", "x", "-e", "y + sni(x)"});
  CHECK(r.status == 1);
  CHECK(r.out == "x\n");
  CHECK(contains(r.err, "<expr>:2:5: error:"));
}

TEST_CASE("JSON has one object for each result and failure", "[cli]") {
  const Result r = nabla({"run", "-", "--keep-going", "--format", "json"},
                         "var x\n\ndiff(x^3, x)\nsni(x)\neval(x^2, x = 3)\nequal(x + x, 2*x)\n");
  CHECK(r.status == 1);
  const std::vector<json> lines = json_lines(r.out);
  REQUIRE(lines.size() == 4);
  CHECK(lines[0]["line"] == 3);
  CHECK(lines[0]["ok"] == true);
  CHECK(lines[0]["kind"] == "expr");
  CHECK(lines[0]["shape"] == json::array());
  CHECK(lines[0]["text"] == "3*x^2");
  CHECK(lines[0]["latex"].is_string());
  // 3*x^2: a product (its coefficient counts one) of a power with two parts, language.md "Counting"
  CHECK(lines[0]["nodes"] == 5);
  CHECK(lines[0]["dag_nodes"] == 5);
  CHECK(lines[0]["conditions"] == json::array());
  CHECK(lines[1]["ok"] == false);
  CHECK(lines[1]["line"] == 4);
  CHECK(lines[1]["error"]["code"] == "NB0202");
  CHECK(lines[1]["error"]["line"] == 4);
  CHECK(lines[1]["error"]["column"] == 1);
  CHECK(lines[1]["error"]["length"] == 3);
  CHECK(lines[1]["error"]["help"] == "did you mean 'sin'?");
  CHECK(lines[1]["error"]["message"].is_string());
  CHECK(lines[2]["text"] == "9");
  CHECK(lines[3]["text"] == "proved");
}

TEST_CASE("where an answer holds is said beside it", "[cli]") {
  const Result text = evaluate("x/x");
  CHECK(text.out == "1\n");
  CHECK(text.err == "note: where x != 0\n");
  CHECK(nabla({"-e", "x/x", "--quiet"}).err.empty());
  const Result object = nabla({"diff", "abs(x) + log(y)", "--wrt", "x", "--format", "json"});
  CHECK(object.err.empty());
  const std::vector<json> lines = json_lines(object.out);
  REQUIRE(lines.size() == 1);
  // |x| has no derivative at 0, and log(y) was there for y > 0 only
  CHECK(lines[0]["conditions"] == json::array({"x != 0", "y > 0"}));
  CHECK(evaluate("diff(1/x, x)").err.empty());  // -1/x^2 says it already
  const std::string arrays = "dim n; var v : vector[n]; var A : matrix[n, n]";
  CHECK(nabla({"--let", arrays, "-e", "v ./ v"}).err == "note: where v != 0 in every entry\n");
  CHECK(nabla({"--let", arrays, "-e", "inv(A)*A"}).err == "note: where det(A) != 0\n");
  const Result whole = nabla({"--let", arrays, "-e", "sqrt(v).^2", "--format", "json"});
  CHECK(json_lines(whole.out).at(0)["conditions"] == json::array({"v >= 0 in every entry"}));
}

TEST_CASE("a derivative has no value where its function has none", "[cli]") {
  CHECK(nabla({"diff", "log(x)", "--at", "x=2"}).out == "0.5\n");
  CHECK(nabla({"diff", "log(x)", "--at", "x=-1"}).err.find("'log(x)' is undefined [NB0508]") !=
        std::string::npos);
  CHECK(contains(evaluate("eval(diff(sqrt(x)^2, x), x = -1)").err, "NB0508"));
  CHECK(contains(evaluate("eval(diff(sqrt(x)^2, x) + 1, x = -1)").err, "NB0508"));
  CHECK(evaluate("eval(diff(sqrt(x)^2, x), x = 4)").out == "1\n");
  CHECK(evaluate("eval(diff(abs(x), x), x = 0)").out == "0\n");  // sign(0) = 0, with the note
  CHECK(evaluate("eval(diff(sqrt(relu(x)), x), x = -1)").out == "0\n");
  CHECK(evaluate("eval(diff(sqrt(relu(x)), x), x = 4)").out == "0.25\n");
  CHECK(evaluate("eval(diff(sqrt(relu(exp(x))), x), x = 0)").out == "0.5\n");  // no branch is left
  const std::string arrays = "dim n; var v : vector[n]; var A : matrix[n, n]";
  const auto at = [&](const std::string& text) { return nabla({"--let", arrays, "-e", text}); };
  CHECK(at("eval(grad(sum(sqrt(v).^2), v), v = [1; 4])").out == "[1; 1]\n");
  CHECK(contains(at("eval(grad(sum(sqrt(v).^2), v), v = [-1; 0])").err, "NB0508"));
  CHECK(contains(at("eval(sqrt(v).^2, v = [-1; 0])").err, "NB0508"));
  CHECK(contains(at("eval(sum(sqrt(v[i])^2 for i in 1:n), v = [-1; 0])").err, "NB0508"));
  CHECK(contains(at("eval(inv(A)*A, A = [1, 2; 2, 4])").err, "NB0508"));
  CHECK(at("eval(inv(A)*A, A = [1, 2; 2, 5])").out == "[1, 0; 0, 1]\n");
  CHECK(contains(at("eval(grad(logdet(A), A), A = [0, 1; 1, 0])").err, "NB0508"));
  CHECK(at("eval(if v[1] > 0 then log(v[1])*v else v, v = [-1; 2])").out == "[-1; 2]\n");
}

TEST_CASE("messages name what is too large", "[cli]") {
  CHECK(contains(evaluate("eval(1e308*10)").err, "'…*…' is infinite or too large for a double"));
  CHECK(contains(evaluate("eval(sum(i for i in 1:10^9))").err, "an array of more than"));
}

TEST_CASE("diagnostics as JSON lines", "[cli]") {
  const Result r = nabla({"-e", "2*lamda + 1", "--let", "param lambda", "--diagnostics", "json"});
  CHECK(r.status == 1);
  const std::vector<json> lines = json_lines(r.err);
  REQUIRE(lines.size() == 1);
  CHECK(lines[0]["file"] == "<expr>");
  CHECK(lines[0]["code"] == "NB0201");
  CHECK(lines[0]["line"] == 1);
  CHECK(lines[0]["column"] == 3);
  CHECK(lines[0]["length"] == 5);
}

TEST_CASE("the commands on one expression", "[cli]") {
  CHECK(nabla({"diff", "x^3"}).out == "3*x^2\n");
  CHECK(nabla({"diff", "x^3*y", "--wrt", "x", "--order", "2"}).out == "6*x*y\n");
  CHECK(nabla({"diff", "x^3*y^2", "--wrt", "x,y"}).out == "6*x^2*y\n");
  CHECK(nabla({"diff", "-x^2"}).out == "-2*x\n");
  CHECK(nabla({"diff", "-exp(x)"}).out == "-exp(x)\n");
  CHECK(nabla({"diff", "a*x^2", "--wrt", "x", "--let", "param a"}).out == "2*a*x\n");
  CHECK(nabla({"diff", "x^3", "--at", "x=2"}).out == "12\n");
  CHECK(nabla({"diff", "sin(x)", "--at", "x=pi"}).out == "-1\n");
  CHECK(nabla({"grad", "x^2*y", "--at", "x=3,y=1/2"}).out == "[3; 9]\n");
  CHECK(nabla({"simplify", "x + x"}).out == "2*x\n");
  CHECK(nabla({"expand", "(x + y)*(x - y)"}).out == "x^2 - y^2\n");
  CHECK(nabla({"factor", "x^2 - y^2"}).out == "(x + y)*(x - y)\n");
  const Result unclear = nabla({"diff", "x*y"});
  CHECK(unclear.status == 1);
  CHECK(contains(unclear.err, "--wrt x"));
  const Result unknown = nabla({"diff", "x^2", "--wrt", "foo"});
  CHECK(unknown.status == 1);
  CHECK(contains(unknown.err, "foo"));
  const Result missing = nabla({"diff", "x^2*y", "--wrt", "x", "--at", "x=1"});
  CHECK(missing.status == 1);
  CHECK(contains(missing.err, "[NB0507]"));
}

TEST_CASE("the forms of a result", "[cli]") {
  CHECK(nabla({"-e", "sqrt(x)/y", "--format", "ascii"}).out == "sqrt(x)/y\n");
  CHECK(contains(nabla({"-e", "sqrt(x)/y", "--format", "latex"}).out, "\\frac"));
  CHECK(contains(nabla({"-e", "sin(x)", "--format", "cpp"}).out, "std::sin(x)"));
  CHECK(contains(nabla({"-e", "sin(x)", "--format", "python"}).out, "math.sin(x)"));
  CHECK(nabla({"-e", "digamma(x)", "--format", "python"}).status == 4);
  // The output is no terminal, so it is ASCII unless it is asked for.
  CHECK(nabla({"-e", "λ"}, "", {"LC_ALL=C.UTF-8"}).out == "lambda\n");
  CHECK(nabla({"-e", "λ", "--format", "unicode"}).out == "λ\n");
}

TEST_CASE("python prints the numbers of the formula", "[cli]") {
  if (::access("/usr/bin/python3", X_OK) != 0) return;
  const Result code = nabla({"-e", "(x^3 - 1/3)/sqrt(x + 2) - max(x, 1)^x", "--format", "python"});
  REQUIRE(code.status == 0);
  // At x = 2 it is (8 - 1/3)/2 - 4.
  const Result number =
      command::run({"/usr/bin/python3", "-c", "import math\nx = 2.0\nprint(" + code.out + ")"});
  CHECK(std::abs(std::stod(number.out) - (23.0 / 6 - 4)) < 1e-14);
}

TEST_CASE("values come from files and fix the extents", "[cli]") {
  const Folder folder;
  const std::string model = folder.write(
      "m.nabla", "dim n\nvar w : vector[n]\nparam a : scalar > 0\nf(w) = a*sum(w[i]^2 for i in 1:n)\n");
  const std::string values = folder.write("v.json", R"({"w": [1, 2, 3], "a": 0.1})");
  // 0.1 is the nearest double: 14*0.1 = 1.4000000000000001 in doubles
  const Result r = nabla({"eval", model, "f(w)", "--at", values, "--format", "json"});
  CHECK(r.status == 0);
  CHECK(r.out == "1.4000000000000001\n");
  const Result gradient = nabla({"eval", model, "grad(f, w)", "--at", values});
  CHECK(gradient.status == 0);
  CHECK(gradient.out == "[0.2; 0.4; 0.6000000000000001]\n");
  const Result wrong = nabla({"eval", model, "f(w)", "--at", folder.write("w.json", R"({"w": 1, "a": 1})")});
  CHECK(wrong.status == 1);
  CHECK(contains(wrong.err, "[NB0506]"));
  const Result outside =
      nabla({"eval", model, "f(w)", "--at", folder.write("o.json", R"({"w": [1], "a": -1})")});
  CHECK(outside.status == 1);
  CHECK(contains(outside.err, "domain"));
  const Result missing = nabla({"eval", model, "f(w)", "--at", folder.write("p.json", R"({"w": [1]})")});
  CHECK(missing.status == 1);
  CHECK(contains(missing.err, "[NB0507]"));
  for (const char* text : {"{", "[1]", R"({"a": "x"})", R"({"w": [[1, 2], [3]]})", R"({"w": []})",
                           R"({"a": 1e999})", R"({"a": 1, "a": 2})"}) {
    const Result bad = nabla({"eval", model, "f(w)", "--at", folder.write("bad.json", text)});
    INFO(text);
    CHECK(bad.status == 1);
    CHECK(contains(bad.err, "[NB0509]"));
  }
}

TEST_CASE("files import one another", "[cli]") {
  const Folder folder;
  folder.write("a.nabla", "import \"b.nabla\"\nvar x\n");
  folder.write("b.nabla", "import \"sub/c.nabla\"\nparam p > 0\n");
  std::filesystem::create_directory(folder.path("sub"));
  folder.write("sub/c.nabla", "const c = 3\n");
  CHECK(nabla({"deps", folder.path("a.nabla")}).out ==
        folder.path("b.nabla") + "\n" + folder.path("sub/c.nabla") + "\n");
  CHECK(nabla({"-e", "import \"" + folder.path("a.nabla") + "\"", "-e", "c*p*x"}).out == "3*p*x\n");
  folder.write("sub/c.nabla", "import \"../a.nabla\"\n");
  const Result cycle = nabla({"check", folder.path("a.nabla")});
  CHECK(cycle.status == 1);
  CHECK(contains(cycle.err, "[NB0211]"));
  folder.write("sub/c.nabla", "const c =\n");
  const Result bad = nabla({"check", folder.path("a.nabla")});
  CHECK(bad.status == 1);
  CHECK(contains(bad.err, "sub/c.nabla:1:"));
}

TEST_CASE("time runs out", "[cli]") {
  // A derivative of order 64 of a composition has more nodes than any second allows.
  const auto start = std::chrono::steady_clock::now();
  const Result r =
      nabla({"-e", "diff(exp(sin(x*y)*cos(x^2*y))/(1 + tan(x*y)^3), x, 60)", "--timeout", "0.3"});
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  CHECK(r.status == 4);
  CHECK(contains(r.err, "the time limit was reached"));
  CHECK(contains(r.err, "[NB0605]"));
  CHECK(elapsed.count() < 5);
  const Result next = nabla({"run", "-", "--keep-going", "--timeout", "0.3"},
                            "diff(exp(sin(x*y)*cos(x^2*y))/(1 + tan(x*y)^3), x, 60)\nx + 1\n");
  CHECK(next.status == 4);
  CHECK(next.out == "x + 1\n");
}

TEST_CASE("the commands about the program", "[cli]") {
  const Result functions = nabla({"functions"});
  CHECK(functions.status == 0);
  CHECK(contains(functions.out, "atan2("));
  CHECK(contains(nabla({"functions", "digamma"}).out, "trigamma(x)"));
  CHECK(contains(nabla({"functions", "grad"}).out, "gradient"));
  CHECK(contains(nabla({"functions", "sin"}).out, "sin(pi/6) = 1/2\n"));  // its example, run
  CHECK(contains(nabla({"functions", "tanh"}).out, "diff(tanh(x), x) = sech(x)^2\n"));
  CHECK(nabla({"functions", "sni"}).status == 1);
  CHECK(contains(nabla({"limits"}).out, "67108864"));
  CHECK(contains(nabla({"rules"}).out, "sin(a)^2 + cos(a)^2 -> 1"));
  CHECK(contains(nabla({"rules", "sum_of_logs"}).out, "log(a) + log(b) -> log(a*b) where a > 0 or b > 0"));
  CHECK(contains(nabla({"rules", "exp_of_log"}).out, "may have values where the left side has none"));
  CHECK(contains(nabla({"rules", "exp_of_log", "--format", "json"}).out, "\"domains\":\"wider\""));
  CHECK(contains(nabla({"rules", "cosh", "sum"}).out, "cosh_of_sum  "));
  CHECK(nabla({"rules", "no", "such", "words"}).status == 2);
  const Result misspelt = nabla({"rules", "sum_of_log"});
  CHECK(misspelt.status == 2);
  CHECK(contains(misspelt.err, "did you mean 'sum_of_logs'?"));
  CHECK(contains(nabla({"explain", "NB0201"}).out, "NB0201: unknown name"));
  CHECK(nabla({"--version"}).out.substr(0, 6) == "nabla ");
  CHECK(contains(nabla({"--help"}).out, "nabla COMMAND"));
  CHECK(contains(nabla({"gen", "--help"}).out, "--depfile"));
}

TEST_CASE("steps", "[cli]") {
  const Result forward = nabla({"steps", "x^3", "--wrt", "x", "--full"});
  CHECK(forward.status == 0);
  CHECK(forward.out == "d(x^3)/dx = 3*x^2  [power rule: (u^n)' = n*u^(n - 1)*u']\n  with u = x\n= 3*x^2\n");
  CHECK(nabla({"steps", "grad(x^3, x)"}).out == "d(x^3)/dx = 3*x^2  [power rule]\n= 3*x^2\n");
  CHECK(contains(nabla({"steps", "x^3", "--format", "latex"}).out, "\\frac{\\partial}{\\partial x}"));
  CHECK(nabla({"steps", "x^3", "--format", "json"}).status == 2);
  CHECK(nabla({"diff", "x^3", "--format", "html"}).status == 2);
  CHECK(nabla({"steps", "sin(2*x)", "--format", "html"}).out ==
        "<ul class=\"steps\">\n"
        "<li><code>∂sin(2*x)/∂x = 2*cos(2*x)</code> <span class=\"rule\">chain rule, sin</span></li>\n"
        "<li><ul>\n"
        "<li><code>∂(2*x)/∂x = 2</code> <span class=\"rule\">constant factor</span></li>\n"
        "</ul></li>\n"
        "</ul>\n"
        "<p><code>= 2*cos(2*x)</code></p>\n");
  CHECK(nabla({"steps", "x*y"}).status == 1);  // by which variable?
  CHECK(nabla({"steps", "floor(x", "--wrt", "x"}).status == 1);
  CHECK(contains(nabla({"steps", "z^2", "--wrt", "z", "--let", "var z complex"}).out, "= 2*z  [power rule]"));
  CHECK(nabla({"steps", "grad(norm2(v), v)", "--let", "dim n; var v : vector[n] complex"}).status == 4);
}

TEST_CASE("fmt", "[cli]") {
  const Folder folder;
  const std::string file = folder.write("m.nabla", "var x\nf(x)=x+1\n");
  CHECK(nabla({"fmt", file, "--check"}).status == 3);
  CHECK(nabla({"fmt", file}).status == 0);
  CHECK(folder.read("m.nabla") == "var x\nf(x) = x + 1\n");
  CHECK(nabla({"fmt", file, "--check"}).status == 0);
  CHECK(nabla({"fmt", "-"}, "x+1\n").out == "x + 1\n");
  folder.write("m.nabla", "f(x)=x+\n");
  CHECK(nabla({"fmt", file}).status == 1);
  CHECK(folder.read("m.nabla") == "f(x)=x+\n");
}

TEST_CASE("colour only on request here", "[cli]") {
  CHECK_FALSE(contains(nabla({"-e", "1/0"}).err, "\x1b["));
  CHECK(contains(nabla({"-e", "1/0", "--color", "always"}, "", {"NO_COLOR=1"}).err, "\x1b["));
}
