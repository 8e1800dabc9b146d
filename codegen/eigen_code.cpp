#include "codegen/eigen_code.h"

#include <algorithm>

#include "codegen/eigen_call.h"
#include "codegen/eigen_counts.h"
#include "codegen/eigen_expression.h"
#include "codegen/emit.h"
#include "codegen/place_code.h"
#include "codegen/solves.h"
#include "expr/diagnostic.h"

namespace nabla {
namespace {

class EigenWriter {
 public:
  EigenWriter(Context& ctx, const TensorEntry& entry, const TensorSignature& signature,
              const TensorNames& names, const EigenTypes& types)
      : ctx_(ctx),
        entry_(entry),
        signature_(signature),
        names_(names),
        types_(types),
        nests_(ctx, style_, out_.needs) {
    style_ = nest_style(names);
    style_.atom = [this](Ref r) { return atom(r); };
    style_.number = [this](Ref r) { return number(r); };
    style_.entry = [this](Ref r, const std::vector<std::string>& at) { return entry_text(r, at, true); };
    style_.position = [this](Ref r, const std::vector<std::string>& at) { return entry_text(r, at, false); };
  }
  EigenWriter(const EigenWriter&) = delete;
  EigenWriter& operator=(const EigenWriter&) = delete;

  EigenCode run() {
    const TensorProgram& p = entry_.program;
    for (size_t o = 0; o < p.outputs.size(); ++o) {
      const bool direct = ctx_.kind(p.outputs[o].value) == Kind::let && p.outputs[o].shape != scalar_shape;
      if (direct) direct_.try_emplace(p.outputs[o].value, o);
    }
    solves_ = solves_of(ctx_, p);
    for (const Let& l : p.lets) let(l);
    for (const bool returned : {false, true}) {  // the value that is returned comes last
      for (size_t o = 0; o < p.outputs.size(); ++o) {
        if (signature_.outputs[o].empty() == returned) output(o);
      }
    }
    return std::move(out_);
  }

 private:
  // ---- names ----

  std::string atom(Ref r) {
    if (ctx_.kind(r) == Kind::let) return lets_.at(r);
    if (ctx_.kind(r) == Kind::entry) return entry_at(r, false);
    out_.used.insert(r);
    return names_.symbols.at(r);
  }

  std::string number(Ref r) {
    if (ctx_.kind(r) == Kind::entry) return entry_at(r, true);
    std::string text = atom(r);
    if (ctx_.kind(r) == Kind::let) return text;
    const bool integer = ctx_.symbol(r).role == Role::extent || is_integer_data(ctx_, entry_, r);
    return integer ? "static_cast<" + names_.scalar + ">(" + text + ")" : text;
  }

  std::string array(Ref r) {
    if (ctx_.kind(r) == Kind::let) return lets_.at(r);
    out_.used.insert(r);
    return names_.symbols.at(r);
  }

  std::string entry_at(Ref r, bool as_number) {
    std::vector<std::string> at;
    const std::vector<Ref> list(ctx_.operands(r).begin(), ctx_.operands(r).end());
    for (size_t k = 1; k < list.size(); ++k) at.push_back(nests_.position(list[k]));
    return entry_text(list[0], at, as_number);
  }

  std::string entry_text(Ref r, const std::vector<std::string>& at, bool as_number) {
    const std::string text = array(r) + "(" + place(ctx_[r].shape, at) + ")";
    const bool integer = as_number && ctx_.kind(r) == Kind::symbol && is_integer_data(ctx_, entry_, r);
    return integer ? "static_cast<" + names_.scalar + ">(" + text + ")" : text;
  }

  // "i, j"; of three and more axes the row-major place.
  std::string place(ShapeId shape, const std::vector<std::string>& at) {
    if (at.empty()) return "0";
    std::string out = at[0];
    for (size_t k = 1; k < at.size(); ++k) {
      if (at.size() == 2) return out + ", " + at[1];
      const std::string before = out.find(' ') == std::string::npos ? out : "(" + out + ")";
      out =
          before + " * " + index_text(ctx_, ctx_.shape(shape).extents[k], style_.atom, true) + " + " + at[k];
    }
    return out;
  }

  NestCode::Target target(const std::string& name, ShapeId shape) {
    return [this, name, shape](const std::vector<std::string>& at) {
      return name + "(" + place(shape, at) + ")";
    };
  }

  const std::string& type(ShapeId shape) const {
    return ctx_.shape(shape).order() == 2 ? types_.matrix : types_.vector;
  }

  std::string sizes(ShapeId shape) {
    const std::vector<Ref> extents = ctx_.shape(shape).extents;
    if (extents.size() == 2)
      return index_text(ctx_, extents[0], style_.atom, false) + ", " +
             index_text(ctx_, extents[1], style_.atom, false);
    return index_text(ctx_, ctx_.product(extents), style_.atom, false);
  }

  // ---- statements ----

  void let(const Let& l) {
    if (lets_.count(l.name) != 0) return;  // the determinant of a matrix asked for its factors
    if (const Ref matrix = determinant_of(l.value)) {
      for (const Let& f : entry_.program.lets) {
        if (solves_.factored.count(f.name) != 0 && ctx_.operands(f.value)[0] == matrix) let(f);
      }
    }
    const ShapeId shape = ctx_[l.name].shape;
    const bool scalar = shape == scalar_shape;
    const auto direct = direct_.find(l.name);
    std::string name;
    if (direct != direct_.end()) {
      name = signature_.outputs[direct->second];
    } else {
      name = scalar ? names_.scalars.at(scalars_++) : names_.arrays.at(arrays_++);
    }
    if (solves_.factored.count(l.name) != 0) {
      factors(l, name);
    } else if (const auto s = solves_.products.find(l.name); s != solves_.products.end()) {
      const std::vector<Ref> extents = ctx_.shape(shape).extents;
      out_.needs.count.add_call(ctx_, "solve",
                                eigen_solve(ctx_, extents[0], extents.size() == 2 ? extents[1] : one));
      append_wrapped(out_.text, "  ",
                     (direct == direct_.end() ? "const " + type(shape) + " " : "") + name + " = " +
                         array(s->second.inverse) +
                         (s->second.transposed ? ".solve_transposed(" : ".solve(") + array(s->second.right) +
                         ");");
    } else if (const auto f = factors_.find(determinant_of(l.value)); f != factors_.end()) {
      append_wrapped(out_.text, "  ",
                     "const " + names_.scalar + " " + name + " = " + f->second + ".log_determinant();");
      out_.needs.count.add_call(
          ctx_, "logdet", eigen_log_of_pivots(ctx_, rows(f->first), is_declared_definite(ctx_, f->first)));
    } else {
      statement(l.value, shape, name, direct == direct_.end());
    }
    lets_[l.name] = name;
  }

  void factors(const Let& l, const std::string& name) {
    const Ref matrix = ctx_.operands(l.value)[0];
    out_.helpers.insert("Factors");
    out_.needs.count.add_call(ctx_, "factors",
                              eigen_factors(ctx_, rows(matrix), is_declared_definite(ctx_, matrix)));
    append_wrapped(out_.text, "  ",
                   "const " + names_.algebra + "::Factors " + name + "(" + array(matrix) + ");");
    factors_[matrix] = name;
  }

  Ref rows(Ref matrix) const { return ctx_.shape_of(matrix).extents[0]; }

  // The matrix whose log-determinant the value is.
  Ref determinant_of(Ref value) const {
    const bool is_logdet = ctx_.kind(value) == Kind::function && ctx_.function_of(value) == Fn::logdet;
    return is_logdet ? ctx_.operands(value)[0] : Ref{};
  }

  void statement(Ref value, ShapeId shape, const std::string& name, bool declare) {
    const EigenText text{[this](Ref r) { return array(r); }, [this](Ref r) { return number(r); },
                         names_.scalar};
    const bool scalar = shape == scalar_shape;
    const std::string constant = scalar ? "const " + names_.scalar + " " : "const " + type(shape) + " ";
    if (const auto e = eigen_expression(ctx_, value, text)) {
      count(*make_nest(ctx_, value));
      const char* assign = e->is_product && !declare ? ".noalias() = " : " = ";
      return append_wrapped(out_.text, "  ", (declare ? constant : "") + name + assign + e->text + ";");
    }
    if (const auto nest = make_nest(ctx_, value)) {
      if (scalar) {
        out_.text += nests_.scalar(*nest, name, "  ");
        return;
      }
      if (declare) declare_array(name, shape);
      out_.text += nests_.fill(*nest, target(name, shape), "  ");
      return;
    }
    if (only_places(ctx_, value)) {
      if (declare) declare_array(name, shape);
      out_.text += place_code(ctx_, value, style_, nests_, target(name, shape), "  ");
      count_places(ctx_, value, out_.needs.count);
      return;
    }
    const EigenCall call = eigen_call(ctx_, value, names_.algebra, text, style_);
    out_.helpers.insert(call.helpers.begin(), call.helpers.end());
    out_.needs.count.add_call(ctx_,
                              ctx_.kind(value) == Kind::function
                                  ? std::string(row(ctx_.function_of(value)).name)
                                  : "a power of a matrix",
                              eigen_count(ctx_, value));
    out_.matrix_functions = out_.matrix_functions || call.matrix_functions;
    if (call.lines.empty()) {
      return append_wrapped(out_.text, "  ", (declare ? constant : "") + name + " = " + call.text + ";");
    }
    if (declare) declare_array(name, shape);
    for (const std::string& line : call.lines) append_wrapped(out_.text, "  ", with_target(line, name));
  }

  // An expression of Eigen. Numbers that multiply a sum of products do so once for each entry.
  void count(const Nest& nest) {
    Cost cost = cost_of(ctx_, nest);
    if (nest.gathering == Gathering::sum) {
      const auto arrays = static_cast<uint64_t>(std::count_if(nest.accesses.begin(), nest.accesses.end(),
                                                              [](const Access& a) { return !a.at.empty(); }));
      Cost once;
      once.operations = cost.operations - std::min(cost.operations, arrays);
      cost.operations -= once.operations;
      Turns entries;
      entries.factors.assign(nest.extents.begin(),
                             nest.extents.begin() + static_cast<ptrdiff_t>(nest.outputs));
      out_.needs.count.add(ctx_, once, entries);
    }
    out_.needs.count.add(ctx_, cost, turns_of(ctx_, nest));
  }

  // A line of a call says @ for its target.
  static std::string with_target(std::string line, const std::string& name) {
    const size_t at = line.find('@');
    return at == std::string::npos ? line : line.replace(at, 1, name);
  }

  void declare_array(const std::string& name, ShapeId shape) {
    append_wrapped(out_.text, "  ", type(shape) + " " + name + "(" + sizes(shape) + ");");
  }

  void output(size_t o) {
    const TensorOutput& output = entry_.program.outputs[o];
    const std::string& name = signature_.outputs[o];
    const auto direct = direct_.find(output.value);
    if (direct != direct_.end() && direct->second == o) return;
    if (output.shape == scalar_shape) {
      out_.text +=
          nests_.statement(*make_nest(ctx_, output.value), name.empty() ? "return " : name + " = ", "  ");
    } else {
      statement(output.value, output.shape, name, false);
    }
  }

  Context& ctx_;
  const TensorEntry& entry_;
  const TensorSignature& signature_;
  const TensorNames& names_;
  const EigenTypes& types_;
  EigenCode out_;
  NestStyle style_;
  NestCode nests_;
  std::unordered_map<Ref, std::string> lets_;
  std::unordered_map<Ref, size_t> direct_;  // lets that are written as this output
  Solves solves_;
  std::unordered_map<Ref, std::string> factors_;  // by matrix
  size_t arrays_ = 0, scalars_ = 0;
};

}  // namespace

EigenCode eigen_code(Context& ctx, const TensorEntry& entry, const TensorSignature& signature,
                     const TensorNames& names, const EigenTypes& types) {
  return EigenWriter(ctx, entry, signature, names, types).run();
}

}  // namespace nabla
