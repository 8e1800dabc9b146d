// One row of the cookbook for people and for programs.
#pragma once

#include <nlohmann/json.hpp>

#include "cli/console.h"
#include "cookbook/details.h"
#include "cookbook/verify.h"

namespace nabla::cli {

nlohmann::ordered_json row_json(const RowReport& report);
// In full; with the derivation and the code, if there are any `details`.
void show_row(Console& console, const RowReport& report, const RowDetails* details = nullptr);

}  // namespace nabla::cli
