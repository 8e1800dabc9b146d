# Completion of nabla for fish; written by `nabla docs fish`.

complete -c nabla -f
complete -c nabla -s h -l help -d 'help'
complete -c nabla -l version -d 'the version'
complete -c nabla -l format -x -a 'unicode ascii latex json cpp python' -d 'unicode, ascii, latex, json, cpp or python'
complete -c nabla -l let -x -d 'declarations before the expression: "var x; param a > 0"'
complete -c nabla -l raw -d 'do not simplify'
complete -c nabla -l free-entries -d 'derivatives by the independent entries of structured variables'
complete -c nabla -l timeout -x -d 'time for each statement'
complete -c nabla -l seed -x -d 'seed of the random points of checks'
complete -c nabla -l diagnostics -x -a 'text json' -d 'text or json'
complete -c nabla -l color -x -a 'auto always never' -d 'auto, always or never'
complete -c nabla -l quiet -d 'no notes about layout and conditions'

complete -c nabla -n __fish_use_subcommand -s e -x -d 'run a statement and print its result; may be repeated'
complete -c nabla -n __fish_use_subcommand -s i -d 'then stay at the prompt'
complete -c nabla -n __fish_use_subcommand -l keep-going -d 'go on after a statement that fails'

complete -c nabla -n __fish_use_subcommand -a run -d 'run a script'
complete -c nabla -n '__fish_seen_subcommand_from run' -l keep-going -d 'go on after a statement that fails'
complete -c nabla -n '__fish_seen_subcommand_from run' -k -a '(__fish_complete_suffix .nabla)'

complete -c nabla -n __fish_use_subcommand -a diff -d 'differentiate'
complete -c nabla -n '__fish_seen_subcommand_from diff' -l wrt -x -d 'differentiate by these names: x,y'
complete -c nabla -n '__fish_seen_subcommand_from diff' -l order -x -d 'order of the derivative'
complete -c nabla -n '__fish_seen_subcommand_from diff' -l at -x -a '(__fish_complete_suffix .json)' -d 'x=1,y=2 or the name of a .json file'

complete -c nabla -n __fish_use_subcommand -a grad -d 'gradient, in the shape of the variable'
complete -c nabla -n '__fish_seen_subcommand_from grad' -l wrt -x -d 'differentiate by these names: x,y'
complete -c nabla -n '__fish_seen_subcommand_from grad' -l at -x -a '(__fish_complete_suffix .json)' -d 'x=1,y=2 or the name of a .json file'

complete -c nabla -n __fish_use_subcommand -a jac -d 'Jacobian, outputs by inputs'
complete -c nabla -n '__fish_seen_subcommand_from jac' -l wrt -x -d 'differentiate by these names: x,y'
complete -c nabla -n '__fish_seen_subcommand_from jac' -l at -x -a '(__fish_complete_suffix .json)' -d 'x=1,y=2 or the name of a .json file'

complete -c nabla -n __fish_use_subcommand -a hess -d 'Hessian'
complete -c nabla -n '__fish_seen_subcommand_from hess' -l wrt -x -d 'differentiate by these names: x,y'
complete -c nabla -n '__fish_seen_subcommand_from hess' -l at -x -a '(__fish_complete_suffix .json)' -d 'x=1,y=2 or the name of a .json file'

complete -c nabla -n __fish_use_subcommand -a simplify -d 'simplify'

complete -c nabla -n __fish_use_subcommand -a expand -d 'multiply out'

complete -c nabla -n __fish_use_subcommand -a factor -d 'factor'

complete -c nabla -n __fish_use_subcommand -a steps -d 'the derivation, rule by rule'
complete -c nabla -n '__fish_seen_subcommand_from steps' -l wrt -x -d 'differentiate by these names: x,y'
complete -c nabla -n '__fish_seen_subcommand_from steps' -l full -d 'each rule with its formula'

complete -c nabla -n __fish_use_subcommand -a eval -d 'numbers for an expression over the names of a model'
complete -c nabla -n '__fish_seen_subcommand_from eval' -l at -x -a '(__fish_complete_suffix .json)' -d 'x=1,y=2 or the name of a .json file'
complete -c nabla -n '__fish_seen_subcommand_from eval' -k -a '(__fish_complete_suffix .nabla)'

complete -c nabla -n __fish_use_subcommand -a gen -d 'generate code'
complete -c nabla -n '__fish_seen_subcommand_from gen' -s o -l output -r -F -d 'the file to write; \'-\' is standard output'
complete -c nabla -n '__fish_seen_subcommand_from gen' -l check -d 'write nothing; exit status 3 if the file is out of date'
complete -c nabla -n '__fish_seen_subcommand_from gen' -l lang -x -a 'cpp c' -d 'language of the code: cpp or c'
complete -c nabla -n '__fish_seen_subcommand_from gen' -l depfile -r -F -d 'write the files read, as a rule for make and ninja'
complete -c nabla -n '__fish_seen_subcommand_from gen' -l stamp -r -F -d 'write this file when all went well'
complete -c nabla -n '__fish_seen_subcommand_from gen' -l namespace -x -d 'namespace of the code: my::models'
complete -c nabla -n '__fish_seen_subcommand_from gen' -l scalar -x -a 'template double float' -d 'scalar type: template, double or float'
complete -c nabla -n '__fish_seen_subcommand_from gen' -l storage -x -a 'array span eigen' -d 'how arrays are passed: array, span or eigen'
complete -c nabla -n '__fish_seen_subcommand_from gen' -l derive -x -d 'outputs instead of those of the file: value,grad,hess'
complete -c nabla -n '__fish_seen_subcommand_from gen' -l functions -x -d 'only these functions: f,g'
complete -c nabla -n '__fish_seen_subcommand_from gen' -l no-stable -d 'do not replace formulas by numerically stable ones'
complete -c nabla -n '__fish_seen_subcommand_from gen' -l report -d 'say what was generated and how it was checked'
complete -c nabla -n '__fish_seen_subcommand_from gen' -l use-runtime -d 'include nabla_runtime.h instead of copying from it'
complete -c nabla -n '__fish_seen_subcommand_from gen' -k -a '(__fish_complete_suffix .nabla)'

complete -c nabla -n __fish_use_subcommand -a check -d 'shapes, assertions, and derivatives against automatic differentiation'
complete -c nabla -n '__fish_seen_subcommand_from check' -k -a '(__fish_complete_suffix .nabla)'

complete -c nabla -n __fish_use_subcommand -a cookbook -d 'identities of the Matrix Cookbook: looked up, found from a formula, derived and proved'
complete -c nabla -n '__fish_seen_subcommand_from cookbook' -a 'match verify page'
complete -c nabla -n '__fish_seen_subcommand_from cookbook' -k -a '(__fish_complete_suffix .nabla)'

complete -c nabla -n __fish_use_subcommand -a fmt -d 'format a file'
complete -c nabla -n '__fish_seen_subcommand_from fmt' -l check -d 'write nothing; exit status 3 if the file is out of date'
complete -c nabla -n '__fish_seen_subcommand_from fmt' -k -a '(__fish_complete_suffix .nabla)'

complete -c nabla -n __fish_use_subcommand -a deps -d 'the files that a file imports'
complete -c nabla -n '__fish_seen_subcommand_from deps' -k -a '(__fish_complete_suffix .nabla)'

complete -c nabla -n __fish_use_subcommand -a functions -d 'the functions of the language'
complete -c nabla -n '__fish_seen_subcommand_from functions' -a '(nabla functions 2>/dev/null | sed -n \'s/^\\([^( ][^( ]*\\).*/\\1/p\')'

complete -c nabla -n __fish_use_subcommand -a rules -d 'the rewrite rules'
complete -c nabla -n '__fish_seen_subcommand_from rules' -a '(nabla rules 2>/dev/null | sed -n \'s/^\\([^( ][^( ]*\\).*/\\1/p\')'

complete -c nabla -n __fish_use_subcommand -a limits -d 'the limits and their defaults'

complete -c nabla -n __fish_use_subcommand -a explain -d 'explain an error code such as NB0201'
complete -c nabla -n '__fish_seen_subcommand_from explain' -a '(nabla docs errors 2>/dev/null | sed -n \'s/^## \\(NB[0-9]*\\).*/\\1/p\')'

complete -c nabla -n __fish_use_subcommand -a docs -d 'pages and completions for shells, written from the tables of the program'
complete -c nabla -n '__fish_seen_subcommand_from docs' -a 'functions errors man bash zsh fish'
