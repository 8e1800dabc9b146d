// The manual page, in the mdoc language of mandoc and groff.
#include <algorithm>
#include <cctype>

#include "cli/commands.h"
#include "cli/docs.h"
#include "cli/option_table.h"
#include "cli/prompt.h"

namespace nabla::cli {
namespace {

// The date of the text below; the tables have none.
constexpr std::string_view kDate = "November 21, 2026";

constexpr std::string_view kBeginning = R"(.Os
.Sh NAME
.Nm nabla
.Nd derivatives of formulas, and the code that computes them
.Sh SYNOPSIS
.Nm
.Op Fl e Ar STATEMENT
.Op Fl i
.Op Ar OPTION ...
.Nm
.Ar COMMAND
.Op Ar ARGUMENT ...
.Op Ar OPTION ...
.Sh DESCRIPTION
.Nm
differentiates formulas of scalars, vectors, matrices and tensors,
simplifies the derivatives, proves them equal to others,
and generates C++ and C for them.
Without a command it is a prompt on a terminal
and reads a script where standard input is none.
.Pp
Results go to standard output, one for each statement;
errors and notes go to standard error.
.Sh COMMANDS
)";

constexpr std::string_view kEnvironment = R"(.Sh ENVIRONMENT
.Bl -tag -width Ds
.It Ev NABLA_HISTORY
The file of the history of the prompt.
.It Ev XDG_STATE_HOME
Where that file is otherwise, as
.Pa nabla/history ;
.Pa ~/.local/state
if it is not set.
.It Ev NO_COLOR
If it is set, there are no colours unless
.Fl -color Ar always
asks for them.
.It Ev LC_ALL , LC_CTYPE , LANG
Results are Unicode where the first of these that is set says UTF-8,
and ASCII otherwise.
.It Ev TERM
The prompt reads plain lines where it is
.Ql dumb .
.It Ev TMPDIR
Where the report of an internal error is written.
.El
.Sh EXIT STATUS
.Bl -tag -width Ds
)";

constexpr std::string_view kExamples = R"(.Sh EXAMPLES
A derivative, a gradient, and a derivation:
.Bd -literal -offset indent
nabla diff \(aqsin(x)^2\(aq
nabla grad "x\(aq*A*x" --wrt x --let "dim n; var x: vector[n]; param A: matrix[n,n]"
nabla steps \(aqx^2*sin(x)\(aq
.Ed
.Pp
A header with the functions that a model asks for:
.Bd -literal -offset indent
nabla gen model.nabla -o model.h
.Ed
.Sh SEE ALSO
The tutorial, the language and the layouts of generated code are pages
of the folder
.Pa docs
of the sources.
)";

// Text that roff takes literally.
std::string escaped(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else if (c == '\'') {
      out += "\\(aq";
    } else if (c == '"') {
      out += "\\(dq";
    } else if (text.substr(i, 3) == "…") {
      out += "...";
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

// A paragraph in lines of at most 78 characters.
std::string paragraph(std::string_view text) {
  std::string out, line;
  const auto add = [&](const std::string& word) {
    if (!line.empty() && line.size() + 1 + word.size() > 78) {
      out += line + "\n";
      line.clear();
    }
    line += (line.empty() ? "" : " ") + word;
  };
  while (!text.empty()) {
    const size_t end = std::min(text.find(' '), text.size());
    add(escaped(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out + line + "\n";
}

// How a command is written, with what is to be replaced in italics: FILE \-o OUT.
std::string usage_line(std::string_view usage) {
  std::string out;
  for (size_t i = 0; i < usage.size();) {
    size_t end = i;
    while (end < usage.size() && std::isupper(static_cast<unsigned char>(usage[end])) != 0) ++end;
    if (end > i + 1) {
      out += "\\fI" + std::string(usage.substr(i, end - i)) + "\\fP";
    } else {
      end = i + 1;
      while (end < usage.size() && std::isupper(static_cast<unsigned char>(usage[end])) == 0) ++end;
      out += escaped(usage.substr(i, end - i));
    }
    i = end;
  }
  return out;
}

// .It Fl o , \-output Ar OUT
std::string option_item(const OptionRow& row) {
  std::string names = row.names, out = ".It ";
  for (size_t begin = 0; begin < names.size();) {
    const size_t end = std::min(names.find(',', begin), names.size());
    out += (begin > 0 ? " , Fl " : "Fl ") + escaped(names.substr(begin + 1, end - begin - 1));
    begin = end + 1;
  }
  return out + (row.value == nullptr ? "" : std::string(" Ar ") + row.value) + "\n";
}

void options_of(std::string& page, const Command* command, bool global) {
  bool any = false;
  for (const OptionRow& row : option_rows()) {
    if ((row.belongs == 0) != global || !accepts(command, row)) continue;
    if (!any) page += ".Bl -tag -width Ds\n";
    any = true;
    page += option_item(row) + paragraph(row.help);
  }
  if (any) page += ".El\n";
}

}  // namespace

std::string man_page() {
  std::string page = ".\\\" Written by nabla docs man.\n.Dd " + std::string(kDate) + "\n.Dt NABLA 1\n";
  page += kBeginning;
  page += ".Bl -tag -width Ds\n";
  for (const Command& row : commands()) {
    if (row.run == nullptr) continue;
    page += ".It Ic " + std::string(row.name);
    if (!row.usage.empty()) page += " No \"" + usage_line(row.usage) + "\"";
    page += "\n" + paragraph(row.help);
    options_of(page, &row, false);
  }
  page += ".El\n.Sh OPTIONS\nWithout a command:\n";
  options_of(page, nullptr, false);
  page += ".Pp\nOf all commands:\n";
  options_of(page, nullptr, true);
  page += ".Sh PROMPT\nBesides statements the prompt takes these commands:\n.Bl -tag -width Ds\n";
  for (const auto& [usage, help] : prompt_command_usages()) {
    page += ".It No \"" + usage_line(usage) + "\"\n" + paragraph(help);
  }
  page += ".El\n";
  page += kEnvironment;
  for (const ExitRow& row : exit_rows()) {
    page += ".It " + std::to_string(row.status) + "\n" + paragraph(row.meaning);
  }
  page += ".El\n";
  page += kExamples;
  return page;
}

}  // namespace nabla::cli
