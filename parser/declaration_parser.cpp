// The part of StatementParser that reads declarations: names, shapes and properties.
#include <algorithm>
#include <utility>

#include "parser/declaration_words.h"
#include "parser/statement_parser.h"

namespace nabla {
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
