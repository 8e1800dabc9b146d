// docs/cookbook.md: the cookbook as a page, with what the engine derives and how it compares.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "cookbook/verify.h"

namespace nabla {

// What the reports amount to. Rows to verify are those that are neither definitions nor controls.
struct BookTotals {
  size_t rows = 0, to_verify = 0, definitions = 0, controls = 0;
  size_t derived = 0;  // of those to verify: right, by proof or by numbers
  size_t proved = 0, equal_numbers = 0, undecided = 0, refused = 0, refuted = 0, wrong = 0;
  size_t controls_refuted = 0;
  size_t differentiated = 0;                   // derived forms that agree with automatic differentiation
  double median_ratio = 0, largest_ratio = 0;  // of DAG nodes
  std::string largest_ratio_row;
  double slowest = 0;  // seconds
  std::string slowest_row;
};
BookTotals totals_of(std::span<const RowReport> reports);

// "165 rows to verify, …": the totals as lines of text, with the time if `with_time`.
std::vector<std::string> totals_text(const BookTotals& totals, bool with_time);

// "proved: the same expression; agrees with automatic differentiation".
std::string verdict_text(const RowReport& report);

// The page in Markdown; the same bytes on every machine.
std::string book_page(std::span<const RowReport> reports);

}  // namespace nabla
