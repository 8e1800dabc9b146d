// Printing: the expected texts are written by hand, as a textbook would set them; everything printed in ASCII
// or Unicode must be read back as the same node.
#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "expr/count.h"
#include "expr/print.h"
#include "parser/elaborate.h"
#include "parser/names.h"
#include "tests/random_expr.h"

using namespace nabla;

namespace {

struct Room {
  // With `backwards` the names are declared from the last to the first.
  explicit Room(const Limits& limits = {}, bool backwards = false) : ctx(limits), names(ctx, true) {
    const auto size = [&](int64_t n) { return ctx.number(n); };
    std::vector<Symbol> list(8);
    const char* const spelled[] = {"z", "k", "lambda_max", "price", "v", "A", "g", "h"};
    if (backwards) {
      for (int64_t i = 9; i > 0; --i) size(i);
    }
    for (size_t i = 0; i < list.size(); ++i) list[i].name = spelled[i];
    list[0].complex = true;
    list[1].domain.integer = true;
    list[4].shape = ctx.shape_id({{size(3)}, false});
    list[5].shape = ctx.shape_id({{size(2), size(2)}, false});
    for (const size_t i : {size_t{6}, size_t{7}}) {
      list[i].role = Role::function;
      list[i].parameters.assign(i - 5, scalar_shape);
    }
    if (backwards) std::reverse(list.begin(), list.end());
    for (const Symbol& s : list) {
      if (s.role == Role::function) {
        names.declare_opaque(s.name, ctx.symbol(s));
      } else {
        declare(s);
      }
    }
  }
  // Runs statements that have nothing to do with what follows.
  void age(size_t statements) {
    Names other(ctx);
    test::RandomExpr noise(ctx, other, 4711);
    for (size_t i = 0; i < statements; ++i) ascii(noise.make(10));
  }
  void declare(const Symbol& s) { names.declare_symbol(s.name, ctx.symbol(s)); }
  Ref read(const std::string& text, Mode mode = Mode::canonical) { return elaborate(ctx, names, text, mode); }
  std::string ascii(Ref r) { return print(ctx, r); }
  std::string unicode(Ref r) { return print(ctx, r, {Format::unicode, true}); }
  std::string latex(Ref r) { return print(ctx, r, {Format::latex, true}); }

  Context ctx;
  Names names;
};

struct Golden {
  const char* input;
  const char* ascii;
};

// Each result in a fresh context; then the same bytes after 1,000 random statements, and with the names
// declared in the opposite order and the results asked for from the last to the first.
void check_all(const std::vector<Golden>& list) {
  Room aged, backwards({}, true);
  aged.age(1000);
  for (size_t i = list.size(); i-- > 0;) {
    CAPTURE(list[i].input);
    for (const Format format : {Format::ascii, Format::unicode, Format::latex}) {
      Room fresh;
      const std::string text = print(fresh.ctx, fresh.read(list[i].input), {format, true});
      CHECK(print(aged.ctx, aged.read(list[i].input), {format, true}) == text);
      CHECK(print(backwards.ctx, backwards.read(list[i].input), {format, true}) == text);
    }
  }
  for (const Golden& g : list) {
    Room room;
    const Ref r = room.read(g.input);
    CAPTURE(g.input);
    CHECK(room.ascii(r) == g.ascii);
    CHECK(room.read(room.ascii(r)) == r);
    CHECK(room.read(room.unicode(r)) == r);
  }
}

}  // namespace

TEST_CASE("terms and factors stand in the order for people", "[print]") {
  check_all({
      {"1 + 3*x + x^2", "x^2 + 3*x + 1"},
      {"c + b*x + a*x^2", "a*x^2 + b*x + c"},
      {"y^2 + x*y + x^2", "x^2 + x*y + y^2"},
      {"y^3 + x*y^2 + x^2*y + x^3", "x^3 + x^2*y + x*y^2 + y^3"},
      {"-x + y", "y - x"},
      {"1 - x^2", "1 - x^2"},
      {"-x^2 + 3*x + 1", "1 + 3*x - x^2"},
      {"-a + b + c", "b - a + c"},
      {"-x - y", "-x - y"},
      {"x10 + x2 + x1", "x1 + x2 + x10"},
      {"1 + cos(x)", "cos(x) + 1"},
      {"1 + pi + x", "x + pi + 1"},
      {"exp(x)*2*x^2 + exp(x)*2 + 4*x*exp(x)", "2*(x^2*exp(x) + 2*x*exp(x) + exp(x))"},
      {"(x+1)*sin(x)*y*x^2*2*pi", "2*pi*x^2*y*sin(x)*(x + 1)"},
      {"sin(x)*cos(x)", "cos(x)*sin(x)"},
      {"sin(x) + sin(x)^2 + sin(x)^3", "sin(x)^3 + sin(x)^2 + sin(x)"},
      {"v[3]*v[1]*A[1,2]", "A[1, 2]*v[1]*v[3]"},
  });
}

TEST_CASE("negative exponents are quotients", "[print]") {
  check_all({
      {"x*(x^2+1)^-1", "x/(x^2 + 1)"},
      {"x^-1", "1/x"},
      {"2/3*x", "2*x/3"},
      {"2*x/3/y", "2*x/(3*y)"},
      {"-x/2", "-x/2"},
      {"-2/3", "-2/3"},
      {"-3*x/2", "-3*x/2"},
      {"x^-2*y^-1*w", "w/(x^2*y)"},
      // 1/x^n has no value at x = 0 for n = -1, x^(-n) has: where x may be 0 it stays.
      {"x^(-n)", "x^(-n)"},
      {"x^(-2*n)*y", "x^(-2*n)*y"},
      {"2^(-n)", "1/2^n"},
      {"x^(-n^2)", "1/x^n^2"},
      {"(x^2 + 1)^(-2*n)*y", "y/(x^2 + 1)^(2*n)"},
      {"x^(-n-1)", "x^(-n - 1)"},
      {"(x^2 + 1)^(-n-1)", "1/(x^2 + 1)^(n + 1)"},
      {"(x^2 + 1)^(1-n)", "(x^2 + 1)^(1 - n)"},
      {"exp(-x)", "exp(-x)"},
      {"x/(2*(x+y))", "x/(2*(x + y))"},
      {"1/(2*x+2*y)", "1/(2*x + 2*y)"},
      {"-(x+y)/w", "-(x + y)/w"},
      {"-(x+y)*(x+w)", "-(w + x)*(x + y)"},
      {"1/z^2 + z^-1", "1/z + 1/z^2"},
      {"1/(x*y)^k", "(x*y)^(-k)"},
      {"1/(1/x + 1/y)", "1/(1/x + 1/y)"},
      {"x^(2/3)", "x^(2/3)"},
      {"x^(-2/3)", "1/x^(2/3)"},
      {"(x/y)^n", "(x/y)^n"},
      {"(-2)^n", "(-2)^n"},
      {"(1/2)^n", "(1/2)^n"},
      {"x^y^w", "x^y^w"},
      {"(x^y)^w", "(x^y)^w"},
      {"-x^2", "-x^2"},
  });
}

TEST_CASE("roots and radicals", "[print]") {
  check_all({
      {"x^(1/2)", "sqrt(x)"},
      {"x^(-1/2)", "1/sqrt(x)"},
      {"x^(3/2)", "x^(3/2)"},
      {"sqrt(6)", "sqrt(6)"},
      {"sqrt(12)", "2*sqrt(3)"},
      {"2^(-1/2)", "sqrt(2)/2"},
      {"6^(1/3)", "6^(1/3)"},
      {"2^(1/3)*3^(2/3)", "2^(1/3)*3^(2/3)"},
      {"sqrt(1009*1013)", "sqrt(1022117)"},
      {"sqrt(1009)*sqrt(1013)", "sqrt(1009)*sqrt(1013)"},  // 1022117 is not split into primes
      {"sqrt(2)*sqrt(1009)", "sqrt(2018)"},
      {"1/sqrt(2*pi)", "1/sqrt(2*pi)"},
      {"x*sqrt(2)*sqrt(pi)", "x*sqrt(2*pi)"},
      {"exp(x)/sqrt(2*pi*y)", "exp(x)/sqrt(2*pi*y)"},
      {"x/sqrt(2)", "x/sqrt(2)"},
      {"1/sqrt(2)", "sqrt(2)/2"},
      {"x/(3*sqrt(2))", "sqrt(2)*x/6"},
      {"sqrt(2)*sqrt(x + 1)", "sqrt(2)*sqrt(x + 1)"},
      {"sqrt(2*x)*sqrt(pi)", "sqrt(2*pi*x)"},
      {"sqrt(x^2+y^2)", "sqrt(x^2 + y^2)"},
      {"sqrt(2*x+2*y)", "sqrt(2*(x + y))"},
      {"sqrt(z)*1/sqrt(z+1)", "sqrt(z)/sqrt(z + 1)"},
      {"(-8)^(1/3)", "(-8)^(1/3)"},
      {"(-1)^(1/2)", "(-1)^(1/2)"},
  });
}

TEST_CASE("the content of a sum is drawn out where that is shorter", "[print]") {
  check_all({
      {"2*(x+y)", "2*(x + y)"},
      {"-2*x-2*y", "-2*(x + y)"},
      {"2*x - 2*y", "2*(x - y)"},
      {"x/2+y/2", "(x + y)/2"},
      {"2/3*x + 4/3*y", "2*(x + 2*y)/3"},
      {"2*x + 2", "2*x + 2"},
      {"x/2 + y/3", "x/2 + y/3"},
      {"x - x^3/6 + x^5/120", "x^5/120 - x^3/6 + x"},
      {"sin(3*x + 3*y)", "sin(3*(x + y))"},
      {"(2*x+2*y)^2", "(2*x + 2*y)^2"},
      {"w*(2*x+2*y)", "w*(2*x + 2*y)"},
      {"2*w*(x+y)", "2*w*(x + y)"},
      {"2*(x+y)*(x+w)", "2*(w + x)*(x + y)"},
  });
}

TEST_CASE("branches, conditions and opaque functions", "[print]") {
  check_all({
      {"if x>0 then log(x) else if x < -1 then 1 else -x",
       "if x > 0 then log(x) else if x < -1 then 1 else -x"},
      {"2*(if x>0 then 1 else y)", "2*(if x > 0 then 1 else y)"},
      {"if (if x<1 then x else y) > 2 then 1 else 2", "if (if x < 1 then x else y) > 2 then 1 else 2"},
      {"if 0 <= x and x < 1 then x else 1", "if x >= 0 and x < 1 then x else 1"},
      {"if x<1 and (y<1 and w<1) then x else 1", "if x < 1 and (y < 1 and w < 1) then x else 1"},
      {"if not (x<1 and y<1) then x else 1", "if not (x < 1 and y < 1) then x else 1"},
      {"if (x<1 or y<1) and w<1 then x else 1", "if (x < 1 or y < 1) and w < 1 then x else 1"},
      {"if 0 != x then 1 else y", "if x != 0 then 1 else y"},
      {"if y == x then 1 else 2", "if x == y then 1 else 2"},
      {"g(x) + g'(x) + g''(x)", "g''(x) + g'(x) + g(x)"},
      {"D(g,1,1,1,1)(x)", "D(g,1,1,1,1)(x)"},
      {"D(h,1,2,2)(x, y)", "D(h,1,2,2)(x, y)"},
      {"h(x, 2*x+2*y)", "h(x, 2*(x + y))"},
      {"e + im", "e + im"},
  });
  Room room;
  for (const bool v : {false, true}) {
    const Ref t = room.ctx.truth(v);
    CHECK(room.read(room.ascii(t)) == t);
  }
}

TEST_CASE("Unicode and LaTeX", "[print]") {
  struct Row {
    const char *input, *unicode, *latex;
  };
  const Row rows[] = {
      {"lambda_max*x_1^2", "λ_max*x_1²", "\\lambda_{\\mathrm{max}} x_{1}^{2}"},
      {"sqrt(x)*pi", "π*√x", "\\pi \\sqrt{x}"},
      {"1/sqrt(x+1)", "1/√(x + 1)", "\\frac{1}{\\sqrt{x + 1}}"},
      {"sqrt(x)^y", "(√x)^y", "\\sqrt{x}^{y}"},
      {"x^12 + x^n", "x¹² + x^n", "x^{12} + x^{n}"},
      {"if x >= 1 then price else 2", "if x ≥ 1 then price else 2",
       "\\begin{cases} \\mathrm{price} & \\text{if } x \\ge 1 \\\\ 2 & \\text{otherwise} \\end{cases}"},
      {"-3*x/(2*y)", "-3*x/(2*y)", "-\\frac{3 x}{2 y}"},
      {"sin(x)^2*exp(x)^2", "exp(x)²*sin(x)²", "\\left(e^{x}\\right)^{2} \\sin^{2}\\left(x\\right)"},
      {"3*2^x", "3*2^x", "3 \\cdot 2^{x}"},
      {"D(h,1,2)(x,y) + g'(x)", "D(h,1,2)(x, y) + g'(x)",
       "\\partial_{1,2} h\\left(x, y\\right) + g'\\left(x\\right)"},
      {"v[2]", "v[2]", "v_{2}"},
  };
  for (const Row& row : rows) {
    Room room;
    const Ref r = room.read(row.input);
    CAPTURE(row.input);
    CHECK(room.unicode(r) == row.unicode);
    CHECK(room.latex(r) == row.latex);
    CHECK(room.read(room.unicode(r)) == r);
  }
}

TEST_CASE("the written form is printed as it was written", "[print]") {
  Room room;
  for (const char* text :
       {"x - (y - w)", "x - y - w", "2*x*(y*3)", "x/y/w", "x/(y/w)", "-(-x)", "-x*y", "-(x*y)", "(-x)^2",
        "-x^2", "1 + x + 0*y", "x^2^3", "(x^2)^3", "sqrt(x)*sqrt(x)", "log(x*x) + sin(-x)"}) {
    const Ref r = room.read(text, Mode::written);
    CHECK(room.ascii(r) == text);
    CHECK(room.read(room.unicode(r), Mode::written) == r);
  }
}

TEST_CASE("small tensors", "[print]") {
  Room room;
  Context& c = room.ctx;
  const Ref x = c.variable("x"), y = c.variable("y");
  const ShapeId vector = c.shape_id({{c.number(2)}, false}), row = c.shape_id({{c.number(2)}, true});
  const ShapeId matrix = c.shape_id({{c.number(2), c.number(2)}, false});
  const Ref four[4] = {x, y, c.add(x, y), one};
  CHECK(room.ascii(c.array({four, 2}, vector)) == "[x; y]");
  CHECK(room.ascii(c.array({four, 2}, row)) == "[x; y]'");
  CHECK(room.ascii(c.array(four, matrix)) == "[x, y; x + y, 1]");
  CHECK(room.latex(c.array(four, matrix)) == "\\begin{bmatrix} x & y \\\\ x + y & 1 \\end{bmatrix}");
  CHECK(room.ascii(c.zeros(matrix)) == "zeros(2, 2)");
  CHECK(room.ascii(c.fill(one, vector)) == "ones(2)");
  CHECK(room.ascii(c.fill(c.add(x, y), vector)) == "(x + y)*ones(2)");
}

TEST_CASE("counting nodes", "[print]") {
  struct Row {
    const char* input;
    uint64_t nodes, dag_nodes;
  };
  // Counted by hand on the printed texts by docs/language.md.
  const Row rows[] = {
      {"x", 1, 1},
      {"-2", 1, 1},
      {"2/3", 3, 3},
      {"x^2 + 3*x + 1", 8, 7},      // + ^ x 2 * 3 x 1
      {"x/(x^2 + 1)", 7, 6},        // / x + ^ x 2 1
      {"2*x/3", 5, 5},              // / * 2 x 3
      {"-x - y", 4, 4},             // + - x y
      {"-2*x - y", 5, 5},           // + * -2 x y
      {"a - b", 3, 3},              // +
      {"sin(x)^2 + sin(x)", 7, 5},  // + ^ sin x 2 sin x
      {"v[2]", 3, 3},
      {"g'(x)", 2, 2},
      {"x*y + x*y/w", 9, 6},  // + * x y / * x y w
      {"if x < 1 then x else y", 6, 5},
  };
  for (const Row& row : rows) {
    Room room;
    const Counts c = count_nodes(room.ctx, room.read(row.input));
    CAPTURE(row.input);
    CHECK(c.nodes == row.nodes);
    CHECK(c.dag_nodes == row.dag_nodes);
  }
  // A long sum of 100 squares is one operator with 100 powers.
  Context ctx;
  std::vector<Ref> terms;
  for (int i = 0; i < 100; ++i) terms.push_back(ctx.power(ctx.variable("x" + std::to_string(i)), 2));
  const Counts c = count_nodes(ctx, ctx.sum(terms));
  CHECK(c.nodes == 1 + 300);
  CHECK(c.dag_nodes == 1 + 100 + 100 + 1);
  // Doubling 70 times: 2^70 overflows 64 bits.
  Ref r = ctx.variable("x");
  for (int i = 0; i < 70; ++i) r = ctx.function(Fn::atan2, {r, r});
  CHECK(count_nodes(ctx, r).nodes == UINT64_MAX);
  CHECK(count_nodes(ctx, r).dag_nodes == 71);
}

TEST_CASE("what is printed is read back as the same node", "[print][random]") {
  size_t shared = 0;
  for (uint64_t seed = 0; seed < 300; ++seed) {
    Context ctx;
    Names names(ctx);
    test::RandomExpr random(ctx, names, seed);
    for (int i = 0; i < 10; ++i) {
      const Ref r = random.make(seed % 10 == 0 ? 80 : 15);
      for (const Format f : {Format::ascii, Format::unicode}) {
        const std::string text = print(ctx, r, {f, true});
        shared += text.find(" where ") != std::string::npos;
        if (elaborate(ctx, names, text) == r) continue;
        CAPTURE(seed, text);
        CHECK(elaborate(ctx, names, text) == r);
      }
      CHECK_FALSE(print(ctx, r, {Format::latex, true}).empty());
    }
  }
  CHECK(shared > 100);
}

TEST_CASE("the text depends on the expression alone", "[print]") {
  std::vector<std::string> fresh;
  std::vector<Ref> aged;
  constexpr uint64_t seeds = 60;
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    Context ctx;
    Names names(ctx);
    fresh.push_back(print(ctx, test::RandomExpr(ctx, names, seed).make(60)));
  }
  // After 1,000 other expressions, and with the declarations made in the opposite order.
  Context ctx;
  Names other(ctx);
  for (const char* name : {"z", "k", "p", "sigma_max", "lambda", "x2", "x10", "x_1", "w", "y", "x"}) {
    ctx.variable(name);
  }
  test::RandomExpr noise(ctx, other, 12345);
  for (int i = 0; i < 1000; ++i) noise.make(10);
  for (uint64_t seed = seeds; seed-- > 0;) {
    Names names(ctx);
    aged.push_back(test::RandomExpr(ctx, names, seed).make(60));
  }
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CHECK(print(ctx, aged[seeds - 1 - seed]) == fresh[seed]);
  }
}
