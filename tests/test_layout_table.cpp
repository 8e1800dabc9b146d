// Every output in every storage, scalar type and language: each is generated and compiles under strict flags,
// or is refused by name with exit status 4 and a remedy. The table says which; docs/generated-code.md says
// why.
#include <catch2/catch.hpp>
#include <sstream>

#include "command.h"
#include "tests/compile.h"
#include "tests/paths.h"

using command::contains;
using command::Folder;
using command::Result;

namespace {

// Constant sizes: array, span, eigen, C; symbolic sizes: span, eigen, C. + is there, - is refused.
constexpr const char* table =
    "value              ++++ +++\n"
    "grad               ++++ +++\n"
    "grad(only)         ++++ +++\n"
    "hess               ++++ +++\n"
    "hess(only)         ++++ +++\n"
    "hess(lower)        ++++ +++\n"
    "hess(lower,only)   ++++ +++\n"
    "hess(csr)          ++++ ---\n"
    "hess(csc)          ++++ ---\n"
    "hess(lower,csr)    ++++ ---\n"
    "hess(lower,csc)    ++++ ---\n"
    "hvp                ++++ +++\n"
    "jac                ++++ +++\n"
    "jac(only)          ++++ +++\n"
    "jac(csr)           ++++ +++\n"
    "jac(csc)           ++++ +++\n"
    "jac(csr,only)      ++++ +++\n"
    "jvp                ++++ +++\n"
    "vjp                ++++ +++\n"
    "value,batch        ++++ +++\n"
    "grad,batch         ++++ +++\n"
    "grad(only),batch   ++++ +++\n"
    "hess,batch         ++++ +++\n"
    "hess(only),batch   ++++ +++\n"
    "hess(lower),batch  ++++ +++\n"
    "hess(csr),batch    ++++ ---\n"
    "hess(lower,csc),batch ++++ ---\n"
    "hvp,batch          ++++ +++\n"
    "jac,batch          ++++ +++\n"
    "jac(only),batch    ++++ +++\n"
    "jac(csr),batch     ++++ +++\n"
    "jac(csc,only),batch ++++ +++\n"
    "hess(lower,csr),batch(x) ++++ ---\n"
    "hess(csr),batch(x) ---- ---\n"
    "jac(csc),batch(x)  ++++ +++\n"
    "jac(csr),batch(x)  ---- ---\n"
    "jvp,batch          ++++ +++\n"
    "vjp,batch          ++++ +++\n";

struct Column {
  const char* name;
  bool symbolic;
  std::vector<std::string> options;
};

const std::vector<Column> columns = {
    {"array", false, {"--storage", "array"}},          {"span", false, {"--storage", "span"}},
    {"eigen", false, {"--storage", "eigen"}},          {"c", false, {"--lang", "c"}},
    {"span of any size", true, {"--storage", "span"}}, {"eigen of any size", true, {"--storage", "eigen"}},
    {"c of any size", true, {"--lang", "c"}},
};

struct Row {
  std::string outputs, marks;
};

std::vector<Row> rows() {
  std::vector<Row> out;
  std::istringstream lines(table);
  std::string outputs, constant, symbolic;
  while (lines >> outputs >> constant >> symbolic) out.push_back({outputs, constant + symbolic});
  return out;
}

// A scalar, or an array where a Jacobian is asked for, of vectors and a number.
std::string model(const Row& row, bool symbolic) {
  const bool array = row.outputs.substr(0, 3) == "jac" || row.outputs[0] == 'j' || row.outputs[0] == 'v';
  const std::string shape = symbolic ? "dim n\nvar x, y : vector[n]\n" : "var x, y : vector[3]\n";
  return shape + "param a : scalar > 0\nf(x, y, a) = " +
         (array ? "a*x .* sin(y)" : "sum(x .* x .* y) + a*exp(x'*y/100)") +
         "\nderive f wrt x, y : " + row.outputs + "\n";
}

Result generated(const Folder& folder, const Row& row, const Column& column, const std::string& scalar,
                 const std::string& out) {
  const std::string file = folder.write("model.nabla", model(row, column.symbolic));
  std::vector<std::string> arguments = {"gen", file, "-o", out};
  arguments.insert(arguments.end(), column.options.begin(), column.options.end());
  if (!scalar.empty()) arguments.insert(arguments.end(), {"--scalar", scalar});
  return command::nabla(arguments);
}

// All headers of a column and scalar type in one text, each in a namespace of its own.
void compile_column(const Folder& folder, size_t c, const std::string& scalar) {
  const bool in_c = columns[c].options[1] == std::string("c");
  std::string includes;
  size_t count = 0;
  for (const Row& row : rows()) {
    if (row.marks[c] != '+') continue;
    const std::string name = "m" + std::to_string(++count);
    Column column = columns[c];
    column.options.insert(column.options.end(), {"--namespace", name});
    REQUIRE(generated(folder, row, column, scalar, folder.path(name + ".h")).status == 0);
    includes += "#include \"" + name + ".h\"\n";
  }
  if (count == 0) return;
  const std::string source =
      folder.write(in_c ? "all.c" : "all.cpp", includes + "int main(void) { return 0; }\n");
  const std::string flags = in_c ? nabla::test::strict_c : nabla::test::strict;
  for (const std::string& compiler : nabla::test::compilers()) {
    INFO(compiler << ", " << columns[c].name << ", " << scalar);
    const auto ran = nabla::test::run("'" + compiler + "'" + flags + "-fsyntax-only -isystem '" +
                                          std::string(paths::eigen) + "' '" + source + "'",
                                      folder.path());
    INFO(ran.output.substr(0, 3000));
    CHECK(ran.status == 0);
  }
}

}  // namespace

TEST_CASE("layouts: each output in each storage and language is there or is refused", "[codegen][layout]") {
  const Folder folder;
  for (const Row& row : rows()) {
    for (size_t c = 0; c < columns.size(); ++c) {
      INFO(row.outputs << ", " << columns[c].name);
      const Result r = generated(folder, row, columns[c], "double", "-");
      INFO(r.err);
      REQUIRE(row.marks.size() == columns.size());
      if (row.marks[c] == '+') {
        CHECK(r.status == 0);
        continue;
      }
      CHECK(r.status == 4);
      CHECK(contains(r.err, "not yet available"));
      CHECK(contains(r.err, "help: "));
    }
  }
}

TEST_CASE("layouts: each scalar type compiles", "[codegen][layout]") {
  for (size_t c = 0; c < columns.size(); ++c) {
    const bool is_template =
        columns[c].options[1] == std::string("array") || columns[c].options[1] == std::string("span");
    for (const std::string scalar : {"template", "double", "float"}) {
      const Folder folder;
      if (scalar != "template" || is_template) {
        compile_column(folder, c, scalar);
        continue;
      }
      const Result r = generated(folder, {"grad", "+"}, columns[c], scalar, "-");
      INFO(columns[c].name << r.err);
      CHECK(r.status == 4);
      CHECK(contains(r.err, "help: "));
    }
  }
}
