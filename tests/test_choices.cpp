// What data chooses from an array that is written out: the entries that are not chosen need no value.
#include <catch2/catch.hpp>

#include "command.h"
#include "tests/compile.h"

namespace {

constexpr const char* model =
    "var x\nvar A : matrix[2, 2]\nparam k : scalar integer in [1, 2]\n"
    "f(x, k) = [exp(x); log(x)][k]\ng(A, k) = [A[1, 1], 3*A[1, 2]; A[2, 1]^2, A[2, 2]][k, k]\n"
    "derive f wrt x : grad, batch\nderive g wrt A : grad\n";

constexpr const char* calls = R"(
int main(void) {
  const double none = NAN, A[] = {5, none, none, none};
  const double x[] = {-1, 2}, k[] = {1, 2};
  double value[2], by_x[2], grad[4];
  int wrong = 0;
  F_GRAD(-1, 1, value, by_x);
  wrong += !(fabs(value[0] - exp(-1)) < 1e-15) + !(fabs(by_x[0] - exp(-1)) < 1e-15);
  F_GRAD_BATCH(2, x, k, value, by_x);
  wrong += !(fabs(value[0] - exp(-1)) < 1e-15) + !(fabs(by_x[0] - exp(-1)) < 1e-15);
  wrong += !(fabs(value[1] - log(2)) < 1e-15) + !(fabs(by_x[1] - 0.5) < 1e-15);
  G_GRAD(A, 1, value, grad);
  wrong += !(value[0] == 5) + !(grad[0] == 1) + !(grad[1] == 0) + !(grad[2] == 0) + !(grad[3] == 0);
  return wrong;
}
)";

constexpr const char* in_cpp = R"(#include "m.h"
using std::exp, std::fabs, std::log;
static void F_GRAD(double x, double k, double* value, double* by_x) {
  const auto r = m::f_grad(x, k);
  *value = r.value;
  *by_x = r.grad[0];
}
static void G_GRAD(const double* A, double k, double* value, double* grad) {
  const auto r = m::g_grad({{{A[0], A[1]}, {A[2], A[3]}}}, k);
  *value = r.value;
  for (std::size_t i = 0; i < 4; ++i) grad[i] = r.grad[i / 2][i % 2];
}
#define F_GRAD_BATCH m::f_grad_batch
)";

constexpr const char* in_c =
    "#include \"m.h\"\n#define F_GRAD m_f_grad\n#define F_GRAD_BATCH m_f_grad_batch\n#define G_GRAD "
    "m_g_grad\n";

}  // namespace

TEST_CASE("choices: what is not chosen needs no value", "[codegen][batch]") {
  const command::Folder folder;
  const std::string file = folder.write("m.nabla", model);
  for (const bool c : {false, true}) {
    REQUIRE(command::nabla({"gen", file, "-o", folder.path("m.h"), "--lang", c ? "c" : "cpp"}).status == 0);
    const std::string source =
        folder.write(c ? "main.c" : "main.cpp", std::string(c ? in_c : in_cpp) + calls);
    for (const std::string& compiler : nabla::test::compilers()) {
      INFO(compiler << (c ? ", C" : ", C++"));
      const auto built = nabla::test::run("'" + compiler + "'" + (c ? " -x c -std=c99" : " -std=c++17") +
                                              " '" + source + "' -o '" + folder.path("main") + "' -lm",
                                          folder.path());
      INFO(built.output);
      REQUIRE(built.status == 0);
      CHECK(nabla::test::run("'" + folder.path("main") + "'", folder.path()).status == 0);
    }
  }
}
