// docs/build.md, and the README, as their readers follow them: the files that it shows are written, the
// commands (blocks of sh) are run against an installed Nabla, and what it says they print (blocks of text) is
// what they print.
#include <catch2/catch.hpp>

#include <algorithm>
#include <sstream>

#include "tests/cmake_project.h"
#include "tests/paths.h"

using cmake_project::in_quotes;
using cmake_project::installed;
using cmake_project::Project;
using command::contains;
using command::Result;

namespace {

struct Block {
  std::string section, file, language, text;  // `file`: the last name in backquotes on the line above
};

std::vector<Block> blocks(const std::string& name = "docs/build.md") {
  std::ifstream page(std::string(paths::source) + "/" + name);
  std::vector<Block> out;
  std::string section, above;
  bool inside = false;
  for (std::string line; std::getline(page, line);) {
    if (line.substr(0, 3) == "```") {
      inside = !inside;
      if (inside) {
        const size_t end = above.rfind("`:"),
                     begin = end == std::string::npos ? end : above.rfind('`', end - 1);
        const bool named = end != std::string::npos && end + 2 == above.size();
        out.push_back({section, named ? above.substr(begin + 1, end - begin - 1) : "", line.substr(3), ""});
      }
    } else if (inside) {
      out.back().text += line + "\n";
    } else if (line.substr(0, 3) == "## ") {
      section = line.substr(3);
    }
    above = line;
  }
  return out;
}

Result run(const Project& p, const std::string& commands) {
  return p.in_folder("set -e\nexport PATH=" + in_quotes(installed() + "/bin") +
                     ":$PATH CMAKE_PREFIX_PATH=" + in_quotes(installed()) +
                     " PKG_CONFIG_PATH=" + in_quotes(installed() + "/lib/pkgconfig") + "\n" + commands);
}

// Writes the files of a section, and runs its commands.
void follow(const Project& p, const std::string& section) {
  std::string printed;
  size_t steps = 0;
  for (const Block& b : blocks()) {
    if (b.section != section) continue;
    if (!b.file.empty()) p.write(b.file, b.text);
    INFO(b.text);
    if (b.language == "sh") {
      const Result r = run(p, b.text);
      INFO(r.out);
      CHECK(r.status == 0);
      printed = r.out;
      ++steps;
    } else if (b.language == "text") {
      INFO(printed);
      CHECK(printed.size() >= b.text.size());
      CHECK(printed.substr(printed.size() - std::min(printed.size(), b.text.size())) == b.text);
      ++steps;
    }
  }
  CHECK(steps >= 2);
}

// The two files that several sections share.
void write_valley(const Project& p) {
  for (const Block& b : blocks()) {
    if (b.section == "Five minutes with CMake" && b.file != "CMakeLists.txt" && !b.file.empty())
      p.write(b.file, b.text);
  }
}

std::string file_of(const std::string& name) {
  for (const Block& b : blocks()) {
    if (b.file == name) return b.text;
  }
  FAIL("docs/build.md shows no " << name);
  return {};
}

void write_valley_with_import(const Project& p) {
  write_valley(p);
  p.write("models/scale.nabla", "const c = 1\n");
  p.write("models/valley.nabla", "import \"scale.nabla\"\n" + p.read("models/valley.nabla"));
}

}  // namespace

TEST_CASE("docs/build.md: five minutes with CMake", "[build]") {
  const Project p;
  follow(p, "Five minutes with CMake");
  // And the message of an error is the one that is shown.
  p.write("models/valley.nabla",
          "# The valley of Rosenbrock.\n\nvar x, y\nparam a, b\n\n"
          "valley(x, y) = (a - x)^2 + b*(z - x^2)^2\n");
  const Result wrong = run(p, "nabla gen models/valley.nabla -o valley.h");
  bool shown = false;
  for (const Block& b : blocks()) shown = shown || b.text == wrong.out;
  INFO(wrong.out);
  CHECK(shown);
}

TEST_CASE("docs/build.md: Make", "[build]") {
  const Project p;
  write_valley_with_import(p);
  follow(p, "Make");
  CHECK(contains(run(p, "make").out, "up to date"));
  // A touched import generates, and compiles nothing; a changed model compiles.
  const Result touched = run(p, "touch models/scale.nabla\nmake");
  CHECK(contains(touched.out, "nabla gen"));
  CHECK_FALSE(contains(touched.out, "-c -o main.o"));
  CHECK(contains(run(p, "make").out, "up to date"));
  CHECK(contains(run(p, "echo 'const more = 1' >>models/valley.nabla\nmake").out, "-c -o main.o"));
  CHECK(contains(run(p, "rm generated/valley.h\ntouch main.cpp\nmake").out, "nabla gen"));
  CHECK(contains(run(p, "make").out, "up to date"));
  // An import that the model does without from now on, and that is gone.
  const Result without = run(p, "sed -i /import/d models/valley.nabla\nrm models/scale.nabla\nmake");
  CHECK(contains(without.out, "nabla gen"));
  CHECK(without.status == 0);
  CHECK(contains(run(p, "make").out, "up to date"));
  const Result wrong = run(p, "echo 'var 3' >>models/valley.nabla\nmake");
  CHECK(wrong.status != 0);
  CHECK(contains(wrong.out, "models/valley.nabla:10:"));
}

TEST_CASE("docs/build.md: Meson", "[build]") {
  const Project p;
  write_valley_with_import(p);
  follow(p, "Meson");
  CHECK(contains(run(p, "ninja -C build").out, "no work to do"));
  const Result touched = run(p, "touch models/scale.nabla\nninja -C build");
  CHECK(contains(touched.out, "valley.h"));
  CHECK_FALSE(contains(touched.out, "main.cpp.o"));
  CHECK(contains(run(p, "ninja -C build").out, "no work to do"));
}

TEST_CASE("docs/build.md: Bazel, by its text", "[build]") {
  // Bazel is no package of Debian: its command is run as it would run it, in the folder of the workspace.
  const Project p;
  write_valley(p);
  const std::string rules = file_of("BUILD.bazel");
  const size_t begin = rules.find("cmd = \"") + 7, end = rules.find("\",\n", begin);
  std::string line = rules.substr(begin, end - begin);
  const std::string input = "$(location models/valley.nabla)", output = "$@";
  REQUIRE(contains(line, input));
  line.replace(line.find(input), input.size(), "models/valley.nabla");
  REQUIRE(contains(line, output));
  line.replace(line.find(output), output.size(), "valley.h");
  CHECK(run(p, line).status == 0);
  CHECK(run(p, "c++ -std=c++17 main.cpp -o main\n./main").out == "1.000000 1.000000\n");
  CHECK(run(p, "nabla deps models/valley.nabla").out.empty());
}

TEST_CASE("docs/build.md: the library", "[build]") {
  const Project p;
  follow(p, "From C++ and C, without model files");
  CHECK(contains(p.read("f.h"), "f_grad"));
}

TEST_CASE("docs/build.md: hooks and continuous integration", "[build]") {
  const Project p;
  follow(p, "Five minutes with CMake");
  std::istringstream lines(file_of(".pre-commit-config.yaml"));
  std::vector<std::string> entries;
  for (std::string line; std::getline(lines, line);) {
    const size_t at = line.find("entry: ");
    if (at != std::string::npos) entries.push_back(line.substr(at + 7));
  }
  REQUIRE(entries.size() == 2);
  for (const std::string& entry : entries) {
    INFO(entry);
    CHECK(run(p, entry + " models/valley.nabla models/valley.nabla").status == 0);
  }
  p.write("models/bad.nabla", "var   x\nf(x)=x\nassert diff(f, x) == 2\n");
  CHECK(run(p, entries[0] + " models/valley.nabla models/bad.nabla").status == 3);
  CHECK(run(p, entries[1] + " models/valley.nabla models/bad.nabla").status == 1);
  size_t jobs = 0;
  for (const Block& b : blocks()) {
    if (b.language != "yaml" || !contains(b.text, "jobs:")) continue;
    for (size_t at = b.text.find("- run: "); at != std::string::npos; at = b.text.find("- run: ", at + 1)) {
      const std::string line = b.text.substr(at + 7, b.text.find('\n', at) - at - 7);
      INFO(line);
      CHECK((run(p, line).status == 0) == contains(line, "cmake"));  // the first stops at bad.nabla
      ++jobs;
    }
  }
  CHECK(jobs == 2);
}

TEST_CASE("README: a derivative in a project that is there already", "[build]") {
  const Project p;
  std::string lines, code;
  for (const Block& b : blocks("README.md")) {
    if (b.section != "In a build") continue;
    if (!b.file.empty()) p.write(b.file, b.text);
    if (b.language == "cmake") lines = b.text;
    if (b.language == "cpp") code = b.text;
  }
  p.write(
      "CMakeLists.txt",
      "cmake_minimum_required(VERSION 3.20)\nproject(theirs CXX)\nadd_executable(main main.cpp)\n" + lines);
  const size_t include = code.find('\n') + 1;
  p.write("main.cpp", "#include <cstdio>\n" + code.substr(0, include) + "int main() {\n" +
                          code.substr(include) +
                          "std::printf(\"%.1f %.1f %.1f\\n\", value, grad[0], grad[1]);\n}\n");
  // (1 - x)^2 + 100*(y - x^2)^2 at (-1.2, 1): 2.2^2 + 100*0.44^2; -2*2.2 + 400*1.2*(1 - 1.44), 200*(1
  // - 1.44).
  const Result r = run(p, "cmake -B build >log && cmake --build build >log && build/main");
  INFO(r.out << p.read("log"));
  CHECK(r.out == "24.2 -215.6 -88.0\n");
}
