// What simplify makes of derivatives: zeros, sizes, and forms of textbooks.
#include <algorithm>
#include <string>
#include <vector>

#include "bench/evaluate.h"
#include "bench/workloads.h"
#include "expr/count.h"
#include "parser/elaborate.h"
#include "session/session.h"
#include "simplify/passes.h"
#include "simplify/rewrite.h"
#include "simplify/simplify.h"
#include "tests/antiderivatives.h"
#include "tests/random_formula.h"
#include "tests/simplify_seed.h"
#include "tests/textbook.h"

namespace nabla::bench {
namespace {

constexpr const char* folder = NABLA_SOURCE_DIR "/tests/";

// The value of a statement, as a user types it, after the names of `text` were declared.
bool is_zero(const std::set<std::string>& names, const std::string& statement) {
  std::string declarations;
  for (const std::string& name : names) declarations += (declarations.empty() ? "var " : ", ") + name;
  Session session;
  const auto parsed = session.parse("<row>", declarations + "\n" + statement);
  Outcome last;
  for (const Statement& s : parsed->statements) last = session.run(parsed, s);
  return !last.error && last.answer.value == zero;
}

// simplify(diff(F, x) - f), and the controls with F times 10001/10000, which are not 0.
void differences(Run& run, const std::string& file) {
  size_t zeros = 0, false_zeros = 0;
  std::vector<double> seconds;
  for (const test::Antiderivative& row : test::antiderivatives(file)) {
    const auto names = test::names_of_row(row.integrand + " " + row.antiderivative + " " + row.variable);
    const std::string rest = "(" + row.antiderivative + "), " + row.variable + ") - (" + row.integrand + "))";
    const double before = run.seconds();
    run.time([&] { zeros += is_zero(names, "simplify(diff(" + rest); });
    seconds.push_back(run.seconds() - before);
    false_zeros += is_zero(names, "simplify(diff(10001/10000*" + rest);
  }
  run.expect(seconds.size() == 300, "rows");
  run.expect(false_zeros == 0, "a control that is not 0");
  std::sort(seconds.begin(), seconds.end());
  run.note("of 300 are 0", static_cast<double>(zeros));
  run.note("of 300 controls are 0", static_cast<double>(false_zeros));
  run.note("us median", seconds[seconds.size() / 2] * 1e6);
  run.note("ms longest", seconds.back() * 1e3);
}

}  // namespace

void antiderivatives(Run& run, size_t) {
  differences(run, std::string(folder) + "data/antiderivatives_300.tsv");
}

void own_derivatives(Run& run, size_t) { differences(run, std::string(folder) + "data/own_derivatives.tsv"); }

void simplified_order(Run& run, size_t order) {
  Session session;
  const auto parsed =
      session.parse("<row>", "var x\ndiff(exp(sin(x))*x^5/(1 + x^2), x, " + std::to_string(order) + ")");
  Outcome last;
  run.time([&] {
    for (const Statement& s : parsed->statements) last = session.run(parsed, s);
  });
  run.expect(!last.error, "derivative");
  if (last.error) return;
  const Counts counts = count_nodes(session.context(), last.answer.value);
  run.note("tree", static_cast<double>(counts.nodes));
  run.note("dag", static_cast<double>(counts.dag_nodes));
}

void expanded(Run& run, size_t power) {
  Context ctx;
  Names names(ctx, true);
  const std::string sum = "(x + y + z + 1)^" + std::to_string(power);
  const Ref e = elaborate(ctx, names, sum + "*(" + sum + " + 1)");
  Ref result;
  run.time([&] { result = expand(ctx, e); });
  std::vector<Term> terms;
  ctx.append_terms(result, terms);
  // As many as there are exponents of x, y, z whose sum is at most 2*power.
  run.expect(terms.size() == (2 * power + 3) * (2 * power + 2) * (2 * power + 1) / 6, "terms");
  const Point<Residue> at{{ctx.variable("x"), 345}, {ctx.variable("y"), 12}, {ctx.variable("z"), 6789}};
  run.expect(evaluate(ctx, {&e, 1}, at) == evaluate(ctx, {&result, 1}, at), "value modulo a prime");
}

void textbook(Run& run, size_t) {
  const auto rows = test::textbook_rows(std::string(folder) + "golden/textbook.tsv");
  size_t met = 0;
  run.time([&] {
    for (const test::TextbookRow& row : rows) met += test::ask(row).met;
  });
  run.note("rows", static_cast<double>(rows.size()));
  run.note("rows not met", static_cast<double>(rows.size() - met));
}

// The time is that of simplify and of the checks of its promises; scripts/fuzz --simplify runs more seeds.
void random_expressions(Run& run, size_t count) {
  size_t complaints = 0;
  run.time([&] {
    for (uint64_t seed = 0; seed < count; ++seed) complaints += !test::seed_complaint(seed).empty();
  });
  run.expect(complaints == 0, "promises of simplify");
  run.note("promises broken", static_cast<double>(complaints));
}

// Formulas and their derivatives, one after the other in one session.
static void simplified_formulas(Run& run, size_t count, bool rules_alone) {
  Context ctx;
  test::RandomFormula random(ctx, 7, 3);
  std::vector<Ref> formulas;
  size_t nodes = 0;
  for (size_t i = 0; i < count; ++i) {
    const Ref f = random.make(1 + i % 6).canonical;
    formulas.push_back(i % 2 == 0 ? f : diff(ctx, f, random.variables().front()));
    nodes += count_nodes(ctx, formulas.back()).dag_nodes;
  }
  Weight weight(ctx);
  rewrite_by_rules(ctx, weight, formulas.front());  // reads the texts of the rules
  for (const Ref f : formulas) weight(f);
  run.time([&] {
    for (const Ref f : formulas) rules_alone ? rewrite_by_rules(ctx, weight, f) : simplify(ctx, f);
  });
  run.note("dag", static_cast<double>(nodes));
  run.note("ns for each dag node", run.seconds() * 1e9 / static_cast<double>(nodes));
}

void rules_alone(Run& run, size_t count) { simplified_formulas(run, count, true); }
void whole_simplify(Run& run, size_t count) { simplified_formulas(run, count, false); }

}  // namespace nabla::bench
