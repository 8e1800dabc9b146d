#include "codegen/c_header.h"

#include "codegen/header_text.h"
#include "expr/diagnostic.h"

namespace nabla {
namespace {

std::string upper_case(std::string text) {
  for (char& c : text) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return text;
}

}  // namespace

std::string c_prefix(const Model& model, const GenerateOptions& options) {
  if (options.use_runtime)
    throw Failure(Code::wrong_argument, "--use-runtime is for C++", "C code carries what it needs");
  std::string prefix;
  for (const std::string& part : split(checked_namespace(model, options), "::"))
    prefix += (prefix.empty() ? "" : "_") + part;
  return prefix;
}

std::string c_scalar(const GenerateOptions& options) {
  return checked_scalar(options) == "float" ? "float" : "double";
}

std::string c_header(const std::string& prefix, const std::string& scalar,
                     const std::set<std::string>& functions, const std::string& banner,
                     const std::string& body) {
  const std::string runtime = runtime_in_c(functions, prefix, scalar),
                    guard = upper_case(prefix) + "_H_INCLUDED", all = runtime + body;
  const auto has = [&](const char* word) { return all.find(word) != std::string::npos; };
  std::string out = banner + "#ifndef " + guard + "\n#define " + guard + "\n\n";
  if (has("DBL_") || has("FLT_")) out += "#include <float.h>\n";
  out += "#include <math.h>\n";
  if (has("bool ")) out += "#include <stdbool.h>\n";
  if (has("ptrdiff_t")) out += "#include <stddef.h>\n";
  if (has("memcmp(")) out += "#include <string.h>\n";
  if (!runtime.empty()) out += "\n// What <math.h> lacks.\n" + runtime;
  return out + body + "\n#endif  // " + guard + "\n";
}

}  // namespace nabla
