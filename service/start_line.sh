# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# Read by install.sh: the line in /data/rc.local that starts the driver in $folder at boot. Uses say,
# fail, replace and the folder $work of install.sh.

: "${folder:?}" "${work:?}"
hook=/data/rc.local

# After a power cut in the middle of an update there may be only .previous; whatever goes wrong here,
# the lines below it are run.
start_line() {
  case $folder in
    *[!A-Za-z0-9_./-]*) quote=\' ;;
    *) quote= ;;
  esac
  at=$quote$folder$quote
  echo "{ [ -e $at ] || mv $quote$folder.previous$quote $at; bash $quote$folder/install.sh$quote; } || :"
}

# with_line FILE / without_line FILE: its content with exactly one start line, directly behind the first
# line, where no exit, set -e, open quote or error of others can keep it from being reached; or with
# none. Start lines of other instances and comments may stand before it. Lines that do more than start
# us are not ours.
with_line() { edit "$(start_line)" "$1"; }
without_line() { edit '' "$1" "${2:-}" "${3:-}"; }
edit() {
  LC_ALL=C ADD=$1 EXACTLY=${3:-} LINE=$(start_line) TARGET=${4:-$folder/install.sh} awk '
    function ours(text,    at) {
      if (text == line || ENVIRON["EXACTLY"] == "exactly") return text == line
      at = index(text, target)
      return at &&
        substr(text, 1, at - 1) ~ /^[ \t]*(((\/usr)?\/bin\/)?(ba)?sh[ \t]+)?["\047]?$/ &&
        substr(text, at + length(target)) ~ \
          /^["\047]?[ \t]*([12&]?>+[ \t]*[^ \t;&|]+[ \t]*)?(2>&1[ \t]*)?&?[ \t\r]*$/
    }
    function may_stand_before(text) {
      return text ~ /^[ \t]*(#.*)?$/ || \
        text ~ /^\{ \[ -e [^;]*\/dbus-mqtt-battery[-0-9]*\047? \] \|\| mv [^;]*; bash [^;]*; \} \|\| :$/
    }
    BEGIN { target = ENVIRON["TARGET"]; line = ENVIRON["LINE"]; add = ENVIRON["ADD"] }
    { text[NR] = $0 }
    END {
      if (ENVIRON["EXACTLY"] == "offsets") {
        for (i = 1; i <= NR; at += length(text[i++]) + 1) if (ours(text[i])) print at + 0
        exit
      }
      there = 0
      for (i = 2; add != "" && i <= NR && may_stand_before(text[i]); i++) if (text[i] == add) there = i
      for (i = 1; i <= NR; i++) {
        if (i == there || !ours(text[i])) print text[i]
        if (i == 1 && add != "" && !there) print add
      }
    }' "$2"
}

# What can still be read of a file into which a power cut has put NULs, without broken lines.
readable_lines() { tr '\000' '\001' <"$1" | grep -v "$(printf '\001')"; }

has_nul() { [ "$(tr -d '\000' <"$1" | wc -c)" -ne "$(wc -c <"$1")" ]; }

# The hook as it is now, in $work/hook: repaired, with its first line. Fails when it is no shell script.
read_hook() {
  : >"$work/hook"
  if [ -s "$1" ]; then
    if has_nul "$1"; then
      cp -p "$1" "$1.damaged"
      readable_lines "$1" >"$work/hook"
      say "$1 was damaged (it held NULs, as after a power cut). It is written anew with the lines that"
      say "can still be read; the damaged file is kept as $1.damaged."
    else
      cat "$1" >"$work/hook"
    fi
  fi
  if ! head -n 1 "$work/hook" | grep -q '^#!'; then
    { printf '#!/bin/bash\n'; cat "$work/hook"; } >"$work/hook.2" && mv "$work/hook.2" "$work/hook"
  fi
  mend_line_ends "$1"
  if head -n 1 "$work/hook" | grep -qE '^#!.*sh([[:space:]]|$)'; then return 0; fi
  say "$1 is no shell script, so it was left as it is. Let it run this at its start:"
  say "  $(start_line)"
  return 1
}

# The kernel looks for an interpreter whose name ends in the CR and runs nothing of such a file.
mend_line_ends() {
  head -n 1 "$work/hook" | grep -q "$(printf '\r')\$" || return 0
  cp -p "$1" "$1.with-cr"
  tr -d '\r' <"$work/hook" >"$work/hook.2" && mv "$work/hook.2" "$work/hook"
  say "$1 had the line ends of Windows, with which the device cannot run it. They are mended; the file"
  say "as it was is kept as $1.with-cr."
}

# /data/rc.local, or what a link there points to, or the file it becomes while it is switched off.
find_hook() {
  if [ ! -e "$hook" ] && [ -e "$hook.disabled" ]; then
    hook=$hook.disabled
    say "Start-up scripts are switched off on this device: $hook. After a reboot the driver will not"
    say "start until they are allowed again (Settings > General > Modification checks)."
  fi
  if [ -L "$hook" ]; then hook=$(readlink -f "$hook"); fi
}

add_to_boot() {
  find_hook
  read_hook "$hook" || return 0
  with_line "$work/hook" >"$work/hook.new"
  if [ -f "$hook" ] && cmp -s "$hook" "$work/hook.new"; then
    [ -x "$hook" ] || { chmod 755 "$hook"; say "$hook was not executable; now it is."; }
    return 0
  fi
  replace "$hook" "$work/hook.new" 755
  say "Added the start line to $hook."
}

# With "exactly" only the line as it is written now: that of the Python driver is like those of before.
remove_from_boot() {
  for file in "$hook" "$hook.disabled"; do
    [ -s "$file" ] || continue
    if [ -L "$file" ]; then file=$(readlink -f "$file"); fi
    ! has_nul "$file" || continue
    without_line "$file" "${1:-}" >"$work/hook.new"
    if cmp -s "$file" "$work/hook.new"; then
      :
    elif put "$file" "$work/hook.new" 755; then
      say "Removed the start line from $file."
      grep -qvE '^(#!.*|[[:space:]]*)$' "$file" || rm -f "$file"
    else
      comment_out "$file"
    fi
    ! grep -F "$folder/install.sh" "$file" 2>/dev/null | grep -qv '^[[:space:]]*#' ||
      say "$file still mentions $folder/install.sh in a line of its own making; please look."
  done
}

# On a full disk: one byte in its place needs no room.
comment_out() {
  for offset in $(edit '' "$1" offsets); do
    printf '#' | dd of="$1" bs=1 seek="$offset" conv=notrunc 2>/dev/null || fail "cannot write $1"
  done
  sync
  say "/data is full, so the start line in $1 was made a comment instead of removed."
}
