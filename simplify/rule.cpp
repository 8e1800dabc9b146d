#include "simplify/rule.h"

#include <algorithm>
#include <optional>
#include <string>
#include <unordered_map>

#include "expr/context.h"
#include "expr/diagnostic.h"
#include "expr/table_text.h"

namespace nabla {
namespace {

constexpr RuleText rows[] = {
#define RULE(name, from, to, when, domains, help) {#name, from, to, when, Domains::domains, help},
#include "simplify/rules_scalar.def"
};

constexpr RuleText matrix_rows[] = {
#include "simplify/rules_matrix.def"
#undef RULE
};

constexpr std::string_view hole_names[] = {"a", "b", "c", "d", "k", "n"};

}  // namespace

std::span<const RuleText> scalar_rules() { return rows; }

std::span<const RuleText> matrix_rules() { return matrix_rows; }

std::span<const std::string_view> rule_letters() { return hole_names; }

const RuleText* find_rule(std::string_view name) {
  for (const auto& table : {scalar_rules(), matrix_rules()}) {
    for (const RuleText& r : table) {
      if (r.name == name) return &r;
    }
  }
  return nullptr;
}

// Reads the texts in a Context of its own.
class RuleCompiler {
 public:
  explicit RuleCompiler(RuleSet& set) : set_(set) {
    for (std::string_view name : hole_names) {
      const Ref hole = placeholder(ctx_, name);
      number_of_.emplace(hole, static_cast<uint16_t>(names_.size()));
      names_.push_back({name, hole});
    }
    set_.patterns_.emplace_back();  // 0 is none
  }

  void add(const RuleText& text) {
    Rule rule;
    rule.text = &text;
    rule.from = pattern(parse_table_text(ctx_, text.from, names_));
    rule.to = pattern(parse_table_text(ctx_, text.to, names_));
    if (!text.when.empty()) rule.when = pattern(parse_table_text(ctx_, text.when, names_));
    const uint32_t unknown = set_[rule.to].holes | (rule.when != 0 ? set_[rule.when].holes : 0);
    if ((unknown & ~set_[rule.from].holes) != 0) refuse(text, "a letter that its left side does not have");
    set_.rules_.push_back(rule);
  }

 private:
  [[noreturn]] static void refuse(const RuleText& text, const std::string& what) {
    throw Failure(Code::internal_error, "the rule '" + std::string(text.name) + "' has " + what);
  }

  PatternId pattern(Ref r) {
    if (const auto it = seen_.find(r); it != seen_.end()) return it->second;
    Pattern p = made(r);
    p.weight = p.kind == Kind::product && !p.value.is_one() ? 2 : 1;
    for (PatternId part : p.parts) {
      p.holes |= set_[part].holes;
      p.weight += set_[part].weight;
    }
    const auto id = static_cast<PatternId>(set_.patterns_.size());
    set_.patterns_.push_back(std::move(p));
    return seen_[r] = id;
  }

  Pattern made(Ref r) {
    Pattern p;
    const Node n = ctx_[r];
    p.kind = n.kind;
    p.tag = n.tag;
    switch (n.kind) {
      case Kind::symbol:
        p.tag = number_of_.at(r);
        p.holes = uint32_t{1} << p.tag;
        return p;
      case Kind::number:
        p.value = ctx_.value(r);
        return p;
      case Kind::constant:
      case Kind::truth:
        return p;
      case Kind::sum: {
        std::vector<Term> terms;
        ctx_.append_terms(r, terms);
        for (const Term& t : terms) {
          p.parts.push_back(pattern(t.body));
          p.numbers.push_back(ctx_.value(t.coefficient));
        }
        order(p);
        return p;
      }
      case Kind::product: {
        const Term t = ctx_.split_coefficient(r);
        p.value = ctx_.value(t.coefficient);
        std::vector<Ref> factors;
        ctx_.append_factors(t.body, factors);
        for (Ref f : factors) p.parts.push_back(pattern(f));
        order(p);
        return p;
      }
      case Kind::power:
      case Kind::function:
      case Kind::compare:
      case Kind::connective:
      case Kind::select:
        for (Ref o : n.operands()) p.parts.push_back(pattern(o));
        return p;
      default:
        throw Failure(Code::internal_error, "a rule of a kind that cannot be matched");
    }
  }

  // How much a part says about what it may meet: calls first, letters last, the last of which takes what
  // is left.
  int vagueness(PatternId id) const {
    const Pattern& p = set_[id];
    if (p.kind == Kind::symbol) return 5;
    if (p.holes == 0) return 4;
    if (p.kind == Kind::function) {  // gamma(a + 1) meets any call; gamma(a) beside it says what a is
      const bool sum = std::any_of(p.parts.begin(), p.parts.end(),
                                   [&](PatternId part) { return set_[part].kind == Kind::sum; });
      return sum ? 2 : 0;
    }
    if (p.kind == Kind::power) return std::min(1 + vagueness(p.parts[0]), 3);
    if (p.kind == Kind::product) {
      int least = 4;
      for (PatternId f : p.parts) least = std::min(least, vagueness(f));
      return least;
    }
    return 3;
  }

  void order(Pattern& p) const {
    std::vector<size_t> by(p.parts.size());
    for (size_t i = 0; i < by.size(); ++i) by[i] = i;
    std::stable_sort(by.begin(), by.end(),
                     [&](size_t i, size_t j) { return vagueness(p.parts[i]) < vagueness(p.parts[j]); });
    Pattern q = p;
    for (size_t i = 0; i < by.size(); ++i) {
      q.parts[i] = p.parts[by[i]];
      if (!p.numbers.empty()) q.numbers[i] = p.numbers[by[i]];
    }
    p = std::move(q);
  }

  RuleSet& set_;
  Context ctx_;
  std::vector<std::pair<std::string_view, Ref>> names_;
  std::unordered_map<Ref, uint16_t> number_of_;
  std::unordered_map<Ref, PatternId> seen_;
};

RuleSet::RuleSet(std::span<const RuleText> texts) {
  RuleCompiler compiler(*this);
  for (const RuleText& text : texts) compiler.add(text);
  const size_t keys = first_function_key + function_count();
  for (auto* table : {&sums_, &products_, &numbered_, &wholes_}) table->resize(keys);
  for (size_t i = 0; i < rules_.size(); ++i) index(static_cast<uint16_t>(i));
}

RuleSet::Key RuleSet::key(PatternId factor) const {
  const Pattern& p = patterns_[factor];
  switch (p.kind) {
    case Kind::function:
      return function_key(static_cast<Fn>(p.tag));
    case Kind::sum:
      return sum_key;
    case Kind::power: {
      const Kind base = patterns_[p.parts[0]].kind;
      if (base == Kind::function) return key(p.parts[0]);
      if (patterns_[p.parts[1]].kind != Kind::number) return symbolic_power_key;
      return base == Kind::number || base == Kind::symbol ? number_power_key : key(p.parts[0]);
    }
    default:
      return other_key;
  }
}

// The heads of a product of calls with numbers for exponents; nullopt: it has other factors.
std::optional<uint64_t> RuleSet::heads_of(PatternId product) const {
  const Pattern& p = patterns_[product];
  uint64_t sum = 0;
  const auto add = [&](PatternId factor) {
    const Pattern* f = &patterns_[factor];
    Rational exponent = 1;
    if (f->kind == Kind::power && patterns_[f->parts[1]].kind == Kind::number) {
      exponent = patterns_[f->parts[1]].value;
      f = &patterns_[f->parts[0]];
    }
    if (f->kind != Kind::function || !exponent.is_integer()) return false;
    sum += head_weight(function_key(static_cast<Fn>(f->tag))) * exponent_weight(exponent);
    return true;
  };
  if (p.kind == Kind::number && p.value.is_one()) return 0;
  if (p.kind != Kind::product) return add(product) ? std::optional(sum) : std::nullopt;
  for (PatternId f : p.parts) {
    if (!add(f)) return std::nullopt;
  }
  return sum;
}

void RuleSet::summarize(Rule& rule) const {
  const Pattern& from = patterns_[rule.from];
  if (from.kind == Kind::product) {
    for (PatternId f : from.parts) {
      const Key k = key(f);
      if (k >= first_function_key) rule.heads |= head_bit(k);
    }
  }
  if (from.kind != Kind::sum) return;
  const auto first = heads_of(from.parts[0]);
  for (size_t i = 1; first && i < from.parts.size(); ++i) {
    if (const auto other = heads_of(from.parts[i])) rule.steps.push_back(*other - *first);
  }
}

void RuleSet::index(uint16_t i) {
  summarize(rules_[i]);
  const Pattern& from = patterns_[rules_[i].from];
  const auto first_factor = [&](PatternId p) {
    return patterns_[p].kind == Kind::product ? patterns_[p].parts[0] : p;
  };
  switch (from.kind) {
    case Kind::sum:
      sums_[key(first_factor(from.parts[0]))].push_back(i);
      break;
    case Kind::product:
      products_[key(from.parts[0])].push_back(i);
      if (!from.value.is_one()) numbered_[key(from.parts[0])].push_back(i);
      break;
    case Kind::power:
      if (patterns_[from.parts[1]].kind == Kind::number) {
        products_[key(rules_[i].from)].push_back(i);
        break;
      }
      [[fallthrough]];
    default:
      wholes_[key(rules_[i].from)].push_back(i);
  }
}

const RuleSet& standard_rules() {
  static const RuleSet rules{scalar_rules()};
  return rules;
}

}  // namespace nabla
