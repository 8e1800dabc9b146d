# nabla-tests is one binary from tests/main.cpp and tests/test_*.cpp; each of its cases is a ctest test.
enable_testing()
include(Catch)

nabla_glob(test_sources tests/test_*.cpp)
if(NOT book)
  list(REMOVE_ITEM test_sources tests/test_cookbook.cpp)
endif()
# A build folder with BUILD_SHARED_LIBS=ON, as scripts/test makes one; empty: no tests of the shared library.
set(NABLA_SHARED_BUILD "" CACHE PATH "A build of the shared library, to be tested")
mark_as_advanced(NABLA_SHARED_BUILD)
if(NOT NABLA_SHARED_BUILD)
  list(REMOVE_ITEM test_sources tests/test_shared_library.cpp)
endif()
add_executable(nabla-tests tests/main.cpp tests/paths.cpp ${test_sources})
target_include_directories(nabla-tests SYSTEM PRIVATE "${ADOLC_INCLUDE}")
target_link_libraries(nabla-tests PRIVATE
  nabla_internal Catch2::Catch2 rapidcheck fmt::fmt nlohmann_json::nlohmann_json Eigen3::Eigen "${ADOLC}")

# What a test may need to know about its surroundings (tests/paths.h). The compilers are the ones that generated
# headers are compiled with; a missing one is the empty string.
find_program(NABLA_TEST_GXX NAMES g++-12 g++)
find_program(NABLA_TEST_CLANGXX NAMES clang++-14 clang++)
mark_as_advanced(NABLA_TEST_GXX NABLA_TEST_CLANGXX)
get_target_property(eigen Eigen3::Eigen INTERFACE_INCLUDE_DIRECTORIES)
set(known "NABLA_SOURCE_DIR=\"${PROJECT_SOURCE_DIR}\"" "NABLA_BUILD_DIR=\"${PROJECT_BINARY_DIR}\""
    "NABLA_BINARY=\"$<TARGET_FILE:nabla>\"" "NABLA_EIGEN=\"${eigen}\""
    "NABLA_TMUX=\"${TMUX}\"" "NABLA_MANDOC=\"${MANDOC}\"" "NABLA_ZSH=\"${ZSH}\"" "NABLA_FISH=\"${FISH}\""
    "NABLA_SHARED_BUILD=\"${NABLA_SHARED_BUILD}\"")
foreach(compiler GXX CLANGXX)
  set(path "${NABLA_TEST_${compiler}}")
  if(NOT path)
    set(path "")
  endif()
  list(APPEND known "NABLA_TEST_${compiler}=\"${path}\"")
endforeach()
set_source_files_properties(tests/paths.cpp PROPERTIES COMPILE_DEFINITIONS "${known}")
add_dependencies(nabla-tests nabla nabla_core)  # which tests install

# NoTests: a name that ctest failed to pass on is a failure, not a pass of nothing.
catch_discover_tests(nabla-tests EXTRA_ARGS --warn NoTests PROPERTIES TIMEOUT 300)
# After the tests are found.
set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES "${PROJECT_SOURCE_DIR}/cmake/LongTests.cmake")

add_test(NAME "include arrows" COMMAND "${PROJECT_SOURCE_DIR}/scripts/arrows" --self-test)

if(TARGET nabla)
  add_test(NAME "what the documents show"
           COMMAND "${PYTHON}" "${PROJECT_SOURCE_DIR}/scripts/pages" --check --nabla "$<TARGET_FILE:nabla>")
  set_tests_properties("what the documents show" PROPERTIES TIMEOUT 300)
endif()
add_test(NAME "links of the documents"
         COMMAND "${PYTHON}" "${PROJECT_SOURCE_DIR}/scripts/docs" "${PROJECT_BINARY_DIR}/site")
