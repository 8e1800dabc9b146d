#include "simplify/weight.h"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <initializer_list>
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

// A number, or minus one.
bool is_number(const Forms& forms, FormId f) {
  if (forms[f].kind == FormKind::negate) f = forms.edges(f)[0].id();
  return forms[f].rational;
}

bool is_array_of_numbers(const Forms& forms, FormId f) {
  const auto entries = forms.edges(f);
  return forms[f].kind == FormKind::array &&
         std::all_of(entries.begin(), entries.end(), [&](Edge e) { return is_number(forms, e.id()); });
}

// An array that is written out, or its transpose.
bool is_written_array(const Forms& forms, FormId f) {
  if (forms[f].kind == FormKind::mix && forms[f].binding == Binding::postfix) f = forms.edges(f)[0].id();
  return forms[f].kind == FormKind::array;
}

// [i for i in 1:n], or its transpose.
bool is_range(const Forms& forms, FormId f) {
  if (forms[f].kind == FormKind::mix && forms[f].binding == Binding::postfix) f = forms.edges(f)[0].id();
  if (forms[f].kind != FormKind::mix || !forms.mix_of(f).binds || forms[f].count == 0) return false;
  const Form& body = forms[forms.edges(f)[0].id()];
  return body.kind == FormKind::name && body.local;
}

// A sum of powers of the index of a range: it may have a closed form.
bool is_open_sum(const Forms& forms, FormId f) {
  const FormKind kind = forms[f].kind;
  if (kind != FormKind::call && kind != FormKind::dot_power && kind != FormKind::mix) return false;
  if (kind == FormKind::mix && forms[f].binding == Binding::postfix) return false;
  const auto parts = forms.edges(f);
  return std::any_of(parts.begin(), parts.end(), [&](Edge e) { return is_range(forms, e.id()); });
}

// What is left to be done with arrays that are written out: a product or a sum of two, a power, a call.
bool is_open_operation(const Forms& forms, FormId f) {
  const auto parts = forms.edges(f);
  const auto arrays =
      std::count_if(parts.begin(), parts.end(), [&](Edge e) { return is_written_array(forms, e.id()); });
  switch (forms[f].kind) {
    case FormKind::call:
    case FormKind::power:
    case FormKind::dot_power:
      return arrays > 0;
    case FormKind::sum:
    case FormKind::product:
      return arrays > 1;
    case FormKind::mix:  // sum(A, dim = 1) is a call, A^2 a power, A*B a product; A' is none
      return arrays > (forms[f].binding < Binding::power ? 1 : 0) && forms[f].binding != Binding::postfix;
    default:
      return false;
  }
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

bool is_call_of(const Forms& forms, FormId f, std::initializer_list<Fn> functions) {
  return forms[f].kind == FormKind::call && std::any_of(functions.begin(), functions.end(), [&](Fn fn) {
           return forms[f].tag == static_cast<uint32_t>(fn) + 1;
         });
}

// sin(acos(x)) or sin(2*acos(x)), which has no functions: sqrt(1 - x^2).
bool is_algebraic_call(const Forms& forms, FormId f) {
  const bool circular = is_call_of(forms, f, {Fn::sin, Fn::cos, Fn::tan, Fn::sec, Fn::csc, Fn::cot});
  const bool hyperbolic = !circular && is_call_of(forms, f, {Fn::sinh, Fn::cosh, Fn::tanh});
  if (!circular && !hyperbolic) return false;
  FormId inner = forms.edges(f)[0].id();
  const auto factors = forms.edges(inner);
  if (forms[inner].kind == FormKind::product && factors.size() == 2 && forms[factors[0].id()].rational)
    inner = factors[1].id();
  return circular ? is_call_of(forms, inner, {Fn::asin, Fn::acos, Fn::atan, Fn::acot})
                  : is_call_of(forms, inner, {Fn::asinh, Fn::acosh, Fn::atanh});
}

// sin(3*x)*csc(x), which is sin(3*x)/sin(x) to a reader.
bool is_quotient_of_sines(const Forms& forms, FormId f) {
  if (forms[f].kind != FormKind::product) return false;
  bool over = false, under = false;
  for (const Edge e : forms.edges(f)) {
    FormId factor = e.id();
    if (forms[factor].kind == FormKind::power) factor = forms.edges(factor)[0].id();
    over = over || is_call_of(forms, factor, {Fn::sin, Fn::cos});
    under = under || is_call_of(forms, factor, {Fn::sec, Fn::csc});
  }
  return over && under;
}

}  // namespace

Weight::Own Weight::own(FormId f) const {
  if (is_array_of_numbers(forms_, f)) return {-static_cast<int64_t>(forms_[f].nodes - 1), 0};
  Own all{0, detail(forms_, f)};
  if (is_open_operation(forms_, f)) all.nodes += of_open_operation;
  if (is_open_sum(forms_, f)) all.nodes += of_open_sum;
  if (is_algebraic_call(forms_, f)) all.nodes += of_algebraic_call;
  if (is_quotient_of_sines(forms_, f)) all.details += 5;  // more than a bar
  for (const Edge part : forms_.edges(f)) {
    const Own& p = own_[part.id()];
    if (__builtin_add_overflow(all.nodes, p.nodes, &all.nodes)) all.nodes = INT64_MAX;
    all.details = saturating_sum(all.details, p.details);
  }
  return all;
}

FormId Weight::added(Ref e) {
  const FormId form = forms_.add(e);
  while (own_.size() < forms_.size()) own_.push_back(own(static_cast<FormId>(own_.size())));
  return form;
}

uint64_t Weight::nodes(Ref e) {
  const FormId form = added(e);
  const int64_t more = own_[form].nodes;
  if (more >= 0) return saturating_sum(forms_[form].nodes, static_cast<uint64_t>(more));
  return forms_[form].nodes - std::min(forms_[form].nodes, static_cast<uint64_t>(-more));
}

uint64_t Weight::operator()(Ref e) {
  const uint64_t all = nodes(e);
  if (all > UINT64_MAX / of_node) return UINT64_MAX;
  return saturating_sum(all * of_node, own_[added(e)].details);
}

}  // namespace nabla
