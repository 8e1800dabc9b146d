// Runs compilers and what they made: for tests of generated code.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/paths.h"

namespace nabla::test {

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

inline void write_file(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

// An empty folder of its own for each test.
inline std::filesystem::path fresh_folder(const std::string& name) {
  const std::filesystem::path folder = std::filesystem::path(paths::build) / "test-codegen" / name;
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  return folder;
}

struct Ran {
  int status = 0;  // 0: all is well
  std::string output;
};

inline Ran run(const std::string& command, const std::filesystem::path& folder) {
  const std::filesystem::path log = folder / "log";
  Ran ran;
  ran.status = std::system((command + " >'" + log.string() + "' 2>&1").c_str());
  ran.output = read_file(log);
  return ran;
}

// Both compilers, by path: without one of them a test fails.
inline std::vector<std::string> compilers() {
  if (*paths::gxx == '\0') throw std::runtime_error("g++ is missing");
  if (*paths::clangxx == '\0') throw std::runtime_error("clang++ is missing");
  return {paths::gxx, paths::clangxx};
}

// The flags under which generated headers have to compile.
inline constexpr const char* strict =
    " -std=c++17 -Wall -Wextra -Wconversion -Wsign-conversion -Wshadow -Werror ";

// The same for headers of C, by the same compilers.
inline constexpr const char* strict_c = " -x c -std=c99 -Wall -Wextra -Wconversion -Wpedantic -Werror ";

}  // namespace nabla::test
