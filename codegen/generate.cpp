#include "codegen/generate.h"

#include <algorithm>

#include "codegen/array_loops.h"
#include "codegen/batch_code.h"
#include "codegen/cpp_number.h"
#include "codegen/emit.h"
#include "codegen/header_text.h"
#include "codegen/norms_at_zero.h"
#include "codegen/parts.h"
#include "codegen/requests.h"
#include "codegen/runtime_blocks.h"
#include "codegen/signature.h"
#include "codegen/stable_forms.h"

namespace nabla {
namespace {

class Generator {
 public:
  Generator(Context& ctx, const Model& model, const std::vector<EntryPoint>& entries,
            const GenerateOptions& options)
      : ctx_(ctx),
        model_(model),
        entries_(entries),
        options_(options),
        too_long_(options.scalar.empty() && is_too_long_for_template(entries)),
        names_(header_names(ctx, entries, too_long_ ? "double" : checked_scalar(options))),
        namespace_(checked_namespace(model, options)) {}

  std::string run() {
    std::string body;
    for (size_t i = 0; i < entries_.size(); ++i) {
      placed(entries_[i].function->span, [&] { append_entry(body, entries_[i], names_.signatures[i]); });
    }
    const RuntimeBlocks blocks = runtime_blocks(runtime_, on_lanes_, names_.is_template);
    std::string out = banner();
    out += "#pragma once\n\n";
    if (needs_.algorithm) out += "#include <algorithm>\n";
    const bool uses = !runtime_.empty() || !on_lanes_.empty(), copies = uses && !options_.use_runtime;
    if ((copies && blocks.needs_array) || body.find("std::array<") != std::string::npos)
      out += "#include <array>\n";
    out += "#include <cmath>\n";
    if (loops_ || !on_lanes_.empty() || calls_at_once_) out += "#include <cstddef>\n";
    if (copies && !on_lanes_.empty()) out += "#include <cstring>\n";
    if (needs_.limits || (copies && blocks.needs_limits)) out += "#include <limits>\n";
    if (names_.is_template) out += "#include <type_traits>\n";
    if (copies && blocks.needs_utility) out += "#include <utility>\n";
    if (uses && !copies) out += "\n#include \"nabla_runtime.h\"\n";
    out += "\nnamespace " + namespace_ + " {\n";
    if (uses) out += runtime_namespace(names_.runtime, blocks, copies);
    if (names_.is_template) out += integer_guard(names_.guard, names_.scalar);
    return out + body + "\n}  // namespace " + namespace_ + "\n";
  }

 private:
  static bool is_too_long_for_template(const std::vector<EntryPoint>& entries) {
    return std::any_of(entries.begin(), entries.end(), [](const EntryPoint& e) {
      return !e.loops && !e.batch && e.plan.steps.size() > most_template_steps;
    });
  }

  // --- comments --------------------------------------------------------------------------------------------

  std::string banner() const {
    std::string out = origin(model_);
    const ModelFunction* last = nullptr;
    for (const EntryPoint& e : entries_) {
      if (e.function != last) append_comment(out, formula_text(ctx_, *e.function));
      last = e.function;
    }
    if (too_long_) {
      append_comment(out,
                     "For double: a template of this length costs compilers half as much memory again "
                     "(--scalar template writes it).");
    }
    const auto single = [](const EntryPoint& e) { return !e.batch; };
    if (std::any_of(entries_.begin(), entries_.end(), single)) append_example(out);
    return out;
  }

  void append_example(std::string& out) const {
    const auto has_result = [](const Signature& s) { return !s.structure.empty(); };
    auto shown = std::find_if(names_.signatures.begin(), names_.signatures.end(), has_result);
    for (size_t i = 0; shown == names_.signatures.end(); ++i) {
      if (!entries_[i].batch) shown = names_.signatures.begin() + static_cast<std::ptrdiff_t>(i);
    }
    const Signature& s = *shown;
    const std::string header =
        options_.header.empty() ? split(namespace_, "::").back() + ".h" : options_.header;
    const std::string type = names_.is_template ? "double" : names_.scalar;
    out += "//\n";
    append_comment(out, "Example:");
    append_comment(out, "  #include \"" + header + "\"");
    std::string list;
    for (const Parameter& p : s.parameters) {
      append_comment(out, "  " + array_type(type, p.extents) + " " + p.name + "{};  // to be filled in");
      list += (list.empty() ? "" : ", ") + p.name;
    }
    append_comment(out,
                   "  const auto " + names_.result + " = " + namespace_ + "::" + s.name + "(" + list + ");");
    for (const ResultMember& r : s.results) {
      if (!r.name.empty())
        append_comment(out, "  " + names_.result + "." + r.name + array_index(r.extents, 0) + remark(r));
    }
  }

  static std::string remark(const ResultMember& r) { return r.comment.empty() ? "" : "  // " + r.comment; }

  // --- declarations ----------------------------------------------------------------------------------------

  std::string template_line() const {
    return "template <class " + names_.scalar + ", class = " + names_.guard + "<" + names_.scalar + ">>\n";
  }

  // `used` empty: all are.
  static std::string parameter_list(const Signature& s, const std::string& scalar,
                                    const std::vector<bool>& used) {
    std::string out;
    size_t input = 0;
    for (const Parameter& p : s.parameters) {
      const size_t n = entry_count(p.extents);
      const bool is_used =
          used.empty() || std::find(used.begin() + static_cast<std::ptrdiff_t>(input),
                                    used.begin() + static_cast<std::ptrdiff_t>(input + n),
                                    true) != used.begin() + static_cast<std::ptrdiff_t>(input + n);
      input += n;
      if (!out.empty()) out += ", ";
      if (!is_used) out += "[[maybe_unused]] ";
      out += p.extents.empty() ? scalar + " " + p.name
                               : "const " + array_type(scalar, p.extents) + "& " + p.name;
    }
    return out;
  }

  std::string result_type(const Signature& s, const std::string& scalar) const {
    if (s.structure.empty()) return array_type(scalar, s.results[0].extents);
    return names_.is_template ? s.structure + "<" + scalar + ">" : s.structure;
  }

  void append_structure(std::string& out, const Signature& s) const {
    if (names_.is_template) out += "template <class " + names_.scalar + ">\n";
    out += "struct " + s.structure + " {\n";
    for (const ResultMember& r : s.results) {
      const std::string member = array_type(names_.scalar, r.extents) + " " + r.name + ";", note = remark(r);
      const bool beside =
          2 + member.size() + note.size() <= comment_width;  // a wrapped comment would become code
      if (!beside) append_wrapped(out, "  // ", r.comment, comment_width);
      append_wrapped(out, "  ", member + (beside ? note : ""), comment_width);
    }
    out += "};\n\n";
  }

  void append_entry(std::string& out, const EntryPoint& e, const Signature& s) {
    out += "\n";
    if (s.batch.pattern)
      out +=
          batch_pattern_text(*s.batch.pattern, {s.name, s.pattern, s.nonzeros, names_.batch.points, false});
    append_comment(out, heading(e));
    append_comment(out, cost_text(e));
    if (e.has_norms) append_comment(out, norms_note);
    if (!e.forms.empty()) append_comment(out, forms_note(e.forms));
    if (e.batch) return append_batch(out, e, s);
    Body body = e.loops ? loops_of(e, s) : body_of(e, s);
    if (!body.at_once.empty()) append_comment(out, calls_note(body.at_once));
    if (!s.pattern.empty()) out += pattern_in_cpp(s.results.back().pattern, s.pattern);
    if (!s.structure.empty()) append_structure(out, s);
    out += body.parts;
    if (names_.is_template) out += template_line();
    append_wrapped(out, "",
                   (names_.is_template ? "" : "inline ") + result_type(s, names_.scalar) + " " + s.name +
                       "(" + parameter_list(s, names_.scalar, body.inputs) + ") {",
                   comment_width);
    out += body.text + "}\n";
    if (names_.is_template) append_convenience(out, s);
  }

  void append_batch(std::string& out, const EntryPoint& e, const Signature& s) {
    append_comment(out, batch_layout(s, s.pattern + " says"));
    const BatchCode code = batch_code(ctx_, e, s, names_, namespace_);
    runtime_.insert(code.runtime.begin(), code.runtime.end());
    on_lanes_.insert(code.on_lanes.begin(), code.on_lanes.end());
    out += code.text;
  }

  // The same for double, where integers and braces convert.
  void append_convenience(std::string& out, const Signature& s) const {
    out += "\n";
    append_wrapped(
        out, "",
        "inline " + result_type(s, "double") + " " + s.name + "(" + parameter_list(s, "double", {}) + ") {",
        comment_width);
    std::string list;
    for (const Parameter& p : s.parameters) list += (list.empty() ? "" : ", ") + p.name;
    append_wrapped(out, "  ", "return ::" + namespace_ + "::" + s.name + "<double>(" + list + ");",
                   comment_width);
    out += "}\n";
  }

  std::string heading(const EntryPoint& e) const {
    const std::string& f = e.function->name;
    std::string by;
    for (Ref s : e.wrt) by += (by.empty() ? "" : ", ") + ctx_.symbol(s).name;
    return sentence({e.kind, e.layout}, f, by, "v");
  }

  // --- the body --------------------------------------------------------------------------------------------

  struct Body {
    std::string parts;         // functions that stand before
    std::string text;          // of the function itself
    std::vector<bool> inputs;  // which it reads; empty: all
    std::set<std::string> at_once;
  };

  static std::string calls_note(const std::set<std::string>& functions) {
    std::string list;
    for (const std::string& f : functions) list += (list.empty() ? "" : ", ") + f;
    return "Calls of " + list +
           " are computed several at once, to 4 units in the last place, for double where the compiler may "
           "use AVX2 and libmvec; else, or with NABLA_NO_VECTOR_MATH defined, one by one.";
  }

  Body body_of(const EntryPoint& e, const Signature& s) {
    const Plan& plan = e.plan;
    std::vector<EmitTarget> targets;
    std::string opening;
    const bool returned = s.structure.empty() && s.results[0].extents.empty();
    if (returned) {
      targets.push_back({"return ", plan.outputs[0][0]});
    } else {
      opening = "  " + result_type(s, names_.scalar) + " " + names_.result + ";\n";
      for (size_t o = 0; o < plan.outputs.size(); ++o)
        add_targets(s.results[o], plan, plan.outputs[o], opening, targets);
    }
    std::vector<StepId> wanted;
    for (const EmitTarget& t : targets) wanted.push_back(t.step);
    const PlanParts cut = parts_of(plan, s.inputs.size(), wanted);
    EmitNames names = emit_names(s, cut.places);
    Body body;
    std::string calls;
    for (size_t k = 0; k + 1 < cut.parts.size(); ++k) {
      const std::string name = s.parts + "::part" + std::to_string(k + 1);
      append_part(body.parts, k + 1, emitted(cut.parts[k], targets, names, body.at_once), s, returned);
      append_wrapped(
          calls, "  ",
          name + (names_.is_template ? "<" + names_.scalar + ">" : "") + "(" + arguments(s, returned) + ");");
    }
    const Emitted last = emitted(cut.parts.back(), targets, names, body.at_once);
    if (cut.parts.size() == 1) {
      body.inputs = last.inputs;
    } else {
      calls.insert(0, "  " + names_.scalar + " " + names_.places + "[" + std::to_string(cut.places) +
                          "];  // what passes from part to part\n");
    }
    body.text = last.usings + opening + calls + last.text;
    if (!returned) body.text += "  return " + names_.result + ";\n";
    return body;
  }

  Body loops_of(const EntryPoint& e, const Signature& s) {
    ArrayLoops code = array_loops(ctx_, e, s, names_, result_type(s, names_.scalar));
    runtime_.insert(code.needs.runtime.begin(), code.needs.runtime.end());
    on_lanes_.insert(code.needs.on_lanes.begin(), code.needs.on_lanes.end());
    needs_.algorithm = needs_.algorithm || code.needs.algorithm;
    needs_.limits = needs_.limits || code.needs.limits;
    loops_ = true;
    return {std::move(code.parts), std::move(code.body), {}, {}};
  }

  EmitNames emit_names(const Signature& s, size_t places) const {
    EmitNames names;
    names.scalar = names_.scalar;
    names.is_template = names_.is_template;
    names.runtime = names_.runtime;
    names.inputs = s.inputs;
    for (size_t k = 0; k < places; ++k) names.inputs.push_back(names_.places + "[" + std::to_string(k) + "]");
    names.pi = names_.pi;
    names.e = names_.e;
    names.calls_at_once = may_call_at_once(options_);
    return names;
  }

  Emitted emitted(const PlanPart& part, const std::vector<EmitTarget>& targets, const EmitNames& names,
                  std::set<std::string>& at_once) {
    Emitted out = emit_part(part, ctx_, names, targets, names_.places);
    runtime_.insert(out.runtime.begin(), out.runtime.end());
    at_once.insert(out.at_once.begin(), out.at_once.end());
    calls_at_once_ = calls_at_once_ || !out.at_once.empty();
    return out;
  }

  // Not inlined: the parts of a long function are compiled one by one.
  void append_part(std::string& out, size_t number, const Emitted& body, const Signature& s,
                   bool returned) const {
    out += "namespace " + s.parts + " {\n";
    if (names_.is_template) out += template_line();
    std::string head = std::string("[[gnu::noinline]] ") + (names_.is_template ? "" : "inline ") +
                       "void part" + std::to_string(number) + "(" +
                       parameter_list(s, names_.scalar, body.inputs);
    head += (s.parameters.empty() ? "" : ", ") + ("[[maybe_unused]] " + names_.scalar) + "* " + names_.places;
    if (!returned) head += ", [[maybe_unused]] " + result_type(s, names_.scalar) + "& " + names_.result;
    append_wrapped(out, "", head + ") {", comment_width);
    out += body.usings + body.text + "}\n}  // namespace " + s.parts + "\n\n";
  }

  std::string arguments(const Signature& s, bool returned) const {
    std::string list;
    for (const Parameter& p : s.parameters) list += p.name + ", ";
    return list + names_.places + (returned ? "" : ", " + names_.result);
  }

  // One assignment an entry; where most are 0, or nothing is above the diagonal, a loop clears them first.
  void add_targets(const ResultMember& r, const Plan& plan, const std::vector<StepId>& steps,
                   std::string& opening, std::vector<EmitTarget>& targets) const {
    const auto is_zero = [&](StepId s) {
      return plan.steps[s].op == PlanOp::number && plan.steps[s].atom == zero;
    };
    const std::string left = names_.result + (r.name.empty() ? "" : "." + r.name);
    const auto zeros = static_cast<size_t>(std::count_if(steps.begin(), steps.end(), is_zero));
    const SparsityPattern& p = r.pattern;
    const bool many = r.extents.size() <= 2 && zeros > 8 && zeros * 4 > steps.size() && !p.is_compressed();
    const bool clear = many || (p.layout.lower && !p.is_compressed());
    if (clear) append_clear(opening, left, r.extents.size());
    for (size_t k = 0; k < p.entries.size(); ++k) {
      const StepId s = steps[p.entries[k]];
      if (!clear || !is_zero(s)) targets.push_back({left + array_index(r.extents, p.places[k]) + " = ", s});
    }
  }

  void append_clear(std::string& out, const std::string& array, size_t order) const {
    const std::string fill = "fill(" + cpp_number(0, names_.scalar).text + ");\n";
    out += order == 1 ? "  " + array + "." + fill
                      : "  for (auto& " + names_.row + " : " + array + ") " + names_.row + "." + fill;
  }

  Context& ctx_;
  const Model& model_;
  const std::vector<EntryPoint>& entries_;
  const GenerateOptions& options_;
  bool too_long_;  // for a template, and none was asked for
  HeaderNames names_;
  std::string namespace_;
  std::set<std::string> runtime_, on_lanes_;
  CodeNeeds needs_;  // of loops: headers
  bool loops_ = false;
  bool calls_at_once_ = false;
};

}  // namespace

bool may_call_at_once(const GenerateOptions& options) { return options.scalar != "float"; }

std::string generate(Context& ctx, const Model& model, const std::vector<EntryPoint>& entries,
                     const GenerateOptions& options) {
  return Generator(ctx, model, entries, options).run();
}

}  // namespace nabla
