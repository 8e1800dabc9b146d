#include "cli/declared.h"

#include "expr/print.h"
#include "expr/shape_text.h"

namespace nabla::cli {
namespace {

std::string domain_text(Context& ctx, const Domain& d) {
  std::string text;
  if (d.integer) text += " integer";
  if (d.lower && d.upper) {
    text += std::string(" in ") + (d.lower_open ? "(" : "[") + print(ctx, d.lower) + ", " +
            print(ctx, d.upper) + (d.upper_open ? ")" : "]");
  } else if (d.lower) {
    text += (d.lower_open ? " > " : " >= ") + print(ctx, d.lower);
  } else if (d.upper) {
    text += (d.upper_open ? " < " : " <= ") + print(ctx, d.upper);
  }
  if (d.not_zero) text += " != 0";
  return text;
}

std::string function_text(Context& ctx, const Symbol& symbol) {
  std::string text = "fun " + symbol.name + "(";
  for (size_t i = 0; i < symbol.parameters.size(); ++i)
    text += (i > 0 ? ", " : "") + shape_text(ctx, symbol.parameters[i]);
  return text + ") : " + shape_text(ctx, symbol.shape);
}

std::string symbol_text(Context& ctx, const Symbol& symbol, bool implicit) {
  if (symbol.role == Role::function) return function_text(ctx, symbol);
  if (symbol.role == Role::extent) {
    Domain bound = symbol.domain;
    bound.integer = false;
    const bool plain = !bound.lower || bound.lower == one;
    return "dim " + symbol.name + (plain ? "" : domain_text(ctx, bound));
  }
  std::string text = (symbol.role == Role::parameter ? "param " : "var ") + symbol.name;
  const bool scalar = ctx.shape(symbol.shape).order() == 0;
  std::string properties = symbol.structure == Structure::none
                               ? ""
                               : std::string(" ") + structure_words[static_cast<size_t>(symbol.structure)];
  properties += domain_text(ctx, symbol.domain);
  if (symbol.complex) properties += " complex";
  text += (scalar ? "" : " : " + shape_text(ctx, symbol.shape)) + properties;
  if (implicit) text += "  # not declared: a real scalar";
  return text;
}

std::string entry_text(Session& session, const NameEntry& entry) {
  Context& ctx = session.context();
  if (entry.kind == NameKind::symbol || entry.kind == NameKind::opaque)
    return symbol_text(ctx, ctx.symbol(entry.value), entry.is_implicit);
  const Defined* defined = session.names().definition(entry.name);
  return defined == nullptr ? "" : std::string(defined->text->tree.text(defined->statement.span));
}

}  // namespace

std::vector<std::string> declared_lines(Session& session) {
  std::vector<std::string> lines;
  for (const NameEntry* entry : session.names().entries()) {
    if (entry->name == "ans" || entry->name[0] == '$') continue;
    if (std::string text = entry_text(session, *entry); !text.empty()) lines.push_back(std::move(text));
  }
  return lines;
}

std::string declared_line(Session& session, std::string_view name) {
  const NameEntry* entry = session.names().find(name);
  return entry == nullptr ? "" : entry_text(session, *entry);
}

}  // namespace nabla::cli
