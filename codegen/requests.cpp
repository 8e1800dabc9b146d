#include "codegen/requests.h"

#include <algorithm>
#include <functional>
#include <string>

#include "codegen/entry.h"
#include "codegen/layout.h"
#include "expr/diagnostic.h"
#include "expr/substitute.h"

namespace nabla {
namespace {

// The names that the formula uses, as written: what cancelled is still an argument.
std::vector<Ref> used_by(Context& ctx, const ModelFunction& f) {
  const Ref roots[2] = {f.body, f.written ? f.written : f.body};
  std::vector<Ref> used = symbols_of(ctx, roots);
  const auto is_input = [&](Ref s) {
    const Role role = ctx.symbol(s).role;
    return role == Role::variable || role == Role::parameter;
  };
  used.erase(std::remove_if(used.begin(), used.end(), std::not_fn(is_input)), used.end());
  return used;
}

// A later definition of a name replaces the earlier.
bool is_replaced(const Model& model, const ModelFunction& f) {
  const ModelFunction* end = model.functions.data() + model.functions.size();
  return std::any_of(&f + 1, end, [&](const ModelFunction& later) { return later.name == f.name; });
}

class Requests {
 public:
  explicit Requests(Context& ctx) : ctx_(ctx) {}

  // A statement of the model.
  void add(const ModelFunction& f, const ModelRequest& r) {
    std::vector<DerivedOutput> outputs = r.outputs;
    const auto batch = std::remove(outputs.begin(), outputs.end(), DerivedOutput(Output::batch));
    const bool has_batch = batch != outputs.end();
    outputs.erase(batch, outputs.end());
    for (const DerivedOutput& o : outputs) add(f, r.variables, o, r.span);
    if (!has_batch) return;
    if (outputs.empty()) outputs.push_back(first_derivative(f));
    for (const DerivedOutput& o : outputs) {
      add(f, r.variables, o, r.span, true);
      list.back().points = r.points;
    }
  }

  void add(const ModelFunction& f, const std::vector<Ref>& wrt, const DerivedOutput& output, Span span,
           bool batch = false) {
    const Output kind = output.kind;
    for (const OutputRequest& r : list) {
      const bool again = r.function == &f && r.kind == kind && kind == Output::value;
      if (again && !r.batch && !batch) return;
      if (r.function != &f && r.function->name == f.name) {
        throw Failure(Code::duplicate_name, span, "two definitions of '" + f.name + "' are derived",
                      "give them different names");
      }
    }
    const bool of_scalar = kind == Output::grad || kind == Output::hess || kind == Output::hvp;
    if (of_scalar && ctx_[f.body].shape != scalar_shape) {
      throw Failure(Code::not_a_scalar, span,
                    "'" + f.name + "' is not a scalar, so it has no " + std::string(output_name(kind)),
                    "ask for jac, jvp or vjp");
    }
    list.push_back({&f, wrt, kind, span, batch, output.layout, {}});
  }

  Output first_derivative(const ModelFunction& f) const {
    return ctx_[f.body].shape == scalar_shape ? Output::grad : Output::jac;
  }

  std::vector<OutputRequest> list;

 private:
  Context& ctx_;
};

}  // namespace

std::vector<OutputRequest> output_requests(Context& ctx, const Model& model) {
  Requests requests(ctx);
  for (const ModelRequest& r : model.requests) requests.add(model.functions[r.function], r);
  if (!model.requests.empty()) return requests.list;
  for (const ModelFunction& f : model.functions) {
    if (is_replaced(model, f)) continue;
    requests.add(f, {}, Output::value, f.span);
    std::vector<Ref> vars;
    for (Ref s : argument_symbols(ctx, model, f)) {
      if (ctx.symbol(s).role == Role::variable) vars.push_back(s);
    }
    if (vars.empty()) continue;
    requests.add(f, vars, requests.first_derivative(f), f.span);
  }
  return requests.list;
}

std::vector<Ref> batch_points(const Context& ctx, const OutputRequest& request,
                              const std::vector<Ref>& arguments) {
  if (!request.batch) return {};
  if (request.points.empty()) return arguments;
  std::vector<Ref> out;
  for (Ref a : arguments) {
    if (std::find(request.points.begin(), request.points.end(), a) != request.points.end()) out.push_back(a);
  }
  for (Ref p : request.points) {
    if (std::find(out.begin(), out.end(), p) != out.end()) continue;
    throw Failure(Code::wrong_argument, request.span,
                  "batch: '" + request.function->name + "' does not use '" + ctx.symbol(p).name + "'",
                  "batch takes the names of arguments");
  }
  return out;
}

bool is_mixed(const std::vector<Ref>& wrt, const std::vector<Ref>& points) {
  const auto by_point = [&](Ref x) { return std::find(points.begin(), points.end(), x) != points.end(); };
  return std::any_of(wrt.begin(), wrt.end(), by_point) && !std::all_of(wrt.begin(), wrt.end(), by_point);
}

void refuse_interleaved(const DerivedOutput& output, Span span) {
  const OutputLayout& layout = output.layout;
  const bool hessian = output.kind == Output::hess;
  if (hessian ? layout.lower && layout.sparsity == Sparsity::csr : layout.sparsity == Sparsity::csc) return;
  throw Failure(
      Code::not_yet_available, span,
      request_text(output) +
          " by variables of which some are shared by the points and others not is not yet available",
      std::string("ask for ") + (hessian ? "hess(lower, csr)" : "jac(csc)") +
          ", or name all variables in batch(...)");
}

std::vector<Ref> argument_symbols(Context& ctx, const Model& model, const ModelFunction& f) {
  std::vector<Ref> out = f.parameters;
  const std::vector<Ref> used = used_by(ctx, f);
  const auto append = [&](const std::vector<Ref>& list) {
    for (Ref s : list) {
      const bool is_new = std::find(out.begin(), out.end(), s) == out.end();
      if (is_new && std::find(used.begin(), used.end(), s) != used.end()) out.push_back(s);
    }
  };
  append(model.declared);
  append(used);
  return out;
}

}  // namespace nabla
