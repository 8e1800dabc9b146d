#include "cli/cookbook_row.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "cli/columns.h"

namespace nabla::cli {

using nlohmann::ordered_json;

ordered_json row_json(const RowReport& r) {
  const BookRow& row = *r.row;
  ordered_json object;
  object["number"] = row.number;
  object["section"] = row.section;
  object["title"] = row.title;
  object["statements"] = row.statements;
  object["question"] = r.question;
  object["stated"] = r.stated;
  object["derived"] = r.derived;
  object["latex"] = r.derived_latex;
  object["verdict"] = standing_name(r.standing);
  if (r.standing == Standing::proved) object["same"] = r.same;
  if (!r.message.empty()) object["message"] = r.message;
  if (r.numeric.differentiated) object["automatic_differentiation"] = r.numeric.error <= numeric_tolerance;
  if (r.derived_nodes > 0) object["dag_nodes"] = r.derived_nodes;
  if (r.stated_nodes > 0) object["stated_dag_nodes"] = r.stated_nodes;
  if (!row.where.empty()) object["where"] = row.where;
  if (!row.erratum.empty()) object["erratum"] = row.erratum;
  if (!row.note.empty()) object["note"] = row.note;
  if (!r.notes.empty()) object["notes"] = r.notes;
  return object;
}

namespace {

std::string verdict_line(const RowReport& r) {
  std::string text(standing_name(r.standing));
  if (r.standing == Standing::proved) text += r.same ? " (the same expression)" : " (in normal form)";
  if (r.row->control)
    text += r.standing == Standing::refuted ? ", as it should be" : ", which it should not be";
  if (r.numeric.differentiated && r.numeric.error <= numeric_tolerance)
    text += "; agrees with automatic differentiation";
  return text;
}

// The lines of a text, each after these blanks.
void indented(Console& console, const std::string& text, const std::string& blanks) {
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    console.result(end > at ? blanks + text.substr(at, end - at) : std::string());
    at = end + 1;
  }
}

// What the comparisons by numbers, which were run for this report, came to.
std::string numbers_line(const NumericReport& n) {
  const auto rounded = [](double v) {
    if (v == 0) return std::string("0");
    std::array<char, 32> text{};
    (void)std::snprintf(text.data(), text.size(), "%.0e", v);
    return std::string(text.data());
  };
  std::string text;
  if (n.evaluated) text = "derived and stated form within " + rounded(n.difference);
  if (n.differentiated)
    text += (text.empty() ? "" : ", ") + ("automatic differentiation within " + rounded(n.error));
  return text.empty() ? text : text + ", at random points";
}

}  // namespace

void show_row(Console& console, const RowReport& r, const RowDetails* details) {
  const BookRow& row = *r.row;
  if (console.format() == Format::json) {
    ordered_json object = row_json(r);
    if (details != nullptr && !details->steps.empty()) object["steps"] = details->steps;
    if (details != nullptr && !details->code.empty()) object["cpp"] = details->code;
    console.result(object.dump());
    return;
  }
  if (console.format() == Format::latex) {
    console.result(r.question_latex + (r.question_latex.empty() ? "" : " = ") + r.derived_latex);
    return;
  }
  // A formula stays on one line; what is said about it is broken between words.
  const auto line = [&](const char* title, const std::string& text) {
    if (!text.empty()) console.result("  " + padded(title, 10) + text);
  };
  const auto words = [&](const char* title, const std::string& text) {
    if (!text.empty()) console.result(entry("  " + std::string(title), text, 12));
  };
  console.result(row.number + "  " + row.title + "  (section " + row.section + ")");
  if (r.standing == Standing::definition) {
    line("definition", row.definition);
  } else {
    std::string text = row.statements;
    text = text.substr(0, text.rfind("assert "));
    indented(console, text, "  ");
    console.result("  " + r.question);
    line("derived", r.derived);
    line("stated", r.same && r.stated == r.derived ? "" : r.stated);
    words("verdict", verdict_line(r));
    words("", r.message);
    if (details != nullptr) words("numbers", numbers_line(r.numeric));
  }
  words("where", row.where);
  words("erratum", row.erratum);
  words("note", row.note);
  for (const std::string& note : r.notes) words("", note);
  if (details == nullptr) return;
  if (!details->steps.empty()) {
    console.result("");
    indented(console, details->steps, "  ");
  }
  if (!details->code.empty()) {
    console.result("");
    indented(console, details->code, "  ");
  } else if (!details->no_code.empty()) {
    words("C++", "none: " + details->no_code);
  }
}

}  // namespace nabla::cli
