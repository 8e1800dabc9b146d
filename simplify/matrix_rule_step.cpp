#include "simplify/matrix_rule_step.h"

#include <algorithm>
#include <string>

#include "expr/diagnostic.h"
#include "expr/shape_text.h"
#include "expr/substitute.h"
#include "expr/table_text.h"
#include "expr/tensor.h"

namespace nabla {

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
  letters.push_back({"P", letter("P", matrix_shape(ctx, n, m))});
  letters.push_back({"Q", letter("Q", matrix_shape(ctx, m, n))});
  for (const char* name : {"x", "y"}) letters.push_back({name, letter(name, vector_shape(ctx, n))});
  return letters;
}

// A power or a function, or a product with one: every row speaks of some.
static bool has_call(const Context& ctx, Ref e) {
  const auto is_call = [&](Ref r) {
    const Kind k = ctx.kind(r);
    return k == Kind::matpow || k == Kind::function || k == Kind::power;
  };
  if (ctx.kind(e) != Kind::indexed) return is_call(e);
  const auto parts = ctx.operands(e);
  return std::any_of(parts.begin(), parts.end(), is_call);
}

bool MatrixRuleStep::may_apply(const Context& ctx, Ref e) {
  const Node& n = ctx[e];
  if (n.shape == scalar_shape && n.kind != Kind::indexed) {
    const Ref f = n.kind == Kind::power ? n.operand(0) : e;
    return ctx.kind(f) == Kind::function && ctx[ctx.operands(f)[0]].shape != scalar_shape;
  }
  if (n.kind != Kind::sum) return n.kind == Kind::long_sum || has_call(ctx, e);
  const auto parts = n.operands();
  return std::any_of(parts.begin(), parts.end(), [&](Ref r) { return has_call(ctx, r); });
}

// The texts are read once per Context.
void MatrixRuleStep::load() {
  std::vector<std::pair<std::string_view, Ref>> letters;
  const auto read = [&](std::string_view text) {
    if (text.empty()) return Ref{};
    const std::string key = "matrix rule " + std::string(text);
    auto it = ctx_.cache().find(key);
    if (it == ctx_.cache().end()) {
      if (letters.empty()) letters = matrix_letters(ctx_);
      it = ctx_.cache().emplace(key, ctx_.pin(parse_table_text(ctx_, text, letters))).first;
    }
    return ctx_.pinned(it->second);
  };
  for (const RuleText& t : texts_) {
    Ref from = read(t.from), to = read(t.to);
    // A sum of matrices is stored in one orientation and stands as its transpose.
    const Ref turned =
        ctx_.kind(from) == Kind::indexed && ctx_.shape_of(from).order() == 2 ? transpose(ctx_, from) : from;
    if (turned != from && ctx_.kind(turned) == Kind::sum) {
      from = turned;
      to = transpose(ctx_, to);
    }
    const size_t equals = t.when.find("==");
    const bool condition = equals != std::string_view::npos;
    rows_.push_back({from, to, condition ? read(t.when.substr(0, equals)) : Ref{},
                     condition ? read(t.when.substr(equals + 2)) : Ref{}, ctx_.kind(from), ctx_[from].tag});
  }
}

Ref MatrixRuleStep::value(Ref text) { return substitute(ctx_, text, matcher_.values()); }

// The condition of a row about matrices is an equation, which the constructors see: A'*A is eye(n) for an
// orthogonal A.
bool MatrixRuleStep::holds(const Row& row) { return !row.left || value(row.left) == value(row.right); }

bool MatrixRuleStep::consider(Ref candidate) {
  if (lighter_(candidate, best_)) best_ = candidate;
  return false;
}

Ref MatrixRuleStep::operator()(Ref e) {
  if (rows_.empty()) load();
  best_ = e;
  const Node n = ctx_[e];
  if (n.kind == Kind::indexed) chains(e);
  if (n.kind == Kind::sum) sums(e);
  for (const Row& row : rows_) {
    if (row.kind != n.kind || row.tag != n.tag || n.kind == Kind::sum) continue;
    matcher_.clear();
    matcher_.whole(row.from, e, false, [&] { return holds(row) && consider(value(row.to)); });
  }
  return best_ == e ? Ref{} : best_;
}

void MatrixRuleStep::chains(Ref e) {
  const auto chain = open_chain(ctx_, e);
  if (!chain || chain->links.empty()) return;
  const auto oriented = [&](const ChainLink& l) {
    return l.transposed ? transpose(ctx_, l.matrix) : l.matrix;
  };
  for (const Row& row : rows_) {
    if (row.kind != Kind::indexed) continue;
    for (size_t from = 0; from < chain->links.size(); ++from) {
      matcher_.clear();
      matcher_.run(row.from, chain->links, from, [&](size_t to) {
        if (!holds(row)) return false;
        std::vector<Ref> parts;
        if (chain->first) parts.push_back(as_row(ctx_, chain->first));
        for (size_t i = 0; i < from; ++i) parts.push_back(oriented(chain->links[i]));
        parts.push_back(value(row.to));
        for (size_t i = to; i < chain->links.size(); ++i) parts.push_back(oriented(chain->links[i]));
        if (chain->last) parts.push_back(chain->last);
        Ref product = parts[0];
        for (size_t i = 1; i < parts.size(); ++i) product = matrix_product(ctx_, product, parts[i]);
        return consider(elementwise_product(ctx_, chain->scalar, product));
      });
    }
  }
}

void MatrixRuleStep::sums(Ref e) {
  std::vector<Term> terms;
  ctx_.append_terms(e, terms);
  const ShapeId shape = ctx_[e].shape;
  for (const Row& row : rows_) {
    if (row.kind != Kind::sum) continue;
    for (const bool transposed : {false, true}) {
      const auto replaced = [&](const std::vector<size_t>& taken, const Rational& times) {
        if (!holds(row)) return false;
        std::vector<Term> changed;
        for (size_t i = 0; i < terms.size(); ++i) {
          if (std::find(taken.begin(), taken.end(), i) == taken.end()) changed.push_back(terms[i]);
        }
        const Ref to = value(row.to);
        changed.push_back({ctx_.number(times), transposed ? transpose(ctx_, to) : to});
        return consider(shape == scalar_shape ? ctx_.sum(changed) : tensor_sum(ctx_, changed, shape));
      };
      matcher_.clear();
      matcher_.some_terms(row.from, terms, transposed, replaced);
    }
  }
}

}  // namespace nabla
