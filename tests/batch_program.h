// Programs that compare code for many points with code for one.
#pragma once

#include <catch2/catch.hpp>

#include <string>
#include <vector>

#include "tests/compile.h"

namespace nabla::test {

// What the programs compare with. Both sides may compute with vectors of functions that are right to 4 units
// in the last place.
inline const std::string batch_comparison = R"(#include <cmath>
#include <cstdio>
#include <limits>
#include <vector>
int wrong = 0;
template <class T>
void expect(const char* what, std::ptrdiff_t p, T got, T wanted, T scale) {
  const T bits = sizeof(T) == sizeof(float) ? T(1e-4) : T(1e-11);
  if (got == wanted || (got != got && wanted != wanted)) return;
  if (std::fabs(got - wanted) <= bits * (std::fabs(wanted) + T(0.01) * scale)) return;
  std::printf("%s, point %td: %.17g, not %.17g\n", what, p, static_cast<double>(got), static_cast<double>(wanted));
  ++wrong;
}
// n points of an array, at an odd address and with a number behind that must stay.
template <class T>
struct Points {
  explicit Points(std::ptrdiff_t n) : all(static_cast<std::size_t>(n) + 2, T(77)) {}
  T* data() { return all.data() + 1; }
  T& operator[](std::ptrdiff_t i) { return all[static_cast<std::size_t>(i) + 1]; }
  void check(const char* what) {
    if (all.front() == T(77) && all.back() == T(77)) return;
    std::printf("%s: written out of bounds\n", what);
    ++wrong;
  }
  std::vector<T> all;
};
[[maybe_unused]] const std::ptrdiff_t sizes[] = {0, 1, 2, 7, 8, 15, 31, 32, 33, 64, 1000};
)";

// Compiles and runs `code`, which reads model.h, with each compiler and each of the options; -fopenmp with
// g++ alone, which brings its library along.
inline void check_program(const std::string& name, const std::string& header, const std::string& code,
                          const std::vector<std::string>& options) {
  for (const std::string& compiler : compilers()) {
    const auto folder =
        fresh_folder("batch-" + name + "-" + std::filesystem::path(compiler).filename().string());
    write_file(folder / "model.h", header);
    write_file(folder / "main.cpp", "#include \"model.h\"\n" + batch_comparison + code);
    for (const std::string& o : options) {
      if (o.find("-fopenmp") != std::string::npos && compiler != paths::gxx) continue;
      INFO(compiler << " " << o);
      const std::string binary = (folder / "main").string();
      const Ran built = run(
          "'" + compiler + "'" + strict + o + " '" + (folder / "main.cpp").string() + "' -o '" + binary + "'",
          folder);
      INFO(built.output.substr(0, 4000));
      REQUIRE(built.status == 0);
      const Ran ran = run("'" + binary + "'", folder);
      INFO(ran.output.substr(0, 4000));
      CHECK(ran.status == 0);
    }
  }
}

}  // namespace nabla::test
