#include "cli/error_examples.h"

#include <algorithm>

#include "parser/render.h"
#include "session/session.h"

namespace nabla::cli {
namespace {

constexpr ErrorExample examples[] = {
    {Code::invalid_utf8, "$ printf 'caf\\351 = 1' > a.nabla; nabla run a.nabla",
     "$ printf 'caf\\303\\251 = 1' > a.nabla; nabla run a.nabla"},
    {Code::stray_character, "x @ 2", "x*2"},
    {Code::look_alike_character, "a – b", "a - b"},
    {Code::unterminated_comment, "x + 1 /* to be done", "x + 1 /* done */"},
    {Code::incomplete_number, "2e + 1", "2*e + 1"},
    {Code::unterminated_string, "import \"common.nabla",
     "$ echo \"var x\" > common.nabla; nabla -e 'import \"common.nabla\"'"},
    {Code::unknown_name, "param lambda\nlamda*x", "param lambda\nlambda*x"},
    {Code::unknown_function, "sni(x)", "sin(x)"},
    {Code::reserved_word, "var in", "var inside"},
    {Code::not_a_function, "var v : vector[3]\nv(2)", "var v : vector[3]\nv[2]"},
    {Code::not_a_value, "sin + 1", "sin(x) + 1"},
    {Code::wrong_argument_count, "atan2(x)", "atan2(y, x)"},
    {Code::unknown_keyword, "var A : matrix[2, 2]\nsum(A, dims = 1)",
     "var A : matrix[2, 2]\nsum(A, dim = 1)"},
    {Code::unknown_property, "dim n\nvar S : matrix[n, n] symetric", "dim n\nvar S : matrix[n, n] symmetric"},
    {Code::not_a_variable, "diff(sin(x), 2)", "diff(sin(x), x, 2)"},
    {Code::not_an_extent, "var y\nvar x : vector[y]", "dim y\nvar x : vector[y]"},
    {Code::import_cycle,
     "$ echo 'import \"b.nabla\"' > a.nabla; echo 'import \"a.nabla\"' > b.nabla; nabla check a.nabla",
     "$ echo 'import \"b.nabla\"' > a.nabla; echo \"var x\" > b.nabla; nabla check a.nabla"},
    {Code::duplicate_name, "f(x, x) = 2*x", "f(x, y) = 2*x"},
    {Code::wrong_argument, "eval(pi, digits = 0)", "eval(pi, digits = 10)"},
    {Code::not_an_index, "var v : vector[3]\nsum(v[i] for i = 1:3)",
     "var v : vector[3]\nsum(v[i] for i in 1:3)"},
    {Code::missing_operand, "x + * y", "x + y"},
    {Code::missing_operator, "x y", "x*y"},
    {Code::unclosed_bracket, "sin(x + 2", "sin(x + 2)"},
    {Code::unexpected_closing, "x + 1)", "(x + 1)"},
    {Code::unexpected_token, "(x, y)", "[x; y]"},
    {Code::unexpected_end, "if x > 0 then 1", "if x > 0 then 1 else 0"},
    {Code::trailing_comma, "max(x, y,)", "max(x, y)"},
    {Code::ambiguous_product, "1/2x", "1/(2*x)"},
    {Code::prime_after_number, "dim n\nvar A : matrix[n, n]\nA^-1'", "dim n\nvar A : matrix[n, n]\n(A^-1)'"},
    {Code::transpose_spelling, "var A : matrix[2, 2]\nA.T", "var A : matrix[2, 2]\nA'"},
    {Code::index_before_body, "var a : vector[3]\nsum(i in 1:3) a[i] + b",
     "var a : vector[3]\nsum(a[i] + b for i in 1:3)"},
    {Code::call_without_parentheses, "sin x", "sin(x)"},
    {Code::assignment_for_equality, "if x = 1 then 0 else x", "if x == 1 then 0 else x"},
    {Code::malformed_declaration, "var x : vector", "dim n\nvar x : vector[n]"},
    {Code::malformed_comprehension, "x for i in 1:3", "sum(x for i in 1:3)"},
    {Code::malformed_bars, "|x + |y||", "|x + (|y|)|"},
    {Code::positional_after_keyword, "subs(x^2, x = 1, 3)", "subs(x^2 + y, x = 1, y = 3)"},
    {Code::misplaced_end, "end - 1", "var v : vector[3]\nv[end - 1]"},
    {Code::malformed_definition, "x + 1 = 2", "x + 1 == 2"},
    {Code::several_statements, "$ nabla diff \"a*x^2; b\" --wrt x",
     "$ nabla diff \"a*x^2\" --wrt x --let \"param a\""},
    {Code::misplaced_word, "then 1", "if x > 0 then 1 else 2"},
    {Code::foreign_spelling, "if x > 0 && y > 0 then 1 else 0", "if x > 0 and y > 0 then 1 else 0"},
    {Code::empty_brackets, "[]", "[0]"},
    {Code::unexpected_statement, "$ nabla diff \"var x\"", "$ nabla diff \"x^2\" --let \"var x\""},
    {Code::unknown_output, "f(x) = x^2\nderive f wrt x : gradient", "f(x) = x^2\nderive f wrt x : grad"},
    {Code::shape_mismatch, "dim n, m\nvar u : vector[n]; var v : vector[m]\nu + v",
     "dim n\nvar u, v : vector[n]\nu + v"},
    {Code::not_a_scalar, "dim n\nvar x : vector[n]\nparam A : matrix[n, n]\ngrad(A*x, x)",
     "dim n\nvar x : vector[n]\nparam A : matrix[n, n]\njac(A*x, x)"},
    {Code::not_a_vector, "var A : matrix[2, 2]; var v : vector[2]\ndot(A, v)",
     "var A : matrix[2, 2]; var v : vector[2]\nA*v"},
    {Code::not_a_matrix, "var v : vector[3]\ntr(v)", "var v : vector[3]\ntr(v*v')"},
    {Code::not_square, "dim n, m\nvar A : matrix[n, m]\ndet(A)", "dim n, m\nvar A : matrix[n, m]\ndet(A'*A)"},
    {Code::product_of_vectors, "dim n\nvar x, y : vector[n]\nx*y", "dim n\nvar x, y : vector[n]\nx'*y"},
    {Code::scalar_plus_matrix, "dim n\nvar A : matrix[n, n]\nA + 1",
     "dim n\nvar A : matrix[n, n]\nA + 1*eye(n)"},
    {Code::row_with_column, "dim n\nvar x, y : vector[n]\nx .* y'", "dim n\nvar x, y : vector[n]\nx*y'"},
    {Code::power_of_vector, "dim n\nvar x : vector[n]\nx^2", "dim n\nvar x : vector[n]\nx.^2"},
    {Code::division_by_array, "dim n\nvar A : matrix[n, n]\n1/A", "dim n\nvar A : matrix[n, n]\ninv(A)"},
    {Code::index_out_of_range, "dim n\nvar x : vector[n]\nsum(x[i+1] for i in 1:n)",
     "dim n\nvar x : vector[n]\nsum(x[i+1] for i in 1:n-1)"},
    {Code::wrong_index_count, "var A : matrix[2, 2]\nA[1]", "var A : matrix[2, 2]\nA[1, 2]"},
    {Code::bad_extent, "var x : vector[0]", "var x : vector[1]"},
    {Code::bars_of_matrix, "dim n\nvar A : matrix[n, n]\n|A|", "dim n\nvar A : matrix[n, n]\ndet(A)"},
    {Code::dim_required, "dim n\nvar A : matrix[n, n]\nsoftmax(A)",
     "dim n\nvar A : matrix[n, n]\nsoftmax(A, dim = 2)"},
    {Code::ragged_array, "[1, 2; 3]", "[1, 2; 3, 4]"},
    {Code::not_a_truth_value, "if x then 1 else 2", "if x != 0 then 1 else 2"},
    {Code::truth_value_as_number, "(x > 0)*y", "if x > 0 then y else 0"},
    {Code::not_an_integer, "dim n\nvar x : vector[n]\nx[k]",
     "dim n\nvar x : vector[n]\nparam k integer\nx[k]"},
    {Code::not_symmetric, "dim n\nvar A : matrix[n, n]\neigvals(A)",
     "dim n\nvar A : matrix[n, n] symmetric\neigvals(A)"},
    {Code::empty_reduction, "max(x for i in 1:0)", "max(x for i in 1:2)"},
    {Code::division_by_zero, "x/(2 - 2)", "x/(2 - 1)"},
    {Code::outside_domain, "log(-1)", "log(1)"},
    {Code::not_constant, "const c = x + 1", "const c = 3/2"},
    {Code::empty_domain, "param l : scalar in [2, 1]", "param l : scalar in [1, 2]"},
    {Code::bad_order, "diff(x^2, x, -1)", "diff(x^2, x, 1)"},
    {Code::bad_value, "$ nabla diff \"log(x)\" --let \"var x > 0\" --at x=-1",
     "$ nabla diff \"log(x)\" --let \"var x > 0\" --at x=1"},
    {Code::missing_value, "eval(x*y, x = 1)", "eval(x*y, x = 1, y = 2)"},
    {Code::undefined_value, "eval(log(x), x = -1)", "eval(log(x), x = 2)"},
    {Code::malformed_values, "$ echo \"[1, 2]\" > v.json; nabla diff x^2 --at v.json",
     "$ echo '{\"x\": 1}' > v.json; nabla diff x^2 --at v.json"},
    {Code::assertion_failed, "assert x^2 == x", "assert x^2 == x*x"},
    {Code::number_too_large,
     "a = 10^1200\nb = a*a*a*a*a*a*a*a; c = b*b*b*b*b*b*b*b; d = c*c*c*c\nd*d*d*d*d*d*d*d",
     "a = 10^1200\nb = a*a*a*a*a*a*a*a; c = b*b*b*b*b*b*b*b; d = c*c*c*c\nx*d"},
    {Code::cancelled,
     "$ timeout --preserve-status -s INT 0.5 nabla -e "
     "\"diff(exp(sin(x*y)*cos(x^2*y))/(1 + tan(x*y)^3), x, 64)\"",
     "$ timeout --preserve-status -s INT 60 nabla -e \"diff(exp(sin(x*y)), x)\""},
    {Code::result_too_long, "$ nabla -e \"expand((a + b + c + d + x)^35)\"",
     "$ nabla -e \"expand((a + b + c + d + x)^3)\""},
    {Code::input_too_large, "$ head -c 70000000 /dev/zero | nabla run -", "$ echo \"x + 1\" | nabla run -"},
    {Code::too_many_tokens, "$ yes \"1+1+1+1+1+\" | head -n 4100000 | tr -d \"\\n\" | nabla run -",
     "$ (yes \"1+1+1+1+1+\" | head -n 41 | tr -d \"\\n\"; echo 1) | nabla run -"},
    {Code::too_many_arguments,
     "$ (printf \"[1\"; yes \",1\" | head -n 1000001 | tr -d \"\\n\"; echo \"]\") | nabla run -",
     "$ (printf \"[1\"; yes \",1\" | head -n 10 | tr -d \"\\n\"; echo \"]\") | nabla run -"},
    {Code::memory_limit, "$ ulimit -v 50000; nabla -e \"expand((a + b + c + d + x)^34)\"",
     "$ nabla -e \"expand((a + b + c + d + x)^3)\""},
    {Code::time_limit, "$ nabla -e \"diff(exp(sin(x*y)*cos(x^2*y))/(1 + tan(x*y)^3), x, 64)\" --timeout 0.05",
     "$ nabla -e \"diff(exp(sin(x*y)), x)\" --timeout 5"},
    {Code::nesting_too_deep, "$ nabla -e \"$(printf '(%.0s' $(seq 10001))x\"", "$ nabla -e \"((x))\""},
    {Code::literal_too_long, "1e10000", "10^10000"},
    {Code::order_too_large, "diff(x^2, x, 65)", "diff(x^2, x, 64)"},
    {Code::cannot_differentiate, "diff(polygamma(k, 2), k)", "diff(polygamma(2, x), x)"},
    {Code::not_yet_available, "taylor(sin(x), x = 0, 5)", "diff(sin(x), x, 5)"},
    {Code::undecided, "equal(floor(x + 1), floor(x) + 1)", "eval(floor(x + 1) - floor(x), x = 2.5)"},
    {Code::never_defined,
     "$ printf 'var x\\nf(x) = log(-1 - x^2)\\nderive f : grad\\n' > m.nabla; nabla gen m.nabla -o m.h",
     "$ printf 'var x\\nf(x) = log(1 + x^2)\\nderive f : grad\\n' > m.nabla; nabla gen m.nabla -o m.h"},
    {Code::cannot_emit,
     "$ printf 'var x\\nfun g(scalar) : scalar\\nf(x) = g(x)\\nderive f : grad\\n' > m.nabla; nabla gen "
     "m.nabla -o m.h",
     "$ printf 'var x\\ng(t) = t^2\\nf(x) = g(x)\\nderive f : grad\\n' > m.nabla; nabla gen m.nabla -o m.h"},
    {Code::cannot_evaluate, "fun g(scalar) : scalar\neval(g(x), x = 1)", "g(t) = t^2\neval(g(x), x = 1)"},
    {Code::equality_condition, "diff(if x == 0 then 1 else sin(x)/x, x)", "diff(sinc(x), x)"},
    {Code::cannot_read, "$ nabla run missing.nabla", "$ echo \"1 + 1\" > there.nabla; nabla run there.nabla"},
    {Code::cannot_write,
     "$ printf 'var x\\nf(x) = x^2\\nderive f : grad\\n' > m.nabla; nabla gen m.nabla -o missing/m.h",
     "$ printf 'var x\\nf(x) = x^2\\nderive f : grad\\n' > m.nabla; nabla gen m.nabla -o m.h"},
};

struct NoExample {
  Code code;
  std::string_view why;
};

constexpr NoExample no_examples[] = {
    {Code::node_limit, "it would take gigabytes of memory"},
    {Code::step_limit, "it would run for many minutes"},
    {Code::check_failed, "it would be a derivative that is wrong, and none is known"},
    {Code::internal_error, "it would be a fault of the program, and none is known"},
};

}  // namespace

std::string_view why_no_example(Code code) {
  const auto at = std::find_if(std::begin(no_examples), std::end(no_examples),
                               [&](const NoExample& e) { return e.code == code; });
  return at == std::end(no_examples) ? std::string_view() : at->why;
}

const ErrorExample* error_example(Code code) {
  const auto at = std::find_if(std::begin(examples), std::end(examples),
                               [&](const ErrorExample& e) { return e.code == code; });
  return at == std::end(examples) ? nullptr : at;
}

std::string first_error(std::string_view statements) {
  Session session;
  const auto text = session.parse("<example>", std::string(statements));
  for (const Statement& s : text->statements) {
    const Outcome outcome = session.run(text, s);
    if (outcome.error) return render(outcome.source.get(), *outcome.error);
  }
  return {};
}

}  // namespace nabla::cli
