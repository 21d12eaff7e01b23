#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Builds the daemon and the measuring programs, and measures.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)

usage() {
  cat <<'USAGE'
Usage: bench/run.sh [shunts | maps | banks | publish | record] [--daemon=FILE] [options]
       bench/run.sh core [options of Google Benchmark]

Builds (in build-bench), starts a private D-Bus daemon and MQTT broker, and measures the daemon beside
the floor: a program with the same libraries that turns one message into one signal and does nothing
else. Prints one table; about ten minutes. A quiet machine gives better figures.
With "shunts" it measures the SmartShunt aggregator instead; about two minutes.
With "maps" it measures batteries whose values come on topics of their own: a burst of 40 topics beside
the floor's single message, and up to 50 such batteries; about three minutes.
With "banks" it measures 16 packs with 16 cells each, alone and as one, and a bank of 64 members on the bus;
about four minutes.
With "publish" it measures what [PUBLISH] adds; about two minutes.
With "record" it measures what a recording adds; about ten minutes.
With "core" it times decoding, model and aggregation alone; their instructions are counted by
bench/core/instructions.py.

  --daemon=FILE   measure this executable instead of the one just built
  --quick         a short run, to see whether everything works

USAGE
}

build_dir=$root/build-bench
configure() {
  cmake -S "$root" -B "$build_dir" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo \
    -DDMB_BUILD_TESTS=OFF -DDMB_BUILD_BENCH=ON >&2
}
if [ "${1:-}" = core ]; then
  "$root/scripts/install-deps.sh" build bench
  configure
  cmake --build "$build_dir" --target core_bench >&2
  exec "$build_dir/bench/core/core_bench" "${@:2}"
fi

daemon=$build_dir/src/dbus-mqtt-battery
bench=bench.py
targets=(bench_probe bench_floor)
options=()
help=0
for argument in "$@"; do
  case $argument in
    shunts) bench=shunts.py targets=(bench_shunt_probe bench_shunt_floor) ;;
    maps) bench=maps.py ;;
    publish) bench=publish.py ;;
    record) bench=record.py ;;
    banks) bench=banks.py targets=(bench_probe bench_floor bench_shunt_probe) ;;
    --daemon=*) daemon=$(realpath "${argument#*=}") ;;
    --quick) options+=(--scale 0.1 --rounds 1 --starts 3) ;;
    -h | --help) help=1 ;;
    *) options+=("$argument") ;;
  esac
done
if [ "$help" = 1 ]; then
  usage
  options=(--help)
else
  "$root/scripts/install-deps.sh" build demo
  [ "$daemon" != "$build_dir/src/dbus-mqtt-battery" ] || targets+=(dbus-mqtt-battery)
  configure
  cmake --build "$build_dir" --target "${targets[@]}" >&2
fi
data=$root/tests/data
input=(--data "$data")
[ "$bench" != banks.py ] ||
  input+=(--tree "$data/smartshunt-48v.json" --shunt-probe "$build_dir/bench/bench_shunt_probe")
[ "$bench" != shunts.py ] || input=(--tree "$data/smartshunt-48v.json")
exec /usr/bin/python3 -B "$root/bench/$bench" --daemon "$daemon" "${input[@]}" \
  --probe "$build_dir/bench/${targets[0]}" --floor "$build_dir/bench/${targets[1]}" "${options[@]}"
