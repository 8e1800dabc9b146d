#include "codegen/signature.h"

#include <algorithm>

#include "expr/diagnostic.h"

namespace nabla {
namespace {

Extents extents_of(const Context& ctx, Ref e) {
  Extents out;
  for (Ref n : ctx.shape_of(e).extents) out.push_back(static_cast<size_t>(ctx.value(n).as_int().value_or(0)));
  return out;
}

std::string camel_case(const std::string& name) {
  std::string out;
  bool up = true;
  for (char c : name) {
    if (c == '_') {
      up = true;
      continue;
    }
    out += up && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    up = false;
  }
  return out;
}

class Namer {
 public:
  Namer(Context& ctx, const std::vector<EntryPoint>& entries, const std::string& scalar)
      : ctx_(ctx), entries_(entries), names_(user_names()) {
    out_.is_template = scalar == "template";
    out_.scalar = out_.is_template ? first_free({"T", "Real", "Scalar"}) : scalar;
  }

  HeaderNames run() {
    out_.runtime = names_.fresh("rt");
    out_.result = names_.fresh("result");
    out_.row = names_.fresh("row");
    out_.pi = names_.fresh("pi");
    out_.e = names_.fresh("e");
    out_.guard = names_.fresh("NotInteger");
    out_.places = names_.fresh("w");
    const bool batch = std::any_of(entries_.begin(), entries_.end(), [](const auto& e) { return e.batch; });
    if (batch) out_.batch = batch_names(names_);
    for (const EntryPoint& e : entries_) out_.signatures.push_back(signature(e));
    return std::move(out_);
  }

 private:
  std::vector<std::string> user_names() const {
    std::vector<std::string> names;
    for (const EntryPoint& e : entries_) {
      names.push_back(e.function->name);
      for (Ref s : e.arguments) names.push_back(ctx_.symbol(s).name);
    }
    return names;
  }

  std::string first_free(const std::vector<std::string>& wishes) {
    const std::vector<std::string> taken = user_names();
    for (const std::string& w : wishes) {
      if (std::find(taken.begin(), taken.end(), w) == taken.end()) return names_.fresh(w);
    }
    return names_.fresh(wishes.back());
  }

  Signature signature(const EntryPoint& e) {
    Signature s;
    const std::string& function = names_.of(e.function->name);
    if (e.batch) {
      const std::string of = e.kind == Output::value ? "" : "_" + output_suffix(e);
      s.name = entry_name(e, function + of + "_batch");
      s.batch = batch_signature(ctx_, e, out_.batch, names_);
      if (s.batch.pattern) {
        s.pattern = names_.fresh(s.name + "_pattern");
        s.nonzeros = names_.fresh(s.name + "_nonzeros");
      } else {
        s.pattern = pattern_of_single(e, s.batch.results.back());
      }
      return s;
    }
    if (e.kind == Output::value) {
      s.name = function;
    } else {
      s.name = entry_name(e, function + "_" + output_suffix(e));
      s.structure = names_.fresh(camel_case(s.name));
    }
    s.parts = names_.fresh(s.name + "_parts");
    if (e.layout.sparsity != Sparsity::dense) s.pattern = names_.fresh(s.name + "_pattern");
    for (Ref a : e.arguments) add_parameter(s, {names_.of(ctx_.symbol(a).name), extents_of(ctx_, a)});
    const Extents value = extents_of(ctx_, e.function->body);
    const Extents gradient = gradient_extents(e);
    if (!e.direction.empty()) {
      const bool is_v = e.kind != Output::vjp;
      add_parameter(s, {is_v ? direction_name(v_, "v") : direction_name(u_, "u"), is_v ? gradient : value});
    }
    for (size_t o = 0; o < e.program.outputs.size(); ++o) {
      s.results.push_back(result(e, e.program.outputs[o].name, value, gradient));
      if (!e.loops) add_pattern(s.results.back(), e, e.plan.outputs[o], s.pattern);
    }
    return s;
  }

  static std::string output_suffix(const EntryPoint& e) {
    return std::string(output_name(e.kind)) + layout_suffix(e.layout);
  }

  // A batch is asked for together with the function of one point.
  std::string pattern_of_single(const EntryPoint& e, const BatchResult& matrix) const {
    for (size_t i = out_.signatures.size(); i-- > 0;) {
      const EntryPoint& other = entries_[i];
      if (!other.batch && other.function == e.function && other.kind == e.kind && other.layout == e.layout &&
          other.wrt == e.wrt) {
        const Signature& single = out_.signatures[i];
        if (!single.pattern.empty() && single.results.back().pattern.entries != matrix.entries)
          throw Failure(Code::internal_error, "a batch has another pattern than its single function");
        return single.pattern;
      }
    }
    return "";
  }

  static void add_pattern(ResultMember& r, const EntryPoint& e, const std::vector<StepId>& steps,
                          const std::string& pattern) {
    const bool matrix = r.name == "jac" || r.name == "hess";
    r.pattern =
        pattern_of(e.plan, steps, matrix ? e.variables.size() : 1, matrix ? e.layout : OutputLayout{});
    if (!r.pattern.is_compressed()) return;
    r.extents = {r.pattern.entries.size()};
    r.comment = "the numbers of " + pattern;
  }

  // price_grad; where that is asked for twice, with the variables that the later one has.
  std::string entry_name(const EntryPoint& e, const std::string& wish) {
    const auto used = [&](const std::string& name) {
      return std::any_of(out_.signatures.begin(), out_.signatures.end(),
                         [&](const Signature& s) { return s.name == name; });
    };
    if (!used(wish)) return names_.fresh(wish);
    std::string longer = wish;
    for (Ref s : e.wrt) longer += "_" + names_.of(ctx_.symbol(s).name);
    return names_.fresh(longer);
  }

  std::string direction_name(std::string& known, const char* wish) {
    if (known.empty()) known = names_.fresh(wish);
    return known;
  }

  void add_parameter(Signature& s, Parameter p) const {
    for (size_t k = 0; k < entry_count(p.extents); ++k)
      s.inputs.push_back(p.name + array_index(p.extents, k));
    s.parameters.push_back(std::move(p));
  }

  Extents gradient_extents(const EntryPoint& e) const {
    if (e.wrt.size() == 1 && ctx_.shape_of(e.wrt[0]).order() > 0) return extents_of(ctx_, e.wrt[0]);
    return {e.variables.size()};
  }

  ResultMember result(const EntryPoint& e, const std::string& name, const Extents& value,
                      const Extents& gradient) const {
    const size_t n = e.variables.size();
    if (e.kind == Output::value) return {"", value, "", {}};
    if (name == "value") return {name, value, "", {}};
    if (name == "jvp") return {name, value, "the derivative along v", {}};
    if (name == "hess" && e.layout.lower)
      return {name, {n, n}, "the lower half of the second derivatives by " + order(e) + "; 0 above", {}};
    if (name == "hess") return {name, {n, n}, "second derivatives, symmetric", {}};
    if (name == "jac")
      return {name, {e.values, n}, "entry [i][j]: of value i by variable j, " + order(e), {}};
    if (name == "hvp") return {name, gradient, "the Hessian times v", {}};
    return {name, gradient, (name == "vjp" ? "u' times the Jacobian, by " : "by ") + order(e), {}};
  }

  std::string order(const EntryPoint& e) const {
    std::string out;
    for (Ref s : e.wrt) out += (out.empty() ? "" : ", ") + names_.of(ctx_.symbol(s).name);
    return out;
  }

  Context& ctx_;
  const std::vector<EntryPoint>& entries_;
  Identifiers names_;
  HeaderNames out_;
  std::string v_, u_;
};

}  // namespace

std::string array_type(const std::string& scalar, const Extents& extents) {
  std::string out = scalar;
  for (auto n = extents.rbegin(); n != extents.rend(); ++n)
    out = "std::array<" + out + ", " + std::to_string(*n) + ">";
  return out;
}

std::string array_index(const Extents& extents, size_t index) {
  std::string out;
  for (auto n = extents.rbegin(); n != extents.rend(); ++n) {
    out.insert(0, "[" + std::to_string(index % *n) + "]");
    index /= *n;
  }
  return out;
}

size_t entry_count(const Extents& extents) {
  size_t n = 1;
  for (size_t k : extents) n *= k;
  return n;
}

HeaderNames header_names(Context& ctx, const std::vector<EntryPoint>& entries, const std::string& scalar) {
  return Namer(ctx, entries, scalar).run();
}

}  // namespace nabla
