// The programs of examples/consumers, built as their authors would build them against an installed Nabla.
// Each prints what it found beside what is known: `NAME = FOUND, known KNOWN`.
#include <catch2/catch.hpp>

#include <cmath>
#include <sstream>

#include "tests/cmake_project.h"

using cmake_project::generators;
using cmake_project::Project;
using command::contains;
using command::Result;

namespace {

Result build_and_run(const Project& p, const std::string& name, const std::string& program,
                     const std::string& generator) {
  p.copy("examples/consumers/" + name);
  const Result configured = p.configure(generator);
  INFO(configured.out);
  REQUIRE(configured.status == 0);
  const Result built = p.build();
  INFO(built.out);
  REQUIRE(built.status == 0);
  return p.in_folder("build/" + program);
}

// Compares `lines` lines, each to `tolerance` of what is known, or of 1.
void check_known(const Result& ran, size_t lines, double tolerance) {
  INFO(ran.out);
  CHECK(ran.status == 0);
  std::istringstream text(ran.out);
  size_t count = 0;
  for (std::string line; std::getline(text, line); ++count) {
    const size_t found = line.find(" = "), known = line.find(", known ");
    REQUIRE(found != std::string::npos);
    REQUIRE(known != std::string::npos);
    const double got = std::stod(line.substr(found + 3)), wanted = std::stod(line.substr(known + 8));
    INFO(line);
    CHECK(std::fabs(got - wanted) <= tolerance * std::max(std::fabs(wanted), wanted == 0 ? 1.0 : 0.0));
  }
  CHECK(count == lines);
}

}  // namespace

TEST_CASE("consumers: Ceres with a generated Jacobian", "[build]") {
  const Project p;
  check_known(build_and_run(p, "ceres", "fit", "Ninja"), 3, 1e-9);
}

TEST_CASE("consumers: Ipopt with a sparse Hessian", "[build]") {
  const Project p;
  check_known(build_and_run(p, "ipopt", "solve", "Unix Makefiles"), 6, 1e-9);
}

TEST_CASE("consumers: Eigen alone", "[build]") {
  const Project p;
  check_known(build_and_run(p, "eigen", "fit", "Ninja"), 2, 1e-12);
}

TEST_CASE("consumers: C99", "[build]") {
  const Project p;
  const std::string generator = GENERATE(as<std::string>(), generators[0], generators[1]);
  check_known(build_and_run(p, "c99", "volatility", generator), 2, 1e-12);
}

TEST_CASE("consumers: float, without heap and exceptions", "[build]") {
  const Project p;
  const std::string generator = GENERATE(as<std::string>(), generators[0], generators[1]);
  check_known(build_and_run(p, "embedded", "arm-demo", generator), 2, 1e-5);
  const std::string needed = p.in_folder("nm -u build/libcontroller.a").out;
  INFO(needed);
  CHECK(contains(needed, "cosf"));
  for (const char* name : {"malloc", "_Znw", "_Zna", "_ZdlPv", "__cxa", "_Unwind", "__gxx_personality"})
    CHECK_FALSE(contains(needed, name));
}

TEST_CASE("consumers: the library from C++ and C", "[build]") {
  const Project p;
  CHECK(build_and_run(p, "library", "derivative", "Unix Makefiles").out == "2*x*sin(y)\n");
  CHECK(p.in_folder("build/derivative_c").out == "sign(x) where x != 0\n");
  CHECK(contains(p.read("f.h"), "FGrad<T> f_grad(T x, T y)"));
  // A project that knows no C++.
  p.write(
      "c/CMakeLists.txt",
      "cmake_minimum_required(VERSION 3.20)\nproject(c C)\nfind_package(Nabla REQUIRED COMPONENTS core)\n"
      "add_executable(derivative ../derivative.c)\ntarget_link_libraries(derivative PRIVATE Nabla::core)\n");
  const Result alone = p.in_folder("cmake -S c -B c/build -DCMAKE_PREFIX_PATH='" +
                                   cmake_project::installed() + "' && cmake --build c/build");
  INFO(alone.out);
  CHECK(p.in_folder("c/build/derivative").out == "sign(x) where x != 0\n");
  // By pkg-config, without CMake.
  const std::string pkg = "PKG_CONFIG_PATH='" + cmake_project::installed() + "/lib/pkgconfig' pkg-config ";
  const Result plain =
      p.in_folder("cc -std=c99 -Wall -Wextra -Werror derivative.c -o plain $(" + pkg +
                  "--cflags --libs nabla) && ./plain && $(" + pkg + "--variable=nabla nabla) --version");
  CHECK(plain.out == "sign(x) where x != 0\nnabla 0.1.0\n");
}
