#include "parser/names.h"

#include <algorithm>

#include "expr/name_spelling.h"

namespace nabla {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

Names::Names(Context& ctx, bool implicit_scalars) : ctx_(ctx), implicit_scalars_(implicit_scalars) {
  entries_.emplace_back();
  defined_.emplace_back();
  declare_value("pi", ctx.constant(Constant::pi), true);
  declare_value("e", ctx.constant(Constant::e), true);
  declare_value("im", ctx.constant(Constant::im), true);
  declare_value("true", ctx.truth(true), true);
  declare_value("false", ctx.truth(false), true);
}

uint32_t Names::global(std::string_view name) {
  const auto [it, added] =
      global_index_.try_emplace(std::string(name), static_cast<uint32_t>(globals_.size()));
  if (added) globals_.push_back({it->first, 0, {}, nullptr, false});
  return it->second;
}

Names::Text& Names::text_of(const SyntaxTree& tree) {
  Text& t = texts_[&tree];
  if (t.source != tree.shared_source() || t.name_count > tree.name_count())
    t = Text{tree.shared_source(), 0, {}};
  t.globals.resize(tree.name_count());
  t.name_count = tree.name_count();
  return t;
}

const NameEntry* Names::entry(uint32_t global, uint32_t as_of) const {
  uint32_t i = globals_[global].newest;
  while (i != 0 && entries_[i].serial >= as_of) i = entries_[i].previous;
  return i == 0 ? nullptr : &entries_[i];
}

const NameEntry* Names::find(std::string_view name) const {
  const auto it = global_index_.find(std::string(name));
  return it == global_index_.end() ? nullptr : entry(it->second, newest);
}

const Defined* Names::definition(std::string_view name) const {
  const NameEntry* e = find(name);
  return e && e->defined ? &defined_[e->defined] : nullptr;
}

std::vector<const NameEntry*> Names::entries() const {
  std::vector<const NameEntry*> list;
  for (const Global& g : globals_) {
    if (g.newest && (!entries_[g.newest].is_const || entries_[g.newest].defined)) {
      list.push_back(&entries_[g.newest]);
    }
  }
  std::sort(list.begin(), list.end(),
            [](const NameEntry* a, const NameEntry* b) { return a->serial < b->serial; });
  return list;
}

std::vector<std::string_view> Names::spellings() const {
  std::vector<std::string_view> list;
  for (const Global& g : globals_) {
    if (g.newest) list.push_back(g.name);
  }
  std::sort(list.begin(), list.end());
  return list;
}

void Names::add(std::string_view name, NameEntry e) {
  const uint32_t g = global(name);
  e.name = name;
  e.serial = static_cast<uint32_t>(entries_.size());
  e.previous = globals_[g].newest;
  globals_[g].newest = e.serial;
  globals_[g].failure.clear();
  globals_[g].value = e.kind == NameKind::symbol || e.kind == NameKind::value ? e.value : Ref{};
  entries_.push_back(std::move(e));
}

void Names::declare_symbol(std::string_view name, Ref symbol) {
  NameEntry e;
  e.kind = NameKind::symbol;
  e.value = symbol;
  add(name, std::move(e));
}

void Names::declare_opaque(std::string_view name, Ref function) {
  NameEntry e;
  e.kind = NameKind::opaque;
  e.value = function;
  add(name, std::move(e));
}

void Names::declare_value(std::string_view name, Ref value, bool is_const, std::optional<Defined> how) {
  NameEntry e;
  e.kind = NameKind::value;
  e.is_const = is_const;
  e.value = value;
  if (how) {
    e.defined = static_cast<uint32_t>(defined_.size());
    defined_.push_back(std::move(*how));
  }
  add(name, std::move(e));
}

void Names::declare_defined(Defined definition) {
  NameEntry e;
  e.kind = NameKind::defined;
  e.value = definition.body;
  e.defined = static_cast<uint32_t>(defined_.size());
  const std::string name = definition.name;
  defined_.push_back(std::move(definition));
  add(name, std::move(e));
}

void Names::set_computed(std::string_view name, Ref body, std::vector<Ref> conditions) {
  Global& g = globals_[global(name)];
  NameEntry& e = entries_[g.newest];
  e.value = body;
  if (g.value) g.value = body;
  defined_[e.defined].body = body;
  defined_[e.defined].computed = true;
  defined_[e.defined].conditions = std::move(conditions);
}

// Definitions keep their numbers, which name remembered values of calls.
void Names::forget_since(uint32_t mark) {
  for (; entries_.size() > mark; entries_.pop_back()) {
    Global& g = globals_[global(entries_.back().name)];
    g.newest = entries_.back().previous;
    const NameEntry& e = entries_[g.newest];
    const bool has_value = g.newest != 0 && (e.kind == NameKind::symbol || e.kind == NameKind::value);
    g.value = has_value ? e.value : Ref{};
  }
}

void Names::note_failure(std::string_view name, std::string reason) {
  Global& g = globals_[global(name)];
  if (g.newest && !entries_[g.newest].is_implicit) return;
  g.failure = std::move(reason);
  g.is_released = false;
  g.value = {};  // of an undeclared letter
}

const std::string& Names::failure(std::string_view name) const {
  static const std::string none;
  const auto it = global_index_.find(std::string(name));
  return it == global_index_.end() ? none : globals_[it->second].failure;
}

void Names::release_letters() {
  for (Global& g : globals_) g.is_released = is_implicit_scalar(g.name);
}

bool Names::is_released(std::string_view name) const {
  const auto it = global_index_.find(std::string(name));
  return it != global_index_.end() && globals_[it->second].is_released;
}

void Names::append_roots(std::vector<Ref*>& roots) {
  calls_.clear();
  for (Global& g : globals_) {
    if (g.value) roots.push_back(&g.value);
  }
  for (NameEntry& e : entries_) {
    if (e.value) roots.push_back(&e.value);
  }
  for (Defined& d : defined_) {
    if (d.body) roots.push_back(&d.body);
    for (Ref& r : d.parameters) roots.push_back(&r);
    for (Ref& r : d.conditions) roots.push_back(&r);
  }
}

bool is_implicit_scalar(std::string_view name) {
  const std::string spelled = unicode_name(name);  // lambda_1 is one letter with a subscript
  std::string_view s = spelled;
  if (s.empty() || is_digit(s[0]) || s[0] == '_' || s[0] == '$') return false;
  size_t length = 1;
  while (length < s.size() && (static_cast<unsigned char>(s[length]) & 0xc0u) == 0x80u) ++length;
  s.remove_prefix(length);
  if (s.empty()) return true;
  const bool digits = std::all_of(s.begin(), s.end(), is_digit);
  if (digits) return true;
  if (s[0] != '_' || s.size() < 2) return false;
  s.remove_prefix(1);  // one letter or a number
  const bool one_letter = std::all_of(s.begin() + 1, s.end(), [](char c) { return (c & 0xc0) == 0x80; });
  return one_letter || std::all_of(s.begin(), s.end(), is_digit);
}

Ref differential_symbol(Context& ctx, Ref symbol, int order) {
  Symbol s;
  s.name = std::string(static_cast<size_t>(order), 'd') + ctx.symbol(symbol).name;
  s.role = Role::differential;
  s.shape = ctx[symbol].shape;
  s.complex = ctx.symbol(symbol).complex;
  const Structure structure = ctx.symbol(symbol).structure;
  const bool definite = structure == Structure::spd || structure == Structure::psd;
  if (structure != Structure::orthogonal) s.structure = definite ? Structure::symmetric : structure;
  return ctx.symbol(s);
}

}  // namespace nabla
