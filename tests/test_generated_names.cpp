// Names of a model that mean something to C++: every keyword, alternative token, function of <cmath> and
// <cstdlib>, macro of the standard headers (tests/data/cpp_names.txt), and every macro and every name that
// the headers of this machine define. Headers are compiled below all of those headers, by g++ and clang++;
// what they compute are integers known beforehand.
#include <catch2/catch.hpp>

#include <algorithm>
#include <set>
#include <sstream>

#include "codegen/identifiers.h"
#include "tests/codegen_model.h"
#include "tests/compile.h"
#include "tests/paths.h"

using namespace nabla;
using namespace nabla::test;

namespace {

const std::filesystem::path source = paths::source;

// What may stand in front of a generated header.
const std::string surroundings = [] {
  std::string out;
  for (const char* h :
       {"algorithm",   "any",        "array",        "atomic",       "bitset",   "cassert",   "cctype",
        "cerrno",      "cfenv",      "cfloat",       "charconv",     "chrono",   "cinttypes", "climits",
        "clocale",     "cmath",      "complex",      "csetjmp",      "csignal",  "cstdarg",   "cstddef",
        "cstdint",     "cstdio",     "cstdlib",      "cstring",      "ctime",    "cwchar",    "cwctype",
        "fstream",     "functional", "map",          "memory",       "mutex",    "numeric",   "random",
        "string",      "thread",     "vector",       "math.h",       "stdlib.h", "tgmath.h",  "complex.h",
        "sys/types.h", "sys/stat.h", "sys/socket.h", "netinet/in.h", "unistd.h", "fcntl.h",   "termios.h",
        "pthread.h",   "signal.h",   "setjmp.h"}) {
    out += std::string("#include <") + h + ">\n";
  }
  return out;
}();

bool can_be_a_name(const std::string& word) {
  static const std::set<std::string> reserved = {"for", "in",  "if",    "then", "else", "and",
                                                 "or",  "not", "where", "wrt",  "let",  "end"};
  return reserved.count(word) == 0;
}

std::vector<std::string> listed_names() {
  std::istringstream lines(read_file(source / "tests/data/cpp_names.txt"));
  std::vector<std::string> names;
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::istringstream words(line);
    for (std::string word; words >> word;) {
      if (can_be_a_name(word)) names.push_back(word);
    }
  }
  return names;
}

// The identifiers among the tokens that a compiler's preprocessor prints.
std::set<std::string> identifiers_in(const std::string& text) {
  std::set<std::string> out;
  const auto is_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; };
  for (size_t at = 0; at < text.size();) {
    size_t end = at;
    while (end < text.size() && is_word(text[end])) ++end;
    if (end > at && std::isalpha(static_cast<unsigned char>(text[at]))) out.insert(text.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

std::set<std::string> macros_of(const std::string& compiler, const std::filesystem::path& folder) {
  write_file(folder / "macros.cpp", surroundings);
  const Ran ran =
      run("'" + compiler + "' -std=gnu++17 -dM -E '" + (folder / "macros.cpp").string() + "'", folder);
  REQUIRE(ran.status == 0);
  std::set<std::string> out;
  std::istringstream lines(ran.output);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string define, name;
    words >> define >> name;
    name = name.substr(0, name.find('('));
    if (std::isalpha(static_cast<unsigned char>(name[0])) && can_be_a_name(name)) out.insert(name);
  }
  return out;
}

std::set<std::string> names_in_headers(const std::string& compiler, const std::filesystem::path& folder) {
  write_file(folder / "names.cpp", "#include <cmath>\n#include <cstdlib>\n#include <math.h>\n");
  const Ran ran =
      run("'" + compiler + "' -std=gnu++17 -E -P '" + (folder / "names.cpp").string() + "'", folder);
  REQUIRE(ran.status == 0);
  std::set<std::string> out;
  for (const std::string& name : identifiers_in(ran.output)) {
    if (can_be_a_name(name)) out.insert(name);
  }
  return out;
}

constexpr size_t chunk = 5;
const std::string outputs = " : value, grad, hess, jvp, hvp\n";

// The sum of k*x_k^2 + x_1*x_2 for the names of a chunk; its derivatives are integers.
std::string formula(const std::vector<std::string>& names) {
  std::string out = names[0] + "*" + names[1];
  for (size_t k = 0; k < names.size(); ++k) out += " + " + std::to_string(k + 1) + "*" + names[k] + "^2";
  return out;
}

std::string joined(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& n : names) out += (out.empty() ? "" : ", ") + n;
  return out;
}

std::vector<std::vector<std::string>> chunks(const std::vector<std::string>& names) {
  std::vector<std::vector<std::string>> out;
  for (size_t i = 0; i < names.size(); i += chunk) {
    out.emplace_back(names.begin() + static_cast<std::ptrdiff_t>(i),
                     names.begin() + static_cast<std::ptrdiff_t>(std::min(i + chunk, names.size())));
    if (out.back().size() == 1) out.back().push_back("another");
  }
  return out;
}

// g7(n1, n2, …) for the names as variables.
std::string variables_model(const std::vector<std::vector<std::string>>& parts, const std::string& derived) {
  std::string text;
  for (size_t i = 0; i < parts.size(); ++i) {
    const std::string g = "chunk" + std::to_string(i), list = joined(parts[i]);
    text += "var " + list + "\n" + g + "(" + list + ") = " + formula(parts[i]) + "\n";
    text += "derive " + g + " wrt " + list + derived;
  }
  return text;
}

// The names as functions: name number k is k*a^2 + a*b.
std::string functions_model(const std::vector<std::string>& names) {
  std::string text = "var a_variable, b_variable\n";
  for (size_t k = 0; k < names.size(); ++k) {
    text += names[k] + "(a_variable, b_variable) = " + std::to_string(k + 1) +
            "*a_variable^2 + a_variable*b_variable\n";
    text += "derive " + names[k] + " : value, grad\n";
  }
  return text;
}

std::string prologue(const std::string& header) {
  return "#include <cstdio>\n" + surroundings + "#include \"" + header +
         "\"\nnamespace {\nint wrong = 0;\n[[maybe_unused]] void expect(int what, double got, double wanted) "
         "{\n"
         "  if (!(got <= wanted && got >= wanted)) std::printf(\"%d: %g, not %g\\n\", what, got, wanted), "
         "++wrong;\n"
         "}\n}  // namespace\n";
}

// Calls g_i at x_k = k + 2 and compares value, gradient and both products with the Hessian.
std::string variables_consumer(size_t count, size_t last) {
  std::string body;
  for (size_t i = 0; i < count; ++i) {
    const size_t n = i + 1 < count ? chunk : last;
    std::string list, direction;
    double value = 2 * 3;
    for (size_t k = 0; k < n; ++k) {
      list += (k > 0 ? ", " : "") + std::to_string(k + 2);
      direction += std::string(k > 0 ? ", " : "") + (k == 0 ? "1.0" : "0.0");
      value += static_cast<double>((k + 1) * (k + 2) * (k + 2));
    }
    const std::string g = "names::chunk" + std::to_string(i), id = std::to_string(i);
    body += "void check" + id + "() {\n  expect(" + id + ", " + g + "(" + list + "), " +
            std::to_string(value) + ");\n";
    body += "  const auto h = " + g + "_hess(" + list + ");\n  const std::array<double, " +
            std::to_string(n) + "> d = {" + direction + "};\n";
    body += "  expect(" + id + ", " + g + "_jvp(" + list + ", d).jvp, 7);\n";
    body += "  expect(" + id + ", " + g + "_hvp(" + list + ", d).hvp[1], 1);\n";
    for (size_t k = 0; k < n; ++k) {
      const double gradient = static_cast<double>(2 * (k + 1) * (k + 2)) + (k == 0 ? 3 : k == 1 ? 2 : 0);
      const std::string at = "[" + std::to_string(k) + "]";
      body += "  expect(" + id + ", h.grad" + at + ", " + std::to_string(gradient) + ");\n";
      body += "  expect(" + id + ", h.hess" + at + at + ", " + std::to_string(2 * (k + 1)) + ");\n";
    }
    body += "}\n";
  }
  body += "int main() {\n";
  for (size_t i = 0; i < count; ++i) body += "  check" + std::to_string(i) + "();\n";
  return body + "  return wrong;\n}\n";
}

void compile_and_run(const std::string& file, const std::string& options,
                     const std::filesystem::path& folder) {
  for (const std::string& compiler : compilers()) {
    INFO(compiler);
    const std::string binary = (folder / "program").string();
    const Ran built = run(
        "'" + compiler + "'" + strict + options + " '" + (folder / file).string() + "' -o '" + binary + "'",
        folder);
    INFO(built.output.substr(0, 4000));
    REQUIRE(built.status == 0);
    const Ran ran = run("'" + binary + "'", folder);
    INFO(ran.output);
    CHECK(ran.status == 0);
  }
}

}  // namespace

TEST_CASE("generated names: keywords, functions and macros as variables", "[codegen]") {
  const std::filesystem::path folder = fresh_folder("names-variables");
  const auto parts = chunks(listed_names());
  GenerateOptions options;
  options.name_space = "names";
  write_file(folder / "names.h", LoadedModel(variables_model(parts, outputs)).header(options));
  write_file(folder / "names.cpp",
             prologue("names.h") + variables_consumer(parts.size(), parts.back().size()));
  compile_and_run("names.cpp", "-O0", folder);
}

TEST_CASE("generated names: keywords, functions and macros as functions", "[codegen]") {
  const std::filesystem::path folder = fresh_folder("names-functions");
  std::vector<std::string> names = listed_names();
  names.erase(std::remove(names.begin(), names.end(), "assert"), names.end());  // begins an assertion
  GenerateOptions options;
  options.name_space = "names";
  write_file(folder / "names.h", LoadedModel(functions_model(names)).header(options));
  write_file(folder / "names.cpp", prologue("names.h") + "int main() { return wrong; }\n");
  compile_and_run("names.cpp", "-O0", folder);
}

TEST_CASE("generated names: whatever the headers of this machine define", "[codegen]") {
  const std::filesystem::path folder = fresh_folder("names-machine");
  std::set<std::string> macros, names;
  for (const std::string& compiler : compilers()) {
    macros.merge(macros_of(compiler, folder));
    names.merge(names_in_headers(compiler, folder));
  }
  CHECK(macros.size() > 1000);
  CHECK(names.size() > 1000);
  names.insert(macros.begin(), macros.end());
  const std::vector<std::string> all(names.begin(), names.end());
  const Identifiers identifiers(all);
  std::set<std::string> handed_out;
  for (const std::string& name : all) {
    const std::string& identifier = identifiers.of(name);
    INFO(name << " -> " << identifier);
    CHECK(handed_out.insert(identifier).second);
    CHECK(macros.count(identifier) == 0);
  }
  GenerateOptions options;
  options.name_space = "names";
  write_file(folder / "names.h",
             LoadedModel(variables_model(chunks(all), " : value, grad\n")).header(options));
  write_file(folder / "names.cpp", prologue("names.h") + "int main() { return wrong; }\n");
  compile_and_run("names.cpp", "-O0 -std=gnu++17", folder);
}

TEST_CASE("generated names: namespaces", "[codegen]") {
  const std::filesystem::path folder = fresh_folder("names-namespaces");
  std::string text = surroundings;
  std::set<std::string> names, seen;
  for (const std::string& compiler : compilers()) names.merge(names_in_headers(compiler, folder));
  for (const std::string& name : listed_names()) names.insert(name);
  for (const std::string& name : names) {
    const std::string n = namespace_from(name);
    if (seen.insert(n).second) text += "namespace " + n + " {\ninline int one() { return 1; }\n}\n";
  }
  write_file(folder / "namespaces.cpp", text + "int main() { return 0; }\n");
  compile_and_run("namespaces.cpp", "-O0 -std=gnu++17", folder);
}
