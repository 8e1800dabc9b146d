// Indexed products: the promises of docs/design.md (one Ref for renaming, order, transposition, flattening,
// deltas and repeated branches), reading back what is printed, and values against plain loops over doubles.
#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "eval/columns.h"
#include "eval/tape.h"
#include "expr/comprehension.h"
#include "expr/print.h"
#include "expr/scalarize.h"
#include "expr/shape_text.h"
#include "expr/tensor.h"
#include "parser/elaborate.h"
#include "parser/parse.h"

namespace nabla {
namespace {

struct World {
  Context ctx;
  Names names{ctx};

  explicit World(std::string_view declarations) { run(declarations); }
  void run(std::string_view text) {
    const auto parsed = std::make_shared<const ParsedText>(
        parse_statements(make_source("<test>", std::string(text)), ctx.limits()));
    for (const Statement& s : parsed->statements) elaborate_statement(ctx, names, parsed, s);
  }
  Ref operator()(std::string_view text, Mode mode = Mode::canonical) {
    return elaborate(ctx, names, text, mode);
  }
};

constexpr const char* symbolic = R"(
dim n, m
var x, y, z : vector[n]
var u : vector[m]
var A, B, C : matrix[n, n]
var D : matrix[n, m]
var S : matrix[n, n] symmetric
var T : tensor[n, n, n]
param k : vector[m] integer in [1, n]
var a, b
)";

void same(World& w, const std::vector<const char*>& texts) {
  for (const char* t : texts) {
    INFO(texts[0] << "  and  " << t);
    CHECK(w(t) == w(texts[0]));
  }
}

TEST_CASE("indexed: one form for renaming, order, transposition and flattening") {
  World w(symbolic);
  same(w, {"x'*A*y", "y'*A'*x", "tr(A*y*x')", "sum(x[i]*A[i,j]*y[j] for i in 1:n, j in 1:n)",
           "sum(y[q]*x[p]*A[p,q] for q in 1:n, p in 1:n)", "sum((A'*x) .* y)", "x'*(A*y)"});
  same(w, {"tr(A*B)", "tr(B*A)", "tr(B'*A')", "sum(A .* B')", "sum(A' .* B)"});
  same(w, {"tr(A*B*C)", "tr(C*A*B)", "tr(B*C*A)", "tr((A*B*C)')", "tr(C'*B'*A')"});
  same(w, {"A'", "[A[i,j] for j in 1:n, i in 1:n]", "transpose(A)", "((A')')'"});
  same(w, {"(A*B)'", "B'*A'", "[sum(A[j,l]*B[l,i] for l in 1:n) for i in 1:n, j in 1:n]"});
  same(w, {"diag(x)*A", "x .* A", "[x[i]*A[i,j] for i in 1:n, j in 1:n]"});
  same(w, {"A*diag(x)", "A .* x'", "[x[j]*A[i,j] for i in 1:n, j in 1:n]"});
  same(w, {"sum(A, dim = 1)", "ones(n)'*A", "[sum(A[i,j] for i in 1:n) for j in 1:n]'"});
  same(w, {"S*x", "S'*x", "(x'*S)'"});
  same(w, {"x'*y*z", "z*(x'*y)", "z*x'*y", "(y'*x)*z"});
  same(w, {"sum(T[i,j,l]*x[i]*y[j]*z[l] for i in 1:n, j in 1:n, l in 1:n)",
           "sum(z[i]*T[l,j,i]*y[j]*x[l] for j in 1:n, i in 1:n, l in 1:n)"});
  CHECK(w("x'*A*y") != w("x'*A'*y"));
  CHECK(w("tr(A*B*C)") != w("tr(A*C*B)"));
  CHECK(w("sum(T[i,j,l]*x[i]*y[j]*z[l] for i in 1:n, j in 1:n, l in 1:n)") !=
        w("sum(T[i,j,l]*x[i]*y[l]*z[j] for i in 1:n, j in 1:n, l in 1:n)"));
}

TEST_CASE("indexed: deltas and ones vanish") {
  World w(symbolic);
  same(w, {"A", "A*eye(n)", "eye(n)*A", "sum_A where sum_A = A*eye(n)*eye(n)",
           "[sum(A[i,l]*delta(l,j) for l in 1:n) for i in 1:n, j in 1:n]"});
  same(w, {"tr(A)", "sum(A .* eye(n))", "sum(A[i,j]*delta(i,j) for i in 1:n, j in 1:n)", "sum(diag(A))"});
  same(w, {"n", "tr(eye(n))", "sum(1 for i in 1:n)", "ones(n)'*ones(n)"});
  same(w, {"n*x", "sum(A .* eye(n) .* zeros(n, n))*x + n*x"});
  same(w, {"eye(n)", "A*inv(A)", "inv(A)*A", "A^0", "A^-2*A^2"});
  same(w, {"diag(x .* y)", "diag(x)*diag(y)"});
  CHECK(w("x + zeros(n)") == w("x"));
  CHECK(w("x - x") == w("zeros(n)"));
}

TEST_CASE("indexed: repeated branches are powers") {
  World w(symbolic);
  same(w, {"x.^2", "x .* x", "[x[i]^2 for i in 1:n]"});
  same(w, {"x'*x", "sum(x.^2)", "sum(x[i]^2 for i in 1:n)"});
  same(w, {"sum((A*x).^2)", "(A*x)'*(A*x)", "x'*A'*A*x"});
  same(w, {"(A*x) .* (A*x)", "(A*x).^2"});
  same(w, {"(A*x).^3", "(A*x) .* (A*x).^2", "(A*x) .* (A*x) .* (A*x)"});
  same(w, {"(x'*y)^2", "x'*y*y'*x", "(x'*y)*(y'*x)"});
  same(w, {"A^3", "A*A*A", "A*A^2", "A^2*A"});
  same(w, {"tr(A^3)", "tr(A*A*A)", "sum(A[i,j]*A[j,l]*A[l,i] for i in 1:n, j in 1:n, l in 1:n)"});
  same(w, {"sum((B*(A*x).^2).^2)", "(B*((A*x) .* (A*x)))'*(B*(A*x).^2)"});
}

TEST_CASE("indexed: sums of matrices have one orientation") {
  World w(symbolic);
  same(w, {"(A + B)'", "A' + B'"});
  same(w, {"(A + B')'", "A' + B"});
  same(w, {"(A + A')'", "A + A'"});
  same(w, {"exp(A')", "exp(A)'"});
  same(w, {"(x + y)'", "x' + y'"});
  same(w, {"inv(A')", "inv(A)'"});
  same(w, {"det(A')", "det(A)"});
  same(w, {"2*A' + 3*A'", "5*A'", "(2*A + 3*A)'"});
  CHECK(w("S'") == w("S"));
  CHECK(w("(x')'") == w("x"));
}

TEST_CASE("indexed: guards and slices") {
  World w(symbolic);
  same(w,
       {"tril(A)", "[A[i,j] for i in 1:n, j in 1:n if j <= i]", "[A[i,j] for i in 1:n, j in 1:n if i >= j]"});
  same(w, {"cumsum(x)", "[sum(x[j] for j in 1:i) for i in 1:n]"});
  same(w, {"sum(x[i]*y[j] for i in 1:n, j in 1:i if j != i)",
           "sum(x[p]*y[q] for p in 1:n, q in 1:p if p != q)"});
  same(w, {"sum(x[2:n])", "sum(x[i+1] for i in 1:n-1)", "sum(x[i] for i in 2:n)"});
  same(w, {"A[1,:]*x", "sum(A[1,j]*x[j] for j in 1:n)"});
  same(w, {"x[k]", "[x[k[i]] for i in 1:m]"});
  same(w, {"sum(x[k])", "sum(x[k[i]] for i in 1:m)"});
  // A guard is no factor: where it fails nothing is evaluated.
  const Ref masked = w("sum(1/(i - j) for i in 1:n, j in 1:n if i != j)");
  CHECK(w.ctx.kind(masked) == Kind::indexed);
  CHECK(w.ctx.labelling(masked).guards.size() == 1);
  CHECK(w("sum(x[i] for i in 1:n if 1 > 2)") == zero);
}

TEST_CASE("indexed: what is printed reads back") {
  World w(symbolic);
  for (const char* t : {"x'*A*y",
                        "A'*x",
                        "x*y'",
                        "tr(A*B*C)",
                        "diag(x)*A*diag(y)",
                        "diag(A)",
                        "sum(A)",
                        "sum(A, dim = 1)",
                        "sum(D, dim = 2)",
                        "A .* B'",
                        "A .* x",
                        "A .* x'",
                        "x .+ 1",
                        "A .+ x'",
                        "inv(A)*x",
                        "A^3*x",
                        "A\\x",
                        "kron(A, B)",
                        "kron(A, D')",
                        "kron(x, u)",
                        "vec(A*B)",
                        "unvec(vec(A), n, n)",
                        "x[2:n]",
                        "A[2:n, :]",
                        "A[1, :]",
                        "A[:, 2]",
                        "x[k]",
                        "A[k, :]",
                        "tril(A)",
                        "triu(A)*x",
                        "cumsum(x)",
                        "prod(x)",
                        "max(A)",
                        "max(A, dim = 1)",
                        "min(A, dim = 2)",
                        "softmax(x)",
                        "softmax(A, dim = 2)",
                        "logsumexp(A, dim = 1)",
                        "norm2(x)",
                        "normF(A)",
                        "det(A)",
                        "eye(n)",
                        "eye(n, m)",
                        "ones(n, m)",
                        "unit(n, 2)",
                        "single(1, 2, n, m)",
                        "commut(n, m)",
                        "[A, B; B, A]",
                        "[x; u]",
                        "[1, 2; 3, 4]",
                        "[a; b; a*b]'",
                        "sum(x[i]*y[j]*T[i,j,l]*z[l] for i in 1:n, j in 1:n, l in 1:n)",
                        "sum(x[i]/(i - j) for i in 1:n, j in 1:n if i != j)",
                        "[i + 2*j for i in 1:n, j in 1:m]",
                        "sum(T[i,i,i] for i in 1:n)",
                        "[T[i,j,i] for i in 1:n, j in 1:n]",
                        "[if x[i] > 0 then x[i] else y[i] for i in 1:n]",
                        "if a > 0 then x else y",
                        "max(x[i]*i for i in 1:n)",
                        "prod(x[i] for i in 1:n if i != 2)",
                        "[prod(x[j] for j in 1:n if j != i) for i in 1:n]",
                        "[x[i]^i*(j + 2*x[j]) for i in 1:n, j in 1:n if i != j]",
                        "max(x[i]/(i + a)^2 for i in 1:n if i != 2)",
                        "sum(hypot(x[i] - 3*x[j], i*y[j] - 1) for i in 1:n, j in 1:n if i < j)",
                        "sum(-x[i]/y[j]^2 - 1 for i in 1:n, j in 1:n if i + j == 5)",
                        "sum(x[i+1]*x[i] for i in 1:n-1)",
                        "[sum(x[j]*y[i-j+1] for j in 1:i) for i in 1:n]",
                        "frechet(expm, A, B)",
                        "sylvester(A, B, C)",
                        "eigvals(S)",
                        "a*x + b*A*y",
                        "(a + b)*A",
                        "x/a",
                        "A/2",
                        "x.^3",
                        "1 ./ x",
                        "2 .^ x",
                        "exp(-x .* y)",
                        "sum(log1p(exp(-y .* (A*x)))) + a/2*x'*x",
                        "grad(x'*A*x, x)",
                        "jac(A*x, x)",
                        "hess(x'*A*x, x)",
                        "diff(a^2*b, a, 2, b)",
                        "taylor(exp(a), a = 0, 3)",
                        "limit(sin(a)/a, a = 0, left)",
                        "subs(a^2, a = 3)",
                        "eval(a, a = 1.5, digits = 30)",
                        "sin'(a)",
                        "sin''(b)",
                        "equal(a, b)",
                        "(x'*A)'"}) {
    const std::string text = t;
    INFO(text);
    const Ref r = w(text);
    const std::string printed = print(w.ctx, r);
    INFO("prints as " << printed);
    CHECK(w(printed) == r);
    const std::string unicode = print(w.ctx, r, {Format::unicode, true});
    INFO("prints as " << unicode);
    CHECK(w(unicode) == r);
    CHECK_FALSE(print(w.ctx, r, {Format::latex, true}).empty());
  }
}

// ---- random expressions against plain arithmetic on arrays of doubles ----

struct Value {
  std::string text;
  size_t rows, columns;
  std::vector<double> v;
  char kind;  // s, c, r, m: scalar, column, row, matrix
  double at(size_t i, size_t j) const { return v[i * columns + j]; }
};

class RandomTexts {
 public:
  explicit RandomTexts(unsigned seed) : random_(seed) {
    std::uniform_real_distribution<double> d(-1, 1);
    for (const char* name : {"A", "B", "C"}) leaf(name, 3, 3, 'm', d);
    for (const char* name : {"x", "y", "z"}) leaf(name, 3, 1, 'c', d);
    for (const char* name : {"a", "b"}) leaf(name, 1, 1, 's', d);
  }
  const std::vector<Value>& leaves() const { return leaves_; }
  Value make(int depth) { return make(depth, "scrm"[pick(4)]); }

 private:
  size_t pick(size_t n) { return std::uniform_int_distribution<size_t>(0, n - 1)(random_); }
  void leaf(const char* name, size_t rows, size_t columns, char kind,
            std::uniform_real_distribution<double>& d) {
    Value x{name, rows, columns, {}, kind};
    for (size_t i = 0; i < rows * columns; ++i) x.v.push_back(std::round(d(random_) * 8) / 8 + 1.0 / 64);
    leaves_.push_back(x);
  }
  static Value map(const Value& a, const std::string& f, double (*g)(double)) {
    Value r = a;
    r.text = f + "(" + a.text + ")";
    for (double& x : r.v) x = g(x);
    return r;
  }
  static Value zip(const Value& a, const Value& b, const char* op, double (*g)(double, double)) {
    Value r = a;
    r.text = "(" + a.text + op + b.text + ")";
    for (size_t i = 0; i < r.v.size(); ++i) r.v[i] = g(a.v[i], b.v[i]);
    return r;
  }
  static Value transposed(const Value& a) {
    Value r{"(" + a.text + ")'", a.columns, a.rows, {}, a.kind == 'c' ? 'r' : a.kind == 'r' ? 'c' : a.kind};
    for (size_t j = 0; j < a.columns; ++j) {
      for (size_t i = 0; i < a.rows; ++i) r.v.push_back(a.at(i, j));
    }
    return r;
  }
  static Value multiplied(const Value& a, const Value& b, char kind) {
    Value r{"(" + a.text + "*" + b.text + ")", a.rows, b.columns, {}, kind};
    for (size_t i = 0; i < a.rows; ++i) {
      for (size_t j = 0; j < b.columns; ++j) {
        double s = 0;
        for (size_t k = 0; k < a.columns; ++k) s += a.at(i, k) * b.at(k, j);
        r.v.push_back(s);
      }
    }
    return r;
  }
  static Value scaled(const Value& s, const Value& a) {
    Value r = a;
    r.text = "(" + s.text + "*" + a.text + ")";
    for (double& x : r.v) x *= s.v[0];
    return r;
  }
  static Value total(const Value& a, const char* f) {
    double s = 0;
    for (double x : a.v) s += x;
    return {std::string(f) + "(" + a.text + ")", 1, 1, {s}, 's'};
  }

  Value make(int depth, char kind) {
    if (depth <= 0) {
      if (kind == 'r') return transposed(leaves_[3 + pick(3)]);
      return leaves_[kind == 'm' ? pick(3) : kind == 'c' ? 3 + pick(3) : 6 + pick(2)];
    }
    const int d = depth - 1;
    const auto plus = [](double a, double b) { return a + b; };
    const auto minus = [](double a, double b) { return a - b; };
    const auto times = [](double a, double b) { return a * b; };
    switch (pick(6)) {
      case 0:
        return zip(make(d, kind), make(d, kind), " + ", plus);
      case 1:
        return zip(make(d, kind), make(d, kind), " - ", minus);
      case 2:
        return zip(make(d, kind), make(d, kind), kind == 's' ? "*" : " .* ", times);
      case 3:
        return map(make(d, kind), "tanh", [](double x) { return std::tanh(x); });
      case 4:
        return scaled(make(d, 's'), make(d, kind));
      default:
        break;
    }
    switch (kind) {
      case 's':
        switch (pick(4)) {
          case 0:
            return multiplied(make(d, 'r'), make(d, 'c'), 's');
          case 1:
            return total(make(d, "crm"[pick(3)]), "sum");
          case 2: {
            const Value a = make(d, 'm');
            return {"tr(" + a.text + ")", 1, 1, {a.at(0, 0) + a.at(1, 1) + a.at(2, 2)}, 's'};
          }
          default:
            return indexed(make(d, 'c'), make(d, 'm'), make(d, 'c'));
        }
      case 'c':
        switch (pick(4)) {
          case 0:
            return multiplied(make(d, 'm'), make(d, 'c'), 'c');
          case 1:
            return transposed(make(d, 'r'));
          case 2:
            return cumulated(make(d, 'c'));
          default:
            return diagonal(make(d, 'm'));
        }
      case 'r':
        return pick(2) ? multiplied(make(d, 'r'), make(d, 'm'), 'r') : transposed(make(d, 'c'));
      default:
        switch (pick(6)) {
          case 0:
            return multiplied(make(d, 'm'), make(d, 'm'), 'm');
          case 1:
            return multiplied(make(d, 'c'), make(d, 'r'), 'm');
          case 2:
            return transposed(make(d, 'm'));
          case 3:
            return diagonal_matrix(make(d, 'c'));
          case 4:
            return masked(make(d, 'm'));
          default:
            return comprehended(make(d, 'm'), make(d, 'c'));
        }
    }
  }
  static Value indexed(const Value& x, const Value& a, const Value& y) {
    double s = 0;
    for (size_t i = 0; i < 3; ++i) {
      for (size_t j = 0; j < 3; ++j) {
        if (i != j) s += x.v[i] * a.at(i, j) * y.v[j] * static_cast<double>(i + 1);
      }
    }
    return {"sum((" + x.text + ")[i]*(" + a.text + ")[i,j]*(" + y.text +
                ")[j]*i for i in 1:n, j in 1:n if i != j)",
            1,
            1,
            {s},
            's'};
  }
  static Value cumulated(const Value& x) {
    Value r = x;
    r.text = "cumsum(" + x.text + ")";
    for (size_t i = 1; i < 3; ++i) r.v[i] += r.v[i - 1];
    return r;
  }
  static Value diagonal(const Value& a) {
    return {"diag(" + a.text + ")", 3, 1, {a.at(0, 0), a.at(1, 1), a.at(2, 2)}, 'c'};
  }
  static Value diagonal_matrix(const Value& x) {
    return {"diag(" + x.text + ")", 3, 3, {x.v[0], 0, 0, 0, x.v[1], 0, 0, 0, x.v[2]}, 'm'};
  }
  static Value masked(const Value& a) {
    Value r = a;
    r.text = "triu(" + a.text + ")";
    r.v[3] = r.v[6] = r.v[7] = 0;
    return r;
  }
  static Value comprehended(const Value& a, const Value& x) {
    Value r{"[sin((" + x.text + ")[j])*(" + a.text + ")[j,i] - j*(" + x.text + ")[i] for i in 1:n, j in 1:n]",
            3,
            3,
            {},
            'm'};
    for (size_t i = 0; i < 3; ++i) {
      for (size_t j = 0; j < 3; ++j)
        r.v.push_back(std::sin(x.v[j]) * a.at(j, i) - static_cast<double>(j + 1) * x.v[i]);
    }
    return r;
  }

  std::mt19937 random_;
  std::vector<Value> leaves_;
};

TEST_CASE("indexed: random expressions have the values of plain loops, in both forms, and read back") {
  const char* declarations = "var x, y, z : vector[n]\nvar A, B, C : matrix[n, n]\nvar a, b\n";
  for (unsigned seed = 1; seed <= 150; ++seed) {
    RandomTexts random(seed);
    const Value wanted = random.make(static_cast<int>(1 + seed % 4));
    INFO("seed " << seed << ": " << wanted.text);
    World open(std::string("dim n\n") + declarations);  // with a symbolic size
    const Ref general = open(wanted.text);
    const std::string printed = print(open.ctx, general);
    INFO("prints as " << printed);
    CHECK(open(printed) == general);

    World fixed(std::string("const n = 3\n") + declarations);
    std::vector<Ref> inputs;
    std::vector<double> point;
    for (const Value& leaf : random.leaves()) {
      const std::vector<Ref> e = entries(fixed.ctx, fixed(leaf.text));
      inputs.insert(inputs.end(), e.begin(), e.end());
      point.insert(point.end(), leaf.v.begin(), leaf.v.end());
    }
    for (const Mode mode : {Mode::canonical, Mode::written}) {
      for (const std::string& text : {wanted.text, mode == Mode::canonical ? printed : wanted.text}) {
        INFO((mode == Mode::canonical ? "canonical " : "written ") << text);
        std::vector<Ref> list = entries(fixed.ctx, fixed(text, mode));
        REQUIRE(list.size() == wanted.v.size());
        const Tape tape = compile(fixed.ctx, list, inputs);
        const std::vector<double> values = values_at(tape, point);
        for (size_t i = 0; i < list.size(); ++i) {
          const double scale = 1 + std::abs(wanted.v[i]);
          CHECK(std::abs(values[tape.outputs()[i]] - wanted.v[i]) < 1e-11 * scale);
        }
      }
    }
  }
}

// The same product with its factors and indices shuffled is the same Ref.
TEST_CASE("indexed: shuffled products are one expression") {
  World w(symbolic);
  std::mt19937 random(7);
  const auto pick = [&](size_t n) { return std::uniform_int_distribution<size_t>(0, n - 1)(random); };
  size_t graphs = 0;
  for (int round = 0; round < 200; ++round) {
    const size_t labels = 2 + pick(4), factors = 2 + pick(5);
    std::vector<std::pair<std::string, std::vector<size_t>>> list;
    for (size_t f = 0; f < factors; ++f) {
      if (pick(3) == 0) {
        list.push_back({std::string(1, "xyz"[pick(3)]), {pick(labels)}});
      } else {
        list.push_back({std::string(1, "AABCS"[pick(5)]), {pick(labels), pick(labels)}});
      }
    }
    const auto text = [&] {
      std::vector<size_t> order(factors), names(labels), loops(labels);
      for (size_t i = 0; i < factors; ++i) order[i] = i;
      for (size_t i = 0; i < labels; ++i) names[i] = loops[i] = i;
      std::shuffle(order.begin(), order.end(), random);
      std::shuffle(names.begin(), names.end(), random);
      std::shuffle(loops.begin(), loops.end(), random);
      std::string s = "sum(";
      for (size_t k = 0; k < factors; ++k) {
        const auto& [name, axes] = list[order[k]];
        s += (k ? "*" : "") + name + "[";
        std::vector<size_t> shown = axes;
        if (name == "S" && pick(2)) std::reverse(shown.begin(), shown.end());
        for (size_t a = 0; a < shown.size(); ++a)
          s += (a ? "," : "") + std::string(1, "pqrstv"[names[shown[a]]]);
        s += "]";
      }
      for (size_t k = 0; k < labels; ++k)
        s += (k ? ", " : " for ") + std::string(1, "pqrstv"[names[loops[k]]]) + " in 1:n";
      return s + ")";
    };
    const std::string first = text();
    const Ref r = w(first);
    for (int again = 0; again < 4; ++again) {
      const std::string other = text();
      INFO(first << "\n" << other);
      CHECK(w(other) == r);
    }
    INFO(first << " prints as " << print(w.ctx, r));
    CHECK(w(print(w.ctx, r)) == r);
    ++graphs;
  }
  CHECK(graphs == 200);
}

}  // namespace
}  // namespace nabla
