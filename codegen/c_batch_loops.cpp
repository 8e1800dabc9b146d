#include "codegen/c_batch_loops.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "codegen/batch_layout.h"
#include "codegen/batch_signature.h"
#include "codegen/batch_split.h"
#include "codegen/compressed_code.h"
#include "codegen/emit.h"
#include "codegen/header_text.h"
#include "codegen/index_text.h"
#include "codegen/loop_parameters.h"
#include "codegen/storage.h"

namespace nabla {
namespace {

class CBatchLoops {
 public:
  CBatchLoops(Context& ctx, const TensorEntry& entry, const TensorSignature& signature,
              const TensorNames& names)
      : ctx_(ctx), entry_(entry), signature_(signature), names_(names), split_(split_by_point(ctx, entry)) {}

  LoopBatchCode run() {
    const std::string shared = shared_text();
    const std::string loop = loop_text();
    out_.has_work = numbers_ != zero;
    out_.text = head() + shared + before_ + loop;
    if (returned_) out_.text += "  return " + names_.batch.total + ";\n";
    out_.text += "}\n";
    if (out_.has_work) append_work();
    out_.layout = loop_layout_text(ctx_, entry_, signature_, names_, split_.varying);
    return std::move(out_);
  }

 private:
  // ---- names ----

  const std::string& name(const std::string& wish) const { return names_.batch.others.at(wish); }
  std::string atom(Ref r) {
    used_.insert(r);
    return names_.symbols.at(r);
  }
  std::string text(Ref size, bool operand) {
    return index_text(ctx_, size, {[this](Ref r) { return atom(r); }, names_.spelling}, operand);
  }
  bool by_point(Ref symbol) const { return split_.varying.count(symbol) != 0; }
  bool is_array(Ref symbol) const { return ctx_[symbol].shape != scalar_shape; }
  std::string at_label() const { return "[" + names_.labels[0] + "]"; }
  // Entry `labels[0]` of an array by point.
  std::string entry_by_point() const {
    return "[" + names_.labels[0] + " * " + names_.batch.points + " + " + names_.batch.first + "]";
  }

  // The same where each point has `size` of them side by side.
  std::string entry_in_row(Ref size) {
    return "[" + names_.batch.first + " * " + text(size, true) + " + " + names_.labels[0] + "]";
  }

  // ---- text ----

  // An array in the workspace.
  std::string place(const std::string& array, Ref size) {
    std::string out;
    append_wrapped(out, "  ",
                   names_.scalar + "* const " + array + " = " + names_.work +
                       (numbers_ == zero ? "" : " + " + text(numbers_, false)) + ";",
                   comment_width);
    numbers_ = ctx_.add(numbers_, size);
    return out;
  }

  std::string each(Ref size, const std::string& indent, const std::string& statement) {
    const std::string& i = names_.labels[0];
    std::string out;
    append_wrapped(out, indent,
                   "for (" + names_.spelling.integer() + " " + i + " = 0; " + i + " < " + text(size, true) +
                       "; ++" + i + ") " + statement,
                   comment_width);
    return out;
  }

  void merge(const TensorCode& code) {
    used_.insert(code.used.begin(), code.used.end());
    out_.needs.runtime.insert(code.needs.runtime.begin(), code.needs.runtime.end());
  }

  // ---- the shared part ----

  std::string shared_text() {
    TensorSignature signature;
    TensorNames names = names_;
    std::string out;
    const auto& outputs = split_.shared.program.outputs;
    for (size_t o = 0; o < outputs.size(); ++o) {
      const std::string array = name("shared") + std::to_string(o + 1);
      signature.outputs.push_back(array);
      const bool one = outputs[o].shape == scalar_shape;
      symbols_[split_.symbols[o]] = one ? array + "[0]" : array;
      out += one ? "  " + names_.scalar + " " + array + "[1];\n"
                 : place(array, entry_count(ctx_, outputs[o].shape));
    }
    names.work = name("shared_work");
    const TensorCode code = loop_code(ctx_, split_.shared, signature, names);
    if (code.work != zero) out += place(names.work, code.work);
    merge(code);
    out_.once = code.needs.count;
    // A block: the loop over the points has locals of the same names.
    return code.text.empty() ? out : out + "  {\n" + deeper(code.text) + "  }\n";
  }

  // ---- the loop over the points ----

  std::string loop_text() {
    name_inputs();
    TensorSignature inner;
    const std::string stores = results(inner);
    TensorNames names = names_;
    names.work = name("point_work");
    for (const auto& [symbol, spelling] : symbols_) names.symbols[symbol] = spelling;
    const TensorCode code = loop_code(ctx_, split_.by_point, inner, names);
    merge(code);
    out_.point.add(ctx_, code.needs.count);
    const std::string loads = copies(code);
    if (code.work != zero) before_ += place(names.work, code.work);
    const std::string& p = names_.batch.first;
    return "  for (" + names_.spelling.integer() + " " + p + " = 0; " + p + " < " + names_.batch.points +
           "; ++" + p + ") {\n" + loads + deeper(code.text) + stores + "  }\n";
  }

  void name_inputs() {
    for (const auto* list : {&entry_.arguments, &entry_.directions}) {
      for (Ref s : *list) {
        if (by_point(s)) symbols_[s] = name(names_.symbols.at(s) + "_p");
      }
    }
  }

  // What the loops of a point read of it.
  std::string copies(const TensorCode& code) {
    std::string out;
    for (const auto* list : {&entry_.arguments, &entry_.directions}) {
      for (Ref s : *list) {
        if (!by_point(s) || code.used.count(s) == 0) continue;
        const std::string& copy = symbols_.at(s);
        if (is_array(s)) {
          const Ref size = entry_count(ctx_, ctx_[s].shape);
          before_ += place(copy, size);
          out += each(size, "    ", copy + at_label() + " = " + atom(s) + entry_by_point() + ";");
        } else {
          append_wrapped(
              out, "    ",
              "const " + names_.scalar + " " + copy + " = " + atom(s) + "[" + names_.batch.first + "];",
              comment_width);
        }
      }
    }
    return out;
  }

  // What happens to the results of a point.
  std::string results(TensorSignature& inner) {
    std::string out;
    std::vector<std::string> diagonals;
    for (size_t k = 0; k < entry_.program.outputs.size(); ++k) {
      const TensorOutput& o = entry_.program.outputs[k];
      const std::string& result = signature_.outputs[k];
      const std::string array = name((result.empty() ? "value" : result) + "_p");
      inner.outputs.push_back(array);
      const Ref size = entry_count(ctx_, o.shape);
      const bool added = !output_by_point(entry_, o, split_.varying);
      if (added) count_additions(size);
      if (o.is_diagonal) {
        before_ +=
            o.shape == scalar_shape ? "  " + names_.scalar + " " + array + "[1];\n" : place(array, size);
        diagonals.push_back(array);
        continue;
      }
      if (o.shape != scalar_shape) {
        before_ += place(array, size);
        if (added) before_ += each(size, "  ", result + at_label() + " = 0;");
        const std::string to = added                                           ? at_label() + " += "
                               : is_packed_by_point(entry_, o, split_.varying) ? entry_in_row(size) + " = "
                                                                               : entry_by_point() + " = ";
        out += each(size, "    ", result + to + array + at_label() + ";");
        continue;
      }
      before_ += "  " + names_.scalar + " " + array + "[1];\n";
      if (!added) {
        out += "    " + result + "[" + names_.batch.first + "] = " + array + "[0];\n";
        continue;
      }
      returned_ = returned_ || result.empty();
      const std::string sum = result.empty() ? names_.batch.total : result + "[0]";
      before_ += "  " + (result.empty() ? names_.scalar + " " : "") + sum + " = 0;\n";
      out += "    " + sum + " += " + array + "[0];\n";
    }
    return diagonals.empty() ? out : out + "    {\n" + deeper(deeper(numbers(diagonals))) + "    }\n";
  }

  // The numbers of a compressed matrix from its diagonals at a point.
  std::string numbers(const std::vector<std::string>& diagonals) {
    const CompressedCode code(ctx_, entry_, signature_, names_);
    for (const auto* symbols : {&entry_.dims, &entry_.arguments}) {
      for (Ref s : *symbols) {
        if (code.depends_on(s)) used_.insert(s);
      }
    }
    const bool all = entry_.matrix.of_all_points, added = is_summed(entry_.wrt, entry_.points) && !all;
    const std::string sums = all ? code.shared_nonzeros() : code.nonzeros();
    if ((added || all) && sums != "0") {
      const std::string& i = names_.labels[0];
      append_wrapped(before_, "  ",
                     "for (" + names_.spelling.integer() + " " + i + " = 0; " + i + " < " + sums + "; ++" +
                         i + ") " + signature_.matrix + at_label() + " = 0;",
                     comment_width);
    }
    const auto copied = [&](CompressedCode::Lines lines, const std::string& assign) {
      return code.values(
          [&](const std::string& entry) {
            return signature_.matrix + "[" + names_.count + "++]" + assign + entry + ";";
          },
          diagonals, lines);
    };
    const std::string &count = names_.count, &p = names_.batch.first;
    const std::string declared = "  " + names_.spelling.integer() + " " + count + " = ";
    if (added) return declared + "0;\n" + copied(CompressedCode::Lines::all, " += ");
    if (!all)
      return declared + p + " * (" + code.nonzeros() + ");\n" + copied(CompressedCode::Lines::all, " = ");
    return declared + "0;\n" + copied(CompressedCode::Lines::shared, " += ") + "  " + count + " += " + p +
           " * (" + code.point_nonzeros() + ");\n" + copied(CompressedCode::Lines::of_point, " = ");
  }

  void count_additions(Ref size) {
    Cost addition;
    addition.operations = 1;
    out_.point.add(ctx_, addition, {{size}});
  }

  // ---- outside ----

  std::string head() {
    const std::string integer = names_.spelling.integer() + " ";
    std::vector<std::string> list{integer + names_.batch.points};
    std::string unread;
    const auto add = [&](const std::string& type, Ref s) {
      list.push_back(type + names_.symbols.at(s));
      if (used_.count(s) == 0) unread += "  (void)" + names_.symbols.at(s) + ";\n";
    };
    for (Ref d : entry_.dims) add(integer, d);
    for (const auto* symbols : {&entry_.arguments, &entry_.directions}) {
      for (Ref s : *symbols) {
        const bool is_int = is_integer_data(ctx_, entry_, s) && !by_point(s);
        const std::string type = is_int ? "int" : names_.scalar;
        add(is_array(s) || by_point(s) ? "const " + type + "* " : type + " ", s);
      }
    }
    const std::string written = names_.scalar + "*" + names_.spelling.result();
    for (size_t k = 0; k < signature_.outputs.size(); ++k) {
      const std::string& o = signature_.outputs[k];
      if (!o.empty() && !entry_.program.outputs[k].is_diagonal) list.push_back(written + o);
    }
    if (!signature_.matrix.empty()) {
      list.push_back(written + signature_.matrix);
      if (!has_diagonals(entry_)) unread += "  (void)" + signature_.matrix + ";\n";
    }
    if (out_.has_work) list.push_back(written + names_.work);
    return function_head(names_.spelling.function() + (returned_ ? names_.scalar : std::string("void")) +
                             " " + signature_.name,
                         list) +
           unread;
  }

  void append_work() {
    append_comment(out_.work, "How many numbers " + signature_.name + " needs as workspace.");
    used_.clear();
    const std::string size = text(numbers_, false);
    std::vector<std::string> list;
    std::string unread;
    for (Ref d : work_arguments(ctx_, entry_, numbers_)) {
      const bool dim = ctx_.symbol(d).role == Role::extent;
      list.push_back((dim ? names_.spelling.integer() : "int") + " " + names_.symbols.at(d));
      if (used_.count(d) == 0) unread += "  (void)" + names_.symbols.at(d) + ";\n";
    }
    out_.work += function_head(names_.spelling.size_function() + signature_.name + "_work", list) + unread;
    append_wrapped(out_.work, "  ", "return " + names_.spelling.to_size(size) + ";", comment_width);
    out_.work += "}\n\n";
  }

  Context& ctx_;
  const TensorEntry& entry_;
  const TensorSignature& signature_;
  const TensorNames& names_;
  BatchSplit split_;
  bool returned_ = false;
  LoopBatchCode out_;
  std::unordered_map<Ref, std::string> symbols_;  // in the loop
  std::unordered_set<Ref> used_;                  // dims, arguments and directions that the text reads
  Ref numbers_ = zero;                            // how much of the workspace is taken
  std::string before_;                            // the loop over the points
};

}  // namespace

LoopBatchCode c_batch_loops(Context& ctx, const TensorEntry& entry, const TensorSignature& signature,
                            const TensorNames& names) {
  return CBatchLoops(ctx, entry, signature, names).run();
}

}  // namespace nabla
