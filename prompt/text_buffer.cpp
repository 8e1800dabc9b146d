#include "prompt/text_buffer.h"

#include <utf8proc.h>

#include <algorithm>

#include "parser/unicode.h"

namespace nabla::prompt {
namespace {

constexpr size_t most_undone = 200;
constexpr size_t looked_back = 32;  // code points, to find where a cluster begins

CodePoint code_point(std::string_view text, size_t at) {
  return decode(text.data() + at, text.data() + text.size());
}

size_t previous_code_point(std::string_view text, size_t at) {
  do {
    --at;
  } while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xc0u) == 0x80u);
  return at;
}

bool is_word(std::string_view text, size_t at) {
  const char c = text[at];
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
         (static_cast<unsigned char>(c) & 0x80u) != 0;
}

}  // namespace

size_t next_cluster(std::string_view text, size_t at) {
  if (at >= text.size()) return text.size();
  CodePoint c = code_point(text, at);
  size_t end = at + c.length;
  utf8proc_int32_t state = 0;
  while (end < text.size()) {
    const CodePoint next = code_point(text, end);
    if (utf8proc_grapheme_break_stateful(static_cast<utf8proc_int32_t>(c.value),
                                         static_cast<utf8proc_int32_t>(next.value), &state))
      break;
    end += next.length;
    c = next;
  }
  return end;
}

size_t previous_cluster(std::string_view text, size_t at) {
  if (at == 0) return 0;
  size_t begin = previous_code_point(text, at);
  // Between two ASCII characters there is always a break, but for a carriage return, which is not there.
  for (size_t i = 0; i < looked_back && begin > 0 && static_cast<unsigned char>(text[begin]) >= 0x80; ++i)
    begin = previous_code_point(text, begin);
  for (;;) {
    const size_t end = next_cluster(text, begin);
    if (end >= at) return begin;
    begin = end;
  }
}

std::string cleaned(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size();) {
    const CodePoint c = code_point(text, i);
    if (!c.valid) {
      out += "\xEF\xBF\xBD";
    } else if (c.value == '\r') {
      out += '\n';
      if (i + 1 < text.size() && text[i + 1] == '\n') ++i;
    } else if (c.value == '\t') {
      out += ' ';
    } else if (c.value == '\n' || !is_control(c.value) || c.value == 0x200D) {  // joiner of clusters
      out += text.substr(i, c.length);
    }
    i += c.length;
  }
  return out;
}

void TextBuffer::set(std::string text) {
  text_ = std::move(text);
  cursor_ = text_.size();
  undo_.clear();
  last_ = Change::none;
}

// Characters typed one after the other are one change.
void TextBuffer::remember(Change change) {
  const bool joins = change != Change::other && change == last_ && cursor_ == last_cursor_;
  last_ = change;
  if (joins) return;
  if (undo_.size() >= most_undone) undo_.erase(undo_.begin());
  undo_.push_back({text_, cursor_});
}

void TextBuffer::replace(size_t begin, size_t end, std::string_view by) {
  remember(Change::other);
  text_.replace(begin, end - begin, by);
  cursor_ = last_cursor_ = begin + by.size();
}

void TextBuffer::insert(std::string_view text) {
  if (text.empty()) return;
  remember(text.size() <= 4 && text != " " && text != "\n" ? Change::typing : Change::other);
  text_.insert(cursor_, text);
  cursor_ += text.size();
  last_cursor_ = cursor_;
}

bool TextBuffer::erase_left() {
  if (cursor_ == 0) return false;
  remember(Change::erasing);
  const size_t begin = previous_cluster(text_, cursor_);
  text_.erase(begin, cursor_ - begin);
  cursor_ = last_cursor_ = begin;
  return true;
}

bool TextBuffer::erase_right() {
  if (cursor_ == text_.size()) return false;
  remember(Change::erasing);
  text_.erase(cursor_, next_cluster(text_, cursor_) - cursor_);
  last_cursor_ = cursor_;
  return true;
}

bool TextBuffer::left() {
  if (cursor_ == 0) return false;
  cursor_ = previous_cluster(text_, cursor_);
  return true;
}

bool TextBuffer::right() {
  if (cursor_ == text_.size()) return false;
  cursor_ = next_cluster(text_, cursor_);
  return true;
}

size_t TextBuffer::word_left_of(size_t at) const {
  while (at > 0 && !is_word(text_, at - 1)) --at;
  while (at > 0 && is_word(text_, at - 1)) --at;
  return at;
}

size_t TextBuffer::word_right_of(size_t at) const {
  while (at < text_.size() && !is_word(text_, at)) ++at;
  while (at < text_.size() && is_word(text_, at)) ++at;
  return at;
}

bool TextBuffer::word_left() {
  const size_t before = cursor_;
  cursor_ = word_left_of(cursor_);
  return cursor_ != before;
}

bool TextBuffer::word_right() {
  const size_t before = cursor_;
  cursor_ = word_right_of(cursor_);
  return cursor_ != before;
}

size_t TextBuffer::begin_of_line(size_t at) const {
  const size_t newline = at == 0 ? std::string::npos : text_.rfind('\n', at - 1);
  return newline == std::string::npos ? 0 : newline + 1;
}

size_t TextBuffer::end_of_line(size_t at) const { return std::min(text_.find('\n', at), text_.size()); }

// The cursor keeps its number of clusters from the beginning of the line.
bool TextBuffer::to_line(size_t begin, size_t end) {
  size_t clusters = 0;
  for (size_t at = begin_of_line(cursor_); at < cursor_; at = next_cluster(text_, at)) ++clusters;
  size_t at = begin;
  for (; clusters > 0 && at < end; --clusters) at = next_cluster(text_, at);
  cursor_ = at;
  return true;
}

bool TextBuffer::up() {
  const size_t begin = begin_of_line(cursor_);
  return begin != 0 && to_line(begin_of_line(begin - 1), begin - 1);
}

bool TextBuffer::down() {
  const size_t end = end_of_line(cursor_);
  return end != text_.size() && to_line(end + 1, end_of_line(end + 1));
}

void TextBuffer::cut(size_t begin, size_t end, bool leftwards) {
  if (begin == end) return;
  const bool joins = last_ == Change::cutting && cursor_ == last_cursor_;
  const std::string part = text_.substr(begin, end - begin);
  clipboard_ = !joins ? part : leftwards ? part + clipboard_ : clipboard_ + part;
  remember(Change::cutting);
  text_.erase(begin, end - begin);
  cursor_ = last_cursor_ = begin;
}

// At the end of a line its newline goes.
void TextBuffer::cut_to_line_end() {
  const size_t end = end_of_line(cursor_);
  cut(cursor_, end == cursor_ && end < text_.size() ? end + 1 : end, false);
}

void TextBuffer::cut_to_line_begin() { cut(begin_of_line(cursor_), cursor_, true); }
void TextBuffer::cut_word_left() { cut(word_left_of(cursor_), cursor_, true); }
void TextBuffer::cut_word_right() { cut(cursor_, word_right_of(cursor_), false); }

void TextBuffer::cut_blank_word_left() {
  size_t at = cursor_;
  const auto blank = [&](size_t i) { return text_[i] == ' ' || text_[i] == '\n'; };
  while (at > 0 && blank(at - 1)) --at;
  while (at > 0 && !blank(at - 1)) --at;
  cut(at, cursor_, true);
}

void TextBuffer::transpose() {
  const size_t middle = cursor_ == text_.size() ? previous_cluster(text_, cursor_) : cursor_;
  if (middle == 0 || text_.empty()) return;
  const size_t begin = previous_cluster(text_, middle), end = next_cluster(text_, middle);
  replace(begin, end, text_.substr(middle, end - middle) + text_.substr(begin, middle - begin));
}

bool TextBuffer::undo() {
  if (undo_.empty()) return false;
  text_ = std::move(undo_.back().text);
  cursor_ = undo_.back().cursor;
  undo_.pop_back();
  last_ = Change::none;
  return true;
}

}  // namespace nabla::prompt
