#include "prompt/edited_lines.h"

#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>

namespace nabla::prompt {
namespace {

constexpr int escape_milliseconds = 50;  // after which a lone ESC is the key and begins no sequence

// Reached by signal handlers.
termios found_terminal;
std::atomic<bool> holds_terminal{false};
std::atomic<bool> size_changed{false};

constexpr std::string_view brackets_on = "\x1b[?2004h", brackets_off = "\x1b[?2004l";  // around pasted text

void put(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;
    bytes.remove_prefix(static_cast<size_t>(n));
  }
}

void on_size_change(int) { size_changed = true; }

void on_end(int number) {
  EditedLines::release_terminal();
  (void)::signal(number, SIG_DFL);
  (void)::raise(number);
}

void handle(int number, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  sigemptyset(&action.sa_mask);
  sigaction(number, &action, nullptr);
}

// Keys at once and unseen; the interrupt key as a signal or as a key.
void set_keys(bool interrupt_signal) {
  termios raw = found_terminal;
  raw.c_iflag &=
      static_cast<tcflag_t>(~static_cast<unsigned>(BRKINT | ICRNL | INLCR | INPCK | ISTRIP | IXON));
  raw.c_lflag &= static_cast<tcflag_t>(~static_cast<unsigned>(ECHO | ICANON | IEXTEN | ISIG));
  if (interrupt_signal) raw.c_lflag |= ISIG;
  raw.c_cc[VMIN] = 1;
  raw.c_cc[VTIME] = 0;
  if (interrupt_signal) raw.c_cc[VSUSP] = raw.c_cc[VQUIT] = _POSIX_VDISABLE;
  (void)::tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
}

}  // namespace

bool EditedLines::possible() {
  const char* terminal = std::getenv("TERM");
  return ::isatty(STDIN_FILENO) != 0 && ::isatty(STDOUT_FILENO) != 0 && terminal != nullptr &&
         std::string_view(terminal) != "dumb" && *terminal != '\0';
}

void EditedLines::release_terminal() {
  if (!holds_terminal.exchange(false)) return;
  (void)!::write(STDOUT_FILENO, brackets_off.data(), brackets_off.size());
  (void)::tcsetattr(STDIN_FILENO, TCSANOW, &found_terminal);
}

EditedLines::EditedLines(History& history, Language language, bool color)
    : history_(history), editor_(history, std::move(language)), painter_(color) {
  if (::tcgetattr(STDIN_FILENO, &found_terminal) != 0) return;
  holds_terminal = true;
  handle(SIGWINCH, on_size_change);
  handle(SIGTERM, on_end);
  handle(SIGHUP, on_end);
  size_changed = true;
  put(brackets_on);
}

EditedLines::~EditedLines() {
  release_terminal();
  for (const int number : {SIGWINCH, SIGTERM, SIGHUP}) (void)::signal(number, SIG_DFL);
}

// What the terminal still held it dropped itself, when the key was pressed.
void EditedLines::drop_typed() { keys_.clear(); }

// Waits for keys. False at the end of the input.
bool EditedLines::wait(bool may_be_escape) {
  pollfd input{STDIN_FILENO, POLLIN, 0};
  const int ready = ::poll(&input, 1, may_be_escape ? escape_milliseconds : -1);
  if (ready < 0) return errno == EINTR;
  if (ready == 0) return true;
  char block[4096];
  const ssize_t n = ::read(STDIN_FILENO, block, sizeof block);
  if (n < 0) return errno == EINTR;
  if (n > 0) keys_.feed({block, static_cast<size_t>(n)});
  return n > 0;
}

void EditedLines::repaint() {
  if (size_changed.exchange(false)) {
    winsize size{};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0) {
      if (size.ws_col != width_) put(painter_.resized(size.ws_col));
      width_ = size.ws_col;
      height_ = size.ws_row;
    }
  }
  Frame frame;
  editor_.render(frame, width_, height_);
  put(painter_.paint(frame));
}

Event EditedLines::leave(Event event) {
  editor_.finish_view();
  repaint();
  put(painter_.leave(event == Event::interrupted ? "^C" : ""));
  set_keys(true);
  return event;
}

// To the shell, and back to the line as it was.
void EditedLines::suspend() {
  put(painter_.leave());
  release_terminal();
  (void)::raise(SIGTSTP);
  (void)::tcgetattr(STDIN_FILENO, &found_terminal);
  holds_terminal = true;
  put(brackets_on);
  set_keys(false);
  size_changed = true;
}

Event EditedLines::read(std::string_view prompt, std::string& text) {
  set_keys(false);
  editor_.begin(prompt);
  repaint();
  for (;;) {
    Key key;
    while (keys_.next(key)) {
      switch (editor_.handle(key)) {
        case Editor::Verdict::accepted:
          text = editor_.text();
          return leave(Event::text);
        case Editor::Verdict::interrupted:
          return leave(Event::interrupted);
        case Editor::Verdict::suspended:
          suspend();
          break;
        case Editor::Verdict::end:
          return leave(Event::end);
        case Editor::Verdict::editing:
          break;
      }
      if (editor_.wants_clear()) put(painter_.clear_screen());
    }
    repaint();
    const bool waiting_for_rest = keys_.may_be_escape();
    if (!wait(waiting_for_rest)) return leave(Event::end);
    if (waiting_for_rest && keys_.may_be_escape()) {
      // Nothing came in time: it was the key Escape.
      pollfd input{STDIN_FILENO, POLLIN, 0};
      if (::poll(&input, 1, 0) == 0 && !keys_.next(key)) (void)editor_.handle(keys_.take_escape());
    }
  }
}

}  // namespace nabla::prompt
