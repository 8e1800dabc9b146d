// What people are told when they make a mistake: every case of tests/golden/errors/*.txt, compared to the
// last character, and the remedy that is offered, typed as it is offered.
//
//   > 1/2x                  a line of the text, in a session in which the names below are declared;
//   >> \xff                 the same with bytes written \xHH;
//   ! lamda = 3             a line of a model, in which every name must be declared;
//   : :hlep                 a line at the prompt;
//   $ nabla explain NB1     a command line in an empty folder, to which the line "exit status 2" belongs;
//   then what is printed, and
//   -> 1/2*x                what to type instead: it is part of what is printed, and works.
//
// An empty line ends a case; a line that begins with # belongs to none.
#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "parser/render.h"
#include "session/session.h"
#include "tests/command.h"
#include "tests/paths.h"

using namespace nabla;

namespace {

constexpr const char* declarations =
    "dim n, m; var u, v : vector[n]; var w : vector[3]; var A : matrix[n, m]; var M : matrix[n, n]\n"
    "var S : matrix[n, n] symmetric; param k : scalar integer; var c complex; fun g(scalar) : scalar\n"
    "f(x) = x^2\n";

struct Case {
  std::string place;  // file:line
  char kind = ' ';    // > ! : $
  std::string text, expected;
  std::vector<std::string> remedies;
};

std::string without_escapes(const std::string& line) {
  std::string out;
  for (size_t i = 0; i < line.size(); ++i) {
    if (line.compare(i, 2, "\\x") != 0) {
      out += line[i];
      continue;
    }
    out += static_cast<char>(std::stoi(line.substr(i + 2, 2), nullptr, 16));
    i += 3;
  }
  return out;
}

void read_line(Case& c, const std::string& line) {
  const size_t blank = std::min(line.find(' '), line.size());
  const std::string marker = line.substr(0, blank), rest = line.substr(std::min(blank + 1, line.size()));
  const bool input = c.expected.empty() &&
                     (marker == ">" || marker == ">>" || marker == "!" || marker == ":" || marker == "$");
  if (input) {
    c.kind = marker[0];
    c.text += (c.text.empty() ? "" : "\n") + (marker == ">>" ? without_escapes(rest) : rest);
  } else if (marker == "->") {
    c.remedies.push_back(rest);
  } else {
    c.expected += line + "\n";
  }
}

std::vector<Case> cases() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::string(paths::source) + "/tests/golden/errors"))
    files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  std::vector<Case> list;
  for (const auto& path : files) {
    std::ifstream in(path, std::ios::binary);
    bool inside = false;
    int number = 0;
    for (std::string line; std::getline(in, line);) {
      ++number;
      if (!inside && line.substr(0, 1) == "#") continue;
      if (!inside && !line.empty()) {
        list.emplace_back();
        list.back().place = path.filename().string() + ":" + std::to_string(number);
      }
      inside = !line.empty();
      if (inside) read_line(list.back(), line);
    }
  }
  return list;
}

// The first error of a text, as it is printed; "no error" if there is none.
std::string in_session(const std::string& text, bool model) {
  SessionOptions options;
  options.implicit_scalars = !model;
  Session session(options);
  const auto declared = session.parse("<declarations>", declarations);
  for (const Statement& s : declared->statements) REQUIRE_FALSE(session.run(declared, s).error);
  const auto parsed = session.parse(model ? "m.nabla" : "<expr>", text);
  for (const Statement& s : parsed->statements) {
    const Outcome outcome = session.run(parsed, s);
    if (outcome.error) return render(outcome.source.get(), *outcome.error);
  }
  return "no error\n";
}

std::string in_shell(const std::string& text) {
  const command::Folder folder;
  const std::string path = std::filesystem::path(paths::binary).parent_path().string() + ":/usr/bin:/bin";
  const command::Result r =
      command::run({"/bin/sh", "-c", "cd '" + folder.path() + "' && { " + text + "\n} 2>&1"}, "",
                   {"PATH=" + path, "LC_ALL=C.UTF-8"});
  return r.out + "exit status " + std::to_string(r.status) + "\n";
}

// Lines typed at the prompt of a terminal that can do no more than lines, and does not echo them.
std::string at_prompt(const std::string& lines) {
  const int terminal = ::posix_openpt(O_RDWR | O_NOCTTY);
  REQUIRE(terminal >= 0);
  REQUIRE(::grantpt(terminal) == 0);
  REQUIRE(::unlockpt(terminal) == 0);
  const std::string name = ::ptsname(terminal),
                    typed = lines + "\n\x04\x04\x04";  // a terminal ends more than once
  const int other_end = ::open(name.c_str(), O_RDWR | O_NOCTTY);
  termios settings{};
  REQUIRE(::tcgetattr(other_end, &settings) == 0);
  settings.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  REQUIRE(::tcsetattr(other_end, TCSANOW, &settings) == 0);
  REQUIRE(::write(terminal, typed.data(), typed.size()) == static_cast<ssize_t>(typed.size()));
  const command::Result r = command::run_reading(name, {paths::binary}, {"TERM=dumb", "LC_ALL=C.UTF-8"});
  ::close(other_end);
  ::close(terminal);
  // What follows the prompts, without the notes under answers.
  std::istringstream said(r.err);
  std::string text = r.out;
  for (std::string line; std::getline(said, line);) {
    while (line.substr(0, 7) == "nabla> " || line.substr(0, 7) == "  ...> ") line.erase(0, 7);
    if (!line.empty()) text += line + "\n";
  }
  return text;
}

std::string printed(const Case& c, const std::string& text) {
  if (c.kind == ':') return at_prompt(text);
  return c.kind == '$' ? in_shell(text) : in_session(text, c.kind == '!');
}

// The lines side by side: what should be there, and what is.
std::string difference(const std::string& expected, const std::string& actual) {
  std::istringstream wanted(expected), found(actual);
  std::string out, a, b;
  for (;;) {
    const bool more_wanted = static_cast<bool>(std::getline(wanted, a));
    const bool more_found = static_cast<bool>(std::getline(found, b));
    if (!more_wanted && !more_found) return out;
    if (more_wanted && more_found && a == b) {
      out += "    " + a + "\n";
      continue;
    }
    if (more_wanted) out += "  - " + a + "\n";
    if (more_found) out += "  + " + b + "\n";
  }
}

}  // namespace

TEST_CASE("what people are told when they make a mistake", "[errors]") {
  const std::vector<Case> all = cases();
  CHECK(all.size() >= 120);
  for (const Case& c : all) {
    const std::string actual = printed(c, c.text);
    INFO(c.place << ": " << c.text << "\n" << difference(c.expected, actual));
    CHECK(actual == c.expected);
    for (const std::string& remedy : c.remedies) {
      INFO(c.place << ": the remedy " << remedy);
      CHECK(command::contains(actual, remedy));
      const std::string now = printed(c, remedy);
      CHECK((c.kind == '$' ? now.substr(now.rfind("exit")) : now) ==
            (c.kind == '$' ? "exit status 0\n" : "no error\n"));
    }
  }
}
