// The part of StatementParser that says what a declaration was probably meant to be.
#include <utility>

#include "parser/declaration_words.h"
#include "parser/mended_line.h"
#include "parser/nearest.h"
#include "parser/statement_parser.h"

namespace nabla {

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
  if (structure && position(property_words, word) < structure_words &&
      tokens_.peek().kind == TokenKind::left_bracket) {  // spd[n]
    const std::string extents = bracketed(tokens_.text(), tokens_.peek().span.begin);
    const std::string n = extents.substr(1, extents.size() - 2);
    return "write matrix" + (n.find(',') == n.npos ? "[" + n + ", " + n + "] " : extents + " ") +
           std::string(word);
  }
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

}  // namespace nabla
