// Runs a program the way a user does, and catches what it says; and folders for its files.
#pragma once

#include <fcntl.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/paths.h"

namespace command {

// A folder that is gone at the end of the test.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "nabla-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = name;
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    std::filesystem::permissions(path_, std::filesystem::perms::owner_all, ignored);
    std::filesystem::remove_all(path_, ignored);
  }

  std::string path(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path(name), std::ios::binary) << text;
    return path(name);
  }
  std::string read(const std::string& name) const {
    std::ifstream file(path(name), std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
  }
  bool has(const std::string& name) const { return std::filesystem::exists(path(name)); }
  size_t count() const {
    size_t n = 0;
    for (const auto& entry : std::filesystem::directory_iterator(path_)) n += !entry.path().empty();
    return n;
  }

 private:
  std::string path_;
};

struct Result {
  int status = -1;  // exit status; 128 + signal when it was killed
  std::string out, err;
};

// With the file `in` as standard input. `environment` as NAME=value, added to a small fixed one.
inline Result run_reading(const std::string& in, const std::vector<std::string>& command,
                          const std::vector<std::string>& environment = {}) {
  const Folder folder;
  const std::string out = folder.path("out"), err = folder.path("err");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, in.c_str(), O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, out.c_str(), O_WRONLY | O_CREAT, 0600);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, err.c_str(), O_WRONLY | O_CREAT, 0600);
  std::vector<std::string> all = command, variables = {"PATH=/usr/bin:/bin", "TMPDIR=" + folder.path()};
  variables.insert(variables.end(), environment.begin(), environment.end());
  std::vector<char*> arguments, values;
  for (std::string& s : all) arguments.push_back(s.data());
  for (std::string& s : variables) values.push_back(s.data());
  arguments.push_back(nullptr);
  values.push_back(nullptr);
  pid_t child = 0;
  const int spawned =
      ::posix_spawn(&child, all[0].c_str(), &actions, nullptr, arguments.data(), values.data());
  posix_spawn_file_actions_destroy(&actions);
  if (spawned != 0) throw std::runtime_error("cannot run " + all[0]);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
  }
  Result result;
  result.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  result.out = folder.read("out");
  result.err = folder.read("err");
  return result;
}

inline Result run(const std::vector<std::string>& command, const std::string& input = {},
                  const std::vector<std::string>& environment = {}) {
  const Folder folder;
  return run_reading(folder.write("in", input), command, environment);
}

// The built command.
inline Result nabla(std::vector<std::string> arguments, const std::string& input = {},
                    const std::vector<std::string>& environment = {}) {
  arguments.insert(arguments.begin(), paths::binary);
  return run(arguments, input, environment);
}

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace command
