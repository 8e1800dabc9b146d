#include "codegen/loops.h"

#include <utility>

#include "codegen/cpp_number.h"
#include "codegen/emit.h"
#include "codegen/group_code.h"
#include "codegen/line_stores.h"
#include "codegen/loops_call.h"
#include "codegen/place_code.h"
#include "codegen/product_code.h"
#include "codegen/runtime_blocks.h"
#include "codegen/runtime_counts.h"
#include "codegen/solves.h"
#include "codegen/storage.h"
#include "codegen/sum_code.h"
#include "expr/diagnostic.h"
#include "expr/print.h"
#include "expr/substitute.h"
#include "expr/walk.h"

namespace nabla {
namespace {

class LoopWriter {
 public:
  LoopWriter(Context& ctx, const TensorEntry& entry, const TensorSignature& signature,
             const TensorNames& names, bool in_place)
      : ctx_(ctx),
        entry_(entry),
        signature_(signature),
        names_(names),
        in_place_(in_place),
        nests_(ctx, style_, out_.needs) {
    style_ = nest_style(names);
    style_.atom = {[this](Ref r) { return atom(r); }, names.spelling};
    style_.number = [this](Ref r) { return number(r); };
    style_.entry = [this](Ref r, const std::vector<std::string>& at) { return entry_text(r, at, true); };
    style_.position = [this](Ref r, const std::vector<std::string>& at) { return entry_text(r, at, false); };
  }
  LoopWriter(const LoopWriter&) = delete;
  LoopWriter& operator=(const LoopWriter&) = delete;

  TensorCode run() {
    loops_ = plan_loops(ctx_, entry_.program, names_.lanes_of.empty());
    storage_ =
        place_arrays(ctx_, loops_, entry_.program.outputs, [this](Ref v) { return call_scratch(ctx_, v); });
    out_.work = storage_.work;
    if (in_place_) lines_ = line_stores(ctx_, entry_, signature_, names_, loops_);
    out_.in_place = !lines_.empty();
    for (const LoopStage& stage : loops_.stages) run(stage);
    for (const bool returned : {false, true}) {  // the value that is returned comes last
      for (size_t o = 0; o < entry_.program.outputs.size(); ++o) {
        if (signature_.outputs[o].empty() == returned) output(o);
      }
    }
    if (out_.needs.wide) {
      out_.text.insert(
          0, "  using " + names_.wide + " = " + names_.runtime + "::wide<" + names_.scalar + ">;\n");
      for (const std::string& f : out_.needs.on_lanes) {  // of numbers too
        if (!runs_on_lanes(f)) out_.needs.std_functions.insert(f);
      }
    }
    return std::move(out_);
  }

 private:
  // ---- names ----

  // In a position: integers stay what they are. Along a cut axis loops run over a block.
  std::string atom(Ref r) {
    if (cut_ && r == cut_) return names_.count;
    return name_of(r);
  }

  // The same where no axis is cut.
  AtomText names_outside() {
    return {[this](Ref r) { return name_of(r); }, names_.spelling};
  }

  std::string name_of(Ref r) {
    if (ctx_.kind(r) == Kind::let) return lets_.at(r);
    if (ctx_.kind(r) == Kind::entry) return entry_at(r, false);
    out_.used.insert(r);
    return names_.symbols.at(r);
  }

  std::string number(Ref r) {
    if (ctx_.kind(r) == Kind::entry) return entry_at(r, true);
    std::string text = name_of(r);
    if (ctx_.kind(r) == Kind::let) return text;
    const bool dim = ctx_.symbol(r).role == Role::extent;
    if (dim) return names_.spelling.to_number(text, names_.scalar);
    return is_integer_data(ctx_, entry_, r) ? names_.spelling.data_to_number(text, names_.scalar) : text;
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

  std::string entry_text(Ref r, std::vector<std::string> at, bool as_number) {
    const std::vector<Ref> extents = ctx_.shape_of(r).extents;
    const bool whole = storage_.blocks.count(r) == 0;
    for (size_t k = 0; cut_ && whole && k < at.size(); ++k) {
      if (extents[k] == cut_) at[k] = names_.start + " + " + at[k];
    }
    const std::string text = pointer(r) + "[" + place(extents, at, whole) + "]";
    const bool integer = as_number && ctx_.kind(r) == Kind::symbol && is_integer_data(ctx_, entry_, r);
    return integer ? names_.spelling.data_to_number(text, names_.scalar) : text;
  }

  // Row-major.
  std::string place(const std::vector<Ref>& extents, const std::vector<std::string>& at, bool whole) {
    std::string out;
    for (size_t k = 0; k < at.size(); ++k) {
      if (k == 0) {
        out = at[0];
        continue;
      }
      const std::string before = out.find(' ') == std::string::npos ? out : "(" + out + ")";
      out = before + " * " +
            (whole ? whole_extent(extents[k]) : index_text(ctx_, extents[k], style_.atom, true)) + " + " +
            at[k];
    }
    return out.empty() ? "0" : out;
  }

  // The entry that loops meet first: where an axis is cut, that of the block.
  std::string first_entry(Ref r) {
    const std::vector<Ref> extents = ctx_.shape_of(r).extents;
    const bool whole = storage_.blocks.count(r) == 0;
    for (size_t k = 0; cut_ && whole && k < extents.size(); ++k) {
      if (extents[k] != cut_) continue;
      const std::string step = step_along(r, k);
      return pointer(r) + " + " + names_.start + (step == "1" ? "" : " * " + step);
    }
    return pointer(r);
  }

  std::string step_along(Ref r, size_t axis) {
    const std::vector<Ref> extents = ctx_.shape_of(r).extents;
    const Ref step =
        ctx_.product(std::vector<Ref>(extents.begin() + static_cast<ptrdiff_t>(axis) + 1, extents.end()));
    return storage_.blocks.count(r) == 0 ? whole_extent(step) : index_text(ctx_, step, style_.atom, true);
  }

  // ---- statements ----

  void run(const LoopStage& stage) {
    cut_ = stage.extent;
    out_.needs.count.cut(cut_);
    std::string loops, after;
    const std::string inside = cut_ ? "    " : "  ";
    for (const LoopGroup& group : stage.groups) {
      if (group.shares) {
        shared(group, inside, loops, after);
      } else {
        let(group.steps[0], inside, loops);
      }
      if (!cut_) {
        out_.text += std::exchange(loops, {});
        out_.text += std::exchange(after, {});
      }
    }
    if (!cut_) return;
    out_.needs.count.cut({});
    const std::string extent = whole_extent(std::exchange(cut_, Ref{})), start = names_.start,
                      turns = std::to_string(block_turns), rest = extent + " - " + start;
    append_wrapped(out_.text, "  ",
                   "for (" + style_.integer() + " " + start + " = 0; " + start + " < " + extent + "; " +
                       start + " += " + turns + ") {");
    append_wrapped(out_.text, "    ",
                   "const " + style_.integer() + " " + names_.count + " = " + rest + " < " + turns + " ? " +
                       rest + " : " + turns + ";");
    out_.text += loops + "  }\n" + after;
  }

  // An extent where no axis is cut.
  std::string whole_extent(Ref e) { return index_text(ctx_, e, names_outside(), true); }

  // Names for all that is stored, then the loops.
  void shared(const LoopGroup& group, const std::string& inside, std::string& loops, std::string& after) {
    const size_t noted = out_.steps.size();
    for (const LoopStep& s : group.steps) {
      if (s.is_local) continue;
      const bool scalar = ctx_[s.name].shape == scalar_shape;
      const std::string name = scalar ? names_.scalars.at(scalars_++) : array_name(s.name);
      const bool appended = !lines_.empty() && name == signature_.matrix;
      append_formula(s, appended ? "a diagonal of " + name : name, cut_ ? loops : out_.text, inside);
      if (scalar) parts_[s.name] = names_.parts.at(scalars_ - 1);
      lets_[s.name] = name;
    }
    GroupTargets targets;
    targets.entry = [this](Ref r, const std::vector<std::string>& at) { return entry_text(r, at, false); };
    targets.scalar = [this](Ref r) { return lets_.at(r); };
    targets.parts = [this](Ref r) { return parts_.at(r); };
    targets.is_added = [this](Ref r) {
      const auto at = storage_.places.find(r);
      return at != storage_.places.end() && !at->second.in_work &&
             at->second.output < signature_.added.size() && signature_.added[at->second.output];
    };
    if (const auto l = lines_.find(&group); l != lines_.end()) targets.lines = l->second;
    const GroupCode code =
        group_code(ctx_, style_, out_.needs, nests_, group, targets, temporaries_, "  ", inside);
    note_how(noted, code.loops);
    out_.in_place = out_.in_place && code.appends;
    out_.text += code.before;
    loops += code.loops;
    after += code.after;
  }

  void let(const LoopStep& l, const std::string& inside, std::string& loops) {
    if (lets_.count(l.name) != 0) return;  // a call has computed it with something else
    const bool scalar = ctx_[l.name].shape == scalar_shape;
    const std::string name = scalar ? names_.scalars.at(scalars_++) : array_name(l.name);
    append_formula(l, name, loops, inside);
    lets_[l.name] = name;
    const size_t noted = out_.steps.size() - 1, before = loops.size();
    compute(l, name, inside, loops);
    note_how(noted, loops.substr(before));
  }

  void compute(const LoopStep& l, const std::string& name, const std::string& inside, std::string& loops) {
    const bool scalar = ctx_[l.name].shape == scalar_shape;
    const NestCode::Target entry = [this, r = l.name](const std::vector<std::string>& at) {
      return entry_text(r, at, false);
    };
    if (l.nest && l.nest->gathering == Gathering::sum && !scalar) {
      const bool adds = cut_ && sums_along(ctx_, l, cut_);
      if (adds) clear(l, name, false);
      const ProductText product{style_, out_.needs, [this](Ref r) { return first_entry(r); },
                                [this](Ref r, size_t axis) { return step_along(r, axis); }};
      if (const auto call = product_code(ctx_, *l.nest, nests_, l.name, adds, product))
        return append_wrapped(loops, inside, *call);
      loops += sum_code(ctx_, style_, out_.needs, nests_, *l.nest, entry, adds, temporaries_, inside);
    } else if (l.nest) {
      if (cut_ && sums_along(ctx_, l, cut_)) {
        clear(l, name, true);
        loops += nests_.add(
            *l.nest, [&name](const auto&) { return name; }, inside);
      } else {
        loops += scalar ? nests_.scalar(*l.nest, name, inside) : nests_.fill(*l.nest, entry, inside);
      }
    } else if (l.without) {
      append_wrapped(
          loops, inside,
          runtime_call(names_.spelling.is_c() ? "products_one_by_one" : "products_without",
                       {extent(l.name, 0)}, false, {text_of(l.name, 0), pointer(l.without), name}) +
              ";");
    } else if (l.solve) {
      append_wrapped(loops, inside, solve(l));
    } else if (l.is_factored) {
      const std::string sum = with_log_determinant(l);
      const Ref matrix = ctx_.operands(l.value)[0];
      const bool definite = is_declared_definite(ctx_, matrix);
      if (definite) definite_.insert(l.name);
      append_wrapped(loops, inside,
                     (sum.empty() ? "" : "const " + names_.scalar + " " + sum + " = ") +
                         runtime_call("factors", {extent(matrix, 0)}, definite,
                                      {text_of(matrix, 0), pointer(matrix), name}) +
                         ";");
    } else if (only_places(ctx_, l.value)) {
      loops += place_code(ctx_, l.value, style_, nests_, entry, inside);
      count_places(ctx_, l.value, out_.needs.count);
    } else {
      const auto at = storage_.scratch.find(l.name);
      const std::string scratch = at == storage_.scratch.end() ? "" : work_at(at->second);
      CallText text{style_, out_.needs, [this](Ref r) { return pointer(r); }, with_log_determinant(l)};
      loops += call_code(ctx_, l.value, name, scratch, text, inside);
    }
  }

  Ref extent(Ref array, size_t axis) const { return ctx_.shape_of(array).extents[axis]; }

  std::string text_of(Ref array, size_t axis) {
    return index_text(ctx_, extent(array, axis), style_.atom, false);
  }

  // `sizes` and `definite`: as runtime_count() has them.
  std::string runtime_call(const std::string& function, const std::vector<Ref>& sizes, bool definite,
                           const std::vector<std::string>& arguments) {
    out_.needs.runtime.insert(function);
    out_.needs.count.add_call(ctx_, names_.spelling.calls_of(names_.runtime) + function,
                              runtime_count(ctx_, function, sizes, definite));
    std::string out = style_.call(function);
    for (size_t k = 0; k < arguments.size(); ++k) out += (k > 0 ? ", " : "") + arguments[k];
    return out + ")";
  }

  std::string solve(const LoopStep& l) {
    const bool columns = ctx_.shape_of(l.name).order() == 2;
    std::vector<std::string> list{text_of(l.name, 0), pointer(l.solve->inverse),
                                  l.solve->transposed ? "true" : "false"};
    std::vector<Ref> sizes{extent(l.name, 0)};
    if (columns) {
      sizes.push_back(extent(l.name, 1));
      list.push_back(text_of(l.name, 1));
    }
    list.insert(list.end(), {pointer(l.solve->right), lets_.at(l.name)});
    return runtime_call(columns ? "solve_columns" : "solve", sizes, definite_.count(l.solve->inverse) != 0,
                        list) +
           ";";
  }

  // A name for the log-determinant of the matrix that is inverted, if that is wanted too.
  std::string with_log_determinant(const LoopStep& l) {
    if (ctx_.kind(l.value) != Kind::matpow || ctx_.operands(l.value)[1] != minus_one) return "";
    const Ref matrix = ctx_.operands(l.value)[0];
    for (const LoopStage& stage : loops_.stages) {
      for (const LoopGroup& group : stage.groups) {
        const LoopStep& s = group.steps[0];
        const bool wanted = !s.nest && s.value && ctx_.kind(s.value) == Kind::function &&
                            ctx_.function_of(s.value) == Fn::logdet && ctx_.operands(s.value)[0] == matrix;
        if (wanted) return lets_[s.name] = names_.scalars.at(scalars_++);
      }
    }
    return "";
  }

  // Before the blocks of a sum are added up.
  void clear(const LoopStep& l, const std::string& name, bool scalar) {
    const std::string nothing = cpp_number(0, names_.scalar).text;
    if (scalar) return append_wrapped(out_.text, "  ", names_.scalar + " " + name + " = " + nothing + ";");
    const std::string size = index_text(ctx_, entry_count(ctx_, ctx_[l.name].shape), names_outside(), true);
    const std::string& i = names_.labels[0];
    append_wrapped(out_.text, "  ",
                   "for (" + style_.integer() + " " + i + " = 0; " + i + " < " + size + "; ++" + i + ") " +
                       name + "[" + i + "] = " + nothing + ";");
  }

  std::string work_at(Ref offset) {
    if (offset == zero) return names_.work;
    return names_.work + " + " + index_text(ctx_, offset, names_outside(), false);
  }

  // The name of an array, declared if it lies in the workspace.
  std::string array_name(Ref let) {
    const Storage::Location& p = storage_.places.at(let);
    if (!p.in_work && entry_.program.outputs[p.output].is_diagonal && !lines_.empty())
      return signature_.matrix;
    if (!p.in_work) return signature_.outputs[p.output];
    std::string name = names_.arrays.at(arrays_++);
    append_wrapped(out_.text, "  ", names_.scalar + "* const " + name + " = " + work_at(p.offset) + ";");
    return name;
  }

  // "m2 = X'*m1", where it is short; what has no name is written out.
  std::string formula(const LoopStep& l, const std::string& name) {
    constexpr size_t longest = 80, most_nodes = 100;
    if (!l.value) return {};
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
        if (ctx_.kind(r) == Kind::let) return {};
      }
      const std::string text = print(ctx_, value) + (l.is_factored ? ", as factors" : "");
      return text.size() <= longest ? name + " = " + text : "";
    } catch (const Failure&) {  // a comment less
      return {};
    }
  }

  // The formula as a comment, and the step in the report.
  void append_formula(const LoopStep& l, const std::string& name, std::string& out,
                      const std::string& indent) {
    const std::string text = formula(l, name);
    if (!text.empty()) out += indent + "// " + text + "\n";
    const Ref turns = l.nest ? ctx_.product(loop_extents(*l.nest)) : Ref{};
    out_.steps.push_back({text.empty() ? name : text, turns, {}});
  }

  // In the report: how the steps from `first` on are computed, by their text.
  void note_how(size_t first, const std::string& code) {
    std::string how;
    const size_t call = code.find(names_.spelling.calls_of(names_.runtime));
    if (code.find("<" + names_.wide + ">") != std::string::npos) {
      how = "in vectors";
    } else if (call != std::string::npos && code.find("for (") == std::string::npos) {
      how = "by " + code.substr(call, code.find_first_of("<(", call) - call);
    }
    for (size_t k = first; k < out_.steps.size(); ++k) out_.steps[k].how = how;
  }

  void output(size_t o) {
    const TensorOutput& output = entry_.program.outputs[o];
    const std::string& name = signature_.outputs[o];
    if (storage_.direct[o] || (output.is_diagonal && !lines_.empty())) return;
    const auto nest = make_nest(ctx_, output.value);
    if (output.shape == scalar_shape) {
      out_.text += nests_.statement(*nest, name.empty() ? "return " : "*" + name + " = ", "  ");
    } else {
      const std::vector<Ref> extents = ctx_.shape(output.shape).extents;
      const auto entry = [&](const std::vector<std::string>& at) {
        return name + "[" + place(extents, at, true) + "]";
      };
      out_.text += nests_.fill(*nest, entry, "  ");
    }
  }

  Context& ctx_;
  const TensorEntry& entry_;
  const TensorSignature& signature_;
  const TensorNames& names_;
  bool in_place_;  // whether numbers of a compressed matrix may be appended
  TensorCode out_;
  NestStyle style_;
  NestCode nests_;
  LoopProgram loops_;
  Ref cut_;  // the extent of the axis whose blocks are being written
  Storage storage_;
  LineLoops lines_;
  std::unordered_set<Ref> definite_;  // lets that hold the factors of a matrix that is declared so
  std::unordered_map<Ref, std::string> lets_, parts_;
  size_t arrays_ = 0, scalars_ = 0, temporaries_ = 0;
};

}  // namespace

TensorCode loop_code(Context& ctx, const TensorEntry& entry, const TensorSignature& signature,
                     const TensorNames& names) {
  TensorCode code = LoopWriter(ctx, entry, signature, names, true).run();
  const bool done = entry.matrix.blocks.empty() || code.in_place;
  return done ? code : LoopWriter(ctx, entry, signature, names, false).run();
}

}  // namespace nabla
