// Trigonometric and hyperbolic functions of lanes by glibc's libmvec, else lane by lane; see nabla_lanes.h.
//
// The vector functions have the names of the vector ABI of x86-64: _ZGV, the instruction set (b: SSE, d:
// AVX2, e: AVX-512), N, the number of lanes, a v for each argument, and the name of the scalar function.
#pragma once

#include "nabla_lanes.h"

namespace nabla::rt {

// @function vector_sin needs vectors
#if defined(__GNUC__)
[[gnu::const]] vector_of<double, 16>::type vector_sin(vector_of<double, 16>::type) noexcept
    __asm__("_ZGVbN2v_sin");
[[gnu::const]] vector_of<double, 32>::type vector_sin(vector_of<double, 32>::type) noexcept
    __asm__("_ZGVdN4v_sin");
[[gnu::const]] vector_of<double, 64>::type vector_sin(vector_of<double, 64>::type) noexcept
    __asm__("_ZGVeN8v_sin");
[[gnu::const]] vector_of<float, 16>::type vector_sin(vector_of<float, 16>::type) noexcept
    __asm__("_ZGVbN4v_sinf");
[[gnu::const]] vector_of<float, 32>::type vector_sin(vector_of<float, 32>::type) noexcept
    __asm__("_ZGVdN8v_sinf");
[[gnu::const]] vector_of<float, 64>::type vector_sin(vector_of<float, 64>::type) noexcept
    __asm__("_ZGVeN16v_sinf");
#endif
// @end
// @function lanes_sin needs lanes vector_sin
template <class T, std::size_t B>
lanes<T, B> sin(lanes<T, B> x) {
#if defined(__GNUC__)
  if constexpr (has_vector_math && lanes<T, B>::count > 1) return lanes<T, B>::of(vector_sin(x.v));
#endif
  return each([](T a) { return sin(a); }, x);
}
// @end

// @function vector_cos needs vectors
#if defined(__GNUC__)
[[gnu::const]] vector_of<double, 16>::type vector_cos(vector_of<double, 16>::type) noexcept
    __asm__("_ZGVbN2v_cos");
[[gnu::const]] vector_of<double, 32>::type vector_cos(vector_of<double, 32>::type) noexcept
    __asm__("_ZGVdN4v_cos");
[[gnu::const]] vector_of<double, 64>::type vector_cos(vector_of<double, 64>::type) noexcept
    __asm__("_ZGVeN8v_cos");
[[gnu::const]] vector_of<float, 16>::type vector_cos(vector_of<float, 16>::type) noexcept
    __asm__("_ZGVbN4v_cosf");
[[gnu::const]] vector_of<float, 32>::type vector_cos(vector_of<float, 32>::type) noexcept
    __asm__("_ZGVdN8v_cosf");
[[gnu::const]] vector_of<float, 64>::type vector_cos(vector_of<float, 64>::type) noexcept
    __asm__("_ZGVeN16v_cosf");
#endif
// @end
// @function lanes_cos needs lanes vector_cos
template <class T, std::size_t B>
lanes<T, B> cos(lanes<T, B> x) {
#if defined(__GNUC__)
  if constexpr (has_vector_math && lanes<T, B>::count > 1) return lanes<T, B>::of(vector_cos(x.v));
#endif
  return each([](T a) { return cos(a); }, x);
}
// @end

// @function vector_tan needs vectors
#if defined(__GNUC__)
[[gnu::const]] vector_of<double, 16>::type vector_tan(vector_of<double, 16>::type) noexcept
    __asm__("_ZGVbN2v_tan");
[[gnu::const]] vector_of<double, 32>::type vector_tan(vector_of<double, 32>::type) noexcept
    __asm__("_ZGVdN4v_tan");
[[gnu::const]] vector_of<double, 64>::type vector_tan(vector_of<double, 64>::type) noexcept
    __asm__("_ZGVeN8v_tan");
[[gnu::const]] vector_of<float, 16>::type vector_tan(vector_of<float, 16>::type) noexcept
    __asm__("_ZGVbN4v_tanf");
[[gnu::const]] vector_of<float, 32>::type vector_tan(vector_of<float, 32>::type) noexcept
    __asm__("_ZGVdN8v_tanf");
[[gnu::const]] vector_of<float, 64>::type vector_tan(vector_of<float, 64>::type) noexcept
    __asm__("_ZGVeN16v_tanf");
#endif
// @end
// @function lanes_tan needs lanes vector_tan
template <class T, std::size_t B>
lanes<T, B> tan(lanes<T, B> x) {
#if defined(__GNUC__)
  if constexpr (has_vector_math && lanes<T, B>::count > 1) return lanes<T, B>::of(vector_tan(x.v));
#endif
  return each([](T a) { return tan(a); }, x);
}
// @end

// @function vector_asin needs vectors
#if defined(__GNUC__)
[[gnu::const]] vector_of<double, 16>::type vector_asin(vector_of<double, 16>::type) noexcept
    __asm__("_ZGVbN2v_asin");
[[gnu::const]] vector_of<double, 32>::type vector_asin(vector_of<double, 32>::type) noexcept
    __asm__("_ZGVdN4v_asin");
[[gnu::const]] vector_of<double, 64>::type vector_asin(vector_of<double, 64>::type) noexcept
    __asm__("_ZGVeN8v_asin");
[[gnu::const]] vector_of<float, 16>::type vector_asin(vector_of<float, 16>::type) noexcept
    __asm__("_ZGVbN4v_asinf");
[[gnu::const]] vector_of<float, 32>::type vector_asin(vector_of<float, 32>::type) noexcept
    __asm__("_ZGVdN8v_asinf");
[[gnu::const]] vector_of<float, 64>::type vector_asin(vector_of<float, 64>::type) noexcept
    __asm__("_ZGVeN16v_asinf");
#endif
// @end
// @function lanes_asin needs lanes vector_asin
template <class T, std::size_t B>
lanes<T, B> asin(lanes<T, B> x) {
#if defined(__GNUC__)
  if constexpr (has_vector_math && lanes<T, B>::count > 1) return lanes<T, B>::of(vector_asin(x.v));
#endif
  return each([](T a) { return asin(a); }, x);
}
// @end

// @function vector_acos needs vectors
#if defined(__GNUC__)
[[gnu::const]] vector_of<double, 16>::type vector_acos(vector_of<double, 16>::type) noexcept
    __asm__("_ZGVbN2v_acos");
[[gnu::const]] vector_of<double, 32>::type vector_acos(vector_of<double, 32>::type) noexcept
    __asm__("_ZGVdN4v_acos");
[[gnu::const]] vector_of<double, 64>::type vector_acos(vector_of<double, 64>::type) noexcept
    __asm__("_ZGVeN8v_acos");
[[gnu::const]] vector_of<float, 16>::type vector_acos(vector_of<float, 16>::type) noexcept
    __asm__("_ZGVbN4v_acosf");
[[gnu::const]] vector_of<float, 32>::type vector_acos(vector_of<float, 32>::type) noexcept
    __asm__("_ZGVdN8v_acosf");
[[gnu::const]] vector_of<float, 64>::type vector_acos(vector_of<float, 64>::type) noexcept
    __asm__("_ZGVeN16v_acosf");
#endif
// @end
// @function lanes_acos needs lanes vector_acos
template <class T, std::size_t B>
lanes<T, B> acos(lanes<T, B> x) {
#if defined(__GNUC__)
  if constexpr (has_vector_math && lanes<T, B>::count > 1) return lanes<T, B>::of(vector_acos(x.v));
#endif
  return each([](T a) { return acos(a); }, x);
}
// @end

// @function vector_atan needs vectors
#if defined(__GNUC__)
[[gnu::const]] vector_of<double, 16>::type vector_atan(vector_of<double, 16>::type) noexcept
    __asm__("_ZGVbN2v_atan");
[[gnu::const]] vector_of<double, 32>::type vector_atan(vector_of<double, 32>::type) noexcept
    __asm__("_ZGVdN4v_atan");
[[gnu::const]] vector_of<double, 64>::type vector_atan(vector_of<double, 64>::type) noexcept
    __asm__("_ZGVeN8v_atan");
[[gnu::const]] vector_of<float, 16>::type vector_atan(vector_of<float, 16>::type) noexcept
    __asm__("_ZGVbN4v_atanf");
[[gnu::const]] vector_of<float, 32>::type vector_atan(vector_of<float, 32>::type) noexcept
    __asm__("_ZGVdN8v_atanf");
[[gnu::const]] vector_of<float, 64>::type vector_atan(vector_of<float, 64>::type) noexcept
    __asm__("_ZGVeN16v_atanf");
#endif
// @end
// @function lanes_atan needs lanes vector_atan
template <class T, std::size_t B>
lanes<T, B> atan(lanes<T, B> x) {
#if defined(__GNUC__)
  if constexpr (has_vector_math && lanes<T, B>::count > 1) return lanes<T, B>::of(vector_atan(x.v));
#endif
  return each([](T a) { return atan(a); }, x);
}
// @end

// @function vector_atan2 needs vectors
#if defined(__GNUC__)
[[gnu::const]] vector_of<double, 16>::type vector_atan2(vector_of<double, 16>::type,
                                                        vector_of<double, 16>::type) noexcept
    __asm__("_ZGVbN2vv_atan2");
[[gnu::const]] vector_of<double, 32>::type vector_atan2(vector_of<double, 32>::type,
                                                        vector_of<double, 32>::type) noexcept
    __asm__("_ZGVdN4vv_atan2");
[[gnu::const]] vector_of<double, 64>::type vector_atan2(vector_of<double, 64>::type,
                                                        vector_of<double, 64>::type) noexcept
    __asm__("_ZGVeN8vv_atan2");
[[gnu::const]] vector_of<float, 16>::type vector_atan2(vector_of<float, 16>::type,
                                                       vector_of<float, 16>::type) noexcept
    __asm__("_ZGVbN4vv_atan2f");
[[gnu::const]] vector_of<float, 32>::type vector_atan2(vector_of<float, 32>::type,
                                                       vector_of<float, 32>::type) noexcept
    __asm__("_ZGVdN8vv_atan2f");
[[gnu::const]] vector_of<float, 64>::type vector_atan2(vector_of<float, 64>::type,
                                                       vector_of<float, 64>::type) noexcept
    __asm__("_ZGVeN16vv_atan2f");
#endif
// @end
// @function lanes_atan2 needs lanes vector_atan2
template <class T, std::size_t B>
lanes<T, B> atan2(lanes<T, B> x, lanes<T, B> y) {
#if defined(__GNUC__)
  if constexpr (has_vector_math && lanes<T, B>::count > 1) return lanes<T, B>::of(vector_atan2(x.v, y.v));
#endif
  return each([](T a, T b) { return atan2(a, b); }, x, y);
}
template <class T, std::size_t B>
lanes<T, B> atan2(lanes<T, B> x, typename lanes<T, B>::number y) {
  return atan2(x, lanes<T, B>(y));
}
template <class T, std::size_t B>
lanes<T, B> atan2(typename lanes<T, B>::number x, lanes<T, B> y) {
  return atan2(lanes<T, B>(x), y);
}
// @end

// @function vector_sinh needs vectors
#if defined(__GNUC__)
[[gnu::const]] vector_of<double, 16>::type vector_sinh(vector_of<double, 16>::type) noexcept
    __asm__("_ZGVbN2v_sinh");
[[gnu::const]] vector_of<double, 32>::type vector_sinh(vector_of<double, 32>::type) noexcept
    __asm__("_ZGVdN4v_sinh");
[[gnu::const]] vector_of<double, 64>::type vector_sinh(vector_of<double, 64>::type) noexcept
    __asm__("_ZGVeN8v_sinh");
[[gnu::const]] vector_of<float, 16>::type vector_sinh(vector_of<float, 16>::type) noexcept
    __asm__("_ZGVbN4v_sinhf");
[[gnu::const]] vector_of<float, 32>::type vector_sinh(vector_of<float, 32>::type) noexcept
    __asm__("_ZGVdN8v_sinhf");
[[gnu::const]] vector_of<float, 64>::type vector_sinh(vector_of<float, 64>::type) noexcept
    __asm__("_ZGVeN16v_sinhf");
#endif
// @end
// @function lanes_sinh needs lanes vector_sinh
template <class T, std::size_t B>
lanes<T, B> sinh(lanes<T, B> x) {
#if defined(__GNUC__)
  if constexpr (has_vector_math && lanes<T, B>::count > 1) return lanes<T, B>::of(vector_sinh(x.v));
#endif
  return each([](T a) { return sinh(a); }, x);
}
// @end

// @function vector_cosh needs vectors
#if defined(__GNUC__)
[[gnu::const]] vector_of<double, 16>::type vector_cosh(vector_of<double, 16>::type) noexcept
    __asm__("_ZGVbN2v_cosh");
[[gnu::const]] vector_of<double, 32>::type vector_cosh(vector_of<double, 32>::type) noexcept
    __asm__("_ZGVdN4v_cosh");
[[gnu::const]] vector_of<double, 64>::type vector_cosh(vector_of<double, 64>::type) noexcept
    __asm__("_ZGVeN8v_cosh");
[[gnu::const]] vector_of<float, 16>::type vector_cosh(vector_of<float, 16>::type) noexcept
    __asm__("_ZGVbN4v_coshf");
[[gnu::const]] vector_of<float, 32>::type vector_cosh(vector_of<float, 32>::type) noexcept
    __asm__("_ZGVdN8v_coshf");
[[gnu::const]] vector_of<float, 64>::type vector_cosh(vector_of<float, 64>::type) noexcept
    __asm__("_ZGVeN16v_coshf");
#endif
// @end
// @function lanes_cosh needs lanes vector_cosh
template <class T, std::size_t B>
lanes<T, B> cosh(lanes<T, B> x) {
#if defined(__GNUC__)
  if constexpr (has_vector_math && lanes<T, B>::count > 1) return lanes<T, B>::of(vector_cosh(x.v));
#endif
  return each([](T a) { return cosh(a); }, x);
}
// @end

// @function vector_tanh needs vectors
#if defined(__GNUC__)
[[gnu::const]] vector_of<double, 16>::type vector_tanh(vector_of<double, 16>::type) noexcept
    __asm__("_ZGVbN2v_tanh");
[[gnu::const]] vector_of<double, 32>::type vector_tanh(vector_of<double, 32>::type) noexcept
    __asm__("_ZGVdN4v_tanh");
[[gnu::const]] vector_of<double, 64>::type vector_tanh(vector_of<double, 64>::type) noexcept
    __asm__("_ZGVeN8v_tanh");
[[gnu::const]] vector_of<float, 16>::type vector_tanh(vector_of<float, 16>::type) noexcept
    __asm__("_ZGVbN4v_tanhf");
[[gnu::const]] vector_of<float, 32>::type vector_tanh(vector_of<float, 32>::type) noexcept
    __asm__("_ZGVdN8v_tanhf");
[[gnu::const]] vector_of<float, 64>::type vector_tanh(vector_of<float, 64>::type) noexcept
    __asm__("_ZGVeN16v_tanhf");
#endif
// @end
// @function lanes_tanh needs lanes vector_tanh
template <class T, std::size_t B>
lanes<T, B> tanh(lanes<T, B> x) {
#if defined(__GNUC__)
  if constexpr (has_vector_math && lanes<T, B>::count > 1) return lanes<T, B>::of(vector_tanh(x.v));
#endif
  return each([](T a) { return tanh(a); }, x);
}
// @end

// @function vector_asinh needs vectors
#if defined(__GNUC__)
[[gnu::const]] vector_of<double, 16>::type vector_asinh(vector_of<double, 16>::type) noexcept
    __asm__("_ZGVbN2v_asinh");
[[gnu::const]] vector_of<double, 32>::type vector_asinh(vector_of<double, 32>::type) noexcept
    __asm__("_ZGVdN4v_asinh");
[[gnu::const]] vector_of<double, 64>::type vector_asinh(vector_of<double, 64>::type) noexcept
    __asm__("_ZGVeN8v_asinh");
[[gnu::const]] vector_of<float, 16>::type vector_asinh(vector_of<float, 16>::type) noexcept
    __asm__("_ZGVbN4v_asinhf");
[[gnu::const]] vector_of<float, 32>::type vector_asinh(vector_of<float, 32>::type) noexcept
    __asm__("_ZGVdN8v_asinhf");
[[gnu::const]] vector_of<float, 64>::type vector_asinh(vector_of<float, 64>::type) noexcept
    __asm__("_ZGVeN16v_asinhf");
#endif
// @end
// @function lanes_asinh needs lanes vector_asinh
template <class T, std::size_t B>
lanes<T, B> asinh(lanes<T, B> x) {
#if defined(__GNUC__)
  if constexpr (has_vector_math && lanes<T, B>::count > 1) return lanes<T, B>::of(vector_asinh(x.v));
#endif
  return each([](T a) { return asinh(a); }, x);
}
// @end

// @function vector_acosh needs vectors
#if defined(__GNUC__)
[[gnu::const]] vector_of<double, 16>::type vector_acosh(vector_of<double, 16>::type) noexcept
    __asm__("_ZGVbN2v_acosh");
[[gnu::const]] vector_of<double, 32>::type vector_acosh(vector_of<double, 32>::type) noexcept
    __asm__("_ZGVdN4v_acosh");
[[gnu::const]] vector_of<double, 64>::type vector_acosh(vector_of<double, 64>::type) noexcept
    __asm__("_ZGVeN8v_acosh");
[[gnu::const]] vector_of<float, 16>::type vector_acosh(vector_of<float, 16>::type) noexcept
    __asm__("_ZGVbN4v_acoshf");
[[gnu::const]] vector_of<float, 32>::type vector_acosh(vector_of<float, 32>::type) noexcept
    __asm__("_ZGVdN8v_acoshf");
[[gnu::const]] vector_of<float, 64>::type vector_acosh(vector_of<float, 64>::type) noexcept
    __asm__("_ZGVeN16v_acoshf");
#endif
// @end
// @function lanes_acosh needs lanes vector_acosh
template <class T, std::size_t B>
lanes<T, B> acosh(lanes<T, B> x) {
#if defined(__GNUC__)
  if constexpr (has_vector_math && lanes<T, B>::count > 1) return lanes<T, B>::of(vector_acosh(x.v));
#endif
  return each([](T a) { return acosh(a); }, x);
}
// @end

// @function vector_atanh needs vectors
#if defined(__GNUC__)
[[gnu::const]] vector_of<double, 16>::type vector_atanh(vector_of<double, 16>::type) noexcept
    __asm__("_ZGVbN2v_atanh");
[[gnu::const]] vector_of<double, 32>::type vector_atanh(vector_of<double, 32>::type) noexcept
    __asm__("_ZGVdN4v_atanh");
[[gnu::const]] vector_of<double, 64>::type vector_atanh(vector_of<double, 64>::type) noexcept
    __asm__("_ZGVeN8v_atanh");
[[gnu::const]] vector_of<float, 16>::type vector_atanh(vector_of<float, 16>::type) noexcept
    __asm__("_ZGVbN4v_atanhf");
[[gnu::const]] vector_of<float, 32>::type vector_atanh(vector_of<float, 32>::type) noexcept
    __asm__("_ZGVdN8v_atanhf");
[[gnu::const]] vector_of<float, 64>::type vector_atanh(vector_of<float, 64>::type) noexcept
    __asm__("_ZGVeN16v_atanhf");
#endif
// @end
// @function lanes_atanh needs lanes vector_atanh
template <class T, std::size_t B>
lanes<T, B> atanh(lanes<T, B> x) {
#if defined(__GNUC__)
  if constexpr (has_vector_math && lanes<T, B>::count > 1) return lanes<T, B>::of(vector_atanh(x.v));
#endif
  return each([](T a) { return atanh(a); }, x);
}
// @end

}  // namespace nabla::rt
