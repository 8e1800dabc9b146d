#include "codegen/place_code.h"

#include <algorithm>
#include <vector>

#include "codegen/cpp_number.h"
#include "codegen/emit.h"
#include "codegen/scatter.h"
#include "expr/diagnostic.h"
#include "expr/indexed.h"

namespace nabla {
namespace {

class Placing {
 public:
  Placing(Context& ctx, Ref value, const NestStyle& style, NestCode& nests, const NestCode::Target& target,
          std::string indent)
      : ctx_(ctx),
        value_(value),
        list_(ctx.operands(value).begin(), ctx.operands(value).end()),
        style_(style),
        nests_(nests),
        target_(target),
        indent_(indent),
        inner_(std::move(indent)) {}

  std::string run() {
    switch (ctx_.kind(value_)) {
      case Kind::reshape:
        reshaped();
        break;
      case Kind::gather:
        gathered();
        break;
      case Kind::array:
        array();
        break;
      case Kind::indexed:
        scattered(*scatter_of(ctx_, value_));
        break;
      default:
        function();
        break;
    }
    while (inner_.size() > indent_.size()) close();
    return std::move(code_);
  }

 private:
  size_t order(Ref r) const { return ctx_.shape_of(r).order(); }
  std::string text(Ref extent) const { return index_text(ctx_, extent, style_.atom, true); }
  const std::string& label(size_t k) const { return style_.labels.at(k); }

  void open(size_t k, Ref extent) {
    const std::string& l = label(k);
    append_wrapped(
        code_, inner_,
        "for (" + style_.integer() + " " + l + " = 0; " + l + " < " + text(extent) + "; ++" + l + ") {");
    inner_ += "  ";
  }
  void close() {
    inner_.resize(inner_.size() - 2);
    code_ += inner_ + "}\n";
  }
  void line(const std::string& statement) { append_wrapped(code_, inner_, statement + ";"); }

  // Axes are fused and split in column-major order.
  void reshaped() {
    const Ref from = list_[0];
    const std::vector<Ref> in = ctx_.shape_of(from).extents, out = ctx_.shape_of(value_).extents;
    std::vector<std::string> positions;
    for (size_t k = 0; k < in.size(); ++k) {
      open(k, in[k]);
      positions.push_back(label(k));
    }
    std::string place;  // i + n*(j + m*k)
    for (size_t k = in.size(); k-- > 0;) {
      const bool single = place.find(' ') == std::string::npos;
      place = place.empty() ? label(k)
                            : label(k) + " + " + text(in[k]) + " * " + (single ? place : "(" + place + ")");
    }
    std::vector<std::string> to{place.empty() ? "0" : place};
    if (out.size() > 1) {
      line("const " + style_.integer() + " " + label(in.size()) + " = " + to[0]);
      to = split(out, label(in.size()));
    }
    if (out.empty()) to.clear();
    line(target_(to) + " = " + (in.empty() ? style_.number(from) : style_.entry(from, positions)));
  }

  // The positions of the entry with number q in column-major order.
  std::vector<std::string> split(const std::vector<Ref>& extents, const std::string& q) const {
    std::vector<std::string> to;
    Ref before = one;
    for (size_t k = 0; k < extents.size(); ++k) {
      std::string own = before == one ? q : q + " / " + text(before);
      if (k + 1 < extents.size()) own += " % " + text(extents[k]);
      before = ctx_.multiply(before, extents[k]);
      to.push_back(own);
    }
    return to;
  }

  void gathered() {
    const Ref from = list_[0], at = list_[1];
    const size_t axis = ctx_[value_].tag, chosen = order(at);
    std::vector<std::string> positions, own, to;
    for (size_t k = 0; k < order(value_); ++k) {
      open(k, ctx_.shape_of(value_).extents[k]);
      to.push_back(label(k));
      if (k >= axis && k < axis + chosen) own.push_back(label(k));
    }
    for (size_t k = 0; k < order(from); ++k) {
      if (k == axis) {
        const std::string place = chosen == 0 ? style_.atom(at) : style_.position(at, own);
        positions.push_back(style_.spelling.to_integer(place) + " - 1");
      } else {
        positions.push_back(to[k < axis ? k : k + chosen - 1]);
      }
    }
    line(target_(to) + " = " + style_.entry(from, positions));
  }

  std::string added(const Scatter& s, const std::vector<std::string>& at) const {
    if (!at.empty()) return style_.entry(s.array, at);
    if (!ctx_.is_number(s.array)) return style_.number(s.array);
    const Rational& c = ctx_.value(s.array);
    return (c.sign() < 0 ? "-" : "") + cpp_number(c.abs(), style_.scalar).text;
  }

  void scattered(const Scatter& s) {
    zeros();
    for (const Label l : s.loops) open(l, s.extents[l]);
    const auto names = [&](const std::vector<Label>& labels) {
      std::vector<std::string> list;
      for (const Label l : labels) list.push_back(label(l));
      return list;
    };
    std::vector<std::string> to;
    for (const Label l : s.output) {
      const auto place =
          std::find_if(s.places.begin(), s.places.end(), [&](const auto& p) { return p.axis == l; });
      if (place == s.places.end()) {
        to.push_back(label(l));
      } else {
        const std::vector<std::string> own = names(place->labels);
        const std::string at = own.empty() ? style_.atom(place->at) : style_.position(place->at, own);
        to.push_back(style_.spelling.to_integer(at) + " - 1");
      }
    }
    line(target_(to) + " += " + added(s, names(s.labels)));
  }

  void array() {
    std::vector<size_t> sizes;
    for (Ref e : ctx_.shape_of(value_).extents)
      sizes.push_back(static_cast<size_t>(ctx_.value(e).as_int().value_or(0)));
    for (size_t k = 0; k < list_.size(); ++k) {
      std::vector<std::string> at(sizes.size());
      size_t rest = k;
      for (size_t a = sizes.size(); a-- > 0; rest /= sizes[a]) at[a] = std::to_string(rest % sizes[a]);
      code_ += nests_.statement(*make_nest(ctx_, list_[k]), target_(at) + " = ", inner_);
    }
  }

  // ---- blocks ----

  void function() {
    const Fn f = ctx_.function_of(value_);
    if (f == Fn::toeplitz) return toeplitz();
    if (f == Fn::toepsum) return diagonal_sums();
    if (f == Fn::blockdiag) zeros();
    Ref top = zero, left = zero;
    for (Ref a : list_) {
      block(a, top, left);
      if (f != Fn::hcat) top = ctx_.add(top, rows(a));
      if (f != Fn::vcat) left = ctx_.add(left, columns(a));
    }
  }

  // A vector is a column, a row has one row, a scalar is 1 by 1.
  Ref rows(Ref a) const { return order(a) == 0 || ctx_.shape_of(a).row ? one : ctx_.shape_of(a).extents[0]; }
  Ref columns(Ref a) const {
    if (order(a) == 2) return ctx_.shape_of(a).extents[1];
    return order(a) == 1 && ctx_.shape_of(a).row ? ctx_.shape_of(a).extents[0] : one;
  }

  void zeros() {
    std::vector<std::string> at;
    for (size_t k = 0; k < order(value_); ++k) {
      open(k, ctx_.shape_of(value_).extents[k]);
      at.push_back(label(k));
    }
    line(target_(at) + " = " + cpp_number(0, style_.scalar).text);
    while (inner_.size() > indent_.size()) close();
  }

  void block(Ref a, Ref top, Ref left) {
    const bool row = order(a) == 1 && ctx_.shape_of(a).row;
    const auto moved = [&](const std::string& l, Ref more) {
      return more == zero ? l : l + " + " + index_text(ctx_, more, style_.atom, false);
    };
    std::vector<std::string> from, to;
    if (order(a) == 2) from = {label(0), label(1)};
    if (order(a) == 1) from = {label(row ? 1 : 0)};
    if (order(value_) == 2) {
      to = {moved(label(0), top), moved(label(1), left)};
    } else {  // scalars and vectors in a vector or row
      to = {ctx_.shape_of(value_).row ? moved(label(1), left) : moved(label(0), top)};
    }
    open(0, rows(a));
    open(1, columns(a));
    line(target_(to) + " = " + (from.empty() ? style_.number(a) : style_.entry(a, from)));
    while (inner_.size() > indent_.size()) close();
  }

  void toeplitz() {
    const std::string &i = label(0), &j = label(1);
    const Ref first_row = list_[list_.size() == 2 ? 1 : 0];
    open(0, ctx_.shape_of(value_).extents[0]);
    open(1, ctx_.shape_of(value_).extents[1]);
    line(target_({i, j}) + " = " + i + " >= " + j + " ? " + style_.entry(list_[0], {i + " - " + j}) + " : " +
         style_.entry(first_row, {j + " - " + i}));
  }

  void diagonal_sums() {
    const std::string &i = label(0), &j = label(1);
    const Ref n = ctx_.shape_of(list_[0]).extents[0];
    zeros();
    open(0, n);
    open(1, n);
    line(target_({text(n) + " - 1 + " + j + " - " + i}) + " += " + style_.entry(list_[0], {i, j}));
  }

  Context& ctx_;
  Ref value_;
  std::vector<Ref> list_;
  const NestStyle& style_;
  NestCode& nests_;
  const NestCode::Target& target_;
  const std::string indent_;
  std::string inner_, code_;
};

}  // namespace

bool only_places(const Context& ctx, Ref value) {
  switch (ctx.kind(value)) {
    case Kind::reshape:
    case Kind::gather:
    case Kind::array:
      return true;
    case Kind::indexed:
      return scatter_of(ctx, value).has_value();
    case Kind::function: {
      const Fn f = ctx.function_of(value);
      return f == Fn::hcat || f == Fn::vcat || f == Fn::blockdiag || f == Fn::toeplitz || f == Fn::toepsum;
    }
    default:
      return false;
  }
}

std::string place_code(Context& ctx, Ref value, const NestStyle& style, NestCode& nests,
                       const NestCode::Target& target, const std::string& indent) {
  return Placing(ctx, value, style, nests, target, indent).run();
}

void count_places(Context& ctx, Ref value, OperationCount& count) {
  const auto s = scatter_of(ctx, value);
  if (!s) return;
  Cost addition;
  addition.operations = 1;
  Turns turns;
  for (const Label l : s->loops) turns.factors.push_back(s->extents[l]);
  count.add(ctx, addition, turns);
}

}  // namespace nabla
