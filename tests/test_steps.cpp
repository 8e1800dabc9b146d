// Derivations: each step is replayed by dual numbers (eval/dense.h), which share no code with diff/, and the
// answer with steps is the answer without.
#include <catch2/catch.hpp>
#include <cmath>
#include <random>
#include <string>

#include "command.h"
#include "cookbook/verify.h"
#include "diff/trace.h"
#include "eval/dense.h"
#include "expr/function.h"
#include "expr/program.h"
#include "expr/shape_text.h"
#include "expr/substitute.h"
#include "expr/walk.h"
#include "parser/elaborate.h"
#include "session/differentials.h"
#include "session/session.h"
#include "session/simplification.h"
#include "session/steps.h"
#include "tests/paths.h"
#include "tests/textbook.h"

using namespace nabla;

namespace {

struct Derived {
  std::shared_ptr<const ParsedText> text;
  Outcome outcome;
};

Derived derive(Session& s, const std::string& text, StatementTrace* trace) {
  OperatorOptions options = s.operator_options();
  options.trace = trace;
  s.set_operator_options(options);
  Derived d;
  d.text = s.parse("<expr>", text);
  for (const Statement& statement : d.text->statements) d.outcome = s.run(d.text, statement);
  options.trace = nullptr;
  s.set_operator_options(options);
  return d;
}

SessionOptions keeping() {
  SessionOptions options;
  options.keep_everything = true;
  return options;
}

class Replay {
 public:
  explicit Replay(Session& s) : ctx_(s.context()) {}

  // The number of steps that could be replayed; each is checked.
  size_t operator()(const Derivation& d) {
    collect(d.of);
    collect(d.by);
    if (left_out_) return 0;
    size_t count = 0;
    for (const Step& step : d.steps) {
      collect(step.derivative);
      count += d.way == Way::backward ? backward(d, step) : forward(d, step);
    }
    return d.way == Way::backward ? count + differentials(d) : count;
  }

  // Each form that simplify went through, against the one before.
  size_t operator()(const StatementTrace& trace, Ref answer) {
    size_t count = 0;
    Ref before = trace.raw;
    for (const FormStep& line : simplification_of(ctx_, trace, answer, true)) {
      for (const Ref e : {before, line.form}) collect(e);
      if (left_out_) return count;
      INFO(print(ctx_, before) << " = " << print(ctx_, line.form) << " by " << step_name(line.steps.back()));
      count += same(dense_value(ctx_, line.form, point_), dense_value(ctx_, before, point_));
      before = line.form;
    }
    if (trace.raw) CHECK(before == answer);
    return count;
  }

 private:
  int64_t extent(Ref e) {
    if (ctx_.is_number(e)) return *ctx_.value(e).as_int();
    const std::string name = extent_text(ctx_, e);
    return 2 + static_cast<int64_t>(name[0]) % 3;
  }

  // What has no numbers here, or not those of independent entries, is left out.
  void collect(Ref e) {
    for (const Ref r : nodes_below(ctx_, e)) left_out_ = left_out_ || ctx_.kind(r) == Kind::opaque;
    for (const Ref symbol : symbols_of(ctx_, e)) {
      const Symbol& about = ctx_.symbol(symbol);
      if (about.role == Role::extent || known(symbol)) continue;
      if (about.structure != Structure::none || about.complex || about.domain.integer) left_out_ = true;
      for (const Ref x : ctx_.shape_of(symbol).extents)
        left_out_ = left_out_ || !(ctx_.is_number(x) || ctx_.kind(x) == Kind::symbol);
      DenseBinding b{symbol, {}, {}};
      size_t size = 1;
      for (const Ref x : ctx_.shape_of(symbol).extents) {
        b.value.extents.push_back(extent(x));
        size *= static_cast<size_t>(b.value.extents.back());
      }
      for (size_t i = 0; i < size; ++i) b.value.entries.push_back(next());
      point_.push_back(std::move(b));
    }
  }

  bool known(Ref symbol) const {
    return std::any_of(point_.begin(), point_.end(), [&](const DenseBinding& b) { return b.name == symbol; });
  }

  double next() { return 0.3 + static_cast<double>(random_() % 1000) / 1000; }

  bool forward(const Derivation& d, const Step& step) {
    if (d.way == Way::directional) return directional(step);
    if (d.way != Way::forward || ctx_.kind(d.by) != Kind::symbol || ctx_.shape_of(d.by).order() > 0)
      return false;
    return same(step, dense_value(ctx_, step.derivative, point_), jacobian(ctx_, step.part, point_, d.by));
  }

  // Each X moves in the direction dX.
  bool directional(const Step& step) {
    DenseArray<double> moved = dense_value(ctx_, step.part, point_);
    std::fill(moved.entries.begin(), moved.entries.end(), 0);
    bool found = false;
    for (const DenseBinding& d : point_) {
      if (ctx_.symbol(d.name).role != Role::differential) continue;
      const std::string base = ctx_.symbol(d.name).name.substr(1);
      const auto x = std::find_if(point_.begin(), point_.end(),
                                  [&](const auto& b) { return ctx_.symbol(b.name).name == base; });
      if (x == point_.end() || ctx_.symbol(x->name).role == Role::differential) return false;
      const DenseArray<double> j = jacobian(ctx_, step.part, point_, x->name);
      for (size_t i = 0; i < moved.entries.size(); ++i) {
        for (size_t k = 0; k < d.value.entries.size(); ++k)
          moved.entries[i] += j.entries[i * d.value.entries.size() + k] * d.value.entries[k];
      }
      found = true;
    }
    return found && same(step, dense_value(ctx_, step.derivative, point_), moved);
  }

  // The part becomes a name of its own, by which the whole is differentiated.
  bool backward(const Derivation& d, const Step& step) {
    Symbol s;
    s.name = "part";
    s.shape = ctx_[step.part].shape;
    const Ref name = ctx_.symbol(s);
    const std::pair<Ref, Ref> pair{step.part, name};
    const Ref whole = substitute(ctx_, d.of, {&pair, 1});
    DensePoint point = point_;
    point.push_back({name, dense_value(ctx_, step.part, point_), {}});
    return same(step, dense_value(ctx_, step.derivative, point_), jacobian(ctx_, whole, point, name));
  }

  // Where the variable moves in some direction, each line is what the first one is.
  size_t differentials(const Derivation& d) {
    const Differentials form = differentials_of(ctx_, d);
    if (form.lines.empty() || ctx_.kind(d.by) != Kind::symbol) return 0;
    DensePoint point = point_;
    const auto by = std::find_if(point_.begin(), point_.end(), [&](const auto& b) { return b.name == d.by; });
    if (by == point_.end()) return 0;
    std::vector<double> direction;
    for (size_t i = 0; i < by->value.entries.size(); ++i) direction.push_back(next() - 0.8);
    for (const auto& [part, name] : form.names) {
      DenseArray<double> moved = dense_value(ctx_, part, point_);
      const DenseArray<double> j = jacobian(ctx_, part, point_, d.by);
      for (size_t i = 0; i < moved.entries.size(); ++i) {
        moved.entries[i] = 0;
        for (size_t k = 0; k < direction.size(); ++k)
          moved.entries[i] += j.entries[i * direction.size() + k] * direction[k];
      }
      point.push_back({name, moved, {}});
    }
    const DenseArray<double> wanted = dense_value(ctx_, form.of, point);
    size_t count = 0;
    for (const DifferentialLine& line : form.lines) {
      INFO(print(ctx_, line.value) << " by " << print(ctx_, line.step->part));
      count += same(dense_value(ctx_, line.value, point), wanted);
    }
    return count;
  }

  bool same(const Step& step, const DenseArray<double>& said, const DenseArray<double>& replayed) {
    INFO("derivative by or of " << print(ctx_, step.part) << " = " << print(ctx_, step.derivative));
    return same(said, replayed);
  }

  bool same(const DenseArray<double>& said, const DenseArray<double>& replayed) {
    REQUIRE(said.entries.size() == replayed.entries.size());
    for (size_t i = 0; i < said.entries.size(); ++i) {
      const double a = said.entries[i], b = replayed.entries[i];
      if (!std::isfinite(a) || !std::isfinite(b)) return false;  // outside of the domain
      CHECK(std::abs(a - b) <= 1e-9 * (1 + std::abs(b)));
    }
    return true;
  }

  Context& ctx_;
  DensePoint point_;
  bool left_out_ = false;
  std::mt19937 random_{1};
};

// 0 where there are no numbers for a function of matrices.
template <class Work>
size_t run(Session& s, Work work) {
  size_t count = 0;
  const auto error = s.caught([&] { count = work(); });
  if (error && error->code != Code::not_yet_available) FAIL_CHECK(error->message);
  return count;
}

// All that a trace tells.
size_t replayed(Session& s, const StatementTrace& trace, Ref answer) {
  size_t count = 0;
  for (const Derivation& d : trace.derivation.derivations()) {
    if (!d.steps.empty() && d.way != Way::backward) CHECK(d.steps.back().derivative == d.value);
    count += run(s, [&] { return Replay(s)(d); });
  }
  count += run(s, [&] { return Replay(s)(trace, answer); });
  return count;
}

size_t replayed(const std::string& text) {
  Session s(keeping());
  StatementTrace trace;
  const Derived with = derive(s, text, &trace);
  INFO(text);
  if (with.outcome.error || trace.derivation.derivations().empty()) return 0;
  const Derived without = derive(s, text, nullptr);
  CHECK(with.outcome.answer.value == without.outcome.answer.value);
  return replayed(s, trace, with.outcome.answer.value);
}

// Of what a row of the cookbook asks for.
size_t replayed(const BookRow& row) {
  RowSession work(row, 1);
  if (work.assertion == nullptr) return 0;
  Session& s = *work.session;
  StatementTrace trace;
  OperatorOptions options = s.operator_options();
  options.trace = &trace;
  s.set_operator_options(options);
  Answer answer;
  const auto error = s.guarded(
      [&] { s.answer(elaborate(s.context(), s.names(), work.text->tree, work.left()), {}, answer); });
  return error ? 0 : replayed(s, trace, answer.value);
}

std::string steps_of(const std::string& text, StepsOptions options = {}) {
  Session s(keeping());
  StatementTrace trace;
  const Derived d = derive(s, text, &trace);
  return d.outcome.error ? d.outcome.error->message
                         : steps_text(s.context(), trace, d.outcome.answer.value, options);
}

}  // namespace

TEST_CASE("each step of a derivation is replayed", "[steps]") {
  const std::string arrays =
      "dim n, m; var x, y : vector[n]; var X, A, B : matrix[n, n]; param M : matrix[m, n]; "
      "param b : vector[m]; ";
  for (const char* text :
       {"diff(x^2*sin(x), x)", "diff(log(x^2 + 1)/x, x)", "diff(x^x, x)", "diff(3^x*atan(x), x)",
        "diff(if x > 1 then x^3 else exp(x), x)", "diff(log(x*exp(x)*y), x)", "diff(x^2*sin(x), x, 3)",
        "grad(x^2*y + exp(x*y), x, y)", "hess(x*sin(y), x, y)", "diff(atan2(x, y)*hypot(x, y), x)"}) {
    INFO(text);
    CHECK(replayed(text) > 0);
  }
  for (const char* text :
       {"grad(x'*X*x, x)", "grad(tr(A*X*B), X)", "grad(logdet(X*X' + eye(n)), X)", "grad(tr(inv(X)*A), X)",
        "grad(sum(exp(M*x - b)), x)", "grad(log(sum(exp(x))), x)", "grad(norm2(M*x - b)^2, x)", "jac(X*x, x)",
        "jac(softmax(x), x)", "jac(sin(M*x), x)", "hess(sum(log1p(exp(M*x))), x)", "grad(det(X), X)",
        "grad(sum(x[i]^2*y[i] for i in 1:n), x)", "grad(tr(X^3), X)", "grad(prod(x), x)",
        "grad(max(x), x)"}) {
    INFO(text);
    CHECK(replayed(arrays + text) > 0);
  }
}

TEST_CASE("the derivations of the books are replayed", "[steps]") {
  size_t rows = 0, steps = 0;
  for (const test::TextbookRow& row :
       test::textbook_rows(std::string(paths::source) + "/tests/golden/textbook.tsv")) {
    INFO(row.id);
    const size_t n = replayed(row.declarations + "\n" + row.input);
    rows += n > 0;
    steps += n;
  }
  CHECK(rows > 200);
  CHECK(steps > 900);
}

TEST_CASE("the derivations of all functions of scalars are replayed", "[steps]") {
  size_t functions = 0;
  for (size_t i = 0; i < function_count(); ++i) {
    const Function& f = row(function_at(i));
    if (f.shape != ShapeRule::elementwise) continue;
    std::string arguments = "x^2/2 + y/3";
    for (size_t k = 1; k < f.min_args; ++k) arguments += ", x*y + 1/" + std::to_string(k + 1);
    const std::string text = std::string(f.name) + "(" + arguments + ")";
    functions += replayed("diff(" + text + ", x)") > 0;
    replayed("diff(x^2*" + text + "/(1 + " + text + ")^2, x)");
  }
  CHECK(functions > 60);
}

TEST_CASE("the derivations of the cookbook are replayed", "[steps]") {
  size_t rows = 0;
  for (const BookRow& row : single_assertions(read_book())) {
    INFO(row.number);
    rows += replayed(row) > 0;
  }
  CHECK(rows > 80);
}

TEST_CASE("a derivation by a complex variable", "[steps]") {
  const std::string z = "var z : scalar complex; ";
  CHECK(steps_of(z + "diff(abs(z), z)") ==
        "dabs(z)/dz = conj(z)/(2*abs(z))  [chain rule, abs]\n"
        "= conj(z)/(2*abs(z))\n");
  CHECK(steps_of(z + "grad(abs(z)^2, z)") ==
        "d(abs(z)^2)/dconj(z) = z  [power rule]\n"
        "  dabs(z)/dconj(z) = z/(2*abs(z))  [chain rule, abs]\n"
        "= 2*z  [gradient, twice that]\n");
  CHECK(steps_of(z + "diff(exp(z)/z, z)") ==
        "d(exp(z)/z)/dz = exp(z)/z - exp(z)/z^2  [quotient rule]\n"
        "  dexp(z)/dz = exp(z)  [derivative of exp]\n"
        "= exp(z)*(z - 1)/z^2  [common factor]\n");
}

TEST_CASE("a derivation as a tree", "[steps]") {
  CHECK(steps_of("diff(x^2*sin(x), x)") ==
        "d(x^2*sin(x))/dx = x^2*cos(x) + 2*x*sin(x)  [product rule]\n"
        "  dsin(x)/dx = cos(x)  [derivative of sin]\n"
        "  d(x^2)/dx = 2*x  [power rule]\n"
        "= x*(x*cos(x) + 2*sin(x))  [common factor]\n");
  CHECK(steps_of("diff(sin(x)/cos(x), x)") ==
        "d(sin(x)/cos(x))/dx = sin(x)^2/cos(x)^2 + 1  [quotient rule]\n"
        "  dsin(x)/dx = cos(x)  [derivative of sin]\n"
        "  dcos(x)/dx = -sin(x)  [derivative of cos]\n"
        "= sec(x)^2*sin(x)^2 + 1  [rule one_over_cos]\n"
        "= tan(x)^2 + 1  [rule sin_sec]\n"
        "= sec(x)^2  [rule one_plus_tan2]\n");
  CHECK(steps_of("diff(a*x/(x^2 + 1)^2, x)") ==
        "d(a*x/(x^2 + 1)^2)/dx = a/(x^2 + 1)^2 - 4*a*x^2/(x^2 + 1)^3  [quotient rule]\n"
        "  d(a*x)/dx = a  [constant factor]\n"
        "  d((x^2 + 1)^2)/dx = 4*x*(x^2 + 1)  [power rule]\n"
        "    d(x^2 + 1)/dx = 2*x  [sum rule]\n"
        "      d(x^2)/dx = 2*x  [power rule]\n"
        "= (a - 3*a*x^2)/(x^2 + 1)^3  [one fraction]\n");
  CHECK(steps_of("diff(exp(2*x), x)", {Format::unicode, true}) ==
        "∂exp(2*x)/∂x = 2*exp(2*x)  [chain rule, exp: d exp(x) = exp(x) .* dx]\n"
        "  with u = 2*x\n"
        "  ∂(2*x)/∂x = 2  [constant factor: (c*u)' = c*u']\n"
        "    with u = x\n"
        "= 2*exp(2*x)\n");
  CHECK(steps_of("diff(7, x)") == "d(7)/dx = 0\n= 0\n");
  CHECK(steps_of("diff(sin(x), x)^2 - 1") ==
        "dsin(x)/dx = cos(x)  [derivative of sin]\n"
        "= cos(x)^2 - 1\n"
        "= -sin(x)^2  [rule one_minus_cos2]\n");
  CHECK(steps_of("simplify(log(2*x) - log(x))", {Format::ascii, true}) ==
        "log(2*x) - log(x)\n"
        "= log(2)  [rule difference_of_logs_of_one_sign: log(a) - log(b) = log(a/b) where a/b > 0 with a = "
        "2*x, b = x]\n");
  const std::string latex = steps_of("diff(sin(x^2), x)", {Format::latex, false});
  CHECK(latex.substr(0, 16) == "\\begin{aligned}\n");
  CHECK(command::contains(latex, "&& \\text{chain rule, sin}"));
}

TEST_CASE("derivations of vectors and matrices as differentials", "[steps]") {
  const std::string names = "dim n; var X, A, W, V : matrix[n, n]; var x, b : vector[n]; ";
  CHECK(steps_of("dim n; var X, A : matrix[n, n]; differential(tr(A*sin(X)))") ==
        "d(tr(A*sin(X))) = tr(sin(X)*dA) + tr(A .* cos(X)'*dX)  [trace rule]\n"
        "  dsin(X) = cos(X) .* dX  [derivative of sin]\n"
        "= tr(sin(X)*dA) + tr(A .* cos(X)'*dX)\n");
  CHECK(steps_of("var x : vector[2]; grad(x[1]*sin(x[2]), x)") ==
        "d(x[1]*sin(x[2]))/dx[1] = sin(x[2])  [constant factor]\n"
        "d(x[1]*sin(x[2]))/dx[2] = x[1]*cos(x[2])  [constant factor]\n"
        "  dsin(x[2])/dx[2] = cos(x[2])  [derivative of sin]\n"
        "= [sin(x[2]); x[1]*cos(x[2])]\n");
  CHECK(steps_of(names + "grad(tr(A*X), X)") ==
        "f = tr(A*X)\n"
        "  df = tr(A*dX)  [trace rule]\n"
        "  df/dX = A'  [gradient]\n"
        "= A'\n");
  CHECK(steps_of(names + "grad(logdet(X), X)", {Format::ascii, true}) ==
        "f = logdet(X)\n"
        "  df = tr(inv(X)*dX)  [chain rule, logdet: d logdet(X) = tr(inv(X)*dX)]\n"
        "  df/dX = inv(X)'  [gradient]\n"
        "= inv(X)'\n");
  CHECK(steps_of(names + "grad(x'*A*x, x)") ==
        "f = x'*A*x\n"
        "  df = (A*x + A'*x)'*dx  [matrix product rule]\n"
        "  df/dx = A*x + A'*x  [gradient]\n"
        "= (A + A')*x  [common factor]\n");
  CHECK(steps_of(names + "grad(tr(A*inv(X)), X)") ==
        "f = tr(A*inv(X))\n"
        "  df = tr(A*d(inv(X)))  [trace rule]\n"
        "     = -tr(inv(X)*A*inv(X)*dX)  [inverse rule]\n"
        "  df/dX = -inv(X)'*A'*inv(X)'  [gradient]\n"
        "= -inv(X)'*A'*inv(X)'\n");
  CHECK(steps_of(names + "grad(norm2(V*tanh(W*x) - b)^2, W)") ==
        "f = (V*tanh(W*x) - b)'*(V*tanh(W*x) - b)\n"
        "  df = sum(d((V*tanh(W*x) - b).^2))  [sum of entries]\n"
        "     = 2*(V*tanh(W*x) - b)'*d(V*tanh(W*x) - b)  [power rule]\n"
        "     = 2*(V*tanh(W*x) - b)'*d(V*tanh(W*x))  [sum rule]\n"
        "     = 2*(V*tanh(W*x) - b)'*V*dtanh(W*x)  [matrix product rule]\n"
        "     = 2*(V*tanh(W*x) - b)'*V*((ones(n) - tanh(W*x).^2) .* d(W*x))  [chain rule, tanh]\n"
        "     = 2*((ones(n) - tanh(W*x).^2) .* (V'*(V*tanh(W*x) - b)))'*dW*x  [matrix product rule]\n"
        "  df/dW = 2*(ones(n) - tanh(W*x).^2) .* (V'*(V*tanh(W*x) - b))*x'  [gradient]\n"
        "= 2*sech(W*x).^2 .* (V'*(V*tanh(W*x) - b))*x'  [entry by entry]\n");
  CHECK(steps_of(names + "jac(sin(A*x), x)") ==
        "f = sin(A*x)\n"
        "  df = cos(A*x) .* d(A*x)  [chain rule, sin]\n"
        "     = cos(A*x) .* (A*dx)  [matrix product rule]\n"
        "  df/dx = diag(cos(A*x))*A  [Jacobian]\n"
        "= diag(cos(A*x))*A\n");
  CHECK(steps_of("dim n; var S : matrix[n, n] spd; param A : matrix[n, n]; grad(tr(A*S), S)") ==
        "f = tr(A*S)\n"
        "  df = tr(A*dS)  [trace rule]\n"
        "  df/dS = A'  [gradient]\n"
        "  = (A + A')/2  [in the space of S]\n"
        "= (A + A')/2\n");
}
