#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Makes a release: builds the packages, runs them, and puts everything that is published into a place of releases.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/package/stamp.sh
. scripts/package/stamp.sh

usage() {
  cat <<'USAGE'
Usage: scripts/release.sh --to FOLDER [options]

Makes the release of this commit in FOLDER, a place of releases:

  download/v<version>/    packages, archives for USB stick and SetupHelper, sources, bills of materials,
                          download.sh, NOTES.md, SHA256SUMS of all that
  download/index/VERSIONS a line for every version
  latest/download         the newest version that is no beta

FOLDER on a web server, or copied to a stick, is a place that download.sh installs from. Needs root and
Debian 12 on x86-64. Refuses whatever should not be released: a checkout with changes, a tag that does not
go with CMakeLists.txt, a version that is there already, warnings of the compiler, package lists without
security updates, libraries of different versions in the packages.

  --tag TAG        v<version> of CMakeLists.txt, or a beta (v1.2.0-beta.1) or rebuild (v1.2.0.1) of it;
                   default: the tag of this commit, or without one the version of CMakeLists.txt
  --place PLACE    where devices will find FOLDER, a URL: written into download.sh and the texts;
                   default: DMB_RELEASES, or FOLDER itself
  --work DIR       where to build (default: build-package)
  --packages DIR   take the packages that scripts/package.sh built there for this version and place
  --allow-stale    make a release that is not for publishing, to try everything out: also without Debian's
                   security updates, with libraries of different versions in the packages, or without a
                   source that a licence asks for
  --no-install     do not look for missing Debian packages
  -h, --help       this text
USAGE
}

fail() {
  echo "release.sh: $*" >&2
  exit 1
}

misused() {
  echo "release.sh: $1 (see --help)" >&2
  exit 2
}

to=
tag=
place=${DMB_RELEASES:-}
work=build-package
packages=
no_install=()
stale=()
while [ $# -gt 0 ]; do
  case $1 in
    --to | --tag | --place | --work | --packages)
      [ $# -gt 1 ] || misused "$1 needs a value"
      set -- "$1=$2" "${@:3}"
      continue
      ;;
    --to=*) to=${1#*=} ;;
    --tag=*) tag=${1#*=} ;;
    --place=*) place=${1#*=} ;;
    --work=*) work=${1#*=} ;;
    --packages=*) packages=${1#*=} ;;
    --no-install) no_install=(--no-install) ;;
    --allow-stale)
      stale=(--allow-stale)
      export DMB_ALLOW_STALE=1
      ;;
    -h | --help)
      usage
      exit 0
      ;;
    *) misused "unknown argument '$1'" ;;
  esac
  shift
done

in_git() { git -c safe.directory='*' "$@"; }

check_checkout() {
  local changes
  in_git rev-parse --git-dir >/dev/null 2>&1 || fail "not a git checkout: a release is made of a commit"
  changes=$(in_git status --porcelain)
  [ -z "$changes" ] || fail "the checkout differs from its commit:
$changes"
  SOURCE_DATE_EPOCH=$(in_git log -1 --format=%ct)
  export SOURCE_DATE_EPOCH
}

# Sets version. A tag that was asked for must be that of this commit.
read_version() {
  if [ -n "$tag" ]; then
    [ "$(in_git rev-parse -q --verify "$tag^{commit}")" = "$(in_git rev-parse HEAD)" ] ||
      fail "this commit has no tag $tag: git tag $tag, or check out that tag"
  else
    tag=$(in_git tag --points-at HEAD 'v[0-9]*' | sort -V | tail -n 1)
    [ -n "$tag" ] || tag=v$(sed -n 's/^project(.* VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
  fi
  version=${tag#v}
  [ "v$version" = "$tag" ] || fail "the tag must be v<version>, not $tag"
}

prepare_folder() {
  mkdir -p "$to/download"
  to=$(cd "$to" && pwd)
  [ ! -e "$to/download/$tag" ] || fail "$to/download/$tag is there already: a version is released once.
For the same with newer libraries: tag v${version%%-*}.1 (and so on)."
  place=${place%/}
  place=${place:-$to}
  check_place "$place" || exit 2
}

# Everything the compiler said is in one file for each architecture.
refuse_warnings() {
  ! grep -H -i 'warning' "$work"/*/build.log ||
    fail "the compiler warned, see above: mend that, or say in the code why it is right"
}

build() {
  packages=$work/packages
  scripts/package.sh "${no_install[@]}" "${stale[@]}" --work "$work" --out "$packages" --version "$version" \
    --place "$place" all
  refuse_warnings
  scripts/test-package.sh "${no_install[@]}" --dist "$packages"
}

[ -n "$to" ] || misused "--to FOLDER is missing"
check_checkout
read_version
prepare_folder
# What can be refused without a build is refused before it.
scripts/release/notes.sh "$version" "$place" >/dev/null
[ -n "$packages" ] || build
scripts/release/assemble.sh "$packages" "$to" "$version" "$place"
echo "$version is in $to/download/$tag; all in $SECONDS s"
