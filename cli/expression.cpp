// nabla diff|grad|jac|hess|simplify EXPR, and nabla eval FILE EXPR.
#include <algorithm>

#include "cli/arguments.h"
#include "cli/command_list.h"
#include "cli/commands.h"
#include "cli/runner.h"
#include "session/files.h"
#include "session/request.h"

namespace nabla::cli {
namespace {

using Extents = std::vector<std::pair<std::string, uint64_t>>;

bool ends_with(const std::string& text, std::string_view end) {
  return text.size() >= end.size() && std::string_view(text).substr(text.size() - end.size()) == end;
}

// The values of --at, which may be given several times: files, or names with numbers.
std::vector<Value> read_values(Session& session, const Options& options) {
  std::vector<Value> values;
  for (const std::string& at : options.at) {
    std::vector<Value> more;
    if (at == "-" || ends_with(at, ".json")) {
      const uint64_t limit = session.options().limits.input_bytes;
      more = values_from_json(at == "-" ? read_standard_input(limit) : read_file(at, limit));
    } else {
      more = values_from_assignments(session, at);
    }
    for (Value& value : more) {
      const auto same = [&](const Value& v) { return v.name == value.name; };
      if (std::any_of(values.begin(), values.end(), same)) {
        throw Failure(Code::malformed_values, "'" + value.name + "' has two values");
      }
      values.push_back(std::move(value));
    }
  }
  return values;
}

// Runs a request whose errors about --at have no place in the expression. The values of `known` extents are
// part of the declarations by now.
bool run(Runner& runner, const std::string& text, ExpressionRequest request, const Extents& known = {}) {
  Session& session = runner.session();
  request.has_values = !runner.options().at.empty();
  return runner.timed([&] {
    Outcome out;
    out.error = session.guarded([&] {
      for (Value& value : read_values(session, runner.options())) {
        const auto same = [&](const auto& extent) { return extent.first == value.name; };
        if (std::none_of(known.begin(), known.end(), same)) request.values.push_back(std::move(value));
      }
    });
    return out.error ? out : run_request(session, "<expr>", text, request);
  });
}

// Takes every dim whose extent the values determine to be that number from its declaration on, so that arrays
// of symbolic size become arrays of numbers.
bool load_with_extents(Runner& runner, const std::shared_ptr<const ParsedText>& text,
                       const Extents& extents) {
  Session& session = runner.session();
  for (const Statement& statement : text->statements) {
    const bool good = runner.timed([&] { return session.run(text, statement, false); });
    if (!good) return false;
    for (const auto& [name, extent] : extents) {
      const NameEntry* entry = session.names().find(name);
      if (entry == nullptr || entry->kind != NameKind::symbol) continue;
      if (session.context().symbol(entry->value).role != Role::extent) continue;
      session.names().declare_value(name, session.context().number(static_cast<int64_t>(extent)), true);
    }
  }
  return true;
}

}  // namespace

int run_operator(const Options& options) {
  Console console(options);
  Runner runner(options, console, Strictness::letters);
  ExpressionRequest request;
  request.operation = std::string(options.command->name);
  request.variables = options.wrt;
  if (options.order) {
    if (std::count(options.wrt.begin(), options.wrt.end(), ',') > 0) {
      throw UsageError{"--order takes one variable, and --wrt names several",
                       "name a variable as often as it is differentiated by: --wrt x,x,y"};
    }
    request.order = std::to_string(*options.order);
  }
  if (runner.declare_let()) run(runner, options.arguments[0], request);
  return console.status();
}

int run_eval(const Options& options) {
  Console console(options);
  const std::string& file = options.arguments[0];
  const std::string content =
      file == "-" ? read_standard_input(Limits{}.input_bytes) : read_file(file, Limits{}.input_bytes);
  const std::string name = file == "-" ? "<stdin>" : file;
  Extents extents;
  {
    // First with symbolic extents, to see which extents the values give.
    Runner symbolic(options, console, Strictness::declared);
    Session& session = symbolic.session();
    std::shared_ptr<const ParsedText> text;
    if (auto error = session.caught([&] { text = session.parse(name, content); })) {
      symbolic.show_error(*error, nullptr, 1);
      return console.status();
    }
    if (!load_with_extents(symbolic, text, {})) return console.status();
    const bool good = symbolic.timed([&] {
      Outcome out;
      out.error = session.guarded([&] {
        extents = extents_of_values(session.context(), read_values(session, options),
                                    declared_symbols(session.names()));
      });
      return out;
    });
    if (!good) return console.status();
  }
  Runner runner(options, console, Strictness::declared);
  std::shared_ptr<const ParsedText> text;
  if (runner.session().caught([&] { text = runner.session().parse(name, content); })) return exit_internal;
  runner.show_bare_numbers();
  if (load_with_extents(runner, text, extents) && runner.declare_let()) {
    ExpressionRequest request;
    run(runner, options.arguments[1], request, extents);
  }
  return console.status();
}

}  // namespace nabla::cli
