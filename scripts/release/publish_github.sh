#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# publish_github.sh FOLDER TAG: publishes the release TAG, which scripts/release.sh made in FOLDER, on the code host
# that `gh` is set up for. Three things go there: the release with its files, the list of all versions (files of a
# release named `index`, as devices ask for download/index/VERSIONS), and, for no beta, the branch `setuphelper`.
set -euo pipefail
cd "$(dirname "$0")/../.."
[ $# = 2 ] || { echo "usage: publish_github.sh FOLDER TAG" >&2; exit 2; }
readonly folder=$1 tag=$2 version=${2#v}
readonly files=$folder/download/$tag
work=$(mktemp -d)
readonly work
trap 'rm -rf "$work"' EXIT

fail() {
  echo "publish_github.sh: $*" >&2
  exit 1
}

in_git() { git -c safe.directory='*' "$@"; }

beta() { case $version in *-*) return 0 ;; *) return 1 ;; esac; }

# The list on the host is the one that counts: this folder may know of one version only. Sets newest.
read_index() {
  if gh release view index >/dev/null 2>&1; then
    gh release download index --pattern VERSIONS --dir "$work" || fail "the list of versions cannot be read: try again"
  fi
  newest=$(scripts/release/index.sh "$work/VERSIONS" "$version")
}

publish_files() {
  local kind=()
  if beta; then kind=(--prerelease); elif [ "$newest" != "$version" ]; then kind=(--latest=false); fi
  gh release create "$tag" "$files"/* --verify-tag --title "$version" --notes-file "$files/NOTES.md" "${kind[@]}"
}

publish_index() {
  gh release view index >/dev/null 2>&1 ||
    gh release create index --prerelease --title "List of versions" \
      --notes "Read by download.sh; not a version of its own."
  gh release upload index "$work/VERSIONS" --clobber
}

# SetupHelper's package manager loads a branch as it is.
publish_setuphelper() {
  local tree commit
  tar -xzf "$files/setuphelper-dbus-mqtt-battery-$version.tar.gz" -C "$work"
  tree=$(GIT_INDEX_FILE=$work/git-index in_git --work-tree="$work/dbus-mqtt-battery" add --all --force . &&
    GIT_INDEX_FILE=$work/git-index in_git write-tree)
  commit=$(GIT_AUTHOR_NAME=release GIT_AUTHOR_EMAIL='' GIT_COMMITTER_NAME=release GIT_COMMITTER_EMAIL='' \
    in_git commit-tree -m "$version" "$tree")
  in_git push --force origin "$commit:refs/heads/setuphelper"
}

[ -f "$files/SHA256SUMS" ] || fail "$files is no release: scripts/release.sh --to $folder --tag $tag"
(cd "$files" && sha256sum --quiet -c SHA256SUMS) || fail "the files in $files are not as they were made"
! grep -q 'Not for publishing' "$files/NOTES.md" || fail "$files was made with --allow-stale, which is not for publishing"
SOURCE_DATE_EPOCH=$(in_git log -1 --format=%ct)
export SOURCE_DATE_EPOCH
read_index
publish_files
publish_index
beta || publish_setuphelper
