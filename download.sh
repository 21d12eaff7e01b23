#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs or updates the driver on the device: chooses a version, verifies it, and lets the new one
# put itself in place (service/change_over.sh), which goes back if it does not prove itself.

# Where releases are: a folder or URL that holds SHA256SUMS and the packages listed there.
releases=${DMB_RELEASES:-https://github.com/dbus-mqtt-battery/dbus-mqtt-battery/releases/latest/download}

set -u
base=/data/etc
spare_kib=2048

usage() {
  cat <<'USAGE'
Usage: download.sh [--version X] [--instance N] [--from WHERE] [--list]

Installs or updates dbus-mqtt-battery; config.ini is kept. Asks for what is not given; without a
terminal it takes the newest version and the first instance.

  --version X    this version, e.g. 1.2.0
  --instance N   1 to 99: 1 is /data/etc/dbus-mqtt-battery, 2 is /data/etc/dbus-mqtt-battery-2 ...
  --from WHERE   folder, package file or URL to take it from instead of the project's releases;
                 SHA256SUMS must be there too
  --list         show the versions there are for this device

Exit code: 0 installed; 1 nothing was changed; 2 wrong arguments; 3 the new version did not stay up or
the batteries were not as before with it, so the one before is back.
USAGE
}

say() { echo "$*"; }
fail() { echo "download.sh: $*" >&2; exit 1; }
refuse() { echo "download.sh: $*" >&2; exit 2; }

# ---- what to install --------------------------------------------------------------------------

find_architecture() {
  case $(uname -m) in
    armv7* | armv8l) architecture=armv7 ;;
    aarch64 | arm64) architecture=aarch64 ;;
    x86_64 | amd64) architecture=x86_64 ;;
    *) fail "there is no package for this processor ($(uname -m))" ;;
  esac
}

# fetch SOURCE FILE: copies a file, or loads a URL with what the device has.
fetch() {
  case $1 in
    http://* | https://*) load "$1" "$2" ;;
    file://*) cp "${1#file://}" "$2" ;;
    *) cp "$1" "$2" ;;
  esac 2>"$work/fetch.log"
}

load() {
  if command -v curl >/dev/null &&
    curl -fsSL --connect-timeout 20 --speed-limit 10 --speed-time 60 -o "$2" "$1"; then
    return 0
  fi
  command -v wget >/dev/null && wget -q -T 60 -O "$2" "$1"
}

# --from may name one package: then its folder is the location and its name tells the version.
read_location() {
  case $releases in
    *.tar.gz)
      package=${releases##*/}
      [ "$package" = "$releases" ] && releases=. || releases=${releases%/*}
      case $package in
        dbus-mqtt-battery-*-"$architecture".tar.gz) ;;
        *) fail "$package is not a package for this device (dbus-mqtt-battery-<version>-$architecture.tar.gz)" ;;
      esac
      version=${package#dbus-mqtt-battery-}
      version=${version%-"$architecture".tar.gz}
      ;;
  esac
  releases=${releases%/}
  # On GitHub each release has an address of its own.
  case $releases in
    https://*/releases/latest/download)
      [ -z "$version" ] || releases=${releases%/latest/download}/download/v$version
      ;;
  esac
}

read_checksums() {
  say "Looking for versions in $releases ..."
  fetch "$releases/SHA256SUMS" "$work/SHA256SUMS" || fail "cannot get $releases/SHA256SUMS
$(tail -n 3 "$work/fetch.log")
Is the device online, does this version exist? Without internet: copy the package and SHA256SUMS to a USB stick
and use --from FOLDER."
}

# Versions for this device, newest first.
versions() {
  sed -n "s/^[0-9a-f]\{64\} [ *]dbus-mqtt-battery-\([0-9A-Za-z.+~_-]*\)-$architecture\.tar\.gz\$/\1/p" \
    "$work/SHA256SUMS" | sort -t. -k1,1nr -k2,2nr -k3,3nr | uniq
}

choose_version() {
  versions >"$work/versions"
  [ -s "$work/versions" ] || fail "$releases has no package for this device ($architecture)"
  [ -n "$version" ] || ask_version
  grep -qxF "$version" "$work/versions" ||
    fail "$releases has no version $version for this device; it has:
$(cat "$work/versions")"
}

ask_version() {
  version=$(head -n 1 "$work/versions")
  [ -t 0 ] || return 0
  awk '{ print "  " NR ") " $0 }' "$work/versions"
  while :; do
    printf 'Which version? Its number, or Enter for 1, or q to leave: '
    IFS= read -r answer || exit 1
    case $answer in
      '') return 0 ;;
      q | quit) exit 1 ;;
      *[!0-9]*) continue ;;
    esac
    version=$(sed -n "${answer}p" "$work/versions" 2>/dev/null)
    [ -z "$version" ] || return 0
  done
}

valid_instance() { case $1 in [1-9] | [1-9][0-9]) return 0 ;; *) return 1 ;; esac; }

# Started from an installed folder, that one is meant.
default_instance() {
  default=1
  here=$(cd "$(dirname "$0")" 2>/dev/null && pwd)
  if [ ! -f "$here/VERSION" ] || [ ! -f "$here/install.sh" ]; then return 0; fi
  case $here in
    /data/*/dbus-mqtt-battery) base=${here%/*} ;;
    /data/*/dbus-mqtt-battery-*) base=${here%/*} default=${here##*-} ;;
  esac
}

choose_instance() {
  default_instance
  while [ -z "$instance" ]; do
    instance=$default
    [ -t 0 ] || break
    printf 'Which instance to install or update, 1 to 99? Enter for %s: ' "$default"
    IFS= read -r instance || exit 1
    instance=${instance:-$default}
    valid_instance "$instance" || instance=
  done
  name=dbus-mqtt-battery
  [ "$instance" = 1 ] || name=$name-$instance
  folder=$base/$name
}

# ---- get it and prepare it beside the installed one --------------------------------------------

get_package() {
  package=dbus-mqtt-battery-$version-$architecture.tar.gz
  say "Getting $package ..."
  fetch "$releases/$package" "$work/package" || fail "cannot get $releases/$package
$(tail -n 3 "$work/fetch.log")"
  wanted=$(sed -n "s/^\([0-9a-f]\{64\}\) [ *]$package\$/\1/p" "$work/SHA256SUMS" | head -n 1)
  found=$(sha256sum "$work/package" | cut -d' ' -f1)
  [ "$wanted" = "$found" ] || fail "the checksum of $package is wrong, so nothing was changed.
  expected $wanted
  found    $found
The file is damaged or was not loaded completely: try again."
  say "Checksum verified."
}

check_space() {
  needed=$(($(gunzip -c "$work/package" | wc -c) / 1024 + spare_kib))
  free=$(df -kP "$base" 2>/dev/null | awk 'NR == 2 { print $4 }')
  case $free in '' | *[!0-9]*) say "Could not find out how much space is free." && return 0 ;; esac
  [ "$free" -ge "$needed" ] ||
    fail "not enough free space in $base: $needed KiB are needed, $free KiB are free; nothing was changed"
}

unpack() {
  stage=$base/.$name.new
  fresh=$stage/dbus-mqtt-battery
  rm -rf "$stage"
  check_space
  if ! mkdir -p "$stage" || ! tar -xzf "$work/package" -C "$stage"; then
    fail "cannot unpack into $stage; nothing was changed"
  fi
  if [ "$(cat "$fresh/ARCH" 2>/dev/null)" != "$architecture" ] || [ ! -f "$fresh/service/change_over.sh" ]; then
    fail "$package is not complete; nothing was changed"
  fi
  runs=$("$fresh/dbus-mqtt-battery" --version 2>&1) ||
    fail "version $version does not run on this device; nothing was changed. It says:
$runs"
}

# ---- arguments --------------------------------------------------------------------------------

# Only one at a time for each instance. A lock that a killed run left goes with the next reboot, or
# when its process is gone.
lock() {
  lock=/tmp/$name.lock
  other=$(cat "$lock/pid" 2>/dev/null)
  if ! mkdir "$lock" 2>/dev/null && [ -n "$other" ] && kill -0 "$other" 2>/dev/null; then
    lock=
    fail "another download.sh is running, or watches the last update (process $other): try again in some minutes"
  fi
  echo $$ >"$lock/pid"
}

clean_up() { rm -rf ${work:+"$work"} ${stage:+"$stage"} ${lock:+"$lock"}; }

version=
instance=
list=0
need() { [ "$2" -ge 2 ] || refuse "$1 needs a value (see --help)"; }
while [ $# -gt 0 ]; do
  case $1 in
    --version) need "$1" $# && version=${2#v} && shift ;;
    --instance) need "$1" $# && instance=$2 && shift ;;
    --from) need "$1" $# && releases=$2 && shift ;;
    --*=*) option=$1 && shift && set -- "${option%%=*}" "${option#*=}" "$@" && continue ;;
    --list) list=1 ;;
    -h | --help) usage; exit 0 ;;
    *) refuse "unknown argument '$1' (see --help)" ;;
  esac
  shift
done
[ -z "$instance" ] || valid_instance "$instance" || refuse "--instance must be 1 to 99, not '$instance'"

work=$(mktemp -d) || fail "cannot create a folder in /tmp: is it full? (df -h /tmp)"
trap clean_up EXIT
trap 'exit 1' HUP INT TERM
find_architecture
read_location
read_checksums
if [ "$list" = 1 ]; then versions; exit 0; fi
choose_version
choose_instance
lock
mkdir -p "$base" || fail "cannot create $base"
get_package
unpack
sh "$fresh/service/change_over.sh" "$fresh" "$folder"
