// The part of StatementParser that reads declarations: names, shapes and properties.
#include <algorithm>
#include <array>
#include <utility>

#include "parser/nearest.h"
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

void StatementParser::expect(TokenKind kind, std::string_view after, Code code) {
  if (tokens_.is(kind)) {
    const bool closes = kind == TokenKind::right_paren || kind == TokenKind::right_bracket;
    const bool opens = kind == TokenKind::left_paren || kind == TokenKind::left_bracket;
    if (closes) return tokens_.close_bracket();
    if (opens) return tokens_.open_bracket();
    return tokens_.advance();
  }
  throw Failure(code, here(),
                "expected " + std::string(describe(kind)) + " " + std::string(after) + ", found " + called());
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
    throw Failure(Code::reserved_word, token.span, called() + " is a reserved word and cannot be a name");
  }
  if (token.kind != TokenKind::name) {
    throw Failure(Code::malformed_declaration, here(),
                  "expected " + std::string(what) + ", found " + called());
  }
  if (tokens_.text(token.span) == "end") {
    throw Failure(Code::reserved_word, token.span, "'end' is the last index of an axis and cannot be a name");
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
    throw Failure(Code::duplicate_name, span,
                  "'" + excerpt(tokens_.text(span)) + "' appears twice in this list");
  }
}

NodeId StatementParser::read_extent() { return expressions_.parse(Level::sum); }

// ---- shapes and properties ----

ShapeSyntax StatementParser::read_shape() {
  ShapeSyntax shape;
  const Token word = tokens_.now();
  if (word.kind != TokenKind::name) {
    throw Failure(Code::malformed_declaration, here(), "expected a shape, found " + called(),
                  "shapes are scalar, vector[n], row[n], matrix[n, m] and tensor[n, m, k]");
  }
  const std::string_view text = tokens_.text(word.span);
  const size_t index = position(shape_words, text);
  if (index == shape_words.size()) {
    std::string help = did_you_mean(text, shape_words);
    if (help.empty()) help = "shapes are scalar, vector[n], row[n], matrix[n, m] and tensor[n, m, k]";
    throw Failure(Code::unknown_property, word.span, "unknown shape '" + excerpt(text) + "'",
                  std::move(help));
  }
  shape.word = static_cast<ShapeWord>(index + 1);
  tokens_.advance();
  if (shape.word != ShapeWord::scalar) {
    expect(TokenKind::left_bracket, "and the extents after '" + std::string(text) + "'");
    while (true) {
      shape.extents.push_back(read_extent());
      if (!tokens_.is(TokenKind::comma)) break;
      tokens_.advance();
    }
    expect(TokenKind::right_bracket, "after the extents");
  }
  shape.span = {word.span.begin, tokens_.previous().span.end};
  const size_t count = shape.extents.size();
  const size_t wanted = shape.word == ShapeWord::matrix ? 2 : 1;
  if (shape.word != ShapeWord::scalar && shape.word != ShapeWord::tensor && count != wanted) {
    throw Failure(Code::malformed_declaration, shape.span,
                  "a " + std::string(text) + " has " + (wanted == 2 ? "2 extents" : "1 extent") + ", not " +
                      std::to_string(count));
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
        std::string help = did_you_mean(property.word, property_words);
        if (help.empty() && type.shape.word == ShapeWord::none) help = "write ':' before a shape";
        throw Failure(Code::unknown_property, token.span,
                      "unknown structure or domain '" + excerpt(property.word) + "'", std::move(help));
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
    throw Failure(Code::malformed_declaration, here(), "expected an interval after 'in', found " + called(),
                  "write in (a, b) or in [a, b]");
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
    case TokenKind::assign:
      throw Failure(Code::malformed_declaration, tokens_.now().span, "a declaration has no value",
                    "write const c = … for a constant, or r = … for an abbreviation");
    case TokenKind::comma:
      throw Failure(Code::malformed_declaration, tokens_.now().span, "',' cannot stand in this declaration",
                    "names with different properties are declared apart: dim n >= 2; dim d");
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
  expect(TokenKind::assign, "and a value after the name");
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
  expect(TokenKind::left_paren, "after the name of the function");
  while (true) {
    function.parameters.push_back(read_shape());
    if (!tokens_.is(TokenKind::comma)) break;
    tokens_.advance();
  }
  expect(TokenKind::right_paren, "after the shapes of the arguments");
  expect(TokenKind::colon, "before the shape of the result");
  function.result = read_shape();
  require_declaration_end();
  out_.functions.push_back(std::move(function));
  finish(StatementKind::function, out_.functions.size() - 1);
}

void StatementParser::read_import() {
  const Token file = tokens_.now();
  expect(TokenKind::string, "after 'import'");
  require_declaration_end();
  const std::string_view text = tokens_.text(file.span);
  out_.imports.push_back({std::string(text.substr(1, text.size() - 2)), file.span});
  finish(StatementKind::import, out_.imports.size() - 1);
}

}  // namespace nabla
