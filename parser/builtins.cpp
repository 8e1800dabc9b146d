// The functions of the language by name: the rows of the function table, and the ones that need more than
// their arguments' values.
#include <algorithm>

#include "expr/operator.h"
#include "parser/elaborator.h"

namespace nabla {

struct BuiltinTable {
  std::vector<Builtin> rows;  // by name

  using Build = Ref (Elaborator::*)(NodeId);

  void add(std::string_view name, Build build, uint8_t least, uint8_t most, std::string_view keywords = {}) {
    Builtin b;
    b.name = name;
    b.build = build;
    b.min_args = least;
    b.max_args = most;
    b.keywords = keywords;
    rows.push_back(b);
  }

  void add_functions() {
    for (size_t i = 0; i < function_count(); ++i) {
      const Function& f = row(function_at(i));
      if (f.fn == Fn::max || f.fn == Fn::min) continue;  // reductions too
      if (f.fn == Fn::real || f.fn == Fn::imag || f.fn == Fn::conj)
        continue;  // nothing to do for real values
      if (f.shape == ShapeRule::elementwise) {
        add(f.name, nullptr, f.min_args, f.max_args);
        rows.back().fn = f.fn;
        continue;
      }
      const bool along =
          f.shape == ShapeRule::along || f.shape == ShapeRule::along_to_scalar || f.shape == ShapeRule::norm;
      add(f.name, &Elaborator::matrix_call, f.min_args, along ? 1 : f.max_args, along ? "dim" : "");
    }
  }

  void add_matrices() {
    for (const char* name : {"sum", "prod", "mean"}) add(name, &Elaborator::reduction, 1, 1, "dim");
    for (const char* name : {"max", "min"}) add(name, &Elaborator::reduction, 1, 255, "dim");
    for (const char* name : {"tr", "inv", "sym", "skew", "tril", "triu", "transpose", "ctranspose", "diag"}) {
      add(name, &Elaborator::matrix_builtin, 1, 1);
    }
    for (const char* name : {"solve", "dot", "cross", "kron", "hadamard"})
      add(name, &Elaborator::matrix_builtin, 2, 2);
    for (const char* name : {"real", "imag", "conj"}) add(name, &Elaborator::complex_part, 1, 1);
    add("cumsum", &Elaborator::cumulative, 1, 1, "dim");
    add("norm", &Elaborator::matrix_call, 1, 1, "dim");
    add("vec", &Elaborator::reshaping, 1, 1);
    add("unvec", &Elaborator::reshaping, 3, 255);
    add("eye", &Elaborator::constant_array, 1, 2);
    for (const char* name : {"zeros", "ones"}) add(name, &Elaborator::constant_array, 1, 8);
    for (const char* name : {"unit", "commut"}) add(name, &Elaborator::constant_array, 2, 2);
    add("single", &Elaborator::constant_array, 4, 4);
    add("delta", &Elaborator::kronecker_delta, 2, 2);
  }

  BuiltinTable() {
    add_functions();
    add_matrices();
    for (const std::string_view name : operator_names) {
      add(name, &Elaborator::operator_call, 1, 255);
      rows.back().is_operator = true;
    }
    std::sort(rows.begin(), rows.end(), [](const Builtin& a, const Builtin& b) { return a.name < b.name; });
  }
};

namespace {

const BuiltinTable& table() {
  static const BuiltinTable t;  // immutable once built
  return t;
}

}  // namespace

const Builtin* find_builtin(std::string_view name) {
  const auto& rows = table().rows;
  const auto at = std::lower_bound(rows.begin(), rows.end(), name,
                                   [](const Builtin& b, std::string_view s) { return b.name < s; });
  return at != rows.end() && at->name == name ? &*at : nullptr;
}

std::vector<std::string_view> builtin_names() {
  std::vector<std::string_view> names;
  for (const Builtin& b : table().rows) names.push_back(b.name);
  return names;
}

}  // namespace nabla
