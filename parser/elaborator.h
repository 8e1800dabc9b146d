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

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "expr/context.h"
#include "expr/diagnostic.h"
#include "expr/operator.h"
#include "expr/written_value.h"
#include "parser/algebra.h"
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
      : ctx_(ctx), names_(names), mode_(mode), as_of_(as_of), written_values_(ctx) {}

  Ref run(const SyntaxTree& tree, NodeId first, NodeId root, bool has_binders);
  // The sides of a comparison, of any shape, instead of its truth value.
  std::vector<Comparison> run_comparisons(const SyntaxTree& tree, NodeId first, NodeId root,
                                          bool has_binders);
  // Names bound before the text is read: the parameters of a definition.
  void bind_parameters(std::span<const NameId> names, std::span<const Ref> values);

 private:
  friend struct BuiltinTable;
  enum class Action : uint8_t {
    evaluate,
    bind,
    bind_index,
    unbind,
    unbind_indices,
    open_axis,
    close_axis,
    // Of Mode::written, in which a comprehension is a loop over numbers.
    open_loop,
    guard_loop,
    collect_loop,
    next_loop,
  };
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
  struct OpenIndex {  // of a comprehension that is being read
    Ref name;         // a placeholder
    NodeId comprehension;
    std::string spelled;
  };
  struct Loop {  // an index of a comprehension in Mode::written
    int64_t value, last;
  };
  struct Collected {
    std::vector<Ref> values;       // Ref{} where the condition fails
    std::vector<int64_t> extents;  // of the indices
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
    std::unordered_map<NodeId, std::vector<BoundIndex>> indices;  // of comprehensions until they are closed
    std::vector<Loop> loops;
    std::vector<uint32_t> jumps;  // of each step: its partner
    std::unordered_map<NodeId, Collected> collected;
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
  void plan_jumps();
  void bind(NameId name, Ref value);
  void unbind(size_t count);
  [[noreturn]] void rethrow(Failure& failure, NodeId n);

  SyntaxKind kind(NodeId n) const { return tree_->kind(n); }
  std::span<const Operand> operands(NodeId n) const { return tree_->operands(n); }
  NodeId operand(NodeId n, size_t i) const { return tree_->operand(n, i); }
  Ref& slot(NodeId n) { return values_[base_ + (n - first_)]; }
  // A product with a coefficient stays in two parts until it is asked for: a sum takes them as they are.
  static constexpr uint32_t in_parts = uint32_t{1} << 31;  // in a slot: the rest is an index in parts_
  bool is_in_parts(NodeId n) { return slot(n).id >= in_parts; }
  Term parts(NodeId n) { return parts_[slot(n).id - in_parts]; }
  Ref leave_in_parts(const Term& t) {
    parts_.push_back(t);
    return {in_parts + static_cast<uint32_t>(parts_.size() - 1)};
  }
  Ref known_value(NodeId n) {  // Ref{}: none yet
    const Ref r = slot(n);
    return r.id < in_parts ? r : joined(n);
  }
  Ref joined(NodeId n);
  Ref value(NodeId n) {
    const Ref r = known_value(n);
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
  // An order, extent or index: its arithmetic is done in the written form too.
  Ref settled(Ref r) { return written() ? written_values_.of(r) : r; }
  bool is_scalar(Ref r) const { return ctx_[r].shape == scalar_shape; }
  bool written() const { return mode_ != Mode::canonical; }  // scalars are nodes that nothing folds
  bool loops() const { return mode_ == Mode::written; }      // comprehensions are written out

  // --- names and literals (elaborate_names.cpp) ---
  Ref literal(NodeId n);
  Ref name(NodeId n);
  Ref missing(NodeId n);
  Ref bound(NameId name) const;  // inside the text, by where, for or as a parameter
  uint32_t global(NameId name);
  const NameEntry* entry(NameId name);
  Ref differential_name(std::string_view spelled);
  const Builtin* builtin(NameId name);
  [[noreturn]] void truth_as_number(NodeId n);
  void refuse_failed(Code code, NodeId n, const std::string& name);

  // --- calls (elaborate_call.cpp) ---
  Ref call(NodeId n);
  Ref call_defined(NodeId n, const NameEntry& e, std::span<const Operand> arguments);
  Ref request(uint32_t defined, std::span<const Ref> arguments);
  Ref computed(NodeId n, const Defined& d, std::span<const Ref> arguments);
  Ref call_opaque(NodeId n, Ref function, std::span<const uint16_t> orders,
                  std::span<const Operand> arguments);
  Ref call_builtin(NodeId n, const Builtin& b);
  Ref call_derivative(NodeId n);  // g'(x)
  Ref call_partial(NodeId n);     // D(g,1,2)(x,y)
  void refuse_keyword(NodeId argument, std::string_view function) const;
  void check_keyword(NodeId argument, const Builtin& b) const;
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

  // --- tensors (elaborate_tensor.cpp) ---
  struct Part {
    Ref value;
    Span span;
  };
  Part part(NodeId n);
  Algebra& algebra();
  Ref transpose(NodeId n);
  Ref bars(NodeId n);
  Ref tensor_sum(NodeId n);
  Ref tensor_product(NodeId n);
  Ref tensor_power(NodeId n);
  Ref tensor_negate(NodeId n);
  Ref tensor_conditional(NodeId n);
  Ref tensor_elementwise(NodeId call, Fn fn, std::span<const Ref> arguments);
  ShapeId common_shape(const Part& a, const Part& b, std::string_view operation) const;
  Ref multiply(Op op, const Part& a, const Part& b);
  Ref scalar_inverse(const Part& p);
  Ref divide(const Part& a, const Part& b);
  Ref solve(const Part& a, const Part& b);
  Ref dot_product(const Part& a, const Part& b);
  Ref cross_product(const Part& a, const Part& b);
  void check_product(const Part& a, const Part& b) const;
  [[noreturn]] void refuse_sum(const Part& a, const Part& b, bool minus) const;
  [[noreturn]] void misfit(Code code, const Part& a, const Part& b, const std::string& why,
                           std::string help = {}) const;

  // --- entries and indices (elaborate_index.cpp) ---
  Ref index(NodeId n);
  Ref array(NodeId n);
  void refuse_nested_rows(NodeId n) const;
  Ref blocks(NodeId n, const std::vector<std::vector<NodeId>>& rows);
  Ref concatenate(NodeId n, Fn f, const std::vector<Ref>& parts, const std::vector<std::string>& names,
                  Span span);
  Ref last_index(NodeId n);
  Ref extent_at(NodeId index, uint32_t axis, NodeId end);
  Slice slice_at(NodeId index, NodeId at, Ref extent);
  Ref position(NodeId n);
  void check_range(NodeId at, NodeId base, Ref position, Ref extent, Ref beyond = zero);
  std::string index_name(Ref placeholder) const;
  [[noreturn]] void wrong_index_count(NodeId n, Ref base) const;
  void bind_index(NodeId comprehension, uint32_t at);
  void close_indices(NodeId comprehension);
  Ref close(NodeId comprehension, Binder binder);

  // --- reductions and matrix functions (elaborate_reduce.cpp) ---
  std::vector<NodeId> positional(NodeId call) const;
  NodeId keyword(NodeId call, std::string_view name) const;
  std::optional<size_t> axis(NodeId call);
  const Shape& matrix_shape_of(NodeId n, std::string_view function);
  void require_square(NodeId n, std::string_view function);
  Ref extent_argument(NodeId n);
  Ref reduction(NodeId n);
  Ref cumulative(NodeId n);
  Ref matrix_call(NodeId n);
  Ref matrix_function_name(NodeId n);
  Ref matrix_builtin(NodeId n);
  Ref reshaping(NodeId n);
  Ref constant_array(NodeId n);
  Ref kronecker_delta(NodeId n);
  Ref complex_part(NodeId n);
  Ref conjugated(NodeId n, Ref r);
  void refuse_complex(NodeId call, Fn fn, std::span<const Ref> arguments) const;

  // --- comprehensions of Mode::written (elaborate_loop.cpp) ---
  void perform_loop(const Step& step);
  void allow_written(NodeId comprehension, uint64_t more);
  Ref close_loop(NodeId comprehension, Binder binder);

  // --- derivatives and other operators (elaborate_operator.cpp) ---
  using Named = std::pair<NodeId, NodeId>;  // name = value
  Ref operator_call(NodeId n);
  Ref operation(Operator op, ShapeId shape, std::span<const Ref> operands);
  Ref operand_expression(NodeId n, const Defined** definition);
  Ref operator_variable(NodeId n, const Defined* definition);
  Ref operator_variable_or_extent(NodeId n, const Defined* definition);
  std::vector<Ref> operator_variables(NodeId call, std::span<const NodeId> named, Ref e,
                                      const Defined* definition);
  Shape variables_shape(NodeId call, std::span<const Ref> variables) const;
  ShapeId jacobian_shape(const Shape& out, const Shape& in) const;
  int64_t order_argument(NodeId n);
  void refuse_comprehension(NodeId n, std::string_view name) const;
  void refuse_named(NodeId call, Operator op, std::span<const Named> named) const;
  void append_pair(std::vector<Ref>& list, const Defined* definition, Named named, bool any_size = false);
  Ref derivative(NodeId n, Ref e, const Defined* definition, std::span<const NodeId> rest);
  Ref derivative_node(NodeId n, Ref e, std::span<const Ref> variables);
  Ref gradient(NodeId n, Operator op, Ref e, std::vector<Ref> variables);
  Ref directional(NodeId n, Operator op, Ref e, const Defined* definition, std::span<const NodeId> rest);
  Ref substitution(NodeId n, Ref e, const Defined* definition, std::span<const NodeId> rest,
                   std::span<const Named> named);
  Ref evaluation(NodeId n, Ref e, const Defined* definition, std::span<const NodeId> rest,
                 std::span<const Named> named);
  Ref expansion(NodeId n, Operator op, Ref e, const Defined* definition, std::span<const NodeId> rest,
                std::span<const Named> named);

  // --- derivatives written at a function (elaborate_derivative.cpp) ---
  Ref partial(NodeId n);
  Ref free_letter(std::span<const Ref> taken) const;
  Ref derivative_at(NodeId n, Ref body, std::span<const Ref> parameters, std::span<const uint16_t> orders,
                    std::span<const Operand> arguments);
  Ref call_derived(NodeId n, NodeId callee, std::vector<uint16_t> orders, std::span<const Operand> arguments);

  // --- messages ---
  std::string quoted(NodeId n) const;  // the source text of an operand, shortened
  std::string quoted(Span s) const;
  std::string inner_text(Span s) const;  // as an operand
  std::string shape(Ref r) const;
  Failure failure(Code code, NodeId n, std::string message, std::string help = {}) const;
  std::string suggestion(std::string_view word, bool functions) const;

  Context& ctx_;
  Names& names_;
  Mode mode_;
  uint32_t as_of_;
  std::vector<Frame> frames_;
  std::vector<Ref> values_;
  std::vector<Term> parts_;
  std::vector<Binding> parameters_;
  bool suspended_ = false;  // the node just evaluated waits for the value of a frame
  Ref result_;
  std::unique_ptr<Algebra> algebra_;
  WrittenValues written_values_;
  std::vector<OpenIndex> open_;
  uint64_t written_entries_ = 0;              // of comprehensions, in Mode::written
  size_t guards_open_ = 0;                    // comprehensions with a condition that are being read
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
