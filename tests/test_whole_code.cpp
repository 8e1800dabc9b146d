// Code for whole vectors and matrices, plain loops and Eigen: the models of tests/data/whole are checked
// against dual numbers, generated, compiled with g++ and clang++ under strict flags, run at several sizes,
// also 1, and each number is compared with the evaluator of whole arrays.
#include <catch2/catch.hpp>

#include "codegen/tensor_check.h"
#include "tests/compile.h"
#include "tests/whole_code.h"

using namespace nabla;
using namespace nabla::test;

namespace {

std::vector<std::filesystem::path> models(const std::string& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& f :
       std::filesystem::directory_iterator(std::filesystem::path(NABLA_SOURCE_DIR) / folder)) {
    if (f.path().extension() == ".nabla") files.push_back(f.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

struct Program {
  std::string includes, functions, main;
  size_t calls = 0;
};

// The header of one model, written to the folder, and calls of its functions at several sizes.
void add_model(Program& program, const std::filesystem::path& file, TensorTarget target,
               const std::filesystem::path& folder) {
  INFO(file.string());
  LoadedModel model(read_file(file), file.string());
  const std::string name = "model_" + file.stem().string();
  WholeCalls calls(model, tensor_entry_points(model.ctx, model.model), target, name);
  write_file(folder / (name + ".h"), calls.header());
  std::vector<std::pair<Ref, int64_t>> least, more;
  for (Ref d : calls.dims()) {
    const Ref lower = model.ctx.symbol(d).domain.lower;
    least.emplace_back(d, lower ? *model.ctx.value(lower).as_int() : 1);
    more.emplace_back(d, 5 + static_cast<int64_t>(more.size()));
  }
  program.includes += "#include \"" + name + ".h\"\n";
  std::string functions = calls.at(least, 3);
  functions += calls.at({}, 5);
  functions += calls.at(more, 7);
  CHECK(calls.calls() > 0);
  for (size_t k = 1; k <= calls.calls(); ++k)
    program.main += "  check_" + name + "_" + std::to_string(k) + "();\n";
  program.functions += functions;
  program.calls += calls.calls();
}

void compile_and_run(const std::string& compiler, const Program& program,
                     const std::filesystem::path& folder) {
  INFO(compiler);
  write_file(folder / "main.cpp", program.includes + whole_comparison + "namespace {\n" + program.functions +
                                      "}  // namespace\nint main() {\n" + program.main +
                                      "  return wrong == 0 ? 0 : 1;\n}\n");
  const std::string source = (folder / "main.cpp").string(), binary = (folder / "main").string();
  const Ran built =
      run("'" + compiler + "'" + strict + "-isystem '" NABLA_EIGEN "' '" + source + "' -o '" + binary + "'",
          folder);
  INFO(built.output.substr(0, 4000));
  REQUIRE(built.status == 0);
  const Ran ran = run("'" + binary + "'", folder);
  INFO(ran.output.substr(0, 4000));
  CHECK(ran.status == 0);
}

void check_models(const std::string& name, TensorTarget target, const std::vector<std::string>& folders) {
  const std::filesystem::path folder = fresh_folder(name);
  Program program;
  for (const std::string& from : folders) {
    for (const auto& file : models(from)) add_model(program, file, target, folder);
  }
  CHECK(program.calls > 100);
  for (const std::string& compiler : compilers()) compile_and_run(compiler, program, folder);
}

}  // namespace

TEST_CASE("code for whole arrays: plain loops", "[codegen][whole]") {
  check_models("whole-loops", TensorTarget::span, {"tests/data/whole"});
}

TEST_CASE("code for whole arrays: Eigen", "[codegen][whole]") {
  check_models("whole-eigen", TensorTarget::eigen, {"tests/data/whole"});
}

TEST_CASE("code for whole arrays: the check passes", "[codegen][whole]") {
  for (const auto& file : models("tests/data/whole")) {
    INFO(file.string());
    LoadedModel model(read_file(file), file.string());
    const std::vector<TensorEntry> entries = tensor_entry_points(model.ctx, model.model);
    const std::vector<TensorCheck> checks = check_tensor_entries(model.ctx, entries);
    CHECK(checks.size() == entries.size());
    for (const TensorCheck& c : checks) CHECK(c.points == 8);
  }
}
