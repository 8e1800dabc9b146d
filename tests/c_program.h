// Programs in C that call generated code.
#pragma once

#include <catch2/catch.hpp>

#include <filesystem>
#include <string>

#include "tests/compile.h"

namespace nabla::test {

// Compiles and runs `source` by both compilers, under sanitizers by the first.
inline void run_in_c(const std::filesystem::path& folder, const std::string& source,
                     const std::string& sanitizers = "address,undefined") {
  write_file(folder / "main.c", source);
  std::string more = "-fsanitize=" + sanitizers + " -fno-sanitize-recover=all ";
  for (const std::string& compiler : compilers()) {
    INFO(compiler);
    const Ran built =
        run("cd '" + folder.string() + "' && '" + compiler + "'" + strict_c + more + "main.c -o main -lm",
            folder);
    INFO(built.output.substr(0, 4000));
    REQUIRE(built.status == 0);
    const Ran ran = run("'" + (folder / "main").string() + "'", folder);
    INFO(ran.output.substr(0, 4000));
    CHECK(ran.status == 0);
    more.clear();
  }
}

}  // namespace nabla::test
