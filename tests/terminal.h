// A program in a real terminal: tmux runs it, types into it, and gives back the screen.
#pragma once

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "command.h"
#include "tests/paths.h"

namespace terminal {

class Terminal {
 public:
  // `command` is a command line of the shell; `environment` as NAME=value.
  Terminal(int columns, int rows, const std::string& command,
           const std::vector<std::string>& environment = {}) {
    std::string line =
        "exec env -i PATH=/usr/bin:/bin TERM=screen-256color LANG=C.UTF-8 TMPDIR=" + folder_.path();
    for (const std::string& e : environment) line += " '" + e + "'";
    const command::Result started = tmux({"new-session", "-d", "-x", std::to_string(columns), "-y",
                                          std::to_string(rows), "-s", "s", line + " " + command});
    // Without /dev/pts there is none; each wait would last a minute.
    if (started.status != 0) throw std::runtime_error("no terminal: " + started.out + started.err);
    (void)tmux({"set-option", "-g", "remain-on-exit", "on"});
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  ~Terminal() { (void)tmux({"kill-server"}); }

  void type(const std::string& text) {
    std::string escaped = text;
    if (!escaped.empty() && escaped.back() == ';') escaped.insert(escaped.size() - 1, "\\");
    (void)tmux({"send-keys", "-t", "s", "-l", "--", escaped});
  }
  void key(const std::string& name) { (void)tmux({"send-keys", "-t", "s", name}); }
  void enter(const std::string& text) {
    type(text);
    key("Enter");
  }
  // As a terminal pastes: between brackets if the program asked for them.
  void paste(const std::string& text) {
    (void)tmux({"load-buffer", folder_.write("paste", text)});
    (void)tmux({"paste-buffer", "-p", "-r", "-t", "s"});
  }
  void resize(int columns, int rows) {
    (void)tmux({"resize-window", "-t", "s", "-x", std::to_string(columns), "-y", std::to_string(rows)});
  }

  // The lines of the screen without blanks at their ends, and without empty lines at its end.
  std::string screen() {
    std::string text = tmux({"capture-pane", "-p", "-t", "s"}).out;
    while (text.size() > 1 && text[text.size() - 2] == '\n') text.pop_back();
    return text;
  }
  // The same with what has scrolled away.
  std::string history() { return tmux({"capture-pane", "-p", "-S", "-", "-t", "s"}).out; }
  // The same as it is copied out of the terminal: rows that the terminal has wrapped are one line again, and
  // blanks at the ends are those that were written; with the escape sequences of colours if asked for.
  std::string copied(bool colors = false) {
    return tmux({"capture-pane", "-p", "-J", colors ? "-e" : "-J", "-S", "-", "-t", "s"}).out;
  }
  // Row and column of the cursor, from 0.
  std::string cursor() {
    std::string text = tmux({"display-message", "-p", "-t", "s", "#{cursor_y} #{cursor_x}"}).out;
    if (!text.empty()) text.pop_back();
    return text;
  }

  // Processor time of the program so far: what it did, however loaded the machine is.
  double cpu_seconds() {
    std::string pid = tmux({"display-message", "-p", "-t", "s", "#{pane_pid}"}).out;
    if (!pid.empty()) pid.pop_back();
    std::ifstream file("/proc/" + pid + "/stat");
    std::string stat((std::istreambuf_iterator<char>(file)), {});
    stat.erase(0, std::min(stat.rfind(')'), stat.size()));  // the name may hold blanks
    std::istringstream fields(stat);
    std::string field;
    double ticks = 0;
    for (int i = 2; fields >> field; ++i) {
      if (i == 14 || i == 15) ticks += std::stod(field);  // utime and stime, proc(5)
    }
    return ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
  }
  // Waits until the program has worked for so long since it had used `before`.
  void works(double before, double seconds) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (cpu_seconds() < before + seconds && std::chrono::steady_clock::now() < end)
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }

  // Waits until the program has ended; its exit status, or empty if it still runs. The terminal's own line
  // about it is not always drawn.
  std::string exit_status(int seconds = 60) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
    for (;;) {
      std::string text = tmux({"display-message", "-p", "-t", "s", "#{pane_dead_status}"}).out;
      if (!text.empty()) text.pop_back();
      if (!text.empty()) return text;
      // tmux sometimes misses the signal that a child has ended, and looks again when it gets another one.
      std::string server = tmux({"display-message", "-p", "#{pid}"}).out;
      if (!server.empty()) server.pop_back();
      if (!server.empty()) (void)command::run({"/bin/sh", "-c", "kill -CHLD " + server});
      if (std::chrono::steady_clock::now() > end) return {};
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }

  // Waits until the screen is `wanted`; returns the screen it came to.
  std::string settled(const std::string& wanted, int seconds = 60) {
    return until([&](const std::string& s) { return s == wanted; }, seconds);
  }
  // Waits until the screen ends with `wanted`.
  std::string shows(const std::string& wanted, int seconds = 60) {
    return until([&](const std::string& s) { return command::contains(s, wanted); }, seconds);
  }

 private:
  template <class Condition>
  std::string until(Condition condition, int seconds) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
    for (;;) {
      std::string now = screen();
      if (condition(now)) return now;
      if (std::chrono::steady_clock::now() > end) throw std::runtime_error("not shown in time:\n" + now);
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }

  command::Result tmux(std::vector<std::string> arguments) {
    std::vector<std::string> all = {paths::tmux, "-u", "-f", "/dev/null", "-S", folder_.path("socket")};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return command::run(all, {}, {"TERM=xterm", "LANG=C.UTF-8"});
  }

  command::Folder folder_;
};

}  // namespace terminal
