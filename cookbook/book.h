// The identities of the Matrix Cookbook (K. B. Petersen and M. S. Pedersen, version of 15 November 2012),
// in our own words. The files cookbook/*.nabla are the source; they are compiled in.
//
// A row of a file begins with a line `## NUMBER | SECTION | TITLE`. Lines `# where: …`, `# note: …` and
// `# erratum: …` follow, which go on in lines that begin with "#   "; `# free entries`: the derivative is by
// the independent entries of a structured variable; `# control: refuted`: the row as it is misprinted in the
// book, kept to see it refuted; `# definition: …`: nothing to derive. The rest is Nabla: declarations,
// abbreviations, and assertions (in the cookbook one for each row) whose left side is what is derived and
// whose right side is what the book states. Other files, such as examples/gallery/*.nabla, are read alike:
// NUMBER is then any name, and a line `# source: …` may stand for SECTION. Invariant: rows stand in the order
// of the files; in the cookbook no number occurs twice.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nabla {

struct BookFile {
  std::string_view name, text;
};
std::span<const BookFile> book_files();

struct BookRow {
  std::string number, section, title;
  std::string where, note, erratum, definition;
  bool control = false;
  bool free_entries = false;
  std::string file;
  std::string chapter;     // the first line of the file
  std::string statements;  // the Nabla part
  size_t assertion = 0;    // which of its assertions is meant
};

// Failure (unexpected_token): a line that belongs to nothing.
std::vector<BookRow> read_book(std::span<const BookFile> files);
inline std::vector<BookRow> read_book() { return read_book(book_files()); }

// A row with several assertions becomes as many rows, which differ in `assertion`.
std::vector<BookRow> single_assertions(std::span<const BookRow> rows);

// The row with this number, written 61 or MC-61; null: none.
const BookRow* find_row(std::span<const BookRow> rows, std::string_view number);
// The rows that have each of the words, whatever its case, in title, notes, conditions or statements.
std::vector<const BookRow*> find_words(std::span<const BookRow> rows, std::span<const std::string> words);

}  // namespace nabla
