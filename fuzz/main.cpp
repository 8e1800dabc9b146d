// nabla-fuzz [COUNT] [SEED]: COUNT random scripts (default 20000), counted from SEED (default 1).
// nabla-fuzz -              the script on standard input.
// nabla-fuzz --simplify [COUNT] [SEED] [--threads N] [--state FILE]: random expressions, scalar and of
// matrices, and what simplify promises; FILE says how far the run is, and the next with it goes on. A script
// with a complaint is printed, and the exit status is then 1. Each script is written to the file
// nabla-fuzz.last before it runs, so that it is there after an abort.
#include <charconv>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <span>
#include <string>
#include <string_view>

#include "fuzz/mutate.h"
#include "fuzz/simplify.h"
#include "fuzz/statements.h"

namespace {

constexpr double slow_seconds = 2;

uint64_t number(std::string_view text, uint64_t otherwise) {
  uint64_t value = otherwise;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::string script_of(uint64_t seed) {
  nabla::fuzz::Random random(seed);
  std::string script = nabla::fuzz::random_script(random);
  return nabla::fuzz::mutated(random, std::move(script));
}

// False after a complaint.
bool run(const std::string& script, std::string_view name) {
  const auto begin = std::chrono::steady_clock::now();
  const std::string wrong = nabla::fuzz::complaint(script);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  if (seconds.count() > slow_seconds) {
    std::cout << "slow: " << seconds.count() << " s: " << name << '\n' << script << "\n----\n";
  }
  if (wrong.empty()) return true;
  std::cout << "complaint: " << name << ": " << wrong << '\n' << script << "\n----\n" << std::flush;
  return false;
}

// --simplify [COUNT] [SEED] [--threads N] [--state FILE]
int simplify_seeds(std::span<char*> arguments) {
  nabla::fuzz::SimplifyRun run;
  uint64_t* const places[] = {&run.count, &run.first};
  size_t place = 0;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string_view text = arguments[i], next = i + 1 < arguments.size() ? arguments[i + 1] : "";
    if (text == "--threads") {
      run.threads = static_cast<unsigned>(number(next, 1));
      ++i;
    } else if (text == "--state") {
      run.state = next;
      ++i;
    } else if (place < 2) {
      *places[place] = number(text, *places[place]);
      ++place;
    }
  }
  const uint64_t complaints = nabla::fuzz::fuzz_simplify(run);
  std::cout << run.count << " expressions, " << complaints << " complaints\n";
  return complaints == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1 && std::string_view(argv[1]) == "--simplify")
    return simplify_seeds({argv + 2, static_cast<size_t>(argc - 2)});
  const std::string_view first = argc > 1 ? argv[1] : "20000";
  if (first == "-") {
    const std::string script(std::istreambuf_iterator<char>(std::cin), {});
    return run(script, "<stdin>") ? 0 : 1;
  }
  const uint64_t count = number(first, 0);
  const uint64_t seed = number(argc > 2 ? argv[2] : "", 1);
  uint64_t complaints = 0;
  for (uint64_t i = seed; i < seed + count; ++i) {
    const std::string script = script_of(i);
    std::ofstream("nabla-fuzz.last", std::ios::binary) << script;
    if (!run(script, "seed " + std::to_string(i))) ++complaints;
  }
  std::remove("nabla-fuzz.last");
  std::cout << count << " scripts, " << complaints << " complaints\n";
  return complaints == 0 ? 0 : 1;
}
