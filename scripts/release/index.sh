#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# index.sh FILE VERSION: writes VERSION into FILE, the list of all versions that download.sh reads: a line
# "version channel date" for each. Its date is SOURCE_DATE_EPOCH. Prints the newest version that is no beta, or nothing.
set -euo pipefail
[ $# = 2 ] || { echo "usage: index.sh FILE VERSION" >&2; exit 2; }
readonly file=$1 version=$2

channel=stable
case $version in *-*) channel=beta ;; esac
mkdir -p "$(dirname "$file")"
{
  echo "# Versions of dbus-mqtt-battery: version, channel, date"
  { grep '^[0-9]' "$file" 2>/dev/null || true; } | awk -v version="$version" '$1 != version'
  echo "$version $channel $(date -u -d "@$SOURCE_DATE_EPOCH" +%Y-%m-%d)"
} >"$file.new"
mv "$file.new" "$file"
awk '$2 == "stable" { print $1 }' "$file" | sort -V | tail -n 1
