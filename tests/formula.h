// A second reader of the texts in the function table: it evaluates them in certified arithmetic.
//
// It shares no code with parser/ and handles what the table uses: + - * / ^ and their dotted forms, calls,
// comparisons, and/or/not, if/then/else, the constants pi and e, integers. Texts are trusted to be short.
#pragma once

#include <cctype>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "expr/ball.h"
#include "expr/function.h"

namespace nabla::test {

using Names = std::map<std::string, Ball, std::less<>>;

class Formula {
 public:
  Formula(std::string_view text, const Names& names, long precision)
      : text_(text), names_(names), precision_(precision) {}

  Ball value() { return finish(choice()); }
  Truth truth() { return finish(disjunction()); }

 private:
  template <class T>
  T finish(T result) {
    skip();
    if (!text_.empty()) fail("end");
    return result;
  }

  [[noreturn]] void fail(const char* expected) {
    throw std::runtime_error("expected " + std::string(expected) + " at '" + std::string(text_) + "'");
  }
  void skip() {
    while (!text_.empty() && text_.front() == ' ') text_.remove_prefix(1);
  }
  bool accept(std::string_view token) {
    skip();
    if (text_.substr(0, token.size()) != token) return false;
    const auto letter = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
    if (letter(token.back()) && text_.size() > token.size() && letter(text_[token.size()])) return false;
    text_.remove_prefix(token.size());
    return true;
  }
  void expect(const char* token) {
    if (!accept(token)) fail(token);
  }

  Ball choice() {
    if (!accept("if")) return sum();
    const Truth condition = disjunction();
    expect("then");
    const Ball yes = choice();
    expect("else");
    const Ball no = choice();
    return select(condition, yes, no);
  }

  Truth disjunction() {
    Truth t = conjunction();
    while (accept("or")) t = either(t, conjunction());
    return t;
  }

  Truth conjunction() {
    Truth t = comparison();
    while (accept("and")) t = both(t, comparison());
    return t;
  }

  // A parenthesis may hold a condition or a number; the condition is tried first.
  Truth comparison() {
    if (accept("not")) return !comparison();
    const std::string_view start = text_;
    if (accept("(")) {
      try {
        const Truth t = disjunction();
        expect(")");
        return t;
      } catch (const std::runtime_error&) {
        text_ = start;
      }
    }
    const Ball a = sum();
    if (accept("<=")) return a <= sum();
    if (accept(">=")) return a >= sum();
    if (accept("==")) return a == sum();
    if (accept("!=")) return !(a == sum());
    if (accept("<")) return a < sum();
    if (accept(">")) return a > sum();
    fail("a comparison");
  }

  Ball sum() {
    Ball a = product();
    for (;;) {
      if (text_.substr(0, 3) == " ->") return a;
      if (accept("+")) {
        a += product();
      } else if (accept("-")) {
        a -= product();
      } else {
        return a;
      }
    }
  }

  Ball product() {
    Ball a = sign();
    for (;;) {
      if (accept(".*") || accept("*")) {
        a *= sign();
      } else if (accept("./") || accept("/")) {
        a /= sign();
      } else {
        return a;
      }
    }
  }

  Ball sign() { return accept("-") ? -sign() : power(); }

  Ball power() {
    const Ball base = atom();
    return accept(".^") || accept("^") ? pow(base, sign()) : base;
  }

  Ball atom() {
    skip();
    if (accept("(")) {
      const Ball a = choice();
      expect(")");
      return a;
    }
    size_t n = 0;
    while (n < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[n])) || text_[n] == '_')) ++n;
    if (n == 0) fail("an operand");
    const std::string_view word = text_.substr(0, n);
    text_.remove_prefix(n);
    if (std::isdigit(static_cast<unsigned char>(word[0]))) return Ball::fraction(word, "1", precision_);
    if (accept("(")) return call(word);
    if (const auto it = names_.find(word); it != names_.end()) return it->second.with_precision(precision_);
    if (word == "pi") return Ball::pi(precision_);
    if (word == "e") return Ball::e(precision_);
    fail("a known name");
  }

  Ball call(std::string_view name) {
    const auto fn = find_function(name);
    if (!fn) fail("a function of the table");
    std::vector<Ball> args{choice()};
    while (accept(",")) args.push_back(choice());
    expect(")");
    const Function& f = row(*fn);
    if (args.size() < f.min_args || args.size() > f.max_args) fail("another number of arguments");
    return f.ball(args.data(), precision_);
  }

  std::string_view text_;
  const Names& names_;
  long precision_;
};

}  // namespace nabla::test
