// What the word at the cursor may become: names and functions, commands with their settings and files, and
// symbols such as \alpha.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace nabla::prompt {

struct Setting {
  std::string name;
  std::vector<std::string> values;
};

struct Vocabulary {
  std::vector<std::string> names;  // of values
  std::vector<std::string> functions;
  std::vector<std::string> commands;    // with their colons
  std::vector<Setting> settings = {};   // of :set
  std::vector<std::string> codes = {};  // of :explain
};

// Asked for when it is needed: names come and go.
using Words = std::function<Vocabulary()>;

struct Completion {
  size_t begin = 0;                  // what stands from here to the cursor is replaced
  std::vector<std::string> choices;  // sorted, each once
  std::string common;                // the longest text that all of them begin with
};

// The files and folders whose paths begin so; folders end in '/'. Names that begin with a point only if
// asked.
std::vector<std::string> files_named(const std::string& begin);

// Of \alpha the choice is α itself once the name is whole.
Completion complete(const std::string& text, size_t cursor, const Vocabulary& words);

// The symbol of a name such as "alpha" or "le"; empty if there is none.
std::string_view symbol_named(std::string_view name);

}  // namespace nabla::prompt
