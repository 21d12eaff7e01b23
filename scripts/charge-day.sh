#!/bin/sh
# SPDX-License-Identifier: MIT
# Draws docs/charge-day.svg and docs/charge-feed-in.svg, and writes the table "Side by side" of
# docs/charge-control.md: all from the simulation (tests/simulation/closed_loop_test.cpp and stop_test.cpp
# say what must hold of it).
set -eu

case ${1-} in
  -h | --help)
    echo "Usage: scripts/charge-day.sh [BUILD_DIRECTORY]   (default build, configured with tests)"
    exit 0
    ;;
esac
top=$(cd "$(dirname "$0")/.." && pwd)
build=${1:-$top/build}
"$top/scripts/install-deps.sh" pictures
cmake --build "$build" --target charge_day_csv feed_in_stop_csv charge_table
tables=$(mktemp -d)
trap 'rm -rf "$tables"' EXIT
simulation=$build/tests/simulation
"$simulation/charge_day_csv" "a cell 3 Ah ahead" ours 60 24 >"$tables/day"
"$simulation/feed_in_stop_csv" >"$tables/stop"
"$simulation/charge_table" >"$tables/side-by-side"
gnuplot -e "day='$tables/day'; stop='$tables/stop'" \
  -e "day_picture='$top/docs/charge-day.svg'; stop_picture='$top/docs/charge-feed-in.svg'" \
  "$top/scripts/charge-day.gnuplot"

page=$top/docs/charge-control.md
awk -v table="$tables/side-by-side" '
  /^<!-- end of the table/ { inside = 0 }
  !inside { print }
  /^<!-- the table that/ { inside = 1; while ((getline line < table) > 0) print line }
' "$page" >"$tables/page"
cat "$tables/page" >"$page"
echo "docs/charge-day.svg docs/charge-feed-in.svg docs/charge-control.md"
