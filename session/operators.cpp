#include "session/operators.h"

#include <algorithm>

#include "diff/operators.h"
#include "diff/structure.h"
#include "eval/certify.h"
#include "expr/diagnostic.h"
#include "expr/scalarize.h"
#include "expr/shape_text.h"
#include "expr/substitute.h"
#include "expr/walk.h"
#include "session/dense_numbers.h"
#include "session/domain.h"
#include "session/flattened.h"
#include "session/point.h"
#include "simplify/angle_sums.h"
#include "simplify/complex_parts.h"
#include "simplify/elementary.h"
#include "simplify/exponential_form.h"
#include "simplify/literal_arrays.h"
#include "simplify/logs_and_powers.h"
#include "simplify/multiple_angles.h"
#include "simplify/passes.h"
#include "simplify/radicals.h"
#include "simplify/settled.h"
#include "simplify/simplify.h"
#include "simplify/trigonometry.h"

namespace nabla {
namespace {

using Pairs = std::vector<std::pair<Ref, Ref>>;

Pairs pairs_of(std::span<const Ref> operands) {
  Pairs pairs;
  for (size_t i = 0; i + 1 < operands.size(); i += 2) pairs.emplace_back(operands[i], operands[i + 1]);
  return pairs;
}

// A tensor is replaced as a whole where it stands as a whole, and entry by entry where it has become entries.
Ref replace(Context& ctx, Ref e, const Pairs& pairs) {
  Pairs all = pairs;
  for (const auto& [name, value] : pairs) {
    if (ctx.shape_of(name).order() == 0 || !constant_extents(ctx, ctx[name].shape)) continue;
    const std::vector<Ref> from = entries(ctx, name), to = entries(ctx, value);
    for (size_t i = 0; i < from.size(); ++i) all.emplace_back(from[i], to[i]);
  }
  return substitute(ctx, e, all);
}

Numbers numbers_by_entries(Context& ctx, Ref e, const Pairs& pairs) {
  std::vector<Ref> inputs, values;
  for (const auto& [name, value] : pairs) {
    const std::vector<Ref> from = entries(ctx, name), to = entries(ctx, value);
    inputs.insert(inputs.end(), from.begin(), from.end());
    values.insert(values.end(), to.begin(), to.end());
  }
  const std::vector<double> point = values_at_point(ctx, values, {}, {});
  return numbers_at_point(ctx, e, inputs, point);
}

// The number as it is printed.
Ref exactly(Context& ctx, double v) {
  const std::string text = decimal(v);
  const bool negative = text[0] == '-';
  const Rational magnitude = *Rational::parse(std::string_view(text).substr(negative ? 1 : 0), 10'000);
  return ctx.number(negative ? -magnitude : magnitude);
}

// eval(e, digits, x = …): numbers, from doubles or, if digits are asked for, certified ones. What was written
// is evaluated where it is known: x/x has no value at 0, though it is 1 elsewhere.
void evaluate(Context& ctx, std::span<const Ref> operands, const WrittenForm& form, CarriedOut& out) {
  const Ref written = form.by_entries && !has_operations(ctx, form.by_entries) ? form.by_entries : Ref{};
  const Ref e = written ? written : operands[0];
  const int64_t digits = ctx.value(operands[1]).as_int().value_or(0);
  const Pairs pairs = pairs_of(operands.subspan(2));
  if (written) {
    refuse_outside(ctx, written, dense_point(ctx, pairs));
  } else {
    refuse_undefined_value(ctx, form, dense_point(ctx, pairs));
  }
  if (digits > 0) {
    // Exact values go in as they are; pi/2 is no number to certified_digits but part of the expression.
    Pairs rest;
    std::vector<std::pair<Ref, Rational>> at;
    for (const auto& [name, value] : pairs) {
      if (ctx.is_number(value)) {
        at.emplace_back(name, ctx.value(value));
      } else {
        rest.emplace_back(name, value);
      }
    }
    const Ref moved = replace(ctx, e, rest);
    out.digits = certified_digits(ctx, written ? moved : scalarize(ctx, moved),
                                  static_cast<int>(std::min<int64_t>(digits, 1 << 20)), at);
    const bool negative = out.digits[0] == '-';
    const auto exact = Rational::parse(std::string_view(out.digits).substr(negative ? 1 : 0), 10'000);
    if (!exact)
      throw Failure(Code::number_too_large, "the value has more digits than a number here may have");
    out.value = ctx.number(negative ? -*exact : *exact);
    return;
  }
  const bool complex = has_complex_parts(ctx, e) ||
                       std::any_of(pairs.begin(), pairs.end(),
                                   [&](const auto& p) { return has_complex_parts(ctx, p.second); });
  try {
    if (!complex && scalar_inputs(ctx, e)) {
      out.numbers = numbers_by_entries(ctx, e, pairs);
      if (ctx[e].shape == scalar_shape) refuse_undefined_scalar(ctx, e, pairs);
    }
  } catch (const Failure& failure) {  // of symbolic size, or a function of matrices
    if (failure.diagnostic.code != Code::not_yet_available) throw;
  }
  if (!out.numbers) out.numbers = dense_numbers(ctx, operands[0], dense_point(ctx, pairs));
  std::vector<Ref> list;
  for (double v : out.numbers->entries) list.push_back(exactly(ctx, v));
  for (size_t i = 0; i < out.numbers->imaginary.size(); ++i) {
    const Ref part = exactly(ctx, out.numbers->imaginary[i]);
    list[i] = ctx.add(list[i], ctx.multiply(part, ctx.constant(Constant::im)));
  }
  Shape shape;
  shape.row = out.numbers->row;
  for (uint64_t n : out.numbers->extents) shape.extents.push_back(ctx.number(static_cast<int64_t>(n)));
  out.value = shape.order() == 0 ? list[0] : ctx.array(list, ctx.shape_id(shape));
}

// Operand k of an operator as it was written.
Ref operand_of(const Context& ctx, Ref written, size_t k) {
  return written && ctx.kind(written) == Kind::operation ? ctx.operands(written)[k] : Ref{};
}

WrittenForm operand_of(const Context& ctx, const WrittenForm& written, size_t k) {
  return {operand_of(ctx, written.by_entries, k), operand_of(ctx, written.whole, k)};
}

void equal(Context& ctx, std::span<const Ref> operands, uint64_t seed, const WrittenForm& written,
           CarriedOut& out) {
  const WrittenForm left = operand_of(ctx, written, 0), right = operand_of(ctx, written, 1);
  WrittenSides sides{left.by_entries, right.by_entries};
  for (Ref side : {sides.a, sides.b}) {
    if (side && has_operations(ctx, side)) sides = {};
  }
  out.verdict = compare_values(ctx, operands[0], operands[1], seed, sides);
  if (out.verdict->kind == Verdict::Kind::unknown) {
    throw Failure(Code::undecided, "whether the two sides are equal was neither proved nor refuted",
                  "compare them at points with eval, or declare domains: param a : scalar > 0");
  }
  const bool proved = out.verdict->kind == Verdict::Kind::proved;
  if (proved && left.whole && right.whole) sides = {left.whole, right.whole};
  if (proved) out.conditions = conditions_of_verdict(ctx, *out.verdict, operands[0], operands[1], sides);
  if (proved && out.verdict->complex_values)
    out.notes.push_back("(complex values) no point was found where every part is real");
  out.value = ctx.truth(proved);
}

// By complex variables (Kreutz-Delgado, The complex gradient operator and the CR-calculus, 2009).
const char* complex_layout(Operator op) {
  switch (op) {
    case Operator::grad:
      return "layout: a complex gradient is twice the derivative by the conjugate, in the shape of its "
             "variable";
    case Operator::hess:
      return "layout: a complex Hessian is the derivative of the gradient by the variable named: the "
             "gradient "
             "moves by hess(f, z)*dz + hess(f, conj(z))*conj(dz)";
    case Operator::hvp:
      return "layout: a complex hvp is the change of the gradient, hess(f, z)*v + hess(f, conj(z))*conj(v)";
    case Operator::vjp:
      return "layout: a complex vjp is the gradient of real(uᴴ*f)";
    case Operator::laplacian:
      return "layout: a complex Laplacian is that by real and imaginary parts, 4*diff(f, z, conj(z)) of a "
             "scalar";
    case Operator::div:
      return "layout: a complex divergence is that by real and imaginary parts, 2*real(tr(jac(F, z)))";
    default:
      return nullptr;
  }
}

// The layout of the answer, which a reader of another book may expect otherwise.
std::string layout(Context& ctx, Operator op, std::span<const Ref> operands) {
  const bool complex = operands.size() > 1 && (ctx[operands[1]].facts & complex_valued);
  if (complex) {
    if (const char* text = complex_layout(op)) return text;
  }
  const bool arrays =
      std::any_of(operands.begin(), operands.end(), [&](Ref r) { return ctx.shape_of(r).order() > 0; }) ||
      operands.size() > 2;
  if (!arrays) return {};
  switch (op) {
    case Operator::grad:
      return "layout: a gradient has the shape of its variable";
    case Operator::jac:
      return "layout: a Jacobian is outputs by inputs";
    case Operator::hess:
      return "layout: a Hessian is inputs by inputs";
    default:
      return {};
  }
}

// By a single entry of a matrix that has structure: others move with it, which is what free entries mean.
void refuse_entries_of_structures(Context& ctx, std::span<const Ref> variables) {
  for (Ref v : variables) {
    if (ctx.kind(v) != Kind::entry) continue;
    const Ref name = ctx.operands(v)[0];
    if (ctx.kind(name) != Kind::symbol || ctx.symbol(name).structure == Structure::none) continue;
    throw Failure(Code::cannot_differentiate,
                  "an entry of '" + ctx.symbol(name).name + "', which is declared " +
                      structure_words[static_cast<size_t>(ctx.symbol(name).structure)] +
                      ", does not move alone",
                  "--free-entries differentiates by independent entries, and the others move with them");
  }
}

// Passes that write one scalar in another way, and nothing else.
struct NamedPass {
  Operator op;
  Ref (*pass)(Context&, Ref, Notes*);
  bool settles = false;  // a second call gives the same without our help
};

constexpr NamedPass named_passes[] = {
    {Operator::expand, expand, true},
    {Operator::factor, factor},
    {Operator::together, together},
    {Operator::cancel, cancel},
    {Operator::trig, trig, true},
    {Operator::trigexpand, expand_angles},
    {Operator::trigreduce, reduce_angles},
    {Operator::trigtoexp, [](Context& ctx, Ref e, Notes*) { return by_exponentials(ctx, e); }},
    {Operator::exptotrig, from_exponentials},
    {Operator::powers, [](Context& ctx, Ref e, Notes*) { return lightest_powers(ctx, e); }},
    {Operator::powexpand, [](Context& ctx, Ref e, Notes*) { return expand_powers(ctx, e); }},
    {Operator::powcombine, [](Context& ctx, Ref e, Notes*) { return combine_powers(ctx, e); }},
    {Operator::logs, [](Context& ctx, Ref e, Notes*) { return lightest_logs(ctx, e); }},
    {Operator::logexpand, [](Context& ctx, Ref e, Notes*) { return expand_logs(ctx, e); }},
    {Operator::logcombine, [](Context& ctx, Ref e, Notes*) { return contract_logs(ctx, e); }},
    {Operator::radicals, [](Context& ctx, Ref e, Notes*) { return radicals(ctx, e); }},
};

// What is made of a derivative whose steps are not known is not told either.
Ref simplified(Context& ctx, Ref e, const OperatorOptions& options, CarriedOut& out, bool derivative = true) {
  StatementTrace* const trace = options.trace;
  if (trace == nullptr || (derivative && trace->derivation.derivations().empty()))
    return simplify(ctx, e, &out.notes);
  trace->raw = e;
  return simplify(ctx, e, &out.notes, &trace->simplification);
}

// What there is instead of an operator that is not there yet.
const char* instead_of(Operator op) {
  switch (op) {
    case Operator::limit:
      return "where e is continuous its limit is subs(e, x = a); eval(e, x = 0.001) shows a value near by";
    case Operator::taylor:
      return "the coefficient of (x - a)^3 is subs(diff(e, x, 3), x = a)/factorial(3)";
    case Operator::stable:
      return "'nabla gen' writes the forms that lose less without being asked";
    default:
      return "";
  }
}

void apply(Context& ctx, Operator op, std::span<const Ref> operands, ShapeId shape,
           const OperatorOptions& options, const WrittenForm& written, CarriedOut& out) {
  out = CarriedOut{};
  if (is_differential_operator(op)) {
    if (!options.free_entries) refuse_entries_of_structures(ctx, variables_of(op, operands));
    StatementTrace* const trace = options.trace;
    out.value = apply_operator(ctx, op, operands, shape, options.free_entries,
                               trace != nullptr ? &trace->derivation : nullptr);
    if (!options.raw) out.value = simplified(ctx, out.value, options, out);
    if (const std::string text = layout(ctx, op, operands); !text.empty()) out.notes.push_back(text);
    if (const std::string text = flattened_by_vec(ctx, out.value); !text.empty())
      out.notes.push_back("by vec: " + text);
    if (op == Operator::grad || op == Operator::jac || op == Operator::hess || op == Operator::diff) {
      const std::string text = structure_note(ctx, operands[1], options.free_entries);
      if (!text.empty()) out.notes.push_back(text);
    }
    return;
  }
  for (const NamedPass& p : named_passes) {
    if (p.op != op) continue;
    out.value = p.settles ? p.pass(ctx, operands[0], &out.notes)
                          : settled(ctx, operands[0], [&](Ref e) { return p.pass(ctx, e, &out.notes); });
    return;
  }
  switch (op) {
    case Operator::simplify:
      out.value = value_of_literal_arrays(ctx, simplified(ctx, operands[0], options, out, false));
      return;
    case Operator::collect:
      out.value = settled(ctx, operands[0], [&](Ref e) { return collect(ctx, e, operands[1], &out.notes); });
      return;
    case Operator::apart:
      out.value = settled(ctx, operands[0],
                          [&](Ref e) { return apart(ctx, e, operands[1], out.conditions, &out.notes); });
      return;
    case Operator::subs:
      out.value = replace(ctx, operands[0], pairs_of(operands.subspan(1)));
      if (!options.raw) out.value = value_of_literal_arrays(ctx, out.value);
      return;
    case Operator::eval:
      evaluate(ctx, operands, operand_of(ctx, written, 0), out);
      return;
    case Operator::equal:
      equal(ctx, operands, options.seed, written, out);
      return;
    default:
      throw Failure(Code::not_yet_available, "'" + std::string(operator_name(op)) + "' is not yet available",
                    instead_of(op));
  }
}

}  // namespace

void refuse_structure(Context& ctx, std::span<const Ref> variables) {
  for (Ref v : variables) {
    const Ref name = ctx.kind(v) == Kind::entry ? ctx.operands(v)[0] : v;
    if (ctx.kind(name) != Kind::symbol || ctx.symbol(name).structure == Structure::none) continue;
    throw Failure(Code::not_yet_available,
                  "a derivative by '" + ctx.symbol(name).name + "', which is declared " +
                      structure_words[static_cast<size_t>(ctx.symbol(name).structure)] +
                      ", is not yet available",
                  "declared without this word, its entries are independent");
  }
}

bool has_operations(const Context& ctx, Ref e) { return (ctx[e].facts & has_operation) != 0; }

CarriedOut carry_out(Context& ctx, Ref e, const OperatorOptions& options, const WrittenForm& written) {
  CarriedOut out;
  out.value = e;
  if (!has_operations(ctx, e)) {
    if (!options.raw) out.value = value_of_literal_arrays(ctx, e);
    return out;
  }
  const std::vector<Ref> nodes = nodes_below(ctx, e);
  RefMap<Ref> values(e.id + 1);
  std::vector<Ref> operands, conditions;
  for (Ref r : nodes) {
    const Node& n = ctx[r];
    operands.clear();
    for (Ref o : n.operands()) operands.push_back(values[o]);
    if (n.kind == Kind::operation) {
      // Simplified is what is shown: what stands inside is computed with as it is.
      OperatorOptions inside = options;
      inside.raw = options.raw || r != e;
      // Of operators inside of others nothing is told: what they are is the function that is differentiated.
      const bool inmost = ctx.kind(e) == Kind::operation
                              ? r == e
                              : std::none_of(ctx.operands(r).begin(), ctx.operands(r).end(),
                                             [&](Ref o) { return has_operations(ctx, o); });
      if (!inmost) inside.trace = nullptr;
      apply(ctx, static_cast<Operator>(n.tag), operands, n.shape, inside, r == e ? written : WrittenForm{},
            out);
      conditions.insert(conditions.end(), out.conditions.begin(), out.conditions.end());
      values[r] = out.value;
      if (r != e && n.shape != ctx[out.value].shape && static_cast<Operator>(n.tag) == Operator::eval) {
        throw Failure(
            Code::not_yet_available,
            "numbers of a size that 'eval' finds cannot stand inside an expression of symbolic size",
            "declare the extents as numbers: var x : vector[3]");
      }
    } else {
      values[r] = ctx.rebuild(r, operands);
    }
  }
  if (ctx.kind(e) == Kind::operation) {
    out.conditions = std::move(conditions);
    return out;
  }
  out = CarriedOut{};
  out.conditions = std::move(conditions);
  out.value = options.raw ? values[e] : join_complex_parts(ctx, values[e]);
  // What an expression makes of derivatives comes out simplified as they do; factor(f) + 1 stays as it is.
  const bool derivatives = std::all_of(nodes.begin(), nodes.end(), [&](Ref r) {
    return ctx.kind(r) != Kind::operation || is_differential_operator(static_cast<Operator>(ctx[r].tag));
  });
  const bool truth = ctx.kind(e) == Kind::compare || ctx.kind(e) == Kind::connective;
  if (derivatives && !truth && !options.raw) out.value = simplified(ctx, out.value, options, out);
  return out;
}

}  // namespace nabla
