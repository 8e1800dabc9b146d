// A program that is killed while it writes, at each of its system calls in turn: what it leaves, and that the
// next run goes on. The calls are counted by a library that is loaded before the C library.
#include <fcntl.h>
#include <sys/file.h>
#include <catch2/catch.hpp>

#include <set>

#include "tests/command.h"

using command::Folder;
using command::nabla;
using command::Result;

namespace {

// Ends the process before the call number KILL_AT, in the middle of it if it writes. With NO_TMPFILE the file
// system has no files without names.
const char* const counting_library = R"(
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/types.h>
static int is_last(void) {
  static int count;
  const char* at = getenv("KILL_AT");
  return at != NULL && ++count == atoi(at);
}
#define STEP(type, name, parameters, arguments)                      \
  type name parameters {                                             \
    type(*next) parameters = (type(*) parameters)dlsym(RTLD_NEXT, #name); \
    if (is_last()) raise(SIGKILL);                                   \
    return next arguments;                                           \
  }
STEP(int, fsync, (int file), (file))
STEP(int, fchmod, (int file, mode_t mode), (file, mode))
STEP(int, flock, (int file, int how), (file, how))
STEP(int, rename, (const char* from, const char* to), (from, to))
STEP(int, unlink, (const char* name), (name))
STEP(int, linkat, (int a, const char* from, int b, const char* to, int flags), (a, from, b, to, flags))
ssize_t write(int file, const void* bytes, size_t count) {
  ssize_t (*next)(int, const void*, size_t) = (ssize_t(*)(int, const void*, size_t))dlsym(RTLD_NEXT, "write");
  if (file > 2 && is_last()) {
    next(file, bytes, count / 2);
    raise(SIGKILL);
  }
  return next(file, bytes, count);
}
static int open_by(const char* name, const char* path, int flags, mode_t mode) {
  int (*next)(const char*, int, ...) = (int (*)(const char*, int, ...))dlsym(RTLD_NEXT, name);
  if ((flags & O_TMPFILE) == O_TMPFILE && getenv("NO_TMPFILE") != NULL) {
    errno = EOPNOTSUPP;
    return -1;
  }
  if ((flags & O_ACCMODE) != O_RDONLY && is_last()) raise(SIGKILL);
  return next(path, flags, mode);
}
#define OPEN(name)                              \
  int name(const char* path, int flags, ...) {  \
    va_list rest;                               \
    va_start(rest, flags);                      \
    const mode_t mode = va_arg(rest, mode_t);   \
    va_end(rest);                               \
    return open_by(#name, path, flags, mode);   \
  }
OPEN(open)
OPEN(open64)
)";

const std::string model = "var x\nf(x) = x^3\nderive f : value, grad\n";

// A folder with a model, and perhaps a header of an older one.
class Workshop {
 public:
  Workshop() {
    folder_.write("count.c", counting_library);
    const Result r = command::run(
        {"/bin/sh", "-c",
         "cd '" + folder_.path() + "' && cc -shared -fPIC -Wall -Werror count.c -o count.so -ldl 2>&1"});
    INFO(r.out);
    REQUIRE(r.status == 0);
    fresh(false);
    REQUIRE(generate({}).status == 0);
    new_ = read("m.h");
    work().write("m.nabla", "var x\nf(x) = x^2\nderive f : value, grad\n");
    REQUIRE(generate({}).status == 0);
    old_ = read("m.h");
    REQUIRE(old_ != new_);
  }

  void fresh(bool replaces) {
    work_ = std::make_unique<Folder>();
    work().write("m.nabla", model);
    if (replaces) work().write("m.h", old_);
  }
  Result generate(std::vector<std::string> environment) const {
    if (!environment.empty()) environment.push_back("LD_PRELOAD=" + folder_.path("count.so"));
    environment.emplace_back("ASAN_OPTIONS=verify_asan_link_order=0");
    return nabla({"gen", work().path("m.nabla"), "-o", work().path("m.h"), "--depfile", work().path("m.d"),
                  "--stamp", work().path("m.stamp")},
                 "", environment);
  }
  const Folder& work() const { return *work_; }
  std::string read(const std::string& name) const { return work().read(name); }
  const std::string& old_text() const { return old_; }
  const std::string& new_text() const { return new_; }
  std::set<std::string> hidden() const {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(work().path())) {
      const std::string name = entry.path().filename().string();
      if (name[0] == '.') names.insert(name);
    }
    return names;
  }

 private:
  Folder folder_;
  std::unique_ptr<Folder> work_;
  std::string old_, new_;
};

}  // namespace

TEST_CASE("a program killed while it writes leaves no half of a file", "[cli]") {
  Workshop shop;
  const int unnamed = ::open(shop.work().path().c_str(), O_WRONLY | O_TMPFILE | O_CLOEXEC, 0600);
  const bool has_nameless = unnamed >= 0;  // older overlay file systems have not
  if (has_nameless) ::close(unnamed);
  for (const bool replaces : {false, true}) {
    for (const bool nameless : {true, false}) {
      int killed = 0;
      for (int at = 1;; ++at) {
        INFO("replaces " << replaces << ", nameless " << nameless << ", call " << at);
        REQUIRE(at < 100);
        shop.fresh(replaces);
        std::vector<std::string> environment = {"KILL_AT=" + std::to_string(at)};
        if (!nameless) environment.emplace_back("NO_TMPFILE=1");
        const Result r = shop.generate(environment);
        if (r.status == 0) break;
        REQUIRE(r.status == 128 + 9);
        ++killed;
        const std::string now = shop.read("m.h");
        const bool whole = now == shop.new_text() || (replaces ? now == shop.old_text() : now.empty());
        CHECK(whole);
        CHECK((replaces || now == shop.new_text() || !shop.work().has("m.h")));
        if (shop.work().has("m.stamp")) CHECK(now == shop.new_text());
        // A name that was left has the whole text, or is on a file system where there is no other way.
        for (const std::string& name : shop.hidden()) {
          INFO(name);
          if (nameless && has_nameless) CHECK((replaces && shop.read(name) == shop.new_text()));
        }
        REQUIRE(shop.generate({}).status == 0);
        CHECK(shop.read("m.h") == shop.new_text());
        CHECK(shop.hidden().empty());
      }
      CHECK(killed > 8);
    }
  }
}

TEST_CASE("a temporary name that is in use is left alone", "[cli]") {
  Workshop shop;
  shop.fresh(true);
  const std::string name = shop.work().path(".m.h.nabla-0.tmp");
  const int other = ::open(name.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  REQUIRE(::flock(other, LOCK_EX) == 0);
  CHECK(shop.generate({}).status == 0);
  CHECK(shop.read("m.h") == shop.new_text());
  CHECK(shop.hidden() == std::set<std::string>{".m.h.nabla-0.tmp"});
  ::close(other);
  // Whoever comes next removes it.
  shop.work().write("m.h", shop.old_text());
  CHECK(shop.generate({}).status == 0);
  CHECK(shop.hidden().empty());
}
