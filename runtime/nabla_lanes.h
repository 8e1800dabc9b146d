// Several numbers in one vector register, and the elementary functions of them; see nabla_runtime.h.
//
// Code for many points computes with lanes<T> in the place of T. GCC and Clang know vectors as types, and
// glibc (libmvec, from 2.35 on, x86-64) has vector variants of the functions, accurate to 4 units in the last
// place; elsewhere, and with NABLA_NO_VECTOR_MATH defined, the functions of <cmath> are called lane by lane.
// Where there are no vectors, and for types other than float and double, there is one lane. No option of the
// compiler is needed; -march=native makes the vectors wide.
#pragma once

#include <cstddef>
#include <cstring>

#include "nabla_cmath.h"

namespace nabla::rt {

// @function vectors
#if defined(__GNUC__) && defined(__AVX512F__)
constexpr std::size_t vector_bytes = 64;
#elif defined(__GNUC__) && defined(__AVX2__)
constexpr std::size_t vector_bytes = 32;
#else
constexpr std::size_t vector_bytes = 16;
#endif

#if defined(__GNUC__) && defined(__x86_64__) && defined(__GLIBC__) && !defined(NABLA_NO_VECTOR_MATH)
constexpr bool has_vector_math = __GLIBC__ > 2 || __GLIBC_MINOR__ >= 35;
#else
constexpr bool has_vector_math = false;
#endif

template <class T, std::size_t Bytes>
struct vector_of {
  using type = T;
};
#if defined(__GNUC__)
template <std::size_t Bytes>
struct vector_of<double, Bytes> {
  typedef double type __attribute__((vector_size(Bytes), may_alias));
};
template <std::size_t Bytes>
struct vector_of<float, Bytes> {
  typedef float type __attribute__((vector_size(Bytes), may_alias));
};
#endif
// @end

// @function lanes needs vectors
// The width is part of the type: files compiled for different processors share no function of lanes.
template <class T, std::size_t Bytes = vector_bytes>
struct lanes {
  using vector = typename vector_of<T, Bytes>::type;
  using number = T;
  using truth = decltype(vector() < vector());
  static constexpr std::ptrdiff_t count = static_cast<std::ptrdiff_t>(sizeof(vector) / sizeof(T));

  // A truth value for each lane.
  struct mask {
    truth m;

    mask(bool c) : m(truth()) {
      if constexpr (count == 1) {
        m = c;
      } else if (c) {
        m = ~m;
      }
    }
    static mask of(truth m) {
      mask r(false);
      r.m = m;
      return r;
    }
    friend mask operator!(mask a) {
      if constexpr (count == 1) {
        return mask(!a.m);
      } else {
        return of(~a.m);
      }
    }
    friend mask operator&(mask a, mask b) { return of(static_cast<truth>(a.m & b.m)); }
    friend mask operator|(mask a, mask b) { return of(static_cast<truth>(a.m | b.m)); }
    friend mask operator!=(mask a, mask b) { return of(static_cast<truth>(a.m ^ b.m)); }
  };

  vector v;

  lanes() : v() {}
  lanes(T x) : v() {
    if constexpr (count == 1) {
      v = x;
    } else {
      v = x - v;
    }
  }
  template <class S, class = decltype(static_cast<T>(S()))>
  explicit lanes(S x) : lanes(static_cast<T>(x)) {}
  static lanes of(vector v) {
    lanes r;
    r.v = v;
    return r;
  }

  T operator[](std::ptrdiff_t i) const {
    if constexpr (count == 1) {
      return v;
    } else {
      return v[i];
    }
  }
  void set(std::ptrdiff_t i, T x) {
    if constexpr (count == 1) {
      v = x;
    } else {
      v[i] = x;
    }
  }

  friend lanes operator-(lanes a) { return of(-a.v); }
  friend lanes operator+(lanes a, lanes b) { return of(a.v + b.v); }
  friend lanes operator-(lanes a, lanes b) { return of(a.v - b.v); }
  friend lanes operator*(lanes a, lanes b) { return of(a.v * b.v); }
  friend lanes operator/(lanes a, lanes b) { return of(a.v / b.v); }
  friend lanes& operator+=(lanes& a, lanes b) { return a = a + b; }
  friend lanes& operator-=(lanes& a, lanes b) { return a = a - b; }
  friend lanes& operator*=(lanes& a, lanes b) { return a = a * b; }
  friend mask operator<(lanes a, lanes b) { return mask::of(a.v < b.v); }
  friend mask operator>(lanes a, lanes b) { return mask::of(a.v > b.v); }
  friend mask operator<=(lanes a, lanes b) { return mask::of(a.v <= b.v); }
  friend mask operator>=(lanes a, lanes b) { return mask::of(a.v >= b.v); }
  friend mask operator==(lanes a, lanes b) { return mask::of(a.v == b.v); }
  friend mask operator!=(lanes a, lanes b) { return mask::of(a.v != b.v); }
};

// a where the lane of c is true, else b, whatever the other one is.
template <class L>
L select(typename L::mask c, L a, L b) {
  return L::of(c.m ? a.v : b.v);
}

// The numbers at x, of which there are n; the lanes beyond repeat the last.
template <class T>
lanes<T> load(const T* x, std::ptrdiff_t n) {
  lanes<T> r;
  if constexpr (lanes<T>::count == 1) {
    r.v = *x;
  } else if (n >= lanes<T>::count) {
    std::memcpy(&r.v, x, sizeof r.v);
  } else {
    for (std::ptrdiff_t i = 0; i < lanes<T>::count; ++i) r.v[i] = x[i < n ? i : n - 1];
  }
  return r;
}

// The first n lanes.
template <class T>
void store(T* to, lanes<T> x, std::ptrdiff_t n) {
  if constexpr (lanes<T>::count == 1) {
    *to = x.v;
  } else if (n >= lanes<T>::count) {
    std::memcpy(to, &x.v, sizeof x.v);
  } else {
    for (std::ptrdiff_t i = 0; i < n; ++i) to[i] = x.v[i];
  }
}

// The first n lanes, and 0 in the others.
template <class T>
lanes<T> first(lanes<T> x, std::ptrdiff_t n) {
  for (std::ptrdiff_t i = n; i < lanes<T>::count; ++i) x.set(i, T(0));
  return x;
}

template <class T>
T total(lanes<T> x) {
  T sum = x[0];
  for (std::ptrdiff_t i = 1; i < lanes<T>::count; ++i) sum += x[i];
  return sum;
}

// f lane by lane: for functions with loops and branches.
template <class F, class L, class... More>
L each(F f, L x, More... more) {
  for (std::ptrdiff_t i = 0; i < L::count; ++i) x.set(i, f(x[i], more[i]...));
  return x;
}
// @end

// @function wide needs lanes select
// What loops over T compute with: lanes where functions of <cmath> have vector variants, else T itself.
template <class T, bool = has_vector_math>
struct wide_of {
  using type = T;
};
template <>
struct wide_of<double, true> {
  using type = lanes<double>;
};
template <>
struct wide_of<float, true> {
  using type = lanes<float>;
};
template <class T>
using wide = typename wide_of<T>::type;

// How many numbers W, one of them or lanes, has.
template <class W>
constexpr std::ptrdiff_t width = 1;
template <class T, std::size_t B>
constexpr std::ptrdiff_t width<lanes<T, B>> = lanes<T, B>::count;

// f(0), f(1), … of which there are n; the numbers beyond repeat the last.
template <class W, class F>
W collect(std::ptrdiff_t n, F f) {
  if constexpr (width<W> == 1) {
    return static_cast<W>(f(0));
  } else {
    W r;
    for (std::ptrdiff_t i = 0; i < width<W>; ++i) r.set(i, f(i < n ? i : n - 1));
    return r;
  }
}

// The numbers at x.
template <class W, class T>
W take(const T* x) {
  if constexpr (width<W> == 1) {
    return *x;
  } else {
    W r;
    std::memcpy(&r.v, x, sizeof r.v);
    return r;
  }
}
// Of which there are n.
template <class W, class T>
W take(const T* x, std::ptrdiff_t n) {
  if (n >= width<W>) return take<W>(x);
  return collect<W>(n, [x](std::ptrdiff_t i) { return x[i]; });
}

template <class W, class T>
void put(T* to, W x) {
  if constexpr (width<W> == 1) {
    *to = x;
  } else {
    std::memcpy(to, &x.v, sizeof x.v);
  }
}
// The first n numbers of x.
template <class W, class T>
void put(T* to, W x, std::ptrdiff_t n) {
  if constexpr (width<W> == 1) {
    *to = x;
  } else {
    if (n >= width<W>) return put<W>(to, x);
    for (std::ptrdiff_t i = 0; i < n; ++i) to[i] = x[i];
  }
}

template <class W, class T>
void add(T* to, W x) {
  put<W>(to, take<W>(to) + x);
}
// The first n numbers of x.
template <class W, class T>
void add(T* to, W x, std::ptrdiff_t n) {
  if constexpr (width<W> == 1) {
    *to += x;
  } else {
    if (n >= width<W>) return add<W>(to, x);
    for (std::ptrdiff_t i = 0; i < n; ++i) to[i] += x[i];
  }
}

// x, x + k, x + 2*k, …, exact where that is small: for comparisons with 0.
template <class W>
W steps(std::ptrdiff_t x, std::ptrdiff_t k) {
  constexpr std::ptrdiff_t most = 1 << 20;
  const std::ptrdiff_t from = x < -most ? -most : x > most ? most : x;
  return collect<W>(width<W>, [from, k](std::ptrdiff_t i) { return static_cast<float>(from + i * k); });
}
// @end

// @function lanes_fabs needs lanes
template <class T, std::size_t B>
lanes<T, B> fabs(lanes<T, B> x) {
  if constexpr (lanes<T, B>::count == 1) {
    return fabs(x.v);
  } else {
    using L = lanes<T, B>;
    using bits = typename L::truth;
    return L::of(reinterpret_cast<typename L::vector>(reinterpret_cast<bits>(x.v) &
                                                      ~reinterpret_cast<bits>(L(T(-0.0)).v)));
  }
}
// @end

// @function lanes_copysign needs lanes
template <class T, std::size_t B>
lanes<T, B> copysign(lanes<T, B> x, lanes<T, B> y) {
  return each([](T a, T b) { return copysign(a, b); }, x, y);
}
// @end

// @function lanes_sqrt needs lanes
template <class T, std::size_t B>
lanes<T, B> sqrt(lanes<T, B> x) {
#if defined(__GNUC__) && defined(__x86_64__)
  // A loop of std::sqrt would stay scalar, because it sets errno.
  if constexpr (lanes<T, B>::count > 1) {
    auto r = x.v;
    if constexpr (B > 16 && sizeof(T) == 8) {
      __asm__("vsqrtpd {%1, %0|%0, %1}" : "=x"(r) : "x"(x.v));
    } else if constexpr (B > 16) {
      __asm__("vsqrtps {%1, %0|%0, %1}" : "=x"(r) : "x"(x.v));
    } else if constexpr (sizeof(T) == 8) {
      __asm__("sqrtpd {%1, %0|%0, %1}" : "=x"(r) : "x"(x.v));
    } else {
      __asm__("sqrtps {%1, %0|%0, %1}" : "=x"(r) : "x"(x.v));
    }
    return lanes<T, B>::of(r);
  }
#endif
  return each([](T a) { return sqrt(a); }, x);
}
// @end

// @function lanes_floor needs lanes
template <class T, std::size_t B>
lanes<T, B> floor(lanes<T, B> x) {
  return each([](T a) { return floor(a); }, x);
}
// @end

// @function lanes_ceil needs lanes
template <class T, std::size_t B>
lanes<T, B> ceil(lanes<T, B> x) {
  return each([](T a) { return ceil(a); }, x);
}
// @end

// @function lanes_round needs lanes
template <class T, std::size_t B>
lanes<T, B> round(lanes<T, B> x) {
  return each([](T a) { return round(a); }, x);
}
// @end

// @function lanes_tgamma needs lanes
template <class T, std::size_t B>
lanes<T, B> tgamma(lanes<T, B> x) {
  return each([](T a) { return tgamma(a); }, x);
}
// @end

// @function lanes_lgamma needs lanes
template <class T, std::size_t B>
lanes<T, B> lgamma(lanes<T, B> x) {
  return each([](T a) { return lgamma(a); }, x);
}
// @end

// @function lanes_fmod needs lanes
template <class T, std::size_t B>
lanes<T, B> fmod(lanes<T, B> x, lanes<T, B> y) {
  return each([](T a, T b) { return fmod(a, b); }, x, y);
}
// @end

}  // namespace nabla::rt
