// The models that nabla-bench codegen measures: generated and checked against automatic differentiation, as
// gen does before it writes, and twice the same bytes. That their formulas are the ones of the literature is
// compared in nabla-bench itself, with formulas in C++ and derivatives by hand.
#include <catch2/catch.hpp>
#include <filesystem>
#include <set>

#include "command.h"
#include "tests/paths.h"

using command::contains;
using command::nabla;
using command::Result;

TEST_CASE("models of the benchmarks of generated code", "[codegen][bench]") {
  std::set<std::filesystem::path> models;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::string(paths::source) + "/bench/codegen")) {
    if (entry.path().extension() == ".nabla") models.insert(entry.path());
  }
  CHECK(models.size() == 13);
  for (const std::filesystem::path& model : models) {
    INFO(model);
    const Result code = nabla({"gen", model.string(), "-o", "-"});
    INFO(code.err);
    REQUIRE(code.status == 0);
    CHECK((contains(code.out, "f_grad(") || contains(code.out, "f_jac") || contains(code.out, "f_hess(")));
    CHECK(nabla({"gen", model.string(), "-o", "-"}).out == code.out);
  }
}
