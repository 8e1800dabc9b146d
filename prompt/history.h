// What was typed before: in memory, and in a file to which each entry is appended as it is typed, so that
// sessions side by side lose nothing.
//
// A line of the file is one entry; a newline in it is written \n and a backslash \\. The file is one that
// only its owner can read. Errors of the file are not reported: a prompt without a history is still a prompt.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace nabla::prompt {

class History {
 public:
  History() = default;  // in memory only
  explicit History(std::string file);

  // Empty entries and repetitions of the last one are left out.
  void add(const std::string& entry);
  size_t size() const { return entries_.size(); }
  const std::string& operator[](size_t i) const { return entries_[i]; }  // 0 is the oldest

  // The newest entry older than `before` that contains `part`; size() if there is none.
  size_t find_older(std::string_view part, size_t before) const;
  // The oldest entry newer than `after`.
  size_t find_newer(std::string_view part, size_t after) const;

 private:
  std::string file_;
  std::vector<std::string> entries_;
};

std::string history_line(std::string_view entry);
std::string history_entry(std::string_view line);

// $NABLA_HISTORY, or nabla/history in $XDG_STATE_HOME or ~/.local/state; empty if there is no such place.
std::string history_file();

}  // namespace nabla::prompt
