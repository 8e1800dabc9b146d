// The models of examples/, and one with every shape: checked, generated, compiled with g++ and clang++, run,
// and compared with formulas written by hand and with ADOL-C (tests/consumers/NAME.cpp).
#include <catch2/catch.hpp>

#include <cmath>
#include <sstream>

#include "codegen/tensor_check.h"
#include "codegen/tensor_generate.h"
#include "tests/codegen_model.h"
#include "tests/compile.h"
#include "tests/paths.h"

using namespace nabla;
using namespace nabla::test;

namespace {

const std::filesystem::path source = paths::source;

// The numbers that the check compares; throws Failure if some disagree.
void write_header(const std::string& name, const std::filesystem::path& folder,
                  const std::string& models = "examples") {
  LoadedModel loaded(read_file(source / models / (name + ".nabla")), models + "/" + name + ".nabla");
  const std::vector<EntryPoint> entries = entry_points(loaded.ctx, loaded.model);
  for (const EntryCheck& c : check_entries(loaded.ctx, entries)) {
    CHECK(c.report.agreement == Agreement::yes);
    CHECK(c.report.points == 64);
    CHECK(c.report.relative <= 1e-9);
  }
  write_file(folder / (name + ".h"), generate(loaded.ctx, loaded.model, entries));
}

// Of a model with sizes at run time: plain loops, and NAME_eigen.h.
void write_whole(const std::string& name, const std::filesystem::path& folder) {
  LoadedModel loaded(read_file(source / "examples" / (name + ".nabla")), "examples/" + name + ".nabla");
  const std::vector<TensorEntry> entries = tensor_entry_points(loaded.ctx, loaded.model);
  for (const TensorCheck& c : check_tensor_entries(loaded.ctx, entries)) CHECK(c.points == 8);
  write_file(folder / (name + ".h"), generate_tensors(loaded.ctx, loaded.model, entries, TensorTarget::span));
  GenerateOptions options;
  options.name_space = name + "_eigen";
  write_file(folder / (name + "_eigen.h"),
             generate_tensors(loaded.ctx, loaded.model, entries, TensorTarget::eigen, options));
}

void compile_consumer(const std::string& name, const std::filesystem::path& folder);

void build_and_run(const std::string& name, const std::string& models = "examples") {
  const std::filesystem::path folder = fresh_folder("examples-" + name);
  REQUIRE_NOTHROW(write_header(name, folder, models));
  compile_consumer(name, folder);
}

void build_whole(const std::string& name) {
  const std::filesystem::path folder = fresh_folder("examples-" + name);
  REQUIRE_NOTHROW(write_whole(name, folder));
  compile_consumer(name, folder);
}

void compile_consumer(const std::string& name, const std::filesystem::path& folder) {
  for (const std::string& compiler : compilers()) {
    INFO(compiler);
    const std::string consumers = (source / "tests" / "consumers").string();
    const std::string binary = (folder / "consumer").string();
    const Ran built =
        run("'" + compiler + "'" + strict + "-O0 -isystem '" + std::string(paths::eigen) + "' -I'" +
                folder.string() + "' '" + consumers + "/" + name + ".cpp' -o '" + binary + "' -ladolc",
            folder);
    INFO(built.output);
    REQUIRE(built.status == 0);
    const Ran ran = run("'" + binary + "'", folder);
    INFO(ran.output);
    CHECK(ran.status == 0);
  }
}

// The number on the line that begins with `label`.
double printed(const std::string& output, const std::string& label) {
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind(label, 0) == 0) return std::stod(line.substr(label.size()));
  }
  FAIL("no line begins with " << label);
  return 0;
}

}  // namespace

TEST_CASE("examples: black_scholes") { build_and_run("black_scholes"); }
TEST_CASE("examples: puma560") { build_and_run("puma560"); }
TEST_CASE("examples: reprojection") { build_and_run("reprojection"); }
TEST_CASE("examples: helmholtz") { build_and_run("helmholtz"); }
TEST_CASE("examples: rosenbrock") { build_and_run("rosenbrock"); }
TEST_CASE("examples: cross_entropy") { build_and_run("cross_entropy"); }
TEST_CASE("examples: logistic") { build_whole("logistic"); }
TEST_CASE("examples: gaussian") { build_whole("gaussian"); }
TEST_CASE("examples: perceptron") { build_whole("perceptron"); }
TEST_CASE("examples: pca") { build_whole("pca"); }
TEST_CASE("examples: kalman") { build_whole("kalman"); }
TEST_CASE("examples: every shape and output") { build_and_run("shapes", "tests/consumers"); }

TEST_CASE("examples: black_scholes_main prints what mpmath computed") {
  const std::filesystem::path folder = fresh_folder("black_scholes_main");
  write_header("black_scholes", folder);
  for (const std::string& compiler : compilers()) {
    const std::string binary = (folder / "main").string();
    const Ran built =
        run("'" + compiler + "'" + strict + "-O2 -I'" + folder.string() + "' '" +
                (source / "examples" / "black_scholes_main.cpp").string() + "' -o '" + binary + "'",
            folder);
    INFO(built.output);
    REQUIRE(built.status == 0);
    const Ran ran = run("'" + binary + "'", folder);
    INFO(ran.output);
    CHECK(ran.status == 0);
    CHECK(std::fabs(printed(ran.output, "price") - 5.7414332854856088889) < 1e-13);
    CHECK(std::fabs(printed(ran.output, "vega") - 34.476093889405729666) < 1e-12);
  }
}

// Optimisation makes more warnings; keep-inline makes every function code.
TEST_CASE("examples: every header alone, optimised") {
  const std::filesystem::path folder = fresh_folder("examples-alone");
  for (const char* name : {"black_scholes", "puma560", "reprojection", "helmholtz", "cross_entropy"}) {
    INFO(name);
    write_header(name, folder);
    write_file(folder / "alone.cpp", std::string("#include \"") + name + ".h\"\n");
    const Ran built = run("'" + std::string(paths::gxx) + "'" + strict + "-O2 -fkeep-inline-functions -I'" +
                              folder.string() + "' -c '" + (folder / "alone.cpp").string() + "' -o '" +
                              (folder / "alone.o").string() + "'",
                          folder);
    INFO(built.output);
    CHECK(built.status == 0);
  }
}
