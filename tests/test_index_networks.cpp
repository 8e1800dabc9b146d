// Index networks and matrix notation: a product of vectors and matrices over shared indices, whatever its
// graph, is printed in a text that is read as the same node.
#include <algorithm>
#include <catch2/catch.hpp>
#include <random>
#include <string>
#include <vector>

#include "eval/dense.h"
#include "eval/dense_points.h"
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

// A product with conditions as it was asked for, and its value by loops over all its labels.
class Loops {
 public:
  explicit Loops(uint64_t seed) : random_(seed) {
    const auto text =
        session_.parse("t",
                       "dim n, m\nvar x, y : vector[n]\nvar z : vector[m]\nvar A : matrix[n, n]\n"
                       "var S : matrix[n, n] symmetric\nvar C : matrix[n, m]\n");
    for (const Statement& s : text->statements) REQUIRE(!session_.run(text, s).error);
    declare("n", {}, {4});
    declare("m", {}, {3});
    for (const char* name : {"x", "y"}) declare(name, {4});
    declare("z", {3});
    declare("A", {4, 4});
    declare("C", {4, 3});
    declare("S", {4, 4});
    std::vector<double>& v = values_.back().value.entries;
    for (size_t i = 0; i < 4; ++i) {
      for (size_t j = 0; j < i; ++j) v[i * 4 + j] = v[j * 4 + i];
    }
    choose();
  }

  Context& ctx() { return session_.context(); }

  Ref node() {
    IndexedBuilder b(ctx());
    for (size_t which : label_extents_) b.label(extent(which));
    for (const Factor_& f : factors_) b.factor(f.tensor, f.labels);
    for (const Condition& c : conditions_) {
      b.guard(c.relation, c.terms,
              ctx().add(ctx().number(c.number), ctx().scale(ctx().number(c.of_n), extent(0))));
    }
    return b.build(output_);
  }

  std::vector<double> by_loops() {
    std::vector<int64_t> at(label_extents_.size(), 1);
    std::vector<double> result(count(output_));
    for (;;) {
      if (std::all_of(conditions_.begin(), conditions_.end(),
                      [&](const Condition& c) { return holds(c, at); })) {
        double product = 1;
        for (const Factor_& f : factors_) product *= f.value(f, at, *this);
        result[place(output_, at)] += product;
      }
      size_t l = at.size();
      while (l-- > 0 && at[l]++ == size(l)) at[l] = 1;
      if (l == ~size_t{0}) return result;
    }
  }

  std::vector<double> by_node(Ref r) {
    DenseEvaluator<double> evaluator(ctx());
    for (const DenseBinding& b : values_) evaluator.set(b.name, b.value);
    return evaluator(r).entries;
  }

 private:
  struct Factor_ {
    Ref tensor;
    std::vector<Label> labels;
    double (*value)(const Factor_&, const std::vector<int64_t>&, const Loops&);
    int64_t number = 0;
  };
  struct Condition {
    Relation relation;
    std::vector<std::pair<Label, int64_t>> terms;
    int64_t number, of_n;
  };

  void declare(const char* name, std::vector<int64_t> extents, std::vector<double> entries = {}) {
    size_t count = 1;
    for (int64_t n : extents) count *= static_cast<size_t>(n);
    while (entries.size() < count) entries.push_back(static_cast<double>(1 + below(8)) / 4);
    values_.push_back({elaborate(ctx(), session_.names(), name), {extents, entries}});
  }
  size_t below(size_t k) { return static_cast<size_t>(random_() % k); }
  Ref extent(size_t which) { return values_[which].name; }
  int64_t size(size_t label) const { return label_extents_[label] == 0 ? 4 : 3; }
  size_t count(const std::vector<Label>& labels) const {
    size_t n = 1;
    for (Label l : labels) n *= static_cast<size_t>(size(l));
    return n;
  }
  size_t place(const std::vector<Label>& labels, const std::vector<int64_t>& at) const {
    size_t p = 0;
    for (Label l : labels) p = p * static_cast<size_t>(size(l)) + static_cast<size_t>(at[l] - 1);
    return p;
  }
  static bool holds(const Condition& c, const std::vector<int64_t>& at) {
    int64_t v = c.number + 4 * c.of_n;
    for (const auto& [l, k] : c.terms) v += k * at[l];
    return c.relation == Relation::less_equal ? v <= 0 : c.relation == Relation::equal ? v == 0 : v != 0;
  }
  static double entry(const Factor_& f, const std::vector<int64_t>& at, const Loops& w) {
    for (const DenseBinding& b : w.values_) {
      if (b.name == f.tensor) return b.value.entries[w.place(f.labels, at)];
    }
    return 0;
  }

  // A label of this extent.
  Label label(size_t which) {
    for (;;) {
      const size_t l = below(label_extents_.size());
      if (label_extents_[l] == which) return static_cast<Label>(l);
    }
  }

  void choose() {
    label_extents_ = {0, 1};
    for (size_t k = below(4); k-- > 0;) label_extents_.push_back(below(3) == 0 ? 1 : 0);
    for (size_t k = 1 + below(4); k-- > 0;) {
      switch (below(6)) {
        case 0:
          factors_.push_back({iota(ctx(), extent(0)),
                              {label(0)},
                              [](const Factor_& f, const std::vector<int64_t>& at, const Loops&) {
                                return static_cast<double>(at[f.labels[0]]);
                              }});
          break;
        case 1: {
          const int64_t at_one = 1 + static_cast<int64_t>(below(3));
          factors_.push_back({unit(ctx(), extent(0), ctx().number(at_one)),
                              {label(0)},
                              [](const Factor_& f, const std::vector<int64_t>& at, const Loops&) {
                                return at[f.labels[0]] == f.number ? 1.0 : 0.0;
                              },
                              at_one});
          break;
        }
        case 2:
          factors_.push_back({delta(ctx(), extent(0)),
                              {label(0), label(0)},
                              [](const Factor_& f, const std::vector<int64_t>& at, const Loops&) {
                                return at[f.labels[0]] == at[f.labels[1]] ? 1.0 : 0.0;
                              }});
          break;
        default: {
          const DenseBinding& b = values_[2 + below(values_.size() - 2)];
          std::vector<Label> labels;
          for (int64_t n : b.value.extents) labels.push_back(label(n == 4 ? 0 : 1));
          factors_.push_back({b.name, labels, &Loops::entry});
        }
      }
    }
    for (size_t k = 1 + below(3); k-- > 0;) {
      constexpr Relation relations[] = {Relation::less_equal, Relation::less_equal, Relation::equal,
                                        Relation::not_equal};
      Condition c{
          relations[below(4)], {}, static_cast<int64_t>(below(4)) - 2, static_cast<int64_t>(below(3)) - 1};
      if (below(2) == 0) c.of_n = 0;
      for (size_t t = 1 + below(3); t-- > 0;) {
        const int64_t k_of[] = {1, -1, 1, -1, 2};
        c.terms.emplace_back(static_cast<Label>(below(label_extents_.size())), k_of[below(5)]);
      }
      conditions_.push_back(c);
    }
    for (size_t k = below(3); k-- > 0;) {
      const auto l = static_cast<Label>(below(label_extents_.size()));
      if (output_.empty() || output_[0] != l) output_.push_back(l);
    }
  }

  std::mt19937_64 random_;
  Session session_;
  DensePoint values_;
  std::vector<size_t> label_extents_;  // 0: n, 1: m
  std::vector<Factor_> factors_;
  std::vector<Condition> conditions_;
  std::vector<Label> output_;
};

}  // namespace

TEST_CASE("products with conditions are what loops say") {
  for (uint64_t seed = 0; seed < 3000; ++seed) {
    Loops world(seed);
    const Ref r = world.node();
    const std::string text = print(world.ctx(), r);
    INFO("seed " << seed << ": " << text);
    const std::vector<double> expected = world.by_loops(), found = world.by_node(r);
    REQUIRE(expected.size() == found.size());
    for (size_t i = 0; i < expected.size(); ++i) CHECK(found[i] == Approx(expected[i]).margin(1e-12));
  }
}

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
