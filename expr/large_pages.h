// A hint to the system: memory that will be filled from end to end may come in large pages, so that a fault
// is taken for every two megabytes instead of every four kilobytes. It changes nothing but time.
#pragma once

#include <cstddef>
#include <cstdint>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace nabla {

inline void prefer_large_pages([[maybe_unused]] void* memory, [[maybe_unused]] size_t bytes) {
#ifdef MADV_HUGEPAGE
  constexpr uintptr_t page = uintptr_t{1} << 21;
  const auto begin = (reinterpret_cast<uintptr_t>(memory) + page - 1) / page * page;           // NOLINT
  const auto end = (reinterpret_cast<uintptr_t>(memory) + bytes) / page * page;                // NOLINT
  if (begin < end) (void)madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);  // NOLINT
#endif
}

}  // namespace nabla
