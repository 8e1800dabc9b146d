#include "session/dense_numbers.h"

#include <algorithm>
#include <cmath>

#include "eval/tape.h"
#include "expr/ball.h"
#include "expr/diagnostic.h"
#include "expr/indexed.h"
#include "expr/scalarize.h"
#include "expr/shape_text.h"
#include "expr/substitute.h"
#include "expr/walk.h"
#include "session/point.h"

namespace nabla {
namespace {

constexpr int64_t most_written_entries = 1024;  // of an array that is taken entry by entry

// Too large to be written out, or with an entry whose place depends on values: x[argmax(y)].
bool stays_whole(Context& ctx, Ref e) {
  for (Ref r : nodes_below(ctx, e)) {
    if (ctx.kind(r) == Kind::entry) {
      const auto places = ctx.operands(r).subspan(1);
      if (!std::all_of(places.begin(), places.end(), [&](Ref p) { return ctx.is_number(p); })) return true;
    }
    if (ctx[r].shape == scalar_shape) continue;
    const auto extents = constant_extents(ctx, ctx[r].shape);
    if (!extents) return true;
    int64_t n = 1;
    for (int64_t extent : *extents) {
      n *= std::clamp<int64_t>(extent, 1, most_written_entries + 1);
      if (n > most_written_entries) return true;
    }
  }
  return false;
}

// The first part without a value: its own parts have one.
template <class T>
[[noreturn]] void refuse_undefined(Context& ctx, Ref e, const DenseEvaluator<T>& evaluator) {
  for (Ref r : nodes_below(ctx, e)) {
    const DenseArray<T>* a = evaluator.computed(r);
    if (a == nullptr) continue;
    for (const T& v : a->entries) {
      const double size = dense::magnitude(v);
      if (std::isfinite(size)) continue;
      const char* what = std::isnan(size) ? "' is undefined" : "' is infinite or too large for a double";
      throw Failure(Code::undefined_value, "'" + short_text(ctx, r) + what);
    }
  }
  throw Failure(Code::undefined_value, "'" + short_text(ctx, e) + "' is undefined");
}

// A pole on the way whose infinity is no longer seen in the value: atan(log(0)). Of names alone, which are
// not rounded; branches and entries that are chosen are left out, as they may not be taken.
void refuse_poles(Context& ctx, Ref e, const DenseEvaluator<double>& evaluator) {
  const auto all_of = [&](Ref r) {
    const bool labelled = ctx.kind(r) == Kind::indexed || ctx.kind(r) == Kind::reduce;
    return ctx.kind(r) != Kind::select && !(labelled && !ctx.labelling(r).guards.empty());
  };
  for (Ref r : nodes_below(ctx, {&e, 1}, all_of)) {
    if (ctx.kind(r) != Kind::function || ctx.operands(r).size() != 1) continue;
    const Ref of = ctx.operands(r)[0];
    const DenseArray<double>* value = evaluator.computed(r);
    const DenseArray<double>* name = ctx.kind(of) == Kind::symbol ? evaluator.computed(of) : nullptr;
    auto* const ball = row(ctx.function_of(r)).ball;
    if (value == nullptr || name == nullptr || ball == nullptr) continue;
    if (value->entries.size() != name->entries.size()) continue;
    for (size_t k = 0; k < name->entries.size(); ++k) {
      const Ball at(name->entries[k], 64);
      if (std::isinf(value->entries[k]) && ball(&at, 64).is_undefined())
        throw Failure(Code::undefined_value, "'" + short_text(ctx, r) + "' is undefined");
    }
  }
}

template <class T>
DenseBinding evaluate(Context& ctx, Ref e, std::span<const DenseBinding> point) {
  DenseEvaluator<T> evaluator(ctx);
  for (const DenseBinding& b : point) {
    std::vector<T> entries(b.value.entries.begin(), b.value.entries.end());
    if constexpr (dense::IsComplex<T>::value) {
      for (size_t i = 0; i < b.imaginary.size(); ++i) entries[i].imag(b.imaginary[i]);
    }
    evaluator.set(b.name, {b.value.extents, std::move(entries)});
  }
  const DenseArray<T>& value = evaluator(e);
  if constexpr (!dense::IsComplex<T>::value) refuse_poles(ctx, e, evaluator);
  DenseBinding result{e, {value.extents, {}}};
  bool real = true;
  for (const T& v : value.entries) {
    if (!std::isfinite(dense::magnitude(v))) refuse_undefined(ctx, e, evaluator);
    real = real && dense::is_real(v);
    result.value.entries.push_back(dense::to_real(v));
    result.imaginary.push_back(dense::imaginary(v));
  }
  if (real) result.imaginary.clear();
  return result;
}

DenseBinding evaluated(Context& ctx, Ref e, std::span<const DenseBinding> point) {
  return has_complex_parts(ctx, e) ? evaluate<Complex>(ctx, e, point) : evaluate<double>(ctx, e, point);
}

std::vector<int64_t> extents_of(const Value& value, size_t order) {
  std::vector<int64_t> list;
  const size_t skipped = value.extents.size() - order;  // [[1, 2, 3]] for a row[3]
  for (size_t i = skipped; i < value.extents.size(); ++i) {
    list.push_back(static_cast<int64_t>(value.extents[i]));
  }
  return list;
}

}  // namespace

bool has_arrays(Context& ctx, Ref e) {
  const auto nodes = nodes_below(ctx, e);
  return std::any_of(nodes.begin(), nodes.end(),
                     [&](Ref r) { return ctx.kind(r) == Kind::symbol && ctx[r].shape != scalar_shape; });
}

bool has_complex_parts(Context& ctx, Ref e) {
  const auto nodes = nodes_below(ctx, e);
  return std::any_of(nodes.begin(), nodes.end(), [&](Ref r) { return (ctx[r].facts & complex_valued) != 0; });
}

std::optional<std::vector<Ref>> scalar_inputs(Context& ctx, Ref e) {
  if (stays_whole(ctx, e) || has_complex_parts(ctx, e)) return std::nullopt;
  try {
    return inputs_of(ctx, entries(ctx, e));
  } catch (const Failure& failure) {
    if (failure.diagnostic.code != Code::not_yet_available) throw;
    return std::nullopt;
  }
}

DensePoint dense_point(Context& ctx, Ref e, std::span<const Value> values, std::span<const Ref> known) {
  bind_values(ctx, values, {}, known);  // names, shapes and domains
  const auto extents = extents_of_values(ctx, values, known);
  DensePoint point;
  std::vector<Ref> names(known.begin(), known.end());
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  for (Ref name : names) {
    const Symbol& symbol = ctx.symbol(name);
    const auto dim = std::find_if(extents.begin(), extents.end(),
                                  [&](const auto& pair) { return pair.first == symbol.name; });
    if (symbol.role == Role::extent && dim != extents.end()) {
      point.push_back({name, {{}, {static_cast<double>(dim->second)}}});
    }
    if (symbol.role == Role::extent || symbol.role == Role::function || !contains(ctx, e, name)) continue;
    const auto value =
        std::find_if(values.begin(), values.end(), [&](const Value& v) { return v.name == symbol.name; });
    if (value == values.end()) {
      throw Failure(Code::missing_value, "'" + symbol.name + "' has no value", "--at " + symbol.name + "=1");
    }
    point.push_back(
        {name, {extents_of(*value, ctx.shape_of(name).order()), value->entries}, value->imaginary});
  }
  return point;
}

DensePoint dense_point(Context& ctx, std::span<const std::pair<Ref, Ref>> pairs) {
  DensePoint point;
  for (const auto& [name, value] : pairs) {
    point.push_back(evaluated(ctx, value, {}));
    DenseBinding& b = point.back();
    b.name = name;
    if (!b.imaginary.empty() && !(ctx[name].facts & complex_valued)) {
      throw Failure(Code::bad_value, "'" + short_text(ctx, name) + "' is real, and its value is complex");
    }
    if (ctx.kind(name) == Kind::symbol) check_structure(ctx.symbol(name), b.value);
  }
  return point;
}

Numbers dense_numbers(Context& ctx, Ref e, std::span<const DenseBinding> point) {
  DenseBinding result = evaluated(ctx, e, point);
  Numbers numbers;
  numbers.row = ctx.shape_of(e).row;
  for (int64_t n : result.value.extents) numbers.extents.push_back(static_cast<uint64_t>(n));
  numbers.entries = std::move(result.value.entries);
  numbers.imaginary = std::move(result.imaginary);
  return numbers;
}

Numbers constant_numbers(Context& ctx, Ref e) {
  try {
    if (!has_complex_parts(ctx, e)) return numbers_at_point(ctx, e, {}, {});
    return dense_numbers(ctx, e, {});
  } catch (const Failure& failure) {
    if (failure.diagnostic.code != Code::not_yet_available) throw;
    return dense_numbers(ctx, e, {});
  }
}

}  // namespace nabla
