// Projects outside the tree that use an installed Nabla, as its users build them.
#pragma once

#include <fcntl.h>
#include <sys/file.h>
#include <catch2/catch.hpp>

#include <string>
#include <vector>

#include "tests/command.h"
#include "tests/paths.h"

namespace cmake_project {

using command::Result;

// Runs a line of shell; what it prints, standard error too, is in `out`.
inline Result shell(const std::string& line, const std::vector<std::string>& environment = {}) {
  return command::run({"/bin/sh", "-c", "{ " + line + "\n} 2>&1"}, "", environment);
}

inline std::string in_quotes(const std::string& word) { return "'" + word + "'"; }

// The folder that this build of Nabla is installed in: once, for all tests.
inline const std::string& installed() {
  static const std::string prefix = [] {
    const std::filesystem::path folder = std::filesystem::path(paths::build) / "test-install";
    std::filesystem::create_directories(folder);
    const int lock = ::open((folder / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock < 0 || ::flock(lock, LOCK_EX) != 0) throw std::runtime_error("no lock for the installation");
    const std::filesystem::path build = paths::build, source = paths::source, done = folder / "done";
    const auto newer = [&](const std::filesystem::path& file) {
      return !std::filesystem::exists(done) ||
             std::filesystem::last_write_time(file) > std::filesystem::last_write_time(done);
    };
    if (newer(paths::binary) || newer(build / "cmake_install.cmake") ||
        newer(source / "cmake" / "NablaGenerate.cmake")) {
      std::filesystem::remove_all(folder / "prefix");
      const Result r = shell("cmake --install " + in_quotes(paths::build) + " --prefix " +
                             in_quotes((folder / "prefix").string()));
      if (r.status != 0) throw std::runtime_error("cannot install: " + r.out);
      std::ofstream(done) << r.out;
    }
    ::close(lock);
    return (folder / "prefix").string();
  }();
  return prefix;
}

inline const char* const generators[] = {"Ninja", "Unix Makefiles"};

// A project in a folder of its own, built in its folder `build`.
class Project {
 public:
  std::string path(const std::string& name) const { return folder_.path(name); }
  std::string read(const std::string& name) const { return folder_.read(name); }
  bool has(const std::string& name) const { return folder_.has(name); }
  std::string write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories(std::filesystem::path(path(name)).parent_path());
    return folder_.write(name, text);
  }
  // The files of a folder of the repository.
  void copy(const std::string& folder) const {
    std::filesystem::copy(std::filesystem::path(paths::source) / folder, folder_.path(),
                          std::filesystem::copy_options::recursive);
  }
  // CMakeLists.txt that finds Nabla, and then `text`.
  void lists(const std::string& languages, const std::string& text) const {
    write("CMakeLists.txt", "cmake_minimum_required(VERSION 3.20)\nproject(consumer LANGUAGES " + languages +
                                ")\nenable_testing()\nfind_package(Nabla 0.1 REQUIRED)\n" + text);
  }
  Result configure(const std::string& generator = "Ninja", const std::string& options = "") const {
    return in_folder("cmake -G " + in_quotes(generator) +
                     " -S . -B build -DCMAKE_PREFIX_PATH=" + in_quotes(installed()) + " " + options);
  }
  Result build(const std::string& options = "") const {
    return in_folder("cmake --build build -j2 " + options);
  }
  Result in_folder(const std::string& line) const {
    return shell("cd " + in_quotes(folder_.path()) + "\n" + line);
  }

 private:
  command::Folder folder_;
};

// A program that is nabla, and counts how often it runs: for NABLA_EXECUTABLE.
class Counter {
 public:
  explicit Counter(const Project& project) : log_(project.path("runs")) {
    program_ = project.write("nabla-counted", "#!/bin/sh\necho \"$2\" >>" + in_quotes(log_) + "\nexec " +
                                                  in_quotes(installed() + "/bin/nabla") + " \"$@\"\n");
    ::chmod(program_.c_str(), 0755);
  }
  std::string option() const { return "-DNABLA_EXECUTABLE=" + in_quotes(program_); }
  // The models since the last call, each as the name of its file.
  std::vector<std::string> runs() const {
    std::vector<std::string> models;
    std::ifstream log(log_);
    for (std::string line; std::getline(log, line);) models.push_back(line.substr(line.rfind('/') + 1));
    std::filesystem::remove(log_);
    std::sort(models.begin(), models.end());
    return models;
  }

 private:
  std::string log_, program_;
};

}  // namespace cmake_project
