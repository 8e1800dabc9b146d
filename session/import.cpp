// import "path": the declarations and definitions of another file, with an explicit stack of files.
#include <algorithm>
#include <cstdlib>
#include <memory>
#include <unordered_set>

#include "expr/diagnostic.h"
#include "session/files.h"
#include "session/session.h"

namespace nabla {
namespace {

constexpr size_t most_open = 1000;  // files that wait for one that they import

std::string folder_of(const std::string& file) {
  const size_t slash = file.rfind('/');
  return slash == std::string::npos ? "" : file.substr(0, slash + 1);
}

// One name for a file however it is reached.
std::string real_path(const std::string& path) {
  const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr), &std::free);
  return real ? std::string(real.get()) : path;
}

struct OpenFile {
  std::shared_ptr<const ParsedText> text;
  std::string real;
  size_t next = 0;  // statement
};

}  // namespace

void Session::import(const std::shared_ptr<const ParsedText>& text, const Statement& statement,
                     Outcome& out) {
  std::unordered_set<std::string> done;
  std::vector<OpenFile> open;
  const auto enter = [&](const ParsedText& from, const Statement& s) {
    const ImportSyntax& said = from.imports.at(s.detail);
    const std::string path =
        said.path.substr(0, 1) == "/" ? said.path : folder_of(from.tree.source().file) + said.path;
    const std::string real = real_path(path);
    const auto is_open = [&](const std::string& r) {
      if (r == real_path(text->tree.source().file)) return true;
      return std::any_of(open.begin(), open.end(), [&](const OpenFile& f) { return f.real == r; });
    };
    if (is_open(real)) {
      throw Failure(Code::import_cycle, said.span,
                    "'" + said.path + "' imports itself, directly or through others",
                    "put what both need in a file that both import");
    }
    if (open.size() >= most_open) {
      throw Failure(Code::nesting_too_deep, said.span,
                    "more than " + std::to_string(most_open) + " files import one another");
    }
    if (!done.insert(real).second) return;
    std::string content;
    try {
      content = read_file(path, options_.limits.input_bytes);
    } catch (Failure& failure) {
      failure.diagnostic.span = said.span;
      failure.diagnostic.has_span = true;
      const bool relative = said.path.substr(0, 1) != "/";
      if (failure.diagnostic.help.empty() && relative)
        failure.diagnostic.help = "the path begins at the folder of this file";
      throw;
    }
    if (std::find(files_read_.begin(), files_read_.end(), path) == files_read_.end())
      files_read_.push_back(path);
    open.push_back({parse(path, std::move(content)), real, 0});
  };
  enter(*text, statement);
  while (!open.empty()) {
    OpenFile& file = open.back();
    out.source = file.text->tree.shared_source();
    if (file.next == file.text->statements.size()) {
      open.pop_back();
      continue;
    }
    const std::shared_ptr<const ParsedText> from = file.text;  // `open` may move
    const Statement& s = from->statements[file.next++];
    if (s.kind == StatementKind::import) {
      enter(*from, s);
    } else if (s.kind == StatementKind::invalid) {
      throw Failure(from->errors.at(s.detail));
    } else if (s.kind != StatementKind::expression && s.kind != StatementKind::assertion) {
      const Elaborated said = elaborate_statement(context_, names_, from, s);
      if (s.kind != StatementKind::definition) continue;
      for (const std::string& name : said.declared) close_definition(name);
    }
  }
  out.source = text->tree.shared_source();
}

}  // namespace nabla
