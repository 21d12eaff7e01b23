#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# stand_in.sh TRIPLE USER LIBRARY TARGET: writes TARGET, which is to LIBRARY's user USER what LIBRARY is, by name and
# functions; but each function ends the program. For what is loaded and never called.
set -euo pipefail
[ $# = 4 ] || { echo "usage: stand_in.sh TRIPLE USER LIBRARY TARGET" >&2; exit 2; }
readonly triple=$1 user=$2 library=$3 target=$4

export LC_ALL=C  # for sort and join
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# symbols FILE: "DEFINED NAME VERSION" of each, DEFINED being UND for what the file wants of others; VERSION may be empty.
symbols() {
  readelf --dyn-syms -W "$1" | awk '$7 ~ /^(UND|[0-9]+)$/ && $8 != "" {
    split($8, part, /@+/); print $7, part[1], part[2] }'
}

# "NAME VERSION" of what USER wants and LIBRARY has.
symbols "$library" | awk '$1 != "UND" { print $2 }' | sort -u >"$work/there"
symbols "$user" | awk '$1 == "UND" { print $2, $3 }' | sort -u | join - "$work/there" >"$work/wanted"
[ -s "$work/wanted" ] || { echo "stand_in.sh: $user wants nothing of $library" >&2; exit 1; }
awk '{ print "void " $1 "(void) { __builtin_trap(); }" }' "$work/wanted" >"$work/functions.c"
awk 'NF == 2 { names[$2] = names[$2] "  " $1 ";\n" }
  END { for (version in names) printf "%s { global:\n%s};\n", version, names[version] }' "$work/wanted" >"$work/versions"
script=()
[ ! -s "$work/versions" ] || script=("-Wl,--version-script=$work/versions")
"$triple-gcc" -Os -shared -fPIC -nostdlib -s -fno-builtin -Wl,-soname,"$(basename "$library")" -Wl,--build-id=none \
  "${script[@]}" -x c "$work/functions.c" -o "$target"
chmod 755 "$target"
