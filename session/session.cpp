#include "session/session.h"

#include <algorithm>
#include <new>

#include "expr/condition_form.h"
#include "expr/conditions.h"
#include "expr/diagnostic.h"
#include "parser/parse.h"
#include "session/absent_variables.h"
#include "session/dense_numbers.h"
#include "session/domain.h"
#include "session/operators.h"

namespace nabla {
namespace {

// Garbage is collected when there is more of it than this and than what lives: each node is then looked at a
// bounded number of times, however long a script is.
constexpr uint32_t least_garbage = 1u << 18;

// The names that a statement would declare, from its text: it may not have been understood.
std::vector<std::string> names_to_declare(std::string_view text) {
  size_t at = 0;
  const auto skip = [&] {
    while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) ++at;
  };
  const auto word = [&] {
    skip();
    const size_t begin = at;
    const auto part = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
             (static_cast<unsigned char>(c) & 0x80u) != 0;
    };
    while (at < text.size() && part(text[at])) ++at;
    return std::string(text.substr(begin, at - begin));
  };
  const auto accept = [&](char c) {
    skip();
    if (at >= text.size() || text[at] != c) return false;
    ++at;
    return true;
  };
  const std::string first = word();
  std::vector<std::string> names;
  if (first == "var" || first == "param" || first == "dim" || first == "fun" || first == "const") {
    do {
      std::string name = word();
      if (!name.empty()) names.push_back(std::move(name));
    } while (accept(','));
    return names;
  }
  if (first.empty() || (first[0] >= '0' && first[0] <= '9')) return {};
  if (accept('(')) {
    const size_t close = text.find(')', at);
    if (close == std::string_view::npos) return {};
    at = close + 1;
  }
  accept(':');  // f(x) := 1, which is refused
  if (accept('=') && !accept('=')) names.push_back(first);
  return names;
}

bool is_comparison_true(Context& ctx, const Comparison& c) {
  return c.relation == Relation::equal && c.left == c.right && ctx.shape_of(c.left).order() > 0;
}

// A comparison of constants is a truth value where it can be decided.
Ref decided(Context& ctx, Ref e, uint64_t seed) {
  const Node& n = ctx[e];
  if ((n.kind != Kind::compare && n.kind != Kind::connective) || n.names != 0) return e;
  const Verdict verdict = decide(ctx, e, seed);
  return verdict.kind == Verdict::Kind::unknown ? e : ctx.truth(verdict.kind == Verdict::Kind::proved);
}

}  // namespace

Session::Session(const SessionOptions& options)
    : options_(options), context_(options.limits), names_(context_, options.implicit_scalars) {
  mark_ = context_.mark();
}

std::shared_ptr<const ParsedText> Session::parse(std::string file, std::string text,
                                                 uint32_t first_line) const {
  return std::make_shared<const ParsedText>(
      parse_statements(make_source(std::move(file), std::move(text), first_line), options_.limits));
}

void Session::begin() {
  context_.budget().refill();  // collecting spends as well
  collect_garbage();
  // The clock may have run out before this statement began.
  if (cancelled_.load(std::memory_order_relaxed) != Cancellation::none) context_.budget().cancel();
}

void Session::collect_garbage() {
  const uint32_t garbage = context_.mark() - mark_;
  if (options_.keep_everything || garbage < least_garbage || garbage < mark_) return;
  std::vector<Ref*> roots;
  names_.append_roots(roots);
  context_.keep(mark_, roots);
  mark_ = context_.mark();
}

// The one place where what was thrown becomes a value.
std::optional<Diagnostic> Session::current_failure() {
  const Cancellation why = cancelled_.exchange(Cancellation::none, std::memory_order_relaxed);
  try {
    throw;
  } catch (const Failure& failure) {
    Diagnostic d = failure.diagnostic;
    if (d.code == Code::cancelled && why == Cancellation::time) {
      d.code = Code::time_limit;
      d.message = "the time limit was reached";
      d.help = "allow more with --timeout, or ask for less at once";
    }
    return d;
  } catch (const std::bad_alloc&) {
    return Diagnostic{Code::memory_limit, "the machine refused more memory", {}, false, {}, {}};
  } catch (const std::exception& error) {
    return Diagnostic{
        Code::internal_error, std::string("internal error: ") + error.what(), {}, false, {}, {}};
  }
}

Outcome Session::run(const std::shared_ptr<const ParsedText>& text, const Statement& statement,
                     bool decide_assertions) {
  Outcome out;
  out.source = text->tree.shared_source();
  out.span = statement.span;
  out.error = guarded([&] { run_statement(text, statement, decide_assertions, out); });
  if (out.error && !out.error->has_span && out.source == text->tree.shared_source()) {
    out.error->span = statement.root == no_node ? statement.span : text->tree.span(statement.root);
    out.error->has_span = true;
  }
  if (out.error && out.source == text->tree.shared_source()) note_failed_names(*text, statement, *out.error);
  return out;
}

uint32_t Session::line_of(const std::shared_ptr<const Source>& source, uint32_t offset) {
  if (source != counted_source_ || offset < counted_offset_) {
    counted_source_ = source;
    counted_offset_ = 0;
    counted_line_ = source->first_line;
  }
  const std::string_view text = source->text;
  const uint32_t end = std::min(offset, static_cast<uint32_t>(text.size()));
  const std::string_view passed = text.substr(counted_offset_, end - counted_offset_);
  counted_line_ += static_cast<uint32_t>(std::count(passed.begin(), passed.end(), '\n'));
  counted_offset_ = end;
  return counted_line_;
}

// Later uses of the names say that this statement failed; if it failed because of such a name, they say why
// that one did.
void Session::note_failed_names(const ParsedText& text, const Statement& statement, const Diagnostic& error) {
  if (error.code == Code::cancelled || error.code == Code::time_limit) return;
  const std::vector<std::string> names = names_to_declare(text.tree.text(statement.span));
  if (names.empty()) return;
  std::string reason;
  if (error.has_span && (error.code == Code::unknown_name || error.code == Code::unknown_function))
    reason = names_.failure(text.tree.text(error.span));
  if (reason.empty()) {
    const uint32_t line = line_of(text.tree.shared_source(), statement.span.begin);
    reason = "the definition of '" + names.front() + "' in line " + std::to_string(line) + " failed";
  }
  for (const std::string& name : names) names_.note_failure(name, reason);
}

void Session::run_statement(const std::shared_ptr<const ParsedText>& text, const Statement& statement,
                            bool decide_assertions, Outcome& out) {
  if (statement.kind == StatementKind::import) {
    import(text, statement, out);
    return;
  }
  Elaborated said = elaborate_statement(context_, names_, text, statement);
  switch (said.kind) {
    case StatementKind::expression: {
      answer(said.value, written_form(*text, statement), out.answer);
      break;
    }
    case StatementKind::definition:
      for (const std::string& name : said.declared) close_definition(name);
      break;
    case StatementKind::assertion:
      if (decide_assertions) run_assertion(*text, statement, said, out.answer);
      break;
    case StatementKind::derive:
      out.derive = std::move(said.derive);
      break;
    default:
      break;
  }
}

// The same as written; empty where it has no such form (arrays of symbolic size in Mode::written).
Elaborated Session::written_assertion(const ParsedText& text, const Statement& statement, Mode mode) {
  try {
    return elaborate_assertion(context_, names_, text, statement, mode);
  } catch (const Failure& failure) {
    if (failure.diagnostic.code != Code::not_yet_available) throw;
    return {};
  }
}

// What the text says, for the conditions of the answer.
template <class Elaborate>
WrittenForm Session::written_form_by(Elaborate elaborated) {
  const auto form = [&](Mode mode) -> Ref {
    try {
      return elaborated(mode);
    } catch (const Failure& failure) {
      if (failure.diagnostic.code != Code::not_yet_available) throw;
      return {};
    }
  };
  WrittenForm written;
  written.by_entries = form(Mode::written);
  if (!written.by_entries || has_arrays(context_, written.by_entries)) written.whole = form(Mode::whole);
  return written;
}

WrittenForm Session::written_form(const ParsedText& text, const Statement& statement) {
  return written_form_by([&](Mode mode) { return elaborate(context_, names_, text, statement, mode); });
}

WrittenForm Session::written_form(const Defined& definition) {
  return written_form_by([&](Mode mode) { return written_body(context_, names_, definition, mode); });
}

OperatorOptions Session::operator_options() const {
  return {options_.seed, options_.free_entries, options_.raw, trace_};
}

void Session::answer(Ref e, const WrittenForm& written, Answer& out) {
  CarriedOut done = carry_out(context_, e, operator_options(), written);
  out.value = done.value;
  out.notes = std::move(done.notes);
  if (std::string note = absent_variables(context_, names_, e, written, done.value); !note.empty())
    out.notes.push_back(std::move(note));
  out.kind = AnswerKind::expression;
  if (done.numbers) {
    out.kind = AnswerKind::numbers;
    out.numbers = std::move(*done.numbers);
  } else if (!done.digits.empty()) {
    out.kind = AnswerKind::digits;
    out.text = std::move(done.digits);
  } else if (done.verdict) {
    out.kind = AnswerKind::verdict;
    out.text = done.verdict->kind == Verdict::Kind::proved ? "proved"
               : done.verdict->point.empty()               ? "refuted"
                                                           : "refuted at " + done.verdict->point;
    out.conditions = std::move(done.conditions);
  } else {
    const Ref said = written.for_conditions();
    out.conditions = conditions(context_, said ? said : e, out.value);
    for (Ref c : done.conditions) {
      if (std::find(out.conditions.begin(), out.conditions.end(), c) == out.conditions.end())
        out.conditions.push_back(c);
    }
    out.conditions.erase(std::remove_if(out.conditions.begin(), out.conditions.end(),
                                        [&](Ref c) { return is_vacuous(context_, c); }),
                         out.conditions.end());
    refuse_undefined_constants(context_, out.value);
    if (written.by_entries) refuse_undefined_constants(context_, written.by_entries);
    out.value = decided(context_, out.value, options_.seed);
  }
}

// A definition whose body contains operators means their value, so that g(x) = diff(x^3, x) can be called,
// and holds where that does.
void Session::close_definition(std::string_view name) {
  const Defined* defined = names_.definition(name);
  if (defined == nullptr || !has_operations(context_, defined->body)) return;
  Answer found;
  answer(defined->body, written_form(*defined), found);
  names_.set_computed(name, found.value, std::move(found.conditions));
}

void Session::run_assertion(const ParsedText& text, const Statement& statement, const Elaborated& said,
                            Answer& out) {
  const Span span = text.tree.span(statement.root);
  Verdict verdict{Verdict::Kind::proved, {}};
  std::vector<Ref> regions;  // more than the values of both sides ask for
  const auto value = [&](Ref e) { return carry_out(context_, e, operator_options()).value; };
  const Elaborated untouched = written_assertion(text, statement, Mode::written);
  const Elaborated whole = written_assertion(text, statement, Mode::whole);
  for (size_t i = 0; i < said.comparisons.size(); ++i) {
    const Comparison& c = said.comparisons[i];
    const Comparison done{c.relation, value(c.left), value(c.right)};
    WrittenSides written;
    if (i < untouched.comparisons.size()) {
      written = {untouched.comparisons[i].left, untouched.comparisons[i].right};
      if (has_operations(context_, written.a) || has_operations(context_, written.b)) written = {};
    }
    Verdict one{Verdict::Kind::proved, {}};
    if (!is_comparison_true(context_, done)) {
      one = decide_comparison(context_, done.relation, done.left, done.right, options_.seed, written);
      if (one.kind != Verdict::Kind::proved) verdict = one;
      regions.insert(regions.end(), one.where.begin(), one.where.end());
      if (one.kind == Verdict::Kind::refuted) break;
    }
    const bool arrays = i < whole.comparisons.size() &&
                        (!written.a || has_arrays(context_, written.a) || has_arrays(context_, written.b));
    if (arrays) written = {whole.comparisons[i].left, whole.comparisons[i].right};
    for (Ref where : conditions_of_verdict(context_, one, done.left, done.right, written)) {
      if (std::find(out.conditions.begin(), out.conditions.end(), where) == out.conditions.end())
        out.conditions.push_back(where);
    }
  }
  if (said.condition && verdict.kind == Verdict::Kind::proved) {
    verdict = decide(context_, value(said.condition), options_.seed, untouched.condition);
    if (untouched.condition)
      out.conditions = conditions(context_, untouched.condition, said.condition, false);
    regions.insert(regions.end(), verdict.where.begin(), verdict.where.end());
  }
  if (verdict.kind == Verdict::Kind::proved && !regions.empty()) {
    throw Failure(Code::undecided, span,
                  "this assertion was proved only where " + condition_text(context_, regions.front()),
                  "declare the domain that is meant: var x : scalar > 0");
  }
  if (verdict.kind == Verdict::Kind::proved) return;
  if (verdict.kind == Verdict::Kind::unknown) {
    throw Failure(Code::undecided, span, "this assertion was neither proved nor refuted");
  }
  throw Failure(Code::assertion_failed, span,
                "this assertion is false" + (verdict.point.empty() ? "" : " at " + verdict.point));
}

}  // namespace nabla
