// From the nodes of the store to forms: one ascending pass, so that the forms of operands exist.
#include <algorithm>

#include "expr/indexed.h"
#include "expr/print_form.h"

namespace nabla {

std::vector<FormId> Forms::build(std::span<const Ref> roots) {
  // Extents are printed by zeros(n) and the like, but are no operands.
  std::vector<Ref> all(roots.begin(), roots.end());
  std::vector<Ref> order = nodes_below(ctx_, all);
  const size_t known = all.size();
  std::vector<ShapeId> shapes;
  for (const Ref r : order) {
    const ShapeId s = ctx_[r].shape;
    if (s == scalar_shape || std::find(shapes.begin(), shapes.end(), s) != shapes.end()) continue;
    shapes.push_back(s);
    const Shape& shape = ctx_.shape(s);
    all.insert(all.end(), shape.extents.begin(), shape.extents.end());
  }
  if (all.size() > known) order = nodes_below(ctx_, all);

  bool lets = false;
  for (const Ref r : order) {
    const Kind k = ctx_.kind(r);
    if (k == Kind::symbol || k == Kind::opaque) symbols_.insert(ctx_.symbol(r).name);
    lets |= k == Kind::let;
  }
  if (lets) let_prefix_ = free_prefix("vwuzk");
  const Ref top = order.empty() ? Ref{} : order.back();
  mapped_ = top.id + size_t{1};
  refs_ = std::make_unique<RefMap<FormId>>(mapped_);
  alone_ = std::make_unique<RefMap<FormId>>(mapped_);
  find_prefixes(order, roots);
  for (const Ref r : order) (*refs_)[r] = make(r);

  std::vector<FormId> forms;
  for (const Ref r : roots) forms.push_back(of(r));
  return forms;
}

FormId Forms::add(Ref root) {
  if (root.id >= mapped_) {
    const size_t size = std::max(2 * mapped_, root.id + size_t{1});
    for (auto* map : {&refs_, &alone_}) {
      auto larger = std::make_unique<RefMap<FormId>>(size);
      for (uint32_t i = 0; i < mapped_; ++i) {
        if (const FormId f = (**map)[Ref{i}]) (*larger)[Ref{i}] = f;
      }
      *map = std::move(larger);
    }
    mapped_ = size;
  }
  // Only what is new is visited: forms of many small expressions are asked for in a large Context.
  std::vector<Ref> stack{root};
  const auto needs = [&](Ref part) {
    if (operand(part) == 0) stack.push_back(part);
  };
  while (!stack.empty()) {
    const Ref r = stack.back();
    for (const Ref o : ctx_.operands(r)) needs(o);
    if (ctx_[r].shape != scalar_shape) {
      for (const Ref n : ctx_.shape_of(r).extents) needs(n);
    }
    if (stack.back() != r) continue;
    stack.pop_back();
    if (operand(r) != 0) continue;
    ctx_.budget().spend();
    (*refs_)[r] = make(r);
  }
  return of(root);
}

std::string Forms::free_prefix(std::string_view letters) const {
  const auto taken = [&](const std::string& prefix) {
    return std::any_of(symbols_.begin(), symbols_.end(), [&](const std::string& s) {
      return s.size() > prefix.size() && s.compare(0, prefix.size(), prefix) == 0 &&
             s.find_first_not_of("0123456789", prefix.size()) == std::string::npos;
    });
  };
  for (std::string tail;; tail += '_') {
    for (const char c : letters) {
      if (!taken(c + tail)) return c + tail;
    }
  }
}

FormId Forms::of(Ref r) {
  if (ctx_.kind(r) != Kind::sum) return operand(r);
  FormId& f = (*alone_)[r];
  if (!f) f = content_form(r);
  return f;
}

// 1 where two positions are equal and 0 elsewhere.
static bool is_kronecker_delta(const Context& ctx, Ref select) {
  const auto list = ctx.operands(select);
  if (list[1] != one || list[2] != zero || ctx.kind(list[0]) != Kind::compare) return false;
  const auto sides = ctx.operands(list[0]);
  return ctx[list[0]].tag == static_cast<uint16_t>(Relation::equal) && ctx[select].shape == scalar_shape &&
         (ctx[sides[0]].facts & ctx[sides[1]].facts & integer_valued) != 0;
}

FormId Forms::make(Ref r) {
  const Node& n = ctx_[r];
  const bool condition = n.kind == Kind::compare || n.kind == Kind::connective || n.kind == Kind::select;
  if (condition && n.shape != scalar_shape && ctx_[n.operand(0)].shape != scalar_shape) {
    return tensor_form(*this, r);
  }
  switch (n.kind) {
    case Kind::number:
      return number(ctx_.value(r));
    case Kind::constant:
    case Kind::symbol:
    case Kind::let:
      return make_symbol(r);
    case Kind::sum:
      return make_sum(r);
    case Kind::product: {
      const bool coefficient = ctx_.is_number(n.operand(0));
      const Rational c = coefficient ? ctx_.value(n.operand(0)) : Rational(1);
      return ratio(c, n.operands().subspan(coefficient));
    }
    case Kind::power:
      return ratio(Rational(1), {&r, 1});
    case Kind::long_sum:
    case Kind::long_product:
      return make_long(r);
    case Kind::function:
      return make_function(r);
    case Kind::opaque:
      return make_opaque(r);
    case Kind::truth: {
      const std::string_view word = n.tag ? "true" : "false";
      if (!symbols_.count(std::string(word))) return name(word, true);
      // The name is taken by a variable.
      return infix(FormKind::compare, Binding::comparison, integer(n.tag ? 0 : 1), integer(n.tag ? 1 : 0),
                   static_cast<uint32_t>(Relation::less));
    }
    case Kind::compare:
      return make_compare(r);
    case Kind::connective: {
      const Connective c = static_cast<Connective>(n.tag);
      if (c == Connective::negation) {
        const Edge e(operand(n.few[0]), false);
        return intern(FormKind::logical_not, Binding::negation, {&e, 1});
      }
      const bool both = c == Connective::conjunction;
      return infix(both ? FormKind::logical_and : FormKind::logical_or,
                   both ? Binding::conjunction : Binding::disjunction, operand(n.few[0]), operand(n.few[1]));
    }
    case Kind::select: {
      if (is_kronecker_delta(ctx_, r)) {
        const auto sides = ctx_.operands(n.operand(0));
        const FormId both[2] = {of(sides[0]), of(sides[1])};
        return call("delta", both);
      }
      const Edge list[3] = {{of(n.operand(0)), false}, {of(n.operand(1)), false}, {of(n.operand(2)), false}};
      return intern(FormKind::conditional, Binding::conditional, list);
    }
    case Kind::written:
      return make_written(r);
    case Kind::fill:
      return make_fill(r);
    case Kind::array:
      return make_array(r);
    case Kind::entry:
      return make_entry(r);
    default:
      return tensor_form(*this, r);
  }
}

FormId Forms::make_symbol(Ref r) {
  const Node& n = ctx_[r];
  if (n.kind == Kind::symbol) {
    const std::string_view text = ctx_.symbol(r).name;
    if (text[0] == '#') return local_name(text.substr(1));
    return ctx_.symbol(r).role == Role::differential ? differential(text) : name(text);
  }
  if (n.kind == Kind::let) return name(let_prefix_ + std::to_string(n.payload));
  switch (static_cast<Constant>(n.tag)) {
    case Constant::im:
      return name("im", true);
    case Constant::e:
      if (!symbols_.count("e")) return name("e", true);
      {
        const FormId argument = integer(Rational(1));
        return call("exp", {&argument, 1}, static_cast<uint32_t>(Fn::exp) + 1);
      }
    case Constant::pi:
      break;
  }
  if (!symbols_.count("pi")) return name("pi", true);
  const FormId argument = integer(Rational(-1));  // the name is taken by a variable
  return call("acos", {&argument, 1}, static_cast<uint32_t>(Fn::acos) + 1);
}

// --- sums ------------------------------------------------------------------------------------------------

FormId Forms::term(const Rational& coefficient, Ref body) {
  if (body == one) return number(coefficient);
  if (coefficient.is_one()) return operand(body);
  const Node& n = ctx_[body];
  return n.kind == Kind::product ? ratio(coefficient, n.operands()) : ratio(coefficient, {&body, 1});
}

FormId Forms::make_sum(Ref r) {
  const auto list = ctx_.operands(r);
  std::vector<Edge> terms;
  for (size_t i = 0; i < list.size(); i += 2) {
    const Rational& c = ctx_.value(list[i]);
    terms.emplace_back(term(c.abs(), list[i + 1]), c.sign() < 0);
  }
  return sum(terms);
}

FormId Forms::weighted_sum(std::span<const std::pair<Rational, FormId>> list) {
  std::vector<Edge> terms;
  for (const auto& [c, body] : list) {
    Factors factors;
    factors.over.emplace_back(body, false);
    terms.emplace_back(c.abs().is_one() ? body : assemble(c.abs(), factors), c.sign() < 0);
  }
  return sum(terms);
}

// 2*x + 2*y as 2*(x + y), where that has fewer nodes.
FormId Forms::content_form(Ref r) {
  const auto list = ctx_.operands(r);
  Rational over, under = 1;
  bool negative = true;
  for (size_t i = 0; i < list.size(); i += 2) {
    const Rational& c = ctx_.value(list[i]);
    // A long sum with coefficient 1 would be read as its terms.
    if (c.bits() > 128 || under.bits() > 1024 || ctx_.kind(list[i + 1]) == Kind::long_sum) return operand(r);
    over = gcd(over, c.abs().numerator());
    under = under * (c.denominator() / gcd(under, c.denominator()));
    negative = negative && c.sign() < 0;
  }
  const Rational content = over / under;
  if (content.is_one()) return operand(r);
  std::vector<Edge> terms;
  for (size_t i = 0; i < list.size(); i += 2) {
    const Rational c = ctx_.value(list[i]) / content;
    terms.emplace_back(term(c.abs(), list[i + 1]), c.sign() < 0 && !negative);
  }
  Factors factors;
  factors.over.emplace_back(sum(terms), false);
  const FormId f = assemble(negative ? -content : content, factors);
  return forms_[f].nodes < forms_[operand(r)].nodes ? f : operand(r);
}

// --- calls -----------------------------------------------------------------------------------------------

FormId Forms::make_function(Ref r) {
  const Node& n = ctx_[r];
  const Fn f = static_cast<Fn>(n.tag);
  if (row(f).shape != ShapeRule::elementwise) return tensor_form(*this, r);
  if (f == Fn::sqrt) return root(of(n.operand(0)));
  std::vector<FormId> arguments;
  for (const Ref a : n.operands()) arguments.push_back(of(a));
  return call(row(f).name, arguments, n.tag + uint32_t{1});
}

// g(x), g'(x), D(g,1,2)(x, y).
FormId Forms::make_opaque(Ref r) {
  const auto orders = ctx_.orders(r);
  std::string callee = ctx_.symbol(r).name;
  std::vector<FormId> arguments;
  for (const Ref a : ctx_.operands(r)) arguments.push_back(of(a));
  size_t total = 0;
  for (const uint16_t o : orders) total += o;
  if (arguments.size() == 1 && total <= 3) {
    callee.append(total, '\'');
  } else if (total > 0) {
    callee.insert(0, "D(");
    for (size_t k = 0; k < orders.size(); ++k) {
      for (uint16_t i = 0; i < orders[k]; ++i) callee += ',' + std::to_string(k + 1);
    }
    callee += ')';
  }
  return call(callee, arguments);
}

FormId Forms::make_compare(Ref r) {
  const Node& n = ctx_[r];
  FormId a = of(n.few[0]), b = of(n.few[1]);
  uint32_t tag = n.tag;
  const Relation relation = static_cast<Relation>(tag);
  const bool ordered = relation == Relation::less || relation == Relation::less_equal;
  // A number stands on the right; the sides of == and != in the order of factors.
  const bool swap = rank(a) != rank(b) ? rank(a) > rank(b) : !ordered && before(b, a);
  if (swap) {
    std::swap(a, b);
    if (relation == Relation::less) tag = greater_tag;
    if (relation == Relation::less_equal) tag = greater_equal_tag;
  }
  return infix(FormKind::compare, Binding::comparison, a, b, tag);
}

FormId Forms::make_written(Ref r) {
  const Node& n = ctx_[r];
  const auto list = n.operands();
  const FormId a = operand(list[0]), b = list.size() > 1 ? operand(list[1]) : 0;
  std::vector<Edge> all;
  for (const Ref o : list) all.emplace_back(operand(o), false);
  switch (static_cast<Written>(n.tag)) {
    case Written::add:
      return intern(FormKind::sum, Binding::sum, all);
    case Written::subtract:
      all[1] = Edge(b, true);
      return intern(FormKind::sum, Binding::sum, all);
    case Written::multiply:
      return intern(FormKind::product, Binding::product, all);
    case Written::divide:
      return quotient(a, b);
    case Written::negate:
      return negate(a, true);
    case Written::needs:
      return a;
    case Written::power:
      break;
  }
  return power(a, b, ctx_.is_number(list[1]) ? ctx_.value(list[1]).to_double() : 1);
}

// --- small tensors ---------------------------------------------------------------------------------------

FormId Forms::make_entry(Ref r) {
  const auto list = ctx_.operands(r);
  std::vector<FormId> indices;
  for (const Ref i : list.subspan(1)) indices.push_back(of(i));
  if (is_structural(ctx_, list[0], Structural::delta)) return call("delta", indices);
  return index(operand(list[0]), indices);
}

namespace {

FormId transposed(Forms& forms, FormId f) {
  const Piece list[2] = {Piece::form(f, Binding::postfix), Piece::text("'", "'", "^{\\top}")};
  return forms.pieces(list, Binding::postfix);
}

}  // namespace

FormId Forms::make_fill(Ref r) {
  const Node& n = ctx_[r];
  const Shape& shape = ctx_.shape(n.shape);
  std::vector<FormId> extents;
  for (const Ref e : shape.extents) extents.push_back(of(e));
  const Ref value = n.few[0];
  FormId f = call(value == zero ? "zeros" : "ones", extents);
  if (shape.row) f = transposed(*this, f);
  if (value == zero || value == one) return f;
  const Edge factors[2] = {{operand(value), false}, {f, false}};
  return intern(FormKind::product, Binding::product, factors);
}

// [a; b] is a vector, [a, b; c, d] a matrix; a row and a matrix of one column are written transposed.
FormId Forms::make_array(Ref r) {
  const Shape& shape = ctx_.shape_of(r);
  if (shape.order() > 2) return tensor_form(*this, r);
  std::vector<FormId> entries;
  for (const Ref e : ctx_.operands(r)) entries.push_back(of(e));
  if (shape.order() == 1) {
    const FormId f = array(entries, 0);
    return shape.row ? transposed(*this, f) : f;
  }
  const Ref columns = shape.extents[1];
  if (columns == one && entries.size() > 1) return transposed(*this, array(entries, entries.size()));
  const auto m = ctx_.is_number(columns) ? ctx_.value(columns).as_int() : std::nullopt;
  return array(entries, m ? static_cast<size_t>(*m) : entries.size());
}

}  // namespace nabla
