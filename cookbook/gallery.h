// docs/gallery.md: formulas with closed forms from the literature (examples/gallery/), with what the engine
// derives and how it compares.
#pragma once

#include <span>
#include <string>

#include "cookbook/verify.h"

namespace nabla {

struct GalleryTotals {
  size_t formulas = 0, assertions = 0;
  size_t proved = 0, equal_numbers = 0;
  size_t failed = 0;          // refused, refuted, undecided or wrong
  size_t differentiated = 0;  // derived forms that agree with automatic differentiation
};
// The reports are those of single_assertions(): of one formula they follow each other.
GalleryTotals gallery_totals(std::span<const RowReport> reports);

// The page in Markdown; the same bytes on every machine.
std::string gallery_page(std::span<const RowReport> reports);

}  // namespace nabla
