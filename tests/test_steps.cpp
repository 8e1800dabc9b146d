// Derivations: each step is replayed by dual numbers (eval/dense.h), which share no code with diff/, and the
// answer with steps is the answer without.
#include <catch2/catch.hpp>
#include <cmath>
#include <random>
#include <string>

#include "command.h"
#include "diff/trace.h"
#include "eval/dense.h"
#include "expr/program.h"
#include "expr/shape_text.h"
#include "expr/substitute.h"
#include "session/session.h"
#include "session/simplification.h"
#include "session/steps.h"
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
    if (structured_) return 0;
    size_t count = 0;
    for (const Step& step : d.steps) {
      collect(step.derivative);
      count += d.way == Way::backward ? backward(d, step) : forward(d, step);
    }
    return count;
  }

  // Each form that simplify went through, against the one before.
  size_t operator()(const StatementTrace& trace, Ref answer) {
    size_t count = 0;
    Ref before = trace.raw;
    for (const FormStep& line : simplification_of(ctx_, trace, answer, true)) {
      for (const Ref e : {before, line.form}) collect(e);
      if (structured_) return count;
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

  void collect(Ref e) {
    for (const Ref symbol : symbols_of(ctx_, e)) {
      const Symbol& about = ctx_.symbol(symbol);
      if (about.role == Role::extent || known(symbol)) continue;
      if (about.structure != Structure::none || about.complex || about.domain.integer) structured_ = true;
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
    if (d.way != Way::forward || ctx_.kind(d.by) != Kind::symbol || ctx_.shape_of(d.by).order() > 0)
      return false;
    return same(step, dense_value(ctx_, step.derivative, point_), jacobian(ctx_, step.part, point_, d.by));
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
  bool structured_ = false;
  std::mt19937 random_{1};
};

size_t replayed(const std::string& text) {
  Session s(keeping());
  StatementTrace trace;
  const Derived with = derive(s, text, &trace);
  INFO(text);
  if (with.outcome.error || trace.derivation.derivations().empty()) return 0;
  const Derived without = derive(s, text, nullptr);
  CHECK(with.outcome.answer.value == without.outcome.answer.value);
  size_t count = 0;
  for (const Derivation& d : trace.derivation.derivations()) {
    if (!d.steps.empty() && d.way != Way::backward) CHECK(d.steps.back().derivative == d.value);
    CHECK(!s.caught([&] { count += Replay(s)(d); }));
  }
  CHECK(!s.caught([&] { count += Replay(s)(trace, with.outcome.answer.value); }));
  return count;
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
  for (const test::TextbookRow& row : test::textbook_rows(NABLA_SOURCE_DIR "/tests/golden/textbook.tsv")) {
    INFO(row.id);
    const size_t n = replayed(row.declarations + "\n" + row.input);
    rows += n > 0;
    steps += n;
  }
  CHECK(rows > 200);
  CHECK(steps > 900);
}

TEST_CASE("a derivation as a tree", "[steps]") {
  CHECK(steps_of("diff(x^2*sin(x), x)") ==
        "d(x^2*sin(x))/dx = x^2*cos(x) + 2*x*sin(x)  [product rule]\n"
        "  dsin(x)/dx = cos(x)  [chain rule, sin]\n"
        "  d(x^2)/dx = 2*x  [power rule]\n"
        "= x*(x*cos(x) + 2*sin(x))  [common factor]\n");
  CHECK(steps_of("diff(exp(2*x), x)", {Format::unicode, true}) ==
        "∂exp(2*x)/∂x = 2*exp(2*x)  [chain rule, exp: dexp = f .* dx]\n"
        "  with u = 2*x\n"
        "  ∂(2*x)/∂x = 2  [constant factor: (c*u)' = c*u']\n"
        "    with u = x\n"
        "= 2*exp(2*x)\n");
  CHECK(steps_of("dim n; var X, A : matrix[n, n]; differential(tr(A*sin(X)))") ==
        "d(tr(A*sin(X))) = tr(dA*sin(X)) + tr(dX*(A .* cos(X)'))  [product rule, linear in each factor]\n"
        "  dsin(X) = dX .* cos(X)  [chain rule, sin]\n"
        "= tr(dA*sin(X)) + tr(dX*(A .* cos(X)'))\n");
  CHECK(steps_of("var x : vector[2]; grad(x[1]*sin(x[2]), x)") ==
        "d(x[1]*sin(x[2]))/dx[1] = sin(x[2])  [constant factor]\n"
        "d(x[1]*sin(x[2]))/dx[2] = x[1]*cos(x[2])  [constant factor]\n"
        "  dsin(x[2])/dx[2] = cos(x[2])  [chain rule, sin]\n"
        "= [sin(x[2]); x[1]*cos(x[2])]\n");
  CHECK(steps_of("diff(sin(x), x)^2 - 1") ==
        "dsin(x)/dx = cos(x)  [chain rule, sin]\n"
        "= cos(x)^2 - 1\n"
        "= -sin(x)^2  [rule one_minus_cos2]\n");
  CHECK(steps_of("simplify(log(2*x) - log(x))", {Format::ascii, true}) ==
        "log(2*x) - log(x)\n"
        "= log(2)  [rule difference_of_logs_of_one_sign: log(a) - log(b) = log(a/b) where a/b > 0 with a = "
        "2*x, b = x]\n");
  CHECK(steps_of("diff(7, x)") == "d(7)/dx = 0\n= 0\n");
  CHECK(steps_of("dim n; var X, A : matrix[n, n]; grad(tr(A*X), X)") ==
        "f = tr(A*X)\n"
        "  df/dX = A'  [product rule, linear in each factor]\n"
        "= A'\n");
  CHECK(steps_of("dim n; var S : matrix[n, n] spd; param A : matrix[n, n]; grad(tr(A*S), S)") ==
        "f = tr(A*S)\n"
        "  df/dS = A'  [product rule, linear in each factor]\n"
        "  = (A + A')/2  [in the space of S]\n"
        "= (A + A')/2\n");
  const std::string latex = steps_of("diff(sin(x^2), x)", {Format::latex, false});
  CHECK(latex.substr(0, 16) == "\\begin{aligned}\n");
  CHECK(command::contains(latex, "&& \\text{chain rule, sin}"));
}
