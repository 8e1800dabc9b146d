// A type of numbers that counts what runs with it, and programs that run with it.
#pragma once

#include <catch2/catch.hpp>
#include <map>
#include <sstream>
#include <string>
#include <utility>

#include "tests/compile.h"

namespace nabla::test {

// A number that counts: arithmetic, comparisons and functions.
inline const std::string counting = R"(#include <cmath>
#include <cstddef>
#include <cstdio>
#include <limits>
#include <vector>
long operations = 0, functions = 0;
struct Counted {
  double v = 0;
  Counted() = default;
  Counted(double x) : v(x) {}
  explicit operator double() const { return v; }
};
#define BINARY(op) \
  inline Counted operator op(Counted a, Counted b) { ++operations; return Counted(a.v op b.v); } \
  inline Counted& operator op##=(Counted& a, Counted b) { return a = a op b; }
BINARY(+) BINARY(-) BINARY(*) BINARY(/)
inline Counted operator-(Counted a) { ++operations; return Counted(-a.v); }
#define COMPARISON(op) inline bool operator op(Counted a, Counted b) { ++operations; return a.v op b.v; }
COMPARISON(<) COMPARISON(>) COMPARISON(<=) COMPARISON(>=) COMPARISON(==) COMPARISON(!=)
#define FUNCTION(f) inline Counted f(Counted a) { ++operations; ++functions; return Counted(std::f(a.v)); }
FUNCTION(exp) FUNCTION(log) FUNCTION(sin) FUNCTION(cos) FUNCTION(sqrt) FUNCTION(tanh) FUNCTION(log1p) FUNCTION(fabs)
inline Counted abs(Counted a) { return fabs(a); }
namespace std {
using ::exp; using ::log; using ::sin; using ::cos; using ::sqrt; using ::tanh; using ::log1p; using ::abs;
}
)";

inline const std::string filled = R"(
std::vector<Counted> numbers(std::ptrdiff_t n) {
  std::vector<Counted> x(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = Counted(0.3 + 0.1 * static_cast<double>(i % 7));
  return x;
}
)";

struct Count {
  double operations, functions;
};

// The lines "name size operations functions" that the program prints.
inline std::map<std::pair<std::string, int>, Count> ran(const std::string& name, const std::string& header,
                                                        const std::string& code) {
  const auto folder = fresh_folder("counts-" + name);
  write_file(folder / "model.h", header);
  write_file(folder / "main.cpp",
             counting + "#include \"model.h\"\n" + filled +
                 "template <class Call>\nvoid count(const char* name, std::ptrdiff_t n, Call "
                 "call) {\n  operations = functions = 0;\n  call();\n  std::printf(\"%s %td "
                 "%ld %ld\\n\", name, n, operations, functions);\n}\nint main() {\n" +
                 code + "}\n");
  const std::string binary = (folder / "main").string();
  const Ran built = run("'" + std::string(paths::gxx) + "' -std=c++17 -O0 -isystem '" + paths::eigen + "' '" +
                            (folder / "main.cpp").string() + "' -o '" + binary + "'",
                        folder);
  INFO(built.output.substr(0, 4000));
  REQUIRE(built.status == 0);
  const Ran done = run("'" + binary + "'", folder);
  REQUIRE(done.status == 0);
  std::map<std::pair<std::string, int>, Count> out;
  std::istringstream lines(done.output);
  std::string what;
  int size = 0;
  Count c{};
  while (lines >> what >> size >> c.operations >> c.functions) out[{what, size}] = c;
  return out;
}

}  // namespace nabla::test
