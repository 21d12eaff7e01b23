#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# sources.sh ARCHIVE VERSION PACKAGE...: makes ARCHIVE, the sources of this commit and of the libraries in the packages
# whose licence (LGPL, EPL) asks for theirs, as Debian has them. One that the mirror lacks is an error; with
# DMB_ALLOW_STALE=1 it is named in debian/MISSING instead.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=scripts/package/private_apt.sh
. scripts/package/private_apt.sh
[ $# -ge 3 ] || { echo "usage: sources.sh ARCHIVE VERSION PACKAGE..." >&2; exit 2; }
readonly archive=$1 name=dbus-mqtt-battery-$2-sources
shift 2

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/$name/debian"

git -c safe.directory='*' archive --format=tar --prefix="$name/dbus-mqtt-battery/" HEAD | tar -xf - -C "$work"
mapfile -t wanted < <(scripts/release/bundled.py sources "$@")
[ -n "${wanted[*]}" ] || { echo "sources.sh: the packages name nothing under the LGPL" >&2; exit 1; }
private_apt_set_up "$work/apt" "$(dpkg --print-architecture)"
machine_sources 'bookworm|bookworm-updates|bookworm-security' | source_lines | sed 's/^deb /deb-src /' \
  >"$apt_dir/sources.list"
private_apt update || download_failed
missing=()
for source in "${wanted[@]}"; do
  (cd "$work/$name/debian" && private_apt source --download-only --only-source "$source") || missing+=("$source")
done
printf '%s\n' "${wanted[@]}" >"$work/$name/debian/SOURCES"
if [ ${#missing[@]} -gt 0 ]; then
  echo "sources.sh: the mirror has not all files of the sources of ${missing[*]}" >&2
  if [ "${DMB_ALLOW_STALE:-}" != 1 ]; then
    echo "  Licences ask for them. Use another mirror or try again later; only to try things out: --allow-stale." >&2
    exit 1
  fi
  printf '%s\n' "${missing[@]}" >"$work/$name/debian/MISSING"
fi

tar --sort=name --owner=0 --group=0 --numeric-owner --format=ustar --mtime="@$SOURCE_DATE_EPOCH" \
  --mode=u=rwX,go=rX -C "$work" -cf "$archive" "$name"
