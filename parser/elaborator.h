// The machine behind elaborate.h; internal to parser/.
//
// Operands come before the nodes they belong to, so a statement without binders is one ascending loop over
// its nodes. Where a name is bound after its use in the text (where, for, end) the loop runs over a list of
// steps instead, in the order of evaluation. A call of a defined function puts a frame for its body on the
// stack and is evaluated again when the value of the body is known, so nothing recurses.
//
// Invariant: the value of a node is Ref{} where it is no value by itself (a callee, a keyword, a range); the
// node that needs a value there asks value(), which explains what is wrong.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "expr/context.h"
#include "expr/diagnostic.h"
#include "expr/operator.h"
#include "parser/elaborate.h"

namespace nabla {

class Elaborator;

// A function of the language. Scalar functions have a row of the function table and no `build`.
struct Builtin {
  std::string_view name;
  Ref (Elaborator::*build)(NodeId call) = nullptr;
  uint8_t min_args = 1, max_args = 1;  // positional
  Fn fn{};
  std::string_view keywords;  // blank-separated names of the keyword arguments
  bool is_operator = false;
};

const Builtin* find_builtin(std::string_view name);
std::vector<std::string_view> builtin_names();

class Elaborator {
 public:
  Elaborator(Context& ctx, Names& names, Mode mode, uint32_t as_of = Names::newest)
      : ctx_(ctx), names_(names), mode_(mode), as_of_(as_of) {}

  Ref run(const SyntaxTree& tree, NodeId first, NodeId root, bool has_binders);
  // The sides of a comparison, of any shape, instead of its truth value.
  std::vector<Comparison> run_comparisons(const SyntaxTree& tree, NodeId first, NodeId root,
                                          bool has_binders);
  // Names bound before the text is read: the parameters of a definition.
  void bind_parameters(std::span<const NameId> names, std::span<const Ref> values);

 private:
  enum class Action : uint8_t { evaluate, bind, bind_index, unbind, open_axis, close_axis };
  struct Step {
    Action action;
    NodeId node;
    uint32_t detail;
  };
  struct Binding {
    NameId name;
    Ref value;
    uint32_t shadowed;  // the binding of the same name that this one hides, + 1
  };
  struct Axis {
    NodeId index;  // the index node
    uint32_t axis;
  };
  struct Index {  // of a comprehension
    Ref name;     // a placeholder
    Ref first, last;
    NodeId node;  // its range
  };
  struct Frame {
    const SyntaxTree* tree = nullptr;
    NodeId first = 0, root = 0;
    uint32_t as_of = Names::newest;
    size_t base = 0;    // of its values
    size_t cursor = 0;  // the node or step to evaluate next
    bool stepped = false;
    std::vector<Step> steps;
    std::vector<Binding> bindings;
    std::unordered_map<NameId, uint32_t> bound;  // name -> its binding + 1
    std::vector<Axis> axes;
    std::vector<uint32_t> key;  // of the call whose value this is
  };

  // --- the machine (elaborate.cpp) ---
  void push_frame(const SyntaxTree& tree, NodeId first, NodeId root, bool has_binders, uint32_t as_of);
  void enter_frame();
  void finish_frame();
  void run_frame();
  void perform(const Step& step);
  void evaluate(NodeId n);
  void plan_steps();
  void bind(NameId name, Ref value);
  void unbind(size_t count);
  [[noreturn]] void rethrow(Failure& failure, NodeId n);

  SyntaxKind kind(NodeId n) const { return tree_->kind(n); }
  std::span<const Operand> operands(NodeId n) const { return tree_->operands(n); }
  NodeId operand(NodeId n, size_t i) const { return tree_->operand(n, i); }
  Ref& slot(NodeId n) { return values_[base_ + (n - first_)]; }
  Ref value(NodeId n) {
    const Ref r = slot(n);
    return r ? r : missing(n);
  }
  Ref number_value(NodeId n) {  // anything but a truth value
    const Ref r = value(n);
    const Kind k = ctx_.kind(r);
    if (k >= Kind::truth && k <= Kind::connective) truth_as_number(n);
    return r;
  }
  Ref scalar(NodeId n);  // a number_value of order 0
  Ref truth(NodeId n);   // a truth value
  bool is_scalar(Ref r) const { return ctx_[r].shape == scalar_shape; }
  bool written() const { return mode_ == Mode::written; }

  // --- names (elaborate_names.cpp) ---
  Ref literal(NodeId n);
  Ref name(NodeId n);
  Ref missing(NodeId n);
  Ref bound(NameId name) const;  // inside the text, by where, for or as a parameter
  uint32_t global(NameId name);
  const NameEntry* entry(NameId name);
  Ref differential_name(std::string_view spelled);
  const Builtin* builtin(NameId name);
  Ref call(NodeId n);
  Ref call_defined(NodeId n, const NameEntry& e, std::span<const Operand> arguments);
  Ref request(uint32_t defined, std::span<const Ref> arguments);
  Ref call_opaque(NodeId n, Ref function, std::span<const uint16_t> orders,
                  std::span<const Operand> arguments);
  Ref call_builtin(NodeId n, const Builtin& b);
  Ref call_derivative(NodeId n);  // g'(x)
  Ref call_partial(NodeId n);     // D(g,1,2)(x,y)
  void refuse_keyword(NodeId argument, std::string_view function) const;
  void check_keyword(NodeId argument, const Builtin& b) const;
  [[noreturn]] void truth_as_number(NodeId n);
  [[noreturn]] void unknown_name(NodeId n);
  [[noreturn]] void unknown_function(NodeId n, NodeId callee);
  [[noreturn]] void wrong_count(NodeId n, std::string_view name, size_t least, size_t most, size_t given);

  // --- arithmetic of scalars (elaborate_scalar.cpp) ---
  Ref sum(NodeId n);
  Ref product(NodeId n);
  Ref power(NodeId n);
  Ref negate(NodeId n);
  Ref compare(NodeId n);
  Ref compare_sides(NodeId n);
  Ref connective(NodeId n);
  Ref conditional(NodeId n);
  Ref written_product(NodeId n);
  Ref inverse(Ref r, const Operand& o);
  Ref written2(Written op, Ref a, Ref b);
  Ref elementwise(NodeId call, Fn fn, std::span<const Ref> arguments);
  void check_domain(NodeId call, Fn fn, std::span<const Ref> arguments);

  // --- tensors (elaborate_tensor.cpp, elaborate_index.cpp, elaborate_binder.cpp) ---
  Ref transpose(NodeId n);
  Ref bars(NodeId n);
  Ref index(NodeId n);
  Ref array(NodeId n);
  Ref partial(NodeId n);
  Ref last_index(NodeId n);
  Ref extent_at(NodeId index, uint32_t axis, NodeId end);
  void bind_index(NodeId comprehension, uint32_t position);
  Ref tensor_sum(NodeId n);
  Ref tensor_product(NodeId n);
  Ref tensor_power(NodeId n);
  Ref tensor_negate(NodeId n);
  Ref tensor_conditional(NodeId n);
  Ref tensor_elementwise(NodeId call, Fn fn, std::span<const Ref> arguments);

  // --- messages ---
  std::string quoted(NodeId n) const;  // the source text of an operand, shortened
  std::string shape(Ref r) const;
  Failure failure(Code code, NodeId n, std::string message, std::string help = {}) const;
  std::string suggestion(std::string_view word, bool functions) const;

  Context& ctx_;
  Names& names_;
  Mode mode_;
  uint32_t as_of_;
  std::vector<Frame> frames_;
  std::vector<Ref> values_;
  std::vector<Binding> parameters_;
  bool suspended_ = false;  // the node just evaluated waits for the value of a frame
  Ref result_;
  std::vector<Comparison>* sides_ = nullptr;  // where the root's comparison goes
  static constexpr int64_t small_count = 100;
  Ref small_[small_count];  // the numbers 0, 1, … that were met
  // Copies from the frame on top.
  const SyntaxTree* tree_ = nullptr;
  NodeId first_ = 0;
  size_t base_ = 0;
  uint32_t* globals_ = nullptr;
};

}  // namespace nabla
