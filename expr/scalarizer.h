// The machine of scalarize.h; internal to scalarize.cpp and scalarize_axes.cpp.
#pragma once

#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "expr/context.h"
#include "expr/indexed.h"
#include "expr/scalarize_function.h"

namespace nabla {

// From a row-major position to an index and back.
std::vector<int64_t> unravel(const std::vector<int64_t>& extents, size_t at);
size_t ravel(const std::vector<int64_t>& extents, const std::vector<int64_t>& index);

// Computes entries on demand: an entry that no other asks for is never made, so that what a guard leaves out
// or a branch that is not taken need not have a value.
class Scalarizer {
 public:
  explicit Scalarizer(Context& ctx) : ctx_(ctx) {}

  Entries run(Ref root);

 private:
  struct Cell {
    Ref node;
    size_t at = 0;  // row-major
  };
  struct Factors {
    Labelling labelling;
    std::vector<Ref> factors;
    std::vector<int64_t> extents;               // of each label
    std::vector<std::vector<int64_t>> strides;  // of each factor's axes
    std::vector<int64_t> offsets;               // of each guard
  };

  std::vector<int64_t> extents_of(Ref r);
  [[noreturn]] void refuse(std::string_view what) const;

  // --- what is known ---
  Entries& cells(Ref r);
  // An entry, or Ref{}: it is not known yet and will be computed first.
  Ref need(Ref r, size_t at = 0);
  bool need_all(Ref r, Entries& list);
  // A scalar that must be an integer; nullopt: not known yet.
  std::optional<int64_t> integer(Ref scalar, const char* what);

  // --- one entry; Ref{} when others are needed first ---
  Ref compute(Cell c);
  Ref symbol(Ref r, size_t at);
  Ref structural(Ref r, size_t at);
  Ref indexed(Ref r, size_t at);
  Ref reduced(Ref r, size_t at);
  Ref reshaped(Ref r, size_t at);
  Ref gathered(Ref r, size_t at);
  Ref selected(Ref r, size_t at);
  Ref elementwise(Ref r, size_t at);
  Ref scalar_node(Ref r, const Entries& list);
  // Of all entries at once.
  bool matrix_power(Ref r, Entries& result);
  bool whole_function(Ref r, Entries& result);

  const Factors* factors_of(Ref r);
  Ref factor_at(const Factors& f, size_t k, const std::vector<int64_t>& label);
  template <class Use>
  void for_bound(const Factors& f, size_t at, Use use);
  Ref fold(Reduction op, const Entries& items);
  Entries powered(Entries base, size_t n, Ref exponent);
  Entries multiplied(const Entries& a, const Entries& b, size_t n);

  Context& ctx_;
  std::unordered_map<Ref, Entries> cells_;
  std::unordered_map<Ref, Factors> factors_;
  std::vector<Cell> missing_;
};

}  // namespace nabla
