#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The examples do what they say, and leave nothing.
# rootless

. "$(dirname "$0")/lib.sh"

MARK=

tearDown() {
	cleanup
}

# The processes that an example has started, also those of other sessions.
processes_left() {
	grep -lzs "^EXAMPLE_MARK=$MARK\$" /proc/[0-9]*/environ
}

nothing_left() {
	[ -z "$(processes_left)" ]
}

assert_nothing_left() {
	assertTrue "processes are left: $(processes_left)" "wait_for nothing_left"
	assertEquals "namespaces are left" "" "$(ip netns list)"
	assertEquals "devices are left" "" "$(ip -o link show type tun)"
}

# example NAME [SECONDS] || return 0: it runs to its end.
example() {
	MARK=$$.$1
	RUN_TIMEOUT=${2:-60} run env EXAMPLE_MARK="$MARK" "$TOP/examples/$1.sh"
	if [ "$STATUS" -eq 77 ]; then
		skip "$1: ${ERR##*: not run: }"
		return 1
	fi
	assertEquals "exit status of $1.sh
stdout: $OUT
stderr: $ERR
" 0 "$STATUS"
	assert_nothing_left
}

test_lab_has_a_switch_and_a_router() {
	example lab || return 0
	assertContains "$OUT" "from 10.0.1.2: icmp_seq=1 ttl=64"
	assertContains "$OUT" "from 10.0.2.1: icmp_seq=1 ttl=63"
	assertContains "$OUT" "IPv4 10.0.1.1 > 10.0.2.1 ICMP echo request"
}

test_rootless_lab_answers() {
	example rootless || return 0
	assertContains "$OUT" "3 packets transmitted, 3 received"
}

test_tunnel_goes_through_ssh() {
	example ssh-tunnel || return 0
	assertContains "$OUT" "3 packets transmitted, 3 received"
	assertContains "$OUT" "127.0.0.1:2222"
}

test_guests_reach_each_other() {
	requires qemu-system-x86_64 || return 0
	example qemu 240 || return 0
	assertContains "$OUT" "guest 10.0.0.1: 10.0.0.2 has answered"
}

test_viewer_reads_the_capture() {
	requires tshark || return 0
	example wireshark || return 0
	assertEquals "frames shown" 5 \
		"$(echo "$OUT" | grep -c '192\.0\.2\.2 .*Echo (ping) request')"
}

test_replay_is_faster_than_the_recording() {
	example replay || return 0
	assertEquals "replays" 3 "$(echo "$OUT" | grep -c 'frames in')"
	# shellcheck disable=SC2046
	set -- $(echo "$OUT" | sed -n 's/^ *\([0-9]*\) frames in \([0-9]*\) ms/\1 \2/p')
	assertEquals "the same frames at another speed" "$1" "$3"
	assertEquals "a hundred times as many" $(($1 * 100)) "$5"
	# The start of tuncat counts as well, and takes long where it is emulated.
	[ "$TEST_SLOWNESS" -gt 1 ] && at_least=1 || at_least=2
	assertTrue "$2 ms, then $4 ms" "[ $2 -gt $(($4 * at_least)) ]"
}

in_the_middle() {
	grep -q 'ttl=64' "$TMP/log"
}

test_interrupt_leaves_nothing() {
	requires tun ping || return 0
	MARK=$$.interrupt
	EXAMPLE_MARK=$MARK spawn setsid env --default-signal=INT,TERM \
		"$TOP/examples/lab.sh" >"$TMP/log" 2>&1
	wait_for in_the_middle
	kill -INT "-$PID"
	wait_exit "$PID"
	assertEquals "exit status" 130 $?
	assert_nothing_left
}

test_each_example_is_tested_and_shown() {
	for file in "$TOP"/examples/*.sh; do
		name=${file##*/}
		name=${name%.sh}
		case $name in common | demo) continue ;; esac
		assertTrue "$name has no test here" \
			"grep -q '^	example $name' '$0'"
		assertTrue "$name is not in the README" \
			"grep -q 'examples/$name.sh' '$TOP/README.md'"
	done
}

. shunit2
