// The pages and completions that `nabla docs` writes: the committed copies are what the program writes now,
// and real shells complete with them.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "expr/function.h"
#include "parser/elaborator.h"
#include "tests/command.h"
#include "tests/paths.h"
#include "tests/terminal.h"

using command::contains;
using command::Folder;

using terminal::Terminal;

namespace {

const std::filesystem::path docs = std::filesystem::path(paths::source) / "docs";

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

const std::string folder_of_command = std::filesystem::path(paths::binary).parent_path().string();
const std::string path_variable = "PATH=" + folder_of_command + ":/usr/bin:/bin";

// What Tab makes of texts after the prompt "> ".
void check_completions(Terminal& screen, std::span<const std::pair<const char*, const char*>> typed) {
  for (const auto& [text, completed] : typed) {
    INFO(text);
    screen.type(text);
    screen.key("Tab");
    const std::string wanted = std::string("> ") + completed + "\n";
    CHECK(screen.settled(wanted, 10) == wanted);
    screen.key("C-u");
    screen.settled(">\n");
  }
}

}  // namespace

TEST_CASE("pages: the committed ones are those that the program writes", "[pages]") {
  const std::pair<const char*, const char*> pages[] = {
      {"functions", "functions.md"},      {"errors", "errors.md"},       {"man", "nabla.1"},
      {"bash", "completions/nabla.bash"}, {"zsh", "completions/_nabla"}, {"fish", "completions/nabla.fish"}};
  for (const auto& [name, file] : pages) {
    INFO("nabla docs " << name << " > docs/" << file);
    const command::Result r = command::nabla({"docs", name});
    CHECK(r.status == 0);
    CHECK(r.err.empty());
    CHECK((r.out == text_of(docs / file)));
  }
  CHECK(command::nabla({"docs", "nothing"}).status == 2);
}

TEST_CASE("pages: every command and option that there is", "[pages]") {
  const std::string help = command::nabla({"--help"}).out;
  for (const char* name : {"man", "bash", "zsh", "fish"}) {
    const std::string page = command::nabla({"docs", name}).out;
    for (const char* word : {"gen", "cookbook", "explain", "timeout", "wrt", "keep"}) {
      INFO(name << " " << word);
      CHECK(contains(page, word));
    }
    CHECK_FALSE(contains(page, "minimize"));  // refused, so not offered
  }
}

TEST_CASE("pages: every function of the language is explained", "[pages]") {
  std::set<std::string> explained;
  std::istringstream lines(command::nabla({"functions"}).out);
  for (std::string line; std::getline(lines, line);) explained.insert(line.substr(0, line.find('(')));
  for (const std::string_view name : nabla::builtin_names()) {
    INFO(name);
    CHECK(explained.count(std::string(name)) == 1);
  }
}

// "x where x > 0, else y*x" of leaky_relu(x, y): not by letters that stand nowhere else.
TEST_CASE("pages: a function is explained by the letters of its arguments", "[pages]") {
  const auto is_letter = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
  for (size_t i = 0; i < nabla::function_count(); ++i) {
    const nabla::Function& f = nabla::row(nabla::function_at(i));
    const std::string help = " " + std::string(f.help) + " ";
    INFO(f.name << ":" << help);
    for (size_t at = 1; at + 1 < help.size(); ++at) {
      const char c = help[at], next = help[at + 1];
      if (!is_letter(c) || is_letter(help[at - 1]) || is_letter(next)) continue;
      const bool argument = c >= 'x' && c < 'x' + static_cast<char>(std::min<size_t>(f.min_args, 3));
      const bool article = c == 'a' && next == ' ', index = c == 'k' && help[at - 1] == '[';
      const bool value = c == 'f' || c == 'e',
                 bound = c == 't' || c == 'n' || std::isdigit(static_cast<unsigned char>(c)) != 0;
      INFO("letter " << c);
      CHECK((argument || article || index || value || bound));
    }
  }
}

TEST_CASE("pages: mandoc finds nothing in the manual", "[pages]") {
  const command::Result r = command::run({paths::mandoc, "-T", "lint", (docs / "nabla.1").string()});
  CHECK(r.out == "");
  CHECK(r.status == 0);
  const std::string text = command::run({paths::mandoc, "-T", "ascii", (docs / "nabla.1").string()}).out;
  CHECK(contains(text, "NABLA(1)"));
}

TEST_CASE("pages: bash completes", "[pages][prompt]") {
  const Folder folder;
  folder.write("logistic.nabla", "");
  folder.write("values.json", "");
  Terminal screen(100, 30, "bash --norc --noprofile", {path_variable, "PS1=> "});
  screen.enter("cd " + folder.path() + "; source " + (docs / "completions/nabla.bash").string() + "; clear");
  screen.settled(">\n");
  const std::pair<const char*, const char*> typed[] = {
      {"nabla simp", "nabla simplify"},
      {"nabla gen lo", "nabla gen logistic.nabla"},
      {"nabla gen --stor", "nabla gen --storage"},
      {"nabla --format la", "nabla --format latex"},
      {"nabla --format=la", "nabla --format=latex"},
      {"nabla --format=latex func", "nabla --format=latex functions"},
      {"nabla functions softpl", "nabla functions softplus"},
      {"nabla eval logistic.nabla x --at v", "nabla eval logistic.nabla x --at values.json"},
      {"nabla cookbook ver", "nabla cookbook verify"}};
  check_completions(screen, typed);
}

TEST_CASE("pages: zsh completes", "[pages][prompt]") {
  const Folder folder;
  folder.write("logistic.nabla", "");
  Terminal screen(100, 30, std::string(paths::zsh) + " -f",
                  {path_variable, "PS1=> ", "HOME=" + folder.path()});
  screen.enter("cd " + folder.path() + "; fpath=(" + (docs / "completions").string() +
               " $fpath); autoload -U compinit; compinit -u -D; clear");
  screen.settled(">\n");
  const std::pair<const char*, const char*> typed[] = {
      {"nabla simp", "nabla simplify"},
      {"nabla gen lo", "nabla gen logistic.nabla"},
      {"nabla gen --stor", "nabla gen --storage"},
      {"nabla diff 'x^2' --format la", "nabla diff 'x^2' --format latex"},
      {"nabla functions softpl", "nabla functions softplus"}};
  check_completions(screen, typed);
}

TEST_CASE("pages: fish completes", "[pages]") {
  const Folder folder;
  folder.write("logistic.nabla", "");
  const auto completed = [&](const std::string& text) {
    const std::string script = "set -gx PATH " + folder_of_command + " $PATH; cd " + folder.path() +
                               "; source " + (docs / "completions/nabla.fish").string() + "; complete -C " +
                               "'" + text + "'";
    const command::Result r = command::run({paths::fish, "--no-config", "-c", script}, "",
                                           {path_variable, "HOME=" + folder.path()});
    CHECK(r.err == "");
    return r.out;
  };
  CHECK(completed("nabla simp") == "simplify\tsimplify\n");
  CHECK(completed("nabla gen lo") == "logistic.nabla\n");
  CHECK(contains(completed("nabla gen --stor"), "--storage\thow arrays are passed"));
  CHECK(completed("nabla diff x --format la") == "latex\tunicode, ascii, latex, json, cpp or python\n");
  CHECK(completed("nabla functions softpl") == "softplus\n");
}
