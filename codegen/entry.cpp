#include "codegen/entry.h"

#include <algorithm>
#include <functional>

#include "codegen/layout.h"
#include "codegen/logs_at_zero.h"
#include "codegen/norms_at_zero.h"
#include "codegen/operation_text.h"
#include "codegen/parts.h"
#include "codegen/requests.h"
#include "codegen/routing.h"
#include "codegen/stable_forms.h"
#include "diff/forward.h"
#include "diff/reverse.h"
#include "expr/diagnostic.h"
#include "expr/scalarize.h"
#include "expr/substitute.h"
#include "expr/walk.h"

namespace nabla {
namespace {

// A program under construction, with what differentiates it.
struct Draft {
  Draft(Context& ctx, const EntryPoint& entry) : context(ctx), lowering(ctx, program), partials(ctx) {
    for (Ref s : entry.arguments) {
      for (Ref x : scalars_of(ctx, s)) program.inputs.push_back(x);
    }
    program.inputs.insert(program.inputs.end(), entry.direction.begin(), entry.direction.end());
    body = lowering.lower_all(entry.body);
    if (entry.stable) partials.set_norms(norms_of(ctx, program));
  }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;

  void output(std::string name, std::vector<Ref> entries) {
    program.outputs.push_back({std::move(name), scalar_shape, std::move(entries)});
  }
  std::vector<Ref> adjoints(Ref value, const std::vector<Ref>& variables) {
    const std::pair<Ref, Ref> seed{value, one};
    return reverse(lowering, partials, {&seed, 1}, variables);
  }

  Context& context;
  Program program;
  Lowering lowering;
  Partials partials;
  std::vector<Ref> body;
};

std::vector<Ref> dense(const std::vector<std::vector<Tangent>>& rows, size_t columns) {
  std::vector<Ref> out(rows.size() * columns, zero);
  for (size_t i = 0; i < rows.size(); ++i) {
    for (const Tangent& t : rows[i]) out[i * columns + t.direction] = t.value;
  }
  return out;
}

std::vector<Ref> jacobian_forward(Draft& d, const EntryPoint& entry, size_t most_parts) {
  return dense(sparse_jacobian(d.lowering, d.partials, d.body, entry.variables, most_parts),
               entry.variables.size());
}

std::vector<Ref> jacobian_reverse(Draft& d, const EntryPoint& entry) {
  std::vector<Ref> out;
  for (Ref f : d.body) {
    for (Ref a : d.adjoints(f, entry.variables)) out.push_back(a);
  }
  return out;
}

// A Hessian is symmetric: what stands above the diagonal is what stands below it.
std::vector<Ref> hessian(Draft& d, const EntryPoint& entry, const std::vector<Ref>& gradient,
                         size_t most_parts) {
  const size_t n = entry.variables.size();
  std::vector<Ref> h =
      dense(sparse_jacobian(d.lowering, d.partials, gradient, entry.variables, most_parts), n);
  for (size_t i = 0; i < n; ++i) {
    for (size_t j = i + 1; j < n; ++j) h[i * n + j] = h[j * n + i];
  }
  return h;
}

// The derivative of `outputs` along the direction v, each a number.
std::vector<Ref> along(Draft& d, const EntryPoint& entry, const std::vector<Ref>& outputs) {
  std::vector<Seed> seeds;
  for (size_t k = 0; k < entry.variables.size(); ++k)
    seeds.push_back({entry.variables[k], 0, entry.direction[k]});
  return dense(forward(d.lowering, d.partials, outputs, seeds), 1);
}

// How the derivatives of an entry point can be found. `rows`: the tangents that forward mode carries as
// combinations of so many rows; 0 carries them one by one.
struct Way {
  bool backwards = false;
  size_t rows = 0;
};

std::string way_name(Output kind, const Way& way) {
  if (kind == Output::value) return "the formula";
  if (kind == Output::vjp || way.backwards) return "reverse mode";
  std::string name =
      kind == Output::hess || kind == Output::hvp ? "forward over reverse mode" : "forward mode";
  if (way.rows > 0) name += ", combinations of up to " + std::to_string(way.rows) + " rows";
  return name;
}

// Of a long function only one way is tried.
bool is_long(Context& ctx, const EntryPoint& entry) {
  constexpr size_t long_function = 4'000;  // nodes
  return nodes_below(ctx, entry.body).size() > long_function;
}

// A gradient of many variables goes backwards, as its cost is then bounded by a multiple of the function's;
// a Jacobian of many entries goes forward.
std::vector<Way> ways_of(Context& ctx, const EntryPoint& entry) {
  constexpr size_t few = 16;
  constexpr Way backwards{true, 0}, forwards{false, 0}, few_rows{false, 3}, rows{false, 6};
  switch (entry.kind) {
    case Output::grad:
      if (entry.variables.size() > few || is_long(ctx, entry)) return {backwards};
      return {backwards, forwards, few_rows};
    case Output::jac:
      if (entry.body.size() > few) return {forwards, few_rows, rows};
      if (is_long(ctx, entry)) return {entry.values < entry.variables.size() ? backwards : forwards};
      return {backwards, forwards, few_rows, rows};
    case Output::hess:
      if (is_long(ctx, entry)) return {forwards};
      return {forwards, few_rows, rows};
    case Output::vjp:
      return {backwards};
    default:
      return {forwards};
  }
}

Program build(Context& ctx, EntryPoint& entry, const Way& way) {
  Draft d(ctx, entry);
  if (entry.kind != Output::hvp && !entry.layout.only) d.output("value", d.body);
  switch (entry.kind) {
    case Output::grad:
    case Output::jac:
      d.output(std::string(output_name(entry.kind)),
               way.backwards ? jacobian_reverse(d, entry) : jacobian_forward(d, entry, way.rows));
      break;
    case Output::hess: {
      const std::vector<Ref> g = d.adjoints(d.body[0], entry.variables);
      if (!entry.layout.only) d.output("grad", g);
      d.output("hess", hessian(d, entry, g, way.rows));
      break;
    }
    case Output::hvp:
      d.output("hvp", along(d, entry, d.adjoints(d.body[0], entry.variables)));
      break;
    case Output::jvp:
      d.output("jvp", along(d, entry, d.body));
      break;
    case Output::vjp: {
      std::vector<std::pair<Ref, Ref>> seeds;
      for (size_t i = 0; i < d.body.size(); ++i) seeds.emplace_back(d.body[i], entry.direction[i]);
      d.output("vjp", reverse(d.lowering, d.partials, seeds, entry.variables));
      break;
    }
    default:
      break;
  }
  drop_dead_lets(ctx, d.program);
  entry.has_norms = entry.has_norms || d.partials.divided_by_norms();
  if (!entry.stable) return std::move(d.program);
  return with_small_slopes(ctx, with_logs_at_zero(ctx, std::move(d.program)), entry.forms);
}

std::string count_text(const Cost& cost) {
  if (cost.operations == 0) return nothing_to_compute;
  std::string out = std::to_string(cost.operations) + (cost.operations == 1 ? " operation" : " operations");
  if (cost.functions > 0)
    out += ", " + std::to_string(cost.functions) +
           (cost.functions == 1 ? " of them a function" : " of them functions");
  return out;
}

void choose(Context& ctx, KnownFacts& known, EntryPoint& entry, uint64_t most = ~uint64_t{0}) {
  std::vector<Candidate> candidates;
  for (const Way& way : ways_of(ctx, entry))
    candidates.push_back({way_name(entry.kind, way), [&ctx, &entry, way] { return build(ctx, entry, way); }});
  Chosen chosen = cheapest(known, candidates, most);
  entry.program = std::move(chosen.program);
  entry.plan = std::move(chosen.plan);
  entry.choice = std::move(chosen.how);
}

// The scalars of the direction, entries of a vector that no formula can name.
std::vector<Ref> direction(Context& ctx, std::string_view name, size_t n) {
  Symbol s;
  s.name = name;
  s.role = Role::placeholder;
  s.shape = ctx.shape_id({{ctx.number(static_cast<int64_t>(n))}, false});
  const Ref vector = ctx.symbol(s);
  std::vector<Ref> out;
  for (size_t k = 1; k <= n; ++k) {
    const Ref index = ctx.number(static_cast<int64_t>(k));
    out.push_back(ctx.entry(vector, {&index, 1}));
  }
  return out;
}

class Collector {
 public:
  Collector(Context& ctx, const Model& model, bool may_loop)
      : ctx_(ctx), model_(model), may_loop_(may_loop), known_(ctx) {}

  std::vector<EntryPoint> run() {
    for (const OutputRequest& r : output_requests(ctx_, model_)) placed(r.span, [&] { add(r); });
    return std::move(entries_);
  }

 private:
  void add(const OutputRequest& request) {
    const ModelFunction& f = *request.function;
    const Output kind = request.kind;
    const std::vector<Ref>& wrt = request.wrt;
    EntryPoint e;
    e.kind = kind;
    e.function = &f;
    e.arguments = argument_symbols(ctx_, model_, f);
    for (Ref s : e.arguments) {
      require_constant_size(f, s);
      require_real(f, s);
    }
    for (Ref s : wrt) require_real(f, s);
    e.batch = request.batch;
    e.layout = request.layout;
    e.points = batch_points(ctx_, request, e.arguments);
    e.stable = model_.stable;
    e.values = entries_of(f.body);
    if (kind != Output::value) {
      e.wrt = wrt;
      for (Ref s : wrt) {
        for (Ref x : scalars_of(ctx_, s)) e.variables.push_back(x);
      }
    }
    if (kind == Output::jvp || kind == Output::hvp) e.direction = direction(ctx_, "v", e.variables.size());
    if (kind == Output::vjp) e.direction = direction(ctx_, "u", e.values);
    const bool whole = request.layout.sparsity == Sparsity::dense && !request.layout.lower;
    if (may_loop_ && whole) {
      if (std::optional<LoopRoad> road = loop_road(ctx_, model_, request)) return add(std::move(e), *road);
    }
    set_body(e);
    choose(ctx_, known_, e);
    e.value_cost = e.kind == Output::value ? cost_of(e.plan) : value_cost(e);
    entries_.push_back(std::move(e));
  }

  void set_body(EntryPoint& e) {
    const auto [at, is_new] = bodies_.try_emplace(e.function);
    Body& body = at->second;
    if (is_new) {
      StableForms forms(ctx_);
      const Ref whole = model_.stable ? forms(e.function->body) : e.function->body;
      body.entries = entries(ctx_, whole);
      if (model_.stable) body.entries = forms(body.entries);
      body.forms = forms.found();
    }
    e.body = body.entries;
    e.forms = body.forms;
  }

  // Loops or not, whatever costs less.
  void add(EntryPoint e, LoopRoad& road) {
    e.loop_cost = road.cost;
    if (!road.only) {
      set_body(e);
      choose(ctx_, known_, e, most_unrolled);
    }
    const bool unrolled = !e.plan.steps.empty();
    if (!unrolled || road.cost.looped < cost_of(e.plan).weighted) {
      EntryPoint looped = std::move(e);
      looped.body.clear();
      looped.program = Program{};
      for (const TensorOutput& o : road.entry.program.outputs) {
        const auto same = [&](const ProgramOutput& p) { return p.name == o.name; };
        auto& list = looped.program.outputs;
        if (std::none_of(list.begin(), list.end(), same)) list.push_back({o.name, o.shape, {}});
      }
      looped.plan = Plan{};
      looped.loops = std::move(road.entry);
      looped.forms = looped.loops->forms;
      looped.has_norms = looped.loops->has_norms;
      e = std::move(looped);
    } else {
      e.value_cost = e.kind == Output::value ? cost_of(e.plan) : value_cost(e);
    }
    entries_.push_back(std::move(e));
  }

  size_t entries_of(Ref value) const {
    size_t n = 1;
    for (Ref extent : ctx_.shape_of(value).extents) {
      if (ctx_.is_number(extent)) n *= static_cast<size_t>(ctx_.value(extent).as_int().value_or(1));
    }
    return n;
  }

  // That of the entry point for the value, if there is one already.
  Cost value_cost(const EntryPoint& e) {
    for (const EntryPoint& other : entries_) {
      if (other.function == e.function && !other.loops) return other.value_cost;
    }
    EntryPoint value;
    value.function = e.function;
    value.arguments = e.arguments;
    value.body = e.body;
    choose(ctx_, known_, value);
    return cost_of(value.plan);
  }

  void require_constant_size(const ModelFunction& f, Ref s) const {
    for (Ref extent : ctx_.shape_of(s).extents) {
      if (ctx_.is_number(extent)) continue;
      refuse(Code::not_yet_available, f.span,
             "'" + ctx_.symbol(s).name + "' has a symbolic size, for which '" + f.name +
                 "' entry by entry is not yet available",
             "declare it with a constant size, such as vector[3]");
    }
  }

  void require_real(const ModelFunction& f, Ref s) const {
    if (!ctx_.symbol(s).complex) return;
    refuse(Code::not_yet_available, f.span,
           "code for the complex '" + ctx_.symbol(s).name + "' is not yet available");
  }

  [[noreturn]] static void refuse(Code code, Span span, std::string message, std::string help = {}) {
    throw Failure(code, span, std::move(message), std::move(help));
  }

  // The entries of a function's value in stable forms, and which forms those are.
  struct Body {
    std::vector<Ref> entries;
    std::set<std::string> forms;
  };

  Context& ctx_;
  const Model& model_;
  bool may_loop_;
  KnownFacts known_;
  std::unordered_map<const ModelFunction*, Body> bodies_;
  std::vector<EntryPoint> entries_;
};

}  // namespace

std::string_view output_name(Output kind) {
  constexpr std::string_view names[] = {"value", "grad", "hess", "jac", "jvp", "vjp", "hvp", "batch"};
  return names[static_cast<size_t>(kind)];
}

std::string cost_text(const EntryPoint& entry) {
  if (entry.loops) return "about " + std::to_string(entry.loop_cost.unrolled) + " operations, in loops.";
  const Cost cost = cost_of(entry.plan);
  std::string out = count_text(cost);
  const bool compared = entry.kind != Output::value && cost.operations > 0 && entry.value_cost.operations > 0;
  if (!compared) return out + ".";
  const uint64_t tenths =
      (10 * cost.operations + entry.value_cost.operations / 2) / entry.value_cost.operations;
  return out + "; " + std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " times the " +
         std::to_string(entry.value_cost.operations) + " of " + entry.function->name + ".";
}

namespace {

// Why loops were taken, or not.
std::string road_text(const EntryPoint& entry) {
  const std::string loops = "loops, weighted " + std::to_string(entry.loop_cost.looped) + " as they run";
  if (!entry.loops) return "tried: " + loops;
  const bool tried = !entry.choice.tried.empty();
  return "taken: " + loops +
         (tried ? "" : "; entry by entry more than " + std::to_string(most_unrolled) + " operations");
}

}  // namespace

std::vector<std::string> choice_lines(const EntryPoint& entry) {
  const std::string what = request_text({entry.kind, entry.layout}) + " of '" + entry.function->name + "'" +
                           (entry.batch ? ", over many points, as many at once as a vector holds" : "");
  std::vector<std::string> lines{what + ": " + cost_text(entry)};
  if (entry.loop_cost.unrolled > 0) lines.push_back("  " + road_text(entry));
  const auto operations = [](const Cost& c) {
    return std::to_string(c.operations) + " operations (weighted " + std::to_string(c.weighted) + ")";
  };
  for (size_t i = 0; i < entry.choice.tried.size(); ++i) {
    const Choice::Tried& t = entry.choice.tried[i];
    std::string line = (i == entry.choice.taken && !entry.loops ? "  taken: " : "  tried: ") + t.name + ", " +
                       operations(t.shared);
    if (t.too_long) line += ", more than " + std::to_string(most_unrolled) + " and not followed";
    if (t.written.operations != t.shared.operations)
      line += ", of " + operations(t.written) + " before sharing";
    if (t.zeros > 0) line += "; " + std::to_string(t.zeros) + " proved to be 0";
    if (t.equals > 0) line += "; " + std::to_string(t.equals) + " proved equal to others";
    lines.push_back(std::move(line));
  }
  if (!entry.loops && entry.plan.steps.size() > steps_of_part) {
    std::vector<StepId> results;
    for (const auto& list : entry.plan.outputs) results.insert(results.end(), list.begin(), list.end());
    const size_t parts = parts_of(entry.plan, entry.program.inputs.size(), results).parts.size();
    if (parts > 1) lines.push_back("  cut into " + std::to_string(parts) + " functions");
  }
  if (!entry.forms.empty() && !entry.loops) lines.push_back("  " + forms_note(entry.forms));
  return lines;
}

std::vector<Ref> scalars_of(Context& ctx, Ref symbol) { return entries(ctx, symbol); }

std::vector<EntryPoint> entry_points(Context& ctx, const Model& model, bool may_loop) {
  return Collector(ctx, model, may_loop).run();
}

}  // namespace nabla
