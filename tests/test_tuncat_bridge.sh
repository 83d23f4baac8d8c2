#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Two devices that tuncat joins.
# rootless
. "$(dirname "$0")/tuncat.sh"

# bridge KIND OPTION...: joins the hosts' devices of that kind.
bridge() {
	kind=$1
	shift
	start "h1/${kind}0" "$TUNCAT" "$@" "h1/${kind}0" "h2/${kind}0"
	wait_for attached "h2/${kind}0"
}

end_bridge() {
	kill "$PID"
	wait_exit "$PID"
	assertEquals "killed" 143 $?
}

# transfer FROM TO: 4 MiB by TCP through the bridge, compared.
transfer() {
	head -c 4194304 /dev/urandom >"$TMP/sent"
	netns_exec "h$2" timeout $((20 * TEST_SLOWNESS)) socat -u "TCP4-LISTEN:$PORT" \
		"OPEN:$TMP/received,wronly,creat,trunc" &
	receiver=$!
	wait_for tcp_listening "h$2"
	netns_exec "h$1" socat -u "$TMP/sent" \
		"TCP4:$(address "$kind" "$2"):$PORT"
	wait "$receiver"
	cmp "$TMP/sent" "$TMP/received"
}

tcp_listening() {
	netns_exec "$1" ss -Htln "sport = :$PORT" | grep -q .
}

test_tun_and_tap_with_offload() {
	for each in tun tap; do
		bridge $each -v
		wait_for grep -q joined "$TMP/stderr"
		assertEquals "tuncat: joined with segmentation and checksum \
offload" "$(cat "$TMP/stderr")"
		transfer 1 2 || fail "$each: h1 to h2"
		transfer 2 1 || fail "$each: h2 to h1"
		end_bridge
		# Segments crossed whole: far fewer than 2900 of 1448 bytes.
		frames=$(sed -n "s/.*h1.* > .*: \\([0-9]*\\) frames.*/\\1/p" \
			"$TMP/stderr" | tail -n 1)
		assertTrue "$frames frames" "[ '$frames' -lt 2500 ]"
	done
}

test_ping_both_ways() {
	requires ping || return 0
	for each in tun tap; do
		bridge $each
		netns_exec h1 ping -qc 2 -i 0.2 -W 5 "$(address $each 2)" \
			>/dev/null || fail "$each: h1 to h2"
		netns_exec h2 ping -qc 2 -i 0.2 -W 5 "$(address $each 1)" \
			>/dev/null || fail "$each: h2 to h1"
		end_bridge
	done
}

# A multi-queue device that another process holds keeps its plain layout.
test_plain_when_one_side_cannot() {
	ip -n h1 link del tun0
	ip -n h1 tuntap add dev tun0 mode tun multi_queue &&
	ip -n h1 addr add 10.1.0.1/24 dev tun0 &&
	ip -n h1 link set tun0 up
	hold_queue h1/tun0
	bridge tun -v
	wait_for lines_are "$TMP/stderr" 2
	assertEquals "tuncat: joined without offload: plain frames
tuncat: h1/tun0 hands out plain frames: another program holds a queue of it, \
with frames without a virtio-net header" "$(cat "$TMP/stderr")"
}

# Another queue, so that the device is not idle.
hold_queue() {
	mkfifo "$TMP/hold"
	spawn sleep 100 9<>"$TMP/hold"
	spawn_with "$TMP/hold" /dev/null "$TUNCAT" -S "$1"
	wait_for attached "$1"
	rm "$TMP/hold"
}

test_plain_mode_carries_tcp() {
	ip -n h1 link del tap0
	ip -n h1 tuntap add dev tap0 mode tap multi_queue &&
	ip -n h1 link set tap0 addrgenmode none &&
	ip -n h1 link set tap0 address 02:00:00:00:00:01 &&
	ip -n h1 addr add 10.2.0.1/24 dev tap0 &&
	ip -n h1 link set tap0 up
	ip -n h1 neigh add 10.2.0.2 lladdr 02:00:00:00:00:02 dev tap0
	hold_queue h1/tap0
	holder=$PID
	bridge tap -v
	bridge_pid=$PID
	kill "$holder"
	wait_exit "$holder" || :
	assertContains "$(cat "$TMP/stderr")" "plain frames"
	transfer 2 1 || fail "h2 to h1"
	transfer 1 2 || fail "h1 to h2"
	PID=$bridge_pid
	end_bridge
}

# What a reader without a virtio-net header gets: frames of the MTU, whole.
assert_plain_reader() {
	ip -n h1 neigh replace 10.2.0.2 lladdr 02:00:00:00:00:02 dev tap0
	spawn_with /dev/null "$TMP/after.pcap" "$TUNCAT" -w - -c 3 -W 60s h1/tap0
	wait_for attached h1/tap0
	send_frames h1 10.2.0.2 2
	netns_exec h1 timeout $TEST_SLOWNESS socat -u - "TCP4:10.2.0.2:$PORT" \
		</dev/null 2>/dev/null
	wait_exit "$PID"
	assertNull "$1" "$(bad_checksums "$TMP/after.pcap")"
	assertTrue "$1: no frames" \
		"[ $(count_frames "$TMP/after.pcap") -eq 3 ]"
}

# none, offload, or offload! when nobody is left to take it back
offload_of() {
	"$TUNCTL" -l h1/tap0 2>/dev/null | grep -o 'offload!*' || echo none
}

test_the_device_is_as_before_on_every_way_out() {
	requires tshark tcpdump || return 0
	assertEquals "a fresh device" none "$(offload_of)"
	for signal in TERM INT HUP; do
		bridge tap
		assertEquals "$signal: bridged" offload "$(offload_of)"
		kill -$signal "$PID"
		wait_exit "$PID" || :
		assertEquals "$signal" none "$(offload_of)"
	done
	bridge tap -c 1
	send_frames h1 10.2.0.2 1
	wait_exit "$PID"
	assertEquals "count" none "$(offload_of)"
	assert_plain_reader "after the end"
}

test_after_kill_9_the_next_open_mends_the_device() {
	requires tshark tcpdump || return 0
	bridge tap
	kill -KILL "$PID"
	wait_exit "$PID" || :
	assertEquals "stale" offload! "$(offload_of)"
	assert_plain_reader "after kill -9"
	assertEquals "mended" none "$(offload_of)"
}

test_frames_shown_have_whole_checksums() {
	requires tshark tcpdump || return 0
	for each in tun tap; do
		bridge $each -w "$TMP/shown.pcap"
		transfer 1 2 || fail "$each: transfer"
		end_bridge
		assertNull "$each" "$(bad_checksums "$TMP/shown.pcap" | head -3)"
		assertTrue "$each: no segments" "[ $(tshark -r "$TMP/shown.pcap" \
			-Y 'tcp.len > 1500' 2>/dev/null | wc -l) -gt 0 ]"
	done
}

test_pcapng_has_both_devices() {
	requires tshark || return 0
	ip -n h2 link set tap0 txqueuelen 5
	bridge tap -c 10 -w "$TMP/both.pcapng"
	tuncat=$PID
	# Otherwise they would answer.
	receive h1
	receive h2
	send_frames h1 10.2.0.2 3
	send_frames h2 10.2.0.1 2
	wait_for got_lines 5
	kill -STOP "$tuncat"
	send_frames h2 10.2.0.1 9
	kill -CONT "$tuncat"
	wait_exit "$tuncat"
	assertEquals "exit status" 0 $?
	assertEquals "h1/tap0 out 3 h2/tap0 out 7" \
		"$(devices_and_directions "$TMP/both.pcapng")"
	assertEquals "0 4" "$(drops_of "$TMP/both.pcapng")"
}

# What is dropped while it waits for the reader is of no run.
test_a_reader_that_is_stuck_at_the_end() {
	requires tshark || return 0
	ip -n h1 link set tun0 txqueuelen 5
	receive h2
	mkfifo "$TMP/pipe"
	spawn sleep 100 9<>"$TMP/pipe"
	head -c 65536 /dev/zero >"$TMP/pipe"
	spawn_with /dev/null "$TMP/pipe" "$TUNCAT" -v -c 1 -F text \
		-w "$TMP/both.pcapng" h1/tun0 h2/tun0
	wait_for attached h2/tun0
	send_frames h1 10.1.0.2 11
	wait_exit "$PID"
	assertEquals "exit status" 1 $?
	assertContains "$(cat "$TMP/stderr")" \
		"tuncat: standard output: not read: "
	assertEquals "h1/tun0 out 1" \
		"$(devices_and_directions "$TMP/both.pcapng")"
	assertEquals "$(drops_of "$TMP/both.pcapng")" \
		"$(sed -n 's/.* bytes, \([0-9]*\) dropped.*/\1/p' \
		"$TMP/stderr" | paste -sd' ')"
	rm "$TMP/pipe"
}

# A capture that cannot be finished is not a good one.
test_a_full_disk_is_said() {
	[ -c /dev/full ] || { skip "no /dev/full"; return 0; }
	for option in "-F pcap -W 100ms" "-F text -c 1 -w $TMP/file.pcap"; do
		# shellcheck disable=SC2086
		spawn_with /dev/null /dev/full "$TUNCAT" $option h1/tun0 h2/tun0
		wait_for attached h2/tun0
		send_frames h1 10.1.0.2 1
		wait_exit "$PID"
		assertEquals "$option" 1 $?
		assertEquals "$option" "tuncat: standard output: No space left \
on device" "$(cat "$TMP/stderr")"
	done
}

test_text_shows_segments_as_completed() {
	bridge tap -F text
	transfer 1 2 || fail "transfer"
	assertContains "$(grep -m 1 gso "$TMP/stdout")" "[gso tcp4 1448]"
	assertNull "$(grep -m 1 'csum partial' "$TMP/stdout")"
}

test_text_names_the_devices_direction() {
	bridge tap -F text
	send_frames h1 10.2.0.2 1
	wait_for grep 'h1/tap0 >.* 10\.2\.0\.1.* > 10\.2\.0\.2.* UDP' \
		"$TMP/stdout" || fail "$(cat "$TMP/stdout")"
	send_frames h2 10.2.0.1 1
	wait_for grep 'h1/tap0 <.* 10\.2\.0\.2.* > 10\.2\.0\.1.* UDP' \
		"$TMP/stdout" || fail "$(cat "$TMP/stdout")"
}

test_packet_information_of_both_kinds_is_shown() {
	for kind in tun tap; do
		start h1/${kind}0 "$TUNCAT" -c 1 --pi -x h1/${kind}0 h2/${kind}0
		send_frames h1 "$(address "$kind" 2)" 1
		wait_exit "$PID"
		assertEquals "$kind" 1 \
			"$(grep -c '^000000 00 00 08 00 ' "$TMP/stdout")"
	done
}

test_limits() {
	bridge tun -c 2
	send_frames h1 10.1.0.2 2
	wait_exit "$PID"
	assertEquals "count" 0 $?
	assert_run 0 "$TUNCAT" -W 200ms h1/tun0 h2/tun0
	assert_run 0 "$TUNCAT" -i 200ms h1/tun0 h2/tun0
}

test_usr1_prints_both_ways() {
	bridge tun
	tuncat=$PID
	receive h2
	send_frames h1 10.1.0.2 1
	wait_for got_lines 1
	kill -USR1 "$tuncat"
	wait_for grep -q 'h2/tun0 > h1/tun0: 0 frames' "$TMP/stderr"
	assertContains "$(cat "$TMP/stderr")" "h1/tun0 > h2/tun0: 1 frame,"
}

test_a_link_down_is_said_once_and_outlived() {
	bridge tun
	tuncat=$PID
	ip -n h2 link set tun0 down
	send_frames h1 10.1.0.2 2
	wait_for grep -q "h2/tun0 is down" "$TMP/stderr"
	assertEquals 1 "$(grep -c 'is down' "$TMP/stderr")"
	ip -n h2 link set tun0 up
	receive h2
	send_frames h1 10.1.0.2 1
	wait_for got_lines 1 || fail "the bridge did not go on"
	kill "$tuncat"
	wait_exit "$tuncat" || :
	assertContains "$(cat "$TMP/stderr")" "2 refused"
}

test_a_link_that_is_down_already_is_said_once() {
	ip -n h2 link set tun0 down
	start h1/tun0 "$TUNCAT" -c 2 h1/tun0 h2/tun0
	send_frames h1 10.1.0.2 2
	wait_exit "$PID"
	assertEquals "exit status" 0 $?
	assertEquals "tuncat: h2/tun0 is down: no frame passes before \
'ip -n h2 link set tun0 up'" "$(grep 'is down' "$TMP/stderr")"
}

test_a_deleted_device_ends_it() {
	bridge tun
	ip -n h2 link del tun0
	wait_exit "$PID"
	assertEquals "exit status" 3 $?
	assertContains "$(cat "$TMP/stderr")" "tuncat: h2/tun0 was deleted"
}

test_a_device_deleted_while_the_reader_is_stuck() {
	mkfifo "$TMP/pipe"
	for device in h1/tun0 h2/tun0; do
		spawn sleep 100 9<>"$TMP/pipe"
		head -c 65536 /dev/zero >"$TMP/pipe"
		spawn_with /dev/null "$TMP/pipe" "$TUNCAT" -F text \
			h1/tun0 h2/tun0
		tuncat=$PID
		wait_for attached h2/tun0
		send_frames h1 10.1.0.2 1
		wait_for crossed 1
		ip -n "${device%/*}" link del tun0
		wait_exit "$tuncat"
		assertEquals "$device" 3 $?
		assertEquals 1 "$(grep -c "^tuncat: $device was deleted\$" \
			"$TMP/stderr")"
		cleanup
		make_hosts
	done
	rm "$TMP/pipe"
}

# It goes down first, and both ways notice it.
test_a_device_deleted_under_load_is_said_once() {
	for i in 1 2 3 4; do
		bridge tun
		tuncat=$PID
		spawn netns_exec h1 socat -u -b 1400 OPEN:/dev/zero \
			"UDP4-SENDTO:10.1.0.2:$PORT"
		wait_for crossed 1000
		ip -n h2 link del tun0
		wait_exit "$tuncat"
		assertEquals "exit status" 3 $?
		assertEquals "tuncat: h2/tun0 was deleted" \
			"$(grep -v ' bytes, ' "$TMP/stderr")"
		kill "$PID"
		make_device h2 tun0 tun 10.1.0.2
	done
}

crossed() {
	kill -USR1 "$tuncat"
	[ "$(sed -n 's/.*> h2.tun0: \([0-9]*\) frame.*/\1/p' "$TMP/stderr" |
		tail -n 1)" -ge "$1" ]
}

test_kinds_must_match() {
	echo old >"$TMP/old.pcap"
	assert_run 3 "$TUNCAT" -w "$TMP/old.pcap" h1/tun0 h2/tap0
	assertEquals old "$(cat "$TMP/old.pcap")"
	assertContains "$ERR" "h1/tun0 and h2/tap0 are not of one kind"
}

test_a_device_is_not_joined_to_itself() {
	assert_run 2 "$TUNCAT" h1/tun0 h1/tun0
	assert_run 2 "$TUNCAT" -F raw h1/tun0 h2/tun0
}

. shunit2
