#include "eval/tape.h"

#include <algorithm>

#include "expr/diagnostic.h"
#include "expr/paged_map.h"
#include "expr/print.h"
#include "expr/walk.h"

namespace nabla {

// Visits expressions children first, from an explicit stack, and writes instructions. A value is a slot: an
// instruction, or a number that is not an instruction until something needs it as one.
class TapeBuilder {
 public:
  TapeBuilder(Context& ctx, const Program* program, std::span<const Ref> inputs)
      : ctx_(ctx), program_(program), slots_(ctx.size()) {
    tape_.inputs_.assign(inputs.begin(), inputs.end());
    for (uint32_t i = 0; i < inputs.size(); ++i) {
      if (!slots_[inputs[i]].set) slots_[inputs[i]] = {pending_input, i, true};
    }
  }

  void output(Ref root) {
    visit(root);
    tape_.outputs_.push_back(instruction(slots_[root], root));
  }
  Tape finish() { return std::move(tape_); }

 private:
  enum Place : uint8_t { in_code, in_numbers, pending_input };
  struct Slot {
    Place place;
    uint32_t index;
    bool set;
  };
  static constexpr uint64_t folded_bits = 4096;

  const Node& node(Ref r) const { return ctx_[r]; }
  bool numeric(Slot s) const { return s.place == in_numbers; }
  const Rational& exact(Slot s) const { return tape_.exact_[s.index]; }
  Slot of(Ref r) { return slots_[r]; }

  Slot number(const Rational& v) {
    tape_.numbers_.push_back(v.to_double());
    tape_.exact_.push_back(v);
    number_code_.push_back(0);
    return {in_numbers, static_cast<uint32_t>(tape_.exact_.size() - 1), true};
  }

  Slot code(Instruction i, Ref origin) {
    tape_.code_.push_back(i);
    tape_.origins_.push_back(origin);
    return {in_code, static_cast<uint32_t>(tape_.code_.size() - 1), true};
  }

  uint32_t instruction(Slot s, Ref origin) {
    if (s.place == in_code) return s.index;
    uint32_t& made = number_code_[s.index];  // instruction + 1
    if (made == 0) made = code({TapeOp::number, 0, 0, s.index}, origin).index + 1;
    return made - 1;
  }

  Slot unary(TapeOp op, Slot a, Ref origin, uint32_t b = 0) {
    return code({op, 1, 0, instruction(a, origin), b}, origin);
  }
  Slot binary(TapeOp op, Slot a, Slot b, Ref origin, uint16_t tag = 0) {
    const uint32_t i = instruction(a, origin), j = instruction(b, origin);
    return code({op, 2, tag, i, j}, origin);
  }

  [[noreturn]] void refuse(Ref e, const std::string& why) const {
    throw Failure(Code::cannot_evaluate, "'" + short_text(ctx_, e) + "' has no numeric value here: " + why);
  }

  void visit(Ref root);
  void push_operands(Ref e);
  Slot emit(Ref e);
  Slot emit_sum(Ref e);
  Slot emit_product(Ref e);
  Slot emit_function(Ref e);
  Slot emit_written(Ref e);
  Slot add(Slot a, Slot b, Ref origin);
  Slot subtract(Slot a, Slot b, Ref origin);
  Slot multiply(Slot a, Slot b, Ref origin);
  Slot divide(Slot a, Slot b, Ref origin);
  Slot power(Slot a, Slot b, Ref origin);
  Slot numeric_power(Slot a, const Rational& q, Ref origin);
  bool small(Slot a, Slot b) const { return exact(a).bits() + exact(b).bits() < folded_bits; }
  bool is_inverse(Ref e) const { return node(e).kind == Kind::power && node(e).few[1] == minus_one; }

  Context& ctx_;
  const Program* program_;
  Tape tape_;
  PagedMap<Slot> slots_;  // a constant of a large model has few nodes
  std::vector<uint32_t> number_code_;
  std::vector<std::pair<Ref, bool>> stack_;
};

void TapeBuilder::visit(Ref root) {
  stack_.push_back({root, false});
  while (!stack_.empty()) {
    const auto [e, ready] = stack_.back();
    Slot& slot = slots_[e];
    if (slot.set && slot.place != pending_input) {
      stack_.pop_back();
    } else if (slot.set) {
      slot = code({TapeOp::input, 0, 0, slot.index}, e);
    } else if (ready) {
      slot = emit(e);
    } else {
      ctx_.budget().spend();
      stack_.back().second = true;
      const size_t from = stack_.size();
      push_operands(e);
      std::reverse(stack_.begin() + static_cast<ptrdiff_t>(from), stack_.end());
    }
  }
}

// What emit(e) will ask for.
void TapeBuilder::push_operands(Ref e) {
  const Node& n = node(e);
  const auto push = [&](Ref r) { stack_.push_back({r, false}); };
  switch (n.kind) {
    case Kind::sum:
      for (size_t i = 1; i < n.count; i += 2) push(n.operand(i));
      return;
    case Kind::product:
    case Kind::long_product:
      for (Ref f : n.operands()) push(is_inverse(f) ? node(f).few[0] : f);
      return;
    case Kind::let:
      if (program_ == nullptr || n.payload >= program_->lets.size())
        refuse(e, "it is a name without a value");
      push(program_->lets[n.payload].value);
      return;
    case Kind::long_sum:
    case Kind::power:
    case Kind::function:
    case Kind::compare:
    case Kind::connective:
    case Kind::select:
    case Kind::written:
      for (Ref r : n.operands()) push(r);
      return;
    default:
      return;
  }
}

TapeBuilder::Slot TapeBuilder::emit(Ref e) {
  const Node& n = node(e);
  if (n.facts & complex_valued) refuse(e, "it is complex");
  if (n.shape != scalar_shape) refuse(e, "it is not a scalar");
  switch (n.kind) {
    case Kind::number:
      return number(ctx_.value(e));
    case Kind::truth:
      return number(Rational(n.tag));
    case Kind::constant:
      return code({TapeOp::constant, 0, n.tag}, e);
    case Kind::let:
      return of(program_->lets[n.payload].value);
    case Kind::symbol:
    case Kind::entry:
      throw Failure(Code::missing_value, "'" + short_text(ctx_, e) + "' has no value", "give it a value");
    case Kind::sum:
      return emit_sum(e);
    case Kind::long_sum: {
      Slot sum = of(n.operand(0));
      for (size_t i = 1; i < n.count; ++i) sum = add(sum, of(n.operand(i)), e);
      return sum;
    }
    case Kind::product:
    case Kind::long_product:
      return emit_product(e);
    case Kind::power:
      return power(of(n.few[0]), of(n.few[1]), e);
    case Kind::function:
      return emit_function(e);
    case Kind::compare:
      return binary(TapeOp::compare, of(n.few[0]), of(n.few[1]), e, n.tag);
    case Kind::connective: {
      const auto connective = static_cast<Connective>(n.tag);
      if (connective == Connective::negation) return unary(TapeOp::negation, of(n.few[0]), e);
      const TapeOp op = connective == Connective::conjunction ? TapeOp::conjunction : TapeOp::disjunction;
      return binary(op, of(n.few[0]), of(n.few[1]), e);
    }
    case Kind::select: {
      const uint32_t c = instruction(of(n.operand(0)), e), a = instruction(of(n.operand(1)), e),
                     b = instruction(of(n.operand(2)), e);
      return code({TapeOp::select, 3, 0, c, a, b}, e);
    }
    case Kind::written:
      return emit_written(e);
    case Kind::opaque:
      refuse(e, "'" + ctx_.symbol(e).name + "' is an opaque function");
    default:
      refuse(e, "this operation is not carried out in numbers yet");
  }
}

// Begins with a term that needs no operation of its own, so that n terms cost n - 1 additions.
TapeBuilder::Slot TapeBuilder::emit_sum(Ref e) {
  const auto list = ctx_.operands(e);
  const auto rank = [&](size_t i) {  // of the term as the first one
    if (list[i] == minus_one) return 3;
    return list[i + 1] == one ? 2 : list[i] == one ? 0 : 1;
  };
  size_t first = 0;
  for (size_t i = 2; i < list.size(); i += 2) {
    if (rank(i) < rank(first)) first = i;
  }
  Slot sum{};
  const auto append = [&](size_t i) {
    const Ref c = list[i];
    const Slot body = of(list[i + 1]);
    if (!sum.set) {
      sum = c == one ? body : multiply(number(ctx_.value(c)), body, e);
    } else if (c == minus_one) {
      sum = subtract(sum, body, e);
    } else {
      sum = add(sum, c == one ? body : multiply(number(ctx_.value(c)), body, e), e);
    }
  };
  append(first);
  for (size_t i = 0; i < list.size(); i += 2) {
    if (i != first) append(i);
  }
  return sum;
}

// Factors with exponent -1 divide, so that a/b is one division.
TapeBuilder::Slot TapeBuilder::emit_product(Ref e) {
  auto list = ctx_.operands(e);
  Slot coefficient{};
  if (ctx_.is_number(list[0])) {
    coefficient = of(list[0]);
    list = list.subspan(1);
  }
  Slot product{};
  for (Ref f : list) {
    if (is_inverse(f)) continue;
    product = product.set ? multiply(product, of(f), e) : of(f);
  }
  if (!product.set) {
    product = coefficient.set ? coefficient : number(Rational(1));
    coefficient.set = false;
  }
  for (Ref f : list) {
    if (is_inverse(f)) product = divide(product, of(node(f).few[0]), f);
  }
  return coefficient.set ? multiply(coefficient, product, e) : product;
}

TapeBuilder::Slot TapeBuilder::emit_function(Ref e) {
  const Node& n = node(e);
  const Fn fn = static_cast<Fn>(n.tag);
  if (fn == Fn::sqrt) return numeric_power(of(n.few[0]), Rational::fraction(1, 2), e);
  if (fn == Fn::pow) return power(of(n.few[0]), of(n.few[1]), e);
  const Function& f = row(fn);
  if (f.value == nullptr || n.count > 3) refuse(e, "this function is not carried out in numbers yet");
  uint32_t arguments[3] = {0, 0, 0};
  for (size_t i = 0; i < n.count; ++i) arguments[i] = instruction(of(n.operand(i)), e);
  return code(
      {TapeOp::function, static_cast<uint8_t>(n.count), n.tag, arguments[0], arguments[1], arguments[2]}, e);
}

TapeBuilder::Slot TapeBuilder::emit_written(Ref e) {
  const Node& n = node(e);
  Slot r = of(n.operand(0));
  const auto op = static_cast<Written>(n.tag);
  if (op == Written::negate) return multiply(number(Rational(-1)), r, e);
  for (size_t i = 1; i < n.count; ++i) {
    const Slot s = of(n.operand(i));
    switch (op) {
      case Written::add:
        r = add(r, s, e);
        break;
      case Written::subtract:
        r = subtract(r, s, e);
        break;
      case Written::multiply:
        r = multiply(r, s, e);
        break;
      case Written::divide:
        r = divide(r, s, e);
        break;
      case Written::power:
        r = power(r, s, e);
        break;
      case Written::negate:
      case Written::needs:
        break;
    }
  }
  return r;
}

TapeBuilder::Slot TapeBuilder::add(Slot a, Slot b, Ref origin) {
  if (numeric(a) && numeric(b) && small(a, b)) return number(exact(a) + exact(b));
  if (numeric(a) && !numeric(b)) return unary(TapeOp::shift, b, origin, a.index);
  if (numeric(b) && !numeric(a)) return unary(TapeOp::shift, a, origin, b.index);
  return binary(TapeOp::add, a, b, origin);
}

TapeBuilder::Slot TapeBuilder::subtract(Slot a, Slot b, Ref origin) {
  if (numeric(a) && numeric(b) && small(a, b)) return number(exact(a) - exact(b));
  if (numeric(b) && !numeric(a)) return unary(TapeOp::shift, a, origin, number(-exact(b)).index);
  return binary(TapeOp::subtract, a, b, origin);
}

TapeBuilder::Slot TapeBuilder::multiply(Slot a, Slot b, Ref origin) {
  if (numeric(a) && numeric(b) && small(a, b)) return number(exact(a) * exact(b));
  if (numeric(b)) std::swap(a, b);
  if (!numeric(a)) return binary(TapeOp::multiply, a, b, origin);
  if (exact(a).is_one()) return b;
  if (exact(a).is_minus_one()) return unary(TapeOp::negate, b, origin);
  return unary(TapeOp::scale, b, origin, a.index);
}

TapeBuilder::Slot TapeBuilder::divide(Slot a, Slot b, Ref origin) {
  if (numeric(a) && numeric(b) && small(a, b) && !exact(b).is_zero()) return number(exact(a) / exact(b));
  return binary(TapeOp::divide, a, b, origin);
}

TapeBuilder::Slot TapeBuilder::power(Slot a, Slot b, Ref origin) {
  return numeric(b) ? numeric_power(a, exact(b), origin) : binary(TapeOp::power, a, b, origin);
}

// q may be one of the numbers of the tape, which move when another is added.
TapeBuilder::Slot TapeBuilder::numeric_power(Slot a, const Rational& q, Ref origin) {
  if (q.is_zero()) return number(Rational(1));
  if (q.is_one()) return a;
  if (numeric(a) && q.as_int() && (q.sign() > 0 || !exact(a).is_zero())) {
    if (const auto v = exact(a).pow(*q.as_int(), folded_bits)) return number(*v);
  }
  const auto fits = [](std::optional<int64_t> k) { return k && *k == static_cast<int32_t>(*k); };
  const auto bits = [](int64_t k) { return static_cast<uint32_t>(static_cast<int32_t>(k)); };
  const auto whole = q.as_int(), doubled = (q + q).as_int();
  if (fits(whole)) return unary(TapeOp::power_integer, a, origin, bits(*whole));
  if (fits(doubled)) return unary(TapeOp::power_half, a, origin, bits(*doubled));
  return binary(TapeOp::power, a, number(q), origin);
}

Tape compile(Context& ctx, std::span<const Ref> roots, std::span<const Ref> inputs) {
  TapeBuilder builder(ctx, nullptr, inputs);
  for (Ref r : roots) builder.output(r);
  return builder.finish();
}

Tape compile(Context& ctx, const Program& program, std::span<const Ref> inputs) {
  TapeBuilder builder(ctx, &program, inputs);
  for (const ProgramOutput& o : program.outputs) {
    for (Ref r : o.entries) builder.output(r);
  }
  return builder.finish();
}

Tape compile(Context& ctx, const Program& program) { return compile(ctx, program, program.inputs); }

std::vector<Ref> inputs_of(Context& ctx, std::span<const Ref> roots) {
  std::vector<Ref> found;
  for (Ref r : nodes_below(ctx, roots, [&](Ref c) { return ctx[c].names != 0; })) {
    const Node& n = ctx[r];
    const bool symbol = n.kind == Kind::symbol && static_cast<Role>(n.tag) != Role::function;
    if (n.shape == scalar_shape && (symbol || n.kind == Kind::entry)) found.push_back(r);
  }
  const auto name = [&](Ref r) -> const std::string& {
    return ctx.symbol(ctx.kind(r) == Kind::entry ? ctx[r].operand(0) : r).name;
  };
  const auto before = [&](Ref a, Ref b) {
    if (name(a) != name(b)) return name(a) < name(b);
    const auto x = ctx.operands(a), y = ctx.operands(b);
    const auto less = [&](Ref i, Ref j) { return ctx.value(i) < ctx.value(j); };
    return std::lexicographical_compare(x.begin() + (x.empty() ? 0 : 1), x.end(),
                                        y.begin() + (y.empty() ? 0 : 1), y.end(), less);
  };
  std::sort(found.begin(), found.end(), before);
  return found;
}

// Without its parts: "log(…)".
static std::string outline(const Context& ctx, Ref e) {
  const Node& n = ctx[e];
  switch (n.kind) {
    case Kind::opaque:
      return ctx.symbol(e).name + "(…)";
    case Kind::function:
      return std::string(row(static_cast<Fn>(n.tag)).name) + "(…)";
    case Kind::power:
      return "(…)^(…)";
    case Kind::number: {
      constexpr size_t shown = 12;
      const std::string text = ctx.value(e).to_string();
      return text.size() > 2 * shown ? text.substr(0, shown) + "…" : text;
    }
    case Kind::sum:
    case Kind::long_sum:
      return "… + …";
    case Kind::product:
    case Kind::long_product:
      return "…*…";
    case Kind::written:
      switch (static_cast<Written>(n.tag)) {
        case Written::add:
          return "… + …";
        case Written::subtract:
          return "… - …";
        case Written::multiply:
          return "…*…";
        case Written::divide:
          return "…/…";
        case Written::power:
          return "(…)^(…)";
        default:
          return "…";
      }
    default:
      return "…";
  }
}

std::string short_text(Context& ctx, Ref e) {
  constexpr size_t most_nodes = 200, most_characters = 80;
  if (ctx.kind(e) == Kind::let) return "v" + std::to_string(ctx[e].payload);
  try {
    if (nodes_below(ctx, e).size() > most_nodes) return outline(ctx, e);
    const std::string text = print(ctx, e);
    return text.size() > most_characters ? outline(ctx, e) : text;
  } catch (const Failure&) {  // the message matters more than the text of its subject
    return outline(ctx, e);
  }
}

}  // namespace nabla
