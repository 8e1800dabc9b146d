// A plan as sums of multiples and products of powers, in which equal parts are easy to find.
//
// Signs, numbers and constants such as sqrt(2/pi) are coefficients of terms and are multiplied exactly;
// quotients and square roots are powers. Invariants: node 0 is the number 1; coefficients are closed
// expressions without names, none is 0; the terms of a sum ascend by node, the powers of a product by base,
// and no exponent is 0; nodes are free of cycles, but need not be in order.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "codegen/plan.h"

namespace nabla {

using FormId = uint32_t;

struct FormTerm {
  Ref coefficient;
  FormId node = 0;
};

// base^(halves/2)
struct FormPower {
  FormId base = 0;
  int32_t halves = 2;
};

struct FormNode {
  enum class Kind : uint8_t { leaf, sum, product };
  Kind kind = Kind::leaf;
  PlanStep step;                  // of a leaf: its operation
  std::vector<FormId> arguments;  // of a leaf
  std::vector<FormTerm> terms;
  std::vector<FormPower> powers;
};

// Calls visit(o) for each operand o.
template <class Visit>
void for_operands(const FormNode& n, Visit visit) {
  for (FormId a : n.arguments) visit(a);
  for (const FormTerm& t : n.terms) visit(t.node);
  for (const FormPower& p : n.powers) visit(p.base);
}

// Whether a coefficient is written -|c|: the sign of its number; and c without it.
bool has_minus(Context& ctx, Ref c);
Ref magnitude(Context& ctx, Ref c);

// What is shared is taken into its users as long as it has at most so many parts; what has one user always.
struct OpenParts {
  size_t terms = 0, factors = 0;
};

class SumProduct {
 public:
  explicit SumProduct(Context& ctx);
  SumProduct(Context& ctx, const Plan& plan, OpenParts open);

  Plan plan() const;

  // The nodes of these contents. A sum of one term, or a product of one factor, is that term or factor.
  FormTerm sum(std::vector<FormTerm> terms);
  FormTerm product(Ref coefficient, std::vector<FormPower> powers);
  FormId leaf(const PlanStep& step, std::vector<FormId> arguments);
  FormId holding(const FormTerm& t);  // a node whose value is t
  // Puts other contents of the same value into a node.
  void replace_terms(FormId node, std::vector<FormTerm> terms);
  void replace_powers(FormId node, std::vector<FormPower> powers);

  std::vector<bool> live() const;
  std::vector<uint32_t> uses() const;  // by live nodes and outputs

  Context& context() const { return ctx_; }
  const FormNode& operator[](FormId i) const { return nodes_[i]; }
  size_t size() const { return nodes_.size(); }

  std::vector<std::vector<FormTerm>> outputs;

 private:
  FormId intern(FormNode node);
  static std::u32string key(const FormNode& node);
  void forget(FormId node);
  void remember(FormId node);
  void sort_terms(std::vector<FormTerm>& terms) const;
  static void sort_powers(std::vector<FormPower>& powers);

  Context& ctx_;
  std::vector<FormNode> nodes_;
  std::unordered_map<std::u32string, FormId> known_;
};

}  // namespace nabla
