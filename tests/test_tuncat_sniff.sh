#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Frames of a device that somebody else holds.
# rootless
. "$(dirname "$0")/tuncat.sh"

# hold KIND: somebody joins the hosts' devices of that kind.
hold() {
	start "h1/${1}0" "$TUNCAT" "h1/${1}0" "h2/${1}0"
	wait_for attached "h2/${1}0"
	HOLDER=$PID
}

sniffing() {
	netns_exec h1 cat /proc/net/packet | grep -q '^[0-9a-f]'
}

# sniff KIND OPTION...: what passes through h1's device.
sniff() {
	device=${1}0
	shift
	spawn_with /dev/null "$TMP/sniffed" "$TUNCAT" --sniff "$@" "h1/$device"
	wait_for sniffing
}

test_both_directions_as_text() {
	for kind in tun tap; do
		hold $kind
		sniff $kind -v -c 2 -F text
		send_frames h1 "$(address $kind 2)" 1
		wait_for grep -q . "$TMP/sniffed"
		send_frames h2 "$(address $kind 1)" 1
		# h1 answers the second by an ICMP error, which is one more.
		wait_exit "$PID" || fail "$kind: exit status $?"
		assertEquals "$kind" 1 "$(grep -c \
			'^[0-9.:]* > .*10.[12].0.1 > 10.[12].0.2 UDP' \
			"$TMP/sniffed")"
		assertEquals "$kind" 1 "$(grep -c \
			'^[0-9.:]* < .*10.[12].0.2 > 10.[12].0.1 ' \
			"$TMP/sniffed")"
		assertContains "$(cat "$TMP/stderr")" \
			"h1/${kind}0 > standard output: 1 frame"
		assertContains "$(cat "$TMP/stderr")" \
			"its holder > h1/${kind}0: 1 frame"
		cleanup
		make_hosts
	done
}

test_every_format() {
	hold tap
	for format in raw len16 len32 hex pcap; do
		sniff tap -c 1 -F $format
		send_frames h1 10.2.0.2 1
		wait_exit "$PID" || fail "$format: exit status $?"
		assertTrue "$format" "[ $(wc -c <"$TMP/sniffed") -ge 50 ]"
	done
}

# Both directions are the one device's, and so is what was not read in time.
test_pcapng_has_the_device_and_both_directions() {
	requires tshark || return 0
	receive h1
	receive h2
	for case in "-F pcapng" "-w $TMP/file.pcapng"; do
		hold tap
		# shellcheck disable=SC2086
		sniff tap -c 5 $case
		send_frames h1 10.2.0.2 3
		send_frames h2 10.2.0.1 2
		wait_exit "$PID" || fail "$case: exit status $?"
		file=$TMP/sniffed
		[ ! -s "$TMP/file.pcapng" ] || file=$TMP/file.pcapng
		assertEquals "$case" "h1/tap0 in 2 h1/tap0 out 3" \
			"$(devices_and_directions "$file")"
		assertEquals "$case" 0 "$(drops_of "$file")"
		assertNull "$case" "$(bad_checksums "$file")"
		kill "$HOLDER"
		wait_exit "$HOLDER" || :
	done
}

transfer() {
	netns_exec h2 timeout 20 socat -u "TCP4-LISTEN:$PORT" /dev/null &
	receiver=$!
	wait_for tcp_listening
	head -c 1048576 /dev/zero |
		netns_exec h1 socat -u - "TCP4:10.2.0.2:$PORT"
	wait "$receiver"
}

tcp_listening() {
	netns_exec h2 ss -Htln "sport = :$PORT" | grep -q .
}

# Segments of a device with offload: larger than the MTU, sums unfinished.
test_checksums_are_finished() {
	requires tcpdump tshark || return 0
	hold tap
	sniff tap -w "$TMP/file.pcap"
	transfer
	kill "$PID"
	wait_exit "$PID"
	assertNull "$(bad_checksums "$TMP/file.pcap")"
	assertTrue "no segments" "[ $(count_frames "$TMP/file.pcap") -gt 10 ]"
}

test_a_filter() {
	case $("$TUNCAT" -f ip lo 2>&1) in
	*"built without libpcap"*)
		skip "tuncat was built without libpcap"
		return 0 ;;
	esac
	hold tun
	sniff tun -c 1 -F text -f "udp dst port $PORT"
	netns_exec h1 socat -u - UDP4-SENDTO:10.1.0.2:4001 <"$0"
	send_frames h1 10.1.0.2 1
	wait_exit "$PID"
	assertEquals 1 "$(wc -l <"$TMP/sniffed")"
	assertContains "$(cat "$TMP/sniffed")" "> $PORT"
}

test_what_a_filter_leaves_out_stays_in_the_kernel() {
	requires strace || return 0
	case $("$TUNCAT" -f ip lo 2>&1) in
	*"built without libpcap"*)
		skip "tuncat was built without libpcap"
		return 0 ;;
	esac
	strace -f -qq -e trace=setsockopt,recvmsg -o "$TMP/trace" "$TUNCAT" \
		--sniff -W 300ms -f 'udp port 1' -U root h1/tun0 \
		</dev/null >/dev/null &
	wait_for sniffing
	send_frames h1 10.1.0.2 3
	wait $!
	assertEquals 1 "$(grep -c 'SO_ATTACH_FILTER.* = 0' "$TMP/trace")"
	assertEquals 0 "$(grep -c 'recvmsg.*AF_PACKET' "$TMP/trace")"
}

# inject_tagged VLAN: a datagram with that tag, from the holder. The kernel
# takes the tag off before a packet socket has the frame.
inject_tagged() {
	{
		printf '000000 02 00 00 00 00 01 02 00 00 00 00 02 81 00 00 %s\n' "$1"
		echo '000010 08 00 45 00 00 1f 00 01 00 00 40 11 66 cb 0a 00'
		echo '000020 00 01 0a 00 00 02 12 34 00 35 00 0b 50 03 68 69'
		echo '000030 21'
		echo
	} >"$TMP/tagged"
	"$TUNCAT" -S -F hex h1/tap0 <"$TMP/tagged"
}

test_vlan_tags_are_put_back() {
	ip -n h1 link set tap0 up
	sniff tap -c 1 -F text
	inject_tagged 05
	wait_exit "$PID"
	assertContains "$(cat "$TMP/sniffed")" "VLAN 5 IPv4 10.0.0.1 > 10.0.0.2"
	case $("$TUNCAT" -f ip lo 2>&1) in
	*"built without libpcap"*) return 0 ;;
	esac
	sniff tap -c 1 -F text -f 'vlan 6 and udp port 53'
	inject_tagged 05
	inject_tagged 06
	wait_exit "$PID"
	assertEquals "exit status" 0 $?
	assertContains "$(cat "$TMP/sniffed")" "VLAN 6 IPv4"
}

test_frames_that_were_not_read_in_time() {
	requires strace || return 0
	hold tun
	sniff tun -v -F len16
	kill -STOP "$PID"
	netns_exec h1 socat -u -b 1400 OPEN:/dev/zero,readbytes=40000000 \
		"UDP4-SENDTO:10.1.0.2:$PORT"
	kill -CONT "$PID"
	kill "$PID"
	wait_exit "$PID"
	dropped=$(sed -n 's/.*output: .*, \([0-9]*\) dropped.*/\1/p' \
		"$TMP/stderr")
	assertTrue "dropped: $dropped" "[ ${dropped:-0} -gt 0 ]"
}

test_the_holder_goes_on() {
	receive h2
	hold tun
	sniff tun -c 1 -F text
	send_frames h1 10.1.0.2 2
	wait_exit "$PID"
	wait_for got_lines 2
	assertFalse "the holder has ended" "ended $HOLDER"
}

test_a_device_that_is_deleted() {
	sniff tun
	ip -n h1 link del tun0
	wait_exit "$PID"
	assertEquals "exit status" 3 $?
	assertEquals "tuncat: h1/tun0 was deleted" "$(cat "$TMP/stderr")"
}

test_a_link_that_goes_down_and_up() {
	hold tun
	sniff tun -c 1 -F text
	ip -n h1 link set tun0 down
	wait_for grep -q "h1/tun0 is down" "$TMP/stderr"
	ip -n h1 link set tun0 up
	send_frames h1 10.1.0.2 1
	wait_exit "$PID"
	assertEquals "exit status" 0 $?
	assertEquals 1 "$(wc -l <"$TMP/sniffed")"
}

# Its output is full: nothing is received that would clear the error.
test_a_device_goes_down_while_the_reader_is_stuck() {
	hold tap
	mkfifo "$TMP/pipe"
	exec 8<>"$TMP/pipe"
	spawn_with /dev/null "$TMP/pipe" "$TUNCAT" --sniff h1/tap0
	exec 8>&-
	exec 8<"$TMP/pipe"
	wait_for sniffing
	head -c 200000 /dev/zero | netns_exec h1 socat -u -b 1400 - \
		"UDP4-SENDTO:10.2.0.2:$PORT"
	wait_for copies_wait
	ip -n h1 link set tap0 down
	before=$(cpu_ticks "$PID")
	sleep 1
	assertTrue "it is busy" "[ $(($(cpu_ticks "$PID") - before)) -le 5 ]"
	ip -n h1 link del tap0
	wait_exit "$PID"
	assertEquals "deleted" 3 $?
	assertContains "$(cat "$TMP/stderr")" "tuncat: h1/tap0 was deleted"
	exec 8<&-
}

copies_wait() {
	netns_exec h1 awk '$7 > 0 && /^[0-9a-f]/ { n++ } END { exit !n }' \
		/proc/net/packet
}

cpu_ticks() {
	awk '{ print $14 + $15 }' "/proc/$1/stat"
}

test_without_the_right() {
	requires root || return 0
	ip tuntap add dev tap8 mode tap user "$ALICE"
	as_user alice "$TUNCAT" --sniff tap8 </dev/null 2>"$TMP/stderr"
	assertEquals "exit status" 4 $?
	assertContains "$(cat "$TMP/stderr")" "CAP_NET_RAW"
}

test_not_a_tun_device() {
	assert_run 3 "$TUNCAT" --sniff lo
	assertContains "$ERR" "not a TUN/TAP device"
}

test_standard_input_is_left_alone() {
	hold tun
	sniff tun -c 1 -F text
	echo nonsense | timeout 20 "$TUNCAT" --sniff -c 1 h1/tun0 \
		>"$TMP/raw" 2>"$TMP/stderr" &
	wait_for two_sniffers
	send_frames h1 10.1.0.2 1
	wait $!
	assertEquals "exit status" 0 $?
	assertEquals 36 "$(wc -c <"$TMP/raw")"
}

two_sniffers() {
	[ "$(netns_exec h1 cat /proc/net/packet | grep -c '^[0-9a-f]')" -eq 2 ]
}

. shunit2
