#include "cookbook/numeric.h"

#include "session/equality.h"

namespace nabla {

NumericVerdict compare_numerically(const BookRow&, uint64_t) { return {}; }

}  // namespace nabla
