#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Which lines of core (battery, bank, control, device, codec, config) the unit and property tests run, and the corpora of the
# fuzzers that need no bus.
set -euo pipefail
cd "$(dirname "$0")/.."

usage() {
  cat <<'USAGE'
Usage: scripts/coverage.sh [options]

Builds with gcc's coverage counters, runs the tests of core, and prints a table: lines, lines run,
and the numbers of those that were not. Fails below the floor.

  --floor PERCENT  least share of lines (default: 95)
  --build-dir=DIR  where to build (default: build-coverage)
  --html FILE      write the lines themselves as well
  --no-install     do not look for missing packages
  -h, --help       this text
USAGE
}

floor=95
build_dir=build-coverage
html=()
install=1
while [ $# -gt 0 ]; do
  case $1 in
    --floor) floor=${2:?} && shift ;;
    --build-dir=*) build_dir=${1#*=} ;;
    --html) html=(--html-details "${2:?}") && shift ;;
    --no-install) install=0 ;;
    -h | --help) usage && exit 0 ;;
    *)
      echo "coverage.sh: unknown option '$1' (see --help)" >&2
      exit 2
      ;;
  esac
  shift
done

[ "$install" = 0 ] || scripts/install-deps.sh build test coverage

readonly tests=(battery bank control device codec mapping config property)
readonly fuzzers=(payload config map registers topic text)  # those that need no bus

# -O0, so that each line counts for itself.
cmake -S . -B "$build_dir" -G Ninja -DCMAKE_CXX_COMPILER=g++ -DCMAKE_BUILD_TYPE=Debug \
  "-DCMAKE_CXX_FLAGS_DEBUG=-O0 -g1 --coverage" >/dev/null
cmake --build "$build_dir" --target "${tests[@]/%/_test}" "${fuzzers[@]/%/_fuzz}"
find "$build_dir" -name '*.gcda' -delete
for name in "${tests[@]}"; do
  "$build_dir/tests/$name/${name}_test" --gtest_brief=1
done
for name in "${fuzzers[@]}"; do
  "$build_dir/tests/fuzz/${name}_fuzz" "tests/fuzz/corpus/$name" >/dev/null
done

gcovr --root . --object-directory "$build_dir" --filter 'src/(battery|bank|control|device|codec|mapping|config)/' \
  --filter 'include/dmb/(battery|bank|control|device|codec|mapping|config)/' --exclude-unreachable-branches \
  --exclude-throw-branches --print-summary "${html[@]}" --fail-under-line "$floor" \
  "$build_dir"/src/{battery,bank,control,device,codec,config}
