// Wirtinger calculus: an expression as an analytic function of its complex variables, of their conjugates as
// variables of their own, and of values that are no analytic functions (Wirtinger, 1927; Kreutz-Delgado, The
// complex gradient operator and the CR-calculus, 2009).
//
// split() gives each conj(z) of a variable a name of its own, and likewise each real(u), imag(u), abs(u),
// norm of u and conj(f(u)) of a function with branch cuts. What is left is analytic in all these names, so
// the ordinary rules hold. The derivative of such a value by u and by conj(u) is known:
//   real(u): 1/2, 1/2     imag(u): -im/2, im/2     abs(u): conj(u)/(2*abs(u)), u/(2*abs(u))
//   conj(f(u)): 0, conj(f'(u)).
// Invariant: values are stored after what they are made of.
#pragma once

#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "diff/rules.h"
#include "diff/trace.h"

namespace nabla {

class Conjugates {
 public:
  // Of all that depends on these symbols.
  Conjugates(Partials& partials, std::span<const Ref> variables);

  // Throws Failure(cannot_differentiate), naming it, where a function of complex values is not analytic.
  Ref split(Ref e);
  // The name of conj(variable), of a symbol or an entry of one.
  Ref twin(Ref variable);

  // The derivative of a split expression in the direction in which variables and twins move. `symmetric`: a
  // twin moves with the conjugate of what its variable moves with, so that real values stay real.
  // A trace tells the steps if it is by a scalar, `by`: the variable, its conjugate, real or imaginary part.
  Ref tangent(Ref e, std::vector<std::pair<Ref, Ref>> directions, bool symmetric, Ref by = {});
  // The derivatives of a split expression by variables and twins, as Cotangents::pull_back.
  std::vector<Ref> cotangents(Ref e, Ref seed, std::span<const Ref> leading, std::span<const Ref> targets);

 private:
  struct Part {
    Ref root;   // split; what the value depends on
    Ref local;  // the derivative of the value by it, entry by entry, or of a scalar by all entries
  };
  struct Value {
    Ref name, value;
    std::vector<Part> parts;
  };
  struct Image {
    Ref image, mirror;  // of an expression and of its conjugate
  };

  Ref join(Ref e);
  // The steps in terms of what the names stand for.
  void append_joined(std::vector<Step>& steps, const Trace& trace);
  void tell_joined(Trace& told, const Derivation& d, Ref value);
  Ref pushed(Ref e, std::span<const std::pair<Ref, Ref>> directions, std::vector<Step>* steps);
  Ref moved(Ref e, std::vector<std::pair<Ref, Ref>> directions, bool symmetric, std::vector<Step>* steps);
  bool depends(Ref r) const { return images_.count(r) > 0; }
  Ref image(Ref r) const;
  Ref mirror(Ref r);
  void find(Ref e);
  void need_conjugates();
  Image make(Ref r, bool conjugated);
  Image rebuilt(Ref r, bool conjugated);
  Image function(Ref r, bool conjugated);
  Ref conjugate_of_cut(Ref r);
  Ref real_value(Ref r, Ref by_image, Ref by_mirror, Ref u);
  Ref named(Ref value, bool never_negative);
  Ref seeded(Ref g, std::span<const Ref> leading, const Part& part, Ref name);

  Context& ctx_;
  Partials& partials_;
  Rules rules_;
  std::vector<Ref> variables_;
  std::vector<std::pair<Ref, Ref>> twins_;  // symbol, name of its conjugate
  std::vector<Ref> order_;
  std::unordered_map<Ref, bool> needed_;  // with the conjugate too?
  std::unordered_map<Ref, Image> images_;
  std::vector<Value> values_;
};

}  // namespace nabla
