#include "tests/paths.h"

// The values come from cmake/Tests.cmake.
namespace paths {

const char* const source = NABLA_SOURCE_DIR;
const char* const build = NABLA_BUILD_DIR;
const char* const shared_build = NABLA_SHARED_BUILD;
const char* const binary = NABLA_BINARY;
const char* const eigen = NABLA_EIGEN;
const char* const gxx = NABLA_TEST_GXX;
const char* const clangxx = NABLA_TEST_CLANGXX;
const char* const tmux = NABLA_TMUX;
const char* const mandoc = NABLA_MANDOC;
const char* const zsh = NABLA_ZSH;
const char* const fish = NABLA_FISH;

}  // namespace paths
