#include "codegen/equal_lets.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "codegen/shared_parts.h"
#include "eval/columns.h"
#include "eval/points.h"
#include "expr/diagnostic.h"
#include "expr/scratch.h"
#include "expr/walk.h"
#include "simplify/zero_test.h"

namespace nabla {
namespace {

constexpr size_t point_count = 6;
constexpr double tolerance = 1e-10;
constexpr size_t most_nodes = 400;    // of a difference that is to be proved 0
constexpr size_t most_unproved = 12;  // attempts that fail before the search ends

class Merger {
 public:
  Merger(Context& ctx, Program& program, KnownZeros& known) : ctx_(ctx), program_(program), known_(known) {}

  MergedLets run() {
    if (program_.lets.size() > most_compared_lets || !draw()) return {};
    image_.resize(program_.lets.size());
    MergedLets found;
    for (size_t i = 0; i < program_.lets.size() && unproved_ < most_unproved; ++i) {
      if (is_zero(i)) {
        image_[i] = {zero, Ref{}};
        ++found.zeros;
      } else if (const auto [sign, j] = equal_let(i); sign != 0) {
        image_[i] = {sign > 0 ? one : minus_one, program_.lets[j].name};
        ++found.equals;
      }
    }
    if (found.zeros + found.equals > 0) replace();
    return found;
  }

 private:
  // The values of all lets at some points. False if there are none.
  bool draw() {
    try {
      const PointSet points = draw_points(ctx_, compile(ctx_, program_), point_count);
      Program all = program_;
      all.outputs.assign(1, {"lets", scalar_shape, {}});
      for (const Let& l : program_.lets) all.outputs[0].entries.push_back(l.name);
      const Tape tape = compile(ctx_, all);
      values_ = Columns(tape).evaluate(points.columns, points.count);
      inputs_ = points.columns;
      return points.count == point_count;
    } catch (const Failure& failure) {
      const Code code = failure.diagnostic.code;
      if (code != Code::never_defined && code != Code::empty_domain && code != Code::cannot_evaluate) throw;
      return false;
    }
  }

  double value(Ref atom, size_t point) const {
    if (ctx_.kind(atom) == Kind::let) return values_[ctx_[atom].payload][point];
    const auto it = std::find(program_.inputs.begin(), program_.inputs.end(), atom);
    if (it != program_.inputs.end()) return inputs_[static_cast<size_t>(it - program_.inputs.begin())][point];
    return 1;
  }

  bool is_finite(size_t i) const {
    return std::all_of(values_[i].begin(), values_[i].end(), [](double v) { return std::isfinite(v); });
  }

  // A sum all of whose terms cancel.
  bool is_zero(size_t i) {
    const Ref sum = program_.lets[i].value;
    if (ctx_.kind(sum) != Kind::sum || !is_finite(i)) return false;
    const auto list = ctx_.operands(sum);
    for (size_t p = 0; p < point_count; ++p) {
      double size = 0;
      for (size_t k = 0; k < list.size(); k += 2)
        size += std::abs(ctx_.value(list[k]).to_double() * value(list[k + 1], p));
      if (!(std::abs(values_[i][p]) <= tolerance * size)) return false;
    }
    return proved(program_.lets[i].name, zero, one);
  }

  // An earlier let with the same or the opposite values.
  std::pair<int, size_t> equal_let(size_t i) {
    const std::vector<double>& v = values_[i];
    const auto truth = [](double x) { return x == 0 || x == 1; };  // a condition, perhaps
    if (!is_finite(i) || v[0] == 0 || std::all_of(v.begin(), v.end(), truth)) return {0, 0};
    const double wanted = std::abs(v[0]);
    const auto end = by_size_.upper_bound(wanted * (1 + tolerance));
    for (auto it = by_size_.lower_bound(wanted * (1 - tolerance)); it != end; ++it) {
      const std::vector<double>& u = values_[it->second];
      const double sign = (u[0] < 0) == (v[0] < 0) ? 1 : -1;
      bool same = true;
      for (size_t p = 0; p < point_count; ++p)
        same = same && std::abs(u[p] * sign - v[p]) <= tolerance * std::abs(v[p]);
      if (!same) continue;
      const Ref earlier = program_.lets[it->second].name;
      if (proved(program_.lets[i].name, earlier, sign > 0 ? one : minus_one))
        return {sign > 0 ? 1 : -1, it->second};
    }
    by_size_.emplace(wanted, i);
    return {0, 0};
  }

  // a = sign*b wherever both are defined.
  bool proved(Ref a, Ref b, Ref sign) {
    if (unproved_ >= most_unproved) return false;
    const Ref sides[2] = {a, b};
    const std::vector<Ref> closed = inline_lets(ctx_, program_, sides);
    const Ref difference = ctx_.subtract(closed[0], ctx_.scale(sign, closed[1]));
    const auto [at, is_new] = known_.try_emplace(difference);
    if (is_new) {
      const bool small = nodes_below(ctx_, difference).size() <= most_nodes;
      const Ref over_shared = small ? difference_over_shared(ctx_, program_, a, b, sign) : Ref{};
      const bool at_once = over_shared && proved_zero(ctx_, over_shared);
      at->second = small && (at_once || proved_zero(ctx_, difference));
    }
    unproved_ += !at->second;
    return at->second;
  }

  void replace() {
    Program out;
    out.inputs = program_.inputs;
    Lowering lowering(ctx_, out);
    std::vector<Ref> closed(program_.lets.size());
    const auto moved = [&](Ref r) { return ctx_.kind(r) == Kind::let ? closed[ctx_[r].payload] : r; };
    Scratch<Ref, 64> list;
    for (size_t i = 0; i < program_.lets.size(); ++i) {
      const Term& t = image_[i];
      if (t.coefficient) {
        closed[i] = t.coefficient == zero ? zero : ctx_.scale(t.coefficient, moved(t.body));
        continue;
      }
      list.resize(0);
      for (Ref c : ctx_.operands(program_.lets[i].value)) list.push_back(moved(c));
      closed[i] = lowering.lower(ctx_.rebuild(program_.lets[i].value, list));
    }
    for (const ProgramOutput& o : program_.outputs) {
      out.outputs.push_back({o.name, o.shape, {}});
      for (Ref e : o.entries) out.outputs.back().entries.push_back(lowering.lower(moved(e)));
    }
    drop_dead_lets(ctx_, out);
    program_ = std::move(out);
  }

  Context& ctx_;
  Program& program_;
  KnownZeros& known_;
  std::vector<std::vector<double>> values_, inputs_;
  std::multimap<double, size_t> by_size_;  // of the lets that stay: |value| at the first point
  std::vector<Term> image_;                // of the lets that go: the let, with its sign
  size_t unproved_ = 0;
};

}  // namespace

MergedLets merge_equal_lets(Context& ctx, Program& program, KnownZeros& known) {
  return Merger(ctx, program, known).run();
}

}  // namespace nabla
