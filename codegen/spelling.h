// What C++ and C spell differently in the statements of loops.
#pragma once

#include <cstdint>
#include <string>

namespace nabla {

enum class EmitLanguage : uint8_t { cpp, c };

struct Spelling {
  EmitLanguage language = EmitLanguage::cpp;

  bool is_c() const { return language == EmitLanguage::c; }
  std::string integer() const;  // the type of sizes and positions
  // A number as an integer, and an integer (`data`: an int of the caller) as a number of type `scalar`.
  std::string to_integer(const std::string& number) const;
  std::string to_number(const std::string& integer, const std::string& scalar) const;
  std::string data_to_number(const std::string& data, const std::string& scalar) const;
  // Up to the first argument: "rt::softmax<T>(", in C "PREFIX__softmax(".
  std::string call(const std::string& runtime, const std::string& function, const std::string& scalar) const;
  // What begins every call of the runtime.
  std::string calls_of(const std::string& runtime) const;
  std::string nan(const std::string& scalar) const;
  std::string zeros() const;     // the initializer of an array
  std::string constant() const;  // of an integer that the compiler knows: "constexpr", "const"
  // Heads of functions: "inline ", "static inline "; of those that give a size; of a result.
  std::string function() const;
  std::string size_function() const;
  std::string result() const;
  std::string to_size(const std::string& integer) const;
  std::string to_int(const std::string& integer) const;
};

}  // namespace nabla
