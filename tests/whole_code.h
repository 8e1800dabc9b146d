// Programs that call generated code for whole arrays and compare each number with what was computed here.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "codegen/entry.h"
#include "codegen/tensor_generate.h"
#include "codegen/tensor_names.h"
#include "eval/dense.h"
#include "eval/dense_points.h"
#include "expr/diagnostic.h"
#include "tests/codegen_model.h"

namespace nabla::test {

// What the programs compare with.
inline const std::string whole_comparison = R"(#include <cmath>
#include <cstdio>
#include <vector>
namespace {
int wrong = 0;
void expect(const char* what, const double* got, const double* wanted, std::size_t n) {
  double scale = 1;
  for (std::size_t i = 0; i < n; ++i) scale = std::fmax(scale, std::fabs(wanted[i]));
  for (std::size_t i = 0; i < n; ++i) {
    if (std::fabs(got[i] - wanted[i]) <= 1e-9 * scale) continue;
    std::printf("%s, number %zu: %.17g, not %.17g\n", what, i, got[i], wanted[i]);
    ++wrong;
    return;
  }
}
}  // namespace
)";

// The same in C.
inline const std::string whole_comparison_in_c = R"(#include <math.h>
#include <stdio.h>
#include <stdlib.h>
static int wrong = 0;
static void expect(const char* what, const double* got, const double* wanted, size_t n) {
  double scale = 1;
  for (size_t i = 0; i < n; ++i) scale = fmax(scale, fabs(wanted[i]));
  for (size_t i = 0; i < n; ++i) {
    if (fabs(got[i] - wanted[i]) <= 1e-9 * scale) continue;
    printf("%s, number %lu: %.17g, not %.17g\n", what, (unsigned long)i, got[i], wanted[i]);
    ++wrong;
    return;
  }
}
static double* filled(size_t n) {
  double* const all = malloc((n + 1) * sizeof(double));
  for (size_t i = 0; i < n; ++i) all[i] = 7;
  return all;
}
)";

class WholeCalls {
 public:
  WholeCalls(LoadedModel& model, std::vector<TensorEntry> entries, TensorTarget target,
             std::string name_space)
      : ctx_(model.ctx),
        entries_(std::move(entries)),
        eigen_(target == TensorTarget::eigen),
        c_(target == TensorTarget::c),
        space_(std::move(name_space)) {
    GenerateOptions options;
    options.name_space = space_;
    header_ = generate_tensors(ctx_, model.model, entries_, target, options);
    names_ = tensor_names(ctx_, entries_, eigen_ || c_ ? "double" : "template");
  }

  const std::string& header() const { return header_; }
  size_t calls() const { return calls_; }

  // Calls of every function, or only of values and gradients, at a random point; `dims` as in random_point().
  std::string at(const std::vector<std::pair<Ref, int64_t>>& dims, uint64_t seed, bool first_order = false) {
    std::string code;
    for (size_t i = 0; i < entries_.size(); ++i) {
      const Output kind = entries_[i].kind;
      if (!first_order || kind == Output::value || kind == Output::grad) code += call(i, dims, seed + i);
    }
    return code;
  }

  std::vector<Ref> dims() const {
    std::vector<Ref> all;
    for (const TensorEntry& e : entries_) {
      for (Ref d : e.dims) {
        if (std::find(all.begin(), all.end(), d) == all.end()) all.push_back(d);
      }
    }
    return all;
  }

 private:
  using Array = DenseArray<double>;

  static std::string exactly(double v) {
    char text[40];
    std::snprintf(text, sizeof text, "%.17g", v);
    return text;
  }

  static std::string list(const std::vector<double>& v) {
    std::string out = "{";
    for (double x : v) out += (out.size() > 1 ? ", " : "") + exactly(x);
    return out + (v.empty() ? "0}" : "}");
  }

  // The values of the outputs by the program, and none where something is undefined.
  std::vector<Array> values(const TensorEntry& e, const DensePoint& point) {
    DenseEvaluator<double> evaluator(ctx_);
    std::vector<Array> out;
    try {
      for (const DenseBinding& b : point) evaluator.set(b.name, b.value);
      for (const Let& l : e.program.lets) {
        const Array v = evaluator(l.value);
        evaluator.set(l.name, v);
      }
      for (const TensorOutput& o : e.program.outputs) out.push_back(evaluator(o.value));
    } catch (const Failure&) {
      return {};
    }
    for (const Array& a : out) {
      for (double v : a.entries) {
        if (!std::isfinite(v)) return {};
      }
    }
    return out;
  }

  const Array& of(const DensePoint& point, Ref name) const {
    return std::find_if(point.begin(), point.end(), [&](const DenseBinding& b) { return b.name == name; })
        ->value;
  }

  // Whether an Eigen function learns the dim from its arguments.
  bool is_told(const TensorEntry& e, Ref dim) const {
    for (const auto* symbols : {&e.arguments, &e.directions}) {
      for (Ref s : *symbols) {
        const auto& extents = ctx_.shape_of(s).extents;
        if (extents.size() <= 2 && std::find(extents.begin(), extents.end(), dim) != extents.end())
          return true;
      }
    }
    return false;
  }

  std::string input(const TensorEntry& e, Ref s, const Array& a, std::string& arguments) {
    const std::string name = names_.symbols.at(s);
    const bool integer = is_integer_data(ctx_, e, s);
    const std::string type = integer ? "int" : "double";
    arguments += (arguments.empty() ? "" : ", ") + name + (a.extents.empty() || eigen_ ? "" : "_");
    if (a.extents.empty()) return "  const " + type + " " + name + " = " + exactly(a.entries[0]) + ";\n";
    std::string code = "  const " + type + " " + name + "_[] = " + list(a.entries) + ";\n";
    if (!eigen_) return code;
    const std::string suffix = integer ? "i" : "d";
    if (a.extents.size() == 2) {
      return code + "  const Eigen::MatrixX" + suffix + " " + name + " = Eigen::Map<const Eigen::Matrix<" +
             type + ", Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>(" + name + "_, " +
             std::to_string(a.extents[0]) + ", " + std::to_string(a.extents[1]) + ");\n";
    }
    return code + "  const Eigen::VectorX" + suffix + " " + name + " = Eigen::Map<const Eigen::VectorX" +
           suffix + ">(" + name + "_, " + std::to_string(a.entries.size()) + ");\n";
  }

  // Declares room for an output.
  std::string room(const std::string& name, const Array& a, std::string& arguments) {
    arguments += (arguments.empty() ? "" : ", ") +
                 (a.extents.empty() && !eigen_ ? "&" + name : name + (eigen_ || c_ ? "" : ".data()"));
    if (a.extents.empty()) return "  double " + name + " = 0;\n";
    const std::string n = std::to_string(a.entries.size());
    if (c_) return "  double* const " + name + " = filled(" + n + ");\n";
    if (!eigen_) return "  std::vector<double> " + name + "(" + n + ", 7.0);\n";
    if (a.extents.size() == 2) {
      return "  Eigen::MatrixXd " + name + " = Eigen::MatrixXd::Constant(" + std::to_string(a.extents[0]) +
             ", " + std::to_string(a.extents[1]) + ", 7.0);\n";
    }
    return "  Eigen::VectorXd " + name + " = Eigen::VectorXd::Constant(" + n + ", 7.0);\n";
  }

  std::string compare(const std::string& what, const std::string& name, const Array& a) {
    const std::string n = std::to_string(a.entries.size());
    std::string code = "  {\n    const double wanted[] = " + list(a.entries) + ";\n";
    std::string got = name + (c_ ? "" : ".data()"), after;
    if (a.extents.empty()) {
      got = "&" + name;
    } else if (c_) {
      after = "    free(" + name + ");\n";
    } else if (eigen_ && a.extents.size() == 2) {
      code +=
          "    const Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> rows = " + name +
          ";\n";
      got = "rows.data()";
    }
    return code + "    expect(\"" + what + "\", " + got + ", wanted, " + n + ");\n" + after + "  }\n";
  }

  std::string call(size_t i, const std::vector<std::pair<Ref, int64_t>>& dims, uint64_t seed) {
    const TensorEntry& e = entries_[i];
    const TensorSignature& s = names_.signatures[i];
    std::vector<Ref> wanted = e.dims;
    for (const auto* symbols : {&e.arguments, &e.directions})
      wanted.insert(wanted.end(), symbols->begin(), symbols->end());
    DensePoint point;
    std::vector<Array> results;
    for (uint64_t k = 0; k < 20 && results.empty(); ++k) {
      point = random_point(ctx_, wanted, dims, seed * 97 + k);
      results = values(e, point);
    }
    if (results.empty()) return {};
    ++calls_;
    std::string code, arguments, sizes;
    for (Ref d : e.dims) {
      const std::string n = std::to_string(std::llround(of(point, d).entries[0]));
      sizes += (sizes.empty() ? "" : ", ") + n;
      if (!eigen_ || !is_told(e, d)) arguments += (arguments.empty() ? "" : ", ") + n;
    }
    for (const auto* symbols : {&e.arguments, &e.directions}) {
      for (Ref x : *symbols) code += input(e, x, of(point, x), arguments);
    }
    std::string returned;
    for (size_t k = 0; k < s.outputs.size(); ++k) {
      if (s.outputs[k].empty()) {
        returned = "  const double returned = ";
      } else {
        code += room(s.outputs[k], results[k], arguments);
      }
    }
    const std::string name = space_ + (c_ ? "_" : "::") + s.name;
    const bool work = !eigen_ && header_.find(" " + declared(s) + "_work(") != std::string::npos;
    if (work) {
      const std::string size = name + "_work(" + sizes + extra_sizes(e, s) + ")";
      code += c_ ? "  double* const work = filled(" + size + ");\n"
                 : "  std::vector<double> work(" + size + ");\n";
      arguments += c_ ? ", work" : ", work.data()";
    }
    code += (returned.empty() ? "  " : returned) + name + "(" + arguments + ");\n";
    if (work && c_) code += "  free(work);\n";
    for (size_t k = 0; k < s.outputs.size(); ++k) {
      const std::string what = space_ + "::" + s.name + ", " + e.program.outputs[k].name + ", sizes " + sizes;
      code += compare(what, s.outputs[k].empty() ? "returned" : s.outputs[k], results[k]);
    }
    return (c_ ? "static void check_" : "void check_") + space_ + "_" + std::to_string(calls_) +
           (c_ ? "(void) {\n" : "() {\n") + code + "}\n";
  }

  // As the header declares it.
  std::string declared(const TensorSignature& s) const { return (c_ ? space_ + "_" : "") + s.name; }

  // Integer parameters on which the size of the workspace depends.
  std::string extra_sizes(const TensorEntry& e, const TensorSignature& s) const {
    const size_t from = header_.find(" " + declared(s) + "_work("), to = header_.find('{', from);
    const std::string head = header_.substr(from, to - from);
    std::string out;
    for (Ref x : e.arguments) {
      if (head.find("int " + names_.symbols.at(x)) != std::string::npos) out += ", " + names_.symbols.at(x);
    }
    return out;
  }

  Context& ctx_;
  std::vector<TensorEntry> entries_;
  bool eigen_, c_;
  std::string space_, header_;
  TensorNames names_;
  size_t calls_ = 0;
};

}  // namespace nabla::test
