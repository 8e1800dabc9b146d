// Which parts of a form get a name: e where t1 = …, t2 = ….
//
// Two reasons: a tree of over 200 nodes that is at least twice its DAG is shortened by naming what it
// repeats; and a text must not be nested more deeply than the parser reads, so deep chains are cut.
// The numbering follows the text, not the age of nodes.
#pragma once

#include <string>
#include <vector>

#include "expr/print_form.h"

namespace nabla {

struct Sharing {
  std::vector<FormId> parts;     // in an order in which each uses earlier ones only
  std::vector<uint32_t> number;  // by form: 1, 2, … for parts, 0 for others; may be empty
  std::string prefix;

  bool is_part(FormId f) const { return f < number.size() && number[f] != 0; }
};

Sharing choose_parts(const Forms& forms, FormId root, uint64_t nesting);

}  // namespace nabla
