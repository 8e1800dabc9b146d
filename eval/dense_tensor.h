// Arrays that only place entries: structural ones, reshaped and gathered ones.
#pragma once

#include <utility>
#include <vector>

#include "eval/dense.h"
#include "expr/indexed.h"

namespace nabla::dense {

// The numbers of the row-major positions of an array in column-major order.
class ColumnMajor {
 public:
  explicit ColumnMajor(const std::vector<int64_t>& extents) : extents_(extents), index_(extents.size()) {}
  size_t position() const {
    int64_t at = 0;
    for (size_t k = extents_.size(); k-- > 0;) at = at * extents_[k] + index_[k];
    return static_cast<size_t>(at);
  }
  void next() {
    for (size_t k = extents_.size(); k-- > 0;) {
      if (++index_[k] < extents_[k]) return;
      index_[k] = 0;
    }
  }

 private:
  const std::vector<int64_t>& extents_;
  std::vector<int64_t> index_;
};

template <class T>
DenseArray<T> structural(Structural tag, int64_t c, std::vector<int64_t> extents) {
  DenseArray<T> result{std::move(extents), {}};
  const int64_t rows = result.extents[0], columns = result.extents.size() > 1 ? result.extents[1] : 1;
  result.entries.assign(static_cast<size_t>(rows * columns), T(0.0));
  for (int64_t i = 0; i < rows; ++i) {
    T* line = result.entries.data() + i * columns;
    const int64_t j = i + c;
    switch (tag) {
      case Structural::iota:
        line[0] = T(static_cast<double>(i + 1));
        break;
      case Structural::unit:
        line[0] = T(i + 1 == c ? 1.0 : 0.0);
        break;
      case Structural::delta:
      case Structural::shift:
        if (j >= 0 && j < columns) line[j] = T(1.0);
        break;
    }
  }
  return result;
}

// Axes are fused and split in column-major order, as vec stacks columns. The numbers of entries are equal.
template <class T>
DenseArray<T> reshaped(const DenseArray<T>& from, std::vector<int64_t> extents) {
  const size_t size = from.entries.size();
  DenseArray<T> result{std::move(extents), {}};
  std::vector<T> columns(size);
  ColumnMajor source(from.extents), target(result.extents);
  for (size_t i = 0; i < size; ++i, source.next()) columns[source.position()] = from.entries[i];
  for (size_t i = 0; i < size; ++i, target.next()) result.entries.push_back(columns[target.position()]);
  return result;
}

// One axis is replaced by the axes of the positions, which lie inside it.
template <class T>
DenseArray<T> gathered(const DenseArray<T>& a, size_t axis, const DenseArray<int64_t>& positions) {
  DenseArray<T> result;
  int64_t before = 1, after = 1;
  for (size_t k = 0; k < a.extents.size(); ++k) {
    if (k == axis) {
      const auto& at = positions.extents;
      result.extents.insert(result.extents.end(), at.begin(), at.end());
      continue;
    }
    (k < axis ? before : after) *= a.extents[k];
    result.extents.push_back(a.extents[k]);
  }
  for (int64_t i = 0; i < before; ++i) {
    for (int64_t k : positions.entries) {
      const auto from = a.entries.begin() + (i * a.extents[axis] + k - 1) * after;
      result.entries.insert(result.entries.end(), from, from + after);
    }
  }
  return result;
}

}  // namespace nabla::dense
