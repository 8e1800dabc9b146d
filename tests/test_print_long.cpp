// Printing what is large, deep or long, and programs.
#include <catch2/catch.hpp>
#include <functional>
#include <string>
#include <vector>

#include "expr/diagnostic.h"
#include "expr/print.h"
#include "expr/program.h"
#include "parser/elaborate.h"
#include "parser/names.h"

using namespace nabla;

namespace {

struct Room {
  explicit Room(const Limits& limits = {}) : ctx(limits), names(ctx, true) {}
  Ref read(const std::string& text) { return elaborate(ctx, names, text); }
  std::string ascii(Ref r) { return print(ctx, r); }
  std::string unicode(Ref r) { return print(ctx, r, {Format::unicode, true}); }
  std::string latex(Ref r) { return print(ctx, r, {Format::latex, true}); }

  Context ctx;
  Names names;
};

}  // namespace

TEST_CASE("large results with repeated parts name them", "[print]") {
  Room room;
  Context& c = room.ctx;
  Ref f = c.variable("x");
  for (int i = 0; i < 12; ++i) f = c.add(c.multiply(c.function(Fn::sin, {f}), f), c.variable("x"));
  const std::string text = room.ascii(f);
  CHECK(text.find(" where t1 = ") != std::string::npos);
  CHECK(text.size() < 600);
  CHECK(room.read(text) == f);
  CHECK(room.latex(f).find("\\quad\\text{where}\\quad t_{1} = ") != std::string::npos);
  CHECK(print(c, f, {Format::ascii, false}).find("where") == std::string::npos);
  // A variable t1 is not hidden by a part.
  const Ref g = c.multiply(f, c.variable("t1"));
  const std::string other = room.ascii(g);
  CHECK(other.find(" where s1 = ") != std::string::npos);
  CHECK(room.read(other) == g);
  // Under 200 nodes nothing is named.
  CHECK(room.ascii(room.read("sin(x^2+y^2)*cos(x^2+y^2)*exp(x^2+y^2)")) ==
        "cos(x^2 + y^2)*exp(x^2 + y^2)*sin(x^2 + y^2)");
}

TEST_CASE("deep and long expressions are printed without recursion", "[print]") {
  Limits limits;
  limits.printed_characters = 100'000'000;
  Room room(limits);
  Context& c = room.ctx;
  const Ref x = c.variable("x"), y = c.variable("y");
  constexpr int depth = 100'000;
  struct Chain {
    const char* name;
    std::function<Ref(Ref, int)> step;
  };
  const Chain chains[] = {
      {"calls", [&](Ref f, int) { return c.function(Fn::sin, {f}); }},
      {"shared", [&](Ref f, int) { return c.add(c.multiply(c.function(Fn::sin, {f}), f), x); }},
      {"powers", [&](Ref f, int) { return c.power(f, y); }},
      {"fractions", [&](Ref f, int) { return c.power(c.add(f, one), minus_one); }},
      {"branches", [&](Ref f, int i) { return c.select(c.compare(Relation::less, x, c.number(i)), y, f); }},
  };
  for (const Chain& chain : chains) {
    CAPTURE(chain.name);
    Ref f = x;
    for (int i = 0; i < depth; ++i) f = chain.step(f, i);
    const std::string text = room.ascii(f);
    CHECK(room.read(text) == f);
    CHECK(text.size() < 50 * depth);
  }
  std::vector<Ref> list;
  for (int i = 0; i < depth; ++i) list.push_back(c.add(c.variable("x" + std::to_string(i)), one));
  const Ref product = c.product(list), inverse = c.divide(x, product);
  CHECK((room.read(room.ascii(product)) == product));
  CHECK((room.read(room.ascii(inverse)) == inverse));
  // s = s + sin(s): the sums share their parts, and so does the text.
  Ref s = x;
  for (int i = 0; i < 500; ++i) s = c.add(s, c.function(Fn::sin, {s}));
  CHECK((room.read(room.ascii(s)) == s));
}

TEST_CASE("a result that is too long is refused", "[print]") {
  Limits limits;
  limits.printed_characters = 11;
  Room room(limits);
  const Ref fits = room.read("x + 1234567"), longer = room.read("x + 12345678");
  CHECK(room.ascii(fits) == "x + 1234567");
  const auto code = [&](Ref r) {
    try {
      room.ascii(r);
    } catch (const Failure& f) {
      CHECK(f.diagnostic.message.find("11 characters") != std::string::npos);
      return f.diagnostic.code;
    }
    return Code::internal_error;
  };
  CHECK(code(longer) == Code::result_too_long);
  CHECK(room.unicode(room.read("lambda + 1234")) == "λ + 1234");  // characters, not bytes
  // 2^1000 nodes without sharing: refused at once.
  Ref r = room.ctx.variable("x");
  for (int i = 0; i < 1000; ++i) r = room.ctx.function(Fn::atan2, {r, r});
  CHECK(code(r) == Code::result_too_long);
}

TEST_CASE("programs are printed one let a line", "[print]") {
  Room room;
  Context& c = room.ctx;
  const Ref x = c.variable("x");
  Program p;
  p.inputs = {x};
  const Ref v0 = c.let(0), v1 = c.let(1);
  p.lets = {{v0, c.function(Fn::sin, {x})}, {v1, c.multiply(v0, x)}};
  p.outputs.push_back({"f", scalar_shape, {v1}});
  p.outputs.push_back({"grad", c.shape_id({{c.number(2)}, false}), {v0, one}});
  CHECK(print_program(c, p) == "v0 = sin(x)\nv1 = v0*x\nf = v1\ngrad[1] = v0\ngrad[2] = 1\n");
}
