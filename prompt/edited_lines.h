// The line editor on a terminal: raw input, the painter's output, and changes of size.
//
// While a line is read the terminal gives each key at once. Between lines, while statements run, the
// interrupt key raises SIGINT and typed text waits unseen. Invariant: the destructor, and release_terminal()
// from any signal handler, leave the terminal as it was found.
#pragma once

#include <string>
#include <string_view>

#include "prompt/editor.h"

namespace nabla::prompt {

class EditedLines final : public LineSource {
 public:
  // The terminal of standard input and output. There is one at a time.
  EditedLines(History& history, Language language, bool color);
  ~EditedLines() override;

  Event read(std::string_view prompt, std::string& text) override;
  void drop_typed() override;

  // Whether standard input and output are a terminal that the editor can drive.
  static bool possible();
  // The terminal as it was found; safe in a signal handler.
  static void release_terminal();

 private:
  bool wait(bool may_be_escape);
  void repaint();
  void suspend();
  Event leave(Event event);

  History& history_;
  Editor editor_;
  KeyDecoder keys_;
  Painter painter_;
  size_t width_ = 80, height_ = 24;
};

}  // namespace nabla::prompt
