// Nodes that hold tensors as they hold scalars: the step that a scalar formula which is applied to tensors
// and a tensor with other operands have in common. Internal to the tensor constructors.
#pragma once

#include <span>

#include "expr/context.h"

namespace nabla {

// The power, call of an opaque function, comparison, connective or branch of these operands, of which one at
// least is a tensor; Ref{} for any other node.
Ref rebuild_entrywise(Context& ctx, Ref e, std::span<const Ref> list);

}  // namespace nabla
