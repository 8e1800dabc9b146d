#include "codegen/batch_code.h"

#include <algorithm>

#include "codegen/emit.h"
#include "codegen/header_text.h"

namespace nabla {
namespace {

constexpr int block_points = 4096;  // a multiple of all vectors

// Which steps of a plan differ from point to point.
std::vector<bool> by_point(const Plan& plan, const std::vector<bool>& inputs) {
  std::vector<bool> out(plan.steps.size());
  for (StepId s = 0; s < plan.steps.size(); ++s) {
    const PlanStep& step = plan.steps[s];
    if (step.op == PlanOp::input) {
      out[s] = inputs[step.first];
      continue;
    }
    const auto list = plan.operands(s);
    out[s] = std::any_of(list.begin(), list.end(), [&](const PlanOperand& o) { return out[o.step]; });
  }
  return out;
}

// Which steps are conditions.
std::vector<bool> truths(const Plan& plan) {
  std::vector<bool> out(plan.steps.size());
  for (StepId s = 0; s < plan.steps.size(); ++s) {
    const PlanOp op = plan.steps[s].op;
    out[s] = op == PlanOp::truth || op == PlanOp::compare || op == PlanOp::negation ||
             op == PlanOp::conjunction || op == PlanOp::disjunction ||
             (op == PlanOp::select && out[plan.operands(s)[1].step]);
  }
  return out;
}

class BatchWriter {
 public:
  BatchWriter(Context& ctx, const EntryPoint& entry, const Signature& signature, const HeaderNames& names,
              const std::string& name_space)
      : ctx_(ctx), signature_(signature), names_(names), name_space_(name_space), plan_(entry.plan) {}

  BatchCode run() {
    name_inputs();
    hoist();
    const std::string loop = loop_text();
    const std::string& lanes = names_.batch.lanes;
    std::string body = "  using " + lanes + " = " + names_.runtime + "::lanes<" + names_.scalar + ">;\n" +
                       usings_ + shared_text_;
    body += blocks(loop);
    if (names_.is_template) {
      out_.text += "template <class " + names_.scalar +
                   (has_values() ? ", class = " + names_.guard + "<" + names_.scalar + ">" : "") + ">\n";
    }
    out_.text += head(names_.scalar, names_.is_template ? "" : "inline ") + body + "}\n";
    if (names_.is_template && has_values()) append_convenience();
    return std::move(out_);
  }

 private:
  // ---- names ----

  const std::string& point() const { return names_.batch.first; }
  const std::string& left() const { return names_.batch.left; }
  static bool is_list(const BatchResult& r) { return r.entries.size() > 1; }
  static std::string size(const BatchResult& r) { return "[" + std::to_string(r.entries.size()) + "]"; }
  // Sums and pointers of one result go by one name; the value that is returned has none.
  std::string sum(const BatchResult& r) const {
    const std::string name = "sum_" + (r.name.empty() ? "value" : r.name);
    return names_.batch.others.at(name);
  }

  void name_inputs() {
    for (const BatchParameter& p : signature_.batch.parameters) {
      for (size_t k = 0; k < p.entries; ++k) {
        by_point_.push_back(p.by_point);
        const std::string one = p.is_array ? p.name + "[" + std::to_string(k) + "]" : p.name;
        shared_inputs_.push_back(p.by_point ? "" : one);
        lane_inputs_.push_back(p.by_point ? p.lanes[k] : names_.batch.lanes + "(" + one + ")");
      }
    }
  }

  // "x + 2 * points + p": entry k of an array by point.
  std::string place(const std::string& array, size_t k) const {
    std::string row;
    if (k > 0) row = (k > 1 ? std::to_string(k) + " * " : "") + names_.batch.points + " + ";
    return array + " + " + row + point();
  }

  // ---- the body ----

  EmitNames emit_names() const {
    EmitNames names;
    names.scalar = names_.scalar;
    names.is_template = names_.is_template;
    names.runtime = names_.runtime;
    names.pi = names_.pi;
    names.e = names_.e;
    return names;
  }

  // Numbers that the points share become inputs of the loop, computed before it.
  void hoist() {
    const std::vector<bool> varies = by_point(plan_, by_point_), truth = truths(plan_);
    const auto can = [&](StepId s) {
      const PlanOp op = plan_.steps[s].op;
      return !varies[s] && !truth[s] && op != PlanOp::number && op != PlanOp::constant && op != PlanOp::input;
    };
    std::vector<bool> wanted(plan_.steps.size()), lifted(plan_.steps.size());
    for (const auto& o : plan_.outputs) {
      for (StepId s : o) wanted[s] = true;
    }
    for (StepId s = static_cast<StepId>(plan_.steps.size()); s-- > 0;) {
      if (!wanted[s]) continue;
      lifted[s] = can(s);
      if (lifted[s]) continue;
      for (const PlanOperand& o : plan_.operands(s)) wanted[o.step] = true;
    }
    EmitNames names = emit_names();
    names.inputs = shared_inputs_;
    std::vector<EmitTarget> targets;
    lane_plan_ = plan_;
    for (StepId s = 0; s < plan_.steps.size(); ++s) {
      if (!lifted[s]) continue;
      const std::string name = names_.batch.others.at("shared") + std::to_string(targets.size() + 1);
      targets.push_back({"const " + names_.batch.lanes + " " + name + " = ", s, {}});
      lane_plan_.steps[s] = {PlanOp::input, 0, static_cast<uint32_t>(lane_inputs_.size()), 0, {}};
      lane_inputs_.push_back(name);
    }
    const Emitted shared = emit(plan_, ctx_, names, targets);
    usings_ = shared.usings;
    shared_text_ = shared.text;
    temporaries_ = shared.temporaries;
    out_.runtime.insert(shared.runtime.begin(), shared.runtime.end());
  }

  std::string loop_text() {
    EmitNames names = emit_names();
    names.scalar = names_.batch.lanes;
    names.lane = names_.scalar;
    names.inputs = lane_inputs_;
    names.temporaries = temporaries_;
    names.indent = "      ";
    std::vector<EmitTarget> targets;
    for (const BatchResult& r : signature_.batch.results) add_targets(r, targets);
    const Emitted body = emit(lane_plan_, ctx_, names, targets);
    out_.runtime.insert(body.runtime.begin(), body.runtime.end());
    out_.on_lanes = body.on_lanes;
    out_.on_lanes.insert("select");
    const std::string& p = point();
    std::string out = "    for (std::ptrdiff_t " + p + " = " + names_.batch.begin + "; " + p + " < " +
                      names_.batch.end + "; " + p + " += " + names_.batch.lanes + "::count) {\n";
    out += "      const std::ptrdiff_t " + left() + " = " + names_.batch.end + " - " + p + ";\n";
    size_t input = 0;
    for (const BatchParameter& q : signature_.batch.parameters) {
      for (size_t k = 0; k < q.entries; ++k, ++input) {
        if (!q.by_point || !body.inputs[input]) continue;
        append_wrapped(out, "      ",
                       "const " + names_.batch.lanes + " " + q.lanes[k] + " = " + names_.runtime + "::load(" +
                           place(q.name, k) + ", " + left() + ");",
                       comment_width);
      }
    }
    out += packed_rows(true) + body.text + packed_rows(false) + zeros();
    return out + "    }\n";
  }

  // What stands above the diagonals of lower halves; sums are 0 already.
  std::string zeros() const {
    std::string out;
    for (const BatchResult& r : signature_.batch.results) {
      for (size_t k = 0; k < r.entries.size() && r.by_point; ++k) {
        if (r.entries[k] != always_zero) continue;
        append_wrapped(out, "      ",
                       names_.runtime + "::store<" + names_.scalar + ">(" + place(r.name, k) + ", " +
                           names_.batch.lanes + "(0), " + left() + ");",
                       comment_width);
      }
    }
    return out;
  }

  const std::string& rows(const BatchResult& r) const { return names_.batch.others.at(r.name + "_rows"); }

  // The arrays in which results that lie point by point are collected; how they get there.
  std::string packed_rows(bool declared) {
    std::string out;
    for (const BatchResult& r : signature_.batch.results) {
      if (!r.is_packed || r.entries.empty()) continue;
      const std::string count = std::to_string(r.entries.size());
      if (declared) {
        out += "      " + names_.batch.lanes + " " + rows(r) + "[" + count + "];\n";
        continue;
      }
      out_.runtime.insert("store_points");
      const std::string first = r.first == 0 ? "" : std::to_string(r.first) + " + ";
      out += "      " + names_.runtime + "::store_points<" + count + ", " + names_.scalar + ">(" + r.name +
             " + " + first + count + " * " + point() + ", " + rows(r) + ", " + left() + ");\n";
    }
    return out;
  }

  // The loop over blocks of points, which threads may share; their sums are added in the order of the blocks.
  std::string blocks(const std::string& loop) const {
    const auto& results = signature_.batch.results;
    const auto summed = [](const BatchResult& r) { return !r.by_point; };
    const bool sums = std::any_of(results.begin(), results.end(), summed);
    const std::string &begin = names_.batch.begin, &end = names_.batch.end, &points = names_.batch.points;
    const std::string size = std::to_string(block_points);
    std::string out, declared, added;
    bool returns = false;
    for (const BatchResult& r : results) {
      if (r.by_point || r.entries.empty()) continue;
      returns = returns || r.name.empty();
      const std::string total = r.name.empty() ? names_.batch.total : r.name + "[0]";
      declared +=
          "    " + names_.batch.lanes + " " + sum(r) + (is_list(r) ? BatchWriter::size(r) : "") + ";\n";
      if (is_list(r)) {
        out += "  " + entries(r) + " = " + names_.scalar + "(0);\n";
        added += "      " + entries(r) + " += " + total_of(sum(r) + "[" + point() + "]") + ";\n";
      } else {
        out += "  " + std::string(r.name.empty() ? names_.scalar + " " : "") + total + " = " + names_.scalar +
               "(0);\n";
        added += "      " + total + " += " + total_of(sum(r)) + ";\n";
      }
    }
    out += "#if defined(_OPENMP)\n#pragma omp parallel for schedule(static, 1)" +
           std::string(sums ? " ordered" : "") + " if (" + points + " > " + size + ")\n#endif\n";
    out += "  for (std::ptrdiff_t " + begin + " = 0; " + begin + " < " + points + "; " + begin +
           " += " + size + ") {\n";
    out += "    const std::ptrdiff_t " + end + " = " + points + " - " + begin + " < " + size + " ? " +
           points + " : " + begin + " + " + size + ";\n";
    out += declared + loop;
    if (sums) out += "#if defined(_OPENMP)\n#pragma omp ordered\n#endif\n    {\n" + added + "    }\n";
    out += "  }\n";
    if (returns) out += "  return " + names_.batch.total + ";\n";
    return out;
  }

  // "for (…) grad_w[p]": all entries of a list of sums.
  std::string entries(const BatchResult& r) const {
    const std::string& p = point();
    return "for (std::ptrdiff_t " + p + " = 0; " + p + " < " + std::to_string(r.entries.size()) + "; ++" + p +
           ") " + r.name + "[" + p + "]";
  }
  std::string total_of(const std::string& lanes) const {
    return names_.runtime + "::total<" + names_.scalar + ">(" + lanes + ")";
  }

  bool is_zero(StepId s) const { return plan_.steps[s].op == PlanOp::number && plan_.steps[s].atom == zero; }

  void add_targets(const BatchResult& r, std::vector<EmitTarget>& targets) const {
    for (size_t k = 0; k < r.entries.size(); ++k) {
      if (r.entries[k] == always_zero) continue;
      const StepId s = plan_.outputs[r.output][r.entries[k]];
      if (r.is_packed) {
        targets.push_back({rows(r) + "[" + std::to_string(k) + "] = ", s, ""});
      } else if (r.by_point) {
        targets.push_back({names_.runtime + "::store<" + names_.scalar + ">(" + place(r.name, k) + ", ", s,
                           ", " + left() + ")"});
      } else if (!is_zero(s)) {
        targets.push_back({sum(r) + (is_list(r) ? "[" + std::to_string(k) + "]" : "") +
                               " += " + names_.runtime + "::first<" + names_.scalar + ">(",
                           s, ", " + left() + ")"});
      }
    }
  }

  // ---- outside ----

  bool has_values() const {
    const auto& list = signature_.batch.parameters;
    return std::any_of(list.begin(), list.end(), [](const BatchParameter& p) { return !p.is_array; });
  }

  std::string head(const std::string& scalar, const std::string& before) const {
    std::vector<std::string> list{"std::ptrdiff_t " + names_.batch.points};
    for (const BatchParameter& p : signature_.batch.parameters)
      list.push_back((p.is_array ? "[[maybe_unused]] const " + scalar + "*" : "[[maybe_unused]] " + scalar) +
                     " " + p.name);
    bool returns = false;
    for (const BatchResult& r : signature_.batch.results) {
      returns = returns || r.name.empty();
      if (!r.name.empty() && !r.continues)
        list.push_back((r.entries.empty() ? "[[maybe_unused]] " : "") + scalar + "* " + r.name);
    }
    return function_head(before + (returns ? scalar : "void") + " " + signature_.name, list);
  }

  // The same for double, where integers convert.
  void append_convenience() {
    std::string list = names_.batch.points;
    for (const BatchParameter& p : signature_.batch.parameters) list += ", " + p.name;
    for (const BatchResult& r : signature_.batch.results)
      list += r.name.empty() || r.continues ? "" : ", " + r.name;
    out_.text += "\n" + head("double", "inline ");
    append_wrapped(out_.text, "  ",
                   "return ::" + name_space_ + "::" + signature_.name + "<double>(" + list + ");",
                   comment_width);
    out_.text += "}\n";
  }

  Context& ctx_;
  const Signature& signature_;
  const HeaderNames& names_;
  const std::string& name_space_;
  const Plan& plan_;
  Plan lane_plan_;
  BatchCode out_;
  std::vector<bool> by_point_;                            // by input
  std::vector<std::string> shared_inputs_, lane_inputs_;  // by input; lanes: then what is computed before
  std::string usings_, shared_text_;
  size_t temporaries_ = 0;
};

}  // namespace

BatchCode batch_code(Context& ctx, const EntryPoint& entry, const Signature& signature,
                     const HeaderNames& names, const std::string& name_space) {
  return BatchWriter(ctx, entry, signature, names, name_space).run();
}

std::string batch_layout(const Signature& signature, const std::string& pattern_says) {
  const auto listed = [](std::string& list, const std::string& name) {
    list += (list.empty() ? "" : ", ") + name;
  };
  std::string by_point, shared, summed;
  for (const BatchParameter& p : signature.batch.parameters) listed(p.by_point ? by_point : shared, p.name);
  std::string packed;
  for (const BatchResult& r : signature.batch.results) {
    if (r.is_packed) {
      const std::string first = r.first == 0 ? "" : std::to_string(r.first) + " + ";
      listed(packed, r.name + " at [" + first + std::to_string(r.entries.size()) + "*p + k]");
    } else if (r.by_point) {
      listed(by_point, r.name);
    } else if (signature.batch.pattern && r.output == signature.batch.results.back().output) {
      listed(summed, "the first " + std::to_string(r.entries.size()) + " numbers of " + r.name);
    } else {
      listed(summed, r.name.empty() ? "the value" : r.name);
    }
  }
  std::string out = layout_text(by_point, shared, summed) + packed_text(packed);
  if (!signature.pattern.empty()) out += " Where the numbers belong, " + pattern_says + ".";
  return out;
}

}  // namespace nabla
