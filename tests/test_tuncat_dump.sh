#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Frames that tuncat takes from a device.
# rootless
. "$(dirname "$0")/tuncat.sh"

# dump COUNT KIND OPTION...: COUNT frames of h1 as tuncat shows them.
dump() {
	count=$1
	device=${2}0
	shift 2
	start "h1/$device" "$TUNCAT" -c "$count" "$@" "h1/$device"
	send_frames h1 "$(address "$device" 2)" "$count"
	wait_exit "$PID"
}

test_raw_is_the_default_into_a_pipe() {
	dump 2 tun || fail "exit status $?: $(cat "$TMP/stderr")"
	# 20 bytes IP, 8 bytes UDP, "frame 1\n", twice and nothing between
	assertEquals 72 "$(wc -c <"$TMP/stdout")"
	assertEquals "45" "$(od -An -tx1 -N1 "$TMP/stdout" | tr -d ' ')"
	assertEquals "45" "$(od -An -tx1 -j36 -N1 "$TMP/stdout" | tr -d ' ')"
}

test_text_is_one_line_a_frame() {
	dump 2 tap -F text || fail "exit status $?"
	assertEquals 2 "$(wc -l <"$TMP/stdout")"
	assertEquals 2 "$(grep -c '10\.2\.0\.1.* > 10\.2\.0\.2.* UDP' \
		"$TMP/stdout")"
}

test_text_has_details_with_v() {
	dump 1 tap -v -F text || fail "exit status $?"
	assertEquals 1 "$(grep -c '^[0-9].*UDP' "$TMP/stdout")"
	assertContains "$(cat "$TMP/stdout")" "    IPv4 ttl 64, tos 0x00, id "
	assertContains "$(cat "$TMP/stdout")" "    UDP length 16, checksum 0x"
	dump 1 tap -v -F hex || fail "exit status $?"
	assertNotContains "$(cat "$TMP/stdout")" "UDP length 16"
}

test_text_is_the_default_on_a_terminal() {
	requires script || return 0
	start h1/tun0 script -qec "$TUNCAT -c 1 h1/tun0" "$TMP/typescript"
	send_frames h1 10.1.0.2 1
	wait_exit "$PID"
	grep -q '10\.1\.0\.1.* > 10\.1\.0\.2.* UDP' "$TMP/typescript" ||
		fail "$(cat "$TMP/typescript")"
}

test_hex_is_what_text2pcap_reads() {
	requires text2pcap tcpdump || return 0
	dump 2 tun -x || fail "exit status $?"
	text2pcap -q -l 101 "$TMP/stdout" "$TMP/hex.pcap" >/dev/null 2>&1
	assertEquals 2 "$(tcpdump -Z root -nr "$TMP/hex.pcap" 2>/dev/null |
		grep -c '10.1.0.1.* > 10.1.0.2.4000: UDP, length 8')"
}

# The command of the manual page, where text2pcap passes over the comments.
test_hex_keeps_its_times_in_text2pcap() {
	requires text2pcap tcpdump || return 0
	dump 2 tun -x || fail "exit status $?"
	sed -n "/^sed '/,/^text2pcap/ { s/\\\\e/\\\\/g; p; }" \
		"$TOP/man/tuncat.1" >"$TMP/command"
	(cd "$TMP" && sh ./command <stdout >/dev/null 2>&1)
	assertEquals "$(sed -n 's/^# \([^ ]* [^ ]*\).*/\1/p' "$TMP/stdout")" \
		"$(tcpdump -Z root -ttttnr "$TMP/tun0.pcap" 2>/dev/null |
			cut -d' ' -f 1-2)"
}

test_len16_and_len32_are_lengths_and_frames() {
	dump 1 tun -F len16 || fail "exit status $?"
	assertEquals " 00 24 45" "$(od -An -tx1 -N3 "$TMP/stdout")"
	assertEquals 38 "$(wc -c <"$TMP/stdout")"
	dump 1 tun -F len32 || fail "exit status $?"
	assertEquals " 00 00 00 24 45" "$(od -An -tx1 -N5 "$TMP/stdout")"
	assertEquals 40 "$(wc -c <"$TMP/stdout")"
}

test_pcap_is_read_by_tcpdump_and_tshark() {
	requires tcpdump tshark || return 0
	for kind in tun tap; do
		dump 3 $kind -w - || fail "exit status $?"
		assertEquals 3 "$(tcpdump -Z root -nr "$TMP/stdout" 2>/dev/null |
			grep -c 'length 8')"
		assertNull "$(bad_checksums "$TMP/stdout")"
	done
}

test_pcapng_names_the_device_and_what_was_dropped() {
	requires tshark capinfos || return 0
	ip -n h1 link set tun0 txqueuelen 5
	for case in "-F pcapng" "-F pcapng -w -" "-w $TMP/file.pcapng"; do
		# shellcheck disable=SC2086
		start h1/tun0 "$TUNCAT" --quiet -c 5 $case h1/tun0
		kill -STOP "$PID"
		send_frames h1 10.1.0.2 9
		kill -CONT "$PID"
		wait_exit "$PID"
		file=$TMP/stdout
		[ ! -e "$TMP/file.pcapng" ] || file=$TMP/file.pcapng
		assertContains "$case" "$(capinfos "$file")" "- pcapng"
		assertEquals "$case" "h1/tun0 out 5" \
			"$(devices_and_directions "$file")"
		assertEquals "$case" 4 "$(drops_of "$file")"
		assertNull "$case" "$(bad_checksums "$file")"
	done
	assertEquals 0 "$(wc -c <"$TMP/stdout")"
}

test_pcapng_keeps_the_length_of_what_it_cuts() {
	requires tshark || return 0
	dump 2 tap -s 20 -F pcapng || fail "exit status $?"
	assertEquals "20 50 20 50" "$(tshark -r "$TMP/stdout" -T fields \
		-e frame.cap_len -e frame.len 2>/dev/null | xargs)"
}

test_capture_to_a_file_leaves_standard_output_alone() {
	requires tcpdump || return 0
	dump 2 tap -w "$TMP/file.pcap" || fail "exit status $?"
	assertEquals 0 "$(wc -c <"$TMP/stdout")"
	assertEquals 2 "$(count_frames "$TMP/file.pcap")"
	rm "$TMP/file.pcap"
	dump 2 tap -F text -w "$TMP/file.pcap" || fail "exit status $?"
	assertEquals 2 "$(wc -l <"$TMP/stdout")"
	assertEquals 2 "$(count_frames "$TMP/file.pcap")"
}

test_capture_begins_before_the_first_frame() {
	start h1/tun0 "$TUNCAT" -w - h1/tun0
	wait_for test -s "$TMP/stdout"
	assertEquals 24 "$(wc -c <"$TMP/stdout")"
	kill "$PID"
	wait_exit "$PID" || :
	requires capinfos || return 0
	start h1/tun0 "$TUNCAT" -F pcapng h1/tun0
	wait_for test -s "$TMP/stdout"
	assertContains "$(capinfos "$TMP/stdout")" "Name = h1/tun0"
}

test_capture_to_a_fifo_waits_for_its_reader() {
	requires tcpdump || return 0
	mkfifo "$TMP/pipe"
	start h1/tun0 "$TUNCAT" -c 2 -w "$TMP/pipe" h1/tun0
	wait_for test -s "$TMP/stderr"
	assertEquals "tuncat: $TMP/pipe: waits for a reader" \
		"$(cat "$TMP/stderr")"
	tuncat=$PID
	spawn sh -c 'exec cat "$1" >"$1.got"' sh "$TMP/pipe"
	wait_for test -s "$TMP/pipe.got"
	send_frames h1 10.1.0.2 2
	wait_exit "$tuncat"
	assertEquals "exit status" 0 $?
	wait_exit "$PID"
	assertEquals 2 "$(count_frames "$TMP/pipe.got")"
	rm "$TMP/pipe" "$TMP/pipe.got"
}

test_the_wait_for_a_reader_can_be_ended() {
	mkfifo "$TMP/pipe"
	for pair in INT:130 TERM:143; do
		start h1/tun0 "$TUNCAT" --quiet -w "$TMP/pipe" h1/tun0
		kill "-${pair%:*}" "$PID"
		wait_exit "$PID"
		assertEquals "$pair" "${pair#*:}" $?
		assertNull "$pair" "$(cat "$TMP/stderr")"
	done
	start h1/tun0 "$TUNCAT" --quiet -w "$TMP/pipe" h1/tun0 h2/tun0
	wait_for attached h2/tun0
	ip -n h2 link del tun0
	wait_exit "$PID"
	assertEquals "deleted" 3 $?
	assertEquals "tuncat: h2/tun0 was deleted" "$(cat "$TMP/stderr")"
	rm "$TMP/pipe"
}

test_snaplen_cuts_what_is_shown() {
	dump 1 tun -F len16 -s 20
	assertEquals 22 "$(wc -c <"$TMP/stdout")"
}

test_pi_on_request() {
	dump 1 tun -F len16 --pi
	assertEquals " 00 28 00 00 08 00 45" "$(od -An -tx1 -N7 "$TMP/stdout")"
	dump 1 tap -F len16 --pi
	assertEquals " 00 36 00 00 08 00 02" "$(od -An -tx1 -N7 "$TMP/stdout")"
}

test_vde_framing() {
	requires dpipe || return 0
	receive h2
	# dpipe leaves the two behind, each the other's reader.
	spawn dpipe "$TUNCAT" -i 3s -F len16 h1/tap0 = \
		"$TUNCAT" -i 3s -F len16 h2/tap0
	wait_for attached h1/tap0
	wait_for attached h2/tap0
	send_frames h1 10.2.0.2 3
	wait_for got_lines 3
	assertEquals "frame 1 frame 2 frame 3" "$(paste -sd' ' "$TMP/got")"
}

test_time_limit() {
	run "$TUNCAT" -W 100ms h1/tun0
	assertEquals "$ERR" 0 "$STATUS"
}

test_idle_limit_counts_from_the_last_frame() {
	start h1/tun0 "$TUNCAT" -i $((500 * TEST_SLOWNESS))ms -F text h1/tun0
	for lines in 1 2 3 4; do
		send_frames h1 10.1.0.2 1
		wait_for lines_are "$TMP/stdout" $lines
		sleep $((TEST_SLOWNESS * 2 / 10)).$((TEST_SLOWNESS * 2 % 10))
	done
	wait_exit "$PID"
	assertEquals "exit status" 0 $?
	assertEquals 4 "$(wc -l <"$TMP/stdout")"
}

test_reader_that_leaves_ends_it_without_a_frame() {
	mkfifo "$TMP/pipe"
	spawn sleep 100 9<>"$TMP/pipe"
	holder=$PID
	spawn_with /dev/null "$TMP/pipe" "$TUNCAT" h1/tun0
	wait_for attached h1/tun0
	kill "$holder"
	wait "$holder" 2>/dev/null
	wait_exit "$PID"
	assertEquals "exit status" 0 $?
	rm "$TMP/pipe"
}

test_head_ends_it_with_success() {
	(
		"$TUNCAT" -F text h1/tun0 </dev/null 2>"$TMP/stderr"
		echo $? >"$TMP/status"
	) | head -n 1 >"$TMP/stdout" &
	wait_for attached h1/tun0
	send_frames h1 10.1.0.2 3
	wait_for test -s "$TMP/status"
	assertEquals 0 "$(cat "$TMP/status")"
	assertNull "$(cat "$TMP/stderr")"
	assertEquals 1 "$(wc -l <"$TMP/stdout")"
	rm "$TMP/status"
}

# The capture is whole: it has the drops at its end.
test_reader_that_leaves_does_not_cut_the_capture() {
	requires tshark || return 0
	ip -n h1 link set tun0 txqueuelen 5
	mkfifo "$TMP/pipe"
	rm -f "$TMP/file.pcapng"
	spawn sleep 100 9<>"$TMP/pipe"
	holder=$PID
	spawn_with /dev/null "$TMP/pipe" "$TUNCAT" -F len16 \
		-w "$TMP/file.pcapng" h1/tun0
	wait_for test -s "$TMP/file.pcapng"
	kill -STOP "$PID"
	send_frames h1 10.1.0.2 9
	kill "$holder"
	wait "$holder" 2>/dev/null
	kill -CONT "$PID"
	wait_exit "$PID"
	assertEquals "exit status" 0 $?
	assertEquals 4 "$(drops_of "$TMP/file.pcapng")"
	rm "$TMP/pipe"
}

test_a_reader_that_is_stuck_at_the_end_is_said() {
	mkfifo "$TMP/pipe"
	spawn sleep 100 9<>"$TMP/pipe"
	spawn_with /dev/null "$TMP/pipe" "$TUNCAT" -i 1s h1/tun0
	wait_for attached h1/tun0
	head -c 120000 /dev/zero |
		netns_exec h1 socat -u -b 1000 - "UDP4-SENDTO:10.1.0.2:9"
	wait_exit "$PID"
	assertEquals "exit status" 1 $?
	assertEquals 1 "$(grep -c "^tuncat: standard output: not read: \
[1-9][0-9]* bytes of frames are lost\$" "$TMP/stderr")"
	rm "$TMP/pipe"
}

# Fourteen pages wait; their reader takes two a second.
test_a_second_signal_does_not_wait_for_the_reader() {
	receive h2		# or it would answer
	for words in "raw h1/tun0" "pcap h1/tun0 h2/tun0"; do
		mkfifo "$TMP/pipe"
		spawn sleep 100 9<>"$TMP/pipe"
		head -c 65536 /dev/zero >"$TMP/pipe"
		# shellcheck disable=SC2086
		spawn_with /dev/null "$TMP/pipe" "$TUNCAT" -F $words
		tuncat=$PID
		wait_for attached "${words##* }"
		kill -STOP "$tuncat"
		head -c 56000 /dev/zero | netns_exec h1 socat -u -b 1400 - \
			"UDP4-SENDTO:10.1.0.2:$PORT"
		kill -CONT "$tuncat"
		wait_for has_taken 40
		spawn sh -c 'while dd bs=4096 count=1 of=/dev/null status=none
			do sleep 0.5; done <"$1"' sh "$TMP/pipe"
		kill -INT "$tuncat"
		wait_for grep -q '^ShdPnd:.*0000000000000000$' \
			"/proc/$tuncat/status"
		kill -INT "$tuncat"
		WAIT=3 wait_exit "$tuncat"
		assertEquals "$words" 130 $?
		assertEquals "$words" 1 "$(grep -c "^tuncat: standard \
output: not read: [1-9][0-9]* bytes of frames are lost\$" "$TMP/stderr")"
		kill "$PID"
		rm "$TMP/pipe"
	done
}

has_taken() {
	kill -USR1 "$tuncat"
	grep -q ": $1 frames" "$TMP/stderr"
}

test_full_output_is_said() {
	[ -c /dev/full ] || { skip "no /dev/full"; return 0; }
	start h1/tun0 sh -c 'exec "$0" -F text h1/tun0 >/dev/full' "$TUNCAT"
	send_frames h1 10.1.0.2 1
	wait_exit "$PID"
	assertEquals "exit status" 1 $?
	assertEquals "tuncat: standard output: No space left on device" \
		"$(cat "$TMP/stderr")"
}

# stream_of COUNT: packets of 100 bytes, as -F len16.
stream_of() {
	for _ in $(seq "$1"); do
		printf '\0\144E%099d' 0
	done
}

# What is there when the disk gets full can be read, to the last whole frame.
test_a_capture_on_a_full_disk_can_be_read() {
	requires tcpdump || return 0
	mkdir -p "$TMP/disk"
	mount -t tmpfs -o size=64k none "$TMP/disk" ||
		{ skip "tmpfs may not be mounted"; return 0; }
	stream_of 1000 >"$TMP/stream"
	for name in full.pcap full.pcapng; do
		run sh -c '"$@" <"$0"' "$TMP/stream" "$TUNCAT" -F len16 \
			-w "$TMP/disk/$name" -S h1/tun0
		assertEquals "$name: $ERR" 1 "$STATUS"
		assertEquals \
			"tuncat: $TMP/disk/$name: No space left on device" "$ERR"
		count=$(count_frames "$TMP/disk/$name")
		size=$(wc -c <"$TMP/disk/$name")
		assertTrue "$name: $count frames, $size bytes" \
			"[ $count -gt 400 ] && [ $size -gt $((65536 - 160)) ]"
		assert_run 0 "$TUNCAT" --progress --speed max \
			-r "$TMP/disk/$name" h2/tun0
		assertContains "$name: $ERR" " $count frames "
		rm "$TMP/disk/$name"
	done
	umount "$TMP/disk"
}

# The shell's >> : what others have put there before is not ours.
test_a_full_disk_costs_nobody_elses_bytes() {
	mkdir -p "$TMP/disk"
	mount -t tmpfs -o size=64k none "$TMP/disk" ||
		{ skip "tmpfs may not be mounted"; return 0; }
	stream_of 1000 >"$TMP/stream"
	for before in 0 1 4095 65500 65536; do
		head -c $before /dev/zero | tr '\0' x >"$TMP/disk/out"
		run sh -c '"$@" -w - <"$0" >>"$TMP/disk/out"' "$TMP/stream" \
			"$TUNCAT" -F len16 -S h1/tun0
		assertEquals "$before: $ERR" 1 "$STATUS"
		assertTrue "$before: bytes before" "head -c $before /dev/zero |
			tr '\\0' x | cmp -n $before - '$TMP/disk/out'"
		tail -c "+$((before + 1))" "$TMP/disk/out" >"$TMP/ours.pcap"
		[ ! -s "$TMP/ours.pcap" ] || assert_run 0 "$TUNCAT" --speed max \
			-r "$TMP/ours.pcap" h2/tun0
	done
	umount "$TMP/disk"
}

test_signals_end_it_by_themselves() {
	for pair in INT:130 TERM:143 HUP:129; do
		start h1/tun0 "$TUNCAT" -v -F text h1/tun0
		send_frames h1 10.1.0.2 1
		wait_for grep -q . "$TMP/stdout"
		kill "-${pair%:*}" "$PID"
		wait_exit "$PID"
		assertEquals "$pair" "${pair#*:}" $?
		assertEquals "tuncat: h1/tun0 > standard output: 1 frame,\
 36 bytes, 0 dropped, 0 truncated, 0 refused" "$(cat "$TMP/stderr")"
	done
}

test_usr1_prints_the_counters_and_goes_on() {
	start h1/tun0 "$TUNCAT" -F text h1/tun0
	send_frames h1 10.1.0.2 2
	wait_for lines_are "$TMP/stdout" 2
	kill -USR1 "$PID"
	wait_for grep -q 'h1/tun0 > standard output: 2 frames' "$TMP/stderr"
	send_frames h1 10.1.0.2 1
	wait_for lines_are "$TMP/stdout" 3
	assertFalse "ended" "ended $PID"
}

test_frames_dropped_by_the_kernel_are_reported() {
	ip -n h1 link set tun0 txqueuelen 5
	start h1/tun0 "$TUNCAT" -F len16 h1/tun0
	kill -STOP "$PID"
	send_frames h1 10.1.0.2 9
	kill -USR1 "$PID"
	kill -TERM "$PID"
	kill -CONT "$PID"
	wait_exit "$PID"
	assertContains "$(cat "$TMP/stderr")" " 4 dropped"
}

# Once 64 KiB wait in a pipe that no one reads, injecting goes on.
test_a_stuck_reader_does_not_stop_injection() {
	mkfifo "$TMP/pipe" "$TMP/in"
	receive h1
	spawn sleep 100 9<>"$TMP/in"
	spawn sleep 100 9<>"$TMP/pipe"
	spawn_with "$TMP/in" "$TMP/pipe" "$TUNCAT" -F raw h1/tun0
	wait_for attached h1/tun0
	head -c 120000 /dev/zero |
	netns_exec h1 socat -u -b 1000 - "UDP4-SENDTO:10.1.0.2:9"
	packet_to_h1 >"$TMP/in"
	wait_for got_lines 1 || fail "nothing was injected"
	rm "$TMP/pipe" "$TMP/in"
}

# One UDP datagram as h2's kernel sends it.
packet_to_h1() {
	spawn_with /dev/null "$TMP/packet" "$TUNCAT" -F raw -c 1 h2/tun0
	wait_for attached h2/tun0
	send_frames h2 10.1.0.1 1
	wait_exit "$PID"
	cat "$TMP/packet"
}

test_create_is_for_the_time_of_the_run() {
	start h1/new0 "$TUNCAT" --create -n --up -F text h1/new0
	assertEquals tun "$(ip -n h1 -d -j link show new0 |
		jq -r '.[0].linkinfo.info_data.type')"
	kill "$PID"
	wait_exit "$PID"
	assertFalse "still there" "ip -n h1 link show new0 2>/dev/null"
}

test_hostile_frames_are_printed_clean() {
	requires python3 || return 0
	start h1/tap0 "$TUNCAT" -c 40 -F text h1/tap0
	netns_exec h1 python3 -c '
import random, socket
random.seed(7)
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind(("tap0", 0))
for i in range(40):
	head = bytes([27] * 12) + random.choice([b"\x08\x00\x45", b"\x81\x00",
		b"\x86\xdd\x60", b"\x08\x06", b"\x1b\x1b"])
	s.send(head + random.randbytes(random.randrange(60)))'
	wait_exit "$PID"
	assertEquals "exit status" 0 $?
	assertEquals 40 "$(wc -l <"$TMP/stdout")"
	assertNull "$(LC_ALL=C grep -a '[^ -~]' "$TMP/stdout")"
}

. shunit2
