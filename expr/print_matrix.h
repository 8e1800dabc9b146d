// Matrix notation for indexed products: the index graph is reduced leaf by leaf, contraction by contraction
// (two-terminal series-parallel reduction, as in Laue, Mitterreiter and Giesen, 2018), and what has no
// matrix notation is written with indices. Internal to print_tensor.cpp.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "expr/indexed.h"
#include "expr/print_form.h"

namespace nabla {

// A matrix or column in a chain of products.
struct Link {
  FormId form = 0;
  bool transposed = false;
  Ref square_of = {};       // the x of x.^2, which a sum over its label writes as x'*x
  bool symmetric = false;   // written as it is either way
  FormId conjugate_of = 0;  // the X of conj(X), which is written as an adjoint where it is transposed
  Ref node = {};            // what may be written shorter where it is transposed
  Ref unit_at = {};         // of unit(n, i): the i
};

struct PrintedFactor {
  std::vector<Link> chain;
  std::vector<Label> labels;  // one or two
};

class MatrixForm {
 public:
  // Of a matrix, or of its transpose.
  MatrixForm(Forms& forms, Ref node, bool transposed = false);

  // The form in matrix notation, or 0 if there is none.
  FormId form();

  // Forms of links and chains, also for others.
  static Link link_of(Forms& forms, Ref factor, bool transposed);
  static FormId link_form(Forms& forms, const Link& link);
  static FormId transposed_link(Forms& forms, Ref node);
  static FormId chain_form(Forms& forms, FormId scalar, std::vector<Link> chain, bool transposed);

 private:
  bool read();
  bool series_factor(size_t factor);
  bool series_coefficient(size_t factor);
  FormId series(FormId body);
  bool slice_factors();
  bool is_slice(Ref shift) const;
  bool reduce_once();
  bool diagonals();
  bool hadamard();
  bool leaves();
  bool contract(bool vectors_only);
  bool absorb();
  FormId divided(FormId dividend) { return under_ ? forms_.divided(dividend, under_) : dividend; }
  FormId assemble();
  FormId assemble_matrix();
  FormId triangle();
  size_t uses(Label l) const;
  FormId text(const std::string& s, Binding binding);
  FormId call(std::string_view name, FormId argument) { return forms_.call(name, {&argument, 1}); }
  FormId chain(const PrintedFactor& f, bool transposed = false) {
    return chain_form(forms_, 0, f.chain, transposed);
  }
  bool before(FormId a, FormId b) const;
  FormId dot(std::vector<Link> x, std::vector<Link> y);
  FormId times(FormId a, FormId b);  // entry by entry
  FormId ones(Label l);
  static void transpose(PrintedFactor& f);
  static bool turn_for_trace(PrintedFactor& x, PrintedFactor& y);

  Forms& forms_;
  Context& ctx_;
  Ref node_;
  Labelling labelling_;
  std::vector<Ref> extents_;
  std::vector<PrintedFactor> items_;
  std::vector<FormId> scalars_;
  FormId under_ = 0;    // what the scalar factor divides by
  bool delta_ = false;  // between the two labels of the output
  // The label of the exponents in sum(A^r*B*A^(k - 1 - r) for r in 0:k - 1), and its name.
  std::optional<Label> series_;
  FormId series_name_ = 0;
  bool from_one_ = false;  // r in 1:k, since other factors count with r too: sum(c[r]*A^r for r in 1:k)
};

// The terms of a sum transposed, A + C'*B' of A' + B*C; 0 where a term has no such form.
FormId transposed_terms(Forms& forms, Ref sum);
// The transpose of a product of matrices in matrix notation, where that has fewer nodes; else 0.
FormId shorter_transposed(Forms& forms, Ref e);

// The comprehension that says the same; the node is an indexed product or a reduction.
FormId comprehension_form(Forms& forms, Ref node);
// [f(x[i], y[i]) for i in 1:n] for a node that has no name for its entrywise form.
FormId entrywise_form(Forms& forms, Ref node);

}  // namespace nabla
