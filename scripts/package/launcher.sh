#!/bin/sh
# SPDX-License-Identifier: MIT
# Starts dbus-mqtt-battery with the libraries it was packaged with, wherever the package lies.
set -eu

called_from=$(pwd)
# The program names its loader relative to this folder, so that the kernel starts it under its own
# name and nothing of the device's libraries is used.
cd "$(dirname "$(readlink -f "$0")")"

# A config file is meant relative to where the user stands.
previous=
for argument; do
  shift
  case $argument in
    --config=/* | -c/* | /*) ;;
    --config=?*) argument=--config=$called_from/${argument#--config=} ;;
    *) case $previous in --config | -c) argument=$called_from/$argument ;; esac ;;
  esac
  set -- "$@" "$argument"
  previous=$argument
done

unset LD_LIBRARY_PATH LD_PRELOAD
# The device's settings are for the device's OpenSSL.
export OPENSSL_CONF=/dev/null
exec "$(pwd)/bin/dbus-mqtt-battery" "$@"
