#include "codegen/index_text.h"

#include <algorithm>
#include <tuple>
#include <vector>

#include "codegen/tensor_program.h"
#include "expr/diagnostic.h"

namespace nabla {
namespace {

std::string factor_text(Context& ctx, Ref f, const AtomText& atoms) {
  if (ctx.kind(f) == Kind::power) {
    const int64_t n = ctx.value(ctx.operands(f)[1]).as_int().value_or(0);
    const std::string base = index_text(ctx, ctx.operands(f)[0], atoms, true);
    std::string out = base;
    for (int64_t k = 1; k < n; ++k) out += " * " + base;
    return out;
  }
  return index_text(ctx, f, atoms, true);
}

std::string product_text(Context& ctx, const Rational& coefficient, Ref body, const AtomText& atoms) {
  std::string out;
  if (!coefficient.is_one() || body == one) out = coefficient.to_string();
  if (body == one) return out;
  std::vector<Ref> factors;
  ctx.append_factors(body, factors);
  std::vector<std::string> texts;
  for (Ref f : factors) texts.push_back(factor_text(ctx, f, atoms));
  std::sort(texts.begin(), texts.end());
  for (const std::string& t : texts) out += (out.empty() ? "" : " * ") + t;
  return out;
}

// The least common denominator.
Rational denominator(Context& ctx, const std::vector<Term>& terms) {
  Rational d(1);
  for (const Term& t : terms) {
    const Rational own = ctx.value(t.coefficient).denominator();
    d = d * (own / gcd(d, own));
  }
  return d;
}

// A positive term first, so that the text begins without a sign; the number last of its sign.
std::string sum_text(Context& ctx, const std::vector<Term>& terms, const Rational& d, const AtomText& atoms) {
  struct Part {
    bool negative, number;
    std::string text;
    bool operator<(const Part& o) const {
      return std::tie(negative, number, text) < std::tie(o.negative, o.number, o.text);
    }
  };
  std::vector<Part> parts;
  for (const Term& t : terms) {
    const Rational c = ctx.value(t.coefficient) * d;
    parts.push_back({c.sign() < 0, t.body == one, product_text(ctx, c.abs(), t.body, atoms)});
  }
  std::sort(parts.begin(), parts.end());
  std::string out;
  for (const Part& p : parts) {
    const char* plus = out.empty() ? "" : " + ";
    out += (p.negative ? (out.empty() ? "-" : " - ") : plus) + p.text;
  }
  return out;
}

}  // namespace

std::string index_text(Context& ctx, Ref e, const AtomText& atoms, bool operand) {
  if (ctx.kind(e) == Kind::number && ctx.value(e).as_int()) {
    const std::string text = ctx.value(e).to_string();
    return operand && text[0] == '-' ? "(" + text + ")" : text;
  }
  if (ctx.kind(e) == Kind::symbol && is_index(ctx, e)) return atoms(e);
  // A let holds a position as a number; it may stand in a sum, argmax(x) + 1.
  if (!is_index(ctx, e) && is_atom(ctx, e)) return atoms.spelling().to_integer(atoms(e));
  std::vector<Term> terms;
  ctx.append_terms(e, terms);
  const Rational d = denominator(ctx, terms);
  std::string out = sum_text(ctx, terms, d, atoms);
  const bool single = terms.size() == 1 && out[0] != '-';
  if (!d.is_one()) {
    out = (single ? out : "(" + out + ")") + " / " + d.to_string();
    return operand ? "(" + out + ")" : out;
  }
  const bool name = single && out.find(' ') == std::string::npos;
  return operand && !name ? "(" + out + ")" : out;
}

}  // namespace nabla
