// Names and literals.
#include <algorithm>

#include "parser/elaborator.h"
#include "parser/foreign_names.h"
#include "parser/nearest.h"
#include "parser/respelled.h"

namespace nabla {

// ---- messages ----

Failure Elaborator::failure(Code code, NodeId n, std::string message, std::string help) const {
  return Failure(code, tree_->span(n), std::move(message), std::move(help));
}

std::string Elaborator::suggestion(std::string_view word, bool functions) const {
  std::vector<std::string_view> candidates = names_.spellings();
  if (names_.implicit_scalars() && word.size() > 3) {  // which are there without a declaration
    for (const std::string_view letter :
         {"alpha", "beta", "gamma", "delta", "epsilon", "theta", "kappa", "lambda", "sigma", "omega"})
      candidates.push_back(letter);
  }
  if (functions) {
    const auto more = builtin_names();
    candidates.insert(candidates.end(), more.begin(), more.end());
  }
  return did_you_mean(word, candidates);
}

void Elaborator::truth_as_number(NodeId n) {
  std::string text(tree_->text(n));
  if (text.front() == '(' && text.back() == ')') text = text.substr(1, text.size() - 2);
  const char* what = kind(n) == SyntaxKind::name ? "the truth value " : "the comparison ";
  throw failure(Code::truth_value_as_number, n, what + quoted(n) + " is used as a number",
                "write (if " + text + " then 1 else 0)");
}

// ---- leaves ----

Ref Elaborator::literal(NodeId n) {
  const std::string_view text = tree_->literal(n);
  if (text.size() <= 18) {
    int64_t v = 0;
    bool digits = true;
    for (const char c : text) {
      digits = digits && c >= '0' && c <= '9';
      v = v * 10 + (c - '0');
    }
    if (digits && v < small_count) {  // the usual case, without a look at the table
      Ref& r = small_[static_cast<size_t>(v)];
      return r ? r : r = ctx_.number(v);
    }
    if (digits) return ctx_.number(v);
  }
  const auto v = Rational::parse(text, ctx_.limits().literal_digits);
  if (v) return ctx_.number(*v);
  throw failure(
      Code::literal_too_long, n,
      "the number has more than " + std::to_string(ctx_.limits().literal_digits) + " digits when written out",
      "write a power instead, such as 10^100000");
}

Ref Elaborator::bound(NameId id) const {
  const Frame& f = frames_.back();
  if (f.bindings.empty()) return {};
  const auto it = f.bound.find(id);
  return it == f.bound.end() || it->second == 0 ? Ref{} : f.bindings[it->second - 1].value;
}

uint32_t Elaborator::global(NameId id) {
  uint32_t& g = globals_[id];
  if (g == 0) g = names_.global(tree_->spelling(id)) + 1;
  return g - 1;
}

const NameEntry* Elaborator::entry(NameId id) { return names_.entry(global(id), frames_.back().as_of); }

Ref Elaborator::name(NodeId n) {
  const NameId id = tree_->name_id(n);
  if (const Ref b = bound(id)) return b;
  const uint32_t g = global(id);
  if (frames_.back().as_of == Names::newest && !written()) return names_.globals_[g].value;
  const NameEntry* e = names_.entry(g, frames_.back().as_of);
  if (!e || (e->kind != NameKind::symbol && e->kind != NameKind::value)) return {};
  if (!written() || !e->defined) return e->value;
  const Defined& d = names_.defined_[e->defined];
  return d.computed ? computed(n, d, {}) : request(e->defined, {});
}

// A node without a value of its own where one is needed.
Ref Elaborator::missing(NodeId n) {
  switch (kind(n)) {
    case SyntaxKind::name:
      break;
    case SyntaxKind::range:
      throw failure(Code::unexpected_token, n, "the range " + quoted(n) + " is no value",
                    "ranges stand in an index, x[2:n], or after 'in'");
    case SyntaxKind::call:  // D(g, 1) without its arguments
      throw failure(Code::not_a_value, n, quoted(n) + " is a function; it needs arguments",
                    "write " + std::string(tree_->text(n)) + "(x, …)");
    default:
      throw failure(Code::unexpected_token, n, quoted(n) + " is no value");
  }
  const NameId id = tree_->name_id(n);
  const std::string spelled(tree_->spelling(id));
  const NameEntry* e = entry(id);
  if (e && e->kind == NameKind::defined && frames_.size() == 1 && n == frames_.back().root) return e->value;
  if ((!e || e->is_implicit) && !names_.is_released(spelled)) refuse_failed(Code::unknown_name, n, spelled);
  if (e && e->is_implicit) return slot(n) = e->value;  // declared by an earlier node of this text
  if (e) {
    throw failure(Code::not_a_value, n, "'" + spelled + "' is a function; a value is needed here",
                  "give it its arguments: " + called_with_parameters(ctx_, names_, spelled));
  }
  const std::string latin = latin_look_alike(tree_->text(n));
  if (names_.implicit_scalars() && is_implicit_scalar(spelled) && latin.empty()) {
    const Ref v = ctx_.variable(spelled);
    if (frames_.back().as_of == Names::newest) {
      names_.declare_symbol(spelled, v);
      names_.entries_.back().is_implicit = true;
    }
    return slot(n) = v;
  }
  if (const Ref d = differential_name(spelled)) return slot(n) = d;
  if (builtin(id)) {
    const char* power = spelled == "exp" ? ", or e^x for a power of e" : "";
    throw failure(Code::not_a_value, n, "'" + spelled + "' is a function; a value is needed here",
                  "give it its arguments: " + spelled +
                      (spelled == "grad" || spelled == "diff" ? "(e, x)" : "(x)") + power);
  }
  if (spelled[0] == '$') {
    throw failure(Code::unknown_name, n, "there is no answer '" + spelled + "'",
                  "the prompt numbers its answers: [1] is $1");
  }
  if (!latin.empty()) {
    throw failure(
        Code::look_alike_character, n,
        "'" + std::string(tree_->text(n)) + "' only looks like '" + latin + "': its letters are not Latin",
        "write " + latin + ", or declare the other one: var " + spelled);
  }
  std::string help = foreign_name_help(*tree_, n, spelled);
  if (help.empty()) help = suggestion(spelled, false);
  if (help.empty()) help = "declare it: var " + spelled;
  throw failure(Code::unknown_name, n, "unknown name '" + spelled + "'", help);
}

// A definition that failed is the one error to mend.
void Elaborator::refuse_failed(Code code, NodeId n, const std::string& name) {
  const std::string& why = names_.failure(name);
  if (!why.empty())
    throw failure(code, n, "'" + name + "' is not known: " + why, "mend that statement first");
}

// dX is the differential of a declared X, ddX the second.
Ref Elaborator::differential_name(std::string_view spelled) {
  for (int order = 1; order <= 2; ++order) {
    const auto k = static_cast<size_t>(order);
    if (spelled.size() <= k || spelled.substr(0, k) != std::string(k, 'd')) return {};
    const NameEntry* e = names_.find(spelled.substr(k));
    if (e && e->kind == NameKind::symbol && !e->is_implicit)
      return differential_symbol(ctx_, e->value, order);
  }
  return {};
}

const Builtin* Elaborator::builtin(NameId id) {
  Names::Global& g = names_.globals_[global(id)];
  if (!g.builtin_known) {
    g.builtin = find_builtin(g.name);
    g.builtin_known = true;
  }
  return g.builtin;
}

}  // namespace nabla
