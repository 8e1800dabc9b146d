// A plan as sums of multiples and products of powers, in which equal parts are easy to find.
//
// Signs, numbers and constants such as sqrt(2/pi) are coefficients of terms and are multiplied exactly;
// quotients and square roots are powers. Invariants: node 0 is the number 1; coefficients are closed
// expressions without names, none is 0; the terms of a sum ascend by node, the powers of a product by base,
// and no exponent is 0; nodes are free of cycles, but need not be in order; equal nodes are one when they are
// made.
#pragma once

#include <span>
#include <vector>

#include "codegen/coefficients.h"
#include "codegen/plan.h"

namespace nabla {

using FormId = uint32_t;

struct FormTerm {
  Ref coefficient;
  FormId node = 0;
  friend bool operator==(const FormTerm&, const FormTerm&) = default;
};

// base^(halves/2)
struct FormPower {
  FormId base = 0;
  int32_t halves = 2;
  friend bool operator==(const FormPower&, const FormPower&) = default;
};

struct FormNode {
  enum class Kind : uint8_t { leaf, sum, product };
  Kind kind = Kind::leaf;
  PlanStep step;                  // of a leaf: its operation
  uint32_t first = 0, count = 0;  // its arguments, terms or powers
  uint64_t hash = 0;
};

// What is shared is taken into its users as long as it has at most so many parts; what has one user always.
struct OpenParts {
  size_t terms = 0, factors = 0;
};

class SumProduct {
 public:
  explicit SumProduct(Coefficients& coefficients);
  SumProduct(Coefficients& coefficients, const Plan& plan, OpenParts open);

  Plan plan() const;

  // The nodes of these contents, which are put into order. A sum of one term, or a product of one factor, is
  // that term or factor.
  FormTerm sum(std::vector<FormTerm>& terms);
  FormTerm product(Ref coefficient, std::vector<FormPower>& powers);
  FormId leaf(const PlanStep& step, std::span<const FormId> arguments);
  FormId holding(const FormTerm& t);  // a node whose value is t
  // Puts other contents of the same value into a node.
  void replace_terms(FormId node, std::vector<FormTerm>& terms);
  void replace_powers(FormId node, std::vector<FormPower>& powers);
  // Puts one term in the place of those with the nodes a and b.
  void replace_pair(FormId node, FormId a, FormId b, const FormTerm& pair);

  // Whether node for node they are the same: what is done to one alone is then done to both alike.
  friend bool operator==(const SumProduct& a, const SumProduct& b);
  uint64_t hash() const;

  std::vector<bool> live() const;
  std::vector<uint32_t> uses(const std::vector<bool>& live) const;  // by live nodes and outputs

  Context& context() const { return ctx_; }
  Coefficients& coefficients() const { return coefficients_; }
  const FormNode& operator[](FormId i) const { return nodes_[i]; }
  size_t size() const { return nodes_.size(); }

  // Of a sum, of a product, of a leaf; empty for others. They are valid until a node is made or replaced.
  std::span<const FormTerm> terms(FormId i) const { return contents(i, FormNode::Kind::sum, terms_); }
  std::span<const FormPower> powers(FormId i) const { return contents(i, FormNode::Kind::product, powers_); }
  std::span<const FormId> arguments(FormId i) const { return contents(i, FormNode::Kind::leaf, arguments_); }
  // Of a sum: its term with this node, whose coefficient is 0 if there is none.
  FormTerm term_of(FormId sum, FormId node) const;

  // Calls visit(o) for each operand o.
  template <class Visit>
  void for_operands(FormId i, Visit visit) const {
    for (FormId a : arguments(i)) visit(a);
    for (const FormTerm& t : terms(i)) visit(t.node);
    for (const FormPower& p : powers(i)) visit(p.base);
  }

  std::vector<std::vector<FormTerm>> outputs;

 private:
  template <class Content>
  std::span<const Content> contents(FormId i, FormNode::Kind kind, const std::vector<Content>& pool) const {
    const FormNode& n = nodes_[i];
    if (n.kind != kind) return {};
    return {pool.data() + n.first, n.count};
  }
  template <class Content>
  FormId intern(FormNode node, std::span<const Content> list, std::vector<Content>& pool);
  template <class Content>
  void replace(FormId node, std::span<const Content> list, std::vector<Content>& pool);
  template <class Content>
  FormId find(const FormNode& node, std::span<const Content> list, const std::vector<Content>& pool) const;
  void remember(FormId node);
  void sort_terms(std::vector<FormTerm>& terms) const;
  static void sort_powers(std::vector<FormPower>& powers);
  Ref common_coefficient(const std::vector<FormTerm>& terms) const;

  Coefficients& coefficients_;
  Context& ctx_;
  std::vector<FormNode> nodes_;
  std::vector<FormTerm> terms_;
  std::vector<FormPower> powers_;
  std::vector<FormId> arguments_;
  // Nodes by the hash of their contents, open addressing, at most half full. A node that got other contents
  // stays where it was as well, where it is equal to nothing that is looked for.
  std::vector<FormId> slots_;
  size_t taken_ = 0;
};

}  // namespace nabla
