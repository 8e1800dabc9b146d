#include "codegen/check.h"

#include <algorithm>
#include <charconv>

#include "codegen/cpp_number.h"
#include "codegen/hessian_check.h"
#include "codegen/layout.h"
#include "codegen/parts.h"
#include "codegen/requests.h"
#include "expr/diagnostic.h"
#include "expr/scalarize.h"

namespace nabla {
namespace {

// The numbers of the entry's inputs among those of its program.
std::vector<uint32_t> positions(const EntryPoint& e, const std::vector<Ref>& list) {
  std::vector<uint32_t> out;
  for (Ref r : list) {
    const auto at = std::find(e.program.inputs.begin(), e.program.inputs.end(), r);
    out.push_back(static_cast<uint32_t>(at - e.program.inputs.begin()));
  }
  return out;
}

Along unit(uint32_t k) { return {k, {}}; }

Along along(const std::vector<uint32_t>& components, const std::vector<uint32_t>& inputs) {
  Along a;
  for (size_t k = 0; k < inputs.size(); ++k) a.parts.emplace_back(components[k], inputs[k]);
  return a;
}

// What each entry of the outputs is, in their order.
std::vector<Claim> claims_of(const EntryPoint& e) {
  const std::vector<uint32_t> variables = positions(e, e.variables), inputs = positions(e, e.direction);
  std::vector<Claim> claims;
  const auto append = [&](const std::vector<Claim>& more) {
    claims.insert(claims.end(), more.begin(), more.end());
  };
  for (const ProgramOutput& o : e.program.outputs) {
    if (o.name == "value") {
      append(value_claims(e.values));
    } else if (o.name == "grad" || o.name == "jac") {
      append(jacobian_claims(e.values, variables));
    } else if (o.name == "hess") {
      append(hessian_claims(0, variables));
    } else if (o.name == "jvp") {
      for (uint32_t i = 0; i < e.values; ++i) claims.push_back({1, unit(i), along(variables, inputs), {}});
    } else if (o.name == "vjp") {
      std::vector<uint32_t> rows(e.values);
      for (uint32_t i = 0; i < rows.size(); ++i) rows[i] = i;
      for (uint32_t v : variables) claims.push_back({1, along(rows, inputs), unit(v), {}});
    } else {
      for (uint32_t v : variables) claims.push_back({2, unit(0), along(variables, inputs), unit(v)});
    }
  }
  return claims;
}

std::string name_of(Context& ctx, Ref input) {
  if (ctx.kind(input) != Kind::entry) return ctx.symbol(input).name;
  const auto list = ctx.operands(input);
  std::string out = ctx.symbol(list[0]).name + "[";
  for (size_t k = 1; k < list.size(); ++k) out += (k > 1 ? ", " : "") + ctx.value(list[k]).to_string();
  return out + "]";
}

// "x = 0.5, y = 2"
std::string point_text(Context& ctx, const EntryPoint& e, const std::vector<double>& point) {
  constexpr size_t most = 12;
  std::string out;
  for (size_t k = 0; k < point.size() && k < most; ++k) {
    out += (k > 0 ? ", " : "") + name_of(ctx, e.program.inputs[k]) + " = " + shortest(point[k]);
  }
  return point.size() > most ? out + ", …" : out;
}

// "grad of 'price' by S": which number output entry `claim` is.
std::string claim_text(Context& ctx, const EntryPoint& e, size_t claim) {
  for (const ProgramOutput& o : e.program.outputs) {
    if (claim >= o.entries.size()) {
      claim -= o.entries.size();
      continue;
    }
    const std::string of = o.name + " of '" + e.function->name + "'";
    const size_t n = e.variables.size();
    const auto by = [&](size_t k) { return name_of(ctx, e.variables[k]); };
    const std::string row =
        e.values > 1 ? ", entry " + std::to_string((o.name == "jac" ? claim / n : claim) + 1) : "";
    if (o.name == "hess") return of + " by " + by(claim / n) + " and " + by(claim % n);
    if (o.name == "jac") return of + row + " by " + by(claim % n);
    if (o.name == "value" || o.name == "jvp") return of + row;
    return of + " by " + by(claim);
  }
  return {};
}

std::string number_text(double v, const std::string& digits) { return digits.empty() ? shortest(v) : digits; }

[[noreturn]] void fail(Context& ctx, const EntryPoint& e, const CheckReport& r) {
  const bool decided = r.agreement == Agreement::no;
  const std::string where = point_text(ctx, e, r.point);
  Diagnostic d{decided ? Code::check_failed : Code::undecided,
               claim_text(ctx, e, r.claim) + (decided ? " is wrong: " : " could not be checked: ") +
                   "the generated code gives " + number_text(r.claimed, r.claimed_digits) +
                   ", automatic differentiation of the formula gives " +
                   number_text(r.expected, r.expected_digits),
               e.function->span,
               true,
               {},
               {}};
  d.notes.push_back({"at " + where, {}, false});
  if (decided) d.help = "nothing was written; please report this model";
  throw Failure(std::move(d));
}

class Reader {
 public:
  Reader(Context& ctx, const Plan& plan, const Program& program) : ctx_(ctx), plan_(plan) {
    out_.inputs = program.inputs;
  }

  Program run(const Program& program) {
    for (StepId s = 0; s < plan_.steps.size(); ++s) steps_.push_back(atom(value(s)));
    for (size_t o = 0; o < plan_.outputs.size(); ++o) {
      ProgramOutput output{program.outputs[o].name, program.outputs[o].shape, {}};
      for (StepId s : plan_.outputs[o]) output.entries.push_back(steps_[s]);
      out_.outputs.push_back(std::move(output));
    }
    return std::move(out_);
  }

 private:
  Ref atom(Ref e) {
    if (is_atom(ctx_, e)) return e;
    const Ref name = ctx_.let(static_cast<uint32_t>(out_.lets.size()));
    out_.lets.push_back({name, e});
    return name;
  }

  Ref value(StepId s) {
    const PlanStep& step = plan_.steps[s];
    const auto list = plan_.operands(s);
    std::vector<Ref> x;
    for (const PlanOperand& o : list) x.push_back(steps_[o.step]);
    switch (step.op) {
      case PlanOp::input:
      case PlanOp::number:
      case PlanOp::constant:
        return step.atom;
      case PlanOp::truth:
        return ctx_.truth(step.tag != 0);
      case PlanOp::sum:
        return chain(list, zero, Written::add, Written::subtract);
      case PlanOp::product:
        return chain(list, one, Written::multiply, Written::divide);
      case PlanOp::call:
        return ctx_.written_function(static_cast<Fn>(step.tag), x);
      case PlanOp::compare:
        return ctx_.compare(static_cast<Relation>(step.tag), x[0], x[1]);
      case PlanOp::negation:
        return ctx_.negation(x[0]);
      case PlanOp::conjunction:
        return ctx_.conjunction(x[0], x[1]);
      case PlanOp::disjunction:
        return ctx_.disjunction(x[0], x[1]);
      case PlanOp::select:
        return ctx_.select(x[0], x[1], x[2]);
    }
    throw Failure(Code::internal_error, "a step of a plan has no meaning");
  }

  // First the plain operands, then the inverted ones, from the left.
  Ref chain(std::span<const PlanOperand> list, Ref neutral, Written join, Written invert) {
    Ref e{};
    for (const bool inverted : {false, true}) {
      for (const PlanOperand& o : list) {
        if (o.inverted != inverted) continue;
        if (!e && !inverted) {
          e = steps_[o.step];
          continue;
        }
        const Ref pair[2] = {e ? e : neutral, steps_[o.step]};
        e = atom(ctx_.written(inverted ? invert : join, pair));
      }
    }
    return e;
  }

  Context& ctx_;
  const Plan& plan_;
  Program out_;
  std::vector<Ref> steps_;
};

}  // namespace

Program read_back(Context& ctx, const Plan& plan, const Program& program) {
  return Reader(ctx, plan, program).run(program);
}

namespace {

// The plan as its parts compute it one after another, passing values through their array: what is written.
Plan in_parts(const EntryPoint& e) {
  std::vector<StepId> targets;
  for (const auto& list : e.plan.outputs) targets.insert(targets.end(), list.begin(), list.end());
  const size_t inputs = e.program.inputs.size();
  Plan plan = joined(parts_of(e.plan, inputs, targets), inputs, targets.size());
  const std::vector<StepId> results = std::move(plan.outputs[0]);
  plan.outputs.clear();
  auto at = results.begin();
  for (const auto& list : e.plan.outputs) {
    plan.outputs.emplace_back(at, at + static_cast<ptrdiff_t>(list.size()));
    at += static_cast<ptrdiff_t>(list.size());
  }
  return plan;
}

}  // namespace

EntryCheck check_entry(Context& ctx, const EntryPoint& entry, uint64_t seed) {
  if (entry.loops) {
    EntryCheck out;
    out.loops = check_tensor_entries(ctx, {*entry.loops}, seed)[0];
    return out;
  }
  const std::vector<Ref> written =
      entries(ctx, entry.function->written ? entry.function->written : entry.function->body);
  const Tape formula = compile(ctx, written, entry.program.inputs);
  const Program claimed = read_back(ctx, in_parts(entry), entry.program);
  const PointSet points = draw_points(ctx, formula, check_points, seed);
  const std::vector<Claim> claims = claims_of(entry);
  EntryCheck out;
  out.near_switch = points.near_switch.size();
  std::optional<CheckReport> by_groups;
  if (entry.kind == Output::hess)
    by_groups =
        compare_hessian_by_groups(ctx, written, claimed, claims, positions(entry, entry.variables), points);
  out.report = by_groups ? std::move(*by_groups)
                         : compare_derivatives(ctx, formula, compile(ctx, claimed), claims, points);
  return out;
}

std::vector<EntryCheck> check_entries(Context& ctx, const std::vector<EntryPoint>& entries, uint64_t seed) {
  std::vector<EntryCheck> out;
  for (size_t i = 0; i < entries.size(); ++i) {
    out.push_back(placed(entries[i].function->span, [&] { return check_entry(ctx, entries[i], seed); }));
    out.back().entry = i;
    if (out.back().report.agreement != Agreement::yes) fail(ctx, entries[i], out.back().report);
  }
  return out;
}

std::string check_line(Context& ctx, const EntryPoint& entry, const EntryCheck& check) {
  if (check.loops) return check_line(*entry.loops, *check.loops);
  const CheckReport& r = check.report;
  std::string out = request_text({entry.kind, entry.layout}) + " of '" + entry.function->name +
                    (entry.batch ? "' for many points: " : "': ") + std::to_string(r.compared) +
                    " numbers at " + std::to_string(r.points) + " points agree";
  if (!r.point.empty()) {
    char digits[32];
    const auto end =
        std::to_chars(digits, digits + sizeof digits, r.relative, std::chars_format::scientific, 1);
    out += ", the worst to " + std::string(digits, end.ptr) + " (" + claim_text(ctx, entry, r.claim) +
           " at " + point_text(ctx, entry, r.point) + ")";
  }
  if (check.near_switch > 0) out += "; " + std::to_string(check.near_switch) + " points lie near a switch";
  return out;
}

}  // namespace nabla
