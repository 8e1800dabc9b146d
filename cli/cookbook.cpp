// nabla cookbook: the identities of the Matrix Cookbook, looked up, found from a formula, derived and proved.
#include <algorithm>
#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/arguments.h"
#include "cli/columns.h"
#include "cli/command_list.h"
#include "cli/console.h"
#include "cli/cookbook_row.h"
#include "cookbook/book.h"
#include "cookbook/gallery.h"
#include "cookbook/match.h"
#include "cookbook/page.h"
#include "cookbook/verify.h"
#include "expr/diagnostic.h"
#include "session/files.h"

namespace nabla::cli {
namespace {

using nlohmann::ordered_json;

std::string fixed(double v, int digits) {
  std::array<char, 64> text{};
  (void)std::snprintf(text.data(), text.size(), "%.*f", digits, v);
  return text.data();
}

bool is_file(const std::string& argument) {
  constexpr std::string_view ending = ".nabla";
  return argument.size() > ending.size() &&
         std::string_view(argument).substr(argument.size() - ending.size()) == ending;
}

// What `verify` and `page` work out: the assertions of the files among the arguments, and the arguments that
// are no files.
struct Work {
  std::vector<BookRow> rows;
  std::vector<std::string> names;
  bool of_files = false;
};

Work work_of(const Options& options, const std::vector<BookRow>& book) {
  Work work;
  std::vector<std::string> names, texts;
  for (size_t i = 1; i < options.arguments.size(); ++i) {
    const std::string& argument = options.arguments[i];
    if (!is_file(argument)) {
      work.names.push_back(argument);
      continue;
    }
    texts.push_back(read_file(argument, Limits{}.input_bytes));
    names.push_back(argument.substr(argument.find_last_of('/') + 1));
  }
  std::vector<BookFile> files;
  for (size_t i = 0; i < texts.size(); ++i) files.push_back({names[i], texts[i]});
  work.of_files = !files.empty();
  work.rows = single_assertions(work.of_files ? read_book(files) : book);
  return work;
}

// The rows that are asked for by number; none: all.
std::vector<const BookRow*> chosen(const std::vector<BookRow>& rows,
                                   const std::vector<std::string>& numbers) {
  std::vector<const BookRow*> list;
  for (const std::string& number : numbers) {
    const BookRow* row = find_row(rows, number);
    if (row == nullptr)
      throw UsageError{"the cookbook has no row '" + number + "'", "'nabla cookbook' lists them all"};
    for (const BookRow& r : rows) {
      if (r.number == row->number) list.push_back(&r);
    }
  }
  if (numbers.empty()) {
    for (const BookRow& row : rows) list.push_back(&row);
  }
  return list;
}

// 1: something is wrong; 4: something was not decided.
int status_of(const RowReport& r) {
  if (r.standing == Standing::definition) return exit_done;
  if (r.row->control) return r.standing == Standing::refuted ? exit_done : exit_wrong_input;
  if (r.standing == Standing::proved || r.standing == Standing::equal_numbers) return exit_done;
  return r.standing == Standing::refuted || r.standing == Standing::wrong ? exit_wrong_input : exit_cannot;
}

std::string table_line(const RowReport& r) {
  std::string line = padded(r.row->number, 9) + padded(standing_name(r.standing), 19);
  if (r.standing == Standing::definition) return line + r.stated;
  const bool sizes = r.derived_nodes > 0 && r.stated_nodes > 0;
  line += padded(
      sizes ? fixed(static_cast<double>(r.derived_nodes) / static_cast<double>(r.stated_nodes), 2) : "-", 6);
  return line + padded(fixed(r.seconds * 1e3, 1) + " ms", 10) + r.question;
}

void show_totals(Console& console, const std::vector<RowReport>& reports) {
  const BookTotals t = totals_of(reports);
  if (console.format() != Format::json) {
    console.result("");
    for (const std::string& line : totals_text(t, true)) console.result(line);
    return;
  }
  ordered_json object;
  object["totals"] = {{"rows", t.rows},
                      {"to_verify", t.to_verify},
                      {"derived", t.derived},
                      {"proved", t.proved},
                      {"equal_numbers", t.equal_numbers},
                      {"undecided", t.undecided},
                      {"refused", t.refused},
                      {"refuted", t.refuted},
                      {"wrong", t.wrong},
                      {"automatic_differentiation", t.differentiated},
                      {"controls", t.controls},
                      {"controls_refuted", t.controls_refuted},
                      {"median_ratio", fixed(t.median_ratio, 4)},
                      {"largest_ratio", fixed(t.largest_ratio, 4)}};
  console.result(object.dump());
}

// The error in a file that was named, if there is one.
template <class Run>
int with_files(const Options& options, Run run) {
  Console console(options);
  try {
    run(console);
  } catch (const Failure& failure) {
    console.error(failure.diagnostic, nullptr);
  }
  return console.status();
}

void verify(const Options& options, const std::vector<BookRow>& book, Console& console) {
  const Work work = work_of(options, book);
  const auto list = chosen(work.rows, work.names);
  std::vector<RowReport> reports;
  for (const BookRow* row : list) {
    reports.push_back(verify_row(*row, options.seed));
    const RowReport& r = reports.back();
    console.fail(status_of(r));
    if (console.format() == Format::json || console.format() == Format::latex) {
      show_row(console, r);
      continue;
    }
    console.result(table_line(r));
    if (!r.derived.empty()) console.result("          derived " + r.derived);
    if (!r.same && r.standing != Standing::definition) console.result("          stated  " + r.stated);
    if (!r.message.empty()) console.result("          " + r.message);
  }
  if (list.size() > 1 && console.format() != Format::latex) show_totals(console, reports);
}

// The arguments as one formula: the shell or the prompt may have taken it apart.
std::string joined(std::span<const std::string> words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

// A report in the letters of the formula that it was found by.
RowReport report_of(const BookMatch& m, uint64_t seed) {
  RowReport r = verify_row(*m.row, seed);
  r.question = in_letters(m, r.question);
  r.derived = in_letters(m, r.derived);
  r.stated = in_letters(m, r.stated);
  return r;
}

void show_match(Console& console, const BookMatch& m, const RowReport& r) {
  if (console.format() == Format::json) {
    ordered_json object = row_json(r);
    for (const auto& [ours, theirs] : m.letters) object["letters"][ours] = theirs;
    console.result(object.dump());
    return;
  }
  if (console.format() == Format::latex) {
    show_row(console, r);
    return;
  }
  console.result(padded(m.row->number, 9) + m.row->title);
  console.result("         " + r.question);
  console.result("         = " + r.derived);
  if (!m.row->where.empty()) console.result("         where " + m.row->where);
}

int match(const Options& options, const std::vector<BookRow>& rows) {
  Console console(options);
  if (options.arguments.size() < 2) {
    throw UsageError{"match takes a formula", "nabla cookbook match \"a'*inv(X)*b\""};
  }
  const std::string formula = joined(std::span(options.arguments).subspan(1));
  std::vector<BookMatch> found;
  try {
    found = match_formula(rows, formula);
  } catch (const Failure& failure) {
    const Source source{"<expr>", formula};
    console.error(failure.diagnostic, &source);
    return console.status();
  }
  if (found.empty()) {
    console.note("no row of the cookbook differentiates this formula");
    return exit_cannot;
  }
  for (const BookMatch& m : found) show_match(console, m, report_of(m, options.seed));
  return console.status();
}

void page(const Options& options, const std::vector<BookRow>& book, Console& console) {
  const Work work = work_of(options, book);
  if (!work.names.empty()) throw UsageError{"page takes files only", "nabla cookbook page [FILE.nabla…]"};
  std::vector<RowReport> reports;
  for (const BookRow& row : work.rows) reports.push_back(verify_row(row, 1));
  console.text(work.of_files ? gallery_page(reports) : book_page(reports));
}

// With the derivation and the code, in the letters of a formula, if it was found by one.
void show_in_full(const Options& options, Console& console, const RowReport& r, const BookMatch* match) {
  StepsOptions steps;
  if (console.format() == Format::unicode) steps.format = nabla::Format::unicode;
  RowDetails details = details_of(*r.row, steps, options.seed);
  if (match != nullptr) {
    details.steps = in_letters(*match, details.steps);
    details.code = in_letters(*match, details.code);
  }
  show_row(console, r, &details);
}

// Whether the words are a formula that rows differentiate: these, one in full.
bool look_up_formula(const Options& options, const std::vector<BookRow>& rows, Console& console) {
  const std::string text = joined(options.arguments);
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  if (text.size() > 2 && std::all_of(text.begin(), text.end(), is_letter)) return false;  // a word, misspelt
  std::vector<BookMatch> found;
  try {
    found = match_formula(rows, text);
  } catch (const Failure&) {  // it is no formula
    return false;
  }
  for (const BookMatch& m : found) {
    const RowReport r = report_of(m, options.seed);
    found.size() == 1 ? show_in_full(options, console, r, &m) : show_match(console, m, r);
  }
  return !found.empty();
}

int look_up(const Options& options, const std::vector<BookRow>& rows) {
  Console console(options);
  const std::vector<std::string>& words = options.arguments;
  const BookRow* row = words.size() == 1 ? find_row(rows, words[0]) : nullptr;
  std::vector<const BookRow*> found = find_words(rows, words);
  if (row != nullptr) found = {row};
  if (found.empty()) {
    if (look_up_formula(options, rows, console)) return console.status();
    console.error({Code::wrong_argument,
                   "no row of the cookbook has these words, or differentiates this formula",
                   {},
                   false,
                   {},
                   "'nabla cookbook' lists all rows"},
                  nullptr);
    return console.status();
  }
  // All of them in short, or those that were asked for in full.
  constexpr size_t most_in_full = 5;
  for (const BookRow* r : found) {
    if (found.size() == 1) {
      show_in_full(options, console, verify_row(*r, options.seed), nullptr);
    } else if (found.size() > most_in_full && console.format() != Format::json &&
               console.format() != Format::latex) {
      console.result(padded(r->number, 9) + r->title);
    } else {
      show_row(console, verify_row(*r, options.seed));
    }
  }
  return console.status();
}

}  // namespace

int run_cookbook(const Options& options) {
  const std::vector<BookRow> rows = read_book();
  const std::string word = options.arguments.empty() ? "" : options.arguments[0];
  if (word == "verify") return with_files(options, [&](Console& console) { verify(options, rows, console); });
  if (word == "match") return match(options, rows);
  if (word == "page") return with_files(options, [&](Console& console) { page(options, rows, console); });
  return look_up(options, rows);
}

}  // namespace nabla::cli
