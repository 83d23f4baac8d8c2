#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Streams of segments between two tuncats.
#
#	h1/tap0 = tuncat = pipe or socket = tuncat = h2/tap0
# rootless
# shellcheck disable=SC2016
. "$(dirname "$0")/tuncat.sh"

tearDown() {
	cleanup
	rm -f "$TMP/in" "$TMP/hold" "$TMP/bytes"
}

file_requires xxd

# The other tuncat is not root and may not see the build directory.
oneTimeSetUp() {
	cp "$TUNCAT" "$TMP/peer"
}

# Linux has USO from 6.2 on.
ALL="csum tso4 tso6 ecn"
! printf '6.2\n%s\n' "$(uname -r)" | sort -VC || ALL="$ALL uso4 uso6"

# tunnel KIND OPTION...: from h1 to h2, until both have agreed.
tunnel() {
	kind=$1
	shift
	: >"$TMP/stderr"
	spawn_with /dev/null "$TMP/stdout" nsenter --net=/run/netns/h2 \
		"$TUNCAT" --gso -v "$@" "h1/${kind}0" --exec \
		"$TMP/peer" --gso -v "${kind}0"
	wait_for agreed || cat "$TMP/stderr"
}

agreed() {
	[ "$(grep -c 'gso stream with' "$TMP/stderr")" -eq 2 ]
}

end_tunnel() {
	kill "$PID"
	wait_exit "$PID"
	assertEquals "killed" 143 $?
}

# transfer FROM TO: 4 MiB by TCP, compared.
transfer() {
	head -c 4194304 /dev/urandom >"$TMP/sent"
	netns_exec "h$2" timeout 20 socat -u "TCP4-LISTEN:$PORT" \
		"OPEN:$TMP/received,wronly,creat,trunc" &
	receiver=$!
	wait_for tcp_listening "h$2"
	netns_exec "h$1" timeout 20 socat -u "$TMP/sent" \
		"TCP4:$(address "$kind" "$2"):$PORT"
	wait "$receiver"
	cmp "$TMP/sent" "$TMP/received"
}

tcp_listening() {
	netns_exec "$1" ss -Htln "sport = :$PORT" | grep -q .
}

# none, offload, or offload! when nobody is left to take it back
offload_of() {
	"$TUNCTL" -l "$1" 2>/dev/null | grep -o 'offload!*' || echo none
}

frames_in() {
	grep 'h1/.* > the command:' "$TMP/stderr" | tail -n 1 |
		sed 's/.*: \([0-9]*\) frames.*/\1/'
}

test_segments_cross_whole_both_ways() {
	for each in tun tap; do
		tunnel $each
		assertEquals "$each" "tuncat: gso stream with offloads: $ALL" \
			"$(grep gso "$TMP/stderr" | sort -u)"
		transfer 1 2 || fail "$each: h1 to h2"
		transfer 2 1 || fail "$each: h2 to h1"
		end_tunnel
		# Far fewer than 2900 of 1448 bytes.
		assertTrue "$each: $(frames_in) frames" \
			"[ '$(frames_in)' -lt 2500 ]"
	done
}

test_the_devices_are_as_before() {
	for signal in TERM INT; do
		tunnel tap
		assertEquals "set" "offload offload" \
			"$(offload_of h1/tap0) $(offload_of h2/tap0)"
		kill -$signal "$PID"
		wait_exit "$PID" || :
		wait_for none_is_left
		assertEquals "$signal" "none none" \
			"$(offload_of h1/tap0) $(offload_of h2/tap0)"
	done
}

none_is_left() {
	! attached h1/tap0 && ! attached h2/tap0
}

# As ssh does: each has one socket to the program between them.
test_over_a_program_between() {
	requires ping || return 0
	spawn socat EXEC:"$TUNCAT --gso h1/tap0" EXEC:"$TUNCAT --gso h2/tap0"
	wait_for attached h1/tap0
	wait_for attached h2/tap0
	netns_exec h1 ping -qc 2 -i 0.2 -W 5 10.2.0.2 >/dev/null ||
		fail "h1 to h2"
	netns_exec h2 ping -qc 2 -i 0.2 -W 5 10.2.0.1 >/dev/null ||
		fail "h2 to h1"
	kind=tap
	transfer 1 2 || fail "transfer"
}

# A multi-queue device that another process holds keeps its plain layout.
test_one_side_without_offload() {
	ip -n h1 link del tun0
	ip -n h1 tuntap add dev tun0 mode tun multi_queue &&
	ip -n h1 addr add 10.1.0.1/24 dev tun0 &&
	ip -n h1 link set tun0 up
	mkfifo "$TMP/hold"
	spawn sleep 100 9<>"$TMP/hold"
	spawn_with "$TMP/hold" /dev/null "$TUNCAT" -S h1/tun0
	wait_for attached h1/tun0
	holder=$PID
	tunnel tun
	tunnel=$PID
	assertEquals 2 "$(grep -c 'offloads: none' "$TMP/stderr")"
	assertContains "$(cat "$TMP/stderr")" "h1/tun0 cannot: $ALL"
	assertContains "$(cat "$TMP/stderr")" "the other side cannot: $ALL"
	assertEquals "not set where it is of no use" none \
		"$(offload_of h2/tun0)"
	kill "$holder"
	wait_exit "$holder" || :
	transfer 2 1 || fail "h2 to h1"
	transfer 1 2 || fail "h1 to h2"
	PID=$tunnel
	end_tunnel
}

# ---- A peer that is none ----------------------------------------------------

# refused LINE OPTION...: with what the peer says in $TMP/bytes. One line.
refused() {
	line=$1
	shift
	timeout 20 "$TUNCAT" --gso "$@" h1/tap0 <"$TMP/bytes" 2>"$TMP/err" |
		cat >/dev/null
	assertEquals "$line" "$(cat "$TMP/err")"
	timeout 20 "$TUNCAT" --gso "$@" h1/tap0 <"$TMP/bytes" 2>"$TMP/err" \
		>"$TMP/out"
	assertEquals "status: $line" 1 $?
}

MAGIC=89544b47534f0d0a
NO="tuncat: standard input: the other side does not speak --gso"

# says HEX...: the peer's bytes
says() {
	echo "$@" | xxd -r -p >"$TMP/bytes"
}

test_a_peer_that_does_not_speak_it() {
	echo "Welcome to h2" >"$TMP/bytes"
	refused "$NO: its stream begins with 'Welcome '"
	says 002affffffffffff0200000000020806
	refused "$NO: its stream begins with a byte of 0"
	says ${MAGIC%0a}0d0a
	refused "$NO: its stream begins with '\\x89TKGSO\\x0d\\x0d'"
	says ${MAGIC} 0202 0000 00000000
	refused "tuncat: standard input: the other side speaks another version \
of --gso: update the older one"
	says ${MAGIC} 0101 0000 00000000
	refused "tuncat: standard input: the other side has a TUN device, \
this one a TAP device"
}

SILENT="tuncat: standard input: no hello from the other side: does it run \
tuncat with --gso?"

test_a_silent_peer() {
	: >"$TMP/bytes"
	refused "$SILENT"
	says 89544b
	refused "tuncat: standard input: the other side ended inside its hello"
	for limit in -W -i; do
		# shellcheck disable=SC2030
		sleep 2 | {
			timeout 20 "$TUNCAT" --gso $limit 200ms h1/tap0 \
				>"$TMP/out" 2>"$TMP/err"
			assertEquals "$limit" 1 $?
		}
		assertEquals "$SILENT" "$(cat "$TMP/err")"
	done
}

test_a_command_that_does_not_speak_it() {
	assert_run 1 "$TUNCAT" --gso h1/tap0 --exec true
	assertEquals "tuncat: the command's output: no hello from the other \
side: does it run tuncat with --gso?" "$ERR"
	assert_run 1 "$TUNCAT" --gso h1/tap0 --exec false
	assertEquals "tuncat: false: exited with status 1" "$ERR"
	assert_run 1 "$TUNCAT" --gso h1/tap0 --exec echo hello
	assertContains "$ERR" "begins with 'hello\\x0a'"
}

test_a_cut_stream() {
	says ${MAGIC} 0102 0000 6f000000 20000000 00000000 0000 0000 0000 0000 ff
	refused "tuncat: standard input: the input ends inside a frame, after \
17 of its bytes"
}

# A UDP datagram for 10.2.0.2, 43 bytes, of which the test gives the header.
FRAME="020000000002 020000000001 0800
4500 001d 0000 0000 4011 66ca 0a020001 0a020002 0fa0 0fa0 0009 0000 0a"

# inject_frame HEADER: flags, type, header length, segment size, where the
# checksum begins and is, protocol.
inject_frame() {
	says ${MAGIC} 0102 0000 6f000000 2b000000 "$1" "$FRAME"
	timeout 20 "$TUNCAT" --gso -q 0 h2/tap0 <"$TMP/bytes" 2>"$TMP/err" |
		cat >"$TMP/out"
	[ ! -s "$TMP/err" ]
}

received_frames() {
	ip -n h2 -j -s link show dev tap0 |
		sed 's/.*"rx":{[^}]*"packets":\([0-9]*\).*/\1/'
}

test_a_hostile_peer_reaches_no_device() {
	inject_frame "0000 0000 0000 0000 0000 0000"
	assertEquals "a good frame" "" "$(cat "$TMP/err")"
	assertEquals 1 "$(received_frames)"
	for head in "0101 0000 0000 2200 0600 0000" \
		    "0103 0000 0100 2200 0600 0000" \
		    "0121 0000 0100 2200 0600 0000" \
		    "0105 0000 0000 2200 0600 0000" \
		    "0102 0000 0100 2200 0600 0000" \
		    "0400 0000 0000 0000 0000 0000" \
		    "0100 0000 0000 2a00 0000 0000" \
		    "0100 0000 0000 ffff ffff 0000" \
		    "0000 2c00 0000 0000 0000 0000"; do
		inject_frame "$head" && fail "$head"
		assertEquals "$head: lines" 1 "$(wc -l <"$TMP/err")"
	done
	assertEquals "frames" 1 "$(received_frames)"
}

# ---- One way ----------------------------------------------------------------

test_one_way() {
	receive h2
	receiver=$PID
	spawn_with /dev/null "$TMP/stdout" sh -c \
		'"$TUNCAT" --gso -v h1/tap0 | "$TUNCAT" --gso -v -S h2/tap0'
	wait_for attached h1/tap0
	wait_for attached h2/tap0
	send_frames h1 10.2.0.2 3
	wait_for got_lines 3 || cat "$TMP/stderr"
	assertEquals "frame 1 frame 2 frame 3" "$(paste -sd' ' "$TMP/got")"
	assertContains "$(cat "$TMP/stderr")" \
		"gso stream with offloads: csum tso4 tso6 ecn"
	kill "$receiver"
}

test_one_way_to_one_that_waits_for_an_answer() {
	says ${MAGIC} 0102 0000 6f000000
	refused "tuncat: standard input: the other side waits for an answer, \
which -S does not give: use -R there" -S
}

# Another process holds a queue of h1/tap0, without virtio-net headers.
hold_plain() {
	ip -n h1 link del tap0
	ip -n h1 tuntap add dev tap0 mode tap multi_queue
	ip -n h1 link set tap0 up
	mkfifo "$TMP/hold"
	spawn sleep 100 9<>"$TMP/hold"
	spawn_with "$TMP/hold" /dev/null "$TUNCAT" -F len16 -S h1/tap0
	wait_for attached h1/tap0
}

test_a_plain_device_gets_no_segments() {
	hold_plain
	says ${MAGIC} 0102 0000 6f000000 2b000000 \
		"0101 0000 0100 2200 0600 0000" "$FRAME"
	refused "tuncat: standard input: the frame at byte 16 needs an offload \
that was not agreed on: type 0x1, flags 0x1"
}

test_one_way_into_a_device_that_cannot() {
	hold_plain
	says ${MAGIC} 0102 0100 0f000000
	refused "tuncat: standard input: the other side sends one way, with \
offloads that this device does not take (0xf)" -S
}

# ---- The rest ---------------------------------------------------------------

test_usage() {
	assert_run 2 "$TUNCAT" --gso -w - h1/tap0
	assertContains "$ERR" "-w needs a file"
	assert_run 2 "$TUNCAT" --gso -s 100 h1/tap0
	assert_run 2 "$TUNCAT" --gso --pi h1/tun0
	assert_run 2 "$TUNCAT" --gso h1/tap0 h2/tap0
	assertContains "$ERR" "--gso is for one"
}

test_no_stream_on_a_terminal() {
	requires script || return 0
	run script -qec "$TUNCAT --gso -W 5s h1/tap0" /dev/null
	assertEquals 2 "$STATUS"
	assertContains "$OUT" "standard output is a terminal"
}

test_a_capture_has_whole_checksums() {
	requires tshark tcpdump || return 0
	tunnel tap -w "$TMP/shown.pcap"
	transfer 1 2 || fail "transfer"
	end_tunnel
	assertNull "$(bad_checksums "$TMP/shown.pcap" | head -3)"
	assertTrue "no segments" "[ $(tshark -r "$TMP/shown.pcap" \
		-Y 'tcp.len > 1500' 2>/dev/null | wc -l) -gt 0 ]"
}

. shunit2
