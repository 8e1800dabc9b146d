#include "codegen/tensor_generate.h"

#include <algorithm>

#include "codegen/batch_heading.h"
#include "codegen/batch_loops.h"
#include "codegen/c_batch_loops.h"
#include "codegen/c_header.h"
#include "codegen/compressed_code.h"
#include "codegen/eigen_generate.h"
#include "codegen/emit.h"
#include "codegen/entry_operations.h"
#include "codegen/header_text.h"
#include "codegen/index_text.h"
#include "codegen/loop_parameters.h"
#include "codegen/requests.h"
#include "codegen/runtime_blocks.h"
#include "codegen/tensor_heading.h"
#include "expr/diagnostic.h"
#include "expr/substitute.h"

namespace nabla {
namespace {

using Parameter = LoopParameter;

class LoopHeader {
 public:
  LoopHeader(Context& ctx, const Model& model, const std::vector<TensorEntry>& entries, bool in_c,
             const GenerateOptions& options)
      : ctx_(ctx),
        model_(model),
        entries_(entries),
        options_(options),
        in_c_(in_c),
        space_(in_c ? c_prefix(model, options) : checked_namespace(model, options)),
        names_(in_c ? tensor_names_in_c(ctx, entries, space_, c_scalar(options))
                    : tensor_names(ctx, entries, checked_scalar(options))) {}

  std::string run() {
    std::string body;
    for (size_t i = 0; i < entries_.size(); ++i) {
      placed(entries_[i].function->span, [&] { append_entry(body, i); });
    }
    return in_c_ ? c_header(space_, names_.scalar, needs_.runtime, banner(), body) : cpp_header(body);
  }

  std::string pattern_alone(size_t i) {
    std::string out;
    append_pattern(out, i);
    return out;
  }

  PlainEntry one(size_t i) {
    PlainEntry out;
    work_.resize(i, zero);
    append_entry(out.text, i);
    out.needs = std::move(needs_);
    if (work_of(i)) out.work = work_call(i);
    return out;
  }

 private:
  std::string cpp_header(const std::string& body) const {
    const RuntimeBlocks blocks = runtime_blocks(needs_.runtime, needs_.on_lanes, names_.is_template);
    const bool lanes = !needs_.on_lanes.empty() || blocks.needs_cstring,
               uses = lanes || !needs_.runtime.empty();
    const bool copies = uses && !options_.use_runtime;
    std::string out = banner() + "#pragma once\n\n";
    if (needs_.algorithm) out += "#include <algorithm>\n";
    out += "#include <cmath>\n#include <cstddef>\n";
    if (copies && lanes) out += "#include <cstdint>\n#include <cstring>\n";
    if (needs_.limits || (copies && blocks.needs_limits)) out += "#include <limits>\n";
    if (guarded_) out += "#include <type_traits>\n";
    if (uses && !copies) out += "\n#include \"nabla_runtime.h\"\n";
    out += "\nnamespace " + space_ + " {\n";
    if (uses) out += runtime_namespace(names_.runtime, blocks, copies);
    if (guarded_) out += integer_guard(names_.guard, names_.scalar);
    return out + body + "\n}  // namespace " + space_ + "\n";
  }

  // ---- comments ----

  std::string banner() const {
    std::string out = origin(model_);
    const ModelFunction* last = nullptr;
    for (const TensorEntry& e : entries_) {
      if (e.function != last) append_comment(out, formula_text(ctx_, *e.function));
      last = e.function;
    }
    out += "//\n";
    append_comment(
        out,
        "Arrays are row-major, without gaps, and belong to the caller. Sizes come first; each is 1 or "
        "more. Results and workspace overlap neither inputs nor each other. A value that is one "
        "number is returned.");
    const auto single = [](const TensorEntry& e) { return !e.batch; };
    if (std::any_of(entries_.begin(), entries_.end(), single)) append_example(out);
    return out;
  }

  void append_example(std::string& out) const {
    size_t shown = 0;
    const auto fits = [&](size_t i) { return !entries_[i].batch && entries_[i].kind != Output::value; };
    while (shown + 1 < entries_.size() && !fits(shown)) ++shown;
    if (!fits(shown)) shown = 0;
    while (entries_[shown].batch) ++shown;
    const TensorSignature& s = names_.signatures[shown];
    const std::string type = names_.is_template ? "double" : names_.scalar;
    const std::string header = options_.header.empty() ? split(space_, "::").back() + ".h" : options_.header;
    out += "//\n";
    append_comment(out, "Example:");
    append_comment(out, "  #include \"" + header + "\"");
    const std::string space = in_c_ ? "" : space_ + "::",
                      call = work_of(shown) ? space + work_call(shown) : "";
    if (!call.empty())
      append_comment(
          out, in_c_ ? "  " + type + "* " + names_.work + " = malloc(" + call + " * sizeof(" + type + "));"
                     : "  std::vector<" + type + "> " + names_.work + "(" + call + ");");
    std::string list;
    for (const Parameter& p : parameters(shown, type, nullptr)) {
      list += (list.empty() ? "" : ", ") + p.name + (p.name == names_.work && !in_c_ ? ".data()" : "");
    }
    append_comment(out,
                   "  " + (returns_value(s) ? "const " + type + " " + names_.value + " = " : std::string()) +
                       space + s.name + "(" + list + ");");
  }

  // ---- functions ----

  bool work_of(size_t i) const { return i < work_.size() && work_[i] != zero; }

  std::string work_call(size_t i) const {
    std::string list;
    for (Ref d : work_arguments(ctx_, entries_[i], work_[i]))
      list += (list.empty() ? "" : ", ") + names_.symbols.at(d);
    return names_.signatures[i].name + "_work(" + list + ")";
  }

  bool is_compressed(size_t i) const { return !names_.signatures[i].diagonals.empty(); }

  // `inner`: of the function that computes the diagonals of a compressed matrix.
  std::vector<Parameter> parameters(size_t i, const std::string& scalar, const TensorCode* code,
                                    bool inner = false) const {
    return loop_parameters(ctx_, entries_[i], names_.signatures[i], names_, scalar, code,
                           {inner ? code->work != zero : work_of(i), inner});
  }

  // The head of a function; in C what is not read is named in the body.
  std::string head(const std::string& function, const std::vector<Parameter>& parameters) const {
    std::vector<std::string> list;
    std::string unread;
    for (const Parameter& p : parameters) {
      if (!p.used && in_c_) unread += "  (void)" + p.name + ";\n";
      list.push_back(std::string(p.used || in_c_ ? "" : "[[maybe_unused]] ") + p.type +
                     (p.written ? names_.spelling.result() : " ") + p.name);
    }
    return function_head(function, list) + unread;
  }

  std::string head(size_t i, const std::string& scalar, const TensorCode* code, bool inner = false) const {
    const TensorSignature& s = names_.signatures[i];
    const bool single = names_.is_template && code != nullptr;
    return head((single ? "" : names_.spelling.function()) + (returns_value(s) ? scalar : "void") + " " +
                    (inner ? s.diagonals : s.name),
                parameters(i, scalar, code, inner));
  }

  void append_batch(std::string& out, size_t i) {
    const TensorEntry& e = entries_[i];
    const TensorSignature& s = names_.signatures[i];
    const LoopBatchCode code =
        in_c_ ? c_batch_loops(ctx_, e, s, names_) : batch_loops(ctx_, e, s, names_, space_);
    add_needs(code.needs);
    work_.push_back(zero);
    guarded_ = guarded_ || (names_.is_template && code.has_values);
    out += "\n";
    if (s.has_pattern) append_pattern(out, i);
    out += code.work + batch_heading(ctx_, e, s, names_, code) + code.text;
  }

  void append_entry(std::string& out, size_t i) {
    const TensorEntry& e = entries_[i];
    const TensorSignature& s = names_.signatures[i];
    if (e.batch) return append_batch(out, i);
    TensorCode code = loop_code(ctx_, e, s, names_);
    add_needs(code.needs);
    out += "\n";
    if (is_compressed(i)) append_pattern(out, i);
    if (has_diagonals(entries_[i]) && !code.in_place) {
      append_comment(out, "The diagonals of that matrix, one after the other by " +
                              std::string(e.layout.sparsity == Sparsity::csr ? "row." : "column."));
      append_function(out, i, code, true);
      out += "\n";
      compress(i, code);
    } else {
      work_.push_back(code.work);
    }
    if (work_of(i)) append_work(out, i, work_[i]);
    out += heading_text(ctx_, e, s, names_, loop_operations(ctx_, e, code.needs.count, names_),
                        work_of(i) ? work_call(i) : "");
    append_function(out, i, code, false);
  }

  void append_function(std::string& out, size_t i, const TensorCode& code, bool inner) {
    const std::vector<Parameter> list = parameters(i, names_.scalar, &code, inner);
    const auto is = [&](const std::string& type) {
      return std::any_of(list.begin(), list.end(), [&](const Parameter& p) { return p.type == type; });
    };
    const bool by_value = is(names_.scalar);
    const bool deduced = is("const " + names_.scalar + "*") || is(names_.scalar + "*");
    if (names_.is_template) {
      guarded_ = guarded_ || by_value;
      out += "template <class " + names_.scalar +
             (by_value ? ", class = " + names_.guard + "<" + names_.scalar + ">" : "") + ">\n";
    }
    out += head(i, names_.scalar, &code, inner);
    if (!in_c_)
      out += using_line(code.needs.std_functions, "  ", names_.is_template ? names_.runtime : "",
                        needs_.runtime);
    out += code.text + "}\n";
    if (names_.is_template && (by_value || !deduced) && !inner) append_convenience(out, i);
  }

  // ---- compressed matrices: a function computes the diagonals, another puts them in order ----

  Parameter size_parameter(Ref r, bool used) const {
    const bool dim = ctx_.symbol(r).role == Role::extent;
    return {dim ? names_.spelling.integer() : "int", names_.symbols.at(r), used};
  }

  // A function that gives a size.
  std::string size_function(const std::string& name, const std::vector<Parameter>& list,
                            const std::string& size) const {
    std::string out = head(names_.spelling.size_function() + name, list);
    append_wrapped(out, "  ", "return " + names_.spelling.to_size(size) + ";", comment_width);
    return out + "}\n\n";
  }

  std::string size_text(Ref size) const {
    return index_text(ctx_, size, {[&](Ref r) { return names_.symbols.at(r); }, names_.spelling}, false);
  }

  std::vector<Parameter> pattern_parameters(size_t i, const CompressedCode& code) const {
    std::vector<Parameter> list;
    if (entries_[i].matrix.of_all_points)
      list.push_back({names_.spelling.integer(), names_.batch.points, true});
    for (const auto* symbols : {&entries_[i].dims, &entries_[i].arguments}) {
      for (Ref r : *symbols) {
        const bool dim = ctx_.symbol(r).role == Role::extent, used = code.depends_on(r);
        if (dim || used) list.push_back(size_parameter(r, used));
      }
    }
    return list;
  }

  void append_pattern(std::string& out, size_t i) {
    const TensorSignature& s = names_.signatures[i];
    const CompressedCode code(ctx_, entries_[i], s, names_);
    const bool rows = entries_[i].layout.sparsity == Sparsity::csr;
    append_comment(out, "How many numbers the matrix of " + s.name + " has, zeros of some inputs included.");
    for (const std::string& line : pattern_lines(ctx_, entries_[i].matrix, rows))
      append_comment(out, "  " + line);
    std::vector<Parameter> list = pattern_parameters(i, code);
    const std::string count = code.nonzeros();
    if (count.find_first_not_of("0123456789") == count.npos) {  // whatever the sizes are
      for (Parameter& p : list) p.used = false;
    }
    out += size_function(s.nonzeros, list, count);
    append_comment(out, "Where they belong, counted from 0: " + s.starts + "[i], ..., " + s.starts +
                            "[i + 1] - 1 are those of " + (rows ? "row" : "column") +
                            " i, and number k stands in " + (rows ? "column " : "row ") + s.indices + "[k].");
    list = pattern_parameters(i, code);
    list.push_back({"int*", s.starts, true, true});
    list.push_back({"int*", s.indices, has_diagonals(entries_[i]), true});
    out += head(names_.spelling.function() + "void " + s.pattern, list) + code.pattern() + "}\n\n";
  }

  // The body and the workspace of the function that calls the one for the diagonals.
  void compress(size_t i, TensorCode& code) {
    const TensorEntry& e = entries_[i];
    const TensorSignature& s = names_.signatures[i];
    const CompressedCode compressed(ctx_, e, s, names_);
    const std::vector<Ref> places = compressed.places();
    const bool in_order = compressed.is_in_order();
    const auto from = [&](const std::string& begin, Ref place) {
      return begin + (place == zero ? "" : " + " + size_text(place));
    };
    std::string list, text;
    size_t diagonal = 0;
    for (const Parameter& p : parameters(i, names_.scalar, &code, true)) {
      std::string argument = p.name;
      const auto at =
          static_cast<size_t>(std::find(s.outputs.begin(), s.outputs.end(), p.name) - s.outputs.begin());
      if (at < s.outputs.size() && e.program.outputs[at].is_diagonal) {
        const Ref place = places[diagonal++];
        if (in_order) {
          argument = from(s.matrix, place);
        } else {
          append_wrapped(text, "  ",
                         names_.scalar + "* const " + p.name + " = " + from(names_.work, place) + ";");
        }
      } else if (p.name == names_.work && !in_order) {
        argument = from(names_.work, places.back());
      }
      list += (list.empty() ? "" : ", ") + argument;
    }
    const std::string call =
        s.diagonals + (names_.is_template ? "<" + names_.scalar + ">" : "") + "(" + list + ");";
    if (in_order) {
      append_wrapped(text, "  ", (returns_value(s) ? "return " : "") + call, comment_width);
    } else {
      append_wrapped(text, "  ",
                     (returns_value(s) ? "const " + names_.scalar + " " + names_.value + " = " : "") + call,
                     comment_width);
      text += compressed.values();
      if (returns_value(s)) text += "  return " + names_.value + ";\n";
    }
    work_.push_back(in_order ? code.work : ctx_.add(code.work, places.back()));
    code.text = text;
    code.needs.std_functions.clear();
    for (const auto* symbols : {&e.dims, &e.arguments, &e.directions}) {
      for (Ref r : *symbols) code.used.insert(r);
    }
  }

  void add_needs(const CodeNeeds& more) {
    needs_.runtime.insert(more.runtime.begin(), more.runtime.end());
    needs_.on_lanes.insert(more.on_lanes.begin(), more.on_lanes.end());
    needs_.algorithm = needs_.algorithm || more.algorithm;
    needs_.limits = needs_.limits || more.limits;
  }

  void append_work(std::string& out, size_t i, Ref size) {
    append_comment(out, "How many numbers " + names_.signatures[i].name + " needs as workspace.");
    std::vector<Parameter> list;
    for (Ref d : work_arguments(ctx_, entries_[i], work_[i]))
      list.push_back(size_parameter(d, contains(ctx_, size, d)));
    out += size_function(names_.signatures[i].name + "_work", list, size_text(size));
  }

  // The same for double, where integers convert.
  void append_convenience(std::string& out, size_t i) const {
    out += "\n";
    out += head(i, "double", nullptr);
    std::string list;
    for (const Parameter& p : parameters(i, "double", nullptr)) list += (list.empty() ? "" : ", ") + p.name;
    append_wrapped(out, "  ",
                   "return ::" + space_ + "::" + names_.signatures[i].name + "<double>(" + list + ");",
                   comment_width);
    out += "}\n";
  }

  Context& ctx_;
  const Model& model_;
  const std::vector<TensorEntry>& entries_;
  const GenerateOptions& options_;
  bool in_c_;
  std::string space_;  // the namespace; in C what names begin with
  TensorNames names_;
  std::vector<Ref> work_;  // by entry: the size of the workspace
  CodeNeeds needs_;
  bool guarded_ = false;
};

}  // namespace

std::string generate_tensors(Context& ctx, const Model& model, const std::vector<TensorEntry>& entries,
                             TensorTarget target, const GenerateOptions& options) {
  if (target == TensorTarget::eigen) return generate_eigen(ctx, model, entries, options);
  return LoopHeader(ctx, model, entries, target == TensorTarget::c, options).run();
}

PlainEntry plain_entry(Context& ctx, const Model& model, const std::vector<TensorEntry>& entries,
                       const GenerateOptions& options, size_t entry) {
  return LoopHeader(ctx, model, entries, false, options).one(entry);
}

std::string plain_pattern(Context& ctx, const Model& model, const std::vector<TensorEntry>& entries,
                          const GenerateOptions& options, size_t entry) {
  return LoopHeader(ctx, model, entries, false, options).pattern_alone(entry);
}

}  // namespace nabla
