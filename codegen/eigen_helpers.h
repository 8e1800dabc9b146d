// Functions of matrices that Eigen lacks or that need a convention: texts that a header carries as it needs
// them, in a namespace with the types Scalar, Matrix and Vector.
#pragma once

#include <set>
#include <string>

namespace nabla {

// The texts of these functions and of what they need, in a fixed order.
std::string eigen_helpers(const std::set<std::string>& names);

}  // namespace nabla
