# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Writes the place of the releases into the files that tell it; to be sourced. The repository knows no place.

# check_place PLACE: an address, or a folder for those who release into one.
check_place() {
  local pattern='^(https?://[A-Za-z0-9._~:/%-]+[A-Za-z0-9]|/[A-Za-z0-9._~/-]*[A-Za-z0-9])$'
  [[ $1 =~ $pattern ]] && return
  echo "'$1' is no place for releases: an address (https://...) or a folder (/...), without a slash at its end" >&2
  return 1
}

# stamp FILE PLACE: download.sh gets its `place=`, a text the address where RELEASES/ stands for it. An empty PLACE
# leaves them as they are in the repository.
stamp() {
  [ -n "$2" ] || return 0
  sed -i -e "s|^place=\$|place=$2|" -e "s|RELEASES/|$2/|g" "$1"
}
