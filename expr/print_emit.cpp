#include "expr/print_emit.h"

#include <algorithm>

#include "expr/diagnostic.h"

namespace nabla {

void Emitter::write(std::string_view text) {
  const auto continues = [](char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; };
  length_ += text.size();
  if (format_ != Format::ascii) {
    length_ -= static_cast<uint64_t>(std::count_if(text.begin(), text.end(), continues));
  }
  if (length_ > limit_) {
    throw Failure(Code::result_too_long,
                  "the result is longer than the limit of " + std::to_string(limit_) + " characters",
                  "print parts of it, generate code instead, or raise the limit");
  }
  out_ += text;
}

void Emitter::end() { std::reverse(tasks_.begin() + static_cast<ptrdiff_t>(mark_), tasks_.end()); }

void Emitter::put_list(std::span<const Edge> list, std::string_view separator, Binding least) {
  for (size_t i = 0; i < list.size(); ++i) {
    if (i > 0) put(separator);
    put(list[i].id(), least);
  }
}

void Emitter::name_of_part(FormId f) {
  const std::string number = std::to_string(sharing_.number[f]);
  write(latex() ? sharing_.prefix + "_{" + number + "}" : sharing_.prefix + number);
}

void Emitter::run() {
  while (!tasks_.empty()) {
    const Task task = tasks_.back();
    tasks_.pop_back();
    if (task.form == 0) {
      write(task.text);
    } else if (sharing_.is_part(task.form) && !task.bare) {
      name_of_part(task.form);
    } else {
      open(task);
    }
  }
}

void Emitter::open(const Task& task) {
  const bool parentheses = binding(task.form) < task.least;
  if (parentheses) {
    write(latex() ? "\\left(" : "(");
    tasks_.push_back({0, Binding::atom, false, latex() ? "\\right)" : ")"});
  }
  begin();
  if (latex()) {
    latex_form(task.form);
  } else {
    text_form(task.form);
  }
  end();
}

void Emitter::write_form(FormId f) {
  tasks_.push_back({f, Binding::conditional, true, {}});
  run();
}

void Emitter::write_shared(FormId root) {
  write_form(root);
  bool first = true;
  for (const FormId f : sharing_.parts) {
    if (latex()) {
      write(first ? " \\quad\\text{where}\\quad " : ",\\; ");
    } else {
      write(first ? " where " : ", ");
    }
    first = false;
    name_of_part(f);
    write(" = ");
    write_form(f);
  }
}

}  // namespace nabla
