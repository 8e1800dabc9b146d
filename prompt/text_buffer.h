// The text that is being edited and the cursor in it: everything that editing does to a text, and nothing of
// keys and screens.
//
// Invariants: the text is valid UTF-8 without control characters but newlines; the cursor stands between two
// grapheme clusters (Unicode Standard Annex 29), which are what moving and erasing go by.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace nabla::prompt {

// The end of the grapheme cluster that begins at `at`, and the beginning of the one that ends there.
size_t next_cluster(std::string_view text, size_t at);
size_t previous_cluster(std::string_view text, size_t at);

// What may stand in a buffer: line ends become newlines, tabs blanks, bytes that are not UTF-8 U+FFFD, and
// other control characters go.
std::string cleaned(std::string_view text);

class TextBuffer {
 public:
  const std::string& text() const { return text_; }
  size_t cursor() const { return cursor_; }

  void set(std::string text);  // forgets what could be undone; the cursor stands at the end
  // The same as one change that can be undone.
  void replace(size_t begin, size_t end, std::string_view by);
  void insert(std::string_view text);

  // Each returns false where there was nothing to do.
  bool erase_left();
  bool erase_right();
  bool left();
  bool right();
  bool word_left();
  bool word_right();
  bool up();  // to the line above, as near to the same column as it goes
  bool down();
  void line_begin() { cursor_ = begin_of_line(cursor_); }
  void line_end() { cursor_ = end_of_line(cursor_); }
  void text_begin() { cursor_ = 0; }
  void text_end() { cursor_ = text_.size(); }

  // What is cut goes to the clipboard; cuts next to each other join.
  void cut_to_line_end();
  void cut_to_line_begin();
  void cut_word_left();
  void cut_blank_word_left();  // up to a blank
  void cut_word_right();
  void paste_cut() { insert(clipboard_); }
  void transpose();  // the clusters around the cursor
  bool undo();

  bool on_first_line() const { return begin_of_line(cursor_) == 0; }
  bool on_last_line() const { return end_of_line(cursor_) == text_.size(); }

 private:
  enum class Change : unsigned char { none, typing, erasing, cutting, other };
  struct State {
    std::string text;
    size_t cursor;
  };

  size_t begin_of_line(size_t at) const;
  size_t end_of_line(size_t at) const;
  size_t word_left_of(size_t at) const;
  size_t word_right_of(size_t at) const;
  void remember(Change change);
  void cut(size_t begin, size_t end, bool leftwards);
  bool to_line(size_t begin, size_t end);

  std::string text_;
  size_t cursor_ = 0;
  std::string clipboard_;
  std::vector<State> undo_;
  Change last_ = Change::none;
  size_t last_cursor_ = 0;  // after the last change: moving away begins a new one
};

}  // namespace nabla::prompt
