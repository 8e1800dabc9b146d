// nabla fmt: the layout, and that it is stable and keeps the meaning.
#include <catch2/catch.hpp>
#include <random>
#include <string>
#include <vector>

#include "parser/format.h"
#include "parser/parse.h"

using namespace nabla;

namespace {

std::string formatted(const std::string& text) {
  const Formatted f = format(make_source("f", text));
  for (const Diagnostic& d : f.errors) FAIL_CHECK(d.message << " in " << text);
  return f.text;
}

}  // namespace

TEST_CASE("spacing") {
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"a+b - c", "a + b - c"},
      {"a*b", "a*b"},
      {"a* b", "a * b"},
      {"l/2 * w'*w", "l/2 * w'*w"},
      {"x **2", "x^2"},
      {"x ^ - 2", "x^-2"},
      {"- x + - y", "-x + -y"},
      {"f ( x ,y )", "f(x, y)"},
      {"[1,2 ;3 , 4]", "[1, 2; 3, 4]"},
      {"⎡ 1  x+1 ⎤ ⎣ 3  4   ⎦'", "[1, x + 1; 3, 4]'"},
      {"A[ i+1 , : ]", "A[i+1, :]"},
      {"x[ 2 : end - 1 ]", "x[2:end-1]"},
      {"sum( x[i]+1 for i  in 1 : n - 1,j in 1:m+1 if i+1!=j )",
       "sum(x[i] + 1 for i in 1:n-1, j in 1:m+1 if i + 1 != j)"},
      {"if a<b then c else-d", "if a < b then c else -d"},
      {"not(a)and b", "not (a) and b"},
      {"x=1", "x = 1"},
      {"dim n,d", "dim n, d"},
      {"dim n>=2", "dim n >= 2"},
      {"var w:vector[ d ]  spd", "var w : vector[d] spd"},
      {"param k : vector[n] integer in[1,d]", "param k : vector[n] integer in [1, d]"},
      {"param l:scalar>=-1", "param l : scalar >= -1"},
      {"f(w:vector[d],z)=w'*w+z", "f(w: vector[d], z) = w'*w + z"},
      {"fun g(scalar,vector[n]):scalar", "fun g(scalar, vector[n]) : scalar"},
      {"derive f wrt w,x:value,grad", "derive f wrt w, x : value, grad"},
      {"assert a==b", "assert a == b"},
      {"assert -a==b", "assert -a == b"},
      {"assert (a-b)*c==|d|", "assert (a - b)*c == |d|"},
      {"import   \"a b\"", "import \"a b\""},
      {"2x+3(y-1)", "2x + 3(y - 1)"},
      {"| x |*‖ y ‖", "|x|*‖y‖"},
      {"x '*y", "x'*y"},
      {"g''( x )", "g''(x)"},
      {"a .*b", "a .* b"},
      {"1./x", "1./x"},
      {"√ x+∇ f( x )", "√x + ∇f(x)"},
      {"∂ f / ∂ x", "∂f / ∂x"},
      {"x where a=1,b=2", "x where a = 1, b = 2"},
      {"a;b;c", "a; b; c"},
      {"a−b", "a - b"},
      {"x ²+y ⁻¹", "x² + y⁻¹"},
      {"taylor(e,x=a,n)", "taylor(e, x = a, n)"},
      {"n !", "n!"},
      {"a /* b */+c", "a /* b */ + c"},
  };
  for (const auto& [text, expected] : rows) {
    CAPTURE(text);
    CHECK(formatted(text) == expected + "\n");
  }
}

TEST_CASE("lines, comments and blank lines") {
  CHECK(formatted("") == "");
  CHECK(formatted("\n\n  \n") == "");
  CHECK(formatted("\xEF\xBB\xBF"
                  "a\r\nb") == "a\nb\n");
  CHECK(formatted("\n\na\n\n\n\n\nb  \n\n") == "a\n\n\nb\n");
  CHECK(formatted("# one  \n  # two\na #three\nbbbb   # four\n\nc # five") ==
        "# one\n# two\na     #three\nbbbb  # four\n\nc  # five\n");
  CHECK(formatted("A = [1,2;\n3,4\n]\nb") == "A = [1, 2;\n  3, 4\n]\nb\n");
  CHECK(formatted("f(x,\n# why\ny)") == "f(x,\n  # why\n  y)\n");
  CHECK(formatted("f(x\n-y)") == "f(x\n  - y)\n");
  CHECK(formatted("a /* b\n  c */\nd") == "a /* b\n  c */\nd\n");
}

TEST_CASE("a text with errors is not formatted") {
  const Formatted f = format(make_source("f", "a +\nb\n1/2x"));
  CHECK(f.text.empty());
  CHECK(f.errors.size() == 2);
}

TEST_CASE("formatting twice changes nothing, and never the meaning") {
  const std::vector<std::string> pieces = {"x",
                                           "y1",
                                           "2",
                                           "1.5",
                                           "(",
                                           ")",
                                           "[",
                                           "]",
                                           ",",
                                           ";",
                                           "\n",
                                           "+",
                                           "-",
                                           "*",
                                           "/",
                                           "^",
                                           "'",
                                           "|",
                                           " ",
                                           " ",
                                           "==",
                                           "=",
                                           "f(",
                                           "x[",
                                           "²",
                                           "√",
                                           ".*",
                                           "!",
                                           "λ",
                                           "∇",
                                           "not",
                                           "and",
                                           "#c\n",
                                           "if a then b else ",
                                           "sum(x for i in 1:n)",
                                           "var q : vector[n]\n",
                                           "/*c*/",
                                           "for i in 1:n",
                                           ":",
                                           "−",
                                           "**",
                                           "where t = 2",
                                           "end",
                                           "\n\n\n"};
  std::mt19937 random(5);
  int good = 0;
  for (int round = 0; round < 60'000; ++round) {
    std::string text;
    const size_t length = random() % 9;
    for (size_t i = 0; i < length; ++i) {
      text += pieces[random() % pieces.size()];
      if (random() % 3 == 0) text += ' ';
    }
    const Formatted once = format(make_source("f", text));
    if (!once.errors.empty()) {
      CAPTURE(text);
      REQUIRE(once.errors[0].code != Code::internal_error);
      continue;
    }
    ++good;
    CAPTURE(text, once.text);
    REQUIRE(formatted(once.text) == once.text);
  }
  CHECK(good > 3000);
}
