# Completion of nabla for bash; written by `nabla docs bash`.

_nabla_files() {  # _nabla_files WORD SUFFIX: folders, and files with the suffix
  compopt -o filenames
  mapfile -t COMPREPLY < <(compgen -d -- "$1"; compgen -f -X "!*$2" -- "$1")
}

_nabla() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command='' options words i
  if [[ $word == '=' ]]; then
    word=''
  elif [[ $before == '=' ]]; then
    before=${COMP_WORDS[COMP_CWORD - 2]}
  fi
  COMPREPLY=()
  case $before in
    -e) return ;;
    --wrt) return ;;
    --order) return ;;
    --at) _nabla_files "$word" .json; return ;;
    -o | --output) _nabla_files "$word" ''; return ;;
    --lang) mapfile -t COMPREPLY < <(compgen -W 'cpp c' -- "$word"); return ;;
    --depfile) _nabla_files "$word" ''; return ;;
    --stamp) _nabla_files "$word" ''; return ;;
    --namespace) return ;;
    --scalar) mapfile -t COMPREPLY < <(compgen -W 'template double float' -- "$word"); return ;;
    --storage) mapfile -t COMPREPLY < <(compgen -W 'array span eigen' -- "$word"); return ;;
    --derive) return ;;
    --functions) return ;;
    --format) mapfile -t COMPREPLY < <(compgen -W 'unicode ascii latex json cpp python' -- "$word"); return ;;
    --let) return ;;
    --timeout) return ;;
    --seed) return ;;
    --diagnostics) mapfile -t COMPREPLY < <(compgen -W 'text json' -- "$word"); return ;;
    --color) mapfile -t COMPREPLY < <(compgen -W 'auto always never' -- "$word"); return ;;
  esac
  for ((i = 1; i < COMP_CWORD; i++)); do  # the command is the first word that belongs to no option
    case ${COMP_WORDS[i]} in
      -e | --wrt | --order | --at | -o | --output | --lang | --depfile | --stamp | --namespace | --scalar | --storage | --derive | --functions | --format | --let | --timeout | --seed | --diagnostics | --color)
        [[ ${COMP_WORDS[i + 1]} == '=' ]] && ((i++))
        ((i++)) ;;
      -* | =) ;;
      *) command=${COMP_WORDS[i]}; break ;;
    esac
  done
  case $command in
    '') options='-e -i --keep-going'; words='run diff grad jac hess simplify expand factor steps eval gen check cookbook fmt deps functions rules limits explain docs' ;;
    run) options='--keep-going'; _nabla_files "$word" .nabla ;;
    diff) options='--wrt --order --at' ;;
    grad) options='--wrt --at' ;;
    jac) options='--wrt --at' ;;
    hess) options='--wrt --at' ;;
    steps) options='--wrt --full' ;;
    eval) options='--at'; _nabla_files "$word" .nabla ;;
    gen) options='-o --output --check --lang --depfile --stamp --namespace --scalar --storage --derive --functions --no-stable --report --use-runtime'; _nabla_files "$word" .nabla ;;
    check) _nabla_files "$word" .nabla ;;
    cookbook) words='match verify page'; _nabla_files "$word" .nabla ;;
    fmt) options='--check'; _nabla_files "$word" .nabla ;;
    deps) _nabla_files "$word" .nabla ;;
    functions) words=$(nabla functions 2>/dev/null | sed -n 's/^\([^( ][^( ]*\).*/\1/p') ;;
    rules) words=$(nabla rules 2>/dev/null | sed -n 's/^\([^( ][^( ]*\).*/\1/p') ;;
    explain) words=$(nabla docs errors 2>/dev/null | sed -n 's/^## \(NB[0-9]*\).*/\1/p') ;;
    docs) words='functions errors man bash zsh fish' ;;
  esac
  if [[ $word == -* ]]; then
    words="$options --format --let --raw --free-entries --timeout --seed --diagnostics --color --quiet --help --version"
    COMPREPLY=()
  fi
  mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -W "$words" -- "$word")
}

complete -F _nabla nabla
