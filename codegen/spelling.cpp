#include "codegen/spelling.h"

namespace nabla {
namespace {

// The operand of a cast.
std::string operand(const std::string& text) {
  return text.find(' ') == std::string::npos ? text : "(" + text + ")";
}

}  // namespace

std::string Spelling::integer() const { return is_c() ? "ptrdiff_t" : "std::ptrdiff_t"; }

std::string Spelling::to_integer(const std::string& number) const {
  return is_c() ? "(ptrdiff_t)" + operand(number) : "static_cast<std::ptrdiff_t>(" + number + ")";
}

std::string Spelling::to_number(const std::string& integer, const std::string& scalar) const {
  if (is_c()) return "(" + scalar + ")" + operand(integer);
  return scalar + "(static_cast<double>(" + integer + "))";
}

std::string Spelling::data_to_number(const std::string& data, const std::string& scalar) const {
  return is_c() ? "(" + scalar + ")" + operand(data) : scalar + "(" + data + ")";
}

std::string Spelling::calls_of(const std::string& runtime) const { return runtime + (is_c() ? "__" : "::"); }

std::string Spelling::call(const std::string& runtime, const std::string& function,
                           const std::string& scalar) const {
  return calls_of(runtime) + function + (is_c() ? "(" : "<" + scalar + ">(");
}

std::string Spelling::nan(const std::string& scalar) const {
  return is_c() ? "(" + scalar + ")NAN" : scalar + "(std::numeric_limits<double>::quiet_NaN())";
}

std::string Spelling::zeros() const { return is_c() ? " = {0}" : " = {}"; }

std::string Spelling::constant() const { return is_c() ? "const " : "constexpr "; }

std::string Spelling::function() const { return is_c() ? "static inline " : "inline "; }

std::string Spelling::size_function() const {
  return is_c() ? "static inline size_t " : "constexpr std::size_t ";
}

std::string Spelling::result() const { return is_c() ? " restrict " : " __restrict "; }

std::string Spelling::to_size(const std::string& integer) const {
  return is_c() ? "(size_t)" + operand(integer) : "static_cast<std::size_t>(" + integer + ")";
}

std::string Spelling::to_int(const std::string& integer) const {
  return is_c() ? "(int)" + operand(integer) : "static_cast<int>(" + integer + ")";
}

}  // namespace nabla
