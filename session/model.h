// A model file, statement by statement: what code is generated from and what is checked.
//
// Invariant: the session keeps everything (SessionOptions::keep_everything), so that the Refs of the Model
// stay valid.
#pragma once

#include <memory>
#include <vector>

#include "codegen/model.h"
#include "session/session.h"

namespace nabla {

class ModelLoader {
 public:
  ModelLoader(Session& session, std::shared_ptr<const ParsedText> text);

  // Runs one statement and adds what it says to the model.
  Outcome run(const Statement& statement, bool decide_assertions);

  const ParsedText& text() const { return *text_; }
  // What the statements said so far.
  Model model() const;

 private:
  size_t function(const std::string& name, Span span);
  void add_request(const Outcome& outcome);

  Session& session_;
  std::shared_ptr<const ParsedText> text_;
  std::vector<ModelFunction> functions_;
  std::vector<ModelRequest> requests_;
};

}  // namespace nabla
