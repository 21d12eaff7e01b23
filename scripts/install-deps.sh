#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs the Debian packages that a task needs and that are missing (Debian 12 and 13).
set -eu

usage() {
  cat <<'USAGE'
Usage: scripts/install-deps.sh [--list] SET...

Installs what is missing of these sets of Debian packages; does nothing when all are there.
  build   compiler and libraries
  test    what the tests start: bus, broker, clients
  demo    what scripts/demo.sh starts
  ci      formatter, linters, second compiler
  package what scripts/package.sh builds the device's packages with
  package-test what scripts/test-package.sh runs them with
  bench   what counts and times the operations of core (bench/core)
  coverage  what scripts/coverage.sh counts lines with
  pictures  what scripts/bank-day.sh and charge-day.sh draw with

  --list  print the packages of the sets and leave
USAGE
}

packages_of() {
  case $1 in
    build) echo g++ cmake ninja-build pkg-config libsdbus-c++-dev libpaho-mqttpp-dev \
      libpaho-mqtt-dev nlohmann-json3-dev libinih-dev libspdlog-dev libsystemd-dev ;;
    test) echo libgtest-dev dbus mosquitto mosquitto-clients daemontools python3 python3-dbus python3-jinja2 python3-yaml \
      python3-gi openssl nodejs npm ca-certificates procps binutils iproute2 busybox-static curl wget ;;
    demo) echo dbus mosquitto mosquitto-clients python3 python3-dbus python3-gi python3-jinja2 ;;
    ci) echo git clang libclang-rt-dev clang-format clang-tidy shellcheck ;;
    bench) echo libbenchmark-dev valgrind qemu-user-static g++-arm-linux-gnueabihf ;;
    coverage) echo gcovr ;;
    pictures) echo gnuplot-nox ;;
    package) echo g++ g++-arm-linux-gnueabihf g++-aarch64-linux-gnu binutils cmake ninja-build \
      pkg-config git ca-certificates python3 ;;
    package-test) echo qemu-user-static busybox-static dbus mosquitto mosquitto-clients python3 \
      python3-dbus python3-gi openssl daemontools procps binutils ;;
    *)
      echo "install-deps.sh: no set named '$1' (build, test, demo, ci, bench, coverage, pictures, package, package-test)" >&2
      return 2
      ;;
  esac
}

# Node.js often comes from elsewhere, and its npm then conflicts with Debian's package.
is_installed() {
  case $1 in
    npm) command -v npm >/dev/null && return ;;
    nodejs) command -v node >/dev/null && return ;;
  esac
  [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# Runs a command silently; what it printed is shown only when it fails.
quietly() {
  if ! "$@" >"$log" 2>&1 </dev/null; then
    cat "$log" >&2
    echo "install-deps.sh: failed: $*" >&2
    return 1
  fi
}

list_only=0
wanted=
[ $# -gt 0 ] || { usage >&2; exit 2; }
for argument in "$@"; do
  case $argument in
    -h | --help) usage; exit 0 ;;
    --list) list_only=1 ;;
    *)
      set_packages=$(packages_of "$argument")
      wanted="$wanted $set_packages"
      ;;
  esac
done
if [ "$list_only" = 1 ]; then
  for package in $wanted; do echo "$package"; done | sort -u
  exit 0
fi

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
  echo "install-deps.sh: not a Debian system, so nothing is installed; needed are:$wanted" >&2
  exit 0
fi

missing=
for package in $wanted; do
  case " $missing " in *" $package "*) continue ;; esac
  is_installed "$package" || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" != 0 ]; then
  echo "Missing packages:$missing" >&2
  echo "Install them as root, then start again:" >&2
  echo "  apt-get update && apt-get install --no-install-recommends -y$missing" >&2
  exit 1
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
echo "Installing missing packages:$missing"
export DEBIAN_FRONTEND=noninteractive
quietly apt-get -o Acquire::Retries=3 update
# shellcheck disable=SC2086  # a list of words
quietly apt-get -o Acquire::Retries=3 -o DPkg::Lock::Timeout=120 \
  install --no-install-recommends -y $missing
