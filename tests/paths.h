// What a test may need to know about its surroundings. Values, not macros of the command line: only
// tests/paths.cpp has to be compiled again in another folder.
#pragma once

namespace paths {

extern const char* const source;        // the folder of the sources
extern const char* const build;         // the folder of the build
extern const char* const shared_build;  // a build with BUILD_SHARED_LIBS=ON, or empty
extern const char* const binary;        // the command `nabla`
extern const char* const eigen;         // the folder of Eigen's headers
extern const char* const gxx;           // compilers for generated code; a missing one is the empty string
extern const char* const clangxx;
extern const char* const tmux;  // programs that pages and prompts are tried with
extern const char* const mandoc;
extern const char* const zsh;
extern const char* const fish;

}  // namespace paths
