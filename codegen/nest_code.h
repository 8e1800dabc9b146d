// A nest of loops as C++ or C: the loops, what narrows them, and the formula inside.
//
// Invariants: labels are counted from 0 in ptrdiff_t; what a condition excludes is not evaluated; a sum
// runs in the order of the labels, so that two runs give the same bits. Conditions narrow the loops where
// they can: `j <= i` ends the loop over j, `j == i + 1` replaces it.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "codegen/index_text.h"
#include "codegen/nest.h"
#include "codegen/operation_count.h"

namespace nabla {

// How a target spells things.
struct NestStyle {
  Spelling spelling;
  std::string scalar;    // the type of numbers, "T"
  std::string lanes_of;  // not empty: it is one of lanes, vectors of these numbers
  bool is_template = true;
  std::string runtime, pi, e;
  std::string sum, value, found;    // local variables
  std::string wide, turn, left;     // the type of vectors of numbers, a turn in one, how many turns are left
  std::string block, lane, parts;   // the first turn of a block of turns, one of its turns, their sums
  std::vector<std::string> labels;  // i, j, k, …: as many as any nest has
  AtomText atom;                    // of scalars (dims, symbols, lets, entries), where a position is meant
  AtomText number;                  // the same as a number of the scalar type
  // The entry of an array (a symbol or let) at positions from 0: as a number, and where a position is meant.
  using EntryText = std::function<std::string(Ref array, const std::vector<std::string>& positions)>;
  EntryText entry, position;

  // The type of a value that gets a name: a number, or what a condition says of it.
  std::string type_of(const Context& ctx, Ref value) const;
  std::string integer() const { return spelling.integer(); }
  // "rt::softmax<T>(", up to the first argument.
  std::string call(const std::string& function) const { return spelling.call(runtime, function, scalar); }
};

// What the text needs from outside.
struct CodeNeeds {
  std::set<std::string> std_functions;  // of <cmath>, by using declarations
  std::set<std::string> runtime;
  std::set<std::string> on_lanes;  // of <cmath> and the runtime, called with lanes
  bool algorithm = false, limits = false;
  bool wide = false;     // the type of vectors of numbers
  OperationCount count;  // not what it needs but what it costs
};

class FormulaCode;

class NestCode {
 public:
  NestCode(Context& ctx, const NestStyle& style, CodeNeeds& needs)
      : ctx_(ctx), style_(style), needs_(needs) {}

  // Statements that fill an array: `target` gives its entry at positions.
  using Target = std::function<std::string(const std::vector<std::string>& positions)>;
  std::string fill(const Nest& nest, const Target& target, const std::string& indent);
  // The same for a sum that is added to what the array holds.
  std::string add(const Nest& nest, const Target& target, const std::string& indent);
  // Statements that declare the scalar `name`.
  std::string scalar(const Nest& nest, const std::string& name, const std::string& indent);

  // One assignment; what has to be named before it is named in a block.
  std::string statement(const Nest& nest, const std::string& left, const std::string& indent);

  // 0-based, "i + 1": a position that the language counts from 1.
  std::string position(Ref index) const;

  std::string access(const Access& a) const;
  // The entry itself, which has an address; nullopt for what is converted to a number.
  std::optional<std::string> address(const Access& a) const;
  // What has to hold for the access to lie in its array; empty: it always does.
  std::string guard(const Nest& nest, const Access& a) const;
  std::string condition(const NestCondition& c) const;
  // The bounds that a condition sets to a label, if that is all it does: the label lies in first … end - 1;
  // empty: no bound.
  struct Bounds {
    std::string first, end;
  };
  std::optional<Bounds> bounds(const NestCondition& c, Label l) const;
  std::string test(const NestCondition& c) const;  // the same, as a person writes it where that is short
  std::string loop(Ref extent, Label l) const;     // the head

  // What the conditions on axes alone leave, then the loop over l within what the conditions that end with l
  // leave of its range; `met`: the conditions that are already cared for.
  void open_outer_conditions(const Nest& nest, std::vector<bool>& met, std::string& out,
                             std::string& indent) const;
  void open_narrowed(const Nest& nest, Label l, std::vector<bool>& met, std::string& out,
                     std::string& indent);
  // What the formula of the nest reads; what has to be tested first, in statements before it.
  void inputs(const Nest& nest, FormulaCode& code, std::string& out, const std::string& indent,
              size_t& temporaries) const;

 private:
  std::string body(const Nest& nest, const std::string& left, const std::string& indent);
  std::string place(const Place& p) const;
  std::string number(int64_t v) const;
  std::string label(Label l) const { return style_.labels.at(l); }
  std::string linear(const NestCondition& c, Label without) const;
  void open(std::string& out, std::string& indent, const std::string& head) const;
  void close(std::string& out, std::string& indent, size_t depth) const;
  void summed(const Nest& nest, const std::string& into, std::string& out, std::string& indent);
  bool goes_inside(const Nest& nest) const;
  std::string filled(const Nest& nest, const Target& target, bool adds, const std::string& indent);
  std::string accumulated(const Nest& nest, const Target& target, bool adds, const std::string& indent);
  std::string start(const Nest& nest);
  std::string step(const Nest& nest, const std::string& into, const std::string& indent);
  std::string declared(const Nest& nest, const std::string& name, const std::string& indent);
  void count(const Nest& nest);

  Context& ctx_;
  const NestStyle& style_;
  CodeNeeds& needs_;
  Cost cost_;  // of the formula that was written last
};

}  // namespace nabla
