#include "session/numbers.h"

#include <charconv>

namespace nabla {
namespace {

using Write = std::string (*)(double);

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
    text.append(opened, '[').append(write(numbers.entries[i])).append(closed, ']');
  }
  return text;
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
  if (axes == 0) return decimal(numbers.entries[0]);
  if (axes > 2) return nested(numbers, decimal);
  const uint64_t columns = axes == 2 ? numbers.extents[1] : numbers.row ? numbers.extents[0] : 1;
  std::string text = "[";
  for (size_t i = 0; i < numbers.entries.size(); ++i) {
    if (i > 0) text += i % columns == 0 ? "; " : ", ";
    text += decimal(numbers.entries[i]);
  }
  return text + "]";
}

std::string numbers_json(const Numbers& numbers) { return nested(numbers, decimal17); }

}  // namespace nabla
