// The functions of the language by name: the rows of the function table, and the ones that need more than
// their arguments' values.
#include <algorithm>

#include "parser/elaborator.h"

namespace nabla {
namespace {

struct Table {
  std::vector<Builtin> rows;  // by name

  Table() {
    for (size_t i = 0; i < function_count(); ++i) {
      const Function& f = row(function_at(i));
      if (f.shape != ShapeRule::elementwise) continue;
      Builtin b;
      b.name = f.name;
      b.min_args = f.min_args;
      b.max_args = f.max_args;
      b.fn = f.fn;
      rows.push_back(b);
    }
    std::sort(rows.begin(), rows.end(), [](const Builtin& a, const Builtin& b) { return a.name < b.name; });
  }
};

const Table& table() {
  static const Table t;  // immutable once built
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
