// Forms in LaTeX (amsmath).
#include <algorithm>

#include "expr/name_spelling.h"
#include "expr/print_emit.h"

namespace nabla {
namespace {

constexpr std::string_view relations[] = {"<", "\\le", "=", "\\ne", ">", "\\ge"};

// Greek capitals that look like Latin ones have no command.
std::string latex_word(std::string_view word) {
  static constexpr std::string_view latin[] = {"Alpha", "Beta", "Epsilon", "Zeta", "Eta", "Iota", "Kappa",
                                               "Mu",    "Nu",   "Omicron", "Rho",  "Tau", "Chi",  "omicron"};
  if (word.size() == 1 || greek_letter(word).empty()) {
    const bool letter = word.size() == 1 || static_cast<unsigned char>(word[0]) >= 0x80;
    return letter ? std::string(word) : "\\mathrm{" + std::string(word) + "}";
  }
  const bool plain = std::find(std::begin(latin), std::end(latin), word) != std::end(latin);
  return plain ? "\\mathrm{" + std::string(word.substr(0, 1)) + "}" : "\\" + std::string(word);
}

const Function* row_of(const Form& form) {
  return form.kind == FormKind::call && form.tag != 0 ? &row(static_cast<Fn>(form.tag - 1)) : nullptr;
}

}  // namespace

// "x_1" and "x1" are x_{1}, "sigma_max" is \sigma_{\mathrm{max}}, "price" is \mathrm{price}.
std::string latex_name(std::string_view ascii) {
  std::vector<std::string> words;
  for (size_t i = 0; i < ascii.size();) {
    size_t end = std::min(ascii.find('_', i), ascii.size());
    const std::string_view word = ascii.substr(i, end - i);
    const size_t digits = word.find_last_not_of("0123456789") + 1;
    if (digits > 0) words.push_back(latex_word(word.substr(0, digits)));
    if (digits < word.size()) words.emplace_back(word.substr(digits));
    i = end + 1;
  }
  std::string text = words.empty() ? std::string() : words[0];
  for (size_t k = 1; k < words.size(); ++k) {
    text += (k == 1 ? "_{" : ",") + words[k];
  }
  return words.size() > 1 ? text + "}" : text;
}

void Emitter::latex_form(FormId f) {
  const Form& form = forms_[f];
  const auto edges = forms_.edges(f);
  const auto part = [&](size_t i) { return edges[i].id(); };
  const auto join = [&](std::string_view word, Binding left, Binding right) {
    put(part(0), left);
    put(word);
    put(part(1), right);
  };
  switch (form.kind) {
    case FormKind::number:
      put(forms_.text(f));
      return;
    case FormKind::name:
      write(form.tag == 1 && forms_.text(f) == "im" ? "\\mathrm{i}" : latex_name(forms_.text(f)));
      return;
    case FormKind::sum:
      text_sum(edges);
      return;
    case FormKind::product:
      latex_product(edges);
      return;
    case FormKind::quotient:
      latex_quotient(f);
      return;
    case FormKind::power:
    case FormKind::dot_power:
      latex_power(f);
      return;
    case FormKind::negate:
      put("-");
      put(part(0), form.tag != 0 || forms_[part(0)].leading_minus ? Binding::power : Binding::product);
      return;
    case FormKind::root:
      put("\\sqrt{");
      put(part(0), Binding::conditional);
      put("}");
      return;
    case FormKind::call:
      latex_call(f);
      return;
    case FormKind::long_sum:
      text_long_sum(f);
      return;
    case FormKind::factors:
    case FormKind::long_product:
      latex_long_product(f);
      return;
    case FormKind::compare:
      put(part(0), Binding::sum);
      put(" ");
      put(relations[form.tag]);
      put(" ");
      put(part(1), Binding::sum);
      return;
    case FormKind::logical_not:
      put("\\lnot ");
      put(part(0), Binding::atom);
      return;
    case FormKind::logical_and:
      join(" \\land ", Binding::conjunction, Binding::negation);
      return;
    case FormKind::logical_or:
      join(" \\lor ", Binding::disjunction, Binding::conjunction);
      return;
    case FormKind::conditional:
      latex_conditional(f);
      return;
    case FormKind::index:
      put(part(0), Binding::postfix);
      put("_{");
      put_list(edges.subspan(1), ",", Binding::conditional);
      put("}");
      return;
    case FormKind::array: {
      put("\\begin{bmatrix} ");
      for (size_t i = 0; i < edges.size(); ++i) {
        if (i > 0) put(form.tag == 0 || i % form.tag == 0 ? " \\\\ " : " & ");
        put(part(i), Binding::conditional);
      }
      put(" \\end{bmatrix}");
      return;
    }
    case FormKind::mix:
      text_mix(f);
      return;
    case FormKind::none:
      return;
  }
}

bool Emitter::begins_with_digit(FormId f) const {
  for (;;) {
    const Form& form = forms_[f];
    if (form.kind == FormKind::number) return true;
    if (form.kind != FormKind::power || sharing_.is_part(f)) return false;
    f = forms_.edges(f)[0].id();
  }
}

void Emitter::latex_product(std::span<const Edge> factors) {
  for (size_t i = 0; i < factors.size(); ++i) {
    const FormId f = factors[i].id();
    if (i > 0) put(begins_with_digit(f) ? " \\cdot " : " ");
    const FormKind k = forms_[f].kind;
    const bool chain = i + 1 == factors.size() && k == FormKind::mix && forms_.mix_of(f).chain;
    const bool loose = i == 0 || k == FormKind::long_product || k == FormKind::quotient || chain;
    put(f, loose ? Binding::product : Binding::power);
  }
}

void Emitter::latex_quotient(FormId f) {
  // x/(x + y)/2 needs one bar only.
  FormId over = forms_.edges(f)[0].id();
  std::vector<FormId> under{forms_.edges(f)[1].id()};
  while (forms_[over].kind == FormKind::quotient) {
    under.push_back(forms_.edges(over)[1].id());
    over = forms_.edges(over)[0].id();
  }
  // The sign of a number stands before the bar.
  const bool product = forms_[over].kind == FormKind::product;
  const FormId first = product ? forms_.edges(over)[0].id() : over;
  const bool minus = forms_[first].kind == FormKind::number && forms_[first].leading_minus;
  put(minus ? "-\\frac{" : "\\frac{");
  if (minus) {
    put(std::string_view(forms_.text(first)).substr(1));
    if (product) put(begins_with_digit(forms_.edges(over)[1].id()) ? " \\cdot " : " ");
    if (product) latex_product(forms_.edges(over).subspan(1));
  } else {
    put(over, Binding::conditional);
  }
  put("}{");
  for (size_t i = 0; i < under.size(); ++i) {
    if (i > 0) put(" ");
    put(under[i], under.size() > 1 ? Binding::power : Binding::conditional);
  }
  put("}");
}

void Emitter::latex_power(FormId f) {
  const auto edges = forms_.edges(f);
  const FormId base = edges[0].id(), exponent = edges[1].id();
  const Form& b = forms_[base];
  const Function* function = sharing_.is_part(base) ? nullptr : row_of(b);
  const bool plain =
      function && !function->latex.empty() && function->latex.find_first_of("#^_") == std::string_view::npos;
  if (plain && forms_[exponent].kind == FormKind::number && !forms_[exponent].leading_minus) {
    put(function->latex);  // \sin^{2}\left(x\right)
    put("^{");
    put(forms_.text(exponent));
    put("}\\left(");
    put_list(forms_.edges(base), ", ", Binding::conditional);
    put("\\right)");
    return;
  }
  put(base, Binding::postfix);
  put(forms_[f].kind == FormKind::dot_power ? "^{\\circ " : "^{");
  put(exponent, Binding::conditional);
  put("}");
}

void Emitter::latex_call(FormId f) {
  const auto edges = forms_.edges(f);
  const Function* function = row_of(forms_[f]);
  if (function && function->latex.find('#') != std::string_view::npos) {
    const bool power = binding(f) == Binding::power;
    const bool raised = function->latex.substr(0, 3) == "#1^";  // what stands around it may be raised again
    std::string_view text = function->latex;
    if (raised) put("{");
    for (size_t at = text.find('#'); at != std::string_view::npos; at = text.find('#')) {
      put(text.substr(0, at));
      const size_t k = static_cast<size_t>(text[at + 1] - '1');
      if (k < edges.size()) {
        const bool base = k == 0 && (raised || (power && edges.size() > 1));
        put(edges[k].id(), base ? Binding::postfix : Binding::conditional);
      }
      text.remove_prefix(at + 2);
    }
    put(text);
    if (raised) put("}");
    return;
  }
  if (function && !function->latex.empty()) {
    put(function->latex);
  } else {
    const std::string_view text = forms_.text(f);
    if (text.substr(0, 2) == "D(") {  // D(g,1,2)
      const size_t comma = text.find(','), end = text.find(')');
      write("\\partial_{" + std::string(text.substr(comma + 1, end - comma - 1)) + "} ");
      write(latex_name(text.substr(2, comma - 2)));
    } else {
      const size_t primes = text.size() - std::min(text.find('\''), text.size());
      write(latex_name(text.substr(0, text.size() - primes)) + std::string(primes, '\''));
    }
  }
  put("\\left(");
  put_list(edges, ", ", Binding::conditional);
  put("\\right)");
}

// A chain of conditions is one list of cases.
void Emitter::latex_conditional(FormId f) {
  put("\\begin{cases} ");
  for (;;) {
    const auto edges = forms_.edges(f);
    put(edges[1].id(), Binding::conditional);
    put(" & \\text{if } ");
    put(edges[0].id(), Binding::conditional);
    put(" \\\\ ");
    f = edges[2].id();
    if (forms_[f].kind != FormKind::conditional || sharing_.is_part(f)) break;
  }
  put(f, Binding::conditional);
  put(" & \\text{otherwise} \\end{cases}");
}

void Emitter::latex_long_product(FormId f) {
  std::vector<Edge> divisors;
  std::vector<Edge> factors = gather(f, &divisors);
  forms_.order_factors(factors);
  forms_.order_factors(divisors);
  if (!divisors.empty()) put("\\frac{");
  if (factors.empty()) put("1");
  latex_product(factors);
  if (divisors.empty()) return;
  put("}{");
  latex_product(divisors);
  put("}");
}

}  // namespace nabla
