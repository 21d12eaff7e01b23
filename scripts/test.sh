#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Builds everything and runs the tests.
set -euo pipefail
cd "$(dirname "$0")/.."

usage() {
  cat <<'USAGE'
Usage: scripts/test.sh [options] [-- ctest options]

Installs the Debian packages that are missing (as root), builds, and runs all tests.

  --build-dir=DIR   where to build (default: build)
  --werror          treat warnings as errors
  --sanitize=LIST   build with sanitizers: address,undefined or thread
  --cxx=COMPILER    compiler to use, e.g. clang++
  --no-install      do not look for missing packages
  --target=NAME     build only this, e.g. mqtt_test; repeatable
  --build-only      build the tests but do not run them
  -h, --help        this text

Examples:
  scripts/test.sh
  scripts/test.sh --build-dir=build-asan --sanitize=address,undefined
  scripts/test.sh -- -R Mqtt --repeat until-fail:20
USAGE
}

build_dir=build
werror=OFF
sanitize=
install=1
run=1
cmake_options=()
targets=()
while [ $# -gt 0 ]; do
  case $1 in
    --build-dir=*) build_dir=${1#*=} ;;
    --werror) werror=ON ;;
    --sanitize=*) sanitize=${1#*=} ;;
    --cxx=*) cmake_options+=("-DCMAKE_CXX_COMPILER=${1#*=}") ;;
    --no-install) install=0 ;;
    --target=*) targets+=(--target "${1#*=}") ;;
    --build-only) run=0 ;;
    -h | --help)
      usage
      exit 0
      ;;
    --)
      shift
      break
      ;;
    *)
      echo "test.sh: unknown option '$1' (see --help; ctest options go after --)" >&2
      exit 2
      ;;
  esac
  shift
done

[ "$install" = 0 ] || scripts/install-deps.sh build test

# GCC's thread sanitizer cannot place its memory when the kernel randomizes addresses widely.
launcher=()
if [[ $sanitize == *thread* ]] && setarch "$(uname -m)" -R true 2>/dev/null; then
  launcher=(setarch "$(uname -m)" -R)
fi
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_stack_use_after_return=1:strict_string_checks=1}
export LSAN_OPTIONS=${LSAN_OPTIONS:-suppressions=$PWD/scripts/lsan-suppressions.txt:print_suppressions=0}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-halt_on_error=1:print_stacktrace=1}
tsan_options=halt_on_error=1:second_deadlock_stack=1:suppressions=$PWD/scripts/tsan-suppressions.txt
export TSAN_OPTIONS=${TSAN_OPTIONS:-$tsan_options}

# Sanitizer builds only run tests: half the compile time, and line numbers are still there.
[ -z "$sanitize" ] || cmake_options+=("-DCMAKE_CXX_FLAGS_RELWITHDEBINFO=-O1 -g1")

cmake -S . -B "$build_dir" -G Ninja -DDMB_WERROR="$werror" -DDMB_SANITIZE="$sanitize" \
  -DDMB_BUILD_TESTS=ON -DDMB_PRECOMPILE=ON "${cmake_options[@]}"
"${launcher[@]}" cmake --build "$build_dir" "${targets[@]}"
[ "$run" = 1 ] || exit 0
# Most of them wait for a clock most of the time: 7 minutes of processor in 48 of running.
"${launcher[@]}" ctest --test-dir "$build_dir" --output-on-failure --no-tests=error -j12 "$@"
