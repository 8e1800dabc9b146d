// Random expressions, scalar and of matrices: simplify keeps its promises (simplified.h). scripts/fuzz
// --simplify runs more.
#include <catch2/catch.hpp>

#include "tests/simplify_seed.h"
#include "tests/texts.h"

using namespace nabla;
using namespace nabla::test;

TEST_CASE("random expressions are simplified as promised", "[simplify][random]") {
  for (uint64_t seed = 0; seed < 2000; ++seed) {
    const std::string complaint = seed_complaint(seed);
    INFO(complaint);
    CHECK(complaint.empty());
  }
}

// Seeds that broke a promise once.
TEST_CASE("expressions that were once simplified wrongly", "[simplify][random]") {
  for (const uint64_t seed :
       {13011u,     13296u,     20311u,     27712u,     43711u,     44279u,     52959u,     57335u,
        158000u,    185452u,    187540u,    472784u,    526843u,    844476u,    960224u,    2078228u,
        2109015u,   2514052u,   2531732u,   2538134u,   3063070u,   10007432u,  10037023u,  10234456u,
        10624388u,  10721975u,  60049818u,  60115218u,  100269680u, 200014903u, 200059579u, 200117023u,
        200441244u, 300007313u, 400610336u, 400641171u, 600528688u, 900092292u, 1000573720u}) {
    const std::string complaint = seed_complaint(seed);
    INFO(complaint);
    CHECK(complaint.empty());
  }
}

namespace {

// What the check says of a pass that makes `to` of `from`.
std::string complaint_of(const char* from, const char* to) {
  World w(RandomMatrixFormula::declarations);
  const Ref e = w(from), other = w(to);
  const Pass pass{"given", [&](Context&, Ref r, Notes&) { return r == e ? other : r; }};
  return Simplified(w.ctx, 1, w("D"), pass).broken(e).name;
}

}  // namespace

// The check must see wrong values, and must not take the rounding of what is exactly 0 for one.
TEST_CASE("the check of random expressions tells values from rounding", "[simplify][random]") {
  const std::pair<const char*, const char*> wrong[] = {
      {"x'*A", "x'*A'"},
      {"x'*K*y", "y'*K*x"},  // -x'*K*y
      {"[A, B]*[B; A]", "B*A"},
      {"[x'; y']*A", "[x'*A; x'*A]"},
      {"det([A, B; B, A])", "det(A)*det(B)"},
      {"inv([A, B; B, A])[1:n, 1:n]", "inv(A)"},
      {"pinv(D)", "D'"},
      {"eigmax(sym(A))", "eigmin(sym(A))"},
      {"chol(P)*chol(P)'", "chol(P)'*chol(P)"},
      {"tr(K*K)", "0"},
      {"mod(a, 2)*x", "mod(a, 2)*w"},
      {"sqrtm(P)", "P"},
      {"norm2(x)", "norm2(x) + x'*K*x + a/1000000"},
  };
  for (const auto& [from, to] : wrong) {
    INFO(from);
    CHECK(complaint_of(from, to) == "value");
  }
  const std::pair<const char*, const char*> right[] = {
      {"sign(x'*K*x)", "0"},
      {"mod(2, x'*K*x + 1)", "0"},
      {"atan2(tr(S*K), -1)", "pi"},
      {"sum(K)*a", "0"},
      {"eigmin(sym(A)*0 + x*x')", "0"},
      {"tr([A, B; B, A])", "2*tr(A)"},
      {"logaddexp(mod(a, sum(K)), -1)", "logaddexp(mod(a, 0), -1)"},  // neither has a value
      {"y'*polar(x*y' + y*y')*y", "y'*polar((x + y)*y')*y"},
      {"inv(blockdiag(P, P))", "blockdiag(inv(P), inv(P))"},
  };
  for (const auto& [from, to] : right) {
    INFO(from);
    CHECK(complaint_of(from, to).empty());
  }
}
