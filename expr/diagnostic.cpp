#include "expr/diagnostic.h"

#include <array>
#include <charconv>

namespace nabla {
namespace {

constexpr CodeInfo kCodes[] = {
#define NB(number, name, exit_status, title, explanation) \
  {Code::name, number, #name, exit_status, title, explanation},
#include "expr/codes.def"
#undef NB
};

constexpr bool ascending() {
  for (size_t i = 1; i < std::size(kCodes); ++i) {
    if (kCodes[i - 1].number >= kCodes[i].number) return false;
  }
  return true;
}
static_assert(ascending(), "codes.def is ordered by number");

}  // namespace

const CodeInfo& info(Code code) { return kCodes[static_cast<size_t>(code)]; }

const CodeInfo* find_code(std::string_view spelled) {
  if (spelled.substr(0, 2) == "NB" || spelled.substr(0, 2) == "nb") spelled.remove_prefix(2);
  if (spelled.size() != 4) return nullptr;
  unsigned number = 0;
  const auto [end, error] = std::from_chars(spelled.data(), spelled.data() + 4, number);
  if (error != std::errc{} || end != spelled.data() + 4) return nullptr;
  for (const CodeInfo& row : kCodes) {
    if (row.number == number) return &row;
  }
  return nullptr;
}

std::string spelling(Code code) {
  std::string digits = std::to_string(info(code).number);
  return "NB" + std::string(4 - digits.size(), '0') + digits;
}

size_t code_count() { return std::size(kCodes); }

const CodeInfo& code_at(size_t index) { return kCodes[index]; }

}  // namespace nabla
