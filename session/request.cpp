#include "session/request.h"

#include <algorithm>
#include <optional>

#include "eval/tape.h"
#include "expr/diagnostic.h"
#include "expr/name_spelling.h"
#include "expr/scalarize.h"
#include "expr/substitute.h"
#include "parser/elaborate.h"
#include "parser/parse.h"
#include "session/dense_numbers.h"
#include "session/domain.h"
#include "session/operators.h"
#include "session/point.h"

namespace nabla {
namespace {

// The expression of a request is known by this name while an operator is applied to it.
constexpr std::string_view hidden = "given_expression";

struct Given {
  std::shared_ptr<const Source> source;
  Ref value;
  WrittenForm written;
  Span span;
};

Given read_expression(Session& session, const std::shared_ptr<const Source>& source) {
  const auto text = std::make_shared<const ParsedText>(parse_expression(source, session.options().limits));
  const Statement& s = text->statements.at(0);
  Given given;
  given.source = source;
  given.span = text->tree.span(s.root);
  given.value = elaborate(session.context(), session.names(), *text, s);
  given.written = session.written_form(*text, s);
  return given;
}

// Splits at commas outside brackets.
std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> parts(1);
  int depth = 0;
  for (char c : text) {
    if (c == '[' || c == '(') ++depth;
    if (c == ']' || c == ')') --depth;
    if (c == ',' && depth == 0)
      parts.emplace_back();
    else
      parts.back() += c;
  }
  return parts;
}

// x[1] and conj(z), real(z), imag(z) are variables too.
bool is_variable(std::string_view name) {
  for (const std::string_view part : {"conj(", "real(", "imag("}) {
    if (name.substr(0, part.size()) != part || name.back() != ')') continue;
    name = name.substr(part.size(), name.size() - part.size() - 1);
    break;
  }
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == ',' || c == ' ' || c == '[' || c == ']' || (static_cast<unsigned char>(c) & 0x80u) != 0;
  });
}

void refuse_operators(const std::string& names) {
  for (std::string_view name : split(names)) {
    name.remove_prefix(std::min(name.find_first_not_of(' '), name.size()));
    name = name.substr(0, name.find_last_not_of(' ') + 1);
    if (is_variable(name)) continue;
    throw Failure(Code::not_a_variable, "'" + names + "' is no list of names",
                  "write --wrt x,y or --wrt x[1],x[2]");
  }
}

// Every variable of the expression, in order of name; of diff there must be one.
std::string all_variables(Context& ctx, const Given& given, const std::string& operation) {
  std::string names;
  size_t count = 0;
  for (Ref r : symbols_of(ctx, given.value)) {
    if (ctx.symbol(r).role != Role::variable) continue;
    names += (count == 0 ? "" : ", ") + ctx.symbol(r).name;
    ++count;
  }
  if (count == 0) {
    throw Failure(Code::wrong_argument, given.span, "there is no variable to differentiate by",
                  "name one: --wrt x");
  }
  if (count > 1 && operation == "diff") {
    throw Failure(Code::wrong_argument, given.span, "by which variable? There are " + names,
                  "name it, as in --wrt " + names.substr(0, names.find(',')));
  }
  return names;
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

bool takes_variables(std::string_view operation) {
  return operation != "simplify" && operation != "expand" && operation != "factor";
}

// operation(expression, variables, order), with errors placed in the expression or in the list of names.
Ref apply(Session& session, const ExpressionRequest& request, const Given& given, Outcome& out) {
  if (request.operation.empty()) return given.value;
  std::string names = request.variables;
  const bool differential = takes_variables(request.operation);
  if (differential && names.empty()) names = all_variables(session.context(), given, request.operation);
  refuse_operators(names);
  std::string text = request.operation + "(" + std::string(hidden);
  if (differential) text += ", ";
  const auto names_at = static_cast<uint32_t>(text.size());
  text += names + (request.order.empty() ? "" : ", " + request.order) + ")";
  session.names().declare_value(hidden, given.value, false);
  try {
    return elaborate(session.context(), session.names(), text);
  } catch (Failure& failure) {
    Diagnostic& d = failure.diagnostic;
    d.message = replaced(d.message, "'" + std::string(hidden) + "'", "the expression");
    d.help = replaced(
        d.help, hidden,
        std::string_view(out.source->text).substr(given.span.begin, given.span.end - given.span.begin));
    d.notes.clear();
    if (d.has_span && d.span.begin >= names_at && d.span.end <= names_at + request.variables.size() &&
        !request.variables.empty()) {
      d.span = {d.span.begin - names_at, d.span.end - names_at};
      out.source = make_source("--wrt", request.variables);
    } else {
      d.span = given.span;
      d.has_span = true;
    }
    throw;
  }
}

// The same operator over the untouched expression: conditions come from where its differentials hold, too.
WrittenForm written_request(Context& ctx, Ref e, const Given& given) {
  if (ctx.kind(e) != Kind::operation) return given.written;
  const auto of = [&](Ref written) -> Ref {
    if (!written) return {};
    std::vector<Ref> operands(ctx.operands(e).begin(), ctx.operands(e).end());
    operands[0] = written;
    return ctx.rebuild(e, operands);
  };
  return {of(given.written.by_entries), of(given.written.whole)};
}

// The point, if there is a value for each name in e.
std::optional<DensePoint> known_point(Context& ctx, Ref e, std::span<const Value> values,
                                      std::span<const Ref> known) {
  try {
    return dense_point(ctx, e, values, known);
  } catch (const Failure& failure) {
    if (failure.diagnostic.code != Code::missing_value) throw;
    return std::nullopt;
  }
}

// What was written is evaluated, so that x/x has no value at 0, and neither has a derivative where what is
// differentiated has none. Elsewhere a derivative takes its conventions, such as sign(0) = 0, and the
// conditions that do not hold at the point stay with the numbers.
void put_values(Session& session, const ExpressionRequest& request, bool differential,
                const WrittenForm& form, Answer& answer) {
  if (!request.has_values || answer.kind != AnswerKind::expression) return;
  Context& ctx = session.context();
  const Ref written = differential ? Ref{} : form.by_entries;
  const Ref e = written && !has_operations(ctx, written) ? written : answer.value;
  std::vector<Ref> known = symbols_of(ctx, answer.value);
  const std::vector<Ref> declared = declared_symbols(session.names());
  known.insert(known.end(), declared.begin(), declared.end());
  const auto point_of = [&](Ref all) { return known_point(ctx, all, request.values, known); };
  if (const Ref all = form.for_conditions(); all && e != written) {
    const std::vector<Ref> more = symbols_of(ctx, all);
    known.insert(known.end(), more.begin(), more.end());
    if (const auto point = point_of(all)) refuse_undefined_value(ctx, form, *point);
  }
  if (const auto inputs = scalar_inputs(ctx, e)) {
    answer.numbers = numbers_at_point(ctx, e, *inputs, bind_values(ctx, request.values, *inputs, known));
  } else {
    answer.numbers = dense_numbers(ctx, e, dense_point(ctx, e, request.values, known));
  }
  answer.kind = AnswerKind::numbers;
  auto& list = answer.conditions;
  const auto is_met = [&](Ref c) {
    const auto point = point_of(c);
    return point && holds(ctx, c, *point) == true;
  };
  list.erase(std::remove_if(list.begin(), list.end(), is_met), list.end());
}

}  // namespace

std::vector<Ref> declared_symbols(const Names& names) {
  std::vector<Ref> list;
  for (const NameEntry* entry : names.entries()) {
    if (entry->kind == NameKind::symbol) list.push_back(entry->value);
  }
  return list;
}

Outcome run_request(Session& session, const std::string& file, const std::string& text,
                    const ExpressionRequest& request) {
  Outcome out;
  out.source = make_source(file, text);
  out.span = {0, static_cast<uint32_t>(text.size())};
  out.error = session.guarded([&] {
    const Given given = read_expression(session, out.source);
    out.span = given.span;
    const Ref e = apply(session, request, given, out);
    session.answer(e, written_request(session.context(), e, given), out.answer);
    const bool differential = !request.operation.empty() && takes_variables(request.operation);
    put_values(session, request, differential, given.written, out.answer);
  });
  if (out.error && !out.error->has_span) {
    out.error->span = out.span;
    out.error->has_span = true;
  }
  return out;
}

std::vector<Value> values_from_assignments(Session& session, std::string_view text) {
  std::vector<Value> values;
  for (const std::string& part : split(text)) {
    const size_t equals = part.find('=');
    const auto malformed = [&] {
      throw Failure(Code::malformed_values, "'" + part + "' is no 'name=value'", "write --at x=1,y=2");
    };
    if (equals == std::string::npos) malformed();
    std::string name = part.substr(0, equals);
    name.erase(0, name.find_first_not_of(' '));
    name.erase(name.find_last_not_of(' ') + 1);
    if (name.empty()) malformed();
    const Ref e = elaborate(session.context(), session.names(), std::string_view(part).substr(equals + 1));
    Value value;
    value.name = ascii_name(name);
    const Numbers numbers = constant_numbers(session.context(), carry_out(session.context(), e, {}).value);
    value.extents = numbers.extents;
    value.entries = numbers.entries;
    value.imaginary = numbers.imaginary;
    values.push_back(std::move(value));
  }
  return values;
}

}  // namespace nabla
