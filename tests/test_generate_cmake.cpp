// nabla_generate() of an installed Nabla in projects outside the tree: what is built, what is built again,
// and what is refused. Expected behaviour: docs/build.md; expected numbers: mathematics.
#include <catch2/catch.hpp>

#include "tests/cmake_project.h"

using cmake_project::Counter;
using cmake_project::generators;
using cmake_project::in_quotes;
using cmake_project::Project;
using command::contains;
using command::Result;

namespace {

using Names = std::vector<std::string>;

const std::string program =
    "#include <cstdio>\n#include \"a.h\"\n#include \"b.h\"\n"
    "int main() { std::printf(\"%g %g\\n\", a::f_grad(3.0, 2.0).grad[0], b::g_grad(2.0).grad[0]); }\n";

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
  // A call that asks for something else.
  const std::string lists = p.read("CMakeLists.txt");
  p.write("CMakeLists.txt", lists.substr(0, lists.find("b.nabla)")) + "b.nabla SCALAR double)" +
                                lists.substr(lists.find("b.nabla)") + 8));
  CHECK(built());
  CHECK(counter.runs() == Names{"a.nabla", "b.nabla"});
  CHECK_FALSE(contains(p.read("build/nabla/models/a.h"), "template"));
  CHECK_FALSE(built());
  CHECK(counter.runs().empty());
  // A header that somebody removed.
  std::filesystem::remove(p.path("build/nabla/models/b.h"));
  CHECK(built());
  CHECK(counter.runs() == Names{"b.nabla"});
  CHECK(p.in_folder("build/main").out == "36 12\n");
  CHECK_FALSE(built());
  CHECK(counter.runs().empty());
  // An import that the model does without from now on, and that is gone.
  p.write("models/a.nabla", "var x, y\nf(x, y) = 2*x^2*y\nderive f wrt x, y : value, grad\n");
  std::filesystem::remove(p.path("models/common.nabla"));
  CHECK(built());
  CHECK(counter.runs() == Names{"a.nabla"});
  CHECK_FALSE(built());
  CHECK(counter.runs().empty());
  // A generator that is another one.
  REQUIRE(p.in_folder("touch nabla-counted").status == 0);
  CHECK_FALSE(built());
  CHECK(counter.runs() == Names{"a.nabla", "b.nabla"});
  // A model that is no longer asked for: who still includes its header is told.
  std::string fewer = p.read("CMakeLists.txt");
  fewer.erase(fewer.find(" models/b.nabla"), 15);
  p.write("CMakeLists.txt", fewer);
  const Result stale = p.build();
  INFO(stale.out);
  CHECK(stale.status != 0);
  CHECK(contains(stale.out, "b.h: No such file"));
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

TEST_CASE("nabla_generate: a hundred models, and only what must run runs", "[build]") {
  const std::string generator = GENERATE(as<std::string>(), generators[0], generators[1]);
  INFO(generator);
  const Project p;
  std::string models;
  p.write("one.nabla", "const c = 1\n");
  p.write("two.nabla", "import \"one.nabla\"\nconst d = c + 1\n");
  for (int i = 0; i < 100; ++i) {
    const std::string name = "m" + std::to_string(i) + ".nabla";
    const char* import = i < 3 ? "import \"one.nabla\"\n" : i < 5 ? "import \"two.nabla\"\n" : "";
    p.write(name,
            import + std::string("var x\nf(x) = x^") + std::to_string(i + 2) + "\nderive f : value, grad\n");
    models += " " + name;
  }
  p.lists("NONE", "nabla_generate(TARGET models MODELS" + models +
                      ")\nadd_custom_target(all-models ALL)\nadd_dependencies(all-models models)\n");
  const Counter counter(p);
  REQUIRE(p.configure(generator, counter.option()).status == 0);
  REQUIRE(p.build().status == 0);
  CHECK(counter.runs().size() == 100);
  const auto runs_after = [&](const std::string& command) {
    REQUIRE(p.in_folder(command).status == 0);
    REQUIRE(p.build().status == 0);
    return counter.runs();
  };
  CHECK(runs_after("true").empty());
  CHECK(runs_after("touch two.nabla") == Names{"m3.nabla", "m4.nabla"});
  CHECK(runs_after("touch one.nabla") == Names{"m0.nabla", "m1.nabla", "m2.nabla", "m3.nabla", "m4.nabla"});
  CHECK(runs_after("touch m7.nabla") == Names{"m7.nabla"});
  CHECK(runs_after("true").empty());
}

TEST_CASE("nabla_generate: what the options ask for", "[build]") {
  const Project p;
  p.write("m.nabla", "var x : vector[2]\nf(x) = x'*x\ng(x) = x[1]\nderive f : value\n");
  p.write("use.c",
          "#include \"c.h\"\nint main(void) {\n  const float x[2] = {1, 2};\n  float value, grad[2];\n"
          "  c_f_grad(x, &value, grad);\n  return value == 5 && grad[1] == 4 ? 0 : 1;\n}\n");
  p.write("use.cpp",
          "#include \"m.h\"\nint main() {\n  const double x[2] = {1, 2};\n  double hess[4];\n"
          "  my::models::f_hess_lower_only(x, hess);\n  return hess[0] == 2 && hess[3] == 2 ? 0 : 1;\n}\n");
  p.write("c.nabla", p.read("m.nabla"));
  p.lists("C CXX",
          "nabla_generate(TARGET cpp MODELS m.nabla FUNCTIONS f DERIVE \"hess(lower, only)\" NAMESPACE "
          "my::models\n"
          "               SCALAR double STORAGE span LANGUAGE cpp OUTPUT_DIR \"out put/../out put\")\n"
          "nabla_generate(TARGET c MODELS c.nabla FUNCTIONS f g DERIVE value grad SCALAR float LANGUAGE c)\n"
          "add_executable(use use.cpp)\ntarget_link_libraries(use PRIVATE cpp)\n"
          "add_executable(use_c use.c)\ntarget_link_libraries(use_c PRIVATE c)\n");
  const Result configured = p.configure();
  INFO(configured.out);
  REQUIRE(configured.status == 0);
  const Result built = p.build();
  INFO(built.out);
  REQUIRE(built.status == 0);
  CHECK(p.in_folder("build/use").status == 0);
  CHECK(p.in_folder("build/use_c").status == 0);
  const std::string header = p.read("build/out put/m.h");
  CHECK(contains(header, "namespace my::models {"));
  CHECK_FALSE(contains(header, "template"));
  CHECK_FALSE(contains(header, "g(x)"));
}

TEST_CASE("nabla_generate: a committed copy is compared", "[build]") {
  const Project p;
  p.write("m.nabla", "var x\nf(x) = x^2\nderive f : value, grad\n");
  p.lists("NONE", "nabla_generate(TARGET models MODELS m.nabla COMMITTED copies)\n");
  REQUIRE(p.configure().status == 0);
  const auto tested = [&] { return p.in_folder("ctest --test-dir build --output-on-failure"); };
  CHECK(contains(tested().out, "m.h does not exist"));
  REQUIRE(p.build("--target models-commit").status == 0);
  const std::string copy = p.read("copies/m.h");
  CHECK(contains(copy, "f_grad"));
  CHECK(tested().status == 0);
  p.write("m.nabla", "var x\nf(x) = x^3\nderive f : value, grad\n");
  const Result stale = tested();
  CHECK(stale.status != 0);
  CHECK(contains(stale.out, "nabla.models.m"));
  CHECK(contains(stale.out, "m.h is out of date"));
  CHECK(p.read("copies/m.h") == copy);
  REQUIRE(p.build("--target models-commit").status == 0);
  CHECK(tested().status == 0);
}

TEST_CASE("nabla_generate: builds for another machine", "[build]") {
  const Project p;
  p.write("m.nabla", "var x\nf(x) = x^2\n");
  p.lists("NONE",
          "nabla_generate(TARGET models MODELS m.nabla)\nadd_custom_target(all-models ALL)\n"
          "add_dependencies(all-models models)\n");
  const Result refused = p.configure("Ninja", "-DCMAKE_SYSTEM_NAME=Generic");
  CHECK(refused.status != 0);
  CHECK(contains(refused.out, "set NABLA_EXECUTABLE"));
  const Counter counter(p);
  REQUIRE(p.configure("Ninja", "-DCMAKE_SYSTEM_NAME=Generic " + counter.option()).status == 0);
  CHECK(p.build().status == 0);
  CHECK(counter.runs() == Names{"m.nabla"});
}

TEST_CASE("nabla_generate: calls that cannot be meant", "[build]") {
  const Project p;
  for (const char* name : {"m.nabla", "sub/m.nabla"}) p.write(name, "var x\nf(x) = x^2\n");
  const auto refused = [&](const std::string& call, const std::string& message) {
    p.lists("NONE", "\n\nnabla_generate(" + call + ")\n");
    std::string out = p.configure().out, words;
    for (const char c : out) words += c == '\n' ? ' ' : c;
    while (words.find("  ") != std::string::npos) words.erase(words.find("  "), 1);
    INFO(out);
    const bool second = contains(call, "\n");
    CHECK(
        contains(words, second ? "CMakeLists.txt:8 (nabla_generate)" : "CMakeLists.txt:7 (nabla_generate)"));
    CHECK(contains(words, message));
  };
  refused("TARGET t", "needs TARGET and MODELS");
  refused("MODELS m.nabla", "needs TARGET and MODELS");
  const std::string known =
      " The arguments are COMMITTED, DERIVE, FUNCTIONS, LANGUAGE, MODELS, NAMESPACE, OUTPUT_DIR, SCALAR, "
      "STORAGE, "
      "TARGET.";
  refused("TARGET t MODELS m.nabla NAMESPACES n",
          "no such argument: NAMESPACES; did you mean NAMESPACE?" + known);
  refused("TARGET t models m.nabla", "no such argument: models; did you mean MODELS?" + known);
  refused("t MODELS m.nabla", "no such argument: t" + known);
  refused("TARGET a/b MODELS m.nabla", "'a/b' cannot be the name of a target");
  refused("TARGET t MODELS m.nabla SCALAR", "SCALAR needs a value");
  for (const char* name : {"a#b.nabla", "a|b.nabla", "a(b$(c.nabla", "a$(b)/c.nabla"}) {
    INFO(name);
    p.write(name, "");
    refused("TARGET t MODELS [[" + std::string(name) + "]]", "build systems misread");
  }
  refused("TARGET t MODELS none.nabla", "there is no model " + p.path("none.nabla"));
  refused("TARGET t MODELS m.nabla sub/m.nabla", "two models would be written to");
  refused("TARGET t MODELS m.nabla OUTPUT_DIR o)\nnabla_generate(TARGET u MODELS sub/m.nabla OUTPUT_DIR o",
          "two models would be written to");
  refused("TARGET t MODELS m.nabla SCALAR half", "SCALAR is one of double, float, template, not 'half'");
  refused("TARGET t MODELS m.nabla STORAGE heap", "STORAGE is one of array, span, eigen, not 'heap'");
  refused("TARGET t MODELS m.nabla LANGUAGE Fortran", "LANGUAGE is one of cpp, c, not 'Fortran'");
  refused("TARGET t MODELS m.nabla)\nnabla_generate(TARGET t MODELS sub/m.nabla",
          "there is a target 't' already");
}

TEST_CASE("nabla_generate: files that cannot be written", "[build]") {
  const std::string generator = GENERATE(as<std::string>(), generators[0], generators[1]);
  INFO(generator);
  const Project p;
  p.write("m.nabla", "var x\nf(x) = x^2\nderive f : value, grad\n");
  p.lists("NONE",
          "nabla_generate(TARGET models MODELS m.nabla OUTPUT_DIR ${CMAKE_SOURCE_DIR}/out)\n"
          "add_custom_target(all-models ALL)\nadd_dependencies(all-models models)\n");
  const auto refused = [&](const std::string& reason) {
    REQUIRE(p.configure(generator).status == 0);
    const Result r = p.build();
    INFO(r.out);
    CHECK(r.status != 0);
    CHECK(count(r.out, "error: ") == 1);
    CHECK(contains(r.out, "error: cannot write '" + p.path("out/m.h") + "': " + reason));
  };
  // Root may write anywhere but here: a full disk, a folder that takes no files.
  SECTION("a full disk") {
    std::filesystem::create_directory(p.path("out"));
    std::filesystem::create_symlink("/dev/full", p.path("out/m.h"));
    refused("No space left on device");
    std::filesystem::remove(p.path("out/m.h"));
  }
  SECTION("a read-only folder") {
    std::filesystem::create_directory_symlink("/proc/sys", p.path("out"));
    refused("");
    std::filesystem::remove(p.path("out"));
    std::filesystem::create_directory(p.path("out"));
  }
  const Result mended = p.build();
  INFO(mended.out);
  CHECK(mended.status == 0);
  CHECK(contains(p.read("out/m.h"), "f_grad"));
}

TEST_CASE("nabla_generate: a build that is killed", "[build]") {
  const std::string generator = GENERATE(as<std::string>(), generators[0], generators[1]);
  INFO(generator);
  const Project p;
  std::string sum = "0";
  for (int i = 1; i <= 60; ++i) sum += " + sin(x[" + std::to_string(i) + "]*y)^2";
  const auto model = [&](const std::string& factor) {
    p.write("m.nabla", "var x : vector[60]\nvar y\nf(x, y) = " + factor + "*(" + sum +
                           ")\nderive f : value, grad, hess\n");
  };
  p.lists("NONE",
          "nabla_generate(TARGET models MODELS m.nabla)\n"
          "add_custom_target(all-models ALL)\nadd_dependencies(all-models models)\n");
  model("2");
  REQUIRE(p.configure(generator).status == 0);
  REQUIRE(p.build().status == 0);
  const std::string header = "build/nabla/models/m.h", two = p.read(header);
  model("3");
  const std::string other =
      p.in_folder(in_quotes(cmake_project::installed() + "/bin/nabla") + " gen m.nabla -o m.h").status == 0
          ? p.read("m.h")
          : "";
  REQUIRE(other.size() > 1000);
  // The whole group dies, as with the machine.
  for (const char* after : {"0.01", "0.03", "0.05", "0.1", "0.2"}) {
    (void)p.in_folder("timeout -s KILL " + std::string(after) + " cmake --build build");
    if (!p.has(header)) continue;
    const std::string now = p.read(header);
    CHECK((now == two || now == other));
  }
  const Result again = p.build();
  INFO(again.out);
  CHECK(again.status == 0);
  CHECK(p.read(header) == other);
}

TEST_CASE("nabla_generate: names of files and folders", "[build]") {
  // Blanks, letters beyond ASCII, what make, ninja, CMake and shells read as their own, and `..` in paths.
  const std::string generator = GENERATE(as<std::string>(), generators[0], generators[1]);
  INFO(generator);
  const Project p;
  p.write("a b/é (1)/class.nabla",
          "import \"../c d é.nabla\"\nvar x\nf(x) = c*x^2\nderive f : value, grad\n");
  p.write("a b/c d é.nabla", "const c = 2\n");
  const std::string odd = "o'b $x #;\"*&|<:=[1]";
  p.write(odd + "/it's $c.nabla", "import \"c.nabla\"\nvar x\nf(x) = c*x^2\nderive f : value, grad\n");
  p.write(odd + "/c.nabla", "const c = 3\n");
  p.write("main.cpp",
          "#include \"class.h\"\n#include \"it's $c.h\"\nint main() {\n"
          "  return class_model::f_grad(2.0).value + it_s_c::f_grad(2.0).value == 20 ? 0 : 1;\n}\n");
  p.lists("CXX",
          "set(folder [[a b/é (1)]])\n"
          "nabla_generate(TARGET models MODELS \"a b/../${folder}/class.nabla\"\n  [==[" +
              p.path(odd) +
              "/it's $c.nabla]==])\n"
              "add_executable(main main.cpp)\ntarget_link_libraries(main PRIVATE models)\n");
  const Counter counter(p);
  const Result configured = p.configure(generator, counter.option());
  INFO(configured.out);
  REQUIRE(configured.status == 0);
  const auto built = [&](const Names& names) {
    const Result r = p.build();
    INFO(r.out);
    CHECK(r.status == 0);
    CHECK(counter.runs() == names);
  };
  built({"class.nabla", "it's $c.nabla"});
  CHECK(p.in_folder("build/main").status == 0);
  built({});
  p.write("a b/c d é.nabla", "const c = 4/2\n");
  built({"class.nabla"});
  p.write(odd + "/c.nabla", "const c = 6/2\n");
  built({"it's $c.nabla"});
  REQUIRE(p.in_folder("touch " + in_quotes("a b/é (1)/class.nabla")).status == 0);
  built({"class.nabla"});
  p.write(odd + "/it's $c.nabla", "var x\nf(x) = 3*x^2\nderive f : value, grad\n");
  built({"it's $c.nabla"});
  built({});
  CHECK(p.in_folder("build/main").status == 0);
}
