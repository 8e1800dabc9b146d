#include "codegen/runtime_blocks.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "codegen/runtime_text.h"
#include "expr/diagnostic.h"

namespace nabla {
namespace {

struct Block {
  std::string_view name, text;
  std::vector<std::string_view> needs;
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
    take_word(line);  // "needs"
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

// Appends `block` with std::name( as name(, and collects the names.
void append_unqualified(std::string& out, std::string_view block, std::set<std::string>& names) {
  constexpr std::string_view prefix = "std::";
  for (size_t at = block.find(prefix); at != std::string_view::npos; at = block.find(prefix)) {
    const std::string_view rest = block.substr(at + prefix.size());
    const auto end = std::find_if(rest.begin(), rest.end(), [](char c) { return !is_word(c); });
    const std::string_view name = rest.substr(0, static_cast<size_t>(end - rest.begin()));
    const bool is_call = end != rest.end() && *end == '(';
    out += block.substr(0, is_call ? at : at + prefix.size());
    out += is_call && name == "abs" ? "fabs" : name;
    if (is_call) names.insert(name == "abs" ? "fabs" : std::string(name));
    block = rest.substr(name.size());
  }
  out += block;
}

}  // namespace

RuntimeBlocks runtime_blocks(const std::set<std::string>& functions) {
  const std::vector<Block> blocks = cut(runtime_text());
  std::set<std::string_view> wanted(functions.begin(), functions.end());
  size_t known = 0;
  for (const Block& b : blocks) known += functions.count(std::string(b.name));
  if (known != functions.size()) throw Failure(Code::internal_error, "a function is missing in the runtime");
  for (auto b = blocks.rbegin(); b != blocks.rend(); ++b) {  // what a block needs stands above it
    if (wanted.count(b->name) != 0) wanted.insert(b->needs.begin(), b->needs.end());
  }
  RuntimeBlocks out;
  std::set<std::string> names;
  for (const Block& b : blocks) {
    if (wanted.count(b.name) == 0) continue;
    out.text += '\n';
    append_unqualified(out.text, b.text, names);
  }
  for (const std::string& n : names) out.using_declarations += "using std::" + n + ";\n";
  out.needs_limits = out.text.find("std::numeric_limits") != std::string::npos;
  return out;
}

}  // namespace nabla
