#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# rootless
# The formats as the programs of others see them.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

HELPER=$BUILD/tests/helper_stream

oneTimeSetUp() {
	# Three packets of 28, 84 and 1500 bytes, and the same behind Ethernet.
	for len in 28 84 1500; do
		packet $len >>"$TMP/tun.raw"
		{
			frame_length $((len + 14))
			printf '\002\0\0\0\0\002\002\0\0\0\0\001\010\0'
			packet $len
		} >>"$TMP/tap.len16"
	done
	"$HELPER" raw len16 tun <"$TMP/tun.raw" >"$TMP/tun.len16"
}

octal() {
	# shellcheck disable=SC2059 # the format is the byte
	printf "\\$(printf %03o "$1")"
}

frame_length() {
	octal $(($1 / 256))
	octal $(($1 % 256))
}

# packet LENGTH: IPv4, UDP, a payload that looks like hex
packet() {
	printf 'E\0'
	frame_length "$1"
	printf '\0\0\0\0\100\021\0\0\012\0\0\001\012\0\0\002'
	printf '\020\0\020\0'
	frame_length $(($1 - 20))
	printf '\0\0'
	head -c $(($1 - 28)) /dev/zero | tr '\0' a
}

# same_frames CAPTURE KIND: they are those of KIND.len16.
same_frames() {
	"$HELPER" pcap len16 "$2" <"$1" >"$TMP/back" || return
	cmp "$TMP/back" "$TMP/$2.len16"
}

test_text2pcap() {
	requires text2pcap || return 0
	for row in "tap 1" "tun 101"; do
		kind=${row% *}
		"$HELPER" len16 hex "$kind" <"$TMP/$kind.len16" >"$TMP/hex"
		assert_run 0 text2pcap -q -F pcap -l "${row#* }" \
			"$TMP/hex" "$TMP/capture"
		assertTrue "$kind" "same_frames $TMP/capture $kind"
	done
}

test_tcpdump_reads() {
	requires tcpdump || return 0
	for row in "tap :EN10MB" "tun :RAW" "tun pi:LINUX_SLL"; do
		options=${row%:*}
		# shellcheck disable=SC2086 # two words
		to_capture $options
		run tcpdump -nt -r "$TMP/capture"
		assertEquals "$options" 0 "$STATUS"
		assertContains "$options" "$ERR" "${row#*:}"
		assertEquals "$options" \
			"IP 10.0.0.1.4096 > 10.0.0.2.4096: UDP, length 1472" \
			"$(echo "$OUT" | tail -1)"
		assertEquals "$options" 3 "$(echo "$OUT" | wc -l)"
	done
}

# to_capture KIND [pi]
to_capture() {
	"$HELPER" len16 pcap "$1" <"$TMP/$1.len16" >"$TMP/capture"
	[ -z "$2" ] || {
		"$HELPER" pcap raw "$1" <"$TMP/capture" >"$TMP/raw"
		# PI before each packet
		add_pi >"$TMP/raw.pi"
		"$HELPER" raw pcap "$1" pi <"$TMP/raw.pi" >"$TMP/capture"
	}
}

add_pi() {
	for len in 28 84 1500; do
		printf '\0\0\010\0'
		packet "$len"
	done
}

test_tshark_reads() {
	requires tshark || return 0
	for options in tap tun "tun pi"; do
		# shellcheck disable=SC2086 # two words
		to_capture $options
		run tshark -r "$TMP/capture" -T fields -e frame.len -e udp.length
		assertEquals "$options: $ERR" 0 "$STATUS"
		assertEquals "$options" "8 64 1480" \
			"$(echo "$OUT" | cut -f2 | xargs)"
	done
}

# What tcpdump writes and prints, read by us.
test_tcpdump_writes() {
	requires tcpdump || return 0
	for kind in tap tun; do
		to_capture "$kind"
		for option in --nano --micro; do
			tcpdump "$option" -r "$TMP/capture" -w "$TMP/theirs" \
				2>/dev/null
			assertTrue "$kind $option" "same_frames $TMP/theirs $kind"
		done
		for option in -xx -XX; do
			tcpdump "$option" -r "$TMP/capture" >"$TMP/hex" 2>/dev/null
			"$HELPER" hex len16 "$kind" <"$TMP/hex" >"$TMP/back"
			assertTrue "$kind $option" "cmp $TMP/back $TMP/$kind.len16"
		done
	done
}

test_dumps_of_others() {
	packet 84 >"$TMP/packet"
	{ frame_length 84; cat "$TMP/packet"; } >"$TMP/expected"
	for dump in "od -Ax -tx1 -v" "hexdump -C -v" "xxd" "xxd -g1" "xxd -u"; do
		requires "${dump%% *}" || continue
		$dump "$TMP/packet" | "$HELPER" hex len16 tun >"$TMP/back"
		assertTrue "$dump" "cmp $TMP/back $TMP/expected"
	done
}

# The same three packets, of two devices, as pcapng.
to_pcapng() {
	"$HELPER" len16 pcapng "$1" peer <"$TMP/$1.len16" >"$TMP/capture"
}

test_pcapng_is_read_by_others() {
	requires capinfos editcap tshark || return 0
	for kind in tap tun; do
		to_pcapng $kind
		assert_run 0 capinfos "$TMP/capture"
		assertContains "$kind" "$OUT" "Wireshark/... - pcapng"
		assertContains "$kind" "$OUT" "tunkit"
		for line in "Number of packets:   3" "Name = h1/dev0" \
			    "Name = h2/dev0" "Time precision = nanoseconds" \
			    "Number of stat entries = 1"; do
			assertContains "$kind" "$OUT" "$line"
		done
		run tshark -r "$TMP/capture" -T fields -e udp.length \
			-e frame.interface_name -e frame.packet_flags_direction \
			-e frame.time_epoch
		assertEquals "$kind: $ERR" \
"8 h1/dev0 0x00000002 1767323045.678901234
64 h2/dev0 0x00000002 1767323045.678901234
1480 h1/dev0 0x00000002 1767323045.678901234" "$(echo "$OUT" | tr '\t' ' ')"
		assert_run 0 editcap -F pcap "$TMP/capture" "$TMP/theirs"
		assertTrue "$kind: editcap" "same_frames $TMP/theirs $kind"
		assertTrue "$kind: ours" "same_frames $TMP/capture $kind"
	done
	# What Wireshark itself thinks of the blocks.
	run tshark -X 'read_format:MIME Files Format' -r "$TMP/capture" -V
	assertEquals "5 7" "$(echo "$OUT" |
		sed -n 's/^ *Number of Dropped Packets: //p' | xargs)"
	assertEquals "7 8" "$(echo "$OUT" |
		sed -n 's/^ *Number of Received Packets: //p' | xargs)"
	assertNotContains "$OUT" "Malformed"
}

test_pcapng_is_read_by_tcpdump() {
	requires tcpdump || return 0
	# libpcap 1.10 takes two interfaces of RAW for different ones.
	for options in "tap peer" tun "tun pi"; do
		kind=${options%% *}
		pi=
		case $options in *pi) pi=pi ;; esac
		to_capture "$kind" $pi
		# shellcheck disable=SC2086 # two words
		"$HELPER" pcap pcapng $kind ${options#"$kind"} <"$TMP/capture" \
			>"$TMP/capture.ng"
		mv "$TMP/capture.ng" "$TMP/capture"
		assert_run 0 tcpdump -nt -r "$TMP/capture"
		assertEquals "$options: $ERR" \
			"IP 10.0.0.1.4096 > 10.0.0.2.4096: UDP, length 1472" \
			"$(echo "$OUT" | tail -1)"
	done
}

test_pcapng_of_others() {
	requires editcap mergecap text2pcap || return 0
	for row in "tap 1" "tun 101"; do
		kind=${row% *}
		to_capture "$kind"
		assert_run 0 editcap -F pcapng "$TMP/capture" "$TMP/theirs"
		assertTrue "$kind: editcap" "same_frames $TMP/theirs $kind"
		assert_run 0 mergecap -F pcapng -w "$TMP/theirs" "$TMP/capture"
		assertTrue "$kind: mergecap" "same_frames $TMP/theirs $kind"
		"$HELPER" len16 hex "$kind" <"$TMP/$kind.len16" >"$TMP/hex"
		assert_run 0 text2pcap -q -F pcapng -l "${row#* }" \
			"$TMP/hex" "$TMP/theirs"
		assertTrue "$kind: text2pcap" "same_frames $TMP/theirs $kind"
	done
}

# frame_times CAPTURE: as tshark reads them.
frame_times() {
	tshark -r "$1" -T fields -e frame.time_epoch -e frame.cap_len \
		-e frame.len 2>/dev/null
}

# The other byte order, which no program here writes, and every kind of block:
# tshark reads the same out of it as out of what we make of it.
test_captures_in_the_other_byte_order() {
	requires python3 tshark || return 0
	for format in micro nano pcapng; do
		python3 - $format >"$TMP/swapped" <<-'END'
		import struct, sys
		order = ">" if sys.byteorder == "little" else "<"
		def put(form, *values):
		    sys.stdout.buffer.write(struct.pack(order + form, *values))
		def block(kind, body):
		    body += bytes(-len(body) % 4)
		    length = len(body) + 12
		    put("II", kind, length)
		    sys.stdout.buffer.write(body)
		    put("I", length)
		def pack(form, *values):
		    return struct.pack(order + form, *values)
		frame = bytes([2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x88, 0xb5]) + b"hello"
		cut = [(19, 19), (15, 19), (19, 1500)]
		if sys.argv[1] != "pcapng":
		    nano = sys.argv[1] == "nano"
		    put("IHHIIII", 0xa1b23c4d if nano else 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1)
		    for kept, length in cut:
		        put("IIII", 1700000000, 999999, kept, length)
		        sys.stdout.buffer.write(frame[:kept])
		    sys.exit()
		block(0x0a0d0d0a, pack("IHHq", 0x1a2b3c4d, 1, 0, -1))
		block(1, pack("HHIHHBxxxHH", 1, 0, 0, 9, 1, 3, 0, 0))
		block(1, pack("HHIHHBxxxHHqHH", 1, 0, 0, 9, 1, 0x8a, 14, 8, 1600000000, 0, 0))
		for kept, length in cut:
		    for unit, time in (0, 1700000000123), (1, 100000 * 1024 + 512):
		        block(6, pack("IIIII", unit, time >> 32, time & 0xffffffff,
		              kept, length) + frame[:kept])
		        block(2, pack("HHIIII", unit, 0, time >> 32, time & 0xffffffff,
		              kept, length) + frame[:kept])
		END
		assertTrue "$format" "frame_times $TMP/swapped >$TMP/theirs"
		assertEquals "$format: $(cat "$TMP/theirs")" \
			"$([ $format = pcapng ] && echo 12 || echo 3)" "$(wc -l <"$TMP/theirs")"
		"$HELPER" pcap pcapng tap <"$TMP/swapped" >"$TMP/capture" ||
			fail "$format"
		# A cut frame's own length is not known any more.
		frame_times "$TMP/capture" | cut -f1,2 >"$TMP/ours"
		cut -f1,2 "$TMP/theirs" | diff - "$TMP/ours" ||
			fail "$format: < tshark, > ours"
	done
}

# dpipe joins us with ourselves; what one end writes the other reads.
test_dpipe() {
	requires dpipe || return 0
	cat >"$TMP/read" <<-END
		#!/bin/sh
		exec "$HELPER" len16 len16 tap >"$TMP/back"
	END
	chmod +x "$TMP/read"
	assert_run 0 dpipe cat "$TMP/tap.len16" = "$TMP/read"
	assertTrue "wait_for cmp $TMP/back $TMP/tap.len16"
}

# Through a switch of vde and its plugs, which frame on their own.
test_vde_plug() {
	requires vde_switch vde_plug || return 0
	mkdir "$TMP/vde"
	# Its console must not end.
	mkfifo "$TMP/vde/console"
	exec 7<>"$TMP/vde/console"
	spawn sh -c "exec vde_switch -hub -s $TMP/vde/s <$TMP/vde/console >/dev/null"
	wait_for test -e "$TMP/vde/s/ctl"
	mkfifo "$TMP/vde/hold"
	spawn sh -c "exec vde_plug $TMP/vde/s <$TMP/vde/hold >$TMP/vde/out"
	exec 8>"$TMP/vde/hold"
	mkfifo "$TMP/vde/in"
	spawn sh -c "exec vde_plug $TMP/vde/s <$TMP/vde/in >/dev/null"
	exec 9>"$TMP/vde/in"
	# The plugs join in their own time: send until something arrives.
	assertTrue "frames pass" "wait_for send_until_there"
	"$HELPER" len16 len16 tap <"$TMP/vde/out" >"$TMP/back" 2>/dev/null
	head -c "$(wc -c <"$TMP/tap.len16")" "$TMP/back" | cmp - "$TMP/tap.len16"
	assertEquals 0 $?
	exec 7>&- 8>&- 9>&-
}

send_until_there() {
	"$HELPER" len16 len16 tap <"$TMP/tap.len16" >&9
	[ "$(wc -c <"$TMP/vde/out")" -ge "$(wc -c <"$TMP/tap.len16")" ]
}

tearDown() {
	cleanup
}

. shunit2
