#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Builds the fuzzers with clang and runs them.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly all=(payload config map intake charge shunts set_value settings registers topic text status record)

usage() {
  cat <<USAGE
Usage: scripts/fuzz.sh [options] [NAME...]

Builds the fuzzers, replays the corpora of tests/fuzz/corpus, and then lets each fuzzer look for new
inputs. Ends at the first finding and says which input it is. Fuzzers: ${all[*]}.

  --seconds N      run each for so long (default: 60)
  --runs N         run each for so many executions
  --seed N         the same inputs each time, as far as they go (default: others each time)
  --build-dir=DIR  where to build (default: build-fuzz)
  --keep DIR       keep what was found interesting in DIR/NAME, and start from there as well
  --jobs N         fuzzers at a time (default: number of processors)
  -h, --help       this text

Examples:
  scripts/fuzz.sh --seconds 1800 --keep /tmp/corpus
  scripts/fuzz.sh --runs 10000000 topic text
USAGE
}

limit=(-max_total_time=60)
seed=()
build_dir=build-fuzz
keep=
jobs=$(nproc)
names=()
while [ $# -gt 0 ]; do
  case $1 in
    --seconds) limit=("-max_total_time=${2:?}") && shift ;;
    --runs) limit=("-runs=${2:?}") && shift ;;
    --seed) seed=("-seed=${2:?}") && shift ;;
    --build-dir=*) build_dir=${1#*=} ;;
    --keep) keep=${2:?} && shift ;;
    --jobs) jobs=${2:?} && shift ;;
    -h | --help) usage && exit 0 ;;
    -*)
      echo "fuzz.sh: unknown option '$1' (see --help)" >&2
      exit 2
      ;;
    *)
      case " ${all[*]} " in
        *" $1 "*) names+=("$1") ;;
        *)
          echo "fuzz.sh: no fuzzer named '$1' (there are: ${all[*]})" >&2
          exit 2
          ;;
      esac
      ;;
  esac
  shift
done
[ ${#names[@]} -gt 0 ] || names=("${all[@]}")

cmake -S . -B "$build_dir" -G Ninja -DCMAKE_CXX_COMPILER=clang++ -DDMB_BUILD_FUZZERS=ON \
  -DDMB_WERROR=ON "-DCMAKE_CXX_FLAGS_RELWITHDEBINFO=-O1 -g1" >/dev/null
cmake --build "$build_dir" --target "${names[@]/%/_fuzz}"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$build_dir/findings"

# Output goes to a file; what matters of it is shown at the end.
fuzz() {
  local name=$1 corpus=${keep:-$work}/$1 options=("${limit[@]}" "${seed[@]}" -timeout=60
    -rss_limit_mb=1024 -print_final_stats=1 "-artifact_prefix=$build_dir/findings/$1-")
  mkdir -p "$corpus"
  [ ! -f "tests/fuzz/dictionaries/$name.dict" ] ||
    options+=("-dict=tests/fuzz/dictionaries/$name.dict")
  local program=$build_dir/tests/fuzz/${name}_fuzz
  "$program" -runs=0 "tests/fuzz/corpus/$name" >"$work/$name.log" 2>&1 &&
    "$program" "${options[@]}" "$corpus" "tests/fuzz/corpus/$name" >"$work/$name.log" 2>&1
}

report() {
  local name=$1 code=$2 executions speed
  if [ "$code" != 0 ]; then
    grep -aE 'what\(\)|ERROR|SUMMARY|runtime error|Test unit written|^    #[0-9] ' \
      "$work/$name.log" | head -n 40 >&2
    # Where only the output is kept, the input must stand in it.
    sed -n 's/^Base64: /the input, for base64 -d: /p' "$work/$name.log" >&2
    echo "fuzz.sh: $name has a finding" >&2
    return 1
  fi
  executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$work/$name.log")
  speed=$(sed -n 's/^stat::average_exec_per_sec: *//p' "$work/$name.log")
  printf '%-10s %12s executions, %7s a second, no finding\n' "$name" "$executions" "$speed"
}

declare -A name_of=()
failed=0
reap() {
  local pid code=0
  wait -n -p pid || code=$?
  report "${name_of[$pid]}" "$code" || failed=1
  unset "name_of[$pid]"
}
for name in "${names[@]}"; do
  [ "${#name_of[@]}" -lt "$jobs" ] || reap
  [ "$failed" = 0 ] || break
  fuzz "$name" &
  name_of[$!]=$name
done
while [ "${#name_of[@]}" -gt 0 ]; do reap; done
exit "$failed"
