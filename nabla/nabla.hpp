// Nabla as a library: expressions, their derivatives, and code for them. Link Nabla::core.
//
//   nabla::Context ctx;
//   const nabla::Expr x = ctx.var("x"), y = ctx.var("y");
//   const nabla::Expr f = pow(x, 2) * sin(y);
//   const nabla::Expr g = simplify(diff(f, x));
//   if (!g) return fail(g.error().text());
//   std::cout << g.text();                                   // 2*x*sin(y)
//   const nabla::Code code = generate("f", f, {x, y}, {"value", "grad"});
//   if (!code) return fail(code.error().text());
//   std::ofstream("f.h") << code.text();                     // f::f_grad(x, y)
//
// Errors are values. An operation that fails gives an Expr that holds the error, and an operation on such an
// Expr hands it on, so that it is enough to look at the last one. Nothing here throws but std::bad_alloc,
// prints or exits.
//
// An Expr keeps its Context alive. All that belongs to one Context is for one thread at a time; distinct
// Contexts are independent. A Context keeps what it has made until it goes. Operands of one operation come
// from one Context.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#pragma GCC visibility push(default)  // what libnabla.so shows
namespace nabla {
inline namespace v0 {

// What went wrong; `nabla explain NB0201` says more of each code.
struct Error {
  int code = 0;  // 201 is NB0201; 0: nothing went wrong
  std::string message;
  std::string help;                  // what to do about it; may be empty
  std::size_t line = 0, column = 0;  // in the text that was handed over, from 1, in characters; 0: no place

  explicit operator bool() const { return code != 0; }
  std::string text() const;  // "2:7: unknown name 'z' [NB0201]; did you mean 'x'?"
};

enum class Form { ascii, unicode, latex };

// A scalar, vector, matrix or tensor; or the error that came in its place.
class Expr {
 public:
  explicit operator bool() const;  // whether it is an expression
  const Error& error() const;

  // In Nabla's own language, or in LaTeX. Of an error its text.
  std::string text(Form form = Form::ascii) const;
  // Where it holds: "x != 0".
  std::vector<std::string> conditions(Form form = Form::ascii) const;

 private:
  struct Implementation;
  friend class Context;
  friend struct Insides;
  std::shared_ptr<const Implementation> implementation_;
};

// Generated code, or the error that came in its place.
class Code {
 public:
  explicit operator bool() const { return !error_; }
  const Error& error() const { return error_; }
  const std::string& text() const { return text_; }  // a header

 private:
  friend struct Insides;
  std::string text_;
  Error error_;
};

// The names that expressions are made of.
class Context {
 public:
  Context();

  // A scalar variable, real unless declared otherwise: var("p", ">= 0"), var("k", "integer").
  Expr var(std::string_view name, std::string_view domain = {});
  // Statements of the language (docs/language.md): "dim n; var A : matrix[n, n]; f(t) = t^2". Stops at the
  // first that fails.
  Error declare(std::string_view statements);
  // An expression over the names declared: "x'*A*x", "grad(x'*A*x, x)".
  Expr parse(std::string_view text);

 private:
  friend struct Insides;
  std::shared_ptr<struct ContextState> state_;
};

// ---- operations; those on matrices mean what they mean in the language: a*b is the matrix product ----
Expr operator+(const Expr& a, const Expr& b);
Expr operator-(const Expr& a, const Expr& b);
Expr operator*(const Expr& a, const Expr& b);
Expr operator/(const Expr& a, const Expr& b);
Expr operator-(const Expr& a);
Expr pow(const Expr& a, const Expr& b);
Expr number(const Expr& of_its_context, std::int64_t value);
Expr natural(const Expr& of_its_context, std::uint64_t value);

// A function or an operator of the language by its name: apply("gamma", {x}), apply("together", {f}).
Expr apply(std::string_view function, const std::vector<Expr>& arguments);
inline Expr sin(const Expr& x) { return apply("sin", {x}); }
inline Expr cos(const Expr& x) { return apply("cos", {x}); }
inline Expr tan(const Expr& x) { return apply("tan", {x}); }
inline Expr exp(const Expr& x) { return apply("exp", {x}); }
inline Expr log(const Expr& x) { return apply("log", {x}); }
inline Expr sqrt(const Expr& x) { return apply("sqrt", {x}); }
inline Expr abs(const Expr& x) { return apply("abs", {x}); }

// The derivative by x, of any order.
Expr diff(const Expr& f, const Expr& x, unsigned order = 1);
Expr grad(const Expr& f, const Expr& x);  // in the shape of x
Expr jac(const Expr& f, const Expr& x);   // outputs by inputs
Expr hess(const Expr& f, const Expr& x);  // inputs by inputs
Expr simplify(const Expr& f);

// ---- integers as operands; a decimal number is exact in a text: ctx.parse("0.1") ----
template <class N>
using Integer = std::enable_if_t<std::is_integral_v<N>, int>;
template <class N>
Expr integer(const Expr& of_its_context, N value) {
  return std::is_signed_v<N> ? number(of_its_context, static_cast<std::int64_t>(value))
                             : natural(of_its_context, static_cast<std::uint64_t>(value));
}
template <class N, Integer<N> = 0>
Expr operator+(const Expr& a, N b) {
  return a + integer(a, b);
}
template <class N, Integer<N> = 0>
Expr operator+(N a, const Expr& b) {
  return integer(b, a) + b;
}
template <class N, Integer<N> = 0>
Expr operator-(const Expr& a, N b) {
  return a - integer(a, b);
}
template <class N, Integer<N> = 0>
Expr operator-(N a, const Expr& b) {
  return integer(b, a) - b;
}
template <class N, Integer<N> = 0>
Expr operator*(const Expr& a, N b) {
  return a * integer(a, b);
}
template <class N, Integer<N> = 0>
Expr operator*(N a, const Expr& b) {
  return integer(b, a) * b;
}
template <class N, Integer<N> = 0>
Expr operator/(const Expr& a, N b) {
  return a / integer(a, b);
}
template <class N, Integer<N> = 0>
Expr operator/(N a, const Expr& b) {
  return integer(b, a) / b;
}
template <class N, Integer<N> = 0>
Expr pow(const Expr& a, N b) {
  return pow(a, integer(a, b));
}

// ---- code (docs/generated-code.md) ----
enum class Language { cpp, c };
enum class Scalar { automatic, floating_template, double_, float_ };  // automatic: as nabla gen
enum class Storage { automatic, array, span, eigen };

struct GenerateOptions {
  Language language = Language::cpp;
  Scalar scalar = Scalar::automatic;
  Storage storage = Storage::automatic;
  std::string name_space = {};  // "my::models"; empty: from the name
  std::string functions = {};   // of a model, "f,g": only these; empty: all
  std::string derive = {};      // of a model, "value,grad": in place of what its derive statements ask for
};

// The header for a function of these variables, with these outputs: "value", "grad", "jac", "hess(lower,
// csr)", "jvp", "vjp", "hvp". Derivatives are compared with automatic differentiation first; where they
// differ that is the error.
Code generate(std::string_view name, const Expr& f, const std::vector<Expr>& variables,
              const std::vector<std::string>& outputs, const GenerateOptions& options = {});
// The header for the text of a model file, as `nabla gen` writes it. `name` is that of the file, and where
// its imports are looked for: "models/pendulum.nabla".
Code generate_model(std::string_view name, std::string_view text, const GenerateOptions& options = {});

}  // namespace v0
}  // namespace nabla
#pragma GCC visibility pop
