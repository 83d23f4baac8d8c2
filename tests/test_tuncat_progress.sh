#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The line that says how much passes.
# rootless
. "$(dirname "$0")/tuncat.sh"

line='> [0-9.]*k* frames/s [0-9.]* k*M*bit/s'

test_a_line_each_second_into_a_file() {
	start h1/tun0 "$TUNCAT" --progress -W 2500ms -F len16 h1/tun0
	send_frames h1 10.1.0.2 3
	wait_exit "$PID" || fail "exit status $?"
	# Two, and the one at the end.
	assertEquals 3 "$(grep -c "^tuncat: $line, 3 frames 108 B, 0 dropped\$" \
		"$TMP/stderr")"
	assertEquals 3 "$(wc -l <"$TMP/stderr")"
	assertEquals "not a terminal" 0 "$(tr -dc '\r' <"$TMP/stderr" | wc -c)"
}

# No second passes here: the one line there is tells all of the run.
test_the_last_line_is_of_the_end() {
	start h1/tun0 "$TUNCAT" --progress -c 3 -w "$TMP/three.pcap" h1/tun0
	send_frames h1 10.1.0.2 3
	wait_exit "$PID" || fail "exit status $?"
	assertContains "$(tail -n 1 "$TMP/stderr")" \
		", 3 frames 108 B, 0 dropped"
	assert_run 0 "$TUNCAT" --progress --speed max -r "$TMP/three.pcap" \
		h2/tun0
	assertEquals "$ERR" 1 "$(echo "$ERR" | grep -c frames/s)"
	assertContains "$ERR" "3 frames 108 B, 0 dropped"
	assertNotContains "none passed" "$ERR" "< 0 frames/s"
}

# The last frame passes after the last full second; nobody answers there.
test_a_bridge_ends_with_all_it_has_carried() {
	start h1/tun0 "$TUNCAT" --progress -c 2 h1/tun0 h2/tun0
	wait_for attached h2/tun0
	send_frames h2 10.1.0.9 1
	WAIT=5 wait_for grep -q ', 1 frames ' "$TMP/stderr"
	send_frames h2 10.1.0.9 1
	wait_exit "$PID" || fail "exit status $?"
	assertContains "$(tail -n 1 "$TMP/stderr")" ", 2 frames "
}

test_both_directions_of_two_devices() {
	start h1/tun0 "$TUNCAT" --progress h1/tun0 h2/tun0
	wait_for attached h2/tun0
	send_frames h2 10.1.0.1 1
	WAIT=5 wait_for grep -q ', < ' "$TMP/stderr"
	assertContains "$(cat "$TMP/stderr")" "2 frames"
	kill "$PID"
	wait_exit "$PID"
	assertEquals "killed" 143 $?
}

# on_terminal COMMAND: standard error is one, what it got is in typescript.
on_terminal() {
	start h1/tun0 env TERM=dumb script -qfec "$1" "$TMP/typescript"
}

test_one_line_written_over_on_a_terminal() {
	requires script || return 0
	on_terminal "$TUNCAT --progress -W 2500ms -F len16 h1/tun0 >/dev/null"
	send_frames h1 10.1.0.2 3
	wait_exit "$PID" || fail "exit status $?"
	sed -e 1d -e '/^Script done/d' "$TMP/typescript" >"$TMP/shown"
	assertEquals "lines" 1 "$(grep -c . "$TMP/shown")"
	assertTrue "not written over" \
		"[ $(grep -o "$(printf '\r')" "$TMP/shown" | wc -l) -ge 3 ]"
	assertEquals "the last state" 1 \
		"$(grep . "$TMP/shown" | sed "s/.*$(printf '\033')\[K//" |
			grep -c '3 frames 108 B')"
}

test_text_on_the_same_terminal() {
	requires script || return 0
	on_terminal "$TUNCAT --progress -c 2 h1/tun0"
	send_frames h1 10.1.0.2 1
	wait_for grep -q 'frames/s' "$TMP/typescript"
	send_frames h1 10.1.0.2 1
	wait_exit "$PID" || fail "exit status $?"
	# What a frame's line follows is the line of the progress, erased.
	esc=$(printf '\033')
	sed "s/.*$esc\\[K//" "$TMP/typescript" >"$TMP/seen"
	assertEquals 2 "$(grep -c '^[0-9:.]* > .* UDP' "$TMP/seen")"
}

test_the_figures_on_request_are_as_before() {
	requires script || return 0
	on_terminal "echo \$\$ >$TMP/pid; exec $TUNCAT --progress -F len16 h1/tun0 >/dev/null"
	wait_for grep -q 'frames/s' "$TMP/typescript"
	kill -USR1 "$(cat "$TMP/pid")"
	wait_for grep -q 'h1/tun0 > standard output: 0 frames' "$TMP/typescript"
	esc=$(printf '\033')
	assertEquals 1 "$(sed "s/.*$esc\\[K//" "$TMP/typescript" |
		grep -c '^tuncat: h1/tun0 > standard output')"
	kill "$(cat "$TMP/pid")"
	wait_exit "$PID"
	assertNotEquals 0 $?
}

test_without_it_nothing_is_printed() {
	start h1/tun0 "$TUNCAT" -W 1200ms -F len16 h1/tun0
	wait_exit "$PID"
	assertEquals "" "$(cat "$TMP/stderr")"
}

. shunit2
