#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Frames that tuncat takes from standard input, and when it does not.
# rootless
. "$(dirname "$0")/tuncat.sh"

# capture KIND OPTION...: three frames of h1 in $TMP/frames.
capture() {
	kind=$1
	shift
	spawn_with /dev/null "$TMP/frames" "$TUNCAT" -c 3 "$@" "h1/${kind}0"
	wait_for attached "h1/${kind}0"
	send_frames h1 "$(address "$kind" 2)" 3
	wait_exit "$PID"
}

assert_got_all() {
	wait_for got_lines 3
	assertEquals "$1" "frame 1 frame 2 frame 3" \
		"$(paste -sd' ' "$TMP/got")"
}

test_every_format_goes_back_in() {
	for case in "tun raw" "tun hex" "tun len16" "tun len32" "tun pcap" \
		    "tun pcapng" "tap hex" "tap len16" "tap len32" "tap pcap" \
		    "tap pcapng"; do
		kind=${case% *}
		format=${case#* }
		capture "$kind" -F "$format" || fail "$case: dump"
		receive h2
		"$TUNCAT" -S -F "$format" "h2/${kind}0" <"$TMP/frames" ||
			fail "$case: exit status $?"
		assert_got_all "$case"
		kill "$PID"
		wait_exit "$PID" || :
	done
}

test_every_format_goes_back_in_with_pi() {
	for case in "tun hex" "tun len16" "tap len32" "tun pcap" \
		    "tun pcapng"; do
		kind=${case% *}
		format=${case#* }
		capture "$kind" --pi -F "$format" || fail "$case: dump"
		receive h2
		"$TUNCAT" -S --pi -F "$format" "h2/${kind}0" <"$TMP/frames" ||
			fail "$case: exit status $?"
		assert_got_all "$case"
		kill "$PID"
		wait_exit "$PID" || :
	done
}

test_a_capture_is_known_by_its_first_bytes() {
	for kind in tun tap; do
		capture $kind -w -
		receive h2
		"$TUNCAT" -S h2/${kind}0 <"$TMP/frames" || fail "status $?"
		assert_got_all "$kind"
		kill "$PID"
		wait_exit "$PID" || :
	done
}

test_a_pcapng_capture_of_others_is_known_by_its_first_bytes() {
	requires editcap || return 0
	for kind in tun tap; do
		capture $kind -w -
		editcap -F pcapng "$TMP/frames" "$TMP/frames.pcapng"
		receive h2
		run_in "$TMP/frames.pcapng" "$TUNCAT" -S h2/${kind}0
		assertEquals "$kind: $ERR" 0 "$STATUS"
		assert_got_all "$kind"
		kill "$PID"
		wait_exit "$PID" || :
	done
}

# Frames that do not fit end it, also where those before them did.
test_a_pcapng_capture_of_mixed_kinds() {
	requires mergecap || return 0
	capture tap -w -
	mv "$TMP/frames" "$TMP/frames.tap"
	capture tun -w -
	mergecap -a -F pcapng -w "$TMP/mixed" "$TMP/frames" "$TMP/frames.tap"
	run_in "$TMP/mixed" "$TUNCAT" -v -S h2/tun0
	assertEquals "$ERR" 3 "$STATUS"
	assertEquals "tuncat: standard input: interface 1 of the capture holds \
Ethernet frames (link type 1), a TUN device takes IP packets" \
		"$(echo "$ERR" | head -n 1)"
	assertContains "$ERR" "h2/tun0: 3 frames"
}

test_a_capture_of_the_wrong_kind_is_named() {
	requires editcap || return 0
	receive h2
	receiver=$PID
	capture tun -w -
	run_in "$TMP/frames" "$TUNCAT" -v -S h2/tap0
	assertEquals "$ERR" 3 "$STATUS"
	assertEquals "tuncat: standard input is a capture of IP packets, \
h2/tap0 takes Ethernet frames
  inject it into a TUN device: tunctl -n --up DEV" "$(echo "$ERR" | head -n 2)"
	capture tap -w -
	run_in "$TMP/frames" "$TUNCAT" -v -S h2/tun0
	assertEquals "$ERR" 3 "$STATUS"
	assertEquals "tuncat: standard input is a capture of Ethernet frames, \
h2/tun0 takes IP packets
  inject it into a TAP device, or take the Ethernet headers off: \
editcap -F pcap -L -C 14 -T rawip - -" "$(echo "$ERR" | head -n 2)"
	editcap -F pcap -L -C 14 -T rawip "$TMP/frames" "$TMP/packets"
	ip -n h2 addr add 10.2.0.2/32 dev tun0
	run_in "$TMP/packets" "$TUNCAT" -S h2/tun0
	assertEquals "$ERR" 0 "$STATUS"
	assert_got_all "the remedy"
	kill "$receiver"
}

# run_in FILE COMMAND...: run with that standard input.
run_in() {
	file=$1
	shift
	timeout 20 "$@" <"$file" >"$TMP/out" 2>"$TMP/err"
	STATUS=$?
	ERR=$(cat "$TMP/err")
}

test_one_tuncat_into_another_needs_no_option_on_tun() {
	receive h2
	mkfifo "$TMP/pipe"
	spawn_with /dev/null "$TMP/pipe" "$TUNCAT" h1/tun0
	spawn_with "$TMP/pipe" "$TMP/stdout" "$TUNCAT" h2/tun0
	wait_for attached h1/tun0
	wait_for attached h2/tun0
	send_frames h1 10.1.0.2 3
	assert_got_all "tun to tun"
	rm "$TMP/pipe"
}

test_raw_ethernet_from_a_stream_is_refused_with_the_way_out() {
	capture tap -F raw
	run_in "$TMP/frames" "$TUNCAT" -S h2/tap0
	assertEquals 2 "$STATUS"
	assertContains "$ERR" "use -F len16 on both sides, or -R"
	run_in "$TMP/frames" "$TUNCAT" -S -F raw h2/tap0
	assertEquals 2 "$STATUS"
}

test_raw_ethernet_from_a_message_socket() {
	requires python3 || return 0
	capture tap -F len16
	receive h2
	python3 - "$TUNCAT" "$TMP/frames" <<-'END' || fail "status $?"
	import socket, struct, subprocess, sys
	data = open(sys.argv[2], "rb").read()
	ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
	p = subprocess.Popen([sys.argv[1], "-S", "h2/tap0"], stdin=theirs)
	theirs.close()
	while data:
	    n, = struct.unpack(">H", data[:2])
	    ours.send(data[2:2 + n])
	    data = data[2 + n:]
	ours.close()
	sys.exit(p.wait(10))
	END
	assert_got_all seqpacket
}

# As behind socat's EXEC: one socket for both ways. Its other end sends all
# frames and closes at once.
test_a_socket_that_is_closed_ends_it_after_the_last_frame() {
	requires python3 || return 0
	capture tap -F len16
	receive h2
	close_after_frames
	assert_got_all "a closed socket"
	close_after_frames -w "$TMP/both.pcap"
}

close_after_frames() {
	python3 - "$TUNCAT" "$TMP/frames" "$@" 2>"$TMP/stderr" <<-'END' ||
	import socket, subprocess, sys
	data = open(sys.argv[2], "rb").read()
	ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
	p = subprocess.Popen([sys.argv[1], "-v", "-F", "len16", "h2/tap0"] +
			     sys.argv[3:], stdin=theirs, stdout=theirs)
	theirs.close()
	ours.sendall(data)
	ours.close()
	try:
	    sys.exit(p.wait(10))
	finally:
	    p.kill()
	END
		fail "$*: status $?"
	assertContains "$(cat "$TMP/stderr")" "h2/tap0 > standard output:"
}

test_a_message_socket_gets_one_frame_a_message() {
	requires python3 || return 0
	python3 - "$TUNCAT" >"$TMP/lengths" <<-'END' &
	import socket, subprocess, sys
	ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
	p = subprocess.Popen([sys.argv[1], "-R", "-c", "3", "h1/tap0"],
			     stdout=theirs)
	for i in range(3):
	    print(len(ours.recv(9999)), flush=True)
	sys.exit(p.wait(10))
	END
	wait_for attached h1/tap0
	send_frames h1 10.2.0.2 3
	wait $!
	assertEquals "50 50 50" "$(paste -sd' ' "$TMP/lengths")"
}

test_dev_null_does_not_end_the_dump() {
	start h1/tun0 "$TUNCAT" -c 1 -q 0 -F text h1/tun0
	send_frames h1 10.1.0.2 1
	wait_exit "$PID"
	assertEquals 1 "$(wc -l <"$TMP/stdout")"
}

test_recv_only_leaves_standard_input_alone() {
	printf 'line\nline\n' >"$TMP/lines"
	{
		"$TUNCAT" -R -W 100ms h1/tap0
		assertEquals "exit status" 0 $?
		read -r word
		assertEquals line "$word"
	} <"$TMP/lines" >"$TMP/stdout"
}

test_end_of_input_stops_one_way_only() {
	capture tun -F len16
	receive h2
	spawn_with "$TMP/frames" "$TMP/stdout" "$TUNCAT" -F len16 h2/tun0
	assert_got_all "before the end"
	wait_for attached h2/tun0
	send_frames h2 10.1.0.1 1
	wait_for test -s "$TMP/stdout"
	assertFalse "ended" "ended $PID"
}

test_quit_time_counts_from_the_end_of_input() {
	: >"$TMP/empty"
	run_in "$TMP/empty" "$TUNCAT" -q 100ms h1/tun0
	assertEquals "$ERR" 0 "$STATUS"
}

test_frames_go_both_ways_at_once() {
	mkfifo "$TMP/in"
	spawn sleep 100 9<>"$TMP/in"
	capture tun -F len16
	receive h2
	spawn_with "$TMP/in" "$TMP/stdout" "$TUNCAT" -F len16 h2/tun0
	wait_for attached h2/tun0
	cat "$TMP/frames" >"$TMP/in"
	send_frames h2 10.1.0.1 1
	wait_for test -s "$TMP/stdout"
	assert_got_all in
	rm "$TMP/in"
}

test_captures_show_both_directions() {
	requires tcpdump || return 0
	capture tun -F len16
	run_in "$TMP/frames" "$TUNCAT" -F len16 -S -w "$TMP/both.pcap" h2/tun0
	assertEquals "$ERR" 0 "$STATUS"
	assertEquals 3 "$(count_frames "$TMP/both.pcap")"
}

test_pcapng_tells_the_directions_apart() {
	requires tshark || return 0
	capture tun -F len16
	# Without a receiver h2 would answer with frames that count.
	receive h2
	spawn_with "$TMP/frames" "$TMP/stdout" "$TUNCAT" -F len16 -c 2 \
		-w "$TMP/both.pcapng" h2/tun0
	wait_for attached h2/tun0
	send_frames h2 10.1.0.1 2
	wait_exit "$PID"
	assertEquals "h2/tun0 in 3 h2/tun0 out 2" \
		"$(devices_and_directions "$TMP/both.pcapng")"
	# What went into the device can go into another.
	: >"$TMP/got"
	"$TUNCAT" -S h2/tun0 <"$TMP/both.pcapng" || fail "status $?"
	assert_got_all "the injected ones"
}

test_count_of_injected_frames() {
	capture tun -F len16
	run_in "$TMP/frames" "$TUNCAT" -F len16 -v -S -c 2 h2/tun0
	assertContains "$ERR" "standard input > h2/tun0: 2 frames"
}

test_broken_framing_is_said_with_its_place() {
	capture tun -F len16
	printf '\0\4abcd\377\377' >"$TMP/broken"
	for case in len16:broken raw:broken len32:frames pcap:frames \
		    pcapng:frames; do
		run_in "$TMP/${case#*:}" "$TUNCAT" -F "${case%:*}" -S h2/tun0
		assertEquals "$case: $ERR" 1 "$STATUS"
		echo "$ERR" | grep -q "bad framing at byte [0-9]*: is the peer \
using the same -F?" || fail "$case: $ERR"
	done
	head -c 50 "$TMP/frames" >"$TMP/cut"
	run_in "$TMP/cut" "$TUNCAT" -F len16 -S h2/tun0
	assertEquals "cut: $ERR" 1 "$STATUS"
	assertContains "$ERR" "bad framing at byte 38"
}

# Nothing was said of it, so the peer's -F is not what is wrong.
test_what_input_was_taken_for_is_said() {
	echo hello >"$TMP/hello"
	run_in "$TMP/hello" "$TUNCAT" -S -F text h2/tun0
	assertEquals "$ERR" 1 "$STATUS"
	assertContains "$ERR" "text cannot be read, so it was taken for raw \
packets"
	assertNotContains "$ERR" "same -F"
	run_in "$TMP/hello" "$TUNCAT" -S h2/tun0
	assertEquals "$ERR" 1 "$STATUS"
	assertContains "$ERR" "no -F says what it is, so it was taken for raw \
packets"
}

test_refused_frames_are_counted() {
	printf '\0\4abcd\0\4efgh' >"$TMP/short"
	run_in "$TMP/short" "$TUNCAT" -F len16 -S h2/tap0
	assertEquals "$ERR" 0 "$STATUS"
	assertContains "$ERR" "0 frames, 0 bytes, 0 dropped, 0 truncated,\
 2 refused"
}

test_a_frame_of_no_bytes_is_refused() {
	printf '\0\0\0\0' >"$TMP/empty"
	for kind in tun tap; do
		run_in "$TMP/empty" "$TUNCAT" -F len16 -S "h2/${kind}0"
		assertEquals "$kind: $ERR" 0 "$STATUS"
		assertContains "$kind" "$ERR" "0 frames, 0 bytes, 0 dropped, \
0 truncated, 2 refused"
		run_in "$TMP/empty" "$TUNCAT" -F len32 -S "h2/${kind}0"
		assertContains "$kind" "$ERR" "1 refused"
	done
}

test_input_without_a_frame_is_said() {
	echo garbage >"$TMP/garbage"
	said="tuncat: standard input held no frame"
	run_in "$TMP/garbage" "$TUNCAT" -x -S h2/tap0
	assertEquals "hex" "$said: no line of it is one of a hex dump" "$ERR"
	assertEquals "hex" 1 "$STATUS"
	run_in "$TMP/garbage" "$TUNCAT" -x -q 50ms h2/tap0
	assertEquals "hex, dumping: $ERR" 1 "$STATUS"
	capture tap -w -
	head -c 24 "$TMP/frames" >"$TMP/head"
	run_in "$TMP/head" "$TUNCAT" -S h2/tap0
	assertEquals "pcap" "$said" "$ERR"
	assertEquals "pcap" 0 "$STATUS"
	run_in "$TMP/head" "$TUNCAT" --quiet -S h2/tap0
	assertEquals "quiet" "" "$ERR"
	: >"$TMP/empty"
	run_in "$TMP/empty" "$TUNCAT" -x -S h2/tap0
	assertEquals "empty" "" "$ERR"
	assertEquals "empty" 0 "$STATUS"
}

test_a_directory_is_no_input() {
	for option in -S "-W 100ms" "-F len16"; do
		# shellcheck disable=SC2086
		run_in "$TMP" "$TUNCAT" $option h2/tun0
		assertEquals "$option" 1 "$STATUS"
		assertEquals "$option" \
			"tuncat: standard input: Is a directory" "$ERR"
	done
	run_in "$TMP" "$TUNCAT" -R -W 100ms h2/tun0
	assertEquals "left alone" 0 "$STATUS"
}

test_device_down() {
	capture tun -F len16
	ip -n h2 link set tun0 down
	run_in "$TMP/frames" "$TUNCAT" --quiet -F len16 -S h2/tun0
	assertEquals "$ERR" 1 "$STATUS"
	assertEquals "tuncat: h2/tun0 is down: 'ip -n h2 link set tun0 up'" "$ERR"
}

test_other_protocols_than_ip_survive() {
	requires python3 || return 0
	spawn_with /dev/null "$TMP/frames" "$TUNCAT" -c 1 --pi -F len16 h1/tun0
	wait_for attached h1/tun0
	netns_exec h1 python3 -c '
import socket
s = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM)
s.sendto(b"hello", ("tun0", 0x8847))'
	wait_exit "$PID"
	assertEquals " 00 09 00 00 88 47 68" "$(od -An -tx1 -N7 "$TMP/frames")"
	run_in "$TMP/frames" "$TUNCAT" -v --pi -F len16 -S h2/tun0
	assertContains "$ERR" "h2/tun0: 1 frame"
}

. shunit2
