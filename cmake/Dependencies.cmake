# nabla_require(<package> <debian package> [CONFIG]) looks for one dependency and remembers it when it is
# missing; nabla_require_done() then names the Debian packages of all missing ones at once.
set(nabla_missing "")

macro(nabla_require package debian)
  find_package(${package} ${ARGN} QUIET)
  if(NOT ${package}_FOUND)
    list(APPEND nabla_missing "${package} (Debian package ${debian})")
  endif()
endmacro()

macro(nabla_require_program variable program debian)
  find_program(${variable} ${program})
  mark_as_advanced(${variable})
  if(NOT ${variable})
    list(APPEND nabla_missing "${program} (Debian package ${debian})")
  endif()
endmacro()

# For a library without CMake files: sets <variable> to the library and <variable>_INCLUDE to its folder.
macro(nabla_require_library variable library header debian)
  find_library(${variable} ${library})
  find_path(${variable}_INCLUDE ${header})
  mark_as_advanced(${variable} ${variable}_INCLUDE)
  if(NOT ${variable} OR NOT ${variable}_INCLUDE)
    list(APPEND nabla_missing "${library} (Debian package ${debian})")
  endif()
endmacro()

macro(nabla_require_done)
  if(nabla_missing)
    list(JOIN nabla_missing "\n  " nabla_missing_lines)
    message(FATAL_ERROR "Nabla needs these, which were not found:\n  ${nabla_missing_lines}\n"
                        "scripts/setup installs them on Debian.")
  endif()
endmacro()
