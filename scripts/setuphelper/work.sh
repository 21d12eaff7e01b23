#!/bin/sh
# SPDX-License-Identifier: MIT
# work.sh install|uninstall: what SetupHelper's `setup` leaves to the background.
set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 1
log=/data/log/dbus-mqtt-battery-setup.log
driver=/data/etc/dbus-mqtt-battery

install_it() {
  version=$(cat "$here/release")
  if [ "$(cat "$driver/VERSION" 2>/dev/null)" = "$version" ]; then
    sh "$driver/install.sh"
  else
    sh "$here/download.sh" --version "$version" --instance 1
  fi
}

# The configuration stays, as with every other package.
uninstall_it() {
  if [ -f "$driver/uninstall.sh" ]; then sh "$driver/uninstall.sh" --keep; else echo "It is not installed."; fi
}

mkdir -p /data/log
{
  date
  case ${1:-} in
    install) install_it || echo "Failed with exit code $?." ;;
    uninstall) uninstall_it || echo "Failed with exit code $?." ;;
    *) echo "usage: work.sh install|uninstall" ;;
  esac
} </dev/null >"$log" 2>&1
