#include "prompt/screen.h"

#include <algorithm>
#include <array>

#include "parser/unicode.h"
#include "prompt/text_buffer.h"

namespace nabla::prompt {
namespace {

// Select Graphic Rendition (ECMA-48, 8.3.117) for each Style.
constexpr std::array<std::string_view, 11> renditions = {
    "", "1;34", "36", "34", "35", "32", "2", "33", "31", "1;4", "2",
};

size_t columns_of(const Row& row) {
  size_t n = 0;
  for (const Cell& c : row) n += c.width;
  return n;
}

std::string csi(size_t n, char final) { return "\x1b[" + (n == 1 ? "" : std::to_string(n)) + final; }

}  // namespace

size_t cluster_width(std::string_view cluster) {
  int width = 0;
  const char* const end = cluster.data() + cluster.size();
  for (const char* p = cluster.data(); p < end;) {
    const CodePoint c = decode(p, end);
    width = std::max(width, display_width(c.value));
    p += c.length;
  }
  return static_cast<size_t>(width);
}

// A wide cell does not begin in the last column.
void FrameWriter::reserve(size_t columns) {
  if (column_ + columns > frame_.width) new_row();
}

void FrameWriter::put(std::string_view cluster, Style style) {
  const size_t width = cluster_width(cluster);
  if (width == 0 && !frame_.rows.back().empty()) {  // a mark without a base
    frame_.rows.back().back().text += cluster;
    return;
  }
  reserve(std::max<size_t>(1, width));
  frame_.rows.back().push_back({width == 0 ? " " + std::string(cluster) : std::string(cluster),
                                static_cast<uint8_t>(std::max<size_t>(1, width)), style});
  column_ += std::max<size_t>(1, width);
}

void FrameWriter::put_all(std::string_view text, Style style) {
  for (size_t at = 0; at < text.size();) {
    const size_t end = next_cluster(text, at);
    put(text.substr(at, end - at), style);
    at = end;
  }
}

void FrameWriter::new_row() {
  frame_.rows.emplace_back();
  column_ = 0;
}

void FrameWriter::mark_cursor() {
  reserve(1);
  frame_.cursor_row = frame_.rows.size() - 1;
  frame_.cursor_column = column_;
}

void crop(Frame& frame, size_t height) {
  if (frame.rows.size() <= height) return;
  size_t first = frame.cursor_row < height ? 0 : frame.cursor_row - height + 1;
  first = std::min(first, frame.rows.size() - height);
  frame.rows.erase(frame.rows.begin(), frame.rows.begin() + static_cast<std::ptrdiff_t>(first));
  frame.rows.resize(height);
  frame.cursor_row -= first;
}

void Painter::move_to(std::string& out, size_t row, size_t column) {
  if (row < row_) out += csi(row_ - row, 'A');
  // Downwards by line feeds, which make rows at the bottom of the screen.
  const bool down = row > row_;
  if (down) out += "\r" + std::string(row - row_, '\n');
  if (down || column < column_ || column_ >= shown_.width) {
    if (!down) out += '\r';
    if (column > 0) out += csi(column, 'C');
  } else if (column > column_) {
    out += csi(column - column_, 'C');
  }
  row_ = row;
  column_ = column;
}

void Painter::write(std::string& out, const Row& row, size_t from_cell, size_t column) {
  Style style = Style::plain;
  for (size_t i = from_cell; i < row.size(); ++i) {
    if (color_ && row[i].style != style) {
      const std::string_view rendition = renditions[static_cast<size_t>(row[i].style)];
      out += rendition.empty() ? "\x1b[m" : "\x1b[0;" + std::string(rendition) + "m";
      style = row[i].style;
    }
    out += row[i].text;
    column += row[i].width;
  }
  if (style != Style::plain) out += "\x1b[m";
  column_ = column;
}

std::string Painter::paint(const Frame& frame) {
  std::string out;
  shown_.width = frame.width;
  for (size_t i = 0; i < frame.rows.size(); ++i) {
    const bool old = i < shown_.rows.size();
    const Row& row = frame.rows[i];
    size_t same = 0, column = 0;
    if (old) {
      const Row& before = shown_.rows[i];
      for (; same < row.size() && same < before.size() && row[same] == before[same]; ++same)
        column += row[same].width;
      if (same == row.size() && same == before.size()) continue;
    }
    move_to(out, i, column);
    write(out, row, same, column);
    if (old && columns_of(row) < frame.width && columns_of(shown_.rows[i]) > columns_of(row)) out += "\x1b[K";
  }
  if (shown_.rows.size() > frame.rows.size()) {
    move_to(out, frame.rows.size(), 0);
    out += "\x1b[J";
  }
  move_to(out, frame.cursor_row, frame.cursor_column);
  shown_ = frame;
  return out;
}

std::string Painter::leave(std::string_view last) {
  std::string out(last);
  if (!shown_.rows.empty()) {
    const bool full = last.empty() && shown_.rows.size() > 1 && shown_.rows.back().empty();
    move_to(out, shown_.rows.size() - 1, 0);
    if (!full) out += "\r\n";  // else the cursor has gone to an empty row already
  }
  shown_.rows.clear();
  row_ = column_ = 0;
  return out;
}

// Terminals wrap a row that has become too long and leave shorter ones as they are.
std::string Painter::resized(size_t width) {
  size_t above = 0;
  for (size_t i = 0; i < row_ && i < shown_.rows.size(); ++i)
    above += std::max<size_t>(1, (columns_of(shown_.rows[i]) + width - 1) / width);
  above += column_ / std::max<size_t>(1, width);
  std::string out;
  if (above > 0) out += csi(above, 'A');
  out += "\r\x1b[J";
  shown_.rows.clear();
  shown_.width = width;
  row_ = column_ = 0;
  return out;
}

std::string Painter::clear_screen() {
  shown_.rows.clear();
  row_ = column_ = 0;
  return "\x1b[H\x1b[2J";
}

}  // namespace nabla::prompt
