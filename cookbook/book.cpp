#include "cookbook/book.h"

#include <algorithm>

#include "expr/diagnostic.h"

namespace nabla {
namespace {

std::string trimmed(std::string_view s) {
  const size_t first = s.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return std::string(s.substr(first, s.find_last_not_of(' ') + 1 - first));
}

std::vector<std::string> split(std::string_view line, char at) {
  std::vector<std::string> parts;
  for (;;) {
    const size_t end = line.find(at);
    parts.push_back(trimmed(line.substr(0, end)));
    if (end == std::string_view::npos) return parts;
    line.remove_prefix(end + 1);
  }
}

bool take(std::string_view& line, std::string_view prefix) {
  if (line.substr(0, prefix.size()) != prefix) return false;
  line.remove_prefix(prefix.size());
  return true;
}

[[noreturn]] void malformed(const BookFile& file, std::string_view line) {
  throw Failure(Code::unexpected_token,
                std::string(file.name) + ": '" + std::string(line) + "' belongs to no row",
                "a row begins with a line '## NAME | TITLE'; a comment in it is '# source: …', '# note: …' "
                "or '# where: …'");
}

class Reader {
 public:
  Reader(const BookFile& file, std::vector<BookRow>& rows) : file_(file), rows_(rows) {}

  void line(std::string_view line) {
    const std::string_view whole = line;
    if (take(line, "## ")) {
      const std::vector<std::string> parts = split(line, '|');
      if (parts.size() != 2 && parts.size() != 3) malformed(file_, whole);
      rows_.push_back({});
      row().number = parts[0], row().title = parts.back();
      if (parts.size() == 3) row().section = parts[1];
      row().file = file_.name, row().chapter = chapter_;
      begun_ = true;
    } else if (!begun_) {
      if (take(line, "# ") && chapter_.empty()) chapter_ = line;
    } else if (take(line, "#   ")) {
      if (text_ == nullptr) malformed(file_, whole);
      *text_ += " " + trimmed(line);
    } else if (take(line, "# ")) {
      if (!comment(line)) malformed(file_, whole);
    } else if (!line.empty()) {
      row().statements += std::string(line) + "\n";
    }
  }

 private:
  BookRow& row() { return rows_.back(); }

  bool comment(std::string_view line) {
    text_ = nullptr;
    if (line == "free entries") {
      row().free_entries = true;
    } else if (line == "control: refuted") {
      row().control = true;
    } else {
      text_ = take(line, "where: ")        ? &row().where
              : take(line, "note: ")       ? &row().note
              : take(line, "source: ")     ? &row().section
              : take(line, "erratum: ")    ? &row().erratum
              : take(line, "definition: ") ? &row().definition
                                           : nullptr;
      if (text_ == nullptr) return false;
      *text_ = trimmed(line);
    }
    return true;
  }

  const BookFile& file_;
  std::vector<BookRow>& rows_;
  std::string chapter_;
  bool begun_ = false;
  std::string* text_ = nullptr;  // what a continued line belongs to
};

std::string lower(std::string_view s) {
  std::string out(s);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

}  // namespace

std::vector<BookRow> read_book(std::span<const BookFile> files) {
  std::vector<BookRow> rows;
  for (const BookFile& file : files) {
    Reader reader(file, rows);
    std::string_view text = file.text;
    while (!text.empty()) {
      const size_t end = text.find('\n');
      reader.line(text.substr(0, end));
      text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
  }
  return rows;
}

std::vector<BookRow> single_assertions(std::span<const BookRow> rows) {
  std::vector<BookRow> out;
  for (const BookRow& row : rows) {
    const std::string text = "\n" + row.statements;
    size_t count = 0;
    for (size_t at = text.find("\nassert "); at != std::string::npos; at = text.find("\nassert ", at + 1)) {
      out.push_back(row);
      out.back().assertion = count++;
    }
    if (count == 0) out.push_back(row);
  }
  return out;
}

const BookRow* find_row(std::span<const BookRow> rows, std::string_view number) {
  const std::string wanted = lower(number.substr(0, 3) == "MC-" ? number.substr(3) : number);
  for (const BookRow& row : rows) {
    if (lower(row.number) == wanted) return &row;
  }
  return nullptr;
}

std::vector<const BookRow*> find_words(std::span<const BookRow> rows, std::span<const std::string> words) {
  std::vector<const BookRow*> found;
  for (const BookRow& row : rows) {
    const std::string text =
        lower(row.number + " " + row.title + " " + row.chapter + " " + row.where + " " + row.note + " " +
              row.erratum + " " + row.definition + " " + row.statements);
    const auto has = [&](const std::string& word) { return text.find(lower(word)) != std::string::npos; };
    if (std::all_of(words.begin(), words.end(), has)) found.push_back(&row);
  }
  return found;
}

}  // namespace nabla
