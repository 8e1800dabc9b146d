// What an installation has, the Debian package, and Nabla as a part of another project.
#include <catch2/catch.hpp>

#include "tests/cmake_project.h"
#include "tests/paths.h"

using cmake_project::in_quotes;
using cmake_project::installed;
using cmake_project::Project;
using cmake_project::shell;
using command::contains;
using command::Folder;
using command::Result;

namespace {

const char* const program = "int main() { return m::f_grad(3.0).grad[0] == 6.0 ? 0 : 1; }\n";

void write_model(const Project& p) {
  p.write("m.nabla", "var x\nf(x) = x^2\nderive f : value, grad\n");
  p.write("main.cpp", std::string("#include \"m.h\"\n") + program);
}

// A project that has Nabla by `how`, without find_package.
void write_with(const Project& p, const std::string& how) {
  write_model(p);
  p.write("CMakeLists.txt",
          "cmake_minimum_required(VERSION 3.20)\nproject(consumer LANGUAGES CXX)\n"
          "enable_testing()\n" +
              how +
              "nabla_generate(TARGET m MODELS m.nabla)\nadd_executable(main main.cpp)\n"
              "target_link_libraries(main PRIVATE m)\n");
}

// What Nabla must not do to a project that it is a part of.
void check_untouched(const Project& p) {
  CHECK(
      contains(p.in_folder("grep CMAKE_BUILD_TYPE build/CMakeCache.txt").out, "CMAKE_BUILD_TYPE:STRING=\n"));
  CHECK(contains(p.in_folder("grep CMAKE_CXX_FLAGS_RELEASE: build/CMakeCache.txt").out, "=-O3 -DNDEBUG\n"));
  CHECK(contains(p.in_folder("ctest --test-dir build -N").out, "Total Tests: 0"));
  CHECK(contains(p.in_folder("cmake --install build --prefix stage; ls stage").out, "cannot access"));
}

}  // namespace

TEST_CASE("install: every part has its place", "[build]") {
  for (const char* file :
       {"bin/nabla", "lib/libnabla.a", "include/nabla/nabla.h", "include/nabla/nabla.hpp",
        "include/nabla/runtime/nabla_runtime.h", "lib/cmake/Nabla/NablaConfig.cmake",
        "lib/cmake/Nabla/NablaTargets.cmake", "lib/cmake/Nabla/NablaGenerate.cmake", "lib/pkgconfig/nabla.pc",
        "share/man/man1/nabla.1", "share/bash-completion/completions/nabla",
        "share/zsh/site-functions/_nabla", "share/fish/vendor_completions.d/nabla.fish",
        "share/vim/vimfiles/syntax/nabla.vim", "share/nabla/vscode/package.json",
        "share/doc/nabla/LICENSE"}) {
    INFO(file);
    CHECK(std::filesystem::exists(installed() + "/" + file));
  }
  CHECK(shell(in_quotes(installed() + "/bin/nabla") + " --version").out == "nabla 0.1.0\n");
  // Nothing speaks of the folders that it was built from.
  CHECK(shell("grep -rlI " + in_quotes(paths::source) + " " + in_quotes(installed())).out.empty());
}

TEST_CASE("install: generated code that includes the runtime", "[build]") {
  const Project p;
  p.write("m.nabla", "var x\nf(x) = softplus(x)\nderive f : value, grad, batch\n");
  p.write("main.cpp",
          "#include \"m.h\"\n#include <cmath>\nint main() {\n  const auto r = m::f_grad(0.0);\n"
          "  const double x[] = {0, 0, 0, 0, 0, 0, 0, 0, 0};\n  double f[9], g[9];\n"
          "  m::f_grad_batch(9, x, f, g);\n"
          "  if (std::fabs(f[8] - r.value) + std::fabs(g[8] - r.grad[0]) > 1e-15) return 1;\n"
          "  return std::fabs(r.value - std::log(2.0)) + std::fabs(r.grad[0] - 0.5) < 1e-15 ? 0 : 1;\n}\n");
  p.lists("CXX", "add_executable(main main.cpp)\ntarget_link_libraries(main PRIVATE Nabla::runtime)\n");
  REQUIRE(p.in_folder(in_quotes(installed() + "/bin/nabla") + " gen m.nabla -o m.h --use-runtime").status ==
          0);
  REQUIRE(p.configure().status == 0);
  const Result built = p.build();
  INFO(built.out);
  CHECK(built.status == 0);
  CHECK(p.in_folder("build/main").status == 0);
}

TEST_CASE("install: a package for Debian comes and goes", "[build]") {
  const Folder folder;
  const std::string root = folder.path("root");
  const Result packed =
      shell("cd " + in_quotes(paths::build) + " && cpack -B " + in_quotes(folder.path("deb")));
  INFO(packed.out);
  REQUIRE(packed.status == 0);
  const std::string deb = in_quotes(folder.path("deb")) + "/nabla_0.1.0_*.deb";
  CHECK(contains(shell("dpkg-deb -f " + deb + " Depends").out, "libgmp10"));
  REQUIRE(shell("mkdir -p " + in_quotes(root) + "/var/lib/dpkg/updates " + in_quotes(root) +
                "/var/lib/dpkg/info && touch " + in_quotes(root) + "/var/lib/dpkg/status")
              .status == 0);
  const std::string dpkg =
      "dpkg --root=" + in_quotes(root) + " --log=/dev/null --force-depends --force-not-root ";
  const Result in = shell("export PATH=$PATH:/usr/sbin:/sbin; " + dpkg + "-i " + deb);
  INFO(in.out);
  REQUIRE(in.status == 0);
  CHECK(shell(in_quotes(root) + "/usr/bin/nabla -e 'diff(x^3, x)'").out == "3*x^2\n");
  // The installed files are usable where they are.
  const Project p;
  write_model(p);
  p.lists("CXX",
          "nabla_generate(TARGET m MODELS m.nabla)\nadd_executable(main main.cpp)\n"
          "target_link_libraries(main PRIVATE m)\n");
  const Result configured =
      p.in_folder("cmake -G Ninja -S . -B build -DNabla_DIR=" + in_quotes(root + "/usr/lib/cmake/Nabla"));
  INFO(configured.out);
  REQUIRE(configured.status == 0);
  CHECK(p.build().status == 0);
  CHECK(p.in_folder("build/main").status == 0);
  const Result out = shell("export PATH=$PATH:/usr/sbin:/sbin; " + dpkg + "-P nabla");
  INFO(out.out);
  CHECK(out.status == 0);
  CHECK(shell("find " + in_quotes(root) + " -path '*/var' -prune -o -type f -print").out.empty());
  CHECK_FALSE(std::filesystem::exists(root + "/usr/include"));
}

TEST_CASE("install: Nabla as a folder of another project", "[build]") {
  const Project p;
  write_with(p, "add_subdirectory(" + std::string(paths::source) + " nabla EXCLUDE_FROM_ALL)\n");
  const Result configured = p.configure();
  INFO(configured.out);
  REQUIRE(configured.status == 0);
  check_untouched(p);
  // The program is built before it is run. (It is not built here: that takes minutes.)
  const std::string inputs = p.in_folder("ninja -C build -t inputs main").out;
  CHECK(contains(inputs, "nabla/nabla\n"));
  CHECK(contains(inputs, "m.nabla\n"));
}

TEST_CASE("install: Nabla by FetchContent", "[build]") {
  const Project p;
  write_with(p, "include(FetchContent)\nFetchContent_Declare(nabla SOURCE_DIR " + std::string(paths::source) +
                    ")\nFetchContent_MakeAvailable(nabla)\n");
  // A program that is there already is taken; everything else of Nabla is then not built.
  const Result configured = p.configure("Ninja", "-DNABLA_EXECUTABLE=" + in_quotes(paths::binary));
  INFO(configured.out);
  REQUIRE(configured.status == 0);
  check_untouched(p);
  const Result built = p.build("--target main");
  INFO(built.out);
  CHECK(built.status == 0);
  CHECK(p.in_folder("build/main").status == 0);
}
