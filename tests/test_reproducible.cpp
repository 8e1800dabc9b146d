// The same model gives the same bytes: again, in another language, time zone and folder. (scripts/test
// compares programs built by two compilers.)
#include <catch2/catch.hpp>

#include "tests/command.h"
#include "tests/paths.h"

using command::Folder;
using command::nabla;

namespace {

const std::filesystem::path source = paths::source;

std::string generated(const std::string& model, const std::string& folder,
                      const std::vector<std::string>& environment) {
  const std::string line =
      "cd '" + folder + "' && exec '" + std::string(paths::binary) + "' gen '" + model + "' -o -";
  const command::Result r = command::run({"/bin/sh", "-c", line}, "", environment);
  CHECK(r.status == 0);
  return r.out;
}

}  // namespace

TEST_CASE("generated code is the same everywhere", "[cli]") {
  const Folder folder;
  std::filesystem::create_directory_symlink(source / "examples", folder.path("d i r"));
  size_t models = 0;
  for (const auto& entry : std::filesystem::directory_iterator(source / "examples")) {
    if (entry.path().extension() != ".nabla") continue;
    const std::string name = entry.path().filename().string();
    INFO(name);
    const std::string first = generated("examples/" + name, source.string(), {});
    CHECK(first.size() > 500);
    CHECK(generated("examples/" + name, source.string(), {}) == first);
    CHECK(generated("d i r/" + name, folder.path(),
                    {"LC_ALL=de_DE.UTF-8", "LANG=tr_TR.UTF-8", "TZ=Asia/Kolkata", "HOME=/nowhere"}) == first);
    CHECK(first.find(source.string()) == std::string::npos);
    ++models;
  }
  CHECK(models >= 10);
}
