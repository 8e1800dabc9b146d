// Equal parts of sums and products of a form computed once, common factors taken out of sums.
//
// It is greedy: of all pairs of factors and pairs of terms that occur more than once, and all factors that
// several terms of a sum have, what saves most is done first, until nothing saves anything (multi-term common
// subexpressions: Hosangadi, Fallah and Kastner, IEEE Trans. CAD 25, 2006; Horner forms chosen greedily:
// Kuipers, Ueda and Vermaseren, Comput. Phys. Commun. 189, 2015). The result depends on the content alone.
#pragma once

#include "codegen/sum_product.h"

namespace nabla {

// Takes out what three or more terms of a sum have in common, also where the terms have other users: what is
// left may be the same in other sums.
void factor_sums(SumProduct& form);

// Each round looks at all nodes and spends as many from the allowance. False if that was spent.
bool share_parts(SumProduct& form, size_t& allowance);

}  // namespace nabla
