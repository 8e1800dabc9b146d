#include "codegen/eigen_batch.h"

#include <algorithm>
#include <vector>

#include "codegen/batch_heading.h"
#include "codegen/batch_layout.h"
#include "codegen/batch_split.h"
#include "codegen/eigen_sparse.h"
#include "codegen/emit.h"
#include "codegen/header_text.h"
#include "codegen/index_text.h"
#include "codegen/storage.h"

namespace nabla {
namespace {

class Wrapper {
 public:
  Wrapper(Context& ctx, const TensorEntry& entry, const TensorSignature& signature, const TensorNames& names,
          const EigenTypes& types, const LoopBatchCode& plain, EigenBatch& out)
      : ctx_(ctx),
        entry_(entry),
        signature_(signature),
        names_(names),
        types_(types),
        plain_(plain),
        varying_(split_by_point(ctx, entry).varying),
        summed_(is_summed(entry.wrt, entry.points)),
        out_(out) {}

  void run() {
    arguments_.push_back(names_.batch.points);
    for (Ref d : entry_.dims) add_dim(d);
    for (const auto* list : {&entry_.arguments, &entry_.directions}) {
      for (Ref s : *list) add_input(s);
    }
    for (size_t k = 0; k < signature_.outputs.size(); ++k) {
      if (!signature_.outputs[k].empty() && !entry_.program.outputs[k].is_diagonal) add_output(k);
    }
    if (!signature_.matrix.empty()) add_matrix();
    add_work();
    const bool returns =
        std::find(signature_.outputs.begin(), signature_.outputs.end(), "") != signature_.outputs.end();
    std::string& text = out_.text;
    text +=
        function_head("inline " + (returns ? names_.scalar : "void") + " " + signature_.name, parameters_);
    line(text, "const Eigen::Index " + names_.batch.points + " = " + points_ + ";");
    text += sizes_ + checks_ + before_;
    std::string list;
    for (const std::string& a : arguments_) list += (list.empty() ? "" : ", ") + a;
    line(text, (returns ? "const " + names_.scalar + " " + names_.value + " = " : std::string()) +
                   signature_.name + "(" + list + ");");
    text += after_;
    if (returns) line(text, "return " + names_.value + ";");
    text += "}\n";
  }

 private:
  static void line(std::string& out, const std::string& text) {
    append_wrapped(out, "  ", text, comment_width);
  }
  std::string symbol(Ref s) const { return names_.symbols.at(s); }
  std::string local(const std::string& name) const { return names_.batch.others.at(name + "_p"); }
  std::string size_text(Ref size) const {
    return index_text(
        ctx_, size, [this](Ref r) { return symbol(r); }, false);
  }
  bool by_point(Ref s) const { return varying_.count(s) != 0; }
  size_t order(ShapeId shape) const { return ctx_.shape(shape).order(); }

  // What an argument tells of a size: "x.cols()".
  std::string source(Ref s, Ref dim) const {
    const auto& extents = ctx_.shape_of(s).extents;
    if (by_point(s)) return extents.size() == 1 && extents[0] == dim ? symbol(s) + ".cols()" : "";
    for (size_t axis = 0; axis < extents.size() && extents.size() <= 2; ++axis) {
      if (extents[axis] != dim) continue;
      return symbol(s) + (extents.size() == 1 ? ".size()" : axis == 0 ? ".rows()" : ".cols()");
    }
    return {};
  }

  void add_dim(Ref dim) {
    arguments_.push_back(symbol(dim));
    for (const auto* list : {&entry_.arguments, &entry_.directions}) {
      for (Ref s : *list) {
        const std::string found = source(s, dim);
        if (found.empty()) continue;
        line(sizes_, "const Eigen::Index " + symbol(dim) + " = " + found + ";");
        return;
      }
    }
    parameters_.push_back("Eigen::Index " + symbol(dim));
  }

  void check(const std::string& found, const std::string& wanted) {
    if (sizes_.find(" = " + found + ";") != std::string::npos) return;  // it is the size
    line(checks_, "eigen_assert(" + found + " == " + wanted + ");");
  }

  void check_shared(const std::string& name, ShapeId shape) {
    const std::vector<Ref> extents = ctx_.shape(shape).extents;
    if (extents.size() == 2) {
      check(name + ".rows()", size_text(extents[0]));
      check(name + ".cols()", size_text(extents[1]));
    } else if (!extents.empty()) {
      check(name + ".size()", size_text(ctx_.product(extents)));
    }
  }

  void check_points(const std::string& name, ShapeId shape) {
    const bool one_number = shape == scalar_shape;
    const std::string rows = name + (one_number ? ".size()" : ".rows()");
    if (points_.empty()) {
      points_ = rows;
    } else {
      check(rows, names_.batch.points);
    }
    if (!one_number) check(name + ".cols()", size_text(entry_count(ctx_, shape)));
  }

  std::string matrix_by_rows() {
    out_.helpers.insert("RowMatrix");
    return names_.algebra + "::RowMatrix";
  }

  void add_input(Ref s) {
    const ShapeId shape = ctx_[s].shape;
    const std::string name = symbol(s);
    const bool integer = is_integer_data(ctx_, entry_, s);
    if (by_point(s)) {
      const bool vector = shape == scalar_shape;
      parameters_.push_back("const Eigen::Ref<const " + (vector ? types_.vector : types_.matrix) + ">& " +
                            name);
      check_points(name, shape);
      if (vector) return arguments_.push_back(name + ".data()");
      out_.helpers.insert("without_gaps");
      line(before_, types_.matrix + " " + local(name) + ";");
      return arguments_.push_back(names_.algebra + "::without_gaps(" + name + ", " + local(name) + ")");
    }
    if (shape == scalar_shape) {
      parameters_.push_back((integer ? "int" : names_.scalar) + " " + name);
      return arguments_.push_back(name);
    }
    std::string type = order(shape) == 2 ? types_.matrix : types_.vector;
    if (integer) type = type.substr(0, type.size() - 1) + "i";
    parameters_.push_back("const Eigen::Ref<const " + type + ">& " + name);
    check_shared(name, shape);
    if (order(shape) != 2) return arguments_.push_back(name + ".data()");
    const std::string rows =
        integer ? "Eigen::Matrix<int, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>" : matrix_by_rows();
    line(before_, "const " + rows + " " + local(name) + " = " + name + ";");
    arguments_.push_back(local(name) + ".data()");
  }

  void add_output(size_t k) {
    const TensorOutput& o = entry_.program.outputs[k];
    const std::string& name = signature_.outputs[k];
    const bool one_number = o.shape == scalar_shape;
    if (!output_by_point(entry_, o, varying_)) return add_sum(name, o.shape);
    if (is_packed_by_point(entry_, o, varying_)) {
      parameters_.push_back("Eigen::Ref<" + types_.vector + "> " + name);
      const Ref entries = entry_count(ctx_, o.shape);
      check(name + ".size()", names_.batch.points + " * " +
                                  index_text(
                                      ctx_, entries, [this](Ref r) { return symbol(r); }, true));
      return arguments_.push_back(name + ".data()");
    }
    parameters_.push_back("Eigen::Ref<" + (one_number ? types_.vector : types_.matrix) + "> " + name);
    check_points(name, o.shape);
    if (one_number) return arguments_.push_back(name + ".data()");
    out_.helpers.insert("Room");
    line(before_, names_.algebra + "::Room " + local(name) + "(" + name + ");");
    arguments_.push_back(local(name) + ".data()");
    line(after_, local(name) + ".write();");
  }

  void add_sum(const std::string& name, ShapeId shape) {
    if (shape == scalar_shape) {
      parameters_.push_back(names_.scalar + "& " + name);
      return arguments_.push_back("&" + name);
    }
    const bool matrix = order(shape) == 2;
    parameters_.push_back("Eigen::Ref<" + (matrix ? types_.matrix : types_.vector) + "> " + name);
    check_shared(name, shape);
    if (!matrix) return arguments_.push_back(name + ".data()");
    line(before_, matrix_by_rows() + " " + local(name) + "(" + name + ".rows(), " + name + ".cols());");
    arguments_.push_back(local(name) + ".data()");
    line(after_, name + " = " + local(name) + ";");
  }

  void add_matrix() {
    const EigenSparse sparse(ctx_, entry_, signature_, names_);
    parameters_.push_back(sparse.type() + "& " + signature_.matrix);
    checks_ += sparse.checks(summed_ ? "" : names_.batch.points);
    arguments_.push_back(signature_.matrix + ".valuePtr()");
  }

  void add_work() {
    const std::string& threads = names_.batch.others.at("threads");
    if (plain_.has_work) {
      std::string list;
      for (Ref d : plain_.work_arguments) list += symbol(d) + ", ";
      line(before_, types_.vector + " " + names_.work + "(static_cast<Eigen::Index>(" + signature_.name +
                        "_work(" + list + threads + ")));");
      arguments_.push_back(names_.work + ".data()");
    }
    parameters_.push_back("Eigen::Index " + threads + " = 1");
    arguments_.push_back(threads);
  }

  Context& ctx_;
  const TensorEntry& entry_;
  const TensorSignature& signature_;
  const TensorNames& names_;
  const EigenTypes& types_;
  const LoopBatchCode& plain_;
  std::unordered_set<Ref> varying_;
  bool summed_;
  EigenBatch& out_;
  std::string points_, sizes_, checks_, before_, after_;
  std::vector<std::string> parameters_, arguments_;
};

std::string eigen_layout(const TensorEntry& entry, const TensorSignature& signature) {
  std::string out =
      "The same with matrices of Eigen. By point, a matrix has a row for each point and a column for each "
      "entry; the entries of matrices are taken row by row.";
  if (signature.matrix.empty()) return out;
  const bool summed = signature.pattern_of_points.empty();
  out += " Of " + signature.matrix + ", made by " +
         (summed ? signature.pattern : signature.pattern_of_points) + ", the numbers alone are written.";
  if (!summed && entry.kind == Output::jac && !entry.layout.only)
    out += " The value is that of one point after the other, as the rows are.";
  return out;
}

}  // namespace

EigenBatch eigen_batch(Context& ctx, const TensorEntry& entry, const TensorSignature& signature,
                       const TensorNames& names, const EigenTypes& types, const std::string& name_space) {
  const LoopBatchCode plain = batch_loops(ctx, entry, signature, names, name_space);
  EigenBatch out;
  out.needs = plain.needs;
  out.text = plain.work + batch_heading(ctx, entry, signature, names, plain) + plain.text + "\n";
  if (!signature.pattern_of_points.empty()) {
    out.helpers.insert("block_diagonal");
    out.text += EigenSparse(ctx, entry, signature, names).pattern_of_points();
  }
  append_comment(out.text, eigen_layout(entry, signature));
  Wrapper(ctx, entry, signature, names, types, plain, out).run();
  return out;
}

}  // namespace nabla
