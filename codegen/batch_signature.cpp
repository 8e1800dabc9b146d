#include "codegen/batch_signature.h"

#include <algorithm>

#include "codegen/layout.h"
#include "codegen/requests.h"

namespace nabla {
namespace {

class Maker {
 public:
  Maker(Context& ctx, const EntryPoint& entry, BatchNames& known, Identifiers& names)
      : ctx_(ctx), entry_(entry), known_(known), names_(names), summed_(is_summed(entry.wrt, entry.points)) {}

  BatchSignature run() {
    for (Ref a : entry_.arguments)
      add_parameter(names_.of(ctx_.symbol(a).name), scalars_of(ctx_, a).size(), by_point(a),
                    ctx_.shape_of(a).order() > 0);
    if (const auto [it, is_new] = known_.others.try_emplace("shared"); is_new)
      it->second = names_.fresh_stem("shared");
    add_directions();
    size_t offset = 0;  // of each variable among the scalars of all
    for (Ref x : entry_.wrt) {
      offsets_.push_back(offset);
      sizes_.push_back(scalars_of(ctx_, x).size());
      offset += sizes_.back();
    }
    for (size_t o = 0; o < entry_.program.outputs.size(); ++o) add_results(o);
    return std::move(out_);
  }

 private:
  bool by_point(Ref symbol) const {
    return std::find(entry_.points.begin(), entry_.points.end(), symbol) != entry_.points.end();
  }

  std::string local(const std::string& wish) {
    const auto [it, is_new] = known_.others.try_emplace(wish);
    if (is_new) it->second = names_.fresh(wish);
    return it->second;
  }

  std::string spelled(Ref symbol) const { return names_.of(ctx_.symbol(symbol).name); }

  void add_parameter(const std::string& name, size_t entries, bool by_point, bool is_array) {
    BatchParameter p{name, entries, by_point, is_array || by_point, {}};
    for (size_t k = 0; k < entries && by_point; ++k)
      p.lanes.push_back(local(name + "_p" + (is_array ? std::to_string(k) : "")));
    out_.parameters.push_back(std::move(p));
  }

  // v has the parts of the variables, u that of the value.
  void add_directions() {
    if (entry_.direction.empty()) return;
    if (entry_.kind == Output::vjp) {
      add_parameter(local("u"), entry_.direction.size(), !summed_, true);
      return;
    }
    for (Ref x : entry_.wrt) {
      const std::string name = local(entry_.wrt.size() == 1 ? "v" : "v_" + spelled(x));
      add_parameter(name, scalars_of(ctx_, x).size(), by_point(x), ctx_.shape_of(x).order() > 0);
    }
  }

  void add(const std::string& wish, size_t output, std::vector<size_t> entries, bool by_point) {
    const std::string name = wish.empty() ? "" : local(wish);
    if (!by_point) (void)local("sum_" + (name.empty() ? "value" : name));
    out_.results.push_back({name, output, std::move(entries), by_point, false, 0, false});
  }

  void add_results(size_t o) {
    const ProgramOutput& output = entry_.program.outputs[o];
    const size_t rows = entry_.values;
    const bool compressed = entry_.layout.sparsity != Sparsity::dense;
    if (output.name == "value" || output.name == "jvp" || entry_.kind == Output::value) {
      std::vector<size_t> all(output.entries.size());
      for (size_t k = 0; k < all.size(); ++k) all[k] = k;
      const bool returned = summed_ && rows == 1 && output.name == "value";
      add(returned ? "" : output.name == "jvp" ? "jvp" : "value", o, std::move(all), !summed_);
      if (compressed && !summed_) pack();
    } else if (compressed && output.name == output_name(entry_.kind)) {
      add_compressed(o);
    } else {
      add_by_variable(o);
    }
  }

  // By point, the entries of one point side by side.
  void pack() {
    BatchResult& r = out_.results.back();
    r.is_packed = true;
    (void)local(r.name + "_rows");
  }

  void add_compressed(size_t o) {
    if (is_mixed(entry_.wrt, entry_.points)) return add_all_points(o);
    const SparsityPattern p =
        pattern_of(entry_.plan, entry_.plan.outputs[o], entry_.variables.size(), entry_.layout);
    add(std::string(output_name(entry_.kind)), o, p.entries, !summed_);
    if (!summed_) pack();
  }

  void add_all_points(size_t o) {
    out_.pattern = batch_pattern(ctx_, entry_, entry_.plan.outputs[o]);
    const std::string name(output_name(entry_.kind));
    const bool sums = !out_.pattern->sums.empty();
    if (sums) add(name, o, out_.pattern->sums, false);
    if (sums && out_.pattern->by_point.empty()) return;
    add(name, o, out_.pattern->by_point, true);
    pack();
    out_.results.back().first = out_.pattern->sums.size();
    out_.results.back().continues = sums;
  }

  void add_by_variable(size_t o) {
    const ProgramOutput& output = entry_.program.outputs[o];
    const size_t rows = output.name == "jac" ? entry_.values : 1, n = entry_.variables.size();
    for (size_t i = 0; i < entry_.wrt.size(); ++i) {
      if (output.name == "hess") {
        const bool lower = entry_.layout.lower;
        for (size_t j = lower ? 0 : i; j < (lower ? i + 1 : entry_.wrt.size()); ++j) add_hessian(o, i, j);
        continue;
      }
      std::vector<size_t> entries;
      for (size_t r = 0; r < rows; ++r) {
        for (size_t k = 0; k < sizes_[i]; ++k) entries.push_back(r * n + offsets_[i] + k);
      }
      add(output.name + "_" + spelled(entry_.wrt[i]), o, std::move(entries), by_point(entry_.wrt[i]));
    }
  }

  void add_hessian(size_t o, size_t i, size_t j) {
    std::vector<size_t> entries;
    for (size_t a = 0; a < sizes_[i]; ++a) {
      for (size_t b = 0; b < sizes_[j]; ++b) {
        const bool above = entry_.layout.lower && i == j && b > a;
        entries.push_back(above ? always_zero
                                : (offsets_[i] + a) * entry_.variables.size() + offsets_[j] + b);
      }
    }
    const std::string x = spelled(entry_.wrt[i]), y = spelled(entry_.wrt[j]);
    add(i == j ? "hess_" + x : "hess_" + x + "_" + y, o, std::move(entries),
        by_point(entry_.wrt[i]) || by_point(entry_.wrt[j]));
  }

  Context& ctx_;
  const EntryPoint& entry_;
  BatchNames& known_;
  Identifiers& names_;
  bool summed_;
  std::vector<size_t> offsets_, sizes_;  // by variable
  BatchSignature out_;
};

}  // namespace

BatchNames batch_names(Identifiers& names) {
  return {names.fresh("points"), names.fresh("Lanes"), names.fresh("p"),     names.fresh("left"),
          names.fresh("begin"),  names.fresh("end"),   names.fresh("total"), {}};
}

bool is_summed(const std::vector<Ref>& wrt, const std::vector<Ref>& points) {
  return std::any_of(wrt.begin(), wrt.end(),
                     [&](Ref x) { return std::find(points.begin(), points.end(), x) == points.end(); });
}

std::string layout_text(const std::string& by_point, const std::string& shared, const std::string& sums) {
  std::string out = "Over many points. By point, entry k for point p at [k*points + p]: " +
                    (by_point.empty() ? "nothing" : by_point) + ".";
  if (!shared.empty()) out += " The same for all points: " + shared + ".";
  if (!sums.empty()) out += " Sums over the points: " + sums + ".";
  return out;
}

std::string packed_text(const std::string& packed) {
  return packed.empty() ? "" : " Point after point, entry k for point p: " + packed + ".";
}

BatchSignature batch_signature(Context& ctx, const EntryPoint& entry, BatchNames& known, Identifiers& names) {
  return Maker(ctx, entry, known, names).run();
}

}  // namespace nabla
