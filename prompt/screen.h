// What stands on the terminal, as cells; and the bytes that bring it there from what stood before.
//
// The frame is the part of the screen that is the editor's: some rows above nothing else, wherever on the
// screen they are. Invariants: a row holds at most `width` columns; a cell is one grapheme cluster and one or
// two columns wide; the painter writes no cell that is there already, except to the right of one that
// changed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace nabla::prompt {

enum class Style : uint8_t {
  plain,
  prompt,
  number,
  function,
  keyword,
  string,
  comment,
  command,
  wrong,   // cannot be read
  paired,  // a bracket at the cursor, and its other half
  dim,
};

struct Cell {
  std::string text;
  uint8_t width = 1;
  Style style = Style::plain;
  friend bool operator==(const Cell&, const Cell&) = default;
};

using Row = std::vector<Cell>;

struct Frame {
  size_t width = 80;
  std::vector<Row> rows;
  size_t cursor_row = 0, cursor_column = 0;
};

// Puts text into a frame, from left to right and on to the next row where a cell has no room.
class FrameWriter {
 public:
  explicit FrameWriter(Frame& frame) : frame_(frame) { frame_.rows.assign(1, {}); }

  void put(std::string_view cluster, Style style);  // one grapheme cluster
  void put_all(std::string_view text, Style style);
  void new_row();
  void mark_cursor();  // the next cell is at the cursor

 private:
  void reserve(size_t columns);

  Frame& frame_;
  size_t column_ = 0;
};

// Columns of a grapheme cluster.
size_t cluster_width(std::string_view cluster);

// The rows of a frame that a terminal of this height can show, around the cursor.
void crop(Frame& frame, size_t height);

class Painter {
 public:
  explicit Painter(bool color) : color_(color) {}

  // From the frame painted before to this one.
  std::string paint(const Frame& frame);
  // The cursor goes behind the frame and `last`, to a row of its own; the next frame begins there.
  std::string leave(std::string_view last = {});
  // The terminal has another width: its rows have wrapped anew. The next frame is painted over them.
  std::string resized(size_t width);
  std::string clear_screen();

 private:
  void move_to(std::string& out, size_t row, size_t column);
  void write(std::string& out, const Row& row, size_t from_cell, size_t column);

  bool color_;
  Frame shown_;
  size_t row_ = 0, column_ = 0;  // of the terminal's cursor, in the frame
};

}  // namespace nabla::prompt
