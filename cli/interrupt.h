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

  // At a prompt the key ends nothing but the statement: between statements it has no effect, and pressed
  // again it ends the process only where work goes on long after it was told to stop. `before_end` is called
  // then, to leave the terminal as it was; it must be safe in a signal handler.
  void keep_process(void (*before_end)());
  void set_seconds(double seconds);

  void start();  // of a statement
  void stop();   // of its end

 private:
  double seconds_;
};

}  // namespace nabla::cli
