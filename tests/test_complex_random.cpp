// Derivatives of random complex expressions, compared with complex dual numbers along the real and the
// imaginary axis, which share no code with diff/.
#include <catch2/catch.hpp>
#include <random>
#include <string>

#include "cookbook/numeric.h"
#include "expr/print.h"
#include "parser/elaborate.h"
#include "tests/complex.h"

using namespace nabla;
using nabla::test::ComplexWork;

namespace {

// Texts over complex and real names, kept away from branch cuts and poles.
class RandomText {
 public:
  explicit RandomText(uint64_t seed) : random_(seed) {}

  std::string scalar(int depth) {
    if (depth == 0)
      return pick({"z", "conj(z)", "real(z)", "imag(z)", "abs(z)", "w", "x", "(2 - im)", "u[1]"});
    switch (below(20)) {
      case 0:
      case 1:
        return "(" + scalar(depth - 1) + " + " + scalar(depth - 1) + ")";
      case 2:
      case 3:
        return scalar(depth - 1) + "*" + scalar(depth - 1);
      case 4:
        return pick({"conj(", "real(", "imag(", "abs("}) + scalar(depth - 1) + ")";
      case 5:
        return pick({"exp(", "sin(", "cosh(", "sigmoid(", "tanh(", "erf("}).substr(0, 99) + small(depth) +
               ")";
      case 6:
        return pick({"log(6 + ", "sqrt(6 + ", "log1p(5 + ", "atan(", "asinh("}) + small(depth) + ")";
      case 7:
        return "(6 + " + small(depth) + ")^" + pick({"(1/3)", "(-1)", "2", "(-3/2)"});
      case 8:
        return pick({"conj(log(6 + ", "conj(sqrt(6 + ", "real(log(6 + ", "imag(sqrt(6 + "}) + small(depth) +
               "))";
      case 9:
        return scalar(depth - 1) + "/(6 + " + small(depth) + ")";
      case 10:
        return "(" + vector(depth - 1) + ")ᴴ*(" + vector(depth - 1) + ")";
      case 11:
        return "(" + vector(depth - 1) + ")'*(" + vector(depth - 1) + ")";
      case 12:
        return "tr(" + matrix(depth - 1) + ")";
      case 13:
        return "det(" + matrix(depth - 1) + " + 3*eye(2))";
      case 14:
        return "norm2(" + vector(depth - 1) + ")" + pick({"", "^2"});
      case 15:
        return "normF(" + matrix(depth - 1) + ")" + pick({"", "^2"});
      case 16:
        return "sum(" + vector(depth - 1) + ")";
      case 17:
        return "(" + scalar(depth - 1) + ")^" + pick({"2", "3"});
      default:
        return "(" + vector(depth - 1) + ")ᴴ*(" + matrix(depth - 1) + ")*(" + vector(depth - 1) + ")";
    }
  }

  std::string vector(int depth) {
    if (depth == 0) return pick({"u", "conj(u)", "b", "r", "real(u)", "imag(u)", "Z[:, 1]"});
    switch (below(9)) {
      case 0:
        return "(" + vector(depth - 1) + " - " + vector(depth - 1) + ")";
      case 1:
        return "(" + matrix(depth - 1) + ")*(" + vector(depth - 1) + ")";
      case 2:
        return scalar(depth - 1) + "*(" + vector(depth - 1) + ")";
      case 3:
        return "(" + vector(depth - 1) + ") .* (" + vector(depth - 1) + ")";
      case 4:
        return pick({"conj(", "real(", "imag(", "abs("}) + vector(depth - 1) + ")";
      case 5:
        return pick({"exp(", "cos("}) + "(" + vector(depth - 1) + ")/9)";
      case 6:
        return pick({"conj(log(6 .+ ", "real(sqrt(6 .+ "}) + "cos((" + vector(depth - 1) + ")/9)))";
      case 7:
        return "diag(" + matrix(depth - 1) + ")";
      default:
        return "(" + vector(depth - 1) + ").^2";
    }
  }

  std::string matrix(int depth) {
    if (depth == 0) return pick({"Z", "conj(Z)", "Zᴴ", "A", "Aᴴ", "R", "real(Z)", "Z'"});
    switch (below(8)) {
      case 0:
        return "(" + matrix(depth - 1) + " + " + matrix(depth - 1) + ")";
      case 1:
        return "(" + matrix(depth - 1) + ")*(" + matrix(depth - 1) + ")";
      case 2:
        return "(" + matrix(depth - 1) + ")ᴴ";
      case 3:
        return "inv(" + matrix(depth - 1) + " + 9*eye(2))";
      case 4:
        return scalar(depth - 1) + "*(" + matrix(depth - 1) + ")";
      case 5:
        return "(" + vector(depth - 1) + ")*(" + vector(depth - 1) + ")ᴴ";
      case 6:
        return pick({"conj(", "real(", "imag("}) + matrix(depth - 1) + ")";
      default:
        return "(" + matrix(depth - 1) + ") .* (" + matrix(depth - 1) + ")";
    }
  }

  std::string variable() {
    const std::string part = pick({"", "conj", "real", "imag"}), name = pick({"z", "u", "Z"});
    return part.empty() ? name : part + "(" + name + ")";
  }

 private:
  size_t below(size_t n) { return static_cast<size_t>(random_() % n); }
  std::string pick(std::initializer_list<const char*> list) { return list.begin()[below(list.size())]; }
  // At most about 1 in size, so that no branch cut and no pole is near.
  std::string small(int depth) { return pick({"sin(", "tanh("}) + "(" + scalar(depth - 1) + ")/9)"; }

  std::mt19937_64 random_;
};

const char* const small_declarations =
    "var z, w : scalar complex; var u : vector[2] complex; var Z : matrix[2, 2] complex; "
    "param A : matrix[2, 2] complex; param b : vector[2] complex; var x : scalar; param r : vector[2]; "
    "param R : matrix[2, 2]";

// The derivative of a random text, compared with dual numbers. Nothing is said where these have no value.
struct Tally {
  int compared = 0, refused = 0, wrong = 0;
  double worst = 0;
};

void compare_with_dual_numbers(uint64_t seed, const std::string& op, Tally& tally, bool round_trips,
                               std::pair<Fn, std::string> planted = {}) {
  ComplexWork work(small_declarations);
  if (!planted.second.empty()) work.session.context().set_differential(planted.first, planted.second);
  RandomText random(seed);
  std::string e = random.scalar(2 + static_cast<int>(seed % 2));
  if (op == "grad") e = "real(" + e + ")";
  const std::string x = op == "grad" ? std::string(seed % 3 == 0   ? "z"
                                                   : seed % 3 == 1 ? "u"
                                                                   : "Z")
                                     : random.variable();
  const std::string text = op + "(" + e + ", " + x + ")";
  INFO(text);
  Ref question;
  Answer answer;
  const auto error = work.session.guarded([&] {
    question = elaborate(work.session.context(), work.session.names(), text);
    work.session.answer(question, {}, answer);
  });
  if (error) {
    UNSCOPED_INFO(text << ": " << error->message);
    ++tally.refused;
    return;
  }
  Context& ctx = work.session.context();
  const NumericReport report = compare_numerically(ctx, question, answer.value, answer.value, false, seed);
  if (round_trips) work.check_round_trip(answer.value);
  if (!report.differentiated) return;
  ++tally.compared;
  tally.worst = std::max(tally.worst, report.error);
  if (report.error > 1e-8) {
    ++tally.wrong;
    if (planted.second.empty()) {
      UNSCOPED_INFO(text << " is " << print(ctx, answer.value) << ", off by " << report.error);
    }
  }
}

}  // namespace

TEST_CASE("derivatives of random complex expressions agree with dual numbers", "[complex]") {
  for (const char* op : {"diff", "grad"}) {
    Tally tally;
    for (uint64_t seed = 1; seed <= 250; ++seed) compare_with_dual_numbers(seed, op, tally, seed <= 60);
    INFO(op << ": worst " << tally.worst << ", refused " << tally.refused);
    CHECK(tally.wrong == 0);
    CHECK(tally.refused == 0);
    CHECK(tally.compared >= 225);
  }
}

// The gradient as a text is differentiated by dual numbers.
TEST_CASE("second derivatives of random complex expressions agree with dual numbers", "[complex]") {
  int compared = 0;
  const auto check = [&](ComplexWork& work, const std::string& asked, const std::string& reference,
                         uint64_t seed) {
    INFO(asked << " against " << reference);
    Context& ctx = work.session.context();
    const Ref answer = work.value(asked);
    const NumericReport report = compare_numerically(ctx, elaborate(ctx, work.session.names(), reference),
                                                     answer, answer, false, seed);
    if (!report.differentiated) return;
    ++compared;
    CHECK(report.error < 1e-7);
  };
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    ComplexWork work(small_declarations);
    RandomText random(seed);
    const std::string e = random.scalar(2), f = "real(" + e + ")", v = random.vector(2);
    const std::string g =
        "(" + print(work.session.context(), work.value("grad(" + f + ", u)"), ComplexWork::ascii()) + ")";
    check(work, "hess(" + f + ", u)", "jac(" + g + ", u)", seed);
    check(work, "hess(" + f + ", conj(u))", "jac(" + g + ", conj(u))", seed);
    check(work, "hvp(" + f + ", u, b)", "jvp(" + g + ", u, b)", seed);
    check(work, "laplacian(" + f + ", u)", "div(" + g + ", u)", seed);
    check(work, "vjp(" + v + ", u, b)", "grad(real(bᴴ*(" + v + ")), u)", seed);
    check(work, "div(" + v + ", u)", "div(" + v + ", u)", seed);
  }
  INFO(compared << " compared");
  CHECK(compared >= 300);
}

TEST_CASE("derivatives by entries are those of the whole", "[complex]") {
  int compared = 0;
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    ComplexWork work(small_declarations);
    RandomText random(seed);
    const std::string e = random.scalar(2);
    for (const char* part : {"", "conj", "real", "imag"}) {
      const std::string of(part);
      const std::string entry = of.empty() ? "u[1]" : of + "(u[1])", whole = of.empty() ? "u" : of + "(u)";
      const Ref a = work.value("diff(" + e + ", " + entry + ")"),
                b = work.value("diff(" + e + ", " + whole + ")[1]");
      const NumericReport report = compare_numerically(work.session.context(), a, a, b, false, seed);
      INFO(e << " by " << entry);
      if (!report.evaluated) continue;
      ++compared;
      CHECK(report.difference < 1e-10);
    }
  }
  CHECK(compared > 200);
}

TEST_CASE("a wrong differential of a complex function is caught", "[complex]") {
  const std::pair<Fn, std::string> faults[] = {{Fn::exp, "2 .* f .* dx"},
                                               {Fn::sin, "-cos(x) .* dx"},
                                               {Fn::log, "dx ./ (2 .* x)"},
                                               {Fn::det, "tr(inv(X)*dX)"}};
  for (const auto& fault : faults) {
    Tally tally;
    for (uint64_t seed = 1; seed <= 60 && tally.wrong == 0; ++seed) {
      compare_with_dual_numbers(seed, "diff", tally, false, fault);
    }
    INFO(fault.second);
    CHECK(tally.wrong > 0);
  }
}
