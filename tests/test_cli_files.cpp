// Files as they come: line ends, byte order marks, other encodings, no file, folders, devices, interrupts.
// Expected values: docs/cli.md.
#include <catch2/catch.hpp>

#include "tests/command.h"
#include "tests/paths.h"

using command::contains;
using command::Folder;
using command::nabla;
using command::Result;

namespace {

const std::string quoted = std::string("'") + paths::binary + "'";

Result shell(const std::string& text) { return command::run({"/bin/sh", "-c", text}); }

const std::string model = "var x, y\nf(x, y) = x^2*sin(y)\nderive f wrt x, y : value, grad\n";

std::string with_line_ends(const std::string& end) {
  std::string out;
  for (char c : model) out += c == '\n' ? end : std::string(1, c);
  return out;
}

// Two bytes a character, the lower one first.
std::string utf16(bool mark) {
  std::string out = mark ? "\xff\xfe" : "";
  for (char c : model) out += std::string(1, c) + '\0';
  return out;
}

}  // namespace

TEST_CASE("line ends and a byte order mark make no difference", "[cli]") {
  const Folder folder;
  const std::string plain = folder.write("a.nabla", model), out = folder.path("a.h");
  REQUIRE(nabla({"gen", plain, "-o", "-"}).status == 0);
  const std::string whole = nabla({"gen", plain, "-o", "-"}).out;
  const std::string code = whole.substr(whole.find('\n'));  // the first line has a hash of the file
  for (const std::string& text : {with_line_ends("\r\n"), with_line_ends("\r"), "\xef\xbb\xbf" + model}) {
    folder.write("a.nabla", text);
    const Result r = nabla({"gen", plain, "-o", "-"});
    CHECK(r.status == 0);
    CHECK(r.out.substr(r.out.find('\n')) == code);
  }
  const std::string wrong = folder.write("b.nabla", "var x\r\n\r\nx + +\r\n");
  CHECK(nabla({"run", wrong}).err.substr(wrong.size(), 12) == ":3:5: error:");
  const Result same = nabla({"fmt", folder.write("c.nabla", with_line_ends("\r\n"))});
  CHECK(same.status == 0);
  CHECK(folder.read("c.nabla") == model);
}

TEST_CASE("what is no text is refused, and nothing is written", "[cli]") {
  const Folder folder;
  const std::string out = folder.path("out.h");
  std::string binary =
      "\x7f"
      "ELF";
  for (int i = 0; i < 4000; ++i) binary += static_cast<char>(i * 37 % 256);
  for (const std::string& text :
       {utf16(true), utf16(false), binary, std::string(3, '\0'), std::string("var \xff")}) {
    const std::string file = folder.write("m.nabla", text);
    for (const char* verb : {"run", "check", "deps", "fmt"}) {
      const Result r = nabla({verb, file});
      INFO(verb);
      CHECK(r.status == 1);
      CHECK(r.out.empty());
      CHECK(contains(r.err, "[NB010"));
      CHECK_FALSE(contains(r.err, std::string(1, '\0')));
    }
    CHECK(nabla({"gen", file, "-o", out}).status == 1);
    CHECK_FALSE(folder.has("out.h"));
    CHECK(folder.read("m.nabla") == text);
  }
  const std::string empty = folder.write("empty.nabla", "");
  for (const char* verb : {"run", "check", "deps", "fmt"}) {
    const Result r = nabla({verb, empty});
    CHECK(r.status == 0);
    CHECK(r.out.empty());
    CHECK(r.err.empty());
  }
}

TEST_CASE("no file, a folder, a file in a file", "[cli]") {
  const Folder folder;
  const std::string file = folder.write("m.nabla", model);
  for (const std::string& name : {folder.path("none.nabla"), folder.path(), file + "/m.nabla"}) {
    for (const char* verb : {"run", "check", "deps", "fmt"}) {
      const Result r = nabla({verb, name});
      INFO(verb << " " << name);
      CHECK(r.status == 74);
      CHECK(r.out.empty());
      CHECK(contains(r.err, "cannot read '" + name + "'"));
      CHECK(contains(r.err, "[NB0801]"));
    }
    CHECK(nabla({"gen", name, "-o", folder.path("m.h")}).status == 74);
    CHECK(nabla({"eval", name, "x"}).status == 74);
    CHECK(nabla({"eval", file, "x", "--at", name + ".json"}).status == 74);
  }
  for (const std::string& name : {folder.path(), folder.path("none/m.h"), file + "/m.h"}) {
    const Result r = nabla({"gen", file, "-o", name});
    INFO(name);
    CHECK(r.status == 74);
    CHECK(contains(r.err, "cannot "));
    CHECK(contains(r.err, "'" + name + "'"));
  }
  CHECK(contains(nabla({"gen", file, "-o", folder.path("none/m.h")}).err,
                 "there is no folder '" + folder.path("none/") + "'"));
  CHECK(folder.count() == 1);
}

TEST_CASE("output to devices and full disks", "[cli]") {
  const Folder folder;
  const std::string file = folder.write("m.nabla", model);
  const std::string gen = quoted + " gen '" + file + "' -o ";
  CHECK(nabla({"gen", file, "-o", "/dev/null"}).status == 0);
  CHECK(shell(gen + "/dev/stdout").out == shell(gen + "-").out);
  CHECK(shell(gen + "/dev/stdout | cat").out == shell(gen + "-").out);
  const Result full = nabla({"gen", file, "-o", "/dev/full"});
  CHECK(full.status == 74);
  CHECK(contains(full.err, "cannot write '/dev/full'"));
  CHECK(contains(full.err, "[NB0802]"));
  for (const std::string& command :
       std::vector<std::string>{gen + "-", quoted + " --help", quoted + " functions",
                                quoted + " run '" + folder.write("x.nabla", "1 + 1\n") + "'"}) {
    INFO(command);
    CHECK(shell(command + " >/dev/full").status == 74);
    CHECK(shell(command + " >&-").status == 74);
  }
  CHECK(shell(quoted + " run - <&-").status == 74);
}

TEST_CASE("arguments after -- are no options", "[cli]") {
  CHECK(nabla({"diff", "--", "-x^2"}).out == "-2*x\n");
  CHECK(nabla({"diff", "--wrt", "x", "--", "-x^2*y"}).out == "-2*x*y\n");
  CHECK(nabla({"diff", "-x^2", "--"}).out == "-2*x\n");
  CHECK(nabla({"diff", "--", "-x^2", "--wrt"}).status == 2);
}

TEST_CASE("an interrupt ends the statement and the script", "[cli]") {
  const std::string slow = "diff(exp(sin(x*y)*cos(x^2*y))/(1 + tan(x*y)^3), x, 64)";
  const Folder folder;
  const std::string script = folder.write("s.nabla", "1 + 1\n" + slow + "\n2 + 2\n");
  const std::string start = quoted + " run --keep-going '" + script + "' & p=$!; sleep 0.3; ";
  const Result once = shell(start + "kill -INT $p; wait $p");
  CHECK(once.status == 4);
  CHECK(contains(once.out, "2\n"));
  CHECK(contains(once.err, "[NB0604]"));
}

TEST_CASE("what a model is refused for stands at its line", "[cli]") {
  const Folder folder;
  const auto refused = [&](std::vector<std::string> words, const std::string& text, const char* where,
                           const char* code) {
    const std::string file = folder.write("m.nabla", text);
    words.push_back(file);
    const Result r = nabla(words);
    INFO(r.err);
    CHECK(r.status == 4);
    CHECK(contains(r.err, file + where + " error: "));
    CHECK(contains(r.err, code));
  };
  const std::string branch =
      "var x : vector[3]\nf(x) = sum(if x[i] != 0 then sin(x[i])/x[i] else 1 for i in 1:3)\n";
  refused({"check"}, branch + "derive f wrt x : value, grad\n", ":3:1:", "NB0708");
  const std::string structured =
      "dim n\nparam A : matrix[n, n]\nvar S : matrix[n, n] symmetric\nf(S) = tr(A*S*S)\n";
  refused({"check", "--free-entries"}, structured + "derive f wrt S : grad\n", ":4:1:", "NB0702");
  refused({"check"}, "var x\nf(x) = log(-1 - x^2)\nderive f wrt x : grad\n", ":2:1:", "NB0705");
  refused({"gen", "-o", folder.path("o.h")},
          "fun g(scalar) : scalar\nvar x\nf(x) = g(x)\nderive f wrt x : grad\n", ":4:1:", "NB0706");
}
