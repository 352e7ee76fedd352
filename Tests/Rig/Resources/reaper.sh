#!/bin/sh
# Reads lines "started PID" and "ended PID". When its input closes, it ends the programs that still run, and removes the
# folder.

# An interrupt (Ctrl-C) reaches the whole process group, but this program must outlive the others.
trap '' INT TERM HUP QUIT
pids=
while read -r verb pid; do
    case $verb in
    started) pids="$pids $pid" ;;
    ended)
        left=
        for known in $pids; do [ "$known" = "$pid" ] || left="$left $known"; done
        pids=$left
        ;;
    esac
done
for pid in $pids; do kill -TERM "$pid" 2>/dev/null; done
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    left=
    for pid in $pids; do kill -0 "$pid" 2>/dev/null && left="$left $pid"; done
    [ -n "$left" ] || break
    sleep 0.1
done
for pid in $left; do kill -KILL "$pid" 2>/dev/null; done
awk -v folder="$1/" 'index($2, folder) == 1 { print $2 }' /proc/mounts | while read -r disk; do umount -l "$disk"; done
case $1 in
*/martlet-rig-*) rm -rf "$1" ;;
esac
