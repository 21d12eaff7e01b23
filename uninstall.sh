#!/bin/sh
# SPDX-License-Identifier: MIT
# Removes the driver in this folder from the device; other instances are left alone.
set -u

folder=$(cd "$(dirname "$0")" && pwd) || exit 1
name=${folder##*/}
logs=/var/log/$name

usage() {
  cat <<USAGE
Usage: uninstall.sh [--yes] [--keep]

Ends $name and takes it out of the start-up. Then asks whether to delete
$folder with config.ini, and the logs.

  --yes    delete them without asking
  --keep   keep them without asking (also when there is no terminal to ask on)
USAGE
}

delete=ask
for argument in "$@"; do
  case $argument in
    -y | --yes) delete=yes ;;
    --keep) delete=no ;;
    -h | --help) usage; exit 0 ;;
    *) echo "uninstall.sh: unknown argument '$argument' (see --help)" >&2; exit 2 ;;
  esac
done

confirmed() {
  [ "$delete" != ask ] || {
    [ -t 0 ] || return 1
    printf 'Delete %s with your config.ini, and the logs? [y/N] ' "$folder"
    IFS= read -r delete
  }
  case $delete in y | Y | yes | Yes | YES) return 0 ;; *) return 1 ;; esac
}

updater=$(cat "/tmp/$name.lock/pid" 2>/dev/null)
if [ -n "$updater" ] && kill -0 "$updater" 2>/dev/null; then
  echo "uninstall.sh: an update of $name is being watched (process $updater): try again in some minutes" >&2
  exit 1
fi
echo "Uninstalling $name..."
sh "$folder/install.sh" --undo || exit 1

if confirmed; then
  cd / || exit 1
  rm -rf "$folder" "$folder.previous" "$logs" || exit 1
  echo "Deleted $folder and $logs."
else
  echo "Kept $folder with config.ini. To install it again:"
  echo "  bash $folder/install.sh"
fi
for old in "$folder".old-python*; do
  [ -d "$old" ] || continue
  echo "The copy of the Python driver that was replaced is still there. Delete it when you are sure:"
  echo "  rm -rf $old"
done
