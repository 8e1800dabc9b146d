// From forms to characters, with a stack of what is still to be written: nothing recurses.
//
// Internal to the printers. The text formats share the parentheses (by Binding); LaTeX has its own, since a
// fraction bar groups what stands above and below it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "expr/print.h"
#include "expr/print_form.h"
#include "expr/print_share.h"

namespace nabla {

class Emitter {
 public:
  Emitter(const Forms& forms, const Sharing& sharing, Format format, uint64_t limit)
      : forms_(forms), sharing_(sharing), format_(format), limit_(limit) {}

  void write(std::string_view text);
  void write_form(FormId f);       // by its operator, even if it has a name
  void write_shared(FormId root);  // with its parts: … where t1 = …
  std::string take() { return std::move(out_); }

 private:
  struct Task {
    FormId form = 0;  // 0: the text
    Binding least = Binding::conditional;
    bool bare = false;  // of a form: no parentheses are needed
    std::string_view text;
  };

  bool latex() const { return format_ == Format::latex; }
  void run();
  // What follows is scheduled in reading order between begin() and end().
  void begin() { mark_ = tasks_.size(); }
  void end();
  void put(std::string_view text) { tasks_.push_back({0, Binding::atom, false, text}); }
  void put(FormId f, Binding least) { tasks_.push_back({f, least, false, {}}); }
  void put_list(std::span<const Edge> list, std::string_view separator, Binding least);
  void open(const Task& task);
  void name_of_part(FormId f);

  // print_text.cpp
  void text_form(FormId f);
  void text_sum(std::span<const Edge> terms);
  void text_long_sum(FormId f);
  void text_long_product(FormId f);
  void text_array(FormId f);
  void text_name(FormId f);
  void text_power(FormId f);
  void text_product(std::span<const Edge> factors);
  bool is_superscript(FormId exponent) const;
  bool bare_root(FormId argument) const;
  Binding binding(FormId f) const;
  void text_mix(FormId f);
  std::vector<Edge> gather(FormId f, std::vector<Edge>* divisors);

  // print_latex.cpp
  void latex_form(FormId f);
  void latex_quotient(FormId f);
  void latex_power(FormId f);
  void latex_call(FormId f);
  void latex_conditional(FormId f);
  void latex_product(std::span<const Edge> factors);
  void latex_long_product(FormId f);
  bool begins_with_digit(FormId f) const;

  const Forms& forms_;
  const Sharing& sharing_;
  Format format_;
  uint64_t limit_;
  uint64_t length_ = 0;  // in characters
  std::string out_;
  std::vector<Task> tasks_;
  size_t mark_ = 0;
};

std::string latex_name(std::string_view ascii);  // "lambda_max" -> "\lambda_{\mathrm{max}}"

}  // namespace nabla
