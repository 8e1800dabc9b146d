#include "codegen/product_code.h"

#include <algorithm>

namespace nabla {
namespace {

constexpr int small = 8;  // a loop over fewer turns is written out as well

// Which axis of the access runs along the label; nullopt: none.
std::optional<size_t> axis_of(const Access& a, Label l) {
  for (size_t k = 0; k < a.at.size(); ++k) {
    if (a.at[k] == Place{l, zero}) return k;
  }
  return std::nullopt;
}

class ProductWriter {
 public:
  ProductWriter(Context& ctx, const Nest& nest, Ref result, bool adds, const ProductText& text)
      : ctx_(ctx),
        nest_(nest),
        summed_(static_cast<Label>(nest.outputs)),
        result_(result),
        adds_(adds ? "true" : "false"),
        text_(text) {}

  std::optional<std::string> run(const NestCode& nests) {
    const Nest& n = nest_;
    const bool plain = n.gathering == Gathering::sum && n.conditions.empty() && n.tests.empty() &&
                       n.locals.empty() && n.extents.size() == n.outputs + 1 && n.accesses.size() == 2;
    if (!plain || ctx_.kind(n.body) != Kind::product || ctx_[n.body].count != 2) return std::nullopt;
    for (const Access& a : n.accesses) {
      const auto list = ctx_.operands(n.body);
      if (std::find(list.begin(), list.end(), a.placeholder) == list.end() || !is_whole(nests, a))
        return std::nullopt;
    }
    for (size_t k = 0; k < 2; ++k) {
      if (auto code = n.outputs == 1 ? of_vector(n.accesses[k], n.accesses[1 - k])
                                     : of_matrices(n.accesses[k], n.accesses[1 - k]))
        return code;
    }
    return std::nullopt;
  }

 private:
  // An array of numbers, each axis along a label of its own.
  bool is_whole(const NestCode& nests, const Access& a) const {
    const Kind kind = ctx_.kind(a.array);
    if ((kind != Kind::symbol && kind != Kind::let) || !nests.address(a)) return false;
    for (size_t k = 0; k < a.at.size(); ++k) {
      if (a.at[k].label == no_label || a.at[k].offset != zero) return false;
      for (size_t j = 0; j < k; ++j) {
        if (a.at[j].label == a.at[k].label) return false;
      }
    }
    return true;
  }

  bool is_small(Label l) const {
    const Ref e = nest_.extents[l];
    return ctx_.is_number(e) && ctx_.value(e) < Rational(small);
  }
  std::string extent(Label l) const { return index_text(ctx_, nest_.extents[l], text_.style.atom, false); }

  std::string call(const char* name, const std::vector<std::string>& arguments) const {
    text_.needs.runtime.insert(name);
    Cost multiply_and_add;
    multiply_and_add.operations = 2;
    text_.needs.count.add(ctx_, multiply_and_add, {nest_.extents});
    text_.needs.on_lanes.insert("select");
    std::string out = text_.style.runtime + "::" + name + "<" + text_.style.scalar + ">(";
    for (const std::string& a : arguments) out += a + ", ";
    return out + adds_ + ");";
  }

  // The matrix and the vector of an entry sum(m[i, k]*v[k]).
  std::optional<std::string> of_vector(const Access& m, const Access& v) const {
    if (m.at.size() != 2 || v.at.size() != 1 || !axis_of(v, summed_)) return std::nullopt;
    const auto along = axis_of(m, summed_);
    if (!along || !axis_of(m, 0) || is_small(summed_) || is_small(0)) return std::nullopt;
    const std::string matrix = text_.first(m.array), step = text_.step(m.array, 0),
                      vector = text_.first(v.array), result = text_.first(result_);
    if (*along == 1)
      return call("column_product", {extent(0), extent(summed_), matrix, step, vector, result});
    return call("row_product", {extent(summed_), extent(0), vector, matrix, step, result});
  }

  // sum(a[i, k]*b[k, j]), a transposed or not.
  std::optional<std::string> of_matrices(const Access& a, const Access& b) const {
    if (nest_.outputs != 2 || a.at.size() != 2 || b.at.size() != 2) return std::nullopt;
    const auto row = axis_of(a, 0), column = axis_of(a, summed_);
    const bool by_rows = axis_of(b, summed_) == size_t{0} && axis_of(b, 1) == size_t{1};
    if (!row || !column || !by_rows || is_small(summed_) || is_small(1)) return std::nullopt;
    return call("matrix_product",
                {extent(0), extent(summed_), extent(1), text_.first(a.array), text_.step(a.array, *row),
                 text_.step(a.array, *column), text_.first(b.array), text_.step(b.array, 0),
                 text_.first(result_), text_.step(result_, 0)});
  }

  Context& ctx_;
  const Nest& nest_;
  Label summed_;
  Ref result_;
  std::string adds_;
  const ProductText& text_;
};

}  // namespace

std::optional<std::string> product_code(Context& ctx, const Nest& nest, const NestCode& nests, Ref result,
                                        bool adds, const ProductText& text) {
  // Each number is a vector already, or the kernels, which are templates, cannot be said.
  if (!text.style.lanes_of.empty() || text.style.spelling.is_c()) return std::nullopt;
  return ProductWriter(ctx, nest, result, adds, text).run(nests);
}

}  // namespace nabla
