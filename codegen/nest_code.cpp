#include "codegen/nest_code.h"

#include <algorithm>

#include "codegen/cpp_number.h"
#include "codegen/emit.h"
#include "codegen/formula_code.h"
#include "codegen/nest_inline.h"
#include "codegen/tensor_program.h"
#include "expr/diagnostic.h"
#include "expr/program.h"

namespace nabla {
namespace {

const char* spelled(Relation r) {
  constexpr const char* all[] = {" < ", " <= ", " == ", " != "};
  return all[static_cast<size_t>(r)];
}

int64_t coefficient_of(const NestCondition& c, Label l) {
  for (const auto& [label, k] : c.guard.terms) {
    if (label == l) return k;
  }
  return 0;
}

// The same condition, an equation, with other signs.
NestCondition negated(Context& ctx, NestCondition c) {
  for (auto& term : c.guard.terms) term.second = -term.second;
  c.offset = ctx.subtract(zero, c.offset);
  return c;
}

// The last label of a condition, in the order of the loops; false if it has none.
bool last_label(const NestCondition& c, Label& last) {
  if (c.guard.terms.empty()) return false;
  last = c.guard.terms[0].first;
  for (const auto& t : c.guard.terms) last = std::max(last, t.first);
  return true;
}

}  // namespace

std::string NestStyle::type_of(const Context& ctx, Ref value) const {
  const Kind k = ctx.kind(value);
  if (k < Kind::truth || k > Kind::connective) return scalar;
  return lanes_of.empty() ? "bool" : "typename " + scalar + "::mask";
}

std::string NestCode::number(int64_t v) const { return cpp_number(v, style_.scalar).text; }

std::string NestCode::position(Ref index) const {
  if (is_index(ctx_, index)) return index_text(ctx_, ctx_.subtract(index, one), style_.atom, false);
  return index_text(ctx_, index, style_.atom, true) + " - 1";
}

// ---- the formula ----

std::string NestCode::place(const Place& p) const {
  if (p.label == no_label) return index_text(ctx_, p.offset, style_.atom, false);
  if (p.offset == zero) return label(p.label);
  if (!ctx_.is_number(p.offset) || ctx_.value(p.offset).sign() > 0)
    return label(p.label) + " + " + index_text(ctx_, p.offset, style_.atom, true);
  return label(p.label) + " - " + ctx_.value(p.offset).abs().to_string();
}

std::string NestCode::access(const Access& a) const {
  if (is_structural(ctx_, a.array, Structural::iota)) {
    return style_.spelling.to_number(place({a.at[0].label, ctx_.add(a.at[0].offset, one)}), style_.scalar);
  }
  if (a.at.empty()) return style_.number(a.array);
  std::vector<std::string> positions;
  for (const Place& p : a.at) positions.push_back(place(p));
  return style_.entry(a.array, positions);
}

std::optional<std::string> NestCode::address(const Access& a) const {
  if (is_structural(ctx_, a.array, Structural::iota) || a.at.empty()) return {};
  std::vector<std::string> positions;
  for (const Place& p : a.at) positions.push_back(place(p));
  std::string text = style_.position(a.array, positions);
  if (text != style_.entry(a.array, positions)) return {};
  return text;
}

std::string NestCode::guard(const Nest& nest, const Access& a) const {
  if (is_structural(ctx_, a.array, Structural::iota)) return "";
  std::string out;
  for (size_t k = 0; k < a.at.size(); ++k) {
    const Ref extent = ctx_.shape_of(a.array).extents[k];
    const Place& p = a.at[k];
    if (is_surely_inside(ctx_, nest, p, extent)) continue;
    const std::string at = place(p);
    const auto also = [&](const std::string& text) { out += (out.empty() ? "" : " && ") + text; };
    if (!is_surely_nonnegative(ctx_, p.offset)) also(at + " >= 0");
    const Ref room =
        ctx_.subtract(extent, ctx_.add(p.offset, p.label == no_label ? one : nest.extents[p.label]));
    if (!is_surely_nonnegative(ctx_, room)) also(at + " < " + index_text(ctx_, extent, style_.atom, true));
  }
  return out;
}

void NestCode::inputs(const Nest& nest, FormulaCode& code, std::string& out, const std::string& indent,
                      size_t& temporaries) const {
  for (const NestTest& t : nest.tests) code.input(t.placeholder, "(" + test(t.condition) + ")");
  for (const Access& a : nest.accesses) {
    std::string text = access(a);
    const std::string outside = nest.tests.empty() ? "" : guard(nest, a);
    if (!outside.empty()) {
      const std::string name = "t" + std::to_string(++temporaries);
      append_wrapped(
          out, indent,
          "const " + style_.scalar + " " + name + " = " + outside + " ? " + text + " : " + number(0) + ";");
      text = name;
    }
    code.input(a.placeholder, std::move(text));
  }
}

std::string NestCode::body(const Nest& nest, const std::string& left, const std::string& indent) {
  FormulaCode code(ctx_, style_, needs_);
  size_t taken = 0;
  std::string out;
  inputs(nest, code, out, indent, taken);
  for (const NestLocal& l : nest.locals) code.define(l.of.placeholder, l.value);
  code.assign(left, nest.body);
  out += code.text(indent, taken);
  cost_ = code.cost();
  return out;
}

// The formula that was written last, in the loops of its nest.
void NestCode::count(const Nest& nest) {
  if (nest.gathering != Gathering::entry) ++cost_.operations;
  needs_.count.add(ctx_, cost_, turns_of(ctx_, nest));
}

// ---- conditions ----

// Labels and offset without one label: what it is compared with. Signs as they stand.
std::string NestCode::linear(const NestCondition& c, Label without) const {
  std::string out;
  const auto append = [&](bool negative, const std::string& text) {
    if (out.empty()) {
      out = (negative ? "-" : "") + text;
    } else {
      out += (negative ? " - " : " + ") + text;
    }
  };
  int64_t sum = 0;  // labels are counted from 1 in conditions and from 0 here
  for (const auto& [l, k] : c.guard.terms) {
    sum += k;
    if (l == without) continue;
    const std::string name = label(l);
    append(k < 0, (k == 1 || k == -1 ? "" : std::to_string(std::abs(k)) + " * ") + name);
  }
  if (!is_index(ctx_, c.offset)) {
    append(false, index_text(ctx_, c.offset, style_.atom, true));
    if (sum != 0) append(sum < 0, std::to_string(std::abs(sum)));
    return out;
  }
  const Ref rest = ctx_.add(c.offset, ctx_.number(sum));
  if (rest == zero && !out.empty()) return out;
  if (ctx_.is_number(rest)) {
    append(ctx_.value(rest).sign() < 0, ctx_.value(rest).abs().to_string());
    return out;
  }
  const std::string text = index_text(ctx_, rest, style_.atom, !out.empty());
  append(false, text);
  return out;
}

std::string NestCode::condition(const NestCondition& c) const {
  return linear(c, ~Label{0}) + spelled(c.guard.relation) + "0";
}

std::optional<NestCode::Bounds> NestCode::bounds(const NestCondition& c, Label l) const {
  if (c.guard.terms.size() != 1 || c.guard.terms[0].first != l || !is_index(ctx_, c.offset)) return {};
  const int64_t k = c.guard.terms[0].second;
  if ((k != 1 && k != -1) || c.guard.relation > Relation::less_equal) return {};
  const bool strict = c.guard.relation == Relation::less;
  const auto text = [&](Ref e) { return index_text(ctx_, e, style_.atom, true); };
  if (k == 1) {  // label <= -offset, counted from 1
    const Ref end = ctx_.subtract(zero, c.offset);
    return Bounds{"", text(strict ? ctx_.subtract(end, one) : end)};
  }
  const Ref first = ctx_.subtract(c.offset, one);
  return Bounds{text(strict ? ctx_.add(first, one) : first), ""};
}

std::string NestCode::test(const NestCondition& c) const {
  const auto& terms = c.guard.terms;
  if (terms.empty() || !is_index(ctx_, c.offset)) return condition(c);
  const auto [l, k] = terms[0];
  const bool pair = terms.size() == 2 && terms[1].second == -k;
  if ((k != 1 && k != -1) || !(terms.size() == 1 || pair)) return condition(c);
  // k*(label + 1) + rest RELATION 0
  Ref rest = k == 1 ? ctx_.subtract(zero, c.offset) : c.offset;
  if (!pair) rest = ctx_.subtract(rest, one);
  constexpr const char* above[] = {" < ", " <= ", " == ", " != "};
  constexpr const char* below[] = {" > ", " >= ", " == ", " != "};
  const char* relation = (k == 1 ? above : below)[static_cast<size_t>(c.guard.relation)];
  if (!pair) return label(l) + relation + index_text(ctx_, rest, style_.atom, false);
  return label(l) + relation + place({terms[1].first, rest});
}

// ---- loops ----

std::string NestCode::loop(Ref extent, Label l) const {
  return "for (" + style_.integer() + " " + label(l) + " = 0; " + label(l) + " < " +
         index_text(ctx_, extent, style_.atom, true) + "; ++" + label(l) + ")";
}

void NestCode::open(std::string& out, std::string& indent, const std::string& head) const {
  append_wrapped(out, indent, head + (head.empty() ? "{" : " {"));
  indent += "  ";
}

void NestCode::close(std::string& out, std::string& indent, size_t depth) const {
  while (indent.size() > depth) {
    indent.resize(indent.size() - 2);
    out += indent + "}\n";
  }
}

// The loop over l, within what the conditions that end with l leave of its range.
void NestCode::open_narrowed(const Nest& nest, Label l, std::vector<bool>& met, std::string& out,
                             std::string& indent) {
  const std::string name = label(l), extent = index_text(ctx_, nest.extents[l], style_.atom, true);
  std::vector<std::string> lower, upper, inside;
  std::string fixed;
  for (size_t k = 0; k < nest.conditions.size(); ++k) {
    const NestCondition& c = nest.conditions[k];
    Label last = 0;
    if (met[k] || !last_label(c, last) || last != l) continue;
    met[k] = true;
    const int64_t own = coefficient_of(c, l);
    const bool order = c.guard.relation <= Relation::less_equal;
    if (order && own > 0) {
      upper.push_back(condition(c));
    } else if (order && own == -1) {
      lower.push_back(linear(c, l) + (c.guard.relation == Relation::less ? " + 1" : ""));
    } else if (c.guard.relation == Relation::equal && fixed.empty()) {
      fixed = own < 0                    ? linear(c, l)
              : is_index(ctx_, c.offset) ? linear(negated(ctx_, c), l)
                                         : "-(" + linear(c, l) + ")";
      if (own == 1 || own == -1) continue;
      if (fixed.find(' ') != std::string::npos) fixed = "(" + fixed + ")";
      fixed += " / " + std::to_string(std::abs(own));  // where that leaves nothing over
      inside.push_back(condition(c));
    } else {
      inside.push_back(condition(c));
    }
  }
  const auto all = [](std::string text, const std::vector<std::string>& more) {
    for (const std::string& m : more) text += (text.empty() ? "" : " && ") + m;
    return text;
  };
  if (!fixed.empty()) {
    for (const std::string& at : lower) inside.push_back(name + " >= " + at);
    append_wrapped(out, indent, "const " + style_.integer() + " " + name + " = " + fixed + ";");
    return open(out, indent,
                "if (" + all(all(name + " >= 0 && " + name + " < " + extent, upper), inside) + ")");
  }
  std::string first = "0";
  if (style_.spelling.is_c() && !lower.empty()) {  // which has no std::max
    const bool known = lower[0].find_first_not_of("0123456789") == std::string::npos;
    first = known ? lower[0] : "(" + lower[0] + ") > 0 ? " + lower[0] + " : 0";
    for (size_t k = 1; k < lower.size(); ++k) inside.push_back(name + " >= " + lower[k]);
    lower.clear();
  }
  for (const std::string& at : lower) {
    needs_.algorithm = true;
    first = "std::max<" + style_.integer() + ">(" + first + ", " + at + ")";
  }
  open(out, indent,
       "for (" + style_.integer() + " " + name + " = " + first + "; " + all(name + " < " + extent, upper) +
           "; ++" + name + ")");
  if (!inside.empty()) open(out, indent, "if (" + all("", inside) + ")");
}

std::string NestCode::start(const Nest& nest) {
  switch (nest.gathering) {
    case Gathering::product:
      return number(1);
    case Gathering::max:
    case Gathering::min:
      needs_.limits = true;
      return style_.spelling.nan(style_.scalar);
    default:
      return number(0);
  }
}

std::string NestCode::step(const Nest& nest, const std::string& into, const std::string& indent) {
  switch (nest.gathering) {
    case Gathering::entry:
      return body(nest, into + " = ", indent);
    case Gathering::sum:
      return body(nest, into + " += ", indent);
    case Gathering::product:
      return body(nest, into + " *= ", indent);
    default:
      break;
  }
  const bool max = nest.gathering == Gathering::max;
  std::string out = body(nest, "const " + style_.scalar + " " + style_.value + " = ", indent);
  if (!style_.lanes_of.empty()) {
    const std::string select = style_.runtime + "::select<" + style_.scalar + ">(";
    append_wrapped(out, indent,
                   into + " = !" + style_.found + " ? " + style_.value + " : " + select + "(" + style_.value +
                       " != " + style_.value + ") | (" + style_.value + (max ? " > " : " < ") + into + "), " +
                       style_.value + ", " + into + ");");
    return out + indent + style_.found + " = true;\n";
  }
  append_wrapped(out, indent,
                 "if (!" + style_.found + " || " + style_.value + " != " + style_.value + " || " +
                     style_.value + (max ? " > " : " < ") + into + ") " + into + " = " + style_.value + ";");
  return out + indent + style_.found + " = true;\n";
}

void NestCode::open_outer_conditions(const Nest& nest, std::vector<bool>& met, std::string& out,
                                     std::string& indent) const {
  std::string outer;  // what the axes of the result alone decide
  for (size_t k = 0; k < met.size(); ++k) {
    Label last = 0;
    if (last_label(nest.conditions[k], last) && last >= nest.outputs) continue;
    met[k] = true;
    outer += (outer.empty() ? "" : " && ") + condition(nest.conditions[k]);
  }
  if (!outer.empty()) open(out, indent, "if (" + outer + ")");
}

// The loops over what is gathered, into a variable.
void NestCode::summed(const Nest& nest, const std::string& into, std::string& out, std::string& indent) {
  if (nest.gathering == Gathering::max || nest.gathering == Gathering::min)
    out += indent + "bool " + style_.found + " = false;\n";
  const size_t depth = indent.size();
  std::vector<bool> met(nest.conditions.size());
  open_outer_conditions(nest, met, out, indent);
  for (auto l = static_cast<Label>(nest.outputs); l < nest.extents.size(); ++l)
    open_narrowed(nest, l, met, out, indent);
  out += step(nest, into, indent);
  close(out, indent, depth);
}

std::string NestCode::fill(const Nest& nest, const Target& target, const std::string& indent) {
  std::string out = filled(nest, target, false, indent);
  count(nest);
  return out;
}

std::string NestCode::add(const Nest& nest, const Target& target, const std::string& indent) {
  std::string out = filled(nest, target, true, indent);
  count(nest);
  return out;
}

std::string NestCode::filled(const Nest& nest, const Target& target, bool adds, const std::string& indent) {
  std::vector<std::string> positions;
  for (Label l = 0; l < nest.outputs; ++l) positions.push_back(label(l));
  if (nest.extents.size() > style_.labels.size())
    throw Failure(Code::cannot_emit,
                  "a product over more than " + std::to_string(style_.labels.size()) + " indices");
  if (goes_inside(nest)) return accumulated(nest, target, adds, indent);
  std::string out, inner = indent;
  for (Label l = 0; l < nest.outputs; ++l) open(out, inner, loop(nest.extents[l], l));
  if (nest.gathering == Gathering::entry && nest.conditions.empty()) {
    out += body(nest, target(positions) + " = ", inner);
  } else {
    out += inner + style_.scalar + " " + style_.sum + " = " + start(nest) + ";\n";
    summed(nest, style_.sum, out, inner);
    append_wrapped(out, inner, target(positions) + (adds ? " += " : " = ") + style_.sum + ";");
  }
  close(out, inner, indent.size());
  return out;
}

// Whether the last axis of the result should be the innermost loop: where it walks through memory in steps of
// one and the label that is summed does not, as in A*B and A'*x.
bool NestCode::goes_inside(const Nest& nest) const {
  if (nest.gathering != Gathering::sum || nest.outputs == 0 || !nest.conditions.empty()) return false;
  const auto axis = static_cast<Label>(nest.outputs - 1), last = static_cast<Label>(nest.extents.size() - 1);
  size_t bad_axis = 0, bad_last = 0;
  for (const Access& a : nest.accesses) {
    for (size_t k = 0; k + 1 < a.at.size(); ++k) {
      bad_axis += a.at[k].label == axis;
      bad_last += a.at[k].label == last;
    }
  }
  return bad_axis < bad_last;
}

std::string NestCode::accumulated(const Nest& nest, const Target& target, bool adds,
                                  const std::string& indent) {
  const auto axis = static_cast<Label>(nest.outputs - 1);
  std::vector<std::string> positions;
  for (Label l = 0; l < nest.outputs; ++l) positions.push_back(label(l));
  std::string out, inner = indent;
  for (Label l = 0; l < axis; ++l) open(out, inner, loop(nest.extents[l], l));
  if (!adds)
    append_wrapped(out, inner,
                   loop(nest.extents[axis], axis) + " " + target(positions) + " = " + number(0) + ";");
  for (auto l = static_cast<Label>(nest.outputs); l < nest.extents.size(); ++l)
    open(out, inner, loop(nest.extents[l], l));
  open(out, inner, loop(nest.extents[axis], axis));
  out += body(nest, target(positions) + " += ", inner);
  close(out, inner, indent.size());
  return out;
}

std::string NestCode::statement(const Nest& nest, const std::string& left, const std::string& indent) {
  std::string text = body(nest, left, indent);
  count(nest);
  if (text.find(";\n") + 2 == text.size()) return text;
  return indent + "{\n" + body(nest, left, indent + "  ") + indent + "}\n";
}

std::string NestCode::scalar(const Nest& nest, const std::string& name, const std::string& indent) {
  std::string out = declared(nest, name, indent);
  count(nest);
  return out;
}

std::string NestCode::declared(const Nest& nest, const std::string& name, const std::string& indent) {
  const bool simple = nest.gathering == Gathering::entry && nest.conditions.empty();
  if (simple) {
    std::string text = body(nest, "const " + style_.scalar + " " + name + " = ", indent);
    if (text.find(";\n") + 2 == text.size()) return text;
  }
  std::string out, inner = indent;
  if (simple) {  // temporaries stay in a block of their own
    return indent + style_.scalar + " " + name + ";\n" + indent + "{\n" +
           body(nest, name + " = ", indent + "  ") + indent + "}\n";
  }
  out += indent + style_.scalar + " " + name + " = " + start(nest) + ";\n";
  // What the loops need beside them, and labels that a condition fixes, stays in a block.
  const bool flag =
      nest.gathering == Gathering::max || nest.gathering == Gathering::min || !nest.conditions.empty();
  if (flag) open(out, inner, "");
  summed(nest, name, out, inner);
  close(out, inner, indent.size());
  return out;
}

}  // namespace nabla
