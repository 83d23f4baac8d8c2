# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
#
# What the tests of tunctl share; sourced after lib.sh.

# Not one in a home directory, which other users cannot run.
PYTHON=$(PATH=/usr/bin:/bin command -v python3)

# hold DEV [QUEUES [FLAGS]]: a process attaches QUEUES (1) queues with the
# TUNSETIFF flags (IFF_TAP | IFF_NO_PI), sets the offloads in OFFLOAD and
# waits; sets PID. Behind as_user with: HOLD_AS="as_user alice".
hold() {
	# shellcheck disable=SC2086
	spawn $HOLD_AS "$PYTHON" -c '
import fcntl, os, signal, struct, sys
fds = []
for i in range(int(sys.argv[2])):
    fds.append(os.open("/dev/net/tun", os.O_RDWR))
    fcntl.ioctl(fds[i], 0x400454ca,
                struct.pack("16sH22x", sys.argv[1].encode(), int(sys.argv[3], 0)))
if len(sys.argv) > 4:
    fcntl.ioctl(fds[0], 0x400454d0, int(sys.argv[4]))
signal.pause()' "$1" "${2:-1}" "${3:-0x1002}" $OFFLOAD
	wait_for holds "$PID" "$1" "${2:-1}"
}

holds() {
	[ "$(grep -ls "^iff:.*$2" "/proc/$1/fdinfo/"* | wc -l)" -eq "$3" ]
}

# fact DEV FILTER: of the device's JSON, by jq.
fact() {
	"$TUNCTL" -l -v --json "$1" 2>/dev/null | jq -r ".[0]$2"
}

ifindex() {
	ip -o link show dev "$1" | cut -d: -f1
}
