#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Runs the packages that scripts/package.sh built, each in a root file system of its own.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/package/arch.sh
. scripts/package/arch.sh
# shellcheck source=scripts/package/private_apt.sh
. scripts/package/private_apt.sh

usage() {
  cat <<'USAGE'
Usage: scripts/test-package.sh [options] [ARCH...]

Tests the packages of each ARCH (armv7, aarch64, x86_64; default: all that are in dist) against a real
D-Bus daemon and broker: in a chroot with busybox and Debian 11's glibc, foreign processors emulated by
qemu. Must run as root; installs the Debian packages that are missing.

  --dist DIR      where the packages are (default: dist)
  --no-install    do not look for missing packages
  -h, --help      this text
USAGE
}

fail() {
  echo "test-package.sh: $1" >&2
  exit "${2:-1}"
}

dist=dist
install=1
architectures=()
while [ $# -gt 0 ]; do
  case $1 in
    --dist)
      [ $# -gt 1 ] || fail "--dist needs a folder (see --help)" 2
      dist=$2
      shift
      ;;
    --dist=*) dist=${1#*=} ;;
    --no-install) install=0 ;;
    -h | --help)
      usage
      exit 0
      ;;
    -*) fail "unknown option '$1' (see --help)" 2 ;;
    *)
      arch_facts "$1" || exit 2
      architectures+=("$1")
      ;;
  esac
  shift
done

[ "$(id -u)" = 0 ] || fail "must run as root: it uses chroot and mounts"
# Mounts made from here on are seen by nobody else and end with this script.
if [ "${DMB_OWN_MOUNTS:-}" != 1 ]; then
  export DMB_OWN_MOUNTS=1
  [ "$install" = 0 ] || scripts/install-deps.sh package-test
  exec unshare --mount --propagation private "$0" --no-install --dist "$dist" "${architectures[@]}"
fi

work=$(mktemp -d)
registered=
finish() {
  local name
  for name in $registered; do echo -1 >"/proc/sys/fs/binfmt_misc/$name" || true; done
  rm -rf "$work"
}
trap finish EXIT

package_of() {
  local found=("$dist"/dbus-mqtt-battery-*-"$1".tar.gz)
  if [ ${#found[@]} != 1 ] || [ ! -f "${found[0]}" ]; then
    fail "no package (or several) for $1 in $dist: build it with scripts/package.sh $1"
  fi
  realpath "${found[0]}"
}

# The kernel starts programs of a foreign processor with qemu, in a chroot too (flag F).
emulate() {
  local qemu=$1 rule
  [ -e /proc/sys/fs/binfmt_misc/register ] ||
    mount -t binfmt_misc none /proc/sys/fs/binfmt_misc ||
    fail "this kernel or container has no binfmt_misc, which starts foreign programs with qemu"
  [ ! -e "/proc/sys/fs/binfmt_misc/$qemu" ] || return 0
  rule=$(cat "/usr/lib/binfmt.d/$qemu.conf")
  printf '%s' "$rule" >/proc/sys/fs/binfmt_misc/register
  registered="$registered $qemu"
}

# Debian 11's glibc is 2.31, that of Venus OS up to 3.5x.
fetch_old_libc() {
  private_apt_set_up "$work/$arch" "$debian_arch"
  machine_sources bookworm | sed 's/bookworm$/bullseye/' | source_lines >"$apt_dir/sources.list"
  { private_apt update || download_failed; } && private_apt_download libc6
}

test_package() {
  local arch=$1 tests=(contents run) name
  arch_facts "$arch"
  DMB_PACKAGE=$(package_of "$arch")
  fetch_old_libc
  DMB_OLD_LIBC=$(echo "$apt_dir"/cache/archives/libc6_*.deb)
  export DMB_PACKAGE DMB_OLD_LIBC DMB_ARCH=$arch DMB_BINARY=$DMB_PACKAGE
  case $arch in
    "$(uname -m)") tests+=(native) ;;
    armv7) emulate qemu-arm ;;
    aarch64) emulate qemu-aarch64 ;;
    *) fail "packages for $arch can only be tested on such a machine" ;;
  esac
  for name in "${tests[@]}"; do
    echo "== $arch: $name"
    /usr/bin/python3 -B "tests/package/test_$name.py"
  done
}

if [ ${#architectures[@]} = 0 ]; then
  for arch in $DMB_ARCHITECTURES; do
    [ ! -f "$(echo "$dist"/dbus-mqtt-battery-*-"$arch".tar.gz)" ] || architectures+=("$arch")
  done
  [ ${#architectures[@]} -gt 0 ] || fail "no packages in $dist: build them with scripts/package.sh"
fi
for arch in "${architectures[@]}"; do test_package "$arch"; done
echo "packages tested: ${architectures[*]}, $SECONDS s"
