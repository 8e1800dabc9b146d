# cmake -DIN=a.nabla;b.nabla -DOUT=book_text.cpp -P BookText.cmake
# writes the definition of nabla::book_files(), declared in cookbook/book.h: the files of the cookbook, in
# the order of the list, inside the program.
set(body "")
foreach(file IN LISTS IN)
  file(READ "${file}" text)
  string(FIND "${text}" ")nabla\"" clash)
  if(NOT clash EQUAL -1)
    message(FATAL_ERROR "${file} contains )nabla\", which ends the literal it is put into")
  endif()
  get_filename_component(name "${file}" NAME)
  string(APPEND body "    {\"${name}\", R\"nabla(${text})nabla\"},\n")
endforeach()
file(WRITE "${OUT}" "#include \"cookbook/book.h\"\n\nstd::span<const nabla::BookFile> nabla::book_files() {\n"
                    "  static constexpr nabla::BookFile files[] = {\n${body}  };\n  return files;\n}\n")
