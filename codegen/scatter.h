// Sums into places that data choose: the gradient of y[k[1]]*x[1] + y[k[2]]*x[2] + … by y adds each x[i] to
// the entry k[i].
//
// Such a sum is a product with eye(m)[k, :], a matrix of which each row has a single 1. Neither that nor
// eye(m) is built: the entries of the other factors are added one by one where they belong.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "expr/context.h"
#include "expr/labelling.h"

namespace nabla {

struct Scatter {
  struct Place {
    Ref at;                     // the data: positions, counted from 1
    std::vector<Label> labels;  // of its entries
    Label axis;                 // of the result, whose position they are
  };
  std::vector<Place> places;
  Ref array;                  // what is added: an atom, one where it is 1
  std::vector<Label> labels;  // of its entries
  std::vector<Label> output;
  std::vector<Ref> extents;  // of all labels
  std::vector<Label> loops;  // all labels but those that are places
};

// None: the value is no such sum of one atom.
std::optional<Scatter> scatter_of(const Context& ctx, Ref value);

// A product as such a sum; `lower` gives atoms for parts of it. Ref{}: no factor chooses places, or they do
// more.
Ref as_scatter(Context& ctx, Ref product, const std::function<Ref(Ref)>& lower);

// A product in which such a matrix is multiplied, eye(m)[k, :]*E, with the rows that it chooses, E[k, :].
// Ref{}: there is none.
Ref as_gather(Context& ctx, Ref product);

}  // namespace nabla
