#include "parser/elaborate.h"

#include <algorithm>

#include "expr/large_pages.h"
#include "parser/elaborator.h"
#include "parser/parse.h"

namespace nabla {

// ---- frames ----

void Elaborator::push_frame(const SyntaxTree& tree, NodeId first, NodeId root, bool has_binders,
                            uint32_t as_of) {
  Frame f;
  f.tree = &tree;
  f.first = first;
  f.root = root;
  f.as_of = as_of;
  f.base = values_.size();
  f.stepped = has_binders;
  const size_t count = values_.size() + (root - first) + 1;
  if (count > values_.capacity()) {
    values_.reserve(std::max(count, 2 * values_.capacity()));
    prefer_large_pages(values_.data(), values_.capacity() * sizeof(Ref));
  }
  values_.resize(count);
  frames_.push_back(std::move(f));
  enter_frame();
  if (has_binders) plan_steps();
}

void Elaborator::enter_frame() {
  const Frame& f = frames_.back();
  tree_ = f.tree;
  first_ = f.first;
  base_ = f.base;
  globals_ = names_.text_of(*f.tree).globals.data();
}

void Elaborator::finish_frame() {
  Frame& f = frames_.back();
  const Ref r = value(f.root);
  if (f.key.empty()) {
    result_ = r;
  } else {
    names_.calls_.emplace(std::move(f.key), r);
  }
  values_.resize(f.base);
  frames_.pop_back();
  if (!frames_.empty()) enter_frame();
}

// Runs the frame on top until it is done or another frame stands on top.
void Elaborator::run_frame() {
  const size_t depth = frames_.size() - 1;
  if (frames_[depth].stepped) {
    while (frames_[depth].cursor < frames_[depth].steps.size()) {
      const Step step = frames_[depth].steps[frames_[depth].cursor];
      perform(step);
      if (suspended_) return;
      ++frames_[depth].cursor;
    }
  } else {
    const NodeId root = frames_[depth].root;
    size_t& cursor = frames_[depth].cursor;
    for (NodeId n = first_ + static_cast<NodeId>(cursor); n <= root; ++n) {
      cursor = n - first_;
      evaluate(n);
      if (suspended_) return;
    }
  }
  finish_frame();
}

Ref Elaborator::run(const SyntaxTree& tree, NodeId first, NodeId root, bool has_binders) {
  push_frame(tree, first, root, has_binders, as_of_);
  for (const Binding& p : parameters_) bind(p.name, p.value);
  try {
    while (!frames_.empty()) {
      suspended_ = false;
      run_frame();
    }
  } catch (Failure& failure) {
    const Frame& f = frames_.front();
    const NodeId at = !f.stepped                  ? first + static_cast<NodeId>(f.cursor)
                      : f.cursor < f.steps.size() ? f.steps[f.cursor].node
                                                  : root;
    rethrow(failure, std::min(at, root));
  }
  return result_;
}

std::vector<Comparison> Elaborator::run_comparisons(const SyntaxTree& tree, NodeId first, NodeId root,
                                                    bool has_binders) {
  std::vector<Comparison> sides;
  sides_ = &sides;
  run(tree, first, root, has_binders);
  return sides;
}

// A failure says where in the text of the statement it arose, also when that text calls a definition.
void Elaborator::rethrow(Failure& failure, NodeId n) {
  Diagnostic& d = failure.diagnostic;
  if (frames_.size() > 1) {
    const Frame& inner = frames_.back();
    std::string text(inner.tree->text(d.has_span ? d.span : inner.tree->span(inner.root)));
    if (text.size() > 60) text = text.substr(0, 57) + "...";
    const std::string in = inner.key.empty() ? "" : " of '" + names_.defined_[inner.key[0]].name + "'";
    d.notes.clear();
    d.notes.push_back({"in the definition" + in + ": " + text, {}, false});
    d.has_span = false;
  }
  if (!d.has_span) {
    d.span = frames_.front().tree->span(n);
    d.has_span = true;
  }
  throw failure;
}

// ---- names bound inside a text ----

void Elaborator::bind(NameId name, Ref value) {
  Frame& f = frames_.back();
  uint32_t& latest = f.bound[name];
  f.bindings.push_back({name, value, latest});
  latest = static_cast<uint32_t>(f.bindings.size());
}

void Elaborator::unbind(size_t count) {
  Frame& f = frames_.back();
  for (; count > 0; --count) {
    f.bound[f.bindings.back().name] = f.bindings.back().shadowed;
    f.bindings.pop_back();
  }
}

void Elaborator::bind_parameters(std::span<const NameId> names, std::span<const Ref> values) {
  for (size_t i = 0; i < names.size(); ++i) parameters_.push_back({names[i], values[i], 0});
}

// ---- order of evaluation where names are bound after their use ----

void Elaborator::plan_steps() {
  Frame& f = frames_.back();
  struct Item {
    Step step;
    bool expand;
  };
  std::vector<Item> todo{{{Action::evaluate, f.root, 0}, true}};
  std::vector<Item> order;  // what one node needs, in order
  const auto expand = [&](NodeId n) { order.push_back({{Action::evaluate, n, 0}, true}); };
  const auto step = [&](Action a, NodeId n, size_t d) {
    order.push_back({{a, n, static_cast<uint32_t>(d)}, false});
  };
  while (!todo.empty()) {
    const Item item = todo.back();
    todo.pop_back();
    if (!item.expand) {
      f.steps.push_back(item.step);
      continue;
    }
    const NodeId n = item.step.node;
    const auto list = operands(n);
    order.clear();
    switch (kind(n)) {
      case SyntaxKind::where:
        for (size_t i = 1; i < list.size(); i += 2) {
          expand(list[i + 1].node);
          step(Action::bind, n, i);
        }
        expand(list[0].node);
        step(Action::unbind, n, list.size() / 2);
        break;
      case SyntaxKind::comprehension: {
        size_t indices = 0;
        const Action open = loops() ? Action::open_loop : Action::bind_index;
        for (size_t i = 1; i < list.size(); ++i) {
          if (list[i].op() == Op::guard) {
            expand(list[i].node);
            if (loops()) step(Action::guard_loop, n, 0);
          } else {
            expand(list[i + 1].node);
            step(open, n, i);
            ++indices;
            ++i;
          }
        }
        expand(list[0].node);
        if (!loops()) {
          step(Action::unbind_indices, n, indices);
          break;
        }
        step(Action::collect_loop, n, 0);
        for (; indices > 0; --indices) step(Action::next_loop, n, 2 * indices - 1);
        break;
      }
      case SyntaxKind::index:
        expand(list[0].node);
        for (size_t i = 1; i < list.size(); ++i) {
          step(Action::open_axis, n, i - 1);
          expand(list[i].node);
          step(Action::close_axis, n, i - 1);
        }
        break;
      default:
        for (const Operand& o : list) expand(o.node);
    }
    step(Action::evaluate, n, 0);
    todo.insert(todo.end(), order.rbegin(), order.rend());
  }
  if (loops()) plan_jumps();
}

void Elaborator::perform(const Step& s) {
  Frame& f = frames_.back();
  switch (s.action) {
    case Action::evaluate:
      evaluate(s.node);
      break;
    case Action::bind:
      bind(tree_->name_id(operand(s.node, s.detail)), value(operand(s.node, s.detail + 1)));
      break;
    case Action::bind_index:
      bind_index(s.node, s.detail);
      break;
    case Action::unbind:
      unbind(s.detail);
      break;
    case Action::unbind_indices:
      unbind(s.detail);
      close_indices(s.node);
      break;
    case Action::open_loop:
    case Action::guard_loop:
    case Action::collect_loop:
    case Action::next_loop:
      perform_loop(s);
      break;
    case Action::open_axis:
      f.axes.push_back({s.node, s.detail});
      break;
    case Action::close_axis:
      f.axes.pop_back();
      break;
  }
}

void Elaborator::evaluate(NodeId n) {
  Ref r;
  switch (kind(n)) {
    case SyntaxKind::name:
      r = name(n);
      break;
    case SyntaxKind::number:
      r = literal(n);
      break;
    case SyntaxKind::integer:
      r = ctx_.number(int64_t{tree_->value(n)});
      break;
    case SyntaxKind::sum:
      r = sum(n);
      break;
    case SyntaxKind::product:
      r = product(n);
      break;
    case SyntaxKind::power:
      r = power(n);
      break;
    case SyntaxKind::negate:
      r = negate(n);
      break;
    case SyntaxKind::compare:
      r = compare(n);
      break;
    case SyntaxKind::logical_not:
    case SyntaxKind::logical_and:
    case SyntaxKind::logical_or:
      r = connective(n);
      break;
    case SyntaxKind::conditional:
      r = conditional(n);
      break;
    case SyntaxKind::where:
      r = value(operand(n, 0));
      break;
    case SyntaxKind::call:
      r = call(n);
      break;
    case SyntaxKind::transpose:
    case SyntaxKind::ctranspose:
      r = transpose(n);
      break;
    case SyntaxKind::bars:
      r = bars(n);
      break;
    case SyntaxKind::index:
      r = index(n);
      break;
    case SyntaxKind::array:
      r = array(n);
      break;
    case SyntaxKind::partial:
      r = partial(n);
      break;
    case SyntaxKind::end:
      r = last_index(n);
      break;
    case SyntaxKind::primed_name:
    case SyntaxKind::all:
    case SyntaxKind::range:
    case SyntaxKind::keyword_argument:
    case SyntaxKind::comprehension:
      return;
  }
  if (!suspended_) slot(n) = r;
}

// The extent of the axis in whose index 'end' stands. It needs the order of steps: the loop begins again.
Ref Elaborator::last_index(NodeId n) {
  Frame& f = frames_.back();
  if (f.stepped) {
    const Axis a = f.axes.back();
    return extent_at(a.index, a.axis, n);
  }
  f.stepped = true;
  f.cursor = 0;
  suspended_ = true;
  std::fill(values_.begin() + static_cast<ptrdiff_t>(f.base), values_.end(), Ref{});
  plan_steps();
  return {};
}

// ---- the interface ----

Ref elaborate(Context& ctx, Names& names, const ParsedText& text, const Statement& statement, Mode mode) {
  return Elaborator(ctx, names, mode)
      .run(text.tree, statement.first_node, statement.root, statement.has_binders);
}

Ref elaborate(Context& ctx, Names& names, const SyntaxTree& tree, NodeId node, Mode mode) {
  NodeId first = node;  // of the nodes below: the operand that was complete first, and so on
  while (tree.operand_count(first) > 0) {
    const auto list = tree.operands(first);  // in n!, the callee comes first but was made last
    first = std::min_element(list.begin(), list.end(), [](const Operand& a, const Operand& b) {
              return a.node < b.node;
            })->node;
  }
  bool binders = false;
  for (NodeId n = first; n <= node && !binders; ++n) {
    binders = tree.kind(n) == SyntaxKind::where || tree.kind(n) == SyntaxKind::comprehension;
  }
  return Elaborator(ctx, names, mode).run(tree, first, node, binders);
}

Ref elaborate(Context& ctx, Names& names, std::string_view text, Mode mode) {
  const ParsedText parsed = parse_expression(text, ctx.limits());
  return elaborate(ctx, names, parsed, parsed.statements.at(0), mode);
}

Ref written_body(Context& ctx, Names& names, const Defined& d, Mode mode) {
  if (d.computed) return d.body;
  Elaborator e(ctx, names, mode, d.as_of);
  e.bind_parameters(d.parameter_names, d.parameters);
  return e.run(d.text->tree, d.statement.first_node, d.statement.root, d.statement.has_binders);
}

}  // namespace nabla
