// Many points at once: their numbers between the lanes, rows in memory and sums; see nabla_runtime.h and
// nabla_lanes.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#include "nabla_lanes.h"

namespace nabla::rt {

// @function store_square needs lanes
// As many rows of as many numbers as lanes has: that of x[k] for point p to to[p*step + k]. They are
// transposed in registers by exchanges at the distances 1, 2, 4, … (Eklundh, A fast computer method for
// matrix transposing, 1972).
#if defined(__clang__) || (defined(__GNUC__) && __GNUC__ >= 12)  // of __builtin_shufflevector
template <std::size_t D, class V, std::size_t... I>
void exchange(V& a, V& b, std::index_sequence<I...>) {
  constexpr std::size_t n = sizeof...(I);
  const V low = __builtin_shufflevector(a, b, (I & D ? n + I - D : I)...);
  b = __builtin_shufflevector(a, b, (I & D ? n + I : I + D)...);
  a = low;
}

template <std::size_t D, class V, std::size_t N>
void transpose(V (&x)[N]) {
  if constexpr (D < N) {
    for (std::size_t i = 0; i < N; ++i) {
      if ((i & D) == 0) exchange<D>(x[i], x[i + D], std::make_index_sequence<N>());
    }
    transpose<2 * D>(x);
  }
}
#endif

template <class T>
void store_square(T* to, std::ptrdiff_t step, const lanes<T>* x) {
  constexpr std::ptrdiff_t count = lanes<T>::count;
#if defined(__clang__) || (defined(__GNUC__) && __GNUC__ >= 12)  // of __builtin_shufflevector
  if constexpr (count > 1) {
    typename lanes<T>::vector square[static_cast<std::size_t>(count)];
    for (std::ptrdiff_t i = 0; i < count; ++i) square[i] = x[i].v;
    transpose<1>(square);
    for (std::ptrdiff_t p = 0; p < count; ++p) std::memcpy(to + p * step, &square[p], sizeof square[p]);
    return;
  }
#endif
  for (std::ptrdiff_t p = 0; p < count; ++p) {
    for (std::ptrdiff_t i = 0; i < count; ++i) to[p * step + i] = x[i][p];
  }
}
// @end

// @function store_points needs store_square
// The lanes of x as rows: that of x[k] for point p to to[p*Size + k], for the first n points.
template <std::size_t Size, class T>
void store_points(T* to, const lanes<T>* x, std::ptrdiff_t n) {
  constexpr std::ptrdiff_t size = static_cast<std::ptrdiff_t>(Size), count = lanes<T>::count;
  if constexpr (count > 1 && size >= count) {
    if (n >= count) {
      for (std::ptrdiff_t first = 0; first < size; first += count) {
        const std::ptrdiff_t k = first + count <= size ? first : size - count;  // the last overlaps
        store_square<T>(to + k, size, x + k);
      }
      return;
    }
  }
  for (std::ptrdiff_t p = 0; p < n && p < count; ++p) {
    for (std::ptrdiff_t k = 0; k < size; ++k) to[p * size + k] = x[k][p];
  }
}
// @end

// @function point_rows needs store_square
// The same of numbers that come one by one: that of number k for point p goes to to[p*size + k]; end() writes
// the last of them.
template <class T>
struct point_rows {
  static constexpr std::ptrdiff_t count = lanes<T>::count;

  point_rows(T* first, std::ptrdiff_t numbers, std::ptrdiff_t points) : to(first), size(numbers), n(points) {}
  void add(lanes<T> x) {
    waiting[got] = x;
    if (++got < count) return;
    if (n >= count) {
      store_square<T>(to, size, waiting);
    } else {
      write();
    }
    to += count;
    got = 0;
  }
  void end() { write(); }
  void write() {
    for (std::ptrdiff_t p = 0; p < n && p < count; ++p) {
      for (std::ptrdiff_t k = 0; k < got; ++k) to[p * size + k] = waiting[k][p];
    }
  }

  T* to;
  std::ptrdiff_t size, n, got = 0;
  lanes<T> waiting[static_cast<std::size_t>(count)];
};
// @end

// @function aligned needs lanes
// The first place at or after x where lanes can stand: arrays of them may lie in memory for numbers.
template <class T>
lanes<T>* aligned(T* x) {
  const auto place = reinterpret_cast<std::uintptr_t>(x);
  const std::uintptr_t size = alignof(lanes<T>);
  return reinterpret_cast<lanes<T>*>((place + size - 1) / size * size);
}
// @end

// @function sums needs lanes
// An array of sums over points: what is assigned to an entry is added to it, of the first n lanes.
template <class T>
struct sums {
  using mask = typename lanes<T>::mask;
  struct entry {
    lanes<T>& sum;
    mask counts;
    bool all;
    void operator=(lanes<T> x) const {
      if (all) {
        sum += x;
      } else {
        sum += select<lanes<T>>(counts, x, lanes<T>(T(0)));
      }
    }
    void operator+=(lanes<T> x) const { *this = x; }
  };

  sums(lanes<T>* to, std::ptrdiff_t n) : sum(to), counts(true), all(n >= lanes<T>::count) {
    if (all) return;
    lanes<T> place;
    for (std::ptrdiff_t i = 0; i < lanes<T>::count; ++i) place.set(i, i < n ? T(1) : T(0));
    counts = place > T(0);
  }
  entry operator[](std::ptrdiff_t i) const { return {sum[i], counts, all}; }

  lanes<T>* sum;
  mask counts;
  bool all;  // the lanes count
};
// @end

}  // namespace nabla::rt
