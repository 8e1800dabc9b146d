// The rows of golden/textbook.tsv: derivatives, and the form in which a book prints them.
//
// `form` was written from the book, in Nabla's language, before any output was seen. A row is met if what
// the session prints for `input` has that form (form_text.h): the order of terms is the printer's.
#pragma once

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "expr/print.h"
#include "session/session.h"
#include "tests/form_text.h"

namespace nabla::test {

struct TextbookRow {
  std::string id, topic, declarations, input, form, source;
};

inline std::vector<TextbookRow> textbook_rows(const std::string& file) {
  std::ifstream in(file);
  std::vector<TextbookRow> rows;
  std::string line;
  std::getline(in, line);  // the names of the columns
  while (std::getline(in, line)) {
    std::istringstream cells(line);
    TextbookRow r;
    for (std::string* cell : {&r.id, &r.topic, &r.declarations, &r.input, &r.form, &r.source})
      std::getline(cells, *cell, '\t');
    rows.push_back(std::move(r));
  }
  return rows;
}

// The names of a row's declarations that are vectors or matrices.
inline std::set<std::string, std::less<>> arrays_of(const ParsedText& declarations) {
  std::set<std::string, std::less<>> names;
  for (const Declaration& d : declarations.declarations) {
    if (d.type.shape.word == ShapeWord::none || d.type.shape.word == ShapeWord::scalar) continue;
    for (const DeclaredName& n : d.names) names.emplace(declarations.tree.spelling(n.name));
  }
  return names;
}

struct TextbookAnswer {
  std::string text;  // what was printed, or the message of the error
  bool met = false;
};

inline TextbookAnswer ask(const TextbookRow& row) {
  Session session;
  TextbookAnswer a;
  const auto declarations = session.parse("<declarations>", row.declarations);
  for (const Statement& s : declarations->statements) {
    if (const Outcome o = session.run(declarations, s); o.error) return {o.error->message, false};
  }
  const auto parsed = session.parse("<row>", row.input);
  const Outcome o = session.run(parsed, parsed->statements.at(0));
  if (o.error) return {o.error->message, false};
  a.text = print(session.context(), o.answer.value, {Format::ascii, false});
  const FormText form(arrays_of(*declarations));
  a.met = form(a.text) == form(row.form);
  return a;
}

}  // namespace nabla::test
