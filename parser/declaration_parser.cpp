// The part of StatementParser that reads declarations: names, shapes and properties.
#include <algorithm>
#include <array>
#include <utility>

#include "parser/nearest.h"
#include "parser/respelled.h"
#include "parser/statement_parser.h"

namespace nabla {
namespace {

constexpr std::array<std::string_view, 5> shape_words = {"scalar", "vector", "row", "matrix", "tensor"};
constexpr std::array<std::string_view, 12> property_words = {
    "symmetric", "skew",       "diagonal", "lower",       "upper",   "spd",
    "psd",       "orthogonal", "toeplitz", "symtoeplitz", "integer", "complex"};
constexpr size_t structure_words = 10;

template <size_t n>
size_t position(const std::array<std::string_view, n>& words, std::string_view word) {
  return static_cast<size_t>(std::find(words.begin(), words.end(), word) - words.begin());
}

}  // namespace

// ---- pieces ----

void StatementParser::expect(TokenKind kind, std::string_view after, std::string help) {
  if (tokens_.is(kind)) {
    const bool closes = kind == TokenKind::right_paren || kind == TokenKind::right_bracket;
    const bool opens = kind == TokenKind::left_paren || kind == TokenKind::left_bracket;
    if (closes) return tokens_.close_bracket();
    if (opens) return tokens_.open_bracket();
    return tokens_.advance();
  }
  throw Failure(Code::malformed_declaration, here(),
                "expected " + std::string(describe(kind)) + " " + std::string(after) + ", found " + called(),
                std::move(help));
}

Span StatementParser::here() const {
  const bool end = tokens_.is(TokenKind::newline) || tokens_.is(TokenKind::end_of_text);
  const uint32_t after = tokens_.previous().span.end;
  return end ? Span{after, after} : tokens_.now().span;
}

void StatementParser::refuse_answer(Span name) const {
  if (tokens_.text(name).substr(0, 1) != "$") return;
  throw Failure(
      Code::reserved_word, name,
      "'" + std::string(tokens_.text(name)) + "' is an answer of the prompt and cannot be given a meaning",
      "a name has letters, digits and '_'");
}

DeclaredName StatementParser::read_name(std::string_view what) {
  const Token token = tokens_.now();
  if (is_reserved(token.kind)) {
    throw Failure(Code::reserved_word, token.span, called() + " is a reserved word and cannot be a name",
                  "choose another name");
  }
  if (token.kind != TokenKind::name) {
    const bool number = token.kind == TokenKind::number;
    throw Failure(Code::malformed_declaration, here(),
                  "expected " + std::string(what) + ", found " + called(),
                  number ? "a name begins with a letter; a number needs no declaration" : "");
  }
  if (tokens_.text(token.span) == "end") {
    throw Failure(Code::reserved_word, token.span, "'end' is the last index of an axis and cannot be a name",
                  "choose another name");
  }
  refuse_answer(token.span);
  tokens_.advance();
  return {tree_.intern(token.span), token.span};
}

std::vector<DeclaredName> StatementParser::read_names(std::string_view what) {
  std::vector<DeclaredName> names;
  while (true) {
    names.push_back(read_name(what));
    if (names.size() > limits_.arguments) {
      throw Failure(Code::too_many_arguments, names.back().span,
                    "more than " + std::to_string(limits_.arguments) + " names in one list");
    }
    if (!tokens_.is(TokenKind::comma)) break;
    tokens_.advance();
  }
  check_distinct(names);
  return names;
}

void StatementParser::check_distinct(const std::vector<DeclaredName>& names) const {
  std::vector<std::pair<NameId, uint32_t>> sorted;
  for (uint32_t i = 0; i < names.size(); ++i) sorted.emplace_back(names[i].name, i);
  std::sort(sorted.begin(), sorted.end());
  for (size_t i = 1; i < sorted.size(); ++i) {
    if (sorted[i].first != sorted[i - 1].first) continue;
    const Span span = names[sorted[i].second].span;
    Failure failure(Code::duplicate_name, span,
                    "'" + excerpt(tokens_.text(span)) + "' appears twice in this list");
    failure.diagnostic.notes.push_back({"the first one", names[sorted[i - 1].second].span, true});
    throw failure;
  }
}

NodeId StatementParser::read_extent() { return expressions_.parse(Level::sum); }

// ---- what was probably meant ----

Span StatementParser::statement_rest() const {
  const uint32_t begin = tokens_.now().span.begin;
  const uint32_t line_end = line_around(tokens_.text(), begin).end;
  Lexer lexer(tokens_.text());
  lexer.rewind(begin);
  uint32_t end = begin;
  for (Token t = lexer.next(); t.span.begin < line_end && t.kind != TokenKind::semicolon; t = lexer.next()) {
    if (t.kind == TokenKind::end_of_text || t.kind == TokenKind::newline) break;
    end = t.span.end;
  }
  return {begin, end};
}

// var A : matrix[n, n], x : vector[n]: with "; var" for each comma outside of brackets from here on.
std::string StatementParser::declared_apart() const {
  const std::string_view text = tokens_.text();
  const uint32_t end = statement_rest().end;
  Lexer lexer(text);
  lexer.rewind(begin_);
  const Span first = lexer.next().span;
  const std::string word(text.substr(first.begin, first.end - first.begin));
  lexer.rewind(tokens_.now().span.begin);
  std::string out(text.substr(begin_, tokens_.now().span.begin - begin_));
  int depth = 0;
  uint32_t copied = tokens_.now().span.begin;
  for (Token t = lexer.next(); t.span.begin < end; t = lexer.next()) {
    if (t.kind == TokenKind::left_bracket || t.kind == TokenKind::left_paren) ++depth;
    if (t.kind == TokenKind::right_bracket || t.kind == TokenKind::right_paren) --depth;
    if (t.kind != TokenKind::comma || depth != 0) continue;
    out += std::string(text.substr(copied, t.span.begin - copied)) + "; " + word;
    copied = t.span.end;
  }
  return out + std::string(text.substr(copied, end - copied));
}

std::string StatementParser::shape_help(std::string_view word) const {
  constexpr std::pair<std::string_view, std::string_view> others[] = {
      {"real", "everything is real: leave it out, or write scalar"},
      {"float", "everything is real: leave it out, or write scalar"},
      {"double", "everything is real: leave it out, or write scalar"},
      {"number", "write scalar"},
      {"int", "write integer without ':', or scalar integer"},
      {"integer", "write integer without ':', or scalar integer"},
      {"complex", "write complex without ':', or scalar complex"},
      {"positive", "write > 0"},
      {"array", "write vector[n] or matrix[n, m]"},
      {"list", "write vector[n]"},
      {"column", "write vector[n]"},
      {"R", "write vector[n] or matrix[n, m]"},
      {"\u211D", "write vector[n] or matrix[n, m]"},
  };
  for (const auto& [other, help] : others) {
    if (word == other) return std::string(help);
  }
  if (tokens_.is(TokenKind::left_bracket)) {  // var x : [n]
    const std::string extents = bracketed(tokens_.text(), tokens_.now().span.begin);
    return "write " + std::string(extents.find(',') == extents.npos ? "vector" : "matrix") + extents;
  }
  const bool structure = position(property_words, word) != property_words.size();
  if (structure && tokens_.peek().kind == TokenKind::name)
    return "the shape comes first: " +
           std::string(tokens_.text({tokens_.peek().span.begin, statement_rest().end})) + " " +
           std::string(word);
  const std::string close = word.empty() ? "" : did_you_mean(word, shape_words);
  return close.empty() ? "shapes are scalar, vector[n], row[n], matrix[n, m] and tensor[n, m, k]" : close;
}

std::string StatementParser::property_help(std::string_view word, bool has_shape) const {
  constexpr std::pair<std::string_view, std::string_view> others[] = {
      {"positive", "write > 0, or spd for a positive definite matrix"},
      {"nonnegative", "write >= 0, or psd for a positive semidefinite matrix"},
      {"negative", "write < 0"},
      {"nonzero", "write != 0"},
      {"real", "everything is real: leave it out"},
      {"float", "everything is real: leave it out"},
      {"int", "write integer"},
      {"posdef", "write spd"},
      {"pd", "write spd"},
      {"semidefinite", "write psd"},
      {"antisymmetric", "write skew"},
      {"triangular", "write lower or upper"},
      {"unitary", "write orthogonal"},
      {"rotation", "write orthogonal"},
  };
  for (const auto& [other, help] : others) {
    if (word == other) return std::string(help);
  }
  std::string close = did_you_mean(word, property_words);
  if (!close.empty()) return close;
  const std::string_view text = tokens_.text();
  const Span name = tokens_.previous().span;
  const bool shape = position(shape_words, word) != shape_words.size();
  const Span here{tokens_.now().span.begin, tokens_.now().span.begin};
  if (!has_shape && shape) return "write " + line_with(text, here, ": ");
  if (!has_shape && tokens_.previous().kind == TokenKind::name)
    return "write " + line_with(text, {name.end, here.end}, ", ") + " for two names";
  return "structures are symmetric, skew, diagonal, lower, upper, spd, psd, orthogonal, toeplitz and "
         "symtoeplitz";
}

// vector(n) and vector
std::string StatementParser::extents_help(std::string_view word) const {
  const std::string usual = word == "matrix" ? "[n, m]" : word == "tensor" ? "[n, m, k]" : "[n]";
  if (!tokens_.is(TokenKind::left_paren)) return "write " + std::string(word) + usual;
  const std::string extents = bracketed(tokens_.text(), tokens_.now().span.begin);
  return "write " + std::string(word) + "[" + extents.substr(1, extents.size() - 2) + "]";
}

void StatementParser::refuse_undeclared(NodeId root) const {
  if (out_.tree.kind(root) != SyntaxKind::range) return;
  const auto sides = out_.tree.operands(root);
  const std::string_view shape = out_.tree.text(sides[1].node);
  const std::string_view word = shape.substr(0, shape.find('['));
  if (out_.tree.kind(sides[0].node) != SyntaxKind::name || position(shape_words, word) == shape_words.size())
    return;
  const std::string name(out_.tree.name(sides[0].node));
  if (statement_word(name) != StatementWord::none) {
    throw Failure(Code::malformed_declaration, out_.tree.span(root), "a name is missing after '" + name + "'",
                  "write " + name + " x : " + std::string(shape));
  }
  throw Failure(
      Code::malformed_declaration, out_.tree.span(root), "a declaration begins with 'var' or 'param'",
      "write var " + std::string(tokens_.text({out_.tree.span(root).begin, tokens_.now().span.begin})) +
          std::string(tokens_.text(statement_rest())));
}

void StatementParser::refuse_parameter_name() const {
  if (!tokens_.is(TokenKind::name)) return;
  if (position(shape_words, tokens_.text(tokens_.now().span)) != shape_words.size()) return;
  const std::string_view text = tokens_.text({begin_, statement_rest().end});
  const std::string_view definition = text.substr(text.find(' ') + 1);
  const bool formula = text.find('=') != text.npos;
  throw Failure(Code::unknown_property, tokens_.now().span,
                "unknown shape '" + excerpt(tokens_.text(tokens_.now().span)) + "'",
                formula ? "a function with a formula has no 'fun': write " + std::string(definition)
                        : "'fun' takes shapes: write fun g(scalar) : scalar");
}

// ---- shapes and properties ----

ShapeSyntax StatementParser::read_shape() {
  ShapeSyntax shape;
  const Token word = tokens_.now();
  if (word.kind != TokenKind::name) {
    throw Failure(Code::malformed_declaration, here(), "expected a shape, found " + called(), shape_help({}));
  }
  const std::string_view text = tokens_.text(word.span);
  const size_t index = position(shape_words, text);
  if (index == shape_words.size()) {
    throw Failure(Code::unknown_property, word.span, "unknown shape '" + excerpt(text) + "'",
                  shape_help(text));
  }
  shape.word = static_cast<ShapeWord>(index + 1);
  tokens_.advance();
  if (shape.word != ShapeWord::scalar) {
    expect(TokenKind::left_bracket, "and the extents after '" + std::string(text) + "'", extents_help(text));
    if (tokens_.is(TokenKind::right_bracket)) {
      throw Failure(Code::malformed_declaration, here(), "an extent is missing", extents_help(text));
    }
    while (true) {
      shape.extents.push_back(read_extent());
      if (!tokens_.is(TokenKind::comma)) break;
      tokens_.advance();
    }
    const bool times = tokens_.is(TokenKind::name);  // matrix[n x m]
    expect(TokenKind::right_bracket, "after the extents", times ? "separate extents by ','" : "");
  }
  shape.span = {word.span.begin, tokens_.previous().span.end};
  const size_t count = shape.extents.size();
  const size_t wanted = shape.word == ShapeWord::matrix ? 2 : 1;
  if (shape.word != ShapeWord::scalar && shape.word != ShapeWord::tensor && count != wanted) {
    throw Failure(Code::malformed_declaration, shape.span,
                  "a " + std::string(text) + " has " + (wanted == 2 ? "2 extents" : "1 extent") + ", not " +
                      std::to_string(count),
                  wanted == 2  ? "write matrix[n, n], or vector[n]"
                  : count == 2 ? "write matrix[n, m]"
                               : "");
  }
  return shape;
}

TypeSyntax StatementParser::read_type() {
  TypeSyntax type;
  if (tokens_.is(TokenKind::colon)) {
    tokens_.advance();
    type.shape = read_shape();
  }
  while (read_property(type)) {
  }
  return type;
}

bool StatementParser::read_property(TypeSyntax& type) {
  PropertySyntax property;
  const Token token = tokens_.now();
  const auto bound = [&](PropertyKind kind, NodeId PropertySyntax::*side) {
    property.kind = kind;
    tokens_.advance();
    property.*side = expressions_.parse(Level::sum);
  };
  switch (token.kind) {
    case TokenKind::greater:
      bound(PropertyKind::greater, &PropertySyntax::low);
      break;
    case TokenKind::greater_equal:
      bound(PropertyKind::greater_equal, &PropertySyntax::low);
      break;
    case TokenKind::less:
      bound(PropertyKind::less, &PropertySyntax::high);
      break;
    case TokenKind::less_equal:
      bound(PropertyKind::less_equal, &PropertySyntax::high);
      break;
    case TokenKind::not_equal:
      bound(PropertyKind::not_equal, &PropertySyntax::low);
      break;
    case TokenKind::kw_in:
      tokens_.advance();
      read_interval(property);
      break;
    case TokenKind::name: {
      property.word = tokens_.text(token.span);
      const size_t index = position(property_words, property.word);
      if (index == property_words.size()) {
        throw Failure(Code::unknown_property, token.span,
                      "unknown structure or domain '" + excerpt(property.word) + "'",
                      property_help(property.word, type.shape.word != ShapeWord::none));
      }
      property.kind = index < structure_words              ? PropertyKind::structure
                      : property_words[index] == "integer" ? PropertyKind::integer
                                                           : PropertyKind::complex;
      tokens_.advance();
      break;
    }
    default:
      return false;
  }
  property.span = {token.span.begin, tokens_.previous().span.end};
  type.properties.push_back(property);
  return true;
}

void StatementParser::read_interval(PropertySyntax& property) {
  property.kind = PropertyKind::interval;
  property.low_open = tokens_.is(TokenKind::left_paren);
  if (!property.low_open && !tokens_.is(TokenKind::left_bracket)) {
    const bool space = tokens_.is(TokenKind::name) && tokens_.peek().kind == TokenKind::caret;  // R^n
    throw Failure(Code::malformed_declaration, here(), "expected an interval after 'in', found " + called(),
                  space ? "write : vector[n] for a vector" : "write in (a, b) or in [a, b]");
  }
  tokens_.open_bracket();
  property.low = expressions_.parse(Level::sum);
  expect(TokenKind::comma, "between the ends of the interval");
  property.high = expressions_.parse(Level::sum);
  property.high_open = tokens_.is(TokenKind::right_paren);
  expect(property.high_open ? TokenKind::right_paren : TokenKind::right_bracket, "after the interval");
}

// ---- declarations ----

void StatementParser::read_declaration(DeclarationWord word) {
  Declaration declaration;
  declaration.word = word;
  declaration.names = read_names("a name to declare");
  if (word == DeclarationWord::dim && tokens_.is(TokenKind::colon)) {
    throw Failure(Code::malformed_declaration, tokens_.now().span, "an extent has no shape",
                  "write dim n, or dim n >= 2");
  }
  declaration.type = read_type();
  require_declaration_end();
  out_.declarations.push_back(std::move(declaration));
  finish(StatementKind::declaration, out_.declarations.size() - 1);
}

void StatementParser::require_declaration_end() const {
  switch (tokens_.now().kind) {
    case TokenKind::newline:
    case TokenKind::semicolon:
    case TokenKind::end_of_text:
      return;
    case TokenKind::assign: {
      Lexer first(tokens_.text());
      first.rewind(begin_);
      (void)first.next();  // var
      const std::string name(tokens_.text(first.next().span)), value(tokens_.text(statement_rest()));
      throw Failure(Code::malformed_declaration, tokens_.now().span, "a declaration has no value",
                    "write const " + name + " " + value + " for a constant, or " + name + " " + value +
                        " for an abbreviation");
    }
    case TokenKind::comma:
      throw Failure(Code::malformed_declaration, tokens_.now().span, "',' cannot stand in this declaration",
                    "declare them apart: " + declared_apart());
    case TokenKind::kw_and:
      throw Failure(Code::malformed_declaration, tokens_.now().span, "'and' cannot stand in this declaration",
                    "bounds follow each other: > 0 < 1, or in (0, 1)");
    default:
      throw Failure(Code::malformed_declaration, tokens_.now().span,
                    called() + " cannot stand in this declaration");
  }
}

// const c = …, and f(w, x: vector[d]) = …
void StatementParser::read_definition(bool is_const) {
  Definition definition;
  definition.is_const = is_const;
  definition.name = read_name(is_const ? "the name of the constant" : "a name");
  if (!is_const) read_parameters(definition);
  const std::string name(tokens_.text(definition.name.span));
  expect(TokenKind::assign, "and a value after the name", is_const ? "write const " + name + " = 3/2" : "");
  const NodeId body = expressions_.parse();
  require_end();
  out_.definitions.push_back(std::move(definition));
  finish(StatementKind::definition, out_.definitions.size() - 1, body);
}

void StatementParser::read_parameters(Definition& definition) {
  definition.is_function = true;
  std::vector<DeclaredName> names;
  tokens_.open_bracket();
  while (true) {
    ParameterSyntax parameter;
    parameter.name = read_name("the name of a parameter");
    names.push_back(parameter.name);
    parameter.type = read_type();
    definition.parameters.push_back(std::move(parameter));
    if (!tokens_.is(TokenKind::comma)) break;
    tokens_.advance();
  }
  check_distinct(names);
  expect(TokenKind::right_paren, "after the parameters");
}

// fun g(scalar, vector[n]) : scalar
void StatementParser::read_function() {
  FunctionSyntax function;
  function.name = read_name("the name of the function");
  const std::string usage = "write fun " + excerpt(tokens_.text(function.name.span)) + "(scalar) : scalar";
  expect(TokenKind::left_paren, "after the name of the function", usage);
  refuse_parameter_name();
  while (true) {
    function.parameters.push_back(read_shape());
    if (!tokens_.is(TokenKind::comma)) break;
    tokens_.advance();
  }
  expect(TokenKind::right_paren, "after the shapes of the arguments");
  const std::string name(tokens_.text(function.name.span));
  expect(TokenKind::colon, "before the shape of the result",
         tokens_.is(TokenKind::assign) ? "a function with a formula has no 'fun': write " + name + "(x) = …"
                                       : usage);
  function.result = read_shape();
  require_declaration_end();
  out_.functions.push_back(std::move(function));
  finish(StatementKind::function, out_.functions.size() - 1);
}

void StatementParser::read_import() {
  const Token file = tokens_.now();
  expect(TokenKind::string, "after 'import'", "it reads a file of Nabla: write import \"file.nabla\"");
  require_declaration_end();
  const std::string_view text = tokens_.text(file.span);
  out_.imports.push_back({std::string(text.substr(1, text.size() - 2)), file.span});
  finish(StatementKind::import, out_.imports.size() - 1);
}

}  // namespace nabla
