#!/bin/sh
# SPDX-License-Identifier: MIT
# Run by the GX device before it unpacks the archive from a USB stick or SD card; a failure cancels.
here=$(cd "$(dirname "$0")" && pwd) || exit 1

case $(uname -m) in
  armv7* | armv8l) architecture=armv7 ;;
  aarch64 | arm64) architecture=aarch64 ;;
  x86_64) architecture=x86_64 ;;
  *) architecture=none ;;
esac
if ! grep -q -- "-$architecture.tar.gz\$" "$here/packages/SHA256SUMS" 2>/dev/null; then
  echo "dbus-mqtt-battery: this archive has no package for this device ($(uname -m))"
  exit 1
fi
