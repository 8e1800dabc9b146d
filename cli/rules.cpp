// nabla rules [NAME | WORDS]: the rewrite rules, as their tables have them.
#include "simplify/rule.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/arguments.h"
#include "cli/command_list.h"
#include "cli/console.h"
#include "parser/nearest.h"

namespace nabla::cli {
namespace {

std::string identity(const RuleText& r) {
  std::string text = std::string(r.from) + " -> " + std::string(r.to);
  if (!r.when.empty()) text += " where " + std::string(r.when);
  return text;
}

void list(Console& console, const RuleText& r) {
  std::string line(r.name);
  line.append(line.size() < 32 ? 32 - line.size() : 1, ' ');
  console.result(line + identity(r));
}

void describe(Console& console, const RuleText& r) {
  console.result(r.name);
  console.result("    " + identity(r));
  console.result("    " + std::string(r.help));
  if (r.domains == Domains::wider)
    console.result("    The result may have values where the left side has none: the answer states where.");
}

void list_json(Console& console, const RuleText& r) {
  const nlohmann::ordered_json object = {{"name", r.name},
                                         {"from", r.from},
                                         {"to", r.to},
                                         {"when", r.when},
                                         {"domains", r.domains == Domains::same ? "same" : "wider"},
                                         {"help", r.help}};
  console.result(object.dump());
}

// Whether each of the words stands in the name, the identity or the help.
bool has_words(const RuleText& r, const std::vector<std::string>& words) {
  const std::string text = std::string(r.name) + " " + identity(r) + " " + std::string(r.help);
  return std::all_of(words.begin(), words.end(),
                     [&](const std::string& word) { return text.find(word) != std::string::npos; });
}

std::vector<const RuleText*> rules_with(const std::vector<std::string>& words) {
  std::vector<const RuleText*> found;
  for (const auto& table : {scalar_rules(), matrix_rules()}) {
    for (const RuleText& r : table) {
      if (has_words(r, words)) found.push_back(&r);
    }
  }
  return found;
}

}  // namespace

int run_rules(const Options& options) {
  Console console(options);
  const bool json = console.format() == Format::json;
  const std::vector<std::string>& words = options.arguments;
  const bool is_name = words.size() == 1 && words[0].find('_') != std::string::npos;
  const RuleText* named = words.size() == 1 ? find_rule(words[0]) : nullptr;
  std::vector<const RuleText*> found;
  if (named != nullptr)
    found = {named};
  else if (!is_name)
    found = rules_with(words);
  for (const RuleText* r : found) {
    json ? list_json(console, *r) : found.size() == 1 ? describe(console, *r) : list(console, *r);
  }
  if (!found.empty()) return console.status();
  std::vector<std::string_view> names;
  for (const auto& table : {scalar_rules(), matrix_rules()}) {
    for (const RuleText& r : table) names.push_back(r.name);
  }
  const std::string close = words.size() == 1 ? did_you_mean(words[0], names) : "";
  throw UsageError{
      words.size() == 1 ? "'" + words[0] + "' is no rule, and in none of them" : "no rule has these words",
      close.empty() ? "nabla rules lists them all" : close};
}

}  // namespace nabla::cli
