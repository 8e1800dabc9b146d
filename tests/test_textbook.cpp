// Derivatives in the forms of textbooks: golden/textbook.tsv. The forms were checked against SymPy 1.14 as
// well, at random points.
#include <catch2/catch.hpp>

#include "tests/paths.h"
#include "tests/textbook.h"

using namespace nabla;
using namespace nabla::test;

namespace {

const std::string file = std::string(paths::source) + "/tests/golden/textbook.tsv";

// Rows whose form in the book is not the lightest, or is not found; each is equal to what is printed.
const std::set<std::string> printed_otherwise = {
#include "golden/textbook_unmet.def"
};

}  // namespace

TEST_CASE("the form of a text", "[textbook]") {
  const FormText form({"A", "x"});
  const auto same = [&](const char* a, const char* b) { return form(a) == form(b); };
  CHECK(same("a + b - c", "b + (-c + a)"));
  CHECK(same("-2*a/(b*c)", "a/c*-2/b"));
  CHECK(same("a - 2*b", "-(2*b) + a"));
  CHECK(same("sin(b + a)*a", "a*sin(a + b)"));
  CHECK(same("2*A*x", "A*2*x"));
  CHECK(same("A .* x", "x .* A"));
  for (const char* other : {"2*(a + b)", "a*2 + b + b", "2*a + b*2 + 0", "-(-2*a - 2*b)", "(4*a + 4*b)/2"})
    CHECK_FALSE(same("2*a + 2*b", other));
  CHECK_FALSE(same("1/a", "a^-1"));
  CHECK_FALSE(same("sqrt(a)", "a^(1/2)"));
  CHECK_FALSE(same("(a - b)^2", "(b - a)^2"));
  CHECK_FALSE(same("-(a + b)", "-a - b"));
  CHECK_FALSE(same("-(a + b)/c", "(-a - b)/c"));
  CHECK_FALSE(same("A*x", "x*A"));
  CHECK_FALSE(same("a/2", "1/2*a"));
  CHECK_FALSE(same("a/(b/c)", "a*c/b"));
  CHECK_FALSE(same("a .+ b", "a + b"));
}

TEST_CASE("the textbook forms are equal to the derivatives", "[textbook]") {
  for (const TextbookRow& row : textbook_rows(file)) {
    INFO(row.id << ": " << row.input << " = " << row.form << "  (" << row.source << ")");
    SessionOptions raw;
    raw.raw = true;
    Session session(raw);
    const auto parsed =
        session.parse("<row>", row.declarations + "\nequal(" + row.input + ", " + row.form + ")");
    std::string verdict;
    for (const Statement& s : parsed->statements) {
      const Outcome o = session.run(parsed, s);
      if (o.error) {
        CHECK(spelling(o.error->code) == "NB0703");  // neither proved nor refuted
      } else {
        verdict = o.answer.text;
      }
    }
    CHECK(verdict.find("refuted") == std::string::npos);
  }
}

TEST_CASE("derivatives as the books print them", "[textbook]") {
  const auto rows = textbook_rows(file);
  CHECK(rows.size() - printed_otherwise.size() >= 250);
  for (const TextbookRow& row : rows) {
    INFO(row.id << ": " << row.input << "  (" << row.source << ")");
    const TextbookAnswer answer = ask(row);
    INFO("printed " << answer.text);
    INFO("book    " << row.form);
    CHECK(answer.met == (printed_otherwise.count(row.id) == 0));
  }
}
