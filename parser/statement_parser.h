// Statements: declarations, definitions and the rest, around ExpressionParser. After an error reading goes
// on with the next statement.
#pragma once

#include <string_view>
#include <vector>

#include "parser/expression_parser.h"
#include "parser/syntax.h"
#include "parser/token_stream.h"
#include "parser/tree_builder.h"

namespace nabla {

class StatementParser {
 public:
  StatementParser(ParsedText& out, const Limits& limits);

  void read_all();
  void read_expression_text();  // the whole text is one expression; throws Failure

 private:
  bool read_next();                                      // false at the end of the text
  bool recover(const Failure& failure, uint32_t begin);  // false if reading must stop
  void read_statement();
  void read_word(StatementWord word);
  bool word_follows(StatementWord word) const;
  bool definition_follows() const;
  void read_expression_or_definition();
  void read_definition(bool is_const);
  void read_parameters(Definition& definition);
  void read_declaration(DeclarationWord word);
  void read_function();
  void read_import();
  void read_derive();
  void read_output(DeriveSyntax& derive);
  [[noreturn]] void malformed_left_side(NodeId left) const;
  void require_end() const;  // of an expression statement
  void require_declaration_end() const;
  Span here() const;  // of the current token; behind the last one at the end of a line

  Span statement_rest() const;  // from the current token to the end of the statement, on its line
  std::string declared_apart() const;
  std::string shape_help(std::string_view word) const;
  std::string property_help(std::string_view word, bool has_shape) const;
  std::string extents_help(std::string_view word) const;
  void refuse_undeclared(NodeId root) const;  // x : vector[n] without var
  void refuse_parameter_name() const;         // fun f(x) = …
  void refuse_answer(Span name) const;        // $3 as the name of something new
  DeclaredName read_name(std::string_view what);
  std::vector<DeclaredName> read_names(std::string_view what);
  void check_distinct(const std::vector<DeclaredName>& names) const;
  ShapeSyntax read_shape();
  TypeSyntax read_type();
  bool read_property(TypeSyntax& type);
  void read_interval(PropertySyntax& property);
  NodeId read_extent();
  void expect(TokenKind kind, std::string_view after, std::string help = {});
  void finish(StatementKind kind, size_t detail = 0, NodeId root = no_node);
  std::string called() const { return token_in_message(tokens_.text(), tokens_.now()); }

  ParsedText& out_;
  const Limits& limits_;
  TokenStream tokens_;
  TreeBuilder tree_;
  ExpressionParser expressions_;
  uint32_t begin_ = 0;  // of the statement
  NodeId first_node_ = 0;
};

}  // namespace nabla
