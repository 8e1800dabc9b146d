#include "cookbook/match.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "cookbook/verify.h"
#include "expr/diagnostic.h"
#include "expr/operator.h"
#include "expr/substitute.h"
#include "expr/walk.h"
#include "parser/elaborate.h"
#include "parser/parse.h"

namespace nabla {
namespace {

using Letters = std::map<std::string, std::string>;

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         (static_cast<unsigned char>(c) & 0x80u) != 0;
}

// The marks of transposition stand behind a name without being part of it.
bool is_mark(std::string_view text) {
  constexpr std::string_view adjoint = "\u1d34", transpose = "\u1d40";
  return text.substr(0, adjoint.size()) == adjoint || text.substr(0, transpose.size()) == transpose;
}

// The text with its names replaced, all at once.
std::string renamed(std::string_view text, const Letters& letters) {
  std::string out;
  for (size_t i = 0; i < text.size();) {
    size_t end = i;
    if (is_letter(text[i]) && !is_mark(text.substr(i))) {
      while (end < text.size() && !is_mark(text.substr(end)) &&
             (is_letter(text[end]) || (text[end] >= '0' && text[end] <= '9')))
        ++end;
      const std::string name(text.substr(i, end - i));
      // The differentials dX and ddX of a name are renamed with it.
      size_t prefix = 0;
      while (prefix < 2 && name.size() > prefix + 1 && letters.count(name.substr(prefix)) == 0 &&
             name[prefix] == 'd')
        ++prefix;
      const auto at = letters.find(name.substr(prefix));
      out += at == letters.end() ? name : name.substr(0, prefix) + at->second;
    } else {
      end = i + 1;
      out += text[i];
    }
    i = end;
  }
  return out;
}

// The names of a formula that are no functions, constants or indices.
std::vector<std::string> free_names(const ParsedText& text) {
  const SyntaxTree& tree = text.tree;
  std::set<std::string> names, others{"pi", "e", "im"};
  for (NodeId n = 0; n < tree.size(); ++n) {
    if (tree.kind(n) == SyntaxKind::name) names.insert(std::string(tree.name(n)));
    if (tree.kind(n) == SyntaxKind::call && tree.kind(tree.operand(n, 0)) == SyntaxKind::name) {
      const std::string called(tree.name(tree.operand(n, 0)));
      others.insert(called);
    }
    if (tree.kind(n) != SyntaxKind::comprehension) continue;
    for (const Operand o : tree.operands(n)) {
      if (o.op() == Op::index) others.insert(std::string(tree.name(o.node)));
    }
  }
  std::vector<std::string> out;
  std::set_difference(names.begin(), names.end(), others.begin(), others.end(), std::back_inserter(out));
  return out;
}

// What the row differentiates, and its names.
struct Target {
  Ref question, function;
  std::vector<std::string> names;
};

std::optional<Target> target_of(RowSession& work) {
  if (work.assertion == nullptr) return std::nullopt;
  Context& ctx = work.session->context();
  Target target;
  const auto error = work.session->guarded([&] {
    target.question = elaborate(ctx, work.session->names(), work.text->tree, work.left());
    for (Ref r : nodes_below(ctx, target.question)) {
      if (ctx.kind(r) != Kind::operation || target.function) continue;
      target.function = ctx.operands(r)[0];
    }
    if (!target.function) return;
    for (Ref r : symbols_of(ctx, target.function)) {
      if (ctx.symbol(r).role != Role::extent) target.names.push_back(ctx.symbol(r).name);
    }
  });
  if (error || !target.function) return std::nullopt;
  return target;
}

class Matcher {
 public:
  Matcher(const std::string& formula, std::vector<std::string> names)
      : formula_(formula), names_(std::move(names)) {}

  std::optional<BookMatch> match(const BookRow& row) const {
    RowSession work(row, 1);
    auto target = target_of(work);
    if (!target || target->names.size() != names_.size()) return std::nullopt;
    std::vector<std::string>& letters = target->names;
    std::sort(letters.begin(), letters.end());
    do {
      if (is_same(work, *target, letters)) return found(row, letters);
    } while (std::next_permutation(letters.begin(), letters.end()));
    return std::nullopt;
  }

 private:
  bool is_same(RowSession& work, const Target& target, const std::vector<std::string>& letters) const {
    Letters to;
    for (size_t i = 0; i < names_.size(); ++i) to[names_[i]] = letters[i];
    Ref e{};
    const auto error = work.session->guarded(
        [&] { e = elaborate(work.session->context(), work.session->names(), renamed(formula_, to)); });
    return !error && (e == target.function || e == target.question);
  }

  BookMatch found(const BookRow& row, const std::vector<std::string>& letters) const {
    BookMatch match{&row, {}};
    for (size_t i = 0; i < names_.size(); ++i) match.letters.emplace_back(names_[i], letters[i]);
    return match;
  }

  const std::string& formula_;
  std::vector<std::string> names_;
};

}  // namespace

std::vector<BookMatch> match_formula(std::span<const BookRow> rows, const std::string& formula) {
  const std::vector<std::string> names = free_names(parse_expression(make_source("<expr>", formula)));
  if (names.size() > most_matched_names) {
    throw Failure(Code::wrong_argument,
                  "a formula of " + std::to_string(names.size()) +
                      " names is too long to look for: at most " + std::to_string(most_matched_names),
                  "look for a part of it");
  }
  const Matcher matcher(formula, names);
  std::vector<BookMatch> found;
  for (const BookRow& row : rows) {
    if (const auto match = matcher.match(row)) found.push_back(*match);
  }
  return found;
}

std::string in_letters(const BookMatch& match, const std::string& text) {
  Letters to;
  for (const auto& [ours, theirs] : match.letters) to[theirs] = ours;
  return renamed(text, to);
}

}  // namespace nabla
