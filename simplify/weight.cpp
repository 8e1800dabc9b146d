#include "simplify/weight.h"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <string>

namespace nabla {
namespace {

uint64_t saturating_sum(uint64_t a, uint64_t b) { return a + std::min(b, UINT64_MAX - a); }

bool is_exponential(const Forms& forms, FormId f) {
  return forms[f].kind == FormKind::call && forms[f].tag == static_cast<uint32_t>(Fn::exp) + 1;
}

// A bar, and of an exponential below it the minus that it would have above, less the bar that it would not
// need: x/exp(y) and x*exp(-y) weigh the same, as do x/(y*exp(z)) and x*exp(-z)/y.
uint64_t bar(const Forms& forms, FormId below) {
  if (is_exponential(forms, below)) return Weight::of_node;
  if (forms[below].kind != FormKind::product) return 4;
  const auto factors = forms.edges(below);
  const bool found =
      std::any_of(factors.begin(), factors.end(), [&](Edge e) { return is_exponential(forms, e.id()); });
  return found ? Weight::of_node + 4 : 4;
}

// Of a form by itself.
uint64_t detail(const Forms& forms, FormId f) {
  switch (forms[f].kind) {
    case FormKind::quotient:
      return bar(forms, forms.edges(f)[1].id());
    case FormKind::name:
      return 1;
    case FormKind::sum:
      return forms.edges(f).size() - 2 + (forms[f].leading_minus ? Weight::of_node : 0);
    case FormKind::number: {
      const std::string& digits = forms.text(f);
      const uint64_t sign = digits[0] == '-' ? 1 : 0;
      if (digits.size() > 18) return digits.size() * 10 / 3 + sign;
      const auto bits =
          static_cast<uint64_t>(std::bit_width(static_cast<uint64_t>(std::abs(std::stoll(digits)))));
      return (bits > 0 ? (bits - 1) / 2 : 0) + sign;
    }
    default:
      return 0;
  }
}

}  // namespace

uint64_t Weight::operator()(Ref e) {
  const FormId form = forms_.add(e);
  for (FormId f = static_cast<FormId>(details_.size()); f < forms_.size(); ++f) {
    uint64_t details = detail(forms_, f);
    for (const Edge part : forms_.edges(f)) details = saturating_sum(details, details_[part.id()]);
    details_.push_back(details);
  }
  const uint64_t nodes = forms_[form].nodes;
  if (nodes > UINT64_MAX / of_node) return UINT64_MAX;
  return saturating_sum(nodes * of_node, details_[form]);
}

}  // namespace nabla
