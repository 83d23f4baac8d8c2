#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Captures that tuncat sends again, with their timing.
# rootless
. "$(dirname "$0")/tuncat.sh"

file_requires python3

oneTimeSetUp() {
	make_captures
}

# Frames "frame 1", ... for h2's tun0 and tap0, at times in ms: a word each of
# a capture's name and its times.
make_captures() {
	while read -r name times; do
		# shellcheck disable=SC2086
		python3 - "$TMP/$name" $times <<-'END' || return
		import struct, sys
		def udp(number):
		    data = b"frame %d\n" % number
		    head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 28 + len(data),
		        0, 0, 64, 17, 0, bytes([10, 1, 0, 1]), bytes([10, 1, 0, 2]))
		    total = sum(struct.unpack(">10H", head))
		    total = (total & 0xffff) + (total >> 16)
		    head = head[:10] + struct.pack(">H", ~total & 0xffff) + head[12:]
		    return head + struct.pack(">HHHH", 9, 4000, 8 + len(data), 0) + data
		with open(sys.argv[1], "wb") as out:
		    out.write(struct.pack("IHHIIII", 0xa1b23c4d, 2, 4, 0, 0, 65535, 101))
		    for i, ms in enumerate(sys.argv[2:], 1):
		        frame = udp(i)
		        out.write(struct.pack("IIII", 1700000000 + int(ms) // 1000,
		            int(ms) % 1000 * 1000000, len(frame), len(frame)) + frame)
		END
	done <<-END
		three.pcap 0 100 300
		one.pcap 0
		none.pcap
		back.pcap 5000 0 5100 100
		gap.pcap 0 86400000
		step.pcap 5000 5050 0 50
	END
}

# sent_in COMMAND...: runs it, its time in ms in TOOK.
sent_in() {
	begun=$(date +%s%N)
	run "$@"
	TOOK=$((($(date +%s%N) - begun) / 1000000))
	assertEquals "$*: $ERR" 0 "$STATUS"
}

assert_got() {
	wait_for got_lines "$(echo "$1" | wc -w)"
	assertEquals "$1" "$(sed 's/frame //' "$TMP/got" | paste -sd' ')"
}

# Lower bounds alone: a busy machine may take any time.
test_frames_keep_their_distance() {
	while read -r least options; do
		receive h2
		# shellcheck disable=SC2086
		sent_in "$TUNCAT" -r "$TMP/three.pcap" $options h2/tun0
		assertTrue "$options: $TOOK ms" "[ $TOOK -ge $least ]"
		kill "$PID"
		wait_exit "$PID" || :
	done <<-END
		300
		600 --speed 0.5
		150 --speed 2
		0 --speed max
		600 --loop 2
		300 --loop 4 --speed 4
	END
}

# Each frame after its time, with the times of the capture of what was sent.
test_times_are_those_of_the_capture() {
	requires tshark || return 0
	sent_in "$TUNCAT" -r "$TMP/three.pcap" -w "$TMP/sent.pcapng" h2/tun0
	assertEquals "h2/tun0 in 3" \
		"$(devices_and_directions "$TMP/sent.pcapng")"
	tshark -r "$TMP/sent.pcapng" -T fields -e frame.time_relative \
		2>/dev/null >"$TMP/times"
	# The first may have been late itself, the others' distance is from it.
	assertEquals "$(cat "$TMP/times")" 3 "$(wc -l <"$TMP/times")"
	awk 'NR == 3 && $1 < 0.2 { exit 1 }' "$TMP/times" ||
		fail "too early: $(paste -sd' ' "$TMP/times")"
}

test_pcap_and_pcapng() {
	requires editcap || return 0
	editcap -F pcapng "$TMP/three.pcap" "$TMP/three.pcapng"
	for file in three.pcap three.pcapng; do
		receive h2
		sent_in "$TUNCAT" -v -r "$TMP/$file" h2/tun0
		assert_got "1 2 3"
		assertTrue "$file: $TOOK ms" "[ $TOOK -ge 300 ]"
		assertContains "$ERR" "$TMP/$file > h2/tun0: 3 frames, 108 bytes"
		echo "$ERR" | grep -qE "$file: 1 time, 300.000 ms of it in \
[0-9.]* ms, frames [0-9.]* ms late, [0-9.]* ms at most" || fail "$ERR"
		kill "$PID"
		wait_exit "$PID" || :
	done
}

test_no_figures_of_a_capture_that_is_refused() {
	assert_run 3 "$TUNCAT" -v -r "$TMP/three.pcap" h2/tap0
	assertContains "$ERR" "three.pcap is a capture of IP packets"
	assertNotContains "$ERR" "1 time"
}

test_a_device_made_for_it() {
	sent_in "$TUNCAT" --create -n --up -r "$TMP/three.pcap" --speed max \
		-v h2/new0
	assertContains "$ERR" "h2/new0: 3 frames"
	assertContains "$ERR" "as fast as it goes"
}

test_standard_input_is_replayed_too() {
	for how in file pipe; do
		receive h2
		begun=$(date +%s%N)
		if [ $how = file ]; then
			"$TUNCAT" -r - h2/tun0 <"$TMP/three.pcap"
		else
			# shellcheck disable=SC2002
			cat "$TMP/three.pcap" | "$TUNCAT" -r - h2/tun0
		fi
		assertEquals "$how" 0 $?
		assertTrue "$how" "[ $((($(date +%s%N) - begun) / 1000000)) -ge 300 ]"
		assert_got "1 2 3"
		kill "$PID"
		wait_exit "$PID" || :
	done
}

test_a_fifo_without_a_writer_can_be_left() {
	mkfifo "$TMP/fifo"
	sent_in "$TUNCAT" -W 100ms -r "$TMP/fifo" h2/tun0
	spawn_with /dev/null "$TMP/stdout" "$TUNCAT" -r "$TMP/fifo" h2/tun0
	wait_for attached h2/tun0
	receive_and_keep=$PID
	receive h2
	cat "$TMP/three.pcap" >"$TMP/fifo"
	wait_exit "$receive_and_keep"
	assertEquals "exit status" 0 $?
	assert_got "1 2 3"
	rm "$TMP/fifo"
}

test_loops() {
	receive h2
	sent_in "$TUNCAT" -v -r "$TMP/three.pcap" --speed max --loop 3 h2/tun0
	assert_got "1 2 3 1 2 3 1 2 3"
	assertContains "$ERR" "three.pcap: 3 times in"
	sent_in "$TUNCAT" -v -c 100 -r "$TMP/one.pcap" --loop 0 h2/tun0
	assertContains "$ERR" "h2/tun0: 100 frames"
	sent_in "$TUNCAT" -W 300ms -r "$TMP/one.pcap" --loop 0 h2/tun0
	# Nothing to send is nothing to repeat.
	sent_in "$TUNCAT" -r "$TMP/none.pcap" --loop 0 h2/tun0
	assertEquals "tuncat: $TMP/none.pcap held no frame" "$ERR"
	sent_in "$TUNCAT" -r "$TMP/three.pcap" -f icmp --loop 0 h2/tun0
}

test_a_pipe_cannot_be_sent_twice() {
	# shellcheck disable=SC2002
	cat "$TMP/three.pcap" |
		"$TUNCAT" -r - --loop 2 h2/tun0 2>"$TMP/stderr"
	assertEquals 2 $?
	assertEquals "tuncat: standard input: no file: it can be sent once \
only, without --loop" "$(cat "$TMP/stderr")"
}

# Late frames go at once, and those that follow keep their distance.
test_times_that_go_back() {
	receive h2
	sent_in "$TUNCAT" -v -r "$TMP/back.pcap" h2/tun0
	assert_got "1 2 3 4"
	# 0 to 5100 ms is a step of the clock, not a gap of five seconds: the
	# steps forward count.
	assertContains "$ERR" "5100.000 ms of it"
	sent_in "$TUNCAT" -v -r "$TMP/step.pcap" h2/tun0
	assertContains "$ERR" "100.000 ms of it"
	assertTrue "$TOOK ms" "[ $TOOK -ge 100 ]"
}

# A gap of a day ends when it is told to, and costs nothing meanwhile.
test_a_gap_can_be_left() {
	sent_in "$TUNCAT" -W 200ms -r "$TMP/gap.pcap" h2/tun0
	sent_in "$TUNCAT" -i 200ms -r "$TMP/gap.pcap" h2/tun0
	receive h2
	spawn_with /dev/null "$TMP/stdout" "$TUNCAT" -r "$TMP/gap.pcap" h2/tun0
	wait_for got_lines 1
	before=$(cpu_ticks "$PID")
	sleep 1
	assertTrue "it is busy" "[ $(($(cpu_ticks "$PID") - before)) -le 5 ]"
	kill -USR1 "$PID"
	wait_for grep -q 'gap.pcap > h2/tun0: 1 frame' "$TMP/stderr"
	kill -INT "$PID"
	wait_exit "$PID"
	assertEquals "exit status" 130 $?
}

cpu_ticks() {
	awk '{ print $14 + $15 }' "/proc/$1/stat"
}

test_limits_of_frames() {
	receive h2
	sent_in "$TUNCAT" -c 2 -r "$TMP/three.pcap" h2/tun0
	assert_got "1 2"
}

test_a_device_that_goes_down_or_away() {
	spawn_with /dev/null "$TMP/stdout" "$TUNCAT" -r "$TMP/gap.pcap" h2/tun0
	wait_for attached h2/tun0
	ip -n h2 link del tun0
	wait_exit "$PID"
	assertEquals "deleted" 3 $?
	assertEquals "tuncat: h2/tun0 was deleted" "$(cat "$TMP/stderr")"
	ip -n h1 link set tun0 down
	run "$TUNCAT" -r "$TMP/three.pcap" h1/tun0
	assertEquals "down" 1 "$STATUS"
	assertEquals "tuncat: h1/tun0 is down: 'ip -n h1 link set tun0 up'" \
		"$ERR"
}

# It goes down first, and frames are refused for that.
test_a_device_that_goes_away_under_load() {
	for i in 1 2 3 4; do
		spawn_with /dev/null "$TMP/stdout" "$TUNCAT" \
			-r "$TMP/one.pcap" --speed max --loop 0 h2/tun0
		wait_for attached h2/tun0
		wait_for counted_at_least 1000
		ip -n h2 link del tun0
		wait_exit "$PID"
		assertEquals "exit status" 3 $?
		assertEquals "tuncat: h2/tun0 was deleted" \
			"$(grep -v ' bytes, ' "$TMP/stderr")"
		make_device h2 tun0 tun 10.1.0.2
	done
}

# What the kernel sends meanwhile does not hold it up.
test_nothing_is_read_meanwhile() {
	spawn_with /dev/null "$TMP/stdout" "$TUNCAT" -r "$TMP/three.pcap" \
		h2/tun0
	wait_for attached h2/tun0
	send_frames h2 10.1.0.1 3
	wait_exit "$PID"
	assertEquals 0 $?
	assertEquals 0 "$(wc -c <"$TMP/stdout")"
}

# More than any buffer holds, with the memory of one.
test_a_large_capture_is_not_read_into_memory() {
	python3 - >"$TMP/large" <<-'END'
	import struct, sys
	out = sys.stdout.buffer
	out.write(struct.pack("IHHIIII", 0xa1b23c4d, 2, 4, 0, 0, 65535, 101))
	frame = bytes([0x45]) + bytes(1399)
	record = struct.pack("IIII", 1, 0, len(frame), len(frame)) + frame
	for i in range(200):
	    out.write(record * 128)
	END
	spawn_with /dev/null "$TMP/stdout" "$TUNCAT" -r "$TMP/large" --loop 0 \
		h2/tun0
	wait_for attached h2/tun0
	wait_for counted_at_least 30000
	assertTrue "$(grep VmHWM "/proc/$PID/status")" \
		"[ $(awk '/VmHWM/ { print $2 }' "/proc/$PID/status") -lt 20000 ]"
	kill "$PID"
	wait_exit "$PID" || :
}

counted_at_least() {
	kill -USR1 "$PID"
	[ "$(sed -n 's/.*h2.tun0: \([0-9]*\) frames.*/\1/p' "$TMP/stderr" |
		tail -n 1)" -ge "$1" ]
}

test_what_is_no_capture() {
	echo "no capture" >"$TMP/text"
	: >"$TMP/empty"
	head -c 70 "$TMP/three.pcap" >"$TMP/cut"
	while IFS='|' read -r status file words; do
		run "$TUNCAT" --quiet --speed max -r "$file" h2/tun0
		assertEquals "$file: $ERR" "$status" "$STATUS"
		assertEquals "tuncat: $file$words" "$ERR"
	done <<-END
		1|$TMP/text| is no capture: pcap and pcapng are replayed
		1|$TMP/empty| is no capture: pcap and pcapng are replayed
		1|$TMP/cut| is broken at byte 24: the input ends inside a \
frame, after 46 of its bytes
		1|$TMP/missing|: No such file or directory
		1|/dev/null|: no file, pipe or socket
		1|$TMP|: Is a directory
	END
}

# By the limit of a shell: a signal would end it.
test_a_capture_that_is_too_large_is_said() {
	run sh -c 'ulimit -f 1 && exec "$@"' sh "$TUNCAT" --speed max \
		--loop 100 -r "$TMP/one.pcap" -w "$TMP/copy.pcap" h2/tun0
	assertEquals "exit status" 1 "$STATUS"
	assertEquals "tuncat: $TMP/copy.pcap: File too large" "$ERR"
	assert_run 0 "$TUNCAT" --speed max -r "$TMP/copy.pcap" h2/tun0
}

test_a_capture_is_not_overwritten_by_itself() {
	cp "$TMP/three.pcap" "$TMP/same.pcap"
	ln "$TMP/same.pcap" "$TMP/link.pcap"
	run "$TUNCAT" -r "$TMP/same.pcap" -w "$TMP/link.pcap" h2/tun0
	assertEquals 2 "$STATUS"
	assertEquals "tuncat: $TMP/link.pcap: is read, and cannot be written" \
		"$ERR"
	for option in "-r -" -S; do
		# shellcheck disable=SC2086
		"$TUNCAT" $option -w "$TMP/link.pcap" h2/tun0 \
			<"$TMP/same.pcap" 2>"$TMP/stderr"
		assertEquals "$option" 2 $?
	done
	assertTrue "cmp '$TMP/same.pcap' '$TMP/three.pcap'"
	run "$TUNCAT" -r "$TMP/missing" -w "$TMP/same.pcap" h2/tun0
	assertTrue "cmp '$TMP/same.pcap' '$TMP/three.pcap'"
}

test_usage() {
	while read -r words; do
		# shellcheck disable=SC2086
		assert_run 2 "$TUNCAT" $words
		assertNotNull "$words" "$ERR"
	done <<-END
		--speed 2 h2/tun0
		--loop 2 h2/tun0
		-r $TMP/one.pcap -R h2/tun0
		-r $TMP/one.pcap h1/tun0 h2/tun0
		-r $TMP/one.pcap -F len16 h2/tun0
		-r $TMP/one.pcap --sniff h2/tun0
		-r $TMP/one.pcap --speed 0 h2/tun0
		-r $TMP/one.pcap --speed -1 h2/tun0
		-r $TMP/one.pcap --speed fast h2/tun0
		-r $TMP/one.pcap --speed 1e3 h2/tun0
		-r $TMP/one.pcap --speed 10000000 h2/tun0
		-r $TMP/one.pcap --loop -1 h2/tun0
		-r $TMP/one.pcap --loop often h2/tun0
	END
	run "$TUNCAT" -r "$TMP/one.pcap" --sniff h2/tun0
	assertContains "the option that was given" "$ERR" "-r sends"
}

. shunit2
