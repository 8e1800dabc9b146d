#include "codegen/line_stores.h"

#include <algorithm>

#include "codegen/compressed_code.h"
#include "codegen/index_text.h"

namespace nabla {
namespace {

class LineFinder {
 public:
  LineFinder(Context& ctx, const TensorEntry& entry, const TensorSignature& signature,
             const TensorNames& names, const LoopProgram& loops)
      : ctx_(ctx), entry_(entry), signature_(signature), names_(names), loops_(loops) {
    for (const TensorOutput& o : entry.program.outputs) {
      if (o.is_diagonal) diagonals_.push_back(o.value);
    }
  }

  LineLoops run() {
    const CompressedCode code(ctx_, entry_, signature_, names_);
    if (diagonals_.empty() || code.is_in_order()) return {};
    LineLoops out;
    for (size_t side = 0; side < entry_.matrix.lines.size(); ++side) {
      LineStores stores{signature_.matrix, signature_.next[side], code.nonzeros_before(side), {}};
      const LoopGroup* group = nullptr;
      for (const CompressedBlock& b : entry_.matrix.blocks) {
        if (b.line != side) continue;
        for (size_t d = 0; d < b.stencil.diagonals.size(); ++d) {
          const Ref let = diagonals_[b.first + d];
          const LoopGroup* own = loop_of(b, let);
          if (own == nullptr || (group != nullptr && own != group)) return {};
          group = own;
          stores.numbers.push_back(number(b, d, let));
        }
      }
      if (group != nullptr) out[group].push_back(std::move(stores));
    }
    return out;
  }

 private:
  // The loop over the lines that computes a diagonal for them alone.
  const LoopGroup* loop_of(const CompressedBlock& b, Ref let) const {
    const Stencil& s = b.stencil;
    const bool one_each =
        std::all_of(s.follows.begin(), s.follows.end(), [](const auto& f) { return f.has_value(); });
    if (s.lines.size() != 1 || !one_each || is_wanted_whole(let)) return nullptr;
    const LoopGroup* found = nullptr;
    for (const LoopStage& stage : loops_.stages) {
      for (const LoopGroup& group : stage.groups) {
        for (const LoopStep& step : group.steps) {
          if (step.name == let) {
            if (!group.shares || stage.extent || step.is_local || group.extents != s.lines) return nullptr;
            found = &group;
          } else {
            const std::vector<Ref> read = lets_read(ctx_, step);
            if (std::find(read.begin(), read.end(), let) != read.end()) return nullptr;
          }
        }
      }
    }
    return found;
  }

  bool is_wanted_whole(Ref let) const {
    return std::any_of(entry_.program.outputs.begin(), entry_.program.outputs.end(),
                       [&](const TensorOutput& o) { return !o.is_diagonal && o.value == let; });
  }

  LineStores::Number number(const CompressedBlock& b, size_t diagonal, Ref let) const {
    const LineRange range = range_of(ctx_, b.stencil, diagonal, 0);
    LineStores::Number n{let, range.begin == 0 ? "" : std::to_string(range.begin), {}};
    if (range.ends == b.stencil.lines) return n;
    for (Ref e : range.ends) {
      const std::string text = index_text(
          ctx_, e, [&](Ref r) { return names_.symbols.at(r); }, true);
      n.end = n.end.empty() ? text : "(" + n.end + " < " + text + " ? " + n.end + " : " + text + ")";
    }
    return n;
  }

  Context& ctx_;
  const TensorEntry& entry_;
  const TensorSignature& signature_;
  const TensorNames& names_;
  const LoopProgram& loops_;
  std::vector<Ref> diagonals_;
};

}  // namespace

void LineStores::append(FormulaCode& code, const std::unordered_map<Ref, Ref>& values,
                        const std::string& position, bool whole) const {
  for (const Number& n : numbers) {
    std::string condition = whole || n.first.empty() ? "" : position + " >= " + n.first;
    if (!whole && !n.end.empty()) condition += (condition.empty() ? "" : " && ") + position + " < " + n.end;
    code.assign((condition.empty() ? "" : "if (" + condition + ") ") + matrix + "[" + next + "++] = ",
                values.at(n.let));
  }
}

bool is_appended(const std::vector<LineStores>& lines, Ref let) {
  return std::any_of(lines.begin(), lines.end(), [&](const LineStores& s) {
    return std::any_of(s.numbers.begin(), s.numbers.end(), [&](const auto& n) { return n.let == let; });
  });
}

LineLoops line_stores(Context& ctx, const TensorEntry& entry, const TensorSignature& signature,
                      const TensorNames& names, const LoopProgram& loops) {
  if (entry.matrix.blocks.empty()) return {};
  return LineFinder(ctx, entry, signature, names, loops).run();
}

}  // namespace nabla
