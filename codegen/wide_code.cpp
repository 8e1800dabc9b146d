#include "codegen/wide_code.h"

#include <algorithm>

#include "codegen/runtime_blocks.h"
#include "expr/walk.h"

namespace nabla {

WideCode::WideCode(Context& ctx, const NestStyle& style, CodeNeeds& needs, NestCode& nests, Label inner)
    : ctx_(ctx), style_(style), nests_(nests), inner_(inner), wide_(style), moved_(style) {
  wide_.scalar = style.wide;
  wide_.lanes_of = style.scalar;
  moved_.labels.at(inner) = "(" + style.labels.at(inner) + " + " + style.turn + ")";
  needs.runtime.insert("wide");
  needs.on_lanes.insert("select");
  needs.wide = true;
}

std::string WideCode::call(const std::string& function, const std::string& argument,
                           const std::string& left) const {
  return style_.runtime + "::" + function + "<" + style_.wide + ">(" + argument + after(left);
}

std::string WideCode::input(const Access& a, const std::string& left) const {
  if (std::none_of(a.at.begin(), a.at.end(), [this](const Place& p) { return has_inner(p); }))
    return nests_.access(a);
  const auto others =
      std::count_if(a.at.begin(), a.at.end(), [this](const Place& p) { return has_inner(p); });
  const std::optional<std::string> entry = nests_.address(a);
  if (entry && others == 1 && has_inner(a.at.back())) return call("take", "&" + *entry, left);
  CodeNeeds unused;
  const std::string one = NestCode(ctx_, moved_, unused).access(a);
  return style_.runtime + "::collect<" + style_.wide + ">(" + (left.empty() ? width() : left) +
         ", [&](std::ptrdiff_t " + style_.turn + ") { return " + one + "; })";
}

std::string WideCode::test(const NestCondition& c) const {
  int64_t own = 0;
  for (const auto& [label, k] : c.guard.terms) own = label == inner_ ? k : own;
  if (own == 0) return "(" + nests_.test(c) + ")";
  std::string text = nests_.condition(c);  // "… <= 0"
  const size_t relation = text.rfind(' ', text.size() - 3);
  return "(" + style_.runtime + "::steps<" + style_.wide + ">(" + text.substr(0, relation) + ", " +
         std::to_string(own) + ")" + text.substr(relation, text.size() - relation - 1) + style_.wide + "(0))";
}

std::string WideCode::before(bool adds, const std::string& entry) const {
  return style_.runtime + "::" + (adds ? "add" : "put") + "<" + style_.wide + ">(&" + entry + ", ";
}

bool gains_from_width(Context& ctx, const std::vector<Ref>& formulas) {
  bool gains = false;
  for (Ref r : nodes_below(ctx, formulas)) {
    if (ctx.kind(r) == Kind::power) {
      const Ref e = ctx.operands(r)[1];
      gains = gains || !ctx.is_number(e) || !ctx.value(e).is_integer();
    }
    if (ctx.kind(r) != Kind::function) continue;
    const std::string_view spelled = row(ctx.function_of(r)).cpp;
    const size_t colons = spelled.find("::");
    const std::string name(spelled.substr(colons + 2));
    if (spelled.substr(0, colons) == "rt" && !runs_on_lanes(name)) return false;
    gains = gains || (name != "abs" && has_vector_function(name));
  }
  return gains;
}

bool reads_widely(const NestCode& nests, const Nest& nest) {
  if (nest.tests.empty()) return true;
  return std::all_of(nest.accesses.begin(), nest.accesses.end(),
                     [&](const Access& a) { return nests.guard(nest, a).empty(); });
}

}  // namespace nabla
