# nabla-bench: bench/*.cpp, and the workloads of `nabla-bench codegen`, which are compiled as users of fast code
# compile: for this machine, with a*b + c contracted.
set(codegen_flags ${nabla_warnings} -O3 -march=native -fopenmp-simd)

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
foreach(hand hand hand_vector_math)
  add_library(nabla-bench-${hand} OBJECT ${hand_sources})
  target_include_directories(nabla-bench-${hand} PRIVATE "${PROJECT_SOURCE_DIR}")
  target_compile_definitions(nabla-bench-${hand} PRIVATE NABLA_HAND=${hand})
  target_compile_options(nabla-bench-${hand} PRIVATE ${codegen_flags})
  target_link_libraries(nabla-bench-${hand} PRIVATE Eigen3::Eigen)
endforeach()
target_compile_options(nabla-bench-hand_vector_math PRIVATE -ffast-math)

nabla_glob(codegen_sources bench/codegen/*.cpp)
add_library(nabla-bench-codegen OBJECT ${codegen_sources} ${codegen_headers})
target_include_directories(nabla-bench-codegen PRIVATE "${PROJECT_SOURCE_DIR}" "${codegen_folder}")
target_include_directories(nabla-bench-codegen SYSTEM PRIVATE "${ADOLC_INCLUDE}" "${CERES_INCLUDE}")
target_compile_options(nabla-bench-codegen PRIVATE ${codegen_flags})
target_link_libraries(nabla-bench-codegen PRIVATE fmt::fmt Eigen3::Eigen)

nabla_glob(bench_sources bench/*.cpp)
add_executable(nabla-bench ${bench_sources})
target_compile_definitions(nabla-bench PRIVATE NABLA_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
target_include_directories(nabla-bench SYSTEM PRIVATE "${GINAC_INCLUDE}" "${CLN_INCLUDE}")
target_link_libraries(nabla-bench PRIVATE
  nabla_core nabla-bench-codegen nabla-bench-hand nabla-bench-hand_vector_math fmt::fmt benchmark::benchmark
  "${GINAC}" "${CLN}" "${ADOLC}")
