// The formulas of examples/gallery/.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "cookbook/book.h"
#include "tests/paths.h"

namespace nabla::test {

inline std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// In the order in which a shell lists them.
inline std::vector<std::filesystem::path> gallery_files() {
  std::vector<std::filesystem::path> list;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::filesystem::path(paths::source) / "examples" / "gallery")) {
    if (entry.path().extension() == ".nabla") list.push_back(entry.path());
  }
  std::sort(list.begin(), list.end());
  return list;
}

inline std::vector<BookRow> gallery() {
  std::vector<std::string> names, texts;
  for (const auto& path : gallery_files()) {
    names.push_back(path.filename().string());
    texts.push_back(text_of(path));
  }
  std::vector<BookFile> files;
  for (size_t i = 0; i < names.size(); ++i) files.push_back({names[i], texts[i]});
  return read_book(files);
}

}  // namespace nabla::test
