// Random formulas of vectors and matrices of symbolic size, over all functions of the table and with names of
// every structure: what is to be differentiated.
//
// A formula has up to 8 operations and operands of order at most 2; with `blocks` also rows, matrices made of
// blocks, and more rectangular ones. A seed gives the same formula on every machine.
#pragma once

#include <algorithm>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "expr/function.h"

namespace nabla::test {

class RandomMatrixFormula {
 public:
  static constexpr const char* declarations =
      "dim n, m\n"
      "var x, y : vector[n]; var u, v : vector[m]; var w : vector[n] > 0\n"
      "var A, B : matrix[n, n]; var D, E : matrix[n, m]; var W : matrix[n, n] > 0\n"
      "var S : matrix[n, n] symmetric; var P : matrix[n, n] spd; var K : matrix[n, n] skew\n"
      "var G : matrix[n, n] diagonal; var L : matrix[n, n] lower; var U : matrix[n, n] upper\n"
      "var Q : matrix[n, n] orthogonal; var T : matrix[n, n] toeplitz; var H : matrix[n, n] symtoeplitz\n"
      "var a, b; var p, q > 0\n";
  static constexpr const char* names[] = {"x", "y", "u", "v", "w", "A", "B", "D", "E", "W", "S",
                                          "P", "K", "G", "L", "U", "Q", "T", "H", "a", "p"};

  explicit RandomMatrixFormula(uint64_t seed, bool blocks = false)
      : random_(seed * 0x9E3779B97F4A7C15u + 1), blocks_(blocks) {
    for (size_t i = 0; i < function_count(); ++i) {
      const Function& f = row(function_at(i));
      if (!f.value || f.not_differentiable != 0) continue;
      if (f.name == "factorial") continue;  // is written behind its argument
      if (f.max_args == 1) unary_.push_back(f.name);
      if (f.max_args == 2) binary_.push_back(f.name);
    }
  }

  // Of any order up to 2, with `operations` operations.
  std::string make(int operations) {
    if (blocks_ && below(4) == 0) return blocks(operations);
    switch (below(4)) {
      case 0:
        return vector(operations, below(3) ? 'n' : 'm');
      case 1:
        return below(3) ? square(operations) : matrix(operations, 'n', 'm');
      default:
        return scalar(operations);
    }
  }
  std::string scalar(int operations) {
    if (operations <= 0) return any({"a", "b", "p", "q", "2", "3", "1/2", "-1"});
    const int k = operations - 1, i = static_cast<int>(below(static_cast<size_t>(k) + 1)), j = k - i;
    if (blocks_ && below(3) == 0) return scalar_of_blocks(i, j);
    switch (below(22)) {
      case 0:
        return "(" + scalar(i) + any({" + ", " - "}) + scalar(j) + ")";
      case 1:
        return "(" + scalar(i) + ")*" + scalar(j);
      case 2:
        return "(" + scalar(i) + ")/(" + scalar(j) + ")";
      case 3:
        return "(" + scalar(k) + ")" + any({"^2", "^3", "^(-1)", "^(1/2)", "^a"});
      case 4:
        return entrywise(scalar(k));
      case 5:
        return std::string(binary_[below(binary_.size())]) + "(" + scalar(i) + ", " + scalar(j) + ")";
      case 6:
      case 7:
        return "((" + vector(i, 'n') + ")'*(" + vector(j, 'n') + "))";
      case 8:
        return "sum(" + (below(2) ? vector(k, 'm') : square(k)) + ")";
      case 9:
      case 10:
        return "tr(" + square(k) + ")";
      case 11:
        return any({"prod", "max", "min", "mean"}) + "(" + vector(k, 'n') + ")";
      case 12:
        return any({"norm2", "logsumexp", "norm1", "norminf"}) + "(" + vector(k, 'm') + ")";
      case 13:
        return any({"det", "normF", "normnuc", "norm2", "log(abs(det"}, square(k));
      case 14:
        return "logdet(" + definite(k) + ")";
      case 15:
        return any({"eigmax", "eigmin"}) + "(sym(" + square(k) + "))";
      case 16:
        return "eigval(sym(" + square(k) + "), 1)";
      case 17:
        return "(" + vector(k, 'n') + ")[" + any({"1", "2", "end"}) + "]";
      case 18:
        return "(" + square(k) + ")[1, 2]";
      case 19:
        return "(if " + scalar(i) + " < 1 then " + scalar(j) + " else " + scalar(i) + ")";
      case 20:
        return "sum((" + vector(i, 'n') + ")[i]*(" + square(j) + ")[i, j] for i in 1:n, j in 1:n" +
               any({"", " if i != j", " if i <= j"}) + ")";
      default:
        return "((" + vector(i, 'n') + ")'*" + square(j) + "*x)";
    }
  }

  std::string vector(int operations, char n) {
    if (operations <= 0) return n == 'n' ? any({"x", "y", "w", "x", "ones(n)"}) : any({"u", "v"});
    const int k = operations - 1, i = static_cast<int>(below(static_cast<size_t>(k) + 1)), j = k - i;
    if (blocks_ && below(3) == 0) return vector_of_blocks(i, j, n);
    switch (below(19)) {
      case 0:
        return "(" + vector(i, n) + any({" + ", " - "}) + vector(j, n) + ")";
      case 1:
        return "(" + vector(i, n) + any({" .* ", " ./ "}) + vector(j, n) + ")";
      case 2:
      case 3:
        return entrywise(vector(k, n));
      case 4:
        return std::string(binary_[below(binary_.size())]) + "(" + vector(i, n) + ", " + vector(j, n) + ")";
      case 5:
      case 6:
        return "((" + (n == 'n' ? square(i) : matrix(i, n, 'n')) + ")*(" + vector(j, 'n') + "))";
      case 7:
        return "(" + scalar(i) + "*" + vector(j, n) + ")";
      case 8:
        return "(" + vector(k, n) + ")." + any({"^2", "^3", "^-1", "^a"});
      case 9:
        return any({"sum", "mean", "logsumexp", "norm1", "norm2", "max", "min", "prod"}) + "(" +
               (n == 'n' ? square(k) : matrix(k, n, 'n')) + ", dim = 2)";
      case 10:
        return n == 'n' ? "diag(" + square(k) + ")" : "sum(" + matrix(k, 'n', 'm') + ", dim = 1)'";
      case 11:
        return any({"softmax", "log_softmax", "cumsum"}) + "(" + vector(k, n) + ")";
      case 12:
        return n == 'n' ? "(" + definite(i) + "\\(" + vector(j, 'n') + "))"
                        : "((" + matrix(i, 'n', 'm') + ")'*(" + vector(j, 'n') + "))";
      case 13:
        return n == 'n' ? "eigvals(sym(" + square(k) + "))" : "(" + matrix(k, 'n', 'm') + ")[1, :]'";
      case 14:
        return n == 'n' ? "(" + square(k) + ")[:, 1]" : "(" + matrix(k, n, 'n') + ")[:, 2]";
      case 15:
        return "(if " + scalar(i) + " < 1 then " + vector(j, n) + " else " + vector(0, n) + ")";
      case 16:
        return "[sin((" + vector(i, n) + ")[i]) + (" + vector(j, n) + ")[i]^2 for i in 1:" + n + "]";
      case 17:
        return n == 'n' ? "toepsum(" + square(k) + ")[1:n]" : "(" + vector(k, n) + ")";
      default:
        return n == 'n' ? "vec(" + square(k) + ")[1:n]" : "(" + vector(i, n) + " - " + vector(j, n) + ")";
    }
  }

  std::string square(int operations) {
    if (operations <= 0) {
      return any({"A", "B", "A", "W", "S", "P", "K", "G", "L", "U", "Q", "T", "H", "A'", "eye(n)"});
    }
    const int k = operations - 1, i = static_cast<int>(below(static_cast<size_t>(k) + 1)), j = k - i;
    if (blocks_ && below(4) == 0) return square_of_blocks(i, j);
    switch (below(25)) {
      case 0:
        return "inv(" + square(k) + ")";
      case 1:
        return "pinv(" + square(k) + ")";
      case 2:
        return any({"tril", "triu", "sym", "skew"}, square(k));
      case 3:
        return any({"expm", "sinm", "cosm", "adj"}, square(k));
      case 4:
        return any({"sqrtm", "logm", "chol"}, definite(k));
      case 5:
        return "diag(" + vector(k, 'n') + ")";
      case 6:
        return "(" + square(k) + ")" + any({"^2", "^3", "^(-2)"});
      case 7:
        return "((" + matrix(i, 'n', 'm') + ")*(" + matrix(j, 'n', 'm') + ")')";
      case 8:
        return "(" + square(i) + "\\(" + square(j) + "))";
      case 9:
        return "(" + square(i) + " .+ (" + vector(j, 'n') + ")" + any({")", "')"});
      case 10:
        return any({"softmax", "log_softmax", "cumsum"}) + "(" + square(k) +
               any({", dim = 1)", ", dim = 2)"});
      case 11:
        return "toeplitz(" + vector(i, 'n') + ")";
      case 12:
        if (below(3) == 0) return any({"polar", "svdu", "svdv", "eigvecs(sym"}, square(k));
        return "sylvester(" + definite(i) + ", P, " + square(j) + ")";
      case 13:
        return "unvec(vec(" + square(k) + "), n, n)";
      case 14:
        return "[(" + vector(i, 'n') + ")[i]*(" + square(j) + ")[j, i] for i in 1:n, j in 1:n" +
               any({"]", " if i != j]"});
      default:
        return matrix(operations, 'n', 'n');
    }
  }

  std::string matrix(int operations, char n, char m) {
    if (operations <= 0) {
      if (n == 'n' && m == 'n') return square(0);
      return n == 'n' ? any({"D", "E"}) : any({"D'", "E'"});
    }
    const int k = operations - 1, i = static_cast<int>(below(static_cast<size_t>(k) + 1)), j = k - i;
    if (blocks_ && below(3) == 0) return matrix_of_blocks(i, j, n, m);
    switch (below(9)) {
      case 0:
        return "(" + matrix(i, n, m) + any({" + ", " - "}) + matrix(j, n, m) + ")";
      case 1:
        return "(" + matrix(i, n, m) + any({" .* ", " ./ "}) + matrix(j, n, m) + ")";
      case 2:
        return entrywise(matrix(k, n, m));
      case 3:
      case 4:
        return "((" + matrix(i, n, 'n') + ")*(" + matrix(j, 'n', m) + "))";
      case 5:
        return "(" + matrix(k, m, n) + ")'";
      case 6:
        return "((" + vector(i, n) + ")*(" + vector(j, m) + ")')";
      case 7:
        return "(" + scalar(i) + "*" + matrix(j, n, m) + ")";
      default:
        return "(" + vector(i, n) + " .* " + matrix(j, n, m) + ")";
    }
  }

  // A row of n or m entries.
  std::string row_vector(int operations, char n) {
    const int k = operations - 1, i = k > 0 ? static_cast<int>(below(static_cast<size_t>(k) + 1)) : 0;
    if (operations <= 0) return vector(0, n) + "'";
    switch (below(5)) {
      case 0:
        return "(" + row_vector(i, n) + any({" + ", " - "}) + row_vector(k - i, n) + ")";
      case 1:
        return "(" + row_vector(i, 'n') + "*" + matrix(k - i, 'n', n) + ")";
      case 2:
        return "sum(" + matrix(k, 'n', n) + ", dim = 1)";
      case 3:
        return "(" + scalar(i) + "*" + row_vector(k - i, n) + ")";
      default:
        return "(" + vector(k, n) + ")'";
    }
  }
  // Of any size.
  std::string blocks(int operations) {
    const int k = operations - 1, i = k > 0 ? static_cast<int>(below(static_cast<size_t>(k) + 1)) : 0;
    const int j = std::max(k - i, 0);
    switch (below(12)) {
      case 0:
        return row_vector(operations, below(3) ? 'n' : 'm');
      case 1:
        return "[" + row_vector(i, 'n') + "; " + row_vector(j, 'n') + "]";
      case 2:
        return "[" + vector(i, 'n') + ", " + vector(j, 'n') + "]";
      case 3:
        return "[" + matrix(i, 'n', 'm') + ", " + vector(j, 'n') + "]";
      case 4:
        return "[" + square(i) + "; " + row_vector(j, 'n') + "]";
      case 5:
        return "[" + vector(i, 'n') + "; " + vector(j, 'm') + "]";
      case 6:
        return "pinv(" + matrix(k, 'n', 'm') + ")";
      case 7:
        return "(" + matrix(i, 'n', 'm') + "' .+ " + row_vector(j, 'n') + ")";
      default:
        return square_blocks(i, j) + any({"", "", "'", "^2", "^(-1)"});
    }
  }

 private:
  // Square, with two rows and columns of blocks.
  std::string square_blocks(int i, int j) {
    switch (below(7)) {
      case 0:
        return "[" + square(i) + ", " + vector(j, 'n') + "; " + row_vector(0, 'n') + ", " + scalar(0) + "]";
      case 1:
        return "[" + square(i) + ", " + matrix(j, 'n', 'm') + "; zeros(m, n), eye(m)]";
      case 2:
        return "[" + square(i) + ", D; E', " + any({"D'*E", "eye(m)", "D'*D + eye(m)"}) + "]";
      case 3:
        return "blockdiag(" + square(i) + ", " + square(j) + ")";
      case 4:
        return "[" + definite(i) + ", zeros(n, n); zeros(n, n), " + definite(j) + "]";
      default:
        return "[" + square(i) + ", " + square(0) + "; " + square(0) + ", " + square(j) + "]";
    }
  }
  std::string scalar_of_blocks(int i, int j) {
    switch (below(9)) {
      case 0:
        return any({"tr", "det", "sum", "normF"}, square_blocks(i, j));
      case 1:
        return "logdet([" + definite(i) + ", zeros(n, n); zeros(n, n), " + definite(j) + "])";
      case 2:
        return any({"norm2", "sum", "normF", "max"}, row_vector(i + j, below(2) ? 'n' : 'm'));
      case 3:
        return "(" + row_vector(i, 'n') + "*" + vector(j, 'n') + ")";
      case 4:
        return any({"norm2", "norm1", "sum"}) + "([" + vector(i, 'n') + "; " + vector(j, 'm') + "])";
      case 5:
        return "tr([" + vector(i, 'n') + ", y]'*[x, " + vector(j, 'n') + "])";
      case 6:
        return "(" + row_vector(i + j, 'n') + ")[2]";
      case 7:
        return any({"normF", "normnuc", "sum"}) + "([" + matrix(i, 'n', 'm') + "; " + matrix(j, 'n', 'm') +
               "])";
      default:
        return "det([" + vector(i, 'n') + ", y]'*[x, " + vector(j, 'n') + "])";
    }
  }
  std::string vector_of_blocks(int i, int j, char n) {
    if (n == 'm') return "(" + row_vector(i + j, 'm') + ")'";
    switch (below(5)) {
      case 0:
        return "([" + square(i) + ", B]*[" + vector(j, 'n') + "; y])";
      case 1:
        return "([" + vector(i, 'n') + ", " + vector(j, 'n') + "]*[a; b])";
      case 2:
        return "([" + row_vector(i, 'n') + "; " + row_vector(j, 'n') + "]'*[p; b])";
      case 3:
        return "[" + vector(i, 'n') + "; " + vector(j, 'm') + "][1:n]";
      default:
        return "(" + row_vector(i + j, 'n') + ")'";
    }
  }
  std::string square_of_blocks(int i, int j) {
    switch (below(7)) {
      case 0:
        return "([" + square(i) + ", A]*[B; " + square(j) + "])";
      case 1:
        return "([" + vector(i, 'n') + ", y]*[" + row_vector(j, 'n') + "; x'])";
      case 2:
        return "([" + matrix(i, 'n', 'm') + ", x]*[" + matrix(j, 'n', 'm') + ", y]')";
      case 3:
        return square_blocks(i, j) + "[1:n, 1:n]";
      case 4:
        return "inv(" + square_blocks(i, j) + ")[1:n, 1:n]";
      case 5:
        return "(" + vector(i, 'n') + "*" + row_vector(j, 'n') + ")";
      default:
        return "(" + square(i) + " .+ " + row_vector(j, 'n') + ")";
    }
  }
  std::string matrix_of_blocks(int i, int j, char n, char m) {
    switch (below(5)) {
      case 0:
        return "pinv(" + matrix(i + j, m, n) + ")";
      case 1:
        return "(" + matrix(i, n, m) + "*(" + matrix(j, n, m) + ")'*" + matrix(0, n, m) + ")";
      case 2:
        return "(" + vector(i, n) + "*" + row_vector(j, m) + ")";
      case 3:
        return "(" + matrix(i, n, m) + " .* " + row_vector(j, m) + ")";
      default:
        return "([" + matrix(i, n, 'n') + ", " + matrix(0, n, 'n') + "]*[" + matrix(j, 'n', m) + "; " +
               matrix(0, 'n', m) + "])";
    }
  }

  size_t below(size_t n) { return random_() % n; }
  template <size_t N>
  std::string any(const char* const (&list)[N]) {
    return list[below(N)];
  }
  // One of the functions, and its argument.
  template <size_t N>
  std::string any(const char* const (&list)[N], const std::string& argument) {
    const std::string f = list[below(N)];
    std::string closing = ")";
    for (char c : f) closing += c == '(' ? ")" : "";
    return f + "(" + argument + closing;
  }
  // Half of the time functions that are defined everywhere, otherwise any of the table.
  std::string entrywise(const std::string& e) {
    if (below(2)) return any({"sin", "exp", "tanh", "atan", "softplus", "sigmoid", "-"}) + "(" + e + ")";
    return std::string(unary_[below(unary_.size())]) + "(" + e + ")";
  }
  std::string definite(int operations) {
    if (operations <= 0) return "P";
    const std::string x = square(operations - 1);
    return "((" + x + ")*P*(" + x + ")' + P)";
  }

  std::mt19937_64 random_;
  bool blocks_ = false;
  std::vector<std::string_view> unary_, binary_;
};

}  // namespace nabla::test
