#!/usr/bin/env bash
# What derivatives cost in a build: generation of each example, and builds of 100 models with Ninja and Make in which
# nothing, one model, or a file that two models import was touched.
#   bench/builds.sh BUILD     BUILD is a folder with a built nabla; scripts/bench builds calls this
set -euo pipefail
source=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
nabla=$(realpath "$1/nabla")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
TIMEFORMAT='%U %S %R'

# least COMMAND...: the least CPU and wall times of 7 runs, in ms
least() {
  for _ in 1 2 3 4 5 6 7; do { time "$@" >/dev/null 2>&1; } 2>&1; done |
    awk '{ cpu = $1 + $2; if (NR == 1 || cpu < c) c = cpu; if (NR == 1 || $3 < w) w = $3 }
         END { printf "%5.0f ms CPU %5.0f ms wall\n", 1000 * c, 1000 * w }'
}

echo "generation"
for model in "$source"/examples/*.nabla; do
  printf '  %-16s' "$(basename "$model" .nabla)"
  least "$nabla" gen "$model" -o out.h
done

cmake --install "$(dirname "$nabla")" --prefix "$work/prefix" >/dev/null
models=
for i in $(seq 100); do
  models+=" m$i.nabla"
  { [[ $i -gt 2 ]] || echo 'import "one.nabla"'; echo "var x"; echo "f(x) = x^$i"; } >"m$i.nabla"
done
echo 'const c = 1' >one.nabla
cat >CMakeLists.txt <<EOF
cmake_minimum_required(VERSION 3.20)
project(builds LANGUAGES NONE)
find_package(Nabla REQUIRED)
nabla_generate(TARGET models MODELS $models)
add_custom_target(all-models ALL)
add_dependencies(all-models models)
EOF
for generator in Ninja "Unix Makefiles"; do
  echo "$generator, 100 models"
  cmake -G "$generator" -S . -B b -DCMAKE_PREFIX_PATH="$work/prefix" >/dev/null
  rebuild() { [[ -z $1 ]] || touch "$1"; cmake --build b -j1; }
  printf '  %-16s' "first build"
  { time cmake --build b -j1 >/dev/null; } 2>&1 | awk '{ printf "%5.0f ms CPU %5.0f ms wall\n", 1000 * ($1 + $2), 1000 * $3 }'
  for touched in "" m7.nabla one.nabla; do
    printf '  %-16s' "${touched:-nothing}"
    least rebuild "$touched"
    printf '  %-16s%5d runs of nabla\n' "" "$(rebuild "$touched" | grep -c 'nabla m' || true)"
  done
  rm -rf b
done
