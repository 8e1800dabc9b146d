// Extents, positions and conditions on labels as integer expressions, in std::ptrdiff_t.
//
// Invariant: what is_index() says yes to is exact integer arithmetic (n*(n + 1)/2 divides once, at the end);
// anything else is an atom that holds a whole number and is converted.
#pragma once

#include <functional>
#include <string>

#include "codegen/spelling.h"
#include "expr/context.h"

namespace nabla {

// What a symbol, entry or let is called; of a dim an integer, of anything else a number.
class AtomText {
 public:
  AtomText() = default;
  template <class Name>
  AtomText(Name name, Spelling spelling = {}) : name_(std::move(name)), spelling_(spelling) {}
  std::string operator()(Ref r) const { return name_(r); }
  const Spelling& spelling() const { return spelling_; }

 private:
  std::function<std::string(Ref)> name_;
  Spelling spelling_;
};

// A sum is in parentheses where `operand` is true.
std::string index_text(Context& ctx, Ref e, const AtomText& atoms, bool operand);

}  // namespace nabla
