#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# setuphelper_tree.sh FOLDER VERSION [PLACE]: makes FOLDER, a package as SetupHelper's package manager wants it: it gets
# and installs VERSION. Run by scripts/package.sh.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source_dir=$(cd "$here/../.." && pwd)
# shellcheck source=scripts/package/stamp.sh
. "$here/stamp.sh"

[ $# = 2 ] || [ $# = 3 ] || { echo "usage: setuphelper_tree.sh FOLDER VERSION [PLACE]" >&2; exit 2; }
readonly folder=$1 version=$2 place=${3:-}

# 1.2.0-beta.3 is v1.2.0~3 there and 1.2.0-rc.1 is v1.2.0~101, which is newer; alphas have a letter of their own.
setuphelper_version() {
  case $1 in
    *-alpha.*) echo "v${1%%-*}a${1##*.}" ;;
    *-beta.*) echo "v${1%%-*}~${1##*.}" ;;
    *-rc.*) echo "v${1%%-*}~$((100 + ${1##*.}))" ;;
    *) echo "v$1" ;;
  esac
}

mkdir -p "$folder"
install -m 755 "$source_dir/scripts/setuphelper/setup" "$source_dir/scripts/setuphelper/work.sh" \
  "$source_dir/download.sh" "$folder/"
install -m 644 "$source_dir/CHANGELOG.md" "$folder/changes"
stamp "$folder/download.sh" "$place"
setuphelper_version "$version" >"$folder/version"
echo "$version" >"$folder/release"
# owner:branch, for a place on the code host that the package manager loads from.
if [[ $place =~ ^https://[^/]+/([^/]+)/[^/]+/releases$ ]]; then
  echo "${BASH_REMATCH[1]}:setuphelper" >"$folder/gitHubInfo"
fi
