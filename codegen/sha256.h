// SHA-256 (FIPS 180-4), to say in generated code which text it comes from.
#pragma once

#include <string>
#include <string_view>

namespace nabla {

std::string sha256(std::string_view bytes);  // 64 hexadecimal digits

}  // namespace nabla
