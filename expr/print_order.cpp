// The order for people: x^2 + 3*x + 1, 2*x^3*y*sin(x)*(x + 1).
//
// A form is compared by its head, a few bytes that begin with its class (numbers, constants, symbols,
// functions, sums), then by its size, then by its hash, so a comparison costs the same however large the
// forms are. Terms are first compared by degree.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "expr/print_form.h"

namespace nabla {
namespace {

enum Class : unsigned char {
  of_nothing,
  of_number,
  of_radical,
  of_constant,
  of_symbol,
  of_reciprocal,
  of_function,
  of_sum,
  of_rest,
};

constexpr unsigned char end_of_name = 1;

class HeadWriter {
 public:
  explicit HeadWriter(Head& head) : head_(head) {}

  void byte(unsigned char c) {
    if (size_ < head_.size()) head_[size_++] = c;
  }
  // Runs of digits are preceded by their length, so that x2 stands before x10.
  void natural(std::string_view text) {
    for (size_t i = 0; i < text.size() && size_ < head_.size();) {
      const auto digit = [&](size_t k) { return k < text.size() && text[k] >= '0' && text[k] <= '9'; };
      if (!digit(i)) {
        byte(static_cast<unsigned char>(text[i++]));
        continue;
      }
      size_t end = i;
      while (digit(end)) ++end;
      byte(static_cast<unsigned char>('0' + std::min<size_t>(end - i, 9)));
      for (; i < end; ++i) byte(static_cast<unsigned char>(text[i]));
    }
  }
  void head(const Head& other, size_t from = 0) {
    for (size_t i = from; i < other.size() && other[i] != 0; ++i) byte(other[i]);
  }
  // Higher powers first.
  void exponent(double e) {
    byte(end_of_name);
    byte(static_cast<unsigned char>(130 - std::lround(std::clamp(4 * e, -120.0, 120.0))));
  }

 private:
  Head& head_;
  size_t size_ = 0;
};

// Without the exponent that ends the head of what may be a base.
Head without_exponent(Head head) {
  size_t end = head.size();
  while (end > 0 && head[end - 1] == 0) --end;
  if (end >= 2 && head[end - 2] == end_of_name) head[end - 1] = head[end - 2] = 0;
  return head;
}

}  // namespace

void Forms::set_power_head(Form& form, std::span<const Edge> list) const {
  HeadWriter w(form.head);
  const Form &base = forms_[list[0].id()], &exponent = forms_[list[1].id()];
  unsigned char c = base.head[0];
  if (base.rational) c = exponent.rational ? of_radical : of_function;
  w.byte(c);
  w.head(without_exponent(base.head), 1);
  w.exponent(std::isnan(exponent_) ? 30 : exponent_);
  if (!exponent.rational) w.head(exponent.head);
}

void Forms::set_head(Form& form, std::span<const Edge> list) const {
  HeadWriter w(form.head);
  const auto head = [&](size_t i) -> const Head& { return forms_[list[i].id()].head; };
  const auto rest = [&](size_t from) {
    for (size_t i = from; i < list.size(); ++i) w.head(head(i));
  };
  switch (form.kind) {
    case FormKind::number:
      w.byte(of_number);
      w.natural(texts_[form.text]);
      break;
    case FormKind::name:
      w.byte(form.tag == 1 ? of_constant : form.tag == differential_tag ? of_rest : of_symbol);
      w.natural(texts_[form.text]);
      w.exponent(1);
      break;
    case FormKind::index:
      w.byte(of_symbol);
      w.head(without_exponent(head(0)), 1);
      w.byte('[');
      rest(1);
      w.exponent(1);
      break;
    case FormKind::power:
    case FormKind::dot_power:
      set_power_head(form, list);
      break;
    case FormKind::root:
      w.byte(forms_[list[0].id()].rational ? of_radical : of_function);
      w.natural("sqrt(");
      w.head(head(0), 1);
      w.exponent(1);
      break;
    case FormKind::call:
      w.byte(of_function);
      w.natural(texts_[form.text]);
      w.byte('(');
      rest(0);
      w.exponent(1);
      break;
    case FormKind::product:
      rest(list.size() > 1 && forms_[list[0].id()].rational);
      break;
    case FormKind::quotient: {
      const Form &over = forms_[list[0].id()], &under = forms_[list[1].id()];
      if (over.rational && !under.rational) w.byte(of_reciprocal);
      if (!over.rational || under.rational) w.head(head(0));
      if (!under.rational || over.rational) w.head(head(1));
      break;
    }
    case FormKind::negate:
      rest(0);
      break;
    case FormKind::sum:
    case FormKind::long_sum:
    case FormKind::factors:
    case FormKind::long_product:
      w.byte(of_sum);
      rest(0);
      w.exponent(1);
      break;
    default:
      w.byte(of_rest);
      rest(0);
      break;
  }
}

int Forms::rank(FormId f) const { return forms_[f].rational ? 2 : forms_[f].numeric ? 1 : 0; }

bool Forms::before(FormId a, FormId b) const {
  const Form &f = forms_[a], &g = forms_[b];
  const int order = std::memcmp(f.head.data(), g.head.data(), f.head.size());
  if (order != 0) return order < 0;
  if (f.nodes != g.nodes) return f.nodes < g.nodes;
  return f.hash < g.hash;
}

void Forms::order_factors(std::vector<Edge>& factors) const {
  std::stable_sort(factors.begin(), factors.end(), [&](Edge a, Edge b) { return before(a.id(), b.id()); });
}

// Descending degree, numbers last. When that begins with a negative term, 1 - x^2 reads better: the lowest
// degree first if that is positive, otherwise the first positive term goes to the front.
void Forms::order_terms(std::vector<Edge>& terms) const {
  const auto degree = [&](Edge e) { return forms_[e.id()].degree; };
  const auto less = [&](bool ascending) {
    return [&, ascending](Edge a, Edge b) {
      const int r = rank(a.id()), s = rank(b.id());
      if (r != s) return (r < s) != ascending;
      if (degree(a) != degree(b)) return (degree(a) > degree(b)) != ascending;
      return before(a.id(), b.id());
    };
  };
  std::stable_sort(terms.begin(), terms.end(), less(false));
  if (!terms[0].marked()) return;
  const Edge last = terms.back();
  const bool falls = degree(terms[0]) > degree(last) || rank(terms[0].id()) < rank(last.id());
  if (!last.marked() && falls) std::stable_sort(terms.begin(), terms.end(), less(true));
  const auto positive = std::find_if(terms.begin(), terms.end(), [](Edge e) { return !e.marked(); });
  if (positive != terms.end()) std::rotate(terms.begin(), positive, positive + 1);
}

}  // namespace nabla
