#include "codegen/group_formulas.h"

#include <algorithm>

#include "codegen/cpp_number.h"
#include "codegen/emit.h"
#include "codegen/nest_inline.h"
#include "expr/substitute.h"

namespace nabla {

GroupFormulas::GroupFormulas(Context& ctx, const NestStyle& style, const NestCode& nests,
                             const LoopGroup& group)
    : ctx_(ctx), style_(style), nests_(nests), group_(group) {
  for (const LoopStep& s : group.steps) {
    for (const NestLocal& l : s.nest->locals) formulas_.push_back({l.of.placeholder, {}, l.value});
    formulas_.push_back({own_placeholder(s.name), &s, s.nest->body});
  }
}

std::vector<Ref> GroupFormulas::values() const {
  std::vector<Ref> out;
  for (const Formula& f : formulas_) out.push_back(f.value);
  return out;
}

Ref GroupFormulas::own_placeholder(Ref name) const {
  for (const LoopStep& s : group_.steps) {
    for (const Access& a : s.nest->accesses) {
      if (a.array == name) return a.placeholder;
    }
  }
  return {};
}

bool GroupFormulas::is_computed_here(Ref placeholder) const {
  return std::any_of(formulas_.begin(), formulas_.end(),
                     [&](const Formula& f) { return f.placeholder == placeholder; });
}

std::string GroupFormulas::inputs(FormulaCode& code, const Decided& decided, const Turn& turn, size_t& taken,
                                  const std::string& indent) const {
  bool tested = false;
  for (const LoopStep& s : group_.steps) {
    for (const NestTest& t : s.nest->tests) {
      const auto same = [&](const auto& d) { return d.first == t.placeholder; };
      if (std::any_of(decided.begin(), decided.end(), same)) continue;
      tested = true;
      if (code.knows(t.placeholder)) continue;
      code.input(t.placeholder,
                 turn.wide ? turn.wide->test(t.condition) : "(" + nests_.test(t.condition) + ")");
    }
  }
  std::string before;
  each_access([&](const LoopStep& s, const Access& a) {
    if (is_computed_here(a.placeholder) || code.knows(a.placeholder)) return;
    std::string text = turn.wide ? turn.wide->input(a, turn.left) : nests_.access(a);
    const std::string guard = tested ? nests_.guard(*s.nest, a) : "";
    if (!guard.empty()) {
      const std::string name = "t" + std::to_string(++taken);
      append_wrapped(before, indent,
                     "const " + style_.scalar + " " + name + " = " + guard + " ? " + text + " : " +
                         cpp_number(0, style_.scalar).text + ";");
      text = name;
    }
    code.input(a.placeholder, std::move(text));
  });
  return before;
}

void GroupFormulas::hoist() {
  const size_t depth = group_.extents.size();
  LoopDepths depths;
  const auto deepest = [&](size_t& d, Label l) { d = std::max<size_t>(d, l == no_label ? 0 : l + 1); };
  each_access([&](const LoopStep& s, const Access& a) {
    size_t d = 0;
    for (const Place& p : a.at) deepest(d, p.label);
    // What a test keeps inside its array is not read outside the test.
    const bool tested = !s.nest->tests.empty() && !nests_.guard(*s.nest, a).empty();
    size_t& known = depths[a.placeholder];
    known = std::max(known, tested ? depth : d);
  });
  for (const LoopStep& s : group_.steps) {
    for (const NestTest& t : s.nest->tests) depths[t.placeholder] = depth;  // tests stay where they are
  }
  for (const Formula& f : formulas_) {
    if (f.placeholder) depths[f.placeholder] = depth;
  }
  Hoister hoister(ctx_, std::move(depths));
  for (Formula& f : formulas_) f.value = hoister(f.value);
  hoisted_ = hoister.hoisted();
}

bool GroupFormulas::is_needed_below(const Hoisted& h) const {
  for (const Formula& f : formulas_) {
    if (contains(ctx_, f.value, h.placeholder)) return true;
  }
  return std::any_of(hoisted_.begin(), hoisted_.end(), [&](const Hoisted& o) {
    return o.depth > h.depth && contains(ctx_, o.value, h.placeholder);
  });
}

GroupFormulas::Decided GroupFormulas::all_decided() const {
  Decided all;
  for (const LoopStep& s : group_.steps) {
    for (const NestTest& t : s.nest->tests) all.emplace_back(t.placeholder, ctx_.truth(true));
  }
  return all;
}

}  // namespace nabla
