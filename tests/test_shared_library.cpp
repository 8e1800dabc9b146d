// libnabla.so, of a build that scripts/test makes with clang++: what it shows, and
// those who link it by CMake, by pkg-config, and from Python.
#include <catch2/catch.hpp>

#include <iterator>
#include <regex>
#include <set>
#include <sstream>

#include "tests/cmake_project.h"

using cmake_project::in_quotes;
using cmake_project::Project;
using cmake_project::shell;
using command::contains;
using command::Result;

namespace {

using Names = std::set<std::string>;

// Where it is installed: once for all tests of this process.
const std::string& prefix() {
  static const command::Folder folder;
  static const std::string path = [] {
    const Result r = shell("cmake --install " + in_quotes(paths::shared_build) + " --prefix " +
                           in_quotes(folder.path("p")));
    INFO(r.out);
    REQUIRE(r.status == 0);
    return folder.path("p");
  }();
  return path;
}

std::string library() { return prefix() + "/lib/libnabla.so.0.1"; }

Names words_of(const std::string& text) {
  std::istringstream in(text);
  return {std::istream_iterator<std::string>(in), {}};
}

// The functions that nabla.h declares.
Names declared() {
  std::ifstream file(prefix() + "/include/nabla/nabla.h");
  std::stringstream text;
  text << file.rdbuf();
  const std::string header = std::regex_replace(text.str(), std::regex("/\\*([^*]|\\*[^/])*\\*/"), "");
  const std::regex function("(nabla_[a-z_]+)\\(");
  Names names;
  for (std::sregex_iterator i(header.begin(), header.end(), function), end; i != end; ++i)
    names.insert((*i)[1]);
  return names;
}

}  // namespace

TEST_CASE("shared library: its name and what it shows", "[build]") {
  CHECK(std::filesystem::read_symlink(prefix() + "/lib/libnabla.so") == "libnabla.so.0.1");
  CHECK(std::filesystem::read_symlink(library()) == "libnabla.so.0.1.0");
  CHECK_FALSE(std::filesystem::exists(prefix() + "/lib/libnabla.a"));
  const std::string dynamic = shell("objdump -p " + in_quotes(library())).out;
  CHECK(std::regex_search(dynamic, std::regex("SONAME +libnabla\\.so\\.0\\.1\n")));
  CHECK_FALSE(contains(dynamic, "RUNPATH"));
  const std::string symbols = "nm -D --defined-only --format=posix " + in_quotes(library());
  // For C exactly what the header declares; for C++ the names of nabla::v0 alone.
  CHECK(words_of(shell(symbols + " | cut -d' ' -f1 | grep -v ^_Z").out) == declared());
  CHECK(declared().size() >= 15);
  CHECK(shell(symbols + " -C | grep -v '^nabla_' | grep -v '^nabla::v0::'").out.empty());
  CHECK(contains(shell(symbols + " -C").out, "nabla::v0::diff(nabla::v0::Expr const&"));
}

TEST_CASE("shared library: found by CMake and pkg-config, without what it stands on", "[build]") {
  const Project p;
  p.copy("examples/consumers/library");
  std::string without;
  for (const char* package : {"GMP", "FLINT", "Utf8proc", "fmt"})
    without += std::string(" -DCMAKE_DISABLE_FIND_PACKAGE_") + package + "=ON";
  const Result built = p.in_folder("cmake -G Ninja -S . -B build -DCMAKE_PREFIX_PATH=" + in_quotes(prefix()) +
                                   without + " && cmake --build build");
  INFO(built.out);
  REQUIRE(built.status == 0);
  CHECK(p.in_folder("build/derivative").out == "2*x*sin(y)\n");
  CHECK(p.in_folder("build/derivative_c").out == "sign(x) where x != 0\n");
  CHECK(contains(p.in_folder("ldd build/derivative").out, "libnabla.so.0.1 => " + library()));
  const std::string pkg = "PKG_CONFIG_PATH=" + in_quotes(prefix() + "/lib/pkgconfig") + " pkg-config ";
  CHECK_FALSE(contains(p.in_folder(pkg + "--libs nabla").out, "flint"));
  const Result plain =
      p.in_folder("cc -std=c99 -Wall -Wextra -Werror derivative.c -o plain $(" + pkg +
                  "--cflags --libs nabla) -Wl,-rpath," + in_quotes(prefix() + "/lib") + " && ./plain");
  CHECK(plain.out == "sign(x) where x != 0\n");
  // The program stands on its own.
  CHECK_FALSE(contains(shell("ldd " + in_quotes(prefix() + "/bin/nabla")).out, "libnabla"));
  CHECK(shell(in_quotes(prefix() + "/bin/nabla") + " -e 'diff(x^3, x)'").out == "3*x^2\n");
}

TEST_CASE("shared library: a binding for Python", "[build]") {
  const Result r = shell("NABLA_LIBRARY=" + in_quotes(library()) + " python3 " +
                         in_quotes(std::string(paths::source) + "/examples/consumers/python/newton.py"));
  CHECK(r.out ==
        "3*x^2 - 2\n"
        "root = 2.094551481542, known 2.094551481542\n"
        "sign(x) where x != 0\n"
        "NB0202: unknown function 'sn' - did you mean 'sin'?\n"
        "static inline void f_f_grad(float x, float* value, float* grad) {\n");
}
