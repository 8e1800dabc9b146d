#include "codegen/eigen_call.h"

#include "expr/diagnostic.h"
#include "expr/function.h"

namespace nabla {
namespace {

struct Spelling {
  Fn fn;
  const char* helper;  // called with all arguments; null: `member` of the first
  const char* member;
};

constexpr Spelling spellings[] = {
    {Fn::det, nullptr, "determinant()"},
    {Fn::logdet, "log_determinant", nullptr},
    {Fn::adj, "adjugate", nullptr},
    {Fn::chol, "cholesky", nullptr},
    {Fn::pinv, "pseudoinverse", nullptr},
    {Fn::norm1, "norm1", nullptr},
    {Fn::norm2, "norm2", nullptr},
    {Fn::norminf, "norminf", nullptr},
    {Fn::normF, nullptr, "stableNorm()"},
    {Fn::normnuc, "nuclear_norm", nullptr},
    {Fn::logsumexp, "logsumexp", nullptr},
    {Fn::softmax, "softmax", nullptr},
    {Fn::log_softmax, "log_softmax", nullptr},
    {Fn::argmax, "argmax", nullptr},
    {Fn::eigvals, "eigenvalues", nullptr},
    {Fn::eigvecs, "eigenvectors", nullptr},
    {Fn::singval, "singular_values", nullptr},
    {Fn::polar, "polar_factor", nullptr},
    {Fn::sylvester, "sylvester", nullptr},
};

// Functions of a square matrix in unsupported/Eigen/MatrixFunctions.
const char* member_of(Fn f) {
  switch (f) {
    case Fn::expm:
      return "exp()";
    case Fn::logm:
      return "log()";
    case Fn::sqrtm:
      return "sqrt()";
    case Fn::sinm:
      return "sin()";
    case Fn::cosm:
      return "cos()";
    default:
      return nullptr;
  }
}

class Call {
 public:
  Call(Context& ctx, Ref value, const std::string& algebra, const EigenText& text, const NestStyle& style)
      : ctx_(ctx),
        value_(value),
        list_(ctx.operands(value).begin(), ctx.operands(value).end()),
        algebra_(algebra),
        text_(text),
        style_(style) {}

  EigenCall run() {
    if (ctx_.kind(value_) == Kind::matpow) {
      power();
    } else if (ctx_.kind(value_) == Kind::function) {
      function();
    } else {
      refuse("an operation on arrays");
    }
    return std::move(out_);
  }

 private:
  [[noreturn]] static void refuse(const std::string& what) {
    throw Failure(Code::cannot_emit, "no code for " + what + " in Eigen yet");
  }

  std::string helper(const std::string& name) {
    out_.helpers.insert(name);
    return algebra_ + "::" + name;
  }
  std::string array(Ref r) const { return text_.name(r); }
  size_t order(Ref r) const { return ctx_.shape_of(r).order(); }

  void power() {
    const Ref a = list_[0], exponent = list_[1];
    if (exponent == minus_one) {
      out_.text = array(a) + ".inverse()";
    } else if ((ctx_[exponent].facts & integer_valued) == 0 || order(exponent) > 1) {
      refuse("a power of a matrix that need not be an integer");
    } else if (order(exponent) == 1) {  // one matrix for each exponent, row-major one after the other
      const std::string &i = style_.labels[0], m = array(a), e = array(exponent);
      out_.lines = {"for (Eigen::Index " + i + " = 0; " + i + " < " + e + ".size(); ++" + i + ") @.segment(" +
                    i + " * " + m + ".size(), " + m + ".size()) = " + algebra_ + "::Matrix(" +
                    helper("matrix_power") + "(" + m + ", static_cast<Eigen::Index>(" + e + "(" + i +
                    "))).transpose()).reshaped();"};
    } else {
      out_.text = helper("matrix_power") + "(" + array(a) + ", " +
                  index_text(ctx_, exponent, style_.atom, false) + ")";
    }
  }

  void function() {
    const Fn f = ctx_.function_of(value_);
    if (const char* member = member_of(f)) {
      out_.matrix_functions = true;
      out_.text = array(list_[0]) + "." + member;
      return;
    }
    switch (f) {
      case Fn::frechet:
        return frechet();
      case Fn::eigval:
        out_.text = helper("eigenvalues") + "(" + array(list_[0]) + ")(" + position(list_[1]) + ")";
        return;
      case Fn::eigvec:
        out_.text = helper("eigenvectors") + "(" + array(list_[0]) + ").col(" + position(list_[1]) + ")";
        return;
      case Fn::eigmin:
        out_.text = helper("eigenvalues") + "(" + array(list_[0]) + ")(0)";
        return;
      case Fn::eigmax:
        out_.text = helper("eigenvalues") + "(" + array(list_[0]) + ")(" + array(list_[0]) + ".rows() - 1)";
        return;
      default:
        break;
    }
    if (f == Fn::norm2 && list_.size() == 1 && order(list_[0]) == 2) {
      out_.text = helper("spectral_norm") + "(" + array(list_[0]) + ")";
      return;
    }
    for (const Spelling& s : spellings) {
      if (s.fn == f) return spelled(s);
    }
    refuse("'" + std::string(row(f).name) + "'");
  }

  std::string position(Ref index) const {
    if (!ctx_.is_number(index)) return index_text(ctx_, index, style_.atom, true) + " - 1";
    return index_text(ctx_, ctx_.subtract(index, one), style_.atom, false);
  }

  void spelled(const Spelling& s) {
    const ShapeRule rule = row(s.fn).shape;
    const bool of_vector =
        rule == ShapeRule::norm || rule == ShapeRule::along || rule == ShapeRule::along_to_scalar;
    if (of_vector && list_.size() == 2) return lines(s);
    if (s.helper == nullptr) {
      out_.text = array(list_[0]) + "." + s.member;
      return;
    }
    std::string arguments;
    for (Ref a : list_) arguments += (arguments.empty() ? "" : ", ") + array(a);
    out_.text = helper(s.helper) + "(" + arguments + ")";
  }

  // Down the columns (dim = 1) or along the rows (dim = 2).
  void lines(const Spelling& s) {
    const bool columns = ctx_.value(list_[1]).is_one(), same = row(s.fn).shape == ShapeRule::along;
    const std::string &i = style_.labels[0], a = array(list_[0]),
                      part = columns ? ".col(" + i + ")" : ".row(" + i + ")";
    const std::string end = a + (columns ? ".cols()" : ".rows()");
    const std::string value = helper(s.helper) + "(" + a + part + (columns ? "" : ".transpose()") + ")";
    out_.lines = {"for (Eigen::Index " + i + " = 0; " + i + " < " + end + "; ++" + i + ") @" +
                  (same ? part : "(" + i + ")") + " = " + value + (same && !columns ? ".transpose()" : "") +
                  ";"};
  }

  void frechet() {
    const auto f = find_function(ctx_.symbol(list_[0]).name);
    const char* member = f ? member_of(*f) : nullptr;
    if (member == nullptr) refuse("the derivative of '" + ctx_.symbol(list_[0]).name + "'");
    out_.matrix_functions = true;
    const std::string n = array(list_[1]) + ".rows()", type = algebra_ + "::Matrix";
    const auto beside = [&](const std::string& x, const std::string& e) {
      return helper("beside") + "(" + x + ", " + e + ")";
    };
    std::string block = array(list_[1]);
    for (size_t k = 2; k < list_.size(); ++k) {  // of order two: [X E; 0 X] beside [F 0; 0 F]
      std::string direction = array(list_[k]), size = n;
      for (size_t doubled = 2; doubled < k; ++doubled) {
        direction = beside(direction, type + "::Zero(" + size + ", " + size + ")");
        size = "2 * " + size;
      }
      block = beside(block, direction);
    }
    out_.text = type + "(" + block + "." + member + ").topRightCorner(" + n + ", " + n + ")";
  }

  Context& ctx_;
  Ref value_;
  std::vector<Ref> list_;
  const std::string& algebra_;
  const EigenText& text_;
  const NestStyle& style_;
  EigenCall out_;
};

}  // namespace

EigenCall eigen_call(Context& ctx, Ref value, const std::string& algebra, const EigenText& text,
                     const NestStyle& style) {
  return Call(ctx, value, algebra, text, style).run();
}

}  // namespace nabla
