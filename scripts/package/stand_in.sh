#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# stand_in.sh TRIPLE USER NAME TARGET: writes TARGET, a library called NAME that has every function the
# library USER wants of it, each of which ends the program. For what is loaded and never called.
set -euo pipefail
[ $# = 4 ] || { echo "usage: stand_in.sh TRIPLE USER NAME TARGET" >&2; exit 2; }
readonly triple=$1 user=$2 name=$3 target=$4

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The versions that USER wants of NAME, and their functions: "gcry_md_open@GCRYPT_1.6 (3)".
versions=$(readelf -VW "$user" | awk -v name="$name" '
  /File: / { wanted = index($0, "File: " name " ") > 0 }
  wanted && / Name: / { sub(/.* Name: /, ""); print $1 }')
[ -n "$versions" ] || { echo "stand_in.sh: $user wants nothing of $name" >&2; exit 1; }
for version in $versions; do
  functions=$(readelf --dyn-syms -W "$user" | sed -n "s/.* UND \(.*\)@$version\( .*\)\?\$/\1/p")
  printf '%s { global:\n' "$version"
  for function in $functions; do
    printf '  %s;\n' "$function"
    printf 'void %s(void) { __builtin_trap(); }\n' "$function" >>"$work/functions.c"
  done
  printf '};\n'
done >"$work/versions"
"$triple-gcc" -Os -shared -fPIC -nostdlib -s -Wl,-soname,"$name" -Wl,--build-id=none \
  -Wl,--version-script="$work/versions" -x c "$work/functions.c" -o "$target"
chmod 755 "$target"
