// nabla cookbook: the identities of the Matrix Cookbook.
#include <algorithm>
#include <string>
#include <vector>

#include "cli/arguments.h"
#include "cli/command_list.h"
#include "cli/console.h"
#include "cookbook/book.h"
#include "cookbook/verify.h"

namespace nabla::cli {
namespace {

std::string fixed(double v, int digits) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", digits, v);
  return text;
}

std::string padded(std::string text, size_t width) {
  text.append(text.size() < width ? width - text.size() : 1, ' ');
  return text;
}

// The rows that are asked for by number; none: all.
std::vector<const BookRow*> chosen(const std::vector<BookRow>& rows,
                                   const std::vector<std::string>& numbers) {
  std::vector<const BookRow*> list;
  for (const std::string& number : numbers) {
    const BookRow* row = find_row(rows, number);
    if (row == nullptr)
      throw UsageError{"the cookbook has no row '" + number + "'", "nabla cookbook lists them all"};
    list.push_back(row);
  }
  if (numbers.empty()) {
    for (const BookRow& row : rows) list.push_back(&row);
  }
  return list;
}

int verify(const Options& options, const std::vector<BookRow>& rows) {
  Console console(options);
  const std::vector<std::string> numbers(options.arguments.begin() + 1, options.arguments.end());
  for (const BookRow* row : chosen(rows, numbers)) {
    const RowReport r = verify_row(*row, options.seed);
    std::string line = padded(r.row->number, 9) + padded(std::string(standing_name(r.standing)), 19);
    if (r.standing == Standing::definition) {
      console.result(line + r.stated);
      continue;
    }
    if (r.stated_nodes > 0 && r.derived_nodes > 0)
      line += padded(fixed(static_cast<double>(r.derived_nodes) / static_cast<double>(r.stated_nodes), 2), 6);
    line += padded(fixed(r.seconds * 1e3, 1) + " ms", 10);
    console.result(line + r.question);
    if (!r.derived.empty()) console.result("          derived " + r.derived);
    if (!r.same) console.result("          stated  " + r.stated);
    if (!r.message.empty()) console.result("          " + r.message);
  }
  return console.status();
}

}  // namespace

int run_cookbook(const Options& options) {
  const std::vector<BookRow> rows = read_book();
  const std::vector<std::string>& words = options.arguments;
  if (!words.empty() && words[0] == "verify") return verify(options, rows);
  Console console(options);
  std::vector<const BookRow*> found = find_words(rows, words);
  if (words.size() == 1) {
    if (const BookRow* row = find_row(rows, words[0])) found = {row};
  }
  for (const BookRow* row : found) console.result(padded(row->number, 9) + row->title);
  return console.status();
}

}  // namespace nabla::cli
