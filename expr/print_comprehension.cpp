// Index notation: [sum(A[i, k]*B[k, j] for k in 1:n) for i in 1:n, j in 1:m].
//
// What stands before `for` is a scalar expression in the indices, which is made here with placeholders for
// them and printed like any other. It is used if closing the indices gives the node again; otherwise the
// factors are written as entries of the tensors that they are, T[i, j].
#include <algorithm>

#include "expr/comprehension.h"
#include "expr/diagnostic.h"
#include "expr/guards.h"
#include "expr/print_matrix.h"
#include "expr/substitute.h"
#include "expr/tensor.h"

namespace nabla {
namespace {

constexpr int most_nested = 40;     // tensors inside tensors that are written entry by entry
constexpr size_t most_parts = 200;  // of one body

class ComprehensionForm {
 public:
  ComprehensionForm(Forms& forms, Ref node);

  // Of an indexed product. `solved`: a bound label that a condition gives a value in its range is written as
  // that value, x[i + j - 1]; 0 where there is none, or where this would not be read as the same.
  FormId product(bool solved);
  FormId reduction();  // of a reduction
  FormId entrywise();  // of compare, connective and select

 private:
  void use_labels(const Labelling& l, std::span<const Ref> extents);
  void substitute_shifts(const IndexedView& v);
  bool solve_conditions();
  std::optional<Label> solved_label(const Guard& g, Ref offset) const;
  Ref fresh(Ref extent);
  Ref position(Label l);
  std::vector<Ref> positions(std::span<const Label> labels);
  bool is_written(Ref factor, std::span<const Label> labels) const;

  Ref plain_entry(Ref tensor, std::span<const Ref> at) { return element(ctx_, tensor, at); }
  Ref entry(Ref tensor, std::span<const Ref> at, int depth = 0);
  Ref entry_of_product(Ref tensor, std::span<const Ref> at, int depth);
  Ref body(bool opened);
  Ref condition();
  Ref closed(std::optional<Binder> inner, Ref body);
  std::vector<BoundIndex> indices(std::span<const Label> labels) const;

  FormId write(std::optional<Binder> inner, Ref body);
  void add_loops(std::span<const Label> labels, std::vector<Piece>& pieces);
  void add_guards(std::vector<Piece>& pieces);
  std::string_view keep(std::string s) {
    texts_.push_back(std::make_unique<std::string>(std::move(s)));
    return *texts_.back();
  }

  Forms& forms_;
  Context& ctx_;
  Ref node_;
  std::vector<std::string> taken_;
  size_t next_ = 0, parts_ = 0;
  Labelling labelling_;
  std::vector<Label> bound_;  // those that have a loop
  std::vector<Ref> factors_, extents_, offsets_;
  std::vector<Ref> names_;     // of each label: its placeholder, or where it is
  std::vector<Ref> shift_by_;  // where a label is another one plus an offset: the offset
  std::vector<Label> shift_from_;
  std::vector<std::unique_ptr<std::string>> texts_;
};

ComprehensionForm::ComprehensionForm(Forms& forms, Ref node)
    : forms_(forms), ctx_(forms.context()), node_(node) {
  for (Ref s : symbols_of(ctx_, node_)) taken_.push_back(ctx_.symbol(s).name);
}

// ---- indices ----

Ref ComprehensionForm::fresh(Ref extent) {
  static constexpr std::string_view letters = "ijklpqrstuvwabcdfghmnoxyz";
  for (;; ++next_) {
    std::string name(1, letters[next_ % letters.size()]);
    if (next_ >= letters.size()) name += std::to_string(next_ / letters.size());
    if (std::find(taken_.begin(), taken_.end(), name) != taken_.end()) continue;
    ++next_;
    Symbol s;
    s.name = "#" + name;
    s.role = Role::placeholder;
    s.domain.integer = true;
    s.domain.lower = one;
    s.domain.upper = extent;
    return ctx_.symbol(s);
  }
}

void ComprehensionForm::use_labels(const Labelling& l, std::span<const Ref> extents) {
  labelling_ = l;
  extents_.assign(extents.begin(), extents.end());
  shift_by_.resize(l.label_count);
  shift_from_.resize(l.label_count);
  names_.resize(l.label_count);
}

// A bound label that a shift ties to another is written as that one plus the offset, one with a unit as the
// position of its 1.
void ComprehensionForm::substitute_shifts(const IndexedView& v) {
  for (size_t f = 0; f < v.factors.size(); ++f) {
    const bool unit = is_structural(ctx_, v.factors[f], Structural::unit);
    if (!unit && !is_structural(ctx_, v.factors[f], Structural::shift)) continue;
    const Label from = labelling_.factors[f][0], to = labelling_.factors[f].back();
    bool guarded = false;
    for (const Guard& g : labelling_.guards) {
      for (const auto& t : g.terms) guarded = guarded || t.first == to;
    }
    if (!labelling_.is_bound(to) || names_[to] || shift_by_[to] || guarded) continue;
    if (unit) {
      names_[to] = ctx_.operands(v.factors[f])[0];
      continue;
    }
    if (shift_by_[from] || from == to) continue;
    shift_by_[to] = ctx_.operands(v.factors[f])[0];
    shift_from_[to] = from;
  }
}

// The bound label that k == i + j - 1 is about, and no other condition.
std::optional<Label> ComprehensionForm::solved_label(const Guard& g, Ref offset) const {
  if (g.relation != Relation::equal) return std::nullopt;
  for (size_t at = 0; at < g.terms.size(); ++at) {
    const auto [l, sign] = g.terms[at];
    const bool free = labelling_.is_bound(l) && !names_[l] && !shift_by_[l];
    if (!free || (sign != 1 && sign != -1)) continue;
    const auto speaks = [&, label = l](const Guard& other) {
      return std::any_of(other.terms.begin(), other.terms.end(),
                         [&](const auto& t) { return t.first == label; });
    };
    if (std::count_if(labelling_.guards.begin(), labelling_.guards.end(), speaks) != 1) continue;
    GuardCondition value{g, ctx_.scale(ctx_.number(-sign), offset)};
    value.guard.terms.erase(value.guard.terms.begin() + static_cast<ptrdiff_t>(at));
    for (auto& t : value.guard.terms) t.second *= -sign;
    const Ref low = ctx_.subtract(extreme_of_guard(ctx_, value, extents_, false), one);
    const Ref high = ctx_.subtract(extents_[l], extreme_of_guard(ctx_, value, extents_, true));
    if (ctx_[low].facts & ctx_[high].facts & nonnegative) return l;
  }
  return std::nullopt;
}

bool ComprehensionForm::solve_conditions() {
  for (size_t g = 0; g < labelling_.guards.size(); ++g) {
    const Guard guard = labelling_.guards[g];
    const auto label = solved_label(guard, offsets_[g]);
    if (!label) continue;
    for (Label l = 0; l < labelling_.label_count; ++l) {
      if (l != *label) position(l);
    }
    Ref value = offsets_[g];
    int64_t sign = 1;
    for (const auto& [l, c] : guard.terms) {
      if (l == *label) {
        sign = c;
      } else {
        value = ctx_.add(value, ctx_.scale(ctx_.number(c), position(l)));
      }
    }
    names_[*label] = ctx_.scale(ctx_.number(-sign), value);
    labelling_.guards.erase(labelling_.guards.begin() + static_cast<ptrdiff_t>(g));
    offsets_.erase(offsets_.begin() + static_cast<ptrdiff_t>(g));
    bound_.erase(std::remove(bound_.begin(), bound_.end(), *label), bound_.end());
    return true;
  }
  return false;
}

Ref ComprehensionForm::position(Label l) {
  Ref at = zero;
  for (; shift_by_[l]; l = shift_from_[l]) at = ctx_.add(at, shift_by_[l]);
  if (!names_[l]) names_[l] = fresh(extents_[l]);
  return ctx_.add(names_[l], at);
}

std::vector<Ref> ComprehensionForm::positions(std::span<const Label> labels) {
  std::vector<Ref> at;
  for (Label l : labels) at.push_back(position(l));
  return at;
}

// ---- the body ----

// An entry of what is computed entry by entry is computed from entries: sin(x[i]), not sin(x)[i].
Ref ComprehensionForm::entry(Ref tensor, std::span<const Ref> at, int depth) {
  const Node n = ctx_[tensor];
  if (n.shape == scalar_shape) return tensor;
  if (depth > most_nested || ++parts_ > most_parts) return plain_entry(tensor, at);
  const std::vector<Ref> operands(n.operands().begin(), n.operands().end());
  std::vector<Ref> parts;
  const auto open = [&] {
    for (Ref o : operands) parts.push_back(entry(o, at, depth + 1));
  };
  switch (n.kind) {
    case Kind::sum: {
      std::vector<Term> terms;
      for (size_t i = 0; i < operands.size(); i += 2)
        terms.push_back({operands[i], entry(operands[i + 1], at, depth + 1)});
      return ctx_.sum(terms);
    }
    case Kind::long_sum:
      open();
      return ctx_.sum(std::span<const Ref>(parts));
    case Kind::product:
      open();
      return ctx_.product(parts);
    case Kind::indexed:
      return entry_of_product(tensor, at, depth);
    case Kind::power:
      open();
      return ctx_.power(parts[0], parts[1]);
    case Kind::function:
      if (row(static_cast<Fn>(n.tag)).shape != ShapeRule::elementwise) break;
      open();
      return ctx_.function(static_cast<Fn>(n.tag), parts);
    case Kind::opaque: {
      if (!ctx_.is_of_scalars(tensor)) break;
      open();
      const std::vector<uint16_t> orders(ctx_.orders(tensor).begin(), ctx_.orders(tensor).end());
      return ctx_.opaque(ctx_.opaque_function(tensor), orders, parts);
    }
    case Kind::compare:
      open();
      return ctx_.compare(static_cast<Relation>(n.tag), parts[0], parts[1]);
    case Kind::connective:
      open();
      if (n.tag == static_cast<uint16_t>(Connective::negation)) return ctx_.negation(parts[0]);
      return n.tag == static_cast<uint16_t>(Connective::conjunction) ? ctx_.conjunction(parts[0], parts[1])
                                                                     : ctx_.disjunction(parts[0], parts[1]);
    case Kind::select:
      open();
      return ctx_.select(parts[0], parts[1], parts[2]);
    default:
      break;
  }
  return plain_entry(tensor, at);
}

Ref ComprehensionForm::entry_of_product(Ref tensor, std::span<const Ref> at, int depth) {
  const IndexedView v = view_indexed(ctx_, tensor);
  const Labelling l = *v.labelling;
  if (l.label_count != l.output.size() || !l.guards.empty()) return plain_entry(tensor, at);
  const std::vector<Ref> factors(v.factors.begin(), v.factors.end());
  std::vector<Ref> parts;
  for (size_t f = 0; f < factors.size(); ++f) {
    std::vector<Ref> axes;
    for (Label a : l.factors[f]) axes.push_back(at[a]);
    parts.push_back(entry(factors[f], axes, depth + 1));
  }
  return ctx_.product(parts);
}

// Whether a factor is said by the positions.
bool ComprehensionForm::is_written(Ref factor, std::span<const Label> labels) const {
  if (is_structural(ctx_, factor, Structural::unit)) return names_[labels[0]] == ctx_.operands(factor)[0];
  return is_structural(ctx_, factor, Structural::shift) && shift_by_[labels[1]] == ctx_.operands(factor)[0] &&
         shift_from_[labels[1]] == labels[0];
}

Ref ComprehensionForm::body(bool opened) {
  std::vector<Ref> parts;
  parts_ = 0;
  for (size_t f = 0; f < factors_.size(); ++f) {
    const auto& labels = labelling_.factors[f];
    if (!labels.empty() && is_written(factors_[f], labels)) continue;
    const std::vector<Ref> at = positions(labels);
    if (labels.empty()) {
      parts.push_back(factors_[f]);
    } else {
      parts.push_back(opened ? entry(factors_[f], at) : plain_entry(factors_[f], at));
    }
  }
  return ctx_.product(parts);
}

// ---- reading it back ----

std::vector<BoundIndex> ComprehensionForm::indices(std::span<const Label> labels) const {
  std::vector<BoundIndex> list;
  for (Label l : labels) list.push_back({names_[l], one, extents_[l]});
  return list;
}

Ref ComprehensionForm::condition() {
  Ref all{};
  for (size_t g = 0; g < labelling_.guards.size(); ++g) {
    Ref difference = offsets_[g];
    for (const auto& [l, c] : labelling_.guards[g].terms)
      difference = ctx_.add(difference, ctx_.scale(ctx_.number(c), position(l)));
    const Ref one_guard = ctx_.compare(labelling_.guards[g].relation, difference, zero);
    all = all ? ctx_.conjunction(all, one_guard) : one_guard;
  }
  return all;
}

Ref ComprehensionForm::closed(std::optional<Binder> inner, Ref body) {
  const Ref guard = condition();
  try {
    if (inner) body = close_comprehension(ctx_, *inner, body, indices(bound_), guard);
    if (labelling_.output.empty()) return body;
    const Ref r =
        close_comprehension(ctx_, Binder::array, body, indices(labelling_.output), inner ? Ref{} : guard);
    return ctx_.shape_of(node_).row ? as_row(ctx_, r) : r;
  } catch (const Failure& f) {
    if (f.diagnostic.code != Code::not_yet_available) throw;
    return {};
  }
}

// ---- writing ----

void ComprehensionForm::add_loops(std::span<const Label> labels, std::vector<Piece>& pieces) {
  const char* word = " for ";
  for (Label l : labels) {
    pieces.push_back(Piece::text(word, word, *word == ',' ? ", " : " \\text{ for } "));
    pieces.push_back(Piece::form(forms_.add(names_[l]), Binding::atom));
    pieces.push_back(Piece::text(" in 1:", " in 1:", " \\in 1{:}"));
    pieces.push_back(Piece::form(forms_.of(extents_[l]), Binding::sum));
    word = ", ";
  }
}

// sum of coefficient*label + offset RELATION 0, with the negative terms on the right.
void ComprehensionForm::add_guards(std::vector<Piece>& pieces) {
  for (size_t g = 0; g < labelling_.guards.size(); ++g) {
    const Guard& guard = labelling_.guards[g];
    pieces.push_back(g == 0 ? Piece::text(" if ", " if ", " \\text{ if } ")
                            : Piece::text(" and ", " and ", " \\wedge "));
    std::vector<Term> left, right;
    for (const auto& [l, c] : guard.terms)
      (c > 0 ? left : right).push_back({ctx_.number(c < 0 ? -c : c), position(l)});
    // Of integers: i + 1 <= j is i < j.
    Relation r = guard.relation;
    Ref shift = offsets_[g];
    if (r == Relation::less_equal && ctx_.is_number(shift) && ctx_.value(shift).sign() > 0) {
      r = Relation::less;
      shift = ctx_.subtract(shift, one);
    }
    std::vector<Term> offset;
    ctx_.append_terms(shift, offset);
    for (const Term& t : offset) {
      const Rational c = ctx_.value(t.coefficient);
      (c.sign() > 0 ? left : right).push_back({ctx_.number(c.abs()), t.body});
    }
    pieces.push_back(Piece::form(forms_.add(ctx_.sum(left)), Binding::sum));
    if (r == Relation::less_equal) pieces.push_back(Piece::text(" <= ", " ≤ ", " \\le "));
    if (r == Relation::less) pieces.push_back(Piece::text(" < "));
    if (r == Relation::equal) pieces.push_back(Piece::text(" == ", " == ", " = "));
    if (r == Relation::not_equal) pieces.push_back(Piece::text(" != ", " ≠ ", " \\ne "));
    pieces.push_back(Piece::form(forms_.add(ctx_.sum(right)), Binding::sum));
  }
}

FormId ComprehensionForm::write(std::optional<Binder> inner, Ref body) {
  static constexpr std::string_view names[] = {"sum(", "[", "prod(", "max(", "min("};
  std::vector<Piece> pieces;
  const bool array = !labelling_.output.empty();
  if (array) pieces.push_back(Piece::text("["));
  if (inner) {
    const std::string_view name = names[static_cast<size_t>(*inner)];
    pieces.push_back(
        Piece::text(name, name, keep("\\operatorname{" + std::string(name, 0, name.size() - 1) + "}(")));
  }
  pieces.push_back(Piece::form(forms_.add(body), Binding::conditional));
  if (inner) {
    add_loops(bound_, pieces);
    add_guards(pieces);
    pieces.push_back(Piece::text(")"));
  }
  if (array) {
    add_loops(labelling_.output, pieces);
    if (!inner) add_guards(pieces);
    pieces.push_back(Piece::text("]"));
  }
  const uint64_t operators = (inner ? 1u : 0u) + (array ? 1u : 0u) + labelling_.label_count;
  const FormId f = forms_.pieces(pieces, Binding::atom, operators, true);
  return ctx_.shape_of(node_).row ? MatrixForm::link_form(forms_, {f, true, {}}) : f;
}

FormId ComprehensionForm::product(bool solved) {
  const IndexedView v = view_indexed(ctx_, node_);
  factors_.assign(v.factors.begin(), v.factors.end());
  offsets_.assign(v.offsets.begin(), v.offsets.end());
  use_labels(*v.labelling, v.extents);
  substitute_shifts(v);
  for (Label l = 0; l < labelling_.label_count; ++l) {
    if (labelling_.is_bound(l) && !shift_by_[l] && !names_[l]) bound_.push_back(l);
  }
  if (solved && !solve_conditions()) return 0;
  for (Label l = 0; l < labelling_.label_count; ++l) position(l);
  const std::optional<Binder> inner = bound_.empty() ? std::nullopt : std::optional(Binder::sum);
  const Ref opened = body(true);
  if (solved && closed(inner, opened) != node_) return 0;
  return write(inner, closed(inner, opened) == node_ ? opened : body(false));
}

FormId ComprehensionForm::reduction() {
  const IndexedView v = view_indexed(ctx_, node_);
  factors_.assign(v.factors.begin(), v.factors.end());
  offsets_.assign(v.offsets.begin(), v.offsets.end());
  use_labels(*v.labelling, v.extents);
  for (Label l = 0; l < labelling_.label_count; ++l) {
    position(l);
    if (labelling_.is_bound(l)) bound_.push_back(l);
  }
  static constexpr Binder binders[] = {Binder::prod, Binder::max, Binder::min};
  const Binder inner = binders[ctx_[node_].tag];
  const Ref opened = body(true);
  return write(inner, closed(inner, opened) == node_ ? opened : body(false));
}

FormId ComprehensionForm::entrywise() {
  const Shape shape = ctx_.shape_of(node_);
  Labelling l;
  l.label_count = static_cast<uint32_t>(shape.order());
  for (Label i = 0; i < l.label_count; ++i) l.output.push_back(i);
  use_labels(l, shape.extents);
  const std::vector<Ref> at = positions(l.output);
  return write(std::nullopt, entry(node_, at));
}

}  // namespace

FormId comprehension_form(Forms& forms, Ref node) {
  if (forms.context().kind(node) == Kind::reduce) return ComprehensionForm(forms, node).reduction();
  if (!forms.context().labelling(node).guards.empty()) {
    if (const FormId f = ComprehensionForm(forms, node).product(true)) return f;
  }
  return ComprehensionForm(forms, node).product(false);
}

FormId entrywise_form(Forms& forms, Ref node) { return ComprehensionForm(forms, node).entrywise(); }

}  // namespace nabla
