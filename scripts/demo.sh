#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Shows the daemon at work with a made-up battery and two shunts; needs no Venus device.
set -euo pipefail
cd "$(dirname "$0")/.."

usage() {
  cat <<'USAGE'
Usage: scripts/demo.sh [options]

Installs the Debian packages that are missing (as root), builds the daemon, starts it with a private
D-Bus daemon and MQTT broker, publishes a made-up battery once a second, plays two SmartShunts, and
shows what a client on the bus sees: the battery, and the shunts as one. Ctrl-C ends everything and leaves nothing behind but the build folder.

  --once          print all items once and leave; fails when one is missing
  --bank          instead: two MQTT packs, a serial driver's battery and a shunt as one bank; one pack becomes
                  cold, one is lost, and both come back
  --charge        instead: a pack that tells its cells and no limits, with charge control; a cell runs ahead, a
                  sensor is lost, a cell gets too high while the chargers do not mind
  --screens       instead: draws what the display and Home Assistant show of a bank as pictures into docs/
  --bms           aggregate the shunts as a virtual BMS; one of them raises an alarm now and then
  --ascii         draw with ASCII characters only
  --daemon=FILE   use this executable instead of building one
  --no-install    do not look for missing packages
  -h, --help      this text
USAGE
}

build_dir=build-demo
program=run.py
daemon=
install=1
view_options=()
for argument in "$@"; do
  case $argument in
    --once | --bms | --ascii) view_options+=("$argument") ;;
    --bank) program=bank_story.py ;;
    --charge) program=charge_story.py ;;
    --screens)
      program=screens.py
      view_options+=(--once --folder docs)
      ;;
    --daemon=*) daemon=${argument#*=} ;;
    --no-install) install=0 ;;
    -h | --help)
      usage
      exit 0
      ;;
    *)
      echo "demo.sh: unknown option '$argument' (see --help)" >&2
      exit 2
      ;;
  esac
done

build() {
  local log
  log=$(mktemp)
  echo "Building the daemon in $build_dir (one to two minutes the first time)"
  if ! { cmake -S . -B "$build_dir" -G Ninja -DDMB_BUILD_TESTS=OFF &&
    cmake --build "$build_dir" --target dbus-mqtt-battery; } >"$log" 2>&1; then
    tail -n 40 "$log" >&2
    rm -f "$log"
    echo "demo.sh: the build failed" >&2
    exit 1
  fi
  rm -f "$log"
}

if [ "$install" = 1 ]; then
  if [ -n "$daemon" ]; then scripts/install-deps.sh demo; else scripts/install-deps.sh build demo; fi
fi
if [ -z "$daemon" ]; then
  build
  daemon=$build_dir/src/dbus-mqtt-battery
fi
# Debian's own Python: the D-Bus bindings are packages of it.
exec /usr/bin/python3 -B "scripts/demo/$program" --daemon "$daemon" "${view_options[@]}"
