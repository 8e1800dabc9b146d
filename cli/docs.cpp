#include "cli/docs.h"

#include "cli/arguments.h"
#include "cli/command_list.h"
#include "cli/commands.h"
#include "cli/console.h"

namespace nabla::cli {
namespace {

struct Document {
  std::string_view name;
  std::string (*write)();
};

constexpr Document kDocuments[] = {
    {"functions", function_page}, {"errors", error_page},  {"man", man_page},
    {"bash", bash_completion},    {"zsh", zsh_completion}, {"fish", fish_completion}};

}  // namespace

int run_docs(const Options& options) {
  Console console(options);
  for (const Document& document : kDocuments) {
    if (document.name != options.arguments[0]) continue;
    console.text(document.write());
    return console.status();
  }
  throw UsageError{"there is no document '" + options.arguments[0] + "'",
                   "write nabla docs " + std::string(options.command->usage)};
}

}  // namespace nabla::cli
