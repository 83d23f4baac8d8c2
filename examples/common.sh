# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
#
# What the examples share. Each of them begins with
#
#	. "$(dirname "$0")/common.sh"
#	need COMMAND...
#	own_world "$@"
#
# and then runs in network and mount namespaces of its own, with an empty /run:
# it neither sees nor changes the devices of this machine, and what it makes
# goes with its last process. An example that cannot run here says why and
# exits with 77.

TOP=$(cd "$(dirname "$0")/.." && pwd)
# The tools as built, else as installed.
PATH=${BUILD:-$TOP/build}:$PATH:/usr/local/sbin:/usr/sbin:/sbin
NAME=${0##*/}
NAME=${NAME%.sh}
WORK=/run/example
JOBS=
LC_ALL=C
export PATH LC_ALL

skip() {
	echo "$NAME: not run: $*" >&2
	exit 77
}

fail() {
	echo "$NAME: $*" >&2
	exit 1
}

need() {
	for tool; do
		command -v "$tool" >/dev/null || skip "$tool is not installed"
	done
}

# For what needs a second user: a user namespace has one only.
need_root() {
	setpriv --reuid 60001 --regid 60001 --clear-groups true 2>/dev/null ||
		skip "it needs root"
}

# A node that everybody may open, whatever the machine's own is like.
make_node() {
	mkdir -p /run/net /dev/net &&
	mknod -m 666 /run/net/tun c 10 200 &&
	mount --bind /run/net /dev/net
} 2>/dev/null

# Root of this machine, else root of a user namespace, which may do the same
# with the networks in it.
own_world() {
	if [ -z "$EXAMPLE_INSIDE" ]; then
		export EXAMPLE_INSIDE=1
		if [ "$(id -u)" -eq 0 ] && unshare -nm true 2>/dev/null; then
			exec unshare -nm "$0" "$@"
		fi
		unshare -Urnm true 2>/dev/null ||
			skip "no namespaces for you here; try it as root"
		exec unshare -Urnm "$0" "$@"
	fi
	mount -t tmpfs -o mode=755 tunkit /run || skip "no tmpfs on /run"
	mkdir -p $WORK
	export TMPDIR=$WORK
	make_node
	(: <>/dev/net/tun) 2>/dev/null || skip "/dev/net/tun cannot be opened"
	ip link set lo up
}

# background COMMAND...: ended with the example; sets PID.
background() {
	"$@" &
	PID=$!
	JOBS="$JOBS $PID"
}

end_jobs() {
	trap - EXIT
	trap '' INT TERM HUP
	for pid in $JOBS; do
		kill "$pid" 2>/dev/null
	done
	for pid in $JOBS; do
		wait "$pid" 2>/dev/null
	done
}

interrupted() {
	echo
	echo "$NAME: interrupted, cleaning up" >&2
	exit 130
}

trap end_jobs EXIT
trap interrupted INT TERM HUP

# show [on HOST] COMMAND...: printed as on that host's terminal, then run.
show() {
	if [ "$1" = on ]; then
		echo "$2\$ $(shift 2 && echo "$*")"
	else
		echo "\$ $*"
	fi
	"$@"
}

# wait_for COMMAND...: until it succeeds, 10 seconds at most.
wait_for() {
	tries=0
	until "$@" >/dev/null 2>&1; do
		tries=$((tries + 1))
		[ $tries -lt 200 ] || fail "gave up waiting for: $*"
		sleep 0.05
	done
}

# on HOST COMMAND...: in the network namespace of that name. Like ip netns
# exec, which wants to mount /sys and may not everywhere.
on() {
	host=$1
	shift
	nsenter --net="/run/netns/$host" "$@"
}

# has_carrier HOST DEV: a program is behind the device, and the link is up.
has_carrier() {
	ip -n "$1" -o link show dev "$2" | grep -q LOWER_UP
}
