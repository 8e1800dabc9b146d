// The Matrix Cookbook: every row is derived, compared with the book, and checked by automatic
// differentiation.
#include <catch2/catch.hpp>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "command.h"
#include "cookbook/book.h"
#include "cookbook/match.h"
#include "cookbook/page.h"
#include "cookbook/size.h"
#include "cookbook/verify.h"
#include "parser/elaborate.h"
#include "parser/parse.h"
#include "session/session.h"
#include "simplify/proved_equal.h"
#include "tests/paths.h"

using namespace nabla;

namespace {

// Rows that are not proved, and what they are at least.
const std::map<std::string, Standing> not_proved = {
#include "data/cookbook_not_proved.def"
};

bool is_mathematics(Standing s) { return s == Standing::proved || s == Standing::equal_numbers; }

// What is better is greater; 0: never to be seen.
int rank(Standing s) {
  return s == Standing::proved ? 3 : s == Standing::equal_numbers ? 2 : s == Standing::refused ? 1 : 0;
}

// The declared names of a row, dims included.
std::set<std::string> declared_names(const BookRow& row) {
  const ParsedText text = parse_statements(make_source("row", row.statements));
  std::set<std::string> names;
  for (const Declaration& d : text.declarations) {
    for (const DeclaredName& n : d.names) names.insert(std::string(text.tree.spelling(n.name)));
  }
  return names;
}

// The row in other letters.
BookRow relettered(const BookRow& row) {
  BookMatch letters{&row, {}};
  for (const std::string& name : declared_names(row)) letters.letters.emplace_back(name + "_9", name);
  BookRow out = row;
  out.statements = in_letters(letters, row.statements);
  return out;
}

command::Result nabla_command(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), paths::binary);
  return command::run(arguments);
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("the cookbook: its rows are all there") {
  const std::vector<BookRow> rows = read_book();
  CHECK(rows.size() == 174);
  std::set<std::string> numbers;
  size_t definitions = 0, controls = 0;
  for (const BookRow& row : rows) {
    CHECK(numbers.insert(row.number).second);
    CHECK(!row.title.empty());
    definitions += row.definition.empty() ? 0u : 1u;
    controls += row.control ? 1u : 0u;
    CHECK(row.definition.empty() == (row.statements.find("assert ") != std::string::npos));
  }
  CHECK(definitions == 7);
  CHECK(controls == 2);
  CHECK(find_row(rows, "MC-61") == find_row(rows, "61"));
  CHECK(find_row(rows, "1000") == nullptr);
  CHECK(find_words(rows, std::vector<std::string>{"LOG", "det"}).size() >= 4);
}

TEST_CASE("the cookbook: every row has its verdict") {
  for (const BookRow& row : read_book()) {
    const RowReport r = verify_row(row);
    INFO(row.number << ": " << r.derived << " (" << r.message << ")");
    if (!row.definition.empty()) {
      CHECK(r.standing == Standing::definition);
      continue;
    }
    // Nothing is wrong in silence: what is derived agrees with dual numbers wherever there are numbers.
    if (r.numeric.differentiated) CHECK(r.numeric.error < numeric_tolerance);
    if (row.control) {
      CHECK(r.standing == Standing::refuted);
      continue;
    }
    const auto listed = not_proved.find(row.number);
    const Standing least = listed == not_proved.end() ? Standing::proved : listed->second;
    INFO("is " << standing_name(r.standing) << ", wanted " << standing_name(least));
    CHECK(rank(r.standing) >= rank(least));
    if (is_mathematics(r.standing) && r.numeric.evaluated) CHECK(r.numeric.difference < numeric_tolerance);
  }
}

TEST_CASE("the cookbook: other letters, the same verdict") {
  for (const BookRow& row : read_book()) {
    if (!row.definition.empty()) continue;
    const BookRow other = relettered(row);
    INFO(other.statements);
    const RowReport a = verify_row(row), b = verify_row(other);
    CHECK(standing_name(a.standing) == standing_name(b.standing));
  }
}

TEST_CASE("the cookbook: a wrong row is caught") {
  const std::vector<BookRow> rows = read_book();
  BookRow row = *find_row(rows, "61");
  const size_t at = row.statements.find("== -");
  REQUIRE(at != std::string::npos);
  row.statements.replace(at, 4, "== ");
  CHECK(verify_row(row).standing == Standing::refuted);
}

TEST_CASE("the cookbook: rows are found from formulas") {
  const std::vector<BookRow> rows = read_book();
  const auto numbers = [&](const std::string& formula) {
    std::vector<std::string> list;
    for (const BookMatch& m : match_formula(rows, formula)) list.push_back(m.row->number);
    return list;
  };
  CHECK(numbers("u'*inv(Y)*v") == std::vector<std::string>{"61"});
  CHECK(numbers("tr(P*Z*Q*Z)") == std::vector<std::string>{"114"});
  CHECK(numbers("grad(p'*Z*q, Z)") == std::vector<std::string>{"70", "71"});
  CHECK(numbers("norm(p - q)") == std::vector<std::string>{"129"});
  CHECK(numbers("sin(x)*y").empty());
  CHECK_THROWS(match_formula(rows, "a +"));
}

// language.md, "Counting", by hand: leaves and operators, equal subtrees once.
TEST_CASE("the cookbook: sizes of formulas") {
  const auto size = [](const std::string& formula) {
    const ParsedText text = parse_expression(formula);
    SyntaxSize s;
    return s.dag_nodes(text.tree, text.statements.at(0).root);
  };
  CHECK(size("x") == 1);
  CHECK(size("a + b - c") == 4);
  CHECK(size("2*A*x") == 4);
  CHECK(size("A'*B'") == 5);
  CHECK(size("inv(X)*a*inv(X)") == 4);  // X, inv, a, *
  CHECK(size("(B + B')*x") == 5);
  CHECK(size("x/norm(x)") == 3);
  CHECK(size("a/b/c") == 5);
}

// Identities of matrix algebra, and near misses.
TEST_CASE("normal form of matrix expressions") {
  Session session;
  Context& ctx = session.context();
  const auto text = session.parse(
      "t",
      "dim n, m\nvar A, B, C : matrix[n, n]\nvar X, Y : matrix[n, m]\n"
      "var x, y : vector[n]\nvar Q : matrix[n, n] orthogonal\nvar S : matrix[n, n] symmetric\nvar c, d\n");
  for (const Statement& s : text->statements) REQUIRE(!session.run(text, s).error);
  const auto equal = [&](const std::string& a, const std::string& b) {
    return proved_equal(ctx, elaborate(ctx, session.names(), a), elaborate(ctx, session.names(), b));
  };
  CHECK(equal("(A + B)*(C - A)", "A*C + B*C - A*A - B*A"));
  CHECK(equal("inv(A*B)", "inv(B)*inv(A)"));
  CHECK(equal("inv(A'*B*C)", "inv(C)*inv(B)*inv(A)'"));
  CHECK(equal("det(A*B)", "det(B)*det(A)"));
  CHECK(equal("det(2*A)", "2^n*det(A)"));
  CHECK(equal("det(inv(A))", "1/det(A)"));
  CHECK(equal("tr((A + B)*C)", "tr(C*A) + tr(B'*C')"));
  CHECK(equal("(x + y)'*A*(x - y)", "x'*A*x - x'*A*y + y'*A*x - y'*A*y"));
  CHECK(equal("adj(A)*B", "det(A)*inv(A)*B"));
  CHECK(equal("(c + d)^2*A", "c^2*A + 2*c*d*A + d^2*A"));
  CHECK(equal("(X + Y)*(X + Y)'", "X*X' + X*Y' + Y*X' + Y*Y'"));
  CHECK(equal("(x .* y + x)'*x", "sum(x.^2 .* y) + x'*x"));
  CHECK(equal("x'*(A - A')*x", "0"));
  CHECK(equal("inv(X'*A*X)'", "inv(X'*A'*X)"));
  CHECK(equal("det(X'*A*X)", "det(X'*A'*X)"));
  CHECK(equal("norm(x)^3*x", "norm(x)*(x'*x)*x"));
  CHECK(equal("vec(c*A)", "c*vec(A)"));
  CHECK(equal("Q*Q'*x", "x"));
  CHECK(equal("Q'*A*Q*Q'", "Q'*A"));
  CHECK(equal("eigvecs(S)'*eigvecs(S)", "eye(n)"));
  CHECK_FALSE(equal("Q*Q*x", "x"));
  CHECK_FALSE(equal("Q .* Q", "eye(n)"));
  CHECK_FALSE(equal("A*B", "B*A"));
  CHECK_FALSE(equal("inv(A*B)", "inv(A)*inv(B)"));
  CHECK_FALSE(equal("det(2*A)", "2*det(A)"));
  CHECK_FALSE(equal("inv(X'*S*X)", "inv(X'*X)*inv(X'*S*X)"));
  CHECK_FALSE(equal("x'*A*y", "y'*A*x"));
}

TEST_CASE("equal on vectors and matrices of symbolic size") {
  Session session;
  const auto text = session.parse("t",
                                  "dim n\nvar A, B : matrix[n, n]\nequal(inv(A*B), inv(B)*inv(A))\n"
                                  "equal(tr(A*B*A), tr(A*A*B))\nequal(A*B, B*A)\nequal(tr(A), tr(B))\n");
  std::vector<std::string> verdicts;
  for (const Statement& s : text->statements) {
    const Outcome out = session.run(text, s);
    REQUIRE(!out.error);
    if (out.answer.kind == AnswerKind::verdict) verdicts.push_back(out.answer.text.substr(0, 7));
  }
  CHECK(verdicts == std::vector<std::string>{"proved", "proved", "refuted", "refuted"});
}

TEST_CASE("docs/cookbook.md is current") {
  std::vector<RowReport> reports;
  const std::vector<BookRow> rows = read_book();
  for (const BookRow& row : rows) reports.push_back(verify_row(row));
  std::ifstream file(std::string(paths::source) + "/docs/cookbook.md", std::ios::binary);
  std::ostringstream there;
  there << file.rdbuf();
  INFO("nabla cookbook page >docs/cookbook.md writes it anew");
  const bool current = there.str() == book_page(reports);
  CHECK(current);
}

TEST_CASE("nabla cookbook") {
  CHECK(contains(nabla_command({"cookbook", "61"}).out, "-inv(X)'*a*b'*inv(X)'"));
  CHECK(contains(nabla_command({"cookbook", "match", "u'*inv(Y)*v"}).out, "-inv(Y)'*u*v'*inv(Y)'"));
  CHECK(nabla_command({"cookbook", "verify", "61", "MC-70"}).status == 0);
  const std::string whole = nabla_command({"cookbook", "b'*inv(X)*a"}).out;  // from a formula, in full
  CHECK(contains(whole, "61  bilinear form in the inverse"));
  CHECK(contains(whole, "= -b'*inv(X)*dX*inv(X)*a  [inverse rule]"));
  CHECK(contains(whole, "inline void cookbook_61("));
  CHECK(contains(whole, "automatic differentiation"));
  // What is said in words is broken between them.
  const std::string row = nabla_command({"cookbook", "57"}).out;
  CHECK(contains(row, "  numbers   derived and stated form within 0, automatic differentiation"));
  std::istringstream lines(row);
  for (std::string line; std::getline(lines, line) && !line.empty();) CHECK(line.size() <= 80);
  CHECK(contains(nabla_command({"cookbook", "tr(P*Q)"}).out, "100      trace of XA"));
  CHECK(nabla_command({"cookbook", "verify", "1000"}).status == 2);
  CHECK(nabla_command({"cookbook", "no", "such", "words"}).status == 1);
  CHECK(nabla_command({"cookbook", "match", "sin(x)*y"}).status == 4);
}
