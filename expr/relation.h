// Relations between numbers of any ordered type.
#pragma once

#include "expr/node.h"

namespace nabla {

template <class T>
constexpr bool relation_holds(Relation relation, const T& a, const T& b) {
  switch (relation) {
    case Relation::less:
      return a < b;
    case Relation::less_equal:
      return a <= b;
    case Relation::equal:
      return a == b;
    case Relation::not_equal:
      return a != b;
  }
  return false;
}

}  // namespace nabla
