#include "session/numbers.h"

#include <charconv>
#include <cmath>

namespace nabla {
namespace {

using Write = std::string (*)(const Numbers&, size_t);

// "[[1, 2], [3, 4]]": a bracket opens or closes wherever an axis begins or ends.
std::string nested(const Numbers& numbers, Write write) {
  std::string text;
  const size_t axes = numbers.extents.size();
  for (size_t i = 0; i < numbers.entries.size(); ++i) {
    size_t opened = 0, closed = 0;
    uint64_t block = 1;
    for (size_t axis = axes; axis-- > 0;) {
      block *= numbers.extents[axis];
      if (i % block == 0) ++opened;
      if ((i + 1) % block == 0) ++closed;
    }
    if (i > 0) text += ", ";
    text.append(opened, '[').append(write(numbers, i)).append(closed, ']');
  }
  return text;
}

// 1 - 2*im
std::string plain(const Numbers& numbers, size_t i) {
  std::string real = decimal(numbers.entries[i]);
  if (numbers.imaginary.empty() || numbers.imaginary[i] == 0) return real;
  const double part = numbers.imaginary[i], size = std::abs(part);
  const std::string imaginary = size == 1 ? "im" : decimal(size) + "*im";
  if (numbers.entries[i] == 0) return (part < 0 ? "-" : "") + imaginary;
  return real + (part < 0 ? " - " : " + ") + imaginary;
}

std::string in_json(const Numbers& numbers, size_t i) {
  std::string real = decimal17(numbers.entries[i]);
  if (numbers.imaginary.empty()) return real;
  return R"({"re": )" + real + R"(, "im": )" + decimal17(numbers.imaginary[i]) + "}";
}

}  // namespace

std::string decimal(double v) {
  char buffer[32];
  return std::string(buffer, std::to_chars(buffer, buffer + sizeof buffer, v).ptr);
}

std::string decimal17(double v) {
  char buffer[32];
  return std::string(buffer,
                     std::to_chars(buffer, buffer + sizeof buffer, v, std::chars_format::general, 17).ptr);
}

std::string numbers_text(const Numbers& numbers) {
  const size_t axes = numbers.extents.size();
  if (axes == 0) return plain(numbers, 0);
  if (axes > 2) return nested(numbers, plain);
  const uint64_t columns = axes == 2 ? numbers.extents[1] : numbers.row ? numbers.extents[0] : 1;
  std::string text = "[";
  for (size_t i = 0; i < numbers.entries.size(); ++i) {
    if (i > 0) text += i % columns == 0 ? "; " : ", ";
    text += plain(numbers, i);
  }
  return text + "]";
}

std::string numbers_json(const Numbers& numbers) { return nested(numbers, in_json); }

}  // namespace nabla
