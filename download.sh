#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs or updates the driver on the device: chooses a version, verifies it, and lets the new one
# put itself in place (service/change_over.sh), which goes back if it does not prove itself.

# Where the releases are, a folder or URL. It is empty in the sources: scripts/release.sh writes it here.
place=
releases=${DMB_RELEASES:-$place}

set -u
base=/data/etc
spare_kib=2048

usage() {
  cat <<'USAGE'
Usage: download.sh [--version X] [--beta] [--instance N] [--from WHERE] [--list]
       download.sh --newest X Y

Installs or updates dbus-mqtt-battery; config.ini is kept. Asks for what is not given; without a
terminal it takes the newest version and the first instance.

  --version X    this version, e.g. 1.2.0
  --beta         betas (1.3.0-beta.1) count as versions too; without it you get back to the newest that is none
  --instance N   1 to 99: 1 is /data/etc/dbus-mqtt-battery, 2 is /data/etc/dbus-mqtt-battery-2 ...
  --from WHERE   another place of releases, or a folder, URL or package file to take it from; beside the
                 packages must be their SHA256SUMS
  --list         show the versions there are, newest first
  --newest X Y   only tell which of two versions is the newer one

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

# fetch SOURCE FILE: copies a file, or loads a URL with what the device has. A failure's reason is in fetch.log.
fetch() {
  case $1 in
    http://* | https://*) load "$1" "$2" ;;
    file://*) cp "${1#file://}" "$2" ;;
    *) cp "$1" "$2" ;;
  esac 2>"$work/fetch.log"
}

# curl's codes 6, 7, 22 and 28 mean: no such host, no connection, no such file, no answer. wget would find the same.
load() {
  if command -v curl >/dev/null; then
    curl -fsSL --connect-timeout 20 --speed-limit 10 --speed-time 60 -o "$2" "$1"
    case $? in 0) return 0 ;; 6 | 7 | 22 | 28) return 1 ;; esac
  fi
  command -v wget >/dev/null && wget -nv -T 60 -t 2 -O "$2" "$1"
}

# Somebody who waits at a terminal sees how far it is.
fetch_package() {
  case $1 in
    http://* | https://*)
      if [ -t 2 ] && command -v curl >/dev/null &&
        curl -fL -# --connect-timeout 20 --speed-limit 10 --speed-time 60 -o "$2" "$1"; then
        return 0
      fi
      ;;
  esac
  fetch "$1" "$2"
}

cannot_get() {
  free=$(df -kP "$work" 2>/dev/null | awk 'NR == 2 { print $4 }')
  case $free in '' | *[!0-9]*) free=64 ;; esac
  [ "$free" -ge 64 ] || fail "cannot get $1: /tmp is full (df -h /tmp). Delete what is not needed there, or reboot."
  fail "cannot get $1
$(tail -n 3 "$work/fetch.log")
Is the device online, is the address right? Without internet: copy the package and SHA256SUMS to a USB stick
and use --from FOLDER."
}

# A Wi-Fi that wants a login, or a proxy, answers with a page of its own whatever is asked for.
refuse_page() {
  head -c 512 "$2" | grep -qi '<!doctype\|<html' || return 0
  fail "what came from $1 is a web page: does the Wi-Fi or the proxy want a login first? Nothing was changed."
}

# --from may name one package: then its folder is the location and its name tells the version.
read_location() {
  [ -n "$releases" ] || fail "this download.sh is from the sources and does not know where the releases are.
Take the one of a release, or tell the place: --from WHERE (or DMB_RELEASES), e.g. a folder with a package and SHA256SUMS."
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
}

# A place of releases has a list of its versions and a folder for each; any other folder has the packages themselves.
read_versions() {
  say "Looking for versions in $releases ..."
  if fetch "$releases/download/index/VERSIONS" "$work/index"; then
    refuse_page "$releases/download/index/VERSIONS" "$work/index"
    tr -d '\r' <"$work/index" | awk '/^[0-9][0-9A-Za-z.+~_-]* / { print $1 }' | newest_first >"$work/all"
    folder_of_version=$releases/download/v
  else
    folder_of_version=
    read_checksums
    sed -n "s/^[0-9a-f]\{64\} [ *]dbus-mqtt-battery-\([0-9A-Za-z.+~_-]*\)-$architecture\.tar\.gz\$/\1/p" \
      "$work/SHA256SUMS" | newest_first >"$work/all"
  fi
  if [ "$beta" = 1 ]; then cp "$work/all" "$work/versions"; else
    grep -vE -- '-(alpha|beta|rc)' "$work/all" >"$work/versions"
  fi
}

read_checksums() {
  fetch "$releases/SHA256SUMS" "$work/sums" || cannot_get "$releases/SHA256SUMS"
  refuse_page "$releases/SHA256SUMS" "$work/sums"
  tr -d '\r' <"$work/sums" >"$work/SHA256SUMS"
}

# 1.2.0 is newer than 1.2.0-rc.1, and 1.2.0.1 (the same with newer libraries) is newer than 1.2.0.
newest_first() {
  awk '{
    main = $1; kind = "~"; number = 0
    if (match($1, /-(alpha|beta|rc)/)) {
      main = substr($1, 1, RSTART - 1)
      kind = number = substr($1, RSTART + 1)
      gsub(/[^a-z]/, "", kind)
      gsub(/[^0-9]/, "", number)
    }
    split(main, part, ".")
    printf "%05d%05d%05d%05d%-5s%05d %s\n", part[1], part[2], part[3], part[4], kind, number, $1
  }' | LC_ALL=C sort -r | sed 's/.* //' | uniq
}

tell_of_betas() {
  if [ -s "$work/versions" ] || [ ! -s "$work/all" ]; then return 0; fi
  say "There are only betas so far; --beta shows and takes them."
}

choose_version() {
  if [ -z "$version" ]; then
    tell_of_betas
    [ -s "$work/versions" ] || fail "$releases has no package for this device ($architecture)"
    ask_version
  fi
  grep -qxF "$version" "$work/all" ||
    fail "$releases has no version $version for this device; it has:
$(cat "$work/all")"
  [ -n "$folder_of_version" ] || return 0
  releases=$folder_of_version$version
  read_checksums
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
  wanted=$(sed -n "s/^\([0-9a-f]\{64\}\) [ *]$package\$/\1/p" "$work/SHA256SUMS" | head -n 1)
  [ -n "$wanted" ] || fail "version $version has no package for this device ($architecture) in $releases"
  say "Getting $package ..."
  fetch_package "$releases/$package" "$work/package" || cannot_get "$releases/$package"
  found=$(sha256sum "$work/package" | cut -d' ' -f1)
  [ "$wanted" = "$found" ] || refuse_page "$releases/$package" "$work/package"
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
beta=0
need() { [ "$2" -ge 2 ] || refuse "$1 needs a value (see --help)"; }
while [ $# -gt 0 ]; do
  case $1 in
    --version) need "$1" $# && version=${2#v} && shift ;;
    --instance) need "$1" $# && instance=$2 && shift ;;
    --from) need "$1" $# && releases=$2 && shift ;;
    --*=*) option=$1 && shift && set -- "${option%%=*}" "${option#*=}" "$@" && continue ;;
    --list) list=1 ;;
    --beta) beta=1 ;;
    --newest) need "$1" $(($# - 1)) && printf '%s\n' "$2" "$3" | newest_first | head -n 1; exit 0 ;;
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
read_versions
if [ "$list" = 1 ]; then tell_of_betas; cat "$work/versions"; exit 0; fi
choose_version
choose_instance
lock
mkdir -p "$base" || fail "cannot create $base"
get_package
unpack
sh "$fresh/service/change_over.sh" "$fresh" "$folder"
