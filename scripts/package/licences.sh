#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# licences.sh SYSROOT_WORK TREE: writes TREE/licences/THIRD-PARTY.gz, the versions and licences of what is
# bundled or compiled in, from Debian's copyright files and the licence texts these refer to.
set -euo pipefail
[ $# = 2 ] || { echo "usage: licences.sh SYSROOT_WORK TREE" >&2; exit 2; }
readonly work=$1 tree=$2
# shellcheck source=scripts/package/stand_ins.sh
. "$(dirname "$0")/stand_ins.sh"

# Packages whose code comes into the program from headers.
readonly compiled_in=(libfmt-dev libspdlog-dev nlohmann-json3-dev)

# The package that a bundled library came from.
packages() {
  local library
  printf '%s\n' "${compiled_in[@]}"
  for library in "$tree"/lib/*; do
    ! is_stand_in "${library##*/}" || continue  # ours
    awk -v name="${library##*/}" '$2 == name { print $1 }' "$work/libraries"
  done
}

copyright_of() { echo "$work/root/usr/share/doc/$1/copyright"; }

heading() { printf '\n==== %s\n\n' "$1"; }

mkdir -p "$tree/licences"
readonly text=$tree/licences/THIRD-PARTY
names=$(packages | sort -u)
{
  echo "Parts of this package come from Debian, unchanged; their source is in Debian's archive under"
  echo "these versions, and what is under the LGPL or EPL is in the release's sources archive. The texts"
  echo "below are Debian's copyright files and the licences they name."
  echo
  for name in $names; do sed -n "s/^\($name\) \([^ ]*\) .*/\1 \2/p" "$work/packages"; done
  for name in $names; do
    # The compiler's libraries share one long text.
    if [ "$name" = libgcc-s1 ] && cmp -s "$(copyright_of "$name")" "$(copyright_of libstdc++6)"; then
      continue
    fi
    heading "$name"
    cat "$(copyright_of "$name")"
  done
} >"$text"
# Documentation and build tools of these packages, under other licences, are not in here.
named=$(grep -o '/usr/share/common-licenses/\(Apache-2.0\|L\?GPL-[23]\(\.[0-9]\)\?\)' "$text" | sort -u)
for file in $named; do
  heading "${file##*/}"
  cat "$file"
done >>"$text"
gzip -9n "$text"
