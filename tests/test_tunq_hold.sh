#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# rootless
# tunq hold: the carrier, its ends, the background.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/queues.sh"

tearDown() {
	if [ -s "$TMP/pid" ]; then
		kill "$(cat "$TMP/pid")" 2>/dev/null
		wait_for test ! -e "$TMP/pid"
	fi
	cleanup
}

# hold ARGUMENT...: in force when it returns
hold() {
	spawn "$TUNQ" hold "$@" 2>"$TMP/hold.err"
	assertTrue "detached" "wait_for has_queues tq0 '0 ${COUNT:-1}'"
}

test_keeps_the_carrier() {
	requires tun jq || return 0
	multi_queue_tap tq0
	ip link set tq0 up
	assertFalse "before" "has_carrier tq0"
	hold tq0
	assertTrue "held" "has_carrier tq0"
	# Another holder comes and goes; the carrier stays.
	holder one tq0 1 m
	assertEquals "1 1" "$(queues tq0)"
	echo quit >"$TMP/one.in"
	wait_for has_queues tq0 "0 1"
	assertTrue "the other is gone" "has_carrier tq0"
}

test_frames_go_to_the_others() {
	requires tun jq || return 0
	multi_queue_tap tq0
	COUNT=3 hold --queues 3 tq0
	holder one tq0 1 m
	ip addr add 10.9.0.1/24 dev tq0
	ip link set tq0 up
	ip neigh add 10.9.0.2 lladdr 02:00:00:00:00:02 dev tq0
	ping -c 1 -W 1 10.9.0.2 >/dev/null 2>&1
	assertContains "$(ask one read 0)" frame
	assertEquals "1 3" "$(queues tq0)"
}

test_ends_on_signals() {
	requires tun jq || return 0
	multi_queue_tap tq0
	for signal in TERM INT HUP; do
		hold tq0
		kill -"$signal" "$PID"
		wait_exit "$PID"
		assertEquals "$signal" 0 $?
		assertEquals "0 0" "$(queues tq0)"
	done
}

test_ends_with_the_device() {
	requires tun jq || return 0
	multi_queue_tap tq0
	hold tq0
	ip link del tq0
	wait_exit "$PID"
	assertEquals 3 $?
	assertEquals "tunq: tq0: was deleted" "$(cat "$TMP/hold.err")"
}

test_detaches_again() {
	requires tun jq || return 0
	multi_queue_tap tq0
	ip link set tq0 up
	hold tq0
	fd=$(states tq0 | sed 's/.*:\([0-9]*\) .*/\1/')
	assert_run 0 "$TUNQ" attach "$PID:$fd"
	ip addr add 10.9.0.1/24 dev tq0
	ping -c 1 -W 1 10.9.0.2 >/dev/null 2>&1
	wait_for has_queues tq0 "0 1"
	assertContains "$(cat "$TMP/hold.err")" "detaching it"
}

test_layout_stays() {
	requires tun jq || return 0
	ip tuntap add dev tq0 mode tap multi_queue vnet_hdr
	hold tq0
	assertEquals true "$(ip -d -j link show dev tq0 |
		jq '.[0].linkinfo.info_data.vnet_hdr')"
}

test_refusals() {
	requires tun || return 0
	ip tuntap add dev tq1 mode tap
	assert_run 3 "$TUNQ" hold -v tq1
	assertContains "$ERR" "single-queue"
	assertContains "$ERR" "tunctl -m"
	assert_run 3 "$TUNQ" hold absent
	assert_run 3 "$TUNQ" hold lo
	assert_run 2 "$TUNQ" hold
	assert_run 2 "$TUNQ" hold tq1 tq1
	assert_run 2 "$TUNQ" hold --queues 0 tq1
}

test_daemon() {
	requires tun jq || return 0
	multi_queue_tap tq0
	ip link set tq0 up
	assert_run 0 "$TUNQ" hold --daemon --pidfile "$TMP/pid" tq0
	# At once, without waiting: that is what the pidfile is for.
	assertEquals "0 1" "$(queues tq0)"
	daemon=$(cat "$TMP/pid")
	assertEquals tunq "$(cat "/proc/$daemon/comm")"
	assertEquals / "$(readlink "/proc/$daemon/cwd")"
	for fd in 0 1 2; do
		assertEquals /dev/null "$(readlink "/proc/$daemon/fd/$fd")"
	done
	# A session of its own that it does not lead.
	# shellcheck disable=SC2046
	set -- $(sed 's/.*) //' "/proc/$daemon/stat")
	assertNotEquals "$daemon" "$4"
	assertEquals "its capabilities" 0000000000000000 \
		"$(awk '/^CapEff/ { print $2 }' "/proc/$daemon/status")"
	assert_run 3 "$TUNQ" hold --daemon --pidfile "$TMP/pid" tq0
	assertContains "$ERR" "process $daemon"
	kill "$daemon"
	wait_for has_queues tq0 "0 0"
	assertTrue "pidfile goes" "wait_for test ! -e $TMP/pid"
}

test_daemon_does_not_keep_a_pipe_open() {
	requires tun jq || return 0
	multi_queue_tap tq0
	# Would not end if the daemon kept the pipe.
	said=$(timeout 10 sh -c '"$1" hold --daemon --pidfile "$2" tq0 8>&1
		echo done' x "$TUNQ" "$TMP/pid")
	assertEquals done "$said"
}

test_daemon_relative_pidfile_and_stale_one() {
	requires tun jq || return 0
	multi_queue_tap tq0
	echo 4194304 >"$TMP/pid"
	(cd "$TMP" && "$TUNQ" hold --daemon --pidfile pid tq0)
	assertEquals 0 $?
	# The link is down: no frame comes that would have it detached later.
	assertEquals "0 1" "$(queues tq0)"
	assertEquals tunq "$(cat "/proc/$(cat "$TMP/pid")/comm")"
	kill "$(cat "$TMP/pid")"
	assertTrue "wait_for test ! -e $TMP/pid"
	assertEquals "no file left aside" "" "$(find "$TMP" -name '.pid*')"
}

test_daemon_failure_is_told() {
	requires tun jq || return 0
	multi_queue_tap tq0
	assert_run 1 "$TUNQ" hold --daemon --pidfile "$TMP/none/pid" tq0
	assertContains "$ERR" "No such file or directory"
	assert_run 2 "$TUNQ" hold --daemon --pidfile "$TMP/" tq0
	mkdir "$TMP/dir"
	assert_run 1 "$TUNQ" hold --daemon --pidfile "$TMP/dir" tq0
	assertContains "$ERR" "directory"
	assertEquals "nothing is held" "0 0" "$(queues tq0)"
	assert_run 3 "$TUNQ" hold --daemon --pidfile "$TMP/pid" absent
	assertFalse "no pidfile" "[ -e $TMP/pid ]"
}

test_notify_socket() {
	requires tun jq socat || return 0
	multi_queue_tap tq0
	spawn socat -u UNIX-RECV:"$TMP/notify" CREATE:"$TMP/notified"
	wait_for test -S "$TMP/notify"
	NOTIFY_SOCKET=$TMP/notify
	export NOTIFY_SOCKET
	hold tq0
	unset NOTIFY_SOCKET
	wait_for grep -q READY=1 "$TMP/notified"
	assertEquals "READY=1
MAINPID=$PID
STATUS=holds 1 queues of tq0" "$(cat "$TMP/notified")"
}

. shunit2
