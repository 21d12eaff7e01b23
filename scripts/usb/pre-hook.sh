#!/bin/sh
# SPDX-License-Identifier: MIT
# Run by the GX device before it unpacks the archive from a USB stick or SD card; a failure cancels.
here=$(cd "$(dirname "$0")" && pwd) || exit 1

refuse() {
  sh "$here/post-hook.sh" tell "$*"
  exit 1
}

[ -f "$here/packages/SHA256SUMS" ] ||
  refuse "this archive is not complete: it was only copied half. Copy it to the stick again and eject the stick first."
case $(uname -m) in
  armv7* | armv8l) architecture=armv7 ;;
  aarch64 | arm64) architecture=aarch64 ;;
  x86_64) architecture=x86_64 ;;
  *) architecture=none ;;
esac
grep -q -- "-$architecture.tar.gz\$" "$here/packages/SHA256SUMS" ||
  refuse "this archive has no package for this device ($(uname -m))"
