#include "cli/interrupt.h"

#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <cmath>
#include <cstring>

#include "cli/options.h"
#include "session/session.h"

namespace nabla::cli {
namespace {

// A signal handler reaches only what is global.
std::atomic<Session*> the_session{nullptr};
std::atomic<int> alarms{0};
std::atomic<bool> working{false};

constexpr double grace_seconds = 5;

void on_alarm(int) {
  Session* session = the_session.load();
  if (session == nullptr || !working.load()) return;
  if (alarms.fetch_add(1) == 0) {
    session->cancel(Cancellation::time);
    return;
  }
  constexpr char text[] = "nabla: error: the time limit was reached and the work did not stop [NB0605]\n";
  (void)!::write(STDERR_FILENO, text, sizeof text - 1);
  ::_exit(exit_cannot);
}

void on_interrupt(int number) {
  Session* session = the_session.load();
  (void)::signal(number, SIG_DFL);
  if (session == nullptr || !working.load()) {
    (void)::raise(number);
    return;
  }
  session->cancel(Cancellation::user);
}

void handle(int number, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
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
  stop();
  the_session = nullptr;
}

void Interrupt::start() {
  if (Session* session = the_session.load()) session->clear_cancellation();
  alarms = 0;
  working = true;
  handle(SIGINT, on_interrupt);
  if (seconds_ > 0) set_timer(seconds_);
}

void Interrupt::stop() {
  if (seconds_ > 0) set_timer(0);
  working = false;
  (void)::signal(SIGINT, SIG_DFL);
}

}  // namespace nabla::cli
