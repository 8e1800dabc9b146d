#include "session/files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <memory>
#include <system_error>

#include "expr/diagnostic.h"

namespace nabla {
namespace {

// The words of the C library for an error number, which do not depend on the locale.
std::string reason(int error) { return std::generic_category().message(error); }

[[noreturn]] void cannot_read(const std::string& path, const std::string& why) {
  throw Failure(Code::cannot_read, "cannot read '" + path + "': " + why);
}

[[noreturn]] void cannot_write(const std::string& path, const std::string& why) {
  throw Failure(Code::cannot_write, "cannot write '" + path + "': " + why,
                "the old file, if there was one, is unchanged");
}

// A descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int number() const { return number_; }
  bool valid() const { return number_ >= 0; }
  void reset(int number) { number_ = number; }  // of a closed one
  int close() {                                 // the error number, or 0
    const int result = ::close(number_);
    number_ = -1;
    return result == 0 ? 0 : errno;
  }

 private:
  int number_;
};

int open_retrying(const char* path, int flags, mode_t mode = 0) {
  int number;
  do {
    number = ::open(path, flags | O_CLOEXEC, mode);
  } while (number < 0 && errno == EINTR);
  return number;
}

std::string read_descriptor(int descriptor, const std::string& name, uint64_t limit) {
  std::string text;
  struct stat status {};
  size_t step = size_t{1} << 16;
  if (::fstat(descriptor, &status) == 0) {
    if (S_ISDIR(status.st_mode)) cannot_read(name, "it is a folder");
    if (S_ISREG(status.st_mode)) {
      step = static_cast<size_t>(std::min<uint64_t>(static_cast<uint64_t>(status.st_size), limit)) + 1;
    }
  }
  for (;;) {
    const size_t old = text.size();
    text.resize(old + step);
    const ssize_t got = ::read(descriptor, text.data() + old, step);
    if (got < 0 && errno == EINTR) {
      text.resize(old);
      continue;
    }
    if (got < 0) cannot_read(name, reason(errno));
    text.resize(old + static_cast<size_t>(got));
    if (text.size() > limit) {
      throw Failure(Code::input_too_large, "'" + name + "' has more than " + std::to_string(limit) +
                                               " bytes, the limit of one text");
    }
    if (got == 0) return text;
    step = std::max<size_t>(size_t{1} << 16, text.size() / 2);
  }
}

// Where a chain of links ends; the path itself if it is no link or points nowhere.
std::string follow_links(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0 || !S_ISLNK(status.st_mode)) return path;
  const std::unique_ptr<char, decltype(&std::free)> target(::realpath(path.c_str(), nullptr), &std::free);
  return target ? std::string(target.get()) : path;
}

// The temporary names beside `path`, one after the other.
class TemporaryName {
 public:
  explicit TemporaryName(const std::string& path) {
    const size_t slash = path.rfind('/'), base = slash == std::string::npos ? 0 : slash + 1;
    stem_ = path.substr(0, base) + "." + path.substr(base, 200) + ".nabla-";  // at most 255 bytes in all
    next();
  }
  const std::string& text() const { return name_; }
  // After EEXIST: frees this name if nobody writes under it, or goes on to the next. False after too many.
  bool next_free() {
    if (attempt_ > 100) return false;
    if (!remove_what_was_left()) next();
    return true;
  }
  // Whoever writes holds the lock until the file has its own name, and a lock ends with its process. While we
  // hold it nobody else removes the file, so that the name cannot come to mean another.
  bool remove_what_was_left() {
    const Descriptor left(open_retrying(name_.c_str(), O_WRONLY | O_NOFOLLOW | O_NONBLOCK));
    if (!left.valid()) return errno == ENOENT;
    struct stat held {};
    struct stat named {};
    return ::flock(left.number(), LOCK_EX | LOCK_NB) == 0 && ::fstat(left.number(), &held) == 0 &&
           ::lstat(name_.c_str(), &named) == 0 && held.st_ino == named.st_ino &&
           held.st_dev == named.st_dev && ::unlink(name_.c_str()) == 0;
  }

 private:
  void next() { name_ = stem_ + std::to_string(attempt_++) + ".tmp"; }

  std::string stem_, name_;
  unsigned attempt_ = 0;
};

// A new file in the folder of `path`, gone again unless it became that file.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& path) : path_(path), name_(path) {
    name_.remove_what_was_left();
    open_without_name();
    while (!file_.valid()) {
      file_.reset(open_retrying(name_.text().c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0666));
      if (!file_.valid() && (errno != EEXIST || !name_.next_free())) cannot_write(path_, why_no_file());
      named_ = file_.valid();
      if (named_ && !lock()) file_.close();  // who removes what was left came first
    }
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() {
    if (named_) ::unlink(name_.text().c_str());
  }

  void write(std::string_view text) {
    if (!write_all(file_.number(), text)) cannot_write(path_, reason(errno));
    holds_text_ = !text.empty();
  }
  void keep_mode(mode_t mode) {
    if (::fchmod(file_.number(), mode & 07777) != 0) cannot_write(path_, reason(errno));
  }
  void become_the_file() {
    // Some network file systems have nothing to flush and say EINVAL.
    if (holds_text_ && ::fsync(file_.number()) != 0 && errno != EINVAL) cannot_write(path_, reason(errno));
    if (!named_ && give_name(path_)) return;
    if (!named_) {  // a link replaces nothing
      lock();
      while (!give_name(name_.text())) {
        if (errno != EEXIST || !name_.next_free()) cannot_write(path_, reason(errno));
      }
      named_ = true;
    }
    if (::rename(name_.text().c_str(), path_.c_str()) != 0) cannot_write(path_, reason(errno));
    named_ = false;
  }

 private:
  // A file without a name gets one by way of /proc, which need not be there.
  std::string in_proc() const { return "/proc/self/fd/" + std::to_string(file_.number()); }
  bool give_name(const std::string& name) const {
    return ::linkat(AT_FDCWD, in_proc().c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) == 0;
  }
  std::string folder() const {
    const size_t slash = path_.rfind('/');
    return slash == std::string::npos ? "." : path_.substr(0, slash + 1);
  }
  std::string why_no_file() const {
    const int error = errno;
    struct stat status {};
    const bool folder_is_missing = error == ENOENT && ::stat(folder().c_str(), &status) != 0;
    return folder_is_missing ? "there is no folder '" + folder() + "'" : reason(error);
  }
  void open_without_name() {
    file_.reset(open_retrying(folder().c_str(), O_WRONLY | O_TMPFILE, 0666));
    struct stat status {};
    if (file_.valid() && ::lstat(in_proc().c_str(), &status) != 0) file_.close();
  }
  // False if the file was removed meanwhile. Where there are no locks nobody removes anything.
  bool lock() const {
    struct stat status {};
    const bool held = ::flock(file_.number(), LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
    return held && ::fstat(file_.number(), &status) == 0 && (!named_ || status.st_nlink > 0);
  }

  std::string path_;
  TemporaryName name_;
  Descriptor file_{-1};
  bool named_ = false;  // has a temporary name
  bool holds_text_ = false;
};

}  // namespace

bool write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

std::string read_file(const std::string& path, uint64_t limit) {
  const Descriptor file(open_retrying(path.c_str(), O_RDONLY));
  if (!file.valid()) cannot_read(path, reason(errno));
  return read_descriptor(file.number(), path, limit);
}

std::optional<std::string> read_if_present(const std::string& path, uint64_t limit) {
  const Descriptor file(open_retrying(path.c_str(), O_RDONLY));
  if (!file.valid() && (errno == ENOENT || errno == ENOTDIR)) return std::nullopt;
  if (!file.valid()) cannot_read(path, reason(errno));
  return read_descriptor(file.number(), path, limit);
}

std::optional<std::string> read_if_regular(const std::string& path, uint64_t limit) {
  struct stat status {};
  const bool regular = ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode);
  return regular ? read_if_present(path, limit) : std::nullopt;
}

std::string read_standard_input(uint64_t limit) { return read_descriptor(STDIN_FILENO, "<stdin>", limit); }

void write_file(const std::string& path, std::string_view text) {
  const std::string target = follow_links(path);
  struct stat old {};
  const bool exists = ::stat(target.c_str(), &old) == 0;
  if (exists && S_ISDIR(old.st_mode)) cannot_write(path, "it is a folder");
  if (exists && !S_ISREG(old.st_mode)) {
    Descriptor device(open_retrying(target.c_str(), O_WRONLY));
    if (!device.valid() || !write_all(device.number(), text)) cannot_write(path, reason(errno));
    if (const int error = device.close()) cannot_write(path, reason(error));
    return;
  }
  // A file that its owner made read-only stays, although a rename could replace it.
  if (exists && ::access(target.c_str(), W_OK) != 0) cannot_write(path, reason(errno));
  TemporaryFile file(target);
  if (exists) file.keep_mode(old.st_mode);
  file.write(text);
  file.become_the_file();
}

void write_link(const std::string& path, const std::string& target) {
  std::string old(target.size() + 1, '\0');
  const ssize_t length = ::readlink(path.c_str(), old.data(), old.size());
  if (length >= 0 && std::string_view(old.data(), static_cast<size_t>(length)) == target) return;
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) cannot_write(path, reason(errno));
  if (::symlink(target.c_str(), path.c_str()) != 0) cannot_write(path, reason(errno));
}

}  // namespace nabla
