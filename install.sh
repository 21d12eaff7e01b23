#!/bin/sh
# SPDX-License-Identifier: MIT
# Makes the driver in this folder a service, now and after every reboot and firmware update. The line
# it adds to /data/rc.local runs it again at each boot, because /service is built anew then; so it may
# be run as often as you like, writes only what differs, and leaves a running driver alone.
set -u

here=$(cd "$(dirname "$0")" && pwd) || exit 1
folder=$here
name=${folder##*/}
service=/service/$name
config=$folder/config.ini

say() { echo "$*"; }
fail() {
  echo "install.sh: $*" >&2
  exit 1
}

usage() {
  cat <<USAGE
Usage: install.sh [--undo]

Makes $name a service that starts now and after each reboot.
  --undo   take it out again; files stay (uninstall.sh does this and more)
  --take-over-aggregator
           go on in the place of the Python SmartShunt aggregator, with its configuration
USAGE
}
# For service/change_over.sh: --by-update (somebody watches already), --undo-service,
# --add-start-line FOLDER, --remove-start-line FOLDER.

# ---- which instance this is -------------------------------------------------------------------

# dbus-mqtt-battery is 1, dbus-mqtt-battery-7 is 7.
instance_of() {
  case $1 in
    dbus-mqtt-battery) echo 1 ;;
    dbus-mqtt-battery-[2-9] | dbus-mqtt-battery-[1-9][0-9]) echo "${1##*-}" ;;
    *) return 1 ;;
  esac
}

check_place() {
  instance=$(instance_of "$name") ||
    fail "the folder must be named dbus-mqtt-battery, or dbus-mqtt-battery-2 to -99; it is $folder"
  case $folder in
    *\'*) fail "the folder's name must not hold a quote sign: $folder" ;;
    /data/*) ;;
    *) fail "$folder would be gone after a reboot; move it first:
  mv '$folder' /data/etc/ && bash /data/etc/$name/install.sh" ;;
  esac
}

# ---- the program --------------------------------------------------------------------------------

# Sets `valid` (0, or 2: it has `problems`) of the config there is.
ask_program() {
  asked=$config
  [ -f "$asked" ] || asked=$folder/config.sample.ini
  valid=0
  problems=$("$folder/dbus-mqtt-battery" --config "$asked" --check-config 2>&1) || valid=$?
  case $valid in 0 | 2) return 0 ;; esac
  check_architecture
  say "The driver does not run on this device:"
  say "$problems"
}

check_architecture() {
  case $(uname -m) in
    armv7* | armv8l) needed=armv7 ;;
    aarch64 | arm64) needed=aarch64 ;;
    *) needed=$(uname -m) ;;
  esac
  packaged=$(cat "$folder/ARCH" 2>/dev/null)
  [ "$packaged" = "$needed" ] ||
    fail "this is the package for ${packaged:-another processor}; this device needs the one for $needed"
}

# ---- configuration ----------------------------------------------------------------------------

# Instance N has its own name, number and service in the sample, from which config.ini is made.
number_sample() {
  [ "$instance" -gt 1 ] || return 0
  awk -v n="$instance" '
    /^\[/ { in_default = (toupper($0) ~ /^\[DEFAULT\]/) }
    in_default && /^;?device_name *=/ { $0 = "device_name = MQTT Battery " n }
    in_default && /^;?device_instance *=/ { $0 = "device_instance = " 100 + n }
    in_default && /^;?service_name *=/ { $0 = "service_name = mqtt_battery_" n }
    { print }' "$folder/config.sample.ini" >"$work/sample" &&
    replace "$folder/config.sample.ini" "$work/sample" 644
}

# replace FILE NEW MODE: gives FILE the content of NEW in one step, unless it has it already.
replace() { put "$@" || fail "cannot write $1: is /data full or read-only? (df -h /data)"; }

put() {
  if [ -f "$1" ] && cmp -s "$1" "$2"; then return 0; fi
  if (umask 077 && cp "$2" "$1.new" 2>/dev/null) && chmod "$3" "$1.new"; then
    case $1 in /data/*) sync ;; esac # else a power cut could leave a file full of NULs
    if mv -f "$1.new" "$1"; then return 0; fi
  fi
  rm -f "$1.new"
  return 1
}

make_config() {
  number_sample
  if [ -f "$config" ]; then keep_secret && return 0; fi
  replace "$config" "$folder/config.sample.ini" 600
  new_config=1
  say "Created config.ini from config.sample.ini."
}

# A password is for root only; the driver runs as root.
keep_secret() {
  case $(ls -ldL "$config") in -rw------- | -rw-------[!-rwx]*) return 0 ;; esac
  grep -qiE '^[[:space:]]*password[[:space:]]*=[[:space:]]*[^[:space:]]' "$config" || return 0
  chmod 600 "$config"
  say "config.ini holds a password: from now on only root can read it."
}

tell_config() {
  [ "$new_config" = 0 ] || return 0
  if [ "$valid" = 0 ]; then
    say "Kept config.ini; it is valid."
  else
    say "Kept config.ini. The driver cannot use it yet:"
    say "$problems"
  fi
}

# ---- the Python driver that may have been here ------------------------------------------------

python_files() {
  for file in "$folder"/dbus-mqtt-battery*.py "$folder"/installqml.sh "$folder"/ext "$folder"/qml \
    "$folder"/__pycache__; do
    [ ! -e "$file" ] || echo "$file"
  done
}

# Its files in this folder (unpacked over it) go to a folder beside it, together with the config.
set_python_aside() {
  [ -n "$(python_files)" ] || return 0
  aside=$folder.old-python
  copy=2
  while [ -e "$aside" ]; do aside=$folder.old-python-$copy copy=$((copy + 1)); done
  mkdir "$aside" || fail "cannot create $aside: is /data full? (df -h /data)"
  python_files | while IFS= read -r file; do mv "$file" "$aside/"; done
  [ ! -f "$config" ] || cp -p "$config" "$aside/"
  restart=1
  say "The files of the Python driver are now in $aside; delete them when you are sure."
}

# An instance of the Python driver: its service is a link into its folder.
warn_of_python() {
  for other in /service/dbus-mqtt-battery*; do
    [ -L "$other" ] || continue
    theirs=$(readlink -f "$other")
    theirs=${theirs%/service}
    for program in "$theirs"/dbus-mqtt-battery*.py; do
      [ -e "$program" ] || continue
      say "Note: the Python driver still runs in $theirs. To replace that one, too:"
      say "  bash $folder/download.sh --instance $(instance_of "${other##*/}")"
      break
    done
  done
}

warn_of_others() {
  warn_of_python
  for other in /service/dbus-aggregate-smartshunts*; do
    [ -e "$other" ] || continue
    say "Note: the Python SmartShunt aggregator also runs here (${other##*/}); two aggregates of the same"
    say "shunts confuse the GX device. To let this driver go on in its place, with its configuration:"
    say "  bash $folder/install.sh --take-over-aggregator"
  done
}

# ---- service ----------------------------------------------------------------------------------

supervised() { svok "$1" 2>/dev/null; }

# stop DIR: ends the driver, its log and their supervise processes. DIR is not in /service any more.
stop() {
  supervised "$1" || supervised "$1/log" || return 0
  svc -dx "$1" "$1/log" 2>/dev/null
  seconds=0
  while supervised "$1" || supervised "$1/log"; do
    [ "$seconds" -lt 15 ] || { svc -kx "$1" "$1/log" 2>/dev/null; return 0; }
    sleep 1
    seconds=$((seconds + 1))
  done
}

# svscan restarts what it finds in /service, so the entry goes first.
remove_service() {
  if [ -L "$service" ]; then
    linked=$(readlink -f "$service")
    rm -f "$service"
    [ -z "$linked" ] || { stop "$linked"; rm -rf "$linked/supervise" "$linked/log/supervise"; }
  elif [ -d "$service" ]; then
    rm -rf "/service/.$name.gone"
    mv "$service" "/service/.$name.gone"
    stop "/service/.$name.gone"
    rm -rf "/service/.$name.gone"
  fi
}

# A copy, not a link: supervise writes its status there, which belongs in RAM and not on flash.
fill_service() {
  mkdir -p "$1/log" || fail "cannot create $1"
  printf '%s\n' "$folder" >"$work/folder"
  replace "$1/folder" "$work/folder" 644
  replace "$1/log/run" "$folder/service/log/run" 755
  replace "$1/run" "$folder/service/run" 755
}

make_service() {
  if [ -L "$service" ] || { [ -e "$service" ] && [ ! -d "$service" ]; } ||
    { [ -d "$service" ] && [ ! -f "$service/folder" ]; }; then
    say "Replacing the old entry $service."
    remove_service
    rm -f "$service"
  fi
  if [ -d "$service" ]; then
    fill_service "$service"
    [ "$restart" = 0 ] || svc -t "$service" 2>/dev/null
  else
    rm -rf "/service/.$name.new"
    fill_service "/service/.$name.new"
    mv "/service/.$name.new" "$service" || fail "cannot create $service"
    say "Created the service $service."
  fi
  # The driver may have ended for good because its files were missing.
  ! supervised "$service" || svc -u "$service"
  ! command -v svrescan >/dev/null || svrescan >/dev/null 2>&1
}

# ---- both ways --------------------------------------------------------------------------------

next_steps() {
  if [ "$new_config" = 1 ]; then
    say "Next: set the broker and the topic; the driver notices when the file is saved:"
    say "  nano $config"
  fi
  say "Log:    tail -n 100 -F /var/log/$name/current | tai64nlocal"
  say "Status: svstat $service"
}

undo() {
  remove_service
  remove_from_boot
  say "$name is stopped and will not start again."
}

make_executable() {
  for file in "$@"; do [ -x "$file" ] || chmod 755 "$file" 2>/dev/null; done
}

# ---- updates that a power cut interrupted ------------------------------------------------------

updating() {
  updater=$(cat "/tmp/$name.lock/pid" 2>/dev/null)
  [ -n "$updater" ] && kill -0 "$updater" 2>/dev/null
}

# Deletes what was on its way to be deleted; watches a new version that was not proved yet.
finish_update() {
  if [ "$by_update" = 1 ] || updating; then return 0; fi
  beside=${folder%/*}/.$name
  rm -rf "$beside.new" "$beside.old" "$beside.bad"
  [ -d "$folder.previous" ] || return 0
  say "Going on to watch the new version, see /data/log/dbus-mqtt-battery-install.log."
  mkdir -p /data/log
  in_background sh "$folder/service/change_over.sh" --go-on
}

in_background() {
  if command -v setsid >/dev/null; then set -- setsid "$@"; fi
  "$@" </dev/null >>/data/log/dbus-mqtt-battery-install.log 2>&1 &
}

# for_folder FOLDER: from here on everything is about that one; it need not exist.
for_folder() {
  folder=$1
  name=${folder##*/}
  check_place
}

install() {
  say "Installing $name $(cat "$folder/VERSION" 2>/dev/null)..."
  make_executable "$folder"/*.sh "$folder/dbus-mqtt-battery" "$folder"/bin/* "$folder"/lib/ld-* \
    "$folder"/service/*.sh "$folder/service/run" "$folder/service/log/run"
  [ -x "$folder/dbus-mqtt-battery" ] || fail "$folder is not complete: unpack the package again"
  ask_program
  set_python_aside
  make_config
  tell_config
  make_service
  add_to_boot
  warn_of_others
  finish_update
  next_steps
}

# A full /tmp must not keep the driver from starting at boot.
make_work_folder() {
  for place in /tmp /run "$here"; do
    work=$(mktemp -d "$place/.dmb.XXXXXX" 2>/dev/null) || continue
    if dd if=/dev/zero of="$work/try" bs=4096 count=16 2>/dev/null; then
      rm -f "$work/try"
      return 0
    fi
    rm -rf "$work"
  done
  return 1
}

new_config=0
restart=0
by_update=0
make_work_folder || fail "cannot write to /tmp, /run or $here: are they full? (df -h)"
trap 'rm -rf "$work"' EXIT
[ -f "$here/service/start_line.sh" ] || fail "$here is not complete: unpack the package again"
# shellcheck source=service/start_line.sh
. "$here/service/start_line.sh"
case ${1:-} in
  --*-start-line) for_folder "${2:?}" ;;
  *) check_place ;;
esac
case ${1:-} in
  '') install ;;
  --by-update) by_update=1 && install ;;
  --undo) undo ;;
  --undo-service) remove_service ;;
  --take-over-aggregator)
    # shellcheck source=service/take_over.sh
    . "$here/service/take_over.sh"
    take_over "${2:-}"
    ;;
  --add-start-line) add_to_boot ;;
  --remove-start-line) remove_from_boot exactly ;;
  -h | --help) usage ;;
  *) fail "unknown argument '$1' (see --help)" ;;
esac
