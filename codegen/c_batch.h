// Functions over many points in C: a plain loop over the points, in the layout of codegen/batch_signature.h.
#pragma once

#include <set>
#include <string>

#include "codegen/emit.h"
#include "codegen/signature.h"

namespace nabla {

// The definition of the function `name`. `style` spells all but the inputs; `runtime` gets what it calls.
std::string c_batch(Context& ctx, const EntryPoint& entry, const Signature& signature,
                    const BatchNames& names, const EmitNames& style, const std::string& name,
                    std::set<std::string>& runtime);

}  // namespace nabla
