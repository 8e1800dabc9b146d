// Patterns of matrix rules against expressions.
//
// Patterns are expressions of the same Context, whose letters are symbols of role placeholder and whose
// extents are symbols, too. Products of matrices are matched as chains, in which a letter may take several
// neighbours; a matrix may be met transposed. Recursion is bounded by the size of the rows.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "expr/context.h"
#include "simplify/matrix_chain.h"

namespace nabla {

// A product of matrices one after the other, with a vector at either end, perhaps, and a scalar. In A*x*y'*B
// the vectors are links, a column and a row, which is one transposed.
struct OpenChain {
  Ref scalar = one;
  Ref first, last;  // vectors, or Ref{}
  std::vector<ChainLink> links;
};
// None if it is anything else.
std::optional<OpenChain> open_chain(const Context& ctx, Ref e);
// Its factors from left to right, a row first and a column last, without the scalar.
std::vector<Ref> factors_of(Context& ctx, const OpenChain& chain);

class MatrixMatcher {
 public:
  using Accept = std::function<bool()>;
  explicit MatrixMatcher(Context& ctx) : ctx_(ctx) {}

  // The transpose of the product.
  static void turn(OpenChain& chain);

  void clear() { values_.clear(); }
  // The values of the letters and extents.
  const std::vector<std::pair<Ref, Ref>>& values() const { return values_; }

  bool whole(Ref pattern, Ref subject, bool transposed, const Accept& accept);
  // Of some terms of a sum: accept(terms taken, how many times).
  using AcceptTerms = std::function<bool(const std::vector<size_t>& taken, const Rational& times)>;
  bool some_terms(Ref pattern, const std::vector<Term>& terms, bool transposed, const AcceptTerms& accept);
  // Of the neighbours from..to of a chain: accept(to).
  using AcceptRun = std::function<bool(size_t to)>;
  bool run(Ref pattern, const std::vector<ChainLink>& links, size_t from, const AcceptRun& accept);

 private:
  bool chains(const OpenChain& pattern, const OpenChain& subject, const Accept& accept);
  bool two_factors(Ref pattern, Ref subject, const Accept& accept);
  bool letter(Ref pattern, Ref subject, const Accept& accept);
  bool extents(Ref pattern, Ref subject, const Accept& accept);
  bool operands(const Node& p, const Node& s, size_t at, bool transposed, const Accept& accept);
  bool terms(const std::vector<Term>& pattern, const std::vector<Term>& subject, size_t at, bool transposed,
             std::vector<size_t>& taken, std::optional<Rational> times, const AcceptTerms& accept);
  bool links(const std::vector<ChainLink>& pattern, size_t at, const std::vector<ChainLink>& subject,
             size_t from, const AcceptRun& accept);
  Ref product(const std::vector<ChainLink>& links, size_t from, size_t to);

  Context& ctx_;
  std::vector<std::pair<Ref, Ref>> values_;
};

}  // namespace nabla
