#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# sysroot.sh ARCH DIR: unpacks Debian's libraries and headers of ARCH into DIR/root, and notes what
# they are in DIR/packages and DIR/libraries.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=scripts/package/arch.sh
. "$here/arch.sh"
# shellcheck source=scripts/package/private_apt.sh
. "$here/private_apt.sh"

[ $# = 2 ] || { echo "usage: sysroot.sh ARCH DIR" >&2; exit 2; }
arch_facts "$1"
mkdir -p "$2"
dir=$(cd "$2" && pwd)

# libnss-mdns resolves `.local` names: with the device's module the device's libraries would come
# into the process.
packages=(libsdbus-c++-dev libpaho-mqttpp-dev libpaho-mqtt-dev nlohmann-json3-dev libinih-dev
  libspdlog-dev libsystemd-dev libssl-dev libstdc++6 libgcc-s1 libc6 libnss-mdns)
# The cross compilers bring these for themselves; the native one takes them from the sysroot.
[ "$debian_arch" != amd64 ] || packages+=(libc6-dev libstdc++-12-dev)

# "NAME VERSION ARCHITECTURE" of every package that belongs into the sysroot, from a dry run.
resolve() {
  private_apt -s install "${packages[@]}" || download_failed
  sed -n 's/^Inst \([^ ]*\) (\([^ ]*\) .*\[\([a-z0-9]*\)\]).*/\1 \2 \3/p' "$dir/apt.log" | sort
}

# Unpacks all packages, and notes for each library which package it is of.
unpack() {
  local name version architecture file
  rm -rf "$dir/root"
  : >"$dir/libraries"
  mkdir -p "$dir"/root/usr/{bin,sbin,lib}
  # Debian 12 has these as links; dpkg -x would replace them by folders.
  ln -s usr/bin usr/sbin usr/lib "$dir/root/"
  while read -r name version architecture; do
    file=$dir/cache/archives/${name}_${version//:/%3a}_$architecture.deb
    dpkg-deb --fsys-tarfile "$file" |
      tar -xv --keep-directory-symlink --no-same-owner -C "$dir/root" |
      sed -n "s,.*/\([^/]*\.so[^/]*\)\$,$name \1,p" >>"$dir/libraries"
  done <"$dir/packages"
}

private_apt_set_up "$dir" "$debian_arch"
private_apt_update
resolve >"$dir/packages"
private_apt_download "${packages[@]}"
unpack
