#include "cli/commands.h"

#include "cli/command_list.h"

namespace nabla::cli {
namespace {

constexpr size_t any = 1000;  // arguments of a command that is refused anyway

#ifdef NABLA_COOKBOOK
constexpr auto cookbook = run_cookbook;
#else
constexpr int (*cookbook)(const Options&) = nullptr;
#endif

constexpr Command kCommands[] = {
    {"run", "FILE | -", 1, 1, accepts_keep_going, "run a script", run_script},
    {"diff", "EXPR", 1, 1, accepts_wrt | accepts_order | accepts_at, "differentiate", run_operator},
    {"grad", "EXPR", 1, 1, accepts_wrt | accepts_at, "gradient, in the shape of the variable", run_operator},
    {"jac", "EXPR", 1, 1, accepts_wrt | accepts_at, "Jacobian, outputs by inputs", run_operator},
    {"hess", "EXPR", 1, 1, accepts_wrt | accepts_at, "Hessian", run_operator},
    {"simplify", "EXPR", 1, 1, accepts_nothing, "simplify", run_operator},
    {"expand", "EXPR", 1, 1, accepts_nothing, "multiply out", run_operator},
    {"factor", "EXPR", 1, 1, accepts_nothing, "factor", run_operator},
    {"taylor", "EXPR --wrt x --at 0 --order 5", 1, any, accepts_wrt | accepts_at | accepts_order,
     "Taylor polynomial", nullptr},
    {"limit", "EXPR --wrt x --at 0", 1, any, accepts_wrt | accepts_at, "limit", nullptr},
    {"steps", "EXPR [--wrt x] [--full]", 1, 1, accepts_wrt | accepts_full, "the derivation, rule by rule",
     run_steps},
    {"trace", "FILE --at values.json", 1, any, accepts_at, "values and adjoints, node by node", nullptr},
    {"eval", "FILE EXPR", 2, 2, accepts_at, "numbers for an expression over the names of a model", run_eval},
    {"gen", "FILE -o OUT", 1, 1, accepts_gen | accepts_check, "generate code", run_gen},
    {"check", "FILE", 1, 1, accepts_nothing,
     "shapes, assertions, and derivatives against automatic differentiation", run_check},
    {"cookbook", "[NUMBER | WORDS | FORMULA | match EXPR | verify [NUMBER… | FILE…] | page [FILE…]]", 0, any,
     accepts_nothing,
     "identities of the Matrix Cookbook: looked up, found from a formula, derived and proved", cookbook},
    {"minimize", "FILE", 1, any, accepts_nothing, "minimize a function of a model", nullptr},
    {"plot", "EXPR", 1, any, accepts_nothing, "plot", nullptr},
    {"fmt", "FILE", 1, 1, accepts_check, "format a file", run_fmt},
    {"deps", "FILE", 1, 1, accepts_nothing, "the files that a file imports", run_deps},
    {"functions", "[NAME]", 0, 1, accepts_nothing, "the functions of the language", run_functions},
    {"rules", "[NAME | WORDS]", 0, any, accepts_nothing, "the rewrite rules", run_rules},
    {"limits", "", 0, 0, accepts_nothing, "the limits and their defaults", run_limits},
    {"explain", "CODE", 1, 1, accepts_nothing, "explain an error code such as NB0201", run_explain},
    {"docs", "functions | errors | man | bash | zsh | fish", 1, 1, accepts_nothing,
     "pages and completions for shells, written from the tables of the program", run_docs},
};

}  // namespace

std::span<const Command> commands() { return kCommands; }

const Command* find_command(std::string_view name) {
  for (const Command& row : kCommands) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

}  // namespace nabla::cli
