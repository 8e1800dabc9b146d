#include "cli/answer_view.h"

#include <algorithm>
#include <array>

#include "cli/present.h"
#include "expr/print.h"
#include "expr/shape_text.h"
#include "parser/unicode.h"

namespace nabla::cli {
namespace {

constexpr size_t longest_name = 40;  // columns of what an answer is the value of
constexpr uint64_t most_rows = 24;   // of a matrix in two dimensions

std::string superscript(size_t n) {
  static constexpr std::array<std::string_view, 10> digits = {"⁰", "¹", "²", "³", "⁴",
                                                              "⁵", "⁶", "⁷", "⁸", "⁹"};
  std::string text;
  for (const char c : std::to_string(n)) text += digits[static_cast<size_t>(c - '0')];
  return text;
}

// Without the ends of lines, and no blank where a bracket was opened or closed on another line.
std::string on_one_line(std::string_view text) {
  std::string out;
  bool blank = false;
  for (const char c : text) {
    if (c == ' ' || c == '\n' || c == '\r' || c == '\t') {
      blank = !out.empty();
      continue;
    }
    const bool inside = c == ')' || c == ']' || (!out.empty() && (out.back() == '(' || out.back() == '['));
    if (blank && !inside) out += ' ';
    blank = false;
    out += c;
  }
  return out;
}

bool stands_alone(SyntaxKind kind) {
  return kind == SyntaxKind::name || kind == SyntaxKind::call || kind == SyntaxKind::index ||
         kind == SyntaxKind::bars;
}

// Whether the bracket that begins the text closes at its end.
bool in_parentheses(std::string_view text) {
  size_t open = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '(') ++open;
    if (text[i] == ')') --open;
    if (open == 0) return i + 1 == text.size();
  }
  return false;
}

// f of ∂f/∂x: short, and in parentheses where it is a sum or product.
std::string differentiated(const SyntaxTree& tree, NodeId n) {
  std::string text = on_one_line(tree.text(n));
  if (display_width(text) > longest_name) return "(…)";
  if (!stands_alone(tree.kind(n)) && !in_parentheses(text)) text = "(" + text + ")";
  return text;
}

// The variables of diff(e, x, 3) or diff(e, x, y), each as often as it is differentiated by; false where they
// cannot be read so.
bool read_orders(const SyntaxTree& tree, std::span<const Operand> arguments,
                 std::vector<std::pair<std::string, size_t>>& out) {
  for (const Operand& argument : arguments) {
    const NodeId n = argument.node;
    if (tree.kind(n) == SyntaxKind::number) {
      const std::string_view digits = tree.literal(n);
      if (out.empty() || digits.size() != 1 || digits[0] < '1') return false;
      out.back().second = static_cast<size_t>(digits[0] - '0');
      continue;
    }
    if (tree.kind(n) != SyntaxKind::name && tree.kind(n) != SyntaxKind::index) return false;
    std::string name = on_one_line(tree.text(n));
    if (!out.empty() && out.back().first == name)
      ++out.back().second;
    else
      out.emplace_back(std::move(name), 1);
  }
  return !out.empty();
}

std::string derivative_name(const SyntaxTree& tree, NodeId call, Format format) {
  const bool unicode = format == Format::unicode;
  const auto list = tree.operands(call);
  const std::string_view op = tree.name(list[0].node);
  if (list.size() < 2 || tree.kind(list[1].node) == SyntaxKind::keyword_argument) return {};
  const std::string e = differentiated(tree, list[1].node);
  const std::string d = unicode ? "∂" : "d";
  const auto arguments = list.subspan(2);
  if (op == "grad" && arguments.empty()) return (unicode ? "∇" : "grad ") + e;
  if (op == "hess" && arguments.empty()) return (unicode ? "∇²" : "hess ") + e;
  std::vector<std::pair<std::string, size_t>> variables;
  if (!read_orders(tree, arguments, variables)) return {};
  size_t order = 0;
  for (const auto& [name, count] : variables) order += count;
  if (op != "diff" && variables.size() > 1) {  // by several scalars, as one vector
    std::string names;
    for (const auto& [name, count] : variables) names += (names.empty() ? "" : ", ") + name;
    variables = {{"(" + names + ")", 1}};
    order = 1;
  }
  if (op == "hess") variables[0].second = order = 2;
  const auto raised = [&](size_t n) {
    return n == 1 ? std::string() : unicode ? superscript(n) : "^" + std::to_string(n);
  };
  std::string text = d + raised(order) + e + "/";
  for (size_t i = 0; i < variables.size(); ++i) {
    if (i > 0 && !unicode) text += ' ';
    text += d + variables[i].first + raised(variables[i].second);
  }
  return text;
}

// The entries of a matrix, row by row; empty: it is none, or not written out.
std::vector<std::vector<std::string>> grid_of(Session& session, const Answer& answer, Format format) {
  std::vector<std::vector<std::string>> grid;
  const auto fill = [&](uint64_t rows, uint64_t columns, auto entry) {
    if (rows > most_rows || columns == 0) return;
    for (uint64_t i = 0; i < rows; ++i) {
      grid.emplace_back();
      for (uint64_t j = 0; j < columns; ++j) grid.back().push_back(entry(i * columns + j));
    }
  };
  if (answer.kind == AnswerKind::numbers && answer.numbers.extents.size() == 2) {
    fill(answer.numbers.extents[0], answer.numbers.extents[1], [&](uint64_t k) {
      Numbers one;
      one.entries = {answer.numbers.entries[k]};
      if (!answer.numbers.imaginary.empty()) one.imaginary = {answer.numbers.imaginary[k]};
      return numbers_text(one);
    });
  }
  if (answer.kind != AnswerKind::expression) return grid;
  Context& ctx = session.context();
  if (ctx.kind(answer.value) != Kind::array || ctx.shape_of(answer.value).order() != 2) return grid;
  const auto extents = constant_extents(ctx, ctx[answer.value].shape);
  if (!extents) return grid;
  fill(static_cast<uint64_t>((*extents)[0]), static_cast<uint64_t>((*extents)[1]), [&](uint64_t k) {
    Answer one;
    one.kind = AnswerKind::expression;
    one.value = ctx.operands(answer.value)[k];
    return answer_text(session, one, format);
  });
  return grid;
}

// In aligned columns; empty where that is wider than `width`, or one row, which is drawn as it is written.
// What is drawn can be typed in again: ⎡ ⎤ ⎢ ⎥ ⎣ ⎦ are brackets of the language, as the plain ones with , and
// ; are.
std::vector<std::string> draw(const std::vector<std::vector<std::string>>& grid, bool unicode, size_t width) {
  if (grid.size() < 2) return {};
  std::vector<size_t> widths(grid[0].size());
  for (const auto& row : grid) {
    for (size_t j = 0; j < row.size(); ++j) widths[j] = std::max(widths[j], display_width(row[j]));
  }
  size_t total = unicode ? 2 : 0;
  for (const size_t w : widths) total += w + 2;
  if (total > width) return {};
  std::vector<std::string> lines;
  for (size_t i = 0; i < grid.size(); ++i) {
    const bool top = i == 0, bottom = i + 1 == grid.size();
    std::string line = !unicode ? (top ? "[" : " ") : top ? "⎡ " : bottom ? "⎣ " : "⎢ ";
    for (size_t j = 0; j < widths.size(); ++j) {
      const bool last = j + 1 == widths.size();
      line += grid[i][j];
      if (!unicode) line += !last ? "," : bottom ? "]" : ";";
      if (unicode || !last) line.append(widths[j] - display_width(grid[i][j]), ' ');
      if (!last) line += unicode ? "  " : " ";
    }
    if (unicode) line += top ? " ⎤" : bottom ? " ⎦" : " ⎥";
    lines.push_back(std::move(line));
  }
  return lines;
}

std::string remarks_on(Session& session, const Answer& answer, Format format, uint32_t known_names) {
  std::string text;
  const std::string separator = format == Format::unicode ? " · " : " | ";
  const auto add = [&](const std::string& part) {
    if (!part.empty()) text += (text.empty() ? "" : separator) + part;
  };
  Context& ctx = session.context();
  if (answer.kind == AnswerKind::expression && ctx.shape_of(answer.value).order() > 0)
    add(shape_text(ctx, ctx[answer.value].shape));
  for (const std::string& note : answer.notes) add(note);
  add(conditions_text(session, answer, format));
  std::string real;
  for (const NameEntry* entry : session.names().entries()) {
    if (entry->is_implicit && entry->serial >= known_names) real += (real.empty() ? "" : ", ") + entry->name;
  }
  if (!real.empty()) add("real: " + real);
  return text;
}

}  // namespace

std::string_view first_columns(std::string_view line, size_t columns) {
  size_t width = 0;
  const char* const end = line.data() + line.size();
  const char* p = line.data();
  while (p < end) {
    const CodePoint c = decode(p, end);
    width += static_cast<size_t>(std::max(0, display_width(c.value)));
    if (width > columns) break;
    p += c.length;
  }
  return line.substr(0, static_cast<size_t>(p - line.data()));
}

std::string value_name(const SyntaxTree& tree, NodeId root, Format format) {
  if (tree.kind(root) == SyntaxKind::name) return on_one_line(tree.text(root));
  if (tree.kind(root) == SyntaxKind::partial) {  // ∂f/∂x, as it was written
    const std::string text = on_one_line(tree.text(root));
    return format == Format::unicode && display_width(text) <= longest_name ? text : std::string();
  }
  if (tree.kind(root) != SyntaxKind::call) return {};
  const NodeId callee = tree.operand(root, 0);
  if (tree.kind(callee) != SyntaxKind::name) return {};
  const std::string_view op = tree.name(callee);
  if (op == "diff" || op == "grad" || op == "jac" || op == "hess") return derivative_name(tree, root, format);
  return {};
}

AnswerView view_answer(Session& session, const ParsedText& text, const Statement& statement,
                       const Answer& answer, Format format, uint32_t known_names, size_t width) {
  AnswerView view;
  std::string name = value_name(text.tree, statement.root, format);
  std::string value = answer_text(session, answer, format);
  if (!name.empty()) name = name == value ? std::string() : name + " = ";
  const auto grid = grid_of(session, answer, format);
  const size_t left = display_width(name);
  if (!grid.empty() && width > left) view.lines = draw(grid, format == Format::unicode, width - left);
  if (view.lines.empty()) {
    view.lines.push_back(name + value);
  } else {
    // The name stands before the first row, so that nothing stands between the rows when they are copied.
    for (size_t i = 0; i < view.lines.size(); ++i)
      view.lines[i].insert(0, i == 0 ? name : std::string(left, ' '));
  }
  view.remarks = remarks_on(session, answer, format, known_names);
  return view;
}

}  // namespace nabla::cli
