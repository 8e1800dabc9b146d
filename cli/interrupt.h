// The clock of --timeout and the interrupt key. Both cancel the running statement through Session::cancel,
// which is safe in a signal handler; the statement then ends with a Diagnostic.
//
// One clock exists at a time, as a process has one timer. When work does not come to an end some seconds
// after it was told to, the process says so and exits with status 4: a promise of time is kept even then.
// A second press of the interrupt key ends the process at once.
#pragma once

namespace nabla {
class Session;
}

namespace nabla::cli {

class Interrupt {
 public:
  // seconds = 0: no limit of time.
  Interrupt(Session& session, double seconds);
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;
  ~Interrupt();

  void start();  // of a statement
  void stop();   // of its end

 private:
  double seconds_;
};

}  // namespace nabla::cli
