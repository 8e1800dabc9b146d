#include "prompt/history.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "prompt/text_buffer.h"

namespace nabla::prompt {
namespace {

constexpr off_t most_bytes = off_t{4} << 20;  // that are read of a history, from its end

std::string read_end(const std::string& file) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return {};
  struct stat about {};
  std::string text;
  if (::fstat(descriptor, &about) == 0 && S_ISREG(about.st_mode)) {
    const off_t begin = std::max<off_t>(0, about.st_size - most_bytes);
    text.resize(static_cast<size_t>(about.st_size - begin));
    const ssize_t n = ::pread(descriptor, text.data(), text.size(), begin);
    text.resize(n > 0 ? static_cast<size_t>(n) : 0);
    if (begin > 0) text.erase(0, std::min(text.find('\n'), text.size() - 1) + 1);  // part of a line
  }
  ::close(descriptor);
  return text;
}

void append(const std::string& file, const std::string& line) {
  std::error_code ignored;
  std::filesystem::create_directories(std::filesystem::path(file).parent_path(), ignored);
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (descriptor < 0) return;
  (void)!::write(descriptor, line.data(), line.size());  // at once, so that lines of two sessions do not mix
  ::close(descriptor);
}

}  // namespace

std::string history_line(std::string_view entry) {
  std::string line;
  for (const char c : entry) {
    if (c == '\n')
      line += "\\n";
    else if (c == '\\')
      line += "\\\\";
    else
      line += c;
  }
  return line;
}

std::string history_entry(std::string_view line) {
  const bool plain =
      std::all_of(line.begin(), line.end(), [](char c) { return c >= 0x20 && c < 0x7f && c != '\\'; });
  if (plain) return std::string(line);
  std::string entry;
  for (size_t i = 0; i < line.size(); ++i) {
    if (line[i] != '\\' || i + 1 == line.size()) {
      entry += line[i];
      continue;
    }
    ++i;
    if (line[i] == 'n')
      entry += '\n';
    else
      entry += line[i];
  }
  return cleaned(entry);
}

History::History(std::string file) : file_(std::move(file)) {
  if (file_.empty()) return;
  const std::string text = read_end(file_);
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    if (end > begin) entries_.push_back(history_entry(std::string_view(text).substr(begin, end - begin)));
    begin = end + 1;
  }
}

void History::add(const std::string& entry) {
  if (entry.find_first_not_of(" \n") == std::string::npos) return;
  if (!entries_.empty() && entries_.back() == entry) return;
  entries_.push_back(entry);
  if (!file_.empty()) append(file_, history_line(entry) + "\n");
}

size_t History::find_older(std::string_view part, size_t before) const {
  for (size_t i = std::min(before, entries_.size()); i-- > 0;) {
    if (entries_[i].find(part) != std::string::npos) return i;
  }
  return entries_.size();
}

size_t History::find_newer(std::string_view part, size_t after) const {
  for (size_t i = after + 1; i < entries_.size(); ++i) {
    if (entries_[i].find(part) != std::string::npos) return i;
  }
  return entries_.size();
}

std::string history_file() {
  const auto variable = [](const char* name) -> std::string {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
  };
  if (std::string own = variable("NABLA_HISTORY"); !own.empty()) return own;
  if (const std::string state = variable("XDG_STATE_HOME"); state.substr(0, 1) == "/")
    return state + "/nabla/history";
  const std::string home = variable("HOME");
  return home.empty() ? "" : home + "/.local/state/nabla/history";
}

}  // namespace nabla::prompt
