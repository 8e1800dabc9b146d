// The line editor without a terminal: bytes in, text and cells out. Expected values: what the keys of emacs
// do, and Unicode Standard Annex 29 (grapheme clusters).
#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <string>

#include "command.h"
#include "parser/elaborator.h"
#include "parser/parse.h"
#include "prompt/editor.h"

using namespace nabla;
using namespace nabla::prompt;

namespace {

Language language() {
  Language l;
  l.incomplete = [](const std::string& text) {
    return parse_statements(make_source("<stdin>", text)).incomplete;
  };
  l.is_function = [](std::string_view name) { return find_builtin(name) != nullptr; };
  l.words = [] {
    return Vocabulary{{"alpha", "weight", "width"}, {"sin", "sinh", "sqrt"}, {":vars", ":quit"}};
  };
  return l;
}

struct Typed {
  explicit Typed(const std::string& bytes = "") : editor(history, language()) {
    editor.begin("> ");
    type(bytes);
  }
  Editor::Verdict type(const std::string& bytes) {
    keys.feed(bytes);
    Editor::Verdict verdict = Editor::Verdict::editing;
    Key key;
    while (verdict == Editor::Verdict::editing && keys.next(key)) verdict = editor.handle(key);
    return verdict;
  }
  Frame frame(size_t width = 20, size_t height = 10) const {
    Frame f;
    editor.render(f, width, height);
    return f;
  }
  // The text with '|' at the cursor.
  std::string state() const {
    std::string text = editor.text();
    text.insert(editor.cursor(), "|");
    return text;
  }

  History history;
  Editor editor;
  KeyDecoder keys;
};

std::string rows(const Frame& frame) {
  std::string text;
  for (const Row& row : frame.rows) {
    for (const Cell& cell : row) text += cell.text;
    text += "\n";
  }
  return text;
}

std::string ctrl(char letter) { return std::string(1, static_cast<char>(letter & 0x1f)); }

const std::string left = "\x1b[D", up = "\x1b[A", down = "\x1b[B", home = "\x1b[H", word_left = "\x1b[1;5D";

}  // namespace

TEST_CASE("keys edit the text", "[prompt]") {
  const std::pair<std::string, std::string> cases[] = {
      {"abc" + left + left + "X", "aX|bc"},
      {"abc" + ctrl('a') + "X" + ctrl('e') + "Y", "XabcY|"},
      {"abc" + ctrl('b') + "\x7f", "a|c"},
      {"abc" + home + ctrl('d'), "|bc"},
      {"abc" + home + "\x1b[3~", "|bc"},
      {"sin(x) + cos(y)" + word_left, "sin(x) + cos(|y)"},
      {"sin(x) + cos(y)" + word_left + word_left, "sin(x) + |cos(y)"},
      {"one two\x1b"
       "b" +
           ctrl('k'),
       "one |"},
      {"one two" + ctrl('w') + ctrl('y') + ctrl('y'), "one twotwo|"},
      {"one two" + ctrl('w') + ctrl('w') + ctrl('y'), "one two|"},  // cuts next to each other join
      {"one two" + ctrl('u') + "x", "x|"},
      {"one two" + home +
           "\x1b"
           "d",
       "| two"},
      {"ab" + ctrl('t'), "ba|"},
      {"abc" + left + ctrl('t'), "acb|"},
      {"abc" + ctrl('w') + ctrl('_'), "abc|"},
      {"a + b" + ctrl('_'), "a + |"},
      {"\xCE\xBB\xCE\xBC" + left + "x", "λx|μ"},
      {"e\xCC\x81"
       "a" +
           left + left + "b",
       "b|e\xCC\x81"
       "a"},                                                      // a letter and its accent are one step
      {"\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x94\xAC\x7f", "|"},  // a joined emoji is one
      {"x\xff\x7f", "x|"},                                        // a byte that is not UTF-8 is a character
      {"\x1b[200~a\r\n\tb\x1b[0m\r\x1b[201~c", "a\n b[0mc|"},     // pasted text is text
      {"(a\rb" + up + "X", "(X|a\nb"},
      {"(abc\rd" + ctrl('a') + up + ctrl('e') + down + "Y", "(abc\ndY|"},
  };
  for (const auto& [bytes, wanted] : cases) {
    INFO(wanted);
    CHECK(Typed(bytes).state() == wanted);
  }
}

TEST_CASE("bytes may come one by one", "[prompt]") {
  const std::string bytes = "λ\x1b[D\x1b[1;5C\x1b[200~x\ny\x1b[201~\x1bOD!";
  Typed at_once(bytes), one_by_one;
  for (const char c : bytes) one_by_one.type(std::string(1, c));
  CHECK(at_once.state() == "λx\n!|y");
  CHECK(one_by_one.state() == at_once.state());
}

TEST_CASE("Enter ends what is whole", "[prompt]") {
  Typed t;
  CHECK(t.type("[1,\r") == Editor::Verdict::editing);
  CHECK(t.type("2]\r") == Editor::Verdict::accepted);
  CHECK(t.editor.text() == "[1,\n2]");
  CHECK(Typed().type("x +\r") == Editor::Verdict::accepted);  // wrong, and no end will mend it
  CHECK(Typed().type(":help (\r") == Editor::Verdict::accepted);
  CHECK(Typed().type(ctrl('d')) == Editor::Verdict::end);
  CHECK(Typed().type("x" + ctrl('c')) == Editor::Verdict::interrupted);
  Typed lines("a\x1b\rb");
  CHECK(lines.editor.text() == "a\nb");
}

TEST_CASE("what was typed comes back", "[prompt]") {
  Typed t;
  t.type("first\r");
  t.editor.begin("> ");
  t.type("second\r");
  t.editor.begin("> ");
  t.type("third" + up + up);
  CHECK(t.state() == "first|");
  t.type(down + down);
  CHECK(t.state() == "third|");
  t.type(ctrl('r') + "ir");
  CHECK(rows(t.frame(40)) == "(search) 'ir': first\n");
  t.type("\x01");  // ends the search where it found the text
  CHECK(t.state() == "|first");
  t.type(ctrl('r') + "zz" + ctrl('g'));
  CHECK(t.state() == "first|");
}

TEST_CASE("a history file has one line for each entry", "[prompt]") {
  CHECK(history_line("A\\b\nc") == "A\\\\b\\nc");
  CHECK(history_entry("A\\\\b\\nc") == "A\\b\nc");
  const command::Folder folder;
  const std::string file = folder.path("state/nabla/history");
  History one(file), two(file);
  one.add("a");
  two.add("b\nc");
  one.add("a");  // a repetition
  one.add(" ");
  one.add("d");
  CHECK(folder.read("state/nabla/history") == "a\nb\\nc\nd\n");
  const History again(file);
  REQUIRE(again.size() == 3);
  CHECK(again[1] == "b\nc");
  CHECK(again.find_older("c", 3) == 1);
  CHECK(again.find_older("c", 1) == again.size());
  CHECK(again.find_newer("d", 0) == 2);
}

TEST_CASE("completion", "[prompt]") {
  const Vocabulary words = language().words();
  const auto choices = [&](const std::string& text) { return complete(text, text.size(), words).choices; };
  using List = std::vector<std::string>;
  CHECK(choices("1 + wei") == List{"weight"});
  CHECK(choices("w") == List{"weight", "width"});
  CHECK(complete("x*si", 4, words).common == "sin");
  CHECK(choices("x*si") == List{"sin(", "sinh("});
  CHECK(choices("?sq") == List{"sqrt"});
  CHECK(choices(":v") == List{":vars"});
  CHECK(choices("\\alpha") == List{"α"});
  CHECK(choices("2\\Sig") == List{"Σ"});
  CHECK(choices("x\\^2") == List{"²"});
  CHECK(choices("x\\_1") == List{"₁"});
  CHECK(choices("x\\^-1") == List{"⁻¹"});
  Vocabulary more = words;
  more.settings = {{"format", {"ascii", "latex"}}, {"quiet", {"on", "off"}}};
  more.codes = {"NB0101", "NB0201"};
  const auto argument = [&](const std::string& text) { return complete(text, text.size(), more).choices; };
  CHECK(argument(":set ") == List{"format", "quiet"});
  CHECK(argument(":set q") == List{"quiet"});
  CHECK(argument(":set quiet ") == List{"off", "on"});
  CHECK(argument(":set  format  l") == List{"latex"});
  CHECK(argument(":set nothing ").empty());
  CHECK(argument(":explain NB02") == List{"NB0201"});
  CHECK(argument(":steps si") == List{"sin", "sinh"});
  CHECK(choices("zzz").empty());
  CHECK(choices("").empty());
}

TEST_CASE("the names of files are completed", "[prompt]") {
  const command::Folder folder;
  folder.write("model.nabla", "");
  folder.write("model two.nabla", "");
  folder.write(".hidden", "");
  std::filesystem::create_directory(folder.path("models"));
  const auto files = [&](const std::string& begin) {
    std::vector<std::string> list = files_named(folder.path(begin));
    for (std::string& name : list) name.erase(0, folder.path().size() + 1);
    std::sort(list.begin(), list.end());
    return list;
  };
  using List = std::vector<std::string>;
  CHECK(files("mo") == List{"model two.nabla", "model.nabla", "models/"});
  CHECK(files("models") == List{"models/"});
  CHECK(files("") == List{"model two.nabla", "model.nabla", "models/"});
  CHECK(files(".") == List{".hidden"});
  CHECK(files("nothing").empty());
  CHECK(files_named("/nowhere at all/x").empty());
}

TEST_CASE("what is drawn", "[prompt]") {
  SECTION("wrapping") {
    const Typed t("1234567890abc");
    const Frame f = t.frame(10);
    CHECK(rows(f) == "> 12345678\n90abc\n");
    CHECK(f.cursor_row == 1);
    CHECK(f.cursor_column == 5);
  }
  SECTION("a full row has the cursor in the next one") {
    const Frame f = Typed("12345678").frame(10);
    CHECK(rows(f) == "> 12345678\n\n");
    CHECK(f.cursor_row == 1);
    CHECK(f.cursor_column == 0);
  }
  SECTION("a wide character is not cut") {
    const Frame f = Typed("1234567字x").frame(10);
    CHECK(rows(f) == "> 1234567\n字x\n");
    CHECK(f.cursor_column == 3);
  }
  SECTION("more lines than rows: those around the cursor") {
    Typed t("\x1b[200~(1\n2\n3\n4\n5\x1b[201~");
    CHECK(rows(t.frame(20, 3)) == "  ...> 3\n  ...> 4\n  ...> 5\n");
    t.type(up + up + up + up);
    CHECK(rows(t.frame(20, 3)) == "> (1\n  ...> 2\n  ...> 3\n");
  }
  SECTION("colours by the lexer") {
    const Typed t("sin(2)#c");
    const Row row = t.frame(40).rows[0];
    CHECK(row[2].style == Style::function);
    CHECK(row[6].style == Style::number);
    CHECK(row[8].style == Style::comment);
    const Row bad = Typed("x @ )").frame(40).rows[0];
    CHECK(bad[4].style == Style::wrong);
    CHECK(bad[6].style == Style::wrong);
    const Row pair = Typed("(x)").frame(40).rows[0];
    CHECK(pair[2].style == Style::paired);
    CHECK(pair[4].style == Style::paired);
    CHECK(Typed("var x").frame(40).rows[0][2].style == Style::keyword);
  }
}

TEST_CASE("only what changed is painted", "[prompt]") {
  Typed t(std::string(100, 'a'));
  Painter painter(false);
  CHECK(painter.paint(t.frame(20)).size() > 100);
  CHECK(painter.paint(t.frame(20)).empty());
  t.type("b");
  CHECK(painter.paint(t.frame(20)) == "b");
  t.type("\x7f");
  CHECK(painter.paint(t.frame(20)).size() <= 8);  // back, erase to the end of the row
  t.type(home);
  CHECK(painter.paint(t.frame(20)) == "\x1b[5A");  // it was in the same column of the sixth row
}
