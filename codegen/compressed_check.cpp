#include "codegen/compressed_check.h"

#include <algorithm>

namespace nabla {
namespace {

size_t count_of(const std::vector<int64_t>& extents) {
  size_t n = 1;
  for (int64_t e : extents) n *= static_cast<size_t>(e);
  return n;
}

// Positions of the entry with this number, row-major.
std::vector<int64_t> positions(size_t entry, const std::vector<int64_t>& extents) {
  std::vector<int64_t> at(extents.size());
  for (size_t k = at.size(); k-- > 0;) {
    const auto n = static_cast<size_t>(extents[k]);
    at[k] = static_cast<int64_t>(entry % n);
    entry /= n;
  }
  return at;
}

// The number of the entry at these positions, or none outside.
std::optional<size_t> number_at(const std::vector<int64_t>& at, const std::vector<int64_t>& extents) {
  size_t number = 0;
  for (size_t k = 0; k < at.size(); ++k) {
    if (at[k] < 0 || at[k] >= extents[k]) return std::nullopt;
    number = number * static_cast<size_t>(extents[k]) + static_cast<size_t>(at[k]);
  }
  return number;
}

}  // namespace

DenseArray<double> whole_block(const CompressedBlock& block, const std::vector<DenseArray<double>>& diagonals,
                               const std::vector<int64_t>& lines, const std::vector<int64_t>& across) {
  const Stencil& s = block.stencil;
  const size_t columns = count_of(across);
  DenseArray<double> whole{lines, std::vector<double>(count_of(lines) * columns)};
  whole.extents.insert(whole.extents.end(), across.begin(), across.end());
  for (size_t d = 0; d < s.diagonals.size(); ++d) {
    const DenseArray<double>& diagonal = diagonals[block.first + d];
    for (size_t entry = 0; entry < diagonal.entries.size(); ++entry) {
      const std::vector<int64_t> own = positions(entry, diagonal.extents);
      std::vector<int64_t> at;
      size_t free = lines.size();
      for (size_t a = 0; a < across.size(); ++a)
        at.push_back(s.is_free(a) ? own[free++] : own[*s.follows[a]] + s.diagonals[d][a]);
      const size_t line =
          *number_at({own.begin(), own.begin() + static_cast<ptrdiff_t>(lines.size())}, lines);
      const std::optional<size_t> column = number_at(at, across);
      if (!column) continue;
      if (block.half == Half::up_to_line && *column > line) continue;
      if (block.half == Half::from_line && *column < line) continue;
      whole.entries[line * columns + *column] = diagonal.entries[entry];
      if (block.half != Half::whole) whole.entries[*column * columns + line] = diagonal.entries[entry];
    }
  }
  return whole;
}

DenseArray<double> with_first_axes_last(const DenseArray<double>& array, size_t count) {
  DenseArray<double> out = array;
  const auto middle = array.extents.begin() + static_cast<ptrdiff_t>(count);
  const size_t rows = count_of({array.extents.begin(), middle}),
               columns = count_of({middle, array.extents.end()});
  std::rotate(out.extents.begin(), out.extents.begin() + static_cast<ptrdiff_t>(count), out.extents.end());
  for (size_t i = 0; i < rows; ++i) {
    for (size_t j = 0; j < columns; ++j) out.entries[j * rows + i] = array.entries[i * columns + j];
  }
  return out;
}

}  // namespace nabla
