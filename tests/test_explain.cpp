// `nabla explain NB0201` has a page for each code; the example on it gives the code, and the remedy does not.
#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "expr/diagnostic.h"
#include "parser/unicode.h"
#include "tests/command.h"
#include "tests/paths.h"

using namespace nabla;

namespace {

// The lines between two titles of a page, without the blanks before them.
std::string part(const std::string& page, const std::string& begin, const std::string& end) {
  const size_t from = page.find(begin);
  if (from == std::string::npos) return {};
  std::istringstream lines(page.substr(from + begin.size(), page.find(end, from) - from - begin.size()));
  std::string text, line;
  while (std::getline(lines, line)) {
    if (line.empty() && !text.empty()) break;  // behind the example stands what it prints
    if (line.substr(0, 2) == "  ") text += line.substr(2) + "\n";
  }
  return text;
}

command::Result run_example(const std::string& text) {
  const command::Folder folder;
  const std::string path = std::filesystem::path(paths::binary).parent_path().string() + ":/usr/bin:/bin";
  const bool shell = text.substr(0, 2) == "$ ";
  const std::string line = shell ? text.substr(2) : "nabla run " + folder.write("example.nabla", text);
  return command::run({"/bin/sh", "-c", "cd '" + folder.path() + "' && { " + line + "\n}"}, "",
                      {"PATH=" + path, "LC_ALL=C.UTF-8"});
}

// What gives one of these is not run by a build whose memory is watched: it takes all the address space.
#if defined(__SANITIZE_ADDRESS__)
constexpr bool memory_is_watched = true;
#else
constexpr bool memory_is_watched = false;
#endif

}  // namespace

TEST_CASE("every code has a page, with an example and a remedy that are run", "[errors]") {
  for (size_t i = 0; i < code_count(); ++i) {
    const CodeInfo& code = code_at(i);
    const std::string name = spelling(code.code);
    INFO(name);
    const command::Result page = command::nabla({"explain", name});
    CHECK(page.status == 0);
    CHECK(page.out.find(name + ": " + std::string(code.title)) == 0);
    const std::string wrong = part(page.out, "This gives it:", "This does not:");
    const std::string right = part(page.out, "This does not:", "\x01");
    CHECK(wrong.empty() == (page.out.find("There is no example: ") != std::string::npos));
    if (wrong.empty() || (memory_is_watched && code.code == Code::memory_limit)) continue;
    INFO(wrong);
    const command::Result bad = run_example(wrong);
    INFO(bad.err);
    CHECK(bad.status == code.exit_status);
    CHECK(bad.err.substr(0, bad.err.find('\n')).find("[" + name + "]") != std::string::npos);
    INFO(right);
    const command::Result good = run_example(right);
    INFO(good.err);
    CHECK(good.status == 0);
    CHECK(good.err.find("error") == std::string::npos);
  }
}

TEST_CASE("help about functions fits a terminal of 80 columns", "[cli]") {
  for (const char* name : {"", "sin", "frechet", "gelu", "chol", "pinv", "leaky_relu"}) {
    std::vector<std::string> arguments = {"functions"};
    if (*name != '\0') arguments.emplace_back(name);
    std::istringstream lines(command::nabla(arguments).out);
    size_t count = 0;
    for (std::string line; std::getline(lines, line); ++count) {
      INFO(line);
      CHECK(count_code_points(line) <= 80);
    }
    CHECK(count > 3);
  }
}
