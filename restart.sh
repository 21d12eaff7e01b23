#!/bin/sh
# SPDX-License-Identifier: MIT
# Restarts the driver in this folder and shows how it is.
set -u

folder=$(cd "$(dirname "$0")" && pwd) || exit 1
name=${folder##*/}
service=/service/$name

case ${1:-} in
  '') ;;
  -h | --help) echo "Usage: restart.sh    restarts $name"; exit 0 ;;
  *) echo "restart.sh: unknown argument '$1' (there is only --help)" >&2; exit 2 ;;
esac

pid_of_service() { svstat "$service" | sed -n 's/.*: up (pid \([0-9]*\)).*/\1/p'; }

if ! svok "$service" 2>/dev/null; then
  echo "$name does not run as a service. Install it first:" >&2
  echo "  bash $folder/install.sh" >&2
  exit 1
fi

echo "Restarting $name..."
old=$(pid_of_service)
svc -t "$service"
svc -u "$service"
seconds=0
while [ "$seconds" -lt 10 ]; do
  new=$(pid_of_service)
  [ -z "$new" ] || [ "$new" = "$old" ] || break
  sleep 1
  seconds=$((seconds + 1))
done
svstat "$service"
if [ -z "$new" ] || [ "$new" = "$old" ]; then
  echo "It did not start again within 10 s. The log may tell why:" >&2
  echo "  tail -n 50 /var/log/$name/current | tai64nlocal" >&2
  exit 1
fi
