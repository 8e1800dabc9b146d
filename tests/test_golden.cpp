// Results as they are to be read. Each line of tests/data/golden.txt is a statement and its result, written
// by hand from the rules of calculus. Every result must be the same bytes in a fresh session, after 1,000
// random statements, and with the declarations permuted, in all three notations.
#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "expr/print.h"
#include "session/session.h"
#include "tests/paths.h"
#include "tests/random_expr.h"

using namespace nabla;

namespace {

struct Golden {
  std::string statement, result;
};

struct Goldens {
  std::vector<std::string> declarations;
  std::vector<Golden> rows;

  Goldens() {
    std::ifstream in(std::string(paths::source) + "/tests/data/golden.txt");
    for (std::string line; std::getline(in, line);) {
      if (line.empty() || line[0] == '#') continue;
      const size_t arrow = line.find(" => ");
      if (arrow == std::string::npos) {
        declarations.push_back(line);
      } else {
        rows.push_back({line.substr(0, arrow), line.substr(arrow + 4)});
      }
    }
  }
};

Outcome run(Session& session, const std::string& text) {
  const auto parsed = session.parse("<test>", text);
  return session.run(parsed, parsed->statements.at(0));
}

void declare(Session& session, const std::vector<std::string>& declarations) {
  for (const std::string& d : declarations) {
    INFO(d);
    CHECK_FALSE(run(session, d).error);
  }
}

std::string answer(Session& session, const std::string& statement, Format format) {
  const Outcome out = run(session, statement);
  if (out.error) return out.error->message;
  return print(session.context(), out.answer.value, {format, true});
}

// Other formulas, in names of their own: x1, x2, … are scalars without a declaration.
void run_random_statements(Session& session, size_t count) {
  std::mt19937_64 random(99);
  const auto name = [&] { return "x" + std::to_string(random() % 12 + 1); };
  for (size_t i = 0; i < count; ++i) {
    const char* const shapes[] = {"sin(%)*% + %/(% + 2)", "diff(exp(%*%)^3, %)", "(% + %)^2 - 3*%",
                                  "sqrt(%^2 + 1)*log(%^2 + 2)", "sum(i*% for i in 1:3) - %"};
    std::string text = shapes[random() % 5];
    for (size_t at = text.find('%'); at != std::string::npos; at = text.find('%'))
      text.replace(at, 1, name());
    INFO(text);
    CHECK_FALSE(run(session, text).error);
  }
}

}  // namespace

TEST_CASE("golden results", "[golden]") {
  const Goldens goldens;
  REQUIRE(goldens.rows.size() > 40);
  for (const Golden& g : goldens.rows) {
    Session session;
    declare(session, goldens.declarations);
    CHECK(answer(session, g.statement, Format::ascii) == g.result);
  }
}

TEST_CASE("golden results do not depend on what ran before or on the order of declarations", "[golden]") {
  const Goldens goldens;
  Session aged;
  declare(aged, goldens.declarations);
  run_random_statements(aged, 1000);
  // Extents first: the names in the shapes must exist. The rest in any order.
  const auto first_name = std::find_if(goldens.declarations.begin(), goldens.declarations.end(),
                                       [](const std::string& d) { return d.compare(0, 3, "dim") != 0; });
  std::vector<std::vector<std::string>> orders(2, {first_name, goldens.declarations.end()});
  std::reverse(orders[0].begin(), orders[0].end());
  std::shuffle(orders[1].begin(), orders[1].end(), std::mt19937(5));
  std::vector<std::string> dims(goldens.declarations.begin(), first_name);
  std::vector<std::unique_ptr<Session>> permuted;
  for (const auto& order : orders) {
    std::reverse(dims.begin(), dims.end());
    permuted.push_back(std::make_unique<Session>());
    declare(*permuted.back(), dims);
    declare(*permuted.back(), order);
  }
  for (size_t i = goldens.rows.size(); i-- > 0;) {
    const Golden& g = goldens.rows[i];
    INFO(g.statement);
    for (const Format format : {Format::ascii, Format::unicode, Format::latex}) {
      Session fresh;
      declare(fresh, goldens.declarations);
      const std::string text = answer(fresh, g.statement, format);
      CHECK(answer(aged, g.statement, format) == text);
      for (const auto& session : permuted) CHECK(answer(*session, g.statement, format) == text);
    }
  }
}
