# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Libraries that libsystemd loads to seal and pack journals, in whose place we bundle our own; to be sourced.
is_stand_in() {
  case $1 in
    libgcrypt.so.20 | libzstd.so.1 | liblz4.so.1 | liblzma.so.5) return 0 ;;
    *) return 1 ;;
  esac
}
