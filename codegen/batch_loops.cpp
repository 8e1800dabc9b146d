#include "codegen/batch_loops.h"

#include <algorithm>

#include "codegen/batch_layout.h"
#include "codegen/batch_rows.h"
#include "codegen/batch_split.h"
#include "codegen/compressed_code.h"
#include "codegen/emit.h"
#include "codegen/header_text.h"
#include "codegen/index_text.h"
#include "codegen/loop_parameters.h"
#include "codegen/runtime_blocks.h"
#include "codegen/storage.h"
#include "expr/diagnostic.h"
#include "expr/substitute.h"

namespace nabla {
namespace {

constexpr const char* integer = "std::ptrdiff_t";
constexpr int block_points = 1024;  // a multiple of all vectors

class BatchLoops {
 public:
  BatchLoops(Context& ctx, const TensorEntry& entry, const TensorSignature& signature,
             const TensorNames& names, const std::string& name_space)
      : ctx_(ctx),
        entry_(entry),
        signature_(signature),
        names_(names),
        name_space_(name_space),
        split_(split_by_point(ctx, entry)),
        summed_(is_summed(entry.wrt, entry.points)) {}

  LoopBatchCode run() {
    const std::string shared = shared_text();
    const std::string loop = loop_text();
    const std::string& lanes = names_.batch.lanes;
    std::string body = "  using " + lanes + " = " + names_.runtime + "::lanes<" + names_.scalar + ">;\n";
    body += using_line(out_.needs.std_functions, "  ", "", out_.needs.runtime);
    body += shared;
    if (lanes_ != zero) {
      out_.needs.runtime.insert("aligned");
      append_wrapped(body, "  ",
                     lanes + "* const " + name("all_vectors") + " = " + names_.runtime + "::aligned<" +
                         names_.scalar + ">(" + places(names_.work, numbers_) + ");",
                     comment_width);
    }
    body += results_ + rounds(loop);
    if (has_diagonals(entry_) && summed_) body += compressed().values();
    if (returned_) body += "  return " + names_.batch.total + ";\n";
    out_.has_work = numbers_ != zero || lanes_ != zero;
    if (out_.has_work) append_work();
    append_function(body);
    out_.layout = loop_layout_text(ctx_, entry_, signature_, names_, split_.varying);
    return std::move(out_);
  }

 private:
  // ---- names ----

  const std::string& name(const std::string& wish) const { return names_.batch.others.at(wish); }
  std::string atom(Ref r) const { return names_.symbols.at(r); }
  std::string text(Ref size, bool operand) const {
    return index_text(
        ctx_, size, [this](Ref r) { return atom(r); }, operand);
  }
  std::string places(const std::string& base, Ref offset) const {
    return offset == zero ? base : base + " + " + text(offset, false);
  }
  bool by_point(Ref symbol) const { return split_.varying.count(symbol) != 0; }
  bool is_array(Ref symbol) const { return ctx_[symbol].shape != scalar_shape; }
  Ref count(Ref symbol) { return entry_count(ctx_, ctx_[symbol].shape); }
  std::string total(const std::string& sum) const {
    return names_.runtime + "::total<" + names_.scalar + ">(" + sum + ")";
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
      const bool scalar = outputs[o].shape == scalar_shape;
      symbols_[split_.symbols[o]] = scalar ? array + "[0]" : array;
      if (scalar) {
        out += "  " + names_.scalar + " " + array + "[1];\n";
      } else {
        append_wrapped(out, "  ",
                       names_.scalar + "* const " + array + " = " + places(names_.work, numbers_) + ";",
                       comment_width);
        numbers_ = ctx_.add(numbers_, entry_count(ctx_, outputs[o].shape));
      }
    }
    names.work = name("shared_work");
    const TensorCode code = loop_code(ctx_, split_.shared, signature, names);
    if (code.work != zero) {
      append_wrapped(out, "  ",
                     names_.scalar + "* const " + names.work + " = " + places(names_.work, numbers_) + ";",
                     comment_width);
      numbers_ = ctx_.add(numbers_, code.work);
    }
    merge(code);
    out_.once = code.needs.count;
    // A block: the loop over the points has locals of the same names.
    return code.text.empty() ? out : out + "  {\n" + deeper(code.text) + "  }\n";
  }

  void merge(const TensorCode& code) {
    used_.insert(code.used.begin(), code.used.end());
    const CodeNeeds& n = code.needs;
    out_.needs.std_functions.insert(n.std_functions.begin(), n.std_functions.end());
    out_.needs.runtime.insert(n.runtime.begin(), n.runtime.end());
    out_.needs.on_lanes.insert(n.on_lanes.begin(), n.on_lanes.end());
    out_.needs.on_lanes.insert("select");
    // What the points share is a number in the loop too.
    for (const std::string& name : n.on_lanes) {
      if (!runs_on_lanes(name)) out_.needs.std_functions.insert(name);
    }
    out_.needs.algorithm = out_.needs.algorithm || n.algorithm;
    out_.needs.limits = out_.needs.limits || n.limits;
  }

  // ---- the loop over the points ----

  // Room for vectors, in the part of the workspace that a block of points has.
  void vectors(const std::string& array, Ref size) { vectors(arrays_, array, size); }
  void vectors(std::string& out, const std::string& array, Ref size) {
    append_wrapped(out, "      ",
                   names_.batch.lanes + "* const " + array + " = " + places(name("vectors"), lanes_) + ";",
                   comment_width);
    lanes_ = ctx_.add(lanes_, size);
  }

  std::string each(Ref size, const std::string& indent, const std::string& statement) const {
    const std::string& i = names_.labels[0];
    std::string out;
    append_wrapped(out, indent,
                   "for (" + std::string(integer) + " " + i + " = 0; " + i + " < " + text(size, true) +
                       "; ++" + i + ") " + statement,
                   comment_width);
    return out;
  }

  std::string loads() {
    std::string out;
    const std::string& p = names_.batch.first;
    for (const auto* list : {&entry_.arguments, &entry_.directions}) {
      for (Ref s : *list) {
        if (!by_point(s)) continue;
        const std::string array = name(atom(s) + "_p"), &i = names_.labels[0];
        const std::string load = names_.runtime + "::load(" + atom(s) + " + ";
        symbols_[s] = array;
        if (is_array(s)) {
          vectors(array, count(s));
          out += each(count(s), "        ",
                      array + "[" + i + "] = " + load + i + " * " + names_.batch.points + " + " + p + ", " +
                          names_.batch.left + ");");
        } else {
          append_wrapped(out, "        ",
                         "const " + names_.batch.lanes + " " + array + " = " + load + p + ", " +
                             names_.batch.left + ");",
                         comment_width);
        }
      }
    }
    return out;
  }

  bool is_by_point(const TensorOutput& o) const { return output_by_point(entry_, o, split_.varying); }

  // What happens to the results of one vector of points.
  std::string stores(TensorSignature& inner) {
    std::string out;
    std::vector<std::string> diagonals;
    for (size_t k = 0; k < entry_.program.outputs.size(); ++k) {
      const TensorOutput& o = entry_.program.outputs[k];
      const std::string result = signature_.outputs[k], wish = result.empty() ? "value" : result;
      const std::string array = name(wish + "_p"), sum = name("sum_" + wish);
      inner.outputs.push_back(array);
      inner.added.push_back(false);
      const Ref size = entry_count(ctx_, o.shape);
      const bool one = o.shape == scalar_shape;
      const bool own = is_by_point(o);
      if (o.is_diagonal && !own) place_sum(result, size);
      if (o.is_diagonal) diagonals.push_back(array);
      if (one) {
        arrays_ += "      " + names_.batch.lanes + " " + array + "[1];\n";
      } else if (!own && is_only_added(ctx_, split_, k)) {
        add_directly(result, array, sum, size);
        inner.added.back() = true;
        continue;
      } else {
        vectors(array, size);
      }
      if (o.is_diagonal && own) continue;
      if (is_packed_by_point(entry_, o, split_.varying)) {
        out_.needs.runtime.insert("point_rows");
        const std::string add = added_to_row(names_, array + "[" + names_.labels[0] + "]");
        out += batch_rows(names_, result, text(size, true), each(size, "  ", add));
      } else if (own) {
        store(out, result, array, size, one);
      } else {
        add(out, result, array, sum, size, one);
      }
    }
    const bool all_sums = summed_ && !entry_.matrix.of_all_points;
    if (diagonals.empty() || all_sums) return out;
    const std::string numbers = compressed_rows(ctx_, entry_, signature_, names_, diagonals);
    if (!numbers.empty()) out_.needs.runtime.insert("point_rows");
    return out + numbers;
  }

  // ---- compressed matrices ----

  CompressedCode compressed() const { return CompressedCode(ctx_, entry_, signature_, names_); }

  // The sum of a diagonal, which is no parameter.
  void place_sum(const std::string& diagonal, Ref size) {
    append_wrapped(results_, "  ",
                   names_.scalar + "* const " + diagonal + " = " + places(names_.work, numbers_) + ";",
                   comment_width);
    numbers_ = ctx_.add(numbers_, size);
  }

  // The sum of an array over the points of a block, and that over all points.
  void declare_sum(const std::string& result, const std::string& sum, Ref size) {
    const std::string at = "[" + names_.labels[0] + "]";
    vectors(sums_, sum, size);
    clears_ += each(size, "      ", sum + at + " = " + names_.batch.lanes + "(0);");
    results_ += each(size, "  ", result + at + " = " + names_.scalar + "(0);");
    totals_ += each(size, "      ", result + at + " += " + total(sum + at) + ";");
  }

  void add_directly(const std::string& result, const std::string& array, const std::string& sum, Ref size) {
    declare_sum(result, sum, size);
    count_additions(size);
    out_.needs.runtime.insert("sums");
    append_wrapped(opening_, "        ",
                   "const " + names_.runtime + "::sums<" + names_.scalar + "> " + array + "(" + sum + ", " +
                       names_.batch.left + ");",
                   comment_width);
  }

  void count_additions(Ref size) {
    Cost addition;
    addition.operations = 1;
    out_.point.add(ctx_, addition, {{size}});
  }

  void store(std::string& out, const std::string& result, const std::string& array, Ref size,
             bool one) const {
    const std::string &i = names_.labels[0], &p = names_.batch.first;
    const std::string call = names_.runtime + "::store<" + names_.scalar + ">(" + result + " + ";
    if (one) {
      append_wrapped(out, "        ", call + p + ", " + array + "[0], " + names_.batch.left + ");",
                     comment_width);
    } else {
      out += each(size, "        ",
                  call + i + " * " + names_.batch.points + " + " + p + ", " + array + "[" + i + "], " +
                      names_.batch.left + ");");
    }
  }

  void add(std::string& out, const std::string& result, const std::string& array, const std::string& sum,
           Ref size, bool one) {
    count_additions(size);
    const std::string at = one ? "[0]" : "[" + names_.labels[0] + "]";
    const std::string more = sum + at + " += " + names_.runtime + "::first<" + names_.scalar + ">(" + array +
                             at + ", " + names_.batch.left + ");";
    if (!one) {
      declare_sum(result, sum, size);
      out += each(size, "        ", more);
      return;
    }
    vectors(sums_, sum, size);
    clears_ += "      " + sum + "[0] = " + names_.batch.lanes + "(0);\n";
    append_wrapped(out, "        ", more, comment_width);
    returned_ = returned_ || result.empty();
    const std::string all = result.empty() ? names_.batch.total : result + "[0]";
    results_ += "  " + (result.empty() ? names_.scalar + " " : std::string()) + all + " = " + names_.scalar +
                "(0);\n";
    totals_ += "      " + all + " += " + total(sum + "[0]") + ";\n";
  }

  std::string loop_text() {
    const std::string load = loads();
    TensorSignature inner;
    const std::string store = stores(inner);
    TensorNames names = names_;
    names.scalar = names_.batch.lanes;
    names.lanes_of = names_.scalar;
    names.work = name("point_work");
    for (const auto& [symbol, spelling] : symbols_) names.symbols[symbol] = spelling;
    const TensorCode code = loop_code(ctx_, split_.by_point, inner, names);
    merge(code);
    out_.point.add(ctx_, code.needs.count);
    if (code.work != zero) vectors(names.work, code.work);
    const std::string &p = names_.batch.first, &end = names_.batch.end;
    std::string out = "      for (" + std::string(integer) + " " + p + " = " + names_.batch.begin + "; " + p +
                      " < " + end + "; " + p + " += " + names_.batch.lanes + "::count) {\n";
    out +=
        "        const " + std::string(integer) + " " + names_.batch.left + " = " + end + " - " + p + ";\n";
    return out + load + opening_ + deeper(code.text, "      ") + store + "      }\n";
  }

  // "vectors", those of one thread.
  std::string own_vectors() const {
    std::string out;
    if (lanes_ != zero)
      append_wrapped(out, "      ",
                     names_.batch.lanes + "* const " + name("vectors") + " = " + name("all_vectors") + " + " +
                         name("thread") + " * " + text(lanes_, true) + ";",
                     comment_width);
    return out;
  }

  // As many blocks of points at once as there are threads, each in its part of the workspace; then their sums
  // are added in the order of the blocks, so that the number of threads changes no result.
  std::string rounds(const std::string& loop) const {
    const std::string size = std::to_string(block_points), declare = std::string(integer) + " ";
    const std::string &begin = names_.batch.begin, &end = names_.batch.end, &points = names_.batch.points;
    const std::string &thread = name("thread"), &teams = name("teams"), &wave = name("wave");
    std::string out =
        "  const " + declare + teams + " = " + name("threads") + " > 1 ? " + name("threads") + " : 1;\n";
    out += "  for (" + declare + wave + " = 0; " + wave + " < " + points + "; " + wave + " += " + teams +
           " * " + size + ") {\n#if defined(_OPENMP)\n#pragma omp parallel for schedule(static, 1) " +
           "num_threads(static_cast<int>(" + teams + ")) if (" + teams + " > 1)\n#endif\n";
    out += "    for (" + declare + thread + " = 0; " + thread + " < " + teams + "; ++" + thread + ") {\n";
    append_wrapped(out, "      ",
                   "const " + declare + begin + " = " + wave + " + " + thread + " * " + size + ";");
    append_wrapped(out, "      ",
                   "const " + declare + end + " = " + points + " - " + begin + " < " + size + " ? " + points +
                       " : " + begin + " + " + size + ";",
                   comment_width);
    out += own_vectors() + sums_ + arrays_ + clears_ + loop + "    }\n";
    if (!totals_.empty()) {
      append_wrapped(out, "    ",
                     "for (" + declare + thread + " = 0; " + thread + " < " + teams + " && " + wave + " + " +
                         thread + " * " + size + " < " + points + "; ++" + thread + ") {",
                     comment_width);
      out += own_vectors() + sums_ + totals_ + "    }\n";
    }
    return out + "  }\n";
  }

  // ---- outside ----

  std::vector<std::string> parameters(const std::string& scalar) {
    std::vector<std::string> list{integer + (" " + names_.batch.points)};
    for (Ref d : entry_.dims) list.push_back("[[maybe_unused]] " + (integer + (" " + atom(d))));
    for (const auto* symbols : {&entry_.arguments, &entry_.directions}) {
      for (Ref s : *symbols) {
        const bool is_int = is_integer_data(ctx_, entry_, s) && !by_point(s);
        const std::string type = is_int ? "int" : scalar;
        const bool pointer = is_array(s) || by_point(s);
        out_.has_values = out_.has_values || !pointer;
        list.push_back("[[maybe_unused]] " + (pointer ? "const " + type + "*" : type) + " " + atom(s));
      }
    }
    for (size_t k = 0; k < signature_.outputs.size(); ++k) {
      const std::string& o = signature_.outputs[k];
      if (!o.empty() && !entry_.program.outputs[k].is_diagonal) list.push_back(scalar + "* " + o);
    }
    if (!signature_.matrix.empty()) list.push_back("[[maybe_unused]] " + scalar + "* " + signature_.matrix);
    if (out_.has_work) list.push_back(scalar + "* " + names_.work);
    return list;
  }

  std::string head(const std::string& scalar, const std::string& before) {
    std::vector<std::string> list = parameters(scalar);
    list.push_back(integer + (" " + name("threads")) + " = 1");
    return function_head(before + (returned_ ? scalar : "void") + " " + signature_.name, list);
  }

  void append_function(const std::string& body) {
    const std::string first = head(names_.scalar, names_.is_template ? "" : "inline ");
    if (names_.is_template) {
      out_.text += "template <class " + names_.scalar +
                   (out_.has_values ? ", class = " + names_.guard + "<" + names_.scalar + ">" : "") + ">\n";
    }
    out_.text += first + body + "}\n";
    if (!names_.is_template || !out_.has_values) return;
    std::string list;  // the same for double, where integers convert
    for (const std::string& p : parameters("double")) list += p.substr(p.rfind(' ') + 1) + ", ";
    list += name("threads");
    out_.text += "\n" + head("double", "inline ");
    append_wrapped(out_.text, "  ",
                   "return ::" + name_space_ + "::" + signature_.name + "<double>(" + list + ");",
                   comment_width);
    out_.text += "}\n";
  }

  void append_work() {
    append_comment(out_.work,
                   "How many numbers " + signature_.name + " needs as workspace, for so many threads.");
    const std::string type = names_.is_template ? "T" : names_.scalar;
    std::vector<std::string> list;
    const Ref all = ctx_.add(numbers_, lanes_);
    out_.work_arguments = work_arguments(ctx_, entry_, all);
    for (Ref d : out_.work_arguments) {
      const std::string type = ctx_.symbol(d).role == Role::extent ? integer : "int";
      list.push_back((contains(ctx_, all, d) ? "" : "[[maybe_unused]] ") + type + " " + atom(d));
    }
    const std::string& threads = name("threads");
    list.push_back((lanes_ == zero ? "[[maybe_unused]] " : "") + (integer + (" " + threads)) + " = 1");
    std::string vectors = "1";
    if (lanes_ != zero)
      vectors = "(" + threads + " > 1 ? " + threads + " : 1) * " + text(lanes_, true) + " + 1";
    if (names_.is_template) out_.work += "template <class " + names_.scalar + " = double>\n";
    out_.work += function_head("constexpr std::size_t " + signature_.name + "_work", list);
    append_wrapped(out_.work, "  ",
                   "return static_cast<std::size_t>(" +
                       (numbers_ == zero ? std::string() : text(numbers_, true) + " + ") + "(" + vectors +
                       ") * " + names_.runtime + "::lanes<" + names_.scalar + ">::count);",
                   comment_width);
    out_.work += "}\n\n";
  }

  Context& ctx_;
  const TensorEntry& entry_;
  const TensorSignature& signature_;
  const TensorNames& names_;
  const std::string& name_space_;
  BatchSplit split_;
  bool summed_, returned_ = false;
  LoopBatchCode out_;
  std::unordered_map<Ref, std::string> symbols_;  // in the loop
  std::unordered_set<Ref> used_;
  Ref numbers_ = zero, lanes_ = zero;  // how much of the workspace is taken
  // Of results; inside a block of points; of the sums of blocks; at the begin of the loop over points.
  std::string results_, arrays_, sums_, clears_, totals_, opening_;
};

}  // namespace

LoopBatchCode batch_loops(Context& ctx, const TensorEntry& entry, const TensorSignature& signature,
                          const TensorNames& names, const std::string& name_space) {
  return BatchLoops(ctx, entry, signature, names, name_space).run();
}

}  // namespace nabla
