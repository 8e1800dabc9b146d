// Tensor nodes keep the value of what was written. The oracle is the written form, which works entry by entry
// by the definitions of linear algebra and does not use the tensor nodes.
#include <catch2/catch.hpp>

#include "eval/compare.h"
#include "expr/scalarize.h"
#include "tests/tensor_texts.h"
#include "tests/texts.h"

using namespace nabla;
using nabla::test::Texts;

TEST_CASE("tensor expressions keep the value of what was written", "[tensor]") {
  for (const char* text : nabla::test::tensor_texts) {
    DYNAMIC_SECTION(text) {
      Texts t;
      t.run(nabla::test::tensor_names);
      const std::vector<Ref> folded = entries(t.ctx, t(text)), written = entries(t.ctx, t.written(text));
      REQUIRE(folded.size() == written.size());
      std::vector<Ref> all = folded;
      all.insert(all.end(), written.begin(), written.end());
      const auto inputs = inputs_of(t.ctx, all);
      const Tape reference = compile(t.ctx, written, inputs);
      const auto report = compare_derivatives(t.ctx, reference, compile(t.ctx, folded, inputs),
                                              value_claims(folded.size()), draw_points(t.ctx, reference, 16));
      INFO("entry " << report.claim << ": " << report.claimed << ", expected " << report.expected);
      CHECK(report.agreement == Agreement::yes);
    }
  }
}
