#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# sysroot.sh ARCH DIR: unpacks Debian's libraries and headers of ARCH into DIR/root.
#
# A package manager state of its own under DIR keeps the build machine as it is: no foreign
# architecture, nothing installed. Mirror, proxy and keys are those of the machine.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=scripts/package/arch.sh
. "$here/arch.sh"

[ $# = 2 ] || { echo "usage: sysroot.sh ARCH DIR" >&2; exit 2; }
arch_facts "$1"
mkdir -p "$2"
dir=$(cd "$2" && pwd)
readonly suite=bookworm

# libnss-mdns resolves `.local` names: with the device's module the device's libraries would come
# into the process.
packages=(libsdbus-c++-dev libpaho-mqttpp-dev libpaho-mqtt-dev nlohmann-json3-dev libinih-dev
  libspdlog-dev libsystemd-dev libssl-dev libstdc++6 libgcc-s1 libc6 libnss-mdns)
# The cross compilers bring these for themselves; the native one takes them from the sysroot.
[ "$debian_arch" != amd64 ] || packages+=(libc6-dev libstdc++-12-dev)

fail() {
  echo "sysroot.sh: $1" >&2
  shift
  printf '  %s\n' "$@" >&2
  exit 1
}

# The machine's own sources of this suite, one line "URI SUITE" each, limited to what `$1` matches.
machine_sources() {
  # shellcheck disable=SC2016  # placeholders of apt-get
  apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
    awk -v wanted="^($1)\$" '$3 == "main" && $2 ~ wanted { print $1, $2 }' | sort -u
}

write_sources() {
  machine_sources "$1" | while read -r uri release; do
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $uri $release main"
  done >"$dir/sources.list"
}

set_up_apt() {
  mkdir -p "$dir/state/lists/partial" "$dir/cache/archives/partial"
  : >"$dir/status"
  cat >"$dir/apt.conf" <<CONF
APT::Architecture "$debian_arch";
APT::Architectures { "$debian_arch"; };
APT::Sandbox::User "root";
APT::Install-Recommends "false";
Acquire::Languages "none";
Acquire::Retries "3";
Dir::State "$dir/state";
Dir::State::status "$dir/status";
Dir::Cache "$dir/cache";
Dir::Etc::SourceList "$dir/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::Etc::Preferences "/dev/null";
Dir::Etc::PreferencesParts "/dev/null";
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
CONF
}

# Runs apt-get with the private state; its output is kept in DIR/apt.log.
private_apt() { APT_CONFIG=$dir/apt.conf apt-get -y "$@" >"$dir/apt.log" 2>&1 </dev/null; }

update_lists() {
  write_sources "$suite|$suite-updates|$suite-security"
  grep -q " $suite main" "$dir/sources.list" ||
    fail "no source for Debian 12 ($suite) main is set up on this machine" \
      "Look at /etc/apt/sources.list and /etc/apt/sources.list.d, run apt-get update, start again."
  private_apt update && return
  # A mirror that is being updated may have stale lists of one suite for hours.
  cp "$dir/apt.log" "$dir/apt-update.log"
  write_sources "$suite|$suite-updates"
  private_apt update || download_failed
  echo "WARNING: $debian_arch: the list of security updates could not be read ($dir/apt-update.log);" >&2
  echo "  the libraries are those of the last point release. Do not release this: try again later." >&2
}

download_failed() {
  tail -n 15 "$dir/apt.log" >&2
  fail "packages for $debian_arch could not be downloaded" \
    "Does 'apt-get update' work on this machine? Check network, proxy (/etc/apt/apt.conf.d) and" \
    "mirror (/etc/apt/sources.list*), then start again. Everything apt said: $dir/apt.log"
}

# "NAME VERSION ARCHITECTURE" of every package that belongs into the sysroot, from a dry run.
resolve() {
  private_apt -s install "${packages[@]}" || download_failed
  sed -n 's/^Inst \([^ ]*\) (\([^ ]*\) .*\[\([a-z0-9]*\)\]).*/\1 \2 \3/p' "$dir/apt.log" | sort
}

# Unpacks all packages, and notes for each library which package it is of.
unpack() {
  local name version architecture file
  rm -rf "$dir/root"
  : >"$dir/libraries"
  mkdir -p "$dir"/root/usr/{bin,sbin,lib}
  # Debian 12 has these as links; dpkg -x would replace them by folders.
  ln -s usr/bin usr/sbin usr/lib "$dir/root/"
  while read -r name version architecture; do
    file=$dir/cache/archives/${name}_${version//:/%3a}_$architecture.deb
    dpkg-deb --fsys-tarfile "$file" |
      tar -xv --keep-directory-symlink --no-same-owner -C "$dir/root" |
      sed -n "s,.*/\\([^/]*\\.so[^/]*\\)\$,$name \\1,p" >>"$dir/libraries"
  done <"$dir/packages"
}

set_up_apt
update_lists
resolve >"$dir/packages"
private_apt install --download-only "${packages[@]}" || download_failed
unpack
