// Statements: what declarations, definitions, derive and assert say.
#include <algorithm>

#include "expr/shape_text.h"
#include "expr/substitute.h"
#include "parser/elaborate.h"
#include "parser/elaborator.h"

namespace nabla {
namespace {

class StatementReader {
 public:
  StatementReader(Context& ctx, Names& names, const std::shared_ptr<const ParsedText>& text)
      : ctx_(ctx), names_(names), text_(text), tree_(text->tree) {}

  void declaration(const Declaration& d, Elaborated& out);
  void function(const FunctionSyntax& f, Elaborated& out);
  void definition(const Definition& d, const Statement& s, Elaborated& out);
  void derive(const DeriveSyntax& d, Elaborated& out);

 private:
  std::string spelled(const DeclaredName& n) const { return std::string(tree_.spelling(n.name)); }
  Ref extent(NodeId n);
  ShapeId shape(const ShapeSyntax& s);
  void type(const TypeSyntax& t, Symbol& symbol);
  void structure(const PropertySyntax& p, Symbol& symbol);
  void bounds(const PropertySyntax& p, Domain& domain);
  Ref bound(NodeId n);
  Ref parameter(const ParameterSyntax& p);
  Ref variable(const DeclaredName& n);
  void refuse_failed(Code code, Span span, const std::string& name) const;

  Context& ctx_;
  Names& names_;
  const std::shared_ptr<const ParsedText>& text_;
  const SyntaxTree& tree_;
};

// ---- types ----

Ref StatementReader::extent(NodeId n) {
  const Ref e = elaborate(ctx_, names_, tree_, n);
  const std::string text(tree_.text(n));
  if (ctx_[e].shape != scalar_shape) {
    throw Failure(Code::not_an_extent, tree_.span(n), "'" + text + "' is not an extent");
  }
  if (ctx_.is_number(e)) {
    const Rational& v = ctx_.value(e);
    if (!v.is_integer() || v.sign() <= 0) {
      throw Failure(Code::bad_extent, tree_.span(n),
                    "an extent is an integer of at least 1, not " + v.to_string());
    }
    if (!v.as_int() || *v.as_int() > int64_t{0x7fffffff}) {
      throw Failure(Code::bad_extent, tree_.span(n), "an extent is less than 2^31");
    }
    return e;
  }
  for (Ref s : symbols_of(ctx_, e)) {
    if (ctx_.symbol(s).role == Role::extent) continue;
    const std::string& name = ctx_.symbol(s).name;
    throw Failure(Code::not_an_extent, tree_.span(n), "'" + name + "' is not declared as an extent",
                  "declare it: dim " + name);
  }
  if (!(ctx_[e].facts & integer_valued)) {
    throw Failure(Code::bad_extent, tree_.span(n),
                  "'" + text + "' is not an integer for every value of its names");
  }
  return e;
}

ShapeId StatementReader::shape(const ShapeSyntax& s) {
  std::vector<Ref> extents;
  for (NodeId n : s.extents) extents.push_back(extent(n));
  Shape shape{std::move(extents), s.word == ShapeWord::row};
  return ctx_.shape_id(shape);
}

void StatementReader::structure(const PropertySyntax& p, Symbol& symbol) {
  static constexpr std::pair<std::string_view, Structure> words[] = {{"symmetric", Structure::symmetric},
                                                                     {"skew", Structure::skew},
                                                                     {"diagonal", Structure::diagonal},
                                                                     {"lower", Structure::lower},
                                                                     {"upper", Structure::upper},
                                                                     {"spd", Structure::spd},
                                                                     {"psd", Structure::psd},
                                                                     {"orthogonal", Structure::orthogonal},
                                                                     {"toeplitz", Structure::toeplitz},
                                                                     {"symtoeplitz", Structure::symtoeplitz}};
  const Shape& s = ctx_.shape(symbol.shape);
  const std::string word(p.word), shape = shape_text(ctx_, symbol.shape);
  if (s.order() != 2)
    throw Failure(Code::not_a_matrix, p.span, "'" + word + "' needs a matrix, not a " + shape);
  if (s.extents[0] != s.extents[1]) {
    throw Failure(Code::not_square, p.span, "'" + word + "' needs a square matrix, not " + shape);
  }
  if (symbol.structure != Structure::none) {
    throw Failure(Code::unknown_property, p.span, "a second structure: '" + word + "'",
                  "declare one structure");
  }
  for (const auto& [name, value] : words) {
    if (name == p.word) symbol.structure = value;
  }
}

// A bound is a number or made of names of data and extents.
Ref StatementReader::bound(NodeId n) {
  const Ref e = elaborate(ctx_, names_, tree_, n);
  if (ctx_[e].shape != scalar_shape) {
    throw Failure(Code::not_a_scalar, tree_.span(n),
                  "a bound is a scalar, but '" + std::string(tree_.text(n)) + "' is " +
                      shape_text(ctx_, ctx_[e].shape));
  }
  return e;
}

void StatementReader::bounds(const PropertySyntax& p, Domain& domain) {
  const auto lower = [&](NodeId n, bool open) {
    const Ref b = bound(n);
    if (domain.lower) {
      const Ref less = ctx_.compare(Relation::less, b, domain.lower);
      if (ctx_.kind(less) == Kind::truth && ctx_[less].tag) return;  // the old one is stronger
    }
    domain.lower = b;
    domain.lower_open = open;
  };
  const auto upper = [&](NodeId n, bool open) {
    const Ref b = bound(n);
    if (domain.upper) {
      const Ref less = ctx_.compare(Relation::less, domain.upper, b);
      if (ctx_.kind(less) == Kind::truth && ctx_[less].tag) return;
    }
    domain.upper = b;
    domain.upper_open = open;
  };
  switch (p.kind) {
    case PropertyKind::greater:
      lower(p.low, true);
      break;
    case PropertyKind::greater_equal:
      lower(p.low, false);
      break;
    case PropertyKind::less:
      upper(p.high, true);
      break;
    case PropertyKind::less_equal:
      upper(p.high, false);
      break;
    case PropertyKind::not_equal: {
      const NodeId n = p.low != no_node ? p.low : p.high;
      if (bound(n) != zero) {
        throw Failure(Code::unknown_property, p.span, "only '!= 0' can be declared",
                      "use an interval: in (a, b)");
      }
      domain.not_zero = true;
      break;
    }
    case PropertyKind::interval:
      lower(p.low, p.low_open);
      upper(p.high, p.high_open);
      break;
    default:
      break;
  }
  if (domain.lower && domain.upper) {
    const bool open = domain.lower_open || domain.upper_open;
    const Ref possible =
        ctx_.compare(open ? Relation::less : Relation::less_equal, domain.lower, domain.upper);
    if (ctx_.kind(possible) == Kind::truth && !ctx_[possible].tag) {
      const Ref swapped = ctx_.compare(Relation::less, domain.upper, domain.lower);
      const bool order = ctx_.kind(swapped) == Kind::truth && ctx_[swapped].tag;
      throw Failure(Code::empty_domain, p.span,
                    "no number is in this domain: the lower bound " + extent_text(ctx_, domain.lower) +
                        " and the upper bound " + extent_text(ctx_, domain.upper) + " exclude each other",
                    order ? "write the smaller one first" : "close the interval: in [a, a]");
    }
  }
}

void StatementReader::type(const TypeSyntax& t, Symbol& symbol) {
  symbol.shape = shape(t.shape);
  for (const PropertySyntax& p : t.properties) {
    switch (p.kind) {
      case PropertyKind::structure:
        structure(p, symbol);
        break;
      case PropertyKind::integer:
        symbol.domain.integer = true;
        break;
      case PropertyKind::complex:
        symbol.complex = true;
        break;
      default:
        bounds(p, symbol.domain);
    }
  }
}

// ---- declarations ----

void check_distinct(const SyntaxTree& tree, std::span<const DeclaredName> names) {
  std::vector<std::pair<NameId, uint32_t>> seen;
  for (const DeclaredName& n : names) seen.push_back({n.name, n.span.begin});
  std::sort(seen.begin(), seen.end());
  for (size_t i = 1; i < seen.size(); ++i) {
    if (seen[i].first != seen[i - 1].first) continue;
    const auto at = std::find_if(names.begin(), names.end(),
                                 [&](const DeclaredName& n) { return n.span.begin == seen[i].second; });
    Failure f(Code::duplicate_name, at->span, "'" + std::string(tree.spelling(at->name)) + "' appears twice");
    throw f;
  }
}

void StatementReader::declaration(const Declaration& d, Elaborated& out) {
  check_distinct(tree_, d.names);
  Symbol symbol;
  symbol.role = d.word == DeclarationWord::dim     ? Role::extent
                : d.word == DeclarationWord::param ? Role::parameter
                                                   : Role::variable;
  type(d.type, symbol);
  if (d.word == DeclarationWord::dim) {
    symbol.domain.integer = true;
    if (!symbol.domain.lower) symbol.domain.lower = one;
    const Ref lower = symbol.domain.lower;
    if (!ctx_.is_number(lower) || !ctx_.value(lower).is_integer() || ctx_.value(lower).sign() <= 0) {
      throw Failure(Code::bad_extent, d.type.properties.front().span,
                    "the lower bound of an extent is an integer of at least 1");
    }
  }
  for (const DeclaredName& n : d.names) {
    symbol.name = spelled(n);
    names_.declare_symbol(symbol.name, ctx_.symbol(symbol));
    out.declared.push_back(symbol.name);
  }
}

void StatementReader::function(const FunctionSyntax& f, Elaborated& out) {
  Symbol symbol;
  symbol.role = Role::function;
  symbol.name = spelled(f.name);
  symbol.shape = shape(f.result);
  for (const ShapeSyntax& p : f.parameters) symbol.parameters.push_back(shape(p));
  names_.declare_opaque(symbol.name, ctx_.symbol(symbol));
  out.declared.push_back(symbol.name);
}

// The symbol that a definition binds: the declared one, or a new real scalar, or one of the type written.
Ref StatementReader::parameter(const ParameterSyntax& p) {
  const std::string name = spelled(p.name);
  if (p.type.shape.word == ShapeWord::none) {
    const NameEntry* e = names_.find(name);
    if (e && e->kind == NameKind::symbol) return e->value;
    return ctx_.variable(name);
  }
  Symbol symbol;
  symbol.name = name;
  type(p.type, symbol);
  return ctx_.symbol(symbol);
}

void StatementReader::definition(const Definition& d, const Statement& s, Elaborated& out) {
  Defined defined;
  defined.name = spelled(d.name);
  defined.text = text_;
  defined.statement = s;
  std::vector<DeclaredName> parameters;
  for (const ParameterSyntax& p : d.parameters) parameters.push_back(p.name);
  check_distinct(tree_, parameters);
  for (const ParameterSyntax& p : d.parameters) {
    defined.parameters.push_back(parameter(p));
    defined.parameter_names.push_back(p.name.name);
  }
  Elaborator reader(ctx_, names_, Mode::canonical);
  reader.bind_parameters(defined.parameter_names, defined.parameters);
  defined.body = reader.run(tree_, s.first_node, s.root, s.has_binders);
  if (d.is_const && ctx_[defined.body].names != 0) {
    const std::string name = ctx_.symbol(symbols_of(ctx_, defined.body).front()).name;
    throw Failure(Code::not_constant, tree_.span(s.root),
                  "'" + defined.name + "' is not constant: it contains '" + name + "'",
                  "without const it is an abbreviation: " + defined.name + " = …");
  }
  defined.as_of = names_.now();
  out.value = defined.body;
  out.declared.push_back(defined.name);
  if (d.is_function) {
    names_.declare_defined(std::move(defined));
  } else {
    const std::string name = defined.name;
    const Ref value = defined.body;
    names_.declare_value(name, value, d.is_const, std::move(defined));
  }
}

// ---- derive and assert ----

void StatementReader::refuse_failed(Code code, Span span, const std::string& name) const {
  const std::string& why = names_.failure(name);
  if (!why.empty())
    throw Failure(code, span, "'" + name + "' is not known: " + why, "mend that statement first");
}

Ref StatementReader::variable(const DeclaredName& n) {
  const std::string name = spelled(n);
  const NameEntry* e = names_.find(name);
  if (e && e->kind == NameKind::symbol) return e->value;
  if (e) throw Failure(Code::not_a_variable, n.span, "'" + name + "' is not a variable");
  refuse_failed(Code::unknown_name, n.span, name);
  throw Failure(Code::unknown_name, n.span, "unknown name '" + name + "'", "declare it: var " + name);
}

void StatementReader::derive(const DeriveSyntax& d, Elaborated& out) {
  DeriveRequest& r = out.derive;
  r.function = spelled(d.function);
  r.function_span = d.function.span;
  const Defined* f = names_.definition(r.function);
  if (!f) {
    const bool known = names_.find(r.function) != nullptr;
    refuse_failed(Code::unknown_function, d.function.span, r.function);
    throw Failure(
        known ? Code::wrong_argument : Code::unknown_function, d.function.span,
        known ? "'" + r.function + "' has no formula to derive" : "unknown function '" + r.function + "'",
        "define it before: " + r.function + "(x) = …");
  }
  r.value = f->body;
  r.parameters = f->parameters;
  check_distinct(tree_, d.variables);
  check_distinct(tree_, d.points);
  const auto named = [&](const DeclaredName& n) {
    // A parameter hides a declared name, as it does in the body.
    const auto& ps = f->parameters;
    const auto p =
        std::find_if(ps.begin(), ps.end(), [&](Ref s) { return ctx_.symbol(s).name == spelled(n); });
    return p != ps.end() ? *p : variable(n);
  };
  for (const DeclaredName& n : d.variables) {
    r.variables.push_back(named(n));
    r.variable_spans.push_back(n.span);
  }
  for (const DeclaredName& n : d.points) {
    r.points.push_back(named(n));
    const Role role = ctx_.symbol(r.points.back()).role;
    if (role == Role::variable || role == Role::parameter) continue;
    throw Failure(Code::not_a_variable, n.span,
                  "'" + spelled(n) + "' cannot differ from point to point: it is no var and no param",
                  "batch takes the names of arguments");
  }
  if (d.variables.empty()) {
    for (Ref s : f->parameters) {
      if (ctx_.symbol(s).role == Role::variable) r.variables.push_back(s);
    }
    for (Ref s : symbols_of(ctx_, f->body)) {
      const bool listed = std::find(r.variables.begin(), r.variables.end(), s) != r.variables.end();
      if (!listed && ctx_.symbol(s).role == Role::variable) r.variables.push_back(s);
    }
  }
  for (const OutputSyntax& o : d.outputs) {
    r.outputs.push_back(o.output);
    r.output_spans.push_back(o.span);
  }
}

}  // namespace

Elaborated elaborate_assertion(Context& ctx, Names& names, const ParsedText& text, const Statement& s,
                               Mode mode) {
  Elaborated out;
  out.kind = s.kind;
  if (text.tree.kind(s.root) == SyntaxKind::compare) {
    Elaborator reader(ctx, names, mode);
    out.comparisons = reader.run_comparisons(text.tree, s.first_node, s.root, s.has_binders);
    return out;
  }
  out.condition = elaborate(ctx, names, text, s, mode);
  const Kind k = ctx.kind(out.condition);
  if (k < Kind::truth || k > Kind::connective) {
    throw Failure(Code::not_a_truth_value, text.tree.span(s.root), "an assertion is a comparison",
                  "write assert a == b");
  }
  return out;
}

Elaborated elaborate_statement(Context& ctx, Names& names, const std::shared_ptr<const ParsedText>& text,
                               const Statement& s, const Importer& importer) {
  Elaborated out;
  out.kind = s.kind;
  StatementReader reader(ctx, names, text);
  switch (s.kind) {
    case StatementKind::invalid:
      throw Failure(text->errors.at(s.detail));
    case StatementKind::expression:
      out.value = elaborate(ctx, names, *text, s);
      break;
    case StatementKind::declaration:
      reader.declaration(text->declarations.at(s.detail), out);
      break;
    case StatementKind::function:
      reader.function(text->functions.at(s.detail), out);
      break;
    case StatementKind::definition:
      reader.definition(text->definitions.at(s.detail), s, out);
      break;
    case StatementKind::derive:
      reader.derive(text->derives.at(s.detail), out);
      break;
    case StatementKind::assertion:
      return elaborate_assertion(ctx, names, *text, s, Mode::canonical);
      break;
    case StatementKind::import:
      if (!importer) {
        throw Failure(Code::not_yet_available, s.span, "'import' is not available here");
      }
      importer(text->imports.at(s.detail));
      break;
  }
  return out;
}

}  // namespace nabla
