// The part of StatementParser that reads `derive`: outputs and how they are to lie.
#include <algorithm>
#include <array>

#include "parser/nearest.h"
#include "parser/statement_parser.h"

namespace nabla {
namespace {

constexpr std::array<std::string_view, 8> output_words = {"value", "grad", "hess", "jac",
                                                          "jvp",   "vjp",  "hvp",  "batch"};
constexpr std::array<std::string_view, 4> layout_words = {"lower", "csr", "csc", "only"};

template <size_t n>
size_t position(const std::array<std::string_view, n>& words, std::string_view word) {
  return static_cast<size_t>(std::find(words.begin(), words.end(), word) - words.begin());
}

std::string output_help(std::string_view text) {
  if (text == "gradient") return "did you mean 'grad'?";
  if (text == "hessian") return "did you mean 'hess'?";
  if (text == "jacobian") return "did you mean 'jac'?";
  const std::string nearest = did_you_mean(text, output_words);
  return nearest.empty() ? "outputs are value, grad, hess, jac, jvp, vjp, hvp and batch" : nearest;
}

std::string layout_help(std::string_view text) {
  if (text == "upper")
    return "ask for lower: the upper half is its mirror image, and has its numbers by columns";
  if (text == "sparse" || text == "coo" || text == "triplets")
    return "write csr (by rows) or csc (by columns)";
  const std::string nearest = did_you_mean(text, layout_words);
  return nearest.empty() ? "layouts are lower, csr, csc and only" : nearest;
}

// Failure for a word that the output cannot have, or that contradicts an earlier one.
void add_layout(DerivedOutput& output, std::string_view word, Span span) {
  const auto refuse = [&](std::string message, std::string help) {
    throw Failure(Code::malformed_declaration, span, std::move(message), std::move(help));
  };
  const std::string name(output_words[static_cast<size_t>(output.kind)]);
  const size_t index = position(layout_words, word);
  OutputLayout& layout = output.layout;
  if (index == layout_words.size())
    throw Failure(Code::unknown_output, span, "unknown layout '" + excerpt(word) + "'", layout_help(word));
  const bool matrix = output.kind == Output::hess || output.kind == Output::jac;
  if (index == 0 && output.kind != Output::hess)
    refuse("'" + name + "' has no lower half", "only a Hessian is symmetric: hess(lower)");
  if ((index == 1 || index == 2) && !matrix)
    refuse("'" + name + "' is not sparse", "csr and csc are layouts of jac and hess");
  if (index == 3 && !matrix && output.kind != Output::grad)
    refuse("'" + name + "' takes no 'only'", "grad, jac and hess do");
  if ((index == 1 || index == 2) && layout.sparsity != Sparsity::dense)
    refuse("csr and csc are two orders", "ask for each: " + name + "(csr), " + name + "(csc)");
  if (index == 0) layout.lower = true;
  if (index == 1) layout.sparsity = Sparsity::csr;
  if (index == 2) layout.sparsity = Sparsity::csc;
  if (index == 3) layout.only = true;
}

}  // namespace

// derive f wrt w, x : value, grad, hess(lower, csr), batch(x)
void StatementParser::read_derive() {
  DeriveSyntax derive;
  derive.function = read_name("the name of a function");
  if (tokens_.is(TokenKind::kw_wrt)) {
    tokens_.advance();
    derive.variables = read_names("a variable");
  }
  const std::string f(tokens_.text(derive.function.span));
  std::string help = "write derive " + f + " wrt x : value, grad";
  if (tokens_.is(TokenKind::comma)) help = "one function each: derive " + f + " wrt x : grad";
  if (derive.variables.empty() && !tokens_.is(TokenKind::comma) && !tokens_.is(TokenKind::name) &&
      tokens_.text(tokens_.now().span) != "")
    help = "it takes the name of a function: f(x) = …, then derive f wrt x : grad";
  expect(TokenKind::colon, "and what to derive", help);
  while (true) {
    read_output(derive);
    if (!tokens_.is(TokenKind::comma)) break;
    tokens_.advance();
  }
  require_declaration_end();
  out_.derives.push_back(std::move(derive));
  finish(StatementKind::derive, out_.derives.size() - 1);
}

void StatementParser::read_output(DeriveSyntax& derive) {
  const Token word = tokens_.now();
  if (word.kind != TokenKind::name) {
    throw Failure(Code::malformed_declaration, here(), "expected an output, found " + called(),
                  "outputs are value, grad, hess, jac, jvp, vjp, hvp and batch");
  }
  const std::string_view text = tokens_.text(word.span);
  const size_t index = position(output_words, text);
  if (index == output_words.size())
    throw Failure(Code::unknown_output, word.span, "unknown output '" + excerpt(text) + "'",
                  output_help(text));
  derive.outputs.push_back({static_cast<Output>(index), word.span});
  tokens_.advance();
  if (!tokens_.is(TokenKind::left_paren)) return;
  expect(TokenKind::left_paren, "after an output");
  if (derive.outputs.back().output == Output::batch) {
    derive.points = read_names("what differs from point to point");
    return expect(TokenKind::right_paren, "after what differs from point to point");
  }
  for (const DeclaredName& n : read_names("a layout: lower, csr, csc or only"))
    add_layout(derive.outputs.back().output, tokens_.text(n.span), n.span);
  expect(TokenKind::right_paren, "after the layout");
}

}  // namespace nabla
