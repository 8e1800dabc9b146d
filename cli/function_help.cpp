#include "cli/function_help.h"

#include "cli/present.h"
#include "expr/function.h"
#include "expr/operator.h"
#include "session/session.h"

namespace nabla::cli {
namespace {

struct OperatorRow {
  Operator op;
  const char* usage;
  const char* help;
  const char* example;
};

constexpr OperatorRow kOperators[] = {
    {Operator::diff, "diff(e, x)", "derivative; diff(e, x, 3) of order three, diff(e, x, y) mixed",
     "diff(sin(x^2), x)"},
    {Operator::grad, "grad(e, x)", "gradient, in the shape of x; without x by every var", "grad(tr(A*B), A)"},
    {Operator::jac, "jac(e, x)", "Jacobian, outputs by inputs", "jac([x*y; x + y], [x; y])"},
    {Operator::hess, "hess(e, x)", "Hessian, inputs by inputs", "hess(x^2*y, [x; y])"},
    {Operator::jvp, "jvp(e, x, v)", "Jacobian times v", "jvp(tr(A*A), A, B)"},
    {Operator::vjp, "vjp(e, x, u)", "u times Jacobian", "vjp([x*y; x + y], [x; y], [1; 2])"},
    {Operator::hvp, "hvp(e, x, v)", "Hessian times v", "hvp(tr(A*A*A), A, B)"},
    {Operator::differential, "differential(e)", "the differential, in dX for each name X",
     "differential(tr(A*B))"},
    {Operator::laplacian, "laplacian(e, x)", "sum of the second derivatives", "laplacian(x^2*y, [x; y])"},
    {Operator::div, "div(e, x)", "divergence", "div([x*y; x + y], [x; y])"},
    {Operator::curl, "curl(e, x)", "rotation of a field in three dimensions", "curl([-y; x; 0], [x; y; t])"},
    {Operator::taylor, "taylor(e, x = a, n)", "Taylor polynomial of degree n", ""},
    {Operator::limit, "limit(e, x = a)", "limit; limit(e, x = a, left) from below", ""},
    {Operator::simplify, "simplify(e)", "a simpler form of the same value", "simplify(sin(x)^2 + cos(x)^2)"},
    {Operator::expand, "expand(e)", "products of sums multiplied out", "expand((x + 1)^3)"},
    {Operator::factor, "factor(e)", "a product of irreducible factors", "factor(x^4 - 1)"},
    {Operator::collect, "collect(e, x)", "ordered by powers of x", "collect(x*y + x + y, x)"},
    {Operator::together, "together(e)", "over one denominator", "together(1/x + 1/y)"},
    {Operator::cancel, "cancel(e)", "one fraction in lowest terms, multiplied out",
     "cancel((x^2 - 1)/(x - 1))"},
    {Operator::apart, "apart(e, x)", "partial fractions in x", "apart(1/(x^2 - 1), x)"},
    {Operator::subs, "subs(e, x = a, y = b)", "a and b put in place of x and y, all at once",
     "subs(x^2 + y, x = y + 1, y = 2)"},
    {Operator::stable, "stable(e)", "a form that loses less to rounding", ""},
    {Operator::equal, "equal(a, b)", "whether a and b are equal: proved, refuted or unknown",
     "equal(sin(2*x), 2*sin(x)*cos(x))"},
    {Operator::eval, "eval(e, x = 1.5)", "a number; eval(e, digits = 30) to so many certified digits",
     "eval(exp(pi), digits = 20)"},
    {Operator::trig, "trig(e)", "the lightest form by identities of sines, cosines, sinh and cosh",
     "trig(sin(x)*cos(y) + cos(x)*sin(y))"},
    {Operator::trigexpand, "trigexpand(e)", "sin(x + y) and sin(2*x) by sines and cosines of x and y",
     "trigexpand(sin(x + y))"},
    {Operator::trigreduce, "trigreduce(e)", "products of sines and cosines as sums: sin(x)^2 by cos(2*x)",
     "trigreduce(sin(x)^2)"},
    {Operator::trigtoexp, "trigtoexp(e)", "sin, cos, sinh, cosh, … by exp", "trigtoexp(cosh(x))"},
    {Operator::exptotrig, "exptotrig(e)", "exp by cosh and sinh, exp(im*x) by cos and sin",
     "exptotrig(exp(x) + exp(-x))"},
    {Operator::powers, "powers(e)", "the lighter of powexpand(e) and powcombine(e), or e",
     "powers(exp(x)*exp(y))"},
    {Operator::powexpand, "powexpand(e)", "powers of products as products, exp of a sum as a product",
     "powexpand(exp(x + y))"},
    {Operator::powcombine, "powcombine(e)", "products of powers with one exponent, and of exp, as one",
     "powcombine(exp(x)*exp(y))"},
    {Operator::logs, "logs(e)", "the lighter of logexpand(e) and logcombine(e), or e",
     "logs(log(x^2 + 1) + log(2))"},
    {Operator::logexpand, "logexpand(e)", "log of a product of positive factors as a sum",
     "logexpand(log(2*exp(x)))"},
    {Operator::logcombine, "logcombine(e)", "sums of logs as one log", "logcombine(log(x^2 + 1) + log(2))"},
    {Operator::radicals, "radicals(e)", "nested square roots apart, and none in denominators",
     "radicals(sqrt(3 + 2*sqrt(2)))"},
};
static_assert(std::size(kOperators) == std::size(operator_names));

// What the grammar builds itself, out of indices: no rows of the function table.
struct BuiltRow {
  const char* usage;
  const char* help;
  const char* shape;
  const char* differential;
  const char* example;
};

constexpr BuiltRow kBuilt[] = {
    {"sum(x)", "sum of all entries; of a matrix with dim = 1 of each column, with dim = 2 of each row",
     "an array to a scalar; with dim a matrix to a row (1) or a vector (2)", "sum(dX)", "sum([1; 2; 3])"},
    {"prod(x)", "product of the entries, with dim as for sum",
     "an array to a scalar; with dim a matrix to a row (1) or a vector (2)", "f*sum(dX ./ X)",
     "prod([2; 3; 4])"},
    {"mean(x)", "mean of the entries, with dim as for sum",
     "an array to a scalar; with dim a matrix to a row (1) or a vector (2)", "mean(dX)", "mean([1; 2; 6])"},
    {"cumsum(x)", "sums of the first entries: of the first, the first two, …; of a matrix with dim",
     "a vector, or a matrix with dim, to the same shape", "cumsum(dX)", "cumsum([1; 2; 3])"},
    {"tr(x)", "trace: the sum of the diagonal", "a square matrix to a scalar", "tr(dX)", "tr([1, 2; 3, 4])"},
    {"inv(x)", "inverse, also written x^-1", "a square matrix to the same shape", "-f*dX*f",
     "inv([2, 0; 0, 4])"},
    {"solve(x, y)", "inv(x)*y, also written x\\y", "a square matrix and a vector or matrix",
     "inv(X)*(dY - dX*f)", "solve(A, B)"},
    {"transpose(x)", "rows as columns, also written x'", "matrix[n, m] to matrix[m, n]", "dX'",
     "transpose([x; y])"},
    {"ctranspose(x)", "transpose with conjugate entries, also written xᴴ", "matrix[n, m] to matrix[m, n]",
     "dXᴴ", "ctranspose([im; 2])"},
    {"diag(x)", "the diagonal of a matrix; of a vector the diagonal matrix",
     "matrix[n, n] to vector[n], vector[n] to matrix[n, n]", "diag(dX)", "diag([1, 2; 3, 4])"},
    {"sym(x)", "symmetric part, (x + x')/2", "a square matrix to the same shape", "sym(dX)",
     "sym([1, 2; 3, 4])"},
    {"skew(x)", "skew-symmetric part, (x - x')/2", "a square matrix to the same shape", "skew(dX)",
     "skew([1, 2; 3, 4])"},
    {"tril(x)", "lower triangle with the diagonal, zeros above it", "a matrix to the same shape", "tril(dX)",
     "tril([1, 2; 3, 4])"},
    {"triu(x)", "upper triangle with the diagonal, zeros below it", "a matrix to the same shape", "triu(dX)",
     "triu([1, 2; 3, 4])"},
    {"dot(x, y)", "scalar product, also written x'*y", "two vectors to a scalar", "dX'*Y + X'*dY",
     "dot([1; 2], [3; 4])"},
    {"cross(x, y)", "vector product", "two vectors of three entries to a third",
     "cross(dX, Y) + cross(X, dY)", "cross([1; 0; 0], [0; 1; 0])"},
    {"hadamard(x, y)", "product entry by entry, also written x .* y", "two arrays of one shape",
     "dX .* Y + X .* dY", "hadamard(A, B)"},
    {"kron(x, y)", "product of Kronecker, also written x ⊗ y",
     "matrix[n, m] and matrix[k, l] to matrix[n*k, m*l]", "kron(dX, Y) + kron(X, dY)", "kron(B', A)*vec(C)"},
    {"vec(x)", "the columns of a matrix, one below the other", "matrix[n, m] to vector[n*m]", "vec(dX)",
     "vec([1, 2; 3, 4])"},
    {"unvec(x, n, m)", "the matrix with these columns below each other", "vector[n*m] to matrix[n, m]",
     "unvec(dX, n, m)", "unvec([1; 2; 3; 4], 2, 2)"},
    {"norm(x)", "the same as norm2(x)", "a vector or matrix to a scalar", "X'*dX/f", "norm([3; 4])"},
    {"eye(n)", "identity matrix; eye(n, m) with ones on the diagonal", "matrix[n, n]", "", "eye(2)"},
    {"zeros(n)", "vector of zeros; zeros(n, m) a matrix", "vector[n]", "", "zeros(2)"},
    {"ones(n)", "vector of ones; ones(n, m) a matrix", "vector[n]", "", "ones(2)"},
    {"unit(n, i)", "vector with 1 at i, zeros elsewhere", "vector[n]", "", "unit(3, 2)"},
    {"single(i, j, n, m)", "matrix with 1 at i, j, zeros elsewhere", "matrix[n, m]", "",
     "single(1, 2, 2, 3)"},
    {"commut(n, m)", "commutation matrix: commut(n, m)*vec(X) is vec(X') for X of n by m", "matrix[n*m, n*m]",
     "", "commut(n, n)*vec(A)"},
    {"delta(i, j)", "1 where i is j, else 0", "a scalar", "", "delta(1, 2)"},
};

std::string signature(const Function& f) {
  constexpr const char* names[] = {"x", "y", "z"};
  std::string text(f.name);
  text += '(';
  for (size_t i = 0; i < f.min_args; ++i) {
    if (i > 0) text += ", ";
    text += i < 3 ? names[i] : "…";
  }
  return text + ")";
}

// What the letters of examples are; others are real scalars.
constexpr std::string_view kLetters =
    "dim n; var A, B, C, E, X : matrix[n, n]; var S : matrix[n, n] symmetric; var z complex";

struct Example {
  std::string ascii, text;  // the answer; empty: there is none
  bool has_x = false;
};

Example answer_to(const std::string& statement, Format format) {
  Session session;
  Outcome outcome;
  for (const std::string_view text : {kLetters, std::string_view(statement)}) {
    const auto parsed = session.parse("<example>", std::string(text));
    for (const Statement& s : parsed->statements) outcome = session.run(parsed, s);
  }
  Example e;
  if (outcome.error) return e;
  (void)session.caught([&] {
    e.ascii = answer_text(session, outcome.answer, Format::ascii);
    e.text = answer_text(session, outcome.answer, format);
  });
  e.has_x = session.names().find("x") != nullptr;
  return e;
}

// Arguments and result, in words; empty where the help says it.
std::string shape_words(ShapeRule rule) {
  switch (rule) {
    case ShapeRule::elementwise:
      return "entry by entry";
    case ShapeRule::square_to_scalar:
      return "a square matrix to a scalar";
    case ShapeRule::square:
      return "a square matrix to the same shape";
    case ShapeRule::transposed:
      return "matrix[n, m] to matrix[m, n]";
    case ShapeRule::frechet:
      return "the name of a matrix function and square matrices of one shape";
    case ShapeRule::sylvester:
      return "matrix[n, n], matrix[m, m] and matrix[n, m] to matrix[n, m]";
    case ShapeRule::symmetric:
      return "a symmetric matrix to the same shape";
    case ShapeRule::symmetric_to_vector:
      return "a symmetric matrix[n, n] to vector[n]";
    case ShapeRule::symmetric_to_scalar:
      return "a symmetric matrix to a scalar";
    case ShapeRule::singular_values:
      return "matrix[n, m] to vector[min(n, m)]";
    case ShapeRule::singular_left:
      return "matrix[n, m] to matrix[n, min(n, m)]";
    case ShapeRule::singular_right:
      return "matrix[n, m] to matrix[m, min(n, m)]";
    case ShapeRule::matrix:
      return "a matrix to the same shape";
    case ShapeRule::array_to_scalar:
      return "an array to a scalar";
    case ShapeRule::matrix_to_scalar:
      return "a matrix to a scalar";
    case ShapeRule::norm:
      return "a vector or matrix to a scalar; with dim a matrix to a row or vector";
    case ShapeRule::along_to_scalar:
      return "a vector to a scalar; a matrix with dim to a row or vector";
    case ShapeRule::along:
      return "a vector, or a matrix with dim, to the same shape";
    default:
      return "";
  }
}

FunctionHelp help_of(const Function& f) {
  FunctionHelp help;
  help.kind = f.shape == ShapeRule::elementwise ? FunctionKind::of_numbers : FunctionKind::of_arrays;
  help.name = f.name;
  help.usage = signature(f);
  help.meaning = f.help;
  const auto fact = [&help](const char* title, std::string_view text) {
    if (!text.empty()) help.facts.emplace_back(title, text);
  };
  fact("shape", shape_words(f.shape));
  fact("differential", f.differential);
  fact("where", f.where);
  fact("second derivatives where", f.where_again);
  fact("defined for", f.domain);
  fact("values", f.exact);
  fact("computed as", f.stable);
  fact("in C++", f.cpp);
  help.example = f.example;
  return help;
}

FunctionHelp help_of(const BuiltRow& row) {
  const std::string usage = row.usage;
  FunctionHelp help{
      FunctionKind::of_arrays, usage.substr(0, usage.find('(')), usage, row.help, {}, row.example};
  help.facts.emplace_back("shape", row.shape);
  if (*row.differential != 0) help.facts.emplace_back("differential", row.differential);
  return help;
}

}  // namespace

std::string example_run(const std::string& example, Format format) {
  const Example value = answer_to(example, format);
  if (value.text == "proved") return example + ": proved";
  if (value.ascii != example && !value.text.empty()) return example + " = " + value.text;
  const auto worked_out = [&](const std::string& statement) {
    const std::string answer = answer_to(statement, format).text;
    return answer.empty() || answer == statement ? "" : statement + " = " + answer;
  };
  if (value.has_x) {
    const std::string slope = worked_out("diff(" + example + ", x)");
    return slope.empty() ? example : slope;
  }
  // By the letter that is in it, a complex number or a matrix.
  const bool by_z = example.find('z') != std::string::npos, by_s = example.find('S') != std::string::npos;
  for (const std::string& statement :
       {"eval(" + example + ")",
        by_z ? "diff(" + example + ", z)" : "grad(" + example + (by_s ? ", S)" : ", A)"),
        "differential(" + example + ")"}) {
    if (std::string text = worked_out(statement); !text.empty()) return text;
  }
  return example;
}

std::vector<FunctionHelp> function_helps() {
  std::vector<FunctionHelp> helps;
  for (size_t i = 0; i < function_count(); ++i) helps.push_back(help_of(row(function_at(i))));
  for (const BuiltRow& row : kBuilt) helps.push_back(help_of(row));
  for (const OperatorRow& row : kOperators) {
    helps.push_back(
        {FunctionKind::operators, std::string(operator_name(row.op)), row.usage, row.help, {}, row.example});
  }
  return helps;
}

}  // namespace nabla::cli
