# nabla-bench: bench/*.cpp, and the workloads of `nabla-bench codegen`, which are compiled as users of fast code
# compile: for this machine, with a*b + c contracted. They are a library of their own with hidden symbols, so that
# templates which the rest of the program compiles for any machine (Eigen's) are not taken for theirs.
set(codegen_flags ${nabla_warnings} -O3 -march=native -fopenmp-simd -fPIC -fvisibility=hidden
    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)  # of g++ 12's own AVX-512 headers

# bench/codegen/NAME.nabla becomes generated/NAME.h, as the file asks with its derive statements.
nabla_glob(codegen_models bench/codegen/*.nabla)
set(codegen_folder "${PROJECT_BINARY_DIR}/bench-codegen")
set(codegen_headers "")
foreach(model IN LISTS codegen_models)
  get_filename_component(name "${model}" NAME_WE)
  set(header "${codegen_folder}/generated/${name}.h")
  add_custom_command(
    OUTPUT "${header}"
    COMMAND "${CMAKE_COMMAND}" -E make_directory "${codegen_folder}/generated"
    COMMAND nabla gen "${PROJECT_SOURCE_DIR}/${model}" -o "${header}"
    DEPENDS nabla "${model}"
    COMMENT "nabla gen ${model}"
    VERBATIM)
  list(APPEND codegen_headers "${header}")
endforeach()

# The hand-written code, once as it is and once with the vector functions of libmvec.
nabla_glob(hand_sources bench/hand/*.cpp)
foreach(hand hand hand_fast)
  add_library(nabla-bench-${hand} OBJECT ${hand_sources})
  target_include_directories(nabla-bench-${hand} PRIVATE "${PROJECT_SOURCE_DIR}")
  target_compile_definitions(nabla-bench-${hand} PRIVATE NABLA_HAND=${hand})
  target_compile_options(nabla-bench-${hand} PRIVATE ${codegen_flags})
  target_link_libraries(nabla-bench-${hand} PRIVATE Eigen3::Eigen)
endforeach()
target_compile_options(nabla-bench-hand_fast PRIVATE -ffast-math)

nabla_glob(codegen_sources bench/codegen/*.cpp)
add_library(nabla-bench-codegen SHARED ${codegen_sources} ${codegen_headers})
target_include_directories(nabla-bench-codegen PRIVATE "${PROJECT_SOURCE_DIR}" "${codegen_folder}")
target_include_directories(nabla-bench-codegen SYSTEM PRIVATE "${ADOLC_INCLUDE}" "${CERES_INCLUDE}")
target_compile_options(nabla-bench-codegen PRIVATE ${codegen_flags})
target_compile_definitions(nabla-bench-codegen PRIVATE
  NABLA_BINARY="$<TARGET_FILE:nabla>" NABLA_COMPILER="${CMAKE_CXX_COMPILER}")
target_link_libraries(nabla-bench-codegen PRIVATE
  nabla-bench-hand nabla-bench-hand_fast fmt::fmt Eigen3::Eigen "${ADOLC}" ${CMAKE_DL_LIBS})

nabla_glob(bench_sources bench/*.cpp)
add_executable(nabla-bench ${bench_sources})
target_compile_definitions(nabla-bench PRIVATE NABLA_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
target_include_directories(nabla-bench SYSTEM PRIVATE "${GINAC_INCLUDE}" "${CLN_INCLUDE}")
target_link_libraries(nabla-bench PRIVATE
  nabla_internal nabla-bench-codegen fmt::fmt benchmark::benchmark "${GINAC}" "${CLN}")
