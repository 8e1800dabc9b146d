// A workload of `nabla-bench codegen`: one function with its derivatives at one input, computed by several
// candidates into one layout.
//
// Invariant: every candidate of a workload writes the same `outputs` numbers (a value, then its derivatives
// row by row), within 1e-9; the run compares them before it takes any time.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace nabla::bench::codegen {

enum class By { nabla, hand, hand_fast, adolc, jets, function };

struct Candidate {
  By by;
  std::function<void(std::size_t times, double* out)> repeat;
  std::function<void(double* out)> deliver = {};  // where results are kept elsewhere: copies them, untimed
};

struct Workload {
  const char* what;     // sizes included
  std::size_t values;   // of the function
  std::size_t outputs;  // values and derivatives
  double target;        // most time of the generated code over that of the baseline
  By baseline;          // hand, or hand_fast
  double
      adolc_over;  // ADOL-C's time over that of careful code, measured elsewhere: what a baseline must reach
  const char* others;  // other programs' time over the baseline's, measured elsewhere
  const char* remark = "";
  std::vector<Candidate> candidates = {};

  // f(out) computes everything once. It is not inlined into the loop that repeats it, and the barrier makes
  // it read its input again.
  template <class F>
  void add(By by, F f) {
    candidates.push_back({by, [f](std::size_t times, double* out) mutable {
                            for (std::size_t i = 0; i < times; ++i) {
                              once(f, out);
                              asm volatile("" ::: "memory");
                            }
                          }});
  }

  // The same of a function whose result is a value of its caller.
  template <class F>
  void add_result(By by, F f) {
    add(by, [f](double*) {
      const auto result = f();
      asm volatile("" : : "r"(&result) : "memory");
    });
    candidates.back().deliver = [f](double* out) {
      const auto [value, grad] = f();
      *out++ = value;
      for (const double g : grad) *out++ = g;
    };
  }

 private:
  template <class F>
  [[gnu::noinline]] static void once(F& f, double* out) {
    f(out);
  }
};

// In the order of the table; one file for each.
Workload rosenbrock();
Workload product_20();
Workload product_1000();
Workload black_scholes();
Workload logistic();
Workload arm();
Workload reprojection();
Workload helmholtz();
Workload gaussian_process();
Workload perceptron();
Workload mixture();
Workload bundle();

// The same numbers everywhere: Knuth's multiplier for 64 bits (The Art of Computer Programming 2, 3.3.4).
class Random {
 public:
  double uniform(double from, double to) { return from + (to - from) * next(); }
  double normal();  // mean 0, deviation 1
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(static_cast<double>(n) * next()); }

 private:
  double next() {  // in [0, 1)
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return static_cast<double>(state_ >> 11) * 0x1p-53;
  }
  unsigned long state_ = 1;
};

std::vector<double> uniform(Random& random, std::size_t n, double from, double to);
std::vector<double> normal(Random& random, std::size_t n, double deviation);

}  // namespace nabla::bench::codegen
