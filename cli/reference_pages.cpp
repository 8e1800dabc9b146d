// docs/functions.md and docs/errors.md: every function and every error of the tables.
#include <cctype>
#include <vector>

#include "cli/docs.h"
#include "cli/error_examples.h"
#include "cli/function_help.h"
#include "expr/diagnostic.h"

namespace nabla::cli {
namespace {

struct Group {
  FunctionKind kind;
  const char* title;
  const char* text;
};

constexpr Group kGroups[] = {
    {FunctionKind::of_numbers, "Functions of numbers",
     "Of a vector, matrix or tensor they are taken entry by entry."},
    {FunctionKind::of_arrays, "Functions of vectors and matrices",
     "In a differential X, Y, Z are the arguments and dX, dY, dZ their differentials."},
    {FunctionKind::operators, "Operators", "They work on formulas, and compose like functions."},
};

// A span of code, which may have backquotes inside.
std::string code(const std::string& text) {
  return text.find('`') == std::string::npos ? "`" + text + "`" : "`` " + text + " ``";
}

// Text in which no character has a meaning to Markdown.
std::string prose(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::string_view("\\`*_[]<>").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

// The anchor that forges give to a heading.
std::string anchor(std::string name) {
  for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return name;
}

// Facts that are texts; the others are formulas.
bool is_prose(std::string_view title) { return title == "shape"; }

std::string function_entry(const FunctionHelp& f) {
  std::string page = "### " + f.name + "\n\n" + code(f.usage) + ": " + prose(f.meaning) + "\n\n";
  for (const auto& [title, text] : f.facts)
    page += std::string("- ") + title + ": " + (is_prose(title) ? prose(text) : code(text)) + "\n";
  if (!f.example.empty()) page += "- example: " + code(example_run(f.example, Format::unicode)) + "\n";
  return page + (f.facts.empty() && f.example.empty() ? "" : "\n");
}

// What `nabla explain` prints, with its indented lines as blocks of code.
std::string with_blocks(std::string_view text) {
  std::string page;
  bool inside = false;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const bool code = line.substr(0, 2) == "  ";
    if (code != inside && !(inside && line.empty())) {
      if (inside && page.substr(page.size() - 2) == "\n\n") page.pop_back();
      page += code ? "```\n" : "```\n\n";
      inside = code;
    }
    page += (code ? std::string(line.substr(2)) : prose(line)) + "\n";
  }
  return page + (inside ? "```\n" : "");
}

// Statements, or a command line without the sign of the shell.
std::string example_block(std::string_view text) {
  if (text.substr(0, 2) == "$ ") text.remove_prefix(2);
  return "```\n" + std::string(text) + "\n```\n";
}

}  // namespace

std::string function_page() {
  const std::vector<FunctionHelp> helps = function_helps();
  std::string page =
      "# Functions\n\nWritten by `nabla docs functions`. At the prompt `?sin` says the same of one "
      "function.\n\n"
      "In a differential x, y, z are the arguments, dx, dy, dz their differentials and f is the value: the\n"
      "derivative by x is what stands with dx. `defined for` and `where` say for which arguments there is a\n"
      "value and a derivative, `computed as` which formula numbers come from where it is more accurate.\n";
  for (const Group& group : kGroups) {
    page += std::string("\n## ") + group.title + "\n\n" + group.text + "\n\n";
    std::string index;
    for (const FunctionHelp& f : helps) {
      if (f.kind == group.kind)
        index += (index.empty() ? "[" : "\n[") + f.name + "](#" + anchor(f.name) + ")";
    }
    page += index + "\n\n";
    for (const FunctionHelp& f : helps) {
      if (f.kind == group.kind) page += function_entry(f);
    }
    page.pop_back();
  }
  return page;
}

std::string error_page() {
  std::string page =
      "# Errors\n\nWritten by `nabla docs errors`. Every message ends with its code; `nabla explain NB0201`, "
      "or\n"
      "`:help NB0201` at the prompt, prints what stands here.\n";
  for (size_t i = 0; i < code_count(); ++i) {
    const CodeInfo& row = code_at(i);
    page += "\n## " + spelling(row.code) + "\n\n**" + prose(row.title) + "** (exit status " +
            std::to_string(row.exit_status) + ")\n\n" + with_blocks(row.explanation);
    if (const ErrorExample* e = error_example(row.code)) {
      page +=
          "\nThis gives it:\n\n" + example_block(e->wrong) + "\nThis does not:\n\n" + example_block(e->right);
    } else {
      page += "\nThere is no example: " + std::string(why_no_example(row.code)) + ".\n";
    }
  }
  return page;
}

}  // namespace nabla::cli
