#include "parser/unicode.h"

#include <utf8proc.h>

#include <array>
#include <cstdlib>

namespace nabla {
namespace {

const utf8proc_uint8_t* bytes(const char* p) { return reinterpret_cast<const utf8proc_uint8_t*>(p); }

}  // namespace

CodePoint decode(const char* p, const char* end) {
  if (static_cast<unsigned char>(*p) < 0x80) return {static_cast<char32_t>(*p), 1, true};
  utf8proc_int32_t value = 0;
  const utf8proc_ssize_t length = utf8proc_iterate(bytes(p), end - p, &value);
  if (length <= 0) return {};
  return {static_cast<char32_t>(value), static_cast<uint32_t>(length), true};
}

uint32_t count_code_points(std::string_view text) {
  uint32_t count = 0;
  const char* const end = text.data() + text.size();
  for (const char* p = text.data(); p < end; p += decode(p, end).length) ++count;
  return count;
}

int display_width(char32_t c) {
  if (c >= 0x20 && c < 0x7f) return 1;
  return utf8proc_charwidth(static_cast<utf8proc_int32_t>(c));
}

size_t display_width(std::string_view text) {
  size_t width = 0;
  const char* const end = text.data() + text.size();
  for (const char* p = text.data(); p < end;) {
    const CodePoint c = decode(p, end);
    width += static_cast<size_t>(display_width(c.value));
    p += c.length;
  }
  return width;
}

bool is_control(char32_t c) {
  const utf8proc_category_t category = utf8proc_category(static_cast<utf8proc_int32_t>(c));
  return category == UTF8PROC_CATEGORY_CC || category == UTF8PROC_CATEGORY_CF ||
         category == UTF8PROC_CATEGORY_ZL || category == UTF8PROC_CATEGORY_ZP ||
         category == UTF8PROC_CATEGORY_CN || category == UTF8PROC_CATEGORY_CO;
}

std::string to_utf8(char32_t c) {
  std::array<utf8proc_uint8_t, 4> out{};
  const auto n = utf8proc_encode_char(static_cast<utf8proc_int32_t>(c), out.data());
  return {reinterpret_cast<const char*>(out.data()), static_cast<size_t>(n)};
}

std::string code_point_name(char32_t c) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string hex;
  for (auto rest = static_cast<uint32_t>(c); rest != 0 || hex.size() < 4; rest >>= 4) {
    hex.insert(hex.begin(), digits[rest & 15]);
  }
  return "U+" + hex;
}

std::string normalize(std::string_view s) {
  utf8proc_uint8_t* out = nullptr;
  const auto options = static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE);
  const utf8proc_ssize_t n =
      utf8proc_map(bytes(s.data()), static_cast<utf8proc_ssize_t>(s.size()), &out, options);
  if (n < 0) return std::string(s);
  std::string result(reinterpret_cast<const char*>(out), static_cast<size_t>(n));
  std::free(out);  // NOLINT: utf8proc allocates with malloc
  return result;
}

std::string valid_utf8(std::string_view s) {
  std::string out;
  const char* const end = s.data() + s.size();
  for (const char* p = s.data(); p < end;) {
    const CodePoint c = decode(p, end);
    out += c.valid ? std::string_view(p, c.length) : std::string_view("\uFFFD");
    p += c.length;
  }
  return out;
}

}  // namespace nabla
