#include <algorithm>

#include "nabla/model_header.h"

namespace nabla {
inline namespace v0 {

using engine::Codes;
using engine::Outcome;
using engine::Problem;
using engine::Session;

// Expressions are answers of the session, each with a name of its own: $1, $2, …
struct ContextState {
  Session session{[] {
    nabla::SessionOptions options;
    options.implicit_scalars = false;
    options.keep_everything = true;
    return options;
  }()};
  size_t answers = 0;
};

struct Expr::Implementation {
  std::shared_ptr<ContextState> state;
  std::string name;  // of the answer
  nabla::Ref value;
  std::vector<nabla::Ref> conditions;
  Error error;
};

// What the functions below may see of the classes.
struct Insides {
  using Inside = Expr::Implementation;

  static const Inside* inside(const Expr& e) { return e.implementation_.get(); }
  static Expr expr(Inside inside) {
    Expr e;
    e.implementation_ = std::make_shared<const Inside>(std::move(inside));
    return e;
  }
  static Expr failed(Error error) {
    Inside inside;
    inside.error = std::move(error);
    return expr(std::move(inside));
  }
  static Code code(std::string text) {
    Code c;
    c.text_ = std::move(text);
    return c;
  }
  static Code failed_code(Error error) {
    Code c;
    c.error_ = std::move(error);
    return c;
  }
};

namespace {

using State = std::shared_ptr<ContextState>;

Error error_of(const nabla::Diagnostic& d, const engine::Source* source) {
  Error e;
  e.code = info(d.code).number;
  e.message = d.message;
  e.help = d.help;
  if (source != nullptr && d.has_span) {
    const auto [line, column] = nabla::LineIndex(source->text).position(d.span.begin);
    e.line = line;
    e.column = column;
  }
  return e;
}

Error wrong(std::string message, std::string help = {}) {
  return error_of(
      nabla::Diagnostic{Codes::wrong_argument, std::move(message), {}, false, {}, std::move(help)}, nullptr);
}

const Error& no_expression() {
  static const Error error = wrong("this expression was never given a value");
  return error;
}

// Runs statements, up to the first that fails.
Error run(Session& session, const std::string& text, Outcome* last = nullptr) {
  std::shared_ptr<const engine::ParsedText> parsed;
  if (const Problem p = session.caught([&] { parsed = session.parse("<text>", text); }))
    return error_of(*p, nullptr);
  for (const nabla::Statement& statement : parsed->statements) {
    Outcome out = session.run(parsed, statement);
    if (out.error) return error_of(*out.error, out.source.get());
    if (last != nullptr) *last = std::move(out);
  }
  return {};
}

// The value of a text that is one expression. `operands` hand on their conditions.
Expr evaluate(const State& state, const std::string& text, const std::vector<Expr>& operands = {}) {
  Session& session = state->session;
  std::shared_ptr<const engine::ParsedText> parsed;
  if (const Problem p = session.caught([&] { parsed = session.parse("<text>", text); }))
    return Insides::failed(error_of(*p, nullptr));
  if (parsed->statements.size() != 1) return Insides::failed(wrong("'" + text + "' is not one expression"));
  const nabla::Statement& statement = parsed->statements[0];
  const bool is_expression = statement.kind == nabla::StatementKind::expression;
  if (!is_expression && statement.kind != nabla::StatementKind::invalid)
    return Insides::failed(wrong("'" + text + "' is a statement and no expression", "declare() takes it"));
  const Outcome out = session.run(parsed, statement);
  // Help for a formula of operands would speak of their numbers too.
  if (out.error && !operands.empty()) {
    Error e = error_of(*out.error, nullptr);
    if (e.help.find('$') != std::string::npos) e.help.clear();
    return Insides::failed(std::move(e));
  }
  if (out.error) return Insides::failed(error_of(*out.error, out.source.get()));
  Insides::Inside inside;
  inside.state = state;
  inside.name = "$" + std::to_string(++state->answers);
  bool named = false;
  if (const Problem p = session.caught(
          [&] { named = nabla::name_answer(session, inside.name, parsed, statement, out.answer); }))
    return Insides::failed(error_of(*p, nullptr));
  if (!named)
    return Insides::failed(wrong("'" + text + "' is " + out.answer.text + ", which is no expression"));
  inside.value = session.names().definition(inside.name)->body;
  inside.conditions = out.answer.conditions;
  for (const Expr& operand : operands) {
    for (const nabla::Ref c : Insides::inside(operand)->conditions) {
      if (std::find(inside.conditions.begin(), inside.conditions.end(), c) == inside.conditions.end())
        inside.conditions.push_back(c);
    }
  }
  return Insides::expr(std::move(inside));
}

// Their Context, or what is wrong with one of them.
Error check_operands(const std::vector<Expr>& operands) {
  const ContextState* state = nullptr;
  for (const Expr& e : operands) {
    if (!e) return e.error();
    const ContextState* of_this = Insides::inside(e)->state.get();
    if (state != nullptr && of_this != state) return wrong("the operands belong to two contexts");
    state = of_this;
  }
  return operands.empty() ? wrong("there are no operands") : Error{};
}

// Messages name operands by their numbers among the answers, which their owner does not know.
Error in_words(Error error, const std::vector<Expr>& operands) {
  for (const Expr& operand : operands) {
    const std::string number = "'" + Insides::inside(operand)->name + "'",
                      formula = "'" + operand.text() + "'";
    size_t at = error.message.find(number);
    for (; at != std::string::npos; at = error.message.find(number, at + formula.size()))
      error.message.replace(at, number.size(), formula);
  }
  return error;
}

// `text` with each @ in the place of the next operand.
Expr combine(std::string_view text, const std::vector<Expr>& operands) {
  if (Error e = check_operands(operands)) return Insides::failed(std::move(e));
  std::string statement;
  size_t next = 0;
  for (const char c : text) {
    if (c == '@')
      statement += Insides::inside(operands[next++])->name;
    else
      statement += c;
  }
  Expr made = evaluate(Insides::inside(operands[0])->state, statement, operands);
  return made ? made : Insides::failed(in_words(made.error(), operands));
}

nabla::PrintOptions print_options(Form form) {
  nabla::PrintOptions options;
  options.format = form == Form::latex     ? nabla::Format::latex
                   : form == Form::unicode ? nabla::Format::unicode
                                           : nabla::Format::ascii;
  return options;
}

Code code_of(engine::ModelHeader made) {
  if (made.problem) return Insides::failed_code(error_of(*made.problem, made.source.get()));
  return Insides::code(std::move(made.text));
}

}  // namespace

std::string Error::text() const {
  std::string text = line > 0 ? std::to_string(line) + ":" + std::to_string(column) + ": " : "";
  text += message;
  if (code > 0) text += " [NB" + std::string(code < 1000 ? "0" : "") + std::to_string(code) + "]";
  if (!help.empty()) text += "; " + help;
  return text;
}

Expr::operator bool() const { return implementation_ != nullptr && !implementation_->error; }

const Error& Expr::error() const {
  return implementation_ == nullptr ? no_expression() : implementation_->error;
}

std::string Expr::text(Form form) const {
  if (!*this) return error().text();
  Session& session = implementation_->state->session;
  std::string text;
  const Problem p = session.guarded(
      [&] { text = nabla::print(session.context(), implementation_->value, print_options(form)); });
  return p ? error_of(*p, nullptr).text() : text;
}

std::vector<std::string> Expr::conditions(Form form) const {
  std::vector<std::string> list;
  if (!*this) return list;
  Session& session = implementation_->state->session;
  (void)session.guarded([&] {
    for (const nabla::Ref c : implementation_->conditions)
      list.push_back(nabla::condition_text(session.context(), c, print_options(form)));
  });
  return list;
}

Context::Context() : state_(std::make_shared<ContextState>()) {}

Expr Context::var(std::string_view name, std::string_view domain) {
  Session& session = state_->session;
  const std::string spelled(name);
  if (session.names().find(name) != nullptr)
    return Insides::failed(wrong("'" + spelled + "' is declared already"));
  std::string text = "var " + spelled;
  if (!domain.empty()) text += " : scalar " + std::string(domain);
  if (Error e = run(session, text)) return Insides::failed(std::move(e));
  if (session.names().find(name) == nullptr)
    return Insides::failed(wrong("'" + spelled + "' is not one name"));
  return evaluate(state_, spelled);
}

Error Context::declare(std::string_view statements) { return run(state_->session, std::string(statements)); }

Expr Context::parse(std::string_view text) { return evaluate(state_, std::string(text)); }

Expr operator+(const Expr& a, const Expr& b) { return combine("@ + @", {a, b}); }
Expr operator-(const Expr& a, const Expr& b) { return combine("@ - @", {a, b}); }
Expr operator*(const Expr& a, const Expr& b) { return combine("@*@", {a, b}); }
Expr operator/(const Expr& a, const Expr& b) { return combine("@/@", {a, b}); }
Expr operator-(const Expr& a) { return combine("-@", {a}); }
Expr pow(const Expr& a, const Expr& b) { return combine("@^@", {a, b}); }

Expr number(const Expr& of_its_context, std::int64_t value) {
  if (!of_its_context) return of_its_context;
  return evaluate(Insides::inside(of_its_context)->state, std::to_string(value));
}
Expr natural(const Expr& of_its_context, std::uint64_t value) {
  if (!of_its_context) return of_its_context;
  return evaluate(Insides::inside(of_its_context)->state, std::to_string(value));
}

Expr apply(std::string_view function, const std::vector<Expr>& arguments) {
  std::string text(function);
  for (const char c : text) {
    const bool part = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    if (!part) return Insides::failed(wrong("'" + text + "' is no name of a function"));
  }
  for (size_t i = 0; i < arguments.size(); ++i) text += i == 0 ? "(@" : ", @";
  return combine(text + ")", arguments);
}

Expr diff(const Expr& f, const Expr& x, unsigned order) {
  return combine("diff(@, @, " + std::to_string(order) + ")", {f, x});
}
Expr grad(const Expr& f, const Expr& x) { return combine("grad(@, @)", {f, x}); }
Expr jac(const Expr& f, const Expr& x) { return combine("jac(@, @)", {f, x}); }
Expr hess(const Expr& f, const Expr& x) { return combine("hess(@, @)", {f, x}); }
Expr simplify(const Expr& f) { return combine("simplify(@)", {f}); }

Code generate(std::string_view name, const Expr& f, const std::vector<Expr>& variables,
              const std::vector<std::string>& outputs, const GenerateOptions& options) {
  std::vector<Expr> all = variables;
  all.push_back(f);
  if (Error e = check_operands(all)) return Insides::failed_code(std::move(e));
  Session& session = Insides::inside(f)->state->session;
  const auto& ctx = session.context();
  std::string names, list;
  for (const Expr& v : variables) {
    const nabla::Ref r = Insides::inside(v)->value;
    if (ctx.kind(r) != nabla::Kind::symbol)
      return Insides::failed_code(wrong("'" + v.text() + "' is no variable"));
    names += (names.empty() ? "" : ", ") + ctx.symbol(r).name;
  }
  for (const std::string& output : outputs) list += (list.empty() ? "" : ", ") + output;
  const std::string head = std::string(name) + "(" + names + ")";
  std::shared_ptr<const engine::ParsedText> text;
  const Problem p = session.caught([&] {
    text = session.parse(std::string(name) + ".nabla", head + " = " + Insides::inside(f)->name + "\nderive " +
                                                           std::string(name) + " wrt " + names + " : " +
                                                           list + "\n");
  });
  if (p) return Insides::failed_code(error_of(*p, nullptr));
  using nabla::StatementKind;
  if (text->statements.size() != 2 || text->statements[0].kind != StatementKind::definition)
    return Insides::failed_code(wrong("'" + std::string(name) + "' is no name of a function"));
  if (text->statements[1].kind != StatementKind::derive)
    return Insides::failed_code(wrong("'" + list + "' is no list of outputs", "value,grad,hess"));
  // What the header shows and is known by is the formula, not its number among the answers.
  const std::string formula = head + " = " + f.text();
  return code_of(engine::model_header(session, text, options, [&](nabla::Model& model) {
    for (auto& function : model.functions) function.text = formula;
    model.source = nabla::make_source(model.file, formula + "\n" + list + "\n");
  }));
}

Code generate_model(std::string_view name, std::string_view text, const GenerateOptions& options) {
  return code_of(engine::model_header(name, text, options));
}

}  // namespace v0
}  // namespace nabla
