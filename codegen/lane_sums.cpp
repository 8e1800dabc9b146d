#include "codegen/lane_sums.h"

#include "codegen/cpp_number.h"
#include "codegen/emit.h"

namespace nabla {
namespace {

bool gathers(const LoopStep& s) { return s.nest->gathering != Gathering::entry; }
bool is_sum(const LoopStep& s) { return s.nest->gathering == Gathering::sum; }

// The head of a loop over so many lanes.
std::string counted(const NestStyle& style, int lanes) {
  const std::string& q = style.lane;
  return "for (" + style.integer() + " " + q + " = 0; " + q + " < " + std::to_string(lanes) + "; ++" + q +
         ")";
}

}  // namespace

std::string begin_sums(const NestStyle& style, const LoopGroup& group, const GroupTargets& targets,
                       bool in_lanes, const std::string& indent) {
  std::string out;
  const auto line = [&](const std::string& text) { append_wrapped(out, indent, text); };
  for (const LoopStep& s : group.steps) {
    if (!gathers(s)) continue;
    const std::string type = style.scalar + " ", count = "[" + std::to_string(lane_count) + "]",
                      start = cpp_number(is_sum(s) ? 0 : 1, style.scalar).text;
    line(type + targets.scalar(s.name) + " = " + start + ";");
    if (!in_lanes) continue;
    const std::string parts = targets.parts(s.name);
    if (is_sum(s)) {
      line(type + parts + count + style.spelling.zeros() + ";");
    } else {
      line(type + parts + count + ";");
      line(counted(style, lane_count) + " " + parts + "[" + style.lane + "] = " + start + ";");
    }
  }
  return out;
}

std::string end_sums(const NestStyle& style, const LoopGroup& group, const GroupTargets& targets,
                     const std::string& indent) {
  std::string out;
  const std::string& q = style.lane;
  for (const int w : {lane_count / 2, lane_count / 4}) {
    const std::string half = std::to_string(w);
    append_wrapped(out, indent, counted(style, w) + " {");
    for (const LoopStep& s : group.steps) {
      if (!gathers(s)) continue;
      const std::string p = targets.parts(s.name);
      append_wrapped(out, indent + "  ",
                     p + "[" + q + "]" + (is_sum(s) ? " += " : " *= ") + p + "[" + q + " + " + half + "];");
    }
    append_wrapped(out, indent, "}");
  }
  for (const LoopStep& s : group.steps) {
    if (!gathers(s)) continue;
    const std::string p = targets.parts(s.name), op = is_sum(s) ? " + " : " * ";
    append_wrapped(out, indent,
                   targets.scalar(s.name) + (is_sum(s) ? " += (" : " *= (") + p + "[0]" + op + p + "[1])" +
                       op + "(" + p + "[2]" + op + p + "[3]);");
  }
  return out;
}

}  // namespace nabla
