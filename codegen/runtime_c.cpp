// The templates of runtime/ as functions of C99. They are written in the part of C++ that C shares, so that
// words are replaced and nothing else.
#include <cctype>

#include "codegen/c_header.h"
#include "codegen/runtime_blocks.h"

namespace nabla {
namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

class Translator {
 public:
  Translator(const RuntimeSource& source, const std::string& prefix, const std::string& scalar)
      : source_(source), prefix_(prefix), scalar_(scalar), suffix_(scalar == "float" ? "F" : "") {}

  std::string run() {
    std::string_view text = source_.text;
    while (!text.empty()) {
      if (text.substr(0, 2) == "//") {
        copy(text, text.find('\n'));
      } else if (!is_word(text[0])) {
        copy(text, 1);
      } else {
        size_t end = 1;
        while (end < text.size() && is_word(text[end])) ++end;
        const std::string_view word = text.substr(0, end);
        text.remove_prefix(end);
        this->word(word, text);
      }
    }
    return std::move(out_);
  }

 private:
  void copy(std::string_view& text, size_t n) {
    out_ += text.substr(0, n);
    text.remove_prefix(std::min(n, text.size()));
  }

  static bool skip(std::string_view& text, std::string_view what) {
    if (text.substr(0, what.size()) != what) return false;
    text.remove_prefix(what.size());
    return true;
  }

  static bool is_call(std::string_view rest) {
    return rest.substr(0, 1) == "(" || rest.substr(0, 4) == "<T>(";
  }

  void word(std::string_view word, std::string_view& rest) {
    if (word == "template") {  // template <class T>, before the type
      rest.remove_prefix(rest.find('\n') + 1);
      out_ += "static inline ";
    } else if (word == "constexpr") {
      skip(rest, " ");
    } else if (word == "nullptr") {
      out_ += "NULL";
    } else if (word == "static_cast") {
      rest.remove_prefix(1);  // <double>
      const size_t end = rest.find('>');
      (out_ += "(").append(rest.substr(0, end)) += ")";
      rest.remove_prefix(end + 1);
    } else if (word == "T") {
      if (!literal(rest)) out_ += rest.substr(0, 1) == "(" ? "(" + scalar_ + ")" : scalar_;
    } else if (word == "std" && skip(rest, "::")) {
      (void)limit(rest);  // else it is a type
    } else if (source_.names.count(std::string(word)) != 0 && is_call(rest)) {
      skip(rest, "<T>");
      out_ += prefix_ + "__" + std::string(word);
    } else if (source_.cmath.count(std::string(word)) != 0 && rest.substr(0, 1) == "(") {
      (out_ += word) += scalar_ == "float" ? "f" : "";
    } else {
      out_ += word;
    }
  }

  // T(2), T(-0.5L): 2.0, -0.5
  bool literal(std::string_view& rest) {
    if (rest.substr(0, 1) != "(") return false;
    const size_t end = rest.find_first_not_of("0123456789.-", 1);
    if (end == 1 || end == std::string_view::npos) return false;
    std::string digits(rest.substr(1, end - 1));
    size_t after = end;
    if (rest[after] == 'L') ++after;
    if (rest.substr(after, 1) != ")") return false;
    if (digits.find('.') == std::string::npos) digits += ".0";
    out_ += digits + suffix_;
    rest.remove_prefix(after + 1);
    return true;
  }

  bool limit(std::string_view& rest) {
    if (!skip(rest, "numeric_limits<T>::") && !skip(rest, "numeric_limits<double>::")) return false;
    const std::string family = scalar_ == "float" ? "FLT_" : "DBL_";
    if (skip(rest, "quiet_NaN()")) {
      out_ += "(" + scalar_ + ")NAN";
    } else if (skip(rest, "infinity()")) {
      out_ += "(" + scalar_ + ")INFINITY";
    } else if (skip(rest, "epsilon()")) {
      out_ += family + "EPSILON";
    } else if (skip(rest, "min()")) {
      out_ += family + "MIN";
    } else if (skip(rest, "max()")) {
      out_ += family + "MAX";
    }
    return true;
  }

  const RuntimeSource& source_;
  const std::string &prefix_, &scalar_;
  std::string suffix_, out_;
};

}  // namespace

std::string runtime_in_c(const std::set<std::string>& functions, const std::string& prefix,
                         const std::string& scalar) {
  const RuntimeSource source = runtime_source(functions);
  return Translator(source, prefix, scalar).run();
}

}  // namespace nabla
