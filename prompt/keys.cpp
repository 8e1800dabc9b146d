#include "prompt/keys.h"

#include <algorithm>

#include "parser/unicode.h"

namespace nabla::prompt {
namespace {

constexpr std::string_view paste_end = "\x1b[201~";

// How long a sequence that begins with this byte is.
size_t utf8_length(char first) {
  const auto u = static_cast<unsigned char>(first);
  return u >= 0xf0 ? 4 : u >= 0xe0 ? 3 : u >= 0xc0 ? 2 : 1;
}

KeyKind arrow(char final, bool modified) {
  switch (final) {
    case 'A':
      return KeyKind::up;
    case 'B':
      return KeyKind::down;
    case 'C':
      return modified ? KeyKind::word_right : KeyKind::right;
    case 'D':
      return modified ? KeyKind::word_left : KeyKind::left;
    case 'H':
      return KeyKind::home;
    case 'F':
      return KeyKind::end;
    case 'Z':
      return KeyKind::back_tab;
    default:
      return KeyKind::unknown;
  }
}

// ESC [ NUMBER ~
KeyKind numbered(int number) {
  switch (number) {
    case 1:
    case 7:
      return KeyKind::home;
    case 3:
      return KeyKind::erase;
    case 4:
    case 8:
      return KeyKind::end;
    case 5:
      return KeyKind::page_up;
    case 6:
      return KeyKind::page_down;
    default:
      return KeyKind::unknown;
  }
}

Key of_control(char c) {
  if (c == '\r' || c == '\n') return {KeyKind::enter};
  if (c == '\t') return {KeyKind::tab};
  if (c == '\b' || c == '\x7f') return {KeyKind::backspace};
  const char letter = static_cast<char>(c | 0x40);
  return {KeyKind::control, letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter | 0x20) : letter};
}

}  // namespace

bool KeyDecoder::next(Key& key) {
  if (pasting_) return next_in_paste(key);
  if (pending_.empty()) return false;
  const char first = pending_[0];
  if (first == '\x1b') return escape_sequence(key);
  if (static_cast<unsigned char>(first) < 0x20 || first == '\x7f') {
    key = of_control(first);
    take(1);
    return true;
  }
  const size_t wanted = utf8_length(first);
  const CodePoint c = decode(pending_.data(), pending_.data() + pending_.size());
  if (!c.valid && pending_.size() < wanted) return false;
  key = {KeyKind::character, 0, c.valid ? pending_.substr(0, c.length) : "\xEF\xBF\xBD"};
  take(c.length);
  return true;
}

bool KeyDecoder::next_in_paste(Key& key) {
  const size_t end = pending_.find(paste_end, searched_);
  if (end == std::string::npos) {
    searched_ = pending_.size() < paste_end.size() ? 0 : pending_.size() - paste_end.size();
    return false;
  }
  key = {KeyKind::paste, 0, pending_.substr(0, end)};
  take(end + paste_end.size());
  pasting_ = false;
  return true;
}

bool KeyDecoder::escape_sequence(Key& key) {
  if (pending_.size() < 2) return false;
  const char second = pending_[1];
  if (second == '[') return control_sequence(key);
  if (second == 'O') {
    if (pending_.size() < 3) return false;
    key = {arrow(pending_[2], false)};
    take(3);
    return true;
  }
  if (second == '\x1b') {  // Alt with an arrow, of old terminals, or Escape twice
    key = {KeyKind::escape};
    take(1);
    return true;
  }
  const Key plain = of_control(second);
  if (second == '\r' || second == '\n')
    key = {KeyKind::alt_enter};
  else if (plain.kind == KeyKind::backspace)
    key = {KeyKind::alt_backspace};
  else
    key = {KeyKind::alt, second};
  take(static_cast<unsigned char>(second) < 0x80 ? 2 : 1);
  return true;
}

// ESC [ parameters final
bool KeyDecoder::control_sequence(Key& key) {
  size_t end = 2;
  while (end < pending_.size() && pending_[end] >= 0x20 && pending_[end] <= 0x3f) ++end;
  if (end == pending_.size() && end < 64) return false;
  const char final = end < pending_.size() ? pending_[end] : '\0';
  const std::string parameters = pending_.substr(2, end - 2);
  take(std::min(end + 1, pending_.size()));
  int number = 0;
  for (size_t i = 0; i < parameters.size() && parameters[i] >= '0' && parameters[i] <= '9' && number < 1000;
       ++i)
    number = number * 10 + (parameters[i] - '0');
  const bool modified = parameters.find(';') != std::string::npos;
  if (final != '~') {
    key = {arrow(final, modified)};
    return true;
  }
  if (number != 200) {
    key = {numbered(number)};
    return true;
  }
  pasting_ = true;
  searched_ = 0;
  return next_in_paste(key);
}

Key KeyDecoder::take_escape() {
  // A sequence that never ended is dropped as a whole.
  pending_.clear();
  return {KeyKind::escape};
}

void KeyDecoder::clear() {
  pending_.clear();
  pasting_ = false;
  searched_ = 0;
}

}  // namespace nabla::prompt
