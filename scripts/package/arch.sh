# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# What differs between the architectures; to be sourced.
export DMB_ARCHITECTURES="armv7 aarch64 x86_64"

# arch_facts ARCH: sets debian_arch, triple and loader.
arch_facts() {
  case $1 in
    armv7) debian_arch=armhf triple=arm-linux-gnueabihf loader=ld-linux-armhf.so.3 ;;
    aarch64) debian_arch=arm64 triple=aarch64-linux-gnu loader=ld-linux-aarch64.so.1 ;;
    x86_64) debian_arch=amd64 triple=x86_64-linux-gnu loader=ld-linux-x86-64.so.2 ;;
    *)
      echo "unknown architecture '$1' (${DMB_ARCHITECTURES// /, })" >&2
      return 2
      ;;
  esac
  export debian_arch triple loader
}
