// examples/gallery/: every formula is derived, compared with the closed form of its source, and checked by
// automatic differentiation of the formula as it was written.
#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "command.h"
#include "cookbook/gallery.h"
#include "expr/diagnostic.h"
#include "tests/gallery_rows.h"
#include "tests/paths.h"

using namespace nabla;
using namespace nabla::test;

namespace {

const std::filesystem::path source = paths::source;

// Derivatives that are not proved equal to the closed form, by formula and assertion; at random points they
// are equal.
const std::set<std::string> not_proved = {
#include "data/gallery_not_proved.def"
};

}  // namespace

TEST_CASE("the gallery: formulas with their sources", "[gallery]") {
  const std::vector<BookRow> rows = gallery();
  CHECK(rows.size() >= 60);
  std::set<std::string> names;
  for (const BookRow& row : rows) {
    INFO(row.file << ": " << row.number);
    CHECK(names.insert(row.number).second);
    CHECK(!row.title.empty());
    CHECK(!row.section.empty());
    CHECK(row.statements.find("\nassert ") != std::string::npos);
  }
}

TEST_CASE("the gallery: every derivative is the closed form, and docs/gallery.md is current", "[gallery]") {
  const std::vector<BookRow> rows = single_assertions(gallery());
  std::vector<RowReport> reports;
  std::set<std::string> seen;
  for (const BookRow& row : rows) {
    reports.push_back(verify_row(row));
    const RowReport& r = reports.back();
    const std::string name = row.number + " " + std::to_string(row.assertion + 1);
    seen.insert(name);
    INFO(name << ": " << r.derived << " is " << standing_name(r.standing) << " (" << r.message << ")");
    CHECK(r.standing == (not_proved.count(name) > 0 ? Standing::equal_numbers : Standing::proved));
    CHECK(r.numeric.evaluated);
    CHECK(r.numeric.difference < numeric_tolerance);
    if (r.numeric.differentiated) CHECK(r.numeric.error < numeric_tolerance);
    CHECK(r.seconds < 0.5);  // milliseconds, on a machine that may be busy
  }
  for (const std::string& name : not_proved) {
    INFO(name);
    CHECK(seen.count(name) == 1);
  }
  CHECK(gallery_totals(reports).formulas >= 60);
  INFO("nabla cookbook page examples/gallery/*.nabla >docs/gallery.md writes it anew");
  const bool current = text_of(source / "docs" / "gallery.md") == gallery_page(reports);
  CHECK(current);
}

TEST_CASE("the gallery: a wrong closed form is caught", "[gallery]") {
  std::vector<BookRow> rows = single_assertions(gallery());
  const auto first = [&](const char* name) {
    return std::find_if(rows.begin(), rows.end(), [&](const BookRow& r) { return r.number == name; });
  };
  const struct {
    const char *name, *right, *wrong;
  } mistakes[] = {{"ridge", "2*(X'*(X*w - y)", "2*(X'*(X*w + y)"},
                  {"wishart", "- inv(S))/2", "+ inv(S))/2"},
                  {"notears", "expm(W .* W)' .*", "expm(W .* W) .*"},
                  {"dipole", "3*(p'*x)", "2*(p'*x)"},
                  {"coulomb", "^3*(x - y)", "^2*(x - y)"}};
  for (const auto& m : mistakes) {
    INFO(m.name);
    const auto row = first(m.name);
    REQUIRE(row != rows.end());
    const size_t at = row->statements.find(m.right);
    REQUIRE(at != std::string::npos);
    row->statements.replace(at, std::string(m.right).size(), m.wrong);
    CHECK(verify_row(*row).standing == Standing::refuted);
  }
}

// What is neither proved nor refuted is said; everything else holds.
TEST_CASE("the gallery: its files are scripts", "[gallery]") {
  for (const auto& path : gallery_files()) {
    const command::Result r =
        command::run({paths::binary, "run", "--keep-going", "--diagnostics", "json", path.string()});
    INFO(path.filename().string() << "\n" << r.err);
    CHECK((r.status == 0 || r.status == 4));
    CHECK(r.out.empty());
    CHECK(command::run({paths::binary, "fmt", "--check", path.string()}).status == 0);
    std::istringstream lines(r.err);
    for (std::string line; std::getline(lines, line);) {
      const bool undecided = line.find("NB0703") != std::string::npos;
      CHECK((undecided || line.find("\"error\"") == std::string::npos));
    }
  }
}

TEST_CASE("the gallery: files of another kind", "[gallery]") {
  const BookFile file{"notes.nabla", "# Notes\n\n## one | A formula\n# remark: no such comment\nvar x\n"};
  CHECK_THROWS_AS(read_book(std::span(&file, 1)), Failure);
  const BookFile two{"two.nabla",
                     "# Two\n\n## one | A formula\n# source: by hand\nvar x\n"
                     "assert diff(x^2, x) == 2*x\nassert diff(x^3, x) == 3*x^2\n"};
  const std::vector<BookRow> rows = single_assertions(read_book(std::span(&two, 1)));
  REQUIRE(rows.size() == 2);
  CHECK(rows[1].section == "by hand");
  CHECK(verify_row(rows[1]).derived == "3*x^2");
}
