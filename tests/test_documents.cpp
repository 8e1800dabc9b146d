// What the documents name is there: the files and folders of the map. What they show at the prompt and in the
// shell is run by scripts/pages.
#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

#include "tests/paths.h"

namespace {

const std::filesystem::path source = paths::source;

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

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
