// Programs that call generated code for many points, on whole arrays, and compare each number with what the
// evaluator makes of each point.
#pragma once

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "codegen/tensor_generate.h"
#include "codegen/tensor_names.h"
#include "eval/dense.h"
#include "eval/dense_points.h"
#include "tests/codegen_model.h"
#include "tests/whole_code.h"

namespace nabla::test {

using DimSizes = std::vector<std::pair<Ref, int64_t>>;

// Entries over many points from those of one: with all arguments by point, and with those alone by which
// nothing is differentiated, so that the derivatives are sums.
inline std::vector<TensorEntry> batches_of(const std::vector<TensorEntry>& entries) {
  std::vector<TensorEntry> out;
  for (const TensorEntry& single : entries) {
    if (single.layout.sparsity != Sparsity::dense) continue;
    TensorEntry e = single;
    e.batch = true;
    e.points = e.arguments;
    out.push_back(e);
    const auto is_data = [&](Ref a) { return std::find(e.wrt.begin(), e.wrt.end(), a) == e.wrt.end(); };
    e.points.clear();
    std::copy_if(single.arguments.begin(), single.arguments.end(), std::back_inserter(e.points), is_data);
    if (!e.wrt.empty() && !e.points.empty()) out.push_back(e);
  }
  return out;
}

class BatchCalls {
 public:
  using Array = DenseArray<double>;

  // In C, with names that begin with `prefix`.
  BatchCalls(LoadedModel& model, std::vector<TensorEntry> entries, std::string prefix)
      : ctx_(model.ctx), entries_(std::move(entries)), prefix_(std::move(prefix)) {
    GenerateOptions options;
    options.name_space = prefix_;
    header_ = generate_tensors(ctx_, model.model, entries_, TensorTarget::c, options);
    names_ = tensor_names_in_c(ctx_, entries_, prefix_, "double");
  }

  const std::string& header() const { return header_; }
  size_t calls() const { return calls_; }

  // Functions check_PREFIX_1, …: a call of each entry, with so many points.
  std::string at(const DimSizes& dims, size_t points, uint64_t seed) {
    std::string code;
    for (size_t i = 0; i < entries_.size(); ++i) code += call(i, dims, points, seed + i);
    return code;
  }

 private:
  static std::string list(const std::vector<double>& v) {
    std::string out = "{";
    char text[40];
    for (double x : v) {
      std::snprintf(text, sizeof text, "%.17g", x);
      out += (out.size() > 1 ? ", " : "") + std::string(text);
    }
    return out + (v.empty() ? "0}" : "}");
  }

  bool by_point(const TensorEntry& e, Ref s) const {
    return std::find(e.points.begin(), e.points.end(), s) != e.points.end();
  }
  bool is_sum(const TensorEntry& e) const {
    return std::any_of(e.wrt.begin(), e.wrt.end(), [&](Ref x) { return !by_point(e, x); });
  }
  // A direction goes with its variable, u with the value.
  bool direction_by_point(const TensorEntry& e, size_t k) const {
    return e.kind == Output::vjp ? !is_sum(e) : by_point(e, e.wrt[k]);
  }
  bool output_is_by_point(const TensorEntry& e, const TensorOutput& o) const {
    if (o.by.empty()) return !is_sum(e);
    return std::any_of(o.by.begin(), o.by.end(), [&](Ref x) { return by_point(e, x); });
  }

  const Array& of(const DensePoint& point, Ref name) const {
    return std::find_if(point.begin(), point.end(), [&](const DenseBinding& b) { return b.name == name; })
        ->value;
  }

  // The outputs at a point; none where one is not finite.
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
      if (!std::all_of(a.entries.begin(), a.entries.end(), [](double v) { return std::isfinite(v); }))
        return {};
    }
    return out;
  }

  struct Drawn {
    DensePoint base;                          // what the points share
    std::vector<DensePoint> points;           // all of each
    std::vector<std::vector<Array>> results;  // by point
  };

  std::optional<Drawn> draw(const TensorEntry& e, DimSizes dims, size_t count, uint64_t seed) {
    std::vector<Ref> wanted = e.dims;
    for (const auto* symbols : {&e.arguments, &e.directions})
      wanted.insert(wanted.end(), symbols->begin(), symbols->end());
    Drawn out;
    out.base = random_point(ctx_, wanted, dims, seed);
    dims.clear();
    for (Ref d : e.dims) dims.emplace_back(d, std::llround(of(out.base, d).entries[0]));
    for (uint64_t k = 1; out.points.size() < count; ++k) {
      if (k > 20 * (count + 1)) return std::nullopt;
      DensePoint point = random_point(ctx_, wanted, dims, seed + 1000 * k);
      for (DenseBinding& b : point) {
        const auto d = std::find(e.directions.begin(), e.directions.end(), b.name);
        const bool own = d == e.directions.end()
                             ? by_point(e, b.name)
                             : direction_by_point(e, static_cast<size_t>(d - e.directions.begin()));
        if (!own) b.value = of(out.base, b.name);
      }
      std::vector<Array> results = values(e, point);
      if (results.empty()) continue;
      out.points.push_back(std::move(point));
      out.results.push_back(std::move(results));
    }
    return out;
  }

  // Entry k for point p at [k*points + p].
  template <class Of>
  static std::vector<double> side_by_side(size_t points, Of of) {
    std::vector<double> out(points == 0 ? 0 : points * of(0).entries.size());
    for (size_t p = 0; p < points; ++p) {
      const Array& a = of(p);
      for (size_t k = 0; k < a.entries.size(); ++k) out[k * points + p] = a.entries[k];
    }
    return out;
  }

  std::string input(const TensorEntry& e, Ref s, bool own, const Drawn& drawn, std::string& arguments) {
    const std::string& name = names_.symbols.at(s);
    const Array& shared = of(drawn.base, s);
    if (own) {
      arguments += ", " + name + "_";
      return "  static const double " + name + "_[] = " +
             list(side_by_side(drawn.points.size(),
                               [&](size_t p) -> const Array& { return of(drawn.points[p], s); })) +
             ";\n";
    }
    const std::string type = is_integer_data(ctx_, e, s) ? "int " : "double ";
    if (ctx_[s].shape == scalar_shape) {
      const std::string value = list(shared.entries);
      arguments += ", " + value.substr(1, value.size() - 2);
      return {};
    }
    arguments += ", " + name + "_";
    return "  static const " + type + name + "_[] = " + list(shared.entries) + ";\n";
  }

  std::vector<double> wanted(const TensorEntry& e, size_t k, const Drawn& drawn, size_t entries) const {
    if (output_is_by_point(e, e.program.outputs[k])) {
      return side_by_side(drawn.points.size(), [&](size_t p) -> const Array& { return drawn.results[p][k]; });
    }
    std::vector<double> sum(entries);
    for (const auto& results : drawn.results) {
      for (size_t i = 0; i < entries; ++i) sum[i] += results[k].entries[i];
    }
    return sum;
  }

  size_t entries_of(const TensorOutput& o, const DensePoint& base) {
    DenseEvaluator<double> evaluator(ctx_);
    for (const DenseBinding& b : base) evaluator.set(b.name, b.value);
    size_t n = 1;
    for (Ref extent : std::vector<Ref>(ctx_.shape(o.shape).extents))
      n *= static_cast<size_t>(std::llround(evaluator(extent).entries[0]));
    return n;
  }

  // "WORK(2, 3)": also of whole numbers that are sizes.
  std::string work_call(const TensorEntry& e, const std::string& name, const Drawn& drawn) const {
    const std::string declared = " " + name + "_work(";
    const size_t from = header_.find(declared);
    if (from == std::string::npos) return {};
    const std::string head = header_.substr(from, header_.find('{', from) - from);
    std::string sizes;
    for (const auto* symbols : {&e.dims, &e.arguments}) {
      for (Ref s : *symbols) {
        const bool dim = symbols == &e.dims;
        if (dim || head.find("int " + names_.symbols.at(s)) != std::string::npos)
          sizes += (sizes.empty() ? "" : ", ") + std::to_string(std::llround(of(drawn.base, s).entries[0]));
      }
    }
    return name + "_work(" + sizes + ")";
  }

  std::string call(size_t i, const DimSizes& dims, size_t points, uint64_t seed) {
    const TensorEntry& e = entries_[i];
    const TensorSignature& s = names_.signatures[i];
    const auto drawn = draw(e, dims, points, seed * 97);
    if (!drawn) return {};
    ++calls_;
    std::string code, arguments = std::to_string(points), returned = "  ", after;
    for (Ref d : e.dims) arguments += ", " + std::to_string(std::llround(of(drawn->base, d).entries[0]));
    for (Ref a : e.arguments) code += input(e, a, by_point(e, a), *drawn, arguments);
    for (size_t k = 0; k < e.directions.size(); ++k)
      code += input(e, e.directions[k], direction_by_point(e, k), *drawn, arguments);
    for (size_t k = 0; k < s.outputs.size(); ++k) {
      const std::vector<double> expected =
          wanted(e, k, *drawn, entries_of(e.program.outputs[k], drawn->base));
      const std::string n = std::to_string(expected.size()), got = "got" + std::to_string(k);
      if (s.outputs[k].empty()) {
        returned = "  const double " + got + "[] = {";
      } else {
        code += "  double* const " + got + " = filled(" + n + ");\n";
        arguments += ", " + got;
        after += "  free(" + got + ");\n";
      }
      after = "  {\n    static const double wanted[] = " + list(expected) + ";\n    expect(\"" + s.name +
              ", " + e.program.outputs[k].name + ", points and sizes " + arguments.substr(0, 12) + "\", " +
              got + ", wanted, " + n + ");\n  }\n" + after;
    }
    if (const std::string work = work_call(e, s.name, *drawn); !work.empty()) {
      code += "  double* const work = filled(" + work + ");\n";
      arguments += ", work";
      after += "  free(work);\n";
    }
    code += returned + s.name + "(" + arguments + ")" + (returned == "  " ? ";\n" : "};\n") + after;
    return "static void check_" + prefix_ + "_" + std::to_string(calls_) + "(void) {\n" + code + "}\n";
  }

  Context& ctx_;
  std::vector<TensorEntry> entries_;
  std::string prefix_, header_;
  TensorNames names_;
  size_t calls_ = 0;
};

}  // namespace nabla::test
