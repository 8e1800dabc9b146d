#include "cookbook/page.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace nabla {
namespace {

std::string fixed(double v, int digits) {
  std::array<char, 64> text{};
  (void)std::snprintf(text.data(), text.size(), "%.*f", digits, v);
  return text.data();
}

bool is_derived(Standing s) { return s == Standing::proved || s == Standing::equal_numbers; }

void count(const RowReport& r, BookTotals& t) {
  ++t.rows;
  if (r.standing == Standing::definition) {
    ++t.definitions;
    return;
  }
  if (r.row->control) {
    ++t.controls;
    t.controls_refuted += r.standing == Standing::refuted ? 1u : 0u;
    return;
  }
  ++t.to_verify;
  t.derived += is_derived(r.standing) ? 1u : 0u;
  t.proved += r.standing == Standing::proved ? 1u : 0u;
  t.equal_numbers += r.standing == Standing::equal_numbers ? 1u : 0u;
  t.undecided += r.standing == Standing::undecided ? 1u : 0u;
  t.refused += r.standing == Standing::refused ? 1u : 0u;
  t.refuted += r.standing == Standing::refuted ? 1u : 0u;
  t.wrong += r.standing == Standing::wrong ? 1u : 0u;
  t.differentiated += r.numeric.differentiated && is_derived(r.standing) ? 1u : 0u;
}

void append_row(const RowReport& r, std::string& page) {
  const BookRow& row = *r.row;
  page += "\n### " + row.number + ". " + row.title + "\n\nSection " + row.section + ".";
  if (!row.where.empty()) page += " Where: " + row.where + ".";
  page += "\n";
  if (r.standing == Standing::definition) {
    page += "\nA definition: `" + row.definition + "`.\n";
  } else {
    page += "\n```\n" + row.statements + "```\n";
    if (!r.derived.empty()) {
      page += "\nDerived: `" + r.derived + "`\n";
      page += "\n$$" + r.question_latex + (r.question_latex.empty() ? "" : " = ") + r.derived_latex + "$$\n";
    }
    page += "\nVerdict: " + verdict_text(r) + ".\n";
  }
  if (!row.erratum.empty()) page += "\nErratum: " + row.erratum + "\n";
  if (!row.note.empty()) page += "\nNote: " + row.note + "\n";
}

}  // namespace

std::string verdict_text(const RowReport& r) {
  const std::string checked = r.numeric.differentiated ? "; agrees with automatic differentiation" : "";
  switch (r.standing) {
    case Standing::proved:
      return (r.same ? "proved: the same expression" : "proved: the difference is 0 in normal form") +
             checked;
    case Standing::equal_numbers:
      return "equal at random matrices, not proved" + checked;
    case Standing::refuted:
      return r.row->control ? "refuted, as it should be" : "refuted";
    case Standing::refused:
      return "refused: " + r.message;
    default:
      return std::string(standing_name(r.standing)) + (r.message.empty() ? "" : ": " + r.message);
  }
}

BookTotals totals_of(std::span<const RowReport> reports) {
  BookTotals t;
  std::vector<double> ratios;
  for (const RowReport& r : reports) {
    count(r, t);
    if (r.row->control || !is_derived(r.standing)) continue;
    if (r.seconds > t.slowest) t.slowest = r.seconds, t.slowest_row = r.row->number;
    if (r.stated_nodes == 0) continue;
    ratios.push_back(static_cast<double>(r.derived_nodes) / static_cast<double>(r.stated_nodes));
    if (ratios.back() > t.largest_ratio) t.largest_ratio = ratios.back(), t.largest_ratio_row = r.row->number;
  }
  std::sort(ratios.begin(), ratios.end());
  const size_t n = ratios.size();
  if (n > 0) t.median_ratio = (ratios[(n - 1) / 2] + ratios[n / 2]) / 2;
  return t;
}

std::vector<std::string> totals_text(const BookTotals& t, bool with_time) {
  const auto n = [](size_t count) { return std::to_string(count); };
  std::vector<std::string> lines;
  lines.push_back(n(t.rows) + " rows: " + n(t.to_verify) + " to verify, " + n(t.definitions) +
                  " definitions, " + n(t.controls) + " as misprinted");
  lines.push_back("derived: " + n(t.derived) + " of " + n(t.to_verify) + " (" + n(t.differentiated) +
                  " also checked by automatic differentiation)");
  lines.push_back("proved: " + n(t.proved) + ", equal numbers only: " + n(t.equal_numbers) +
                  ", undecided: " + n(t.undecided) + ", refused: " + n(t.refused) +
                  ", refuted: " + n(t.refuted) + ", derived wrongly: " + n(t.wrong));
  lines.push_back("misprinted rows refuted: " + n(t.controls_refuted) + " of " + n(t.controls));
  lines.push_back("size of the answer relative to the book's form, in DAG nodes: median " +
                  fixed(t.median_ratio, 2) + ", largest " + fixed(t.largest_ratio, 2) + " (" +
                  t.largest_ratio_row + ")");
  if (with_time) {
    lines.push_back("slowest derivation: " + fixed(t.slowest * 1e3, 1) + " ms (" + t.slowest_row + ")");
  }
  return lines;
}

std::string book_page(std::span<const RowReport> reports) {
  std::string page =
      "# The Matrix Cookbook, derived\n\n"
      "This page is written by `nabla cookbook page`; do not edit it. The identities are those of K. B. "
      "Petersen and M. S. Pedersen, *The Matrix Cookbook*, version of 15 November 2012, in our own words; "
      "the files are in `cookbook/`. Each row is Nabla: declarations, and an assertion whose left side is "
      "what the engine is asked and whose right side is what the book states.\n\n"
      "`nabla cookbook verify` derives and proves all rows again and prints these numbers, with times:\n\n"
      "```\n";
  for (const std::string& line : totals_text(totals_of(reports), false)) page += line + "\n";
  page +=
      "```\n\n"
      "Look an identity up with `nabla cookbook 61` or `nabla cookbook log det`, and find it from a formula, "
      "whatever its letters, with `nabla cookbook match \"u'*inv(Y)*v\"`.\n";
  std::string chapter;
  for (const RowReport& r : reports) {
    if (r.row->chapter != chapter) {
      chapter = r.row->chapter;
      page += "\n## " + chapter + "\n";
    }
    append_row(r, page);
  }
  return page;
}

}  // namespace nabla
