// Where the statements of the prompt come from: lines of a plain channel, or the line editor
// (prompt/edited_lines.h).
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace nabla::prompt {

enum class Event : uint8_t {
  text,         // a statement was read
  interrupted,  // the interrupt key: what was begun is dropped
  end,          // of the input
};

class LineSource {
 public:
  LineSource() = default;
  LineSource(const LineSource&) = delete;
  LineSource& operator=(const LineSource&) = delete;
  virtual ~LineSource() = default;

  // The next statement, over as many lines as it needs, without its last line end.
  virtual Event read(std::string_view prompt, std::string& text) = 0;
  // What was typed and not yet read: after an interrupt it is not wanted.
  virtual void drop_typed() {}
};

// Whether a text lacks only its end.
using Incomplete = std::function<bool(const std::string&)>;
using Say = std::function<void(std::string_view)>;

inline constexpr std::string_view continuation_prompt = "  ...> ";

// Lines as they come from a descriptor; prompts go to `say`. A signal that interrupts reading drops the line.
class PlainLines final : public LineSource {
 public:
  PlainLines(int descriptor, Say say, Incomplete incomplete)
      : descriptor_(descriptor), say_(std::move(say)), incomplete_(std::move(incomplete)) {}

  Event read(std::string_view prompt, std::string& text) override;

 private:
  Event read_line(std::string& line);

  int descriptor_;
  Say say_;
  Incomplete incomplete_;
  std::string read_ahead_;
};

}  // namespace nabla::prompt
