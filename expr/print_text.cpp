// Forms in Nabla's language, ASCII and Unicode.
#include <algorithm>

#include "expr/name_spelling.h"
#include "expr/print_emit.h"

namespace nabla {
namespace {

constexpr std::string_view relations[] = {"<", "<=", "==", "!=", ">", ">="};
constexpr std::string_view unicode_relations[] = {"<", "≤", "==", "≠", ">", "≥"};

}  // namespace

// √x and √(x + 1) are prefixes in Unicode, sqrt(x) is a call.
Binding Emitter::binding(FormId f) const {
  const Form& form = forms_[f];
  if (form.kind == FormKind::root) return format_ == Format::unicode ? Binding::sign : Binding::atom;
  if (latex()) {
    if (form.kind == FormKind::long_product) return Binding::product;
    // A call whose template raises an argument, e^{x}, is a power.
    if (form.kind == FormKind::call && form.tag != 0 &&
        row(static_cast<Fn>(form.tag - 1)).latex.find("^{#") != std::string_view::npos) {
      return Binding::power;
    }
    if (form.kind == FormKind::conditional) return Binding::atom;
  }
  return form.binding;
}

void Emitter::text_form(FormId f) {
  const Form& form = forms_[f];
  const auto edges = forms_.edges(f);
  const auto part = [&](size_t i) { return edges[i].id(); };
  switch (form.kind) {
    case FormKind::number:
      put(forms_.text(f));
      return;
    case FormKind::name:
      text_name(f);
      return;
    case FormKind::sum:
      text_sum(edges);
      return;
    case FormKind::product:
      text_product(edges);
      return;
    case FormKind::quotient:
      put(part(0), Binding::product);
      put("/");
      put(part(1), forms_[part(1)].kind == FormKind::root ? Binding::sign : Binding::power);
      return;
    case FormKind::power:
    case FormKind::dot_power:
      text_power(f);
      return;
    case FormKind::negate: {
      put("-");
      const Form& operand = forms_[part(0)];
      const bool apart = form.tag != 0 || operand.leading_minus;
      put(part(0), apart ? Binding::power : Binding::product);
      return;
    }
    case FormKind::root:
      put(format_ == Format::ascii ? "sqrt(" : bare_root(part(0)) ? "√" : "√(");
      put(part(0), Binding::conditional);
      if (format_ == Format::ascii || !bare_root(part(0))) put(")");
      return;
    case FormKind::call:
      text_name(f);
      put("(");
      put_list(edges, ", ", Binding::conditional);
      put(")");
      return;
    case FormKind::long_sum:
      text_long_sum(f);
      return;
    case FormKind::factors:
    case FormKind::long_product:
      text_long_product(f);
      return;
    case FormKind::compare:
      put(part(0), Binding::sum);
      put(" ");
      put((format_ == Format::unicode ? unicode_relations : relations)[form.tag]);
      put(" ");
      put(part(1), Binding::sum);
      return;
    case FormKind::logical_not:
      put("not ");
      put(part(0), Binding::negation);
      return;
    case FormKind::logical_and:
      put(part(0), Binding::conjunction);
      put(" and ");
      put(part(1), Binding::negation);
      return;
    case FormKind::logical_or:
      put(part(0), Binding::disjunction);
      put(" or ");
      put(part(1), Binding::conjunction);
      return;
    case FormKind::conditional:
      put("if ");
      put(part(0), Binding::disjunction);
      put(" then ");
      put(part(1), Binding::disjunction);
      put(" else ");
      put(part(2), Binding::conditional);
      return;
    case FormKind::index:
      put(part(0), Binding::postfix);
      put("[");
      put_list(edges.subspan(1), ", ", Binding::conditional);
      put("]");
      return;
    case FormKind::array:
      text_array(f);
      return;
    case FormKind::mix:
      text_mix(f);
      return;
    case FormKind::none:
      return;
  }
}

void Emitter::text_name(FormId f) {
  // Names of the function table are spelled as they stand there.
  const bool builtin = forms_[f].kind == FormKind::call && forms_[f].tag != 0;
  if (format_ == Format::ascii || builtin) {
    put(forms_.text(f));
  } else {
    write(unicode_name(forms_.text(f)));  // it is the next text in any case
  }
}

void Emitter::text_sum(std::span<const Edge> terms) {
  for (size_t i = 0; i < terms.size(); ++i) {
    const FormId f = terms[i].id();
    const Form& term = forms_[f];
    if (i == 0 && !terms[i].marked()) {
      put(f, Binding::sum);
      continue;
    }
    put(i == 0 ? "-" : terms[i].marked() ? " - " : " + ");
    put(f, term.leading_minus ? Binding::power : Binding::product);
  }
}

void Emitter::text_product(std::span<const Edge> factors) {
  for (size_t i = 0; i < factors.size(); ++i) {
    if (i > 0) put("*");
    const FormId f = factors[i].id();
    const FormKind k = forms_[f].kind;
    const bool chain = i + 1 == factors.size() && k == FormKind::mix && forms_.mix_of(f).chain;
    const bool loose = i == 0 || k == FormKind::long_product || chain;
    put(f, loose ? Binding::product : k == FormKind::root ? Binding::sign : Binding::power);
  }
}

bool Emitter::is_superscript(FormId exponent) const {
  return format_ == Format::unicode && forms_[exponent].kind == FormKind::number &&
         forms_.text(exponent).size() <= 4;
}

void Emitter::text_power(FormId f) {
  const auto edges = forms_.edges(f);
  const FormId exponent = edges[1].id();
  const bool dotted = forms_[f].kind == FormKind::dot_power;
  put(edges[0].id(), Binding::postfix);
  if (!dotted && is_superscript(exponent)) {
    static constexpr std::string_view digits[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
    for (const char c : forms_.text(exponent)) put(c == '-' ? "⁻" : digits[c - '0']);
    return;
  }
  put(dotted ? ".^" : "^");
  put(exponent, Binding::power);
}

bool Emitter::bare_root(FormId argument) const {
  const FormKind k = forms_[argument].kind;
  return sharing_.is_part(argument) || k == FormKind::name ||
         (k == FormKind::number && !forms_[argument].leading_minus);
}

void Emitter::text_array(FormId f) {
  const size_t row = forms_[f].tag;
  const auto edges = forms_.edges(f);
  put("[");
  for (size_t i = 0; i < edges.size(); ++i) {
    if (i > 0) put(row == 0 || i % row == 0 ? "; " : ", ");
    put(edges[i].id(), Binding::conditional);
  }
  put("]");
}

void Emitter::text_mix(FormId f) {
  const auto edges = forms_.edges(f);
  size_t next = 0;
  for (const Forms::MixPiece& p : forms_.mix_of(f).pieces) {
    if (p.part) {
      put(edges[next++].id(), p.least);
      continue;
    }
    const Forms::MixText& text = forms_.mix_text(p.text);
    put(format_ == Format::ascii ? text.ascii : format_ == Format::unicode ? text.unicode : text.latex);
  }
}

// --- long sums and products ------------------------------------------------------------------------------

// The terms, or the factors and divisors, of a tree of parts. What is collected is written as well, one
// character each at least, so this stops at the limit of the text.
std::vector<Edge> Emitter::gather(FormId f, std::vector<Edge>* divisors) {
  std::vector<Edge> list, todo;
  const auto push = [&](FormId parent) {
    const auto edges = forms_.edges(parent);
    todo.insert(todo.end(), edges.rbegin(), edges.rend());
  };
  push(f);
  while (!todo.empty()) {
    const Edge e = todo.back();
    todo.pop_back();
    const FormKind k = forms_[e.id()].kind;
    const bool piece = divisors ? k == FormKind::factors || k == FormKind::long_product
                                : k == FormKind::sum || k == FormKind::long_sum;
    if (piece && !e.marked() && !sharing_.is_part(e.id())) {
      push(e.id());
    } else if (divisors && e.marked()) {
      divisors->push_back(Edge(e.id(), false));
    } else {
      list.push_back(e);
    }
    if (list.size() + (divisors ? divisors->size() : 0) + length_ > limit_) {
      write(std::string(limit_ + 1 - std::min(length_, limit_), ' '));  // refuses
    }
  }
  return list;
}

void Emitter::text_long_sum(FormId f) {
  std::vector<Edge> terms = gather(f, nullptr);
  forms_.order_terms(terms);
  text_sum(terms);
}

void Emitter::text_long_product(FormId f) {
  std::vector<Edge> divisors;
  std::vector<Edge> factors = gather(f, &divisors);
  forms_.order_factors(factors);
  forms_.order_factors(divisors);
  if (factors.empty()) put("1");
  text_product(factors);
  for (const Edge e : divisors) {
    put("/");
    put(e.id(), forms_[e.id()].kind == FormKind::root ? Binding::sign : Binding::power);
  }
}

}  // namespace nabla
