#include "codegen/tensor_entry.h"

#include <algorithm>
#include <numeric>
#include <unordered_map>

#include "codegen/dead_sides.h"
#include "codegen/derivative_lets.h"
#include "codegen/entry.h"
#include "codegen/layout.h"
#include "codegen/logs_at_zero.h"
#include "codegen/norms_at_zero.h"
#include "codegen/requests.h"
#include "codegen/stable_forms.h"
#include "codegen/written_conditions.h"
#include "diff/cotangents.h"
#include "diff/structure.h"
#include "diff/tangents.h"
#include "diff/tensor_operators.h"
#include "expr/diagnostic.h"
#include "expr/substitute.h"
#include "expr/tensor.h"
#include "expr/walk.h"
#include "simplify/expand_tensor.h"

namespace nabla {
namespace {

// What one entry point returns, as expressions.
class Derivation {
 public:
  // `body`: the value of the function.
  Derivation(Context& ctx, TensorEntry& entry, Ref body, uint32_t first_let)
      : ctx_(ctx), entry_(entry), partials_(ctx), lets_(ctx, first_let), body_(as_column(ctx, body)) {}

  std::vector<TensorOutput> run() {
    if (entry_.kind != Output::hvp && !entry_.layout.only) add("value", {}, body_);
    switch (entry_.kind) {
      case Output::grad:
        each("grad", pulled_back(one, namer()));
        break;
      case Output::hess:
        is_compressed() ? compressed_hessian() : hessian();
        break;
      case Output::jac:
        is_compressed() ? compressed_jacobian() : jacobian();
        break;
      case Output::jvp:
        add("jvp", {}, as_column(ctx_, Tangents(partials_, moves(), namer()).push_forward(body_)));
        break;
      case Output::vjp:
        each("vjp", pulled_back(as_column(ctx_, entry_.directions[0]), namer()));
        break;
      case Output::hvp:
        hessian_product();
        break;
      default:
        break;
    }
    return std::move(outputs_);
  }
  const std::vector<Let>& lets() const { return lets_.lets(); }

 private:
  std::function<Ref(Ref)> namer() {
    return [this](Ref g) { return lets_(g); };
  }

  void add(std::string name, std::vector<Ref> by, Ref value) {
    outputs_.push_back({std::move(name), std::move(by), ctx_[value].shape, value});
  }
  void each(const char* name, const std::vector<Ref>& values) {
    for (size_t k = 0; k < values.size(); ++k) add(name, {entry_.wrt[k]}, as_column(ctx_, values[k]));
  }

  std::vector<Ref> pulled_back(Ref seed, std::function<Ref(Ref)> name = {}) {
    std::vector<Ref> g = Cotangents(partials_, {}, std::move(name)).pull_back(body_, seed, entry_.wrt);
    for (size_t k = 0; k < g.size(); ++k) g[k] = in_structure(ctx_, g[k], entry_.wrt[k], false);
    return g;
  }

  std::vector<std::pair<Ref, Ref>> moves() const {
    std::vector<std::pair<Ref, Ref>> list;
    for (size_t k = 0; k < entry_.wrt.size(); ++k) list.emplace_back(entry_.wrt[k], entry_.directions[k]);
    return list;
  }

  // Forward over reverse: the tangents of the lets of the gradient, then of the gradient.
  void hessian_product() {
    const std::vector<Ref> g = pulled_back(one, namer());
    std::vector<std::pair<Ref, Ref>> all = moves();
    const size_t count = lets_.lets().size();
    for (size_t k = 0; k < count; ++k) {
      const Let l = lets_.lets()[k];
      all.emplace_back(l.name, lets_(Tangents(partials_, all, namer()).push_forward(l.value)));
    }
    Tangents tangents(partials_, all, namer());
    for (size_t k = 0; k < g.size(); ++k)
      add("hvp", {entry_.wrt[k]}, as_column(ctx_, tangents.push_forward(as_column(ctx_, g[k]))));
  }

  void jacobian() {
    for (Ref x : entry_.wrt) add("jac", {x}, as_column(ctx_, TensorOperators(partials_).jacobian(body_, x)));
  }

  // ---- compressed matrices: their diagonals ----

  bool is_compressed() const { return entry_.layout.sparsity != Sparsity::dense; }

  bool by_point(Ref x) const {
    return std::find(entry_.points.begin(), entry_.points.end(), x) != entry_.points.end();
  }

  // The variables by number in `wrt`: of a matrix of all points those that the points share come first.
  std::vector<size_t> order() const {
    std::vector<size_t> out(entry_.wrt.size());
    std::iota(out.begin(), out.end(), size_t{0});
    std::stable_partition(out.begin(), out.end(),
                          [&](size_t k) { return !entry_.batch || !by_point(entry_.wrt[k]); });
    return out;
  }

  std::vector<CompressedSide> variables(const std::vector<size_t>& order) const {
    std::vector<CompressedSide> sides;
    for (size_t k : order) sides.push_back({entry_.wrt[k], ctx_.shape_of(entry_.wrt[k]).extents});
    return sides;
  }

  void compressed_jacobian() {
    const std::vector<CompressedSide> value{{{}, ctx_.shape_of(body_).extents}};
    const size_t axes = value[0].extents.size();
    const bool by_rows = entry_.layout.sparsity == Sparsity::csr;
    const std::vector<size_t> order = this->order();
    const std::vector<CompressedSide> by = variables(order);
    compress("jac", by_rows ? value : by, by_rows ? by : value, [&](size_t line, size_t across) {
      const Ref x = entry_.wrt[order[by_rows ? across : line]];
      const Ref block = as_column(ctx_, TensorOperators(partials_).jacobian(body_, x));
      return by_rows ? block : with_first_axes_last(block, axes);
    });
  }

  // It is symmetric: its columns are its rows, and what stands on one side of the diagonal also on the other.
  void compressed_hessian() {
    const std::vector<Ref> g = pulled_back(one);
    if (!entry_.layout.only) each("grad", g);
    const std::vector<size_t> order = this->order();
    compress("hess", variables(order), variables(order), [&](size_t l, size_t a) {
      const size_t line = order[l], across = order[a], i = std::min(line, across), j = std::max(line, across);
      const Ref block =
          as_column(ctx_, TensorOperators(partials_).jacobian(as_column(ctx_, g[i]), entry_.wrt[j]));
      return line <= across ? block : with_first_axes_last(block, ctx_.shape_of(entry_.wrt[i]).order());
    });
  }

  void compress(const char* name, std::vector<CompressedSide> lines, std::vector<CompressedSide> across,
                const BlockOf& block_of) {
    std::vector<Ref> by;  // the variables of the block
    const auto expanded = [&](size_t l, size_t a) {
      by.clear();
      for (Ref x : {lines[l].variable, across[a].variable}) {
        if (x) by.push_back(x);
      }
      return expand_tensor(ctx_, block_of(l, a), Holds::where_given);
    };
    const auto append = [&](Ref entries) {
      add(name, by, entries);
      outputs_.back().is_diagonal = true;
    };
    const std::string what =
        request_text({entry_.kind, entry_.layout}) + " of '" + entry_.function->name + "'";
    entry_.matrix = compressed_matrix(ctx_, lines, across, entry_.layout, what, expanded, append);
    if (!entry_.batch || !is_mixed(entry_.wrt, entry_.points)) return;
    const auto shared = [&](const std::vector<CompressedSide>& sides) {
      return static_cast<size_t>(std::count_if(sides.begin(), sides.end(), [&](const CompressedSide& s) {
        return !s.variable || !by_point(s.variable);
      }));
    };
    entry_.matrix.of_all_points = true;
    entry_.matrix.shared_lines = shared(lines);
    entry_.matrix.shared_across = shared(across);
  }

  Ref with_first_axes_last(Ref block, size_t count) {
    const std::vector<Ref> extents = ctx_.shape_of(block).extents;
    if (count == 0 || count == extents.size()) return block;
    IndexedBuilder b(ctx_);
    std::vector<Label> labels;
    for (Ref e : extents) labels.push_back(b.label(e));
    b.factor(block, labels);
    std::rotate(labels.begin(), labels.begin() + static_cast<ptrdiff_t>(count), labels.end());
    return b.build(labels);
  }

  void hessian() {
    const std::vector<Ref> g = pulled_back(one);
    const bool lower = entry_.layout.lower;
    if (!entry_.layout.only) each("grad", g);
    for (size_t i = 0; i < g.size(); ++i) {
      for (size_t j = lower ? 0 : i; j < (lower ? i + 1 : g.size()); ++j) {
        const Ref full = TensorOperators(partials_).jacobian(as_column(ctx_, g[i]), entry_.wrt[j]);
        const Ref block = as_column(ctx_, full);
        const bool cut = lower && i == j && ctx_[block].shape != scalar_shape;
        add("hess", {entry_.wrt[i], entry_.wrt[j]}, cut ? triangle(ctx_, block, true) : block);
      }
    }
  }

  Context& ctx_;
  TensorEntry& entry_;
  Partials partials_;
  DerivativeLets lets_;
  Ref body_;
  std::vector<TensorOutput> outputs_;
};

class Collector {
 public:
  Collector(Context& ctx, const Model& model) : ctx_(ctx), model_(model) {}

  std::vector<TensorEntry> run() {
    std::vector<TensorEntry> entries;
    for (const OutputRequest& r : output_requests(ctx_, model_))
      entries.push_back(placed(r.span, [&] { return entry(r); }));
    return entries;
  }

  TensorEntry entry(const OutputRequest& request) {
    const ModelFunction& f = *request.function;
    TensorEntry e;
    e.kind = request.kind;
    e.function = &f;
    e.arguments = argument_symbols(ctx_, model_, f);
    e.batch = request.batch;
    e.layout = request.layout;
    e.points = batch_points(ctx_, request, e.arguments);
    if (e.kind != Output::value) e.wrt = request.wrt;
    refuse_complex(f, e);
    refuse_second_of_orthogonal(e, request.span);
    refuse_layout(e, request.span);
    add_directions(e);
    collect_dims(e);
    StableForms forms(ctx_);
    const Ref body = model_.stable ? forms(f.body) : f.body;
    Derivation derivation(ctx_, e, body, next_let_);
    std::vector<TensorOutput> outputs = derivation.run();
    next_let_ += static_cast<uint32_t>(derivation.lets().size());
    const WrittenConditions written(ctx_, body);
    NormsAtZero norms(ctx_, model_.stable ? body : zero);
    TensorLowering lowering(ctx_, e.program);
    const auto at_zero = [&](Ref r) { return model_.stable ? with_logs_at_zero(ctx_, r) : r; };
    std::unordered_map<Ref, Ref> values;
    for (const Let& l : derivation.lets()) values.emplace(l.name, l.value);
    const auto value_of = [&](Ref r) {
      const auto at = values.find(r);
      return at == values.end() ? r : at->second;
    };
    const auto slope = [&](Ref r) { return model_.stable ? forms.in_derivatives({&r, 1}, value_of)[0] : r; };
    const auto safe = [&](Ref r) { return within_branches(ctx_, at_zero(norms(written(slope(r))))); };
    for (const Let& l : derivation.lets()) lowering.define(l.name, safe(l.value));
    std::vector<Ref> roots;
    for (const TensorOutput& o : outputs)
      roots.push_back(o.name == "value" ? at_zero(o.value) : safe(o.value));
    e.has_norms = norms.found();
    e.forms = forms.found();
    const std::vector<Ref> atoms = lowering.lower_all(roots);
    for (size_t k = 0; k < outputs.size(); ++k) outputs[k].value = atoms[k];
    e.program.outputs = std::move(outputs);
    drop_dead_lets(ctx_, e.program);
    if (e.kind != Output::value) {
      const Ref value = as_column(ctx_, body);
      e.value.outputs.push_back({"value", {}, ctx_[value].shape, {}});
      e.value.outputs[0].value = TensorLowering(ctx_, e.value).lower_all({{at_zero(value)}})[0];
      drop_dead_lets(ctx_, e.value);
    }
    return e;
  }

 private:
  void refuse_complex(const ModelFunction& f, const TensorEntry& e) const {
    std::vector<Ref> roots{f.body};
    for (const auto& list : {e.arguments, e.wrt}) roots.insert(roots.end(), list.begin(), list.end());
    for (Ref s : symbols_of(ctx_, roots)) {
      if (!ctx_.symbol(s).complex) continue;
      refuse(Code::not_yet_available, f.span,
             "code for the complex '" + ctx_.symbol(s).name + "' is not yet available");
    }
    for (Ref r : nodes_below(ctx_, f.body)) {
      if (ctx_.kind(r) == Kind::constant && static_cast<Constant>(ctx_[r].tag) == Constant::im)
        refuse(Code::not_yet_available, f.span, "code for complex values is not yet available");
    }
  }

  void refuse_layout(const TensorEntry& e, Span span) const {
    if (e.layout.sparsity != Sparsity::dense) {
      if (e.batch && is_mixed(e.wrt, e.points)) refuse_interleaved({e.kind, e.layout}, span);
      return;
    }
    for (Ref x : e.wrt) {
      if (!e.layout.lower || ctx_.shape_of(x).order() <= 1) continue;
      refuse(Code::not_yet_available, span,
             "the lower half of a Hessian by '" + ctx_.symbol(x).name +
                 "', which is no vector, is not yet available",
             "ask for hess, or take the entries as a vector");
    }
  }

  // The straight second derivative is not the one along the orthogonal matrices.
  void refuse_second_of_orthogonal(const TensorEntry& e, Span span) const {
    if (e.kind != Output::hess && e.kind != Output::hvp) return;
    for (Ref x : e.wrt) {
      if (ctx_.symbol(x).structure != Structure::orthogonal) continue;
      refuse(
          Code::not_yet_available, span,
          "second derivatives by '" + ctx_.symbol(x).name + "', which is orthogonal, are not yet available");
    }
  }

  void add_directions(TensorEntry& e) {
    const auto direction = [&](std::string name, ShapeId shape) {
      Symbol s;
      s.name = std::move(name);
      s.role = Role::placeholder;
      s.shape = shape;
      e.directions.push_back(ctx_.symbol(s));
    };
    if (e.kind == Output::vjp) direction("u", ctx_[e.function->body].shape);
    if (e.kind != Output::jvp && e.kind != Output::hvp) return;
    for (Ref x : e.wrt) direction(e.wrt.size() == 1 ? "v" : "v_" + ctx_.symbol(x).name, ctx_[x].shape);
  }

  // The dims that sizes and the formula speak of.
  void collect_dims(TensorEntry& e) {
    std::vector<Ref> roots{e.function->body};
    if (e.function->written) roots.push_back(e.function->written);
    for (Ref s : e.arguments) {
      const auto& extents = ctx_.shape_of(s).extents;
      roots.insert(roots.end(), extents.begin(), extents.end());
    }
    const auto& own = ctx_.shape_of(e.function->body).extents;
    roots.insert(roots.end(), own.begin(), own.end());
    const std::vector<Ref> used = symbols_of(ctx_, roots);
    const auto append = [&](const std::vector<Ref>& list) {
      for (Ref s : list) {
        const bool known = std::find(e.dims.begin(), e.dims.end(), s) != e.dims.end();
        const bool needed = std::find(used.begin(), used.end(), s) != used.end();
        if (ctx_.symbol(s).role == Role::extent && needed && !known) e.dims.push_back(s);
      }
    };
    append(model_.declared);
    append(used);
  }

  [[noreturn]] static void refuse(Code code, Span span, std::string message, std::string help = {}) {
    throw Failure(code, span, std::move(message), std::move(help));
  }

  Context& ctx_;
  const Model& model_;
  uint32_t next_let_ = DerivativeLets::first_number;
};

}  // namespace

std::vector<TensorEntry> tensor_entry_points(Context& ctx, const Model& model) {
  return Collector(ctx, model).run();
}

TensorEntry value_alone(const TensorEntry& entry) {
  TensorEntry value;
  value.function = entry.function;
  value.dims = entry.dims;
  value.arguments = entry.arguments;
  value.batch = entry.batch;
  value.points = entry.points;
  value.program = entry.kind == Output::value ? entry.program : entry.value;
  return value;
}

TensorEntry tensor_entry(Context& ctx, const Model& model, const OutputRequest& request) {
  return Collector(ctx, model).entry(request);
}

}  // namespace nabla
