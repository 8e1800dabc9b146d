// Bytes from a terminal to keys: UTF-8, control characters, the escape sequences of xterm and its kin
// (ECMA-48; XTerm Control Sequences), and text that is pasted in brackets (mode 2004).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace nabla::prompt {

enum class KeyKind : uint8_t {
  character,  // `text`
  paste,      // `text`
  control,    // `letter`: Ctrl with a letter or one of @ [ \ ] ^ _
  alt,        // `letter`: Alt, or Escape before a key
  enter,
  alt_enter,
  tab,
  back_tab,
  backspace,
  alt_backspace,
  erase,  // the key Delete
  left,
  right,
  up,
  down,
  word_left,  // arrows with Ctrl or Alt
  word_right,
  home,
  end,
  page_up,
  page_down,
  escape,
  unknown,  // a sequence without meaning here
};

struct Key {
  KeyKind kind = KeyKind::unknown;
  char letter = 0;
  std::string text = {};
};

class KeyDecoder {
 public:
  void feed(std::string_view bytes) { pending_ += bytes; }
  // The next key; false if it has not arrived as a whole.
  bool next(Key& key);
  // Whether what is pending may be the key Escape alone, which only time tells.
  bool may_be_escape() const { return !pasting_ && !pending_.empty() && pending_[0] == '\x1b'; }
  // The time has passed.
  Key take_escape();
  void clear();

 private:
  bool next_in_paste(Key& key);
  bool escape_sequence(Key& key);
  bool control_sequence(Key& key);
  void take(size_t n) { pending_.erase(0, n); }

  std::string pending_;
  bool pasting_ = false;
  size_t searched_ = 0;  // of the pasted text, for its end
};

}  // namespace nabla::prompt
