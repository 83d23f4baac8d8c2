#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# make demo: it works, and leaves nothing when it is interrupted.
# rootless

. "$(dirname "$0")/lib.sh"

DEMO=$TOP/examples/demo.sh
MEGABYTES=2
export MEGABYTES
SESSION=

tearDown() {
	[ -z "$SESSION" ] || pkill -KILL -s "$SESSION"
	SESSION=
	cleanup
}

processes_of() {
	ps -o pid=,args= -s "$1"
}

no_process_of() {
	[ -z "$(processes_of "$1")" ]
}

# A shell's background jobs ignore SIGINT, and a shell cannot undo that.
start_demo() {
	spawn setsid env --default-signal=INT,TERM "$DEMO" >"$TMP/log" 2>&1
	SESSION=$PID
}

frames_are_shown() {
	grep -q 'ICMP echo' "$TMP/log"
}

test_demo_does_the_main_job() {
	requires tun ping socat || return 0
	RUN_TIMEOUT=60 assert_run 0 "$DEMO"
	assertContains "$OUT" "3 packets transmitted, 3 received, 0% packet loss"
	assertContains "$OUT" "arrived unchanged"
	assertContains "$OUT" "effective capabilities 0000000000000000"
	if [ "$TUNKIT_TEST" = root ]; then
		assertContains "$OUT" "uid $ALICE,"
	else
		assertContains "$OUT" "not shown a second user"
	fi
}

interrupt_with() {
	requires tun ping socat || return 0
	start_demo
	wait_for frames_are_shown
	kill "-$1" "$SESSION"
	wait_exit "$SESSION"
	assertEquals "exit status" 130 $?
	assertTrue "processes are left: $(processes_of "$SESSION")" \
		"wait_for no_process_of $SESSION"
	assertEquals "namespaces are left" "" "$(ip netns list)"
	assertEquals "devices are left" "" "$(ip -o link show type tun)"
}

test_interrupt_leaves_nothing() {
	interrupt_with INT
}

test_terminate_leaves_nothing() {
	interrupt_with TERM
}

test_broken_cable_is_a_failure() {
	requires tun ping socat || return 0
	broken=$(mktemp -d -p /tmp)		# the demo has its own /run
	printf '#!/bin/sh\nexit 1\n' >"$broken/tuncat"
	chmod +x "$broken/tuncat"
	ln -s "$TUNCTL" "$broken/tunctl"
	BUILD=$broken assert_run 1 "$DEMO"
	rm -r "$broken"
	assertContains "$ERR" "demo: tuncat did not join the hosts"
}

. shunit2
