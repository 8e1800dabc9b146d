// A table from Ref to a small value, zero where nothing was stored, for few entries in a context that may be
// large: it is made in pages, each when something is first stored there.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "expr/context.h"

namespace nabla {

template <class T>
class PagedMap {
 public:
  explicit PagedMap(size_t size) : pages_(size / page_size + 1) {}
  T& operator[](Ref r) {
    std::unique_ptr<Page>& page = pages_[r.id / page_size];
    if (!page) page = std::make_unique<Page>();
    return (*page)[r.id % page_size];
  }

 private:
  static constexpr size_t page_size = 128;
  using Page = std::array<T, page_size>;
  std::vector<std::unique_ptr<Page>> pages_;
};

}  // namespace nabla
