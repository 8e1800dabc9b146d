// What the documents show is what a user gets: every session in README.md and docs/*.md, typed again in an
// empty folder. In a block, a line that begins with `$ ` is a command and the lines below it are all that it
// prints. And what they name is there: the files and folders of the map, the commands, the codes.
#include <catch2/catch.hpp>

#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "tests/command.h"

using command::Folder;
using command::Result;

namespace {

const std::filesystem::path source = NABLA_SOURCE_DIR;

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

struct Step {
  int line = 0;
  std::string command, output;
};

// The sessions of a document, one list for each block.
std::vector<std::vector<Step>> sessions(const std::filesystem::path& path) {
  std::istringstream lines(text_of(path));
  std::vector<std::vector<Step>> out;
  bool inside = false;
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (line.substr(0, 3) == "```") {
      inside = !inside;
      if (inside) out.emplace_back();
    } else if (inside && line.substr(0, 2) == "$ ") {
      out.back().push_back({number, line.substr(2), ""});
    } else if (inside && !out.back().empty()) {
      out.back().back().output += line + "\n";
    }
  }
  return out;
}

// In a folder that holds what a clone has, with the command on the path.
size_t check_sessions(const std::filesystem::path& document) {
  size_t commands = 0;
  for (const auto& session : sessions(document)) {
    if (session.empty()) continue;
    const Folder folder;
    std::filesystem::create_directory_symlink(source / "examples", folder.path("examples"));
    const std::string path = std::filesystem::path(NABLA_BINARY).parent_path().string() + ":/usr/bin:/bin";
    for (const Step& step : session) {
      INFO(document.filename().string() << ":" << step.line << ": " << step.command);
      const Result r =
          command::run({"/bin/sh", "-c", "cd '" + folder.path() + "' && { " + step.command + "\n} 2>&1"}, "",
                       {"PATH=" + path});
      CHECK(r.out == step.output);
      ++commands;
    }
  }
  return commands;
}

}  // namespace

TEST_CASE("documents: the session of the README", "[documents]") {
  CHECK(check_sessions(source / "README.md") >= 5);
}

TEST_CASE("documents: the sessions of docs/", "[documents]") {
  for (const auto& entry : std::filesystem::directory_iterator(source / "docs")) {
    if (entry.path().extension() == ".md") check_sessions(entry.path());
  }
}

TEST_CASE("documents: the files that they name are there", "[documents]") {
  std::vector<std::filesystem::path> documents = {source / "README.md"};
  for (const auto& entry : std::filesystem::directory_iterator(source / "docs"))
    documents.push_back(entry.path());
  const std::regex name("(docs|examples|scripts|tests|codegen|cmake|expr|eval)/[a-zA-Z0-9_.-]*[a-zA-Z0-9]");
  for (const auto& document : documents) {
    const std::string text = text_of(document);
    for (std::sregex_iterator it(text.begin(), text.end(), name), end; it != end; ++it) {
      if (it->suffix().str().substr(0, 1) == "*") continue;  // a pattern
      INFO(document.filename().string() << ": " << it->str());
      CHECK(std::filesystem::exists(source / it->str()));
    }
  }
  // The map of the repository in the README: a row for each folder.
  const std::string readme = text_of(source / "README.md");
  const std::regex row("\\n\\| `([^|]*)` \\|");
  for (std::sregex_iterator it(readme.begin(), readme.end(), row), end; it != end; ++it) {
    std::istringstream folders((*it)[1].str());
    for (std::string folder; folders >> folder;) {
      INFO(folder);
      CHECK(std::filesystem::is_directory(source / folder));
    }
  }
}
