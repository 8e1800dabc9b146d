#include "codegen/tensor_generate.h"

#include <algorithm>

#include "codegen/batch_loops.h"
#include "codegen/compressed_code.h"
#include "codegen/eigen_generate.h"
#include "codegen/emit.h"
#include "codegen/entry_operations.h"
#include "codegen/header_text.h"
#include "codegen/index_text.h"
#include "codegen/loops.h"
#include "codegen/requests.h"
#include "codegen/runtime_blocks.h"
#include "codegen/tensor_heading.h"
#include "expr/diagnostic.h"
#include "expr/substitute.h"

namespace nabla {
namespace {

constexpr const char* integer = "std::ptrdiff_t";

struct Parameter {
  std::string type, name;
  bool used = true;
  bool written = false;  // overlaps nothing else
};

class LoopHeader {
 public:
  LoopHeader(Context& ctx, const Model& model, const std::vector<TensorEntry>& entries,
             const GenerateOptions& options)
      : ctx_(ctx),
        model_(model),
        entries_(entries),
        options_(options),
        names_(tensor_names(ctx, entries, checked_scalar(options))),
        namespace_(checked_namespace(model, options)) {}

  std::string run() {
    std::string body;
    for (size_t i = 0; i < entries_.size(); ++i) {
      placed(entries_[i].function->span, [&] { append_entry(body, i); });
    }
    const RuntimeBlocks blocks = runtime_blocks(needs_.runtime, needs_.on_lanes, names_.is_template);
    const bool lanes = !needs_.on_lanes.empty() || blocks.needs_cstring,
               uses = lanes || !needs_.runtime.empty();
    // Lanes need the functions in one namespace with theirs.
    const bool copies = uses && (!options_.use_runtime || lanes);
    std::string out = banner() + "#pragma once\n\n";
    if (needs_.algorithm) out += "#include <algorithm>\n";
    out += "#include <cmath>\n#include <cstddef>\n";
    if (lanes) out += "#include <cstdint>\n#include <cstring>\n";
    if (needs_.limits || (copies && blocks.needs_limits)) out += "#include <limits>\n";
    if (guarded_) out += "#include <type_traits>\n";
    if (uses && !copies) out += "\n#include \"nabla_runtime.h\"\n";
    out += "\nnamespace " + namespace_ + " {\n";
    if (uses) out += runtime_namespace(names_.runtime, blocks, copies);
    if (guarded_) out += integer_guard(names_.guard, names_.scalar);
    return out + body + "\n}  // namespace " + namespace_ + "\n";
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
    const std::string header =
        options_.header.empty() ? split(namespace_, "::").back() + ".h" : options_.header;
    out += "//\n";
    append_comment(out, "Example:");
    append_comment(out, "  #include \"" + header + "\"");
    if (work_of(shown)) {
      append_comment(out, "  std::vector<" + type + "> " + names_.work + "(" + namespace_ +
                              "::" + work_call(shown) + ");");
    }
    std::string list;
    for (const Parameter& p : parameters(shown, type, nullptr)) {
      list += (list.empty() ? "" : ", ") + p.name + (p.name == names_.work ? ".data()" : "");
    }
    const bool returns = std::find(s.outputs.begin(), s.outputs.end(), "") != s.outputs.end();
    append_comment(out, "  " + (returns ? "const " + type + " " + names_.value + " = " : std::string()) +
                            namespace_ + "::" + s.name + "(" + list + ");");
  }

  // ---- functions ----

  bool work_of(size_t i) const { return i < work_.size() && work_[i] != zero; }

  // What the size of the workspace depends on: dims, and integer parameters that are sizes.
  std::vector<Ref> work_arguments(size_t i) const {
    std::vector<Ref> list = entries_[i].dims;
    for (Ref s : entries_[i].arguments) {
      if (contains(ctx_, work_[i], s)) list.push_back(s);
    }
    return list;
  }

  std::string work_call(size_t i) const {
    std::string list;
    for (Ref d : work_arguments(i)) list += (list.empty() ? "" : ", ") + names_.symbols.at(d);
    return names_.signatures[i].name + "_work(" + list + ")";
  }

  bool is_compressed(size_t i) const { return !names_.signatures[i].diagonals.empty(); }

  // `inner`: of the function that computes the diagonals of a compressed matrix.
  std::vector<Parameter> parameters(size_t i, const std::string& scalar, const TensorCode* code,
                                    bool inner = false) const {
    const TensorEntry& e = entries_[i];
    const TensorSignature& signature = names_.signatures[i];
    std::vector<Parameter> out;
    const auto used = [&](Ref s) { return code == nullptr || code->used.count(s) != 0; };
    for (Ref d : e.dims) out.push_back({integer, names_.symbols.at(d), used(d)});
    for (const auto* list : {&e.arguments, &e.directions}) {
      for (Ref s : *list) {
        const bool array = ctx_[s].shape != scalar_shape;
        const std::string type = is_integer_data(ctx_, e, s) ? "int" : scalar;
        out.push_back({array ? "const " + type + "*" : type, names_.symbols.at(s), used(s)});
      }
    }
    for (size_t k = 0; k < signature.outputs.size(); ++k) {
      if (signature.outputs[k].empty() || (e.program.outputs[k].is_diagonal && !inner)) continue;
      out.push_back({scalar + "*", signature.outputs[k], true, true});
    }
    if (is_compressed(i) && !inner)
      out.push_back({scalar + "*", signature.matrix, code == nullptr || has_diagonals(i), true});
    if (inner ? code->work != zero : work_of(i)) out.push_back({scalar + "*", names_.work, true, true});
    return out;
  }

  std::string head(size_t i, const std::string& scalar, const TensorCode* code, bool inner = false) const {
    std::vector<std::string> list;
    for (const Parameter& p : parameters(i, scalar, code, inner))
      list.push_back(std::string(p.used ? "" : "[[maybe_unused]] ") + p.type +
                     (p.written ? " __restrict " : " ") + p.name);
    const TensorSignature& s = names_.signatures[i];
    const bool returns = std::find(s.outputs.begin(), s.outputs.end(), "") != s.outputs.end();
    const bool single = names_.is_template && code != nullptr;
    return function_head(
        (single ? "" : "inline ") + (returns ? scalar : "void") + " " + (inner ? s.diagonals : s.name), list);
  }

  void append_batch(std::string& out, const TensorEntry& e, const TensorSignature& s) {
    const LoopBatchCode code = batch_loops(ctx_, e, s, names_, namespace_);
    add_needs(code.needs);
    work_.push_back(zero);
    guarded_ = guarded_ || (names_.is_template && code.has_values);
    out += "\n" + code.work + batch_heading(ctx_, e, s, names_, code) + code.text;
  }

  void append_entry(std::string& out, size_t i) {
    const TensorEntry& e = entries_[i];
    const TensorSignature& s = names_.signatures[i];
    if (e.batch) return append_batch(out, e, s);
    TensorCode code = loop_code(ctx_, e, s, names_);
    add_needs(code.needs);
    out += "\n";
    if (is_compressed(i)) append_pattern(out, i);
    if (has_diagonals(i) && !code.in_place) {
      append_comment(out, "The diagonals of that matrix, one after the other by " +
                              std::string(e.layout.sparsity == Sparsity::csr ? "row." : "column."));
      append_function(out, i, code, true);
      out += "\n";
      compress(i, code);
    } else {
      work_.push_back(code.work);
    }
    if (work_of(i)) append_work(out, i, work_[i]);
    out += heading_text(ctx_, e, s, names_, loop_operations(ctx_, e, code.needs.count),
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
    out +=
        using_line(code.needs.std_functions, "  ", names_.is_template ? names_.runtime : "", needs_.runtime);
    out += code.text + "}\n";
    if (names_.is_template && (by_value || !deduced) && !inner) append_convenience(out, i);
  }

  // ---- compressed matrices: a function computes the diagonals, another puts them in order ----

  std::string size_text(Ref size) const {
    return index_text(
        ctx_, size, [&](Ref r) { return names_.symbols.at(r); }, false);
  }

  std::vector<std::string> pattern_parameters(size_t i, const CompressedCode& code) const {
    std::vector<std::string> list;
    for (const auto* symbols : {&entries_[i].dims, &entries_[i].arguments}) {
      for (Ref r : *symbols) {
        const bool dim = ctx_.symbol(r).role == Role::extent, used = code.depends_on(r);
        if (dim || used)
          list.push_back((used ? "" : "[[maybe_unused]] ") + std::string(dim ? integer : "int") + " " +
                         names_.symbols.at(r));
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
    std::vector<std::string> list = pattern_parameters(i, code);
    const std::string count = code.nonzeros();
    if (count.find_first_not_of("0123456789") == count.npos) {  // whatever the sizes are
      for (std::string& p : list) {
        if (p[0] != '[') p.insert(0, "[[maybe_unused]] ");
      }
    }
    out += function_head("constexpr std::size_t " + s.nonzeros, list);
    append_wrapped(out, "  ", "return static_cast<std::size_t>(" + count + ");", comment_width);
    out += "}\n\n";
    append_comment(out, "Where they belong, counted from 0: " + s.starts + "[i], ..., " + s.starts +
                            "[i + 1] - 1 are those of " + (rows ? "row" : "column") +
                            " i, and number k stands in " + (rows ? "column " : "row ") + s.indices + "[k].");
    list = pattern_parameters(i, code);
    list.push_back("int* __restrict " + s.starts);
    list.push_back((has_diagonals(i) ? "" : "[[maybe_unused]] ") + std::string("int* __restrict ") +
                   s.indices);
    out += function_head("inline void " + s.pattern, list) + code.pattern() + "}\n\n";
  }

  bool has_diagonals(size_t i) const {
    const auto& outputs = entries_[i].program.outputs;
    return !outputs.empty() && outputs.back().is_diagonal;
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
    const bool returns = std::find(s.outputs.begin(), s.outputs.end(), "") != s.outputs.end();
    const std::string call =
        s.diagonals + (names_.is_template ? "<" + names_.scalar + ">" : "") + "(" + list + ");";
    if (in_order) {
      append_wrapped(text, "  ", (returns ? "return " : "") + call, comment_width);
    } else {
      append_wrapped(text, "  ",
                     (returns ? "const " + names_.scalar + " " + names_.value + " = " : "") + call,
                     comment_width);
      text += compressed.values();
      if (returns) text += "  return " + names_.value + ";\n";
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
    const AtomText name = [&](Ref r) { return names_.symbols.at(r); };
    std::vector<std::string> list;
    for (Ref d : work_arguments(i)) {
      const bool dim = ctx_.symbol(d).role == Role::extent;
      list.push_back((contains(ctx_, size, d) ? "" : "[[maybe_unused]] ") +
                     std::string(dim ? integer : "int") + " " + name(d));
    }
    out += function_head("constexpr std::size_t " + names_.signatures[i].name + "_work", list);
    append_wrapped(out, "  ", "return static_cast<std::size_t>(" + index_text(ctx_, size, name, false) + ");",
                   comment_width);
    out += "}\n\n";
  }

  // The same for double, where integers convert.
  void append_convenience(std::string& out, size_t i) const {
    out += "\n";
    out += head(i, "double", nullptr);
    std::string list;
    for (const Parameter& p : parameters(i, "double", nullptr)) list += (list.empty() ? "" : ", ") + p.name;
    append_wrapped(out, "  ",
                   "return ::" + namespace_ + "::" + names_.signatures[i].name + "<double>(" + list + ");",
                   comment_width);
    out += "}\n";
  }

  Context& ctx_;
  const Model& model_;
  const std::vector<TensorEntry>& entries_;
  const GenerateOptions& options_;
  TensorNames names_;
  std::string namespace_;
  std::vector<Ref> work_;  // by entry: the size of the workspace
  CodeNeeds needs_;
  bool guarded_ = false;
};

}  // namespace

std::string generate_tensors(Context& ctx, const Model& model, const std::vector<TensorEntry>& entries,
                             TensorTarget target, const GenerateOptions& options) {
  if (target == TensorTarget::eigen) return generate_eigen(ctx, model, entries, options);
  return LoopHeader(ctx, model, entries, options).run();
}

PlainEntry plain_entry(Context& ctx, const Model& model, const std::vector<TensorEntry>& entries,
                       const GenerateOptions& options, size_t entry) {
  return LoopHeader(ctx, model, entries, options).one(entry);
}

}  // namespace nabla
