// nabla_generate() of an installed Nabla in projects outside the tree: what is built, what is built again,
// and what is refused. Expected behaviour: docs/build.md; expected numbers: mathematics.
#include <catch2/catch.hpp>

#include "tests/cmake_project.h"

using cmake_project::Counter;
using cmake_project::generators;
using cmake_project::Project;
using command::contains;
using command::Result;

namespace {

using Names = std::vector<std::string>;

const std::string program =
    "#include <cstdio>\n#include \"a.h\"\n#include \"b.h\"\n"
    "int main() { std::printf(\"%g %g\\n\", a::f_grad(3.0, 2.0).grad[0], b::g_grad(2.0).grad); }\n";

// Two models, of which one imports a file, and a program.
void write_two(const Project& p) {
  p.write("models/common.nabla", "const c = 2\n");
  p.write("models/a.nabla",
          "import \"common.nabla\"\nvar x, y\nf(x, y) = c*x^2*y\nderive f wrt x, y : value, grad\n");
  p.write("models/b.nabla", "var x\ng(x) = x^3\nderive g : value, grad\n");
  p.write("main.cpp", program);
  p.lists("CXX",
          "nabla_generate(TARGET models MODELS models/a.nabla models/b.nabla)\n"
          "add_executable(main main.cpp)\ntarget_link_libraries(main PRIVATE models)\n");
}

size_t count(const std::string& text, const std::string& part) {
  size_t n = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
  return n;
}

}  // namespace

TEST_CASE("nabla_generate: what changed is built again, and nothing else", "[build]") {
  const std::string generator = GENERATE(as<std::string>(), generators[0], generators[1]);
  INFO(generator);
  const Project p;
  write_two(p);
  const Counter counter(p);
  const Result configured = p.configure(generator, counter.option());
  INFO(configured.out);
  REQUIRE(configured.status == 0);
  const auto built = [&] {
    const Result r = p.build();
    INFO(r.out);
    CHECK(r.status == 0);
    return contains(r.out, "Building CXX");
  };
  CHECK(built());
  CHECK(counter.runs() == Names{"a.nabla", "b.nabla"});
  CHECK(p.in_folder("build/main").out == "24 12\n");
  CHECK_FALSE(built());
  CHECK(counter.runs().empty());
  // A touched import: its dependants, whose text is the same, so that nobody compiles.
  p.write("models/common.nabla", "const c = 2\n");
  CHECK_FALSE(built());
  CHECK(counter.runs() == Names{"a.nabla"});
  CHECK_FALSE(built());
  CHECK(counter.runs().empty());
  // A changed import.
  p.write("models/common.nabla", "const c = 3\n");
  CHECK(built());
  CHECK(counter.runs() == Names{"a.nabla"});
  CHECK(p.in_folder("build/main").out == "36 12\n");
  CHECK_FALSE(built());
  CHECK(counter.runs().empty());
  // A generator that is another one.
  REQUIRE(p.in_folder("touch nabla-counted").status == 0);
  CHECK_FALSE(built());
  CHECK(counter.runs() == Names{"a.nabla", "b.nabla"});
}

TEST_CASE("nabla_generate: an error stops the build at its line, until it is mended", "[build]") {
  const std::string generator = GENERATE(as<std::string>(), generators[0], generators[1]);
  INFO(generator);
  const Project p;
  write_two(p);
  p.lists("NONE",
          "nabla_generate(TARGET models MODELS models/a.nabla models/b.nabla)\n"
          "add_custom_target(all-models ALL)\nadd_dependencies(all-models models)\n");
  REQUIRE(p.configure(generator).status == 0);
  REQUIRE(p.build().status == 0);
  const std::string header = "build/nabla/models/a.h", old = p.read(header);
  const std::string model = p.read("models/a.nabla");
  const auto refused = [&](const std::string& place, const std::string& message) {
    const Result r = p.build();
    INFO(r.out);
    CHECK(r.status != 0);
    CHECK(count(r.out, ": error: ") == 1);
    CHECK(contains(r.out, p.path("models/" + place) + ": error: " + message));
    CHECK(p.read(header) == old);
  };
  const auto mended = [&] {
    p.write("models/common.nabla", "const c = 2\n");
    p.write("models/a.nabla", model);
    const Result r = p.build();
    INFO(r.out);
    CHECK(r.status == 0);
    CHECK(p.read(header) == old);
  };
  SECTION("a model error") {
    p.write("models/a.nabla", "var x\nf(x) = x +\nderive f : value, grad\n");
    refused("a.nabla:2:10", "an operand is missing after '+'");
    mended();
  }
  SECTION("an error in a file that is imported") {
    p.write("models/common.nabla", "const c = \n");
    refused("common.nabla:1:9", "an operand is missing after '='");
    mended();
  }
  SECTION("an import that is not there") {
    std::filesystem::remove(p.path("models/common.nabla"));
    p.write("models/a.nabla", model + "\n");
    refused("a.nabla:1:8", "cannot read '" + p.path("models/common.nabla") + "'");
    mended();
  }
  SECTION("imports in a circle") {
    p.write("models/common.nabla", "import \"a.nabla\"\n");
    refused("common.nabla:1:8", "'a.nabla' imports itself");
    mended();
  }
  SECTION("a model that is gone") {
    std::filesystem::remove(p.path("models/a.nabla"));
    const Result r = p.build();
    CHECK(r.status != 0);
    CHECK(contains(r.out, "models/a.nabla"));
    mended();
  }
}
