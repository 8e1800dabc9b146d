# nabla_generate: derivatives in a build. docs/build.md shows it at work.
#
#   nabla_generate(TARGET <target>
#                  MODELS <file>...            # each becomes <name>.h; names differ
#                  [FUNCTIONS <name>...]       # only these functions
#                  [DERIVE <output>...]        # value grad "hess(lower, csr)" ... in place of the model's own
#                  [NAMESPACE <n::m>]
#                  [SCALAR double|float|template]
#                  [STORAGE array|span|eigen]
#                  [LANGUAGE cpp|c]
#                  [OUTPUT_DIR <folder>]       # default: nabla/<target> in the current binary folder
#                  [COMMITTED <folder>])       # where the repository keeps a copy of the headers
#
# <target> is an INTERFACE library: what links it finds the headers, and waits until they are up to date. A
# header is written anew when its model, one of the files that the model imports, or Nabla changed; where its
# text stays the same the file stays untouched, so that nothing is compiled again.
#
# With COMMITTED there are a test for each model, nabla.<target>.<name>, which fails where the copy is not what
# Nabla would write, and a target <target>-commit, which brings the copies up to date.
#
# The generator is Nabla::nabla. Where that does not run here, as in a build for another machine, set
# NABLA_EXECUTABLE to one that does.
cmake_policy(PUSH)
cmake_policy(VERSION 3.20)

if(NOT DEFINED NABLA_EXECUTABLE)
  set(NABLA_EXECUTABLE "" CACHE FILEPATH "The nabla that generates code; empty: that of this package")
  mark_as_advanced(NABLA_EXECUTABLE)
endif()

# Sets <command> and <depends>, what a rule that runs it depends on.
function(_nabla_generator command depends)
  if(NABLA_EXECUTABLE)
    if(NOT EXISTS "${NABLA_EXECUTABLE}")
      message(FATAL_ERROR "nabla_generate: NABLA_EXECUTABLE is no file: ${NABLA_EXECUTABLE}")
    endif()
    set(file "${NABLA_EXECUTABLE}")
  elseif(CMAKE_CROSSCOMPILING)
    message(FATAL_ERROR "nabla_generate: this build is for another machine; set NABLA_EXECUTABLE to a nabla that "
                        "runs here")
  elseif(TARGET Nabla::nabla)
    set(file "$<TARGET_FILE:Nabla::nabla>")
  else()
    message(FATAL_ERROR "nabla_generate: there is no target Nabla::nabla; set NABLA_EXECUTABLE to the program")
  endif()
  set(${command} "${file}" PARENT_SCOPE)
  set(${depends} "${file}" PARENT_SCOPE)
endfunction()

# The options of `nabla gen` that all models of a call share.
function(_nabla_gen_options out)
  set(options "")
  foreach(list FUNCTIONS DERIVE)
    if(NABLA_${list})
      string(TOLOWER "${list}" name)
      string(REPLACE ";" "," value "${NABLA_${list}}")
      list(APPEND options "--${name}" "${value}")
    endif()
  endforeach()
  foreach(single NAMESPACE SCALAR STORAGE)
    if(NABLA_${single})
      string(TOLOWER "${single}" name)
      list(APPEND options "--${name}" "${NABLA_${single}}")
    endif()
  endforeach()
  if(NABLA_LANGUAGE)
    list(APPEND options --lang "${NABLA_LANGUAGE}")
  endif()
  set(${out} "${options}" PARENT_SCOPE)
endfunction()

# What the code needs of those who compile it.
function(_nabla_usage target)
  if(NABLA_LANGUAGE STREQUAL "c")
    if(UNIX)
      target_link_libraries(${target} INTERFACE m)
    endif()
    return()
  endif()
  get_property(languages GLOBAL PROPERTY ENABLED_LANGUAGES)
  if("CXX" IN_LIST languages)
    target_compile_features(${target} INTERFACE cxx_std_17)
  endif()
  if(NABLA_STORAGE STREQUAL "eigen")
    if(NOT TARGET Eigen3::Eigen)
      find_package(Eigen3 QUIET CONFIG)
    endif()
    if(NOT TARGET Eigen3::Eigen)
      message(FATAL_ERROR "nabla_generate: STORAGE eigen needs Eigen 3 (Debian package libeigen3-dev)")
    endif()
    target_link_libraries(${target} INTERFACE Eigen3::Eigen)
  endif()
endfunction()

# Refuses an argument that there is not; the one that was meant begins with the same letters.
function(_nabla_no_argument argument)
  set(known ${single_arguments} ${list_arguments})
  string(TOUPPER "${argument}" upper)
  string(SUBSTRING "${upper}" 0 3 start)
  set(meant "")
  foreach(one IN LISTS known)
    if(one MATCHES "^${start}" AND start MATCHES "^[A-Z][A-Z][A-Z]$")
      set(meant "; did you mean ${one}?")
    endif()
  endforeach()
  list(SORT known)
  list(JOIN known ", " known)
  message(FATAL_ERROR "nabla_generate: no such argument: ${argument}${meant}\nThe arguments are ${known}.")
endfunction()

# Refuses what cannot be meant, before anything is made.
macro(_nabla_check_arguments)
  if(NABLA_UNPARSED_ARGUMENTS)
    list(GET NABLA_UNPARSED_ARGUMENTS 0 argument)
    _nabla_no_argument("${argument}")
  endif()
  if(NABLA_KEYWORDS_MISSING_VALUES)
    message(FATAL_ERROR "nabla_generate: ${NABLA_KEYWORDS_MISSING_VALUES} needs a value")
  endif()
  if(NOT NABLA_TARGET OR NOT NABLA_MODELS)
    message(FATAL_ERROR "nabla_generate needs TARGET and MODELS")
  endif()
  set(known_SCALAR double float template)
  set(known_STORAGE array span eigen)
  set(known_LANGUAGE cpp c)
  foreach(option SCALAR STORAGE LANGUAGE)
    if(NABLA_${option} AND NOT NABLA_${option} IN_LIST known_${option})
      list(JOIN known_${option} ", " choices)
      message(FATAL_ERROR "nabla_generate: ${option} is one of ${choices}, not '${NABLA_${option}}'")
    endif()
  endforeach()
  if(NOT NABLA_TARGET MATCHES "^[A-Za-z0-9_.+-]+$")
    message(FATAL_ERROR "nabla_generate: '${NABLA_TARGET}' cannot be the name of a target")
  endif()
  if(TARGET "${NABLA_TARGET}")
    message(FATAL_ERROR "nabla_generate: there is a target '${NABLA_TARGET}' already; "
                        "link to it what this call makes under another name")
  endif()
endmacro()

# Refuses a model that is not there, and paths that CMake or the build would read as something else.
function(_nabla_check_model model file header)
  if(file MATCHES "\n|[$][<(]")
    message(FATAL_ERROR "nabla_generate: build systems misread line breaks, '$<' and '$(' in a path: ${file}")
  endif()
  if(header MATCHES "[#;|:<>\t\n]|[$][(]")
    message(FATAL_ERROR "nabla_generate: build systems misread '#', ';', '|', ':', '<', '>', tabs and '$(' in the path "
                        "of a file that they make: ${header}")
  endif()
  get_source_file_property(generated "${file}" GENERATED)
  if(NOT generated AND (NOT EXISTS "${file}" OR IS_DIRECTORY "${file}"))
    if(model MATCHES "^[A-Z_]+$")
      _nabla_no_argument("${model}")
    endif()
    message(FATAL_ERROR "nabla_generate: there is no model ${file}")
  endif()
endfunction()

# Two models must not become one file, neither in one call nor in two.
function(_nabla_claim header model)
  get_property(owner GLOBAL PROPERTY "_NABLA_OWNER_${header}")
  if(owner)
    message(FATAL_ERROR "nabla_generate: two models would be written to ${header}:\n  ${owner}\n  ${model}\n"
                        "Rename one, or give each a call with an OUTPUT_DIR of its own.")
  endif()
  set_property(GLOBAL PROPERTY "_NABLA_OWNER_${header}" "${model}")
endfunction()

# The rule for one header, within a call of nabla_generate. Sets <stamp>, which is newer than the header.
function(_nabla_rule file header name stamp)
  string(MAKE_C_IDENTIFIER "${name}" record)
  if(NOT record STREQUAL name)
    string(MD5 record "${name}")
  endif()
  set(record "${records}/${record}")
  # Where rules have no way to write a path they look at the file through a link.
  set(watched "${file}")
  if(file MATCHES "[;|:\t]")
    set(watched "${record}.nabla")
    file(CREATE_LINK "${file}" "${watched}" SYMBOLIC)
  endif()
  # Ninja sees that a byproduct is gone. make first makes what a rule waits for: where the header is gone that
  # makes nothing, but then the stamp is out of date.
  set(byproduct BYPRODUCTS "${header}")
  set(present "")
  if(CMAKE_GENERATOR MATCHES "Makefiles")
    set(byproduct "")
    set(present "${header}")
    add_custom_command(OUTPUT "${header}" COMMAND "${CMAKE_COMMAND}" -E true COMMENT "" VERBATIM)
  endif()
  add_custom_command(
    OUTPUT "${record}.stamp"
    ${byproduct}
    COMMAND "${generator}" gen "${file}" -o "${header}" ${options} --depfile "${record}.d" --stamp "${record}.stamp"
    DEPENDS "${watched}" "${call}" "${generator_file}" ${present}
    DEPFILE "${record}.d"
    COMMENT "nabla ${name}.h"
    VERBATIM)
  set(${stamp} "${record}.stamp" PARENT_SCOPE)
endfunction()

# A header whose model is no longer asked for must not go on to be included. <records>/headers are those of the
# last configuration.
function(_nabla_remove_old headers)
  set(old "")
  if(EXISTS "${records}/headers")
    file(STRINGS "${records}/headers" old)
  endif()
  foreach(header IN LISTS old)
    if(NOT header IN_LIST headers AND EXISTS "${header}")
      file(READ "${header}" banner LIMIT 21)
      if(banner MATCHES "^// Generated by nabla")
        file(REMOVE "${header}")
      endif()
    endif()
  endforeach()
  list(JOIN headers "\n" lines)
  file(WRITE "${records}/headers" "${lines}\n")
endfunction()

function(nabla_generate)
  set(single_arguments TARGET NAMESPACE SCALAR STORAGE LANGUAGE OUTPUT_DIR COMMITTED)
  set(list_arguments MODELS FUNCTIONS DERIVE)
  cmake_parse_arguments(PARSE_ARGV 0 NABLA "" "${single_arguments}" "${list_arguments}")
  _nabla_check_arguments()
  _nabla_generator(generator generator_file)
  _nabla_gen_options(options)

  if(NOT NABLA_OUTPUT_DIR)
    set(NABLA_OUTPUT_DIR "nabla/${NABLA_TARGET}")
  endif()
  get_filename_component(folder "${NABLA_OUTPUT_DIR}" ABSOLUTE BASE_DIR "${CMAKE_CURRENT_BINARY_DIR}")
  set(records "${CMAKE_CURRENT_BINARY_DIR}/CMakeFiles/${NABLA_TARGET}-nabla")  # stamps and what was imported
  file(MAKE_DIRECTORY "${folder}" "${records}")
  if(NABLA_COMMITTED)
    get_filename_component(committed "${NABLA_COMMITTED}" ABSOLUTE)
    file(MAKE_DIRECTORY "${committed}")
  endif()

  # Ninja runs what has another command line; Make needs a file that changes with it.
  set(call "${records}/call")
  string(JOIN "\n" call_text "${generator}" "${folder}" ${options})
  file(CONFIGURE OUTPUT "${call}" CONTENT "@call_text@\n" @ONLY)

  set(stamps "")
  set(headers "")
  set(updates "")
  foreach(model IN LISTS NABLA_MODELS)
    get_filename_component(file "${model}" ABSOLUTE)
    get_filename_component(name "${model}" NAME_WLE)
    set(header "${folder}/${name}.h")
    _nabla_check_model("${model}" "${file}" "${header}")
    _nabla_claim("${header}" "${file}")
    _nabla_rule("${file}" "${header}" "${name}" stamp)
    list(APPEND stamps "${stamp}")
    list(APPEND headers "${header}")
    if(NABLA_COMMITTED)
      add_test(NAME "nabla.${NABLA_TARGET}.${name}"
        COMMAND "${generator}" gen "${file}" -o "${committed}/${name}.h" ${options} --check)
      list(APPEND updates COMMAND "${generator}" gen "${file}" -o "${committed}/${name}.h" ${options})
    endif()
  endforeach()

  _nabla_remove_old("${headers}")

  # CMake's record for make (CMake 3.25) never forgets what a header depended on, and make would run for ever where
  # that is gone. Without the record the depfiles are read again.
  if(CMAKE_GENERATOR MATCHES "Makefiles")
    set(record "${CMAKE_CURRENT_BINARY_DIR}/CMakeFiles/${NABLA_TARGET}-generate.dir/compiler_depend.internal")
    add_custom_command(
      OUTPUT "${records}/done"
      COMMAND "${CMAKE_COMMAND}" -E rm -f "${record}"
      COMMAND "${CMAKE_COMMAND}" -E touch "${records}/done"
      DEPENDS ${stamps}
      COMMENT ""
      VERBATIM)
    set(stamps "${records}/done")
  endif()
  add_custom_target("${NABLA_TARGET}-generate" DEPENDS ${stamps})
  add_library("${NABLA_TARGET}" INTERFACE)
  target_include_directories("${NABLA_TARGET}" INTERFACE "$<BUILD_INTERFACE:${folder}>")
  add_dependencies("${NABLA_TARGET}" "${NABLA_TARGET}-generate")
  _nabla_usage("${NABLA_TARGET}")
  if(NABLA_COMMITTED)
    add_custom_target("${NABLA_TARGET}-commit" ${updates} COMMENT "nabla: headers in ${committed}" VERBATIM)
  endif()
endfunction()

cmake_policy(POP)
