#!/bin/sh
# SPDX-License-Identifier: MIT
# Draws docs/bank-day.svg: a simulated day of two packs as one bank (tests/simulation/bank_day_test.cpp
# says what must hold of it).
set -eu

case ${1-} in
  -h | --help)
    echo "Usage: scripts/bank-day.sh [BUILD_DIRECTORY]   (default build, configured with tests)"
    exit 0
    ;;
esac
top=$(cd "$(dirname "$0")/.." && pwd)
build=${1:-$top/build}
"$top/scripts/install-deps.sh" pictures
cmake --build "$build" --target bank_day_csv
table=$(mktemp)
trap 'rm -f "$table"' EXIT
"$build/tests/simulation/bank_day_csv" >"$table"
gnuplot -e "table='$table'; picture='$top/docs/bank-day.svg'" "$top/scripts/bank-day.gnuplot"
echo "docs/bank-day.svg"
