#include "parser/elaborator.h"

namespace nabla {

static Failure later(std::string what) {
  return Failure(Code::not_yet_available, what + " is not available yet");
}

Ref Elaborator::transpose(NodeId n) {
  const Ref r = number_value(operand(n, 0));
  if (is_scalar(r) && !(ctx_[r].facts & complex_valued)) return r;
  throw later("the transpose");
}
Ref Elaborator::bars(NodeId n) {
  const Ref r = number_value(operand(n, 0));
  return elementwise(n, Fn::abs, {&r, 1});
}
Ref Elaborator::index(NodeId) { throw later("an index"); }
Ref Elaborator::array(NodeId) { throw later("an array"); }
Ref Elaborator::partial(NodeId) { throw later("∂"); }
Ref Elaborator::extent_at(NodeId, uint32_t, NodeId) { throw later("end"); }
void Elaborator::bind_index(NodeId, uint32_t) { throw later("for"); }
Ref Elaborator::tensor_sum(NodeId) { throw later("a sum of tensors"); }
Ref Elaborator::tensor_product(NodeId) { throw later("a product of tensors"); }
Ref Elaborator::tensor_power(NodeId) { throw later("a power of tensors"); }
Ref Elaborator::tensor_negate(NodeId) { throw later("a tensor"); }
Ref Elaborator::tensor_conditional(NodeId) { throw later("a tensor"); }
Ref Elaborator::tensor_elementwise(NodeId, Fn, std::span<const Ref>) { throw later("a tensor"); }
Ref Elaborator::call_derivative(NodeId) { throw later("g'"); }
Ref Elaborator::call_partial(NodeId) { throw later("D"); }

}  // namespace nabla
