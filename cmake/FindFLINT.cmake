# Finds FLINT with Arb: FLINT 3, which contains Arb (flint/arb.h), or FLINT 2 with Arb beside it (arb.h;
# the library is named libflint-arb in Debian and libarb elsewhere).
# Defines FLINT_FOUND, FLINT_VERSION and the target FLINT::FLINT, which links MPFR and GMP too.
find_package(GMP QUIET)
find_path(FLINT_INCLUDE_DIR flint/flint.h)
find_library(FLINT_LIBRARY flint)
find_library(MPFR_LIBRARY mpfr)
find_path(ARB_INCLUDE_DIR NAMES flint/arb.h arb.h)
mark_as_advanced(FLINT_INCLUDE_DIR FLINT_LIBRARY MPFR_LIBRARY ARB_INCLUDE_DIR)

set(FLINT_VERSION "")
if(FLINT_INCLUDE_DIR)
  file(STRINGS "${FLINT_INCLUDE_DIR}/flint/flint.h" _flint_version REGEX "define +FLINT_VERSION +\"")
  string(REGEX REPLACE ".*\"([0-9.]+).*" "\\1" FLINT_VERSION "${_flint_version}")
endif()

set(_flint_needs FLINT_LIBRARY FLINT_INCLUDE_DIR MPFR_LIBRARY ARB_INCLUDE_DIR GMP_FOUND)
set(_flint_libraries "${MPFR_LIBRARY}" GMP::GMP)
if(ARB_INCLUDE_DIR AND NOT EXISTS "${ARB_INCLUDE_DIR}/flint/arb.h")
  find_library(ARB_LIBRARY NAMES flint-arb arb)
  mark_as_advanced(ARB_LIBRARY)
  list(APPEND _flint_needs ARB_LIBRARY)
  # Arb stands on FLINT, so it comes first on the link line.
  set(_flint_libraries "${FLINT_LIBRARY}" ${_flint_libraries})
  set(_flint_first "${ARB_LIBRARY}")
else()
  set(_flint_first "${FLINT_LIBRARY}")
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(FLINT REQUIRED_VARS ${_flint_needs} VERSION_VAR FLINT_VERSION)

if(FLINT_FOUND AND NOT TARGET FLINT::FLINT)
  add_library(FLINT::FLINT UNKNOWN IMPORTED)
  set_target_properties(FLINT::FLINT PROPERTIES
    IMPORTED_LOCATION "${_flint_first}"
    INTERFACE_INCLUDE_DIRECTORIES "${FLINT_INCLUDE_DIR};${ARB_INCLUDE_DIR}"
    INTERFACE_LINK_LIBRARIES "${_flint_libraries}")
endif()
unset(_flint_first)
unset(_flint_needs)
unset(_flint_libraries)
unset(_flint_version)
