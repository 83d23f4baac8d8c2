#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A command that tuncat runs at the other end of the device.
# rootless
# shellcheck disable=SC2016
. "$(dirname "$0")/tuncat.sh"

tearDown() {
	cleanup
	rm -f "$TMP/child" "$TMP/go" "$TMP/frames" "$TMP/one" "$TMP/read"
}

# The command is not root and may not see the build directory.
oneTimeSetUp() {
	cp "$TUNCAT" "$TMP/peer"
}

# frames_of KIND FORMAT: three frames of h1 in $TMP/frames.
frames_of() {
	spawn_with /dev/null "$TMP/frames" "$TUNCAT" -c 3 -F "$2" "h1/${1}0"
	wait_for attached "h1/${1}0"
	send_frames h1 "$(address "$1" 2)" 3
	wait_exit "$PID"
}

assert_got_all() {
	wait_for got_lines 3
	assertEquals "$1" "frame 1 frame 2 frame 3" \
		"$(paste -sd' ' "$TMP/got")"
}

test_a_command_is_fed() {
	start h1/tun0 "$TUNCAT" -c 2 -R -F text h1/tun0 --exec \
		sed 's/.*IPv4/seen/'
	send_frames h1 10.1.0.2 2
	wait_exit "$PID"
	assertEquals "status" 0 $?
	assertEquals 2 "$(grep -c '^seen 10.1.0.1' "$TMP/stdout")"
}

test_what_a_command_writes_is_injected_whole() {
	for case in "tun raw" "tun hex" "tun len16" "tun pcap" "tap len16" \
		    "tap len32" "tap hex"; do
		kind=${case% *}
		format=${case#* }
		frames_of "$kind" "$format"
		receive h2
		assert_run 0 "$TUNCAT" -F "$format" "h2/${kind}0" --exec \
			cat "$TMP/frames"
		assert_got_all "$case"
		kill "$PID"
		wait_exit "$PID" || :
	done
}

# What a tap gives is 14 + 20 + 8 + 8 bytes; dd writes them one by one.
test_raw_ethernet_frames_are_messages() {
	frames_of tap raw
	receive h2
	receiver=$PID
	assert_run 0 "$TUNCAT" h2/tap0 --exec \
		dd "if=$TMP/frames" bs=50 status=none
	assert_got_all "injected"
	kill "$receiver"
	start h1/tap0 "$TUNCAT" h1/tap0 --exec sh -c \
		'until [ -e "$1/go" ]; do sleep 0.05; done
		dd bs=65536 count=1 of="$1/one" status=none' sh "$TMP"
	tuncat=$PID
	send_frames h1 10.2.0.2 3
	: >"$TMP/go"
	wait_exit "$tuncat"
	assertEquals "status" 0 $?
	assertEquals "bytes of one read" 50 "$(wc -c <"$TMP/one")"
}

test_a_tunnel() {
	requires ping || return 0
	for case in "tun raw" "tap len16"; do
		kind=${case% *}
		spawn netns_exec h2 "$TUNCAT" -F "${case#* }" "h1/${kind}0" \
			--exec "$TMP/peer" -F "${case#* }" "${kind}0"
		wait_for attached "h2/${kind}0"
		netns_exec h1 ping -qc 2 -i 0.2 -W 5 "$(address "$kind" 2)" \
			>/dev/null || fail "$case"
		kill "$PID"
		wait_exit "$PID" || :
	done
}

test_the_command_s_end_is_ours() {
	assert_run 0 "$TUNCAT" h1/tun0 --exec true
	assertEquals "" "$ERR"
	assert_run 1 "$TUNCAT" h1/tun0 --exec sh -c 'exit 3'
	assertEquals "tuncat: sh: exited with status 3" "$ERR"
	assert_run 1 "$TUNCAT" h1/tun0 --exec sh -c 'kill -KILL $$'
	assertEquals "tuncat: sh: ended by signal 9 (Killed)" "$ERR"
	assert_run 1 "$TUNCAT" -S h1/tun0 --exec sh -c 'exit 4'
	assertEquals "tuncat: sh: exited with status 4" "$ERR"
	assert_run 1 "$TUNCAT" -R h1/tun0 --exec sh -c 'exec <&-; exit 5'
	assertEquals "tuncat: sh: exited with status 5" "$ERR"
}

test_a_command_that_cannot_run() {
	echo old >"$TMP/old.pcap"
	assert_run 1 "$TUNCAT" -w "$TMP/old.pcap" h1/tun0 --exec no-such-command
	assertEquals old "$(cat "$TMP/old.pcap")"
	assertEquals "tuncat: no-such-command: command not found" "$ERR"
	assert_run 1 "$TUNCAT" h1/tun0 --exec /etc/passwd
	assertEquals "tuncat: /etc/passwd: Permission denied" "$ERR"
	assert_run 1 "$TUNCAT" h1/tun0 --exec "$(printf '/no\033x')"
	assertEquals "tuncat: /no\\x1bx: command not found" "$ERR"
}

# Who is root wants keys that nobody has not.
test_a_failure_as_nobody_says_who_else_it_could_be() {
	requires root || return 0
	remedy="  it ran as nobody, without keys or files of its own; \
-U USER runs it as USER"
	assert_run 1 "$TUNCAT" -v h1/tun0 --exec sh -c 'exit 255'
	assertContains "$ERR" "$(printf '%s\n' \
		"tuncat: sh: exited with status 255" "$remedy")"
	assert_run 1 "$TUNCAT" -v h1/tun0 --exec no-such-command
	assertContains "$ERR" "$(printf '%s\n' \
		"tuncat: no-such-command: command not found" "$remedy")"
	for user in alice root; do
		assert_run 1 "$TUNCAT" -v -U $user h1/tun0 --exec false
		assertContains "$ERR" "tuncat: false: exited with status 1"
		assertNotContains "$ERR" "it ran as"
	done
}

# The page says how, where a namespace cannot be entered.
test_a_tunnel_to_another_namespace() {
	requires ping || return 0
	run "$TUNCAT" --gso h1/tap0 --exec "$TMP/peer" --gso h2/tap0
	assertEquals 1 "$STATUS"
	assertContains "$ERR" "h2: "
	spawn netns_exec h2 "$TUNCAT" --gso h1/tap0 --exec "$TMP/peer" --gso tap0
	wait_for attached h2/tap0
	netns_exec h1 ping -qc 2 -i 0.2 -W 5 10.2.0.2 >/dev/null ||
		fail "no tunnel"
	kill "$PID"
	wait_exit "$PID" || :
}

test_usage() {
	assert_run 2 "$TUNCAT" h1/tun0 --exec
	assert_run 2 "$TUNCAT" h1/tun0 --exec --
	assertContains "$ERR" "--exec needs a command"
	assert_run 2 "$TUNCAT" --exec true
	assert_run 2 "$TUNCAT" h1/tun0 h2/tun0 --exec true
	assertContains "$ERR" "--exec is for one device"
	assert_run 2 "$TUNCAT" -F text h1/tun0 --exec true
	assertContains "$ERR" "use -R"
}

test_a_copy_as_text() {
	spawn "$TUNCAT" -R -F len16 h1/tun0 >/dev/null
	wait_for attached h1/tun0
	spawn_with /dev/null "$TMP/stdout" "$TUNCAT" --sniff -c 1 -F text \
		h1/tun0 --exec cat
	wait_for sniffing
	send_frames h1 10.1.0.2 1
	wait_exit "$PID"
	assertEquals "exit status" 0 $?
	assertContains "$(cat "$TMP/stdout")" UDP
}

sniffing() {
	netns_exec h1 cat /proc/net/packet | grep -q '^[0-9a-f]'
}

# Its options are not ours, in whatever order.
test_the_line_is_the_command_s() {
	assert_run 0 "$TUNCAT" -R h1/tun0 --exec echo -F none --quiet -- h2/tun0
	assertEquals "-F none --quiet -- h2/tun0" "$OUT"
	assert_run 0 "$TUNCAT" h1/tun0 -R --exec -- echo -W
	assertEquals "-W" "$OUT"
	assert_run 0 "$TUNCAT" -R h1/tun0 --exec=echo 1
	assertEquals "1" "$OUT"
}

write_pid='echo $$ >"$1/child"; mv "$1/child" "$1/go"; shift; exec "$@"'

test_a_signal_ends_the_command_too() {
	for signal in TERM INT HUP; do
		start h1/tun0 "$TUNCAT" h1/tun0 --exec \
			sh -c "$write_pid" sh "$TMP" sleep 100
		wait_for test -s "$TMP/go"
		kill -$signal "$PID"
		wait_exit "$PID"
		assertTrue "$signal: status $?" "[ $? -gt 128 ]"
		assertFalse "$signal: the command is left" \
			"[ -e '/proc/$(cat "$TMP/go")' ]"
		rm "$TMP/go"
	done
	assertEquals "" "$(cat "$TMP/stderr")"
}

test_a_command_that_does_not_listen_is_killed() {
	start h1/tun0 "$TUNCAT" h1/tun0 --exec sh -c \
		'trap "" TERM; echo $$ >"$1/go"; while :; do sleep 0.1; done' \
		sh "$TMP"
	wait_for test -s "$TMP/go"
	kill "$PID"
	wait_exit "$PID"
	assertEquals 143 $?
	assertFalse "left" "[ -e '/proc/$(cat "$TMP/go")' ]"
}

# tuncat waits for the end of the command, or for that of what it reads.
test_a_signal_while_it_ends() {
	start h1/tun0 "$TUNCAT" -W 100ms h1/tun0 --exec sh -c \
		'trap "" TERM; cat >/dev/null; kill -INT $PPID; exec sleep 100'
	wait_exit "$PID"
	assertEquals "exit status" 130 $?
	assertEquals "" "$(cat "$TMP/stderr")"
}

test_limits_end_the_command() {
	assert_run 0 "$TUNCAT" -W 200ms h1/tun0 --exec sleep 100
	assertEquals "" "$ERR"
	assert_run 0 "$TUNCAT" -i 200ms h1/tun0 --exec sleep 100
	assert_run 0 "$TUNCAT" -q 200ms h1/tun0 --exec \
		sh -c 'exec >&-; sleep 100'
	start h1/tun0 "$TUNCAT" -c 1 h1/tun0 --exec sleep 100
	send_frames h1 10.1.0.2 1
	wait_exit "$PID"
	assertEquals "count" 0 $?
}

test_a_deleted_device_ends_the_command() {
	start h1/tun0 "$TUNCAT" h1/tun0 --exec \
		sh -c "$write_pid" sh "$TMP" sleep 100
	wait_for test -s "$TMP/go"
	ip -n h1 link del tun0
	wait_exit "$PID"
	assertEquals 3 $?
	assertEquals "tuncat: h1/tun0 was deleted" "$(cat "$TMP/stderr")"
	assertFalse "left" "[ -e '/proc/$(cat "$TMP/go")' ]"
}

# The command goes on with the way that is left.
test_a_command_that_stops_reading_may_write() {
	frames_of tun raw
	receive h2
	receiver=$PID
	start h2/tun0 "$TUNCAT" h2/tun0 --exec sh -c \
		'exec <&-; until [ -e "$1/go" ]; do sleep 0.05; done
		cat "$1/frames"' sh "$TMP"
	tuncat=$PID
	send_frames h2 10.1.0.1 3
	: >"$TMP/go"
	wait_exit "$tuncat"
	assertEquals "status" 0 $?
	assert_got_all "after the end of its input"
	kill "$receiver"
}

test_a_command_that_stops_writing_may_read() {
	start h1/tun0 "$TUNCAT" -F hex h1/tun0 --exec \
		sh -c 'exec cat >"$1/read"' sh "$TMP"
	send_frames h1 10.1.0.2 2
	wait_for grep -q '^0000' "$TMP/read" || fail "nothing was read"
	kill -0 "$PID" || fail "ended"
}

# Nobody reads: frames wait in the kernel and are dropped there, not here.
test_a_slow_command_holds_the_device_up() {
	start h1/tun0 "$TUNCAT" -v h1/tun0 --exec sleep 100
	head -c 4000000 /dev/zero |
		netns_exec h1 socat -u -b 1400 - "UDP4-SENDTO:10.1.0.2:$PORT"
	kill -USR1 "$PID"
	wait_for grep -q 'h1/tun0 > the command:' "$TMP/stderr"
	line=$(grep -m 1 'h1/tun0 > the command:' "$TMP/stderr")
	taken=$(echo "$line" | sed 's/.*: \([0-9]*\) frames.*/\1/')
	assertTrue "$line" "[ '$taken' -lt 2000 ]"
	assertNotContains "$line" ", 0 dropped"
}

# It is given up when the run ends, and only then.
test_a_command_that_does_not_read_is_named() {
	for case in "tap raw" "tun len16"; do
		kind=${case% *}
		start "h1/${kind}0" "$TUNCAT" -F "${case#* }" -i 1s \
			"h1/${kind}0" --exec sleep 100
		head -c 1400000 /dev/zero | netns_exec h1 socat -u -b 1400 - \
			"UDP4-SENDTO:$(address "$kind" 2):$PORT"
		wait_exit "$PID"
		assertEquals "$case" 0 $?
		assertEquals "$case" 1 "$(grep -c "^tuncat: sleep: does not \
read: [1-9][0-9]* bytes of frames are lost; -S gives it none\$" "$TMP/stderr")"
	done
}

# Blocked and ignored; above 31 the C library has some of its own.
signals_of() {
	echo "$OUT" | sed -n 's/^Sig\(Blk\|Ign\):.*\(........\)$/\1 0x\2/p' |
	while read -r name set; do
		echo $name $((set & 0x7fffffff))
	done
}

test_the_command_inherits_what_we_did() {
	run ls /proc/self/fd
	inherited=$OUT
	assert_run 0 "$TUNCAT" -R h1/tun0 --exec ls /proc/self/fd
	assertEquals "descriptors" "$inherited" "$OUT"
	assert_run 0 "$TUNCAT" -R -w "$TMP/one" -F len16 h1/tap0 --exec \
		ls /proc/self/fd
	assertEquals "descriptors, with a capture" "$inherited" "$OUT"
	run cat /proc/self/status
	inherited=$(signals_of)
	assert_run 0 "$TUNCAT" -R h1/tun0 --exec cat /proc/self/status
	assertEquals "signals" "$inherited" "$(signals_of)"
}

test_the_command_has_no_rights() {
	assert_run 0 "$TUNCAT" -R h1/tun0 --exec cat /proc/self/status
	for set in CapInh CapPrm CapEff CapAmb; do
		assertContains "$set" "$OUT" "$set:	0000000000000000"
	done
	assertContains "$OUT" "NoNewPrivs:	1"
}

test_the_command_is_who_tuncat_becomes() {
	requires root || return 0
	assert_run 0 "$TUNCAT" -R h1/tun0 --exec id -un
	assertEquals nobody "$OUT"
	assert_run 0 "$TUNCAT" -R -U alice h1/tun0 --exec \
		sh -c 'id -u; echo $USER $LOGNAME'
	assertEquals "$ALICE alice alice" "$(echo $OUT)"
}

test_a_capture_sees_both_ways() {
	requires tcpdump || return 0
	frames_of tun raw
	receive h2
	assert_run 0 "$TUNCAT" -w "$TMP/one" h2/tun0 --exec cat "$TMP/frames"
	assertEquals 3 "$(count_frames "$TMP/one")"
}

. shunit2
