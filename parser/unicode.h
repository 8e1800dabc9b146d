// UTF-8 and the Unicode tables, as far as the lexer, names and diagnostics need them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace nabla {

struct CodePoint {
  char32_t value = 0;
  uint32_t length = 1;  // in bytes; 1 where the bytes are not UTF-8
  bool valid = false;
};

CodePoint decode(const char* p, const char* end);  // p < end

uint32_t count_code_points(std::string_view text);  // a byte that is not UTF-8 counts as one
int display_width(char32_t c);                      // columns on a terminal: 0, 1 or 2
size_t display_width(std::string_view text);        // of one line
bool is_control(char32_t c);
std::string to_utf8(char32_t c);
std::string code_point_name(char32_t c);     // "U+2013"
std::string normalize(std::string_view s);   // NFC; `s` as it is if it is not UTF-8
std::string valid_utf8(std::string_view s);  // each byte that is not UTF-8 becomes U+FFFD

}  // namespace nabla
