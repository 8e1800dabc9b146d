// Complex values: conjugates, real and imaginary parts, adjoints, and Wirtinger calculus. Closed forms are
// those of the literature (Petersen and Pedersen, The Matrix Cookbook, 2012, section 4; Hjørungnes and
// Gesbert, Complex-valued matrix differentiation, 2007); random expressions are compared with complex dual
// numbers along the real and the imaginary axis, which share no code with diff/.
#include <catch2/catch.hpp>
#include <random>
#include <string>

#include "cookbook/numeric.h"
#include "expr/conjugate.h"
#include "expr/print.h"
#include "parser/elaborate.h"
#include "session/session.h"
#include "session/values.h"
#include "tests/command.h"

using namespace nabla;

namespace {

const char* const declarations =
    "dim n, m; var z, w : scalar complex; var u, v : vector[n] complex; var X : matrix[n, n] complex; "
    "var Z : matrix[n, m] complex; param A, B : matrix[n, n] complex; param b : vector[n] complex; "
    "var x, y : scalar; var r : vector[n]; param R : matrix[n, n]; param k : scalar integer";

struct Work {
  explicit Work(bool large = true) : session(options()) {
    if (large) run(declarations);
  }

  static SessionOptions options() {
    SessionOptions o;
    o.implicit_scalars = false;
    o.keep_everything = true;
    return o;
  }

  Outcome run(const std::string& text) {
    const auto parsed = session.parse("<test>", text);
    Outcome last;
    for (const Statement& s : parsed->statements) last = session.run(parsed, s);
    return last;
  }

  std::string answer(const std::string& text) {
    const Outcome out = run(text);
    if (out.error) return spelling(out.error->code) + " " + out.error->message;
    if (out.answer.kind == AnswerKind::numbers) return numbers_text(out.answer.numbers);
    return out.answer.kind == AnswerKind::expression ? print(session.context(), out.answer.value, ascii())
                                                     : out.answer.text;
  }

  Ref value(const std::string& text) {
    const Outcome out = run(text);
    INFO(text);
    if (out.error) INFO(out.error->message);
    REQUIRE(!out.error);
    return out.answer.value;
  }

  static PrintOptions ascii() {
    PrintOptions options;
    options.share = false;
    return options;
  }

  // The text reads back as the expression it was printed from.
  void check_round_trip(Ref e) {
    for (const Format format : {Format::ascii, Format::unicode}) {
      PrintOptions options = ascii();
      options.format = format;
      const std::string text = print(session.context(), e, options);
      INFO(text);
      CHECK(value(text) == e);
    }
  }

  Session session;
};

void check_proved(const std::string& left, const std::string& right) {
  Work work;
  INFO(left << " == " << right);
  CHECK(work.answer("equal(" + left + ", " + right + ")") == "proved");
}

}  // namespace

TEST_CASE("conjugates go down to the names", "[complex]") {
  Work work;
  const auto same = [&](const char* a, const char* b) {
    INFO(a << " and " << b);
    CHECK(work.value(a) == work.value(b));
  };
  same("conj(conj(z))", "z");
  same("conj(x)", "x");
  same("conj(z + w*x - 3*im)", "conj(z) + conj(w)*x + 3*im");
  same("conj(z^3/w)", "conj(z)^3/conj(w)");
  same("conj(exp(z)*sin(w))", "exp(conj(z))*sin(conj(w))");
  same("conj(x^z)", "conj(x^z)");
  same("conj(2^z)", "2^conj(z)");
  same("conj(A*u)", "conj(A)*conj(u)");
  same("conj(A)'", "conj(A')");
  same("(A*B)ᴴ", "Bᴴ*Aᴴ");
  same("ctranspose(A)", "Aᴴ");
  same("uᴴᴴ", "u");
  same("zᴴ", "conj(z)");
  same("rᴴ", "r'");
  same("conj(inv(A))", "inv(conj(A))");
  same("conj(det(A))", "det(conj(A))");
  same("det(Aᴴ)", "conj(det(A))");
  same("conj(tr(A*B))", "tr(conj(A)*conj(B))");
  same("conj(expm(A))", "expm(conj(A))");
  same("conj(real(z) + abs(w))", "real(z) + abs(w)");
  same("conj(u)[2]", "conj(u[2])");
  same("[conj(A[i, j]) for i in 1:n, j in 1:n]", "conj(A)");
  same("sum(conj(u[i])*v[i] for i in 1:n)", "uᴴ*v");
  same("conj(if x > 0 then z else w)", "if x > 0 then conj(z) else conj(w)");
}

TEST_CASE("on a branch cut the conjugate stays outside", "[complex]") {
  Work work;
  // conj(log(-1)) = -im*pi, log(conj(-1)) = im*pi
  CHECK(work.answer("eval(conj(log(z)), z = -1)") == "-3.141592653589793*im");
  CHECK(work.answer("eval(log(conj(z)), z = -1)") == "3.141592653589793*im");
  for (const char* f : {"log(z)", "sqrt(z)", "z^(1/3)", "asin(z)", "atan(z)", "acos(z)", "z^w", "log1p(z)"}) {
    const std::string name = f;
    INFO(f);
    const Ref outside = work.value("conj(" + name + ")");
    CHECK(work.session.context().is_function(outside, Fn::conj));
  }
}

TEST_CASE("real and imaginary parts are linear over the reals", "[complex]") {
  Work work;
  const auto same = [&](const char* a, const char* b) {
    INFO(a << " and " << b);
    CHECK(work.value(a) == work.value(b));
  };
  same("real(2*x*z + y)", "2*x*real(z) + y");
  same("imag(2*x*z + y)", "2*x*imag(z)");
  same("real(im*z)", "-imag(z)");
  same("imag(im*z)", "real(z)");
  same("real(3 + 4*im)", "3");
  same("imag(3 + 4*im)", "4");
  same("real(conj(z))", "real(z)");
  same("imag(conj(z))", "-imag(z)");
  same("real(real(z)*w)", "real(z)*real(w)");
  same("imag(z*conj(z))", "0");
  same("real(z - conj(z))", "0");
  same("imag(uᴴ*u)", "0");
  same("real(uᴴ*u)", "uᴴ*u");
  same("real(x)", "x");
  same("imag(r)", "zeros(n)");
  same("real(A')", "real(A)'");
  same("real(im*A)", "-imag(A)");
  same("real(z*R)", "real(z)*R");
  same("abs(-2*im*z)", "2*abs(z)");
  same("abs(conj(z))", "abs(z)");
  same("im^2", "-1");
  same("(2*im)^3", "-8*im");
  same("1/im", "-im");
  CHECK(work.answer("abs(z)^2") == "abs(z)^2");  // z^2 it is only of real z
  CHECK(work.answer("norm2(u)^2") == "norm2(u)^2");
}

TEST_CASE("equality of complex expressions", "[complex]") {
  check_proved("real(z) + im*imag(z)", "z");
  check_proved("abs(z)^2", "z*conj(z)");
  check_proved("abs(z)^2", "real(z)^2 + imag(z)^2");
  check_proved("abs(z*w)^2", "abs(z)^2*abs(w)^2");
  check_proved("norm2(u)^2", "uᴴ*u");
  check_proved("normF(Z)^2", "tr(Z*Zᴴ)");
  check_proved("norm2(A*u - b)^2", "(A*u - b)ᴴ*(A*u - b)");
  check_proved("real(uᴴ*v)", "(uᴴ*v + vᴴ*u)/2");
  check_proved("(z + im)*(z - im)", "z^2 + 1");
  Work work;
  // log(z*w) is not log(z) + log(w), nor logdet of a product a sum, off the positive numbers.
  for (const char* text : {"equal(log(z*w), log(z) + log(w))", "equal(logdet(A*B), logdet(A) + logdet(B))",
                           "equal(sqrt(z^2), z)", "equal(conj(log(z)), log(conj(z)))", "equal(z, conj(z))"}) {
    INFO(text);
    const Outcome out = work.run(text);
    CHECK((out.error || out.answer.text.substr(0, 7) == "refuted"));
  }
}

TEST_CASE("closed forms of Wirtinger calculus", "[complex]") {
  check_proved("diff(z^2*conj(z), z)", "2*z*conj(z)");
  check_proved("diff(z^2*conj(z), conj(z))", "z^2");
  check_proved("diff(exp(z), conj(z))", "0*z");
  check_proved("diff(real(z), z)", "1/2 + 0*z");
  check_proved("diff(real(z), conj(z))", "1/2 + 0*z");
  check_proved("diff(imag(z), z)", "-im/2 + 0*z");
  check_proved("diff(imag(z), conj(z))", "im/2 + 0*z");
  check_proved("diff(abs(z), z)", "conj(z)/(2*abs(z))");
  check_proved("diff(abs(z), conj(z))", "z/(2*abs(z))");
  check_proved("diff(imag(log(z)), z)", "1/(2*im*z)");  // the argument of z
  check_proved("diff(imag(log(z)), conj(z))", "-1/(2*im*conj(z))");
  check_proved("diff(log(abs(z)), z)", "1/(2*z)");
  check_proved("diff(conj(z), real(z))", "1 + 0*z");
  check_proved("diff(conj(z), imag(z))", "-im + 0*z");
  check_proved("diff(diff(z*conj(z), z), conj(z))", "1 + 0*z");
  check_proved("diff(abs(z)^4, z, conj(z))", "4*abs(z)^2");  // a quarter of the Laplacian 16 r^2
  check_proved("diff(exp(im*x), x)", "im*exp(im*x)");
  check_proved("diff(real(exp(im*x)), x)", "-imag(exp(im*x))");
  check_proved("diff(abs(z + x)^2, x)", "2*real(z) + 2*x");
  // vectors and matrices
  check_proved("grad(uᴴ*A*u + uᴴ*Aᴴ*u, u)", "2*(A + Aᴴ)*u");
  check_proved("grad(real(bᴴ*u), u)", "b");
  check_proved("diff(bᴴ*u, u)", "conj(b)");
  check_proved("diff(uᴴ*b, conj(u))", "b");
  check_proved("grad(norm2(A*u - b)^2, u)", "2*Aᴴ*(A*u - b)");
  check_proved("grad(norm2(u), u)", "u/norm2(u)");
  check_proved("grad(normF(Z)^2, Z)", "2*Z");
  check_proved("grad(abs(bᴴ*u)^2, u)", "2*b*(bᴴ*u)");
  check_proved("grad(sum(abs(u).^2), u)", "2*u");
  check_proved("grad(sum(real(u)), u)", "ones(n)");
  check_proved("grad(sum(imag(u)), u)", "im*ones(n)");
  check_proved("grad(real(logdet(X)), X)", "inv(X)ᴴ");
  check_proved("grad(real(tr(A*X)), X)", "Aᴴ");
  check_proved("diff(tr(A*Xᴴ*B*X), X)", "B'*conj(X)*A'");
  check_proved("diff(tr(A*Xᴴ*B*X), conj(X))", "B*X*A");
  check_proved("diff(tr(X*Xᴴ*X*Xᴴ), conj(X))", "2*X*Xᴴ*X");
  check_proved("diff(det(X), X)", "det(X)*inv(X)'");
  check_proved("diff(det(Xᴴ), conj(X))", "conj(det(X))*inv(X)ᴴ");
  check_proved("differential(Zᴴ*Z)", "dZᴴ*Z + Zᴴ*dZ");
  check_proved("differential(inv(X)ᴴ)", "-inv(X)ᴴ*dXᴴ*inv(X)ᴴ");
  check_proved("differential(real(z))", "real(dz)");
  check_proved("differential(differential(zᴴ*z))", "2*dz*conj(dz) + ddz*conj(z) + z*conj(ddz)");
  check_proved("jac(A*u, u)", "A");
  check_proved("jac(A*conj(u), u)", "zeros(n, n)*A");
  check_proved("jac(A*conj(u), conj(u))", "A");
  check_proved("jac(A*u, imag(u))", "im*A");
  check_proved("jvp(abs(z)^2, z, w)", "2*real(conj(z)*w)");
  check_proved("jvp(conj(A*u), u, b)", "conj(A*b)");
  check_proved("hess(abs(z + x)^2, x)", "2 + 0*x");
}

TEST_CASE("what has no meaning is refused by name", "[complex]") {
  Work work;
  const auto refused = [&](const char* text, const char* part) {
    const std::string got = work.answer(text);
    INFO(text << ": " << got);
    CHECK(got.substr(0, 2) == "NB");
    CHECK(got.find(part) != std::string::npos);
  };
  refused("grad(z^2, z)", "not known to be real");
  refused("grad(uᴴ*A*u, u)", "not known to be real");
  refused("grad(abs(z), conj(z))", "not by its conjugate");
  refused("hess(abs(z)^2, z)", "'hess' of complex values");
  refused("vjp(conj(u), u, u)", "'vjp' of complex values");
  refused("hvp(abs(z)^2, z, w)", "'hvp' of complex values");
  refused("laplacian(abs(z)^2, z)", "'laplacian' of complex values");
  refused("diff(norm1(u), u)", "'norm1' of complex values");
  refused("diff(normnuc(X), X)", "'normnuc' of complex values");
  refused("diff(sum(pinv(Z)), Z)", "'pinv' of complex values");
  refused("diff(conj(logm(X))[1, 1], X)", "'logm' of complex values");
  refused("diff(z^2, abs(z))", "abs(z)");
  refused("floor(z)", "'floor'");
  refused("max(z, w)", "complex");
  refused("if z < 1 then 1 else 2", "complex");
  work.run("var S : matrix[n, n] symmetric complex; fun g(scalar) : scalar");
  refused("diff(tr(S*S), S)", "complex and declared symmetric");
  refused("diff(conj(g(z)), z)", "the function 'g'");
  CHECK(work.answer("diff(g(z), z)") == "g'(z)");
  CHECK(work.answer("diff(g(z), conj(z))") == "0");
}

TEST_CASE("complex numbers", "[complex]") {
  Work work;
  CHECK(work.answer("eval(z^2, z = 1 + 2*im)") == "-3 + 4*im");
  CHECK(work.answer("eval(conj(z)*z, z = 1 + 2*im)") == "5");
  CHECK(work.answer("eval(diff(abs(z), z), z = 8*im)") == "-0.5*im");
  CHECK(work.answer("eval(sqrt(-z), z = 4)") == "2*im");  // on the cut, from above
  CHECK(work.answer("eval(real(z) - imag(z), z = 1/2 - im)") == "1.5");
  CHECK(work.answer("eval(abs(z), z = 3 + 4*im)") == "5");
  CHECK(work.answer("eval(u*im, u = [1; 2 - im])") == "[im; 1 + 2*im]");
  CHECK(work.answer("eval(Z*Zᴴ, Z = [1, im; 2, 1 + im])") == "[2, 3 + im; 3 - im, 6]");
  CHECK(work.answer("eval(x, x = im)").substr(0, 2) == "NB");  // x is real
}

TEST_CASE("complex values on the command line", "[complex]") {
  const command::Folder folder;
  const std::string declared = "var z : scalar complex\n";
  const auto nabla = [](std::vector<std::string> words) {
    words.insert(words.begin(), NABLA_BINARY);
    return command::run(words);
  };
  CHECK(nabla({"diff", "z*conj(z)", "--let", declared, "--wrt", "conj(z)"}).out == "z\n");
  CHECK(nabla({"grad", "abs(z)^2", "--let", declared, "--at", "z=1-im"}).out == "2 - 2*im\n");
  const std::string values = folder.write("v.json", R"({"z": {"re": 3, "im": -4}})");
  const std::string model = folder.write("m.nabla", declared + "f(z) = z^2\n");
  CHECK(nabla({"eval", model, "f(z)", "--at", values}).out == "-7 - 24*im\n");
  CHECK(nabla({"eval", model, "abs(z)", "--at", values}).out == "5\n");
  for (const char* f : {"abs(z)^2", "real(z)", "z^2", "1 + 0*z"}) {  // no code, by name
    const std::string bad =
        folder.write("g.nabla", declared + "g(z) = " + f + "\nderive g wrt z : value, grad\n");
    const command::Result r = nabla({"gen", bad, "-o", folder.path("g.h")});
    INFO(f << ": " << r.err);
    CHECK(r.status == 4);
    CHECK(r.err.find("code for the complex 'z'") != std::string::npos);
    CHECK_FALSE(folder.has("g.h"));
  }
}

TEST_CASE("complex numbers in values and results", "[complex]") {
  const std::vector<Value> values =
      values_from_json(R"({"z": {"re": 1, "im": -2}, "u": [1, {"re": 0, "im": 0.5}, 3], "x": 2})");
  REQUIRE(values.size() == 3);
  for (const Value& v : values) {
    if (v.name == "z") CHECK((v.entries == std::vector<double>{1} && v.imaginary == std::vector<double>{-2}));
    if (v.name == "u") {
      CHECK(v.entries == std::vector<double>{1, 0, 3});
      CHECK(v.imaginary == std::vector<double>{0, 0.5, 0});
    }
    if (v.name == "x") CHECK(v.imaginary.empty());
  }
  for (const char* bad :
       {R"({"z": {"re": 1}})", R"({"z": {"re": 1, "im": "2"}})", R"({"z": {"re": 1, "im": 2, "x": 3}})"}) {
    CHECK_THROWS(values_from_json(bad));
  }
  Numbers numbers{{2}, false, {1, 2}, {-1, 0}};
  CHECK(numbers_text(numbers) == "[1 - im; 2]");
  CHECK(numbers_json(numbers) == R"([{"re": 1, "im": -1}, {"re": 2, "im": 0}])");
}

// ---- random expressions
// -------------------------------------------------------------------------------------

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
  Work work(false);
  work.run(small_declarations);
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

TEST_CASE("derivatives by entries are those of the whole", "[complex]") {
  int compared = 0;
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    Work work(false);
    work.run(small_declarations);
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
