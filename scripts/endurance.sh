#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A day's worth of traffic, accelerated, against the real daemon.
set -euo pipefail
cd "$(dirname "$0")/.."

usage() {
  cat <<'USAGE'
Usage: scripts/endurance.sh [--short] [--build-dir=DIR]

Sends a million messages and a hundred thousand changes of shunts, connects a thousand times to a
broker and loses a thousand connections; checks that memory and descriptors stay what they were and
that the last value always shows. Prints a line for each. About half an hour.

  --short           the form that runs with the tests, under a minute
  --build-dir=DIR   where the daemon and its tests were built (default: build)
USAGE
}

build_dir=build
options=()
export DMB_ENDURANCE_RECONNECTS=1000
while [ $# -gt 0 ]; do
  case $1 in
    --short)
      options+=(--short)
      DMB_ENDURANCE_RECONNECTS=20
      ;;
    --build-dir=*) build_dir=${1#*=} ;;
    -h | --help)
      usage
      exit 0
      ;;
    *)
      echo "endurance.sh: unknown option '$1' (see --help)" >&2
      exit 2
      ;;
  esac
  shift
done

[ -f "$build_dir/build.ninja" ] || cmake -S . -B "$build_dir" -G Ninja >&2
cmake --build "$build_dir" --target dbus-mqtt-battery reconnect_test >&2
DMB_BINARY=$(realpath "$build_dir/src/dbus-mqtt-battery")
export DMB_BINARY
"$build_dir/tests/endurance/reconnect_test" | grep -E '^ENDURANCE|FAILED|Failure' &&
  [ "${PIPESTATUS[0]}" = 0 ]
exec nice -n 19 /usr/bin/python3 -B tests/endurance/run.py "${options[@]}"
