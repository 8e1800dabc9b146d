#include "fuzz/mutate.h"

#include <algorithm>
#include <array>

#include "expr/function.h"
#include "parser/token.h"

namespace nabla::fuzz {
namespace {

// One line at least of each kind of statement and of each corner of the grammar.
constexpr std::string_view lines[] = {
    "2x + 3(x+1) - 1/(2*x)",
    "x^2^3 - -x^-2 + 2^-x",
    "sin(x)^2 + cos(x)^2 - exp(log(y))",
    "if x > 0 and not y < 1 or z == 2 then x else if 1 < x < 2 then y else -1",
    "f(x) = sin(x)^2; f(f(x))",
    "a where a = x + y, b = a*a",
    "diff(exp(sin(x)), x, 3)",
    "diff(x*y, x, y)",
    "grad(x*y*z); hess(x^2*y)",
    "jac([x*y; x+y], [x, y])",
    "fun g(scalar) : scalar; g'(x) + g''(2x); diff(g(x^2), x)",
    "fun h(scalar, scalar) : scalar; D(h, 1, 2)(x, y); diff(h(x, x), x)",
    "subs(x^2 + y, x = 3, y = x)",
    "eval(sin(x)/x, x = 1.5); eval(pi, digits = 40)",
    "equal((x+1)^2, x^2 + 2x + 1)",
    "assert diff(x^3, x) == 3x^2",
    "simplify(x/x + 0*y)",
    "sum(i*x for i in 1:5); prod(x + i for i in 1:3)",
    "[i + j for i in 1:2, j in 1:3]",
    "max(x, y, 3); min([1, 2, 3]); argmax([3; 1])",
    "var a : vector[3]; a[2]*a[1]; a'*a; a .* a; sum(a); norm2(a)",
    "var M : matrix[2, 2]; M*M'; inv(M); det(M); tr(M^3); M[1, :]; M[:, end]; |M[1, 1]|",
    "dim n, d; param X : matrix[n, d]; var w : vector[d]; sum((X*w).^2); grad(w'*X'*X*w, w)",
    "dim n; var x : vector[n]; sum(x[i]*x[j] for i in 1:n, j in 1:i if j != i)",
    "var x : vector[4]; x[2:3]; x[2:end]; sum(x[i+1] - x[i] for i in 1:3)",
    "[1, 2; 3, 4]*[x; y]; [1, 2; 3, 4]\\[5; 6]; [1, 2; 3, 4]'",
    "var S : matrix[3, 3] spd; logdet(S); chol(S)",
    "param k : scalar >= 0; var t : scalar in (0, 1); sqrt(k^2); log(t)",
    "var Z : matrix[2, 2] complex; im^2; conj(Z); Z",
    "∇(x² + y²); ∂(x*y)/∂x; √x + ∛y + |x - y| + ‖[x; y]‖",
    "Σ(i for i in 1:4); 2·x; x×y; x ≤ y; λ = 2; λ⁻¹",
    "const c = 3/2; c*x; 0.1 + 1e-3; 2e-3x",
    "derive f wrt x : value, grad, hess, hvp",
    "var T : tensor[2, 3, 4]; T[1, 2, 3]; T[:, 1, :]",
    "mod(7, 3); floor(7/2); 5!; gamma(1/2); hypot(3, 4); atan2(1, x)",
    "softmax([x; y]); logsumexp([x; y]); cumsum([1; 2; 3]); dot([1; x], [y; 2])",
    "polygamma(2, x); beta(x, y); erf(x); Si(x); sinc(x); relu(x); leaky_relu(x, 0.1)",
    "kron([1, 2], [3; x]); [1; 2] ⊗ [x; y]; eye(3); zeros(2, 2); diag([x; y]); vec([x, 1; 2, y])",
    "eye(3)^5; expm([0, x; 0, 0]); cross([1; 2; 3], [x; y; z]); delta(1, 2)",
    "dx + ddx; differential(x*y); hvp(x^3*y, [x, y], [1; 2])",
    "x = 3 # a comment\n/* another */ y = x'\n",
};

constexpr std::string_view words[] = {
    "(",
    ")",
    "[",
    "]",
    ",",
    ";",
    "\n",
    ":",
    "=",
    "==",
    "<=",
    "!=",
    "+",
    "-",
    "*",
    "/",
    "\\",
    ".*",
    "./",
    ".^",
    "^",
    "'",
    "!",
    "|",
    "·",
    "×",
    "⊗",
    "²",
    "⁻¹",
    "ᵀ",
    "for",
    "in",
    "if",
    "then",
    "else",
    "and",
    "or",
    "not",
    "where",
    "wrt",
    "let",
    "end",
    "x",
    "y",
    "i",
    "n",
    "pi",
    "e",
    "im",
    "0",
    "1",
    "2",
    "3",
    "1/2",
    "10^9",
    "1e400",
    "2^(2^100)",
    "var ",
    "param ",
    "dim ",
    "const ",
    "fun ",
    "assert ",
    "derive ",
    "vector[n]",
    "matrix[2,2]",
    "scalar",
    "integer",
    "1:3",
    "1:0",
    "1:10^6",
    "dim = 1",
    " for i in 1:3",
    "x[1]",
    "[x; y]",
    "[1, 2; 3, 4]",
    "diff(",
    "grad(",
    "hess(",
    "jac(",
    "subs(",
    "eval(",
    "equal(",
    "simplify(",
    "sum(",
    "max(",
    "∂",
    "∇",
    "√",
    "ｘ",
    "–",
    "\xff",
    "\xe2\x82",
    "\"",
    "#",
    "/*",
    "*/",
    "{",
    "\t",
    "\r\n",
    "\u00a0",
    "e\u0301",
};

std::string_view function_name(Random& random) {
  return row(function_at(random.below(function_count()))).name;
}

// The text cut into tokens, blanks with the token before them.
std::vector<std::string> tokens_of(const std::string& text) {
  std::vector<std::string> out;
  Lexer lexer(text);
  uint32_t from = 0;
  for (Token t = lexer.next(); t.kind != TokenKind::end_of_text; t = lexer.next()) {
    if (t.span.begin > from && from > 0) out.push_back(text.substr(from, t.span.begin - from));
    out.push_back(text.substr(t.span.begin, t.span.end - t.span.begin));
    from = t.span.end;
  }
  return out;
}

std::string mutated_tokens(Random& random, const std::string& text) {
  std::vector<std::string> tokens = tokens_of(text);
  for (size_t changes = 1 + random.below(4); changes > 0; --changes) {
    const size_t at = random.below(tokens.size() + 1);
    const auto here = tokens.begin() + static_cast<ptrdiff_t>(at);
    switch (random.below(6)) {
      case 0:
        if (at < tokens.size()) tokens.erase(here);
        break;
      case 1:
        if (at < tokens.size()) tokens[at] = words[random.below(std::size(words))];
        break;
      case 2:
        tokens.insert(here, std::string(words[random.below(std::size(words))]));
        break;
      case 3:
        tokens.insert(here, std::string(function_name(random)));
        break;
      case 4:
        if (at < tokens.size()) std::swap(tokens[at], tokens[random.below(tokens.size())]);
        break;
      default: {  // a stretch again, somewhere else
        const size_t length = std::min(tokens.size() - at, 1 + random.below(8));
        const std::vector<std::string> part(here, here + static_cast<ptrdiff_t>(length));
        const size_t to = random.below(tokens.size() + 1);
        tokens.insert(tokens.begin() + static_cast<ptrdiff_t>(to), part.begin(), part.end());
      }
    }
  }
  std::string out;
  for (const std::string& token : tokens) out += token;
  return out;
}

std::string mutated_bytes(Random& random, std::string text) {
  for (size_t changes = 1 + random.below(4); changes > 0; --changes) {
    const size_t at = random.below(text.size() + 1);
    switch (random.below(3)) {
      case 0:
        if (at < text.size()) text.erase(at, 1 + random.below(3));
        break;
      case 1:
        if (at < text.size()) text[at] = static_cast<char>(random.below(256));
        break;
      default:
        text.insert(at, 1, static_cast<char>(random.below(2) != 0 ? random.below(128) : random.below(256)));
    }
  }
  return text;
}

}  // namespace

uint64_t Random::next() {
  state_ += 0x9e3779b97f4a7c15;
  uint64_t z = state_;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

std::string random_script(Random& random) {
  std::string out;
  for (size_t count = 1 + random.below(3); count > 0; --count) {
    out += lines[random.below(std::size(lines))];
    out += '\n';
  }
  return out;
}

std::string mutated(Random& random, std::string script) {
  return random.below(4) == 0 ? mutated_bytes(random, std::move(script)) : mutated_tokens(random, script);
}

}  // namespace nabla::fuzz
