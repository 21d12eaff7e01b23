#!/bin/sh
# SPDX-License-Identifier: MIT
# Run by the GX device after it has unpacked the archive from a USB stick or SD card, as
# `sh post-hook.sh success`: at every boot while the stick is in, and since Venus OS 3.70 also when it
# is plugged in. Installs the driver, or updates every instance there is; does nothing when that is
# done already. What it did is told in dbus-mqtt-battery-install.log on the stick.
set -u

here=$(cd "$(dirname "$0")" && pwd) || exit 1
packages=$here/packages
base=/data/etc
log_name=dbus-mqtt-battery-install.log

# The medium the archive is on, or nothing.
find_stick() {
  for stick in /media/* /run/media/*; do
    for file in "$stick"/venus-*dbus-mqtt-battery*.t*gz "$stick"/venus-data.t*gz \
      "$stick"/venus-runtime.t*gz; do
      [ ! -f "$file" ] || { echo "$stick"; return 0; }
    done
  done
}

# The newest version in the archive for this device.
version_here() { sh "$packages/download.sh" --from "$packages" --list --beta | tail -n +2 | head -n 1; }

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

# Whether a folder needs the version: not when it runs that one or a newer one. A stick that was
# forgotten in its slot must not undo a later update.
needs() {
  installed=$(cat "$1/VERSION" 2>/dev/null) || return 0
  "$1/dbus-mqtt-battery" --version >/dev/null 2>&1 || return 0
  [ "$installed" != "$version" ] || return 1
  [ "$(newest "$installed" "$version")" = "$version" ]
}

untouched() {
  [ ! -f "$1/config.ini" ] || cmp -s "$1/config.ini" "$1/config.sample.ini"
}

# dbus-mqtt-battery.ini (instance 2: dbus-mqtt-battery-2.ini) on the stick is the first configuration.
new_config() { [ -f "$stick/${1##*/}.ini" ] && untouched "$1"; }

take_config() {
  if ! new_config "$1" || [ ! -d "$1" ]; then return 0; fi
  tr -d '\r' <"$stick/${1##*/}.ini" >"$1/config.ini.new" && sync &&
    mv "$1/config.ini.new" "$1/config.ini" || return 1
  echo "Took config.ini of ${1##*/} from the stick."
  "$1/dbus-mqtt-battery" --config "$1/config.ini" --check-config 2>&1
}

anything_to_do() {
  folders | while IFS= read -r folder; do
    if needs "$folder" || new_config "$folder"; then echo "$folder"; fi
  done
}

apply() {
  echo "$(date): archive with version $version"
  anything_to_do | while IFS= read -r folder; do
    if needs "$folder"; then
      sh "$packages/download.sh" --from "$packages" --version "$version" \
        --instance "$(number_of "$folder")" || echo "Failed with exit code $?."
    fi
    take_config "$folder" || echo "Could not take the configuration from the stick."
  done
  echo "Finished."
}

apply_with_log() {
  mkdir -p /data/log
  apply </dev/null >"/data/log/$log_name" 2>&1
  cat "/data/log/$log_name"
  [ -z "$stick" ] || cp "/data/log/$log_name" "$stick/" 2>/dev/null
  sync
}

services_run() {
  for entry in /service/*; do
    if svok "$entry" 2>/dev/null; then return 0; fi
  done
  return 1
}

# With running services the new version is watched for a while: too long for the device's hook, which
# also deletes its files when we return. So a copy of them works on.
apply_in_background() {
  copy=/tmp/dbus-mqtt-battery-usb
  rm -rf "$copy"
  cp -r "$here" "$copy" || return 1
  echo "dbus-mqtt-battery: installing in the background, see /data/log/$log_name"
  if command -v setsid >/dev/null; then
    setsid sh "$copy/post-hook.sh" work "$stick" </dev/null >/dev/null 2>&1 &
  else
    sh "$copy/post-hook.sh" work "$stick" </dev/null >/dev/null 2>&1 &
  fi
}

case ${1:-} in
  success) stick=$(find_stick) ;;
  work) stick=$2 ;;
  *) echo "dbus-mqtt-battery: the device could not unpack the archive (${1:-}); nothing was installed"; exit 1 ;;
esac
version=$(version_here)
[ -n "$version" ] || { echo "dbus-mqtt-battery: no package for this device in the archive"; exit 1; }
if [ -z "$(anything_to_do)" ]; then
  echo "dbus-mqtt-battery $version or newer is installed already; nothing to do"
elif [ "$1" = work ]; then
  apply_with_log
  rm -rf "$here"
elif services_run; then
  apply_in_background
else
  apply_with_log
fi
