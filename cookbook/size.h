// How large a formula is as it is written: DAG nodes of its syntax tree (docs/language.md, "Counting").
//
// Leaves and operators, equal subtrees once: an n-ary sum or product is one operator, each '/' one, a sign
// none, and a name that stands for an abbreviation counts as what it abbreviates.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "parser/syntax.h"

namespace nabla {

class SyntaxSize {
 public:
  // Adds the definition `name = …` whose body is this tree.
  void define(const SyntaxTree& tree, NodeId body, const std::string& name);
  // DAG nodes of the expression at `root`.
  size_t dag_nodes(const SyntaxTree& tree, NodeId root);

 private:
  using Part = uint32_t;
  Part part(const SyntaxTree& tree, NodeId root);
  Part number_part(std::vector<uint64_t> content);

  struct Node {
    std::vector<Part> below;
    uint32_t operators = 1;
  };
  std::map<std::vector<uint64_t>, Part> numbers_;
  std::vector<Node> nodes_{{}};
  std::map<std::string, Part> definitions_;
  std::map<std::string, uint64_t> words_;
};

}  // namespace nabla
