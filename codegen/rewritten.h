// A program of scalars with other values for some of its lets.
#pragma once

#include <functional>
#include <unordered_map>

#include "expr/program.h"

namespace nabla {

// An expression over lets of the old program as one over those of the new program.
class MovedLets {
 public:
  MovedLets(Context& ctx, std::unordered_map<Ref, Ref>& image) : ctx_(ctx), image_(image) {}
  // A let, an input or a number; or an operation over such.
  Ref operator()(Ref e) const;

 private:
  Ref below(Ref e) const;  // of operations over operations

  Context& ctx_;
  std::unordered_map<Ref, Ref>& image_;
};

// `value`: what holds a let of the old program in the new one, an atom of it.
Program rewritten(Context& ctx, Program program,
                  const std::function<Ref(const Let&, const MovedLets&, Lowering&)>& value);

}  // namespace nabla
