// The line editor without a terminal: keys in, a frame of cells out.
//
// Emacs keys. A statement goes on over several lines while the parser says that it lacks its end; Alt-Enter
// begins a new line anywhere. Invariant: what a frame shows depends on the state of the editor alone.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "prompt/complete.h"
#include "prompt/highlight.h"
#include "prompt/history.h"
#include "prompt/keys.h"
#include "prompt/line_source.h"
#include "prompt/screen.h"
#include "prompt/text_buffer.h"

namespace nabla::prompt {

// What the editor asks of the language and the session.
struct Language {
  Incomplete incomplete;
  IsFunction is_function;
  Words words;
};

class Editor {
 public:
  enum class Verdict : uint8_t { editing, accepted, interrupted, suspended, end };

  Editor(History& history, Language language) : history_(history), language_(std::move(language)) {}

  void begin(std::string_view prompt);  // an empty text
  Verdict handle(const Key& key);
  // As many rows as the terminal has at most; the list of completions gets what is left.
  void render(Frame& frame, size_t width, size_t height) const;
  // The text as it stays on the screen once it is accepted or dropped.
  void finish_view();

  const std::string& text() const { return buffer_.text(); }
  size_t cursor() const { return buffer_.cursor(); }
  bool wants_clear() const { return wants_clear_; }  // of the screen, by the key that was handled

 private:
  struct Search {
    std::string wanted;
    size_t found = 0;  // an entry of the history; its size: none
    bool failed = false;
    std::string before;  // what was edited
  };

  Verdict handle_control(char letter);
  void handle_alt(char letter);
  bool move(const Key& key);
  Verdict enter();
  void complete_word();
  void older();
  void newer();
  void show_entry(size_t position);
  void search_older();
  void search_newer();
  bool handle_in_search(const Key& key, Verdict& verdict);
  void begin_search();
  void search_from(size_t before);
  void end_search(bool keep);
  void render_text(FrameWriter& out) const;
  void render_choices(Frame& frame, size_t height) const;

  History& history_;
  Language language_;
  std::string prompt_;
  TextBuffer buffer_;
  size_t position_ = 0;  // in the history; its size: the text being written
  std::string written_;  // that text, while an entry of the history is shown
  bool searching_ = false;
  Search search_;
  std::vector<std::string> choices_;  // of a completion, shown below the text
  bool plain_view_ = false;
  bool wants_clear_ = false;
};

}  // namespace nabla::prompt
