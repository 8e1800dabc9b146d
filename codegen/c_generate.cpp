#include "codegen/c_generate.h"

#include <algorithm>

#include "codegen/batch_code.h"
#include "codegen/c_batch.h"
#include "codegen/c_header.h"
#include "codegen/cpp_number.h"
#include "codegen/emit.h"
#include "codegen/header_text.h"
#include "codegen/norms_at_zero.h"
#include "codegen/parts.h"
#include "codegen/requests.h"
#include "codegen/signature.h"
#include "codegen/stable_forms.h"
#include "expr/diagnostic.h"

namespace nabla {
namespace {

class Generator {
 public:
  Generator(Context& ctx, const Model& model, const std::vector<EntryPoint>& entries,
            const GenerateOptions& options)
      : ctx_(ctx),
        model_(model),
        entries_(entries),
        scalar_(c_scalar(options)),
        names_(header_names(ctx, entries, scalar_)),
        prefix_(c_prefix(model, options)) {}

  std::string run() {
    std::string body;
    for (size_t i = 0; i < entries_.size(); ++i) {
      placed(entries_[i].function->span, [&] { append_entry(body, entries_[i], names_.signatures[i]); });
    }
    std::string banner = origin(model_);
    const ModelFunction* last = nullptr;
    for (const EntryPoint& e : entries_) {
      if (e.function != last) append_comment(banner, formula_text(ctx_, *e.function));
      last = e.function;
    }
    return c_header(prefix_, scalar_, runtime_, banner, body);
  }

 private:
  struct Result {
    std::string name;
    const ResultMember* member;
  };

  // Results have names that no parameter has.
  static std::vector<Result> results_of(const Signature& s) {
    std::vector<Result> out;
    for (const ResultMember& r : s.results) {
      std::string name = r.name.empty() ? "value" : r.name;
      const auto taken = [&](const Parameter& p) { return p.name == name; };
      while (std::any_of(s.parameters.begin(), s.parameters.end(), taken)) name += "_out";
      out.push_back({name, &r});
    }
    return out;
  }

  static bool is_returned(const Signature& s) { return s.structure.empty() && s.results[0].extents.empty(); }

  static std::string flat(const std::string& name, const Extents& extents, size_t k) {
    return extents.empty() ? name : name + "[" + std::to_string(k) + "]";
  }

  std::vector<std::string> parameters(const Signature& s) const {
    std::vector<std::string> list;
    for (const Parameter& p : s.parameters)
      list.push_back(p.extents.empty() ? scalar_ + " " + p.name : "const " + scalar_ + "* " + p.name);
    if (!is_returned(s)) {
      for (const Result& r : results_of(s)) list.push_back(scalar_ + "* " + r.name);
    }
    return list;
  }

  // Parameters that the body does not read: `(void)x;`
  static std::string unused(const Signature& s, const std::vector<bool>& read) {
    std::string out;
    size_t input = 0;
    for (const Parameter& p : s.parameters) {
      const size_t n = entry_count(p.extents);
      bool is_read = false;
      for (size_t k = input; k < input + n; ++k) is_read = is_read || read[k];
      if (!is_read) out += "  (void)" + p.name + ";\n";
      input += n;
    }
    return out;
  }

  void append_entry(std::string& out, const EntryPoint& e, const Signature& s) {
    if (e.batch) return append_batch(out, e, s);
    const std::string name = prefix_ + "_" + s.name;
    const std::vector<Result> results = results_of(s);
    std::vector<EmitTarget> targets;
    std::vector<StepId> wanted;
    for (size_t o = 0; o < e.plan.outputs.size(); ++o) {
      const Extents& extents = results[o].member->extents;
      const SparsityPattern& p = results[o].member->pattern;
      for (size_t k = 0; k < p.entries.size(); ++k) {
        const StepId step = e.plan.outputs[o][p.entries[k]];
        const std::string left =
            extents.empty() ? "*" + results[o].name : flat(results[o].name, extents, p.places[k]);
        targets.push_back({is_returned(s) ? "return " : left + " = ", step});
        wanted.push_back(step);
      }
    }
    const PlanParts cut = parts_of(e.plan, s.inputs.size(), wanted);
    const EmitNames names = emit_names(s, cut.places);
    std::string calls;
    for (size_t k = 0; k + 1 < cut.parts.size(); ++k) {
      const std::string part = name + "__part" + std::to_string(k + 1);
      append_part(out, part, emitted(cut.parts[k], targets, names), s);
      append_wrapped(calls, "  ", part + "(" + arguments(s) + ");");
    }
    const Emitted last = emitted(cut.parts.back(), targets, names);
    out += "\n";
    if (!s.pattern.empty()) out += pattern_in_c(s.results.back().pattern, name) + "\n";
    append_heading(out, e, s);
    out += function_head("static inline " + (is_returned(s) ? scalar_ : std::string("void")) + " " + name,
                         parameters(s));
    if (cut.parts.size() == 1) {
      out += unused(s, last.inputs);
    } else {
      out += "  " + scalar_ + " " + names_.places + "[" + std::to_string(cut.places) +
             "];  // what passes from part to part\n";
    }
    for (const Result& r : results) {
      if (r.member->pattern.entries.empty()) out += "  (void)" + r.name + ";\n";
      out += cleared(r);
    }
    out += calls + last.text + "}\n";
  }

  void append_batch(std::string& out, const EntryPoint& e, const Signature& s) {
    out += "\n";
    const std::string start = prefix_ + "_";
    if (s.batch.pattern)
      out += batch_pattern_text(*s.batch.pattern, {start + s.name, start + s.pattern, start + s.nonzeros,
                                                   names_.batch.points, true});
    append_description(out, e);
    const std::string says = s.batch.pattern ? start + s.pattern + " says" : "the constants for a point say";
    append_comment(out, batch_layout(s, says));
    EmitNames style = emit_names(s, 0);
    style.inputs.clear();
    out += c_batch(ctx_, e, s, names_.batch, style, prefix_ + "_" + s.name, runtime_);
  }

  // What stands above the diagonal of a lower half is 0.
  std::string cleared(const Result& r) const {
    const SparsityPattern& p = r.member->pattern;
    if (!p.layout.lower || p.is_compressed()) return "";
    return "  for (int " + names_.row + " = 0; " + names_.row + " < " + std::to_string(p.rows * p.columns) +
           "; ++" + names_.row + ") " + r.name + "[" + names_.row + "] = 0;\n";
  }

  void append_description(std::string& out, const EntryPoint& e) const {
    std::string by;
    for (Ref v : e.wrt) by += (by.empty() ? "" : ", ") + ctx_.symbol(v).name;
    append_comment(out, sentence({e.kind, e.layout}, e.function->name, by, "v"));
    append_comment(out, cost_text(e));
    if (e.has_norms) append_comment(out, norms_note);
    if (!e.forms.empty()) append_comment(out, forms_note(e.forms));
  }

  void append_heading(std::string& out, const EntryPoint& e, const Signature& s) const {
    append_description(out, e);
    if (is_returned(s)) return;
    for (const Result& r : results_of(s)) {
      std::string sizes;
      for (size_t n : r.member->extents) sizes += (sizes.empty() ? "" : " by ") + std::to_string(n);
      append_comment(out, r.name + ": " + (sizes.empty() ? "one number" : sizes) +
                              (r.member->pattern.is_compressed() || r.member->comment.empty()
                                   ? ""
                                   : "; " + r.member->comment));
    }
  }

  // Not inlined: the parts of a long function are compiled one by one.
  void append_part(std::string& out, const std::string& name, const Emitted& body, const Signature& s) const {
    std::vector<std::string> list = parameters(s);
    list.push_back(scalar_ + "* " + names_.places);
    out += "\n#ifdef __GNUC__\n__attribute__((noinline, unused))\n#endif\n";
    out += function_head("static void " + name, list) + unused(s, body.inputs);
    if (!is_returned(s)) {
      for (const Result& r : results_of(s)) out += "  (void)" + r.name + ";\n";
    }
    out += "  (void)" + names_.places + ";\n" + body.text + "}\n";
  }

  std::string arguments(const Signature& s) const {
    std::string list;
    for (const Parameter& p : s.parameters) list += p.name + ", ";
    if (!is_returned(s)) {
      for (const Result& r : results_of(s)) list += r.name + ", ";
    }
    return list + names_.places;
  }

  EmitNames emit_names(const Signature& s, size_t places) const {
    EmitNames names;
    names.language = EmitLanguage::c;
    names.scalar = scalar_;
    names.is_template = false;
    names.runtime = prefix_;
    for (const Parameter& p : s.parameters) {
      for (size_t k = 0; k < entry_count(p.extents); ++k) names.inputs.push_back(flat(p.name, p.extents, k));
    }
    for (size_t k = 0; k < places; ++k) names.inputs.push_back(names_.places + "[" + std::to_string(k) + "]");
    names.pi = names_.pi;
    names.e = names_.e;
    return names;
  }

  Emitted emitted(const PlanPart& part, const std::vector<EmitTarget>& targets, const EmitNames& names) {
    Emitted out = emit_part(part, ctx_, names, targets, names_.places);
    runtime_.insert(out.runtime.begin(), out.runtime.end());
    return out;
  }

  Context& ctx_;
  const Model& model_;
  const std::vector<EntryPoint>& entries_;
  std::string scalar_;
  HeaderNames names_;
  std::string prefix_;
  std::set<std::string> runtime_;
};

}  // namespace

std::string generate_c(Context& ctx, const Model& model, const std::vector<EntryPoint>& entries,
                       const GenerateOptions& options) {
  return Generator(ctx, model, entries, options).run();
}

}  // namespace nabla
