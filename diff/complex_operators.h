// The differential operators where complex values are involved: diff(f, z) and diff(f, conj(z)) are the
// generalised derivatives (∂/∂Re z - i ∂/∂Im z)/2 and (∂/∂Re z + i ∂/∂Im z)/2, in which z and conj(z) are
// independent; grad(f, z) is 2*diff(f, conj(z)) of a function that is proved to be real; real(z) and imag(z)
// are real variables. hess(f, z) is the derivative of that gradient by z, hess(f, conj(z)) the one by
// conj(z): the gradient moves by hess(f, z)*dz + hess(f, conj(z))*conj(dz), and hvp(f, z, dz) is this sum.
// vjp(f, z, u) is the gradient of real(uᴴ*f), in which u does not move. laplacian and div are those by real
// and imaginary parts.
#pragma once

#include <optional>
#include <span>

#include "diff/partials.h"
#include "expr/operator.h"

namespace nabla {

// A variable of differentiation: a name or an entry of one, or its conjugate, real or imaginary part.
struct ComplexVariable {
  enum class Part : uint8_t { whole, conjugate, real, imaginary };
  Ref name;  // a symbol or an entry
  Part part = Part::whole;
};
std::optional<ComplexVariable> complex_variable(const Context& ctx, Ref v);

// Whether a variable is complex, or what is differentiated is no analytic function of complex values: has a
// conjugate, a real part and the like.
bool has_complex_values(Context& ctx, Operator op, std::span<const Ref> operands);

// As apply_operator(), which see. Throws Failure besides: not_yet_available, for operators that have no
// meaning here.
Ref apply_complex_operator(Partials& partials, Operator op, std::span<const Ref> operands, bool free_entries);

}  // namespace nabla
