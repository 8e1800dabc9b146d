#include "cli/columns.h"

#include <algorithm>

#include "parser/render.h"
#include "parser/unicode.h"

namespace nabla::cli {
namespace {

constexpr size_t page_width = 80;

}  // namespace

std::string padded(std::string_view text, size_t width) {
  std::string out(text);
  out.append(out.size() < width ? width - out.size() : 1, ' ');
  return out;
}

std::string entry(std::string_view title, std::string_view text, size_t column, char after) {
  std::string out = padded(title, column);
  if (count_code_points(title) >= column && !text.empty())
    out.replace(title.size(), std::string::npos, "\n" + std::string(column, ' '));
  size_t used = column;
  while (!text.empty()) {
    size_t end = 0;  // of the next piece
    do {
      end = std::min(text.find(' ', end + 1), text.size());
    } while (end < text.size() && after != ' ' && text[end - 1] != after);
    const std::string_view piece = text.substr(0, end);
    const size_t width = count_code_points(piece);
    const bool first = used == column;
    if (!first && used + 1 + width > page_width) {
      out += "\n" + std::string(column, ' ');
      used = column;
    } else if (!first) {
      out += ' ';
      ++used;
    }
    out += piece;
    used += width;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::string paragraphs(std::string_view text) {
  std::string out, paragraph;
  const auto close = [&] {
    if (!paragraph.empty()) out += wrapped(paragraph, 0, 0, page_width) + "\n";
    paragraph.clear();
  };
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.front() == ' ') {
      close();
      out += std::string(line) + "\n";
    } else {
      paragraph += (paragraph.empty() ? "" : " ") + std::string(line);
    }
  }
  close();
  if (!out.empty()) out.pop_back();  // the end of the last line
  return out;
}

}  // namespace nabla::cli
