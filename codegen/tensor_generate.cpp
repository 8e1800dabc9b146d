#include "codegen/tensor_generate.h"

#include <algorithm>

#include "codegen/batch_loops.h"
#include "codegen/eigen_generate.h"
#include "codegen/emit.h"
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
      if (signature.outputs[k].empty() || (e.program.outputs[k].diagonal && !inner)) continue;
      out.push_back({scalar + "*", signature.outputs[k], true, true});
    }
    if (is_compressed(i) && !inner) out.push_back({scalar + "*", signature.matrix, true, true});
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
    out += "\n" + code.text;
  }

  void append_entry(std::string& out, size_t i) {
    const TensorEntry& e = entries_[i];
    const TensorSignature& s = names_.signatures[i];
    if (e.batch) return append_batch(out, e, s);
    TensorCode code = loop_code(ctx_, e, s, names_);
    add_needs(code.needs);
    out += "\n";
    if (is_compressed(i)) {
      append_pattern(out, i);
      append_function(out, i, code, true);
      out += "\n";
      compress(i, code);
    } else {
      work_.push_back(code.work);
    }
    if (work_of(i)) append_work(out, i, work_[i]);
    out += heading_text(ctx_, e, s, names_, work_of(i) ? work_call(i) : "");
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

  // ---- compressed matrices: functions that compute diagonals, and what puts them in order ----

  std::string text_of(Ref extent) const {
    return index_text(
        ctx_, extent, [&](Ref r) { return names_.symbols.at(r); }, false);
  }
  // "n, n, f_hess_csr_offsets"
  std::string band(size_t i) const {
    const TensorEntry& e = entries_[i];
    const Ref rows = ctx_.shape(e.program.outputs.back().shape).extents[0];
    return text_of(rows) + ", " + text_of(ctx_.shape_of(e.wrt[0]).extents[0]) + ", " +
           names_.signatures[i].offsets;
  }
  const char* by_rows(size_t i) const {
    return entries_[i].layout.sparsity == Sparsity::csr ? "<true>" : "<false>";
  }

  void append_pattern(std::string& out, size_t i) {
    const TensorSignature& s = names_.signatures[i];
    const bool rows = entries_[i].layout.sparsity == Sparsity::csr;
    std::string offsets;
    for (const TensorOutput& o : entries_[i].program.outputs) {
      if (o.diagonal) offsets += (offsets.empty() ? "" : ", ") + std::to_string(*o.diagonal);
    }
    append_comment(out, "The matrix of " + s.name + " has entries where column - row is one of these.");
    append_wrapped(out, "",
                   "inline constexpr " + std::string(integer) + " " + s.offsets + "[] = {" + offsets + "};",
                   comment_width);
    std::vector<std::string> dims;
    for (Ref d : entries_[i].dims)
      dims.push_back("[[maybe_unused]] " + std::string(integer) + " " + names_.symbols.at(d));
    append_comment(out, "How many numbers it has, zeros of some inputs included.");
    out += function_head("constexpr std::size_t " + s.nonzeros, dims);
    append_wrapped(out, "  ",
                   "return static_cast<std::size_t>(" + names_.runtime + "::band_numbers(" + band(i) + "));",
                   comment_width);
    out += "}\n\n";
    const std::string line = rows ? "row" : "column";
    append_comment(out, "Where they belong, counted from 0: " + s.starts + "[i], ..., " + s.starts +
                            "[i + 1] - 1 are those of " + line + " i, and number k stands in " +
                            (rows ? "column " : "row ") + s.indices + "[k].");
    dims.push_back("int* " + s.starts);
    dims.push_back("int* " + s.indices);
    out += function_head("inline void " + s.pattern, dims);
    append_wrapped(out, "  ",
                   names_.runtime + "::band_pattern" + by_rows(i) + "(" + band(i) + ", " + s.starts + ", " +
                       s.indices + ");",
                   comment_width);
    out += "}\n\n";
    append_comment(out, "The diagonals of that matrix, each by row.");
    needs_.runtime.insert({"band_numbers", "band_pattern", "band_values"});
  }

  // The body and the workspace of the function that calls the one for the diagonals.
  void compress(size_t i, TensorCode& code) {
    const TensorEntry& e = entries_[i];
    const TensorSignature& s = names_.signatures[i];
    const Ref rows = ctx_.shape(e.program.outputs.back().shape).extents[0];
    std::string list;
    int64_t diagonals = 0;
    const auto place = [&] {
      const std::string n = text_of(rows);
      if (diagonals == 0) return names_.work;
      return names_.work + " + " + (diagonals == 1 ? "" : std::to_string(diagonals) + " * ") +
             (n.find(' ') == n.npos ? n : "(" + n + ")");
    };
    for (const Parameter& p : parameters(i, names_.scalar, &code, true)) {
      const auto at = std::find(s.outputs.begin(), s.outputs.end(), p.name) - s.outputs.begin();
      const bool is_diagonal =
          static_cast<size_t>(at) < s.outputs.size() && e.program.outputs[static_cast<size_t>(at)].diagonal;
      list += (list.empty() ? "" : ", ") + (is_diagonal || p.name == names_.work ? place() : p.name);
      if (is_diagonal) ++diagonals;
    }
    const bool returns = std::find(s.outputs.begin(), s.outputs.end(), "") != s.outputs.end();
    const std::string type = names_.is_template ? "<" + names_.scalar + ">" : "";
    std::string text;
    append_wrapped(text, "  ",
                   (returns ? "const " + names_.scalar + " " + names_.value + " = " : std::string()) +
                       s.diagonals + type + "(" + list + ");",
                   comment_width);
    append_wrapped(text, "  ",
                   names_.runtime + "::band_values" + by_rows(i) + "(" + band(i) + ", " + names_.work + ", " +
                       s.matrix + ");",
                   comment_width);
    if (returns) text += "  return " + names_.value + ";\n";
    work_.push_back(ctx_.add(code.work, ctx_.multiply(ctx_.number(diagonals), rows)));
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

}  // namespace nabla
