// Numbers of whole vectors and matrices.
//
// The oracles: the written form, entry by entry (which shares no code with the dense evaluator), identities
// of linear algebra, and numbers computed with NumPy and SciPy (the programs are in the comments).
#include <catch2/catch.hpp>
#include <cmath>

#include "eval/columns.h"
#include "eval/dense.h"
#include "eval/dense_points.h"
#include "expr/diagnostic.h"
#include "expr/scalarize.h"
#include "expr/substitute.h"
#include "expr/walk.h"
#include "tests/dense.h"
#include "tests/tensor_texts.h"

using namespace nabla;
using namespace nabla::test;

namespace {

// The value of a scalar input, x or A[1,2], at the point.
double value_of_input(Context& ctx, Ref input, const DensePoint& point) {
  const bool whole = ctx.kind(input) == Kind::symbol;
  const Ref name = whole ? input : ctx.operands(input)[0];
  for (const DenseBinding& b : point) {
    if (b.name != name) continue;
    size_t at = 0;
    for (size_t k = 0; k < b.value.extents.size(); ++k) {
      const auto i = ctx.value(ctx.operands(input)[k + 1]).as_int();
      at = at * static_cast<size_t>(b.value.extents[k]) + static_cast<size_t>(*i - 1);
    }
    return b.value.entries[at];
  }
  FAIL("a name without value");
  return 0;
}

std::vector<double> written_values(Texts& t, const std::vector<Ref>& list, const DensePoint& point) {
  const auto inputs = inputs_of(t.ctx, list);
  std::vector<double> at;
  for (Ref i : inputs) at.push_back(value_of_input(t.ctx, i, point));
  const Tape tape = compile(t.ctx, list, inputs);
  const std::vector<double> all = values_at(tape, at);
  std::vector<double> values;
  for (uint32_t o : tape.outputs()) values.push_back(all[o]);
  return values;
}

}  // namespace

TEST_CASE("dense values are those of the written entries", "[dense]") {
  for (const char* text : tensor_texts) {
    Texts t;
    t.run(tensor_names);
    INFO(text);
    const Ref e = t(text);
    const std::vector<Ref> written = entries(t.ctx, t.written(text));
    std::vector<Ref> names = names_in(t, {e});
    for (Ref r : written) {
      for (Ref s : symbols_of(t.ctx, r)) names.push_back(s);
    }
    for (uint64_t seed : {1u, 2u}) {
      const DensePoint point = random_point(t.ctx, names, {}, seed);
      DenseArray<double> value;
      CHECK_NOTHROW(value = dense_value(t.ctx, e, point));
      CHECK(difference(value.entries, written_values(t, written, point), 1e-11) == "");
    }
  }
}
