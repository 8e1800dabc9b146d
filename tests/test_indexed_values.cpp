// Random tensor expressions against plain arithmetic on arrays of doubles.
#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "eval/columns.h"
#include "eval/tape.h"
#include "expr/print.h"
#include "expr/scalarize.h"
#include "tests/world.h"

namespace nabla {
namespace {

using test::World;

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

}  // namespace
}  // namespace nabla
