#include "codegen/loops.h"

#include "codegen/cpp_number.h"
#include "codegen/emit.h"
#include "codegen/group_code.h"
#include "codegen/loops_call.h"
#include "codegen/place_code.h"
#include "codegen/storage.h"
#include "expr/diagnostic.h"
#include "expr/print.h"
#include "expr/substitute.h"
#include "expr/walk.h"

namespace nabla {
namespace {

class LoopWriter {
 public:
  LoopWriter(Context& ctx, const TensorEntry& entry, const TensorSignature& signature,
             const TensorNames& names)
      : ctx_(ctx), entry_(entry), signature_(signature), names_(names), nests_(ctx, style_, out_.needs) {
    style_ = nest_style(names);
    style_.atom = [this](Ref r) { return atom(r); };
    style_.number = [this](Ref r) { return number(r); };
    style_.entry = [this](Ref r, const std::vector<std::string>& at) { return entry_text(r, at, true); };
    style_.position = [this](Ref r, const std::vector<std::string>& at) { return entry_text(r, at, false); };
  }
  LoopWriter(const LoopWriter&) = delete;
  LoopWriter& operator=(const LoopWriter&) = delete;

  TensorCode run() {
    loops_ = plan_loops(ctx_, entry_.program);
    storage_ =
        place_arrays(ctx_, loops_, entry_.program.outputs, [this](Ref v) { return call_scratch(ctx_, v); });
    out_.work = storage_.work;
    for (const LoopGroup& group : loops_.groups) {
      if (group.shares) {
        shared(group);
      } else {
        let(group.steps[0]);
      }
    }
    for (const bool returned : {false, true}) {  // the value that is returned comes last
      for (size_t o = 0; o < entry_.program.outputs.size(); ++o) {
        if (signature_.outputs[o].empty() == returned) output(o);
      }
    }
    return std::move(out_);
  }

 private:
  // ---- names ----

  // In a position: integers stay what they are.
  std::string atom(Ref r) {
    if (ctx_.kind(r) == Kind::let) return lets_.at(r);
    if (ctx_.kind(r) == Kind::entry) return entry_at(r, false);
    out_.used.insert(r);
    return names_.symbols.at(r);
  }

  std::string number(Ref r) {
    if (ctx_.kind(r) == Kind::entry) return entry_at(r, true);
    std::string text = atom(r);
    if (ctx_.kind(r) == Kind::let) return text;
    const bool dim = ctx_.symbol(r).role == Role::extent;
    if (dim) return names_.scalar + "(static_cast<double>(" + text + "))";
    return is_integer_data(ctx_, entry_, r) ? names_.scalar + "(" + text + ")" : text;
  }

  std::string pointer(Ref r) {
    if (ctx_.kind(r) == Kind::let) return lets_.at(r);
    out_.used.insert(r);
    return names_.symbols.at(r);
  }

  std::string entry_at(Ref r, bool as_number) {
    std::vector<std::string> at;
    const std::vector<Ref> list(ctx_.operands(r).begin(), ctx_.operands(r).end());
    for (size_t k = 1; k < list.size(); ++k) at.push_back(nests_.position(list[k]));
    return entry_text(list[0], at, as_number);
  }

  std::string entry_text(Ref r, const std::vector<std::string>& at, bool as_number) {
    const std::string text = pointer(r) + "[" + place(ctx_[r].shape, at) + "]";
    const bool integer = as_number && ctx_.kind(r) == Kind::symbol && is_integer_data(ctx_, entry_, r);
    return integer ? names_.scalar + "(" + text + ")" : text;
  }

  // Row-major.
  std::string place(ShapeId shape, const std::vector<std::string>& at) {
    std::string out;
    for (size_t k = 0; k < at.size(); ++k) {
      if (k == 0) {
        out = at[0];
        continue;
      }
      const std::string before = out.find(' ') == std::string::npos ? out : "(" + out + ")";
      out =
          before + " * " + index_text(ctx_, ctx_.shape(shape).extents[k], style_.atom, true) + " + " + at[k];
    }
    return out.empty() ? "0" : out;
  }

  NestCode::Target target(const std::string& name, ShapeId shape) {
    return [this, name, shape](const std::vector<std::string>& at) {
      return name + "[" + place(shape, at) + "]";
    };
  }

  // ---- statements ----

  // Names for all that is stored, then the loops.
  void shared(const LoopGroup& group) {
    for (const LoopStep& s : group.steps) {
      if (s.is_local) continue;
      const bool scalar = ctx_[s.name].shape == scalar_shape;
      const std::string name = scalar ? names_.scalars.at(scalars_++) : array_name(s.name);
      append_formula(s, name);
      if (scalar) parts_[s.name] = names_.parts.at(scalars_ - 1);
      lets_[s.name] = name;
    }
    GroupTargets targets;
    targets.entry = [this](Ref r, const std::vector<std::string>& at) {
      return lets_.at(r) + "[" + place(ctx_[r].shape, at) + "]";
    };
    targets.scalar = [this](Ref r) { return lets_.at(r); };
    targets.parts = [this](Ref r) { return parts_.at(r); };
    out_.text += group_code(ctx_, style_, out_.needs, nests_, group, targets, temporaries_, "  ");
  }

  void let(const LoopStep& l) {
    const bool scalar = ctx_[l.name].shape == scalar_shape;
    const std::string name = scalar ? names_.scalars.at(scalars_++) : array_name(l.name);
    append_formula(l, name);
    std::string code;
    if (l.nest) {
      code = scalar ? nests_.scalar(*l.nest, name, "  ")
                    : nests_.fill(*l.nest, target(name, ctx_[l.name].shape), "  ");
    } else if (only_places(ctx_, l.value)) {
      code = place_code(ctx_, l.value, style_, nests_, target(name, ctx_[l.name].shape), "  ");
    } else {
      const auto at = storage_.scratch.find(l.name);
      const std::string scratch = at == storage_.scratch.end() ? "" : work_at(at->second);
      CallText text{style_, out_.needs, [this](Ref r) { return pointer(r); }};
      code = call_code(ctx_, l.value, name, scratch, text, "  ");
    }
    lets_[l.name] = name;
    out_.text += code;
  }

  std::string work_at(Ref offset) {
    if (offset == zero) return names_.work;
    return names_.work + " + " + index_text(ctx_, offset, style_.atom, false);
  }

  // The name of an array, declared if it lies in the workspace.
  std::string array_name(Ref let) {
    const Storage::Location& p = storage_.places.at(let);
    if (!p.in_work) return signature_.outputs[p.output];
    std::string name = names_.arrays.at(arrays_++);
    append_wrapped(out_.text, "  ", names_.scalar + "* const " + name + " = " + work_at(p.offset) + ";");
    return name;
  }

  // "// m2 = X'*m1", where it is short; what has no name is written out.
  void append_formula(const LoopStep& l, const std::string& name) {
    constexpr size_t longest = 80, most_nodes = 100;
    if (!l.value) return;
    Ref value = l.value;
    for (size_t k = loops_.inlined.size(); k-- > 0 && nodes_below(ctx_, value).size() <= most_nodes;)
      value = substitute(ctx_, value, {&loops_.inlined[k], 1});
    std::vector<std::pair<Ref, Ref>> names;
    for (const auto& [r, text] : lets_) {
      Symbol s;
      s.name = text;
      s.role = Role::placeholder;
      s.shape = ctx_[r].shape;
      names.emplace_back(r, ctx_.symbol(s));
    }
    try {
      value = substitute(ctx_, value, names);
      for (Ref r : nodes_below(ctx_, value)) {
        if (ctx_.kind(r) == Kind::let) return;
      }
      const std::string text = print(ctx_, value);
      if (text.size() <= longest) out_.text += "  // " + name + " = " + text + "\n";
    } catch (const Failure&) {  // a comment less
    }
  }

  void output(size_t o) {
    const TensorOutput& output = entry_.program.outputs[o];
    const std::string& name = signature_.outputs[o];
    if (storage_.direct[o]) return;
    const auto nest = make_nest(ctx_, output.value);
    if (output.shape == scalar_shape) {
      out_.text += nests_.statement(*nest, name.empty() ? "return " : "*" + name + " = ", "  ");
    } else {
      out_.text += nests_.fill(*nest, target(name, output.shape), "  ");
    }
  }

  Context& ctx_;
  const TensorEntry& entry_;
  const TensorSignature& signature_;
  const TensorNames& names_;
  TensorCode out_;
  NestStyle style_;
  NestCode nests_;
  LoopProgram loops_;
  Storage storage_;
  std::unordered_map<Ref, std::string> lets_, parts_;
  size_t arrays_ = 0, scalars_ = 0, temporaries_ = 0;
};

}  // namespace

TensorCode loop_code(Context& ctx, const TensorEntry& entry, const TensorSignature& signature,
                     const TensorNames& names) {
  return LoopWriter(ctx, entry, signature, names).run();
}

}  // namespace nabla
