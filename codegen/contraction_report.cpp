#include "codegen/contraction_report.h"

#include <algorithm>
#include <map>

#include "codegen/contraction_builder.h"
#include "expr/print.h"
#include "expr/walk.h"

namespace nabla {
namespace {

using Subset = ContractionNetwork::Subset;
using Tree = ContractionNetwork::Tree;

constexpr size_t longest_factor = 24, longest_order = 80;

// A tree as a formula with parentheses. Each part is printed with names for its parts, which are replaced by
// what they stand for.
class OrderText {
 public:
  OrderText(Context& ctx, const ContractionNetwork& network, const Tree& tree)
      : ctx_(ctx), network_(network), tree_(tree) {}

  // Empty: it is not short.
  std::string run() {
    const Contraction& c = network_.product();
    if (!c.guards.empty() || !c.positions.empty()) return {};
    const std::vector<Subset> made = network_.uses(tree_, {});
    for (size_t k = 0; k < network_.size(); ++k) leaf(Subset{1} << k);
    for (Subset s : made) {
      const ContractionNetwork::Split* split = tree_.split_of(s);
      parts_[s] = parts_.at(split->a);
      parts_[s].insert(parts_[s].end(), parts_.at(split->b).begin(), parts_.at(split->b).end());
      if (!network_.is_read_together(*split)) parts_[s] = {named(parts_[s], s)};
    }
    std::vector<ContractionFactor> last;
    for (Subset s : tree_.last) last.insert(last.end(), parts_.at(s).begin(), parts_.at(s).end());
    std::vector<Label> output;
    for (Label l = 0; l < c.outputs; ++l) output.push_back(l);
    const std::string all = text(last, output, c.row);
    return all.size() <= longest_order ? all : "";
  }

  // Of a part, after run().
  std::string of(Subset s) const {
    const auto at = texts_.find(s);
    return at == texts_.end() ? "" : at->second;
  }

 private:
  void leaf(Subset s) {
    std::vector<ContractionFactor> own;
    for (ContractionFactor& f : network_.factors(s)) {
      f.factor = shortened(f.factor);
      own.push_back(std::move(f));
    }
    std::vector<Label> labels;
    for (const ContractionFactor& f : own) labels.insert(labels.end(), f.labels.begin(), f.labels.end());
    std::sort(labels.begin(), labels.end());
    labels.erase(std::unique(labels.begin(), labels.end()), labels.end());
    const std::vector<Label> axes = network_.axes(s);
    if (labels != axes) own = {named(own, s)};  // it is summed alone
    parts_[s] = std::move(own);
  }

  // A name that no source text can have.
  Ref placeholder(size_t k, ShapeId shape) {
    Symbol s;
    s.name = "\x02" + std::to_string(k) + "\x03";
    s.role = Role::placeholder;
    s.shape = shape;
    return ctx_.symbol(s);
  }

  // A matrix is written as it is or as its transpose, whichever is shorter.
  ContractionFactor named(const std::vector<ContractionFactor>& factors, Subset s) {
    std::vector<Label> axes = network_.axes(s);
    std::string own = text(factors, axes);
    if (axes.size() == 2) {
      const std::string other = text(factors, {axes[1], axes[0]});
      if (other.size() < own.size()) {
        own = other;
        std::reverse(axes.begin(), axes.end());
      }
    }
    std::vector<Ref> extents;
    for (Label l : axes) extents.push_back(network_.product().extents[l]);
    texts_[s] = own;
    meanings_.push_back("(" + own + ")");
    return {placeholder(meanings_.size() - 1, ctx_.shape_id({extents, false})), axes};
  }

  // What is long, or has no name yet, is left out.
  Ref shortened(Ref factor) {
    const std::vector<Ref> nodes = nodes_below(ctx_, factor);
    const bool has_let =
        std::any_of(nodes.begin(), nodes.end(), [&](Ref r) { return ctx_.kind(r) == Kind::let; });
    if (!has_let && nodes.size() <= longest_factor && print(ctx_, factor).size() <= longest_factor)
      return factor;
    const auto [at, fresh] = left_out_.emplace(factor, meanings_.size());
    if (fresh) meanings_.push_back("[...]");
    return placeholder(at->second, ctx_[factor].shape);
  }

  std::string text(const std::vector<ContractionFactor>& factors, const std::vector<Label>& output,
                   bool row = false) {
    ContractionBuilder b(ctx_, network_.product().extents);
    for (Label l : output) b.axis(l);
    for (const ContractionFactor& f : factors) b.factor(f);
    std::string out = print(ctx_, b.build(output, row));
    for (size_t from = 0; (from = out.find('\x02', from)) != out.npos;) {
      const size_t to = out.find('\x03', from);
      const std::string& meaning = meanings_[std::stoul(out.substr(from + 1, to - from - 1))];
      out.replace(from, to + 1 - from, meaning);
      from += meaning.size();
    }
    return out;
  }

  Context& ctx_;
  const ContractionNetwork& network_;
  const Tree& tree_;
  std::vector<std::string> meanings_;  // of placeholders
  std::map<Ref, size_t> left_out_;
  std::map<Subset, std::vector<ContractionFactor>> parts_;
  std::map<Subset, std::string> texts_;
};

Ref turns(Context& ctx, const Contraction& c, const ContractionGroups::Labels& labels) {
  std::vector<Ref> extents;
  for (Label l = 0; l < labels.size(); ++l) {
    if (labels[l]) extents.push_back(c.extents[l]);
  }
  return ctx.product(extents);
}

using Nests = std::vector<ContractionNetwork::LabelSet>;

// All nests of a tree, with those that sum what only one group is summed over.
Nests all_nests(const ContractionNetwork& n, const Tree& tree, const ContractionNetwork::Help& help) {
  Nests all = n.nests(tree, help);
  ContractionGroups groups(n.product());
  for (const ContractionStep& s : n.steps()) {
    const auto taken = groups.take(s);
    if (s.parts.size() > 1) continue;
    auto& labels = all.emplace_back(0);
    for (Label l = 0; l < taken.joined.size(); ++l)
      labels |= taken.joined[l] ? ContractionNetwork::LabelSet{1} << l : 0;
  }
  return all;
}

// Of a product that is too long for a search.
std::string steps_text(Context& ctx, const ContractionNetwork& n) {
  const Contraction& c = n.product();
  ContractionGroups groups(c);
  Ref all = zero;
  for (const ContractionStep& s : n.steps()) {
    const auto taken = groups.take(s);
    if (!s.joins) all = ctx.add(all, turns(ctx, c, taken.joined));
  }
  std::vector<size_t> rest;
  for (size_t k = 0; k < groups.live().size(); ++k) rest.push_back(k);
  return "a product of " + std::to_string(c.factors.size()) + " arrays, too long for a search, in pairs: " +
         print(ctx, ctx.add(all, turns(ctx, c, groups.united(rest)))) + " turns of loops";
}

// "; (A*B)*C where m is small: …", an order that is less for other sizes.
std::string other_text(Context& ctx, const ContractedProduct& p, const std::string& chosen) {
  const ContractionNetwork& n = p.network;
  for (size_t k = 1; k < n.sizes().points().size(); ++k) {
    const auto other = n.search(ctx.budget(), p.help, k);
    if (!other) continue;
    const Nests nests = all_nests(n, *other, p.help);
    if (n.turns(nests, k) >= n.turns(all_nests(n, p.tree, p.help), k)) continue;
    const std::string text = OrderText(ctx, n, *other).run();
    if (text.empty() || text == chosen) continue;
    const ContractionSizes::Point& at = n.sizes().points()[k];
    return "; where " + print(ctx, at.dim) + " is " + (at.large ? "large " : "small ") + text +
           " would be less, " + print(ctx, n.turns(ctx, nests));
  }
  return "";
}

}  // namespace

std::optional<std::string> contraction_text(Context& ctx, const ContractedProduct& p) {
  const ContractionNetwork& n = p.network;
  if (!n.is_searched()) {
    if (n.steps().empty()) return {};
    return steps_text(ctx, n);
  }
  const Nests nests = all_nests(n, p.tree, p.help);
  const Nests at_once{(ContractionNetwork::LabelSet{1} << (n.product().extents.size() - 1)) * 2 - 1};
  if (2 * n.turns(nests, 0) >= n.turns(at_once, 0)) return {};
  OrderText order(ctx, n, p.tree);
  std::string text = order.run();
  const std::string other = text.empty() ? "" : other_text(ctx, p, text);
  if (text.empty()) text = "a product of " + std::to_string(n.product().factors.size()) + " arrays in pairs";
  text += ": " + print(ctx, n.turns(ctx, nests)) + " turns of loops";
  std::vector<std::string> others;
  for (Subset s : n.uses(p.tree, p.help)) {
    const std::string part = order.of(s);
    if (!p.help.makes(s) || part.empty() || std::find(others.begin(), others.end(), part) != others.end())
      continue;
    text += (others.empty() ? " besides those of " : " and ") + part;
    others.push_back(part);
  }
  return text + ", in one nest " + print(ctx, n.turns(ctx, at_once)) + other;
}

std::optional<std::string> sizes_text(Context& ctx, const std::vector<const ContractedProduct*>& products) {
  std::map<std::string, int64_t> sizes;
  for (const ContractedProduct* p : products) {
    for (const auto& [dim, size] : p->network.sizes().usual()) sizes.emplace(ctx.symbol(dim).name, size);
  }
  if (sizes.empty()) return std::nullopt;
  std::string out;
  for (const auto& [name, size] : sizes)
    out += (out.empty() ? "orders compared at " : ", ") + name + " = " + std::to_string(size);
  return out;
}

}  // namespace nabla
