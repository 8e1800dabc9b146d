#include "session/values.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "eval/dense_points.h"
#include "expr/diagnostic.h"
#include "expr/name_spelling.h"
#include "session/numbers.h"

namespace nabla {
namespace {

using nlohmann::json;

constexpr size_t most_axes = 64;

[[noreturn]] void malformed(const std::string& message) {
  throw Failure(Code::malformed_values, message,
                R"(write an object such as {"x": 1.5, "w": [1, 2], "A": [[1, 0], [0, 1]]})");
}

std::string shown(const std::vector<uint64_t>& extents) {
  if (extents.empty()) return "a number";
  std::string text = "an array of ";
  for (size_t i = 0; i < extents.size(); ++i) text += (i == 0 ? "" : " x ") + std::to_string(extents[i]);
  return text;
}

// {"re": 1, "im": -2}
bool is_complex_number(const json& data) {
  return data.is_object() && data.size() == 2 && data.contains("re") && data.contains("im") &&
         data["re"].is_number() && data["im"].is_number();
}

// Level by level: at each axis all parts must have one length.
Value read_value(const std::string& name, const json& data) {
  Value value;
  value.name = ascii_name(name);
  std::vector<const json*> level{&data};
  while (level[0]->is_array()) {
    const size_t extent = level[0]->size();
    if (extent == 0) malformed("the array of '" + name + "' is empty");
    if (value.extents.size() == most_axes) malformed("the array of '" + name + "' has too many axes");
    value.extents.push_back(extent);
    std::vector<const json*> below;
    for (const json* part : level) {
      if (!part->is_array() || part->size() != extent)
        malformed("the rows of '" + name + "' differ in length");
      for (const json& entry : *part) below.push_back(&entry);
    }
    level = std::move(below);
  }
  for (const json* entry : level) {
    if (is_complex_number(*entry)) {
      value.imaginary.resize(value.entries.size());
      value.imaginary.push_back((*entry)["im"].get<double>());
      entry = &(*entry)["re"];
    } else if (!value.imaginary.empty()) {
      value.imaginary.push_back(0);
    }
    if (!entry->is_number()) {
      malformed("the value of '" + name + "' holds " + std::string(entry->type_name()) +
                ", not only numbers");
    }
    value.entries.push_back(entry->get<double>());
    if (!std::isfinite(value.entries.back()) ||
        (!value.imaginary.empty() && !std::isfinite(value.imaginary.back())))
      malformed("a number of '" + name + "' is too large for a double");
  }
  return value;
}

// Refuses what would be lost in silence: two members of one name.
class NameCheck {
 public:
  bool operator()(int depth, json::parse_event_t event, json& parsed) {
    if (event == json::parse_event_t::key && depth == 1) {
      const std::string name = parsed.get<std::string>();
      if (std::find(names_.begin(), names_.end(), name) != names_.end()) {
        malformed("'" + name + "' has two values");
      }
      names_.push_back(name);
    }
    return true;
  }

 private:
  std::vector<std::string> names_;
};

void check_domain(Context& ctx, const Symbol& symbol, double v) {
  const auto refuse = [&](const std::string& bound) {
    throw Failure(Code::bad_value, "the value " + decimal(v) + " of '" + symbol.name +
                                       "' is outside its domain: " + symbol.name + " " + bound);
  };
  const Domain& domain = symbol.domain;
  if (domain.not_zero && v == 0) refuse("!= 0");
  if (domain.integer && v != std::floor(v)) refuse("is an integer");
  const auto number = [&](Ref bound) { return bound && ctx.is_number(bound); };
  if (number(domain.lower)) {
    const double low = ctx.value(domain.lower).to_double();
    if (!(domain.lower_open ? v > low : v >= low)) refuse((domain.lower_open ? "> " : ">= ") + decimal(low));
  }
  if (number(domain.upper)) {
    const double high = ctx.value(domain.upper).to_double();
    if (!(domain.upper_open ? v < high : v <= high))
      refuse((domain.upper_open ? "< " : "<= ") + decimal(high));
  }
}

// Where symbolic extents get their numbers from.
class Extents {
 public:
  explicit Extents(Context& ctx) : ctx_(ctx) {}

  void fit(const Symbol& symbol, const Value& value) {
    const Shape& shape = ctx_.shape(symbol.shape);
    if (shape.order() != value.extents.size() && !is_row(shape, value)) {
      throw Failure(Code::bad_value, "'" + symbol.name + "' has " + std::to_string(shape.order()) +
                                         (shape.order() == 1 ? " axis" : " axes") + ", its value is " +
                                         shown(value.extents));
    }
    const size_t skipped = value.extents.size() - shape.order();
    for (size_t i = 0; i < shape.order(); ++i)
      axis(symbol.name, shape.extents[i], value.extents[i + skipped]);
  }
  // A dim whose number is given.
  void give(const Symbol& dim, double value) { set(dim.name, static_cast<uint64_t>(value), dim.name); }

  std::vector<std::pair<std::string, uint64_t>> known() const {
    std::vector<std::pair<std::string, uint64_t>> list;
    for (const auto& [dim, how] : known_) list.emplace_back(dim, how.first);
    return list;
  }

 private:
  // [[1, 2, 3]] for a row[3]
  static bool is_row(const Shape& shape, const Value& value) {
    return shape.row && value.extents.size() == 2 && value.extents[0] == 1;
  }

  void set(const std::string& dim, uint64_t given, const std::string& by) {
    const auto [known, is_new] = known_.try_emplace(dim, given, by);
    if (is_new || known->second.first == given) return;
    throw Failure(Code::bad_value, "'" + by + "' makes " + dim + " = " + std::to_string(given) + ", but '" +
                                       known->second.second + "' makes it " +
                                       std::to_string(known->second.first));
  }

  void axis(const std::string& name, Ref extent, uint64_t given) {
    if (ctx_.kind(extent) == Kind::symbol) {
      check_domain(ctx_, ctx_.symbol(extent), static_cast<double>(given));
      set(ctx_.symbol(extent).name, given, name);
      return;
    }
    if (!ctx_.is_number(extent) || ctx_.value(extent) == Rational(static_cast<int64_t>(given))) return;
    throw Failure(Code::bad_value, "'" + name + "' is declared with extent " +
                                       ctx_.value(extent).to_string() + ", its value has " +
                                       std::to_string(given));
  }

  Context& ctx_;
  std::map<std::string, std::pair<uint64_t, std::string>> known_;
};

// The position of x[i, j] in the row-major entries of x.
size_t position(Context& ctx, Ref entry, const Value& value) {
  const std::span<const Ref> indices = ctx.operands(entry).subspan(1);
  const size_t skipped = value.extents.size() - indices.size();
  size_t at = 0;
  for (size_t i = 0; i < indices.size(); ++i) {
    const auto index = ctx.value(indices[i]).as_int();
    const uint64_t extent = value.extents[i + skipped];
    if (!index || *index < 1 || static_cast<uint64_t>(*index) > extent) {
      throw Failure(Code::bad_value, "the value of '" + value.name + "' has extent " +
                                         std::to_string(extent) + ", and entry " +
                                         ctx.value(indices[i]).to_string() + " is asked for");
    }
    at = at * extent + static_cast<size_t>(*index - 1);
  }
  return at;
}

}  // namespace

void check_structure(const Symbol& symbol, const DenseArray<double>& value) {
  constexpr double tolerance = 1e-9;
  if (has_structure(value, symbol.structure, tolerance)) return;
  throw Failure(Code::bad_value, "'" + symbol.name + "' is declared " +
                                     structure_words[static_cast<size_t>(symbol.structure)] +
                                     ", and its value is not");
}

std::vector<Value> values_from_json(std::string_view text) {
  json data;
  try {
    data = json::parse(text, NameCheck());
  } catch (const json::exception& error) {
    // "[json.exception.parse_error.101] parse error at line 1, column 5: …"
    std::string what = error.what();
    const size_t bracket = what.find("] ");
    if (bracket != std::string::npos) what = what.substr(bracket + 2);
    malformed("the values are no JSON: " + what);
  }
  if (!data.is_object()) malformed("the values are " + std::string(data.type_name()) + ", not an object");
  std::vector<Value> values;
  for (const auto& [name, value] : data.items()) values.push_back(read_value(name, value));
  return values;
}

namespace {

// Checks all values against the symbols of their names.
void fit_all(Context& ctx, std::span<const Value> values, std::span<const Ref> known, Extents& extents) {
  std::map<std::string_view, const Value*> by_name;
  for (const Value& value : values) by_name[value.name] = &value;
  for (Ref r : known) {
    const Symbol& symbol = ctx.symbol(r);
    const auto found = by_name.find(symbol.name);
    if (found == by_name.end() || symbol.role == Role::function) continue;
    extents.fit(symbol, *found->second);
    const Value& value = *found->second;
    if (!value.imaginary.empty() && !symbol.complex) {
      throw Failure(Code::bad_value, "'" + symbol.name + "' is real, and its value is complex",
                    "declare it: var " + symbol.name + " : scalar complex");
    }
    if (!symbol.complex) {
      for (double v : value.entries) check_domain(ctx, symbol, v);
    }
    for (const std::vector<double>* part : {&value.entries, &value.imaginary}) {
      if (!part->empty()) check_structure(symbol, {{value.extents.begin(), value.extents.end()}, *part});
    }
    if (symbol.role == Role::extent) extents.give(symbol, found->second->entries[0]);
  }
}

}  // namespace

std::vector<std::pair<std::string, uint64_t>> extents_of_values(Context& ctx, std::span<const Value> values,
                                                                std::span<const Ref> known) {
  Extents extents(ctx);
  fit_all(ctx, values, known, extents);
  return extents.known();
}

std::vector<double> bind_values(Context& ctx, std::span<const Value> values, std::span<const Ref> inputs,
                                std::span<const Ref> known) {
  Extents extents(ctx);
  fit_all(ctx, values, known, extents);
  std::map<std::string_view, const Value*> by_name;
  for (const Value& value : values) by_name[value.name] = &value;
  for (const Value& value : values) {
    const auto is_it = [&](Ref r) { return ctx.symbol(r).name == value.name; };
    if (std::none_of(known.begin(), known.end(), is_it)) {
      throw Failure(Code::unknown_name, "a value is given for '" + value.name + "', which is no name here");
    }
  }
  std::vector<double> numbers;
  for (Ref input : inputs) {
    const bool whole = ctx.kind(input) == Kind::symbol;
    const Symbol& symbol = ctx.symbol(whole ? input : ctx.operands(input)[0]);
    const auto found = by_name.find(symbol.name);
    if (found == by_name.end()) {
      throw Failure(Code::missing_value, "'" + symbol.name + "' has no value", "--at " + symbol.name + "=1");
    }
    numbers.push_back(found->second->entries[whole ? 0 : position(ctx, input, *found->second)]);
  }
  return numbers;
}

}  // namespace nabla
