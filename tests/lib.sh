# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
#
# What the shell tests share. A test file is executable, begins with
#
#	#!/bin/sh
#	# SPDX-License-Identifier: GPL-2.0-or-later
#	. "$(dirname "$0")/lib.sh"
#
# and ends with ". shunit2"; its test functions are called test_*. Sourcing
# this file puts the whole test into network, mount and pid namespaces of its own
# (and a user namespace, without root), where it has
#	/dev/net/tun	that everybody may open (as root)
#	/run		empty, for ip netns
#	/etc/passwd	with alice and bob
#	$TMP		a directory that goes with the test
# so a test can neither see nor harm devices of its host, and leaves nothing
# but processes behind: start those with spawn.
# A line "# rootless" in the first ten asks tests/run to run the file a second
# time without root.

TOP=$(cd "$(dirname "$0")/.." && pwd)
BUILD=${BUILD:-$TOP/build}
TUNCTL=${TUNCTL:-$BUILD/tunctl}
TUNCAT=${TUNCAT:-$BUILD/tuncat}
TUNQ=${TUNQ:-$BUILD/tunq}
ALICE=60001
BOB=60002
TMP=/run/test
TMPDIR=$TMP
HOME=$TMP		# the caller's may not be readable here
LC_ALL=C
SHUNIT_COLOR=none
# How many times slower than usual this machine is; 10 where it is emulated.
TEST_SLOWNESS=${TEST_SLOWNESS:-1}
# Commands that are too slow for the tests of this machine.
TEST_WITHOUT=${TEST_WITHOUT:-}
export TOP BUILD TUNCTL TUNCAT TUNQ ALICE BOB TMP TMPDIR HOME LC_ALL SHUNIT_COLOR

skip_file() {
	echo "# SKIP $*"
	exit 0
}

# ---- Namespaces -------------------------------------------------------------

# A clone node that everybody may open; in the caller's mount namespace.
make_node() {
	mkdir -p /run/net /dev/net &&
	mknod /run/net/tun c 10 200 &&
	chmod 666 /run/net/tun &&
	mount --bind /run/net /dev/net
}

make_users() {
	{
		echo "alice:x:$ALICE:$ALICE::/:/bin/sh"
		echo "bob:x:$BOB:$BOB::/:/bin/sh"
		grep -Ev '^(alice|bob):' /etc/passwd
	} >"$TMP/passwd"
	{
		echo "alice:x:$ALICE:"
		echo "bob:x:$BOB:"
		grep -Ev '^(alice|bob):' /etc/group
	} >"$TMP/group"
	mount --bind "$TMP/passwd" /etc/passwd &&
	mount --bind "$TMP/group" /etc/group
}

# Processes of their own, too, where that may be: the tools look for holders of
# devices in all of /proc, and what a test leaves behind ends with it.
enter_namespaces() {
	own="-pf --kill-child --mount-proc"
	# shellcheck disable=SC2086
	unshare -Urnm $own true 2>/dev/null || own=
	# shellcheck disable=SC2086
	if [ "$(id -u)" -eq 0 ] && unshare -nm $own true 2>/dev/null; then
		TUNKIT_TEST=root exec unshare -nm $own "$0" "$@"
	fi
	# shellcheck disable=SC2086
	if unshare -Urnm $own true 2>/dev/null; then
		TUNKIT_TEST=user exec unshare -Urnm $own "$0" "$@"
	fi
	skip_file "namespaces are not permitted here"
}

set_up_namespaces() {
	mount -t tmpfs -o mode=755 tunkit /run ||
		skip_file "a tmpfs may not be mounted here"
	mkdir -m 1777 "$TMP"
	make_users || exit 1
	[ "$TUNKIT_TEST" != root ] || make_node
	ip link set lo up
}

[ -n "$TUNKIT_TEST" ] || enter_namespaces "$@"
set_up_namespaces

# ---- Skipping ---------------------------------------------------------------

# skip REASON: ends nothing by itself: skip "..." && return
skip() {
	echo "# SKIP $*"
	startSkipping
}

left_out() {
	case " $TEST_WITHOUT " in *" $1 "*) ;; *) return 1 ;; esac
}

has() {
	! left_out "$1" || return
	case $1 in
	root)		# real root: other uids exist
		[ "$TUNKIT_TEST" = root ] && as_user alice true 2>/dev/null ;;
	tun)		# the driver is there and devices may be made
		ip tuntap add dev tktest0 mode tap 2>/dev/null &&
		ip link del tktest0 ;;
	tcpdump)	# becomes another user, as a user namespace forbids
		command -v tcpdump >/dev/null && [ "$TUNKIT_TEST" = root ] ;;
	node)		# /dev/net/tun can be opened
		(: <>/dev/net/tun) 2>/dev/null ;;
	*)
		command -v "$1" >/dev/null ;;
	esac
}

# lacks WORD: why it cannot be had here; nothing where it is there.
lacks() {
	has "$1" && return
	left_out "$1" && echo "$1 is too slow here" && return
	case $1 in
	root)	echo "needs root, for a second user" ;;
	tun)	echo "no TUN devices can be made here" ;;
	node)	echo "/dev/net/tun cannot be opened" ;;
	tcpdump) echo "tcpdump is not installed, or cannot change uid" ;;
	*)	echo "$1 is not installed" ;;
	esac
}

# requires WORD... || return 0: skips the test unless all of them are there.
# root: two real users; tun; node; anything else: a command.
requires() {
	for word; do
		lack=$(lacks "$word")
		[ -z "$lack" ] && continue
		skip "$lack"
		return 1
	done
}

# file_requires WORD...: the same for all tests of a file, outside of them:
# what oneTimeSetUp would skip is run all the same.
file_requires() {
	for word; do
		lack=$(lacks "$word")
		[ -z "$lack" ] || skip_file "$lack"
	done
}

# ---- Processes and conditions -----------------------------------------------

# as_user USER COMMAND...: with that user's ids and groups, no capabilities.
as_user() {
	user=$1
	shift
	$EXEC setpriv --reuid "$user" --regid "$(id -g "$user")" --init-groups \
		--inh-caps=-all "$@"
}

SPAWNED=
EXEC=

# spawn COMMAND...: in the background, ended by cleanup; sets PID, which is
# the command's own, also behind as_user or netns_exec.
spawn() {
	case $1 in
	as_user | netns_exec)
		EXEC="exec"
		"$@" &
		EXEC= ;;
	*)
		exec "$@" & ;;
	esac
	PID=$!
	SPAWNED="$SPAWNED $PID"
}

# wait_for COMMAND...: until it succeeds, for WAIT seconds at most (5).
wait_for() {
	deadline=$(($(date +%s) + ${WAIT:-5} * TEST_SLOWNESS))
	until "$@" >/dev/null 2>&1; do
		if [ "$(date +%s)" -gt "$deadline" ]; then
			echo "gave up waiting for: $*" >&2
			return 1
		fi
		sleep 0.05
	done
}

ended() {
	! kill -0 "$1" 2>/dev/null
}

# wait_exit PID: its exit status, or 124 when it does not end in time.
wait_exit() {
	wait_for zombie_or_ended "$1" || return 124
	wait "$1"
}

zombie_or_ended() {
	ended "$1" || grep -q '^State:[[:space:]]*Z' "/proc/$1/status"
}

# For tearDown(): ends what spawn started, deletes all TUN/TAP devices here
# and the namespaces of netns_add.
cleanup() {
	for pid in $SPAWNED; do
		kill -KILL "$pid" 2>/dev/null
		wait "$pid" 2>/dev/null
	done
	SPAWNED=
	for device in $(ip -o link show type tun 2>/dev/null |
			sed 's/^[0-9]*: \([^:@]*\).*/\1/'); do
		ip link del dev "$device" 2>/dev/null
	done
	for name in /run/netns/*; do
		[ ! -e "$name" ] || ip netns del "${name##*/}"
	done
	return 0
}

# ---- Network ----------------------------------------------------------------

# netns_add NAME...: NAME is the test file's own; ip netns knows it.
netns_add() {
	for name; do
		ip netns add "$name" || return
		ip -n "$name" link set lo up || return
	done
}

# netns_exec NAME COMMAND... Not `ip netns exec`: that needs to mount sysfs.
# As another user: netns_exec NAME setpriv --reuid alice ... COMMAND.
netns_exec() {
	name=$1
	shift
	$EXEC nsenter --net="/run/netns/$name" "$@"
}

device_exists() {
	ip link show dev "$1" >/dev/null 2>&1
}

device_gone() {
	! device_exists "$1"
}

# has_carrier DEV: a process is attached and the link is up.
has_carrier() {
	ip -o link show dev "$1" | grep -q LOWER_UP
}

# ---- Assertions -------------------------------------------------------------

# run COMMAND...: STATUS, and what it wrote in OUT and ERR.
run() {
	timeout "$((${RUN_TIMEOUT:-20} * TEST_SLOWNESS))" "$@" >"$TMP/out" 2>"$TMP/err" </dev/null
	STATUS=$?
	OUT=$(cat "$TMP/out")
	ERR=$(cat "$TMP/err")
}

# assert_run STATUS COMMAND...: it ends with that status.
assert_run() {
	expected=$1
	shift
	run "$@"
	assertEquals "exit status of: $*
stdout: $OUT
stderr: $ERR
" "$expected" "$STATUS"
}
