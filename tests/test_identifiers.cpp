// Names in generated code: distinct, and safe in C++.
#include <catch2/catch.hpp>
#include <set>
#include <string>
#include <vector>

#include "codegen/identifiers.h"

using namespace nabla;

TEST_CASE("a wish that begins like a macro ends in a safe name", "[codegen]") {
  Identifiers names(std::vector<std::string>{"d3", "x"});
  std::set<std::string> all;
  for (const std::string wish :
       {"D3Grad", "D3Grad",      "B2Hess",      "XYHess", "ABC",  "Grad", "x",  "T",       "T",
        "T",      "AB",          "AB",          "a__b",   "a__b", "b_",   "b_", "b__grad", "__",
        "_",      "comp_ellint", "comp_ellint", "sin",    "sin",  "Δ",    "Δ",  "B",       "B"}) {
    const std::string name = names.fresh(wish);
    INFO(wish << " -> " << name);
    CHECK(is_safe_identifier(name));
    CHECK(all.insert(name).second);
  }
}
