#!/bin/sh
# SPDX-License-Identifier: MIT
# Run by the GX device after it has unpacked the archive from a USB stick or SD card, as
# `sh post-hook.sh success`: at every boot while the stick is in, and since Venus OS 3.70 also when it
# is plugged in. Installs the driver, or updates every instance there is, takes the configuration that
# is on the stick, and writes what it did and how the batteries are then to
# dbus-mqtt-battery-install.log on the stick: nobody needs to log in.
set -u

here=$(cd "$(dirname "$0")" && pwd) || exit 1
packages=$here/packages
base=/data/etc
log_name=dbus-mqtt-battery-install.log
log=/data/log/$log_name
# Works on when we have returned: the device deletes our files then.
copy=/tmp/dbus-mqtt-battery-usb

# The medium the archive is on, or nothing.
find_stick() {
  for stick in /media/* /run/media/*; do
    for file in "$stick"/venus-*dbus-mqtt-battery*.t*gz "$stick"/venus-data.t*gz \
      "$stick"/venus-runtime.t*gz; do
      [ ! -f "$file" ] || { echo "$stick"; return 0; }
    done
  done
}

# ---- what is here and there ---------------------------------------------------------------------

# Sets `package` and `version`: what the archive has for this device.
read_archive() {
  case $(uname -m) in
    armv7* | armv8l) architecture=armv7 ;;
    aarch64 | arm64) architecture=aarch64 ;;
    *) architecture=$(uname -m) ;;
  esac
  package=$(sed -n "s/.* [ *]\(dbus-mqtt-battery-.*-$architecture\.tar\.gz\)\$/\1/p" "$packages/SHA256SUMS" | head -n 1)
  version=${package#dbus-mqtt-battery-}
  version=${version%-"$architecture".tar.gz}
}

is_whole() {
  (cd "$packages" && grep -F "$package" SHA256SUMS | sha256sum -c >/dev/null 2>&1) && [ -f "$packages/download.sh" ]
}

instances() {
  for folder in "$base"/dbus-mqtt-battery "$base"/dbus-mqtt-battery-[2-9] \
    "$base"/dbus-mqtt-battery-[1-9][0-9]; do
    [ ! -d "$folder" ] || echo "$folder"
  done
}

folders() {
  found=$(instances)
  echo "${found:-$base/dbus-mqtt-battery}"
}

number_of() {
  case $1 in *-battery-*) echo "${1##*-}" ;; *) echo 1 ;; esac
}

newest() { sh "$packages/download.sh" --newest "$1" "$2"; }

# Whether a folder needs the version: not when it runs that one or a newer one, or was worse with it. A
# stick that was forgotten in its slot must not undo a later update.
needs() {
  installed=$(cat "$1/VERSION" 2>/dev/null) || return 0
  "$1/dbus-mqtt-battery" --version >/dev/null 2>&1 || return 0
  if [ "$installed" = "$version" ] || grep -qxF "$version" "$1/.refused" 2>/dev/null; then return 1; fi
  [ "$(newest "$installed" "$version")" = "$version" ]
}

# ---- configuration ------------------------------------------------------------------------------

# dbus-mqtt-battery.ini (instance 2: dbus-mqtt-battery-2.ini) on the stick, without the CR of Windows.
read_ini() { tr -d '\r' <"$stick/${1##*/}.ini"; }

is_valid() { "$1/dbus-mqtt-battery" --config "$2" --check-config 2>&1; }

# Whether nobody has made the configuration on the device: it is the sample, cannot be used, or is what a
# stick brought.
is_replaceable() {
  [ -f "$1/config.ini" ] || return 0
  ! cmp -s "$1/config.ini" "$1/config.sample.ini" || return 0
  [ "$(sha256sum <"$1/config.ini")" != "$(cat "$1/.config-from-stick" 2>/dev/null)" ] || return 0
  ! is_valid "$1" "$1/config.ini" >/dev/null
}

take_config() {
  if [ ! -f "$stick/${1##*/}.ini" ] || [ ! -d "$1" ] || read_ini "$1" | cmp -s - "$1/config.ini"; then return 0; fi
  if ! is_replaceable "$1"; then
    echo "${1##*/}.ini was not taken: $1/config.ini was changed on the device and is valid."
    return 0
  fi
  umask 077
  if ! read_ini "$1" >"$1/config.ini.new"; then
    echo "Cannot write $1/config.ini: is /data full?"
  elif problems=$(is_valid "$1" "$1/config.ini.new"); then
    put_config "$1"
  else
    echo "${1##*/}.ini was not taken, it cannot be used yet:"
    echo "$problems" | sed "s|$1/config.ini.new|${1##*/}.ini|"
  fi
  rm -f "$1/config.ini.new"
}

put_config() {
  [ ! -f "$1/config.ini" ] || cmp -s "$1/config.ini" "$1/config.sample.ini" ||
    cp -p "$1/config.ini" "$1/config.ini.before-stick"
  sha256sum <"$1/config.ini.new" >"$1/.config-from-stick"
  sync
  mv "$1/config.ini.new" "$1/config.ini" || return 1
  echo "Took config.ini of ${1##*/} from the stick."
  is_valid "$1" "$1/config.ini"
}

# Files on the stick that look as if somebody expects something of them.
tell_of_others() {
  for file in "$stick"/*.ini.txt "$stick"/config.ini "$stick"/dbus-mqtt-battery*.ini; do
    [ -f "$file" ] || continue
    ini=${file##*/}
    case $ini in
      *.ini.txt) echo "$ini is not read: rename it to ${ini%.txt} (Windows hides what a name ends with)." ;;
      config.ini) echo "$ini is not read: rename it to dbus-mqtt-battery.ini." ;;
      *)
        [ -d "$base/${ini%.ini}" ] || [ "$ini" = dbus-mqtt-battery.ini ] ||
          echo "$ini is not read: there is no $base/${ini%.ini} on this device. One instance serves several" \
            "batteries: put a section [BATTERY name] for each into dbus-mqtt-battery.ini."
        ;;
    esac
  done
}

# ---- doing it -----------------------------------------------------------------------------------

update() {
  if ! needs "$1"; then
    reason="nothing to do"
    ! grep -qxF "$version" "$1/.refused" 2>/dev/null || reason="$version was worse on this device and is not tried again"
    echo "${1##*/} $(cat "$1/VERSION") is installed: $reason."
    return 0
  fi
  sh "$packages/download.sh" --from "$packages" --version "$version" --instance "$(number_of "$1")" ||
    echo "Failed with exit code $?."
}

apply() {
  echo "$(date): archive with version $version"
  folders | while IFS= read -r folder; do
    update "$folder"
    take_config "$folder"
  done
  tell_of_others
  echo "Finished."
}

put_log_on_stick() {
  [ -z "$stick" ] || cp "$log" "$stick/" 2>/dev/null
  sync
}

apply_with_log() {
  mkdir -p /data/log
  apply </dev/null >"$log" 2>&1
  cat "$log"
  put_log_on_stick
}

# tell TEXT: when there is nothing more to say.
tell() {
  mkdir -p /data/log
  echo "$(date): $*" >"$log"
  echo "dbus-mqtt-battery: $*"
  put_log_on_stick
}

services_run() {
  for entry in /service/*; do
    if svok "$entry" 2>/dev/null; then return 0; fi
  done
  return 1
}

status_of() { "$1/dbus-mqtt-battery" --config "$1/config.ini" --status 2>&1; }

# Until an update is proved and all is well, but not for long when all is not.
wait_for_batteries() {
  seconds=0
  while [ "$seconds" -lt 90 ] || { [ -d "$1.previous" ] && [ "$seconds" -lt 600 ]; }; do
    if [ ! -d "$1.previous" ] && status_of "$1" >/dev/null; then return 0; fi
    sleep 2
    seconds=$((seconds + 2))
  done
}

report() {
  instances | while IFS= read -r folder; do
    wait_for_batteries "$folder"
    echo
    echo "$(date): ${folder##*/} $(cat "$folder/VERSION")"
    status_of "$folder"
  done >>"$log"
  put_log_on_stick
}

# Whether there is an instance that runs and is to be updated. A new version is judged by the batteries
# that were there before it: such an update waits until the device has booted and they are there.
has_to_wait() {
  waits=$(instances | while IFS= read -r folder; do
    if "$folder/dbus-mqtt-battery" --version >/dev/null 2>&1 && needs "$folder"; then echo "$folder"; fi
  done)
  [ -n "$waits" ]
}

# in_background STEP: with running services a new version is watched for a while, which is too long for
# the device's hook; and how the batteries are can only be said when the device has booted.
in_background() {
  rm -rf "$copy"
  mkdir -p "$copy/packages"
  cp "$here/post-hook.sh" "$copy/" || return 1
  [ "$1" = report ] ||
    cp "$packages/SHA256SUMS" "$packages/download.sh" "$packages/$package" "$copy/packages/" || return 1
  if command -v setsid >/dev/null; then
    setsid sh "$copy/post-hook.sh" "$1" "$stick" </dev/null >/dev/null 2>&1 &
  else
    sh "$copy/post-hook.sh" "$1" "$stick" </dev/null >/dev/null 2>&1 &
  fi
}

start() {
  read_archive
  [ -n "$version" ] || { tell "no package for this device in the archive"; exit 1; }
  is_whole || { tell "this archive is not complete: it was only copied half. Copy it to the stick again and" \
    "eject the stick first."; exit 1; }
  if services_run; then
    echo "dbus-mqtt-battery: installing in the background, see $log"
    in_background work
  elif has_to_wait; then
    tell "version $version is installed when the device has booted and the batteries are there"
    in_background later
  else
    apply_with_log
    in_background report
  fi
}

case ${1:-} in
  success)
    stick=$(find_stick)
    start
    ;;
  work | later)
    stick=$2
    read_archive
    [ "$1" = work ] || instances | while IFS= read -r folder; do wait_for_batteries "$folder"; done
    apply_with_log
    report
    rm -rf "$copy"
    ;;
  report)
    stick=$2
    report
    rm -rf "$copy"
    ;;
  *)
    stick=$(find_stick)
    [ "${1:-}" = tell ] || set -- "" "the device could not unpack the archive (${1:-}); nothing was installed"
    tell "$2"
    exit 1
    ;;
esac
