// Several calls of one function of <cmath> at once, where they do not wait for each other; see
// nabla_runtime.h and nabla_lanes.h.
//
// With AVX2 or AVX-512, and glibc's vector functions, doubles are computed four or eight at a time, right to
// 4 units in the last place; one that is left over, and all for other types or with NABLA_NO_VECTOR_MATH
// defined, by the function of <cmath>.
#pragma once

#include <array>
#include <cstddef>
#include <utility>

#include "nabla_lanes_exp.h"
#include "nabla_lanes_trig.h"

namespace nabla::rt {

// @function calls needs vectors
template <class T>
constexpr bool calls_at_once = false;
template <>
inline constexpr bool calls_at_once<double> = has_vector_math&& vector_bytes >= 32;

// y = f(x) from index First on, sizeof...(I) at a time; lanes beyond the last number repeat it.
template <std::size_t First, class T, std::size_t N, class One, class Several, std::size_t... I>
inline void calls_from(const std::array<T, N>& x, std::array<T, N>& y, One one, Several several,
                       std::index_sequence<I...> places) {
  if constexpr (First + 1 == N) {
    y[First] = one(x[First]);
  } else if constexpr (First < N) {
    using vector = typename vector_of<T, sizeof...(I) * sizeof(T)>::type;
    const vector v = several(vector{x[First + I < N ? First + I : N - 1]...});
    ((y[First + I < N ? First + I : N - 1] = v[I]), ...);
    calls_from<First + sizeof...(I)>(x, y, one, several, places);
  }
}

// The width is a parameter: files compiled for different processors share no function.
template <class T, std::size_t Bytes, class One, class Several, class... X>
inline std::array<T, sizeof...(X)> calls(One one, [[maybe_unused]] Several several, const X&... x) {
  if constexpr (calls_at_once<T>) {
    constexpr std::size_t n = sizeof...(X), size = n > 4 ? Bytes / sizeof(T) : 4;
    const std::array<T, n> in{{x...}};
    std::array<T, n> out{};
    calls_from<0>(in, out, one, several, std::make_index_sequence<size>());
    return out;
  } else {
    return {{one(x)...}};
  }
}
// @end

// @function exp_each needs calls vector_exp
template <class T, std::size_t Bytes = vector_bytes, class... X>
inline std::array<T, sizeof...(X)> exp_each(const X&... x) {
  return calls<T, Bytes>([](const T& v) { return T(exp(v)); }, [](auto v) { return vector_exp(v); }, T(x)...);
}
// @end

// @function expm1_each needs calls vector_expm1
template <class T, std::size_t Bytes = vector_bytes, class... X>
inline std::array<T, sizeof...(X)> expm1_each(const X&... x) {
  return calls<T, Bytes>([](const T& v) { return T(expm1(v)); }, [](auto v) { return vector_expm1(v); },
                         T(x)...);
}
// @end

// @function log_each needs calls vector_log
template <class T, std::size_t Bytes = vector_bytes, class... X>
inline std::array<T, sizeof...(X)> log_each(const X&... x) {
  return calls<T, Bytes>([](const T& v) { return T(log(v)); }, [](auto v) { return vector_log(v); }, T(x)...);
}
// @end

// @function log1p_each needs calls vector_log1p
template <class T, std::size_t Bytes = vector_bytes, class... X>
inline std::array<T, sizeof...(X)> log1p_each(const X&... x) {
  return calls<T, Bytes>([](const T& v) { return T(log1p(v)); }, [](auto v) { return vector_log1p(v); },
                         T(x)...);
}
// @end

// @function log2_each needs calls vector_log2
template <class T, std::size_t Bytes = vector_bytes, class... X>
inline std::array<T, sizeof...(X)> log2_each(const X&... x) {
  return calls<T, Bytes>([](const T& v) { return T(log2(v)); }, [](auto v) { return vector_log2(v); },
                         T(x)...);
}
// @end

// @function log10_each needs calls vector_log10
template <class T, std::size_t Bytes = vector_bytes, class... X>
inline std::array<T, sizeof...(X)> log10_each(const X&... x) {
  return calls<T, Bytes>([](const T& v) { return T(log10(v)); }, [](auto v) { return vector_log10(v); },
                         T(x)...);
}
// @end

// @function cbrt_each needs calls vector_cbrt
template <class T, std::size_t Bytes = vector_bytes, class... X>
inline std::array<T, sizeof...(X)> cbrt_each(const X&... x) {
  return calls<T, Bytes>([](const T& v) { return T(cbrt(v)); }, [](auto v) { return vector_cbrt(v); },
                         T(x)...);
}
// @end

// @function erf_each needs calls vector_erf
template <class T, std::size_t Bytes = vector_bytes, class... X>
inline std::array<T, sizeof...(X)> erf_each(const X&... x) {
  return calls<T, Bytes>([](const T& v) { return T(erf(v)); }, [](auto v) { return vector_erf(v); }, T(x)...);
}
// @end

// @function erfc_each needs calls vector_erfc
template <class T, std::size_t Bytes = vector_bytes, class... X>
inline std::array<T, sizeof...(X)> erfc_each(const X&... x) {
  return calls<T, Bytes>([](const T& v) { return T(erfc(v)); }, [](auto v) { return vector_erfc(v); },
                         T(x)...);
}
// @end

// @function sin_each needs calls vector_sin
template <class T, std::size_t Bytes = vector_bytes, class... X>
inline std::array<T, sizeof...(X)> sin_each(const X&... x) {
  return calls<T, Bytes>([](const T& v) { return T(sin(v)); }, [](auto v) { return vector_sin(v); }, T(x)...);
}
// @end

// @function cos_each needs calls vector_cos
template <class T, std::size_t Bytes = vector_bytes, class... X>
inline std::array<T, sizeof...(X)> cos_each(const X&... x) {
  return calls<T, Bytes>([](const T& v) { return T(cos(v)); }, [](auto v) { return vector_cos(v); }, T(x)...);
}
// @end

// @function tan_each needs calls vector_tan
template <class T, std::size_t Bytes = vector_bytes, class... X>
inline std::array<T, sizeof...(X)> tan_each(const X&... x) {
  return calls<T, Bytes>([](const T& v) { return T(tan(v)); }, [](auto v) { return vector_tan(v); }, T(x)...);
}
// @end

// @function asin_each needs calls vector_asin
template <class T, std::size_t Bytes = vector_bytes, class... X>
inline std::array<T, sizeof...(X)> asin_each(const X&... x) {
  return calls<T, Bytes>([](const T& v) { return T(asin(v)); }, [](auto v) { return vector_asin(v); },
                         T(x)...);
}
// @end

// @function acos_each needs calls vector_acos
template <class T, std::size_t Bytes = vector_bytes, class... X>
inline std::array<T, sizeof...(X)> acos_each(const X&... x) {
  return calls<T, Bytes>([](const T& v) { return T(acos(v)); }, [](auto v) { return vector_acos(v); },
                         T(x)...);
}
// @end

// @function atan_each needs calls vector_atan
template <class T, std::size_t Bytes = vector_bytes, class... X>
inline std::array<T, sizeof...(X)> atan_each(const X&... x) {
  return calls<T, Bytes>([](const T& v) { return T(atan(v)); }, [](auto v) { return vector_atan(v); },
                         T(x)...);
}
// @end

// @function sinh_each needs calls vector_sinh
template <class T, std::size_t Bytes = vector_bytes, class... X>
inline std::array<T, sizeof...(X)> sinh_each(const X&... x) {
  return calls<T, Bytes>([](const T& v) { return T(sinh(v)); }, [](auto v) { return vector_sinh(v); },
                         T(x)...);
}
// @end

// @function cosh_each needs calls vector_cosh
template <class T, std::size_t Bytes = vector_bytes, class... X>
inline std::array<T, sizeof...(X)> cosh_each(const X&... x) {
  return calls<T, Bytes>([](const T& v) { return T(cosh(v)); }, [](auto v) { return vector_cosh(v); },
                         T(x)...);
}
// @end

// @function tanh_each needs calls vector_tanh
template <class T, std::size_t Bytes = vector_bytes, class... X>
inline std::array<T, sizeof...(X)> tanh_each(const X&... x) {
  return calls<T, Bytes>([](const T& v) { return T(tanh(v)); }, [](auto v) { return vector_tanh(v); },
                         T(x)...);
}
// @end

// @function asinh_each needs calls vector_asinh
template <class T, std::size_t Bytes = vector_bytes, class... X>
inline std::array<T, sizeof...(X)> asinh_each(const X&... x) {
  return calls<T, Bytes>([](const T& v) { return T(asinh(v)); }, [](auto v) { return vector_asinh(v); },
                         T(x)...);
}
// @end

// @function acosh_each needs calls vector_acosh
template <class T, std::size_t Bytes = vector_bytes, class... X>
inline std::array<T, sizeof...(X)> acosh_each(const X&... x) {
  return calls<T, Bytes>([](const T& v) { return T(acosh(v)); }, [](auto v) { return vector_acosh(v); },
                         T(x)...);
}
// @end

// @function atanh_each needs calls vector_atanh
template <class T, std::size_t Bytes = vector_bytes, class... X>
inline std::array<T, sizeof...(X)> atanh_each(const X&... x) {
  return calls<T, Bytes>([](const T& v) { return T(atanh(v)); }, [](auto v) { return vector_atanh(v); },
                         T(x)...);
}
// @end

}  // namespace nabla::rt
