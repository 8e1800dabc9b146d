#include "prompt/line_source.h"

#include <unistd.h>

#include <cerrno>

namespace nabla::prompt {

Event PlainLines::read_line(std::string& line) {
  for (;;) {
    const size_t end = read_ahead_.find('\n');
    if (end != std::string::npos) {
      line = read_ahead_.substr(0, end);
      read_ahead_.erase(0, end + 1);
      return Event::text;
    }
    char block[4096];
    const ssize_t n = ::read(descriptor_, block, sizeof block);
    if (n > 0) {
      read_ahead_.append(block, static_cast<size_t>(n));
      continue;
    }
    if (n < 0 && errno == EINTR) {
      read_ahead_.clear();
      return Event::interrupted;
    }
    if (read_ahead_.empty()) return Event::end;
    line.swap(read_ahead_);
    read_ahead_.clear();
    return Event::text;
  }
}

Event PlainLines::read(std::string_view prompt, std::string& text) {
  say_(prompt);
  Event event = read_line(text);
  while (event == Event::text && incomplete_(text)) {
    say_(continuation_prompt);
    std::string more;
    event = read_line(more);
    if (event == Event::text) text += "\n" + more;
    if (event == Event::end) return Event::text;  // what is there is read, and found to lack its end
  }
  if (event != Event::text) say_("\n");
  return event;
}

}  // namespace nabla::prompt
