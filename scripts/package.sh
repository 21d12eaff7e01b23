#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Builds the packages that run on the device.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/package/arch.sh
. scripts/package/arch.sh
# shellcheck source=scripts/package/stamp.sh
. scripts/package/stamp.sh

usage() {
  cat <<'USAGE'
Usage: scripts/package.sh [options] [ARCH...]

Builds dbus-mqtt-battery-<version>-<arch>.tar.gz for each ARCH (armv7, aarch64, x86_64 or all; default:
all), venus-data-dbus-mqtt-battery-<version>.tar.gz with all of them for a USB stick or SD card,
setuphelper-dbus-mqtt-battery-<version>.tar.gz for SetupHelper's package manager, and SHA256SUMS. Needs
Debian 12 on x86-64; installs the Debian packages that are missing (as root) and downloads the devices'
libraries from the mirror this machine is set up for.

  --out DIR       where the packages go (default: dist); older packages there are removed
  --work DIR      where to build (default: build-package)
  --version X     what the packages are called: the version of CMakeLists.txt (the default), a beta of it
                  (1.2.0-beta.1, -alpha.N, -rc.N), or it built anew with newer libraries (1.2.0.1)
  --place PLACE   where releases are, a URL or folder: written into their download.sh, which without it
                  asks for --from
  --allow-stale   also when Debian's security updates cannot be looked up; not for a release
  --allow-dirty   package a checkout that differs from its commit; its version ends in -dirty
  --no-install    do not look for missing packages
  -h, --help      this text

The same commit and the same Debian packages give the same bytes.
USAGE
}

fail() {
  echo "package.sh: $*" >&2
  exit 1
}

misused() {
  echo "package.sh: $1 (see --help)" >&2
  exit 2
}

out=dist
work=build-package
dirty_allowed=0
place=
asked_version=
install=1
architectures=()
while [ $# -gt 0 ]; do
  case $1 in
    --out | --work | --place | --version)
      [ $# -gt 1 ] || misused "$1 needs a value"
      set -- "$1=$2" "${@:3}"
      continue
      ;;
    --out=*) out=${1#*=} ;;
    --work=*) work=${1#*=} ;;
    --place=*) place=${1#*=} ;;
    --version=*) asked_version=${1#*=} ;;
    --allow-stale) export DMB_ALLOW_STALE=1 ;;
    --allow-dirty) dirty_allowed=1 ;;
    --no-install) install=0 ;;
    -h | --help)
      usage
      exit 0
      ;;
    all) read -ra architectures <<<"$DMB_ARCHITECTURES" ;;
    -*) misused "unknown option '$1'" ;;
    *)
      arch_facts "$1" || exit 2
      architectures+=("$1")
      ;;
  esac
  shift
done
[ ${#architectures[@]} -gt 0 ] || read -ra architectures <<<"$DMB_ARCHITECTURES"
mapfile -t architectures < <(printf '%s\n' "${architectures[@]}" | sort -u)

check_machine() {
  local id='' codename=''
  # shellcheck disable=SC1091
  [ ! -r /etc/os-release ] || { id=$(. /etc/os-release && echo "$ID")
    codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}"); }
  [ "$id $codename $(uname -m)" = "debian bookworm x86_64" ] ||
    fail "packages are built on Debian 12 (bookworm) on x86-64, this is ${id:-unknown} $codename on" \
      "$(uname -m); use a machine, chroot or container with it"
}

# The version stands in CMakeLists.txt only; a beta or a rebuild adds something to it.
read_version() {
  version=$(sed -n 's/^project(.* VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
  [ -n "$version" ] || fail "no project(... VERSION ...) in CMakeLists.txt"
  [ -n "$asked_version" ] || return 0
  [[ $asked_version =~ ^${version//./\\.}(\.[1-9][0-9]*)?(-(alpha|beta|rc)\.[1-9][0-9]*)?$ ]] ||
    fail "version $asked_version does not go with CMakeLists.txt, which says $version: set that first, or take" \
      "$version, $version-beta.1 (also -alpha.1, -rc.1), or $version.1 for the same with newer libraries"
  version=$asked_version
}

in_git() { git -c safe.directory='*' "$@"; }

# Sets SOURCE_DATE_EPOCH, the one time that all files in the packages get.
check_checkout() {
  local changes
  if ! in_git rev-parse --git-dir >/dev/null 2>&1; then
    [ -n "${SOURCE_DATE_EPOCH:-}" ] ||
      fail "not a git checkout: set SOURCE_DATE_EPOCH to the release's time in seconds since 1970"
    return 0
  fi
  changes=$(in_git status --porcelain)
  if [ -n "$changes" ]; then
    [ "$dirty_allowed" = 1 ] ||
      fail "the checkout differs from its commit; commit this or use --allow-dirty:
$changes"
    version=$version-dirty
  fi
  export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(in_git log -1 --format=%ct)}
}

# pack FILE FOLDER NAME...: FOLDER/NAME as a .tar.gz that depends on names, modes and contents only.
pack() {
  tar --sort=name --owner=0 --group=0 --numeric-owner --format=ustar \
    --mtime="@$SOURCE_DATE_EPOCH" --mode=u=rwX,go=rX -C "$2" -cf - "${@:3}" | gzip -9n >"$1.part"
  mv "$1.part" "$1"
}

package_of() { echo "dbus-mqtt-battery-$version-$1.tar.gz"; }

build_package() {
  local started=$SECONDS tree=$work/$1/tree
  scripts/package/build_tree.sh "$1" "$(cd "$work/$1" && pwd)" "$version" "$place"
  pack "$out/$(package_of "$1")" "$tree" dbus-mqtt-battery
  echo "$(package_of "$1"): $(size "$out/$(package_of "$1")") packed," \
    "$(size "$tree") installed, $((SECONDS - started)) s"
}

# Size of a file or of all files in a folder, in MB.
size() { find "$1" -type f -printf '%s\n' | awk '{ bytes += $1 } END { printf "%.1f MB", bytes / 1e6 }'; }

# Nothing in it lands on /data by itself: rc/ is unpacked to a temporary folder, and its hooks decide.
build_usb_archive() {
  local tree=$work/usb arch name=venus-data-dbus-mqtt-battery-$version.tar.gz
  rm -rf "$tree"
  mkdir -p "$tree/rc/packages"
  install -m 755 scripts/usb/pre-hook.sh scripts/usb/post-hook.sh "$tree/rc/"
  install -m 755 download.sh "$tree/rc/packages/"
  stamp "$tree/rc/packages/download.sh" "$place"
  for arch in "${architectures[@]}"; do cp "$out/$(package_of "$arch")" "$tree/rc/packages/"; done
  (cd "$tree/rc/packages" && sha256sum -- *.tar.gz >SHA256SUMS)
  # Small files first: of an archive that was only copied half they are there to say so.
  pack "$out/$name" "$tree" rc/pre-hook.sh rc/post-hook.sh rc/packages/SHA256SUMS rc/packages/download.sh rc
  echo "$name: $(size "$out/$name")"
}

# A folder that only knows how to get and start the rest: SetupHelper keeps it in /data/dbus-mqtt-battery.
build_setuphelper_archive() {
  local tree=$work/setuphelper name=setuphelper-dbus-mqtt-battery-$version.tar.gz
  rm -rf "$tree"
  mkdir -p "$tree"
  scripts/package/setuphelper_tree.sh "$tree/dbus-mqtt-battery" "$version" "$place"
  pack "$out/$name" "$tree" dbus-mqtt-battery
  echo "$name: $(size "$out/$name")"
}

check_extra_files() {
  local file
  for file in scripts/usb/pre-hook.sh scripts/usb/post-hook.sh scripts/setuphelper/setup download.sh; do
    [ -f "$file" ] || fail "$file is missing in this checkout; the archives need it"
  done
}

check_machine
read_version
[ -z "$place" ] || check_place "$place" || exit 2
check_checkout
check_extra_files
[ "$install" = 0 ] || scripts/install-deps.sh package
mkdir -p "$out" "$work"
case $PWD$(cd "$work" && pwd) in
  *[[:space:]]*) fail "$PWD or $work has a space in its path, which pkg-config cannot take" ;;
esac
rm -f "$out"/{,venus-data-,setuphelper-}dbus-mqtt-battery-*.tar.gz "$out/SHA256SUMS"
# All package lists are read before anything is built: when one of them is stale, that is said at once.
for arch in "${architectures[@]}"; do scripts/package/sysroot.sh "$arch" "$work/$arch/sysroot"; done
for arch in "${architectures[@]}"; do build_package "$arch"; done
build_usb_archive
build_setuphelper_archive
(cd "$out" && sha256sum -- *.tar.gz >SHA256SUMS)
echo "$out/SHA256SUMS; all in $SECONDS s"
