// Nabla as a library: a derivative as text, and as code.
#include <fstream>
#include <iostream>
#include <nabla/nabla.hpp>

int main() {
  nabla::Context ctx;
  const nabla::Expr x = ctx.var("x"), y = ctx.var("y");
  const nabla::Expr f = pow(x, 2) * sin(y);
  const nabla::Expr g = simplify(diff(f, x));
  const nabla::Code code = generate("f", f, {x, y}, {"value", "grad"});
  if (!g || !code) return std::cerr << (g ? code.error() : g.error()).text() << '\n', 1;
  std::cout << g.text() << '\n';
  std::ofstream("f.h") << code.text();
}
