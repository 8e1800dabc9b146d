#include "prompt/editor.h"

#include <algorithm>

namespace nabla::prompt {

void Editor::begin(std::string_view prompt) {
  prompt_ = prompt;
  buffer_.set("");
  position_ = history_.size();
  written_.clear();
  searching_ = false;
  choices_.clear();
  plain_view_ = false;
}

Editor::Verdict Editor::handle(const Key& key) {
  choices_.clear();
  wants_clear_ = false;
  Verdict verdict = Verdict::editing;
  if (searching_ && handle_in_search(key, verdict)) return verdict;
  switch (key.kind) {
    case KeyKind::character:
      buffer_.insert(key.text);
      break;
    case KeyKind::paste: {
      std::string text = cleaned(key.text);
      while (!text.empty() && text.back() == '\n') text.pop_back();
      buffer_.insert(text);
      break;
    }
    case KeyKind::control:
      return handle_control(key.letter);
    case KeyKind::alt:
      handle_alt(key.letter);
      break;
    case KeyKind::enter:
      return enter();
    case KeyKind::alt_enter:
      buffer_.insert("\n");
      break;
    case KeyKind::tab:
      complete_word();
      break;
    case KeyKind::backspace:
      (void)buffer_.erase_left();
      break;
    case KeyKind::alt_backspace:
      buffer_.cut_word_left();
      break;
    case KeyKind::erase:
      (void)buffer_.erase_right();
      break;
    default:
      (void)move(key);
  }
  return Verdict::editing;
}

bool Editor::move(const Key& key) {
  switch (key.kind) {
    case KeyKind::left:
      return buffer_.left();
    case KeyKind::right:
      return buffer_.right();
    case KeyKind::word_left:
      return buffer_.word_left();
    case KeyKind::word_right:
      return buffer_.word_right();
    case KeyKind::up:
      if (!buffer_.up()) older();
      return true;
    case KeyKind::down:
      if (!buffer_.down()) newer();
      return true;
    case KeyKind::home:
      buffer_.line_begin();
      return true;
    case KeyKind::end:
      buffer_.line_end();
      return true;
    case KeyKind::page_up:
      older();
      return true;
    case KeyKind::page_down:
      newer();
      return true;
    default:
      return false;
  }
}

Editor::Verdict Editor::handle_control(char letter) {
  switch (letter) {
    case 'a':
      buffer_.line_begin();
      break;
    case 'b':
      (void)buffer_.left();
      break;
    case 'c':
      return Verdict::interrupted;
    case 'd':
      if (buffer_.text().empty()) return Verdict::end;
      (void)buffer_.erase_right();
      break;
    case 'e':
      buffer_.line_end();
      break;
    case 'f':
      (void)buffer_.right();
      break;
    case 'k':
      buffer_.cut_to_line_end();
      break;
    case 'l':
      wants_clear_ = true;
      break;
    case 'n':
      newer();
      break;
    case 'p':
      older();
      break;
    case 'r':
      begin_search();
      break;
    case 't':
      buffer_.transpose();
      break;
    case 'u':
      buffer_.cut_to_line_begin();
      break;
    case 'w':
      buffer_.cut_blank_word_left();
      break;
    case 'z':
      return Verdict::suspended;
    case 'y':
      buffer_.paste_cut();
      break;
    case '_':
      (void)buffer_.undo();
      break;
    default:
      break;
  }
  return Verdict::editing;
}

void Editor::handle_alt(char letter) {
  switch (letter) {
    case 'b':
      (void)buffer_.word_left();
      break;
    case 'd':
      buffer_.cut_word_right();
      break;
    case 'f':
      (void)buffer_.word_right();
      break;
    case '<':
      show_entry(0);
      break;
    case '>':
      show_entry(history_.size());
      break;
    default:
      break;
  }
}

// Enter ends the statement if it is whole; else it begins a line.
Editor::Verdict Editor::enter() {
  const std::string& text = buffer_.text();
  const bool command = !text.empty() && (text[0] == ':' || text[0] == '?');
  if (!command && language_.incomplete(text)) {
    buffer_.insert("\n");
    return Verdict::editing;
  }
  history_.add(text);
  return Verdict::accepted;
}

void Editor::complete_word() {
  const Completion c = complete(buffer_.text(), buffer_.cursor(), language_.words());
  if (c.choices.empty()) return;
  const std::string_view now = std::string_view(buffer_.text()).substr(c.begin, buffer_.cursor() - c.begin);
  if (c.choices.size() > 1 && c.common == now) {
    choices_ = c.choices;
    return;
  }
  if (c.common != now) buffer_.replace(c.begin, buffer_.cursor(), c.common);
}

// ---- history ----

void Editor::older() {
  if (position_ > 0) show_entry(position_ - 1);
}

void Editor::newer() {
  if (position_ < history_.size()) show_entry(position_ + 1);
}

void Editor::show_entry(size_t position) {
  if (position == position_) return;
  if (position_ == history_.size()) written_ = buffer_.text();
  position_ = position;
  buffer_.set(position < history_.size() ? history_[position] : written_);
}

void Editor::begin_search() {
  searching_ = true;
  search_ = {"", history_.size(), false, buffer_.text()};
}

void Editor::search_from(size_t before) {
  const size_t at = history_.find_older(search_.wanted, before);
  search_.failed = at == history_.size();
  if (!search_.failed) search_.found = at;
}

void Editor::search_older() {
  if (!search_.wanted.empty()) search_from(search_.failed ? history_.size() : search_.found);
}

void Editor::search_newer() {
  if (search_.wanted.empty() || search_.found == history_.size()) return;
  const size_t at = history_.find_newer(search_.wanted, search_.found);
  if (at < history_.size()) search_.found = at;
}

void Editor::end_search(bool keep) {
  searching_ = false;
  if (keep && search_.found < history_.size()) {
    position_ = history_.size();
    written_ = search_.before;
    show_entry(search_.found);
    const size_t at = buffer_.text().find(search_.wanted);
    buffer_.text_begin();
    while (at != std::string::npos && buffer_.cursor() < at && buffer_.right()) {
    }
  } else {
    buffer_.set(search_.before);
  }
}

// False: the search has ended, and the key is for the text that was found.
bool Editor::handle_in_search(const Key& key, Verdict& verdict) {
  if (key.kind == KeyKind::character) {
    search_.wanted += key.text;
    // The entry that is shown may still do.
    search_from(search_.found == history_.size() ? history_.size() : search_.found + 1);
    return true;
  }
  if (key.kind == KeyKind::backspace) {
    search_.wanted.erase(previous_cluster(search_.wanted, search_.wanted.size()));
    search_.found = history_.size();
    search_.failed = false;
    if (!search_.wanted.empty()) search_from(history_.size());
    return true;
  }
  if (key.kind == KeyKind::control) {
    if (key.letter == 'r') return search_older(), true;
    if (key.letter == 's') return search_newer(), true;
    if (key.letter == 'g') return end_search(false), true;
    if (key.letter == 'c') {
      searching_ = false;
      verdict = Verdict::interrupted;
      return true;
    }
  }
  end_search(true);
  return key.kind == KeyKind::escape;
}

// ---- the view ----

void Editor::finish_view() {
  plain_view_ = true;
  choices_.clear();
  buffer_.text_end();
}

void Editor::render_text(FrameWriter& out) const {
  const std::string& text = buffer_.text();
  const size_t cursor = plain_view_ ? std::string::npos : buffer_.cursor();
  const std::vector<Style> styles = highlight(text, cursor, language_.is_function);
  out.put_all(prompt_, Style::prompt);
  for (size_t at = 0; at < text.size();) {
    if (at == buffer_.cursor()) out.mark_cursor();
    if (text[at] == '\n') {
      out.new_row();
      out.put_all(continuation_prompt, Style::prompt);
      ++at;
      continue;
    }
    const size_t end = next_cluster(text, at);
    out.put(std::string_view(text).substr(at, end - at), styles[at]);
    at = end;
  }
  if (buffer_.cursor() == text.size()) out.mark_cursor();
}

void Editor::render_choices(Frame& frame, size_t height) const {
  if (choices_.empty() || frame.rows.size() + 1 > height) return;
  size_t widest = 0;
  for (const std::string& choice : choices_) {
    size_t width = 0;
    for (size_t at = 0; at < choice.size(); at = next_cluster(choice, at))
      width += cluster_width(std::string_view(choice).substr(at, next_cluster(choice, at) - at));
    widest = std::max(widest, width);
  }
  const size_t columns = std::max<size_t>(1, frame.width / (widest + 2));
  const size_t room = height - frame.rows.size();
  const size_t rows = (choices_.size() + columns - 1) / columns;
  for (size_t r = 0; r < std::min(rows, room); ++r) {
    if (r + 1 == room && rows > room) {
      Frame last;
      last.width = frame.width;
      FrameWriter(last).put_all("…", Style::dim);
      frame.rows.push_back(last.rows[0]);
      return;
    }
    Frame line;
    line.width = frame.width;
    FrameWriter out(line);
    for (size_t k = 0; k < columns && r * columns + k < choices_.size(); ++k) {
      const std::string& choice = choices_[r * columns + k];
      out.put_all(choice, Style::dim);
      if (k + 1 == columns || r * columns + k + 1 == choices_.size()) continue;
      size_t used = 0;
      for (const Cell& cell : line.rows[0]) used += cell.width;
      while (used++ < (k + 1) * (widest + 2)) out.put(" ", Style::dim);
    }
    frame.rows.push_back(line.rows[0]);
  }
}

void Editor::render(Frame& frame, size_t width, size_t height) const {
  frame = Frame{};
  frame.width = std::max<size_t>(4, width);
  FrameWriter out(frame);
  if (searching_) {
    out.put_all(search_.failed ? "(no such entry) '" : "(search) '", Style::prompt);
    out.put_all(search_.wanted, Style::plain);
    out.mark_cursor();
    out.put_all("': ", Style::prompt);
    if (search_.found < history_.size()) {
      const std::string& entry = history_[search_.found];
      const std::vector<Style> styles = highlight(entry, std::string::npos, language_.is_function);
      for (size_t at = 0; at < entry.size(); at = next_cluster(entry, at)) {
        if (entry[at] == '\n')
          out.new_row();
        else
          out.put(std::string_view(entry).substr(at, next_cluster(entry, at) - at), styles[at]);
      }
    }
  } else {
    render_text(out);
  }
  if (!plain_view_) crop(frame, height);
  render_choices(frame, height);
}

}  // namespace nabla::prompt
