// Index notation: [sum(A[i, k]*B[k, j] for k in 1:n) for i in 1:n, j in 1:m].
#include <algorithm>

#include "expr/print_matrix.h"
#include "expr/shape_text.h"
#include "expr/substitute.h"

namespace nabla {
namespace {

class ComprehensionForm {
 public:
  ComprehensionForm(Forms& forms, Ref node) : forms_(forms), ctx_(forms.context()), node_(node) {
    name_indices();
  }

  FormId product();    // of an indexed product
  FormId reduction();  // of a reduction
  FormId entrywise();  // of compare, connective and select

 private:
  void name_indices();
  void use_labels(const Labelling& l, std::span<const Ref> extents);
  void substitute_shifts(const IndexedView& v);
  FormId fresh();
  FormId position(Label l);
  FormId indexed(Ref tensor, std::span<const Label> labels);
  void add_factor(Ref r, std::span<const Label> labels, std::vector<Piece>& pieces);
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
  size_t next_ = 0;
  Labelling labelling_;
  std::vector<Ref> extents_, offsets_;
  std::vector<FormId> names_;  // of each label
  std::vector<Ref> shift_by_;  // where a label is another one plus an offset: the offset
  std::vector<Label> shift_from_;
  std::vector<std::unique_ptr<std::string>> texts_;
};

void ComprehensionForm::name_indices() {
  for (Ref s : symbols_of(ctx_, node_)) taken_.push_back(ctx_.symbol(s).name);
}

FormId ComprehensionForm::fresh() {
  static constexpr std::string_view letters = "ijklpqrstuvwabcdfghmnoxyz";
  for (;; ++next_) {
    std::string name(1, letters[next_ % letters.size()]);
    if (next_ >= letters.size()) name += std::to_string(next_ / letters.size());
    if (std::find(taken_.begin(), taken_.end(), name) != taken_.end()) continue;
    ++next_;
    return forms_.local_name(name);
  }
}

void ComprehensionForm::use_labels(const Labelling& l, std::span<const Ref> extents) {
  labelling_ = l;
  extents_.assign(extents.begin(), extents.end());
  shift_by_.resize(l.label_count);
  shift_from_.resize(l.label_count);
  names_.resize(l.label_count);
}

// A bound label that a shift ties to another is written as that one plus the offset.
void ComprehensionForm::substitute_shifts(const IndexedView& v) {
  for (size_t f = 0; f < v.factors.size(); ++f) {
    if (!is_structural(ctx_, v.factors[f], Structural::shift)) continue;
    const Label from = labelling_.factors[f][0], to = labelling_.factors[f][1];
    bool guarded = false;
    for (const Guard& g : labelling_.guards) {
      for (const auto& t : g.terms) guarded = guarded || t.first == to;
    }
    if (!labelling_.is_bound(to) || shift_by_[to] || shift_by_[from] || guarded || from == to) continue;
    shift_by_[to] = ctx_.operands(v.factors[f])[0];
    shift_from_[to] = from;
  }
}

FormId ComprehensionForm::position(Label l) {
  if (!shift_by_[l]) {
    if (!names_[l]) names_[l] = fresh();
    return names_[l];
  }
  const FormId base = position(shift_from_[l]);
  const Ref c = shift_by_[l];
  if (c == zero) return base;
  const bool minus = ctx_.is_number(c) && ctx_.value(c).sign() < 0;
  const std::string text = extent_text(ctx_, minus ? ctx_.negate(c) : c);
  const bool plain = text.find_first_of("+- ") == std::string::npos;
  const Piece list[3] = {Piece::form(base, Binding::sum), Piece::text(minus ? " - " : " + "),
                         Piece::text(keep(plain ? text : "(" + text + ")"))};
  return forms_.pieces(list, Binding::sum, 2);
}

FormId ComprehensionForm::indexed(Ref tensor, std::span<const Label> labels) {
  std::vector<FormId> indices;
  for (Label l : labels) indices.push_back(position(l));
  return forms_.index(forms_.operand(tensor), indices);
}

void ComprehensionForm::add_factor(Ref r, std::span<const Label> labels, std::vector<Piece>& pieces) {
  FormId f = 0;
  if (labels.empty()) {
    f = forms_.operand(r);
  } else if (is_structural(ctx_, r, Structural::iota)) {
    f = position(labels[0]);
  } else if (is_structural(ctx_, r, Structural::delta)) {
    const FormId both[2] = {position(labels[0]), position(labels[1])};
    f = forms_.call("delta", both);
  } else {
    if (is_structural(ctx_, r, Structural::shift) && shift_by_[labels[1]] == ctx_.operands(r)[0] &&
        shift_from_[labels[1]] == labels[0]) {
      return;
    }
    f = indexed(r, labels);
  }
  if (!pieces.empty()) pieces.push_back(Piece::text("*", "*", " "));
  pieces.push_back(Piece::form(f, pieces.empty() ? Binding::product : Binding::power));
}

void ComprehensionForm::add_loops(std::span<const Label> labels, std::vector<Piece>& pieces) {
  const char* word = " for ";
  for (Label l : labels) {
    if (shift_by_[l]) continue;
    pieces.push_back(Piece::text(word, word, *word == ',' ? ", " : " \\text{ for } "));
    pieces.push_back(Piece::form(position(l), Binding::atom));
    pieces.push_back(Piece::text(" in 1:", " in 1:", " \\in 1{:}"));
    pieces.push_back(Piece::form(forms_.of(extents_[l]), Binding::sum));
    word = ", ";
  }
}

// sum of coefficient*label + offset RELATION 0, with the negative terms on the right.
void ComprehensionForm::add_guards(std::vector<Piece>& pieces) {
  const char* word = " if ";
  for (size_t g = 0; g < labelling_.guards.size(); ++g) {
    const Guard& guard = labelling_.guards[g];
    pieces.push_back(
        Piece::text(word, word, *word == ' ' && word[1] == 'i' ? " \\text{ if } " : " \\wedge "));
    word = " and ";
    const Ref offset = offsets_[g];
    const bool number = ctx_.is_number(offset);
    for (const bool left : {true, false}) {
      bool first = true;
      const auto plus = [&] {
        if (!first) pieces.push_back(Piece::text(" + "));
        first = false;
      };
      for (const auto& [l, c] : guard.terms) {
        if ((c > 0) != left) continue;
        plus();
        const int64_t size = c < 0 ? -c : c;
        if (size != 1) pieces.push_back(Piece::text(keep(std::to_string(size) + "*")));
        pieces.push_back(Piece::form(position(l), Binding::power));
      }
      if (left && !number) {
        plus();
        pieces.push_back(Piece::form(forms_.of(offset), Binding::product));
      }
      if (number && offset != zero && (ctx_.value(offset).sign() > 0) == left) {
        plus();
        pieces.push_back(Piece::text(keep(ctx_.value(offset).abs().to_string())));
      }
      if (first) pieces.push_back(Piece::text("0"));
      if (!left) break;
      const Relation r = guard.relation;
      if (r == Relation::less_equal) pieces.push_back(Piece::text(" <= ", " ≤ ", " \\le "));
      if (r == Relation::less) pieces.push_back(Piece::text(" < "));
      if (r == Relation::equal) pieces.push_back(Piece::text(" == ", " == ", " = "));
      if (r == Relation::not_equal) pieces.push_back(Piece::text(" != ", " ≠ ", " \\ne "));
    }
  }
}

FormId ComprehensionForm::product() {
  const IndexedView v = view_indexed(ctx_, node_);
  use_labels(*v.labelling, v.extents);
  offsets_.assign(v.offsets.begin(), v.offsets.end());
  substitute_shifts(v);
  for (Label l : labelling_.output) position(l);
  std::vector<Label> bound;
  for (Label l = static_cast<Label>(labelling_.output.size()); l < labelling_.label_count; ++l) {
    if (!shift_by_[l]) bound.push_back(l);
  }
  for (Label l : bound) position(l);
  std::vector<Piece> body;
  for (size_t f = 0; f < v.factors.size(); ++f) {
    if (labelling_.factors[f].empty()) add_factor(v.factors[f], {}, body);
  }
  for (size_t f = 0; f < v.factors.size(); ++f) {
    if (!labelling_.factors[f].empty()) add_factor(v.factors[f], labelling_.factors[f], body);
  }
  if (body.empty()) body.push_back(Piece::text("1"));
  std::vector<Piece> pieces;
  const bool array = !labelling_.output.empty();
  if (array) pieces.push_back(Piece::text("["));
  if (!bound.empty()) pieces.push_back(Piece::text("sum(", "sum(", "\\operatorname{sum}("));
  pieces.insert(pieces.end(), body.begin(), body.end());
  if (!bound.empty()) {
    add_loops(bound, pieces);
    add_guards(pieces);
    pieces.push_back(Piece::text(")"));
  }
  if (array) {
    add_loops(labelling_.output, pieces);
    if (bound.empty()) add_guards(pieces);
    pieces.push_back(Piece::text("]"));
  }
  const FormId f = forms_.pieces(pieces, Binding::atom, 1 + labelling_.label_count + body.size() / 2, true);
  return ctx_.shape_of(node_).row ? MatrixForm::link_form(forms_, {f, true, {}}) : f;
}

FormId ComprehensionForm::reduction() {
  const IndexedView v = view_indexed(ctx_, node_);
  use_labels(*v.labelling, v.extents);
  offsets_.assign(v.offsets.begin(), v.offsets.end());
  static constexpr const char* names[] = {"prod", "max", "min"};
  const std::string name = names[ctx_[node_].tag];
  std::vector<Label> bound;
  for (Label l : labelling_.output) position(l);
  for (Label l = static_cast<Label>(labelling_.output.size()); l < labelling_.label_count; ++l)
    bound.push_back(l);
  std::vector<Piece> pieces;
  const bool array = !labelling_.output.empty();
  if (array) pieces.push_back(Piece::text("["));
  pieces.push_back(Piece::text(keep(name + "("), keep(name + "("), keep("\\operatorname{" + name + "}(")));
  std::vector<Piece> body;
  add_factor(v.factors[0], labelling_.factors[0], body);
  pieces.insert(pieces.end(), body.begin(), body.end());
  add_loops(bound, pieces);
  add_guards(pieces);
  pieces.push_back(Piece::text(")"));
  if (array) {
    add_loops(labelling_.output, pieces);
    pieces.push_back(Piece::text("]"));
  }
  return forms_.pieces(pieces, Binding::atom, 1 + labelling_.label_count, true);
}

FormId ComprehensionForm::entrywise() {
  const Node n = ctx_[node_];
  const Shape shape = ctx_.shape(n.shape);
  Labelling l;
  l.label_count = static_cast<uint32_t>(shape.order());
  for (Label i = 0; i < l.label_count; ++i) l.output.push_back(i);
  use_labels(l, shape.extents);
  const auto part = [&](Ref r) -> FormId {
    if (ctx_[r].shape == scalar_shape) return forms_.of(r);
    if (ctx_.kind(r) == Kind::compare || ctx_.kind(r) == Kind::connective || ctx_.kind(r) == Kind::select) {
      return forms_.operand(r);  // its own text without brackets, see inner()
    }
    if (is_structural(ctx_, r, Structural::iota)) return position(0);
    return indexed(r, l.output);
  };
  std::vector<Piece> pieces{Piece::text("[")};
  // Nested conditions are opened; their number is bounded by the text that wrote them.
  struct Open {
    Ref node;
    bool parentheses;
  };
  const auto write = [&](auto&& self, Ref r, int depth) -> void {
    const Node m = ctx_[r];
    const bool tensor = m.shape != scalar_shape;
    if (!tensor || depth > 40) {
      pieces.push_back(Piece::form(part(r), Binding::sum));
      return;
    }
    if (m.kind == Kind::compare) {
      self(self, m.operand(0), depth + 1);
      switch (static_cast<Relation>(m.tag)) {
        case Relation::less:
          pieces.push_back(Piece::text(" < "));
          break;
        case Relation::less_equal:
          pieces.push_back(Piece::text(" <= ", " ≤ ", " \\le "));
          break;
        case Relation::equal:
          pieces.push_back(Piece::text(" == ", " == ", " = "));
          break;
        case Relation::not_equal:
          pieces.push_back(Piece::text(" != ", " ≠ ", " \\ne "));
          break;
      }
      self(self, m.operand(1), depth + 1);
    } else if (m.kind == Kind::connective) {
      const bool negation = m.tag == static_cast<uint16_t>(Connective::negation);
      pieces.push_back(Piece::text(negation ? "(not (" : "("));
      self(self, m.operand(0), depth + 1);
      if (!negation) {
        const bool both = m.tag == static_cast<uint16_t>(Connective::conjunction);
        pieces.push_back(Piece::text(both ? " and " : " or "));
        self(self, m.operand(1), depth + 1);
      }
      pieces.push_back(Piece::text(negation ? "))" : ")"));
    } else if (m.kind == Kind::select) {
      pieces.push_back(Piece::text(depth ? "(if " : "if "));
      self(self, m.operand(0), depth + 1);
      pieces.push_back(Piece::text(" then "));
      self(self, m.operand(1), depth + 1);
      pieces.push_back(Piece::text(" else "));
      self(self, m.operand(2), depth + 1);
      if (depth) pieces.push_back(Piece::text(")"));
    } else {
      pieces.push_back(Piece::form(part(r), Binding::sum));
    }
  };
  write(write, node_, 0);
  add_loops(l.output, pieces);
  pieces.push_back(Piece::text("]"));
  return forms_.pieces(pieces, Binding::atom, 2 + l.label_count, true);
}

}  // namespace

FormId comprehension_form(Forms& forms, Ref node) {
  ComprehensionForm c(forms, node);
  return forms.context().kind(node) == Kind::reduce ? c.reduction() : c.product();
}

FormId entrywise_form(Forms& forms, Ref node) { return ComprehensionForm(forms, node).entrywise(); }

}  // namespace nabla
