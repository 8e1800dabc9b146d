#include "codegen/eigen_expression.h"

#include <algorithm>
#include <vector>

#include "codegen/cpp_number.h"
#include "expr/program.h"

namespace nabla {
namespace {

struct Operand {
  Ref array;
  std::vector<Label> labels;
};

class Expression {
 public:
  Expression(Context& ctx, Ref value, const EigenText& text) : ctx_(ctx), value_(value), text_(text) {}

  std::optional<EigenExpression> run() {
    if (ctx_.shape_of(value_).order() > 2) return std::nullopt;
    if (ctx_.kind(value_) == Kind::indexed) return product();
    if (ctx_.shape_of(value_).order() == 0) return std::nullopt;
    return combination();
  }

 private:
  bool is_array(Ref r) const {
    const Kind k = ctx_.kind(r);
    return (k == Kind::symbol || k == Kind::let) && ctx_.shape_of(r).order() > 0 &&
           ctx_.shape_of(r).order() <= 2 && !(k == Kind::symbol && ctx_.symbol(r).domain.integer);
  }

  std::string number(const Rational& v) const {
    return (v.sign() < 0 ? "-" : "") + cpp_number(v.abs(), text_.scalar).text;
  }

  // ---- products ----

  std::optional<EigenExpression> product() {
    const IndexedView v = view_indexed(ctx_, value_);
    if (!v.labelling->guards.empty()) return std::nullopt;
    output_ = v.labelling->output.size();
    bound_ = v.labelling->label_count - output_;
    std::string factor;
    for (size_t k = 0; k < v.factors.size(); ++k) {
      const Ref f = v.factors[k];
      if (ctx_.shape_of(f).order() == 0) {
        if (!is_atom(ctx_, f)) return std::nullopt;
        factor = (ctx_.is_number(f) ? number(ctx_.value(f)) : text_.number(f)) + " * ";
      } else if (is_array(f)) {
        list_.push_back({f, v.labelling->factors[k]});
      } else {
        return std::nullopt;
      }
    }
    std::optional<EigenExpression> e;
    if (list_.size() == 1) e = single(list_[0]);
    if (list_.size() == 2) e = pair(list_[0], list_[1]);
    if (e && !factor.empty())
      e->text = factor + (list_.size() == 1 || !e->is_product ? e->text : "(" + e->text + ")");
    return e;
  }

  std::string name(const Operand& o) const { return text_.name(o.array); }
  // The matrix with its axes in this order.
  std::string matrix(const Operand& o, Label row) const {
    return o.labels[0] == row ? name(o) : name(o) + ".transpose()";
  }
  static bool is_diagonal(const Operand& o) { return o.labels.size() == 2 && o.labels[0] == o.labels[1]; }

  std::optional<EigenExpression> single(const Operand& o) const {
    if (is_diagonal(o)) {
      if (bound_ == 1) return EigenExpression{name(o) + ".trace()"};
      return EigenExpression{name(o) + ".diagonal()"};
    }
    if (o.labels.size() != output_ + bound_) return std::nullopt;
    if (bound_ == 0) return EigenExpression{output_ == 2 ? matrix(o, 0) : name(o)};
    if (output_ == 0) return EigenExpression{name(o) + ".sum()"};
    if (o.labels[0] == 0) return EigenExpression{name(o) + ".rowwise().sum()"};
    return EigenExpression{name(o) + ".colwise().sum().transpose()"};
  }

  static bool has(const Operand& o, Label l) {
    return std::find(o.labels.begin(), o.labels.end(), l) != o.labels.end();
  }

  std::optional<EigenExpression> pair(const Operand& a, const Operand& b) const {
    if (is_diagonal(a) || is_diagonal(b)) return std::nullopt;
    if (std::is_permutation(a.labels.begin(), a.labels.end(), b.labels.begin(), b.labels.end()))
      return alike(a, b);
    if (bound_ == 0 && output_ == 2) return spread(a, b);
    if (bound_ != 1 || !has(a, static_cast<Label>(output_)) || !has(b, static_cast<Label>(output_)))
      return std::nullopt;
    const auto k = static_cast<Label>(output_);
    if (output_ == 2 && a.labels.size() == 2 && b.labels.size() == 2) {
      const bool first = has(a, 0);
      const Operand &left = first ? a : b, &right = first ? b : a;
      if (!has(left, 0) || !has(right, 1)) return std::nullopt;
      return EigenExpression{matrix(left, 0) + " * " + matrix(right, k), true};
    }
    if (output_ == 1 && a.labels.size() + b.labels.size() == 3) {
      const Operand &m = a.labels.size() == 2 ? a : b, &x = a.labels.size() == 2 ? b : a;
      return EigenExpression{matrix(m, 0) + " * " + name(x), true};
    }
    return std::nullopt;
  }

  // The same labels: entry by entry, summed over some of them.
  std::optional<EigenExpression> alike(const Operand& a, const Operand& b) const {
    if (a.labels.size() != output_ + bound_) return std::nullopt;
    if (a.labels.size() == 1) {
      if (bound_ == 1) return EigenExpression{name(a) + ".dot(" + name(b) + ")"};
      return EigenExpression{name(a) + ".cwiseProduct(" + name(b) + ")"};
    }
    const Label row = output_ == 2 ? 0 : a.labels[0];
    const std::string all = matrix(a, row) + ".cwiseProduct(" + matrix(b, row) + ")";
    if (bound_ == 0) return EigenExpression{all};
    if (bound_ == 2) return EigenExpression{all + ".sum()"};
    if (row == 0) return EigenExpression{all + ".rowwise().sum()"};
    return EigenExpression{all + ".colwise().sum().transpose()"};
  }

  // An outer product, or a matrix with its rows or columns scaled.
  std::optional<EigenExpression> spread(const Operand& a, const Operand& b) const {
    if (a.labels.size() == 1 && b.labels.size() == 1) {
      const bool first = a.labels[0] == 0;
      return EigenExpression{name(first ? a : b) + " * " + name(first ? b : a) + ".transpose()", true};
    }
    const Operand &m = a.labels.size() == 2 ? a : b, &x = a.labels.size() == 2 ? b : a;
    if (m.labels.size() != 2 || x.labels.size() != 1) return std::nullopt;
    if (x.labels[0] == 0) return EigenExpression{name(x) + ".asDiagonal() * " + matrix(m, 0), true};
    return EigenExpression{matrix(m, 0) + " * " + name(x) + ".asDiagonal()", true};
  }

  // ---- sums ----

  // An array or its transpose, as a matrix with these axes.
  std::optional<std::string> term(Ref r) const {
    if (is_array(r)) return text_.name(r);
    if (ctx_.kind(r) != Kind::indexed) return std::nullopt;
    const auto e = Expression(ctx_, r, text_).run();
    if (!e) return std::nullopt;
    const IndexedView v = view_indexed(ctx_, r);
    if (v.labelling->label_count != v.labelling->output.size()) return std::nullopt;
    return e->text;
  }

  std::optional<EigenExpression> combination() {
    std::vector<Term> terms;
    ctx_.append_terms(value_, terms);
    std::string out;
    for (const Term& t : terms) {
      const auto text = term(t.body);
      if (!text) return std::nullopt;
      const Rational c = ctx_.value(t.coefficient);
      if (out.empty()) {
        out = c.sign() < 0 ? "-" : "";
      } else {
        out += c.sign() < 0 ? " - " : " + ";
      }
      const std::string size = cpp_number(c.abs(), text_.scalar).text;
      out += c.abs().is_one()
                 ? *text
                 : (size.find(' ') == std::string::npos ? size : "(" + size + ")") + " * " + *text;
    }
    return EigenExpression{out};
  }

  Context& ctx_;
  Ref value_;
  const EigenText& text_;
  size_t output_ = 0, bound_ = 0;
  std::vector<Operand> list_;
};

}  // namespace

std::optional<EigenExpression> eigen_expression(Context& ctx, Ref value, const EigenText& text) {
  return Expression(ctx, value, text).run();
}

}  // namespace nabla
