#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# notes.sh VERSION PLACE: prints what is said about a release: how to get it, and what CHANGELOG.md says.
set -euo pipefail
cd "$(dirname "$0")/../.."
[ $# = 2 ] || { echo "usage: notes.sh VERSION PLACE" >&2; exit 2; }
readonly version=$1 place=$2

# The chapter "## NAME" or "## NAME (date)".
chapter() {
  awk -v wanted="## $1" '/^## / { found = $0 == wanted || index($0, wanted " ") == 1; next } found' CHANGELOG.md
}

# A beta or rebuild without words of its own has those of its version; what is not released yet may still be called so.
changes() {
  local name text base=${version%%-*}
  for name in "$version" "$base" "$(cut -d. -f1-3 <<<"$base")" Unreleased; do
    text=$(chapter "$name")
    [[ $text =~ [^[:space:]] ]] || continue
    echo "$text"
    return
  done
  echo "notes.sh: CHANGELOG.md says nothing about $version: it needs a chapter '## $version'" >&2
  return 1
}

option=
case $version in *-*) option=' --beta' ;; esac
case $place in
  http*) get="wget -O /tmp/download.sh $place/download/v$version/download.sh
bash /tmp/download.sh$option" ;;
  *) get="bash $place/download/v$version/download.sh$option" ;;
esac
text=$(changes)
cat <<NOTES
Install or update on the GX device, over SSH as root:

\`\`\`sh
$get
\`\`\`

Without logging in: \`venus-data-dbus-mqtt-battery-$version.tar.gz\` on a USB stick. What each file is for, and how to
check where it is from, stands in docs/install.md and docs/releasing.md of the sources.

$text
NOTES
