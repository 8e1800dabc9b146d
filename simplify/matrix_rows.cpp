#include "simplify/matrix_rows.h"

#include <cctype>
#include <string>

#include "expr/indexed.h"
#include "expr/shape_text.h"
#include "expr/table_text.h"
#include "expr/tensor.h"

namespace nabla {
namespace {

constexpr uint64_t inverse_bit = 1, identity_bit = 2, sum_bit = 4, inverse_of_sum_bit = 8,
                   inverse_of_product_bit = 16;
uint64_t bit_of(Fn f) { return uint64_t{32} << (static_cast<uint16_t>(f) % 59); }

enum class Root : uint8_t { sum, product, other };

// Of a text up to its end or the parenthesis that closes it.
Root root_of(std::string_view text) {
  Root root = Root::other;
  int depth = 0;
  for (size_t i = 0; i < text.size() && depth >= 0; ++i) {
    if (text[i] == '(' || text[i] == '[') ++depth;
    if (text[i] == ')' || text[i] == ']') --depth;
    if (depth != 0) continue;
    const std::string_view sign = text.substr(i, 3);
    if (sign == " + " || sign == " - ") return Root::sum;
    if (text[i] == '*') root = Root::product;
  }
  return root;
}

// Of the calls in a text that are calls in the expression, too: roots are powers, squares of norms products.
uint64_t calls_in(std::string_view text) {
  const auto has = [&](std::string_view part) { return text.find(part) != std::string_view::npos; };
  uint64_t calls = has(" + ") || has(" - ") ? sum_bit : 0;
  const auto in_name = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
  for (size_t end = 0; end < text.size(); ++end) {
    if (text[end] != '(') continue;
    size_t begin = end;
    while (begin > 0 && in_name(text[begin - 1])) --begin;
    const std::string_view name = text.substr(begin, end - begin);
    if (name == "inv") {
      const Root base = root_of(text.substr(end + 1));
      calls |= inverse_bit;
      if (base == Root::sum) calls |= inverse_of_sum_bit;
      if (base == Root::product) calls |= inverse_of_product_bit;
    }
    if (name == "eye") calls |= identity_bit;
    const auto f = find_function(name);
    if (f && *f != Fn::sqrt && row(*f).scaling != Scaling::size) calls |= bit_of(*f);
  }
  return calls;
}

}  // namespace

std::vector<std::pair<std::string_view, Ref>> matrix_letters(Context& ctx) {
  const auto extent = [&](const char* name) {
    Symbol s;
    s.name = name;
    s.role = Role::extent;
    s.domain.integer = true;
    s.domain.lower = one;
    return ctx.symbol(s);
  };
  const auto letter = [&](const char* name, ShapeId shape) {
    Symbol s;
    s.name = name;
    s.role = Role::placeholder;
    s.shape = shape;
    return ctx.symbol(s);
  };
  const Ref n = extent("n"), m = extent("m");
  std::vector<std::pair<std::string_view, Ref>> letters{{"n", n}, {"m", m}};
  for (const char* name : {"A", "B", "C"}) letters.push_back({name, letter(name, matrix_shape(ctx, n, n))});
  Symbol definite;
  definite.name = "S";
  definite.role = Role::placeholder;
  definite.shape = matrix_shape(ctx, n, n);
  definite.structure = Structure::spd;
  letters.push_back({"S", ctx.symbol(definite)});
  definite.name = "T";
  definite.structure = Structure::symmetric;
  letters.push_back({"T", ctx.symbol(definite)});
  letters.push_back({"P", letter("P", matrix_shape(ctx, n, m))});
  letters.push_back({"Q", letter("Q", matrix_shape(ctx, m, n))});
  for (const char* name : {"D", "E"}) letters.push_back({name, letter(name, matrix_shape(ctx, m, m))});
  for (const char* name : {"a", "b"}) letters.push_back({name, letter(name, scalar_shape)});
  for (const char* name : {"x", "y"}) letters.push_back({name, letter(name, vector_shape(ctx, n))});
  return letters;
}

MatrixRows::MatrixRows(Context& ctx, std::span<const RuleText> texts)
    : ctx_(ctx), texts_(texts), rows_(texts.size()) {
  needs_.reserve(texts.size());
  for (const RuleText& t : texts) needs_.push_back(needs(t.from));
}

MatrixRows::Needs MatrixRows::needs(std::string_view from) {
  return {calls_in(from), root_of(from) == Root::sum};
}

std::vector<const MatrixRow*> MatrixRows::about(Ref e) {
  const uint64_t calls = calls_below(e);
  const bool sum = ctx_.kind(e) == Kind::sum;
  std::vector<const MatrixRow*> list;
  for (size_t i = 0; i < texts_.size(); ++i) {
    if ((needs_[i].calls & ~calls) != 0 || needs_[i].sum != sum) continue;
    if (!rows_[i]) rows_[i] = read(texts_[i]);
    list.push_back(&*rows_[i]);
  }
  return list;
}

// The texts are read once per Context.
Ref MatrixRows::pattern(std::string_view text) {
  const std::string key = "matrix rule " + std::string(text);
  auto it = ctx_.cache().find(key);
  if (it == ctx_.cache().end()) {
    it = ctx_.cache().emplace(key, ctx_.pin(parse_table_text(ctx_, text, matrix_letters(ctx_)))).first;
  }
  return ctx_.pinned(it->second);
}

MatrixRow MatrixRows::read(const RuleText& text) {
  Ref from = pattern(text.from), to = pattern(text.to);
  // A sum of matrices is stored in one orientation and stands as its transpose.
  const bool matrix = ctx_.kind(from) == Kind::indexed && ctx_.shape_of(from).order() == 2;
  const Ref turned = matrix ? transpose(ctx_, from) : from;
  if (turned != from && ctx_.kind(turned) == Kind::sum) {
    from = turned;
    to = transpose(ctx_, to);
  }
  const size_t equals = text.when.find("==");
  const bool condition = equals != std::string_view::npos;
  return {from,
          to,
          condition ? pattern(text.when.substr(0, equals)) : Ref{},
          condition ? pattern(text.when.substr(equals + 2)) : Ref{},
          ctx_.kind(from),
          ctx_[from].tag,
          open_chain(ctx_, from),
          &text};
}

uint64_t MatrixRows::calls_below(Ref e) {
  std::vector<Ref> todo{e};
  while (!todo.empty()) {
    const Ref r = todo.back();
    const Node& n = ctx_[r];
    uint64_t calls = 0;
    if (n.kind == Kind::matpow) {
      const Kind base = ctx_.kind(n.operand(0));
      calls = inverse_bit;
      if (base == Kind::sum || base == Kind::long_sum) calls |= inverse_of_sum_bit;
      if (base == Kind::indexed) calls |= inverse_of_product_bit;
    }
    if (n.kind == Kind::sum || n.kind == Kind::long_sum) calls = sum_bit;
    if (is_structural(ctx_, r, Structural::delta)) calls = identity_bit;
    if (n.kind == Kind::function) calls = bit_of(static_cast<Fn>(n.tag));
    const size_t before = todo.size();
    for (Ref o : n.operands()) {
      const auto known = calls_.find(o);
      if (known == calls_.end()) {
        todo.push_back(o);
      } else {
        calls |= known->second;
      }
    }
    if (todo.size() != before) continue;
    calls_[r] = calls;
    todo.pop_back();
  }
  return calls_[e];
}

}  // namespace nabla
