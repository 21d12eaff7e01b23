#!/bin/sh
# SPDX-License-Identifier: MIT
# Puts a new version in the place of the installed one, watches whether the batteries are as well with
# it as before, and goes back if they are not. Every step is one rename, and after a power cut between
# any two of them the next boot has a version that runs: the start line in /data/rc.local takes
# .previous when the folder is missing, and as long as there is a .previous, install.sh starts this
# script to go on watching.
set -u

# Seconds the new version must run without a break, and those in which the batteries must be back.
stay_up=${DMB_STAY_UP_SECONDS:-10}
be_well=${DMB_BE_WELL_SECONDS:-300}

usage() {
  cat <<'USAGE'
Usage: change_over.sh FRESH FOLDER    download.sh: put the unpacked FRESH in the place of FOLDER
       change_over.sh --go-on         install.sh: go on watching what a power cut interrupted

Exit code: 0 the new version is in place; 1 nothing was changed; 3 the version before is back.
USAGE
}

say() { echo "$*"; }
fail() { echo "download.sh: $*" >&2; exit 1; }

name_places() {
  folder=$1
  name=${folder##*/}
  base=${folder%/*}
  service=/service/$name
  previous=$folder.previous
  # Folders on their way to be deleted; install.sh deletes what a power cut left of them.
  bad=$base/.$name.bad
  old=$base/.$name.old
}

# ---- how it is --------------------------------------------------------------------------------

supervised() { svok "$1" 2>/dev/null; }

svscan_runs() { for entry in /service/*; do supervised "$entry" && return 0; done; return 1; }

is_python() { for file in "$1"/dbus-mqtt-battery*.py; do [ -e "$file" ] && return 0; done; return 1; }

described() {
  if is_python "$1"; then echo "the Python driver"; else cat "$1/VERSION" 2>/dev/null || echo unknown; fi
}

# "123 45": process and seconds of the running service; nothing when it is down.
up_since() {
  svstat "$service" 2>/dev/null | sed -n 's/.*: up (pid \([0-9]*\)) \([0-9]*\) seconds.*/\1 \2/p'
}

pid_now() { up_since | cut -d' ' -f1; }
restart() { ! supervised "$service" || svc -tu "$service"; }

# valid FOLDER: whether the program in it can use the config; else sets `problems`.
valid() { problems=$("$1/dbus-mqtt-battery" --config "$folder/config.ini" --check-config 2>&1); }

# Asks the program in FOLDER: sets `verdict` (0: everything configured is on the bus and fed) and
# `on_bus`, the number of batteries there.
ask_status() {
  verdict=0
  answer=$("$1/dbus-mqtt-battery" --config "$folder/config.ini" --status --json 2>/dev/null) || verdict=$?
  on_bus=$(printf '%s\n' "$answer" | grep -o '"on_bus": *true' | grep -c .)
}

ask_bus() {
  method=$1
  shift
  dbus-send --system --print-reply --dest=org.freedesktop.DBus / "org.freedesktop.DBus.$method" "$@" 2>/dev/null
}

# Whether the Python driver, which cannot be asked for its status, has a battery on the bus.
python_has_battery() {
  pid=$(pid_now)
  [ -n "$pid" ] && command -v dbus-send >/dev/null || return 1
  for owned in $(ask_bus ListNames | sed -n 's/.*"\(com\.victronenergy\.battery\.[^"]*\)".*/\1/p'); do
    owner=$(ask_bus GetConnectionUnixProcessID "string:$owned" | sed -n 's/.*uint32 //p')
    [ "$owner" != "$pid" ] || return 0
  done
  return 1
}

# ---- how it was before --------------------------------------------------------------------------

# Kept with the new version, so that a watch goes on with it after a power cut.
write_before() {
  verdict=unknown
  on_bus=0
  if is_python "$folder"; then
    ! python_has_battery || on_bus=1
  elif [ -d "$folder" ] && [ -n "$(pid_now)" ]; then
    ask_status "$folder"
  fi
  printf 'stay_up=%s\nverdict=%s\non_bus=%s\n' "$stay_up" "$verdict" "$on_bus" >"$fresh/.before" ||
    fail "cannot write $fresh/.before; nothing was changed"
}

before_of() { sed -n "s/^$1=\([0-9a-z]*\)\$/\1/p" "$folder/.before" 2>/dev/null | tail -n 1; }

read_before() {
  stay_up=$(before_of stay_up)
  verdict_before=$(before_of verdict)
  on_bus_before=$(before_of on_bus)
  : "${stay_up:=10}" "${verdict_before:=unknown}" "${on_bus_before:=0}"
}

as_well_as_before() {
  if [ "$verdict_before" != 0 ] && [ "$on_bus_before" = 0 ]; then return 0; fi
  ask_status "$folder"
  [ "$on_bus" -ge "$on_bus_before" ] || return 1
  [ "$verdict_before" != 0 ] || [ "$verdict" = 0 ]
}

# Whether one process other than `before` stays, and the batteries come back. Gives up early when it
# starts again and again. Sets `fault`.
proves_itself() {
  last=
  starts=0
  seconds=0
  fault=ends
  while [ "$seconds" -lt "$be_well" ] && [ "$starts" -lt 5 ]; do
    state=$(up_since)
    pid=${state%% *}
    if [ -n "$pid" ] && [ "$pid" != "$before" ]; then
      [ "$pid" = "$last" ] || starts=$((starts + 1))
      last=$pid
    fi
    if [ -n "$last" ] && [ "$pid" = "$last" ] && [ "${state##* }" -ge "$stay_up" ]; then
      ! as_well_as_before || return 0
      [ "$fault" = battery ] || say "Waiting up to $be_well s for the batteries to be as they were before ..."
      fault=battery
    elif [ "$seconds" -gt $((stay_up + 20)) ]; then
      fault=ends
      return 1
    fi
    sleep 1
    seconds=$((seconds + 1))
  done
  return 1
}

# ---- change over ------------------------------------------------------------------------------

# What people keep beside the driver (certificates, notes) and config.ini go along; what belonged to
# the Python driver does not.
take_along() {
  for file in "$folder"/*; do
    case ${file##*/} in
      dbus-mqtt-battery*.py | installqml.sh | ext | qml | __pycache__ | lib | bin | share | service | THIRD-PARTY.gz) continue ;;
    esac
    if [ ! -e "$file" ] || [ -e "$fresh/${file##*/}" ]; then continue; fi
    cp -a "$file" "$fresh/" || fail "cannot copy $file: is /data full? (df -h /data) Nothing was changed."
  done
}

# A config that runs the batteries now must run them then.
check_config() {
  [ -f "$folder/config.ini" ] || return 0
  if is_python "$folder"; then [ -n "$(pid_now)" ] || return 0; else valid "$folder" || return 0; fi
  valid "$fresh" || fail "version $version cannot use config.ini as it is, so nothing was changed:
$problems"
}

# The Python driver runs in its own folder, to which /service links: end it before that moves.
stop_linked() {
  [ -L "$service" ] || return 0
  rm -f "$service"
  svc -dx "$folder/service" "$folder/service/log" 2>/dev/null
  for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
    supervised "$folder/service" || supervised "$folder/service/log" || break
    sleep 1
  done
  rm -rf "$folder/service/supervise" "$folder/service/log/supervise"
}

discard() { rm -rf "$2" && mv "$1" "$2" && rm -rf "$2"; }

# With a .previous the installed version was never proved: it goes, and .previous stays.
swap() {
  sync
  if [ -e "$folder" ] && [ -d "$previous" ]; then
    discard "$folder" "$bad" || fail "cannot rename $folder"
  elif [ -e "$folder" ]; then
    mv "$folder" "$previous" || fail "cannot rename $folder"
  fi
  if ! mv "$fresh" "$folder"; then
    [ ! -e "$previous" ] || mv "$previous" "$folder"
    fail "cannot rename $fresh to $folder; nothing was changed"
  fi
  sync
}

change_over() {
  was=nothing
  [ ! -d "$folder" ] || was=$(described "$folder")
  stop_linked
  swap
  before=$(pid_now)
  if ! sh "$folder/install.sh" --by-update; then
    fault=installer
    [ ! -d "$previous" ] || roll_back
    say "install.sh reported a problem, see above."
  fi
  if ! svscan_runs; then
    say "It will start when the device has booted, and is watched then: when it does not stay up, the"
    say "version before comes back."
    return 0
  fi
  [ -z "$before" ] || [ "$(pid_now)" != "$before" ] || restart
  prove
}

prove() {
  say "Watching version $version for $stay_up s ..."
  proves_itself || roll_back
  say "It runs: $(svstat "$service")"
  keep
}

# The new version stays: what was before goes.
keep() {
  if [ -d "$previous" ]; then
    if is_python "$previous"; then set_python_aside; else discard "$previous" "$old"; fi
  fi
  rm -f "$folder/.before"
}

set_python_aside() {
  aside=$folder.old-python
  copy=2
  while [ -e "$aside" ]; do aside=$folder.old-python-$copy copy=$((copy + 1)); done
  mv "$previous" "$aside"
  say "The Python driver is now in $aside; delete it when you are sure."
}

# ---- back again -------------------------------------------------------------------------------

show_log() {
  say "Last lines of its log:"
  tail -n 8 "/var/log/$name/current" 2>/dev/null | tai64nlocal | sed 's/^/  /'
}

tell_fault() {
  case $fault in
    ends)
      say "Version $version did not stay up for $stay_up s."
      show_log
      ;;
    battery)
      say "Version $version runs, but after $be_well s the batteries are not as they were before. Its status:"
      "$folder/dbus-mqtt-battery" --config "$folder/config.ini" --status 2>&1 | head -n 12 | sed 's/^/  /'
      ;;
    *) say "The installer of version $version failed." ;;
  esac
}

# What was written into config.ini meanwhile counts.
take_config_back() {
  if [ ! -f "$folder/config.ini" ] || cmp -s "$folder/config.ini" "$previous/config.ini"; then return 0; fi
  cp -p "$folder/config.ini" "$previous/config.ini.new" && sync &&
    mv "$previous/config.ini.new" "$previous/config.ini"
}

roll_back() {
  tell_fault
  [ -d "$previous" ] || stop_new
  take_config_back
  python=0
  if is_python "$previous"; then
    python=1
    sh "$folder/install.sh" --undo-service >/dev/null 2>&1 # its service is a link, ours is not
  fi
  before=$(pid_now)
  rm -rf "$bad"
  if ! mv "$folder" "$bad" || ! mv "$previous" "$folder"; then
    fail "cannot bring back $previous: rename it to $folder, run its install.sh"
  fi
  sync
  start_again
  if svscan_runs; then see_it_back; fi
  say "The version before ($(described "$folder")) is back: $(svstat "$service" 2>&1)"
  rm -rf "$bad"
  exit 3
}

start_again() {
  if [ "$python" = 1 ]; then
    bash "$folder/install.sh" >/dev/null 2>&1
    sh "$bad/install.sh" --remove-start-line "$folder" >/dev/null
  else
    sh "$folder/install.sh" --by-update >/dev/null 2>&1
    restart
  fi
}

# A USB stick does not try a version again that was worse. When the version before is no better, the
# new one may have had bad luck.
see_it_back() {
  failed=$fault
  stay_up=3
  if [ "$failed" != battery ] || [ "$python" = 1 ]; then verdict_before=unknown on_bus_before=0; fi
  if proves_itself; then
    printf '%s\n' "$version" >"$folder/.refused"
  elif [ "$failed" = battery ] && [ "$fault" = battery ]; then
    say "With the version before they are not either: is the publisher silent? Then update again later."
  else
    say "It did not start again within 20 s either."
  fi
}

# Nothing was installed before: the files stay for a look, but do not start for ever.
stop_new() {
  sh "$folder/install.sh" --undo
  say "It was stopped; its files and config.ini are in $folder. Please report the lines above."
  exit 3
}

# ---- both ways --------------------------------------------------------------------------------

put_in_place() {
  fresh=$1
  name_places "$2"
  version=$(cat "$fresh/VERSION")
  if [ ! -e "$folder" ] && [ -d "$previous" ] && mv "$previous" "$folder"; then
    say "Brought back $folder after an interrupted update."
  fi
  check_config
  take_along
  write_before
  sh "$fresh/install.sh" --add-start-line "$folder" || fail "nothing was changed"
  verdict_before=$verdict on_bus_before=$on_bus
  # From here on a lost connection or Ctrl-C must not leave half of it.
  trap '' HUP INT TERM PIPE
  change_over
  say "Done: $name $version is installed (before: $was)."
}

# One at a time; a lock whose process is gone counts for nothing.
lock() {
  lock=/tmp/$name.lock
  other=$(cat "$lock/pid" 2>/dev/null)
  if ! mkdir "$lock" 2>/dev/null && [ -n "$other" ] && kill -0 "$other" 2>/dev/null; then
    lock=
    return 1
  fi
  echo $$ >"$lock/pid"
}

go_on() {
  name_places "$(cd "$(dirname "$0")/.." && pwd)"
  if [ ! -d "$previous" ] || ! lock; then exit 0; fi
  trap '' HUP INT PIPE
  version=$(cat "$folder/VERSION")
  was=$(described "$previous")
  read_before
  before=
  say "$(date): going on with the update of $name to $version (before: $was)."
  for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    ! supervised "$service" || break
    sleep 1
  done
  prove
  say "Done: $name $version is installed (before: $was)."
}

lock=
case ${1:-} in -h | --help) usage; exit 0 ;; esac
trap 'rm -rf ${lock:+"$lock"}' EXIT
if [ "${1:-}" = --go-on ]; then
  go_on
elif [ $# = 2 ]; then
  put_in_place "$1" "$2"
else
  usage >&2
  exit 2
fi
