// A model as code: which functions and outputs are asked for, entry by entry or as whole arrays, the text in
// C++ or C, and the comparison with automatic differentiation that comes before it.
//
// Invariant: the Session outlives it and keeps everything (SessionOptions::keep_everything). All members but
// the constructor throw Failure: they are to be called within Session::guarded().
#pragma once

#include <string>
#include <vector>

#include "codegen/entry.h"
#include "codegen/generate.h"
#include "codegen/model.h"
#include "codegen/tensor_entry.h"
#include "session/session.h"

namespace nabla {

// As the options of `nabla gen` say it (docs/cli.md).
struct CodeRequest {
  std::string language = "cpp";  // or "c"
  std::string storage;           // "array", "span" or "eigen"; empty: array if that can be
  std::string functions;         // "f,g": only these; empty: all
  std::string derive;            // "value,hess(lower)": in place of the model's own; empty: those
  bool free_entries = false;     // derivatives by the independent entries of structured variables
  uint64_t seed = 1;             // of the points of the comparison
};

class ModelCode {
 public:
  ModelCode(Session& session, Model model, CodeRequest request);

  // Decides what is generated; the rest follows from it.
  void find_entries();
  std::string code(const GenerateOptions& options);
  // Compares derivatives with automatic differentiation: a line for each entry point. Failure where they
  // differ.
  std::vector<std::string> check();
  // For reports: how the plan of each entry point was chosen, and how its loops were planned.
  std::vector<std::string> choices(const GenerateOptions& options) const;
  std::vector<std::string> plan(const GenerateOptions& options);

 private:
  Context& context() { return session_.context(); }
  void find_tensor_entries();
  [[noreturn]] void refuse_whole(Diagnostic reason) const;
  template <class Entry>
  void refuse_structured(const Entry& entry);
  const ModelFunction& function(const std::string& name) const;
  void choose_functions(const std::vector<std::string>& names);
  void choose_outputs(const std::string& list);
  ModelRequest request_of(size_t function);

  Session& session_;
  Model model_;
  CodeRequest request_;
  bool whole_ = false;  // arrays are whole, of any size
  std::vector<EntryPoint> entries_;
  std::vector<TensorEntry> tensors_;
};

}  // namespace nabla
