#include "parser/render.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "parser/unicode.h"

namespace nabla {
namespace {

constexpr uint32_t tab_width = 4;
constexpr const char* other_operand = "the other operand";  // a note without a message

// One character as it is shown.
struct Cell {
  std::string text;
  uint32_t width;
  uint32_t offset;
};

Cell cell_at(const char* text, uint32_t offset, uint32_t end, uint32_t column, uint32_t* length) {
  const CodePoint c = decode(text + offset, text + end);
  *length = c.length;
  if (!c.valid) return {"\uFFFD", 1, offset};
  if (c.value == '\t') {
    const uint32_t width = tab_width - column % tab_width;
    return {std::string(width, ' '), width, offset};
  }
  if (is_control(c.value)) return {"\uFFFD", 1, offset};
  return {std::string(text + offset, c.length), static_cast<uint32_t>(display_width(c.value)), offset};
}

// A name may be as long as a text. What is said of it is not.
constexpr uint32_t most_characters = 1000;

std::string bounded(std::string_view text) {
  std::string out = valid_utf8(text.substr(0, 4 * most_characters));
  uint32_t count = 0;
  for (size_t i = 0; i < out.size(); ++i) {
    if ((static_cast<unsigned char>(out[i]) & 0xC0) == 0x80) continue;  // inside a character
    if (count++ == most_characters) return out.substr(0, i) + "…";
  }
  return text.size() > 4 * most_characters ? out + "…" : out;
}

uint32_t shown_line(const Source& source, const Position& p) { return source.first_line - 1 + p.line; }

// The part of a line that is shown: all of it, or `width` columns of which the span begins in the middle.
struct Window {
  std::vector<Cell> cells;
  bool cut_left = false;
  bool cut_right = false;
};

// What fits into `width` columns of [begin, end).
Window window_from(std::string_view text, uint32_t begin, uint32_t end, uint32_t width) {
  Window w;
  uint32_t columns = 0;
  for (uint32_t offset = begin; offset < end;) {
    uint32_t length = 1;
    Cell cell = cell_at(text.data(), offset, end, columns, &length);
    if (columns + cell.width > width) {
      w.cut_right = true;
      break;
    }
    columns += cell.width;
    w.cells.push_back(std::move(cell));
    offset += length;
  }
  return w;
}

Window window_of(std::string_view text, Span line, Span span, uint32_t width) {
  Window w = window_from(text, line.begin, line.end, width);
  if (!w.cut_right) return w;
  // A code point has at most 4 bytes and continuation bytes are 80 … BF.
  uint32_t back = 0;
  uint32_t begin = std::min(span.begin, line.end);
  while (begin > line.begin && back < width / 2) {
    --begin;
    if ((static_cast<unsigned char>(text[begin]) & 0xC0) != 0x80) ++back;
  }
  if (begin == line.begin) return w;
  w = window_from(text, begin, line.end, width);
  w.cut_left = true;
  return w;
}

class Renderer {
 public:
  Renderer(const Source* source, const LineIndex& lines, const RenderOptions& options)
      : source_(source), lines_(lines), options_(options) {}

  std::string render(const Diagnostic& d) {
    const std::string place = location(d.has_span, d.span);
    paint(bold, place);
    paint(red, "error: ");
    paragraph(one_line(d.message) + " [" + spelling(d.code) + "]", display_width(place) + 7, 4);
    if (d.has_span) excerpt(d.span, d.notes);
    for (const Note& note : d.notes) {
      const bool placed = note.has_span && source_ != nullptr;
      const bool marked = placed && d.has_span && on_line_of(d.span, note.span);
      if (marked && note.message.empty()) continue;
      paint(cyan, "note: ");
      std::string text = one_line(note.message.empty() ? other_operand : note.message);
      if (placed) {
        const Position p = lines_.position(note.span.begin);
        text += ", at " + std::to_string(shown_line(*source_, p)) + ":" + std::to_string(p.column);
      }
      paragraph(text, 6, 6);
      if (placed && !marked) excerpt(note.span, {});
    }
    if (!d.help.empty()) {
      paint(cyan, "help: ");
      paragraph(one_line(d.help), 6, 6);
    }
    return std::move(out_);
  }

 private:
  static constexpr std::string_view bold = "\x1b[1m";
  static constexpr std::string_view red = "\x1b[1;31m";
  static constexpr std::string_view cyan = "\x1b[1;36m";

  void paint(std::string_view color, std::string_view text) {
    if (options_.color) out_ += color;
    out_ += text;
    if (options_.color) out_ += "\x1b[0m";
  }

  void paragraph(const std::string& text, size_t column, size_t indent) {
    out_ += wrapped(text, column, indent, options_.columns) + "\n";
  }

  std::string location(bool has_span, Span span) const {
    if (source_ == nullptr) return "nabla: ";
    std::string out = one_line(source_->file) + ":";
    if (has_span) {
      const Position p = lines_.position(span.begin);
      out += std::to_string(shown_line(*source_, p)) + ":" + std::to_string(p.column) + ":";
    }
    return out + " ";
  }

  static std::string one_line(std::string_view whole) {
    const std::string text = bounded(whole);
    std::string out;
    const auto size = static_cast<uint32_t>(text.size());
    for (uint32_t i = 0; i < size;) {
      uint32_t length = 1;
      out += text[i] == '\n' ? std::string(" ") : cell_at(text.data(), i, size, 0, &length).text;
      i += length;
    }
    return out;
  }

  bool on_line_of(Span a, Span b) const { return lines_.line_of(a.begin) == lines_.line_of(b.begin); }

  // The line with carets under the span, and dashes under those of the notes that are on it.
  void excerpt(Span span, const std::vector<Note>& notes) {
    if (source_ == nullptr) return;
    const Span line = lines_.line_span(lines_.line_of(span.begin));
    if (line.begin == line.end) return;  // there is nothing to see
    const Window w = window_of(source_->text, line, span, options_.width);
    std::string shown = "  ";
    uint32_t before = 2, marked = 0;  // columns
    if (w.cut_left) {
      shown += "…";
      ++before;
    }
    std::string left(before, ' '), right;
    for (const Cell& cell : w.cells) {
      shown += cell.text;
      const bool inside = cell.offset >= span.begin && cell.offset < span.end;
      if (cell.offset < span.begin) left.append(cell.width, mark_of(cell.offset, notes));
      if (inside) marked += cell.width;
      if (cell.offset >= span.begin && !inside) right.append(cell.width, mark_of(cell.offset, notes));
    }
    if (w.cut_right) shown += "…";
    while (!shown.empty() && shown.back() == ' ') shown.pop_back();
    if (marked == 0 && !right.empty()) right.erase(0, 1);
    while (!right.empty() && right.back() == ' ') right.pop_back();
    out_ += shown + "\n" + left;
    paint(red, std::string(std::max(marked, 1u), '^'));
    out_ += right + '\n';
  }

  static char mark_of(uint32_t offset, const std::vector<Note>& notes) {
    for (const Note& note : notes) {
      if (note.has_span && offset >= note.span.begin && offset < note.span.end) return '-';
    }
    return ' ';
  }

  const Source* source_;
  const LineIndex& lines_;
  const RenderOptions& options_;
  std::string out_;
};

std::string_view text_of(const Source* source) {
  return source == nullptr ? std::string_view() : std::string_view(source->text);
}

std::string dump(const nlohmann::ordered_json& json) {
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

void add_place(nlohmann::ordered_json& json, const Source& source, const LineIndex& lines, Span span) {
  const Position p = lines.position(span.begin);
  json["line"] = shown_line(source, p);
  json["column"] = p.column;
  const std::string_view text = std::string_view(source.text).substr(span.begin, span.end - span.begin);
  json["length"] = std::max(1u, count_code_points(text));
}

}  // namespace

// ---- lines ----

LineIndex::LineIndex(std::string_view text) : text_(text) {
  begins_.push_back(text.substr(0, 3) == "\xEF\xBB\xBF" ? 3 : 0);
  for (uint32_t i = 0; i < text.size(); ++i) {
    const bool pair = text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n';
    if ((text[i] == '\n' || text[i] == '\r') && !pair) begins_.push_back(i + 1);
  }
}

uint32_t LineIndex::line_of(uint32_t offset) const {
  const auto after = std::upper_bound(begins_.begin(), begins_.end(), offset);
  return static_cast<uint32_t>(std::max<std::ptrdiff_t>(1, after - begins_.begin()));
}

Position LineIndex::position(uint32_t offset) const {
  const uint32_t line = line_of(offset);
  const uint32_t begin = begins_[line - 1];
  const uint32_t end = std::min(std::max(offset, begin), static_cast<uint32_t>(text_.size()));
  return {line, count_code_points(text_.substr(begin, end - begin)) + 1};
}

Span LineIndex::line_span(uint32_t line) const {
  uint32_t end = line < begins_.size() ? begins_[line] : static_cast<uint32_t>(text_.size());
  const uint32_t begin = begins_[line - 1];
  while (end > begin && (text_[end - 1] == '\n' || text_[end - 1] == '\r')) --end;
  return {begin, end};
}

std::string wrapped(std::string_view text, size_t column, size_t indent, size_t columns) {
  if (columns == 0) return std::string(text);
  std::string out;
  while (!text.empty()) {
    const size_t blanks = std::min(text.find_first_not_of(' '), text.size());
    const size_t end = std::min(text.find(' ', blanks), text.size());
    const size_t width = display_width(text.substr(blanks, end - blanks));
    if (column + blanks + width > columns && blanks > 0 && !out.empty()) {
      out += '\n' + std::string(indent, ' ');
      column = indent;
    } else {
      out.append(blanks, ' ');
      column += blanks;
    }
    out += text.substr(blanks, end - blanks);
    column += width;
    text.remove_prefix(end);
  }
  return out;
}

// ---- the three forms ----

std::string render(const Source* source, const LineIndex& lines, const Diagnostic& diagnostic,
                   const RenderOptions& options) {
  return Renderer(source, lines, options).render(diagnostic);
}

std::string render(const Source* source, const Diagnostic& diagnostic, const RenderOptions& options) {
  return render(source, LineIndex(text_of(source)), diagnostic, options);
}

nlohmann::ordered_json error_json(const Source* source, const Diagnostic& diagnostic) {
  nlohmann::ordered_json json;
  json["code"] = spelling(diagnostic.code);
  json["message"] = bounded(diagnostic.message);
  if (diagnostic.has_span && source != nullptr) {
    add_place(json, *source, LineIndex(source->text), diagnostic.span);
  }
  json["help"] = bounded(diagnostic.help);
  return json;
}

std::string failure_line(uint32_t line, const Source* source, const Diagnostic& diagnostic) {
  nlohmann::ordered_json json;
  json["line"] = line;
  json["ok"] = false;
  json["error"] = error_json(source, diagnostic);
  return dump(json);
}

std::string diagnostic_line(const Source* source, const Diagnostic& diagnostic) {
  nlohmann::ordered_json json;
  if (source != nullptr) json["file"] = valid_utf8(source->file);
  json.update(error_json(source, diagnostic));
  if (diagnostic.notes.empty()) return dump(json);
  const LineIndex lines(text_of(source));
  json["notes"] = nlohmann::ordered_json::array();
  for (const Note& note : diagnostic.notes) {
    nlohmann::ordered_json entry;
    entry["message"] = note.message.empty() ? other_operand : bounded(note.message);
    if (note.has_span && source != nullptr) add_place(entry, *source, lines, note.span);
    json["notes"].push_back(std::move(entry));
  }
  return dump(json);
}

}  // namespace nabla
