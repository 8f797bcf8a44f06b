#!/bin/sh
# Before systemd stops the service. When that is for a restart the calls are left to the next process: the bridge ends without
# ending them, and its media workers go on. A version that cannot do that, and a stop, are left to SIGTERM.
set -u
pid=${MAINPID:-0}
[ "$pid" != 0 ] && [ -d "/proc/$pid" ] || exit 0
systemctl list-jobs --no-legend parley.service 2>/dev/null | grep -q ' restart ' || exit 0
# Bit 11: SIGUSR2 is caught. Else it would kill.
caught=$(sed -n 's/^SigCgt:[[:space:]]*//p' "/proc/$pid/status")
[ $((0x$caught >> 11 & 1)) = 1 ] || exit 0
kill -USR2 "$pid"
for _ in $(seq 100); do
  [ -d "/proc/$pid" ] || exit 0
  sleep 0.1
done
