#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# bundle_libs.sh SYSROOT TRIPLE EXECUTABLE DIR: copies every library that EXECUTABLE needs, directly
# or through another one, and the dynamic loader into DIR, as Debian built them; but for those with which libsystemd
# would seal and pack journals: 1.6 MB that nothing here ever calls. stand_in.sh makes others.
set -euo pipefail
[ $# = 4 ] || { echo "usage: bundle_libs.sh SYSROOT TRIPLE EXECUTABLE DIR" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
readonly here triple=$2 libraries=$1/usr/lib/$2 executable=$3 target=$4

# Name lookups load this one by name where /etc/nsswitch.conf has it, to ask the device's Avahi for
# `.local` names. Files and DNS are in libc itself.
readonly loaded_by_name=(libnss_mdns4_minimal.so.2)

# shellcheck source=scripts/package/stand_ins.sh
. "$here/stand_ins.sh"

needed_by() { readelf -dW "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'; }

bundle() {
  local name
  for name in "$@"; do
    [ ! -e "$target/$name" ] || continue
    if [ ! -e "$libraries/$name" ]; then
      echo "bundle_libs.sh: $name is needed but not in $libraries" >&2
      return 1
    fi
    if is_stand_in "$name"; then
      "$here/stand_in.sh" "$triple" "$libraries/libsystemd.so.0" "$libraries/$name" "$target/$name"
      continue
    fi
    install -m 755 "$libraries/$name" "$target/$name"
    # shellcheck disable=SC2046  # names of libraries have no spaces
    bundle $(needed_by "$libraries/$name")
  done
}

mkdir -p "$target"
# shellcheck disable=SC2046
bundle $(needed_by "$executable") "${loaded_by_name[@]}"

# Whoever else wants one of them would not find its functions.
for library in "$target"/*; do
  [ "${library##*/}" != libsystemd.so.0 ] || continue
  for name in $(needed_by "$library"); do
    ! is_stand_in "$name" || { echo "bundle_libs.sh: $library needs $name, which is only a stand-in" >&2; exit 1; }
  done
done
