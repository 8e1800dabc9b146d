// Where the passes over scalars work: the largest parts made of sums, products and powers.
#pragma once

#include <functional>
#include <unordered_map>

#include "expr/context.h"

namespace nabla {

// A sum, product or power of scalars.
bool is_scalar_algebra(const Context& ctx, Ref r);

enum class Levels {
  outermost,  // not inside functions of scalars, nor in exponents
  all
};

// What stands for the parts that have been rewritten; others stand for themselves.
using Images = std::unordered_map<Ref, Ref>;

// e with every region replaced by rewrite(region, images), those inside of others first.
Ref rewrite_regions(Context& ctx, Ref e, Levels levels,
                    const std::function<Ref(Ref region, const Images& images)>& rewrite);

// The region with the images of what it is made of, and no other change.
Ref with_images(Context& ctx, Ref region, const Images& images);

}  // namespace nabla
