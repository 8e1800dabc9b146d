#include "codegen/sum_code.h"

#include <algorithm>

#include "codegen/cpp_number.h"
#include "codegen/emit.h"
#include "codegen/formula_code.h"
#include "codegen/group_code.h"
#include "codegen/hoist.h"
#include "codegen/wide_code.h"
#include "expr/substitute.h"

namespace nabla {
namespace {

bool is_in_condition(const Nest& nest, Label l) {
  return std::any_of(nest.conditions.begin(), nest.conditions.end(), [&](const NestCondition& c) {
    return std::any_of(c.guard.terms.begin(), c.guard.terms.end(),
                       [&](const auto& t) { return t.first == l; });
  });
}

class SumWriter {
 public:
  SumWriter(Context& ctx, const NestStyle& style, CodeNeeds& needs, NestCode& nests, const Nest& nest,
            const NestCode::Target& target, bool adds, size_t temporaries, std::string indent)
      : ctx_(ctx),
        style_(style),
        needs_(needs),
        nests_(nests),
        nest_(nest),
        target_(target),
        adds_(adds),
        temporaries_(temporaries),
        inner_(innermost_label(nest, false).label),
        outside_(indent.size()),
        indent_(std::move(indent)) {}

  std::string run() {
    const bool axis = inner_ < nest_.outputs;
    for (Label l = 0; l < nest_.outputs; ++l) {
      if (l != inner_) order_.push_back(l);
    }
    const size_t fixed = fixed_ = order_.size();
    for (auto l = static_cast<Label>(nest_.outputs); l < nest_.extents.size(); ++l) {
      if (l != inner_) order_.push_back(l);
    }
    order_.push_back(inner_);
    hoist();
    outside_costs_.resize(order_.size());
    if (goes_wide()) wide_.emplace(ctx_, style_, needs_, nests_, inner_);
    outer(0);
    outermost_ = temporaries_;
    for (size_t k = 0; k < fixed; ++k) {
      open(nests_.loop(nest_.extents[order_[k]], order_[k]));
      outer(k + 1);
    }
    if (axis) {
      side_by_side(fixed);
    } else {
      in_lanes(fixed);
    }
    close(outside_);
    return std::move(out_);
  }
  // Of what run() has written.
  void count() const {
    const bool axis = inner_ < nest_.outputs;
    for (size_t depth = 0; depth < outside_costs_.size(); ++depth) {
      Turns turns;
      for (size_t k = 0; k < depth; ++k) turns.factors.push_back(nest_.extents[order_[k]]);
      turns.at_most = !nest_.conditions.empty();
      if (axis && depth > fixed_) {
        turns.factors.push_back(style_.lanes_of.empty() ? chunks() : nest_.extents[inner_]);
        turns.at_most = turns.at_most || !style_.lanes_of.empty();
      }
      needs_.count.add(ctx_, outside_costs_[depth], turns);
    }
    Cost cost = cost_;
    ++cost.operations;
    needs_.count.add(ctx_, cost, turns_of(ctx_, nest_));
  }
  // How many of them stand outside all loops, with those before.
  size_t temporaries() const { return outermost_; }
  bool has_constants() const { return has_constants_; }

 private:
  void line(const std::string& text) { append_wrapped(out_, indent_, text); }
  void open(const std::string& head) {
    line(head + " {");
    indent_ += "  ";
  }
  void close(size_t to) {
    while (indent_.size() > to) {
      indent_.resize(indent_.size() - 2);
      out_ += indent_ + "}\n";
    }
  }
  std::string label(Label l) const { return style_.labels.at(l); }
  std::string extent() const { return index_text(ctx_, nest_.extents[inner_], style_.atom, true); }
  std::string nothing() const { return cpp_number(0, style_.scalar).text; }
  std::string entry() const {
    std::vector<std::string> positions;
    for (Label l = 0; l < nest_.outputs; ++l) positions.push_back(label(l));
    return target_(positions);
  }
  void store(const std::string& value) { line(entry() + (adds_ ? " += " : " = ") + value + ";"); }

  std::string counted(const std::string& name, const std::string& first, const std::string& end) const {
    return "for (" + style_.integer() + " " + name + " = " + first + "; " + name + " < " + end + "; ++" +
           name + ")";
  }

  // ---- what leaves the inner loops ----

  void hoist() {
    LoopDepths depths;
    for (const Access& a : nest_.accesses) {
      size_t d = 0;
      for (const Place& p : a.at) d = std::max(d, depth_of(p.label));
      const bool tested = !nest_.tests.empty() && !nests_.guard(nest_, a).empty();
      depths[a.placeholder] = tested ? order_.size() : d;
    }
    for (const NestTest& t : nest_.tests) depths[t.placeholder] = order_.size();
    for (const NestLocal& l : nest_.locals) depths[l.of.placeholder] = order_.size();
    Hoister hoister(ctx_, std::move(depths));
    for (const NestLocal& l : nest_.locals) locals_.push_back({l.of, hoister(l.value)});
    body_ = hoister(nest_.body);
    hoisted_ = hoister.hoisted();
    names_.resize(hoisted_.size());
  }

  // Of what is outside all loops in which the label varies.
  size_t depth_of(Label l) const {
    if (l == no_label) return 0;
    return static_cast<size_t>(std::find(order_.begin(), order_.end(), l) - order_.begin()) + 1;
  }

  // Whether something in deeper loops needs it.
  bool is_needed_below(const Hoisted& h) const {
    const auto in = [&](Ref e) { return contains(ctx_, e, h.placeholder); };
    return in(body_) ||
           std::any_of(locals_.begin(), locals_.end(), [&](const NestLocal& l) { return in(l.value); }) ||
           std::any_of(hoisted_.begin(), hoisted_.end(),
                       [&](const Hoisted& o) { return o.depth > h.depth && in(o.value); });
  }

  void outer(size_t depth) {
    FormulaCode code(ctx_, style_, needs_);
    bool any = false;
    for (const Access& a : nest_.accesses) code.input(a.placeholder, nests_.access(a));
    for (size_t k = 0; k < hoisted_.size(); ++k) {
      const Hoisted& h = hoisted_[k];
      if (h.depth < depth && !names_[k].empty()) code.input(h.placeholder, names_[k]);
      if (h.depth != depth) continue;
      if (is_needed_below(h)) {
        any = true;
        names_[k] = "t" + std::to_string(++temporaries_);
        code.assign("const " + style_.type_of(ctx_, h.value) + " " + names_[k] + " = ", h.value);
      }
      code.define(h.placeholder, h.value);
    }
    if (!any) return;
    out_ += code.text(indent_, temporaries_);
    outside_costs_[depth] = code.cost();
    has_constants_ = has_constants_ || code.has_constants();
  }

  // Whether the innermost loop takes several turns at once.
  bool goes_wide() {
    if (!style_.lanes_of.empty() || style_.spelling.is_c()) return false;
    if (is_in_condition(nest_, inner_) || !reads_widely(nests_, nest_)) return false;
    std::vector<Ref> values{body_};
    for (const NestLocal& l : locals_) values.push_back(l.value);
    return gains_from_width(ctx_, values);
  }

  // ---- loops ----

  // The loops over all summed labels but the innermost; `met` as in open_narrowed.
  void summed_loops(size_t fixed, std::vector<bool>& met) {
    nests_.open_outer_conditions(nest_, met, out_, indent_);
    for (size_t k = fixed; k + 1 < order_.size(); ++k) {
      nests_.open_narrowed(nest_, order_[k], met, out_, indent_);
      outer(k + 1);
    }
  }

  int64_t entries_at_once() const {
    constexpr int64_t in_registers = 4;
    if (!style_.lanes_of.empty()) return in_registers;
    return nest_.outputs > 1 ? 2 * lane_count : lane_count;
  }
  // How often the loops over what is summed run: once for so many entries.
  Ref chunks() const {
    const Ref at_once = ctx_.number(entries_at_once());
    return ctx_.function(Fn::ceil, {ctx_.divide(nest_.extents[inner_], at_once)});
  }

  // Entries along the innermost axis, each with a sum of its own.
  void side_by_side(size_t fixed) {
    if (!style_.lanes_of.empty()) return in_registers(fixed);
    const int64_t lanes = entries_at_once();
    const std::string n = std::to_string(lanes), &p = style_.block;
    const std::string rest = extent() + " - " + p;
    const Ref e = nest_.extents[inner_];
    const bool few = ctx_.is_number(e) && ctx_.value(e) < Rational(lanes);
    const size_t before = indent_.size();
    if (!few) {
      open("for (" + style_.integer() + " " + p + " = 0; " + p + " + " + n + " <= " + extent() + "; " + p +
           " += " + n + ")");
      chunk(fixed, n, n);
      close(before);
    }
    const bool divides = ctx_.is_number(e) && (ctx_.value(e) / Rational(lanes)).is_integer();
    if (divides) return;
    if (few) {
      open("");
      line(style_.spelling.constant() + style_.integer() + " " + p + " = 0;");
      chunk(fixed, n, extent());
    } else {
      const std::string from = style_.integer() + " " + p + " = " + extent() + " - " + extent() + " % " + n +
                               "; " + p + " < " + extent();
      open(style_.spelling.is_c() ? "for (" + from + "; " + p + " += " + n + ")" : "if (const " + from + ")");
      chunk(fixed, n, rest);
    }
    close(before);
  }

  // Where each number is a vector already: few at once, so that they stay in registers, then one by one.
  void in_registers(size_t fixed) {
    const std::string n = std::to_string(entries_at_once()), &p = style_.block;
    const std::string from = "for (" + style_.integer() + " " + p + " = ";
    const size_t before = indent_.size();
    open(from + "0; " + p + " + " + n + " <= " + extent() + "; " + p + " += " + n + ")");
    chunk(fixed, n, n);
    close(before);
    open(from + extent() + " - " + extent() + " % " + n + "; " + p + " < " + extent() + "; ++" + p + ")");
    chunk(fixed, "1", "1");
    close(before);
  }

  void chunk(size_t fixed, const std::string& room, const std::string& turns) {
    const std::string &q = style_.lane, &sums = style_.sum;
    const std::string moved =
        "const " + style_.integer() + " " + label(inner_) + " = " + style_.block + " + " + q + ";";
    line(style_.scalar + " " + sums + "[" + room + "]" + style_.spelling.zeros() + ";");
    const size_t before = indent_.size(), taken = temporaries_;
    const std::vector<std::string> names = names_;
    std::vector<bool> met(nest_.conditions.size());
    summed_loops(fixed, met);
    if (wide_) {
      open(by_width(turns));
      line(moved);
      if (turns != room)
        line("const " + style_.integer() + " " + style_.left + " = " + turns + " - " + q + ";");
      wide_body(sums + "[" + q + "]", turns != room);
    } else {
      open(counted(q, "0", turns));
      line(moved);
      body(sums + "[" + q + "] += ");
    }
    close(before);
    names_ = names;
    temporaries_ = taken;
    open(counted(q, "0", turns));
    line(moved);
    store(sums + "[" + q + "]");
    close(before);
  }

  // One entry, its sum in lanes.
  void in_lanes(size_t fixed) {
    const std::string n = std::to_string(lane_count), &p = style_.block, &q = style_.lane, &sums = style_.sum,
                      i = label(inner_);
    const Ref e = nest_.extents[inner_];
    std::vector<bool> met(nest_.conditions.size());
    const bool few = ctx_.is_number(e) && ctx_.value(e) < Rational(lane_count);
    if (is_in_condition(nest_, inner_) || (few && !wide_)) {
      line(style_.scalar + " " + sums + " = " + nothing() + ";");
      const size_t before = indent_.size();
      summed_loops(fixed, met);
      nests_.open_narrowed(nest_, inner_, met, out_, indent_);
      body(sums + " += ");
      close(before);
      return store(sums);
    }
    const std::string& parts = style_.parts;
    line(style_.scalar + " " + sums + " = " + nothing() + ";");
    line(style_.scalar + " " + parts + "[" + n + "]" + style_.spelling.zeros() + ";");
    const size_t before = indent_.size();
    summed_loops(fixed, met);
    open("for (" + style_.integer() + " " + p + " = 0; " + p + " + " + n + " <= " + extent() + "; " + p +
         " += " + n + ")");
    open(wide_ ? by_width(n) : counted(q, "0", n));
    line("const " + style_.integer() + " " + i + " = " + p + " + " + q + ";");
    if (wide_) {
      wide_body(parts + "[" + q + "]", false);
    } else {
      body(parts + "[" + q + "] += ");
    }
    close(indent_.size() - 4);
    const std::string first = extent() + " - " + extent() + " % " + n;
    if (wide_) {
      open(by_width(extent() + " % " + n));
      line("const " + style_.integer() + " " + i + " = " + first + " + " + q + ", " + style_.left + " = " +
           extent() + " - " + i + ";");
      wide_body(parts + "[" + q + "]", true);
    } else {
      open(counted(i, first, extent()));
      body(sums + " += ");
    }
    close(before);
    for (const int w : {lane_count / 2, lane_count / 4}) {
      const std::string half = std::to_string(w);
      line(counted(q, "0", half) + " " + parts + "[" + q + "] += " + parts + "[" + q + " + " + half + "];");
    }
    line(sums + " += (" + parts + "[0] + " + parts + "[1]) + (" + parts + "[2] + " + parts + "[3]);");
    store(sums);
  }

  std::string by_width(const std::string& turns) const {
    const std::string& q = style_.lane;
    return "for (" + style_.integer() + " " + q + " = 0; " + q + " < " + turns + "; " + q +
           " += " + wide_->width() + ")";
  }

  // Several turns at once, of which all are left or some.
  void wide_body(const std::string& into, bool some) {
    const std::string left = some ? style_.left : "";
    FormulaCode code(ctx_, wide_->style(), needs_);
    size_t taken = temporaries_;
    for (const NestTest& t : nest_.tests) code.input(t.placeholder, wide_->test(t.condition));
    for (const Access& a : nest_.accesses) code.input(a.placeholder, wide_->input(a, left));
    for (size_t k = 0; k < hoisted_.size(); ++k) {
      if (!names_[k].empty()) code.input(hoisted_[k].placeholder, names_[k]);
    }
    for (const NestLocal& l : locals_) code.define(l.of.placeholder, l.value);
    code.assign(wide_->before(true, into), body_, wide_->after(left));
    out_ += code.text(indent_, taken);
    cost_ = code.cost();
  }

  void body(const std::string& left) {
    FormulaCode code(ctx_, style_, needs_);
    size_t taken = temporaries_;
    nests_.inputs(nest_, code, out_, indent_, taken);
    for (size_t k = 0; k < hoisted_.size(); ++k) {
      if (!names_[k].empty()) code.input(hoisted_[k].placeholder, names_[k]);
    }
    for (const NestLocal& l : locals_) code.define(l.of.placeholder, l.value);
    code.assign(left, body_);
    out_ += code.text(indent_, taken);
    cost_ = code.cost();
  }

  Context& ctx_;
  const NestStyle& style_;
  CodeNeeds& needs_;
  NestCode& nests_;
  const Nest& nest_;
  const NestCode::Target& target_;
  bool adds_;
  size_t temporaries_, outermost_ = 0;
  bool has_constants_ = false;
  Label inner_;
  size_t outside_;
  std::string indent_, out_;
  size_t fixed_ = 0;                 // of the loops: those over the other axes of the result
  std::vector<Cost> outside_costs_;  // of what stands inside so many loops, but the innermost
  Cost cost_;                        // of one turn of that
  std::vector<Label> order_;  // of the loops; the innermost label last, though its blocks may be further out
  std::optional<WideCode> wide_;
  std::vector<NestLocal> locals_;
  Ref body_;
  std::vector<Hoisted> hoisted_;
  std::vector<std::string> names_;
};

}  // namespace

InnermostLabel innermost_label(const Nest& nest, bool only_axes) {
  InnermostLabel best;
  bool found = false;
  // Axes from the last, then summed labels from the last: the first of equal ones.
  std::vector<Label> labels;
  for (size_t l = nest.outputs; l-- > 0;) labels.push_back(static_cast<Label>(l));
  for (size_t l = nest.extents.size(); !only_axes && l-- > nest.outputs;)
    labels.push_back(static_cast<Label>(l));
  for (Label l : labels) {
    if (l < nest.outputs && is_in_condition(nest, l)) continue;
    size_t strided = l + 1 < nest.outputs ? 1 : 0;
    for (const Access& a : nest.accesses) {
      bool bad = false;
      for (size_t k = 0; k + 1 < a.at.size(); ++k) bad = bad || a.at[k].label == l;
      strided += bad;
    }
    if (found && strided >= best.strided) continue;
    best = {l, strided};
    found = true;
  }
  if (!found && !only_axes) best.label = static_cast<Label>(nest.extents.size() - 1);
  return best;
}

std::string sum_code(Context& ctx, const NestStyle& style, CodeNeeds& needs, NestCode& nests,
                     const Nest& nest, const NestCode::Target& target, bool adds, size_t& temporaries,
                     const std::string& indent) {
  SumWriter writer(ctx, style, needs, nests, nest, target, adds, temporaries, indent);
  std::string code = writer.run();
  if (!writer.has_constants()) {
    writer.count();
    temporaries = writer.temporaries();
    return code;
  }
  // What the constants are called stays in a block.
  SumWriter inside(ctx, style, needs, nests, nest, target, adds, temporaries, indent + "  ");
  code = indent + "{\n" + inside.run() + indent + "}\n";
  inside.count();
  return code;
}

}  // namespace nabla
