#include "cookbook/gallery.h"

#include "cookbook/page.h"

namespace nabla {
namespace {

// A result longer than this is named by its size.
constexpr size_t longest_result = 1000;

bool begins_formula(std::span<const RowReport> reports, size_t i) { return reports[i].row->assertion == 0; }

void append_result(const RowReport& r, std::string& page) {
  page += "\n`" + r.question + "`\n";
  if (!r.derived.empty()) {
    const bool shown = r.derived.size() <= longest_result;
    page += shown ? "= `" + r.derived + "`\n"
                  : "= an expression of " + std::to_string(r.derived_nodes) + " nodes\n";
    if (shown)
      page += "\n$$" + r.question_latex + (r.question_latex.empty() ? "" : " = ") + r.derived_latex + "$$\n";
  }
  page += "\nVerdict: " + verdict_text(r) + ".\n";
}

void append_heading(const BookRow& row, std::string& page) {
  page += "\n### " + row.title + "\n\n`" + row.number + "` in `examples/gallery/" + row.file +
          "`. Source: " + row.section + ".";
  if (!row.where.empty()) page += " Where: " + row.where + ".";
  if (!row.note.empty()) page += " Note: " + row.note + ".";
  page += "\n\n```\n" + row.statements + "```\n";
}

}  // namespace

GalleryTotals gallery_totals(std::span<const RowReport> reports) {
  GalleryTotals t;
  for (size_t i = 0; i < reports.size(); ++i) {
    const RowReport& r = reports[i];
    t.formulas += begins_formula(reports, i) ? 1u : 0u;
    ++t.assertions;
    const bool proved = r.standing == Standing::proved, numbers = r.standing == Standing::equal_numbers;
    t.proved += proved ? 1u : 0u;
    t.equal_numbers += numbers ? 1u : 0u;
    t.failed += proved || numbers ? 0u : 1u;
    t.differentiated += (proved || numbers) && r.numeric.differentiated ? 1u : 0u;
  }
  return t;
}

std::string gallery_page(std::span<const RowReport> reports) {
  const GalleryTotals t = gallery_totals(reports);
  const auto n = [](size_t count) { return std::to_string(count); };
  std::string page =
      "# The gallery\n\n"
      "This page is written by `nabla cookbook page examples/gallery/*.nabla`; do not edit it. It holds "
      "formulas "
      "of statistics, learning, control, optimisation, finance, physics, geometry and signal processing with "
      "derivatives that the literature states in closed form. Each is Nabla: declarations, abbreviations, "
      "and "
      "assertions whose left side is what the engine is asked and whose right side is what the source says, "
      "or "
      "follows from it in a line or two. Under each stands what the engine derives on its own, and how that "
      "compares with the right side and with automatic differentiation at random points.\n\n"
      "`nabla cookbook verify examples/gallery/physics.nabla` works a file out again, with times; other "
      "files in "
      "the same form will do.\n\n```\n";
  page += n(t.formulas) + " formulas, " + n(t.assertions) + " derivatives\n";
  page += "proved: " + n(t.proved) + ", equal numbers only: " + n(t.equal_numbers) +
          ", neither: " + n(t.failed) + "\n";
  page += "checked by automatic differentiation: " + n(t.differentiated) + "\n```\n";
  std::string chapter;
  for (size_t i = 0; i < reports.size(); ++i) {
    const BookRow& row = *reports[i].row;
    if (row.chapter != chapter) {
      chapter = row.chapter;
      page += "\n## " + chapter + "\n";
    }
    if (begins_formula(reports, i)) append_heading(row, page);
    append_result(reports[i], page);
  }
  return page;
}

}  // namespace nabla
