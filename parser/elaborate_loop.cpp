// Comprehensions of Mode::written: the body is elaborated once for each value of the indices, which are
// plain numbers then. Ranges may depend on outer indices, and nothing is left to trust.

#include "expr/shape_text.h"
#include "parser/elaborator.h"

namespace nabla {

// open_loop and next_loop of one index know each other; a condition knows the next_loop of its innermost
// index.
void Elaborator::plan_jumps() {
  Frame& f = frames_.back();
  f.jumps.assign(f.steps.size(), 0);
  std::vector<uint32_t> open, guards;
  for (uint32_t i = 0; i < f.steps.size(); ++i) {
    switch (f.steps[i].action) {
      case Action::open_loop:
        open.push_back(i);
        break;
      case Action::guard_loop:
        guards.push_back(i);
        break;
      case Action::next_loop:
        f.jumps[i] = open.back();
        f.jumps[open.back()] = i;
        open.pop_back();
        if (!guards.empty() && f.steps[guards.back()].node == f.steps[i].node) {
          f.jumps[guards.back()] = i;
          guards.pop_back();
        }
        break;
      default:
        break;
    }
  }
}

// Stops a comprehension that would write out too much.
void Elaborator::allow_written(NodeId comprehension, uint64_t more) {
  if (more <= most_written_entries - written_entries_) return;
  throw failure(Code::not_yet_available, comprehension,
                "more than " + std::to_string(most_written_entries) + " values cannot be written out");
}

void Elaborator::perform_loop(const Step& s) {
  const auto list = operands(s.node);
  const auto number = [&](NodeId n) {
    const Ref r = position(n);
    const auto v = ctx_.is_number(r) ? ctx_.value(r).as_int() : std::nullopt;
    if (v) return *v;
    throw failure(Code::not_yet_available, n,
                  "the range ends at the symbolic " + quoted(n) + ", so it cannot be written out",
                  "give the sizes as numbers, as in vector[3]");
  };
  Frame& f = frames_.back();
  Collected& c = f.collected[s.node];
  switch (s.action) {
    case Action::open_loop: {
      const NodeId range = list[s.detail + 1].node;
      if (kind(range) != SyntaxKind::range) {
        throw failure(Code::not_an_index, range,
                      "an index runs over a range, such as 1:n, not over " + quoted(range));
      }
      const int64_t first = number(operand(range, 0)), last = number(operand(range, 1));
      if (first <= last) allow_written(s.node, static_cast<uint64_t>(last) - static_cast<uint64_t>(first));
      const size_t index = s.detail / 2;
      if (index == 0) c = {};
      c.extents.resize(std::max(c.extents.size(), index + 1));
      c.extents[index] = std::max<int64_t>(0, last - first + 1);
      if (first > last) {
        f.cursor = f.jumps[f.cursor];  // behind the loop
        return;
      }
      f.loops.push_back({first, last});
      bind(tree_->name_id(list[s.detail].node), ctx_.number(first));
      return;
    }
    case Action::guard_loop: {
      const Ref holds = settled(truth(list.back().node));
      if (ctx_.kind(holds) != Kind::truth) {
        throw failure(Code::not_yet_available, list.back().node, "a condition on data cannot be written out");
      }
      if (ctx_[holds].tag) return;
      c.values.push_back({});
      f.cursor = f.jumps[f.cursor] - 1;  // to the next value
      return;
    }
    case Action::collect_loop:
      ctx_.budget().spend();
      c.values.push_back(number_value(list[0].node));
      return;
    default: {
      Loop& loop = f.loops.back();
      allow_written(s.node, 1);
      ++written_entries_;
      unbind(1);
      if (loop.value == loop.last) {
        f.loops.pop_back();
        return;
      }
      bind(tree_->name_id(list[s.detail].node), ctx_.number(++loop.value));
      f.cursor = f.jumps[f.cursor];  // behind the opening of the loop
    }
  }
}

Ref Elaborator::close_loop(NodeId comprehension, Binder binder) {
  const Collected c = std::move(frames_.back().collected[comprehension]);
  std::vector<Ref> present;
  for (Ref v : c.values) {
    if (v) present.push_back(v);
  }
  const ShapeId own = present.empty() ? scalar_shape : ctx_[present[0]].shape;
  if (binder == Binder::array) {
    Shape s;
    for (int64_t e : c.extents) s.extents.push_back(ctx_.number(e));
    std::vector<Ref> entries;
    for (Ref v : c.values) {
      const Ref part = v ? v : ctx_.zeros(own);
      const std::vector<Ref> list = algebra().entries(part);
      entries.insert(entries.end(), list.begin(), list.end());
    }
    const Shape& inner = ctx_.shape(own);
    s.extents.insert(s.extents.end(), inner.extents.begin(), inner.extents.end());
    return ctx_.array(entries, ctx_.shape_id(s));
  }
  if (binder == Binder::sum) {
    if (own == scalar_shape) return algebra().scalar_sum(present);
    std::vector<Term> terms;
    for (Ref v : present) terms.push_back({one, v});
    return algebra().sum(terms, own);
  }
  if (binder == Binder::prod && present.empty()) return one;
  if (present.empty()) {
    throw failure(Code::empty_reduction, comprehension, "the largest or smallest of nothing has no value",
                  "let the index run over at least one value");
  }
  Ref r = present[0];
  for (size_t i = 1; i < present.size(); ++i) {
    const Ref pair[2] = {r, present[i]};
    r = binder == Binder::prod ? algebra().scalar_product(r, present[i])
                               : ctx_.written_function(binder == Binder::max ? Fn::max : Fn::min, pair);
  }
  return r;
}

}  // namespace nabla
