#include "codegen/eigen_generate.h"

#include <algorithm>
#include <unordered_set>

#include "codegen/eigen_batch.h"
#include "codegen/eigen_code.h"
#include "codegen/eigen_helpers.h"
#include "codegen/eigen_sparse.h"
#include "codegen/emit.h"
#include "codegen/entry_operations.h"
#include "codegen/header_text.h"
#include "codegen/index_text.h"
#include "codegen/layout.h"
#include "codegen/requests.h"
#include "codegen/runtime_blocks.h"
#include "codegen/tensor_generate.h"
#include "codegen/tensor_heading.h"
#include "expr/diagnostic.h"

namespace nabla {
namespace {

std::string eigen_scalar(const GenerateOptions& options) {
  const std::string scalar = checked_scalar(options);
  return scalar == "template" ? "double" : scalar;
}

class EigenHeader {
 public:
  EigenHeader(Context& ctx, const Model& model, const std::vector<TensorEntry>& entries,
              const GenerateOptions& options)
      : ctx_(ctx),
        model_(model),
        entries_(entries),
        options_(options),
        names_(tensor_names(ctx, entries, eigen_scalar(options))),
        namespace_(checked_namespace(model, options)) {
    const char* suffix = names_.scalar == "float" ? "f" : "d";
    types_.matrix = std::string("Eigen::MatrixX") + suffix;
    types_.vector = std::string("Eigen::VectorX") + suffix;
  }

  std::string run() {
    std::string body;
    for (size_t i = 0; i < entries_.size(); ++i) {
      placed(entries_[i].function->span, [&] { append_entry(body, i); });
    }
    const RuntimeBlocks blocks = runtime_blocks(needs_.runtime, needs_.on_lanes);
    const bool lanes = !needs_.on_lanes.empty() || blocks.needs_cstring,
               uses = lanes || !needs_.runtime.empty();
    const bool copies = uses && !options_.use_runtime;
    std::string out = banner() + "#pragma once\n\n#include <Eigen/Dense>\n";
    if (std::any_of(entries_.begin(), entries_.end(), is_compressed)) out += "#include <Eigen/Sparse>\n";
    if (matrix_functions_) out += "#include <unsupported/Eigen/MatrixFunctions>\n";
    if (needs_.algorithm) out += "#include <algorithm>\n";
    out += "#include <cmath>\n#include <cstddef>\n";
    if (copies && lanes) out += "#include <cstdint>\n#include <cstring>\n";
    out += "#include <limits>\n";
    if (uses && !copies) out += "\n#include \"nabla_runtime.h\"\n";
    out += "\nnamespace " + namespace_ + " {\n";
    if (uses) out += runtime_namespace(names_.runtime, blocks, copies);
    if (!helpers_.empty()) {
      out += "\n// What Eigen lacks.\nnamespace " + names_.algebra + " {\n\nusing Scalar = " + names_.scalar +
             ";\nusing Matrix = " + types_.matrix + ";\nusing Vector = " + types_.vector + ";\n" +
             eigen_helpers(helpers_) + "\n}  // namespace " + names_.algebra + "\n";
    }
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
        "Sizes are those of the arguments, and eigen_assert compares them. Results have their size "
        "already and overlap neither inputs nor each other. A value that is one number is returned. "
        "Rows are passed as vectors, arrays of three and more axes as vectors of their entries, the "
        "last index first.");
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
    const TensorEntry& e = entries_[shown];
    const TensorSignature& s = names_.signatures[shown];
    out += "//\n";
    append_comment(out, "Example:");
    append_comment(
        out, "  #include \"" +
                 (options_.header.empty() ? split(namespace_, "::").back() + ".h" : options_.header) + "\"");
    std::string list;
    const auto append = [&](const std::string& name) { list += (list.empty() ? "" : ", ") + name; };
    for (Ref d : e.dims) {
      if (source_of(e, d).empty()) append(names_.symbols.at(d));
    }
    for (const auto* symbols : {&e.arguments, &e.directions}) {
      for (Ref x : *symbols) append(names_.symbols.at(x));
    }
    for (size_t k = 0; k < s.outputs.size(); ++k) {
      if (is_passed_apart(e, s, k)) continue;
      const TensorOutput& o = e.program.outputs[k];
      if (o.shape != scalar_shape && !o.by.empty() && o.shape == ctx_[o.by[0]].shape) {
        const std::string x = names_.symbols.at(o.by[0]);
        append_comment(
            out, "  " + type(o.shape) + " " + s.outputs[k] + "(" +
                     (ctx_.shape(o.shape).order() == 2 ? x + ".rows(), " + x + ".cols()" : x + ".size()") +
                     ");");
      }
      append(s.outputs[k]);
    }
    if (is_compressed(e)) {
      std::vector<std::string> sizes = sparse(shown).sizes();
      for (size_t k = 0; k < e.dims.size(); ++k) {
        if (const std::string source = source_of(e, e.dims[k]); !source.empty()) sizes[k] = source;
      }
      append_comment(out, "  auto " + s.matrix + " = " + namespace_ + "::" + s.pattern + "(" + joined(sizes) +
                              ");  // once");
      append(s.matrix);
    }
    const bool returns = std::find(s.outputs.begin(), s.outputs.end(), "") != s.outputs.end();
    append_comment(out,
                   "  " + (returns ? "const " + names_.scalar + " " + names_.value + " = " : std::string()) +
                       namespace_ + "::" + s.name + "(" + list + ");");
  }

  // ---- functions ----

  static bool is_compressed(const TensorEntry& e) { return e.layout.sparsity != Sparsity::dense; }
  // What is returned, or stands in a compressed matrix.
  static bool is_passed_apart(const TensorEntry& e, const TensorSignature& s, size_t k) {
    return s.outputs[k].empty() || e.program.outputs[k].is_diagonal;
  }
  const std::string& type(ShapeId shape) const {
    return ctx_.shape(shape).order() == 2 ? types_.matrix : types_.vector;
  }

  // How an argument tells a dim: "X.rows()"; empty where none does.
  std::string source_of(const TensorEntry& e, Ref dim) const {
    for (const auto* list : {&e.arguments, &e.directions}) {
      for (Ref s : *list) {
        const auto& extents = ctx_.shape_of(s).extents;
        for (size_t axis = 0; axis < extents.size() && extents.size() <= 2; ++axis) {
          if (extents[axis] == dim) return names_.symbols.at(s) + size_member(extents.size(), axis);
        }
      }
    }
    return {};
  }

  static std::string size_member(size_t order, size_t axis) {
    return order == 1 ? ".size()" : axis == 0 ? ".rows()" : ".cols()";
  }

  // `used`: by the body; null: all.
  std::vector<std::string> parameters(size_t i, const std::unordered_set<Ref>* used) const {
    const TensorEntry& e = entries_[i];
    const TensorSignature& signature = names_.signatures[i];
    std::vector<std::string> out;
    for (Ref d : e.dims) {
      if (source_of(e, d).empty()) out.push_back("[[maybe_unused]] Eigen::Index " + names_.symbols.at(d));
    }
    for (const auto* list : {&e.arguments, &e.directions}) {
      for (Ref s : *list) {
        const bool integer = is_integer_data(ctx_, e, s), array = ctx_[s].shape != scalar_shape;
        std::string t = array ? type(ctx_[s].shape) : names_.scalar;
        if (integer) t = array ? t.substr(0, t.size() - 1) + "i" : "int";
        if (array) t = "const Eigen::Ref<const " + t + ">&";
        out.push_back((used == nullptr || used->count(s) != 0 ? "" : "[[maybe_unused]] ") + t + " " +
                      names_.symbols.at(s));
      }
    }
    for (size_t k = 0; k < signature.outputs.size(); ++k) {
      if (is_passed_apart(e, signature, k)) continue;
      const ShapeId shape = e.program.outputs[k].shape;
      out.push_back((shape == scalar_shape ? names_.scalar + "&" : "Eigen::Ref<" + type(shape) + ">") + " " +
                    signature.outputs[k]);
    }
    if (is_compressed(e)) out.push_back(sparse(i).type() + "& " + signature.matrix);
    return out;
  }

  void append_batch(std::string& out, size_t i) {
    const TensorEntry& e = entries_[i];
    const TensorSignature& s = names_.signatures[i];
    const EigenBatch code = eigen_batch(ctx_, e, s, names_, types_, namespace_);
    needs_.runtime.insert(code.needs.runtime.begin(), code.needs.runtime.end());
    needs_.on_lanes.insert(code.needs.on_lanes.begin(), code.needs.on_lanes.end());
    needs_.algorithm = needs_.algorithm || code.needs.algorithm;
    helpers_.insert(code.helpers.begin(), code.helpers.end());
    out += "\n";
    if (s.has_pattern) out += plain_pattern(ctx_, model_, entries_, plain_options(), i) + sparse(i).pattern();
    out += code.text;
  }

  // Of the functions in plain loops: no template.
  GenerateOptions plain_options() const {
    GenerateOptions plain = options_;
    plain.scalar = names_.scalar;
    return plain;
  }

  void append_entry(std::string& out, size_t i) {
    const TensorEntry& e = entries_[i];
    const TensorSignature& s = names_.signatures[i];
    if (e.batch) return append_batch(out, i);
    if (is_compressed(e)) return append_compressed(out, i);
    const EigenCode code = eigen_code(ctx_, e, s, names_, types_);
    needs_.runtime.insert(code.needs.runtime.begin(), code.needs.runtime.end());
    needs_.algorithm = needs_.algorithm || code.needs.algorithm;
    helpers_.insert(code.helpers.begin(), code.helpers.end());
    matrix_functions_ = matrix_functions_ || code.matrix_functions;
    out += "\n" + heading_text(ctx_, e, s, names_, eigen_operations(ctx_, e, code.needs.count, types_), "");
    const bool returns = std::find(s.outputs.begin(), s.outputs.end(), "") != s.outputs.end();
    out += function_head("inline " + (returns ? names_.scalar : "void") + " " + s.name,
                         parameters(i, &code.used));
    out += using_line(code.needs.std_functions, "  ", "", needs_.runtime);
    append_sizes(out, e);
    append_checks(out, i);
    out += code.text + "}\n";
  }

  void append_sizes(std::string& out, const TensorEntry& e) const {
    for (Ref d : e.dims) {
      const std::string source = source_of(e, d);
      if (!source.empty())
        append_wrapped(out, "  ",
                       "[[maybe_unused]] const Eigen::Index " + names_.symbols.at(d) + " = " + source + ";");
    }
  }

  // ---- compressed matrices: plain loops write the numbers of an Eigen::SparseMatrix ----

  EigenSparse sparse(size_t i) const { return EigenSparse(ctx_, entries_[i], names_.signatures[i], names_); }

  // An argument of the function in plain loops.
  std::string plain_input(const TensorEntry& e, Ref s) {
    const std::string& name = names_.symbols.at(s);
    if (ctx_[s].shape == scalar_shape) return name;
    if (ctx_.shape_of(s).order() != 2) return name + ".data()";
    if (is_integer_data(ctx_, e, s))
      return "Eigen::Matrix<int, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>(" + name + ").data()";
    helpers_.insert("RowMatrix");
    return names_.algebra + "::RowMatrix(" + name + ").data()";
  }

  std::string plain_output(ShapeId shape, const std::string& name) {
    if (shape == scalar_shape) return "&" + name;
    if (ctx_.shape(shape).order() != 2) return name + ".data()";
    helpers_.insert("ByRows");
    return names_.algebra + "::ByRows(" + name + ").data()";
  }

  void append_compressed(std::string& out, size_t i) {
    const TensorEntry& e = entries_[i];
    const TensorSignature& s = names_.signatures[i];
    const PlainEntry code = plain_entry(ctx_, model_, entries_, plain_options(), i);
    needs_.runtime.insert(code.needs.runtime.begin(), code.needs.runtime.end());
    needs_.on_lanes.insert(code.needs.on_lanes.begin(), code.needs.on_lanes.end());
    needs_.algorithm = needs_.algorithm || code.needs.algorithm;
    out += code.text + "\n";
    out += sparse(i).pattern();
    append_comment(out, "The same with matrices of Eigen. Of " + s.matrix + ", made by " + s.pattern +
                            ", the numbers alone are written.");
    const bool returns = std::find(s.outputs.begin(), s.outputs.end(), "") != s.outputs.end();
    out +=
        function_head("inline " + (returns ? names_.scalar : "void") + " " + s.name, parameters(i, nullptr));
    append_sizes(out, e);
    append_checks(out, i);
    out += sparse(i).checks("");
    std::vector<std::string> list;
    for (Ref d : e.dims) list.push_back(names_.symbols.at(d));
    for (Ref x : e.arguments) list.push_back(plain_input(e, x));
    for (size_t k = 0; k < s.outputs.size(); ++k) {
      if (!is_passed_apart(e, s, k)) list.push_back(plain_output(e.program.outputs[k].shape, s.outputs[k]));
    }
    list.push_back(s.matrix + ".valuePtr()");
    if (!code.work.empty())
      list.push_back(types_.vector + "(static_cast<Eigen::Index>(" + code.work + ")).data()");
    append_wrapped(out, "  ", (returns ? "return " : "") + s.name + "(" + joined(list) + ");");
    out += "}\n";
  }

  void append_checks(std::string& out, size_t i) const {
    const TensorEntry& e = entries_[i];
    const auto check = [&](const std::string& name, ShapeId shape) {
      const std::vector<Ref> extents = ctx_.shape(shape).extents;
      const auto expect = [&](const std::string& found, Ref wanted) {
        const std::string size = index_text(
            ctx_, wanted, [&](Ref r) { return names_.symbols.at(r); }, false);
        const bool is_its_source = ctx_.kind(wanted) == Kind::symbol && source_of(e, wanted) == found;
        if (!is_its_source) append_wrapped(out, "  ", "eigen_assert(" + found + " == " + size + ");");
      };
      if (extents.size() > 2) return expect(name + ".size()", ctx_.product(extents));
      for (size_t axis = 0; axis < extents.size(); ++axis)
        expect(name + size_member(extents.size(), axis), extents[axis]);
    };
    for (const auto* list : {&e.arguments, &e.directions}) {
      for (Ref s : *list) check(names_.symbols.at(s), ctx_[s].shape);
    }
    for (size_t k = 0; k < names_.signatures[i].outputs.size(); ++k) {
      const std::string& name = names_.signatures[i].outputs[k];
      if (!is_passed_apart(e, names_.signatures[i], k)) check(name, e.program.outputs[k].shape);
    }
  }

  Context& ctx_;
  const Model& model_;
  const std::vector<TensorEntry>& entries_;
  const GenerateOptions& options_;
  TensorNames names_;
  std::string namespace_;
  EigenTypes types_;
  CodeNeeds needs_;
  std::set<std::string> helpers_;
  bool matrix_functions_ = false;
};

}  // namespace

std::string generate_eigen(Context& ctx, const Model& model, const std::vector<TensorEntry>& entries,
                           const GenerateOptions& options) {
  return EigenHeader(ctx, model, entries, options).run();
}

}  // namespace nabla
