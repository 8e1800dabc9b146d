#include "diff/forward.h"

#include <algorithm>

#include "diff/local.h"
#include "expr/diagnostic.h"
#include "expr/scratch.h"

namespace nabla {
namespace {

class Forward {
 public:
  Forward(Lowering& lowering, Partials& partials, size_t most_parts)
      : lowering_(lowering), ctx_(lowering.context()), local_(lowering, partials), most_parts_(most_parts) {}

  std::vector<std::vector<Tangent>> run(std::span<const Ref> outputs, std::span<const Seed> seeds) {
    for (const Seed& s : seeds) {
      leaves_[s.variable].push_back({s.direction, s.tangent});
      first_row_ = std::max(first_row_, s.direction + 1);
    }
    const size_t count = lowering_.program().lets.size();
    tangents_.resize(count);
    const std::vector<bool> wanted = needed(outputs, count);
    for (size_t i = 0; i < count; ++i) {
      if (wanted[i]) tangents_[i] = settled(tangents_of(Let(lowering_.program().lets[i])));
    }
    std::vector<std::vector<Tangent>> result;
    for (Ref o : outputs) result.push_back(written_out(tangents(o)));
    return result;
  }

 private:
  struct Part {
    uint32_t direction;
    Term term;
  };

  std::vector<bool> needed(std::span<const Ref> outputs, size_t count) {
    std::vector<bool> wanted(count);
    auto want = [&](Ref r) {
      if (ctx_.kind(r) == Kind::let) wanted[ctx_[r].payload] = true;
    };
    for (Ref o : outputs) want(o);
    for (size_t i = count; i-- > 0;) {
      if (!wanted[i]) continue;
      for (Ref r : ctx_.operands(lowering_.program().lets[i].value)) want(r);
    }
    return wanted;
  }

  const std::vector<Tangent>& tangents(Ref r) const {
    static const std::vector<Tangent> nothing;
    if (ctx_.kind(r) == Kind::let) return tangents_[ctx_[r].payload];
    const auto it = leaves_.find(r);
    return it == leaves_.end() ? nothing : it->second;
  }

  // Adds coefficient * factor * (the tangents of operand).
  void add(Ref coefficient, Ref factor, Ref operand) {
    for (const Tangent& t : tangents(operand)) {
      Term p = local_.times(factor, t.value);
      p.coefficient = ctx_.scale(p.coefficient, coefficient);
      parts_.push_back({t.direction, p});
    }
  }

  std::vector<Tangent> tangents_of(const Let& let) {
    const Node& n = ctx_[let.value];
    const auto list = n.operands();
    parts_.clear();
    ctx_.budget().spend(list.size());
    switch (n.kind) {
      case Kind::sum:
        for (size_t i = 0; i < list.size(); i += 2) add(list[i], one, list[i + 1]);
        break;
      case Kind::long_sum:
        for (Ref r : list) add(one, one, r);
        break;
      case Kind::product:
      case Kind::long_product:
        product(list);
        break;
      case Kind::select:
        return select(list);
      case Kind::compare:
        refuse_equality(n);
        return {};
      case Kind::connective:
        return {};
      case Kind::power:
      case Kind::function:
      case Kind::opaque:
        for (size_t k = 0; k < list.size(); ++k) {
          if (tangents(list[k]).empty()) continue;
          const Term d = local_.local(let, k);
          add(d.coefficient, d.body, list[k]);
        }
        break;
      default:
        throw Failure(Code::cannot_differentiate, "forward mode does not know this operation yet");
    }
    return gathered();
  }

  void refuse_equality(const Node& compare) const {
    const auto relation = static_cast<Relation>(compare.tag);
    if (relation != Relation::equal && relation != Relation::not_equal) return;
    if (!tangents(compare.operand(0)).empty() || !tangents(compare.operand(1)).empty()) {
      throw_equality_condition();
    }
  }

  void product(std::span<const Ref> list) {
    Ref coefficient = one;
    if (ctx_.is_number(list[0])) {
      coefficient = list[0];
      list = list.subspan(1);
    }
    std::vector<Term> suffix(list.size() + 1, Term{one, one});
    for (size_t k = list.size(); k-- > 1;) suffix[k] = join({one, list[k]}, suffix[k + 1]);
    Term prefix{coefficient, one};
    for (size_t k = 0; k < list.size(); ++k) {
      const Term others = join(prefix, suffix[k + 1]);
      if (!tangents(list[k]).empty()) add(others.coefficient, others.body, list[k]);
      if (k + 1 < list.size()) prefix = join(prefix, {one, list[k]});
    }
  }

  Term join(const Term& a, const Term& b) {
    Term t = local_.times(a.body, b.body);
    t.coefficient = ctx_.scale(t.coefficient, ctx_.scale(a.coefficient, b.coefficient));
    return t;
  }

  std::vector<Tangent> select(std::span<const Ref> list) {
    std::vector<Tangent> result;
    const auto &a = tangents(list[1]), &b = tangents(list[2]);
    size_t i = 0, j = 0;
    while (i < a.size() || j < b.size()) {
      const uint32_t d = std::min(i < a.size() ? a[i].direction : ~0u, j < b.size() ? b[j].direction : ~0u);
      const Ref left = i < a.size() && a[i].direction == d ? a[i++].value : zero;
      const Ref right = j < b.size() && b[j].direction == d ? b[j++].value : zero;
      result.push_back({d, lowering_.lower(ctx_.select(list[0], left, right))});
    }
    return result;
  }

  // With rows, directions from first_row_ on stand for the rows. What is a row by itself, or has too many
  // parts, becomes one.
  std::vector<Tangent> settled(std::vector<Tangent> list) {
    if (most_parts_ == 0 || list.size() < 2) return list;
    const bool plain = list.back().direction < first_row_;
    if (!plain && list.size() <= most_parts_) return list;
    rows_.push_back(plain ? std::move(list) : written_out(list));
    return {{first_row_ + static_cast<uint32_t>(rows_.size() - 1), one}};
  }

  std::vector<Tangent> written_out(const std::vector<Tangent>& list) {
    if (list.empty() || list.back().direction < first_row_) return list;
    parts_.clear();
    for (const Tangent& t : list) {
      if (t.direction < first_row_) {
        parts_.push_back({t.direction, {one, t.value}});
        continue;
      }
      for (const Tangent& r : rows_[t.direction - first_row_])
        parts_.push_back({r.direction, local_.times(t.value, r.value)});
    }
    return gathered();
  }

  // One sum for each direction.
  std::vector<Tangent> gathered() {
    std::stable_sort(parts_.begin(), parts_.end(),
                     [](const Part& a, const Part& b) { return a.direction < b.direction; });
    std::vector<Tangent> result;
    Scratch<Term, 40> terms;
    for (size_t i = 0; i < parts_.size();) {
      const uint32_t direction = parts_[i].direction;
      terms.resize(0);
      for (; i < parts_.size() && parts_[i].direction == direction; ++i) terms.push_back(parts_[i].term);
      const Ref value = lowering_.lower(ctx_.sum(terms));
      if (value != zero) result.push_back({direction, value});
    }
    return result;
  }

  Lowering& lowering_;
  Context& ctx_;
  LocalDerivatives local_;
  std::unordered_map<Ref, std::vector<Tangent>> leaves_;
  std::vector<std::vector<Tangent>> tangents_;  // of each let
  std::vector<Part> parts_;                     // of the let at hand
  size_t most_parts_;
  uint32_t first_row_ = 0;
  std::vector<std::vector<Tangent>> rows_;
};

}  // namespace

std::vector<std::vector<Tangent>> forward(Lowering& lowering, Partials& partials,
                                          std::span<const Ref> outputs, std::span<const Seed> seeds) {
  return Forward(lowering, partials, 0).run(outputs, seeds);
}

std::vector<std::vector<Tangent>> sparse_jacobian(Lowering& lowering, Partials& partials,
                                                  std::span<const Ref> outputs,
                                                  std::span<const Ref> variables, size_t most_parts) {
  std::vector<Seed> seeds;
  for (size_t k = 0; k < variables.size(); ++k)
    seeds.push_back({variables[k], static_cast<uint32_t>(k), one});
  return Forward(lowering, partials, most_parts).run(outputs, seeds);
}

}  // namespace nabla
