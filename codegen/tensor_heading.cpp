#include "codegen/tensor_heading.h"

#include "codegen/header_text.h"
#include "codegen/index_text.h"
#include "codegen/norms_at_zero.h"
#include "codegen/stable_forms.h"
#include "diff/structure.h"

namespace nabla {
namespace {

// "X" or "X, y and w".
std::string listed(const std::vector<std::string>& words) {
  std::string out;
  for (size_t k = 0; k < words.size(); ++k)
    out += (k == 0 ? "" : k + 1 < words.size() ? ", " : " and ") + words[k];
  return out;
}

std::string what(Context& ctx, const TensorEntry& e) {
  const std::string& f = e.function->name;
  std::vector<std::string> by;
  for (Ref x : e.wrt) by.push_back(ctx.symbol(x).name);
  return sentence({e.kind, e.layout}, f, listed(by), "the direction v");
}

std::string role(Context& ctx, const TensorOutput& o, const std::string& half) {
  std::vector<std::string> by;
  for (Ref x : o.by) by.push_back(ctx.symbol(x).name);
  if (o.name == "value") return "the value";
  if (o.name == "grad") return "the gradient by " + by[0];
  if (o.name == "jac") return "the Jacobian: the axes of the value, then those of " + by[0];
  if (o.name == "hess") return "second derivatives: the axes of " + by[0] + ", then those of " + by[1] + half;
  if (o.name == "jvp") return "the derivative along v";
  if (o.name == "vjp") return "u times the Jacobian by " + by[0];
  return "the part of the product that belongs to " + by[0];
}

}  // namespace

std::string size_text(Context& ctx, ShapeId shape, const TensorNames& names) {
  std::string out;
  for (Ref e : std::vector<Ref>(ctx.shape(shape).extents)) {
    out += (out.empty() ? "" : " by ") + index_text(
                                             ctx, e, [&](Ref r) { return names.symbols.at(r); }, false);
  }
  return out;
}

std::string heading_text(Context& ctx, const TensorEntry& entry, const TensorSignature& signature,
                         const TensorNames& names, const std::vector<std::string>& operations,
                         const std::string& work) {
  std::string out;
  append_comment(out, what(ctx, entry));
  for (const std::string& line : operations) append_comment(out, line);
  for (const auto* list : {&entry.arguments, &entry.directions}) {
    for (Ref s : *list) {
      const std::string size = size_text(ctx, ctx[s].shape, names);
      if (size.empty()) continue;
      const bool integer = is_integer_data(ctx, entry, s);
      append_comment(out, "  " + names.symbols.at(s) + ": " + size + (integer ? ", whole numbers" : ""));
    }
  }
  for (size_t k = 0; k < signature.outputs.size(); ++k) {
    if (signature.outputs[k].empty()) continue;
    const TensorOutput& o = entry.program.outputs[k];
    if (o.is_diagonal) continue;
    const bool lower = entry.layout.lower && !o.by.empty();
    const std::string size = size_text(ctx, o.shape, names);
    append_comment(out,
                   "  " + signature.outputs[k] + ": " + (size.empty() ? "one number" : size) + ", " +
                       role(ctx, o, lower && o.by.front() == o.by.back() ? "; 0 above the diagonal" : ""));
  }
  if (!signature.matrix.empty())
    append_comment(out, "  " + signature.matrix + ": " + signature.nonzeros +
                            "(...) numbers, whose places are those of " + signature.pattern);
  if (!work.empty()) append_comment(out, "  " + names.work + ": " + work + " numbers, whatever they are");
  if (entry.has_norms) append_comment(out, std::string("  ") + norms_note);
  if (!entry.forms.empty()) append_comment(out, "  " + forms_note(entry.forms));
  for (Ref x : entry.wrt) {
    const std::string note = structure_note(ctx, x, false);
    if (!note.empty() && entry.kind != Output::jvp) append_comment(out, "  " + note);
  }
  return out;
}

}  // namespace nabla
