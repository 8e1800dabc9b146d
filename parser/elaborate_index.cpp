// Entries, slices, arrays of blocks, and the indices of comprehensions.
#include <algorithm>

#include "expr/comprehension.h"
#include "expr/shape_text.h"
#include "parser/elaborator.h"

namespace nabla {

// ---- x[i], A[i, :], x[2:n] ----

Ref Elaborator::extent_at(NodeId index, uint32_t axis, NodeId end) {
  const Ref base = number_value(operand(index, 0));
  const Shape& s = ctx_.shape_of(base);
  if (axis >= s.order()) wrong_index_count(index, base);
  (void)end;
  return s.extents[axis];
}

void Elaborator::wrong_index_count(NodeId n, Ref base) const {
  const size_t given = operands(n).size() - 1, wanted = ctx_.shape_of(base).order();
  const std::string x = quoted(operand(n, 0)), bare(tree_->text(operand(n, 0)));
  const bool name = kind(operand(n, 0)) == SyntaxKind::name;
  if (wanted == 0) {
    throw failure(Code::wrong_index_count, n, x + " is a scalar and has no entries",
                  name ? "declare it with its shape: var " + bare + " : vector[n]" : "");
  }
  std::string help;
  if (wanted == 1) help = "write " + bare + "[" + std::string(tree_->text(operand(n, 1))) + "]";
  if (wanted == 2 && given == 1) help = "write " + bare + "[i, j], " + bare + "[i, :] or " + bare + "[:, j]";
  throw failure(Code::wrong_index_count, n,
                x + " is " + shape(base) + " and takes " + std::to_string(wanted) +
                    (wanted == 1 ? " index, not " : " indices, not ") + std::to_string(given),
                std::move(help));
}

// Whether a number is surely negative.
static bool is_negative(const Context& ctx, Ref r) {
  return (ctx[r].facts & nonpositive) && (ctx[r].facts & nonzero);
}

// Refuses an index that leaves 1 … extent + beyond for some value of the indices in it.
void Elaborator::check_range(NodeId at, NodeId base, Ref position, Ref extent, Ref beyond) {
  if (guards_open_ > 0 && !index_placeholders(ctx_, position).empty())
    return;  // the condition may exclude it
  const std::vector<Ref> names = index_placeholders(ctx_, position);
  const auto high = extreme(ctx_, position, true), low = extreme(ctx_, position, false);
  if (!high || !low) return;
  const Ref room = ctx_.subtract(ctx_.add(extent, beyond), *high), below = ctx_.subtract(*low, one);
  const bool above = is_negative(ctx_, room), under = is_negative(ctx_, below);
  // An index over another extent than that of the axis is a mistake, unless it surely fits.
  const bool foreign = !names.empty() && !ctx_.is_number(room) && !(ctx_[room].facts & nonnegative);
  if (!above && !under && !foreign) return;
  const std::string x = quoted(base), text = quoted(at), n = extent_text(ctx_, extent);
  if (names.empty()) {
    throw failure(
        Code::index_out_of_range, at,
        "index " + extent_text(ctx_, position) + " is outside " + x + ", whose indices run from 1 to " + n,
        under ? "the first entry is " + std::string(tree_->text(base)) + "[1], the last " +
                    std::string(tree_->text(base)) + "[end]"
              : "");
  }
  std::string help;
  const auto form = affine(ctx_, position, names);
  if (form && form->terms.size() == 1 && form->terms[0].second == 1) {
    const Ref name = names[form->terms[0].first];
    const Domain d = ctx_.symbol(name).domain;
    const Ref last = above || foreign ? ctx_.subtract(d.upper, ctx_.negate(room)) : d.upper;
    const Ref first = under ? ctx_.subtract(d.lower, below) : d.lower;
    help = "the last valid range is " + index_name(name) + " in " + extent_text(ctx_, first) + ":" +
           extent_text(ctx_, last);
  }
  const std::string reach = under && !above && !foreign ? " begins at " + extent_text(ctx_, *low)
                                                        : " runs to " + extent_text(ctx_, *high);
  throw failure(Code::index_out_of_range, at,
                text + reach + ", but the indices of " + x + " run from 1 to " + n, help);
}

std::string Elaborator::index_name(Ref placeholder) const {
  for (size_t k = open_.size(); k-- > 0;) {
    if (open_[k].name == placeholder) return open_[k].spelled;
  }
  return "i";
}

Slice Elaborator::slice_at(NodeId index, NodeId at, Ref extent) {
  const NodeId base = operand(index, 0);
  if (kind(at) == SyntaxKind::all) return {};
  if (kind(at) == SyntaxKind::range) {
    const Ref first = position(operand(at, 0)), last = position(operand(at, 1));
    check_range(operand(at, 0), base, first, extent, one);  // an empty range may begin behind the end
    const Ref count = ctx_.add(ctx_.subtract(last, first), one);
    if (!index_placeholders(ctx_, count).empty()) {
      throw failure(Code::not_yet_available, at,
                    "a slice whose length depends on an index is not available yet",
                    "write a sum with a condition: for j in 1:n if j <= i");
    }
    if (is_negative(ctx_, count)) {
      throw failure(Code::index_out_of_range, at, "the range " + quoted(at) + " ends before it begins",
                    "write the smaller end first: the step is 1");
    }
    if (count != zero) check_range(operand(at, 1), base, last, extent);
    if (first == one && last == extent) return {};
    return {Slice::Kind::range, first, count};
  }
  const Ref p = number_value(at);
  if (is_scalar(p)) {
    const Ref checked = position(at);
    check_range(at, base, checked, extent);
    return {Slice::Kind::index, checked, {}};
  }
  if (!(ctx_[p].facts & integer_valued)) {
    throw failure(Code::not_an_integer, at,
                  "an index is an integer, and " + quoted(at) + " is not declared as one",
                  "declare the data: param " + std::string(tree_->text(at)) + " : " + shape(p) + " integer");
  }
  return {Slice::Kind::gather, p, {}};
}

Ref Elaborator::position(NodeId n) {
  const Ref p = settled(scalar(n));
  if (ctx_[p].facts & integer_valued) return p;
  throw failure(Code::not_an_integer, n,
                "an index is an integer, but " + quoted(n) + " is " +
                    (ctx_.is_number(p) ? ctx_.value(p).to_string() : "not known to be one"),
                ctx_.kind(p) == Kind::symbol
                    ? "declare it: param " + std::string(tree_->text(n)) + " integer, or let it run: … for " +
                          std::string(tree_->text(n)) + " in 1:n"
                    : "");
}

Ref Elaborator::index(NodeId n) {
  const Ref base = number_value(operand(n, 0));
  const auto list = operands(n);
  const Shape s = ctx_.shape_of(base);
  if (list.size() - 1 != s.order() || s.order() == 0) wrong_index_count(n, base);
  std::vector<Slice> slices;
  for (size_t k = 1; k < list.size(); ++k) slices.push_back(slice_at(n, list[k].node, s.extents[k - 1]));
  const bool whole =
      std::all_of(slices.begin(), slices.end(), [](const Slice& x) { return x.kind == Slice::Kind::all; });
  return whole ? base : algebra().slice(base, slices);
}

// ---- [1, 2; 3, 4] ----

// [[1, 2], [3, 4]] is a matrix of two rows to readers of Python, and one row of blocks to those of MATLAB.
void Elaborator::refuse_nested_rows(NodeId n) const {
  const auto list = operands(n);
  const auto is_row = [&](NodeId r) {
    if (kind(r) != SyntaxKind::array) return false;
    const auto entries = operands(r);
    return kind(entries[0].node) != SyntaxKind::comprehension &&
           std::none_of(entries.begin() + 1, entries.end(),
                        [](const Operand& o) { return o.op() == Op::new_row; });
  };
  if (list.size() < 2 || !is_row(n)) return;
  if (!std::all_of(list.begin(), list.end(), [&](const Operand& o) { return is_row(o.node); })) return;
  std::string rows, row;
  for (const Operand& o : list) {
    std::string entries;
    for (const Operand& e : operands(o.node))
      entries += (entries.empty() ? "" : ", ") + std::string(tree_->text(e.node));
    rows += (rows.empty() ? "" : "; ") + entries;
    row += (row.empty() ? "" : ", ") + entries;
  }
  const bool brief = row.size() <= 40;
  throw failure(Code::foreign_spelling, n, "rows inside of a row: the rows of a matrix are separated by ';'",
                brief ? "write [" + rows + "] for a matrix of " + std::to_string(list.size()) +
                            " rows, or [" + row + "] for one row"
                      : "write [a, b; c, d] for a matrix of two rows, or [a, b, c, d] for one row");
}

Ref Elaborator::array(NodeId n) {
  const auto list = operands(n);
  if (list.size() == 1 && kind(list[0].node) == SyntaxKind::comprehension)
    return close(list[0].node, Binder::array);
  refuse_nested_rows(n);
  std::vector<std::vector<NodeId>> rows(1);
  bool scalars = true;
  for (size_t i = 0; i < list.size(); ++i) {
    if (i > 0 && list[i].op() == Op::new_row) rows.emplace_back();
    rows.back().push_back(list[i].node);
    scalars = scalars && is_scalar(number_value(list[i].node));
  }
  if (!scalars) return blocks(n, rows);
  std::vector<Ref> entries;
  for (const auto& r : rows) {
    if (r.size() != rows[0].size()) {
      Failure f = failure(Code::ragged_array, r.front(),
                          "the rows differ in length: the first has " + std::to_string(rows[0].size()) +
                              " entries, this one " + std::to_string(r.size()));
      f.diagnostic.span.end = tree_->span(r.back()).end;
      f.diagnostic.notes.push_back(
          {"the first row", {tree_->span(rows[0].front()).begin, tree_->span(rows[0].back()).end}, true});
      throw f;
    }
    for (NodeId e : r) entries.push_back(value(e));
  }
  const Ref height = ctx_.number(static_cast<int64_t>(rows.size()));
  const Ref width = ctx_.number(static_cast<int64_t>(rows[0].size()));
  // [a; b] is a vector, [a, b] a matrix of one row.
  return ctx_.array(entries, width == one && rows.size() > 1 ? vector_shape(ctx_, height)
                                                             : matrix_shape(ctx_, height, width));
}

// Blocks stand side by side in a row, and the rows one below the other.
Ref Elaborator::blocks(NodeId n, const std::vector<std::vector<NodeId>>& rows) {
  std::vector<Ref> lines;
  std::vector<std::string> texts;
  for (const auto& r : rows) {
    std::vector<Ref> parts;
    std::vector<std::string> names;
    for (NodeId e : r) {
      parts.push_back(value(e));
      names.push_back(quoted(e));
    }
    const Span span{tree_->span(r.front()).begin, tree_->span(r.back()).end};
    lines.push_back(parts.size() == 1 ? parts[0] : concatenate(n, Fn::hcat, parts, names, span));
    texts.push_back("the row " + quoted(span));
  }
  return lines.size() == 1 ? lines[0] : concatenate(n, Fn::vcat, lines, texts, tree_->span(n));
}

Ref Elaborator::concatenate(NodeId, Fn f, const std::vector<Ref>& parts,
                            const std::vector<std::string>& names, Span span) {
  try {
    return algebra().matrix_function(f, parts, names);
  } catch (Failure& failure) {
    failure.diagnostic.span = span;
    failure.diagnostic.has_span = true;
    throw;
  }
}

// ---- for i in 1:n ----

// An index of a comprehension whose range has been read: from now on its name is a placeholder.
void Elaborator::bind_index(NodeId comprehension, uint32_t at) {
  const auto list = operands(comprehension);
  const NodeId name = list[at].node, range = list[at + 1].node;
  if (kind(range) != SyntaxKind::range) {
    throw failure(Code::not_an_index, range,
                  "an index runs over a range, such as 1:n, not over " + quoted(range));
  }
  const Ref first = position(operand(range, 0)), last = position(operand(range, 1));
  const NameId id = tree_->name_id(name);
  for (const OpenIndex& i : open_) {
    if (i.comprehension == comprehension && i.spelled == tree_->spelling(id)) {
      throw failure(Code::duplicate_name, name, "the index '" + i.spelled + "' appears twice");
    }
  }
  const Ref placeholder = index_placeholder(ctx_, open_.size() + 1, first, last);
  open_.push_back({placeholder, comprehension, std::string(tree_->spelling(id))});
  frames_.back().indices[comprehension].push_back({placeholder, first, last});
  bind(id, placeholder);
  if (at <= 1 && list.back().op() == Op::guard) ++guards_open_;
}

void Elaborator::close_indices(NodeId comprehension) {
  while (!open_.empty() && open_.back().comprehension == comprehension) open_.pop_back();
  if (operands(comprehension).back().op() == Op::guard) --guards_open_;
}

Ref Elaborator::close(NodeId comprehension, Binder binder) {
  if (loops()) return close_loop(comprehension, binder);
  const auto list = operands(comprehension);
  const Ref guard = list.back().op() == Op::guard ? truth(list.back().node) : Ref{};
  const Ref body = number_value(list[0].node);
  auto& indices = frames_.back().indices[comprehension];
  Ref r;
  try {
    r = algebra().comprehension(binder, body, indices, guard);
  } catch (Failure& failure) {
    if (!failure.diagnostic.has_span) failure.diagnostic.span = tree_->span(comprehension);
    failure.diagnostic.has_span = true;
    throw;
  }
  indices.clear();
  return r;
}

}  // namespace nabla
