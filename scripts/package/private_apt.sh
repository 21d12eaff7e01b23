# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# A package manager state of its own: other architectures without touching the build machine. Mirror
# and proxy are those of the machine, the keys Debian's. To be sourced; `apt_dir` is the state's folder.

apt_fail() {
  echo "package download: $1" >&2
  shift
  printf '  %s\n' "$@" >&2
  return 1
}

# private_apt_set_up DIR DEBIAN_ARCH
private_apt_set_up() {
  mkdir -p "$1/state/lists/partial" "$1/cache/archives/partial"
  apt_dir=$(cd "$1" && pwd)
  : >"$apt_dir/status"
  cat >"$apt_dir/apt.conf" <<CONF
APT::Architecture "$2";
APT::Architectures { "$2"; };
APT::Sandbox::User "root";
APT::Install-Recommends "false";
Acquire::Languages "none";
Acquire::Retries "3";
APT::Update::Error-Mode "any";
Dir::State "$apt_dir/state";
Dir::State::status "$apt_dir/status";
Dir::Cache "$apt_dir/cache";
Dir::Etc::SourceList "$apt_dir/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::Etc::Preferences "/dev/null";
Dir::Etc::PreferencesParts "/dev/null";
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
CONF
}

# Runs apt-get with the private state; what it says is kept in DIR/apt.log.
private_apt() { APT_CONFIG=$apt_dir/apt.conf apt-get -y "$@" >"$apt_dir/apt.log" 2>&1 </dev/null; }

# The machine's own sources of Debian 12, one line "URI SUITE" each, whose suite matches $1.
machine_sources() {
  # shellcheck disable=SC2016  # placeholders of apt-get
  apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
    awk -v wanted="^($1)\$" '$3 == "main" && $2 ~ wanted { print $1, $2 }' | sort -u
}

# source_lines: lines for sources.list from lines "URI SUITE".
source_lines() {
  local uri suite
  while read -r uri suite; do
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $uri $suite main"
  done
}

# private_apt_update: reads the lists of Debian 12 with its updates. Without those of the security updates it fails,
# unless DMB_ALLOW_STALE is 1.
private_apt_update() {
  local suite=bookworm
  machine_sources "$suite|$suite-updates|$suite-security" | source_lines >"$apt_dir/sources.list"
  grep -q " $suite main" "$apt_dir/sources.list" ||
    apt_fail "no source for Debian 12 ($suite) main is set up on this machine" \
      "Look at /etc/apt/sources.list and /etc/apt/sources.list.d, run apt-get update, start again." ||
    return
  private_apt update && return
  # A mirror that is being updated may have stale lists of one suite for hours.
  cp "$apt_dir/apt.log" "$apt_dir/apt-update.log"
  machine_sources "$suite|$suite-updates" | source_lines >"$apt_dir/sources.list"
  private_apt update || download_failed || return
  [ "${DMB_ALLOW_STALE:-}" = 1 ] ||
    apt_fail "the list of security updates could not be read ($apt_dir/apt-update.log)" \
      "The libraries would be those of the last point release, without what was mended since. Try again later;" \
      "for a package that is only tried out: --allow-stale." ||
    return
  echo "WARNING: the list of security updates could not be read ($apt_dir/apt-update.log);" >&2
  echo "  the libraries are those of the last point release. This is not for a release." >&2
}

# private_apt_download PACKAGE...: puts them and what they depend on into DIR/cache/archives.
private_apt_download() { private_apt install --download-only "$@" || download_failed; }

download_failed() {
  tail -n 15 "$apt_dir/apt.log" >&2
  apt_fail "packages could not be downloaded" \
    "Does 'apt-get update' work on this machine? Check network, proxy (/etc/apt/apt.conf.d) and" \
    "mirror (/etc/apt/sources.list*), then start again. Everything apt said: $apt_dir/apt.log"
}
