// Around loops that share sums or products: what declares those, and what adds up the lanes they run in.
#pragma once

#include <string>

#include "codegen/group_code.h"

namespace nabla {

// A number for each sum, and with `in_lanes` the array of its lanes.
std::string begin_sums(const NestStyle& style, const LoopGroup& group, const GroupTargets& targets,
                       bool in_lanes, const std::string& indent);
// The lanes go to the numbers, in a fixed order.
std::string end_sums(const NestStyle& style, const LoopGroup& group, const GroupTargets& targets,
                     const std::string& indent);

}  // namespace nabla
