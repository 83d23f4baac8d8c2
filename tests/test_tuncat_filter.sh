#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What -f selects: frames shown, recorded, counted and injected.
# rootless
. "$(dirname "$0")/tuncat.sh"

case $("$TUNCAT" -f ip lo 2>&1) in
*"built without libpcap"*) skip_file "tuncat was built without libpcap" ;;
esac

# send_to HOST ADDRESS PORT: one UDP datagram.
send_to() {
	echo "to $3" | netns_exec "$1" socat -u - "UDP4-SENDTO:$2:$3"
}

test_only_what_matches_is_shown_and_counted() {
	for kind in tun tap; do
		start h1/${kind}0 "$TUNCAT" -v -c 2 -f 'udp port 4002' -F text \
			-w "$TMP/file.pcap" h1/${kind}0
		for port in 4001 4002 4003 4002; do
			send_to h1 "$(address $kind 2)" $port
		done
		wait_exit "$PID" || fail "$kind: exit status $?"
		assertEquals "$kind" 2 "$(grep -c '> 4002' "$TMP/stdout")"
		assertEquals "$kind" 2 "$(grep -c '^[0-9]' "$TMP/stdout")"
		assertContains "$kind" "$(cat "$TMP/stderr")" ": 2 frames"
		# 24 bytes, and 16 and the frame for each
		frame=$([ $kind = tun ] && echo 36 || echo 50)
		assertEquals "$kind: recorded" $((24 + 2 * (16 + frame))) \
			"$(wc -c <"$TMP/file.pcap")"
	done
}

test_only_what_matches_is_injected() {
	start h1/tun0 "$TUNCAT" -c 3 -F len16 h1/tun0
	for port in $PORT 4001 $PORT; do
		send_to h1 10.1.0.2 "$port"
	done
	wait_exit "$PID"
	cp "$TMP/stdout" "$TMP/frames"
	receive h2
	"$TUNCAT" -v -S -F len16 -f "dst port $PORT" h2/tun0 <"$TMP/frames" \
		2>"$TMP/stderr"
	wait_for got_lines 2
	assertEquals "to $PORT to $PORT" "$(paste -sd' ' "$TMP/got")"
	assertContains "$(cat "$TMP/stderr")" "h2/tun0: 2 frames"
}

test_two_devices_pass_what_is_not_shown() {
	receive h2
	start h1/tun0 "$TUNCAT" -F text -f 'udp port 4001' h1/tun0 h2/tun0
	wait_for attached h2/tun0
	send_to h1 10.1.0.2 4001
	send_to h1 10.1.0.2 $PORT
	wait_for got_lines 1
	kill "$PID"
	wait_exit "$PID"
	assertEquals "killed" 143 $?
	assertEquals 1 "$(wc -l <"$TMP/stdout")"
	assertContains "$(cat "$TMP/stdout")" "> 4001"
}

test_two_devices_count_what_matches() {
	start h1/tun0 "$TUNCAT" -c 1 -f 'udp port 4002' h1/tun0 h2/tun0
	wait_for attached h2/tun0
	send_to h1 10.1.0.2 4001
	assertFalse "ended early" "ended $PID"
	send_to h1 10.1.0.2 4002
	wait_exit "$PID"
	assertEquals "exit status" 0 $?
}

test_two_devices_need_something_to_select() {
	assert_run 2 "$TUNCAT" -f udp h1/tun0 h2/tun0
	assertContains "$ERR" "not what crosses"
}

test_a_filter_that_is_none() {
	assert_run 2 "$TUNCAT" -f 'udp prt 53' -w "$TMP/made.pcap" \
		--create h1/tun7
	assertContains "$ERR" "filter 'udp prt 53': "
	assertContains "$ERR" "syntax error"
	assertEquals 1 "$(wc -l <"$TMP/err")"
	assertFalse "a capture was made" "[ -e '$TMP/made.pcap' ]"
	assertFalse "a device was made" "ip -n h1 link show tun7 2>/dev/null"
}

test_a_filter_that_no_frame_can_answer() {
	assert_run 2 "$TUNCAT" -f inbound h1/tap0
	assertContains "$ERR" "inbound"
}

test_a_filter_of_the_other_kind() {
	assert_run 2 "$TUNCAT" -f 'ether proto 0x88cc' -w "$TMP/made.pcap" \
		h1/tun0
	assertContains "$ERR" "IP packets of a TUN device"
	assertFalse "a capture was made" "[ -e '$TMP/made.pcap' ]"
	assert_run 0 "$TUNCAT" -W 10ms -f 'ether proto 0x88cc' h1/tap0
}

test_a_parent_that_ignores_its_children() {
	requires python3 || return 0
	assert_run 0 python3 -c 'import os, signal, sys
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
os.execv(sys.argv[1], sys.argv[1:])' "$TUNCAT" -W 10ms -f udp h1/tap0
}

test_a_hostile_filter_is_printed_clean() {
	assert_run 2 "$TUNCAT" -f "$(printf 'host \033[31m')" h1/tun0
	assertContains "$ERR" 'host \x1b[31m'
}

test_a_node_is_not_a_filter() {
	assert_run 2 "$TUNCAT" -f /dev/net/tun h1/tun0
	assertContains "$ERR" "--node /dev/net/tun"
	assert_run 0 "$TUNCAT" -W 10ms --node /dev/net/tun h1/tun0
}

# What compiles the expression has given up everything before it sees it.
test_the_compiler_has_no_privileges() {
	requires strace root || return 0
	strace -f -qq -o "$TMP/trace" "$TUNCAT" -W 10ms -f 'host 10.1.0.1' \
		h1/tun0 </dev/null >/dev/null
	child=$(awk 'NR == 1 { own = $1 } $1 != own { print $1; exit }' \
		"$TMP/trace")
	assertNotNull "no child" "$child"
	grep "^$child " "$TMP/trace" >"$TMP/child"
	assertContains "$(cat "$TMP/child")" "setresuid($(id -u nobody)"
	assertContains "$(cat "$TMP/child")" "PR_SET_NO_NEW_PRIVS"
	grep -q "^$child .*openat.*net/tun" "$TMP/trace" &&
		fail "it opens devices"
	first=$(grep -nE 'setresuid|net/tun"' "$TMP/trace" | head -n 1)
	assertContains "compiled after the device was opened" "$first" setresuid
}

. shunit2
