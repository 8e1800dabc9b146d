# What `cmake --install` and `cpack` put where.
include(CMakePackageConfigHelpers)
set(nabla_cmake "${CMAKE_INSTALL_LIBDIR}/cmake/Nabla")

install(TARGETS nabla nabla_runtime EXPORT NablaTargets RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
install(TARGETS nabla_core EXPORT NablaCoreTargets ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}"
        LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}")
install(EXPORT NablaTargets NAMESPACE Nabla:: DESTINATION "${nabla_cmake}")
install(EXPORT NablaCoreTargets NAMESPACE Nabla:: DESTINATION "${nabla_cmake}")
install(FILES nabla/nabla.h nabla/nabla.hpp DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/nabla")
install(DIRECTORY runtime/ DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/nabla/runtime" FILES_MATCHING PATTERN "*.h")

set(NABLA_CORE_PACKAGES GMP FLINT Utf8proc fmt)
if(BUILD_SHARED_LIBS)
  set(NABLA_CORE_PACKAGES "")
endif()
configure_package_config_file(cmake/NablaConfig.cmake.in "${PROJECT_BINARY_DIR}/install/NablaConfig.cmake"
  INSTALL_DESTINATION "${nabla_cmake}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/install/NablaConfigVersion.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/install/NablaConfig.cmake"
              "${PROJECT_BINARY_DIR}/install/NablaConfigVersion.cmake"
              cmake/NablaGenerate.cmake cmake/FindGMP.cmake cmake/FindFLINT.cmake cmake/FindUtf8proc.cmake
        DESTINATION "${nabla_cmake}")

# For those who link without CMake: with a static library they link what it stands on too.
set(NABLA_PC_LIBRARIES "")
if(NOT BUILD_SHARED_LIBS)
  foreach(library "${ARB_LIBRARY}" "${FLINT_LIBRARY}" "${MPFR_LIBRARY}" "${GMP_LIBRARY}" "${UTF8PROC_LIBRARY}")
    get_filename_component(name "${library}" NAME_WE)
    string(REGEX REPLACE "^lib" "-l" name "${name}")
    string(APPEND NABLA_PC_LIBRARIES " ${name}")
  endforeach()
  string(APPEND NABLA_PC_LIBRARIES " -lfmt -lstdc++ -lm")
endif()
file(RELATIVE_PATH NABLA_PC_PREFIX "/prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/prefix")
string(REGEX REPLACE "/$" "" NABLA_PC_PREFIX "${NABLA_PC_PREFIX}")
configure_file(cmake/nabla.pc.in "${PROJECT_BINARY_DIR}/install/nabla.pc" @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/install/nabla.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")

install(FILES LICENSE NOTICE DESTINATION "${CMAKE_INSTALL_DOCDIR}")
install(FILES docs/nabla.1 DESTINATION "${CMAKE_INSTALL_MANDIR}/man1")
install(FILES docs/completions/nabla.bash DESTINATION "${CMAKE_INSTALL_DATADIR}/bash-completion/completions" RENAME nabla)
install(FILES docs/completions/_nabla DESTINATION "${CMAKE_INSTALL_DATADIR}/zsh/site-functions")
install(FILES docs/completions/nabla.fish DESTINATION "${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d")
install(DIRECTORY editors/vim/ DESTINATION "${CMAKE_INSTALL_DATADIR}/vim/vimfiles")
install(DIRECTORY editors/vscode/ DESTINATION "${CMAKE_INSTALL_DATADIR}/nabla/vscode")

# One Debian package: program, library, headers. dpkg-shlibdeps finds what the program needs; those who link the
# library need the development packages.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME nabla)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_COMPRESSION_TYPE gzip)  # a second instead of half a minute
set(CPACK_DEBIAN_PACKAGE_MAINTAINER "The Nabla authors <nabla@localhost>")
set(CPACK_DEBIAN_PACKAGE_SECTION math)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ${BUILD_SHARED_LIBS})
set(CPACK_DEBIAN_PACKAGE_SUGGESTS
    "cmake, libgmp-dev, libflint-dev, libflint-arb-dev, libmpfr-dev, libutf8proc-dev, libfmt-dev, libeigen3-dev")
include(CPack)
