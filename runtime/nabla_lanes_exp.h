// Exponentials, logarithms, powers and error functions of lanes by glibc's libmvec, else lane by lane; see
// nabla_lanes.h.
//
// The vector functions have the names of the vector ABI of x86-64: _ZGV, the instruction set (b: SSE, d:
// AVX2, e: AVX-512), N, the number of lanes, a v for each argument, and the name of the scalar function.
#pragma once

#include "nabla_lanes.h"

namespace nabla::rt {

// @function vector_exp needs vectors
#if defined(__GNUC__)
[[gnu::const]] vector_of<double, 16>::type vector_exp(vector_of<double, 16>::type) noexcept
    __asm__("_ZGVbN2v_exp");
[[gnu::const]] vector_of<double, 32>::type vector_exp(vector_of<double, 32>::type) noexcept
    __asm__("_ZGVdN4v_exp");
[[gnu::const]] vector_of<double, 64>::type vector_exp(vector_of<double, 64>::type) noexcept
    __asm__("_ZGVeN8v_exp");
[[gnu::const]] vector_of<float, 16>::type vector_exp(vector_of<float, 16>::type) noexcept
    __asm__("_ZGVbN4v_expf");
[[gnu::const]] vector_of<float, 32>::type vector_exp(vector_of<float, 32>::type) noexcept
    __asm__("_ZGVdN8v_expf");
[[gnu::const]] vector_of<float, 64>::type vector_exp(vector_of<float, 64>::type) noexcept
    __asm__("_ZGVeN16v_expf");
#endif
// @end
// @function lanes_exp needs lanes vector_exp
template <class T, std::size_t B>
lanes<T, B> exp(lanes<T, B> x) {
#if defined(__GNUC__)
  if constexpr (has_vector_math && lanes<T, B>::count > 1) return lanes<T, B>::of(vector_exp(x.v));
#endif
  return each([](T a) { return exp(a); }, x);
}
// @end

// @function vector_expm1 needs vectors
#if defined(__GNUC__)
[[gnu::const]] vector_of<double, 16>::type vector_expm1(vector_of<double, 16>::type) noexcept
    __asm__("_ZGVbN2v_expm1");
[[gnu::const]] vector_of<double, 32>::type vector_expm1(vector_of<double, 32>::type) noexcept
    __asm__("_ZGVdN4v_expm1");
[[gnu::const]] vector_of<double, 64>::type vector_expm1(vector_of<double, 64>::type) noexcept
    __asm__("_ZGVeN8v_expm1");
[[gnu::const]] vector_of<float, 16>::type vector_expm1(vector_of<float, 16>::type) noexcept
    __asm__("_ZGVbN4v_expm1f");
[[gnu::const]] vector_of<float, 32>::type vector_expm1(vector_of<float, 32>::type) noexcept
    __asm__("_ZGVdN8v_expm1f");
[[gnu::const]] vector_of<float, 64>::type vector_expm1(vector_of<float, 64>::type) noexcept
    __asm__("_ZGVeN16v_expm1f");
#endif
// @end
// @function lanes_expm1 needs lanes vector_expm1
template <class T, std::size_t B>
lanes<T, B> expm1(lanes<T, B> x) {
#if defined(__GNUC__)
  if constexpr (has_vector_math && lanes<T, B>::count > 1) return lanes<T, B>::of(vector_expm1(x.v));
#endif
  return each([](T a) { return expm1(a); }, x);
}
// @end

// @function vector_log needs vectors
#if defined(__GNUC__)
[[gnu::const]] vector_of<double, 16>::type vector_log(vector_of<double, 16>::type) noexcept
    __asm__("_ZGVbN2v_log");
[[gnu::const]] vector_of<double, 32>::type vector_log(vector_of<double, 32>::type) noexcept
    __asm__("_ZGVdN4v_log");
[[gnu::const]] vector_of<double, 64>::type vector_log(vector_of<double, 64>::type) noexcept
    __asm__("_ZGVeN8v_log");
[[gnu::const]] vector_of<float, 16>::type vector_log(vector_of<float, 16>::type) noexcept
    __asm__("_ZGVbN4v_logf");
[[gnu::const]] vector_of<float, 32>::type vector_log(vector_of<float, 32>::type) noexcept
    __asm__("_ZGVdN8v_logf");
[[gnu::const]] vector_of<float, 64>::type vector_log(vector_of<float, 64>::type) noexcept
    __asm__("_ZGVeN16v_logf");
#endif
// @end
// @function lanes_log needs lanes vector_log
template <class T, std::size_t B>
lanes<T, B> log(lanes<T, B> x) {
#if defined(__GNUC__)
  if constexpr (has_vector_math && lanes<T, B>::count > 1) return lanes<T, B>::of(vector_log(x.v));
#endif
  return each([](T a) { return log(a); }, x);
}
// @end

// @function vector_log1p needs vectors
#if defined(__GNUC__)
[[gnu::const]] vector_of<double, 16>::type vector_log1p(vector_of<double, 16>::type) noexcept
    __asm__("_ZGVbN2v_log1p");
[[gnu::const]] vector_of<double, 32>::type vector_log1p(vector_of<double, 32>::type) noexcept
    __asm__("_ZGVdN4v_log1p");
[[gnu::const]] vector_of<double, 64>::type vector_log1p(vector_of<double, 64>::type) noexcept
    __asm__("_ZGVeN8v_log1p");
[[gnu::const]] vector_of<float, 16>::type vector_log1p(vector_of<float, 16>::type) noexcept
    __asm__("_ZGVbN4v_log1pf");
[[gnu::const]] vector_of<float, 32>::type vector_log1p(vector_of<float, 32>::type) noexcept
    __asm__("_ZGVdN8v_log1pf");
[[gnu::const]] vector_of<float, 64>::type vector_log1p(vector_of<float, 64>::type) noexcept
    __asm__("_ZGVeN16v_log1pf");
#endif
// @end
// @function lanes_log1p needs lanes vector_log1p
template <class T, std::size_t B>
lanes<T, B> log1p(lanes<T, B> x) {
#if defined(__GNUC__)
  if constexpr (has_vector_math && lanes<T, B>::count > 1) return lanes<T, B>::of(vector_log1p(x.v));
#endif
  return each([](T a) { return log1p(a); }, x);
}
// @end

// @function vector_log2 needs vectors
#if defined(__GNUC__)
[[gnu::const]] vector_of<double, 16>::type vector_log2(vector_of<double, 16>::type) noexcept
    __asm__("_ZGVbN2v_log2");
[[gnu::const]] vector_of<double, 32>::type vector_log2(vector_of<double, 32>::type) noexcept
    __asm__("_ZGVdN4v_log2");
[[gnu::const]] vector_of<double, 64>::type vector_log2(vector_of<double, 64>::type) noexcept
    __asm__("_ZGVeN8v_log2");
[[gnu::const]] vector_of<float, 16>::type vector_log2(vector_of<float, 16>::type) noexcept
    __asm__("_ZGVbN4v_log2f");
[[gnu::const]] vector_of<float, 32>::type vector_log2(vector_of<float, 32>::type) noexcept
    __asm__("_ZGVdN8v_log2f");
[[gnu::const]] vector_of<float, 64>::type vector_log2(vector_of<float, 64>::type) noexcept
    __asm__("_ZGVeN16v_log2f");
#endif
// @end
// @function lanes_log2 needs lanes vector_log2
template <class T, std::size_t B>
lanes<T, B> log2(lanes<T, B> x) {
#if defined(__GNUC__)
  if constexpr (has_vector_math && lanes<T, B>::count > 1) return lanes<T, B>::of(vector_log2(x.v));
#endif
  return each([](T a) { return log2(a); }, x);
}
// @end

// @function vector_log10 needs vectors
#if defined(__GNUC__)
[[gnu::const]] vector_of<double, 16>::type vector_log10(vector_of<double, 16>::type) noexcept
    __asm__("_ZGVbN2v_log10");
[[gnu::const]] vector_of<double, 32>::type vector_log10(vector_of<double, 32>::type) noexcept
    __asm__("_ZGVdN4v_log10");
[[gnu::const]] vector_of<double, 64>::type vector_log10(vector_of<double, 64>::type) noexcept
    __asm__("_ZGVeN8v_log10");
[[gnu::const]] vector_of<float, 16>::type vector_log10(vector_of<float, 16>::type) noexcept
    __asm__("_ZGVbN4v_log10f");
[[gnu::const]] vector_of<float, 32>::type vector_log10(vector_of<float, 32>::type) noexcept
    __asm__("_ZGVdN8v_log10f");
[[gnu::const]] vector_of<float, 64>::type vector_log10(vector_of<float, 64>::type) noexcept
    __asm__("_ZGVeN16v_log10f");
#endif
// @end
// @function lanes_log10 needs lanes vector_log10
template <class T, std::size_t B>
lanes<T, B> log10(lanes<T, B> x) {
#if defined(__GNUC__)
  if constexpr (has_vector_math && lanes<T, B>::count > 1) return lanes<T, B>::of(vector_log10(x.v));
#endif
  return each([](T a) { return log10(a); }, x);
}
// @end

// @function vector_cbrt needs vectors
#if defined(__GNUC__)
[[gnu::const]] vector_of<double, 16>::type vector_cbrt(vector_of<double, 16>::type) noexcept
    __asm__("_ZGVbN2v_cbrt");
[[gnu::const]] vector_of<double, 32>::type vector_cbrt(vector_of<double, 32>::type) noexcept
    __asm__("_ZGVdN4v_cbrt");
[[gnu::const]] vector_of<double, 64>::type vector_cbrt(vector_of<double, 64>::type) noexcept
    __asm__("_ZGVeN8v_cbrt");
[[gnu::const]] vector_of<float, 16>::type vector_cbrt(vector_of<float, 16>::type) noexcept
    __asm__("_ZGVbN4v_cbrtf");
[[gnu::const]] vector_of<float, 32>::type vector_cbrt(vector_of<float, 32>::type) noexcept
    __asm__("_ZGVdN8v_cbrtf");
[[gnu::const]] vector_of<float, 64>::type vector_cbrt(vector_of<float, 64>::type) noexcept
    __asm__("_ZGVeN16v_cbrtf");
#endif
// @end
// @function lanes_cbrt needs lanes vector_cbrt
template <class T, std::size_t B>
lanes<T, B> cbrt(lanes<T, B> x) {
#if defined(__GNUC__)
  if constexpr (has_vector_math && lanes<T, B>::count > 1) return lanes<T, B>::of(vector_cbrt(x.v));
#endif
  return each([](T a) { return cbrt(a); }, x);
}
// @end

// @function vector_erf needs vectors
#if defined(__GNUC__)
[[gnu::const]] vector_of<double, 16>::type vector_erf(vector_of<double, 16>::type) noexcept
    __asm__("_ZGVbN2v_erf");
[[gnu::const]] vector_of<double, 32>::type vector_erf(vector_of<double, 32>::type) noexcept
    __asm__("_ZGVdN4v_erf");
[[gnu::const]] vector_of<double, 64>::type vector_erf(vector_of<double, 64>::type) noexcept
    __asm__("_ZGVeN8v_erf");
[[gnu::const]] vector_of<float, 16>::type vector_erf(vector_of<float, 16>::type) noexcept
    __asm__("_ZGVbN4v_erff");
[[gnu::const]] vector_of<float, 32>::type vector_erf(vector_of<float, 32>::type) noexcept
    __asm__("_ZGVdN8v_erff");
[[gnu::const]] vector_of<float, 64>::type vector_erf(vector_of<float, 64>::type) noexcept
    __asm__("_ZGVeN16v_erff");
#endif
// @end
// @function lanes_erf needs lanes vector_erf
template <class T, std::size_t B>
lanes<T, B> erf(lanes<T, B> x) {
#if defined(__GNUC__)
  if constexpr (has_vector_math && lanes<T, B>::count > 1) return lanes<T, B>::of(vector_erf(x.v));
#endif
  return each([](T a) { return erf(a); }, x);
}
// @end

// @function vector_erfc needs vectors
#if defined(__GNUC__)
[[gnu::const]] vector_of<double, 16>::type vector_erfc(vector_of<double, 16>::type) noexcept
    __asm__("_ZGVbN2v_erfc");
[[gnu::const]] vector_of<double, 32>::type vector_erfc(vector_of<double, 32>::type) noexcept
    __asm__("_ZGVdN4v_erfc");
[[gnu::const]] vector_of<double, 64>::type vector_erfc(vector_of<double, 64>::type) noexcept
    __asm__("_ZGVeN8v_erfc");
[[gnu::const]] vector_of<float, 16>::type vector_erfc(vector_of<float, 16>::type) noexcept
    __asm__("_ZGVbN4v_erfcf");
[[gnu::const]] vector_of<float, 32>::type vector_erfc(vector_of<float, 32>::type) noexcept
    __asm__("_ZGVdN8v_erfcf");
[[gnu::const]] vector_of<float, 64>::type vector_erfc(vector_of<float, 64>::type) noexcept
    __asm__("_ZGVeN16v_erfcf");
#endif
// @end
// @function lanes_erfc needs lanes vector_erfc
template <class T, std::size_t B>
lanes<T, B> erfc(lanes<T, B> x) {
#if defined(__GNUC__)
  if constexpr (has_vector_math && lanes<T, B>::count > 1) return lanes<T, B>::of(vector_erfc(x.v));
#endif
  return each([](T a) { return erfc(a); }, x);
}
// @end

// @function vector_pow needs vectors
#if defined(__GNUC__)
[[gnu::const]] vector_of<double, 16>::type vector_pow(vector_of<double, 16>::type,
                                                      vector_of<double, 16>::type) noexcept
    __asm__("_ZGVbN2vv_pow");
[[gnu::const]] vector_of<double, 32>::type vector_pow(vector_of<double, 32>::type,
                                                      vector_of<double, 32>::type) noexcept
    __asm__("_ZGVdN4vv_pow");
[[gnu::const]] vector_of<double, 64>::type vector_pow(vector_of<double, 64>::type,
                                                      vector_of<double, 64>::type) noexcept
    __asm__("_ZGVeN8vv_pow");
[[gnu::const]] vector_of<float, 16>::type vector_pow(vector_of<float, 16>::type,
                                                     vector_of<float, 16>::type) noexcept
    __asm__("_ZGVbN4vv_powf");
[[gnu::const]] vector_of<float, 32>::type vector_pow(vector_of<float, 32>::type,
                                                     vector_of<float, 32>::type) noexcept
    __asm__("_ZGVdN8vv_powf");
[[gnu::const]] vector_of<float, 64>::type vector_pow(vector_of<float, 64>::type,
                                                     vector_of<float, 64>::type) noexcept
    __asm__("_ZGVeN16vv_powf");
#endif
// @end
// @function lanes_pow needs lanes vector_pow
template <class T, std::size_t B>
lanes<T, B> pow(lanes<T, B> x, lanes<T, B> y) {
#if defined(__GNUC__)
  if constexpr (has_vector_math && lanes<T, B>::count > 1) return lanes<T, B>::of(vector_pow(x.v, y.v));
#endif
  return each([](T a, T b) { return pow(a, b); }, x, y);
}
template <class T, std::size_t B>
lanes<T, B> pow(lanes<T, B> x, typename lanes<T, B>::number y) {
  return pow(x, lanes<T, B>(y));
}
template <class T, std::size_t B>
lanes<T, B> pow(typename lanes<T, B>::number x, lanes<T, B> y) {
  return pow(lanes<T, B>(x), y);
}
// @end

// @function vector_hypot needs vectors
#if defined(__GNUC__)
[[gnu::const]] vector_of<double, 16>::type vector_hypot(vector_of<double, 16>::type,
                                                        vector_of<double, 16>::type) noexcept
    __asm__("_ZGVbN2vv_hypot");
[[gnu::const]] vector_of<double, 32>::type vector_hypot(vector_of<double, 32>::type,
                                                        vector_of<double, 32>::type) noexcept
    __asm__("_ZGVdN4vv_hypot");
[[gnu::const]] vector_of<double, 64>::type vector_hypot(vector_of<double, 64>::type,
                                                        vector_of<double, 64>::type) noexcept
    __asm__("_ZGVeN8vv_hypot");
[[gnu::const]] vector_of<float, 16>::type vector_hypot(vector_of<float, 16>::type,
                                                       vector_of<float, 16>::type) noexcept
    __asm__("_ZGVbN4vv_hypotf");
[[gnu::const]] vector_of<float, 32>::type vector_hypot(vector_of<float, 32>::type,
                                                       vector_of<float, 32>::type) noexcept
    __asm__("_ZGVdN8vv_hypotf");
[[gnu::const]] vector_of<float, 64>::type vector_hypot(vector_of<float, 64>::type,
                                                       vector_of<float, 64>::type) noexcept
    __asm__("_ZGVeN16vv_hypotf");
#endif
// @end
// @function lanes_hypot needs lanes vector_hypot
template <class T, std::size_t B>
lanes<T, B> hypot(lanes<T, B> x, lanes<T, B> y) {
#if defined(__GNUC__)
  if constexpr (has_vector_math && lanes<T, B>::count > 1) return lanes<T, B>::of(vector_hypot(x.v, y.v));
#endif
  return each([](T a, T b) { return hypot(a, b); }, x, y);
}
template <class T, std::size_t B>
lanes<T, B> hypot(lanes<T, B> x, typename lanes<T, B>::number y) {
  return hypot(x, lanes<T, B>(y));
}
template <class T, std::size_t B>
lanes<T, B> hypot(typename lanes<T, B>::number x, lanes<T, B> y) {
  return hypot(lanes<T, B>(x), y);
}
// @end

}  // namespace nabla::rt
