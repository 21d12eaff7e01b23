#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# assemble.sh PACKAGES TO VERSION PLACE: makes a release of the packages that scripts/package.sh built in PACKAGES, in
# the place of releases TO. Run by scripts/release.sh. What fails leaves TO as it was.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=scripts/package/arch.sh
. scripts/package/arch.sh
# shellcheck source=scripts/package/stamp.sh
. scripts/package/stamp.sh

[ $# = 4 ] || { echo "usage: assemble.sh PACKAGES TO VERSION PLACE" >&2; exit 2; }
packages=$(cd "$1" && pwd)
readonly packages to=$2 version=$3 place=$4
readonly folder=$to/download/v$version fresh=$to/download/.v$version.new

fail() {
  echo "assemble.sh: $*" >&2
  exit 1
}

package_of() { echo "$packages/dbus-mqtt-battery-$version-$1.tar.gz"; }

check_packages() {
  local file known
  for file in "${archives[@]}"; do
    [ -f "$file" ] || fail "$file is missing: scripts/package.sh --version $version --place $place all"
  done
  (cd "$packages" && sha256sum --quiet -c SHA256SUMS) || fail "what is in $packages is not what was built there"
  for file in "${built[@]}"; do
    known=$(tar -xzOf "$file" dbus-mqtt-battery/download.sh | sed -n 's/^place=//p')
    [ "$known" = "$place" ] || fail "$file was built for the place '$known', not '$place': build it with --place $place"
  done
  scripts/release/bundled.py same "${built[@]}" || [ "${DMB_ALLOW_STALE:-}" = 1 ]
}

write_release() {
  local arch
  cp "${archives[@]}" "$fresh/"
  for arch in $DMB_ARCHITECTURES; do
    scripts/release/bundled.py sbom "$(package_of "$arch")" >"$fresh/dbus-mqtt-battery-$version-$arch.spdx.json"
  done
  scripts/release/sources.sh "$fresh/dbus-mqtt-battery-$version-sources.tar" "$version" "${built[@]}"
  install -m 755 download.sh "$fresh/"
  install -m 644 LICENSE "$fresh/"
  stamp "$fresh/download.sh" "$place"
  {
    [ "${DMB_ALLOW_STALE:-}" != 1 ] || printf '**Not for publishing: made with --allow-stale.**\n\n'
    scripts/release/notes.sh "$version" "$place"
  } >"$fresh/NOTES.md"
  (cd "$fresh" && sha256sum -- * >"$fresh.sums")
  mv "$fresh.sums" "$fresh/SHA256SUMS"
}

# As on the code host: latest/download is the newest version that is no beta.
list_it() {
  local newest
  newest=$(scripts/release/index.sh "$to/download/index/VERSIONS" "$version")
  [ -n "$newest" ] && [ -d "$to/download/v$newest" ] || return 0
  mkdir -p "$to/latest"
  ln -sfn "../download/v$newest" "$to/latest/download.new"
  mv -fT "$to/latest/download.new" "$to/latest/download"
}

built=()
for arch in $DMB_ARCHITECTURES; do built+=("$(package_of "$arch")"); done
archives=("${built[@]}" "$packages"/{venus-data-,setuphelper-}"dbus-mqtt-battery-$version.tar.gz")
check_packages
trap 'rm -rf "$fresh" "$fresh.sums"' EXIT
rm -rf "$fresh"
mkdir -p "$fresh"
write_release
mv "$fresh" "$folder"
list_it
find "$folder" -type f -printf '%10s  %f\n' | sort -k2
