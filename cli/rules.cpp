// nabla rules [NAME]: the rewrite rules, as their tables have them.
#include "simplify/rule.h"

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

}  // namespace

int run_rules(const Options& options) {
  Console console(options);
  const bool json = console.format() == Format::json;
  if (options.arguments.empty()) {
    for (const auto& table : {scalar_rules(), matrix_rules()}) {
      for (const RuleText& r : table) json ? list_json(console, r) : list(console, r);
    }
    return console.status();
  }
  const std::string& name = options.arguments[0];
  if (const RuleText* r = find_rule(name)) {
    json ? list_json(console, *r) : describe(console, *r);
    return console.status();
  }
  std::vector<std::string_view> names;
  for (const auto& table : {scalar_rules(), matrix_rules()}) {
    for (const RuleText& r : table) names.push_back(r.name);
  }
  const std::string close = did_you_mean(name, names);
  throw UsageError{"'" + name + "' is no rule", close.empty() ? "nabla rules lists them all" : close};
}

}  // namespace nabla::cli
