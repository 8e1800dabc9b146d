// Index networks and matrix notation: a product of vectors and matrices over shared indices, whatever its
// graph, is printed in a text that is read as the same node.
#include <catch2/catch.hpp>
#include <random>
#include <string>
#include <vector>

#include "expr/indexed.h"
#include "expr/print.h"
#include "expr/tensor.h"
#include "parser/elaborate.h"
#include "session/session.h"

using namespace nabla;

namespace {

constexpr size_t networks = 10'000;
constexpr size_t most_factors = 6, most_labels = 6;

class Networks {
 public:
  Networks() {
    const auto text =
        session_.parse("t",
                       "dim n, m\nvar x, y : vector[n]\nvar z : vector[m]\nvar A, B : matrix[n, n]\n"
                       "var S : matrix[n, n] symmetric\nvar C : matrix[n, m]\nvar D : matrix[m, m]\n"
                       "var c\n");
    for (const Statement& s : text->statements) REQUIRE(!session_.run(text, s).error);
    for (const char* name :
         {"x", "y", "z", "A", "B", "S", "C", "D", "eye(n)", "x'", "C'", "inv(A)", "A + B'", "x - 2*y"}) {
      pool_.push_back(read(name));
    }
    extents_ = {read("n"), read("m")};
  }

  Context& ctx() { return session_.context(); }
  Ref read(const std::string& text) { return elaborate(ctx(), session_.names(), text); }

  // A network of up to six factors; a label is no factor's, one's or several factors'.
  Ref make(uint64_t seed) {
    std::mt19937_64 random(seed);
    const auto below = [&](size_t k) { return static_cast<size_t>(random() % k); };
    IndexedBuilder b(ctx());
    std::vector<Label> of[2];  // by extent
    std::vector<Label> all;
    for (size_t k = 2 + below(most_labels - 1); k-- > 0;) {
      const size_t which = below(3) == 0 ? 1 : 0;
      all.push_back(b.label(extents_[which]));
      of[which].push_back(all.back());
    }
    for (size_t which = 0; which < 2; ++which) {
      if (of[which].empty()) of[which].push_back(b.label(extents_[which]));
    }
    const auto label = [&](Ref extent) {
      const auto& list = of[extent == extents_[0] ? 0 : 1];
      return list[below(list.size())];
    };
    for (size_t k = 1 + below(most_factors); k-- > 0;) {
      Ref f = pool_[below(pool_.size())];
      std::vector<Label> labels;
      for (Ref e : std::vector<Ref>(ctx().shape_of(f).extents)) labels.push_back(label(e));
      if (below(4) == 0 && !labels.empty()) f = tensor_function(ctx(), Fn::exp, {&f, 1});
      b.factor(f, labels);
    }
    if (below(4) == 0) b.factor(read("c"), {});
    std::vector<Label> output;
    for (size_t k = below(3); k-- > 0;) {
      const Label l = all[below(all.size())];
      if (output.empty() || output[0] != l) output.push_back(l);
    }
    return b.build(output, output.size() == 1 && below(2) == 0);
  }

 private:
  Session session_;
  std::vector<Ref> pool_, extents_;
};

}  // namespace

TEST_CASE("index networks are read back from matrix notation") {
  Networks world;
  size_t indexed = 0, with_indices = 0;
  for (uint64_t seed = 0; seed < networks; ++seed) {
    Ref r = world.make(seed);
    const Ref other = world.make(seed + networks);
    if (seed % 4 == 0 && world.ctx()[r].shape == world.ctx()[other].shape) {
      const Term terms[2] = {{one, r}, {minus_one, other}};
      const ShapeId shape = world.ctx()[r].shape;
      r = shape == scalar_shape ? world.ctx().sum(terms) : tensor_sum(world.ctx(), terms, shape);
    }
    const std::string text = print(world.ctx(), r);
    indexed += world.ctx().kind(r) == Kind::indexed;
    with_indices += text.find(" for ") != std::string::npos;
    const Ref again = world.read(text);
    if (again == r) continue;
    INFO("seed " << seed << ": " << text << "\nis read as " << print(world.ctx(), again));
    CHECK(again == r);
  }
  CHECK(indexed > networks / 2);
  CHECK(with_indices < networks / 4);
}
