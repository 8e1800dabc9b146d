#include "codegen/group_code.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "codegen/emit.h"
#include "codegen/group_formulas.h"
#include "codegen/inside_turns.h"
#include "codegen/lane_sums.h"
#include "codegen/nest_inline.h"
#include "codegen/tensor_program.h"
#include "expr/substitute.h"

namespace nabla {
namespace {

class GroupWriter {
 public:
  GroupWriter(Context& ctx, const NestStyle& style, CodeNeeds& needs, NestCode& nests, const LoopGroup& group,
              const GroupTargets& targets, size_t& temporaries, std::string indent)
      : ctx_(ctx),
        style_(style),
        needs_(needs),
        nests_(nests),
        group_(group),
        targets_(targets),
        temporaries_(temporaries),
        formulas_(ctx, style, nests, group),
        indent_(std::move(indent)) {}

  GroupCode run(const std::string& inside) {
    if (group_.extents.empty()) return {"", scalars(), ""};
    GroupCode code;
    const std::string outside = indent_;
    formulas_.hoist();
    names_.resize(formulas_.hoisted().size());
    const size_t depth = group_.extents.size();
    const auto last = static_cast<Label>(depth - 1);
    if (goes_wide(last)) wide_.emplace(ctx_, style_, needs_, nests_, last);
    code.before = begin_sums(style_, group_, targets_, in_lanes(), indent_);
    for (const LineStores& s : targets_.lines)
      append_wrapped(code.before, outside, integer() + " " + s.next + " = " + s.before + ";");
    indent_ = inside;
    outer(0);
    for (Label l = 0; l + 1 < depth; ++l) {
      open(nests_.loop(group_.extents[l], l));
      outer(l + 1);
    }
    if (wide_) {
      vectors(last);
    } else {
      innermost(last);
    }
    code.appends = targets_.lines.empty() || !wide_;
    close(indent_.size() - 2 * open_);
    code.loops = std::exchange(out_, {});
    if (in_lanes()) code.after = end_sums(style_, group_, targets_, outside);
    needs_.count.add(ctx_, cost_, {group_.extents, !targets_.lines.empty()});
    return code;
  }

 private:
  using Formula = GroupFormulas::Formula;
  using Decided = GroupFormulas::Decided;

  void line(const std::string& text) { append_wrapped(out_, indent_, text); }
  void open(const std::string& head) {
    line(head + " {");
    indent_ += "  ";
    ++open_;
  }
  void close(size_t to) {
    while (indent_.size() > to) {
      indent_.resize(indent_.size() - 2);
      line("}");
      --open_;
    }
  }
  const std::string& label(Label l) const { return style_.labels.at(l); }
  std::string integer() const { return style_.integer(); }

  bool gathers(const LoopStep& s) const { return s.nest->gathering != Gathering::entry; }
  bool is_sum(const LoopStep& s) const { return s.nest->gathering == Gathering::sum; }
  bool has_sums() const {
    return std::any_of(group_.steps.begin(), group_.steps.end(),
                       [&](const LoopStep& s) { return gathers(s); });
  }

  // ---- scalars ----

  std::string scalars() {
    size_t taken = temporaries_;
    bool constants = false;
    std::string text = scalars(true, indent_, taken, constants);
    if (!constants) {
      temporaries_ = taken;
      return text;
    }
    // What the constants are called stays in a block.
    std::string names;
    for (const LoopStep& s : group_.steps) {
      if (!s.is_local) names += (names.empty() ? "" : ", ") + targets_.scalar(s.name);
    }
    line(style_.scalar + " " + names + ";");
    line("{");
    out_ += scalars(false, indent_ + "  ", taken = temporaries_, constants);
    line("}");
    return std::move(out_);
  }

  std::string scalars(bool declared, const std::string& indent, size_t& taken, bool& constants) {
    FormulaCode code(ctx_, style_, needs_);
    const std::string before = formulas_.inputs(code, {}, {}, taken, indent);
    for (const Formula& f : formulas_.list()) {
      if (f.step != nullptr && !f.step->is_local) {
        const std::string type = declared ? "const " + style_.scalar + " " : "";
        code.assign(type + targets_.scalar(f.step->name) + " = ", f.value);
      }
      if (f.placeholder) code.define(f.placeholder, f.value);
    }
    std::string text = code.text(indent, taken);
    constants = code.has_constants();
    if (constants != declared) needs_.count.add(ctx_, code.cost(), {});
    return before + text;
  }

  // ---- what leaves the inner loops ----

  // The statements for what changes with the labels outside alone.
  void outer(size_t depth) {
    const std::vector<Hoisted>& hoisted = formulas_.hoisted();
    std::vector<size_t> own;
    std::vector<std::string> declarations;
    for (size_t k = 0; k < hoisted.size(); ++k) {
      if (hoisted[k].depth != depth) continue;
      own.push_back(k);
      if (!formulas_.is_needed_below(hoisted[k])) continue;
      names_[k] = "t" + std::to_string(++temporaries_);
      const std::string type = style_.type_of(ctx_, hoisted[k].value);
      declarations.push_back(type + " " + names_[k] + (type == style_.scalar ? ";" : " = false;"));
    }
    if (own.empty()) return;
    for (const bool declared : {true, false}) {
      FormulaCode code(ctx_, style_, needs_);
      size_t taken = temporaries_;
      hoisted_inputs(code, depth, taken);
      for (size_t k : own) {
        const Ref value = hoisted[k].value;
        const std::string type = declared ? "const " + style_.type_of(ctx_, value) + " " : "";
        if (!names_[k].empty()) code.assign(type + names_[k] + " = ", value);
        code.define(hoisted[k].placeholder, value);
      }
      const std::string text = code.text(declared ? indent_ : indent_ + "  ", taken);
      if (declared && code.has_constants()) continue;
      needs_.count.add(ctx_, code.cost(),
                       {{group_.extents.begin(), group_.extents.begin() + static_cast<ptrdiff_t>(depth)}});
      if (declared) {
        out_ += text;
        temporaries_ = taken;
        return;
      }
      for (const std::string& d : declarations) line(d);
      line("{");
      out_ += text;
      line("}");
    }
  }

  void hoisted_inputs(FormulaCode& code, size_t below, size_t& taken) {
    (void)formulas_.inputs(code, formulas_.all_decided(), {}, taken, indent_);
    const std::vector<Hoisted>& hoisted = formulas_.hoisted();
    for (size_t k = 0; k < hoisted.size(); ++k) {
      if (hoisted[k].depth < below && !names_[k].empty()) code.input(hoisted[k].placeholder, names_[k]);
    }
  }

  // ---- loops ----

  bool in_lanes() const {
    const Ref extent = group_.extents.back();
    if (!style_.lanes_of.empty()) return false;  // each number is a vector already
    const bool few = ctx_.is_number(extent) && ctx_.value(extent) < Rational(lane_count);
    return has_sums() && (!few || wide_);
  }

  // Whether the innermost loop takes several turns at once.
  bool goes_wide(Label l) {
    constexpr int few = 4;
    const Ref extent = group_.extents[l];
    if (!style_.lanes_of.empty() || style_.spelling.is_c()) return false;
    if (ctx_.is_number(extent) && ctx_.value(extent) < Rational(few)) return false;
    for (const LoopStep& s : group_.steps) {
      if ((gathers(s) && !is_sum(s)) || !reads_widely(nests_, *s.nest)) return false;
    }
    return gains_from_width(ctx_, formulas_.values());
  }

  void innermost(Label l) {
    const Ref e = group_.extents[l];
    const bool few = ctx_.is_number(e) && ctx_.value(e) < Rational(lane_count);  // no block fits
    const InsideTurns in = few ? InsideTurns() : inside_turns(ctx_, nests_, group_, targets_.lines, l);
    const std::string &p = style_.block, &q = style_.lane, &i = label(l), count = std::to_string(lane_count);
    const std::string extent = index_text(ctx_, e, style_.atom, true);
    const std::string counted =
        "for (" + integer() + " " + q + " = 0; " + q + " < " + count + "; ++" + q + ")";
    const std::string moved = "const " + integer() + " " + i + " = " + p + " + " + q + ";";
    const bool bounded = !in.decided.empty() || (!few && !targets_.lines.empty());
    if (!bounded && !in_lanes()) {
      open(nests_.loop(e, l));
      body({}, "");
      return close(indent_.size() - 2);
    }
    if (!bounded) {
      open("for (" + integer() + " " + p + " = 0; " + p + " + " + count + " <= " + extent + "; " + p +
           " += " + count + ")");
      open(counted);
      line(moved);
      body({}, q);
      close(indent_.size() - 4);
      const std::string rest = extent + " % " + count;
      open("for (" + integer() + " " + i + " = " + extent + " - " + rest + "; " + i + " < " + extent +
           "; ++" + i + ")");
      body({}, "");
      return close(indent_.size() - 2);
    }
    // Turns inside all bounds, as soon as there are some; single turns before and after.
    open("for (" + integer() + " " + p + " = 0; " + p + " < " + extent + "; ++" + p + ")");
    if (!in_lanes() && !targets_.lines.empty()) {
      run_inside(in, l, extent);
    } else {
      open("for (; " + in.holds_block(p, count, extent) + "; " + p + " += " + count + ")");
      open(counted);
      line(moved);
      body(in.decided, in_lanes() ? q : "", true);
      close(indent_.size() - 4);
    }
    line("if (" + p + " == " + extent + ") break;");
    line("const " + integer() + " " + i + " = " + p + ";");
    body({}, "");
    close(indent_.size() - 2);
  }

  // One loop over them, where nothing is summed up in lanes: clang 14 takes pairs of numbers apart, which
  // blocks of a fixed number of turns append, and stores each alone (AVX-512 scatter, 5 times as long).
  void run_inside(const InsideTurns& in, Label l, const std::string& extent) {
    const std::string &p = style_.block, &i = label(l);
    const std::string first = in.has_begun(p);
    std::string end = in.end(extent);
    if (style_.spelling.is_c() && in.ends.size() > 1) {  // which has no std::min
      end = in.ends[0];
      for (size_t k = 1; k < in.ends.size(); ++k) end += " && " + p + " < " + in.ends[k];
    }
    needs_.algorithm = needs_.algorithm || in.ends.size() > 1;
    if (!first.empty()) open("if (" + first + ")");
    open("for (; " + p + " < " + end + "; ++" + p + ")");
    line("const " + integer() + " " + i + " = " + p + ";");
    body(in.decided, "", true);
    close(indent_.size() - (first.empty() ? 2 : 4));
  }

  // Several turns at once, then those that are left.
  void vectors(Label l) {
    const std::string &p = style_.block, &q = style_.lane, &i = label(l), count = std::to_string(lane_count);
    const std::string n = index_text(ctx_, group_.extents[l], style_.atom, true), width = wide_->width();
    const std::string type = "const " + integer() + " ", from = "for (" + integer() + " ";
    const std::string left = type + style_.left + " = " + n + " - " + i + ";";
    const size_t before = indent_.size();
    in_vectors_ = true;
    if (!has_sums()) {
      open(from + i + " = 0; " + i + " + " + width + " <= " + n + "; " + i + " += " + width + ")");
      body({}, "");
      close(before);
      open("if (" + type + i + " = " + n + " - " + n + " % " + width + "; " + i + " < " + n + ")");
      line(left);
    } else {
      open(from + p + " = 0; " + p + " + " + count + " <= " + n + "; " + p + " += " + count + ")");
      open(from + q + " = 0; " + q + " < " + count + "; " + q + " += " + width + ")");
      line(type + i + " = " + p + " + " + q + ";");
      body({}, q);
      close(before);
      open(from + q + " = 0; " + q + " < " + n + " % " + count + "; " + q + " += " + width + ")");
      line(type + i + " = " + n + " - " + n + " % " + count + " + " + q + ", " + style_.left + " = " + n +
           " - " + i + ";");
    }
    left_ = style_.left;
    body({}, q);
    left_.clear();
    in_vectors_ = false;
    close(before);
  }

  // One turn of the loops, with what is known of the tests; sums go to this part. `whole_lines`: no line of
  // the matrix lacks a number.
  void body(const Decided& decided, const std::string& part, bool whole_lines = false) {
    FormulaCode code(ctx_, in_vectors_ ? wide_->style() : style_, needs_);
    size_t taken = temporaries_;
    out_ += formulas_.inputs(code, decided, {in_vectors_ ? &*wide_ : nullptr, left_}, taken, indent_);
    const std::vector<Hoisted>& hoisted = formulas_.hoisted();
    for (size_t k = 0; k < hoisted.size(); ++k) {
      if (!names_[k].empty()) code.input(hoisted[k].placeholder, names_[k]);
    }
    std::vector<std::string> positions;
    for (Label l = 0; l < group_.extents.size(); ++l) positions.push_back(label(l));
    std::unordered_map<Ref, Ref> values;  // of what is appended
    uint64_t added = 0;                   // to sums
    bool conditional = false;
    for (const Formula& f : formulas_.list()) {
      const Ref value = substitute(ctx_, f.value, decided);
      if (f.step != nullptr && is_appended(targets_.lines, f.step->name)) {
        values[f.step->name] = value;
        continue;
      }
      if (f.step != nullptr && gathers(*f.step)) {
        const std::string into =
            part.empty() ? targets_.scalar(f.step->name) : targets_.parts(f.step->name) + "[" + part + "]";
        assign(code, into, is_sum(*f.step) ? " += " : " *= ", value);
        ++added;
        continue;
      }
      if (f.step != nullptr && !f.step->is_local) {
        const std::string entry = targets_.entry(f.step->name, positions);
        if (targets_.is_added(f.step->name)) {
          conditional = add_where(code, entry, value, decided) || conditional;
        } else {
          assign(code, entry, " = ", value);
        }
      }
      if (f.placeholder) code.define(f.placeholder, value);
    }
    for (const LineStores& s : targets_.lines) s.append(code, values, positions.back(), whole_lines);
    out_ += code.text(indent_, taken);
    cost_ = code.cost();
    cost_.operations += added;
    cost_.has_branches = cost_.has_branches || conditional;
  }

  // To a sum nothing is added where a condition leaves 0: whether there is one. `decided`: tests whose
  // outcome is known.
  bool add_where(FormulaCode& code, const std::string& entry, Ref value, const Decided& decided) const {
    const std::vector<Formula>& all = formulas_.list();
    for (size_t k = all.size(); k-- > 0;) {  // what is computed here, the last first
      if (!all[k].placeholder) continue;
      const Ref computed = substitute(ctx_, all[k].value, decided);
      if (computed == value) continue;
      const std::pair<Ref, Ref> local{all[k].placeholder, computed};
      value = substitute(ctx_, value, {&local, 1});
    }
    for (const LoopStep& s : group_.steps) {
      for (const NestTest& t : s.nest->tests) {
        const std::pair<Ref, Ref> no{t.placeholder, ctx_.truth(false)}, yes{t.placeholder, ctx_.truth(true)};
        if (substitute(ctx_, value, {&no, 1}) != zero) continue;
        code.assign("if (" + nests_.test(t.condition) + ") " + entry + " = ",
                    substitute(ctx_, value, {&yes, 1}));
        return true;
      }
    }
    code.assign(entry + " = ", value);
    return false;
  }

  void assign(FormulaCode& code, const std::string& into, const std::string& sign, Ref value) const {
    if (in_vectors_) {
      code.assign(wide_->before(sign == " += ", into), value, wide_->after(left_));
    } else {
      code.assign(into + sign, value);
    }
  }

  Context& ctx_;
  const NestStyle& style_;
  CodeNeeds& needs_;
  NestCode& nests_;
  const LoopGroup& group_;
  const GroupTargets& targets_;
  size_t& temporaries_;
  GroupFormulas formulas_;
  std::string indent_, out_;
  size_t open_ = 0;
  std::optional<WideCode> wide_;
  bool in_vectors_ = false;         // what is being written
  std::string left_;                // of the turns, where they may be fewer than a vector holds
  std::vector<std::string> names_;  // of what was hoisted
  Cost cost_;                       // of the innermost loop, a turn that no test spares
};

}  // namespace

GroupCode group_code(Context& ctx, const NestStyle& style, CodeNeeds& needs, NestCode& nests,
                     const LoopGroup& group, const GroupTargets& targets, size_t& temporaries,
                     const std::string& outside, const std::string& inside) {
  return GroupWriter(ctx, style, needs, nests, group, targets, temporaries, outside).run(inside);
}

}  // namespace nabla
