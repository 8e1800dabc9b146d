#include "codegen/tensor_names.h"

#include <algorithm>

#include "codegen/entry.h"
#include "codegen/identifiers.h"
#include "codegen/layout.h"

namespace nabla {
namespace {

constexpr size_t most_labels = 12;

class Namer {
 public:
  Namer(Context& ctx, const std::vector<TensorEntry>& entries)
      : ctx_(ctx), entries_(entries), pool_(user_names()) {}

  TensorNames run(const std::string& scalar) {
    out_.is_template = scalar == "template";
    out_.scalar = out_.is_template ? pool_.fresh("T") : scalar;
    for (const TensorEntry& e : entries_) {
      for (const auto* list : {&e.dims, &e.arguments}) {
        for (Ref s : *list) out_.symbols[s] = pool_.of(ctx_.symbol(s).name);
      }
      for (Ref s : e.directions) out_.symbols.try_emplace(s, shared(ctx_.symbol(s).name));
    }
    out_.batch = batch_names(pool_);
    for (const TensorEntry& e : entries_) out_.signatures.push_back(signature(e));
    out_.runtime = pool_.fresh("rt");
    out_.algebra = pool_.fresh("algebra");
    out_.pi = pool_.fresh("pi");
    out_.e = pool_.fresh("e");
    out_.guard = pool_.fresh("NotInteger");
    out_.work = pool_.fresh("work");
    out_.sum = pool_.fresh("sum");
    out_.value = pool_.fresh("item");
    out_.found = pool_.fresh("found");
    out_.block = pool_.fresh("first");
    out_.lane = pool_.fresh("lane");
    out_.lane_sums = pool_.fresh("parts");
    out_.wide = pool_.fresh("Wide");
    out_.turn = pool_.fresh("turn");
    out_.start = pool_.fresh("start");
    out_.count = pool_.fresh("count");
    constexpr const char* letters = "ijklpqrsabcg";
    for (size_t k = 0; k < most_labels; ++k) out_.labels.push_back(pool_.fresh(std::string(1, letters[k])));
    size_t lets = 0;
    for (const TensorEntry& e : entries_) lets = std::max(lets, e.program.lets.size());
    for (size_t k = 1; k <= 2 * lets; ++k) {  // of some a factor is taken out
      out_.arrays.push_back(pool_.fresh("m" + std::to_string(k)));
      out_.scalars.push_back(pool_.fresh("s" + std::to_string(k)));
      out_.parts.push_back(pool_.fresh("parts" + std::to_string(k)));
    }
    return std::move(out_);
  }

 private:
  std::vector<std::string> user_names() const {
    std::vector<std::string> names;
    for (const TensorEntry& e : entries_) {
      names.push_back(e.function->name);
      for (const auto* list : {&e.dims, &e.arguments}) {
        for (Ref s : *list) names.push_back(ctx_.symbol(s).name);
      }
    }
    return names;
  }

  // The same name in all functions.
  const std::string& shared(const std::string& wish) {
    std::string& name = shared_[wish];
    if (name.empty()) name = pool_.fresh(wish);
    return name;
  }

  TensorSignature signature(const TensorEntry& e) {
    TensorSignature s;
    const std::string& function = pool_.of(e.function->name);
    s.name = function;
    if (e.kind != Output::value || e.batch) {
      std::string wish = function;
      if (e.kind != Output::value) wish += "_" + std::string(output_name(e.kind)) + layout_suffix(e.layout);
      if (e.batch) wish += "_batch";
      const bool again = std::any_of(out_.signatures.begin(), out_.signatures.end(),
                                     [&](const TensorSignature& t) { return t.name == wish; });
      if (again) {
        for (Ref x : e.wrt) wish += "_" + pool_.of(ctx_.symbol(x).name);
      }
      s.name = pool_.fresh(wish);
    }
    size_t diagonals = 0;
    if (e.layout.sparsity != Sparsity::dense) {
      s.diagonals = pool_.fresh(s.name + "_diagonals");
      name_pattern(e, s);
      if (e.batch && !is_summed(e.wrt, e.points)) s.pattern_of_points = pool_.fresh(s.name + "_pattern");
      const bool by_rows = e.layout.sparsity == Sparsity::csr;
      s.starts = shared(by_rows ? "row_ptr" : "col_ptr");
      s.indices = shared(by_rows ? "col_idx" : "row_idx");
      std::string matrix(output_name(e.kind));
      if (e.wrt.size() == 1) matrix += "_" + pool_.of(ctx_.symbol(e.wrt[0]).name);
      s.matrix = shared(matrix);
      for (const CompressedSide& side : e.matrix.lines)
        s.next.push_back(
            shared(e.matrix.lines.size() == 1 ? "next" : "next_" + ctx_.symbol(side.variable).name));
    }
    for (const TensorOutput& o : e.program.outputs) {
      if (o.is_diagonal) {
        s.outputs.push_back(shared("diagonal_" + std::to_string(diagonals++)));
        continue;
      }
      const bool one = o.name == "value" && o.shape == scalar_shape;
      if (one && (!e.batch || is_summed(e.wrt, e.points))) {
        s.outputs.emplace_back();
        continue;
      }
      std::string name = o.name;
      for (size_t k = 0; k < o.by.size(); ++k) {
        if (k == 0 || o.by[k] != o.by[0]) name += "_" + pool_.of(ctx_.symbol(o.by[k]).name);
      }
      s.outputs.push_back(shared(name));
    }
    if (e.batch) name_locals(e, s);
    return s;
  }

  // Over many points the pattern is that of one, or one of its own for all of them.
  void name_pattern(const TensorEntry& e, TensorSignature& s) {
    const bool of_one = e.batch && !e.matrix.of_all_points;
    for (size_t i = 0; of_one && i < out_.signatures.size(); ++i) {
      const TensorEntry& single = entries_[i];
      if (single.batch || single.function != e.function || single.kind != e.kind ||
          !(single.layout == e.layout) || single.wrt != e.wrt)
        continue;
      s.pattern = out_.signatures[i].pattern;
      s.nonzeros = out_.signatures[i].nonzeros;
      return;
    }
    s.has_pattern = true;
    s.pattern = pool_.fresh(s.name + "_pattern");
    s.nonzeros = pool_.fresh(s.name + "_nonzeros");
  }

  // What stands inside a function over many points.
  void name_locals(const TensorEntry& e, const TensorSignature& s) {
    std::vector<std::string> wishes = {"vectors",   "shared_work", "point_work", "value_p",
                                       "sum_value", "threads",     "teams",      "thread",
                                       "wave",      "all_vectors", "rows",       "numbers"};
    for (const auto* list : {&e.arguments, &e.directions}) {
      for (Ref r : *list) wishes.push_back(out_.symbols.at(r) + "_p");
    }
    for (const std::string& o : s.outputs) {
      wishes.push_back(o + "_p");
      wishes.push_back("sum_" + o);
    }
    const auto [shared, is_first] = out_.batch.others.try_emplace("shared");
    if (is_first) shared->second = pool_.fresh_stem("shared");
    for (const std::string& wish : wishes) {
      const auto [it, is_new] = out_.batch.others.try_emplace(wish);
      if (is_new) it->second = pool_.fresh(wish);
    }
  }

  Context& ctx_;
  const std::vector<TensorEntry>& entries_;
  Identifiers pool_;
  TensorNames out_;
  std::unordered_map<std::string, std::string> shared_;
};

}  // namespace

NestStyle nest_style(const TensorNames& names) {
  NestStyle s;
  s.spelling = names.spelling;
  s.scalar = names.scalar;
  s.lanes_of = names.lanes_of;
  s.is_template = names.is_template;
  s.runtime = names.runtime;
  s.pi = names.pi;
  s.e = names.e;
  s.sum = names.sum;
  s.value = names.value;
  s.found = names.found;
  s.wide = names.wide;
  s.turn = names.turn;
  s.left = names.batch.left;
  s.block = names.block;
  s.lane = names.lane;
  s.parts = names.lane_sums;
  s.labels = names.labels;
  return s;
}

bool is_integer_data(const Context& ctx, const TensorEntry& entry, Ref symbol) {
  const Symbol& s = ctx.symbol(symbol);
  return s.role == Role::parameter && s.domain.integer &&
         std::find(entry.wrt.begin(), entry.wrt.end(), symbol) == entry.wrt.end();
}

TensorNames tensor_names(Context& ctx, const std::vector<TensorEntry>& entries, const std::string& scalar) {
  return Namer(ctx, entries).run(scalar);
}

// No name of a user has two underscores in a row.
TensorNames tensor_names_in_c(Context& ctx, const std::vector<TensorEntry>& entries,
                              const std::string& prefix, const std::string& scalar) {
  TensorNames names = tensor_names(ctx, entries, scalar);
  names.spelling.language = EmitLanguage::c;
  names.runtime = prefix;
  for (TensorSignature& s : names.signatures) {
    for (std::string* name : {&s.name, &s.pattern, &s.nonzeros}) *name = prefix + "_" + *name;
    if (!s.diagonals.empty()) s.diagonals = prefix + "__" + s.diagonals;
  }
  return names;
}

}  // namespace nabla
