#include "cli/interrupt.h"

#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <ctime>

#include "cli/options.h"
#include "session/session.h"

namespace nabla::cli {
namespace {

// A signal handler reaches only what is global.
std::atomic<Session*> the_session{nullptr};
std::atomic<int> alarms{0};
std::atomic<bool> working{false};
std::atomic<bool> keeps_process{false};
std::atomic<void (*)()> before_end{nullptr};
std::atomic<int64_t> told_at{0};  // when the statement was told to stop, in seconds; 0: it was not

constexpr double grace_seconds = 5;

int64_t now_in_seconds() {
  timespec now{};
  (void)::clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec;
}

void restore_terminal() {
  if (void (*restore)() = before_end.load()) restore();
}

void on_alarm(int) {
  Session* session = the_session.load();
  if (session == nullptr || !working.load()) return;
  if (alarms.fetch_add(1) == 0) {
    session->cancel(Cancellation::time);
    return;
  }
  constexpr char text[] = "nabla: error: the time limit was reached and the work did not stop [NB0605]\n";
  restore_terminal();
  (void)!::write(STDERR_FILENO, text, sizeof text - 1);
  ::_exit(exit_cannot);
}

void on_interrupt(int number) {
  Session* session = the_session.load();
  if (keeps_process.load()) {
    if (session == nullptr || !working.load()) return;
    const int64_t told = told_at.load(), now = now_in_seconds();
    if (told == 0) told_at = now;
    if (told == 0 || now - told <= static_cast<int64_t>(grace_seconds)) {
      session->cancel(Cancellation::user);
      return;
    }
    restore_terminal();
  }
  (void)::signal(number, SIG_DFL);
  if (session == nullptr || !working.load()) {
    (void)::raise(number);
    return;
  }
  session->cancel(Cancellation::user);
}

void handle(int number, void (*handler)(int), int flags = SA_RESTART) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = flags;
  sigemptyset(&action.sa_mask);
  sigaction(number, &action, nullptr);
}

void set_timer(double seconds) {
  double whole = 0;
  const double part = std::modf(seconds, &whole);
  itimerval timer{};
  timer.it_value.tv_sec = static_cast<time_t>(whole);
  timer.it_value.tv_usec = static_cast<suseconds_t>(part * 1e6);
  if (seconds > 0 && whole == 0 && timer.it_value.tv_usec == 0) timer.it_value.tv_usec = 1;
  if (seconds > 0) timer.it_interval.tv_sec = static_cast<time_t>(grace_seconds);
  setitimer(ITIMER_REAL, &timer, nullptr);
}

}  // namespace

Interrupt::Interrupt(Session& session, double seconds) : seconds_(seconds) {
  the_session = &session;
  if (seconds_ > 0) handle(SIGALRM, on_alarm);
}

Interrupt::~Interrupt() {
  keeps_process = false;
  before_end = nullptr;
  stop();
  the_session = nullptr;
}

void Interrupt::keep_process(void (*restore)()) {
  before_end = restore;
  keeps_process = true;
  handle(SIGINT, on_interrupt, 0);  // reading a line ends with it
}

void Interrupt::set_seconds(double seconds) {
  seconds_ = seconds;
  if (seconds_ > 0) handle(SIGALRM, on_alarm);
}

void Interrupt::start() {
  if (Session* session = the_session.load()) session->clear_cancellation();
  alarms = 0;
  told_at = 0;
  working = true;
  handle(SIGINT, on_interrupt);
  if (seconds_ > 0) set_timer(seconds_);
}

void Interrupt::stop() {
  if (seconds_ > 0) set_timer(0);
  working = false;
  if (keeps_process.load())
    handle(SIGINT, on_interrupt, 0);
  else
    (void)::signal(SIGINT, SIG_DFL);
}

}  // namespace nabla::cli
