# cmake "-DIN=runtime/a.h;runtime/b.h" -DOUT=runtime_text.cpp -P RuntimeText.cmake
# writes the definition of nabla::runtime_text(), declared in codegen/runtime_text.h.
set(text "")
foreach(file IN LISTS IN)
  file(READ "${file}" more)
  string(APPEND text "${more}")
endforeach()
string(FIND "${text}" ")nabla\"" clash)
if(NOT clash EQUAL -1)
  message(FATAL_ERROR "${IN} contains )nabla\", which ends the literal it is put into")
endif()
file(WRITE "${OUT}" "#include \"codegen/runtime_text.h\"\n\nstd::string_view nabla::runtime_text() {\n"
                    "  return R\"nabla(${text})nabla\";\n}\n")
