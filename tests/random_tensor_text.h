// Random texts of tensor expressions: products, transposes, slices, gathers, comprehensions with guards,
// shifts, blocks, functions, reductions. The extents are n and m, which may be dims or numbers (at least 3).
//
// A seed gives the same texts on every machine.
#pragma once

#include <random>
#include <string>
#include <vector>

namespace nabla::test {

class RandomTensorText {
 public:
  static constexpr const char* declarations =
      "var x, y, z : vector[n]\nvar u, v : vector[m]\nvar A, B, C : matrix[n, n]\nvar D, E : matrix[n, m]\n"
      "var S : matrix[n, n] symmetric\nvar T : tensor[n, n, n]\nparam k : vector[m] integer in [1, n]\n"
      "var a, b\nvar p > 0\n";

  explicit RandomTensorText(uint64_t seed) : random_(seed) {}

  // Whose parts are repeated again and again.
  std::string make_shared(int depth) {
    std::string e = vector(depth, 'n');
    for (int i = 0; i < 6; ++i) e = "(tanh(" + e + ") .* x + " + any({"A", "S", "B'"}) + "*(" + e + "))";
    return e;
  }
  // Of any shape.
  std::string make(int depth) {
    switch (below(4)) {
      case 0:
        return scalar(depth);
      case 1:
        return vector(depth, below(3) ? 'n' : 'm');
      default:
        return below(3) ? matrix(depth, 'n', 'n') : matrix(depth, 'n', 'm');
    }
  }

 private:
  struct Index {
    std::string name;
    char extent;
  };

  size_t below(size_t n) { return random_() % n; }
  template <size_t N>
  std::string any(const char* const (&list)[N]) {
    return list[below(N)];
  }
  std::string number() { return any({"2", "3", "1/2", "5", "-1", "2/3"}); }
  std::string function() { return any({"sin", "exp", "tanh", "abs", "sqrt", "log1p", "sigmoid", "-"}); }

  std::string scalar(int depth) {
    if (depth <= 0) return index_scalar();
    const int d = depth - 1;
    switch (below(16)) {
      case 0:
        return "(" + scalar(d) + " + " + scalar(d) + ")";
      case 1:
        return "(" + scalar(d) + " - " + number() + "*" + scalar(d) + ")";
      case 2:
        return scalar(d) + "*" + scalar(d);
      case 3:
        return function() + "(" + scalar(d) + ")";
      case 4:
        return "((" + vector(d, 'n') + ")'*(" + vector(d, 'n') + "))";
      case 5:
        return "sum(" + (below(2) ? vector(d, 'm') : matrix(d, 'n', 'n')) + ")";
      case 6:
        return "tr(" + matrix(d, 'n', 'n') + ")";
      case 7:
        return any({"prod", "max", "min"}) + "(" + vector(d, 'n') + ")";
      case 8:
        return any({"norm2", "logsumexp", "norm1"}) + "(" + vector(d, 'm') + ")";
      case 9:
        return any({"det", "normF"}) + "(" + matrix(d, 'n', 'n') + ")";
      case 10:
        return "(" + vector(d, 'n') + ")[" + any({"1", "2", "end"}) + "]";
      case 11:
        return scalar(d) + "/(" + scalar(d) + ")";
      case 12:
        return "(if " + scalar(d) + any({" < ", " >= ", " == "}) + scalar(d) + " then " + scalar(d) +
               " else " + scalar(d) + ")";
      default:
        return loop(any({"sum", "sum", "sum", "prod", "max", "min"}), d);
    }
  }

  std::string vector(int depth, char n) {
    const std::string extent(1, n);
    if (depth <= 0) return n == 'n' ? any({"x", "y", "z", "x"}) : any({"u", "v", "x[k]"});
    const int d = depth - 1;
    switch (below(14)) {
      case 0:
        return "(" + vector(d, n) + " + " + vector(d, n) + ")";
      case 1:
        return "(" + vector(d, n) + " .* " + vector(d, n) + ")";
      case 2:
        return function() + "(" + vector(d, n) + ")";
      case 3:
        return "((" + matrix(d, n, 'n') + ")*(" + vector(d, 'n') + "))";
      case 4:
        return "(" + scalar(d) + "*" + vector(d, n) + ")";
      case 5:
        return "(" + vector(d, n) + ")." + any({"^2", "^3", "^-1"});
      case 6:
        return "sum(" + matrix(d, n, 'n') + ", dim = 2)";
      case 7:
        return n == 'n' ? "diag(" + matrix(d, 'n', 'n') + ")" : "(" + vector(d, 'n') + ")[k]";
      case 8:
        return any({"softmax", "cumsum"}) + "(" + vector(d, n) + ")";
      case 9:
        return "(" + matrix(d, n, 'n') + ")[:, " + any({"1", "2"}) + "]";
      case 10:
        return "max(" + matrix(d, 'n', n) + ", dim = 1)'";
      case 11:
        return "(if " + scalar(d) + " < " + scalar(d) + " then " + vector(d, n) + " else " + vector(d, n) +
               ")";
      default: {
        indices_.push_back({std::string(1, "ijlq"[indices_.size() % 4]), n});
        const Index i = indices_.back();
        const std::string body = scalar(d), guard = below(4) ? "" : condition();
        indices_.pop_back();
        return "[" + body + " for " + i.name + " in 1:" + extent + guard + "]";
      }
    }
  }

  std::string matrix(int depth, char n, char m) {
    const auto turned = [&](int d) { return "(" + matrix(d, m, n) + ")'"; };
    if (depth <= 0) {
      if (n == 'n' && m == 'n') return any({"A", "B", "C", "S", "A'", "eye(n)"});
      if (n == 'm' && m == 'm') return any({"(D'*D)", "eye(m)", "(u*v')"});
      return n == 'n' ? any({"D", "E", "(x*u')"}) : any({"D'", "E'", "(u*x')"});
    }
    const int d = depth - 1;
    switch (below(15)) {
      case 0:
        return "(" + matrix(d, n, m) + " + " + matrix(d, n, m) + ")";
      case 1:
        return "(" + matrix(d, n, m) + " .* " + matrix(d, n, m) + ")";
      case 2:
        return function() + "(" + matrix(d, n, m) + ")";
      case 3:
        return "((" + matrix(d, n, 'n') + ")*(" + matrix(d, 'n', m) + "))";
      case 4:
        return turned(d);
      case 5:
        return "((" + vector(d, n) + ")*(" + vector(d, m) + ")')";
      case 6:
        return "(" + scalar(d) + "*" + matrix(d, n, m) + ")";
      case 7:
        if (n != m) return "(" + vector(d, n) + " .* " + matrix(d, n, m) + ")";
        return any({"inv", "tril", "triu", "sym", "expm"}) + "(" + matrix(d, n, m) + ")";
      case 8:
        return n == m ? "diag(" + vector(d, n) + ")" : turned(d);
      case 9:
        return n == m ? "(" + matrix(d, n, m) + ")^" + any({"2", "3", "-2"}) : turned(d);
      case 10:
        return "(" + matrix(d, n, m) + " .+ (" + vector(d, m) + ")')";
      case 11:
        return n == 'n' && m == 'm' ? "(" + matrix(d, 'n', 'n') + ")[:, k]" : turned(d);
      default: {
        indices_.push_back({std::string(1, "ijlq"[indices_.size() % 4]), n});
        indices_.push_back({std::string(1, "ijlq"[indices_.size() % 4]), m});
        const std::string i = indices_[indices_.size() - 2].name, j = indices_.back().name;
        const std::string body = scalar(d), guard = below(2) ? "" : condition();
        indices_.resize(indices_.size() - 2);
        return "[" + body + " for " + i + " in 1:" + n + ", " + j + " in 1:" + m + guard + "]";
      }
    }
  }

  // What an index can be used for, where there is one.
  std::string index_scalar() {
    if (indices_.empty() || below(6) == 0) return any({"a", "b", "p", "x[1]", "2", "A[1, 2]"});
    const Index& i = indices_[below(indices_.size())];
    const Index& j = indices_[below(indices_.size())];
    const bool both = i.extent == 'n' && j.extent == 'n';
    switch (below(6)) {
      case 0:
        return i.name;
      case 1:
        return both ? any({"A", "S", "C"}) + "[" + i.name + ", " + j.name + "]" : i.name;
      case 2:
        return both ? "T[" + i.name + ", " + j.name + ", " + i.name + "]" : i.name;
      case 3:
        return i.extent == 'm' ? "x[k[" + i.name + "]]" : "x[" + i.name + "]";
      default:
        return any({"x", "y"}) + (i.extent == 'm' ? "[k[" + i.name + "]]" : "[" + i.name + "]");
    }
  }

  std::string condition() {
    const std::string i = indices_.back().name;
    const std::string other = indices_.size() > 1 ? indices_[indices_.size() - 2].name : "2";
    return " if " + i + any({" != ", " <= ", " < ", " >= "}) + other;
  }

  std::string loop(const std::string& name, int depth) {
    const size_t count = 1 + below(2), before = indices_.size();
    std::string loops;
    for (size_t k = 0; k < count; ++k) {
      const char extent = below(3) ? 'n' : 'm';
      const std::string i(1, "ijlqrstw"[indices_.size() % 8]);
      // A triangular range, a shifted one, or all.
      const size_t kind = below(5);
      std::string range = std::string("1:") + extent;
      if (kind == 0 && before < indices_.size() && indices_.back().extent == 'n' && extent == 'n')
        range = "1:" + indices_.back().name;
      if (kind == 1) range = std::string("2:") + extent;
      loops += (k ? ", " : " for ") + i + " in " + range;
      indices_.push_back({i, extent});
    }
    std::string body = scalar(depth);
    const Index last = indices_.back();
    if (below(3) == 0 && last.extent == 'n') body += "*(" + vector(depth - 1, 'n') + ")[" + last.name + "]";
    const std::string guard = below(3) ? "" : condition();
    indices_.resize(before);
    return name + "(" + body + loops + guard + ")";
  }

  std::mt19937_64 random_;
  std::vector<Index> indices_;
};

}  // namespace nabla::test
