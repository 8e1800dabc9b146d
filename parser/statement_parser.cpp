#include "parser/statement_parser.h"

#include <algorithm>

#include "parser/mended_line.h"
#include "parser/parse.h"

namespace nabla {
namespace {

constexpr size_t most_bytes = (size_t{1} << 27) - 1;  // Operand::at has 27 bits

void check_size(const Source& source, const Limits& limits) {
  const uint64_t most = std::min<uint64_t>(limits.input_bytes, most_bytes);
  if (source.text.size() <= most) return;
  throw Failure(Code::input_too_large, "the text has " + std::to_string(source.text.size()) +
                                           " bytes; the limit is " + std::to_string(most));
}

}  // namespace

std::shared_ptr<const Source> make_source(std::string file, std::string text, uint32_t first_line) {
  return std::make_shared<const Source>(Source{std::move(file), std::move(text), first_line});
}

ParsedText parse_statements(std::shared_ptr<const Source> source, const Limits& limits) {
  ParsedText out(std::move(source));
  try {
    check_size(out.tree.source(), limits);
  } catch (const Failure& failure) {
    out.errors.push_back(failure.diagnostic);
    out.statements.emplace_back();
    return out;
  }
  StatementParser(out, limits).read_all();
  return out;
}

ParsedText parse_expression(std::shared_ptr<const Source> source, const Limits& limits) {
  ParsedText out(std::move(source));
  check_size(out.tree.source(), limits);
  StatementParser(out, limits).read_expression_text();
  return out;
}

ParsedText parse_expression(std::string_view text, const Limits& limits) {
  return parse_expression(make_source("<expr>", std::string(text)), limits);
}

StatementParser::StatementParser(ParsedText& out, const Limits& limits)
    : out_(out),
      limits_(limits),
      tokens_(out.tree.source().text, limits),
      tree_(out.tree, limits),
      expressions_(tokens_, tree_, limits) {}

void StatementParser::read_all() {
  bool started = false;
  while (true) {
    try {
      if (!started) {
        started = true;
        tokens_.advance();
      }
      while (read_next()) {
      }
      return;
    } catch (const Failure& failure) {
      if (!recover(failure, begin_)) return;
    }
  }
}

bool StatementParser::read_next() {
  begin_ = tokens_.now().span.begin;
  while (tokens_.is(TokenKind::newline) || tokens_.is(TokenKind::semicolon)) {
    begin_ = tokens_.now().span.end;
    tokens_.advance();
  }
  if (tokens_.is(TokenKind::end_of_text)) return false;
  begin_ = tokens_.now().span.begin;
  read_statement();
  return true;
}

bool StatementParser::recover(const Failure& failure, uint32_t begin) {
  const Diagnostic& d = failure.diagnostic;
  const bool open = tokens_.is(TokenKind::end_of_text) && tokens_.open_brackets() > 0;
  out_.incomplete = out_.errors.empty() && (open || d.code == Code::unterminated_comment);
  out_.errors.push_back(d);
  if (d.code == Code::unclosed_bracket && tokens_.after_line_break()) {
    tokens_.end_statement();
  } else {
    tokens_.skip_statement();
  }
  Statement statement;
  statement.span = {std::min(begin, d.span.begin), std::max(d.span.end, tokens_.previous().span.end)};
  statement.detail = static_cast<uint32_t>(out_.errors.size() - 1);
  out_.statements.push_back(statement);
  const bool limit = d.code == Code::too_many_tokens || d.code == Code::node_limit;
  return !limit && out_.errors.size() < most_errors;
}

void StatementParser::read_expression_text() {
  // As if in brackets: newlines are blanks.
  tokens_.open_bracket();
  if (tokens_.is(TokenKind::name)) {
    const StatementWord word = statement_word(tokens_.text(tokens_.now().span));
    if (word != StatementWord::none && word_follows(word)) {
      throw Failure(Code::unexpected_statement, tokens_.now().span,
                    "expected an expression, found a declaration",
                    "declarations go into --let, or into a file");
    }
  }
  begin_ = tokens_.now().span.begin;
  const NodeId root = expressions_.parse();
  if (tokens_.is(TokenKind::semicolon)) {
    throw Failure(Code::several_statements, tokens_.now().span,
                  "expected one expression, found several statements",
                  "declarations go into --let, or into a file");
  }
  if (!tokens_.is(TokenKind::end_of_text)) expressions_.unexpected();
  finish(StatementKind::expression, 0, root);
}

void StatementParser::finish(StatementKind kind, size_t detail, NodeId root) {
  Statement s;
  s.kind = kind;
  s.span = {begin_, tokens_.previous().span.end};
  s.first_node = first_node_;
  s.root = root;
  s.detail = static_cast<uint32_t>(detail);
  s.has_binders = expressions_.has_binders;
  out_.statements.push_back(s);
}

// ---- one statement ----

void StatementParser::read_statement() {
  first_node_ = static_cast<NodeId>(out_.tree.size());
  expressions_.has_binders = false;
  if (tokens_.is(TokenKind::name)) {
    const StatementWord word = statement_word(tokens_.text(tokens_.now().span));
    if (word != StatementWord::none && word_follows(word)) return read_word(word);
    if (definition_follows()) return read_definition(false);
  }
  read_expression_or_definition();
}

// The words are names too: `dim = 1` defines one and `var + 1` uses one.
bool StatementParser::word_follows(StatementWord word) const {
  const TokenKind next = tokens_.peek().kind;
  if (word == StatementWord::assertion) return next != TokenKind::assign;
  if (word == StatementWord::import && next == TokenKind::prime)
    return tokens_.peek().span.begin > tokens_.now().span.end;  // import 'a.nabla'
  switch (next) {
    case TokenKind::name:
    case TokenKind::number:
    case TokenKind::string:
    case TokenKind::newline:
    case TokenKind::semicolon:
    case TokenKind::end_of_text:
      return true;
    default:
      return is_reserved(next) && next != TokenKind::kw_and && next != TokenKind::kw_or;
  }
}

void StatementParser::read_word(StatementWord word) {
  tokens_.advance();
  switch (word) {
    case StatementWord::dim:
      read_declaration(DeclarationWord::dim);
      break;
    case StatementWord::param:
      read_declaration(DeclarationWord::param);
      break;
    case StatementWord::var:
      read_declaration(DeclarationWord::var);
      break;
    case StatementWord::constant:
      return read_definition(true);
    case StatementWord::fun:
      read_function();
      break;
    case StatementWord::import:
      read_import();
      break;
    case StatementWord::derive:
      read_derive();
      break;
    default: {
      const NodeId root = expressions_.parse();
      require_end();
      return finish(StatementKind::assertion, 0, root);
    }
  }
}

// f(w, x: vector[d]) = …
bool StatementParser::definition_follows() const {
  Lexer ahead = tokens_.ahead();
  const auto next = [&] {
    Token t = ahead.next();
    while (t.kind == TokenKind::newline) t = ahead.next();
    return t.kind;
  };
  if (ahead.next().kind != TokenKind::left_paren) return false;
  while (true) {
    if (next() != TokenKind::name) return false;
    TokenKind kind = next();
    if (kind == TokenKind::colon) {
      for (int depth = 0; depth > 0 || (kind != TokenKind::comma && kind != TokenKind::right_paren);) {
        kind = next();
        if (kind == TokenKind::left_paren || kind == TokenKind::left_bracket) ++depth;
        if (kind == TokenKind::end_of_text || kind == TokenKind::semicolon) return false;
        const bool closer = kind == TokenKind::right_paren || kind == TokenKind::right_bracket;
        if (closer && depth > 0) {
          --depth;
          kind = TokenKind::colon;
        }
      }
    }
    if (kind == TokenKind::right_paren) return ahead.next().kind == TokenKind::assign;
    if (kind != TokenKind::comma) return false;
  }
}

void StatementParser::read_expression_or_definition() {
  const NodeId root = expressions_.parse();
  if (!tokens_.is(TokenKind::assign)) {
    refuse_undeclared(root);
    require_end();
    return finish(StatementKind::expression, 0, root);
  }
  const bool name = out_.tree.kind(root) == SyntaxKind::name && tokens_.previous().kind == TokenKind::name;
  if (!name) malformed_left_side(root);
  refuse_answer(out_.tree.span(root));
  Definition definition;
  definition.name = {out_.tree.name_id(root), out_.tree.span(root)};
  tokens_.advance();
  const NodeId body = expressions_.parse();
  require_end();
  out_.definitions.push_back(std::move(definition));
  finish(StatementKind::definition, out_.definitions.size() - 1, body);
}

void StatementParser::malformed_left_side(NodeId left) const {
  const SyntaxKind kind = out_.tree.kind(left);
  if (kind == SyntaxKind::call) {
    throw Failure(Code::malformed_definition, out_.tree.span(left),
                  "the parameters of a definition are names", "write f(x) = …");
  }
  if (kind == SyntaxKind::index) {
    throw Failure(Code::malformed_definition, out_.tree.span(left), "this cannot stand before '='",
                  "an entry is not changed: define the whole array, x = [a; b]");
  }
  throw Failure(Code::malformed_definition, out_.tree.span(left), "this cannot stand before '='",
                "write " + line_with(tokens_.text(), tokens_.now().span, "==") + " to compare");
}

void StatementParser::require_end() const {
  switch (tokens_.now().kind) {
    case TokenKind::newline:
    case TokenKind::semicolon:
    case TokenKind::end_of_text:
      return;
    default:
      expressions_.unexpected();
  }
}

}  // namespace nabla
