// Makers of forms: what each kind counts, how it binds, and that equal forms are one.
#include "expr/print_form.h"

#include <algorithm>
#include <cmath>

namespace nabla {
namespace {

uint64_t add_saturated(uint64_t a, uint64_t b) { return a > UINT64_MAX - b ? UINT64_MAX : a + b; }

uint64_t hash_text(std::string_view text) {
  uint64_t h = text.size();
  for (const char c : text) h = mix(h, static_cast<unsigned char>(c));
  return h;
}

}  // namespace

Forms::Forms(Context& ctx) : ctx_(ctx) {
  forms_.emplace_back();
  texts_.emplace_back();
  text_index_.emplace("", 0);
  table_.resize(256);
}

uint32_t Forms::text_id(std::string_view text) {
  const auto [it, added] = text_index_.try_emplace(std::string(text), static_cast<uint32_t>(texts_.size()));
  if (added) texts_.emplace_back(text);
  return it->second;
}

bool Forms::same(FormId f, const Form& form, std::span<const Edge> list) const {
  const Form& g = forms_[f];
  if (g.hash != form.hash || g.kind != form.kind || g.tag != form.tag || g.text != form.text) return false;
  const auto mine = edges(f);
  return std::equal(mine.begin(), mine.end(), list.begin(), list.end(),
                    [](Edge a, Edge b) { return a.bits == b.bits; });
}

FormId Forms::intern(FormKind kind, Binding binding, std::span<const Edge> list, uint32_t text,
                     uint32_t tag) {
  ctx_.budget().spend(list.size() + 1);
  Form form;
  form.kind = kind;
  form.binding = binding;
  form.text = text;
  form.tag = tag;
  uint64_t h = mix((uint64_t{static_cast<uint8_t>(kind)} << 16) | tag, text ? hash_text(texts_[text]) : 0);
  for (const Edge e : list) h = mix(h, forms_[e.id()].hash + e.marked());
  form.hash = h;
  if (forms_.size() * 2 > table_.size()) {
    std::vector<FormId> bigger(table_.size() * 2);
    for (FormId f = 1; f < forms_.size(); ++f) {
      size_t i = forms_[f].hash & (bigger.size() - 1);
      while (bigger[i]) i = (i + 1) & (bigger.size() - 1);
      bigger[i] = f;
    }
    table_.swap(bigger);
  }
  size_t i = h & (table_.size() - 1);
  for (; table_[i]; i = (i + 1) & (table_.size() - 1)) {
    if (same(table_[i], form, list)) return table_[i];
  }
  const FormId id = static_cast<FormId>(forms_.size());
  table_[i] = id;
  form.first = static_cast<uint32_t>(edges_.size());
  form.count = static_cast<uint32_t>(list.size());
  forms_.push_back(form);  // describe() asks questions about it
  edges_.insert(edges_.end(), list.begin(), list.end());
  describe(form, list);
  forms_[id] = form;
  return id;
}

bool Forms::is_piece(FormId parent, Edge part) const {
  const FormKind p = forms_[parent].kind, k = forms_[part.id()].kind;
  if (part.marked()) return false;
  if (p == FormKind::long_sum) return k == FormKind::sum || k == FormKind::long_sum;
  // 2*(A*x) is 2*A*x.
  if (p == FormKind::product && k == FormKind::mix) {
    return mix_of(part.id()).chain && edges(parent).back().id() == part.id();
  }
  if (p == FormKind::long_product) return k == FormKind::factors || k == FormKind::long_product;
  return false;
}

bool Forms::is_inline(FormId parent, size_t i) const {
  if (forms_[parent].kind != FormKind::quotient) return false;
  const FormId part = edges(parent)[i].id();
  const FormKind k = forms_[part].kind;
  if (i == 0) return k == FormKind::product || k == FormKind::quotient;
  if (k != FormKind::product || forms_[part].count != 2) return false;
  const auto factors = edges(part);
  return forms_[factors[0].id()].rational && forms_[factors[1].id()].kind == FormKind::sum;
}

uint64_t Forms::operators(FormId f) const {
  const Form& form = forms_[f];
  if (form.kind == FormKind::factors) return 0;
  if (form.kind == FormKind::mix) return mix_of(f).operators;
  // The sign of -2*x - y belongs to the number, that of -x - y is an operator.
  const bool sign = form.kind == FormKind::sum && form.count > 0 && edges(f)[0].marked();
  return sign && !forms_[edges(f)[0].id()].leading_number ? 2 : 1;
}

// Everything that follows from the parts.
void Forms::describe(Form& form, std::span<const Edge> list) {
  const FormId self = static_cast<FormId>(forms_.size() - 1);
  form.nodes = operators(self);
  form.numeric = form.kind != FormKind::name;
  float most = -1e6f, total = 0;
  for (const Edge e : list) {
    const Form& part = forms_[e.id()];
    uint64_t nodes = part.nodes;
    if (is_piece(self, e)) nodes -= operators(e.id());
    if (e.marked() && (form.kind == FormKind::factors || form.kind == FormKind::long_product)) ++nodes;
    form.nodes = add_saturated(form.nodes, nodes);
    form.numeric = form.numeric && part.numeric;
    form.local = form.local || part.local;
    most = std::max(most, part.degree);
    total += e.marked() ? -part.degree : part.degree;
  }
  const auto part = [&](size_t i) -> const Form& { return forms_[list[i].id()]; };
  switch (form.kind) {
    case FormKind::number:
      form.rational = true;
      form.leading_minus = form.binding == Binding::sign;
      form.leading_number = !form.leading_minus;
      break;
    case FormKind::name:
    case FormKind::index:
      form.degree = 1;
      break;
    case FormKind::sum:
    case FormKind::long_sum:
      form.degree = most;
      form.leading_minus = form.kind == FormKind::sum && (list[0].marked() || part(0).leading_minus);
      break;
    case FormKind::product:
    case FormKind::factors:
    case FormKind::long_product:
      form.degree = total;
      form.leading_minus = part(0).leading_minus;
      form.leading_number = part(0).leading_number;
      break;
    case FormKind::quotient:
      form.rational = part(0).rational && part(1).rational;
      form.degree = part(0).degree - part(1).degree;
      form.leading_minus = part(0).leading_minus;
      form.leading_number = part(0).leading_number;
      break;
    case FormKind::power:
    case FormKind::dot_power:
      form.degree = static_cast<float>(part(0).degree * (std::isnan(exponent_) ? 1 : exponent_));
      break;
    case FormKind::negate:
      form.degree = part(0).degree;
      form.leading_minus = true;
      break;
    case FormKind::root:
      form.degree = part(0).degree / 2;
      break;
    case FormKind::mix:
      form.local = form.local && !mix_of(self).binds;
      break;
    default:
      break;
  }
  form.degree = std::clamp(form.degree, -1e6f, 1e6f);
  set_head(form, list);
}

// --- leaves ----------------------------------------------------------------------------------------------

FormId Forms::integer(const Rational& v) {
  return intern(FormKind::number, v.sign() < 0 ? Binding::sign : Binding::atom, {}, text_id(v.to_string()));
}

FormId Forms::number(const Rational& v) {
  if (v.is_integer()) return integer(v);
  return quotient(integer(v.numerator()), integer(v.denominator()));
}

FormId Forms::name(std::string_view ascii, bool numeric) {
  const FormId f = intern(FormKind::name, Binding::atom, {}, text_id(ascii), numeric);
  forms_[f].numeric = numeric;
  if (numeric) forms_[f].degree = 0;
  return f;
}

FormId Forms::local_name(std::string_view ascii) {
  const FormId f = intern(FormKind::name, Binding::atom, {}, text_id(ascii), 2);
  forms_[f].local = true;
  return f;
}

FormId Forms::differential(std::string_view ascii) {
  return intern(FormKind::name, Binding::atom, {}, text_id(ascii), differential_tag);
}

// --- operators -------------------------------------------------------------------------------------------

FormId Forms::sum(std::vector<Edge>& terms) {
  if (terms.size() == 1 && !terms[0].marked()) return terms[0].id();
  order_terms(terms);
  return intern(FormKind::sum, Binding::sum, terms);
}

// Whether a product of tensors begins with a sum: -(A + B)*x would be read as the product of -A - B and x.
bool Forms::begins_with_sum(FormId f) const {
  for (bool tensor = false;;) {
    const Form& form = forms_[f];
    const FormKind k = form.kind;
    if (k == FormKind::mix) {
      if (form.count == 0 || !mix_of(f).pieces[0].part) return false;
      tensor = true;
    } else if (k != FormKind::quotient && k != FormKind::product) {
      return tensor && (k == FormKind::sum || k == FormKind::long_sum || form.leading_minus);
    }
    f = edges(f)[0].id();
  }
}

// An operand that is a product is opened, -x*y, unless it was written otherwise.
FormId Forms::negate(FormId f, bool strict) {
  strict = strict || begins_with_sum(f);
  const Form& form = forms_[f];
  const bool opened = !strict && form.binding == Binding::product;
  const Edge e(f, false);
  return intern(FormKind::negate, opened ? Binding::product : Binding::sign, {&e, 1}, 0, strict);
}

FormId Forms::product(std::span<const Edge> factors) {
  if (factors.size() == 1) return factors[0].id();
  return intern(FormKind::product, Binding::product, factors);
}

FormId Forms::quotient(FormId dividend, FormId divisor) {
  return infix(FormKind::quotient, Binding::product, dividend, divisor);
}

FormId Forms::power(FormId base, FormId exponent, double value, bool dotted) {
  exponent_ = value;
  return infix(dotted ? FormKind::dot_power : FormKind::power, Binding::power, base, exponent);
}

FormId Forms::root(FormId argument) {
  const Edge e(argument, false);
  return intern(FormKind::root, Binding::atom, {&e, 1});
}

FormId Forms::infix(FormKind kind, Binding binding, FormId a, FormId b, uint32_t tag) {
  const Edge pair[2] = {{a, false}, {b, false}};
  return intern(kind, binding, pair, 0, tag);
}

namespace {

std::vector<Edge> plain_edges(std::span<const FormId> forms) {
  std::vector<Edge> list;
  for (const FormId f : forms) list.emplace_back(f, false);
  return list;
}

}  // namespace

FormId Forms::call(std::string_view name, std::span<const FormId> arguments, uint32_t tag) {
  return intern(FormKind::call, Binding::atom, plain_edges(arguments), text_id(name), tag);
}

FormId Forms::index(FormId base, std::span<const FormId> indices) {
  std::vector<Edge> list{{base, false}};
  for (const FormId f : indices) list.emplace_back(f, false);
  return intern(FormKind::index, Binding::postfix, list);
}

FormId Forms::array(std::span<const FormId> entries, size_t row_length) {
  return intern(FormKind::array, Binding::atom, plain_edges(entries), 0, static_cast<uint32_t>(row_length));
}

FormId Forms::chain(std::span<const Piece> list) { return pieces(list, Binding::product, 1, false, true); }

FormId Forms::pieces(std::span<const Piece> list, Binding binding, uint64_t operators, bool binds,
                     bool chain) {
  Mix m{{}, operators, binds, chain};
  std::vector<Edge> parts;
  std::string key = "mix " + std::to_string(operators) + (binds ? "b" : "") + (chain ? "c" : "") + "\n";
  for (const Piece& p : list) {
    key += static_cast<char>('0' + static_cast<int>(p.least));
    if (p.part) {
      parts.emplace_back(p.part, false);
      m.pieces.push_back({true, p.least, 0});
      key += '*';
    } else {
      m.pieces.push_back({false, p.least, static_cast<uint32_t>(mix_texts_.size())});
      const auto other = [&](std::string_view s) { return std::string(s.data() == nullptr ? p.ascii : s); };
      mix_texts_.push_back({std::string(p.ascii), other(p.unicode), other(p.latex)});
      for (const std::string_view s : {p.ascii, p.unicode, p.latex}) key.append(s) += '\n';
    }
  }
  const uint32_t text = text_id(key);
  mixes_.try_emplace(text, std::move(m));
  return intern(FormKind::mix, binding, parts, text);
}

}  // namespace nabla
