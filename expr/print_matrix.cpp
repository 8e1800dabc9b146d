#include "expr/print_matrix.h"

#include <algorithm>

#include "expr/shape_text.h"
#include "expr/symmetry.h"
#include "expr/tensor.h"

namespace nabla {

// ---- chains ----

FormId MatrixForm::chain_form(Forms& forms, FormId scalar, std::vector<Link> chain, bool transposed) {
  if (transposed) {
    std::reverse(chain.begin(), chain.end());
    for (Link& l : chain) l.transposed = !l.transposed;
  }
  if (!scalar && chain.size() == 1) return link_form(forms, chain[0]);
  if (chain.size() == 1 && !chain[0].transposed) {
    if (const FormId divisor = forms.reciprocal_of(link_form(forms, chain[0])))
      return forms.entrywise_quotient(scalar, divisor);
  }
  std::vector<Piece> pieces;
  if (scalar) pieces.push_back(Piece::form(scalar, Binding::product));
  for (const Link& l : chain) {
    if (!pieces.empty()) pieces.push_back(Piece::text("*", "*", " "));
    const FormId f = link_form(forms, l);
    const bool first = pieces.empty() && !forms.entrywise_parts(f).first;  // (1 ./ x)*y'
    pieces.push_back(Piece::form(f, first ? Binding::product : Binding::power));
  }
  return forms.chain(pieces);
}

void MatrixForm::transpose(PrintedFactor& f) {
  std::reverse(f.chain.begin(), f.chain.end());
  for (Link& l : f.chain) l.transposed = !l.transposed;
  std::reverse(f.labels.begin(), f.labels.end());
}

// Turns one of the two where sum(X .* Y) has more transposes in it than tr(X*Y') or tr(X'*Y).
bool MatrixForm::turn_for_trace(PrintedFactor& x, PrintedFactor& y) {
  const auto plain = [](const PrintedFactor& f) {
    return std::none_of(f.chain.begin(), f.chain.end(), [](const Link& l) { return l.conjugate_of != 0; });
  };
  const auto count = [](const PrintedFactor& f, bool transposed) {
    return std::count_if(f.chain.begin(), f.chain.end(),
                         [&](const Link& l) { return !l.symmetric && l.transposed == transposed; });
  };
  const auto gain = [&](const PrintedFactor& f) { return count(f, true) - count(f, false); };
  if (!plain(x) || !plain(y) || std::max(gain(x), gain(y)) <= 0) return false;
  transpose(gain(x) > gain(y) ? x : y);
  return true;
}

FormId MatrixForm::text(const std::string& s, Binding binding) {
  const Piece p = Piece::text(s);
  return forms_.pieces({&p, 1}, binding, 0);
}

// In the order for people.
bool MatrixForm::before(FormId a, FormId b) const {
  std::vector<Edge> both{{a, false}, {b, false}};
  forms_.order_factors(both);
  return both[0].id() == a;
}

// x'*(chain) or its transpose: the one with fewer transposed matrices, then in the order for people.
FormId MatrixForm::dot(std::vector<Link> x, std::vector<Link> y) {
  const auto joined = [](std::vector<Link> a, const std::vector<Link>& b) {
    std::reverse(a.begin(), a.end());
    for (Link& l : a) l.transposed = !l.transposed;
    a.insert(a.end(), b.begin(), b.end());
    return a;
  };
  const auto transposes = [](const std::vector<Link>& l) {
    return std::count_if(l.begin() + 1, l.end(), [](const Link& i) { return i.transposed && !i.symmetric; });
  };
  const auto conjugates = [](const std::vector<Link>& l) {  // that are no adjoints
    return std::count_if(l.begin(), l.end(), [](const Link& i) { return i.conjugate_of && !i.transposed; });
  };
  const std::vector<Link> one_way = joined(x, y), other_way = joined(y, x);
  const auto a = transposes(one_way), b = transposes(other_way);
  const auto p = conjugates(one_way), q = conjugates(other_way);
  const bool first = p != q ? p < q : a != b ? a < b : before(one_way[0].form, other_way[0].form);
  return chain_form(forms_, 0, first ? one_way : other_way, false);
}

FormId MatrixForm::times(FormId a, FormId b) {
  if (!before(a, b)) std::swap(a, b);
  if (const FormId divisor = forms_.reciprocal_of(b)) return forms_.entrywise_quotient(a, divisor);
  if (const FormId divisor = forms_.reciprocal_of(a)) return forms_.entrywise_quotient(b, divisor);
  const Piece list[3] = {Piece::form(a, Binding::power), Piece::text(" .* ", " .* ", " \\odot "),
                         Piece::form(b, Binding::power)};
  return forms_.pieces(list, Binding::product);
}

FormId MatrixForm::ones(Label l) {
  const FormId n = forms_.of(extents_[l]);
  return forms_.call("ones", {&n, 1});
}

// ---- reading the node ----

MatrixForm::MatrixForm(Forms& forms, Ref node, bool transposed)
    : forms_(forms), ctx_(forms.context()), node_(node) {
  const IndexedView v = view_indexed(ctx_, node);
  labelling_ = *v.labelling;
  extents_.assign(v.extents.begin(), v.extents.end());
  if (transposed) std::swap(labelling_.output[0], labelling_.output[1]);
}

bool MatrixForm::read() {
  if (labelling_.output.size() > 2) return false;
  const IndexedView v = view_indexed(ctx_, node_);
  for (size_t f = 0; f < v.factors.size(); ++f) {
    const Ref r = v.factors[f];
    const Node& n = ctx_[r];
    const auto& labels = labelling_.factors[f];
    if (labels.empty()) {
      const auto [over, under] = forms_.over_and_under(r);
      if (over) scalars_.push_back(over);
      under_ = under;
      continue;
    }
    if (labels.size() == 3 && series_factor(f)) continue;
    if (series_coefficient(f)) continue;
    if (is_structural(ctx_, r, Structural::delta)) {
      delta_ = true;
      continue;
    }
    Link link = link_of(forms_, r, ctx_.shape(n.shape).row);
    if (is_structural(ctx_, r, Structural::unit)) link.unit_at = n.operand(0);
    if (n.kind == Kind::power && labels.size() == 1 && n.operand(1) == ctx_.number(2))
      link.square_of = n.operand(0);
    items_.push_back({{link}, labels});
  }
  if (series_) {
    for (const PrintedFactor& i : items_) {
      if (std::find(i.labels.begin(), i.labels.end(), *series_) != i.labels.end()) return false;
    }
    for (const Guard& g : labelling_.guards) {
      for (const auto& t : g.terms) {
        if (t.first == *series_) return false;
      }
    }
  }
  return slice_factors();
}

// ---- reduction ----

size_t MatrixForm::uses(Label l) const {
  size_t n = 0;
  for (const PrintedFactor& f : items_)
    n += static_cast<size_t>(std::count(f.labels.begin(), f.labels.end(), l));
  return n;
}

bool MatrixForm::diagonals() {
  for (size_t k = 0; k < items_.size(); ++k) {
    PrintedFactor& f = items_[k];
    if (f.labels.size() != 2 || f.labels[0] != f.labels[1]) continue;
    const Label l = f.labels[0];
    if (labelling_.is_bound(l) && uses(l) == 2) {
      scalars_.push_back(call("tr", chain(f)));
      items_.erase(items_.begin() + static_cast<ptrdiff_t>(k));
    } else {
      f = {{{call("diag", chain(f)), false, {}}}, {l}};
    }
    return true;
  }
  return false;
}

bool MatrixForm::hadamard() {
  for (size_t a = 0; a < items_.size(); ++a) {
    for (size_t b = a + 1; b < items_.size(); ++b) {
      PrintedFactor &x = items_[a], &y = items_[b];
      if (x.labels.size() != y.labels.size()) continue;
      const bool reversed = x.labels.size() == 2 && x.labels[0] == y.labels[1] && x.labels[1] == y.labels[0];
      const auto closed = [&](Label i) { return labelling_.is_bound(i) && uses(i) == 2; };
      if (reversed && closed(x.labels[0]) && closed(x.labels[1])) {
        std::vector<Link> links = before(chain(x), chain(y)) ? x.chain : y.chain;
        const std::vector<Link>& rest = before(chain(x), chain(y)) ? y.chain : x.chain;
        links.insert(links.end(), rest.begin(), rest.end());
        scalars_.push_back(call("tr", chain_form(forms_, 0, links, false)));
        items_.erase(items_.begin() + static_cast<ptrdiff_t>(b));
        items_.erase(items_.begin() + static_cast<ptrdiff_t>(a));
        return true;
      }
      if (reversed) transpose(y);
      if (x.labels != y.labels) continue;
      if (x.labels.size() == 2 && closed(x.labels[0]) && closed(x.labels[1]) && turn_for_trace(x, y)) {
        --b;
        continue;
      }
      const Label l = x.labels[0];
      if (x.labels.size() == 1 && labelling_.is_bound(l) && uses(l) == 2) {  // a dot product
        scalars_.push_back(dot(x.chain, y.chain));
        items_.erase(items_.begin() + static_cast<ptrdiff_t>(b));
        items_.erase(items_.begin() + static_cast<ptrdiff_t>(a));
        return true;
      }
      x.chain = {{times(chain(x), chain(y)), false, {}}};
      items_.erase(items_.begin() + static_cast<ptrdiff_t>(b));
      return true;
    }
  }
  return false;
}

// A bound label of one factor alone is summed away.
bool MatrixForm::leaves() {
  for (size_t k = 0; k < items_.size(); ++k) {
    PrintedFactor& f = items_[k];
    const auto alone = [&](Label l) { return labelling_.is_bound(l) && uses(l) == 1; };
    if (f.labels.size() == 1) {
      if (!alone(f.labels[0])) continue;
      const Link& link = f.chain.back();
      if (f.chain.size() == 1 && link.square_of) {
        const Link x{forms_.operand(link.square_of), false, {}};
        Link t = x;
        t.transposed = true;
        const FormId row = forms_.add(as_row(ctx_, link.square_of));  // sum(C, dim = 1)
        if (forms_[row].nodes < forms_[x.form].nodes) t = {row, false, {}};
        scalars_.push_back(chain_form(forms_, 0, {t, x}, false));
      } else {
        scalars_.push_back(call("sum", chain(f)));
      }
      items_.erase(items_.begin() + static_cast<ptrdiff_t>(k));
      return true;
    }
    if (alone(f.labels[0]) && alone(f.labels[1])) {
      scalars_.push_back(call("sum", chain(f)));
      items_.erase(items_.begin() + static_cast<ptrdiff_t>(k));
      return true;
    }
    const bool down = alone(f.labels[0]);
    if (!down && !alone(f.labels[1])) continue;
    const Piece list[3] = {Piece::text("sum("), Piece::form(chain(f), Binding::conditional),
                           Piece::text(down ? ", dim = 1)" : ", dim = 2)")};
    f = {{{forms_.pieces(list, Binding::atom), down, {}}}, {f.labels[down ? 1 : 0]}};
    return true;
  }
  return false;
}

bool MatrixForm::contract(bool vectors_only) {
  for (size_t a = 0; a < items_.size(); ++a) {
    for (size_t b = 0; b < items_.size(); ++b) {
      if (a == b || items_[a].labels.size() != 2) continue;
      if (vectors_only && items_[b].labels.size() != 1) continue;
      PrintedFactor &x = items_[a], &y = items_[b];
      for (Label l : std::vector<Label>(x.labels)) {
        const bool here = std::find(y.labels.begin(), y.labels.end(), l) != y.labels.end();
        if (!here || !labelling_.is_bound(l) || uses(l) != 2) continue;
        if (x.labels[1] != l) transpose(x);
        if (y.labels[0] != l) transpose(y);
        x.chain.insert(x.chain.end(), y.chain.begin(), y.chain.end());
        x.labels = y.labels.size() == 1 ? std::vector<Label>{x.labels[0]}
                                        : std::vector<Label>{x.labels[0], y.labels[1]};
        items_.erase(items_.begin() + static_cast<ptrdiff_t>(b));
        return true;
      }
    }
  }
  return false;
}

// A vector on a label that others use too scales the rows of a matrix.
bool MatrixForm::absorb() {
  for (size_t v = 0; v < items_.size(); ++v) {
    if (items_[v].labels.size() != 1 || !labelling_.is_bound(items_[v].labels[0])) continue;
    for (size_t m = 0; m < items_.size(); ++m) {
      PrintedFactor& x = items_[m];
      if (x.labels.size() != 2) continue;
      if (x.labels[1] == items_[v].labels[0]) transpose(x);
      if (x.labels[0] != items_[v].labels[0]) continue;
      x.chain.insert(x.chain.begin(), {call("diag", chain(items_[v])), false, {}, true});
      items_.erase(items_.begin() + static_cast<ptrdiff_t>(v));
      return true;
    }
  }
  return false;
}

bool MatrixForm::reduce_once() {
  return diagonals() || hadamard() || contract(true) || leaves() || contract(false) || absorb();
}

// ---- the result ----

// tril, triu and cumsum are the guards with a name.
FormId MatrixForm::triangle() {
  const Guard& g = labelling_.guards[0];
  const IndexedView v = view_indexed(ctx_, node_);
  const bool order = labelling_.guards.size() == 1 && g.relation == Relation::less_equal &&
                     v.offsets[0] == zero && g.terms.size() == 2 && g.terms[0].second == -g.terms[1].second &&
                     items_.size() == 1;
  if (!order || (g.terms[0].second != 1 && g.terms[0].second != -1)) return 0;
  const Label small = g.terms[0].second > 0 ? g.terms[0].first : g.terms[1].first;  // small <= large
  const Label large = g.terms[0].second > 0 ? g.terms[1].first : g.terms[0].first;
  PrintedFactor f = items_[0];
  FormId result = 0;
  if (labelling_.output.size() == 2 && f.labels.size() == 2 && labelling_.label_count == 2) {
    if (f.labels != labelling_.output) transpose(f);
    if (f.labels != labelling_.output) return 0;
    result = call(small == labelling_.output[1] ? "tril" : "triu", chain(f));
  } else if (labelling_.output.size() == 1 && f.labels.size() == 1 && labelling_.label_count == 2 &&
             extents_[0] == extents_[1] && large == labelling_.output[0] && f.labels[0] == small) {
    result = call("cumsum", chain(f));
  }
  if (!result) return 0;
  const Link link{result, false, {}};
  return divided(chain_form(forms_, scalars_.empty() ? 0 : scalars_[0], {link}, ctx_.shape_of(node_).row));
}

FormId MatrixForm::assemble_matrix() {
  const Label i = labelling_.output[0], j = labelling_.output[1];
  std::vector<Link> left, right, middle;
  for (PrintedFactor& f : items_) {
    if (f.labels.size() == 2) {
      if (f.labels[0] != i) transpose(f);
      if (f.labels[0] != i || f.labels[1] != j) return 0;
      middle = f.chain;
    } else if (f.labels[0] == i) {
      left = f.chain;
    } else if (f.labels[0] == j) {
      right = f.chain;
    } else {
      return 0;
    }
  }
  const auto diag = [&](const std::vector<Link>& v) {
    return Link{call("diag", chain_form(forms_, 0, v, false)), false, {}, true};
  };
  std::vector<Link> all;
  if (delta_) {
    const FormId n = forms_.of(extents_[i]);
    if (!middle.empty() || (!left.empty() && !right.empty())) return 0;
    all.push_back(left.empty() && right.empty() ? Link{forms_.call("eye", {&n, 1}), false, {}}
                                                : diag(left.empty() ? right : left));
  } else if (!middle.empty()) {
    // diag(unit(n, k)) would be read as a matrix with one entry, and take a row of what follows.
    for (const std::vector<Link>& v : {left, right}) {
      if (v.size() == 1 && v[0].unit_at) return 0;
    }
    if (!left.empty()) all.push_back(diag(left));
    all.insert(all.end(), middle.begin(), middle.end());
    if (!right.empty()) all.push_back(diag(right));
  } else if (left.size() == 1 && right.size() == 1 && left[0].unit_at && right[0].unit_at) {
    const FormId arguments[4] = {forms_.of(left[0].unit_at), forms_.of(right[0].unit_at),
                                 forms_.of(extents_[i]), forms_.of(extents_[j])};
    all.push_back({forms_.call("single", arguments), false, {}});
  } else {
    if (left.empty() && right.empty()) return 0;
    if (left.empty()) left.push_back({ones(i), false, {}});
    if (right.empty()) right.push_back({ones(j), false, {}});
    std::reverse(right.begin(), right.end());
    for (Link& l : right) l.transposed = !l.transposed;
    all = left;
    all.insert(all.end(), right.begin(), right.end());
  }
  return divided(chain_form(forms_, scalars_.empty() ? 0 : scalars_[0], all, false));
}

FormId MatrixForm::assemble() {
  if (scalars_.size() > 1) {  // a scalar factor and a scalar that came off the graph
    std::vector<Piece> pieces;
    for (FormId s : scalars_) {
      if (!pieces.empty()) pieces.push_back(Piece::text("*", "*", " "));
      pieces.push_back(Piece::form(s, pieces.empty() ? Binding::product : Binding::power));
    }
    scalars_ = {forms_.pieces(pieces, Binding::product)};
  }
  if (labelling_.output.empty()) return items_.empty() && scalars_.size() == 1 ? divided(scalars_[0]) : 0;
  if (labelling_.output.size() == 2) return assemble_matrix();
  if (delta_ || items_.size() != 1 || items_[0].labels != labelling_.output) return 0;
  return divided(
      chain_form(forms_, scalars_.empty() ? 0 : scalars_[0], items_[0].chain, ctx_.shape_of(node_).row));
}

FormId MatrixForm::form() {
  if (!read()) return 0;
  if (!labelling_.guards.empty()) return series_ ? 0 : triangle();
  while (reduce_once()) {
  }
  const FormId f = assemble();
  return f && series_ ? series(f) : f;
}

}  // namespace nabla
