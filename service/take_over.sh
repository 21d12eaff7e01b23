# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# Read by install.sh --take-over-aggregator: this driver goes on in the place of the Python aggregator of
# SmartShunts (dbus-aggregate-smartshunts). Nothing of it is deleted.

: "${folder:?}" "${config:?}" "${work:?}" "${hook:?}"
their_service=/service/dbus-aggregate-smartshunts

find_aggregator() {
  theirs=$(readlink -f "$their_service" 2>/dev/null)
  theirs=${theirs%/service}
  [ -f "$theirs/enable.sh" ] || theirs=/data/apps/dbus-aggregate-smartshunts
  [ -d "$theirs" ] || fail "the Python SmartShunt aggregator is not installed here (no $theirs)"
}

# Its config is ours, unless ours is in use already. Without one it took its defaults; so do we.
take_their_config() {
  if [ -f "$config" ] && ! cmp -s "$config" "$folder/config.sample.ini"; then
    fail "$config is in use, so nothing was changed. Put the keys of $theirs/config.ini into it
yourself, below a line [SMARTSHUNTS], then:
  bash $folder/install.sh --take-over-aggregator --keep-config"
  fi
  if [ -f "$theirs/config.ini" ]; then
    tr -d '\r' <"$theirs/config.ini" >"$work/config"
  else
    printf '[SMARTSHUNTS]\ndevice_mode = monitor\n' >"$work/config"
  fi
  problems=$("$folder/dbus-mqtt-battery" --config "$work/config" --check-config 2>&1) ||
    fail "the configuration of the aggregator cannot be used, so nothing was changed:
$problems"
  say "$problems"
}

# A service of somebody else: its line in rc.local, its link in /service, its processes.
end_aggregator() {
  for file in "$hook" "$hook.disabled"; do
    [ -s "$file" ] || continue
    without_line "$file" '' "$theirs/enable.sh" >"$work/hook.new"
    replace "$file" "$work/hook.new" 755
  done
  rm -f "$their_service"
  stop "$theirs/service"
  rm -rf "$theirs/service/supervise" "$theirs/service/log/supervise"
}

# take_over [--keep-config]
take_over() {
  find_aggregator
  [ "$1" = --keep-config ] || take_their_config
  end_aggregator
  [ "$1" = --keep-config ] || replace "$config" "$work/config" 600
  say "The Python aggregator has ended and does not start any more; its files are still in $theirs."
  say "Back to it: bash $folder/install.sh --undo && bash $theirs/enable.sh"
  install
}
