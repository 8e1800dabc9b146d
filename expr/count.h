// The size of a result as its reader sees it; docs/language.md, "Counting".
//
// Tree nodes are the leaves and operators of the printed text, without `where`; DAG nodes are the same with
// equal subtrees counted once. An n-ary sum or product is one operator, each '/' one, a sign in a sum none, a
// negative number one leaf. The tree count saturates at 2^64 - 1.
#pragma once

#include <cstdint>
#include <span>

#include "expr/context.h"
#include "expr/print_form.h"

namespace nabla {

struct Counts {
  uint64_t nodes = 0;
  uint64_t dag_nodes = 0;
};

Counts count_nodes(Context& ctx, Ref e);
Counts count_nodes(Context& ctx, std::span<const Ref> roots);  // of all together
Counts count_forms(const Forms& forms, std::span<const FormId> roots);

}  // namespace nabla
