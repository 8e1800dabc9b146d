// C++ identifiers for the names of a model: readable, safe and injective.
//
// Invariant: within one Identifiers no identifier is handed out twice, and none is a keyword or alternative
// token, a function of <cmath>, a macro of the C library, reserved to the implementation (a leading or a
// double underscore), or one of the temporaries t1, t2, … of generated code. A name that is safe as it
// stands keeps its spelling; the others get `v_` in front, and letters beyond ASCII are spelled out.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace nabla {

// Whether `name` can stand in C++ as it is.
bool is_safe_identifier(std::string_view name);
// The same for a namespace at global scope, which must not be a function of the C library either.
bool is_safe_namespace(std::string_view name);
// The namespace for a model: the name of its file made safe, "black-scholes" -> "black_scholes".
std::string namespace_from(std::string_view stem);

class Identifiers {
 public:
  explicit Identifiers(std::span<const std::string> names);

  // The identifier of a name given to the constructor.
  const std::string& of(std::string_view name) const;
  // An identifier that nothing else has: `wish`, or `wish_2`, `wish_3`, …
  std::string fresh(std::string_view wish);
  // The same for identifiers that end in a number: nothing else is the stem and digits.
  std::string fresh_stem(std::string_view wish);

 private:
  std::unordered_map<std::string, std::string> of_;
  std::unordered_set<std::string> taken_;
};

}  // namespace nabla
