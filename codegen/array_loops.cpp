#include "codegen/array_loops.h"

#include <algorithm>

#include "codegen/emit.h"
#include "codegen/header_text.h"
#include "codegen/index_text.h"
#include "codegen/loops.h"

namespace nabla {
namespace {

// The first entry of an array, or the one at `offset`.
std::string pointer(const std::string& name, const Extents& extents, size_t offset = 0) {
  std::string out = name;
  for (size_t k = 1; k < extents.size(); ++k) out += "[0]";
  out += ".data()";
  return offset == 0 ? out : out + " + " + std::to_string(offset);
}

class Writer {
 public:
  Writer(Context& ctx, const EntryPoint& entry, const Signature& signature, const HeaderNames& names)
      : ctx_(ctx), e_(entry), s_(signature), names_(names) {
    loop_names_ = tensor_names(ctx, {*entry.loops}, names.is_template ? "template" : names.scalar);
    loop_names_.scalar = names.scalar;
    loop_names_.runtime = names.runtime;
  }

  ArrayLoops run(const std::string& result_type) {
    code_ = loop_code(ctx_, *e_.loops, loop_names_.signatures[0], loop_names_);
    collect();
    ArrayLoops out;
    out.parts = function();
    out.body = body(result_type);
    out.needs = std::move(code_.needs);
    return out;
  }

 private:
  // Parameters of the function over pointers, and what the entry point passes for them.
  void collect() {
    const TensorEntry& t = *e_.loops;
    const std::string& scalar = names_.scalar;
    for (size_t k = 0; k < t.arguments.size(); ++k) input(t.arguments[k], s_.parameters[k], 0);
    for (size_t k = 0; k < t.directions.size(); ++k)
      input(t.directions[k], s_.parameters.back(), e_.kind == Output::vjp ? 0 : offset_of(t.wrt[k]));
    for (size_t o = 0; o < t.program.outputs.size(); ++o) {
      const std::string& name = loop_names_.signatures[0].outputs[o];
      const TensorOutput& output = t.program.outputs[o];
      const ResultMember& member = member_of(output.name);
      const std::string left = names_.result + (member.name.empty() ? "" : "." + member.name);
      if (name.empty()) {
        returned_ = left;
        continue;
      }
      parameters_.push_back(scalar + "* __restrict " + name);
      const bool flat = output.by.size() == 1 && output.name != "jac";
      arguments_.push_back(member.extents.empty()
                               ? "&" + left
                               : pointer(left, member.extents, flat ? offset_of(output.by[0]) : 0));
    }
    if (code_.work == zero) return;
    parameters_.push_back(scalar + "* __restrict " + loop_names_.work);
    arguments_.push_back(names_.places);
  }

  void input(Ref symbol, const Parameter& p, size_t offset) {
    const bool array = ctx_[symbol].shape != scalar_shape;
    const std::string unused = code_.used.count(symbol) != 0 ? "" : "[[maybe_unused]] ";
    parameters_.push_back(unused + (array ? "const " + names_.scalar + "*" : names_.scalar) + " " +
                          loop_names_.symbols.at(symbol));
    const bool whole = array || p.extents.empty();
    arguments_.push_back(p.extents.empty() ? p.name
                         : whole           ? pointer(p.name, p.extents, offset)
                                           : p.name + "[" + std::to_string(offset) + "]");
  }

  // Where the derivative by a variable begins among those by all.
  size_t offset_of(Ref variable) const {
    size_t n = 0;
    for (Ref x : e_.wrt) {
      if (x == variable) break;
      n += scalars_of(ctx_, x).size();
    }
    return n;
  }

  const ResultMember& member_of(const std::string& output) const {
    size_t k = 0;
    while (e_.program.outputs[k].name != output) ++k;
    return s_.results[k];
  }

  std::string function() {
    std::string out = "namespace " + s_.parts + " {\n";
    if (names_.is_template) out += "template <class " + names_.scalar + ">\n";
    out += function_head(std::string(names_.is_template ? "" : "inline ") +
                             (returned_.empty() ? "void" : names_.scalar) + " loops",
                         parameters_);
    out += using_line(code_.needs.std_functions, "  ", names_.is_template ? names_.runtime : "",
                      code_.needs.runtime);
    return out + code_.text + "}\n}  // namespace " + s_.parts + "\n\n";
  }

  std::string body(const std::string& result_type) const {
    std::string call = s_.parts + "::loops" + (names_.is_template ? "<" + names_.scalar + ">" : "") + "(";
    for (size_t k = 0; k < arguments_.size(); ++k) call += (k > 0 ? ", " : "") + arguments_[k];
    call += ");";
    const bool at_once = !returned_.empty() && returned_ == names_.result;
    std::string out = at_once ? "" : "  " + result_type + " " + names_.result + ";\n";
    if (code_.work != zero) {
      const AtomText none = [](Ref) { return std::string(); };
      out += "  " + names_.scalar + " " + names_.places + "[" + index_text(ctx_, code_.work, none, false) +
             "];  // workspace\n";
    }
    append_wrapped(out, "  ",
                   (at_once             ? "return "
                    : returned_.empty() ? ""
                                        : returned_ + " = ") +
                       call,
                   comment_width);
    return at_once ? out : out + "  return " + names_.result + ";\n";
  }

  Context& ctx_;
  const EntryPoint& e_;
  const Signature& s_;
  const HeaderNames& names_;
  TensorNames loop_names_;
  TensorCode code_;
  std::vector<std::string> parameters_, arguments_;
  std::string returned_;  // what the value that the function returns is stored in
};

}  // namespace

ArrayLoops array_loops(Context& ctx, const EntryPoint& entry, const Signature& signature,
                       const HeaderNames& names, const std::string& result_type) {
  return Writer(ctx, entry, signature, names).run(result_type);
}

}  // namespace nabla
