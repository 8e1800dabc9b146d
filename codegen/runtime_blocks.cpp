#include "codegen/runtime_blocks.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "codegen/cpp_number.h"
#include "codegen/runtime_text.h"
#include "expr/diagnostic.h"
#include "expr/number.h"

namespace nabla {
namespace {

struct Block {
  std::string_view name, text;
  std::vector<std::string_view> needs;
  bool lanes = false;  // takes them too
};

std::string_view take_word(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  const std::string_view word = line.substr(0, line.find(' '));
  line.remove_prefix(word.size());
  return word;
}

std::vector<Block> cut(std::string_view file) {
  constexpr std::string_view open = "// @function ", close = "// @end\n";
  std::vector<Block> blocks;
  for (size_t at = file.find(open); at != std::string_view::npos; at = file.find(open, at)) {
    const size_t line_end = file.find('\n', at), end = file.find(close, at);
    std::string_view line = file.substr(at + open.size(), line_end - at - open.size());
    Block b;
    b.name = take_word(line);
    if (take_word(line) == "lanes") {
      b.lanes = true;
      take_word(line);
    }  // else it was "needs"
    for (std::string_view w = take_word(line); !w.empty(); w = take_word(line)) b.needs.push_back(w);
    b.text = file.substr(line_end + 1, end - line_end - 1);
    blocks.push_back(std::move(b));
    at = end;
  }
  return blocks;
}

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// The names of nabla_cmath.h, the first of the files.
std::set<std::string> cmath_names() {
  constexpr std::string_view line = "\nusing std::";
  const std::string_view text = runtime_text(), file = text.substr(0, text.find("// @function "));
  std::set<std::string> out;
  for (size_t at = file.find(line); at != std::string_view::npos; at = file.find(line, at + 1)) {
    const size_t begin = at + line.size();
    out.emplace(file.substr(begin, file.find(';', begin) - begin));
  }
  return out;
}

// The words before a parenthesis, those of comments left out.
void add_called(std::string_view text, std::set<std::string>& names) {
  for (size_t at = 0; at < text.size();) {
    if (text.substr(at, 2) == "//") {
      at = std::min(text.find('\n', at), text.size());
    } else if (!is_word(text[at])) {
      ++at;
    } else {
      size_t end = at;
      while (end < text.size() && is_word(text[end])) ++end;
      if (end < text.size() && text[end] == '(') names.emplace(text.substr(at, end - at));
      at = end;
    }
  }
}

// T(0.69…L) as a sum of two doubles: as exact, and no conversion from long double where T is a class.
std::string without_long_double(std::string_view text) {
  std::string out;
  constexpr std::string_view open = "T(", close = "L)";
  for (size_t at = text.find(open); at != std::string_view::npos; at = text.find(open)) {
    const size_t first = at + open.size();
    const bool negative = text.substr(first, 1) == "-";
    const size_t digits = first + (negative ? 1 : 0), end = text.find_first_not_of("0123456789.", digits);
    const std::string_view number = text.substr(digits, std::min(end, text.size()) - digits);
    const bool is_long = !number.empty() && end != std::string_view::npos && text.substr(end, 2) == close;
    const auto value = is_long ? Rational::parse(number, number.size()) : std::nullopt;
    out += text.substr(0, value ? at : first);
    if (value) out += (negative ? "-" : "") + cpp_number(*value, "T").text;
    text.remove_prefix(value ? end + close.size() : first);
  }
  out += text;
  return out;
}

const Block* find_block(const std::vector<Block>& blocks, std::string_view name) {
  const auto it = std::find_if(blocks.begin(), blocks.end(), [&](const Block& b) { return b.name == name; });
  return it == blocks.end() ? nullptr : &*it;
}

// Adds the functions of the runtime that calls with lanes need: those of lanes for each function of <cmath>.
void add_lanes(const std::vector<Block>& blocks, const std::set<std::string>& on_lanes,
               std::set<std::string>& functions) {
  if (on_lanes.empty()) return;
  functions.insert("lanes");
  const std::set<std::string> cmath = cmath_names();
  std::vector<std::string> todo(on_lanes.begin(), on_lanes.end());
  std::set<std::string> seen;
  while (!todo.empty()) {
    const std::string name = std::move(todo.back());
    todo.pop_back();
    if (!seen.insert(name).second) continue;
    const Block* b = find_block(blocks, name);
    functions.insert(b ? name : "lanes_" + name);
    if (!b) continue;
    std::set<std::string> called;
    add_called(b->text, called);
    for (const std::string& c : called) {
      if (cmath.count(c) != 0) todo.push_back(c);
    }
    todo.insert(todo.end(), b->needs.begin(), b->needs.end());
  }
}

// The blocks of `functions` and of what they need, in the order of the files.
std::vector<Block> wanted_blocks(const std::set<std::string>& called,
                                 const std::set<std::string>& on_lanes = {}, bool any_type = false) {
  const std::vector<Block> blocks = cut(runtime_text());
  std::set<std::string> functions = called;
  add_lanes(blocks, on_lanes, functions);
  std::set<std::string_view> wanted(functions.begin(), functions.end());
  size_t known = 0;
  for (const Block& b : blocks) known += functions.count(std::string(b.name));
  if (known != functions.size()) throw Failure(Code::internal_error, "a function is missing in the runtime");
  for (auto b = blocks.rbegin(); b != blocks.rend(); ++b) {  // what a block needs stands above it
    if (wanted.count(b->name) == 0) continue;
    wanted.insert(b->needs.begin(), b->needs.end());
    if (any_type && b->text.find("fabs(") != std::string_view::npos) wanted.insert(fabs_of_class);
  }
  std::vector<Block> out;
  for (const Block& b : blocks) {
    if (wanted.count(b.name) != 0) out.push_back(b);
  }
  return out;
}

}  // namespace

bool runs_on_lanes(const std::string& function) {
  const std::vector<Block> blocks = cut(runtime_text());
  const Block* b = find_block(blocks, function);
  return b && b->lanes;
}

bool has_vector_function(const std::string& function) {
  const std::vector<Block> blocks = wanted_blocks({}, {function});
  return function == "sqrt" || std::any_of(blocks.begin(), blocks.end(), [](const Block& b) {
           return b.text.find("\"_ZGV") != std::string_view::npos;
         });
}

bool computes_several(const std::string& function) {
  return find_block(cut(runtime_text()), function + "_each") != nullptr;
}

RuntimeBlocks runtime_blocks(const std::set<std::string>& functions, const std::set<std::string>& on_lanes,
                             bool any_type) {
  RuntimeBlocks out;
  for (const Block& b : wanted_blocks(functions, on_lanes, any_type)) (out.text += '\n') += b.text;
  std::set<std::string> called;
  add_called(out.text, called);
  for (const std::string& n : cmath_names()) {
    if (called.count(n) != 0) out.using_declarations += "using std::" + n + ";\n";
  }
  out.text = without_long_double(out.text);
  out.needs_cstring = out.text.find("std::memcpy(") != std::string::npos ||
                      out.text.find("std::memcmp(") != std::string::npos;
  out.needs_utility = out.text.find("std::index_sequence") != std::string::npos;
  out.needs_array = out.text.find("std::array") != std::string::npos;
  out.needs_limits = out.text.find("std::numeric_limits") != std::string::npos;
  return out;
}

RuntimeSource runtime_source(const std::set<std::string>& functions) {
  RuntimeSource out;
  out.cmath = cmath_names();
  for (const Block& b : wanted_blocks(functions)) {
    out.names.emplace(b.name);
    (out.text += '\n') += b.text;
  }
  return out;
}

}  // namespace nabla
