#include "codegen/loops_call.h"

#include <algorithm>

#include "codegen/emit.h"
#include "codegen/runtime_blocks.h"
#include "codegen/runtime_counts.h"
#include "codegen/solves.h"
#include "codegen/storage.h"
#include "codegen/tensor_program.h"
#include "expr/diagnostic.h"
#include "expr/tensor.h"

namespace nabla {
namespace {

// A function of one square matrix in runtime/nabla_matrix.h.
struct SquareFunction {
  Fn fn;
  const char* name;
  bool scalar;
  int squares;  // of workspace
};
constexpr SquareFunction square_functions[] = {
    {Fn::det, "determinant", true, 1},
    {Fn::logdet, "log_determinant", true, 1},
    {Fn::adj, "adjugate", false, 1},
    {Fn::chol, "cholesky", false, 0},
};

// A function of the entries of a vector, along rows or down columns.
struct LineFunction {
  Fn fn;
  const char* name;
  bool scalar;
};
constexpr LineFunction line_functions[] = {
    {Fn::norm1, "norm1", true},      {Fn::norm2, "norm2", true},
    {Fn::norminf, "norminf", true},  {Fn::normF, "norm2", true},
    {Fn::argmax, "argmax", true},    {Fn::logsumexp, "logsumexp", true},
    {Fn::softmax, "softmax", false}, {Fn::log_softmax, "log_softmax", false},
};

const SquareFunction* find_square(Fn f) {
  for (const SquareFunction& s : square_functions) {
    if (s.fn == f) return &s;
  }
  return nullptr;
}

const LineFunction* find_line(Fn f) {
  for (const LineFunction& s : line_functions) {
    if (s.fn == f) return &s;
  }
  return nullptr;
}

class Caller {
 public:
  Caller(Context& ctx, Ref value, std::string target, std::string scratch, const CallText& text,
         std::string indent)
      : ctx_(ctx),
        value_(value),
        list_(ctx.operands(value).begin(), ctx.operands(value).end()),
        target_(std::move(target)),
        scratch_(std::move(scratch)),
        text_(text),
        indent_(std::move(indent)) {}

  std::string run() {
    switch (ctx_.kind(value_)) {
      case Kind::matpow:
        return power();
      case Kind::function:
        return function();
      default:
        throw Failure(Code::cannot_emit, "an operation on arrays has no code yet");
    }
  }

 private:
  std::string extent(Ref array, size_t axis, bool operand = true) const {
    return index_text(ctx_, size(array, axis), text_.style.atom, operand);
  }
  std::string pointer(Ref array) const { return text_.pointer(array); }
  size_t order(Ref r) const { return ctx_.shape_of(r).order(); }

  std::string line(const std::string& text) const {
    std::string out;
    append_wrapped(out, indent_, text);
    return out;
  }

  Ref size(Ref array, size_t axis) const { return ctx_.shape_of(array).extents[axis]; }

  // `sizes`: as runtime_count() has them.
  std::string call(std::string name, const std::vector<Ref>& sizes, const Turns& turns,
                   const std::vector<std::string>& arguments) const {
    if (text_.style.lanes_of.empty()) {
      text_.needs.runtime.insert(name);
    } else if (const std::string own = "lane_" + name; runs_on_lanes(own)) {  // each lane has its pivots
      text_.needs.on_lanes.insert(name = own);
    } else if (runs_on_lanes(name)) {
      text_.needs.on_lanes.insert(name);
    } else {
      refuse("'" + name + "' of an array that differs from point to point",
             "declare its size as a number, or call the function of one point in a loop");
    }
    text_.needs.count.add_call(ctx_, text_.style.spelling.calls_of(text_.style.runtime) + name,
                               runtime_count(ctx_, name, sizes, is_declared_definite(ctx_, list_[0])), turns);
    std::string out = text_.style.call(name);
    for (size_t k = 0; k < arguments.size(); ++k) out += (k > 0 ? ", " : "") + arguments[k];
    return out + ")";
  }

  // ---- matrices ----

  std::string power() {
    const Ref a = list_[0], exponent = list_[1];
    const std::string n = extent(a, 0, false);
    if (exponent == minus_one) {
      const bool symmetric = (ctx_[a].facts & symmetric_value) != 0;
      const bool plain = text_.log_determinant.empty() && !symmetric;
      const char* name = plain ? "inverse" : "inverse_log_determinant";
      if (text_.style.spelling.is_c()) return inverse_in_c(n);
      const std::string declared = text_.log_determinant.empty()
                                       ? ""
                                       : "const " + text_.style.scalar + " " + text_.log_determinant + " = ";
      return line(declared + call(name, {size(a, 0)}, {}, {n, pointer(a), target_, scratch_}) + ";");
    }
    if ((ctx_[exponent].facts & integer_valued) == 0)
      refuse("a power of a matrix that need not be an integer");
    if (order(exponent) == 0) {
      const std::string k = index_text(ctx_, exponent, text_.style.atom, false);
      return line(call("matrix_power", {size(a, 0), exponent}, {}, {n, pointer(a), k, target_, scratch_}) +
                  ";");
    }
    // One matrix for each exponent.
    const std::string& i = text_.style.labels[0];
    const std::string count =
        index_text(ctx_, entry_count(ctx_, ctx_[exponent].shape), text_.style.atom, true);
    const std::string k = text_.style.spelling.to_integer(pointer(exponent) + "[" + i + "]"),
                      side = extent(a, 0);
    return line(loop(i, count) + " {") + "  " +
           line(call("matrix_power", {size(a, 0), exponent}, {},
                     {n, pointer(a), k, target_ + " + " + i + " * " + side + " * " + side, scratch_}) +
                ";") +
           line("}");
  }

  // The other function of the runtime has kernels that C cannot say.
  std::string inverse_in_c(const std::string& n) const {
    const std::vector<Ref> sizes{size(list_[0], 0)};
    const std::string inverse = call("inverse", sizes, {}, {n, pointer(list_[0]), target_, scratch_});
    if (text_.log_determinant.empty()) return line(inverse + ";");
    return line("const " + text_.style.scalar + " " + text_.log_determinant + " = " +
                call("log_of_pivots", sizes, {}, {n, scratch_, inverse}) + ";");
  }

  std::string loop(const std::string& i, const std::string& end) const {
    return "for (" + text_.style.integer() + " " + i + " = 0; " + i + " < " + end + "; ++" + i + ")";
  }

  [[noreturn]] void refuse(const std::string& what, const std::string& help = {}) const {
    throw Failure(Code::cannot_emit, "no code for " + what + " yet", help);
  }

  std::string function() {
    const Fn f = ctx_.function_of(value_);
    if (const SquareFunction* s = find_square(f)) {
      std::vector<std::string> arguments{extent(list_[0], 0, false), pointer(list_[0])};
      if (!s->scalar) arguments.push_back(target_);
      if (s->squares > 0) arguments.push_back(scratch_);
      return line((s->scalar ? declared() : "") + call(s->name, {size(list_[0], 0)}, {}, arguments) + ";");
    }
    if (const LineFunction* s = find_line(f)) {
      const bool spectral = f == Fn::norm2 && list_.size() == 1 && order(list_[0]) == 2;
      if (!spectral) return list_.size() == 2 ? lines(*s) : whole(*s);
    }
    throw Failure(Code::cannot_emit,
                  "no code for '" + std::string(row(f).name) + "' of a matrix in plain loops yet",
                  "with --storage eigen there may be");
  }

  std::string declared() const { return "const " + text_.style.scalar + " " + target_ + " = "; }

  // ---- vectors ----

  std::string whole(const LineFunction& s) {
    const Ref x = list_[0];
    const Ref count = entry_count(ctx_, ctx_[x].shape);
    std::vector<std::string> arguments{index_text(ctx_, count, text_.style.atom, false), pointer(x), "1"};
    if (!s.scalar) arguments.push_back(target_);
    return line((s.scalar ? declared() : "") + call(s.name, {count}, {}, arguments) + ";");
  }

  // Down the columns (dim = 1) or along the rows (dim = 2).
  std::string lines(const LineFunction& s) {
    const Ref x = list_[0];
    const bool columns = ctx_.value(list_[1]).is_one();
    const std::string& i = text_.style.labels[0];
    const std::string at = columns ? " + " + i : " + " + i + " * " + extent(x, 1);
    std::vector<std::string> arguments{extent(x, columns ? 0 : 1, false), pointer(x) + at,
                                       columns ? extent(x, 1, false) : "1"};
    if (!s.scalar) arguments.push_back(target_ + at);
    const size_t others = columns ? 1 : 0;
    const std::string call_text =
        call(s.name, {size(x, 1 - others)}, Turns{{size(x, others)}}, arguments) + ";";
    return line(loop(i, extent(x, others)) + " {") + "  " +
           line(s.scalar ? target_ + "[" + i + "] = " + call_text : call_text) + line("}");
  }

  Context& ctx_;
  Ref value_;
  std::vector<Ref> list_;
  std::string target_, scratch_;
  const CallText& text_;
  std::string indent_;
};

}  // namespace

Ref call_scratch(Context& ctx, Ref value) {
  const auto squares = [&](int k, Ref a) {
    const Ref n = ctx.shape_of(a).extents[0];
    return ctx.multiply(ctx.number(k), ctx.multiply(n, n));
  };
  if (ctx.kind(value) == Kind::matpow) {
    return squares(ctx.operands(value)[1] == minus_one ? 1 : 2, ctx.operands(value)[0]);
  }
  if (ctx.kind(value) != Kind::function) return zero;
  const SquareFunction* s = find_square(ctx.function_of(value));
  return s == nullptr || s->squares == 0 ? zero : squares(s->squares, ctx.operands(value)[0]);
}

std::string call_code(Context& ctx, Ref value, const std::string& target, const std::string& scratch,
                      const CallText& text, const std::string& indent) {
  return Caller(ctx, value, target, scratch, text, indent).run();
}

}  // namespace nabla
