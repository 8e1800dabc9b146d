#include "codegen/c_batch.h"

#include "codegen/header_text.h"

namespace nabla {
namespace {

class BatchInC {
 public:
  BatchInC(Context& ctx, const EntryPoint& entry, const Signature& signature, const BatchNames& names,
           const EmitNames& style)
      : ctx_(ctx), plan_(entry.plan), batch_(signature.batch), names_(names), style_(style) {}

  std::string run(const std::string& name, std::set<std::string>& runtime) {
    style_.indent = "    ";
    for (const BatchParameter& p : batch_.parameters) {
      for (size_t k = 0; k < p.entries; ++k) style_.inputs.push_back(p.by_point ? p.lanes[k] : shared(p, k));
    }
    std::vector<EmitTarget> targets;
    std::string before;
    for (const BatchResult& r : batch_.results) add(r, targets, before);
    const Emitted body = emit(plan_, ctx_, style_, targets);
    runtime.insert(body.runtime.begin(), body.runtime.end());
    const std::string& p = names_.first;
    std::string out = head(name) + unused(body) + before;
    out += "  for (ptrdiff_t " + p + " = 0; " + p + " < " + names_.points + "; ++" + p + ") {\n";
    out += loads(body) + body.text + zeros_ + "  }\n";
    return out + (returned_ ? "  return " + names_.total + ";\n" : "") + "}\n";
  }

 private:
  static std::string shared(const BatchParameter& p, size_t k) {
    return p.is_array ? p.name + "[" + std::to_string(k) + "]" : p.name;
  }

  // "x[2 * points + p]": entry k of an array by point.
  std::string place(const std::string& array, size_t k) const {
    std::string row;
    if (k > 0) row = (k > 1 ? std::to_string(k) + " * " : "") + names_.points + " + ";
    return array + "[" + row + names_.first + "]";
  }

  void add(const BatchResult& r, std::vector<EmitTarget>& targets, std::string& before) {
    const size_t count = r.entries.size();
    const auto at = [&](size_t k) {
      if (r.is_packed)
        return r.name + "[" + std::to_string(count) + " * " + names_.first + " + " +
               std::to_string(r.first + k) + "]";
      if (r.by_point) return place(r.name, k);
      return r.name.empty() ? names_.total : r.name + "[" + std::to_string(k) + "]";
    };
    if (!r.by_point && r.name.empty()) {
      returned_ = true;
      before += "  " + style_.scalar + " " + names_.total + " = 0;\n";
    } else if (!r.by_point && count > 0) {
      const std::string& p = names_.first;
      before += "  for (ptrdiff_t " + p + " = 0; " + p + " < " + std::to_string(count) + "; ++" + p + ") " +
                r.name + "[" + p + "] = 0;\n";
    }
    for (size_t k = 0; k < count; ++k) {
      if (r.entries[k] != always_zero) {
        targets.push_back({at(k) + (r.by_point ? " = " : " += "), plan_.outputs[r.output][r.entries[k]]});
      } else if (r.by_point) {
        zeros_ += "    " + at(k) + " = 0;\n";
      }
    }
  }

  // The numbers of a point.
  std::string loads(const Emitted& body) const {
    std::string out;
    size_t input = 0;
    for (const BatchParameter& q : batch_.parameters) {
      for (size_t k = 0; k < q.entries; ++k, ++input) {
        if (q.by_point && body.inputs[input])
          append_wrapped(out, "    ",
                         "const " + style_.scalar + " " + q.lanes[k] + " = " + place(q.name, k) + ";");
      }
    }
    return out;
  }

  // Parameters that the body does not read, results without an entry: `(void)x;`
  std::string unused(const Emitted& body) const {
    std::string out;
    size_t input = 0;
    for (const BatchParameter& q : batch_.parameters) {
      bool read = false;
      for (size_t k = 0; k < q.entries; ++k) read = read || body.inputs[input + k];
      input += q.entries;
      if (!read) out += "  (void)" + q.name + ";\n";
    }
    for (const BatchResult& r : batch_.results) {
      if (r.entries.empty()) out += "  (void)" + r.name + ";\n";
    }
    return out;
  }

  std::string head(const std::string& name) const {
    std::vector<std::string> list{"ptrdiff_t " + names_.points};
    for (const BatchParameter& p : batch_.parameters)
      list.push_back((p.is_array ? "const " + style_.scalar + "* " : style_.scalar + " ") + p.name);
    for (const BatchResult& r : batch_.results) {
      if (!r.name.empty() && !r.continues) list.push_back(style_.scalar + "* restrict " + r.name);
    }
    return function_head("static inline " + (returned_ ? style_.scalar : std::string("void")) + " " + name,
                         list);
  }

  Context& ctx_;
  const Plan& plan_;
  const BatchSignature& batch_;
  const BatchNames& names_;
  EmitNames style_;
  std::string zeros_;  // what stands above the diagonals of lower halves
  bool returned_ = false;
};

}  // namespace

std::string c_batch(Context& ctx, const EntryPoint& entry, const Signature& signature,
                    const BatchNames& names, const EmitNames& style, const std::string& name,
                    std::set<std::string>& runtime) {
  return BatchInC(ctx, entry, signature, names, style).run(name, runtime);
}

}  // namespace nabla
