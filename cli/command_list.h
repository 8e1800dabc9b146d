// The functions that the rows of commands.cpp name; each returns an exit status.
#pragma once

#include "cli/options.h"

namespace nabla::cli {

int run_script(const Options&);     // run FILE | -
int run_operator(const Options&);   // diff grad jac hess simplify EXPR
int run_steps(const Options&);      // steps EXPR
int run_eval(const Options&);       // eval FILE EXPR
int run_gen(const Options&);        // gen FILE -o OUT
int run_check(const Options&);      // check FILE
int run_cookbook(const Options&);   // cookbook [NUMBER | WORDS | FORMULA | match EXPR | verify [NUMBER… |
                                    // FILE…] | page [FILE…]]
int run_fmt(const Options&);        // fmt FILE
int run_deps(const Options&);       // deps FILE
int run_functions(const Options&);  // functions [NAME]
int run_rules(const Options&);      // rules [NAME | WORDS]
int run_limits(const Options&);     // limits
int run_explain(const Options&);    // explain CODE
int run_docs(const Options&);       // docs functions | errors | man | bash | zsh | fish

}  // namespace nabla::cli
